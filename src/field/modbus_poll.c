/* modbus_poll.c - modbus.h put to work: sockets, times, back-off. What a thread owns, only it
 * touches. */
#include "field/modbus_poll.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BACKOFF_MAX_MS 60000
#define UNSENT_MAX 20000u /* samples a connection keeps while the intake can't take them */
#define FILE_BYTES_MAX (64u << 20)
#define SILENT_MAX 3 /* requests in a row without an answer: connect anew */

struct turn { /* a request's course */
    int64_t due_ms;
    unsigned fails;
    bool single; /* read point by point: a hole within */
};
struct worker {
    struct modbus_poll *poll;
    const struct modbus_link *link;
    pthread_t thread;
    bool started;
    int fd;
    uint16_t transaction;
    unsigned fails, silent;
    int64_t again_ms; /* connect not before */
    struct turn *turns;
    uint8_t *states; /* last told state by point of the map, STATE_COUNT = none */
    struct str series;
    VEC(struct sample) out;
    struct intake_result result;
    atomic_ullong requests, exceptions, timeouts, broken, connects, samples, dropped, refused;
    atomic_bool up;
};
struct modbus_poll {
    struct modbus_map *map;
    modbus_put_fn put;
    void *ctx;
    int64_t (*clock_ms)(void *ctx);
    struct worker *workers;
    atomic_bool stopping;
    int wake;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t backoff(unsigned fails)
{
    int64_t ms = fails > 6 ? BACKOFF_MAX_MS : (int64_t)500 << fails;
    return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}

static bool stopping(const struct worker *w)
{
    return atomic_load(&w->poll->stopping);
}

/* Until fd is ready (fd < 0: nothing to wait for but time). false: time is over or the end. */
static bool wait_for(const struct worker *w, int fd, short events, int64_t until)
{
    struct pollfd p[2] = {{.fd = w->poll->wake, .events = POLLIN}, {.fd = fd, .events = events}};
    for (;;) {
        int64_t left = until - now_ms();
        if (stopping(w) || left <= 0)
            return false;
        int n = poll(p, fd >= 0 ? 2 : 1, (int)(left < 1000000 ? left : 1000000));
        if (n > 0 && fd >= 0 && p[1].revents)
            return true;
        if (n > 0 && p[0].revents)
            return false;
    }
}

/* ---- what is told ---- */

static void say(struct worker *w, uint32_t point, const struct sample *s)
{
    if (w->out.len >= UNSENT_MAX) {
        atomic_fetch_add(&w->dropped, 1);
        return;
    }
    vec_push(&w->out, *s);
    w->states[point] = s->state;
}

static void say_state(struct worker *w, uint32_t point, enum fact_state state, int64_t time_ms)
{
    struct sample s = {.series = w->series,
                       .field = w->poll->map->points.v[point].name,
                       .time_ms = time_ms,
                       .state = (uint8_t)state};
    if (w->states[point] != state)
        say(w, point, &s);
}

static void say_request(struct worker *w, const struct modbus_request *r, enum fact_state state)
{
    int64_t time = w->poll->clock_ms(w->poll->ctx);
    for (uint32_t i = 0; i < r->points; i++)
        say_state(w, w->poll->map->order.v[r->first + i], state, time);
}

static void deliver(struct worker *w)
{
    struct error err = {0};
    if (!w->out.len)
        return;
    w->result = (struct intake_result){0};
    if (w->poll->put(w->poll->ctx, w->out.v, w->out.len, &w->result, &err) != OK) {
        log_event(LOG_ERROR, "modbus.held", "connection=%.*s samples=%zu why=\"%s\"",
                  STR_ARG(w->link->name), w->out.len, err.text);
        return; /* the same again with the next ones */
    }
    atomic_fetch_add(&w->samples, w->out.len);
    atomic_fetch_add(&w->refused, w->result.refused);
    if (w->result.refused)
        log_event(LOG_WARN, "modbus.refused", "connection=%.*s samples=%llu first=\"%s\"",
                  STR_ARG(w->link->name), (unsigned long long)w->result.refused,
                  w->result.why[0].text);
    w->out.len = 0;
}

/* ---- the connection ---- */

static void hang_up(struct worker *w, const char *why)
{
    if (w->fd < 0)
        return;
    log_event(LOG_WARN, "modbus.closed", "connection=%.*s why=\"%s\"", STR_ARG(w->link->name), why);
    close(w->fd);
    w->fd = -1;
    w->silent = 0;
    atomic_store(&w->up, false);
}

static int dial_one(struct worker *w, const struct addrinfo *ai)
{
    int on = 1, error = 0;
    socklen_t len = sizeof error;
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bool good = connect(fd, ai->ai_addr, ai->ai_addrlen) == 0;
    if (!good && errno == EINPROGRESS)
        good = wait_for(w, fd, POLLOUT, now_ms() + w->link->timeout_ms) &&
               getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0;
    if (good)
        return fd;
    close(fd);
    return -1;
}

static bool dial(struct worker *w)
{
    struct addrinfo *list, hint = {.ai_socktype = SOCK_STREAM};
    if (now_ms() < w->again_ms)
        return false;
    if (getaddrinfo(w->link->host, w->link->port, &hint, &list) == 0) {
        for (struct addrinfo *ai = list; ai && w->fd < 0; ai = ai->ai_next)
            w->fd = dial_one(w, ai);
        freeaddrinfo(list);
    }
    if (w->fd < 0) {
        w->fails++;
        w->again_ms = now_ms() + backoff(w->fails);
        if (w->fails == 1 || w->fails % 60 == 0)
            log_event(LOG_WARN, "modbus.unreachable", "connection=%.*s host=%s:%s tries=%u",
                      STR_ARG(w->link->name), w->link->host, w->link->port, w->fails);
        return false;
    }
    atomic_fetch_add(&w->connects, 1);
    atomic_store(&w->up, true);
    return true;
}

/* Connection lost: every request of it goes on as failed. */
static void all_offline(struct worker *w)
{
    for (uint32_t i = 0; i < w->link->requests; i++)
        say_request(w, &w->poll->map->requests.v[w->link->first + i], STATE_OFFLINE);
}

/* ---- one exchange ---- */

enum outcome { GOT_DATA, GOT_EXCEPTION, GOT_NOTHING, GOT_BROKEN };

static bool send_all(struct worker *w, const uint8_t *bytes, size_t n, int64_t until)
{
    while (n) {
        ssize_t sent = send(w->fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!wait_for(w, w->fd, POLLOUT, until))
                return false;
            continue;
        }
        if (sent < 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* Bytes of an answer that came too late may stand before it. in: 2 * MODBUS_FRAME_MAX bytes. */
static enum outcome hear(struct worker *w, const struct modbus_ask *a, char *in, int64_t until,
                         struct str *data, uint8_t *exception)
{
    size_t have = 0, used;
    for (;;) {
        struct error err = {0};
        enum modbus_got got = modbus_take(a, (struct str){in, have}, &used, data, exception, &err);
        if (got == MODBUS_DATA || got == MODBUS_EXCEPTION)
            return got == MODBUS_DATA ? GOT_DATA : GOT_EXCEPTION;
        if (got == MODBUS_BROKEN || (got == MODBUS_MORE && have == 2 * MODBUS_FRAME_MAX)) {
            hang_up(w, err.text);
            return GOT_BROKEN;
        }
        if (got == MODBUS_LATE) {
            memmove(in, in + used, have - used);
            have -= used;
            continue;
        }
        if (!wait_for(w, w->fd, POLLIN, until))
            return GOT_NOTHING;
        ssize_t n = recv(w->fd, in + have, 2 * MODBUS_FRAME_MAX - have, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0) {
            hang_up(w, n == 0 ? "the device closed" : strerror(errno));
            return GOT_BROKEN;
        }
        have += (size_t)n;
    }
}

static enum outcome exchange(struct worker *w, const struct modbus_request *r, char *in,
                             struct str *data, uint8_t *exception)
{
    uint8_t out[MODBUS_FRAME_MAX];
    struct modbus_ask a = {.mode = w->link->mode,
                           .transaction = ++w->transaction,
                           .unit = r->unit,
                           .function = modbus_function(r->space),
                           .address = r->address,
                           .count = r->count};
    int64_t until = now_ms() + w->link->timeout_ms;
    atomic_fetch_add(&w->requests, 1);
    if (!send_all(w, out, modbus_ask_put(&a, out), until)) {
        hang_up(w, "cannot send");
        return GOT_BROKEN;
    }
    enum outcome o = hear(w, &a, in, until, data, exception);
    w->silent = o == GOT_NOTHING ? w->silent + 1 : 0;
    if (o == GOT_NOTHING)
        atomic_fetch_add(&w->timeouts, 1);
    if (o == GOT_BROKEN)
        atomic_fetch_add(&w->broken, 1);
    if (o == GOT_EXCEPTION)
        atomic_fetch_add(&w->exceptions, 1);
    /* RTU has no transaction numbers: an answer that comes late would be taken for the next one */
    if (o == GOT_NOTHING && !stopping(w) &&
        (w->link->mode == MODBUS_RTU || w->silent >= SILENT_MAX))
        hang_up(w, "no answer");
    return o;
}

static void say_values(struct worker *w, const struct modbus_request *r, struct str data)
{
    const struct modbus_map *m = w->poll->map;
    int64_t time = w->poll->clock_ms(w->poll->ctx);
    for (uint32_t i = 0; i < r->points; i++) {
        uint32_t at = m->order.v[r->first + i];
        struct sample s = {.series = w->series, .field = m->points.v[at].name, .time_ms = time};
        modbus_value(&m->points.v[at], r, data, &s);
        if (s.state == STATE_VALUE)
            say(w, at, &s);
        else
            say_state(w, at, (enum fact_state)s.state, time);
    }
}

/* true: the request is served, also by an exception */
static bool ask(struct worker *w, const struct modbus_request *r, uint8_t *exception)
{
    char in[2 * MODBUS_FRAME_MAX];
    struct str data;
    *exception = 0;
    switch (exchange(w, r, in, &data, exception)) {
    case GOT_DATA:
        say_values(w, r, data);
        return true;
    case GOT_EXCEPTION:
        return true;
    default:
        if (!stopping(w))
            say_request(w, r, STATE_OFFLINE);
        return false;
    }
}

static bool ask_single(struct worker *w, const struct modbus_request *r)
{
    const struct modbus_map *m = w->poll->map;
    for (uint32_t i = 0; i < r->points && w->fd >= 0 && !stopping(w); i++) {
        const struct modbus_point *p = &m->points.v[m->order.v[r->first + i]];
        uint8_t exception;
        struct modbus_request one = *r;
        one.address = p->address;
        one.count = (uint16_t)modbus_width(p->type);
        one.first = r->first + i;
        one.points = 1;
        if (!ask(w, &one, &exception))
            return false;
        if (exception)
            say_request(w, &one, modbus_exception_state(exception));
    }
    return true;
}

static bool ask_request(struct worker *w, const struct modbus_request *r, struct turn *t)
{
    uint8_t exception;
    if (t->single)
        return ask_single(w, r);
    if (!ask(w, r, &exception))
        return false;
    if (exception == 2 && r->points > 1) {
        log_event(LOG_WARN, "modbus.hole",
                  "connection=%.*s unit=%u address=%u count=%u; read point by point from now on",
                  STR_ARG(w->link->name), r->unit, r->address, r->count);
        t->single = true;
        return ask_single(w, r);
    }
    if (exception) {
        say_request(w, r, modbus_exception_state(exception));
        if (t->fails == 0)
            log_event(LOG_WARN, "modbus.exception",
                      "connection=%.*s unit=%u address=%u exception=%u \"%s\"",
                      STR_ARG(w->link->name), r->unit, r->address, exception,
                      modbus_exception_name(exception));
        return false;
    }
    return true;
}

/* ---- the thread ---- */

/* The next time on the grid of the interval, so that readings are regular. */
static int64_t next_due(int64_t due, int64_t now, uint32_t every)
{
    int64_t next = due + every;
    return next > now ? next : now + every - (now - due) % every;
}

static void serve_due(struct worker *w, struct turn *t, const struct modbus_request *r)
{
    bool good = ask_request(w, r, t);
    int64_t now = now_ms(), every = r->every_ms;
    t->fails = good ? 0 : t->fails + 1;
    if (t->fails && backoff(t->fails) > every)
        t->due_ms = now + backoff(t->fails);
    else
        t->due_ms = next_due(t->due_ms, now, r->every_ms);
    if (w->fd >= 0 && good)
        w->fails = 0;
}

static void round_of(struct worker *w)
{
    if (w->fd < 0 && !dial(w)) {
        all_offline(w);
        return;
    }
    for (uint32_t i = 0; i < w->link->requests && w->fd >= 0 && !stopping(w); i++)
        if (w->turns[i].due_ms <= now_ms())
            serve_due(w, &w->turns[i], &w->poll->map->requests.v[w->link->first + i]);
    if (w->fd < 0 && !stopping(w)) { /* lost within the round */
        w->fails++;
        w->again_ms = now_ms() + backoff(w->fails);
        all_offline(w);
    }
}

static int64_t next_time(const struct worker *w)
{
    if (w->fd < 0)
        return w->again_ms;
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < w->link->requests; i++)
        next = w->turns[i].due_ms < next ? w->turns[i].due_ms : next;
    if (w->out.len && next > now_ms() + 1000)
        next = now_ms() + 1000; /* what the intake could not take */
    return next;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (uint32_t i = 0; i < w->link->requests; i++)
        w->turns[i].due_ms = now_ms();
    while (!stopping(w)) {
        round_of(w);
        deliver(w);
        (void)wait_for(w, -1, 0, next_time(w));
    }
    deliver(w);
    if (w->fd >= 0)
        close(w->fd);
    return NULL;
}

/* ---- start and end ---- */

void modbus_poll_stop(struct modbus_poll *p)
{
    uint64_t one = 1;
    if (!p)
        return;
    atomic_store(&p->stopping, true);
    (void)!write(p->wake, &one, sizeof one);
    for (size_t i = 0; i < p->map->links.len; i++) {
        struct worker *w = &p->workers[i];
        if (w->started)
            pthread_join(w->thread, NULL);
        vec_clear(&w->out);
        mem_free(w->turns);
        mem_free(w->states);
    }
    close(p->wake);
    mem_free(p->workers);
    modbus_map_free(p->map);
    mem_free(p);
}

static bool worker_start(struct modbus_poll *p, size_t i)
{
    struct worker *w = &p->workers[i];
    pthread_attr_t attr;
    w->poll = p;
    w->link = &p->map->links.v[i];
    w->fd = -1;
    w->turns = mem_zalloc((w->link->requests + 1) * sizeof *w->turns);
    w->states = mem_alloc(p->map->points.len);
    memset(w->states, STATE_COUNT, p->map->points.len);
    w->series = arena_fmt(&p->map->arena, "modbus/%.*s", STR_ARG(w->link->name));
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 512u << 10);
    w->started = pthread_create(&w->thread, &attr, work, w) == 0;
    pthread_attr_destroy(&attr);
    return w->started;
}

enum code modbus_poll_start_with(struct modbus_poll **out, modbus_put_fn put, void *ctx,
                                 int64_t (*clock_ms)(void *ctx), struct modbus_map *map,
                                 struct error *err)
{
    struct modbus_poll *p = mem_zalloc(sizeof *p);
    p->map = map;
    p->put = put;
    p->ctx = ctx;
    p->clock_ms = clock_ms;
    p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    p->workers = mem_zalloc(map->links.len * sizeof *p->workers);
    bool good = p->wake >= 0;
    for (size_t i = 0; good && i < map->links.len; i++)
        good = worker_start(p, i);
    if (!good) {
        modbus_poll_stop(p);
        return error_set(err, E_IO, "cannot start a thread for each connection");
    }
    *out = p;
    return OK;
}

static enum code put_intake(void *ctx, const struct sample *s, size_t n, struct intake_result *out,
                            struct error *err)
{
    return intake_put(ctx, "modbus", s, n, NULL, out, err);
}
static int64_t clock_intake(void *ctx)
{
    return intake_clock_ms(ctx);
}

static enum code slurp(const char *path, struct buf *out, struct error *err)
{
    char chunk[65536];
    size_t n;
    FILE *f = fopen(path, "rbe");
    if (!f)
        return error_set(err, E_IO, "cannot read '%s': %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_add(out, (struct str){chunk, n});
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad)
        return error_set(err, E_IO, "cannot read '%s'", path);
    return out->full ? error_set(err, E_LIMIT, "'%s' is larger than %u bytes", path, FILE_BYTES_MAX)
                     : OK;
}

enum code modbus_poll_start(struct modbus_poll **out, struct intake *intake, const char *path,
                            struct error *err)
{
    struct buf b;
    struct error e = {0};
    struct modbus_map *map = NULL;
    buf_init(&b, FILE_BYTES_MAX);
    enum code code = slurp(path, &b, err);
    if (code == OK) {
        code = modbus_map_read(buf_str(&b), &map, &e);
        if (code != OK)
            error_at(err, code, e.line, e.column, "%s: %s", path, e.text);
    }
    buf_clear(&b);
    return code == OK ? modbus_poll_start_with(out, put_intake, intake, clock_intake, map, err)
                      : code;
}

size_t modbus_poll_points(const struct modbus_poll *p)
{
    return p->map->points.len;
}

void modbus_poll_metrics(const struct modbus_poll *p, struct buf *out)
{
    static const char *const names[] = {"requests", "exceptions", "timeouts", "broken",
                                        "connects", "samples",    "dropped",  "refused"};
    buf_z(out, "# HELP luoshu_modbus_total Modbus: what happened, by connection.\n"
               "# TYPE luoshu_modbus_total counter\n");
    for (size_t i = 0; i < p->map->links.len; i++) {
        const struct worker *w = &p->workers[i];
        const atomic_ullong *const counts[] = {&w->requests, &w->exceptions, &w->timeouts,
                                               &w->broken,   &w->connects,   &w->samples,
                                               &w->dropped,  &w->refused};
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            buf_fmt(out, "luoshu_modbus_total{connection=\"%.*s\",what=\"%s\"} %llu\n",
                    STR_ARG(w->link->name), names[k], (unsigned long long)atomic_load(counts[k]));
    }
    buf_z(out, "# HELP luoshu_modbus_up Is the connection there?\n# TYPE luoshu_modbus_up gauge\n");
    for (size_t i = 0; i < p->map->links.len; i++)
        buf_fmt(out, "luoshu_modbus_up{connection=\"%.*s\"} %d\n",
                STR_ARG(p->workers[i].link->name), atomic_load(&p->workers[i].up));
}
