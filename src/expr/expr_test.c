/* expr_test.c - the language against tables of {expression, want, why}, the golden figures of
 * published statistics, and the laws that shares, pulls and contributions keep. */
#include "base/test.h"
#include "expr/expr.h"

/* ---- a small world: 洛阳市 (asked) in 河南省 in 全国, asked for 2024 ---- */

enum { LUOYANG = 1, HENAN, NATION };
enum { MONEY = 1, COUNT_OF, PERSON, AREA };
enum { UNIT_YI = 1, UNIT_JIA, UNIT_REN }; /* 亿元 家 人 */
#define YI ((int64_t)100000000)

/* clang-format off */
static const struct word {
    const char *name;
    struct expr_type type;
} words[] = {
    {"利润", {EXPR_AMOUNT, UNIT_YI, 1, {{MONEY, 1}}}},
    {"收入", {EXPR_AMOUNT, UNIT_YI, 1, {{MONEY, 1}}}},
    {"亏损", {EXPR_AMOUNT, UNIT_YI, 1, {{MONEY, 1}}}},
    {"GDP", {EXPR_AMOUNT, UNIT_YI, 1, {{MONEY, 1}}}},
    {"二产", {EXPR_AMOUNT, UNIT_YI, 1, {{MONEY, 1}}}},
    {"人数", {EXPR_AMOUNT, UNIT_REN, 1, {{PERSON, 1}}}},
    {"企业数", {EXPR_AMOUNT, UNIT_JIA, 1, {{COUNT_OF, 1}}}},
    {"5G基站数", {EXPR_AMOUNT, UNIT_JIA, 1, {{COUNT_OF, 1}}}},
    {"省级以上绿色工厂(园区)数", {EXPR_AMOUNT, UNIT_JIA, 1, {{COUNT_OF, 1}}}},
    {"重点“小巨人”企业", {EXPR_AMOUNT, UNIT_JIA, 1, {{COUNT_OF, 1}}}},
    {"人均", {EXPR_RATIO, 0, 2, {{PERSON, -1}, {MONEY, 1}}}},
    {"利润率", {.nature = EXPR_RATIO}},
    {"增速", {.nature = EXPR_RATE}},
    {"贡献", {.nature = EXPR_CONTRIBUTION}},
    {"拉动", {.nature = EXPR_POINTS}},
    {"指数", {.nature = EXPR_INDEX}},
    {"排名", {.nature = EXPR_RANK}},
};
/* clang-format on */

/* clang-format off */
static const struct datum {
    const char *name;
    uint32_t entity;
    int year;
    int64_t num, den;
    enum expr_reason reason;
} data[] = {
    {"利润", LUOYANG, 2024, 100 * YI, 1, 0},
    {"利润", LUOYANG, 2023, 80 * YI, 1, 0},
    {"利润", LUOYANG, 2020, 50 * YI, 1, 0},
    {"利润", HENAN, 2024, 400 * YI, 1, 0},
    {"利润", HENAN, 2023, 380 * YI, 1, 0},
    {"利润", NATION, 2024, 0, 1, EXPR_WITHHELD},
    {"收入", LUOYANG, 2024, 1250 * YI, 1, 0},
    {"收入", LUOYANG, 2023, 1600 * YI, 1, 0},
    {"收入", HENAN, 2024, 8000 * YI, 1, 0},
    {"亏损", LUOYANG, 2024, 10 * YI, 1, 0},
    {"亏损", LUOYANG, 2023, -5 * YI, 1, 0},
    {"亏损", HENAN, 2024, -40 * YI, 1, 0},
    /* Guangdong 2009, comparable prices: level, and level less the printed increment */
    {"GDP", LUOYANG, 2009, 3908159000000, 1, 0},
    {"GDP", LUOYANG, 2008, 3908159000000 - 339005000000, 1, 0},
    {"二产", LUOYANG, 2009, 1927048000000, 1, 0},
    {"二产", LUOYANG, 2008, 1927048000000 - 154231000000, 1, 0},
    /* a whole that grows by 0.04 %, shrinks, stands still */
    {"GDP", LUOYANG, 2012, 100040, 1, 0},
    {"GDP", LUOYANG, 2011, 100000, 1, 0},
    {"GDP", LUOYANG, 2014, 90000, 1, 0},
    {"GDP", LUOYANG, 2013, 100000, 1, 0},
    {"GDP", LUOYANG, 2016, 100000, 1, 0},
    {"GDP", LUOYANG, 2015, 100000, 1, 0},
    {"二产", LUOYANG, 2012, 50030, 1, 0},
    {"二产", LUOYANG, 2011, 50000, 1, 0},
    {"二产", LUOYANG, 2014, 45000, 1, 0},
    {"二产", LUOYANG, 2013, 50000, 1, 0},
    {"二产", LUOYANG, 2016, 50000, 1, 0},
    {"二产", LUOYANG, 2015, 40000, 1, 0},
    {"人数", LUOYANG, 2024, 20000, 1, 0},
    {"企业数", LUOYANG, 2024, 12, 1, 0},
    {"企业数", LUOYANG, 2023, 0, 1, 0},
    {"企业数", HENAN, 2024, 0, 1, 0},
    {"5G基站数", LUOYANG, 2024, 7, 1, 0},
    {"省级以上绿色工厂(园区)数", LUOYANG, 2024, 138, 1, 0},
    {"省级以上绿色工厂(园区)数", HENAN, 2024, 1290, 1, 0},
    {"重点“小巨人”企业", LUOYANG, 2024, 0, 1, EXPR_OFFLINE},
    {"人均", LUOYANG, 2024, 500000, 1, 0},
    {"利润率", LUOYANG, 2024, 634, 10000, 0},
    {"利润率", LUOYANG, 2023, 447, 10000, 0},
    {"利润率", HENAN, 2024, 414, 10000, 0},
    {"增速", LUOYANG, 2024, 88, 1000, 0},
    {"增速", LUOYANG, 2023, 50, 1000, 0},
    {"贡献", LUOYANG, 2024, 47, 100, 0},
    {"拉动", LUOYANG, 2024, 19, 1000, 0},
    {"指数", LUOYANG, 2024, 3294, 100, 0},
    {"指数", LUOYANG, 2023, 2944, 100, 0},
    {"排名", LUOYANG, 2024, 65, 1, 0},
    {"排名", LUOYANG, 2023, 284, 1, 0},
};
/* clang-format on */

