/* contribute.c - what neighbouring readings say, put into windows of every level.
 *
 * Amounts are added to the quarters; what a coarser window holds of its quarters is summed when it
 * is read or packed. Added to the coarser ones themselves are only: a gap left open that fits into
 * no quarter, and the number of points that were heard (which does not add up). */
#include "readings_int.h"

struct adder {
    add_fn fn;
    void *ctx;
    enum level level;
    uint32_t slot;
    int sign;
};

static void add_share(void *ctx, int32_t window, const struct share *s)
{
    const struct adder *a = ctx;
    a->fn(a->ctx, a->level, window, a->slot, a->sign * s->amount, a->sign * s->covered_ms, 0,
          a->sign * (int32_t)s->resets);
}

static void pair_to(const struct kernel_rule *rule, uint32_t slot, int64_t ta, int64_t va,
                    int64_t tb, int64_t vb, int sign, add_fn fn, void *ctx)
{
    struct adder a = {fn, ctx, LEVEL_QUARTER, slot, sign};
    kernel_pair(rule, LEVEL_QUARTER, ta, va, tb, vb, add_share, &a);
    if (rule->kind != KERNEL_COUNTER || !kernel_leaves_open(rule, tb - ta) ||
        window_of(LEVEL_QUARTER, ta) == window_of(LEVEL_QUARTER, tb - 1))
        return;
    for (a.level = LEVEL_HOUR; a.level < LEVEL_COUNT; a.level++)
        kernel_pair(rule, a.level, ta, va, tb, vb, add_share, &a);
}

static void single_to(const struct kernel_rule *rule, uint32_t slot, int64_t t, int64_t v, int sign,
                      add_fn fn, void *ctx)
{
    struct adder a = {fn, ctx, LEVEL_QUARTER, slot, sign};
    kernel_single(rule, LEVEL_QUARTER, t, v, add_share, &a);
}

static void have_to(uint32_t slot, int64_t before, int64_t t, int64_t after, int sign, add_fn fn,
                    void *ctx)
{
    for (enum level level = LEVEL_QUARTER; level < LEVEL_COUNT; level++) {
        int32_t w = window_of(level, t);
        if ((before >= 0 && window_of(level, before) == w) ||
            (after >= 0 && window_of(level, after) == w))
            return; /* then the coarser ones hold it too */
        fn(ctx, level, w, slot, 0, 0, sign, 0);
    }
}

/* ---- into the windows of the present generation ---- */

static void add_now(void *ctx, enum level level, int32_t number, uint32_t slot, i128 amount,
                    int64_t covered, int32_t have, int32_t resets)
{
    struct readings *r = ctx;
    struct windows *w = &r->windows;
    struct window **hot = &w->hot[(uint32_t)number % 4], *x = *hot;
    if (level != LEVEL_QUARTER)
        x = window_at(w, level, number);
    else if (!x || x->number != number)
        x = *hot = window_at(w, level, number);
    sums_add(&x->now, r->slot_count, slot, amount, covered, have, resets);
}

void contribute_pair(struct readings *r, uint32_t slot, int64_t ta, int64_t va, int64_t tb,
                     int64_t vb, int sign)
{
    pair_to(&r->rule[slot], slot, ta, va, tb, vb, sign, add_now, r);
}

void contribute_single(struct readings *r, uint32_t slot, int64_t t, int64_t v, int sign)
{
    single_to(&r->rule[slot], slot, t, v, sign, add_now, r);
}

void contribute_have(struct readings *r, uint32_t slot, int64_t before, int64_t t, int64_t after,
                     int sign)
{
    have_to(slot, before, t, after, sign, add_now, r);
}

void contribute_amount(struct readings *r, uint32_t slot, int32_t quarter, i128 amount,
                       int64_t covered)
{
    add_now(r, LEVEL_QUARTER, quarter, slot, amount, covered, 0, 0);
}

void contribute_run_to(const struct kernel_rule *rule, uint32_t slot, const struct run *u, int sign,
                       add_fn fn, void *ctx)
{
    int64_t heard = -1;
    size_t seen = SIZE_MAX;
    if (rule->kind == KERNEL_NONE)
        return;
    for (size_t i = 0; i < u->time.len; i++) {
        int64_t t = u->time.v[i], v = u->value.v[i];
        if (reading_is_number(v)) {
            single_to(rule, slot, t, v, sign, fn, ctx);
            have_to(slot, heard, t, -1, sign, fn, ctx);
            heard = t;
        }
        if (kernel_skips(rule, v))
            continue;
        if (seen != SIZE_MAX)
            pair_to(rule, slot, u->time.v[seen], u->value.v[seen], t, v, sign, fn, ctx);
        seen = i;
    }
}

void contribute_run(struct readings *r, uint32_t slot, const struct run *u, int sign)
{
    contribute_run_to(&r->rule[slot], slot, u, sign, add_now, r);
}
