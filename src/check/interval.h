/* interval.h - closed intervals of exact numbers, either end of which may be missing.
 *
 * What is printed leaves an interval open (6.34 is [6.335, 6.345], "over 47" has no upper end);
 * what follows from several printed figures is the interval that these functions give. Whether a
 * bound itself belongs to an interval makes no difference to any verdict here. */
#ifndef LUOSHU_CHECK_INTERVAL_H
#define LUOSHU_CHECK_INTERVAL_H
#include "base/base.h"

struct ival {
    struct rat lo, hi; /* unset where the end is missing */
    bool no_lo, no_hi;
};

struct ival ival_point(struct rat v);
/* All of these are false when a bound leaves 128 bits, *out then untouched; ival_div also when the
 * divisor may be 0. */
MUST_CHECK bool ival_add(struct ival a, struct ival b, struct ival *out);
MUST_CHECK bool ival_sub(struct ival a, struct ival b, struct ival *out);
MUST_CHECK bool ival_mul(struct ival a, struct ival b, struct ival *out);
MUST_CHECK bool ival_div(struct ival a, struct ival b, struct ival *out);
MUST_CHECK bool ival_scale(struct ival a, struct rat by, struct ival *out);
bool ival_meets(struct ival a, struct ival b); /* have they a number in common? */
bool ival_below(struct ival a, struct ival b); /* is every number of a less than each of b? */
bool ival_has(struct ival a, struct rat v);
bool ival_is_point(struct ival a);
/* Numbers in both; false when there are none. */
bool ival_both(struct ival a, struct ival b, struct ival *out);
/* The smallest interval that holds both. */
struct ival ival_hull(struct ival a, struct ival b);
#endif
