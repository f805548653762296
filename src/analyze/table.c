/* table.c - tables of text cells: CSV in, numbers read from cells, cells pushed, CSV out.
 * Cells stay text; a number is read where a method asks for one, and exactly where it asks so. */
#include "analyze_int.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A result that holds it is refused by analyze_run. */
const char table_beyond[] = "inf";

void table_init(struct table *t, struct arena *a, struct str name)
{
    *t = (struct table){.arena = a, .name = arena_dup(a, name)};
}

void table_clear(struct table *t)
{
    for (size_t i = 0; i < t->columns.len; i++) {
        vec_clear(&t->columns.v[i].cells);
        vec_clear(&t->columns.v[i].spans);
    }
    vec_clear(&t->columns);
    vec_clear(&t->unquoted);
    t->text = STR_NULL;
    t->rows = 0;
}

/* ---- in ---- */

static enum code read_header(struct table *t, const struct csv *c, struct error *err)
{
    for (size_t i = 0; i < c->count; i++) {
        struct str name = str_trim(c->field[i].text);
        for (size_t j = 0; j < i; j++)
            if (str_eq(t->columns.v[j].name, name))
                return error_at(err, E_INPUT, c->field[i].line, c->field[i].column,
                                "'%.*s' has two columns '%.*s'", STR_ARG(t->name), STR_ARG(name));
        vec_push(&t->columns, (struct column){.name = name});
    }
    return OK;
}

static struct cell_at span_of(struct table *t, struct str cell)
{
    uintptr_t from = (uintptr_t)t->text.ptr, at = (uintptr_t)cell.ptr;
    if (cell.len == 0)
        return (struct cell_at){0, 0};
    if (at >= from && at - from < t->text.len)
        return (struct cell_at){(uint32_t)(at - from), (uint32_t)cell.len};
    vec_push(&t->unquoted, cell);
    return (struct cell_at){(uint32_t)t->unquoted.len - 1, UINT32_MAX};
}

static enum code read_row(struct table *t, const struct csv *c, struct error *err)
{
    if (c->count != t->columns.len)
        return error_at(err, E_INPUT, c->field[0].line, c->field[c->count - 1].column,
                        "a row of '%.*s' has %zu fields, its header %zu", STR_ARG(t->name),
                        c->count, t->columns.len);
    for (size_t i = 0; i < c->count; i++)
        vec_push(&t->columns.v[i].spans, span_of(t, c->field[i].text));
    t->rows++;
    return OK;
}

static enum code read_rows(struct table *t, struct csv *c, struct error *err)
{
    bool more = false;
    TRY(csv_next(c, &more, err));
    if (!more)
        return error_set(err, E_INPUT, "'%.*s' is empty: a header row was expected",
                         STR_ARG(t->name));
    TRY(read_header(t, c, err));
    for (;;) {
        TRY(csv_next(c, &more, err));
        if (!more)
            return OK;
        TRY(read_row(t, c, err));
    }
}

enum code table_read(struct table *t, struct str csv, struct error *err)
{
    assert(t->columns.len == 0 && t->rows == 0);
    if (csv.len >= UINT32_MAX)
        return error_set(err, E_LIMIT, "'%.*s' has %zu bytes; tables have less than 4 GiB",
                         STR_ARG(t->name), csv.len);
    struct csv *c = mem_alloc(sizeof *c);
    t->text = csv.ptr != NULL ? csv : STR("");
    csv_open(c, t->text, t->arena);
    enum code code = read_rows(t, c, err);
    mem_free(c);
    if (code != OK)
        table_clear(t);
    return code;
}

int table_column(const struct table *t, const char *name)
{
    for (size_t i = 0; i < t->columns.len; i++)
        if (str_is(t->columns.v[i].name, name))
            return (int)i;
    return -1;
}

enum code table_need(const struct table *t, const char *name, int *column, struct error *err)
{
    *column = table_column(t, name);
    if (*column >= 0)
        return OK;
    struct buf have;
    buf_init(&have, 300);
    for (size_t i = 0; i < t->columns.len; i++)
        buf_fmt(&have, "%s%.*s", i > 0 ? ", " : "", STR_ARG(t->columns.v[i].name));
    enum code code =
        error_set(err, E_MISSING, "'%.*s' has no column '%s'; it has: %.*s%s", STR_ARG(t->name),
                  name, STR_ARG(buf_str(&have)), have.full ? " …" : "");
    buf_clear(&have);
    return code;
}

struct str table_cell(const struct table *t, int column, size_t row)
{
    assert(column >= 0 && (size_t)column < t->columns.len && row < t->rows);
    const struct column *c = &t->columns.v[column];
    if (t->text.ptr == NULL)
        return c->cells.v[row];
    struct cell_at s = c->spans.v[row];
    return s.len == UINT32_MAX ? t->unquoted.v[s.at] : (struct str){t->text.ptr + s.at, s.len};
}

