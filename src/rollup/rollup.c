/* rollup.c - the writing side: groupings, memberships, own values, and taking back.
 *
 * Each call either succeeds or leaves everything as it was (I1): climbs note each cell they touch
 * first, and a failed call puts those back. Between a mark and undo or keep, each successful call
 * leaves its inverse; undoing runs through states that all existed, so it cannot fail. */
#include "rollup_int.h"

/* ---- index ---------------------------------------------------------------------------------- */

static void slot_fill(struct index *ix, uint32_t hash, uint32_t item)
{
    size_t i = hash & (ix->cap - 1);
    while (ix->slot[i].item != NONE)
        i = (i + 1) & (ix->cap - 1);
    ix->slot[i] = (struct index_slot){hash, item};
}

static void index_grow(struct index *ix)
{
    struct index old = *ix;
    ix->cap = old.cap > 0 ? old.cap * 2 : 16;
    ix->slot = mem_alloc(ix->cap * sizeof *ix->slot);
    memset(ix->slot, 0xff, ix->cap * sizeof *ix->slot); /* all NONE */
    for (size_t i = 0; i < old.cap; i++)
        if (old.slot[i].item != NONE)
            slot_fill(ix, old.slot[i].hash, old.slot[i].item);
    mem_free(old.slot);
}

void index_put(struct index *ix, uint32_t hash, uint32_t item)
{
    if (ix->len >= ix->cap / 4 * 3)
        index_grow(ix);
    ix->len++;
    slot_fill(ix, hash, item);
}

/* Moves the rest of the run back, so that no lookup ends too early. */
void index_del(struct index *ix, uint32_t hash, uint32_t item)
{
    size_t mask = ix->cap - 1, gap = hash & mask;
    while (ix->slot[gap].item != item)
        gap = (gap + 1) & mask;
    for (size_t i = (gap + 1) & mask; ix->slot[i].item != NONE; i = (i + 1) & mask)
        if (((i - ix->slot[i].hash) & mask) >= ((i - gap) & mask)) {
            ix->slot[gap] = ix->slot[i];
            gap = i;
        }
    ix->slot[gap].item = NONE;
    ix->len--;
}

void index_clear(struct index *ix)
{
    mem_free(ix->slot);
    *ix = (struct index){0};
}

/* ---- life ----------------------------------------------------------------------------------- */

struct rollup *rollup_new(void)
{
    return mem_zalloc(sizeof(struct rollup));
}

void rollup_free(struct rollup *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->nodes.len; i++) {
        vec_clear(&r->nodes.v[i].from);
        vec_clear(&r->nodes.v[i].to);
    }
    vec_clear(&r->groups);
    vec_clear(&r->members);
    vec_clear(&r->nodes);
    vec_clear(&r->edges);
    vec_clear(&r->owns);
    vec_clear(&r->cells);
    index_clear(&r->by_group);
    index_clear(&r->by_member);
    index_clear(&r->by_node);
    index_clear(&r->by_edge);
    index_clear(&r->by_own);
    index_clear(&r->by_cell);
    vec_clear(&r->path);
    vec_clear(&r->stack);
    vec_clear(&r->touched);
    vec_clear(&r->undo);
    vec_clear(&r->moved);
    mem_free(r);
}

/* ---- records made on first use -------------------------------------------------------------- */

static uint32_t member_at(struct rollup *r, uint32_t entity)
{
    uint32_t i = find_member(r, entity);
    if (i != NONE)
        return i;
    i = (uint32_t)r->members.len;
    assert(i != NONE);
    vec_push(&r->members, (struct member){.id = entity, .nodes = NONE, .owns = NONE});
    index_put(&r->by_member, hash_id(entity), i);
    return i;
}

