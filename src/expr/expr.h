/* expr.h - one small expression language over totals, with units checked before anything is computed.
 *
 *     规上工业利润 / 规上工业营业收入                     share(规上工业增加值, of: "河南省") > 10%
 *     pull(`第二产业增加值`, to: GDP)                     if(yoy(用电量) < -20%, 1, 0)
 *
 * parse (text -> tree) -> check (names, units, entities; types) -> eval (exact rationals). The caller
 * gives names, units and values through struct expr_env; this module knows no data of its own.
 * Values are in base units. What is dimensionless is a pure number: 50 % is 1/2, 5 百分点 is 1/20.
 * The grammar is in README.md. */
#ifndef LUOSHU_EXPR_H
#define LUOSHU_EXPR_H
#include "model/model.h"

#define EXPR_BYTES_MAX 4096 /* of the text, and of its canonical form */
#define EXPR_DEPTH_MAX 64   /* of the tree; sum(a, b, ...) is one level. Brackets: twice as deep */
#define EXPR_READS_MAX 4096 /* leaves evaluated by one expr_eval; a comparison reads twice */
#define EXPR_DIMS_MAX 4

/* ---- types --------------------------------------------------------------------------------- */

/* How a value behaves; two values of one dimension may differ in this. */
enum expr_nature {
    EXPR_AMOUNT,       /* adds: 元, 家, or a pure number when there is no dimension */
    EXPR_RATIO,        /* part / whole, a / b, 元/人: doesn't add; a difference of two % is POINTS */
    EXPR_RATE,         /* growth 增速, %: doesn't add */
    EXPR_POINTS,       /* 百分点, 拉动: adds */
    EXPR_CONTRIBUTION, /* 贡献率, %: adds */
    EXPR_INDEX,        /* 点, base = 100: doesn't add */
    EXPR_RANK,         /* 位: nothing but comparison and difference */
    EXPR_TRUTH,        /* 1 or 0 */
    EXPR_NATURES
};
struct expr_dim {
    uint32_t dimension; /* id of the caller; never that of % or another pure number */
    int32_t power;      /* not 0 */
};
struct expr_type {
    enum expr_nature nature;
    uint32_t unit; /* the caller's unit to show it in; 0: % / 百分点 / base units, by expr_unit_text */
    uint32_t dims; /* used of dim[]; 0 = pure number */
    struct expr_dim dim[EXPR_DIMS_MAX]; /* by id, ascending; 元/人 = {元, 1}, {人, -1} */
};

/* ---- values ---------------------------------------------------------------------------------- */

enum expr_reason {
    EXPR_NONE,              /* there is a value */
    EXPR_MISSING,           /* "missing" */
    EXPR_MISSING_BASE,      /* "missing-base": of the period, entity or whole compared with */
    EXPR_DIVISION_BY_ZERO,  /* "division-by-zero" */
    EXPR_GROWTH_NEAR_ZERO,  /* "growth-near-zero": contribution to a whole that stands still */
    EXPR_NOT_POSITIVE_BASE, /* "not-positive-base": growth from 0 or from a loss */
    EXPR_WITHHELD,          /* "withheld" */
    EXPR_OFFLINE,           /* "offline" */
    EXPR_OVER_LIMIT,        /* "over-limit" */
    EXPR_NOT_ADDITIVE,      /* "not-additive": given by fetch where there is no total to compute from */
    EXPR_OVERFLOW,          /* "overflow": an exact intermediate left 128 bits */
    EXPR_UNIT_MISMATCH,     /* "unit-mismatch": given by fetch where series differ in unit */
    EXPR_REASONS
};
const char *expr_reason_name(enum expr_reason r); /* the word in quotes above; "" for EXPR_NONE */

enum expr_flag {
    EXPR_SIGN_FLIPPED = 1 /* "sign-flipped": contribution to a whole that shrinks, share of a loss */
};
struct expr_value {
    enum expr_reason reason; /* EXPR_NONE: v holds; else null, and v is {0, 1} */
    uint32_t flags;
    struct rat v;
    uint32_t line, column; /* of the term that made it null; fetch leaves them 0 */
};

/* ---- what the caller gives -------------------------------------------------------------------- */

