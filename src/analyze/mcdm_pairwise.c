/* mcdm_pairwise.c - pairwise comparison matrices: reading, completing, weights, consistency.
 * Saaty, The Analytic Hierarchy Process, 1980: w = principal eigenvector, CI = (lambda - n)/(n -
 * 1), CR = CI / RI. Geometric mean: Crawford and Williams 1985. Column average: Saaty 1980. Missing
 * comparisons are chosen so that lambda_max is least: Bozoki, Fuelop and Ronyai, On optimal
 * completion of incomplete pairwise comparison matrices, 2010; convex in the logarithms, unique
 * when the comparisons made connect all elements (theorem 2). */
#include "mcdm_int.h"
#include <math.h>
#include <stdlib.h>

#define TOLERANCE 1e-6 /* of a_ij * a_ji = 1: matrices are typed with few digits */

enum code pairwise_cell(const struct table *t, int column, size_t row, double *out,
                        struct error *err)
{
    struct str below, cell = str_trim(table_cell(t, column, row));
    struct str above = str_cut(cell, '/', &below);
    if (below.ptr == NULL)
        return table_number(t, column, row, true, out, err);
    double part[2] = {0};
    struct str text[2] = {str_trim(above), str_trim(below)};
    for (size_t k = 0; k < 2; k++) {
        char z[32] = {0}, *end;
        if (text[k].len > 0 && text[k].len < sizeof z) {
            memcpy(z, text[k].ptr, text[k].len);
            part[k] = strtod(z, &end);
            part[k] = *end == '\0' ? part[k] : 0;
        }
    }
    if (!(part[0] > 0 && part[1] > 0 && isfinite(part[0] / part[1])))
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "'%.*s' is not a fraction such as 1/3",
                        STR_ARG(str_sub(cell, 0, 60)));
    *out = part[0] / part[1];
    return OK;
}

/* ---- reading ---- */

static enum code read_names(struct pairwise *p, const struct table *t, int *column,
                            struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < p->n; i++) {
        p->name[i] = str_trim(table_cell(t, 0, i));
        for (size_t j = 0; j < i; j++)
            if (str_eq(p->name[i], p->name[j]))
                return error_at(err, E_INPUT, (uint32_t)i + 2, 0,
                                "'%.*s' stands in line %zu and again in line %zu",
                                STR_ARG(p->name[i]), j + 2, i + 2);
        TRY(table_need(t, arena_z(arena, p->name[i]), &column[i], err));
    }
    return OK;
}

enum code pairwise_read(struct pairwise *p, const struct table *t, struct analysis *a,
                        struct error *err)
{
    *p = (struct pairwise){.n = t->rows};
    if (p->n == 0 || p->n + 1 != t->columns.len)
        return error_set(err, E_INPUT,
                         "'%.*s' is no square matrix: %zu rows, %zu columns beside the names",
                         STR_ARG(t->name), p->n, t->columns.len - 1);
    int *column = arena_alloc(&a->arena, p->n * sizeof *column);
    p->name = arena_alloc(&a->arena, p->n * sizeof *p->name);
    p->a = arena_alloc(&a->arena, p->n * p->n * sizeof *p->a);
    TRY(read_names(p, t, column, &a->arena, err));
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->n; j++)
            TRY(pairwise_cell(t, column[j], i, &p->a[i * p->n + j], err));
    return pairwise_settle(p, t->name, &a->arena, err);
}

/* ---- checks ---- */

