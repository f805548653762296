/* ts_test.c - the time-series methods against R and statsmodels, and against values by hand. */
#include "analyze_testing.h"
#include "ts_int.h"

struct bench {
    struct arena arena;
    struct table in[3], want;
    struct analysis a;
};

static void bench_init(struct bench *b)
{
    *b = (struct bench){0};
    arena_init(&b->arena, 0);
}

static void bench_text(struct bench *b, size_t i, const char *text)
{
    table_of(&b->in[i], &b->arena, str_z(text), "fixture");
}

/* %s stands for the series' name. */
static void bench_file(struct bench *b, struct table *t, const char *path, const char *series)
{
    char name[200];
    const char *at = strstr(path, "%s");
    if (at == NULL)
        snprintf(name, sizeof name, "ts/%s", path);
    else
        snprintf(name, sizeof name, "ts/%.*s%s%s", (int)(at - path), path, series, at + 2);
    shared_table(t, &b->arena, name);
}

static void bench_clear(struct bench *b)
{
    analysis_clear(&b->a);
    for (size_t i = 0; i < 3; i++)
        table_clear(&b->in[i]);
    table_clear(&b->want);
    arena_clear(&b->arena);
}

static double number_at(const struct table *t, const char *column, size_t row)
{
    double v = NAN;
    struct error err = {0};
    int c = table_column(t, column);
    if (c < 0 || row >= t->rows || table_number(t, c, row, true, &v, &err) != OK)
        fail_msg("no number '%s' in row %zu %s", column, row, err.text);
    return v;
}

/* The value of a parameter of series and model in a table of such. */
static double parameter(const struct table *t, const char *series, const char *model,
                        const char *name)
{
    struct ts_params p;
    struct error err = {0};
    double v = NAN;
    if (ts_params_init(&p, t, str_z(series), str_z(model), &err) != OK ||
        ts_param_need(&p, name, &v, &err) != OK)
        fail_msg("%s", err.text);
    return v;
}

#define NEAR(got, want, limit)                                                                     \
    do {                                                                                           \
        double g_ = (got), w_ = (want);                                                            \
        if (!(fabs(g_ - w_) <= (limit)*fmax(1, fabs(w_))))                                         \
            fail_msg("line %d: got %.17g, want %.17g", __LINE__, g_, w_);                          \
    } while (0)

/* ---- references ---- */

static const char *const all_series[] = {"elecequip", "airpassengers", "woolyrnq", "gas"};

#define PARTS "seasonal,trend,remainder"
#define BOUNDS "forecast,lo80,hi80,lo95,hi95"
#define FIXED "alpha=0.3|beta=0.1|gamma=0.2"
static const struct {
    const char *method, *second, *options, *want, *keys, *columns;
    double floor;
} references[] = {
  /* clang-format off */
    {"stl", NULL, "s.window=periodic", "%s_stl_periodic_r.csv", "t", PARTS ",weight", 1},
    {"stl", NULL, "s.window=7", "%s_stl_s7_r.csv", "t", PARTS ",weight", 1},
    {"stl", NULL, "s.window=13", "%s_stl_s13_r.csv", "t", PARTS ",weight", 1},
    {"stl", NULL, "s.window=13|robust=true", "%s_stl_s13_robust_r.csv", "t", PARTS ",weight", 1},
    {"stl", NULL, "s.window=13|convention=statsmodels", "%s_stl_s13_deg1_statsmodels.csv", "t",
     PARTS, 1},
    {"holt-winters", "hw_start_values_r.csv", FIXED "|output=fitted|series=%s",
     "%s_hw_additive_fixed_fitted_r.csv", "t", "xhat,level,trend,season", 1e-3},
    {"holt-winters", "hw_start_values_r.csv",
     "seasonal=multiplicative|" FIXED "|output=fitted|series=%s",
     "%s_hw_multiplicative_fixed_fitted_r.csv", "t", "xhat,level,trend,season", 1e-3},
    {"holt-winters", NULL, FIXED, "%s_hw_additive_fixed_forecast_r.csv", "h", "forecast", 1e-9},
    {"holt-winters", NULL, "seasonal=multiplicative|" FIXED,
     "%s_hw_multiplicative_fixed_forecast_r.csv", "h", "forecast", 1e-9},
    {"ets", "ets_states_r.csv", "model=ANN|series=%s", "%s_ets_ANN_forecast_r.csv", "h", BOUNDS, 1},
    {"ets", "ets_states_r.csv", "model=AAN|series=%s", "%s_ets_AAN_forecast_r.csv", "h", BOUNDS, 1},
    {"ets", "ets_states_r.csv", "model=AAA|series=%s", "%s_ets_AAA_forecast_r.csv", "h", BOUNDS, 1},
    {"ets", "ets_states_r.csv", "model=MAM|series=%s", "%s_ets_MAM_forecast_r.csv", "h", BOUNDS, 1},
    {"ets", "models_r.csv", "model=MAdM|params.model=ets_MAdM|convention=r|series=%s",
     "%s_ets_MAdM_forecast_r.csv", "h", BOUNDS, 1},
  /* clang-format on */
};

/* options with %s replaced */
static const char *named(struct arena *a, const char *options, const char *series)
{
    const char *at = strstr(options, "%s");
    if (at == NULL)
        return options;
    return arena_z(a, arena_fmt(a, "%.*s%s%s", (int)(at - options), options, series, at + 2));
}

