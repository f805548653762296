/* expr_check.c - names, units and entities resolved, and every node given its type before anything
 * is computed (I2). What may be combined with what stands in four tables. */
#include "expr_int.h"
#include <assert.h>
#include <stdio.h>

#define TYPE_TEXT 128
static enum code check_node(struct check *c, struct node *n);

/* ---- dimensions ---- */

static bool same_dims(const struct expr_type *a, const struct expr_type *b)
{
    if (a->dims != b->dims)
        return false;
    for (uint32_t i = 0; i < a->dims; i++)
        if (a->dim[i].dimension != b->dim[i].dimension || a->dim[i].power != b->dim[i].power)
            return false;
    return true;
}

static void drop_dim(struct expr_type *t, uint32_t i)
{
    t->dims--;
    memmove(&t->dim[i], &t->dim[i + 1], (t->dims - i) * sizeof t->dim[0]);
}

/* false: more than EXPR_DIMS_MAX dimensions, or a power no one needs */
static bool add_dim(struct expr_type *t, struct expr_dim d)
{
    uint32_t i = 0;
    while (i < t->dims && t->dim[i].dimension < d.dimension)
        i++;
    if (i < t->dims && t->dim[i].dimension == d.dimension) {
        t->dim[i].power += d.power;
        if (t->dim[i].power == 0)
            drop_dim(t, i);
        else if (t->dim[i].power > 9 || t->dim[i].power < -9)
            return false;
        return true;
    }
    if (t->dims == EXPR_DIMS_MAX)
        return false;
    memmove(&t->dim[i + 1], &t->dim[i], (t->dims - i) * sizeof t->dim[0]);
    t->dim[i] = d;
    t->dims++;
    return true;
}

static bool add_dims(struct expr_type *t, const struct expr_type *by, int sign)
{
    for (uint32_t i = 0; i < by->dims; i++)
        if (!add_dim(t, (struct expr_dim){by->dim[i].dimension, sign * by->dim[i].power}))
            return false;
    return true;
}

/* ---- messages ---- */

static const char *const nature_notes[EXPR_NATURES] = {
    [EXPR_AMOUNT] = "",
    [EXPR_RATIO] = " (a ratio)",
    [EXPR_RATE] = " (a growth rate)",
    [EXPR_POINTS] = "",
    [EXPR_CONTRIBUTION] = " (a contribution)",
    [EXPR_INDEX] = " (an index)",
    [EXPR_RANK] = " (a rank)",
    [EXPR_TRUTH] = "",
};

static void type_words(const struct check *c, const struct expr_type *t, char out[TYPE_TEXT])
{
    struct buf b;
    buf_init(&b, TYPE_TEXT);
    expr_unit_text(t, c->env, &b);
    const char *plain = t->nature == EXPR_TRUTH ? "a truth value"
                        : b.len == 0            ? "a plain number"
                                                : "";
    snprintf(out, TYPE_TEXT, "%s%.*s%s", plain, STR_ARG(buf_str(&b)), nature_notes[t->nature]);
    buf_clear(&b);
}

static enum code fail(const struct check *c, const struct node *n, const char *what)
{
    return error_at(c->err, E_INPUT, n->line, n->column, "%s", what);
}

static const struct node *first_of(const struct node *n)
{
    while (op_info[n->op].binary)
        n = n->arg;
    return n;
}

/* Both sides named, each with its place; the error itself points at the operator or function. */
static enum code fail_pair(const struct check *c, const struct node *n, const char *what,
                           const struct node *a, const struct node *b)
{
    char left[TYPE_TEXT], right[TYPE_TEXT];
    type_words(c, &a->type, left);
    type_words(c, &b->type, right);
    const struct node *l = first_of(a), *r = first_of(b);
    return error_at(c->err, E_INPUT, n->line, n->column,
                    "%s: %s (line %u, column %u) and %s (line %u, column %u)", what, left, l->line,
                    l->column, right, r->line, r->column);
}

/* What a callback said, with the place of the word it was asked about. */
static enum code place(struct check *c, enum code code, uint32_t line, uint32_t column)
{
    if (code != OK && c->err != NULL && c->err->line == 0) {
        c->err->line = line;
        c->err->column = column;
    }
    return code;
}

