/* analyze_testing.h - what tests of the families share: methods run on text or on files of
 * shared/data/analytics, results compared with expected tables by joining on keys; and a trial, one
 * run with all it holds. Tests only. */
#ifndef LUOSHU_ANALYZE_TESTING_H
#define LUOSHU_ANALYZE_TESTING_H
#include "analyze.h"
#include "base/test.h"
#include <math.h>

/* $LUOSHU_SHARED/data/analytics/<path>, or ../shared beside the source; skips when not there. */
static inline struct str shared_text(struct arena *a, const char *path)
{
    const char *shared = getenv("LUOSHU_SHARED"), *source = getenv("LUOSHU_SOURCE");
    struct str name = shared != NULL ? arena_fmt(a, "%s/data/analytics/%s", shared, path)
                                     : arena_fmt(a, "%s/../shared/data/analytics/%s",
                                                 source ? source : ".", path);
    FILE *f = fopen(arena_z(a, name), "rb");
    if (f == NULL) {
        print_message("# skipped: no %.*s\n", STR_ARG(name));
        arena_clear(a); /* skip does not return */
        skip();
    }
    struct buf b;
    buf_init(&b, (size_t)1 << 30);
    char part[65536];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_add(&b, (struct str){part, n});
    fclose(f);
    struct str text = arena_dup(a, buf_str(&b));
    buf_clear(&b);
    return text;
}

static inline void table_of(struct table *t, struct arena *a, struct str text, const char *name)
{
    struct error err = {0};
    table_init(t, a, str_z(name));
    if (table_read(t, text, &err) != OK)
        fail_msg("%s: %s (line %u)", name, err.text, err.line);
}

static inline void shared_table(struct table *t, struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    table_of(t, a, shared_text(a, path), slash != NULL ? slash + 1 : path);
}

/* options: "name=value" parted by '|', so that a test reads like a command line. */
static inline enum code run_method(const char *method, const struct table *in, size_t in_count,
                                   const char *options, struct analysis *a, struct error *err)
{
    struct str pairs[OPTIONS_MAX][2];
    size_t n = 0;
    for (struct str rest = str_z(options); rest.ptr != NULL && rest.len > 0;) {
        struct str value, pair = str_cut(rest, '|', &rest);
        pairs[n][0] = str_cut(pair, '=', &value);
        pairs[n++][1] = value;
    }
    const struct method *m = analyze_find(str_z(method));
    if (m == NULL)
        fail_msg("no method %s", method);
    return analyze_run(m, in, in_count, (const struct str(*)[2])pairs, n, a, err);
}

static inline void run_well(const char *method, const struct table *in, size_t in_count,
                            const char *options, struct analysis *a)
{
    struct error err = {0};
    if (run_method(method, in, in_count, options, a, &err) != OK)
        fail_msg("%s %s: %s (line %u)", method, options, err.text, err.line);
}

/* The key of a row: its cells of the key columns, numbers as they stand. */
static inline struct str key_of(const struct table *t, const char *keys, size_t row,
                                struct arena *a)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    for (struct str rest = str_z(keys); rest.ptr != NULL;) {
        struct str word = str_cut(rest, ',', &rest);
        int c = table_column(t, arena_z(a, word));
        if (c < 0)
            fail_msg("'%.*s' has no key column '%.*s'", STR_ARG(t->name), STR_ARG(word));
        buf_add(&b, table_cell(t, c, row));
        buf_byte(&b, '\x1f');
    }
    struct str key = arena_dup(a, buf_str(&b));
    buf_clear(&b);
    return key;
}

/* Rows of t by key. The map is the caller's. */
static inline void rows_by_key(const struct table *t, const char *keys, struct arena *a,
                               struct map *rows)
{
    map_init(rows);
    for (size_t r = 0; r < t->rows; r++)
        map_put(rows, key_of(t, keys, r, a), r);
}

/* The largest number of a column, without sign; 0 when there is none. */
static inline double column_size(const struct table *t, int column)
{
    double v, largest = 0;
    for (size_t r = 0; r < t->rows; r++)
        if (table_number(t, column, r, true, &v, NULL) == OK && fabs(v) > largest)
            largest = fabs(v);
    return largest;
}

struct deviation {
    double relative; /* |got - want| / max(|want|, floor) */
    size_t cells;
};

/* Every row of want must be in got; column `column` of want against `as` of got; texts must be the
 * same. floor: numbers below it are compared absolutely, as differences of larger ones are; a zero
 * with no floor is compared with the largest of its column. */
static inline struct deviation compare_column(const struct table *got, const char *as,
                                              const struct table *want, const char *column,
                                              const char *keys, double floor)
{
    struct arena a;
    struct map rows;
    struct deviation d = {0};
    int cg = table_column(got, as), cw = table_column(want, column);
    if (cg < 0 || cw < 0)
        fail_msg("no column '%s' in the result or '%s' in '%.*s'", as, column, STR_ARG(want->name));
    arena_init(&a, 0);
    rows_by_key(got, keys, &a, &rows);
    double largest = column_size(want, cw);
    for (size_t r = 0; r < want->rows; r++) {
        uint64_t at;
        double g, w;
        struct error err = {0};
        struct str key = key_of(want, keys, r, &a);
        if (!map_get(&rows, key, &at))
            fail_msg("'%.*s' line %zu: the result has no row %.*s", STR_ARG(want->name), r + 2,
                     STR_ARG(key));
        if (table_number(want, cw, r, true, &w, NULL) != OK) {
            check_text(table_cell(got, cg, at), table_cell(want, cw, r), column);
            continue;
        }
        if (table_number(got, cg, at, true, &g, &err) != OK)
            fail_msg("%s", err.text);
        if (isnan(w) != isnan(g))
            fail_msg("'%.*s' line %zu column %s: got %g, want %g", STR_ARG(want->name), r + 2,
                     column, g, w);
        if (isnan(w))
            continue;
        double size = fmax(fabs(w), floor);
        size = size > 0 ? size : largest > 0 ? largest : 1;
        d.relative = fmax(d.relative, fabs(g - w) / size);
        d.cells++;
    }
    map_clear(&rows);
    arena_clear(&a);
    return d;
}