static void references_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(references); i++)
        for (size_t s = 0; s < COUNT(all_series); s++) {
            struct bench b;
            const char *second = references[i].second;
            bench_init(&b);
            bench_file(&b, &b.in[0], "%s_input.csv", all_series[s]);
            bench_file(&b, &b.want, references[i].want, all_series[s]);
            if (second != NULL)
                bench_file(&b, &b.in[1], second, all_series[s]);
            run_well(references[i].method, b.in, second != NULL ? 2 : 1,
                     named(&b.arena, references[i].options, all_series[s]), &b.a);
            check_table(&b.a.out, &b.want, references[i].keys, references[i].columns,
                        references[i].floor, 1e-9);
            bench_clear(&b);
        }
}

/* R's parameters give R's optimised forecasts; our own search finds no larger sum of squares. R
 * stops at a worse optimum for elecequip, additive. */
static void hw_optimum(const char *series, const char *seasonal)
{
    struct bench b;
    char options[300], want[100], model[60];
    bench_init(&b);
    snprintf(want, sizeof want, "%%s_hw_%s_optim_forecast_r.csv", seasonal);
    snprintf(model, sizeof model, "hw_%s_optim", seasonal);
    bench_file(&b, &b.in[0], "%s_input.csv", series);
    bench_file(&b, &b.want, want, series);
    struct table models = {0};
    bench_file(&b, &models, "models_r.csv", series);
    snprintf(options, sizeof options, "seasonal=%s|alpha=%.17g|beta=%.17g|gamma=%.17g", seasonal,
             parameter(&models, series, model, "alpha"), parameter(&models, series, model, "beta"),
             parameter(&models, series, model, "gamma"));
    run_well("holt-winters", b.in, 1, options, &b.a);
    check_table(&b.a.out, &b.want, "h", "forecast", 1, 1e-9);
    analysis_clear(&b.a);
    snprintf(options, sizeof options, "seasonal=%s|output=parameters", seasonal);
    run_well("holt-winters", b.in, 1, options, &b.a);
    double sse = number_at(&b.a.out, "value", 3), theirs = parameter(&models, series, model, "SSE");
    print_message("# %s %s: own SSE %.10g, R %.10g\n", series, seasonal, sse, theirs);
    assert_true(sse <= theirs * (1 + 1e-8));
    analysis_clear(&b.a);
    snprintf(options, sizeof options, "seasonal=%s", seasonal);
    run_well("holt-winters", b.in, 1, options, &b.a);
    if (sse > theirs * (1 - 1e-4))
        check_table(&b.a.out, &b.want, "h", "forecast", 1, 1e-4);
    table_clear(&models);
    bench_clear(&b);
}

static void hw_optima_agree(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(all_series); s++) {
        hw_optimum(all_series[s], "additive");
        hw_optimum(all_series[s], "multiplicative");
    }
}

/* Every value of ets_states_r.csv: states, likelihood, variance. */
static void ets_states_agree(void **state)
{
    (void)state;
    double worst = 0;
    size_t cells = 0;
    struct bench b;
    bench_init(&b);
    bench_file(&b, &b.in[1], "ets_states_r.csv", "");
    for (size_t r = 0; r < b.in[1].rows; r++) {
        const char *key[3];
        for (int c = 0; c < 3; c++)
            key[c] = arena_z(&b.arena, table_cell(&b.in[1], c, r));
        bool fresh = r == 0 || !str_eq(table_cell(&b.in[1], 1, r), table_cell(&b.in[1], 1, r - 1));
        if (fresh) {
            analysis_clear(&b.a);
            table_clear(&b.in[0]);
            bench_file(&b, &b.in[0], "%s_input.csv", key[0]);
            run_well("ets", b.in, 2,
                     arena_z(&b.arena, arena_fmt(&b.arena, "series=%s|model=%s|output=states",
                                                 key[0], key[1])),
                     &b.a);
        }
        double want = number_at(&b.in[1], "value", r);
        double got = parameter(&b.a.out, "", key[1], key[2]);
        worst = fmax(worst, fabs(got - want) / fabs(want));
        cells++;
    }
    print_message("# ts/ets_states_r.csv: %zu cells, largest relative deviation %.3g\n", cells,
                  worst);
    assert_true(worst < 1e-9);
    bench_clear(&b);
}

/* models_r.csv: information criteria and mean squared errors of R's parameters. R 8.20 averages
 * amse of a damped trend over forecasts that damp the second step as the first; ours are by the
 * book, so that one number is left out. */
static double ets_criteria(const char *series, const char *model)
{
    static const char *const names[] = {"loglik", "aic", "aicc", "bic", "mse", "amse"};
    char options[120], r_model[20];
    double worst = 0;
    struct bench b;
    bench_init(&b);
    bench_file(&b, &b.in[0], "%s_input.csv", series);
    bench_file(&b, &b.in[1], "models_r.csv", series);
    snprintf(r_model, sizeof r_model, "ets_%s", model);
    snprintf(options, sizeof options, "series=%s|model=%s|params.model=%s|output=states", series,
             model, r_model);
    run_well("ets", b.in, 2, options, &b.a);
    for (size_t i = 0; i < COUNT(names) - (strlen(model) == 4); i++) {
        double want = parameter(&b.in[1], series, r_model, names[i]);
        double got = parameter(&b.a.out, "", model, names[i]);
        worst = fmax(worst, fabs(got - want) / fabs(want));
    }
    bench_clear(&b);
    return worst;
}

static void ets_criteria_agree(void **state)
{
    (void)state;
    static const char *const models[] = {"ANN", "AAN", "AAA", "MAM", "MAdM"};
    double worst = 0;
    for (size_t s = 0; s < COUNT(all_series); s++)
        for (size_t i = 0; i < COUNT(models); i++)
            worst = fmax(worst, ets_criteria(all_series[s], models[i]));
    print_message(
        "# ts/models_r.csv [ets: loglik,aic,aicc,bic,mse,amse]: largest relative deviation "
        "%.3g\n",
        worst);
    assert_true(worst < 1e-9);
}

