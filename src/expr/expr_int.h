/* expr_int.h - the tree, the tokens and the table of functions, shared by the files of expr. */
#ifndef LUOSHU_EXPR_INT_H
#define LUOSHU_EXPR_INT_H
#include "expr.h"

/* ---- tokens (expr_lex.c) ---- */

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* a bare run of letters, digits, CJK, _ that is not all digits */
    TOKEN_QUOTED, /* `...` or “...”: a name; a text where one is expected */
    TOKEN_STRING, /* "..." */
    TOKEN_NUMBER,
    TOKEN_MARK /* an operator, bracket, comma, colon, % or ‰ in its canonical spelling */
};
struct token {
    enum token_kind kind;
    uint32_t line, column;
    struct str text; /* unescaped; canonical */
    struct dec number;
};
typedef VEC(struct token) token_vec;
/* The last two tokens are TOKEN_END. Texts are in the arena or borrowed from `text`. */
MUST_CHECK enum code expr_lex(struct str text, struct arena *a, token_vec *out, struct error *err);
bool expr_is_bare(struct str name); /* lexes as one TOKEN_WORD that is no keyword */
bool expr_is_keyword(struct str word);
struct str expr_head(struct str s); /* as much of it as a message quotes */

/* ---- functions (expr_func.c) ---- */

enum param_kind { PARAM_NONE, PARAM_ENTITY, PARAM_PERIOD, PARAM_DIGITS, PARAM_EXPR };
struct param {
    const char *label; /* "" = by position, after the expressions */
    enum param_kind kind;
};
#define ARGS_MANY 255
struct check;
struct eval;
struct node;
/* One row feeds parser, printer, checker and evaluator. */
struct func {
    const char *name;
    uint8_t least, most;    /* expressions before the parameter */
    struct param param[2];  /* at most one of them is given */
    bool required;          /* one has to be */
    uint8_t reads;          /* how often an argument is evaluated */
    const char *usage;
    enum code (*type)(struct check *c, struct node *n);
    enum code (*eval)(const struct eval *v, const struct node *n, const struct expr_where *w,
                      struct expr_value *out);
};
const struct func *func_find(struct str name);
struct str func_names(struct arena *a); /* "share, ratio, ..." for messages */

/* ---- the tree ---- */

enum op {
    OP_NUMBER, OP_NAME, OP_CALL, OP_NOT, OP_NEG,
    OP_OR, OP_AND, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_NE, OP_ADD, OP_SUB, OP_MUL, OP_DIV,
    OP_COUNT
};
/* Binding strength: what stands in a tighter place needs brackets. */
enum prec { PREC_OR = 1, PREC_AND, PREC_NOT, PREC_COMPARE, PREC_ADD, PREC_MUL, PREC_NEG, PREC_ATOM };
struct op_info {
    const char *text; /* canonical spelling of a binary or prefix operator */
    enum prec prec;
    bool binary;
};
extern const struct op_info op_info[OP_COUNT];

enum { VARIES_PERIOD = 1, VARIES_ENTITY = 2 };
struct node {
    enum op op;
    uint32_t line, column, height, args;
    uint32_t reads; /* evaluations of leaves that this costs */
    struct node *arg, *next;   /* first child; next sibling */
    struct str text;           /* OP_NAME: the name; OP_NUMBER: the unit's symbol or "" */
    struct dec number;         /* OP_NUMBER; units of PARAM_DIGITS */
    const struct func *fn;     /* OP_CALL */
    const struct param *param; /* given, and no expression */
    struct str param_text;
    uint32_t param_line, param_column;
    struct period period; /* PARAM_PERIOD */
    /* set by expr_check */
    struct expr_type type;
    struct rat value; /* OP_NUMBER in base units */
    uint32_t id;      /* OP_NAME */
    uint32_t entity;  /* PARAM_ENTITY */
    uint32_t varies;
};
struct expr {
    struct arena arena;
    struct node *root;
    struct str text; /* canonical */
    VEC(struct str) names;
    bool checked;
};

/* expr_parse.c */
MUST_CHECK enum code expr_parse_tree(struct str text, struct arena *a, struct node **out,
                                     struct error *err);
/* expr.c */
void expr_print(const struct node *n, struct buf *out);

/* ---- checking (expr_check.c) and evaluating (expr_eval.c) of the functions of the table ---- */

struct check {
    const struct expr_env *env;
    struct error *err;
};
enum code type_share(struct check *c, struct node *n);
enum code type_ratio(struct check *c, struct node *n);
enum code type_growth(struct check *c, struct node *n);
enum code type_pp(struct check *c, struct node *n);
enum code type_diff(struct check *c, struct node *n);
enum code type_contribution(struct check *c, struct node *n);
enum code type_pull(struct check *c, struct node *n);
enum code type_at(struct check *c, struct node *n);
enum code type_of(struct check *c, struct node *n);
enum code type_index(struct check *c, struct node *n);
enum code type_sum(struct check *c, struct node *n);
enum code type_least(struct check *c, struct node *n); /* min, max */
enum code type_same(struct check *c, struct node *n);  /* abs, round */
enum code type_if(struct check *c, struct node *n);
enum code type_coalesce(struct check *c, struct node *n);

struct eval {
    const struct expr_env *env;
    struct rat near_zero;
    struct error *err;
};
#define EVAL_ARGS                                                                                  \
    const struct eval *v, const struct node *n, const struct expr_where *w, struct expr_value *out
enum code eval_share(EVAL_ARGS);
enum code eval_ratio(EVAL_ARGS);
enum code eval_growth(EVAL_ARGS); /* yoy, growth */
enum code eval_diff(EVAL_ARGS);   /* pp, diff */
enum code eval_contribution(EVAL_ARGS);
enum code eval_pull(EVAL_ARGS);
enum code eval_moved(EVAL_ARGS); /* at, of */
enum code eval_index(EVAL_ARGS);
enum code eval_sum(EVAL_ARGS);
enum code eval_min(EVAL_ARGS);
enum code eval_max(EVAL_ARGS);
enum code eval_abs(EVAL_ARGS);
enum code eval_round(EVAL_ARGS);
enum code eval_if(EVAL_ARGS);
enum code eval_coalesce(EVAL_ARGS);
#endif
