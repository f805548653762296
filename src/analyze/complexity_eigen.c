/* complexity_eigen.c - what is read from the binary matrix M of regions and industries: blocks,
 * the second eigenvector, the method of reflections, fitness.
 *
 * Eigenvector: Hausmann, Hidalgo et al., The Atlas of Economic Complexity (2011), box 2.1: ECI is
 * the second eigenvector of D^-1 M U^-1 M', PCI of U^-1 M' D^-1 M (D diversity, U ubiquity). Both
 * are similar to B B' and B' B with B = D^-1/2 M U^-1/2, whose first eigenvector is known (the
 * roots of D or U); the second is found by Lanczos with full reorthogonalisation on the smaller
 * side (Golub and Van Loan, Matrix Computations, 4th ed., 10.3). Reflections: Hidalgo and Hausmann,
 * The building blocks of economic complexity, PNAS 106 (2009), eq. 3 and 4. Fitness: Tacchella et
 * al., A New Metrics for Countries' Fitness and Products' Complexity, Scientific Reports 2 (2012),
 * eq. 1. */
#include "complexity_int.h"
#include <assert.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

/* ---- blocks and incidence ---- */

/* Flood from region `first`, through bits. */
static void flood(const struct grid *g, uint32_t first, uint32_t number, uint32_t *block,
                  uint32_t *stack)
{
    size_t top = 0;
    stack[top++] = first;
    block[first] = number;
    while (top > 0) {
        uint32_t at = stack[--top];
        bool region = at < g->n;
        const uint64_t *bits =
            region ? g->by_region + at * g->row_words : g->by_industry + (at - g->n) * g->col_words;
        size_t words = region ? g->row_words : g->col_words;
        for (size_t w = 0; w < words; w++)
            for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
                size_t to = w * 64 + (size_t)__builtin_ctzll(rest) + (region ? g->n : 0);
                if (block[to] != UINT32_MAX)
                    continue;
                block[to] = number;
                stack[top++] = (uint32_t)to;
            }
    }
}

size_t grid_blocks(const struct grid *g, uint32_t *block)
{
    size_t total = g->n + g->m, blocks = 0;
    uint32_t *stack = mem_alloc(total * sizeof *stack);
    memset(block, 0xFF, total * sizeof *block);
    for (uint32_t r = 0; r < g->n; r++)
        if (g->diversity[r] > 0 && block[r] == UINT32_MAX)
            flood(g, r, (uint32_t)blocks++, block, stack);
    mem_free(stack);
    return blocks;
}

static bool is_in(const uint32_t *block, size_t i, uint32_t which)
{
    return block[i] != UINT32_MAX && (which == UINT32_MAX || block[i] == which);
}

static void incidence_rows_in(struct incidence *k, const struct grid *g, const uint32_t *place)
{
    size_t ones = 0;
    for (size_t i = 0; i < k->n; i++) {
        const uint64_t *bits = g->by_region + k->region[i] * g->row_words;
        for (size_t w = 0; w < g->row_words; w++)
            for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
                uint32_t c = place[w * 64 + (size_t)__builtin_ctzll(rest)];
                k->col[ones++] = c;
                k->ubiquity[c]++;
            }
        k->start[i + 1] = (uint32_t)ones;
        k->diversity[i] = (double)(ones - k->start[i]);
    }
}

void incidence_init(struct incidence *k, struct grid *g, const uint32_t *block, uint32_t which)
{
    struct arena *s = &g->scratch;
    *k = (struct incidence){.region = arena_alloc(s, g->n * sizeof *k->region),
                            .industry = arena_alloc(s, g->m * sizeof *k->industry)};
    uint32_t *place = arena_alloc(s, g->m * sizeof *place);
    size_t ones = 0;
    for (size_t r = 0; r < g->n; r++)
        if (is_in(block, r, which)) {
            k->region[k->n++] = (uint32_t)r;
            ones += g->diversity[r];
        }
    for (size_t c = 0; c < g->m; c++)
        if (is_in(block, g->n + c, which)) {
            place[c] = (uint32_t)k->m;
            k->industry[k->m++] = (uint32_t)c;
        }
    k->start = arena_alloc(s, (k->n + 1) * sizeof *k->start);
    k->col = arena_alloc(s, ones * sizeof *k->col);
    k->diversity = numbers(s, k->n);
    k->ubiquity = numbers(s, k->m);
    incidence_rows_in(k, g, place);
}