/* Our own estimates are at least as likely as R's; so is the model chosen. */
static void ets_estimates_are_no_worse(void **state)
{
    (void)state;
    static const char *const models[] = {"ANN", "AAN", "AAA", "MAM", "MAdM"};
    for (size_t s = 0; s < COUNT(all_series); s++)
        for (size_t i = 0; i < COUNT(models); i++) {
            struct bench b;
            char options[60], model[20];
            bench_init(&b);
            bench_file(&b, &b.in[0], "%s_input.csv", all_series[s]);
            bench_file(&b, &b.want, "models_r.csv", all_series[s]);
            snprintf(options, sizeof options, "output=states|model=%s", models[i]);
            snprintf(model, sizeof model, "ets_%s", models[i]);
            run_well("ets", b.in, 1, options, &b.a);
            double own = parameter(&b.a.out, "", models[i], "loglik");
            double theirs = parameter(&b.want, all_series[s], model, "loglik");
            print_message("# %s %s: log likelihood %.6f, R %.6f\n", all_series[s], models[i], own,
                          theirs);
            assert_true(own >= theirs - 1e-4);
            bench_clear(&b);
        }
}

static const struct {
    const char *series, *method;
} chosen_by_r[] = {
    {"elecequip",     "ets_auto=ETS(M_Ad_M)"},
    {"airpassengers", "ets_auto=ETS(M_Ad_M)"},
    {"woolyrnq",      "ets_auto=ETS(M_N_A)" },
    {"gas",           "ets_auto=ETS(M_Ad_M)"},
};

static void ets_choice_is_no_worse(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chosen_by_r); i++) {
        struct bench b;
        bench_init(&b);
        bench_file(&b, &b.in[0], "%s_input.csv", chosen_by_r[i].series);
        bench_file(&b, &b.want, "models_r.csv", "");
        run_well("ets", b.in, 1, "output=candidates", &b.a);
        double theirs = parameter(&b.want, chosen_by_r[i].series, chosen_by_r[i].method, "aicc");
        for (size_t r = 0; r < b.a.out.rows; r++)
            if (number_at(&b.a.out, "chosen", r) == 1) {
                double own = number_at(&b.a.out, "aicc", r);
                print_message("# %s: %.*s AICc %.6f, R %s %.6f\n", chosen_by_r[i].series,
                              STR_ARG(table_cell(&b.a.out, 0, r)), own, chosen_by_r[i].method,
                              theirs);
                assert_true(own <= theirs + 1e-3);
            }
        bench_clear(&b);
    }
}

/* Without estimation, and with the search of R forecast, exactly; Holt-Winters as near as two
 * searches of the same optimum come. Not reproduced: where our Holt-Winters has a better optimum than
 * R's, which stops short (limit 0, printed only), and the rows auto_arima, a method not offered. */
static const struct {
    const char *series, *method;
    double limit;
} held_out[] = {
    {"elecequip",     "snaive",   1e-9},
    {"airpassengers", "snaive",   1e-9},
    {"woolyrnq",      "snaive",   1e-9},
    {"gas",           "snaive",   1e-9},
    {"elecequip",     "theta",    1e-9},
    {"airpassengers", "theta",    1e-9},
    {"woolyrnq",      "theta",    1e-9},
    {"gas",           "theta",    1e-9},
    {"elecequip",     "stlf_ets", 1e-8},
    {"airpassengers", "stlf_ets", 1e-8},
    {"woolyrnq",      "stlf_ets", 1e-8},
    {"gas",           "stlf_ets", 1e-8},
    {"elecequip",     "ets_auto", 1e-8},
    {"airpassengers", "ets_auto", 1e-8},
    {"woolyrnq",      "ets_auto", 1e-8},
    {"gas",           "ets_auto", 1e-8},
    {"elecequip",     "hw_mult",  3e-4},
    {"woolyrnq",      "hw_mult",  3e-4},
    {"gas",           "hw_mult",  3e-4},
    {"airpassengers", "hw_add",   3e-4},
    {"woolyrnq",      "hw_add",   3e-4},
    {"gas",           "hw_add",   3e-4},
    {"elecequip",     "hw_add",   0   },
    {"airpassengers", "hw_mult",  0   },
};

static size_t row_with(const struct table *t, const char *series, const char *method)
{
    int s = table_column(t, "series"), m = table_column(t, "method");
    for (size_t r = 0; r < t->rows; r++)
        if ((s < 0 || str_is(table_cell(t, s, r), series)) && str_is(table_cell(t, m, r), method))
            return r;
    fail_msg("no row %s %s", series, method);
    return 0;
}

static void holdouts_agree(void **state)
{
    (void)state;
    static const char *const names[] = {"rmse", "mape", "mase"};
    for (size_t i = 0; i < COUNT(held_out); i++) {
        struct bench b;
        bench_init(&b);
        bench_file(&b, &b.in[0], "%s_input.csv", held_out[i].series);
        bench_file(&b, &b.want, "accuracy_holdout_r.csv", "");
        size_t want = row_with(&b.want, held_out[i].series, held_out[i].method);
        run_well("backtest", b.in, 1,
                 arena_z(&b.arena, arena_fmt(&b.arena, "search=r|h=%g|methods=%s",
                                             number_at(&b.want, "h", want), held_out[i].method)),
                 &b.a);
        double worst = 0;
        for (size_t k = 0; k < COUNT(names); k++) {
            double w = number_at(&b.want, names[k], want);
            worst = fmax(worst, fabs(number_at(&b.a.out, names[k], 0) - w) / w);
        }
        print_message("# %s %s: largest relative deviation %.3g%s\n", held_out[i].series,
                      held_out[i].method, worst, held_out[i].limit > 0 ? "" : " (another optimum)");
        if (held_out[i].limit > 0)
            assert_true(worst <= held_out[i].limit);
        bench_clear(&b);
    }
}

