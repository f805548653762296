/* bench_chain.c - a supply chain for bench_analyze: links by a fixed rule among CORE nodes, hubs
 * among them, and a tail of three behind the first, t1 -> t2 -> t3, of which all is known. */
#include "bench/bench_int.h"
#include <math.h>

enum { TAIL = 3, CORE = 9997, NODES = CORE + TAIL, LINKS = 50000 };

struct chain {
    uint32_t from[LINKS], to[LINKS];
};

static void draw(struct chain *c)
{
    uint8_t *there = mem_zalloc((size_t)CORE * CORE);
    uint64_t k = 0;
    for (size_t i = 0; i < LINKS - TAIL; k += 2) {
        uint32_t u = (uint32_t)(bench_mix(k) % CORE);
        double x =
            (double)(bench_mix(k + 1) >> 11) * 0x1p-53; /* small numbers have more suppliers */
        uint32_t v = (uint32_t)(x * sqrt(x) * CORE);
        if (u == v || there[(size_t)u * CORE + v]++)
            continue;
        c->from[i] = u;
        c->to[i++] = v;
    }
    for (uint32_t t = 0; t < TAIL; t++) {
        c->from[LINKS - TAIL + t] = t == 0 ? 0 : CORE + t - 1;
        c->to[LINKS - TAIL + t] = CORE + t;
    }
    mem_free(there);
}

void bench_chain_make(struct buf *csv)
{
    struct chain *c = mem_zalloc(sizeof *c);
    draw(c);
    buf_z(csv, "source,target,weight\n");
    for (size_t i = 0; i < LINKS; i++) {
        unsigned w = 1 + (unsigned)(bench_mix(i * 7919) % 1000);
        buf_fmt(csv, "n%05u,n%05u,%u.%u\n", c->from[i], c->to[i], w / 10, w % 10);
    }
    mem_free(c);
}

struct walk {
    uint32_t *start, *next, *dist, *queue;
};

static void walk_init(struct walk *w, const uint32_t *from, const uint32_t *to)
{
    w->start = mem_zalloc((NODES + 2) * sizeof *w->start);
    w->next = mem_zalloc(LINKS * sizeof *w->next);
    w->dist = mem_zalloc(NODES * sizeof *w->dist);
    w->queue = mem_zalloc(NODES * sizeof *w->queue);
    for (size_t i = 0; i < LINKS; i++)
        w->start[from[i] + 2]++;
    for (size_t u = 0; u < NODES; u++)
        w->start[u + 1] += w->start[u];
    for (size_t i = 0; i < LINKS; i++)
        w->next[w->start[from[i] + 1]++] = to[i];
}

static void walk_clear(struct walk *w)
{
    mem_free(w->start);
    mem_free(w->next);
    mem_free(w->dist);
    mem_free(w->queue);
}

/* Nodes reached, the root among them; *between adds up the nodes strictly within shortest paths. */
static size_t walk(struct walk *w, uint32_t root, uint64_t *between)
{
    size_t count = 1;
    for (size_t u = 0; u < NODES; u++)
        w->dist[u] = UINT32_MAX;
    w->queue[0] = root;
    w->dist[root] = 0;
    for (size_t at = 0; at < count; at++) {
        uint32_t u = w->queue[at];
        *between += at > 0 ? w->dist[u] - 1 : 0;
        for (uint32_t i = w->start[u]; i < w->start[u + 1]; i++)
            if (w->dist[w->next[i]] == UINT32_MAX) {
                w->dist[w->next[i]] = w->dist[u] + 1;
                w->queue[count++] = w->next[i];
            }
    }
    return count;
}

bool bench_chain_right(double t1, double t2, double sum, bool weighted)
{
    struct chain *c = mem_zalloc(sizeof *c);
    struct walk there, back;
    uint64_t between = 0, ignored = 0;
    draw(c);
    walk_init(&there, c->from, c->to);
    walk_init(&back, c->to, c->from);
    double behind = (double)walk(&back, 0, &ignored); /* whoever reaches the tail, its gate too */
    for (uint32_t u = 0; u < NODES && !weighted; u++)
        walk(&there, u, &between);
    walk_clear(&there);
    walk_clear(&back);
    mem_free(c);
    return fabs(t1 - 2 * behind) < 1e-6 && fabs(t2 - behind - 1) < 1e-6 &&
           (weighted || fabs(sum - (double)between) < 1e-9 * (double)between);
}
