/* ts_hw.c - Holt-Winters smoothing, additive and multiplicative.
 * Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6 (1960)
 * 324-342; conventions of R's HoltWinters(): start values from a classical decomposition of the
 * first two cycles, smoothing from the second cycle on, squared one-step errors minimised over the
 * unit cube from (0.3, 0.1, 0.1). */
#include "ts_int.h"
#include <math.h>

bool hw_start(struct hw *w, const double *y, size_t n, struct arena *a)
{
    size_t m = w->period, used = 2 * m;
    if (m < 2 || n < used)
        return false;
    double *trend = ts_numbers(a, used);
    if (!ts_decompose(y, used, m, w->multiplicative, a, trend, w->season))
        return false;
    size_t first = m / 2, count = 0;
    while (first + count < used && !isnan(trend[first + count]))
        count++;
    ts_line(trend + first, count, 1, &w->level, &w->trend);
    return true;
}

bool hw_filter(const struct hw *w, const double *y, size_t n, struct hw_end *end,
               double (*fitted)[4])
{
    double level = w->level, trend = w->trend, season[TS_PERIOD_MAX], sse = 0;
    memcpy(season, w->season, w->period * sizeof *season);
    for (size_t t = 0; t < n; t++) {
        double *s = &season[t % w->period], before = level;
        double mean = w->multiplicative ? (level + trend) * *s : level + trend + *s;
        if (fitted != NULL)
            memcpy(fitted[t], (double[]){mean, level, trend, *s}, sizeof fitted[t]);
        sse += (y[t] - mean) * (y[t] - mean);
        double clean = w->multiplicative ? y[t] / *s : y[t] - *s;
        level = w->alpha * clean + (1 - w->alpha) * (level + trend);
        trend = w->beta * (level - before) + (1 - w->beta) * trend;
        double now = w->multiplicative ? y[t] / level : y[t] - level;
        *s = w->gamma * now + (1 - w->gamma) * *s;
    }
    end->sse = sse;
    end->level = level;
    end->trend = trend;
    for (size_t j = 0; j < w->period; j++)
        end->season[j] = season[(n + j) % w->period];
    bool fine = isfinite(sse) && isfinite(level) && isfinite(trend);
    for (size_t j = 0; j < w->period; j++)
        fine = fine && isfinite(season[j]);
    return fine;
}

/* ---- estimation ---- */

struct search {
    struct hw w;
    const double *y;
    size_t n, count;
    double *free[3];
};

static double clip(double v, double min, double max)
{
    return v < min ? min : v > max ? max : v;
}

/* Points outside the cube count as the nearest one on it, so the edges can be reached. */
static double squares(const double *x, void *context)
{
    struct search *s = context;
    struct hw_end end;
    for (size_t i = 0; i < s->count; i++)
        *s->free[i] = clip(x[i], 0, 1);
    return hw_filter(&s->w, s->y, s->n, &end, NULL) ? end.sse : HUGE_VAL;
}

bool hw_estimate(struct hw *w, const double *y, size_t n, struct arena *a)
{
    static const double starts[][3] = {
        {0.3, 0.1,  0.1},
        {0.6, 0.02, 0.8}
    };
    struct search s = {.w = *w, .y = y, .n = n};
    double *at[] = {&s.w.alpha, &s.w.beta, &s.w.gamma}, best = HUGE_VAL;
    size_t which[3];
    for (size_t i = 0; i < 3; i++)
        if (isnan(*at[i])) {
            which[s.count] = i;
            s.free[s.count++] = at[i];
        }
    static const double step[] = {0.1, 0.05, 0.1};
    struct ts_problem p = {s.count, squares, &s, step, 4000, 6};
    for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
        double x[3] = {0};
        for (size_t i = 0; i < s.count; i++)
            x[i] = starts[k][which[i]];
        double f = ts_minimise(&p, a, x);
        if (!(f < best * (1 - 1e-9)))
            continue;
        best = f;
        squares(x, &s);
        *w = s.w;
    }
    return best < HUGE_VAL;
}

void hw_forecast(const struct hw *w, const struct hw_end *end, size_t h, double *out)
{
    for (size_t i = 0; i < h; i++) {
        double base = end->level + (double)(i + 1) * end->trend, s = end->season[i % w->period];
        out[i] = w->multiplicative ? base * s : base + s;
    }
}

/* ---- the method ---- */

static enum code take_smoothing(struct analysis *a, int option, const char *name, double *out,
                                struct error *err)
{
    *out = NAN;
    return ts_given(a, option) ? ts_number(a, option, 0, 1, name, out, err) : OK;
}

/* Start values given are those of the time just before the second cycle, as estimated ones. */
static enum code take_start(struct analysis *a, struct hw *w, struct error *err)
{
    struct ts_params p;
    bool found = false;
    TRY(ts_params_init(&p, &a->in[1], a->option[HW_SERIES],
                       ts_given(a, HW_MODEL) ? a->option[HW_MODEL] : a->option[HW_SEASONAL], err));
    TRY(ts_param_need(&p, "l.start", &w->level, err));
    TRY(ts_param_need(&p, "b.start", &w->trend, err));
    for (size_t j = 0; j < w->period; j++) {
        const char *name = arena_fmt(&a->arena, "s.start%zu%c", j + 1, 0).ptr;
        TRY(ts_param_need(&p, name, &w->season[j], err));
    }
    double *free[] = {&w->alpha, &w->beta, &w->gamma};
    const char *names[] = {"alpha", "beta", "gamma"};
    for (size_t i = 0; i < 3; i++)
        if (isnan(*free[i]))
            TRY(ts_param(&p, names[i], free[i], &found, err));
    return OK;
}

