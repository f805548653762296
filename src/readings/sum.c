/* sum.c - windows, live values and series, read. */
#include "readings_int.h"

#define BASES_MAX ((size_t)256 << 20) /* bytes of windows kept from files */

/* ---- windows ---- */

static void forget_bases(struct readings *r, const struct window *but)
{
    size_t bytes = 0;
    struct window *oldest = NULL;
    for (size_t i = 0; i < r->windows.list.len; i++) {
        struct window *w = r->windows.list.v[i];
        bytes += w->base.cap * sizeof(struct slot_sum);
        if (w->base.v && w != but && (!oldest || w->used < oldest->used))
            oldest = w;
    }
    if (bytes > BASES_MAX && oldest)
        sums_clear(&oldest->base);
}

/* What the files say, from memory where it is kept. `reading` is held. */
static enum code add_base(struct readings *r, enum level level, int32_t number,
                          struct slot_sum *dense, size_t slots, struct error *err)
{
    struct window *w = window_find(&r->windows, level, number);
    if (w && !w->base.v) {
        struct sums base = {mem_zalloc(slots * sizeof(struct slot_sum)), NULL, slots, slots};
        enum code code = OK;
        for (size_t i = 0; i < r->window_files.len && code == OK; i++)
            code = window_file_add(r->window_files.v[i], level, number, base.v, slots, err);
        if (code != OK) {
            sums_clear(&base);
            return code;
        }
        w->base = base;
        forget_bases(r, w);
    }
    if (w) {
        w->used = ++r->windows.clock;
        sums_into(&w->base, dense, slots);
        return OK;
    }
    for (size_t i = 0; i < r->window_files.len; i++)
        TRY(window_file_add(r->window_files.v[i], level, number, dense, slots, err));
    return OK;
}

static void add_moved(struct readings *r, enum level level, int32_t number, struct slot_sum *dense,
                      size_t slots)
{
    struct window *w = window_find(&r->windows, level, number);
    if (w) {
        sums_into(&w->was, dense, slots);
        sums_into(&w->now, dense, slots);
    }
    if (level == LEVEL_QUARTER)
        return;
    for (size_t i = 0; i < r->windows.list.len; i++) {
        const struct window *q = r->windows.list.v[i];
        const struct sums *s[] = {&q->was, &q->now};
        if (q->level != LEVEL_QUARTER ||
            window_of(level, window_begin(LEVEL_QUARTER, q->number)) != number)
            continue;
        for (size_t k = 0; k < 2; k++) {
            uint32_t slot;
            const struct slot_sum *v;
            for (size_t it = 0; sums_each(s[k], &it, &slot, &v);) {
                dense[slot].amount += v->amount;
                dense[slot].covered_ms += v->covered_ms;
                dense[slot].resets += v->resets;
            }
        }
    }
}

enum code window_sum(struct readings *r, enum level level, int32_t number, struct slot_sum *dense,
                     size_t slots, struct error *err)
{
    pthread_mutex_lock(&r->windows.reading);
    enum code code = add_base(r, level, number, dense, slots, err);
    pthread_mutex_unlock(&r->windows.reading);
    if (code == OK)
        add_moved(r, level, number, dense, slots);
    return code;
}

static void add_up(struct slot_sum *out, const struct slot_sum *one, size_t slots)
{
    for (size_t i = 0; i < slots; i++) {
        out[i].amount += one[i].amount;
        out[i].covered_ms += one[i].covered_ms;
        out[i].resets += one[i].resets;
        if (one[i].have > out[i].have)
            out[i].have = one[i].have;
    }
}

static enum code sum_range(struct readings *r, enum level level, int32_t first, int32_t last,
                           struct slot_sum *out, struct slot_sum *one, size_t slots,
                           struct error *err)
{
    for (int32_t w = first; w <= last; w++) {
        memset(one, 0, slots * sizeof *one);
        TRY(window_sum(r, level, w, one, slots, err));
        add_up(out, one, slots);
    }
    return OK;
}

/* Windows outside what was ever heard hold nothing. */
static void clip(const struct readings *r, enum level level, int32_t *first, int32_t *last)
{
    if (r->first_ms > r->last_ms) {
        *last = *first - 1;
        return;
    }
    int32_t lo = window_of(level, r->first_ms) - 1, hi = window_of(level, r->last_ms) + 1;
    if (*first < lo)
        *first = lo;
    if (*last > hi)
        *last = hi;
}

enum code readings_windows(struct readings *r, enum level level, int32_t first, int32_t last,
                           struct slot_sum *out, size_t slots, struct error *err)
{
    memset(out, 0, slots * sizeof *out);
    pthread_rwlock_rdlock(&r->state);
    size_t n = r->slot_count;
    struct slot_sum *one = mem_zalloc(n * sizeof *one), *all = mem_zalloc(n * sizeof *all);
    clip(r, level, &first, &last);
    enum code code = sum_range(r, level, first, last, all, one, n, err);
    memcpy(out, all, (slots < n ? slots : n) * sizeof *out);
    pthread_rwlock_unlock(&r->state);
    mem_free(one);
    mem_free(all);
    return code;
}

