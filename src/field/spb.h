/* spb.h - Sparkplug B payloads: bytes to structs and back, pure. Eclipse Sparkplug Specification
 * 3.0.0, chapter 6; protobuf package org.eclipse.tahu.protobuf (numbers of fields and datatypes
 * below).
 *
 * Tolerant as encoders in the field are not alike: a value is taken by the field it stands in, not
 * by its datatype; signed values may be sent with 8, 16, 32 or 64 bits; unknown fields are passed
 * over; a malformed metric is refused alone and counted. Texts are borrowed from the bytes, or live
 * in the arena when the payload was compressed. */
#ifndef LUOSHU_FIELD_SPB_H
#define LUOSHU_FIELD_SPB_H
#include "base/base.h"

#define SPB_METRICS_MAX 100000       /* of one payload */
#define SPB_INFLATED_MAX (16u << 20) /* bytes of a payload that came compressed */
#define SPB_NAME_MAX 1024            /* bytes of a metric's name */
#define SPB_TEMPLATE_DEPTH 8         /* templates within templates */

enum spb_type { /* 6.4.16 */
                SPB_UNKNOWN,
                SPB_INT8,
                SPB_INT16,
                SPB_INT32,
                SPB_INT64,
                SPB_UINT8,
                SPB_UINT16,
                SPB_UINT32,
                SPB_UINT64,
                SPB_FLOAT,
                SPB_DOUBLE,
                SPB_BOOLEAN,
                SPB_STRING,
                SPB_DATETIME,
                SPB_TEXT,
                SPB_UUID,
                SPB_DATASET,
                SPB_BYTES,
                SPB_FILE,
                SPB_TEMPLATE,
                SPB_PROPERTY_SET,
                SPB_PROPERTY_SETS,
                SPB_INT8_ARRAY, /* arrays: packed, little-endian, in the field of bytes */
                SPB_INT16_ARRAY,
                SPB_INT32_ARRAY,
                SPB_INT64_ARRAY,
                SPB_UINT8_ARRAY,
                SPB_UINT16_ARRAY,
                SPB_UINT32_ARRAY,
                SPB_UINT64_ARRAY,
                SPB_FLOAT_ARRAY,
                SPB_DOUBLE_ARRAY,
                SPB_BOOLEAN_ARRAY, /* count (4 bytes), then bits, the most significant first */
                SPB_STRING_ARRAY,  /* each ended by NUL */
                SPB_DATETIME_ARRAY,
                SPB_TYPES
};
enum spb_field { /* of a metric: where its value stands; numbers of the protobuf fields */
                 SPB_NONE = 0,
                 SPB_IN_INT = 10,
                 SPB_IN_LONG,
                 SPB_IN_FLOAT,
                 SPB_IN_DOUBLE,
                 SPB_IN_BOOL,
                 SPB_IN_STRING,
                 SPB_IN_BYTES,
                 SPB_IN_DATASET,
                 SPB_IN_TEMPLATE,
                 SPB_IN_EXTENSION
};
#define SPB_QUALITY_BAD 0 /* property Quality; absent = good */
#define SPB_QUALITY_GOOD 192
#define SPB_QUALITY_STALE 500
struct spb_metric {
    struct str name; /* ptr NULL: absent */
    bool has_alias, has_time, has_quality, historical, transient, null;
    uint8_t field; /* enum spb_field */
    uint32_t type; /* enum spb_type; 0: absent */
    int32_t quality;
    uint64_t alias, time_ms;
    uint64_t number;  /* INT, LONG, BOOL: as sent */
    double real;      /* FLOAT, DOUBLE */
    struct str bytes; /* the others: their content */
};
struct spb_payload {
    bool has_time, has_seq;
    uint64_t time_ms, seq;
    struct str uuid, body;          /* as sent; empty after a compressed payload was opened */
    VEC(struct spb_metric) metrics; /* the caller clears it: vec_clear */
    size_t malformed;               /* metrics refused */
    bool compressed;                /* it was */
};
/* fails  E_INPUT the payload itself is malformed (nothing of it is good); E_LIMIT too many metrics,
 *        or it inflates to more than SPB_INFLATED_MAX */
MUST_CHECK enum code spb_decode(struct str bytes, struct arena *a, struct spb_payload *out,
                                struct error *err);
/* Never fails: writes what is there; uuid and body when not empty. */
void spb_encode(struct buf *out, const struct spb_payload *p);

/* ---- what a metric says ---- */
enum spb_says {
    SPB_SAYS_NUMBER,
    SPB_SAYS_NULL,     /* is_null, or a float that is not a number */
    SPB_SAYS_OTHER,    /* a text, bytes, a data set: well-formed, but no number */
    SPB_SAYS_MANY,     /* an array of numbers: spb_element */
    SPB_SAYS_TEMPLATE, /* spb_template */
    SPB_SAYS_NOTHING,  /* no value and not null */
    SPB_SAYS_MALFORMED /* the field does not fit the datatype, or the number does not fit */
};
struct spb_number { /* mantissa * 10^exp10, exact but for *cut */
    int64_t mantissa;
    int16_t exp10;
    bool cut; /* an unsigned number beyond 63 bits lost its last digit */
};
/* type: the metric's own, or of its birth when it has none; SPB_UNKNOWN takes integers as unsigned.
 */
enum spb_says spb_value(const struct spb_metric *m, uint32_t type, struct spb_number *out);
/* Number of elements of an array of numbers (SPB_SAYS_MANY). */
size_t spb_elements(const struct spb_metric *m, uint32_t type);
/* false: the element is no finite number */
bool spb_element(const struct spb_metric *m, uint32_t type, size_t i, struct spb_number *out);

struct spb_template {
    bool definition;
    struct str reference, version;
    VEC(struct spb_metric) metrics; /* the caller clears it */
    size_t malformed;
};
/* The content of SPB_IN_TEMPLATE. fails  E_INPUT, E_LIMIT as spb_decode */
MUST_CHECK enum code spb_template(struct str bytes, struct spb_template *out, struct error *err);

/* ---- topics ---- */
enum spb_message {
    SPB_NBIRTH,
    SPB_NDEATH,
    SPB_NDATA,
    SPB_NCMD,
    SPB_DBIRTH,
    SPB_DDEATH,
    SPB_DDATA,
    SPB_DCMD,
    SPB_STATE,
    SPB_MESSAGES
};
struct spb_topic {
    enum spb_message message;
    struct str group, node, device; /* STATE: node is the host's id */
};
/* "spBv1.0/G/NDATA/N"; also "STATE/H" of Sparkplug 2.2. false: not a topic of Sparkplug B */
bool spb_topic(struct str topic, struct spb_topic *out);
const char *spb_message_name(enum spb_message m);
#endif
