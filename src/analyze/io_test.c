/* io_test.c - input-output methods against R ioanalysis, leontief, iotables and pymrio, against
 * small tables worked by hand, and against laws that hold for every table. */
#include "analyze_testing.h"

/* ---- references ---- */

static void reference(const char *method, const char *kase, const char *vectors, const char *demand,
                      const char *result, const char *skipped)
{
    char file[200];
    struct trial t;
    trial_init(&t);
    snprintf(file, sizeof file, "io/%s_Z.csv", kase);
    trial_file(&t, file);
    snprintf(file, sizeof file, "io/%s_%s.csv", kase, vectors);
    trial_file(&t, file);
    trial_option(&t, "demand", demand);
    if (strcmp(method, "io-sectors") == 0)
        trial_option(&t, "variation", "r-leontief");
    trial_ok(&t, method);
    snprintf(file, sizeof file, "io/%s_%s.csv", kase, result);
    trial_compare(&t, file, "sector", skipped, 1e-9);
    trial_clear(&t);
}

static void reference_matrices(void **state)
{
    (void)state;
    static const char *const cases[] = {"chile2013", "germany1995", "wiod_chn2011"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        reference("io-coefficients", cases[i], "vectors", "", "A", "");
        reference("io-leontief", cases[i], "vectors", "", "L", "");
        reference("io-ghosh", cases[i], "vectors", "", "ghosh_G", "");
    }
    reference("io-coefficients", "pymrio_test", "Y", "all", "A", "");
    reference("io-leontief", "pymrio_test", "Y", "all", "L", "");
}

static void reference_sectors(void **state)
{
    (void)state;
    static const char *const cases[] = {"chile2013", "germany1995", "wiod_chn2011"};
    for (size_t i = 0; i < COUNT(cases); i++)
        reference("io-sectors", cases[i], "vectors", "", "sectors", "");
    reference("io-sectors", "pymrio_test", "Y", "all", "sectors", "");
}

static void reference_extraction(void **state)
{
    (void)state;
    reference("io-extraction", "chile2013", "vectors", "", "full_extraction_own", "");
    reference("io-extraction", "wiod_chn2011", "vectors", "", "full_extraction_own", "");
}

/* The manual prints four decimals; its forward value of industry is not that of its table. The
 * forward values of iotables differ from ours by up to 2.5e-5; why is not known, so the limit below
 * is what was observed and not what a known rounding allows. */
static void reference_manual(void **state)
{
    (void)state;
    struct trial t;
    struct table want;
    trial_init(&t);
    trial_file(&t, "io/germany1995_Z.csv");
    trial_file(&t, "io/germany1995_vectors.csv");
    trial_option(&t, "region", "");
    trial_ok(&t, "io-sectors");
    shared_table(&want, &t.arena, "io/germany1995_eurostat_manual_published.csv");
    double worst[4] = {0};
    for (size_t r = 0; r < want.rows; r++) {
        const char *key = arena_z(&t.arena, table_cell(&want, 0, r));
        double l = cell_number(&t.a.out, "output_multiplier", key);
        double g = cell_number(&t.a.out, "ghosh_input_multiplier", key);
        double off[4] = {
            fabs(l - cell_number(&want, "manual_output_multiplier", key)),
            fabs(g - cell_number(&want, "manual_forward_linkage_ghosh_as_in_iotables_test", key)),
            fabs(l / cell_number(&want, "iotables_backward_linkage", key) - 1),
            fabs(g / cell_number(&want, "iotables_forward_linkage", key) - 1)};
        for (int c = 0; c < 4; c++)
            if (c != 1 || strcmp(key, "industry_group") != 0)
                worst[c] = fmax(worst[c], off[c]);
    }
    print_message("# germany1995_eurostat_manual_published.csv: %.2g %.2g absolute, iotables %.2g "
                  "%.2g relative\n",
                  worst[0], worst[1], worst[2], worst[3]);
    assert_true(worst[0] <= 0.5001e-4 && worst[1] <= 0.8e-4 && worst[2] < 1e-9 && worst[3] < 3e-5);
    table_clear(&want);
    trial_clear(&t);
}

