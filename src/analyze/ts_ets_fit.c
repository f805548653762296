/* ts_ets_fit.c - maximum likelihood for the state space models, and the choice between them.
 * Hyndman, Koehler, Snyder and Grose, A state space framework for automatic forecasting using
 * exponential smoothing methods, International Journal of Forecasting 18 (2002) 439-454: start
 * states from a decomposition and a line through its first values (section 4.1 there), bounds
 * 0.0001 <= alpha, beta, gamma <= 0.9999, beta <= alpha, gamma <= 1 - alpha, 0.8 <= phi <= 0.98.
 *
 * Two searches. ETS_LIKELIEST goes on, from four starts, to the largest likelihood found, and
 * ETS_LEAST_SQUARES to the least sum of squared errors, as statsmodels' ExponentialSmoothing.
 * ETS_AS_R is one descent from the published start, in Nash's steps, at most 2000 evaluations,
 * outside the bounds not allowed: as R forecast 8.20 does, and where it stops short of the maximum
 * this does too. */
#include "ts_int.h"
#include <math.h>

#define LOW 0.0001
#define HIGH 0.9999
#define PHI_LOW 0.8
#define PHI_HIGH 0.98

struct search {
    struct ets e;
    const double *y;
    size_t n;
    double size;   /* unit of level and slope */
    double spread; /* unit of additive seasons, 1 for ratios */
    bool strict;   /* a smoothing parameter outside its bounds is not allowed */
    bool by_error; /* by the mean squared error, not by the likelihood */
};

static double clip(double v, double min, double max)
{
    return v < min ? min : v > max ? max : v;
}

/* ---- variables of the search <-> the model ---- */

static size_t variables(const struct ets *e)
{
    return ets_parameters(e);
}

/* A smoothing parameter outside its bounds counts as the bound: optima often lie there. */
static void unpack(struct search *s, const double *x)
{
    struct ets *e = &s->e;
    size_t i = 0, m = e->period;
    e->alpha = clip(x[i++], LOW, HIGH);
    if (e->model.trend == 'A')
        e->beta = clip(x[i++], LOW, e->alpha);
    if (e->model.season != 'N')
        e->gamma = clip(x[i++], LOW, 1 - e->alpha);
    if (e->model.damped)
        e->phi = clip(x[i++], PHI_LOW, PHI_HIGH);
    e->l = x[i++] * s->size;
    if (e->model.trend == 'A')
        e->b = x[i++] * s->size;
    double rest = e->model.season == 'M' ? (double)m : 0;
    for (size_t j = 0; e->model.season != 'N' && j + 1 < m; j++) {
        e->s[j] = x[i++] * s->spread;
        rest -= e->s[j];
    }
    if (e->model.season != 'N')
        e->s[m - 1] = rest; /* the seasons sum to 0 or to the period */
}

static void pack(const struct search *s, double *x, double *step)
{
    const struct ets *e = &s->e;
    size_t i = 0;
    step[i] = 0.1, x[i++] = e->alpha;
    if (e->model.trend == 'A')
        step[i] = 0.02, x[i++] = e->beta;
    if (e->model.season != 'N')
        step[i] = 0.05, x[i++] = e->gamma;
    if (e->model.damped)
        step[i] = -0.04, x[i++] = e->phi;
    step[i] = 0.05, x[i++] = e->l / s->size;
    if (e->model.trend == 'A')
        step[i] = 0.005, x[i++] = e->b / s->size;
    for (size_t j = 0; e->model.season != 'N' && j + 1 < e->period; j++)
        step[i] = e->model.season == 'M' ? 0.05 : 0.2, x[i++] = e->s[j] / s->spread;
}

/* Does x say what the model now has? Otherwise a parameter was outside its bounds. */
static bool within(const struct search *s, const double *x)
{
    const struct ets *e = &s->e;
    size_t i = 0;
    return x[i++] == e->alpha && (e->model.trend == 'N' || x[i++] == e->beta) &&
           (e->model.season == 'N' || x[i++] == e->gamma) && (!e->model.damped || x[i++] == e->phi);
}

static double objective(const double *x, void *context)
{
    struct search *s = context;
    unpack(s, x);
    if (s->strict && !within(s, x))
        return HUGE_VAL;
    if (s->e.model.season == 'M')
        for (size_t j = 0; j < s->e.period; j++)
            if (s->e.s[j] <= 0)
                return HUGE_VAL;
    struct ets_end end;
    double deviance = ets_admissible(&s->e, s->strict ? 1e-10 : ETS_SLACK)
                          ? ets_deviance(&s->e, s->y, s->n, s->by_error ? &end : NULL)
                          : HUGE_VAL;
    return s->by_error && deviance != HUGE_VAL ? end.mse : deviance;
}

