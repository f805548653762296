/* expr_eval.c - exact evaluation. A null carries the first reason met (I3); what leaves 128 bits is
 * null "overflow", never a wrong digit. Base values are read through the same tree, elsewhere. */
#include "expr_int.h"
#include <assert.h>

static enum code eval_node(EVAL_ARGS);

static const struct rat zero = {0, 1}, one = {1, 1};

static bool is_null(const struct expr_value *x)
{
    return x->reason != EXPR_NONE;
}

/* *out keeps its flags. */
static enum code set_null(struct expr_value *out, const struct node *n, enum expr_reason reason)
{
    *out = (struct expr_value){
        .reason = reason, .flags = out->flags, .v = zero, .line = n->line, .column = n->column};
    return OK;
}

static enum code set_value(struct expr_value *out, struct rat v)
{
    *out = (struct expr_value){.flags = out->flags, .v = v};
    return OK;
}

/* The result of a rat_* call that wrote out->v. */
static enum code settle(struct expr_value *out, const struct node *n, enum code code)
{
    return code == OK ? set_value(out, out->v) : set_null(out, n, EXPR_OVERFLOW);
}

/* ---- leaves ---- */

static enum code eval_name(EVAL_ARGS)
{
    struct expr_value got = {.v = zero};
    TRY(v->env->fetch(v->env->ctx, n->id, w, &got, v->err));
    *out = got;
    assert(got.reason < EXPR_REASONS && (is_null(&got) || got.v.den > 0));
    if (got.reason == EXPR_MISSING && w->base)
        got.reason = EXPR_MISSING_BASE;
    return is_null(&got) ? set_null(out, n, got.reason) : OK;
}

/* ---- elsewhere ---- */

static void go_entity(struct expr_where *w, uint32_t entity)
{
    w->entity = entity;
    w->up = 0;
}

static void go_period(struct expr_where *w, struct period period)
{
    w->named = true;
    w->period = period;
    w->years_back = 0;
}

/* at(x, "2024"), of(x, "河南省"): where the parameter says, whatever is asked around it. */
enum code eval_moved(EVAL_ARGS)
{
    struct expr_where there = *w;
    if (n->param->kind == PARAM_ENTITY)
        go_entity(&there, n->entity);
    else
        go_period(&there, n->period);
    return eval_node(v, n->arg, &there, out);
}

/* What the value here is compared with: the parameter's place, else the same period of last year.
 */
static struct expr_where base_of(const struct node *n, const struct expr_where *w)
{
    struct expr_where base = *w;
    base.base = true;
    if (n->param == NULL)
        base.years_back++;
    else if (n->param->kind == PARAM_ENTITY)
        go_entity(&base, n->entity);
    else
        go_period(&base, n->period);
    return base;
}

/* Now and then; *out is null when either is. */
static enum code eval_both(const struct eval *v, const struct node *x, const struct expr_where *w,
                           const struct expr_where *base, struct rat *now, struct rat *then,
                           struct expr_value *out)
{
    struct expr_value before;
    TRY(eval_node(v, x, w, out));
    if (is_null(out))
        return OK;
    TRY(eval_node(v, x, base, &before));
    *now = out->v;
    *then = before.v;
    before.flags |= out->flags;
    *out = before;
    return OK;
}

/* ---- share, ratio ---- */

static enum code divide(const struct node *n, struct rat a, struct rat b, struct expr_value *out)
{
    if (rat_sign(b) == 0)
        return set_null(out, n, EXPR_DIVISION_BY_ZERO);
    return settle(out, n, rat_div(a, b, &out->v, NULL));
}

/* 占比 = part / whole at current prices. */
enum code eval_share(EVAL_ARGS)
{
    struct expr_where whole = *w;
    struct rat part, all;
    whole.base = true;
    if (n->param != NULL)
        go_entity(&whole, n->entity);
    else
        whole.up++;
    TRY(eval_both(v, n->arg, w, &whole, &part, &all, out));
    if (is_null(out))
        return OK;
    if (rat_sign(all) < 0)
        out->flags |= EXPR_SIGN_FLIPPED;
    return divide(n, part, all, out);
}

