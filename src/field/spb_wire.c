/* spb_wire.c - fields of a protobuf message, one after the other, never outside of its bytes. */
#include "field/spb_int.h"

#define GROUP_DEPTH 8 /* groups are of old protobuf; an extension may still hold one */

struct wire_reader wire_reader(struct str bytes)
{
    const uint8_t *p = (const uint8_t *)(bytes.ptr ? bytes.ptr : "");
    return (struct wire_reader){p, p + bytes.len, false};
}

static bool varint(struct wire_reader *r, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (r->p == r->end)
            break;
        uint8_t b = *r->p++;
        if (shift == 63 && b > 1)
            break;
        v |= (uint64_t)(b & 127) << shift;
        if (b < 128) {
            *out = v;
            return true;
        }
    }
    r->bad = true;
    return false;
}

static bool fixed(struct wire_reader *r, unsigned bytes, uint64_t *out)
{
    uint64_t v = 0;
    if ((size_t)(r->end - r->p) < bytes) {
        r->bad = true;
        return false;
    }
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)r->p[i] << 8 * i;
    r->p += bytes;
    *out = v;
    return true;
}

static bool one(struct wire_reader *r, struct wire_field *out)
{
    uint64_t tag, len;
    if (!varint(r, &tag))
        return false;
    *out = (struct wire_field){.number = (uint32_t)(tag >> 3), .wire = (enum wire)(tag & 7)};
    if (!out->number || tag >> 32) {
        r->bad = true;
        return false;
    }
    switch (out->wire) {
    case WIRE_VARINT:
        return varint(r, &out->value);
    case WIRE_64:
        return fixed(r, 8, &out->value);
    case WIRE_32:
        return fixed(r, 4, &out->value);
    case WIRE_BYTES:
        if (!varint(r, &len))
            return false;
        if (len > (uint64_t)(r->end - r->p)) {
            r->bad = true;
            return false;
        }
        out->bytes = (struct str){(const char *)r->p, (size_t)len};
        r->p += len;
        return true;
    case WIRE_GROUP:
    case WIRE_GROUP_END:
        return true;
    }
    r->bad = true;
    return false;
}

/* Past the fields of a group up to its end. */
static bool skip_group(struct wire_reader *r, uint32_t number)
{
    uint32_t open[GROUP_DEPTH] = {number};
    struct wire_field f;
    for (unsigned depth = 1; depth > 0;) {
        if (r->p == r->end || !one(r, &f))
            break;
        if (f.wire == WIRE_GROUP && depth < GROUP_DEPTH)
            open[depth++] = f.number;
        else if (f.wire == WIRE_GROUP || (f.wire == WIRE_GROUP_END && f.number != open[depth - 1]))
            break;
        else if (f.wire == WIRE_GROUP_END && --depth == 0)
            return true;
    }
    r->bad = true;
    return false;
}

bool wire_next(struct wire_reader *r, struct wire_field *out)
{
    while (r->p < r->end && !r->bad) {
        if (!one(r, out))
            return false;
        if (out->wire == WIRE_GROUP_END)
            r->bad = true;
        else if (out->wire != WIRE_GROUP)
            return true;
        else if (!skip_group(r, out->number))
            return false;
    }
    return false;
}
