/* registry_rows.c - rows of the model: written, replaced, loaded and taken back.
 *
 * Each struct of the model is one list of columns; the statements are made from it. A row that is
 * replaced goes to X_old with the batch that replaced it, so that a batch which failed can be taken
 * back and nothing is overwritten (I1, I2). */
#include "store/store_int.h"
#include <assert.h>

union row {
    struct dimension dimension;
    struct unit unit;
    struct indicator indicator;
    struct series series;
    struct entity entity;
    struct grouping grouping;
    struct membership membership;
    struct source source;
};

/* The first column is the id. */
/* Aligned by hand: the commas of AT() confuse the tool. */
/* clang-format off */
static const struct column dimension_columns[] = {
    {"id",          COL_U32,  AT(dimension, id),          0},
    {"name",        COL_STR,  AT(dimension, name),        0},
    {"base",        COL_STR,  AT(dimension, base),        0},
    {"scale",       COL_U8,   AT(dimension, scale),       0},
    {"exact_count", COL_BOOL, AT(dimension, exact_count), 0},
    {0},
};
static const struct column unit_columns[] = {
    {"id",        COL_U32, AT(unit, id),        0},
    {"dimension", COL_REF, AT(unit, dimension), ROW_DIMENSION},
    {"symbol",    COL_STR, AT(unit, symbol),    0},
    {"en",        COL_STR, AT(unit, en),        0},
    {"num",       COL_I64, AT(unit, num),       0},
    {"den",       COL_I64, AT(unit, den),       0},
    {0},
};
static const struct column indicator_columns[] = {
    {"id",            COL_U32,  AT(indicator, id),            0},
    {"name",          COL_STR,  AT(indicator, name),          0},
    {"unit",          COL_U32,  AT(indicator, unit),          0},
    {"measure",       COL_WORD, AT(indicator, measure),       MEASURE_COUNT},
    {"over_entities", COL_WORD, AT(indicator, over_entities), OVER_COUNT},
    {"over_time",     COL_WORD, AT(indicator, over_time),     OVER_COUNT},
    {"formula",       COL_STR,  AT(indicator, formula),       0},
    {"provisional",   COL_BOOL, AT(indicator, provisional),   0},
    {"source",        COL_STR,  AT(indicator, source),        0},
    {0},
};
static const struct column series_columns[] = {
    {"id",         COL_U32,  AT(series, id),         0},
    {"indicator",  COL_REF,  AT(series, indicator),  ROW_INDICATOR},
    {"dimension",  COL_REF,  AT(series, dimension),  ROW_DIMENSION},
    {"kind",       COL_WORD, AT(series, kind),       KIND_KINDS},
    {"modality",   COL_WORD, AT(series, modality),   MOD_COUNT},
    {"comparison", COL_STR,  AT(series, comparison), 0},
    {0},
};
static const struct column entity_columns[] = {
    {"id",          COL_U32,  AT(entity, id),          0},
    {"name",        COL_STR,  AT(entity, name),        0},
    {"type",        COL_STR,  AT(entity, type),        0},
    {"code",        COL_STR,  AT(entity, code),        0},
    {"scope",       COL_STR,  AT(entity, scope),       0},
    {"note",        COL_STR,  AT(entity, note),        0},
    {"provisional", COL_BOOL, AT(entity, provisional), 0},
    {0},
};
static const struct column grouping_columns[] = {
    {"id",    COL_U32,  AT(grouping, id),    0},
    {"name",  COL_STR,  AT(grouping, name),  0},
    {"alias", COL_STR,  AT(grouping, alias), 0},
    {"scope", COL_STR,  AT(grouping, scope), 0},
    {"kind",  COL_WORD, AT(grouping, kind),  GROUP_KINDS},
    {0},
};
static const struct column membership_columns[] = {
    {"id",          COL_U32, AT(membership, id),       0},
    {"grouping_id", COL_REF, AT(membership, grouping), ROW_GROUPING},
    {"child",       COL_REF, AT(membership, child),    ROW_ENTITY},
    {"parent",      COL_REF, AT(membership, parent),   ROW_ENTITY},
    {"ppm",         COL_I32, AT(membership, ppm),      0},
    {"from_day",    COL_DAY, AT(membership, from),     0},
    {"to_day",      COL_DAY, AT(membership, to),       0},
    {"source",      COL_U32, AT(membership, source),   0},
    {0},
};
static const struct column source_columns[] = {
    {"id",             COL_U32, AT(source, id),             0},
    {"doc",            COL_STR, AT(source, doc),            0},
    {"title",          COL_STR, AT(source, title),          0},
    {"publisher",      COL_STR, AT(source, publisher),      0},
    {"address",        COL_STR, AT(source, address),        0},
    {"frame",          COL_STR, AT(source, frame),          0},
    {"subject",        COL_STR, AT(source, subject),        0},
    {"note",           COL_STR, AT(source, note),           0},
    {"published",      COL_DAY, AT(source, published),      0},
    {"published_text", COL_STR, AT(source, published_text), 0},
    {0},
};

