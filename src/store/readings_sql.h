/* readings_sql.h - readings of devices as a table of SQL, and as Parquet.
 *
 * A DuckDB in memory that has one table function, readings(), and reads the rows from a cursor of
 * the caller: nothing is copied into a database. Columns: point UINTEGER, time TIMESTAMP_MS (UTC),
 * value DECIMAL(28,9), units BIGINT, decimals UTINYINT (value = units / 10^decimals; both NULL
 * where nothing was measured), state VARCHAR (why: 'null', 'offline' ...; NULL where there is a
 * value), series VARCHAR, field VARCHAR Only columns that a query names are asked for. For one
 * thread at a time. */
#ifndef LUOSHU_STORE_READINGS_SQL_H
#define LUOSHU_STORE_READINGS_SQL_H
#include "base/base.h"

/* Columns of a batch of rows, to be filled by the cursor; NULL: not wanted. A text lives until the
 * next call. decimals <= 9. */
struct readings_columns {
    uint32_t *point;
    int64_t *time_ms, *units;
    uint8_t *decimals;
    struct str *state, *series, *field; /* state.ptr NULL: there is a value */
};
struct readings_table {
    void *ctx;
    uint64_t rows; /* about how many; 0: unknown */
    /* A new cursor at the beginning; a query may have several at once, on other threads. */
    enum code (*open)(void *ctx, void **cursor, struct error *err);
    /* At most max rows; *n = 0 at the end. */
    enum code (*next)(void *cursor, const struct readings_columns *out, size_t max, size_t *n,
                      struct error *err);
    void (*close)(void *cursor);
};

struct readings_sql;
/* files: SQL may read and write files of this machine. The table is copied, what it points to is
 * borrowed. fails  E_BACKEND */
MUST_CHECK enum code readings_sql_open(struct readings_sql **out,
                                       const struct readings_table *table, bool files,
                                       struct error *err);
void readings_sql_close(struct readings_sql *s);

/* Names of the columns first, then row by row; ptr NULL is SQL's NULL. */
typedef enum code (*readings_sql_row)(void *ctx, const struct str *cells, size_t n,
                                      struct error *err);
/* One query; the result is held in memory until it is told.
 * fails  E_INPUT what the database says of the query; what the cursor or fn failed with */
MUST_CHECK enum code readings_sql_query(struct readings_sql *s, struct str sql, readings_sql_row fn,
                                        void *ctx, struct error *err);
/* The rows of a query (NULL: every reading) as a Parquet file (zstd), which gets its name when it
 * is complete. Needs `files`. fails  E_INPUT, E_IO */
MUST_CHECK enum code readings_sql_parquet(struct readings_sql *s, struct str sql, const char *path,
                                          uint64_t *rows, struct error *err);
#endif
