/* call.c - rows of a table, as CSV. */
#include "serve/ops.h"
#include <assert.h>

void sheet_head(struct call *c, const char *columns)
{
    struct str rest = str_z(columns);
    while (rest.ptr)
        sheet_str(c, str_cut(rest, ',', &rest));
    sheet_end(c);
}

void sheet_str(struct call *c, struct str s)
{
    assert(c->row.count < sizeof c->row.cell / sizeof *c->row.cell);
    c->row.cell[c->row.count++] = s;
}

void sheet_z(struct call *c, const char *z)
{
    sheet_str(c, str_z(z));
}

void sheet_int(struct call *c, int64_t v)
{
    sheet_str(c, arena_fmt(c->arena, "%lld", (long long)v));
}

void sheet_end(struct call *c)
{
    csv_put(c->out, c->row.cell, c->row.count);
    c->row.count = 0;
}
