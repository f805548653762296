/* op_import.c - files into the ledger, and the report of it for people. */
#include "serve/import_points.h"
#include "serve/row.h"
#include "serve/serve_int.h"
#include "store/registry.h"
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the operation ---- */

static const char *const count_names[] = {"facts",        "same",        "revisions",
                                          "other_source", "traces",      "entities",
                                          "indicators",   "memberships", "sources",
                                          "profiles",     "devices",     "points",
                                          "bound"};
#define COUNT_NAMES (sizeof count_names / sizeof *count_names)

static void counts_json(struct json *j, const struct ledger_counts *n, const struct points_counts *d)
{
    const size_t v[COUNT_NAMES] = {n->facts,        n->same,        n->revisions,
                                   n->other_source, n->traces,      n->entities,
                                   n->indicators,   n->memberships, n->sources,
                                   d->profiles,     d->devices,     d->points,
                                   d->bound};
    json_key(j, "counts");
    json_object(j);
    for (size_t i = 0; i < COUNT_NAMES; i++)
        json_kint(j, count_names[i], (int64_t)v[i]);
    json_object_end(j);
}

static void files_json(struct json *j, const struct import_report *r)
{
    json_key(j, "files");
    json_array(j);
    for (size_t i = 0; i < r->files; i++) {
        json_object(j);
        json_kstr(j, "file", r->file[i].file);
        json_kstr(j, "layout", r->file[i].layout);
        json_kstr(j, "encoding", r->file[i].encoding);
        json_kint(j, "rows", (int64_t)r->file[i].rows);
        json_kint(j, "bad", (int64_t)r->file[i].bad);
        json_object_end(j);
    }
    json_array_end(j);
}

static void problems_json(struct json *j, const struct import_report *r)
{
    json_key(j, "problems");
    json_array(j);
    for (size_t i = 0; i < r->problems.len; i++) {
        const struct import_problem *p = &r->problems.v[i];
        json_object(j);
        json_kstr(j, "file", p->file);
        json_kint(j, "line", p->line);
        json_kint(j, "column", p->column);
        json_kbool(j, "warning", p->warning);
        json_kstr(j, "text", p->text);
        json_object_end(j);
    }
    json_array_end(j);
}

static void report_json(struct json *j, const struct import_report *r, const struct points_counts *d)
{
    json_object(j);
    json_kbool(j, "stored", r->stored);
    json_kstr(j, "layout", r->files ? r->file[0].layout : STR(""));
    json_kstr(j, "encoding", r->files ? r->file[0].encoding : STR(""));
    json_kint(j, "rows", (int64_t)r->rows);
    json_kint(j, "errors", (int64_t)r->errors);
    json_kint(j, "warnings", (int64_t)r->warnings);
    counts_json(j, &r->counts, d);
    files_json(j, r);
    problems_json(j, r);
    json_object_end(j);
}

static enum import_mode mode_of(const struct call *c)
{
    struct str mode = args_str(c->args, "mode");
    if (!mode.len)
        mode = str_z(import_mode_word(c->args));
    if (str_is(mode, "check"))
        return IMPORT_CHECK;
    return str_is(mode, "partial") ? IMPORT_PARTIAL : IMPORT_WHOLE;
}

/* The batch is durable by now: a log that cannot be written is told, not made a failure. */
static void audit(struct call *c, const struct import_report *r)
{
    struct error err = {0};
    struct str detail =
        arena_fmt(c->arena, "%.*s%s: %zu facts, %zu revisions", STR_ARG(c->files[0].name),
                  c->file_count > 1 ? " and others" : "", r->counts.facts, r->counts.revisions);
    if (!r->stored || registry_audit(ledger_registry(c->query.ledger), c->now_us, c->actor,
                                     STR("import"), detail, &err) == OK)
        return;
    log_event(LOG_ERROR, "audit", "text=\"%s\"", err.text);
    buf_fmt(&c->note, "stored, but the audit log could not be written: %s\n", err.text);
}

/* Tables of devices go after all others, which they name. */
static enum code import_all(struct call *c, enum import_mode mode, struct import_report *r,
                            struct points_counts *devices, struct error *err)
{
    struct import_file *tables = arena_alloc(c->arena, c->file_count * sizeof *tables),
                       *points = arena_alloc(c->arena, c->file_count * sizeof *points);
    size_t tables_count = 0, points_count = 0;
    for (size_t i = 0; i < c->file_count; i++) {
        bool is = points_layout(c->files[i].bytes);
        *(is ? &points[points_count++] : &tables[tables_count++]) = c->files[i];
    }
    if (tables_count || !points_count)
        TRY(import_files(c->query.ledger, tables, tables_count, mode, c->actor, c->now_us, r, err));
    else {
        memset(r, 0, sizeof *r);
        arena_init(&r->arena, 0);
    }
    return points_count ? import_points(c, points, points_count, mode, r, devices, err) : OK;
}

