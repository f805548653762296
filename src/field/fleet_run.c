/* fleet_run.c - connections of the fleet: each has enterprises of its own, makes their readings
 * tick by tick, and sends a batch until it is acknowledged. Only then are its readings counted. */
#include "field/fleet.h"
#include <stdio.h>
#include <time.h>

#define LATE_TICKS 5
#define RETRY_FIRST_MS 50
#define RETRY_MOST_MS 1000

struct later {
    struct fleet_reading reading;
    int64_t tick;
};
struct worker {
    struct fleet *f;
    const struct fleet_transport *how;
    struct fleet_target to;
    const atomic_bool *stop; /* of the caller */
    atomic_bool *over;       /* of all workers: one has failed, or the end is reached */
    atomic_uint_fast64_t *made;
    int64_t start_ns;
    uint32_t first, end; /* firms */
    pthread_t thread;
    void *link;
    VEC(struct fleet_reading) batch;
    VEC(struct later) later;
    struct buf bytes;
    struct fleet_done done;
    enum code code;
    struct error err;
};

static int64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_ns(int64_t ns)
{
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    if (ns > 0)
        nanosleep(&t, NULL);
}

static void count(struct worker *w)
{
    for (size_t i = 0; i < w->batch.len; i++) {
        const struct fleet_reading *r = &w->batch.v[i];
        if (r->again) {
            w->done.twice++;
            continue;
        }
        struct fleet_count *c = &w->f->count[r->firm][w->f->kind[r->point]];
        c->readings++;
        c->sum += r->value;
        w->done.acknowledged++;
    }
}

static bool again_helps(enum code code)
{
    return code == E_BUSY || code == E_IO || code == E_BACKEND;
}

/* The batch, the same bytes until they are acknowledged. */
static enum code deliver(struct worker *w)
{
    int64_t begun = clock_ns(), pause_ms = RETRY_FIRST_MS;
    enum code code;
    for (;;) {
        error_clear(&w->err);
        code = w->link ? OK : w->how->open(&w->link, &w->to, &w->err);
        if (code == OK)
            code = w->how->send(w->link, buf_str(&w->bytes), &w->err);
        if (code == OK || !again_helps(code) ||
            clock_ns() - begun > (int64_t)w->f->o.give_up_s * 1000000000)
            break;
        w->done.again++;
        if (code == E_IO && w->link) {
            w->how->close(w->link);
            w->link = NULL;
        }
        sleep_ns(pause_ms * 1000000);
        pause_ms = pause_ms * 2 < RETRY_MOST_MS ? pause_ms * 2 : RETRY_MOST_MS;
    }
    w->done.sent += w->batch.len;
    w->done.batches++;
    if (code == OK)
        count(w);
    return code;
}

/* Not before the rate says so. */
static void pace(struct worker *w, size_t n)
{
    uint64_t made = atomic_fetch_add(w->made, n) + n;
    if (!w->f->o.rate)
        return;
    int64_t due = w->start_ns + (int64_t)((__int128)made * 1000000000 / w->f->o.rate);
    sleep_ns(due - clock_ns());
}

static enum code flush(struct worker *w)
{
    if (w->batch.len == 0)
        return OK;
    pace(w, w->batch.len);
    buf_reset(&w->bytes);
    w->how->encode(w->f, w->batch.v, w->batch.len, &w->bytes);
    enum code code = deliver(w);
    w->batch.len = 0;
    return code;
}

static enum code add(struct worker *w, const struct fleet_reading *r)
{
    vec_push(&w->batch, *r);
    return w->batch.len >= w->f->o.batch ? flush(w) : OK;
}

/* What was held back until now; in the end, all of it. */
static enum code add_later(struct worker *w, int64_t tick)
{
    size_t kept = 0;
    enum code code = OK;
    for (size_t i = 0; i < w->later.len; i++) {
        struct later l = w->later.v[i];
        if (l.tick > tick || code != OK)
            w->later.v[kept++] = l;
        else
            code = add(w, &l.reading);
    }
    w->later.len = kept;
    return code;
}

/* One in five hundred comes late, one in a thousand comes twice. */
static enum code one(struct worker *w, uint32_t firm, uint32_t point, int64_t tick, int32_t load)
{
    struct fleet_reading r;
    if (!fleet_make(w->f, firm, point, tick, load, &r))
        return OK;
    uint64_t h = fleet_mix(r.point * 0xC2B2AE35u + (uint64_t)tick * 0x27D4EB2Fu) % 1000;
    if (h < 2) {
        w->done.late++;
        vec_push(&w->later, (struct later){r, tick + LATE_TICKS});
        return OK;
    }
    TRY(add(w, &r));
    if (h == 2) {
        r.again = true;
        vec_push(&w->later, (struct later){r, tick + 1});
    }
    return OK;
}

