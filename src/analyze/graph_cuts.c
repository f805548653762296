/* graph_cuts.c - what holds a graph together: articulation points, bridges, blocks, components,
 * strong components, the longest path of a graph without cycles. All without recursion: supply
 * chains may be as deep as they have nodes.
 * Sources: Hopcroft and Tarjan, Algorithm 447, CACM 16 (1973); Tarjan, SIAM Journal on Computing 1
 * (1972); Kahn, Topological Sorting of Large Networks, CACM 5 (1962). */
#include "graph_int.h"

/* A depth-first walk over links, one step at a time. */
struct walk {
    const struct links *l;
    uint32_t *number; /* order of discovery, from 1; 0 = not yet */
    uint32_t *low, *parent, *next, *stack;
    uint32_t count, depth;
};

static void walk_init(struct walk *w, const struct graph *g, const struct links *l)
{
    *w = (struct walk){.l = l};
    w->number = graph_new(g, g->n, sizeof(uint32_t));
    w->low = graph_new(g, g->n, sizeof(uint32_t));
    w->parent = graph_new(g, g->n, sizeof(uint32_t));
    w->next = graph_new(g, g->n, sizeof(uint32_t));
    w->stack = graph_new(g, g->n, sizeof(uint32_t));
}

static void enter(struct walk *w, uint32_t u, uint32_t parent)
{
    w->number[u] = w->low[u] = ++w->count;
    w->parent[u] = parent;
    w->next[u] = w->l->start[u];
    w->stack[w->depth++] = u;
}

static void lower(struct walk *w, uint32_t u, uint32_t to)
{
    if (to < w->low[u])
        w->low[u] = to;
}

/* ---- the undirected view ---- */

/* The subtree of u is done and hangs on parent p: what does the pair say? */
static void judge(struct cuts *c, const struct walk *w, uint32_t u, uint32_t p, bool p_is_root)
{
    if (w->low[u] >= w->number[p]) {
        c->blocks++;
        if (!p_is_root)
            c->articulation[p] = true;
    }
    if (w->low[u] > w->number[p]) {
        c->bridge[c->bridges][0] = p;
        c->bridge[c->bridges++][1] = u;
    }
}

/* One component; returns how many subtrees hang on its root. */
static uint32_t walk_component(struct cuts *c, struct walk *w, uint32_t root)
{
    uint32_t subtrees = 0;
    enter(w, root, root);
    while (w->depth > 0) {
        uint32_t u = w->stack[w->depth - 1], p = w->parent[u];
        if (w->next[u] < w->l->start[u + 1]) {
            uint32_t v = w->l->head[w->next[u]++];
            if (w->number[v] == 0)
                enter(w, v, u);
            else if (v != p)
                lower(w, u, w->number[v]);
            continue;
        }
        w->depth--;
        if (u == root)
            continue;
        lower(w, p, w->low[u]);
        judge(c, w, u, p, p == root);
        subtrees += p == root;
    }
    return subtrees;
}

void graph_cuts(const struct graph *g, struct cuts *c)
{
    struct walk w;
    walk_init(&w, g, &g->around);
    *c = (struct cuts){.articulation = graph_new(g, g->n, sizeof(bool)),
                       .bridge = graph_new(g, g->n, sizeof *c->bridge)};
    for (uint32_t u = 0; u < g->n; u++) {
        if (w.number[u] != 0)
            continue;
        c->components++;
        if (walk_component(c, &w, u) > 1)
            c->articulation[u] = true;
    }
    for (uint32_t u = 0; u < g->n; u++)
        c->articulations += c->articulation[u];
}

/* ---- the directed view ---- */

/* Nodes of finished components have no number that could lower others: they leave `open`. */
static uint32_t close_component(struct walk *w, uint32_t u, uint32_t *waiting, uint32_t *len,
                                bool *open)
{
    if (w->low[u] != w->number[u])
        return 0;
    for (uint32_t v = UINT32_MAX; v != u;) {
        v = waiting[--*len];
        open[v] = false;
    }
    return 1;
}

uint32_t graph_strong_components(const struct graph *g)
{
    struct walk w;
    walk_init(&w, g, &g->out);
    uint32_t *waiting = graph_new(g, g->n, sizeof *waiting), len = 0, found = 0;
    bool *open = graph_new(g, g->n, sizeof *open);
    for (uint32_t root = 0; root < g->n; root++) {
        if (w.number[root] != 0)
            continue;
        enter(&w, root, root);
        waiting[len++] = root;
        open[root] = true;
        while (w.depth > 0) {
            uint32_t u = w.stack[w.depth - 1];
            if (w.next[u] < w.l->start[u + 1]) {
                uint32_t v = w.l->head[w.next[u]++];
                if (w.number[v] == 0) {
                    enter(&w, v, u);
                    waiting[len++] = v;
                    open[v] = true;
                } else if (open[v]) {
                    lower(&w, u, w.number[v]);
                }
                continue;
            }
            w.depth--;
            found += close_component(&w, u, waiting, &len, open);
            lower(&w, w.parent[u], w.low[u]);
        }
    }
    return found;
}

int64_t graph_longest_path(const struct graph *g)
{
    uint32_t *open = graph_new(g, g->n, sizeof *open), *queue = graph_new(g, g->n, sizeof *queue);
    uint32_t *level = graph_new(g, g->n, sizeof *level), ready = 0, longest = 0;
    for (uint32_t u = 0; u < g->n; u++) {
        open[u] = g->in.start[u + 1] - g->in.start[u];
        if (open[u] == 0)
            queue[ready++] = u;
    }
    for (uint32_t at = 0; at < ready; at++) {
        uint32_t u = queue[at];
        longest = level[u] > longest ? level[u] : longest;
        for (uint32_t i = g->out.start[u]; i < g->out.start[u + 1]; i++) {
            uint32_t v = g->out.head[i];
            level[v] = level[v] > level[u] + 1 ? level[v] : level[u] + 1;
            if (--open[v] == 0)
                queue[ready++] = v;
        }
    }
    return ready == g->n ? (int64_t)longest : -1;
}
