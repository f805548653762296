/* io_sectors.c - one row per sector: multipliers, linkages, dispersion, extraction.
 * Sources: Rasmussen, Studies in Inter-Sectoral Relations, 1956 (power and sensitivity of
 * dispersion and their coefficients of variation, sample standard deviation); Chenery and Watanabe,
 * Econometrica 26 (1958) (direct linkages); Jones, Review of Economics and Statistics 58 (1976)
 * (forward from Ghosh); Miller and Blair 2009, chapters 6 (multipliers, type II) and 12
 * (linkages over their mean); Dietzenbacher and van der Linden, Journal of Regional Science 37
 * (1997), Miller and Lahr 2001 (extraction); Paelinck, de Caevel and Degueldre 1965 (full).
 *
 * No extraction solves a system of its own: with L known, a column, a row or both set to zero is a
 * change of rank one or two, and the loss is a closed form in row and column k of L. */
#include "io_int.h"
#include <math.h>

/* ---- a result by columns ---- */

#define COLUMNS_MAX 40
struct result {
    const struct io *io;
    const char *name[COLUMNS_MAX];
    double *v[COLUMNS_MAX];
    size_t count;
};

static double *add(struct result *r, const char *name)
{
    r->name[r->count] = name;
    return r->v[r->count++] = io_new(r->io->a, r->io->n);
}

static void write_result(const struct result *r, struct str region)
{
    struct analysis *a = r->io->a;
    int label = region.len > 0 ? table_add_column(&a->out, "region") : -1;
    int sector = table_add_column(&a->out, "sector");
    int first = sector + 1;
    for (size_t c = 0; c < r->count; c++)
        table_add_column(&a->out, r->name[c]);
    for (size_t i = 0; i < r->io->n; i++) {
        if (label >= 0)
            table_push(&a->out, label, region);
        table_push(&a->out, sector, r->io->name[i]);
        for (size_t c = 0; c < r->count; c++)
            table_push_number(&a->out, first + (int)c, r->v[c][i]);
        table_end_row(&a->out);
    }
}

/* ---- extraction of sector k: total output lost ---- */

/* column sum k without the diagonal, times x_k / l_kk: what the others lose with all of k */
static double lost_others(const struct io *io, const double *l, const double *sum, size_t k)
{
    double own = l[k * io->n + k];
    return io_ratio((sum[k] - own) * io->output[k], own);
}

static double lost_full(const struct io *io, const double *l, const double *sum, size_t k)
{
    return lost_others(io, l, sum, k) + io->output[k];
}

/* The column (or row) of k is zero: what k needs (or allots) comes from outside. */
static double lost_one_way(const struct io *io, const double *l, const double *sum, size_t k)
{
    return io_ratio((sum[k] - 1) * io->output[k], l[k * io->n + k]);
}

/* Column and row of k are zero but for a_kk; k makes for its own outside `source` only. */
static double lost_both_ways(const struct io *io, const double *l, const double *sum,
                             const double *source, size_t k)
{
    double alone = io_ratio(source[k], 1 - io->coef[k * io->n + k]);
    return lost_others(io, l, sum, k) + io->output[k] - alone;
}

enum kind { FULL, FULL_OTHERS, BACKWARD_TOTAL, FORWARD_TOTAL, BACKWARD, FORWARD, KINDS };
static const struct {
    const char *option, *column;
} kinds[KINDS] = {
    [FULL] = {"full",           "output_lost_total_own"        },
    [FULL_OTHERS] = {"full",           "output_lost_other_sectors_own"},
    [BACKWARD_TOTAL] = {"backward_total", "extract_backward_total"       },
    [FORWARD_TOTAL] = {"forward_total",  "extract_forward_total"        },
    [BACKWARD] = {"backward",       "extract_backward"             },
    [FORWARD] = {"forward",        "extract_forward"              },
};

/* What every result needs: the inverses, and the sums that are multipliers. */
struct solved {
    const double *l, *g;
    double *column_l, *row_g;
};

static double lost(const struct io *io, const struct solved *s, enum kind kind, size_t k)
{
    switch (kind) {
    case FULL:
        return lost_full(io, s->l, s->column_l, k);
    case FULL_OTHERS:
        return lost_others(io, s->l, s->column_l, k);
    case BACKWARD_TOTAL:
        return lost_both_ways(io, s->l, s->column_l, io->demand, k);
    case FORWARD_TOTAL:
        return lost_both_ways(io, s->g, s->row_g, io->added, k);
    case BACKWARD:
        return lost_one_way(io, s->l, s->column_l, k);
    default:
        return lost_one_way(io, s->g, s->row_g, k);
    }
}

