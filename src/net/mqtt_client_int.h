/* mqtt_client_int.h - what the files of the client share: the stream below it, and its state. */
#ifndef LUOSHU_NET_MQTT_CLIENT_INT_H
#define LUOSHU_NET_MQTT_CLIENT_INT_H
#include "net/mqtt_client.h"
#include <pthread.h>
#include <stdatomic.h>

/* ---- mqtt_wire.c: bytes over TCP or TLS, never blocking but in open ---- */
struct wire_trust; /* certificates */
MUST_CHECK enum code wire_trust_new(struct wire_trust **out, const char *ca_file,
                                    struct error *err);
void wire_trust_free(struct wire_trust *t);
struct wire {
    int fd; /* -1: closed */
    void *tls;
};
/* wake: becomes readable when the wait shall end (then E_BUSY). trust: NULL without TLS. */
MUST_CHECK enum code wire_open(struct wire *w, const char *host, uint16_t port,
                               const struct wire_trust *trust, int wake, struct error *err);
/* Bytes moved; 0: none just now. fails  E_IO the other end closed, or the network said no */
MUST_CHECK enum code wire_read(struct wire *w, char *to, size_t room, size_t *got,
                               struct error *err);
MUST_CHECK enum code wire_write(struct wire *w, struct str bytes, size_t *sent, struct error *err);
bool wire_waiting(const struct wire *w); /* bytes are decrypted and wait to be read */
void wire_close(struct wire *w);

/* ---- the client ---- */
struct waiting { /* a publication of QoS 1 the broker has not acknowledged */
    uint16_t id;
    bool ever; /* on some connection: then it is a duplicate */
    bool retain;
    char *topic, *payload;
    size_t topic_len, payload_len;
};
struct mqtt_client {
    struct mqtt_options o;
    struct mqtt_handler h;
    struct arena arena; /* of the options */
    struct wire_trust *trust;
    char *host;
    pthread_t thread;
    int wake; /* eventfd */
    atomic_bool stop;
    _Atomic uint64_t connects, received, acknowledged, published, bytes;
    _Atomic uint8_t connected; /* version, 0: not */
    /* of the thread alone */
    struct wire wire;
    enum mqtt_version version;
    bool up; /* CONNACK was good */
    uint64_t generation;
    struct buf out;
    size_t out_sent;
    char *in;
    size_t in_len, in_cap;
    int64_t last_sent_ms, last_got_ms, last_turn_ms;
    uint16_t keep_alive_s, next_id;
    uint32_t server_packet_max;
    uint8_t released[65536 / 8]; /* QoS 2: PUBREC was sent, PUBREL not yet seen; by identifier */
    uint8_t second[65536 / 8];   /* identifiers of QoS 2 given to the handler */
    VEC(struct waiting) waiting;
    struct mqtt_packet packet;
};
int64_t mqtt_clock_ms(void); /* monotonic */

/* ---- mqtt_session.c: packets in and out ---- */
void session_connect(struct mqtt_client *c);
/* All whole packets of c->in. fails  what ends the connection */
MUST_CHECK enum code session_packets(struct mqtt_client *c, struct error *err);
void session_send(struct mqtt_client *c, const struct mqtt_packet *p);
MUST_CHECK enum code session_flush(struct mqtt_client *c, struct error *err);
void session_resend(struct mqtt_client *c);
#endif
