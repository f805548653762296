/* check_test.c - small ledgers with and without contradictions, and the published tables and the
 * five bulletins where they are at hand.
 *
 * A ledger is written as lines:
 *     = 区 partition                 a grouping of table T, in which the lines below are members;
 *                                    with ! behind its name one of the catalogue
 *     @ B 2024-03-01                 source and day of publication of the lines below (at first: T)
 *     commit                         the lines below come in a later transaction
 *     东区<全市 产值 2023 12.5 亿元      member<parent, indicator, period, value, unit; no parent:
 * a root 东区<全市 产值;growth;yoy 2023 3 %   kind;comparison;modality of the series Before a
 * value: > over, < under, ≈ approx, "-" withheld; *600000 behind the parent: its weight; ~ before
 * an indicator: it doesn't add up. A name with ! is a region: outside the table. */
#include "check/check.h"
#include "ingest/import.h"
#include "ledger/ledger_testing.h"
#include <stdlib.h>

/* ---- ledgers from lines ---- */

static const struct {
    const char *symbol, *dimension;
    int64_t num;
    uint8_t scale;
    bool exact;
} units[] = {
    {"元",       "money",   1,         2, false},
    {"万元",    "money",   10000,     2, false},
    {"亿元",    "money",   100000000, 2, false},
    {"个",       "count",   1,         3, true },
    {"万个",    "count",   10000,     3, true },
    {"%",         "percent", 1,         6, false},
    {"百分点", "point",   1,         6, false},
    {"位",       "rank",    1,         0, true },
    {"吨",       "mass",    1,         6, false},
};

struct small {
    struct scratch s;
    uint32_t grouping, source;
    day_t published;
    int64_t clock;
};

static void units_put(struct ledger *l)
{
    for (size_t i = 0; i < COUNT(units); i++) {
        struct dimension d = {.name = str_z(units[i].dimension),
                              .base = str_z(units[i].symbol),
                              .scale = units[i].scale,
                              .exact_count = units[i].exact};
        struct unit u = {.symbol = str_z(units[i].symbol), .num = units[i].num, .den = 1};
        uint32_t id;
        MUST(ledger_put_dimension(l, d, &u.dimension, e));
        MUST(ledger_put_unit(l, u, &id, e));
    }
}

static void begin(struct small *t)
{
    MUST(ledger_begin(t->s.l, STR("test"), STR("test"), t->clock += 1000000, e));
}

static void source_put(struct small *t, struct str doc, struct str day)
{
    struct period p;
    MUST(period_parse(day, &p, e));
    t->published = p.last;
    MUST(ledger_put_source(t->s.l, (struct source){.doc = doc, .published = t->published},
                           &t->source, e));
}

static uint32_t entity_put(struct small *t, struct str name)
{
    const struct model *m = ledger_model(t->s.l);
    bool region = str_ends(name, STR("!"));
    struct entity e1 = {.name = region ? str_sub(name, 0, name.len - 1) : name,
                        .type = region ? STR("city") : STR("item"),
                        .scope = region ? STR("") : STR("T")};
    uint32_t id;
    for (size_t it = 0; (id = model_named(m, e1.name, &it)) != 0;)
        return id;
    MUST(ledger_put_entity(t->s.l, e1, &id, e));
    return id;
}

static uint32_t indicator_put(struct small *t, struct str name, uint32_t unit, enum fact_kind kind)
{
    const struct model *m = ledger_model(t->s.l);
    bool adds = !str_starts(name, STR("~"));
    name = adds ? name : str_sub(name, 1, name.len);
    bool pure =
        str_is(model_unit(m, unit)->symbol, "%") || str_is(model_unit(m, unit)->symbol, "百分点");
    uint32_t id = model_find_indicator(m, name);
    struct indicator i = {.name = name,
                          .unit = unit,
                          .measure = kind == KIND_GROWTH         ? MEASURE_RATE
                                     : kind == KIND_RANK         ? MEASURE_RANK
                                     : kind == KIND_CONTRIBUTION ? MEASURE_CONTRIBUTION
                                     : pure                      ? MEASURE_RATIO
                                                                 : MEASURE_FLOW,
                          .over_entities = adds && !pure ? OVER_SUM : OVER_NONE};
    if (!id)
        MUST(ledger_put_indicator(t->s.l, i, &id, e));
    return id;
}

static struct str word(struct str *rest, char sep)
{
    struct str w = str_cut(*rest, sep, rest);
    return w;
}

static uint32_t series_put(struct small *t, struct str text, uint32_t unit)
{
    const struct model *m = ledger_model(t->s.l);
    struct str rest = text, name = word(&rest, ';'), kind = word(&rest, ';'),
               comparison = word(&rest, ';'), modality = rest;
    const struct dimension *d = model_dimension(m, model_unit(m, unit)->dimension);
    struct series s = {.dimension = d->id,
                       .kind = d->exact_count ? KIND_COUNT : KIND_LEVEL,
                       .comparison = comparison.len > 0 ? comparison : STR("")};
    uint32_t id;
    if (kind.len > 0)
        assert_true(kind_from(kind, &s.kind));
    if (modality.len > 0)
        assert_true(modality_from(modality, &s.modality));
    s.indicator = indicator_put(t, name, unit, s.kind);
    MUST(ledger_put_series(t->s.l, s, &id, e));
    return id;
}

static uint32_t member_put(struct small *t, struct str who)
{
    struct str parent, weight, id_text = str_cut(who, '<', &parent);
    uint32_t child = entity_put(t, id_text), id;
    if (!parent.ptr)
        return child;
    parent = str_cut(parent, '*', &weight);
    struct membership ms = {.grouping = t->grouping,
                            .child = child,
                            .parent = entity_put(t, parent),
                            .ppm = weight.ptr ? atoi(weight.ptr) : PPM,
                            .from = DAY_MIN,
                            .to = DAY_MAX};
    MUST(ledger_put_membership(t->s.l, ms, &id, e));
    return child;
}

static void value_read(struct small *t, struct str text, struct fact *f)
{
    const struct model *m = ledger_model(t->s.l);
    static const struct {
        const char *sign;
        enum qualifier q;
    } signs[] = {
        {">",   Q_OVER  },
        {"<",   Q_UNDER },
        {"≈", Q_APPROX}
    };
    struct dec d;
    if (str_is(text, "-")) {
        f->state = STATE_WITHHELD;
        return;
    }
    for (size_t i = 0; i < COUNT(signs); i++)
        if (str_starts(text, str_z(signs[i].sign))) {
            f->qualifier = (uint8_t)signs[i].q;
            text = str_sub(text, strlen(signs[i].sign), text.len);
        }
    MUST(dec_parse(text, &d, e));
    MUST(unit_to_base(m, f->unit, d, &f->value, e));
    f->step = printed_step(m, f->unit, d, STR(""));
    f->decimals = d.scale;
}

static void fact_line(struct small *t, struct str line)
{
    struct str rest = line, who = word(&rest, ' '), what = word(&rest, ' '),
               period = word(&rest, ' '), value = word(&rest, ' '), unit = rest;
    struct fact f = {.source = t->source, .published = t->published};
    enum put how;
    MUST(period_parse(period, &f.period, e));
    f.unit = model_find_unit(ledger_model(t->s.l), unit);
    assert_true(f.unit != 0);
    f.entity = member_put(t, who);
    f.series = series_put(t, what, f.unit);
    value_read(t, value, &f);
    MUST(ledger_put_fact(t->s.l, f, NULL, &how, e));
}

