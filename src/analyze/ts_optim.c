/* ts_optim.c - minimising a function of a few variables without derivatives, always in the same
 * steps.
 * Nelder and Mead, A simplex method for function minimization, Computer Journal 7 (1965) 308-313;
 * the four factors depend on the number of variables as in Gao and Han, Implementing the
 * Nelder-Mead simplex algorithm with adaptive parameters, Computational Optimization and
 * Applications 51 (2012) 259-277. ts_minimise_nash takes the steps of Nash, Compact Numerical
 * Methods for Computers, 2nd ed. 1990, algorithm 19, as R's optim and forecast do, so that
 * estimates can be held against theirs. */
#include "ts_int.h"
#include <math.h>

struct simplex {
    const struct ts_problem *p;
    double **x; /* n + 1 corners, x[0] the best */
    double *f;
    double *centre, *try, *other;
    double reflect, expand, contract, shrink;
    size_t used;
};

static double value(struct simplex *s, const double *x)
{
    s->used++;
    double f = s->p->at(x, s->p->context);
    return isnan(f) ? HUGE_VAL : f;
}

static struct simplex simplex_new(const struct ts_problem *p, struct arena *a)
{
    size_t n = p->n;
    double d = (double)n;
    struct simplex s = {.p = p, .reflect = 1, .expand = 1 + 2 / d};
    s.contract = n > 1 ? 0.75 - 0.5 / d : 0.5;
    s.shrink = n > 1 ? 1 - 1 / d : 0.5;
    s.x = arena_alloc(a, (n + 1) * sizeof *s.x);
    for (size_t i = 0; i <= n; i++)
        s.x[i] = ts_numbers(a, n);
    s.f = ts_numbers(a, n + 1);
    s.centre = ts_numbers(a, n);
    s.try = ts_numbers(a, n);
    s.other = ts_numbers(a, n);
    return s;
}

static void simplex_start(struct simplex *s, const double *x, double factor)
{
    size_t n = s->p->n;
    s->used = 0;
    for (size_t i = 0; i <= n; i++) {
        memcpy(s->x[i], x, n * sizeof *x);
        if (i > 0)
            s->x[i][i - 1] += factor * s->p->step[i - 1];
        s->f[i] = value(s, s->x[i]);
        if (i > 0 && s->f[i] == HUGE_VAL) {
            s->x[i][i - 1] = x[i - 1] - factor * s->p->step[i - 1];
            s->f[i] = value(s, s->x[i]);
        }
    }
}

/* Insertion keeps equal corners in their order, so that runs repeat. */
static void simplex_sort(struct simplex *s)
{
    for (size_t i = 1; i <= s->p->n; i++)
        for (size_t j = i; j > 0 && s->f[j] < s->f[j - 1]; j--) {
            double f = s->f[j], *x = s->x[j];
            s->f[j] = s->f[j - 1];
            s->x[j] = s->x[j - 1];
            s->f[j - 1] = f;
            s->x[j - 1] = x;
        }
}

static void find_centre(struct simplex *s)
{
    size_t n = s->p->n;
    for (size_t k = 0; k < n; k++) {
        s->centre[k] = 0;
        for (size_t i = 0; i < n; i++)
            s->centre[k] += s->x[i][k];
        s->centre[k] /= (double)n;
    }
}

/* The point on the line from the worst corner through the centre, `by` beyond the centre. */
static double probe(struct simplex *s, double by, double *out)
{
    for (size_t k = 0; k < s->p->n; k++)
        out[k] = s->centre[k] + by * (s->centre[k] - s->x[s->p->n][k]);
    return value(s, out);
}

static void replace_worst(struct simplex *s, const double *x, double f)
{
    memcpy(s->x[s->p->n], x, s->p->n * sizeof *x);
    s->f[s->p->n] = f;
}

static void shrink(struct simplex *s)
{
    for (size_t i = 1; i <= s->p->n; i++) {
        for (size_t k = 0; k < s->p->n; k++)
            s->x[i][k] = s->x[0][k] + s->shrink * (s->x[i][k] - s->x[0][k]);
        s->f[i] = value(s, s->x[i]);
    }
}

static void step(struct simplex *s)
{
    size_t n = s->p->n;
    double worst = s->f[n], second = n > 0 ? s->f[n - 1] : worst;
    find_centre(s);
    double f = probe(s, s->reflect, s->try);
    if (f < s->f[0]) {
        double g = probe(s, s->reflect * s->expand, s->other);
        replace_worst(s, g < f ? s->other : s->try, g < f ? g : f);
        return;
    }
    if (f < second || (n == 1 && f < worst)) {
        replace_worst(s, s->try, f);
        return;
    }
    bool outside = f < worst;
    double g = probe(s, outside ? s->contract * s->reflect : -s->contract, s->other);
    if (g < (outside ? f : worst))
        replace_worst(s, s->other, g);
    else
        shrink(s);
}

static bool is_small(const struct simplex *s)
{
    size_t n = s->p->n;
    if (!(s->f[n] - s->f[0] <= 1e-12 * (fabs(s->f[0]) + 1e-300)))
        return false;
    for (size_t i = 1; i <= n; i++)
        for (size_t k = 0; k < n; k++)
            if (fabs(s->x[i][k] - s->x[0][k]) > 1e-7 * (fabs(s->x[0][k]) + fabs(s->p->step[k])))
                return false;
    return true;
}

static double descend(struct simplex *s, double *x, double factor)
{
    simplex_start(s, x, factor);
    simplex_sort(s);
    while (s->used < s->p->most && !is_small(s)) {
        step(s);
        simplex_sort(s);
    }
    memcpy(x, s->x[0], s->p->n * sizeof *x);
    return s->f[0];
}

