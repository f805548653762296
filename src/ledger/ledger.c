/* ledger.c - transactions over model, rollup, registry and history; the index of facts.
 * Not here: names as people write them (ingest), and what figures mean to readers (query). */
#include "ledger/ledger.h"
#include "ledger/ledger_int.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* ---- open and close ---- */

static char *copy_z(const char *z)
{
    size_t len = strlen(z) + 1;
    return memcpy(mem_alloc(len), z, len);
}

static void ledger_init_maps(struct ledger *l)
{
    arena_init(&l->text, 0);
    map_init(&l->by_key);
    map_init(&l->by_trace);
}

/* Own values that the rollup holds follow from the current facts of additive series. */
static enum code apply_key(struct ledger *l, uint32_t entity, uint32_t series, struct period period,
                           struct error *err)
{
    if (!series_adds(l->model, model_series(l->model, series)))
        return OK;
    const struct fact *f = ledger_current(l, entity, series, period, AS_OF_NOW);
    bool has = f && f->state == STATE_VALUE;
    return rollup_set(l->rollup, entity, series, period, has, has ? f->value : 0, err);
}

static enum code load_groupings(const struct model *m, struct rollup *r, struct error *err)
{
    for (size_t i = 0; i < m->groupings.len; i++)
        TRY(rollup_grouping(r, m->groupings.v[i].id, m->groupings.v[i].kind, err));
    for (size_t i = 0; i < m->memberships.len; i++)
        TRY(rollup_member(r, &m->memberships.v[i], err));
    return OK;
}

static enum code load_fact(void *ctx, const struct fact *f, struct error *err)
{
    struct ledger *l = ctx;
    if (f->entity < 1 || f->entity > l->model->entities.len || f->series < 1 ||
        f->series > l->model->series.len)
        return error_set(err, E_BUG,
                         "fact %llu names entity %u, series %u, which the registry has not",
                         (unsigned long long)f->id, f->entity, f->series);
    fact_index(l, *f);
    return OK;
}

static enum code load_trace(void *ctx, const struct trace *t, struct error *err)
{
    struct ledger *l = ctx;
    if (t->fact < 1 || t->fact > l->facts.len)
        return error_set(err, E_BUG, "a place names fact %llu, which the history has not",
                         (unsigned long long)t->fact);
    trace_index(l, t);
    return OK;
}

static enum code ledger_load(struct ledger *l, struct error *err)
{
    TRY(registry_load(l->registry, l->model, err));
    TRY(load_groupings(l->model, l->rollup, err));
    TRY(l->history.ops->facts(&l->history, load_fact, l, err));
    TRY(l->history.ops->traces(&l->history, load_trace, l, err));
    for (size_t i = 0; i < l->facts.len; i++) {
        const struct fact *f = &l->facts.v[i];
        TRY(apply_key(l, f->entity, f->series, f->period, err));
    }
    struct arena a;
    arena_init(&a, 0);
    struct batch_row *rows;
    size_t count = 0;
    enum code c = registry_batches(l->registry, &a, &rows, &count, err);
    for (size_t i = 0; c == OK && i < count; i++)
        if (rows[i].id > l->last_batch)
            l->last_batch = rows[i].id;
    arena_clear(&a);
    return c;
}

static enum code open_stores(struct ledger *l, const char *dir, bool create, struct str backend,
                             struct error *err)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/registry.sqlite", dir) >= sizeof path)
        return error_set(err, E_LIMIT, "the path '%.100s…' is too long", dir);
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (create && there)
        return error_set(err, E_CONFLICT, "'%s' holds a workspace already", dir);
    if (!create && !there)
        return error_set(
            err, E_MISSING,
            "'%s' is no workspace (no registry.sqlite in it); make one with: luoshu init %s", dir,
            dir);
    if (create && mkdir(dir, 0750) != 0 && errno != EEXIST)
        return error_set(err, E_IO, "cannot make the folder '%s': %s", dir, strerror(errno));
    TRY(registry_open(&l->registry, path, create, err));
    struct str kind = backend.len ? backend : STR("duckdb");
    if (create)
        TRY(registry_set(l->registry, "history", kind, err));
    else {
        TRY(registry_get(l->registry, "history", &l->text, &kind, err));
        if (backend.len)
            kind = backend;
    }
    TRY(history_open(&l->history, kind, dir, create, err));
    return store_settle(l->registry, &l->history, err);
}

