/* model.h - the words of Luoshu as plain structs, and the one in-memory model that holds them.
 *
 * Everything counted is a fact: (entity, series, period, value, source, published, recorded).
 * A series is what is said about an indicator: which kind of statement (a level, a growth, a
 * share ...), compared with what, and in which modality (actual, target, plan, estimate).
 * The model is written by one thread only (through `ledger`) and read under its lock. */
#ifndef LUOSHU_MODEL_H
#define LUOSHU_MODEL_H
#include "base/base.h"

/* ---- units ------------------------------------------------------------------------------- */

/* A dimension has one base unit, in which every value is stored as an integer at `scale`. */
struct dimension {
    uint32_t id;      /* 1.. */
    struct str name;  /* "money" */
    struct str base;  /* symbol of the base unit: "元" */
    uint8_t scale;    /* decimals kept of the base unit: 2 */
    bool exact_count; /* whole things: an integer printed in the base unit is not rounded */
};
/* 1 unit = num/den base units. */
struct unit {
    uint32_t id; /* 1.. */
    uint32_t dimension;
    struct str symbol; /* as printed: "亿元" */
    struct str en;
    int64_t num, den;
};

/* ---- indicators and series ----------------------------------------------------------------- */

enum measure { /* facts/README §13 */
               MEASURE_STOCK,
               MEASURE_FLOW,
               MEASURE_RATIO,
               MEASURE_RATE,
               MEASURE_INDEX,
               MEASURE_RANK,
               MEASURE_CLASS,
               MEASURE_CONTRIBUTION,
               MEASURE_SPEC,
               MEASURE_DURATION,
               MEASURE_COUNT
};
enum over { OVER_NONE, OVER_SUM, OVER_LAST, OVER_MAX, OVER_RECOMPUTE, OVER_COUNT };

struct indicator {
    uint32_t id; /* 1.. */
    struct str name;
    uint32_t unit; /* in which it is shown */
    enum measure measure;
    enum over over_entities, over_time;
    struct str formula; /* of expr, for ratios: "规上工业利润 / 规上工业营业收入"; may be empty */
    bool provisional;  /* made by an import that named it first */
    struct str source; /* catalogue file and edition, or file that named it */
};

enum fact_kind {
    KIND_LEVEL,
    KIND_COUNT,
    KIND_GROWTH,
    KIND_SHARE,
    KIND_PP_CHANGE,
    KIND_CHANGE,
    KIND_RANK,
    KIND_CONTRIBUTION,
    KIND_TARGET,
    KIND_KINDS
};
enum qualifier {
    Q_EQ,
    Q_OVER,
    Q_AT_LEAST,
    Q_UNDER,
    Q_AT_MOST,
    Q_APPROX,
    Q_RANGE,
    Q_DOUBLED,
    Q_COUNT
};
enum modality { MOD_ACTUAL, MOD_TARGET, MOD_PLAN, MOD_ESTIMATE, MOD_METERED, MOD_COUNT };
/* I6: missing is not zero, and these are distinct */
enum fact_state {
    STATE_VALUE,
    STATE_NULL,
    STATE_WITHHELD,
    STATE_OFFLINE,
    STATE_OVER_LIMIT,
    STATE_WITHDRAWN, /* its source no longer says it: a reading was wrong; the key's other facts hold */
    STATE_COUNT
};

struct series {
    uint32_t id; /* 1.. */
    uint32_t indicator;
    uint32_t dimension; /* of its values: % for a growth of money */
    enum fact_kind kind;
    enum modality modality;
    struct str comparison; /* "", "yoy", "since:2020", "vs:全国", "of:河南省" (facts/README §9) */
};

/* ---- entities and groupings ------------------------------------------------------------------ */

struct entity {
    uint32_t id; /* 1.. */
    struct str name;
    struct str type;  /* "province" "city" "district" "county" "chain" "cluster" "park" "enterprise"
                         "item" … */
    struct str code;  /* "2260:410302", "4754:2017:C3451", "" */
    struct str scope; /* table within which the name holds ("BJ-2017-05-districts"), or "" */
    struct str note;
    bool provisional;
};