static enum code world_name(void *ctx, struct str name, struct expr_name *out, struct error *err)
{
    (void)ctx;
    for (uint32_t i = 0; i < COUNT(words); i++)
        if (str_is(name, words[i].name)) {
            *out = (struct expr_name){i, words[i].type};
            return OK;
        }
    return error_set(err, E_MISSING, "unknown indicator '%.*s'", STR_ARG(name));
}

static enum code world_unit(void *ctx, struct str symbol, struct expr_unit *out, struct error *err)
{
    /* clang-format off */
    static const struct {
        const char *symbol;
        struct expr_unit unit;
    } units[] = {
        {"亿元", {{EXPR_AMOUNT, UNIT_YI, 1, {{MONEY, 1}}}, {YI, 1}}},
        {"万元", {{EXPR_AMOUNT, 0, 1, {{MONEY, 1}}}, {10000, 1}}},
        {"元", {{EXPR_AMOUNT, 0, 1, {{MONEY, 1}}}, {1, 1}}},
        {"家", {{EXPR_AMOUNT, UNIT_JIA, 1, {{COUNT_OF, 1}}}, {1, 1}}},
        {"台(套)", {{EXPR_AMOUNT, UNIT_JIA, 1, {{COUNT_OF, 1}}}, {1, 1}}},
        {"人", {{EXPR_AMOUNT, UNIT_REN, 1, {{PERSON, 1}}}, {1, 1}}},
        {"亩", {{EXPR_AMOUNT, 0, 1, {{AREA, 1}}}, {1, 1}}},
        {"位", {{.nature = EXPR_RANK}, {1, 1}}},
    };
    /* clang-format on */
    (void)ctx;
    for (size_t i = 0; i < COUNT(units); i++)
        if (str_is(symbol, units[i].symbol)) {
            *out = units[i].unit;
            return OK;
        }
    return error_set(err, E_MISSING, "unknown unit '%.*s'", STR_ARG(symbol));
}

static enum code world_entity(void *ctx, struct str text, uint32_t *id, struct error *err)
{
    (void)ctx;
    *id = str_is(text, "洛阳市") ? LUOYANG : str_is(text, "河南省") ? HENAN : NATION;
    if (*id == NATION && !str_is(text, "全国"))
        return error_set(err, E_MISSING, "unknown entity '%.*s'", STR_ARG(text));
    return OK;
}

static struct str world_dimension(void *ctx, uint32_t dimension)
{
    static const char *const bases[] = {"", "元", "家", "人", "亩"};
    (void)ctx;
    return str_z(bases[dimension]);
}

static struct str world_symbol(void *ctx, uint32_t unit)
{
    static const char *const symbols[] = {"", "亿元", "家", "人"};
    (void)ctx;
    return str_z(symbols[unit]);
}

static enum code world_fetch(void *ctx, uint32_t id, const struct expr_where *w,
                             struct expr_value *out, struct error *err)
{
    int year = 2024, month, day;
    (void)ctx;
    (void)err;
    if (w->named)
        day_split(w->period.first, &year, &month, &day);
    year -= w->years_back;
    uint32_t entity = (w->entity != 0 ? w->entity : LUOYANG) + w->up;
    *out = (struct expr_value){.reason = EXPR_MISSING};
    for (size_t i = 0; i < COUNT(data); i++) {
        const struct datum *d = &data[i];
        if (strcmp(d->name, words[id].name) != 0 || d->entity != entity || d->year != year)
            continue;
        out->reason = d->reason;
        return rat_make(d->num, d->den, &out->v, err);
    }
    return OK;
}

/* clang-format off */
static const struct expr_env world = {
    .name = world_name, .unit = world_unit, .entity = world_entity, .dimension = world_dimension,
    .unit_symbol = world_symbol, .fetch = world_fetch,
};
/* clang-format on */

static struct rat unit_of(const struct expr_type *t)
{
    return t->unit == UNIT_YI ? (struct rat){YI, 1} : expr_unit_factor(t);
}

static bool run(const char *text, const struct expr_env *env, struct expr_type *t,
                struct expr_value *v, struct error *err)
{
    struct expr *e = NULL;
    bool good = expr_parse(str_z(text), &e, err) == OK && expr_check(e, env, t, err) == OK &&
                expr_eval(e, env, NULL, v, err) == OK;
    expr_free(e);
    return good;
}

/* "6.34 %", "missing-base", "50 % sign-flipped", "true"; up to four decimals */
static void show(const struct expr_type *t, const struct expr_value *v, char out[200])
{
    struct buf unit;
    struct dec d;
    char digits[DEC_TEXT];
    if (v->reason != EXPR_NONE || t->nature == EXPR_TRUTH) {
        snprintf(out, 200, "%s",
                 v->reason != EXPR_NONE ? expr_reason_name(v->reason)
                 : rat_sign(v->v) != 0  ? "true"
                                        : "false");
        return;
    }
    buf_init(&unit, 100);
    expr_unit_text(t, &world, &unit);
    assert_int_equal(expr_dec(v->v, unit_of(t), 4, &d, NULL), OK);
    dec_text_short(d.units, d.scale, 0, digits);
    snprintf(out, 200, "%s%s%.*s%s", digits, unit.len > 0 ? " " : "", STR_ARG(buf_str(&unit)),
             v->flags & EXPR_SIGN_FLIPPED ? " sign-flipped" : "");
    buf_clear(&unit);
}

struct row {
    const char *text, *want, *why;
};

static void check_values(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct expr_type t = {0};
        struct expr_value v = {0};
        struct error err = {0};
        char got[200];
        if (!run(rows[i].text, &world, &t, &v, &err))
            fail_msg("%s: %s", rows[i].text, err.text);
        show(&t, &v, got);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s: got '%s', want '%s' (%s)", rows[i].text, got, rows[i].want, rows[i].why);
    }
}

