/* bind.c - from names as people write them to what the ledger holds. */
#include "ingest/import_int.h"
#include <stdio.h>

bool type_in(struct str types, struct str type)
{
    while (types.ptr) {
        struct str rest, one = str_cut(types, '|', &rest);
        if (str_eq(one, type))
            return true;
        types = rest;
    }
    return false;
}

bool is_region_type(struct str type)
{
    return type_in(STR("country|province|city|district|county|town"), type);
}

enum code bind_unit(struct import *im, int column, struct str symbol, uint32_t *id,
                    struct error *err)
{
    if (!symbol.len)
        return cell_error(im, column, E_INPUT, err, "the unit is missing");
    if (symbol.len > 60)
        return cell_error(im, column, E_LIMIT, err, "the unit is longer than 60 bytes");
    if ((*id = model_find_unit(ledger_model(im->ledger), symbol)))
        return OK;
    TRY(ledger_put_unit(im->ledger, (struct unit){.symbol = symbol}, id, err));
    import_warn(im, column, "unit '%.*s' is new: it converts to no other", STR_ARG(symbol));
    return OK;
}

static bool adds_by_unit(const struct model *m, uint32_t unit)
{
    const struct unit *u = model_unit(m, unit);
    static const char *const never[] = {"percent", "point", "index", "rank", "times",
                                        "score",   "year",  "month", "day",  "hour"};
    struct str d = model_dimension(m, u->dimension)->name;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (str_is(d, never[i]))
            return false;
    return !str_has(u->symbol, STR("/"));
}

static enum measure measure_guess(const struct model *m, uint32_t unit, enum fact_kind kind)
{
    struct str d = model_dimension(m, model_unit(m, unit)->dimension)->name;
    if (kind == KIND_GROWTH)
        return MEASURE_RATE;
    if (kind == KIND_RANK || str_is(d, "rank"))
        return MEASURE_RANK;
    if (kind == KIND_CONTRIBUTION)
        return MEASURE_CONTRIBUTION;
    if (str_is(d, "percent") || str_is(d, "point"))
        return MEASURE_RATIO;
    if (str_is(d, "index"))
        return MEASURE_INDEX;
    return kind == KIND_COUNT ? MEASURE_STOCK : MEASURE_FLOW;
}

enum code bind_indicator(struct import *im, struct str name, uint32_t unit, enum fact_kind kind,
                         uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    if ((*id = model_find_indicator(m, name)))
        return OK;
    bool adds = adds_by_unit(m, unit) && !words_hit(im->words, "nonadditive", name, NULL);
    struct indicator i = {.name = name,
                          .unit = unit,
                          .measure = measure_guess(m, unit, kind),
                          .over_entities = adds ? OVER_SUM : OVER_NONE,
                          .over_time = OVER_NONE,
                          .provisional = true,
                          .source = im->file};
    return ledger_put_indicator(im->ledger, i, id, err);
}

/* ---- entities ---- */

bool bind_may_be_subject(const struct entity *e)
{
    return !e->scope.len && !type_in(STR("sector2017|sector2011|honour"), e->type);
}

bool bind_within(const struct model *m, uint32_t entity, uint32_t context)
{
    return model_is_within(m, entity, context, DAY_MAX) ||
           model_is_within(m, entity, context, day_from(2000, 1, 1));
}

struct found {
    uint32_t any, inside, region, count, inside_count, region_count;
};

static struct found find_subject(const struct model *m, struct str name, uint32_t context)
{
    struct found f = {0};
    uint32_t id;
    for (size_t it = 0; (id = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, id);
        if (!bind_may_be_subject(e))
            continue;
        f.any = id;
        f.count++;
        if (is_region_type(e->type)) {
            f.region = id;
            f.region_count++;
        }
        if (context && bind_within(m, id, context)) {
            f.inside = id;
            f.inside_count++;
        }
    }
    return f;
}

/* Names a few of those that bear the name by what they lie in. */
static enum code ambiguous(struct import *im, int column, struct str name, uint32_t count,
                           struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct buf b;
    uint32_t id, listed = 0;
    buf_init(&b, 200);
    for (size_t it = 0; listed < 4 && (id = model_named(m, name, &it));) {
        if (!bind_may_be_subject(model_entity(m, id)))
            continue;
        uint32_t parent = model_parent(m, id, DAY_MAX);
        struct str of = parent ? model_entity(m, parent)->name : model_entity(m, id)->type;
        buf_fmt(&b, "%s%.*s", listed++ ? ", " : "", STR_ARG(of));
    }
    enum code c =
        cell_error(im, column, E_CONFLICT, err,
                   "%u entities bear the name '%.*s' (%.*s%s): name the document's main "
                   "subject in docs.csv (default_subject), or use a code",
                   count, STR_ARG(name), STR_ARG(buf_str(&b)), count > listed ? ", …" : "");
    buf_clear(&b);
    return c;
}

