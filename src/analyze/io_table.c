/* io_table.c - reading an input-output table: flows, final demand, output, other vectors.
 * Output is the row sum of the flows plus final demand (Miller and Blair, Input-Output Analysis,
 * 2nd ed. 2009, chapter 2). Not here: what is computed from it. */
#include "io_int.h"
#include <math.h>

const char *const io_income[] = {"wage", "wages", "compensation", "income", NULL};
const char *const io_employment[] = {"employees", "employment", "employment_thousand", NULL};
const char *const io_consumption[] = {"household_consumption", "household", "households", NULL};

double *io_new(struct analysis *a, size_t count)
{
    return arena_alloc(&a->arena, (count + 1) * sizeof(double));
}

double io_ratio(double num, double den)
{
    return den == 0 ? NAN : num / den;
}

/* ---- names ---- */

static bool same_word(struct str s, const char *word)
{
    if (s.len != strlen(word))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != word[i])
            return false;
    }
    return true;
}

bool io_is_total(struct str name)
{
    static const char *const words[] = {"total", "totals", "sum",  "合计",
                                        "总计",  "小计",   "总和", "共计"};
    struct str s = str_trim(name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same_word(s, words[i]))
            return true;
    return false;
}

static ptrdiff_t find(const struct str *names, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(names[i], name))
            return (ptrdiff_t)i;
    return -1;
}

ptrdiff_t io_find(const struct io *io, struct str name)
{
    return find(io->name, io->n, name);
}

static enum code place_row(struct analysis *a, const struct table *t, size_t r,
                           const struct str *name, size_t n, size_t *row, struct error *err)
{
    struct str key = str_trim(table_cell(t, 0, r));
    ptrdiff_t i = find(name, n, key);
    if (i < 0 && io_is_total(key)) {
        note(a, "row '%.*s' of '%.*s' is a total and was left out", STR_ARG(key), STR_ARG(t->name));
        return OK;
    }
    if (i < 0)
        return error_at(err, E_INPUT, (uint32_t)r + 2, 1,
                        "row '%.*s' of '%.*s' is no sector of '%.*s'", STR_ARG(key),
                        STR_ARG(t->name), STR_ARG(a->in[0].name));
    if (row[i] != SIZE_MAX)
        return error_at(err, E_CONFLICT, (uint32_t)r + 2, 1, "sector '%.*s' has two rows in '%.*s'",
                        STR_ARG(key), STR_ARG(t->name));
    row[i] = r;
    return OK;
}

enum code io_rows(struct analysis *a, const struct table *t, const struct str *name, size_t n,
                  size_t *row, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        row[i] = SIZE_MAX;
    for (size_t r = 0; r < t->rows; r++)
        TRY(place_row(a, t, r, name, n, row, err));
    for (size_t i = 0; i < n; i++)
        if (row[i] == SIZE_MAX)
            return error_set(err, E_MISSING, "sector '%.*s' has no row in '%.*s'", STR_ARG(name[i]),
                             STR_ARG(t->name));
    return OK;
}

/* ---- flows ---- */

/* The sectors are the columns after the first; column[i] is where sector i stands. */
static enum code read_names(struct io *io, int *column, struct error *err)
{
    const struct table *t = &io->a->in[0];
    for (size_t c = 1; c < t->columns.len; c++) {
        struct str name = t->columns.v[c].name;
        if (io_is_total(name)) {
            note(io->a, "column '%.*s' of '%.*s' is a total and was left out", STR_ARG(name),
                 STR_ARG(t->name));
            continue;
        }
        column[io->n] = (int)c;
        io->name[io->n++] = name;
    }
    if (io->n == 0)
        return error_set(err, E_INPUT,
                         "'%.*s' has no sectors: a first column of names and one "
                         "column per sector were expected",
                         STR_ARG(t->name));
    return OK;
}

