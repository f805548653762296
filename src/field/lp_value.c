/* lp_value.c - values and times of line protocol, exactly. */
#include "field/lp_int.h"

#define FLOAT_EXP_MAX 309 /* digits before the point of the largest 64-bit float */

bool lp_precision_from(struct str s, bool version1, enum lp_precision *out)
{
    static const struct {
        const char *name;
        enum lp_precision precision;
        bool version1;
    } names[] = {
        {"", LP_NS, false}, {"ns", LP_NS, false}, {"us", LP_US, false}, {"ms", LP_MS, false},
        {"s", LP_S, false}, {"n", LP_NS, true},   {"u", LP_US, true},   {"µ", LP_US, true},
        {"m", LP_M, true},  {"h", LP_H, true},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(s, names[i].name) && (version1 || !names[i].version1)) {
            *out = names[i].precision;
            return true;
        }
    return false;
}

/* ---- digits ---- */

static inline bool is_digit(char c)
{
    return (unsigned)(c - '0') <= 9;
}

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Are these eight digits? And their value: little-endian, pairs, fours, eights at once. */
static inline bool eight_digits(uint64_t v)
{
    return ((v & 0xF0F0F0F0F0F0F0F0u) | (((v + 0x0606060606060606u) & 0xF0F0F0F0F0F0F0F0u) >> 4)) ==
           0x3333333333333333u;
}
static inline uint64_t eight_value(uint64_t v)
{
    v = (v & 0x0F0F0F0F0F0F0F0Fu) * 2561 >> 8;
    v = (v & 0x00FF00FF00FF00FFu) * 6553601 >> 16;
    return (v & 0x0000FFFF0000FFFFu) * 42949672960001u >> 32;
}

/* At most 20 digits and nothing else. */
static inline bool digits(const char *p, const char *end, uint64_t *out)
{
    uint64_t v = 0;
    if (p == end || end - p > 20)
        return false;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; end - p >= 8; p += 8) {
        uint64_t eight = load8(p);
        if (!eight_digits(eight))
            return false;
        v = v * 100000000u + eight_value(eight); /* 16 digits fit */
    }