static void line_put(struct small *t, struct str line)
{
    struct str rest = line, head = word(&rest, ' '), name = word(&rest, ' ');
    struct grouping g = {.name = name, .alias = name, .scope = STR("T")};
    struct ledger_counts counts;
    if (str_ends(name, STR("!")))
        g = (struct grouping){.name = name, .alias = name, .scope = STR("")};
    if (str_is(head, "=")) {
        assert_true(grouping_kind_from(rest, &g.kind));
        MUST(ledger_put_grouping(t->s.l, g, &t->grouping, e));
    } else if (str_is(head, "@")) {
        source_put(t, name, rest);
    } else if (str_is(head, "commit")) {
        MUST(ledger_commit(t->s.l, &counts, e));
        begin(t);
    } else {
        fact_line(t, line);
    }
}

static void small_open(struct small *t, const char *lines)
{
    struct ledger_counts counts;
    *t = (struct small){0};
    scratch_open(&t->s, "memory");
    begin(t);
    units_put(t->s.l);
    source_put(t, STR("T"), STR("2024-01-01"));
    for (struct str rest = str_z(lines), line; rest.ptr;) {
        line = str_trim(str_cut(rest, '\n', &rest));
        if (line.len > 0)
            line_put(t, line);
    }
    MUST(ledger_commit(t->s.l, &counts, e));
}

/* ---- what is expected ---- */

static size_t cases_of(const struct check_result *r, struct str verdict, struct str rule)
{
    size_t n = 0;
    for (size_t i = 0; i < r->cases.len; i++)
        n += str_is(verdict, verdict_name(r->cases.v[i].verdict)) &&
             (rule.len == 0 || str_eq(rule, r->cases.v[i].rule));
    return n;
}

static void tell(const struct check_result *r)
{
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct check_case *k = &r->cases.v[i];
        print_error("  %s/%.*s: %.*s: %.*s, found %.*s, residual %.*s\n", verdict_name(k->verdict),
                    STR_ARG(k->rule), STR_ARG(k->subject), STR_ARG(k->expected), STR_ARG(k->found),
                    STR_ARG(k->residual));
    }
}

/* "contradicts=0 residual/overlap=2": numbers of cases by verdict, and by rule. */
static void expect(const struct check_result *r, const char *want, const char *why)
{
    for (struct str rest = str_z(want); rest.ptr;) {
        struct str one = word(&rest, ' '), count, rule, name = str_cut(one, '=', &count),
                   verdict = str_cut(name, '/', &rule);
        size_t got = cases_of(r, verdict, rule);
        if (got == (size_t)atoi(count.ptr))
            continue;
        print_error("%s: %.*s, got %zu\n", why, STR_ARG(one), got);
        tell(r);
        fail();
    }
}

/* Of every ledger, whatever is found in it. */
static void check_shape(struct ledger *l, const struct check_result *r)
{
    size_t total = 0;
    assert_int_equal(r->differences, 0);
    for (int v = 0; v < VERDICT_COUNT; v++)
        total += r->count[v];
    assert_int_equal(total, r->cases.len);
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct check_case *k = &r->cases.v[i];
        assert_true(k->facts.len > 0); /* I5 */
        assert_true(k->subject.len > 0 && k->note_zh.len > 0 && k->note_en.len > 0);
        assert_true(utf8_valid(k->subject) && utf8_valid(k->note_zh));
        for (size_t n = 0; n < k->facts.len; n++)
            assert_non_null(ledger_fact(l, k->facts.v[n]));
    }
}

struct row {
    const char *why, *want, *lines;
};

static void rows_run(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct small t;
        struct check_result r;
        small_open(&t, rows[i].lines);
        MUST(check_run(t.s.l, AS_OF_NOW, &r, e));
        expect(&r, rows[i].want, rows[i].why);
        check_shape(t.s.l, &r);
        check_clear(&r);
        scratch_close(&t.s);
    }
}

/* ---- sums ---- */