static uint32_t node_at(struct rollup *r, uint32_t group, uint32_t entity)
{
    uint32_t i = find_node(r, r->groups.v[group].id, entity);
    if (i != NONE)
        return i;
    uint32_t member = member_at(r, entity);
    i = (uint32_t)r->nodes.len;
    assert(i != NONE);
    vec_push(&r->nodes, (struct node){.group = group,
                                      .member = member,
                                      .up = NONE,
                                      .down = NONE,
                                      .cells = NONE,
                                      .next = r->members.v[member].nodes});
    r->members.v[member].nodes = i;
    index_put(&r->by_node, hash_pair(group, member), i);
    return i;
}

static uint32_t own_at(struct rollup *r, uint32_t member, struct key key)
{
    uint32_t i = find_own(r, member, key);
    if (i != NONE)
        return i;
    i = (uint32_t)r->owns.len;
    assert(i != NONE);
    vec_push(&r->owns,
             (struct own){.member = member, .key = key, .next = r->members.v[member].owns});
    r->members.v[member].owns = i;
    index_put(&r->by_own, hash_key(member, key), i);
    return i;
}

/* ---- ends of a call ------------------------------------------------------------------------- */

/* The call succeeded; `u` would take it back. */
static enum code done(struct rollup *r, struct undo u)
{
    for (size_t i = 0; r->marked && i < r->touched.len; i++) {
        uint32_t cell = r->touched.v[i].cell;
        if (r->cells.v[cell].moved)
            continue;
        r->cells.v[cell].moved = true;
        vec_push(&r->moved, cell);
    }
    r->touched.len = 0;
    if (r->marked)
        vec_push(&r->undo, u);
    return OK;
}

/* The call failed: every cell as it was before it. */
static void put_back(struct rollup *r)
{
    while (r->touched.len > 0) {
        struct cell_was was = r->touched.v[--r->touched.len];
        r->cells.v[was.cell].sum = was.sum;
        r->cells.v[was.cell].have = was.have;
    }
}

/* ---- checks of a membership ----------------------------------------------------------------- */

struct span { /* of days, inclusive; empty when from > to */
    day_t from, to;
};
static struct span overlap(struct span a, day_t from, day_t to)
{
    return (struct span){a.from > from ? a.from : from, a.to < to ? a.to : to};
}
static bool empty(struct span s)
{
    return s.from > s.to;
}

struct day_text {
    char z[32];
};
static struct day_text day_text(day_t d)
{
    struct day_text t;
    period_text((struct period){d, d}, t.z);
    return t;
}

/* Sum of the child's weights on a day, without the edge `self`. */
static int64_t weight_on(const struct rollup *r, uint32_t child, day_t day, uint32_t self)
{
    int64_t ppm = 0;
    for (uint32_t e = r->nodes.v[child].up; e != NONE; e = r->edges.v[e].next_up)
        if (e != self && edge_on(&r->edges.v[e], day))
            ppm += r->edges.v[e].m.ppm;
    return ppm;
}

static enum code too_heavy(const struct membership *m, int64_t ppm, day_t day, struct error *err)
{
    return error_set(err, E_CONFLICT,
                     "grouping %u: weights of child %u add up to %lld ppm with parent %u on %s",
                     m->grouping, m->child, (long long)ppm, m->parent, day_text(day).z);
}

/* The sum of weights can only rise on a first day: those of [from, to] are enough. */
static enum code check_weights(const struct rollup *r, uint32_t child, const struct membership *m,
                               uint32_t self, struct error *err)
{
    int64_t ppm = weight_on(r, child, m->from, self) + m->ppm;
    if (ppm > PPM)
        return too_heavy(m, ppm, m->from, err);
    for (uint32_t e = r->nodes.v[child].up; e != NONE; e = r->edges.v[e].next_up) {
        day_t day = r->edges.v[e].m.from;
        if (day <= m->from || day > m->to)
            continue;
        ppm = weight_on(r, child, day, self) + m->ppm;
        if (ppm > PPM)
            return too_heavy(m, ppm, day, err);
    }
    return OK;
}