/* ---- start ---- */

static bool start_seasons(struct search *s, struct arena *a, double *clean)
{
    struct ets *e = &s->e;
    size_t m = e->period;
    bool ratio = e->model.season == 'M';
    double *trend = ts_numbers(a, s->n), figure[ETS_PERIOD_MAX], sum = 0;
    if (!ts_decompose(s->y, s->n, m, ratio, a, trend, figure))
        return false;
    for (size_t j = 0; j < m; j++) {
        figure[j] = ratio ? fmax(figure[j], 0.01) : figure[j];
        sum += figure[j];
    }
    for (size_t j = 0; j < m; j++) {
        figure[j] *= ratio ? (double)m / sum : 1;
        e->s[m - 1 - j] = figure[j];
        if (!ratio)
            s->spread = fmax(s->spread, fabs(figure[j]));
    }
    for (size_t t = 0; t < s->n; t++)
        clean[t] = ratio ? s->y[t] / figure[t % m] : s->y[t] - figure[t % m];
    return true;
}

static bool start_states(struct search *s, struct arena *a)
{
    struct ets *e = &s->e;
    size_t m = e->period, used = 2 * m > 10 ? 2 * m : 10;
    double *clean = ts_numbers(a, s->n);
    memcpy(clean, s->y, s->n * sizeof *clean);
    s->size = s->spread = 0;
    for (size_t t = 0; t < s->n; t++)
        s->size = fmax(s->size, fabs(s->y[t]));
    if (e->model.season != 'N' && !start_seasons(s, a, clean))
        return false;
    s->spread = e->model.season == 'M' ? 1 : s->spread > 0 ? s->spread : s->size;
    used = used < s->n ? used : s->n;
    if (e->model.trend == 'A') {
        ts_line(clean, used, 1, &e->l, &e->b);
        return s->size > 0;
    }
    for (size_t t = 0; t < used; t++)
        e->l += clean[t] / (double)used;
    return s->size > 0;
}

/* alpha, beta, gamma, phi to start from: slow, middling and quick learners. */
static const double starts[][4] = {
    {0.1, 0.01, 0.01, 0.97},
    {0.5, 0.02, 0.1, 0.95},
    {0.6, 0.07, 0.35, 0.9},
    {0.9, 0.001, 0.005, 0.97},
};

static void set_start(struct ets *e, const double from[4])
{
    e->alpha = from[0];
    e->beta = from[1];
    e->gamma = from[2];
    e->phi = e->model.damped ? from[3] : 1;
}

/* The start of R forecast: each parameter a fixed part of the way between its bounds. */
static void set_start_r(struct ets *e)
{
    e->alpha = LOW + 0.2 * (HIGH - LOW) / (double)e->period;
    e->beta = LOW + 0.1 * (fmin(HIGH, e->alpha) - LOW);
    e->gamma = LOW + 0.05 * (fmin(HIGH, 1 - e->alpha) - LOW);
    e->phi = e->model.damped ? PHI_LOW + 0.99 * (PHI_HIGH - PHI_LOW) : 1;
}

#define R_EVALUATIONS 2000
#define R_TOLERANCE 1.4901161193847656e-08 /* 2^-26, the root of a double's precision */

static bool estimate_as_r(struct ets *e, bool by_error, const double *y, size_t n, struct arena *a)
{
    struct search s = {.e = *e, .y = y, .n = n, .strict = true, .by_error = by_error};
    size_t k = variables(e);
    double *x = ts_numbers(a, k), *step = ts_numbers(a, k);
    s.e.l = s.e.b = 0;
    if (n < k + 2 || !start_states(&s, a))
        return false;
    set_start_r(&s.e);
    s.size = s.spread = 1;
    pack(&s, x, step);
    struct ts_problem p = {k, objective, &s, step, R_EVALUATIONS, 0};
    if (ts_minimise_nash(&p, R_TOLERANCE, a, x) == HUGE_VAL)
        return false;
    unpack(&s, x);
    *e = s.e;
    return true;
}

