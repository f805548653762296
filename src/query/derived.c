/* derived.c - figures by formula: expressions over totals, computed when they are read (I3). */
#include "expr/expr.h"
#include "query/query_int.h"
#include <stdio.h>
#include <stdlib.h>

struct derive {
    const struct query *q;
    const struct sums *sums;
    const struct model *m;
    uint32_t entity, grouping; /* asked: what `itself` and `its parent` mean */
    struct period period;
};

/* ---- what names mean ---- */

static enum fact_kind kind_of_measure(enum measure m)
{
    return m == MEASURE_RATE           ? KIND_GROWTH
           : m == MEASURE_RANK         ? KIND_RANK
           : m == MEASURE_CONTRIBUTION ? KIND_CONTRIBUTION
           : m == MEASURE_RATIO        ? KIND_SHARE
                                       : KIND_LEVEL;
}

static enum code env_name(void *ctx, struct str name, struct expr_name *out, struct error *err)
{
    struct derive *d = ctx;
    struct rat factor;
    TRY(query_indicator(d->q, name, &out->id, err));
    const struct indicator *i = model_indicator(d->m, out->id);
    expr_model_type(d->m, i->unit, kind_of_measure(i->measure), i->measure, &out->type, &factor);
    return OK;
}

static enum code env_unit(void *ctx, struct str symbol, struct expr_unit *out, struct error *err)
{
    struct derive *d = ctx;
    return expr_model_unit(d->m, symbol, out, err);
}

static enum code env_entity(void *ctx, struct str text, uint32_t *id, struct error *err)
{
    struct derive *d = ctx;
    return query_entity(d->q, text, 0, id, err);
}

static struct str env_dimension(void *ctx, uint32_t dimension)
{
    struct derive *d = ctx;
    return model_dimension(d->m, dimension)->base;
}

static struct str env_unit_symbol(void *ctx, uint32_t unit)
{
    struct derive *d = ctx;
    return model_unit(d->m, unit)->symbol;
}

/* ---- values ---- */

/* Series that say what the name means: a level for an amount, never its growth or its share. */
static bool says(const struct series *s, enum measure measure)
{
    enum fact_kind want = kind_of_measure(measure);
    if (want == KIND_LEVEL || want == KIND_SHARE)
        return s->kind == KIND_LEVEL || (s->kind == (want == KIND_LEVEL ? KIND_COUNT : KIND_SHARE));
    return s->kind == want && (want != KIND_GROWTH || str_is(s->comparison, "yoy"));
}

static const struct series *next_series(const struct derive *d, uint32_t indicator, size_t *it)
{
    enum measure measure = model_indicator(d->m, indicator)->measure;
    while (*it < d->m->series.len) {
        const struct series *s = &d->m->series.v[(*it)++];
        if (s->indicator == indicator && s->modality == MOD_ACTUAL && says(s, measure))
            return s;
    }
    return NULL;
}

static enum expr_reason reason_of(enum fact_state s)
{
    return s == STATE_WITHHELD     ? EXPR_WITHHELD
           : s == STATE_OFFLINE    ? EXPR_OFFLINE
           : s == STATE_OVER_LIMIT ? EXPR_OVER_LIMIT
                                   : EXPR_MISSING;
}

/* Stated of the entity, else the sum of its parts in a grouping that adds up. */
static bool total_of(const struct derive *d, uint32_t entity, const struct series *s,
                     struct period p, i128 *value, enum expr_reason *reason)
{
    const struct fact *f = ledger_current(d->q->ledger, entity, s->id, p, d->q->as_of);
    if (f) {
        *value = f->value;
        *reason = f->state == STATE_VALUE ? EXPR_NONE : reason_of((enum fact_state)f->state);
        return true;
    }
    for (size_t g = 0; g < d->m->groupings.len && series_adds(d->m, s); g++) {
        enum grouping_kind kind = d->m->groupings.v[g].kind;
        if ((kind == GROUP_PARTITION || kind == GROUP_WEIGHTED) &&
            rollup_value(d->sums->rollup, d->m->groupings.v[g].id, entity, s->id, p, value)) {
            *reason = EXPR_NONE;
            return true;
        }
    }
    return false;
}

static uint32_t parent_in(const struct derive *d, uint32_t entity, day_t day)
{
    const struct membership *ms;
    for (size_t it = 0; d->grouping && (ms = model_parents(d->m, entity, &it));)
        if (ms->grouping == d->grouping && member_on(ms, day))
            return ms->parent;
    return model_parent(d->m, entity, day);
}

