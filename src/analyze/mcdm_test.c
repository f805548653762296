/* mcdm_test.c - weights, TOPSIS, rank stability and AHP against the references (pymcdm,
 * scikit-criteria, R topsis, AHPy) and against values by hand. */
#include "analyze_testing.h"

struct bench {
    struct arena arena;
    struct table in[2], want;
    struct analysis a;
};

static void bench_init(struct bench *b)
{
    *b = (struct bench){0};
    arena_init(&b->arena, 0);
}

static void bench_text(struct bench *b, const char *first, const char *second)
{
    bench_init(b);
    table_of(&b->in[0], &b->arena, str_z(first), "fixture");
    if (second != NULL)
        table_of(&b->in[1], &b->arena, str_z(second), "second");
}

static void bench_clear(struct bench *b)
{
    if (b->a.arena.head != NULL)
        analysis_clear(&b->a);
    table_clear(&b->in[0]);
    table_clear(&b->in[1]);
    table_clear(&b->want);
    arena_clear(&b->arena);
}

static double value_at(const struct bench *b, const char *column, size_t row)
{
    double v = NAN;
    struct error err = {0};
    int c = table_column(&b->a.out, column);
    assert_true(c >= 0);
    assert_int_equal(table_number(&b->a.out, c, row, true, &v, &err), OK);
    return v;
}

/* ---- references ---- */

#define W_COLUMNS                                                                                  \
    "equal,entropy_raw_pymcdm,entropy_raw_skcriteria,entropy_minmax_skcriteria,"                   \
    "entropy_minmax_shift1e-4_pymcdm,critic_pymcdm,std_minmax_pymcdm"
#define T(w)                                                                                       \
    "topsis_vector__" w ",rank_topsis_vector__" w ",topsis_minmax_pymcdm__" w                      \
    ",topsis_vectorcostinv_pymcdm__" w
#define T_COLUMNS                                                                                  \
    T("equal")                                                                                     \
    "," T("entropy_minmax_skcriteria") "," T(                                                      \
        "entropy_raw_skcriteria") ",topsis_vector_r_topsis__equal=topsis_vector__equal,"           \
                                  "topsis_vector_r_topsis__entropy_minmax_skcriteria=topsis_"      \
                                  "vector__entropy_minmax_skcriteria"
#define T_OPTIONS "weights=all|normalisation=all|names=tools"
#define A_COLUMNS "weight_ahpy,weight_pymcdm,weight_geometric_mean_own,weight_column_average_own"

static const struct {
    const char *method, *in[2], *options, *want, *keys, *columns;
    double limit;
} references[] = {
    {"weights",
     {"mcdm/vans_input.csv", "mcdm/vans_criteria.csv"},
     "names=tools", "mcdm/vans_weights.csv",
     "criterion",             W_COLUMNS,
     1e-9},
    {"weights",
     {"mcdm/laender2015_input.csv", "mcdm/laender2015_criteria.csv"},
     "names=tools", "mcdm/laender2015_weights.csv",
     "criterion",             W_COLUMNS,
     1e-9},
    {"topsis",
     {"mcdm/vans_input.csv", "mcdm/vans_criteria.csv"},
     T_OPTIONS,     "mcdm/vans_topsis.csv",
     "alternative",           T_COLUMNS,
     1e-9},
    {"topsis",
     {"mcdm/laender2015_input.csv", "mcdm/laender2015_criteria.csv"},
     T_OPTIONS,     "mcdm/laender2015_topsis.csv",
     "alternative",           T_COLUMNS,
     1e-9},
    {"ahp",
     {"ahp/drinks_saaty2008_matrix.csv", NULL},
     "names=tools", "ahp/drinks_saaty2008_weights.csv",
     "criterion",             A_COLUMNS,
     1e-9},
    {"ahp",
     {"ahp/leader_criteria_matrix.csv", NULL},
     "names=tools", "ahp/leader_criteria_weights.csv",
     "criterion",             A_COLUMNS,
     1e-9},
    {"ahp-hierarchy",
     {"ahp/leader_criteria_matrix.csv", "ahp/leader_hierarchy_pairs.csv"},
     "",            "ahp/leader_hierarchy_weights.csv",
     "node,alternative,kind", "weight",
     1e-9},
 /* AHPy stops completing at steps of 1e-4, with bounds of 1e-5 on each; its lambda_max is the
  * larger one (consistency below) */
    {"ahp",
     {"ahp/drinks_missing_matrix.csv", NULL},
     "names=tools", "ahp/drinks_missing_weights.csv",
     "criterion",             "weight_ahpy",
     1e-5},
};