static const struct row sum_rows[] = {
    {"nested: every level adds up",                                                         "agrees/sum=2 contradicts=0 rounding=0",
     "= 区 partition\n"
     "全市 单位数 2023 10 个\n东部<全市 单位数 2023 6 个\n西部<全市 单位数 2023 4 个\n"
     "甲<东部 单位数 2023 1 个\n乙<东部 单位数 2023 5 个\n"                                                                                                                                                                                },
    {"nested: whole things off by one below",                                               "contradicts/sum=1 contradicts=1 agrees/sum=1",
     "= 区 partition\n"
     "全市 单位数 2023 10 个\n东部<全市 单位数 2023 6 个\n西部<全市 单位数 2023 4 个\n"
     "甲<东部 单位数 2023 1 个\n乙<东部 单位数 2023 4 个\n"                                                                                                                                                                                },
    {"rounding explains 0.1 of three terms",                                                "rounding/sum=1 contradicts=0",
     "= 区 partition\n全市 产值 2023 10.0 亿元\n甲<全市 产值 2023 5.0 亿元\n乙<全市 产值 2023 4.9 "
     "亿元\n"                                                                                                                                                                                                                                          },
    {"rounding doesn't explain 0.2 of three terms",                                         "contradicts/sum=1",
     "= 区 partition\n全市 产值 2023 10.0 亿元\n甲<全市 产值 2023 5.0 亿元\n乙<全市 产值 2023 4.8 "
     "亿元\n"                                                                                                                                                                                                                                          },
    {"coarse total, fine parts: its own half step counts",                                  "rounding/sum=1 contradicts=0",
     "= 区 partition\n全市 产值 2023 12 亿元\n甲<全市 产值 2023 62345 万元\n乙<全市 产值 2023 "
     "60000 万元\n"                                                                                                                                                                                                                                    },
    {"coarse total, fine parts: beyond it",                                                 "contradicts/sum=1",
     "= 区 partition\n全市 产值 2023 12 亿元\n甲<全市 产值 2023 66345 万元\n乙<全市 产值 2023 "
     "60000 万元\n"                                                                                                                                                                                                                                    },
    {"rounded counts may be off",                                                           "rounding/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 2.0 万个\n甲<全市 单位数 2023 1.2 万个\n乙<全市 单位数 2023 "
     "7512 个\n"                                                                                                                                                                                                                                        },
    {"parallel groupings of one root are compared one by one",                              "contradicts/sum=1 agrees/sum=1",
     "= 门类 partition\n合计 单位数 2023 10 个\n采矿<合计 单位数 2023 3 个\n制造<合计 单位数 2023 "
     "7 个\n"
     "= 类型 partition\n合计 单位数 2023 10 个\n内资<合计 单位数 2023 8 个\n外资<合计 单位数 2023 "
     "1 个\n"                                                                                                                                                                                                                                           },
    {"a total said under two groupings, with two values",
     "contradicts=1 contradicts/said-twice=1 agrees/sum=2",                                                                                  "= 门类 partition\n合计 单位数 2023 10 个\n采矿<合计 单位数 2023 3 个\n制造<合计 单位数 2023 "
     "7 个\n"
     "= 类型 partition\n合计 单位数 2023 11 个\n内资<合计 单位数 2023 8 个\n外资<合计 单位数 2023 "
     "3 个\n"                                                                                                                                                                                },
    {"overlap: the sum may exceed the total",                                               "residual/overlap=1 contradicts=0",
     "= 区(重叠) overlap\n合计 单位数 2023 10 个\n甲<合计 单位数 2023 8 个\n乙<合计 单位数 2023 7 "
     "个\n"                                                                                                                                                                                                                                             },
    {"overlap: a total below one of its parts",                                             "contradicts/overlap=1",
     "= 区(重叠) overlap\n合计 单位数 2023 10 个\n甲<合计 单位数 2023 12 个\n乙<合计 单位数 2023 7 "
     "个\n"                                                                                                                                                                                                                                             },
    {"overlap: a total above the sum",                                                      "contradicts/overlap=1",
     "= 区(重叠) overlap\n合计 单位数 2023 20 个\n甲<合计 单位数 2023 12 个\n乙<合计 单位数 2023 7 "
     "个\n"                                                                                                                                                                                                                                             },
    {"overlap: losses make the union smaller than a part",                                  "residual/overlap=1 contradicts=0",
     "= 区(重叠) overlap\n合计 利润 2023 10 亿元\n甲<合计 利润 2023 12 亿元\n乙<合计 利润 2023 -4 "
     "亿元\n"                                                                                                                                                                                                                                          },
    {"partial: what is not listed is the residual",                                         "residual/partial=1 contradicts=0",
     "= 行业(仅列前三) partial\n合计 产值 2023 10 亿元\n甲<合计 产值 2023 5 亿元\n乙<合计 产值 "
     "2023 3 亿元\n"                                                                                                                                                                                                                                   },
    {"partial: parts above the whole",                                                      "contradicts/partial=1",
     "= 行业(仅列前三) partial\n合计 产值 2023 10.0 亿元\n甲<合计 产值 2023 7.0 亿元\n乙<合计 产值 "
     "2023 5.0 亿元\n"                                                                                                                                                                                                                                 },
    {"partial: parts above the whole within rounding",                                      "rounding/partial=1 contradicts=0",
     "= 行业(仅列前三) partial\n合计 产值 2023 10.0 亿元\n甲<合计 产值 2023 7.0 亿元\n乙<合计 产值 "
     "2023 3.1 亿元\n"                                                                                                                                                                                                                                 },
    {"partial: profits of some exceed those of all, others lose",
     "residual/partial=1 contradicts=0",                                                                                                     "= 行业(其中) partial\n合计 利润总额 2023 10.0 亿元\n甲<合计 利润总额 2023 12.0 亿元\n"},
    {"losses enter with their sign",                                                        "agrees/sum=1 contradicts=0",
     "= 区 partition\n全市 利润 2023 1.5 亿元\n甲<全市 利润 2023 4.0 亿元\n乙<全市 利润 2023 -2.5 "
     "亿元\n"                                                                                                                                                                                                                                          },
    {"losses enter with their sign, wrongly added",                                         "contradicts/sum=1",
     "= 区 partition\n全市 利润 2023 6.5 亿元\n甲<全市 利润 2023 4.0 亿元\n乙<全市 利润 2023 -2.5 "
     "亿元\n"                                                                                                                                                                                                                                          },
    {"zero is a value",                                                                     "agrees/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 4 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2023 0 个\n"                                                                                                                                  },
    {"a total of 0 with parts",                                                             "contradicts/sum=1",
     "= 区 partition\n全市 单位数 2023 0 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2023 0 个\n"                                                                                                                                  },
    {"a member without a value leaves a residual",                                          "residual/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2022 5 "
     "个\n"                                                                                                                                                                                                                                             },
    {"withheld is no 0",                                                                    "residual/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2023 - "
     "个\n"                                                                                                                                                                                                                                             },
    {"a member without a value, and the others exceed",                                     "contradicts/sum=1",
     "= 区 partition\n全市 单位数 2023 3 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2022 5 个\n"                                                                                                                                  },
    {"a single member is no breakdown",                                                     "residual/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 4 个\n"                                                                                                                                                                  },
    {"a single member above its whole",                                                     "contradicts/sum=1",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 14 个\n"                                                                                                                                                                 },
    {"no total stated, nothing to compare",                                                 "agrees=0 residual=0 contradicts=0",
     "= 区 partition\n甲<全市 单位数 2023 10 个\n乙<全市 单位数 2023 4 个\n"                                                                                                                                                              },
    {"below a member without a value everything is known",                                  "agrees/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 10 个\n东部<全市 单位数 2022 6 个\n西部<全市 单位数 2023 4 "
     "个\n"
     "甲<东部 单位数 2023 1 个\n乙<东部 单位数 2023 5 个\n"                                                                                                                                                                                },
    {"below a member without a value everything is known, and wrong",                       "contradicts/sum=1",
     "= 区 partition\n全市 单位数 2023 10 个\n东部<全市 单位数 2022 6 个\n西部<全市 单位数 2023 4 "
     "个\n"
     "甲<东部 单位数 2023 1 个\n乙<东部 单位数 2023 6 个\n"                                                                                                                                                                                },
    {"percentages, averages and growth are never added",                                    "agrees/sum=0 residual=0 contradicts=0",
     "= 区 partition\n全市 利润率 2023 5.0 %\n甲<全市 利润率 2023 4.0 %\n乙<全市 利润率 2023 6.0 "
     "%\n"
     "全市 人均收入 2023 50000 元\n甲<全市 人均收入 2023 40000 元\n乙<全市 人均收入 2023 60000 元\n"
     "全市 ~工资 2023 50000 元\n甲<全市 ~工资 2023 40000 元\n乙<全市 ~工资 2023 60000 元\n"                                                                                                                                             },
    {"month and year to date are two keys",                                                 "agrees/sum=2 contradicts=0",
     "= 区 partition\n全市 产值 2023-05 10 亿元\n甲<全市 产值 2023-05 4 亿元\n乙<全市 产值 2023-05 "
     "6 亿元\n"
     "全市 产值 2023-01/2023-05 50 亿元\n甲<全市 产值 2023-01/2023-05 20 亿元\n"
     "乙<全市 产值 2023-01/2023-05 30 亿元\n"                                                                                                                                                                                                     },
    {"power adds although its name ends like a ratio",                                      "contradicts/sum=1",
     "= 区 partition\n全市 装机功率 2023 10 吨\n甲<全市 装机功率 2023 4 吨\n乙<全市 装机功率 2023 "
     "3 吨\n"                                                                                                                                                                                                                                           },
    {"其中 is part of its siblings",                                                      "agrees/sum=1 residual/partial=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2023 6 个\n"
     "其中:国有<全市 单位数 2023 3 个\n"                                                                                                                                                                                                       },
    {"其中 above its whole",                                                              "agrees/sum=1 contradicts/partial=1",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2023 6 个\n"
     "其中:国有<全市 单位数 2023 13 个\n"                                                                                                                                                                                                      },
    {"weights split a member",                                                              "agrees/sum=2 contradicts=0",
     "= 链 weighted\n链一 产值 2023 6 元\n链二 产值 2023 4 元\n甲<链一*600000 产值 2023 10 元\n"
     "甲<链二*400000 产值 2023 10 元\n"                                                                                                                                                                                                            },
    {"weights split a member, and not like this",                                           "contradicts/sum=1 agrees/sum=1",
     "= 链 weighted\n链一 产值 2023 6 元\n链二 产值 2023 7 元\n甲<链一*600000 产值 2023 10 元\n"
     "甲<链二*400000 产值 2023 10 元\n"                                                                                                                                                                                                            },
    {"targets of parts need not add up",                                                    "residual/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数;count;;target 2023 10 个\n甲<全市 单位数;count;;target 2023 8 "
     "个\n"
     "乙<全市 单位数;count;;target 2023 5 个\n"                                                                                                                                                                                                   },
    {"over 1000 fits 1050",                                                                 "agrees/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 >1000 个\n甲<全市 单位数 2023 550 个\n乙<全市 单位数 2023 "
     "500 个\n"                                                                                                                                                                                                                                         },
    {"over 1000 doesn't fit 950",                                                           "contradicts/sum=1",
     "= 区 partition\n全市 单位数 2023 >1000 个\n甲<全市 单位数 2023 450 个\n乙<全市 单位数 2023 "
     "500 个\n"                                                                                                                                                                                                                                         },
    {"300 and some fits 350",                                                               "rounding/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 ≈300 个\n甲<全市 单位数 2023 150 个\n乙<全市 单位数 2023 "
     "200 个\n"                                                                                                                                                                                                                                         },
    {"changes add up too",                                                                  "contradicts/sum=1",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 4 个\n乙<全市 单位数 2023 6 个\n"
     "全市 单位数;change;since:2018 2023 5 个\n甲<全市 单位数;change;since:2018 2023 4 个\n"
     "乙<全市 单位数;change;since:2018 2023 2 个\n"                                                                                                                                                                                               },
    {"enterprises at hand are not all there are",                                           "residual/overlap=1 contradicts=0",
     "= 企业! overlap\n全市! 产值 2023 100 亿元\n甲厂!<全市! 产值 2023 5 亿元\n"
     "乙厂!<全市! 产值 2023 3 亿元\n"                                                                                                                                                                                                            },
    {"members of a catalogue's grouping without a value: the table has told what it lists",
     "residual/partial=1 residual=1 contradicts=0",                                                                                          "= 行政区划! partition\n省! 产值 2023 100 亿元\n甲市!<省! 产值 2023 30 亿元\n"
     "乙市!<省! 产值 2023 20 亿元\n丙市!<省! 产值 2022 20 亿元\n= 市(仅列前三) partial\n"
     "甲市!<省! 产值 2023 30 亿元\n乙市!<省! 产值 2023 20 亿元\n"                                                                                                                       },
    {"#1 and #2 are no of-which items",                                                     "contradicts/sum=1 residual=0",
     "= 机组 partition\n全厂 产量 2023 10 吨\n#1机组<全厂 产量 2023 4 吨\n#2机组<全厂 产量 2023 4 "
     "吨\n"                                                                                                                                                                                                                                             },
    {"what another document says of the total is not this table's",
     "contradicts/sum=0 agrees/sum=0",                                                                                                       "@ B 2024-02-01\n全市! 单位数 2023 99 个\n@ T 2024-01-01\n= 区 partition\n"
     "甲<全市! 单位数 2023 4 个\n乙<全市! 单位数 2023 6 个\n"                                                                                                                                        },
};

static void test_sums(void **state)
{
    (void)state;
    rows_run(sum_rows, COUNT(sum_rows));
}

/* ---- shares and contributions ---- */

#define LEVELS                                                                                                      \
    "= 区 partition\n合计 产值 2023 200 亿元\n甲<合计 产值 2023 60 亿元\n乙<合计 产值 2023 140 " \
    "亿元\n"

static const struct row share_rows[] = {
    {"pulls in % add up to the growth, not to 100 %",              "agrees/sum=1 contradicts=0",
     "= 产业 partition\n合计 增加值;growth;yoy 2023 6.0 %\n"
     "一产<合计 拉动;contribution;to:合计 2023 0.6 %\n"
     "二产<合计 拉动;contribution;to:合计 2023 5.4 %\n"                                              },
    {"a column 拉动 alone is of the one growth of its table",    "contradicts/sum=1 contradicts=1",
     "= 产业 partition\n合计 增加值;growth;yoy 2023 6.0 %\n"
     "一产<合计 拉动;contribution;to:合计 2023 0.6 百分点\n"
     "二产<合计 拉动;contribution;to:合计 2023 6.4 百分点\n"                                      },
    {"pull, contribution and growth by the name of what grows",    "contradicts/pull=1",
     "= 产业 partition\n合计 增加值;growth;yoy 2023 6.0 %\n"
     "三产<合计 增加值;contribution;to:合计 2023 40.0 %\n"
     "三产<合计 增加值拉动;contribution;to:合计 2023 3.5 百分点\n"                             },
    {"shares agree with levels and make 100",                      "agrees/share=2 agrees/sum=2 contradicts=0",
     LEVELS "甲<合计 产值;share;of:合计 2023 30.0 %\n乙<合计 产值;share;of:合计 2023 70.0 %\n" },
    {"a wrong share",                                              "contradicts/share=1 contradicts/sum=1 agrees/share=1",
     LEVELS "甲<合计 产值;share;of:合计 2023 33.0 %\n乙<合计 产值;share;of:合计 2023 70.0 %\n" },
    {"two wrong shares that make 100",                             "contradicts/share=2 contradicts/sum=0",
     LEVELS "甲<合计 产值;share;of:合计 2023 33.0 %\n乙<合计 产值;share;of:合计 2023 67.0 %\n" },
    {"shares that do not make 100",                                "contradicts/sum=1 contradicts=1",
     "= 区 partition\n合计 产值 2022 1 亿元\n甲<合计 产值;share;of:合计 2023 30.0 %\n"
     "乙<合计 产值;share;of:合计 2023 40.0 %\n丙<合计 产值;share;of:合计 2023 25.0 %\n"        },
    {"shares that make 99.9 by rounding",                          "rounding/sum=1 contradicts=0",
     "= 区 partition\n合计 产值 2022 1 亿元\n甲<合计 产值;share;of:合计 2023 33.3 %\n"
     "乙<合计 产值;share;of:合计 2023 33.3 %\n丙<合计 产值;share;of:合计 2023 33.3 %\n"        },
    {"shares of some may stay below 100",                          "contradicts=0",
     "= 区(仅列) partial\n合计 产值 2022 1 亿元\n甲<合计 产值;share;of:合计 2023 33.3 %\n"   },
    {"shares of some above 100",                                   "contradicts/sum=1",
     "= 区(仅列) partial\n合计 产值 2022 1 亿元\n甲<合计 产值;share;of:合计 2023 63.3 %\n"
     "乙<合计 产值;share;of:合计 2023 43.3 %\n"                                                       },
    {"shares of overlapping zones may exceed 100",                 "contradicts=0",
     "= 区(重叠) overlap\n合计 产值 2022 1 亿元\n甲<合计 产值;share;of:合计 2023 63.3 %\n"
     "乙<合计 产值;share;of:合计 2023 43.3 %\n"                                                       },
    {"shares of the top in a nested column",                       "agrees/share=4 contradicts=0",
     LEVELS "一<甲 产值 2023 20 亿元\n二<甲 产值 2023 40 亿元\n"
            "甲<合计 产值;share;of:合计 2023 30.0 %\n乙<合计 产值;share;of:合计 2023 70.0 %\n"
            "一<甲 产值;share;of:甲 2023 10.0 %\n二<甲 产值;share;of:甲 2023 20.0 %\n"             },
    {"shares of the top in a nested column, one wrong",            "contradicts/share=1 contradicts=2",
     LEVELS "一<甲 产值 2023 20 亿元\n二<甲 产值 2023 40 亿元\n"
            "甲<合计 产值;share;of:合计 2023 30.0 %\n乙<合计 产值;share;of:合计 2023 70.0 %\n"
            "一<甲 产值;share;of:甲 2023 10.0 %\n二<甲 产值;share;of:甲 2023 29.0 %\n"             },
    {"every row's own share of something else",                    "contradicts=0",
     LEVELS "合计 产值;share;of:合计 2023 22.0 %\n甲<合计 产值;share;of:合计 2023 12.0 %\n"
            "乙<合计 产值;share;of:合计 2023 26.0 %\n"                                                },
    {"coverage is no part of a whole",                             "contradicts=0 agrees/sum=0",
     "= 区 partition\n全市 覆盖率;share 2023 90.0 %\n甲<全市 覆盖率;share 2023 100.0 %\n"
     "乙<全市 覆盖率;share 2023 85.0 %\n"                                                              },
    {"industry's share of GDP of each city is no part of a whole", "contradicts=0 agrees/sum=0",
     "= 区 partition\n全市 产值 2022 1 亿元\n甲<全市 工业占GDP比重;share;of:GDP 2023 70.0 %\n"
     "乙<全市 工业占GDP比重;share;of:GDP 2023 65.0 %\n"                                              },
    {"the whole follows from part and share",                      "implied/share=1",
     "= 区 partition\n甲<合计 单位数 2023 138 个\n甲<合计 单位数;share;of:合计 2023 10.7 %\n"},
    {"a whole of 0 has no shares",                                 "contradicts=0 implied=0",
     "= 区 partition\n合计 产值 2023 0 元\n甲<合计 产值 2023 0 元\n乙<合计 产值 2023 0 元\n"
     "甲<合计 产值;share;of:合计 2023 0 %\n"                                                          },
    {"contributions make 100",                                     "rounding/sum=1 contradicts=0",
     "= 产业 partition\nGDP GDP;growth;yoy 2009 12.3 %\n一产<GDP 贡献率;contribution;to:GDP 2009 "
     "2.4 %\n"
     "二产<GDP 贡献率;contribution;to:GDP 2009 59.2 %\n三产<GDP 贡献率;contribution;to:GDP 2009 "
     "38.5 %\n"                                                                                              },
    {"contributions do not make 100",                              "contradicts/sum=1",
     "= 产业 partition\nGDP GDP;growth;yoy 2009 12.3 %\n一产<GDP 贡献率;contribution;to:GDP 2009 "
     "2.4 %\n"
     "二产<GDP 贡献率;contribution;to:GDP 2009 49.2 %\n三产<GDP 贡献率;contribution;to:GDP 2009 "
     "38.5 %\n"                                                                                              },
    {"pulls make the growth of the whole",                         "agrees/sum=1 contradicts=0",
     "= 产业 partition\nGDP GDP;growth;yoy 1986 5.7 %\n一产<GDP 拉动;contribution;to:GDP 1986 0.6 "
     "百分点\n"
     "二产<GDP 拉动;contribution;to:GDP 1986 5.3 百分点\n三产<GDP 拉动;contribution;to:GDP 1986 "
     "-0.2 百分点\n"                                                                                      },
    {"pulls do not make the growth of the whole",                  "contradicts/sum=1",
     "= 产业 partition\nGDP GDP;growth;yoy 1986 5.7 %\n一产<GDP 拉动;contribution;to:GDP 1986 0.6 "
     "百分点\n"
     "二产<GDP 拉动;contribution;to:GDP 1986 5.3 百分点\n三产<GDP 拉动;contribution;to:GDP 1986 "
     "1.2 百分点\n"                                                                                       },
};

static void test_shares(void **state)
{
    (void)state;
    rows_run(share_rows, COUNT(share_rows));
}

/* ---- growth, change, difference, identities ---- */

static const struct row rate_rows[] = {
    {"growth of counts agrees",                                          "agrees/growth=1 contradicts=0",
     "甲 单位数 2022 200 个\n甲 单位数 2023 230 个\n甲 单位数;growth;yoy 2023 15.0 %\n"                                               },
    {"growth of counts contradicts",                                     "contradicts/growth=1",
     "甲 单位数 2022 200 个\n甲 单位数 2023 230 个\n甲 单位数;growth;yoy 2023 13.0 %\n"                                               },
    {"growth of money is on a comparable basis",                         "residual/growth=1 contradicts=0",
     "甲 产值 2022 200 亿元\n甲 产值 2023 230 亿元\n甲 产值;growth;yoy 2023 13.0 %\n"                                                  },
    {"growth within rounding",                                           "rounding/growth=1 contradicts=0",
     "甲 产量 2022 2.0 吨\n甲 产量 2023 2.3 吨\n甲 产量;growth;yoy 2023 13.0 %\n"                                                        },
    {"month and year to date have their own years before",
     "agrees/growth=1 implied/growth=1 contradicts=0",                                                                            "甲 单位数 2022-05 200 个\n甲 单位数 2023-05 230 个\n甲 单位数;growth;yoy 2023-05 15.0 %\n"
     "甲 单位数 2023-01/2023-05 900 个\n甲 单位数;growth;yoy 2023-01/2023-05 3.0 %\n"},
    {"growth from a loss is no number",                                  "contradicts=0 residual=0",
     "甲 利润 2022 -2.0 亿元\n甲 利润 2023 3.0 亿元\n甲 利润;growth;yoy 2023 250 %\n"                                                  },
    {"a name with 增速 is the growth of the name before it",           "contradicts/growth=1",
     "甲 单位数 2022 200 个\n甲 单位数 2023 230 个\n甲 单位数增速;growth;yoy 2023 13.0 %\n"                                         },
    {"since a year: its end",                                            "contradicts/growth=1",
     "甲 单位数 2018-12-31 200 个\n甲 单位数 2023 230 个\n甲 单位数;growth;since:2018 2023 25.0 "
     "%\n"                                                                                                                                          },
    {"growth and change said together",                                  "agrees/growth=1 implied/change=1 contradicts=0",
     "甲 单位数 2023 586.2 万个\n甲 单位数;change;since:2018 2023 156.9 万个\n"
     "甲 单位数;growth;since:2018 2023 36.5 %\n"                                                                                                },
    {"growth and change said together, wrongly",                         "contradicts/growth=1",
     "甲 单位数 2023 586.2 万个\n甲 单位数;change;since:2018 2023 156.9 万个\n"
     "甲 单位数;growth;since:2018 2023 26.8 %\n"                                                                                                },
    {"change against both counts",                                       "agrees/change=1 contradicts/change=1",
     "甲 单位数 2022 200 个\n甲 单位数 2023 230 个\n甲 单位数;change;yoy 2023 30 个\n"
     "乙 单位数 2022 200 个\n乙 单位数 2023 230 个\n乙 单位数;change;yoy 2023 -30 个\n"                                              },
    {"a better rank is a positive change",                               "agrees/change=1 contradicts/change=1 implied/change=1",
     "甲 排名;rank;in:全球 2023 840 位\n甲 排名;rank;in:全球 2024 621 位\n甲 "
     "排名;change;since:2023 2024 219 位\n"
     "乙 排名;rank;in:全球 2023 621 位\n乙 排名;rank;in:全球 2024 840 位\n乙 "
     "排名;change;since:2023 2024 219 位\n"
     "丙 排名;rank;in:全球 2024 621 位\n丙 排名;change;since:2023 2024 219 位\n"                                                          },
    {"points against another region",                                    "agrees/difference=1 contradicts/difference=1",
     "省! 利润率 2023 4.1 %\n甲 利润率 2023 6.3 %\n甲 利润率;pp_change;vs:省 2023 2.2 百分点\n"
     "乙 利润率 2023 6.3 %\n乙 利润率;pp_change;vs:省 2023 1.2 百分点\n"                                                                },
    {"points in time",                                                   "contradicts/difference=1",
     "甲 利润率 2022 4.1 %\n甲 利润率 2023 6.3 %\n甲 利润率;pp_change;yoy 2023 1.2 百分点\n"                                         },
    {"growth of the total lies between that of its parts",               "agrees/growth-range=1 contradicts=0",
     "= 区 partition\n全市 产值;growth;yoy 2023 3.0 %\n甲<全市 产值;growth;yoy 2023 1.0 %\n"
     "乙<全市 产值;growth;yoy 2023 5.0 %\n"                                                                                                    },
    {"tonnes weigh what they weigh",                                     "agrees/growth-range=1 contradicts=0",
     "= 区 partition\n全市 产量;growth;yoy 2023 11.6 %\n甲<全市 产量 2023 60.0 吨\n"
     "乙<全市 产量 2023 60.0 吨\n甲<全市 产量;growth;yoy 2023 11.0 %\n"
     "乙<全市 产量;growth;yoy 2023 12.0 %\n"                                                                                                   },
    {"and so the growth of their total follows",                         "contradicts/growth-range=1 contradicts=1",
     "= 区 partition\n全市 产量;growth;yoy 2023 11.9 %\n甲<全市 产量 2023 60.0 吨\n"
     "乙<全市 产量 2023 60.0 吨\n甲<全市 产量;growth;yoy 2023 11.0 %\n"
     "乙<全市 产量;growth;yoy 2023 12.0 %\n"                                                                                                   },
    {"money is on a comparable basis",                                   "agrees/growth-range=1 contradicts=0",
     "= 区 partition\n全市 产值;growth;yoy 2023 11.9 %\n甲<全市 产值 2023 60.0 亿元\n"
     "乙<全市 产值 2023 60.0 亿元\n甲<全市 产值;growth;yoy 2023 11.0 %\n"
     "乙<全市 产值;growth;yoy 2023 12.0 %\n"                                                                                                   },
    {"growth of the total outside that of its parts",                    "contradicts/growth-range=1",
     "= 区 partition\n全市 产值;growth;yoy 2023 6.0 %\n甲<全市 产值;growth;yoy 2023 1.0 %\n"
     "乙<全市 产值;growth;yoy 2023 5.0 %\n"                                                                                                    },
    {"outside by rounding",                                              "agrees/growth-range=1 contradicts=0",
     "= 区 partition\n全市 产值;growth;yoy 2023 5.1 %\n甲<全市 产值;growth;yoy 2023 1.0 %\n"
     "乙<全市 产值;growth;yoy 2023 5.0 %\n"                                                                                                    },
    {"a part without growth, an overlap, a part of the parts: no range",
     "agrees/growth-range=0 contradicts=0",                                                                                       "= 区 partition\n全市 产值;growth;yoy 2023 6.0 %\n甲<全市 产值;growth;yoy 2023 1.0 %\n"
     "乙<全市 产值;growth;yoy 2022 5.0 %\n"
     "= 园(重叠) overlap\n园区 产值;growth;yoy 2023 6.0 %\n丙<园区 产值;growth;yoy 2023 1.0 %\n"
     "丁<园区 产值;growth;yoy 2023 2.0 %\n"                                                         },
    {"profits may lose: no range without levels",                        "agrees/growth-range=0 contradicts=0",
     "= 区 partition\n全市 利润;growth;yoy 2023 9.0 %\n甲<全市 利润;growth;yoy 2023 1.0 %\n"
     "乙<全市 利润;growth;yoy 2023 5.0 %\n"                                                                                                    },
    {"growth of an average is no mean",                                  "agrees/growth-range=0 contradicts=0",
     "= 区 partition\n全市 ~人均产值;growth;yoy 2023 9.0 %\n甲<全市 ~人均产值;growth;yoy 2023 1.0 "
     "%\n"
     "乙<全市 ~人均产值;growth;yoy 2023 5.0 %\n"                                                                                             },
    {"pull = contribution x growth",                                     "agrees/pull=1 contradicts=0",
     "甲 工业对经济增长贡献率;contribution;to:GDP 2023 32.1 %\n"
     "甲 工业拉动经济增长;contribution;to:GDP 2023 1.9 百分点\n甲 地区生产总值;growth;yoy 2023 5.9 "
     "%\n"                                                                                                                                          },
    {"pull is not contribution x growth",                                "contradicts/pull=1",
     "甲 工业对经济增长贡献率;contribution;to:GDP 2023 32.1 %\n"
     "甲 工业拉动经济增长;contribution;to:GDP 2023 1.9 百分点\n甲 地区生产总值;growth;yoy 2023 6.9 "
     "%\n"                                                                                                                                          },
    {"growth follows from pull and contribution",                        "implied/pull=1",
     "甲 工业对经济增长贡献率;contribution;to:GDP 2023 32.1 %\n"
     "甲 工业拉动经济增长;contribution;to:GDP 2023 1.9 百分点\n"                                                                        },
    {"margin = profit / revenue",                                        "agrees/ratio=1 contradicts/ratio=1 implied/ratio=1",
     "甲 规上工业利润 2023 308.7 亿元\n甲 规上工业营业收入 2023 4869.1 亿元\n甲 规上工业利润率 "
     "2023 6.34 %\n"
     "乙 规上工业利润 2023 308.7 亿元\n乙 规上工业营业收入 2023 4569.1 亿元\n乙 规上工业利润率 "
     "2023 6.34 %\n"
     "丙 规上工业利润 2023 308.7 亿元\n丙 规上工业利润率 2023 6.34 %\n"                                                            },
    {"GDP is the sum of three",                                          "agrees/sum=1 contradicts/sum=1 implied/sum=1",
     "甲 地区生产总值 2023 503.7 亿元\n甲 第一产业增加值 2023 21.8 亿元\n甲 第二产业增加值 2023 "
     "271.9 亿元\n"
     "甲 第三产业增加值 2023 210.0 亿元\n"
     "乙 地区生产总值 2023 503.7 亿元\n乙 第一产业增加值 2023 21.8 亿元\n乙 第二产业增加值 2023 "
     "271.9 亿元\n"
     "乙 第三产业增加值 2023 220.0 亿元\n"
     "丙 地区生产总值 2023 503.7 亿元\n丙 第一产业增加值 2023 21.8 亿元\n丙 第二产业增加值 2023 "
     "271.9 亿元\n"                                                                                                                               },
};

static void test_rates(void **state)
{
    (void)state;
    rows_run(rate_rows, COUNT(rate_rows));
}

/* ---- sources and labels ---- */

static const struct row source_rows[] = {
    {"two sources differ",                                   "contradicts/two-sources=1 contradicts=1",
     "甲! 单位数 2023 10 个\n@ B 2024-02-01\n甲! 单位数 2023 11 个\n"                               },
    {"two sources agree",                                    "agrees/two-sources=1 contradicts=0",
     "甲! 单位数 2023 10 个\n@ B 2024-02-01\n甲! 单位数 2023 10 个\n"                               },
    {"two sources round differently",                        "rounding/two-sources=1 contradicts=0",
     "甲! 产值 2023 10.3 亿元\n@ B 2024-02-01\n甲! 产值 2023 102811 万元\n"                         },
    {"to the same digits they don't round to one value",     "contradicts/two-sources=1 rounding=0",
     "甲! 产值 2023 10.3 亿元\n@ B 2024-02-01\n甲! 产值 2023 10.4 亿元\n"                           },
    {"two plans may differ",                                 "residual/two-sources=1 contradicts=0",
     "甲! 单位数;count;;plan 2023 10 个\n@ B 2024-02-01\n甲! 单位数;count;;plan 2023 20 个\n"       },
    {"a later publication of the same source is a revision", "contradicts=0 agrees=0",
     "甲! 单位数 2023 10 个\n@ T 2024-06-01\n甲! 单位数 2023 11 个\n"                               },
    {"a later correction of the same table is a revision",   "contradicts=0 agrees=0",
     "甲! 单位数 2023 10 个\ncommit\n甲! 单位数 2023 11 个\n"                                       },
    {"one document says two things",                         "contradicts/said-twice=1 contradicts=1",
     "甲! 单位数 2023 10 个\n甲! 单位数 2023 11 个\n"                                               },
    {"a corrected total is compared with corrected parts",   "agrees/sum=1 contradicts=0",
     "= 区 partition\n全市 单位数 2023 10 个\n甲<全市 单位数 2023 3 个\n乙<全市 单位数 2023 7 "
     "个\ncommit\n"
     "全市 单位数 2023 11 个\n乙<全市 单位数 2023 8 个\n"                                        },
    {"unchanged from one document to the next",              "note/unchanged=1 note=1",
     "甲! 上云企业数 2022 18000 个\n@ B 2024-02-01\n甲! 上云企业数 2023 18000 个\n"             },
    {"unchanged within one document is no note, nor is 0",   "note=0",
     "甲! 上云企业数 2022 18000 个\n甲! 上云企业数 2023 18000 个\n乙! 停产企业数 2022 0 个\n"
     "@ B 2024-02-01\n乙! 停产企业数 2023 0 个\n"                                                      },
    {"grades differ: two labels",                            "note/labels=1 note=1",
     "甲! 省级以上工业互联网平台数 2022 11 个\n@ B 2024-02-01\n甲! 省级工业互联网平台数 2023 9 "
     "个\n"                                                                                                  },
    {"brackets differ: two labels",                          "note/labels=1",
     "甲! 绿色工厂(车间)数 2022 11 个\n@ B 2024-02-01\n甲! 绿色工厂（园区）数 2023 9 个\n"},
    {"a flow is no stock, a scope no grade",                 "note/labels=0",
     "甲! 规上工业企业数 2022 11 个\n甲! 智能工厂数 2022 30 个\n@ B 2024-02-01\n"
     "甲! 新增规上工业企业数 2023 9 个\n甲! 规上智能工厂数 2023 10 个\n"                  },
    {"labels that one document tells apart",                 "note/labels=0",
     "甲! 省级以上平台数 2022 11 个\n甲! 省级平台数 2022 9 个\n@ B 2024-02-01\n甲! 省级平台数 2023 "
     "10 个\n"                                                                                               },
};

static void test_sources(void **state)
{
    (void)state;
    rows_run(source_rows, COUNT(source_rows));
}

/* ---- random tables: printed honestly, nothing contradicts; one digit forged, something does ----
 */

/* value rounded half away from zero to a multiple of step, as decimal text of it in units of `one`
 */
static void print_rounded(struct buf *b, int64_t value, int64_t step, int64_t one)
{
    int64_t size = value < 0 ? -value : value, n = (size + step / 2) / step;
    char text[DEC_TEXT];
    unsigned scale = 0;
    for (int64_t s = step; s < one; s *= 10)
        scale++;
    dec_text((value < 0 ? -1 : 1) * (i128)n * (step > one ? step / one : 1), scale, text);
    buf_z(b, text);
}

struct tree {
    int64_t now[13], then[13]; /* 0 the root, 1..3 its parts, 4.. three parts each of those */
};

static void tree_make(struct tree *t, bool negative)
{
    *t = (struct tree){0};
    for (int i = 4; i < 13; i++) {
        t->now[i] = (int64_t)test_below(1000000) - (negative ? 300000 : 0);
        t->then[i] = 1 + (int64_t)test_below(1000000);
    }
    for (int i = 12; i > 0; i--) {
        t->now[(i - 1) / 3] += t->now[i];
        t->then[(i - 1) / 3] += t->then[i];
    }
}

static void tree_lines(struct buf *b, const struct tree *t, const char *name, const char *unit,
                       int64_t step, int64_t one, int forged)
{
    for (int i = 0; i < 13; i++) {
        buf_fmt(b, i ? "m%d<m%d %s 2023 " : "m%d %.0d%s 2023 ", i, i ? (i - 1) / 3 : 0, name);
        print_rounded(b, t->now[i] + (i == forged ? 6 * step : 0), step, one);
        buf_fmt(b, " %s\n", unit);
    }
}

/* Shares of the parent and growth, to one decimal, of counts. */
static void rate_lines(struct buf *b, const struct tree *t)
{
    for (int i = 0; i < 13; i++) {
        const char *member = i ? "m%d<m%d " : "m%d %.0d";
        int64_t up = t->now[(i + 2) / 3 - 1 + (i == 0)];
        buf_fmt(b, member, i, i ? (i - 1) / 3 : 0);
        buf_fmt(b, "单位数 2022 %lld 个\n", (long long)t->then[i]);
        buf_fmt(b, member, i, i ? (i - 1) / 3 : 0);
        buf_z(b, "单位数;growth;yoy 2023 ");
        print_rounded(b, (t->now[i] - t->then[i]) * 1000000 / t->then[i], 1000, 10000);
        buf_z(b, " %\n");
        if (i == 0 || up == 0)
            continue;
        buf_fmt(b, member, i, (i - 1) / 3);
        buf_fmt(b, "单位数;share;of:m%d 2023 ", (i - 1) / 3);
        print_rounded(b, t->now[i] * 1000000 / up, 1000, 10000);
        buf_z(b, " %\n");
    }
}

static size_t contradictions(const char *lines, size_t *differences)
{
    struct small t;
    struct check_result r;
    small_open(&t, lines);
    MUST(check_run(t.s.l, AS_OF_NOW, &r, e));
    size_t n = r.count[VERDICT_CONTRADICTS];
    *differences = r.differences;
    if (n > 0 && getenv("LUOSHU_TELL"))
        tell(&r);
    check_clear(&r);
    scratch_close(&t.s);
    return n;
}

static void test_random_tables(void **state)
{
    (void)state;
    test_seed("tables printed honestly agree");
    for (int n = 0; n < 25; n++) {
        int64_t step = (int64_t[]){100, 1000, 10000}[test_below(3)];
        int forged = 1 + (int)test_below(12);
        bool negative = test_below(2) == 0;
        size_t differences;
        struct tree money, count;
        struct buf honest, false_;
        buf_init(&honest, 1 << 20);
        buf_init(&false_, 1 << 20);
        tree_make(&money, negative);
        tree_make(&count, false);
        buf_z(&honest, "= 区 partition\n");
        tree_lines(&honest, &money, negative ? "利润" : "产值", "万元", step, 10000, -1);
        tree_lines(&honest, &count, "单位数", "个", 1, 1, -1);
        rate_lines(&honest, &count);
        buf_byte(&honest, '\0');
        buf_z(&false_, "= 区 partition\n");
        tree_lines(&false_, &money, "产值", "万元", step, 10000, forged);
        buf_byte(&false_, '\0');
        size_t found = contradictions(honest.ptr, &differences);
        if (found > 0 || differences > 0)
            fail_msg("%zu contradictions in an honest table:\n%s", found, honest.ptr);
        if (contradictions(false_.ptr, &differences) == 0)
            fail_msg("m%d was forged, and nothing contradicts:\n%s", forged, false_.ptr);
        buf_clear(&honest);
        buf_clear(&false_);
    }
}

/* ---- dates of knowledge ---- */

static void test_as_of(void **state)
{
    struct small t;
    struct check_result r;
    (void)state;
    small_open(&t, "甲! 单位数 2023 10 个\n@ B 2024-02-01\n甲! 单位数 2023 11 个\n");
    MUST(check_run(t.s.l, (struct as_of){day_z("2024-01-15"), INT64_MAX}, &r, e));
    expect(&r, "contradicts=0", "before the second source spoke");
    check_clear(&r);
    MUST(check_run(t.s.l, (struct as_of){day_z("2024-02-15"), INT64_MAX}, &r, e));
    expect(&r, "contradicts/two-sources=1", "after it spoke");
    check_clear(&r);
    MUST(check_run(t.s.l, (struct as_of){DAY_MAX, 0}, &r, e));
    assert_int_equal(r.cases.len, 0);
    check_clear(&r);
    scratch_close(&t.s);
}

static void test_order_and_texts(void **state)
{
    struct small t;
    struct check_result r;
    (void)state;
    small_open(&t, "= 区 partition\n全市 产值 2023 10.0 亿元\n甲<全市 产值 2023 5.0 亿元\n"
                   "乙<全市 产值 2023 4.8 亿元\n全市 单位数 2023 3 个\n甲<全市 单位数 2023 1 个\n"
                   "乙<全市 单位数 2023 2 个\n");
    MUST(check_run(t.s.l, AS_OF_NOW, &r, e));
    assert_int_equal(r.cases.len, 2);
    assert_int_equal(r.cases.v[0].verdict, VERDICT_CONTRADICTS);
    check_text(r.cases.v[0].expected, STR("9.8 亿元"), "expected");
    check_text(r.cases.v[0].found, STR("10.0 亿元"), "found");
    check_text(r.cases.v[0].residual, STR("0.2 亿元"), "residual");
    check_text(r.cases.v[0].subject, STR("全市 产值 2023 = Σ 区 (2)"), "subject");
    assert_int_equal(r.cases.v[0].facts.len, 3);
    assert_int_equal(r.cases.v[1].verdict, VERDICT_AGREES);
    check_clear(&r);
    scratch_close(&t.s);
}

/* ---- the published tables and the bulletins ---- */

static struct str file_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return STR_NULL;
    char *bytes = mem_alloc(1 << 20);
    size_t len = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return (struct str){bytes, len};
}

