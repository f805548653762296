/* ts_ets.c - exponential smoothing as state space models: likelihood, states, forecast variances.
 * Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing: The State Space
 * Approach, Springer 2008. Models: error A or M, trend N, A or damped A, season N, A or M; not
 * here: multiplicative trends and the unstable combinations ANM, AAM, AAdM. Numbers of equations
 * and sections are the book's. */
#include "ts_int.h"
#include <math.h>

/* ---- names ---- */

void ets_name(struct ets_model m, char out[5])
{
    size_t i = 0;
    out[i++] = m.error;
    out[i++] = m.trend;
    if (m.damped)
        out[i++] = 'd';
    out[i++] = m.season;
    out[i] = '\0';
}

bool ets_parse(struct str name, struct ets_model *m)
{
    if (name.len < 3 || name.len > 4)
        return false;
    *m = (struct ets_model){name.ptr[0], name.ptr[1], name.ptr[name.len - 1], name.len == 4};
    return (!m->damped || (name.ptr[2] == 'd' && m->trend == 'A')) &&
           (m->error == 'A' || m->error == 'M') && (m->trend == 'N' || m->trend == 'A') &&
           (m->season == 'N' || m->season == 'A' || m->season == 'M') &&
           !(m->error == 'A' && m->season == 'M');
}

size_t ets_parameters(const struct ets *e)
{
    size_t n = 2; /* alpha, l */
    n += e->model.trend == 'A' ? 2 + e->model.damped : 0;
    return n + (e->model.season == 'N' ? 0 : e->period); /* gamma and period - 1 free seasons */
}

/* ---- states (section 2.5, tables 2.2 and 2.3) ---- */

struct state {
    double l, b, s[ETS_PERIOD_MAX]; /* s[t % period] belongs to time t */
};

static struct state state_of(const struct ets *e)
{
    struct state x = {.l = e->l, .b = e->b};
    for (size_t j = 0; j < e->period; j++)
        x.s[j] = e->s[e->period - 1 - j];
    return x;
}

static double base_of(const struct ets *e, const struct state *x)
{
    return e->model.trend == 'N' ? x->l : x->l + (e->model.damped ? e->phi : 1) * x->b;
}

static double mean_of(const struct ets *e, double base, double s)
{
    return e->model.season == 'N' ? base : e->model.season == 'A' ? base + s : base * s;
}

/* With r the plain residual y - mu, every model of the family moves by r alone: level and slope by
 * r over the seasonal ratio, a season by r over the level, additive parts by r itself. */
static void move(const struct ets *e, struct state *x, double base, double r, size_t at)
{
    double s = x->s[at], clean = e->model.season == 'M' ? r / s : r;
    x->l = base + e->alpha * clean;
    if (e->model.trend == 'A')
        x->b = (e->model.damped ? e->phi : 1) * x->b + e->beta * clean;
    if (e->model.season != 'N')
        x->s[at] = s + e->gamma * (e->model.season == 'M' ? r / base : r);
}

static bool is_inside(const struct ets *e, double base, double s, double mean)
{
    if (e->model.season == 'M' && !(s > 1e-10 && fabs(base) > 1e-300))
        return false;
    return e->model.error == 'M' ? mean > 1e-300 : isfinite(mean) != 0;
}

/* Squared errors that are rounding only count as this much, so that a perfect fit has a defined
 * likelihood. */
static double least_sum(const struct ets *e, const double *y, size_t n)
{
    double size = e->model.error == 'A' ? 0 : 1;
    for (size_t t = 0; t < n && e->model.error == 'A'; t++)
        size = fmax(size, fabs(y[t]));
    size = fmax(size, 1e-280) * 1e-14;
    return (double)n * size * size;
}

struct sums {
    double relative, plain, logs;
};

static bool run(const struct ets *e, const double *y, size_t n, struct state *x, struct sums *sum,
                double *fitted)
{
    bool relative = e->model.error == 'M';
    double product = 1;
    *sum = (struct sums){0};
    for (size_t t = 0, at = 0; t < n; t++, at = at + 1 == e->period ? 0 : at + 1) {
        double base = base_of(e, x), mean = mean_of(e, base, x->s[at]), r = y[t] - mean;
        if (!is_inside(e, base, x->s[at], mean))
            return false;
        if (fitted != NULL)
            fitted[t] = mean;
        double error = relative ? r / mean : r;
        sum->relative += error * error;
        sum->plain += r * r;
        if (relative && (product *= mean, product > 1e200 || product < 1e-200)) {
            sum->logs += log(product); /* one logarithm for many means */
            product = 1;
        }
        move(e, x, base, r, at);
    }
    sum->logs += log(product);
    return isfinite(sum->relative) && isfinite(sum->logs);
}

