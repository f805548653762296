/* match_int.h - what the files of family `match` share: a problem with its answer, and the network
 * it is solved on.
 *
 *      side 0            cells              side 1
 *      demand / supplier ---- cost, cap ---- supply / consumer
 *
 * One side is to be served in full (side `served`), the other gives at most its amounts. All
 * numbers are integers: costs 10^-cost_scale, amounts 10^-amount_scale. */
#ifndef LUOSHU_MATCH_INT_H
#define LUOSHU_MATCH_INT_H
#include "analyze.h"

#define MATCH_PAIRS_MAX 4000000u

struct match_key {
    struct str name;
    int64_t amount, used;
    /* dual price in units of cost; and how many more matches one more unit here would make, which
     * outranks every cost */
    i128 price;
    int price_matches;
    bool given; /* its amount was */
};
struct match_side {
    struct str column;
    bool asks;                  /* the other one offers */
    VEC(struct match_key) keys; /* in byte order once read */
    struct map index;
};
struct match_cell {
    uint32_t at[2];
    size_t row; /* of the input, for messages */
    struct dec raw;
    i128 cost; /* to be minimised: the negative of a score */
    int64_t cap, keep, flow;
    bool equal; /* not made, but made in another optimum of the same value */
};
struct match {
    struct match_side side[2];
    VEC(struct match_cell) cells;         /* by first key, then second */
    struct str value_column, flow_column; /* flow_column NULL: a pair is made or not */
    unsigned cost_scale, amount_scale, served;
    bool maximise; /* the cells' costs are negated scores */
    bool optional; /* a unit is left out when no pair gains; else as many as possible are made first
                    */
    bool cardinality;      /* costs are all 0 */
    bool previous, capped; /* given: earlier pairs, capacities of pairs */
    i128 value;            /* of the answer, scores not negated; 10^-(cost_scale + amount_scale) */
};
void match_init(struct match *m);
void match_clear(struct match *m);

/* ---- match_read.c ---- */
struct match_input {
    const char *layout;        /* "auto", "matrix" or "pairs" */
    const char *const *values; /* names a column of values may have, NULL ends */
    struct str decimals;       /* round values to as many, empty = exact */
    bool bare;                 /* pairs need no value */
};
/* Fills sides, cells and scale of costs; amounts are 1. */
MUST_CHECK enum code match_read_cells(struct match *m, const struct table *t,
                                      const struct match_input *in, struct error *err);
/* Amounts of one side; every key of the cells must have one. */
MUST_CHECK enum code match_read_amounts(struct match *m, unsigned side, const struct table *t,
                                        const char *name, bool whole, struct error *err);
MUST_CHECK enum code match_read_caps(struct match *m, const struct table *t, struct error *err);
/* Pairs kept when the objective allows it; *gone counts those that are no longer listed. */
MUST_CHECK enum code match_read_previous(struct match *m, const struct table *t, size_t *gone,
                                         struct error *err);
/* Keys of side 0 that may have no pair. */
MUST_CHECK enum code match_read_keys(struct match *m, const struct table *t, struct error *err);
/* Sorts keys and cells, and refuses what is listed twice; once, after all cells and keys are read.
 */
MUST_CHECK enum code match_sort(struct match *m, const struct table *t, struct error *err);

/* ---- match_net.c ---- */
#define NO_ARC UINT32_MAX
struct match_arc {
    uint32_t a, b, cell;
    bool frozen;
    int64_t cap, flow;
    i128 cost; /* scale * cost of the cell, minus 1 on the part kept from before */
};
/* Nodes: the served side 0..na, the other one na..na+nb, then the sink. Arcs a -> b; from b to the
 * sink at no cost up to b's amount; from a past everything to the sink at `penalty`. With
 * potentials p, a step x -> y of cost c has reduced cost c + p[x] - p[y]; none that can be taken is
 * negative in an optimum. p[sink] is 0. */
struct match_net {
    size_t na, nb, arc_count;
    uint32_t sink;
    struct match_arc *arcs;
    uint32_t *start, *list; /* arcs of node v: list[start[v]..start[v + 1]) */
    int64_t *amount, *used;
    i128 *p, penalty, scale, big;
};
MUST_CHECK enum code match_net_init(struct match_net *n, const struct match *m, struct error *err);
void match_net_clear(struct match_net *n);
uint32_t match_node(const struct match_net *n, const struct match *m, unsigned side, uint32_t key);
void match_net_index(struct match_net *n,
                     bool (*want)(const struct match_net *, const struct match_arc *));
/* Successive shortest paths. */
void match_net_solve(struct match_net *n);
/* ---- match_hk.c: the same for costs all 0 and amounts all 1, a penalty of 1 ---- */
void match_net_hopcroft_karp(struct match_net *n);
/* ---- match_ties.c ---- */
void match_net_first_by_key(struct match_net *n, const struct match *m);
/* Which cells are in another optimum; potentials in units of cost, see match_net_prices. */
void match_net_mark_equal(const struct match_net *n, struct match *m);

/* Solves m: flows, prices, equal, value. fails E_RANGE when exact costs leave 128 bits */
MUST_CHECK enum code match_solve(struct match *m, struct error *err);

/* ---- match_write.c ---- */
void match_write(struct analysis *a, const struct match *m, struct str show);
#endif
