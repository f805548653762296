/* complexity_grid.c - a table region, industry, value as a sparse grid of exact numbers, and the
 * binary matrix M on it.
 *
 * M_cp = 1 when Balassa's index reaches the threshold: (x_cp / X_c) / (X_p / X) >= t
 *   Balassa, Trade Liberalisation and "Revealed" Comparative Advantage, Manchester School 33
 * (1965). It is decided as x_cp * X * den(t) >= X_c * X_p * num(t) in integers, so a cell that is
 * exactly at the threshold has it: a quotient of doubles would say 0.9999999999999999 for some of
 * them. */
#include "complexity_int.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

struct cell {
    int64_t units;
    uint32_t region : 24, scale : 8, industry;
};
#define REGION_MASK 0xffffffu
_Static_assert(CSV_ROWS_MAX < REGION_MASK, "a row may bring a region of its own");
struct labels {
    struct map number;
    VEC(struct str) text;
};
/* Everything that is needed while reading only. */
struct reading {
    VEC(struct cell) cells;
    struct labels regions, industries;
    const struct table *t;
    int region_column, industry_column, value_column;
    size_t missing, negative;
};

bool option_is(const struct analysis *a, int option, const char *value)
{
    return str_is(a->option[option], value);
}

double *numbers(struct arena *a, size_t count)
{
    return arena_alloc(a, count * sizeof(double));
}

double *numbers_nan(struct arena *a, size_t count)
{
    double *v = numbers(a, count);
    for (size_t i = 0; i < count; i++)
        v[i] = NAN;
    return v;
}

/* ---- labels ---- */

static void labels_clear(struct labels *l)
{
    map_clear(&l->number);
    vec_clear(&l->text);
}

/* Files are mostly sorted, so the label of the row before, or the one after it, is tried first. */
static uint32_t label_number(struct labels *l, struct str text, uint32_t guess)
{
    for (uint32_t i = guess; i < l->text.len && i < guess + 2; i++)
        if (str_eq(l->text.v[i], text))
            return i;
    uint64_t *at = map_at(&l->number, text, UINT64_MAX);
    if (*at == UINT64_MAX) {
        *at = l->text.len;
        vec_push(&l->text, text);
    }
    return (uint32_t)*at;
}

struct ranked {
    struct str text;
    uint32_t number;
};

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* Sorts the labels into `sorted` and returns new[old]. */
static uint32_t *label_order(struct arena *scratch, const struct labels *l, struct str **sorted)
{
    size_t n = l->text.len;
    struct ranked *order = arena_alloc(scratch, n * sizeof *order);
    uint32_t *fresh = arena_alloc(scratch, n * sizeof *fresh);
    *sorted = arena_alloc(scratch, n * sizeof **sorted);
    for (size_t i = 0; i < n; i++)
        order[i] = (struct ranked){l->text.v[i], (uint32_t)i};
    qsort(order, n, sizeof *order, by_text);
    for (size_t i = 0; i < n; i++) {
        fresh[order[i].number] = (uint32_t)i;
        (*sorted)[i] = order[i].text;
    }
    return fresh;
}

/* ---- reading ---- */

static bool is_empty(struct str cell)
{
    cell = str_trim(cell);
    return cell.len == 0 || str_is(cell, "NA") || str_is(cell, "nan") || str_is(cell, "NaN");
}

static enum code read_value(struct analysis *a, struct reading *in, size_t row, struct dec *v,
                            struct error *err)
{
    *v = (struct dec){0, 0};
    if (is_empty(table_cell(in->t, in->value_column, row))) {
        in->missing++;
        if (option_is(a, OPT_MISSING, "zero"))
            return OK;
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                        "'%.*s' has no value in this row; --missing zero reads it as 0",
                        STR_ARG(in->t->name));
    }
    TRY(table_decimal(in->t, in->value_column, row, v, err));
    if (v->units >= 0)
        return OK;
    in->negative++;
    v->units = 0;
    if (option_is(a, OPT_NEGATIVE, "zero"))
        return OK;
    return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                    "'%.*s': the value %.*s is negative; --negative zero reads it as 0",
                    STR_ARG(in->t->name), STR_ARG(table_cell(in->t, in->value_column, row)));
}