static const char *shared_dir(char out[1024])
{
    const char *given = getenv("LUOSHU_SHARED"), *source = getenv("LUOSHU_SOURCE");
    if (given)
        snprintf(out, 1024, "%s", given);
    else
        snprintf(out, 1024, "%s/../shared", source ? source : ".");
    return out;
}

/* false when the files are not there */
static bool real_open(struct scratch *s, const char *const *names, size_t count)
{
    char dir[1024], path[1200];
    struct import_file files[8];
    struct import_report report;
    bool there = true;
    shared_dir(dir);
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        files[i] = (struct import_file){str_z(strrchr(names[i], '/') + 1), file_read(path)};
        there &= files[i].bytes.ptr != NULL;
    }
    if (there) {
        scratch_open(s, "memory");
        MUST(import_catalogue(s->l, STR("4103"), 1000000, e));
        MUST(import_files(s->l, files, count, IMPORT_WHOLE, STR("test"), 2000000, &report, e));
        import_report_clear(&report);
    } else {
        print_message("# skipped: no %s under %s (LUOSHU_SHARED)\n", names[0], dir);
    }
    for (size_t i = 0; i < count; i++)
        mem_free((void *)files[i].bytes.ptr);
    return there;
}

static const struct check_case *case_with(const struct check_result *r, const char *rule,
                                          const char *subject)
{
    for (size_t i = 0; i < r->cases.len; i++)
        if (str_is(r->cases.v[i].rule, rule) && str_has(r->cases.v[i].subject, str_z(subject)) &&
            r->cases.v[i].verdict != VERDICT_AGREES)
            return &r->cases.v[i];
    fail_msg("no case %s of %s", rule, subject);
    return NULL;
}