/* Equation (5.3): n log(sum of squared errors) + 2 sum log |means|, the latter for relative errors.
 */
static double deviance_of(const struct ets *e, const double *y, size_t n, const struct sums *sum)
{
    return (double)n * log(fmax(sum->relative, least_sum(e, y, n))) + 2 * sum->logs;
}

static void criteria(const struct ets *e, size_t n, double deviance, struct ets_end *end)
{
    double k = (double)ets_parameters(e) + 1, size = (double)n;
    end->loglik = -deviance / 2;
    end->aic = deviance + 2 * k;
    end->bic = deviance + k * log(size);
    end->aicc = size > k + 1 ? end->aic + 2 * k * (k + 1) / (size - k - 1) : NAN;
}

static void end_states(const struct ets *e, const struct state *x, size_t n, struct ets_end *end)
{
    end->l = x->l;
    end->b = x->b;
    for (size_t j = 0; j < e->period; j++)
        end->s[j] = x->s[(n + e->period - 1 - j) % e->period];
}

double ets_deviance(const struct ets *e, const double *y, size_t n, struct ets_end *end)
{
    struct state x = state_of(e);
    struct sums sum;
    if (!run(e, y, n, &x, &sum, NULL))
        return HUGE_VAL;
    double deviance = deviance_of(e, y, n, &sum);
    if (end != NULL) {
        *end = (struct ets_end){.mse = sum.plain / (double)n};
        size_t k = ets_parameters(e);
        end->sigma2 = n > k ? sum.relative / (double)(n - k) : NAN;
        criteria(e, n, deviance, end);
        end_states(e, &x, n, end);
    }
    return deviance;
}

/* Mean squared error one, two and three steps ahead, averaged over the three. */
static double mean_ahead(const struct ets *e, const double *y, size_t n)
{
    double sum[3] = {0}, all = 0;
    struct state x = state_of(e);
    double phi = e->model.damped ? e->phi : 1;
    for (size_t t = 0; t < n; t++) {
        double reach = 0, power = phi, base = base_of(e, &x);
        for (size_t k = 0; k < 3 && t + k < n; k++, power *= phi) {
            reach += power;
            double ahead = e->model.trend == 'N' ? x.l : x.l + reach * x.b;
            double r = y[t + k] - mean_of(e, ahead, x.s[(t + k) % e->period]);
            sum[k] += r * r;
        }
        double mean = mean_of(e, base, x.s[t % e->period]);
        move(e, &x, base, y[t] - mean, t % e->period);
    }
    for (size_t k = 0; k < 3; k++)
        all += sum[k] / (double)(n - k) / 3;
    return all;
}

bool ets_filter(const struct ets *e, const double *y, size_t n, struct ets_end *end, double *fitted)
{
    if (ets_deviance(e, y, n, end) == HUGE_VAL)
        return false;
    struct state x = state_of(e);
    struct sums sum;
    if (fitted != NULL && !run(e, y, n, &x, &sum, fitted))
        return false;
    end->amse = mean_ahead(e, y, n);
    return true;
}

/* ---- admissible parameters (section 10.3.2) ---- */

/* Do all roots of c[0] + c[1] z + … + c[n] z^n lie inside the unit circle? Schur-Cohn, as in Jury,
 * Theory and Application of the z-Transform Method, 1964, section 3.3. c is used up. */
static bool all_inside(double *c, size_t n)
{
    for (; n > 0; n--) {
        double k = c[0] / c[n];
        if (!(fabs(k) < 1))
            return false;
        for (size_t i = 0, j = n; i < j; i++, j--) {
            double low = c[i], high = c[j];
            c[i] = low - k * high;
            c[j] = high - k * low;
        }
        if (n % 2 == 0)
            c[n / 2] *= 1 - k;
        memmove(c, c + 1, n * sizeof *c);
    }
    return true;
}