/* Both sides; the flags of both. */
static enum code eval_pair(const struct eval *v, const struct node *n, const struct expr_where *w,
                           struct rat *a, struct rat *b, struct expr_value *out)
{
    struct expr_value right;
    TRY(eval_node(v, n->arg, w, out));
    if (is_null(out))
        return OK;
    TRY(eval_node(v, n->arg->next, w, &right));
    *a = out->v;
    *b = right.v;
    right.flags |= out->flags;
    *out = right;
    return OK;
}

enum code eval_ratio(EVAL_ARGS)
{
    struct rat a, b;
    TRY(eval_pair(v, n, w, &a, &b, out));
    return is_null(out) ? OK : divide(n, a, b, out);
}

/* ---- growth, difference, index ---- */

static enum code grow(const struct node *n, struct rat now, struct rat then, struct expr_value *out)
{
    if (rat_sign(then) <= 0)
        return set_null(out, n, EXPR_NOT_POSITIVE_BASE);
    if (rat_div(now, then, &out->v, NULL) != OK)
        return set_null(out, n, EXPR_OVERFLOW);
    return settle(out, n, rat_sub(out->v, one, &out->v, NULL));
}

/* 增速 = now / base - 1 (NBS explainer 工业生产增长速度), from totals. */
enum code eval_growth(EVAL_ARGS)
{
    struct expr_where base = base_of(n, w);
    struct rat now, then;
    TRY(eval_both(v, n->arg, w, &base, &now, &then, out));
    return is_null(out) ? OK : grow(n, now, then, out);
}

/* 提高 x 个百分点, 较上年增加 x: now - base. Of ranks the other way round: 上升 n 位 is better. */
enum code eval_diff(EVAL_ARGS)
{
    struct expr_where base = base_of(n, w);
    struct rat now, then;
    TRY(eval_both(v, n->arg, w, &base, &now, &then, out));
    if (is_null(out))
        return OK;
    bool rank = n->arg->type.nature == EXPR_RANK;
    return settle(out, n, rat_sub(rank ? then : now, rank ? now : then, &out->v, NULL));
}

enum code eval_index(EVAL_ARGS)
{
    struct expr_where base = base_of(n, w);
    struct rat now, then;
    TRY(eval_both(v, n->arg, w, &base, &now, &then, out));
    if (is_null(out))
        return OK;
    if (rat_sign(then) <= 0)
        return set_null(out, n, EXPR_NOT_POSITIVE_BASE);
    if (rat_div(now, then, &out->v, NULL) != OK)
        return set_null(out, n, EXPR_OVERFLOW);
    return settle(out, n, rat_mul(out->v, (struct rat){100, 1}, &out->v, NULL));
}

/* ---- contribution and pull ---- */

struct increments {
    struct rat part, whole, base; /* of the part, of the whole; the whole before */
};

static enum code eval_increments(EVAL_ARGS, struct increments *d)
{
    struct expr_where base = *w;
    struct rat now, then;
    base.base = true;
    base.years_back++;
    TRY(eval_both(v, n->arg, w, &base, &now, &then, out));
    if (is_null(out))
        return OK;
    uint32_t flags = out->flags;
    if (rat_sub(now, then, &d->part, NULL) != OK)
        return set_null(out, n, EXPR_OVERFLOW);
    TRY(eval_both(v, n->arg->next, w, &base, &now, &d->base, out));
    out->flags |= flags;
    if (!is_null(out) && rat_sub(now, d->base, &d->whole, NULL) != OK)
        return set_null(out, n, EXPR_OVERFLOW);
    if (!is_null(out) && rat_sign(d->base) <= 0)
        return set_null(out, n, EXPR_NOT_POSITIVE_BASE);
    return OK;
}

