/* op_analysis.c - a method of regional analysis on the workspace's own figures: the result, the
 * inputs of each of its rows, what is missing and what was left out. */
#include "serve/analysis.h"
#include "serve/row.h"

#define LEFT_SHOWN 8 /* on a terminal */

/* ---- the inputs ---- */

static struct str period_of_cell(struct call *c, const struct frame *f, const struct frame_cell *x)
{
    return text_of_period(c, f->periods.v[x->period]);
}

static struct str cell_unit(const struct frame *f, const struct frame_cell *x)
{
    struct str own = f->columns.v[x->column].unit;
    return own.ptr ? own : f->unit;
}

/* What the figure is of: the part itself where there is one, else the row. */
static uint32_t cell_entity(const struct frame *f, const struct frame_cell *x)
{
    return x->figure.entity ? x->figure.entity : f->rows.v[x->row].entity;
}

static void input_json(struct call *c, const struct frame *f, const struct frame_cell *x)
{
    struct json *j = &c->json;
    const struct figure_row *r = &x->figure;
    json_object(j);
    json_kstr(j, "row", f->rows.v[x->row].name);
    json_kstr(j, "column", f->columns.v[x->column].name);
    json_kstr(j, "time", period_of_cell(c, f, x));
    kstr_null(c, "value", x->text);
    json_kstr(j, "unit", cell_unit(f, x));
    ref_entity(c, "entity", cell_entity(f, x), true);
    ref_indicator(c, "indicator", r->indicator);
    json_key(j, "fact");
    r->fact ? json_int(j, (int64_t)r->fact->id) : json_null(j);
    json_key(j, "facts");
    json_array(j);
    for (uint32_t i = 0; i < x->fact_count && i < FRAME_FACTS; i++)
        json_int(j, (int64_t)x->facts[i]);
    json_array_end(j);
    json_kint(j, "fact_count", x->fact_count);
    json_kint(j, "have", r->have);
    json_kint(j, "of", r->of);
    json_kz(j, "qualifier", qualifier_name(r->qualifier));
    json_kstr(j, "reason", r->reason);
    json_kstr(j, "formula", r->formula);
    json_kbool(j, "provisional", x->provisional);
    json_object_end(j);
}

static void inputs_json(struct call *c, const struct job *job)
{
    const struct frame *f = &job->frame;
    json_key(&c->json, "inputs");
    json_array(&c->json);
    for (size_t i = 0; job->has_frame && i < f->cells.len; i++)
        input_json(c, f, &f->cells.v[i]);
    json_array_end(&c->json);
}

static void coverage_json(struct call *c, const struct job *job)
{
    struct json *j = &c->json;
    const struct frame *f = &job->frame;
    json_key(j, "coverage");
    json_object(j);
    json_kint(j, "rows", (int64_t)f->rows.len);
    json_kint(j, "columns", (int64_t)f->columns.len);
    json_kint(j, "periods", (int64_t)f->periods.len);
    json_kint(j, "have", (int64_t)f->have);
    json_kint(j, "missing", (int64_t)f->missing);
    json_kint(j, "provisional", (int64_t)f->provisional);
    json_kint(j, "bounds", (int64_t)f->bounds);
    json_object_end(j);
    json_key(j, "periods");
    json_array(j);
    for (size_t i = 0; i < f->periods.len; i++)
        json_str(j, text_of_period(c, f->periods.v[i]));
    json_array_end(j);
    json_key(j, "other_periods");
    json_array(j);
    for (size_t i = 0; i < f->other_periods.len; i++)
        json_str(j, text_of_period(c, f->other_periods.v[i]));
    json_array_end(j);
    json_key(j, "left_out");
    json_array(j);
    for (size_t i = 0; i < f->left_out.len; i++) {
        json_object(j);
        json_kstr(j, "name", f->left_out.v[i].name);
        json_kstr(j, "reason", f->left_out.v[i].reason);
        json_kstr(j, "value", f->left_out.v[i].value);
        json_object_end(j);
    }
    json_array_end(j);
}

static bool header_has(struct str header, const char *name)
{
    struct str rest = header;
    while (rest.ptr) {
        struct str one = str_trim(str_cut(rest, ',', &rest));
        if (one.len > 1 && one.ptr[0] == '"' && one.ptr[one.len - 1] == '"')
            one = str_sub(one, 1, one.len - 2);
        if (str_is(one, name))
            return true;
    }
    return false;
}