void incidence_rows(const struct incidence *k, const double *x, double *y)
{
    for (size_t i = 0; i < k->n; i++) {
        double sum = 0;
        for (size_t e = k->start[i]; e < k->start[i + 1]; e++)
            sum += x[k->col[e]];
        y[i] = sum;
    }
}

void incidence_cols(const struct incidence *k, const double *x, double *y)
{
    memset(y, 0, k->m * sizeof *y);
    for (size_t i = 0; i < k->n; i++)
        for (size_t e = k->start[i]; e < k->start[i + 1]; e++)
            y[k->col[e]] += x[i];
}

/* ---- Lanczos ---- */

#define LANCZOS_FULL 300 /* up to this size all steps are made, so equal eigenvalues are seen */
#define LANCZOS_MAX 1500 /* a random M of 2,850 x 1,382 takes some 300 */
#define LANCZOS_CHECK 10 /* first look at T; then whenever it has grown by a quarter */
#define EIGEN_ZERO 1e-12 /* eigenvalues are within 0 .. 1 */

/* The symmetric operator on the smaller side, the space it has spanned, and its image T. */
struct lanczos {
    const struct incidence *k;
    bool regions; /* the side */
    size_t size, steps, most;
    double *root, *other_weight; /* sqrt(D) of this side; 1 / weight of the other one */
    double *a, *b;               /* of the two sides, for products */
    double *q;                   /* most + 1 vectors of `size`; the first is the known one */
    double *alpha, *beta;
    uint64_t random;
};

static double dot(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void scale_to_one(double *x, size_t n)
{
    double size = sqrt(dot(x, x, n));
    for (size_t i = 0; i < n; i++)
        x[i] /= size;
}

static void apply(struct lanczos *l, const double *x, double *y)
{
    const struct incidence *k = l->k;
    size_t other = l->regions ? k->m : k->n;
    for (size_t i = 0; i < l->size; i++)
        l->a[i] = x[i] / l->root[i];
    (l->regions ? incidence_cols : incidence_rows)(k, l->a, l->b);
    for (size_t i = 0; i < other; i++)
        l->b[i] *= l->other_weight[i];
    (l->regions ? incidence_rows : incidence_cols)(k, l->b, y);
    for (size_t i = 0; i < l->size; i++)
        y[i] /= l->root[i];
}

/* Twice is enough: Parlett, The Symmetric Eigenvalue Problem (1980), 6.9. Vectors q[0 .. count). */
static void make_orthogonal(const struct lanczos *l, size_t count, double *x)
{
    for (int twice = 0; twice < 2; twice++)
        for (size_t j = 0; j < count; j++) {
            const double *q = l->q + j * l->size;
            double d = dot(q, x, l->size);
            for (size_t i = 0; i < l->size; i++)
                x[i] -= d * q[i];
        }
}

/* A direction not yet spanned; the numbers are always the same ones (splitmix64). */
static void fresh_direction(struct lanczos *l, size_t count, double *x)
{
    for (size_t i = 0; i < l->size; i++) {
        uint64_t z = l->random += 0x9E3779B97F4A7C15u;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        x[i] = (double)((z ^ z >> 31) >> 11) * 0x1p-53 - 0.5;
    }
    make_orthogonal(l, count, x);
    scale_to_one(x, l->size);
}

static void lanczos_init(struct lanczos *l, const struct incidence *k, struct arena *s)
{
    *l = (struct lanczos){.k = k, .regions = k->n <= k->m};
    const double *own = l->regions ? k->diversity : k->ubiquity;
    const double *others = l->regions ? k->ubiquity : k->diversity;
    size_t other = l->regions ? k->m : k->n;
    l->size = l->regions ? k->n : k->m;
    l->most = l->size - 1 < LANCZOS_MAX ? l->size - 1 : LANCZOS_MAX;
    l->root = numbers(s, l->size);
    l->other_weight = numbers(s, other);
    l->a = numbers(s, l->size);
    l->b = numbers(s, other);
    l->alpha = numbers(s, l->most + 1);
    l->beta = numbers(s, l->most + 1);
    for (size_t i = 0; i < l->size; i++)
        l->root[i] = sqrt(own[i]);
    for (size_t i = 0; i < other; i++)
        l->other_weight[i] = 1 / others[i];
}

/* One more vector: alpha of the newest, beta to the next one. Vector j lives at q[j], 1-based. */
static void lanczos_step(struct lanczos *l)
{
    size_t j = ++l->steps;
    const double *v = l->q + j * l->size;
    double *next = l->q + (j + 1) * l->size;
    apply(l, v, next);
    l->alpha[j - 1] = dot(v, next, l->size);
    make_orthogonal(l, j + 1, next);
    double left = sqrt(dot(next, next, l->size));
    l->beta[j - 1] = left;
    if (j == l->most)
        return;
    if (left > 1e-13) {
        for (size_t i = 0; i < l->size; i++)
            next[i] /= left;
    } else { /* an invariant space is full: go on beside it */
        l->beta[j - 1] = 0;
        fresh_direction(l, j + 1, next);
    }
}

struct ritz {
    double *value, *vector; /* ascending; vectors by column */
    size_t count;
};

static bool ritz_of(const struct lanczos *l, struct ritz *z)
{
    size_t n = l->steps;
    z->count = n;
    double *off = mem_alloc((n + 1) * sizeof *off);
    memcpy(z->value, l->alpha, n * sizeof *off);
    memcpy(off, l->beta, n * sizeof *off);
    int info = LAPACKE_dstev(LAPACK_COL_MAJOR, 'V', (lapack_int)n, z->value, off, z->vector,
                             (lapack_int)n);
    mem_free(off);
    return info == 0;
}

/* Is the residual of the largest value at rounding, and that of the one below small? */
static bool has_converged(const struct lanczos *l, const struct ritz *z)
{
    if (l->steps == l->size - 1)
        return true; /* the whole space */
    size_t n = z->count;
    if (l->size <= LANCZOS_FULL || n < 3)
        return false;
    double beta = l->beta[n - 1];
    double first = fabs(beta * z->vector[n * n - 1]);
    double second = fabs(beta * z->vector[(n - 1) * n - 1]);
    return first < 1e-15 && second < 1e-8;
}

/* Writes the vector of the largest eigenvalue beside the known one into l->a; false when it did not
 * settle within LANCZOS_MAX steps. */
static bool lanczos_run(struct lanczos *l, double *second, double *third)
{
    struct ritz z = {.value = mem_alloc(l->most * sizeof(double))};
    bool ready = false;
    for (size_t look = LANCZOS_CHECK; !ready && l->steps < l->most;) {
        lanczos_step(l);
        if (l->steps < look && l->steps != l->most)
            continue;
        look = l->steps + l->steps / 4 + 1;
        z.vector = mem_realloc(z.vector, l->steps * l->steps * sizeof(double));
        if (!ritz_of(l, &z))
            break;
        ready = has_converged(l, &z);
    }
    if (ready) {
        size_t n = z.count;
        *second = z.value[n - 1];
        *third = n > 1 ? z.value[n - 2] : 0;
        memset(l->a, 0, l->size * sizeof *l->a);
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < l->size; i++)
                l->a[i] += z.vector[(n - 1) * n + j] * l->q[(j + 1) * l->size + i];
    }
    mem_free(z.value);
    mem_free(z.vector);
    return ready;
}

