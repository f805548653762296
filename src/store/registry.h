/* registry.h - names, memberships, sources, batches and tokens: small, transactional, on SQLite.
 *
 * The history of facts lives in another database, so a batch is made whole by three steps: the
 * registry commits its rows with the batch "open", the history commits the facts, the registry
 * marks the batch "done". What a crash leaves "open" is settled at the next open: done when the
 * history has it, else every row of the batch is removed (store.h).
 *
 * Any thread may call; from begin to commit or rollback the calls of other threads wait. */
#ifndef LUOSHU_STORE_REGISTRY_H
#define LUOSHU_STORE_REGISTRY_H
#include "model/model.h"

struct registry;
/* path: of the file; made with the newest schema when absent and create is set. Older schemas are
 * migrated in one transaction (schema/NNN_*.sql, embedded). ":memory:" for tests.
 * fails  E_MISSING no workspace there; E_CONFLICT schema newer than this program; E_BACKEND */
MUST_CHECK enum code registry_open(struct registry **out, const char *path, bool create,
                                   struct error *err);
void registry_close(struct registry *g);
/* All rows of done batches into an empty model, ids as stored. */
MUST_CHECK enum code registry_load(struct registry *g, struct model *m, struct error *err);

MUST_CHECK enum code registry_begin(struct registry *g, struct error *err); /* takes the write lock */
MUST_CHECK enum code registry_commit(struct registry *g, struct error *err);
void registry_rollback(struct registry *g);

/* Rows are written under their model ids; `batch` marks rows a failed batch takes back. A second
 * put of the same id replaces (the old row goes to entity_old / indicator_old / source_old with
 * the batch that replaced it: nothing is overwritten). */
MUST_CHECK enum code registry_put_dimension(struct registry *g, const struct dimension *d, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_unit(struct registry *g, const struct unit *u, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_unit_alias(struct registry *g, uint32_t unit, struct str alias, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_indicator(struct registry *g, const struct indicator *i, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_indicator_alias(struct registry *g, uint32_t indicator, struct str alias, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_series(struct registry *g, const struct series *s, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_entity(struct registry *g, const struct entity *e, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_alias(struct registry *g, uint32_t entity, struct str alias, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_grouping(struct registry *g, const struct grouping *gr, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_membership(struct registry *g, const struct membership *ms, uint32_t batch, struct error *err);
MUST_CHECK enum code registry_put_source(struct registry *g, const struct source *s, uint32_t batch, struct error *err);

enum batch_state { BATCH_OPEN, BATCH_DONE };
struct batch_row {
    uint32_t id;          /* 1.. */
    enum batch_state state;
    struct str origin;    /* file name, "api", node */
    struct str actor;     /* token label, "cli" */
    uint64_t facts;       /* how many the history must hold */
    int64_t recorded_us;
};
MUST_CHECK enum code registry_put_batch(struct registry *g, const struct batch_row *b, struct error *err);
MUST_CHECK enum code registry_batch_done(struct registry *g, uint32_t id, struct error *err);
/* Open batches, oldest first, into the arena. */
MUST_CHECK enum code registry_open_batches(struct registry *g, struct arena *a, struct batch_row **out, size_t *count, struct error *err);
MUST_CHECK enum code registry_batches(struct registry *g, struct arena *a, struct batch_row **out, size_t *count, struct error *err);
/* Takes back every row of a batch that the history never got. */
MUST_CHECK enum code registry_drop_batch(struct registry *g, uint32_t id, struct error *err);

/* Datasets: tables for analysis that are no facts, kept as the text of their CSV. */
struct dataset_row {
    uint32_t id;
    struct str name, title, address, note, actor;
    struct str header; /* first line of the CSV */
    day_t published; /* DAY_MIN = unknown */
    uint32_t rows, columns;
    uint32_t revision; /* 1.., of the name */
    int64_t recorded_us;
};
/* A new revision of d->name; id, actor, revision and recorded_us are the store's. */
MUST_CHECK enum code registry_put_dataset(struct registry *g, const struct dataset_row *d, struct str content, uint32_t batch, struct error *err);
/* The newest revision of each name known by the two dates, ordered by name. */
MUST_CHECK enum code registry_datasets(struct registry *g, int64_t recorded_us, day_t published, struct arena *a, struct dataset_row **out, size_t *count, struct error *err);
MUST_CHECK enum code registry_dataset(struct registry *g, uint32_t id, struct arena *a, struct str *content, struct error *err);

/* Settings: "" when absent. */
MUST_CHECK enum code registry_get(struct registry *g, const char *key, struct arena *a, struct str *out, struct error *err);
MUST_CHECK enum code registry_set(struct registry *g, const char *key, struct str value, struct error *err);

/* Tokens are kept as SHA-256 (256 random bits need no slow hash). right: "read" "write" "admin". */
MUST_CHECK enum code registry_put_token(struct registry *g, struct str label, struct str right, const uint8_t hash[32], int64_t created_us, struct error *err);
/* right and label of a live token; E_DENIED when there is none */
MUST_CHECK enum code registry_token(struct registry *g, const uint8_t hash[32], struct arena *a, struct str *label, struct str *right, struct error *err);

/* Audit: appended, each row carrying the hash of the one before (SHA-256 chain). */
MUST_CHECK enum code registry_audit(struct registry *g, int64_t at_us, struct str actor, struct str action, struct str detail, struct error *err);
/* Walks the chain; *bad = first broken row id or 0. */
MUST_CHECK enum code registry_audit_check(struct registry *g, uint64_t *rows, uint64_t *bad, struct error *err);
#endif
