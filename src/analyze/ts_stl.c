/* ts_stl.c - seasonal-trend decomposition by loess (STL).
 * Cleveland, Cleveland, McRae and Terpenning, STL: a seasonal-trend decomposition procedure based
 * on loess, Journal of Official Statistics 6 (1990) 3-73; section numbers below are theirs.
 * Positions run from 1 as in the paper, arrays from 0. Defaults of windows, jumps and passes as
 * in R's stl() and, by option, as in statsmodels' STL. */
#include "ts_int.h"
#include <math.h>
#include <stdlib.h>

/* A run of loess: span q, degree d, evaluated at every `jump`-th point, robustness weights or NULL.
 */
struct loess {
    size_t span, degree, jump;
    const double *robust;
    double *w; /* scratch, one per point */
};

static double cube(double v)
{
    return v * v * v;
}

/* Section 2: tricube weights over the points left..right (from 0), for the position x. The paper's
 * program takes distances below h/1000 for 0 and above 0.999 h for h; so do all that follow it. */
static double weigh(const struct loess *l, size_t n, double x, size_t left, size_t right)
{
    double h = fmax(x - (double)left, (double)right - x), sum = 0;
    if (l->span > n)
        h += (double)((l->span - n) / 2);
    for (size_t j = left; j <= right; j++) {
        double r = fabs((double)j - x);
        l->w[j] = r <= 0.001 * h ? 1 : r <= 0.999 * h ? cube(1 - cube(r / h)) : 0;
        if (l->robust != NULL)
            l->w[j] *= l->robust[j];
        sum += l->w[j];
    }
    if (sum > 0)
        for (size_t j = left; j <= right; j++)
            l->w[j] /= sum;
    return sum > 0 ? h : -1;
}

/* Turns the weights of a mean into those of a line's value at x, unless the points that count lie
 * too close together to carry a line. */
static void tilt(const struct loess *l, size_t n, double x, size_t left, size_t right)
{
    double centre = 0, spread = 0;
    for (size_t j = left; j <= right; j++)
        centre += l->w[j] * (double)j;
    for (size_t j = left; j <= right; j++)
        spread += l->w[j] * ((double)j - centre) * ((double)j - centre);
    if (!(sqrt(spread) > 0.001 * (double)(n - 1)))
        return;
    double b = (x - centre) / spread;
    for (size_t j = left; j <= right; j++)
        l->w[j] *= b * ((double)j - centre) + 1;
}

/* The smooth value at x; false when every point there has weight zero. */
static bool loess_at(const struct loess *l, const double *y, size_t n, double x, size_t left,
                     size_t right, double *out)
{
    double h = weigh(l, n, x, left, right);
    if (h < 0)
        return false;
    if (h > 0 && l->degree > 0)
        tilt(l, n, x, left, right);
    *out = 0;
    for (size_t j = left; j <= right; j++)
        *out += l->w[j] * y[j];
    return true;
}

/* The span's leftmost point for the point i. */
static size_t window_left(const struct loess *l, size_t n, size_t i)
{
    size_t half = (l->span + 1) / 2;
    if (l->span >= n || i + 1 <= half)
        return 0;
    return i + half > n ? n - l->span : i + 1 - half;
}

static void fill_between(double *out, size_t from, size_t to)
{
    double slope = (out[to] - out[from]) / (double)(to - from);
    for (size_t j = from + 1; j < to; j++)
        out[j] = out[from] + slope * (double)(j - from);
}

static void loess_point(const struct loess *l, const double *y, size_t n, size_t i, size_t left,
                        double *out)
{
    size_t right = l->span >= n ? n - 1 : left + l->span - 1;
    if (!loess_at(l, y, n, (double)i, left, right, &out[i]))
        out[i] = y[i];
}

static void loess(const struct loess *l, const double *y, size_t n, double *out)
{
    if (n < 2) {
        out[0] = y[0];
        return;
    }
    size_t jump = l->jump < n - 1 ? l->jump : n - 1, left = 0, last = 0;
    for (size_t i = 0; i < n; i += jump) {
        left = window_left(l, n, i);
        loess_point(l, y, n, i, left, out);
        if (i > 0)
            fill_between(out, last, i);
        last = i;
    }
    if (last == n - 1)
        return;
    /* The end has its own value, by the window of the last point of the grid as in the program. */
    loess_point(l, y, n, n - 1, left, out);
    fill_between(out, last, n - 1);
}

