/* model_test.c - names, undo, units, rounding steps and intervals. I1..I6 of README.md. */
#include "base/test.h"
#include "model/model.h"

static struct model *small(void)
{
    struct model *m = model_new();
    uint32_t money = model_add_dimension(
        m, (struct dimension){.name = STR("money"), .base = STR("元"), .scale = 2});
    uint32_t count = model_add_dimension(
        m, (struct dimension){
               .name = STR("count"), .base = STR("家"), .scale = 3, .exact_count = true});
    uint32_t area = model_add_dimension(
        m, (struct dimension){.name = STR("area"), .base = STR("亩"), .scale = 6});
    model_add_unit(m, (struct unit){.dimension = money, .symbol = STR("元"), .num = 1, .den = 1});
    model_add_unit(
        m, (struct unit){.dimension = money, .symbol = STR("亿元"), .num = 100000000, .den = 1});
    model_add_unit(m, (struct unit){.dimension = count, .symbol = STR("家"), .num = 1, .den = 1});
    model_add_unit(
        m, (struct unit){.dimension = count, .symbol = STR("万家"), .num = 10000, .den = 1});
    model_add_unit(
        m, (struct unit){.dimension = area, .symbol = STR("平方米"), .num = 3, .den = 2000});
    return m;
}

static uint32_t unit(const struct model *m, const char *symbol)
{
    uint32_t id = model_find_unit(m, str_z(symbol));
    assert_int_not_equal(id, 0);
    return id;
}

static void test_to_base(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *text;
        enum code code;
        int64_t want;
        const char *why;
    } rows[] = {
        {"亿元",    "308.7",                 OK,      3087000000000,        "3.087e10 yuan in fen"       },
        {"亿元",    "0.0000000001",          OK,      1,                    "one fen, the smallest"      },
        {"亿元",    "0.00000000001",         E_RANGE, 0,                    "a tenth of a fen is lost"   },
        {"亿元",    "922337203.6854775807",  OK,      9223372036854775807,  "the largest"                },
        {"亿元",    "922337203.69",          E_RANGE, 0,                    "more leaves 64 bits"        },
        {"亿元",    "-922337203.6854775807", OK,      -9223372036854775807, "the smallest"               },
        {"平方米", "2000",                  OK,      3000000,              "2000 square metres are 3 mu"},
        {"平方米", "1",                     OK,      1500,                 "0.0015 mu"                  },
        {"万家",    "1.8",                   OK,      18000000,             "18000, three decimals kept" },
    };
    struct model *m = small();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dec d;
        struct error e = {0};
        int64_t got = 0;
        assert_int_equal(dec_parse(str_z(rows[i].text), &d, &e), OK);
        if (unit_to_base(m, unit(m, rows[i].unit), d, &got, &e) != rows[i].code ||
            got != rows[i].want)
            fail_msg("%s: %s %s gave %lld (%s)", rows[i].why, rows[i].text, rows[i].unit,
                     (long long)got, e.text);
    }
    model_free(m);
}

/* What is parsed and stored is printed again with the same digits (I2). */
static void test_text_round_trip(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *text;
    } rows[] = {
        {"亿元", "308.7"},
        {"亿元", "-0.05"},
        {"家",    "104"  },
        {"万家", "1.80" },
        {"元",    "2.00" }
    };
    struct model *m = small();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dec d;
        int64_t v;
        char out[DEC_TEXT];
        assert_int_equal(dec_parse(str_z(rows[i].text), &d, NULL), OK);
        assert_int_equal(unit_to_base(m, unit(m, rows[i].unit), d, &v, NULL), OK);
        unit_text(m, unit(m, rows[i].unit), v, d.scale, out);
        assert_string_equal(out, rows[i].text);
    }
    model_free(m);
}

static void test_printed_step(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *value, *text;
        int64_t want;
        const char *why;
    } rows[] = {
        {"家",    "104",    "104家",      0,           "whole things are exact"           },
        {"家",    "18000",  "1.8万家",   1000000,     "a tenth of 万 is 1000"           },
        {"家",    "220000", "22萬家",    10000000,    "traditional 萬"                  },
        {"家",    "104",    "",            0,           "no span: exact"                   },
        {"亿元", "308.7",  "308.7亿元", 1000000000,  "0.1 亿元 in fen"                },
        {"亿元", "5200",   "5200亿元",  10000000000, "1 亿元; 亿 belongs to the unit"},
        {"万家", "1.8",    "1.8",         1000000,     "万 is in the unit"               },
    };
    struct model *m = small();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dec d;
        assert_int_equal(dec_parse(str_z(rows[i].value), &d, NULL), OK);
        int64_t got = printed_step(m, unit(m, rows[i].unit), d, str_z(rows[i].text));
        if (got != rows[i].want)
            fail_msg("%s: %lld", rows[i].why, (long long)got);
    }
    model_free(m);
}

static void test_interval(void **state)
{
    (void)state;
    static const struct {
        enum qualifier q;
        i128 lo2, hi2;
    } rows[] = {
        {Q_EQ,       190,       210     },
        {Q_OVER,     200,       I128_MAX},
        {Q_UNDER,    -I128_MAX, 200     },
        {Q_APPROX,   180,       220     },
        {Q_RANGE,    190,       410     },
        {Q_AT_LEAST, 200,       I128_MAX},
        {Q_AT_MOST,  -I128_MAX, 200     },
        {Q_DOUBLED,  190,       210     }
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fact f = {
            .value = 100, .value_hi = 200, .step = 10, .qualifier = (uint8_t)rows[i].q};
        struct interval it = fact_interval(&f);
        assert_true(it.lo2 == rows[i].lo2);
        assert_true(it.hi2 == rows[i].hi2);
    }
}