/* Our own search, one hold-out a series: over the four, MASE is no larger than that of R's ets. */
static void likeliest_forecasts_no_worse(void **state)
{
    (void)state;
    double own = 0, theirs = 0;
    for (size_t s = 0; s < COUNT(all_series); s++) {
        struct bench b;
        bench_init(&b);
        bench_file(&b, &b.in[0], "%s_input.csv", all_series[s]);
        bench_file(&b, &b.want, "accuracy_holdout_r.csv", "");
        size_t want = row_with(&b.want, all_series[s], "ets_auto");
        run_well("backtest", b.in, 1,
                 arena_z(&b.arena, arena_fmt(&b.arena, "h=%g|methods=ets_auto",
                                             number_at(&b.want, "h", want))),
                 &b.a);
        double mase[2] = {number_at(&b.a.out, "mase", 0), number_at(&b.want, "mase", want)};
        print_message("# %s: MASE %.4f, R ets %.4f\n", all_series[s], mase[0], mase[1]);
        own += mase[0] / COUNT(all_series);
        theirs += mase[1] / COUNT(all_series);
        bench_clear(&b);
    }
    print_message("# mean MASE %.4f, R ets %.4f\n", own, theirs);
    assert_true(own <= theirs);
}

/* With the search of R forecast the same likelihoods, states and choice as R's. */
static void ets_as_r(void **state)
{
    (void)state;
    static const char *const models[] = {"ANN", "AAN", "AAA", "MAM", "MAdM"};
    double worst = 0;
    for (size_t s = 0; s < COUNT(all_series); s++)
        for (size_t i = 0; i < COUNT(models); i++) {
            struct bench b;
            char model[20];
            bench_init(&b);
            bench_file(&b, &b.in[0], "%s_input.csv", all_series[s]);
            bench_file(&b, &b.want, "models_r.csv", all_series[s]);
            snprintf(model, sizeof model, "ets_%s", models[i]);
            run_well("ets", b.in, 1,
                     arena_z(&b.arena, arena_fmt(&b.arena, "output=states|search=r|model=%s",
                                                 models[i])),
                     &b.a);
            double want = parameter(&b.want, all_series[s], model, "loglik");
            double off = fabs(parameter(&b.a.out, "", models[i], "loglik") / want - 1);
            want = parameter(&b.want, all_series[s], model, "alpha");
            off = fmax(off, fabs(parameter(&b.a.out, "", models[i], "alpha") / want - 1));
            print_message("# %s %s: %.3g\n", all_series[s], models[i], off);
            worst = fmax(worst, off);
            bench_clear(&b);
        }
    print_message("# ets, search=r: log likelihood and alpha of 20 fits, largest relative deviation "
                  "%.3g\n",
                  worst);
    assert_true(worst < 1e-6);
}

/* ---- models_statsmodels.csv ---- */

struct rows {
    struct bench b;
    struct series s;
    struct ets fixed[2]; /* additive, multiplicative: alpha 0.3, beta 0.1 alpha, gamma 0.2 */
    struct ets_end end[2];
};

/* statsmodels moves the season by the residual, as the state space models do, not by what the new
 * level leaves as R's HoltWinters does: the same start values, from the second cycle on. */
static void statsmodels_fixed(struct rows *r, const struct table *start, const char *series, int k)
{
    static const char *const names[] = {"additive", "multiplicative"};
    struct ets *e = &r->fixed[k];
    char name[40];
    *e = (struct ets){.period = r->s.period, .alpha = 0.3, .beta = 0.03, .gamma = 0.2, .phi = 1};
    assert_true(ets_parse(str_z(k == 0 ? "AAA" : "MAM"), &e->model));
    e->l = parameter(start, series, names[k], "l.start");
    e->b = parameter(start, series, names[k], "b.start");
    for (size_t j = 0; j < e->period; j++) {
        snprintf(name, sizeof name, "s.start%zu", j + 1);
        e->s[e->period - 1 - j] = parameter(start, series, names[k], name);
    }
    assert_true(ets_filter(e, r->s.y + e->period, r->s.n - e->period, &r->end[k], NULL));
}

/* Over four steps, against the largest of R's. statsmodels 0.13 takes the season of the step that
 * closes a cycle from a cycle before, as it was when the last observation came. */
static double fixed_against_r(struct rows *r, const char *series, int k)
{
    struct table want;
    struct ets_end before;
    const struct ets *e = &r->fixed[k];
    double worst = 0, largest = 0;
    assert_true(ets_filter(e, r->s.y + e->period, r->s.n - e->period - 1, &before, NULL));
    bench_file(&r->b, &want,
               k == 0 ? "%s_hw_additive_fixed_forecast_r.csv"
                      : "%s_hw_multiplicative_fixed_forecast_r.csv",
               series);
    for (size_t i = 0; i < 4; i++) {
        double season = i + 1 == e->period ? before.s[e->period - 1]
                                           : r->end[k].s[e->period - 1 - i % e->period];
        double line = r->end[k].l + (double)(i + 1) * r->end[k].b;
        double got = k == 0 ? line + season : line * season, w = number_at(&want, "forecast", i);
        worst = fmax(worst, fabs(got - w));
        largest = fmax(largest, fabs(w));
    }
    table_clear(&want);
    return worst / largest;
}