/* |increment| < near_zero * base, or 0: the growth is printed as 0.0 and explains nothing. */
static enum code stands_still(const struct eval *v, const struct increments *d, bool *out)
{
    struct rat size, least;
    *out = rat_sign(d->whole) == 0;
    if (rat_sign(d->whole) < 0)
        TRY(rat_sub(zero, d->whole, &size, NULL));
    else
        size = d->whole;
    TRY(rat_mul(v->near_zero, d->base, &least, NULL));
    *out = *out || rat_cmp(size, least) < 0;
    return OK;
}

/* 贡献率 = increment of the part / increment of the whole (Fujian Statistical Yearbook 2020, notes
 * to table 2-7). Meaningless where the whole stands still; flips its sign where the whole shrinks.
 */
enum code eval_contribution(EVAL_ARGS)
{
    struct increments d;
    bool still;
    TRY(eval_increments(v, n, w, out, &d));
    if (is_null(out))
        return OK;
    if (stands_still(v, &d, &still) != OK)
        return set_null(out, n, EXPR_OVERFLOW);
    if (still)
        return set_null(out, n, EXPR_GROWTH_NEAR_ZERO);
    if (rat_sign(d.whole) < 0)
        out->flags |= EXPR_SIGN_FLIPPED;
    return divide(n, d.part, d.whole, out);
}

/* 拉动 = increment of the part / base of the whole = growth x contribution (same source). */
enum code eval_pull(EVAL_ARGS)
{
    struct increments d;
    TRY(eval_increments(v, n, w, out, &d));
    return is_null(out) ? OK : divide(n, d.part, d.base, out);
}

/* ---- sums and choices ---- */

enum code eval_sum(EVAL_ARGS)
{
    struct expr_value part;
    TRY(eval_node(v, n->arg, w, out));
    for (const struct node *arg = n->arg->next; arg != NULL && !is_null(out); arg = arg->next) {
        TRY(eval_node(v, arg, w, &part));
        part.flags |= out->flags;
        struct rat so_far = out->v;
        *out = part;
        if (!is_null(out))
            TRY(settle(out, n, rat_add(so_far, part.v, &out->v, NULL)));
    }
    return OK;
}

static enum code eval_extreme(EVAL_ARGS, int sign)
{
    struct expr_value other;
    TRY(eval_node(v, n->arg, w, out));
    for (const struct node *arg = n->arg->next; arg != NULL && !is_null(out); arg = arg->next) {
        TRY(eval_node(v, arg, w, &other));
        if (is_null(&other) || rat_cmp(other.v, out->v) * sign > 0)
            *out = other;
    }
    return OK;
}

enum code eval_min(EVAL_ARGS)
{
    return eval_extreme(v, n, w, out, -1);
}

enum code eval_max(EVAL_ARGS)
{
    return eval_extreme(v, n, w, out, 1);
}

static enum code negate(const struct node *n, struct expr_value *out)
{
    return settle(out, n, rat_sub(zero, out->v, &out->v, NULL));
}

enum code eval_abs(EVAL_ARGS)
{
    TRY(eval_node(v, n->arg, w, out));
    return is_null(out) || rat_sign(out->v) >= 0 ? OK : negate(n, out);
}

/* To n decimals of the default unit: 12.345 % has three, 0.12345 five. */
enum code eval_round(EVAL_ARGS)
{
    struct rat factor = expr_unit_factor(&n->type), shown;
    i128 units;
    TRY(eval_node(v, n->arg, w, out));
    if (is_null(out))
        return OK;
    unsigned decimals = (unsigned)n->number.units;
    if (rat_div(out->v, factor, &shown, NULL) != OK ||
        dec_div(shown.num, shown.den, decimals, &units, NULL) != OK ||
        rat_make(units, dec_pow10(decimals), &shown, NULL) != OK)
        return set_null(out, n, EXPR_OVERFLOW);
    return settle(out, n, rat_mul(shown, factor, &out->v, NULL));
}