#define MASK(nature) (1u << (nature))
#define MASK_PERCENT (MASK(EXPR_RATIO) | MASK(EXPR_RATE) | MASK(EXPR_CONTRIBUTION))

static enum code need(struct check *c, const struct node *n, const struct node *arg, unsigned mask,
                      const char *what)
{
    char got[TYPE_TEXT];
    if (mask & MASK(arg->type.nature))
        return OK;
    type_words(c, &arg->type, got);
    const struct node *at = first_of(arg);
    return error_at(c->err, E_INPUT, at->line, at->column, "'%s' %s, not %s", n->fn->name, what,
                    got);
}

/* A comparison of a thing with itself would be 0 or 100 % for ever: refused, as it is a slip. */
static enum code need_varying(struct check *c, const struct node *n, const struct node *arg,
                              uint32_t how)
{
    if (arg->varies & how)
        return OK;
    const struct node *at = first_of(arg);
    bool period = how == VARIES_PERIOD;
    return error_at(c->err, E_INPUT, at->line, at->column,
                    "'%s' compares %s, but this is the same in all of them (write %s(%s(x), ...))",
                    n->fn->name, period ? "periods" : "entities", period ? "at" : "of",
                    n->fn->name);
}

/* ---- leaves ---- */

/* Pure by nature: 百分点, 点 and 位 have no dimension to multiply with. */
static enum code settle(struct check *c, const struct node *n, struct expr_type *t)
{
    struct expr_type given = *t;
    assert(t->nature < EXPR_NATURES && t->dims <= EXPR_DIMS_MAX);
    t->dims = 0;
    if (t->nature != EXPR_AMOUNT && t->nature != EXPR_RATIO)
        return OK;
    return add_dims(t, &given, 1) ? OK : fail(c, n, "too many dimensions");
}

static void name_hint(struct check *c, const struct node *n)
{
    if (c->err == NULL || n->text.ptr[0] < '0' || n->text.ptr[0] > '9')
        return;
    size_t len = strlen(c->err->text);
    snprintf(c->err->text + len, sizeof c->err->text - len,
             " (a quantity has a blank before its unit: 100 亿元)");
}

static enum code check_name(struct check *c, struct node *n)
{
    struct expr_name found = {0};
    enum code code = c->env->name(c->env->ctx, n->text, &found, c->err);
    if (code != OK) {
        name_hint(c, n);
        return place(c, code, n->line, n->column);
    }
    n->id = found.id;
    n->type = found.type;
    n->varies = VARIES_PERIOD | VARIES_ENTITY;
    return settle(c, n, &n->type);
}

/* Units of the language itself, the same in every catalogue. */
static const struct {
    const char *symbol;
    enum expr_nature nature;
    int per;
} own_units[] = {
    {"",             EXPR_AMOUNT, 1   },
    {"%",            EXPR_RATIO,  100 },
    {"‰",          EXPR_RATIO,  1000},
    {"百分点",    EXPR_POINTS, 100 },
    {"个百分点", EXPR_POINTS, 100 },
};

static enum code find_unit(struct check *c, const struct node *n, struct expr_unit *out)
{
    for (size_t i = 0; i < sizeof own_units / sizeof *own_units; i++)
        if (str_is(n->text, own_units[i].symbol)) {
            out->type.nature = own_units[i].nature;
            out->factor = (struct rat){1, own_units[i].per};
            return OK;
        }
    return place(c, c->env->unit(c->env->ctx, n->text, out, c->err), n->line, n->column);
}

static enum code check_number(struct check *c, struct node *n)
{
    struct expr_unit unit = {0};
    struct rat digits;
    TRY(find_unit(c, n, &unit));
    n->type = unit.type;
    TRY(settle(c, n, &n->type));
    if (rat_make(n->number.units, dec_pow10(n->number.scale), &digits, NULL) != OK ||
        rat_mul(digits, unit.factor, &n->value, NULL) != OK)
        return error_at(c->err, E_RANGE, n->line, n->column, "the number leaves 128 bits");
    return OK;
}

/* ---- what may be combined with what, without a dimension ---- */

