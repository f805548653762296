/* graph_paths.c - betweenness and PageRank.
 * Sources: Brandes, A Faster Algorithm for Betweenness Centrality, Journal of Mathematical
 * Sociology 25 (2001); Dijkstra, Numerische Mathematik 1 (1959); Page, Brin, Motwani and Winograd,
 * The PageRank Citation Ranking, 1999 (nodes without outgoing edges give to all alike).
 *
 * The predecessors of v on shortest paths are some of those it has links from, so their list has
 * its place where the links into v are. What a search touches of a node lies together. */
#include "graph_int.h"
#include <math.h>

#define TIE 1e-12 /* of lengths that are not exact */
#define UNSEEN UINT32_MAX

struct seen {
    double dist, count, share; /* shortest paths to it, and what depends on it */
    uint32_t place, before;    /* in the order of distance; how many predecessors */
};
struct search {
    const struct graph *g;
    struct seen *node;
    uint32_t *order, *before; /* nodes by distance; predecessors of v from in.start[v] */
    uint32_t reached;
    double tie, *length; /* by link of g->out */
    struct item {
        double key;
        uint32_t node;
    } * heap;
    uint32_t heaped;
};

static void forget(struct seen *n)
{
    *n = (struct seen){.dist = INFINITY, .place = UNSEEN};
}

static void init(struct search *s, const struct graph *g)
{
    uint32_t links = g->out.start[g->n];
    *s = (struct search){.g = g, .tie = g->exact ? 0 : TIE};
    s->node = graph_new(g, g->n, sizeof *s->node);
    s->order = graph_new(g, g->n, sizeof *s->order);
    s->before = graph_new(g, links, sizeof *s->before);
    s->heap = graph_new(g, (size_t)links + 1, sizeof *s->heap);
    s->length = graph_new(g, links, sizeof *s->length);
    for (uint32_t i = 0; i < links; i++)
        s->length[i] = g->length[g->out.edge[i]];
    for (uint32_t u = 0; u < g->n; u++)
        forget(&s->node[u]);
}

static void reach(struct search *s, uint32_t u)
{
    s->node[u].place = s->reached;
    s->order[s->reached++] = u;
}

static void precede(struct search *s, uint32_t u, uint32_t v)
{
    s->before[s->g->in.start[v] + s->node[v].before++] = u;
}

/* ---- unweighted ---- */

static void breadth_first(struct search *s, uint32_t root)
{
    const struct links *out = &s->g->out;
    reach(s, root);
    s->node[root].dist = 0;
    s->node[root].count = 1;
    for (uint32_t at = 0; at < s->reached; at++) {
        uint32_t u = s->order[at];
        double next = s->node[u].dist + 1;
        for (uint32_t i = out->start[u]; i < out->start[u + 1]; i++) {
            struct seen *v = &s->node[out->head[i]];
            if (v->place == UNSEEN) {
                reach(s, out->head[i]);
                v->dist = next;
            }
            if (v->dist == next) {
                precede(s, u, out->head[i]);
                v->count += s->node[u].count;
            }
        }
    }
}

/* ---- weighted: a heap of four children each, stale entries stay in it ---- */

static void rise(struct item *heap, uint32_t i, struct item item)
{
    for (; i > 0 && heap[(i - 1) / 4].key > item.key; i = (i - 1) / 4)
        heap[i] = heap[(i - 1) / 4];
    heap[i] = item;
}

static void push(struct search *s, double key, uint32_t node)
{
    rise(s->heap, s->heaped++, (struct item){key, node});
}

/* Of the items a and b the nearer; written so that it compiles to a move, for no processor can
 * guess it. */
static uint32_t nearer(const struct item *heap, uint32_t a, uint32_t b)
{
    return a + (b - a) * (uint32_t)(heap[b].key < heap[a].key);
}

/* The hole at the top goes down to the bottom, where the last item nearly always belongs. */
static struct item pop(struct search *s)
{
    struct item *heap = s->heap, top = heap[0], last = heap[--s->heaped];
    uint32_t i = 0, child = 1;
    for (; child + 3 < s->heaped; child = 4 * i + 1) {
        child = nearer(heap, nearer(heap, child, child + 1), nearer(heap, child + 2, child + 3));
        heap[i] = heap[child];
        i = child;
    }
    if (child < s->heaped) {
        for (uint32_t c = child + 1; c < s->heaped; c++)
            child = nearer(heap, child, c);
        heap[i] = heap[child];
        i = child;
    }
    rise(heap, i, last);
    return top;
}

