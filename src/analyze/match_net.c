/* match_net.c - least-cost flow between two sides, all in 128-bit integers.
 *
 * Successive shortest augmenting paths with potentials: Tomizawa, On some techniques useful for
 * solution of transportation network problems, Networks 1, 1971; Edmonds and Karp, J. ACM 19, 1972,
 * section 1.3; with amounts of 1 it is the augmentation step of Jonker and Volgenant, A shortest
 * augmenting path algorithm for dense and sparse linear assignment problems, Computing 38, 1987.
 *
 * Ranks of the objective are digits of one integer: matches made (penalty), then cost, then pairs
 * kept from before. A potential is a sum along a path of at most 2 * nodes steps, so with digits
 * wide enough it is taken apart again by rounding. */
#include "match_int.h"
#include <assert.h>

/* ---- the network ---- */

uint32_t match_node(const struct match_net *n, const struct match *m, unsigned side, uint32_t key)
{
    return side == m->served ? key : (uint32_t)n->na + key;
}

static i128 magnitude(i128 v)
{
    return v < 0 ? -v : v;
}

/* Widths of the digits. */
static enum code choose_scale(struct match_net *n, const struct match *m, struct error *err)
{
    i128 steps = 8 * ((i128)n->sink + 2), largest = 1, kept = 0, room = 0;
    for (size_t i = 0; i < m->cells.len; i++) {
        i128 cost = magnitude(m->cells.v[i].cost);
        largest = cost > largest ? cost : largest;
        kept += m->cells.v[i].keep;
    }
    n->scale = kept > 0 ? kept + steps : 1;
    if (!i128_mul(steps, largest, &n->big) || !i128_mul(n->big, n->scale, &room) ||
        !i128_mul(room, 64, &room))
        return error_set(err, E_RANGE,
                         "the costs have too many digits to be compared exactly; option "
                         "'decimals' rounds them");
    n->penalty = m->optional ? 0 : n->big * n->scale;
    return OK;
}

static void add_arc(struct match_net *n, const struct match *m, uint32_t cell, int64_t cap,
                    bool kept)
{
    const struct match_cell *c = &m->cells.v[cell];
    if (cap <= 0)
        return;
    n->arcs[n->arc_count++] = (struct match_arc){
        .a = c->at[m->served],
        .b = (uint32_t)n->na + c->at[1 - m->served],
        .cell = cell,
        .cap = cap,
        .cost = c->cost * n->scale - kept,
    };
}

/* Arcs in the order of the cells; what was there before is an arc of its own, a little cheaper. */
static void add_arcs(struct match_net *n, const struct match *m)
{
    n->arcs = mem_alloc((2 * m->cells.len + 1) * sizeof *n->arcs);
    for (size_t i = 0; i < m->cells.len; i++) {
        const struct match_cell *c = &m->cells.v[i];
        int64_t keep = c->keep < c->cap ? c->keep : c->cap;
        add_arc(n, m, (uint32_t)i, keep, true);
        add_arc(n, m, (uint32_t)i, c->cap - keep, false);
    }
}

void match_net_index(struct match_net *n,
                     bool (*want)(const struct match_net *, const struct match_arc *))
{
    memset(n->start, 0, (n->sink + 2) * sizeof *n->start);
    for (size_t e = 0; e < n->arc_count; e++)
        if (want == NULL || want(n, &n->arcs[e])) {
            n->start[n->arcs[e].a + 1]++;
            n->start[n->arcs[e].b + 1]++;
        }
    for (size_t v = 0; v <= n->sink; v++)
        n->start[v + 1] += n->start[v];
    uint32_t *next = mem_alloc((n->sink + 1) * sizeof *next);
    memcpy(next, n->start, (n->sink + 1) * sizeof *next);
    for (size_t e = 0; e < n->arc_count; e++)
        if (want == NULL || want(n, &n->arcs[e])) {
            n->list[next[n->arcs[e].a]++] = (uint32_t)e;
            n->list[next[n->arcs[e].b]++] = (uint32_t)e;
        }
    mem_free(next);
}

enum code match_net_init(struct match_net *n, const struct match *m, struct error *err)
{
    const struct match_side *a = &m->side[m->served], *b = &m->side[1 - m->served];
    *n = (struct match_net){.na = a->keys.len, .nb = b->keys.len};
    n->sink = (uint32_t)(n->na + n->nb);
    TRY(choose_scale(n, m, err));
    n->amount = mem_zalloc((n->sink + 1) * sizeof *n->amount);
    n->used = mem_zalloc((n->sink + 1) * sizeof *n->used);
    n->p = mem_zalloc((n->sink + 1) * sizeof *n->p);
    for (size_t i = 0; i < n->na; i++)
        n->amount[i] = a->keys.v[i].amount;
    for (size_t j = 0; j < n->nb; j++)
        n->amount[n->na + j] = b->keys.v[j].amount;
    add_arcs(n, m);
    n->start = mem_zalloc((n->sink + 2) * sizeof *n->start);
    n->list = mem_alloc((2 * n->arc_count + 1) * sizeof *n->list);
    match_net_index(n, NULL);
    return OK;
}

