/* graph_risk.c - the results on where a chain is weak: nodes, bridges, the whole. The algorithms
 * are in graph_paths.c, graph_cuts.c and graph_lost.c.
 * Betweenness is normalised by (n - 1)(n - 2) ordered pairs, half of them when undirected: Freeman,
 * A Set of Measures of Centrality Based on Betweenness, Sociometry 40 (1977). */
#include "graph_int.h"
#include <math.h>
#include <stdlib.h>

/* ---- nodes ---- */

struct risk {
    double *plain, *weighted, *rank;
    struct cuts cuts;
    uint64_t *lost;
};

static enum code measure(const struct graph *g, struct risk *r, struct error *err)
{
    struct analysis *a = g->a;
    double damping = strtod(arena_z(&a->arena, a->option[G_OWN]), NULL);
    r->plain = graph_new(g, g->n, sizeof *r->plain);
    r->weighted = graph_new(g, g->n, sizeof *r->weighted);
    r->rank = graph_new(g, g->n, sizeof *r->rank);
    r->lost = graph_new(g, g->n, sizeof *r->lost);
    TRY(graph_pagerank(g, damping, r->rank, err));
    TRY(graph_betweenness(g, false, r->plain, err));
    TRY(graph_betweenness(g, true, r->weighted, err));
    graph_cuts(g, &r->cuts);
    graph_lost_pairs(g, r->lost);
    return OK;
}

static double pairs_of_others(const struct graph *g)
{
    double n = g->n;
    return (n - 1) * (n - 2) / (g->directed ? 1 : 2);
}

static void write_risk(const struct graph *g, const struct risk *r)
{
    struct table *out = &g->a->out;
    int node = table_add_column(out, "node"), in = table_add_column(out, "degree_in");
    int degree_out = table_add_column(out, "degree_out");
    int plain = table_add_column(out, "betweenness");
    int normal = table_add_column(out, "betweenness_normalized");
    int weighted = table_add_column(out, "betweenness_weighted_1_over_w");
    struct str damping = g->a->option[G_OWN];
    int rank =
        table_add_column(out, str_is(damping, "0.85") ? "pagerank_085_weighted" : "pagerank");
    int cut = table_add_column(out, "articulation_undirected");
    int lost = table_add_column(out, "reachable_pairs_lost_on_removal");
    for (uint32_t u = 0; u < g->n; u++) {
        table_push(out, node, g->name[u]);
        table_push_int(out, in, g->in.start[u + 1] - g->in.start[u]);
        table_push_int(out, degree_out, g->out.start[u + 1] - g->out.start[u]);
        table_push_number(out, plain, r->plain[u]);
        table_push_number(out, normal, g->n < 3 ? NAN : r->plain[u] / pairs_of_others(g));
        table_push_number(out, weighted, r->weighted[u]);
        table_push_number(out, rank, r->rank[u]);
        table_push_int(out, cut, r->cuts.articulation[u]);
        table_push_int(out, lost, (int64_t)r->lost[u]);
        table_end_row(out);
    }
}

enum code graph_run_risk(struct analysis *a, struct error *err)
{
    struct graph g;
    struct risk r = {0};
    TRY(graph_load(a, &g, err));
    TRY(measure(&g, &r, err));
    write_risk(&g, &r);
    note(a,
         "%s graph; betweenness counts %s pairs; weighted with length 1 / weight, equal paths %s; "
         "PageRank with damping %.*s over weights; articulation points of the undirected view; "
         "pairs lost include the node's own",
         g.directed ? "directed" : "undirected", g.directed ? "ordered" : "unordered",
         g.exact ? "found exactly" : "within 1e-12", STR_ARG(a->option[G_OWN]));
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