static enum code settle_pair(struct pairwise *p, size_t i, size_t j, struct str subject,
                             struct error *err)
{
    double *x = &p->a[i * p->n + j], *y = &p->a[j * p->n + i];
    if (*x <= 0 || *y <= 0)
        return error_set(err, E_INPUT,
                         "'%.*s': the comparison of '%.*s' with '%.*s' is not above 0",
                         STR_ARG(subject), STR_ARG(p->name[i]), STR_ARG(p->name[j]));
    if (isnan(*x) && i != j)
        *x = 1 / *y;
    if (isnan(*y) || i == j)
        *y = isnan(*x) ? (i == j ? 1 : NAN) : i == j ? *x : 1 / *x;
    if (isnan(*x)) {
        p->missing++;
        return OK;
    }
    if (fabs(*x * *y - 1) > TOLERANCE)
        return error_set(err, E_INPUT,
                         "'%.*s': '%.*s' against '%.*s' is %.10g, but the reverse is %.10g and not "
                         "its reciprocal",
                         STR_ARG(subject), STR_ARG(p->name[i]), STR_ARG(p->name[j]), *x, *y);
    return OK;
}

static void spread_from(const struct pairwise *p, size_t i, bool *reached)
{
    reached[i] = true;
    for (size_t j = 0; j < p->n; j++)
        if (!reached[j] && !isnan(p->a[i * p->n + j]))
            spread_from(p, j, reached);
}

static enum code check_connected(const struct pairwise *p, struct str subject,
                                 struct arena *scratch, struct error *err)
{
    bool *reached = arena_alloc(scratch, p->n);
    spread_from(p, 0, reached);
    for (size_t j = 0; j < p->n; j++)
        if (!reached[j])
            return error_set(err, E_INPUT,
                             "'%.*s': no chain of comparisons leads from '%.*s' to '%.*s': their "
                             "weights cannot be told",
                             STR_ARG(subject), STR_ARG(p->name[0]), STR_ARG(p->name[j]));
    return OK;
}

/* ---- eigenvectors ---- */

#define POWER_STEPS 1000
#define SQUARINGS 60

/* A^(2^60) up to a factor, whose rows all lie along the vector: for matrices so unbalanced that two
 * eigenvalues have nearly the same size. */
static void by_squaring(const double *a, size_t n, bool left, double *w, struct arena *scratch)
{
    double *b = arena_alloc(scratch, n * n * sizeof *b),
           *next = arena_alloc(scratch, n * n * sizeof *b);
    double sum = 0;
    for (size_t i = 0; i < n * n; i++)
        b[i] = left ? a[i % n * n + i / n] : a[i];
    for (int k = 0; k < SQUARINGS; k++) {
        double most = 0;
        for (size_t i = 0; i < n * n; i++)
            most = fmax(most, b[i]);
        for (size_t i = 0; i < n * n; i++)
            b[i] /= most;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                next[i * n + j] = 0;
                for (size_t q = 0; q < n; q++)
                    next[i * n + j] += b[i * n + q] * b[q * n + j];
            }
        memcpy(b, next, n * n * sizeof *b);
    }
    for (size_t i = 0; i < n; i++) {
        w[i] = 0;
        for (size_t j = 0; j < n; j++)
            w[i] += b[i * n + j];
        sum += w[i];
    }
    for (size_t i = 0; i < n; i++)
        w[i] /= sum;
}

/* One step of the power method; lambda, and in *off how far an element of w moved. */
static double power_step(const double *a, size_t n, bool left, double *w, double *next, double *off)
{
    double sum = 0;
    *off = 0;
    for (size_t i = 0; i < n; i++) {
        next[i] = 0;
        for (size_t j = 0; j < n; j++)
            next[i] += (left ? a[j * n + i] : a[i * n + j]) * w[j];
        sum += next[i];
    }
    for (size_t i = 0; i < n; i++) {
        next[i] /= sum;
        *off = fmax(*off, fabs(next[i] - w[i]) / next[i]);
        w[i] = next[i];
    }
    return sum; /* w added up to 1 */
}

