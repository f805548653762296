/* graph_paths.c - betweenness and PageRank.
 * Sources: Brandes, A Faster Algorithm for Betweenness Centrality, Journal of Mathematical
 * Sociology 25 (2001); Dijkstra, Numerische Mathematik 1 (1959); Dial, Algorithm 360, CACM 12
 * (1969) and Denardo and Fox, Shortest-Route Methods 1, Operations Research 27 (1979) (buckets no
 * wider than the shortest link); Page, Brin, Motwani and Winograd, The PageRank Citation Ranking,
 * 1999 (nodes without outgoing edges give to all alike).
 *
 * No list of predecessors is kept: on the way back a node reads from its outgoing links which of
 * its neighbours come next on shortest paths, and takes (1 + share) / paths of each of them, so
 * that the way back writes to one node at a time and has nothing to guess. */
#include "graph_int.h"
#include <math.h>

#define UNSEEN UINT32_MAX
#define MOST_PATHS 1e300 /* so that 1 / paths and sums of it keep their digits */

static enum code too_many(const struct graph *g, uint32_t from, uint32_t to, struct error *err)
{
    return error_set(err, E_RANGE,
                     "there are more shortest paths from '%.*s' to '%.*s' than can be counted",
                     STR_ARG(g->name[from]), STR_ARG(g->name[to]));
}

/* v or 0, by a mask: which of the two it is cannot be guessed, and a wrong guess costs more than
 * all the rest of a step. */
static inline double when(bool wanted, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bits &= -(uint64_t)wanted;
    memcpy(&v, &bits, sizeof bits);
    return v;
}

/* ---- unweighted ---- */

struct steps {
    const struct links *out;
    uint32_t *dist, *order, reached;
    double *count, *each; /* shortest paths to a node; (1 + what depends on it) / count */
};

/* Every neighbour is written behind the queue, which grows only when it is new. */
static void breadth_first(struct steps *s, uint32_t root)
{
    const uint32_t *head = s->out->head, *start = s->out->start;
    uint32_t *dist = s->dist, *order = s->order, end = 1;
    double *count = s->count;
    order[0] = root;
    dist[root] = 0;
    count[root] = 1;
    for (uint32_t at = 0; at < end; at++) {
        uint32_t u = order[at], next = dist[u] + 1;
        double paths = count[u];
        for (uint32_t i = start[u]; i < start[u + 1]; i++) {
            uint32_t v = head[i], d = dist[v]; /* at most next, or UNSEEN */
            order[end] = v;
            end += d == UNSEEN;
            dist[v] = d < next ? d : next;
            count[v] += when(d >= next, paths);
        }
    }
    s->reached = end;
}

static void gather_steps(struct steps *s, double *out)
{
    const uint32_t *head = s->out->head, *start = s->out->start, *dist = s->dist;
    double *each = s->each;
    for (uint32_t at = s->reached; at-- > 1;) {
        uint32_t u = s->order[at], next = dist[u] + 1;
        double sum = 0;
        for (uint32_t i = start[u]; i < start[u + 1]; i++)
            sum += when(dist[head[i]] == next, each[head[i]]);
        out[u] += sum * s->count[u];
        each[u] = sum + 1 / s->count[u];
    }
}

/* The last node reached has the longest way, not the most paths: all counts are looked at. */
static enum code forget_steps(struct steps *s, const struct graph *g, struct error *err)
{
    uint32_t bad = UNSEEN;
    for (uint32_t at = 0; at < s->reached; at++) {
        uint32_t u = s->order[at];
        bad = s->count[u] <= MOST_PATHS || bad != UNSEEN ? bad : u;
        s->dist[u] = UNSEEN;
        s->count[u] = 0;
    }
    return bad == UNSEEN ? OK : too_many(g, s->order[0], bad, err);
}

static enum code count_steps(const struct graph *g, double *out, struct error *err)
{
    struct steps s = {.out = &g->out};
    s.dist = graph_new(g, g->n, sizeof *s.dist);
    s.order = graph_new(g, (size_t)g->n + 1, sizeof *s.order);
    s.count = graph_new(g, g->n, sizeof *s.count);
    s.each = graph_new(g, g->n, sizeof *s.each);
    for (uint32_t u = 0; u < g->n; u++)
        s.dist[u] = UNSEEN;
    for (uint32_t root = 0; root < g->n; root++) {
        breadth_first(&s, root);
        gather_steps(&s, out);
        TRY(forget_steps(&s, g, err));
    }
    return OK;
}

/* ---- weighted ---- */

