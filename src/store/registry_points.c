/* registry_points.c - devices and points: many rows, few statements. */
#include "store/registry_points.h"
#include "store/store_int.h"
#include <stdio.h>

static const char *const points_sql[POINTS_SQL] = {
    [POINTS_PUT_PROFILE] =
        "INSERT OR REPLACE INTO profile (id, name, indicator, unit, kernel, gap, decimals, begins,"
        " every_s, max_gap_s, rollover, jitter) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
    [POINTS_PUT_SLOT] =
        "INSERT OR REPLACE INTO slot (id, entity, profile, decimals) VALUES (?,?,?,?)",
    [POINTS_PUT_DEVICE] =
        "INSERT OR REPLACE INTO device (id, entity, name, type, note) VALUES (?,?,?,?,?)",
    [POINTS_PUT_POINT] = "INSERT OR REPLACE INTO point (id, device, slot, decimals, series, field) "
                         "VALUES (?,?,?,?,?,?)",
    [POINTS_PROFILES] =
        "SELECT id, name, indicator, unit, kernel, gap, decimals, begins, every_s, max_gap_s,"
        " rollover, jitter FROM profile ORDER BY id",
    [POINTS_SLOTS] = "SELECT id, entity, profile, decimals FROM slot ORDER BY id",
    [POINTS_DEVICES] = "SELECT id, entity, name, type, note FROM device ORDER BY id",
    [POINTS_POINTS] = "SELECT id, device, slot, decimals, series, field FROM point ORDER BY id",
    [POINTS_POINT] = "SELECT id, device, slot, decimals, series, field FROM point WHERE id = ?",
    [POINTS_DEVICE] = "SELECT id, entity, name, type, note FROM device WHERE id = ?",
    [POINTS_DEVICE_NAMED] =
        "SELECT id FROM device WHERE name = ? AND (? = 0 OR entity = ?) ORDER BY id LIMIT 1",
    [POINTS_FIND_DEVICE] =
        "SELECT id, device, slot, decimals, series, field FROM point WHERE device = ? AND id > ?"
        " AND (? = '' OR instr(series || ' ' || field, ?) > 0) ORDER BY id LIMIT ?",
    [POINTS_FIND_UNBOUND] =
        "SELECT id, device, slot, decimals, series, field FROM point WHERE slot = 0 AND id > ?"
        " AND (? = '' OR instr(series || ' ' || field, ?) > 0) ORDER BY id LIMIT ?",
    [POINTS_FIND] = "SELECT id, device, slot, decimals, series, field FROM point WHERE id > ?"
                    " AND (? = '' OR instr(series || ' ' || field, ?) > 0) ORDER BY id LIMIT ?",
    [POINTS_DEVICES_FIND] = "SELECT id, entity, name, type, note FROM device WHERE id > ?"
                            " AND (? = '' OR instr(name || ' ' || type, ?) > 0) ORDER BY id",
    [POINTS_PUT_CLAIM] =
        "INSERT INTO claim_key (hash, entity, label, uses_left, expires_us, created_us)"
        " VALUES (?,?,?,?,?,?)",
    [POINTS_USE_CLAIM] =
        "UPDATE claim_key SET uses_left = uses_left - 1 WHERE hash = ? AND uses_left > 0"
        " AND expires_us > ? RETURNING entity",
};

