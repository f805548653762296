/* match_read.c - tables of costs, amounts, capacities and earlier pairs, as sides and cells.
 * Numbers are read as decimals and brought to one scale, so that equal means equal. */
#include "match_int.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void match_init(struct match *m)
{
    *m = (struct match){0};
    map_init(&m->side[0].index);
    map_init(&m->side[1].index);
}

void match_clear(struct match *m)
{
    for (unsigned s = 0; s < 2; s++) {
        vec_clear(&m->side[s].keys);
        map_clear(&m->side[s].index);
    }
    vec_clear(&m->cells);
}

/* ---- keys ---- */

static enum code check_key(const struct table *t, struct str key, size_t row, struct error *err)
{
    static const char *const totals[] = {"total", "Total", "TOTAL", "sum",
                                         "合计",  "总计",  "小计",  NULL};
    if (key.len == 0)
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "'%.*s': a key is empty",
                        STR_ARG(t->name));
    for (size_t i = 0; totals[i] != NULL; i++)
        if (str_is(key, totals[i]))
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                            "'%.*s': '%.*s' is a total of the others; leave it out",
                            STR_ARG(t->name), STR_ARG(key));
    return OK;
}

static uint32_t add_key(struct match_side *s, struct str key)
{
    uint64_t *at = map_at(&s->index, key, s->keys.len);
    if (*at == s->keys.len)
        vec_push(&s->keys, (struct match_key){.name = key, .amount = 1});
    return (uint32_t)*at;
}

static struct str key_at(const struct table *t, int column, size_t row)
{
    return str_trim(table_cell(t, column, row));
}

static bool is_missing(struct str s)
{
    return s.len == 0 || str_is(s, "NA") || str_is(s, "nan") || str_is(s, "NaN");
}

/* ---- values ---- */

static int64_t nearest(double v)
{
    return fabs(v) < 9e18 ? llround(v) : 0;
}

/* A decimal, exactly or rounded to `decimals` (empty = exactly). */
static enum code read_value(const struct table *t, int column, size_t row, struct str decimals,
                            struct dec *out, struct error *err)
{
    if (decimals.len == 0)
        return table_decimal(t, column, row, out, err);
    struct dec places_dec = {0};
    TRY(dec_parse(decimals, &places_dec, err));
    unsigned places = (unsigned)places_dec.units; /* 0..18, see check_decimals */
    struct error exact = {0};
    if (table_decimal(t, column, row, out, &exact) == OK) {
        i128 units = out->units;
        if (out->scale <= places)
            return OK;
        TRY(dec_div(units, dec_pow10(out->scale - places), 0, &units, err));
        *out = (struct dec){(int64_t)units, (uint8_t)places};
        return OK;
    }
    double v = 0;
    TRY(table_number(t, column, row, false, &v, err));
    double scaled = v * pow(10, places);
    if (fabs(scaled) >= 9e18)
        return error_set(err, exact.code, "%s", exact.text);
    *out = (struct dec){nearest(scaled), (uint8_t)places};
    return OK;
}

static enum code check_decimals(struct str decimals, struct error *err)
{
    struct dec d = {0};
    if (decimals.len == 0)
        return OK;
    if (dec_parse(decimals, &d, NULL) != OK || d.scale != 0 || d.units < 0 || d.units > 18)
        return error_set(err, E_INPUT,
                         "option 'decimals' is a whole number from 0 to 18, not '%.*s'",
                         STR_ARG(str_sub(decimals, 0, 40)));
    return OK;
}

static enum code add_cell(struct match *m, const struct table *t, size_t row, struct str first,
                          struct str second, struct dec value, struct error *err)
{
    TRY(check_key(t, first, row, err));
    if (m->cells.len == MATCH_PAIRS_MAX)
        return error_set(err, E_LIMIT, "'%.*s' has more than %u pairs", STR_ARG(t->name),
                         MATCH_PAIRS_MAX);
    vec_push(&m->cells, (struct match_cell){
                            .at = {add_key(&m->side[0], first), add_key(&m->side[1], second)},
                            .row = row,
                            .raw = value,
                            .cap = INT64_MAX
    });
    return OK;
}

/* ---- layouts ---- */

static int value_column(const struct table *t, const char *const *values)
{
    for (; *values != NULL; values++)
        if (table_column(t, *values) >= 2)
            return table_column(t, *values);
    return -1;
}

