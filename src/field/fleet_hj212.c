/* fleet_hj212.c - the fleet by HJ 212: stations of up to 16 points send minute data (CN 2051) and
 * wait for each 9014. One connection brings the messages of many stations, as a front-end computer
 * does. */
#include "field/fleet.h"
#include "field/hj212.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define STATION_POINTS 16u /* so a data segment stays within the standard's 1024 bytes */
#define WINDOW 256u        /* messages on their way */
#define ANSWER_MS 10000
#define SCHEME "hj212://"

static const char *const suffix[FLEET_KINDS] = {"Cou", "Avg", "Cou", "RS"};

struct link {
    int fd;
    struct hj212_stream stream;
    struct buf in;
};

/* ---- stations ---- */

static uint32_t station_of(const struct fleet *f, uint32_t firm, uint32_t point)
{
    return (point - f->firms.v[firm].first) / STATION_POINTS;
}

static void station_mn(uint32_t firm, uint32_t station, char mn[25])
{
    snprintf(mn, 25, "LS%07uS%05u", firm % 10000000, station % 100000);
}

static void station_pw(const struct fleet *f, uint32_t firm, uint32_t station, char pw[7])
{
    uint64_t h = fleet_mix(fleet_mix(f->o.seed ^ 212) ^ ((uint64_t)firm << 32 | station));
    snprintf(pw, 7, "%06u", (unsigned)(h % 1000000));
}

static void factor(const struct fleet *f, uint32_t point, char out[16])
{
    snprintf(out, 16, "%s%08u", fleet_measures[f->kind[point]].field, point % 100000000);
}

static void point(const struct fleet *f, uint32_t firm, uint32_t point, struct fleet_name *out)
{
    char mn[25], name[16];
    station_mn(firm, station_of(f, firm, point), mn);
    factor(f, point, name);
    snprintf(out->series, sizeof out->series, "hj212/%s/minute", mn);
    snprintf(out->field, sizeof out->field, "%s-%s", name, suffix[f->kind[point]]);
}

static void stations(const struct fleet *f, struct buf *out)
{
    char mn[25], pw[7];
    buf_add(out, STR("mn,pw,name\n"));
    for (uint32_t i = 0; i < f->firms.len; i++)
        for (uint32_t s = 0; s * STATION_POINTS < f->firms.v[i].points; s++) {
            station_mn(i, s, mn);
            station_pw(f, i, s, pw);
            buf_fmt(out, "%s,%s,机群企业E%07u\n", mn, pw, i);
        }
}

/* ---- messages ---- */

/* Of its own for every message of this process; the clock's as long as it is fast enough. */
static int64_t next_qn(void)
{
    static _Atomic int64_t last;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000, before = atomic_load(&last), next;
    do
        next = now > before ? now : before + 1;
    while (!atomic_compare_exchange_weak(&last, &before, next));
    return next;
}

/* All points of a station are read at the beginning of the period. */
static int64_t period_start(const struct fleet *f, int64_t time_ms)
{
    int64_t every_ms = (int64_t)f->o.every_s * 1000;
    return f->o.from_ms + (time_ms - f->o.from_ms) / every_ms * every_ms;
}

static void put_item(const struct fleet *f, const struct fleet_reading *r, struct buf *cp)
{
    char name[16], value[32];
    factor(f, r->point, name);
    char *end = fleet_put_decimal(value, r->value, fleet_measures[f->kind[r->point]].decimals);
    buf_fmt(cp, ";%s-%s=%.*s,%s-Flag=N", name, suffix[f->kind[r->point]], (int)(end - value), value,
            name);
}

/* The message of v[0..n), of one station and period. */
static void put_message(const struct fleet *f, const struct fleet_reading *v, size_t n,
                        struct buf *cp, struct buf *out)
{
    char mn[25], pw[7], qn[18], time[18];
    uint32_t station = station_of(f, v->firm, v->point);
    struct error err = {0};
    station_mn(v->firm, station, mn);
    station_pw(f, v->firm, station, pw);
    hj212_time_text(next_qn(), true, qn);
    hj212_time_text(period_start(f, v->time_ms), false, time);
    buf_reset(cp);
    buf_fmt(cp, "DataTime=%s", time);
    for (size_t i = 0; i < n; i++)
        put_item(f, &v[i], cp);
    struct hj212_message m = {.qn = str_z(qn),
                              .st = STR("31"),
                              .pw = str_z(pw),
                              .mn = str_z(mn),
                              .cn = 2051,
                              .flag = 5,
                              .has_flag = true,
                              .cp = buf_str(cp)};
    if (hj212_put(out, &m, &err) != OK)
        abort(); /* 16 points are far below the limit */
}