static void references_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(references); i++) {
        struct bench b;
        bench_init(&b);
        shared_table(&b.in[0], &b.arena, references[i].in[0]);
        if (references[i].in[1] != NULL)
            shared_table(&b.in[1], &b.arena, references[i].in[1]);
        shared_table(&b.want, &b.arena, references[i].want);
        run_well(references[i].method, b.in, references[i].in[1] != NULL ? 2 : 1,
                 references[i].options, &b.a);
        check_table(&b.a.out, &b.want, references[i].keys, references[i].columns, 1e-9,
                    references[i].limit);
        bench_clear(&b);
    }
}

static void check_case(const struct table *want, const struct bench *b, const char *name,
                       double limit)
{
    double worst = 0;
    int tool = table_column(want, "quantity_tool"), value = table_column(want, "value");
    int quantity = table_column(&b->a.out, "quantity_tool");
    for (size_t r = 0; r < want->rows; r++) {
        double w;
        struct error err = {0};
        if (!str_is(table_cell(want, 0, r), name))
            continue;
        assert_int_equal(table_number(want, value, r, false, &w, &err), OK);
        size_t at = 0;
        while (at < b->a.out.rows &&
               !str_eq(table_cell(&b->a.out, quantity, at), table_cell(want, tool, r)))
            at++;
        assert_true(at < b->a.out.rows);
        worst = fmax(worst, fabs(value_at(b, "value", at) - w) / w);
    }
    print_message("# ahp/consistency.csv %s: largest relative deviation %.3g\n", name, worst);
    assert_true(worst <= limit);
}

/* AHPy gives 12 decimals of a CR of 0.007: 1e-9 allows for them. */
static void consistency_agrees(void **state)
{
    (void)state;
    static const struct {
        const char *name, *matrix;
        double limit;
    } cases[] = {
        {"drinks_saaty2008", "ahp/drinks_saaty2008_matrix.csv", 1e-9},
        {"leader_criteria",  "ahp/leader_criteria_matrix.csv",  1e-9},
        {"drinks_missing",   "ahp/drinks_missing_matrix.csv",   1e-8}
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench b;
        bench_init(&b);
        shared_table(&b.in[0], &b.arena, cases[i].matrix);
        shared_table(&b.want, &b.arena, "ahp/consistency.csv");
        run_well("ahp-consistency", b.in, 1, "names=tools", &b.a);
        check_case(&b.want, &b, cases[i].name, cases[i].limit);
        bench_clear(&b);
    }
}

/* ---- by hand ---- */

/* Criterion x: shares 1/4, 3/4; y: 1/2, 1/2 tells nothing. */
static void entropy_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "alternative,x,y\nA,1,5\nB,3,5\n", NULL);
    run_well("weights", b.in, 1, "", &b.a);
    assert_true(value_at(&b, "entropy_raw", 0) == 1 && value_at(&b, "entropy_raw", 1) == 0);
    assert_true(value_at(&b, "critic", 1) == 0 || isnan(value_at(&b, "critic", 1)));
    assert_true(value_at(&b, "std_minmax", 0) == 1);
    bench_clear(&b);
    /* H(1/4) in nats / ln 2 against H(1/8): 1 - E = 0.1887218755, 0.4564355568 */
    bench_text(&b, "alternative,x,y\nA,1,1\nB,3,7\n", NULL);
    run_well("weights", b.in, 1, "", &b.a);
    double x = 0.18872187554086717, y = 0.45643555680040354;
    assert_true(fabs(value_at(&b, "entropy_raw", 0) - x / (x + y)) < 1e-12);
    bench_clear(&b);
}

