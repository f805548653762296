/* layout_names.c - files of names: units, divisions, sectors, regions, indicators, documents,
 * memberships. They are put in before the files that use the names. */
#include "ingest/import_int.h"
#include <stdio.h>

static enum code cell_int(struct import *im, int i, int64_t low, int64_t high, int64_t *out,
                          struct error *err)
{
    struct dec d;
    struct error e = {0};
    if (dec_parse(cell(im, i), &d, &e) != OK || d.scale != 0 || d.units < low || d.units > high)
        return cell_error(im, i, E_INPUT, err, "'%.*s' is no whole number from %lld to %lld",
                          STR_ARG(cell(im, i)), (long long)low, (long long)high);
    *out = d.units;
    return OK;
}

static enum code cell_day(struct import *im, int i, bool end, day_t empty, day_t *out,
                          struct error *err)
{
    struct period p;
    struct error e = {0};
    *out = empty;
    if (!cell(im, i).len)
        return OK;
    if (period_parse(cell(im, i), &p, &e) != OK)
        return cell_error(im, i, E_INPUT, err, "%s", e.text);
    *out = end ? p.last : p.first;
    return OK;
}

/* ---- units: symbol,dimension,num,den,scale,exact,en,aliases ---- */

enum { U_SYMBOL, U_DIMENSION, U_NUM, U_DEN, U_SCALE, U_EXACT, U_EN, U_ALIASES };

static enum code unit_row(struct import *im, struct error *err)
{
    int64_t num, den, scale, exact;
    uint32_t id;
    TRY(cell_int(im, U_NUM, 1, INT64_MAX, &num, err));
    TRY(cell_int(im, U_DEN, 1, INT64_MAX, &den, err));
    TRY(cell_int(im, U_SCALE, 0, DEC_SCALE_MAX, &scale, err));
    TRY(cell_int(im, U_EXACT, 0, 1, &exact, err));
    struct unit u = {.symbol = cell(im, U_SYMBOL), .en = cell(im, U_EN), .num = num, .den = den};
    struct dimension d = {.name = cell(im, U_DIMENSION),
                          .base = u.symbol,
                          .scale = (uint8_t)scale,
                          .exact_count = exact == 1};
    bool fresh = !model_find_dimension(ledger_model(im->ledger), d.name);
    if (fresh && (num != 1 || den != 1))
        return cell_error(im, U_DIMENSION, E_INPUT, err,
                          "the first unit of dimension '%.*s' must be its base (num = den = 1)",
                          STR_ARG(d.name));
    TRY(ledger_put_dimension(im->ledger, d, &u.dimension, err));
    TRY(ledger_put_unit(im->ledger, u, &id, err));
    for (struct str rest = cell(im, U_ALIASES), one; rest.len;) {
        one = str_trim(str_cut(rest, ';', &rest));
        if (one.len)
            TRY(ledger_put_unit_alias(im->ledger, id, one, err));
    }
    return OK;
}

const struct layout layout_units = {
    .name = "units",
    .order = 0,
    .columns = {"symbol", "dimension", "num", "den", "scale", "exact", NULL, "en", "aliases", NULL},
    .row = unit_row
};

/* ---- indicators: facts/indicators.csv ---- */

enum { I_NAME, I_UNIT, I_MEASURE, I_ENTITIES, I_TIME, I_KINDS, I_ALIASES };

/* "sum" and "sum over the parts of one whole" add; "recompute: A / B" carries a formula. */
static enum over over_of(struct str text)
{
    if (str_starts(text, STR("sum")))
        return OVER_SUM;
    if (str_starts(text, STR("recompute")))
        return OVER_RECOMPUTE;
    if (str_is(text, "last"))
        return OVER_LAST;
    return str_is(text, "max") ? OVER_MAX : OVER_NONE;
}

static struct str formula_of(struct str text)
{
    struct str rest, head = str_cut(text, ':', &rest);
    (void)head;
    struct str f = rest.ptr ? str_trim(rest) : STR_NULL;
    return str_is(f, "part / whole") ? STR_NULL : f; /* says only that there is one */
}

