/* layout_tables.c - official tables as published: one cell a row (table_id, grouping, item,
 * parent_item, indicator, period, value, unit, source_url).
 *
 * What is who: the total of a table (an item without a parent) is one entity however many groupings
 * split it; any other item belongs to its grouping and its parent there, so that two lines "其他"
 * stay two. A total that is itself an item of another grouping of the table is that item. Regions
 * are recognised where their place in the table proves them. Ids live in the entity's code, so that
 * the same table read again finds the same entities. */
#include "ingest/import_int.h"
#include <stdio.h>

enum { T_TABLE, T_GROUPING, T_ITEM, T_PARENT, T_INDICATOR, T_PERIOD, T_VALUE, T_UNIT, T_URL };

static enum code table_row(struct import *im, struct error *err)
{
    static const struct {
        int column;
        const char *what;
    } needed[] = {
        {T_TABLE,     "table_id" },
        {T_GROUPING,  "grouping" },
        {T_ITEM,      "item"     },
        {T_INDICATOR, "indicator"}
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!cell(im, needed[i].column).len)
            return cell_error(im, needed[i].column, E_INPUT, err, "%s is missing", needed[i].what);
    if (str_eq(cell(im, T_ITEM), cell(im, T_PARENT)))
        return cell_error(im, T_PARENT, E_INPUT, err, "'%.*s' is named as its own parent",
                          STR_ARG(cell(im, T_ITEM)));
    keep_row(im);
    return OK;
}

/* ---- who an item is ---- */

static struct str item_code(struct import *im, struct str grouping, struct str parent,
                            struct str item)
{
    return arena_fmt(&im->arena, "table:%.*s|%.*s|%.*s|%.*s", STR_ARG(cell(im, T_TABLE)),
                     STR_ARG(grouping), STR_ARG(parent), STR_ARG(item));
}

/* An item of this table outside the given grouping, when exactly one bears the name. */
static uint32_t elsewhere(struct import *im, struct str item, struct str grouping)
{
    const struct model *m = ledger_model(im->ledger);
    struct str here =
        arena_fmt(&im->arena, "table:%.*s|%.*s|", STR_ARG(cell(im, T_TABLE)), STR_ARG(grouping));
    uint32_t id, found = 0, count = 0;
    for (size_t it = 0; (id = model_named(m, item, &it));) {
        const struct entity *e = model_entity(m, id);
        if (str_eq(e->scope, cell(im, T_TABLE)) && !str_starts(e->code, here)) {
            found = id;
            count++;
        }
    }
    return count == 1 ? found : 0;
}

/* A region that the table itself proves: named in full, and either a country, province or city on
 * top, or lying within the region that stands as its parent. */
static uint32_t as_region(struct import *im, struct str item, uint32_t parent)
{
    const struct model *m = ledger_model(im->ledger);
    uint32_t id, found = 0, count = 0;
    if (words_whole(im->words, "whole", item))
        return 0;
    for (size_t it = 0; (id = model_named(m, item, &it));) {
        const struct entity *e = model_entity(m, id);
        if (e->scope.len || !is_region_type(e->type) || !str_eq(e->name, item))
            continue;
        bool proved = parent ? parent != id && is_region_type(model_entity(m, parent)->type) &&
                                   model_is_within(m, id, parent, DAY_MAX)
                             : type_in(STR("country|province|city"), e->type);
        if (proved) {
            found = id;
            count++;
        }
    }
    return count == 1 ? found : 0;
}

static enum code make_item(struct import *im, struct str item, struct str code, uint32_t *id,
                           struct error *err)
{
    if ((*id = model_find_code(ledger_model(im->ledger), code)))
        return OK;
    struct entity e = {.name = item, .type = STR("item"), .code = code, .scope = cell(im, T_TABLE)};
    return ledger_put_entity(im->ledger, e, id, err);
}

/* What the rows of the file say beside each other, found once so that a long table costs no more a
 * row than a short one. Values are row numbers + 1. */
