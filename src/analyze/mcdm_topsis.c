/* mcdm_topsis.c - TOPSIS, and how firm its ranks are when weights change.
 * Hwang and Yoon, Multiple Attribute Decision Making, 1981, ch. 3: C = d- / (d+ + d-) with the
 * Euclidean distances to the best and the worst of weighted normalised values. Normalised by vector
 * length (Hwang and Yoon), by min-max, or by vector length with costs as 1 - r (then the largest
 * value is best for all). Everything runs over columns, as they lie in memory. */
#include "mcdm_int.h"
#include <math.h>
#include <stdlib.h>

static const struct {
    const char *option, *plain, *tool;
} norms[NORMALISATIONS] = {
    {"vector",              "topsis_vector",        "topsis_vector"              },
    {"minmax",              "topsis_minmax",        "topsis_minmax_pymcdm"       },
    {"vector-cost-inverse", "topsis_vectorcostinv", "topsis_vectorcostinv_pymcdm"},
};

enum normalisation normalisation_of(struct str option)
{
    for (int i = 0; i < NORMALISATIONS; i++)
        if (str_is(option, norms[i].option))
            return (enum normalisation)i;
    return N_VECTOR;
}

/* Scaled by the largest first, so that 1e200 squared stays a number. */
static double length_of(const double *x, size_t n)
{
    double top = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        top = fabs(x[i]) > top ? fabs(x[i]) : top;
    if (!(top > 0))
        return 0;
    for (size_t i = 0; i < n; i++)
        squares += x[i] / top * (x[i] / top);
    return top * sqrt(squares);
}

/* One criterion normalised; returns whether less is still better. */
static bool normalise(const struct decision *d, size_t k, enum normalisation how, double *v)
{
    const double *x = d->x + k * d->n;
    if (how == N_MINMAX) {
        minmax_of(d, k, v);
        return false;
    }
    double length = length_of(x, d->n), scale = length > 0 ? 1 / length : 0;
    bool inverse = how == N_VECTOR_COST_INVERSE && d->cost[k];
    for (size_t i = 0; i < d->n; i++)
        v[i] = inverse ? 1 - x[i] * scale : x[i] * scale;
    return d->cost[k] && !inverse;
}

static void add_distances(const double *v, size_t n, double w, bool less, double *best,
                          double *worst)
{
    double low = v[0], high = v[0];
    for (size_t i = 1; i < n; i++) {
        low = v[i] < low ? v[i] : low;
        high = v[i] > high ? v[i] : high;
    }
    double ideal = less ? low : high, other = less ? high : low;
    for (size_t i = 0; i < n; i++) {
        double b = w * (v[i] - ideal), o = w * (v[i] - other);
        best[i] += b * b;
        worst[i] += o * o;
    }
}

void topsis_scores(const struct decision *d, enum normalisation how, const double *w, double *score)
{
    double *v = mem_zalloc(3 * d->n * sizeof *v);
    double *best = v + d->n, *worst = best + d->n;
    for (size_t k = 0; k < d->m; k++) {
        bool less = normalise(d, k, how, v);
        add_distances(v, d->n, w[k], less, best, worst);
    }
    for (size_t i = 0; i < d->n; i++) {
        double b = sqrt(best[i]), o = sqrt(worst[i]);
        score[i] = b + o > 0 ? o / (b + o) : NAN;
    }
    mem_free(v);
}

/* ---- ranks ---- */

struct ranked {
    double score;
    struct str name;
    uint32_t at;
};

static int better_first(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return str_cmp(a->name, b->name);
}

void rank_scores(const struct decision *d, const double *score, uint32_t *order, uint32_t *rank)
{
    struct ranked *r = mem_alloc(d->n * sizeof *r);
    for (size_t i = 0; i < d->n; i++)
        r[i] = (struct ranked){isnan(score[i]) ? -1 : score[i], d->alternative[i], (uint32_t)i};
    qsort(r, d->n, sizeof *r, better_first);
    for (size_t i = 0; i < d->n; i++) {
        order[i] = r[i].at;
        bool same = i > 0 && r[i].score == r[i - 1].score;
        rank[r[i].at] = same ? rank[r[i - 1].at] : (uint32_t)i + 1;
    }
    mem_free(r);
}

/* ---- the method ---- */

enum { TOPSIS_WEIGHTS = DECISION_OWN, TOPSIS_NORM, TOPSIS_SHIFT, TOPSIS_NAMES };

struct combination {
    enum weighting weighting;
    enum normalisation norm;
    double *score;
    uint32_t *rank;
};
#define COMBINATIONS_MAX (WEIGHTINGS * NORMALISATIONS)