enum code bind_subject(struct import *im, int column, struct str name, struct str context,
                       uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    uint32_t around = 0;
    if (!name.len)
        return cell_error(im, column, E_INPUT, err, "the subject is missing");
    if ((*id = model_find_code(m, name)))
        return OK;
    if (context.len && !str_eq(context, name)) {
        struct found c = find_subject(m, context, 0);
        around = c.region_count == 1 ? c.region : c.count == 1 ? c.any : 0;
    }
    struct found f = find_subject(m, name, around);
    *id = f.inside_count == 1   ? f.inside
          : f.count == 1        ? f.any
          : f.region_count == 1 ? f.region
                                : 0;
    if (*id)
        return OK;
    if (f.count > 1)
        return ambiguous(im, column, name, f.count, err);
    struct entity e = {.name = name, .type = STR("unknown"), .provisional = true};
    TRY(ledger_put_entity(im->ledger, e, id, err));
    import_warn(im, column, "'%.*s' was not in the registry: made as a provisional entity",
                STR_ARG(name));
    return OK;
}

static const struct group_word *group_of_type(const struct catalogue_words *w, struct str type)
{
    for (size_t i = 0; i < w->groups.len; i++)
        if (type_in(w->groups.v[i].types, type))
            return &w->groups.v[i];
    return NULL;
}

enum code bind_grouping(struct import *im, struct str type, uint32_t *id, struct error *err)
{
    const struct group_word *w = group_of_type(im->words, type);
    struct grouping g = {.name = type, .alias = type, .kind = GROUP_OVERLAP};
    if (w)
        g = (struct grouping){.name = w->name, .alias = w->alias, .kind = w->kind};
    return ledger_put_grouping(im->ledger, g, id, err);
}

enum code bind_parent(struct import *im, uint32_t child, uint32_t parent, day_t from, day_t to,
                      struct error *err)
{
    struct membership ms = {.child = child, .parent = parent, .ppm = PPM, .from = from, .to = to};
    uint32_t id;
    TRY(bind_grouping(im, model_entity(ledger_model(im->ledger), child)->type, &ms.grouping, err));
    return ledger_put_membership(im->ledger, ms, &id, err);
}

enum code bind_source(struct import *im, struct str doc, struct str address, day_t published,
                      uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    if ((*id = model_find_source(m, doc))) {
        struct source s = *model_source(m, *id);
        if (!address.len || s.address.len)
            return OK;
        s.address = address;
        return ledger_put_source(im->ledger, s, id, err);
    }
    struct source s = {.doc = doc, .title = doc, .address = address, .published = published};
    return ledger_put_source(im->ledger, s, id, err);
}

/* ---- values ---- */

static const struct {
    const char *text;
    enum fact_state state;
} value_signs[] = {
    {"-",      STATE_NULL    },
    {"—",    STATE_NULL    },
    {"--",     STATE_NULL    },
    {"…",    STATE_NULL    },
    {"...",    STATE_NULL    },
    {"n/a",    STATE_NULL    },
    {"空",    STATE_NULL    },
    {"x",      STATE_WITHHELD},
    {"X",      STATE_WITHHELD},
    {"保密", STATE_WITHHELD},
    {"#",      STATE_WITHHELD}
};

/* Full-width digits and signs to ASCII, and thousands separators away where they stand as they must
 * (1,234,567.8); anything else is left for dec_parse to refuse. false: longer than any number. */
static bool plain_number(struct str text, char out[64], size_t *len)
{
    size_t n = 0, group = 0;
    bool grouped = false, whole = true;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp = utf8_next(text, &i);
        if (cp >= 0xFF01 && cp <= 0xFF5E)
            cp -= 0xFEE0;
        if (cp == 0x2212) /* minus sign */
            cp = '-';
        if (cp > 0x7E || n >= 60)
            return false;
        if (cp == ',' && whole && (grouped ? group == 3 : group >= 1 && group <= 3)) {
            grouped = true;
            group = 0;
            continue;
        }
        if (cp == ',' || (cp == '.' && grouped && group != 3))
            return false;
        whole &= cp != '.';
        group += whole && cp >= '0' && cp <= '9';
        out[n++] = (char)cp;
    }
    *len = n;
    return !grouped || !whole || group == 3;
}

