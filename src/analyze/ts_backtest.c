/* ts_backtest.c - how good forecasts are: the last values of a series held out and forecast from
 * the rest, and the same measures for a forecast made elsewhere.
 * Measures: Hyndman and Koehler, Another look at measures of forecast accuracy, International
 * Journal of Forecasting 22 (2006) 679-688. Theta: Assimakopoulos and Nikolopoulos 2000, in the
 * form of Hyndman and Billah, Unmasking the Theta method, International Journal of Forecasting 19
 * (2003) 287-290. */
#include "ts_int.h"
#include <math.h>

/* ---- measures ---- */

double ts_mase_scale(const double *y, size_t n, size_t period)
{
    double sum = 0;
    if (n <= period)
        return NAN;
    for (size_t t = period; t < n; t++)
        sum += fabs(y[t] - y[t - period]);
    return sum > 0 ? sum / (double)(n - period) : NAN;
}

/* Percentages do not apply when an actual value is 0, sMAPE when both are. */
struct ts_accuracy ts_accuracy(const double *actual, const double *forecast, size_t h, double scale)
{
    struct ts_accuracy r = {.n = h};
    double d = (double)h;
    for (size_t i = 0; i < h; i++) {
        double e = actual[i] - forecast[i], size = fabs(actual[i]) + fabs(forecast[i]);
        r.me += e / d;
        r.rmse += e * e / d;
        r.mae += fabs(e) / d;
        r.mpe += actual[i] != 0 ? 100 * e / actual[i] / d : NAN;
        r.mape += actual[i] != 0 ? 100 * fabs(e / actual[i]) / d : NAN;
        r.smape += size > 0 ? 200 * fabs(e) / size / d : NAN;
    }
    r.rmse = sqrt(r.rmse);
    r.mase = r.mae / scale;
    return r;
}

/* ---- forecasters ---- */

struct task {
    const double *y;
    size_t n, period, h;
    struct arena *a;
    double *out;
    enum ets_search search;
};

static bool by_mean(struct task *t)
{
    double sum = 0;
    for (size_t i = 0; i < t->n; i++)
        sum += t->y[i];
    for (size_t i = 0; i < t->h; i++)
        t->out[i] = sum / (double)t->n;
    return true;
}

static bool by_naive(struct task *t)
{
    for (size_t i = 0; i < t->h; i++)
        t->out[i] = t->y[t->n - 1];
    return true;
}

static bool by_snaive(struct task *t)
{
    if (t->n < t->period)
        return false;
    for (size_t i = 0; i < t->h; i++)
        t->out[i] = t->y[t->n - t->period + i % t->period];
    return true;
}

static bool by_drift(struct task *t)
{
    double last = t->y[t->n - 1], slope = (last - t->y[0]) / (double)(t->n - 1);
    for (size_t i = 0; i < t->h; i++)
        t->out[i] = last + (double)(i + 1) * slope;
    return true;
}

static bool by_hw(struct task *t, bool multiplicative)
{
    struct hw w = {.period = t->period,
                   .multiplicative = multiplicative,
                   .alpha = NAN,
                   .beta = NAN,
                   .gamma = NAN};
    struct hw_end end;
    for (size_t i = 0; multiplicative && i < t->n; i++)
        if (t->y[i] <= 0)
            return false;
    if (t->n > TS_ESTIMATE_MAX || t->n < 3 * t->period || !hw_start(&w, t->y, t->n, t->a))
        return false;
    const double *y = t->y + t->period;
    size_t n = t->n - t->period;
    if (!hw_estimate(&w, y, n, t->a) || !hw_filter(&w, y, n, &end, NULL))
        return false;
    hw_forecast(&w, &end, t->h, t->out);
    return true;
}

static bool by_hw_add(struct task *t)
{
    return by_hw(t, false);
}

static bool by_hw_mult(struct task *t)
{
    return by_hw(t, true);
}

static bool by_pattern(struct task *t, const double *y, const char *pattern, struct ets_choice *c)
{
    struct ets_choice all[ETS_MODELS];
    size_t count = 0, best = 0;
    if (ets_choose(str_z(pattern), ETS_AICC, t->search, y, t->n, t->period, t->a, all, &count,
                   &best, NULL) != OK)
        return false;
    *c = all[best];
    if (isnan(c->end.sigma2))
        return false;
    ets_forecast(&c->model, &c->end, t->h, t->search >= ETS_AS_R, t->a, t->out,
                 ts_numbers(t->a, t->h));
    return true;
}

static bool by_ets(struct task *t)
{
    struct ets_choice c;
    return by_pattern(t, t->y, "ZZZ", &c);
}

