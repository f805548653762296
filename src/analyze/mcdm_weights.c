/* mcdm_weights.c - objective weights of criteria.
 * Entropy: Shannon 1948; Zeleny, Multiple Criteria Decision Making, 1982: p = v / sum v,
 * E = -sum p ln p / ln n with 0 ln 0 = 0, w = (1 - E) / sum (1 - E); over the raw values, over
 * min-max values with costs reversed, or over those plus a small shift (熵权法的平移).
 * CRITIC: Diakoulaki, Mavrotas and Papayannakis 1995: w ~ s_j sum_k (1 - r_jk) on min-max values.
 * Standard deviation on min-max values: the same without correlation. */
#include "mcdm_int.h"
#include <math.h>
#include <stdlib.h>

const struct weighting_name weighting_names[WEIGHTINGS] = {
    {"equal",                "equal",                    "equal"                          },
    {"entropy-raw",          "entropy_raw",              "entropy_raw_skcriteria"         },
    {"entropy-minmax",       "entropy_minmax",           "entropy_minmax_skcriteria"      },
    {"entropy-minmax-shift", "entropy_minmax_shift1e-4", "entropy_minmax_shift1e-4_pymcdm"},
    {"critic",               "critic",                   "critic_pymcdm"                  },
    {"std",                  "std_minmax",               "std_minmax_pymcdm"              },
    {"given",                "given",                    "given"                          },
};

enum weighting weighting_of(struct str option)
{
    for (int i = 0; i < WEIGHTINGS; i++)
        if (str_is(option, weighting_names[i].option))
            return (enum weighting)i;
    return W_EQUAL;
}

void minmax_of(const struct decision *d, size_t criterion, double *out)
{
    const double *x = d->x + criterion * d->n;
    double low = x[0], high = x[0];
    for (size_t i = 1; i < d->n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    double from = d->cost[criterion] ? high : low,
           range = d->cost[criterion] ? low - high : high - low;
    for (size_t i = 0; i < d->n; i++)
        out[i] = range != 0 ? (x[i] - from) / range : 0;
}

/* 1 - E; 0 when nothing is there to tell alternatives apart. */
static double divergence(const double *v, size_t n)
{
    double sum = 0, e = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    if (!(sum > 0))
        return 0;
    for (size_t i = 0; i < n; i++) {
        double p = v[i] / sum;
        e -= p > 0 ? p * log(p) : 0;
    }
    double rest = 1 - e / log((double)n);
    return rest > 1e-15 ? rest : 0;
}

static enum code raw_applies(const struct decision *d, size_t k, struct error *err)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->x[k * d->n + i] < 0)
            return error_set(err, E_INPUT,
                             "criterion '%.*s' is negative for '%.*s': entropy of raw shares does "
                             "not apply, use entropy-minmax",
                             STR_ARG(d->criterion[k]), STR_ARG(d->alternative[i]));
    return OK;
}

static enum code entropy(const struct decision *d, enum weighting how, double shift, double *w,
                         double *v, struct error *err)
{
    if (d->n < 2)
        return error_set(err, E_INPUT, "entropy needs two alternatives or more");
    for (size_t k = 0; k < d->m; k++) {
        if (how == W_ENTROPY_RAW) {
            TRY(raw_applies(d, k, err));
            memcpy(v, d->x + k * d->n, d->n * sizeof *v);
        } else {
            minmax_of(d, k, v);
        }
        for (size_t i = 0; i < d->n && how == W_ENTROPY_SHIFT; i++)
            v[i] += shift;
        w[k] = divergence(v, d->n);
    }
    return OK;
}

/* Turns a criterion into deviations from its mean of length 1; returns the length before. */
static double standardise(double *v, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += v[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        v[i] -= mean;
        squares += v[i] * v[i];
    }
    double length = sqrt(squares);
    for (size_t i = 0; i < n && length > 0; i++)
        v[i] /= length;
    return length;
}

/* A constant criterion tells nothing: weight 0, and no correlation to count. */
static void critic(const struct decision *d, double *w, double *v, const double *length)
{
    for (size_t j = 0; j < d->m; j++) {
        double conflict = 0;
        for (size_t k = 0; k < d->m; k++) {
            double r = 0;
            for (size_t i = 0; i < d->n; i++)
                r += v[j * d->n + i] * v[k * d->n + i];
            conflict += k != j && length[k] > 0 ? 1 - r : 0;
        }
        w[j] = length[j] * conflict;
    }
}

