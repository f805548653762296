/* modbus_wire.c - requests and answers as bytes. */
#include "field/modbus.h"

#define MBAP 7u /* transaction, protocol, length, unit */

uint8_t modbus_function(enum modbus_space s)
{
    static const uint8_t functions[MODBUS_SPACES] = {
        [MODBUS_COIL] = 1, [MODBUS_DISCRETE] = 2, [MODBUS_HOLDING] = 3, [MODBUS_INPUT] = 4};
    return functions[s];
}

/* Serial Line V1.02, 6.2.2: polynomial A001, from FFFF, low byte first on the wire. */
uint16_t modbus_crc(const uint8_t *bytes, size_t n)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
    }
    return (uint16_t)crc;
}

static size_t put16(uint8_t *out, unsigned v)
{
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
    return 2;
}

size_t modbus_ask_put(const struct modbus_ask *a, uint8_t out[MODBUS_FRAME_MAX])
{
    size_t n = 0;
    if (a->mode == MODBUS_TCP) {
        n += put16(out, a->transaction);
        n += put16(out + n, 0);
        n += put16(out + n, 6);
    }
    out[n++] = a->unit;
    out[n++] = a->function;
    n += put16(out + n, a->address);
    n += put16(out + n, a->count);
    if (a->mode == MODBUS_RTU) {
        unsigned crc = modbus_crc(out, n);
        out[n++] = (uint8_t)crc;
        out[n++] = (uint8_t)(crc >> 8);
    }
    return n;
}

static unsigned data_len(const struct modbus_ask *a)
{
    return a->function <= 2 ? (a->count + 7u) / 8 : a->count * 2u;
}

/* pdu: function and what follows. */
static enum modbus_got pdu_take(const struct modbus_ask *a, struct str pdu, struct str *data,
                                uint8_t *exception, struct error *err)
{
    const uint8_t *p = (const uint8_t *)pdu.ptr;
    if (pdu.len == 2 && p[0] == (a->function | 0x80)) {
        *exception = p[1];
        return MODBUS_EXCEPTION;
    }
    if (pdu.len < 2 || p[0] != a->function) {
        error_set(err, E_INPUT, "the answer is of function %u, asked was %u", pdu.len ? p[0] : 0,
                  a->function);
        return MODBUS_BROKEN;
    }
    if (p[1] != data_len(a) || pdu.len != 2u + p[1]) {
        error_set(err, E_INPUT, "the answer has %zu bytes (it says %u), expected %u", pdu.len - 2,
                  p[1], data_len(a));
        return MODBUS_BROKEN;
    }
    *data = str_sub(pdu, 2, p[1]);
    return MODBUS_DATA;
}

static enum modbus_got take_tcp(const struct modbus_ask *a, struct str in, size_t *used,
                                struct str *data, uint8_t *exception, struct error *err)
{
    const uint8_t *p = (const uint8_t *)in.ptr;
    if (in.len < MBAP)
        return MODBUS_MORE;
    unsigned len = (unsigned)p[4] << 8 | p[5];
    if (p[2] || p[3] || len < 3 || len > MODBUS_FRAME_MAX - 6) {
        error_set(err, E_INPUT, "not a Modbus TCP header: protocol %u, length %u",
                  (unsigned)p[2] << 8 | p[3], len);
        return MODBUS_BROKEN;
    }
    if (in.len < 6 + len)
        return MODBUS_MORE;
    *used = 6 + len;
    if (((unsigned)p[0] << 8 | p[1]) != a->transaction)
        return MODBUS_LATE;
    if (p[6] != a->unit) {
        error_set(err, E_INPUT, "the answer is of unit %u, asked was %u", p[6], a->unit);
        return MODBUS_BROKEN;
    }
    return pdu_take(a, str_sub(in, MBAP, len - 1), data, exception, err);
}

static enum modbus_got take_rtu(const struct modbus_ask *a, struct str in, size_t *used,
                                struct str *data, uint8_t *exception, struct error *err)
{
    const uint8_t *p = (const uint8_t *)in.ptr;
    if (in.len < 3)
        return MODBUS_MORE;
    if (p[0] != a->unit || (p[1] & 0x7F) != a->function) {
        error_set(err, E_INPUT, "the answer is of unit %u, function %u; asked was %u, %u", p[0],
                  p[1], a->unit, a->function);
        return MODBUS_BROKEN;
    }
    size_t len = p[1] & 0x80 ? 3 : 3u + p[2];
    if (in.len < len + 2)
        return MODBUS_MORE;
    *used = len + 2;
    unsigned crc = modbus_crc(p, len), given = (unsigned)p[len] | (unsigned)p[len + 1] << 8;
    if (crc != given) {
        error_set(err, E_INPUT, "the answer's sum is %04X, it should be %04X", given, crc);
        return MODBUS_BROKEN;
    }
    return pdu_take(a, str_sub(in, 1, len - 1), data, exception, err);
}

enum modbus_got modbus_take(const struct modbus_ask *a, struct str in, size_t *used,
                            struct str *data, uint8_t *exception, struct error *err)
{
    *used = 0;
    return (a->mode == MODBUS_TCP ? take_tcp : take_rtu)(a, in, used, data, exception, err);
}

/* V1.1b3, 7. */
static const struct {
    uint8_t code;
    enum fact_state state;
    const char *name;
} exceptions[] = {{1, STATE_NULL, "illegal function"},
                  {2, STATE_NULL, "illegal address"},
                  {3, STATE_NULL, "illegal value"},
                  {4, STATE_OFFLINE, "device failure"},
                  {5, STATE_NULL, "acknowledge"},
                  {6, STATE_NULL, "device busy"},
                  {8, STATE_NULL, "memory parity"},
                  {10, STATE_OFFLINE, "gateway path unavailable"},
                  {11, STATE_OFFLINE, "gateway target does not answer"}};

const char *modbus_exception_name(uint8_t e)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (exceptions[i].code == e)
            return exceptions[i].name;
    return "unknown exception";
}

enum fact_state modbus_exception_state(uint8_t e)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (exceptions[i].code == e)
            return exceptions[i].state;
    return STATE_NULL;
}
