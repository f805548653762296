/* mqtt_words.c - tables of MQTT: properties, reasons, names; topics and filters. */
#include "net/mqtt_int.h"

#define ACKS (IN(MQTT_PUBACK) | IN(MQTT_PUBREC) | IN(MQTT_PUBREL) | IN(MQTT_PUBCOMP))
#define SUBS (IN(MQTT_SUBACK) | IN(MQTT_UNSUBACK))
#define MESSAGE (IN(MQTT_PUBLISH) | IN_WILL)
#define BOTH (IN(MQTT_CONNECT) | IN(MQTT_CONNACK))

/* 5.0, table 2-4 */
const struct mqtt_property_rule mqtt_rules[MQTT_PROPERTIES] = {
    [MQTT_PAYLOAD_FORMAT] = {FORM_BYTE, MESSAGE},
    [MQTT_MESSAGE_EXPIRY] = {FORM_U32, MESSAGE},
    [MQTT_CONTENT_TYPE] = {FORM_TEXT, MESSAGE},
    [MQTT_RESPONSE_TOPIC] = {FORM_TEXT, MESSAGE},
    [MQTT_CORRELATION] = {FORM_BINARY, MESSAGE},
    [MQTT_SUBSCRIPTION] = {FORM_VARINT, IN(MQTT_PUBLISH) | IN(MQTT_SUBSCRIBE)},
    [MQTT_SESSION_EXPIRY] = {FORM_U32, BOTH | IN(MQTT_DISCONNECT)},
    [MQTT_ASSIGNED_CLIENT] = {FORM_TEXT, IN(MQTT_CONNACK)},
    [MQTT_SERVER_KEEP_ALIVE] = {FORM_U16, IN(MQTT_CONNACK)},
    [MQTT_AUTH_METHOD] = {FORM_TEXT, BOTH | IN(MQTT_AUTH)},
    [MQTT_AUTH_DATA] = {FORM_BINARY, BOTH | IN(MQTT_AUTH)},
    [MQTT_REQUEST_PROBLEM] = {FORM_BYTE, IN(MQTT_CONNECT)},
    [MQTT_WILL_DELAY] = {FORM_U32, IN_WILL},
    [MQTT_REQUEST_RESPONSE] = {FORM_BYTE, IN(MQTT_CONNECT)},
    [MQTT_RESPONSE_INFO] = {FORM_TEXT, IN(MQTT_CONNACK)},
    [MQTT_SERVER_REFERENCE] = {FORM_TEXT, IN(MQTT_CONNACK) | IN(MQTT_DISCONNECT)},
    [MQTT_REASON_TEXT] = {FORM_TEXT,
                          IN(MQTT_CONNACK) | ACKS | SUBS | IN(MQTT_DISCONNECT) | IN(MQTT_AUTH)},
    [MQTT_RECEIVE_MAX] = {FORM_U16, BOTH},
    [MQTT_ALIAS_MAX] = {FORM_U16, BOTH},
    [MQTT_ALIAS] = {FORM_U16, IN(MQTT_PUBLISH)},
    [MQTT_QOS_MAX] = {FORM_BYTE, IN(MQTT_CONNACK)},
    [MQTT_RETAIN_AVAILABLE] = {FORM_BYTE, IN(MQTT_CONNACK)},
    [MQTT_USER] = {FORM_PAIR, 0xFFFF},
    [MQTT_PACKET_MAX] = {FORM_U32, BOTH},
    [MQTT_WILDCARD_AVAILABLE] = {FORM_BYTE, IN(MQTT_CONNACK)},
    [MQTT_SUBSCRIPTION_AVAILABLE] = {FORM_BYTE, IN(MQTT_CONNACK)},
    [MQTT_SHARED_AVAILABLE] = {FORM_BYTE, IN(MQTT_CONNACK)},
};

uint32_t mqtt_number(const struct mqtt_properties *p, enum mqtt_property id, uint32_t absent)
{
    return mqtt_has(p, id) ? p->number[id] : absent;
}

void mqtt_set_number(struct mqtt_properties *p, enum mqtt_property id, uint32_t value)
{
    p->has |= 1ull << id;
    p->number[id] = value;
}

void mqtt_set_text(struct mqtt_properties *p, enum mqtt_property id, struct str text)
{
    p->has |= 1ull << id;
    p->text[id] = text;
}

const char *mqtt_type_name(enum mqtt_type t)
{
    static const char *const names[] = {"reserved",  "CONNECT",  "CONNACK",     "PUBLISH",
                                        "PUBACK",    "PUBREC",   "PUBREL",      "PUBCOMP",
                                        "SUBSCRIBE", "SUBACK",   "UNSUBSCRIBE", "UNSUBACK",
                                        "PINGREQ",   "PINGRESP", "DISCONNECT",  "AUTH"};
    return names[t & 15];
}

