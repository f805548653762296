/* decimal_fuzz.c - the input as a number's text, and as 128-bit operands for the exact sums. */
#include "base/decimal.h"
#include "fuzz.h"

static void as_text(struct str in)
{
    struct dec d = {0}, back;
    struct error err = {0};
    char text[DEC_TEXT];
    if (dec_parse(in, &d, &err) != OK) {
        MUST((err.code == E_INPUT || err.code == E_RANGE) && utf8_valid(str_z(err.text)));
        return;
    }
    size_t n = dec_text(d.units, d.scale, text);
    MUST(n < DEC_TEXT && text[n] == '\0');
    MUST(dec_parse((struct str){text, n}, &back, NULL) == OK);
    MUST(back.units == d.units && back.scale == d.scale);
    int64_t units;
    n = dec_text_short(d.units, d.scale, 0, text);
    MUST(dec_parse((struct str){text, n}, &back, NULL) == OK && back.scale <= d.scale);
    MUST(dec_rescale(back.units, back.scale, d.scale, &units, NULL) == OK && units == d.units);
    if (dec_rescale(d.units, d.scale, DEC_SCALE_MAX, &units, NULL) == OK) {
        MUST(dec_rescale(units, DEC_SCALE_MAX, d.scale, &units, NULL) == OK);
        MUST(units == d.units);
    }
}

static void divide(i128 num, i128 den, unsigned scale)
{
    i128 near, floor, ceil;
    if (dec_div_round(num, den, scale, ROUND_FLOOR, &floor, NULL) != OK ||
        dec_div_round(num, den, scale, ROUND_CEIL, &ceil, NULL) != OK ||
        dec_div(num, den, scale, &near, NULL) != OK)
        return;
    MUST(floor <= ceil && ceil - floor <= 1 && (near == floor || near == ceil));
    /* floor <= num * 10^scale / den <= ceil, said in ratios where they fit */
    struct rat exact, low, high, step;
    if (rat_make(num, den, &exact, NULL) != OK ||
        rat_make(1, dec_pow10(scale), &step, NULL) != OK ||
        rat_mul((struct rat){floor, 1}, step, &low, NULL) != OK ||
        rat_mul((struct rat){ceil, 1}, step, &high, NULL) != OK)
        return;
    MUST(rat_cmp(low, exact) <= 0 && rat_cmp(exact, high) <= 0);
    MUST((rat_cmp(low, exact) == 0) == (floor == ceil));
}

static void ratios(struct rat a, struct rat b)
{
    struct rat t, u;
    char text[DEC_TEXT];
    MUST(rat_cmp(a, b) == -rat_cmp(b, a));
    if (rat_sub(a, b, &t, NULL) == OK) {
        MUST(rat_sign(t) == rat_cmp(a, b));
        if (rat_add(t, b, &u, NULL) == OK)
            MUST(u.num == a.num && u.den == a.den);
    }
    if (rat_sign(b) != 0 && rat_div(a, b, &t, NULL) == OK && rat_mul(t, b, &u, NULL) == OK)
        MUST(u.num == a.num && u.den == a.den);
    MUST(rat_text(a, 18, ROUND_NEAREST, text) < DEC_TEXT);
}

/* 33 bytes: the scale and two operands, little endian. */
static void as_operands(const uint8_t *data)
{
    i128 a, b, v;
    struct rat x, y;
    memcpy(&a, data + 1, sizeof a);
    memcpy(&b, data + 17, sizeof b);
    a >>= data[0] & 0x70;
    divide(a, b, data[0] % 37);
    if (i128_add(a, b, &v))
        MUST(i128_sub(v, b, &v) && v == a);
    if (i128_mul(a, b, &v))
        MUST(b == 0 ? v == 0 : v % b == 0 && v / b == a);
    if (rat_make(a, (b & INT64_MAX) + 1, &x, NULL) == OK &&
        rat_make(b, (a & INT64_MAX) + 1, &y, NULL) == OK)
        ratios(x, y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_text((struct str){(const char *)data, size});
    if (size >= 33)
        as_operands(data);
    return 0;
}
