/* graph_test.c - chain methods against networkx and igraph, small graphs with known answers, and
 * plain slow definitions on random graphs. */
#include "analyze_testing.h"

/* ---- references ---- */

static void load_reference(struct trial *t, const char *kase, const char *directed)
{
    char file[200];
    trial_init(t);
    snprintf(file, sizeof file, "graph/%s_edges.csv", kase);
    trial_file(t, file);
    snprintf(file, sizeof file, "graph/%s_nodes.csv", kase);
    trial_file(t, file);
    trial_option(t, "directed", directed);
}

static const struct {
    const char *name, *directed;
} cases[] = {
    {"china_io_2011", "yes"},
    {"lesmis",        "no" },
    {"chain_layered", "yes"},
};

static void reference_nodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial t;
        char file[100];
        load_reference(&t, cases[i].name, cases[i].directed);
        trial_ok(&t, "chain-risk");
        snprintf(file, sizeof file, "graph/%s_nodes_expected.csv", cases[i].name);
        trial_compare(&t, file, "node", "", 1e-9);
        trial_clear(&t);
    }
}

static void reference_bridges(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial t;
        char file[100];
        load_reference(&t, cases[i].name, cases[i].directed);
        trial_ok(&t, "chain-bridges");
        snprintf(file, sizeof file, "graph/%s_bridges.csv", cases[i].name);
        struct buf got;
        buf_init(&got, 1 << 20);
        table_write(&t.a.out, &got);
        struct table a, b;
        table_of(&a, &t.arena, buf_str(&got), "got");
        shared_table(&b, &t.arena, file);
        assert_int_equal(a.rows, b.rows);
        for (size_t r = 0; r < a.rows; r++)
            for (int c = 0; c < 2; c++)
                check_text(table_cell(&a, c, r), table_cell(&b, c, r), file);
        print_message("# %s: %zu bridges, the same\n", file, a.rows);
        table_clear(&a);
        table_clear(&b);
        buf_clear(&got);
        trial_clear(&t);
    }
}

static void reference_summary(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial t;
        load_reference(&t, cases[i].name, cases[i].directed);
        trial_ok(&t, "chain-summary");
        struct table all, want;
        shared_table(&all, &t.arena, "graph/summary.csv");
        table_init(&want, &t.arena, STR("summary.csv"));
        for (size_t c = 0; c < all.columns.len; c++)
            table_add_column_str(&want, all.columns.v[c].name);
        for (size_t r = 0; r < all.rows; r++) {
            if (!str_is(table_cell(&all, table_column(&all, "case"), r), cases[i].name))
                continue;
            for (size_t c = 0; c < all.columns.len; c++)
                table_push(&want, (int)c, table_cell(&all, (int)c, r));
            table_end_row(&want);
        }
        check_whole_table(&t.a.out, &want, "case",
                          "weighted_betweenness_tool source nx_vs_igraph_betweenness "
                          "nx_vs_igraph_weighted",
                          0);
        table_clear(&all);
        table_clear(&want);
        trial_clear(&t);
    }
}

/* ---- known answers ---- */

static void edges(struct trial *t, const char *csv, const char *directed)
{
    trial_init(t);
    trial_text(t, "edges", str_z(csv));
    trial_option(t, "directed", directed);
}

static void check_number(double got, double want, const char *why)
{
    if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want))))
        fail_msg("%s: got %.17g, want %.17g", why, got, want);
}

