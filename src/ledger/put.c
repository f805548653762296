/* put.c - what a transaction takes in: each thing is found, made, or revised. */
#include "ledger/ledger_int.h"
#include <assert.h>
#include <stdio.h>

enum code ledger_put_unit(struct ledger *l, struct unit u, uint32_t *id, struct error *err)
{
    assert(l->in_transaction);
    if ((*id = model_find_unit(l->model, u.symbol)))
        return OK;
    if (!u.dimension) { /* a unit nobody declared is its own dimension */
        struct dimension d = {.name = u.symbol, .base = u.symbol, .scale = 6};
        uint32_t dim = model_find_dimension(l->model, d.name);
        if (!dim) {
            dim = model_add_dimension(l->model, d);
            TRY(registry_put_dimension(l->registry, model_dimension(l->model, dim), l->batch.id,
                                       err));
        }
        u.dimension = dim;
        u.num = u.den = 1;
    }
    *id = model_add_unit(l->model, u);
    return registry_put_unit(l->registry, model_unit(l->model, *id), l->batch.id, err);
}

enum code ledger_put_dimension(struct ledger *l, struct dimension d, uint32_t *id,
                               struct error *err)
{
    assert(l->in_transaction);
    if ((*id = model_find_dimension(l->model, d.name)))
        return OK;
    *id = model_add_dimension(l->model, d);
    return registry_put_dimension(l->registry, model_dimension(l->model, *id), l->batch.id, err);
}

enum code ledger_put_unit_alias(struct ledger *l, uint32_t unit, struct str alias,
                                struct error *err)
{
    if (model_find_unit(l->model, alias))
        return OK;
    model_add_unit_alias(l->model, unit, alias);
    return registry_put_unit_alias(l->registry, unit, alias, l->batch.id, err);
}

static bool indicator_same(const struct indicator *a, const struct indicator *b)
{
    return a->unit == b->unit && a->measure == b->measure && a->over_entities == b->over_entities &&
           a->over_time == b->over_time && str_eq(a->formula, b->formula) &&
           a->provisional == b->provisional;
}

/* Facts already stored keep their dimension, so a revision may not change it. */
static enum code indicator_unit_fits(struct ledger *l, const struct indicator *old,
                                     const struct indicator *now, struct error *err)
{
    if (model_unit(l->model, old->unit)->dimension == model_unit(l->model, now->unit)->dimension)
        return OK;
    if (old->provisional)
        return OK;
    return error_set(err, E_CONFLICT,
                     "indicator '%.*s' is kept in '%.*s', which does not convert to '%.*s'",
                     STR_ARG(now->name), STR_ARG(model_unit(l->model, old->unit)->symbol),
                     STR_ARG(model_unit(l->model, now->unit)->symbol));
}

/* Additivity decides which facts the rollup holds: when it changes, they enter or leave. */
static enum code indicator_reapply(struct ledger *l, uint32_t indicator, struct error *err)
{
    for (size_t i = 0; i < l->facts.len; i++) {
        const struct fact *f = &l->facts.v[i];
        const struct series *s = model_series(l->model, f->series);
        if (s->indicator != indicator)
            continue;
        const struct fact *now = ledger_current(l, f->entity, f->series, f->period, AS_OF_NOW);
        bool has = series_adds(l->model, s) && now && now->state == STATE_VALUE;
        TRY(rollup_set(l->rollup, f->entity, f->series, f->period, has, has ? now->value : 0, err));
    }
    return OK;
}

enum code ledger_put_indicator(struct ledger *l, struct indicator i, uint32_t *id,
                               struct error *err)
{
    assert(l->in_transaction);
    uint32_t have = model_find_indicator(l->model, i.name);
    if (!have) {
        *id = model_add_indicator(l->model, i);
        l->counts.indicators++;
        return registry_put_indicator(l->registry, model_indicator(l->model, *id), l->batch.id,
                                      err);
    }
    struct indicator old = *model_indicator(l->model, have);
    *id = i.id = have;
    i.name = old.name;
    if (indicator_same(&old, &i) || (i.provisional && !old.provisional))
        return OK;
    TRY(indicator_unit_fits(l, &old, &i, err));
    model_set_indicator(l->model, i);
    l->counts.indicators++;
    if (old.over_entities != i.over_entities)
        TRY(indicator_reapply(l, have, err));
    return registry_put_indicator(l->registry, model_indicator(l->model, have), l->batch.id, err);
}

enum code ledger_put_indicator_alias(struct ledger *l, uint32_t indicator, struct str alias,
                                     struct error *err)
{
    uint32_t have = model_find_indicator(l->model, alias);
    if (have == indicator || !alias.len)
        return OK;
    if (have)
        return error_set(err, E_CONFLICT, "'%.*s' already names the indicator '%.*s'",
                         STR_ARG(alias), STR_ARG(model_indicator(l->model, have)->name));
    model_add_indicator_alias(l->model, indicator, alias);
    return registry_put_indicator_alias(l->registry, indicator, alias, l->batch.id, err);
}