static enum code indicator_row(struct import *im, struct error *err)
{
    struct indicator i = {.name = cell(im, I_NAME), .source = im->file};
    uint32_t id;
    if (!i.name.len)
        return cell_error(im, I_NAME, E_INPUT, err, "the name is missing");
    TRY(bind_unit(im, I_UNIT, cell(im, I_UNIT), &i.unit, err));
    if (!measure_from(cell(im, I_MEASURE), &i.measure))
        return cell_error(im, I_MEASURE, E_INPUT, err,
                          "unknown measure '%.*s' (stock, flow, ratio, rate, index, rank, class, "
                          "contribution, spec, duration)",
                          STR_ARG(cell(im, I_MEASURE)));
    i.over_entities = over_of(cell(im, I_ENTITIES));
    i.over_time = over_of(cell(im, I_TIME));
    i.formula = formula_of(cell(im, I_ENTITIES));
    if (i.measure == MEASURE_CONTRIBUTION) /* parts of one whole add, entities don't */
        i.over_entities = OVER_NONE;
    TRY(ledger_put_indicator(im->ledger, i, &id, err));
    for (struct str rest = cell(im, I_ALIASES), one; rest.len;) {
        struct error e = {0};
        one = str_trim(str_cut(rest, ';', &rest));
        if (one.len && ledger_put_indicator_alias(im->ledger, id, one, &e) != OK) {
            if (e.code != E_CONFLICT)
                return cell_error(im, I_ALIASES, e.code, err, "%s", e.text);
            import_warn(im, I_ALIASES, "alias left out: %s", e.text);
        }
    }
    return OK;
}

const struct layout layout_indicators = {
    .name = "indicators",
    .order = 20,
    .columns = {"name", "unit", "measure", "over_entities", "over_time", NULL, "kinds", "aliases",
                NULL},
    .row = indicator_row
};

/* ---- divisions of the catalogue: code,name,type,parent,valid_from,valid_to ---- */

enum { D_CODE, D_NAME, D_TYPE, D_PARENT, D_FROM, D_TO };

static struct str coded(struct import *im, const char *scheme, struct str code)
{
    return arena_fmt(&im->arena, "%s:%.*s", scheme, STR_ARG(code));
}

static enum code division_row(struct import *im, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct str code = coded(im, "2260", cell(im, D_CODE)), parent_code = cell(im, D_PARENT);
    uint32_t id = model_find_code(m, code), parent = 0;
    day_t from, to;
    TRY(cell_day(im, D_FROM, false, DAY_MIN, &from, err));
    TRY(cell_day(im, D_TO, true, DAY_MAX, &to, err));
    if (!is_region_type(cell(im, D_TYPE)))
        return cell_error(im, D_TYPE, E_INPUT, err, "unknown type of division '%.*s'",
                          STR_ARG(cell(im, D_TYPE)));
    if (parent_code.len && !(parent = model_find_code(m, coded(im, "2260", parent_code))))
        return cell_error(im, D_PARENT, E_MISSING, err, "no division has the code '%.*s'",
                          STR_ARG(parent_code));
    if (!id)
        TRY(ledger_put_entity(
            im->ledger,
            (struct entity){.name = cell(im, D_NAME), .type = cell(im, D_TYPE), .code = code}, &id,
            err));
    return parent ? bind_parent(im, id, parent, from, to, err) : OK;
}

const struct layout layout_divisions = {
    .name = "divisions",
    .order = 5,
    .columns = {"code", "name", "type", "parent", "valid_from", "valid_to", NULL, NULL},
    .row = division_row
};

/* ---- sectors: code,level,parent,name; the edition is in the file's name ---- */

enum { S_CODE, S_LEVEL, S_PARENT, S_NAME };

static enum code sector_row(struct import *im, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    bool old = str_has(im->file, STR("2011"));
    const char *scheme = old ? "4754:2011" : "4754:2017";
    struct str code = coded(im, scheme, cell(im, S_CODE));
    uint32_t id = model_find_code(m, code), parent = 0;
    if (!cell(im, S_NAME).len)
        return cell_error(im, S_NAME, E_INPUT, err, "the name is missing");
    if (cell(im, S_PARENT).len &&
        !(parent = model_find_code(m, coded(im, scheme, cell(im, S_PARENT)))))
        return cell_error(im, S_PARENT, E_MISSING, err, "no sector has the code '%.*s'",
                          STR_ARG(cell(im, S_PARENT)));
    if (!id)
        TRY(ledger_put_entity(im->ledger,
                              (struct entity){.name = cell(im, S_NAME),
                                              .type = old ? STR("sector2011") : STR("sector2017"),
                                              .code = code},
                              &id, err));
    return parent ? bind_parent(im, id, parent, DAY_MIN, DAY_MAX, err) : OK;
}

const struct layout layout_sectors = {
    .name = "gbt4754",
    .order = 6,
    .columns = {"code", "level", "parent", "name", NULL, NULL},
    .row = sector_row
};

/* ---- regions and other entities: name,type,parent,aliases ---- */

enum { R_NAME, R_TYPE, R_PARENT, R_ALIASES, R_NOTE, R_CODE };