enum code ledger_open(struct ledger **out, const char *dir, bool create, struct str backend,
                      struct error *err)
{
    struct ledger *l = mem_zalloc(sizeof *l);
    ledger_init_maps(l);
    l->dir = copy_z(dir);
    l->model = model_new();
    l->rollup = rollup_new();
    enum code c = open_stores(l, dir, create, backend, err);
    if (c == OK)
        c = ledger_load(l, err);
    if (c != OK) {
        ledger_close(l);
        return c;
    }
    *out = l;
    return OK;
}

/* Everything that l holds, but not l itself. */
static void release(struct ledger *l)
{
    if (l->in_transaction)
        ledger_rollback(l);
    if (l->history.ops)
        history_close(&l->history);
    if (l->registry)
        registry_close(l->registry);
    rollup_free(l->rollup);
    model_free(l->model);
    map_clear(&l->by_key);
    map_clear(&l->by_trace);
    vec_clear(&l->facts);
    vec_clear(&l->links);
    vec_clear(&l->traces);
    vec_clear(&l->trace_next);
    vec_clear(&l->trace_head);
    vec_clear(&l->of_entity);
    vec_clear(&l->of_source);
    arena_clear(&l->text);
    mem_free(l->dir);
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    release(l);
    mem_free(l);
}

const struct model *ledger_model(const struct ledger *l)
{
    return l->model;
}

const struct rollup *ledger_rollup(const struct ledger *l)
{
    return l->rollup;
}

struct registry *ledger_registry(struct ledger *l)
{
    return l->registry;
}

const char *ledger_trouble(const struct ledger *l)
{
    return l->broken ? "the last commit failed; the stores are read again before the next" : "";
}

uint64_t ledger_revision(const struct ledger *l)
{
    return l->last_batch;
}

/* After a failed append: forget everything in memory and read both stores again. */
static enum code ledger_reload(struct ledger *l, struct error *err)
{
    struct ledger *fresh;
    char *dir = l->dir;
    l->dir = NULL;
    release(l);
    enum code c = ledger_open(&fresh, dir, false, STR(""), err);
    if (c != OK) {
        *l = (struct ledger){.broken = true, .dir = dir};
        ledger_init_maps(l);
        l->model = model_new();
        l->rollup = rollup_new();
        return c;
    }
    mem_free(dir);
    *l = *fresh;
    mem_free(fresh);
    return OK;
}

/* ---- transaction ---- */

enum code ledger_begin(struct ledger *l, struct str origin, struct str actor, int64_t recorded_us,
                       struct error *err)
{
    if (l->in_transaction)
        return error_set(err, E_BUG, "a transaction is under way");
    if (l->broken)
        TRY(ledger_reload(l, err));
    TRY(registry_begin(l->registry, err));
    l->in_transaction = true;
    l->batch = (struct batch_row){.id = l->last_batch + 1,
                                  .state = BATCH_OPEN,
                                  .origin = arena_dup(&l->text, origin),
                                  .actor = arena_dup(&l->text, actor),
                                  .recorded_us = recorded_us};
    l->counts = (struct ledger_counts){0};
    l->mark_facts = l->facts.len;
    l->mark_traces = l->traces.len;
    model_mark(l->model);
    rollup_mark(l->rollup);
    enum code c = registry_put_batch(l->registry, &l->batch, err);
    if (c != OK)
        ledger_rollback(l);
    return c;
}

void ledger_rollback(struct ledger *l)
{
    if (!l->in_transaction)
        return;
    registry_rollback(l->registry);
    facts_truncate(l, l->mark_facts, l->mark_traces);
    model_undo(l->model);
    rollup_undo(l->rollup);
    l->in_transaction = false;
}