/* Seasonally adjusted by STL (seasonal window 11), forecast by ETS, last season repeated. */
static bool by_stlf(struct task *t)
{
    if (t->period < 2 || t->n <= 2 * t->period)
        return false;
    double *part[3], *clean = ts_numbers(t->a, t->n);
    for (size_t i = 0; i < 3; i++)
        part[i] = ts_numbers(t->a, t->n);
    struct stl o = stl_defaults(t->n, t->period, 11, false, false);
    struct ets_choice c;
    stl_fit(&o, t->y, t->n, t->a, part[0], part[1], part[2]);
    for (size_t i = 0; i < t->n; i++)
        clean[i] = t->y[i] - part[0][i];
    if (!by_pattern(t, clean, "ZZN", &c))
        return false;
    for (size_t i = 0; i < t->h; i++)
        t->out[i] += part[0][t->n - t->period + i % t->period];
    return true;
}

/* Is the autocorrelation at the cycle's length beyond 90 % bounds (Bartlett)? */
static bool is_seasonal(const double *y, size_t n, size_t period, struct arena *a)
{
    double *r = ts_numbers(a, period + 1), mean = 0, sum = 0;
    if (period < 2 || n <= 2 * period)
        return false;
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t k = 0; k <= period; k++)
        for (size_t i = k; i < n; i++)
            r[k] += (y[i] - mean) * (y[i - k] - mean);
    for (size_t k = 1; k < period; k++)
        sum += r[k] / r[0] * (r[k] / r[0]);
    return fabs(r[period] / r[0]) / sqrt((1 + 2 * sum) / (double)n) > ts_normal_quantile(0.95);
}

static bool by_theta(struct task *t)
{
    size_t m = t->period;
    double *x = ts_numbers(t->a, t->n), figure[TS_PERIOD_MAX], at = 0, slope = 0;
    bool seasonal =
        is_seasonal(t->y, t->n, m, t->a) && ts_decompose(t->y, t->n, m, true, t->a, x, figure);
    for (size_t j = 0; seasonal && j < m; j++)
        seasonal = fabs(figure[j]) >= 1e-4;
    for (size_t i = 0; i < t->n; i++)
        x[i] = seasonal ? t->y[i] / figure[i % m] : t->y[i];
    struct ets_choice c;
    t->search = t->search == ETS_AS_R ? ETS_AS_R_SES : t->search;
    if (!by_pattern(t, x, "ANN", &c))
        return false;
    ts_line(x, t->n, 0, &at, &slope);
    double alpha = c.model.alpha, tail = (1 - pow(1 - alpha, (double)t->n)) / alpha;
    for (size_t i = 0; i < t->h; i++) {
        t->out[i] += slope / 2 * ((double)i + tail);
        t->out[i] *= seasonal ? figure[(t->n + i) % m] : 1;
    }
    return true;
}

static const struct forecaster {
    const char *name;
    bool (*run)(struct task *t);
} forecasters[] = {
    {"mean", by_mean},    {"naive", by_naive},   {"snaive", by_snaive},
    {"drift", by_drift},  {"hw_add", by_hw_add}, {"hw_mult", by_hw_mult},
    {"ets_auto", by_ets}, {"stlf_ets", by_stlf}, {"theta", by_theta},
    {NULL, NULL},
};

/* ---- the methods ---- */

static enum code find(struct str name, const struct forecaster **f, struct error *err)
{
    for (*f = forecasters; (*f)->name != NULL; ++*f)
        if (str_is(name, (*f)->name))
            return OK;
    return error_set(err, E_INPUT,
                     "no forecasting method '%.*s'; there are: mean, naive, snaive, "
                     "drift, hw_add, hw_mult, ets_auto, stlf_ets, theta",
                     STR_ARG(str_sub(name, 0, 40)));
}

static const char *const measures[] = {"me", "rmse", "mae", "mpe", "mape", "smape", "mase"};
#define MEASURES (sizeof measures / sizeof *measures)

static void values_of(const struct ts_accuracy *r, double v[MEASURES])
{
    double all[MEASURES] = {r->me, r->rmse, r->mae, r->mpe, r->mape, r->smape, r->mase};
    memcpy(v, all, sizeof all);
}

/* One row: the measures' means over the origins, empty when the method does not apply. */
static void test_one(struct analysis *a, const struct series *s, const struct forecaster *f,
                     size_t h, size_t origins, const int *column)
{
    double sum[MEASURES] = {0}, v[MEASURES], *out = ts_numbers(&a->arena, h);
    bool fine = true;
    enum ets_search search = ets_search_of(a->option[BACK_SEARCH]);
    for (size_t k = 0; k < origins && fine; k++) {
        size_t n = s->n - h - k;
        struct task t = {s->y, n, s->period, h, &a->arena, out, search};
        fine = f->run(&t);
        if (!fine)
            break;
        struct ts_accuracy r = ts_accuracy(s->y + n, out, h, ts_mase_scale(s->y, n, s->period));
        values_of(&r, v);
        for (size_t i = 0; i < MEASURES; i++)
            sum[i] += v[i] / (double)origins;
    }
    table_push_int(&a->out, column[0], (int64_t)h);
    table_push(&a->out, column[1], str_z(f->name));
    for (size_t i = 0; i < MEASURES; i++)
        table_push_number(&a->out, column[2 + i], fine ? sum[i] : NAN);
    table_end_row(&a->out);
    if (!fine)
        note(a, "method '%s' does not apply to this series", f->name);
}

