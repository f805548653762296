/* regional_test.c - every method against the references (REAT, ineq) and against values by hand. */
#include "analyze_testing.h"

#define LAENDER "regional/german_laender_emp_2008_2014_input.csv"

struct bench {
    struct arena arena;
    struct table in, want;
    struct analysis a;
};

static void bench_shared(struct bench *b, const char *in, const char *want)
{
    *b = (struct bench){0};
    arena_init(&b->arena, 0);
    shared_table(&b->in, &b->arena, in);
    shared_table(&b->want, &b->arena, want);
}

static void bench_text(struct bench *b, const char *text)
{
    *b = (struct bench){0};
    arena_init(&b->arena, 0);
    table_of(&b->in, &b->arena, str_z(text), "fixture");
}

static void bench_clear(struct bench *b)
{
    analysis_clear(&b->a);
    table_clear(&b->in);
    table_clear(&b->want);
    arena_clear(&b->arena);
}

/* ---- references ---- */

static const struct {
    const char *method, *in, *options, *want, *keys, *columns;
    double floor;
} references[] = {
    {"lq",              LAENDER,                                 "",                                             "regional/laender_lq_2014_reat.csv",               "region,industry",
     "emp,lq,lq_additive",                                                                                                                                                                                                                                           1e-6},
    {"shiftshare",      LAENDER,                                 "",                                             "regional/laender_shiftshare_reat.csv",            "region,method,component",
     "value",                                                                                                                                                                                                                                                        1e-1},
    {"shiftshare",      LAENDER,                                 "dynamic=yes",                                  "regional/laender_shiftshare_dynamic_reat.csv",
     "region,method,component",                                                                                                                                                                  "value",                                                            1e-1},
    {"shiftshare",      LAENDER,                                 "detail=industry-reat",                         "regional/laender_shiftshare_industry_reat.csv",
     "region,industry,component",                                                                                                                                                                "value",                                                            1e-1},
    {"contribution",    LAENDER,                                 "",                                             "regional/laender_contribution_2008_2014_own.csv",
     "region,industry",                                                                                                                                                                          "v0,v1,delta,growth_pct,pull_pp,contribution_pct,total_growth_pct", 1e-9},
    {"specialisation",  LAENDER,                                 "",                                             "regional/laender_region_2014_reat.csv",           "region",
     "herf,herf_norm,herf_eq,gini_spec,krugman_spec_vs_nation",                                                                                                                                                                                                      1e-9},
    {"concentration",   LAENDER,                                 "",                                             "regional/laender_industry_2014_reat.csv",         "industry",
     "gini_conc,krugman_conc_vs_total,hoover_vs_total,theil,gini,gini_norm,cv,atkinson_e05",                                                                                                                                                                         1e-9},
    {"inequality",      "regional/automotive_input.csv",         "value=Quantity2014|label=Company|names=tools",
     "regional/automotive_quantity2014_concentration.csv",                                                                                                          "metric",                    "value",                                                            1e-9},
    {"ellison-glaeser", "regional/fk2014_firms_input.csv",       "firm=firm",
     "regional/fk2014_ellison_glaeser_reat.csv",                                                                                                                    "industry",                  "gamma,G,z_G,firms,HHI",                                            1e-9},
    {"lq",              "regional/freiburg_2008_2014_input.csv",
     "name=Freiburg|value=e_Freiburg2014|"
     "nation=e_Germany2014|as=emp",                                                                              "regional/freiburg_lq_2014_reat.csv",              "region,industry",           "emp,lq,lq_additive",                                               1e-6},
    {"specialisation",  "regional/freiburg_2008_2014_input.csv",
     "name=Freiburg|"
     "value=e_Freiburg2014|nation=e_Germany2014",                                                                "regional/freiburg_region_2014_reat.csv",          "region",
     "herf,herf_norm,herf_eq,gini_spec,krugman_spec_vs_nation",                                                                                                                                                                                                      1e-9},
    {"shiftshare",      "regional/freiburg_2008_2014_input.csv",
     "name=Freiburg|start=e_Freiburg2008|"
     "value=e_Freiburg2014|nation-start=e_Germany2008|nation=e_Germany2014",                                     "regional/freiburg_shiftshare_reat.csv",           "region,method,component",   "value",                                                            1e-1},
    {"shiftshare",      "regional/freiburg_2008_2014_input.csv",
     "name=Freiburg|start=e_Freiburg2008|"
     "value=e_Freiburg2014|nation-start=e_Germany2008|nation=e_Germany2014|detail=industry-reat",                "regional/freiburg_shiftshare_industry_reat.csv",  "region,industry,component", "value",                                                            1e-1},
};

