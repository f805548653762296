/* sample.c - numbers as protocols send them, to mantissa and power of ten. Pure. */
#include "field/intake.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX 18
#define EXP_MAX 30000 /* int16_t with room for what is added to it */

struct digits {
    uint64_t value; /* of at most DIGITS_MAX significant digits */
    int count;      /* how many of them */
    int64_t dropped;
    unsigned next; /* first dropped digit */
    bool rest;     /* something other than 0 behind it */
};

static void digit_add(struct digits *d, unsigned digit)
{
    if (d->count < DIGITS_MAX) {
        d->value = d->value * 10 + digit;
        d->count += d->value != 0; /* zeros before the first digit do not count */
        return;
    }
    if (d->dropped++ == 0)
        d->next = digit;
    else
        d->rest |= digit != 0;
}

/* Half to even; a carry into a 19th digit still fits 64 bits. true: digits were lost */
static bool digits_round(struct digits *d)
{
    bool lost = d->next != 0 || d->rest;
    if (d->next > 5 || (d->next == 5 && (d->rest || (d->value & 1))))
        d->value++;
    return lost;
}

/* "e+21" up to the end; false: not an exponent. Limited to +-10 EXP_MAX, so that it can be added
 * to. */
static bool exponent(const char *p, const char *end, int64_t *out)
{
    bool negative = p < end && *p == '-';
    int64_t v = 0;
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end)
        return false;
    for (; p < end; p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (digit > 9)
            return false;
        v = v > EXP_MAX ? 10 * EXP_MAX : v * 10 + digit;
    }
    *out = negative ? -v : v;
    return true;
}

bool sample_number(struct str text, int64_t *mantissa, int16_t *exp10, bool *cut)
{
    struct digits d = {0};
    const char *p = text.ptr, *end = p + text.len;
    bool negative = text.len && *p == '-', any = false;
    int64_t exp = 0, point = 0;
    p += negative;
    for (; p < end && (unsigned)(*p - '0') <= 9; p++, any = true)
        digit_add(&d, (unsigned)(*p - '0'));
    if (p < end && *p == '.')
        for (p++; p < end && (unsigned)(*p - '0') <= 9; p++, point++, any = true)
            digit_add(&d, (unsigned)(*p - '0'));
    if (!any || (p < end && *p != 'e' && *p != 'E'))
        return false;
    if (p < end && !exponent(p + 1, end, &exp))
        return false;
    *cut = digits_round(&d);
    exp += d.dropped - point;
    if (d.value == 0)
        exp = exp < -DIGITS_MAX ? -DIGITS_MAX : exp > 0 ? 0 : exp;
    if (exp > EXP_MAX || exp < -EXP_MAX)
        return false;
    *mantissa = negative ? -(int64_t)d.value : (int64_t)d.value;
    *exp10 = (int16_t)exp;
    return true;
}

/* ---- binary numbers ---- */

static bool reads_back(double v, bool single, const char *text)
{
    return single ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v;
}

/* m * 10^-k for a small k, by one correctly rounded division of exact operands: what nearly every
 * measured value is. Up to 15 (6) digits no second decimal of that length reads back as v. */
static bool by_division(double v, bool single, int64_t *mantissa, int16_t *exp10)
{
    double limit = single ? 1e6 : 1e15, scale = 1;
    for (int16_t k = 0; k <= (single ? 6 : 9); k++, scale *= 10) {
        double m = rint(v * scale);
        if (fabs(m) >= limit)
            return false;
        if (single ? (float)m / (float)scale == (float)v : m / scale == v) {
            *mantissa = (int64_t)m;
            *exp10 = (int16_t)-k;
            return true;
        }
    }
    return false;
}

/* "-1.2345e-07" with so many digits as an integer and an exponent. */
static void scientific(const char *text, int64_t *mantissa, int *exp)
{
    int64_t m = 0;
    int decimals = 0;
    bool negative = *text == '-', after = false;
    for (text += negative; *text != 'e'; text++)
        if (*text >= '0' && *text <= '9') {
            m = m * 10 + (*text - '0');
            decimals += after;
        } else {
            after = true;
        }
    *exp = (int)strtol(text + 1, NULL, 10) - decimals;
    *mantissa = negative ? -m : m;
}

bool sample_double(double v, bool single, int64_t *mantissa, int16_t *exp10)
{
    char text[40];
    int64_t m = 0;
    int exp = 0, most = single ? 9 : 17;
    if (!isfinite(v))
        return false;
    if (by_division(v, single, mantissa, exp10))
        return true;
    for (int digits = 1; digits <= most; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, v);
        scientific(text, &m, &exp);
        if (reads_back(v, single, text))
            break;
        /* below a power of two the gap is half as wide: the decimal away from 0 may be nearer to
         * reading back than the nearest one */
        m += m < 0 ? -1 : 1;
        snprintf(text, sizeof text, "%llde%d", (long long)m, exp);
        if (reads_back(v, single, text))
            break;
    }
    for (; m % 10 == 0; m /= 10)
        exp++;
    *mantissa = m;
    *exp10 = (int16_t)exp;
    return true;
}
