/* history_duckdb.c - the history in one DuckDB file, DIR/history.duckdb.
 *
 * Rows go in as column chunks through appenders within one transaction, and come out as chunks;
 * the lists of columns below serve both ways and follow schema/NNN_history.sql. A connection is for
 * one thread at a time.
 *
 * DuckDB guards its file by a POSIX lock, which the kernel drops as soon as this process closes any
 * descriptor of that file: nothing else here may open it. Nor does that lock see a second opening
 * within the process, so directories in use are listed. */
#include "store/store_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <duckdb.h>
#pragma GCC diagnostic pop

#define FILE_NAME "history.duckdb"
#define PAGE_ROWS 262144 /* ids read at a time: bounds the memory of a scan */

struct duck {
    duckdb_database db;
    duckdb_connection con;
    char *dir, *path, *wal;
    int dir_fd;
    bool claimed;
    dev_t dev;
    ino_t ino, wal_ino;
    uint64_t last_fact, last_seq;
};

/* ---- columns ------------------------------------------------------------------------------- */

struct layout {
    const char *catalog, *table; /* catalog NULL: the file */
    const struct column *columns;
    size_t size; /* of the struct */
};

/* Aligned by hand: the commas of AT() confuse the tool. */
/* clang-format off */
static const struct column fact_columns[] = {
    {"id",          COL_U64, AT(fact, id),           0},
    {"entity",      COL_U32, AT(fact, entity),       0},
    {"series",      COL_U32, AT(fact, series),       0},
    {"source",      COL_U32, AT(fact, source),       0},
    {"unit",        COL_U32, AT(fact, unit),         0},
    {"batch",       COL_U32, AT(fact, batch),        0},
    {"first",       COL_DAY, AT(fact, period.first), 0},
    {"last",        COL_DAY, AT(fact, period.last),  0},
    {"value",       COL_I64, AT(fact, value),        0},
    {"value_hi",    COL_I64, AT(fact, value_hi),     0},
    {"step",        COL_I64, AT(fact, step),         0},
    {"decimals",    COL_U8,  AT(fact, decimals),     0},
    {"qualifier",   COL_U8,  AT(fact, qualifier),    0},
    {"state",       COL_U8,  AT(fact, state),        0},
    {"published",   COL_DAY, AT(fact, published),    0},
    {"recorded_us", COL_I64, AT(fact, recorded_us),  0},
    {0},
};
static const struct column trace_columns[] = {
    {"seq",      COL_SEQ, 0,                 0},
    {"fact",     COL_U64, AT(trace, fact),   0},
    {"source",   COL_U32, AT(trace, source), 0},
    {"start_at", COL_I32, AT(trace, start),  0},
    {"end_at",   COL_I32, AT(trace, end),    0},
    {"text",     COL_STR, AT(trace, text),   0},
    {"key",      COL_STR, AT(trace, key),    0},
    {"file",     COL_STR, AT(trace, file),   0},
    {"line",     COL_U32, AT(trace, line),   0},
    {"note",     COL_STR, AT(trace, note),   0},
    {0},
};
static const struct column cell_columns[] = {
    {"grouping_id", COL_U32,  AT(cell_row, grouping),     0},
    {"entity",      COL_U32,  AT(cell_row, entity),       0},
    {"series",      COL_U32,  AT(cell_row, series),       0},
    {"first",       COL_DAY,  AT(cell_row, period.first), 0},
    {"last",        COL_DAY,  AT(cell_row, period.last),  0},
    {"sum",         COL_I128, AT(cell_row, sum),          0},
    {"have",        COL_U32,  AT(cell_row, have),         0},
    {0},
};
/* clang-format on */
static const struct layout fact_layout = {NULL, "fact", fact_columns, sizeof(struct fact)};
static const struct layout trace_layout = {NULL, "trace", trace_columns, sizeof(struct trace)};
static const struct layout cell_layout = {NULL, "cell", cell_columns, sizeof(struct cell_row)};
static const struct layout cell_new_layout = {"temp", "cell_new", cell_columns,
                                              sizeof(struct cell_row)};
