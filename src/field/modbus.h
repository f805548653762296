/* modbus.h - reading registers of devices over Modbus TCP, or RTU frames over TCP. Pure: the map of
 * a user's CSV, requests planned from it, frames written and read, registers made numbers.
 *
 * Source: MODBUS Application Protocol Specification V1.1b3 (functions 1 to 4, exceptions), MODBUS
 * Messaging on TCP/IP V1.0b (MBAP), MODBUS over Serial Line V1.02 (CRC). Only reads are sent. */
#ifndef LUOSHU_FIELD_MODBUS_H
#define LUOSHU_FIELD_MODBUS_H
#include "field/intake.h"

#define MODBUS_REGISTERS_MAX 125u /* of one request */
#define MODBUS_BITS_MAX 2000u
#define MODBUS_FRAME_MAX 260u

enum modbus_mode { MODBUS_TCP, MODBUS_RTU /* RTU frames over TCP */ };
enum modbus_space { MODBUS_COIL, MODBUS_DISCRETE, MODBUS_INPUT, MODBUS_HOLDING, MODBUS_SPACES };
enum modbus_type {
    MODBUS_U16,
    MODBUS_S16,
    MODBUS_U32,
    MODBUS_S32,
    MODBUS_U64,
    MODBUS_S64,
    MODBUS_F32,
    MODBUS_F64,
    MODBUS_BCD16,
    MODBUS_BCD32,
    MODBUS_BIT, /* a coil, a discrete input, or one bit of a register */
    MODBUS_TYPES
};

#define MODBUS_NONE_MAX 4
struct modbus_point {
    uint32_t link;
    struct str name;
    uint8_t unit, bit; /* bit: of a register, 0 = least; 255 = the whole */
    enum modbus_space space;
    enum modbus_type type;
    uint16_t address;            /* on the wire, from 0 */
    bool words_back, bytes_back; /* order: ABCD neither, CDAB words, BADC bytes, DCBA both */
    struct dec scale, offset;    /* value = raw x scale + offset */
    int8_t decimals;             /* rounded to, half away from zero; -1 = as it is */
    uint8_t none_count;
    uint64_t none[MODBUS_NONE_MAX]; /* raw values, in value order, that mean "no value" */
    uint32_t every_ms, line;
};
struct modbus_request { /* neighbours that are read together */
    uint32_t link, every_ms;
    uint8_t unit;
    enum modbus_space space;
    uint16_t address, count;
    uint32_t first, points; /* in map->order */
};
struct modbus_link {
    struct str name;
    char host[256], port[8];
    enum modbus_mode mode;
    uint32_t timeout_ms, max; /* max: registers of one request */
    uint32_t first, requests; /* in map->requests */
};
struct modbus_map { /* constant once read */
    struct arena arena;
    VEC(struct modbus_link) links;
    VEC(struct modbus_point) points;
    VEC(struct modbus_request) requests; /* by link */
    VEC(uint32_t) order;                 /* points by request */
};
/* CSV with a header, columns in any order (docs/modbus.md): connection, host, unit, point, space,
 * address, type, order, scale, offset, none, every, decimals, mode, timeout, max. host, mode,
 * timeout and max of a connection stand in its first row. fails  E_INPUT, E_LIMIT line and column
 */
MUST_CHECK enum code modbus_map_read(struct str bytes, struct modbus_map **out, struct error *err);
void modbus_map_free(struct modbus_map *m);
/* Groups the points of each link: same unit, space and interval, addresses without a hole between,
 * at most MODBUS_REGISTERS_MAX (or the link's max); a value of several registers is never divided.
 */
void modbus_plan(struct modbus_map *m);
unsigned modbus_width(enum modbus_type t); /* registers */

/* ---- frames ---- */
struct modbus_ask {
    enum modbus_mode mode;
    uint16_t transaction; /* TCP */
    uint8_t unit, function;
    uint16_t address, count;
};
uint8_t modbus_function(enum modbus_space s);
size_t modbus_ask_put(const struct modbus_ask *a, uint8_t out[MODBUS_FRAME_MAX]); /* length */
uint16_t modbus_crc(const uint8_t *bytes, size_t n);
enum modbus_got {
    MODBUS_MORE,      /* more bytes are needed */
    MODBUS_LATE,      /* an answer to something else: pass over *used bytes */
    MODBUS_DATA,      /* data: the registers or bits */
    MODBUS_EXCEPTION, /* *exception */
    MODBUS_BROKEN     /* not Modbus, a wrong sum or size: close; text in err */
};
enum modbus_got modbus_take(const struct modbus_ask *a, struct str in, size_t *used,
                            struct str *data, uint8_t *exception, struct error *err);
const char *modbus_exception_name(uint8_t exception);
enum fact_state modbus_exception_state(uint8_t exception);

/* ---- values ---- */
/* The point out of the data of its request; s: state, mantissa, exp10, cut. Data shorter than the
 * request is the caller's mistake (modbus_take checks it). */
void modbus_value(const struct modbus_point *p, const struct modbus_request *r, struct str data,
                  struct sample *s);
#endif