struct table_index {
    struct map items; /* table, grouping, item: a row of it, one with a parent if there is one */
    struct map plain; /* table, grouping: first row whose column has no ending */
    struct map bases; /* table, grouping, item, stem: a row that names the base (比2018年末增加) */
    struct map columns; /* table, indicator: first row of the column */
    struct map kinds;   /* table, grouping: kind + 1 */
    struct map
        placed; /* table, item: the row that gives it a parent; PLACED_TWICE if they differ */
};
#define PLACED_TWICE 0

static struct str index_key(struct import *im, struct str grouping, struct str a, struct str b)
{
    return arena_fmt(&im->arena, "%.*s\x1f%.*s\x1f%.*s\x1f%.*s", STR_ARG(cell(im, T_TABLE)),
                     STR_ARG(grouping), STR_ARG(a), STR_ARG(b));
}

static const struct row_text *indexed(const struct import *im, const struct map *m, struct str key)
{
    uint64_t at = 0;
    return map_get(m, key, &at) ? &im->kept.v[at - 1] : NULL;
}

/* Parent of `item` in the row's grouping, as the file says it; .ptr NULL when the item is a total
 * there or has no row of its own. */
static struct str parent_said(struct import *im, struct str item)
{
    const struct table_index *x = im->scratch;
    const struct row_text *r =
        indexed(im, &x->items, index_key(im, cell(im, T_GROUPING), item, STR("")));
    return r && r->field[T_PARENT].len ? r->field[T_PARENT] : STR_NULL;
}

static bool said_here(struct import *im, struct str item)
{
    const struct table_index *x = im->scratch;
    return indexed(im, &x->items, index_key(im, cell(im, T_GROUPING), item, STR(""))) != NULL;
}

/* By words in its name, or in that of its total: 合计(剔重). */
static enum grouping_kind kind_of_grouping(struct import *im)
{
    const struct table_index *x = im->scratch;
    uint64_t kind = GROUP_PARTITION + 1;
    map_get(&x->kinds, index_key(im, cell(im, T_GROUPING), STR(""), STR("")), &kind);
    return (enum grouping_kind)(kind - 1);
}

#define ITEM_DEPTH_MAX 32

static enum code bind_item(struct import *im, struct str item, struct str parent, int depth,
                           uint32_t *id, uint32_t *parent_id, struct error *err);

/* A total that the file places under a parent of another grouping is bound there first, so that the
 * order of the rows does not matter. */
static enum code placed_item(struct import *im, struct str item, int depth, uint32_t *id,
                             struct error *err)
{
    const struct table_index *x = im->scratch;
    uint64_t at = PLACED_TWICE;
    uint32_t unused;
    *id = 0;
    if (!map_get(&x->placed, index_key(im, STR(""), item, STR("")), &at))
        *id = elsewhere(im, item, cell(im, T_GROUPING));
    if (at == PLACED_TWICE || str_eq(im->kept.v[at - 1].field[T_GROUPING], cell(im, T_GROUPING)))
        return OK;
    struct row_text here = im->row;
    im->row = im->kept.v[at - 1];
    enum code c = bind_item(im, item, cell(im, T_PARENT), depth + 1, id, &unused, err);
    im->row = here;
    return c;
}

static enum code root_item(struct import *im, struct str item, int depth, uint32_t *id,
                           struct error *err)
{
    struct str code = item_code(im, STR(""), STR(""), item);
    if ((*id = model_find_code(ledger_model(im->ledger), code)) || (*id = as_region(im, item, 0)))
        return OK;
    TRY(placed_item(im, item, depth, id, err));
    return *id ? OK : make_item(im, item, code, id, err);
}

/* A parent without a row of its own in this file, as an earlier file of the same table placed it.
 */
