/* expr_func.c - the functions of the language: one row each. */
#include "expr_int.h"

#define READS_ONCE 1
#define READS_TWICE 2 /* here, and where the base or the whole is */

/* clang-format off */
static const struct func funcs[] = {
    {"share", 1, 1, {{"of", PARAM_ENTITY}}, false, READS_TWICE,
     "share(x) or share(x, of: \"河南省\")", type_share, eval_share},
    {"ratio", 2, 2, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "ratio(a, b)", type_ratio, eval_ratio},
    {"yoy", 1, 1, {{NULL, PARAM_NONE}}, false, READS_TWICE,
     "yoy(x)", type_growth, eval_growth},
    {"growth", 1, 1, {{"since", PARAM_PERIOD}}, true, READS_TWICE,
     "growth(x, since: \"2020\")", type_growth, eval_growth},
    {"pp", 1, 1, {{"vs", PARAM_ENTITY}, {"since", PARAM_PERIOD}}, false, READS_TWICE,
     "pp(x), pp(x, vs: \"全国\") or pp(x, since: \"2020\")", type_pp, eval_diff},
    {"diff", 1, 1, {{"vs", PARAM_ENTITY}, {"since", PARAM_PERIOD}}, false, READS_TWICE,
     "diff(x), diff(x, vs: \"全国\") or diff(x, since: \"2020\")", type_diff, eval_diff},
    {"contribution", 1, 1, {{"to", PARAM_EXPR}}, true, READS_TWICE,
     "contribution(x, to: y)", type_contribution, eval_contribution},
    {"pull", 1, 1, {{"to", PARAM_EXPR}}, true, READS_TWICE,
     "pull(x, to: y)", type_pull, eval_pull},
    {"at", 1, 1, {{"", PARAM_PERIOD}}, true, READS_ONCE,
     "at(x, \"2024\")", type_at, eval_moved},
    {"of", 1, 1, {{"", PARAM_ENTITY}}, true, READS_ONCE,
     "of(x, \"河南省\")", type_of, eval_moved},
    {"index", 1, 1, {{"base", PARAM_PERIOD}}, true, READS_TWICE,
     "index(x, base: \"2020\")", type_index, eval_index},
    {"sum", 1, ARGS_MANY, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "sum(a, b, ...)", type_sum, eval_sum},
    {"min", 1, ARGS_MANY, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "min(a, b, ...)", type_least, eval_min},
    {"max", 1, ARGS_MANY, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "max(a, b, ...)", type_least, eval_max},
    {"abs", 1, 1, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "abs(x)", type_same, eval_abs},
    {"round", 1, 1, {{"", PARAM_DIGITS}}, true, READS_ONCE,
     "round(x, 2)", type_same, eval_round},
    {"if", 3, 3, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "if(condition, a, b)", type_if, eval_if},
    {"coalesce", 2, ARGS_MANY, {{NULL, PARAM_NONE}}, false, READS_ONCE,
     "coalesce(a, b, ...)", type_coalesce, eval_coalesce},
};
/* clang-format on */
#define FUNC_COUNT (sizeof funcs / sizeof *funcs)

const struct func *func_find(struct str name)
{
    for (size_t i = 0; i < FUNC_COUNT; i++)
        if (str_is(name, funcs[i].name))
            return &funcs[i];
    return NULL;
}

struct str func_names(struct arena *a)
{
    struct str all = STR("");
    for (size_t i = 0; i < FUNC_COUNT; i++)
        all = arena_fmt(a, "%.*s%s%s", STR_ARG(all), i == 0 ? "" : ", ", funcs[i].name);
    return all;
}
