/* model.c - the arrays of the model, their indexes, and the journal that undoes a transaction.
 * Not here: where the rows come from (store), and who may change them (ledger). */
#include "model/model.h"
#include <assert.h>
#include <stdio.h>

/* A name leads to a chain of references, newest first, so that an undo pops from the front. */
struct ref {
    uint32_t id;
    uint32_t next; /* index + 1 */
};
struct text_ref {
    struct str text;
    uint32_t next; /* index + 1 */
};
struct chain {
    VEC(struct ref) refs;
    struct map head; /* name -> index + 1 */
};

enum touched { T_ENTITY, T_INDICATOR, T_SOURCE, T_MEMBERSHIP, T_GROUPING, T_MAP };
struct undo {
    enum touched what;
    struct map *map;
    struct str key;
    uint64_t value;
    union {
        struct entity entity;
        struct indicator indicator;
        struct source source;
        struct membership membership;
        struct grouping grouping;
    } old;
};

struct model_index {
    struct map dimension, unit, indicator, series, source, code, grouping;
    struct chain names;
    VEC(struct text_ref) aliases;                /* of entities and indicators */
    VEC(uint32_t) entity_alias, indicator_alias; /* id - 1 -> index + 1 */
    VEC(uint32_t) child_head, parent_head;       /* entity - 1 -> membership id */
    VEC(uint32_t) child_next, parent_next;       /* membership - 1 -> membership id */
    VEC(struct undo) journal;
    bool marked;
    size_t mark_dimensions, mark_units, mark_indicators, mark_series, mark_entities, mark_groupings,
        mark_memberships, mark_sources, mark_refs, mark_aliases;
};

struct model *model_new(void)
{
    struct model *m = mem_zalloc(sizeof *m);
    arena_init(&m->text, 0);
    struct model_index *x = m->index = mem_zalloc(sizeof *x);
    struct map *maps[] = {&x->dimension, &x->unit, &x->indicator, &x->series,
                          &x->source,    &x->code, &x->grouping,  &x->names.head};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_init(maps[i]);
    return m;
}

void model_free(struct model *m)
{
    if (!m)
        return;
    struct model_index *x = m->index;
    struct map *maps[] = {&x->dimension, &x->unit, &x->indicator, &x->series,
                          &x->source,    &x->code, &x->grouping,  &x->names.head};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_clear(maps[i]);
    vec_clear(&x->names.refs);
    vec_clear(&x->aliases);
    vec_clear(&x->entity_alias);
    vec_clear(&x->indicator_alias);
    vec_clear(&x->child_head);
    vec_clear(&x->parent_head);
    vec_clear(&x->child_next);
    vec_clear(&x->parent_next);
    vec_clear(&x->journal);
    mem_free(x);
    vec_clear(&m->dimensions);
    vec_clear(&m->units);
    vec_clear(&m->indicators);
    vec_clear(&m->series);
    vec_clear(&m->entities);
    vec_clear(&m->groupings);
    vec_clear(&m->memberships);
    vec_clear(&m->sources);
    arena_clear(&m->text);
    mem_free(m);
}

/* ---- journal ---- */

static struct undo *journal(struct model_index *x, enum touched what)
{
    vec_push(&x->journal, (struct undo){.what = what});
    return &x->journal.v[x->journal.len - 1];
}

/* Puts into a map so that model_undo takes it back. The key is copied by the map; the journal's
 * key must live as long as the mark, so it is borrowed from the model's text. */
static void index_put(struct model *m, struct map *map, struct str key, uint64_t value)
{
    if (m->index->marked) {
        uint64_t old = 0;
        map_get(map, key, &old);
        struct undo *u = journal(m->index, T_MAP);
        u->map = map;
        u->key = arena_dup(&m->text, key);
        u->value = old; /* ids start at 1, so 0 means: was not there */
    }
    map_put(map, key, value);
}

static uint64_t index_get(const struct map *map, struct str key)
{
    uint64_t v = 0;
    map_get(map, key, &v);
    return v;
}