static void reference_environment(void **state)
{
    (void)state;
    static const char *const accounts[] = {"S", "M", "D_cba", "D_pba"};
    for (size_t i = 0; i < COUNT(accounts); i++) {
        char file[100];
        struct trial t;
        trial_init(&t);
        trial_file(&t, "io/pymrio_test_Z.csv");
        trial_file(&t, "io/pymrio_test_Y.csv");
        trial_file(&t, "io/pymrio_test_emissions_F.csv");
        trial_option(&t, "account", accounts[i]);
        trial_ok(&t, "io-environment");
        snprintf(file, sizeof file, "io/pymrio_test_emissions_%s.csv", accounts[i]);
        trial_compare(&t, file, "sector", "", 1e-9);
        trial_clear(&t);
    }
}

/* ---- worked by hand ---- */

/* The two-sector example of Miller and Blair 2009, chapter 2: Z = 150 500; 200 100, f = 350 1700, x
 * = 1000 2000, so A = .15 .25; .20 .05 and L = 1.2541 .3300; .2640 1.1221, exactly |I - A| =
 * 0.7575. */
#define MB_Z STR("sector,one,two\none,150,500\ntwo,200,100\n")
#define MB_F                                                                                       \
    STR("sector,final_demand,wage,household_consumption\none,350,300,90\ntwo,1700,500,500\n")
#define DET 0.7575

static void two(struct trial *t)
{
    trial_init(t);
    trial_text(t, "Z", MB_Z);
    trial_text(t, "vectors", MB_F);
}

static void check_number(double got, double want, const char *why)
{
    if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want))))
        fail_msg("%s: got %.17g, want %.17g", why, got, want);
}

static void hand_matrices(void **state)
{
    (void)state;
    static const struct {
        const char *method, *by, *row, *column;
        double want;
    } rows[] = {
        {"io-coefficients", "input",  "one", "two", 0.25      },
        {"io-coefficients", "output", "one", "two", 0.5       },
        {"io-leontief",     NULL,     "one", "one", 0.95 / DET},
        {"io-leontief",     NULL,     "one", "two", 0.25 / DET},
        {"io-leontief",     NULL,     "two", "one", 0.20 / DET},
        {"io-leontief",     NULL,     "two", "two", 0.85 / DET},
        {"io-ghosh",        NULL,     "one", "two", 0.5 / DET },
        {"io-ghosh",        NULL,     "two", "one", 0.1 / DET },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        two(&t);
        if (rows[i].by != NULL)
            trial_option(&t, "by", rows[i].by);
        trial_ok(&t, rows[i].method);
        check_number(cell_number(&t.a.out, rows[i].column, rows[i].row), rows[i].want,
                     rows[i].method);
        trial_clear(&t);
    }
}

static void hand_sectors(void **state)
{
    (void)state;
    struct trial t;
    two(&t);
    trial_option(&t, "region", "");
    trial_ok(&t, "io-sectors");
    const struct table *out = &t.a.out;
    double l11 = 0.95 / DET, l12 = 0.25 / DET, l21 = 0.2 / DET, l22 = 0.85 / DET;
    double mean = (l11 + l12 + l21 + l22) / 2;
    check_number(cell_number(out, "output_multiplier", "one"), l11 + l21, "multiplier");
    check_number(cell_number(out, "power_dispersion", "two"), (l12 + l22) / mean, "power");
    check_number(cell_number(out, "sensitivity_dispersion", "one"), (l11 + l12) / mean,
                 "sensitivity");
    check_number(cell_number(out, "power_dispersion_cv", "one"),
                 (l11 - l21) / sqrt(2) / ((l11 + l21) / 2), "variation of two");
    check_number(cell_number(out, "income_multiplier", "one"), 0.3 * l11 + 0.25 * l21, "income");
    /* closed: c = 90 500 over 800, w = .3 .25 */
    double q1 = 0.3 * l11 + 0.25 * l21, q2 = 0.3 * l12 + 0.25 * l22, c1 = 90.0 / 800,
           c2 = 500.0 / 800, d = 1 - q1 * c1 - q2 * c2;
    check_number(cell_number(out, "type2_income_multiplier", "one"), q1 / d, "type II income");
    check_number(cell_number(out, "type2_output_multiplier_own", "one"),
                 l11 + l21 + ((l11 + l21) * c1 + (l12 + l22) * c2) * q1 / d, "type II output");
    trial_clear(&t);
}

