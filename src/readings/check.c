/* check.c - everything recomputed from the raw readings and compared; points moved to other slots.
 */
#include "readings_int.h"
#include <stdlib.h>
#include <unistd.h>

/* ---- recomputing ---- */

struct finding {
    struct readings *r;
    struct windows found;
    i128 *live;
    uint64_t readings;
};

static void add_found(void *ctx, enum level level, int32_t number, uint32_t slot, i128 amount,
                      int64_t covered, int32_t have, int32_t resets)
{
    struct finding *f = ctx;
    sums_add(&window_at(&f->found, level, number)->now, f->r->slot_count, slot, amount, covered,
             have, resets);
}

static enum code find_point(struct finding *f, uint32_t point, struct run *u, struct error *err)
{
    struct readings *r = f->r;
    const struct record *rec = &r->record[point - 1];
    struct state_entry e = {point, rec->slot, 0, -1, 0};
    u->time.len = u->value.len = 0;
    TRY(gather(r, point, INT64_MIN, INT64_MAX, u, err));
    f->readings += u->time.len;
    run_current(u);
    contribute_run_to(&r->rule[rec->slot], rec->slot, u, 1, add_found, f);
    if (r->manifest.kept_from_ms > 0) { /* the newest reading may have been let go */
        if (rec->time_ms >= 0 && reading_is_number(rec->value) &&
            MARK_TIME(rec->mark) < rec->time_ms)
            f->live[rec->slot] += rec->value;
        return OK;
    }
    state_take(&e, &r->rule[rec->slot], u);
    if (e.time_ms >= 0 && reading_is_number(e.value) && MARK_TIME(e.mark) < e.time_ms)
        f->live[rec->slot] += e.value;
    return OK;
}

struct key {
    enum level level;
    int32_t number;
};
static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}
typedef VEC(struct key) key_vec;

static void keys_of(key_vec *keys, const struct windows *w)
{
    for (size_t i = 0; i < w->list.len; i++) {
        const struct window *x = w->list.v[i];
        vec_push(keys, (struct key){x->level, x->number});
        for (enum level l = LEVEL_HOUR; x->level == LEVEL_QUARTER && l < LEVEL_COUNT; l++)
            vec_push(keys, (struct key){l, window_of(l, window_begin(LEVEL_QUARTER, x->number))});
    }
}

static enum code compare_window(struct finding *f, struct key k, readings_difference_fn fn,
                                void *ctx, uint64_t *differences, struct error *err)
{
    static const char *const names[] = {"quarter", "hour", "day", "month"};
    struct readings *r = f->r;
    size_t slots = r->slot_count;
    struct slot_sum *kept = mem_zalloc(slots * sizeof *kept),
                    *found = mem_zalloc(slots * sizeof *found);
    struct sums moved = {0};
    struct window alone = {.level = k.level, .number = k.number},
                  *x = window_find(&f->found, k.level, k.number);
    window_moved(&f->found, slots, x ? x : &alone, true, &moved);
    sums_into(&moved, found, slots);
    sums_clear(&moved);
    enum code code = window_sum(r, k.level, k.number, kept, slots, err);
    for (uint32_t i = 0; i < slots && code == OK; i++) {
        if (kept[i].amount == found[i].amount && kept[i].covered_ms == found[i].covered_ms &&
            kept[i].have == found[i].have && kept[i].resets == found[i].resets)
            continue;
        ++*differences;
        if (fn)
            fn(ctx, &(struct readings_difference){names[k.level], i, k.number, kept[i].amount,
                                                  found[i].amount});
    }
    mem_free(kept);
    mem_free(found);
    return code;
}

static enum code compare(struct finding *f, readings_difference_fn fn, void *ctx,
                         uint64_t *differences, struct error *err)
{
    struct readings *r = f->r;
    key_vec keys = {0};
    struct key k;
    enum code code = OK;
    keys_of(&keys, &f->found);
    keys_of(&keys, &r->windows);
    for (size_t i = 0; i < r->window_files.len; i++)
        for (size_t it = 0; window_file_section(r->window_files.v[i], &it, &k.level, &k.number);)
            vec_push(&keys, k);
    if (keys.len)
        qsort(keys.v, keys.len, sizeof *keys.v, by_key);
    for (size_t i = 0; i < keys.len && code == OK; i++) {
        bool whole = window_begin(keys.v[i].level, keys.v[i].number) > r->manifest.kept_from_ms ||
                     !r->manifest.kept_from_ms;
        if (whole && (i == 0 || by_key(&keys.v[i - 1], &keys.v[i]) != 0))
            code = compare_window(f, keys.v[i], fn, ctx, differences, err);
    }
    for (uint32_t i = 0; i < r->slot_count && code == OK; i++) {
        if (f->live[i] == r->live[i])
            continue;
        ++*differences;
        if (fn)
            fn(ctx, &(struct readings_difference){"live", i, 0, r->live[i], f->live[i]});
    }
    vec_clear(&keys);
    return code;
}