#define COLUMNS_MAX 16

/* size: of a value, the same in the struct and in DuckDB's vector; 0 = text */
static const struct {
    duckdb_type type;
    size_t size;
} column_types[COL_TYPES] = {
    [COL_U8] = {DUCKDB_TYPE_UTINYINT, sizeof(uint8_t) },
    [COL_I32] = {DUCKDB_TYPE_INTEGER,  sizeof(int32_t) },
    [COL_DAY] = {DUCKDB_TYPE_DATE,     sizeof(day_t)   },
    [COL_U32] = {DUCKDB_TYPE_UINTEGER, sizeof(uint32_t)},
    [COL_I64] = {DUCKDB_TYPE_BIGINT,   sizeof(int64_t) },
    [COL_U64] = {DUCKDB_TYPE_UBIGINT,  sizeof(uint64_t)},
    [COL_I128] = {DUCKDB_TYPE_HUGEINT,  sizeof(i128)    },
    [COL_STR] = {DUCKDB_TYPE_VARCHAR,  0               },
    [COL_SEQ] = {DUCKDB_TYPE_UBIGINT,  sizeof(uint64_t)},
};
_Static_assert(sizeof(duckdb_hugeint) == sizeof(i128) && sizeof(duckdb_date) == sizeof(day_t),
               "values are copied as they are");

/* ---- errors and plain SQL ------------------------------------------------------------------ */

static const struct {
    const char *says;
    enum code code;
    const char *hint;
} failures[] = {
    {"Could not set lock", E_CONFLICT, "another process holds it" },
    {"not a valid DuckDB", E_BACKEND,  "damaged, or not a history"},
    {"Could not write",    E_IO,       "writing failed"           },
    {"IO Error",           E_IO,       "reading or writing failed"},
};

static enum code fail(const struct duck *d, const char *text, struct error *err)
{
    if (text == NULL)
        text = "unknown error";
    int len = (int)strcspn(text, "\n"); /* a stack trace may follow */
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (strstr(text, failures[i].says) != NULL)
            return error_set(err, failures[i].code, "history '%s': %s (%.*s)", d->path,
                             failures[i].hint, len, text);
    return error_set(err, E_BACKEND, "history '%s': %.*s", d->path, len, text);
}

static enum code exec(struct duck *d, const char *sql, struct error *err)
{
    duckdb_result r;
    enum code code = OK;
    if (duckdb_query(d->con, sql, &r) != DuckDBSuccess)
        code = fail(d, duckdb_result_error(&r), err);
    duckdb_destroy_result(&r);
    return code;
}

/* A query with up to two unsigned parameters ($1, $2). */
static enum code query(struct duck *d, const char *sql, const uint64_t *values, idx_t value_count,
                       duckdb_result *out, struct error *err)
{
    duckdb_prepared_statement s;
    enum code code = OK;
    if (duckdb_prepare(d->con, sql, &s) != DuckDBSuccess)
        code = fail(d, duckdb_prepare_error(s), err);
    for (idx_t i = 0; i < value_count && code == OK; i++)
        if (duckdb_bind_uint64(s, i + 1, values[i]) != DuckDBSuccess)
            code = fail(d, duckdb_prepare_error(s), err);
    if (code == OK && duckdb_execute_prepared(s, out) != DuckDBSuccess) {
        code = fail(d, duckdb_result_error(out), err);
        duckdb_destroy_result(out);
    }
    duckdb_destroy_prepare(&s);
    return code;
}

/* The one unsigned number of a query. */
static enum code query_number(struct duck *d, const char *sql, const uint64_t *values,
                              idx_t value_count, uint64_t *out, struct error *err)
{
    duckdb_result r;
    *out = 0;
    TRY(query(d, sql, values, value_count, &r, err));
    duckdb_data_chunk chunk = duckdb_fetch_chunk(r);
    if (chunk != NULL && duckdb_data_chunk_get_size(chunk) > 0)
        *out = *(uint64_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&r);
    return OK;
}

