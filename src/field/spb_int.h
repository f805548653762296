/* spb_int.h - what the files of Sparkplug payloads share: protobuf, read within bounds. */
#ifndef LUOSHU_FIELD_SPB_INT_H
#define LUOSHU_FIELD_SPB_INT_H
#include "field/spb.h"

/* Wire types of protobuf (protobuf.dev/programming-guides/encoding). */
enum wire { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_GROUP, WIRE_GROUP_END, WIRE_32 };
struct wire_field {
    uint32_t number;
    enum wire wire;
    uint64_t value;   /* VARINT, 64, 32 */
    struct str bytes; /* BYTES */
};
struct wire_reader {
    const uint8_t *p, *end;
    bool bad;
};
struct wire_reader wire_reader(struct str bytes);
/* The next field; groups are passed over. false: at the end, or *bad. */
bool wire_next(struct wire_reader *r, struct wire_field *out);

/* One metric's content. false: malformed */
bool spb_metric_decode(struct str bytes, struct spb_metric *out);
/* Opens a payload of uuid SPBV1.0_COMPRESSED. */
MUST_CHECK enum code spb_inflate(struct str body, struct arena *a, struct str *out,
                                 struct error *err);
#endif
