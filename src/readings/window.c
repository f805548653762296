/* window.c - sums of slots by window, in memory: sparse while few slots are touched, then dense. */
#include "readings_int.h"

static void rehash(struct sums *s, size_t cap)
{
    struct sums old = *s;
    s->cap = cap;
    s->v = mem_zalloc(cap * sizeof *s->v);
    s->slot = mem_alloc(cap * sizeof *s->slot);
    memset(s->slot, 0xff, cap * sizeof *s->slot);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.slot[i] == UINT32_MAX)
            continue;
        size_t at = old.slot[i] * 0x9e3779b1u & (cap - 1);
        while (s->slot[at] != UINT32_MAX)
            at = (at + 1) & (cap - 1);
        s->slot[at] = old.slot[i];
        s->v[at] = old.v[i];
    }
    mem_free(old.v);
    mem_free(old.slot);
}

static void make_dense(struct sums *s, size_t slots)
{
    struct slot_sum *v = mem_zalloc(slots * sizeof *v);
    for (size_t i = 0; s->slot && i < s->cap; i++)
        if (s->slot[i] != UINT32_MAX)
            v[s->slot[i]] = s->v[i];
    sums_clear(s);
    *s = (struct sums){v, NULL, slots, slots};
}

static void grow_dense(struct sums *s, size_t slots)
{
    s->v = mem_realloc(s->v, slots * sizeof *s->v);
    memset(s->v + s->cap, 0, (slots - s->cap) * sizeof *s->v);
    s->len = s->cap = slots;
}

static struct slot_sum *sum_at(struct sums *s, size_t slots, uint32_t slot)
{
    if (s->v && !s->slot) {
        if (slot >= s->cap)
            grow_dense(s, slots);
        return &s->v[slot];
    }
    if (slots <= 256 || s->len * 8 >= slots) {
        make_dense(s, slots);
        return &s->v[slot];
    }
    if (s->len * 3 >= s->cap * 2)
        rehash(s, s->cap ? s->cap * 2 : 16);
    size_t at = slot * 0x9e3779b1u & (s->cap - 1);
    while (s->slot[at] != UINT32_MAX && s->slot[at] != slot)
        at = (at + 1) & (s->cap - 1);
    if (s->slot[at] == UINT32_MAX) {
        s->slot[at] = slot;
        s->len++;
    }
    return &s->v[at];
}

void sums_add(struct sums *s, size_t slots, uint32_t slot, i128 amount, int64_t covered,
              int32_t have, int32_t resets)
{
    struct slot_sum *v = sum_at(s, slots, slot);
    v->amount += amount;
    v->covered_ms += covered;
    v->have += (uint32_t)have;
    v->resets += (uint32_t)resets;
}

void sums_clear(struct sums *s)
{
    mem_free(s->v);
    mem_free(s->slot);
    *s = (struct sums){0};
}

bool sums_each(const struct sums *s, size_t *it, uint32_t *slot, const struct slot_sum **v)
{
    for (; *it < s->cap; ++*it) {
        const struct slot_sum *x = &s->v[*it];
        if (s->slot && s->slot[*it] == UINT32_MAX)
            continue;
        if (!x->amount && !x->covered_ms && !x->have && !x->resets)
            continue;
        *slot = s->slot ? s->slot[*it] : (uint32_t)*it;
        *v = x;
        ++*it;
        return true;
    }
    return false;
}

void sums_into(const struct sums *s, struct slot_sum *dense, size_t slots)
{
    uint32_t slot;
    const struct slot_sum *v;
    for (size_t it = 0; sums_each(s, &it, &slot, &v);) {
        if (slot >= slots)
            continue;
        dense[slot].amount += v->amount;
        dense[slot].covered_ms += v->covered_ms;
        dense[slot].have += v->have;
        dense[slot].resets += v->resets;
    }
}

/* ---- the table of windows ---- */

void windows_init(struct windows *w)
{
    *w = (struct windows){0};
    map_init(&w->index);
    pthread_mutex_init(&w->reading, NULL);
}

void windows_clear(struct windows *w)
{
    for (size_t i = 0; i < w->list.len; i++) {
        sums_clear(&w->list.v[i]->base);
        sums_clear(&w->list.v[i]->was);
        sums_clear(&w->list.v[i]->now);
        mem_free(w->list.v[i]);
    }
    vec_clear(&w->list);
    map_clear(&w->index);
    pthread_mutex_destroy(&w->reading);
}

struct window_key {
    uint32_t level;
    int32_t number;
};

struct window *window_find(const struct windows *w, enum level level, int32_t number)
{
    struct window_key key = {level, number};
    uint64_t at;
    return map_get(&w->index, (struct str){(const char *)&key, sizeof key}, &at) ? w->list.v[at]
                                                                                 : NULL;
}

struct window *window_at(struct windows *w, enum level level, int32_t number)
{
    struct window_key key = {level, number};
    struct window *x = window_find(w, level, number);
    if (x)
        return x;
    x = mem_zalloc(sizeof *x);
    x->level = level;
    x->number = number;
    map_put(&w->index, (struct str){(const char *)&key, sizeof key}, w->list.len);
    vec_push(&w->list, x);
    return x;
}