/* A path to v of length `next` whose last node but one is u. */
static void offer(struct search *s, uint32_t u, uint32_t v, double next)
{
    struct seen *n = &s->node[v];
    if (n->place != UNSEEN || next > n->dist * (1 + s->tie))
        return;
    if (next < n->dist * (1 - s->tie) || n->dist == INFINITY) {
        n->dist = next;
        n->before = 0;
        push(s, next, v);
    }
    precede(s, u, v);
}

static void count_paths(struct search *s, uint32_t v)
{
    const uint32_t *before = s->before + s->g->in.start[v];
    struct seen *n = &s->node[v];
    for (uint32_t i = 0; i < n->before; i++)
        n->count += s->node[before[i]].count;
}

static void by_distance(struct search *s, uint32_t root)
{
    const struct links *out = &s->g->out;
    s->node[root].dist = 0;
    s->node[root].count = 1;
    s->heaped = 0;
    push(s, 0, root);
    while (s->heaped > 0) {
        uint32_t u = pop(s).node;
        if (s->node[u].place != UNSEEN)
            continue;
        reach(s, u);
        count_paths(s, u);
        for (uint32_t i = out->start[u]; i < out->start[u + 1]; i++)
            offer(s, u, out->head[i], s->node[u].dist + s->length[i]);
    }
}

/* ---- all sources ---- */

static void collect(struct search *s)
{
    for (uint32_t at = s->reached; at-- > 1;) {
        uint32_t v = s->order[at];
        const uint32_t *before = s->before + s->g->in.start[v];
        double each = (1 + s->node[v].share) / s->node[v].count;
        for (uint32_t i = 0; i < s->node[v].before; i++)
            s->node[before[i]].share += s->node[before[i]].count * each;
    }
}

static enum code from_root(struct search *s, uint32_t root, bool weighted, double *out,
                           struct error *err)
{
    s->reached = 0;
    if (weighted)
        by_distance(s, root);
    else
        breadth_first(s, root);
    collect(s);
    for (uint32_t at = 0; at < s->reached; at++) {
        uint32_t u = s->order[at];
        if (!isfinite(s->node[u].count))
            return error_set(err, E_RANGE,
                             "there are more shortest paths from '%.*s' to '%.*s' than "
                             "can be counted",
                             STR_ARG(s->g->name[root]), STR_ARG(s->g->name[u]));
        if (at > 0)
            out[u] += s->node[u].share;
        forget(&s->node[u]);
    }
    return OK;
}

enum code graph_betweenness(const struct graph *g, bool weighted, double *out, struct error *err)
{
    struct search s;
    init(&s, g);
    for (uint32_t root = 0; root < g->n; root++)
        TRY(from_root(&s, root, weighted, out, err));
    for (uint32_t u = 0; u < g->n && !g->directed; u++)
        out[u] /= 2;
    return OK;
}

/* ---- PageRank ---- */

static void step(const struct graph *g, const double *strength, double damping, const double *old,
                 double *new)
{
    double idle = 0;
    for (uint32_t u = 0; u < g->n; u++)
        if (strength[u] == 0)
            idle += old[u];
    for (uint32_t v = 0; v < g->n; v++) {
        double sum = 0;
        for (uint32_t i = g->in.start[v]; i < g->in.start[v + 1]; i++) {
            uint32_t u = g->in.head[i];
            sum += old[u] * (g->weight[g->in.edge[i]] / strength[u]);
        }
        new[v] = damping *(sum + idle / g->n) + (1 - damping) / g->n;
    }
}

enum code graph_pagerank(const struct graph *g, double damping, double *out, struct error *err)
{
    if (!(damping >= 0 && damping <= 0.999))
        return error_set(err, E_INPUT, "option 'damping' lies between 0 and 0.999, not at %.6g",
                         damping);
    double *strength = graph_new(g, g->n, sizeof *strength);
    double *next = graph_new(g, g->n, sizeof *next);
    for (uint32_t u = 0; u < g->n; u++) {
        out[u] = 1.0 / g->n;
        for (uint32_t i = g->out.start[u]; i < g->out.start[u + 1]; i++)
            strength[u] += g->weight[g->out.edge[i]];
        if (!isfinite(strength[u]))
            return error_set(err, E_RANGE,
                             "the weights from '%.*s' add up beyond the range of numbers",
                             STR_ARG(g->name[u]));
    }
    /* each step takes the error times damping: as many as leave nothing of it in a double */
    int steps = damping > 0 ? (int)ceil(-40 / log(damping)) : 1;
    for (int i = 0; i < steps; i++) {
        step(g, strength, damping, out, next);
        memcpy(out, next, g->n * sizeof *out);
    }
    return OK;
}