static void values(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct row rows[] = {
        {"1 + 2 * 3", "7", "products bind tighter"},
        {"(1 + 2) * 3", "9", "brackets"},
        {"1 - 2 - 3", "-4", "sums lean left"},
        {"8 / 4 / 2", "1", "products too"},
        {"-2 * -3", "6", "minus binds tightest"},
        {"1/3 + 1/3 + 1/3 = 1", "true", "exact"},
        {"利润", "100 亿元", "a name"},
        {"利润 / 收入", "8 %", "profit margin 营业收入利润率: of one dimension, in %"},
        {"ratio(利润, 收入)", "8 %", "the same, said"},
        {"利润 * 100 / 收入", "800 %", "% is a unit, not a factor"},
        {"利润 / 人数", "500000 元/人", "a compound"},
        {"利润 / 人数 = 人均", "true", "and comparable with one that is reported"},
        {"人均 * 人数", "10000000000 元", "back again, in base units"},
        {"利润 / 人均", "20000 人", "and the other way"},
        {"利润 / 1 亩 / 1 亩", "10000000000 元/亩^2", "powers"},
        {"1 / 1 亩", "1 1/亩", "nothing above the stroke"},
        {"利润 + 5000 万元", "100.5 亿元", "one dimension, two units"},
        {"利润 + 收入 > 1000 亿元", "true", "a threshold"},
        {"share(利润)", "25 %", "of the parent"},
        {"share(利润, of: \"河南省\")", "25 %", "of a named whole"},
        {"share(利润 + 收入)", "16.0714 %", "a ratio of sums, not a sum of ratios"},
        {"share(`省级以上绿色工厂(园区)数`, of: “河南省”)", "10.6977 %", "138家、占全省10.7%"},
        {"1 - share(利润)", "75 %", "the rest"},
        {"yoy(利润)", "25 %", "growth"},
        {"yoy(利润 / 收入)", "60 %", "relative growth of a ratio, computed from totals"},
        {"growth(利润, since: \"2020\")", "100 %", "since a base"},
        {"yoy(利润率)", "41.8345 %", "工业利润率6.34%, 同比提高41.8% is relative"},
        {"pp(利润率)", "1.87 百分点", "the same as a difference"},
        {"pp(利润率, vs: \"河南省\")", "2.2 百分点", "高于全省2.2个百分点"},
        {"pp(增速, since: \"2023\")", "3.8 百分点", "since a named period"},
        {"diff(利润)", "20 亿元", "absolute"},
        {"diff(利润, vs: \"河南省\")", "-300 亿元", "against another"},
        {"diff(利润率)", "1.87 百分点", "of a percentage"},
        {"diff(指数)", "3.5", "of an index"},
        {"diff(排名)", "219", "上升219位: better ranks are positive"},
        {"index(利润, base: \"2020\")", "200 点", "100 x now / base"},
        {"at(利润, \"2020\")", "50 亿元", "a named period"},
        {"of(利润, \"河南省\")", "400 亿元", "a named entity"},
        {"at(yoy(of(利润, \"河南省\")), \"2024\")", "5.2632 %", "moved together"},
        {"yoy(利润 / at(利润, \"2020\"))", "25 %", "a fixed base does not move"},
        {"增速 - yoy(利润)", "-16.2 百分点", "a difference of rates"},
        {"增速 + 1 百分点", "9.8 %", "a rate moved by points"},
        {"(1 + 增速) / (1 + yoy(利润)) - 1", "-12.96 %", "change of energy per value added"},
        {"40% * 增速 + 60% * yoy(利润)", "18.52 百分点", "weighted growth: pulls add"},
        {"贡献 * 增速", "4.136 百分点", "pull = growth x contribution"},
        {"拉动 / 增速", "21.5909 %", "contribution = pull / growth"},
        {"contribution(利润, to: 利润)", "100 %", "of itself"},
        {"sum(利润, 收入, 1 亿元)", "1351 亿元", "flat"},
        {"sum(利润)", "100 亿元", "of one"},
        {"min(利润, 收入, 3 亿元)", "3 亿元", "smallest"},
        {"max(0, 亏损, -5 亿元)", "10 亿元", "0 has every unit"},
        {"abs(-利润)", "100 亿元", "absolute value"},
        {"round(share(利润 + 收入), 1)", "16.1 %", "decimals of a %"},
        {"round(-25 / 10, 0)", "-3", "half away from zero"},
        {"if(yoy(利润) > 20%, 利润, 0)", "100 亿元", "a choice"},
        {"if(yoy(利润) > 30%, 利润, 0)", "0 亿元", "0 takes the unit"},
        {"coalesce(at(利润, \"1999\"), 利润)", "100 亿元", "the first there is"},
        {"5G基站数 >= 7 家", "true", "a name that begins with a digit"},
        {"排名 <= 100", "true", "a rank against a number"},
        {"排名 <= 10 位", "false", "and against its unit"},
        {"指数 > 30", "true", "an index against a number"},
        {"yoy(利润) > 0", "true", "0 has every unit"},
        {"5‰ = 0.5%", "true", "per mille"},
        {"not 1 > 2 and 2 > 1", "true", "not binds tighter than and"},
        {"1 > 2 or 2 > 1 and 1 > 2", "false", "and tighter than or"},
        {"(1 > 2) = (2 > 3)", "true", "truth values are equal or not"},
        {"利润 × 2 ÷ （1 ＋ 1） ≥ 利润", "true", "signs of a Chinese keyboard"},
    };
    /* clang-format on */
    check_values(rows, COUNT(rows));
}