/* clang-format off */
#define N EXPR_AMOUNT
#define R EXPR_RATIO
#define G EXPR_RATE
#define P EXPR_POINTS
#define C EXPR_CONTRIBUTION
#define I EXPR_INDEX
#define K EXPR_RANK
#define X EXPR_NATURES /* has no meaning */
typedef const unsigned char pair_table[EXPR_NATURES][EXPR_NATURES];
/* Columns as rows: N R G P C I K truth. 1 + g and 1 - share are ratios; growth ± 百分点 stays growth. */
static pair_table add_table = {
    [N] = {N, R, R, X, C, I, K, X}, [R] = {R, X, X, R, X, X, X, X}, [G] = {R, X, X, G, X, X, X, X},
    [P] = {X, R, G, P, C, X, X, X}, [C] = {C, X, X, C, C, X, X, X}, [I] = {I, X, X, X, X, X, X, X},
    [K] = {K, X, X, X, X, X, X, X}, [EXPR_TRUTH] = {X, X, X, X, X, X, X, X},
};
/* The difference of two percentages is in 百分点, as bulletins print it (提高 x 个百分点). */
static pair_table sub_table = {
    [N] = {N, R, R, X, C, I, K, X}, [R] = {R, P, P, R, P, X, X, X}, [G] = {R, P, P, G, P, X, X, X},
    [P] = {X, X, X, P, X, X, X, X}, [C] = {C, P, P, C, C, X, X, X}, [I] = {I, X, X, X, X, N, X, X},
    [K] = {K, X, X, X, X, X, N, X}, [EXPR_TRUTH] = {X, X, X, X, X, X, X, X},
};
/* Pull = share of the base x growth = growth x contribution (Fujian Statistical Yearbook 2020,
 * notes to table 2-7). */
static pair_table mul_table = {
    [N] = {N, R, G, P, C, I, X, X}, [R] = {R, R, P, P, C, N, X, X}, [G] = {G, P, R, P, P, N, X, X},
    [P] = {P, P, P, P, P, N, X, X}, [C] = {C, C, P, P, C, N, X, X}, [I] = {I, N, N, N, N, N, X, X},
    [K] = {X, X, X, X, X, X, X, X}, [EXPR_TRUTH] = {X, X, X, X, X, X, X, X},
};
static pair_table div_table = {
    [N] = {N, N, N, N, N, N, X, X}, [R] = {R, R, R, R, R, R, X, X}, [G] = {G, G, R, R, R, R, X, X},
    [P] = {P, G, C, R, G, R, X, X}, [C] = {C, R, R, R, R, R, X, X}, [I] = {I, I, N, N, N, R, X, X},
    [K] = {X, X, X, X, X, X, X, X}, [EXPR_TRUTH] = {X, X, X, X, X, X, X, X},
};
#undef N
#undef R
#undef G
#undef P
#undef C
#undef I
#undef K
#undef X
/* clang-format on */

/* The unit to show a result in: that of the side which has its dimension. */
static void keep_unit(struct expr_type *t, const struct expr_type *a, const struct expr_type *b)
{
    uint32_t left = same_dims(t, a) ? a->unit : 0, right = same_dims(t, b) ? b->unit : 0;
    t->unit = t->dims == 0 ? 0 : left != 0 ? left : right;
}

/* ---- + and - ---- */

static enum code fail_sum(struct check *c, const struct node *n, const struct node *a,
                          const struct node *b)
{
    static const char *const adding[EXPR_NATURES] = {
        [EXPR_RATIO] = "shares and ratios don't add (sum the parts, then divide)",
        [EXPR_RATE] = "rates don't add (compute the growth of the sum)",
        [EXPR_INDEX] = "indices don't add",
        [EXPR_RANK] = "ranks don't add",
        [EXPR_TRUTH] = "truth values don't add (use and, or, not)",
    };
    const char *why = adding[a->type.nature] ? adding[a->type.nature] : adding[b->type.nature];
    bool mixed = !same_dims(&a->type, &b->type) || a->type.nature == EXPR_POINTS ||
                 b->type.nature == EXPR_POINTS || why == NULL ||
                 (op_info[n->op].binary && n->op == OP_SUB);
    return fail_pair(c, n, mixed ? "units don't match" : why, a, b);
}

