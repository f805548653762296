/* statement.h - one statement at a time: names as a document gives them to ids, then to a fact.
 *
 * For readers of documents. Unlike a table's row, whose unknown names are made with a warning, a
 * name that cannot be placed is a gap, told by a word, and the statement waits (module review). */
#ifndef LUOSHU_STATEMENT_H
#define LUOSHU_STATEMENT_H
#include "ledger/ledger.h"

/* Everything of a fact but its places. */
struct statement {
    uint32_t entity, indicator, source, unit;
    enum fact_kind kind;
    enum modality modality;
    enum qualifier qualifier;
    struct str comparison;
    struct period period;
    day_t published;
    struct dec value, value_hi;
    enum fact_state state;
    struct str printed; /* the span as printed, for the rounding step; may be empty */
};

struct binder; /* the words of the catalogue; for one transaction after the other */
MUST_CHECK enum code binder_open(struct ledger *l, struct str origin, struct binder **out,
                                 struct error *err);
void binder_close(struct binder *b);

/* The entity that a document's subject means: the region of that name where there is one, else the
 * only one; 0 when none or several. */
uint32_t binder_context(const struct binder *b, struct str name);

struct binder_names {
    struct str subject, indicator, unit;
    uint32_t context; /* of the document, or 0 */
    enum fact_kind kind;
};
/* Sets entity, indicator and unit of *out, and *gap to "" or to the first thing that is missing:
 * "subject" "subject-unknown" "subject-ambiguous" "indicator" "indicator-unknown" "unit"
 * "unit-unknown". A subject whose name tells its type (catalog/subject-types.csv) is found below
 * the context or made there, provisional; it never is one that another document's reading made, so
 * the order of documents does not matter. make: whatever else is missing is made too, provisional.
 * Within a transaction.
 * fails  E_CONFLICT, E_BACKEND of the ledger */
MUST_CHECK enum code binder_bind(struct binder *b, const struct binder_names *n, bool make,
                                 struct statement *out, const char **gap, struct error *err);
/* The fact that a statement makes, its series made when it is new; not put yet.
 * fails  E_INPUT the unit does not convert; E_RANGE */
MUST_CHECK enum code statement_fact(struct ledger *l, const struct statement *s, struct fact *out,
                                    struct error *err);
#endif