enum code eval_if(EVAL_ARGS)
{
    struct expr_value condition;
    TRY(eval_node(v, n->arg, w, &condition));
    if (is_null(&condition)) {
        *out = condition;
        return OK;
    }
    const struct node *then = n->arg->next;
    TRY(eval_node(v, rat_sign(condition.v) != 0 ? then : then->next, w, out));
    out->flags |= condition.flags;
    return OK;
}

/* The first that has a value; else the first reason. */
enum code eval_coalesce(EVAL_ARGS)
{
    struct expr_value other;
    TRY(eval_node(v, n->arg, w, out));
    for (const struct node *arg = n->arg->next; arg != NULL && is_null(out); arg = arg->next) {
        TRY(eval_node(v, arg, w, &other));
        if (!is_null(&other))
            *out = other;
    }
    return OK;
}

/* ---- operators ---- */

static bool truth(const struct expr_value *x)
{
    return rat_sign(x->v) != 0;
}

/* Three-valued (Kleene): false and null is false, true or null is true. */
static enum code eval_logic(EVAL_ARGS)
{
    bool decides = n->op == OP_OR;
    struct expr_value right;
    TRY(eval_node(v, n->arg, w, out));
    if (!is_null(out) && truth(out) == decides)
        return OK;
    TRY(eval_node(v, n->arg->next, w, &right));
    uint32_t flags = out->flags | right.flags;
    if (!is_null(out) || (!is_null(&right) && truth(&right) == decides))
        *out = right;
    out->flags = flags;
    return OK;
}

static enum code eval_not(EVAL_ARGS)
{
    TRY(eval_node(v, n->arg, w, out));
    return is_null(out) ? OK : set_value(out, truth(out) ? zero : one);
}

static bool holds(enum op op, int c)
{
    switch (op) {
    case OP_LT:
        return c < 0;
    case OP_LE:
        return c <= 0;
    case OP_EQ:
        return c == 0;
    case OP_GE:
        return c >= 0;
    case OP_GT:
        return c > 0;
    default:
        return c != 0;
    }
}

static enum code apply(const struct node *n, struct rat a, struct rat b, struct expr_value *out)
{
    switch (n->op) {
    case OP_ADD:
        return settle(out, n, rat_add(a, b, &out->v, NULL));
    case OP_SUB:
        return settle(out, n, rat_sub(a, b, &out->v, NULL));
    case OP_MUL:
        return settle(out, n, rat_mul(a, b, &out->v, NULL));
    case OP_DIV:
        return divide(n, a, b, out);
    default:
        return set_value(out, holds(n->op, rat_cmp(a, b)) ? one : zero);
    }
}

static enum code eval_binary(EVAL_ARGS)
{
    struct rat a, b;
    TRY(eval_pair(v, n, w, &a, &b, out));
    return is_null(out) ? OK : apply(n, a, b, out);
}

static enum code eval_neg(EVAL_ARGS)
{
    TRY(eval_node(v, n->arg, w, out));
    return is_null(out) ? OK : negate(n, out);
}

static enum code eval_node(EVAL_ARGS)
{
    *out = (struct expr_value){.v = zero};
    switch (n->op) {
    case OP_NUMBER:
        return set_value(out, n->value);
    case OP_NAME:
        return eval_name(v, n, w, out);
    case OP_CALL:
        return n->fn->eval(v, n, w, out);
    case OP_NOT:
        return eval_not(v, n, w, out);
    case OP_NEG:
        return eval_neg(v, n, w, out);
    case OP_OR:
    case OP_AND:
        return eval_logic(v, n, w, out);
    default:
        return eval_binary(v, n, w, out);
    }
}

enum code expr_eval(const struct expr *e, const struct expr_env *env,
                    const struct expr_where *where, struct expr_value *out, struct error *err)
{
    assert(e->checked);
    struct eval v = {.env = env, .near_zero = env->near_zero, .err = err};
    struct expr_where w = {0};
    if (where != NULL)
        w = *where;
    w.base = false;
    if (v.near_zero.den == 0)
        v.near_zero = (struct rat){1, 2000}; /* 0.05 %: growth is printed with one decimal */
    return eval_node(&v, e->root, &w, out);
}