static struct ets_end estimated(struct rows *r, const char *model, enum ets_search search)
{
    struct ets e = {.period = r->s.period};
    struct ets_end end;
    assert_true(ets_parse(str_z(model), &e.model));
    e.period = e.model.season == 'N' ? 1 : e.period;
    assert_true(ets_estimate(&e, search, r->s.y, r->s.n, &r->b.arena));
    assert_true(ets_filter(&e, r->s.y, r->s.n, &end, NULL));
    return end;
}

/* Of the normal density in full, where ours leaves out what the model does not change. */
static double full_loglik(double loglik, double n)
{
    return loglik + n / 2 * log(n) - n / 2 * (log(2 * 3.14159265358979323846) + 1);
}

/* STL of statsmodels with R's degrees, windows and jumps is R's. */
static double stl_difference(struct rows *r, const char *series)
{
    struct table want;
    double worst = 0, *part[3];
    static const char *const names[] = {"seasonal", "trend"};
    for (size_t i = 0; i < 3; i++)
        part[i] = ts_numbers(&r->b.arena, r->s.n);
    struct stl o = stl_defaults(r->s.n, r->s.period, 13, false, false);
    stl_fit(&o, r->s.y, r->s.n, &r->b.arena, part[0], part[1], part[2]);
    bench_file(&r->b, &want, "%s_stl_s13_r.csv", series);
    for (size_t i = 0; i < r->s.n; i++)
        for (size_t k = 0; k < 2; k++)
            worst = fmax(worst, fabs(part[k][i] - number_at(&want, names[k], i)));
    table_clear(&want);
    return worst / r->s.y[0];
}

static bool statsmodels_row(struct rows *r, const char *series, struct str what, double want)
{
    bool multiplicative = str_has(what, STR("multiplicative"));
    if (str_has(what, STR("seconds")))
        return false;
    if (str_has(what, STR("stl_s13 max")))
        assert_true(stl_difference(r, series) < 1e-12);
    else if (str_has(what, STR("trend window")) || str_has(what, STR("t.window")))
        assert_true(stl_defaults(r->s.n, r->s.period, 13, false, false).t_window == want);
    else if (str_has(what, STR("rel diff")))
        NEAR(fixed_against_r(r, series, multiplicative), want, 1e-9);
    else if (str_has(what, STR("fixed")))
        NEAR(r->end[multiplicative].mse * (double)(r->s.n - r->s.period), want, 1e-9);
    else if (str_has(what, STR("estimated"))) {
        struct ets_end end = estimated(r, multiplicative ? "MAM" : "AAA", ETS_LEAST_SQUARES);
        print_message("# %s %.*s: own SSE %.8g, statsmodels %.8g\n", series, STR_ARG(what),
                      end.mse * (double)r->s.n, want);
        assert_true(end.mse * (double)r->s.n <= want * 1.001); /* beta >= 0.0001 here, 0 there */
    } else if (str_has(what, STR("loglik"))) {
        const char *model = arena_z(&r->b.arena, str_sub(what, 4, 3));
        double own = full_loglik(estimated(r, model, ETS_LIKELIEST).loglik, (double)r->s.n);
        print_message("# %s %s: own log likelihood %.6f, statsmodels %.6f\n", series, model, own,
                      want);
        assert_true(own >= want - 1e-3 * fabs(want));
    } else
        fail_msg("a row of another kind: %.*s", STR_ARG(what));
    return true;
}

/* Every row but the seconds, which are of another machine. */
static void statsmodels_rows(void **state)
{
    (void)state;
    size_t held = 0, seconds = 0;
    for (size_t i = 0; i < COUNT(all_series); i++) {
        struct rows r = {0};
        bench_init(&r.b);
        bench_file(&r.b, &r.b.in[0], "%s_input.csv", all_series[i]);
        bench_file(&r.b, &r.b.in[1], "hw_start_values_r.csv", "");
        bench_file(&r.b, &r.b.want, "models_statsmodels.csv", "");
        r.s.n = r.b.in[0].rows;
        r.s.period = strcmp(all_series[i], "woolyrnq") == 0 ? 4 : 12;
        r.s.y = ts_numbers(&r.b.arena, r.s.n);
        for (size_t t = 0; t < r.s.n; t++)
            r.s.y[t] = number_at(&r.b.in[0], "value", t);
        for (int k = 0; k < 2; k++)
            statsmodels_fixed(&r, &r.b.in[1], all_series[i], k);
        for (size_t row = 0; row < r.b.want.rows; row++) {
            if (!str_is(table_cell(&r.b.want, 0, row), all_series[i]))
                continue;
            if (statsmodels_row(&r, all_series[i], table_cell(&r.b.want, 1, row),
                                number_at(&r.b.want, "value", row)))
                held++;
            else
                seconds++;
        }
        bench_clear(&r.b);
    }
    print_message("# models_statsmodels.csv: %zu rows hold, %zu are times\n", held, seconds);
    assert_int_equal(held + seconds, 76);
}

/* ---- by hand ---- */

/* Rosenbrock's and Powell's functions, with which Nelder and Mead 1965 try the method. */
static double rosenbrock(const double *x, void *context)
{
    (void)context;
    return 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0]);
}