/* ---- rows in ------------------------------------------------------------------------------- */

static duckdb_data_chunk chunk_new(const struct layout *lay)
{
    duckdb_logical_type types[COLUMNS_MAX];
    idx_t n = (idx_t)columns_count(lay->columns);
    for (idx_t i = 0; i < n; i++)
        types[i] = duckdb_create_logical_type(column_types[lay->columns[i].type].type);
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types, n);
    for (idx_t i = 0; i < n; i++)
        duckdb_destroy_logical_type(&types[i]);
    return chunk;
}

static void fill_column(duckdb_vector v, const struct column *c, const char *rows, size_t stride,
                        size_t count, uint64_t seq)
{
    char *data = duckdb_vector_get_data(v);
    size_t size = column_types[c->type].size;
    const char *member = rows + c->offset;
    for (size_t i = 0; i < count; i++, member += stride) {
        if (c->type == COL_STR) {
            const struct str *s = (const struct str *)member;
            duckdb_vector_assign_string_element_len(v, i, s->ptr ? s->ptr : "", s->len);
        } else if (c->type == COL_SEQ) {
            ((uint64_t *)data)[i] = seq + i;
        } else {
            memcpy(data + i * size, member, size);
        }
    }
}

static duckdb_state append_chunks(duckdb_appender appender, const struct layout *lay,
                                  const char *rows, size_t count, uint64_t seq)
{
    duckdb_data_chunk chunk = chunk_new(lay);
    duckdb_state state = DuckDBSuccess;
    for (size_t done = 0, n; done < count && state == DuckDBSuccess; done += n) {
        n = count - done < duckdb_vector_size() ? count - done : duckdb_vector_size();
        duckdb_data_chunk_reset(chunk);
        for (idx_t i = 0; lay->columns[i].name != NULL; i++)
            fill_column(duckdb_data_chunk_get_vector(chunk, i), &lay->columns[i],
                        rows + done * lay->size, lay->size, n, seq + done);
        duckdb_data_chunk_set_size(chunk, n);
        state = duckdb_append_data_chunk(appender, chunk);
    }
    duckdb_destroy_data_chunk(&chunk);
    return state == DuckDBSuccess ? duckdb_appender_close(appender) : state;
}

/* seq: number of the first row, for COL_SEQ */
static enum code append_rows(struct duck *d, const struct layout *lay, const void *rows,
                             size_t count, uint64_t seq, struct error *err)
{
    duckdb_appender appender = NULL;
    enum code code = OK;
    if (count == 0)
        return OK;
    duckdb_state state =
        duckdb_appender_create_ext(d->con, lay->catalog, NULL, lay->table, &appender);
    if (state == DuckDBSuccess)
        state = append_chunks(appender, lay, rows, count, seq);
    if (state != DuckDBSuccess) {
        duckdb_error_data data = duckdb_appender_error_data(appender);
        code = fail(d, duckdb_error_data_message(data), err);
        duckdb_destroy_error_data(&data);
    }
    duckdb_appender_destroy(&appender);
    return code;
}

/* ---- cells in ------------------------------------------------------------------------------ */

static int by_key_and_place(const void *pa, const void *pb)
{
    const struct cell_row *a = *(const struct cell_row *const *)pa;
    const struct cell_row *b = *(const struct cell_row *const *)pb;
    int order = cell_key_cmp(a, b);
    return order != 0 ? order : a < b ? -1 : a > b;
}

/* In order of key; of several with one key the last. Returns how many. */
static size_t cells_sorted(const struct cell_row *cells, size_t count, struct cell_row *out)
{
    const struct cell_row **order = mem_alloc(count * sizeof(*order));
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        order[i] = &cells[i];
    qsort(order, count, sizeof(*order), by_key_and_place);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || cell_key_cmp(order[i], order[i + 1]) != 0)
            out[n++] = *order[i];
    mem_free(order);
    return n;
}

