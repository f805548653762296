/* decimal.h - exact numbers: an integer and a scale, and the checked 128-bit sums over them.
 *
 * A value is units * 10^-scale. No double is ever involved. Rounding happens in one place only,
 * dec_div, and rounds half away from zero, as the bulletins of the trade do (四舍五入). */
#ifndef LUOSHU_BASE_DECIMAL_H
#define LUOSHU_BASE_DECIMAL_H
#include "str.h"

typedef __int128 i128;
typedef unsigned __int128 u128;
#define DEC_SCALE_MAX 18
#define DEC_TEXT 48 /* bytes that any dec_text needs, NUL included */

struct dec {
    int64_t units;
    uint8_t scale; /* decimals, 0..DEC_SCALE_MAX */
};

/* "-12.50" -> {-1250, 2}; leading + allowed, trailing zeros kept, thousands separators, exponents
 * and blanks refused.
 * fails  E_INPUT not a decimal number; E_RANGE more than 64 bits or DEC_SCALE_MAX decimals */
MUST_CHECK enum code dec_parse(struct str text, struct dec *out, struct error *err);

/* units at scale `from` as units at scale `to`, exactly.
 * fails  E_RANGE digits would be lost, or the result leaves 64 bits */
MUST_CHECK enum code dec_rescale(int64_t units, unsigned from, unsigned to, int64_t *out,
                                 struct error *err);

/* Canonical text of units * 10^-scale with exactly `scale` decimals; returns the length. */
size_t dec_text(i128 units, unsigned scale, char out[DEC_TEXT]);
/* The same without trailing zeros, but with at least `least` decimals. */
size_t dec_text_short(i128 units, unsigned scale, unsigned least, char out[DEC_TEXT]);

i128 dec_pow10(unsigned n); /* n <= 36 */

/* Checked 128-bit arithmetic: false when the result leaves the range, *out then untouched. */
bool i128_add(i128 a, i128 b, i128 *out);
bool i128_sub(i128 a, i128 b, i128 *out);
bool i128_mul(i128 a, i128 b, i128 *out);

/* num / den at `scale` decimals, half away from zero.
 * fails  E_RANGE den is 0 or the result leaves 128 bits */
MUST_CHECK enum code dec_div(i128 num, i128 den, unsigned scale, i128 *out, struct error *err);
enum dec_round { ROUND_NEAREST, ROUND_FLOOR, ROUND_CEIL };
MUST_CHECK enum code dec_div_round(i128 num, i128 den, unsigned scale, enum dec_round how, i128 *out,
                                   struct error *err);

/* A rational number num/den, den > 0, reduced; the exact value of a ratio before it is shown. */
struct rat {
    i128 num, den;
};
/* fails  E_RANGE a 128-bit intermediate overflowed, or a division by zero */
MUST_CHECK enum code rat_make(i128 num, i128 den, struct rat *out, struct error *err);
MUST_CHECK enum code rat_add(struct rat a, struct rat b, struct rat *out, struct error *err);
MUST_CHECK enum code rat_sub(struct rat a, struct rat b, struct rat *out, struct error *err);
MUST_CHECK enum code rat_mul(struct rat a, struct rat b, struct rat *out, struct error *err);
MUST_CHECK enum code rat_div(struct rat a, struct rat b, struct rat *out, struct error *err);
int rat_cmp(struct rat a, struct rat b); /* exact, by 256-bit cross products; -1 0 1 */
int rat_sign(struct rat a);
/* Text at `scale` decimals with the given rounding; writes "?" when it leaves 128 bits. */
size_t rat_text(struct rat a, unsigned scale, enum dec_round how, char out[DEC_TEXT]);
#endif
