/* lp_put.h - a body of line protocol, put: decoded slice by slice, stored, and told what became of
 * every line. */
#ifndef LUOSHU_FIELD_LP_PUT_H
#define LUOSHU_FIELD_LP_PUT_H
#include "field/lp.h"

#define LP_SLICE 65536 /* samples decoded at a time: bounds memory, whatever the body holds */

struct lp_outcome {
    uint64_t lines, refused, texts, collided;                        /* of lp.h */
    uint64_t samples;                                                /* read from the lines */
    uint64_t stored, same, revised, late, strangers, rounded, unfit; /* unfit: refused by intake */
    struct lp_refusal why[LP_REFUSED_MAX]; /* in order of lines; all are counted above */
    size_t why_count;
};
static inline bool lp_outcome_good(const struct lp_outcome *o)
{
    return o->refused + o->texts + o->unfit == 0;
}
/* p: initialised, its buffers are used. options.hash is set here.
 * after  every sample that is not refused is durable
 * fails  E_BUSY, E_IO, E_BACKEND of intake_put: what came before is durable, the whole body may be
 *        sent again (what is there already counts as same) */
MUST_CHECK enum code lp_put(struct lp *p, struct intake *in, struct str body,
                            enum lp_precision precision, struct lp_outcome *out, struct error *err);
#endif
