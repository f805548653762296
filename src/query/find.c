/* find.c - which entity, indicator or grouping is meant; near names when none is. */
#include "query/query_int.h"
#include <stdio.h>

enum code query_read(const struct query *q, struct error *err)
{
    if (q->right >= RIGHT_READ)
        return OK;
    return error_set(err, E_DENIED, "reading needs a token (Authorization: Bearer …)");
}

static uint32_t by_number(struct str text, size_t count)
{
    struct dec d;
    if (text.len < 2 || text.ptr[0] != '#' || dec_parse(str_sub(text, 1, text.len), &d, NULL) != OK)
        return 0;
    return d.scale == 0 && d.units >= 1 && (uint64_t)d.units <= count ? (uint32_t)d.units : 0;
}

/* "410300", "4103", "41", "2260:410300", "4754:2017:C3451" */
static uint32_t by_code(const struct model *m, struct str text)
{
    uint32_t id = model_find_code(m, text);
    char code[32];
    if (id || text.len > 6 || text.len < 2)
        return id;
    snprintf(code, sizeof code, "2260:%.*s%.*s", STR_ARG(text), (int)(6 - text.len), "0000");
    return model_find_code(m, str_z(code));
}

size_t query_figures_of(const struct query *q, uint32_t entity)
{
    const struct fact *f;
    size_t n = 0;
    for (uint64_t it = 0; (f = ledger_of_entity(q->ledger, entity, 0, &it));)
        n += f->published <= q->as_of.published && f->recorded_us <= q->as_of.recorded_us;
    return n;
}

static bool states_indicator(const struct query *q, uint32_t entity, uint32_t indicator)
{
    const struct fact *f;
    for (uint64_t it = 0; (f = ledger_of_entity(q->ledger, entity, 0, &it));)
        if (model_series(ledger_model(q->ledger), f->series)->indicator == indicator)
            return true;
    return false;
}

/* Of several entities with one name: those with figures of the indicator, then regions, then
 * those with any figure. Each test decides only when it leaves exactly one. */
static uint32_t prefer(const struct query *q, const id_vec *ids, uint32_t indicator)
{
    const struct model *m = ledger_model(q->ledger);
    for (int test = 0; test < 3; test++) {
        uint32_t last = 0, count = 0;
        for (size_t i = 0; i < ids->len; i++) {
            struct str type = model_entity(m, ids->v[i])->type;
            bool good = test == 0   ? indicator && states_indicator(q, ids->v[i], indicator)
                        : test == 1 ? query_figures_of(q, ids->v[i]) > 0
                                    : str_is(type, "city") || str_is(type, "province") ||
                                          str_is(type, "district") || str_is(type, "county");
            if (good) {
                last = ids->v[i];
                count++;
            }
        }
        if (count == 1)
            return last;
    }
    return ids->len == 1 ? ids->v[0] : 0;
}

static void named(const struct model *m, struct str text, id_vec *ids)
{
    static const char *const endings[] = {"", "市", "省", "县", "区", "产业链", "产业集群"};
    char name[512];
    uint32_t id;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !ids->len; i++) {
        snprintf(name, sizeof name, "%.*s%s", STR_ARG(text), endings[i]);
        for (size_t it = 0; (id = model_named(m, str_z(name), &it));) {
            bool seen = false;
            for (size_t k = 0; k < ids->len; k++)
                seen |= ids->v[k] == id;
            if (!seen)
                vec_push(ids, id);
        }
    }
}

static enum code several(const struct model *m, struct str text, const id_vec *ids,
                         struct error *err)
{
    struct buf b;
    buf_init(&b, 300);
    for (size_t i = 0; i < ids->len && i < 8; i++) {
        const struct entity *e = model_entity(m, ids->v[i]);
        uint32_t parent = model_parent(m, ids->v[i], DAY_MAX);
        struct str in = parent ? model_entity(m, parent)->name : e->scope;
        buf_fmt(&b, "%s#%u %.*s (%.*s, %.*s)", i ? "; " : "", e->id, STR_ARG(e->name),
                STR_ARG(e->type), STR_ARG(in));
    }
    enum code c =
        error_set(err, E_CONFLICT, "%zu entities are called '%.*s': %.*s; ask for one by its #id",
                  ids->len, STR_ARG(text), STR_ARG(buf_str(&b)));
    buf_clear(&b);
    return c;
}

static enum code no_such(struct buf *near, const char *what, struct str text, struct error *err)
{
    enum code c = near->len
                      ? error_set(err, E_MISSING, "no %s is called '%.*s'; near: %.*s", what,
                                  STR_ARG(text), STR_ARG(buf_str(near)))
                      : error_set(err, E_MISSING, "no %s is called '%.*s'", what, STR_ARG(text));
    buf_clear(near);
    return c;
}

enum code query_entity(const struct query *q, struct str text, uint32_t for_indicator,
                       uint32_t *out, struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    id_vec ids = {0};
    struct buf near;
    size_t listed = 0;
    TRY(query_read(q, err));
    if ((*out = by_number(text, m->entities.len)) || (*out = by_code(m, text)))
        return OK;
    named(m, text, &ids);
    *out = prefer(q, &ids, for_indicator);
    enum code c = *out ? OK : ids.len ? several(m, text, &ids, err) : E_MISSING;
    vec_clear(&ids);
    if (c != E_MISSING)
        return c;
    buf_init(&near, 240);
    for (size_t i = 0; i < m->entities.len && listed < 6 && text.len; i++)
        if (str_has(m->entities.v[i].name, text))
            buf_fmt(&near, "%s%.*s", listed++ ? ", " : "", STR_ARG(m->entities.v[i].name));
    return no_such(&near, "entity", text, err);
}

enum code query_indicator(const struct query *q, struct str text, uint32_t *out, struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    struct buf near;
    size_t listed = 0;
    TRY(query_read(q, err));
    if ((*out = by_number(text, m->indicators.len)) || (*out = model_find_indicator(m, text)))
        return OK;
    buf_init(&near, 240);
    for (size_t i = 0; i < m->indicators.len && listed < 6 && text.len; i++)
        if (str_has(m->indicators.v[i].name, text))
            buf_fmt(&near, "%s%.*s", listed++ ? ", " : "", STR_ARG(m->indicators.v[i].name));
    return no_such(&near, "indicator", text, err);
}

static bool name_has(const struct model *m, uint32_t entity, struct str text)
{
    struct str alias;
    if (str_has(model_entity(m, entity)->name, text))
        return true;
    for (size_t it = 0; (alias = model_alias(m, entity, &it)).ptr;)
        if (str_has(alias, text))
            return true;
    return false;
}

static bool type_asked(struct str types, struct str type)
{
    while (types.ptr) {
        struct str rest, one = str_cut(types, '|', &rest);
        if (str_eq(one, type))
            return true;
        types = rest;
    }
    return false;
}

enum code query_entities(const struct query *q, struct str type, struct str text, uint32_t within,
                         bool with_figures, id_vec *out, struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    TRY(query_read(q, err));
    for (size_t i = 0; i < m->entities.len; i++) {
        const struct entity *e = &m->entities.v[i];
        if ((type.len && !type_asked(type, e->type)) || (text.len && !name_has(m, e->id, text)) ||
            (within && (e->id == within || !model_is_within(m, e->id, within, DAY_MAX))) ||
            (with_figures && !query_figures_of(q, e->id)))
            continue;
        vec_push(out, e->id);
    }
    return OK;
}