/* From v of the symmetric matrix to kc and kp; v is of the smaller side. */
static void unfold(const struct lanczos *l, double lambda, double *kc, double *kp)
{
    const struct incidence *k = l->k;
    double *own = l->regions ? kc : kp;
    for (size_t i = 0; i < l->size; i++)
        own[i] = l->a[i] / l->root[i];
    if (l->regions) {
        incidence_cols(k, kc, kp);
        for (size_t c = 0; c < k->m; c++)
            kp[c] /= k->ubiquity[c] * lambda;
    } else {
        incidence_rows(k, kp, kc);
        for (size_t r = 0; r < k->n; r++)
            kc[r] /= k->diversity[r];
    }
    double size = 0;
    for (size_t r = 0; r < k->n; r++)
        size += k->diversity[r] * kc[r] * kc[r];
    size = sqrt(size);
    for (size_t r = 0; r < k->n; r++)
        kc[r] /= size;
    for (size_t c = 0; c < k->m; c++)
        kp[c] /= size;
}

bool eigen_second(const struct incidence *k, struct arena *scratch, double *kc, double *kp,
                  double *second, double *third)
{
    *second = *third = 0;
    if (k->n < 2 || k->m < 2)
        return false;
    struct lanczos l;
    lanczos_init(&l, k, scratch);
    l.q = mem_alloc((l.most + 2) * l.size * sizeof *l.q); /* touched as far as steps go */
    memcpy(l.q, l.root, l.size * sizeof *l.q);
    scale_to_one(l.q, l.size);
    fresh_direction(&l, 1, l.q + l.size);
    bool ok = lanczos_run(&l, second, third);
    mem_free(l.q);
    if (!ok || *second < EIGEN_ZERO || *second - *third < 1e-10 * *second)
        return false;
    unfold(&l, *second, kc, kp);
    return true;
}

