/* trace.c - facts and the places where they were said, for who may read, at the dates asked. */
#include "query/query_int.h"

static bool known(const struct query *q, const struct fact *f)
{
    return q->right >= RIGHT_READ && f->published <= q->as_of.published &&
           f->recorded_us <= q->as_of.recorded_us;
}

const struct fact *query_fact(const struct query *q, uint64_t id)
{
    const struct fact *f = ledger_fact(q->ledger, id);
    return f && known(q, f) ? f : NULL;
}

const struct fact *query_of_key(const struct query *q, const struct fact *like, uint64_t *it)
{
    const struct fact *f;
    do
        f = ledger_of_key(q->ledger, like->entity, like->series, like->period, it);
    while (f && !known(q, f));
    return f;
}

const struct fact *query_of_source(const struct query *q, uint32_t source, uint64_t *it)
{
    const struct fact *f;
    do
        f = ledger_of_source(q->ledger, source, it);
    while (f && !known(q, f));
    return f;
}

const struct fact *query_next_fact(const struct query *q, uint64_t *it)
{
    const struct fact *f;
    do
        f = ledger_fact(q->ledger, ++*it);
    while (f && !known(q, f));
    return f;
}

const struct trace *query_place(const struct query *q, const struct fact *f, uint64_t *it)
{
    return known(q, f) ? ledger_trace(q->ledger, f->id, it) : NULL;
}

const struct fact *query_known(const struct query *q, uint32_t entity, uint32_t series,
                               struct period period)
{
    const struct fact *best, *f;
    if (q->right < RIGHT_READ)
        return NULL;
    best = ledger_current(q->ledger, entity, series, period, q->as_of);
    for (uint64_t it = 0; !best && period.first == period.last &&
                          (f = ledger_of_entity(q->ledger, entity, series, &it));)
        if (known(q, f) && f->period.last <= period.last) {
            struct period newest = f->period;
            const struct fact *g;
            for (uint64_t k = it; (g = ledger_of_entity(q->ledger, entity, series, &k));)
                if (known(q, g) && g->period.last <= period.last && period_cmp(g->period, newest) > 0)
                    newest = g->period;
            best = ledger_current(q->ledger, entity, series, newest, q->as_of);
        }
    return best;
}

struct query_size query_size(const struct query *q)
{
    if (q->right < RIGHT_READ)
        return (struct query_size){0};
    return (struct query_size){ledger_fact_count(q->ledger), ledger_trace_count(q->ledger)};
}
