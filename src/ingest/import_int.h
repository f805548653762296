/* import_int.h - what the layouts share: the file being read, its columns, and binding names. */
#ifndef LUOSHU_IMPORT_INT_H
#define LUOSHU_IMPORT_INT_H
#include "ingest/import.h"
#include "ingest/statement.h"

#define COLUMNS_MAX 24

struct import;
/* A layout is known by its header: every required column is there. Of several that fit, the one
 * that names most columns is taken. */
struct layout {
    const char *name;
    int order; /* files are put in by ascending order: names before what names them */
    const char *columns[COLUMNS_MAX]; /* required ones first, then NULL, then optional, then NULL */
    /* Called once per data row; a failure is the row's problem, not the file's. */
    enum code (*row)(struct import *im, struct error *err);
    /* Called after the last row; reports through import_problem itself. May be NULL. */
    void (*end)(struct import *im);
};
extern const struct layout *const layouts[]; /* NULL ends it */

struct row_text {
    uint32_t line;
    struct str field[COLUMNS_MAX];
    uint32_t column[COLUMNS_MAX];
};
struct import {
    struct ledger *ledger;
    struct import_report *report;
    struct arena arena; /* of one file */
    struct str file;
    const struct layout *layout;
    struct csv csv;
    int place[COLUMNS_MAX]; /* column of the layout -> field of the file, -1 = absent */
    size_t header_count;
    struct row_text row;       /* the row under way */
    VEC(struct row_text) kept; /* rows that a layout handles in `end` */
    size_t bad;
    const struct catalogue_words *words;
    const void *scratch; /* of the layout, while it handles kept rows */
    bool catalogue;      /* the embedded catalogue, not a user's file */
};

/* Text of column i of the layout in the row under way; empty when absent. */
struct str cell(const struct import *im, int i);
/* Fails at the place of column i. */
enum code cell_error(const struct import *im, int i, enum code code, struct error *err,
                     const char *fmt, ...) PRINTF_LIKE(5, 6);
void import_problem(struct import *im, bool warning, uint32_t line, uint32_t column,
                    const char *fmt, ...) PRINTF_LIKE(5, 6);
void import_warn(struct import *im, int i, const char *fmt, ...) PRINTF_LIKE(3, 4);
void keep_row(struct import *im);
/* Runs fn for each kept row; a failure becomes the row's problem. */
void each_kept(struct import *im, enum code (*fn)(struct import *im, struct error *err));

/* ---- words of the catalogue (catalog/table-words.csv, catalog/groupings.csv) ---- */
struct table_word {
    struct str use, word, means;
};
struct group_word {
    struct str name, alias;
    enum grouping_kind kind;
    struct str types; /* "a|b|c" */
};
struct catalogue_words {
    struct arena arena;
    VEC(struct table_word) words;
    VEC(struct group_word) groups;
};
MUST_CHECK enum code words_load(struct catalogue_words *w, struct error *err);
void words_clear(struct catalogue_words *w);
bool words_hit(const struct catalogue_words *w, const char *use, struct str text,
               struct str *means); /* a word of that use occurs in the text */
bool words_whole(const struct catalogue_words *w, const char *use, struct str text);
/* Embedded catalogue file by name ("units.csv"), or what stands in its place. */
struct embedded {
    const char *name;
    const char *start, *end;
};
extern const struct embedded embedded_catalogue[]; /* NULL name ends it */

/* ---- binding ---- */
bool is_region_type(struct str type);
bool type_in(struct str types, struct str type); /* "a|b|c" holds type */
/* Unit by symbol; made (as its own dimension) with a warning when unknown. */
MUST_CHECK enum code bind_unit(struct import *im, int column, struct str symbol, uint32_t *id,
                               struct error *err);
/* Indicator by name or alias; made provisional from unit and kind when unknown. */
MUST_CHECK enum code bind_indicator(struct import *im, struct str name, uint32_t unit,
                                    enum fact_kind kind, uint32_t *id, struct error *err);
/* Entity by code, or by name: in order, the one within `context` (a name, may be empty), the only
 * one, a provisional new one. Table items and sectors are not looked at. */
MUST_CHECK enum code bind_subject(struct import *im, int column, struct str name,
                                  struct str context, uint32_t *id, struct error *err);
/* Whether it may be what a figure is of: no item of a table, no sector, no honour. */
bool bind_may_be_subject(const struct entity *e);
/* Entity `id` lies below `context`, now or at the turn of the century. */
bool bind_within(const struct model *m, uint32_t id, uint32_t context);
/* The grouping to which entities of the type belong (catalog/groupings.csv). */
MUST_CHECK enum code bind_grouping(struct import *im, struct str type, uint32_t *id,
                                   struct error *err);
/* Files `child` under `parent` in the grouping of its type. */
MUST_CHECK enum code bind_parent(struct import *im, uint32_t child, uint32_t parent, day_t from,
                                 day_t to, struct error *err);
MUST_CHECK enum code bind_source(struct import *im, struct str doc, struct str address,
                                 day_t published, uint32_t *id, struct error *err);
/* "1.8", "12.50", "-", "…", "" , "x": value or state. */
MUST_CHECK enum code parse_value(struct import *im, int column, struct str text, struct dec *out,
                                 enum fact_state *state, struct error *err);
/* A day, month or year: its last day. Empty = DAY_MIN. */
MUST_CHECK enum code parse_known_day(struct import *im, int column, struct str text, day_t *out,
                                     struct error *err);
MUST_CHECK enum code put_statement(struct import *im, const struct statement *s,
                                   const struct trace *t, struct error *err);
/* ---- what several layouts say alike ---- */
MUST_CHECK enum code cell_filled(struct import *im, int i, const char *what, struct error *err);
/* Under a region, unless it lies there already. */
MUST_CHECK enum code file_under(struct import *im, uint32_t child, uint32_t region, struct error *err);
/* Puts what the row states in `column`; whatever is wrong with it is told there. */
MUST_CHECK enum code state_cell(struct import *im, int column, const struct statement *s,
                                struct error *err);

extern const struct layout layout_units, layout_indicators, layout_regions, layout_docs,
    layout_facts, layout_tables, layout_divisions, layout_sectors, layout_memberships,
    layout_honours, layout_clusters, layout_projects, layout_provinces, layout_cities, layout_areas,
    layout_streets;
#endif