static void references_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(references); i++) {
        struct bench b;
        bench_shared(&b, references[i].in, references[i].want);
        run_well(references[i].method, &b.in, 1, references[i].options, &b.a);
        check_table(&b.a.out, &b.want, references[i].keys, references[i].columns,
                    references[i].floor, 1e-9);
        bench_clear(&b);
    }
}

/* ---- by hand ---- */

static double value_at(const struct bench *b, const char *column, size_t row)
{
    double v = NAN;
    struct error err = {0};
    int c = table_column(&b->a.out, column);
    assert_true(c >= 0);
    assert_int_equal(table_number(&b->a.out, c, row, true, &v, &err), OK);
    return v;
}

static bool noted(const struct bench *b, const char *words)
{
    for (size_t i = 0; i < b->a.notes.len; i++)
        if (str_has(b->a.notes.v[i], str_z(words)))
            return true;
    return false;
}

/* Shares equal to the nation's in thirds and sevenths: a rounded quotient would miss 1. */
static void lq_is_one_exactly(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "region,industry,value\nA,x,0.1\nA,y,0.6\nB,x,0.3\nB,y,1.8\nC,x,0.7\nC,y,4.2\n");
    run_well("lq", &b.in, 1, "", &b.a);
    for (size_t r = 0; r < 6; r++) {
        assert_true(value_at(&b, "lq", r) == 1);
        assert_true(value_at(&b, "specialised", r) == 1);
    }
    bench_clear(&b);
}

static void lq_without_a_base_is_empty(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "region,industry,value\nA,x,0\nA,y,0\nB,x,3\nB,y,0\n");
    run_well("lq", &b.in, 1, "", &b.a);
    assert_true(isnan(value_at(&b, "lq", 0)) && isnan(value_at(&b, "lq", 3)));
    assert_true(value_at(&b, "lq", 2) == 1);
    assert_true(noted(&b, "3 pairs have an empty lq"));
    bench_clear(&b);
}

/* Farhauer and Kroell 2013, as in the manual of REAT: Gini of specialisation 0.6222222. */
static void gini_of_specialisation_as_published(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "industry,e,n\na,700,30000\nb,600,15000\nc,500,10000\nd,10000,60000\n"
                   "e,40000,50000\n");
    run_well("specialisation", &b.in, 1, "value=e|nation=n", &b.a);
    assert_true(fabs(value_at(&b, "gini_spec", 0) - 0.6222222) < 5e-8);
    bench_clear(&b);
}

/* x: 100 -> 120, nation 1000 -> 1100; y: 100 -> 100, nation 1000 -> 1300; all 2000 -> 2400.
 * National 0.2, mix -10 + 10, share 10 - 30; homothetic employment equals the real one. */
static void shift_share_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "industry,v0,v1,n0,n1\nx,100,120,1000,1100\ny,100,100,1000,1300\n");
    run_well("shiftshare", &b.in, 1, "start=v0|value=v1|nation-start=n0|nation=n1", &b.a);
    static const double want[] = {20, 40, 0, -20, -20, 20, 40, 0, -20, 0, 1, 220.0 / 240};
    for (size_t i = 0; i < COUNT(want); i++)
        assert_true(fabs(value_at(&b, "value", i) - want[i]) < 1e-12);
    assert_true(fabs(value_at(&b, "value", 12) - 1.1 / 1.2) < 1e-12);
    bench_clear(&b);
}

static void contribution_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "industry,year,value\nx,9,50\ny,9,150\nx,10,70\ny,10,140\n");
    run_well("contribution", &b.in, 1, "", &b.a);
    static const double x[] = {50, 70, 20, 40, 10, 200, 5};
    static const char *const columns[] = {
        "v0", "v1", "delta", "growth_pct", "pull_pp", "contribution_pct", "total_growth_pct"};
    for (size_t i = 0; i < COUNT(x); i++)
        assert_true(fabs(value_at(&b, columns[i], 0) - x[i]) < 1e-12);
    bench_clear(&b);
}

/* 1, 2, 3, 4: Gini 0.25, Hoover 0.2, H 0.3, CV sqrt(5/3)/2.5; CR3 0.9. */
static void inequality_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "name,value\na,1\nb,2\nc,3\nd,4\ntotal,10\ne,NA\n");
    run_well("inequality", &b.in, 1, "label=name|missing=leave", &b.a);
    const double want[] = {0.3,          (0.3 - 0.25) / 0.75, 1 / 0.3, 0.25,
                           0.25 * 4 / 3, sqrt(5.0 / 3) / 2.5, 0.2};
    for (size_t i = 0; i < COUNT(want); i++)
        assert_true(fabs(value_at(&b, "value", i) - want[i]) < 1e-12);
    assert_true(fabs(value_at(&b, "value", 12) - 0.9) < 1e-12);
    assert_true(isnan(value_at(&b, "value", 13))); /* CR5 of four */
    bench_clear(&b);
}