double principal(const double *a, size_t n, bool left, double *w, struct arena *scratch)
{
    double *next = arena_alloc(scratch, n * sizeof *next), lambda = (double)n, off = 1, least = 1;
    for (size_t i = 0; i < n; i++)
        w[i] = 1 / (double)n;
    for (int step = 0, idle = 0; step < POWER_STEPS && idle < 20 && off >= 1e-16 * (double)n;
         step++) {
        lambda = power_step(a, n, left, w, next, &off);
        idle = off < least ? 0 : idle + 1; /* nothing is left but rounding */
        least = fmin(off, least);
    }
    if (least > 1e-12 * (double)n) {
        by_squaring(a, n, left, w, scratch);
        lambda = power_step(a, n, left, w, next, &off);
    }
    return lambda;
}

/* ---- completion ---- */

struct completion {
    struct pairwise *p;
    uint32_t *from, *to; /* the missing pairs */
    double *t, *step;    /* logarithms of their values */
    double *right, *left;
    struct arena *scratch;
};

static double put_logs(const struct completion *c, double factor)
{
    struct pairwise *p = c->p;
    for (size_t k = 0; k < p->missing; k++) {
        double v = exp(c->t[k] + factor * c->step[k]);
        p->a[c->from[k] * p->n + c->to[k]] = v;
        p->a[c->to[k] * p->n + c->from[k]] = 1 / v;
    }
    return principal(p->a, p->n, false, c->right, c->scratch);
}

/* d lambda / d t ~ u_i v_j e^t - u_j v_i e^-t (u left, v right): for fixed u and v it vanishes at
 * e^2t = u_j v_i / (u_i v_j), a step downhill. */
static double find_step(const struct completion *c)
{
    double size = 0;
    const struct pairwise *p = c->p;
    principal(p->a, p->n, true, c->left, c->scratch);
    for (size_t k = 0; k < p->missing; k++) {
        uint32_t i = c->from[k], j = c->to[k];
        c->step[k] = log(c->left[j] * c->right[i] / (c->left[i] * c->right[j])) / 2 - c->t[k];
        size = fmax(size, fabs(c->step[k]));
    }
    return size;
}

static void complete(const struct completion *c)
{
    double lambda = put_logs(c, 0);
    for (int round = 0; round < 2000; round++) {
        if (find_step(c) < 1e-14)
            break;
        double factor = 1, next = put_logs(c, 1);
        while (next > lambda * (1 + 1e-15) && factor > 1e-6)
            next = put_logs(c, factor /= 2);
        for (size_t k = 0; k < c->p->missing; k++)
            c->t[k] += factor * c->step[k];
        lambda = next;
    }
}

static void complete_matrix(struct pairwise *p, struct arena *scratch)
{
    struct arena own;
    struct completion c = {.p = p, .scratch = &own};
    arena_init(&own, 0);
    c.from = arena_alloc(scratch, p->missing * sizeof *c.from);
    c.to = arena_alloc(scratch, p->missing * sizeof *c.to);
    c.t = arena_alloc(scratch, p->missing * sizeof *c.t);
    c.step = arena_alloc(scratch, p->missing * sizeof *c.step);
    c.right = arena_alloc(scratch, p->n * sizeof *c.right);
    c.left = arena_alloc(scratch, p->n * sizeof *c.left);
    size_t k = 0;
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = i + 1; j < p->n; j++)
            if (isnan(p->a[i * p->n + j])) {
                c.from[k] = (uint32_t)i;
                c.to[k++] = (uint32_t)j;
            }
    complete(&c);
    arena_clear(&own);
}

enum code pairwise_settle(struct pairwise *p, struct str subject, struct arena *scratch,
                          struct error *err)
{
    p->missing = 0;
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = i; j < p->n; j++)
            TRY(settle_pair(p, i, j, subject, err));
    if (p->missing == 0)
        return OK;
    TRY(check_connected(p, subject, scratch, err));
    complete_matrix(p, scratch);
    return OK;
}

/* ---- other weights ---- */

static void to_one(double *w, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i];
    for (size_t i = 0; i < n; i++)
        w[i] /= sum;
}

