/* layout_lists.c - lists as offices and newspapers print them: honours of enterprises, clusters. */
#include "ingest/import_int.h"

/* ---- shared by the lists ---- */

static enum code cell_year(struct import *im, int i, struct period *out, struct error *err)
{
    struct error e = {0};
    if (period_parse(cell(im, i), out, &e) != OK || period_kind(*out) != PERIOD_YEAR)
        return cell_error(im, i, E_INPUT, err, "'%.*s' is no year", STR_ARG(cell(im, i)));
    return OK;
}

/* The one unscoped entity of that name and type within `region`; one that nobody has placed yet is
 * taken too, and so is a subject that an import of figures had to make. 0 when there is none. */
static enum code find_listed(struct import *im, int column, struct str name, const char *type,
                             uint32_t region, uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    uint32_t one, loose = 0, inside = 0, count = 0;
    for (size_t it = 0; (one = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, one);
        bool typed = str_is(e->type, type);
        if (e->scope.len || (!typed && !(e->provisional && str_is(e->type, "unknown"))))
            continue;
        if (typed && model_is_within(m, one, region, DAY_MAX)) {
            inside = one;
            count++;
        } else if (!model_parent(m, one, DAY_MAX))
            loose = one;
    }
    *id = inside ? inside : loose;
    if (count < 2)
        return OK;
    return cell_error(im, column, E_CONFLICT, err,
                      "%u entities of type %s in '%.*s' bear the name '%.*s'", count, type,
                      STR_ARG(model_entity(m, region)->name), STR_ARG(name));
}

/* Adds `text` to the notes of a thing that several rows tell of, once. */
static struct str note_with(struct import *im, struct str note, struct str text)
{
    if (!text.len || str_has(note, text))
        return note;
    return note.len ? arena_fmt(&im->arena, "%.*s; %.*s", STR_ARG(note), STR_ARG(text)) : text;
}

/* ---- enterprise honours
 * --------------------------------------------------------------------------
 *
 *   enterprise --(梯度, from 1 January of the year)--> honour --(梯度)--> city
 *
 * A list announced for comment (公示) or recommended (拟推荐) is not the list published (公布), and
 * an enterprise may stand on the one and never reach the other. So the status is part of the
 * honour's name unless it is 公布: members of the published list are counted without the
 * candidates. */

enum { H_NAME, H_FORM, H_CITY, H_HONOUR, H_LEVEL, H_YEAR, H_STATUS, H_PRODUCT, H_URL, H_DATE };

static enum code put_enterprise(struct import *im, uint32_t city, bool full, uint32_t *id,
                                struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct str product = cell(im, H_PRODUCT);
    struct entity e = {.name = cell(im, H_NAME),
                       .type = STR("enterprise"),
                       .note = cell(im, H_FORM),
                       .provisional = !full};
    TRY(find_listed(im, H_NAME, e.name, "enterprise", city, id, err));
    if (*id) {
        const struct entity *old = model_entity(m, *id);
        bool better = old->provisional && (full || !str_eq(old->type, e.type));
        e.id = *id;
        e.code = old->code;
        if (!better) {
            e.note = old->note;
            e.provisional = old->provisional;
        }
    }
    if (product.len)
        e.note = note_with(im, e.note, arena_fmt(&im->arena, "产品: %.*s", STR_ARG(product)));
    TRY(ledger_put_entity(im->ledger, e, id, err));
    return file_under(im, *id, city, err);
}

static struct str honour_name(struct import *im)
{
    struct str status = cell(im, H_STATUS);
    struct str name = arena_fmt(&im->arena, "%.*s(%.*s)", STR_ARG(cell(im, H_HONOUR)),
                                STR_ARG(cell(im, H_LEVEL)));
    if (!status.len || str_is(status, "公布"))
        return name;
    return arena_fmt(&im->arena, "%.*s(%.*s)", STR_ARG(name), STR_ARG(status));
}