/* Without sector one nothing but two is left: x2 = 1700 / .95. */
static void hand_extraction(void **state)
{
    (void)state;
    struct trial t;
    two(&t);
    trial_ok(&t, "io-extraction");
    double x2 = 1700 / 0.95, x1 = 350 / 0.85;
    check_number(cell_number(&t.a.out, "output_lost_total_own", "one"), 3000 - x2, "full");
    check_number(cell_number(&t.a.out, "output_lost_other_sectors_own", "one"), 2000 - x2,
                 "others");
    check_number(cell_number(&t.a.out, "extract_backward_total", "one"), 3000 - x2 - x1,
                 "backward total");
    check_number(cell_number(&t.a.out, "extract_backward", "one"), 3000 - x2 - (350 + 0.25 * x2),
                 "backward: column of one is zero");
    trial_clear(&t);
}

static void hand_impact(void **state)
{
    (void)state;
    struct trial t;
    two(&t);
    /* the same chapter: f = 600 1500 gives x = 1247.5 1841.6 */
    trial_text(&t, "change", STR("sector,change\none,250\ntwo,-200\n"));
    trial_ok(&t, "io-impact");
    check_number(cell_number(&t.a.out, "output_change", "one"), (0.95 * 250 - 0.25 * 200) / DET,
                 "demand, one");
    check_number(cell_number(&t.a.out, "output_change", "two"), (0.2 * 250 - 0.85 * 200) / DET,
                 "demand, two");
    trial_clear(&t);

    two(&t);
    trial_option(&t, "stopped", "one");
    trial_ok(&t, "io-impact");
    check_number(cell_number(&t.a.out, "output_change", "one"), -1000, "stop, one");
    check_number(cell_number(&t.a.out, "output_change", "two"), 1700 / 0.95 - 2000, "stop, two");
    check_number(cell_number(&t.a.out, "income_change", "one"), -300, "stop, income");
    trial_clear(&t);

    two(&t);
    trial_option(&t, "stopped", "one");
    trial_option(&t, "share", "0.5");
    trial_option(&t, "direction", "forward");
    trial_ok(&t, "io-impact");
    check_number(cell_number(&t.a.out, "output_change", "two"), -500 * 0.5 / 0.95, "forward");
    trial_clear(&t);
}

static void hand_closed_impact(void **state)
{
    (void)state;
    struct trial t;
    two(&t);
    trial_text(&t, "change", STR("sector,change\none,1\n"));
    trial_option(&t, "model", "closed");
    trial_ok(&t, "io-impact");
    double sum = cell_number(&t.a.out, "output_change", "one") +
                 cell_number(&t.a.out, "output_change", "two");
    trial_clear(&t);
    two(&t);
    trial_option(&t, "region", "");
    trial_ok(&t, "io-sectors");
    check_number(sum, cell_number(&t.a.out, "type2_output_multiplier_own", "one"),
                 "the impact of one unit is the multiplier");
    trial_clear(&t);
}