static enum code env_fetch(void *ctx, uint32_t id, const struct expr_where *where,
                           struct expr_value *out, struct error *err)
{
    struct derive *d = ctx;
    (void)err;
    struct period p = where && where->named ? where->period : d->period;
    uint32_t entity = where && where->entity ? where->entity : d->entity;
    const struct series *s;
    i128 value = 0;
    if (where && where->years_back)
        p = period_shift_years(p, -where->years_back);
    for (uint32_t up = where ? where->up : 0; up && entity; up--)
        entity = parent_in(d, entity, p.last);
    *out = (struct expr_value){
        .reason = EXPR_MISSING, .v = {0, 1}
    };
    for (size_t it = 0; entity && (s = next_series(d, id, &it));) {
        struct expr_type type;
        struct rat factor, v;
        enum expr_reason reason;
        if (!total_of(d, entity, s, p, &value, &reason))
            continue;
        out->reason = reason;
        if (reason != EXPR_NONE)
            return OK;
        const struct indicator *i = model_indicator(d->m, id);
        expr_model_type(d->m, i->unit, s->kind, i->measure, &type, &factor);
        struct error overflow = {0};
        if (rat_make(value, dec_pow10(model_dimension(d->m, s->dimension)->scale), &v, &overflow) !=
                OK ||
            rat_mul(v, factor, &out->v, &overflow) != OK)
            *out = (struct expr_value){
                .reason = EXPR_OVERFLOW, .v = {0, 1}
            };
        return OK;
    }
    return OK;
}

/* ---- rows ---- */

/* v base units as a row's value: in the unit the type is shown in, rounded here and nowhere before.
 */
static enum code set_value(const struct derive *d, const struct expr_env *env,
                           const struct expr_type *type, struct rat v, struct figure *out,
                           struct figure_row *r, struct error *err)
{
    static const unsigned tries[] = {4, 2, 0};
    struct buf symbol;
    struct expr_unit u = {.factor = expr_unit_factor(type)};
    buf_init(&symbol, 200);
    expr_unit_text(type, env, &symbol);
    struct str text = arena_dup(&out->arena, buf_str(&symbol));
    buf_clear(&symbol);
    r->unit = text.len ? model_find_unit(d->m, text) : 0;
    if (r->unit)
        TRY(expr_model_unit(d->m, text, &u, err));
    bool percent = str_is(text, "%") || str_is(text, "百分点");
    for (size_t i = percent ? 1 : 0; i < sizeof tries / sizeof *tries; i++) {
        struct dec dec;
        int64_t base;
        struct error e = {0};
        if (expr_dec(v, u.factor, tries[i], &dec, &e) != OK)
            return error_set(err, e.code, "%s", e.text);
        r->decimals = dec.scale;
        if (!r->unit) {
            r->unit_text = text;
            r->value = (i128)dec.units * dec_pow10(6u - dec.scale);
            return OK;
        }
        if (unit_to_base(d->m, r->unit, dec, &base, &e) == OK) {
            r->value = base;
            return OK;
        }
    }
    return error_set(err, E_RANGE, "the result does not fit");
}

static enum code derived_row(struct derive *d, const struct expr_env *env, const struct expr *e,
                             enum row_role role, struct figure *out, struct error *err)
{
    struct expr_value v;
    struct expr_type type = expr_type(e);
    struct figure_row r = {.role = role,
                           .entity = d->entity,
                           .period = d->period,
                           .kind = KIND_LEVEL,
                           .comparison = STR(""),
                           .reason = STR(""),
                           .formula = arena_dup(&out->arena, expr_text(e))};
    TRY(expr_eval(e, env, NULL, &v, err));
    if (v.reason != EXPR_NONE) {
        r.state = STATE_NULL;
        r.reason = str_z(expr_reason_name(v.reason));
        r.unit_text = STR("");
    } else {
        TRY(set_value(d, env, &type, v.v, out, &r, err));
        if (v.flags & EXPR_SIGN_FLIPPED)
            r.reason = STR("sign-flipped");
    }
    vec_push(&out->rows, r);
    return OK;
}

static void add_period(key_vec *keys, struct period p)
{
    for (size_t i = 0; i < keys->len; i++)
        if (period_eq(keys->v[i].period, p))
            return;
    vec_push(keys, (struct figure_key){0, p});
}