enum code import_run(struct call *c, struct error *err)
{
    struct import_report r;
    struct error why = {0};
    struct points_counts devices = {0};
    enum import_mode mode = mode_of(c);
    enum code code = import_all(c, mode, &r, &devices, &why);
    if (code != OK && r.errors == 0) { /* nothing to do with the rows */
        import_report_clear(&r);
        return error_at(err, code, why.line, why.column, "%s", why.text);
    }
    report_json(&c->json, &r, &devices);
    if (code != OK || (r.errors && mode != IMPORT_PARTIAL)) {
        c->status = 400;
        c->exit = 2;
    }
    audit(c, &r);
    import_report_clear(&r);
    return OK;
}

/* ---- files of the command line ---- */

enum code cli_import_files(struct cli *cli, struct import_file **files, size_t *count,
                           struct error *err)
{
    const struct args *a = &cli->args;
    if (args_flag(a, "check") && args_flag(a, "partial"))
        return error_set(err, E_INPUT, "--check and --partial exclude each other");
    *count = a->many_count;
    *files = arena_alloc(&cli->arena, *count * sizeof **files);
    for (size_t i = 0; i < *count; i++) {
        const char *slash = strrchr(a->many[i], '/');
        (*files)[i].name = str_z(slash ? slash + 1 : a->many[i]);
        TRY(file_read(a->many[i], &cli->arena, &(*files)[i].bytes, err));
    }
    return OK;
}

/* ---- the report for people ---- */

static const char *text_of(struct json_object *o, const char *key)
{
    const char *z = json_object_get_string(json_object_object_get(o, key));
    return z ? z : "";
}

static void put_problems(FILE *to, struct json_object *problems)
{
    for (size_t i = 0; i < json_object_array_length(problems); i++) {
        struct json_object *p = json_object_array_get_idx(problems, i);
        bool warning = json_object_get_boolean(json_object_object_get(p, "warning"));
        fprintf(to, "%s:%s:%s: %s%s\n", text_of(p, "file"), text_of(p, "line"),
                text_of(p, "column"), warning ? "warning: " : "", text_of(p, "text"));
    }
}

static bool refused(struct cli *cli, struct json_object *o)
{
    bool stored = json_object_get_boolean(json_object_object_get(o, "stored"));
    return !stored && !args_flag(&cli->args, "check");
}

static void put_sheet(struct cli *cli, struct json_object *o)
{
    static const char *const file_names[] = {"file", "layout", "encoding", "rows", "bad"};
    struct str cell[5 + COUNT_NAMES];
    struct json_object *files = json_object_object_get(o, "files");
    struct json_object *counts = json_object_object_get(o, "counts");
    struct buf b;
    buf_init(&b, ANSWER_MAX);
    for (size_t i = 0; i < 5; i++)
        cell[i] = str_z(file_names[i]);
    for (size_t i = 0; i < COUNT_NAMES; i++)
        cell[5 + i] = str_z(count_names[i]);
    csv_put(&b, cell, 5 + COUNT_NAMES);
    for (size_t i = 0; i < COUNT_NAMES; i++)
        cell[5 + i] = STR("");
    for (size_t k = 0; k < json_object_array_length(files); k++) {
        for (size_t i = 0; i < 5; i++)
            cell[i] = str_z(text_of(json_object_array_get_idx(files, k), file_names[i]));
        csv_put(&b, cell, 5 + COUNT_NAMES);
    }
    cell[0] = STR("total");
    cell[1] = cell[2] = STR("");
    cell[3] = str_z(text_of(o, "rows"));
    cell[4] = str_z(text_of(o, "errors"));
    for (size_t i = 0; i < COUNT_NAMES && !refused(cli, o); i++)
        cell[5 + i] = str_z(text_of(counts, count_names[i]));
    csv_put(&b, cell, 5 + COUNT_NAMES);
    cli_put(cli, buf_str(&b));
    buf_clear(&b);
}

static void put_outcome(struct cli *cli, struct json_object *o)
{
    const char *what = cli->zh ? "已入库" : "stored";
    if (args_flag(&cli->args, "check"))
        what = cli->zh ? "仅检查,未入库" : "checked; nothing is stored";
    else if (refused(cli, o))
        what = cli->zh ? "已拒绝,未入库;修正后重试,或用 --partial 只导入正确的行"
                       : "refused; nothing is stored. Mend the rows, or store the good ones with "
                         "--partial";
    fprintf(cli->err,
            cli->zh ? "luoshu: %s(%s 行,%s 个错误,%s 个警告)\n"
                    : "luoshu: %s (%s rows, %s errors, %s warnings)\n",
            what, text_of(o, "rows"), text_of(o, "errors"), text_of(o, "warnings"));
}

int import_print(struct cli *cli, struct str json, struct error *err)
{
    struct json_object *o;
    if (cli->format == FORMAT_JSON) {
        cli_put(cli, json);
        return 0;
    }
    if (json_parse(json, &o, err) != OK)
        return 3;
    put_problems(cli->err, json_object_object_get(o, "problems"));
    put_sheet(cli, o);
    put_outcome(cli, o);
    json_put(o);
    return 0;
}
