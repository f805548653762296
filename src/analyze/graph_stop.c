/* graph_stop.c - what happens to the others when nodes of a chain stop.
 * Rules: `any` - who lacks one supplier stops, the upper bound; `threshold` - who lacks at least
 * that part of its inputs by weight stops (Watts, A Simple Model of Global Cascades on Random
 * Networks, PNAS 99 (2002), with weights); `linear` - everyone loses the share of inputs it lacks,
 * and passes that share on (a linear production function, as one of those in Diem, Borsos, Reisch,
 * Kertesz and Thurner, Quantifying Firm-level Economic Systemic Risk, Scientific Reports 12 (2022);
 * here loss(v) = sum of share(u, v) loss(u), without their sectors and replaceability).
 * Backward, the same with customers in place of suppliers. */
#include "graph_int.h"
#include <math.h>
#include <stdlib.h>

enum { STOPPED = G_OWN, RULE, THRESHOLD, DIRECTION };
#define ROUNDING 1e-12 /* a share this near to the threshold has reached it */
#define GAP_MAX 1e-13  /* of a settled share */
#define SWEEPS_MAX 10000

struct spread {
    const struct graph *g;
    const struct links *up, *down; /* to whom one depends on, and who depends on one */
    double *inputs;                /* sum of weights of all one depends on */
    double *loss;                  /* share lost, 0..1 */
    uint32_t *queue, count;        /* nodes touched, in order */
    int64_t *step;                 /* -1 = not touched */
    uint32_t given;                /* how many were stopped by the caller */
};

static enum code find_node(const struct graph *g, struct str name, uint32_t *out, struct error *err)
{
    for (uint32_t u = 0; u < g->n; u++)
        if (str_eq(g->name[u], name)) {
            *out = u;
            return OK;
        }
    return error_set(err, E_MISSING, "there is no node '%.*s' to stop", STR_ARG(name));
}

static void touch(struct spread *s, uint32_t u, int64_t step)
{
    s->step[u] = step;
    s->queue[s->count++] = u;
}

static enum code stop_given(struct spread *s, struct error *err)
{
    struct str list = s->g->a->option[STOPPED];
    if (str_trim(list).len == 0)
        return error_set(err, E_INPUT,
                         "option 'stopped' names the nodes that stop, separated by ;");
    for (struct str rest = list; rest.ptr != NULL;) {
        uint32_t u = 0;
        TRY(find_node(s->g, str_trim(str_cut(rest, ';', &rest)), &u, err));
        if (s->step[u] >= 0)
            return error_set(err, E_CONFLICT, "node '%.*s' is stopped twice",
                             STR_ARG(s->g->name[u]));
        touch(s, u, 0);
        s->loss[u] = 1;
    }
    s->given = s->count;
    return OK;
}

static enum code init(struct spread *s, const struct graph *g, struct error *err)
{
    bool forward = str_is(g->a->option[DIRECTION], "forward");
    *s = (struct spread){
        .g = g, .up = forward ? &g->in : &g->out, .down = forward ? &g->out : &g->in};
    s->inputs = graph_new(g, g->n, sizeof *s->inputs);
    s->loss = graph_new(g, g->n, sizeof *s->loss);
    s->queue = graph_new(g, g->n, sizeof *s->queue);
    s->step = graph_new(g, g->n, sizeof *s->step);
    for (uint32_t u = 0; u < g->n; u++) {
        s->step[u] = -1;
        for (uint32_t i = s->up->start[u]; i < s->up->start[u + 1]; i++)
            s->inputs[u] += g->weight[s->up->edge[i]];
        if (!isfinite(s->inputs[u]))
            return error_set(err, E_RANGE,
                             "the weights at '%.*s' add up beyond the range of numbers",
                             STR_ARG(g->name[u]));
    }
    return stop_given(s, err);
}

/* The share of u's inputs that is lost, given the losses of those it depends on. */
static double lacking(const struct spread *s, const double *loss, uint32_t u)
{
    double lost = 0;
    for (uint32_t i = s->up->start[u]; i < s->up->start[u + 1]; i++)
        lost += s->g->weight[s->up->edge[i]] / s->inputs[u] * loss[s->up->head[i]];
    return lost < 1 ? lost : 1;
}

