/* store_int.h - what the files of `store` share: columns, schema steps, the open registry. */
#ifndef LUOSHU_STORE_INT_H
#define LUOSHU_STORE_INT_H
#include "store/history.h"
#include "store/registry.h"
#include <pthread.h>
#include <sqlite3.h>

/* ---- columns ------------------------------------------------------------------------------- */

/* How a member of a struct lies in a table. One list of columns per struct serves both ways. */
enum column_type {
    COL_U8,
    COL_BOOL,
    COL_I32,
    COL_DAY, /* day_t */
    COL_U32,
    COL_I64,
    COL_U64,
    COL_I128,
    COL_STR,
    COL_WORD, /* an enum; `limit` is the first number that means nothing */
    COL_REF,  /* id of a row of the registry's table number `limit` */
    COL_SEQ,  /* no member: the number of the row, given by the store */
    COL_TYPES
};
struct column {
    const char *name;
    enum column_type type;
    size_t offset;
    int limit;
};
#define AT(type, member) offsetof(struct type, member)
/* A list of columns ends with one that has no name. */
static inline int columns_count(const struct column *c)
{
    int n = 0;
    while (c[n].name != NULL)
        n++;
    return n;
}

/* ---- schema steps (schema/, embedded by script/embed.sh) ------------------------------------- */

struct schema_step {
    int number; /* 1.., ascending; 0 ends the list */
    const char *name, *sql;
};
extern const struct schema_step registry_schema[], history_schema[];
int schema_newest(const struct schema_step *steps);

/* ---- registry -------------------------------------------------------------------------------- */

enum row_table {
    ROW_DIMENSION, /* in the order of loading: a row refers only to tables above its own */
    ROW_UNIT,
    ROW_INDICATOR,
    ROW_SERIES,
    ROW_ENTITY,
    ROW_GROUPING,
    ROW_MEMBERSHIP,
    ROW_SOURCE,
    ROW_TABLES
};
enum row_verb { ROW_INSERT, ROW_LOOK, ROW_ARCHIVE, ROW_UPDATE, ROW_ALIAS, ROW_VERBS };

enum fixed_stmt {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_BATCH_PUT,
    SQL_BATCH_DONE,
    SQL_BATCH_STATE,
    SQL_BATCHES,
    SQL_GET,
    SQL_SET,
    SQL_TOKEN_PUT,
    SQL_TOKEN_GET,
    SQL_AUDIT_LAST,
    SQL_AUDIT_PUT,
    SQL_AUDIT_WALK,
    SQL_DATASET_PUT,
    SQL_DATASETS,
    SQL_DATASET_TEXT,
    SQL_DATASET_DROP,
    SQL_FIXED
};

enum points_stmt {
    POINTS_PUT_PROFILE,
    POINTS_PUT_SLOT,
    POINTS_PUT_DEVICE,
    POINTS_PUT_POINT,
    POINTS_PROFILES,
    POINTS_SLOTS,
    POINTS_DEVICES,
    POINTS_POINTS,
    POINTS_POINT,
    POINTS_DEVICE,
    POINTS_DEVICE_NAMED,
    POINTS_FIND_DEVICE,
    POINTS_FIND_UNBOUND,
    POINTS_FIND,
    POINTS_DEVICES_FIND,
    POINTS_PUT_CLAIM,
    POINTS_USE_CLAIM,
    POINTS_SQL
};

/* Any thread may call. `lock` is recursive and stays held from begin to commit or rollback, so
 * that what another thread writes meanwhile waits and is not rolled back with it. */
struct registry {
    sqlite3 *db;
    char *path;
    pthread_mutex_t lock;
    bool begun;
    sqlite3_stmt *fixed[SQL_FIXED];
    sqlite3_stmt *rows[ROW_TABLES][ROW_VERBS];
    sqlite3_stmt *points[POINTS_SQL];
};

struct registry *registry_hold_(struct registry *g);
void registry_release_(struct registry **g);
/* The lock until the end of the block. */
#define HOLD(g)                                                                                    \
    struct registry *held_ __attribute__((cleanup(registry_release_), unused)) = registry_hold_(g)

/* Turns the last SQLite error into ours; `what` was being done. */
enum code registry_fail(struct registry *g, struct error *err, const char *what);
MUST_CHECK enum code registry_exec(struct registry *g, const char *sql, struct error *err);
MUST_CHECK enum code registry_prepare(struct registry *g, const char *sql, sqlite3_stmt **out,
                                      struct error *err);
/* A cached statement with its parameters bound: "i" int64_t, "s" struct str, "h" const uint8_t[32].
 * Text and hashes are borrowed until registry_done. */
MUST_CHECK enum code registry_bind(struct registry *g, enum fixed_stmt id, sqlite3_stmt **out,
                                   struct error *err, const char *types, ...);
/* *row = there is one. At an error or the end the statement is reset. */
MUST_CHECK enum code registry_step(struct registry *g, sqlite3_stmt *s, bool *row,
                                   struct error *err);
void registry_done(sqlite3_stmt *s);
MUST_CHECK enum code registry_run(struct registry *g, sqlite3_stmt *s, struct error *err);
void registry_bind_str(sqlite3_stmt *s, int at, struct str text);
struct str registry_text(sqlite3_stmt *s, int column); /* until the next step */

/* Several statements as one: a transaction of its own unless the caller has one already. */
MUST_CHECK enum code registry_work_begin(struct registry *g, bool *own, struct error *err);
MUST_CHECK enum code registry_work_end(struct registry *g, bool own, enum code code,
                                       struct error *err);

/* registry_documents.c: what a batch that is taken back wrote of documents and claims. */
MUST_CHECK enum code registry_drop_documents(struct registry *g, uint32_t batch,
                                             struct error *err);

/* ---- history --------------------------------------------------------------------------------- */

/* What every backend refuses, before it writes anything: ids that do not grow, traces of no fact,
 * days and words out of range, text that is not UTF-8.
 * fails  E_INPUT */
MUST_CHECK enum code history_check(uint64_t last_fact, const struct fact *facts, size_t fact_count,
                                   const struct trace *traces, size_t trace_count,
                                   const struct cell_row *cells, size_t cell_count,
                                   struct error *err);
int cell_key_cmp(const struct cell_row *a, const struct cell_row *b);
#endif
