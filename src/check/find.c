/* find.c - finding figures, and what kind of quantity they are. */
#include "check/check_int.h"
#include <stdlib.h>

/* ---- figures ---- */

bool check_known(const struct check *c, const struct fact *f)
{
    return f->published <= c->as_of.published && f->recorded_us <= c->as_of.recorded_us;
}

const struct figure_at *check_figures_of(const struct check *c, uint32_t entity, size_t *count)
{
    size_t lo = 0, hi = c->figures.len;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->figures.v[mid].f->entity < entity)
            lo = mid + 1;
        else
            hi = mid;
    }
    *count = 0;
    while (lo + *count < c->figures.len && c->figures.v[lo + *count].f->entity == entity)
        (*count)++;
    return c->figures.v + lo;
}

/* The newest of a key's facts from one source: what it says now, revisions apart. */
static const struct fact *of_source(const struct check *c, const struct fact *key, uint32_t source)
{
    const struct fact *f, *best = NULL;
    for (uint64_t it = 0;
         (f = ledger_of_key(c->l, key->entity, key->series, key->period, &it)) != NULL;)
        if (f->source == source && check_known(c, f) && f->state != STATE_WITHDRAWN &&
            !ledger_withdrawn(c->l, f, c->as_of) &&
            (!best || f->published > best->published ||
             (f->published == best->published && f->recorded_us > best->recorded_us)))
            best = f;
    return best;
}

const struct fact *check_fact_at(const struct check *c, uint32_t entity, uint32_t series,
                                 struct period p, uint32_t source)
{
    const struct fact *f = ledger_current(c->l, entity, series, p, c->as_of), *own;
    if (f && source && f->source != source && (own = of_source(c, f, source)) != NULL)
        f = own;
    return f && f->state == STATE_VALUE ? f : NULL;
}

static uint32_t level_series(const struct check *c, uint32_t indicator, enum modality md, int i)
{
    static const enum fact_kind kinds[] = {KIND_LEVEL, KIND_COUNT};
    return model_find_series(c->m, indicator, kinds[i], STR(""), md);
}

const struct fact *check_level_at(const struct check *c, uint32_t entity, uint32_t indicator,
                                  enum modality md, struct period p, uint32_t source)
{
    const struct fact *f = NULL;
    for (int i = 0; i < 2 && indicator && !f; i++) {
        uint32_t series = level_series(c, indicator, md, i);
        if (series)
            f = check_fact_at(c, entity, series, p, source);
    }
    return f;
}

static bool periods_touch(struct period a, struct period b)
{
    return period_contains(a, b) || period_contains(b, a);
}

const struct fact *check_level_near(const struct check *c, uint32_t entity, uint32_t indicator,
                                    enum modality md, struct period p, uint32_t source)
{
    const struct fact *f = check_level_at(c, entity, indicator, md, p, source);
    size_t count, found = 0;
    if (f || !source || !indicator)
        return f;
    const struct figure_at *all = check_figures_of(c, entity, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i].s->indicator == indicator && all[i].s->modality == md &&
            (all[i].s->kind == KIND_LEVEL || all[i].s->kind == KIND_COUNT) &&
            all[i].f->source == source && periods_touch(all[i].f->period, p)) {
            f = all[i].f;
            found++;
        }
    return found == 1 ? f : NULL;
}

const struct series *check_series_of(const struct check *c, const struct fact *f)
{
    return model_series(c->m, f->series);
}

const struct indicator *check_indicator_of(const struct check *c, const struct fact *f)
{
    return model_indicator(c->m, check_series_of(c, f)->indicator);
}

struct str check_entity_name(const struct check *c, uint32_t entity)
{
    return model_entity(c->m, entity)->name;
}

/* ---- quantities ---- */

bool check_is_point(const struct check *c, uint32_t dimension)
{
    return str_is(model_dimension(c->m, dimension)->name, "point");
}

bool check_is_percent(const struct check *c, uint32_t dimension)
{
    return str_is(model_dimension(c->m, dimension)->name, "percent") ||
           check_is_point(c, dimension);
}

bool check_is_money(const struct check *c, uint32_t dimension)
{
    struct str name = model_dimension(c->m, dimension)->name;
    return str_starts(name, STR("money")) || str_is(name, "usd");
}

/* Tables print pulls in % as well as in points. */
static bool named_pull(const struct check *c, const struct series *s)
{
    struct str name = model_indicator(c->m, s->indicator)->name;
    return str_has(name, STR("拉动")) && !str_has(name, STR("贡献率"));
}

bool check_is_contribution(const struct check *c, const struct series *s)
{
    return check_is_percent(c, s->dimension) && !check_is_pull(c, s) &&
           !check_is_point(c, s->dimension) &&
           (s->kind == KIND_CONTRIBUTION ||
            (s->kind == KIND_LEVEL &&
             str_has(model_indicator(c->m, s->indicator)->name, STR("贡献率"))));
}

bool check_is_pull(const struct check *c, const struct series *s)
{
    if (!check_is_point(c, s->dimension))
        return check_is_percent(c, s->dimension) && s->kind == KIND_CONTRIBUTION &&
               named_pull(c, s);
    return s->kind == KIND_CONTRIBUTION ||
           ((s->kind == KIND_LEVEL || s->kind == KIND_GROWTH) && named_pull(c, s));
}

bool check_is_bound(const struct fact *f)
{
    return f->qualifier != Q_EQ && f->qualifier != Q_APPROX && f->qualifier != Q_DOUBLED;
}