void match_net_clear(struct match_net *n)
{
    mem_free(n->arcs);
    mem_free(n->start);
    mem_free(n->list);
    mem_free(n->amount);
    mem_free(n->used);
    mem_free(n->p);
    *n = (struct match_net){0};
}

/* ---- shortest paths ---- */

struct reached {
    i128 dist;
    uint32_t node;
};
struct search {
    VEC(struct reached) heap;
    VEC(uint32_t) seen; /* nodes to reset */
    i128 *dist;
    uint32_t *from, *via; /* node before, arc taken (NO_ARC to the sink) */
    uint8_t *state;
};
enum { UNSEEN, SEEN, SETTLED };

static bool before(struct reached x, struct reached y)
{
    return x.dist != y.dist ? x.dist < y.dist : x.node < y.node;
}

static void heap_push(struct search *s, struct reached r)
{
    vec_push(&s->heap, r);
    size_t i = s->heap.len - 1;
    for (; i > 0 && before(r, s->heap.v[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap.v[i] = s->heap.v[(i - 1) / 2];
    s->heap.v[i] = r;
}

static struct reached heap_pop(struct search *s)
{
    struct reached top = s->heap.v[0], last = s->heap.v[--s->heap.len];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < s->heap.len && before(s->heap.v[child + 1], s->heap.v[child]))
            child++;
        if (child >= s->heap.len || !before(s->heap.v[child], last))
            break;
        s->heap.v[i] = s->heap.v[child];
        i = child;
    }
    if (s->heap.len > 0)
        s->heap.v[i] = last;
    return top;
}

static void relax(struct search *s, uint32_t from, uint32_t via, uint32_t to, i128 dist)
{
    if (s->state[to] == SETTLED || (s->state[to] == SEEN && s->dist[to] <= dist))
        return;
    if (s->state[to] == UNSEEN)
        vec_push(&s->seen, to);
    s->state[to] = SEEN;
    s->dist[to] = dist;
    s->from[to] = from;
    s->via[to] = via;
    heap_push(s, (struct reached){dist, to});
}

static void relax_served(const struct match_net *n, struct search *s, uint32_t v)
{
    i128 base = s->dist[v] + n->p[v];
    for (uint32_t k = n->start[v]; k < n->start[v + 1]; k++) {
        const struct match_arc *e = &n->arcs[n->list[k]];
        if (e->flow < e->cap)
            relax(s, v, n->list[k], e->b, base + e->cost - n->p[e->b]);
    }
    relax(s, v, NO_ARC, n->sink, base + n->penalty);
}

static void relax_serving(const struct match_net *n, struct search *s, uint32_t v)
{
    i128 base = s->dist[v] + n->p[v];
    if (n->used[v] < n->amount[v])
        relax(s, v, NO_ARC, n->sink, base);
    for (uint32_t k = n->start[v]; k < n->start[v + 1]; k++) {
        const struct match_arc *e = &n->arcs[n->list[k]];
        if (e->flow > 0)
            relax(s, v, n->list[k], e->a, base - e->cost - n->p[e->a]);
    }
}

/* Dijkstra from `source` to the sink, which is always reached; potentials then make the tree tight.
 */
static void shortest_path(struct match_net *n, struct search *s, uint32_t source)
{
    for (size_t i = 0; i < s->seen.len; i++)
        s->state[s->seen.v[i]] = UNSEEN;
    s->seen.len = s->heap.len = 0;
    relax(s, source, NO_ARC, source, 0);
    for (;;) {
        struct reached r = heap_pop(s);
        if (s->state[r.node] == SETTLED)
            continue;
        s->state[r.node] = SETTLED;
        if (r.node == n->sink)
            break;
        if (r.node < n->na)
            relax_served(n, s, r.node);
        else
            relax_serving(n, s, r.node);
    }
    for (size_t i = 0; i < s->seen.len; i++) {
        uint32_t v = s->seen.v[i];
        if (s->state[v] == SETTLED)
            n->p[v] += s->dist[v] - s->dist[n->sink];
    }
}

static int64_t narrowest(const struct match_net *n, const struct search *s, uint32_t source,
                         int64_t room)
{
    uint32_t last = s->from[n->sink];
    if (last >= n->na && n->amount[last] - n->used[last] < room)
        room = n->amount[last] - n->used[last];
    for (uint32_t v = last; v != source; v = s->from[v]) {
        const struct match_arc *e = &n->arcs[s->via[v]];
        int64_t free = v == e->b ? e->cap - e->flow : e->flow;
        room = free < room ? free : room;
    }
    return room;
}

static int64_t push_path(struct match_net *n, const struct search *s, uint32_t source, int64_t room)
{
    room = narrowest(n, s, source, room);
    assert(room > 0);
    for (uint32_t v = s->from[n->sink]; v != source; v = s->from[v]) {
        struct match_arc *e = &n->arcs[s->via[v]];
        int64_t d = v == e->b ? room : -room;
        e->flow += d;
        n->used[e->a] += d;
        n->used[e->b] += d;
    }
    return room;
}

static void search_init(struct search *s, size_t nodes)
{
    *s = (struct search){0};
    s->dist = mem_zalloc(nodes * sizeof *s->dist);
    s->from = mem_zalloc(nodes * sizeof *s->from);
    s->via = mem_zalloc(nodes * sizeof *s->via);
    s->state = mem_zalloc(nodes);
}

static void search_clear(struct search *s)
{
    vec_clear(&s->heap);
    vec_clear(&s->seen);
    mem_free(s->dist);
    mem_free(s->from);
    mem_free(s->via);
    mem_free(s->state);
}

/* The largest potentials of the served side that leave no reduced cost negative. */
static void start_potentials(struct match_net *n)
{
    for (size_t v = 0; v < n->na; v++) {
        i128 least = n->penalty;
        for (uint32_t k = n->start[v]; k < n->start[v + 1]; k++) {
            i128 cost = n->arcs[n->list[k]].cost;
            least = cost < least ? cost : least;
        }
        n->p[v] = -least;
    }
}

void match_net_solve(struct match_net *n)
{
    struct search s;
    search_init(&s, n->sink + 1);
    start_potentials(n);
    for (uint32_t v = 0; v < n->na; v++)
        for (int64_t left = n->amount[v]; left > 0;) {
            shortest_path(n, &s, v);
            left -= push_path(n, &s, v, left);
        }
    search_clear(&s);
}

/* ---- the answer ---- */

static i128 round_div(i128 v, i128 by)
{
    i128 half = by / 2;
    return v >= 0 ? (v + half) / by : -((-v + half) / by);
}

/* Potentials without the digit of pairs kept: duals of the costs alone. */
static void drop_kept(struct match_net *n)
{
    for (size_t v = 0; v <= n->sink; v++)
        n->p[v] = round_div(n->p[v], n->scale);
    for (size_t e = 0; e < n->arc_count; e++)
        n->arcs[e].cost = round_div(n->arcs[e].cost, n->scale);
    n->penalty = round_div(n->penalty, n->scale);
    n->scale = 1;
}

/* Of costs all 0 only the digit of matches is left. It says which keys are in a least vertex cover,
 * the dual of the largest matching; from here on a pair is worth 1. */
static void price_matches(struct match *m)
{
    for (unsigned side = 0; side < 2; side++)
        for (size_t k = 0; k < m->side[side].keys.len; k++) {
            struct match_key *key = &m->side[side].keys.v[k];
            key->price = side == m->served ? 1 - key->price_matches : -key->price_matches;
            key->price_matches = 0;
        }
    for (size_t i = 0; i < m->cells.len; i++)
        m->cells.v[i].cost = -1;
    m->maximise = true;
}

/* u + v <= cost (>= score), equal where a pair is made. */
static void take_prices(const struct match_net *n, struct match *m)
{
    for (unsigned side = 0; side < 2; side++)
        for (uint32_t k = 0; k < m->side[side].keys.len; k++) {
            struct match_key *key = &m->side[side].keys.v[k];
            uint32_t v = match_node(n, m, side, k);
            i128 matches = round_div(n->p[v], n->big), price = n->p[v] - matches * n->big;
            bool flip = (side == m->served) != m->maximise;
            key->price = flip ? -price : price;
            key->price_matches = (int)(flip ? -matches : matches);
            key->used = n->used[v];
        }
}

static enum code take_value(struct match *m, struct error *err)
{
    m->value = 0;
    for (size_t i = 0; i < m->cells.len; i++) {
        const struct match_cell *c = &m->cells.v[i];
        i128 part = 0;
        if (!i128_mul(m->maximise ? -c->cost : c->cost, c->flow, &part) ||
            !i128_add(m->value, part, &m->value))
            return error_set(err, E_RANGE, "the optimal value left 128 bits");
    }
    return OK;
}

enum code match_solve(struct match *m, struct error *err)
{
    struct match_net n;
    TRY(match_net_init(&n, m, err));
    if (m->cardinality && !m->previous)
        match_net_hopcroft_karp(&n);
    else
        match_net_solve(&n);
    match_net_first_by_key(&n, m);
    for (size_t e = 0; e < n.arc_count; e++)
        m->cells.v[n.arcs[e].cell].flow += n.arcs[e].flow;
    drop_kept(&n);
    match_net_mark_equal(&n, m);
    take_prices(&n, m);
    if (m->cardinality)
        price_matches(m);
    match_net_clear(&n);
    return take_value(m, err);
}