/* I3 */
static void nulls(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct row rows[] = {
        {"at(利润, \"1999\")", "missing", "no value is not zero"},
        {"at(利润, \"1999\") * 0", "missing", "not even times zero"},
        {"growth(利润, since: \"1999\")", "missing-base", "no base"},
        {"yoy(at(利润, \"1999\") + 利润)", "missing", "the first reason: here before the base"},
        {"of(利润, \"全国\")", "withheld", "not shown is not missing"},
        {"share(利润, of: \"全国\")", "withheld", "nor is it a missing base"},
        {"`重点“小巨人”企业`", "offline", "states stay distinct"},
        {"share(of(人数, \"全国\") + 人数)", "missing", "first reason"},
        {"share(人数)", "missing-base", "the whole is not known"},
        {"1 / 0", "division-by-zero", "exactly"},
        {"ratio(利润, 利润 - 利润)", "division-by-zero", "computed"},
        {"share(企业数)", "division-by-zero", "the whole is 0"},
        {"yoy(企业数)", "not-positive-base", "growth from nothing"},
        {"yoy(亏损)", "not-positive-base", "growth from a loss"},
        {"pull(利润, to: 亏损)", "not-positive-base", "pull on a loss"},
        {"contribution(利润, to: 亏损)", "not-positive-base", "contribution to one"},
        {"index(亏损, base: \"2023\")", "not-positive-base", "index on one"},
        {"share(亏损)", "-25 % sign-flipped", "share of a loss, marked"},
        {"at(contribution(二产, to: GDP), \"2012\")", "growth-near-zero", "0.04 % prints as 0.0"},
        {"at(contribution(二产, to: GDP), \"2016\")", "growth-near-zero", "stands still"},
        {"at(pull(二产, to: GDP), \"2016\")", "10 百分点", "a pull is still a pull"},
        {"at(contribution(二产, to: GDP), \"2014\")", "50 % sign-flipped", "a shrinking whole"},
        {"9000000000000000000 * 9000000000000000000 * 9000000000000000000", "overflow", "128 bits"},
        {"1 / 0 + at(利润, \"1999\") / 利润", "division-by-zero", "left before right"},
        {"at(利润, \"1999\") > 0", "missing", "a comparison with null is null"},
        {"1 > 2 and at(利润, \"1999\") > 0", "false", "false and null"},
        {"at(利润, \"1999\") > 0 and 1 > 2", "false", "null and false"},
        {"at(利润, \"1999\") > 0 and 2 > 1", "missing", "null and true"},
        {"at(利润, \"1999\") > 0 or 2 > 1", "true", "null or true"},
        {"at(利润, \"1999\") > 0 or 1 > 2", "missing", "null or false"},
        {"not at(利润, \"1999\") > 0", "missing", "not null"},
        {"if(at(利润, \"1999\") > 0, 1, 2)", "missing", "no condition, no choice"},
        {"if(2 > 1, 利润, at(利润, \"1999\"))", "100 亿元", "what is not chosen is not read"},
        {"coalesce(at(利润, \"1999\"), of(利润, \"全国\"))", "missing", "all null: the first reason"},
        {"max(利润, at(利润, \"1999\"))", "missing", "unknown is not small"},
        {"sum(利润, at(利润, \"1999\"), of(利润, \"全国\"))", "missing", "in order"},
    };
    /* clang-format on */
    check_values(rows, COUNT(rows));
}

/* The threshold of contribution is the caller's. */
static void near_zero(void **state)
{
    (void)state;
    struct expr_env exact = world;
    struct expr_type t;
    struct expr_value v;
    struct error err = {0};
    exact.near_zero = (struct rat){0, 1};
    assert_true(run("at(contribution(二产, to: GDP), \"2012\")", &exact, &t, &v, &err));
    assert_int_equal(v.reason, EXPR_NONE);
    assert_int_equal(rat_cmp(v.v, (struct rat){3, 4}), 0);
    assert_true(run("at(contribution(二产, to: GDP), \"2016\")", &exact, &t, &v, &err));
    assert_int_equal(v.reason, EXPR_GROWTH_NEAR_ZERO);
}

static void null_place(void **state)
{
    (void)state;
    struct expr_type t;
    struct expr_value v;
    struct error err = {0};
    assert_true(run("利润 +\n  at(收入, \"1999\")", &world, &t, &v, &err));
    assert_int_equal(v.reason, EXPR_MISSING);
    assert_int_equal(v.line, 2);
    assert_int_equal(v.column, 6);
}

/* ---- errors ---- */

static void errors(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        const char *text;
        enum code code;
        uint32_t line, column;
        const char *part, *why;
    } rows[] = {
        {"", E_INPUT, 1, 1, "expected a name", "empty"},
        {"利润 +", E_INPUT, 1, 5, "the end", "half"},
        {"利润 收入", E_INPUT, 1, 4, "expected an operator", "two names"},
        {"(利润", E_INPUT, 1, 4, "')'", "bracket left open"},
        {"利润)", E_INPUT, 1, 3, "')'", "bracket too many"},
        {"1 < 2 < 3", E_INPUT, 1, 7, "chain", "comparisons"},
        {"1 = not 2 > 1", E_INPUT, 1, 5, "brackets", "not in a tighter place"},
        {"利润 &\n 1", E_INPUT, 1, 4, "unexpected '&'", "no such sign"},
        {"利润\n  、1", E_INPUT, 2, 3, "unexpected '、'", "line and column in code points"},
        {"`利润", E_INPUT, 1, 1, "left open", "quote"},
        {"``", E_INPUT, 1, 1, "nothing", "an empty name"},
        {"\"利润\"", E_INPUT, 1, 1, "name", "a text is no name"},
        {"“a\nb”", E_INPUT, 1, 1, "control", "a name is one line"},
        {"a\xff", E_INPUT, 1, 2, "UTF-8", "malformed"},
        {"1.5亿元", E_INPUT, 1, 4, "blank", "a unit glued to decimals"},
        {"1.", E_INPUT, 1, 1, "decimal", "no digit after the point"},
        {"99999999999999999999", E_RANGE, 1, 1, "64 bits", "too large"},
        {"nope(1)", E_INPUT, 1, 1, "unknown function", "and the list"},
        {"yoy()", E_INPUT, 1, 1, "yoy(x)", "usage"},
        {"yoy(利润, 收入)", E_INPUT, 1, 9, "yoy(x)", "too many"},
        {"growth(利润)", E_INPUT, 1, 8, "since", "the parameter is required"},
        {"growth(利润, vs: \"全国\")", E_INPUT, 1, 12, "since", "another label"},
        {"growth(利润, since: \"二〇二〇\")", E_INPUT, 1, 19, "", "no period"},
        {"growth(利润, since: 2020)", E_INPUT, 1, 19, "quotes", "a period is a text"},
        {"round(利润, 19)", E_INPUT, 1, 11, "0 to 18", "decimals"},
        {"round(利润, 1.0)", E_INPUT, 1, 11, "whole", "a whole number of them"},
        {"没有 + 1", E_MISSING, 1, 1, "unknown indicator", "from the caller"},
        {"利润 > 100亿元", E_MISSING, 1, 6, "100 亿元", "a hint"},
        {"利润 > 100 斤", E_MISSING, 1, 6, "unknown unit", "from the caller"},
        {"of(利润, \"火星\")", E_MISSING, 1, 8, "unknown entity", "from the caller"},
        {"利润 + 企业数", E_INPUT, 1, 4, "亿元 (line 1, column 1) and 家 (line 1, column 6)",
         "units, naming both"},
        {"利润 + (收入 * 人数)", E_INPUT, 1, 4, "元·人", "a compound"},
        {"利润 + 1", E_INPUT, 1, 4, "a plain number", "a number has no unit"},
        {"利润 > 企业数", E_INPUT, 1, 4, "don't match", "comparison"},
        {"增速 + yoy(利润)", E_INPUT, 1, 4, "rates don't add", "rates"},
        {"sum(增速, 增速)", E_INPUT, 1, 1, "rates don't add", "nor in sum()"},
        {"share(利润) + share(收入)", E_INPUT, 1, 11, "don't add", "shares"},
        {"指数 + 指数", E_INPUT, 1, 4, "indices don't add", "indices"},
        {"排名 + 排名", E_INPUT, 1, 4, "ranks don't add", "ranks"},
        {"排名 * 2", E_INPUT, 1, 4, "multiplied", "nor are they multiplied"},
        {"人均 + 人均", E_INPUT, 1, 4, "don't add", "ratios with a dimension"},
        {"拉动 + 1", E_INPUT, 1, 4, "don't match", "1 what?"},
        {"yoy(利润) > 5", E_INPUT, 1, 9, "write 5%, not 5", "500 % is not meant"},
        {"pp(利润率) > 2%", E_INPUT, 1, 9, "don't match", "points against per cent"},
        {"pp(利润)", E_INPUT, 1, 4, "needs a percentage", "pp of money"},
        {"yoy(增速)", E_INPUT, 1, 5, "pp", "growth of growth"},
        {"share(增速)", E_INPUT, 1, 7, "amount", "share of a rate"},
        {"ratio(利润, 企业数)", E_INPUT, 1, 1, "a / b", "ratio of two dimensions"},
        {"contribution(企业数, to: 利润)", E_INPUT, 1, 1, "part and whole", "different things"},
        {"yoy(at(利润, \"2024\"))", E_INPUT, 1, 5, "at(yoy(x), ...)", "always 0"},
        {"share(of(利润, \"全国\"))", E_INPUT, 1, 7, "of(share(x), ...)", "always 100 %"},
        {"yoy(5)", E_INPUT, 1, 5, "periods", "of a constant"},
        {"(利润 > 0) + 1", E_INPUT, 1, 10, "truth", "truth values"},
        {"利润 and 1 > 0", E_INPUT, 1, 1, "condition", "an amount is no condition"},
        {"if(利润, 1, 2)", E_INPUT, 1, 4, "condition", "nor in if()"},
        {"if(1 > 0, 利润, 企业数)", E_INPUT, 1, 1, "don't match", "either, so of one kind"},
        {"(1 > 0) < (2 > 0)", E_INPUT, 1, 9, "order", "truth has none"},
        {"1 人 * 1 亩 * 1 元 * 1 家 / 1 人 * 利润 * 人数 * 人数 * 人数 * 人数 * 人数 * 人数 * 人数"
         " * 人数 * 人数 * 人数", E_INPUT, 1, 79, "too many", "powers end somewhere"},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct expr_type t;
        struct expr_value v;
        struct error err = {0};
        if (run(rows[i].text, &world, &t, &v, &err))
            fail_msg("%s: accepted (%s)", rows[i].text, rows[i].why);
        if (err.code != rows[i].code || err.line != rows[i].line || err.column != rows[i].column ||
            strstr(err.text, rows[i].part) == NULL)
            fail_msg("%s: code %d at %u:%u '%s' (%s)", rows[i].text, (int)err.code, err.line,
                     err.column, err.text, rows[i].why);
    }
}