bool check_ratio_by_name(const struct check *c, struct str name)
{
    struct arena a;
    arena_init(&a, 0);
    struct str bare = check_without_brackets(name, &a);
    bool yes = check_words_any(&c->words, LABEL_RATIO, bare) ||
               (check_words_suffix(&c->words, LABEL_RATIO_END, bare) > 0 &&
                check_words_suffix(&c->words, LABEL_ADDS, bare) == 0);
    arena_clear(&a);
    return yes;
}

/* The catalogue or the importer says what adds; a name that plainly is a ratio is a second guard,
 * for a sum of averages would be called a contradiction that nobody made. */
bool check_adds(const struct check *c, const struct series *s)
{
    const struct indicator *i = model_indicator(c->m, s->indicator);
    bool quantity = i->measure != MEASURE_RANK && i->measure != MEASURE_INDEX &&
                    i->measure != MEASURE_RATIO && i->measure != MEASURE_RATE &&
                    i->measure != MEASURE_CLASS && i->measure != MEASURE_SPEC;
    return i->over_entities == OVER_SUM && quantity && !check_ratio_by_name(c, i->name);
}

bool check_may_be_negative(const struct check *c, const struct series *s)
{
    return s->kind == KIND_CHANGE || s->kind == KIND_CONTRIBUTION || s->kind == KIND_GROWTH ||
           check_words_any(&c->words, LABEL_SIGNED, model_indicator(c->m, s->indicator)->name);
}

uint32_t check_level_indicator(const struct check *c, uint32_t indicator)
{
    struct str name = model_indicator(c->m, indicator)->name;
    size_t n = check_words_suffix(&c->words, LABEL_GROWTH, name);
    return n == 0 ? indicator : model_find_indicator(c->m, str_sub(name, 0, name.len - n));
}

/* "#国有控股" is an of-which item; "#2 机组" is the second generating set. */
bool check_is_of_which(const struct check *c, uint32_t entity)
{
    struct str name = str_trim(check_entity_name(c, entity));
    size_t n = check_words_prefix(&c->words, LABEL_OF_WHICH, name);
    return n > 0 && n < name.len && !(name.ptr[n] >= '0' && name.ptr[n] <= '9');
}

/* ---- entities ---- */

/* A name in a comparison is first sought above the entity, then in its own table, then anywhere if
 * only one bears it. */
uint32_t check_entity_called(const struct check *c, struct str name, uint32_t near, day_t day)
{
    struct str scope = model_entity(c->m, near)->scope;
    uint32_t up = near, e, only = 0;
    size_t it = 0, bearers = 0;
    for (int depth = 0; depth < 16 && (up = model_parent(c->m, up, day)) != 0; depth++)
        for (size_t at = 0; (e = model_named(c->m, name, &at)) != 0;)
            if (e == up)
                return e;
    while ((e = model_named(c->m, name, &it)) != 0) {
        if (scope.len > 0 && str_eq(model_entity(c->m, e)->scope, scope))
            return e;
        if (model_entity(c->m, e)->scope.len == 0 || bearers == 0)
            only = e;
        bearers += model_entity(c->m, e)->scope.len == 0;
    }
    return bearers == 1 ? only : 0;
}

/* ---- values ---- */

/* 10^-scale base units, and percent as 1/100. */
static i128 parts_of_one(const struct check *c, const struct fact *f)
{
    const struct dimension *d = model_dimension(c->m, check_series_of(c, f)->dimension);
    return dec_pow10(d->scale) * (check_is_percent(c, d->id) ? 100 : 1);
}

static bool rat_of(i128 num, i128 den, struct rat *out)
{
    return rat_make(num, den, out, NULL) == OK;
}

/* 约 218 家 is good to one, 300 余家 to a hundred: the last digit that isn't a zero. */
static i128 rough_step(const struct fact *f)
{
    i128 step = 1;
    for (int64_t v = f->value; v != 0 && v % 10 == 0; v /= 10)
        step *= 10;
    return step;
}

struct ival check_fact_ival(const struct check *c, const struct fact *f)
{
    struct interval it = fact_interval(f);
    i128 one = parts_of_one(c, f) * 2;
    if (f->qualifier == Q_APPROX && f->step == 0) {
        it.lo2 = ((i128)f->value - rough_step(f)) * 2;
        it.hi2 = ((i128)f->value + rough_step(f)) * 2;
    }
    struct ival v = {.no_lo = it.lo2 <= -I128_MAX, .no_hi = it.hi2 >= I128_MAX};
    if (!v.no_lo && !rat_of(it.lo2, one, &v.lo))
        v.no_lo = true;
    if (!v.no_hi && !rat_of(it.hi2, one, &v.hi))
        v.no_hi = true;
    return v;
}

struct rat check_fact_rat(const struct check *c, const struct fact *f)
{
    struct rat r = {0, 1};
    return rat_of(f->value, parts_of_one(c, f), &r) ? r : (struct rat){0, 1};
}

bool check_prints_as(const struct check *c, struct rat v, const struct fact *like)
{
    struct rat scaled, unit;
    char got[DEC_TEXT], want[DEC_TEXT];
    const struct unit *u = model_unit(c->m, like->unit);
    if (check_is_bound(like) || like->qualifier == Q_APPROX ||
        !rat_of((i128)u->den * (check_is_percent(c, u->dimension) ? 100 : 1), u->num, &unit) ||
        rat_mul(v, unit, &scaled, NULL) != OK)
        return false;
    rat_text(scaled, like->decimals, ROUND_NEAREST, got);
    if (rat_mul(check_fact_rat(c, like), unit, &scaled, NULL) != OK)
        return false;
    rat_text(scaled, like->decimals, ROUND_NEAREST, want);
    return strcmp(got, want) == 0;
}