static uint32_t placed_before(struct import *im, struct str item)
{
    const struct model *m = ledger_model(im->ledger);
    struct str here = arena_fmt(&im->arena, "table:%.*s|%.*s|", STR_ARG(cell(im, T_TABLE)),
                                STR_ARG(cell(im, T_GROUPING)));
    uint32_t id, found = 0, count = 0;
    for (size_t it = 0; (id = model_named(m, item, &it));) {
        const struct entity *e = model_entity(m, id);
        if (str_eq(e->scope, cell(im, T_TABLE)) && str_starts(e->code, here)) {
            found = id;
            count++;
        }
    }
    return count == 1 ? found : 0;
}

static enum code bind_item_parent(struct import *im, struct str parent, int depth, uint32_t *id,
                                  struct error *err)
{
    uint32_t unused;
    if (depth > ITEM_DEPTH_MAX)
        return cell_error(im, T_PARENT, E_CONFLICT, err,
                          "the parents of '%.*s' lead back to it, or are nested deeper than %d",
                          STR_ARG(parent), ITEM_DEPTH_MAX);
    struct str above = parent_said(im, parent);
    if (!above.ptr && !said_here(im, parent) && (*id = placed_before(im, parent)))
        return OK;
    return bind_item(im, parent, above, depth + 1, id, &unused, err);
}

static enum code bind_item(struct import *im, struct str item, struct str parent, int depth,
                           uint32_t *id, uint32_t *parent_id, struct error *err)
{
    *parent_id = 0;
    if (!parent.len)
        return root_item(im, item, depth, id, err);
    TRY(bind_item_parent(im, parent, depth, parent_id, err));
    if ((*id = as_region(im, item, *parent_id)))
        return OK;
    /* in an overlap one item may lie under several parents and is still one */
    struct str under = kind_of_grouping(im) == GROUP_OVERLAP ? STR("") : parent;
    struct str grouping = cell(im, T_GROUPING);
    return make_item(im, item, item_code(im, grouping, under, item), id, err);
}

/* ---- what a column says ---- */

struct meaning {
    struct str indicator; /* without its ending */
    enum fact_kind kind;
    struct str comparison;
    bool ending; /* an ending was taken off */
};

/* The word with \d matched against four digits; returns the length of the match at the end of the
 * name, and the year found. */
static size_t ending_len(struct str name, struct str word, char year[5])
{
    ptrdiff_t hole = str_find(word, STR("\\d"));
    if (hole < 0)
        return str_ends(name, word) ? word.len : 0;
    struct str head = str_sub(word, 0, (size_t)hole),
               tail = str_sub(word, (size_t)hole + 2, word.len);
    size_t len = head.len + 4 + tail.len;
    if (name.len < len)
        return 0;
    struct str end = str_sub(name, name.len - len, len);
    if (!str_starts(end, head) || !str_ends(end, tail))
        return 0;
    for (size_t i = 0; i < 4; i++) {
        year[i] = end.ptr[head.len + i];
        if (year[i] < '0' || year[i] > '9')
            return 0;
    }
    year[4] = 0;
    return len;
}

/* "kind=growth;comparison=since:{year}" */
static struct str means_part(struct str means, struct str key)
{
    while (means.len) {
        struct str rest, one = str_cut(means, ';', &rest);
        if (str_starts(one, key))
            return str_sub(one, key.len, one.len);
        means = rest;
    }
    return STR("");
}

static struct str base_word(struct import *im, struct str comparison, const char *year)
{
    if (!str_ends(comparison, STR("{year}")))
        return comparison;
    return arena_fmt(&im->arena, "%.*s%s", (int)(comparison.len - 6), comparison.ptr, year);
}

static bool take_ending(struct import *im, struct str name, struct meaning *out)
{
    for (size_t i = 0; i < im->words->words.len; i++) {
        const struct table_word *w = &im->words->words.v[i];
        char year[5] = "";
        size_t len;
        if (!str_is(w->use, "suffix") || !(len = ending_len(name, w->word, year)))
            continue;
        out->indicator = str_trim(str_sub(name, 0, name.len - len));
        if (str_ends(out->indicator, STR("占")) && out->indicator.len > 3)
            continue; /* X占Y比重 is an indicator of its own */
        if (!kind_from(means_part(w->means, STR("kind=")), &out->kind))
            continue;
        out->comparison = base_word(im, means_part(w->means, STR("comparison=")), year);
        out->ending = true;
        return true;
    }
    return false;
}