static enum code parse_built(struct buf *text, struct error *err)
{
    struct expr *e = NULL;
    enum code code = expr_parse(buf_str(text), &e, err);
    expr_free(e);
    buf_clear(text);
    return code;
}

static enum code parse_repeated(const char *left, const char *mid, const char *right, int times)
{
    struct buf b;
    struct error err = {0};
    buf_init(&b, 1 << 20);
    for (int i = 0; i < times; i++)
        buf_z(&b, left);
    buf_z(&b, mid);
    for (int i = 0; i < times; i++)
        buf_z(&b, right);
    return parse_built(&b, &err);
}

/* I4 */
static void limits(void **state)
{
    (void)state;
    assert_int_equal(parse_repeated("-", "a", "", EXPR_DEPTH_MAX - 1), OK);
    assert_int_equal(parse_repeated("-", "a", "", EXPR_DEPTH_MAX), E_LIMIT);
    assert_int_equal(parse_repeated("-", "a", "", 4000), E_LIMIT);
    assert_int_equal(parse_repeated("(", "a", ")", 2 * EXPR_DEPTH_MAX), OK);
    assert_int_equal(parse_repeated("(", "a", ")", 2 * EXPR_DEPTH_MAX + 1), E_LIMIT);
    assert_int_equal(parse_repeated("(", "a", "", 4000), E_LIMIT);
    assert_int_equal(parse_repeated("a+", "a", "", EXPR_DEPTH_MAX - 1), OK);
    assert_int_equal(parse_repeated("a+", "a", "", EXPR_DEPTH_MAX), E_LIMIT);
    assert_int_equal(parse_repeated("diff(", "a", ")", 12), OK);
    assert_int_equal(parse_repeated("diff(", "a", ")", 13), E_LIMIT);
    assert_int_equal(parse_repeated(" ", "a", "", EXPR_BYTES_MAX - 1), OK);
    assert_int_equal(parse_repeated(" ", "a", "", EXPR_BYTES_MAX), E_LIMIT);
    assert_int_equal(parse_repeated("sum(a,", "a", ")", 60), OK);
}

/* A short text whose canonical form, with its blanks, is too long to be read again. */
static void canonical_limit(void **state)
{
    (void)state;
    struct buf b;
    struct error err = {0};
    buf_init(&b, 1 << 20);
    buf_z(&b, "sum(a");
    for (int i = 0; i < 2000; i++)
        buf_z(&b, ",a");
    buf_z(&b, ")");
    assert_int_equal(parse_built(&b, &err), E_LIMIT);
}

/* ---- canonical text and names ---- */

