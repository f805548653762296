/* graph_risk.c - the results on where a chain is weak: nodes, bridges, the whole. The algorithms
 * are in graph_paths.c, graph_cuts.c and graph_lost.c.
 * Betweenness is normalised by (n - 1)(n - 2) ordered pairs, half of them when undirected: Freeman,
 * A Set of Measures of Centrality Based on Betweenness, Sociometry 40 (1977). */
#include "graph_int.h"
#include <math.h>
#include <stdlib.h>

/* ---- nodes ---- */

/* The measures by the words of option `measures`; the order here is that of the columns. */
enum { DEGREE, PLAIN, WEIGHTED, RANK, CUT, LOST, MEASURES };
static const char *const words[MEASURES] = {"degree",   "betweenness",  "betweenness-weighted",
                                            "pagerank", "articulation", "pairs-lost"};
struct risk {
    bool wanted[MEASURES];
    double damping;
    double *plain, *weighted, *rank;
    struct cuts cuts;
    uint64_t *lost;
};

static enum code read_measures(const struct analysis *a, struct risk *r, struct error *err)
{
    size_t given = 0;
    for (struct str rest = a->option[RISK_MEASURES]; rest.ptr != NULL;) {
        struct str word = str_cut(rest, ' ', &rest);
        size_t i = 0;
        if (word.len == 0)
            continue;
        while (i < MEASURES && !str_is(word, words[i]))
            i++;
        if (i == MEASURES)
            return error_set(err, E_INPUT,
                             "option 'measures' has no measure '%.*s'; there are: degree "
                             "betweenness betweenness-weighted pagerank articulation pairs-lost",
                             STR_ARG(str_sub(word, 0, 40)));
        r->wanted[i] = true;
        given++;
    }
    return given > 0 ? OK : error_set(err, E_INPUT, "option 'measures' names no measure");
}

static enum code measure(const struct graph *g, struct risk *r, struct error *err)
{
    r->plain = graph_new(g, g->n, sizeof *r->plain);
    r->weighted = graph_new(g, g->n, sizeof *r->weighted);
    r->rank = graph_new(g, g->n, sizeof *r->rank);
    r->lost = graph_new(g, g->n, sizeof *r->lost);
    if (r->wanted[RANK])
        TRY(graph_pagerank(g, r->damping, r->rank, err));
    if (r->wanted[PLAIN])
        TRY(graph_betweenness(g, false, r->plain, err));
    if (r->wanted[WEIGHTED])
        TRY(graph_betweenness(g, true, r->weighted, err));
    if (r->wanted[CUT])
        graph_cuts(g, &r->cuts);
    if (r->wanted[LOST])
        graph_lost_pairs(g, r->lost);
    return OK;
}

static double pairs_of_others(const struct graph *g)
{
    double n = g->n;
    return (n - 1) * (n - 2) / (g->directed ? 1 : 2);
}

static void name_columns(struct table *out, const struct risk *r)
{
    static const char *const columns[MEASURES][2] = {
        {"degree_in", "degree_out"},
        {"betweenness", "betweenness_normalized"},
        {"betweenness_weighted_1_over_w", NULL},
        {"pagerank", NULL},
        {"articulation_undirected", NULL},
        {"reachable_pairs_lost_on_removal", NULL},
    };
    table_add_column(out, "node");
    for (size_t i = 0; i < MEASURES; i++)
        for (size_t k = 0; k < 2 && r->wanted[i] && columns[i][k] != NULL; k++)
            table_add_column(out, i == RANK && r->damping == 0.85 ? "pagerank_085_weighted"
                                                                  : columns[i][k]);
}

static void write_node(const struct graph *g, const struct risk *r, uint32_t u)
{
    struct table *out = &g->a->out;
    int at = 0;
    table_push(out, at++, g->name[u]);
    if (r->wanted[DEGREE]) {
        table_push_int(out, at++, g->in.start[u + 1] - g->in.start[u]);
        table_push_int(out, at++, g->out.start[u + 1] - g->out.start[u]);
    }
    if (r->wanted[PLAIN]) {
        table_push_number(out, at++, r->plain[u]);
        table_push_number(out, at++, g->n < 3 ? NAN : r->plain[u] / pairs_of_others(g));
    }
    if (r->wanted[WEIGHTED])
        table_push_number(out, at++, r->weighted[u]);
    if (r->wanted[RANK])
        table_push_number(out, at++, r->rank[u]);
    if (r->wanted[CUT])
        table_push_int(out, at++, r->cuts.articulation[u]);
    if (r->wanted[LOST])
        table_push_int(out, at++, (int64_t)r->lost[u]);
    table_end_row(out);
}