static void expected_is(const struct check_result *r, const char *rule, const char *subject,
                        const char *want)
{
    check_text(case_with(r, rule, subject)->expected, str_z(want), subject);
}

static void test_published_tables(void **state)
{
    static const char *const names[] = {"data/published-tables/tables.csv"};
    struct scratch s;
    struct check_result r;
    (void)state;
    if (!real_open(&s, names, 1)) {
        skip();
        return;
    }
    MUST(check_run(s.l, AS_OF_NOW, &r, e));
    expect(&r,
           "contradicts=0 rounding/sum=6 residual/overlap=2 residual/partial=2 residual=4 note=0",
           "tables");
    for (size_t i = 0; i < r.cases.len; i++)
        if (r.cases.v[i].verdict == VERDICT_ROUNDING && str_is(r.cases.v[i].rule, "sum"))
            assert_true(str_is(r.cases.v[i].residual, "1 万元") ||
                        str_is(r.cases.v[i].residual, "-1 万元"));
    check_text(case_with(&r, "overlap", "规模以上法人单位数")->residual, STR("-679 个"), "overlap");
    check_text(case_with(&r, "overlap", "收入合计")->residual, STR("-1630.7 亿元"), "overlap");
    check_shape(s.l, &r);
    check_clear(&r);
    scratch_close(&s);
}