/* With a dimension: 元/人 differ by an amount, but their sum means nothing. */
static enum expr_nature sum_of_dims(const struct expr_type *a, const struct expr_type *b,
                                    bool minus)
{
    bool ratio = a->nature == EXPR_RATIO || b->nature == EXPR_RATIO;
    if (a->nature == EXPR_RATIO && b->nature == EXPR_RATIO)
        return minus ? EXPR_AMOUNT : EXPR_NATURES;
    return ratio ? EXPR_RATIO : EXPR_AMOUNT;
}

static enum code add_types(struct check *c, const struct node *n, const struct node *a,
                           const struct node *b, bool minus, struct expr_type *out)
{
    const struct expr_type *l = &a->type, *r = &b->type;
    enum expr_nature nature = EXPR_NATURES;
    if (same_dims(l, r) && l->dims == 0)
        nature = (minus ? sub_table : add_table)[l->nature][r->nature];
    else if (same_dims(l, r))
        nature = sum_of_dims(l, r, minus);
    if (nature == EXPR_NATURES)
        return fail_sum(c, n, a, b);
    struct expr_type t = *l;
    t.nature = nature;
    keep_unit(&t, l, r);
    *out = t;
    return OK;
}

/* ---- * and / ---- */

static bool is_level(const struct expr_type *t)
{
    return t->nature == EXPR_AMOUNT && t->dims > 0;
}

static enum expr_nature product_nature(const struct expr_type *a, const struct expr_type *b,
                                       bool over)
{
    if (a->nature >= EXPR_RANK || b->nature >= EXPR_RANK)
        return EXPR_NATURES;
    if (a->dims == 0 && b->dims == 0)
        return (over ? div_table : mul_table)[a->nature][b->nature];
    if (!over)
        return is_level(a) || is_level(b) ? EXPR_AMOUNT : EXPR_RATIO;
    return is_level(a) && !is_level(b) ? EXPR_AMOUNT : EXPR_RATIO;
}

static enum code product_types(struct check *c, struct node *n, bool over)
{
    const struct node *a = n->arg, *b = a->next;
    struct expr_type t = a->type;
    t.nature = product_nature(&a->type, &b->type, over);
    if (t.nature == EXPR_NATURES)
        return fail_pair(c, n, over ? "cannot be divided" : "cannot be multiplied", a, b);
    if (!add_dims(&t, &b->type, over ? -1 : 1))
        return fail(c, n, "too many dimensions in one product");
    keep_unit(&t, &a->type, &b->type);
    n->type = t;
    return OK;
}

/* ---- comparing and choosing ---- */

/* 0 is 0 in every unit. */
static bool is_zero(const struct node *n)
{
    return n->op == OP_NUMBER && n->number.units == 0 && n->text.len == 0;
}

static bool is_percent(const struct expr_type *t)
{
    return t->dims == 0 && (MASK(t->nature) & MASK_PERCENT);
}

/* An index or a rank may be set against a plain number; a percentage may not: 5 is not 5%. */
static bool takes_number(const struct expr_type *t)
{
    return t->dims == 0 && (t->nature == EXPR_INDEX || t->nature == EXPR_RANK);
}

static bool is_plain(const struct expr_type *t)
{
    return t->dims == 0 && t->nature == EXPR_AMOUNT;
}

static bool comparable(const struct node *a, const struct node *b)
{
    const struct expr_type *l = &a->type, *r = &b->type;
    if (l->nature == EXPR_TRUTH || r->nature == EXPR_TRUTH)
        return l->nature == r->nature;
    if (is_zero(a) || is_zero(b))
        return true;
    if (l->dims > 0 || r->dims > 0)
        return same_dims(l, r);
    return l->nature == r->nature || (is_percent(l) && is_percent(r)) ||
           (takes_number(l) && is_plain(r)) || (is_plain(l) && takes_number(r));
}

static enum code fail_compare(struct check *c, const struct node *n, const struct node *a,
                              const struct node *b)
{
    bool number = (is_percent(&a->type) && is_plain(&b->type)) ||
                  (is_plain(&a->type) && is_percent(&b->type));
    return fail_pair(c, n, number ? "units don't match (write 5%, not 5)" : "units don't match", a,
                     b);
}

