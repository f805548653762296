/* query_int.h - what the files of query share. */
#ifndef LUOSHU_QUERY_INT_H
#define LUOSHU_QUERY_INT_H
#include "query/query.h"

/* The sums as they were at the query's dates: the live rollup, or one replayed for the dates. */
struct sums {
    const struct rollup *rollup;
    struct rollup *own; /* to be freed, or NULL */
};
MUST_CHECK enum code sums_open(const struct query *q, struct sums *s, struct error *err);
/* The same, or those that the asker has at hand. */
MUST_CHECK enum code sums_shared(const struct query *q, const struct figure_ask *ask,
                                 struct sums *s, struct error *err);
void sums_close(struct sums *s);

/* (series, period) pairs, each once. */
struct figure_key {
    uint32_t series;
    struct period period;
};
typedef VEC(struct figure_key) key_vec;
/* Keys of an indicator (0 = any) stated of the entity itself; with `grouping`, also of all below.
 */
void keys_of(const struct query *q, uint32_t entity, uint32_t indicator, uint32_t grouping,
             key_vec *out);
void keys_sort(const struct model *m, key_vec *keys);

/* Rows for a period that is not stated but tiled by shorter ones that are. */
void composed_rows(const struct query *q, uint32_t entity, uint32_t indicator, struct period asked,
                   struct figure *out);
struct figure_row row_of_fact(const struct query *q, const struct fact *f, enum row_role role);
uint32_t revisions_of(const struct query *q, uint32_t entity, uint32_t series, struct period p);
struct asked {
    struct period period;
    bool single;
};
void keys_within(struct asked asked, key_vec *keys);
/* What devices measured of the indicator: appended. entity 0: nothing. */
MUST_CHECK enum code metered_rows(const struct query *q, uint32_t entity, uint32_t grouping, uint32_t indicator,
                                  struct asked asked, struct figure *out, struct error *err);
/* "2024", "2020..2024", "" = all time. */
MUST_CHECK enum code asked_period(struct str text, struct asked *out, struct error *err);
/* A grouping in which the entity has members, by name, alias or #id. */
MUST_CHECK enum code asked_grouping(const struct query *q, uint32_t entity, struct str text,
                                    uint32_t *out, struct error *err);
enum code query_read(const struct query *q, struct error *err); /* the access check */

MUST_CHECK enum code figure_derived(const struct query *q, const struct figure_ask *ask,
                                    struct asked asked, struct figure *out, struct error *err);

/* ---- frames ---- */

/* A value found for a frame, before its periods are chosen. */
struct frame_found {
    uint32_t row, column;
    struct figure_row figure;
    bool provisional;
    uint64_t facts[FRAME_FACTS];
    uint32_t fact_count;
};
typedef VEC(struct frame_found) found_vec;
/* Place of a column in f->columns, by name; added when it is new. */
uint32_t frame_column(struct frame *f, struct str name, uint32_t entity, uint32_t indicator);
void frame_leave(struct frame *f, struct str name, const char *reason, struct str value);
/* Amounts of the members of `row` (at any depth) that belong to a tree of `grouping`, e.g. returns
 * of enterprises, added up by the branch at `level` from the top (1 = top). Returns false when no
 * member of the row belongs there. */
bool frame_cross(const struct query *q, struct frame *f, uint32_t row, uint32_t grouping,
                 unsigned level, uint32_t indicator, struct asked asked, found_vec *out);
#endif