enum code ts_run_backtest(struct analysis *a, struct error *err)
{
    struct series s;
    size_t h = 0, origins = 0;
    int column[2 + MEASURES] = {table_add_column(&a->out, "h"),
                                table_add_column(&a->out, "method")};
    for (size_t i = 0; i < MEASURES; i++)
        column[2 + i] = table_add_column(&a->out, measures[i]);
    TRY(ts_read(a, &a->in[0], BACK_VALUE, BACK_FREQUENCY, &s, err));
    TRY(ts_count(a, BACK_H, "h", s.period > 1 ? s.period : 3, 1, 1000, &h, err));
    TRY(ts_count(a, BACK_ORIGINS, "origins", 1, 1, 1000, &origins, err));
    if (s.n < h + origins + 2)
        return error_set(err, E_INPUT, "%zu values are too few to hold out %zu at %zu origins", s.n,
                         h, origins);
    for (struct str rest = a->option[BACK_METHODS]; rest.ptr != NULL;) {
        const struct forecaster *f = NULL;
        struct str name = str_cut(rest, ' ', &rest);
        if (name.len == 0)
            continue;
        TRY(find(name, &f, err));
        test_one(a, &s, f, h, origins, column);
    }
    note(a,
         "the last %zu values held out at %zu origins; MASE by the seasonal naive method of each "
         "training part (frequency %zu)",
         h, origins, s.period);
    return OK;
}

/* The actual value with the same key; every forecast needs one, and only one. */
static enum code match(const struct table *t, int key, int value, struct str want, double *out,
                       struct error *err)
{
    size_t first = SIZE_MAX;
    for (size_t r = 0; r < t->rows; r++) {
        if (!str_eq(table_cell(t, key, r), want))
            continue;
        if (first != SIZE_MAX)
            return error_at(err, E_CONFLICT, (uint32_t)r + 2, 0,
                            "'%.*s': key '%.*s' stands in rows %zu and %zu", STR_ARG(t->name),
                            STR_ARG(want), first + 2, r + 2);
        first = r;
        TRY(table_number(t, value, r, false, out, err));
    }
    if (first == SIZE_MAX)
        return error_set(err, E_MISSING, "'%.*s' has no row with key '%.*s'", STR_ARG(t->name),
                         STR_ARG(want));
    return OK;
}

enum code ts_run_accuracy(struct analysis *a, struct error *err)
{
    const struct table *f = &a->in[0], *t = &a->in[1];
    int key[2], forecast = -1, actual = -1;
    double scale = NAN, v[MEASURES];
    const char *name = arena_z(&a->arena, a->option[ACC_KEY]);
    TRY(table_need(f, name, &key[0], err));
    TRY(table_need(t, name, &key[1], err));
    TRY(table_need(f, arena_z(&a->arena, a->option[ACC_FORECAST]), &forecast, err));
    TRY(table_need(t, arena_z(&a->arena, a->option[ACC_ACTUAL]), &actual, err));
    double *x = ts_numbers(&a->arena, f->rows), *y = ts_numbers(&a->arena, f->rows);
    for (size_t r = 0; r < f->rows; r++) {
        TRY(table_number(f, forecast, r, false, &x[r], err));
        TRY(match(t, key[1], actual, table_cell(f, key[0], r), &y[r], err));
    }
    if (f->rows == 0)
        return error_set(err, E_INPUT, "'%.*s' has no forecasts", STR_ARG(f->name));
    if (a->in_count > 2) {
        struct series s;
        TRY(ts_read(a, &a->in[2], ACC_VALUE, ACC_FREQUENCY, &s, err));
        scale = ts_mase_scale(s.y, s.n, s.period);
    }
    struct ts_accuracy r = ts_accuracy(y, x, f->rows, scale);
    values_of(&r, v);
    int column[MEASURES], count = table_add_column(&a->out, "n");
    for (size_t i = 0; i < MEASURES; i++)
        column[i] = table_add_column(&a->out, measures[i]);
    table_push_int(&a->out, count, (int64_t)f->rows);
    for (size_t i = 0; i < MEASURES; i++)
        table_push_number(&a->out, column[i], v[i]);
    table_end_row(&a->out);
    note(a, "mean percentages are empty when an actual value is 0; MASE needs the training series");
    return OK;
}
