/* spb_encode.c - a Sparkplug B payload to bytes, fields in the order of their numbers. */
#include "field/spb_int.h"

static void put_varint(struct buf *b, uint64_t v)
{
    for (; v >= 128; v >>= 7)
        buf_byte(b, (char)((v & 127) | 128));
    buf_byte(b, (char)v);
}

static void put_tag(struct buf *b, uint32_t number, enum wire wire)
{
    put_varint(b, number << 3 | (uint32_t)wire);
}

static void put_number(struct buf *b, uint32_t number, uint64_t v)
{
    put_tag(b, number, WIRE_VARINT);
    put_varint(b, v);
}

static void put_bytes(struct buf *b, uint32_t number, struct str s)
{
    put_tag(b, number, WIRE_BYTES);
    put_varint(b, s.len);
    buf_add(b, s);
}

static void put_fixed(struct buf *b, uint64_t bits, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf_byte(b, (char)(bits >> 8 * i & 255));
}

static void put_quality(struct buf *b, int32_t quality)
{
    struct buf value, set;
    buf_init(&value, 64);
    buf_init(&set, 256);
    put_number(&value, 1, SPB_INT32);
    put_number(&value, 3, (uint32_t)quality);
    put_bytes(&set, 1, STR("Quality"));
    put_bytes(&set, 2, buf_str(&value));
    put_bytes(b, 9, buf_str(&set));
    buf_clear(&value);
    buf_clear(&set);
}

static void put_value(struct buf *b, const struct spb_metric *m)
{
    float f = (float)m->real;
    uint32_t bits32;
    uint64_t bits64;
    switch (m->field) {
    case SPB_IN_INT:
    case SPB_IN_LONG:
    case SPB_IN_BOOL:
        put_number(b, m->field, m->number);
        break;
    case SPB_IN_FLOAT:
        memcpy(&bits32, &f, sizeof f);
        put_tag(b, m->field, WIRE_32);
        put_fixed(b, bits32, 4);
        break;
    case SPB_IN_DOUBLE:
        memcpy(&bits64, &m->real, sizeof bits64);
        put_tag(b, m->field, WIRE_64);
        put_fixed(b, bits64, 8);
        break;
    case SPB_NONE:
        break;
    default:
        put_bytes(b, m->field, m->bytes);
    }
}

static void put_metric(struct buf *b, const struct spb_metric *m)
{
    if (m->name.ptr)
        put_bytes(b, 1, m->name);
    if (m->has_alias)
        put_number(b, 2, m->alias);
    if (m->has_time)
        put_number(b, 3, m->time_ms);
    if (m->type)
        put_number(b, 4, m->type);
    if (m->historical)
        put_number(b, 5, 1);
    if (m->transient)
        put_number(b, 6, 1);
    if (m->null)
        put_number(b, 7, 1);
    if (m->has_quality)
        put_quality(b, m->quality);
    put_value(b, m);
}

void spb_encode(struct buf *out, const struct spb_payload *p)
{
    struct buf metric;
    buf_init(&metric, out->max);
    if (p->has_time)
        put_number(out, 1, p->time_ms);
    for (size_t i = 0; i < p->metrics.len; i++) {
        buf_reset(&metric);
        put_metric(&metric, &p->metrics.v[i]);
        put_bytes(out, 2, buf_str(&metric));
    }
    if (p->has_seq)
        put_number(out, 3, p->seq);
    if (p->uuid.len)
        put_bytes(out, 4, p->uuid);
    if (p->body.len)
        put_bytes(out, 5, p->body);
    out->full |= metric.full;
    buf_clear(&metric);
}