/* One type for a value that may be either. */
static enum code merge(struct check *c, const struct node *n, const struct node *a,
                       const struct node *b, struct expr_type *t)
{
    if (!comparable(a, b))
        return fail_compare(c, n, a, b);
    if (is_zero(b))
        return OK;
    if (is_zero(a) || is_plain(t)) {
        *t = b->type;
        return OK;
    }
    if (t->nature != b->type.nature && !is_plain(&b->type))
        t->nature = EXPR_RATIO; /* the more cautious: it doesn't add */
    keep_unit(t, t, &b->type);
    return OK;
}

static enum code merge_args(struct check *c, struct node *n, struct node *first)
{
    const struct node *known = first; /* compare with what has a unit of its own */
    n->type = first->type;
    for (struct node *arg = first->next; arg != NULL; arg = arg->next) {
        TRY(merge(c, n, known, arg, &n->type));
        if (is_zero(known) || is_plain(&known->type))
            known = arg;
    }
    return OK;
}

static enum code truth_type(struct check *c, struct node *n)
{
    for (const struct node *arg = n->arg; arg != NULL; arg = arg->next)
        if (arg->type.nature != EXPR_TRUTH)
            return fail(c, first_of(arg), "expected a condition, such as x > 0");
    n->type = (struct expr_type){.nature = EXPR_TRUTH};
    return OK;
}

static enum code compare_types(struct check *c, struct node *n)
{
    const struct node *a = n->arg, *b = a->next;
    if (!comparable(a, b))
        return fail_compare(c, n, a, b);
    if (a->type.nature == EXPR_TRUTH && n->op != OP_EQ && n->op != OP_NE)
        return fail(c, n, "truth values have no order");
    n->type = (struct expr_type){.nature = EXPR_TRUTH};
    return OK;
}

static enum code neg_type(struct check *c, struct node *n)
{
    if (n->arg->type.nature >= EXPR_RANK)
        return fail(c, n, "a rank or a truth value has no negative");
    n->type = n->arg->type;
    return OK;
}

/* ---- functions ---- */

enum code type_share(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, MASK(EXPR_AMOUNT), "needs an amount that has a total"));
    TRY(need_varying(c, n, n->arg, VARIES_ENTITY));
    n->type = (struct expr_type){.nature = EXPR_RATIO};
    return OK;
}

enum code type_ratio(struct check *c, struct node *n)
{
    const struct node *a = n->arg, *b = a->next;
    if (!same_dims(&a->type, &b->type))
        return fail_pair(c, n, "a ratio in % needs one dimension (else write a / b)", a, b);
    if (product_nature(&a->type, &b->type, true) == EXPR_NATURES)
        return fail_pair(c, n, "cannot be divided", a, b);
    n->type = (struct expr_type){.nature = EXPR_RATIO};
    return OK;
}

enum code type_growth(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, MASK(EXPR_AMOUNT) | MASK(EXPR_RATIO) | MASK(EXPR_INDEX),
             "needs a level (the difference of two rates is pp)"));
    TRY(need_varying(c, n, n->arg, VARIES_PERIOD));
    n->type = (struct expr_type){.nature = EXPR_RATE};
    return OK;
}

static enum code varies_as_compared(struct check *c, struct node *n)
{
    bool entity = n->param != NULL && n->param->kind == PARAM_ENTITY;
    return need_varying(c, n, n->arg, entity ? VARIES_ENTITY : VARIES_PERIOD);
}

enum code type_pp(struct check *c, struct node *n)
{
    if (n->arg->type.dims > 0)
        TRY(need(c, n, n->arg, 0, "needs a percentage"));
    TRY(need(c, n, n->arg, MASK_PERCENT, "needs a percentage"));
    n->type = (struct expr_type){.nature = EXPR_POINTS};
    return varies_as_compared(c, n);
}

enum code type_diff(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, ~MASK(EXPR_TRUTH), "needs a value"));
    n->type = n->arg->type;
    if (is_percent(&n->type))
        n->type.nature = EXPR_POINTS;
    else if (n->type.nature != EXPR_POINTS)
        n->type.nature = EXPR_AMOUNT;
    return varies_as_compared(c, n);
}