/* clang-format on */

#define ADDER(type)                                                                                \
    static uint32_t add_##type(struct model *m, const union row *r)                                \
    {                                                                                              \
        return model_add_##type(m, r->type);                                                       \
    }
ADDER(dimension)
ADDER(unit)
ADDER(indicator)
ADDER(series)
ADDER(entity)
ADDER(grouping)
ADDER(membership)
ADDER(source)

/* In the order of enum row_table. */
static const struct table {
    const char *name;
    const struct column *columns;
    uint32_t (*add)(struct model *m, const union row *r);
    void (*add_alias)(struct model *m, uint32_t owner, struct str alias); /* to table NAME_alias */
} tables[] = {
    {"dimension",  dimension_columns,  add_dimension,  NULL                     },
    {"unit",       unit_columns,       add_unit,       model_add_unit_alias     },
    {"indicator",  indicator_columns,  add_indicator,  model_add_indicator_alias},
    {"series",     series_columns,     add_series,     NULL                     },
    {"entity",     entity_columns,     add_entity,     model_add_alias          },
    {"grouping",   grouping_columns,   add_grouping,   NULL                     },
    {"membership", membership_columns, add_membership, NULL                     },
    {"source",     source_columns,     add_source,     NULL                     },
};
_Static_assert(sizeof tables / sizeof *tables == ROW_TABLES, "one for each");

/* ---- statements ---------------------------------------------------------------------------- */

/* Statements are written with $t for the table, $c its columns, $v as many parameters, $s
 * assignments of them, and $b for the parameter after them: the batch. */
static const char *const verb_sql[ROW_VERBS] = {
    [ROW_INSERT] = "INSERT INTO $t ($c, batch) VALUES ($v, $b) ON CONFLICT (id) DO NOTHING",
    /* the row that is there: 0 says the same, 1 may be replaced, 2 awaits the end of its batch */
    [ROW_LOOK] = "SELECT CASE WHEN ($c) = ($v) THEN 0 WHEN batch = $b OR EXISTS (SELECT 1 FROM"
                 " batch b WHERE b.id = $t.batch AND b.state = 1) THEN 1 ELSE 2 END"
                 " FROM $t WHERE id = ?1",
    [ROW_ARCHIVE] = "INSERT INTO $t_old ($c, batch, replaced_by) SELECT $c, batch, $b FROM $t"
                    " WHERE id = ?1",
    [ROW_UPDATE] = "UPDATE $t SET $s, batch = $b WHERE id = ?1",
    [ROW_ALIAS] = "INSERT INTO $t_alias (owner, alias, batch) VALUES (?1, ?2, ?3)"
                  " ON CONFLICT (owner, alias) DO NOTHING",
};

/* Of done batches: the rows, and those that only an open batch has replaced. */
static const char load_sql[] =
    "SELECT $c FROM $t WHERE batch IN (SELECT id FROM batch WHERE state = 1)"
    " UNION ALL"
    " SELECT $c FROM $t_old WHERE batch IN (SELECT id FROM batch WHERE state = 1)"
    " AND replaced_by IN (SELECT id FROM batch WHERE state = 0)"
    " ORDER BY id";
static const char load_alias_sql[] =
    "SELECT owner, alias FROM $t_alias WHERE batch IN (SELECT id FROM batch WHERE state = 1)"
    " ORDER BY seq";