static bool is_over(const struct worker *w)
{
    const struct fleet_options *o = &w->f->o;
    if (atomic_load(w->stop) || atomic_load(w->over))
        return true;
    if (o->readings && atomic_load(w->made) >= o->readings)
        return true;
    return o->seconds && clock_ns() - w->start_ns >= (int64_t)o->seconds * 1000000000;
}

static enum code tick_all(struct worker *w, int64_t tick)
{
    int32_t load[FLEET_SHIFTS];
    for (int s = 0; s < FLEET_SHIFTS; s++)
        load[s] = fleet_load(s, w->f->o.from_ms + tick * w->f->o.every_s * 1000);
    TRY(add_later(w, tick));
    for (uint32_t i = w->first; i < w->end; i++) {
        const struct fleet_firm *firm = &w->f->firms.v[i];
        for (uint32_t p = firm->first; p < firm->first + firm->points; p++)
            TRY(one(w, i, p, tick, load[firm->shift]));
        if (is_over(w))
            return OK;
    }
    return OK;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int64_t tick = 0; w->code == OK && !is_over(w); tick++)
        w->code = tick_all(w, tick);
    if (w->code == OK)
        w->code = add_later(w, INT64_MAX);
    if (w->code == OK)
        w->code = flush(w);
    if (w->code != OK)
        atomic_store(w->over, true);
    return NULL;
}

/* Firms in order, so that each connection has about as many points. */
uint32_t fleet_connection(const struct fleet *f, uint32_t firm)
{
    uint64_t first = f->firms.v[firm].first, n = f->o.connections, i = first * n / f->o.points;
    return (uint32_t)(i < n ? i : n - 1);
}

static void share_firms(const struct fleet *f, struct worker *w, unsigned n)
{
    uint32_t firm = 0;
    for (unsigned i = 0; i < n; i++) {
        w[i].first = firm;
        while (firm < f->firms.len && fleet_connection(f, firm) == i)
            firm++;
        w[i].end = firm;
    }
}

static void worker_clear(struct worker *w)
{
    if (w->link)
        w->how->close(w->link);
    vec_clear(&w->batch);
    vec_clear(&w->later);
    buf_clear(&w->bytes);
}

static void add_done(struct fleet_done *all, const struct fleet_done *d)
{
    all->sent += d->sent;
    all->acknowledged += d->acknowledged;
    all->twice += d->twice;
    all->late += d->late;
    all->batches += d->batches;
    all->again += d->again;
}

enum code fleet_run(struct fleet *f, const struct fleet_transport *how,
                    const struct fleet_target *to, const atomic_bool *stop, struct fleet_done *done,
                    struct error *err)
{
    unsigned n = f->o.connections, begun = 0;
    struct worker *w = mem_zalloc(n * sizeof *w);
    atomic_bool over = false;
    atomic_uint_fast64_t made = 0;
    int64_t start_ns = clock_ns();
    enum code code = OK;
    *done = (struct fleet_done){0};
    share_firms(f, w, n);
    for (; begun < n && code == OK; begun++) {
        struct worker *one = &w[begun];
        one->f = f;
        one->how = how;
        one->to = *to;
        one->to.fleet = f;
        one->to.connection = begun;
        one->to.first = one->first;
        one->to.end = one->end;
        one->stop = stop;
        one->over = &over;
        one->made = &made;
        one->start_ns = start_ns;
        buf_init(&one->bytes, (size_t)1 << 30);
        if (pthread_create(&one->thread, NULL, work, one) != 0) {
            code = error_set(err, E_IO, "no thread for connection %u", begun + 1);
            atomic_store(&over, true);
            break;
        }
    }
    for (unsigned i = 0; i < begun; i++) {
        pthread_join(w[i].thread, NULL);
        add_done(done, &w[i].done);
        if (w[i].code != OK && code == OK)
            code = error_set(err, w[i].code, "%s", w[i].err.text);
        worker_clear(&w[i]);
    }
    done->nanoseconds = (uint64_t)(clock_ns() - start_ns);
    mem_free(w);
    return code;
}