bool name_is_total(struct str name)
{
    static const char *const totals[] = {
        "total",  "Total", "TOTAL", "Insgesamt",      "insgesamt", "all",  "All",   "合计",
        "总计",   "全部",  "全国",  "全省",           "全市",      "总量", "合 计", "总 计",
        "全行业", "全区",  "共计",  "All industries",
    };
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
        if (str_is(name, totals[i]))
            return true;
    return false;
}

/* ---- numbers in ---- */

/* [+-] digits [. digits] [e [+-] digits], taken apart; false when the text is anything else. */
struct parts {
    uint64_t units; /* the first 19 digits */
    int exponent;   /* value = units * 10^exponent when `kept` */
    bool negative, kept;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t take_digits(struct str s, size_t i, struct parts *p, int *taken)
{
    for (; i < s.len && is_digit(s.ptr[i]); i++, (*taken)++) {
        if (p->units < 1000000000000000000u)
            p->units = p->units * 10 + (uint64_t)(s.ptr[i] - '0');
        else
            p->kept = false;
    }
    return i;
}

static bool take_exponent(struct str s, size_t i, struct parts *p)
{
    if (i == s.len)
        return true;
    if (s.ptr[i] != 'e' && s.ptr[i] != 'E')
        return false;
    bool negative = ++i < s.len && s.ptr[i] == '-';
    i += i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+');
    int e = 0;
    size_t from = i;
    for (; i < s.len && is_digit(s.ptr[i]); i++)
        e = e < 100000 ? e * 10 + (s.ptr[i] - '0') : e;
    p->exponent += negative ? -e : e;
    return i == s.len && i > from;
}

static bool take_apart(struct str s, struct parts *p)
{
    *p = (struct parts){.kept = true};
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    p->negative = i > 0 && s.ptr[0] == '-';
    int whole = 0, decimals = 0;
    i = take_digits(s, i, p, &whole);
    if (i < s.len && s.ptr[i] == '.')
        i = take_digits(s, i + 1, p, &decimals);
    p->exponent = -decimals;
    return whole + decimals > 0 && take_exponent(s, i, p);
}

/* Correctly rounded: up to 2^53 and 10^22 both factors are exact doubles and one operation rounds
 * (Clinger, How to Read Floating Point Numbers Accurately, 1990); strtod for the rest. */
static bool to_double(struct str s, double *out)
{
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct parts p;
    if (!take_apart(s, &p))
        return false;
    if (p.kept && p.units <= (uint64_t)1 << 53 && p.exponent >= -22 && p.exponent <= 22) {
        double v = (double)p.units;
        v = p.exponent < 0 ? v / ten[-p.exponent] : v * ten[p.exponent];
        *out = p.negative ? -v : v;
        return true;
    }
    char z[400];
    if (s.len >= sizeof z)
        return false;
    memcpy(z, s.ptr, s.len);
    z[s.len] = '\0';
    *out = strtod(z, NULL);
    return isfinite(*out) != 0;
}

static bool says_missing(struct str s)
{
    return s.len == 0 || str_is(s, "NA") || str_is(s, "nan") || str_is(s, "NaN");
}

static enum code not_number(const struct table *t, int column, size_t row, struct error *err)
{
    struct str cell = table_cell(t, column, row), name = t->columns.v[column].name;
    bool missing = says_missing(str_trim(cell));
    return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "'%.*s' column '%.*s': %s'%.*s' %s",
                    STR_ARG(t->name), STR_ARG(name), missing ? "the value is missing, " : "",
                    STR_ARG(str_sub(cell, 0, 60)), missing ? "stands there" : "is not a number");
}

enum code table_number(const struct table *t, int column, size_t row, bool missing, double *out,
                       struct error *err)
{
    struct str cell = table_cell(t, column, row), s;
    if (to_double(cell, out))
        return OK;
    s = str_trim(cell);
    if (s.len < cell.len && to_double(s, out))
        return OK;
    if (!missing || !says_missing(s))
        return not_number(t, column, row, err);
    *out = NAN;
    return OK;
}

