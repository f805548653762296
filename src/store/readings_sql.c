/* readings_sql.c - see readings_sql.h. The only file that knows how DuckDB calls back for rows. */
#include "store/readings_sql.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <duckdb.h>
#pragma GCC diagnostic pop

enum column { POINT, TIME, VALUE, UNITS, DECIMALS, STATE, SERIES, FIELD, COLUMNS };
enum { VALUE_DIGITS = 28, VALUE_DECIMALS = 9, ROWS = 2048 };

static const struct {
    const char *name;
    duckdb_type type;
} columns[COLUMNS] = {
    [POINT] = {"point", DUCKDB_TYPE_UINTEGER},       [TIME] = {"time", DUCKDB_TYPE_TIMESTAMP_MS},
    [VALUE] = {"value", DUCKDB_TYPE_DECIMAL},        [UNITS] = {"units", DUCKDB_TYPE_BIGINT},
    [DECIMALS] = {"decimals", DUCKDB_TYPE_UTINYINT}, [STATE] = {"state", DUCKDB_TYPE_VARCHAR},
    [SERIES] = {"series", DUCKDB_TYPE_VARCHAR},      [FIELD] = {"field", DUCKDB_TYPE_VARCHAR},
};

struct readings_sql {
    duckdb_database db;
    duckdb_connection con;
    struct readings_table table;
    struct error failure; /* of the cursor, which DuckDB only knows as a text */
};

/* One scan of the table. */
struct scan {
    const struct readings_table *table;
    void *cursor;
    size_t count; /* columns wanted, and which */
    enum column wanted[COLUMNS];
    bool has[COLUMNS];
    uint32_t point[ROWS];
    int64_t time_ms[ROWS], units[ROWS];
    uint8_t decimals[ROWS];
    struct str state[ROWS], series[ROWS], field[ROWS];
};

/* ---- the table function -------------------------------------------------------------------- */

static void bind(duckdb_bind_info info)
{
    const struct readings_sql *s = duckdb_bind_get_extra_info(info);
    for (enum column c = 0; c < COLUMNS; c++) {
        duckdb_logical_type t = columns[c].type == DUCKDB_TYPE_DECIMAL
                                    ? duckdb_create_decimal_type(VALUE_DIGITS, VALUE_DECIMALS)
                                    : duckdb_create_logical_type(columns[c].type);
        duckdb_bind_add_result_column(info, columns[c].name, t);
        duckdb_destroy_logical_type(&t);
    }
    if (s->table.rows > 0)
        duckdb_bind_set_cardinality(info, s->table.rows, false);
}

static void scan_free(void *p)
{
    struct scan *scan = p;
    scan->table->close(scan->cursor);
    mem_free(scan);
}

static void init(duckdb_init_info info)
{
    struct readings_sql *s = duckdb_init_get_extra_info(info);
    struct scan *scan = mem_zalloc(sizeof *scan);
    scan->table = &s->table;
    if (s->table.open(s->table.ctx, &scan->cursor, &s->failure) != OK) {
        duckdb_init_set_error(info, s->failure.text);
        mem_free(scan);
        return;
    }
    scan->count = duckdb_init_get_column_count(info);
    for (idx_t i = 0; i < scan->count; i++) {
        idx_t c = duckdb_init_get_column_index(info, i);
        scan->wanted[i] = c < COLUMNS ? (enum column)c : COLUMNS; /* else: only rows are counted */
        if (c < COLUMNS)
            scan->has[c] = true;
    }
    duckdb_init_set_init_data(info, scan, scan_free);
}

static void fill_text(duckdb_vector v, const struct str *s, size_t n)
{
    duckdb_vector_ensure_validity_writable(v);
    uint64_t *valid = duckdb_vector_get_validity(v);
    for (idx_t i = 0; i < n; i++) {
        if (s[i].ptr == NULL)
            duckdb_validity_set_row_invalid(valid, i);
        else
            duckdb_vector_assign_string_element_len(v, i, s[i].ptr, s[i].len);
    }
}

/* units or value; NULL where there is none. */
static void fill_number(const struct scan *scan, duckdb_vector v, bool scaled, size_t n)
{
    i128 *value = duckdb_vector_get_data(v);
    int64_t *units = duckdb_vector_get_data(v);
    duckdb_vector_ensure_validity_writable(v);
    uint64_t *valid = duckdb_vector_get_validity(v);
    for (idx_t i = 0; i < n; i++) {
        if (scan->state[i].ptr != NULL)
            duckdb_validity_set_row_invalid(valid, i);
        else if (scaled)
            value[i] = scan->units[i] * dec_pow10((unsigned)VALUE_DECIMALS - scan->decimals[i]);
        else
            units[i] = scan->units[i];
    }
}

