/* analysis_job.c - from parameters to the tables a method takes, and running it. What is missing is
 * told as a need in words, not as a failure: a page of a workspace without such figures says which
 * it wants. */
#include "net/http.h"
#include "serve/analysis.h"
#include "serve/row.h"

static const struct input_rule rules[] = {
    {"prody", NULL, false, FRAME_PAIRS, false, false, 0, 0, 0},
    {"expy", NULL, false, FRAME_PAIRS, false, false, 0, 0, 0},
    {"shiftshare", NULL, true, FRAME_PAIRS, true, true, 2, 2, 2},
    {"contribution", NULL, true, FRAME_PAIRS, true, true, 1, 2, 2},
    {"lq", NULL, true, FRAME_PAIRS, true, true, 2, 2, 1},
    {"specialisation", NULL, true, FRAME_PAIRS, true, true, 2, 2, 1},
    {"concentration", NULL, true, FRAME_PAIRS, true, true, 2, 1, 1},
    {"inequality", NULL, true, FRAME_LIST, false, true, 2, 1, 1},
    {"ellison-glaeser", NULL, false, FRAME_LIST, false, false, 0, 0, 0},
    {"weights", NULL, true, FRAME_MATRIX, false, true, 2, 2, 1},
    {"topsis", NULL, true, FRAME_MATRIX, false, true, 2, 2, 1},
    {"entropy-topsis", NULL, true, FRAME_MATRIX, false, true, 2, 2, 1},
    {"rank-stability", NULL, true, FRAME_MATRIX, false, true, 2, 2, 1},
    {"accuracy", NULL, false, FRAME_SERIES, false, false, 0, 0, 0},
    {NULL, analyze_complexity, true, FRAME_PAIRS, false, false, 3, 3, 1},
    {NULL, analyze_ts, true, FRAME_SERIES, true, true, 1, 1, 4},
    {NULL, NULL, false, FRAME_PAIRS, false, false, 0, 0, 0},
};

static bool in_family(const struct method *family, const struct method *m)
{
    for (; family && family->name; family++)
        if (family == m)
            return true;
    return false;
}

const struct input_rule *input_rule_of(const struct method *m)
{
    const struct input_rule *r = rules;
    while (r->method ? strcmp(r->method, m->name) != 0 : r->family && !in_family(r->family, m))
        r++;
    return r;
}

static void need(struct call *c, struct job *j, struct str zh, struct str en)
{
    (void)c;
    vec_push(&j->needs, (struct need){zh, en});
}

/* ---- options ---- */

static bool has_option(const struct job *j, const char *name)
{
    for (size_t i = 0; i < j->option_count; i++)
        if (str_is(j->option[i][0], name))
            return true;
    return false;
}

/* "name=value&name=value", escaped as in an address. */
static enum code read_options(struct call *c, struct job *j, struct error *err)
{
    struct str rest = args_str(c->args, "options");
    while (rest.len) {
        struct str value, name, one = str_cut(rest, '&', &rest);
        name = str_cut(one, '=', &value);
        if (!value.ptr)
            return error_set(err, E_INPUT, "options are name=value pairs parted by '&', not '%.*s'",
                             STR_ARG(str_sub(one, 0, 60)));
        if (j->option_count == OPTIONS_MAX)
            return error_set(err, E_LIMIT, "more than %d options", OPTIONS_MAX);
        http_unescape(c->arena, name, &j->option[j->option_count][0]);
        http_unescape(c->arena, value, &j->option[j->option_count++][1]);
    }
    return OK;
}

static void set_option(struct job *j, const char *name, const char *value)
{
    if (has_option(j, name) || j->option_count == OPTIONS_MAX + 4)
        return;
    j->option[j->option_count][0] = str_z(name);
    j->option[j->option_count++][1] = str_z(value);
}

/* ---- datasets ---- */

static enum code read_dataset(struct call *c, struct job *j, struct str name, struct error *err)
{
    struct str csv;
    struct error e = {0};
    if (j->in_count == JOB_INPUTS)
        return error_set(err, E_LIMIT, "more than %d datasets", JOB_INPUTS);
    TRY(query_dataset(&c->query, name, c->arena, &j->dataset[j->dataset_count], &csv, err));
    struct table *t = &j->in[j->in_count++];
    table_init(t, c->arena, j->dataset[j->dataset_count++].name);
    if (table_read(t, csv, &e) != OK)
        return error_at(err, e.code, e.line, e.column, "dataset '%.*s': %s", STR_ARG(name), e.text);
    return OK;
}

