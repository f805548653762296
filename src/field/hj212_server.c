/* hj212_server.c - hj212_desk.h put to work over net/tcp.h. All of it runs in the server's one
 * thread. */
#include "field/hj212_server.h"
#include "field/hj212_desk.h"
#include "net/tcp.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define IDLE_DEFAULT_S 3900 /* a little above the longest interval, hour data */
#define BATCH_SAMPLES 50000u
#define BAD_IN_A_ROW 20u /* refused frames without a good one between: the connection is closed */
#define LOG_A_SECOND 20
#define FILE_BYTES_MAX (256u << 20)
#define RELOAD_TICKS 5

struct session {
    struct hj212_stream stream;
    unsigned bad;
};
struct answer { /* waits until the batch is durable */
    struct tcp_conn *conn;
    size_t at, len; /* in server->after */
};
struct owner { /* whose samples begin here */
    size_t first;
    struct str mn;
};
struct hj212_server {
    struct tcp_server *tcp;
    struct hj212_options o;
    char *stations, *limits;
    struct timespec stations_time;
    unsigned ticks;
    struct hj212_words *words;
    struct hj212_register *reg;
    struct hj212_desk *desk;
    hj212_put_fn put;
    void *put_ctx;
    int64_t (*clock_ms)(void *ctx);
    struct intake *intake;
    struct arena arena; /* of the batch: data segments and names */
    struct hj212_out out;
    struct buf now, after;
    VEC(struct answer) answers;
    VEC(struct owner) owners;
    struct intake_result *result;
    int logs_left;
    uint64_t logs_dropped;
    atomic_ullong batches, held, stored;
};

/* ---- log: refusals are told, but a broken device must not fill the disk ---- */

static bool may_log(struct hj212_server *s)
{
    if (s->logs_left > 0) {
        s->logs_left--;
        return true;
    }
    s->logs_dropped++;
    return false;
}

static void log_refused(struct hj212_server *s, const char *event, const char *peer, struct str mn,
                        const char *text)
{
    if (may_log(s))
        log_event(LOG_WARN, event, "peer=%s mn=%.*s why=\"%s\"", peer, STR_ARG(mn), text);
}

/* ---- the batch ---- */

static void batch_reset(struct hj212_server *s)
{
    hj212_out_reset(&s->out);
    arena_reset(&s->arena);
    buf_reset(&s->after);
    s->answers.len = s->owners.len = 0;
}

static struct str owner_of(const struct hj212_server *s, size_t sample)
{
    struct str mn = STR("?");
    for (size_t i = 0; i < s->owners.len && s->owners.v[i].first <= sample; i++)
        mn = s->owners.v[i].mn;
    return mn;
}

static void tell_result(struct hj212_server *s)
{
    const struct intake_result *r = s->result;
    size_t told = r->refused < INTAKE_REFUSED_MAX ? (size_t)r->refused : INTAKE_REFUSED_MAX;
    hj212_desk_count(s->desk, HJ212_N_VALUES, r->refused);
    for (size_t i = 0; i < told && may_log(s); i++) {
        size_t at = r->why[i].sample;
        struct str field = at < s->out.samples.len ? s->out.samples.v[at].field : STR("?");
        log_event(LOG_WARN, "hj212.value", "mn=%.*s field=%.*s why=\"%s\"",
                  STR_ARG(owner_of(s, at)), STR_ARG(field), r->why[i].text);
    }
    atomic_fetch_add(&s->stored, r->stored);
}

/* Until it is durable, or the server stops. Meanwhile nothing is read and nothing answered. */
static bool batch_put(struct hj212_server *s)
{
    for (int64_t wait_ms = 10;; wait_ms = wait_ms < 1000 ? wait_ms * 2 : 1000) {
        struct error err = {0};
        *s->result = (struct intake_result){0};
        if (!s->out.samples.len ||
            s->put(s->put_ctx, s->out.samples.v, s->out.samples.len, s->result, &err) == OK)
            return true;
        if (wait_ms == 10 || wait_ms == 1000)
            log_event(LOG_ERROR, "hj212.held", "samples=%zu why=\"%s\"", s->out.samples.len,
                      err.text);
        atomic_fetch_add(&s->held, 1);
        for (int64_t waited = 0; waited < wait_ms && !tcp_stopping(s->tcp); waited += 10)
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        if (tcp_stopping(s->tcp))
            return false;
    }
}

