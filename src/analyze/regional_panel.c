/* regional_panel.c - a long or wide table as an exact panel of regions, industries and periods.
 * Total rows and overlapping codes are found and named here, once for all methods (I4). */
#include "analyze_int.h"
#include "regional_int.h"
#include <assert.h>

#define CELLS_MAX 40000000u

/* Names in order of first appearance. */
struct names {
    struct map ids;
    VEC(struct str) list;
};

static uint32_t name_id(struct names *n, struct str name)
{
    uint64_t *at = map_at(&n->ids, name, n->list.len);
    if (*at == n->list.len)
        vec_push(&n->list, name);
    return (uint32_t)*at;
}

struct raw_row {
    uint32_t region, industry, period, line;
    struct dec value, nation;
};

struct reader {
    struct analysis *a;
    const struct table *in;
    enum panel_shape shape;
    int region, industry, year, value, nation, start, nation_start;
    struct names regions, industries, periods;
    VEC(struct raw_row) rows;
    unsigned scale;
    bool *leave_region, *leave_industry;
    uint32_t *region_at, *industry_at, *period_at; /* place in the panel, NONE = left out */
};
#define NONE UINT32_MAX

/* ---- columns ---- */

static enum code optional(struct reader *r, size_t option, int *column, struct error *err)
{
    *column = -1;
    struct str name = r->a->option[option];
    return name.len == 0 ? OK : table_need(r->in, arena_z(&r->a->arena, name), column, err);
}

/* A column whose default name need not be there. */
static int perhaps(const struct reader *r, size_t option)
{
    return table_column(r->in, arena_z(&r->a->arena, r->a->option[option]));
}

static enum code find_columns(struct reader *r, struct error *err)
{
    TRY(table_need(r->in, arena_z(&r->a->arena, r->a->option[PANEL_INDUSTRY]), &r->industry, err));
    TRY(optional(r, PANEL_VALUE, &r->value, err));
    TRY(optional(r, PANEL_NATION, &r->nation, err));
    r->region = perhaps(r, PANEL_REGION);
    if (r->region < 0 && !str_is(r->a->option[PANEL_REGION], "region"))
        TRY(optional(r, PANEL_REGION, &r->region, err));
    r->year = perhaps(r, PANEL_YEAR);
    if (r->value < 0)
        r->value = table_column(r->in, "emp");
    if (r->value < 0)
        TRY(table_need(r->in, "value", &r->value, err));
    r->start = r->nation_start = -1;
    if (r->shape == PANEL_ONE)
        return OK;
    TRY(optional(r, PANEL_START, &r->start, err));
    TRY(optional(r, PANEL_NATION_START, &r->nation_start, err));
    if (r->start >= 0 && (r->nation >= 0) != (r->nation_start >= 0))
        return error_set(err, E_INPUT, "options 'nation' and 'nation-start' go together");
    if (r->start < 0 && r->year < 0)
        return error_set(err, E_INPUT,
                         "'%.*s' has no column '%.*s': name it with option 'year', or the columns "
                         "of both periods with 'start' and 'value'",
                         STR_ARG(r->in->name), STR_ARG(r->a->option[PANEL_YEAR]));
    return OK;
}

/* ---- rows ---- */

static enum code read_value(struct reader *r, struct raw_row raw, int value, int nation,
                            struct str period, struct error *err)
{
    size_t row = raw.line - 2;
    raw.period = name_id(&r->periods, period);
    TRY(table_decimal(r->in, value, row, &raw.value, err));
    if (nation >= 0)
        TRY(table_decimal(r->in, nation, row, &raw.nation, err));
    vec_push(&r->rows, raw);
    return OK;
}

static struct str key_cell(const struct reader *r, int column, size_t row)
{
    return str_trim(table_cell(r->in, column, row));
}

static enum code read_rows(struct reader *r, struct error *err)
{
    for (size_t row = 0; row < r->in->rows; row++) {
        struct str region = r->a->option[PANEL_NAME], year = STR("");
        if (r->region >= 0)
            region = key_cell(r, r->region, row);
        struct raw_row raw = {.line = (uint32_t)row + 2};
        raw.region = name_id(&r->regions, region);
        raw.industry = name_id(&r->industries, key_cell(r, r->industry, row));
        if (r->start >= 0) {
            TRY(read_value(r, raw, r->start, r->nation_start, STR("start"), err));
            year = STR("end");
        } else if (r->year >= 0) {
            year = key_cell(r, r->year, row);
        }
        TRY(read_value(r, raw, r->value, r->nation, year, err));
    }
    if (r->rows.len == 0)
        return error_set(err, E_INPUT, "'%.*s' has no rows", STR_ARG(r->in->name));
    return OK;
}

/* ---- what is left out ---- */