/* Round by round: those who depend on the newly stopped stop when they lack the threshold. */
static void cascade(struct spread *s, double threshold)
{
    for (uint32_t at = 0, end = s->count; at < s->count; end = s->count) {
        int64_t step = s->step[s->queue[at]] + 1;
        uint32_t first = end;
        for (; at < end; at++) {
            uint32_t u = s->queue[at];
            for (uint32_t i = s->down->start[u]; i < s->down->start[u + 1]; i++) {
                uint32_t v = s->down->head[i];
                if (s->step[v] < 0 && lacking(s, s->loss, v) >= threshold * (1 - ROUNDING))
                    touch(s, v, step);
            }
        }
        /* only now, so that the order within a round does not matter */
        for (uint32_t k = first; k < s->count; k++)
            s->loss[s->queue[k]] = 1;
    }
    for (uint32_t u = 0; u < s->g->n; u++)
        if (s->step[u] < 0)
            s->loss[u] = lacking(s, s->loss, u);
}

/* The solution of loss = shares * loss with the stopped at 1. Sweeps from 0 rise to it and sweeps
 * from 1 fall to it, so the gap between the two is a bound of the error, not a guess. */
static enum code settle(struct spread *s, struct error *err)
{
    double *high = graph_new(s->g, s->g->n, sizeof *high), gap = 1;
    for (uint32_t at = 0; at < s->count; at++)
        high[s->queue[at]] = 1;
    for (int sweep = 0; sweep < SWEEPS_MAX && gap > GAP_MAX; sweep++) {
        gap = 0;
        for (uint32_t at = s->given; at < s->count; at++) {
            uint32_t u = s->queue[at];
            s->loss[u] = lacking(s, s->loss, u);
            high[u] = lacking(s, high, u);
            gap = fmax(gap, high[u] - s->loss[u]);
        }
    }
    if (gap > GAP_MAX)
        return error_set(err, E_RANGE,
                         "the losses did not settle in %d sweeps: a cycle passes "
                         "nearly all of its loss on to itself",
                         SWEEPS_MAX);
    return OK;
}

static enum code linear(struct spread *s, struct error *err)
{
    for (uint32_t at = 0; at < s->count; at++) {
        uint32_t u = s->queue[at];
        for (uint32_t i = s->down->start[u]; i < s->down->start[u + 1]; i++)
            if (s->step[s->down->head[i]] < 0)
                touch(s, s->down->head[i], s->step[u] + 1);
    }
    return settle(s, err);
}

static void write_spread(const struct spread *s)
{
    struct table *out = &s->g->a->out;
    int node = table_add_column(out, "node"), step = table_add_column(out, "step");
    int share = table_add_column(out, "lost_share"), stopped = table_add_column(out, "stopped");
    uint32_t down = 0;
    double sum = 0;
    for (uint32_t u = 0; u < s->g->n; u++) {
        bool stops = s->loss[u] >= 1 - ROUNDING;
        down += stops;
        sum += s->loss[u];
        table_push(out, node, s->g->name[u]);
        if (s->step[u] >= 0)
            table_push_int(out, step, s->step[u]);
        else
            table_push(out, step, STR(""));
        table_push_number(out, share, s->loss[u]);
        table_push_int(out, stopped, stops);
        table_end_row(out);
    }
    note(s->g->a, "%u given, %u of %u nodes stop, mean share lost %.6g", s->given, down, s->g->n,
         sum / s->g->n);
}

static enum code read_threshold(const struct graph *g, double *threshold, struct error *err)
{
    struct str given = g->a->option[THRESHOLD];
    *threshold = strtod(arena_z(&g->a->arena, given), NULL);
    if (!(*threshold > 0 && *threshold <= 1))
        return error_set(err, E_INPUT, "option 'threshold' is above 0 and at most 1, not '%.*s'",
                         STR_ARG(given));
    return OK;
}

enum code graph_run_stop(struct analysis *a, struct error *err)
{
    struct graph g;
    struct spread s;
    double threshold = 0;
    TRY(graph_load(a, &g, err));
    TRY(read_threshold(&g, &threshold, err));
    TRY(init(&s, &g, err));
    if (str_is(a->option[RULE], "linear"))
        TRY(linear(&s, err));
    else
        cascade(&s, str_is(a->option[RULE], "any") ? 0 : threshold);
    write_spread(&s);
    note(a, "rule %.*s: lost_share is the part by weight of a node's %s that is gone",
         STR_ARG(a->option[RULE]),
         str_is(a->option[DIRECTION], "forward") ? "suppliers" : "customers");
    return OK;
}