static void table_copy(struct table *to, const struct table *from)
{
    for (size_t i = 0; i < from->columns.len; i++)
        table_add_column_str(to, arena_dup(to->arena, from->columns.v[i].name));
    for (size_t r = 0; r < from->rows; r++) {
        for (size_t i = 0; i < from->columns.len; i++)
            table_push(to, (int)i, table_cell(from, (int)i, r));
        table_end_row(to);
    }
}

static enum code split_part(struct call *c, struct job *j, const char *part, struct table *out,
                            struct error *err)
{
    struct analysis a;
    const struct str options[][2] = {
        {STR("part"), str_z(part)}
    };
    TRY(analyze_run(analyze_find(STR("io-table")), &j->in[0], 1, options, 1, &a, err));
    table_init(out, c->arena,
               arena_fmt(c->arena, "%.*s (%s)", STR_ARG(j->dataset[0].name), part));
    table_copy(out, &a.out);
    for (size_t i = 0; i < a.notes.len && !strcmp(part, "Z"); i++)
        vec_push(&j->notes, arena_dup(c->arena, a.notes.v[i]));
    analysis_clear(&a);
    return OK;
}

/* One official table stands for the flows and the vectors of the io methods. */
static enum code split_official(struct call *c, struct job *j, struct error *err)
{
    if (!str_starts(str_z(j->method->inputs), STR("Z vectors")) || j->in_count != 1 ||
        table_column(&j->in[0], "Code") < 0)
        return OK;
    struct table z = {0}, vectors = {0};
    enum code code = split_part(c, j, "Z", &z, err);
    if (code == OK)
        code = split_part(c, j, "vectors", &vectors, err);
    if (code != OK) {
        table_clear(&z);
        return code;
    }
    table_clear(&j->in[0]);
    j->in[0] = z;
    j->in[1] = vectors;
    j->in_count = 2;
    return OK;
}

#define EDGE_FROM 0.03 /* coefficients below are no supply relation worth a line */

/* One official table stands for the edges of a chain: who sells to whom, by technical coefficients. */
static enum code edges_official(struct call *c, struct job *j, struct error *err)
{
    struct analysis a;
    struct table edges;
    size_t left = 0;
    if (!str_starts(str_z(j->method->inputs), STR("edges")) || j->in_count != 1 ||
        table_column(&j->in[0], "Code") < 0)
        return OK;
    struct table z = {0}, vectors = {0};
    TRY(split_part(c, j, "Z", &z, err));
    enum code code = split_part(c, j, "vectors", &vectors, err);
    const struct table in[2] = {z, vectors};
    if (code == OK)
        code = analyze_run(analyze_find(STR("io-coefficients")), in, 2, NULL, 0, &a, err);
    table_clear(&z);
    table_clear(&vectors);
    TRY(code);
    table_init(&edges, c->arena, j->dataset[0].name);
    int source = table_add_column(&edges, "source"), target = table_add_column(&edges, "target");
    int weight = table_add_column(&edges, "weight");
    for (size_t r = 0; r < a.out.rows; r++)
        for (size_t k = 1; k < a.out.columns.len; k++) {
            double v = 0;
            if (table_number(&a.out, (int)k, r, true, &v, NULL) != OK || !(v >= EDGE_FROM) ||
                r + 1 == k) {
                left += v > 0 && r + 1 != k;
                continue;
            }
            table_push(&edges, source, table_cell(&a.out, 0, r));
            table_push(&edges, target, a.out.columns.v[k].name);
            table_push_number(&edges, weight, v);
            table_end_row(&edges);
        }
    vec_push(&j->notes,
             arena_fmt(c->arena,
                       "edges are technical coefficients of at least %.2f between two sectors; %zu "
                       "smaller ones are left out",
                       EDGE_FROM, left));
    analysis_clear(&a);
    table_clear(&j->in[0]);
    j->in[0] = edges;
    return OK;
}

