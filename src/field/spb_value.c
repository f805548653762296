/* spb_value.c - what a metric says, by the field its value stands in and its datatype; topics. */
#include "field/intake.h"
#include "field/spb.h"

/* ---- integers: widths and signs ---- */

struct width {
    uint8_t bits;
    bool is_signed;
};
static const struct width widths[SPB_TYPES] = {
    [SPB_UNKNOWN] = {64, false},       [SPB_INT8] = {8, true},
    [SPB_INT16] = {16, true},          [SPB_INT32] = {32, true},
    [SPB_INT64] = {64, true},          [SPB_UINT8] = {8, false},
    [SPB_UINT16] = {16, false},        [SPB_UINT32] = {32, false},
    [SPB_UINT64] = {64, false},        [SPB_DATETIME] = {64, true},
    [SPB_INT8_ARRAY] = {8, true},      [SPB_INT16_ARRAY] = {16, true},
    [SPB_INT32_ARRAY] = {32, true},    [SPB_INT64_ARRAY] = {64, true},
    [SPB_UINT8_ARRAY] = {8, false},    [SPB_UINT16_ARRAY] = {16, false},
    [SPB_UINT32_ARRAY] = {32, false},  [SPB_UINT64_ARRAY] = {64, false},
    [SPB_FLOAT_ARRAY] = {32, false},   [SPB_DOUBLE_ARRAY] = {64, false},
    [SPB_DATETIME_ARRAY] = {64, true},
};

static uint64_t low_bits(unsigned bits)
{
    return bits == 64 ? UINT64_MAX : (1ull << bits) - 1;
}

/* The bits above the width are zero, or (signed) copies of the sign up to the 32nd or 64th bit;
 * else the number is not of this type. */
static bool integer(uint64_t v, struct width w, struct spb_number *out)
{
    *out = (struct spb_number){0};
    uint64_t mask = low_bits(w.bits), above = v & ~mask;
    if (!w.is_signed) {
        out->mantissa = (int64_t)v;
        if (v > INT64_MAX) {
            out->mantissa = (int64_t)(v / 10 + (v % 10 >= 5));
            out->exp10 = 1;
            out->cut = v % 10 != 0;
        }
        return above == 0;
    }
    bool minus = (v >> (w.bits - 1) & 1) != 0;
    uint64_t extended = minus ? v | ~mask : v & mask;
    out->mantissa = (int64_t)extended;
    return above == 0 || (minus && (above == ~mask || above == (~mask & UINT32_MAX)));
}

static enum spb_says real(double v, bool single, struct spb_number *out)
{
    *out = (struct spb_number){0};
    return sample_double(v, single, &out->mantissa, &out->exp10) ? SPB_SAYS_NUMBER : SPB_SAYS_NULL;
}

/* Which fields a datatype may stand in. */
static bool fits(uint32_t type, uint8_t field)
{
    switch (field) {
    case SPB_IN_INT:
    case SPB_IN_LONG:
        return type == SPB_UNKNOWN || (type <= SPB_UINT64) || type == SPB_DATETIME;
    case SPB_IN_FLOAT:
    case SPB_IN_DOUBLE:
        return type == SPB_UNKNOWN || type == SPB_FLOAT || type == SPB_DOUBLE;
    case SPB_IN_BOOL:
        return type == SPB_UNKNOWN || type == SPB_BOOLEAN;
    case SPB_IN_STRING:
        return type == SPB_UNKNOWN || type == SPB_STRING || type == SPB_TEXT || type == SPB_UUID;
    case SPB_IN_BYTES:
        return type == SPB_UNKNOWN || type == SPB_BYTES || type == SPB_FILE ||
               type >= SPB_INT8_ARRAY;
    case SPB_IN_DATASET:
        return type == SPB_UNKNOWN || type == SPB_DATASET;
    case SPB_IN_TEMPLATE:
        return type == SPB_UNKNOWN || type == SPB_TEMPLATE;
    default:
        return true;
    }
}

/* ---- arrays ---- */

static bool is_numbers(uint32_t type)
{
    return type >= SPB_INT8_ARRAY && type < SPB_TYPES && type != SPB_STRING_ARRAY;
}

static uint64_t little(struct str bytes, size_t at, unsigned len)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < len; i++)
        v |= (uint64_t)(uint8_t)bytes.ptr[at + i] << 8 * i;
    return v;
}

static bool array_whole(struct str bytes, uint32_t type)
{
    if (type == SPB_BOOLEAN_ARRAY)
        return bytes.len >= 4 && little(bytes, 0, 4) <= (uint64_t)(bytes.len - 4) * 8;
    return bytes.len % (widths[type].bits / 8u) == 0;
}