enum grouping_kind {
    GROUP_PARTITION, /* members are disjoint and exhaust their parent */
    GROUP_WEIGHTED,  /* members overlap, shares in ppm say how much belongs where */
    GROUP_OVERLAP,   /* members overlap without shares: not additive, totals count once */
    GROUP_PARTIAL,   /* members are disjoint, some are not listed (其中, 仅列前三) */
    GROUP_KINDS
};
struct grouping {
    uint32_t id;      /* 1.. */
    struct str name;  /* "行政区划" */
    struct str alias; /* "district" */
    struct str scope; /* table id or "" */
    enum grouping_kind kind;
};
#define PPM 1000000
struct membership {
    uint32_t id; /* 1.. */
    uint32_t grouping, child, parent;
    int32_t ppm;     /* 1..PPM; PPM in all but weighted groupings */
    day_t from, to;  /* inclusive; a period belongs where its last day does */
    uint32_t source; /* 0 = catalogue */
};

/* ---- sources and facts -------------------------------------------------------------------------
 */

struct source {
    uint32_t id;    /* 1.. */
    struct str doc; /* unique name: file name, table id */
    struct str title, publisher, address;
    struct str frame;   /* default period text */
    struct str subject; /* default subject's name */
    struct str note;
    day_t published;           /* last day of what is known; DAY_MIN = unknown */
    struct str published_text; /* as given: "2018" */
};

/* A fact; 10^-scale base units of its series' dimension. */
struct fact {
    uint64_t id; /* 1.., in order of recording */
    uint32_t entity, series, source, unit, batch;
    struct period period;
    int64_t value;
    int64_t value_hi; /* with Q_RANGE, else 0 */
    int64_t step;     /* width of the last printed digit; 0 = exact. The rounding interval is
                         [value - step/2, value + step/2] */
    uint8_t decimals; /* as printed, in `unit` */
    uint8_t qualifier, state;
    day_t published;     /* known to the public from this day */
    int64_t recorded_us; /* told to this system at, UTC */
};

/* One place where a fact was said: several places may say the same fact. */
struct trace {
    uint64_t fact;
    uint32_t source;
    int32_t start, end; /* code points in the document, half open; -1 = no span */
    struct str text;    /* the span as printed */
    struct str key;     /* id of the row in the file it came from ("s1-016"), or "" */
    struct str file;    /* name of the imported file */
    uint32_t line;      /* in that file, 1-based; 0 = none */
    struct str note;
};

/* ---- the model
 * ----------------------------------------------------------------------------------- */

struct model {
    struct arena text;
    VEC(struct dimension) dimensions; /* element i has id i + 1, here and below */
    VEC(struct unit) units;
    VEC(struct indicator) indicators;
    VEC(struct series) series;
    VEC(struct entity) entities;
    VEC(struct grouping) groupings;
    VEC(struct membership) memberships;
    VEC(struct source) sources;
    struct model_index *index;
};

struct model *model_new(void);
void model_free(struct model *m);

/* All lookups by id take 1..len and assert; by name they return 0 when there is none. */
const struct dimension *model_dimension(const struct model *m, uint32_t id);
const struct unit *model_unit(const struct model *m, uint32_t id);
const struct indicator *model_indicator(const struct model *m, uint32_t id);
const struct series *model_series(const struct model *m, uint32_t id);
const struct entity *model_entity(const struct model *m, uint32_t id);
const struct grouping *model_grouping(const struct model *m, uint32_t id);
const struct source *model_source(const struct model *m, uint32_t id);

uint32_t model_find_dimension(const struct model *m, struct str name);
uint32_t model_find_unit(const struct model *m, struct str symbol);
uint32_t model_find_indicator(const struct model *m, struct str name_or_alias);
uint32_t model_find_series(const struct model *m, uint32_t indicator, enum fact_kind kind,
                           struct str comparison, enum modality modality);
uint32_t model_find_source(const struct model *m, struct str doc);
uint32_t model_find_code(const struct model *m, struct str code); /* entity */
uint32_t model_find_grouping(const struct model *m, struct str scope, struct str name_or_alias);
/* Entities that bear the name or alias, newest first: *it = 0 to begin; 0 at the end. */
uint32_t model_named(const struct model *m, struct str name, size_t *it);
/* Aliases of an entity / an indicator: the same way. */
struct str model_alias(const struct model *m, uint32_t entity, size_t *it);
struct str model_indicator_alias(const struct model *m, uint32_t indicator, size_t *it);