/* Past errors must not count more the older they are. Without a season the usual bounds
 * (0 < beta < alpha < 1) are enough; with one the characteristic polynomial decides. Roots on the
 * circle are allowed, and `slack` beyond it: the sum of the seasons is one. */
bool ets_admissible(const struct ets *e, double slack)
{
    size_t m = e->period;
    if (e->model.season == 'N' || m < 2)
        return true;
    double a = e->alpha, g = e->gamma, b = e->model.trend == 'A' ? e->beta : 0;
    double phi = e->model.damped ? e->phi : 1, c[ETS_PERIOD_MAX + 2], power = 1;
    c[0] = phi * (1 - a - g);
    c[1] = a + b - a * phi + g - 1;
    for (size_t i = 2; i < m; i++)
        c[i] = a + b - a * phi;
    c[m] = a + b - phi;
    c[m + 1] = 1;
    for (size_t i = 0; i <= m + 1; i++, power *= 1 + slack)
        c[i] *= power;
    return all_inside(c, m + 1);
}

/* ---- forecasts (chapter 6) ---- */

/* The weight of an error j steps back, equation (6.1) ff. */
static double weight_of(const struct ets *e, size_t j, double reach)
{
    double c = e->alpha + (e->model.trend == 'A' ? e->beta * reach : 0);
    return c + (e->model.season == 'A' && j % e->period == 0 ? e->gamma : 0);
}

/* Classes 1 and 2 (sections 6.3.1, 6.3.2): additive season or none. */
static void forecast_linear(const struct ets *e, const struct ets_end *end, size_t h,
                            struct arena *a, double *mean, double *variance)
{
    double *c2 = ts_numbers(a, h), *theta = ts_numbers(a, h);
    double phi = e->model.damped ? e->phi : 1, power = phi, reach = 0, sum = 0;
    for (size_t i = 0; i < h; i++, power *= phi) {
        reach += power;
        double base = e->model.trend == 'N' ? end->l : end->l + reach * end->b;
        mean[i] = mean_of(e, base, end->s[e->period - 1 - i % e->period]);
        double c = weight_of(e, i + 1, reach);
        c2[i] = c * c;
        theta[i] = mean[i] * mean[i];
        for (size_t j = 0; j < i; j++)
            theta[i] += end->sigma2 * c2[j] * theta[i - 1 - j];
        variance[i] = e->model.error == 'A' ? end->sigma2 * (1 + sum)
                                            : (1 + end->sigma2) * theta[i] - mean[i] * mean[i];
        sum += c2[i];
    }
}

/* Class 3 (section 6.3.3): the level part z (1 or 2 states) and the m seasons multiply. Mh is the
 * mean of z s', Vh the covariance of vec(z s'); both follow exact recursions. */
struct class3 {
    size_t k, m, n;            /* n = k m */
    double first;              /* damping of the slope on its way into the level */
    double f1[2][2], g1[2][2]; /* z -> (f1 + g1 e) z */
    double *mean, *cov;        /* n, n x n, index k * season + state */
    double *map[3];            /* n x n: F2(x)F1, G2(x)G1, G2(x)F1 + F2(x)G1 */
    double *next, *half, *rank;
};

static double f2(size_t m, size_t i, size_t j)
{
    return j == (i == 0 ? m - 1 : i - 1);
}

static void class3_init(struct class3 *c, const struct ets *e, const struct ets_end *end, bool as_r,
                        struct arena *a)
{
    double phi = e->model.damped ? e->phi : 1, first = as_r ? 1 : phi;
    *c = (struct class3){.k = e->model.trend == 'A' ? 2 : 1, .m = e->period, .first = first};
    size_t k = c->k, m = c->m, n = c->n = k * m;
    memcpy(c->f1,
           (double[2][2]){
               {1, first},
               {0, phi  }
    },
           sizeof c->f1);
    memcpy(c->g1,
           (double[2][2]){
               {e->alpha, e->alpha * first},
               {e->beta,  e->beta * first }
    },
           sizeof c->g1);
    c->mean = ts_numbers(a, n);
    c->cov = ts_numbers(a, n * n);
    c->next = ts_numbers(a, n * n);
    c->half = ts_numbers(a, n * n);
    c->rank = ts_numbers(a, n * n);
    for (size_t q = 0; q < 3; q++)
        c->map[q] = ts_numbers(a, n * n);
    for (size_t i = 0; i < n; i++) {
        c->mean[i] = (i % k == 0 ? end->l : end->b) * end->s[i / k];
        for (size_t j = 0; j < n; j++) {
            double shift = f2(m, i / k, j / k);
            double gain = i / k == 0 && j / k == m - 1 ? e->gamma : 0;
            c->map[0][i * n + j] = shift * c->f1[i % k][j % k];
            c->map[1][i * n + j] = gain * c->g1[i % k][j % k];
            c->map[2][i * n + j] = gain * c->f1[i % k][j % k] + shift * c->g1[i % k][j % k];
        }
    }
}

