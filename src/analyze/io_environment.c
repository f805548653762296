/* io_environment.c - factors of production (emissions, water, jobs) extended by the table: who
 * emits, for whom. Rows of F are factors, columns sectors; sectors are named region.sector.
 * Sources: Miller and Blair 2009, chapter 10; accounts as named by Stadler, Pymrio,
 * Journal of Open Research Software 9 (2021): S = F / x, M = S L, D_pba = F (by producer),
 * D_cba(r.s) = sum over regions q of M(q.s) times what region r finally uses of s from q. */
#include "io_int.h"
#include <math.h>

struct regions {
    struct str *region; /* names in order of appearance */
    size_t count;
    struct str *product;
    size_t products;
    size_t *region_of, *product_of; /* sector -> */
};

struct environment {
    struct io io;
    struct regions places;
    double *use; /* final use: sector i by region r at [i * count + r] */
    size_t factors;
    struct str *factor;
    double *f; /* factors x n */
};

static size_t place(struct str *list, size_t *count, struct str name)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(list[i], name))
            return i;
    list[*count] = name;
    return (*count)++;
}

/* "region.sector"; a name without a dot has the region "". */
static struct str split(struct str name, struct str *product)
{
    struct str region = str_cut(name, '.', product);
    if (product->ptr != NULL)
        return region;
    *product = name;
    return STR("");
}

static void find_regions(struct environment *e)
{
    struct io *io = &e->io;
    struct arena *arena = &io->a->arena;
    struct regions *p = &e->places;
    p->region = arena_alloc(arena, io->n * sizeof *p->region);
    p->product = arena_alloc(arena, io->n * sizeof *p->product);
    p->region_of = arena_alloc(arena, io->n * sizeof *p->region_of);
    p->product_of = arena_alloc(arena, io->n * sizeof *p->product_of);
    for (size_t i = 0; i < io->n; i++) {
        struct str product, region = split(io->name[i], &product);
        p->region_of[i] = place(p->region, &p->count, region);
        p->product_of[i] = place(p->product, &p->products, product);
    }
}

/* The columns of Y by the region that uses; with one region all are its own. */
static enum code read_use(struct environment *e, struct error *err)
{
    const struct io *io = &e->io;
    const struct table *t = &io->a->in[1];
    size_t count = e->places.count;
    e->use = io_new(io->a, io->n * count);
    for (size_t c = 1; c < t->columns.len; c++) {
        struct str rest, name = t->columns.v[c].name, region = split(name, &rest);
        if (io_is_total(name))
            continue;
        size_t r = 0;
        while (count > 1 && r < count && !str_eq(e->places.region[r], region))
            r++;
        if (r == count)
            return error_set(err, E_INPUT, "column '%.*s' of '%.*s' belongs to no region of '%.*s'",
                             STR_ARG(name), STR_ARG(t->name), STR_ARG(io->a->in[0].name));
        for (size_t i = 0; i < io->n; i++) {
            double v = 0;
            TRY(table_number(t, (int)c, io->row[i], false, &v, err));
            e->use[i * count + r] += v;
        }
    }
    return OK;
}

/* Factors of a sector without output have nobody to go to; they are told. */
static enum code check_column(const struct environment *e, const struct table *t, size_t c,
                              struct error *err)
{
    struct str name = t->columns.v[c].name;
    if (io_find(&e->io, name) >= 0)
        return OK;
    if (table_column(&e->io.a->in[0], arena_z(&e->io.a->arena, name)) < 0)
        return error_set(err, E_INPUT, "column '%.*s' of '%.*s' is no sector of '%.*s'",
                         STR_ARG(name), STR_ARG(t->name), STR_ARG(e->io.a->in[0].name));
    for (size_t r = 0; r < t->rows; r++) {
        double v = 0;
        TRY(table_number(t, (int)c, r, false, &v, err));
        if (v != 0)
            note(e->io.a, "sector '%.*s' has no output but %.6g of '%.*s', which goes to nobody",
                 STR_ARG(name), v, STR_ARG(table_cell(t, 0, r)));
    }
    return OK;
}