static void test_names(void **state) /* I5 */
{
    (void)state;
    struct model *m = small();
    uint32_t a = model_add_entity(m, (struct entity){.name = STR("新区"), .type = STR("district")});
    uint32_t b = model_add_entity(m, (struct entity){.name = STR("新区"), .type = STR("park")});
    size_t it = 0;
    model_add_alias(m, a, STR("高新区"));
    model_add_alias(m, a, STR("高新区"));
    assert_int_equal(model_named(m, STR("新区"), &it), b);
    assert_int_equal(model_named(m, STR("新区"), &it), a);
    assert_int_equal(model_named(m, STR("新区"), &it), 0);
    assert_int_equal(model_named(m, STR("新区"), &it), 0);
    it = 0;
    assert_int_equal(model_named(m, STR("高新区"), &it), a);
    it = 0;
    assert_true(model_alias(m, a, &it).ptr != NULL);
    assert_true(model_alias(m, a, &it).ptr == NULL);
    model_free(m);
}

static void test_undo(void **state) /* I6 */
{
    (void)state;
    struct model *m = small();
    uint32_t a = model_add_entity(m, (struct entity){.name = STR("甲"), .type = STR("city")});
    uint32_t p = model_add_entity(m, (struct entity){.name = STR("省"), .type = STR("province")});
    uint32_t g =
        model_add_grouping(m, (struct grouping){.name = STR("行政区划"), .alias = STR("district")});
    struct membership ms = {
        .grouping = g, .child = a, .parent = p, .ppm = PPM, .from = DAY_MIN, .to = DAY_MAX};
    uint32_t id = model_add_membership(m, ms);
    model_mark(m);
    model_end_membership(m, id, 100);
    uint32_t b = model_add_entity(
        m, (struct entity){.name = STR("甲"), .type = STR("x"), .code = STR("c:1")});
    model_add_alias(m, a, STR("乙"));
    model_add_alias(m, b, STR("丙"));
    ms.child = b;
    model_add_membership(m, ms);
    struct entity changed = *model_entity(m, a);
    changed.type = STR("county");
    changed.code = STR("c:2");
    model_set_entity(m, changed);
    uint32_t i = model_add_indicator(m, (struct indicator){.name = STR("指标"), .unit = 1});
    model_add_series(m, (struct series){.indicator = i, .dimension = 1, .comparison = STR("yoy")});
    model_add_source(m, (struct source){.doc = STR("文件")});
    model_undo(m);

    size_t it = 0;
    assert_int_equal(m->entities.len, 2);
    assert_int_equal(model_named(m, STR("甲"), &it), a);
    assert_int_equal(model_named(m, STR("甲"), &it), 0);
    it = 0;
    assert_int_equal(model_named(m, STR("乙"), &it), 0);
    it = 0;
    assert_true(model_alias(m, a, &it).ptr == NULL);
    assert_int_equal(model_find_code(m, STR("c:1")), 0);
    assert_int_equal(model_find_code(m, STR("c:2")), 0);
    assert_true(str_is(model_entity(m, a)->type, "city"));
    assert_int_equal(m->memberships.v[0].to, DAY_MAX);
    it = 0;
    assert_non_null(model_children(m, p, &it));
    assert_null(model_children(m, p, &it));
    assert_int_equal(model_find_indicator(m, STR("指标")), 0);
    assert_int_equal(model_find_series(m, i, KIND_LEVEL, STR("yoy"), MOD_ACTUAL), 0);
    assert_int_equal(model_find_source(m, STR("文件")), 0);
    /* and the same additions again give the same ids */
    assert_int_equal(model_add_entity(m, (struct entity){.name = STR("甲"), .type = STR("x")}), b);
    model_free(m);
}

static void test_dated_parent(void **state) /* I4 */
{
    (void)state;
    struct model *m = small();
    uint32_t county =
        model_add_entity(m, (struct entity){.name = STR("孟津县"), .type = STR("county")});
    uint32_t old = model_add_entity(m, (struct entity){.name = STR("旧市"), .type = STR("city")});
    uint32_t now = model_add_entity(m, (struct entity){.name = STR("新市"), .type = STR("city")});
    uint32_t g = model_add_grouping(m, (struct grouping){.name = STR("行政区划")});
    day_t change = day_from(2021, 3, 18);
    struct membership ms = {.grouping = g,
                            .child = county,
                            .parent = old,
                            .ppm = PPM,
                            .from = DAY_MIN,
                            .to = change - 1};
    model_add_membership(m, ms);
    ms.parent = now;
    ms.from = change;
    ms.to = DAY_MAX;
    model_add_membership(m, ms);
    assert_int_equal(model_parent(m, county, change - 1), old);
    assert_int_equal(model_parent(m, county, change), now);
    assert_true(model_is_within(m, county, now, DAY_MAX));
    assert_false(model_is_within(m, county, old, DAY_MAX));
    model_free(m);
}

static void test_words(void **state)
{
    (void)state;
    enum qualifier q;
    for (int i = 0; i < Q_COUNT; i++) {
        assert_true(qualifier_from(str_z(qualifier_name((enum qualifier)i)), &q));
        assert_int_equal(q, i);
    }
    assert_true(qualifier_from(STR("≥"), &q));
    assert_int_equal(q, Q_AT_LEAST);
    enum fact_kind k;
    for (int i = 0; i < KIND_KINDS; i++) {
        assert_true(kind_from(str_z(kind_name((enum fact_kind)i)), &k));
        assert_int_equal(k, i);
    }
    assert_false(kind_from(STR("nonsense"), &k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_base),      cmocka_unit_test(test_text_round_trip),
        cmocka_unit_test(test_printed_step), cmocka_unit_test(test_interval),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_dated_parent), cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
