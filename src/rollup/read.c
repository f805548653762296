/* read.c - lookups and everything that only reads. Nothing here touches scratch space of the
 * rollup, so any number of readers may run under the owner's read lock. */
#include "rollup_int.h"
#include <stdlib.h>

/* ---- lookups -------------------------------------------------------------------------------- */

uint32_t hash_id(uint32_t id)
{
    return hash_mix(id + 0x9e3779b97f4a7c15u);
}

uint32_t hash_pair(uint32_t a, uint32_t b)
{
    return hash_mix(((uint64_t)a << 32 | b) + 0x9e3779b97f4a7c15u);
}

uint32_t hash_key(uint32_t a, struct key key)
{
    uint64_t days = (uint64_t)(uint32_t)key.period.first << 32 | (uint32_t)key.period.last;
    return hash_mix((((uint64_t)a << 32 | key.series) + 1) * 0x9e3779b97f4a7c15u ^ days);
}

bool key_eq(struct key a, struct key b)
{
    return a.series == b.series && period_eq(a.period, b.period);
}

uint32_t find_group(const struct rollup *r, uint32_t grouping)
{
    uint32_t h = hash_id(grouping), i;
    for (size_t at = h; (i = index_next(&r->by_group, h, &at)) != NONE;)
        if (r->groups.v[i].id == grouping)
            break;
    return i;
}

uint32_t find_member(const struct rollup *r, uint32_t entity)
{
    uint32_t h = hash_id(entity), i;
    for (size_t at = h; (i = index_next(&r->by_member, h, &at)) != NONE;)
        if (r->members.v[i].id == entity)
            break;
    return i;
}

static uint32_t node_of(const struct rollup *r, uint32_t group, uint32_t member)
{
    uint32_t h = hash_pair(group, member), i;
    for (size_t at = h; (i = index_next(&r->by_node, h, &at)) != NONE;)
        if (r->nodes.v[i].group == group && r->nodes.v[i].member == member)
            break;
    return i;
}

uint32_t find_node(const struct rollup *r, uint32_t grouping, uint32_t entity)
{
    uint32_t group = find_group(r, grouping), member = find_member(r, entity);
    return group == NONE || member == NONE ? NONE : node_of(r, group, member);
}

uint32_t find_edge(const struct rollup *r, uint32_t id)
{
    uint32_t h = hash_id(id), i;
    for (size_t at = h; (i = index_next(&r->by_edge, h, &at)) != NONE;)
        if (r->edges.v[i].m.id == id)
            break;
    return i;
}

uint32_t find_own(const struct rollup *r, uint32_t member, struct key key)
{
    if (r->members.v[member].owns == NONE)
        return NONE;
    uint32_t h = hash_key(member, key), i;
    for (size_t at = h; (i = index_next(&r->by_own, h, &at)) != NONE;)
        if (r->owns.v[i].member == member && key_eq(r->owns.v[i].key, key))
            break;
    return i;
}

uint32_t find_cell(const struct rollup *r, uint32_t node, struct key key)
{
    if (r->nodes.v[node].cells == NONE)
        return NONE;
    uint32_t h = hash_key(node, key), i;
    for (size_t at = h; (i = index_next(&r->by_cell, h, &at)) != NONE;)
        if (r->cells.v[i].node == node && key_eq(r->cells.v[i].key, key))
            break;
    return i;
}

struct value own_of(const struct rollup *r, uint32_t member, struct key key)
{
    uint32_t i = find_own(r, member, key);
    if (i == NONE || !r->owns.v[i].has)
        return (struct value){0};
    return (struct value){true, r->owns.v[i].value};
}

struct value value_of(const struct rollup *r, uint32_t node, struct key key)
{
    struct value v = own_of(r, r->nodes.v[node].member, key);
    if (v.has)
        return v; /* I5 */
    uint32_t i = find_cell(r, node, key);
    if (i == NONE || r->cells.v[i].have == 0)
        return (struct value){0};
    return (struct value){true, r->cells.v[i].sum};
}

