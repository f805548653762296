/* tcp.h - a small TCP server for protocols of devices: one thread, many connections, limits.
 *
 * One round: bytes of every ready connection are handed over, then `round` is called once, then
 * what was answered is sent. So a handler can make the work of many connections durable at once and
 * acknowledge afterwards. While a handler is at work nothing is read: devices wait in their
 * sockets, which is the back-pressure. All functions of a handler, tcp_send and tcp_close run in
 * that thread. */
#ifndef LUOSHU_NET_TCP_H
#define LUOSHU_NET_TCP_H
#include "base/base.h"

struct tcp_server;
struct tcp_conn;

struct tcp_limits {
    size_t connections; /* 0 = 10,000; further ones are closed at once and counted */
    size_t out_max;     /* bytes waiting to be sent to one peer, 0 = 256 KiB; above it is closed */
    unsigned idle_s;    /* without a byte from it a connection is closed; 0 = never */
};
struct tcp_handler {
    void *ctx;
    void (*open)(void *ctx, struct tcp_conn *c); /* may set the user pointer; or NULL */
    /* false: what was answered is sent, then the connection is closed */
    bool (*bytes)(void *ctx, struct tcp_conn *c, struct str bytes);
    /* Once per connection, never before the `round` of what it sent; or NULL. */
    void (*closed)(void *ctx, struct tcp_conn *c, const char *why);
    void (*round)(void *ctx); /* or NULL */
    void (*tick)(void *ctx);  /* about every second; or NULL */
};
/* listen: "127.0.0.1:9002", "[::1]:0", "0.0.0.0:9002"; port 0 takes a free one.
 * fails  E_INPUT not HOST:PORT; E_IO the address cannot be had */
MUST_CHECK enum code tcp_start(struct tcp_server **out, struct str listen, struct tcp_limits limits,
                               struct tcp_handler handler, struct error *err);
/* Returns when the thread has ended; connections are closed. NULL is passed over. */
void tcp_stop(struct tcp_server *s);
/* For a handler that waits: leave off, tcp_stop was called. */
bool tcp_stopping(const struct tcp_server *s);
const char *tcp_address(const struct tcp_server *s); /* HOST:PORT with the port that was taken */

void tcp_user_set(struct tcp_conn *c, void *user);
void *tcp_user(const struct tcp_conn *c);
const char *tcp_peer(const struct tcp_conn *c); /* "10.0.0.7:41022" */
/* Copies the bytes; they leave at the end of the round. */
void tcp_send(struct tcp_conn *c, struct str bytes);
/* After what was answered has left. */
void tcp_close(struct tcp_conn *c, const char *why /* a literal */);

struct tcp_counts {
    uint64_t accepted, refused, idle, bytes_in, bytes_out;
    size_t open;
};
void tcp_counts(const struct tcp_server *s, struct tcp_counts *out); /* any thread */
#endif
