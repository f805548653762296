/* store.c - what a crash between the two databases left open is settled here (I1). */
#include "store/store.h"

enum verdict { BATCH_WHOLE, BATCH_ABSENT };

static enum code judge(struct history *h, const struct batch_row *b, enum verdict *out,
                       struct error *err)
{
    uint64_t held;
    bool has;
    TRY(h->ops->has_batch(h, b->id, &has, err));
    TRY(h->ops->batch_facts(h, b->id, &held, err));
    if (held != (has ? b->facts : 0))
        return error_set(
            err, E_BUG, "batch %u ('%.*s') is broken: the history holds %llu of its %llu facts",
            b->id, STR_ARG(b->origin), (unsigned long long)held, (unsigned long long)b->facts);
    *out = has ? BATCH_WHOLE : BATCH_ABSENT;
    return OK;
}

static enum code settle_one(struct registry *g, const struct batch_row *b, enum verdict verdict,
                            struct error *err)
{
    if (verdict == BATCH_WHOLE)
        return registry_batch_done(g, b->id, err);
    TRY(registry_drop_batch(g, b->id, err));
    log_event(LOG_WARN, "store.batch_dropped", "batch=%u facts=%llu origin=\"%.*s\"", b->id,
              (unsigned long long)b->facts, STR_ARG(b->origin));
    return OK;
}

static enum code settle(struct registry *g, struct history *h, struct arena *a, struct error *err)
{
    struct batch_row *open;
    size_t count;
    TRY(registry_open_batches(g, a, &open, &count, err));
    enum verdict *verdicts = arena_alloc(a, count * sizeof *verdicts);
    for (size_t i = 0; i < count; i++)
        TRY(judge(h, &open[i], &verdicts[i], err));
    for (size_t i = 0; i < count; i++)
        TRY(settle_one(g, &open[i], verdicts[i], err));
    return OK;
}

enum code store_settle(struct registry *g, struct history *h, struct error *err)
{
    struct arena a;
    arena_init(&a, 0);
    enum code code = settle(g, h, &a, err);
    arena_clear(&a);
    return code;
}