struct reason {
    uint8_t code;
    const char *text;
};
static const struct reason reasons_5[] = {
    {0x00, "success"},
    {0x04, "disconnect with will message"},
    {0x10, "no matching subscribers"},
    {0x11, "no subscription existed"},
    {0x18, "continue authentication"},
    {0x19, "re-authenticate"},
    {0x80, "unspecified error"},
    {0x81, "malformed packet"},
    {0x82, "protocol error"},
    {0x83, "implementation specific error"},
    {0x84, "unsupported protocol version"},
    {0x85, "client identifier not valid"},
    {0x86, "bad user name or password"},
    {0x87, "not authorized"},
    {0x88, "server unavailable"},
    {0x89, "server busy"},
    {0x8A, "banned"},
    {0x8B, "server shutting down"},
    {0x8C, "bad authentication method"},
    {0x8D, "keep alive timeout"},
    {0x8E, "session taken over: another client uses the same client identifier"},
    {0x8F, "topic filter invalid"},
    {0x90, "topic name invalid"},
    {0x91, "packet identifier in use"},
    {0x92, "packet identifier not found"},
    {0x93, "receive maximum exceeded"},
    {0x94, "topic alias invalid"},
    {0x95, "packet too large"},
    {0x96, "message rate too high"},
    {0x97, "quota exceeded"},
    {0x98, "administrative action"},
    {0x99, "payload format invalid"},
    {0x9A, "retain not supported"},
    {0x9B, "QoS not supported"},
    {0x9C, "use another server"},
    {0x9D, "server moved"},
    {0x9E, "shared subscriptions not supported"},
    {0x9F, "connection rate exceeded"},
    {0xA0, "maximum connect time"},
    {0xA1, "subscription identifiers not supported"},
    {0xA2, "wildcard subscriptions not supported"},
};
/* 3.1.1, table 3.1 */
static const struct reason returns_311[] = {
    {0, "accepted"},
    {1, "unacceptable protocol version"},
    {2, "client identifier rejected"},
    {3, "server unavailable"},
    {4, "bad user name or password"},
    {5, "not authorized"},
};

const char *mqtt_reason(enum mqtt_version version, enum mqtt_type type, uint8_t reason)
{
    bool old = version == MQTT_311 && type == MQTT_CONNACK;
    const struct reason *r = old ? returns_311 : reasons_5;
    size_t n = old ? sizeof returns_311 / sizeof *r : sizeof reasons_5 / sizeof *r;
    for (size_t i = 0; i < n; i++)
        if (r[i].code == reason)
            return r[i].text;
    return reason < 0x80 ? "success" : "unknown reason";
}

bool mqtt_topic_valid(struct str topic)
{
    return topic.len > 0 && topic.len <= MQTT_TEXT_MAX && !memchr(topic.ptr, '+', topic.len) &&
           !memchr(topic.ptr, '#', topic.len) && !memchr(topic.ptr, '\0', topic.len) &&
           utf8_valid(topic);
}

bool mqtt_filter_valid(struct str filter)
{
    struct str rest = filter;
    if (!filter.len || filter.len > MQTT_TEXT_MAX || memchr(filter.ptr, '\0', filter.len) ||
        !utf8_valid(filter))
        return false;
    if (str_starts(filter, STR("$share/"))) {
        struct str group = str_cut(str_sub(filter, 7, filter.len), '/', &rest);
        if (!group.len || !rest.len || memchr(group.ptr, '+', group.len) ||
            memchr(group.ptr, '#', group.len))
            return false;
    }
    while (rest.ptr) {
        struct str level = str_cut(rest, '/', &rest);
        bool wild = memchr(level.ptr, '+', level.len) || memchr(level.ptr, '#', level.len);
        if ((wild && level.len > 1) || (str_is(level, "#") && rest.ptr))
            return false;
    }
    return true;
}

bool mqtt_filter_matches(struct str filter, struct str topic)
{
    if (topic.len && topic.ptr[0] == '$' && filter.len &&
        (filter.ptr[0] == '+' || filter.ptr[0] == '#'))
        return false;
    while (filter.ptr) {
        struct str want = str_cut(filter, '/', &filter);
        if (str_is(want, "#"))
            return true; /* also the parent level itself: "a/#" covers "a" */
        if (!topic.ptr)
            return false;
        struct str have = str_cut(topic, '/', &topic);
        if (!str_is(want, "+") && !str_eq(want, have))
            return false;
    }
    return !topic.ptr;
}