enum code readings_check(struct readings *r, readings_difference_fn fn, void *ctx,
                         uint64_t *readings, uint64_t *differences, struct error *err)
{
    struct finding f = {.r = r};
    struct run u = {0};
    enum code code = OK;
    *differences = 0;
    windows_init(&f.found);
    pthread_mutex_lock(&r->drain_lock);
    pthread_rwlock_rdlock(&r->state);
    f.live = mem_zalloc((r->slot_count + 1) * sizeof *f.live);
    for (size_t i = 0; i < r->blocks.len && code == OK; i++)
        code = block_verify(r->blocks.v[i], err);
    for (uint32_t p = 1; p <= r->record_count && code == OK; p++)
        code = find_point(&f, p, &u, err);
    if (code == OK)
        code = compare(&f, fn, ctx, differences, err);
    pthread_rwlock_unlock(&r->state);
    pthread_mutex_unlock(&r->drain_lock);
    *readings = f.readings;
    run_clear(&u);
    windows_clear(&f.found);
    mem_free(f.live);
    return code;
}

/* ---- other slots ---- */

static enum code rebind_point(struct readings *r, uint32_t point, struct error *err)
{
    struct record *rec = &r->record[point - 1];
    uint32_t slot = r->points->point_slot.v[point - 1];
    struct run u = {0};
    if (slot == rec->slot)
        return OK;
    enum code code = gather(r, point, INT64_MIN, INT64_MAX, &u, err);
    if (code == OK) {
        run_current(&u);
        run_kept(&u, r->kept_from);
        contribute_run(r, rec->slot, &u, -1);
        if (rec->time_ms >= 0 && reading_is_number(rec->value) &&
            MARK_TIME(rec->mark) < rec->time_ms)
            r->live[rec->slot] -= rec->value;
        /* which readings are seen may differ between the kernels */
        struct state_entry e = {point, slot, 0, -1, 0};
        state_take(&e, &r->rule[slot], &u);
        /* the chain of a generation that was packed meanwhile is gone */
        *rec = (struct record){e.value, e.time_ms, e.mark, slot,
                               r->now.head[point - 1] ? rec->tail : 0};
        if (rec->tail) /* what follows in the chain must not be told as a difference */
            pool_at(&r->now.pool, rec->tail)->closed = true;
        if (e.time_ms >= 0 && reading_is_number(e.value) && MARK_TIME(e.mark) < e.time_ms)
            r->live[slot] += e.value;
        contribute_run(r, slot, &u, 1);
        if (slot && u.time.len) {
            if (u.time.v[0] < r->first_ms)
                r->first_ms = u.time.v[0];
            if (u.time.v[u.time.len - 1] > r->last_ms)
                r->last_ms = u.time.v[u.time.len - 1];
        }
        r->rebound = true;
    }
    run_clear(&u);
    return code;
}

enum code readings_rebind(struct readings *r, const uint32_t *point, size_t n, struct error *err)
{
    enum code code = OK;
    pthread_mutex_lock(&r->drain_lock);
    while (r->was.number) { /* one that was begun since the caller settled */
        pthread_mutex_unlock(&r->drain_lock);
        TRY(drain_once(r, false, err));
        pthread_mutex_lock(&r->drain_lock);
    }
    pthread_rwlock_wrlock(&r->state);
    for (size_t i = 0; i < n && code == OK; i++)
        code = point[i] && point[i] <= r->record_count
                   ? rebind_point(r, point[i], err)
                   : error_set(err, E_MISSING, "there is no point %u", point[i]);
    pthread_rwlock_unlock(&r->state);
    pthread_mutex_unlock(&r->drain_lock);
    return code == OK && n ? readings_settle(r, err) : code;
}
