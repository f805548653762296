/* mqtt_decode.c - one MQTT packet from its bytes. What the standard calls malformed is refused. */
#include "net/mqtt_int.h"

struct reader {
    const uint8_t *p, *end;
    const char *bad; /* the first complaint */
};

static size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->p);
}

static void complain(struct reader *r, const char *why)
{
    if (!r->bad)
        r->bad = why;
    r->p = r->end;
}

/* n bytes as a big-endian number; 0 past the end. */
static uint32_t take(struct reader *r, size_t n)
{
    uint32_t v = 0;
    if (left(r) < n) {
        complain(r, "it ends early");
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        v = v << 8 | *r->p++;
    return v;
}

static struct str take_bytes(struct reader *r, size_t n)
{
    if (left(r) < n) {
        complain(r, "it ends early");
        return (struct str){"", 0};
    }
    struct str s = {(const char *)r->p, n};
    r->p += n;
    return s;
}

static struct str take_binary(struct reader *r)
{
    return take_bytes(r, take(r, 2));
}

/* 5.0, 1.5.4: well-formed UTF-8 without U+0000 */
static struct str take_text(struct reader *r)
{
    struct str s = take_binary(r);
    if (memchr(s.ptr, '\0', s.len) || !utf8_valid(s))
        complain(r, "a text is not UTF-8");
    return s;
}

static uint32_t take_varint(struct reader *r)
{
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        uint32_t b = take(r, 1);
        v |= (b & 127) << shift;
        if (b < 128) {
            if (b == 0 && shift > 0)
                complain(r, "a number is longer than it needs to be");
            return v;
        }
    }
    complain(r, "a number has more than four bytes");
    return 0;
}

enum code mqtt_length(struct str bytes, size_t max, size_t *length, struct error *err)
{
    size_t body = 0, at = 1;
    *length = 0;
    for (unsigned shift = 0; shift < 28; shift += 7, at++) {
        if (at >= bytes.len)
            return OK;
        uint8_t b = (uint8_t)bytes.ptr[at];
        body |= (size_t)(b & 127) << shift;
        if (b < 128) {
            *length = at + 1 + body;
            if (*length > max)
                return error_set(err, E_LIMIT, "an MQTT packet of %zu bytes; at most %zu are taken",
                                 *length, max);
            return OK;
        }
    }
    return error_set(err, E_INPUT, "the length of an MQTT packet has more than four bytes");
}

/* ---- properties ---- */

static void one_property(struct reader *r, uint32_t where, struct mqtt_properties *out)
{
    uint32_t id = take_varint(r), number = 0;
    struct str text = STR("");
    if (id >= MQTT_PROPERTIES || !(mqtt_rules[id].where & where)) {
        complain(r, "a property that may not stand there");
        return;
    }
    switch ((enum mqtt_form)mqtt_rules[id].form) {
    case FORM_NONE:
        break;
    case FORM_BYTE:
        number = take(r, 1);
        if (number > 1)
            complain(r, "a property is neither 0 nor 1");
        break;
    case FORM_U16:
        number = take(r, 2);
        break;
    case FORM_U32:
        number = take(r, 4);
        break;
    case FORM_VARINT:
        number = take_varint(r);
        break;
    case FORM_TEXT:
        text = take_text(r);
        break;
    case FORM_BINARY:
        text = take_binary(r);
        break;
    case FORM_PAIR:
        take_text(r);
        take_text(r);
        out->users++;
        return;
    }
    if (!number && (id == MQTT_RECEIVE_MAX || id == MQTT_PACKET_MAX || id == MQTT_ALIAS ||
                    id == MQTT_SUBSCRIPTION))
        complain(r, "a property is 0 that may not be");
    /* only subscription identifiers may come again: one for each filter that matched */
    if (out->has >> id & 1) {
        if (id != MQTT_SUBSCRIPTION)
            complain(r, "a property stands there twice");
        return;
    }
    out->has |= 1ull << id;
    out->number[id] = number;
    out->text[id] = text;
}