/* ---- reflections and fitness ---- */

static void take_mean_out(double *v, const double *weight, size_t n)
{
    double sum = 0, weights = 0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i] * weight[i];
        weights += weight[i];
    }
    for (size_t i = 0; i < n; i++)
        v[i] -= sum / weights;
}

/* One reflection of both sides: region = D^-1 M industry and the other way, simultaneously. */
static void reflect(const struct incidence *k, const double *kc, const double *kp, double *kc_next,
                    double *kp_next)
{
    incidence_rows(k, kp, kc_next);
    incidence_cols(k, kc, kp_next);
    for (size_t r = 0; r < k->n; r++)
        kc_next[r] /= k->diversity[r];
    for (size_t c = 0; c < k->m; c++)
        kp_next[c] /= k->ubiquity[c];
}

void reflections(const struct incidence *k, struct arena *scratch, unsigned region_steps,
                 unsigned industry_steps, double *kc, double *kp)
{
    double *c[2] = {numbers(scratch, k->n), numbers(scratch, k->n)};
    double *p[2] = {numbers(scratch, k->m), numbers(scratch, k->m)};
    memcpy(c[0], k->diversity, k->n * sizeof **c);
    memcpy(p[0], k->ubiquity, k->m * sizeof **p);
    for (unsigned step = 0;; step++) {
        unsigned now = step % 2, next = 1 - now;
        take_mean_out(c[now], k->diversity, k->n);
        take_mean_out(p[now], k->ubiquity, k->m);
        if (step == region_steps)
            memcpy(kc, c[now], k->n * sizeof *kc);
        if (step == industry_steps)
            memcpy(kp, p[now], k->m * sizeof *kp);
        if (step >= region_steps && step >= industry_steps)
            return;
        reflect(k, c[now], p[now], c[next], p[next]);
    }
}

static void rescale_100(double *v, size_t n)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, v[i]);
        most = fmax(most, v[i]);
    }
    for (size_t i = 0; i < n; i++) /* all alike: no scale to speak of */
        v[i] = most > least ? (v[i] - least) / (most - least) * 100 : NAN;
}

void reflections_rescaled(const struct incidence *k, struct arena *scratch, unsigned steps,
                          bool regions, double *out)
{
    double *c[2] = {numbers(scratch, k->n), numbers(scratch, k->n)};
    double *p[2] = {numbers(scratch, k->m), numbers(scratch, k->m)};
    memcpy(c[0], k->diversity, k->n * sizeof **c);
    memcpy(p[0], k->ubiquity, k->m * sizeof **p);
    for (unsigned step = 1; step <= steps; step++) {
        unsigned now = step % 2, last = 1 - now;
        reflect(k, c[last], p[last], c[now], p[now]);
        if (step > 2) {
            rescale_100(c[now], k->n);
            rescale_100(p[now], k->m);
        }
    }
    if (regions)
        memcpy(out, c[steps % 2], k->n * sizeof *out);
    else
        memcpy(out, p[steps % 2], k->m * sizeof *out);
}

/* Fitness may tend to 0 without end (Pugliese, Zaccaria and Pietronero, On the convergence of the
 * Fitness-Complexity algorithm, 2016); what is smaller than this stays there, so that 1 / f exists.
 */
#define FITNESS_LEAST 1e-150

static void divide_by_mean(double *v, size_t n)
{
    double mean = mean_of(v, n);
    for (size_t i = 0; i < n; i++)
        v[i] = fmax(v[i] / mean, FITNESS_LEAST);
}

void fitness(const struct incidence *k, struct arena *scratch, unsigned steps, double *f, double *q)
{
    double *inverse = numbers(scratch, k->n), *f_next = numbers(scratch, k->n);
    for (size_t r = 0; r < k->n; r++)
        f[r] = 1;
    for (size_t c = 0; c < k->m; c++)
        q[c] = 1;
    for (unsigned step = 0; step < steps; step++) {
        for (size_t r = 0; r < k->n; r++)
            inverse[r] = 1 / f[r];
        incidence_rows(k, q, f_next);
        incidence_cols(k, inverse, q);
        for (size_t c = 0; c < k->m; c++)
            q[c] = 1 / q[c];
        memcpy(f, f_next, k->n * sizeof *f);
        divide_by_mean(f, k->n);
        divide_by_mean(q, k->m);
    }
}

/* ---- EconGeo's rounded eigenvector ---- */