enum code ledger_put_series(struct ledger *l, struct series s, uint32_t *id, struct error *err)
{
    assert(l->in_transaction);
    *id = model_find_series(l->model, s.indicator, s.kind, s.comparison, s.modality);
    if (!*id) {
        *id = model_add_series(l->model, s);
        return registry_put_series(l->registry, model_series(l->model, *id), l->batch.id, err);
    }
    const struct series *have = model_series(l->model, *id);
    if (have->dimension == s.dimension)
        return OK;
    return error_set(err, E_INPUT,
                     "'%.*s' (%s) is kept in '%.*s', which does not convert to '%.*s'",
                     STR_ARG(model_indicator(l->model, s.indicator)->name), kind_name(s.kind),
                     STR_ARG(model_dimension(l->model, have->dimension)->base),
                     STR_ARG(model_dimension(l->model, s.dimension)->base));
}

static bool entity_same(const struct entity *a, const struct entity *b)
{
    return str_eq(a->type, b->type) && str_eq(a->code, b->code) && str_eq(a->scope, b->scope) &&
           str_eq(a->note, b->note) && a->provisional == b->provisional;
}

enum code ledger_put_entity(struct ledger *l, struct entity e, uint32_t *id, struct error *err)
{
    assert(l->in_transaction);
    if (e.id) {
        *id = e.id;
        if (entity_same(model_entity(l->model, e.id), &e))
            return OK;
        model_set_entity(l->model, e);
    } else
        *id = model_add_entity(l->model, e);
    l->counts.entities++;
    return registry_put_entity(l->registry, model_entity(l->model, *id), l->batch.id, err);
}

enum code ledger_put_alias(struct ledger *l, uint32_t entity, struct str alias, struct error *err)
{
    struct str have;
    if (!alias.len || str_eq(alias, model_entity(l->model, entity)->name))
        return OK;
    for (size_t it = 0; (have = model_alias(l->model, entity, &it)).ptr;)
        if (str_eq(have, alias))
            return OK;
    model_add_alias(l->model, entity, alias);
    return registry_put_alias(l->registry, entity, alias, l->batch.id, err);
}

enum code ledger_put_grouping(struct ledger *l, struct grouping g, uint32_t *id, struct error *err)
{
    assert(l->in_transaction);
    *id = model_find_grouping(l->model, g.scope, g.name);
    if (*id) {
        const struct grouping *have = model_grouping(l->model, *id);
        if (have->kind == g.kind)
            return OK;
        return error_set(err, E_CONFLICT, "grouping '%.*s' is a %s and can't become a %s",
                         STR_ARG(g.name), grouping_kind_name(have->kind),
                         grouping_kind_name(g.kind));
    }
    uint32_t next = (uint32_t)l->model->groupings.len + 1;
    TRY(rollup_grouping(l->rollup, next, g.kind, err));
    *id = model_add_grouping(l->model, g);
    return registry_put_grouping(l->registry, model_grouping(l->model, *id), l->batch.id, err);
}

static const struct membership *member_known(const struct ledger *l, const struct membership *ms)
{
    const struct membership *have;
    for (size_t it = 0; (have = model_parents(l->model, ms->child, &it));)
        if (have->grouping == ms->grouping && have->parent == ms->parent && have->ppm == ms->ppm &&
            have->from <= ms->from && ms->to <= have->to)
            return have;
    return NULL;
}

enum code ledger_put_membership(struct ledger *l, struct membership ms, uint32_t *id,
                                struct error *err)
{
    assert(l->in_transaction);
    const struct membership *have = member_known(l, &ms);
    if (have) {
        *id = have->id;
        return OK;
    }
    ms.id = (uint32_t)l->model->memberships.len + 1;
    struct error e = {0};
    enum code c = rollup_member(l->rollup, &ms, &e);
    if (c != OK)
        return error_set(err, c, "'%.*s' in '%.*s' (grouping '%.*s'): %s",
                         STR_ARG(model_entity(l->model, ms.child)->name),
                         STR_ARG(model_entity(l->model, ms.parent)->name),
                         STR_ARG(model_grouping(l->model, ms.grouping)->name), e.text);
    *id = model_add_membership(l->model, ms);
    l->counts.memberships++;
    return registry_put_membership(l->registry, &l->model->memberships.v[*id - 1], l->batch.id,
                                   err);
}

enum code ledger_end_membership(struct ledger *l, uint32_t id, day_t last, struct error *err)
{
    assert(l->in_transaction);
    assert(id >= 1 && id <= l->model->memberships.len);
    TRY(rollup_member_end(l->rollup, id, last, err));
    model_end_membership(l->model, id, last);
    l->counts.memberships++;
    return registry_put_membership(l->registry, &l->model->memberships.v[id - 1], l->batch.id, err);
}

static bool source_same(const struct source *a, const struct source *b)
{
    return a->published == b->published && str_eq(a->title, b->title) &&
           str_eq(a->publisher, b->publisher) && str_eq(a->address, b->address) &&
           str_eq(a->frame, b->frame) && str_eq(a->subject, b->subject) &&
           str_eq(a->note, b->note) && str_eq(a->published_text, b->published_text);
}

