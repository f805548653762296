/* mqtt_client.h - an MQTT client that acknowledges a message only when it is told to.
 *
 * libmosquitto and paho answer PUBACK when the callback returns or before; what then dies with the
 * process is lost although the broker was told it had arrived. Here a message of QoS 1 or 2 is
 * acknowledged by mqtt_ack, after the batch it belongs to is durable. What is not acknowledged
 * stays with the broker: it sends at most `receive_max` such messages and holds the rest.
 *
 * One thread per client connects, reads, calls the handler and writes. All functions but start,
 * stop and stats are called from within the handler's. */
#ifndef LUOSHU_NET_MQTT_CLIENT_H
#define LUOSHU_NET_MQTT_CLIENT_H
#include "net/mqtt.h"

struct mqtt_url {
    bool tls;
    struct str host, user, password; /* ptr NULL: not given; percent-decoded */
    uint16_t port;                   /* 1883, with TLS 8883 */
};
/* mqtt://[USER[:PASSWORD]@]HOST[:PORT] or mqtts://...; an IPv6 address in brackets.
 * fails  E_INPUT which part is wrong */
MUST_CHECK enum code mqtt_url_parse(struct str text, struct arena *a, struct mqtt_url *out,
                                    struct error *err);
/* The address without user and password, for logs. */
struct str mqtt_url_shown(const struct mqtt_url *url, struct arena *a);

struct mqtt_message {
    struct str topic, payload; /* valid until `turn` has returned */
    uint8_t qos;
    bool retain, dup;
    uint64_t token; /* for mqtt_ack; 0: QoS 0, nothing to acknowledge */
};
struct mqtt_will {
    struct str topic, payload; /* topic.ptr NULL: none; read before will() is called again */
    uint8_t qos;
    bool retain;
};
struct mqtt_client;
struct mqtt_handler {
    void *ctx;
    /* Before each CONNECT; may be NULL: no will. */
    void (*will)(void *ctx, struct mqtt_will *out);
    /* After CONNACK: subscribe here. */
    void (*connected)(void *ctx, struct mqtt_client *c, bool session_present);
    void (*message)(void *ctx, struct mqtt_client *c, const struct mqtt_message *m);
    /* After the messages of one read, and at least every turn_ms, connected or not: commit and
     * acknowledge here. */
    void (*turn)(void *ctx, struct mqtt_client *c);
    /* The connection ended or could not be made, and why; the next is made by itself. */
    void (*lost)(void *ctx, struct mqtt_client *c, const struct error *why);
    /* Before a wanted end of a connection, for last publications. May be NULL. */
    void (*leaving)(void *ctx, struct mqtt_client *c);
};
struct mqtt_options {
    struct mqtt_url url; /* texts are copied, also below */
    struct str client_id;
    struct str ca_file; /* trusted certificates; empty: those of the system */
    bool clean_start;   /* else the broker keeps the session session_expiry_s */
    uint32_t session_expiry_s;
    uint16_t keep_alive_s;             /* 0 = 30 */
    uint16_t receive_max;              /* 0 = 4096 */
    size_t packet_max;                 /* bytes; 0 = 16 MiB */
    uint32_t turn_ms;                  /* 0 = 100 */
    uint32_t wait_min_ms, wait_max_ms; /* between connections; 0 = 500 and 30,000; doubles */
    bool only_311;                     /* else 5.0, and 3.1.1 where the broker does not know it */
};
/* fails  E_INPUT the CA file; E_IO no thread */
MUST_CHECK enum code mqtt_start(struct mqtt_client **out, const struct mqtt_options *o,
                                const struct mqtt_handler *h, struct error *err);
/* Disconnects, ends the thread, frees. */
void mqtt_stop(struct mqtt_client *c);

struct mqtt_stats {
    bool connected;
    uint8_t version; /* of the connection: 4 or 5 */
    uint64_t connects, received, acknowledged, published, bytes;
};
void mqtt_stats(struct mqtt_client *c, struct mqtt_stats *out);

/* ---- from within the handler ---- */
/* A refused filter is told in the log, by its reason.
 * fails  E_INPUT a filter is not valid, E_IO not connected */
MUST_CHECK enum code mqtt_subscribe(struct mqtt_client *c, const struct mqtt_filter *filters,
                                    size_t count, struct error *err);
/* QoS 1: kept and sent again after a reconnection until the broker has it.
 * fails  E_INPUT; E_IO QoS 0 and not connected; E_BUSY too many wait */
MUST_CHECK enum code mqtt_publish(struct mqtt_client *c, struct str topic, struct str payload,
                                  uint8_t qos, bool retain, struct error *err);
#define MQTT_WAITING_MAX 1000 /* publications of QoS 1 */
/* In the order of arrival. A token of a former connection is passed over: the message comes again.
 */
void mqtt_ack(struct mqtt_client *c, uint64_t token);
/* Waits within the handler, keeping the connection alive but reading nothing: the broker holds.
 * false: the client is to stop */
bool mqtt_hold(struct mqtt_client *c, uint32_t ms);
bool mqtt_is_5(const struct mqtt_client *c);
#endif
