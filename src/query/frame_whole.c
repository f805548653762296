/* frame_whole.c - a frame without gaps: rows and columns that lack most are left out, by name. */
#include "query/query_int.h"

static size_t lacking(const struct frame *f, bool row, uint32_t at, size_t *of)
{
    size_t n = 0;
    *of = 0;
    for (size_t i = 0; i < f->cells.len; i++)
        if ((row ? f->cells.v[i].row : f->cells.v[i].column) == at) {
            (*of)++;
            n += f->cells.v[i].missing;
        }
    return n;
}

/* The row or column that lacks the greatest part of its cells; a column before a row of the same
 * part, the later one before the earlier. */
static bool worst(const struct frame *f, bool *row, uint32_t *at)
{
    size_t best_n = 0, best_of = 1, n, of;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < (pass ? f->rows.len : f->columns.len); i++) {
            n = lacking(f, pass == 1, (uint32_t)i, &of);
            bool more = n * best_of > best_n * of, same = n && n * best_of == best_n * of;
            if (more || (same && !pass)) {
                best_n = n;
                best_of = of;
                *row = pass == 1;
                *at = (uint32_t)i;
            }
        }
    return best_n > 0;
}

static void drop(struct frame *f, bool row, uint32_t at)
{
    size_t kept = 0, n, of;
    struct frame_name *names = row ? f->rows.v : f->columns.v;
    size_t *len = row ? &f->rows.len : &f->columns.len;
    n = lacking(f, row, at, &of);
    frame_leave(f, names[at].name, row ? "row-incomplete" : "column-incomplete",
                arena_fmt(&f->arena, "%zu/%zu", of - n, of));
    for (size_t i = 0; i < f->cells.len; i++) {
        struct frame_cell c = f->cells.v[i];
        uint32_t *place = row ? &c.row : &c.column;
        if (*place == at) {
            *(c.missing ? &f->missing : &f->have) -= 1;
            f->provisional -= c.provisional && !c.missing;
            f->bounds -= !c.missing && c.figure.qualifier != Q_EQ && c.figure.qualifier != Q_APPROX;
            continue;
        }
        *place -= *place > at;
        f->cells.v[kept++] = c;
    }
    f->cells.len = kept;
    memmove(&names[at], &names[at + 1], (*len - at - 1) * sizeof *names);
    (*len)--;
}

void frame_complete(struct frame *f)
{
    bool row;
    uint32_t at;
    while (f->missing && worst(f, &row, &at))
        drop(f, row, at);
}