static bool single_parent(enum grouping_kind kind)
{
    return kind == GROUP_PARTITION || kind == GROUP_PARTIAL;
}

static enum code check_siblings(const struct rollup *r, uint32_t child, enum grouping_kind kind,
                                const struct membership *m, uint32_t self, struct error *err)
{
    for (uint32_t e = r->nodes.v[child].up; e != NONE; e = r->edges.v[e].next_up) {
        const struct membership *o = &r->edges.v[e].m;
        struct span both = overlap((struct span){o->from, o->to}, m->from, m->to);
        if (e == self || empty(both))
            continue;
        if (o->parent == m->parent)
            return error_set(err, E_CONFLICT,
                             "grouping %u: %u is in %u on %s already (membership %u)", m->grouping,
                             m->child, m->parent, day_text(both.from).z, o->id);
        if (single_parent(kind))
            return error_set(
                err, E_CONFLICT, "grouping %u: %u would be in %u and in %u on %s (membership %u)",
                m->grouping, m->child, o->parent, m->parent, day_text(both.from).z, o->id);
    }
    return kind == GROUP_WEIGHTED ? check_weights(r, child, m, self, err) : OK;
}

/* ---- cycles: is the child above its new parent, on one day all the way? --------------------- */

struct reached { /* a node is above the parent during span */
    uint32_t node;
    struct span span;
};
struct ascent {
    VEC(struct reached) v;
    struct index by_node;
};

/* False when a longer span of the node was reached before. */
static bool ascend(struct ascent *a, uint32_t node, struct span span)
{
    uint32_t h = hash_id(node), i;
    for (size_t at = h; (i = index_next(&a->by_node, h, &at)) != NONE;) {
        const struct reached *o = &a->v.v[i];
        if (o->node == node && o->span.from <= span.from && span.to <= o->span.to)
            return false;
    }
    index_put(&a->by_node, h, (uint32_t)a->v.len);
    vec_push(&a->v, (struct reached){.node = node, .span = span});
    return true;
}

static bool above(const struct rollup *r, uint32_t node, uint32_t sought, struct span span,
                  day_t *day)
{
    struct ascent a = {0};
    bool found = false;
    ascend(&a, node, span);
    for (size_t i = 0; i < a.v.len && !found; i++) {
        struct reached at = a.v.v[i];
        found = at.node == sought;
        *day = at.span.from;
        for (uint32_t e = r->nodes.v[at.node].up; e != NONE && !found; e = r->edges.v[e].next_up) {
            const struct edge *edge = &r->edges.v[e];
            struct span s = overlap(at.span, edge->m.from, edge->m.to);
            if (!empty(s))
                ascend(&a, edge->parent, s);
        }
    }
    vec_clear(&a.v);
    index_clear(&a.by_node);
    return found;
}

static enum code check_cycle(const struct rollup *r, uint32_t child, uint32_t parent,
                             const struct membership *m, struct error *err)
{
    day_t day = m->from;
    if (child != parent && r->nodes.v[child].down == NONE)
        return OK; /* above nothing: most children are enterprises */
    if (!above(r, parent, child, (struct span){m->from, m->to}, &day))
        return OK;
    return error_set(err, E_CONFLICT, "grouping %u: %u in %u closes a cycle on %s", m->grouping,
                     m->child, m->parent, day_text(day).z);
}

/* ---- memberships ---------------------------------------------------------------------------- */

/* Children are counted by day from two sorted arrays (read.c). */
static void day_add(struct days *s, day_t d)
{
    vec_push(s, d);
    size_t i = s->len - 1;
    for (; i > 0 && s->v[i - 1] > d; i--)
        s->v[i] = s->v[i - 1];
    s->v[i] = d;
}

static void day_drop(struct days *s, day_t d)
{
    size_t i = s->len - 1;
    while (s->v[i] != d)
        i--;
    memmove(s->v + i, s->v + i + 1, (--s->len - i) * sizeof *s->v);
}

