/* layout_projects.c - batches of projects as the press prints them. */
#include "ingest/import_int.h"

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