static enum code read_flows(struct io *io, struct error *err)
{
    struct analysis *a = io->a;
    const struct table *t = &a->in[0];
    io->name = arena_alloc(&a->arena, t->columns.len * sizeof *io->name);
    int *column = arena_alloc(&a->arena, t->columns.len * sizeof *column);
    TRY(read_names(io, column, err));
    size_t n = io->n, negative = 0;
    size_t *row = arena_alloc(&a->arena, n * sizeof *row);
    TRY(io_rows(a, t, io->name, n, row, err));
    io->z = io_new(a, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            TRY(table_number(t, column[j], row[i], false, &io->z[i * n + j], err));
            negative += io->z[i * n + j] < 0;
        }
    if (negative > 0)
        note(a, "%zu flows of '%.*s' are negative: multipliers may be below one", negative,
             STR_ARG(t->name));
    return OK;
}

/* ---- vectors ---- */

static enum code read_column(const struct io *io, int column, double *out, struct error *err)
{
    for (size_t i = 0; i < io->n; i++)
        TRY(table_number(&io->a->in[1], column, io->row[i], false, &out[i], err));
    return OK;
}

enum code io_vector(const struct io *io, struct str given, const char *const *usual, double **out,
                    struct error *err)
{
    const struct table *t = &io->a->in[1];
    int column = -1;
    *out = NULL;
    if (given.len > 0)
        TRY(table_need(t, arena_z(&io->a->arena, given), &column, err));
    for (size_t i = 0; column < 0 && usual[i] != NULL; i++)
        column = table_column(t, usual[i]);
    if (column < 0)
        return OK;
    *out = io_new(io->a, io->n);
    return read_column(io, column, *out, err);
}

static enum code sum_columns(const struct io *io, struct error *err)
{
    const struct table *t = &io->a->in[1];
    double *part = io_new(io->a, io->n);
    for (size_t c = 1; c < t->columns.len; c++) {
        if (io_is_total(t->columns.v[c].name)) {
            note(io->a, "column '%.*s' of '%.*s' is a total and was left out",
                 STR_ARG(t->columns.v[c].name), STR_ARG(t->name));
            continue;
        }
        TRY(read_column(io, (int)c, part, err));
        for (size_t i = 0; i < io->n; i++)
            io->demand[i] += part[i];
    }
    return OK;
}

/* A column 'output' that says otherwise than the sums is told, not followed. */
static enum code compare_output(const struct io *io, struct error *err)
{
    static const char *const usual[] = {"output", NULL};
    double *said = NULL, worst = 0;
    size_t at = 0;
    TRY(io_vector(io, STR(""), usual, &said, err));
    for (size_t i = 0; said != NULL && i < io->n; i++) {
        double off = fabs(said[i] - io->output[i]) / fmax(fabs(io->output[i]), 1e-300);
        if (off > worst) {
            worst = off;
            at = i;
        }
    }
    if (worst > 1e-9)
        note(io->a,
             "output is the row sum of flows plus final demand; column 'output' differs by "
             "up to %.3g (sector '%.*s') and is not used",
             worst, STR_ARG(io->name[at]));
    return OK;
}

static enum code residual_demand(const struct io *io, struct error *err)
{
    int column = table_column(&io->a->in[1], "output");
    if (column < 0)
        return table_need(&io->a->in[1], "final_demand", &column, err);
    TRY(read_column(io, column, io->demand, err));
    for (size_t i = 0; i < io->n; i++)
        for (size_t j = 0; j < io->n; j++)
            io->demand[i] -= io->z[i * io->n + j];
    note(io->a, "final demand is the column 'output' minus the row sum of flows");
    return OK;
}

static enum code read_demand(struct io *io, struct str given, struct error *err)
{
    io->demand = io_new(io->a, io->n);
    if (str_is(given, "all")) {
        TRY(sum_columns(io, err));
        note(io->a, "final demand is the sum of all columns of '%.*s'", STR_ARG(io->a->in[1].name));
        return OK;
    }
    int column = table_column(&io->a->in[1], "final_demand");
    if (given.len > 0)
        TRY(table_need(&io->a->in[1], arena_z(&io->a->arena, given), &column, err));
    if (column < 0)
        return residual_demand(io, err);
    return read_column(io, column, io->demand, err);
}