enum code ledger_put_source(struct ledger *l, struct source s, uint32_t *id, struct error *err)
{
    assert(l->in_transaction);
    *id = model_find_source(l->model, s.doc);
    if (*id) {
        s.id = *id;
        if (source_same(model_source(l->model, *id), &s))
            return OK;
        model_set_source(l->model, s);
    } else
        *id = model_add_source(l->model, s);
    l->counts.sources++;
    return registry_put_source(l->registry, model_source(l->model, *id), l->batch.id, err);
}

/* ---- facts ---- */

static bool says_the_same(const struct fact *a, const struct fact *b)
{
    return a->source == b->source && a->published == b->published && a->state == b->state &&
           a->value == b->value && a->value_hi == b->value_hi && a->qualifier == b->qualifier &&
           a->step == b->step; /* a coarser print says less */
}

/* The fact that f repeats. Given with a time of its own (a replay), f repeats only the very same
 * record, so that the order of arrival can't matter (I2). Else it repeats what its source said
 * last: a value that the source replaced since is no repeat, for a correction may be taken back. */
static const struct fact *known_statement(const struct ledger *l, const struct fact *f,
                                          bool replayed, enum put *how)
{
    const struct fact *have, *same = NULL, *other = NULL;
    *how = PUT_NEW;
    for (uint64_t it = 0; (have = ledger_of_key(l, f->entity, f->series, f->period, &it));) {
        bool exact = have->recorded_us == f->recorded_us;
        if (says_the_same(have, f)) {
            if (exact || (!replayed && (!same || have->recorded_us > same->recorded_us)))
                same = have;
        } else if (have->source == f->source && have->published == f->published &&
                   have->recorded_us < f->recorded_us &&
                   (!other || have->recorded_us > other->recorded_us))
            other = have;
        if (*how != PUT_REVISION)
            *how = have->source == f->source ? PUT_REVISION : PUT_OTHER_SOURCE;
    }
    if (same && other && other->recorded_us > same->recorded_us)
        same = NULL;
    if (same)
        *how = PUT_SAME;
    return same;
}

static void put_trace(struct ledger *l, uint64_t fact, const struct trace *t)
{
    struct trace mine = *t;
    mine.fact = fact;
    if (trace_known(l, fact, &mine))
        return;
    trace_index(l, &mine);
    l->counts.traces++;
}

enum code ledger_put_fact(struct ledger *l, struct fact f, const struct trace *t, enum put *how,
                          struct error *err)
{
    assert(l->in_transaction);
    bool replayed = f.recorded_us != 0;
    if (!replayed)
        f.recorded_us = l->batch.recorded_us;
    const struct fact *same = known_statement(l, &f, replayed, how);
    if (same) {
        if (t)
            put_trace(l, same->id, t);
        l->counts.same++;
        return OK;
    }
    f.batch = l->batch.id;
    fact_index(l, f);
    const struct fact *now = ledger_current(l, f.entity, f.series, f.period, AS_OF_NOW);
    bool has = now && now->state == STATE_VALUE;
    enum code c = OK;
    if (series_adds(l->model, model_series(l->model, f.series)))
        c = rollup_set(l->rollup, f.entity, f.series, f.period, has, has ? now->value : 0, err);
    if (c != OK) {
        facts_truncate(l, l->facts.len - 1, l->traces.len);
        return c;
    }
    if (t)
        put_trace(l, l->facts.len, t);
    l->counts.facts++;
    l->counts.revisions += *how == PUT_REVISION;
    l->counts.other_source += *how == PUT_OTHER_SOURCE;
    return OK;
}

/* ---- datasets ---- */

enum code ledger_put_dataset(struct ledger *l, const struct dataset_row *d, struct str csv,
                             struct error *err)
{
    uint32_t source;
    char doc[256];
    assert(l->in_transaction);
    if (!d->name.len || d->name.len > 120)
        return error_set(err, E_INPUT, "the name of a dataset has 1 to 120 bytes");
    if (str_has(d->name, STR(";")) || !utf8_valid(d->name))
        return error_set(err, E_INPUT, "'%.*s' can not be the name of a dataset: no ';' in it",
                         STR_ARG(d->name));
    if (!csv.len || !d->columns || !d->rows)
        return error_set(err, E_INPUT, "the dataset '%.*s' is empty: a header and rows are wanted",
                         STR_ARG(d->name));
    if (csv.len > DATASET_MAX)
        return error_set(err, E_LIMIT, "the dataset '%.*s' is larger than %u bytes",
                         STR_ARG(d->name), DATASET_MAX);
    snprintf(doc, sizeof doc, "dataset:%.*s", STR_ARG(d->name));
    struct source s = {.doc = str_z(doc),
                       .title = d->title,
                       .address = d->address,
                       .note = d->note,
                       .published = d->published};
    TRY(ledger_put_source(l, s, &source, err));
    return registry_put_dataset(l->registry, d, csv, l->batch.id, err);
}