/* Two regions with one product each; b makes nothing of p, yet uses it. */
static void hand_environment(void **state)
{
    (void)state;
    static const struct {
        const char *account, *column;
        double want;
    } rows[] = {
        {"S",     "a.p", 0.5           },
        {"M",     "a.p", 0.5 / 0.8     },
        {"D_pba", "a.p", 50            },
        {"D_cba", "a.p", 0.5 / 0.8 * 60},
        {"D_cba", "b.p", 0.5 / 0.8 * 20},
        {"D_cba", "b.q", 0             },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        trial_init(&t);
        trial_text(&t, "Z", STR("sector,a.p,b.p,b.q\na.p,20,0,0\nb.p,0,0,0\nb.q,0,0,0\n"));
        trial_text(&t, "Y", STR("sector,a.use,b.use\na.p,60,20\nb.p,0,0\nb.q,0,10\n"));
        trial_text(&t, "F", STR("factor,a.p,b.p,b.q\nair,50,0,0\n"));
        trial_option(&t, "account", rows[i].account);
        trial_ok(&t, "io-environment");
        check_number(cell_number(&t.a.out, rows[i].column, "air"), rows[i].want, rows[i].account);
        trial_clear(&t);
    }
}

/* ---- what is not as it should be ---- */

static bool noted(const struct analysis *a, const char *words)
{
    for (size_t i = 0; i < a->notes.len; i++)
        if (str_has(a->notes.v[i], str_z(words)))
            return true;
    return false;
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        struct str z, vectors;
        enum code code;
        const char *says;
    } rows[] = {
        {STR("s,a,b,c\na,0,5,0\nb,5,0,0\nc,0,0,1\n"), STR("s,final_demand\na,0\nb,0\nc,9\n"),
         E_RANGE,                                                                                         "'a', 'b'"               },
        {STR("s,a\na,3\n"),                           STR("s,final_demand\na,0\n"),           E_RANGE,    "'a'"                    },
        {STR("s,a\na,1\n"),                           STR("s,final_demand\na,-5\n"),          E_INPUT,    "'a' has negative output"},
        {STR("s,a\na,1\na,2\n"),                      STR("s,final_demand\na,5\n"),           E_CONFLICT,
         "'a' has two rows in 'Z'"                                                                                                 },
        {STR("s,a\na,1\n"),                           STR("s,final_demand\na,5\na,5\n"),      E_CONFLICT, "two rows in 'vectors'"  },
        {STR("s,a\na,1\nb,2\n"),                      STR("s,final_demand\na,5\n"),           E_INPUT,    "'b' of 'Z' is no sector"},
        {STR("s,a,b\na,1,1\n"),                       STR("s,final_demand\na,5\nb,1\n"),      E_MISSING,
         "'b' has no row in 'Z'"                                                                                                   },
        {STR("s,a\na,\n"),                            STR("s,final_demand\na,5\n"),           E_INPUT,    "a"                      },
        {STR("s,a\na,0\n"),                           STR("s,final_demand\na,0\n"),           E_INPUT,    "no sector"              },
        {STR("s,a\na,1\n"),                           STR("s,sold\na,5\n"),                   E_MISSING,  "'final_demand'"         },
        {STR("s\na\n"),                               STR("s,final_demand\na,5\n"),           E_INPUT,    "no sectors"             },
        {STR("s,a,b\na,1e308,1e308\nb,1,1\n"),        STR("s,final_demand\na,1e308\nb,1\n"),  E_RANGE,
         "'a'"                                                                                                                     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        trial_init(&t);
        trial_text(&t, "Z", rows[i].z);
        trial_text(&t, "vectors", rows[i].vectors);
        enum code code = trial_run(&t, "io-leontief");
        if (code != rows[i].code || strstr(t.err.text, rows[i].says) == NULL)
            fail_msg("row %zu: code %d, '%s' does not say \"%s\"", i, code, t.err.text,
                     rows[i].says);
        trial_clear(&t);
    }
}

