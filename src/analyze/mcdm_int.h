/* mcdm_int.h - what the methods of multi-criteria decision share: the decision matrix, weights,
 * scores and ranks, and pairwise comparisons. */
#ifndef LUOSHU_MCDM_INT_H
#define LUOSHU_MCDM_INT_H
#include "analyze.h"

/* Alternatives in rows, criteria in columns; kept by column. */
struct decision {
    size_t n, m;
    struct str *alternative, *criterion;
    bool *cost;    /* less is better */
    double *given; /* weights of the criteria table, adding up to 1; NULL = none */
    double *x;     /* [criterion][alternative] */
};
enum decision_option { DECISION_ALTERNATIVE, DECISION_MISSING, DECISION_OWN };
#define DECISION_OPTIONS                                                                           \
    {"alternative", "alternative", "column", "方案列，默认第一列",                                 \
     "column of the alternatives; the first when there is none of the name"},                      \
    {                                                                                              \
        "missing", "error", "error|leave", "缺失值：报错或剔除该方案",                             \
            "a missing value: an error, or its alternative is left out"                            \
    }
MUST_CHECK enum code decision_read(struct decision *d, struct analysis *a, struct error *err);

enum weighting {
    W_EQUAL,
    W_ENTROPY_RAW,
    W_ENTROPY_MINMAX,
    W_ENTROPY_SHIFT,
    W_CRITIC,
    W_STD,
    W_GIVEN,
    WEIGHTINGS
};
#define WEIGHTING_VALUES "equal|entropy-raw|entropy-minmax|entropy-minmax-shift|critic|std|given"
struct weighting_name {
    const char *option, *plain, *tool; /* tool: as a column of the reference results */
};
extern const struct weighting_name weighting_names[WEIGHTINGS];
enum weighting weighting_of(struct str option);
/* w[0..m), adding up to 1. shift is added to every min-max value by W_ENTROPY_SHIFT.
 * fails  E_INPUT naming the criterion the weighting does not apply to */
MUST_CHECK enum code weights_of(const struct decision *d, enum weighting how, double shift,
                                double *w, struct arena *scratch, struct error *err);
/* One criterion as min-max values, 1 = best, all 0 when it is constant. */
void minmax_of(const struct decision *d, size_t criterion, double *out);

enum normalisation { N_VECTOR, N_MINMAX, N_VECTOR_COST_INVERSE, NORMALISATIONS };
/* score[0..n): closeness to the ideal, NaN when all alternatives are alike. */
void topsis_scores(const struct decision *d, enum normalisation how, const double *w,
                   double *score);
enum normalisation normalisation_of(struct str option);
/* order: alternatives from the best, equals by name; rank: equals share the better one. */
void rank_scores(const struct decision *d, const double *score, uint32_t *order, uint32_t *rank);

/* A positive reciprocal matrix, [i * n + j] = how much i outweighs j; NaN = not compared. */
struct pairwise {
    size_t n, missing;
    struct str *name;
    double *a;
};
MUST_CHECK enum code pairwise_read(struct pairwise *p, const struct table *t, struct analysis *a,
                                   struct error *err);
/* Checks the filled matrix: positive, reciprocal, connected; what is missing is completed so that
 * lambda_max is least. `subject` names it in messages. */
MUST_CHECK enum code pairwise_settle(struct pairwise *p, struct str subject, struct arena *scratch,
                                     struct error *err);
/* A cell that is a number or a fraction such as 1/3; NaN when empty. */
MUST_CHECK enum code pairwise_cell(const struct table *t, int column, size_t row, double *out,
                                   struct error *err);
/* Principal right eigenvector, adding up to 1; returns its eigenvalue. */
double principal(const double *a, size_t n, bool left, double *w, struct arena *scratch);
void geometric_mean(const struct pairwise *p, double *w);
void column_average(const struct pairwise *p, double *w);
enum random_index { RI_SAATY, RI_DONEGAN_DODD, RI_TUMMALA_LING, RI_SAATY1980, RANDOM_INDICES };
/* CI / RI; 0 for n < 3, NaN where the table has no value. */
double consistency_ratio(double lambda, size_t n, enum random_index table);

enum code run_weights(struct analysis *a, struct error *err);
enum code run_topsis(struct analysis *a, struct error *err);
enum code run_stability(struct analysis *a, struct error *err);
enum code run_ahp(struct analysis *a, struct error *err);
enum code run_ahp_consistency(struct analysis *a, struct error *err);
enum code run_ahp_hierarchy(struct analysis *a, struct error *err);
#endif