/* Demands, suppliers and rules (and capacities, else one each) stand for the qualified pairs. */
static enum code pairs_by_rules(struct call *c, struct job *j, struct error *err)
{
    struct analysis a;
    struct table pairs, capacity;
    if (strcmp(j->method->name, "capacity") != 0 || j->in_count < 3 ||
        table_column(&j->in[2], "op") < 0)
        return OK;
    TRY(analyze_run(analyze_find(STR("qualify")), j->in, 3, NULL, 0, &a, err));
    table_init(&pairs, c->arena, STR("pairs"));
    table_copy(&pairs, &a.out);
    for (size_t i = 0; i < a.notes.len; i++)
        vec_push(&j->notes, arena_dup(c->arena, a.notes.v[i]));
    analysis_clear(&a);
    table_init(&capacity, c->arena, STR("capacity"));
    if (j->in_count > 3) {
        table_copy(&capacity, &j->in[3]);
    } else {
        int supply = table_add_column(&capacity, "supply");
        int places = table_add_column(&capacity, "capacity");
        for (size_t r = 0; r < j->in[1].rows; r++) {
            table_push(&capacity, supply, table_cell(&j->in[1], 0, r));
            table_push_int(&capacity, places, 1);
            table_end_row(&capacity);
        }
        vec_push(&j->notes, STR("no capacities given: each supplier serves one demand"));
    }
    for (size_t i = 0; i < j->in_count; i++)
        table_clear(&j->in[i]);
    j->in[0] = pairs;
    j->in[1] = capacity;
    j->in_count = 2;
    return OK;
}

static enum code from_datasets(struct call *c, struct job *j, struct error *err)
{
    struct str rest = args_str(c->args, "dataset");
    while (rest.ptr) {
        struct str one = str_trim(str_cut(rest, ';', &rest));
        if (one.len)
            TRY(read_dataset(c, j, one, err));
    }
    TRY(split_official(c, j, err));
    TRY(edges_official(c, j, err));
    return pairs_by_rules(c, j, err);
}

/* ---- figures ---- */

static void need_table(struct call *c, struct job *j)
{
    need(c, j,
         arena_fmt(c->arena, "“%s”要用数据表(%s),请先导入数据集(luoshu dataset-put DIR 名称 文件),再用 dataset 指定",
                   j->method->zh, j->method->inputs),
         arena_fmt(c->arena,
                   "'%s' takes tables (%s): put them as datasets first (luoshu dataset-put DIR NAME "
                   "FILE), then name them by dataset",
                   j->method->name, j->method->inputs));
}

/* The three numbers of the rule in place of "%u". */
static void fill(struct buf *out, const char *text, const struct input_rule *r)
{
    const unsigned n[] = {r->rows, r->columns, r->periods};
    size_t k = 0;
    for (; *text; text++)
        if (text[0] == '%' && text[1] == 'u' && k < 3) {
            buf_fmt(out, "%u", n[k++]);
            text++;
        } else {
            buf_byte(out, *text);
        }
}

/* Nothing was asked for, because there is nothing: what there would have to be. */
static void need_figures(struct call *c, struct job *j)
{
    const struct input_rule *r = j->rule;
    static const struct {
        const char *zh, *en;
    } words[] = {
        [FRAME_PAIRS] = {"同一指标按地区、行业分列的数值:至少 %u 个地区、%u 个行业、%u 期",
                         "one indicator by region and industry: at least %u regions, %u industries, "
                         "%u periods"},
        [FRAME_LIST] = {"同一指标在至少 %u 个成员(县区、行业、企业)的数值(%u 个指标,%u 期)",
                        "one indicator of at least %u members (%u indicator, %u period)"},
        [FRAME_MATRIX] = {"至少 %u 个对象(县区、园区、行业)各有 %u 个以上相同指标的数值(%u 期)",
                          "at least %u things (counties, parks, industries) with %u indicators or "
                          "more in common (%u period)"},
        [FRAME_SERIES] = {"%u 个主体的 %u 个指标、至少 %u 个同类时期(逐年、逐季或逐月)的数值",
                          "%u entity's %u indicator over at least %u periods of one kind (years, "
                          "quarters, months)"},
    };
    struct buf zh, en;
    buf_init(&zh, 1000);
    buf_init(&en, 1000);
    fill(&zh, words[r->shape].zh, r);
    fill(&en, words[r->shape].en, r);
    need(c, j,
         arena_fmt(c->arena, "请指定指标(indicator)和范围。需要%.*s", STR_ARG(buf_str(&zh))),
         arena_fmt(c->arena, "name an indicator and a scope. Wanted: %.*s", STR_ARG(buf_str(&en))));
    buf_clear(&zh);
    buf_clear(&en);
}