static enum code put_honour(struct import *im, uint32_t city, uint32_t *id, struct error *err)
{
    struct entity e = {.name = honour_name(im), .type = STR("honour"), .note = cell(im, H_STATUS)};
    TRY(find_listed(im, H_HONOUR, e.name, "honour", city, id, err));
    if (!*id)
        TRY(ledger_put_entity(im->ledger, e, id, err));
    return bind_parent(im, *id, city, DAY_MIN, DAY_MAX, err);
}

/* Held from the year of the list on. When a later list was read first, the time before it is one
 * more membership, so that the order of the lists makes no difference. */
static enum code hold_honour(struct import *im, uint32_t enterprise, uint32_t honour,
                             struct membership ms, struct error *err)
{
    const struct membership *have;
    uint32_t id;
    TRY(bind_grouping(im, STR("honour"), &ms.grouping, err));
    ms.child = enterprise;
    ms.parent = honour;
    for (size_t it = 0; (have = model_parents(ledger_model(im->ledger), enterprise, &it));)
        if (have->grouping == ms.grouping && have->parent == honour && have->from > ms.from &&
            have->from <= ms.to)
            ms.to = have->from - 1;
    return ledger_put_membership(im->ledger, ms, &id, err);
}

static enum code honour_row(struct import *im, struct error *err)
{
    struct membership ms = {.ppm = PPM, .to = DAY_MAX};
    bool full = str_is(cell(im, H_FORM), "full");
    struct str doc = cell(im, H_URL).len ? cell(im, H_URL) : im->file;
    struct period year;
    day_t told;
    uint32_t city, enterprise, honour;
    TRY(cell_filled(im, H_NAME, "name", err));
    TRY(cell_filled(im, H_HONOUR, "honour", err));
    TRY(cell_filled(im, H_LEVEL, "level", err));
    if (!full && !str_is(cell(im, H_FORM), "short"))
        return cell_error(im, H_FORM, E_INPUT, err, "unknown name_form '%.*s' (full, short)",
                          STR_ARG(cell(im, H_FORM)));
    TRY(cell_year(im, H_YEAR, &year, err));
    TRY(parse_known_day(im, H_DATE, cell(im, H_DATE), &told, err));
    TRY(bind_subject(im, H_CITY, cell(im, H_CITY), STR_NULL, &city, err));
    TRY(put_enterprise(im, city, full, &enterprise, err));
    TRY(put_honour(im, city, &honour, err));
    TRY(bind_source(im, doc, cell(im, H_URL), told, &ms.source, err));
    ms.from = year.first;
    TRY(hold_honour(im, enterprise, honour, ms, err));
    keep_row(im);
    return OK;
}

/* Enterprises of the city known by a full name that holds the short one; *last = one of them. */
static size_t full_names_of(const struct model *m, struct str name, uint32_t city, uint32_t *last)
{
    size_t count = 0;
    for (size_t i = 0; i < m->entities.len; i++) {
        const struct entity *e = &m->entities.v[i];
        if (!e->scope.len && !e->provisional && str_is(e->type, "enterprise") &&
            e->name.len > name.len && str_has(e->name, name) &&
            model_is_within(m, e->id, city, DAY_MAX)) {
            *last = e->id;
            count++;
        }
    }
    return count;
}

static void warn_alike(struct import *im, struct str name, uint32_t city, uint32_t full)
{
    const struct model *m = ledger_model(im->ledger);
    uint32_t one;
    if (full_names_of(m, name, city, &one) == 1 && (!full || one == full))
        import_warn(im, H_NAME, "'%.*s' may be '%.*s' (short name contained); left apart",
                    STR_ARG(name), STR_ARG(model_entity(m, one)->name));
}

static bool listed(const struct import *im, size_t rows, struct str name, struct str city)
{
    for (size_t i = 0; i < rows; i++)
        if (str_eq(im->kept.v[i].field[H_NAME], name) && str_eq(im->kept.v[i].field[H_CITY], city))
            return true;
    return false;
}

/* A full name may also come after the short one: those that this list does not name are looked at.
 */