void model_mark(struct model *m)
{
    struct model_index *x = m->index;
    x->marked = true;
    x->journal.len = 0;
    x->mark_dimensions = m->dimensions.len;
    x->mark_units = m->units.len;
    x->mark_indicators = m->indicators.len;
    x->mark_series = m->series.len;
    x->mark_entities = m->entities.len;
    x->mark_groupings = m->groupings.len;
    x->mark_memberships = m->memberships.len;
    x->mark_sources = m->sources.len;
    x->mark_refs = x->names.refs.len;
    x->mark_aliases = x->aliases.len;
}

static void undo_one(struct model *m, struct undo *u)
{
    switch (u->what) {
    case T_ENTITY:
        m->entities.v[u->old.entity.id - 1] = u->old.entity;
        break;
    case T_INDICATOR:
        m->indicators.v[u->old.indicator.id - 1] = u->old.indicator;
        break;
    case T_SOURCE:
        m->sources.v[u->old.source.id - 1] = u->old.source;
        break;
    case T_MEMBERSHIP:
        m->memberships.v[u->old.membership.id - 1] = u->old.membership;
        break;
    case T_GROUPING:
        m->groupings.v[u->old.grouping.id - 1] = u->old.grouping;
        break;
    case T_MAP:
        if (u->value)
            map_put(u->map, u->key, u->value);
        else
            map_del(u->map, u->key);
        break;
    }
}

void model_undo(struct model *m)
{
    struct model_index *x = m->index;
    assert(x->marked);
    for (size_t i = x->journal.len; i-- > 0;)
        undo_one(m, &x->journal.v[i]);
    for (size_t i = m->memberships.len; i-- > x->mark_memberships;) {
        const struct membership *ms = &m->memberships.v[i];
        x->child_head.v[ms->child - 1] = x->child_next.v[i];
        x->parent_head.v[ms->parent - 1] = x->parent_next.v[i];
    }
    x->child_next.len = x->parent_next.len = x->mark_memberships;
    for (size_t i = 0; i < x->entity_alias.len; i++)
        while (x->entity_alias.v[i] > x->mark_aliases)
            x->entity_alias.v[i] = x->aliases.v[x->entity_alias.v[i] - 1].next;
    for (size_t i = 0; i < x->indicator_alias.len; i++)
        while (x->indicator_alias.v[i] > x->mark_aliases)
            x->indicator_alias.v[i] = x->aliases.v[x->indicator_alias.v[i] - 1].next;
    m->dimensions.len = x->mark_dimensions;
    m->units.len = x->mark_units;
    m->indicators.len = x->indicator_alias.len = x->mark_indicators;
    m->series.len = x->mark_series;
    m->entities.len = x->entity_alias.len = x->child_head.len = x->parent_head.len =
        x->mark_entities;
    m->groupings.len = x->mark_groupings;
    m->memberships.len = x->mark_memberships;
    m->sources.len = x->mark_sources;
    x->names.refs.len = x->mark_refs;
    x->aliases.len = x->mark_aliases;
    x->journal.len = 0;
    x->marked = false;
}

/* ---- by id ---- */

#define BY_ID(type, fn, vec)                                                                       \
    const struct type *fn(const struct model *m, uint32_t id)                                      \
    {                                                                                              \
        assert(id >= 1 && id <= m->vec.len);                                                       \
        return &m->vec.v[id - 1];                                                                  \
    }
BY_ID(dimension, model_dimension, dimensions)
BY_ID(unit, model_unit, units)
BY_ID(indicator, model_indicator, indicators)
BY_ID(series, model_series, series)
BY_ID(entity, model_entity, entities)
BY_ID(grouping, model_grouping, groupings)
BY_ID(source, model_source, sources)

/* ---- by name ---- */

uint32_t model_find_dimension(const struct model *m, struct str name)
{
    return (uint32_t)index_get(&m->index->dimension, name);
}

uint32_t model_find_unit(const struct model *m, struct str symbol)
{
    return (uint32_t)index_get(&m->index->unit, symbol);
}

uint32_t model_find_indicator(const struct model *m, struct str name)
{
    return (uint32_t)index_get(&m->index->indicator, name);
}

uint32_t model_find_source(const struct model *m, struct str doc)
{
    return (uint32_t)index_get(&m->index->source, doc);
}

uint32_t model_find_code(const struct model *m, struct str code)
{
    return (uint32_t)index_get(&m->index->code, code);
}