/* "i" int64_t, "s" struct str, "h" const uint8_t[32] */
static enum code bind(struct registry *g, enum points_stmt id, sqlite3_stmt **out,
                      struct error *err, const char *types, ...)
{
    sqlite3_stmt **slot = &g->points[id];
    if (*slot == NULL)
        TRY(registry_prepare(g, points_sql[id], slot, err));
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

/* ---- writing ---- */

enum code registry_put_profile(struct registry *g, const struct profile_row *p, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(bind(g, POINTS_PUT_PROFILE, &s, err, "isiiiiiiiiii", (int64_t)p->id, p->name,
             (int64_t)p->indicator, (int64_t)p->unit, (int64_t)p->kernel, (int64_t)p->gap,
             (int64_t)p->decimals, (int64_t)p->begins, (int64_t)p->every_s, (int64_t)p->max_gap_s,
             p->rollover, p->jitter));
    return registry_run(g, s, err);
}

enum code registry_put_slot(struct registry *g, const struct slot_row *v, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(bind(g, POINTS_PUT_SLOT, &s, err, "iiii", (int64_t)v->id, (int64_t)v->entity,
             (int64_t)v->profile, (int64_t)v->decimals));
    return registry_run(g, s, err);
}

enum code registry_put_device(struct registry *g, const struct device_row *d, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(bind(g, POINTS_PUT_DEVICE, &s, err, "iisss", (int64_t)d->id, (int64_t)d->entity, d->name,
             d->type, d->note));
    return registry_run(g, s, err);
}

enum code registry_put_point(struct registry *g, const struct point_row *p, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(bind(g, POINTS_PUT_POINT, &s, err, "iiiiss", (int64_t)p->id, (int64_t)p->device,
             (int64_t)p->slot, (int64_t)p->decimals, p->series, p->field));
    return registry_run(g, s, err);
}

/* ---- reading ---- */

static uint32_t u32_at(sqlite3_stmt *s, int column)
{
    return (uint32_t)sqlite3_column_int64(s, column);
}

static enum code on_profile(sqlite3_stmt *s, const struct points_reader *r, void *ctx,
                            struct error *err)
{
    struct profile_row p = {.id = u32_at(s, 0),
                            .name = registry_text(s, 1),
                            .indicator = u32_at(s, 2),
                            .unit = u32_at(s, 3),
                            .kernel = (uint8_t)u32_at(s, 4),
                            .gap = (uint8_t)u32_at(s, 5),
                            .decimals = (uint8_t)u32_at(s, 6),
                            .begins = (uint8_t)u32_at(s, 7),
                            .every_s = u32_at(s, 8),
                            .max_gap_s = u32_at(s, 9),
                            .rollover = sqlite3_column_int64(s, 10),
                            .jitter = sqlite3_column_int64(s, 11)};
    return r->profile(ctx, &p, err);
}
static enum code on_slot(sqlite3_stmt *s, const struct points_reader *r, void *ctx,
                         struct error *err)
{
    struct slot_row v = {u32_at(s, 0), u32_at(s, 1), u32_at(s, 2), (uint8_t)u32_at(s, 3)};
    return r->slot(ctx, &v, err);
}
static struct device_row device_at(sqlite3_stmt *s)
{
    return (struct device_row){u32_at(s, 0), u32_at(s, 1), registry_text(s, 2), registry_text(s, 3),
                               registry_text(s, 4)};
}
static enum code on_device(sqlite3_stmt *s, const struct points_reader *r, void *ctx,
                           struct error *err)
{
    struct device_row d = device_at(s);
    return r->device(ctx, &d, err);
}
static struct point_row point_at(sqlite3_stmt *s)
{
    return (struct point_row){u32_at(s, 0),          u32_at(s, 1),        u32_at(s, 2),
                              (uint8_t)u32_at(s, 3), registry_text(s, 4), registry_text(s, 5)};
}
static enum code on_point(sqlite3_stmt *s, const struct points_reader *r, void *ctx,
                          struct error *err)
{
    struct point_row p = point_at(s);
    return r->point(ctx, &p, err);
}

typedef enum code (*on_row)(sqlite3_stmt *s, const struct points_reader *r, void *ctx,
                            struct error *err);

static enum code walk(struct registry *g, enum points_stmt id, on_row fn,
                      const struct points_reader *r, void *ctx, struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    enum code code = bind(g, id, &s, err, "");
    while (code == OK) {
        code = registry_step(g, s, &row, err);
        if (code != OK || !row)
            return code;
        code = fn(s, r, ctx, err);
        if (code != OK)
            registry_done(s);
    }
    return code;
}

enum code registry_points_walk(struct registry *g, const struct points_reader *r, void *ctx,
                               struct error *err)
{
    HOLD(g);
    if (r->profile)
        TRY(walk(g, POINTS_PROFILES, on_profile, r, ctx, err));
    if (r->slot)
        TRY(walk(g, POINTS_SLOTS, on_slot, r, ctx, err));
    if (r->device)
        TRY(walk(g, POINTS_DEVICES, on_device, r, ctx, err));
    return r->point ? walk(g, POINTS_POINTS, on_point, r, ctx, err) : OK;
}

static struct point_row point_kept(struct arena *a, struct point_row p)
{
    p.series = arena_dup(a, p.series);
    p.field = arena_dup(a, p.field);
    return p;
}
static struct device_row device_kept(struct arena *a, struct device_row d)
{
    d.name = arena_dup(a, d.name);
    d.type = arena_dup(a, d.type);
    d.note = arena_dup(a, d.note);
    return d;
}

enum code registry_point(struct registry *g, uint32_t id, struct arena *a, struct point_row *out,
                         struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(bind(g, POINTS_POINT, &s, err, "i", (int64_t)id));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return error_set(err, E_MISSING, "there is no point %u", id);
    *out = point_kept(a, point_at(s));
    registry_done(s);
    return OK;
}

enum code registry_device(struct registry *g, uint32_t id, struct arena *a, struct device_row *out,
                          struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(bind(g, POINTS_DEVICE, &s, err, "i", (int64_t)id));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return error_set(err, E_MISSING, "there is no device %u", id);
    *out = device_kept(a, device_at(s));
    registry_done(s);
    return OK;
}

enum code registry_device_named(struct registry *g, struct str name, uint32_t entity, uint32_t *out,
                                struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    *out = 0;
    TRY(bind(g, POINTS_DEVICE_NAMED, &s, err, "sii", name, (int64_t)entity, (int64_t)entity));
    TRY(registry_step(g, s, &row, err));
    if (row) {
        *out = u32_at(s, 0);
        registry_done(s);
    }
    return OK;
}

enum code registry_points_find(struct registry *g, const struct points_ask *ask, struct arena *a,
                               point_rows *out, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    int64_t after = ask->after, limit = (int64_t)ask->limit;
    if (ask->device)
        TRY(bind(g, POINTS_FIND_DEVICE, &s, err, "iissi", (int64_t)ask->device, after, ask->text,
                 ask->text, limit));
    else
        TRY(bind(g, ask->unbound ? POINTS_FIND_UNBOUND : POINTS_FIND, &s, err, "issi", after,
                 ask->text, ask->text, limit));
    for (;;) {
        TRY(registry_step(g, s, &row, err));
        if (!row)
            return OK;
        vec_push(out, point_kept(a, point_at(s)));
    }
}

static bool among(const uint32_t *v, size_t n, uint32_t x)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] == x)
            return true;
    return false;
}