/* First column: keys of side 0; the other headers: keys of side 1. An empty cell is no pair. */
static enum code read_matrix(struct match *m, const struct table *t, struct str decimals,
                             struct error *err)
{
    for (size_t c = 1; c < t->columns.len; c++) {
        TRY(check_key(t, t->columns.v[c].name, (size_t)-1, err));
        add_key(&m->side[1], t->columns.v[c].name);
    }
    struct map rows = {0};
    enum code code = OK;
    for (size_t r = 0; r < t->rows && code == OK; r++) {
        struct str key = key_at(t, 0, r);
        uint64_t *seen = map_at(&rows, key, r);
        code = check_key(t, key, r, err);
        if (code == OK && *seen != r)
            code = error_at(err, E_INPUT, (uint32_t)r + 2, 0,
                            "'%.*s': '%.*s' is there twice, on rows %zu and %zu", STR_ARG(t->name),
                            STR_ARG(key), (size_t)*seen + 2, r + 2);
        add_key(&m->side[0], key);
        for (size_t c = 1; c < t->columns.len && code == OK; c++) {
            struct dec v = {0};
            if (is_missing(key_at(t, (int)c, r)))
                continue;
            code = read_value(t, (int)c, r, decimals, &v, err);
            if (code == OK)
                code = add_cell(m, t, r, key, t->columns.v[c].name, v, err);
        }
    }
    map_clear(&rows);
    return code;
}

static enum code read_list(struct match *m, const struct table *t, int column, bool bare,
                           struct str decimals, struct error *err)
{
    for (size_t r = 0; r < t->rows; r++) {
        struct dec v = {0};
        if (!bare && is_missing(key_at(t, column, r))) {
            TRY(check_key(t, key_at(t, 0, r), r, err));
            add_key(&m->side[0], key_at(t, 0, r));
            continue;
        }
        TRY(check_key(t, key_at(t, 1, r), r, err));
        if (!bare)
            TRY(read_value(t, column, r, decimals, &v, err));
        TRY(add_cell(m, t, r, key_at(t, 0, r), key_at(t, 1, r), v, err));
    }
    return OK;
}

/* One scale for all. */
static enum code scale_costs(struct match *m, struct error *err)
{
    for (size_t i = 0; i < m->cells.len; i++)
        if (m->cells.v[i].raw.scale > m->cost_scale)
            m->cost_scale = m->cells.v[i].raw.scale;
    for (size_t i = 0; i < m->cells.len; i++) {
        struct match_cell *c = &m->cells.v[i];
        if (!i128_mul(c->raw.units, dec_pow10(m->cost_scale - c->raw.scale), &c->cost))
            return error_set(err, E_RANGE, "costs leave 128 bits at %u decimals", m->cost_scale);
        c->cost = m->maximise ? -c->cost : c->cost;
    }
    return OK;
}

enum code match_read_cells(struct match *m, const struct table *t, const struct match_input *in,
                           struct error *err)
{
    struct str decimals = in->decimals;
    TRY(check_decimals(decimals, err));
    int column = value_column(t, in->values);
    bool list = in->bare || strcmp(in->layout, "pairs") == 0 ||
                (strcmp(in->layout, "auto") == 0 && column >= 0);
    if (list && t->columns.len < (in->bare ? 2u : 3u))
        return error_set(err, E_INPUT, "'%.*s' has %zu columns; a list of pairs has two keys%s",
                         STR_ARG(t->name), t->columns.len, in->bare ? "" : " and a value");
    if (t->columns.len < 2)
        return error_set(err, E_INPUT, "'%.*s' has one column; a matrix has more",
                         STR_ARG(t->name));
    m->side[0].column = t->columns.v[0].name;
    if (list) {
        m->side[1].column = t->columns.v[1].name;
        column = column >= 0 ? column : 2;
        if (!in->bare)
            m->value_column = t->columns.v[column].name;
        TRY(read_list(m, t, column, in->bare, decimals, err));
    } else {
        TRY(read_matrix(m, t, decimals, err));
    }
    return scale_costs(m, err);
}

/* ---- order ---- */

static int compare_keys(const void *x, const void *y)
{
    return str_cmp(((const struct match_key *)x)->name, ((const struct match_key *)y)->name);
}