static enum code check_factors(struct environment *e, const struct table *t, struct error *err)
{
    for (size_t c = 1; c < t->columns.len; c++)
        TRY(check_column(e, t, c, err));
    for (size_t r = 0; r < t->rows; r++) {
        e->factor[r] = table_cell(t, 0, r);
        for (size_t q = 0; q < r; q++)
            if (str_eq(e->factor[q], e->factor[r]))
                return error_at(err, E_CONFLICT, (uint32_t)r + 2, 1,
                                "'%.*s' has two rows in '%.*s'", STR_ARG(e->factor[r]),
                                STR_ARG(t->name));
    }
    return OK;
}

static enum code read_factors(struct environment *e, struct error *err)
{
    struct io *io = &e->io;
    const struct table *t = &io->a->in[2];
    e->factors = t->rows;
    e->factor = arena_alloc(&io->a->arena, (t->rows + 1) * sizeof *e->factor);
    e->f = io_new(io->a, t->rows * io->n);
    TRY(check_factors(e, t, err));
    for (size_t j = 0; j < io->n; j++) {
        int column = -1;
        TRY(table_need(t, arena_z(&io->a->arena, io->name[j]), &column, err));
        for (size_t r = 0; r < t->rows; r++)
            TRY(table_number(t, column, r, false, &e->f[r * io->n + j], err));
    }
    return OK;
}

/* ---- accounts ---- */

static void write_accounts(const struct environment *e, const struct str *name, const double *m,
                           size_t width)
{
    struct table *out = &e->io.a->out;
    int first = table_add_column(out, "sector");
    for (size_t j = 0; j < width; j++)
        table_add_column_str(out, name[j]);
    for (size_t r = 0; r < e->factors; r++) {
        table_push(out, first, e->factor[r]);
        for (size_t j = 0; j < width; j++)
            table_push_number(out, first + 1 + (int)j, m[r * width + j]);
        table_end_row(out);
    }
}

static double *intensity(const struct environment *e)
{
    double *s = io_new(e->io.a, e->factors * e->io.n);
    for (size_t r = 0; r < e->factors; r++)
        for (size_t j = 0; j < e->io.n; j++)
            s[r * e->io.n + j] = e->f[r * e->io.n + j] / e->io.output[j];
    return s;
}

static double *multipliers(const struct environment *e)
{
    size_t n = e->io.n;
    double *s = intensity(e), *m = io_new(e->io.a, e->factors * n);
    for (size_t r = 0; r < e->factors; r++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                m[r * n + j] += s[r * n + i] * e->io.l[i * n + j];
    return m;
}

/* Every product in every region, also where only others make it. */
static void write_footprints(const struct environment *e)
{
    const struct regions *p = &e->places;
    size_t n = e->io.n, width = p->count * p->products;
    struct arena *arena = &e->io.a->arena;
    struct str *name = arena_alloc(arena, width * sizeof *name);
    double *m = multipliers(e), *d = io_new(e->io.a, e->factors * width);
    for (size_t j = 0; j < width; j++) {
        struct str region = p->region[j / p->products], product = p->product[j % p->products];
        name[j] = region.len == 0
                      ? product
                      : arena_fmt(arena, "%.*s.%.*s", STR_ARG(region), STR_ARG(product));
    }
    for (size_t r = 0; r < e->factors; r++)
        for (size_t i = 0; i < n; i++)
            for (size_t q = 0; q < p->count; q++)
                d[r * width + q * p->products + p->product_of[i]] +=
                    m[r * n + i] * e->use[i * p->count + q];
    write_accounts(e, name, d, width);
}

static enum code load(struct analysis *a, struct environment *e, struct error *err)
{
    *e = (struct environment){.factors = 0};
    TRY(io_load(a, STR("all"), &e->io, err));
    TRY(io_solve(&e->io, err));
    find_regions(e);
    TRY(read_use(e, err));
    return read_factors(e, err);
}

enum code io_run_environment(struct analysis *a, struct error *err)
{
    struct environment e;
    TRY(load(a, &e, err));
    struct str account = a->option[0];
    if (str_is(account, "D_cba"))
        write_footprints(&e);
    else
        write_accounts(&e, e.io.name,
                       str_is(account, "S")   ? intensity(&e)
                       : str_is(account, "M") ? multipliers(&e)
                                              : e.f,
                       e.io.n);
    note(a, "S = F / output, M = S L, D_cba = by the region that finally uses, D_pba = by the "
            "producer; "
            "what final users emit themselves is in none of them");
    return OK;
}
