/* ts_series.c - reading a series and its frequency, options that are counts, tables of parameters.
 * A series has no holes here: a missing value, a missing period or a period twice is an error that
 * names the row, since every method of this family would silently shift what follows. */
#include "ts_int.h"
#include <math.h>

double *ts_numbers(struct arena *a, size_t n)
{
    return arena_alloc(a, (n > 0 ? n : 1) * sizeof(double));
}

/* ---- options ---- */

bool ts_given(const struct analysis *a, int option)
{
    return a->option[option].len > 0;
}

enum code ts_count(const struct analysis *a, int option, const char *name, size_t fallback,
                   size_t min, size_t max, size_t *out, struct error *err)
{
    struct str s = a->option[option];
    size_t n = 0, i = 0;
    for (; i < s.len && i < 10 && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        n = n * 10 + (size_t)(s.ptr[i] - '0');
    if (s.len == 0)
        n = fallback;
    if (i != s.len || n < min || n > max)
        return error_set(err, E_INPUT, "option '%s' is a whole number from %zu to %zu, not '%.*s'",
                         name, min, max, STR_ARG(str_sub(s, 0, 40)));
    *out = n;
    return OK;
}

enum code ts_number(struct analysis *a, int option, double min, double max, const char *name,
                    double *out, struct error *err)
{
    struct table t;
    table_init(&t, &a->arena, STR("option"));
    int c = table_add_column(&t, name);
    table_push(&t, c, a->option[option]);
    table_end_row(&t);
    enum code code = table_number(&t, c, 0, false, out, err);
    table_clear(&t);
    if (code == OK && !(*out >= min && *out <= max))
        return error_set(err, E_INPUT, "option '%s' is a number from %g to %g, not %g", name, min,
                         max, *out);
    return code;
}

/* ---- time ---- */

/* "2024-03", "2024M03", "2024Q1", "2024-Q1", "2024", "1949.08333": the period's number since year
 * 0, once the frequency is known; frequency 0 asks which one the text itself implies. */
struct stamp {
    int64_t year, sub; /* sub from 1, 0 = none */
    size_t frequency;  /* 12, 4, 1; 0 = a decimal year */
    double decimal;
};

static size_t digits(struct str s, size_t i, int64_t *out)
{
    size_t from = i;
    *out = 0;
    for (; i < s.len && i - from < 6 && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        *out = *out * 10 + (s.ptr[i] - '0');
    return i;
}

static bool parse_stamp(struct str s, struct stamp *out)
{
    *out = (struct stamp){.frequency = 1};
    size_t i = digits(s, 0, &out->year);
    if (i != 4)
        return false;
    if (i == s.len)
        return true;
    i += s.ptr[i] == '-';
    bool quarter = i < s.len && (s.ptr[i] == 'Q' || s.ptr[i] == 'q');
    i += quarter || (i < s.len && (s.ptr[i] == 'M' || s.ptr[i] == 'm'));
    out->frequency = quarter ? 4 : 12;
    size_t from = i;
    i = digits(s, i, &out->sub);
    return i == s.len && i > from && out->sub >= 1 && out->sub <= (int64_t)out->frequency;
}

static bool stamp_at(const struct table *t, int time, size_t row, struct stamp *out)
{
    if (parse_stamp(str_trim(table_cell(t, time, row)), out))
        return true;
    out->frequency = 0;
    return table_number(t, time, row, false, &out->decimal, NULL) == OK && fabs(out->decimal) < 1e6;
}

static int64_t period_of(const struct stamp *s, size_t frequency)
{
    if (s->frequency == 0)
        return (int64_t)floor(s->decimal * (double)frequency + 0.5);
    return s->year * (int64_t)s->frequency + (s->sub > 0 ? s->sub - 1 : 0);
}

static double year_of(const struct stamp *s)
{
    return s->frequency == 0 ? s->decimal : (double)s->year;
}

/* Text names its frequency; decimal years by the smallest step between neighbours. */
static size_t frequency_of(const struct table *t, int time)
{
    struct stamp one, two;
    bool decimal = false;
    double step = HUGE_VAL;
    for (size_t r = 0; r + 1 < t->rows && r < 1000; r++) {
        if (!stamp_at(t, time, r, &one) || !stamp_at(t, time, r + 1, &two))
            return 0;
        if (one.frequency > 1)
            return one.frequency;
        decimal = decimal || one.frequency == 0 || two.frequency == 0;
        double d = year_of(&two) - year_of(&one);
        if (d > 0 && d < step)
            step = d;
    }
    if (!decimal)
        return 1;
    double f = floor(1 / step + 0.5);
    return f >= 1 && f <= TS_PERIOD_MAX && fabs(1 / step - f) < 0.01 * f ? (size_t)f : 0;
}

static enum code check_times(const struct table *t, int time, size_t frequency, struct error *err)
{
    struct stamp s;
    int64_t last = 0;
    for (size_t r = 0; r < t->rows; r++) {
        if (!stamp_at(t, time, r, &s) || (s.frequency > 1 && s.frequency != frequency))
            return OK; /* a time of another kind than the frequency asked for: the order stands */
        if (s.frequency == 1) /* January of a decimal year is written without decimals */
            s = (struct stamp){.decimal = (double)s.year};
        int64_t now = period_of(&s, frequency);
        if (r > 0 && now != last + 1)
            return error_at(
                err, E_INPUT, (uint32_t)r + 2, 0,
                "'%.*s': %s between '%.*s' and '%.*s' at frequency %zu", STR_ARG(t->name),
                now > last ? "periods are missing" : "time steps back",
                STR_ARG(table_cell(t, time, r - 1)), STR_ARG(table_cell(t, time, r)), frequency);
        last = now;
    }
    return OK;
}

static enum code take_frequency(const struct analysis *a, const struct table *t, int option,
                                size_t *out, struct error *err)
{
    int time = table_column(t, "time");
    size_t found = time >= 0 && !ts_given(a, option) ? frequency_of(t, time) : 1;
    if (found == 0)
        return error_set(err, E_INPUT,
                         "the frequency does not follow from column 'time' of '%.*s'; give it as "
                         "option 'frequency' (12 monthly, 4 quarterly, 1 yearly)",
                         STR_ARG(t->name));
    TRY(ts_count(a, option, "frequency", found, 1, TS_PERIOD_MAX, out, err));
    return time >= 0 ? check_times(t, time, *out, err) : OK;
}

/* Keys twice would be summed or shifted by whatever reads the result. */
static enum code check_labels(struct analysis *a, const struct table *t, int key, struct error *err)
{
    struct map seen;
    uint64_t row = 0;
    enum code code = OK;
    map_init(&seen);
    for (size_t r = 0; r < t->rows && code == OK; r++) {
        struct str k = table_cell(t, key, r);
        if (map_get(&seen, k, &row))
            code = error_at(err, E_CONFLICT, (uint32_t)r + 2, 0,
                            "'%.*s': '%.*s' stands in rows %zu and %zu", STR_ARG(t->name),
                            STR_ARG(k), (size_t)row + 2, r + 2);
        map_put(&seen, arena_dup(&a->arena, k), r);
    }
    map_clear(&seen);
    return code;
}

static enum code read_values(struct analysis *a, const struct table *t, int column,
                             struct series *s, struct error *err)
{
    int key = table_column(t, "t");
    key = key >= 0 ? key : table_column(t, "time");
    if (key >= 0)
        TRY(check_labels(a, t, key, err));
    s->y = ts_numbers(&a->arena, s->n);
    s->label = arena_alloc(&a->arena, s->n * sizeof *s->label);
    for (size_t r = 0; r < s->n; r++) {
        TRY(table_number(t, column, r, false, &s->y[r], err));
        s->label[r] = key >= 0 ? table_cell(t, key, r) : arena_fmt(&a->arena, "%zu", r + 1);
    }
    return OK;
}

enum code ts_read(struct analysis *a, const struct table *t, int value, int frequency,
                  struct series *s, struct error *err)
{
    int column = -1;
    *s = (struct series){.n = t->rows};
    TRY(table_need(t, arena_z(&a->arena, a->option[value]), &column, err));
    if (s->n < 3)
        return error_set(err, E_INPUT, "'%.*s' has %zu values; a series has at least 3",
                         STR_ARG(t->name), s->n);
    if (s->n > TS_LENGTH_MAX)
        return error_set(err, E_LIMIT, "'%.*s' has %zu values, more than %d", STR_ARG(t->name),
                         s->n, TS_LENGTH_MAX);
    TRY(read_values(a, t, column, s, err));
    return take_frequency(a, t, frequency, &s->period, err);
}

/* ---- parameters ---- */

enum code ts_params_init(struct ts_params *p, const struct table *t, struct str series,
                         struct str model, struct error *err)
{
    *p = (struct ts_params){.t = t, .series = series, .model = model};
    TRY(table_need(t, "param", &p->param, err));
    TRY(table_need(t, "value", &p->value, err));
    p->series_column = series.len > 0 ? table_column(t, "series") : -1;
    p->model_column = model.len > 0 ? table_column(t, "model") : -1;
    if (p->model_column < 0 && model.len > 0)
        p->model_column = table_column(t, "type");
    return OK;
}

static bool is_row(const struct ts_params *p, size_t row, const char *name)
{
    if (p->series_column >= 0 && !str_eq(table_cell(p->t, p->series_column, row), p->series))
        return false;
    if (p->model_column >= 0 && !str_eq(table_cell(p->t, p->model_column, row), p->model))
        return false;
    return str_is(table_cell(p->t, p->param, row), name);
}

enum code ts_param(const struct ts_params *p, const char *name, double *out, bool *found,
                   struct error *err)
{
    size_t first = 0;
    *found = false;
    for (size_t r = 0; r < p->t->rows; r++) {
        if (!is_row(p, r, name))
            continue;
        if (*found)
            return error_at(err, E_CONFLICT, (uint32_t)r + 2, 0,
                            "'%.*s': '%s' stands in rows %zu and %zu; choose by options 'series' "
                            "and 'params.model'",
                            STR_ARG(p->t->name), name, first + 2, r + 2);
        TRY(table_number(p->t, p->value, r, false, out, err));
        *found = true;
        first = r;
    }
    return OK;
}

enum code ts_param_need(const struct ts_params *p, const char *name, double *out, struct error *err)
{
    bool found = false;
    TRY(ts_param(p, name, out, &found, err));
    if (!found)
        return error_set(err, E_MISSING,
                         "'%.*s' has no parameter '%s' (series '%.*s', model '%.*s')",
                         STR_ARG(p->t->name), name, STR_ARG(p->series), STR_ARG(p->model));
    return OK;
}