enum code table_decimal(const struct table *t, int column, size_t row, struct dec *out,
                        struct error *err)
{
    struct parts p;
    struct str s = str_trim(table_cell(t, column, row)), name = t->columns.v[column].name;
    if (!take_apart(s, &p))
        return not_number(t, column, row, err);
    while (p.exponent > 0 && p.units <= INT64_MAX / 10) {
        p.units *= 10;
        p.exponent--;
    }
    while (p.exponent < -DEC_SCALE_MAX && p.units % 10 == 0 && p.units > 0) {
        p.units /= 10;
        p.exponent++;
    }
    if (p.units == 0)
        p.exponent = 0;
    if (!p.kept || p.exponent > 0 || p.exponent < -DEC_SCALE_MAX || p.units > INT64_MAX)
        return error_at(err, E_RANGE, (uint32_t)row + 2, 0,
                        "'%.*s' column '%.*s': '%.*s' has more digits than are kept exactly",
                        STR_ARG(t->name), STR_ARG(name), STR_ARG(str_sub(s, 0, 60)));
    *out = (struct dec){p.negative ? -(int64_t)p.units : (int64_t)p.units, (uint8_t)-p.exponent};
    return OK;
}

/* ---- numbers out ---- */

/* The decimal of fewest digits that reads back as v = m 2^-k. With n decimals the nearest one is d;
 * it reads back when |d 2^k - m 10^n| < 10^n / 2, all in 128 bits as long as 1e-5 <= v < 2^52. Any
 * shorter decimal is the 15-digit one with zeros at its end. */
static size_t shortest_exact(double v, char *out)
{
    int e = 0;
    double f = frexp(v, &e);
    u128 m = (u128)ldexp(f, 53);
    unsigned k = (unsigned)(53 - e), n = 15;
    if (m == (u128)1 << 52) /* a power of two: its lower neighbour is nearer */
        return 0;
    for (double top = 1; v >= top && n > 0; top *= 10)
        n--;
    for (double top = 0.1; v < top; top /= 10)
        n++;
    for (unsigned last = n + 2; n <= last; n++) {
        u128 ten = (u128)dec_pow10(n), exact = m * ten;
        u128 d = (exact + ((u128)1 << (k - 1))) >> k, back = d << k;
        u128 off = back > exact ? back - exact : exact - back;
        if (2 * off < ten)
            return dec_text_short((i128)d, n, 0, out);
    }
    return 0;
}

static size_t number_text(double v, char out[DEC_TEXT])
{
    if (v == floor(v) && fabs(v) < 9007199254740992.0)
        return dec_text((i128)v, 0, out);
    double size = fabs(v);
    if (size >= 1e-5 && size < 4503599627370496.0) {
        out[0] = '-';
        size_t len = shortest_exact(size, out + (v < 0));
        if (len > 0)
            return len + (v < 0);
    }
    for (int digits = 15; digits < 17; digits++) {
        int len = snprintf(out, DEC_TEXT, "%.*g", digits, v);
        if (strtod(out, NULL) == v)
            return (size_t)len;
    }
    return (size_t)snprintf(out, DEC_TEXT, "%.17g", v);
}

/* ---- out ---- */

int table_add_column_str(struct table *t, struct str name)
{
    assert(t->rows == 0);
    vec_push(&t->columns, (struct column){.name = arena_dup(t->arena, name)});
    return (int)t->columns.len - 1;
}

int table_add_column(struct table *t, const char *name)
{
    return table_add_column_str(t, str_z(name));
}

static void push_cell(struct table *t, int column, struct str cell)
{
    assert(column >= 0 && (size_t)column < t->columns.len);
    struct column *c = &t->columns.v[column];
    assert(c->cells.len == t->rows);
    vec_push(&c->cells, cell);
}

void table_push(struct table *t, int column, struct str text)
{
    push_cell(t, column, text.len > 0 ? arena_dup(t->arena, text) : STR(""));
}

void table_push_number(struct table *t, int column, double v)
{
    char text[DEC_TEXT];
    if (isnan(v))
        push_cell(t, column, STR(""));
    else if (isinf(v))
        push_cell(t, column, (struct str){table_beyond, sizeof table_beyond - 1});
    else
        push_cell(t, column, arena_dup(t->arena, (struct str){text, number_text(v, text)}));
}

void table_push_int(struct table *t, int column, int64_t v)
{
    char text[DEC_TEXT];
    push_cell(t, column, arena_dup(t->arena, (struct str){text, dec_text(v, 0, text)}));
}

void table_end_row(struct table *t)
{
    for (size_t i = 0; i < t->columns.len; i++)
        if (t->columns.v[i].cells.len == t->rows)
            vec_push(&t->columns.v[i].cells, STR(""));
    t->rows++;
}

void table_write(const struct table *t, struct buf *out)
{
    struct str *row = mem_alloc((t->columns.len + 1) * sizeof *row);
    for (size_t i = 0; i < t->columns.len; i++)
        row[i] = t->columns.v[i].name;
    csv_put(out, row, t->columns.len);
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t i = 0; i < t->columns.len; i++)
            row[i] = table_cell(t, (int)i, r);
        csv_put(out, row, t->columns.len);
    }
    mem_free(row);
}