static void count_child(struct rollup *r, const struct edge *e)
{
    if (e->m.from > e->m.to)
        return;
    day_add(&r->nodes.v[e->parent].from, e->m.from);
    day_add(&r->nodes.v[e->parent].to, e->m.to);
}

static void uncount_child(struct rollup *r, const struct edge *e)
{
    if (e->m.from > e->m.to)
        return;
    day_drop(&r->nodes.v[e->parent].from, e->m.from);
    day_drop(&r->nodes.v[e->parent].to, e->m.to);
}

static void set_last(struct rollup *r, uint32_t edge, day_t last)
{
    uncount_child(r, &r->edges.v[edge]);
    r->edges.v[edge].m.to = last;
    count_child(r, &r->edges.v[edge]);
}

static uint32_t edge_push(struct rollup *r, uint32_t child, uint32_t parent,
                          const struct membership *m)
{
    uint32_t i = (uint32_t)r->edges.len;
    assert(i != NONE);
    vec_push(&r->edges,
             (struct edge){*m, child, parent, r->nodes.v[child].up, r->nodes.v[parent].down});
    r->nodes.v[child].up = r->nodes.v[parent].down = i;
    index_put(&r->by_edge, hash_id(m->id), i);
    count_child(r, &r->edges.v[i]);
    return i;
}

static void edge_pop(struct rollup *r)
{
    uint32_t i = (uint32_t)r->edges.len - 1;
    struct edge e = r->edges.v[i];
    assert(r->nodes.v[e.child].up == i && r->nodes.v[e.parent].down == i);
    uncount_child(r, &e);
    r->nodes.v[e.child].up = e.next_up;
    r->nodes.v[e.parent].down = e.next_down;
    index_del(&r->by_edge, hash_id(e.m.id), i);
    r->edges.len--;
}

/* What the child has in one period starts (or stops) to go through the edge as well. */
static enum code shift(struct rollup *r, uint32_t edge, struct key key, bool begins,
                       struct error *err)
{
    uint32_t child = r->edges.v[edge].child;
    struct value v = value_of(r, child, key);
    return climb(r, child, key, v, v, begins ? edge : NONE, begins ? NONE : edge, err);
}

/* Shifts every period whose last day falls in the span. Climbs touch parents only, so the lists
 * of the child stay as they are. */
static enum code shift_span(struct rollup *r, uint32_t edge, struct span span, bool begins,
                            struct error *err)
{
    const uint32_t child = r->edges.v[edge].child, member = r->nodes.v[child].member;
    for (uint32_t i = r->members.v[member].owns; i != NONE; i = r->owns.v[i].next) {
        struct key key = r->owns.v[i].key;
        if (r->owns.v[i].has && span.from <= key.period.last && key.period.last <= span.to)
            TRY(shift(r, edge, key, begins, err));
    }
    for (uint32_t i = r->nodes.v[child].cells; i != NONE; i = r->cells.v[i].next) {
        struct key key = r->cells.v[i].key;
        if (r->cells.v[i].have > 0 && span.from <= key.period.last && key.period.last <= span.to &&
            !own_of(r, member, key).has)
            TRY(shift(r, edge, key, begins, err));
    }
    return OK;
}

static enum code check_words(const struct rollup *r, const struct membership *m, uint32_t group,
                             struct error *err)
{
    if (group == NONE || r->groups.v[group].kind == GROUP_KINDS)
        return error_set(err, E_MISSING, "no grouping %u", m->grouping);
    if (find_edge(r, m->id) != NONE)
        return error_set(err, E_CONFLICT, "membership %u is there already", m->id);
    if (m->from > m->to)
        return error_set(err, E_INPUT, "membership %u ends on %s, before it begins", m->id,
                         day_text(m->to).z);
    bool weighted = r->groups.v[group].kind == GROUP_WEIGHTED;
    if (m->ppm < 1 || m->ppm > PPM || (!weighted && m->ppm != PPM))
        return error_set(err, E_INPUT, "membership %u: weight %d ppm in grouping %u%s", m->id,
                         m->ppm, m->grouping, weighted ? "" : ", which has no weights");
    return OK;
}

