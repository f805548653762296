/* climb.c - a changed value moves the sums above it, each once and in order.
 *
 * In an overlapping grouping the ways up may branch and meet again. Parents are therefore visited
 * in topological order: when a cell passes its change on, all changes from below have reached it.
 * Sums may wrap on the way, for parts are taken away and put back in any order; `over` counts the
 * wraps, and only a sum that ends outside 128 bits is an error (I2). */
#include "rollup_int.h"

/* ---- splitting by weight -------------------------------------------------------------------- */

static uint32_t floor_of(const struct split *s, uint32_t ppm)
{
    return (uint32_t)((uint64_t)s->rest * ppm / PPM);
}
static uint32_t fraction_of(const struct split *s, uint32_t ppm)
{
    return (uint32_t)((uint64_t)s->rest * ppm % PPM);
}

static bool counts(const struct split *s, uint32_t edge)
{
    return edge != s->skip && edge_on(&s->r->edges.v[edge], s->day);
}

struct split split_make(const struct rollup *r, uint32_t node, day_t day, uint32_t skip, i128 v)
{
    struct split s = {.r = r, .node = node, .skip = skip, .day = day, .v = v, .negative = v < 0};
    s.weighted = r->groups.v[r->nodes.v[node].group].kind == GROUP_WEIGHTED;
    if (!s.weighted)
        return s;
    u128 size = s.negative ? -(u128)v : (u128)v;
    s.whole = size / PPM;
    s.rest = (uint32_t)(size % PPM);
    s.open_ppm = PPM;
    uint32_t given = 0;
    for (uint32_t e = r->nodes.v[node].up; e != NONE; e = r->edges.v[e].next_up) {
        if (!counts(&s, e))
            continue;
        uint32_t ppm = (uint32_t)r->edges.v[e].m.ppm;
        s.open_ppm -= ppm;
        given += floor_of(&s, ppm);
    }
    s.left = s.rest - given - floor_of(&s, s.open_ppm);
    return s;
}

/* Is this edge among the `left` largest fractions? Ties go to the smaller parent, and the
 * remainder, which no parent keeps, comes after all parents. */
static bool gets_unit(const struct split *s, uint32_t edge)
{
    const struct rollup *r = s->r;
    const struct membership *m = &r->edges.v[edge].m;
    uint32_t mine = fraction_of(s, (uint32_t)m->ppm);
    uint32_t before = fraction_of(s, s->open_ppm) > mine;
    for (uint32_t e = r->nodes.v[s->node].up; e != NONE && before < s->left;
         e = r->edges.v[e].next_up) {
        if (e == edge || !counts(s, e))
            continue;
        const struct membership *o = &r->edges.v[e].m;
        uint32_t theirs = fraction_of(s, (uint32_t)o->ppm);
        before += theirs > mine || (theirs == mine && o->parent < m->parent);
    }
    return before < s->left;
}

i128 split_part(const struct split *s, uint32_t edge)
{
    if (!s->weighted)
        return s->v;
    uint32_t ppm = (uint32_t)s->r->edges.v[edge].m.ppm;
    u128 part = s->whole * ppm + floor_of(s, ppm) + gets_unit(s, edge);
    return (i128)(s->negative ? -part : part);
}

/* ---- the way up ----------------------------------------------------------------------------- */

/* An own value is where the way ends. */
static void enter(struct rollup *r, uint32_t node, bool own)
{
    r->nodes.v[node].visit = r->visit;
    vec_push(&r->stack, (struct frame){node, own ? NONE : r->nodes.v[node].up, own});
}

/* The next parent of the node on top of the stack that was not seen yet; NONE when all were. */
static uint32_t next_parent(struct rollup *r, day_t day)
{
    struct frame *f = &r->stack.v[r->stack.len - 1];
    while (f->edge != NONE) {
        const struct edge *e = &r->edges.v[f->edge];
        f->edge = e->next_up;
        if (edge_on(e, day) && r->nodes.v[e->parent].visit != r->visit)
            return e->parent;
    }
    return NONE;
}

static void new_visit(struct rollup *r)
{
    if (++r->visit != 0)
        return;
    for (size_t i = 0; i < r->nodes.len; i++) /* the counter wrapped: forget the old numbers */
        r->nodes.v[i].visit = 0;
    r->visit = 1;
}

/* All parents above `start` that a change can reach, into r->path, every one after its own
 * parents. Depth first, without recursion: chains of owners
 * may be long. */