double round_digits(double x, int digits)
{
    double ten = pow(10, digits), up = ceil(x * ten) / ten, down = floor(x * ten) / ten;
    double over = up - x, under = x - down;
    bool odd = fmod(floor(x * ten), 2) != 0;
    return over < under || (odd && over == under) ? up : down;
}

/* Row-major P = D^-1 M U^-1 M' of the regions, or U^-1 M' D^-1 M of the industries, rounded. */
static void projected(const struct incidence *k, struct arena *s, bool regions, int digits,
                      double *p)
{
    size_t size = regions ? k->n : k->m;
    double *unit = numbers(s, size), *half = numbers(s, regions ? k->m : k->n);
    double *column = numbers(s, size);
    for (size_t j = 0; j < size; j++) {
        memset(unit, 0, size * sizeof *unit);
        unit[j] = 1;
        (regions ? incidence_cols : incidence_rows)(k, unit, half);
        for (size_t i = 0; i < (regions ? k->m : k->n); i++)
            half[i] /= regions ? k->ubiquity[i] : k->diversity[i];
        (regions ? incidence_rows : incidence_cols)(k, half, column);
        for (size_t i = 0; i < size; i++)
            p[i * size + j] =
                round_digits(column[i] / (regions ? k->diversity[i] : k->ubiquity[i]), digits);
    }
}

/* The vector of the second largest modulus, as R's eigen sorts them. */
static size_t second_of(const double *re, const double *im, size_t n)
{
    size_t first = 0, second = SIZE_MAX;
    for (size_t i = 1; i < n; i++)
        if (hypot(re[i], im[i]) > hypot(re[first], im[first]))
            first = i;
    for (size_t i = 0; i < n; i++)
        if (i != first &&
            (second == SIZE_MAX || hypot(re[i], im[i]) > hypot(re[second], im[second])))
            second = i;
    return second;
}

enum code eigen_rounded(const struct incidence *k, struct arena *scratch, bool regions, int digits,
                        double *out, struct error *err)
{
    size_t n = regions ? k->n : k->m;
    if (n > ROUNDED_MAX)
        return error_set(err, E_LIMIT,
                         "the rounded matrix of the econgeo convention has %zu rows, the limit is "
                         "%d; the other conventions have none",
                         n, ROUNDED_MAX);
    if (n < 2) {
        out[0] = NAN;
        return OK;
    }
    double *p = numbers(scratch, n * n), *v = numbers(scratch, n * n);
    double *re = numbers(scratch, n), *im = numbers(scratch, n);
    projected(k, scratch, regions, digits, p);
    int info = LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'V', (lapack_int)n, p, (lapack_int)n, re, im,
                             NULL, 1, v, (lapack_int)n);
    if (info != 0)
        return error_set(err, E_BACKEND, "the eigenvalues of the rounded matrix did not converge");
    size_t at = second_of(re, im, n);
    bool defined = im[at] == 0 && fabs(re[at]) > EIGEN_ZERO;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i * n + at];
    for (size_t i = 0; i < n; i++)
        out[i] = defined && fabs(sum) > EIGEN_ZERO ? v[i * n + at] / sum : NAN;
    return OK;
}

/* ---- statistics ---- */

double mean_of(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
}

double sd_of(const double *v, size_t n, bool sample)
{
    double mean = mean_of(v, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    return sqrt(sum / (double)(sample ? n - 1 : n));
}

double correlation(const double *a, const double *b, size_t n)
{
    double ma = mean_of(a, n), mb = mean_of(b, n), ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (a[i] - ma) * (b[i] - mb);
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

struct placed {
    double v;
    size_t i;
};

static int by_value(const void *x, const void *y)
{
    const struct placed *a = x, *b = y;
    if (a->v != b->v)
        return a->v < b->v ? -1 : 1;
    return a->i < b->i ? -1 : a->i > b->i;
}

/* Mean ranks of ties. */
static double *ranks(struct arena *s, const double *v, size_t n)
{
    struct placed *order = arena_alloc(s, n * sizeof *order);
    double *rank = numbers(s, n);
    for (size_t i = 0; i < n; i++)
        order[i] = (struct placed){v[i], i};
    qsort(order, n, sizeof *order, by_value);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && order[j].v == order[i].v; j++)
            continue;
        for (size_t t = i; t < j; t++)
            rank[order[t].i] = (double)(i + j + 1) / 2;
    }
    return rank;
}

double rank_correlation(struct arena *scratch, const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(a[i]) || isnan(b[i]))
            return NAN;
    return correlation(ranks(scratch, a, n), ranks(scratch, b, n), n);
}
