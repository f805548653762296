/* spb_decode.c - a Sparkplug B payload from its bytes; see spb.h for what is tolerated. */
#include "field/spb_int.h"
#include <zlib.h>

#define COMPRESSED "SPBV1.0_COMPRESSED"
#define KEYS_MAX 64 /* properties looked at for Quality */

static float float_of(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float f;
    memcpy(&f, &low, sizeof f);
    return f;
}

static double double_of(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* ---- properties: only Quality is looked for ---- */

static void quality_value(struct str bytes, struct spb_metric *m)
{
    struct wire_reader r = wire_reader(bytes);
    struct wire_field f;
    while (wire_next(&r, &f))
        if ((f.number == 3 || f.number == 4) && f.wire == WIRE_VARINT) {
            m->has_quality = true;
            m->quality = (int32_t)(uint32_t)f.value;
        }
}

/* PropertySet: keys = 1, values = 2, side by side. */
static void properties(struct str bytes, struct spb_metric *m)
{
    struct wire_reader r = wire_reader(bytes);
    struct wire_field f;
    struct str values[KEYS_MAX];
    size_t keys = 0, count = 0, quality = KEYS_MAX;
    while (wire_next(&r, &f)) {
        if (f.wire != WIRE_BYTES)
            continue;
        if (f.number == 1 && keys++ < KEYS_MAX && str_is(f.bytes, "Quality"))
            quality = keys - 1;
        if (f.number == 2 && count < KEYS_MAX)
            values[count++] = f.bytes;
    }
    if (!r.bad && quality < count)
        quality_value(values[quality], m);
}

/* ---- metrics ---- */

static void metric_number(const struct wire_field *f, struct spb_metric *m)
{
    switch (f->number) {
    case 2:
        m->has_alias = true;
        m->alias = f->value;
        break;
    case 3:
        m->has_time = true;
        m->time_ms = f->value;
        break;
    case 4:
        m->type = (uint32_t)f->value;
        break;
    case 5:
        m->historical = f->value != 0;
        break;
    case 6:
        m->transient = f->value != 0;
        break;
    case 7:
        m->null = f->value != 0;
        break;
    case SPB_IN_INT:
    case SPB_IN_LONG:
    case SPB_IN_BOOL:
        m->field = (uint8_t)f->number;
        m->number = f->value;
        break;
    default:
        break;
    }
}

static void metric_bytes(const struct wire_field *f, struct spb_metric *m)
{
    switch (f->number) {
    case 1:
        m->name = f->bytes;
        break;
    case 9:
        properties(f->bytes, m);
        break;
    case SPB_IN_STRING:
    case SPB_IN_BYTES:
    case SPB_IN_DATASET:
    case SPB_IN_TEMPLATE:
    case SPB_IN_EXTENSION:
        m->field = (uint8_t)f->number;
        m->bytes = f->bytes;
        break;
    default:
        break;
    }
}

bool spb_metric_decode(struct str bytes, struct spb_metric *m)
{
    struct wire_reader r = wire_reader(bytes);
    struct wire_field f;
    memset(m, 0, sizeof *m);
    while (wire_next(&r, &f)) {
        if (f.wire == WIRE_VARINT) {
            metric_number(&f, m);
        } else if (f.wire == WIRE_BYTES) {
            metric_bytes(&f, m);
        } else if (f.wire == WIRE_32 && f.number == SPB_IN_FLOAT) {
            m->field = SPB_IN_FLOAT;
            m->real = (double)float_of(f.value);
        } else if (f.wire == WIRE_64 && f.number == SPB_IN_DOUBLE) {
            m->field = SPB_IN_DOUBLE;
            m->real = double_of(f.value);
        }
    }
    bool named = m->name.ptr && m->name.len && m->name.len <= SPB_NAME_MAX && utf8_valid(m->name) &&
                 !memchr(m->name.ptr, '\0', m->name.len);
    if (m->name.ptr && !m->name.len && m->has_alias) { /* an empty name beside an alias is none */
        m->name = STR_NULL;
        named = true;
    }
    return !r.bad && (named || (!m->name.ptr && m->has_alias)) && m->type < SPB_TYPES;
}

/* ---- payloads ---- */

static enum code payload(struct str bytes, struct spb_payload *out, struct error *err)
{
    struct wire_reader r = wire_reader(bytes);
    struct wire_field f;
    while (wire_next(&r, &f)) {
        if (f.number == 1 && f.wire == WIRE_VARINT) {
            out->has_time = true;
            out->time_ms = f.value;
        } else if (f.number == 3 && f.wire == WIRE_VARINT) {
            out->has_seq = true;
            out->seq = f.value;
        } else if (f.number == 4 && f.wire == WIRE_BYTES) {
            out->uuid = f.bytes;
        } else if (f.number == 5 && f.wire == WIRE_BYTES) {
            out->body = f.bytes;
        } else if (f.number == 2 && f.wire == WIRE_BYTES) {
            struct spb_metric m;
            if (out->metrics.len + out->malformed >= SPB_METRICS_MAX)
                return error_set(err, E_LIMIT, "a payload of more than %d metrics",
                                 SPB_METRICS_MAX);
            if (spb_metric_decode(f.bytes, &m))
                vec_push(&out->metrics, m);
            else
                out->malformed++;
        }
    }
    if (r.bad)
        return error_set(err, E_INPUT,
                         "not a Sparkplug B payload: its protobuf is cut off or damaged");
    return OK;
}

/* DEFLATE with or without the head of zlib (RFC 1950, RFC 1951), or GZIP (RFC 1952): told by the
 * first bytes, since encoders name the algorithm in different words or not at all. */
static int window_bits(struct str body)
{
    const uint8_t *b = (const uint8_t *)body.ptr;
    bool zlib = body.len >= 2 && (b[0] & 15) == 8 && (b[0] << 8 | b[1]) % 31 == 0;
    bool gzip = body.len >= 2 && b[0] == 0x1F && b[1] == 0x8B;
    return zlib || gzip ? 32 + MAX_WBITS : -MAX_WBITS;
}

enum code spb_inflate(struct str body, struct arena *a, struct str *out, struct error *err)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)body.ptr, .avail_in = (uInt)body.len};
    struct buf grown;
    char part[16384];
    int rc = inflateInit2(&z, window_bits(body));
    buf_init(&grown, SPB_INFLATED_MAX);
    while (rc == Z_OK && !grown.full) {
        z.next_out = (Bytef *)part;
        z.avail_out = sizeof part;
        rc = inflate(&z, Z_NO_FLUSH);
        if (rc == Z_OK || rc == Z_STREAM_END)
            buf_add(&grown, (struct str){part, sizeof part - z.avail_out});
    }
    inflateEnd(&z);
    enum code code = OK;
    if (grown.full)
        code = error_set(err, E_LIMIT, "a compressed payload grows to more than %u bytes",
                         SPB_INFLATED_MAX);
    else if (rc != Z_STREAM_END)
        code = error_set(err, E_INPUT, "a compressed payload is cut off or damaged");
    else
        *out = arena_dup(a, buf_str(&grown));
    buf_clear(&grown);
    return code;
}