/* a - b - c - d: b lies between (a,c) (a,d); a star's hub between all; 1/3 + 1/6 = 1/2 is a tie. */
static void known_nodes(void **state)
{
    (void)state;
    static const char path[] = "source,target\na,b\nb,c\nc,d\n";
    static const char tie[] = "source,target,weight\ns,t,2\ns,m,3\nm,t,6\n";
    static const char loop[] = "source,target\na,b\nb,c\nc,a\n";
    static const struct {
        const char *csv, *directed, *node, *column;
        double want;
        const char *why;
    } rows[] = {
        {path, "no",  "b", "betweenness",                     2,       "two pairs through b"                 },
        {path, "no",  "b", "betweenness_normalized",          2.0 / 3, "of three"                            },
        {path, "yes", "b", "betweenness",                     2,       "ordered: (a,c) (a,d)"                },
        {path, "yes", "b", "betweenness_normalized",          1.0 / 3, "of six"                              },
        {path, "yes", "a", "degree_in",                       0,       "nobody before a"                     },
        {path, "yes", "b", "articulation_undirected",         1,       "b holds a"                           },
        {path, "yes", "a", "articulation_undirected",         0,       "a holds nobody"                      },
        {path, "yes", "b", "reachable_pairs_lost_on_removal", 5,       "of six only (c,d) is left"           },
        {path, "no",  "b", "reachable_pairs_lost_on_removal", 10,      "of twelve c-d is left"               },
        {tie,  "yes", "m", "betweenness",                     0,       "one step is shorter"                 },
        {tie,  "yes", "m", "betweenness_weighted_1_over_w",   0.5,     "half of the equal paths"             },
        {loop, "yes", "a", "pagerank_085_weighted",           1.0 / 3, "all alike"                           },
        {loop, "yes", "a", "reachable_pairs_lost_on_removal", 5,       "one pair of six is left"             },
        {loop, "yes", "a", "betweenness",                     1,       "b to c goes direct, c to b through a"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        edges(&t, rows[i].csv, rows[i].directed);
        trial_ok(&t, "chain-risk");
        check_number(cell_number(&t.a.out, rows[i].column, rows[i].node), rows[i].want,
                     rows[i].why);
        trial_clear(&t);
    }
}

/* What is asked for is computed, in the order of the columns; its numbers are those of the whole.
 */
static void chosen_measures(void **state)
{
    (void)state;
    static const struct {
        const char *measures, *header;
    } rows[] = {
        {"betweenness", "node,betweenness,betweenness_normalized"},
        {"pairs-lost  degree", "node,degree_in,degree_out,reachable_pairs_lost_on_removal"},
        {"pagerank articulation betweenness-weighted",
         "node,betweenness_weighted_1_over_w,pagerank_085_weighted,articulation_undirected"},
    };
    static const char csv[] = "source,target,weight\na,b,2\nb,c,1\nc,a,3\nb,d,1\n";
    struct trial all;
    edges(&all, csv, "yes");
    trial_ok(&all, "chain-risk");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        struct buf text;
        edges(&t, csv, "yes");
        trial_option(&t, "measures", rows[i].measures);
        trial_ok(&t, "chain-risk");
        buf_init(&text, 4096);
        table_write(&t.a.out, &text);
        check_text(str_cut(buf_str(&text), '\n', &(struct str){0}), str_z(rows[i].header),
                   "header");
        for (size_t c = 1; c < t.a.out.columns.len; c++) {
            const char *name = arena_z(&t.arena, t.a.out.columns.v[c].name);
            check_number(cell_number(&t.a.out, name, "b"), cell_number(&all.a.out, name, "b"),
                         name);
        }
        buf_clear(&text);
        trial_clear(&t);
    }
    trial_clear(&all);
}