static void canonical(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct row rows[] = {
        {"a+b*c", "a + b * c", "blanks"},
        {"((a))+(b*(c))", "a + b * c", "needless brackets go"},
        {"a-(b-c)", "a - (b - c)", "needed ones stay"},
        {"(a-b)-c", "a - b - c", "sums lean left"},
        {"a/(b*c)", "a / (b * c)", "products too"},
        {"-(a+b)", "-(a + b)", "minus over a sum"},
        {"(-a)*b", "-a * b", "minus binds tightest"},
        {"- -a", "--a", "twice"},
        {"not(a>b)and c=d", "not a > b and c = d", "not"},
        {"(not a>b)=(c>d)", "(not a > b) = (c > d)", "comparisons lean nowhere"},
        {"not(a>b or c>d)", "not (a > b or c > d)", "or under not"},
        {"(a>b or c>d)and e>f", "(a > b or c > d) and e > f", "or under and"},
        {"`利润`", "利润", "needless quotes go"},
        {"“5G基站数”", "5G基站数", "a digit may lead"},
        {"`2024`", "`2024`", "but not all be digits"},
        {"“省级以上绿色工厂(园区)数”", "`省级以上绿色工厂(园区)数`", "quoted"},
        {"`a``b`", "`a``b`", "a backquote in a name"},
        {"`not` + `and`", "`not` + `and`", "keywords as names"},
        {"share + yoy", "share + yoy", "functions as names"},
        {"of(of,\"a\"\"b\")", "of(of, \"a\"\"b\")", "a quote in a text"},
        {"100亿元 > 1", "100亿元 > 1", "a name, until it is checked"},
        {"007.50 %", "7.50%", "numbers keep their decimals"},
        {"3 `台(套)`", "3 `台(套)`", "a unit that needs quotes"},
        {"share(x,of:“河南省”)", "share(x, of: \"河南省\")", "texts in one kind of quotes"},
        {"contribution（x，to：y+z）", "contribution(x, to: y + z)", "full-width signs"},
        {"round(x,02)", "round(x, 2)", "decimals"},
        {"at(x,\"2024\")", "at(x, \"2024\")", "by position"},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct expr *e, *again;
        struct error err = {0};
        check_row(expr_parse(str_z(rows[i].text), &e, &err) == OK, rows[i].text);
        check_text(expr_text(e), str_z(rows[i].want), rows[i].why);
        check_row(expr_parse(expr_text(e), &again, &err) == OK, rows[i].want);
        check_row(expr_same(e, again), rows[i].why);
        expr_free(e);
        expr_free(again);
    }
}

static void names(void **state)
{
    (void)state;
    struct expr *e;
    struct str name;
    size_t count;
    struct error err = {0};
    assert_int_equal(
        expr_parse(STR("a + share(b, of: \"x\") * `a` - contribution(c, to: b) + 5 元"), &e, &err),
        OK);
    const struct str *list = expr_names(e, &count);
    assert_int_equal(count, 3);
    check_text(list[0], STR("a"), "first");
    check_text(list[1], STR("b"), "second");
    check_text(list[2], STR("c"), "labelled");
    assert_false(expr_is_name(e, &name));
    expr_free(e);
    assert_int_equal(expr_parse(STR(" (`5G基站数`) "), &e, &err), OK);
    assert_true(expr_is_name(e, &name));
    check_text(name, STR("5G基站数"), "alone");
    expr_free(e);
}

static void decimals(void **state)
{
    (void)state;
    struct dec d;
    struct error err = {0};
    assert_int_equal(expr_dec((struct rat){1, 3}, (struct rat){1, 100}, 2, &d, &err), OK);
    assert_int_equal(d.units, 3333);
    assert_int_equal(d.scale, 2);
    assert_int_equal(expr_dec((struct rat){-25 * YI, 10}, (struct rat){YI, 1}, 0, &d, &err), OK);
    assert_int_equal(d.units, -3);
    assert_int_equal(expr_dec((struct rat){1, 1}, (struct rat){0, 1}, 0, &d, &err), E_RANGE);
    error_clear(&err);
    assert_int_equal(expr_dec((struct rat){INT64_MAX, 1}, (struct rat){1, 1}, 1, &d, &err),
                     E_RANGE);
    error_clear(&err);
    assert_int_equal(expr_dec((struct rat){1, 1}, (struct rat){1, 1}, 19, &d, &err), E_RANGE);
}

/* ---- golden figures ---- */

/* Guangdong 2009: GDP 39081.59亿 at +9.5 % with an increment of 3390.05; secondary industry
 * 19270.48 at +8.7 %, 1542.31; contribution 45.50 % (zkxblog.com 6405457). */
static void golden_guangdong(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct row rows[] = {
        {"at(diff(GDP), \"2009\")", "3390.05 亿元", "increment"},
        {"round(at(yoy(GDP), \"2009\"), 1)", "9.5 %", "growth"},
        {"at(diff(二产), \"2009\")", "1542.31 亿元", "increment of the part"},
        {"round(at(yoy(二产), \"2009\"), 1)", "8.7 %", "growth of the part"},
        {"round(at(contribution(二产, to: GDP), \"2009\"), 2)", "45.5 %", "contribution"},
        {"at(pull(二产, to: GDP) = contribution(二产, to: GDP) * yoy(GDP), \"2009\")", "true",
         "pull = contribution x growth, exactly"},
    };
    /* clang-format on */
    check_values(rows, COUNT(rows));
}

static struct rat tenths; /* of a %, set by the test below: growth and contribution */
static struct rat growth_tenths;

static enum code printed_fetch(void *ctx, uint32_t id, const struct expr_where *w,
                               struct expr_value *out, struct error *err)
{
    (void)ctx;
    (void)w;
    (void)err;
    *out = (struct expr_value){.v = words[id].type.nature == EXPR_RATE ? growth_tenths : tenths};
    return OK;
}

/* growth x contribution with both moved by `half` half-units of the last printed digit. */
static struct rat product(const struct expr *e, const struct expr_env *env, int g, int c, int half)
{
    struct expr_value v;
    assert_int_equal(rat_make(2 * g + half, 2000, &growth_tenths, NULL), OK);
    assert_int_equal(rat_make(2 * c + (c < 0 ? -half : half), 2000, &tenths, NULL), OK);
    assert_int_equal(expr_eval(e, env, NULL, &v, NULL), OK);
    assert_int_equal(v.reason, EXPR_NONE);
    return v.v;
}

/* Fujian Statistical Yearbook 2020, table 2-7: printed pulls lie within the rounding intervals of
 * growth x contribution. Tenths of a % and of a 百分点. */