static enum code leave_totals(struct reader *r, const struct names *n, const char *what,
                              bool *leave, struct error *err)
{
    struct str how = r->a->option[PANEL_TOTALS];
    if (str_is(how, "keep") || n->list.len == 1)
        return OK;
    for (size_t i = 0; i < n->list.len; i++) {
        if (!name_is_total(n->list.v[i]))
            continue;
        if (str_is(how, "error"))
            return error_set(err, E_INPUT, "the %s '%.*s' is a total of others", what,
                             STR_ARG(n->list.v[i]));
        leave[i] = true;
        note(r->a, "the %s '%.*s' is a total and left out (option totals)", what,
             STR_ARG(n->list.v[i]));
    }
    return OK;
}

static enum code leave_named(struct reader *r, struct error *err)
{
    struct str rest = r->a->option[PANEL_LEAVE];
    while (rest.ptr != NULL && rest.len > 0) {
        uint64_t id;
        struct str name = str_trim(str_cut(rest, ';', &rest));
        if (name.len == 0)
            continue;
        if (!map_get(&r->industries.ids, name, &id))
            return error_set(err, E_INPUT,
                             "option 'leave' names '%.*s', which is no industry of "
                             "'%.*s'",
                             STR_ARG(name), STR_ARG(r->in->name));
        r->leave_industry[id] = true;
    }
    return OK;
}

static enum code leave_out(struct reader *r, struct error *err)
{
    struct arena *arena = &r->a->arena;
    r->leave_region = arena_alloc(arena, r->regions.list.len);
    r->leave_industry = arena_alloc(arena, r->industries.list.len);
    TRY(leave_named(r, err));
    TRY(leave_totals(r, &r->regions, "region", r->leave_region, err));
    TRY(leave_totals(r, &r->industries, "industry", r->leave_industry, err));
    return codes_overlap(r->a, r->industries.list.v, r->industries.list.len, r->leave_industry,
                         err);
}

/* ---- periods ---- */

/* Years as numbers, anything else as bytes. */
static int period_order(struct str a, struct str b)
{
    if (a.len != b.len && a.len > 0 && b.len > 0 && a.ptr[0] <= '9' && b.ptr[0] <= '9')
        return a.len < b.len ? -1 : 1;
    return str_cmp(a, b);
}

static enum code find_period(const struct reader *r, size_t option, bool last, struct str *out,
                             struct error *err)
{
    const struct names *n = &r->periods;
    struct str want = r->start >= 0 ? STR("") : r->a->option[option];
    uint64_t id;
    if (want.len > 0 && !map_get(&n->ids, want, &id))
        return error_set(err, E_INPUT, "'%.*s' has no period '%.*s'", STR_ARG(r->in->name),
                         STR_ARG(want));
    *out = want.len > 0 ? want : n->list.v[0];
    for (size_t i = 0; i < n->list.len && want.len == 0; i++) {
        int c = period_order(n->list.v[i], *out);
        if (last ? c > 0 : c < 0)
            *out = n->list.v[i];
    }
    return OK;
}

static void sort_periods(struct str *p, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && period_order(p[j], p[j - 1]) < 0; j--) {
            struct str t = p[j];
            p[j] = p[j - 1];
            p[j - 1] = t;
        }
}

static enum code choose_periods(struct reader *r, struct panel *p, struct error *err)
{
    const struct names *n = &r->periods;
    struct str first, last;
    p->period = arena_alloc(&r->a->arena, (n->list.len + 2) * sizeof *p->period);
    if (r->shape == PANEL_ONE) {
        TRY(find_period(r, PANEL_AT, true, &first, err));
        last = first;
    } else {
        TRY(find_period(r, PANEL_FROM, false, &first, err));
        TRY(find_period(r, PANEL_TO, true, &last, err));
        if (r->start >= 0) {
            first = STR("start");
            last = STR("end");
        }
        if (r->start < 0 && period_order(first, last) >= 0)
            return error_set(err, E_INPUT, "the first period '%.*s' is not before the last '%.*s'",
                             STR_ARG(first), STR_ARG(last));
    }
    if (r->start >= 0) {
        p->period[p->periods++] = first;
        p->period[p->periods++] = last;
        return OK;
    }
    for (size_t i = 0; i < n->list.len; i++) {
        struct str s = n->list.v[i];
        bool end = str_eq(s, first) || str_eq(s, last);
        bool within = period_order(s, first) > 0 && period_order(s, last) < 0;
        if (end || (r->shape == PANEL_ALL && within))
            p->period[p->periods++] = s;
    }
    sort_periods(p->period, p->periods);
    return OK;
}

/* ---- the panel ---- */