static void take_properties(struct reader *r, uint32_t where, struct mqtt_properties *out)
{
    struct str all = take_bytes(r, take_varint(r));
    struct reader in = {(const uint8_t *)all.ptr, (const uint8_t *)all.ptr + all.len, NULL};
    while (left(&in))
        one_property(&in, where, out);
    if (in.bad)
        complain(r, in.bad);
}

/* ---- packets ---- */

static void connect_will(struct reader *r, uint8_t flags, struct mqtt_packet *p)
{
    p->will_qos = flags >> 3 & 3;
    p->will_retain = (flags & 0x20) != 0;
    if (!(flags & 4)) {
        if (p->will_qos || p->will_retain)
            complain(r, "QoS or retain of a will that is not there");
        return;
    }
    if (p->will_qos > 2)
        complain(r, "QoS 3");
    if (p->version == MQTT_5)
        take_properties(r, IN_WILL, &p->will_props);
    p->will_topic = take_text(r);
    if (!r->bad && !mqtt_topic_valid(p->will_topic))
        complain(r, "the will's topic is not valid");
    p->will_payload = take_binary(r);
}

static void connect(struct reader *r, struct mqtt_packet *p)
{
    struct str name = take_text(r);
    p->version = (uint8_t)take(r, 1);
    if (!str_is(name, "MQTT") || (p->version != MQTT_311 && p->version != MQTT_5)) {
        complain(r, "neither MQTT 5.0 nor 3.1.1");
        return;
    }
    uint8_t flags = (uint8_t)take(r, 1);
    if (flags & 1)
        complain(r, "a reserved flag is set");
    if (p->version == MQTT_311 && (flags & 0xC0) == 0x40)
        complain(r, "a password without a user name");
    p->clean_start = (flags & 2) != 0;
    p->keep_alive = (uint16_t)take(r, 2);
    if (p->version == MQTT_5)
        take_properties(r, IN(MQTT_CONNECT), &p->props);
    p->client_id = take_text(r);
    connect_will(r, flags, p);
    if (flags & 0x80)
        p->user = take_text(r);
    if (flags & 0x40)
        p->password = take_binary(r);
}

static void connack(struct reader *r, enum mqtt_version v, struct mqtt_packet *p)
{
    uint32_t flags = take(r, 1);
    p->session_present = flags == 1;
    if (flags > 1)
        complain(r, "a reserved flag is set");
    p->reason = (uint8_t)take(r, 1);
    /* a server that does not know 5.0 may answer in the form of 3.1.1 */
    if (v == MQTT_5 && left(r))
        take_properties(r, IN(MQTT_CONNACK), &p->props);
}

static void publish(struct reader *r, uint8_t flags, enum mqtt_version v, struct mqtt_packet *p)
{
    p->dup = (flags & 8) != 0;
    p->qos = flags >> 1 & 3;
    p->retain = flags & 1;
    if (p->qos == 3)
        complain(r, "QoS 3");
    if (p->dup && !p->qos)
        complain(r, "a duplicate of QoS 0");
    p->topic = take_text(r);
    if (p->qos && (p->id = (uint16_t)take(r, 2)) == 0)
        complain(r, "packet identifier 0");
    if (v == MQTT_5)
        take_properties(r, IN(MQTT_PUBLISH), &p->props);
    if (!r->bad && !mqtt_topic_valid(p->topic) &&
        (p->topic.len || !mqtt_has(&p->props, MQTT_ALIAS)))
        complain(r, "the topic is not valid");
    p->payload = take_bytes(r, left(r));
}

static void acknowledgement(struct reader *r, enum mqtt_version v, struct mqtt_packet *p)
{
    if ((p->id = (uint16_t)take(r, 2)) == 0)
        complain(r, "packet identifier 0");
    if (v == MQTT_5 && left(r))
        p->reason = (uint8_t)take(r, 1);
    if (v == MQTT_5 && left(r))
        take_properties(r, IN(p->type), &p->props);
}

