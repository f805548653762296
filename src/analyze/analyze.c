/* analyze.c - finding a method by name, checking inputs and options against its row, running it.
 * Knows no method; the families are listed here and written elsewhere. */
#include "analyze_int.h"
#include <assert.h>

const struct method *const analyze_families[] = {
    analyze_complexity, analyze_regional, analyze_io,    analyze_mcdm,
    analyze_ts,         analyze_match,    analyze_qualify, analyze_graph, NULL,
};

/* ---- names ---- */

const struct method *analyze_find(struct str name)
{
    for (size_t f = 0; analyze_families[f] != NULL; f++)
        for (const struct method *m = analyze_families[f]; m->name != NULL; m++)
            if (str_is(name, m->name))
                return m;
    return NULL;
}

#define SHOWN_MAX 40

static bool is_near(struct str a, struct str b)
{
    if (a.len == 0 || a.len > STR_DISTANCE_MAX)
        return false;
    return str_has(b, a) || str_has(a, b) || str_distance(a, b) <= 1 + a.len / 3;
}

static void add_name(struct buf *list, const char *name)
{
    buf_fmt(list, "%s%s", list->len > 0 ? ", " : "", name);
}

/* The names near to `name`, or all of them when none is. */
static void list_methods(struct str name, bool all, struct buf *list)
{
    for (size_t f = 0; analyze_families[f] != NULL; f++)
        for (const struct method *m = analyze_families[f]; m->name != NULL; m++)
            if (all || is_near(name, str_z(m->name)))
                add_name(list, m->name);
    if (!all && list->len == 0)
        list_methods(name, true, list);
}

enum code analyze_need(struct str name, const struct method **m, struct error *err)
{
    *m = analyze_find(name);
    if (*m != NULL)
        return OK;
    struct buf list;
    buf_init(&list, 400);
    list_methods(name, false, &list);
    enum code code = error_set(err, E_MISSING, "no method '%.*s'; there are: %.*s%s",
                               STR_ARG(str_sub(name, 0, SHOWN_MAX)), STR_ARG(buf_str(&list)),
                               list.full ? " …" : "");
    buf_clear(&list);
    return code;
}

/* ---- inputs and options ---- */

static enum code check_inputs(const struct method *m, const struct table *in, size_t in_count,
                              struct error *err)
{
    size_t needed = 0, known = 0;
    for (struct str rest = str_z(m->inputs); rest.ptr != NULL;) {
        struct str word = str_cut(rest, ' ', &rest);
        known += word.len > 0;
        needed += word.len > 0 && !str_ends(word, STR("?"));
    }
    if (in_count < needed || in_count > known)
        return error_set(err, E_INPUT, "method '%s' takes the inputs: %s; %zu given", m->name,
                         m->inputs, in_count);
    for (size_t i = 0; i < in_count; i++)
        if (in[i].columns.len == 0)
            return error_set(err, E_INPUT, "input '%.*s' has no columns", STR_ARG(in[i].name));
    return OK;
}

static size_t option_count_of(const struct method *m)
{
    size_t n = 0;
    while (n < OPTIONS_MAX && m->options[n].name != NULL)
        n++;
    return n;
}

static enum code unknown_option(const struct method *m, struct str name, struct error *err)
{
    struct buf list;
    buf_init(&list, 400);
    for (size_t i = 0; i < option_count_of(m); i++)
        add_name(&list, m->options[i].name);
    enum code code = error_set(err, E_INPUT, "method '%s' has no option '%.*s'; it has: %.*s",
                               m->name, STR_ARG(str_sub(name, 0, SHOWN_MAX)),
                               STR_ARG(list.len > 0 ? buf_str(&list) : STR("none")));
    buf_clear(&list);
    return code;
}

static bool in_list(struct str value, const char *values)
{
    for (struct str rest = str_z(values); rest.ptr != NULL;)
        if (str_eq(str_cut(rest, '|', &rest), value))
            return true;
    return false;
}

