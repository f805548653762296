/* frame_whole.c - a frame without gaps: rows and columns that lack most are left out, by name. */
#include "query/query_int.h"

/* Cells and gaps of each row and column. */
struct census {
    size_t *of[2], *gaps[2]; /* [0] by column, [1] by row */
};

static void census_take(const struct frame *f, struct census *n)
{
    memset(n->of[0], 0, f->columns.len * sizeof *n->of[0]);
    memset(n->gaps[0], 0, f->columns.len * sizeof *n->gaps[0]);
    memset(n->of[1], 0, f->rows.len * sizeof *n->of[1]);
    memset(n->gaps[1], 0, f->rows.len * sizeof *n->gaps[1]);
    for (size_t i = 0; i < f->cells.len; i++) {
        const struct frame_cell *c = &f->cells.v[i];
        n->of[0][c->column]++;
        n->of[1][c->row]++;
        n->gaps[0][c->column] += c->missing;
        n->gaps[1][c->row] += c->missing;
    }
}

/* The row or column that lacks the greatest part of its cells; a column before a row of the same
 * part, the later one before the earlier. */
static bool worst(const struct frame *f, const struct census *n, bool *row, uint32_t *at)
{
    size_t best_gaps = 0, best_of = 1;
    for (int by = 0; by < 2; by++)
        for (size_t i = 0; i < (by ? f->rows.len : f->columns.len); i++) {
            size_t gaps = n->gaps[by][i], of = n->of[by][i];
            bool more = gaps * best_of > best_gaps * of;
            bool same = gaps && gaps * best_of == best_gaps * of;
            if (more || (same && !by)) {
                best_gaps = gaps;
                best_of = of;
                *row = by == 1;
                *at = (uint32_t)i;
            }
        }
    return best_gaps > 0;
}

static void drop(struct frame *f, const struct census *n, bool row, uint32_t at)
{
    size_t kept = 0, of = n->of[row][at];
    struct frame_name *names = row ? f->rows.v : f->columns.v;
    size_t *len = row ? &f->rows.len : &f->columns.len;
    frame_leave(f, names[at].name, row ? "row-incomplete" : "column-incomplete",
                arena_fmt(&f->arena, "%zu/%zu", of - n->gaps[row][at], of));
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
    struct census n;
    bool row;
    uint32_t at;
    size_t len[2] = {f->columns.len, f->rows.len};
    for (int by = 0; by < 2; by++) {
        n.of[by] = mem_alloc((len[by] + 1) * sizeof(size_t));
        n.gaps[by] = mem_alloc((len[by] + 1) * sizeof(size_t));
    }
    for (census_take(f, &n); f->missing && worst(f, &n, &row, &at); census_take(f, &n))
        drop(f, &n, row, at);
    for (int by = 0; by < 2; by++) {
        mem_free(n.of[by]);
        mem_free(n.gaps[by]);
    }
}