static enum code put_cells(struct duck *d, const struct cell_row *cells, size_t count,
                           struct error *err)
{
    if (count == 0)
        return OK;
    TRY(exec(d, "CREATE OR REPLACE TEMP TABLE cell_new AS SELECT * FROM cell LIMIT 0", err));
    struct cell_row *sorted = mem_alloc(count * sizeof *sorted);
    enum code code =
        append_rows(d, &cell_new_layout, sorted, cells_sorted(cells, count, sorted), 0, err);
    mem_free(sorted);
    TRY(code);
    TRY(exec(d,
             "DELETE FROM cell USING cell_new n WHERE cell.grouping_id = n.grouping_id"
             " AND cell.entity = n.entity AND cell.series = n.series"
             " AND cell.first = n.first AND cell.last = n.last",
             err));
    TRY(exec(d, "INSERT INTO cell SELECT * FROM cell_new WHERE have > 0", err));
    return exec(d, "DROP TABLE cell_new", err);
}

/* ---- rows out ------------------------------------------------------------------------------ */

struct sink {
    fact_fn fact; /* one of the three */
    trace_fn trace;
    cell_fn cell;
    void *ctx;
};
union out_row {
    struct fact fact;
    struct trace trace;
    struct cell_row cell;
};

static enum code emit(const struct sink *sink, const union out_row *row, struct error *err)
{
    if (sink->fact != NULL)
        return sink->fact(sink->ctx, &row->fact, err);
    if (sink->trace != NULL)
        return sink->trace(sink->ctx, &row->trace, err);
    return sink->cell(sink->ctx, &row->cell, err);
}

static void read_member(void *member, enum column_type type, void *data, idx_t at)
{
    size_t size = column_types[type].size;
    if (type == COL_STR) {
        duckdb_string_t *s = (duckdb_string_t *)data + at;
        *(struct str *)member = (struct str){duckdb_string_t_data(s), duckdb_string_t_length(*s)};
    } else if (type != COL_SEQ) {
        memcpy(member, (const char *)data + at * size, size);
    }
}

static enum code emit_chunk(const struct layout *lay, duckdb_data_chunk chunk,
                            const struct sink *sink, struct error *err)
{
    void *data[COLUMNS_MAX];
    union out_row row = {0};
    idx_t columns = (idx_t)columns_count(lay->columns), rows = duckdb_data_chunk_get_size(chunk);
    for (idx_t i = 0; i < columns; i++)
        data[i] = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, i));
    for (idx_t at = 0; at < rows; at++) {
        for (idx_t i = 0; i < columns; i++)
            read_member((char *)&row + lay->columns[i].offset, lay->columns[i].type, data[i], at);
        TRY(emit(sink, &row, err));
    }
    return OK;
}