static size_t combinations(const struct analysis *a, struct combination *c)
{
    static const enum weighting all[] = {W_EQUAL, W_ENTROPY_MINMAX, W_ENTROPY_RAW};
    bool weights = str_is(a->option[TOPSIS_WEIGHTS], "all");
    bool every = str_is(a->option[TOPSIS_NORM], "all");
    size_t n = 0;
    for (size_t w = 0; w < (weights ? 3 : 1); w++)
        for (int k = 0; k < (every ? NORMALISATIONS : 1); k++)
            c[n++] = (struct combination){
                .weighting = weights ? all[w] : weighting_of(a->option[TOPSIS_WEIGHTS]),
                .norm = every ? (enum normalisation)k : normalisation_of(a->option[TOPSIS_NORM])};
    return n;
}

static enum code compute(struct analysis *a, const struct decision *d, struct combination *c,
                         struct error *err)
{
    double *w = arena_alloc(&a->arena, d->m * sizeof *w);
    double shift = strtod(arena_z(&a->arena, a->option[TOPSIS_SHIFT]), NULL);
    uint32_t *order = arena_alloc(&a->arena, d->n * sizeof *order);
    c->score = arena_alloc(&a->arena, d->n * sizeof *c->score);
    c->rank = arena_alloc(&a->arena, d->n * sizeof *c->rank);
    TRY(weights_of(d, c->weighting, shift, w, &a->arena, err));
    topsis_scores(d, c->norm, w, c->score);
    rank_scores(d, c->score, order, c->rank);
    if (isnan(c->score[0]))
        note(a, "all alternatives are alike in the weighted criteria: no score, one rank");
    for (size_t k = 0; k < d->m && d->m <= 40; k++)
        note(a, "weight of '%.*s' (%s): %.6g", STR_ARG(d->criterion[k]),
             weighting_names[c->weighting].option, w[k]);
    return OK;
}

static void put(struct analysis *a, const struct decision *d, const struct combination *c, size_t n)
{
    struct table *out = &a->out;
    bool tools = str_is(a->option[TOPSIS_NAMES], "tools");
    int score[COMBINATIONS_MAX], rank[COMBINATIONS_MAX];
    int alternative = table_add_column(out, "alternative");
    for (size_t k = 0; k < n; k++) {
        const struct weighting_name *w = &weighting_names[c[k].weighting];
        struct str name =
            arena_fmt(&a->arena, "%s__%s", tools ? norms[c[k].norm].tool : norms[c[k].norm].plain,
                      tools ? w->tool : w->plain);
        score[k] = table_add_column_str(out, name);
        rank[k] = table_add_column_str(out, arena_fmt(&a->arena, "rank_%.*s", STR_ARG(name)));
    }
    for (size_t i = 0; i < d->n; i++) {
        table_push(out, alternative, d->alternative[i]);
        for (size_t k = 0; k < n; k++) {
            table_push_number(out, score[k], c[k].score[i]);
            table_push_int(out, rank[k], c[k].rank[i]);
        }
        table_end_row(out);
    }
}

enum code run_topsis(struct analysis *a, struct error *err)
{
    struct decision d;
    struct combination c[COMBINATIONS_MAX];
    TRY(decision_read(&d, a, err));
    size_t n = combinations(a, c);
    for (size_t k = 0; k < n; k++)
        TRY(compute(a, &d, &c[k], err));
    put(a, &d, c, n);
    note(a, "normalisation: %.*s; equal scores share the better rank",
         STR_ARG(a->option[TOPSIS_NORM]));
    return OK;
}

/* ---- rank stability ---- */

enum { STABLE_WEIGHTS = DECISION_OWN, STABLE_NORM, STABLE_SHIFT, STABLE_CHANGE, STABLE_DETAIL };

struct stability {
    struct decision d;
    enum normalisation norm;
    double *w, *trial, *score;
    uint32_t *order, *rank, *now, *now_order, *best, *worst;
};

/* One weight times (1 + change), the others rescaled so that all add up to 1. */
static void change_weight(const struct stability *s, size_t k, double change)
{
    double to = s->w[k] * (1 + change);
    to = to > 1 ? 1 : to < 0 ? 0 : to;
    double others = 1 - s->w[k], factor = others > 0 ? (1 - to) / others : 0;
    for (size_t i = 0; i < s->d.m; i++)
        s->trial[i] = i == k ? to : s->w[i] * factor;
    if (others <= 0)
        s->trial[k] = 1;
}