/* A simplex that has collapsed on an edge of the allowed region is set up anew around its best
 * corner, on the other side and smaller each time, while that helps. */
double ts_minimise(const struct ts_problem *p, struct arena *a, double *x)
{
    if (p->n == 0)
        return p->at(x, p->context);
    struct simplex s = simplex_new(p, a);
    double best = descend(&s, x, 1), factor = -0.5;
    for (size_t i = 0; i < p->restarts; i++) {
        double f = descend(&s, x, factor);
        bool done = !(f < best - 1e-10 * fabs(best));
        best = f < best ? f : best;
        if (done && i > 0)
            break;
        factor *= -0.7;
    }
    return best;
}

/* ---- Nash ---- */

#define NASH_FAR 1e35 /* stands for what is not allowed */

struct nash {
    const struct ts_problem *p;
    double **x, *f, *centre, *try;
    size_t used, low, high;
};

static double nash_value(struct nash *s, const double *x)
{
    s->used++;
    double f = s->p->at(x, s->p->context);
    return isfinite(f) ? f : NASH_FAR;
}

static void nash_set(struct nash *s, size_t corner, const double *x, double f)
{
    memcpy(s->x[corner], x, s->p->n * sizeof *x);
    s->f[corner] = f;
}

/* One length for all axes: a tenth of the largest start value. */
static double nash_corners(struct nash *s, const double *start)
{
    size_t n = s->p->n;
    double step = 0, size = 0;
    for (size_t i = 0; i < n; i++)
        step = fmax(step, 0.1 * fabs(start[i]));
    step = step == 0 ? 0.1 : step;
    for (size_t j = 0; j <= n; j++) {
        double try = step;
        memcpy(s->x[j], start, n * sizeof *start);
        for (; j > 0 && s->x[j][j - 1] == start[j - 1]; try *= 10)
            s->x[j][j - 1] = start[j - 1] + try;
        size += j > 0 ?
        try:
            0;
    }
    return size;
}

static void nash_values(struct nash *s)
{
    for (size_t j = 0; j <= s->p->n; j++)
        if (j != s->low)
            s->f[j] = nash_value(s, s->x[j]);
}

static void nash_extremes(struct nash *s)
{
    s->high = s->low;
    size_t start = s->low;
    for (size_t j = 0; j <= s->p->n; j++) {
        if (j == start)
            continue;
        if (s->f[j] < s->f[s->low])
            s->low = j;
        if (s->f[j] > s->f[s->high])
            s->high = j;
    }
}

/* Towards the lowest corner by half; the new size. */
static double nash_shrink(struct nash *s)
{
    double size = 0;
    const double *low = s->x[s->low];
    for (size_t j = 0; j <= s->p->n; j++)
        for (size_t i = 0; i < s->p->n && j != s->low; i++) {
            s->x[j][i] = 0.5 * (s->x[j][i] - low[i]) + low[i];
            size += fabs(s->x[j][i] - low[i]);
        }
    return size;
}

static void nash_centre(struct nash *s)
{
    size_t n = s->p->n;
    for (size_t i = 0; i < n; i++) {
        s->centre[i] = -s->x[s->high][i];
        for (size_t j = 0; j <= n; j++)
            s->centre[i] += s->x[j][i];
        s->centre[i] /= (double)n;
    }
}

/* Reflection, then twice as far, or half-way back; false when neither has improved the highest. */
static bool nash_step(struct nash *s)
{
    size_t n = s->p->n, h = s->high;
    nash_centre(s);
    for (size_t i = 0; i < n; i++)
        s->try[i] = 2 * s->centre[i] - s->x[h][i];
    double reflected = nash_value(s, s->try), highest = s->f[h];
    if (reflected < s->f[s->low]) {
        nash_set(s, h, s->try, reflected);
        for (size_t i = 0; i < n; i++)
            s->try[i] = 2 * s->try[i] - s->centre[i];
        double further = nash_value(s, s->try);
        if (further < reflected)
            nash_set(s, h, s->try, further);
        return true;
    }
    if (reflected < highest)
        nash_set(s, h, s->try, reflected);
    for (size_t i = 0; i < n; i++)
        s->try[i] = 0.5 * s->x[h][i] + 0.5 * s->centre[i];
    double back = nash_value(s, s->try);
    if (back < s->f[h])
        nash_set(s, h, s->try, back);
    else
        return reflected < highest;
    return true;
}

double ts_minimise_nash(const struct ts_problem *p, double tolerance, struct arena *a, double *x)
{
    size_t n = p->n;
    struct nash s = {.p = p, .f = ts_numbers(a, n + 1)};
    s.centre = ts_numbers(a, n);
    s.try = ts_numbers(a, n);
    s.x = arena_alloc(a, (n + 1) * sizeof *s.x);
    for (size_t j = 0; j <= n; j++)
        s.x[j] = ts_numbers(a, n);
    s.f[0] = p->at(x, p->context);
    if (!isfinite(s.f[0]))
        return HUGE_VAL;
    s.used = 1;
    double near = tolerance * (fabs(s.f[0]) + tolerance), size = nash_corners(&s, x);
    nash_values(&s);
    do {
        nash_extremes(&s);
        if (s.f[s.high] <= s.f[s.low] + near)
            break;
        if (nash_step(&s))
            continue;
        double shrunk = nash_shrink(&s);
        if (!(shrunk < size))
            break;
        size = shrunk;
        nash_values(&s);
    } while (s.used <= p->most);
    memcpy(x, s.x[s.low], n * sizeof *x);
    return s.f[s.low];
}