static enum code region_row(struct import *im, struct error *err)
{
    if (!cell(im, R_NAME).len)
        return cell_error(im, R_NAME, E_INPUT, err, "the name is missing");
    if (!cell(im, R_TYPE).len)
        return cell_error(im, R_TYPE, E_INPUT, err, "the type is missing");
    keep_row(im);
    return OK;
}

/* What a new row means is found by name, kind of thing and parent: a region is a region whatever
 * its level is called, anything else must have the parent named, or none yet. */
static uint32_t known_entity(struct import *im, uint32_t parent)
{
    const struct model *m = ledger_model(im->ledger);
    bool region = is_region_type(cell(im, R_TYPE));
    uint32_t id, loose = 0, regions = 0, only = 0;
    for (size_t it = 0; (id = model_named(m, cell(im, R_NAME), &it));) {
        const struct entity *e = model_entity(m, id);
        if (e->scope.len || !str_eq(e->name, cell(im, R_NAME)))
            continue;
        if (region && is_region_type(e->type)) {
            if (parent && (model_is_within(m, id, parent, DAY_MAX)))
                return id;
            regions++;
            only = id;
        } else if (!region && parent && is_region_type(e->type) &&
                   model_parent(m, id, DAY_MAX) == parent)
            return id; /* a zone with a division code that is also a park */
        else if (str_eq(e->type, cell(im, R_TYPE)) && parent &&
                 model_parent(m, id, DAY_MAX) == parent)
            return id;
        if (e->provisional ||
            (!region && str_eq(e->type, cell(im, R_TYPE)) && !model_parent(m, id, DAY_MAX)))
            loose = id;
    }
    return regions == 1 ? only : loose;
}

static bool deictic(const struct import *im, struct str alias)
{
    return words_whole(im->words, "deictic", alias) || str_has(alias, STR("(s"));
}

static enum code put_aliases(struct import *im, uint32_t id, struct str aliases, struct error *err)
{
    for (struct str rest = aliases, one; rest.len;) {
        one = str_trim(str_cut(rest, ';', &rest));
        if (one.len && !deictic(im, one))
            TRY(ledger_put_alias(im->ledger, id, one, err));
    }
    return OK;
}

static enum code put_region(struct import *im, uint32_t parent, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    uint32_t id = known_entity(im, parent);
    struct entity e = {.name = cell(im, R_NAME),
                       .type = cell(im, R_TYPE),
                       .code = cell(im, R_CODE),
                       .note = cell(im, R_NOTE)};
    if (id) {
        struct entity old = *model_entity(m, id);
        e.id = id;
        if (!old.provisional) { /* the catalogue's word on type and code stands */
            e.type = old.type;
            e.code = old.code.len ? old.code : e.code;
            e.note = e.note.len ? e.note : old.note;
        }
    }
    TRY(ledger_put_entity(im->ledger, e, &id, err));
    TRY(put_aliases(im, id, cell(im, R_ALIASES), err));
    bool other_type =
        !str_eq(cell(im, R_TYPE), model_entity(m, id)->type) && !is_region_type(cell(im, R_TYPE));
    if (!parent || (!other_type && model_is_within(m, id, parent, DAY_MAX)))
        return OK;
    struct membership ms = {
        .child = id, .parent = parent, .ppm = PPM, .from = DAY_MIN, .to = DAY_MAX};
    uint32_t member;
    struct str type = other_type ? cell(im, R_TYPE) : model_entity(m, id)->type;
    TRY(bind_grouping(im, type, &ms.grouping, err));
    return ledger_put_membership(im->ledger, ms, &member, err);
}

static uint32_t parent_entity(struct import *im, struct str name)
{
    const struct model *m = ledger_model(im->ledger);
    uint32_t id, any = 0, region = 0, count = 0, regions = 0;
    for (size_t it = 0; (id = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, id);
        if (e->scope.len || type_in(STR("sector2017|sector2011"), e->type))
            continue;
        any = id;
        count++;
        if (is_region_type(e->type)) {
            region = id;
            regions++;
        }
    }
    return count == 1 ? any : regions == 1 ? region : 0;
}