/* Two regions of one half each; two equal firms in one region: H 0.5, G 0.5, gamma (0.5 - 0.25) /
 * 0.25 = 1. */
static void ellison_glaeser_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "region,industry,emp_firm,all\n1,x,5,10\n1,x,5,10\n2,y,7,10\n");
    run_well("ellison-glaeser", &b.in, 1, "weight=all", &b.a);
    assert_true(fabs(value_at(&b, "gamma", 0) - 1) < 1e-12);
    assert_true(isnan(value_at(&b, "gamma", 1)));
    assert_true(noted(&b, "one firm"));
    bench_clear(&b);
}

static void one_region_is_defined(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "region,industry,value\nA,x,10\nA,y,30\n");
    run_well("concentration", &b.in, 1, "", &b.a);
    assert_true(value_at(&b, "gini", 0) == 0 && isnan(value_at(&b, "gini_norm", 0)));
    assert_true(isnan(value_at(&b, "cv", 0)) && value_at(&b, "herf", 0) == 1);
    bench_clear(&b);
}

/* ---- what is found and named ---- */

static void totals_and_overlaps_are_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *text, *options, *said;
        double first_lq;
        size_t rows;
    } cases[] = {
        {"region,industry,value\nA,Industry (B-E),4\nA,Cars (C),3\nA,Trade (G),4\nB,Industry "
         "(B-E),2"
         "\nB,Cars (C),1\nB,Trade (G),6\n",              "",         "'Cars (C)' is part of 'Industry (B-E)'",     4. / 3,                                             4},
        {  "region,industry,value\nA,制造业（C）,4\nA,C13 食品,3\nA,F,4\n合计,制造业（C）,4\n"
         "合计,C13 食品,3\n合计,F,4\n", "",         "is a total",                                 1,                                                  2},
        {  "region,industry,value\nA,Industry (B-E),4\nA,Cars (C),2\nA,Trade (G),2\nB,Industry "
         "(B-E),2"
         "\nB,Cars (C),2\nB,Trade (G),2\n",                                             "overlaps=leave-wider",                          "left out: 'Industry (B-E)'",    1, 4},
        { "region,industry,value\nA,p1,4\nA,p10,3\nA,p100,4\n",                                           "", "lq =", 1,                                             3},
        { "region,industry,value\nA,P10,4\nA,P100,3\n",                                           "",         "lq =",         1, 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench b;
        bench_text(&b, cases[i].text);
        run_well("lq", &b.in, 1, cases[i].options, &b.a);
        check_row(noted(&b, cases[i].said), cases[i].text);
        check_row(b.a.out.rows == cases[i].rows, cases[i].text);
        check_row(fabs(value_at(&b, "lq", 0) - cases[i].first_lq) < 1e-12, cases[i].text);
        bench_clear(&b);
    }
}

static void wrong_input_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *method, *text, *options;
        enum code code;
        const char *said;
    } cases[] = {
        {"lq",              "region,industry,value\nA,x,1\nA,x,2\n",             "",             E_INPUT,   "line 2 and again in line 3"},
        {"lq",              "region,industry,value\nA,x,NA\n",                   "",             E_INPUT,   "missing"                   },
        {"lq",              "region,industry,value\nA,x,1e\n",                   "",             E_INPUT,   "not a number"              },
        {"lq",              "region,industry,value\nA,x,-1\nB,x,2\n",            "",             E_INPUT,   "negative"                  },
        {"lq",              "region,industry,value\nA,x (B-D),1\nA,y (C-E),2\n", "",             E_INPUT,   "overlap"                   },
        {"lq",              "region,industry,value\nA,x,1\nA,total,2\n",         "totals=error", E_INPUT,   "is a total"                },
        {"lq",              "region,industry,value\nA,x,1\n",                    "leave=z",      E_INPUT,   "no industry"               },
        {"lq",              "region,industry,value\nA,x,1\n",                    "leave=x",      E_INPUT,   "nothing is left"           },
        {"lq",              "region,industry,value\n",                           "",             E_INPUT,   "no rows"                   },
        {"lq",              "region,sector,value\nA,x,1\n",                      "",             E_MISSING, "no column 'industry'"      },
        {"shiftshare",      "industry,value\nx,1\n",                             "",             E_INPUT,   "no column 'year'"          },
        {"shiftshare",      "industry,year,value\nx,1,0\nx,2,5\n",               "",             E_INPUT,   "reference area is 0"       },
        {"shiftshare",      "industry,year,value\nx,1,4\nx,2,5\n",               "from=2|to=1",  E_INPUT,   "not before"                },
        {"shiftshare",
         "region,industry,year,value\nA,x,1,4\nB,x,1,-4\nA,y,1,1\nA,x,2,5\nB,x,2,1\n"
         "A,y,2,1\n",                                                            "",             E_INPUT,   "no rate of growth"         },
        {"inequality",      "value\n0\n0\n",                                     "",             E_INPUT,   "adds up to 0"              },
        {"inequality",      "value\n1\n\"\"\n",                                  "",             E_INPUT,   "missing"                   },
        {"ellison-glaeser", "region,industry,emp_firm,firm\n1,x,2,F\n1,x,2,F\n", "firm=firm",
         E_INPUT,                                                                                           "again in line 3"           },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench b;
        struct error err = {0};
        bench_text(&b, cases[i].text);
        enum code code = run_method(cases[i].method, &b.in, 1, cases[i].options, &b.a, &err);
        check_row(code == cases[i].code, err.text);
        if (strstr(err.text, cases[i].said) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, cases[i].said);
        bench_clear(&b);
    }
}

