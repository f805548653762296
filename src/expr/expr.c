/* expr.c - the life of an expression: from text, to canonical text, its names. */
#include "expr_int.h"
#include <assert.h>

/* clang-format off */
const struct op_info op_info[OP_COUNT] = {
    [OP_NUMBER] = {"", PREC_ATOM, false},
    [OP_NAME] = {"", PREC_ATOM, false},
    [OP_CALL] = {"", PREC_ATOM, false},
    [OP_NOT] = {"not ", PREC_NOT, false},
    [OP_NEG] = {"-", PREC_NEG, false},
    [OP_OR] = {"or", PREC_OR, true},
    [OP_AND] = {"and", PREC_AND, true},
    [OP_LT] = {"<", PREC_COMPARE, true},
    [OP_LE] = {"<=", PREC_COMPARE, true},
    [OP_EQ] = {"=", PREC_COMPARE, true},
    [OP_GE] = {">=", PREC_COMPARE, true},
    [OP_GT] = {">", PREC_COMPARE, true},
    [OP_NE] = {"!=", PREC_COMPARE, true},
    [OP_ADD] = {"+", PREC_ADD, true},
    [OP_SUB] = {"-", PREC_ADD, true},
    [OP_MUL] = {"*", PREC_MUL, true},
    [OP_DIV] = {"/", PREC_MUL, true},
};
/* clang-format on */

static const char *const reason_names[EXPR_REASONS] = {
    "",
    "missing",
    "missing-base",
    "division-by-zero",
    "growth-near-zero",
    "not-positive-base",
    "withheld",
    "offline",
    "over-limit",
    "not-additive",
    "overflow",
    "unit-mismatch",
};

const char *expr_reason_name(enum expr_reason r)
{
    assert(r < EXPR_REASONS);
    return reason_names[r];
}

/* ---- printing ---- */

static void print_doubling(struct str s, char quote, struct buf *out)
{
    buf_byte(out, quote);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == quote)
            buf_byte(out, quote);
        buf_byte(out, s.ptr[i]);
    }
    buf_byte(out, quote);
}

static void print_name(struct str s, struct buf *out)
{
    if (expr_is_bare(s))
        buf_add(out, s);
    else
        print_doubling(s, '`', out);
}

static void print_number(const struct node *n, struct buf *out)
{
    char digits[DEC_TEXT];
    dec_text(n->number.units, n->number.scale, digits);
    buf_z(out, digits);
    if (str_is(n->text, "%") || str_is(n->text, "‰")) {
        buf_add(out, n->text);
    } else if (n->text.len > 0) {
        buf_byte(out, ' ');
        print_name(n->text, out);
    }
}

static void print_param(const struct node *n, struct buf *out)
{
    buf_z(out, ", ");
    if (n->param->label[0] != '\0')
        buf_fmt(out, "%s: ", n->param->label);
    if (n->param->kind == PARAM_DIGITS)
        buf_fmt(out, "%d", (int)n->number.units);
    else
        print_doubling(n->param_text, '"', out);
}

static void print_call(const struct node *n, struct buf *out)
{
    const struct func *fn = n->fn;
    uint32_t i = 0;
    buf_z(out, fn->name);
    for (const struct node *arg = n->arg; arg != NULL; arg = arg->next, i++) {
        buf_z(out, i == 0 ? "(" : ", ");
        if (i == fn->most) /* an expression past the last one is the labelled one */
            buf_fmt(out, "%s: ", fn->param[0].label);
        expr_print(arg, out);
    }
    if (n->param != NULL)
        print_param(n, out);
    buf_byte(out, ')');
}

static void print_child(const struct node *n, enum prec least, struct buf *out)
{
    bool brackets = op_info[n->op].prec < least;
    if (brackets)
        buf_byte(out, '(');
    expr_print(n, out);
    if (brackets)
        buf_byte(out, ')');
}

static void print_operator(const struct node *n, struct buf *out)
{
    const struct op_info *info = &op_info[n->op];
    if (!info->binary) {
        buf_z(out, info->text);
        print_child(n->arg, info->prec, out);
        return;
    }
    /* operators lean left, comparisons lean nowhere */
    print_child(n->arg, info->prec + (info->prec == PREC_COMPARE), out);
    buf_fmt(out, " %s ", info->text);
    print_child(n->arg->next, info->prec + 1, out);
}

void expr_print(const struct node *n, struct buf *out)
{
    if (n->op == OP_NUMBER)
        print_number(n, out);
    else if (n->op == OP_NAME)
        print_name(n->text, out);
    else if (n->op == OP_CALL)
        print_call(n, out);
    else
        print_operator(n, out);
}

/* ---- life ---- */

static void gather_names(struct expr *e, const struct node *n)
{
    bool known = n->op != OP_NAME;
    for (size_t i = 0; !known && i < e->names.len; i++)
        known = str_eq(e->names.v[i], n->text);
    if (!known)
        vec_push(&e->names, n->text);
    for (const struct node *arg = n->arg; arg != NULL; arg = arg->next)
        gather_names(e, arg);
}

/* I1 */
static enum code set_canonical(struct expr *e, struct error *err)
{
    struct buf out;
    buf_init(&out, EXPR_BYTES_MAX);
    expr_print(e->root, &out);
    bool full = out.full;
    if (!full)
        e->text = arena_dup(&e->arena, buf_str(&out));
    buf_clear(&out);
    if (full)
        return error_set(err, E_LIMIT, "the canonical form is longer than %d bytes",
                         EXPR_BYTES_MAX);
    return OK;
}

enum code expr_parse(struct str text, struct expr **out, struct error *err)
{
    struct expr *e = mem_zalloc(sizeof *e);
    arena_init(&e->arena, 0); /* bounded by EXPR_BYTES_MAX */
    enum code code = expr_parse_tree(text, &e->arena, &e->root, err);
    if (code == OK)
        code = set_canonical(e, err);
    if (code != OK) {
        expr_free(e);
        return code;
    }
    gather_names(e, e->root);
    *out = e;
    return OK;
}

void expr_free(struct expr *e)
{
    if (e == NULL)
        return;
    vec_clear(&e->names);
    arena_clear(&e->arena);
    mem_free(e);
}

struct str expr_text(const struct expr *e)
{
    return e->text;
}

const struct str *expr_names(const struct expr *e, size_t *count)
{
    *count = e->names.len;
    return e->names.v;
}

bool expr_is_name(const struct expr *e, struct str *name)
{
    if (e->root->op != OP_NAME)
        return false;
    *name = e->root->text;
    return true;
}

struct expr_type expr_type(const struct expr *e)
{
    assert(e->checked);
    return e->root->type;
}

/* ---- equality of trees ---- */

static bool same_node(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->fn == b->fn && a->args == b->args && a->param == b->param &&
           a->number.units == b->number.units && a->number.scale == b->number.scale &&
           str_eq(a->text, b->text) && str_eq(a->param_text, b->param_text);
}

static bool same_tree(const struct node *a, const struct node *b)
{
    if (!same_node(a, b))
        return false;
    a = a->arg;
    b = b->arg;
    for (; a != NULL; a = a->next, b = b->next)
        if (!same_tree(a, b))
            return false;
    return true;
}

bool expr_same(const struct expr *a, const struct expr *b)
{
    return same_tree(a->root, b->root);
}