static void golden_fujian(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        int year, growth, contribution[4], pull[4];
    } rows[] = {
        {1980, 184, {251, 432, 317, 286}, {46, 80, 58, 53}},
        {1986, 57, {104, 928, -32, 329}, {6, 53, -2, 19}},
        {2005, 116, {29, 516, 455, 465}, {3, 60, 53, 54}},
        {2007, 151, {21, 593, 386, 530}, {3, 90, 58, 80}},
        {2008, 129, {31, 592, 377, 521}, {4, 76, 49, 67}},
        {2009, 123, {24, 581, 396, 488}, {3, 71, 49, 60}},
    };
    /* clang-format on */
    struct expr_env env = world;
    struct expr_type t;
    struct expr *e;
    env.fetch = printed_fetch;
    assert_int_equal(expr_parse(STR("增速 * 贡献"), &e, NULL), OK);
    assert_int_equal(expr_check(e, &env, &t, NULL), OK);
    assert_int_equal(t.nature, EXPR_POINTS);
    for (size_t i = 0; i < COUNT(rows) * 4; i++) {
        int g = rows[i / 4].growth, c = rows[i / 4].contribution[i % 4];
        int pull = rows[i / 4].pull[i % 4];
        struct rat small = product(e, &env, g, c, -1), large = product(e, &env, g, c, 1);
        struct rat low = c < 0 ? large : small, high = c < 0 ? small : large;
        struct rat from = {2 * pull - 1, 2000}, to = {2 * pull + 1, 2000};
        if (rat_cmp(high, from) < 0 || rat_cmp(low, to) > 0)
            fail_msg("%d, column %zu: pull %d is not %d x %d", rows[i / 4].year, i % 4, pull, g, c);
    }
    expr_free(e);
}

/* ---- properties ---- */

/* Parts 1..count of a whole (0), two years of each. */
struct parts {
    int64_t now[16], then[16];
    uint32_t count;
};

static enum code parts_entity(void *ctx, struct str text, uint32_t *id, struct error *err)
{
    (void)ctx;
    (void)err;
    (void)text;
    *id = 100; /* the whole */
    return OK;
}

static enum code parts_fetch(void *ctx, uint32_t id, const struct expr_where *w,
                             struct expr_value *out, struct error *err)
{
    const struct parts *p = ctx;
    const int64_t *v = w->years_back > 0 ? p->then : p->now;
    i128 sum = 0;
    (void)id;
    for (uint32_t i = 1; i <= p->count; i++)
        if (w->entity == 100 || w->up > 0 || w->entity == i)
            sum += v[i];
    *out = (struct expr_value){0};
    return rat_make(sum, 100, &out->v, err);
}

/* Sum over the parts; false when one is null. */
static bool sum_over(const struct expr *e, const struct expr_env *env, uint32_t count,
                     struct rat *out)
{
    struct expr_value v;
    *out = (struct rat){0, 1};
    for (uint32_t i = 1; i <= count; i++) {
        struct expr_where w = {.entity = i};
        assert_int_equal(expr_eval(e, env, &w, &v, NULL), OK);
        if (v.reason != EXPR_NONE)
            return false;
        assert_int_equal(rat_add(*out, v.v, out, NULL), OK);
    }
    return true;
}

static struct expr *ready(const char *text, const struct expr_env *env)
{
    struct expr *e;
    struct error err = {0};
    if (expr_parse(str_z(text), &e, &err) != OK || expr_check(e, env, NULL, &err) != OK)
        fail_msg("%s: %s", text, err.text);
    return e;
}

/* I5: shares of a whole sum to 100 %, pulls to its growth, contributions to 100 %, exactly. */
static void additive(void **state)
{
    (void)state;
    struct parts p;
    struct expr_env env = world;
    const struct rat one = {1, 1};
    struct rat sum;
    int seen[3] = {0};
    env.ctx = &p;
    env.entity = parts_entity;
    env.fetch = parts_fetch;
    struct expr *share = ready("share(GDP)", &env), *yoy = ready("yoy(of(GDP, \"all\"))", &env);
    struct expr *pull = ready("pull(GDP, to: of(GDP, \"all\"))", &env);
    struct expr *contribution = ready("contribution(GDP, to: of(GDP, \"all\"))", &env);
    test_seed("additive");
    for (int n = 0; n < 10000; n++) {
        struct expr_value growth;
        p.count = 1 + (uint32_t)test_below(15);
        for (uint32_t i = 1; i <= p.count; i++) {
            p.now[i] = (int64_t)test_below(1000000000000) - (int64_t)test_below(2) * 1000000000;
            p.then[i] = (int64_t)test_below(1000000000000);
        }
        assert_int_equal(expr_eval(yoy, &env, NULL, &growth, NULL), OK);
        if (sum_over(share, &env, p.count, &sum) && ++seen[0])
            assert_int_equal(rat_cmp(sum, one), 0);
        if (sum_over(pull, &env, p.count, &sum) && ++seen[1])
            assert_int_equal(rat_cmp(sum, growth.v), 0);
        if (sum_over(contribution, &env, p.count, &sum) && ++seen[2])
            assert_int_equal(rat_cmp(sum, one), 0);
    }
    assert_true(seen[0] > 9000 && seen[1] > 9000 && seen[2] > 9000);
    expr_free(share);
    expr_free(yoy);
    expr_free(pull);
    expr_free(contribution);
}

