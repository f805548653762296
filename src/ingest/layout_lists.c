/* layout_lists.c - lists as offices and newspapers print them: honours of enterprises, clusters,
 * batches of projects, and the raw code lists of the statistics bureau. */
#include "ingest/import_int.h"

/* ---- shared by the lists ---- */

static enum code cell_year(struct import *im, int i, struct period *out, struct error *err)
{
    struct error e = {0};
    if (period_parse(cell(im, i), out, &e) != OK || period_kind(*out) != PERIOD_YEAR)
        return cell_error(im, i, E_INPUT, err, "'%.*s' is no year", STR_ARG(cell(im, i)));
    return OK;
}

static enum code cell_filled(struct import *im, int i, const char *what, struct error *err)
{
    return cell(im, i).len ? OK : cell_error(im, i, E_INPUT, err, "the %s is missing", what);
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

static enum code file_under(struct import *im, uint32_t child, uint32_t region, struct error *err)
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
static enum code state_cell(struct import *im, int column, const struct statement *s,
                            struct error *err)
{
    struct trace t = row_trace(im, s->source, column);
    struct error e = {0};
    enum code c = put_statement(im, s, &t, &e);
    return c == OK ? OK : cell_error(im, column, c, err, "%s", e.text);
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

/* ---- batches of projects
 * -------------------------------------------------------------------------
 *
 *   total     合计             root of the batch
 *   category  城建项目         项目类别, a partition: the categories exhaust the total
 *   project   正基置业汉宫花园 项目清单, partial: only some projects are printed */

enum { P_BATCH, P_KIND, P_ITEM, P_PARENT, P_PROJECTS, P_INVESTMENT, P_YEAR_PLAN, P_URL };

static const struct {
    int column;
    const char *indicator, *unit;
    enum fact_kind kind;
    enum modality modality;
} project_figures[] = {
    {P_PROJECTS,   "项目数",                "个",    KIND_COUNT, MOD_ACTUAL},
    {P_INVESTMENT, "项目总投资",          "亿元", KIND_LEVEL, MOD_ACTUAL},
    {P_YEAR_PLAN,  "项目年度计划投资", "亿元", KIND_LEVEL, MOD_PLAN  }
};
#define PROJECT_FIGURES (sizeof project_figures / sizeof *project_figures)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 2012年6月, 2019年上半年: finer than the year, and not in a form that is read. */
static bool finer_follows(struct str text, size_t at)
{
    static const char *const words[] = {"上", "下", "第", "前", "一", "二", "三", "四"};
    struct str rest = str_sub(text, at, text.len);
    if (!str_starts(rest, STR("年")))
        return false;
    rest = str_sub(rest, 3, rest.len);
    if (rest.len && is_digit(rest.ptr[0]))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(rest, str_z(words[i])))
            return true;
    return false;
}

/* “十四五”: the longest name of a plan that stands in the text, for 十五 is part of 十五五. Names
 * of two characters are numbers elsewhere, so they need their quotes. */
static bool plan_in(struct str text, struct period *out)
{
    size_t longest = 0;
    for (int year = 1966; year < 2100; year += 5) {
        struct period p = {day_from(year, 1, 1), day_from(year + 4, 12, 31)};
        char label[64];
        struct str quoted = {label, period_label(p, true, label)};
        ptrdiff_t end = str_find(quoted, STR("”"));
        if (end < 0)
            continue;
        quoted.len = (size_t)end + 3;
        struct str bare = str_sub(quoted, 3, quoted.len - 6);
        if (bare.len > longest && str_has(text, bare.len > 6 ? bare : quoted)) {
            longest = bare.len;
            *out = p;
        }
    }
    return longest > 0;
}

/* The period in a batch's name: 2012-06, 2019-Q2, 2024, 2021/2025, “十四五”. */
static bool period_in(struct str text, struct period *out)
{
    for (size_t i = 0, len; i < text.len; i += len ? len : 1) {
        for (len = 0; i + len < text.len; len++) {
            char c = text.ptr[i + len];
            if (!is_digit(c) && !(c >= 'A' && c <= 'Z') && c != '-' && c != '/')
                break;
        }
        size_t run = len;
        while (run && (text.ptr[i + run - 1] == '-' || text.ptr[i + run - 1] == '/'))
            run--;
        if (run >= 4 && period_parse(str_sub(text, i, run), out, NULL) == OK)
            return !finer_follows(text, i + run);
    }
    return plan_in(text, out);
}

static bool is_project(const struct row_text *r)
{
    return str_is(r->field[P_KIND], "project");
}

static bool same_item(const struct row_text *a, const struct row_text *b)
{
    return str_eq(a->field[P_BATCH], b->field[P_BATCH]) &&
           str_eq(a->field[P_ITEM], b->field[P_ITEM]) &&
           str_eq(a->field[P_PARENT], b->field[P_PARENT]) && is_project(a) == is_project(b);
}

/* Two rows of one item must agree: which of two figures of one list holds can't be told. */
static enum code row_repeats(struct import *im, struct error *err)
{
    for (size_t i = 0; i < im->kept.len; i++) {
        const struct row_text *r = &im->kept.v[i];
        if (!same_item(r, &im->row))
            continue;
        for (size_t k = 0; k < PROJECT_FIGURES; k++) {
            int column = project_figures[k].column;
            if (!str_eq(r->field[column], cell(im, column)))
                return cell_error(
                    im, column, E_CONFLICT, err,
                    "'%.*s' stands in the batch twice, with '%.*s' (line %u) and '%.*s'",
                    STR_ARG(cell(im, P_ITEM)), STR_ARG(r->field[column]), r->line,
                    STR_ARG(cell(im, column)));
        }
    }
    return OK;
}

static enum code project_row(struct import *im, struct error *err)
{
    bool total = str_is(cell(im, P_KIND), "total");
    TRY(cell_filled(im, P_BATCH, "batch", err));
    TRY(cell_filled(im, P_ITEM, "item", err));
    if (!total && !str_is(cell(im, P_KIND), "category") && !str_is(cell(im, P_KIND), "project"))
        return cell_error(im, P_KIND, E_INPUT, err,
                          "unknown kind '%.*s' (total, category, project)",
                          STR_ARG(cell(im, P_KIND)));
    if (total && cell(im, P_PARENT).len)
        return cell_error(im, P_PARENT, E_INPUT, err, "a total has no parent");
    if (str_eq(cell(im, P_ITEM), cell(im, P_PARENT)) && !is_project(&im->row))
        return cell_error(im, P_PARENT, E_INPUT, err, "'%.*s' is named as its own parent",
                          STR_ARG(cell(im, P_ITEM)));
    TRY(row_repeats(im, err));
    keep_row(im);
    return OK;
}

static const char *grouping_of(const struct row_text *r)
{
    return is_project(r) ? "项目清单" : "项目类别";
}

static enum code row_item(struct import *im, const struct row_text *r, uint32_t *id,
                          struct error *err)
{
    struct str batch = r->field[P_BATCH], parent = r->field[P_PARENT], item = r->field[P_ITEM];
    struct str code = arena_fmt(&im->arena, "table:%.*s|%s|%.*s|%.*s", STR_ARG(batch),
                                parent.len ? grouping_of(r) : "", STR_ARG(parent), STR_ARG(item));
    if (!parent.len) /* a root belongs to all groupings of its batch */
        code = arena_fmt(&im->arena, "table:%.*s||%.*s", STR_ARG(batch), STR_ARG(item));
    if ((*id = model_find_code(ledger_model(im->ledger), code)))
        return OK;
    struct entity e = {.name = item, .type = STR("item"), .code = code, .scope = batch};
    return ledger_put_entity(im->ledger, e, id, err);
}

/* The total or category that the row names as its parent: a row of this file, else one read before.
 */
static enum code row_parent(struct import *im, uint32_t *id, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    const struct row_text *found = NULL;
    uint32_t one, count = 0;
    for (size_t i = 0; i < im->kept.len; i++) {
        const struct row_text *r = &im->kept.v[i];
        if (is_project(r) || !str_eq(r->field[P_BATCH], cell(im, P_BATCH)) ||
            !str_eq(r->field[P_ITEM], cell(im, P_PARENT)) || (found && same_item(found, r)))
            continue;
        found = r;
        count++;
    }
    if (count == 1)
        return row_item(im, found, id, err);
    for (size_t it = 0; !count && (one = model_named(m, cell(im, P_PARENT), &it));)
        if (str_eq(model_entity(m, one)->scope, cell(im, P_BATCH)) &&
            !str_has(model_entity(m, one)->code, STR("|项目清单|")))
            *id = one;
    if (*id)
        return OK;
    return cell_error(im, P_PARENT, count ? E_CONFLICT : E_MISSING, err,
                      count ? "several categories of the batch are called '%.*s'"
                            : "the batch has no total or category '%.*s'",
                      STR_ARG(cell(im, P_PARENT)));
}

static enum code file_item(struct import *im, uint32_t child, struct error *err)
{
    struct grouping g = {.name = str_z(grouping_of(&im->row)),
                         .alias = str_z(grouping_of(&im->row)),
                         .scope = cell(im, P_BATCH),
                         .kind = is_project(&im->row) ? GROUP_PARTIAL : GROUP_PARTITION};
    struct membership ms = {.child = child, .ppm = PPM, .from = DAY_MIN, .to = DAY_MAX};
    struct error e = {0};
    uint32_t id;
    TRY(row_parent(im, &ms.parent, err));
    TRY(ledger_put_grouping(im->ledger, g, &ms.grouping, err));
    enum code c = ledger_put_membership(im->ledger, ms, &id, &e);
    return c == OK ? OK : cell_error(im, P_PARENT, c, err, "%s", e.text);
}

static enum code project_figure(struct import *im, size_t i, struct statement s, struct error *err)
{
    int column = project_figures[i].column;
    s.kind = project_figures[i].kind;
    s.modality = project_figures[i].modality;
    if (!cell(im, column).len) /* not given */
        return OK;
    TRY(parse_value(im, column, cell(im, column), &s.value, &s.state, err));
    TRY(bind_unit(im, column, str_z(project_figures[i].unit), &s.unit, err));
    TRY(bind_indicator(im, str_z(project_figures[i].indicator), s.unit, s.kind, &s.indicator, err));
    return state_cell(im, column, &s, err);
}

static enum code project_item(struct import *im, struct error *err)
{
    struct statement s = {.qualifier = Q_EQ, .comparison = STR("")};
    struct dec unused;
    enum fact_state state;
    if (!period_in(cell(im, P_BATCH), &s.period))
        return cell_error(im, P_BATCH, E_INPUT, err,
                          "the batch's name holds no period: one such as 2012-06, 2019-Q2, 2024, "
                          "2021/2025 or “十四五” is needed in it");
    for (size_t i = 0; i < PROJECT_FIGURES; i++) { /* before anything of the row is put */
        int column = project_figures[i].column;
        if (cell(im, column).len)
            TRY(parse_value(im, column, cell(im, column), &unused, &state, err));
    }
    TRY(row_item(im, &im->row, &s.entity, err));
    if (cell(im, P_PARENT).len)
        TRY(file_item(im, s.entity, err));
    TRY(bind_source(im, cell(im, P_BATCH), cell(im, P_URL), s.period.last, &s.source, err));
    s.published = s.period.last; /* not before its period ended */
    for (size_t i = 0; i < PROJECT_FIGURES; i++)
        TRY(project_figure(im, i, s, err));
    return OK;
}

static void projects_end(struct import *im)
{
    each_kept(im, project_item);
}

const struct layout layout_projects = {
    .name = "project batches",
    .order = 45,
    .columns = {"batch", "kind", "item", "parent", "projects", "total_investment_100m", NULL,
                "year_plan_100m", "source_url", NULL},
    .row = project_row,
    .end = projects_end
};

/* ---- code lists of the statistics bureau: 41, 4103, 410302, 410302001
 * -----------------------------
 *
 * One layout a level, so that lists given together are read from the top down. A header of code and
 * name alone is weak: a file with more columns that another layout names is never taken for one. */

enum { A_CODE, A_NAME, A_PROVINCE, A_CITY, A_AREA };

/* 41 -> 2260:410000 */
static struct str division(struct import *im, struct str digits)
{
    size_t zeros = digits.len < 6 ? 6 - digits.len : 0;
    return arena_fmt(&im->arena, "2260:%.*s%.*s", STR_ARG(digits), (int)zeros, "0000");
}

/* A level that stands for no administration: the districts and counties of a municipality (01, 02
 * of 11, 12, 31, 50), and what a province governs directly (90): the composition of the codes of
 * GB/T 2260-2007. */
static bool is_placeholder(struct str city)
{
    struct str province = str_sub(city, 0, 2), rest = str_sub(city, 2, 2);
    return str_is(rest, "90") ||
           (type_in(STR("11|12|31|50"), province) && type_in(STR("01|02"), rest));
}

static bool placeholder_name(struct str name)
{
    return type_in(STR("市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划"), name);
}

static struct str digits_of_parent(const struct import *im)
{
    static const struct {
        size_t digits;
        int column;
        size_t parent;
    } above[] = {
        {4, A_PROVINCE, 2},
        {6, A_CITY,     4},
        {9, A_AREA,     6}
    };
    struct str code = cell(im, A_CODE), parent = STR("10"); /* 100000, the country */
    for (size_t i = 0; i < sizeof above / sizeof *above; i++)
        if (code.len == above[i].digits)
            parent = cell(im, above[i].column).len ? cell(im, above[i].column)
                                                   : str_sub(code, 0, above[i].parent);
    return code.len == 6 && is_placeholder(parent) ? str_sub(parent, 0, 2) : parent;
}

static struct str type_of_area(struct str code, struct str name)
{
    if (code.len == 2)
        return STR("province");
    if (code.len == 4)
        return STR("city");
    if (code.len == 9)
        return STR("town");
    return str_ends(name, STR("区")) ? STR("district") : STR("county");
}

static enum code area_parent(struct import *im, uint32_t *parent, struct error *err)
{
    struct str digits = digits_of_parent(im);
    *parent = model_find_code(ledger_model(im->ledger), division(im, digits));
    if (*parent || cell(im, A_CODE).len == 2) /* a list may begin with its provinces */
        return OK;
    return cell_error(im, A_CODE, E_MISSING, err,
                      "no division has the code '%.*s', under which '%.*s' stands", STR_ARG(digits),
                      STR_ARG(cell(im, A_NAME)));
}

/* A region that was named before its code was known. */
static uint32_t uncoded_region(const struct model *m, struct str name, uint32_t parent)
{
    uint32_t id, found = 0, count = 0;
    for (size_t it = 0; (id = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, id);
        if (e->scope.len || e->code.len || !is_region_type(e->type) || !str_eq(e->name, name))
            continue;
        if (!parent || !model_parent(m, id, DAY_MAX) || model_is_within(m, id, parent, DAY_MAX)) {
            found = id;
            count++;
        }
    }
    return count == 1 ? found : 0;
}

static enum code put_area(struct import *im, struct str code, uint32_t parent, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct entity e = {.name = cell(im, A_NAME),
                       .type = type_of_area(cell(im, A_CODE), cell(im, A_NAME)),
                       .code = code,
                       .id = uncoded_region(m, cell(im, A_NAME), parent)};
    uint32_t id;
    if (e.id) {
        e.type = model_entity(m, e.id)->type;
        e.note = model_entity(m, e.id)->note;
    }
    TRY(ledger_put_entity(im->ledger, e, &id, err));
    return parent ? file_under(im, id, parent, err) : OK;
}

static enum code area_row(struct import *im, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct str digits = cell(im, A_CODE), code = division(im, digits);
    uint32_t parent, known;
    for (size_t i = 0; i < digits.len; i++)
        if (!is_digit(digits.ptr[i]))
            digits.len = 0;
    if (digits.len != 2 && digits.len != 4 && digits.len != 6 && digits.len != 9)
        return cell_error(im, A_CODE, E_INPUT, err,
                          "'%.*s' is no code of 2, 4, 6 or 9 digits (province, city, area, street)",
                          STR_ARG(cell(im, A_CODE)));
    TRY(cell_filled(im, A_NAME, "name", err));
    if (digits.len == 4 && (is_placeholder(digits) || placeholder_name(cell(im, A_NAME))))
        return OK; /* its areas go under the province */
    if ((known = model_find_code(m, code))) {
        if (!str_eq(model_entity(m, known)->name, cell(im, A_NAME)))
            import_warn(im, A_NAME, "code %.*s is '%.*s' in the registry; '%.*s' is left out",
                        STR_ARG(digits), STR_ARG(model_entity(m, known)->name),
                        STR_ARG(cell(im, A_NAME)));
        return OK;
    }
    TRY(area_parent(im, &parent, err));
    return put_area(im, code, parent, err);
}

const struct layout layout_provinces = {
    .name = "provinces", .order = 6, .columns = {"code", "name", NULL, NULL},
            .row = area_row
};
const struct layout layout_cities = {
    .name = "cities",
    .order = 7,
    .columns = {"code", "name", "provinceCode", NULL, NULL},
    .row = area_row
};
const struct layout layout_areas = {
    .name = "areas",
    .order = 8,
    .columns = {"code", "name", "provinceCode", "cityCode", NULL, NULL},
    .row = area_row
};
const struct layout layout_streets = {
    .name = "streets",
    .order = 9,
    .columns = {"code", "name", "provinceCode", "cityCode", "areaCode", NULL, NULL},
    .row = area_row
};