static void batch_end(struct hj212_server *s)
{
    if (!s->out.samples.len && !s->answers.len)
        return;
    if (batch_put(s)) { /* I2: only now */
        atomic_fetch_add(&s->batches, 1);
        tell_result(s);
        for (size_t i = 0; i < s->answers.len; i++)
            tcp_send(s->answers.v[i].conn,
                     str_sub(buf_str(&s->after), s->answers.v[i].at, s->answers.v[i].len));
    }
    batch_reset(s);
}

static void on_round(void *ctx)
{
    batch_end(ctx);
}

/* ---- a connection ---- */

static void on_open(void *ctx, struct tcp_conn *c)
{
    struct hj212_server *s = ctx;
    struct session *x = mem_zalloc(sizeof *x);
    hj212_stream_init(&x->stream, s->o.data_max);
    tcp_user_set(c, x);
}

static void on_closed(void *ctx, struct tcp_conn *c, const char *why)
{
    struct hj212_server *s = ctx;
    struct session *x = tcp_user(c);
    struct hj212_frame f;
    if (hj212_stream_end(&x->stream, &f)) {
        hj212_desk_count(s->desk, HJ212_N_BAD_FRAME, 1);
        log_refused(s, "hj212.frame", tcp_peer(c), STR(""), f.text);
    }
    log_event(LOG_DEBUG, "hj212.closed", "peer=%s why=\"%s\"", tcp_peer(c), why);
    hj212_stream_clear(&x->stream);
    mem_free(x);
}

static void tell_issues(struct hj212_server *s, struct tcp_conn *c, struct str mn, size_t from)
{
    for (size_t i = from; i < s->out.issues.len; i++)
        if (s->out.issues.v[i].refused)
            log_refused(s, "hj212.value", tcp_peer(c), mn, s->out.issues.v[i].text);
}

static bool good_frame(struct hj212_server *s, struct tcp_conn *c, struct str data)
{
    struct error err = {0};
    struct str mn;
    size_t issues = s->out.issues.len, first = s->out.samples.len, after = s->after.len;
    struct str kept = arena_dup(&s->arena, data);
    enum code code = hj212_desk_take(s->desk, kept, s->clock_ms(s->put_ctx), &s->out, &mn, &s->now,
                                     &s->after, &err);
    if (code != OK) {
        log_refused(s, "hj212.message", tcp_peer(c), mn, err.text);
        return false;
    }
    tell_issues(s, c, mn, issues);
    vec_push(&s->owners, (struct owner){first, mn});
    if (s->after.len > after)
        vec_push(&s->answers, (struct answer){c, after, s->after.len - after});
    if (s->now.len)
        tcp_send(c, buf_str(&s->now));
    buf_reset(&s->now);
    if (s->out.samples.len >= BATCH_SAMPLES || s->after.len > s->after.max / 2)
        batch_end(s);
    return true;
}

static bool one_frame(struct hj212_server *s, struct tcp_conn *c, const struct hj212_frame *f)
{
    if (f->fault == HJ212_GOOD)
        return good_frame(s, c, f->data);
    hj212_desk_count(s->desk, HJ212_N_BAD_FRAME, 1);
    log_refused(s, "hj212.frame", tcp_peer(c), STR(""), f->text);
    return false;
}