/* 占比 alone speaks of the column beside it: the first of the same table and grouping whose name
 * has no ending. */
static struct str column_beside(struct import *im)
{
    const struct table_index *x = im->scratch;
    const struct row_text *r =
        indexed(im, &x->plain, index_key(im, cell(im, T_GROUPING), STR(""), STR("")));
    return r ? r->field[T_INDICATOR] : STR_NULL;
}

/* 增长 without a base takes the base of the change column of the same line, else the year before.
 */
static struct str base_beside(struct import *im, struct str indicator)
{
    const struct table_index *x = im->scratch;
    const struct row_text *r =
        indexed(im, &x->bases, index_key(im, cell(im, T_GROUPING), cell(im, T_ITEM), indicator));
    struct meaning other = {0};
    return r && take_ending(im, r->field[T_INDICATOR], &other) ? other.comparison : STR("yoy");
}

static bool in_percent(const struct model *m, uint32_t unit)
{
    struct str d = model_dimension(m, model_unit(m, unit)->dimension)->name;
    return str_is(d, "percent") || str_is(d, "point");
}

/* Unit of a column of this table by its name, 0 when the file has no such column. */
static enum code unit_of_column(struct import *im, struct str indicator, uint32_t *unit,
                                struct error *err)
{
    const struct table_index *x = im->scratch;
    const struct row_text *r = indexed(im, &x->columns, index_key(im, STR(""), indicator, STR("")));
    *unit = 0;
    return r ? bind_unit(im, T_UNIT, r->field[T_UNIT], unit, err) : OK;
}

static void plain_column(struct import *im, uint32_t unit, struct meaning *out)
{
    const struct model *m = ledger_model(im->ledger);
    const struct dimension *d = model_dimension(m, model_unit(m, unit)->dimension);
    *out = (struct meaning){.indicator = cell(im, T_INDICATOR),
                            .kind = d->exact_count ? KIND_COUNT : KIND_LEVEL,
                            .comparison = STR("")};
}

static void refer_to_whole(struct import *im, struct meaning *out)
{
    struct str whole = cell(im, T_PARENT).len ? cell(im, T_PARENT) : cell(im, T_ITEM);
    if (str_is(out->comparison, "of") || str_is(out->comparison, "to"))
        out->comparison =
            arena_fmt(&im->arena, "%.*s:%.*s", STR_ARG(out->comparison), STR_ARG(whole));
}

/* An indicator that is itself a rate, a contribution or a share, so that its name keeps the ending.
 */
static bool named_by_ending(const struct model *m, uint32_t indicator)
{
    const struct indicator *i = model_indicator(m, indicator);
    return i->measure == MEASURE_RATE || i->measure == MEASURE_CONTRIBUTION ||
           (i->provisional && in_percent(m, i->unit));
}

static enum code pull_column(struct import *im, uint32_t unit, struct meaning *out,
                             uint32_t *indicator, struct error *err)
{
    out->indicator = cell(im, T_INDICATOR);
    out->kind = KIND_CONTRIBUTION;
    out->comparison = STR("to");
    refer_to_whole(im, out);
    return bind_indicator(im, out->indicator, unit, out->kind, indicator, err);
}