/* next += factor * left x right'; the maps have few entries in a row, so zeros are passed over. */
static void add_product(struct class3 *c, double factor, const double *left, const double *x,
                        const double *right)
{
    size_t n = c->n;
    memset(c->half, 0, n * n * sizeof *c->half);
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < n; q++)
            if (left[i * n + q] != 0)
                for (size_t j = 0; j < n; j++)
                    c->half[i * n + j] += left[i * n + q] * x[q * n + j];
    for (size_t j = 0; j < n; j++)
        for (size_t q = 0; q < n; q++)
            if (right[j * n + q] != 0)
                for (size_t i = 0; i < n; i++)
                    c->next[i * n + j] += factor * c->half[i * n + q] * right[j * n + q];
}

static void set_rank(struct class3 *c, double of_cov, double of_mean)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->n; j++)
            c->rank[i * c->n + j] =
                of_cov * c->cov[i * c->n + j] + of_mean * c->mean[i] * c->mean[j];
}

static void class3_step(struct class3 *c, double sigma2)
{
    size_t n = c->n;
    memset(c->next, 0, n * n * sizeof *c->next);
    add_product(c, 1, c->map[0], c->cov, c->map[0]);
    add_product(c, sigma2, c->map[0], c->cov, c->map[1]);
    add_product(c, sigma2, c->map[1], c->cov, c->map[0]);
    set_rank(c, 1, 1);
    add_product(c, sigma2, c->map[2], c->rank, c->map[2]);
    set_rank(c, 3, 2);
    add_product(c, sigma2 * sigma2, c->map[1], c->rank, c->map[1]);
    memcpy(c->cov, c->next, n * n * sizeof *c->cov);
    for (size_t i = 0; i < n; i++) {
        c->half[i] = 0;
        for (size_t j = 0; j < n; j++)
            c->half[i] += (c->map[0][i * n + j] + sigma2 * c->map[1][i * n + j]) * c->mean[j];
    }
    memcpy(c->mean, c->half, n * sizeof *c->mean);
}

static void forecast_class3(const struct ets *e, const struct ets_end *end, size_t h, bool as_r,
                            struct arena *a, double *mean, double *variance)
{
    struct class3 c;
    class3_init(&c, e, end, as_r, a);
    size_t from = c.k * (c.m - 1);
    double reach[2] = {1, c.first};
    for (size_t i = 0; i < h; i++) {
        double v = 0;
        mean[i] = 0;
        for (size_t p = 0; p < c.k; p++) {
            mean[i] += reach[p] * c.mean[from + p];
            for (size_t q = 0; q < c.k; q++)
                v += reach[p] * reach[q] * c.cov[(from + p) * c.n + from + q];
        }
        variance[i] = (1 + end->sigma2) * v + end->sigma2 * mean[i] * mean[i];
        class3_step(&c, end->sigma2);
    }
}

void ets_forecast(const struct ets *e, const struct ets_end *end, size_t h, bool as_r,
                  struct arena *a, double *mean, double *variance)
{
    if (e->model.season == 'M')
        forecast_class3(e, end, h, as_r, a, mean, variance);
    else
        forecast_linear(e, end, h, a, mean, variance);
}

/* Newton on erfc from the rough inverse of Abramowitz and Stegun, 26.2.23. */
double ts_normal_quantile(double p)
{
    double q = p < 0.5 ? p : 1 - p, t = sqrt(-2 * log(q));
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 5; i++) {
        double tail = 0.5 * erfc(z / sqrt(2)), density = exp(-z * z / 2) / 2.506628274631000502;
        z += (tail - q) / density;
    }
    return p < 0.5 ? -z : z;
}