static double powell(const double *x, void *context)
{
    (void)context;
    double a = x[0] + 10 * x[1], b = x[2] - x[3], c = x[1] - 2 * x[2], d = x[0] - x[3];
    return a * a + 5 * b * b + c * c * c * c + 10 * d * d * d * d;
}

static void minimise_finds_minima(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    double step[] = {1, 1, 1, 1}, x[] = {-1.2, 1}, y[] = {3, -1, 0, 1};
    struct ts_problem p = {2, rosenbrock, NULL, step, 4000, 5};
    assert_true(ts_minimise(&p, &a, x) < 1e-10);
    NEAR(x[0], 1, 1e-4);
    NEAR(x[1], 1, 1e-4);
    p = (struct ts_problem){4, powell, NULL, step, 8000, 5};
    assert_true(ts_minimise(&p, &a, y) < 1e-8);
    arena_clear(&a);
}

/* y = 10 12 11, l0 = 10, alpha 1/2: means 10 10 11, errors 0 2 0, last level 11, variance 4 /
 * (3-2), log likelihood -3/2 ln 4; one step ahead 11 +- z 2, two steps 11 +- z 2 sqrt(1.25). */
static void ets_by_hand(void **state)
{
    (void)state;
    struct bench b;
    double z = 1.959963984540054;
    bench_init(&b);
    bench_text(&b, 0, "time,value\n2001,10\n2002,12\n2003,11\n");
    bench_text(&b, 1, "param,value\nalpha,0.5\ninit.l,10\n");
    run_well("ets", b.in, 2, "model=ANN|h=2", &b.a);
    NEAR(number_at(&b.a.out, "forecast", 0), 11, 1e-14);
    NEAR(number_at(&b.a.out, "hi95", 0), 11 + 2 * z, 1e-14);
    NEAR(number_at(&b.a.out, "lo95", 1), 11 - 2 * sqrt(1.25) * z, 1e-14);
    analysis_clear(&b.a);
    run_well("ets", b.in, 2, "model=ANN|output=states", &b.a);
    NEAR(parameter(&b.a.out, "", "ANN", "loglik"), -1.5 * log(4), 1e-14);
    NEAR(parameter(&b.a.out, "", "ANN", "sigma2"), 4, 1e-14);
    NEAR(parameter(&b.a.out, "", "ANN", "final.l"), 11, 1e-14);
    analysis_clear(&b.a);
    run_well("ets", b.in, 2, "model=ANN|output=fitted", &b.a);
    NEAR(number_at(&b.a.out, "fitted", 2), 11, 1e-14);
    NEAR(number_at(&b.a.out, "residual", 1), 2, 1e-14);
    bench_clear(&b);
}

/* Quarters: t + 8.5 and a season of 1.5 -2.5 -1.5 2.5. Lines pass loess of degree 1 and moving
 * averages unchanged, so that STL with s.degree 1 finds both parts exactly. */
static const char line_and_season[] =
    "t,time,value\n1,2001Q1,11\n2,2001Q2,8\n3,2001Q3,10\n4,2001Q4,15\n5,2002Q1,15\n6,2002Q2,12\n"
    "7,2002Q3,14\n8,2002Q4,19\n9,2003Q1,19\n10,2003Q2,16\n11,2003Q3,18\n12,2003Q4,23\n";

static void stl_by_hand(void **state)
{
    (void)state;
    struct bench b;
    static const double season[] = {1.5, -2.5, -1.5, 2.5};
    bench_init(&b);
    bench_text(&b, 0, line_and_season);
    run_well("stl", b.in, 1, "s.window=7|s.degree=1", &b.a);
    for (size_t i = 0; i < 12; i++) {
        NEAR(number_at(&b.a.out, "seasonal", i), season[i % 4], 1e-12);
        NEAR(number_at(&b.a.out, "trend", i), (double)i + 9.5, 1e-12);
        NEAR(number_at(&b.a.out, "remainder", i), 0, 1e-12);
    }
    bench_clear(&b);
}

/* Additive, frequency 2, alpha beta gamma 1/2, start level 1 trend 1 season 1 -1:
 * t3: mean 1+1+1 = 3, y 4: level (3 + 2)/2 = 2.5, trend (1.5 + 1)/2 = 1.25, season (1.5 + 1)/2
 * = 1.25 t4: mean 2.5+1.25-1 = 2.75, y 3: level (4 + 3.75)/2 = 3.875, trend (1.375 + 1.25)/2
 * = 1.3125, season (-0.875 - 1)/2 = -0.9375. Ahead: 3.875 + 1.3125 + 1.25, 3.875 + 2.625 - 0.9375
 */
static void hw_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_text(&b, 0, "value\n0\n0\n4\n3\n");
    bench_text(&b, 1, "param,value\nl.start,1\nb.start,1\ns.start1,1\ns.start2,-1\n");
    run_well("holt-winters", b.in, 2, "frequency=2|alpha=0.5|beta=0.5|gamma=0.5|h=2", &b.a);
    NEAR(number_at(&b.a.out, "forecast", 0), 6.4375, 1e-15);
    NEAR(number_at(&b.a.out, "forecast", 1), 5.5625, 1e-15);
    analysis_clear(&b.a);
    run_well("holt-winters", b.in, 2, "frequency=2|alpha=0.5|beta=0.5|gamma=0.5|output=parameters",
             &b.a);
    NEAR(parameter(&b.a.out, "", "", "SSE"), 1.0625, 1e-15);
    bench_clear(&b);
}

static void hw_follows_a_line(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_text(&b, 0, line_and_season);
    run_well("holt-winters", b.in, 1, "h=4", &b.a);
    static const double want[] = {23, 20, 22, 27};
    for (size_t i = 0; i < 4; i++)
        NEAR(number_at(&b.a.out, "forecast", i), want[i], 1e-6);
    bench_clear(&b);
}