/* The inner payload says all but the sequence, which may stand outside. */
static enum code open_compressed(struct arena *a, struct spb_payload *out, struct error *err)
{
    struct spb_payload inner = {0};
    struct str bytes = STR_NULL;
    enum code code = spb_inflate(out->body, a, &bytes, err);
    if (code == OK)
        code = payload(bytes, &inner, err);
    if (code == OK && str_is(inner.uuid, COMPRESSED))
        code = error_set(err, E_INPUT, "a compressed payload within a compressed payload");
    if (code != OK) {
        vec_clear(&inner.metrics);
        return code;
    }
    if (!inner.has_seq) {
        inner.has_seq = out->has_seq;
        inner.seq = out->seq;
    }
    if (!inner.has_time) {
        inner.has_time = out->has_time;
        inner.time_ms = out->time_ms;
    }
    inner.compressed = true;
    vec_clear(&out->metrics); /* "algorithm" */
    *out = inner;
    return OK;
}

enum code spb_decode(struct str bytes, struct arena *a, struct spb_payload *out, struct error *err)
{
    *out = (struct spb_payload){0};
    enum code code = payload(bytes, out, err);
    if (code == OK && str_is(out->uuid, COMPRESSED))
        code = open_compressed(a, out, err);
    if (code != OK)
        vec_clear(&out->metrics);
    return code;
}

enum code spb_template(struct str bytes, struct spb_template *out, struct error *err)
{
    struct wire_reader r = wire_reader(bytes);
    struct wire_field f;
    *out = (struct spb_template){0};
    while (wire_next(&r, &f)) {
        if (f.number == 1 && f.wire == WIRE_BYTES)
            out->version = f.bytes;
        else if (f.number == 4 && f.wire == WIRE_BYTES)
            out->reference = f.bytes;
        else if (f.number == 5 && f.wire == WIRE_VARINT)
            out->definition = f.value != 0;
        else if (f.number == 2 && f.wire == WIRE_BYTES) {
            struct spb_metric m;
            if (out->metrics.len + out->malformed >= SPB_METRICS_MAX)
                r.bad = true;
            else if (spb_metric_decode(f.bytes, &m))
                vec_push(&out->metrics, m);
            else
                out->malformed++;
        }
    }
    if (!r.bad)
        return OK;
    vec_clear(&out->metrics);
    return error_set(err, E_INPUT, "a template is cut off or damaged");
}