/* Spearman's rho as the correlation of ranks, so that ties are fair. */
static double rank_correlation(const uint32_t *a, const uint32_t *b, size_t n)
{
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        ma += a[i];
        mb += b[i];
    }
    ma /= (double)n;
    mb /= (double)n;
    for (size_t i = 0; i < n; i++) {
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
        ab += (a[i] - ma) * (b[i] - mb);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

static const char *const stability_columns[] = {
    "criterion", "change_pct", "weight", "weight_changed", "spearman",
    "moved",     "max_shift",  "first",  "first_stays",
};

static void stability_row(struct analysis *a, struct stability *s, size_t k, double change)
{
    size_t moved = 0;
    uint32_t far = 0;
    change_weight(s, k, change);
    topsis_scores(&s->d, s->norm, s->trial, s->score);
    rank_scores(&s->d, s->score, s->now_order, s->now);
    for (size_t i = 0; i < s->d.n; i++) {
        uint32_t was = s->rank[i], is = s->now[i], off = was > is ? was - is : is - was;
        moved += off > 0;
        far = off > far ? off : far;
        s->best[i] = is < s->best[i] ? is : s->best[i];
        s->worst[i] = is > s->worst[i] ? is : s->worst[i];
    }
    if (!str_is(a->option[STABLE_DETAIL], "criterion"))
        return;
    struct table *out = &a->out;
    table_push(out, 0, s->d.criterion[k]);
    table_push_number(out, 1, round(change * 1e8) / 1e6);
    table_push_number(out, 2, s->w[k]);
    table_push_number(out, 3, s->trial[k]);
    table_push_number(out, 4, rank_correlation(s->rank, s->now, s->d.n));
    table_push_int(out, 5, (int64_t)moved);
    table_push_int(out, 6, far);
    table_push(out, 7, s->d.alternative[s->now_order[0]]);
    table_push_int(out, 8, s->now_order[0] == s->order[0]);
    table_end_row(out);
}

static void put_alternatives(struct analysis *a, const struct stability *s, const double *score)
{
    static const char *const columns[] = {"alternative", "score", "rank", "rank_best",
                                          "rank_worst"};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        table_add_column(&a->out, columns[c]);
    for (size_t k = 0; k < s->d.n; k++) {
        uint32_t i = s->order[k];
        table_push(&a->out, 0, s->d.alternative[i]);
        table_push_number(&a->out, 1, score[i]);
        table_push_int(&a->out, 2, s->rank[i]);
        table_push_int(&a->out, 3, s->best[i]);
        table_push_int(&a->out, 4, s->worst[i]);
        table_end_row(&a->out);
    }
}

static void stability_alloc(struct stability *s, struct arena *arena)
{
    size_t n = s->d.n;
    s->w = arena_alloc(arena, 2 * s->d.m * sizeof *s->w);
    s->trial = s->w + s->d.m;
    s->score = arena_alloc(arena, n * sizeof *s->score);
    s->order = arena_alloc(arena, 6 * n * sizeof *s->order);
    s->rank = s->order + n;
    s->now = s->rank + n;
    s->now_order = s->now + n;
    s->best = s->now_order + n;
    s->worst = s->best + n;
}

enum code run_stability(struct analysis *a, struct error *err)
{
    struct stability s;
    TRY(decision_read(&s.d, a, err));
    stability_alloc(&s, &a->arena);
    s.norm = normalisation_of(a->option[STABLE_NORM]);
    double change = strtod(arena_z(&a->arena, a->option[STABLE_CHANGE]), NULL) / 100;
    double shift = strtod(arena_z(&a->arena, a->option[STABLE_SHIFT]), NULL);
    if (!(change > 0 && change <= 1))
        return error_set(err, E_INPUT, "option 'change' is a percentage above 0 and up to 100");
    TRY(weights_of(&s.d, weighting_of(a->option[STABLE_WEIGHTS]), shift, s.w, &a->arena, err));
    double *score = arena_alloc(&a->arena, s.d.n * sizeof *score);
    topsis_scores(&s.d, s.norm, s.w, score);
    rank_scores(&s.d, score, s.order, s.rank);
    memcpy(s.best, s.rank, s.d.n * sizeof *s.best);
    memcpy(s.worst, s.rank, s.d.n * sizeof *s.worst);
    bool by_criterion = str_is(a->option[STABLE_DETAIL], "criterion");
    for (size_t c = 0; by_criterion && c < sizeof stability_columns / sizeof *stability_columns;
         c++)
        table_add_column(&a->out, stability_columns[c]);
    for (size_t k = 0; k < s.d.m; k++) {
        stability_row(a, &s, k, -change);
        stability_row(a, &s, k, change);
    }
    if (!by_criterion)
        put_alternatives(a, &s, score);
    note(a,
         "each weight in turn is changed by the percentage, the others rescaled to add up to 1; "
         "first of the unchanged ranking: '%.*s'",
         STR_ARG(s.d.alternative[s.order[0]]));
    return OK;
}
