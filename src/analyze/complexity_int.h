/* complexity_int.h - what the files of the complexity family share: the table as a sparse grid of
 * exact numbers, the binary matrix M drawn from it, and what is computed from M.
 *
 *   table -> grid (regions x industries, exact) -> M (bits) -> incidence (rows and columns in use)
 *                                                    |-> eigenvector, reflections, fitness
 *                                                    `-> co-occurrence -> proximity
 *                                                         -> density, COI, COG */
#ifndef LUOSHU_ANALYZE_COMPLEXITY_INT_H
#define LUOSHU_ANALYZE_COMPLEXITY_INT_H
#include "analyze.h"

/* The options every method of the family begins with, and their places. */
enum {
    OPT_REGION,
    OPT_INDUSTRY,
    OPT_VALUE,
    OPT_PRESENCE,
    OPT_THRESHOLD,
    OPT_MISSING,
    OPT_NEGATIVE,
    OPT_TOTALS,
    OPT_OWN /* the first of the method's own */
};

/* A table region, industry, value. Regions and industries are sorted by label, bytewise; a pair
 * that has no row is zero. values are units * 10^-scale. M and everything after it is in bits and
 * counts. */
struct grid {
    struct arena scratch; /* holds all arrays below */
    size_t n, m;          /* regions, industries */
    struct str *region, *industry;
    size_t cells;
    uint32_t *start, *col; /* row by row: cells start[r] .. start[r+1], columns ascending */
    i128 *units;
    unsigned scale;
    i128 *row_total, *col_total, total;
    size_t row_words, col_words;       /* 64-bit words of one region's and one industry's bits */
    uint64_t *by_region, *by_industry; /* M, twice */
    uint32_t *diversity, *ubiquity;    /* row and column sums of M */
    size_t ones;
};
/* Reads a->in[0] by the common options and decides M exactly.
 * after  the caller ends it with grid_clear, also after a failure
 * fails  E_INPUT naming lines: duplicate keys, negative or missing values, totals among the parts;
 *        E_RANGE sums that leave 128 bits */
MUST_CHECK enum code grid_read(struct analysis *a, struct grid *g, struct error *err);
void grid_clear(struct grid *g);
double grid_value(const struct grid *g, size_t cell);
double grid_total(const struct grid *g, i128 units);
/* Balassa's index; NaN when the region or the industry is empty. */
double grid_rca(const struct grid *g, i128 units, size_t r, size_t c);
/* One region's values for all industries, m units; absent pairs are 0. */
void grid_row(const struct grid *g, size_t r, i128 *units);
static inline bool grid_mcp(const struct grid *g, size_t r, size_t c)
{
    return g->by_region[r * g->row_words + c / 64] >> c % 64 & 1;
}
bool option_is(const struct analysis *a, int option, const char *value);
double *numbers(struct arena *a, size_t count); /* zeroed */
double *numbers_nan(struct arena *a, size_t count);

/* M without empty rows and columns, and possibly only one connected block of it. */
struct incidence {
    size_t n, m;
    uint32_t *start, *col;
    uint32_t *region, *industry; /* numbers in the grid */
    double *diversity, *ubiquity;
};
/* block[r] of each region and block[n + c] of each industry, numbered from 0 by the least region;
 * UINT32_MAX where a row or column of M is empty. Returns the number of blocks. */
size_t grid_blocks(const struct grid *g, uint32_t *block);
/* The rows and columns in one block, or with UINT32_MAX all that are not empty. */
void incidence_init(struct incidence *k, struct grid *g, const uint32_t *block, uint32_t which);
/* y = M x over regions; y = M' x over industries */
void incidence_rows(const struct incidence *k, const double *x, double *y);
void incidence_cols(const struct incidence *k, const double *x, double *y);

/* kc (n) and kp (m) of the second eigenvalue: kc = D^-1 M kp, with sum of d kc^2 = 1; no sign
 * chosen. second, third: the eigenvalues after 1. false when there is no second one above rounding,
 * or when second and third agree, so that no direction is distinguished. */
bool eigen_second(const struct incidence *k, struct arena *scratch, double *kc, double *kp,
                  double *second, double *third);
/* Average of neighbours, `steps` times from diversity and ubiquity; the part that is equal for all
 * is taken out in each step, so no digits are lost to it. */
void reflections(const struct incidence *k, struct arena *scratch, unsigned region_steps,
                 unsigned industry_steps, double *kc, double *kp);
void fitness(const struct incidence *k, struct arena *scratch, unsigned steps, double *f,
             double *q);
/* EconGeo's MORc / MORt: rescaled to 0 .. 100 from the third step on. */
void reflections_rescaled(const struct incidence *k, struct arena *scratch, unsigned steps,
                          bool regions, double *out);
/* EconGeo's KCI (regions) or TCI: second eigenvector of the projected matrix rounded to `digits`
 * decimals, over its sum. fails E_LIMIT too large, E_BACKEND the solver did not end */
#define ROUNDED_MAX 2000 /* rows of the dense matrix */
MUST_CHECK enum code eigen_rounded(const struct incidence *k, struct arena *scratch, bool regions,
                                   int digits, double *out, struct error *err);

double mean_of(const double *v, size_t n);
double sd_of(const double *v, size_t n, bool sample);
double correlation(const double *a, const double *b,
                   size_t n); /* Pearson, NaN when one is constant */
/* of ranks; NaN when a value is, or one side is constant */
double rank_correlation(struct arena *scratch, const double *a, const double *b, size_t n);
/* x to `digits` decimals as R >= 4.0.0 rounds: the nearer of the two neighbours, even on a tie. */
double round_digits(double x, int digits);

/* The economic complexity index by the chosen convention; NaN where it is not defined. */
struct indices {
    double *eci, *pci;         /* as given out */
    double *raw_eci, *raw_pci; /* eigenvectors, sign chosen, not normalised */
};
MUST_CHECK enum code indices_of(struct analysis *a, struct grid *g, int convention_option,
                                struct indices *out, struct error *err);
/* Options of a method that needs ECI and PCI follow its convention option in this order. */
enum { INDEX_CONVENTION, INDEX_BLOCKS, INDEX_SIGN, INDEX_NORMALISATION, INDEX_OPTIONS };

/* Co-occurrence and proximity of industries or of regions. */
uint32_t cooccurrence(const uint64_t *bits, size_t words, size_t i, size_t j);
double *proximity_matrix(struct grid *g); /* m x m, diagonal 1; 0 for what nobody has */

typedef enum code method_run(struct analysis *a, struct error *err);
method_run run_rca, run_complexity, run_kci, run_tci, run_morc, run_mort, run_proximity,
    run_density, run_distance, run_coi, run_cog, run_relatedness, run_variety, run_locational_gini,
    run_prody, run_expy;
#endif