static enum code part_and_whole(struct check *c, const struct node *n)
{
    const struct node *part = n->arg, *whole = part->next;
    TRY(need(c, n, part, MASK(EXPR_AMOUNT), "needs an amount"));
    TRY(need(c, n, whole, MASK(EXPR_AMOUNT), "needs an amount"));
    if (!same_dims(&part->type, &whole->type))
        return fail_pair(c, n, "part and whole differ in dimension", part, whole);
    TRY(need_varying(c, n, part, VARIES_PERIOD));
    return need_varying(c, n, whole, VARIES_PERIOD);
}

enum code type_contribution(struct check *c, struct node *n)
{
    n->type = (struct expr_type){.nature = EXPR_CONTRIBUTION};
    return part_and_whole(c, n);
}

enum code type_pull(struct check *c, struct node *n)
{
    n->type = (struct expr_type){.nature = EXPR_POINTS};
    return part_and_whole(c, n);
}

enum code type_at(struct check *c, struct node *n)
{
    (void)c;
    n->type = n->arg->type;
    n->varies &= ~(uint32_t)VARIES_PERIOD;
    return OK;
}

enum code type_of(struct check *c, struct node *n)
{
    (void)c;
    n->type = n->arg->type;
    n->varies &= ~(uint32_t)VARIES_ENTITY;
    return OK;
}

enum code type_index(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, MASK(EXPR_AMOUNT) | MASK(EXPR_RATIO) | MASK(EXPR_INDEX),
             "needs a level"));
    n->type = (struct expr_type){.nature = EXPR_INDEX};
    return need_varying(c, n, n->arg, VARIES_PERIOD);
}

/* The sum so far is judged like a node of its own, so that what doesn't add is told as with +. */
enum code type_sum(struct check *c, struct node *n)
{
    struct node so_far = *n->arg;
    for (const struct node *arg = n->arg->next; arg != NULL; arg = arg->next)
        TRY(add_types(c, n, &so_far, arg, false, &so_far.type));
    n->type = so_far.type;
    return OK;
}

enum code type_least(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, ~MASK(EXPR_TRUTH), "needs values"));
    return merge_args(c, n, n->arg);
}

enum code type_same(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, ~MASK(EXPR_TRUTH), "needs a value"));
    n->type = n->arg->type;
    return OK;
}

enum code type_if(struct check *c, struct node *n)
{
    TRY(need(c, n, n->arg, MASK(EXPR_TRUTH), "needs a condition first, such as x > 0"));
    return merge_args(c, n, n->arg->next);
}

enum code type_coalesce(struct check *c, struct node *n)
{
    return merge_args(c, n, n->arg);
}

/* ---- the tree ---- */

static enum code check_call(struct check *c, struct node *n)
{
    if (n->param != NULL && n->param->kind == PARAM_ENTITY)
        TRY(place(c, c->env->entity(c->env->ctx, n->param_text, &n->entity, c->err), n->param_line,
                  n->param_column));
    return n->fn->type(c, n);
}

static enum code check_operator(struct check *c, struct node *n)
{
    switch (op_info[n->op].prec) {
    case PREC_OR:
    case PREC_AND:
    case PREC_NOT:
        return truth_type(c, n);
    case PREC_COMPARE:
        return compare_types(c, n);
    case PREC_ADD:
        return add_types(c, n, n->arg, n->arg->next, n->op == OP_SUB, &n->type);
    case PREC_MUL:
        return product_types(c, n, n->op == OP_DIV);
    case PREC_NEG:
        return neg_type(c, n);
    case PREC_ATOM:
        break;
    }
    return n->op == OP_CALL   ? check_call(c, n)
           : n->op == OP_NAME ? check_name(c, n)
                              : check_number(c, n);
}

static enum code check_node(struct check *c, struct node *n)
{
    n->varies = 0;
    for (struct node *arg = n->arg; arg != NULL; arg = arg->next) {
        TRY(check_node(c, arg));
        n->varies |= arg->varies;
    }
    return check_operator(c, n);
}

enum code expr_check(struct expr *e, const struct expr_env *env, struct expr_type *out,
                     struct error *err)
{
    struct error local = {0};
    struct check c = {.env = env, .err = err != NULL ? err : &local};
    e->checked = false;
    TRY(check_node(&c, e->root));
    e->checked = true;
    if (out != NULL)
        *out = e->root->type;
    return OK;
}
