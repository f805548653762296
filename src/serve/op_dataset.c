/* op_dataset.c - a table for analysis into the workspace: checked as a table, kept as its text. */
#include "serve/analysis.h"
#include "serve/row.h"
#include "serve/serve_int.h"
#include <json-c/json.h>

static enum code check_table(struct call *c, struct str name, struct str bytes, struct str *csv,
                             struct dataset_row *d, struct error *err)
{
    const char *encoding;
    struct table t;
    struct error e = {0};
    TRY(text_decode(bytes, c->arena, csv, &encoding, err));
    table_init(&t, c->arena, name);
    enum code code = table_read(&t, *csv, &e);
    d->rows = (uint32_t)t.rows;
    d->columns = (uint32_t)t.columns.len;
    table_clear(&t);
    return code == OK ? OK
                      : error_at(err, e.code, e.line, e.column, "%.*s: %s", STR_ARG(name), e.text);
}

static enum code put(struct call *c, const struct dataset_row *d, struct str csv, struct error *err)
{
    struct ledger *l = c->query.ledger;
    struct ledger_counts counts;
    TRY(ledger_begin(l, arena_fmt(c->arena, "dataset:%.*s", STR_ARG(d->name)), c->actor, c->now_us,
                     err));
    enum code code = ledger_put_dataset(l, d, csv, err);
    if (code != OK) {
        ledger_rollback(l);
        return code;
    }
    return ledger_commit(l, &counts, err);
}

/* The dataset is durable by now: a log that cannot be written is told, not made a failure. */
static void audit(struct call *c, const struct dataset_row *d)
{
    struct error err = {0};
    struct str detail = arena_fmt(c->arena, "%.*s: %u rows", STR_ARG(d->name), d->rows);
    if (registry_audit(ledger_registry(c->query.ledger), c->now_us, c->actor, STR("dataset"),
                       detail, &err) == OK)
        return;
    log_event(LOG_ERROR, "audit", "text=\"%s\"", err.text);
    buf_fmt(&c->note, "stored, but the audit log could not be written: %s\n", err.text);
}

enum code dataset_put_run(struct call *c, struct error *err)
{
    struct str csv, published = args_str(c->args, "published"), had, ignored_csv;
    struct dataset_row before = {0};
    struct error none = {0};
    struct period p;
    struct dataset_row d = {.name = str_trim(args_str(c->args, "dataset")),
                            .title = args_str(c->args, "title"),
                            .address = args_str(c->args, "address"),
                            .note = args_str(c->args, "note"),
                            .published = DAY_MIN};
    if (c->file_count != 1)
        return error_set(err, E_INPUT, "a dataset is one file, %zu were given", c->file_count);
    if (published.len) {
        TRY(period_parse(published, &p, err));
        d.published = p.last;
    }
    TRY(check_table(c, c->files[0].name, c->files[0].bytes, &csv, &d, err));
    bool known = query_dataset(&c->query, d.name, c->arena, &before, &had, &none) == OK;
    bool same = known && str_eq(had, csv);
    if (!same) {
        TRY(put(c, &d, csv, err));
        audit(c, &d);
    }
    TRY(query_dataset(&c->query, d.name, c->arena, &d, &ignored_csv, err));
    json_object(&c->json);
    json_kbool(&c->json, "stored", !same);
    json_key(&c->json, "dataset");
    dataset_json(c, &d);
    json_object_end(&c->json);
    return OK;
}

int dataset_print(struct cli *cli, struct str json, struct error *err)
{
    struct json_object *o, *d;
    if (cli->format == FORMAT_JSON) {
        cli_put(cli, json);
        return 0;
    }
    if (json_parse(json, &o, err) != OK)
        return 3;
    d = json_object_object_get(o, "dataset");
    bool stored = json_object_get_boolean(json_object_object_get(o, "stored"));
    struct buf b;
    buf_init(&b, 1u << 16);
    static const char *const names[] = {"name", "revision", "rows", "columns", "stored"};
    struct str cell[5];
    for (size_t i = 0; i < 5; i++)
        cell[i] = str_z(names[i]);
    csv_put(&b, cell, 5);
    for (size_t i = 0; i < 4; i++)
        cell[i] = str_z(json_object_get_string(json_object_object_get(d, names[i])));
    cell[4] = stored ? STR("yes") : STR("same");
    csv_put(&b, cell, 5);
    cli_put(cli, buf_str(&b));
    buf_clear(&b);
    json_put(o);
    return 0;
}