/* a feeds b alone; c takes 3 of 4 from b and 1 from d; e takes from c; d stands by itself. */
static void known_stops(void **state)
{
    (void)state;
    static const char chain[] = "source,target,weight\na,b,5\nb,c,3\nd,c,1\nc,e,2\nd,e,2\n";
    static const char cycle[] = "source,target,weight\na,b,1\nc,b,1\nb,c,1\nd,c,1\n";
    static const struct {
        const char *csv, *rule, *threshold, *direction, *stopped, *node, *column;
        double want;
    } rows[] = {
        {chain, "linear",    "0.5",  "forward",  "a",   "c", "lost_share", 0.75   },
        {chain, "linear",    "0.5",  "forward",  "a",   "e", "lost_share", 0.375  },
        {chain, "linear",    "0.5",  "forward",  "a",   "e", "step",       3      },
        {chain, "linear",    "0.5",  "forward",  "a",   "d", "step",       NAN    },
        {chain, "linear",    "0.5",  "forward",  "a;d", "e", "lost_share", 1      },
        {chain, "any",       "0.5",  "forward",  "d",   "c", "stopped",    1      },
        {chain, "any",       "0.5",  "forward",  "d",   "e", "step",       1      },
        {chain, "any",       "0.5",  "forward",  "d",   "b", "stopped",    0      },
        {chain, "threshold", "0.75", "forward",  "a",   "c", "step",       2      },
        {chain, "threshold", "0.75", "forward",  "a",   "e", "stopped",    0      },
        {chain, "threshold", "0.75", "forward",  "a",   "e", "lost_share", 0.5    },
        {chain, "threshold", "0.76", "forward",  "a",   "c", "stopped",    0      },
        {chain, "linear",    "0.5",  "backward", "e",   "d", "lost_share", 1      },
        {chain, "linear",    "0.5",  "backward", "c",   "d", "lost_share", 1.0 / 3},
 /* b = (1 + c) / 2, c = b / 2 */
        {cycle, "linear",    "0.5",  "forward",  "a",   "b", "lost_share", 2.0 / 3},
        {cycle, "linear",    "0.5",  "forward",  "a",   "c", "lost_share", 1.0 / 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        edges(&t, rows[i].csv, "yes");
        trial_option(&t, "rule", rows[i].rule);
        trial_option(&t, "threshold", rows[i].threshold);
        trial_option(&t, "direction", rows[i].direction);
        trial_option(&t, "stopped", rows[i].stopped);
        trial_ok(&t, "chain-stop");
        double got = cell_number(&t.a.out, rows[i].column, rows[i].node);
        if (isnan(rows[i].want))
            assert_true(isnan(got));
        else
            check_number(got, rows[i].want, rows[i].rule);
        trial_clear(&t);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *method, *csv, *nodes, *option, *value;
        enum code code;
        const char *says;
    } rows[] = {
        {"chain-risk",    "source,target\na,b\na,b\n",                      NULL,           "damping",   "0.85", E_CONFLICT,
         "lines 2 and 3"                                                                                                                   },
        {"chain-bridges", "source,target\na,b\nb,a\n",                      NULL,           "directed",  "no",   E_CONFLICT,
         "'a' and 'b'"                                                                                                                     },
        {"chain-risk",    "source,target,weight\na,b,-1\n",                 NULL,           "damping",   "0.85", E_INPUT,
         "negative"                                                                                                                        },
        {"chain-risk",    "source,target,weight\na,b,\n",                   NULL,           "damping",   "0.85", E_INPUT,    "weight"      },
        {"chain-risk",    "source,target\na,b\n",                           NULL,           "damping",   "1",    E_INPUT,    "damping"     },
        {"chain-risk",    "source,target\na,b\n",                           NULL,           "measures",  "fame", E_INPUT,    "'fame'"      },
        {"chain-risk",    "source,target\na,b\n",                           NULL,           "measures",  " ",    E_INPUT,    "no measure"  },
        {"chain-risk",    "source,target\na,b\n",                           "node\na\n",    "damping",   "0.85", E_INPUT,    "'b'"         },
        {"chain-risk",    "source,target\na,b\n",                           "node\na\na\n", "damping",   "0.85", E_CONFLICT,
         "'a' has two"                                                                                                                     },
        {"chain-risk",    "source,target\na,\n",                            NULL,           "damping",   "0.85", E_INPUT,    "without name"},
        {"chain-risk",    "from,to\na,b\n",                                 NULL,           "damping",   "0.85", E_MISSING,  "'source'"    },
        {"chain-risk",    "source,target\na,b\n",                           NULL,           "weight",    "size", E_MISSING,  "'size'"      },
        {"chain-risk",    "source,target,weight\na,b,1e-320\n",             NULL,           "damping",   "0.85", E_RANGE,
         "too small"                                                                                                                       },
        {"chain-stop",    "source,target\na,b\n",                           NULL,           "stopped",   "c",    E_MISSING,  "'c'"         },
        {"chain-stop",    "source,target\na,b\n",                           NULL,           "stopped",   "a;a",  E_CONFLICT, "twice"       },
        {"chain-stop",    "source,target\na,b\n",                           NULL,           "rule",      "any",  E_INPUT,    "'stopped'"   },
        {"chain-stop",    "source,target,weight\na,b,1\nc,b,1e16\nb,c,1\n", NULL,           "stopped",   "a",
         E_RANGE,                                                                                                            "settle"      },
        {"chain-stop",    "source,target\na,b\n",                           NULL,           "threshold", "0",    E_INPUT,    "'threshold'" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        trial_init(&t);
        trial_text(&t, "edges", str_z(rows[i].csv));
        if (rows[i].nodes != NULL)
            trial_text(&t, "nodes", str_z(rows[i].nodes));
        trial_option(&t, rows[i].option, rows[i].value);
        enum code code = trial_run(&t, rows[i].method);
        if (code != rows[i].code || strstr(t.err.text, rows[i].says) == NULL)
            fail_msg("row %zu: code %d, '%s' does not say \"%s\"", i, code, t.err.text,
                     rows[i].says);
        trial_clear(&t);
    }
}

/* Nothing, one node, loops, weight 0, doubles to be added, nodes without edges. */
static void strange_but_defined(void **state)
{
    (void)state;
    static const char *const methods[] = {"chain-risk", "chain-bridges", "chain-summary"};
    for (size_t i = 0; i < COUNT(methods); i++) {
        struct trial t;
        edges(&t, "source,target\n", "yes");
        trial_ok(&t, methods[i]);
        trial_clear(&t);
        edges(&t, "source,target,weight\na,a,3\na,b,0\n", "no");
        trial_ok(&t, methods[i]);
        assert_int_equal(t.a.out.rows, i == 0 ? 2 : i == 1 ? 0 : 1);
        trial_clear(&t);
    }
    struct trial t;
    edges(&t, "source,target,weight\ns,t,1\ns,t,1\ns,m,3\nm,t,6\n", "yes");
    trial_text(&t, "nodes", STR("node\nt\nm\ns\nalone\n"));
    trial_option(&t, "duplicates", "sum");
    trial_ok(&t, "chain-risk");
    check_text(table_cell(&t.a.out, 0, 3), STR("alone"), "the order of the node table");
    check_number(cell_number(&t.a.out, "betweenness_weighted_1_over_w", "m"), 0.5,
                 "1 + 1 = 2, exactly");
    check_number(cell_number(&t.a.out, "reachable_pairs_lost_on_removal", "alone"), 0, "alone");
    trial_clear(&t);
}

/* A chain as deep as it has nodes must not exhaust a stack. */
static void deep(void **state)
{
    (void)state;
    struct buf csv;
    struct trial t;
    buf_init(&csv, 1 << 26);
    buf_z(&csv, "source,target\n");
    for (int i = 0; i < 200000; i++)
        buf_fmt(&csv, "n%06d,n%06d\n", i, i + 1);
    trial_init(&t);
    trial_text(&t, "edges", buf_str(&csv));
    trial_ok(&t, "chain-bridges");
    assert_int_equal(t.a.out.rows, 200000);
    trial_clear(&t);
    buf_clear(&csv);
}

/* 1100 diamonds in a row hold 2^1100 shortest paths: an error, not an infinity or a NaN. */
static void too_many_paths(void **state)
{
    (void)state;
    struct buf csv;
    struct trial t;
    buf_init(&csv, 1 << 20);
    buf_z(&csv, "source,target\n");
    for (int i = 0; i < 1100; i++)
        buf_fmt(&csv, "n%04d,a%04d\nn%04d,b%04d\na%04d,n%04d\nb%04d,n%04d\n", i, i, i, i, i, i + 1,
                i, i + 1);
    trial_init(&t);
    trial_text(&t, "edges", buf_str(&csv));
    assert_int_equal(trial_run(&t, "chain-risk"), E_RANGE);
    assert_non_null(strstr(t.err.text, "shortest paths from"));
    trial_clear(&t);
    buf_clear(&csv);
}

/* ---- slow definitions on random graphs ---- */

#define N 9
struct dense {
    size_t n;
    bool directed, wide; /* wide: lengths from 1 to 2^19, more than buckets can tell apart */
    int w[N][N];         /* 0 = no edge */
};
/* Lengths are 2^w, or multiples of 1 / (w + 1/2). */
static int64_t length_of(const struct dense *d, size_t i, size_t j)
{
    static const int64_t multiple = 3 * 5 * 7 * 9 * 11 * 13 * 2;
    return d->wide ? (int64_t)1 << d->w[i][j] : multiple / (2 * d->w[i][j] + 1);
}

static void random_graph(struct dense *d, struct buf *csv, struct buf *nodes)
{
    *d = (struct dense){.n = 1 + test_below(N), .directed = test_below(2) == 0};
    d->wide = test_below(4) == 0;
    uint64_t density = 2 + test_below(5);
    buf_z(csv, "source,target,weight\n");
    buf_z(nodes, "node\n");
    for (size_t i = 0; i < d->n; i++) {
        buf_fmt(nodes, "%zu\n", i);
        for (size_t j = 0; j < d->n; j++) {
            if (i == j || test_below(density) != 0 || (!d->directed && j < i))
                continue;
            d->w[i][j] = (int)(1 + test_below(d->wide ? 20 : 6));
            if (!d->directed)
                d->w[j][i] = d->w[i][j];
            if (d->wide)
                buf_fmt(csv, "%zu,%zu,%d\n", i, j, 1 << (20 - d->w[i][j]));
            else
                buf_fmt(csv, "%zu,%zu,%d.50\n", i, j, d->w[i][j]);
        }
    }
}

#define FAR (INT64_MAX / 4)
/* Floyd and Warshall */
static void all_distances(const struct dense *d, bool weighted, int64_t gone, int64_t dist[N][N])
{
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < d->n; j++) {
            bool there = d->w[i][j] > 0 && (int64_t)i != gone && (int64_t)j != gone;
            dist[i][j] = !there ? FAR : weighted ? length_of(d, i, j) : 1;
            if (i == j)
                dist[i][j] = 0;
        }
    for (size_t k = 0; k < d->n; k++)
        for (size_t i = 0; i < d->n; i++)
            for (size_t j = 0; j < d->n; j++)
                if (dist[i][k] + dist[k][j] < dist[i][j])
                    dist[i][j] = dist[i][k] + dist[k][j];
}

/* Shortest paths from s to t, counted by the edges that begin them. */
static double count_paths(const struct dense *d, bool weighted, int64_t dist[N][N], size_t s,
                          size_t t)
{
    if (s == t)
        return 1;
    double paths = 0;
    for (size_t k = 0; k < d->n; k++) {
        int64_t length = d->w[s][k] == 0 ? FAR : weighted ? length_of(d, s, k) : 1;
        if (dist[s][t] < FAR && length + dist[k][t] == dist[s][t])
            paths += count_paths(d, weighted, dist, k, t);
    }
    return paths;
}

static double slow_betweenness(const struct dense *d, bool weighted, size_t v)
{
    int64_t dist[N][N];
    double sum = 0;
    all_distances(d, weighted, -1, dist);
    for (size_t s = 0; s < d->n; s++)
        for (size_t t = 0; t < d->n; t++)
            if (s != t && s != v && t != v && dist[s][t] < FAR &&
                dist[s][v] + dist[v][t] == dist[s][t])
                sum += count_paths(d, weighted, dist, s, v) * count_paths(d, weighted, dist, v, t) /
                       count_paths(d, weighted, dist, s, t);
    return d->directed ? sum : sum / 2;
}

static int slow_pairs(const struct dense *d, int64_t gone)
{
    int64_t dist[N][N];
    int pairs = 0;
    all_distances(d, false, gone, dist);
    for (size_t s = 0; s < d->n; s++)
        for (size_t t = 0; t < d->n; t++)
            pairs += s != t && dist[s][t] < FAR;
    return pairs;
}

/* Weak components without node `gone` and without the link u - v. */
static int slow_components(const struct dense *d, int64_t gone, size_t u, size_t v)
{
    struct dense both = {.n = d->n};
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < d->n; j++)
            both.w[i][j] = (d->w[i][j] || d->w[j][i]) && !(i == u && j == v) && !(i == v && j == u);
    int64_t dist[N][N];
    int components = 0;
    all_distances(&both, false, gone, dist);
    for (size_t i = 0; i < d->n; i++) {
        bool first = (int64_t)i != gone;
        for (size_t j = 0; j < i; j++)
            first = first && dist[i][j] >= FAR;
        components += first;
    }
    return components;
}

