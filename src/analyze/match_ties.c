/* match_ties.c - which of the optima, and whether there were others.
 *
 * The optima are the flows that leave the potentials' conditions intact: steps of reduced cost 0
 * may change, nothing else (complementary slackness; Schrijver, Combinatorial Optimization, 2003,
 * ch. 12). Among them the one is taken whose cells, in order of first and second key, each carry as
 * much as they can: for assignments the lexicographically smallest one, with "none" last. */
#include "match_int.h"
#include <assert.h>

static bool is_tight(const struct match_net *n, const struct match_arc *e)
{
    return e->cost + n->p[e->a] - n->p[e->b] == 0;
}

/* May a unit move between node v and the sink, to it or from it? */
static bool sink_step(const struct match_net *n, uint32_t v, bool to_sink)
{
    if (v < n->na)
        return n->p[v] == -n->penalty && (to_sink || n->used[v] < n->amount[v]);
    return n->p[v] == 0 && (to_sink ? n->used[v] < n->amount[v] : n->used[v] > 0);
}

struct walk {
    uint32_t *mark, *from, *via, *queue; /* mark == stamp: tried in vain */
    uint32_t stamp;
    int64_t *left; /* of a node's amount, not yet in frozen arcs */
    bool forward;
    size_t tail;
};

static void visit(struct walk *w, uint32_t from, uint32_t via, uint32_t to)
{
    if (w->mark[to] == w->stamp)
        return;
    w->mark[to] = w->stamp;
    w->from[to] = from;
    w->via[to] = via;
    w->queue[w->tail++] = to;
}

static void visit_from_sink(const struct match_net *n, struct walk *w)
{
    for (uint32_t v = 0; v < n->sink; v++)
        if (sink_step(n, v, !w->forward))
            visit(w, n->sink, NO_ARC, v);
}

static void visit_from(const struct match_net *n, struct walk *w, uint32_t v)
{
    for (uint32_t k = n->start[v]; k < n->start[v + 1]; k++) {
        const struct match_arc *e = &n->arcs[n->list[k]];
        bool with = (v == e->a) == w->forward; /* the step runs along the arc */
        if (!e->frozen && (with ? e->flow < e->cap : e->flow > 0))
            visit(w, v, n->list[k], v == e->a ? e->b : e->a);
    }
    if (sink_step(n, v, w->forward))
        visit(w, v, NO_ARC, n->sink);
}

/* A path of steps at reduced cost 0, run forward from `from` or backward. */
static bool find_path(const struct match_net *n, struct walk *w, uint32_t from, uint32_t to)
{
    if (w->mark[from] == w->stamp)
        return false;
    w->tail = 0;
    visit(w, from, NO_ARC, from);
    for (size_t head = 0; head < w->tail; head++) {
        uint32_t v = w->queue[head];
        if (v == to)
            return true;
        if (v == n->sink)
            visit_from_sink(n, w);
        else
            visit_from(n, w, v);
    }
    return false;
}

static int64_t step_room(const struct match_net *n, const struct walk *w, uint32_t v)
{
    uint32_t x = w->forward ? w->from[v] : v, y = w->forward ? v : w->from[v];
    if (w->via[v] != NO_ARC) {
        const struct match_arc *e = &n->arcs[w->via[v]];
        return x == e->a ? e->cap - e->flow : e->flow;
    }
    if (y == n->sink)
        return x < n->na ? INT64_MAX : n->amount[x] - n->used[x];
    return y < n->na ? n->amount[y] - n->used[y] : n->used[y];
}

static void move(struct match_net *n, struct match_arc *e, int64_t d)
{
    e->flow += d;
    n->used[e->a] += d;
    n->used[e->b] += d;
}

static void push_cycle(struct match_net *n, const struct walk *w, struct match_arc *e,
                       uint32_t from, uint32_t to, int64_t room)
{
    for (uint32_t v = to; v != from; v = w->from[v]) {
        int64_t free = step_room(n, w, v);
        room = free < room ? free : room;
    }
    assert(room > 0);
    for (uint32_t v = to; v != from; v = w->from[v]) {
        if (w->via[v] == NO_ARC)
            continue;
        struct match_arc *step = &n->arcs[w->via[v]];
        bool along = (w->forward ? w->from[v] : v) == step->a;
        move(n, step, along ? room : -room);
    }
    move(n, e, room);
}

