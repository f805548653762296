/* registry_documents.c - documents, their readings and claims: added, never changed (documents.h).
 *
 * Statements are prepared when needed: a reading writes hundreds of rows at most once a minute, and
 * SQLite prepares one in microseconds; what is called per claim is kept for the call. */
#include "store/documents.h"
#include "store/store_int.h"
#include <assert.h>
#include <sodium.h>

/* ---- statements ---------------------------------------------------------------------------- */

/* "i" int64_t, "s" struct str, "b" struct str as bytes; text is borrowed until it is done. */
static enum code prepared(struct registry *g, const char *sql, sqlite3_stmt **out,
                          struct error *err, const char *types, ...)
{
    TRY(registry_prepare(g, sql, out, err));
    va_list ap;
    va_start(ap, types);
    for (int at = 1; types[at - 1] != '\0'; at++) {
        if (types[at - 1] == 'i')
            sqlite3_bind_int64(*out, at, va_arg(ap, int64_t));
        else if (types[at - 1] == 's')
            registry_bind_str(*out, at, va_arg(ap, struct str));
        else {
            struct str b = va_arg(ap, struct str);
            sqlite3_bind_blob64(*out, at, b.ptr ? b.ptr : "", b.len, SQLITE_STATIC);
        }
    }
    va_end(ap);
    return OK;
}

static enum code run_once(struct registry *g, sqlite3_stmt *s, struct error *err)
{
    enum code c = registry_run(g, s, err);
    sqlite3_finalize(s);
    return c;
}

static struct str column_bytes(sqlite3_stmt *s, int column, struct arena *a)
{
    const char *ptr = sqlite3_column_blob(s, column);
    return arena_dup(a, (struct str){ptr ? ptr : "", (size_t)sqlite3_column_bytes(s, column)});
}

static struct str column_str(sqlite3_stmt *s, int column, struct arena *a)
{
    return arena_dup(a, registry_text(s, column));
}

static struct str hash_str(const uint8_t sha256[32])
{
    return (struct str){(const char *)sha256, 32};
}