enum code rollup_member(struct rollup *r, const struct membership *m, struct error *err)
{
    uint32_t group = find_group(r, m->grouping);
    TRY(check_words(r, m, group, err));
    uint32_t child = node_at(r, group, m->child), parent = node_at(r, group, m->parent);
    TRY(check_siblings(r, child, r->groups.v[group].kind, m, NONE, err));
    TRY(check_cycle(r, child, parent, m, err));
    uint32_t edge = edge_push(r, child, parent, m);
    enum code code = shift_span(r, edge, (struct span){m->from, m->to}, true, err);
    if (code != OK) {
        put_back(r);
        edge_pop(r);
        return code;
    }
    return done(r, (struct undo){.what = UNDO_MEMBER, .item = edge});
}

/* Moves the last day of an edge, earlier or later. While values shift, the edge has its longer
 * span, so that the climb sees all parents of both states. */
static enum code move_end(struct rollup *r, uint32_t edge, day_t last, struct error *err)
{
    struct membership m = r->edges.v[edge].m;
    bool longer = last > m.to;
    struct span span = longer ? (struct span){m.from, last} : (struct span){m.from, m.to};
    day_t kept = longer ? m.to : last;
    if (kept >= span.from)
        span.from = kept + 1;
    if (longer)
        set_last(r, edge, last);
    enum code code = shift_span(r, edge, span, longer, err);
    if (code != OK)
        put_back(r);
    if ((code == OK) != longer)
        set_last(r, edge, code == OK ? last : m.to);
    return code;
}

enum code rollup_member_end(struct rollup *r, uint32_t id, day_t last, struct error *err)
{
    uint32_t edge = find_edge(r, id);
    if (edge == NONE)
        return error_set(err, E_MISSING, "no membership %u", id);
    struct edge e = r->edges.v[edge];
    day_t was = e.m.to;
    if (last == was)
        return OK;
    e.m.to = last;
    if (last > was && last >= e.m.from) {
        enum grouping_kind kind = r->groups.v[r->nodes.v[e.child].group].kind;
        TRY(check_siblings(r, e.child, kind, &e.m, edge, err));
        TRY(check_cycle(r, e.child, e.parent, &e.m, err));
    }
    TRY(move_end(r, edge, last, err));
    return done(r, (struct undo){.what = UNDO_END, .item = edge, .was = was});
}

/* ---- groupings ------------------------------------------------------------------------------ */

/* Would every membership be allowed under the new kind? Then no sum changes either: an edge
 * without a weight, or with all of it, passes the whole value on in every kind. */
static enum code check_kind(const struct rollup *r, uint32_t group, enum grouping_kind kind,
                            struct error *err)
{
    for (uint32_t i = 0; i < r->edges.len; i++) {
        const struct edge *e = &r->edges.v[i];
        if (r->nodes.v[e->child].group != group || e->m.from > e->m.to)
            continue;
        if (kind != GROUP_WEIGHTED && e->m.ppm != PPM)
            return error_set(err, E_CONFLICT, "grouping %u: membership %u has a weight of %d ppm",
                             e->m.grouping, e->m.id, e->m.ppm);
        TRY(check_siblings(r, e->child, kind, &e->m, i, err));
    }
    return OK;
}

static uint32_t group_push(struct rollup *r, uint32_t grouping)
{
    uint32_t i = (uint32_t)r->groups.len;
    vec_push(&r->groups, (struct group){grouping, GROUP_KINDS});
    index_put(&r->by_group, hash_id(grouping), i);
    return i;
}

