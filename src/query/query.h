/* query.h - the only way out. Every reading operation begins with a struct query, which carries
 * the access check and the two dates of knowledge. */
#ifndef LUOSHU_QUERY_H
#define LUOSHU_QUERY_H
#include "ledger/ledger.h"
#include "readings/readings.h"

typedef VEC(uint32_t) id_vec;
enum right { RIGHT_NONE, RIGHT_READ, RIGHT_WRITE, RIGHT_ADMIN };
struct query {
    struct ledger *ledger;
    enum right right; /* of who asks */
    struct as_of as_of;
    struct points *points; /* devices and their readings, or NULL */
    struct readings *readings;
};

enum row_role {
    ROW_OWN,       /* stated of the entity itself */
    ROW_WHOLE,     /* the whole that the parts below belong to */
    ROW_PART,      /* a member's part of it */
    ROW_REMAINDER, /* whole - parts, exactly: unlisted members, rounding, overlap */
    ROW_DERIVED    /* computed by a formula */
};
struct figure_row {
    enum row_role role;
    uint32_t entity;    /* 0 for a remainder */
    uint32_t indicator; /* 0 for a bare expression */
    uint32_t series;    /* 0 when derived */
    enum fact_kind kind;
    enum modality modality;
    struct str comparison;
    struct period period;
    enum fact_state state; /* STATE_NULL: see reason */
    i128 value, value_hi;  /* 10^-scale base units of `unit`'s dimension */
    int64_t step;
    uint32_t unit;
    uint8_t decimals; /* to show at least */
    enum qualifier qualifier;
    const struct fact *fact; /* NULL when computed (sum, remainder, formula) */
    uint32_t revisions;      /* facts of this key so far known, 0 when computed */
    uint32_t have,
        of; /* coverage of a sum, or of the parts on the whole's row; of == 0: not a sum */
    struct str reason;    /* machine word: why null, or what a remainder is: "overlap", "rounding",
                             "unlisted", "unexplained", "none", "division-by-zero", "missing-base",
                             "growth-near-zero", "unit-mismatch", "not-additive" */
    struct str formula;   /* of a derived row */
    struct str unit_text; /* when unit is 0: a compound unit; value is then 10^-6 of it */
};
struct figure {
    struct arena arena;
    uint32_t entity, indicator, grouping;
    enum grouping_kind grouping_kind;
    VEC(struct figure_row) rows;
};
struct figure_ask {
    struct str indicator; /* name, alias, #id, or an expression: "规上工业利润 / 规上工业营业收入",
                             "yoy(规上工业总产值)" */
    struct str of;     /* entity: name, alias, code, #id; empty = all that state it */
    struct str by;     /* grouping: name, alias, #id; empty = no parts */
    struct str period; /* P or P..P; empty = all */
    struct str kind;   /* only this kind; empty = all */
};
/* Without `by`: one row per (entity, series, period). With `by`: for each series and period of
 * `of`, the whole, its parts in order of value, and the remainder; parts + remainder == whole.
 * fails  E_MISSING no such indicator / entity / grouping, with near names; E_CONFLICT several
 *        entities bear the name: they are listed with their ids; E_INPUT */
MUST_CHECK enum code query_figure(const struct query *q, const struct figure_ask *ask,
                                  struct figure *out, struct error *err);
void figure_clear(struct figure *f);

/* Symbol of a row's unit. */
struct str figure_unit(const struct model *m, const struct figure_row *r);
/* Text of a row's value in its unit; "" when there is none. */
size_t figure_value_text(const struct model *m, const struct figure_row *r, char out[DEC_TEXT]);
/* Rounding interval in the row's unit: false when it is exact or open. */
bool figure_interval_text(const struct model *m, const struct figure_row *r, char lo[DEC_TEXT],
                          char hi[DEC_TEXT]);

/* Latest actual figure of each indicator of an entity, with what else its source said of it
 * (growth, share, rank, difference) and the figure before. Order: more companions first, then
 * newest, then name. */
struct key_figure {
    struct figure_row now;
    VEC(struct figure_row) companions; /* memory of the view */
    bool has_before;
    struct figure_row before; /* same series, the period before it in the ledger */
};
struct region_view {
    struct arena arena;
    uint32_t entity;
    VEC(struct key_figure) figures;
};
MUST_CHECK enum code query_region(const struct query *q, uint32_t entity, struct region_view *out,
                                  struct error *err);
void region_clear(struct region_view *v);

/* Finds one entity by name, alias, code or "#id". for_indicator: prefers those that have figures of
 * it (0 = any). */
MUST_CHECK enum code query_entity(const struct query *q, struct str text, uint32_t for_indicator,
                                  uint32_t *out, struct error *err);
MUST_CHECK enum code query_indicator(const struct query *q, struct str text, uint32_t *out,
                                     struct error *err);
/* Entities, filtered: type ("" any; "chain|cluster"), text in name or alias, within an ancestor (0
 * any), with_figures only. Ids appended to out in order of id. */
MUST_CHECK enum code query_entities(const struct query *q, struct str type, struct str text,
                                    uint32_t within, bool with_figures, id_vec *out,
                                    struct error *err);
/* Facts and places as they are, for who may read, known at the query's dates; NULL otherwise and at
 * the end. *it = 0 to begin; order of recording. */
const struct fact *query_fact(const struct query *q, uint64_t id);
const struct fact *query_of_key(const struct query *q, const struct fact *like, uint64_t *it);
const struct fact *query_of_source(const struct query *q, uint32_t source, uint64_t *it);
const struct fact *query_next_fact(const struct query *q, uint64_t *it);
const struct trace *query_place(const struct query *q, const struct fact *f, uint64_t *it);
/* What is known of a series in a period: its current fact; for a figure as of one day, where there
 * is none of that day, the newest up to it. */
const struct fact *query_known(const struct query *q, uint32_t entity, uint32_t series,
                               struct period period);
/* What devices measured of an entity (its own or those below it, along any partition), window by window; windows without
 * readings are left out. At most TREND_MAX windows. value as in figure_row, in the indicator's unit.
 * fails  E_LIMIT too many windows; E_MISSING nothing measures the indicator */
#define TREND_MAX 3000
struct trend_point {
    int32_t window;
    i128 value;
    uint32_t have, of;
};
typedef VEC(struct trend_point) trend_vec;
MUST_CHECK enum code query_trend(const struct query *q, uint32_t entity, uint32_t indicator, enum level level,
                                 int32_t first, int32_t last, trend_vec *out, struct error *err);
/* Points, and those that were heard at all and since `since_s`, of an entity and all below it. */
struct query_connected {
    uint32_t points, connected, active;
};
/* Of `entity` (out[0]) and of each of its members in the grouping (ids in members). */
MUST_CHECK enum code query_connections(const struct query *q, uint32_t entity, uint32_t grouping, uint32_t since_s,
                                       id_vec *members, struct query_connected **out /* caller's, mem_free */,
                                       struct error *err);

struct query_size {
    size_t facts, places;
};
struct query_size query_size(const struct query *q);
/* Number of facts of an entity known at the query's dates. */
size_t query_figures_of(const struct query *q, uint32_t entity);
#endif