static const char *pick(const char *const *list, size_t count)
{
    return list[test_below(count)];
}
#define PICK(...)                                                                                  \
    pick((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static void random_leaf(struct buf *b)
{
    if (test_below(3) > 0) {
        buf_z(b,
              PICK("利润", "“收入”", "`GDP`", "5G基站数", "`省级以上绿色工厂(园区)数`", "增速",
                   "排名", "指数", "利润率", "拉动", "`a``b`", "`not`", "人均", "`2024`", "x_1"));
        return;
    }
    buf_fmt(b, "%d%s%s", (int)test_below(1000), PICK("", ".5", ".250", ".0"),
            PICK("", "%", " %", "‰", " 亿元", " `台(套)`", " 百分点", " 人"));
}

/* Each @ becomes a random expression. */
/* clang-format off */
static const char *const shapes[] = {
    "@ + @", "@-@", "@*@", "@ / @", "@×@", "(@) - (@)", "((@))", "-@", "- (@)", "@ < @", "@≥@",
    "@ !=\n@", "@ = @", "(not @)", "not @", "@ and @", "@ or @", "(@ > 0) = (@ > 0)",
    "share(@)", "share(@, of:“河南省”)", "yoy(@)", "growth(@ ,since : \"2020\")",
    "pp(@, vs: \"全国\")", "pp(@)", "diff(@, since: \"2021/2025\")", "at(@,\"2024-Q1\")",
    "of(@,\"洛\"\"阳\")", "index(@, base:\"2020\")", "abs(@)", "round(@, 3)",
    "contribution(@, to: @)", "pull(@, to: GDP)", "sum(1, @, @)", "min(@,@)", "max(@,0)",
    "ratio（@，@）", "if(@, @, 2)", "if(@ > 0, @, @)", "coalesce(@,@)",
};
/* clang-format on */

static void random_expr(struct buf *b, int depth)
{
    if (depth == 0) {
        random_leaf(b);
        return;
    }
    for (const char *c = shapes[test_below(COUNT(shapes))]; *c != '\0'; c++)
        if (*c == '@')
            random_expr(b, (int)test_below((uint64_t)depth));
        else
            buf_byte(b, *c);
}

/* I1: what is printed is read as the same tree, and printed the same. I2: what checks, evaluates.
 */
static void printed(void **state)
{
    (void)state;
    struct buf b;
    int read = 0, checked = 0;
    buf_init(&b, 1 << 16);
    test_seed("printed");
    while (read < 10000) {
        struct expr *e = NULL, *again = NULL;
        struct error err = {0};
        struct expr_value v;
        buf_reset(&b);
        random_expr(&b, 1 + (int)test_below(6));
        if (expr_parse(buf_str(&b), &e, &err) != OK)
            continue;
        read++;
        if (expr_parse(expr_text(e), &again, &err) != OK)
            fail_msg("%.*s: %s", STR_ARG(expr_text(e)), err.text);
        check_text(expr_text(again), expr_text(e), "printed twice");
        assert_true(expr_same(e, again));
        if (expr_check(e, &world, NULL, &err) == OK && ++checked)
            assert_int_equal(expr_eval(e, &world, NULL, &v, &err), OK);
        expr_free(e);
        expr_free(again);
    }
    print_message("# %d checked of %d\n", checked, read);
    assert_true(checked > 100);
    buf_clear(&b);
}

/* ---- types of the model ---- */

static uint32_t model_unit_new(struct model *m, const char *symbol, uint32_t dimension, int64_t num,
                               int64_t den)
{
    return model_add_unit(m, (struct unit){.dimension = dimension,
                                           .symbol = str_z(symbol),
                                           .en = STR(""),
                                           .num = num,
                                           .den = den});
}

static uint32_t model_base_new(struct model *m, const char *name, const char *base)
{
    uint32_t id = model_add_dimension(
        m, (struct dimension){.name = str_z(name), .base = str_z(base), .scale = 2});
    return model_unit_new(m, base, id, 1, 1);
}

static void of_model(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        const char *unit;
        enum fact_kind kind;
        enum measure measure;
        enum expr_nature nature;
        uint32_t dims;
        int num, den;
    } rows[] = {
        {"元", KIND_LEVEL, MEASURE_FLOW, EXPR_AMOUNT, 1, 1, 1},
        {"亿元", KIND_LEVEL, MEASURE_FLOW, EXPR_AMOUNT, 1, 1, 1},
        {"%", KIND_LEVEL, MEASURE_RATIO, EXPR_RATIO, 0, 1, 100},
        {"%", KIND_SHARE, MEASURE_STOCK, EXPR_RATIO, 0, 1, 100},
        {"%", KIND_GROWTH, MEASURE_STOCK, EXPR_RATE, 0, 1, 100},
        {"%", KIND_GROWTH, MEASURE_RATE, EXPR_RATE, 0, 1, 100},
        {"%", KIND_CONTRIBUTION, MEASURE_CONTRIBUTION, EXPR_CONTRIBUTION, 0, 1, 100},
        {"百分点", KIND_CONTRIBUTION, MEASURE_CONTRIBUTION, EXPR_POINTS, 0, 1, 100},
        {"百分点", KIND_PP_CHANGE, MEASURE_RATE, EXPR_POINTS, 0, 1, 100},
        {"点", KIND_LEVEL, MEASURE_INDEX, EXPR_INDEX, 0, 1, 1},
        {"位", KIND_RANK, MEASURE_STOCK, EXPR_RANK, 0, 1, 1},
        {"万元/亩", KIND_LEVEL, MEASURE_RATIO, EXPR_RATIO, 2, 10000, 1},
    };
    /* clang-format on */
    struct model *m = model_new();
    uint32_t yuan = model_base_new(m, "money", "元");
    model_unit_new(m, "亿元", model_unit(m, yuan)->dimension, YI, 1);
    model_unit_new(m, "万元", model_unit(m, yuan)->dimension, 10000, 1);
    uint32_t percent = model_base_new(m, "percent", "%");
    model_unit_new(m, "‰", model_unit(m, percent)->dimension, 1, 10);
    model_base_new(m, "point", "百分点");
    model_base_new(m, "index", "点");
    model_base_new(m, "rank", "位");
    uint32_t mu = model_base_new(m, "area", "亩");
    model_base_new(m, "money_per_area", "万元/亩");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct expr_type t;
        struct rat f;
        uint32_t unit = model_find_unit(m, str_z(rows[i].unit));
        expr_model_type(m, unit, rows[i].kind, rows[i].measure, &t, &f);
        check_row(t.nature == rows[i].nature && t.dims == rows[i].dims, rows[i].unit);
        check_row(rat_cmp(f, (struct rat){rows[i].num, rows[i].den}) == 0, rows[i].unit);
        check_row(t.unit == (rows[i].dims > 0 ? unit : 0), rows[i].unit);
    }
    struct expr_unit u;
    struct error err = {0};
    assert_int_equal(expr_model_unit(m, STR("‰"), &u, &err), OK);
    assert_int_equal(rat_cmp(u.factor, (struct rat){1, 1000}), 0);
    assert_int_equal(expr_model_unit(m, STR("万元/亩"), &u, &err), OK);
    assert_int_equal(rat_cmp(u.factor, (struct rat){10000, 1}), 0);
    assert_int_equal(u.type.dim[0].dimension, model_unit(m, yuan)->dimension);
    assert_int_equal(u.type.dim[1].dimension, model_unit(m, mu)->dimension);
    assert_int_equal(u.type.dim[1].power, -1);
    assert_int_equal(expr_model_unit(m, STR("斗"), &u, &err), E_MISSING);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(nulls),
        cmocka_unit_test(near_zero),
        cmocka_unit_test(null_place),
        cmocka_unit_test(errors),
        cmocka_unit_test(limits),
        cmocka_unit_test(canonical_limit),
        cmocka_unit_test(canonical),
        cmocka_unit_test(names),
        cmocka_unit_test(decimals),
        cmocka_unit_test(golden_guangdong),
        cmocka_unit_test(golden_fujian),
        cmocka_unit_test(additive),
        cmocka_unit_test(printed),
        cmocka_unit_test(of_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
