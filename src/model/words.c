/* words.c - the closed lists of the model as words, one table each. */
#include "model/model.h"

static int word_find(const char *const *words, int count, struct str s)
{
    for (int i = 0; i < count; i++)
        if (str_is(s, words[i]))
            return i;
    return -1;
}

static const char *const kinds[KIND_KINDS] = {
    [KIND_LEVEL] = "level",         [KIND_COUNT] = "count",
    [KIND_GROWTH] = "growth",       [KIND_SHARE] = "share",
    [KIND_PP_CHANGE] = "pp_change", [KIND_CHANGE] = "change",
    [KIND_RANK] = "rank",           [KIND_CONTRIBUTION] = "contribution",
    [KIND_TARGET] = "target"};
static const char *const qualifiers[Q_COUNT] = {
    [Q_EQ] = "eq",       [Q_OVER] = "over",       [Q_AT_LEAST] = "at_least",
    [Q_UNDER] = "under", [Q_AT_MOST] = "at_most", [Q_APPROX] = "approx",
    [Q_RANGE] = "range", [Q_DOUBLED] = "doubled"};
static const char *const qualifier_signs[Q_COUNT] = {
    [Q_EQ] = "=",      [Q_OVER] = ">",   [Q_AT_LEAST] = "≥", [Q_UNDER] = "<",
    [Q_AT_MOST] = "≤", [Q_APPROX] = "≈", [Q_RANGE] = "..",   [Q_DOUBLED] = "×2"};
static const char *const modalities[MOD_COUNT] = {[MOD_ACTUAL] = "actual",
                                                  [MOD_TARGET] = "target",
                                                  [MOD_PLAN] = "plan",
                                                  [MOD_ESTIMATE] = "estimate",
                                                  [MOD_METERED] = "metered"};
static const char *const states[STATE_COUNT] = {[STATE_VALUE] = "value",
                                                [STATE_NULL] = "null",
                                                [STATE_WITHHELD] = "withheld",
                                                [STATE_OFFLINE] = "offline",
                                                [STATE_OVER_LIMIT] = "over_limit",
                                                [STATE_WITHDRAWN] = "withdrawn"};
static const char *const measures[MEASURE_COUNT] = {
    [MEASURE_STOCK] = "stock", [MEASURE_FLOW] = "flow",
    [MEASURE_RATIO] = "ratio", [MEASURE_RATE] = "rate",
    [MEASURE_INDEX] = "index", [MEASURE_RANK] = "rank",
    [MEASURE_CLASS] = "class", [MEASURE_CONTRIBUTION] = "contribution",
    [MEASURE_SPEC] = "spec",   [MEASURE_DURATION] = "duration"};
static const char *const overs[OVER_COUNT] = {[OVER_NONE] = "none",
                                              [OVER_SUM] = "sum",
                                              [OVER_LAST] = "last",
                                              [OVER_MAX] = "max",
                                              [OVER_RECOMPUTE] = "recompute"};
static const char *const grouping_kinds[GROUP_KINDS] = {[GROUP_PARTITION] = "partition",
                                                        [GROUP_WEIGHTED] = "weighted",
                                                        [GROUP_OVERLAP] = "overlap",
                                                        [GROUP_PARTIAL] = "partial"};

#define WORDS(type, name_fn, list)                                                                 \
    const char *name_fn(type v)                                                                    \
    {                                                                                              \
        return list[v];                                                                            \
    }
#define FROM(type, from_fn, list)                                                                  \
    bool from_fn(struct str s, type *out)                                                          \
    {                                                                                              \
        int i = word_find(list, (int)(sizeof list / sizeof *list), s);                             \
        if (i >= 0)                                                                                \
            *out = (type)i;                                                                        \
        return i >= 0;                                                                             \
    }
WORDS(enum fact_kind, kind_name, kinds)
WORDS(enum qualifier, qualifier_name, qualifiers)
WORDS(enum modality, modality_name, modalities)
WORDS(enum fact_state, state_name, states)
WORDS(enum measure, measure_name, measures)
WORDS(enum over, over_name, overs)
WORDS(enum grouping_kind, grouping_kind_name, grouping_kinds)
FROM(enum fact_kind, kind_from, kinds)
FROM(enum modality, modality_from, modalities)
FROM(enum fact_state, state_from, states)
FROM(enum measure, measure_from, measures)
FROM(enum grouping_kind, grouping_kind_from, grouping_kinds)

bool qualifier_from(struct str s, enum qualifier *out)
{
    int i = word_find(qualifiers, Q_COUNT, s);
    if (i < 0)
        i = word_find(qualifier_signs, Q_COUNT, s);
    if (i >= 0)
        *out = (enum qualifier)i;
    return i >= 0;
}
