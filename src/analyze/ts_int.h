/* ts_int.h - what the files of the time-series family share: the series as read, a minimiser,
 * and the models. Scratch memory is the analysis's arena, released with the result. */
#ifndef LUOSHU_ANALYZE_TS_INT_H
#define LUOSHU_ANALYZE_TS_INT_H
#include "analyze.h"

/* Options by position in the method's row of ts_methods.c. */
enum {
    STL_VALUE,
    STL_FREQUENCY,
    STL_CONVENTION,
    STL_S_WINDOW,
    STL_T_WINDOW,
    STL_L_WINDOW,
    STL_S_DEGREE,
    STL_T_DEGREE,
    STL_L_DEGREE,
    STL_S_JUMP,
    STL_T_JUMP,
    STL_L_JUMP,
    STL_ROBUST,
    STL_INNER,
    STL_OUTER
};
enum {
    HW_VALUE,
    HW_FREQUENCY,
    HW_SEASONAL,
    HW_ALPHA,
    HW_BETA,
    HW_GAMMA,
    HW_SERIES,
    HW_MODEL,
    HW_H,
    HW_OUTPUT
};
enum {
    ETS_VALUE,
    ETS_FREQUENCY,
    ETS_MODEL,
    ETS_CRITERION,
    ETS_SERIES,
    ETS_PARAMS_MODEL,
    ETS_H,
    ETS_CONVENTION,
    ETS_OUTPUT,
    ETS_SEARCH
};
enum { BACK_VALUE, BACK_FREQUENCY, BACK_H, BACK_ORIGINS, BACK_METHODS, BACK_SEARCH };
enum { TURN_VALUE, TURN_FREQUENCY, TURN_WINDOW, TURN_PHASE, TURN_CYCLE };
enum { ACC_KEY, ACC_FORECAST, ACC_ACTUAL, ACC_VALUE, ACC_FREQUENCY };

enum code ts_run_stl(struct analysis *a, struct error *err);
enum code ts_run_hw(struct analysis *a, struct error *err);
enum code ts_run_ets(struct analysis *a, struct error *err);
enum code ts_run_backtest(struct analysis *a, struct error *err);
enum code ts_run_accuracy(struct analysis *a, struct error *err);
enum code ts_run_turning(struct analysis *a, struct error *err);

/* ---- ts_series.c: input ---- */

#define TS_PERIOD_MAX 366
#define TS_LENGTH_MAX 1000000
#define TS_ESTIMATE_MAX 20000 /* values parameters are estimated from; a search passes them often  \
                               */
struct series {
    double *y;
    struct str *label; /* of column t, else time, else empty */
    size_t n, period;
};
/* Column and frequency by the options at these positions; the frequency, when not given, follows
 * from the column `time` (1949.083, 2024-03, 2024Q1, 2024). Gaps and doubles are errors. */
MUST_CHECK enum code ts_read(struct analysis *a, const struct table *t, int value, int frequency,
                             struct series *s, struct error *err);
double *ts_numbers(struct arena *a, size_t n); /* zeroed */
/* A whole number in [min, max]; `fallback` when the option is empty. */
MUST_CHECK enum code ts_count(const struct analysis *a, int option, const char *name,
                              size_t fallback, size_t min, size_t max, size_t *out,
                              struct error *err);
bool ts_given(const struct analysis *a, int option);
/* The option's number; it has been checked to be one. */
MUST_CHECK enum code ts_number(struct analysis *a, int option, double min, double max,
                               const char *name, double *out, struct error *err);
/* Named numbers from a table param, value whose columns series and model (or type), where there
 * are any, hold the texts asked for. A name twice is an error. */
struct ts_params {
    const struct table *t;
    struct str series, model;
    int param, value, series_column, model_column;
};
MUST_CHECK enum code ts_params_init(struct ts_params *p, const struct table *t, struct str series,
                                    struct str model, struct error *err);
/* *out stays as it is when the name is not there. */
MUST_CHECK enum code ts_param(const struct ts_params *p, const char *name, double *out, bool *found,
                              struct error *err);
/* The same; fails E_MISSING when it is not there. */
MUST_CHECK enum code ts_param_need(const struct ts_params *p, const char *name, double *out,
                                   struct error *err);

/* ---- ts_optim.c ---- */

struct ts_problem {
    size_t n;
    double (*at)(const double *x, void *context); /* HUGE_VAL = not allowed there */
    void *context;
    const double *step; /* size of the first simplex along each axis */
    size_t most;        /* evaluations of one descent */
    size_t restarts;
};
/* Moves x to a minimum and returns the value there. */
double ts_minimise(const struct ts_problem *p, struct arena *a, double *x);
/* One descent in the steps of Nash 1990 (p->step and restarts are not used), until the corners agree
 * to tolerance * |value at the start|. HUGE_VAL when the start is not allowed. */
double ts_minimise_nash(const struct ts_problem *p, double tolerance, struct arena *a, double *x);

/* ---- ts_decompose.c: classical decomposition and straight lines ---- */

/* Trend by a centred moving average (NaN at the ends), figure[0..period) of the cycle starting at
 * y[0], centred on 0 or on 1. false when a position of the cycle has no value or the mean is 0. */
