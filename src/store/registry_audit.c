/* registry_audit.c - the audit log: every row carries the hash of the one before.
 *
 * The chain shows rows changed, removed from within or put in between; rows cut off at the end can
 * only be seen by whoever kept a later hash. */
#include "store/store_int.h"
#include <sodium.h>

struct audit_row {
    int64_t id, at_us;
    struct str actor, action, detail;
};

static void hash_int(crypto_hash_sha256_state *h, int64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
    crypto_hash_sha256_update(h, bytes, sizeof bytes);
}

/* The length goes before the text, so that no two rows have the same bytes. */
static void hash_str(crypto_hash_sha256_state *h, struct str s)
{
    hash_int(h, (int64_t)s.len);
    crypto_hash_sha256_update(h, (const unsigned char *)(s.ptr ? s.ptr : ""), s.len);
}

static void hash_row(const struct audit_row *r, const uint8_t prev[32], uint8_t out[32])
{
    crypto_hash_sha256_state h;
    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, prev, 32);
    hash_int(&h, r->id);
    hash_int(&h, r->at_us);
    hash_str(&h, r->actor);
    hash_str(&h, r->action);
    hash_str(&h, r->detail);
    crypto_hash_sha256_final(&h, out);
}

/* Zeros when the column holds anything but a hash. */
static void column_hash(sqlite3_stmt *s, int column, uint8_t out[32])
{
    const void *blob = sqlite3_column_blob(s, column);
    memset(out, 0, 32);
    if (blob != NULL && sqlite3_column_bytes(s, column) == 32)
        memcpy(out, blob, 32);
}

static enum code last_row(struct registry *g, int64_t *id, uint8_t hash[32], struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    *id = 0;
    memset(hash, 0, 32);
    TRY(registry_bind(g, SQL_AUDIT_LAST, &s, err, ""));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return OK;
    *id = sqlite3_column_int64(s, 0);
    column_hash(s, 1, hash);
    registry_done(s);
    return OK;
}

static enum code append(struct registry *g, struct audit_row *r, struct error *err)
{
    uint8_t prev[32], hash[32];
    sqlite3_stmt *s;
    TRY(last_row(g, &r->id, prev, err));
    r->id++;
    hash_row(r, prev, hash);
    TRY(registry_bind(g, SQL_AUDIT_PUT, &s, err, "iissshh", r->id, r->at_us, r->actor, r->action,
                      r->detail, (const uint8_t *)prev, (const uint8_t *)hash));
    return registry_run(g, s, err);
}

enum code registry_audit(struct registry *g, int64_t at_us, struct str actor, struct str action,
                         struct str detail, struct error *err)
{
    HOLD(g);
    struct audit_row r = {0, at_us, actor, action, detail};
    bool own;
    TRY(registry_work_begin(g, &own, err));
    return registry_work_end(g, own, append(g, &r, err), err);
}

/* Is this the row that has to follow `id` and `hash`? They move on to it. */
static bool row_follows(sqlite3_stmt *s, int64_t *id, uint8_t hash[32])
{
    struct audit_row r = {sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1),
                          registry_text(s, 2), registry_text(s, 3), registry_text(s, 4)};
    uint8_t prev[32], stored[32], want[32];
    column_hash(s, 5, prev);
    column_hash(s, 6, stored);
    hash_row(&r, prev, want);
    bool good = r.id == *id + 1 && memcmp(prev, hash, 32) == 0 && memcmp(stored, want, 32) == 0;
    *id = r.id;
    memcpy(hash, stored, 32);
    return good;
}

enum code registry_audit_check(struct registry *g, uint64_t *rows, uint64_t *bad, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    uint8_t hash[32] = {0};
    int64_t id = 0;
    bool row;
    *rows = *bad = 0;
    TRY(registry_bind(g, SQL_AUDIT_WALK, &s, err, ""));
    enum code code;
    while ((code = registry_step(g, s, &row, err)) == OK && row) {
        ++*rows;
        if (!row_follows(s, &id, hash) && *bad == 0)
            *bad = (uint64_t)id;
    }
    return code;
}
