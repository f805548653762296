/* region.c - the key figures of an entity: the newest of each indicator, what its source said
 * beside it, and the one before. */
#include "query/query_int.h"
#include <stdlib.h>

/* Which of several series of one indicator stands for it: a measured amount before a ratio, a
 * ratio before a growth, an actual value before a target. */
static int series_rank(const struct series *s)
{
    static const int by_kind[KIND_KINDS] = {
        [KIND_LEVEL] = 0,     [KIND_COUNT] = 0,  [KIND_SHARE] = 1,
        [KIND_GROWTH] = 2,    [KIND_RANK] = 5,   [KIND_CONTRIBUTION] = 3,
        [KIND_PP_CHANGE] = 4, [KIND_CHANGE] = 4, [KIND_TARGET] = 3};
    return by_kind[s->kind] + (s->modality == MOD_ACTUAL ? 0 : 10);
}

static bool better(const struct model *m, struct figure_key a, struct figure_key b)
{
    int ra = series_rank(model_series(m, a.series)), rb = series_rank(model_series(m, b.series));
    if (ra != rb)
        return ra < rb;
    return period_cmp(a.period, b.period) > 0;
}

static const struct fact *fact_of(const struct query *q, uint32_t entity, struct figure_key k)
{
    return ledger_current(q->ledger, entity, k.series, k.period, q->as_of);
}

/* The indicator whose growth this one is (X增速 of X), by the endings of the trade; 0 if none. */
static uint32_t growth_of(const struct model *m, uint32_t indicator)
{
    static const char *const endings[] = {"增速", "增长率", "增幅"};
    struct str name = model_indicator(m, indicator)->name;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(name, str_z(endings[i]))) {
            return model_find_indicator(m, str_sub(name, 0, name.len - strlen(endings[i])));
        }
    return 0;
}

/* Companions: other statements of the same indicator, or of its growth, for the same period. */
static bool accompanies(const struct query *q, struct figure_key main, struct figure_key other,
                        const struct fact *f, const struct fact *g)
{
    const struct model *m = ledger_model(q->ledger);
    uint32_t a = model_series(m, main.series)->indicator,
             b = model_series(m, other.series)->indicator;
    if (main.series == other.series || (a != b && growth_of(m, b) != a))
        return false;
    return period_eq(main.period, other.period) || f->source == g->source;
}

static bool find_before(struct figure_key main, const key_vec *keys, struct figure_key *out)
{
    bool found = false;
    for (size_t i = 0; i < keys->len; i++) {
        struct figure_key k = keys->v[i];
        if (k.series != main.series || period_cmp(k.period, main.period) >= 0)
            continue;
        if (!found || period_cmp(k.period, out->period) > 0) {
            *out = k;
            found = true;
        }
    }
    return found;
}

static void key_figure(const struct query *q, uint32_t entity, struct figure_key main,
                       const key_vec *keys, struct region_view *out)
{
    struct key_figure f = {0};
    const struct fact *now = fact_of(q, entity, main);
    struct figure_key before;
    f.now = row_of_fact(q, now, ROW_OWN);
    for (size_t i = 0; i < keys->len; i++) {
        const struct fact *g = fact_of(q, entity, keys->v[i]);
        if (accompanies(q, main, keys->v[i], now, g))
            vec_push(&f.companions, row_of_fact(q, g, ROW_OWN));
    }
    f.has_before = find_before(main, keys, &before);
    if (f.has_before)
        f.before = row_of_fact(q, fact_of(q, entity, before), ROW_OWN);
    vec_push(&out->figures, f);
}

static int figure_order(const void *a, const void *b)
{
    const struct key_figure *x = a, *y = b;
    if (x->companions.len != y->companions.len)
        return x->companions.len > y->companions.len ? -1 : 1;
    int p = period_cmp(y->now.period, x->now.period);
    return p ? p : x->now.indicator < y->now.indicator ? -1 : x->now.indicator > y->now.indicator;
}

/* Growth rates that already accompany their level get no figure of their own. */
static bool shown_elsewhere(const struct model *m, const key_vec *keys, uint32_t indicator)
{
    uint32_t level = growth_of(m, indicator);
    for (size_t i = 0; level && i < keys->len; i++)
        if (model_series(m, keys->v[i].series)->indicator == level)
            return true;
    return false;
}

enum code query_region(const struct query *q, uint32_t entity, struct region_view *out,
                       struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    key_vec keys = {0};
    TRY(query_read(q, err));
    memset(out, 0, sizeof *out);
    arena_init(&out->arena, 0);
    out->entity = entity;
    keys_of(q, entity, 0, 0, &keys);
    for (size_t i = 0; i < keys.len; i++) {
        uint32_t indicator = model_series(m, keys.v[i].series)->indicator;
        bool best = !shown_elsewhere(m, &keys, indicator);
        for (size_t k = 0; best && k < keys.len; k++)
            if (k != i && model_series(m, keys.v[k].series)->indicator == indicator &&
                better(m, keys.v[k], keys.v[i]))
                best = false;
        if (best)
            key_figure(q, entity, keys.v[i], &keys, out);
    }
    if (out->figures.len)
        qsort(out->figures.v, out->figures.len, sizeof *out->figures.v, figure_order);
    vec_clear(&keys);
    return OK;
}

void region_clear(struct region_view *v)
{
    for (size_t i = 0; i < v->figures.len; i++)
        vec_clear(&v->figures.v[i].companions);
    vec_clear(&v->figures);
    arena_clear(&v->arena);
}
