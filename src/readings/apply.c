/* apply.c - a durable batch into records, windows and chunks. The quick way is for a reading newer
 * than the point's newest; all others (late, repeated, corrected, absent) look at their neighbours
 * and replace what those said. Both end in the same sums (README, I2). */
#include "readings_int.h"

static bool live_value(const struct record *rec, int64_t *v)
{
    *v = rec->value;
    return rec->time_ms >= 0 && reading_is_number(rec->value) &&
           MARK_TIME(rec->mark) < rec->time_ms;
}

static void live_move(struct readings *r, const struct record *before, const struct record *after)
{
    int64_t v;
    if (live_value(before, &v))
        r->live[before->slot] -= v;
    if (live_value(after, &v))
        r->live[after->slot] += v;
}

static void keep(struct readings *r, uint32_t point, struct record *rec, int64_t time,
                 int64_t value, bool alone)
{
    uint32_t *head = &r->now.head[point - 1];
    if (*head == 0)
        rec->tail = 0;
    if (alone)
        chunk_append_alone(&r->now.pool, head, &rec->tail, time, value);
    else
        chunk_append(&r->now.pool, head, &rec->tail, rec->time_ms, rec->value, time, value);
    r->now.readings++;
    if (rec->slot == 0)
        return;
    if (time < r->first_ms)
        r->first_ms = time;
    if (time > r->last_ms)
        r->last_ms = time;
}

/* ---- the careful way ---- */

/* Does the run hold a reading that the kernel sees, and a number, before (dir -1) or after `time`?
 */
static bool bounded(const struct kernel_rule *rule, const struct run *u, int64_t time, int dir)
{
    bool seen = false, number = false;
    for (size_t i = 0; i < u->time.len; i++) {
        if (dir < 0 ? u->time.v[i] >= time : u->time.v[i] <= time)
            continue;
        seen |= !kernel_skips(rule, u->value.v[i]);
        number |= reading_is_number(u->value.v[i]);
    }
    return seen && number;
}

static bool anything(const struct readings *r, int64_t from, int64_t to)
{
    for (size_t i = 0; i < r->blocks.len; i++) {
        const struct block_info *b = block_info(r->blocks.v[i]);
        if (b->first_ms < to && b->last_ms >= from)
            return true;
    }
    return false;
}

/* Current readings around `time`: at least the neighbours that matter on both sides, if there are
 * any. */
static enum code around(const struct readings *r, uint32_t point, int64_t time, struct run *u,
                        struct error *err)
{
    const struct kernel_rule *rule = &r->rule[r->record[point - 1].slot];
    for (int64_t span = 3600000;; span *= 16) {
        int64_t from = time - span, to = time + span;
        bool all = from <= READING_TIME_MIN && to > READING_TIME_MAX;
        u->time.len = u->value.len = 0;
        TRY(gather(r, point, from, to, u, err));
        run_current(u);
        if (all)
            return OK;
        if ((bounded(rule, u, time, -1) ||
             !(anything(r, 0, from) || r->now.first_ms < from || r->was.first_ms < from)) &&
            (bounded(rule, u, time, 1) ||
             !(anything(r, to, INT64_MAX) || r->now.last_ms >= to || r->was.last_ms >= to)))
            return OK;
    }
}

static void insert(struct run *u, int64_t time, int64_t value)
{
    size_t i = u->time.len;
    vec_push(&u->time, time);
    vec_push(&u->value, value);
    for (; i > 0 && u->time.v[i - 1] > time; i--) {
        u->time.v[i] = u->time.v[i - 1];
        u->value.v[i] = u->value.v[i - 1];
    }
    u->time.v[i] = time;
    u->value.v[i] = value;
    run_current(u);
}

/* Cuts the run to what lies between the nearest seen neighbours and numbers of `time`. */
static void trim(const struct kernel_rule *rule, struct run *u, int64_t time)
{
    size_t at = 0, lo, hi;
    while (at < u->time.len && u->time.v[at] < time)
        at++;
    bool seen = false, number = false;
    for (lo = at; lo > 0 && !(seen && number); lo--) {
        seen |= !kernel_skips(rule, u->value.v[lo - 1]);
        number |= reading_is_number(u->value.v[lo - 1]);
    }
    seen = number = false;
    for (hi = at; hi < u->time.len && !(seen && number); hi++) {
        if (u->time.v[hi] == time)
            continue;
        seen |= !kernel_skips(rule, u->value.v[hi]);
        number |= reading_is_number(u->value.v[hi]);
    }
    if (hi == lo) {
        u->time.len = u->value.len = 0;
        return;
    }
    memmove(u->time.v, u->time.v + lo, (hi - lo) * sizeof *u->time.v);
    memmove(u->value.v, u->value.v + lo, (hi - lo) * sizeof *u->value.v);
    u->time.len = u->value.len = hi - lo;
}

