/* http_mhd.c - the server over libmicrohttpd: one thread a connection. Routes and rights are the
 * handler's; here are sockets, limits, bodies, streams and the headers every reply carries. */
#include "net/http.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define STREAM_TEXT_MAX (64u << 10)

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_handler handler;
    char address[80]; /* HOST:PORT as told to people */
    char port[8];
    bool loopback;
    char *hosts;
    pthread_mutex_t lock; /* guards stopping; streams wait on wake */
    pthread_cond_t wake;
    uint64_t notices;
    bool stopping;
    atomic_int streams;
};
struct conn {
    struct http_request rq;
    struct http_reply reply;
    struct arena arena;
    struct buf body;
    size_t uri_len, body_max;
    uint64_t discarded;
    bool began, decided, head;
};
struct stream {
    struct http_server *server;
    uint64_t cursor, notices;
    struct buf text;
    size_t sent;
};

static const struct http_pair security[] = {
    {STR("Content-Security-Policy"), STR("default-src 'self'; style-src 'self' 'unsafe-inline'; "
                                         "img-src 'self' data:; frame-ancestors 'none'")},
    {STR("X-Content-Type-Options"),  STR("nosniff")                                                                         },
    {STR("Referrer-Policy"),         STR("no-referrer")                                                                     },
};

/* ---- addresses ---- */

static bool sockaddr_loopback(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24 == 127;
    if (sa->sa_family != AF_INET6)
        return false;
    const struct in6_addr *a = &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

static enum code listen_split(struct str listen, char host[64], char port[8], struct error *err)
{
    struct str h, p;
    ptrdiff_t end = listen.len && listen.ptr[0] == '[' ? str_find(listen, STR("]:")) : -1;
    if (end > 0) {
        h = str_sub(listen, 1, (size_t)end - 1);
        p = str_sub(listen, (size_t)end + 2, listen.len);
    } else {
        h = str_cut(listen, ':', &p);
    }
    bool digits = p.ptr && p.len > 0 && p.len <= 5;
    for (size_t i = 0; digits && i < p.len; i++)
        digits = p.ptr[i] >= '0' && p.ptr[i] <= '9';
    if (!digits || h.len == 0 || h.len > 45)
        return error_set(err, E_INPUT,
                         "'%.*s' is not HOST:PORT, for instance 127.0.0.1:8080 or [::1]:8080",
                         STR_ARG(listen));
    memcpy(host, h.ptr, h.len);
    host[h.len] = '\0';
    memcpy(port, p.ptr, p.len);
    port[p.len] = '\0';
    if (strcasecmp(host, "localhost") == 0)
        memcpy(host, "127.0.0.1", sizeof "127.0.0.1");
    return OK;
}

static enum code listen_parse(struct str listen, struct addrinfo **out, char host[64],
                              struct error *err)
{
    char port[8];
    struct addrinfo hint = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                            .ai_socktype = SOCK_STREAM};
    TRY(listen_split(listen, host, port, err));
    if (strtol(port, NULL, 10) > 65535)
        return error_set(err, E_INPUT, "port %s is above 65535", port);
    if (getaddrinfo(host, port, &hint, out) != 0)
        return error_set(err, E_INPUT,
                         "'%s' is not an IP address; give 127.0.0.1, [::1], 0.0.0.0 …", host);
    return OK;
}

enum code http_listen_check(struct str listen, bool *loopback, struct error *err)
{
    struct addrinfo *ai;
    char host[64];
    TRY(listen_parse(listen, &ai, host, err));
    *loopback = sockaddr_loopback(ai->ai_addr);
    freeaddrinfo(ai);
    return OK;
}

static int bound_port(int fd)
{
    struct sockaddr_storage sa;
    socklen_t len = sizeof sa;
    if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
        return 0;
    return ntohs(sa.ss_family == AF_INET ? ((struct sockaddr_in *)(void *)&sa)->sin_port
                                         : ((struct sockaddr_in6 *)(void *)&sa)->sin6_port);
}