static void running_mean(const double *x, size_t n, size_t len, double *out)
{
    double sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += x[i];
    out[0] = sum / (double)len;
    for (size_t i = len; i < n; i++) {
        sum += x[i] - x[i - len];
        out[i - len + 1] = sum / (double)len;
    }
}

struct work {
    const struct stl *o;
    size_t n;
    const double *robust; /* NULL in the first pass */
    double *cycle; /* n + 2 period: the smoothed cycle-subseries, one cycle longer each side */
    double *a, *b, *c, *d, *w;
};

/* Section 3.3, step 2: smooth each cycle-subseries and extend it by one value at both ends. */
static void smooth_subseries(struct work *k, const double *y)
{
    const struct stl *o = k->o;
    for (size_t j = 0; j < o->period; j++) {
        size_t m = (k->n - 1 - j) / o->period + 1;
        for (size_t i = 0; i < m; i++) {
            k->b[i] = y[i * o->period + j];
            if (k->robust != NULL)
                k->c[i] = k->robust[i * o->period + j];
        }
        struct loess l = {o->s_window, o->s_degree, o->s_jump, k->robust != NULL ? k->c : NULL,
                          k->w};
        double *s = k->d;
        loess(&l, k->b, m, s + 1);
        size_t reach = o->s_window < m ? o->s_window : m;
        if (!loess_at(&l, k->b, m, -1, 0, reach - 1, &s[0]))
            s[0] = s[1];
        if (!loess_at(&l, k->b, m, (double)m, m - reach, m - 1, &s[m + 1]))
            s[m + 1] = s[m];
        for (size_t i = 0; i < m + 2; i++)
            k->cycle[i * o->period + j] = s[i];
    }
}

/* Section 3.3: the inner loop once. */
static void inner_pass(struct work *k, const double *y, double *seasonal, double *trend)
{
    const struct stl *o = k->o;
    size_t n = k->n, p = o->period;
    for (size_t i = 0; i < n; i++)
        k->a[i] = y[i] - trend[i];
    smooth_subseries(k, k->a);
    /* step 3: low-pass filter of the smoothed subseries */
    running_mean(k->cycle, n + 2 * p, p, k->a);
    running_mean(k->a, n + p + 1, p, k->b);
    running_mean(k->b, n + 2, 3, k->a);
    struct loess low = {o->l_window, o->l_degree, o->l_jump, NULL, k->w};
    loess(&low, k->a, n, k->b);
    for (size_t i = 0; i < n; i++) {
        seasonal[i] = k->cycle[p + i] - k->b[i];
        k->a[i] = y[i] - seasonal[i];
    }
    struct loess slow = {o->t_window, o->t_degree, o->t_jump, k->robust, k->w};
    loess(&slow, k->a, n, trend);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- the median of the program ----
 * The published program finds the two middle values by a partial quicksort (Singleton, Algorithm
 * 347, CACM 12 (1969) 185-187) and hands it their places in falling order. When a split happens to
 * fall between the two, the side left unsorted keeps whatever stands there. Results of the program,
 * and so of R, contain this; hence it is repeated for the convention `r` only. */

static void order(double *a, size_t i, size_t j)
{
    if (a[i] > a[j]) {
        double t = a[i];
        a[i] = a[j];
        a[j] = t;
    }
}

/* Splits a[i..j] around the median of its ends and middle: i..*low are below, *high..j above. */
static void split(double *a, size_t i, size_t j, size_t *low, size_t *high)
{
    size_t middle = (i + j) / 2, k = i, l = j;
    order(a, i, middle);
    if (a[j] < a[middle]) {
        order(a, middle, j);
        order(a, i, middle);
    }
    double pivot = a[middle];
    for (;;) {
        while (a[--l] > pivot)
            ;
        while (a[++k] < pivot)
            ;
        if (k > l)
            break;
        double t = a[l];
        a[l] = a[k];
        a[k] = t;
    }
    *low = l;
    *high = k;
}

static double middle_sum(double *a, size_t n)
{
    size_t upper = n / 2, lower = n - upper - 1, i = 0, j = n - 1;
    while (i < j && (j - i > 10 || i == 0)) {
        size_t low, high;
        split(a, i, j, &low, &high);
        bool left = low - i <= j - high ? lower <= low : upper < high;
        i = left ? i : high;
        j = left ? low : j;
    }
    if (i > 0 && i < j)
        qsort(a + i, j - i + 1, sizeof *a, by_size);
    return a[upper] + a[lower];
}

/* Section 3.5: bisquare weights of the residuals over six times their median. */
static void robust_weights(const struct stl *o, const double *y, size_t n, const double *seasonal,
                           const double *trend, double *scratch, double *weight)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = weight[i] = fabs(y[i] - (trend[i] + seasonal[i]));
    if (o->true_median)
        qsort(scratch, n, sizeof *scratch, by_size);
    double two = o->true_median ? scratch[n / 2] + scratch[n - n / 2 - 1] : middle_sum(scratch, n);
    double h = 3 * two;
    for (size_t i = 0; i < n; i++) {
        double r = weight[i], u = r / h;
        weight[i] = r <= 0.001 * h ? 1 : r <= 0.999 * h ? (1 - u * u) * (1 - u * u) : 0;
    }
}