static void refused_impact(void **state)
{
    (void)state;
    static const struct {
        const char *option, *value, *change;
        enum code code;
    } rows[] = {
        {"share",   "1",       NULL,                       E_INPUT   },
        {"stopped", "three",   NULL,                       E_MISSING },
        {"stopped", "one;one", NULL,                       E_CONFLICT},
        {"stopped", "one",     "s,change\none,1\n",        E_INPUT   },
        {"share",   "1",       "s,change\nthree,1\n",      E_INPUT   },
        {"share",   "1",       "s,change\none,1\none,1\n", E_CONFLICT},
        {"share",   "1",       "s,more\none,1\n",          E_MISSING },
        {"income",  "pay",     "s,change\none,1\n",        E_MISSING },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t;
        two(&t);
        trial_option(&t, rows[i].option, rows[i].value);
        if (rows[i].change != NULL)
            trial_text(&t, "change", str_z(rows[i].change));
        assert_int_equal(trial_run(&t, "io-impact"), rows[i].code);
        trial_clear(&t);
    }
}

/* Totals are left out, what makes nothing is dropped, and both are said. */
static void strange_but_defined(void **state)
{
    (void)state;
    struct trial t;
    trial_init(&t);
    trial_text(&t, "Z",
               STR("s,two,one,none,Total\none,500,150,0,650\ntwo,95,200,5,300\n"
                   "none,0,0,0,0\n合计,595,350,5,950\n"));
    trial_text(&t, "vectors", STR("s,final_demand\none,350\ntwo,1700\nnone,0\ntotal,2050\n"));
    trial_ok(&t, "io-extraction");
    assert_true(noted(&t.a, "'none' has no output"));
    assert_true(noted(&t.a, "'Total'") && noted(&t.a, "'合计'") && noted(&t.a, "'total'"));
    assert_int_equal(t.a.out.rows, 2);
    check_number(cell_number(&t.a.out, "output_lost_other_sectors_own", "one"),
                 2000 - 1705 / (1 - 95.0 / 2000), "purchases of 'none' are final demand");
    trial_clear(&t);

    trial_init(&t); /* one sector: no variation, all else defined */
    trial_text(&t, "Z", STR("s,a\na,0\n"));
    trial_text(&t, "vectors", STR("s,final_demand\na,1e12\n"));
    trial_option(&t, "region", "");
    trial_ok(&t, "io-sectors");
    assert_true(isnan(cell_number(&t.a.out, "power_dispersion_cv", "a")));
    check_number(cell_number(&t.a.out, "output_multiplier", "a"), 1, "no inputs");
    check_number(cell_number(&t.a.out, "extract_backward_total", "a"), 0, "nothing lost");
    trial_clear(&t);
}

/* ---- laws ---- */

#define N_MAX 12
static void random_table(struct buf *z, struct buf *f, size_t n, double scale)
{
    buf_z(z, "s");
    buf_z(f, "s,final_demand\n");
    for (size_t j = 0; j < n; j++)
        buf_fmt(z, ",k%zu", j);
    for (size_t i = 0; i < n; i++) {
        buf_fmt(z, "\nk%zu", i);
        for (size_t j = 0; j < n; j++)
            buf_fmt(z, ",%.17g", test_below(3) == 0 ? 0 : scale * (double)test_below(1000));
        buf_fmt(f, "k%zu,%.17g\n", i, scale * (double)(1 + test_below(5000)));
    }
    buf_z(z, "\n");
}

static double total_of(const struct table *t, const char *column)
{
    double sum = 0, v;
    for (size_t r = 0; r < t->rows; r++) {
        assert_int_equal(table_number(t, table_column(t, column), r, false, &v, NULL), OK);
        sum += v;
    }
    return sum;
}

/* Stopping one sector costs what its full extraction costs, whatever the scale. */
static void law_stop_is_extraction(void **state)
{
    (void)state;
    test_seed("stopping a sector is extracting it");
    for (int round = 0; round < 200; round++) {
        size_t n = 1 + test_below(N_MAX);
        struct buf z, f;
        buf_init(&z, 1 << 20);
        buf_init(&f, 1 << 20);
        random_table(&z, &f, n, test_below(2) == 0 ? 1 : 1e12);
        char name[24];
        snprintf(name, sizeof name, "k%zu", (size_t)test_below(n));
        struct trial t, e;
        trial_init(&t);
        trial_init(&e);
        trial_text(&t, "Z", buf_str(&z));
        trial_text(&t, "vectors", buf_str(&f));
        trial_text(&e, "Z", buf_str(&z));
        trial_text(&e, "vectors", buf_str(&f));
        trial_option(&t, "stopped", name);
        trial_ok(&t, "io-impact");
        trial_ok(&e, "io-extraction");
        double lost = cell_number(&e.a.out, "output_lost_total_own", name);
        assert_true(fabs(total_of(&t.a.out, "output_change") + lost) <= 1e-9 * fabs(lost));
        trial_clear(&t);
        trial_clear(&e);
        buf_clear(&z);
        buf_clear(&f);
    }
}