static void order_path(struct rollup *r, uint32_t start, struct key key)
{
    day_t day = key.period.last;
    new_visit(r);
    r->path.len = r->stack.len = 0;
    enter(r, start, false);
    while (r->stack.len > 0) {
        uint32_t parent = next_parent(r, day);
        if (parent != NONE) {
            enter(r, parent, own_of(r, r->nodes.v[parent].member, key).has);
            continue;
        }
        struct frame f = r->stack.v[--r->stack.len];
        r->nodes.v[f.node].step = (uint32_t)r->path.len;
        vec_push(&r->path, (struct step){.node = f.node, .cell = NONE, .own = f.own});
    }
    r->path.len--; /* start itself */
}

/* ---- cells ---------------------------------------------------------------------------------- */

static uint32_t cell_at(struct rollup *r, uint32_t node, struct key key)
{
    uint32_t i = find_cell(r, node, key);
    if (i != NONE)
        return i;
    i = (uint32_t)r->cells.len;
    assert(i != NONE);
    vec_push(&r->cells, (struct cell){.node = node, .key = key, .next = r->nodes.v[node].cells});
    r->nodes.v[node].cells = i;
    index_put(&r->by_cell, hash_key(node, key), i);
    return i;
}

static struct cell *touch(struct rollup *r, struct step *s, struct key key)
{
    if (s->cell == NONE) {
        s->cell = cell_at(r, s->node, key);
        const struct cell *c = &r->cells.v[s->cell];
        s->old_sum = c->sum;
        s->old_have = c->have;
        vec_push(&r->touched, (struct cell_was){s->cell, c->have, c->sum});
    }
    return &r->cells.v[s->cell];
}

static void give(struct rollup *r, uint32_t parent, struct key key, i128 part)
{
    struct step *s = &r->path.v[r->nodes.v[parent].step];
    struct cell *c = touch(r, s, key);
    if (__builtin_add_overflow(c->sum, part, &c->sum))
        s->over += part > 0 ? 1 : -1;
    c->have++;
}

static void take(struct rollup *r, uint32_t parent, struct key key, i128 part)
{
    struct step *s = &r->path.v[r->nodes.v[parent].step];
    struct cell *c = touch(r, s, key);
    if (__builtin_sub_overflow(c->sum, part, &c->sum))
        s->over += part > 0 ? -1 : 1;
    c->have--;
}

static void share_out(struct rollup *r, uint32_t node, struct key key, struct value v,
                      uint32_t skip, void (*move)(struct rollup *, uint32_t, struct key, i128))
{
    if (!v.has)
        return;
    struct split s = split_make(r, node, key.period.last, skip, v.v);
    for (uint32_t e = r->nodes.v[node].up; e != NONE; e = r->edges.v[e].next_up)
        if (counts(&s, e))
            move(r, r->edges.v[e].parent, key, split_part(&s, e));
}

static enum code out_of_range(const struct rollup *r, uint32_t node, struct key key,
                              struct error *err)
{
    const struct node *n = &r->nodes.v[node];
    char text[32];
    period_text(key.period, text);
    return error_set(err, E_RANGE,
                     "the sum of entity %u in grouping %u, series %u, %s, leaves 128 bits",
                     r->members.v[n->member].id, r->groups.v[n->group].id, key.series, text);
}

/* All changes from below have arrived: passes the step's own change on. */
static enum code settle(struct rollup *r, const struct step *s, struct key key, struct error *err)
{
    if (s->cell == NONE)
        return OK;
    if (s->over != 0)
        return out_of_range(r, s->node, key, err); /* I2 */
    const struct cell *c = &r->cells.v[s->cell];
    assert(c->have > 0 || c->sum == 0); /* I1 */
    struct value was = {s->old_have > 0, s->old_sum}, now = {c->have > 0, c->sum};
    if (s->own || (was.has == now.has && was.v == now.v)) /* I5 */
        return OK;
    share_out(r, s->node, key, was, NONE, take);
    share_out(r, s->node, key, now, NONE, give);
    return OK;
}

enum code climb(struct rollup *r, uint32_t node, struct key key, struct value was, struct value now,
                uint32_t skip_was, uint32_t skip_now, struct error *err)
{
    if (r->nodes.v[node].up == NONE)
        return OK;
    order_path(r, node, key);
    share_out(r, node, key, was, skip_was, take);
    share_out(r, node, key, now, skip_now, give);
    for (size_t i = r->path.len; i > 0; i--)
        TRY(settle(r, &r->path.v[i - 1], key, err));
    return OK;
}
