/* review_int.h - what the files of `review` share: one transaction over one document. */
#ifndef LUOSHU_REVIEW_INT_H
#define LUOSHU_REVIEW_INT_H
#include "ingest/statement.h"
#include "review/review.h"

struct desk {
    const struct review *r;
    struct ledger *l;
    struct registry *g;
    struct binder *binder;
    struct arena arena;
    struct document_row doc;
    struct str doc_name;
    uint32_t context; /* entity that the document's subject means, or 0 */
    day_t published;
    VEC(struct claim_row) claims; /* the newest version of each */
    struct map by_span;           /* "start end nth" -> index + 1 */
    bool changed;
};

/* Begins the transaction; desk_end commits it (or takes it back when nothing changed or code says
 * so) and releases everything. */
MUST_CHECK enum code desk_begin(struct desk *d, const struct review *r, struct str origin,
                                struct error *err);
MUST_CHECK enum code desk_end(struct desk *d, enum code code, struct ledger_counts *counts,
                              struct error *err);
/* The document and its claims as stored. fails E_MISSING */
MUST_CHECK enum code desk_load(struct desk *d, uint32_t document, struct error *err);
/* Date and subject of the reading under way; doc.reading is set. */
MUST_CHECK enum code desk_dated(struct desk *d, struct error *err);
struct claim_row *desk_find(struct desk *d, uint32_t start, uint32_t end, uint32_t nth);
/* Stores a version and keeps it as the newest; c->id 0 = a new claim. */
MUST_CHECK enum code desk_put(struct desk *d, struct claim_row *c, struct error *err);

enum filing {
    FILE_READ,  /* by the reader: whatever is in doubt is a gap */
    FILE_NAMED, /* by a person: says otherwise than before and is believed; names must be known */
    FILE_MAKE   /* the same, and unknown names are made */
};
/* Files what c says: sets state, reason and fact. A gap is no failure: c is then queued. */
MUST_CHECK enum code claim_file(struct desk *d, struct claim_row *c, enum filing how,
                                struct error *err);
/* Takes back fact `old` of the document's source, unless a claim still says its key. */
MUST_CHECK enum code claim_withdraw(struct desk *d, uint64_t old, const struct claim_row *by,
                                    struct error *err);
/* The span becomes a place of a fact of whatever source. */
MUST_CHECK enum code claim_place(struct desk *d, const struct claim_row *c, const struct fact *f,
                                 struct error *err);
/* One reading of bytes within the transaction; restate: say anew what no person has touched. */
MUST_CHECK enum code desk_read(struct desk *d, const struct extract_result *e, bool restate,
                               struct error *err);
void outcome_of(const struct desk *d, struct review_outcome *out);
#endif