static enum code emit_result(const struct layout *lay, duckdb_result *r, const struct sink *sink,
                             uint64_t *count, struct error *err)
{
    enum code code = OK;
    *count = 0;
    for (duckdb_data_chunk chunk; code == OK && (chunk = duckdb_fetch_chunk(*r)) != NULL;) {
        *count += duckdb_data_chunk_get_size(chunk);
        code = emit_chunk(lay, chunk, sink, err);
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(r);
    return code;
}

/* "SELECT every column FROM table" and the tail, where $1 is the first column's name. */
static void select_sql(struct buf *b, const struct layout *lay, const char *tail)
{
    buf_z(b, "SELECT ");
    for (const struct column *c = lay->columns; c->name != NULL; c++)
        buf_fmt(b, "%s%s", c == lay->columns ? "" : ", ", c->name);
    buf_fmt(b, " FROM %s %s", lay->table, tail);
    buf_byte(b, '\0');
}

/* The rows of one page of ids, in order. */
static enum code scan_page(struct duck *d, const struct layout *lay, const uint64_t bounds[2],
                           const struct sink *sink, uint64_t *count, struct error *err)
{
    duckdb_result r;
    struct buf sql;
    buf_init(&sql, 1024);
    select_sql(&sql, lay,
               lay == &trace_layout ? "WHERE seq > $1 AND seq <= $2 ORDER BY seq"
                                    : "WHERE id > $1 AND id <= $2 ORDER BY id");
    enum code code = query(d, sql.ptr, bounds, 2, &r, err);
    buf_clear(&sql);
    TRY(code);
    return emit_result(lay, &r, sink, count, err);
}

/* Ids are dense but for rare gaps, so pages of ids are pages of rows; after an empty page the next
 * id is asked for. */
static enum code scan_ids(struct duck *d, const struct layout *lay, uint64_t last,
                          const struct sink *sink, struct error *err)
{
    const char *next_sql = lay == &trace_layout
                               ? "SELECT coalesce(min(seq), 0) FROM trace WHERE seq > $1"
                               : "SELECT coalesce(min(id), 0) FROM fact WHERE id > $1";
    for (uint64_t from = 0, count, next; from < last;) {
        uint64_t bounds[2] = {from, last - from > PAGE_ROWS ? from + PAGE_ROWS : last};
        TRY(scan_page(d, lay, bounds, sink, &count, err));
        from = bounds[1];
        if (count > 0 || from == last)
            continue;
        TRY(query_number(d, next_sql, &from, 1, &next, err));
        from = next - 1;
    }
    return OK;
}

static enum code duck_facts(struct history *h, fact_fn fn, void *ctx, struct error *err)
{
    struct duck *d = h->state;
    struct sink sink = {.fact = fn, .ctx = ctx};
    return scan_ids(d, &fact_layout, d->last_fact, &sink, err);
}

static enum code duck_traces(struct history *h, trace_fn fn, void *ctx, struct error *err)
{
    struct duck *d = h->state;
    struct sink sink = {.trace = fn, .ctx = ctx};
    return scan_ids(d, &trace_layout, d->last_seq, &sink, err);
}

static enum code duck_cells(struct history *h, cell_fn fn, void *ctx, struct error *err)
{
    struct sink sink = {.cell = fn, .ctx = ctx};
    duckdb_result r;
    struct buf sql;
    uint64_t count;
    buf_init(&sql, 1024);
    select_sql(&sql, &cell_layout, "ORDER BY grouping_id, entity, series, first, last");
    enum code code = query(h->state, sql.ptr, NULL, 0, &r, err);
    buf_clear(&sql);
    TRY(code);
    return emit_result(&cell_layout, &r, &sink, &count, err);
}

static enum code duck_batch_facts(struct history *h, uint32_t batch, uint64_t *count,
                                  struct error *err)
{
    uint64_t value = batch;
    return query_number(h->state, "SELECT count(*)::UBIGINT FROM fact WHERE batch = $1::UINTEGER",
                        &value, 1, count, err);
}

static enum code duck_has_batch(struct history *h, uint32_t batch, bool *has, struct error *err)
{
    uint64_t value = batch, count = 0;
    TRY(query_number(h->state, "SELECT count(*)::UBIGINT FROM batch WHERE id = $1::UINTEGER", &value,
                     1, &count, err));
    *has = count > 0;
    return OK;
}

/* ---- append -------------------------------------------------------------------------------- */

/* A commit syncs the log file but not its name in the directory; the name is new after every
 * checkpoint. */
static enum code sync_name(struct duck *d, struct error *err)
{
    struct stat st;
    if (stat(d->wal, &st) != 0 || st.st_ino == d->wal_ino)
        return OK;
    if (fsync(d->dir_fd) != 0)
        return error_set(err, E_IO, "history '%s': %s", d->dir, strerror(errno));
    d->wal_ino = st.st_ino;
    return OK;
}

static enum code append_all(struct duck *d, uint32_t batch, const struct fact *facts,
                            size_t fact_count, const struct trace *traces, size_t trace_count,
                            const struct cell_row *cells, size_t cell_count, struct error *err)
{
    char sql[64];
    snprintf(sql, sizeof sql, "INSERT INTO batch VALUES (%u)", batch);
    TRY(exec(d, sql, err));
    TRY(append_rows(d, &fact_layout, facts, fact_count, 0, err));
    TRY(append_rows(d, &trace_layout, traces, trace_count, d->last_seq + 1, err));
    TRY(put_cells(d, cells, cell_count, err));
    return exec(d, "COMMIT", err);
}

static enum code duck_append(struct history *h, uint32_t batch, const struct fact *facts,
                             size_t fact_count, const struct trace *traces, size_t trace_count,
                             const struct cell_row *cells, size_t cell_count, struct error *err)
{
    struct duck *d = h->state;
    TRY(history_check(d->last_fact, facts, fact_count, traces, trace_count, cells, cell_count,
                      err));
    TRY(exec(d, "BEGIN", err));
    enum code code = append_all(d, batch, facts, fact_count, traces, trace_count, cells, cell_count, err);
    if (code != OK) {
        (void)!exec(d, "ROLLBACK", NULL);
        return code;
    }
    if (fact_count > 0)
        d->last_fact = facts[fact_count - 1].id;
    d->last_seq += trace_count;
    return sync_name(d, err);
}

/* ---- directories in use -------------------------------------------------------------------- */

static pthread_mutex_t claims_lock = PTHREAD_MUTEX_INITIALIZER;
static struct duck *claims[64];

static enum code claim(struct duck *d, struct error *err)
{
    size_t count = sizeof claims / sizeof *claims, slot = count;
    enum code code = OK;
    pthread_mutex_lock(&claims_lock);
    for (size_t i = 0; i < count; i++) {
        if (claims[i] == NULL)
            slot = i;
        else if (claims[i]->dev == d->dev && claims[i]->ino == d->ino)
            code = error_set(err, E_CONFLICT, "history '%s': this process has it open", d->path);
    }
    if (code == OK && slot == count)
        code = error_set(err, E_LIMIT, "history '%s': too many are open", d->path);
    if (code == OK) {
        claims[slot] = d;
        d->claimed = true;
    }
    pthread_mutex_unlock(&claims_lock);
    return code;
}

static void unclaim(struct duck *d)
{
    pthread_mutex_lock(&claims_lock);
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (claims[i] == d)
            claims[i] = NULL;
    pthread_mutex_unlock(&claims_lock);
}

/* ---- opening ------------------------------------------------------------------------------- */

static const char *const options[][2] = {
    {"threads",                      "2"    },
    {"memory_limit",                 "1GB"  },
 /* nothing is fetched from anywhere */
    {"autoinstall_known_extensions", "false"},
    {"autoload_known_extensions",    "false"},
};

static enum code open_database(struct duck *d, struct error *err)
{
    duckdb_config config = NULL;
    char *text = NULL;
    enum code code = OK;
    bool good = duckdb_create_config(&config) == DuckDBSuccess;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        good = good && duckdb_set_config(config, options[i][0], options[i][1]) == DuckDBSuccess;
    if (!good)
        code = error_set(err, E_BACKEND, "DuckDB does not take its options");
    else if (duckdb_open_ext(d->path, &d->db, config, &text) != DuckDBSuccess)
        code = fail(d, text, err);
    else if (duckdb_connect(d->db, &d->con) != DuckDBSuccess)
        code = fail(d, "cannot connect", err);
    duckdb_free(text);
    duckdb_destroy_config(&config);
    return code;
}

/* 0 = empty */
static enum code schema_number(struct duck *d, uint64_t *out, struct error *err)
{
    TRY(query_number(d, "SELECT count(*)::UBIGINT FROM duckdb_tables() WHERE table_name = 'meta'",
                     NULL, 0, out, err));
    if (*out == 0)
        return OK;
    return query_number(d, "SELECT coalesce(max(value), 0)::UBIGINT FROM meta WHERE key = 'schema'",
                        NULL, 0, out, err);
}

static enum code apply_steps(struct duck *d, uint64_t from, struct error *err)
{
    char sql[100];
    TRY(exec(d, "BEGIN", err));
    for (const struct schema_step *step = history_schema; step->number != 0; step++)
        if ((uint64_t)step->number > from)
            TRY(exec(d, step->sql, err));
    TRY(exec(d, "DELETE FROM meta WHERE key = 'schema'", err));
    snprintf(sql, sizeof sql, "INSERT INTO meta VALUES ('schema', %d)",
             schema_newest(history_schema));
    TRY(exec(d, sql, err));
    return exec(d, "COMMIT", err); /* on failure the caller closes, which rolls back */
}

static enum code migrate(struct duck *d, struct error *err)
{
    uint64_t number, newest = (uint64_t)schema_newest(history_schema);
    TRY(schema_number(d, &number, err));
    if (number > newest)
        return error_set(err, E_CONFLICT,
                         "history '%s' has schema %llu, this program knows up to %llu: use a newer "
                         "program",
                         d->path, (unsigned long long)number, (unsigned long long)newest);
    return number < newest ? apply_steps(d, number, err) : OK;
}

static enum code find_file(struct duck *d, bool create, struct error *err)
{
    struct stat st;
    if (!create && access(d->path, F_OK) != 0 && errno == ENOENT)
        return error_set(err, E_MISSING, "no workspace: there is no '%s'", d->path);
    d->dir_fd = open(d->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->dir_fd < 0 || fstat(d->dir_fd, &st) != 0)
        return error_set(err, E_IO, "history '%s': %s", d->dir, strerror(errno));
    d->dev = st.st_dev;
    d->ino = st.st_ino;
    return claim(d, err);
}

static enum code open_all(struct duck *d, bool create, struct error *err)
{
    TRY(find_file(d, create, err));
    TRY(open_database(d, err));
    TRY(migrate(d, err));
    TRY(query_number(d, "SELECT coalesce(max(id), 0) FROM fact", NULL, 0, &d->last_fact, err));
    TRY(query_number(d, "SELECT coalesce(max(seq), 0) FROM trace", NULL, 0, &d->last_seq, err));
    if (fsync(d->dir_fd) != 0)
        return error_set(err, E_IO, "history '%s': %s", d->dir, strerror(errno));
    return OK;
}

static char *join(const char *a, const char *b, const char *c)
{
    size_t len = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = mem_alloc(len);
    snprintf(out, len, "%s%s%s", a, b, c);
    return out;
}

static void release(struct duck *d)
{
    duckdb_disconnect(&d->con);
    duckdb_close(&d->db);
    if (d->claimed)
        unclaim(d);
    if (d->dir_fd >= 0)
        close(d->dir_fd);
    mem_free(d->dir);
    mem_free(d->path);
    mem_free(d->wal);
    mem_free(d);
}

static enum code duck_open(struct history *h, const char *dir, bool create, struct error *err)
{
    struct duck *d = mem_zalloc(sizeof *d);
    d->dir = join(dir, "", "");
    d->path = join(dir, "/", FILE_NAME);
    d->wal = join(d->path, ".wal", "");
    d->dir_fd = -1;
    enum code code = open_all(d, create, err);
    if (code == OK)
        h->state = d;
    else
        release(d);
    return code;
}

static void duck_close(struct history *h)
{
    struct error err = {0};
    if (exec(h->state, "CHECKPOINT", &err) != OK) /* nothing is lost: the log is read again */
        log_event(LOG_WARN, "history.checkpoint_failed", "text=\"%s\"", err.text);
    release(h->state);
}

const struct history_ops history_duckdb = {
    .name = "duckdb",
    .open = duck_open,
    .append = duck_append,
    .facts = duck_facts,
    .traces = duck_traces,
    .cells = duck_cells,
    .has_batch = duck_has_batch,
    .batch_facts = duck_batch_facts,
    .close = duck_close,
};
