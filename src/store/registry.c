/* registry.c - the connection to SQLite, its transactions and schema; batches, settings, tokens.
 *
 * Rows of the model are in registry_rows.c, the audit chain in registry_audit.c. */
#include "store/store_int.h"
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define APPLICATION_ID 0x4C554F53 /* "LUOS": tells our file from any other SQLite database */
#define BUSY_MS 5000

static const char *const fixed_sql[SQL_FIXED] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    /* a batch that is done stays as it is */
    [SQL_BATCH_PUT] = "INSERT INTO batch (id, state, origin, actor, facts, recorded_us)"
                      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                      " state = excluded.state, origin = excluded.origin, actor = excluded.actor,"
                      " facts = excluded.facts, recorded_us = excluded.recorded_us"
                      " WHERE batch.state = 0",
    [SQL_BATCH_DONE] = "UPDATE batch SET state = 1 WHERE id = ? AND id > 0",
    [SQL_BATCH_STATE] = "SELECT state FROM batch WHERE id = ? AND id > 0",
    [SQL_BATCHES] = "SELECT id, state, origin, actor, facts, recorded_us FROM batch"
                    " WHERE id > 0 AND state <= ? ORDER BY id",
    [SQL_GET] = "SELECT value FROM setting WHERE key = ?",
    [SQL_SET] = "INSERT INTO setting (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    [SQL_TOKEN_PUT] = "INSERT INTO token (hash, label, rights, created_us) VALUES (?, ?, ?, ?)",
    [SQL_TOKEN_GET] = "SELECT label, rights FROM token WHERE hash = ? AND revoked_us IS NULL",
    [SQL_AUDIT_LAST] = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1",
    [SQL_AUDIT_PUT] = "INSERT INTO audit (id, at_us, actor, action, detail, prev, hash)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?)",
    [SQL_AUDIT_WALK] = "SELECT id, at_us, actor, action, detail, prev, hash FROM audit ORDER BY id",
    [SQL_DATASET_PUT] = "INSERT INTO dataset (name, title, address, note, published, table_rows,"
                        " table_columns, content, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    /* datasets of done batches, known by the two dates */
    [SQL_DATASETS] = "SELECT d.id, d.name, d.title, d.address, d.note, d.published, d.table_rows,"
                     " d.table_columns, b.actor, b.recorded_us,"
                     " (SELECT count(*) FROM dataset e JOIN batch c ON c.id = e.batch"
                     " WHERE e.name = d.name AND e.id <= d.id AND c.state = 1),"
                     " substr(d.content, 1, instr(d.content || char(10), char(10)) - 1)"
                     " FROM dataset d JOIN batch b ON b.id = d.batch WHERE b.state = 1"
                     " AND b.recorded_us <= ? AND d.published <= ? ORDER BY d.name, d.id",
    [SQL_DATASET_TEXT] = "SELECT content FROM dataset WHERE id = ?",
    [SQL_DATASET_DROP] = "DELETE FROM dataset WHERE batch = ?",
};

/* ---- the lock ------------------------------------------------------------------------------ */

struct registry *registry_hold_(struct registry *g)
{
    pthread_mutex_lock(&g->lock);
    return g;
}

void registry_release_(struct registry **g)
{
    pthread_mutex_unlock(&(*g)->lock);
}

/* ---- errors -------------------------------------------------------------------------------- */

static const struct {
    int sqlite;
    enum code code;
    const char *text;
} failures[] = {
    {SQLITE_BUSY,       E_CONFLICT, "held by another process"            },
    {SQLITE_LOCKED,     E_CONFLICT, "held by another process"            },
    {SQLITE_CONSTRAINT, E_CONFLICT, "at odds with what is there"         },
    {SQLITE_NOTADB,     E_BACKEND,  "damaged, or not a registry"         },
    {SQLITE_CORRUPT,    E_BACKEND,  "damaged"                            },
    {SQLITE_FULL,       E_IO,       "the disk is full"                   },
    {SQLITE_CANTOPEN,   E_IO,       "the file cannot be opened"          },
    {SQLITE_PERM,       E_IO,       "not permitted"                      },
    {SQLITE_READONLY,   E_IO,       "the file or its folder is read-only"},
    {SQLITE_IOERR,      E_IO,       "reading or writing failed"          },
};