static enum code filters(struct reader *r, enum mqtt_version v, struct mqtt_packet *p,
                         struct error *err)
{
    if ((p->id = (uint16_t)take(r, 2)) == 0)
        complain(r, "packet identifier 0");
    if (v == MQTT_5)
        take_properties(r, IN(p->type), &p->props);
    while (left(r)) {
        if (p->filters == MQTT_FILTERS_MAX)
            return error_set(err, E_LIMIT, "more than %d filters in one MQTT packet",
                             MQTT_FILTERS_MAX);
        struct mqtt_filter *f = &p->filter[p->filters++];
        f->filter = take_text(r);
        if (!r->bad && !mqtt_filter_valid(f->filter))
            complain(r, "a topic filter is not valid");
        if (p->type == MQTT_UNSUBSCRIBE)
            continue;
        f->options = (uint8_t)take(r, 1);
        uint8_t reserved = v == MQTT_5 ? 0xC0 : 0xFC;
        if ((f->options & 3) == 3 || (f->options & reserved) || (f->options >> 4 & 3) == 3)
            complain(r, "options of a filter are not valid");
    }
    if (!p->filters)
        complain(r, "no topic filter");
    return OK;
}

static void suback(struct reader *r, enum mqtt_version v, struct mqtt_packet *p)
{
    if ((p->id = (uint16_t)take(r, 2)) == 0)
        complain(r, "packet identifier 0");
    if (v == MQTT_5)
        take_properties(r, IN(p->type), &p->props);
    p->reasons = take_bytes(r, left(r));
    if (!p->reasons.len && (v == MQTT_5 || p->type == MQTT_SUBACK))
        complain(r, "no reason codes");
}

static void parting(struct reader *r, enum mqtt_version v, struct mqtt_packet *p)
{
    if (v == MQTT_5 && left(r))
        p->reason = (uint8_t)take(r, 1);
    if (v == MQTT_5 && left(r))
        take_properties(r, IN(p->type), &p->props);
}

static enum code body(struct reader *r, uint8_t flags, enum mqtt_version v, struct mqtt_packet *p,
                      struct error *err)
{
    uint8_t want =
        p->type == MQTT_PUBREL || p->type == MQTT_SUBSCRIBE || p->type == MQTT_UNSUBSCRIBE ? 2 : 0;
    if (p->type != MQTT_PUBLISH && flags != want)
        complain(r, "reserved flags are not as they must be");
    switch (p->type) {
    case MQTT_CONNECT:
        connect(r, p);
        break;
    case MQTT_CONNACK:
        connack(r, v, p);
        break;
    case MQTT_PUBLISH:
        publish(r, flags, v, p);
        break;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
        acknowledgement(r, v, p);
        break;
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        TRY(filters(r, v, p, err));
        break;
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
        suback(r, v, p);
        break;
    case MQTT_PINGREQ:
    case MQTT_PINGRESP:
        break;
    case MQTT_AUTH:
        if (v != MQTT_5)
            complain(r, "AUTH is not of 3.1.1");
        parting(r, v, p);
        break;
    case MQTT_DISCONNECT:
        parting(r, v, p);
        break;
    default:
        complain(r, "a reserved packet type");
    }
    if (!r->bad && left(r))
        complain(r, "bytes are left over");
    return OK;
}

enum code mqtt_decode(struct str bytes, enum mqtt_version version, struct mqtt_packet *out,
                      struct error *err)
{
    size_t length;
    memset(out, 0, sizeof *out);
    TRY(mqtt_length(bytes, MQTT_FIXED_MAX + MQTT_REMAINING_MAX, &length, err));
    if (!length || length != bytes.len)
        return error_set(err, E_INPUT, "not one whole MQTT packet: %zu bytes, of %zu", bytes.len,
                         length);
    struct reader r = {(const uint8_t *)bytes.ptr, (const uint8_t *)bytes.ptr + bytes.len, NULL};
    uint8_t first = *r.p++;
    while (*r.p++ >= 128) /* the length, which is whole */
        ;
    out->type = (enum mqtt_type)(first >> 4);
    TRY(body(&r, first & 15, version, out, err));
    if (r.bad)
        return error_set(err, E_INPUT, "malformed MQTT %s: %s", mqtt_type_name(out->type), r.bad);
    return OK;
}