/* Three alternatives on a line between the best (1, 1) and the worst (0, 0). */
static void topsis_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "alternative,x,y\nlow,0,10\nhigh,4,2\nmiddle,1,8\ntwin,1,8\ntotal,6,28\n",
               "criterion,objective,weight\nx,max,3\ny,min,1\n");
    run_well("topsis", b.in, 2, "normalisation=minmax|weights=given", &b.a);
    assert_int_equal(b.a.out.rows, 4);
    static const double score[] = {0, 1, 0.25, 0.25}, rank[] = {4, 1, 2, 2};
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(value_at(&b, "topsis_minmax__given", i) - score[i]) < 1e-12);
        assert_true(value_at(&b, "rank_topsis_minmax__given", i) == rank[i]);
    }
    bench_clear(&b);
}

static void alike_alternatives_have_no_score(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "alternative,x\nA,2\nB,2\n", NULL);
    run_well("topsis", b.in, 1, "", &b.a);
    assert_true(isnan(value_at(&b, "topsis_vector__equal", 0)));
    assert_true(value_at(&b, "rank_topsis_vector__equal", 1) == 1);
    bench_clear(&b);
}

/* A wins by x, B by y: with a weight of 0.5 they tie, any change decides. */
static void ranks_turn_with_weights(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "alternative,x,y\nA,1,0\nB,0,1\n", NULL);
    run_well("rank-stability", b.in, 1, "weights=equal|normalisation=minmax|change=20", &b.a);
    int first = table_column(&b.a.out, "first");
    check_text(table_cell(&b.a.out, first, 0), STR("B"), "x lighter");
    check_text(table_cell(&b.a.out, first, 1), STR("A"), "x heavier");
    assert_true(fabs(value_at(&b, "weight_changed", 1) - 0.6) < 1e-12);
    assert_true(value_at(&b, "first_stays", 0) == 0 && value_at(&b, "moved", 0) == 1);
    analysis_clear(&b.a);
    run_well("rank-stability", b.in, 1,
             "weights=equal|normalisation=minmax|change=20|detail=alternative", &b.a);
    assert_true(value_at(&b, "rank_best", 0) == 1 && value_at(&b, "rank_worst", 0) == 2);
    bench_clear(&b);
}

/* Consistent: 6 : 3 : 1 by every method, lambda = n, CR 0; also with a comparison left open. */
static void consistent_matrix_by_hand(void **state)
{
    (void)state;
    static const char *const matrices[] = {"c,a,b,d\na,1,2,6\nb,1/2,1,3\nd,1/6,1/3,1\n",
                                           "c,a,b,d\na,1,2,\nb,,1,3\nd,,,1\n"};
    static const double want[] = {0.6, 0.3, 0.1};
    for (size_t m = 0; m < COUNT(matrices); m++) {
        struct bench b;
        bench_text(&b, matrices[m], NULL);
        run_well("ahp", b.in, 1, "", &b.a);
        for (size_t i = 0; i < 3; i++) {
            assert_true(fabs(value_at(&b, "weight_eigenvector", i) - want[i]) < 1e-9);
            assert_true(fabs(value_at(&b, "weight_geometric_mean", i) - want[i]) < 1e-9);
            assert_true(fabs(value_at(&b, "weight_column_average", i) - want[i]) < 1e-9);
        }
        analysis_clear(&b.a);
        run_well("ahp-consistency", b.in, 1, "", &b.a);
        assert_true(fabs(value_at(&b, "value", 0) - 3) < 1e-12);
        assert_true(value_at(&b, "value", 2) < 1e-12);
        bench_clear(&b);
    }
}

static void hierarchy_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_text(&b, "c,p,q\np,1,3\nq,1/3,1\n", "node,A>B\np,4\nq,1/4\n");
    run_well("ahp-hierarchy", b.in, 2, "separator=>|goal=G", &b.a);
    assert_true(fabs(value_at(&b, "weight", 0) - 0.8) < 1e-12);
    assert_true(fabs(value_at(&b, "weight", 4) - (0.75 * 0.8 + 0.25 * 0.2)) < 1e-12);
    bench_clear(&b);
}