static int compare_cells(const void *x, const void *y)
{
    const struct match_cell *a = x, *b = y;
    if (a->at[0] != b->at[0])
        return a->at[0] < b->at[0] ? -1 : 1;
    if (a->at[1] != b->at[1])
        return a->at[1] < b->at[1] ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static void sort_side(struct match *m, unsigned side)
{
    struct match_side *s = &m->side[side];
    uint32_t *to = mem_alloc((s->keys.len + 1) * sizeof *to);
    struct str *was = mem_alloc((s->keys.len + 1) * sizeof *was);
    for (size_t i = 0; i < s->keys.len; i++)
        was[i] = s->keys.v[i].name;
    if (s->keys.len > 0)
        qsort(s->keys.v, s->keys.len, sizeof *s->keys.v, compare_keys);
    for (size_t i = 0; i < s->keys.len; i++)
        map_put(&s->index, s->keys.v[i].name, i);
    for (size_t i = 0; i < s->keys.len; i++) {
        uint64_t at = 0;
        map_get(&s->index, was[i], &at);
        to[i] = (uint32_t)at;
    }
    for (size_t i = 0; i < m->cells.len; i++)
        m->cells.v[i].at[side] = to[m->cells.v[i].at[side]];
    mem_free(to);
    mem_free(was);
}

enum code match_sort(struct match *m, const struct table *t, struct error *err)
{
    sort_side(m, 0);
    sort_side(m, 1);
    if (m->cells.len > 0)
        qsort(m->cells.v, m->cells.len, sizeof *m->cells.v, compare_cells);
    for (size_t i = 1; i < m->cells.len; i++) {
        const struct match_cell *a = &m->cells.v[i - 1], *b = &m->cells.v[i];
        if (a->at[0] == b->at[0] && a->at[1] == b->at[1])
            return error_at(err, E_INPUT, (uint32_t)b->row + 2, 0,
                            "'%.*s': the pair '%.*s', '%.*s' is there twice, on rows %zu and %zu",
                            STR_ARG(t->name), STR_ARG(m->side[0].keys.v[a->at[0]].name),
                            STR_ARG(m->side[1].keys.v[a->at[1]].name), a->row + 2, b->row + 2);
    }
    return OK;
}

static struct match_cell *find_cell(const struct match *m, struct str first, struct str second)
{
    uint64_t i = 0, j = 0;
    if (m->cells.len == 0 || !map_get(&m->side[0].index, first, &i) ||
        !map_get(&m->side[1].index, second, &j))
        return NULL;
    struct match_cell key = {
        .at = {(uint32_t)i, (uint32_t)j}
    };
    size_t low = 0, high = m->cells.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const struct match_cell *c = &m->cells.v[mid];
        bool less = c->at[0] != key.at[0] ? c->at[0] < key.at[0] : c->at[1] < key.at[1];
        low = less ? mid + 1 : low;
        high = less ? high : mid;
    }
    if (low == m->cells.len)
        return NULL;
    struct match_cell *c = &m->cells.v[low];
    return c->at[0] == key.at[0] && c->at[1] == key.at[1] ? c : NULL;
}

/* ---- amounts ---- */

static enum code shift(int64_t *v, unsigned by, struct error *err)
{
    i128 wide = 0;
    if (*v == INT64_MAX) /* no limit */
        return OK;
    if (!i128_mul(*v, dec_pow10(by), &wide) || wide >= INT64_MAX)
        return error_set(err, E_RANGE, "amounts have too many digits to be kept exactly");
    *v = (int64_t)wide;
    return OK;
}

/* All amounts so far at `scale`. */
static enum code widen(struct match *m, unsigned scale, struct error *err)
{
    if (scale <= m->amount_scale)
        return OK;
    unsigned by = scale - m->amount_scale;
    for (unsigned s = 0; s < 2; s++)
        for (size_t k = 0; k < m->side[s].keys.len; k++)
            TRY(shift(&m->side[s].keys.v[k].amount, by, err));
    for (size_t i = 0; i < m->cells.len; i++) {
        TRY(shift(&m->cells.v[i].cap, by, err));
        TRY(shift(&m->cells.v[i].keep, by, err));
    }
    m->amount_scale = scale;
    return OK;
}

static enum code read_amount(struct match *m, const struct table *t, int column, size_t row,
                             bool whole, int64_t *out, struct error *err)
{
    struct dec d = {0};
    TRY(table_decimal(t, column, row, &d, err));
    while (d.scale > 0 && d.units % 10 == 0) {
        d.units /= 10;
        d.scale--;
    }
    if (d.units < 0 || (whole && d.scale > 0))
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                        "'%.*s' column '%.*s': '%.*s' is not %s", STR_ARG(t->name),
                        STR_ARG(t->columns.v[column].name), STR_ARG(key_at(t, column, row)),
                        whole ? "a whole number from 0" : "an amount from 0");
    TRY(widen(m, d.scale, err));
    *out = d.units;
    return shift(out, m->amount_scale - d.scale, err);
}

static enum code need_amounts(const struct match *m, unsigned side, const struct table *t,
                              struct error *err)
{
    const struct match_side *s = &m->side[side];
    int64_t total = 0;
    for (size_t k = 0; k < s->keys.len; k++) {
        if (!s->keys.v[k].given)
            return error_set(err, E_MISSING, "'%.*s' has no row for '%.*s'", STR_ARG(t->name),
                             STR_ARG(s->keys.v[k].name));
        if (__builtin_add_overflow(total, s->keys.v[k].amount, &total) || total > INT64_MAX / 4)
            return error_set(err, E_RANGE,
                             "the amounts of '%.*s' have too many digits to be summed",
                             STR_ARG(t->name));
    }
    return OK;
}