static enum code prepare(struct analysis *a, const struct series *s, struct hw *w,
                         struct error *err)
{
    *w = (struct hw){.period = s->period,
                     .multiplicative = str_is(a->option[HW_SEASONAL], "multiplicative")};
    if (s->period < 2 || s->n < 2 * s->period)
        return error_set(err, E_INPUT,
                         "holt-winters needs a frequency of at least 2 and two cycles: "
                         "%zu values at frequency %zu",
                         s->n, s->period);
    for (size_t i = 0; w->multiplicative && i < s->n; i++)
        if (s->y[i] <= 0)
            return error_at(err, E_INPUT, (uint32_t)i + 2, 0,
                            "a multiplicative season needs values above 0; %.*s has %g",
                            STR_ARG(s->label[i]), s->y[i]);
    TRY(take_smoothing(a, HW_ALPHA, "alpha", &w->alpha, err));
    TRY(take_smoothing(a, HW_BETA, "beta", &w->beta, err));
    TRY(take_smoothing(a, HW_GAMMA, "gamma", &w->gamma, err));
    if (a->in_count > 1)
        return take_start(a, w, err);
    if (!hw_start(w, s->y, s->n, &a->arena))
        return error_set(err, E_INPUT, "the first two cycles give no start values: a mean is 0");
    return OK;
}

static void push_forecast(struct analysis *a, const double *f, size_t h)
{
    int key = table_add_column(&a->out, "h"), value = table_add_column(&a->out, "forecast");
    for (size_t i = 0; i < h; i++) {
        table_push_int(&a->out, key, (int64_t)i + 1);
        table_push_number(&a->out, value, f[i]);
        table_end_row(&a->out);
    }
}

static void push_fitted(struct analysis *a, const struct series *s, double (*fitted)[4])
{
    static const char *const names[] = {"xhat", "level", "trend", "season"};
    int key = table_add_column(&a->out, "t"), column[4];
    for (size_t c = 0; c < 4; c++)
        column[c] = table_add_column(&a->out, names[c]);
    for (size_t i = s->period; i < s->n; i++) {
        table_push(&a->out, key, s->label[i]);
        for (size_t c = 0; c < 4; c++)
            table_push_number(&a->out, column[c], fitted[i - s->period][c]);
        table_end_row(&a->out);
    }
}

static void push_parameters(struct analysis *a, const struct hw *w, const struct hw_end *end)
{
    const char *names[] = {"alpha", "beta", "gamma", "SSE", "a", "b", "l.start", "b.start"};
    double values[] = {w->alpha,   w->beta,    w->gamma, end->sse,
                       end->level, end->trend, w->level, w->trend};
    int name = table_add_column(&a->out, "param"), value = table_add_column(&a->out, "value");
    for (size_t i = 0; i < 8 + 2 * w->period; i++) {
        size_t j = (i - 8) % w->period;
        bool start = i >= 8 + w->period;
        table_push(&a->out, name,
                   i < 8 ? str_z(names[i])
                         : arena_fmt(&a->arena, start ? "s.start%zu" : "s%zu", j + 1));
        table_push_number(&a->out, value,
                          i < 8   ? values[i]
                          : start ? w->season[j]
                                  : end->season[j]);
        table_end_row(&a->out);
    }
}

enum code ts_run_hw(struct analysis *a, struct error *err)
{
    struct series s;
    struct hw w;
    struct hw_end end;
    size_t h = 0;
    TRY(ts_read(a, &a->in[0], HW_VALUE, HW_FREQUENCY, &s, err));
    TRY(ts_count(a, HW_H, "h", 2 * s.period, 1, 10000, &h, err));
    TRY(prepare(a, &s, &w, err));
    const double *y = s.y + s.period;
    size_t n = s.n - s.period;
    bool estimated = isnan(w.alpha) || isnan(w.beta) || isnan(w.gamma);
    if (estimated && n > TS_ESTIMATE_MAX)
        return error_set(err, E_LIMIT, "holt-winters is estimated from at most %d values, not %zu",
                         TS_ESTIMATE_MAX, n);
    double(*fitted)[4] = arena_alloc(&a->arena, n * sizeof *fitted);
    if ((estimated && !hw_estimate(&w, y, n, &a->arena)) || !hw_filter(&w, y, n, &end, fitted))
        return error_set(err, E_RANGE,
                         "holt-winters left the range of numbers: a level or a "
                         "seasonal ratio became 0");
    if (str_is(a->option[HW_OUTPUT], "fitted"))
        push_fitted(a, &s, fitted);
    else if (str_is(a->option[HW_OUTPUT], "parameters"))
        push_parameters(a, &w, &end);
    else {
        double *f = ts_numbers(&a->arena, h);
        hw_forecast(&w, &end, h, f);
        push_forecast(a, f, h);
    }
    note(a,
         "convention R HoltWinters: %.*s season, alpha %.10g, beta %.10g, gamma %.10g (%s), "
         "SSE %.10g",
         STR_ARG(a->option[HW_SEASONAL]), w.alpha, w.beta, w.gamma,
         estimated ? "estimated" : "given", end.sse);
    return OK;
}