/* A row may have been replaced several times within the batch: what it was before comes back. */
static const char *const drop_sql[] = {
    "DELETE FROM $t WHERE batch = ?1",
    ("INSERT INTO $t ($c, batch) SELECT $c, batch FROM $t_old"
     " WHERE replaced_by = ?1 AND batch <> ?1"),
    "DELETE FROM $t_old WHERE replaced_by = ?1",
};
static const char drop_alias_sql[] = "DELETE FROM $t_alias WHERE batch = ?1";

static void expand(struct buf *b, const struct table *t, char what)
{
    int n = columns_count(t->columns);
    if (what == 't')
        buf_z(b, t->name);
    else if (what == 'b')
        buf_fmt(b, "?%d", n + 1);
    else
        for (int i = 0; i < n; i++) {
            buf_z(b, i > 0 ? ", " : "");
            if (what != 'v')
                buf_z(b, t->columns[i].name);
            buf_z(b, what == 's' ? " = " : "");
            if (what != 'c')
                buf_fmt(b, "?%d", i + 1);
        }
}

static enum code prepare(struct registry *g, const struct table *t, const char *pattern,
                         sqlite3_stmt **out, struct error *err)
{
    struct buf b;
    buf_init(&b, 4096);
    for (const char *p = pattern; *p != '\0'; p++)
        if (*p == '$')
            expand(&b, t, *++p);
        else
            buf_byte(&b, *p);
    buf_byte(&b, '\0');
    assert(!b.full);
    enum code code = registry_prepare(g, b.ptr, out, err);
    buf_clear(&b);
    return code;
}

static enum code cached(struct registry *g, enum row_table id, enum row_verb verb,
                        sqlite3_stmt **out, struct error *err)
{
    sqlite3_stmt **slot = &g->rows[id][verb];
    if (*slot == NULL)
        TRY(prepare(g, &tables[id], verb_sql[verb], slot, err));
    *out = *slot;
    return OK;
}

/* ---- members and columns ------------------------------------------------------------------- */

static int64_t member_int(enum column_type type, const void *at)
{
    if (type == COL_U8)
        return *(const uint8_t *)at;
    if (type == COL_BOOL)
        return *(const bool *)at;
    if (type == COL_I64)
        return *(const int64_t *)at;
    if (type == COL_I32 || type == COL_DAY)
        return *(const int32_t *)at;
    return *(const uint32_t *)at;
}

static void member_set(enum column_type type, void *at, int64_t v)
{
    if (type == COL_U8)
        *(uint8_t *)at = (uint8_t)v;
    else if (type == COL_BOOL)
        *(bool *)at = v != 0;
    else if (type == COL_I64)
        *(int64_t *)at = v;
    else if (type == COL_I32 || type == COL_DAY)
        *(int32_t *)at = (int32_t)v;
    else
        *(uint32_t *)at = (uint32_t)v;
}

static void bind_row(sqlite3_stmt *s, const struct column *columns, const void *row, uint32_t batch)
{
    int at = 1;
    for (const struct column *c = columns; c->name != NULL; c++, at++) {
        const void *member = (const char *)row + c->offset;
        if (c->type == COL_STR)
            registry_bind_str(s, at, *(const struct str *)member);
        else
            sqlite3_bind_int64(s, at, member_int(c->type, member));
    }
    assert(sqlite3_bind_parameter_count(s) == at);
    sqlite3_bind_int64(s, at, batch);
}

/* What a damaged or hand-edited file might hold must not reach the model's asserts. */
static bool value_fits(const struct column *c, int64_t v, const uint32_t *loaded)
{
    static const struct {
        int64_t least, most;
    } ranges[COL_TYPES] = {
        [COL_U8] = {0,         UINT8_MAX },
          [COL_BOOL] = {0,         1         },
        [COL_I32] = {INT32_MIN, INT32_MAX },
          [COL_DAY] = {DAY_MIN,   DAY_MAX   },
        [COL_U32] = {0,         UINT32_MAX},
          [COL_I64] = {INT64_MIN, INT64_MAX },
    };
    if (c->type == COL_WORD)
        return v >= 0 && v < c->limit;
    if (c->type == COL_REF)
        return v >= 1 && v <= loaded[c->limit];
    return v >= ranges[c->type].least && v <= ranges[c->type].most;
}

