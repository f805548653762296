/* mqtt_encode.c - one MQTT packet to bytes. What is written can be decoded again. */
#include "net/mqtt_int.h"

#define CONNECT_WILL 0x04
#define CONNECT_PASSWORD 0x40
#define CONNECT_USER 0x80

static void put(struct buf *b, uint32_t v, unsigned bytes)
{
    while (bytes--)
        buf_byte(b, (char)(v >> 8 * bytes & 255));
}

static void put_varint(struct buf *b, size_t v)
{
    for (; v >= 128; v >>= 7)
        buf_byte(b, (char)((v & 127) | 128));
    buf_byte(b, (char)v);
}

/* A text too long makes the buffer full: one check at the end finds it. */
static void put_text(struct buf *b, struct str s)
{
    if (s.len > MQTT_TEXT_MAX) {
        b->full = true;
        return;
    }
    put(b, (uint32_t)s.len, 2);
    buf_add(b, s);
}

static void put_properties(struct buf *b, enum mqtt_version v, uint32_t where,
                           const struct mqtt_properties *p)
{
    struct buf inner;
    if (v != MQTT_5)
        return;
    buf_init(&inner, 1u << 20);
    for (unsigned id = 1; id < MQTT_PROPERTIES; id++) {
        if (!(p->has >> id & 1) || !(mqtt_rules[id].where & where))
            continue;
        put_varint(&inner, id);
        switch ((enum mqtt_form)mqtt_rules[id].form) {
        case FORM_BYTE:
            put(&inner, p->number[id], 1);
            break;
        case FORM_U16:
            put(&inner, p->number[id], 2);
            break;
        case FORM_U32:
            put(&inner, p->number[id], 4);
            break;
        case FORM_VARINT:
            put_varint(&inner, p->number[id]);
            break;
        case FORM_TEXT:
        case FORM_BINARY:
            put_text(&inner, p->text[id]);
            break;
        case FORM_NONE:
        case FORM_PAIR:
            break;
        }
    }
    b->full |= inner.full;
    put_varint(b, inner.len);
    buf_add(b, buf_str(&inner));
    buf_clear(&inner);
}

static void put_connect(struct buf *b, const struct mqtt_packet *p, enum mqtt_version v)
{
    unsigned flags = p->clean_start ? 2 : 0;
    if (p->will_topic.ptr)
        flags |= CONNECT_WILL | (p->will_qos & 3u) << 3 | (p->will_retain ? 0x20u : 0);
    flags |= p->user.ptr ? CONNECT_USER : 0;
    flags |= p->password.ptr ? CONNECT_PASSWORD : 0;
    put_text(b, STR("MQTT"));
    put(b, v, 1);
    put(b, flags, 1);
    put(b, p->keep_alive, 2);
    put_properties(b, v, IN(MQTT_CONNECT), &p->props);
    put_text(b, p->client_id);
    if (p->will_topic.ptr) {
        put_properties(b, v, IN_WILL, &p->will_props);
        put_text(b, p->will_topic);
        put_text(b, p->will_payload);
    }
    if (p->user.ptr)
        put_text(b, p->user);
    if (p->password.ptr)
        put_text(b, p->password);
}

static void put_publish(struct buf *b, const struct mqtt_packet *p, enum mqtt_version v)
{
    put_text(b, p->topic);
    if (p->qos)
        put(b, p->id, 2);
    put_properties(b, v, IN(MQTT_PUBLISH), &p->props);
    buf_add(b, p->payload);
}

/* Reason and properties, left out where they say nothing (5.0, 3.4.2.1). */
static void put_reason(struct buf *b, const struct mqtt_packet *p, enum mqtt_version v)
{
    if (v != MQTT_5 || (!p->reason && !p->props.has))
        return;
    put(b, p->reason, 1);
    if (p->props.has)
        put_properties(b, v, IN(p->type), &p->props);
}

static void put_body(struct buf *b, const struct mqtt_packet *p, enum mqtt_version v)
{
    switch (p->type) {
    case MQTT_CONNECT:
        put_connect(b, p, v);
        break;
    case MQTT_CONNACK:
        put(b, p->session_present, 1);
        put(b, p->reason, 1);
        put_properties(b, v, IN(MQTT_CONNACK), &p->props);
        break;
    case MQTT_PUBLISH:
        put_publish(b, p, v);
        break;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
        put(b, p->id, 2);
        put_reason(b, p, v);
        break;
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        put(b, p->id, 2);
        put_properties(b, v, IN(p->type), &p->props);
        for (size_t i = 0; i < p->filters; i++) {
            put_text(b, p->filter[i].filter);
            if (p->type == MQTT_SUBSCRIBE)
                put(b, v == MQTT_5 ? p->filter[i].options : p->filter[i].options & 3, 1);
        }
        break;
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
        put(b, p->id, 2);
        put_properties(b, v, IN(p->type), &p->props);
        buf_add(b, p->reasons);
        break;
    case MQTT_DISCONNECT:
    case MQTT_AUTH:
        put_reason(b, p, v);
        break;
    case MQTT_PINGREQ:
    case MQTT_PINGRESP:
        break;
    }
}

static unsigned flags_of(const struct mqtt_packet *p)
{
    if (p->type == MQTT_PUBLISH)
        return (p->dup && p->qos ? 8u : 0) | (p->qos & 3u) << 1 | (p->retain ? 1u : 0);
    return p->type == MQTT_PUBREL || p->type == MQTT_SUBSCRIBE || p->type == MQTT_UNSUBSCRIBE ? 2
                                                                                              : 0;
}

enum code mqtt_encode(struct buf *out, const struct mqtt_packet *p, enum mqtt_version version,
                      struct error *err)
{
    struct buf inner;
    enum code code = OK;
    buf_init(&inner, MQTT_REMAINING_MAX);
    put_body(&inner, p, version);
    if (inner.full)
        code =
            error_set(err, E_INPUT, "an MQTT %s is too long, or a text in it longer than %u bytes",
                      mqtt_type_name(p->type), MQTT_TEXT_MAX);
    else if (p->type == MQTT_PUBLISH && !mqtt_topic_valid(p->topic) &&
             !(version == MQTT_5 && !p->topic.len && mqtt_has(&p->props, MQTT_ALIAS)))
        code = error_set(err, E_INPUT, "'%.*s' is not a topic name",
                         STR_ARG(str_sub(p->topic, 0, 200)));
    else if (p->filters > MQTT_FILTERS_MAX)
        code = error_set(err, E_INPUT, "more than %d filters in one MQTT packet", MQTT_FILTERS_MAX);
    if (code == OK) {
        buf_byte(out, (char)((unsigned)p->type << 4 | flags_of(p)));
        put_varint(out, inner.len);
        buf_add(out, buf_str(&inner));
    }
    buf_clear(&inner);
    return code;
}
