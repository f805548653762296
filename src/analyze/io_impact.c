/* io_impact.c - what a change of final demand, or sectors that stop, do to every sector.
 * Sources: Miller and Blair, Input-Output Analysis, 2nd ed. 2009, chapters 2 (dx = L df, closed
 * with households) and 13 (mixed model: output of the stopped sectors is given, the final demand of
 * all others). With K the stopped sectors the mixed model is dx_i = L_iK (L_KK)^-1 dx_K for buyers
 * looking back, and dx_j = dx_K (G_KK)^-1 G_Kj forward. */
#include "io_int.h"
#include <lapacke.h>
#include <math.h>

enum { DEMAND, STOPPED, SHARE, DIRECTION, MODEL, INCOME, EMPLOYMENT, CONSUMPTION };

struct impact {
    const struct io *io;
    double *demand; /* change of final demand; NULL for a stop */
    double *direct, *induced, *total;
};

/* ---- a change of final demand ---- */

static enum code read_change(struct impact *im, struct error *err)
{
    const struct io *io = im->io;
    const struct table *t = &io->a->in[2];
    int column = -1;
    TRY(table_need(t, "change", &column, err));
    bool *seen = arena_alloc(&io->a->arena, io->n * sizeof *seen);
    im->demand = io_new(io->a, io->n);
    for (size_t r = 0; r < t->rows; r++) {
        struct str key = str_trim(table_cell(t, 0, r));
        ptrdiff_t i = io_find(io, key);
        if (i < 0)
            return error_at(err, E_INPUT, (uint32_t)r + 2, 1,
                            "'%.*s' in '%.*s' is no sector with output", STR_ARG(key),
                            STR_ARG(t->name));
        if (seen[i])
            return error_at(err, E_CONFLICT, (uint32_t)r + 2, 1,
                            "sector '%.*s' has two rows in '%.*s'", STR_ARG(key), STR_ARG(t->name));
        seen[i] = true;
        TRY(table_number(t, column, r, false, &im->demand[i], err));
    }
    return OK;
}

static enum code add_induced(struct impact *im, const double *income, const double *consumption,
                             struct error *err)
{
    const struct io *io = im->io;
    struct io_closed c;
    double earned = 0;
    TRY(io_close(io, income, consumption, &c, err));
    for (size_t j = 0; j < io->n; j++)
        earned += c.q[j] * im->demand[j];
    im->induced = io_new(io->a, io->n);
    for (size_t i = 0; i < io->n; i++) {
        im->induced[i] = c.p[i] * earned / c.d;
        im->total[i] += im->induced[i];
    }
    return OK;
}

static enum code change_demand(struct impact *im, const double *income, const double *consumption,
                               struct error *err)
{
    const struct io *io = im->io;
    bool closed = str_is(io->a->option[MODEL], "closed");
    TRY(read_change(im, err));
    for (size_t i = 0; i < io->n; i++) {
        im->direct[i] = im->demand[i];
        for (size_t j = 0; j < io->n; j++)
            im->total[i] += io->l[i * io->n + j] * im->demand[j];
    }
    note(io->a, "change of output = L times change of final demand%s",
         closed ? ", closed with households" : "");
    if (!closed)
        return OK;
    if (income == NULL || consumption == NULL)
        return error_set(err, E_MISSING,
                         "the model closed with households needs columns of income "
                         "and of household consumption in '%.*s'",
                         STR_ARG(io->a->in[1].name));
    return add_induced(im, income, consumption, err);
}

/* ---- sectors that stop ---- */

struct stop {
    size_t *k, count;
    double *loss; /* of each, negative */
};

static enum code add_stopped(const struct io *io, struct str name, double share, struct stop *s,
                             struct error *err)
{
    ptrdiff_t i = io_find(io, name);
    if (i < 0)
        return error_set(err, E_MISSING, "'%.*s' is no sector with output", STR_ARG(name));
    for (size_t j = 0; j < s->count; j++)
        if (s->k[j] == (size_t)i)
            return error_set(err, E_CONFLICT, "sector '%.*s' is stopped twice", STR_ARG(name));
    s->loss[s->count] = -share * io->output[i];
    s->k[s->count++] = (size_t)i;
    return OK;
}

static enum code read_stopped(const struct io *io, struct stop *s, struct error *err)
{
    struct analysis *a = io->a;
    double share = strtod(arena_z(&a->arena, a->option[SHARE]), NULL);
    if (!(share > 0 && share <= 1))
        return error_set(err, E_INPUT, "option 'share' is above 0 and at most 1, not '%.*s'",
                         STR_ARG(a->option[SHARE]));
    *s = (struct stop){arena_alloc(&a->arena, io->n * sizeof(size_t)), 0, io_new(a, io->n)};
    for (struct str rest = a->option[STOPPED]; rest.ptr != NULL;)
        TRY(add_stopped(io, str_trim(str_cut(rest, ';', &rest)), share, s, err));
    return OK;
}