static bool on_bytes(void *ctx, struct tcp_conn *c, struct str bytes)
{
    struct hj212_server *s = ctx;
    struct session *x = tcp_user(c);
    struct hj212_frame f;
    while (bytes.len) {
        size_t n = hj212_stream_feed(&x->stream, bytes);
        bytes = str_sub(bytes, n, bytes.len);
        while (hj212_stream_next(&x->stream, &f)) {
            x->bad = one_frame(s, c, &f) ? 0 : x->bad + 1;
            if (x->bad >= BAD_IN_A_ROW) {
                log_refused(s, "hj212.expelled", tcp_peer(c), STR(""), "too many bad frames");
                return false;
            }
        }
    }
    return true;
}

/* ---- files of the user ---- */

static enum code slurp(const char *path, struct buf *out, struct error *err)
{
    char chunk[65536];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, E_IO, "cannot read '%s': %s", path, strerror(errno));
    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(out, (struct str){chunk, (size_t)n});
    int saved = errno;
    close(fd);
    if (n < 0)
        return error_set(err, E_IO, "cannot read '%s': %s", path, strerror(saved));
    return out->full ? error_set(err, E_LIMIT, "'%s' is larger than %u bytes", path, FILE_BYTES_MAX)
                     : OK;
}

typedef enum code (*register_fn)(struct hj212_register *r, struct str bytes, struct error *err);

static enum code register_file(struct hj212_register *r, const char *path, register_fn fn,
                               struct error *err)
{
    struct buf b;
    struct error e = {0};
    if (!path)
        return OK;
    buf_init(&b, FILE_BYTES_MAX);
    enum code code = slurp(path, &b, &e);
    if (code == OK)
        code = fn(r, buf_str(&b), &e);
    buf_clear(&b);
    return code == OK ? OK : error_at(err, code, e.line, e.column, "%s: %s", path, e.text);
}

static void stations_time(struct hj212_server *s, struct timespec *out)
{
    struct stat st;
    *out = s->stations && stat(s->stations, &st) == 0 ? st.st_mtim : (struct timespec){0};
}

static enum code register_read(struct hj212_server *s, struct hj212_register **out,
                               struct error *err)
{
    TRY(hj212_register_new(out, err));
    enum code code = register_file(*out, s->limits, hj212_register_limits, err);
    if (code == OK)
        code = register_file(*out, s->stations, hj212_register_stations, err);
    if (code != OK)
        hj212_register_free(*out);
    return code;
}

/* A changed list is taken when it is good, else the old one goes on. */
static void register_again(struct hj212_server *s)
{
    struct timespec seen;
    struct hj212_register *fresh;
    struct error err = {0};
    stations_time(s, &seen);
    if (seen.tv_sec == s->stations_time.tv_sec && seen.tv_nsec == s->stations_time.tv_nsec)
        return;
    s->stations_time = seen;
    if (register_read(s, &fresh, &err) != OK) {
        log_event(LOG_ERROR, "hj212.stations", "why=\"%s\" line=%u; the list as it was goes on",
                  err.text, err.line);
        return;
    }
    hj212_desk_register(s->desk, fresh);
    hj212_register_free(s->reg);
    s->reg = fresh;
    log_event(LOG_INFO, "hj212.stations", "stations=%zu", fresh->stations.len);
}

static void on_tick(void *ctx)
{
    struct hj212_server *s = ctx;
    if (s->logs_dropped)
        log_event(LOG_WARN, "hj212.more", "lines=%llu", (unsigned long long)s->logs_dropped);
    s->logs_dropped = 0;
    s->logs_left = LOG_A_SECOND;
    if (s->stations && ++s->ticks % RELOAD_TICKS == 0 && !s->out.samples.len)
        register_again(s);
}

/* ---- start and end ---- */

static void server_free(struct hj212_server *s)
{
    hj212_desk_free(s->desk);
    hj212_register_free(s->reg);
    hj212_words_free(s->words);
    hj212_out_clear(&s->out);
    arena_clear(&s->arena);
    buf_clear(&s->now);
    buf_clear(&s->after);
    vec_clear(&s->answers);
    vec_clear(&s->owners);
    mem_free(s->result);
    mem_free(s->stations);
    mem_free(s->limits);
    mem_free(s);
}

static char *copy_z(const char *z)
{
    return z ? memcpy(mem_alloc(strlen(z) + 1), z, strlen(z) + 1) : NULL;
}