static int64_t least(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

/* As much on e as the optimum allows without touching frozen arcs; the search runs from the end
 * that changes with the cell to the one that stays, so that what was tried in vain need not be
 * tried again. */
static void raise_arc(struct match_net *n, struct walk *w, struct match_arc *e, uint32_t row)
{
    w->forward = row == e->a;
    uint32_t from = w->forward ? e->b : e->a;
    e->frozen = true;
    for (;;) {
        int64_t room = least(w->left[e->a], w->left[e->b]) - e->flow;
        room = least(room, e->cap - e->flow);
        if (room <= 0 || !find_path(n, w, from, row))
            break;
        push_cycle(n, w, e, from, row, room);
        w->stamp++;
    }
}

static void freeze(struct walk *w, struct match_arc *e)
{
    e->frozen = true;
    w->left[e->a] -= e->flow;
    w->left[e->b] -= e->flow;
}

static void walk_init(struct walk *w, const struct match_net *n)
{
    size_t nodes = n->sink + 1;
    *w = (struct walk){.stamp = 1};
    w->mark = mem_zalloc(nodes * sizeof *w->mark);
    w->from = mem_zalloc(nodes * sizeof *w->from);
    w->via = mem_zalloc(nodes * sizeof *w->via);
    w->queue = mem_zalloc(nodes * sizeof *w->queue);
    w->left = mem_zalloc(nodes * sizeof *w->left);
    memcpy(w->left, n->amount, nodes * sizeof *w->left);
}

static void walk_clear(struct walk *w)
{
    mem_free(w->mark);
    mem_free(w->from);
    mem_free(w->via);
    mem_free(w->queue);
    mem_free(w->left);
}

void match_net_first_by_key(struct match_net *n, const struct match *m)
{
    struct walk w;
    walk_init(&w, n);
    match_net_index(n, is_tight);
    for (size_t e = 0; e < n->arc_count; e++)
        if (!is_tight(n, &n->arcs[e]))
            freeze(&w, &n->arcs[e]);
    uint32_t last = UINT32_MAX;
    for (size_t e = 0; e < n->arc_count; e++) {
        struct match_arc *arc = &n->arcs[e];
        if (arc->frozen)
            continue;
        uint32_t row = match_node(n, m, 0, m->cells.v[arc->cell].at[0]);
        w.stamp += row != last;
        last = row;
        raise_arc(n, &w, arc, row);
        freeze(&w, arc);
    }
    walk_clear(&w);
}

/* ---- other optima ---- */

/* Strong components of the steps at reduced cost 0 (Tarjan, Depth-first search and linear graph
 * algorithms, SIAM J. Comput. 1, 1972): a step inside one closes a cycle, which leads to another
 * optimum. */
struct components {
    uint32_t *start, *to;              /* the steps, by node */
    uint32_t *index, *low, *next, *of; /* of: component, 0 = none yet */
    uint32_t *stack, *path;
    size_t stack_len, path_len;
    uint32_t count, clock;
};

static size_t list_steps(const struct match_net *n, struct components *c, bool fill)
{
    size_t total = 0;
#define STEP(x, y)                                                                                 \
    do {                                                                                           \
        if (fill)                                                                                  \
            c->to[c->next[x]++] = (y);                                                             \
        else                                                                                       \
            c->start[(x) + 1]++;                                                                   \
        total++;                                                                                   \
    } while (0)
    for (size_t i = 0; i < n->arc_count; i++) {
        const struct match_arc *e = &n->arcs[i];
        if (!is_tight(n, e))
            continue;
        if (e->flow < e->cap)
            STEP(e->a, e->b);
        if (e->flow > 0)
            STEP(e->b, e->a);
    }
    for (uint32_t v = 0; v < n->sink; v++) {
        if (sink_step(n, v, true))
            STEP(v, n->sink);
        if (sink_step(n, v, false))
            STEP(n->sink, v);
    }
#undef STEP
    return total;
}

static void enter(struct components *c, uint32_t v)
{
    c->index[v] = c->low[v] = ++c->clock;
    c->next[v] = c->start[v];
    c->stack[c->stack_len++] = v;
    c->path[c->path_len++] = v;
}

static void leave(struct components *c, uint32_t v)
{
    if (c->low[v] == c->index[v]) {
        c->count++;
        uint32_t x;
        do {
            x = c->stack[--c->stack_len];
            c->of[x] = c->count;
        } while (x != v);
    }
    c->path_len--;
    if (c->path_len > 0) {
        uint32_t up = c->path[c->path_len - 1];
        c->low[up] = c->low[v] < c->low[up] ? c->low[v] : c->low[up];
    }
}

static void find_component(struct components *c, uint32_t root)
{
    enter(c, root);
    while (c->path_len > 0) {
        uint32_t v = c->path[c->path_len - 1];
        if (c->next[v] == c->start[v + 1]) {
            leave(c, v);
            continue;
        }
        uint32_t y = c->to[c->next[v]++];
        if (c->index[y] == 0)
            enter(c, y);
        else if (c->of[y] == 0 && c->index[y] < c->low[v])
            c->low[v] = c->index[y];
    }
}

static void components_init(struct components *c, const struct match_net *n)
{
    size_t nodes = n->sink + 1;
    *c = (struct components){0};
    c->start = mem_zalloc((nodes + 1) * sizeof *c->start);
    uint32_t **arrays[] = {&c->index, &c->low, &c->next, &c->of, &c->stack, &c->path};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = mem_zalloc(nodes * sizeof **arrays[i]);
    size_t steps = list_steps(n, c, false);
    for (size_t v = 0; v < nodes; v++)
        c->start[v + 1] += c->start[v];
    memcpy(c->next, c->start, nodes * sizeof *c->next);
    c->to = mem_alloc((steps + 1) * sizeof *c->to);
    list_steps(n, c, true);
}

static void components_clear(struct components *c)
{
    mem_free(c->start);
    mem_free(c->to);
    mem_free(c->index);
    mem_free(c->low);
    mem_free(c->next);
    mem_free(c->of);
    mem_free(c->stack);
    mem_free(c->path);
}

void match_net_mark_equal(const struct match_net *n, struct match *m)
{
    struct components c;
    components_init(&c, n);
    for (uint32_t v = 0; v <= n->sink; v++)
        if (c.index[v] == 0)
            find_component(&c, v);
    for (size_t i = 0; i < n->arc_count; i++) {
        const struct match_arc *e = &n->arcs[i];
        struct match_cell *cell = &m->cells.v[e->cell];
        if (cell->flow == 0 && is_tight(n, e) && c.of[e->a] == c.of[e->b])
            cell->equal = true;
    }
    components_clear(&c);
}
