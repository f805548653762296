/* layout.c - rows of CSV as aligned columns of a terminal; a Chinese character is two wide. */
#include "serve/serve_int.h"

#define COLUMN_MAX 48 /* columns of the terminal; longer cells are cut with an ellipsis */

struct range {
    uint32_t first, last;
};
/* East_Asian_Width W and F, in the ranges that text uses (Unicode Standard Annex 11). */
static const struct range wide[] = {
    {0x1100,  0x115F },
    {0x2E80,  0x303E },
    {0x3041,  0x33FF },
    {0x3400,  0x4DBF },
    {0x4E00,  0x9FFF },
    {0xA000,  0xA4CF },
    {0xA960,  0xA97F },
    {0xAC00,  0xD7A3 },
    {0xF900,  0xFAFF },
    {0xFE30,  0xFE6F },
    {0xFF00,  0xFF60 },
    {0xFFE0,  0xFFE6 },
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};
static const struct range empty[] = {
    {0x0300, 0x036F},
    {0x200B, 0x200F},
    {0x202A, 0x202E},
    {0x2060, 0x2069},
    {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF},
};

static bool in(const struct range *r, size_t count, uint32_t cp)
{
    for (size_t i = 0; i < count; i++)
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    return false;
}

static size_t cp_width(uint32_t cp)
{
    if (cp < 0x300)
        return 1;
    if (in(empty, sizeof empty / sizeof *empty, cp))
        return 0;
    return in(wide, sizeof wide / sizeof *wide, cp) ? 2 : 1;
}

size_t layout_width(struct str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.len;)
        width += cp_width(utf8_next(s, &i));
    return width;
}

/* I6: a text from outside must not steer the terminal: control characters, and the marks that turn
 * the direction of writing. */
static uint32_t harmless(uint32_t cp)
{
    if (cp == '\n' || cp == '\t')
        return ' ';
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x202A && cp <= 0x202E) ||
                   (cp >= 0x2066 && cp <= 0x2069)
               ? '?'
               : cp;
}

/* Writes s cut to `max` columns; returns the columns used. */
static size_t put_cut(struct buf *out, struct str s, size_t max)
{
    char bytes[4];
    size_t used = 0, room = layout_width(s) > max ? max - 1 : max;
    for (size_t i = 0; i < s.len;) {
        uint32_t cp = harmless(utf8_next(s, &i));
        if (used + cp_width(cp) > room) {
            buf_z(out, "…");
            return used + 1;
        }
        used += cp_width(cp);
        buf_add(out, (struct str){bytes, utf8_put(cp, bytes)});
    }
    return used;
}

struct column {
    size_t width;
    bool numbers; /* every cell is one: to the right */
    bool filled;  /* some cell below the head is not empty; a column without is left out */
};
struct sheet {
    struct arena arena;
    VEC(struct str) cells;
    size_t columns, rows;
    struct column column[CSV_COLUMNS_MAX];
};

static bool is_number(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] < '0' || s.ptr[i] > '9') && s.ptr[i] != '.' && !(s.ptr[i] == '-' && i == 0))
            return false;
    return true;
}

static void take_row(struct sheet *t, const struct csv *in_csv)
{
    if (t->rows == 0) {
        t->columns = in_csv->count;
        for (size_t i = 0; i < t->columns; i++)
            t->column[i] = (struct column){0, true, false};
    }
    for (size_t i = 0; i < t->columns; i++) {
        struct str cell = i < in_csv->count ? arena_dup(&t->arena, in_csv->field[i].text) : STR("");
        size_t width = layout_width(cell);
        width = width > COLUMN_MAX ? COLUMN_MAX : width;
        t->column[i].width = width > t->column[i].width ? width : t->column[i].width;
        t->column[i].numbers = t->column[i].numbers && (t->rows == 0 || is_number(cell));
        t->column[i].filled = t->column[i].filled || (t->rows > 0 && cell.len > 0);
        vec_push(&t->cells, cell);
    }
    t->rows++;
}

static void pad(struct buf *out, size_t count)
{
    while (count--)
        buf_byte(out, ' ');
}

static void put_row(struct buf *out, const struct sheet *t, size_t row)
{
    bool first = true;
    for (size_t i = 0; i < t->columns; i++) {
        const struct column *col = &t->column[i];
        if (!col->filled && t->rows > 1)
            continue;
        struct str cell = t->cells.v[row * t->columns + i];
        size_t width = layout_width(cell);
        width = width > COLUMN_MAX ? COLUMN_MAX : width;
        buf_z(out, first ? "" : "  ");
        first = false;
        if (col->numbers)
            pad(out, col->width - width);
        size_t used = put_cut(out, cell, COLUMN_MAX);
        if (!col->numbers && i + 1 < t->columns)
            pad(out, col->width > used ? col->width - used : 0);
    }
    buf_byte(out, '\n');
}

void layout_table(struct buf *out, struct str text)
{
    struct sheet *t = mem_zalloc(sizeof *t);
    struct csv *reader = mem_zalloc(sizeof *reader);
    struct error err = {0};
    bool more = true;
    arena_init(&t->arena, 0);
    csv_open(reader, text, &t->arena);
    while (csv_next(reader, &more, &err) == OK && more)
        take_row(t, reader);
    for (size_t row = 0; row < t->rows; row++)
        put_row(out, t, row);
    vec_clear(&t->cells);
    arena_clear(&t->arena);
    mem_free(reader);
    mem_free(t);
}