size_t spb_elements(const struct spb_metric *m, uint32_t type)
{
    if (!is_numbers(type) || !array_whole(m->bytes, type))
        return 0;
    if (type == SPB_BOOLEAN_ARRAY)
        return (size_t)little(m->bytes, 0, 4);
    return m->bytes.len / (widths[type].bits / 8u);
}

bool spb_element(const struct spb_metric *m, uint32_t type, size_t i, struct spb_number *out)
{
    if (i >= spb_elements(m, type))
        return false;
    if (type == SPB_BOOLEAN_ARRAY) {
        *out = (struct spb_number){.mantissa = (uint8_t)m->bytes.ptr[4 + i / 8] >> (7 - i % 8) & 1};
        return true;
    }
    unsigned len = widths[type].bits / 8u;
    uint64_t bits = little(m->bytes, i * len, len);
    if (type == SPB_FLOAT_ARRAY) {
        uint32_t low = (uint32_t)bits;
        float f;
        memcpy(&f, &low, sizeof f);
        return real((double)f, true, out) == SPB_SAYS_NUMBER;
    }
    if (type == SPB_DOUBLE_ARRAY) {
        double d;
        memcpy(&d, &bits, sizeof d);
        return real(d, false, out) == SPB_SAYS_NUMBER;
    }
    return integer(bits, widths[type], out);
}

enum spb_says spb_value(const struct spb_metric *m, uint32_t type, struct spb_number *out)
{
    *out = (struct spb_number){0};
    if (m->null)
        return SPB_SAYS_NULL;
    if (m->field == SPB_NONE)
        return SPB_SAYS_NOTHING;
    if (type >= SPB_TYPES || !fits(type, m->field))
        return SPB_SAYS_MALFORMED;
    switch (m->field) {
    case SPB_IN_INT:
    case SPB_IN_LONG:
        return integer(m->number, widths[type], out) ? SPB_SAYS_NUMBER : SPB_SAYS_MALFORMED;
    case SPB_IN_FLOAT:
        return real(m->real, true, out);
    case SPB_IN_DOUBLE:
        return real(m->real, false, out);
    case SPB_IN_BOOL:
        out->mantissa = m->number != 0;
        return SPB_SAYS_NUMBER;
    case SPB_IN_BYTES:
        if (!is_numbers(type))
            return SPB_SAYS_OTHER;
        return array_whole(m->bytes, type) ? SPB_SAYS_MANY : SPB_SAYS_MALFORMED;
    case SPB_IN_TEMPLATE:
        return SPB_SAYS_TEMPLATE;
    case SPB_IN_STRING:
        return utf8_valid(m->bytes) ? SPB_SAYS_OTHER : SPB_SAYS_MALFORMED;
    default:
        return SPB_SAYS_OTHER;
    }
}

/* ---- topics ---- */

static const char *const messages[SPB_MESSAGES] = {"NBIRTH", "NDEATH", "NDATA", "NCMD", "DBIRTH",
                                                   "DDEATH", "DDATA",  "DCMD",  "STATE"};

const char *spb_message_name(enum spb_message m)
{
    return messages[m];
}

bool spb_topic(struct str topic, struct spb_topic *out)
{
    struct str rest, space = str_cut(topic, '/', &rest);
    *out = (struct spb_topic){.message = SPB_STATE};
    if (str_is(space, "STATE")) {
        out->node = rest;
        return rest.len > 0 && !memchr(rest.ptr, '/', rest.len);
    }
    if (!str_is(space, "spBv1.0") || !rest.ptr)
        return false;
    out->group = str_cut(rest, '/', &rest);
    if (str_is(out->group, "STATE")) {
        out->group = STR_NULL;
        out->node = rest;
        return rest.len > 0 && !memchr(rest.ptr, '/', rest.len);
    }
    struct str word = rest.ptr ? str_cut(rest, '/', &rest) : STR_NULL;
    int m = 0;
    while (m < SPB_STATE && !str_is(word, messages[m]))
        m++;
    if (m == SPB_STATE || !rest.ptr)
        return false;
    out->message = (enum spb_message)m;
    out->node = str_cut(rest, '/', &rest);
    out->device = rest;
    if (!out->group.len || !out->node.len || (rest.ptr && memchr(rest.ptr, '/', rest.len)))
        return false;
    bool of_device = m >= SPB_DBIRTH;
    return of_device ? rest.len > 0 : !rest.ptr;
}
