/* review.h - the reading desk: documents into the ledger, what cannot be placed into a queue, and
 * what people decide about either.
 *
 * A claim is what one span of a document says. It is filed (a fact of the ledger, with the document
 * as its source), queued (it waits for a person, with a reason), rejected (no figure after all) or
 * merged (it says the same as another fact). Claims are versioned, facts are revised; nothing is
 * overwritten and the original is kept as it came. */
#ifndef LUOSHU_REVIEW_H
#define LUOSHU_REVIEW_H
#include "extract/extract.h"
#include "ledger/ledger.h"
#include "store/documents.h"

#define REVIEW_BYTES_MAX ((size_t)16 << 20) /* of one document */

/* Who acts, when, and how the words for reading are made from what the workspace knows just then.
 */
struct review {
    struct ledger *ledger;
    struct str actor;
    int64_t now_us;
    enum code (*words)(void *ctx, const struct model *m, struct extract_words **out,
                       struct error *err);
    void *ctx;
};

/* What is told of a document by whoever brings it; all but the name may be empty. */
struct review_given {
    struct str name; /* of the document, unique in the workspace */
    struct str title, publisher, address;
    struct str date, frame, subject; /* as struct extract_doc */
};
struct review_outcome {
    uint32_t document, source;
    bool fresh;                  /* these bytes had not been read before */
    bool changed;                /* something was stored */
    size_t claims[CLAIM_STATES]; /* of the document, as they now stand */
    struct ledger_counts counts; /* what the ledger took in */
};

/* Reads a document and files what it says, as one transaction.
 * after  the same bytes again change nothing, but for queued claims that the workspace can place by
 *        now; with another date, frame or subject given, what no person has touched is said anew
 * fails  E_INPUT empty, not text (what it is instead is said), without a date; E_LIMIT too large;
 *        E_CONFLICT the name is that of another document */
MUST_CHECK enum code review_read(const struct review *r, struct str bytes,
                                 const struct review_given *given, struct review_outcome *out,
                                 struct error *err);
/* The same for a document that is kept: what is queued is bound again. */
MUST_CHECK enum code review_again(const struct review *r, uint32_t document,
                                  struct review_outcome *out, struct error *err);

/* ---- decisions ----
 * version: the seq of the claim that was looked at, or 0; E_CONFLICT when it has moved on since.
 * Each makes one new version of the claim, given back in *out (texts in the arena a). */
struct review_change {
    uint64_t claim, version;
    /* without a claim: a span of a document that is to become one (a number taken for noise) */
    uint32_t document, start, end;
    /* ptr NULL: stays as it is */
    struct str subject, indicator, kind, value, value_hi, unit, qualifier, period, comparison,
        modality;
    struct str note;
    bool make; /* names that the workspace does not know are made, provisional */
};
/* Says what the span says; it is filed.
 * fails  E_INPUT a value, period or word that cannot be read; E_MISSING a name that is not known */
MUST_CHECK enum code review_correct(const struct review *r, const struct review_change *change,
                                    struct arena *a, struct claim_row *out, struct error *err);
/* A queued claim is right as it stands: filed, its names made where needed. */
MUST_CHECK enum code review_accept(const struct review *r, uint64_t claim, uint64_t version,
                                   struct str note, struct arena *a, struct claim_row *out,
                                   struct error *err);
/* No figure: its fact is withdrawn unless another span says it too. */
MUST_CHECK enum code review_reject(const struct review *r, uint64_t claim, uint64_t version,
                                   struct str note, struct arena *a, struct claim_row *out,
                                   struct error *err);
/* The span says what fact `into` says: it becomes one more place of it. */
MUST_CHECK enum code review_merge(const struct review *r, uint64_t claim, uint64_t version,
                                  uint64_t into, struct str note, struct arena *a,
                                  struct claim_row *out, struct error *err);

struct review_taught {
    uint32_t entity, indicator; /* one of them: what the name now means */
    size_t documents;           /* read again */
    size_t filed;               /* queued claims that could now be placed */
};
/* `name` is from now on a name of the entity or the indicator (one of the ids is 0).
 * fails  E_CONFLICT the name means another indicator; E_INPUT it is empty, or a number */
MUST_CHECK enum code review_teach(const struct review *r, struct str name, uint32_t entity,
                                  uint32_t indicator, struct review_taught *out, struct error *err);
#endif