/* The value as a cell, so that a number is one by the same rule as in a table. */
static bool is_number(struct analysis *a, struct str value)
{
    struct table t;
    double ignored;
    table_init(&t, &a->arena, STR("option"));
    int c = table_add_column(&t, "value");
    table_push(&t, c, value);
    table_end_row(&t);
    bool is = table_number(&t, c, 0, false, &ignored, NULL) == OK;
    table_clear(&t);
    return is;
}

static enum code check_value(struct analysis *a, const struct method_option *o, struct str value,
                             struct error *err)
{
    struct str shown = str_sub(value, 0, 60);
    if (strchr(o->values, '|') != NULL && !in_list(value, o->values))
        return error_set(err, E_INPUT, "option '%s' is one of %s, not '%.*s'", o->name, o->values,
                         STR_ARG(shown));
    if (strcmp(o->values, "number") == 0 && !is_number(a, value))
        return error_set(err, E_INPUT, "option '%s' is a number, not '%.*s'", o->name,
                         STR_ARG(shown));
    return OK;
}

static enum code take_option(struct analysis *a, const struct method *m, const struct str pair[2],
                             uint32_t *given, struct error *err)
{
    for (size_t i = 0; i < option_count_of(m); i++) {
        if (!str_is(pair[0], m->options[i].name))
            continue;
        if (*given >> i & 1)
            return error_set(err, E_INPUT, "option '%s' is given twice", m->options[i].name);
        *given |= 1u << i;
        a->option[i] = arena_dup(&a->arena, pair[1]);
        return check_value(a, &m->options[i], pair[1], err);
    }
    return unknown_option(m, pair[0], err);
}

static enum code take_options(struct analysis *a, const struct method *m,
                              const struct str (*options)[2], size_t count, struct error *err)
{
    uint32_t given = 0;
    for (size_t i = 0; i < option_count_of(m); i++)
        a->option[i] = str_z(m->options[i].fallback);
    for (size_t i = 0; i < count; i++)
        TRY(take_option(a, m, options[i], &given, err));
    return OK;
}

/* ---- running ---- */

/* I2: an infinity is a number that left the range of double. */
static enum code check_finite(const struct table *t, struct error *err)
{
    for (size_t c = 0; c < t->columns.len; c++)
        for (size_t r = 0; r < t->rows; r++)
            if (t->columns.v[c].cells.v[r].ptr == table_beyond)
                return error_set(
                    err, E_RANGE, "the result '%.*s' of row %zu (%.*s) left the range of numbers",
                    STR_ARG(t->columns.v[c].name), r + 1, STR_ARG(t->columns.v[0].cells.v[r]));
    return OK;
}

static enum code run(const struct method *m, const struct str (*options)[2], size_t option_count,
                     struct analysis *a, struct error *err)
{
    TRY(check_inputs(m, a->in, a->in_count, err));
    TRY(take_options(a, m, options, option_count, err));
    TRY(m->run(a, err));
    return check_finite(&a->out, err);
}

enum code analyze_run(const struct method *m, const struct table *in, size_t in_count,
                      const struct str (*options)[2], size_t option_count, struct analysis *a,
                      struct error *err)
{
    *a = (struct analysis){.in = in, .in_count = in_count};
    arena_init(&a->arena, 0);
    if (m == NULL)
        return analyze_need(STR(""), &m, err);
    table_init(&a->out, &a->arena, str_z(m->name));
    enum code code = run(m, options, option_count, a, err);
    if (code != OK)
        analysis_clear(a);
    return code;
}

void analysis_clear(struct analysis *a)
{
    table_clear(&a->out);
    vec_clear(&a->notes);
    arena_clear(&a->arena);
    *a = (struct analysis){0};
}

void note(struct analysis *a, const char *fmt, ...)
{
    struct buf text;
    buf_init(&text, 4096);
    va_list ap;
    va_start(ap, fmt);
    buf_vfmt(&text, fmt, ap);
    va_end(ap);
    vec_push(&a->notes, arena_dup(&a->arena, buf_str(&text)));
    buf_clear(&text);
}
