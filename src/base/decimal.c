/* decimal.c - exact decimals and ratios over checked 128-bit integers.
 * No double, no locale; the only roundings are dec_div_round and, through it, rat_text. */
#include "decimal.h"
#include <assert.h>

#define I128_MIN ((i128)((u128)1 << 127))

/* ---- decimals ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct str s, size_t i)
{
    size_t n = 0;
    while (i + n < s.len && is_digit(s.ptr[i + n]))
        n++;
    return n;
}

static enum code not_decimal(struct str text, struct error *err)
{
    struct str head = str_sub(text, 0, 60);
    return error_set(err, E_INPUT, "expected a decimal number such as -12.50, not '%.*s'",
                     STR_ARG(head));
}

static enum code dec_too_large(struct str text, struct error *err)
{
    struct str head = str_sub(text, 0, 60);
    return error_set(err, E_RANGE, "'%.*s' has more than 64 bits or %d decimals", STR_ARG(head),
                     DEC_SCALE_MAX);
}

enum code dec_parse(struct str text, struct dec *out, struct error *err)
{
    size_t i = 0;
    bool minus = text.len > 0 && text.ptr[0] == '-';
    if (minus || (text.len > 0 && text.ptr[0] == '+'))
        i++;
    size_t whole = digits_at(text, i), decimals = 0, end = i + whole;
    if (end < text.len && text.ptr[end] == '.') {
        decimals = digits_at(text, end + 1);
        end += 1 + decimals;
        if (decimals == 0)
            return not_decimal(text, err);
    }
    if (whole == 0 || end != text.len)
        return not_decimal(text, err);
    if (decimals > DEC_SCALE_MAX)
        return dec_too_large(text, err);
    int64_t units = 0;
    for (; i < end; i++) {
        if (text.ptr[i] == '.')
            continue;
        /* gathered with its sign, for INT64_MIN has no positive twin */
        int digit = minus ? '0' - text.ptr[i] : text.ptr[i] - '0';
        if (__builtin_mul_overflow(units, 10, &units) ||
            __builtin_add_overflow(units, digit, &units))
            return dec_too_large(text, err);
    }
    *out = (struct dec){units, (uint8_t)decimals};
    return OK;
}

enum code dec_rescale(int64_t units, unsigned from, unsigned to, int64_t *out, struct error *err)
{
    unsigned steps = to > from ? to - from : from - to;
    int64_t v = units;
    for (; steps > 0 && v != 0; steps--) {
        bool lost = to > from ? __builtin_mul_overflow(v, 10, &v) : v % 10 != 0;
        if (lost)
            return error_set(err, E_RANGE, "%lld at %u decimals does not fit %u decimals exactly",
                             (long long)units, from, to);
        if (to < from)
            v /= 10;
    }
    *out = v;
    return OK;
}

static u128 magnitude(i128 v)
{
    return v < 0 ? -(u128)v : (u128)v;
}

size_t dec_text(i128 units, unsigned scale, char out[DEC_TEXT])
{
    assert(scale <= 36);
    char reversed[DEC_TEXT];
    size_t n = 0, len = 0;
    u128 v = magnitude(units);
    for (unsigned i = 0; i <= scale || v != 0; i++, v /= 10) {
        if (i == scale && scale > 0)
            reversed[n++] = '.';
        reversed[n++] = (char)('0' + (int)(v % 10));
    }
    if (units < 0)
        reversed[n++] = '-';
    while (n > 0)
        out[len++] = reversed[--n];
    out[len] = '\0';
    return len;
}

size_t dec_text_short(i128 units, unsigned scale, unsigned least, char out[DEC_TEXT])
{
    while (scale > least && units % 10 == 0) {
        units /= 10;
        scale--;
    }
    size_t len = dec_text(units, scale, out);
    if (scale >= least)
        return len;
    /* fewer decimals than asked for: pad, as multiplying could leave the range */
    if (scale == 0)
        out[len++] = '.';
    for (; scale < least && len + 1 < DEC_TEXT; scale++)
        out[len++] = '0';
    out[len] = '\0';
    return len;
}

