/* graph_load.c - reading edges and nodes, finding duplicates, building neighbour lists, and making
 * lengths of weights so that equal paths are found equal.
 *
 * Lengths are 1 / weight. 1/3 + 1/6 and 1/2 differ in binary, so ties would be lost: weights are
 * read as decimals, divided by what they share, and lengths are M / w with M the least common
 * multiple. As long as no path can exceed 2^53 every sum is an exact integer. Otherwise lengths are
 * quotients, and paths within 1e-12 of each other count as equal. */
#include "graph_int.h"
#include <math.h>
#include <stdlib.h>

void *graph_new(const struct graph *g, size_t count, size_t size)
{
    return arena_alloc(&g->a->arena, (count + 1) * size);
}

/* ---- nodes ---- */

static enum code add_node(struct graph *g, struct map *at, struct str name, struct error *err)
{
    if (name.len == 0)
        return error_set(err, E_INPUT, "'%.*s' has a node without name", STR_ARG(g->a->in[0].name));
    if (!map_get(at, name, &(uint64_t){0})) {
        map_put(at, name, g->n);
        g->name[g->n++] = name;
    }
    return OK;
}

static enum code nodes_given(struct graph *g, struct map *at, struct error *err)
{
    const struct table *t = &g->a->in[1];
    int column = 0;
    TRY(table_need(t, "node", &column, err));
    g->name = graph_new(g, t->rows, sizeof *g->name);
    for (size_t r = 0; r < t->rows; r++) {
        struct str name = str_trim(table_cell(t, column, r));
        uint32_t before = g->n;
        TRY(add_node(g, at, name, err));
        if (g->n == before)
            return error_at(err, E_CONFLICT, (uint32_t)r + 2, 0,
                            "node '%.*s' has two rows in '%.*s'", STR_ARG(name), STR_ARG(t->name));
    }
    return OK;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum code nodes_of_edges(struct graph *g, struct map *at, const int end[2],
                                struct error *err)
{
    const struct table *t = &g->a->in[0];
    g->name = graph_new(g, 2 * t->rows, sizeof *g->name);
    for (size_t r = 0; r < t->rows; r++)
        for (int e = 0; e < 2; e++)
            TRY(add_node(g, at, str_trim(table_cell(t, end[e], r)), err));
    if (g->n > 0)
        qsort(g->name, g->n, sizeof *g->name, by_name);
    for (uint32_t i = 0; i < g->n; i++)
        map_put(at, g->name[i], i);
    return OK;
}

/* ---- edges ---- */

struct raw {
    uint32_t from, to, row;
    struct dec exact; /* scale UINT8_MAX: more digits than are kept */
    double weight;
};
struct reader {
    struct graph *g;
    struct map at;
    int end[2], weight;
    struct raw *raw;
    size_t count, loops, zeros;
};

static enum code end_of(const struct reader *r, size_t row, int e, uint32_t *out, struct error *err)
{
    const struct table *t = &r->g->a->in[0];
    struct str name = str_trim(table_cell(t, r->end[e], row));
    uint64_t i = 0;
    if (!map_get(&r->at, name, &i))
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                        "'%.*s' of '%.*s' is not in the table of nodes", STR_ARG(name),
                        STR_ARG(t->name));
    *out = (uint32_t)i;
    return OK;
}

static enum code read_weight(const struct reader *r, size_t row, struct raw *e, struct error *err)
{
    const struct table *t = &r->g->a->in[0];
    e->weight = 1;
    e->exact = (struct dec){1, 0};
    if (r->weight < 0)
        return OK;
    TRY(table_number(t, r->weight, row, false, &e->weight, err));
    if (e->weight < 0)
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                        "the edge from '%.*s' to '%.*s' has negative weight %.6g",
                        STR_ARG(r->g->name[e->from]), STR_ARG(r->g->name[e->to]), e->weight);
    if (table_decimal(t, r->weight, row, &e->exact, NULL) != OK)
        e->exact = (struct dec){0, UINT8_MAX};
    return OK;
}

static enum code read_edge(struct reader *r, size_t row, struct error *err)
{
    struct raw e = {.row = (uint32_t)row};
    TRY(end_of(r, row, 0, &e.from, err));
    TRY(end_of(r, row, 1, &e.to, err));
    TRY(read_weight(r, row, &e, err));
    r->loops += e.from == e.to;
    r->zeros += e.from != e.to && e.weight == 0;
    if (e.from == e.to || e.weight == 0)
        return OK;
    if (!r->g->directed && e.from > e.to) {
        uint32_t from = e.from;
        e.from = e.to;
        e.to = from;
    }
    r->raw[r->count++] = e;
    return OK;
}

