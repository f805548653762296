/* io_inverse.c - technical coefficients, the Leontief and the Ghosh inverse, closing with
 * households.
 * Sources: Leontief, Quantitative Input and Output Relations, Review of Economics and Statistics
 * 18 (1936); Ghosh, Input-Output Approach in an Allocation System, Economica 25 (1958); Miller and
 * Blair, Input-Output Analysis, 2nd ed. 2009, chapters 2 (A, L, households) and 12
 * (B, G). */
#include "io_int.h"
#include <lapacke.h>
#include <math.h>

/* Below this reciprocal condition no digit of an inverse is sure. */
#define RCOND_MIN 1e-14

void io_column_sums(const double *m, size_t n, double *out)
{
    for (size_t j = 0; j < n; j++)
        out[j] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            out[j] += m[i * n + j];
}

void io_row_sums(const double *m, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (size_t j = 0; j < n; j++)
            out[i] += m[i * n + j];
    }
}

static void coefficients(struct io *io)
{
    size_t n = io->n;
    io->coef = io_new(io->a, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            io->coef[i * n + j] = io->z[i * n + j] / io->output[j];
}

static void identity_minus(const struct io *io, double *m)
{
    for (size_t i = 0; i < io->n; i++)
        for (size_t j = 0; j < io->n; j++)
            m[i * io->n + j] = (i == j) - io->coef[i * io->n + j];
}

/* The sectors in the null space of I - A: outputs that reproduce themselves and nothing else.
 * The array by rows is the transpose by columns, so its last left singular vector is x. */
static enum code singular(const struct io *io, double *m, struct error *err)
{
    lapack_int n = (lapack_int)io->n;
    double *s = io_new(io->a, io->n), *u = io_new(io->a, io->n * io->n),
           *work = io_new(io->a, io->n), none = 0, largest = 0;
    identity_minus(io, m);
    if (LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'A', 'N', n, n, m, n, s, u, n, &none, 1, work) != 0)
        return error_set(err, E_RANGE, "I - A is singular");
    const double *x = u + (io->n - 1) * io->n;
    for (size_t i = 0; i < io->n; i++)
        largest = fmax(largest, fabs(x[i]));
    struct buf names;
    buf_init(&names, 300);
    for (size_t i = 0; i < io->n; i++)
        if (fabs(x[i]) > 1e-3 * largest)
            buf_fmt(&names, "%s'%.*s'", names.len > 0 ? ", " : "", STR_ARG(io->name[i]));
    enum code code = error_set(err, E_RANGE,
                               "I - A is singular: the inputs of these sectors use up "
                               "all they make, nothing is left for final demand: %.*s%s",
                               STR_ARG(buf_str(&names)), names.full ? " …" : "");
    buf_clear(&names);
    return code;
}

static void tell_unproductive(const struct io *io)
{
    for (size_t k = 0; k < io->n * io->n; k++)
        if (io->l[k] < -1e-9) {
            note(io->a,
                 "the Leontief inverse has negative entries (first: row '%.*s', column "
                 "'%.*s'): the table is not productive and its multipliers mean little",
                 STR_ARG(io->name[k / io->n]), STR_ARG(io->name[k % io->n]));
            return;
        }
}

enum code io_solve(struct io *io, struct error *err)
{
    lapack_int n = (lapack_int)io->n;
    coefficients(io);
    double *m = io->l = io_new(io->a, io->n * io->n), rcond = 0;
    identity_minus(io, m);
    lapack_int *pivot = arena_alloc(&io->a->arena, io->n * sizeof *pivot);
    double norm = LAPACKE_dlange(LAPACK_COL_MAJOR, '1', n, n, m, n);
    lapack_int bad = LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, m, n, pivot);
    if (bad == 0)
        bad = LAPACKE_dgecon(LAPACK_COL_MAJOR, '1', n, m, n, norm, &rcond);
    if (bad != 0 || !(rcond > RCOND_MIN))
        return singular(io, m, err);
    if (LAPACKE_dgetri(LAPACK_COL_MAJOR, n, m, n, pivot) != 0)
        return singular(io, m, err);
    tell_unproductive(io);
    return OK;
}

double *io_ghosh(const struct io *io)
{
    size_t n = io->n;
    double *g = io_new(io->a, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            g[i * n + j] = io->l[i * n + j] * io->output[j] / io->output[i];
    return g;
}

enum code io_close(const struct io *io, const double *income, const double *consumption,
                   struct io_closed *c, struct error *err)
{
    size_t n = io->n;
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += income[i];
    if (total <= 0)
        return error_set(err, E_INPUT,
                         "the income of all sectors is %.6g: the model cannot be "
                         "closed with households",
                         total);
    *c = (struct io_closed){io_new(io->a, n), io_new(io->a, n), 1};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            c->p[i] += io->l[i * n + j] * consumption[j] / total;
            c->q[j] += income[i] / io->output[i] * io->l[i * n + j];
        }
    for (size_t j = 0; j < n; j++)
        c->d -= c->q[j] * consumption[j] / total;
    if (c->d <= 1e-12)
        return error_set(err, E_RANGE,
                         "the model closed with households has no solution: one unit "
                         "of income brings back %.6g",
                         1 - c->d);
    return OK;
}