/* R: a periodic season is the mean of each position of the cycle. */
static void make_periodic(double *seasonal, size_t n, size_t period)
{
    for (size_t j = 0; j < period && j < n; j++) {
        double sum = 0, count = 0;
        for (size_t i = j; i < n; i += period, count++)
            sum += seasonal[i];
        for (size_t i = j; i < n; i += period)
            seasonal[i] = sum / count;
    }
}

void stl_fit(const struct stl *o, const double *y, size_t n, struct arena *a, double *seasonal,
             double *trend, double *weight)
{
    size_t room = n + 2 * o->period + 2;
    struct work k = {.o = o,
                     .n = n,
                     .cycle = ts_numbers(a, room),
                     .a = ts_numbers(a, room),
                     .b = ts_numbers(a, room),
                     .c = ts_numbers(a, room),
                     .d = ts_numbers(a, room),
                     .w = ts_numbers(a, room)};
    for (size_t i = 0; i < n; i++) {
        trend[i] = 0;
        weight[i] = 1;
    }
    for (size_t pass = 0; pass <= o->outer; pass++) {
        for (size_t i = 0; i < o->inner; i++)
            inner_pass(&k, y, seasonal, trend);
        if (pass == o->outer)
            break;
        robust_weights(o, y, n, seasonal, trend, k.a, weight);
        k.robust = weight;
    }
    if (o->periodic)
        make_periodic(seasonal, n, o->period);
}

/* ---- options ---- */

static size_t next_odd(double v)
{
    size_t n = (size_t)ceil(v);
    return n + (n % 2 == 0);
}

static size_t tenth(size_t window)
{
    return (window + 9) / 10;
}

struct stl stl_defaults(size_t n, size_t period, size_t s_window, bool periodic, bool robust)
{
    struct stl o = {.period = period, .t_degree = 1, .l_degree = 1, .periodic = periodic};
    o.s_window = periodic ? 10 * n + 1 : s_window;
    o.t_window = next_odd(1.5 * (double)period / (1 - 1.5 / (double)o.s_window));
    o.l_window = next_odd((double)period);
    o.s_jump = tenth(o.s_window);
    o.t_jump = tenth(o.t_window);
    o.l_jump = tenth(o.l_window);
    o.inner = robust ? 1 : 2;
    o.outer = robust ? 15 : 0;
    return o;
}

static void as_statsmodels(struct stl *o, bool robust)
{
    o->s_degree = 1;
    o->l_window = next_odd((double)o->period + 1);
    o->s_jump = o->t_jump = o->l_jump = 1;
    o->inner = robust ? 2 : 5;
    o->outer = robust ? 15 : 0;
}

static enum code odd(const char *name, size_t window, struct error *err)
{
    if (window % 2 == 0)
        return error_set(err, E_INPUT, "option '%s' is an odd number of at least 3, not %zu", name,
                         window);
    return OK;
}

