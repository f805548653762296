/* history_memory.c - the history in memory: the reference for the other backends, and for tests. */
#include "store/store_int.h"
#include <stdlib.h>

struct memory {
    struct arena text;
    VEC(struct fact) facts;
    VEC(struct trace) traces;
    VEC(uint32_t) batches;
    VEC(struct cell_row) cells; /* in order of first arrival; have == 0: removed */
    struct map cell_at;         /* key -> place in cells */
};

struct cell_key {
    uint32_t grouping, entity, series;
    struct period period;
};

static enum code memory_open(struct history *h, const char *dir, bool create, struct error *err)
{
    (void)dir, (void)create, (void)err;
    struct memory *mem = mem_zalloc(sizeof *mem);
    arena_init(&mem->text, 0);
    map_init(&mem->cell_at);
    h->state = mem;
    return OK;
}

static void memory_close(struct history *h)
{
    struct memory *mem = h->state;
    vec_clear(&mem->facts);
    vec_clear(&mem->traces);
    vec_clear(&mem->cells);
    vec_clear(&mem->batches);
    map_clear(&mem->cell_at);
    arena_clear(&mem->text);
    mem_free(mem);
}

static void keep_trace(struct memory *mem, struct trace t)
{
    t.text = arena_dup(&mem->text, t.text);
    t.key = arena_dup(&mem->text, t.key);
    t.file = arena_dup(&mem->text, t.file);
    t.note = arena_dup(&mem->text, t.note);
    vec_push(&mem->traces, t);
}

static void keep_cell(struct memory *mem, const struct cell_row *c)
{
    struct cell_key key = {c->grouping, c->entity, c->series, c->period};
    struct str bytes = {(const char *)&key, sizeof key};
    uint64_t *at = map_at(&mem->cell_at, bytes, mem->cells.len);
    if (*at == mem->cells.len)
        vec_push(&mem->cells, *c);
    else
        mem->cells.v[*at] = *c;
}

static uint64_t last_fact(const struct memory *mem)
{
    return mem->facts.len > 0 ? mem->facts.v[mem->facts.len - 1].id : 0;
}

static enum code memory_append(struct history *h, uint32_t batch, const struct fact *facts,
                               size_t fact_count, const struct trace *traces, size_t trace_count,
                               const struct cell_row *cells, size_t cell_count, struct error *err)
{
    struct memory *mem = h->state;
    TRY(history_check(last_fact(mem), facts, fact_count, traces, trace_count, cells, cell_count,
                      err));
    for (size_t i = 0; i < fact_count; i++)
        vec_push(&mem->facts, facts[i]);
    for (size_t i = 0; i < trace_count; i++)
        keep_trace(mem, traces[i]);
    for (size_t i = 0; i < cell_count; i++)
        keep_cell(mem, &cells[i]);
    vec_push(&mem->batches, batch);
    return OK;
}

static enum code memory_facts(struct history *h, fact_fn fn, void *ctx, struct error *err)
{
    struct memory *mem = h->state;
    for (size_t i = 0; i < mem->facts.len; i++)
        TRY(fn(ctx, &mem->facts.v[i], err));
    return OK;
}

static enum code memory_traces(struct history *h, trace_fn fn, void *ctx, struct error *err)
{
    struct memory *mem = h->state;
    for (size_t i = 0; i < mem->traces.len; i++)
        TRY(fn(ctx, &mem->traces.v[i], err));
    return OK;
}

static int by_key(const void *a, const void *b)
{
    return cell_key_cmp(*(const struct cell_row *const *)a, *(const struct cell_row *const *)b);
}

static enum code memory_cells(struct history *h, cell_fn fn, void *ctx, struct error *err)
{
    struct memory *mem = h->state;
    VEC(const struct cell_row *) live = {0};
    for (size_t i = 0; i < mem->cells.len; i++)
        if (mem->cells.v[i].have > 0)
            vec_push(&live, &mem->cells.v[i]);
    if (live.len > 0)
        qsort(live.v, live.len, sizeof *live.v, by_key);
    enum code code = OK;
    for (size_t i = 0; i < live.len && code == OK; i++)
        code = fn(ctx, live.v[i], err);
    vec_clear(&live);
    return code;
}

static enum code memory_batch_facts(struct history *h, uint32_t batch, uint64_t *count,
                                    struct error *err)
{
    (void)err;
    struct memory *mem = h->state;
    *count = 0;
    for (size_t i = 0; i < mem->facts.len; i++)
        *count += mem->facts.v[i].batch == batch;
    return OK;
}

static enum code memory_has_batch(struct history *h, uint32_t batch, bool *has, struct error *err)
{
    (void)err;
    struct memory *mem = h->state;
    *has = false;
    for (size_t i = 0; i < mem->batches.len; i++)
        *has |= mem->batches.v[i] == batch;
    return OK;
}

const struct history_ops history_memory = {
    .name = "memory",
    .open = memory_open,
    .append = memory_append,
    .facts = memory_facts,
    .traces = memory_traces,
    .cells = memory_cells,
    .has_batch = memory_has_batch,
    .batch_facts = memory_batch_facts,
    .close = memory_close,
};