struct seen {
    double dist, count, each;
    uint32_t place; /* in the order of distance */
};
struct link {
    double length;
    uint32_t head;
};
/* Nodes that wait lie in a ring of buckets of one width; the nearest bucket is emptied. Where no
 * link is shorter than the width, nothing in a bucket can bring anything else in it nearer, and any
 * order will do; otherwise the bucket passes through a heap. Entries that were overtaken stay in
 * their bucket and are passed over. */
struct wait {
    uint32_t node, next;
};
struct item {
    double key;
    uint32_t node;
};
struct search {
    const struct graph *g;
    struct seen *node;
    struct link *link; /* as g->out */
    uint32_t *order, reached;
    double near, far; /* lengths within these factors of each other are equal: 1 when exact */
    bool fuzzy;       /* a path once counted as equal may be equal no more: count again */
    struct wait *wait;
    uint32_t waiting, *bucket, mask; /* first of each bucket, 0 = none; entries are from 1 */
    double per_width;
    uint64_t *full, now; /* a bit a bucket; the bucket that is being emptied */
    bool sorted;
    struct item *heap;
    uint32_t heaped;
};

#define TIE 1e-12 /* of lengths that are not exact */
#define BUCKETS_MAX 16384

static void forget(struct seen *n)
{
    *n = (struct seen){.dist = INFINITY, .place = UNSEEN};
}

/* As wide as the shortest link allows, wider when the ring would be too long for it. */
static void choose_width(struct search *s, double least, double most)
{
    const struct graph *g = s->g;
    double width = least * 0.999;
    bool distinct = (s->far - 1) * g->n * most < least * 1e-3;
    s->sorted = !distinct || most / width > BUCKETS_MAX - 2;
    if (s->sorted)
        width = most / (BUCKETS_MAX - 3);
    s->per_width = 1 / width < 1e300 ? 1 / width : 0;
    uint32_t buckets = 64;
    while (buckets < most / width + 2)
        buckets *= 2;
    s->mask = buckets - 1;
    s->bucket = graph_new(g, buckets, sizeof *s->bucket);
    s->full = graph_new(g, buckets / 64, sizeof *s->full);
}

static void init(struct search *s, const struct graph *g)
{
    uint32_t links = g->out.start[g->n];
    double least = INFINITY, most = 0, tie = g->exact ? 0 : TIE;
    *s = (struct search){.g = g, .near = 1 - tie, .far = 1 + tie};
    s->node = graph_new(g, g->n, sizeof *s->node);
    s->order = graph_new(g, g->n, sizeof *s->order);
    s->link = graph_new(g, links, sizeof *s->link);
    s->wait = graph_new(g, (size_t)links + 2, sizeof *s->wait);
    s->heap = graph_new(g, (size_t)links + 2, sizeof *s->heap);
    for (uint32_t i = 0; i < links; i++) {
        s->link[i] = (struct link){g->length[g->out.edge[i]], g->out.head[i]};
        least = fmin(least, s->link[i].length);
        most = fmax(most, s->link[i].length);
    }
    if (links == 0)
        least = most = 1;
    choose_width(s, least, most);
    for (uint32_t u = 0; u < g->n; u++)
        forget(&s->node[u]);
}

/* A heap of four children each. */
static void rise(struct item *heap, uint32_t i, struct item item)
{
    for (; i > 0 && heap[(i - 1) / 4].key > item.key; i = (i - 1) / 4)
        heap[i] = heap[(i - 1) / 4];
    heap[i] = item;
}

/* Of the items a and b the nearer; written so that it compiles to a move, for no processor can
 * guess it. */
static uint32_t nearer(const struct item *heap, uint32_t a, uint32_t b)
{
    return a + (b - a) * (uint32_t)(heap[b].key < heap[a].key);
}

/* The hole at the top goes down to the bottom, where the last item nearly always belongs. */
static uint32_t heap_pop(struct search *s)
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
    return top.node;
}

static void push(struct search *s, double key, uint32_t node)
{
    uint64_t number = (uint64_t)(key * s->per_width);
    if (s->sorted && number <= s->now) {
        rise(s->heap, s->heaped++, (struct item){key, node});
        return;
    }
    uint32_t b = (uint32_t)number & s->mask;
    s->wait[++s->waiting] = (struct wait){node, s->bucket[b]};
    s->bucket[b] = s->waiting;
    s->full[b / 64] |= (uint64_t)1 << b % 64;
}

/* Goes on to the next bucket that holds anything; false when none does. */
static bool next_bucket(struct search *s)
{
    uint32_t from = (uint32_t)s->now & s->mask, words = s->mask / 64 + 1;
    uint64_t bits = s->full[from / 64] >> from % 64 << from % 64;
    for (uint32_t w = from / 64, k = 0; k <= words; bits = s->full[w], k++) {
        if (bits != 0) {
            uint32_t b = w * 64 + (uint32_t)__builtin_ctzll(bits);
            s->now += (b - from) & s->mask;
            return true;
        }
        w = w + 1 == words ? 0 : w + 1;
    }
    return false;
}