static enum code take_windows(struct analysis *a, struct stl *o, size_t n, struct error *err)
{
    size_t most = 10 * n + 1;
    TRY(ts_count(a, STL_T_WINDOW, "t.window", o->t_window, 3, most, &o->t_window, err));
    TRY(odd("t.window", o->t_window, err));
    TRY(ts_count(a, STL_L_WINDOW, "l.window", o->l_window, 3, most, &o->l_window, err));
    TRY(odd("l.window", o->l_window, err));
    if (!str_is(a->option[STL_CONVENTION], "statsmodels")) {
        o->t_jump = tenth(o->t_window);
        o->l_jump = tenth(o->l_window);
    }
    TRY(ts_count(a, STL_S_JUMP, "s.jump", o->s_jump, 1, most, &o->s_jump, err));
    TRY(ts_count(a, STL_T_JUMP, "t.jump", o->t_jump, 1, most, &o->t_jump, err));
    return ts_count(a, STL_L_JUMP, "l.jump", o->l_jump, 1, most, &o->l_jump, err);
}

static enum code take_rest(struct analysis *a, struct stl *o, struct error *err)
{
    TRY(ts_count(a, STL_S_DEGREE, "s.degree", o->s_degree, 0, 1, &o->s_degree, err));
    TRY(ts_count(a, STL_T_DEGREE, "t.degree", o->t_degree, 0, 1, &o->t_degree, err));
    TRY(ts_count(a, STL_L_DEGREE, "l.degree", o->l_degree, 0, 1, &o->l_degree, err));
    TRY(ts_count(a, STL_INNER, "inner", o->inner, 1, 1000, &o->inner, err));
    return ts_count(a, STL_OUTER, "outer", o->outer, 0, 1000, &o->outer, err);
}

static enum code take_options(struct analysis *a, const struct series *s, struct stl *o,
                              struct error *err)
{
    bool periodic = str_is(a->option[STL_S_WINDOW], "periodic");
    bool robust = str_is(a->option[STL_ROBUST], "true");
    size_t window = 7;
    if (!periodic)
        TRY(ts_count(a, STL_S_WINDOW, "s.window", 7, 3, 10 * s->n + 1, &window, err));
    TRY(odd("s.window", window, err));
    *o = stl_defaults(s->n, s->period, window, periodic, robust);
    if (str_is(a->option[STL_CONVENTION], "statsmodels"))
        as_statsmodels(o, robust);
    o->true_median = !str_is(a->option[STL_CONVENTION], "r");
    TRY(take_windows(a, o, s->n, err));
    return take_rest(a, o, err);
}

static void push_result(struct analysis *a, const struct series *s, const double *part[3])
{
    struct table *t = &a->out;
    int key = table_add_column(t, "t");
    int seasonal = table_add_column(t, "seasonal"), trend = table_add_column(t, "trend");
    int rest = table_add_column(t, "remainder"), weight = table_add_column(t, "weight");
    for (size_t i = 0; i < s->n; i++) {
        table_push(t, key, s->label[i]);
        table_push_number(t, seasonal, part[0][i]);
        table_push_number(t, trend, part[1][i]);
        table_push_number(t, rest, s->y[i] - part[0][i] - part[1][i]);
        table_push_number(t, weight, part[2][i]);
        table_end_row(t);
    }
}

enum code ts_run_stl(struct analysis *a, struct error *err)
{
    struct series s;
    struct stl o;
    TRY(ts_read(a, &a->in[0], STL_VALUE, STL_FREQUENCY, &s, err));
    if (s.period < 2)
        return error_set(err, E_INPUT, "stl needs a frequency of at least 2 a cycle");
    if (s.n <= 2 * s.period)
        return error_set(err, E_INPUT,
                         "stl needs more than two cycles: %zu values at frequency %zu", s.n,
                         s.period);
    TRY(take_options(a, &s, &o, err));
    double *seasonal = ts_numbers(&a->arena, s.n), *trend = ts_numbers(&a->arena, s.n);
    double *weight = ts_numbers(&a->arena, s.n);
    stl_fit(&o, s.y, s.n, &a->arena, seasonal, trend, weight);
    push_result(a, &s, (const double *[]){seasonal, trend, weight});
    note(a,
         "convention %.*s: frequency %zu, windows s %zu t %zu l %zu, degrees %zu %zu %zu, "
         "jumps %zu %zu %zu, inner %zu, outer %zu%s",
         STR_ARG(a->option[STL_CONVENTION]), s.period, o.s_window, o.t_window, o.l_window,
         o.s_degree, o.t_degree, o.l_degree, o.s_jump, o.t_jump, o.l_jump, o.inner, o.outer,
         o.periodic ? ", season periodic" : "");
    return OK;
}