static uint32_t *places(struct reader *r, const struct names *n, const bool *leave,
                        struct str **out, size_t *count)
{
    struct arena *arena = &r->a->arena;
    uint32_t *at = arena_alloc(arena, n->list.len * sizeof *at);
    *out = arena_alloc(arena, n->list.len * sizeof **out);
    *count = 0;
    for (size_t i = 0; i < n->list.len; i++) {
        at[i] = leave[i] ? NONE : (uint32_t)*count;
        if (!leave[i])
            (*out)[(*count)++] = n->list.v[i];
    }
    return at;
}

static void place_periods(struct reader *r, const struct panel *p)
{
    r->period_at = arena_alloc(&r->a->arena, r->periods.list.len * sizeof *r->period_at);
    for (size_t i = 0; i < r->periods.list.len; i++) {
        r->period_at[i] = NONE;
        for (size_t k = 0; k < p->periods; k++)
            if (str_eq(p->period[k], r->periods.list.v[i]))
                r->period_at[i] = (uint32_t)k;
    }
}

static bool is_used(const struct reader *r, const struct raw_row *w)
{
    return r->region_at[w->region] != NONE && r->industry_at[w->industry] != NONE &&
           r->period_at[w->period] != NONE;
}

static i128 units_at(struct dec d, unsigned scale)
{
    return (i128)d.units * dec_pow10(scale - d.scale);
}

static unsigned common_scale(const struct reader *r)
{
    unsigned scale = 0;
    for (size_t i = 0; i < r->rows.len; i++) {
        const struct raw_row *w = &r->rows.v[i];
        if (!is_used(r, w))
            continue;
        scale = w->value.scale > scale ? w->value.scale : scale;
        scale = w->nation.scale > scale ? w->nation.scale : scale;
    }
    return scale;
}

static enum code twice(const struct reader *r, const struct raw_row *w, uint32_t line,
                       struct error *err)
{
    return error_at(err, E_INPUT, w->line, 0,
                    "'%.*s': region '%.*s', industry '%.*s', period '%.*s' stands in line %u and "
                    "again in line %u",
                    STR_ARG(r->in->name), STR_ARG(r->regions.list.v[w->region]),
                    STR_ARG(r->industries.list.v[w->industry]),
                    STR_ARG(r->periods.list.v[w->period]), line, w->line);
}

/* The nation's column repeats its value in the row of every region. */
static enum code put_nation(const struct reader *r, struct panel *p, const struct raw_row *w,
                            uint32_t *lines, struct error *err)
{
    size_t at = r->period_at[w->period] * p->industries + r->industry_at[w->industry];
    i128 units = units_at(w->nation, p->scale);
    if (lines[at] != 0 && p->nation[at] != units)
        return error_at(err, E_INPUT, w->line, 0,
                        "'%.*s': the reference value of '%.*s' differs between lines %u and %u",
                        STR_ARG(r->in->name), STR_ARG(r->industries.list.v[w->industry]), lines[at],
                        w->line);
    lines[at] = w->line;
    p->nation[at] = units;
    return OK;
}

static enum code fill(const struct reader *r, struct panel *p, uint32_t *lines,
                      uint32_t *nation_lines, struct error *err)
{
    for (size_t i = 0; i < r->rows.len; i++) {
        const struct raw_row *w = &r->rows.v[i];
        if (!is_used(r, w))
            continue;
        size_t at =
            (r->period_at[w->period] * p->regions + r->region_at[w->region]) * p->industries +
            r->industry_at[w->industry];
        if (lines[at] != 0)
            return twice(r, w, lines[at], err);
        lines[at] = w->line;
        p->v[at] = units_at(w->value, p->scale);
        if (r->nation >= 0)
            TRY(put_nation(r, p, w, nation_lines, err));
    }
    return OK;
}

static void note_gaps(struct analysis *a, const struct panel *p, const uint32_t *lines)
{
    size_t gaps = 0, first = 0, n = p->periods * p->regions * p->industries;
    for (size_t i = n; i-- > 0;)
        if (lines[i] == 0) {
            gaps++;
            first = i;
        }
    if (gaps > 0)
        note(a, "%zu pairs have no row and count as 0, the first: region '%.*s', industry '%.*s'",
             gaps, STR_ARG(p->region[first / p->industries % p->regions]),
             STR_ARG(p->industry[first % p->industries]));
}

static bool add_to(i128 *sum, i128 v)
{
    return i128_add(*sum, v, sum);
}

static enum code add_up(struct panel *p, bool own_nation, struct error *err)
{
    bool good = true;
    for (size_t t = 0; t < p->periods; t++) {
        for (size_t r = 0; r < p->regions; r++)
            for (size_t i = 0; i < p->industries; i++) {
                i128 v = panel_v(p, t, r, i);
                good = good && add_to(&p->regional[t * p->regions + r], v);
                if (!own_nation)
                    good = good && add_to(&p->nation[t * p->industries + i], v);
            }
        for (size_t i = 0; i < p->industries; i++)
            good = good && add_to(&p->total[t], panel_nation(p, t, i));
    }
    return good ? OK : error_set(err, E_RANGE, "a sum of the panel leaves 128 bits");
}

