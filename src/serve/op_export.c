/* op_export.c - readings out: as Parquet, by SQL; and letting raw ones go. Command line only. */
#include "serve/serve_int.h"
#include "store/readings_sql.h"
#include <stdio.h>

/* ---- a cursor over all points, for the table function ---- */

struct span {
    struct field *field;
    int64_t from, to;
};
struct cursor {
    const struct span *s;
    uint32_t point; /* the next */
    struct point_row row;
    struct arena text;
    reading_vec v;
    size_t at;
};

static enum code cursor_open(void *ctx, void **out, struct error *err)
{
    struct cursor *c = mem_zalloc(sizeof *c);
    (void)err;
    c->s = ctx;
    c->point = 1;
    arena_init(&c->text, 0);
    *out = c;
    return OK;
}

static void cursor_close(void *cursor)
{
    struct cursor *c = cursor;
    vec_clear(&c->v);
    arena_clear(&c->text);
    mem_free(c);
}

/* Moves to the next point that has readings. */
static enum code cursor_more(struct cursor *c, struct error *err)
{
    const struct field *f = c->s->field;
    c->at = c->v.len = 0;
    while (c->v.len == 0 && c->point <= f->points->point_slot.len) {
        arena_clear(&c->text);
        arena_init(&c->text, 0);
        TRY(readings_series(f->readings, c->point, c->s->from, c->s->to, false, &c->v, err));
        if (c->v.len)
            TRY(registry_point(f->registry, c->point, &c->text, &c->row, err));
        c->point++;
    }
    return OK;
}

static const char *state_of(int64_t v)
{
    static const char *const names[] = {"null", "withheld", "offline", "over_limit", "restart"};
    return names[(v - READING_NULL) % 5];
}

static enum code cursor_next(void *cursor, const struct readings_columns *out, size_t max, size_t *n,
                             struct error *err)
{
    struct cursor *c = cursor;
    *n = 0;
    if (c->at == c->v.len)
        TRY(cursor_more(c, err));
    for (; *n < max && c->at < c->v.len; c->at++, ++*n) {
        const struct reading *r = &c->v.v[c->at];
        bool number = reading_is_number(r->value);
        if (out->point)
            out->point[*n] = r->point;
        if (out->time_ms)
            out->time_ms[*n] = r->time_ms;
        if (out->units)
            out->units[*n] = number ? r->value : 0;
        if (out->decimals)
            out->decimals[*n] = c->row.decimals;
        if (out->state)
            out->state[*n] = number ? STR_NULL : str_z(state_of(r->value));
        if (out->series)
            out->series[*n] = c->row.series;
        if (out->field)
            out->field[*n] = c->row.field;
    }
    return OK;
}

/* ---- commands ---- */

static enum code ms_of(struct str text, bool end, int64_t fallback, int64_t *out, struct error *err)
{
    struct period p;
    *out = fallback;
    if (!text.len)
        return OK;
    TRY(period_parse(text, &p, err));
    *out = window_begin(LEVEL_DAY, end ? p.last + 1 : p.first);
    return OK;
}

static enum code source_open(struct cli *cli, struct workspace *ws, struct span *s, struct error *err)
{
    TRY(ms_of(args_str(&cli->args, "from"), false, READING_TIME_MIN, &s->from, err));
    TRY(ms_of(args_str(&cli->args, "to"), true, READING_TIME_MAX, &s->to, err));
    TRY(workspace_open(ws, cli->args.dir, err));
    s->field = &ws->field;
    return OK;
}

static enum code sql_open(struct span *s, bool files, struct readings_sql **out, struct error *err)
{
    struct readings_stats n;
    readings_stats(s->field->readings, &n);
    const struct readings_table table = {s, n.readings, cursor_open, cursor_next, cursor_close};
    return readings_sql_open(out, &table, files, err);
}

int export_local(struct cli *cli, struct error *err)
{
    struct workspace ws;
    struct span s;
    struct readings_sql *sql;
    uint64_t rows = 0;
    enum code code = source_open(cli, &ws, &s, err);
    if (code != OK)
        return code_info(code)->exit;
    code = sql_open(&s, true, &sql, err);
    if (code == OK) {
        code = readings_sql_parquet(sql, STR_NULL, arena_z(&cli->arena, args_str(&cli->args, "file")), &rows, err);
        readings_sql_close(sql);
    }
    workspace_close(&ws);
    if (code != OK)
        return code_info(code)->exit;
    fprintf(cli->err, cli->zh ? "luoshu: 已写出 %llu 条读数\n" : "luoshu: %llu readings written\n",
            (unsigned long long)rows);
    return 0;
}

static enum code put_row(void *ctx, const struct str *cells, size_t n, struct error *err)
{
    struct str line[64];
    (void)err;
    for (size_t i = 0; i < n && i < 64; i++)
        line[i] = cells[i].ptr ? cells[i] : STR("");
    csv_put(ctx, line, n < 64 ? n : 64);
    return OK;
}

int sql_local(struct cli *cli, struct error *err)
{
    struct workspace ws;
    struct span s;
    struct readings_sql *sql;
    struct buf out;
    enum code code = source_open(cli, &ws, &s, err);
    if (code != OK)
        return code_info(code)->exit;
    buf_init(&out, ANSWER_MAX);
    code = sql_open(&s, false, &sql, err);
    if (code == OK) {
        code = readings_sql_query(sql, args_str(&cli->args, "query"), put_row, &out, err);
        readings_sql_close(sql);
    }
    workspace_close(&ws);
    if (code == OK)
        cli_put(cli, buf_str(&out));
    buf_clear(&out);
    return code == OK ? 0 : code_info(code)->exit;
}

int retain_local(struct cli *cli, struct error *err)
{
    struct workspace ws;
    struct period p;
    struct readings_stats before, after;
    enum code code = period_parse(args_str(&cli->args, "before"), &p, err);
    if (code == OK)
        code = workspace_open(&ws, cli->args.dir, err);
    if (code != OK)
        return code_info(code)->exit;
    readings_stats(ws.field.readings, &before);
    code = readings_settle(ws.field.readings, err);
    if (code == OK)
        code = readings_retain(ws.field.readings, p.first, err);
    readings_stats(ws.field.readings, &after);
    workspace_close(&ws);
    if (code != OK)
        return code_info(code)->exit;
    fprintf(cli->err,
            cli->zh ? "luoshu: 原始读数文件 %u 个，保留 %u 个；各时段合计不变\n"
                    : "luoshu: of %u files of raw readings %u are kept; the sums of windows stay\n",
            before.block_files, after.block_files);
    return 0;
}