static void need_more(struct call *c, struct job *j)
{
    const struct input_rule *r = j->rule;
    const struct frame *f = &j->frame;
    struct str what = args_str(c->args, "indicator");
    if (f->rows.len < r->rows)
        need(c, j,
             arena_fmt(c->arena, "需要至少 %u 个地区(或对象)有“%.*s”的数值,现有 %zu 个", r->rows,
                       STR_ARG(what), f->rows.len),
             arena_fmt(c->arena, "wants '%.*s' of at least %u regions (or things), there are %zu",
                       STR_ARG(what), r->rows, f->rows.len));
    if (f->columns.len < r->columns)
        need(c, j,
             arena_fmt(c->arena, "需要至少 %u 个行业(或指标)各地区都有数值,现有 %zu 个",
                       r->columns, f->columns.len),
             arena_fmt(c->arena,
                       "wants at least %u industries (or indicators) known of every region, there "
                       "are %zu",
                       r->columns, f->columns.len));
    if (f->periods.len < r->periods)
        need(c, j,
             arena_fmt(c->arena, "需要至少 %u 个同类时期(如各年、各月)的数值,现有 %zu 个",
                       r->periods, f->periods.len),
             arena_fmt(c->arena,
                       "wants figures of at least %u periods of one kind (years, months), there "
                       "are %zu",
                       r->periods, f->periods.len));
}

static struct str time_of(struct call *c, const struct frame *f, uint32_t at)
{
    char text[32];
    size_t len = period_text(f->periods.v[at], text);
    return arena_dup(c->arena, (struct str){text, len});
}

static void pairs_table(struct call *c, const struct frame *f, struct table *t, bool whole)
{
    int region = table_add_column(t, "region"), industry = table_add_column(t, "industry");
    int year = table_add_column(t, "year"), value = table_add_column(t, "value");
    for (size_t i = 0; i < f->cells.len; i++) {
        const struct frame_cell *x = &f->cells.v[i];
        if (x->missing && !whole)
            continue; /* a pair that is not listed is one that is not present */
        table_push(t, region, f->rows.v[x->row].name);
        table_push(t, industry, f->columns.v[x->column].name);
        table_push(t, year, time_of(c, f, x->period));
        table_push(t, value, x->text);
        table_end_row(t);
    }
}

static void list_table(const struct frame *f, struct table *t)
{
    int name = table_add_column(t, "name"), value = table_add_column(t, "value");
    for (size_t i = 0; i < f->cells.len; i++)
        if (f->cells.v[i].column == 0 && !f->cells.v[i].missing) {
            table_push(t, name, f->rows.v[f->cells.v[i].row].name);
            table_push(t, value, f->cells.v[i].text);
            table_end_row(t);
        }
}

static void matrix_table(const struct frame *f, struct table *t)
{
    int name = table_add_column(t, "alternative");
    for (size_t i = 0; i < f->columns.len; i++)
        table_add_column_str(t, f->columns.v[i].name);
    for (size_t i = 0; i < f->cells.len; i++) {
        const struct frame_cell *x = &f->cells.v[i];
        if (x->column == 0)
            table_push(t, name, f->rows.v[x->row].name);
        table_push(t, name + 1 + (int)x->column, x->text);
        if (x->column + 1 == f->columns.len)
            table_end_row(t);
    }
}

static void series_table(struct call *c, const struct frame *f, struct table *t)
{
    int time = table_add_column(t, "time"), value = table_add_column(t, "value");
    for (size_t i = 0; i < f->cells.len; i++)
        if (!f->cells.v[i].missing) {
            table_push(t, time, time_of(c, f, f->cells.v[i].period));
            table_push(t, value, f->cells.v[i].text);
            table_end_row(t);
        }
}