/* Composite keys: parts joined by U+001F, which no name holds. */
static struct str joined(char *to, size_t room, const char *fmt, ...) PRINTF_LIKE(3, 4);
static struct str joined(char *to, size_t room, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(to, room, fmt, ap);
    va_end(ap);
    return (struct str){to, n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1};
}

uint32_t model_find_series(const struct model *m, uint32_t indicator, enum fact_kind kind,
                           struct str comparison, enum modality modality)
{
    char key[512];
    return (uint32_t)index_get(&m->index->series,
                               joined(key, sizeof key, "%u\x1f%d\x1f%d\x1f%.*s", indicator,
                                      (int)kind, (int)modality, STR_ARG(comparison)));
}

uint32_t model_find_grouping(const struct model *m, struct str scope, struct str name)
{
    char key[1024];
    return (uint32_t)index_get(&m->index->grouping, joined(key, sizeof key, "%.*s\x1f%.*s",
                                                           STR_ARG(scope), STR_ARG(name)));
}

uint32_t model_named(const struct model *m, struct str name, size_t *it)
{
    const struct chain *c = &m->index->names;
    if (*it == SIZE_MAX)
        return 0;
    size_t at = *it ? c->refs.v[*it - 1].next : index_get(&c->head, name);
    *it = at ? at : SIZE_MAX;
    return at ? c->refs.v[at - 1].id : 0;
}

static struct str alias_next(const struct model_index *x, uint32_t head, size_t *it)
{
    if (*it == SIZE_MAX)
        return STR_NULL;
    size_t at = *it ? x->aliases.v[*it - 1].next : head;
    *it = at ? at : SIZE_MAX;
    return at ? x->aliases.v[at - 1].text : STR_NULL;
}

struct str model_alias(const struct model *m, uint32_t entity, size_t *it)
{
    return alias_next(m->index, m->index->entity_alias.v[entity - 1], it);
}

struct str model_indicator_alias(const struct model *m, uint32_t indicator, size_t *it)
{
    return alias_next(m->index, m->index->indicator_alias.v[indicator - 1], it);
}

/* ---- memberships ---- */

static const struct membership *member_next(const struct model *m, uint32_t head,
                                            const uint32_t *next, size_t *it)
{
    if (*it == SIZE_MAX)
        return NULL;
    size_t at = *it ? next[*it - 1] : head;
    *it = at ? at : SIZE_MAX;
    return at ? &m->memberships.v[at - 1] : NULL;
}

const struct membership *model_parents(const struct model *m, uint32_t child, size_t *it)
{
    return member_next(m, m->index->child_head.v[child - 1], m->index->child_next.v, it);
}

const struct membership *model_children(const struct model *m, uint32_t parent, size_t *it)
{
    return member_next(m, m->index->parent_head.v[parent - 1], m->index->parent_next.v, it);
}

bool member_on(const struct membership *ms, day_t day)
{
    return ms->from <= day && day <= ms->to;
}

/* Where it lies in a partition; else what it was filed under first, so that a later membership in
 * some other grouping doesn't move it; a table only where there is nothing else. */
uint32_t model_parent(const struct model *m, uint32_t entity, day_t day)
{
    const struct membership *ms;
    uint32_t found = 0, table = 0;
    for (size_t it = 0; (ms = model_parents(m, entity, &it));) { /* newest first */
        const struct grouping *g = model_grouping(m, ms->grouping);
        if (!member_on(ms, day))
            continue;
        if (g->scope.len)
            table = ms->parent;
        else if (g->kind == GROUP_PARTITION)
            return ms->parent;
        else
            found = ms->parent;
    }
    return found ? found : table;
}

#define WITHIN_MAX 256 /* things around one entity, all groupings together */

struct around {
    uint32_t v[WITHIN_MAX];
    size_t len;
};

static void around_add(struct around *a, uint32_t id)
{
    for (size_t i = 0; i < a->len; i++)
        if (a->v[i] == id)
            return;
    if (a->len < WITHIN_MAX)
        a->v[a->len++] = id;
}

