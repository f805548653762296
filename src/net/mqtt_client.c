/* mqtt_client.c - the client's thread: connect, read, write, keep alive, try again. */
#include "net/mqtt_client_int.h"
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define READ_ROOM ((size_t)256 << 10)
#define CONNACK_MS 10000
#define OUT_BUFFER_MAX ((size_t)128 << 20)
#define LEAVE_MS 1000 /* for what is to be sent last */

int64_t mqtt_clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- keep alive ---- */

static void ping_if_due(struct mqtt_client *c)
{
    int64_t half_ms = (int64_t)c->keep_alive_s * 500;
    if (c->up && c->keep_alive_s && mqtt_clock_ms() - c->last_sent_ms >= half_ms) {
        buf_add(&c->out, STR("\xC0\x00"));
        c->last_sent_ms = mqtt_clock_ms(); /* also when it cannot leave just now */
    }
}

static enum code silence(struct mqtt_client *c, struct error *err)
{
    int64_t quiet = mqtt_clock_ms() - c->last_got_ms;
    int64_t most = c->up ? (int64_t)c->keep_alive_s * 1500 : CONNACK_MS;
    if (most && quiet > most)
        return error_set(err, E_IO, "the broker has been silent for %lld s",
                         (long long)(quiet / 1000));
    return OK;
}

bool mqtt_hold(struct mqtt_client *c, uint32_t ms)
{
    struct error ignored = {0};
    int64_t until = mqtt_clock_ms() + ms;
    while (!c->stop) {
        int64_t left = until - mqtt_clock_ms();
        if (left <= 0)
            return true;
        struct pollfd p = {c->wake, POLLIN, 0};
        ping_if_due(c);
        if (c->wire.fd >= 0 && session_flush(c, &ignored) != OK)
            c->out_sent = c->out.len; /* the broken connection is found when it is read again */
        poll(&p, 1, (int)(left < 200 ? left : 200));
        c->last_got_ms = mqtt_clock_ms(); /* nothing is read: silence says nothing */
    }
    return false;
}

/* ---- one connection ---- */

static enum code read_some(struct mqtt_client *c, struct error *err)
{
    size_t got;
    if (c->in_cap - c->in_len < READ_ROOM / 4) {
        c->in_cap = c->in_len + READ_ROOM;
        c->in = mem_realloc(c->in, c->in_cap);
    }
    do {
        TRY(wire_read(&c->wire, c->in + c->in_len, c->in_cap - c->in_len, &got, err));
        c->in_len += got;
        c->bytes += got;
        if (got)
            c->last_got_ms = mqtt_clock_ms();
    } while (got && c->in_len < c->in_cap && wire_waiting(&c->wire));
    return session_packets(c, err);
}

static void turn_if_due(struct mqtt_client *c)
{
    if (mqtt_clock_ms() - c->last_turn_ms < c->o.turn_ms)
        return;
    c->h.turn(c->h.ctx, c);
    c->last_turn_ms = mqtt_clock_ms();
}

static enum code converse(struct mqtt_client *c, struct error *err)
{
    session_connect(c);
    while (!c->stop) {
        ping_if_due(c);
        TRY(session_flush(c, err));
        struct pollfd p[2] = {{c->wire.fd, (short)(POLLIN | (c->out.len ? POLLOUT : 0)), 0},
                              {c->wake, POLLIN, 0}};
        poll(p, 2, wire_waiting(&c->wire) ? 0 : (int)c->o.turn_ms);
        if (p[0].revents & ~POLLOUT || wire_waiting(&c->wire))
            TRY(read_some(c, err));
        turn_if_due(c);
        TRY(silence(c, err));
    }
    return OK;
}

/* The wanted end: last words, DISCONNECT without will, and what is left in the buffer. */
static void leave(struct mqtt_client *c)
{
    struct error ignored = {0};
    int64_t until = mqtt_clock_ms() + LEAVE_MS;
    if (!c->up)
        return;
    if (c->h.leaving)
        c->h.leaving(c->h.ctx, c);
    buf_add(&c->out, STR("\xE0\x00"));
    while (session_flush(c, &ignored) == OK && c->out.len && mqtt_clock_ms() < until) {
        struct pollfd p = {c->wire.fd, POLLOUT, 0};
        poll(&p, 1, 50);
    }
}

static void one_connection(struct mqtt_client *c)
{
    struct error err = {0};
    enum mqtt_version version = c->version;
    enum code code = wire_open(&c->wire, c->host, c->o.url.port, c->trust, c->wake, &err);
    bool opened = code == OK;
    c->up = false;
    c->in_len = 0;
    buf_reset(&c->out);
    c->out_sent = 0;
    c->last_got_ms = c->last_sent_ms = mqtt_clock_ms();
    if (code == OK)
        code = converse(c, &err);
    if (code == OK)
        leave(c);
    /* an old broker closes without an answer when it reads "5" */
    if (opened && code != OK && !c->up && c->version == version && !c->o.only_311)
        c->version = version == MQTT_5 ? MQTT_311 : MQTT_5;
    c->connected = 0;
    wire_close(&c->wire);
    if (code != OK && !c->stop)
        c->h.lost(c->h.ctx, c, &err);
}

