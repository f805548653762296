/* mqtt.h - MQTT packets: bytes to structs and back, pure. MQTT Version 5.0 (OASIS Standard, 7 March
 * 2019) and 3.1.1 (OASIS Standard, 29 October 2014); "5.0, 3.3.2" below names a clause of the
 * first.
 *
 * Texts of a decoded packet are borrowed from its bytes. The client that uses this is
 * mqtt_client.h. */
#ifndef LUOSHU_NET_MQTT_H
#define LUOSHU_NET_MQTT_H
#include "base/base.h"

enum mqtt_version { MQTT_311 = 4, MQTT_5 = 5 }; /* protocol level of CONNECT */
enum mqtt_type {
    MQTT_CONNECT = 1,
    MQTT_CONNACK,
    MQTT_PUBLISH,
    MQTT_PUBACK,
    MQTT_PUBREC,
    MQTT_PUBREL,
    MQTT_PUBCOMP,
    MQTT_SUBSCRIBE,
    MQTT_SUBACK,
    MQTT_UNSUBSCRIBE,
    MQTT_UNSUBACK,
    MQTT_PINGREQ,
    MQTT_PINGRESP,
    MQTT_DISCONNECT,
    MQTT_AUTH
};
#define MQTT_FIXED_MAX 5u             /* bytes of the longest fixed header */
#define MQTT_REMAINING_MAX 268435455u /* 5.0, 1.5.5 */
#define MQTT_TEXT_MAX 65535u          /* bytes of a string */
#define MQTT_FILTERS_MAX 32           /* filters of one SUBSCRIBE; more are refused */

/* Property identifiers, 5.0, 2.2.2.2. */
enum mqtt_property {
    MQTT_PAYLOAD_FORMAT = 0x01,
    MQTT_MESSAGE_EXPIRY = 0x02,
    MQTT_CONTENT_TYPE = 0x03,
    MQTT_RESPONSE_TOPIC = 0x08,
    MQTT_CORRELATION = 0x09,
    MQTT_SUBSCRIPTION = 0x0B,
    MQTT_SESSION_EXPIRY = 0x11,
    MQTT_ASSIGNED_CLIENT = 0x12,
    MQTT_SERVER_KEEP_ALIVE = 0x13,
    MQTT_AUTH_METHOD = 0x15,
    MQTT_AUTH_DATA = 0x16,
    MQTT_REQUEST_PROBLEM = 0x17,
    MQTT_WILL_DELAY = 0x18,
    MQTT_REQUEST_RESPONSE = 0x19,
    MQTT_RESPONSE_INFO = 0x1A,
    MQTT_SERVER_REFERENCE = 0x1C,
    MQTT_REASON_TEXT = 0x1F,
    MQTT_RECEIVE_MAX = 0x21,
    MQTT_ALIAS_MAX = 0x22,
    MQTT_ALIAS = 0x23,
    MQTT_QOS_MAX = 0x24,
    MQTT_RETAIN_AVAILABLE = 0x25,
    MQTT_USER = 0x26,
    MQTT_PACKET_MAX = 0x27,
    MQTT_WILDCARD_AVAILABLE = 0x28,
    MQTT_SUBSCRIPTION_AVAILABLE = 0x29,
    MQTT_SHARED_AVAILABLE = 0x2A,
    MQTT_PROPERTIES
};
struct mqtt_properties {
    uint64_t has; /* bit of the identifier; only then the element below means something */
    uint32_t number[MQTT_PROPERTIES];
    struct str text[MQTT_PROPERTIES]; /* text or binary */
    uint32_t users;                   /* user properties: counted, not kept */
};
static inline bool mqtt_has(const struct mqtt_properties *p, enum mqtt_property id)
{
    return (p->has >> id & 1) != 0;
}
uint32_t mqtt_number(const struct mqtt_properties *p, enum mqtt_property id, uint32_t absent);
void mqtt_set_number(struct mqtt_properties *p, enum mqtt_property id, uint32_t value);
void mqtt_set_text(struct mqtt_properties *p, enum mqtt_property id, struct str text);

#define MQTT_NO_LOCAL 0x04 /* options of a filter beside its QoS; 5.0, 3.8.3.1 */
#define MQTT_RETAIN_AS_PUBLISHED 0x08
#define MQTT_RETAIN_HANDLING_SHIFT 4
struct mqtt_filter {
    struct str filter;
    uint8_t options;
};
struct mqtt_packet {
    enum mqtt_type type;
    uint16_t id;    /* PUBLISH of QoS 1 and 2, and all that answer; SUBSCRIBE, UNSUBSCRIBE */
    uint8_t reason; /* CONNACK, PUBACK..PUBCOMP, DISCONNECT, AUTH; return code in 3.1.1 */
    /* PUBLISH */
    bool dup, retain;
    uint8_t qos;
    struct str topic, payload;
    /* CONNECT; a will, user name or password is present when its ptr is not NULL */
    uint8_t version, will_qos;
    bool clean_start, will_retain;
    uint16_t keep_alive; /* s */
    struct str client_id, user, password, will_topic, will_payload;
    /* CONNACK */
    bool session_present;
    /* SUBSCRIBE, UNSUBSCRIBE; SUBACK, UNSUBACK: a byte for each filter */
    struct mqtt_filter filter[MQTT_FILTERS_MAX];
    size_t filters;
    struct str reasons;
    struct mqtt_properties props, will_props; /* none in 3.1.1 */
};

/* Length of the packet that begins `bytes`; 0: its fixed header is not yet whole.
 * fails  E_INPUT the length is malformed; E_LIMIT longer than max bytes */
MUST_CHECK enum code mqtt_length(struct str bytes, size_t max, size_t *length, struct error *err);
/* One whole packet. version: of the connection; a CONNECT tells its own.
 * fails  E_INPUT malformed, and why; E_LIMIT more than MQTT_FILTERS_MAX filters */
MUST_CHECK enum code mqtt_decode(struct str bytes, enum mqtt_version version,
                                 struct mqtt_packet *out, struct error *err);
/* Appends the packet. What the version does not know (properties in 3.1.1) is left out.
 * fails  E_INPUT a text or the whole is too long, or the packet could not be decoded again */
MUST_CHECK enum code mqtt_encode(struct buf *out, const struct mqtt_packet *p,
                                 enum mqtt_version version, struct error *err);
const char *mqtt_type_name(enum mqtt_type t); /* "PUBLISH" */
/* What a reason code (5.0, 2.4; 3.1.1 return codes of CONNACK are told apart by the version) says.
 */
const char *mqtt_reason(enum mqtt_version version, enum mqtt_type type, uint8_t reason);

/* May it be a topic name (no wildcards) or a filter (wildcards where they may stand, $share/G/F
 * with a group)? 5.0, 4.7 */
bool mqtt_topic_valid(struct str topic);
bool mqtt_filter_valid(struct str filter);
/* Does the filter (without $share/G/) cover the topic? A wildcard does not cover a first level that
 * begins with $. */
bool mqtt_filter_matches(struct str filter, struct str topic);
#endif
