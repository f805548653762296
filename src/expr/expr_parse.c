/* expr_parse.c - tokens to a tree, by precedence climbing. */
#include "expr_int.h"

#define BRACKETS_MAX (2 * EXPR_DEPTH_MAX + 1) /* canonical text needs at most two levels a node */

struct parser {
    const struct token *t; /* the one to be read next */
    struct arena *arena;
    struct error *err;
    int depth;
};

static enum code parse_expr(struct parser *p, enum prec least, struct node **out);

static bool is_mark(const struct token *t, const char *mark)
{
    return t->kind == TOKEN_MARK && str_is(t->text, mark);
}

static bool is_word(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && str_is(t->text, word);
}

static bool take_mark(struct parser *p, const char *mark)
{
    bool found = is_mark(p->t, mark);
    p->t += found;
    return found;
}

static enum code expected(struct parser *p, const char *what)
{
    bool end = p->t->kind == TOKEN_END;
    struct str head = expr_head(p->t->text);
    return error_at(p->err, E_INPUT, p->t->line, p->t->column, "expected %s, not %s%.*s%s", what,
                    end ? "" : "'", STR_ARG(head), end ? "" : "'");
}

static enum code too_deep(struct parser *p, const struct token *t)
{
    return error_at(p->err, E_LIMIT, t->line, t->column,
                    "deeper than %d levels; a long sum is written sum(a, b, ...)", EXPR_DEPTH_MAX);
}

static struct node *node_new(struct parser *p, enum op op, const struct token *t)
{
    struct node *n = arena_alloc(p->arena, sizeof *n);
    n->op = op;
    n->line = t->line;
    n->column = t->column;
    n->height = 1;
    return n;
}

/* `tail` is where the next child goes; *tail is advanced. */
static void add_arg(struct node *n, struct node ***tail, struct node *arg)
{
    **tail = arg;
    *tail = &arg->next;
    n->args++;
    n->reads += arg->reads;
    if (n->height <= arg->height)
        n->height = arg->height + 1;
}

/* Each comparison evaluates its argument twice: forty within one another would never end. */
static enum code count_reads(struct parser *p, struct node *n, const struct token *t)
{
    n->reads *= n->fn != NULL ? n->fn->reads : 1;
    if (n->reads > EXPR_READS_MAX)
        return error_at(p->err, E_LIMIT, t->line, t->column,
                        "comparisons of comparisons: more than %d values to be read",
                        EXPR_READS_MAX);
    return OK;
}

static enum code node_finish(struct parser *p, struct node *n, const struct token *t,
                             struct node **out)
{
    if (n->height > EXPR_DEPTH_MAX)
        return too_deep(p, t);
    TRY(count_reads(p, n, t));
    *out = n;
    return OK;
}

/* ---- atoms ---- */

static bool is_unit(const struct token *t)
{
    return t->kind == TOKEN_QUOTED || is_mark(t, "%") || is_mark(t, "‰") ||
           (t->kind == TOKEN_WORD && !expr_is_keyword(t->text));
}

static struct node *parse_number(struct parser *p)
{
    struct node *n = node_new(p, OP_NUMBER, p->t);
    n->number = p->t->number;
    n->reads = 1;
    n->text = STR("");
    p->t++;
    if (is_unit(p->t))
        n->text = arena_dup(p->arena, p->t++->text);
    return n;
}

static struct node *parse_name(struct parser *p)
{
    struct node *n = node_new(p, OP_NAME, p->t);
    n->reads = 1;
    n->text = arena_dup(p->arena, p->t++->text);
    return n;
}

/* ---- calls ---- */

static enum code usage(struct parser *p, const struct token *t, const struct func *fn)
{
    return error_at(p->err, E_INPUT, t->line, t->column, "'%s' is written %s", fn->name, fn->usage);
}

static enum code parse_digits(struct parser *p, struct node *n)
{
    const struct token *t = p->t;
    if (t->kind != TOKEN_NUMBER || t->number.scale != 0 || t->number.units > DEC_SCALE_MAX)
        return expected(p, "a whole number of decimals, 0 to 18");
    n->number = t->number;
    p->t++;
    return OK;
}

static enum code parse_text(struct parser *p, struct node *n)
{
    if (p->t->kind != TOKEN_STRING && p->t->kind != TOKEN_QUOTED)
        return expected(p, n->param->kind == PARAM_PERIOD ? "a period in quotes, such as \"2024\""
                                                          : "a name in quotes, such as \"河南省\"");
    n->param_text = arena_dup(p->arena, p->t->text);
    struct error why = {0};
    if (n->param->kind == PARAM_PERIOD && period_parse(n->param_text, &n->period, &why) != OK)
        return error_at(p->err, E_INPUT, p->t->line, p->t->column, "%s", why.text);
    p->t++;
    return OK;
}

static enum code parse_param(struct parser *p, struct node *n, const struct param *param,
                             struct node ***tail)
{
    if (param->kind == PARAM_EXPR) {
        struct node *arg;
        TRY(parse_expr(p, PREC_OR, &arg));
        add_arg(n, tail, arg);
        return OK;
    }
    n->param = param;
    n->param_line = p->t->line;
    n->param_column = p->t->column;
    return param->kind == PARAM_DIGITS ? parse_digits(p, n) : parse_text(p, n);
}