/* The block of stopped sectors of m, and its solution for their losses. */
static enum code solve_block(const struct io *io, const double *m, bool transposed,
                             const struct stop *s, double *y, struct error *err)
{
    lapack_int count = (lapack_int)s->count;
    double *block = io_new(io->a, s->count * s->count);
    lapack_int *pivot = arena_alloc(&io->a->arena, s->count * sizeof *pivot);
    for (size_t p = 0; p < s->count; p++)
        for (size_t q = 0; q < s->count; q++) /* by columns: row p, column q */
            block[q * s->count + p] =
                transposed ? m[s->k[q] * io->n + s->k[p]] : m[s->k[p] * io->n + s->k[q]];
    memcpy(y, s->loss, s->count * sizeof *y);
    if (LAPACKE_dgesv(LAPACK_COL_MAJOR, count, 1, block, count, pivot, y, count) != 0)
        return error_set(err, E_RANGE,
                         "the stopped sectors cannot be told apart: their block of the "
                         "inverse is singular");
    return OK;
}

static enum code stop_sectors(struct impact *im, struct error *err)
{
    const struct io *io = im->io;
    bool forward = str_is(io->a->option[DIRECTION], "forward");
    const double *m = forward ? io_ghosh(io) : io->l;
    struct stop s = {0};
    TRY(read_stopped(io, &s, err));
    double *y = io_new(io->a, s.count);
    TRY(solve_block(io, m, forward, &s, y, err));
    for (size_t i = 0; i < io->n; i++)
        for (size_t p = 0; p < s.count; p++)
            im->total[i] += (forward ? m[s.k[p] * io->n + i] : m[i * io->n + s.k[p]]) * y[p];
    for (size_t p = 0; p < s.count; p++)
        im->direct[s.k[p]] = im->total[s.k[p]] = s.loss[p];
    note(io->a, forward ? "output of the stopped sectors is given; their buyers lose in proportion "
                          "(Ghosh, shares of sales fixed, inputs replace each other)"
                        : "output of the stopped sectors is given; their suppliers lose orders "
                          "(Leontief, shares of inputs fixed)");
    return OK;
}

/* ---- the result ---- */

static void write_column(struct table *out, int column, double v)
{
    if (column >= 0)
        table_push_number(out, column, v);
}

static void write_impact(const struct impact *im, const double *income, const double *employment)
{
    const struct io *io = im->io;
    struct table *out = &io->a->out;
    int sector = table_add_column(out, "sector"), x = table_add_column(out, "x");
    int total = table_add_column(out, "output_change");
    int direct = table_add_column(out, "output_change_direct");
    int indirect = table_add_column(out, "output_change_indirect");
    int induced = im->induced != NULL ? table_add_column(out, "output_change_induced") : -1;
    int percent = table_add_column(out, "output_change_percent");
    int added = table_add_column(out, "value_added_change");
    int earned = income != NULL ? table_add_column(out, "income_change") : -1;
    int jobs = employment != NULL ? table_add_column(out, "employment_change") : -1;
    for (size_t i = 0; i < io->n; i++) {
        double by_households = im->induced != NULL ? im->induced[i] : 0;
        double relative = im->total[i] / io->output[i];
        table_push(out, sector, io->name[i]);
        table_push_number(out, x, io->output[i]);
        table_push_number(out, total, im->total[i]);
        table_push_number(out, direct, im->direct[i]);
        table_push_number(out, indirect, im->total[i] - im->direct[i] - by_households);
        write_column(out, induced, by_households);
        table_push_number(out, percent, 100 * relative);
        table_push_number(out, added, io->added[i] * relative);
        write_column(out, earned, income != NULL ? income[i] * relative : 0);
        write_column(out, jobs, employment != NULL ? employment[i] * relative : 0);
        table_end_row(out);
    }
}

static void tell_negative(const struct impact *im)
{
    for (size_t i = 0; i < im->io->n; i++)
        if (im->io->output[i] + im->total[i] < -1e-9 * im->io->output[i])
            note(im->io->a,
                 "sector '%.*s' would lose more than all of its output: the change is "
                 "beyond what the linear model can tell",
                 STR_ARG(im->io->name[i]));
}

enum code io_run_impact(struct analysis *a, struct error *err)
{
    struct io io;
    bool stops = a->option[STOPPED].len > 0;
    if (stops == (a->in_count > 2))
        return error_set(err, E_INPUT,
                         "either a third input of changes or option 'stopped' was "
                         "expected, %s given",
                         stops ? "both were" : "none was");
    if (stops && str_is(a->option[MODEL], "closed"))
        return error_set(err, E_INPUT, "stopped sectors are computed in the open model only");
    TRY(io_load(a, a->option[0], &io, err));
    TRY(io_solve(&io, err));
    double *income = NULL, *employment = NULL, *consumption = NULL;
    TRY(io_vector(&io, a->option[INCOME], io_income, &income, err));
    TRY(io_vector(&io, a->option[EMPLOYMENT], io_employment, &employment, err));
    TRY(io_vector(&io, a->option[CONSUMPTION], io_consumption, &consumption, err));
    struct impact im = {&io, NULL, io_new(a, io.n), NULL, io_new(a, io.n)};
    TRY(stops ? stop_sectors(&im, err) : change_demand(&im, income, consumption, err));
    tell_negative(&im);
    write_impact(&im, income, employment);
    return OK;
}