/* errors 1 -2 of actual 10 20: rmse sqrt(5/2), mape 10, mpe 0, mae 1.5; training 1 3 4 has mean
 * absolute change 1.5 */
static void accuracy_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_text(&b, 0, "h,forecast\n1,9\n2,22\n");
    bench_text(&b, 1, "h,value\n2,20\n1,10\n");
    bench_text(&b, 2, "value\n1\n3\n4\n");
    run_well("accuracy", b.in, 3, "frequency=1", &b.a);
    NEAR(number_at(&b.a.out, "rmse", 0), sqrt(2.5), 1e-15);
    NEAR(number_at(&b.a.out, "mape", 0), 10, 1e-14);
    NEAR(number_at(&b.a.out, "mpe", 0), 0, 1e-14);
    NEAR(number_at(&b.a.out, "mase", 0), 1, 1e-15);
    analysis_clear(&b.a);
    run_well("accuracy", b.in, 2, "", &b.a);
    assert_true(isnan(number_at(&b.a.out, "mase", 0)));
    bench_clear(&b);
}

/* 1 2 4 8 | 5: naive 8, drift 8 + 7/3, mean 3.75 */
static void backtest_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_text(&b, 0, "value\n1\n2\n4\n8\n5\n");
    run_well("backtest", b.in, 1, "h=1|frequency=1|methods=naive drift mean hw_add", &b.a);
    NEAR(number_at(&b.a.out, "mae", 0), 3, 1e-15);
    NEAR(number_at(&b.a.out, "mae", 1), 16.0 / 3, 1e-15);
    NEAR(number_at(&b.a.out, "mae", 2), 1.25, 1e-15);
    assert_true(isnan(number_at(&b.a.out, "mae", 3)));
    NEAR(number_at(&b.a.out, "mase", 0), 3 / (7.0 / 3), 1e-15);
    bench_clear(&b);
}

static void turning_points_by_hand(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    /* quarterly: peak at 4, a one-quarter dip at 8 that is no trough, peak at 10, trough at 15 */
    bench_text(&b, 0,
               "t,value\n1,1\n2,2\n3,3\n4,9\n5,3\n6,2\n7,4\n8,3\n9,8\n10,12\n11,11\n12,9\n"
               "13,7\n14,6\n15,2\n16,5\n17,6\n18,7\n");
    run_well("turning-points", b.in, 1, "frequency=4", &b.a);
    static const struct {
        const char *t, *kind;
    } want[] = {
        {"4",  "peak"  },
        {"6",  "trough"},
        {"10", "peak"  },
        {"15", "trough"}
    };
    assert_int_equal(b.a.out.rows, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        check_text(table_cell(&b.a.out, 0, i), str_z(want[i].t), "where");
        check_text(table_cell(&b.a.out, 1, i), str_z(want[i].kind), "kind");
    }
    NEAR(number_at(&b.a.out, "duration", 3), 5, 0);
    NEAR(number_at(&b.a.out, "amplitude", 3), -10, 0);
    analysis_clear(&b.a);
    run_well("turning-points", b.in, 1, "frequency=4|phase=3|cycle=7", &b.a);
    assert_int_equal(b.a.out.rows, 2); /* the phase 4-6 is too short */
    bench_clear(&b);
}

/* ---- wrong and degenerate input ---- */

static const struct {
    const char *method, *in, *options, *says;
    enum code code;
    uint32_t line;
} wrong[] = {
  /* clang-format off */
    {"stl", "value\n1\nNA\n3\n4\n5\n", "frequency=2", "missing", E_INPUT, 3},
    {"stl", "value\n1\n2\n3\n4\n", "frequency=2", "more than two cycles", E_INPUT, 0},
    {"stl", "value\n1\n2\n3\n4\n5\n", "frequency=2|s.window=8", "odd", E_INPUT, 0},
    {"stl", "value\n1\n2\n3\n4\n5\n", "frequency=2|s.window=x", "whole number", E_INPUT, 0},
    {"stl", "value\n1\n2\n3\n4\n5\n", "", "frequency of at least 2", E_INPUT, 0},
    {"stl", "time,value\n2001-01,1\n2001-02,2\n2001-04,3\n", "", "periods are missing", E_INPUT, 4},
    {"stl", "time,value\n2001-01,1\n2001-02,2\n2001-02,3\n", "", "rows 3 and 4", E_CONFLICT, 4},
    {"stl", "time,value\nspring,1\nsummer,2\nautumn,3\n", "", "frequency", E_INPUT, 0},
    {"holt-winters", "value\n1\n2\n-3\n4\n5\n", "frequency=2|seasonal=multiplicative", "above 0",
     E_INPUT, 4},
    {"holt-winters", "value\n1\n2\n3\n4\n5\n", "frequency=2|alpha=1.5", "from 0 to 1", E_INPUT, 0},
    {"ets", "value\n1\n2\n3\n-4\n5\n6\n7\n", "frequency=1|model=MNN", "above 0", E_INPUT, 0},
    {"ets", "value\n1\n2\n3\n4\n5\n6\n7\n", "frequency=1|model=ANM", "not offered", E_INPUT, 0},
    {"ets", "value\n1\n2\n3\n", "frequency=1", "can be fitted", E_INPUT, 0},
    {"backtest", "value\n1\n2\n3\n4\n", "frequency=1|h=3", "too few", E_INPUT, 0},
    {"backtest", "value\n1\n2\n3\n4\n5\n6\n", "frequency=1|methods=oracle", "oracle", E_INPUT, 0},
  /* clang-format on */
};

