/* readings_sql_test.c - a file of blocks as a table of SQL, and as Parquet and back. */
#include "base/test.h"
#include "readings/block.h"
#include "readings/kernel.h"
#include "store/readings_sql.h"
#include <unistd.h>

enum { POINTS = 300, MINUTES = 60 };
#define T0 INT64_C(1767225600000) /* 2026-01-01T00:00Z */

static char dir[200], block_path[256], parquet_path[256];
static struct block_file *file;
static int64_t sum_units; /* of numbers; what SQL should find */
static uint64_t count_all, count_numbers;

/* ---- a cursor over the file ---------------------------------------------------------------- */

struct walk {
    struct block_cursor c;
    size_t at;
    bool fails;
};
static bool cursor_fails;

static enum code walk_open(void *ctx, void **cursor, struct error *err)
{
    (void)err;
    struct walk *w = mem_alloc(sizeof *w);
    assert_ptr_equal(ctx, file);
    w->c.at = w->c.n = w->at = 0;
    w->c.values_only = false;
    w->fails = cursor_fails;
    *cursor = w;
    return OK;
}

static enum code walk_next(void *cursor, const struct readings_columns *out, size_t max, size_t *n,
                           struct error *err)
{
    struct walk *w = cursor;
    bool more = true;
    if (w->fails)
        return error_set(err, E_IO, "disk of '%s' is gone", "A");
    if (w->at == w->c.n) {
        TRY(block_next(file, &w->c, &more, err));
        w->at = 0;
    }
    *n = !more ? 0 : w->c.n - w->at < max ? w->c.n - w->at : max;
    for (size_t i = 0; i < *n; i++, w->at++) {
        int64_t v = w->c.value[w->at];
        if (out->point != NULL)
            out->point[i] = w->c.point;
        if (out->time_ms != NULL)
            out->time_ms[i] = w->c.time_ms[w->at];
        if (out->units != NULL)
            out->units[i] = v;
        if (out->decimals != NULL)
            out->decimals[i] = 3;
        if (out->state != NULL)
            out->state[i] = reading_is_number(v) ? STR_NULL : STR("offline");
        if (out->series != NULL)
            out->series[i] = STR("电表,编号=17 and longer than twelve bytes");
        if (out->field != NULL)
            out->field[i] = STR("v");
    }
    return OK;
}

static void walk_close(void *cursor)
{
    mem_free(cursor);
}

/* ---- making it ----------------------------------------------------------------------------- */

static int make_file(void **state)
{
    (void)state;
    struct block_writer *w;
    int64_t t[MINUTES], v[MINUTES];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/luoshu-sql-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    snprintf(block_path, sizeof block_path, "%s/a.blk", dir);
    snprintf(parquet_path, sizeof parquet_path, "%s/it's.parquet", dir);
    assert_int_equal(block_writer_begin(&w, block_path, 1, 1, NULL), OK);
    test_state = 7;
    for (uint32_t p = 1; p <= POINTS; p++) {
        for (size_t i = 0; i < MINUTES; i++) {
            t[i] = T0 + (int64_t)i * 60000 + p;
            v[i] = i == 30 ? READING_OFFLINE : (int64_t)test_below(1000000) - 500000;
            count_all++;
            count_numbers += i != 30;
            sum_units += i != 30 ? v[i] : 0;
        }
        assert_int_equal(block_writer_put(w, p, t, v, MINUTES, NULL), OK);
    }
    assert_int_equal(block_writer_end(w, NULL), OK);
    return block_open(&file, block_path, NULL) != OK;
}

static int remove_file(void **state)
{
    (void)state;
    block_close(file);
    unlink(block_path);
    unlink(parquet_path);
    return rmdir(dir);
}

static struct readings_sql *open_sql(bool files)
{
    struct readings_table table = {.ctx = file,
                                   .rows = block_info(file)->readings,
                                   .open = walk_open,
                                   .next = walk_next,
                                   .close = walk_close};
    struct readings_sql *s;
    assert_int_equal(readings_sql_open(&s, &table, files, NULL), OK);
    return s;
}

/* ---- asking -------------------------------------------------------------------------------- */

static enum code join_row(void *ctx, const struct str *cells, size_t n, struct error *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++) {
        buf_z(ctx, i > 0 ? "," : "");
        buf_add(ctx, cells[i].ptr != NULL ? cells[i] : STR("NULL"));
    }
    buf_z(ctx, "\n");
    return OK;
}