/* What a dataset is, as far as its columns tell: what a page can offer it for. */
static const char *dataset_kind(struct str header)
{
    static const struct {
        const char *kind, *columns[3];
    } kinds[] = {
        {"io",    {"Code", "Description", NULL}   },
        {"edges", {"source", "target", NULL}      },
        {"rules", {"demand", "op", "supply"}      },
        {"pairs", {"demand", "supply", NULL}      },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool all = true;
        for (size_t k = 0; k < 3 && kinds[i].columns[k]; k++)
            all = all && header_has(header, kinds[i].columns[k]);
        if (all)
            return kinds[i].kind;
    }
    return "table";
}

void dataset_json(struct call *c, const struct dataset_row *d)
{
    struct json *j = &c->json;
    uint32_t source = model_find_source(
        c->model, arena_fmt(c->arena, "dataset:%.*s", STR_ARG(d->name)));
    json_object(j);
    json_kstr(j, "name", d->name);
    json_kz(j, "kind", dataset_kind(d->header));
    json_kstr(j, "title", d->title);
    json_kstr(j, "address", d->address);
    json_kstr(j, "note", d->note);
    kstr_null(c, "published", day_str(c, d->published));
    json_kstr(j, "recorded", time_str(c, d->recorded_us));
    json_kstr(j, "actor", d->actor);
    json_kint(j, "revision", d->revision);
    json_kint(j, "rows", d->rows);
    json_kint(j, "columns", d->columns);
    json_kint(j, "source", source);
    json_object_end(j);
}

static void datasets_json(struct call *c, const struct dataset_row *d, size_t count)
{
    json_key(&c->json, "datasets");
    json_array(&c->json);
    for (size_t i = 0; i < count; i++)
        dataset_json(c, &d[i]);
    json_array_end(&c->json);
}

/* ---- the result ---- */

