/* tcp.c - the loop of tcp.h over epoll. A connection that ends is taken down at the end of its
 * round, so a handler never holds a pointer to one that is gone. */
#include "net/tcp.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_DEFAULT 10000
#define OUT_DEFAULT (256u << 10)
#define READ_ONCE (64u << 10) /* of one connection in a round: none starves the others */
#define EVENTS 256

struct tcp_conn {
    struct tcp_server *server;
    int fd;
    size_t index; /* in server->conns */
    void *user;
    char peer[80];
    struct buf out;
    size_t sent;
    int64_t last_ms;
    const char *closing; /* why; NULL: it lives */
    bool writes;         /* epoll watches for room */
};
struct tcp_server {
    struct tcp_limits limits;
    struct tcp_handler handler;
    int listener, epoll, wake;
    bool paused; /* no descriptors left: accept again at the next tick */
    char address[80];
    pthread_t thread;
    atomic_bool stopping;
    VEC(struct tcp_conn *) conns;
    VEC(struct tcp_conn *) touched; /* in this round: to be sent or closed */
    char *chunk;
    atomic_ullong accepted, refused, idle, bytes_in, bytes_out;
    atomic_size_t open;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the listener ---- */

static enum code split(struct str listen, char host[64], char port[8], struct error *err)
{
    struct str h, p;
    ptrdiff_t end = listen.len && listen.ptr[0] == '[' ? str_find(listen, STR("]:")) : -1;
    if (end > 0) {
        h = str_sub(listen, 1, (size_t)end - 1);
        p = str_sub(listen, (size_t)end + 2, listen.len);
    } else {
        h = str_cut(listen, ':', &p);
    }
    bool good = p.ptr && p.len > 0 && p.len <= 5 && h.len > 0 && h.len <= 45;
    for (size_t i = 0; good && i < p.len; i++)
        good = p.ptr[i] >= '0' && p.ptr[i] <= '9';
    if (!good)
        return error_set(err, E_INPUT,
                         "'%.*s' is not HOST:PORT, for instance 127.0.0.1:9002 or [::1]:9002",
                         STR_ARG(listen));
    snprintf(host, 64, "%.*s", STR_ARG(h));
    snprintf(port, 8, "%.*s", STR_ARG(p));
    if (strcasecmp(host, "localhost") == 0)
        snprintf(host, 64, "127.0.0.1");
    return strtol(port, NULL, 10) > 65535 ? error_set(err, E_INPUT, "port %s is above 65535", port)
                                          : OK;
}

static void tell_address(struct tcp_server *s, const char *host)
{
    struct sockaddr_storage sa;
    socklen_t len = sizeof sa;
    char port[8] = "0";
    if (getsockname(s->listener, (struct sockaddr *)&sa, &len) == 0)
        getnameinfo((struct sockaddr *)&sa, len, NULL, 0, port, sizeof port, NI_NUMERICSERV);
    snprintf(s->address, sizeof s->address, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

static enum code listen_on(struct tcp_server *s, struct str listen_at, struct error *err)
{
    char host[64], port[8];
    struct addrinfo *ai,
        hint = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    TRY(split(listen_at, host, port, err));
    if (getaddrinfo(host, port, &hint, &ai) != 0)
        return error_set(err, E_INPUT, "'%s' is not an IP address; give 127.0.0.1, [::1], 0.0.0.0",
                         host);
    int on = 1;
    s->listener = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good = s->listener >= 0 &&
                setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                bind(s->listener, ai->ai_addr, ai->ai_addrlen) == 0 &&
                listen(s->listener, 512) == 0;
    int saved = errno;
    freeaddrinfo(ai);
    if (!good)
        return error_set(err, E_IO, "cannot listen on %.*s: %s", STR_ARG(listen_at),
                         strerror(saved));
    tell_address(s, host);
    return OK;
}

static void watch(struct tcp_server *s, int fd, void *what, uint32_t events, int how)
{
    struct epoll_event e = {.events = events, .data.ptr = what};
    if (epoll_ctl(s->epoll, how, fd, &e) != 0)
        log_event(LOG_ERROR, "tcp.epoll", "fd=%d error=%s", fd, strerror(errno));
}

/* ---- connections ---- */

static void touch(struct tcp_conn *c)
{
    vec_push(&c->server->touched, c);
}

static void conn_open(struct tcp_server *s, int fd, const struct sockaddr *sa, socklen_t len)
{
    char host[64] = "?", port[8] = "?";
    int on = 1;
    struct tcp_conn *c = mem_zalloc(sizeof *c);
    getnameinfo(sa, len, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(c->peer, sizeof c->peer, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    c->server = s;
    c->fd = fd;
    c->index = s->conns.len;
    c->last_ms = now_ms();
    buf_init(&c->out, s->limits.out_max);
    vec_push(&s->conns, c);
    atomic_fetch_add(&s->open, 1);
    atomic_fetch_add(&s->accepted, 1);
    watch(s, fd, c, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
    if (s->handler.open)
        s->handler.open(s->handler.ctx, c);
}

static void accept_all(struct tcp_server *s)
{
    for (;;) {
        struct sockaddr_storage sa;
        socklen_t len = sizeof sa;
        int fd = accept4(s->listener, (struct sockaddr *)&sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0) {
            if (errno != EAGAIN && !s->paused) { /* EMFILE, ENFILE, ENOMEM: not in a tight loop */
                log_event(LOG_ERROR, "tcp.accept", "error=%s", strerror(errno));
                s->paused = true;
                watch(s, s->listener, s, 0, EPOLL_CTL_MOD);
            }
            return;
        }
        if (s->conns.len >= s->limits.connections) {
            atomic_fetch_add(&s->refused, 1);
            close(fd);
            continue;
        }
        conn_open(s, fd, (struct sockaddr *)&sa, len);
    }
}

void tcp_close(struct tcp_conn *c, const char *why)
{
    if (c->closing)
        return;
    c->closing = why;
    touch(c);
}

void tcp_send(struct tcp_conn *c, struct str bytes)
{
    buf_add(&c->out, bytes);
    touch(c);
}

static void conn_read(struct tcp_conn *c)
{
    struct tcp_server *s = c->server;
    ssize_t n = recv(c->fd, s->chunk, READ_ONCE, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        tcp_close(c, n == 0 ? "the peer closed" : "the connection broke");
        return;
    }
    c->last_ms = now_ms();
    atomic_fetch_add(&s->bytes_in, (unsigned long long)n);
    if (!s->handler.bytes(s->handler.ctx, c, (struct str){s->chunk, (size_t)n}))
        tcp_close(c, "refused");
}

/* Sends what can be sent. */
static void conn_flush(struct tcp_conn *c)
{
    struct tcp_server *s = c->server;
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.ptr + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EAGAIN && !c->closing)
                c->closing = "the connection broke";
            break;
        }
        c->sent += (size_t)n;
        atomic_fetch_add(&s->bytes_out, (unsigned long long)n);
    }
    if (c->out.full && !c->closing)
        c->closing = "the peer does not read";
    bool waits = c->sent < c->out.len;
    if (!waits) {
        buf_reset(&c->out);
        c->sent = 0;
    }
    if (!c->closing && waits != c->writes) {
        c->writes = waits;
        watch(s, c->fd, c, EPOLLIN | EPOLLRDHUP | (waits ? EPOLLOUT : 0), EPOLL_CTL_MOD);
    }
}

static void conn_end(struct tcp_conn *c)
{
    struct tcp_server *s = c->server;
    if (s->handler.closed)
        s->handler.closed(s->handler.ctx, c, c->closing);
    s->conns.v[c->index] = s->conns.v[--s->conns.len];
    s->conns.v[c->index]->index = c->index;
    atomic_fetch_sub(&s->open, 1);
    close(c->fd);
    buf_clear(&c->out);
    mem_free(c);
}

static int by_address(const void *a, const void *b)
{
    const struct tcp_conn *x = *(struct tcp_conn *const *)a, *y = *(struct tcp_conn *const *)b;
    return (x > y) - (x < y);
}

static void round_end(struct tcp_server *s)
{
    if (s->handler.round)
        s->handler.round(s->handler.ctx);
    if (s->touched.len)
        qsort(s->touched.v, s->touched.len, sizeof *s->touched.v, by_address);
    for (size_t i = 0; i < s->touched.len; i++) {
        struct tcp_conn *c = s->touched.v[i];
        if (i > 0 && s->touched.v[i - 1] == c)
            continue;
        conn_flush(c);
    }
    for (size_t i = 0; i < s->touched.len; i++) {
        struct tcp_conn *c = s->touched.v[i];
        bool last = i + 1 == s->touched.len || s->touched.v[i + 1] != c;
        if (last && c->closing)
            conn_end(c);
    }
    s->touched.len = 0;
}

static void tick(struct tcp_server *s)
{
    int64_t now = now_ms(), idle_ms = (int64_t)s->limits.idle_s * 1000;
    if (s->paused) {
        s->paused = false;
        watch(s, s->listener, s, EPOLLIN, EPOLL_CTL_MOD);
    }
    for (size_t i = 0; idle_ms && i < s->conns.len; i++)
        if (now - s->conns.v[i]->last_ms > idle_ms) {
            atomic_fetch_add(&s->idle, 1);
            tcp_close(s->conns.v[i], "idle");
        }
    if (s->handler.tick)
        s->handler.tick(s->handler.ctx);
}

static void dispatch(struct tcp_server *s, const struct epoll_event *e)
{
    uint64_t n;
    if (e->data.ptr == &s->wake) {
        (void)!read(s->wake, &n, sizeof n);
        return;
    }
    if (e->data.ptr == s) {
        accept_all(s);
        return;
    }
    struct tcp_conn *c = e->data.ptr;
    if (e->events & EPOLLOUT)
        touch(c);
    if (e->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR) && !c->closing)
        conn_read(c);
}

static void *loop(void *arg)
{
    struct tcp_server *s = arg;
    struct epoll_event events[EVENTS];
    int64_t next_tick = now_ms() + 1000;
    while (!tcp_stopping(s)) {
        int64_t wait = next_tick - now_ms();
        int n = epoll_wait(s->epoll, events, EVENTS, wait > 0 ? (int)wait : 0);
        for (int i = 0; i < n; i++)
            dispatch(s, &events[i]);
        if (now_ms() >= next_tick) {
            tick(s);
            next_tick = now_ms() + 1000;
        }
        round_end(s);
    }
    for (size_t i = 0; i < s->conns.len; i++)
        tcp_close(s->conns.v[i], "the server stops");
    round_end(s);
    return NULL;
}

/* ---- outside the thread ---- */

static void server_free(struct tcp_server *s)
{
    if (s->listener >= 0)
        close(s->listener);
    if (s->epoll >= 0)
        close(s->epoll);
    if (s->wake >= 0)
        close(s->wake);
    vec_clear(&s->conns);
    vec_clear(&s->touched);
    mem_free(s->chunk);
    mem_free(s);
}

enum code tcp_start(struct tcp_server **out, struct str listen, struct tcp_limits limits,
                    struct tcp_handler handler, struct error *err)
{
    struct tcp_server *s = mem_zalloc(sizeof *s);
    s->limits = limits;
    s->handler = handler;
    s->listener = -1;
    s->limits.connections = limits.connections ? limits.connections : CONNECTIONS_DEFAULT;
    s->limits.out_max = limits.out_max ? limits.out_max : OUT_DEFAULT;
    s->chunk = mem_alloc(READ_ONCE);
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum code code = s->epoll < 0 || s->wake < 0
                         ? error_set(err, E_IO, "cannot wait for sockets: %s", strerror(errno))
                         : listen_on(s, listen, err);
    if (code == OK) {
        watch(s, s->listener, s, EPOLLIN, EPOLL_CTL_ADD);
        watch(s, s->wake, &s->wake, EPOLLIN, EPOLL_CTL_ADD);
        *out = s; /* a handler may ask for it at once */
        if (pthread_create(&s->thread, NULL, loop, s) != 0)
            code = error_set(err, E_IO, "cannot start a thread: %s", strerror(errno));
    }
    if (code != OK) {
        *out = NULL;
        server_free(s);
    }
    return code;
}

void tcp_stop(struct tcp_server *s)
{
    uint64_t one = 1;
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    (void)!write(s->wake, &one, sizeof one);
    pthread_join(s->thread, NULL);
    server_free(s);
}

bool tcp_stopping(const struct tcp_server *s)
{
    return atomic_load(&s->stopping);
}
const char *tcp_address(const struct tcp_server *s)
{
    return s->address;
}
void tcp_user_set(struct tcp_conn *c, void *user)
{
    c->user = user;
}
void *tcp_user(const struct tcp_conn *c)
{
    return c->user;
}
const char *tcp_peer(const struct tcp_conn *c)
{
    return c->peer;
}
void tcp_counts(const struct tcp_server *s, struct tcp_counts *out)
{
    *out = (struct tcp_counts){.accepted = atomic_load(&s->accepted),
                               .refused = atomic_load(&s->refused),
                               .idle = atomic_load(&s->idle),
                               .bytes_in = atomic_load(&s->bytes_in),
                               .bytes_out = atomic_load(&s->bytes_out),
                               .open = atomic_load(&s->open)};
}