static enum code read_cells(struct analysis *a, struct reading *in, struct error *err)
{
    struct arena *names = &a->arena;
    TRY(table_need(in->t, arena_z(names, a->option[OPT_REGION]), &in->region_column, err));
    TRY(table_need(in->t, arena_z(names, a->option[OPT_INDUSTRY]), &in->industry_column, err));
    TRY(table_need(in->t, arena_z(names, a->option[OPT_VALUE]), &in->value_column, err));
    uint32_t last_region = 0, last_industry = 0;
    for (size_t row = 0; row < in->t->rows; row++) {
        struct str r = str_trim(table_cell(in->t, in->region_column, row));
        struct str p = str_trim(table_cell(in->t, in->industry_column, row));
        if (r.len == 0 || p.len == 0)
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "'%.*s' has no %s in this row",
                            STR_ARG(in->t->name), r.len == 0 ? "region" : "industry");
        struct dec v;
        TRY(read_value(a, in, row, &v, err));
        last_region = label_number(&in->regions, r, last_region);
        last_industry = label_number(&in->industries, p, last_industry);
        vec_push(&in->cells, (struct cell){v.units, last_region & REGION_MASK, v.scale, last_industry});
    }
    if (in->cells.len == 0)
        return error_set(err, E_INPUT, "'%.*s' has no rows", STR_ARG(in->t->name));
    return OK;
}

/* ---- the grid ---- */

static int by_place(const void *x, const void *y)
{
    const struct cell *a = x, *b = y;
    if (a->region != b->region)
        return a->region < b->region ? -1 : 1;
    return a->industry < b->industry ? -1 : a->industry > b->industry;
}

static void sort_cells(struct reading *in)
{
    bool sorted = true;
    for (size_t i = 1; i < in->cells.len && sorted; i++)
        sorted = by_place(&in->cells.v[i - 1], &in->cells.v[i]) <= 0;
    if (!sorted)
        qsort(in->cells.v, in->cells.len, sizeof *in->cells.v, by_place);
}

/* The next row of the region and industry, from `row` on. */
static size_t row_of(const struct reading *in, struct str region, struct str industry, size_t row)
{
    while (!str_eq(str_trim(table_cell(in->t, in->region_column, row)), region) ||
           !str_eq(str_trim(table_cell(in->t, in->industry_column, row)), industry))
        row++;
    return row;
}

static enum code check_duplicates(const struct grid *g, const struct reading *in, struct error *err)
{
    for (size_t i = 1; i < in->cells.len; i++) {
        const struct cell *a = &in->cells.v[i - 1], *b = &in->cells.v[i];
        if (by_place(a, b) != 0)
            continue;
        struct str region = g->region[a->region], industry = g->industry[a->industry];
        size_t first = row_of(in, region, industry, 0);
        size_t second = row_of(in, region, industry, first + 1);
        return error_at(err, E_INPUT, (uint32_t)second + 2, 0,
                        "'%.*s' has region '%.*s', industry '%.*s' twice: lines %zu and %zu",
                        STR_ARG(in->t->name), STR_ARG(region), STR_ARG(industry), first + 2,
                        second + 2);
    }
    return OK;
}

/* Cells into rows at one scale. At most 10^18 * 10^18 a cell: 128 bits hold it. */
static void grid_fill(struct grid *g, const struct reading *in)
{
    g->cells = in->cells.len;
    g->start = arena_alloc(&g->scratch, (g->n + 1) * sizeof *g->start);
    g->col = arena_alloc(&g->scratch, g->cells * sizeof *g->col);
    g->units = arena_alloc(&g->scratch, g->cells * sizeof *g->units);
    for (size_t i = 0; i < g->cells; i++)
        if (in->cells.v[i].scale > g->scale)
            g->scale = in->cells.v[i].scale;
    for (size_t i = 0; i < g->cells; i++) {
        const struct cell *c = &in->cells.v[i];
        g->start[c->region + 1]++;
        g->col[i] = c->industry;
        g->units[i] = c->scale == g->scale ? c->units : c->units * dec_pow10(g->scale - c->scale);
    }
    for (size_t r = 0; r < g->n; r++)
        g->start[r + 1] += g->start[r];
}

static enum code grid_sum(struct grid *g, struct error *err)
{
    g->row_total = arena_alloc(&g->scratch, g->n * sizeof *g->row_total);
    g->col_total = arena_alloc(&g->scratch, g->m * sizeof *g->col_total);
    g->total = 0;
    for (size_t r = 0; r < g->n; r++) {
        for (size_t i = g->start[r]; i < g->start[r + 1]; i++)
            if (!i128_add(g->row_total[r], g->units[i], &g->row_total[r]) ||
                !i128_add(g->col_total[g->col[i]], g->units[i], &g->col_total[g->col[i]]))
                return error_set(err, E_RANGE, "the sum of region '%.*s' leaves 128 bits",
                                 STR_ARG(g->region[r]));
        if (!i128_add(g->total, g->row_total[r], &g->total))
            return error_set(err, E_RANGE, "the sum of all values leaves 128 bits");
    }
    if (g->total == 0)
        return error_set(err, E_INPUT, "all values are zero");
    return OK;
}

