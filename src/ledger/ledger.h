/* ledger.h - the only way in for all that moves a number.
 *
 * A transaction collects names, memberships and facts; commit makes them durable in registry and
 * history, then visible in model and rollup; until then, and after a rollback, nobody sees any of
 * it. The clock is an argument: recorded_us comes from the caller.
 *
 * Which of several facts of one key (entity, series, period) is current follows from the facts
 * alone: the latest published, then the latest recorded, then the greater value; never from the
 * order in which they came. A withdrawal (STATE_WITHDRAWN) takes back what its source said of the
 * key before; the facts of other sources hold, and without any the key has no current fact. */
#ifndef LUOSHU_LEDGER_H
#define LUOSHU_LEDGER_H
#include "model/model.h"
#include "rollup/rollup.h"

struct ledger;

/* Opens the workspace `dir`. create: the folder is made if needed and must hold no workspace.
 * backend: "duckdb" or "memory"; empty = what the workspace says.
 * fails  E_MISSING no workspace; E_CONFLICT held by another process, or one is there already */
MUST_CHECK enum code ledger_open(struct ledger **out, const char *dir, bool create,
                                 struct str backend, struct error *err);
void ledger_close(struct ledger *l);
const struct model *ledger_model(const struct ledger *l);
const struct rollup *ledger_rollup(const struct ledger *l);
struct registry; /* settings, tokens, audit: for serve */
struct registry *ledger_registry(struct ledger *l);
/* Why writing is refused just now, or "" (a failed commit; the next transaction reads the stores
 * again). */
const char *ledger_trouble(const struct ledger *l);
uint64_t ledger_revision(const struct ledger *l); /* grows with every commit; survives restarts */

/* ---- transaction: one at a time ---- */
MUST_CHECK enum code ledger_begin(struct ledger *l, struct str origin, struct str actor,
                                  int64_t recorded_us, struct error *err);
/* Each put_ returns the id by *id. Existing things are found, changed ones revised.
 * fails  E_INPUT, E_CONFLICT, E_RANGE: the transaction stays usable (the row is not in it) */
MUST_CHECK enum code ledger_put_dimension(struct ledger *l, struct dimension d, uint32_t *id,
                                          struct error *err);
MUST_CHECK enum code ledger_put_unit_alias(struct ledger *l, uint32_t unit, struct str alias,
                                           struct error *err);
MUST_CHECK enum code ledger_put_unit(struct ledger *l, struct unit u, uint32_t *id,
                                     struct error *err); /* new dimension when u.dimension is 0 */
MUST_CHECK enum code ledger_put_indicator(struct ledger *l, struct indicator i, uint32_t *id,
                                          struct error *err);
MUST_CHECK enum code ledger_put_indicator_alias(struct ledger *l, uint32_t indicator,
                                                struct str alias, struct error *err);
MUST_CHECK enum code ledger_put_series(struct ledger *l, struct series s, uint32_t *id,
                                       struct error *err);
MUST_CHECK enum code ledger_put_entity(struct ledger *l, struct entity e, uint32_t *id,
                                       struct error *err); /* id 0 = new, else replaces */
MUST_CHECK enum code ledger_put_alias(struct ledger *l, uint32_t entity, struct str alias,
                                      struct error *err);
MUST_CHECK enum code ledger_put_grouping(struct ledger *l, struct grouping g, uint32_t *id,
                                         struct error *err);
MUST_CHECK enum code ledger_put_membership(struct ledger *l, struct membership ms, uint32_t *id,
                                           struct error *err);
MUST_CHECK enum code ledger_end_membership(struct ledger *l, uint32_t id, day_t last,
                                           struct error *err);
MUST_CHECK enum code ledger_put_source(struct ledger *l, struct source s, uint32_t *id,
                                       struct error *err);

/* A table for analysis that is no fact (an input-output table, edges, costs), as CSV text: a new
 * revision of its name. Its source ("dataset:NAME") is put with it.
 * fails  E_INPUT no name, no table; E_LIMIT longer than DATASET_MAX bytes */
#define DATASET_MAX (64u << 20)
struct dataset_row;
MUST_CHECK enum code ledger_put_dataset(struct ledger *l, const struct dataset_row *d,
                                        struct str csv, struct error *err);

enum put { PUT_NEW, PUT_SAME, PUT_REVISION, PUT_OTHER_SOURCE };
/* f.id, f.batch, f.recorded_us are set here (recorded_us may be given, for replays). t: where it
 * was said (t.fact set here); may be NULL. *how: first fact of its key; the same value from the
 * same source again (only the trace is kept, if it is a new place); a new value from the same
 * source; the key is known from another source. */
MUST_CHECK enum code ledger_put_fact(struct ledger *l, struct fact f, const struct trace *t,
                                     enum put *how, struct error *err);
struct ledger_counts {
    size_t facts, same, revisions, other_source, traces, entities, indicators, memberships, sources;
};
MUST_CHECK enum code ledger_commit(struct ledger *l, struct ledger_counts *counts,
                                   struct error *err);
void ledger_rollback(struct ledger *l);
uint32_t ledger_batch(const struct ledger *l); /* of the transaction under way: rows beside the model */
struct ledger_counts ledger_pending(const struct ledger *l);

/* ---- reading (query and check only) ---- */
struct as_of {
    day_t published;     /* DAY_MAX = all */
    int64_t recorded_us; /* INT64_MAX = all */
};
#define AS_OF_NOW ((struct as_of){DAY_MAX, INT64_MAX})
size_t ledger_fact_count(const struct ledger *l);
size_t ledger_trace_count(const struct ledger *l);
const struct fact *ledger_fact(const struct ledger *l, uint64_t id); /* 1..count; NULL outside */
/* Current fact of a key, or NULL. */
const struct fact *ledger_current(const struct ledger *l, uint32_t entity, uint32_t series,
                                  struct period period, struct as_of as_of);
/* Its source has taken f back since (STATE_WITHDRAWN): a later fact of the same key and source. */
bool ledger_withdrawn(const struct ledger *l, const struct fact *f, struct as_of as_of);
/* All facts of a key, in order of recording: *it = 0 to begin, NULL at the end. */
const struct fact *ledger_of_key(const struct ledger *l, uint32_t entity, uint32_t series,
                                 struct period period, uint64_t *it);
/* All facts of an entity (series 0) or of one of its series, any period; order of recording. */
const struct fact *ledger_of_entity(const struct ledger *l, uint32_t entity, uint32_t series,
                                    uint64_t *it);
/* All facts of a source. */
const struct fact *ledger_of_source(const struct ledger *l, uint32_t source, uint64_t *it);
/* Places where a fact was said. */
const struct trace *ledger_trace(const struct ledger *l, uint64_t fact, uint64_t *it);

/* Replays every fact and membership from the stores into a fresh rollup and compares it with the
 * live one and with the stored totals. Each difference is told to fn once. */
struct ledger_difference {
    const char *where; /* "live", "stored" */
    struct rollup_cell cell;
    i128 replayed, found;
    uint32_t replayed_have, found_have;
};
typedef void (*difference_fn)(void *ctx, const struct ledger_difference *d);
MUST_CHECK enum code ledger_replay(struct ledger *l, difference_fn fn, void *ctx, size_t *cells,
                                   size_t *differences, struct error *err);
#endif