/* Official tables of China: Z and vectors give back output and value added of the table itself. */
static const char official[] = "Code,Description,DescriptionInChinese,Origin,01,02,TIU,TFU,GO\n"
                               "01,Farming,农业,Domestic,20,30,50,50,100\n"
                               "02,Making,制造业,Domestic,20,80,100,100,200\n"
                               "01,Farming,农业,Imports,1,2,3,1,\n"
                               "02,Making,制造业,Imports,3,4,7,2,\n"
                               "TII,Total intermediate input,中间投入合计,TOT,44,116,160,,\n"
                               "VA001,Compensation,劳动者报酬,TOT,40,50,90,,\n"
                               "TVA,Value added,增加值合计,TOT,56,84,140,,\n"
                               "TI,Total inputs,总投入,TOT,100,200,300,,\n";

static void official_is(const char *csv, const char *part, const char *origin, const char *want)
{
    struct arena arena;
    struct table t;
    struct analysis a;
    struct buf out;
    struct error e = {0};
    const struct str options[][2] = {
        {STR("part"),   str_z(part)  },
        {STR("origin"), str_z(origin)}
    };
    arena_init(&arena, 0);
    table_init(&t, &arena, STR("official.csv"));
    assert_int_equal(table_read(&t, str_z(csv), &e), OK);
    buf_init(&out, 1 << 20);
    enum code code = analyze_run(analyze_find(STR("io-table")), &t, 1, options, 2, &a, &e);
    if (code == OK) {
        table_write(&a.out, &out);
        analysis_clear(&a);
    } else {
        buf_z(&out, e.text);
    }
    check_text(buf_str(&out), str_z(want), part);
    buf_clear(&out);
    table_clear(&t);
    arena_clear(&arena);
}

static void test_official(void **state)
{
    (void)state;
    official_is(official, "Z", "domestic", "sector,农业,制造业\n农业,20,30\n制造业,20,80\n");
    official_is(official, "Z", "total", "sector,农业,制造业\n农业,21,32\n制造业,23,84\n");
    official_is(official, "vectors", "domestic",
                "sector,final_demand,output,wage,value_added\n农业,50,100,40,56\n"
                "制造业,100,200,50,84\n");
    official_is("Code,Description,x\n01,a,1\n", "Z", "total",
                "'official.csv' is no input-output table: no column is named as a row's Code is");
    official_is("Code,1,2\n1,3,4\n2,5,6\n", "vectors", "total",
                "'official.csv' has neither a column GO nor a row TI or OUTPUT: output is not said");
    official_is("Code,1,2\n1,3,4\n1,3,4\n2,5,6\n", "Z", "total",
                "sector '1' has two rows of the same origin");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_matrices),
        cmocka_unit_test(reference_sectors),
        cmocka_unit_test(reference_extraction),
        cmocka_unit_test(reference_manual),
        cmocka_unit_test(reference_environment),
        cmocka_unit_test(hand_matrices),
        cmocka_unit_test(hand_sectors),
        cmocka_unit_test(hand_extraction),
        cmocka_unit_test(hand_impact),
        cmocka_unit_test(hand_closed_impact),
        cmocka_unit_test(hand_environment),
        cmocka_unit_test(refused),
        cmocka_unit_test(refused_impact),
        cmocka_unit_test(strange_but_defined),
        cmocka_unit_test(law_stop_is_extraction),
        cmocka_unit_test(test_official),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