enum code registry_devices_find(struct registry *g, const uint32_t *entities, size_t count,
                                struct str text, uint32_t after, size_t limit, struct arena *a,
                                device_rows *out, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(bind(g, POINTS_DEVICES_FIND, &s, err, "iss", (int64_t)after, text, text));
    for (;;) {
        TRY(registry_step(g, s, &row, err));
        if (!row)
            return OK;
        if (entities && !among(entities, count, u32_at(s, 1)))
            continue;
        vec_push(out, device_kept(a, device_at(s)));
        if (out->len >= limit) {
            registry_done(s);
            return OK;
        }
    }
}

/* ---- claims ---- */

enum code registry_put_claim_key(struct registry *g, const uint8_t hash[32], uint32_t entity,
                             struct str label, int64_t uses, int64_t expires_us, int64_t created_us,
                             struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(bind(g, POINTS_PUT_CLAIM, &s, err, "hisiii", hash, (int64_t)entity, label, uses, expires_us,
             created_us));
    return registry_run(g, s, err);
}

enum code registry_use_claim_key(struct registry *g, const uint8_t hash[32], int64_t now_us,
                             uint32_t *entity, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(bind(g, POINTS_USE_CLAIM, &s, err, "hi", hash, now_us));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return error_set(err, E_DENIED, "this claim key is unknown, used up or expired");
    *entity = u32_at(s, 0);
    while (row) /* RETURNING: the change is made when the statement has ended */
        TRY(registry_step(g, s, &row, err));
    return OK;
}