static void warn_of_short(struct import *im, uint32_t city, uint32_t full)
{
    const struct model *m = ledger_model(im->ledger);
    struct str name = model_entity(m, full)->name;
    for (size_t i = 0; i < m->entities.len; i++) {
        const struct entity *e = &m->entities.v[i];
        if (e->provisional && str_is(e->type, "enterprise") && e->name.len < name.len &&
            str_has(name, e->name) && !listed(im, im->kept.len, e->name, cell(im, H_CITY)) &&
            model_is_within(m, e->id, city, DAY_MAX))
            warn_alike(im, e->name, city, full);
    }
}

/* After the last row, so that every full name of the list is known. */
static void honours_end(struct import *im)
{
    const struct model *m = ledger_model(im->ledger);
    for (size_t i = 0; i < im->kept.len; i++) {
        struct error e = {0};
        uint32_t city, id;
        im->row = im->kept.v[i];
        if (listed(im, i, cell(im, H_NAME), cell(im, H_CITY)) ||
            bind_subject(im, H_CITY, cell(im, H_CITY), STR_NULL, &city, &e) != OK ||
            find_listed(im, H_NAME, cell(im, H_NAME), "enterprise", city, &id, &e) != OK || !id)
            continue;
        if (model_entity(m, id)->provisional)
            warn_alike(im, cell(im, H_NAME), city, 0);
        else
            warn_of_short(im, city, id);
    }
}

const struct layout layout_honours = {
    .name = "enterprise honours",
    .order = 40,
    .columns = {"name", "name_form", "city", "honour", "level", "year", NULL, "status", "product",
                "source_url", "source_date", NULL},
    .row = honour_row,
    .end = honours_end
};

/* ---- clusters: what list they stand on goes to the note, what is counted of them to the facts
 * ---- */

enum { C_CLUSTER, C_REGION, C_LEVEL, C_YEAR, C_STATUS, C_FIGURE, C_VALUE, C_UNIT, C_URL };

/* A region by its name, or by the names of those around it and its own: 洛阳市孟津区. Each step
 * lies within the one before; 0 when no way to read it leads anywhere. */
static uint32_t region_path(const struct model *m, struct str name, uint32_t around, day_t day)
{
    uint32_t id, one = 0, count = 0;
    for (size_t it = 0; (id = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, id);
        if (e->scope.len || !is_region_type(e->type) || id == around)
            continue;
        if (!around || model_is_within(m, id, around, day) ||
            model_is_within(m, id, around, DAY_MAX)) {
            one = id;
            count++;
        }
    }
    if (count == 1)
        return one;
    for (size_t cut = 0; utf8_next(name, &cut) && cut < name.len;) {
        uint32_t outer = region_path(m, str_sub(name, 0, cut), around, day);
        uint32_t inner = outer ? region_path(m, str_sub(name, cut, name.len - cut), outer, day) : 0;
        if (inner)
            return inner;
    }
    return 0;
}

static const struct {
    const char *word;
    enum qualifier means;
} bracket_words[] = {
    {"约",    Q_APPROX},
    {"余",    Q_APPROX},
    {"多",    Q_APPROX},
    {"左右", Q_APPROX},
    {"超",    Q_OVER  },
    {"逾",    Q_OVER  },
    {"不足", Q_UNDER }
};

/* What "(约)" or "(2021)" behind a figure's name says of it; false when it is part of the name. */
static bool bracket_says(struct str word, struct statement *s)
{
    struct period p;
    for (size_t i = 0; i < sizeof bracket_words / sizeof *bracket_words; i++)
        if (str_is(word, bracket_words[i].word)) {
            s->qualifier = bracket_words[i].means;
            return true;
        }
    if (period_parse(word, &p, NULL) != OK)
        return false;
    s->period = p;
    return true;
}

static struct str figure_name(struct str figure, struct statement *s)
{
    static const struct {
        const char *open, *close;
    } brackets[] = {
        {"(",   ")"  },
        {"（", "）"}
    };
    for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
        struct str open = str_z(brackets[i].open), close = str_z(brackets[i].close);
        ptrdiff_t at = str_find(figure, open);
        if (at <= 0 || !str_ends(figure, close))
            continue;
        size_t from = (size_t)at + open.len;
        if (bracket_says(str_sub(figure, from, figure.len - close.len - from), s))
            return str_trim(str_sub(figure, 0, (size_t)at));
    }
    return figure;
}

