/* match_hk.c - largest matching by shortest augmenting paths in phases, and its prices.
 *
 * Hopcroft and Karp, An n^(5/2) algorithm for maximum matchings in bipartite graphs, SIAM J.
 * Comput. 2, 1973. The prices are the vertex cover of König: what alternating paths from the
 * unmatched reach. Depth is kept on a stack of our own, not of the machine. */
#include "match_int.h"
#include <assert.h>

#define UNREACHED UINT32_MAX
struct phases {
    struct match_net *n;
    uint32_t *mate;  /* of a node: its arc, NO_ARC = none */
    uint32_t *level; /* of the served side */
    uint32_t *next;  /* arc to try next, of the served side */
    uint32_t *queue; /* of the search in width, then the path in depth */
};

/* Levels from the unmatched; true when a free node of the other side was met. */
static bool find_levels(struct phases *h)
{
    size_t head = 0, tail = 0;
    bool met = false;
    for (uint32_t a = 0; a < h->n->na; a++) {
        bool starts = h->mate[a] == NO_ARC && h->n->amount[a] > 0;
        h->level[a] = starts ? 0 : UNREACHED;
        h->next[a] = h->n->start[a];
        if (starts)
            h->queue[tail++] = a;
    }
    while (head < tail) {
        uint32_t a = h->queue[head++];
        for (uint32_t k = h->n->start[a]; k < h->n->start[a + 1]; k++) {
            uint32_t b = h->n->arcs[h->n->list[k]].b;
            if (h->mate[b] == NO_ARC) {
                met = met || h->n->amount[b] > 0;
                continue;
            }
            uint32_t other = h->n->arcs[h->mate[b]].a;
            if (h->level[other] == UNREACHED) {
                h->level[other] = h->level[a] + 1;
                h->queue[tail++] = other;
            }
        }
    }
    return met;
}

/* The next arc of a that leads on: to a free node or one level down. */
static bool step_on(struct phases *h, uint32_t a, uint32_t *arc)
{
    while (h->next[a] < h->n->start[a + 1]) {
        *arc = h->n->list[h->next[a]];
        uint32_t b = h->n->arcs[*arc].b;
        bool free = h->mate[b] == NO_ARC;
        if (free ? h->n->amount[b] > 0 : h->level[h->n->arcs[h->mate[b]].a] == h->level[a] + 1)
            return true;
        h->next[a]++;
    }
    return false;
}

/* Along the path in queue[0..depth], each takes the arc it stands at. */
static void turn_path(struct phases *h, size_t depth)
{
    for (size_t i = 0; i <= depth; i++) {
        uint32_t a = h->queue[i], arc = h->n->list[h->next[a]];
        h->mate[a] = h->mate[h->n->arcs[arc].b] = arc;
    }
}

static void augment_from(struct phases *h, uint32_t root)
{
    size_t depth = 0;
    uint32_t arc = NO_ARC;
    h->queue[0] = root;
    for (;;) {
        if (!step_on(h, h->queue[depth], &arc)) {
            h->level[h->queue[depth]] = UNREACHED; /* a dead end for this phase */
            if (depth-- == 0)
                return;
            h->next[h->queue[depth]]++;
            continue;
        }
        uint32_t b = h->n->arcs[arc].b;
        if (h->mate[b] == NO_ARC) {
            turn_path(h, depth);
            for (size_t i = 0; i <= depth; i++)
                h->level[h->queue[i]] = UNREACHED;
            return;
        }
        h->queue[++depth] = h->n->arcs[h->mate[b]].a;
    }
}

/* Whom alternating paths from the unmatched reach asks 1 for one more unit, and so does what it
 * asks from; the rest asks nothing. */
static void take_cover(struct phases *h)
{
    struct match_net *n = h->n;
    bool met = find_levels(h);
    assert(!met);
    (void)met;
    for (uint32_t a = 0; a < n->na; a++) {
        if (h->level[a] == UNREACHED)
            continue;
        n->p[a] = -n->penalty;
        for (uint32_t k = n->start[a]; k < n->start[a + 1]; k++)
            if (n->amount[n->arcs[n->list[k]].b] > 0)
                n->p[n->arcs[n->list[k]].b] = -n->penalty;
    }
}

static void take_flows(struct phases *h)
{
    for (uint32_t a = 0; a < h->n->na; a++)
        if (h->mate[a] != NO_ARC) {
            struct match_arc *e = &h->n->arcs[h->mate[a]];
            e->flow = 1;
            h->n->used[e->a] = h->n->used[e->b] = 1;
        }
}

void match_net_hopcroft_karp(struct match_net *n)
{
    struct phases h = {.n = n};
    h.mate = mem_alloc((n->sink + 1) * sizeof *h.mate);
    memset(h.mate, 0xFF, (n->sink + 1) * sizeof *h.mate);
    h.level = mem_zalloc((n->na + 1) * sizeof *h.level);
    h.next = mem_zalloc((n->na + 1) * sizeof *h.next);
    h.queue = mem_zalloc((n->na + 1) * sizeof *h.queue);
    while (find_levels(&h))
        for (uint32_t a = 0; a < n->na; a++)
            if (h.mate[a] == NO_ARC && h.level[a] == 0)
                augment_from(&h, a);
    take_cover(&h);
    take_flows(&h);
    mem_free(h.mate);
    mem_free(h.level);
    mem_free(h.next);
    mem_free(h.queue);
}
