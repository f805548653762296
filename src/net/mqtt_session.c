/* mqtt_session.c - what packets mean to the client: who answers what, and when. */
#include "net/mqtt_client_int.h"

#define OUT_MAX ((size_t)64 << 20) /* bytes waiting to be sent */

static bool bit(const uint8_t *set, uint16_t id)
{
    return (set[id >> 3] >> (id & 7) & 1) != 0;
}

static void bit_set(uint8_t *set, uint16_t id, bool on)
{
    uint8_t mask = (uint8_t)(1u << (id & 7));
    set[id >> 3] = on ? set[id >> 3] | mask : (uint8_t)(set[id >> 3] & ~mask);
}

void session_send(struct mqtt_client *c, const struct mqtt_packet *p)
{
    struct error err = {0};
    if (mqtt_encode(&c->out, p, c->version, &err) != OK)
        log_event(LOG_ERROR, "mqtt.send", "why=\"%s\"", err.text);
}

enum code session_flush(struct mqtt_client *c, struct error *err)
{
    while (c->out_sent < c->out.len) {
        size_t sent;
        struct str rest = str_sub(buf_str(&c->out), c->out_sent, c->out.len);
        TRY(wire_write(&c->wire, rest, &sent, err));
        if (!sent)
            break;
        c->out_sent += sent;
        c->last_sent_ms = mqtt_clock_ms();
    }
    if (c->out_sent == c->out.len) {
        buf_reset(&c->out);
        c->out_sent = 0;
    }
    return c->out.full || c->out.len > OUT_MAX ? error_set(err, E_IO, "the broker does not read")
                                               : OK;
}

void session_connect(struct mqtt_client *c)
{
    struct mqtt_packet *p = &c->packet;
    struct mqtt_will will = {0};
    memset(p, 0, sizeof *p);
    p->type = MQTT_CONNECT;
    p->client_id = c->o.client_id;
    p->clean_start = c->o.clean_start;
    p->keep_alive = c->o.keep_alive_s;
    p->user = c->o.url.user;
    p->password = c->o.url.password;
    if (c->h.will)
        c->h.will(c->h.ctx, &will);
    p->will_topic = will.topic;
    p->will_payload = will.payload;
    p->will_qos = will.qos;
    p->will_retain = will.retain;
    if (c->o.session_expiry_s)
        mqtt_set_number(&p->props, MQTT_SESSION_EXPIRY, c->o.session_expiry_s);
    mqtt_set_number(&p->props, MQTT_RECEIVE_MAX, c->o.receive_max);
    mqtt_set_number(&p->props, MQTT_PACKET_MAX, (uint32_t)c->o.packet_max);
    session_send(c, p);
}

/* ---- in ---- */

static enum code on_connack(struct mqtt_client *c, const struct mqtt_packet *p, struct error *err)
{
    if (c->up)
        return error_set(err, E_IO, "a second CONNACK");
    /* 5.0, 3.2.2.2 and 3.1.1, 3.2.2.3: the broker does not know this version */
    if (c->version == MQTT_5 && (p->reason == 0x84 || p->reason == 1)) {
        c->version = MQTT_311;
        return error_set(err, E_IO, "the broker does not speak MQTT 5.0; 3.1.1 is tried");
    }
    if (p->reason)
        return error_set(err, E_IO, "the broker refuses the connection: %s",
                         mqtt_reason(c->version, MQTT_CONNACK, p->reason));
    c->up = true;
    c->generation++;
    c->keep_alive_s = (uint16_t)mqtt_number(&p->props, MQTT_SERVER_KEEP_ALIVE, c->o.keep_alive_s);
    c->server_packet_max = mqtt_number(&p->props, MQTT_PACKET_MAX, UINT32_MAX);
    memset(c->second, 0, sizeof c->second);
    if (!p->session_present)
        memset(c->released, 0, sizeof c->released);
    c->connects++;
    c->connected = (uint8_t)c->version;
    bool present = p->session_present;
    session_resend(c);
    c->h.connected(c->h.ctx, c, present);
    return OK;
}

static void answer(struct mqtt_client *c, enum mqtt_type type, uint16_t id, uint8_t reason)
{
    /* the four bytes of an acknowledgement without reason, which is nearly all of them */
    if (!reason) {
        char bytes[4] = {(char)((unsigned)type << 4 | (type == MQTT_PUBREL ? 2u : 0)), 2,
                         (char)(id >> 8), (char)id};
        buf_add(&c->out, (struct str){bytes, 4});
        return;
    }
    struct mqtt_packet *p = mem_zalloc(sizeof *p);
    *p = (struct mqtt_packet){.type = type, .id = id, .reason = reason};
    session_send(c, p);
    mem_free(p);
}