static void add_kind(struct result *r, const struct solved *s, enum kind kind)
{
    double *v = add(r, kinds[kind].column);
    for (size_t k = 0; k < r->io->n; k++)
        v[k] = lost(r->io, s, kind, k);
}

static enum code solve(struct analysis *a, struct io *io, struct solved *s, struct error *err)
{
    TRY(io_load(a, a->option[0], io, err));
    TRY(io_solve(io, err));
    *s = (struct solved){io->l, io_ghosh(io), io_new(a, io->n), io_new(a, io->n)};
    io_column_sums(s->l, io->n, s->column_l);
    io_row_sums(s->g, io->n, s->row_g);
    return OK;
}

static void copy(struct result *r, const char *name, const double *v)
{
    memcpy(add(r, name), v, r->io->n * sizeof *v);
}

enum code io_run_extraction(struct analysis *a, struct error *err)
{
    struct io io;
    struct solved s;
    TRY(solve(a, &io, &s, err));
    struct result r = {.io = &io};
    copy(&r, "x", io.output);
    for (int kind = 0; kind < KINDS; kind++)
        if (str_is(a->option[1], "all") || str_is(a->option[1], kinds[kind].option))
            add_kind(&r, &s, (enum kind)kind);
    write_result(&r, STR(""));
    note(a,
         "output lost when sector k is taken out. full: row, column and final demand of k removed; "
         "backward_total: row and column of k in A zero, a_kk and final demand kept; backward: "
         "column of k in A zero; forward_total, forward: the same with rows of B (Ghosh); empty "
         "where a sector uses up all it makes");
    return OK;
}

/* ---- linkages ---- */

/* Over the mean of all sectors. */
static void add_over_mean(struct result *r, const char *name, const double *v)
{
    double *out = add(r, name), mean = 0;
    for (size_t i = 0; i < r->io->n; i++)
        mean += v[i] / (double)r->io->n;
    for (size_t i = 0; i < r->io->n; i++)
        out[i] = io_ratio(v[i], mean);
}

/* Coefficient of variation of n numbers, `step` apart; needs two. */
static double variation(const double *v, size_t n, size_t step)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += v[i * step] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (v[i * step] - mean) * (v[i * step] - mean);
    return n < 2 ? NAN : io_ratio(sqrt(squares / (double)(n - 1)), mean);
}

/* R leontief 0.3 takes the deviations of column (row) k from their mean, but sums them over the
 * other index, row (column) j; kept under its name for who must reproduce it. */
static double variation_crossed(const double *l, const double *mean, size_t n, size_t j,
                                size_t step)
{
    size_t across = step == 1 ? n : 1;
    double squares = 0;
    for (size_t k = 0; k < n; k++) {
        double d = l[j * across + k * step] - mean[k];
        squares += d * d;
    }
    return n < 2 ? NAN : io_ratio(sqrt(squares / (double)(n - 1)), mean[j]);
}

static void add_variations(struct result *r, bool crossed)
{
    size_t n = r->io->n;
    const double *l = r->io->l;
    double *power = add(r, "power_dispersion_cv"),
           *sensitivity = add(r, "sensitivity_dispersion_cv");
    double *columns = io_new(r->io->a, n), *rows = io_new(r->io->a, n);
    io_column_sums(l, n, columns);
    io_row_sums(l, n, rows);
    for (size_t k = 0; k < n; k++) {
        columns[k] /= (double)n;
        rows[k] /= (double)n;
    }
    for (size_t k = 0; k < n; k++) {
        power[k] = crossed ? variation_crossed(l, columns, n, k, 1) : variation(l + k, n, n);
        sensitivity[k] = crossed ? variation_crossed(l, rows, n, k, n) : variation(l + k * n, n, 1);
    }
}

