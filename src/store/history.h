/* history.h - facts and the places they were said, append-only; and the stored totals.
 *
 * Backends are const structs of functions, listed in history_backends. The memory backend is the
 * reference; one test suite runs over all of them. */
#ifndef LUOSHU_STORE_HISTORY_H
#define LUOSHU_STORE_HISTORY_H
#include "model/model.h"

struct history {
    const struct history_ops *ops;
    void *state;
};
/* A stored total: what `luoshu check` compares with the replayed one. */
struct cell_row {
    uint32_t grouping, entity, series;
    struct period period;
    i128 sum;
    uint32_t have;
};
typedef enum code (*fact_fn)(void *ctx, const struct fact *f, struct error *err);
typedef enum code (*trace_fn)(void *ctx, const struct trace *t, struct error *err);
typedef enum code (*cell_fn)(void *ctx, const struct cell_row *c, struct error *err);

struct history_ops {
    const char *name; /* "memory", "duckdb" */
    /* dir: the workspace (duckdb keeps history.duckdb there; memory ignores it).
     * fails  E_CONFLICT another process holds it; E_MISSING; E_BACKEND */
    enum code (*open)(struct history *h, const char *dir, bool create, struct error *err);
    /* One batch, whole or not at all, durable on return, also when it holds no fact. Cells replace
     * the stored cell of the same key; have == 0 removes it. After a failure the history may or may
     * not have the batch: it is to be closed, opened and settled (store.h) before further work. */
    enum code (*append)(struct history *h, uint32_t batch, const struct fact *facts, size_t fact_count,
                        const struct trace *traces, size_t trace_count,
                        const struct cell_row *cells, size_t cell_count, struct error *err);
    /* Every fact in order of id; every trace in order of arrival; every cell in order of key. A
     * callback that fails ends the scan with its code. */
    enum code (*facts)(struct history *h, fact_fn fn, void *ctx, struct error *err);
    enum code (*traces)(struct history *h, trace_fn fn, void *ctx, struct error *err);
    enum code (*cells)(struct history *h, cell_fn fn, void *ctx, struct error *err);
    enum code (*has_batch)(struct history *h, uint32_t batch, bool *has, struct error *err);
    enum code (*batch_facts)(struct history *h, uint32_t batch, uint64_t *count, struct error *err);
    void (*close)(struct history *h);
};
extern const struct history_ops history_memory, history_duckdb;
extern const struct history_ops *const history_backends[]; /* NULL ends it */

MUST_CHECK enum code history_open(struct history *h, struct str backend, const char *dir,
                                  bool create, struct error *err);
void history_close(struct history *h);
#endif
