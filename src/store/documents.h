/* documents.h - documents as they were read, and their claims, in the registry (schema/002).
 *
 * Rows are only added: the newest reading of a document and the newest version of a claim hold.
 * Every row carries its batch and goes with it when the batch is taken back (store.h). */
#ifndef LUOSHU_STORE_DOCUMENTS_H
#define LUOSHU_STORE_DOCUMENTS_H
#include "store/registry.h"

struct document_reading {
    struct str given_date, given_frame, given_subject; /* "" where nothing was given */
    struct str date, frame, subject;                   /* as used */
    struct str encoding;
    struct str noise; /* "start end class;…" */
    struct str actor;
    int64_t at_us;
};
enum claim_state { CLAIM_FILED, CLAIM_QUEUED, CLAIM_REJECTED, CLAIM_MERGED, CLAIM_STATES };
struct document_row {
    uint32_t id, source; /* id 1.. */
    uint8_t sha256[32];
    uint64_t len; /* bytes of the original */
    struct document_reading reading;
    uint32_t claims[CLAIM_STATES]; /* how many are in each state */
};
struct claim_row {
    uint64_t seq, id;
    uint32_t document, start, end, nth;
    struct str text;
    enum claim_state state;
    struct str reason; /* machine word of why it is queued */
    struct str subject, indicator;
    enum fact_kind kind;
    enum qualifier qualifier;
    enum modality modality;
    struct str value, value_hi, unit, period, comparison;
    uint64_t fact;
    struct str action, note, actor;
    int64_t at_us;
};

void registry_hash(struct str bytes, uint8_t out[32]); /* SHA-256 */
/* Ids are given here: the row's id is set. The sha256 is that of the bytes.
 * fails  E_CONFLICT the bytes or the source have a document already */
MUST_CHECK enum code registry_put_document(struct registry *g, struct document_row *d,
                                           struct str bytes, uint32_t batch, struct error *err);
/* One more reading of d->id. */
MUST_CHECK enum code registry_put_reading(struct registry *g, const struct document_row *d,
                                          uint32_t batch, struct error *err);
/* One more version of c->id, or with id 0 the first of a new claim; seq and id are set. */
MUST_CHECK enum code registry_put_claim(struct registry *g, struct claim_row *c, uint32_t batch,
                                        struct error *err);

/* Documents with their newest reading, without its noise, by id; id 0 = all. Texts in the arena. */
MUST_CHECK enum code registry_documents(struct registry *g, uint32_t id, struct arena *a,
                                        struct document_row **out, size_t *count,
                                        struct error *err);
/* 0 when there is none */
MUST_CHECK enum code registry_document_by_hash(struct registry *g, const uint8_t sha256[32],
                                               uint32_t *id, struct error *err);
MUST_CHECK enum code registry_document_of_source(struct registry *g, uint32_t source, uint32_t *id,
                                                 struct error *err);
/* The original, and the noise of the newest reading.
 * fails  E_MISSING; E_BACKEND the bytes no longer have their hash */
MUST_CHECK enum code registry_original(struct registry *g, uint32_t id, struct arena *a,
                                       struct str *bytes, struct error *err);
MUST_CHECK enum code registry_noise(struct registry *g, uint32_t id, struct arena *a,
                                    struct str *noise, struct error *err);
/* Every version of the claims of a document, by start, end, nth, then seq. */
MUST_CHECK enum code registry_claims(struct registry *g, uint32_t document, struct arena *a,
                                     struct claim_row **out, size_t *count, struct error *err);
/* The newest version of one claim. fails E_MISSING */
MUST_CHECK enum code registry_claim(struct registry *g, uint64_t id, struct arena *a,
                                    struct claim_row *out, struct error *err);
/* Documents with a queued claim that names or quotes `name`, by id. */
MUST_CHECK enum code registry_documents_naming(struct registry *g, struct str name, struct arena *a,
                                               uint32_t **out, size_t *count, struct error *err);
#endif