/* X占Y is a share of Y; other percentages are ratios of their own. */
static void figure_kind(struct import *im, struct str name, struct statement *s)
{
    const struct model *m = ledger_model(im->ledger);
    const struct dimension *d = model_dimension(m, model_unit(m, s->unit)->dimension);
    ptrdiff_t of = str_find(name, STR("占"));
    s->kind = d->exact_count ? KIND_COUNT : KIND_LEVEL;
    if (of <= 0 || !str_is(d->name, "percent"))
        return;
    struct str whole = str_sub(name, (size_t)of + 3, name.len);
    if (str_ends(whole, STR("比重")) || str_ends(whole, STR("比例")))
        whole.len -= 6;
    s->kind = KIND_SHARE;
    s->comparison = arena_fmt(&im->arena, "of:%.*s", STR_ARG(whole));
}

static enum code put_cluster(struct import *im, uint32_t region, uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct entity e = {.name = cell(im, C_CLUSTER), .type = STR("cluster")};
    struct str list = arena_fmt(&im->arena, "%.*s %.*s %.*s", STR_ARG(cell(im, C_LEVEL)),
                                STR_ARG(cell(im, C_YEAR)), STR_ARG(cell(im, C_STATUS)));
    TRY(find_listed(im, C_CLUSTER, e.name, "cluster", region, id, err));
    if (*id) {
        e.id = *id;
        e.code = model_entity(m, *id)->code;
        e.note = model_entity(m, *id)->note;
    }
    e.note = note_with(im, e.note, list);
    TRY(ledger_put_entity(im->ledger, e, id, err));
    return file_under(im, *id, region, err);
}

static enum code cluster_figure(struct import *im, struct statement *s, struct str *name,
                                struct error *err)
{
    *name = figure_name(cell(im, C_FIGURE), s);
    if (!cell(im, C_FIGURE).len) {
        if (cell(im, C_VALUE).len)
            return cell_error(im, C_FIGURE, E_INPUT, err, "a value without the name of its figure");
        return OK;
    }
    TRY(parse_value(im, C_VALUE, cell(im, C_VALUE), &s->value, &s->state, err));
    TRY(bind_unit(im, C_UNIT, cell(im, C_UNIT), &s->unit, err));
    figure_kind(im, *name, s);
    return OK;
}

static enum code cluster_row(struct import *im, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct statement s = {.modality = MOD_ACTUAL, .qualifier = Q_EQ, .comparison = STR("")};
    struct str doc = cell(im, C_URL).len ? cell(im, C_URL) : im->file, figure;
    struct period year;
    uint32_t region;
    TRY(cell_filled(im, C_CLUSTER, "cluster", err));
    TRY(cell_year(im, C_YEAR, &year, err));
    s.period = year;
    TRY(cluster_figure(im, &s, &figure, err));
    if (!(region = region_path(m, cell(im, C_REGION), 0, year.last)))
        TRY(bind_subject(im, C_REGION, cell(im, C_REGION), STR_NULL, &region, err));
    TRY(put_cluster(im, region, &s.entity, err));
    TRY(bind_source(im, doc, cell(im, C_URL), year.last, &s.source, err));
    if (!figure.len)
        return OK;
    s.published =
        model_source(m, s.source)->published; /* the year of the list, if no day is known */
    if (s.published == DAY_MIN)
        s.published = year.last;
    TRY(bind_indicator(im, figure, s.unit, s.kind, &s.indicator, err));
    return state_cell(im, C_VALUE, &s, err);
}

const struct layout layout_clusters = {
    .name = "clusters",
    .order = 40,
    .columns = {"cluster", "region", "level", "year", "status", NULL, "figure", "value", "unit",
                "source_url", NULL},
    .row = cluster_row
};
