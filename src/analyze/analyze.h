/* analyze.h - the methods of regional analysis: tables in, tables out. Pure: no files, no clock.
 *
 * A method is a row of a family's table; a family is one folder-local group of files
 * (complexity_*.c, regional_*.c, io_*.c, mcdm_*.c, ts_*.c, match_*.c, graph_*.c). Double precision
 * lives here and in pixels only; whatever can be decided in integers is (is RCA >= 1, do the parts
 * of a growth add up). Each method's head names paper and equation. */
#ifndef LUOSHU_ANALYZE_H
#define LUOSHU_ANALYZE_H
#include "base/base.h"

/* A table of text cells, column-wise; rows are in order of the file. Cells of a file are places in
 * its text, half the size of a struct str: a national table has millions of them. */
struct cell_at {
    uint32_t at, len; /* len UINT32_MAX: not as it stands there, `at` counts in table.unquoted */
};
struct column {
    struct str name;
    VEC(struct cell_at) spans; /* of a table read */
    VEC(struct str) cells;  /* of a table made; cells are in the arena */
};
struct table {
    struct arena *arena; /* borrowed */
    struct str name;     /* of the file, without folder, for messages */
    struct str text;     /* what was read, borrowed; ptr NULL: made by table_push */
    VEC(struct column) columns;
    VEC(struct str) unquoted; /* cells in which a quote was doubled */
    size_t rows;
};
void table_init(struct table *t, struct arena *a, struct str name);
void table_clear(struct table *t); /* the vectors, not the arena */
/* CSV with a header; quoting as in RFC 4180; limits of base/csv.h. The text is borrowed until
 * table_clear. fails E_INPUT at line, column; E_LIMIT a text of 4 GiB or more */
MUST_CHECK enum code table_read(struct table *t, struct str csv, struct error *err);
void table_write(const struct table *t, struct buf *out);
/* Column by name, -1 = none. */
int table_column(const struct table *t, const char *name);
/* fails E_MISSING naming the columns that are there */
MUST_CHECK enum code table_need(const struct table *t, const char *name, int *column, struct error *err);
struct str table_cell(const struct table *t, int column, size_t row);
/* A number; empty, "NA", "nan" = NaN when `missing` is allowed. fails E_INPUT at line row + 2 */
MUST_CHECK enum code table_number(const struct table *t, int column, size_t row, bool missing,
                                  double *out, struct error *err);
/* The same exactly, for what is decided in integers. */
MUST_CHECK enum code table_decimal(const struct table *t, int column, size_t row, struct dec *out,
                                   struct error *err);
/* Output: declare columns, then push cells row by row, left to right. NaN is written as an empty
 * cell and is always a defined "does not apply", never an accident. */
int table_add_column(struct table *t, const char *name);
int table_add_column_str(struct table *t, struct str name);
void table_push(struct table *t, int column, struct str text); /* copied */
void table_push_number(struct table *t, int column, double v); /* shortest text that reads back as v */
void table_push_int(struct table *t, int column, int64_t v);
void table_end_row(struct table *t); /* cells not pushed are empty */

#define OPTIONS_MAX 16
struct method_option {
    const char *name;     /* "normalisation", given as --normalisation value */
    const char *fallback; /* default, "" = none */
    const char *values;   /* "a|b|c", or what kind of value: "number", "column", "text" */
    const char *zh, *en;
};
struct analysis {
    struct arena arena;
    const struct table *in; /* inputs in the order given */
    size_t in_count;
    struct str option[OPTIONS_MAX]; /* in the order of the method's list; defaults filled in */
    struct table out;
    VEC(struct str) notes; /* conventions used and warnings where the method is weak, for people */
};
void note(struct analysis *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct method {
    const char *name;   /* word of the command line: "lq" */
    const char *inputs; /* "table" "Z vectors" "cost": one word per input, a trailing ? = optional */
    const char *zh, *en;
    const char *source; /* paper and equation */
    struct method_option options[OPTIONS_MAX]; /* name NULL ends */
    enum code (*run)(struct analysis *a, struct error *err);
};
/* Families, each ended by a row with name NULL. */
extern const struct method analyze_complexity[], analyze_regional[], analyze_io[], analyze_mcdm[],
    analyze_ts[], analyze_match[], analyze_qualify[], analyze_graph[];
extern const struct method *const analyze_families[]; /* NULL ends */
const struct method *analyze_find(struct str name);
/* The same, or E_MISSING with the names near to it. */
MUST_CHECK enum code analyze_need(struct str name, const struct method **m, struct error *err);

/* Runs a method on tables. options: name, value pairs. On success out and notes are filled;
 * on failure there is nothing to clear.
 * fails  E_MISSING no such method (m is NULL), E_INPUT an unknown option or value (with the list),
 *        E_RANGE a result left the range of double, and what the method says */
MUST_CHECK enum code analyze_run(const struct method *m, const struct table *in, size_t in_count,
                                 const struct str (*options)[2], size_t option_count,
                                 struct analysis *a, struct error *err);
void analysis_clear(struct analysis *a);
#endif