static enum code grid_build(struct reading *in, struct grid *g, struct error *err)
{
    uint32_t *region = label_order(&g->scratch, &in->regions, &g->region);
    uint32_t *industry = label_order(&g->scratch, &in->industries, &g->industry);
    g->n = in->regions.text.len;
    g->m = in->industries.text.len;
    for (size_t i = 0; i < in->cells.len; i++) {
        in->cells.v[i].region = region[in->cells.v[i].region] & REGION_MASK;
        in->cells.v[i].industry = industry[in->cells.v[i].industry];
    }
    sort_cells(in);
    TRY(check_duplicates(g, in, err));
    grid_fill(g, in);
    return grid_sum(g, err);
}

/* ---- totals among the parts (I4) ---- */

static const char *const total_words[] = {
    "total", "totals", "all", "sum", "grand total", "合计", "总计", "共计", "小计", "全部", "总数",
};

static bool says_total(struct str s)
{
    for (size_t w = 0; w < sizeof total_words / sizeof *total_words; w++) {
        size_t len = strlen(total_words[w]), i = 0;
        while (i < len && i < s.len &&
               (s.ptr[i] | (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? 32 : 0)) == total_words[w][i])
            i++;
        if (i == len && i == s.len)
            return true;
    }
    return false;
}

/* Is every cell of region r the sum of all other regions' cells? */
static bool region_is_sum(struct grid *g, size_t r)
{
    if (g->n < 3 || g->m < 2 || g->row_total[r] == 0 || 2 * g->row_total[r] != g->total)
        return false;
    i128 *row = arena_alloc(&g->scratch, g->m * sizeof *row);
    grid_row(g, r, row);
    for (size_t c = 0; c < g->m; c++)
        if (2 * row[c] != g->col_total[c])
            return false;
    return true;
}

/* left[r] of every region = sum over the columns with weight: used to prove that a column is the
 * sum of others without storing the grid by column. */
static bool columns_cancel(const struct grid *g, const int8_t *weight)
{
    for (size_t r = 0; r < g->n; r++) {
        i128 left = 0;
        for (size_t i = g->start[r]; i < g->start[r + 1]; i++)
            left += weight[g->col[i]] * g->units[i];
        if (left != 0)
            return false;
    }
    return true;
}

static bool industry_is_sum(struct grid *g, size_t p)
{
    if (g->m < 3 || g->n < 2 || g->col_total[p] == 0 || 2 * g->col_total[p] != g->total)
        return false;
    int8_t *weight = arena_alloc(&g->scratch, g->m);
    memset(weight, -1, g->m);
    weight[p] = 1;
    return columns_cancel(g, weight);
}

/* A code such as C13 or 4103 that stands beside codes it begins, C131 and C132 or 410302 and
 * 410303, and equals their sum. Labels are sorted, so what a code begins follows it. This gives the
 * next of them of the highest level: the one after `last` that is not below `last`; n = none. */
static size_t next_part(const struct str *label, size_t n, size_t p, size_t last)
{
    for (size_t i = last + 1; i < n && str_starts(label[i], label[p]); i++)
        if (last == p || !str_starts(label[i], label[last]))
            return i;
    return n;
}

static bool industry_is_parent(struct grid *g, size_t p)
{
    size_t parts = 0, first = next_part(g->industry, g->m, p, p);
    if (first == g->m || g->col_total[p] == 0)
        return false;
    int8_t *weight = arena_alloc(&g->scratch, g->m);
    i128 left = g->col_total[p];
    for (size_t c = first; c < g->m; c = next_part(g->industry, g->m, p, c)) {
        weight[c] = -1;
        left -= g->col_total[c];
        parts++;
    }
    weight[p] = 1;
    return parts >= 2 && left == 0 && columns_cancel(g, weight);
}

static bool region_is_parent(struct grid *g, size_t p)
{
    size_t parts = 0, first = next_part(g->region, g->n, p, p);
    i128 total = g->row_total[p];
    for (size_t r = first; r < g->n; r = next_part(g->region, g->n, p, r)) {
        total -= g->row_total[r];
        parts++;
    }
    if (parts < 2 || total != 0 || g->row_total[p] == 0)
        return false;
    i128 *left = arena_alloc(&g->scratch, g->m * sizeof *left);
    grid_row(g, p, left);
    for (size_t r = first; r < g->n; r = next_part(g->region, g->n, p, r))
        for (size_t i = g->start[r]; i < g->start[r + 1]; i++)
            left[g->col[i]] -= g->units[i];
    for (size_t c = 0; c < g->m; c++)
        if (left[c] != 0)
            return false;
    return true;
}