static enum code bind_listen(struct http_server *s, struct str where, int *fd, struct error *err)
{
    struct addrinfo *ai;
    char host[64];
    int one = 1;
    TRY(listen_parse(where, &ai, host, err));
    *fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = *fd >= 0 && setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
              bind(*fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(*fd, 128) == 0;
    int why = errno;
    s->loopback = sockaddr_loopback(ai->ai_addr);
    bool v6 = ai->ai_family == AF_INET6;
    freeaddrinfo(ai);
    if (!ok) {
        if (*fd >= 0)
            close(*fd);
        return error_set(err, E_IO, "cannot listen on '%.*s': %s", STR_ARG(where), strerror(why));
    }
    snprintf(s->port, sizeof s->port, "%d", bound_port(*fd));
    snprintf(s->address, sizeof s->address, v6 ? "[%s]:%s" : "%s:%s", host, s->port);
    return OK;
}

/* Host as sent, with our port (80 may be left out), against one name. */
static bool host_is(const struct http_server *s, struct str host, struct str name)
{
    if (name.len == 0 || host.len < name.len || strncasecmp(host.ptr, name.ptr, name.len) != 0)
        return false;
    struct str rest = str_sub(host, name.len, host.len);
    if (rest.len == 0)
        return strcmp(s->port, "80") == 0;
    return rest.ptr[0] == ':' && str_is(str_sub(rest, 1, rest.len), s->port);
}

/* I3: a page of another site that had its name resolved to 127.0.0.1 still sends that name. */
static bool host_ok(const struct http_server *s, struct str host)
{
    static const struct str own[] = {STR("127.0.0.1"), STR("localhost"), STR("[::1]")};
    struct str rest = str_z(s->hosts);
    if (!s->loopback || str_is(host, s->address))
        return true;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (host_is(s, host, own[i]))
            return true;
    while (rest.len) {
        struct str name = str_trim(str_cut(rest, ',', &rest));
        /* behind a proxy the port is the proxy's, so a configured name matches with any */
        struct str after = str_sub(host, name.len, host.len);
        if (str_is(name, "*") ||
            (name.len && name.len <= host.len && strncasecmp(host.ptr, name.ptr, name.len) == 0 &&
             (after.len == 0 || after.ptr[0] == ':')))
            return true;
    }
    return false;
}

/* ---- one request ---- */

static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *mc)
{
    (void)ctx, (void)mc;
    struct conn *c = mem_zalloc(sizeof *c);
    c->uri_len = strlen(uri);
    return c;
}

static void on_done(void *ctx, struct MHD_Connection *mc, void **con,
                    enum MHD_RequestTerminationCode why)
{
    (void)ctx, (void)mc, (void)why;
    struct conn *c = *con;
    if (!c)
        return;
    vec_clear(&c->rq.query);
    vec_clear(&c->rq.headers);
    buf_clear(&c->body);
    buf_clear(&c->reply.body);
    if (c->began)
        arena_clear(&c->arena);
    mem_free(c);
    *con = NULL;
}

static enum MHD_Result on_pair(void *ctx, enum MHD_ValueKind kind, const char *key, size_t key_size,
                               const char *value, size_t value_size)
{
    struct conn *c = ctx;
    struct http_pair p = {arena_dup(&c->arena, (struct str){key, key_size}),
                          arena_dup(&c->arena, (struct str){value ? value : "", value_size})};
    if (kind == MHD_HEADER_KIND)
        vec_push(&c->rq.headers, p);
    else
        vec_push(&c->rq.query, p);
    return MHD_YES;
}

static bool peer_loopback(struct conn *c, struct MHD_Connection *mc)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info && info->client_addr && sockaddr_loopback(info->client_addr) &&
           !http_header(&c->rq, "X-Forwarded-For").ptr && !http_header(&c->rq, "Forwarded").ptr;
}

static bool refuse(struct conn *c, unsigned status, enum code code, const char *text)
{
    struct error e = {0};
    (void)error_set(&e, code, "%s", text);
    http_reply_error(&c->reply, status, &e);
    return c->decided = true;
}

static bool query_valid(const struct conn *c)
{
    for (size_t i = 0; i < c->rq.query.len; i++)
        if (!utf8_valid(c->rq.query.v[i].name) || !utf8_valid(c->rq.query.v[i].value))
            return false;
    return utf8_valid(c->rq.path);
}

static bool body_too_long(struct conn *c, uint64_t len)
{
    struct error e = {0};
    if (len <= c->body_max)
        return false;
    if (c->body_max == 0)
        (void)error_set(&e, E_LIMIT, "this operation takes no body");
    else
        (void)error_set(&e, E_LIMIT,
                        "the body has more than %zu bytes, the limit of this server; send it in "
                        "parts, or start the server with a larger --body-limit",
                        c->body_max);
    http_reply_error(&c->reply, 413, &e);
    return c->decided = true;
}

