/* io_int.h - an input-output table as the io methods share it, private to io_*.c. */
#ifndef LUOSHU_ANALYZE_IO_INT_H
#define LUOSHU_ANALYZE_IO_INT_H
#include "analyze.h"

/* n sectors with output; matrices by rows, m[i * n + j]: what i sells to j. All memory is the
 * analysis' arena. Sectors without output are dropped, their purchases count as final demand, so
 * output = row sum of z + demand holds for what is kept. */
struct io {
    struct analysis *a;
    size_t n;
    struct str *name;
    double *z, *demand, *output;
    double *added; /* output minus column sum of z: value added and imports */
    double *coef;  /* A = z / output of the buyer */
    double *l;     /* L = (I - A)^-1 */
    size_t *row;   /* of the second input */
};

/* The first option of every method but io-environment, which takes all columns of Y. */
#define IO_DEMAND                                                                                  \
    {                                                                                              \
        "demand", "", "column, or all", "最终使用列；all 为各列之和",                              \
            "column of final demand, all = the sum of all columns"                                 \
    }

/* Reads Z (input 0) and final demand (input 1), drops sectors without output.
 * in     demand: "all" = sum of all columns, a column, or empty = final_demand, or what the column
 *        output leaves
 * fails  E_INPUT a negative output, a row that is no sector; E_MISSING a sector without a row;
 *        E_CONFLICT a sector twice; E_RANGE a sum left double */
MUST_CHECK enum code io_load(struct analysis *a, struct str demand, struct io *io,
                             struct error *err);
/* A and L. fails E_RANGE when I - A is singular, naming the sectors that sell only to each other */
MUST_CHECK enum code io_solve(struct io *io, struct error *err);
/* G = (I - B)^-1 with B = z / output of the seller; similar to L: g_ij = l_ij x_j / x_i. */
double *io_ghosh(const struct io *io);

double *io_new(struct analysis *a, size_t count); /* zeroed */
/* Sector of that name or -1. */
ptrdiff_t io_find(const struct io *io, struct str name);
bool io_is_total(struct str name);
/* The row of each name in t (key in the first column). Rows of totals are skipped and noted. */
MUST_CHECK enum code io_rows(struct analysis *a, const struct table *t, const struct str *name,
                             size_t n, size_t *row, struct error *err);
/* A column of the second input by sector. `given` names it; when that is empty the first of
 * `usual` (ended by NULL) that is there; *out is NULL when there is none. */
MUST_CHECK enum code io_vector(const struct io *io, struct str given, const char *const *usual,
                               double **out, struct error *err);
extern const char *const io_income[], *const io_employment[], *const io_consumption[];

double io_ratio(double num, double den); /* NaN for x / 0: does not apply */
void io_column_sums(const double *m, size_t n, double *out);
void io_row_sums(const double *m, size_t n, double *out);

/* The model closed with households (Miller and Blair 2009, chapter 2): column h = consumption /
 * sum of income, row h = income / output. With L known the closed inverse is L + p q / d. */
struct io_closed {
    double *p; /* L times the consumption column */
    double *q; /* income row times L: income multipliers */
    double d;  /* 1 - income row L consumption column */
};
/* fails E_RANGE when d <= 0: each unit of income would bring back one or more */
MUST_CHECK enum code io_close(const struct io *io, const double *income, const double *consumption,
                              struct io_closed *c, struct error *err);

enum code io_run_table(struct analysis *a, struct error *err);
enum code io_run_coefficients(struct analysis *a, struct error *err);
enum code io_run_leontief(struct analysis *a, struct error *err);
enum code io_run_ghosh(struct analysis *a, struct error *err);
enum code io_run_sectors(struct analysis *a, struct error *err);
enum code io_run_extraction(struct analysis *a, struct error *err);
enum code io_run_impact(struct analysis *a, struct error *err);
enum code io_run_environment(struct analysis *a, struct error *err);
#endif
