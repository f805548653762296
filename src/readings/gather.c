/* gather.c - all that is kept of one point between two times, wherever it lies. */
#include "readings_int.h"

void run_clear(struct run *u)
{
    vec_clear(&u->time);
    vec_clear(&u->value);
}

static void within(struct run *u, size_t from_len, int64_t from, int64_t to)
{
    size_t n = from_len;
    for (size_t i = from_len; i < u->time.len; i++) {
        if (u->time.v[i] < from || u->time.v[i] >= to)
            continue;
        u->time.v[n] = u->time.v[i];
        u->value.v[n++] = u->value.v[i];
    }
    u->time.len = u->value.len = n;
}

struct item {
    int64_t time, value;
};

/* Stable, by merging: what came later stays behind what came earlier. */
static void merge_sort(struct item *v, struct item *spare, size_t n)
{
    if (n < 2)
        return;
    size_t half = n / 2, a = 0, b = half;
    merge_sort(v, spare, half);
    merge_sort(v + half, spare, n - half);
    if (v[half - 1].time <= v[half].time)
        return;
    memcpy(spare, v, n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = a < half && (b == n || spare[a].time <= spare[b].time) ? spare[a++] : spare[b++];
}

void run_sort(struct run *u)
{
    size_t n = u->time.len;
    bool sorted = true;
    for (size_t i = 1; i < n && sorted; i++)
        sorted = u->time.v[i - 1] <= u->time.v[i];
    if (sorted)
        return;
    struct item *v = mem_alloc(2 * n * sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct item){u->time.v[i], u->value.v[i]};
    merge_sort(v, v + n, n);
    for (size_t i = 0; i < n; i++) {
        u->time.v[i] = v[i].time;
        u->value.v[i] = v[i].value;
    }
    mem_free(v);
}

void run_current(struct run *u)
{
    size_t n = 0;
    for (size_t i = 0; i < u->time.len; i++) {
        if (n && u->time.v[n - 1] == u->time.v[i])
            n--;
        u->time.v[n] = u->time.v[i];
        u->value.v[n++] = u->value.v[i];
    }
    u->time.len = u->value.len = n;
}

static enum code gather_of(const struct readings *r, size_t generations, uint32_t point,
                           int64_t from, int64_t to, struct run *out, struct error *err)
{
    for (size_t i = 0; i < r->blocks.len; i++) {
        const struct block_info *b = block_info(r->blocks.v[i]);
        if (b->first_ms < to && b->last_ms >= from)
            TRY(block_find(r->blocks.v[i], point, from, to, &out->time, &out->value, err));
    }
    const struct generation *g[] = {&r->was, &r->now};
    for (size_t k = 0; k < generations; k++) {
        size_t len = out->time.len;
        if (!g[k]->number || !g[k]->head[point - 1])
            continue;
        chunk_read(&g[k]->pool, g[k]->head[point - 1], from, to, &out->time, &out->value);
        within(out, len, from, to);
    }
    run_sort(out);
    return OK;
}

enum code gather(const struct readings *r, uint32_t point, int64_t from, int64_t to,
                 struct run *out, struct error *err)
{
    return gather_of(r, 2, point, from, to, out, err);
}

enum code gather_packed(const struct readings *r, uint32_t point, int64_t from, int64_t to,
                        struct run *out, struct error *err)
{
    return gather_of(r, 1, point, from, to, out, err);
}