static int by_ends(const void *a, const void *b)
{
    const struct raw *p = a, *q = b;
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    if (p->to != q->to)
        return p->to < q->to ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* b into a, exactly where both are exact and the sum is. */
static void join(struct raw *a, const struct raw *b)
{
    a->weight += b->weight;
    uint8_t scale = a->exact.scale > b->exact.scale ? a->exact.scale : b->exact.scale;
    int64_t p = 0, q = 0;
    if (scale == UINT8_MAX || dec_rescale(a->exact.units, a->exact.scale, scale, &p, NULL) != OK ||
        dec_rescale(b->exact.units, b->exact.scale, scale, &q, NULL) != OK ||
        __builtin_add_overflow(p, q, &a->exact.units))
        scale = UINT8_MAX;
    a->exact.scale = scale;
}

static enum code join_duplicates(struct reader *r, struct error *err)
{
    struct graph *g = r->g;
    bool sum = str_is(g->a->option[G_DUPLICATES], "sum");
    size_t kept = 0;
    if (r->count > 0)
        qsort(r->raw, r->count, sizeof *r->raw, by_ends);
    for (size_t i = 0; i < r->count; i++) {
        struct raw *last = kept > 0 ? &r->raw[kept - 1] : NULL;
        if (last == NULL || last->from != r->raw[i].from || last->to != r->raw[i].to)
            r->raw[kept++] = r->raw[i];
        else if (sum)
            join(last, &r->raw[i]);
        else
            return error_at(err, E_CONFLICT, r->raw[i].row + 2, 0,
                            "the edge between '%.*s' and '%.*s' is given in lines %u and %u; "
                            "duplicates=sum adds them",
                            STR_ARG(g->name[last->from]), STR_ARG(g->name[last->to]), last->row + 2,
                            r->raw[i].row + 2);
    }
    if (kept < r->count)
        note(g->a, "%zu edges given more than once were added up", r->count - kept);
    r->count = kept;
    return OK;
}

/* ---- lengths ---- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The weights as integers without common factor; false when they are not. */
static bool integers(const struct reader *r, uint64_t *w)
{
    unsigned scale = 0;
    uint64_t common = 0;
    for (size_t i = 0; i < r->count; i++)
        if (r->raw[i].exact.scale > scale)
            scale = r->raw[i].exact.scale;
    for (size_t i = 0; i < r->count; i++) {
        int64_t units = 0;
        if (scale == UINT8_MAX ||
            dec_rescale(r->raw[i].exact.units, r->raw[i].exact.scale, scale, &units, NULL) != OK)
            return false;
        w[i] = (uint64_t)units;
        common = gcd(w[i], common);
    }
    for (size_t i = 0; i < r->count; i++)
        w[i] /= common;
    return true;
}

static bool exact_lengths(struct graph *g, const struct reader *r)
{
    const u128 limit = (u128)1 << 53;
    uint64_t *w = graph_new(g, r->count, sizeof *w), least = UINT64_MAX;
    if (!integers(r, w))
        return false;
    u128 multiple = 1;
    for (size_t i = 0; i < r->count; i++) {
        uint64_t shared = gcd(w[i], (uint64_t)multiple);
        multiple *= w[i] / shared;
        least = w[i] < least ? w[i] : least;
        if (multiple > limit)
            return false;
    }
    if (multiple / least * g->n > limit)
        return false;
    for (size_t i = 0; i < r->count; i++)
        g->length[i] = (double)((uint64_t)multiple / w[i]);
    return true;
}

static enum code set_lengths(struct graph *g, const struct reader *r, struct error *err)
{
    g->exact = exact_lengths(g, r);
    for (size_t i = 0; i < r->count && !g->exact; i++) {
        g->length[i] = 1 / g->weight[i];
        if (!isfinite(g->length[i] * g->n))
            return error_at(err, E_RANGE, r->raw[i].row + 2, 0,
                            "weight %.6g is too small: its length left the range of numbers",
                            g->weight[i]);
    }
    return OK;
}

/* ---- neighbours ---- */

static void fill(const struct graph *g, struct links *l, bool forward, bool backward)
{
    size_t both = (size_t)forward + backward;
    l->start = graph_new(g, (size_t)g->n + 1, sizeof *l->start);
    l->head = graph_new(g, both * g->edges, sizeof *l->head);
    l->edge = graph_new(g, both * g->edges, sizeof *l->edge);
    for (uint32_t e = 0; e < g->edges; e++) {
        l->start[g->from[e] + 1] += forward;
        l->start[g->to[e] + 1] += backward;
    }
    for (uint32_t u = 0; u < g->n; u++)
        l->start[u + 1] += l->start[u];
    uint32_t *next = graph_new(g, g->n, sizeof *next);
    memcpy(next, l->start, g->n * sizeof *next);
    /* edges are sorted by both ends: the smaller neighbours of u come first, then the larger */
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t e = 0; e < g->edges; e++) {
            uint32_t u = pass == 0 ? g->to[e] : g->from[e], v = pass == 0 ? g->from[e] : g->to[e];
            if (pass == 0 ? backward : forward) {
                l->edge[next[u]] = e;
                l->head[next[u]++] = v;
            }
        }
}