static bool alone(const struct dense *d, size_t v)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->w[i][v] || d->w[v][i])
            return false;
    return true;
}

static void check_nodes(const struct dense *d, struct trial *t)
{
    trial_ok(t, "chain-risk");
    int all = slow_pairs(d, -1), whole = slow_components(d, -1, N, N);
    double rank = 0;
    for (size_t v = 0; v < d->n; v++) {
        char key[24];
        snprintf(key, sizeof key, "%zu", v);
        const struct table *out = &t->a.out;
        check_number(cell_number(out, "betweenness", key), slow_betweenness(d, false, v), "plain");
        check_number(cell_number(out, "betweenness_weighted_1_over_w", key),
                     slow_betweenness(d, true, v), "weighted");
        check_number(cell_number(out, "reachable_pairs_lost_on_removal", key),
                     all - slow_pairs(d, (int64_t)v), "lost");
        check_number(cell_number(out, "articulation_undirected", key),
                     slow_components(d, (int64_t)v, N, N) > whole - alone(d, v), "articulation");
        rank += cell_number(out, "pagerank_085_weighted", key);
    }
    check_number(rank, 1, "ranks add up");
}

static void check_whole(const struct dense *d, struct trial *t)
{
    trial_ok(t, "chain-summary");
    int whole = slow_components(d, -1, N, N), bridges = 0, strong = 0;
    int64_t dist[N][N];
    all_distances(d, false, -1, dist);
    for (size_t i = 0; i < d->n; i++) {
        bool first = true;
        for (size_t j = 0; j < i; j++) {
            bridges += (d->w[i][j] || d->w[j][i]) && slow_components(d, -1, i, j) > whole;
            first = first && (dist[i][j] >= FAR || dist[j][i] >= FAR);
        }
        strong += first;
    }
    const struct table *out = &t->a.out;
    check_number(cell_number(out, "components_weak", "edges"), whole, "components");
    check_number(cell_number(out, "bridges", "edges"), bridges, "bridges");
    check_number(cell_number(out, "reachable_ordered_pairs", "edges"), slow_pairs(d, -1), "pairs");
    if (!d->directed)
        return;
    check_number(cell_number(out, "strong_components", "edges"), strong, "strong");
    check_text(table_cell(out, table_column(out, "is_dag"), 0),
               strong == (int)d->n ? STR("True") : STR("False"), "cycles");
}

static void law_definitions(void **state)
{
    (void)state;
    test_seed("fast and slow agree");
    for (int round = 0; round < 400; round++) {
        struct dense d;
        struct buf csv, nodes;
        buf_init(&csv, 1 << 16);
        buf_init(&nodes, 1 << 16);
        random_graph(&d, &csv, &nodes);
        for (int method = 0; method < 2; method++) {
            struct trial t;
            trial_init(&t);
            trial_text(&t, "edges", buf_str(&csv));
            trial_text(&t, "nodes", buf_str(&nodes));
            trial_option(&t, "directed", d.directed ? "yes" : "no");
            if (method == 0)
                check_nodes(&d, &t);
            else
                check_whole(&d, &t);
            trial_clear(&t);
        }
        buf_clear(&csv);
        buf_clear(&nodes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_nodes),     cmocka_unit_test(reference_bridges),
        cmocka_unit_test(reference_summary),   cmocka_unit_test(known_nodes),         cmocka_unit_test(chosen_measures),
        cmocka_unit_test(known_stops),         cmocka_unit_test(refused),
        cmocka_unit_test(strange_but_defined), cmocka_unit_test(deep),
        cmocka_unit_test(too_many_paths),      cmocka_unit_test(law_definitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