static struct frame_ask ask_of(struct call *c, const struct input_rule *r)
{
    struct str scope = args_str(c->args, "scope");
    if (!scope.len && region_own(c))
        scope = arena_fmt(c->arena, "#%u", region_own(c));
    return (struct frame_ask){.shape = r->shape,
                              .many_periods = r->many_periods,
                              .indicator = args_str(c->args, "indicator"),
                              .scope = scope,
                              .rows = args_str(c->args, "rows"),
                              .columns = args_str(c->args, "columns"),
                              .period = args_str(c->args, "period"),
                              .without = args_str(c->args, "without")};
}

static void criteria_table(struct call *c, struct job *j)
{
    struct str rest = args_str(c->args, "lower_is_better");
    struct table *t = &j->in[j->in_count];
    if (!rest.len)
        return;
    table_init(t, c->arena, STR("criteria"));
    int criterion = table_add_column(t, "criterion"), objective = table_add_column(t, "objective");
    for (size_t i = 0; i < j->frame.columns.len; i++) {
        bool lower = false;
        for (struct str r = rest; r.ptr;)
            lower |= str_eq(str_trim(str_cut(r, ';', &r)), j->frame.columns.v[i].name);
        table_push(t, criterion, j->frame.columns.v[i].name);
        table_push(t, objective, lower ? STR("min") : STR("max"));
        table_end_row(t);
    }
    j->in_count++;
}

static enum code from_figures(struct call *c, struct job *j, struct error *err)
{
    const struct input_rule *r = j->rule;
    struct frame_ask ask = ask_of(c, r);
    if (!ask.indicator.len) {
        need_figures(c, j);
        return OK;
    }
    TRY(query_frame(&c->query, &ask, &j->frame, err));
    j->has_frame = true;
    if (r->whole && r->shape != FRAME_SERIES)
        frame_complete(&j->frame);
    need_more(c, j);
    if (j->needs.len)
        return OK;
    struct table *t = &j->in[j->in_count++];
    table_init(t, c->arena, STR("figures"));
    if (r->shape == FRAME_PAIRS)
        pairs_table(c, &j->frame, t, r->whole);
    else if (r->shape == FRAME_LIST)
        list_table(&j->frame, t);
    else if (r->shape == FRAME_MATRIX)
        matrix_table(&j->frame, t);
    else
        series_table(c, &j->frame, t);
    if (r->shape == FRAME_MATRIX)
        criteria_table(c, j);
    if (r->shape == FRAME_LIST)
        set_option(j, "label", "name");
    return OK;
}

/* ---- the job ---- */

enum code job_prepare(struct call *c, struct job *j, struct error *err)
{
    *j = (struct job){0};
    TRY(analyze_need(args_str(c->args, "method"), &j->method, err));
    j->rule = input_rule_of(j->method);
    TRY(read_options(c, j, err));
    if (args_str(c->args, "dataset").len)
        return from_datasets(c, j, err);
    if (!j->rule->figures) {
        need_table(c, j);
        return OK;
    }
    return from_figures(c, j, err);
}

enum code job_run(struct call *c, struct job *j, struct error *err)
{
    struct error e = {0};
    if (j->needs.len)
        return OK;
    enum code code = analyze_run(j->method, j->in, j->in_count,
                                 (const struct str(*)[2])j->option, j->option_count, &j->result, &e);
    if (code == OK) {
        j->ran = true;
        return OK;
    }
    if (!j->has_frame) /* tables of the asker's own: what is wrong with them is an error */
        return error_at(err, code, e.line, e.column, "%s", e.text);
    struct str said = arena_dup(c->arena, str_z(e.text));
    need(c, j, arena_fmt(c->arena, "方法未能计算:%.*s", STR_ARG(said)), said);
    return OK;
}

void job_clear(struct job *j)
{
    if (j->has_frame)
        frame_clear(&j->frame);
    for (size_t i = 0; i < j->in_count; i++)
        table_clear(&j->in[i]);
    if (j->ran)
        analysis_clear(&j->result);
    vec_clear(&j->needs);
    vec_clear(&j->notes);
}
