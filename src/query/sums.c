/* sums.c - the totals at the query's dates of knowledge, and which keys an entity has. */
#include "query/query_int.h"
#include <stdlib.h>

static bool is_now(struct as_of a)
{
    return a.published == DAY_MAX && a.recorded_us == INT64_MAX;
}

/* A past state is the same function of (memberships, facts then known): a rollup of its own. */
static enum code replay_at(const struct query *q, struct rollup *r, struct error *err)
{
    const struct ledger *l = q->ledger;
    const struct model *m = ledger_model(l);
    for (size_t i = 0; i < m->groupings.len; i++)
        TRY(rollup_grouping(r, m->groupings.v[i].id, m->groupings.v[i].kind, err));
    for (size_t i = 0; i < m->memberships.len; i++)
        TRY(rollup_member(r, &m->memberships.v[i], err));
    for (uint64_t id = 1; id <= ledger_fact_count(l); id++) {
        const struct fact *f = ledger_fact(l, id);
        if (!series_adds(m, model_series(m, f->series)))
            continue;
        const struct fact *now = ledger_current(l, f->entity, f->series, f->period, q->as_of);
        bool has = now && now->state == STATE_VALUE;
        TRY(rollup_set(r, f->entity, f->series, f->period, has, has ? now->value : 0, err));
    }
    return OK;
}

enum code sums_open(const struct query *q, struct sums *s, struct error *err)
{
    *s = (struct sums){.rollup = ledger_rollup(q->ledger)};
    if (is_now(q->as_of))
        return OK;
    s->own = rollup_new();
    s->rollup = s->own;
    enum code c = replay_at(q, s->own, err);
    if (c != OK)
        sums_close(s);
    return c;
}

enum code sums_shared(const struct query *q, const struct figure_ask *ask, struct sums *s,
                      struct error *err)
{
    *s = (struct sums){.rollup = ask->sums};
    return ask->sums ? OK : sums_open(q, s, err);
}

void sums_close(struct sums *s)
{
    if (s->own)
        rollup_free(s->own);
    s->own = NULL;
}

static void key_add(key_vec *keys, uint32_t series, struct period p)
{
    for (size_t i = keys->len; i-- > 0;)
        if (keys->v[i].series == series && period_eq(keys->v[i].period, p))
            return;
    vec_push(keys, (struct figure_key){series, p});
}

static void own_keys(const struct query *q, uint32_t entity, uint32_t indicator, bool additive_only,
                     key_vec *out)
{
    const struct model *m = ledger_model(q->ledger);
    const struct fact *f;
    for (uint64_t it = 0; (f = ledger_of_entity(q->ledger, entity, 0, &it));) {
        const struct series *s = model_series(m, f->series);
        if ((indicator && s->indicator != indicator) || (additive_only && !series_adds(m, s)))
            continue;
        if (ledger_current(q->ledger, entity, f->series, f->period, q->as_of))
            key_add(out, f->series, f->period);
    }
}

#define BELOW_DEPTH_MAX 32

static void keys_below(const struct query *q, uint32_t entity, uint32_t indicator,
                       uint32_t grouping, int depth, key_vec *out)
{
    const struct membership *ms;
    if (depth > BELOW_DEPTH_MAX)
        return;
    for (size_t it = 0; (ms = model_children(ledger_model(q->ledger), entity, &it));) {
        if (ms->grouping != grouping)
            continue;
        own_keys(q, ms->child, indicator, depth > 0, out);
        keys_below(q, ms->child, indicator, grouping, depth + 1, out);
    }
}

void keys_of(const struct query *q, uint32_t entity, uint32_t indicator, uint32_t grouping,
             key_vec *out)
{
    own_keys(q, entity, indicator, false, out);
    if (grouping)
        keys_below(q, entity, indicator, grouping, 0, out);
}

static int key_order(const void *a, const void *b, void *model)
{
    const struct figure_key *x = a, *y = b;
    const struct series *s = model_series(model, x->series), *t = model_series(model, y->series);
    if (s->modality != t->modality)
        return s->modality < t->modality ? -1 : 1;
    if (s->kind != t->kind)
        return s->kind < t->kind ? -1 : 1;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    return period_cmp(x->period, y->period);
}

void keys_sort(const struct model *m, key_vec *keys)
{
    if (keys->len)
        qsort_r(keys->v, keys->len, sizeof *keys->v, key_order, (void *)(uintptr_t)m);
}
