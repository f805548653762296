/* fleet_sparkplug.c - the fleet by Sparkplug B over MQTT 3.1.1. A connection is an edge node with
 * its own bdSeq and Will, an enterprise a device, a point a metric. Eclipse Sparkplug 3.0.0.
 *
 * QoS 0, as the specification has it: data carry aliases, and what is counted is what was sent.
 * QoS 1: counted when the broker has acknowledged it. A host that begins anew knows no alias, so
 * then data carry names and types: what was acknowledged can be read by itself. Births say
 * is_null, at the time before the first reading: a birth is no reading. */
#include "field/fleet.h"
#include "field/spb.h"
#include "net/mqtt.h"
#include "net/mqtt_client.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 64u /* messages on their way, QoS 1 */
#define MESSAGE_METRICS 500u
#define ANSWER_MS 10000
#define PACKET_MAX ((size_t)16 << 20)
#define SCHEME "mqtt://"

struct link {
    const struct fleet_target *to;
    int fd;
    uint8_t seq;
    uint16_t id;
    uint64_t bdseq;
    bool up, rebirth;
    uint32_t open; /* not yet acknowledged */
    uint8_t waiting[65536 / 8];
    struct buf in, out, payload;
    VEC(struct spb_metric) metrics;
    struct arena names; /* of one message */
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct str node_topic(struct link *l, const char *message)
{
    return arena_fmt(&l->names, "spBv1.0/fleet/%s/N%02u", message, l->to->connection + 1);
}

static struct str device_topic(struct link *l, const char *message, uint32_t firm)
{
    return arena_fmt(&l->names, "spBv1.0/fleet/%s/N%02u/E%07u", message, l->to->connection + 1,
                     firm);
}

static struct str metric_name(struct link *l, uint32_t point)
{
    const struct fleet *f = l->to->fleet;
    return arena_fmt(&l->names, "%s/D%08u", fleet_measures[f->kind[point]].field, point);
}

static void point(const struct fleet *f, uint32_t firm, uint32_t point, struct fleet_name *out)
{
    snprintf(out->series, sizeof out->series, "spBv1.0/fleet/N%02u/E%07u",
             fleet_connection(f, firm) + 1, firm);
    snprintf(out->field, sizeof out->field, "%s/D%08u", fleet_measures[f->kind[point]].field,
             point);
}

/* ---- packets ---- */

static enum code put(struct link *l, const struct mqtt_packet *p, struct error *err)
{
    buf_reset(&l->out);
    TRY(mqtt_encode(&l->out, p, MQTT_311, err));
    return fleet_write(l->fd, buf_str(&l->out), err);
}

static bool bit(struct link *l, uint16_t id)
{
    return (l->waiting[id >> 3] >> (id & 7) & 1) != 0;
}

static void on_publish(struct link *l, const struct mqtt_packet *p)
{
    struct spb_payload in = {0};
    struct spb_topic topic;
    struct arena a;
    arena_init(&a, 0);
    if (spb_topic(p->topic, &topic) && topic.message == SPB_NCMD &&
        spb_decode(p->payload, &a, &in, NULL) == OK)
        for (size_t i = 0; i < in.metrics.len; i++)
            l->rebirth |=
                str_is(in.metrics.v[i].name, "Node Control/Rebirth") && in.metrics.v[i].number != 0;
    vec_clear(&in.metrics);
    arena_clear(&a);
}

static enum code on_packet(struct link *l, const struct mqtt_packet *p, struct error *err)
{
    switch (p->type) {
    case MQTT_CONNACK:
        if (p->reason)
            return error_set(err, p->reason == 3 ? E_IO : E_DENIED, "the broker refuses: %s",
                             mqtt_reason(MQTT_311, MQTT_CONNACK, p->reason));
        l->up = true;
        break;
    case MQTT_PUBACK:
        if (bit(l, p->id)) {
            l->waiting[p->id >> 3] &= (uint8_t) ~(1u << (p->id & 7));
            l->open--;
        }
        break;
    case MQTT_PUBLISH:
        on_publish(l, p);
        break;
    default:
        break;
    }
    return OK;
}

/* What has come, or comes within so long. *came = false: nothing */
static enum code take(struct link *l, int wait_ms, bool *came, struct error *err)
{
    struct mqtt_packet *p = mem_zalloc(sizeof *p);
    size_t got, at = 0, length = 0;
    enum code code = fleet_read(l->fd, wait_ms, &l->in, &got, err);
    *came = got > 0;
    while (code == OK) {
        struct str rest = str_sub(buf_str(&l->in), at, l->in.len - at);
        code = mqtt_length(rest, PACKET_MAX, &length, err);
        if (code != OK || !length || length > rest.len)
            break;
        code = mqtt_decode(str_sub(rest, 0, length), MQTT_311, p, err);
        if (code == OK)
            code = on_packet(l, p, err);
        at += length;
    }
    memmove(l->in.ptr, l->in.ptr + at, l->in.len - at);
    l->in.len -= at;
    mem_free(p);
    return code;
}

/* Until no more than so many messages wait for the broker. */
static enum code await(struct link *l, uint32_t most, struct error *err)
{
    bool came = true;
    while (l->open > most) {
        TRY(take(l, ANSWER_MS, &came, err));
        if (!came)
            return error_set(err, E_IO, "the broker has not acknowledged %u messages within %d s",
                             l->open, ANSWER_MS / 1000);
    }
    return OK;
}

/* l->metrics as the payload of a message. seq: with the node's next */
static struct str payload(struct link *l, bool seq)
{
    struct spb_payload p = {.has_time = true, .time_ms = now_ms(), .has_seq = seq, .seq = l->seq};
    p.metrics.v = l->metrics.v;
    p.metrics.len = l->metrics.len;
    l->seq = (uint8_t)(l->seq + seq);
    buf_reset(&l->payload);
    spb_encode(&l->payload, &p);
    return buf_str(&l->payload);
}

static enum code publish(struct link *l, struct str topic, struct str bytes, uint8_t qos,
                         struct error *err)
{
    struct mqtt_packet *p = mem_zalloc(sizeof *p);
    *p = (struct mqtt_packet){.type = MQTT_PUBLISH, .qos = qos, .topic = topic, .payload = bytes};
    if (qos) {
        l->id = (uint16_t)(l->id == 65535 ? 1 : l->id + 1);
        p->id = l->id;
        l->waiting[l->id >> 3] |= (uint8_t)(1u << (l->id & 7));
        l->open++;
    }
    enum code code = put(l, p, err);
    mem_free(p);
    return code;
}

/* ---- births and deaths ---- */

static void bdseq_metric(struct link *l)
{
    l->metrics.len = 0;
    vec_push(&l->metrics, (struct spb_metric){.name = STR("bdSeq"),
                                              .has_time = true,
                                              .time_ms = now_ms(),
                                              .type = SPB_INT64,
                                              .field = SPB_IN_LONG,
                                              .number = l->bdseq});
}

static uint32_t type_of(uint8_t kind)
{
    return kind == FLEET_RUN ? SPB_BOOLEAN : kind == FLEET_PIECES ? SPB_INT64 : SPB_DOUBLE;
}

static enum code dbirth(struct link *l, uint32_t firm, struct error *err)
{
    const struct fleet *f = l->to->fleet;
    const struct fleet_firm *e = &f->firms.v[firm];
    arena_reset(&l->names);
    l->metrics.len = 0;
    for (uint32_t p = e->first; p < e->first + e->points; p++)
        vec_push(&l->metrics, (struct spb_metric){.name = metric_name(l, p),
                                                  .has_alias = !f->o.qos,
                                                  .alias = (uint64_t)p + 1,
                                                  .has_time = true,
                                                  .time_ms = (uint64_t)f->o.from_ms - 1,
                                                  .type = type_of(f->kind[p]),
                                                  .null = true});
    return publish(l, device_topic(l, "DBIRTH", firm), payload(l, true), 0, err);
}

static enum code births(struct link *l, struct error *err)
{
    l->rebirth = false;
    l->seq = 0;
    arena_reset(&l->names);
    bdseq_metric(l);
    vec_push(&l->metrics, (struct spb_metric){.name = STR("Node Control/Rebirth"),
                                              .type = SPB_BOOLEAN,
                                              .field = SPB_IN_BOOL,
                                              .has_time = true,
                                              .time_ms = now_ms()});
    TRY(publish(l, node_topic(l, "NBIRTH"), payload(l, true), 0, err));
    for (uint32_t i = l->to->first; i < l->to->end; i++)
        TRY(dbirth(l, i, err));
    return OK;
}

static enum code hello(struct link *l, const struct mqtt_url *url, struct error *err)
{
    bool came = true;
    struct mqtt_packet *p = mem_zalloc(sizeof *p);
    bdseq_metric(l);
    *p = (struct mqtt_packet){
        .type = MQTT_CONNECT,
        .version = MQTT_311,
        .clean_start = true,
        .client_id = arena_fmt(&l->names, "fleet-%d-%02u", (int)getpid(), l->to->connection + 1),
        .user = url->user,
        .password = url->password,
        .will_topic = node_topic(l, "NDEATH"),
        .will_payload = payload(l, false),
        .will_qos = 1};
    enum code code = put(l, p, err);
    while (code == OK && !l->up && came)
        code = take(l, ANSWER_MS, &came, err);
    if (code == OK && !l->up)
        code = error_set(err, E_IO, "the broker does not answer");
    *p = (struct mqtt_packet){.type = MQTT_SUBSCRIBE, .id = 1, .filters = 1};
    p->filter[0] = (struct mqtt_filter){node_topic(l, "NCMD"), 1};
    l->id = 1;
    if (code == OK)
        code = put(l, p, err);
    mem_free(p);
    return code == OK ? births(l, err) : code;
}

static void close_link(void *link)
{
    struct link *l = link;
    struct error ignored = {0};
    struct mqtt_packet *p = mem_zalloc(sizeof *p);
    p->type = MQTT_DISCONNECT;
    if (l->up) { /* a wanted end: the broker drops the Will */
        arena_reset(&l->names);
        bdseq_metric(l);
        if (publish(l, node_topic(l, "NDEATH"), payload(l, false), 0, &ignored) == OK)
            (void)!put(l, p, &ignored);
    }
    mem_free(p);
    close(l->fd);
    buf_clear(&l->in);
    buf_clear(&l->out);
    buf_clear(&l->payload);
    vec_clear(&l->metrics);
    arena_clear(&l->names);
    mem_free(l);
}

static enum code open_link(void **link, const struct fleet_target *t, struct error *err)
{
    static _Atomic uint64_t bdseq[FLEET_CONNECTIONS_MAX];
    struct mqtt_url url;
    struct arena a;
    int fd;
    arena_init(&a, 0);
    enum code code = mqtt_url_parse(str_z(t->url), &a, &url, err);
    if (code == OK)
        code = fleet_dial(&fd, arena_fmt(&a, "%.*s:%u", STR_ARG(url.host), url.port), err);
    if (code == OK) {
        struct link *l = mem_zalloc(sizeof *l);
        l->to = t;
        l->fd = fd;
        l->bdseq = bdseq[t->connection]++ & 255;
        buf_init(&l->in, 2 * PACKET_MAX);
        buf_init(&l->out, 2 * PACKET_MAX);
        buf_init(&l->payload, PACKET_MAX);
        arena_init(&l->names, 0);
        code = hello(l, &url, err);
        if (code == OK)
            *link = l;
        else
            close_link(l);
    }
    arena_clear(&a);
    return code;
}

/* ---- data ---- */

/* The readings themselves: seq is the link's, so payloads are made when they leave. */
static void encode(const struct fleet *f, const struct fleet_reading *v, size_t n, struct buf *out)
{
    (void)f;
    buf_add(out, (struct str){(const char *)v, n * sizeof *v});
}

static void data_metric(struct link *l, const struct fleet_reading *r)
{
    static const double scale[] = {1, 10, 100};
    const struct fleet *f = l->to->fleet;
    uint8_t kind = f->kind[r->point];
    struct spb_metric m = {.has_time = true, .time_ms = (uint64_t)r->time_ms};
    if (f->o.qos) {
        m.name = metric_name(l, r->point);
        m.type = type_of(kind);
    } else {
        m.has_alias = true;
        m.alias = (uint64_t)r->point + 1;
    }
    m.field = kind == FLEET_RUN ? SPB_IN_BOOL : kind == FLEET_PIECES ? SPB_IN_LONG : SPB_IN_DOUBLE;
    m.number = (uint64_t)r->value;
    m.real = (double)r->value / scale[fleet_measures[kind].decimals];
    vec_push(&l->metrics, m);
}

static enum code send_batch(void *link, struct str bytes, struct error *err)
{
    struct link *l = link;
    uint8_t qos = l->to->fleet->o.qos;
    bool came;
    size_t n = bytes.len / sizeof(struct fleet_reading);
    struct fleet_reading r, next;
    for (size_t i = 0; i < n;) {
        TRY(take(l, 0, &came, err));
        if (l->rebirth)
            TRY(births(l, err));
        arena_reset(&l->names);
        l->metrics.len = 0;
        memcpy(&r, bytes.ptr + i * sizeof r, sizeof r);
        for (next = r; i < n && next.firm == r.firm && l->metrics.len < MESSAGE_METRICS;) {
            data_metric(l, &next);
            if (++i < n)
                memcpy(&next, bytes.ptr + i * sizeof next, sizeof next);
        }
        TRY(publish(l, device_topic(l, "DDATA", r.firm), payload(l, true), qos, err));
        TRY(await(l, WINDOW - 1, err));
    }
    return await(l, 0, err);
}

const struct fleet_transport fleet_sparkplug = {.name = "sparkplug",
                                                .scheme = SCHEME,
                                                .point = point,
                                                .open = open_link,
                                                .encode = encode,
                                                .send = send_batch,
                                                .close = close_link};