static enum code prepare(struct hj212_server *s, struct error *err)
{
    TRY(hj212_words_new(&s->words, err));
    stations_time(s, &s->stations_time);
    struct hj212_register *reg;
    TRY(register_read(s, &reg, err));
    s->reg = reg;
    s->desk = hj212_desk_new(s->words, s->reg, s->o.strangers);
    struct tcp_limits limits = {.connections = s->o.connections,
                                .idle_s = s->o.idle_s ? s->o.idle_s : IDLE_DEFAULT_S};
    struct tcp_handler handler = {.ctx = s,
                                  .open = on_open,
                                  .bytes = on_bytes,
                                  .closed = on_closed,
                                  .round = on_round,
                                  .tick = on_tick};
    return tcp_start(&s->tcp, s->o.listen, limits, handler, err);
}

enum code hj212_start_with(struct hj212_server **out, hj212_put_fn put, void *ctx,
                           int64_t (*clock_ms)(void *ctx), const struct hj212_options *o,
                           struct error *err)
{
    struct hj212_server *s = mem_zalloc(sizeof *s);
    s->o = *o;
    s->stations = copy_z(o->stations);
    s->limits = copy_z(o->limits);
    s->put = put;
    s->put_ctx = ctx;
    s->clock_ms = clock_ms;
    s->logs_left = LOG_A_SECOND;
    s->result = mem_zalloc(sizeof *s->result);
    arena_init(&s->arena, 0);
    hj212_out_init(&s->out, &s->arena);
    buf_init(&s->now, 1u << 16);
    buf_init(&s->after, 16u << 20);
    enum code code = prepare(s, err);
    if (code == OK)
        *out = s;
    else
        server_free(s);
    return code;
}

static enum code put_intake(void *ctx, const struct sample *samples, size_t n,
                            struct intake_result *out, struct error *err)
{
    return intake_put(ctx, "hj212", samples, n, NULL, out, err);
}
static int64_t clock_intake(void *ctx)
{
    return intake_clock_ms(ctx);
}

enum code hj212_start(struct hj212_server **out, struct intake *intake,
                      const struct hj212_options *o, struct error *err)
{
    return hj212_start_with(out, put_intake, intake, clock_intake, o, err);
}

void hj212_stop(struct hj212_server *s)
{
    if (!s)
        return;
    tcp_stop(s->tcp);
    server_free(s);
}

const char *hj212_address(const struct hj212_server *s)
{
    return tcp_address(s->tcp);
}

void hj212_metrics(const struct hj212_server *s, struct buf *out)
{
    struct tcp_counts t;
    tcp_counts(s->tcp, &t);
    buf_z(out, "# HELP luoshu_hj212_total HJ 212: messages by what became of them.\n"
               "# TYPE luoshu_hj212_total counter\n");
    for (int i = 0; i < HJ212_COUNTS; i++)
        buf_fmt(out, "luoshu_hj212_total{what=\"%s\"} %llu\n",
                hj212_count_name((enum hj212_count)i),
                (unsigned long long)hj212_desk_counted(s->desk, (enum hj212_count)i));
    buf_fmt(out,
            "# HELP luoshu_hj212_connections Open connections.\n"
            "# TYPE luoshu_hj212_connections gauge\nluoshu_hj212_connections %zu\n"
            "# HELP luoshu_hj212_stations Stations that sent since the start.\n"
            "# TYPE luoshu_hj212_stations gauge\nluoshu_hj212_stations %zu\n"
            "# HELP luoshu_hj212_batches_total Batches made durable, and times one had to wait.\n"
            "# TYPE luoshu_hj212_batches_total counter\nluoshu_hj212_batches_total %llu\n"
            "# TYPE luoshu_hj212_held_total counter\nluoshu_hj212_held_total %llu\n",
            t.open, hj212_desk_stations(s->desk), (unsigned long long)atomic_load(&s->batches),
            (unsigned long long)atomic_load(&s->held));
}