i128 dec_pow10(unsigned n)
{
    assert(n <= 36);
    i128 p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* ---- checked sums ---- */

bool i128_add(i128 a, i128 b, i128 *out)
{
    i128 v;
    if (__builtin_add_overflow(a, b, &v))
        return false;
    *out = v;
    return true;
}

bool i128_sub(i128 a, i128 b, i128 *out)
{
    i128 v;
    if (__builtin_sub_overflow(a, b, &v))
        return false;
    *out = v;
    return true;
}

/* Not __builtin_mul_overflow: clang makes it a call into compiler-rt, which gcc's runtime lacks. */
bool i128_mul(i128 a, i128 b, i128 *out)
{
    u128 x = magnitude(a), y = magnitude(b);
    bool minus = (a < 0) != (b < 0);
    u128 most = minus ? (u128)1 << 127 : ((u128)1 << 127) - 1;
    if (x != 0 && y > most / x)
        return false;
    *out = minus ? (i128) - (x * y) : (i128)(x * y);
    return true;
}

/* ---- 256 bits, as far as products and quotients need them ---- */

struct u256 {
    u128 high, low;
};

static struct u256 wide_mul(u128 a, u128 b)
{
    u128 a1 = a >> 64, a0 = (uint64_t)a, b1 = b >> 64, b0 = (uint64_t)b;
    u128 low = a0 * b0;
    u128 mid = a1 * b0 + (low >> 64); /* (2^64-1)^2 + 2^64-1 < 2^128 */
    u128 mid2 = a0 * b1 + (uint64_t)mid;
    return (struct u256){a1 * b1 + (mid >> 64) + (mid2 >> 64), mid2 << 64 | (uint64_t)low};
}

static int wide_cmp(struct u256 a, struct u256 b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

/* n / d bit by bit, for 0 < d <= 2^127; false when the quotient leaves 128 bits. */
static bool wide_div(struct u256 n, u128 d, u128 *quotient, u128 *rest)
{
    if (n.high >= d)
        return false;
    if (n.high == 0) {
        *quotient = n.low / d;
        *rest = n.low % d;
        return true;
    }
    u128 r = n.high, q = 0;
    for (int i = 127; i >= 0; i--) {
        r = r << 1 | (n.low >> i & 1); /* r < d <= 2^127: nothing is shifted out */
        q <<= 1;
        if (r >= d) {
            r -= d;
            q |= 1;
        }
    }
    *quotient = q;
    *rest = r;
    return true;
}

enum code dec_div(i128 num, i128 den, unsigned scale, i128 *out, struct error *err)
{
    return dec_div_round(num, den, scale, ROUND_NEAREST, out, err);
}

/* Whether the magnitude is one more than the truncated quotient. */
static bool rounds_away(u128 rest, u128 den, bool minus, enum dec_round how)
{
    if (how == ROUND_NEAREST)
        return rest >= den - rest;
    return rest != 0 && minus == (how == ROUND_FLOOR);
}

enum code dec_div_round(i128 num, i128 den, unsigned scale, enum dec_round how, i128 *out,
                        struct error *err)
{
    if (den == 0)
        return error_set(err, E_RANGE, "division by zero");
    u128 d = magnitude(den), q, rest;
    bool minus = (num < 0) != (den < 0);
    u128 most = minus ? (u128)1 << 127 : ((u128)1 << 127) - 1;
    if (scale > 36 || !wide_div(wide_mul(magnitude(num), (u128)dec_pow10(scale)), d, &q, &rest) ||
        q > most || (q == most && rounds_away(rest, d, minus, how)))
        return error_set(err, E_RANGE, "a quotient at %u decimals leaves 128 bits", scale);
    q += rounds_away(rest, d, minus, how);
    *out = minus ? (i128)-q : (i128)q;
    return OK;
}

/* ---- ratios ---- */

static u128 gcd(u128 a, u128 b)
{
    while (b != 0) {
        u128 r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static enum code rat_range(struct error *err)
{
    return error_set(err, E_RANGE, "a ratio leaves 128 bits");
}

enum code rat_make(i128 num, i128 den, struct rat *out, struct error *err)
{
    if (den == 0)
        return error_set(err, E_RANGE, "division by zero");
    u128 n = magnitude(num), d = magnitude(den), g = gcd(n, d);
    n /= g;
    d /= g;
    bool minus = num != 0 && (num < 0) != (den < 0);
    u128 most = ((u128)1 << 127) - 1;
    if (d > most || n > most + minus)
        return rat_range(err);
    *out = (struct rat){minus ? (i128)-n : (i128)n, (i128)d};
    return OK;
}

/* a ± b, dividing by the common part of the denominators before anything is multiplied
 * (Knuth, The Art of Computer Programming, vol. 2, 4.5.1). */
static enum code rat_sum(struct rat a, struct rat b, bool (*op)(i128, i128, i128 *),
                         struct rat *out, struct error *err)
{
    i128 g = (i128)gcd((u128)a.den, (u128)b.den), x, y, t, den;
    if (!i128_mul(a.num, b.den / g, &x) || !i128_mul(b.num, a.den / g, &y) || !op(x, y, &t))
        return rat_range(err);
    i128 g2 = (i128)gcd(magnitude(t), (u128)g);
    if (!i128_mul(a.den / g, b.den / g2, &den))
        return rat_range(err);
    return rat_make(t / g2, den, out, err);
}

enum code rat_add(struct rat a, struct rat b, struct rat *out, struct error *err)
{
    return rat_sum(a, b, i128_add, out, err);
}

enum code rat_sub(struct rat a, struct rat b, struct rat *out, struct error *err)
{
    return rat_sum(a, b, i128_sub, out, err);
}

/* (a/b) * (c/d), reduced crosswise first; b and d may be negative here, as rat_div hands them. */
static enum code rat_product(i128 a, i128 b, i128 c, i128 d, struct rat *out, struct error *err)
{
    struct rat x, y;
    i128 num, den;
    TRY(rat_make(a, d, &x, err));
    TRY(rat_make(c, b, &y, err));
    if (!i128_mul(x.num, y.num, &num) || !i128_mul(x.den, y.den, &den))
        return rat_range(err);
    *out = (struct rat){num, den};
    return OK;
}

enum code rat_mul(struct rat a, struct rat b, struct rat *out, struct error *err)
{
    return rat_product(a.num, a.den, b.num, b.den, out, err);
}

enum code rat_div(struct rat a, struct rat b, struct rat *out, struct error *err)
{
    return rat_product(a.num, a.den, b.den, b.num, out, err);
}

int rat_cmp(struct rat a, struct rat b)
{
    int sa = rat_sign(a), sb = rat_sign(b);
    if (sa != sb)
        return sa < sb ? -1 : 1;
    int c =
        wide_cmp(wide_mul(magnitude(a.num), (u128)b.den), wide_mul(magnitude(b.num), (u128)a.den));
    return sa < 0 ? -c : c;
}

int rat_sign(struct rat a)
{
    return (a.num > 0) - (a.num < 0);
}

size_t rat_text(struct rat a, unsigned scale, enum dec_round how, char out[DEC_TEXT])
{
    i128 units;
    if (dec_div_round(a.num, a.den, scale, how, &units, NULL) == OK)
        return dec_text(units, scale, out);
    memcpy(out, "?", 2);
    return 1;
}