static void fill_column(const struct scan *scan, enum column c, duckdb_vector v, size_t n)
{
    switch (c) {
    case POINT:
        memcpy(duckdb_vector_get_data(v), scan->point, n * sizeof *scan->point);
        break;
    case TIME:
        memcpy(duckdb_vector_get_data(v), scan->time_ms, n * sizeof *scan->time_ms);
        break;
    case DECIMALS:
        memcpy(duckdb_vector_get_data(v), scan->decimals, n);
        break;
    case VALUE:
    case UNITS:
        fill_number(scan, v, c == VALUE, n);
        break;
    case STATE:
        fill_text(v, scan->state, n);
        break;
    case SERIES:
        fill_text(v, scan->series, n);
        break;
    case FIELD:
        fill_text(v, scan->field, n);
        break;
    default:
        break;
    }
}

static void fill(duckdb_function_info info, duckdb_data_chunk out)
{
    struct readings_sql *s = duckdb_function_get_extra_info(info);
    struct scan *scan = duckdb_function_get_init_data(info);
    bool number = scan->has[VALUE] || scan->has[UNITS];
    struct readings_columns to = {
        .point = scan->has[POINT] ? scan->point : NULL,
        .time_ms = scan->has[TIME] ? scan->time_ms : NULL,
        .units = number ? scan->units : NULL,
        .decimals = scan->has[DECIMALS] || scan->has[VALUE] ? scan->decimals : NULL,
        .state = scan->has[STATE] || number ? scan->state : NULL,
        .series = scan->has[SERIES] ? scan->series : NULL,
        .field = scan->has[FIELD] ? scan->field : NULL,
    };
    size_t n = 0, max = duckdb_vector_size() < ROWS ? duckdb_vector_size() : ROWS;
    struct error err = {0};
    if (scan->table->next(scan->cursor, &to, max, &n, &err) != OK) {
        s->failure = err;
        duckdb_function_set_error(info, err.text);
        return;
    }
    for (idx_t i = 0; i < scan->count; i++)
        fill_column(scan, scan->wanted[i], duckdb_data_chunk_get_vector(out, i), n);
    duckdb_data_chunk_set_size(out, n);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum code register_table(struct readings_sql *s, struct error *err)
{
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_table_function_set_name(f, "readings");
    duckdb_table_function_set_extra_info(f, s, NULL);
    duckdb_table_function_set_bind(f, bind);
    duckdb_table_function_set_init(f, init);
    duckdb_table_function_set_function(f, fill);
    duckdb_table_function_supports_projection_pushdown(f, true);
    duckdb_state state = duckdb_register_table_function(s->con, f);
    duckdb_destroy_table_function(&f);
    return state == DuckDBSuccess ? OK
                                  : error_set(err, E_BACKEND, "no table of readings in DuckDB");
}

static enum code connect_memory(struct readings_sql *s, bool files, struct error *err)
{
    const char *const options[][2] = {
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"enable_external_access", files ? "true" : "false"},
        {"lock_configuration", "true"},
    };
    duckdb_config config = NULL;
    char *text = NULL;
    bool good = duckdb_create_config(&config) == DuckDBSuccess;
    for (size_t i = 0; good && i < sizeof options / sizeof *options; i++)
        good = duckdb_set_config(config, options[i][0], options[i][1]) == DuckDBSuccess;
    good = good && duckdb_open_ext(NULL, &s->db, config, &text) == DuckDBSuccess &&
           duckdb_connect(s->db, &s->con) == DuckDBSuccess;
    enum code code = good ? OK
                          : error_set(err, E_BACKEND, "cannot open DuckDB: %s",
                                      text != NULL ? text : "unknown error");
    duckdb_free(text);
    duckdb_destroy_config(&config);
    return code;
}

enum code readings_sql_open(struct readings_sql **out, const struct readings_table *table,
                            bool files, struct error *err)
{
    struct readings_sql *s = mem_zalloc(sizeof *s);
    s->table = *table;
    enum code code = connect_memory(s, files, err);
    if (code == OK)
        code = register_table(s, err);
    if (code != OK)
        readings_sql_close(s);
    else
        *out = s;
    return code;
}

void readings_sql_close(struct readings_sql *s)
{
    if (s == NULL)
        return;
    duckdb_disconnect(&s->con);
    duckdb_close(&s->db);
    mem_free(s);
}