/* columns: "a,b=c": column a of both, column b of want against c of the result. */
static inline void check_table(const struct table *got, const struct table *want, const char *keys,
                               const char *columns, double floor, double limit)
{
    struct deviation worst = {0};
    struct arena a;
    arena_init(&a, 0);
    for (struct str rest = str_z(columns); rest.ptr != NULL;) {
        struct str as, pair = str_cut(rest, ',', &rest), column = str_cut(pair, '=', &as);
        if (as.ptr == NULL)
            as = column;
        struct deviation d =
            compare_column(got, arena_z(&a, as), want, arena_z(&a, column), keys, floor);
        worst.relative = d.relative > worst.relative ? d.relative : worst.relative;
        worst.cells += d.cells;
        if (!(d.relative <= limit))
            fail_msg("'%.*s' column %.*s: largest relative deviation %.3g, allowed %.3g",
                     STR_ARG(want->name), STR_ARG(column), d.relative, limit);
    }
    print_message("# %.*s [%.80s]: %zu cells, largest relative deviation %.3g\n",
                  STR_ARG(want->name), columns, worst.cells, worst.relative);
    arena_clear(&a);
}

/* ---- a trial: inputs, options, result or error, cleared together ---- */

#define INPUTS_MAX 4
struct trial {
    struct arena arena;
    struct table in[INPUTS_MAX];
    size_t in_count;
    struct str option[OPTIONS_MAX][2];
    size_t option_count;
    struct analysis a;
    struct error err;
};

static inline void trial_init(struct trial *t)
{
    *t = (struct trial){.in_count = 0};
    arena_init(&t->arena, 0);
}

static inline void trial_clear(struct trial *t)
{
    if (t->err.code == OK)
        analysis_clear(&t->a);
    for (size_t i = 0; i < t->in_count; i++)
        table_clear(&t->in[i]);
    arena_clear(&t->arena);
}

static inline void trial_text(struct trial *t, const char *name, struct str csv)
{
    table_of(&t->in[t->in_count++], &t->arena, csv, name);
}

static inline void trial_file(struct trial *t, const char *path)
{
    shared_table(&t->in[t->in_count++], &t->arena, path);
}

static inline void trial_option(struct trial *t, const char *name, const char *value)
{
    t->option[t->option_count][0] = str_z(name);
    t->option[t->option_count++][1] = str_z(value);
}

static inline enum code trial_run(struct trial *t, const char *method)
{
    const struct method *m = NULL;
    if (analyze_need(str_z(method), &m, &t->err) != OK)
        return t->err.code;
    return analyze_run(m, t->in, t->in_count, (const struct str(*)[2])t->option, t->option_count,
                       &t->a, &t->err);
}

static inline void trial_ok(struct trial *t, const char *method)
{
    if (trial_run(t, method) != OK)
        fail_msg("%s: %s", method, t->err.text);
}

/* The number in a column of the first row whose first cell is key. */
static inline double cell_number(const struct table *t, const char *column, const char *key)
{
    int c = table_column(t, column);
    size_t r = 0;
    double v = NAN;
    while (r < t->rows && !str_is(table_cell(t, 0, r), key))
        r++;
    if (c < 0 || r == t->rows)
        fail_msg("no column '%s' or no row '%s'", column, key);
    if (table_number(t, c, r, true, &v, NULL) != OK)
        fail_msg("'%s' of '%s' is no number", column, key);
    return v;
}

static inline bool has_word(const char *words, struct str word)
{
    for (struct str rest = str_z(words); rest.ptr != NULL;)
        if (str_eq(str_cut(rest, ' ', &rest), word))
            return true;
    return false;
}

/* Every column of the reference must be in the result, and as many rows, found by the column `key`;
 * `skipped` are columns of the reference that are not compared, separated by blanks. */
static inline void check_whole_table(const struct table *got, const struct table *want,
                                     const char *key, const char *skipped, double limit)
{
    struct buf columns;
    buf_init(&columns, 1 << 20);
    assert_int_equal(got->rows, want->rows);
    for (size_t c = 0; c < want->columns.len; c++) {
        struct str name = want->columns.v[c].name;
        if (!str_is(name, key) && !has_word(skipped, name))
            buf_fmt(&columns, "%s%.*s", columns.len > 0 ? "," : "", STR_ARG(name));
    }
    buf_byte(&columns, '\0');
    check_table(got, want, key, columns.ptr, 0, limit);
    buf_clear(&columns);
}

static inline void trial_compare(struct trial *t, const char *path, const char *key,
                                 const char *skipped, double limit)
{
    struct table want;
    shared_table(&want, &t->arena, path);
    check_whole_table(&t->a.out, &want, key, skipped, limit);
    table_clear(&want);
}
#endif
