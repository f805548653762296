/* io_matrices.c - the matrices themselves as tables: A, L and G, sellers in rows, buyers in
 * columns. How they are computed: io_inverse.c. */
#include "io_int.h"

static void write_matrix(const struct io *io, const double *m)
{
    struct table *out = &io->a->out;
    int sector = table_add_column(out, "sector");
    for (size_t j = 0; j < io->n; j++)
        table_add_column_str(out, io->name[j]);
    for (size_t i = 0; i < io->n; i++) {
        table_push(out, sector, io->name[i]);
        for (size_t j = 0; j < io->n; j++)
            table_push_number(out, sector + 1 + (int)j, m[i * io->n + j]);
        table_end_row(out);
    }
}

enum code io_run_coefficients(struct analysis *a, struct error *err)
{
    struct io io;
    TRY(io_load(a, a->option[0], &io, err));
    double *m = io_new(a, io.n * io.n);
    bool of_seller = str_is(a->option[1], "output");
    for (size_t i = 0; i < io.n; i++)
        for (size_t j = 0; j < io.n; j++)
            m[i * io.n + j] = io.z[i * io.n + j] / io.output[of_seller ? i : j];
    write_matrix(&io, m);
    note(a, of_seller ? "output coefficients B: flows over the output of the seller"
                      : "technical coefficients A: flows over the output of the buyer");
    return OK;
}

enum code io_run_leontief(struct analysis *a, struct error *err)
{
    struct io io;
    TRY(io_load(a, a->option[0], &io, err));
    TRY(io_solve(&io, err));
    write_matrix(&io, io.l);
    note(a, "L = (I - A)^-1: output of the row's sector per unit of final demand for the column's");
    return OK;
}

enum code io_run_ghosh(struct analysis *a, struct error *err)
{
    struct io io;
    TRY(io_load(a, a->option[0], &io, err));
    TRY(io_solve(&io, err));
    write_matrix(&io, io_ghosh(&io));
    note(a, "G = (I - B)^-1: output of the column's sector per unit of primary input of the row's");
    return OK;
}