/* ---- queries ------------------------------------------------------------------------------- */

static enum code run(struct readings_sql *s, const char *sql, duckdb_result *r, struct error *err)
{
    s->failure = (struct error){0};
    if (duckdb_query(s->con, sql, r) == DuckDBSuccess)
        return OK;
    const char *text = duckdb_result_error(r);
    enum code code = s->failure.code;
    if (code != OK)
        error_set(err, code, "%s", s->failure.text);
    else
        code = error_set(err, E_INPUT, "SQL: %.*s", (int)strcspn(text != NULL ? text : "", "\n"),
                         text != NULL ? text : "");
    duckdb_destroy_result(r);
    return code;
}

/* Without white space and semicolons at the end, so that it can stand in brackets. */
static struct str bare(struct str sql)
{
    sql = str_trim(sql);
    while (sql.len > 0 && sql.ptr[sql.len - 1] == ';')
        sql = str_trim(str_sub(sql, 0, sql.len - 1));
    return sql;
}

static enum code tell_rows(duckdb_data_chunk chunk, idx_t count, struct str *cells,
                           readings_sql_row fn, void *ctx, struct error *err)
{
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); row++) {
        for (idx_t c = 0; c < count; c++) {
            duckdb_vector v = duckdb_data_chunk_get_vector(chunk, c);
            uint64_t *valid = duckdb_vector_get_validity(v);
            duckdb_string_t *text = (duckdb_string_t *)duckdb_vector_get_data(v) + row;
            cells[c] = STR_NULL;
            if (valid == NULL || duckdb_validity_row_is_valid(valid, row))
                cells[c] = (struct str){duckdb_string_t_data(text), duckdb_string_t_length(*text)};
        }
        TRY(fn(ctx, cells, count, err));
    }
    return OK;
}

static enum code tell(duckdb_result *r, readings_sql_row fn, void *ctx, struct error *err)
{
    idx_t count = duckdb_column_count(r);
    struct str *cells = mem_alloc((count + 1) * sizeof *cells);
    for (idx_t c = 0; c < count; c++)
        cells[c] = str_z(duckdb_column_name(r, c));
    enum code code = fn(ctx, cells, count, err);
    while (code == OK) {
        duckdb_data_chunk chunk = duckdb_fetch_chunk(*r);
        if (chunk == NULL)
            break;
        code = tell_rows(chunk, count, cells, fn, ctx, err);
        duckdb_destroy_data_chunk(&chunk);
    }
    mem_free(cells);
    return code;
}

enum code readings_sql_query(struct readings_sql *s, struct str sql, readings_sql_row fn, void *ctx,
                             struct error *err)
{
    struct arena a;
    duckdb_result r;
    sql = bare(sql);
    arena_init(&a, 0);
    struct str text = arena_fmt(&a, "SELECT COLUMNS(*)::VARCHAR FROM (\n%.*s\n)", STR_ARG(sql));
    enum code code = run(s, arena_z(&a, text), &r, err);
    arena_clear(&a);
    TRY(code);
    code = tell(&r, fn, ctx, err);
    duckdb_destroy_result(&r);
    return code;
}

/* 'it''s' */
static struct str quoted(struct arena *a, const char *text)
{
    char *out = arena_alloc(a, strlen(text) * 2 + 3);
    size_t n = 0;
    out[n++] = '\'';
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            out[n++] = '\'';
        out[n++] = *text;
    }
    out[n++] = '\'';
    return (struct str){out, n};
}

enum code readings_sql_parquet(struct readings_sql *s, struct str sql, const char *path,
                               uint64_t *rows, struct error *err)
{
    struct arena a;
    duckdb_result r;
    arena_init(&a, 0);
    sql = sql.ptr != NULL ? bare(sql) : STR("SELECT * FROM readings()");
    const char *part = arena_fmt(&a, "%s.part%c", path, '\0').ptr;
    struct str to = quoted(&a, part);
    struct str text = arena_fmt(&a, "COPY (\n%.*s\n) TO %.*s (FORMAT parquet, COMPRESSION zstd)",
                                STR_ARG(sql), STR_ARG(to));
    enum code code = run(s, arena_z(&a, text), &r, err);
    if (code == OK) {
        *rows = duckdb_rows_changed(&r);
        duckdb_destroy_result(&r);
        if (rename(part, path) != 0)
            code = error_set(err, E_IO, "cannot rename '%s': %s", part, strerror(errno));
    }
    if (code != OK)
        (void)unlink(part);
    arena_clear(&a);
    return code;
}