static void to_heap(struct search *s)
{
    uint32_t b = (uint32_t)s->now & s->mask;
    for (uint32_t e = s->bucket[b]; e != 0; e = s->wait[e].next)
        if (s->node[s->wait[e].node].place == UNSEEN)
            rise(s->heap, s->heaped++,
                 (struct item){s->node[s->wait[e].node].dist, s->wait[e].node});
    s->bucket[b] = 0;
    s->full[b / 64] &= ~((uint64_t)1 << b % 64);
}

/* UNSEEN when nothing waits. */
static uint32_t pop(struct search *s)
{
    while (s->heaped == 0) {
        uint32_t b = (uint32_t)s->now & s->mask, e = s->bucket[b];
        if (e == 0) {
            s->full[b / 64] &= ~((uint64_t)1 << b % 64);
            if (!next_bucket(s))
                return UNSEEN;
        } else if (s->sorted) {
            to_heap(s);
        } else {
            s->bucket[b] = s->wait[e].next;
            return s->wait[e].node;
        }
    }
    return heap_pop(s);
}

/* A path to v of length `next` whose last node but one has `paths` paths to it. */
static inline void offer(struct search *s, double paths, uint32_t v, double next)
{
    struct seen *n = &s->node[v];
    if (next > n->dist * s->far || n->place != UNSEEN)
        return;
    if (next < n->dist * s->near || n->dist == INFINITY) {
        s->fuzzy |= n->dist * s->near <= next * s->far && s->far > 1;
        n->dist = next;
        n->count = 0;
        push(s, next, v);
    }
    n->count += paths;
}

static void by_distance(struct search *s, uint32_t root)
{
    const uint32_t *start = s->g->out.start;
    s->node[root].dist = 0;
    s->node[root].count = 1;
    s->heaped = s->waiting = 0;
    s->now = 0;
    s->fuzzy = false;
    push(s, 0, root);
    for (uint32_t u; (u = pop(s)) != UNSEEN;) {
        struct seen *n = &s->node[u];
        if (n->place != UNSEEN)
            continue;
        n->place = s->reached;
        s->order[s->reached++] = u;
        for (uint32_t i = start[u]; i < start[u + 1]; i++)
            offer(s, n->count, s->link[i].head, n->dist + s->link[i].length);
    }
}

/* Does the path through u go on to v as one of the shortest? */
static inline bool leads(const struct search *s, const struct seen *u, double length,
                         const struct seen *v)
{
    return (u->dist + length <= v->dist * s->far) & (v->place - 1 - u->place < UNSEEN / 2);
}

static void count_again(struct search *s)
{
    const struct links *in = &s->g->in;
    for (uint32_t at = 1; at < s->reached; at++) {
        struct seen *v = &s->node[s->order[at]];
        v->count = 0;
        for (uint32_t i = in->start[s->order[at]]; i < in->start[s->order[at] + 1]; i++) {
            const struct seen *u = &s->node[in->head[i]];
            if (leads(s, u, s->g->length[in->edge[i]], v))
                v->count += u->count;
        }
    }
}

static void gather(struct search *s, double *out)
{
    const uint32_t *start = s->g->out.start;
    for (uint32_t at = s->reached; at-- > 1;) {
        struct seen *u = &s->node[s->order[at]];
        double sum = 0;
        for (uint32_t i = start[s->order[at]]; i < start[s->order[at] + 1]; i++) {
            const struct seen *v = &s->node[s->link[i].head];
            sum += when(leads(s, u, s->link[i].length, v), v->each);
        }
        out[s->order[at]] += sum * u->count;
        u->each = sum + 1 / u->count;
    }
}

static enum code forget_all(struct search *s, struct error *err)
{
    uint32_t bad = UNSEEN;
    for (uint32_t at = 0; at < s->reached; at++) {
        struct seen *n = &s->node[s->order[at]];
        bad = n->count <= MOST_PATHS || bad != UNSEEN ? bad : s->order[at];
        forget(n);
    }
    s->reached = 0;
    return bad == UNSEEN ? OK : too_many(s->g, s->order[0], bad, err);
}

static enum code count_lengths(const struct graph *g, double *out, struct error *err)
{
    struct search s;
    init(&s, g);
    for (uint32_t root = 0; root < g->n; root++) {
        by_distance(&s, root);
        if (s.fuzzy)
            count_again(&s);
        gather(&s, out);
        TRY(forget_all(&s, err));
    }
    return OK;
}

enum code graph_betweenness(const struct graph *g, bool weighted, double *out, struct error *err)
{
    TRY(weighted ? count_lengths(g, out, err) : count_steps(g, out, err));
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