static void rows_json(struct call *c, const struct table *t)
{
    struct json *j = &c->json;
    json_key(j, "columns");
    json_array(j);
    for (size_t i = 0; i < t->columns.len; i++)
        json_str(j, t->columns.v[i].name);
    json_array_end(j);
    json_key(j, "rows");
    json_array(j);
    for (size_t r = 0; r < t->rows; r++) {
        json_object(j);
        json_key(j, "cells");
        json_array(j);
        for (size_t i = 0; i < t->columns.len; i++)
            json_str(j, table_cell(t, (int)i, r));
        json_array_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static void words_json(struct call *c, const struct job *job)
{
    struct json *j = &c->json;
    json_kz(j, "method", job->method->name);
    json_key(j, "title");
    json_object(j);
    json_kz(j, "zh", job->method->zh);
    json_kz(j, "en", job->method->en);
    json_object_end(j);
    json_kz(j, "paper", job->method->source);
    json_kstr(j, "unit", job->frame.unit);
    json_kbool(j, "ready", job->ran);
    json_key(j, "needs");
    json_array(j);
    for (size_t i = 0; i < job->needs.len; i++) {
        json_object(j);
        json_kstr(j, "zh", job->needs.v[i].zh);
        json_kstr(j, "en", job->needs.v[i].en);
        json_object_end(j);
    }
    json_array_end(j);
    json_key(j, "notes");
    json_array(j);
    for (size_t i = 0; i < job->notes.len; i++)
        json_str(j, job->notes.v[i]);
    for (size_t i = 0; job->ran && i < job->result.notes.len; i++)
        json_str(j, job->result.notes.v[i]);
    json_array_end(j);
}

static void analysis_json(struct call *c, const struct job *job)
{
    static const struct table none = {0};
    json_object(&c->json);
    words_json(c, job);
    rows_json(c, job->ran ? &job->result.out : &none);
    coverage_json(c, job);
    datasets_json(c, job->dataset, job->dataset_count);
    inputs_json(c, job);
    json_object_end(&c->json);
}

/* ---- for the command line ---- */

static void inputs_sheet(struct call *c, const struct job *job)
{
    const struct frame *f = &job->frame;
    sheet_head(c, "row,column,period,value,unit,entity,indicator,fact,facts,reason,formula");
    for (size_t i = 0; job->has_frame && i < f->cells.len; i++) {
        const struct frame_cell *x = &f->cells.v[i];
        sheet_str(c, f->rows.v[x->row].name);
        sheet_str(c, f->columns.v[x->column].name);
        sheet_str(c, period_of_cell(c, f, x));
        sheet_str(c, x->text);
        sheet_str(c, cell_unit(f, x));
        sheet_str(c, model_entity(c->model, cell_entity(f, x))->name);
        sheet_str(c, x->figure.indicator ? model_indicator(c->model, x->figure.indicator)->name
                                         : STR(""));
        x->figure.fact ? sheet_int(c, (int64_t)x->figure.fact->id) : sheet_z(c, "");
        sheet_int(c, x->fact_count);
        sheet_str(c, x->figure.reason);
        sheet_str(c, x->figure.formula);
        sheet_end(c);
    }
}

static void notes_of(struct call *c, const struct job *job)
{
    const struct frame *f = &job->frame;
    for (size_t i = 0; i < job->needs.len; i++)
        buf_fmt(&c->note, "%.*s\n", STR_ARG(c->zh ? job->needs.v[i].zh : job->needs.v[i].en));
    if (job->has_frame)
        buf_fmt(&c->note,
                c->zh ? "输入:%zu 行 × %zu 列 × %zu 期,有值 %zu,缺 %zu,暂定名称 %zu,非精确值 %zu\n"
                      : "inputs: %zu rows x %zu columns x %zu periods, %zu figures, %zu missing, %zu "
                        "of provisional names, %zu bounds\n",
                f->rows.len, f->columns.len, f->periods.len, f->have, f->missing, f->provisional,
                f->bounds);
    for (size_t i = 0; i < f->left_out.len && i < LEFT_SHOWN; i++)
        buf_fmt(&c->note, "%s: %.*s (%.*s %.*s)\n", c->zh ? "未计入" : "left out",
                STR_ARG(f->left_out.v[i].name), STR_ARG(f->left_out.v[i].reason),
                STR_ARG(f->left_out.v[i].value));
    if (f->left_out.len > LEFT_SHOWN)
        buf_fmt(&c->note, c->zh ? "另有 %zu 项未计入(--format json 列全)\n"
                                : "%zu more are left out (all of them with --format json)\n",
                f->left_out.len - LEFT_SHOWN);
    for (size_t i = 0; i < job->notes.len; i++)
        buf_fmt(&c->note, "# %.*s\n", STR_ARG(job->notes.v[i]));
    for (size_t i = 0; job->ran && i < job->result.notes.len; i++)
        buf_fmt(&c->note, "# %.*s\n", STR_ARG(job->result.notes.v[i]));
}

static void analysis_sheet(struct call *c, const struct job *job)
{
    notes_of(c, job);
    if (args_flag(c->args, "inputs"))
        inputs_sheet(c, job);
    else if (job->ran)
        table_write(&job->result.out, c->out);
}

enum code analysis_run(struct call *c, struct error *err)
{
    struct job job;
    enum code code = job_prepare(c, &job, err);
    if (code == OK)
        code = job_run(c, &job, err);
    if (code == OK)
        (c->as_json ? analysis_json : analysis_sheet)(c, &job);
    if (code == OK && job.needs.len)
        c->exit = 1;
    job_clear(&job);
    return code;
}

/* ---- datasets ---- */

enum code datasets_run(struct call *c, struct error *err)
{
    struct dataset_row *rows;
    size_t count;
    TRY(query_datasets(&c->query, c->arena, &rows, &count, err));
    if (c->as_json) {
        json_object(&c->json);
        datasets_json(c, rows, count);
        json_object_end(&c->json);
        return OK;
    }
    sheet_head(c, "name,revision,rows,columns,title,address,published,recorded,actor,note");
    for (size_t i = 0; i < count; i++) {
        const struct dataset_row *d = &rows[i];
        sheet_str(c, d->name);
        sheet_int(c, d->revision);
        sheet_int(c, d->rows);
        sheet_int(c, d->columns);
        sheet_str(c, d->title);
        sheet_str(c, d->address);
        sheet_str(c, day_str(c, d->published));
        sheet_str(c, time_str(c, d->recorded_us));
        sheet_str(c, d->actor);
        sheet_str(c, d->note);
        sheet_end(c);
    }
    return OK;
}

enum code dataset_run(struct call *c, struct error *err)
{
    struct dataset_row d;
    struct str csv;
    struct table t;
    TRY(query_dataset(&c->query, args_str(c->args, "name"), c->arena, &d, &csv, err));
    if (!c->as_json) {
        buf_add(c->out, csv);
        return OK;
    }
    table_init(&t, c->arena, d.name);
    enum code code = table_read(&t, csv, err);
    if (code == OK) {
        json_object(&c->json);
        json_key(&c->json, "dataset");
        dataset_json(c, &d);
        rows_json(c, &t);
        json_object_end(&c->json);
    }
    table_clear(&t);
    return code;
}