enum code registry_fail(struct registry *g, struct error *err, const char *what)
{
    int found = sqlite3_errcode(g->db) & 0xFF;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].sqlite == found)
            return error_set(err, failures[i].code, "registry '%s': %s (%s) at: %s", g->path,
                             failures[i].text, sqlite3_errmsg(g->db), what);
    return error_set(err, E_BACKEND, "registry '%s': %s at: %s", g->path, sqlite3_errmsg(g->db),
                     what);
}

/* ---- statements ---------------------------------------------------------------------------- */

enum code registry_exec(struct registry *g, const char *sql, struct error *err)
{
    if (sqlite3_exec(g->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return registry_fail(g, err, "executing");
    return OK;
}

enum code registry_prepare(struct registry *g, const char *sql, sqlite3_stmt **out,
                           struct error *err)
{
    if (sqlite3_prepare_v3(g->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
        return registry_fail(g, err, "preparing");
    return OK;
}

/* A NULL pointer would become an SQL NULL; here the empty text is a text. */
void registry_bind_str(sqlite3_stmt *s, int at, struct str text)
{
    int rc =
        sqlite3_bind_text64(s, at, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC, SQLITE_UTF8);
    assert(rc == SQLITE_OK || rc == SQLITE_TOOBIG);
    (void)rc;
}

enum code registry_bind(struct registry *g, enum fixed_stmt id, sqlite3_stmt **out,
                        struct error *err, const char *types, ...)
{
    sqlite3_stmt **slot = &g->fixed[id];
    if (*slot == NULL)
        TRY(registry_prepare(g, fixed_sql[id], slot, err));
    va_list ap;
    va_start(ap, types);
    for (int at = 1; types[at - 1] != '\0'; at++) {
        if (types[at - 1] == 'i')
            sqlite3_bind_int64(*slot, at, va_arg(ap, int64_t));
        else if (types[at - 1] == 's')
            registry_bind_str(*slot, at, va_arg(ap, struct str));
        else
            sqlite3_bind_blob(*slot, at, va_arg(ap, const uint8_t *), 32, SQLITE_STATIC);
    }
    va_end(ap);
    *out = *slot;
    return OK;
}

void registry_done(sqlite3_stmt *s)
{
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

enum code registry_step(struct registry *g, sqlite3_stmt *s, bool *row, struct error *err)
{
    int rc = sqlite3_step(s);
    *row = rc == SQLITE_ROW;
    if (*row)
        return OK;
    enum code code = rc == SQLITE_DONE ? OK : registry_fail(g, err, sqlite3_sql(s));
    registry_done(s);
    return code;
}

enum code registry_run(struct registry *g, sqlite3_stmt *s, struct error *err)
{
    bool row;
    TRY(registry_step(g, s, &row, err));
    if (row)
        registry_done(s);
    return OK;
}

struct str registry_text(sqlite3_stmt *s, int column)
{
    const char *ptr = (const char *)sqlite3_column_text(s, column);
    return (struct str){ptr ? ptr : "", (size_t)sqlite3_column_bytes(s, column)};
}

static enum code run_fixed(struct registry *g, enum fixed_stmt id, struct error *err)
{
    sqlite3_stmt *s;
    TRY(registry_bind(g, id, &s, err, ""));
    return registry_run(g, s, err);
}

/* One integer of a query, e.g. a pragma. */
static enum code query_int(struct registry *g, const char *sql, int64_t *out, struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    TRY(registry_prepare(g, sql, &s, err));
    enum code code = registry_step(g, s, &row, err);
    *out = code == OK && row ? sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    return code;
}

/* ---- transactions -------------------------------------------------------------------------- */

static enum code begin(struct registry *g, struct error *err)
{
    if (g->begun)
        return error_set(err, E_BUG, "registry '%s': a transaction within a transaction", g->path);
    TRY(run_fixed(g, SQL_BEGIN, err));
    g->begun = true;
    return OK;
}

enum code registry_begin(struct registry *g, struct error *err)
{
    HOLD(g);
    TRY(begin(g, err));
    pthread_mutex_lock(&g->lock); /* until the transaction ends */
    return OK;
}

static void rollback(struct registry *g)
{
    if (!sqlite3_get_autocommit(g->db)) /* some errors have rolled back already */
        (void)!run_fixed(g, SQL_ROLLBACK, NULL);
    g->begun = false;
}

/* SQLite says only that some foreign key failed; this says which. */
static enum code commit_failed(struct registry *g, struct error *err)
{
    sqlite3_stmt *s;
    bool broken = sqlite3_extended_errcode(g->db) == SQLITE_CONSTRAINT_FOREIGNKEY;
    if (!broken || sqlite3_prepare_v2(g->db, "PRAGMA foreign_key_check", -1, &s, NULL) != SQLITE_OK)
        return registry_fail(g, err, "COMMIT");
    if (sqlite3_step(s) == SQLITE_ROW)
        error_set(err, E_CONFLICT, "registry '%s': row %lld of %s refers to a missing row of %s",
                  g->path, (long long)sqlite3_column_int64(s, 1),
                  (const char *)sqlite3_column_text(s, 0), (const char *)sqlite3_column_text(s, 2));
    sqlite3_finalize(s);
    return error_set(err, E_CONFLICT, "registry '%s': a row refers to a missing one", g->path);
}

static enum code commit(struct registry *g, struct error *err)
{
    sqlite3_stmt *s;
    enum code code = registry_bind(g, SQL_COMMIT, &s, err, "");
    if (code == OK && sqlite3_step(s) != SQLITE_DONE)
        code = commit_failed(g, err);
    if (g->fixed[SQL_COMMIT] != NULL)
        registry_done(g->fixed[SQL_COMMIT]);
    if (code == OK)
        g->begun = false;
    else
        rollback(g);
    return code;
}

enum code registry_commit(struct registry *g, struct error *err)
{
    HOLD(g);
    if (!g->begun)
        return error_set(err, E_BUG, "registry '%s': commit without a transaction", g->path);
    enum code code = commit(g, err);
    pthread_mutex_unlock(&g->lock); /* of registry_begin */
    return code;
}

void registry_rollback(struct registry *g)
{
    HOLD(g);
    if (!g->begun)
        return;
    rollback(g);
    pthread_mutex_unlock(&g->lock); /* of registry_begin */
}

enum code registry_work_begin(struct registry *g, bool *own, struct error *err)
{
    *own = !g->begun;
    return *own ? begin(g, err) : OK;
}

enum code registry_work_end(struct registry *g, bool own, enum code code, struct error *err)
{
    if (!own)
        return code;
    if (code == OK)
        return commit(g, err);
    rollback(g);
    return code;
}

/* ---- schema -------------------------------------------------------------------------------- */

int schema_newest(const struct schema_step *steps)
{
    int newest = 0;
    for (; steps->number != 0; steps++)
        newest = steps->number;
    return newest;
}

static enum code apply_steps(struct registry *g, int64_t from, struct error *err)
{
    char sql[100];
    for (const struct schema_step *step = registry_schema; step->number != 0; step++)
        if (step->number > from)
            TRY(registry_exec(g, step->sql, err));
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, schema_newest(registry_schema));
    return registry_exec(g, sql, err);
}

/* A file without our mark may be empty (new, or its making was cut short) or somebody else's. */
static enum code judge_unmarked(struct registry *g, bool create, struct error *err)
{
    int64_t tables;
    TRY(query_int(g, "SELECT count(*) FROM sqlite_schema", &tables, err));
    if (tables > 0)
        return error_set(err, E_CONFLICT, "'%s' is a database, but not a registry of ours",
                         g->path);
    if (!create)
        return error_set(err, E_MISSING, "no workspace at '%s': the registry is empty", g->path);
    return OK;
}

/* How far the file's schema is; 0 = nothing there yet. */
static enum code schema_number(struct registry *g, bool create, int64_t *out, struct error *err)
{
    int64_t mark;
    int newest = schema_newest(registry_schema);
    TRY(query_int(g, "PRAGMA application_id", &mark, err));
    TRY(query_int(g, "PRAGMA user_version", out, err));
    if (mark != APPLICATION_ID || *out == 0) {
        *out = 0;
        return judge_unmarked(g, create, err);
    }
    if (*out > newest)
        return error_set(err, E_CONFLICT,
                         "registry '%s' has schema %lld, this program knows up to %d: use a newer "
                         "program",
                         g->path, (long long)*out, newest);
    return OK;
}

static enum code migrate_locked(struct registry *g, bool create, struct error *err)
{
    int64_t number;
    TRY(schema_number(g, create, &number, err)); /* again: another process may have been first */
    return apply_steps(g, number, err);
}

static enum code migrate(struct registry *g, bool create, struct error *err)
{
    int64_t number;
    bool own;
    TRY(schema_number(g, create, &number, err));
    if (number == schema_newest(registry_schema))
        return OK;
    TRY(registry_work_begin(g, &own, err));
    return registry_work_end(g, own, migrate_locked(g, create, err), err);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum code want_wal(struct registry *g, struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    TRY(registry_prepare(g, "PRAGMA journal_mode = WAL", &s, err));
    enum code code = registry_step(g, s, &row, err);
    if (code == OK) {
        struct str mode = registry_text(s, 0);
        if (!str_is(mode, "wal") && !str_is(mode, "memory"))
            code = error_set(err, E_BACKEND,
                             "registry '%s': the file system does not allow a write-ahead log",
                             g->path);
    }
    sqlite3_finalize(s);
    return code;
}

static enum code open_file(struct registry *g, bool create, struct error *err)
{
    bool memory = strcmp(g->path, ":memory:") == 0;
    if (!create && !memory && access(g->path, F_OK) != 0 && errno == ENOENT)
        return error_set(err, E_MISSING, "no workspace: there is no '%s'", g->path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(g->path, &g->db, flags, NULL) != SQLITE_OK)
        return registry_fail(g, err, "opening");
    sqlite3_extended_result_codes(g->db, 1);
    sqlite3_busy_timeout(g->db, BUSY_MS);
    TRY(want_wal(g, err));
    TRY(registry_exec(g, "PRAGMA synchronous = FULL", err));
    TRY(migrate(g, create, err));
    /* after migrating: a step may have to rebuild a table others refer to */
    return registry_exec(g, "PRAGMA foreign_keys = ON", err);
}

static char *copy_z(const char *z)
{
    size_t len = strlen(z) + 1;
    return memcpy(mem_alloc(len), z, len);
}

static void lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

enum code registry_open(struct registry **out, const char *path, bool create, struct error *err)
{
    *out = NULL;
    if (sodium_init() < 0)
        return error_set(err, E_BACKEND, "libsodium cannot be initialised");
    struct registry *g = mem_zalloc(sizeof *g);
    g->path = copy_z(path);
    lock_init(&g->lock);
    enum code code = open_file(g, create, err);
    if (code == OK)
        *out = g;
    else
        registry_close(g);
    return code;
}

void registry_close(struct registry *g)
{
    if (g == NULL)
        return;
    registry_rollback(g);
    for (size_t i = 0; i < SQL_FIXED; i++)
        sqlite3_finalize(g->fixed[i]);
    for (size_t i = 0; i < POINTS_SQL; i++)
        sqlite3_finalize(g->points[i]);
    for (size_t i = 0; i < ROW_TABLES; i++)
        for (size_t j = 0; j < ROW_VERBS; j++)
            sqlite3_finalize(g->rows[i][j]);
    int rc = sqlite3_close(g->db);
    assert(rc == SQLITE_OK);
    (void)rc;
    pthread_mutex_destroy(&g->lock);
    mem_free(g->path);
    mem_free(g);
}

/* ---- batches ------------------------------------------------------------------------------- */

enum code registry_put_batch(struct registry *g, const struct batch_row *b, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    if (b->id == 0 || b->facts > INT64_MAX)
        return error_set(err, E_BUG, "batch %u cannot be stored", b->id);
    TRY(registry_bind(g, SQL_BATCH_PUT, &s, err, "iissii", (int64_t)b->id, (int64_t)b->state,
                      b->origin, b->actor, (int64_t)b->facts, b->recorded_us));
    TRY(registry_run(g, s, err));
    if (sqlite3_changes(g->db) == 0)
        return error_set(err, E_CONFLICT, "batch %u is done and cannot be written again", b->id);
    return OK;
}

enum code registry_batch_done(struct registry *g, uint32_t id, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(registry_bind(g, SQL_BATCH_DONE, &s, err, "i", (int64_t)id));
    TRY(registry_run(g, s, err));
    if (sqlite3_changes(g->db) == 0)
        return error_set(err, E_MISSING, "no batch %u", id);
    return OK;
}

static struct batch_row batch_of(sqlite3_stmt *s, struct arena *a)
{
    return (struct batch_row){.id = (uint32_t)sqlite3_column_int64(s, 0),
                              .state = (enum batch_state)sqlite3_column_int(s, 1),
                              .origin = arena_dup(a, registry_text(s, 2)),
                              .actor = arena_dup(a, registry_text(s, 3)),
                              .facts = (uint64_t)sqlite3_column_int64(s, 4),
                              .recorded_us = sqlite3_column_int64(s, 5)};
}

/* Batches up to a state: BATCH_OPEN the open ones, BATCH_DONE all. */
static enum code list_batches(struct registry *g, enum batch_state upto, struct arena *a,
                              struct batch_row **out, size_t *count, struct error *err)
{
    HOLD(g);
    VEC(struct batch_row) found = {0};
    sqlite3_stmt *s;
    bool row;
    TRY(registry_bind(g, SQL_BATCHES, &s, err, "i", (int64_t)upto));
    enum code code;
    while ((code = registry_step(g, s, &row, err)) == OK && row)
        vec_push(&found, batch_of(s, a));
    *count = code == OK ? found.len : 0;
    *out = arena_alloc(a, *count * sizeof **out);
    if (*count > 0)
        memcpy(*out, found.v, *count * sizeof **out);
    vec_clear(&found);
    return code;
}

enum code registry_open_batches(struct registry *g, struct arena *a, struct batch_row **out,
                                size_t *count, struct error *err)
{
    return list_batches(g, BATCH_OPEN, a, out, count, err);
}

enum code registry_batches(struct registry *g, struct arena *a, struct batch_row **out,
                           size_t *count, struct error *err)
{
    return list_batches(g, BATCH_DONE, a, out, count, err);
}

/* ---- settings and tokens ------------------------------------------------------------------- */

enum code registry_get(struct registry *g, const char *key, struct arena *a, struct str *out,
                       struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(registry_bind(g, SQL_GET, &s, err, "s", str_z(key)));
    TRY(registry_step(g, s, &row, err));
    *out = row ? arena_dup(a, registry_text(s, 0)) : STR("");
    registry_done(s);
    return OK;
}

enum code registry_set(struct registry *g, const char *key, struct str value, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(registry_bind(g, SQL_SET, &s, err, "ss", str_z(key), value));
    return registry_run(g, s, err);
}

enum code registry_put_token(struct registry *g, struct str label, struct str right,
                             const uint8_t hash[32], int64_t created_us, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    if (!str_is(right, "read") && !str_is(right, "write") && !str_is(right, "admin"))
        return error_set(err, E_INPUT, "unknown right '%.*s' (read, write, admin)", STR_ARG(right));
    TRY(registry_bind(g, SQL_TOKEN_PUT, &s, err, "hssi", hash, label, right, created_us));
    return registry_run(g, s, err);
}

enum code registry_token(struct registry *g, const uint8_t hash[32], struct arena *a,
                         struct str *label, struct str *right, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(registry_bind(g, SQL_TOKEN_GET, &s, err, "h", hash));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return error_set(err, E_DENIED, "unknown or withdrawn token");
    *label = arena_dup(a, registry_text(s, 0));
    *right = arena_dup(a, registry_text(s, 1));
    registry_done(s);
    return OK;
}