/* A rough descent from every start, a thorough one from the best. */
static bool estimate_likeliest(struct ets *e, bool by_error, const double *y, size_t n,
                               struct arena *a)
{
    struct search s = {.e = *e, .y = y, .n = n, .by_error = by_error};
    size_t k = variables(e);
    double *x = ts_numbers(a, k), *step = ts_numbers(a, k), *best_x = ts_numbers(a, k);
    double best = HUGE_VAL;
    s.e.l = s.e.b = 0;
    if (n < k + 2 || !start_states(&s, a))
        return false;
    struct ets first = s.e;
    struct ts_problem p = {k, objective, &s, step, 250 * k, 0};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        s.e = first;
        set_start(&s.e, starts[i]);
        pack(&s, x, step);
        double f = ts_minimise(&p, a, x);
        if (f < best) {
            best = f;
            memcpy(best_x, x, k * sizeof *x);
        }
    }
    if (best == HUGE_VAL)
        return false;
    p.most = 1000 * k;
    p.restarts = 12;
    ts_minimise(&p, a, best_x);
    unpack(&s, best_x);
    *e = s.e;
    return true;
}

bool ets_estimate(struct ets *e, enum ets_search search, const double *y, size_t n, struct arena *a)
{
    if (search == ETS_AS_R || search == ETS_AS_R_SES)
        return estimate_as_r(e, search == ETS_AS_R_SES, y, n, a);
    return estimate_likeliest(e, search == ETS_LEAST_SQUARES, y, n, a);
}

/* ---- choice ---- */

double ets_score(const struct ets_end *end, enum ets_criterion by)
{
    return by == ETS_AICC ? end->aicc : by == ETS_AIC ? end->aic : end->bic;
}

static bool fits_pattern(struct str pattern, const char *name)
{
    struct str s = str_z(name);
    if (str_eq(pattern, s))
        return true;
    if (pattern.len == 4 && s.len != 4)
        return false;
    for (size_t i = 0; i < pattern.len; i++) {
        size_t at = i + 1 == pattern.len ? s.len - 1 : i; /* season is the last letter */
        if (pattern.ptr[i] != 'Z' && pattern.ptr[i] != s.ptr[at])
            return false;
    }
    return pattern.len == 4 || s.len == 3 || pattern.ptr[1] == 'Z';
}

static void fit_one(struct ets_choice *c, enum ets_search search, const double *y, size_t n,
                    struct arena *a)
{
    c->ok = ets_estimate(&c->model, search, y, n, a) && ets_filter(&c->model, y, n, &c->end, NULL);
}

enum code ets_choose(struct str pattern, enum ets_criterion by, enum ets_search search,
                     const double *y, size_t n, size_t period, struct arena *a,
                     struct ets_choice all[ETS_MODELS], size_t *count, size_t *best,
                     struct error *err)
{
    static const char *const names[ETS_MODELS] = {"ANN",  "AAN",  "AAdN", "ANA",  "AAA",
                                                  "AAdA", "MNN",  "MAN",  "MAdN", "MNA",
                                                  "MAA",  "MAdA", "MNM",  "MAM",  "MAdM"};
    bool positive = true, seasonal = period > 1 && period <= ETS_PERIOD_MAX && n >= 2 * period + 1;
    *count = 0;
    *best = ETS_MODELS;
    if (n > TS_ESTIMATE_MAX)
        return error_set(err, E_LIMIT, "ets is estimated from at most %d values, not %zu",
                         TS_ESTIMATE_MAX, n);
    for (size_t t = 0; t < n; t++)
        positive = positive && y[t] > 0;
    for (size_t i = 0; i < ETS_MODELS; i++) {
        struct ets_choice c = {.ok = false};
        if (!fits_pattern(pattern, names[i]) || !ets_parse(str_z(names[i]), &c.model.model) ||
            (c.model.model.error == 'M' && !positive) || (c.model.model.season != 'N' && !seasonal))
            continue;
        c.model.period = c.model.model.season == 'N' ? 1 : period;
        fit_one(&c, search, y, n, a);
        all[*count] = c;
        if (c.ok && !isnan(ets_score(&c.end, by)) &&
            (*best == ETS_MODELS || ets_score(&c.end, by) < ets_score(&all[*best].end, by)))
            *best = *count;
        ++*count;
    }
    if (*best == ETS_MODELS)
        return error_set(err, E_INPUT,
                         "no model '%.*s' can be fitted to %zu values at frequency %zu%s",
                         STR_ARG(str_sub(pattern, 0, 10)), n, period,
                         positive ? "" : "; models with M need values above 0");
    return OK;
}