/* Half of the wait and a random part of the other half, so that a thousand do not come at once. */
static uint32_t jitter(uint32_t wait_ms)
{
    uint32_t r = 0;
    if (getrandom(&r, sizeof r, GRND_NONBLOCK) != sizeof r)
        r = (uint32_t)mqtt_clock_ms();
    return wait_ms / 2 + r % (wait_ms / 2 + 1);
}

static void *client_main(void *arg)
{
    struct mqtt_client *c = arg;
    uint32_t wait_ms = c->o.wait_min_ms;
    while (!c->stop) {
        int64_t began = mqtt_clock_ms();
        uint64_t connects = c->connects;
        one_connection(c);
        /* one taken over or thrown out at once does not begin anew with the shortest wait */
        if (c->connects != connects && mqtt_clock_ms() - began > 2 * (int64_t)wait_ms)
            wait_ms = c->o.wait_min_ms;
        c->up = false;
        int64_t until = mqtt_clock_ms() + jitter(wait_ms);
        while (!c->stop && mqtt_clock_ms() < until) {
            int64_t left = until - mqtt_clock_ms();
            mqtt_hold(c, left < c->o.turn_ms ? (uint32_t)(left > 0 ? left : 0) : c->o.turn_ms);
            turn_if_due(c);
        }
        wait_ms = wait_ms * 2 < c->o.wait_max_ms ? wait_ms * 2 : c->o.wait_max_ms;
    }
    return NULL;
}

/* ---- start and stop ---- */

static struct str kept(struct arena *a, struct str s)
{
    return s.ptr ? arena_dup(a, s) : STR_NULL;
}

static void defaults(struct mqtt_client *c, const struct mqtt_options *o)
{
    c->o = *o;
    c->o.url.host = kept(&c->arena, o->url.host);
    c->o.url.user = kept(&c->arena, o->url.user);
    c->o.url.password = kept(&c->arena, o->url.password);
    c->o.client_id = kept(&c->arena, o->client_id);
    c->o.keep_alive_s = o->keep_alive_s ? o->keep_alive_s : 30;
    c->o.receive_max = o->receive_max ? o->receive_max : 4096;
    c->o.packet_max = o->packet_max ? o->packet_max : (size_t)16 << 20;
    c->o.turn_ms = o->turn_ms ? o->turn_ms : 100;
    c->o.wait_min_ms = o->wait_min_ms ? o->wait_min_ms : 500;
    c->o.wait_max_ms = o->wait_max_ms ? o->wait_max_ms : 30000;
    c->version = o->only_311 ? MQTT_311 : MQTT_5;
    c->keep_alive_s = c->o.keep_alive_s;
    c->server_packet_max = UINT32_MAX;
    c->host = arena_z(&c->arena, o->url.host);
}

static void client_free(struct mqtt_client *c)
{
    for (size_t i = 0; i < c->waiting.len; i++) {
        mem_free(c->waiting.v[i].topic);
        mem_free(c->waiting.v[i].payload);
    }
    vec_clear(&c->waiting);
    wire_trust_free(c->trust);
    buf_clear(&c->out);
    mem_free(c->in);
    if (c->wake >= 0)
        close(c->wake);
    arena_clear(&c->arena);
    mem_free(c);
}

enum code mqtt_start(struct mqtt_client **out, const struct mqtt_options *o,
                     const struct mqtt_handler *h, struct error *err)
{
    struct mqtt_client *c = mem_zalloc(sizeof *c);
    enum code code = OK;
    arena_init(&c->arena, 1u << 20);
    buf_init(&c->out, OUT_BUFFER_MAX);
    defaults(c, o);
    c->h = *h;
    c->wire.fd = -1;
    c->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->wake < 0)
        code = error_set(err, E_IO, "no eventfd");
    if (code == OK && c->o.url.tls)
        code =
            wire_trust_new(&c->trust, o->ca_file.len ? arena_z(&c->arena, o->ca_file) : NULL, err);
    if (code == OK && pthread_create(&c->thread, NULL, client_main, c) != 0)
        code = error_set(err, E_IO, "no thread for the MQTT client");
    if (code != OK) {
        client_free(c);
        return code;
    }
    *out = c;
    return OK;
}

void mqtt_stop(struct mqtt_client *c)
{
    uint64_t one = 1;
    c->stop = true;
    if (write(c->wake, &one, sizeof one) < 0)
        log_event(LOG_WARN, "mqtt.stop", "wake=failed");
    pthread_join(c->thread, NULL);
    client_free(c);
}

void mqtt_stats(struct mqtt_client *c, struct mqtt_stats *out)
{
    *out = (struct mqtt_stats){.connected = c->connected != 0,
                               .version = c->connected,
                               .connects = c->connects,
                               .received = c->received,
                               .acknowledged = c->acknowledged,
                               .published = c->published,
                               .bytes = c->bytes};
}