static void wrong_input_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *method, *first, *second, *options;
        enum code code;
        const char *said;
    } cases[] = {
        {"topsis",         "alternative,x\nA,1\nA,2\n",  NULL,                                  "",                       E_INPUT,   "line 2 and again in line 3"},
        {"topsis",         "alternative,x\nA,1\nB,\n",   NULL,                                  "",                       E_INPUT,   "missing"                   },
        {"topsis",         "alternative,x\nA,1\n",       "criterion,objective\nz,max\n",        "",                       E_MISSING, "'z'"                       },
        {"topsis",         "alternative,x\nA,1\n",       "criterion,objective\nx,more\n",       "",                       E_INPUT,   "'more'"                    },
        {"topsis",         "alternative,x\nA,1\n",       "criterion,objective\nx,max\nx,max\n", "",                       E_INPUT,
         "twice"                                                                                                                                                 },
        {"topsis",         "alternative,x\nA,1\n",       NULL,                                  "weights=given",          E_INPUT,   "column 'weight'"           },
        {"topsis",         "alternative,x\nA,1\nB,1\n",  NULL,                                  "weights=critic",         E_INPUT,   "undefined"                 },
        {"topsis",         "alternative,x\nA,-1\nB,1\n", NULL,                                  "weights=entropy-raw",    E_INPUT,
         "negative for 'A'"                                                                                                                                      },
        {"topsis",         "alternative,x\nA,1\n",       NULL,                                  "weights=entropy-minmax", E_INPUT,   "two"                       },
        {"topsis",         "alternative\nA\n",           NULL,                                  "",                       E_INPUT,   "no criteria"               },
        {"topsis",         "alternative,x\n",            NULL,                                  "",                       E_INPUT,   "no alternatives"           },
        {"topsis",         "alternative,x\nA,\n",        NULL,                                  "missing=leave",          E_INPUT,   "no alternative"            },
        {"ahp",            "c,a,b\na,1,2\n",             NULL,                                  "",                       E_INPUT,   "no square matrix"          },
        {"ahp",            "c,a,b\na,1,2\nb,1/3,1\n",    NULL,                                  "",                       E_INPUT,   "reciprocal"                },
        {"ahp",            "c,a,b\na,1,-2\nb,,1\n",      NULL,                                  "",                       E_INPUT,   "not above 0"               },
        {"ahp",            "c,a,b\na,1,\nb,,1\n",        NULL,                                  "",                       E_INPUT,   "no chain"                  },
        {"ahp",            "c,a,b\na,1,1/0\nb,,1\n",     NULL,                                  "",                       E_INPUT,   "fraction"                  },
        {"ahp",            "c,a,b\na,2,1\nb,1,1\n",      NULL,                                  "",                       E_INPUT,   "reciprocal"                },
        {"ahp-hierarchy",  "c,p\np,1\n",                 "node,AB\np,1\n",                      "",                       E_INPUT,   "two alternatives"          },
        {"ahp-hierarchy",  "c,p\np,1\n",                 "node,A_B\nq,1\n",                     "",                       E_INPUT,   "no criterion"              },
        {"ahp-hierarchy",  "c,p\np,1\n",                 "node,A_B\n",                          "",                       E_INPUT,   "0 rows"                    },
        {"rank-stability", "alternative,x\nA,1\nB,2\n",  NULL,                                  "change=0",               E_INPUT,   "percentage"                },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench b;
        struct error err = {0};
        bench_text(&b, cases[i].first, cases[i].second);
        enum code code = run_method(cases[i].method, b.in, cases[i].second != NULL ? 2 : 1,
                                    cases[i].options, &b.a, &err);
        check_row(code == cases[i].code, cases[i].said);
        if (strstr(err.text, cases[i].said) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, cases[i].said);
        bench_clear(&b);
    }
}

/* ---- properties ---- */

static struct str random_table(struct arena *a, size_t n, size_t m)
{
    struct buf text;
    buf_init(&text, (size_t)1 << 30);
    buf_z(&text, "alternative");
    for (size_t k = 0; k < m; k++)
        buf_fmt(&text, ",c%zu", k);
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&text, "\na%zu", i);
        for (size_t k = 0; k < m; k++)
            buf_fmt(&text, ",%llu.%03u", (unsigned long long)test_below(100000),
                    (unsigned)test_below(1000));
    }
    buf_z(&text, "\n");
    struct str out = arena_dup(a, buf_str(&text));
    buf_clear(&text);
    return out;
}