/* ---- children ------------------------------------------------------------------------------- */

/* How many of n sorted days are before d. */
static size_t days_before(const struct days *s, int64_t d)
{
    size_t lo = 0, hi = s->len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->v[mid] < d)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Begun by the end of the day, less those that had ended before it. */
static size_t children_on(const struct node *n, day_t day)
{
    return days_before(&n->from, (int64_t)day + 1) - days_before(&n->to, day);
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

size_t rollup_children(const struct rollup *r, uint32_t grouping, uint32_t parent, day_t day,
                       uint32_t *out, size_t max)
{
    uint32_t node = find_node(r, grouping, parent);
    size_t count = node == NONE ? 0 : children_on(&r->nodes.v[node], day), n = 0;
    if (count == 0 || max == 0)
        return count;
    uint32_t *all = mem_alloc(count * sizeof *all);
    for (uint32_t e = r->nodes.v[node].down; e != NONE; e = r->edges.v[e].next_down)
        if (edge_on(&r->edges.v[e], day))
            all[n++] = r->edges.v[e].m.child;
    assert(n == count);
    qsort(all, n, sizeof *all, by_id);
    memcpy(out, all, (n < max ? n : max) * sizeof *out);
    mem_free(all);
    return count;
}

/* ---- one cell ------------------------------------------------------------------------------- */

bool rollup_get(const struct rollup *r, uint32_t grouping, uint32_t entity, uint32_t series,
                struct period period, struct rollup_cell *out)
{
    struct key key = {series, period};
    *out = (struct rollup_cell){
        .grouping = grouping, .entity = entity, .series = series, .period = period};
    out->has_own = rollup_own(r, entity, series, period, &out->own);
    uint32_t node = find_node(r, grouping, entity);
    if (node == NONE)
        return false;
    out->of = (uint32_t)children_on(&r->nodes.v[node], period.last);
    uint32_t c = find_cell(r, node, key);
    if (c == NONE)
        return false;
    out->sum = r->cells.v[c].sum;
    out->have = r->cells.v[c].have;
    return out->have > 0;
}

bool rollup_value(const struct rollup *r, uint32_t grouping, uint32_t entity, uint32_t series,
                  struct period period, i128 *out)
{
    struct key key = {series, period};
    uint32_t member = find_member(r, entity);
    uint32_t node = grouping == 0 ? NONE : find_node(r, grouping, entity);
    struct value v = {0};
    if (node != NONE)
        v = value_of(r, node, key);
    else if (member != NONE)
        v = own_of(r, member, key);
    if (v.has)
        *out = v.v;
    return v.has;
}

bool rollup_own(const struct rollup *r, uint32_t entity, uint32_t series, struct period period,
                int64_t *out)
{
    uint32_t member = find_member(r, entity);
    if (member == NONE)
        return false;
    uint32_t i = find_own(r, member, (struct key){series, period});
    if (i == NONE || !r->owns.v[i].has)
        return false;
    *out = r->owns.v[i].value;
    return true;
}

bool rollup_part(const struct rollup *r, uint32_t grouping, uint32_t child, uint32_t parent,
                 uint32_t series, struct period period, i128 *out)
{
    uint32_t node = find_node(r, grouping, child);
    if (node == NONE)
        return false;
    struct value v = value_of(r, node, (struct key){series, period});
    uint32_t e = r->nodes.v[node].up;
    while (e != NONE && !(r->edges.v[e].m.parent == parent && edge_on(&r->edges.v[e], period.last)))
        e = r->edges.v[e].next_up;
    if (e == NONE || !v.has)
        return false;
    struct split s = split_make(r, node, period.last, NONE, v.v);
    *out = split_part(&s, e);
    return true;
}

/* ---- union ---------------------------------------------------------------------------------- */

struct seen {
    uint32_t node;
    bool covered; /* some way to it leads through an own value, which stands for it */
    struct value own;
};
struct walk {
    const struct rollup *r;
    struct key key;
    VEC(struct seen) seen;
    struct index by_node;
    VEC(uint32_t) ahead; /* of seen */
};

/* Notes a way to the node; an uncovered node found covered is looked at again, so that all below
 * it are covered too. */
static void reach(struct walk *w, uint32_t node, bool covered)
{
    uint32_t h = hash_id(node), i;
    for (size_t at = h; (i = index_next(&w->by_node, h, &at)) != NONE;)
        if (w->seen.v[i].node == node)
            break;
    if (i != NONE) {
        if (w->seen.v[i].covered || !covered)
            return;
        w->seen.v[i].covered = true;
    } else {
        i = (uint32_t)w->seen.len;
        struct value own = own_of(w->r, w->r->nodes.v[node].member, w->key);
        vec_push(&w->seen, (struct seen){node, covered, own});
        index_put(&w->by_node, h, i);
    }
    vec_push(&w->ahead, i);
}

static void reach_children(struct walk *w, uint32_t node, bool covered)
{
    const struct rollup *r = w->r;
    for (uint32_t e = r->nodes.v[node].down; e != NONE; e = r->edges.v[e].next_down)
        if (edge_on(&r->edges.v[e], w->key.period.last))
            reach(w, r->edges.v[e].child, covered);
}

/* 2^32 entities of 63 bits each cannot leave 128 bits. */
static struct value sum_uncovered(const struct walk *w)
{
    struct value sum = {0};
    for (size_t i = 0; i < w->seen.len; i++) {
        const struct seen *s = &w->seen.v[i];
        if (!s->own.has || s->covered)
            continue;
        sum.has = true;
        sum.v += s->own.v;
    }
    return sum;
}

bool rollup_union(const struct rollup *r, uint32_t grouping, uint32_t entity, uint32_t series,
                  struct period period, i128 *out)
{
    uint32_t top = find_node(r, grouping, entity);
    if (top == NONE)
        return false;
    struct walk w = {
        .r = r, .key = {series, period}
    };
    reach_children(&w, top, false);
    while (w.ahead.len > 0) {
        struct seen s = w.seen.v[w.ahead.v[--w.ahead.len]];
        reach_children(&w, s.node, s.covered || s.own.has);
    }
    struct value sum = sum_uncovered(&w);
    vec_clear(&w.seen);
    vec_clear(&w.ahead);
    index_clear(&w.by_node);
    if (sum.has)
        *out = sum.v;
    return sum.has;
}

/* ---- the whole state ------------------------------------------------------------------------ */

#define ORDER(a, b)                                                                                \
    do {                                                                                           \
        if ((a) != (b))                                                                            \
            return (a) < (b) ? -1 : 1;                                                             \
    } while (0)

static int cell_order(const void *pa, const void *pb)
{
    const struct rollup_cell *a = pa, *b = pb;
    ORDER(a->grouping, b->grouping);
    ORDER(a->entity, b->entity);
    ORDER(a->series, b->series);
    return period_cmp(a->period, b->period);
}

static struct rollup_cell cell_shown(const struct rollup *r, const struct cell *c)
{
    const struct node *node = &r->nodes.v[c->node];
    struct value own = own_of(r, node->member, c->key);
    return (struct rollup_cell){.grouping = r->groups.v[node->group].id,
                                .entity = r->members.v[node->member].id,
                                .series = c->key.series,
                                .period = c->key.period,
                                .sum = c->sum,
                                .have = c->have,
                                .of = (uint32_t)children_on(node, c->key.period.last),
                                .has_own = own.has,
                                .own = (int64_t)own.v};
}

size_t rollup_cells(const struct rollup *r, struct rollup_cell **out)
{
    size_t n = 0;
    struct rollup_cell *all = mem_alloc((r->cells.len + 1) * sizeof *all);
    for (size_t i = 0; i < r->cells.len; i++)
        if (r->cells.v[i].have > 0)
            all[n++] = cell_shown(r, &r->cells.v[i]);
    qsort(all, n, sizeof *all, cell_order);
    *out = all;
    return n;
}

size_t rollup_moved(const struct rollup *r, struct rollup_cell **out)
{
    struct rollup_cell *all = mem_alloc((r->moved.len + 1) * sizeof *all);
    for (size_t i = 0; i < r->moved.len; i++)
        all[i] = cell_shown(r, &r->cells.v[r->moved.v[i]]);
    *out = all;
    return r->moved.len;
}

static int group_order(const void *pa, const void *pb)
{
    const struct group *a = pa, *b = pb;
    ORDER(a->id, b->id);
    return 0;
}

static void put_groups(const struct rollup *r, struct buf *out)
{
    struct group *all = mem_alloc((r->groups.len + 1) * sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < r->groups.len; i++)
        if (r->groups.v[i].kind != GROUP_KINDS)
            all[n++] = r->groups.v[i];
    qsort(all, n, sizeof *all, group_order);
    for (size_t i = 0; i < n; i++)
        buf_fmt(out, "grouping %u %d\n", all[i].id, (int)all[i].kind);
    mem_free(all);
}

static int membership_order(const void *pa, const void *pb)
{
    const struct membership *a = pa, *b = pb;
    ORDER(a->grouping, b->grouping);
    ORDER(a->child, b->child);
    ORDER(a->parent, b->parent);
    ORDER(a->from, b->from);
    return 0;
}

/* Without id and source, which tell who said it when, not what holds (I4). */
static void put_memberships(const struct rollup *r, struct buf *out)
{
    struct membership *all = mem_alloc((r->edges.len + 1) * sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < r->edges.len; i++)
        if (r->edges.v[i].m.from <= r->edges.v[i].m.to)
            all[n++] = r->edges.v[i].m;
    qsort(all, n, sizeof *all, membership_order);
    for (size_t i = 0; i < n; i++)
        buf_fmt(out, "member %u %u %u %d %d %d\n", all[i].grouping, all[i].child, all[i].parent,
                all[i].ppm, all[i].from, all[i].to);
    mem_free(all);
}

struct said {
    uint32_t entity;
    struct key key;
    int64_t value;
};
static int said_order(const void *pa, const void *pb)
{
    const struct said *a = pa, *b = pb;
    ORDER(a->entity, b->entity);
    ORDER(a->key.series, b->key.series);
    return period_cmp(a->key.period, b->key.period);
}

static void put_owns(const struct rollup *r, struct buf *out)
{
    struct said *all = mem_alloc((r->owns.len + 1) * sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < r->owns.len; i++) {
        const struct own *o = &r->owns.v[i];
        if (o->has)
            all[n++] = (struct said){r->members.v[o->member].id, o->key, o->value};
    }
    qsort(all, n, sizeof *all, said_order);
    for (size_t i = 0; i < n; i++)
        buf_fmt(out, "own %u %u %d %d %lld\n", all[i].entity, all[i].key.series,
                all[i].key.period.first, all[i].key.period.last, (long long)all[i].value);
    mem_free(all);
}

static void put_cells(const struct rollup *r, struct buf *out)
{
    struct rollup_cell *all;
    size_t n = rollup_cells(r, &all);
    for (size_t i = 0; i < n; i++) {
        const struct rollup_cell *c = &all[i];
        char sum[DEC_TEXT];
        dec_text(c->sum, 0, sum);
        buf_fmt(out, "cell %u %u %u %d %d %s %u %u\n", c->grouping, c->entity, c->series,
                c->period.first, c->period.last, sum, c->have, c->of);
    }
    mem_free(all);
}

void rollup_bytes(const struct rollup *r, struct buf *out)
{
    put_groups(r, out);
    put_memberships(r, out);
    put_owns(r, out);
    put_cells(r, out);
}