/* A parent may stand below its child in the file: rows wait until theirs is known. */
static void regions_end(struct import *im)
{
    size_t left = im->kept.len, before;
    bool *done = mem_zalloc(im->kept.len + 1);
    do {
        before = left;
        for (size_t i = 0; i < im->kept.len; i++) {
            struct error e = {0};
            im->row = im->kept.v[i];
            uint32_t parent = cell(im, R_PARENT).len ? parent_entity(im, cell(im, R_PARENT)) : 0;
            if (done[i] || (cell(im, R_PARENT).len && !parent))
                continue;
            done[i] = true;
            left--;
            if (put_region(im, parent, &e) != OK) {
                im->bad++;
                import_problem(im, false, im->row.line, e.column ? e.column : 1, "%s", e.text);
            }
        }
    } while (left && left != before);
    for (size_t i = 0; i < im->kept.len; i++)
        if (!done[i]) {
            im->row = im->kept.v[i];
            im->bad++;
            import_problem(im, false, im->row.line, im->row.column[R_PARENT],
                           "parent '%.*s' of '%.*s' is not known, or several bear the name",
                           STR_ARG(cell(im, R_PARENT)), STR_ARG(cell(im, R_NAME)));
        }
    mem_free(done);
}

const struct layout layout_regions = {
    .name = "regions",
    .order = 10,
    .columns = {"name", "type", "parent", NULL, "aliases", "note", "code", NULL},
    .row = region_row,
    .end = regions_end
};

/* ---- documents: facts/docs.csv ---- */

enum { DOC_DOC, DOC_DATE, DOC_TITLE, DOC_SOURCE, DOC_FRAME, DOC_SUBJECT, DOC_ADDRESS, DOC_NOTE };

static enum code doc_row(struct import *im, struct error *err)
{
    struct source s = {.doc = cell(im, DOC_DOC),
                       .title = cell(im, DOC_TITLE),
                       .publisher = cell(im, DOC_SOURCE),
                       .frame = cell(im, DOC_FRAME),
                       .subject = cell(im, DOC_SUBJECT),
                       .address = cell(im, DOC_ADDRESS),
                       .note = cell(im, DOC_NOTE),
                       .published_text = cell(im, DOC_DATE)};
    uint32_t id;
    if (!s.doc.len)
        return cell_error(im, DOC_DOC, E_INPUT, err, "the document's name is missing");
    TRY(parse_known_day(im, DOC_DATE, cell(im, DOC_DATE), &s.published, err));
    return ledger_put_source(im->ledger, s, &id, err);
}

const struct layout layout_docs = {
    .name = "docs",
    .order = 30,
    .columns = {"doc", "source_date", NULL, "title", "source", "frame", "default_subject",
                "address", "note", NULL},
    .row = doc_row
};

/* ---- memberships: grouping,child,parent,weight_ppm,valid_from,valid_to ---- */

enum { M_GROUPING, M_CHILD, M_PARENT, M_KIND, M_PPM, M_FROM, M_TO };

static enum code member_entity(struct import *im, int column, uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    if ((*id = model_find_code(m, cell(im, column))))
        return OK;
    return bind_subject(im, column, cell(im, column), STR_NULL, id, err);
}

static enum code membership_row(struct import *im, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct membership ms = {0};
    struct grouping g = {.name = cell(im, M_GROUPING), .kind = GROUP_PARTITION};
    int64_t ppm = PPM;
    uint32_t id;
    if (!g.name.len)
        return cell_error(im, M_GROUPING, E_INPUT, err, "the grouping is missing");
    if (cell(im, M_KIND).len && !grouping_kind_from(cell(im, M_KIND), &g.kind))
        return cell_error(im, M_KIND, E_INPUT, err,
                          "unknown kind '%.*s' (partition, weighted, overlap, partial)",
                          STR_ARG(cell(im, M_KIND)));
    if (!cell(im, M_KIND).len && (id = model_find_grouping(m, STR(""), g.name)))
        g.kind = model_grouping(m, id)->kind;
    if (cell(im, M_PPM).len)
        TRY(cell_int(im, M_PPM, 1, PPM, &ppm, err));
    TRY(cell_day(im, M_FROM, false, DAY_MIN, &ms.from, err));
    TRY(cell_day(im, M_TO, true, DAY_MAX, &ms.to, err));
    if (ms.to < ms.from)
        return cell_error(im, M_TO, E_INPUT, err, "valid_to lies before valid_from");
    TRY(member_entity(im, M_CHILD, &ms.child, err));
    TRY(member_entity(im, M_PARENT, &ms.parent, err));
    TRY(ledger_put_grouping(im->ledger, g, &ms.grouping, err));
    ms.ppm = (int32_t)ppm;
    return ledger_put_membership(im->ledger, ms, &id, err);
}

const struct layout layout_memberships = {
    .name = "memberships",
    .order = 35,
    .columns = {"grouping", "child", "parent", NULL, "kind", "weight_ppm", "valid_from", "valid_to",
                NULL},
    .row = membership_row
};