static void apply_careful(struct readings *r, const struct reading *v, struct readings_counts *c)
{
    struct record *rec = &r->record[v->point - 1], before = *rec;
    const struct kernel_rule *rule = &r->rule[rec->slot];
    struct run u = {0};
    struct error err = {0};
    bool known = false;
    int64_t was = 0;
    if (around(r, v->point, v->time_ms, &u, &err) != OK)
        readings_damaged(r, &err);
    trim(rule, &u, v->time_ms);
    for (size_t i = 0; i < u.time.len; i++)
        if (u.time.v[i] == v->time_ms) {
            known = true;
            was = u.value.v[i];
        }
    if (known && was == v->value) {
        c->same++;
        run_clear(&u);
        return;
    }
    c->stored++;
    c->revised += known;
    c->late += v->time_ms < rec->time_ms;
    keep(r, v->point, rec, v->time_ms, v->value, true);
    contribute_run(r, rec->slot, &u, -1);
    insert(&u, v->time_ms, v->value);
    contribute_run(r, rec->slot, &u, 1);
    if (kernel_skips(rule, v->value)) {
        if (v->time_ms == rec->time_ms) { /* taken back: the one before is the newest again */
            struct state_entry e = {.time_ms = -1};
            state_take(&e, rule, &u);
            rec->value = e.value;
            rec->time_ms = e.time_ms;
            rec->mark = e.mark;
        } else if (v->time_ms > rec->time_ms && v->time_ms >= MARK_TIME(rec->mark))
            rec->mark = MARK_OF(v->time_ms, v->value);
    } else if (v->time_ms >= rec->time_ms) {
        rec->value = v->value;
        rec->time_ms = v->time_ms;
        if (MARK_TIME(rec->mark) <= rec->time_ms)
            rec->mark = 0;
    }
    run_clear(&u);
    live_move(r, &before, rec);
}

/* ---- the quick way ---- */

static void windows_quick(struct readings *r, const struct record *rec, const struct reading *v)
{
    const struct kernel_rule *rule = &r->rule[rec->slot];
    const int64_t quarter = 900000, zone = 28800000; /* windows begin at UTC+8 */
    int64_t dt = v->time_ms - rec->time_ms;
    int32_t w = (int32_t)((v->time_ms + zone) / quarter);
    bool within = (rec->time_ms + zone) / quarter == w && rec->time_ms >= 0;
    if (rule->kind == KERNEL_NONE)
        return;
    if (!within)
        contribute_have(r, rec->slot, rec->time_ms, v->time_ms, -1, 1);
    if (rule->kind == KERNEL_AMOUNT || rule->kind == KERNEL_EVENT)
        contribute_single(r, rec->slot, v->time_ms, v->value, 1);
    else if (rec->time_ms < 0)
        return;
    else if (within && rule->kind == KERNEL_COUNTER && v->value >= rec->value && rule->jitter == 0)
        contribute_amount(r, rec->slot, w, (i128)v->value - rec->value, dt);
    else if (within && rule->kind != KERNEL_COUNTER && dt <= r->max_gap[rec->slot])
        contribute_amount(r, rec->slot, w, (i128)rec->value * dt, dt);
    else
        contribute_pair(r, rec->slot, rec->time_ms, rec->value, v->time_ms, v->value, 1);
}

static inline bool quick(const struct record *rec, const struct reading *v)
{
    return v->time_ms > rec->time_ms && rec->mark == 0 && reading_is_number(v->value) &&
           (rec->time_ms < 0 || reading_is_number(rec->value));
}

static void apply_quick(struct readings *r, struct record *rec, const struct reading *v)
{
    windows_quick(r, rec, v);
    r->live[rec->slot] += v->value - (rec->time_ms >= 0 ? (i128)rec->value : 0);
    keep(r, v->point, rec, v->time_ms, v->value, false);
    rec->value = v->value;
    rec->time_ms = v->time_ms;
}

void apply_batch(struct readings *r, const struct reading *v, size_t n, struct readings_counts *c)
{
    enum { FAR = 24, NEAR = 12 };
    for (size_t i = 0; i < n; i++) {
        if (i + FAR < n) {
            __builtin_prefetch(&r->record[v[i + FAR].point - 1], 1);
            __builtin_prefetch(&r->now.head[v[i + FAR].point - 1], 1);
        }
        if (i + NEAR < n) {
            const struct record *ahead = &r->record[v[i + NEAR].point - 1];
            if (r->now.head[v[i + NEAR].point - 1])
                __builtin_prefetch(pool_at(&r->now.pool, ahead->tail), 1);
            __builtin_prefetch(&r->rule[ahead->slot]);
            __builtin_prefetch(&r->live[ahead->slot], 1);
            __builtin_prefetch(&r->touched[ahead->slot], 1);
        }
        struct record *rec = &r->record[v[i].point - 1];
        r->touched[rec->slot] = r->sequence;
        if (quick(rec, &v[i])) {
            apply_quick(r, rec, &v[i]);
            c->stored++;
        } else {
            apply_careful(r, &v[i], c);
        }
        if (v[i].time_ms < r->now.first_ms)
            r->now.first_ms = v[i].time_ms;
        if (v[i].time_ms > r->now.last_ms)
            r->now.last_ms = v[i].time_ms;
    }
}
