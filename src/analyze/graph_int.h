/* graph_int.h - a weighted graph as the chain methods share it, private to graph_*.c. */
#ifndef LUOSHU_ANALYZE_GRAPH_INT_H
#define LUOSHU_ANALYZE_GRAPH_INT_H
#include "analyze.h"

/* Neighbours by node: those of u are head[start[u]] .. head[start[u + 1] - 1]. */
struct links {
    uint32_t *start, *head;
    uint32_t *edge; /* which edge it is, NULL in `around` */
};
/* Nodes 0..n-1 in the order of the node table, without one in the order of their names. No loops,
 * no doubles. All memory is the analysis' arena. */
struct graph {
    struct analysis *a;
    uint32_t n, edges;
    bool directed;
    struct str *name;
    uint32_t *from, *to;
    double *weight;       /* > 0 */
    double *length;       /* 1 / weight, or an integer multiple of it, see graph_lengths */
    bool exact;           /* paths of equal length have equal sums */
    struct links out, in; /* of an undirected graph both hold each edge both ways */
    struct links around;  /* neighbours whatever the direction, once each */
};

/* First options of every chain method, in this order. */
enum { G_DIRECTED, G_WEIGHT, G_DUPLICATES, G_OWN };
enum { RISK_DAMPING = G_OWN, RISK_MEASURES }; /* of chain-risk */
#define G_OPTIONS                                                                                  \
    {"directed", "yes", "yes|no", "是否有向", "edges go from source to target only"},              \
        {"weight", "", "column", "权重列", "column of weights; weight when not given, else 1"},    \
    {                                                                                              \
        "duplicates", "error", "error|sum", "重复边",                                              \
            "what to do with an edge given twice: refuse, or add the weights"                      \
    }

/* Reads edges (input 0: source, target and perhaps weight) and nodes (input 1, optional: node).
 * Loops and edges of weight 0 are left out and noted.
 * fails  E_INPUT a negative weight, a node that is not in the node table; E_CONFLICT duplicates */
MUST_CHECK enum code graph_load(struct analysis *a, struct graph *g, struct error *err);
void *graph_new(const struct graph *g, size_t count, size_t size); /* zeroed */

/* Brandes: sum over pairs of the share of shortest paths through each node; undirected pairs once.
 * fails  E_RANGE more shortest paths between two nodes than a double can count */
MUST_CHECK enum code graph_betweenness(const struct graph *g, bool weighted, double *out,
                                       struct error *err);
/* fails  E_INPUT damping outside 0..0.999; E_RANGE the weights of a node left double */
MUST_CHECK enum code graph_pagerank(const struct graph *g, double damping, double *out,
                                    struct error *err);
/* lost[v]: ordered pairs (s, t) with a path from s to t before but not after v is taken out, pairs
 * of v itself included; returns the number of such pairs before. */
uint64_t graph_lost_pairs(const struct graph *g, uint64_t *lost);
uint64_t graph_reachable_pairs(const struct graph *g);

/* Undirected view: articulation points, bridges, blocks. */
struct cuts {
    bool *articulation;
    uint32_t (*bridge)[2]; /* of node numbers, in no order */
    uint32_t bridges, articulations, blocks, components;
};
void graph_cuts(const struct graph *g, struct cuts *c);
uint32_t graph_strong_components(const struct graph *g);
/* Edges on the longest path, -1 when there is a cycle. */
int64_t graph_longest_path(const struct graph *g);

enum code graph_run_risk(struct analysis *a, struct error *err);
enum code graph_run_bridges(struct analysis *a, struct error *err);
enum code graph_run_summary(struct analysis *a, struct error *err);
enum code graph_run_stop(struct analysis *a, struct error *err);
#endif