/* Tells where a total row says something else than the sum of its parts. */
static void compare_totals(const struct reader *r, const struct panel *p)
{
    size_t differing = 0;
    struct str where = STR("");
    for (size_t i = 0; i < r->rows.len; i++) {
        const struct raw_row *w = &r->rows.v[i];
        uint32_t region = r->region_at[w->region], t = r->period_at[w->period];
        if (region == NONE || t == NONE || !name_is_total(r->industries.list.v[w->industry]) ||
            !r->leave_industry[w->industry] || w->value.scale > p->scale)
            continue;
        if (units_at(w->value, p->scale) == p->regional[t * p->regions + region])
            continue;
        if (differing++ == 0)
            where = r->regions.list.v[w->region];
    }
    if (differing > 0)
        note(r->a,
             "%zu total rows are not the sum of the industries used, the first: region "
             "'%.*s'; shares are of the sum",
             differing, STR_ARG(where));
}

static enum code build(struct reader *r, struct panel *p, struct error *err)
{
    struct arena *arena = &r->a->arena;
    r->region_at = places(r, &r->regions, r->leave_region, &p->region, &p->regions);
    r->industry_at = places(r, &r->industries, r->leave_industry, &p->industry, &p->industries);
    if (p->regions == 0 || p->industries == 0)
        return error_set(err, E_INPUT,
                         "nothing is left of '%.*s' without totals and what is left "
                         "out",
                         STR_ARG(r->in->name));
    TRY(choose_periods(r, p, err));
    place_periods(r, p);
    size_t rows = p->periods * p->regions, cells = rows * p->industries;
    if (rows > CELLS_MAX / p->industries)
        return error_set(err, E_LIMIT,
                         "%zu regions, %zu industries and %zu periods are more than "
                         "%u cells",
                         p->regions, p->industries, p->periods, CELLS_MAX);
    p->scale = common_scale(r);
    p->v = arena_alloc(arena, cells * sizeof *p->v);
    p->nation = arena_alloc(arena, p->periods * p->industries * sizeof *p->nation);
    p->regional = arena_alloc(arena, rows * sizeof *p->regional);
    p->total = arena_alloc(arena, p->periods * sizeof *p->total);
    uint32_t *lines = mem_zalloc((cells + p->periods * p->industries) * sizeof *lines);
    enum code code = fill(r, p, lines, lines + cells, err);
    if (code == OK)
        note_gaps(r->a, p, lines);
    mem_free(lines);
    TRY(code);
    TRY(add_up(p, r->nation >= 0, err));
    compare_totals(r, p);
    if (r->year >= 0 && r->start < 0)
        note(r->a, "periods used: %zu, from '%.*s' to '%.*s'", p->periods, STR_ARG(p->period[0]),
             STR_ARG(p->period[p->periods - 1]));
    return OK;
}

static enum code read_panel(struct reader *r, struct panel *p, struct error *err)
{
    TRY(find_columns(r, err));
    TRY(read_rows(r, err));
    TRY(leave_out(r, err));
    TRY(build(r, p, err));
    p->value_name = r->in->columns.v[r->value].name;
    return OK;
}

enum code panel_read(struct panel *p, struct analysis *a, enum panel_shape shape, struct error *err)
{
    struct reader r = {.a = a, .in = &a->in[0], .shape = shape};
    *p = (struct panel){0};
    map_init(&r.regions.ids);
    map_init(&r.industries.ids);
    map_init(&r.periods.ids);
    enum code code = read_panel(&r, p, err);
    struct names *all[] = {&r.regions, &r.industries, &r.periods};
    for (size_t i = 0; i < 3; i++) {
        map_clear(&all[i]->ids);
        vec_clear(&all[i]->list);
    }
    vec_clear(&r.rows);
    return code;
}

void panel_push(const struct panel *p, struct table *out, int column, i128 units)
{
    char text[DEC_TEXT];
    size_t len = dec_text_short(units, p->scale, 0, text);
    table_push(out, column, (struct str){text, len});
}

enum code panel_not_negative(const struct panel *p, size_t period, struct error *err)
{
    for (size_t r = 0; r < p->regions; r++)
        for (size_t i = 0; i < p->industries; i++)
            if (panel_v(p, period, r, i) < 0 || panel_nation(p, period, i) < 0)
                return error_set(err, E_INPUT,
                                 "region '%.*s', industry '%.*s' is negative: shares need values "
                                 "of 0 or more",
                                 STR_ARG(p->region[r]), STR_ARG(p->industry[i]));
    return OK;
}