#endif
    for (; p < end; p++) {
        if (!is_digit(*p) || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

static bool all_digits(const char *p, const char *end)
{
    for (; p < end; p++)
        if (!is_digit(*p))
            return false;
    return true;
}

/* ---- values ---- */

static enum lp_type bad(const char **what, const char *text)
{
    *what = text;
    return LP_BAD;
}

/* Digits and a point, at most 18 characters: no digit can be lost. */
static inline bool short_decimal(const char *p, const char *end, struct sample *out)
{
    bool negative = *p == '-';
    p += negative;
    if (end - p > 18)
        return false;
    const char *first = p;
    int64_t v = 0;
    for (; p < end && is_digit(*p); p++)
        v = v * 10 + (*p - '0');
    int point = 0;
    if (p < end && *p == '.') {
        const char *from = ++p;
        for (; p < end && is_digit(*p); p++)
            v = v * 10 + (*p - '0');
        point = (int)(p - from);
        if (end - first == 1)
            return false;
    }
    if (p != end || first == end)
        return false;
    out->mantissa = negative ? -v : v;
    out->exp10 = (int16_t)-point;
    return true;
}

static enum lp_type long_decimal(struct str text, struct sample *out, const char **what)
{
    char letter = text.ptr[0] == '-' && text.len > 1 ? text.ptr[1] : text.ptr[0];
    if (sample_number(text, &out->mantissa, &out->exp10, &out->cut)) {
        int count = 0;
        for (int64_t m = out->mantissa; m; m /= 10)
            count++;
        if (count && count + out->exp10 > FLOAT_EXP_MAX)
            return bad(what, "is larger than a 64-bit float can be");
        return LP_NUMBER;
    }
    if (letter == '+')
        return bad(what, "begins with +; leave it out");
    if (letter == 'N' || letter == 'n' || letter == 'I' || letter == 'i')
        return bad(what, "is not a number that can be counted; leave the field out of the line");
    if (!is_digit(letter) && letter != '.')
        return bad(what, "is neither a number nor true or false; a text stands in double quotes");
    return bad(what, "is not a number: digits, a point, an exponent, or digits with i or u behind");
}

static enum lp_type integer(const char *p, const char *end, bool is_unsigned, struct sample *out,
                            const char **what)
{
    bool negative = *p == '-';
    uint64_t v;
    p += negative;
    if (p == end || !all_digits(p, end) || (negative && is_unsigned))
        return bad(what, is_unsigned ? "is not an unsigned integer: digits and u"
                                     : "is not an integer: digits and i");
    while (end - p > 1 && *p == '0')
        p++;
    if (!digits(p, end, &v) || (!is_unsigned && v > (uint64_t)INT64_MAX + negative))
        return bad(what, "does not fit 64 bits");
    if (v > INT64_MAX && !negative) {
        struct str text = {p, (size_t)(end - p)};
        return sample_number(text, &out->mantissa, &out->exp10, &out->cut)
                   ? LP_NUMBER
                   : bad(what, "is not an unsigned integer: digits and u");
    }
    out->mantissa = negative ? (int64_t)(0 - v) : (int64_t)v;
    return LP_NUMBER;
}

static bool boolean(struct str text, int64_t *out)
{
    static const char *const words[2][5] = {{"f", "F", "false", "False", "FALSE"},
                                            {"t", "T", "true", "True", "TRUE"}};
    for (int v = 0; v < 2; v++)
        for (int i = 0; i < 5; i++)
            if (str_is(text, words[v][i])) {
                *out = v;
                return true;
            }
    return false;
}

enum lp_type lp_value(const char *p, const char *end, struct sample *out, const char **what)
{
    out->exp10 = 0;
    out->cut = false;
    if (p == end)
        return bad(what, "is missing");
    if (short_decimal(p, end, out))
        return LP_NUMBER;
    if (end[-1] == 'i' && (is_digit(*p) || *p == '-'))
        return integer(p, end - 1, false, out, what);
    if (end[-1] == 'u' && (is_digit(*p) || *p == '-'))
        return integer(p, end - 1, true, out, what);
    struct str text = {p, (size_t)(end - p)};
    return boolean(text, &out->mantissa) ? LP_NUMBER : long_decimal(text, out, what);
}

/* ---- times ---- */

bool lp_time(const char *p, const char *end, enum lp_precision precision, int64_t *ms,
             uint32_t *rest_ns, const char **what)
{
    static const int64_t to_ms[] = {[LP_MS] = 1, [LP_S] = 1000, [LP_M] = 60000, [LP_H] = 3600000};
    bool negative = *p == '-';
    uint64_t v;
    *rest_ns = 0;
    if (!digits(p + negative, end, &v)) {
        *what = all_digits(p + negative, end) && end - p > negative
                    ? "does not fit 64 bits"
                    : "is not a time: digits only, in the unit that precision says";
        return false;
    }
    if (v > INT64_MAX - 1) { /* the range of InfluxDB: +-9223372036854775806 */
        *what = "does not fit 64 bits";
        return false;
    }
    int64_t t = negative ? -(int64_t)v : (int64_t)v;
    if (precision <= LP_US) {
        int64_t unit = precision == LP_NS ? 1000000 : 1000, rest = t % unit;
        rest += rest < 0 ? unit : 0;
        *ms = precision == LP_NS ? (t - rest) / 1000000 : (t - rest) / 1000;
        *rest_ns = (uint32_t)(precision == LP_NS ? rest : rest * 1000);
        return true;
    }
    if (__builtin_mul_overflow(t, to_ms[precision], ms)) {
        *what = "is out of range; does the precision of the request fit it?";
        return false;
    }
    return true;
}