/* ---- properties ---- */

/* At 14 decimals: two of the input, twelve of the components; modulo 2^128, which sums keep. */
static u128 exact_cell(const struct table *t, int column, size_t row)
{
    struct str s = table_cell(t, column, row);
    u128 units = 0;
    size_t decimals = 0;
    bool point = false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '.')
            point = true;
        else if (s.ptr[i] != '-') {
            units = units * 10 + (unsigned)(s.ptr[i] - '0');
            decimals += point;
        }
    units *= (u128)dec_pow10((unsigned)(14 - decimals));
    return s.len > 0 && s.ptr[0] == '-' ? 0 - units : units;
}

/* Components add up to the growth to the last digit, at every size of numbers. */
static void components_add_up(void **state)
{
    (void)state;
    test_seed("components_add_up");
    for (size_t n = 0; n < 200; n++) {
        static const uint64_t sizes[] = {10, 1000, 1000000, 1000000000000};
        uint64_t size = sizes[test_below(COUNT(sizes))];
        struct buf text;
        buf_init(&text, 1 << 20);
        buf_z(&text, "region,industry,year,value\n");
        for (unsigned k = 0; k < 36; k++)
            buf_fmt(&text, "r%u,i%u,%u,%llu.%02u\n", k / 12, k / 3 % 4, 2020 + k % 3,
                    (unsigned long long)(test_below(5) == 0 && k > 2 ? 0 : 1 + test_below(size)),
                    (unsigned)test_below(100));
        struct bench b = {0};
        arena_init(&b.arena, 0);
        table_of(&b.in, &b.arena, buf_str(&text), "random");
        run_well("shiftshare", &b.in, 1, n % 2 == 0 ? "dynamic=yes" : "", &b.a);
        int v = table_column(&b.a.out, "value");
        for (size_t r = 0; r < b.a.out.rows; r += 13) {
            u128 c[10];
            for (size_t k = 0; k < 10; k++)
                c[k] = exact_cell(&b.a.out, v, r + k);
            assert_true(c[0] == c[1] + c[2] + c[3]);
            assert_true(c[4] == c[2] + c[3]);
            assert_true(c[5] == c[6] + c[7] + c[8] + c[9]);
        }
        bench_clear(&b);
        buf_clear(&text);
    }
}

/* Any scale of the values gives the same measures; any order of rows the same quotients. */
static void scale_does_not_matter(void **state)
{
    (void)state;
    struct bench small, large;
    bench_text(&small, "region,industry,value\nA,x,1.5\nA,y,2\nB,x,4\nB,y,0.25\n");
    bench_text(&large, "region,industry,value\nB,y,250000000000\nA,x,1500000000000\n"
                       "A,y,2000000000000\nB,x,4000000000000\n");
    run_well("lq", &small.in, 1, "", &small.a);
    run_well("lq", &large.in, 1, "", &large.a);
    check_table(&large.a.out, &small.a.out, "region,industry", "lq,lq_additive,specialised", 1e-9,
                1e-15);
    bench_clear(&small);
    bench_clear(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_agree),
        cmocka_unit_test(lq_is_one_exactly),
        cmocka_unit_test(lq_without_a_base_is_empty),
        cmocka_unit_test(gini_of_specialisation_as_published),
        cmocka_unit_test(shift_share_by_hand),
        cmocka_unit_test(contribution_by_hand),
        cmocka_unit_test(inequality_by_hand),
        cmocka_unit_test(ellison_glaeser_by_hand),
        cmocka_unit_test(one_region_is_defined),
        cmocka_unit_test(totals_and_overlaps_are_left_out),
        cmocka_unit_test(wrong_input_is_named),
        cmocka_unit_test(components_add_up),
        cmocka_unit_test(scale_does_not_matter),
    };
    return cmocka_run_group_tests_name("regional", tests, NULL, NULL);
}