/* I2: everything that can be refused from the headers is. */
static void decide(struct http_server *s, struct conn *c)
{
    if (c->uri_len > HTTP_ADDRESS_MAX)
        refuse(c, 414, E_LIMIT, "the address is longer than 8192 bytes");
    else if (!host_ok(s, http_header(&c->rq, "Host")))
        refuse(c, 403, E_DENIED,
               "this server answers to 127.0.0.1, localhost and [::1] only; allow other names with "
               "'luoshu setting DIR hosts NAME'");
    else if (!query_valid(c))
        refuse(c, 400, E_INPUT, "the address is not UTF-8");
    else if (s->handler.head(s->handler.ctx, &c->rq, &c->reply, &c->body_max))
        c->decided = true;
    else
        body_too_long(
            c, strtoull(arena_z(&c->arena, http_header(&c->rq, "Content-Length")), NULL, 10));
}

static void begin(struct http_server *s, struct conn *c, struct MHD_Connection *mc, const char *url,
                  const char *method)
{
    arena_init(&c->arena, 0); /* what goes in is bounded by the limits above */
    c->began = true;
    c->head = strcmp(method, "HEAD") == 0;
    c->rq.arena = &c->arena;
    c->rq.method = arena_dup(&c->arena, str_z(method));
    c->rq.path = arena_dup(&c->arena, str_z(url));
    MHD_get_connection_values_n(mc, MHD_HEADER_KIND, on_pair, c);
    MHD_get_connection_values_n(mc, MHD_GET_ARGUMENT_KIND, on_pair, c);
    c->rq.loopback = peer_loopback(c, mc);
    decide(s, c);
    buf_init(&c->body, c->body_max + 1);
}

static enum MHD_Result take_body(struct conn *c, const char *data, size_t *len)
{
    if (!c->decided && !body_too_long(c, (uint64_t)c->body.len + *len))
        buf_add(&c->body, (struct str){data, *len});
    else if ((c->discarded += *len) > HTTP_DISCARD_MAX)
        return MHD_NO;
    if (c->decided)
        buf_clear(&c->body);
    *len = 0;
    return MHD_YES;
}

/* ---- replies ---- */

/* Waits for news, the beat or the end; then what there is to say. */
static void stream_fill(struct stream *st)
{
    struct http_server *s = st->server;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += HTTP_BEAT_SECONDS;
    pthread_mutex_lock(&s->lock);
    int rc = 0;
    while (!s->stopping && st->notices == s->notices && rc == 0)
        rc = pthread_cond_timedwait(&s->wake, &s->lock, &until);
    st->notices = s->notices;
    pthread_mutex_unlock(&s->lock);
    buf_reset(&st->text);
    st->sent = 0;
    s->handler.next(s->handler.ctx, &st->cursor, &st->text);
    if (st->text.len == 0)
        buf_z(&st->text, ": beat\n\n");
}

static bool server_stopping(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stopping;
}

static ssize_t stream_read(void *ctx, uint64_t pos, char *to, size_t max)
{
    struct stream *st = ctx;
    (void)pos;
    if (server_stopping(st->server))
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (st->sent == st->text.len)
        stream_fill(st);
    if (server_stopping(st->server))
        return MHD_CONTENT_READER_END_OF_STREAM;
    struct str part = str_sub(buf_str(&st->text), st->sent, max);
    memcpy(to, part.ptr, part.len);
    st->sent += part.len;
    return (ssize_t)part.len;
}

static void stream_free(void *ctx)
{
    struct stream *st = ctx;
    atomic_fetch_sub(&st->server->streams, 1);
    buf_clear(&st->text);
    mem_free(st);
}

static struct MHD_Response *stream_response(struct http_server *s, uint64_t cursor)
{
    struct stream *st = mem_zalloc(sizeof *st);
    st->server = s;
    st->cursor = cursor;
    st->notices = UINT64_MAX; /* the first event goes out at once */
    buf_init(&st->text, STREAM_TEXT_MAX);
    atomic_fetch_add(&s->streams, 1);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, stream_read, st, stream_free);
}