static void tell_risk(const struct graph *g, const struct risk *r)
{
    struct analysis *a = g->a;
    note(a, "%s graph", g->directed ? "directed" : "undirected");
    if (r->wanted[PLAIN] || r->wanted[WEIGHTED])
        note(a, "betweenness counts %s pairs", g->directed ? "ordered" : "unordered");
    if (r->wanted[WEIGHTED])
        note(a, "weighted betweenness with length 1 / weight, equal paths %s",
             g->exact ? "found exactly" : "within 1e-12");
    if (r->wanted[RANK])
        note(a, "PageRank with damping %.*s over weights", STR_ARG(a->option[RISK_DAMPING]));
    if (r->wanted[CUT])
        note(a, "articulation points of the undirected view");
    if (r->wanted[LOST])
        note(a, "pairs lost include the node's own");
}

enum code graph_run_risk(struct analysis *a, struct error *err)
{
    struct graph g;
    struct risk r = {.damping = strtod(arena_z(&a->arena, a->option[RISK_DAMPING]), NULL)};
    TRY(read_measures(a, &r, err));
    TRY(graph_load(a, &g, err));
    TRY(measure(&g, &r, err));
    name_columns(&a->out, &r);
    for (uint32_t u = 0; u < g.n; u++)
        write_node(&g, &r, u);
    tell_risk(&g, &r);
    return OK;
}

/* ---- bridges ---- */

struct pair {
    struct str u, v;
};

static int by_ends(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;
    int first = str_cmp(p->u, q->u);
    return first != 0 ? first : str_cmp(p->v, q->v);
}

enum code graph_run_bridges(struct analysis *a, struct error *err)
{
    struct graph g;
    struct cuts c;
    TRY(graph_load(a, &g, err));
    graph_cuts(&g, &c);
    struct pair *pairs = graph_new(&g, c.bridges, sizeof *pairs);
    for (uint32_t i = 0; i < c.bridges; i++) {
        struct str p = g.name[c.bridge[i][0]], q = g.name[c.bridge[i][1]];
        pairs[i] = str_cmp(p, q) < 0 ? (struct pair){p, q} : (struct pair){q, p};
    }
    if (c.bridges > 0)
        qsort(pairs, c.bridges, sizeof *pairs, by_ends);
    int u = table_add_column(&a->out, "u"), v = table_add_column(&a->out, "v");
    for (uint32_t i = 0; i < c.bridges; i++) {
        table_push(&a->out, u, pairs[i].u);
        table_push(&a->out, v, pairs[i].v);
        table_end_row(&a->out);
    }
    note(a, "bridges of the undirected view: an edge there and one back count as one link");
    return OK;
}

/* ---- the whole ---- */

/* "chain_layered_edges.csv" -> "chain_layered" */
static struct str case_of(struct str file)
{
    static const char *const ends[] = {".csv", "_edges"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(file, str_z(ends[i])))
            file.len -= strlen(ends[i]);
    return file;
}

static void push_truth(struct table *out, const char *name, bool truth, bool applies)
{
    table_push(out, table_column(out, name),
               !applies ? STR("")
               : truth  ? STR("True")
                        : STR("False"));
}

static void push_count(struct table *out, const char *name, uint64_t count, bool applies)
{
    int column = table_column(out, name);
    if (applies)
        table_push_int(out, column, (int64_t)count);
    else
        table_push(out, column, STR(""));
}

enum code graph_run_summary(struct analysis *a, struct error *err)
{
    static const char *const columns[] = {"case",
                                          "directed",
                                          "nodes",
                                          "edges",
                                          "components_weak",
                                          "articulation_points",
                                          "bridges",
                                          "biconnected_components",
                                          "reachable_ordered_pairs",
                                          "strong_components",
                                          "is_dag",
                                          "longest_path_edges"};
    struct graph g;
    struct cuts c;
    TRY(graph_load(a, &g, err));
    graph_cuts(&g, &c);
    int64_t longest = g.directed ? graph_longest_path(&g) : -1;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        table_add_column(&a->out, columns[i]);
    table_push(&a->out, 0, case_of(a->in[0].name));
    push_truth(&a->out, "directed", g.directed, true);
    push_count(&a->out, "nodes", g.n, true);
    push_count(&a->out, "edges", g.edges, true);
    push_count(&a->out, "components_weak", c.components, true);
    push_count(&a->out, "articulation_points", c.articulations, true);
    push_count(&a->out, "bridges", c.bridges, true);
    push_count(&a->out, "biconnected_components", c.blocks, true);
    push_count(&a->out, "reachable_ordered_pairs", graph_reachable_pairs(&g), true);
    push_count(&a->out, "strong_components", g.directed ? graph_strong_components(&g) : 0,
               g.directed);
    push_truth(&a->out, "is_dag", longest >= 0, g.directed);
    push_count(&a->out, "longest_path_edges", longest < 0 ? 0 : (uint64_t)longest, longest >= 0);
    table_end_row(&a->out);
    return OK;
}