uint32_t ledger_batch(const struct ledger *l)
{
    assert(l->in_transaction);
    return l->batch.id;
}

struct ledger_counts ledger_pending(const struct ledger *l)
{
    return l->counts;
}

static struct cell_row row_of(const struct rollup_cell *c)
{
    return (struct cell_row){c->grouping, c->entity, c->series, c->period, c->sum, c->have};
}

/* The totals that this transaction moved, as rows for the history. */
static struct cell_row *moved_cells(const struct ledger *l, size_t *count)
{
    struct rollup_cell *moved;
    *count = rollup_moved(l->rollup, &moved);
    struct cell_row *rows = mem_alloc((*count + 1) * sizeof *rows);
    for (size_t i = 0; i < *count; i++)
        rows[i] = row_of(&moved[i]);
    mem_free(moved);
    return rows;
}

static enum code persist(struct ledger *l, struct error *err)
{
    size_t facts = l->facts.len - l->mark_facts, traces = l->traces.len - l->mark_traces;
    size_t cell_count;
    l->batch.facts = facts;
    TRY(registry_put_batch(l->registry, &l->batch, err));
    TRY(registry_commit(l->registry, err));
    struct cell_row *cells = moved_cells(l, &cell_count);
    enum code c;
    c = l->history.ops->append(&l->history, l->batch.id, l->facts.v + l->mark_facts, facts,
                               l->traces.v + l->mark_traces, traces, cells, cell_count, err);
    mem_free(cells);
    /* Past the registry's commit a failure leaves the batch open. Whether it is whole is settled
     * when the stores are opened again, before the next transaction. */
    if (c == OK)
        c = registry_batch_done(l->registry, l->batch.id, err);
    l->broken = c != OK;
    return c;
}

enum code ledger_commit(struct ledger *l, struct ledger_counts *counts, struct error *err)
{
    assert(l->in_transaction);
    enum code c = persist(l, err);
    if (c != OK) {
        ledger_rollback(l);
        return c;
    }
    rollup_keep(l->rollup);
    l->in_transaction = false;
    l->last_batch = l->batch.id;
    if (counts)
        *counts = l->counts;
    return OK;
}

/* ---- stored totals ---- */

static int cell_order(const struct rollup_cell *a, const struct cell_row *b)
{
    if (a->grouping != b->grouping)
        return a->grouping < b->grouping ? -1 : 1;
    if (a->entity != b->entity)
        return a->entity < b->entity ? -1 : 1;
    if (a->series != b->series)
        return a->series < b->series ? -1 : 1;
    if (a->period.first != b->period.first)
        return a->period.first < b->period.first ? -1 : 1;
    if (a->period.last != b->period.last)
        return a->period.last < b->period.last ? -1 : 1;
    return 0;
}

struct stored_cells {
    VEC(struct cell_row) rows;
};

static enum code keep_cell(void *ctx, const struct cell_row *c, struct error *err)
{
    struct stored_cells *s = ctx;
    (void)err;
    vec_push(&s->rows, *c);
    return OK;
}

static int row_sort(const void *a, const void *b)
{
    const struct cell_row *y = b;
    struct rollup_cell x = {.grouping = ((const struct cell_row *)a)->grouping,
                            .entity = ((const struct cell_row *)a)->entity,
                            .series = ((const struct cell_row *)a)->series,
                            .period = ((const struct cell_row *)a)->period};
    return cell_order(&x, y);
}

static int rollup_row_sort(const void *a, const void *b)
{
    struct cell_row y = row_of(b);
    return cell_order(a, &y);
}

/* Walks two sorted lists of cells side by side; `live` or `stored` is NULL where one lacks a key.
 */
typedef enum code (*pair_fn)(void *ctx, const struct rollup_cell *live,
                             const struct cell_row *stored);