static enum code read_row(struct registry *g, sqlite3_stmt *s, const struct table *t,
                          const uint32_t *loaded, union row *out, struct error *err)
{
    int at = 0;
    for (const struct column *c = t->columns; c->name != NULL; c++, at++) {
        void *member = (char *)out + c->offset;
        int64_t v = sqlite3_column_int64(s, at);
        if (c->type == COL_STR)
            *(struct str *)member = registry_text(s, at);
        else if (value_fits(c, v, loaded))
            member_set(c->type, member, v);
        else
            return error_set(err, E_BACKEND, "registry '%s' is damaged: %s %lld has %s %lld",
                             g->path, t->name, (long long)sqlite3_column_int64(s, 0), c->name,
                             (long long)v);
    }
    return OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

enum { LOOK_SAME, LOOK_REPLACE, LOOK_AWAITS };

static enum code run_verb(struct registry *g, enum row_table id, enum row_verb verb,
                          const void *row, uint32_t batch, int *result, struct error *err)
{
    sqlite3_stmt *s;
    bool found;
    TRY(cached(g, id, verb, &s, err));
    bind_row(s, tables[id].columns, row, batch);
    TRY(registry_step(g, s, &found, err));
    *result = found ? sqlite3_column_int(s, 0) : sqlite3_changes(g->db);
    registry_done(s);
    return OK;
}

static enum code replace(struct registry *g, enum row_table id, const void *row, uint32_t batch,
                         struct error *err)
{
    int look, changes;
    TRY(run_verb(g, id, ROW_LOOK, row, batch, &look, err));
    if (look == LOOK_SAME)
        return OK;
    if (look == LOOK_AWAITS)
        return error_set(err, E_CONFLICT, "%s %u was written by a batch that is still open",
                         tables[id].name, *(const uint32_t *)row);
    TRY(run_verb(g, id, ROW_ARCHIVE, row, batch, &changes, err));
    return run_verb(g, id, ROW_UPDATE, row, batch, &changes, err);
}

/* Every struct of the model begins with its id. */
static enum code put(struct registry *g, enum row_table id, const void *row, uint32_t batch,
                     struct error *err)
{
    HOLD(g);
    int added;
    bool own;
    if (*(const uint32_t *)row == 0)
        return error_set(err, E_BUG, "a %s without an id cannot be stored", tables[id].name);
    TRY(run_verb(g, id, ROW_INSERT, row, batch, &added, err));
    if (added)
        return OK;
    TRY(registry_work_begin(g, &own, err));
    return registry_work_end(g, own, replace(g, id, row, batch, err), err);
}

static enum code put_alias(struct registry *g, enum row_table id, uint32_t owner, struct str alias,
                           uint32_t batch, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(cached(g, id, ROW_ALIAS, &s, err));
    sqlite3_bind_int64(s, 1, owner);
    registry_bind_str(s, 2, alias);
    sqlite3_bind_int64(s, 3, batch);
    return registry_run(g, s, err);
}

#define PUT(type, table)                                                                           \
    enum code registry_put_##type(struct registry *g, const struct type *row, uint32_t batch,      \
                                  struct error *err)                                               \
    {                                                                                              \
        _Static_assert(offsetof(struct type, id) == 0, "the id comes first");                      \
        return put(g, table, row, batch, err);                                                     \
    }
#define PUT_ALIAS(function, table)                                                                 \
    enum code function(struct registry *g, uint32_t owner, struct str alias, uint32_t batch,       \
                       struct error *err)                                                          \
    {                                                                                              \
        return put_alias(g, table, owner, alias, batch, err);                                      \
    }
PUT(dimension, ROW_DIMENSION)
PUT(unit, ROW_UNIT)
PUT(indicator, ROW_INDICATOR)
PUT(series, ROW_SERIES)
PUT(entity, ROW_ENTITY)
PUT(grouping, ROW_GROUPING)
PUT(membership, ROW_MEMBERSHIP)
PUT(source, ROW_SOURCE)
PUT_ALIAS(registry_put_unit_alias, ROW_UNIT)
PUT_ALIAS(registry_put_indicator_alias, ROW_INDICATOR)
PUT_ALIAS(registry_put_alias, ROW_ENTITY)

/* ---- loading ------------------------------------------------------------------------------- */

