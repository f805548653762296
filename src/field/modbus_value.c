/* modbus_value.c - registers as exact numbers: order, type, no value, scale, offset, decimals. */
#include "field/modbus.h"
#include <math.h>

#define DIGITS_MAX ((i128)1000000000000000000) /* 10^18, as sample_number */

unsigned modbus_width(enum modbus_type t)
{
    static const uint8_t widths[MODBUS_TYPES] = {
        [MODBUS_U16] = 1,   [MODBUS_S16] = 1,   [MODBUS_U32] = 2, [MODBUS_S32] = 2,
        [MODBUS_U64] = 4,   [MODBUS_S64] = 4,   [MODBUS_F32] = 2, [MODBUS_F64] = 4,
        [MODBUS_BCD16] = 1, [MODBUS_BCD32] = 2, [MODBUS_BIT] = 1};
    return widths[t];
}

/* The registers as one unsigned number, most significant byte A first. */
static uint64_t raw_of(const struct modbus_point *p, const uint8_t *at)
{
    unsigned words = modbus_width(p->type);
    uint64_t v = 0;
    for (unsigned w = 0; w < words; w++) {
        const uint8_t *r = at + 2 * (p->words_back ? words - 1 - w : w);
        v = v << 16 | (unsigned)(p->bytes_back ? r[1] << 8 | r[0] : r[0] << 8 | r[1]);
    }
    return v;
}

static bool bcd(uint64_t raw, i128 *out)
{
    *out = 0;
    for (int shift = 28; shift >= 0; shift -= 4) {
        unsigned digit = (unsigned)(raw >> shift & 15);
        if (digit > 9)
            return false;
        *out = *out * 10 + digit;
    }
    return true;
}

struct number {
    i128 m;
    int e;
    bool cut;
};

static bool floating(double v, bool single, struct number *n)
{
    int64_t m;
    int16_t e;
    if (!sample_double(v, single, &m, &e))
        return false;
    n->m = m;
    n->e = e;
    return true;
}

/* false: no number (NaN, infinite, no BCD). */
static bool number_of(enum modbus_type type, uint64_t raw, struct number *n)
{
    float f;
    double d;
    uint32_t low = (uint32_t)raw;
    n->e = 0;
    switch (type) {
    case MODBUS_S16:
        n->m = (int16_t)raw;
        return true;
    case MODBUS_S32:
        n->m = (int32_t)raw;
        return true;
    case MODBUS_S64:
        n->m = (int64_t)raw;
        return true;
    case MODBUS_F32:
        memcpy(&f, &low, sizeof f);
        return floating((double)f, true, n);
    case MODBUS_F64:
        memcpy(&d, &raw, sizeof d);
        return floating(d, false, n);
    case MODBUS_BCD16:
    case MODBUS_BCD32:
        return bcd(raw, &n->m);
    default:
        n->m = (i128)raw;
        return true;
    }
}

/* Without the digits below 10^e, rounded half away from zero. */
static void drop_to(struct number *n, int e)
{
    if (e <= n->e)
        return;
    int drop = e - n->e;
    n->e = e;
    if (drop > 36) { /* less than half of what is left */
        n->cut |= n->m != 0;
        n->m = 0;
        return;
    }
    i128 div = dec_pow10((unsigned)drop), q = n->m / div, rest = n->m % div, half = div / 2;
    n->cut |= rest != 0;
    n->m = q + (rest >= half) - (-rest >= half);
}

/* n + offset, exactly where 128 bits hold it. */
static void add(struct number *n, struct dec offset)
{
    i128 a = n->m, b = offset.units;
    int eb = -(int)offset.scale, low = n->e < eb ? n->e : eb;
    if (b == 0)
        return;
    bool fits = n->e - low <= 36 && eb - low <= 36 &&
                i128_mul(a, dec_pow10((unsigned)(n->e - low)), &a) &&
                i128_mul(b, dec_pow10((unsigned)(eb - low)), &b) && i128_add(a, b, &a);
    if (fits) {
        n->m = a;
        n->e = low;
        return;
    }
    n->cut = true; /* one of them is below the other's last digit */
    if (n->e < eb) {
        n->m = offset.units;
        n->e = eb;
    }
}

static void fit(struct number *n)
{
    while (n->m != 0 && n->m % 10 == 0 && n->e < 0) {
        n->m /= 10;
        n->e++;
    }
    int e = n->e;
    for (i128 m = n->m < 0 ? -n->m : n->m; m > DIGITS_MAX; m /= 10)
        e++;
    drop_to(n, e);
}

static void put(const struct modbus_point *p, struct number n, struct sample *s)
{
    i128 scaled;
    bool plain = p->scale.units == 1 && p->scale.scale == 0;
    if (!plain) { /* 64 bits times 64 bits fit in 128 */
        if (i128_mul(n.m, p->scale.units, &scaled))
            n.m = scaled;
        n.e -= p->scale.scale;
    }
    add(&n, p->offset);
    if (p->decimals >= 0) {
        bool cut = n.cut;
        drop_to(&n, -p->decimals);
        n.cut = cut; /* asked for, not lost */
    }
    fit(&n);
    s->state = STATE_VALUE;
    s->mantissa = (int64_t)n.m;
    s->exp10 = (int16_t)(n.m ? n.e : 0);
    s->cut = n.cut;
}

static void put_bit(const struct modbus_point *p, bool on, struct sample *s)
{
    put(p, (struct number){.m = on}, s);
}

void modbus_value(const struct modbus_point *p, const struct modbus_request *r, struct str data,
                  struct sample *s)
{
    const uint8_t *bytes = (const uint8_t *)data.ptr;
    unsigned at = (unsigned)p->address - r->address;
    struct number n = {0};
    s->mantissa = 0;
    s->exp10 = 0;
    s->cut = false;
    if (p->space == MODBUS_COIL || p->space == MODBUS_DISCRETE) {
        put_bit(p, bytes[at / 8] >> at % 8 & 1, s);
        return;
    }
    uint64_t raw = raw_of(p, bytes + 2 * at);
    s->state = STATE_NULL;
    for (unsigned i = 0; i < p->none_count; i++)
        if (raw == p->none[i])
            return;
    if (p->bit != 255)
        put_bit(p, raw >> p->bit & 1, s);
    else if (number_of(p->type, raw, &n))
        put(p, n, s);
}