/* The parameter that stands here: by its label, or by position. NULL: none. */
static const struct param *param_here(struct parser *p, const struct node *n)
{
    const struct func *fn = n->fn;
    bool labelled = p->t->kind == TOKEN_WORD && is_mark(p->t + 1, ":");
    for (size_t i = 0; i < 2; i++) {
        const struct param *param = &fn->param[i];
        if (param->kind == PARAM_NONE || n->args < fn->most)
            continue;
        if (param->label[0] == '\0')
            return param;
        if (labelled && is_word(p->t, param->label)) {
            p->t += 2;
            return param;
        }
    }
    return NULL;
}

static enum code parse_args(struct parser *p, struct node *n)
{
    const struct func *fn = n->fn;
    const struct token *from = p->t;
    struct node **tail = &n->arg;
    bool given = false;
    do {
        const struct param *param = given ? NULL : param_here(p, n);
        struct node *arg;
        if (param != NULL) {
            TRY(parse_param(p, n, param, &tail));
            given = true;
            continue;
        }
        if (given || (fn->most != ARGS_MANY && n->args == fn->most) || is_mark(p->t + 1, ":"))
            return usage(p, p->t, fn);
        TRY(parse_expr(p, PREC_OR, &arg));
        add_arg(n, &tail, arg);
    } while (take_mark(p, ","));
    if (n->args < fn->least || (fn->required && !given))
        return usage(p, from, fn);
    return take_mark(p, ")") ? OK : expected(p, "',' or ')'");
}

static enum code parse_call(struct parser *p, struct node **out)
{
    const struct token *t = p->t;
    struct node *n = node_new(p, OP_CALL, t);
    n->fn = func_find(t->text);
    if (n->fn == NULL) {
        struct str head = expr_head(t->text), all = func_names(p->arena);
        return error_at(p->err, E_INPUT, t->line, t->column,
                        "unknown function '%.*s'; there are %.*s (a name with brackets is written "
                        "`in backquotes`)",
                        STR_ARG(head), STR_ARG(all));
    }
    p->t += 2;
    if (is_mark(p->t, ")"))
        return usage(p, t, n->fn);
    TRY(parse_args(p, n));
    return node_finish(p, n, t, out);
}

/* ---- operators ---- */

static enum code parse_bracket(struct parser *p, struct node **out)
{
    p->t++;
    TRY(parse_expr(p, PREC_OR, out));
    return take_mark(p, ")") ? OK : expected(p, "')'");
}

static enum code parse_atom(struct parser *p, struct node **out)
{
    const struct token *t = p->t;
    if (is_mark(t, "("))
        return parse_bracket(p, out);
    if (t->kind == TOKEN_WORD && is_mark(t + 1, "("))
        return parse_call(p, out);
    if (t->kind == TOKEN_NUMBER)
        *out = parse_number(p);
    else if (t->kind == TOKEN_QUOTED || (t->kind == TOKEN_WORD && !expr_is_keyword(t->text)))
        *out = parse_name(p);
    else if (t->kind == TOKEN_STRING)
        return expected(p, "a name (names are written bare or `in backquotes`)");
    else
        return expected(p, "a name, a number or '('");
    return OK;
}

static enum code parse_prefix(struct parser *p, enum prec least, struct node **out)
{
    const struct token *t = p->t;
    bool not = is_word(t, "not");
    if (!not &&!is_mark(t, "-"))
        return parse_atom(p, out);
    if (not &&least > PREC_NOT)
        return expected(p, "a value ('not' needs brackets here)");
    p->t++;
    struct node *n = node_new(p, not ? OP_NOT : OP_NEG, t), *arg, **tail = &n->arg;
    TRY(parse_expr(p, op_info[n->op].prec, &arg));
    add_arg(n, &tail, arg);
    return node_finish(p, n, t, out);
}

/* OP_COUNT: no binary operator stands here. */
static enum op binary_here(const struct token *t)
{
    enum op op = OP_OR;
    while (op < OP_COUNT && !is_mark(t, op_info[op].text) && !is_word(t, op_info[op].text))
        op++;
    return op;
}

static enum code parse_binary(struct parser *p, enum op op, struct node **left)
{
    const struct token *t = p->t++;
    struct node *n = node_new(p, op, t), *right, **tail = &n->arg;
    TRY(parse_expr(p, op_info[op].prec + 1, &right));
    add_arg(n, &tail, *left);
    add_arg(n, &tail, right);
    return node_finish(p, n, t, left);
}

static enum code parse_chain(struct parser *p, enum prec least, struct node **out)
{
    bool compared = false;
    TRY(parse_prefix(p, least, out));
    for (;;) {
        enum op op = binary_here(p->t);
        if (op == OP_COUNT || op_info[op].prec < least)
            return OK;
        bool compares = op_info[op].prec == PREC_COMPARE;
        if (compares && compared)
            return expected(p, "'and' or the end (comparisons don't chain)");
        compared = compares;
        TRY(parse_binary(p, op, out));
    }
}

static enum code parse_expr(struct parser *p, enum prec least, struct node **out)
{
    if (p->depth == BRACKETS_MAX)
        return too_deep(p, p->t);
    p->depth++;
    TRY(parse_chain(p, least, out));
    p->depth--;
    return OK;
}

enum code expr_parse_tree(struct str text, struct arena *a, struct node **out, struct error *err)
{
    token_vec tokens = {0};
    enum code code = expr_lex(text, a, &tokens, err);
    struct parser p = {.t = tokens.v, .arena = a, .err = err};
    if (code == OK)
        code = parse_expr(&p, PREC_OR, out);
    if (code == OK && p.t->kind != TOKEN_END)
        code = expected(&p, "an operator or the end");
    vec_clear(&tokens);
    return code;
}