/* Each neighbour once: an edge there and an edge back are one link. */
static void fill_around(struct graph *g)
{
    struct links all, *l = &g->around;
    fill(g, &all, true, true);
    l->start = graph_new(g, (size_t)g->n + 1, sizeof *l->start);
    l->head = graph_new(g, 2 * (size_t)g->edges, sizeof *l->head);
    uint32_t *seen = graph_new(g, g->n, sizeof *seen), kept = 0; /* by whom last, plus one */
    for (uint32_t u = 0; u < g->n; u++) {
        for (uint32_t i = all.start[u]; i < all.start[u + 1]; i++)
            if (seen[all.head[i]] != u + 1) {
                seen[all.head[i]] = u + 1;
                l->head[kept++] = all.head[i];
            }
        l->start[u + 1] = kept;
    }
}

static enum code keep_edges(struct graph *g, const struct reader *r, struct error *err)
{
    g->edges = (uint32_t)r->count;
    g->from = graph_new(g, r->count, sizeof *g->from);
    g->to = graph_new(g, r->count, sizeof *g->to);
    g->weight = graph_new(g, r->count, sizeof *g->weight);
    g->length = graph_new(g, r->count, sizeof *g->length);
    for (size_t i = 0; i < r->count; i++) {
        g->from[i] = r->raw[i].from;
        g->to[i] = r->raw[i].to;
        g->weight[i] = r->raw[i].weight;
    }
    TRY(set_lengths(g, r, err));
    fill(g, &g->out, true, !g->directed);
    fill(g, &g->in, !g->directed, true);
    fill_around(g);
    return OK;
}

static enum code find_columns(struct reader *r, struct error *err)
{
    struct analysis *a = r->g->a;
    struct str weight = a->option[G_WEIGHT];
    TRY(table_need(&a->in[0], "source", &r->end[0], err));
    TRY(table_need(&a->in[0], "target", &r->end[1], err));
    r->weight = table_column(&a->in[0], "weight");
    if (weight.len > 0)
        TRY(table_need(&a->in[0], arena_z(&a->arena, weight), &r->weight, err));
    if (r->weight < 0)
        note(a, "'%.*s' has no column 'weight': every edge weighs 1", STR_ARG(a->in[0].name));
    return OK;
}

static enum code read_all(struct reader *r, struct error *err)
{
    struct graph *g = r->g;
    const struct table *t = &g->a->in[0];
    if (t->rows > UINT32_MAX / 4)
        return error_set(err, E_LIMIT, "'%.*s' has more than %u edges", STR_ARG(t->name),
                         UINT32_MAX / 4);
    TRY(find_columns(r, err));
    TRY(g->a->in_count > 1 ? nodes_given(g, &r->at, err) : nodes_of_edges(g, &r->at, r->end, err));
    r->raw = graph_new(g, t->rows, sizeof *r->raw);
    for (size_t row = 0; row < t->rows; row++)
        TRY(read_edge(r, row, err));
    if (r->loops > 0)
        note(g->a, "%zu edges from a node to itself were left out", r->loops);
    if (r->zeros > 0)
        note(g->a, "%zu edges of weight 0 were left out", r->zeros);
    TRY(join_duplicates(r, err));
    return keep_edges(g, r, err);
}

enum code graph_load(struct analysis *a, struct graph *g, struct error *err)
{
    *g = (struct graph){.a = a, .directed = str_is(a->option[G_DIRECTED], "yes")};
    struct reader r = {.g = g};
    map_init(&r.at);
    enum code code = read_all(&r, err);
    map_clear(&r.at);
    return code;
}