/* Marks what is no part; the names found go into `list`. Sums are looked for in amounts only: among
 * zeros and ones they come about by accident. */
static size_t find_totals(struct grid *g, bool sums, bool *drop_region, bool *drop_industry,
                          struct buf *list)
{
    size_t found = 0;
    for (size_t r = 0; r < g->n; r++) {
        drop_region[r] =
            says_total(g->region[r]) || (sums && (region_is_sum(g, r) || region_is_parent(g, r)));
        if (drop_region[r])
            buf_fmt(list, "%sregion '%.*s'", found++ > 0 ? ", " : "", STR_ARG(g->region[r]));
    }
    for (size_t p = 0; p < g->m; p++) {
        drop_industry[p] = says_total(g->industry[p]) ||
                           (sums && (industry_is_sum(g, p) || industry_is_parent(g, p)));
        if (drop_industry[p])
            buf_fmt(list, "%sindustry '%.*s'", found++ > 0 ? ", " : "", STR_ARG(g->industry[p]));
    }
    return found;
}

static void relabel(struct labels *l, const struct str *sorted, const bool *drop, size_t n,
                    uint32_t *fresh)
{
    l->text.len = 0;
    for (size_t i = 0; i < n; i++) {
        fresh[i] = (uint32_t)l->text.len;
        if (!drop[i])
            vec_push(&l->text, sorted[i]);
    }
}

/* Takes the marked regions and industries out and builds the grid again. */
static enum code grid_without(struct reading *in, struct grid *g, const bool *drop_region,
                              const bool *drop_industry, struct error *err)
{
    uint32_t *region = arena_alloc(&g->scratch, g->n * sizeof *region);
    uint32_t *industry = arena_alloc(&g->scratch, g->m * sizeof *industry);
    relabel(&in->regions, g->region, drop_region, g->n, region);
    relabel(&in->industries, g->industry, drop_industry, g->m, industry);
    size_t kept = 0;
    for (size_t i = 0; i < in->cells.len; i++) {
        struct cell c = in->cells.v[i];
        if (drop_region[c.region] || drop_industry[c.industry])
            continue;
        c.region = region[c.region] & REGION_MASK;
        c.industry = industry[c.industry];
        in->cells.v[kept++] = c;
    }
    in->cells.len = kept;
    if (kept == 0)
        return error_set(err, E_INPUT, "nothing is left without the totals");
    return grid_build(in, g, err);
}

static enum code handle_totals(struct analysis *a, struct reading *in, struct grid *g,
                               struct error *err)
{
    if (option_is(a, OPT_TOTALS, "keep"))
        return OK;
    bool *drop_region = arena_alloc(&g->scratch, g->n);
    bool *drop_industry = arena_alloc(&g->scratch, g->m);
    struct buf list;
    buf_init(&list, 240);
    enum code code = OK;
    bool sums = !option_is(a, OPT_PRESENCE, "value");
    if (find_totals(g, sums, drop_region, drop_industry, &list) > 0) {
        if (option_is(a, OPT_TOTALS, "leave")) {
            note(a, "left out as totals of other rows: %.*s", STR_ARG(buf_str(&list)));
            code = grid_without(in, g, drop_region, drop_industry, err);
        } else {
            code =
                error_set(err, E_INPUT,
                          "'%.*s' holds totals beside their parts: %.*s%s; --totals leave leaves "
                          "them out, --totals keep takes them as parts",
                          STR_ARG(in->t->name), STR_ARG(buf_str(&list)), list.full ? " …" : "");
        }
    }
    buf_clear(&list);
    return code;
}

/* ---- M ---- */

struct threshold {
    i128 num, den;
};

static enum code read_threshold(struct analysis *a, struct threshold *t, struct error *err)
{
    struct dec d;
    TRY(dec_parse(a->option[OPT_THRESHOLD], &d, err));
    if (d.units <= 0)
        return error_set(err, E_INPUT, "option 'threshold' must be above 0");
    struct rat r;
    TRY(rat_make(d.units, dec_pow10(d.scale), &r, err));
    *t = (struct threshold){r.num, r.den};
    return OK;
}