enum code rollup_grouping(struct rollup *r, uint32_t grouping, enum grouping_kind kind,
                          struct error *err)
{
    if (grouping == 0 || kind < 0 || kind >= GROUP_KINDS)
        return error_set(err, E_INPUT, "grouping %u of kind %d", grouping, (int)kind);
    uint32_t group = find_group(r, grouping);
    if (group == NONE)
        group = group_push(r, grouping);
    enum grouping_kind was = r->groups.v[group].kind;
    if (was == kind)
        return OK;
    if (was != GROUP_KINDS)
        TRY(check_kind(r, group, kind, err));
    r->groups.v[group].kind = kind;
    return done(r, (struct undo){.what = UNDO_KIND, .item = group, .was = was});
}

/* ---- own values ----------------------------------------------------------------------------- */

static enum code climb_all(struct rollup *r, uint32_t own, struct value was, struct value now,
                           struct error *err)
{
    const uint32_t member = r->owns.v[own].member;
    const struct key key = r->owns.v[own].key;
    for (uint32_t n = r->members.v[member].nodes; n != NONE; n = r->nodes.v[n].next) {
        uint32_t c = was.has && now.has ? NONE : find_cell(r, n, key);
        struct value below = {0};
        if (c != NONE && r->cells.v[c].have > 0)
            below = (struct value){true, r->cells.v[c].sum};
        TRY(climb(r, n, key, was.has ? was : below, now.has ? now : below, NONE, NONE, err));
    }
    return OK;
}

static enum code set_own(struct rollup *r, uint32_t own, bool has, int64_t value, struct error *err)
{
    struct own *o = &r->owns.v[own];
    struct undo u = {.what = UNDO_SET, .item = own, .has = o->has, .was = o->value};
    if (u.has == has && u.was == value)
        return OK;
    enum code code =
        climb_all(r, own, (struct value){u.has, u.was}, (struct value){has, value}, err);
    if (code != OK) {
        put_back(r);
        return code;
    }
    o->has = has;
    o->value = value;
    return done(r, u);
}

enum code rollup_set(struct rollup *r, uint32_t entity, uint32_t series, struct period period,
                     bool has, int64_t value, struct error *err)
{
    if (period.first > period.last)
        return error_set(err, E_INPUT, "period of entity %u, series %u, ends before it begins",
                         entity, series);
    uint32_t own = own_at(r, member_at(r, entity), (struct key){series, period});
    return set_own(r, own, has, has ? value : 0, err);
}

/* ---- taking back ---------------------------------------------------------------------------- */

void rollup_mark(struct rollup *r)
{
    assert(!r->marked);
    r->marked = true;
}

static void forget_moved(struct rollup *r)
{
    for (size_t i = 0; i < r->moved.len; i++)
        r->cells.v[r->moved.v[i]].moved = false;
    r->moved.len = 0;
}

void rollup_keep(struct rollup *r)
{
    forget_moved(r);
    r->marked = false;
    r->undo.len = 0;
}

static enum code take_back(struct rollup *r, struct undo u)
{
    switch (u.what) {
    case UNDO_SET:
        return set_own(r, u.item, u.has, u.was, NULL);
    case UNDO_END:
        TRY(move_end(r, u.item, (day_t)u.was, NULL));
        break;
    case UNDO_MEMBER: {
        struct membership m = r->edges.v[u.item].m;
        TRY(shift_span(r, u.item, (struct span){m.from, m.to}, false, NULL));
        edge_pop(r);
        break;
    }
    case UNDO_KIND:
        r->groups.v[u.item].kind = (enum grouping_kind)u.was;
        break;
    }
    r->touched.len = 0;
    return OK;
}

void rollup_undo(struct rollup *r)
{
    assert(r->marked);
    r->marked = false;
    forget_moved(r);
    while (r->undo.len > 0) {
        enum code code = take_back(r, r->undo.v[--r->undo.len]);
        assert(code == OK);
        (void)code;
    }
}
