/* interval.c - see interval.h. A missing end is the sum, product … of a missing end. */
#include "check/interval.h"

struct ival ival_point(struct rat v)
{
    return (struct ival){.lo = v, .hi = v};
}

static const struct rat zero = {0, 1};

bool ival_add(struct ival a, struct ival b, struct ival *out)
{
    struct ival r = {
        .lo = zero, .hi = zero, .no_lo = a.no_lo || b.no_lo, .no_hi = a.no_hi || b.no_hi};
    if (!r.no_lo && rat_add(a.lo, b.lo, &r.lo, NULL) != OK)
        return false;
    if (!r.no_hi && rat_add(a.hi, b.hi, &r.hi, NULL) != OK)
        return false;
    *out = r;
    return true;
}

static struct ival negated(struct ival a)
{
    return (struct ival){
        .lo = {-a.hi.num, a.hi.den},
        .hi = {-a.lo.num, a.lo.den},
        .no_lo = a.no_hi,
        .no_hi = a.no_lo
    };
}

bool ival_sub(struct ival a, struct ival b, struct ival *out)
{
    return ival_add(a, negated(b), out);
}

/* Both ends there: the least and the greatest of the four products. */
static bool mul_bounded(struct ival a, struct ival b, struct ival *out)
{
    struct rat x[2] = {a.lo, a.hi}, y[2] = {b.lo, b.hi}, p;
    struct ival r = {0};
    for (int i = 0; i < 4; i++) {
        if (rat_mul(x[i / 2], y[i % 2], &p, NULL) != OK)
            return false;
        if (i == 0 || rat_cmp(p, r.lo) < 0)
            r.lo = p;
        if (i == 0 || rat_cmp(p, r.hi) > 0)
            r.hi = p;
    }
    *out = r;
    return true;
}

static bool not_negative(struct ival a)
{
    return !a.no_lo && rat_sign(a.lo) >= 0;
}

bool ival_mul(struct ival a, struct ival b, struct ival *out)
{
    struct ival r = {.lo = zero, .hi = zero, .no_lo = true, .no_hi = true};
    if (!a.no_lo && !a.no_hi && !b.no_lo && !b.no_hi)
        return mul_bounded(a, b, out);
    if (not_negative(a) && not_negative(b)) {
        if (rat_mul(a.lo, b.lo, &r.lo, NULL) != OK)
            return false;
        r.no_lo = false;
    }
    *out = r; /* with an end missing and signs mixed, nothing is known of the product */
    return true;
}

static bool inverted(struct ival a, struct ival *out)
{
    struct ival r = {.lo = zero, .hi = zero};
    if (!a.no_hi && rat_div((struct rat){1, 1}, a.hi, &r.lo, NULL) != OK)
        return false;
    if (!a.no_lo && rat_div((struct rat){1, 1}, a.lo, &r.hi, NULL) != OK)
        return false;
    *out = r; /* 1/infinity is 0 */
    return true;
}

bool ival_div(struct ival a, struct ival b, struct ival *out)
{
    struct ival r;
    bool positive = !b.no_lo && rat_sign(b.lo) > 0, negative = !b.no_hi && rat_sign(b.hi) < 0;
    return (positive || negative) && inverted(b, &r) && ival_mul(a, r, out);
}

bool ival_scale(struct ival a, struct rat by, struct ival *out)
{
    struct ival r = rat_sign(by) < 0 ? negated(a) : a;
    struct rat size = {by.num < 0 ? -by.num : by.num, by.den};
    if (!r.no_lo && rat_mul(r.lo, size, &r.lo, NULL) != OK)
        return false;
    if (!r.no_hi && rat_mul(r.hi, size, &r.hi, NULL) != OK)
        return false;
    *out = r;
    return true;
}

bool ival_below(struct ival a, struct ival b)
{
    return !a.no_hi && !b.no_lo && rat_cmp(a.hi, b.lo) < 0;
}

bool ival_meets(struct ival a, struct ival b)
{
    return !ival_below(a, b) && !ival_below(b, a);
}

bool ival_has(struct ival a, struct rat v)
{
    return ival_meets(a, ival_point(v));
}

bool ival_is_point(struct ival a)
{
    return !a.no_lo && !a.no_hi && rat_cmp(a.lo, a.hi) == 0;
}

bool ival_both(struct ival a, struct ival b, struct ival *out)
{
    if (!ival_meets(a, b))
        return false;
    struct ival r = a;
    if (!b.no_lo && (a.no_lo || rat_cmp(b.lo, a.lo) > 0)) {
        r.lo = b.lo;
        r.no_lo = false;
    }
    if (!b.no_hi && (a.no_hi || rat_cmp(b.hi, a.hi) < 0)) {
        r.hi = b.hi;
        r.no_hi = false;
    }
    *out = r;
    return true;
}

struct ival ival_hull(struct ival a, struct ival b)
{
    struct ival r = {
        .lo = a.lo, .hi = a.hi, .no_lo = a.no_lo || b.no_lo, .no_hi = a.no_hi || b.no_hi};
    if (!r.no_lo && rat_cmp(b.lo, a.lo) < 0)
        r.lo = b.lo;
    if (!r.no_hi && rat_cmp(b.hi, a.hi) > 0)
        r.hi = b.hi;
    return r;
}