#define SMALL ((i128)1 << 63)
/* x * X * den >= row * column * num; x > 0, so all factors are */
static enum code reaches(const struct grid *g, i128 x, i128 row, i128 column, struct threshold t,
                         bool *yes, struct error *err)
{
    if (t.num == 1 && t.den == 1 && g->total < SMALL) {
        *yes = x * g->total >= row * column;
        return OK;
    }
    struct rat left = {.den = row}, right = {.den = g->total};
    if (!i128_mul(x, t.den, &left.num) || !i128_mul(column, t.num, &right.num))
        return error_set(err, E_RANGE, "the threshold has too many digits for these values");
    *yes = rat_cmp(left, right) >= 0;
    return OK;
}

static void set_one(struct grid *g, size_t r, size_t c)
{
    g->by_region[r * g->row_words + c / 64] |= (uint64_t)1 << c % 64;
    g->by_industry[c * g->col_words + r / 64] |= (uint64_t)1 << r % 64;
    g->diversity[r]++;
    g->ubiquity[c]++;
    g->ones++;
}

static enum code grid_decide(struct analysis *a, struct grid *g, struct error *err)
{
    struct threshold t = {1, 1};
    TRY(read_threshold(a, &t, err));
    bool manual = option_is(a, OPT_PRESENCE, "value");
    g->row_words = (g->m + 63) / 64;
    g->col_words = (g->n + 63) / 64;
    g->by_region = arena_alloc(&g->scratch, g->n * g->row_words * sizeof *g->by_region);
    g->by_industry = arena_alloc(&g->scratch, g->m * g->col_words * sizeof *g->by_industry);
    g->diversity = arena_alloc(&g->scratch, g->n * sizeof *g->diversity);
    g->ubiquity = arena_alloc(&g->scratch, g->m * sizeof *g->ubiquity);
    for (size_t r = 0; r < g->n; r++)
        for (size_t i = g->start[r]; i < g->start[r + 1]; i++) {
            i128 x = g->units[i];
            bool yes = false;
            if (x > 0 && manual)
                yes =
                    rat_cmp((struct rat){x, dec_pow10(g->scale)}, (struct rat){t.num, t.den}) >= 0;
            else if (x > 0)
                TRY(reaches(g, x, g->row_total[r], g->col_total[g->col[i]], t, &yes, err));
            if (yes)
                set_one(g, r, g->col[i]);
        }
    return OK;
}

/* ---- all together ---- */

static void tell_reading(struct analysis *a, const struct grid *g, const struct reading *in)
{
    note(a, "%zu regions, %zu industries, %zu rows; the %zu pairs without a row count as 0", g->n,
         g->m, g->cells, g->n * g->m - g->cells);
    note(a, "presence: %s >= %.*s, decided exactly in integers; %zu pairs have it",
         option_is(a, OPT_PRESENCE, "value") ? "value" : "RCA", STR_ARG(a->option[OPT_THRESHOLD]),
         g->ones);
    if (in->missing > 0)
        note(a, "%zu missing values read as 0", in->missing);
    if (in->negative > 0)
        note(a, "%zu negative values read as 0", in->negative);
}

static enum code grid_steps(struct analysis *a, struct reading *in, struct grid *g,
                            struct error *err)
{
    TRY(read_cells(a, in, err));
    TRY(grid_build(in, g, err));
    TRY(handle_totals(a, in, g, err));
    vec_clear(&in->cells);
    TRY(grid_decide(a, g, err));
    tell_reading(a, g, in);
    return OK;
}

enum code grid_read(struct analysis *a, struct grid *g, struct error *err)
{
    *g = (struct grid){0};
    arena_init(&g->scratch, 0);
    struct reading in = {.t = &a->in[0]};
    enum code code = grid_steps(a, &in, g, err);
    vec_clear(&in.cells);
    labels_clear(&in.regions);
    labels_clear(&in.industries);
    return code;
}

void grid_clear(struct grid *g)
{
    arena_clear(&g->scratch);
}

double grid_total(const struct grid *g, i128 units)
{
    return (double)units / (double)dec_pow10(g->scale);
}

double grid_value(const struct grid *g, size_t cell)
{
    return grid_total(g, g->units[cell]);
}

double grid_rca(const struct grid *g, i128 units, size_t r, size_t c)
{
    if (g->row_total[r] == 0 || g->col_total[c] == 0)
        return NAN;
    return (double)units / (double)g->row_total[r] / ((double)g->col_total[c] / (double)g->total);
}

void grid_row(const struct grid *g, size_t r, i128 *units)
{
    memset(units, 0, g->m * sizeof *units);
    for (size_t i = g->start[r]; i < g->start[r + 1]; i++)
        units[g->col[i]] = g->units[i];
}