static enum code on_publish(struct mqtt_client *c, const struct mqtt_packet *p, struct error *err)
{
    if (mqtt_has(&p->props, MQTT_ALIAS))
        return error_set(err, E_IO, "the broker uses a topic alias, which was not offered");
    if (p->qos == 2 && bit(c->released, p->id)) { /* the handler had it; only the answer was lost */
        answer(c, MQTT_PUBREC, p->id, 0);
        return OK;
    }
    if (p->qos)
        bit_set(c->second, p->id, p->qos == 2);
    struct mqtt_message m = {.topic = p->topic,
                             .payload = p->payload,
                             .qos = p->qos,
                             .retain = p->retain,
                             .dup = p->dup,
                             .token = p->qos ? c->generation << 16 | p->id : 0};
    c->received++;
    c->h.message(c->h.ctx, c, &m);
    return OK;
}

void mqtt_ack(struct mqtt_client *c, uint64_t token)
{
    uint16_t id = (uint16_t)token;
    if (!token || token >> 16 != c->generation || !c->up)
        return;
    bool second = bit(c->second, id);
    answer(c, second ? MQTT_PUBREC : MQTT_PUBACK, id, 0);
    if (second)
        bit_set(c->released, id, true);
    c->acknowledged++;
}

static void waiting_free(struct waiting *w)
{
    mem_free(w->topic);
    mem_free(w->payload);
}

static void on_puback(struct mqtt_client *c, const struct mqtt_packet *p)
{
    for (size_t i = 0; i < c->waiting.len; i++) {
        struct waiting *w = &c->waiting.v[i];
        if (w->id != p->id)
            continue;
        if (p->reason >= 0x80)
            log_event(LOG_WARN, "mqtt.publish", "topic=\"%.*s\" refused=\"%s\"", (int)w->topic_len,
                      w->topic, mqtt_reason(c->version, p->type, p->reason));
        else
            c->published++;
        waiting_free(w);
        memmove(w, w + 1, (c->waiting.len - i - 1) * sizeof *w); /* order is kept */
        c->waiting.len--;
        return;
    }
}

static void on_suback(struct mqtt_client *c, const struct mqtt_packet *p)
{
    for (size_t i = 0; i < p->reasons.len; i++)
        if ((uint8_t)p->reasons.ptr[i] >= 0x80)
            log_event(LOG_ERROR, "mqtt.subscribe", "filter=%zu refused=\"%s\"", i + 1,
                      mqtt_reason(c->version, MQTT_SUBACK, (uint8_t)p->reasons.ptr[i]));
}

static enum code on_packet(struct mqtt_client *c, const struct mqtt_packet *p, struct error *err)
{
    if (!c->up && p->type != MQTT_CONNACK)
        return error_set(err, E_IO, "a %s before CONNACK", mqtt_type_name(p->type));
    switch (p->type) {
    case MQTT_CONNACK:
        return on_connack(c, p, err);
    case MQTT_PUBLISH:
        return on_publish(c, p, err);
    case MQTT_PUBREL:
        /* 0x92: not known, as after a restart of this end */
        answer(c, MQTT_PUBCOMP, p->id,
               bit(c->released, p->id) || c->version == MQTT_311 ? 0 : 0x92);
        bit_set(c->released, p->id, false);
        return OK;
    case MQTT_PUBACK:
        on_puback(c, p);
        return OK;
    case MQTT_SUBACK:
        on_suback(c, p);
        return OK;
    case MQTT_PINGRESP:
    case MQTT_UNSUBACK:
        return OK;
    case MQTT_DISCONNECT:
        return error_set(err, E_IO, "the broker ends the connection: %s",
                         mqtt_reason(c->version, MQTT_DISCONNECT, p->reason));
    default:
        return error_set(err, E_IO, "an unexpected %s", mqtt_type_name(p->type));
    }
}