struct expr_name {
    uint32_t id; /* handed to fetch; any meaning */
    struct expr_type type;
};
struct expr_unit {
    struct expr_type type; /* type.unit = its id; nature EXPR_AMOUNT unless %, 百分点, 点, 位 */
    struct rat factor;     /* 1 unit = factor base units; 1/100 for % and 百分点 */
};
/* Where a name is to be read, relative to what was asked. Zeroed: entity and period as asked. */
struct expr_where {
    uint32_t entity; /* 0 = the asked one, else an id made by env.entity */
    uint32_t up;     /* 0 = itself, 1 = its parent in the grouping asked, 2 = the parent's, ... */
    bool named;      /* `period` is given, else the asked one */
    struct period period;
    int32_t years_back; /* from that period: 1 = the same period of the year before */
    bool base; /* read as the base of a comparison: a "missing" becomes a "missing-base" by itself */
};
struct expr_env {
    void *ctx;
    /* fails E_MISSING, E_CONFLICT; line and column are filled in by expr_check, here and below */
    enum code (*name)(void *ctx, struct str name, struct expr_name *out, struct error *err);
    enum code (*unit)(void *ctx, struct str symbol, struct expr_unit *out, struct error *err);
    enum code (*entity)(void *ctx, struct str text, uint32_t *id, struct error *err);
    /* Symbol of a dimension's base unit, for messages and compound units. */
    struct str (*dimension)(void *ctx, uint32_t dimension);
    /* Symbol of a unit id. May be NULL: base units are shown. */
    struct str (*unit_symbol)(void *ctx, uint32_t unit);
    /* The total of a name, in base units (1/2 for 50 %), or null with a reason. A failure ends the
     * evaluation; a value that is not there is no failure. */
    enum code (*fetch)(void *ctx, uint32_t id, const struct expr_where *where,
                       struct expr_value *out, struct error *err);
    /* contribution() is null where |growth of the whole| < near_zero, or is 0. {0, 0} (unset) is the
     * default 0.05 %: what is printed as 0.0 %. {0, 1}: only where it is exactly 0. */
    struct rat near_zero;
};

/* ---- the language -------------------------------------------------------------------------------- */

struct expr; /* a tree; opaque */

/* out    *out is the caller's, given back with expr_free
 * fails  E_INPUT at line and column (columns count code points); E_LIMIT too long or too deep */
MUST_CHECK enum code expr_parse(struct str text, struct expr **out, struct error *err);
void expr_free(struct expr *e); /* NULL allowed */

/* Canonical text, borrowed from e; parse(text(e)) is the same tree with the same text. */
struct str expr_text(const struct expr *e);
bool expr_same(const struct expr *a, const struct expr *b); /* trees, not places */
/* Names of indicators in order of first appearance, each once; borrowed from e. */
const struct str *expr_names(const struct expr *e, size_t *count);
/* Is the text nothing but a name (and which)? Spares a caller the formula path. */
bool expr_is_name(const struct expr *e, struct str *name);

/* Resolve names, units, entities and periods, and check types. May be called again with another env.
 * out    the type of the result; may be NULL
 * fails  E_INPUT a unit or type error at line and column, naming both sides; what env's calls say */
MUST_CHECK enum code expr_check(struct expr *e, const struct expr_env *env, struct expr_type *out,
                                struct error *err);
/* Only after expr_check with an env of the same meaning; e is not changed, so threads may share it.
 * `where`: NULL or where the whole is to be read (where.base is ignored).
 * fails  what fetch fails with; else *out is a value or null with the first reason met */
MUST_CHECK enum code expr_eval(const struct expr *e, const struct expr_env *env,
                               const struct expr_where *where, struct expr_value *out,
                               struct error *err);
/* The type found by the last expr_check. */
struct expr_type expr_type(const struct expr *e);

/* ---- showing --------------------------------------------------------------------------------------- */

const char *expr_nature_name(enum expr_nature n); /* "amount" "ratio" "rate" ... */
/* Unit in which a result of this type is shown by default: "%", "百分点", "元", "元/人", "" ... */
void expr_unit_text(const struct expr_type *t, const struct expr_env *env, struct buf *out);
/* 1 default unit = this many base units, when type.unit is 0: 1/100 for % and 百分点, else 1. */
struct rat expr_unit_factor(const struct expr_type *t);
/* v (base units) in a unit of `factor` base units, rounded half away from zero to n decimals.
 * fails  E_RANGE more than 64 bits, n > DEC_SCALE_MAX, or factor is 0 */
MUST_CHECK enum code expr_dec(struct rat v, struct rat factor, unsigned n, struct dec *out,
                              struct error *err);

/* ---- types of the model ------------------------------------------------------------------------------ */

/* The type of values stored in `unit`'s dimension, as told by kind and measure, and what one base
 * unit of that dimension is here: 1/100 where it is % or 百分点, 10000 where it is 万元/亩, which becomes
 * 元 and 亩 ({money, 1}, {area, -1}) as both are units of the model; else 1.
 * type.unit = unit; 0 where the default unit of the nature serves: %, 百分点, 点, 位. */
void expr_model_type(const struct model *m, uint32_t unit, enum fact_kind kind, enum measure measure,
                     struct expr_type *type, struct rat *factor);
/* expr_env.unit over a model. fails E_MISSING unknown unit */
MUST_CHECK enum code expr_model_unit(const struct model *m, struct str symbol,
                                     struct expr_unit *out, struct error *err);
#endif
