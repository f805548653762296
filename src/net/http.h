/* http.h - a small HTTP/1.1 server and client: structs in, structs out. TLS is a proxy's task. */
#ifndef LUOSHU_NET_HTTP_H
#define LUOSHU_NET_HTTP_H
#include "base/base.h"

#define HTTP_CONNECTIONS_MAX 512
#define HTTP_STREAMS_MAX 256 /* of them, event streams */
#define HTTP_IDLE_SECONDS 30
#define HTTP_MEMORY_MAX (64u << 10)     /* headers of one connection, bytes */
#define HTTP_ADDRESS_MAX 8192           /* path and query, bytes as sent */
#define HTTP_BODY_DEFAULT (32u << 20)   /* bytes */
#define HTTP_DISCARD_MAX (512ull << 20) /* of a refused body; then the connection is cut */
#define HTTP_BEAT_SECONDS 15            /* comment line on a quiet stream */

struct http_pair {
    struct str name, value; /* decoded */
};
struct http_request {
    struct arena *arena; /* lives as long as the request */
    struct str method;   /* as sent: "HEAD" */
    struct str path;     /* decoded */
    VEC(struct http_pair) query, headers;
    struct str body;
    void *user;    /* the handler's own */
    bool loopback; /* the peer is on this machine, and no proxy says it speaks for another */
};
/* Value of the parameter (case matters) or header (it does not); ptr NULL when absent. */
struct str http_param(const struct http_request *rq, const char *name);
struct str http_header(const struct http_request *rq, const char *name);

/* Files of a multipart/form-data body (RFC 7578); other fields are passed over. Texts are borrowed
 * from the body or live in the arena.
 * fails  E_INPUT not such a body; E_LIMIT more than `max` files */
struct http_part {
    struct str file, bytes;
};
MUST_CHECK enum code http_parts(struct arena *a, struct str type, struct str body,
                                struct http_part *out, size_t max, size_t *count,
                                struct error *err);
/* The same bytes the other way; boundary: 1..70 letters that the files do not hold. */
void http_parts_put(struct buf *out, const struct http_part *parts, size_t count,
                    struct str boundary);

#define HTTP_REPLY_HEADERS 12
struct http_reply {
    unsigned status;
    const char *type; /* content type; a literal */
    struct buf body;  /* the server takes it */
    struct str fixed; /* instead of body: bytes that outlive the server */
    bool stream;      /* instead of both: text/event-stream fed by `next` */
    uint64_t cursor;  /* of the stream, at first */
    struct http_pair header[HTTP_REPLY_HEADERS]; /* values in the request's arena, or literals */
    size_t headers;
};
void http_reply_header(struct http_reply *r, struct str name, struct str value);
/* Status and JSON text of an error: {"error":{"code","text","line","column"}}. */
void http_reply_error(struct http_reply *r, unsigned status, const struct error *err);

struct http_handler {
    void *ctx;
    /* After the headers. true: *reply is the answer and the body is read past. Else *body_max is
     * how many bytes of body are let in (0: none). Called by many threads at once, as are the
     * others. */
    bool (*head)(void *ctx, struct http_request *rq, struct http_reply *reply, size_t *body_max);
    void (*serve)(void *ctx, struct http_request *rq, struct http_reply *reply);
    /* What a stream has not yet seen; *cursor is the stream's own. */
    void (*next)(void *ctx, uint64_t *cursor, struct buf *out);
    /* Once per reply, also of those that never reached the above. */
    void (*done)(void *ctx, const struct http_request *rq, unsigned status);
};

struct http_server;
/* listen: "127.0.0.1:8080", "[::1]:0", "0.0.0.0:80"; port 0 takes a free one. hosts: further names
 * allowed in Host, comma separated; "*" allows any; on a non-loopback address all are.
 * fails  E_INPUT not HOST:PORT; E_IO the address cannot be had */
MUST_CHECK enum code http_start(struct http_server **out, struct str listen, struct str hosts,
                                struct http_handler handler, struct error *err);
void http_stop(struct http_server *s);
/* Wakes every stream. */
void http_notify(struct http_server *s);
/* "127.0.0.1:8080", with the port that was taken; lives as long as the server. */
const char *http_address(const struct http_server *s);

/* HOST:PORT as an IP address of this machine's loopback? Names other than localhost are refused.
 * fails  E_INPUT */
MUST_CHECK enum code http_listen_check(struct str listen, bool *loopback, struct error *err);

/* ---- client ---- */
struct http_call {
    const char *url;
    bool post;
    struct str body, type; /* with post */
    struct str token;      /* sent as Authorization: Bearer; may be empty */
    struct str accept;     /* may be empty */
    size_t answer_max;     /* bytes; 0 = 1 GiB */
};
struct http_answer {
    struct arena arena;
    unsigned status;
    struct buf body;
    VEC(struct http_pair) headers; /* names in lower case */
};
/* One request, no redirects, no proxy. Clear the answer also after a failure.
 * fails  E_IO no connection or a broken one; E_LIMIT */
MUST_CHECK enum code http_fetch(const struct http_call *call, struct http_answer *out,
                                struct error *err);
struct str http_answer_header(const struct http_answer *a, const char *name);
void http_answer_clear(struct http_answer *a);
/* Bytes that may stand in a query or a header, the rest as %XX. */
void http_escape(struct buf *out, struct str s);
void http_unescape(struct arena *a, struct str s, struct str *out);
#endif
