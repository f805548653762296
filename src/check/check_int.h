/* check_int.h - what the rules of module check share: the figures in reach, the words that the
 * rules go by, and the making of a case. Each rule is one function over all figures.
 *
 * A figure is the current fact of a key as of the dates asked. Inside the rules its value is a pure
 * rational number of base units; percent and points are 1/100, so that a share times a level, or a
 * contribution times a growth, needs no thought about units. */
#ifndef LUOSHU_CHECK_INT_H
#define LUOSHU_CHECK_INT_H
#include "check/check.h"
#include "check/interval.h"

struct figure_at {
    const struct fact *f; /* state is STATE_VALUE */
    const struct series *s;
};

/* ---- words (catalog/labels.csv, catalog/identities.csv) ---- */
enum label_class {
    LABEL_GRADE,
    LABEL_FLOW,
    LABEL_SCOPE,
    LABEL_GROWTH,
    LABEL_SIGNED,
    LABEL_RATIO,
    LABEL_RATIO_END,
    LABEL_ADDS,
    LABEL_OF_WHICH,
    LABEL_GDP,
    LABEL_CLASSES
};
struct label {
    struct str word;
    enum label_class class;
};
enum term_kind { TERM_LEVEL, TERM_GROWTH, TERM_SHARE, TERM_CONTRIBUTION, TERM_PULL, TERM_KINDS };
#define TERMS_MAX 8
struct term {
    struct str names; /* alternatives between '|', the first is shown */
    enum term_kind kind;
    bool of_whole; /* may be stated of a parent of the entity */
};
struct identity {
    struct str rule;
    char op; /* * / + - */
    struct term result, term[TERMS_MAX];
    size_t count;
    struct str note_zh, note_en;
};
struct words {
    struct arena arena;
    VEC(struct label) labels;
    VEC(struct identity) identities;
};
MUST_CHECK enum code check_words_load(struct words *w, struct error *err);
MUST_CHECK enum code check_words_read_labels(struct words *w, struct str csv, struct error *err);
MUST_CHECK enum code check_words_read_identities(struct words *w, struct str csv,
                                                 struct error *err);
void check_words_clear(struct words *w);
bool check_words_any(const struct words *w, enum label_class class,
                     struct str name); /* anywhere in it */
/* Length of the longest word of the class at the start / at the end of the name, 0 if none. */
size_t check_words_prefix(const struct words *w, enum label_class class, struct str name);
size_t check_words_suffix(const struct words *w, enum label_class class, struct str name);
/* The name without what stands in brackets, full width or not. */
struct str check_without_brackets(struct str name, struct arena *a);
/* The name without grades and brackets: what two labels must share to be put side by side. */
struct str check_label_stem(const struct words *w, struct str name, struct arena *a);

/* ---- the run ---- */
struct check {
    struct ledger *l;
    const struct model *m;
    struct as_of as_of;
    struct check_result *out;
    struct words words;
    struct arena scratch;
    VEC(struct figure_at) figures; /* sorted by entity, series, period */
};
void check_sums(struct check *c);             /* 1, 8 */
void check_parts_of_hundred(struct check *c); /* 1: shares and contributions of one whole */
void check_sources(struct check *c);          /* 2 */
void check_shares(struct check *c);           /* 3 */
void check_rates(struct check *c);            /* 4: growth, change, difference */
void check_growth_ranges(struct check *c);    /* 9 */
void check_identities(struct check *c);       /* 5 */
void check_unchanged(struct check *c);        /* 6 */
void check_labels(struct check *c);           /* 7 */

/* ---- finding figures ---- */
/* Figures of an entity: a slice of c->figures. */
const struct figure_at *check_figures_of(const struct check *c, uint32_t entity, size_t *count);
bool check_known(const struct check *c, const struct fact *f); /* as of the dates asked */
/* The current fact of a key; of `source` where that source has one (0 = any); NULL when there is
 * none with a value. */
const struct fact *check_fact_at(const struct check *c, uint32_t entity, uint32_t series,
                                 struct period p, uint32_t source);
/* Level or count of an indicator, same modality; the period itself only. */
const struct fact *check_level_at(const struct check *c, uint32_t entity, uint32_t indicator,
                                  enum modality md, struct period p, uint32_t source);
/* The same, or else the only level that `source` gives in a period within or around p. */
const struct fact *check_level_near(const struct check *c, uint32_t entity, uint32_t indicator,
                                    enum modality md, struct period p, uint32_t source);
const struct series *check_series_of(const struct check *c, const struct fact *f);
const struct indicator *check_indicator_of(const struct check *c, const struct fact *f);
struct str check_entity_name(const struct check *c, uint32_t entity);
bool check_is_percent(const struct check *c, uint32_t dimension); /* % and points */
bool check_is_point(const struct check *c, uint32_t dimension);
bool check_is_money(const struct check *c, uint32_t dimension);
/* 贡献率 in %, and 拉动 in points; also where a table's column was taken for a plain percentage. */
bool check_is_contribution(const struct check *c, const struct series *s);
bool check_is_pull(const struct check *c, const struct series *s);
bool check_is_bound(
    const struct fact *f); /* over, under, a range: open by its words, not by rounding */
/* Do sums over disjoint entities make sense for the quantity behind this series? */
bool check_adds(const struct check *c, const struct series *s);
bool check_ratio_by_name(const struct check *c, struct str name);
bool check_may_be_negative(const struct check *c, const struct series *s);
/* The quantity whose growth an indicator states: itself, or the name without 增速; 0 = not known.
 */
uint32_t check_level_indicator(const struct check *c, uint32_t indicator);
/* The entity that a comparison names ("河南省", "全国", an item of the same table); 0 = none. */
uint32_t check_entity_called(const struct check *c, struct str name, uint32_t near, day_t day);
/* Is the member a part of its siblings by its name (其中)? */
bool check_is_of_which(const struct check *c, uint32_t entity);

/* ---- values ---- */
struct ival check_fact_ival(const struct check *c, const struct fact *f);
struct rat check_fact_rat(const struct check *c, const struct fact *f); /* as printed */
/* Rounded to the decimals of `like`, is v what `like` prints? */
bool check_prints_as(const struct check *c, struct rat v, const struct fact *like);

/* ---- texts, in the arena of the result ---- */
struct str check_fact_text(struct check *c, const struct fact *f); /* "6.34 %", ">47 %" */
struct str check_rat_in(struct check *c, struct rat v, uint32_t unit,
                        unsigned decimals); /* exact if it ends */
struct str check_ival_in(struct check *c, struct ival v, uint32_t unit,
                         unsigned decimals); /* "5.75 … 6.08 %" */
struct str check_period_str(struct check *c, struct period p);
struct str check_what(struct check *c, const struct fact *f); /* entity, indicator, period */

/* ---- cases ---- */
struct check_case check_case_of(struct check *c, const char *rule, const struct fact *f);
void check_case_fact(struct check_case *k, const struct fact *f); /* NULL: nothing; each once */
void check_case_notes(struct check_case *k, const char *zh, const char *en);
void check_case_add(struct check *c, const struct check_case *k); /* the case moves in */
/* Compares what follows (with its central value) with what is printed, and fills verdict, expected
 * and found. `otherwise`: the verdict when nothing fits. Returns whether anything fits. */
bool check_case_compare(struct check *c, struct check_case *k, struct ival follows,
                        struct rat central, const struct fact *printed, enum verdict otherwise);
/* What follows and is not published. */
void check_case_implied(struct check *c, struct check_case *k, struct ival follows, uint32_t unit,
                        unsigned decimals);
#endif