/* Any way up counts, not only the first parent's. */
bool model_is_within(const struct model *m, uint32_t entity, uint32_t ancestor, day_t day)
{
    const struct membership *ms;
    struct around a = {.v = {entity}, .len = 1};
    for (size_t i = 0; entity && i < a.len; i++) {
        size_t before = a.len;
        if (a.v[i] == ancestor)
            return true;
        for (size_t it = 0; (ms = model_parents(m, a.v[i], &it));)
            if (member_on(ms, day) && !model_grouping(m, ms->grouping)->scope.len)
                around_add(&a, ms->parent);
        uint32_t table = a.len == before ? model_parent(m, a.v[i], day) : 0;
        if (table)
            around_add(&a, table);
    }
    return false;
}

/* ---- additions ---- */

static struct str keep(struct model *m, struct str s)
{
    return s.len ? arena_dup(&m->text, s) : STR("");
}

uint32_t model_add_dimension(struct model *m, struct dimension d)
{
    d.id = (uint32_t)m->dimensions.len + 1;
    d.name = keep(m, d.name);
    d.base = keep(m, d.base);
    vec_push(&m->dimensions, d);
    index_put(m, &m->index->dimension, d.name, d.id);
    return d.id;
}

uint32_t model_add_unit(struct model *m, struct unit u)
{
    assert(u.dimension >= 1 && u.num > 0 && u.den > 0);
    u.id = (uint32_t)m->units.len + 1;
    u.symbol = keep(m, u.symbol);
    u.en = keep(m, u.en);
    vec_push(&m->units, u);
    index_put(m, &m->index->unit, u.symbol, u.id);
    return u.id;
}

void model_add_unit_alias(struct model *m, uint32_t unit, struct str alias)
{
    if (!model_find_unit(m, alias))
        index_put(m, &m->index->unit, alias, unit);
}

uint32_t model_add_indicator(struct model *m, struct indicator i)
{
    i.id = (uint32_t)m->indicators.len + 1;
    i.name = keep(m, i.name);
    i.formula = keep(m, i.formula);
    i.source = keep(m, i.source);
    vec_push(&m->indicators, i);
    vec_push(&m->index->indicator_alias, 0);
    index_put(m, &m->index->indicator, i.name, i.id);
    return i.id;
}

uint32_t model_add_series(struct model *m, struct series s)
{
    s.id = (uint32_t)m->series.len + 1;
    s.comparison = keep(m, s.comparison);
    vec_push(&m->series, s);
    char key[512];
    index_put(m, &m->index->series,
              joined(key, sizeof key, "%u\x1f%d\x1f%d\x1f%.*s", s.indicator, (int)s.kind,
                     (int)s.modality, STR_ARG(s.comparison)),
              s.id);
    return s.id;
}

static void name_ref(struct model *m, struct str name, uint32_t id)
{
    struct chain *c = &m->index->names;
    vec_push(&c->refs, (struct ref){id, (uint32_t)index_get(&c->head, name)});
    index_put(m, &c->head, name, c->refs.len);
}

uint32_t model_add_entity(struct model *m, struct entity e)
{
    struct model_index *x = m->index;
    e.id = (uint32_t)m->entities.len + 1;
    e.name = keep(m, e.name);
    e.type = keep(m, e.type);
    e.code = keep(m, e.code);
    e.scope = keep(m, e.scope);
    e.note = keep(m, e.note);
    vec_push(&m->entities, e);
    vec_push(&x->entity_alias, 0);
    vec_push(&x->child_head, 0);
    vec_push(&x->parent_head, 0);
    name_ref(m, e.name, e.id);
    if (e.code.len)
        index_put(m, &x->code, e.code, e.id);
    return e.id;
}

uint32_t model_add_grouping(struct model *m, struct grouping g)
{
    g.id = (uint32_t)m->groupings.len + 1;
    g.name = keep(m, g.name);
    g.alias = keep(m, g.alias);
    g.scope = keep(m, g.scope);
    vec_push(&m->groupings, g);
    char key[1024];
    index_put(m, &m->index->grouping,
              joined(key, sizeof key, "%.*s\x1f%.*s", STR_ARG(g.scope), STR_ARG(g.name)), g.id);
    if (g.alias.len && !str_eq(g.alias, g.name))
        index_put(m, &m->index->grouping,
                  joined(key, sizeof key, "%.*s\x1f%.*s", STR_ARG(g.scope), STR_ARG(g.alias)),
                  g.id);
    return g.id;
}