static void test_bulletins(void **state)
{
    static const char *const names[] = {"facts/seeds.csv", "facts/regions.csv", "facts/docs.csv",
                                        "facts/indicators.csv"};
    struct scratch s;
    struct check_result r;
    (void)state;
    if (!real_open(&s, names, COUNT(names))) {
        skip();
        return;
    }
    MUST(check_run(s.l, AS_OF_NOW, &r, e));
    expect(&r, "contradicts=0 residual=0 rounding=0 note/unchanged=1 note/labels=3", "bulletins");
    expected_is(&r, "pull", "聊城市", "5.75 … 6.08 %");
    expected_is(&r, "ratio", "规上工业营业收入", "4864.46 … 4873.72 亿元");
    expected_is(&r, "difference", "规上工业利润率 相差 2025-09-30 [vs:全国]", "5.38 … 5.40 %");
    expected_is(&r, "difference", "工业占GDP比重", "29.10 … 29.30 %");
    expected_is(&r, "difference", "工业技改投资增速", "4.60 … 4.80 %");
    expected_is(&r, "growth", "规上工业利润增速", "210.47 … 210.68 亿元");
    expected_is(&r, "growth", "规上工业利润率增速", "4.47 … 4.48 %");
    expected_is(&r, "change", "全球企业排名", "840 位");
    expected_is(&r, "share", "省级以上绿色工厂(园区)数", "1284 … 1295 家");
    expected_is(&r, "share", "省制造业头雁企业数", "97 … 104 家");
    case_with(&r, "unchanged", "上云企业数");
    case_with(&r, "labels", "省级以上工业互联网平台数");
    check_shape(s.l, &r);
    check_clear(&r);
    scratch_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums),
                                       cmocka_unit_test(test_shares),
                                       cmocka_unit_test(test_rates),
                                       cmocka_unit_test(test_sources),
                                       cmocka_unit_test(test_random_tables),
                                       cmocka_unit_test(test_as_of),
                                       cmocka_unit_test(test_order_and_texts),
                                       cmocka_unit_test(test_published_tables),
                                       cmocka_unit_test(test_bulletins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