/* Scores lie in 0..1, weights add up to 1, ranks follow scores. */
static void scores_and_weights_keep_their_range(void **state)
{
    (void)state;
    test_seed("scores_and_weights_keep_their_range");
    for (size_t round = 0; round < 100; round++) {
        struct bench b;
        bench_init(&b);
        size_t m = 1 + test_below(6), n = 2 + test_below(30);
        table_of(&b.in[0], &b.arena, random_table(&b.arena, n, m), "random");
        run_well("topsis", b.in, 1, "weights=all|normalisation=all", &b.a);
        for (size_t c = 1; c < b.a.out.columns.len; c += 2)
            for (size_t i = 0; i < n; i++) {
                double s, r;
                struct error err = {0};
                assert_int_equal(table_number(&b.a.out, (int)c, i, true, &s, &err), OK);
                assert_int_equal(table_number(&b.a.out, (int)c + 1, i, true, &r, &err), OK);
                assert_true(s >= 0 && s <= 1 && r >= 1 && r <= (double)n);
            }
        analysis_clear(&b.a);
        run_well("weights", b.in, 1, "", &b.a);
        for (size_t c = 1; c < b.a.out.columns.len; c++) {
            double sum = 0, w;
            struct error err = {0};
            for (size_t k = 0; k < m; k++) {
                assert_int_equal(table_number(&b.a.out, (int)c, k, true, &w, &err), OK);
                sum += w;
            }
            assert_true(isnan(sum) || fabs(sum - 1) < 1e-12);
        }
        bench_clear(&b);
    }
}

/* Any matrix of ratios w_i / w_j gives w back, also with a third of it missing. */
static void ratios_give_their_weights_back(void **state)
{
    (void)state;
    test_seed("ratios_give_their_weights_back");
    for (size_t round = 0; round < 100; round++) {
        size_t n = 2 + test_below(8);
        double w[10], sum = 0;
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_z(&text, "c");
        for (size_t i = 0; i < n; i++) {
            w[i] = 1 + (double)test_below(1000);
            sum += w[i];
            buf_fmt(&text, ",e%zu", i);
        }
        for (size_t i = 0; i < n; i++) {
            buf_fmt(&text, "\ne%zu", i);
            for (size_t j = 0; j < n; j++)
                if (j > i && (j == i + 1 || test_below(3) > 0))
                    buf_fmt(&text, ",%.17g", w[i] / w[j]);
                else
                    buf_z(&text, i == j ? ",1" : ",");
        }
        buf_z(&text, "\n");
        struct bench b;
        bench_init(&b);
        table_of(&b.in[0], &b.arena, buf_str(&text), "ratios");
        run_well("ahp", b.in, 1, "", &b.a);
        for (size_t i = 0; i < n; i++)
            assert_true(fabs(value_at(&b, "weight_eigenvector", i) * sum / w[i] - 1) < 1e-6);
        bench_clear(&b);
        buf_clear(&text);
    }
}

/* 220,000 alternatives, 20 criteria: printed, and bounded loosely for sanitized builds. */
static void a_large_table_is_fast(void **state)
{
    (void)state;
    test_seed("a_large_table_is_fast");
    struct bench b;
    struct timespec from, to;
    bench_init(&b);
    table_of(&b.in[0], &b.arena, random_table(&b.arena, 220000, 20), "large");
    clock_gettime(CLOCK_MONOTONIC, &from);
    run_well("entropy-topsis", b.in, 1, "", &b.a);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double s = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    print_message("# entropy-topsis of 220,000 x 20: %.3f s\n", s);
    assert_int_equal(b.a.out.rows, 220000);
    assert_true(s < 20);
    bench_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_agree),
        cmocka_unit_test(consistency_agrees),
        cmocka_unit_test(entropy_by_hand),
        cmocka_unit_test(topsis_by_hand),
        cmocka_unit_test(alike_alternatives_have_no_score),
        cmocka_unit_test(ranks_turn_with_weights),
        cmocka_unit_test(consistent_matrix_by_hand),
        cmocka_unit_test(hierarchy_by_hand),
        cmocka_unit_test(wrong_input_is_named),
        cmocka_unit_test(scores_and_weights_keep_their_range),
        cmocka_unit_test(ratios_give_their_weights_back),
        cmocka_unit_test(a_large_table_is_fast),
    };
    return cmocka_run_group_tests_name("mcdm", tests, NULL, NULL);
}