uint32_t model_add_membership(struct model *m, struct membership ms)
{
    struct model_index *x = m->index;
    assert(ms.child >= 1 && ms.child <= m->entities.len);
    assert(ms.parent >= 1 && ms.parent <= m->entities.len);
    ms.id = (uint32_t)m->memberships.len + 1;
    vec_push(&m->memberships, ms);
    vec_push(&x->child_next, x->child_head.v[ms.child - 1]);
    x->child_head.v[ms.child - 1] = ms.id;
    vec_push(&x->parent_next, x->parent_head.v[ms.parent - 1]);
    x->parent_head.v[ms.parent - 1] = ms.id;
    return ms.id;
}

static struct source keep_source(struct model *m, struct source s)
{
    struct str *texts[] = {&s.title,   &s.publisher, &s.address,        &s.frame,
                           &s.subject, &s.note,      &s.published_text, &s.doc};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep(m, *texts[i]);
    return s;
}

uint32_t model_add_source(struct model *m, struct source s)
{
    s.id = (uint32_t)m->sources.len + 1;
    s = keep_source(m, s);
    vec_push(&m->sources, s);
    index_put(m, &m->index->source, s.doc, s.id);
    return s.id;
}

void model_add_alias(struct model *m, uint32_t entity, struct str alias)
{
    struct model_index *x = m->index;
    struct str have;
    if (!alias.len || str_eq(alias, model_entity(m, entity)->name))
        return;
    for (size_t it = 0; (have = model_alias(m, entity, &it)).ptr;)
        if (str_eq(have, alias))
            return;
    vec_push(&x->aliases,
             (struct text_ref){arena_dup(&m->text, alias), x->entity_alias.v[entity - 1]});
    x->entity_alias.v[entity - 1] = (uint32_t)x->aliases.len;
    name_ref(m, alias, entity);
}

void model_add_indicator_alias(struct model *m, uint32_t indicator, struct str alias)
{
    struct model_index *x = m->index;
    if (!alias.len || model_find_indicator(m, alias))
        return;
    vec_push(&x->aliases,
             (struct text_ref){arena_dup(&m->text, alias), x->indicator_alias.v[indicator - 1]});
    x->indicator_alias.v[indicator - 1] = (uint32_t)x->aliases.len;
    index_put(m, &x->indicator, alias, indicator);
}

/* ---- changes ---- */

void model_set_entity(struct model *m, struct entity e)
{
    struct entity *to = &m->entities.v[e.id - 1];
    if (m->index->marked)
        journal(m->index, T_ENTITY)->old.entity = *to;
    bool coded = e.code.len && !str_eq(e.code, to->code);
    to->type = str_eq(e.type, to->type) ? to->type : keep(m, e.type);
    to->code = str_eq(e.code, to->code) ? to->code : keep(m, e.code);
    to->scope = str_eq(e.scope, to->scope) ? to->scope : keep(m, e.scope);
    to->note = str_eq(e.note, to->note) ? to->note : keep(m, e.note);
    to->provisional = e.provisional;
    if (coded)
        index_put(m, &m->index->code, to->code, e.id);
}

void model_set_indicator(struct model *m, struct indicator i)
{
    struct indicator *to = &m->indicators.v[i.id - 1];
    if (m->index->marked)
        journal(m->index, T_INDICATOR)->old.indicator = *to;
    struct str name = to->name;
    i.formula = keep(m, i.formula);
    i.source = keep(m, i.source);
    *to = i;
    to->name = name;
}

void model_set_source(struct model *m, struct source s)
{
    struct source *to = &m->sources.v[s.id - 1];
    if (m->index->marked)
        journal(m->index, T_SOURCE)->old.source = *to;
    struct str doc = to->doc;
    *to = keep_source(m, s);
    to->doc = doc;
}

void model_end_membership(struct model *m, uint32_t id, day_t last)
{
    struct membership *ms = &m->memberships.v[id - 1];
    if (m->index->marked)
        journal(m->index, T_MEMBERSHIP)->old.membership = *ms;
    ms->to = last;
}

void model_set_grouping_kind(struct model *m, uint32_t id, enum grouping_kind kind)
{
    struct grouping *g = &m->groupings.v[id - 1];
    if (m->index->marked)
        journal(m->index, T_GROUPING)->old.grouping = *g;
    g->kind = kind;
}