enum code parse_value(struct import *im, int column, struct str text, struct dec *out,
                      enum fact_state *state, struct error *err)
{
    struct error e = {0};
    char plain[64];
    size_t len;
    *state = STATE_VALUE;
    *out = (struct dec){0, 0};
    if (!text.len)
        return cell_error(im, column, E_INPUT, err,
                          "the value is missing (write '-' for no data, 'x' for withheld)");
    for (size_t i = 0; i < sizeof value_signs / sizeof *value_signs; i++)
        if (str_is(text, value_signs[i].text)) {
            *state = value_signs[i].state;
            return OK;
        }
    if (!plain_number(text, plain, &len))
        return cell_error(im, column, E_INPUT, err, "'%.*s' is no decimal number", STR_ARG(text));
    enum code c = dec_parse((struct str){plain, len}, out, &e);
    if (c != OK)
        return cell_error(im, column, c, err, "%s", e.text);
    return OK;
}

enum code parse_known_day(struct import *im, int column, struct str text, day_t *out,
                          struct error *err)
{
    struct period p;
    struct error e = {0};
    *out = DAY_MIN;
    if (!text.len)
        return OK;
    if (period_parse(text, &p, &e) != OK)
        return cell_error(im, column, E_INPUT, err, "%s", e.text);
    *out = p.last;
    return OK;
}

static enum code fits_indicator(const struct model *m, const struct statement *s,
                                struct error *err)
{
    const struct indicator *i = model_indicator(m, s->indicator);
    bool own_unit = s->kind == KIND_LEVEL || s->kind == KIND_COUNT || s->kind == KIND_TARGET;
    uint32_t a = model_unit(m, s->unit)->dimension, b = model_unit(m, i->unit)->dimension;
    if (!own_unit || a == b)
        return OK;
    return error_set(err, E_INPUT,
                     "indicator '%.*s' is counted in '%.*s'; '%.*s' does not convert to it",
                     STR_ARG(i->name), STR_ARG(model_unit(m, i->unit)->symbol),
                     STR_ARG(model_unit(m, s->unit)->symbol));
}

enum code statement_fact(struct ledger *l, const struct statement *s, struct fact *out,
                         struct error *err)
{
    const struct model *m = ledger_model(l);
    uint32_t series;
    TRY(fits_indicator(m, s, err));
    TRY(ledger_put_series(l,
                          (struct series){.indicator = s->indicator,
                                          .dimension = model_unit(m, s->unit)->dimension,
                                          .kind = s->kind,
                                          .modality = s->modality,
                                          .comparison = s->comparison},
                          &series, err));
    struct fact f = {.entity = s->entity,
                     .series = series,
                     .source = s->source,
                     .unit = s->unit,
                     .period = s->period,
                     .qualifier = (uint8_t)s->qualifier,
                     .state = (uint8_t)s->state,
                     .decimals = s->value.scale,
                     .published = s->published};
    if (s->state == STATE_VALUE) {
        TRY(unit_to_base(m, s->unit, s->value, &f.value, err));
        f.step = printed_step(m, s->unit, s->value, s->printed);
        if (s->qualifier == Q_RANGE)
            TRY(unit_to_base(m, s->unit, s->value_hi, &f.value_hi, err));
        if (s->qualifier == Q_RANGE && f.value_hi < f.value)
            return error_set(err, E_INPUT, "the high end of the range is below its low end");
    }
    *out = f;
    return OK;
}

enum code put_statement(struct import *im, const struct statement *s, const struct trace *t,
                        struct error *err)
{
    struct fact f;
    enum put how;
    TRY(statement_fact(im->ledger, s, &f, err));
    return ledger_put_fact(im->ledger, f, t, &how, err);
}

/* ---- what several layouts say alike ---- */

enum code cell_filled(struct import *im, int i, const char *what, struct error *err)
{
    return cell(im, i).len ? OK : cell_error(im, i, E_INPUT, err, "the %s is missing", what);
}

enum code file_under(struct import *im, uint32_t child, uint32_t region, struct error *err)
{
    if (model_is_within(ledger_model(im->ledger), child, region, DAY_MAX))
        return OK;
    return bind_parent(im, child, region, DAY_MIN, DAY_MAX, err);
}

static struct trace row_trace(const struct import *im, uint32_t source, int column)
{
    return (struct trace){.source = source,
                          .start = -1,
                          .end = -1,
                          .text = cell(im, column),
                          .key = STR(""),
                          .file = im->file,
                          .line = im->row.line};
}

/* Puts what the row states in `column`; whatever is wrong with it is told there. */
enum code state_cell(struct import *im, int column, const struct statement *s, struct error *err)
{
    struct trace t = row_trace(im, s->source, column);
    struct error e = {0};
    enum code c = put_statement(im, s, &t, &e);
    return c == OK ? OK : cell_error(im, column, c, err, "%s", e.text);
}
