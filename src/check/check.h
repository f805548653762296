/* check.h - do the figures agree? Published ones among each other, by their own arithmetic.
 *
 * A printed figure is an interval (6.34 is [6.335, 6.345]); "over", "under" and ranges are
 * intervals too. Rules live in catalog/identities.csv and catalog/labels.csv. A case is one
 * comparison, or one figure that follows from others and is not published ("implied"). */
#ifndef LUOSHU_CHECK_H
#define LUOSHU_CHECK_H
#include "ledger/ledger.h"

enum verdict {
    VERDICT_AGREES,      /* equal as printed */
    VERDICT_ROUNDING,    /* differs, but rounding explains it */
    VERDICT_RESIDUAL,    /* differs by r, and the kind of grouping explains it: unlisted members,
                            overlap, members without a value */
    VERDICT_CONTRADICTS, /* no values within the printed intervals satisfy the rule */
    VERDICT_IMPLIED,     /* nothing to compare with: the interval that follows is given */
    VERDICT_NOTE,        /* worth knowing, no arithmetic: unchanged, different labels */
    VERDICT_COUNT
};
struct check_case {
    enum verdict verdict;
    struct str rule; /* "sum" "overlap" "partial" "share" "growth" "change" "pull" "ratio"
                        "two-sources" "unchanged" "labels" "difference" … */
    uint32_t entity, indicator, grouping;
    struct period period;
    struct str subject;         /* one line for people: what was compared */
    struct str expected, found; /* texts with unit: what follows and what is printed */
    struct str residual;        /* exact difference with unit, "" when it does not apply */
    struct str note_zh, note_en;
    VEC(uint64_t) facts; /* that take part */
};
struct check_result {
    struct arena arena;
    VEC(struct check_case)
    cases; /* contradictions first, then residual, rounding, implied, notes, agrees */
    size_t count[VERDICT_COUNT];
    size_t cells, differences; /* replay of the ledger against live and stored totals */
    VEC(struct str) difference_texts;
};
MUST_CHECK enum code check_run(struct ledger *l, struct as_of as_of, struct check_result *out,
                               struct error *err);
void check_clear(struct check_result *r);
const char *verdict_name(enum verdict v);
#endif