static enum code cells_walk(const struct rollup_cell *live, size_t n, const struct cell_row *stored,
                            size_t k, pair_fn fn, void *ctx)
{
    for (size_t i = 0, j = 0; i < n || j < k;) {
        int order = i == n ? 1 : j == k ? -1 : cell_order(&live[i], &stored[j]);
        TRY(fn(ctx, order <= 0 ? &live[i] : NULL, order >= 0 ? &stored[j] : NULL));
        i += order <= 0;
        j += order >= 0;
    }
    return OK;
}

static enum code sorted_stored(struct ledger *l, struct stored_cells *s, struct error *err)
{
    TRY(l->history.ops->cells(&l->history, keep_cell, s, err));
    if (s->rows.len)
        qsort(s->rows.v, s->rows.len, sizeof *s->rows.v, row_sort);
    return OK;
}

struct cell_vec {
    VEC(struct cell_row) rows;
};

/* ---- replay ---- */

struct replay {
    const char *where;
    difference_fn fn;
    void *ctx;
    size_t differences;
};

static enum code tell_difference(void *ctx, const struct rollup_cell *replayed,
                                 const struct cell_row *found)
{
    struct replay *r = ctx;
    if (replayed && found && replayed->sum == found->sum && replayed->have == found->have)
        return OK;
    struct ledger_difference d = {.where = r->where};
    if (replayed)
        d.cell = *replayed;
    else
        d.cell = (struct rollup_cell){.grouping = found->grouping,
                                      .entity = found->entity,
                                      .series = found->series,
                                      .period = found->period};
    d.replayed = replayed ? replayed->sum : 0;
    d.replayed_have = replayed ? replayed->have : 0;
    d.found = found ? found->sum : 0;
    d.found_have = found ? found->have : 0;
    r->differences++;
    if (r->fn)
        r->fn(r->ctx, &d);
    return OK;
}

/* A second reader of the stores: a fresh ledger state filled from them, never from the live one. */
static enum code replay_state(struct ledger *l, struct ledger *fresh, struct error *err)
{
    fresh->model = model_new();
    fresh->rollup = rollup_new();
    ledger_init_maps(fresh);
    TRY(registry_load(l->registry, fresh->model, err));
    TRY(load_groupings(fresh->model, fresh->rollup, err));
    TRY(l->history.ops->facts(&l->history, load_fact, fresh, err));
    for (size_t i = 0; i < fresh->facts.len; i++) {
        const struct fact *f = &fresh->facts.v[i];
        TRY(apply_key(fresh, f->entity, f->series, f->period, err));
    }
    return OK;
}

enum code ledger_replay(struct ledger *l, difference_fn fn, void *ctx, size_t *cells,
                        size_t *differences, struct error *err)
{
    struct ledger *fresh = mem_zalloc(sizeof *fresh);
    struct rollup_cell *again = NULL, *live = NULL;
    struct stored_cells stored = {0};
    struct cell_vec live_rows = {0};
    struct replay r = {.where = "live", .fn = fn, .ctx = ctx};
    enum code c = replay_state(l, fresh, err);
    if (c == OK)
        c = sorted_stored(l, &stored, err);
    if (c == OK) {
        size_t n = rollup_cells(fresh->rollup, &again), k = rollup_cells(l->rollup, &live);
        if (n)
            qsort(again, n, sizeof *again, rollup_row_sort);
        for (size_t i = 0; i < k; i++)
            vec_push(&live_rows.rows, row_of(&live[i]));
        if (k)
            qsort(live_rows.rows.v, k, sizeof *live_rows.rows.v, row_sort);
        *cells = n;
        c = cells_walk(again, n, live_rows.rows.v, k, tell_difference, &r);
        r.where = "stored";
        if (c == OK)
            c = cells_walk(again, n, stored.rows.v, stored.rows.len, tell_difference, &r);
    }
    *differences = r.differences;
    mem_free(again);
    mem_free(live);
    vec_clear(&stored.rows);
    vec_clear(&live_rows.rows);
    ledger_close(fresh);
    return c;
}