static enum code column_meaning(struct import *im, uint32_t unit, struct meaning *out,
                                uint32_t *indicator, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct str name = cell(im, T_INDICATOR);
    uint32_t stem_unit = 0, full = model_find_indicator(m, name);
    bool rate = full && named_by_ending(m, full);
    if (!take_ending(im, name, out) || (full && !rate)) {
        plain_column(im, unit, out);
        return bind_indicator(im, out->indicator, unit, out->kind, indicator, err);
    }
    if (str_has(name, STR("拉动"))) /* points of the whole: an indicator of its own */
        return pull_column(im, unit, out, indicator, err);
    if (!in_percent(m, unit) && out->kind == KIND_GROWTH)
        out->kind = KIND_CHANGE; /* 增长 5 亿元 */
    if (!out->indicator.len)
        out->indicator = column_beside(im);
    if (!out->comparison.len)
        out->comparison = base_beside(im, out->indicator);
    refer_to_whole(im, out);
    if (rate) { /* the catalogue knows the rate by its full name */
        *indicator = full;
        return OK;
    }
    if (out->indicator.len && (*indicator = model_find_indicator(m, out->indicator)))
        return OK;
    if (out->indicator.len)
        TRY(unit_of_column(im, out->indicator, &stem_unit, err));
    if (!stem_unit && (out->kind == KIND_CHANGE))
        stem_unit = unit;
    if (stem_unit)
        return bind_indicator(im, out->indicator, stem_unit, KIND_LEVEL, indicator, err);
    out->indicator = name; /* a rate of something the table doesn't give */
    return bind_indicator(im, name, unit, out->kind, indicator, err);
}

/* ---- when it was known: addresses of official sites carry tYYYYMMDD_ ---- */

static day_t day_in_address(struct str url)
{
    for (size_t i = 0; i + 9 < url.len; i++) {
        int d[8], n = 0;
        if (url.ptr[i] != 't')
            continue;
        while (n < 8 && url.ptr[i + 1 + (size_t)n] >= '0' && url.ptr[i + 1 + (size_t)n] <= '9') {
            d[n] = url.ptr[i + 1 + (size_t)n] - '0';
            n++;
        }
        int year = 0, month, day;
        if (n < 8)
            continue;
        year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3];
        month = d[4] * 10 + d[5];
        day = d[6] * 10 + d[7];
        if (year >= 1990 && day_valid(year, month, day))
            return day_from(year, month, day);
    }
    return DAY_MIN;
}

/* 其中:国有, #国有: part of its siblings, so no part of the sum; but not "#2 机组". */
static bool of_which(const struct import *im, struct str item)
{
    for (size_t i = 0; i < im->words->words.len; i++) {
        const struct table_word *w = &im->words->words.v[i];
        if (str_is(w->use, "of-which") && str_starts(item, w->word) && item.len > w->word.len)
            return item.ptr[w->word.len] < '0' || item.ptr[w->word.len] > '9';
    }
    return false;
}

static enum code put_member(struct import *im, uint32_t child, uint32_t parent, struct error *err)
{
    uint32_t grouping, id;
    struct error e = {0};
    struct grouping g = {.name = cell(im, T_GROUPING),
                         .alias = cell(im, T_GROUPING),
                         .scope = cell(im, T_TABLE),
                         .kind = kind_of_grouping(im)};
    if (g.kind == GROUP_PARTITION && of_which(im, cell(im, T_ITEM))) {
        g.name = g.alias = arena_fmt(&im->arena, "%.*s(其中)", STR_ARG(g.name));
        g.kind = GROUP_PARTIAL;
    }
    struct membership ms = {
        .child = child, .parent = parent, .ppm = PPM, .from = DAY_MIN, .to = DAY_MAX};
    TRY(ledger_put_grouping(im->ledger, g, &grouping, err));
    ms.grouping = grouping;
    enum code c = ledger_put_membership(im->ledger, ms, &id, &e);
    return c == OK ? OK : cell_error(im, T_PARENT, c, err, "%s", e.text);
}