/* One integer, 0 when there is no row. */
static enum code find_id(struct registry *g, sqlite3_stmt *s, uint32_t *id, struct error *err)
{
    bool row;
    enum code c = registry_step(g, s, &row, err);
    *id = c == OK && row ? (uint32_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    return c;
}

void registry_hash(struct str bytes, uint8_t out[32])
{
    crypto_hash_sha256(out, (const unsigned char *)(bytes.ptr ? bytes.ptr : ""), bytes.len);
}

/* ---- writing ------------------------------------------------------------------------------- */

enum code registry_put_document(struct registry *g, struct document_row *d, struct str bytes,
                                uint32_t batch, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    uint32_t last;
    registry_hash(bytes, d->sha256);
    TRY(prepared(g, "SELECT coalesce(max(id), 0) FROM document", &s, err, ""));
    TRY(find_id(g, s, &last, err));
    d->id = last + 1;
    d->len = bytes.len;
    TRY(prepared(g,
                 "INSERT INTO document (id, source, sha256, bytes, batch) VALUES (?, ?, ?, ?, ?)",
                 &s, err, "iibbi", (int64_t)d->id, (int64_t)d->source, hash_str(d->sha256), bytes,
                 (int64_t)batch));
    return run_once(g, s, err);
}

enum code registry_put_reading(struct registry *g, const struct document_row *d, uint32_t batch,
                               struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    const struct document_reading *r = &d->reading;
    TRY(prepared(g,
                 "INSERT INTO document_reading (document, given_date, given_frame, given_subject,"
                 " date, frame, subject, encoding, noise, actor, at_us, batch)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 &s, err, "isssssssssii", (int64_t)d->id, r->given_date, r->given_frame,
                 r->given_subject, r->date, r->frame, r->subject, r->encoding, r->noise, r->actor,
                 r->at_us, (int64_t)batch));
    return run_once(g, s, err);
}

#define CLAIM_COLUMNS                                                                              \
    "id, document, start_at, end_at, nth, text, state, reason, subject, indicator, kind,"          \
    " qualifier, modality, value, value_hi, unit, period, comparison, fact, action, note, actor,"  \
    " at_us"

enum code registry_put_claim(struct registry *g, struct claim_row *c, uint32_t batch,
                             struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    /* the first version's id is the number its row is about to get */
    TRY(prepared(g,
                 "INSERT INTO claim (" CLAIM_COLUMNS ", batch) VALUES ("
                 "CASE ?1 WHEN 0 THEN (SELECT coalesce(max(seq), 0) + 1 FROM claim) ELSE ?1 END,"
                 " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
                 " ?19, ?20, ?21, ?22, ?23, ?24)",
                 &s, err, "iiiiisisssiiisssssisssii", (int64_t)c->id, (int64_t)c->document,
                 (int64_t)c->start, (int64_t)c->end, (int64_t)c->nth, c->text, (int64_t)c->state,
                 c->reason, c->subject, c->indicator, (int64_t)c->kind, (int64_t)c->qualifier,
                 (int64_t)c->modality, c->value, c->value_hi, c->unit, c->period, c->comparison,
                 (int64_t)c->fact, c->action, c->note, c->actor, c->at_us, (int64_t)batch));
    TRY(run_once(g, s, err));
    c->seq = (uint64_t)sqlite3_last_insert_rowid(g->db);
    if (!c->id)
        c->id = c->seq;
    return OK;
}

/* ---- documents ----------------------------------------------------------------------------- */

static struct document_row document_of(sqlite3_stmt *s, struct arena *a)
{
    struct document_row d = {.id = (uint32_t)sqlite3_column_int64(s, 0),
                             .source = (uint32_t)sqlite3_column_int64(s, 1),
                             .len = (uint64_t)sqlite3_column_int64(s, 3)};
    const void *hash = sqlite3_column_blob(s, 2);
    if (hash)
        memcpy(d.sha256, hash, 32);
    d.reading = (struct document_reading){
        .given_date = column_str(s, 4, a),
        .given_frame = column_str(s, 5, a),
        .given_subject = column_str(s, 6, a),
        .date = column_str(s, 7, a),
        .frame = column_str(s, 8, a),
        .subject = column_str(s, 9, a),
        .encoding = column_str(s, 10, a),
        .actor = column_str(s, 11, a),
        .at_us = sqlite3_column_int64(s, 12),
    };
    return d;
}

static enum code count_claims(struct registry *g, struct document_row *d, size_t count,
                              struct error *err)
{
    sqlite3_stmt *s;
    bool row;
    TRY(prepared(g,
                 "SELECT document, state, count(*) FROM claim c WHERE (?1 = 0 OR document = ?1) AND"
                 " seq = (SELECT max(seq) FROM claim v WHERE v.id = c.id) GROUP BY 1, 2"
                 " ORDER BY 1",
                 &s, err, "i", count == 1 ? (int64_t)d->id : (int64_t)0));
    enum code c;
    size_t at = 0;
    while ((c = registry_step(g, s, &row, err)) == OK && row) {
        uint32_t id = (uint32_t)sqlite3_column_int64(s, 0);
        while (at < count && d[at].id < id)
            at++;
        if (at < count && d[at].id == id)
            d[at].claims[sqlite3_column_int(s, 1)] = (uint32_t)sqlite3_column_int64(s, 2);
    }
    sqlite3_finalize(s);
    return c;
}

enum code registry_documents(struct registry *g, uint32_t id, struct arena *a,
                             struct document_row **out, size_t *count, struct error *err)
{
    HOLD(g);
    VEC(struct document_row) found = {0};
    sqlite3_stmt *s;
    bool row;
    *count = 0;
    TRY(prepared(g,
                 "SELECT d.id, d.source, d.sha256, length(d.bytes), r.given_date, r.given_frame,"
                 " r.given_subject, r.date, r.frame, r.subject, r.encoding, r.actor, r.at_us"
                 " FROM document d JOIN document_reading r ON r.seq = (SELECT max(seq) FROM"
                 " document_reading n WHERE n.document = d.id) WHERE ?1 = 0 OR d.id = ?1"
                 " ORDER BY d.id",
                 &s, err, "i", (int64_t)id));
    enum code c;
    while ((c = registry_step(g, s, &row, err)) == OK && row)
        vec_push(&found, document_of(s, a));
    sqlite3_finalize(s);
    if (c == OK)
        c = count_claims(g, found.v, found.len, err);
    if (c == OK) {
        *count = found.len;
        *out = arena_alloc(a, (found.len + 1) * sizeof **out);
        if (found.len)
            memcpy(*out, found.v, found.len * sizeof **out);
    }
    vec_clear(&found);
    return c;
}

enum code registry_document_by_hash(struct registry *g, const uint8_t sha256[32], uint32_t *id,
                                    struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(prepared(g, "SELECT id FROM document WHERE sha256 = ?", &s, err, "b", hash_str(sha256)));
    return find_id(g, s, id, err);
}

enum code registry_document_of_source(struct registry *g, uint32_t source, uint32_t *id,
                                      struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(prepared(g, "SELECT id FROM document WHERE source = ?", &s, err, "i", (int64_t)source));
    return find_id(g, s, id, err);
}

enum code registry_original(struct registry *g, uint32_t id, struct arena *a, struct str *bytes,
                            struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    uint8_t hash[32], kept[32] = {0};
    TRY(prepared(g, "SELECT bytes, sha256 FROM document WHERE id = ?", &s, err, "i", (int64_t)id));
    enum code c = registry_step(g, s, &row, err);
    if (c == OK && row) {
        *bytes = column_bytes(s, 0, a);
        if (sqlite3_column_bytes(s, 1) == 32)
            memcpy(kept, sqlite3_column_blob(s, 1), 32);
    }
    sqlite3_finalize(s);
    if (c != OK || !row)
        return c != OK ? c : error_set(err, E_MISSING, "no document %u", id);
    registry_hash(*bytes, hash);
    return memcmp(hash, kept, 32) == 0
               ? OK
               : error_set(err, E_BACKEND,
                           "registry '%s' is damaged: document %u is no longer what was read",
                           g->path, id);
}

enum code registry_noise(struct registry *g, uint32_t id, struct arena *a, struct str *noise,
                         struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(prepared(g,
                 "SELECT noise FROM document_reading WHERE document = ? ORDER BY seq DESC LIMIT 1",
                 &s, err, "i", (int64_t)id));
    enum code c = registry_step(g, s, &row, err);
    *noise = c == OK && row ? column_str(s, 0, a) : STR("");
    sqlite3_finalize(s);
    return c;
}

/* ---- claims -------------------------------------------------------------------------------- */

static struct claim_row claim_of(sqlite3_stmt *s, struct arena *a)
{
    return (struct claim_row){
        .seq = (uint64_t)sqlite3_column_int64(s, 0),
        .id = (uint64_t)sqlite3_column_int64(s, 1),
        .document = (uint32_t)sqlite3_column_int64(s, 2),
        .start = (uint32_t)sqlite3_column_int64(s, 3),
        .end = (uint32_t)sqlite3_column_int64(s, 4),
        .nth = (uint32_t)sqlite3_column_int64(s, 5),
        .text = column_str(s, 6, a),
        .state = (enum claim_state)sqlite3_column_int(s, 7),
        .reason = column_str(s, 8, a),
        .subject = column_str(s, 9, a),
        .indicator = column_str(s, 10, a),
        .kind = (enum fact_kind)sqlite3_column_int(s, 11),
        .qualifier = (enum qualifier)sqlite3_column_int(s, 12),
        .modality = (enum modality)sqlite3_column_int(s, 13),
        .value = column_str(s, 14, a),
        .value_hi = column_str(s, 15, a),
        .unit = column_str(s, 16, a),
        .period = column_str(s, 17, a),
        .comparison = column_str(s, 18, a),
        .fact = (uint64_t)sqlite3_column_int64(s, 19),
        .action = column_str(s, 20, a),
        .note = column_str(s, 21, a),
        .actor = column_str(s, 22, a),
        .at_us = sqlite3_column_int64(s, 23),
    };
}

/* Numbers that a damaged file might hold must not index a table of words. */
static bool claim_sound(const struct claim_row *c)
{
    return c->state < CLAIM_STATES && c->kind < KIND_KINDS && c->qualifier < Q_COUNT &&
           c->modality < MOD_COUNT;
}

static enum code gather(struct registry *g, sqlite3_stmt *s, struct arena *a,
                        struct claim_row **out, size_t *count, struct error *err)
{
    VEC(struct claim_row) found = {0};
    bool row;
    enum code c;
    while ((c = registry_step(g, s, &row, err)) == OK && row) {
        vec_push(&found, claim_of(s, a));
        if (!claim_sound(&found.v[found.len - 1])) {
            c = error_set(err, E_BACKEND, "registry '%s' is damaged: claim row %llu", g->path,
                          (unsigned long long)found.v[found.len - 1].seq);
            break;
        }
    }
    sqlite3_finalize(s);
    *count = c == OK ? found.len : 0;
    *out = arena_alloc(a, (*count + 1) * sizeof **out);
    if (*count)
        memcpy(*out, found.v, *count * sizeof **out);
    vec_clear(&found);
    return c;
}

enum code registry_claims(struct registry *g, uint32_t document, struct arena *a,
                          struct claim_row **out, size_t *count, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(prepared(g,
                 "SELECT seq, " CLAIM_COLUMNS " FROM claim WHERE document = ?"
                 " ORDER BY start_at, end_at, nth, id, seq",
                 &s, err, "i", (int64_t)document));
    return gather(g, s, a, out, count, err);
}

enum code registry_claim(struct registry *g, uint64_t id, struct arena *a, struct claim_row *out,
                         struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    struct claim_row *rows;
    size_t count;
    TRY(prepared(g,
                 "SELECT seq, " CLAIM_COLUMNS " FROM claim WHERE id = ? ORDER BY seq DESC LIMIT 1",
                 &s, err, "i", (int64_t)id));
    TRY(gather(g, s, a, &rows, &count, err));
    if (!count)
        return error_set(err, E_MISSING, "no claim %llu", (unsigned long long)id);
    *out = rows[0];
    return OK;
}

enum code registry_documents_naming(struct registry *g, struct str name, struct arena *a,
                                    uint32_t **out, size_t *count, struct error *err)
{
    HOLD(g);
    VEC(uint32_t) found = {0};
    sqlite3_stmt *s;
    bool row;
    TRY(prepared(g,
                 "SELECT DISTINCT document FROM claim c WHERE state = 1 AND (instr(subject, ?1) > 0"
                 " OR instr(indicator, ?1) > 0 OR instr(text, ?1) > 0) AND"
                 " seq = (SELECT max(seq) FROM claim v WHERE v.id = c.id) ORDER BY document",
                 &s, err, "s", name));
    enum code c;
    while ((c = registry_step(g, s, &row, err)) == OK && row)
        vec_push(&found, (uint32_t)sqlite3_column_int64(s, 0));
    sqlite3_finalize(s);
    *count = c == OK ? found.len : 0;
    *out = arena_alloc(a, (*count + 1) * sizeof **out);
    if (*count)
        memcpy(*out, found.v, *count * sizeof **out);
    vec_clear(&found);
    return c;
}

/* ---- taking back --------------------------------------------------------------------------- */

enum code registry_drop_documents(struct registry *g, uint32_t batch, struct error *err)
{
    static const char *const sql[] = {"DELETE FROM claim WHERE batch = ?",
                                      "DELETE FROM document_reading WHERE batch = ?",
                                      "DELETE FROM document WHERE batch = ?"};
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        sqlite3_stmt *s;
        TRY(prepared(g, sql[i], &s, err, "i", (int64_t)batch));
        TRY(run_once(g, s, err));
    }
    return OK;
}