void geometric_mean(const struct pairwise *p, double *w)
{
    for (size_t i = 0; i < p->n; i++) {
        double logs = 0;
        for (size_t j = 0; j < p->n; j++)
            logs += log(p->a[i * p->n + j]);
        w[i] = exp(logs / (double)p->n);
    }
    to_one(w, p->n);
}

void column_average(const struct pairwise *p, double *w)
{
    memset(w, 0, p->n * sizeof *w);
    for (size_t j = 0; j < p->n; j++) {
        double sum = 0;
        for (size_t i = 0; i < p->n; i++)
            sum += p->a[i * p->n + j];
        for (size_t i = 0; i < p->n; i++)
            w[i] += p->a[i * p->n + j] / sum;
    }
    to_one(w, p->n);
}

/* ---- consistency ---- */

struct ri {
    uint8_t n;
    double value;
};
/* Saaty, Theory and Applications of the Analytic Network Process, 2005, p. 31 */
static const struct ri ri_saaty[] = {
    {3,  0.52},
    {4,  0.89},
    {5,  1.11},
    {6,  1.25},
    {7,  1.35},
    {8,  1.40},
    {9,  1.45},
    {10, 1.49},
    {11, 1.52},
    {12, 1.54},
    {13, 1.56},
    {14, 1.58},
    {15, 1.59},
    {0,  0   },
};
/* Donegan and Dodd, A note on Saaty's random indexes, 1991; linear between the sizes given */
static const struct ri ri_donegan_dodd[] = {
    {3,   0.4914},
    {4,   0.8286},
    {5,   1.0591},
    {6,   1.1797},
    {7,   1.2519},
    {8,   1.3171},
    {9,   1.3733},
    {10,  1.4055},
    {11,  1.4213},
    {12,  1.4497},
    {13,  1.4643},
    {14,  1.4822},
    {15,  1.4969},
    {16,  1.5078},
    {17,  1.5153},
    {18,  1.5262},
    {19,  1.5313},
    {20,  1.5371},
    {25,  1.5619},
    {30,  1.5772},
    {40,  1.5976},
    {50,  1.6102},
    {60,  1.6178},
    {70,  1.6237},
    {80,  1.6277},
    {90,  1.6213},
    {100, 1.6339},
    {0,   0     },
};
/* Tummala and Ling, A note on the computation of the mean random consistency index, 1998 */
static const struct ri ri_tummala_ling[] = {
    {3,  0.5799},
    {4,  0.8921},
    {5,  1.1159},
    {6,  1.2358},
    {7,  1.3322},
    {8,  1.3952},
    {9,  1.4537},
    {10, 1.4882},
    {11, 1.5117},
    {12, 1.5356},
    {13, 1.5571},
    {14, 1.5714},
    {15, 1.5831},
    {0,  0     },
};
/* Saaty 1980, p. 21 */
static const struct ri ri_saaty1980[] = {
    {3,  0.58},
    {4,  0.90},
    {5,  1.12},
    {6,  1.24},
    {7,  1.32},
    {8,  1.41},
    {9,  1.45},
    {10, 1.49},
    {0,  0   },
};
static const struct ri *const ri_tables[RANDOM_INDICES] = {ri_saaty, ri_donegan_dodd,
                                                           ri_tummala_ling, ri_saaty1980};

static double random_index(size_t n, enum random_index table)
{
    for (const struct ri *r = ri_tables[table]; r->n != 0; r++) {
        if (r->n == n)
            return r->value;
        bool between = r->n < n && r[1].n > n && table == RI_DONEGAN_DODD;
        if (between)
            return r->value +
                   (r[1].value - r->value) * (double)(n - r->n) / (double)(r[1].n - r->n);
    }
    return NAN;
}

double consistency_ratio(double lambda, size_t n, enum random_index table)
{
    if (n < 3)
        return 0;
    double ci = (lambda - (double)n) / (double)(n - 1);
    return (ci > 0 ? ci : 0) / random_index(n, table);
}