static bool same_message(const struct fleet *f, const struct fleet_reading *a,
                         const struct fleet_reading *b)
{
    return a->firm == b->firm &&
           station_of(f, a->firm, a->point) == station_of(f, b->firm, b->point) &&
           period_start(f, a->time_ms) == period_start(f, b->time_ms);
}

static void encode(const struct fleet *f, const struct fleet_reading *v, size_t n, struct buf *out)
{
    struct buf cp;
    buf_init(&cp, 1u << 16);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && k - i < STATION_POINTS && same_message(f, &v[i], &v[k]);)
            k++;
        put_message(f, v + i, k - i, &cp, out);
    }
    buf_clear(&cp);
}

/* ---- sending ---- */

static enum code open_link(void **link, const struct fleet_target *t, struct error *err)
{
    int fd;
    TRY(fleet_dial(&fd, str_z(t->url + strlen(SCHEME)), err));
    struct link *l = mem_zalloc(sizeof *l);
    l->fd = fd;
    hj212_stream_init(&l->stream, 0);
    buf_init(&l->in, 1u << 20);
    *link = l;
    return OK;
}

static void close_link(void *link)
{
    struct link *l = link;
    close(l->fd);
    hj212_stream_clear(&l->stream);
    buf_clear(&l->in);
    mem_free(l);
}

struct sent {
    struct str qn, mn;
    bool answered;
};
struct window {
    struct sent sent[WINDOW];
    size_t n, open, at; /* at: the first that has no answer */
};

/* The frames of at most WINDOW messages from the head of `bytes`; returns their length. */
static size_t window_fill(struct window *w, struct str bytes)
{
    size_t at = 0;
    w->n = w->at = 0;
    while (w->n < WINDOW && at + 12 <= bytes.len) {
        struct hj212_message m;
        char digits[5] = {0};
        memcpy(digits, bytes.ptr + at + 2, 4);
        struct str data = str_sub(bytes, at + 6, (size_t)atoi(digits));
        if (hj212_read(data, &m, NULL) != OK)
            abort(); /* made by encode */
        w->sent[w->n++] = (struct sent){m.qn, m.mn, false};
        at += data.len + 12;
    }
    w->open = w->n;
    return at;
}

static void answered(struct window *w, struct str data)
{
    struct hj212_message m;
    if (hj212_read(data, &m, NULL) != OK || m.cn != 9014)
        return;
    for (size_t i = w->at; i < w->n; i++) {
        struct sent *s = &w->sent[i];
        if (s->answered || !str_eq(s->qn, m.qn) || !str_eq(s->mn, m.mn))
            continue;
        s->answered = true;
        w->open--;
        break;
    }
    while (w->at < w->n && w->sent[w->at].answered)
        w->at++;
}

static void take(struct link *l, struct window *w)
{
    struct hj212_frame f;
    struct str in = buf_str(&l->in);
    while (in.len) {
        size_t n = hj212_stream_feed(&l->stream, in);
        in = str_sub(in, n, in.len - n);
        while (hj212_stream_next(&l->stream, &f))
            if (f.fault == HJ212_GOOD)
                answered(w, f.data);
    }
    buf_reset(&l->in);
}

/* All of a window is answered before the next leaves. What has no answer in time is sent again,
 * unchanged, over a new connection, with what stands beside it in the batch. */
static enum code send_batch(void *link, struct str bytes, struct error *err)
{
    struct link *l = link;
    struct window *w = mem_zalloc(sizeof *w);
    enum code code = OK;
    while (bytes.len && code == OK) {
        size_t len = window_fill(w, bytes), got = 1;
        code = fleet_write(l->fd, str_sub(bytes, 0, len), err);
        while (code == OK && w->open && got) {
            code = fleet_read(l->fd, ANSWER_MS, &l->in, &got, err);
            take(l, w);
        }
        if (code == OK && w->open)
            code = error_set(err, E_IO,
                             "no answer 9014 to %zu of %zu messages within %d s, the first of MN "
                             "%.*s; does the server know the stations (--provision)?",
                             w->open, w->n, ANSWER_MS / 1000, STR_ARG(w->sent[w->at].mn));
        bytes = str_sub(bytes, len, bytes.len - len);
    }
    mem_free(w);
    return code;
}

const struct fleet_transport fleet_hj212 = {.name = "hj212",
                                            .scheme = SCHEME,
                                            .point = point,
                                            .devices_name = "stations.csv",
                                            .devices = stations,
                                            .open = open_link,
                                            .encode = encode,
                                            .send = send_batch,
                                            .close = close_link};