static struct MHD_Response *body_response(struct http_reply *r)
{
    if (r->fixed.ptr)
        return MHD_create_response_from_buffer(r->fixed.len, (void *)(uintptr_t)r->fixed.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    if (r->body.len == 0)
        return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    void *bytes = r->body.ptr;
    size_t len = r->body.len;
    r->body = (struct buf){0};
    return MHD_create_response_from_buffer_with_free_callback(len, bytes, mem_free);
}

static void add_headers(struct conn *c, struct MHD_Response *mr)
{
    struct http_reply *r = &c->reply;
    for (size_t i = 0; i < sizeof security / sizeof *security; i++)
        MHD_add_response_header(mr, security[i].name.ptr, security[i].value.ptr);
    if (r->stream) {
        MHD_add_response_header(mr, "Content-Type", "text/event-stream");
        MHD_add_response_header(mr, "Cache-Control", "no-store");
        MHD_add_response_header(mr, "X-Accel-Buffering", "no");
    } else if (r->type && r->status != 304) {
        MHD_add_response_header(mr, "Content-Type", r->type);
    }
    for (size_t i = 0; i < r->headers; i++)
        MHD_add_response_header(mr, arena_z(&c->arena, r->header[i].name),
                                arena_z(&c->arena, r->header[i].value));
}

static enum MHD_Result answer(struct http_server *s, struct conn *c, struct MHD_Connection *mc)
{
    if (c->reply.stream && atomic_load(&s->streams) >= HTTP_STREAMS_MAX) {
        c->reply.stream = false;
        refuse(c, 503, E_LIMIT, "256 live streams are open; close one");
    }
    struct MHD_Response *mr = c->reply.stream ? stream_response(s, c->reply.cursor) : body_response(&c->reply);
    if (!mr)
        return MHD_NO;
    add_headers(c, mr);
    s->handler.done(s->handler.ctx, &c->rq, c->reply.status);
    enum MHD_Result result = MHD_queue_response(mc, c->reply.status, mr);
    MHD_destroy_response(mr);
    return result;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *mc, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *len, void **con)
{
    struct http_server *s = ctx;
    struct conn *c = *con;
    (void)version;
    if (!c->began) {
        begin(s, c, mc, url, method);
        /* a client that waits for leave to send the body hears the refusal instead */
        return c->decided && http_header(&c->rq, "Expect").ptr ? answer(s, c, mc) : MHD_YES;
    }
    if (*len)
        return take_body(c, data, len);
    if (!c->decided) {
        c->rq.body = buf_str(&c->body);
        s->handler.serve(s->handler.ctx, &c->rq, &c->reply);
        c->decided = true;
    }
    return answer(s, c, mc);
}

/* ---- the server ---- */

PRINTF_LIKE(2, 0)
static void on_log(void *ctx, const char *fmt, va_list ap)
{
    struct buf b;
    (void)ctx;
    buf_init(&b, 1000);
    buf_vfmt(&b, fmt, ap);
    log_event(LOG_DEBUG, "http", "text=\"%.*s\"", STR_ARG(str_trim(buf_str(&b))));
    buf_clear(&b);
}

static struct MHD_Daemon *start_daemon(struct http_server *s, int fd)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log,
                            NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)HTTP_IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)HTTP_MEMORY_MAX, MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
                            MHD_OPTION_NOTIFY_COMPLETED, on_done, s, MHD_OPTION_END);
}

static void server_free(struct http_server *s)
{
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    mem_free(s->hosts);
    mem_free(s);
}

enum code http_start(struct http_server **out, struct str listen, struct str hosts,
                     struct http_handler handler, struct error *err)
{
    struct http_server *s = mem_zalloc(sizeof *s);
    int fd = -1;
    s->handler = handler;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    s->hosts = mem_zalloc(hosts.len + 1);
    if (hosts.len)
        memcpy(s->hosts, hosts.ptr, hosts.len);
    enum code code = bind_listen(s, listen, &fd, err);
    if (code == OK && !(s->daemon = start_daemon(s, fd))) {
        close(fd);
        code = error_set(err, E_BACKEND, "libmicrohttpd did not start on '%s'", s->address);
    }
    if (code != OK) {
        server_free(s);
        return code;
    }
    *out = s;
    return OK;
}

void http_stop(struct http_server *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
    MHD_stop_daemon(s->daemon);
    assert(atomic_load(&s->streams) == 0); /* I5 */
    server_free(s);
}

void http_notify(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->notices++;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

const char *http_address(const struct http_server *s)
{
    return s->address;
}