/* Whole months where they fit, days at the ends. */
enum code readings_days(struct readings *r, day_t first, day_t last, struct slot_sum *out,
                        size_t slots, struct error *err)
{
    struct slot_sum *part = mem_zalloc(slots * sizeof *part);
    enum code code = OK;
    memset(out, 0, slots * sizeof *out);
    while (first <= last && code == OK) {
        int y, m, d;
        day_split(first, &y, &m, &d);
        day_t end = first - d + month_days(y, m);
        int32_t month = (y - 1970) * 12 + m - 1;
        if (d == 1 && end <= last) {
            code = readings_windows(r, LEVEL_MONTH, month, month, part, slots, err);
        } else {
            end = end < last ? end : last;
            code = readings_windows(r, LEVEL_DAY, first, end, part, slots, err);
        }
        if (code == OK)
            add_up(out, part, slots);
        first = end + 1;
    }
    mem_free(part);
    return code;
}

bool readings_any(struct readings *r, enum level level, int32_t window)
{
    pthread_rwlock_rdlock(&r->state);
    const struct window *w = window_find(&r->windows, level, window);
    bool any = w && (w->was.v || w->now.v);
    for (size_t i = 0; i < r->window_files.len && !any; i++)
        any = window_file_has(r->window_files.v[i], level, window);
    pthread_rwlock_unlock(&r->state);
    return any;
}

bool readings_span(struct readings *r, day_t *first, day_t *last)
{
    pthread_rwlock_rdlock(&r->state);
    bool any = r->first_ms <= r->last_ms;
    *first = any ? window_of(LEVEL_DAY, r->first_ms) : 0;
    *last = any ? window_of(LEVEL_DAY, r->last_ms) : 0;
    pthread_rwlock_unlock(&r->state);
    return any;
}

bool readings_heard(struct readings *r, int64_t *first_ms, int64_t *last_ms)
{
    pthread_rwlock_rdlock(&r->state);
    bool any = r->first_ms <= r->last_ms;
    *first_ms = any ? r->first_ms : 0;
    *last_ms = any ? r->last_ms : 0;
    pthread_rwlock_unlock(&r->state);
    return any;
}

/* ---- points ---- */

bool readings_last(struct readings *r, uint32_t point, struct reading *out)
{
    bool any = false;
    pthread_rwlock_rdlock(&r->state);
    if (point > 0 && point <= r->record_count) {
        const struct record *rec = &r->record[point - 1];
        any = rec->time_ms >= 0 || rec->mark;
        *out = MARK_TIME(rec->mark) > rec->time_ms
                   ? (struct reading){point, MARK_TIME(rec->mark), MARK_VALUE(rec->mark)}
                   : (struct reading){point, rec->time_ms, rec->value};
    }
    pthread_rwlock_unlock(&r->state);
    return any;
}

enum code readings_series(struct readings *r, uint32_t point, int64_t from_ms, int64_t to_ms,
                          bool all, reading_vec *out, struct error *err)
{
    struct run u = {0};
    pthread_rwlock_rdlock(&r->state);
    enum code code = point > 0 && point <= r->record_count
                         ? gather(r, point, from_ms, to_ms, &u, err)
                         : error_set(err, E_MISSING, "there is no point %u", point);
    pthread_rwlock_unlock(&r->state);
    if (!all)
        run_current(&u);
    for (size_t i = 0; i < u.time.len && code == OK; i++)
        vec_push(out, (struct reading){point, u.time.v[i], u.value.v[i]});
    run_clear(&u);
    return code;
}

void readings_live(struct readings *r, uint32_t since_s, i128 *sum, uint32_t *connected,
                   uint32_t *active, size_t slots)
{
    pthread_rwlock_rdlock(&r->state);
    size_t n = slots < r->slot_count ? slots : r->slot_count;
    if (sum)
        memset(sum, 0, slots * sizeof *sum);
    if (sum)
        memcpy(sum, r->live, n * sizeof *sum);
    if (connected)
        memset(connected, 0, slots * sizeof *connected);
    if (active)
        memset(active, 0, slots * sizeof *active);
    for (size_t i = 0; (connected || active) && i < r->record_count; i++) {
        const struct record *rec = &r->record[i];
        if (rec->slot >= n || (rec->time_ms < 0 && !rec->mark))
            continue;
        if (connected)
            connected[rec->slot]++;
        if (active && rec->time_ms >= (int64_t)since_s * 1000 &&
            MARK_TIME(rec->mark) < rec->time_ms && reading_is_number(rec->value))
            active[rec->slot]++;
    }
    pthread_rwlock_unlock(&r->state);
}

size_t readings_touched(struct readings *r, uint64_t since, uint32_t *slot, size_t max)
{
    size_t n = 0;
    pthread_rwlock_rdlock(&r->state);
    for (uint32_t i = 1; i < r->slot_count; i++)
        if (r->touched[i] > since && n++ < max)
            slot[n - 1] = i;
    pthread_rwlock_unlock(&r->state);
    return n;
}

enum code readings_each(struct readings *r, int64_t from_ms, int64_t to_ms, reading_fn fn,
                        void *ctx, struct error *err)
{
    size_t points = r->record_count;
    enum code code = OK;
    reading_vec v = {0};
    for (uint32_t p = 1; p <= points && code == OK; p++) {
        v.len = 0;
        code = readings_series(r, p, from_ms, to_ms, false, &v, err);
        if (code == OK && v.len)
            code = fn(ctx, v.v, v.len, err);
    }
    vec_clear(&v);
    return code;
}