static void add_linkages(struct result *r, const struct solved *s)
{
    const struct io *io = r->io;
    size_t n = io->n;
    double *sums = io_new(io->a, n);
    copy(r, "output_multiplier", s->column_l);
    io_column_sums(io->coef, n, add(r, "direct_backward"));
    io_row_sums(io->coef, n, add(r, "direct_forward_A"));
    add_over_mean(r, "power_dispersion", s->column_l);
    io_row_sums(io->l, n, sums);
    add_over_mean(r, "sensitivity_dispersion", sums);
    add_variations(r, str_is(io->a->option[5], "r-leontief"));
    copy(r, "ghosh_input_multiplier", s->row_g);
    io_column_sums(io->coef, n, sums);
    add_over_mean(r, "bl_direct_norm", sums);
    for (size_t i = 0; i < n; i++) {
        sums[i] = 0;
        for (size_t j = 0; j < n; j++)
            sums[i] += io->z[i * n + j] / io->output[i];
    }
    add_over_mean(r, "fl_direct_norm_ghosh", sums);
    add_over_mean(r, "bl_total_norm", s->column_l);
    add_over_mean(r, "fl_total_norm_ghosh", s->row_g);
}

/* ---- income, employment, households ---- */

/* Sum over i of v_i / x_i l_ij: per unit of final demand for j. */
static void add_multiplier(struct result *r, const char *name, const double *v)
{
    const struct io *io = r->io;
    double *out = add(r, name);
    for (size_t i = 0; i < io->n; i++)
        for (size_t j = 0; j < io->n; j++)
            out[j] += v[i] / io->output[i] * io->l[i * io->n + j];
}

static enum code add_type2(struct result *r, const struct solved *s, const double *income,
                           const double *consumption, const double *employment, struct error *err)
{
    const struct io *io = r->io;
    struct io_closed c;
    TRY(io_close(io, income, consumption, &c, err));
    double total = 0, jobs = 0;
    for (size_t i = 0; i < io->n; i++) {
        total += c.p[i];
        jobs += employment != NULL ? employment[i] / io->output[i] * c.p[i] : 0;
    }
    double *open = add(r, "type2_output_multiplier_own");
    double *with = add(r, "type2_output_multiplier_with_household_row_own");
    double *earned = add(r, "type2_income_multiplier");
    for (size_t j = 0; j < io->n; j++) {
        open[j] = s->column_l[j] + total * c.q[j] / c.d;
        with[j] = open[j] + c.q[j] / c.d;
        earned[j] = c.q[j] / c.d;
    }
    if (employment == NULL)
        return OK;
    add_multiplier(r, "type2_employment_multiplier", employment);
    for (size_t j = 0; j < io->n; j++)
        r->v[r->count - 1][j] += jobs * c.q[j] / c.d;
    return OK;
}

static enum code add_people(struct result *r, const struct solved *s, struct error *err)
{
    struct analysis *a = r->io->a;
    double *income = NULL, *employment = NULL, *consumption = NULL;
    TRY(io_vector(r->io, a->option[2], io_income, &income, err));
    TRY(io_vector(r->io, a->option[3], io_employment, &employment, err));
    TRY(io_vector(r->io, a->option[4], io_consumption, &consumption, err));
    if (income != NULL)
        add_multiplier(r, "income_multiplier", income);
    if (employment != NULL)
        add_multiplier(r, "employment_multiplier", employment);
    if (income == NULL || consumption == NULL)
        return OK;
    note(a, "type II: closed with households, column = household consumption / sum of income, "
            "row = income / output");
    return add_type2(r, s, income, consumption, employment, err);
}

enum code io_run_sectors(struct analysis *a, struct error *err)
{
    struct io io;
    struct solved s;
    TRY(solve(a, &io, &s, err));
    struct result r = {.io = &io};
    copy(&r, "x", io.output);
    add_linkages(&r, &s);
    static const enum kind extracted[] = {BACKWARD_TOTAL, FORWARD_TOTAL, BACKWARD, FORWARD};
    for (size_t i = 0; i < sizeof extracted / sizeof *extracted; i++)
        add_kind(&r, &s, extracted[i]);
    TRY(add_people(&r, &s, err));
    write_result(&r, a->option[1]);
    note(
        a,
        "output = row sum of flows + final demand; dispersion after Rasmussen (column and row sums "
        "of L over their mean); *_cv as %.*s (sample standard deviation over mean); "
        "fl_*_norm_ghosh "
        "from output coefficients",
        STR_ARG(a->option[5]));
    return OK;
}
