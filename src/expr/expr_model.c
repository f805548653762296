/* expr_model.c - units and indicators of the model as types of the language. */
#include "expr_int.h"

/* Base units that are no dimension to multiply with. */
static const struct pure {
    const char *base;
    enum expr_nature nature;
    int per;       /* one base unit = 1/per */
    bool own_unit; /* shown in its own unit, not in that of its nature */
} pures[] = {
    {"%",         EXPR_RATIO,  100, false},
    {"百分点", EXPR_POINTS, 100, false},
    {"点",       EXPR_INDEX,  1,   false},
    {"位",       EXPR_RANK,   1,   false},
    {"倍",       EXPR_AMOUNT, 1,   true },
    {"",          EXPR_AMOUNT, 1,   false},
};

static const struct pure *find_pure(struct str base)
{
    for (size_t i = 0; i < sizeof pures / sizeof *pures; i++)
        if (str_is(base, pures[i].base))
            return &pures[i];
    return NULL;
}

/* 1 unit in base units of its dimension. */
static struct rat unit_factor(const struct unit *u)
{
    struct rat r = {u->num, u->den};
    return rat_make(u->num, u->den, &r, NULL) == OK ? r : (struct rat){1, 1};
}

static void one_dim(struct expr_type *t, uint32_t dimension)
{
    t->dims = 1;
    t->dim[0] = (struct expr_dim){dimension, 1};
}

/* 万元/亩 -> {money, 1}, {area, -1}, 10000 元/亩. false: not two different plain units of the
 * model. */
static bool split_base(const struct model *m, struct str base, struct expr_type *t,
                       struct rat *factor)
{
    struct str below, above = str_cut(base, '/', &below);
    uint32_t a = below.ptr != NULL ? model_find_unit(m, above) : 0;
    uint32_t b = a != 0 ? model_find_unit(m, below) : 0;
    if (b == 0)
        return false;
    const struct unit *over = model_unit(m, a), *under = model_unit(m, b);
    struct rat f;
    if (over->dimension == under->dimension ||
        find_pure(model_dimension(m, over->dimension)->base) != NULL ||
        find_pure(model_dimension(m, under->dimension)->base) != NULL ||
        rat_div(unit_factor(over), unit_factor(under), &f, NULL) != OK)
        return false;
    bool first = over->dimension < under->dimension;
    t->dims = 2;
    t->dim[!first] = (struct expr_dim){over->dimension, 1};
    t->dim[first] = (struct expr_dim){under->dimension, -1};
    *factor = f;
    return true;
}

/* What kind of statement and measure say beyond the unit. */
static enum expr_nature nature_of(const struct expr_type *t, enum fact_kind kind,
                                  enum measure measure)
{
    if (t->nature == EXPR_POINTS || t->nature == EXPR_RANK || t->nature == EXPR_INDEX)
        return t->nature;
    if (kind == KIND_RANK || (measure == MEASURE_RANK && kind != KIND_CHANGE))
        return EXPR_RANK;
    if (kind == KIND_GROWTH)
        return EXPR_RATE;
    if (kind == KIND_CONTRIBUTION)
        return EXPR_CONTRIBUTION;
    if (t->nature == EXPR_RATIO && measure == MEASURE_RATE)
        return EXPR_RATE;
    if (t->nature == EXPR_RATIO && measure == MEASURE_CONTRIBUTION)
        return EXPR_CONTRIBUTION;
    if (t->dims == 0 && measure == MEASURE_INDEX)
        return EXPR_INDEX;
    return measure == MEASURE_RATIO && kind != KIND_CHANGE ? EXPR_RATIO : t->nature;
}

static void plain_type(const struct model *m, uint32_t unit, struct expr_type *t,
                       struct rat *factor)
{
    const struct dimension *d = model_dimension(m, model_unit(m, unit)->dimension);
    const struct pure *pure = find_pure(d->base);
    *t = (struct expr_type){.nature = EXPR_AMOUNT, .unit = unit};
    *factor = (struct rat){1, 1};
    if (pure != NULL) {
        t->nature = pure->nature;
        t->unit = pure->own_unit ? unit : 0;
        factor->den = pure->per;
    } else if (!split_base(m, d->base, t, factor)) {
        one_dim(t, d->id);
    }
}

void expr_model_type(const struct model *m, uint32_t unit, enum fact_kind kind,
                     enum measure measure, struct expr_type *type, struct rat *factor)
{
    plain_type(m, unit, type, factor);
    type->nature = nature_of(type, kind, measure);
    if (type->nature != EXPR_AMOUNT && type->nature != EXPR_RATIO)
        type->dims = 0;
}

enum code expr_model_unit(const struct model *m, struct str symbol, struct expr_unit *out,
                          struct error *err)
{
    uint32_t id = model_find_unit(m, symbol);
    struct rat base;
    if (id == 0) {
        struct str head = expr_head(symbol);
        return error_set(err, E_MISSING, "unknown unit '%.*s'", STR_ARG(head));
    }
    plain_type(m, id, &out->type, &base);
    return rat_mul(base, unit_factor(model_unit(m, id)), &out->factor, err);
}