static void by_spread(const struct decision *d, enum weighting how, double *w,
                      struct arena *scratch)
{
    double *v = arena_alloc(scratch, d->n * d->m * sizeof *v);
    double *length = arena_alloc(scratch, d->m * sizeof *length);
    for (size_t k = 0; k < d->m; k++) {
        minmax_of(d, k, v + k * d->n);
        w[k] = length[k] = standardise(v + k * d->n, d->n);
    }
    if (how == W_CRITIC)
        critic(d, w, v, length);
}

enum code weights_of(const struct decision *d, enum weighting how, double shift, double *w,
                     struct arena *scratch, struct error *err)
{
    double sum = 0;
    if (how == W_GIVEN && d->given == NULL)
        return error_set(err, E_INPUT, "weights 'given' need a column 'weight' in the criteria");
    for (size_t k = 0; k < d->m; k++)
        w[k] = how == W_GIVEN ? d->given[k] : 1;
    if (how == W_ENTROPY_RAW || how == W_ENTROPY_MINMAX || how == W_ENTROPY_SHIFT)
        TRY(entropy(d, how, shift, w, arena_alloc(scratch, d->n * sizeof *w), err));
    else if (how == W_CRITIC || how == W_STD)
        by_spread(d, how, w, scratch);
    for (size_t k = 0; k < d->m; k++)
        sum += w[k];
    if (!(sum > 0))
        return error_set(err, E_INPUT,
                         "weights '%s' are undefined: no criterion tells the alternatives apart",
                         weighting_names[how].option);
    for (size_t k = 0; k < d->m; k++)
        w[k] /= sum;
    return OK;
}

/* ---- the method ---- */

enum { WEIGHTS_SHIFT = DECISION_OWN, WEIGHTS_NAMES };

static void note_constants(struct analysis *a, const struct decision *d)
{
    double *v = arena_alloc(&a->arena, d->n * sizeof *v);
    for (size_t k = 0; k < d->m; k++) {
        bool constant = true;
        minmax_of(d, k, v);
        for (size_t i = 0; i < d->n; i++)
            constant = constant && v[i] == 0;
        if (constant)
            note(a, "criterion '%.*s' is the same for all alternatives: weight 0 but in 'equal'",
                 STR_ARG(d->criterion[k]));
    }
}

/* "entropy_raw_pymcdm": both tools the references name give these weights. */
static void add_columns(struct table *out, bool tools, int *column)
{
    for (int h = 0; h < W_GIVEN; h++) {
        if (tools && h == W_ENTROPY_RAW)
            column[WEIGHTINGS] = table_add_column(out, "entropy_raw_pymcdm");
        column[h] =
            table_add_column(out, tools ? weighting_names[h].tool : weighting_names[h].plain);
    }
}

enum code run_weights(struct analysis *a, struct error *err)
{
    struct decision d;
    TRY(decision_read(&d, a, err));
    double *w = arena_alloc(&a->arena, d.m * WEIGHTINGS * sizeof *w);
    double shift = strtod(arena_z(&a->arena, a->option[WEIGHTS_SHIFT]), NULL);
    bool tools = str_is(a->option[WEIGHTS_NAMES], "tools");
    for (int h = 0; h < W_GIVEN; h++) {
        struct error why = {0};
        if (weights_of(&d, (enum weighting)h, shift, w + (size_t)h * d.m, &a->arena, &why) == OK)
            continue;
        note(a, "%s is empty: %s", weighting_names[h].plain, why.text);
        for (size_t k = 0; k < d.m; k++)
            w[(size_t)h * d.m + k] = NAN;
    }
    int criterion = table_add_column(&a->out, "criterion"), column[WEIGHTINGS + 1];
    add_columns(&a->out, tools, column);
    for (size_t k = 0; k < d.m; k++) {
        table_push(&a->out, criterion, d.criterion[k]);
        for (int h = 0; h < W_GIVEN; h++)
            table_push_number(&a->out, column[h], w[(size_t)h * d.m + k]);
        if (tools)
            table_push_number(&a->out, column[WEIGHTINGS], w[W_ENTROPY_RAW * d.m + k]);
        table_end_row(&a->out);
    }
    note_constants(a, &d);
    note(a, "entropy with 0 ln 0 = 0; min-max with cost criteria reversed; shift %.*s",
         STR_ARG(a->option[WEIGHTS_SHIFT]));
    return OK;
}
