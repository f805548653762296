/* mqtt_feed.h - from a broker to durable readings: Sparkplug B and JSON topics, acknowledged after
 * the commit.
 *
 * Two connections where both are wanted. Sparkplug's begins clean when we are a host application,
 * as its rules demand, since births tell all; that of JSON topics keeps its session, so that
 * messages of QoS 1 sent while we were away are there when we come back. */
#ifndef LUOSHU_FIELD_MQTT_FEED_H
#define LUOSHU_FIELD_MQTT_FEED_H
#include "field/intake.h"
#include "field/json_topic.h"

struct mqtt_feed_options {
    struct str url;     /* mqtt://..., mqtts://... */
    struct str ca_file; /* trusted certificates; empty: those of the system */
    struct str client;  /* beginning of the client identifiers; the same after a restart */
    struct str share;   /* group of a shared subscription; empty: alone */
    struct str host;    /* id as Sparkplug host application; empty: a listener without STATE */
    bool legacy_state;  /* also STATE/ID with ONLINE and OFFLINE, of Sparkplug 2.2 */
    bool no_sparkplug;
    uint32_t reorder_ms;        /* spb_host.h */
    uint32_t session_s;         /* of the JSON topics at the broker; 0 = a week */
    struct json_topics *topics; /* NULL: none; taken over, also when starting fails */
};
struct mqtt_feed;
/* in: borrowed. The broker need not be there yet.
 * fails  E_INPUT the URL, the host id, the CA file */
MUST_CHECK enum code mqtt_feed_start(struct mqtt_feed **out, struct intake *in,
                                     const struct mqtt_feed_options *o, struct error *err);
/* Says goodbye; what is not acknowledged stays with the broker. NULL is nothing. */
void mqtt_feed_stop(struct mqtt_feed *f);
/* Counters in the text form of Prometheus. */
void mqtt_feed_metrics(struct mqtt_feed *f, struct buf *out);
#endif