static void wrong_input_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct bench b;
        struct error err = {0};
        bench_init(&b);
        bench_text(&b, 0, wrong[i].in);
        enum code code = run_method(wrong[i].method, b.in, 1, wrong[i].options, &b.a, &err);
        if (code != wrong[i].code || strstr(err.text, wrong[i].says) == NULL ||
            err.line != wrong[i].line)
            fail_msg("row %zu: code %d line %u '%s'", i, code, err.line, err.text);
        bench_clear(&b);
    }
}

/* A constant series and huge numbers have defined results. */
static void degenerate_series(void **state)
{
    (void)state;
    static const char *const methods[][2] = {
        {"stl",            "frequency=2|robust=true"},
        {"holt-winters",   "frequency=2"            },
        {"ets",            "frequency=2"            },
        {"ets",            "frequency=2|model=AAA"  },
        {"backtest",       "frequency=2|h=2"        },
        {"turning-points", "frequency=2"            },
    };
    static const char *const values[] = {"5", "5000000000000", "-7"};
    for (size_t v = 0; v < COUNT(values); v++)
        for (size_t m = 0; m < COUNT(methods); m++) {
            struct bench b;
            struct buf text;
            bench_init(&b);
            buf_init(&text, 10000);
            buf_z(&text, "value\n");
            for (int i = 0; i < 24; i++)
                buf_fmt(&text, "%s\n", values[v]);
            bench_text(&b, 0, arena_z(&b.arena, buf_str(&text)));
            run_well(methods[m][0], b.in, 1, methods[m][1], &b.a);
            if (strcmp(methods[m][0], "ets") == 0 || strcmp(methods[m][0], "holt-winters") == 0)
                NEAR(number_at(&b.a.out, "forecast", 0), strtod(values[v], NULL), 1e-6);
            buf_clear(&text);
            bench_clear(&b);
        }
}

/* ---- properties ---- */

static void random_series(double *y, size_t n, size_t period)
{
    for (size_t i = 0; i < n; i++)
        y[i] = 100 + (double)i / 3 + (double)(i % period) * 7 + (double)test_below(1000) / 100;
}

/* STL of a y + b is a STL(y) + b in the trend; the parts add up to the series. */
static void stl_is_equivariant(void **state)
{
    (void)state;
    test_seed("stl is equivariant");
    for (int k = 0; k < 50; k++) {
        struct arena a;
        arena_init(&a, 0);
        size_t period = 2 + test_below(11), n = 2 * period + 1 + test_below(60);
        double y[200], z[200], part[6][200];
        random_series(y, n, period);
        for (size_t i = 0; i < n; i++)
            z[i] = 1e6 + 1e3 * y[i];
        struct stl o = stl_defaults(n, period, 7 + 2 * test_below(10), test_below(2) == 0, false);
        stl_fit(&o, y, n, &a, part[0], part[1], part[2]);
        stl_fit(&o, z, n, &a, part[3], part[4], part[5]);
        for (size_t i = 0; i < n; i++) {
            NEAR(part[3][i], 1e3 * part[0][i], 1e-6);
            NEAR(part[4][i], 1e6 + 1e3 * part[1][i], 1e-9);
        }
        arena_clear(&a);
    }
}

/* Twice the unit of measure changes no parameter that matters: forecasts double. */
static void ets_is_free_of_units(void **state)
{
    (void)state;
    test_seed("ets is free of units");
    for (int k = 0; k < 4; k++) {
        struct arena a;
        arena_init(&a, 0);
        double y[60], z[60], mean[2][8], variance[2][8];
        random_series(y, 60, 4);
        for (size_t i = 0; i < 60; i++)
            z[i] = 1048576 * y[i];
        for (int u = 0; u < 2; u++) {
            struct ets e = {
                .model = {'A', 'A', 'A', false},
                  .period = 4
            };
            struct ets_end end;
            assert_true(ets_estimate(&e, ETS_LIKELIEST, u ? z : y, 60, &a));
            assert_true(ets_filter(&e, u ? z : y, 60, &end, NULL));
            assert_true(ets_admissible(&e, ETS_SLACK));
            ets_forecast(&e, &end, 8, false, &a, mean[u], variance[u]);
        }
        for (int i = 0; i < 8; i++)
            NEAR(mean[1][i], 1048576 * mean[0][i], 1e-6);
        arena_clear(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimise_finds_minima),
        cmocka_unit_test(ets_by_hand),
        cmocka_unit_test(stl_by_hand),
        cmocka_unit_test(hw_by_hand),
        cmocka_unit_test(hw_follows_a_line),
        cmocka_unit_test(accuracy_by_hand),
        cmocka_unit_test(backtest_by_hand),
        cmocka_unit_test(turning_points_by_hand),
        cmocka_unit_test(wrong_input_is_named),
        cmocka_unit_test(degenerate_series),
        cmocka_unit_test(stl_is_equivariant),
        cmocka_unit_test(ets_is_free_of_units),
        cmocka_unit_test(references_agree),
        cmocka_unit_test(hw_optima_agree),
        cmocka_unit_test(ets_states_agree),
        cmocka_unit_test(ets_criteria_agree),
        cmocka_unit_test(ets_estimates_are_no_worse),
        cmocka_unit_test(ets_choice_is_no_worse),
        cmocka_unit_test(holdouts_agree),
        cmocka_unit_test(ets_as_r),
        cmocka_unit_test(likeliest_forecasts_no_worse),
        cmocka_unit_test(statsmodels_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
