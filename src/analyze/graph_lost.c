/* graph_lost.c - how many ordered pairs are cut off when a node is taken out.
 *
 * A pair (s, t) needs v when v lies on every path from s to t, that is when v dominates t in the
 * graph entered at s. So v loses, for each other s, the size of its subtree in the dominator tree
 * of s, and its own pairs. One tree per source, O(n m) in all, where taking each node out in turn
 * would be O(n n m).
 * Sources: Lengauer and Tarjan, ACM TOPLAS 1 (1979) (semidominators); Georgiadis, Tarjan and
 * Werneck, Finding Dominators in Practice, JGAA 10 (2006) (semi-NCA). */
#include "graph_int.h"

/* Everything but `number` is by preorder number, 1 = root. */
struct climb {
    uint32_t ancestor, least; /* how far the way up is compressed; least semidominator on it */
};
struct dominators {
    const struct graph *g;
    uint32_t *number; /* of a node, 0 = not reached */
    uint32_t *node, *parent, *semi, *idom, *next, *path;
    struct climb *climb;
    uint64_t *size;
    uint32_t count;
};

static void init(struct dominators *d, const struct graph *g)
{
    *d = (struct dominators){.g = g};
    uint32_t **all[] = {&d->number, &d->node, &d->parent, &d->semi, &d->idom, &d->next, &d->path};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = graph_new(g, (size_t)g->n + 1, sizeof(uint32_t));
    d->climb = graph_new(g, (size_t)g->n + 1, sizeof *d->climb);
    d->size = graph_new(g, (size_t)g->n + 1, sizeof *d->size);
}

static uint32_t discover(struct dominators *d, uint32_t u, uint32_t parent)
{
    uint32_t k = ++d->count;
    d->number[u] = k;
    d->node[k] = u;
    d->parent[k] = d->idom[k] = parent;
    d->climb[k] = (struct climb){parent, k};
    d->semi[k] = k;
    d->next[k] = d->g->out.start[u];
    d->size[k] = 1;
    return k;
}

static void number_nodes(struct dominators *d, uint32_t root)
{
    const struct links *out = &d->g->out;
    d->count = 0;
    for (uint32_t k = discover(d, root, 0); k != 0;) {
        if (d->next[k] == out->start[d->node[k] + 1]) {
            k = d->parent[k];
            continue;
        }
        uint32_t v = out->head[d->next[k]++];
        if (d->number[v] == 0)
            k = discover(d, v, k);
    }
}

/* The least semidominator on the way up from k to above `limit`; only numbers above the limit have
 * theirs yet. The way is compressed. */
static uint32_t least_above(struct dominators *d, uint32_t k, uint32_t limit)
{
    struct climb *c = d->climb;
    uint32_t depth = 0;
    for (uint32_t at = k; c[at].ancestor > limit; at = c[at].ancestor)
        d->path[depth++] = at;
    while (depth-- > 0) {
        struct climb *at = &c[d->path[depth]], above = c[at->ancestor];
        at->least = above.least < at->least ? above.least : at->least;
        at->ancestor = above.ancestor;
    }
    return c[k].least;
}

static void find_semidominators(struct dominators *d)
{
    const struct links *in = &d->g->in;
    for (uint32_t k = d->count; k > 1; k--) {
        uint32_t u = d->node[k], semi = k;
        for (uint32_t i = in->start[u]; i < in->start[u + 1]; i++) {
            uint32_t j = d->number[in->head[i]];
            if (j == 0)
                continue;
            uint32_t s = j <= k ? j : least_above(d, j, k);
            semi = s < semi ? s : semi;
        }
        d->semi[k] = d->climb[k].least = semi;
    }
}

static void find_dominators(struct dominators *d)
{
    find_semidominators(d);
    for (uint32_t k = 2; k <= d->count; k++)
        while (d->idom[k] > d->semi[k])
            d->idom[k] = d->idom[d->idom[k]];
    for (uint32_t k = d->count; k > 1; k--)
        d->size[d->idom[k]] += d->size[k];
}

uint64_t graph_lost_pairs(const struct graph *g, uint64_t *lost)
{
    struct dominators d;
    uint64_t pairs = 0;
    init(&d, g);
    for (uint32_t root = 0; root < g->n; root++) {
        number_nodes(&d, root);
        find_dominators(&d);
        pairs += d.count - 1;
        lost[root] += d.count - 1;
        for (uint32_t k = 1; k <= d.count; k++) {
            if (k > 1)
                lost[d.node[k]] += d.size[k];
            d.number[d.node[k]] = 0;
        }
    }
    return pairs;
}

uint64_t graph_reachable_pairs(const struct graph *g)
{
    uint32_t *seen = graph_new(g, g->n, sizeof *seen), *queue = graph_new(g, g->n, sizeof *queue);
    uint64_t pairs = 0;
    for (uint32_t root = 0; root < g->n; root++) {
        uint32_t count = 1;
        queue[0] = root;
        seen[root] = root + 1;
        for (uint32_t at = 0; at < count; at++)
            for (uint32_t i = g->out.start[queue[at]]; i < g->out.start[queue[at] + 1]; i++) {
                uint32_t v = g->out.head[i];
                if (seen[v] != root + 1) {
                    seen[v] = root + 1;
                    queue[count++] = v;
                }
            }
        pairs += count - 1;
    }
    return pairs;
}
