/* mcdm_read.c - the decision matrix and its criteria from tables. */
#include "analyze_int.h"
#include "mcdm_int.h"
#include <math.h>

struct chosen {
    int column;
    bool cost;
    double weight;
};
struct choice {
    int key;
    VEC(struct chosen) list;
    bool weighted;
};

/* Without a table of criteria every other column is one, and more is better. */
static void choose_all(const struct table *in, struct choice *c)
{
    for (size_t i = 0; i < in->columns.len; i++)
        if ((int)i != c->key)
            vec_push(&c->list, (struct chosen){.column = (int)i});
}

static enum code objective(const struct table *t, int column, size_t row, bool *cost,
                           struct error *err)
{
    static const struct {
        const char *word;
        bool cost;
    } words[] = {
        {"max",     false},
        {"min",     true },
        {"benefit", false},
        {"cost",    true },
        {"正向",  false},
        {"负向",  true },
        {"+",       false},
        {"-",       true },
        {"1",       false},
        {"-1",      true }
    };
    struct str s = str_trim(table_cell(t, column, row));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(s, words[i].word)) {
            *cost = words[i].cost;
            return OK;
        }
    return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                    "'%.*s': an objective is max or min, not '%.*s'", STR_ARG(t->name), STR_ARG(s));
}

static enum code choose_row(const struct table *in, const struct table *criteria, const int *column,
                            size_t row, struct choice *c, struct arena *arena, struct error *err)
{
    struct chosen it = {0};
    struct str name = str_trim(table_cell(criteria, column[0], row));
    TRY(table_need(in, arena_z(arena, name), &it.column, err));
    if (it.column == c->key)
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                        "'%.*s' is the column of the alternatives, no criterion", STR_ARG(name));
    for (size_t i = 0; i < c->list.len; i++)
        if (c->list.v[i].column == it.column)
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "criterion '%.*s' stands twice",
                            STR_ARG(name));
    if (column[1] >= 0)
        TRY(objective(criteria, column[1], row, &it.cost, err));
    if (column[2] >= 0) {
        TRY(table_number(criteria, column[2], row, false, &it.weight, err));
        if (it.weight < 0)
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "a weight is negative");
    }
    vec_push(&c->list, it);
    return OK;
}

static enum code choose(struct analysis *a, struct choice *c, struct error *err)
{
    const struct table *in = &a->in[0];
    if (a->in_count < 2) {
        choose_all(in, c);
        note(a, "no table of criteria: every column is one, and more is better");
        return OK;
    }
    const struct table *criteria = &a->in[1];
    int column[3] = {-1, table_column(criteria, "objective"), table_column(criteria, "weight")};
    TRY(table_need(criteria, "criterion", &column[0], err));
    c->weighted = column[2] >= 0;
    for (size_t row = 0; row < criteria->rows; row++)
        TRY(choose_row(in, criteria, column, row, c, &a->arena, err));
    for (size_t i = 0; i < in->columns.len; i++) {
        bool used = (int)i == c->key;
        for (size_t k = 0; k < c->list.len; k++)
            used = used || c->list.v[k].column == (int)i;
        if (!used)
            note(a, "column '%.*s' is no criterion and left out", STR_ARG(in->columns.v[i].name));
    }
    return OK;
}

/* ---- alternatives ---- */

static enum code read_row(struct decision *d, const struct table *in, const struct choice *c,
                          size_t row, size_t room, bool leave, bool *whole, struct error *err)
{
    *whole = true;
    for (size_t k = 0; k < c->list.len; k++) {
        double v;
        TRY(table_number(in, c->list.v[k].column, row, leave, &v, err));
        *whole = *whole && !isnan(v);
        d->x[k * room + d->n] = v;
    }
    return OK;
}

static enum code read_rows(struct decision *d, struct analysis *a, const struct choice *c,
                           struct map *seen, struct error *err)
{
    const struct table *in = &a->in[0];
    bool leave = str_is(a->option[DECISION_MISSING], "leave");
    size_t room = in->rows, incomplete = 0;
    for (size_t row = 0; row < in->rows; row++) {
        struct str name = str_trim(table_cell(in, c->key, row));
        if (name_is_total(name)) {
            note(a, "'%.*s' in line %zu is a total and left out", STR_ARG(name), row + 2);
            continue;
        }
        uint64_t *at = map_at(seen, name, row);
        if (*at != row)
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                            "alternative '%.*s' stands in line %zu and again in line %zu",
                            STR_ARG(name), (size_t)*at + 2, row + 2);
        bool whole;
        TRY(read_row(d, in, c, row, room, leave, &whole, err));
        incomplete += !whole;
        if (whole)
            d->alternative[d->n++] = name;
    }
    if (incomplete > 0)
        note(a, "%zu alternatives with missing values left out", incomplete);
    for (size_t k = 1; k < d->m && d->n < room; k++) /* close the gaps between columns */
        memmove(d->x + k * d->n, d->x + k * room, d->n * sizeof *d->x);
    return OK;
}

static enum code fill(struct decision *d, struct analysis *a, const struct choice *c,
                      struct error *err)
{
    const struct table *in = &a->in[0];
    struct map seen;
    double sum = 0;
    d->m = c->list.len;
    if (d->m == 0 || in->rows == 0)
        return error_set(err, E_INPUT, "'%.*s' has no %s", STR_ARG(in->name),
                         d->m == 0 ? "criteria" : "alternatives");
    d->alternative = arena_alloc(&a->arena, in->rows * sizeof *d->alternative);
    d->x = arena_alloc(&a->arena, in->rows * d->m * sizeof *d->x);
    d->criterion = arena_alloc(&a->arena, d->m * sizeof *d->criterion);
    d->cost = arena_alloc(&a->arena, d->m * sizeof *d->cost);
    d->given = c->weighted ? arena_alloc(&a->arena, d->m * sizeof *d->given) : NULL;
    for (size_t k = 0; k < d->m; k++) {
        d->criterion[k] = in->columns.v[c->list.v[k].column].name;
        d->cost[k] = c->list.v[k].cost;
        sum += c->list.v[k].weight;
    }
    if (c->weighted && !(sum > 0))
        return error_set(err, E_INPUT, "the weights add up to 0");
    for (size_t k = 0; k < d->m && c->weighted; k++)
        d->given[k] = c->list.v[k].weight / sum;
    map_init(&seen);
    enum code code = read_rows(d, a, c, &seen, err);
    map_clear(&seen);
    TRY(code);
    return d->n > 0 ? OK : error_set(err, E_INPUT, "no alternative is left");
}

enum code decision_read(struct decision *d, struct analysis *a, struct error *err)
{
    const struct table *in = &a->in[0];
    struct choice c = {0};
    *d = (struct decision){0};
    c.key = table_column(in, arena_z(&a->arena, a->option[DECISION_ALTERNATIVE]));
    if (c.key < 0 && !str_is(a->option[DECISION_ALTERNATIVE], "alternative"))
        TRY(table_need(in, arena_z(&a->arena, a->option[DECISION_ALTERNATIVE]), &c.key, err));
    c.key = c.key < 0 ? 0 : c.key;
    enum code code = choose(a, &c, err);
    if (code == OK)
        code = fill(d, a, &c, err);
    vec_clear(&c.list);
    return code;
}