/* Memberships: *it = 0 to begin, NULL at the end. */
const struct membership *model_parents(const struct model *m, uint32_t child, size_t *it);
const struct membership *model_children(const struct model *m, uint32_t parent, size_t *it);
bool member_on(const struct membership *ms, day_t day);
/* The parent of `entity` on `day`: in a partition, else the first it was given in any grouping, a
 * table's only where there is no other; 0 if none. */
uint32_t model_parent(const struct model *m, uint32_t entity, day_t day);
/* Some way up through non-table groupings leads from `entity` to `ancestor` on `day`. */
bool model_is_within(const struct model *m, uint32_t entity, uint32_t ancestor, day_t day);

/* Additions return the new id. Text is copied. Names may repeat for entities, nothing else. */
uint32_t model_add_dimension(struct model *m, struct dimension d);
uint32_t model_add_unit(struct model *m, struct unit u);
uint32_t model_add_indicator(struct model *m, struct indicator i);
uint32_t model_add_series(struct model *m, struct series s);
uint32_t model_add_entity(struct model *m, struct entity e);
uint32_t model_add_grouping(struct model *m, struct grouping g);
uint32_t model_add_membership(struct model *m, struct membership ms);
uint32_t model_add_source(struct model *m, struct source s);
void model_add_alias(struct model *m, uint32_t entity, struct str alias); /* repeated: no effect */
void model_add_indicator_alias(struct model *m, uint32_t indicator, struct str alias);
void model_add_unit_alias(struct model *m, uint32_t unit, struct str alias);
/* Replace all but the id and the name. */
void model_set_entity(struct model *m, struct entity e);
void model_set_indicator(struct model *m, struct indicator i);
void model_set_source(struct model *m, struct source s);
void model_end_membership(struct model *m, uint32_t id, day_t last); /* sets `to` */
void model_set_grouping_kind(struct model *m, uint32_t id, enum grouping_kind kind);

/* All additions and changes since the mark are undone. Marks don't nest. */
void model_mark(struct model *m);
void model_undo(struct model *m);

/* ---- words
 * ------------------------------------------------------------------------------------------ */
const char *kind_name(enum fact_kind k); /* "level" */
const char *qualifier_name(enum qualifier q);
const char *modality_name(enum modality md);
const char *state_name(enum fact_state s);
const char *measure_name(enum measure ms);
const char *over_name(enum over o);
const char *grouping_kind_name(enum grouping_kind k);
bool kind_from(struct str s, enum fact_kind *out);
bool qualifier_from(struct str s, enum qualifier *out); /* words, and = > ≥ < ≤ ≈ */
bool modality_from(struct str s, enum modality *out);
bool state_from(struct str s, enum fact_state *out);
bool measure_from(struct str s, enum measure *out);
bool grouping_kind_from(struct str s, enum grouping_kind *out);

/* ---- numbers with units
 * -------------------------------------------------------------------------------- */

/* d of unit u as 10^-scale base units of u's dimension, exactly.
 * fails  E_RANGE digits would be lost at the dimension's scale, or 64 bits are left */
MUST_CHECK enum code unit_to_base(const struct model *m, uint32_t unit, struct dec d, int64_t *out,
                                  struct error *err);
/* A base value shown in `unit`: exact text when it ends, else rounded to `decimals`; at least
 * `decimals` decimals are kept. Returns the length. */
size_t unit_text(const struct model *m, uint32_t unit, i128 value, unsigned decimals,
                 char out[DEC_TEXT]);
/* The exact rational value of base units in `unit`. */
MUST_CHECK enum code unit_rat(const struct model *m, uint32_t unit, i128 value, struct rat *out,
                              struct error *err);
/* Is a series additive over entities: levels and counts of indicators that sum? */
bool series_adds(const struct model *m, const struct series *s);
/* The width of the last digit printed, in 10^-scale base units: from the printed span when it
 * reads as a number (1.8万家 -> 1000 家), else from the decimals; 0 for whole things. */
int64_t printed_step(const struct model *m, uint32_t unit, struct dec value, struct str text);
/* Interval a fact leaves open, in half base units (2*value): over -> [2v, INT128_MAX] … */
struct interval {
    i128 lo2, hi2; /* twice the bounds, so that half a step is an integer */
    bool lo_open, hi_open;
};
#define I128_MAX ((i128)(((u128)1 << 126) - 1)) /* stands for infinity in an interval */
struct interval fact_interval(const struct fact *f);

#endif