static enum code load_row(struct registry *g, sqlite3_stmt *s, const struct table *t,
                          struct model *m, uint32_t *loaded, struct error *err)
{
    union row row;
    memset(&row, 0, sizeof row);
    TRY(read_row(g, s, t, loaded, &row, err));
    uint32_t id = row.dimension.id, next = loaded[t - tables] + 1;
    if (id != next)
        return error_set(err, E_BACKEND, "registry '%s' is damaged: %s %u is missing", g->path,
                         t->name, next);
    loaded[t - tables] = t->add(m, &row);
    assert(loaded[t - tables] == id);
    return OK;
}

static enum code load_alias(struct registry *g, sqlite3_stmt *s, const struct table *t,
                            struct model *m, uint32_t *loaded, struct error *err)
{
    int64_t owner = sqlite3_column_int64(s, 0);
    if (owner < 1 || owner > loaded[t - tables])
        return error_set(err, E_BACKEND,
                         "registry '%s' is damaged: an alias of %s %lld, which is "
                         "missing",
                         g->path, t->name, (long long)owner);
    t->add_alias(m, (uint32_t)owner, registry_text(s, 1));
    return OK;
}

typedef enum code (*load_fn)(struct registry *g, sqlite3_stmt *s, const struct table *t,
                             struct model *m, uint32_t *loaded, struct error *err);

static enum code load_all(struct registry *g, const struct table *t, const char *pattern,
                          load_fn fn, struct model *m, uint32_t *loaded, struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    TRY(prepare(g, t, pattern, &s, err));
    enum code code;
    while ((code = registry_step(g, s, &row, err)) == OK && row)
        if ((code = fn(g, s, t, m, loaded, err)) != OK)
            break;
    sqlite3_finalize(s);
    return code;
}

static enum code load(struct registry *g, struct model *m, struct error *err)
{
    uint32_t loaded[ROW_TABLES] = {0};
    for (const struct table *t = tables; t < tables + ROW_TABLES; t++) {
        TRY(load_all(g, t, load_sql, load_row, m, loaded, err));
        if (t->add_alias != NULL)
            TRY(load_all(g, t, load_alias_sql, load_alias, m, loaded, err));
    }
    return OK;
}

/* In a transaction, so that all tables are read as of one moment. */
enum code registry_load(struct registry *g, struct model *m, struct error *err)
{
    HOLD(g);
    bool own;
    TRY(registry_work_begin(g, &own, err));
    return registry_work_end(g, own, load(g, m, err), err);
}

/* ---- taking back --------------------------------------------------------------------------- */

static enum code run_for_batch(struct registry *g, const struct table *t, const char *pattern,
                               uint32_t batch, struct error *err)
{
    sqlite3_stmt *s;
    TRY(prepare(g, t, pattern, &s, err));
    sqlite3_bind_int64(s, 1, batch);
    enum code code = registry_run(g, s, err);
    sqlite3_finalize(s);
    return code;
}

static enum code batch_must_be_open(struct registry *g, uint32_t batch, struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    TRY(registry_bind(g, SQL_BATCH_STATE, &s, err, "i", (int64_t)batch));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return error_set(err, E_MISSING, "no batch %u", batch);
    bool open = sqlite3_column_int(s, 0) == BATCH_OPEN;
    registry_done(s);
    return open ? OK
                : error_set(err, E_CONFLICT, "batch %u is done and cannot be taken back", batch);
}

static enum code drop(struct registry *g, uint32_t batch, struct error *err)
{
    static const struct table batches = {.name = "batch", .columns = dimension_columns};
    TRY(batch_must_be_open(g, batch, err));
    TRY(registry_drop_documents(g, batch, err));
    for (const struct table *t = tables; t < tables + ROW_TABLES; t++) {
        for (size_t i = 0; i < sizeof drop_sql / sizeof *drop_sql; i++)
            TRY(run_for_batch(g, t, drop_sql[i], batch, err));
        if (t->add_alias != NULL)
            TRY(run_for_batch(g, t, drop_alias_sql, batch, err));
    }
    sqlite3_stmt *s;
    TRY(registry_bind(g, SQL_DATASET_DROP, &s, err, "i", (int64_t)batch));
    TRY(registry_run(g, s, err));
    return run_for_batch(g, &batches, "DELETE FROM $t WHERE id = ?1", batch, err);
}

enum code registry_drop_batch(struct registry *g, uint32_t id, struct error *err)
{
    HOLD(g);
    bool own;
    TRY(registry_work_begin(g, &own, err));
    return registry_work_end(g, own, drop(g, id, err), err);
}