bool ts_decompose(const double *y, size_t n, size_t period, bool multiplicative, struct arena *a,
                  double *trend, double *figure);
/* Least squares y = at + slope * x over x = first, first + 1, ... */
void ts_line(const double *y, size_t n, double first, double *at, double *slope);

/* ---- ts_stl.c ---- */

struct stl {
    size_t period;
    size_t s_window, t_window, l_window;
    size_t s_degree, t_degree, l_degree;
    size_t s_jump, t_jump, l_jump;
    size_t inner, outer;
    bool periodic;
    bool true_median; /* of the residuals; otherwise as the published program finds it */
};
/* R's defaults for a seasonal window; periodic ignores s_window. */
struct stl stl_defaults(size_t n, size_t period, size_t s_window, bool periodic, bool robust);
void stl_fit(const struct stl *o, const double *y, size_t n, struct arena *a, double *seasonal,
             double *trend, double *weight);

/* ---- ts_hw.c ---- */

struct hw {
    size_t period;
    bool multiplicative;
    double alpha, beta, gamma;
    double level, trend;          /* at the start */
    double season[TS_PERIOD_MAX]; /* of the first observation used, the next one, … */
};
struct hw_end {
    double sse, level, trend, season[TS_PERIOD_MAX]; /* season[0] belongs to the next observation */
};
/* Start values from the first two cycles; false when they do not allow it. */
bool hw_start(struct hw *w, const double *y, size_t n, struct arena *a);
/* y starts with the first observation used; fitted: rows of xhat, level, trend, season or NULL */
bool hw_filter(const struct hw *w, const double *y, size_t n, struct hw_end *end,
               double (*fitted)[4]);
/* Smoothing parameters that are NaN are estimated. */
bool hw_estimate(struct hw *w, const double *y, size_t n, struct arena *a);
void hw_forecast(const struct hw *w, const struct hw_end *end, size_t h, double *out);

/* ---- ts_ets.c: the state space models ---- */

#define ETS_PERIOD_MAX 24
struct ets_model {
    char error, trend, season; /* A or M; N or A; N, A or M */
    bool damped;
};
struct ets {
    struct ets_model model;
    size_t period; /* 1 when there is no season */
    double alpha, beta, gamma, phi;
    double l, b, s[ETS_PERIOD_MAX]; /* s[0] = s1, of the last observation; s[period-1] comes next */
};
struct ets_end {
    double loglik, mse, amse, sigma2, aic, aicc, bic;
    double l, b, s[ETS_PERIOD_MAX];
};
size_t ets_parameters(const struct ets *e); /* without the variance */
/* -2 log likelihood, HUGE_VAL when a level, season or mean leaves its range */
double ets_deviance(const struct ets *e, const double *y, size_t n, struct ets_end *end);
/* fitted[n] or NULL; false as above */
bool ets_filter(const struct ets *e, const double *y, size_t n, struct ets_end *end,
                double *fitted);
#define ETS_SLACK 1e-6
bool ets_admissible(const struct ets *e, double slack);
/* Mean and variance of the next h values. as_r: with a damped trend and a multiplicative season the
 * first step is not damped, as in R forecast 8.20; otherwise by the book. */
void ets_forecast(const struct ets *e, const struct ets_end *end, size_t h, bool as_r,
                  struct arena *a, double *mean, double *variance);
void ets_name(struct ets_model m, char out[5]); /* "MAdM" */
bool ets_parse(struct str name, struct ets_model *m);
double ts_normal_quantile(double p);

/* ---- ts_ets_fit.c ---- */

enum ets_search { ETS_LIKELIEST, ETS_LEAST_SQUARES, ETS_AS_R, ETS_AS_R_SES /* as R's ses */ };
enum ets_search ets_search_of(struct str option); /* likeliest, least-squares, r */
/* false when there is no start, or too few values for the parameters */
bool ets_estimate(struct ets *e, enum ets_search search, const double *y, size_t n,
                  struct arena *a);
enum ets_criterion { ETS_AICC, ETS_AIC, ETS_BIC };
struct ets_choice {
    struct ets model;
    struct ets_end end;
    bool ok;
};
#define ETS_MODELS 15
/* Fits the models allowed by the pattern ("ZZZ", "ZAN", "MAdM", …) and the data, best in *best.
 * fails E_INPUT when none can be fitted */
MUST_CHECK enum code ets_choose(struct str pattern, enum ets_criterion by, enum ets_search search,
                                const double *y, size_t n, size_t period, struct arena *a,
                                struct ets_choice all[ETS_MODELS], size_t *count, size_t *best,
                                struct error *err);
double ets_score(const struct ets_end *end, enum ets_criterion by);

/* ---- ts_backtest.c ---- */

struct ts_accuracy {
    double me, rmse, mae, mpe, mape, smape, mase;
    size_t n;
};
/* scale: mean absolute error of the seasonal naive method in the training part; NaN = none */
struct ts_accuracy ts_accuracy(const double *actual, const double *forecast, size_t h,
                               double scale);
double ts_mase_scale(const double *y, size_t n, size_t period);
#endif
