/* ts_turning.c - peaks and troughs of a series.
 * Bry and Boschan, Cyclical Analysis of Time Series, NBER 1971, in the quarterly form of Harding
 * and Pagan, Dissecting the cycle, Journal of Monetary Economics 49 (2002) 365-381: a peak is above
 * its `window` neighbours on both sides, peaks and troughs alternate, phases last at least `phase`
 * and full cycles at least `cycle` periods. */
#include "ts_int.h"
#include <math.h>

struct turn {
    size_t at;
    int kind; /* 1 peak, -1 trough */
};
struct turns {
    struct turn *v;
    size_t len;
};

/* Of equal values side by side the first one turns. */
static bool turns_at(const double *y, size_t at, size_t window, int kind)
{
    bool differs = false;
    for (size_t k = 1; k <= window; k++) {
        double before = kind * (y[at] - y[at - k]), after = kind * (y[at] - y[at + k]);
        if (before <= 0 || after < 0)
            return false;
        differs = differs || after > 0;
    }
    return differs;
}

static void drop(struct turns *t, size_t from, size_t count)
{
    memmove(t->v + from, t->v + from + count, (t->len - from - count) * sizeof *t->v);
    t->len -= count;
}

/* Of neighbours of one kind the more extreme stays, the earlier one when they are equal. */
static void alternate(struct turns *t, const double *y)
{
    for (size_t i = 0; i + 1 < t->len;) {
        struct turn *one = &t->v[i], *two = one + 1;
        if (one->kind != two->kind)
            i++;
        else
            drop(t, one->kind * (y[two->at] - y[one->at]) > 0 ? i : i + 1, 1);
    }
}

/* Removes the shortest phase below the least, both its ends; true when there was one. */
static bool drop_phase(struct turns *t, size_t least)
{
    size_t shortest = least, which = t->len;
    for (size_t i = 0; i + 1 < t->len; i++)
        if (t->v[i + 1].at - t->v[i].at < shortest) {
            shortest = t->v[i + 1].at - t->v[i].at;
            which = i;
        }
    if (which == t->len)
        return false;
    drop(t, which, 2);
    return true;
}

/* Of two peaks (or troughs) too near the less extreme goes, with the turn between them. */
static bool drop_cycle(struct turns *t, const double *y, size_t least)
{
    for (size_t i = 0; i + 2 < t->len; i++) {
        struct turn *one = &t->v[i], *two = &t->v[i + 2];
        if (two->at - one->at >= least)
            continue;
        drop(t, one->kind * (y[two->at] - y[one->at]) > 0 ? i : i + 1, 2);
        return true;
    }
    return false;
}

static void find_turns(struct turns *t, const double *y, size_t n, size_t window, size_t phase,
                       size_t cycle)
{
    for (size_t i = window; i + window < n; i++)
        for (int kind = -1; kind <= 1; kind += 2)
            if (turns_at(y, i, window, kind))
                t->v[t->len++] = (struct turn){i, kind};
    do
        alternate(t, y);
    while (drop_phase(t, phase) || drop_cycle(t, y, cycle));
}

static void push_turns(struct analysis *a, const struct series *s, const struct turns *t)
{
    int key = table_add_column(&a->out, "t"), kind = table_add_column(&a->out, "kind");
    int value = table_add_column(&a->out, "value"), length = table_add_column(&a->out, "duration");
    int change = table_add_column(&a->out, "amplitude");
    for (size_t i = 0; i < t->len; i++) {
        struct turn v = t->v[i];
        table_push(&a->out, key, s->label[v.at]);
        table_push(&a->out, kind, v.kind > 0 ? STR("peak") : STR("trough"));
        table_push_number(&a->out, value, s->y[v.at]);
        if (i > 0) {
            table_push_int(&a->out, length, (int64_t)(v.at - t->v[i - 1].at));
            table_push_number(&a->out, change, s->y[v.at] - s->y[t->v[i - 1].at]);
        }
        table_end_row(&a->out);
    }
}

enum code ts_run_turning(struct analysis *a, struct error *err)
{
    struct series s;
    size_t window = 0, phase = 0, cycle = 0;
    TRY(ts_read(a, &a->in[0], TURN_VALUE, TURN_FREQUENCY, &s, err));
    bool monthly = s.period >= 12, quarterly = s.period >= 4;
    TRY(ts_count(a, TURN_WINDOW, "window", monthly ? 5 : quarterly ? 2 : 1, 1, 1000, &window, err));
    TRY(ts_count(a, TURN_PHASE, "phase", monthly ? 6 : quarterly ? 2 : 1, 1, 1000, &phase, err));
    TRY(ts_count(a, TURN_CYCLE, "cycle", monthly ? 15 : quarterly ? 5 : 2, 1, 10000, &cycle, err));
    struct turns t = {.v = arena_alloc(&a->arena, s.n * sizeof(struct turn))};
    find_turns(&t, s.y, s.n, window, phase, cycle);
    push_turns(a, &s, &t);
    note(
        a,
        "Bry-Boschan: window %zu, least phase %zu, least cycle %zu periods; the first and last %zu "
        "values cannot turn; adjust for seasons first (stl)",
        window, phase, cycle, window);
    return OK;
}
