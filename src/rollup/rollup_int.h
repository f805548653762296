/* rollup_int.h - what rollup.c (the writer), climb.c (sums moving up) and read.c share.
 *
 * Everything is a flat array of records that refer to each other by index; keys are found by
 * `struct index`, a hash table of record numbers. Records are never removed: an undone value
 * stays as an empty record and is taken up again by the next one of its key. Only memberships
 * go, last in first out, because only the newest can be undone.
 *
 *   entity ─┬─ own values (series, period)
 *           └─ node per grouping ─┬─ cells (series, period): sums of the children's values
 *                                 ├─ up:   edges to parents
 *                                 └─ down: edges to children                              */
#ifndef LUOSHU_ROLLUP_INT_H
#define LUOSHU_ROLLUP_INT_H
#include "rollup.h"
#include <assert.h>

#define NONE UINT32_MAX

/* ---- index: hash -> record numbers; the owner of the records compares the keys ------------------
 */

struct index_slot {
    uint32_t hash, item; /* item NONE: free */
};
struct index {
    struct index_slot *slot;
    size_t len, cap; /* cap 0 or a power of two, at most 3/4 full */
};
void index_put(struct index *ix, uint32_t hash, uint32_t item);
void index_del(struct index *ix, uint32_t hash, uint32_t item);
void index_clear(struct index *ix);

/* Candidates for a hash: for (size_t at = hash; (i = index_next(ix, hash, &at)) != NONE;) */
static inline uint32_t index_next(const struct index *ix, uint32_t hash, size_t *at)
{
    if (ix->cap == 0)
        return NONE;
    for (size_t mask = ix->cap - 1;;) {
        const struct index_slot *s = &ix->slot[(*at)++ & mask];
        if (s->item == NONE || s->hash == hash)
            return s->item;
    }
}

static inline uint32_t hash_mix(uint64_t x)
{
    /* finalizer of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators)
     */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(x ^ (x >> 31));
}

/* ---- records -------------------------------------------------------------------------------- */

struct key {
    uint32_t series;
    struct period period;
};
struct value {
    bool has;
    i128 v;
};
struct group {
    uint32_t id;
    enum grouping_kind kind; /* GROUP_KINDS: made, then undone */
};
struct member { /* an entity known here */
    uint32_t id;
    uint32_t nodes, owns; /* heads of its lists */
};
struct days { /* sorted */
    day_t *v;
    size_t len, cap;
};
struct node { /* an entity in a grouping */
    uint32_t group, member;
    uint32_t next;            /* node of the same member */
    uint32_t up, down, cells; /* heads: edges to parents, edges to children, cells */
    uint32_t visit, step;     /* of the climb `visit`: its place in rollup.path */
    struct days from, to;     /* first and last days of its children: a day's count in log n */
};
struct edge { /* a membership; in force on no day when m.from > m.to */
    struct membership m;
    uint32_t child, parent; /* nodes */
    uint32_t next_up, next_down;
};
struct own {
    uint32_t member, next;
    struct key key;
    bool has;
    int64_t value;
};
struct cell { /* have == 0 implies sum == 0 */
    i128 sum;
    uint32_t node, next;
    struct key key;
    uint32_t have;
    bool moved; /* since the mark: it is in rollup.moved */
};

/* One parent on the way of a climb. */
struct step {
    uint32_t node, cell; /* cell NONE: not touched so far */
    uint32_t old_have;
    int32_t over; /* times 2^128 by which the sum wrapped on the way */
    i128 old_sum;
    bool own; /* an own value hides the sum: the climb ends here */
};
struct frame {           /* of the walk that orders a climb */
    uint32_t node, edge; /* next edge to look at */
    bool own;
};
struct cell_was {
    uint32_t cell, have;
    i128 sum;
};
enum undo_what { UNDO_SET, UNDO_MEMBER, UNDO_END, UNDO_KIND };
struct undo {
    enum undo_what what;
    uint32_t item;
    bool has;
    int64_t was; /* own value, last day or kind */
};

struct rollup {
    VEC(struct group) groups;
    VEC(struct member) members;
    VEC(struct node) nodes;
    VEC(struct edge) edges;
    VEC(struct own) owns;
    VEC(struct cell) cells;
    struct index by_group, by_member, by_node, by_edge, by_own, by_cell;

    VEC(struct step) path; /* of the climb now going on, last parent first */
    VEC(struct frame) stack;
    VEC(struct cell_was) touched; /* cells as they were before this call */
    uint32_t visit;

    bool marked;
    VEC(struct undo) undo; /* inverse operations since the mark */
    VEC(uint32_t) moved;   /* cells touched by successful calls since the mark, each once */
};

/* ---- lookups (read.c): record number or NONE ------------------------------------------------ */
uint32_t find_group(const struct rollup *r, uint32_t grouping);
uint32_t find_member(const struct rollup *r, uint32_t entity);
uint32_t find_node(const struct rollup *r, uint32_t grouping, uint32_t entity);
uint32_t find_edge(const struct rollup *r, uint32_t id);
uint32_t find_own(const struct rollup *r, uint32_t member, struct key key);
uint32_t find_cell(const struct rollup *r, uint32_t node, struct key key);
uint32_t hash_id(uint32_t id);
uint32_t hash_pair(uint32_t a, uint32_t b);
uint32_t hash_key(uint32_t a, struct key key);
bool key_eq(struct key a, struct key b);
struct value own_of(const struct rollup *r, uint32_t member, struct key key);
struct value value_of(const struct rollup *r, uint32_t node, struct key key);
static inline bool edge_on(const struct edge *e, day_t day)
{
    return e->m.from <= day && day <= e->m.to;
}

/* ---- climb.c -------------------------------------------------------------------------------- */

/* Shares of a value among a child's parents on a day, the edge `skip` (or NONE) left out. */
struct split {
    const struct rollup *r;
    uint32_t node, skip;
    day_t day;
    bool weighted, negative;
    u128 whole;          /* |v| / PPM */
    uint32_t rest, left; /* |v| % PPM; units left over by rounding down, remainder included */
    uint32_t open_ppm;   /* what the weights leave: the explicit remainder */
    i128 v;
};
struct split split_make(const struct rollup *r, uint32_t node, day_t day, uint32_t skip, i128 v);
i128 split_part(const struct split *s, uint32_t edge);

/* Tells all parents of `node` that its value for `key` is no longer `was` (shared without the edge
 * skip_was) but `now` (shared without skip_now). On failure cells are left as `touched` tells. */
MUST_CHECK enum code climb(struct rollup *r, uint32_t node, struct key key, struct value was,
                           struct value now, uint32_t skip_was, uint32_t skip_now,
                           struct error *err);
#endif