/* Periods in which any of the names has a value for the entity, or for something below it. */
static void periods_of(struct derive *d, const struct expr *e, key_vec *out)
{
    size_t count;
    const struct str *names = expr_names(e, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t indicator = model_find_indicator(d->m, names[i]);
        key_vec keys = {0};
        if (!indicator)
            continue;
        keys_of(d->q, d->entity, indicator, d->grouping, &keys);
        for (size_t g = 0; !d->grouping && g < d->m->groupings.len; g++)
            if (d->m->groupings.v[g].kind == GROUP_PARTITION)
                keys_of(d->q, d->entity, indicator, d->m->groupings.v[g].id, &keys);
        for (size_t k = 0; k < keys.len; k++)
            add_period(out, keys.v[k].period);
        vec_clear(&keys);
    }
}

static int by_period(const void *a, const void *b)
{
    return period_cmp(((const struct figure_key *)a)->period,
                      ((const struct figure_key *)b)->period);
}

static enum code rows_of_period(struct derive *d, const struct expr_env *env, const struct expr *e,
                                struct figure *out, struct error *err)
{
    uint32_t whole = d->entity, children[4096];
    TRY(derived_row(d, env, e, d->grouping ? ROW_WHOLE : ROW_DERIVED, out, err));
    if (!d->grouping)
        return OK;
    size_t n = rollup_children(d->sums->rollup, d->grouping, whole, d->period.last, children, 4096);
    enum code c = OK;
    for (size_t i = 0; i < n && i < 4096 && c == OK; i++) {
        d->entity = children[i];
        c = derived_row(d, env, e, ROW_PART, out, err);
    }
    d->entity = whole;
    return c;
}

static enum code asked_group(struct derive *d, struct str by, struct error *err)
{
    const struct membership *ms;
    if (!by.len)
        return OK;
    for (size_t it = 0; (ms = model_children(d->m, d->entity, &it));) {
        const struct grouping *g = model_grouping(d->m, ms->grouping);
        if (str_eq(g->name, by) || str_eq(g->alias, by)) {
            d->grouping = g->id;
            return OK;
        }
    }
    return error_set(err, E_MISSING, "'%.*s' has no members in a grouping '%.*s'",
                     STR_ARG(model_entity(d->m, d->entity)->name), STR_ARG(by));
}

static enum code derive_rows(struct derive *d, const struct expr_env *env, struct expr *e,
                             const struct figure_ask *ask, struct asked asked, struct figure *out,
                             struct error *err)
{
    key_vec periods = {0};
    struct str bare;
    if (expr_is_name(e, &bare)) {
        out->indicator = UINT32_MAX; /* a name that is none: the caller says which are near */
        return error_set(err, E_MISSING, "no indicator is called '%.*s'", STR_ARG(bare));
    }
    if (!ask->of.len)
        return error_set(err, E_INPUT, "a formula needs an entity: add of");
    TRY(query_entity(d->q, ask->of, 0, &d->entity, err));
    TRY(asked_group(d, ask->by, err));
    TRY(expr_check(e, env, NULL, err));
    out->entity = d->entity;
    out->grouping = d->grouping;
    if (d->grouping)
        out->grouping_kind = model_grouping(d->m, d->grouping)->kind;
    periods_of(d, e, &periods);
    keys_within(asked, &periods);
    if (periods.len)
        qsort(periods.v, periods.len, sizeof *periods.v, by_period);
    enum code c = OK;
    for (size_t i = 0; i < periods.len && c == OK; i++) {
        d->period = periods.v[i].period;
        c = rows_of_period(d, env, e, out, err);
    }
    vec_clear(&periods);
    return c;
}

enum code figure_derived(const struct query *q, const struct figure_ask *ask, struct asked asked,
                         struct figure *out, struct error *err)
{
    struct sums sums;
    struct expr *e;
    out->indicator = 0;
    TRY(expr_parse(ask->indicator, &e, err));
    enum code c = sums_shared(q, ask, &sums, err);
    if (c == OK) {
        struct derive d = {.q = q, .sums = &sums, .m = ledger_model(q->ledger)};
        struct expr_env env = {.ctx = &d,
                               .name = env_name,
                               .unit = env_unit,
                               .entity = env_entity,
                               .dimension = env_dimension,
                               .unit_symbol = env_unit_symbol,
                               .fetch = env_fetch};
        c = derive_rows(&d, &env, e, ask, asked, out, err);
        sums_close(&sums);
    }
    expr_free(e);
    if (out->indicator != UINT32_MAX)
        out->indicator = 0;
    return c;
}