enum code session_packets(struct mqtt_client *c, struct error *err)
{
    size_t at = 0, length = 0;
    enum code code = OK;
    while (code == OK) {
        struct str rest = {c->in + at, c->in_len - at};
        code = mqtt_length(rest, c->o.packet_max, &length, err);
        if (code != OK || !length || length > rest.len)
            break;
        code = mqtt_decode(str_sub(rest, 0, length), c->version, &c->packet, err);
        if (code == OK)
            code = on_packet(c, &c->packet, err);
        at += length;
    }
    /* texts of the messages are borrowed from c->in, until the turn is over */
    c->h.turn(c->h.ctx, c);
    c->last_turn_ms = mqtt_clock_ms();
    memmove(c->in, c->in + at, c->in_len - at);
    c->in_len -= at;
    if (length > c->in_cap) {
        c->in = mem_realloc(c->in, length);
        c->in_cap = length;
    }
    return code;
}

/* ---- out ---- */

enum code mqtt_subscribe(struct mqtt_client *c, const struct mqtt_filter *filters, size_t count,
                         struct error *err)
{
    struct mqtt_packet *p;
    if (!c->up)
        return error_set(err, E_IO, "not connected to the broker");
    for (size_t i = 0; i < count; i++)
        if (!mqtt_filter_valid(filters[i].filter))
            return error_set(err, E_INPUT, "'%.*s' is not a topic filter",
                             STR_ARG(filters[i].filter));
    for (size_t at = 0; at < count; at += MQTT_FILTERS_MAX) {
        p = mem_zalloc(sizeof *p);
        p->type = MQTT_SUBSCRIBE;
        p->filters = count - at < MQTT_FILTERS_MAX ? count - at : MQTT_FILTERS_MAX;
        memcpy(p->filter, filters + at, p->filters * sizeof *filters);
        c->next_id = c->next_id == UINT16_MAX ? 1 : (uint16_t)(c->next_id + 1);
        p->id = c->next_id;
        session_send(c, p);
        mem_free(p);
    }
    return OK;
}

static void send_publish(struct mqtt_client *c, struct str topic, struct str payload, uint16_t id,
                         bool dup, bool retain)
{
    struct mqtt_packet *p = mem_zalloc(sizeof *p);
    *p = (struct mqtt_packet){.type = MQTT_PUBLISH,
                              .topic = topic,
                              .payload = payload,
                              .id = id,
                              .qos = id ? 1 : 0,
                              .dup = dup,
                              .retain = retain};
    session_send(c, p);
    mem_free(p);
}

/* What the broker has not acknowledged, in order, after a connection was made. */
void session_resend(struct mqtt_client *c)
{
    for (size_t i = 0; i < c->waiting.len; i++) {
        struct waiting *w = &c->waiting.v[i];
        send_publish(c, (struct str){w->topic, w->topic_len},
                     (struct str){w->payload, w->payload_len}, w->id, w->ever, w->retain);
        w->ever = true;
    }
}

static bool id_waits(const struct mqtt_client *c, uint16_t id)
{
    for (size_t i = 0; i < c->waiting.len; i++)
        if (c->waiting.v[i].id == id)
            return true;
    return false;
}

static char *copy(struct str s)
{
    char *out = mem_alloc(s.len + 1);
    memcpy(out, s.ptr ? s.ptr : "", s.len);
    return out;
}

enum code mqtt_publish(struct mqtt_client *c, struct str topic, struct str payload, uint8_t qos,
                       bool retain, struct error *err)
{
    if (!mqtt_topic_valid(topic))
        return error_set(err, E_INPUT, "'%.*s' is not a topic", STR_ARG(topic));
    if (payload.len + topic.len + 16 > c->server_packet_max)
        return error_set(err, E_INPUT, "%zu bytes are more than the broker takes", payload.len);
    if (!qos && !c->up)
        return error_set(err, E_IO, "not connected to the broker");
    if (!qos) {
        send_publish(c, topic, payload, 0, false, retain);
        c->published++;
        return OK;
    }
    if (c->waiting.len >= MQTT_WAITING_MAX)
        return error_set(err, E_BUSY, "%d publications wait for the broker", MQTT_WAITING_MAX);
    do
        c->next_id = c->next_id == UINT16_MAX ? 1 : (uint16_t)(c->next_id + 1);
    while (id_waits(c, c->next_id));
    struct waiting w = {.id = c->next_id,
                        .ever = c->up,
                        .retain = retain,
                        .topic = copy(topic),
                        .payload = copy(payload),
                        .topic_len = topic.len,
                        .payload_len = payload.len};
    vec_push(&c->waiting, w);
    if (c->up)
        send_publish(c, topic, payload, w.id, false, retain);
    return OK;
}

bool mqtt_is_5(const struct mqtt_client *c)
{
    return c->version == MQTT_5;
}