/* ---- output, and sectors without ---- */

static enum code sum_output(struct io *io, bool *keep, struct error *err)
{
    size_t n = io->n;
    io->output = io_new(io->a, n);
    for (size_t i = 0; i < n; i++) {
        double x = io->demand[i], size = fabs(x);
        for (size_t j = 0; j < n; j++) {
            x += io->z[i * n + j];
            size += fabs(io->z[i * n + j]);
        }
        if (!isfinite(size))
            return error_set(err, E_RANGE, "the output of sector '%.*s' left the range of numbers",
                             STR_ARG(io->name[i]));
        /* what is left of a sum that cancels to the last digits is rounding, not output */
        keep[i] = fabs(x) > 1e-13 * size;
        if (keep[i] && x < 0)
            return error_at(err, E_INPUT, (uint32_t)io->row[i] + 2, 0,
                            "sector '%.*s' has negative output %.6g", STR_ARG(io->name[i]), x);
        io->output[i] = x;
    }
    return OK;
}

static double bought(const struct io *io, size_t j)
{
    double size = 0;
    for (size_t i = 0; i < io->n; i++)
        size += fabs(io->z[i * io->n + j]);
    return size;
}

static void tell_dropped(const struct io *io, size_t k)
{
    if (bought(io, k) > 0)
        note(io->a,
             "sector '%.*s' has no output and was dropped; its purchases count as final "
             "demand",
             STR_ARG(io->name[k]));
    else
        note(io->a, "sector '%.*s' has no output and was dropped", STR_ARG(io->name[k]));
}

/* Moves what is kept to the front; arrays shrink in place. */
static void drop(struct io *io, const bool *keep)
{
    size_t n = io->n, kept = 0, at = 0;
    for (size_t j = 0; j < n; j++) {
        if (keep[j])
            continue;
        tell_dropped(io, j);
        for (size_t i = 0; i < n; i++)
            io->demand[i] += io->z[i * n + j];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (keep[i] && keep[j])
                io->z[at++] = io->z[i * n + j];
    for (size_t i = 0; i < n; i++) {
        if (!keep[i])
            continue;
        io->name[kept] = io->name[i];
        io->demand[kept] = io->demand[i];
        io->output[kept] = io->output[i];
        io->row[kept++] = io->row[i];
    }
    io->n = kept;
}

static void subtract_inputs(struct io *io)
{
    size_t losing = 0, first = 0;
    io->added = io_new(io->a, io->n);
    io_column_sums(io->z, io->n, io->added);
    for (size_t j = 0; j < io->n; j++) {
        io->added[j] = io->output[j] - io->added[j];
        if (io->added[j] < 0 && losing++ == 0)
            first = j;
    }
    if (losing > 0)
        note(io->a,
             "%zu sectors buy more than they make (first: '%.*s'): their value added is "
             "negative",
             losing, STR_ARG(io->name[first]));
}

enum code io_load(struct analysis *a, struct str demand, struct io *io, struct error *err)
{
    *io = (struct io){.a = a};
    TRY(read_flows(io, err));
    io->row = arena_alloc(&a->arena, io->n * sizeof *io->row);
    TRY(io_rows(a, &a->in[1], io->name, io->n, io->row, err));
    TRY(read_demand(io, demand, err));
    bool *keep = arena_alloc(&a->arena, io->n * sizeof *keep);
    TRY(sum_output(io, keep, err));
    drop(io, keep);
    if (io->n == 0)
        return error_set(err, E_INPUT, "no sector of '%.*s' has output", STR_ARG(a->in[0].name));
    TRY(compare_output(io, err));
    subtract_inputs(io);
    return OK;
}