static enum code table_fact(struct import *im, struct error *err)
{
    struct statement s = {.modality = MOD_ACTUAL, .qualifier = Q_EQ};
    struct meaning means;
    struct error e = {0};
    uint32_t parent;
    day_t known = day_in_address(cell(im, T_URL));
    TRY(parse_value(im, T_VALUE, cell(im, T_VALUE), &s.value, &s.state, err));
    if (period_parse(cell(im, T_PERIOD), &s.period, &e) != OK)
        return cell_error(im, T_PERIOD, E_INPUT, err, "%s", e.text);
    TRY(bind_unit(im, T_UNIT, cell(im, T_UNIT), &s.unit, err));
    TRY(bind_item(im, cell(im, T_ITEM), cell(im, T_PARENT), 0, &s.entity, &parent, err));
    if (parent)
        TRY(put_member(im, s.entity, parent, err));
    TRY(column_meaning(im, s.unit, &means, &s.indicator, err));
    TRY(bind_source(im, cell(im, T_TABLE), cell(im, T_URL), known, &s.source, err));
    s.kind = means.kind;
    s.comparison = means.comparison;
    s.published = known != DAY_MIN ? known : s.period.last; /* not before its period ended */
    struct trace t = {.source = s.source,
                      .start = -1,
                      .end = -1,
                      .text = cell(im, T_VALUE),
                      .key = STR(""),
                      .file = im->file,
                      .line = im->row.line};
    enum code c = put_statement(im, &s, &t, &e);
    return c == OK ? OK : cell_error(im, T_VALUE, c, err, "%s", e.text);
}

static void put_first(struct map *m, struct str key, uint64_t value)
{
    map_at(m, key, value);
}

static void index_kind(struct import *im, struct table_index *x)
{
    struct str means, g = cell(im, T_GROUPING);
    enum grouping_kind kind;
    bool hit =
        words_hit(im->words, "grouping", g, &means) ||
        (!cell(im, T_PARENT).len && words_hit(im->words, "grouping", cell(im, T_ITEM), &means));
    if (hit && grouping_kind_from(means, &kind))
        put_first(&x->kinds, index_key(im, g, STR(""), STR("")), kind + 1);
}

static void index_row(struct import *im, struct table_index *x, uint64_t number)
{
    struct str g = cell(im, T_GROUPING), item = cell(im, T_ITEM);
    struct meaning m = {0};
    struct str key = index_key(im, g, item, STR(""));
    const struct row_text *have = indexed(im, &x->items, key);
    if (!have || !have->field[T_PARENT].len)
        map_put(&x->items, key, number);
    put_first(&x->columns, index_key(im, STR(""), cell(im, T_INDICATOR), STR("")), number);
    if (!take_ending(im, cell(im, T_INDICATOR), &m))
        put_first(&x->plain, index_key(im, g, STR(""), STR("")), number);
    else if (str_starts(m.comparison, STR("since:")))
        put_first(&x->bases, index_key(im, g, item, m.indicator), number);
    index_kind(im, x);
}

/* Once the kinds of all groupings are known: in an overlap several parents are one place. */
static void index_placed(struct import *im, struct table_index *x, uint64_t number)
{
    struct str key = index_key(im, STR(""), cell(im, T_ITEM), STR(""));
    uint64_t *at;
    if (!cell(im, T_PARENT).len)
        return;
    at = map_at(&x->placed, key, number);
    if (*at == PLACED_TWICE)
        return;
    const struct row_text *first = &im->kept.v[*at - 1];
    if (!str_eq(first->field[T_GROUPING], cell(im, T_GROUPING)) ||
        (!str_eq(first->field[T_PARENT], cell(im, T_PARENT)) &&
         kind_of_grouping(im) != GROUP_OVERLAP))
        *at = PLACED_TWICE;
}

static void tables_end(struct import *im)
{
    struct table_index x;
    struct map *maps[] = {&x.items, &x.plain, &x.bases, &x.columns, &x.kinds, &x.placed};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_init(maps[i]);
    for (size_t i = 0; i < im->kept.len; i++) {
        im->row = im->kept.v[i];
        index_row(im, &x, i + 1);
    }
    im->scratch = &x;
    for (size_t i = 0; i < im->kept.len; i++) {
        im->row = im->kept.v[i];
        index_placed(im, &x, i + 1);
    }
    each_kept(im, table_fact);
    im->scratch = NULL;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_clear(maps[i]);
}

const struct layout layout_tables = {
    .name = "published table",
    .order = 45,
    .columns = {"table_id", "grouping", "item", "parent_item", "indicator", "period", "value",
                "unit", NULL, "source_url", NULL},
    .row = table_row,
    .end = tables_end
};