static void check_query(struct readings_sql *s, const char *sql, const char *want)
{
    struct buf got;
    struct error err = {0};
    buf_init(&got, 1 << 20);
    if (readings_sql_query(s, str_z(sql), join_row, &got, &err) != OK)
        fail_msg("%s: %s", sql, err.text);
    check_text(buf_str(&got), str_z(want), sql);
    buf_clear(&got);
}

static const char *totals(void)
{
    static char text[200];
    char sum[DEC_TEXT + 1];
    sum[dec_text(sum_units * dec_pow10(6), 9, sum)] = '\0';
    snprintf(text, sizeof text, "c,n,s,u\n%llu,%llu,%s,%lld\n", (unsigned long long)count_all,
             (unsigned long long)count_numbers, sum, (long long)sum_units);
    return text;
}
#define TOTALS "SELECT count(*) AS c, count(value) AS n, sum(value) AS s, sum(units) AS u FROM "

static void sql_sees_every_reading(void **state)
{
    (void)state;
    struct readings_sql *s = open_sql(false);
    check_query(s, TOTALS "readings();\n", totals());
    check_query(s,
                "SELECT point, time, value, units, decimals, state, series, field FROM readings() "
                "WHERE point = 5 AND time BETWEEN '2026-01-01 00:29' AND '2026-01-01 00:31' "
                "AND state IS NOT NULL",
                "point,time,value,units,decimals,state,series,field\n"
                "5,2026-01-01 00:30:00.005,NULL,NULL,3,offline,电表,编号=17 and longer than twelve "
                "bytes,v\n");
    check_query(s, "SELECT count(*) FROM readings()", "count_star()\n18000\n");
    check_query(s, "SELECT count(*) AS n FROM readings() a JOIN readings() b USING (point, time)",
                "n\n18000\n");
    readings_sql_close(s);
}

static void parquet_holds_the_same(void **state)
{
    (void)state;
    struct readings_sql *s = open_sql(true);
    uint64_t rows = 0;
    char sql[600];
    assert_int_equal(readings_sql_parquet(s, STR_NULL, parquet_path, &rows, NULL), OK);
    assert_int_equal(rows, count_all);
    snprintf(sql, sizeof sql, TOTALS "'%s/it''s.parquet'", dir);
    check_query(s, sql, totals());
    snprintf(sql, sizeof sql,
             "SELECT count(*) AS n FROM (SELECT * FROM readings() EXCEPT SELECT * FROM "
             "'%s/it''s.parquet')",
             dir);
    check_query(s, sql, "n\n0\n");
    assert_int_equal(readings_sql_parquet(s,
                                          STR("SELECT point, avg(value) AS mean FROM readings() "
                                              "GROUP BY point"),
                                          parquet_path, &rows, NULL),
                     OK);
    assert_int_equal(rows, POINTS);
    readings_sql_close(s);
}

static void what_goes_wrong_is_told(void **state)
{
    (void)state;
    struct readings_sql *s = open_sql(false);
    struct buf got;
    struct error err = {0};
    uint64_t rows;
    buf_init(&got, 1000);
    assert_int_equal(
        readings_sql_query(s, STR("SELECT nothing FROM readings()"), join_row, &got, &err),
        E_INPUT);
    assert_true(str_has(str_z(err.text), STR("nothing")));
    memset(&err, 0, sizeof err);
    assert_int_equal(
        readings_sql_query(s, STR("SELECT * FROM '/etc/passwd'"), join_row, &got, &err),
        E_INPUT); /* not without leave to use files */
    assert_int_equal(readings_sql_parquet(s, STR_NULL, parquet_path, &rows, &err), E_INPUT);
    assert_int_equal(
        readings_sql_query(s, STR("SET enable_external_access = true"), join_row, &got, &err),
        E_INPUT);
    cursor_fails = true;
    memset(&err, 0, sizeof err);
    assert_int_equal(readings_sql_query(s, STR("SELECT * FROM readings()"), join_row, &got, &err),
                     E_IO);
    check_text(str_z(err.text), STR("disk of 'A' is gone"), "the cursor's own words");
    cursor_fails = false;
    check_query(s, "SELECT max(point) AS p FROM readings()", "p\n300\n");
    buf_clear(&got);
    readings_sql_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql_sees_every_reading),
        cmocka_unit_test(parquet_holds_the_same),
        cmocka_unit_test(what_goes_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