enum code match_read_amounts(struct match *m, unsigned side, const struct table *t,
                             const char *name, bool whole, struct error *err)
{
    struct match_side *s = &m->side[side];
    if (t->columns.len < 2)
        return error_set(err, E_INPUT, "'%.*s' has one column; it should have a key and '%s'",
                         STR_ARG(t->name), name);
    int column = table_column(t, name) >= 1 ? table_column(t, name) : 1;
    if (s->column.len == 0)
        s->column = t->columns.v[0].name;
    for (size_t r = 0; r < t->rows; r++) {
        struct str key = key_at(t, 0, r);
        TRY(check_key(t, key, r, err));
        uint32_t at = add_key(s, key); /* may move the keys */
        struct match_key *k = &s->keys.v[at];
        if (k->given)
            return error_at(err, E_INPUT, (uint32_t)r + 2, 0, "'%.*s': '%.*s' is there twice",
                            STR_ARG(t->name), STR_ARG(key));
        k->given = true;
        k->amount = 0;
        int64_t amount = 0;
        TRY(read_amount(m, t, column, r, whole, &amount, err));
        k->amount = amount;
    }
    return need_amounts(m, side, t, err);
}

enum code match_read_keys(struct match *m, const struct table *t, struct error *err)
{
    struct map seen = {0};
    enum code code = OK;
    for (size_t r = 0; r < t->rows && code == OK; r++) {
        struct str key = key_at(t, 0, r);
        code = check_key(t, key, r, err);
        uint64_t *at = map_at(&seen, key, r);
        if (code == OK && *at != r)
            code = error_at(err, E_INPUT, (uint32_t)r + 2, 0, "'%.*s': '%.*s' is there twice",
                            STR_ARG(t->name), STR_ARG(key));
        add_key(&m->side[0], key);
    }
    map_clear(&seen);
    return code;
}

/* ---- capacities of pairs ---- */

static enum code set_cap(struct match *m, const struct table *t, int column, size_t row,
                         struct str first, struct str second, struct error *err)
{
    int64_t cap = 0;
    if (is_missing(key_at(t, column, row)))
        return OK;
    struct match_cell *c = find_cell(m, first, second);
    TRY(read_amount(m, t, column, row, false, &cap, err));
    if (c == NULL && cap == 0)
        return OK;
    if (c == NULL)
        return error_at(err, E_MISSING, (uint32_t)row + 2, 0,
                        "'%.*s' has a capacity for '%.*s', '%.*s', which has no cost",
                        STR_ARG(t->name), STR_ARG(first), STR_ARG(second));
    if (c->cap != INT64_MAX)
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "'%.*s' has '%.*s', '%.*s' twice",
                        STR_ARG(t->name), STR_ARG(first), STR_ARG(second));
    c->cap = cap;
    return OK;
}

/* A matrix or a list with column 'capacity'; what it leaves out has no limit. */
enum code match_read_caps(struct match *m, const struct table *t, struct error *err)
{
    int column = table_column(t, "capacity");
    m->capped = true;
    for (size_t r = 0; r < t->rows; r++) {
        if (column >= 2) {
            TRY(set_cap(m, t, column, r, key_at(t, 0, r), key_at(t, 1, r), err));
            continue;
        }
        for (size_t c = 1; c < t->columns.len; c++)
            TRY(set_cap(m, t, (int)c, r, key_at(t, 0, r), t->columns.v[c].name, err));
    }
    return OK;
}

/* ---- earlier pairs ---- */

/* Rows that an answer of this family holds for what was not matched. */
static bool was_made(const struct table *t, int reason, size_t row, struct str first,
                     struct str second)
{
    if (first.len == 0 || second.len == 0)
        return false;
    struct str why = reason < 0 ? STR("matched") : key_at(t, reason, row);
    return str_is(why, "matched") || str_is(why, "kept");
}

enum code match_read_previous(struct match *m, const struct table *t, size_t *gone,
                              struct error *err)
{
    char first[200], second[200];
    snprintf(first, sizeof first, "%.*s", STR_ARG(m->side[0].column));
    snprintf(second, sizeof second, "%.*s", STR_ARG(m->side[1].column));
    int at0 = 0, at1 = 0, flow = -1, reason = table_column(t, "reason");
    TRY(table_need(t, first, &at0, err));
    TRY(table_need(t, second, &at1, err));
    if (m->flow_column.len > 0)
        TRY(table_need(t, "flow", &flow, err));
    m->previous = true;
    *gone = 0;
    for (size_t r = 0; r < t->rows; r++) {
        struct str a = key_at(t, at0, r), b = key_at(t, at1, r);
        int64_t keep = 1;
        if (!was_made(t, reason, r, a, b))
            continue;
        if (flow >= 0)
            TRY(read_amount(m, t, flow, r, false, &keep, err));
        struct match_cell *c = find_cell(m, a, b);
        *gone += c == NULL;
        if (c != NULL)
            c->keep = keep;
    }
    return OK;
}
