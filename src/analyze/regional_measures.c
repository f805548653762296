/* regional_measures.c - concentration and inequality of a list of numbers.
 * Herfindahl 1950, Hirschman 1945: H = sum s^2; its normalised form and equivalent number as in
 * Farhauer and Kroell, Standorttheorien, 2014, ch. 11. Gini 1912, with the small-sample correction
 * n/(n-1) of Deltas 2003. Theil 1967, T and L. Atkinson 1970, eq. 19. Hoover 1936. Rosenbluth 1955.
 */
#include "regional_int.h"
#include <math.h>
#include <stdlib.h>

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted(const double *x, size_t n, struct arena *scratch)
{
    double *s = arena_alloc(scratch, n * sizeof *s);
    memcpy(s, x, n * sizeof *s);
    qsort(s, n, sizeof *s, rising);
    return s;
}

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static double gini_sorted(const double *x, size_t n)
{
    double sum = sum_of(x, n), mean = sum / (double)n, weighted = 0;
    if (!(sum > 0))
        return NAN;
    for (size_t i = 0; i < n; i++)
        weighted += (double)(i + 1) * (x[i] - mean);
    double g = 2 * (weighted / (double)n) / sum;
    return g > 0 ? g : 0;
}

double gini_of(const double *x, size_t n, struct arena *scratch)
{
    return n == 0 ? NAN : gini_sorted(sorted(x, n, scratch), n);
}

static void theil_of(const double *x, size_t n, double mean, struct spread *s)
{
    double t = 0, l = 0;
    for (size_t i = 0; i < n; i++) {
        double r = x[i] / mean;
        t += r > 0 ? r * log(r) : 0;
        l += r > 0 ? -log(r) : NAN; /* ln of 0: L does not apply */
    }
    s->theil_t = t / (double)n;
    s->theil_l = l / (double)n;
}

void spread_of(const double *x, size_t n, struct spread *s, struct arena *scratch)
{
    double count = (double)n, sum = sum_of(x, n), mean = sum / count;
    *s = (struct spread){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (n == 0 || !(sum > 0))
        return;
    const double *r = sorted(x, n, scratch);
    double squares = 0, away = 0, spread = 0, ranks = 0;
    for (size_t i = 0; i < n; i++) {
        double share = r[i] / sum, off = r[i] / mean - 1;
        squares += share * share;
        away += fabs(share - 1 / count);
        spread += off * off;
        ranks += (double)(n - i) * share;
    }
    s->hhi = squares;
    s->hhi_equiv = 1 / squares;
    s->hoover = away / 2;
    s->gini = gini_sorted(r, n);
    s->rosenbluth = 1 / (2 * ranks - 1);
    theil_of(x, n, mean, s);
    if (n < 2)
        return;
    s->hhi_norm = (squares - 1 / count) / (1 - 1 / count);
    s->gini_norm = s->gini * count / (count - 1);
    s->cv = sqrt(spread / (count - 1));
}

double atkinson_of(const double *x, size_t n, double epsilon)
{
    double mean = sum_of(x, n) / (double)n, sum = 0;
    if (n == 0 || !(mean > 0))
        return NAN;
    for (size_t i = 0; i < n; i++) {
        if (x[i] <= 0 && epsilon >= 1)
            return 1; /* the limit: one without anything outweighs all others */
        sum += epsilon == 1 ? log(x[i] / mean) : pow(x[i] / mean, 1 - epsilon);
    }
    double level = sum / (double)n;
    double a = 1 - (epsilon == 1 ? exp(level) : pow(level, 1 / (1 - epsilon)));
    return a > 0 ? a : 0;
}
