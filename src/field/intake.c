/* intake.c - samples to readings: bind, scale, keep strangers, wait until durable, count. */
#include "field/intake.h"
#include "store/registry_points.h"
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#define ORIGINS_MAX 16
#define STRANGERS_DEFAULT 100000
#define DAY_MS ((int64_t)86400000)

struct intake {
    struct readings *readings;
    struct points *points;
    struct registry *registry;
    struct intake_options o;
    pthread_mutex_t lock;
    struct intake_origin origin[ORIGINS_MAX];
    size_t origins;
};

static int64_t wall_ms(void *ctx)
{
    struct timespec t;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum code intake_new(struct intake **out, struct readings *r, struct points *p, struct registry *g,
                     const struct intake_options *o, struct error *err)
{
    struct intake *in = mem_zalloc(sizeof *in);
    (void)err;
    in->readings = r;
    in->points = p;
    in->registry = g;
    in->o = o ? *o : (struct intake_options){0};
    if (!in->o.strangers_max)
        in->o.strangers_max = STRANGERS_DEFAULT;
    if (!in->o.clock_ms)
        in->o.clock_ms = wall_ms;
    if (!in->o.future_ms)
        in->o.future_ms = DAY_MS;
    pthread_mutex_init(&in->lock, NULL);
    *out = in;
    return OK;
}

void intake_free(struct intake *in)
{
    if (in == NULL)
        return;
    pthread_mutex_destroy(&in->lock);
    mem_free(in);
}

int64_t intake_clock_ms(const struct intake *in)
{
    return in->o.clock_ms(in->o.clock_ctx);
}

struct points *intake_points(const struct intake *in)
{
    return in->points;
}

/* ---- counting ---- */

static void count(struct intake *in, const char *origin, size_t samples,
                  const struct intake_result *res, enum code code)
{
    size_t i = 0;
    pthread_mutex_lock(&in->lock);
    while (i < in->origins && strcmp(in->origin[i].name, origin) != 0)
        i++;
    if (i == in->origins && i < ORIGINS_MAX)
        snprintf(in->origin[in->origins++].name, sizeof in->origin->name, "%s", origin);
    if (i < ORIGINS_MAX) {
        struct intake_origin *o = &in->origin[i];
        o->batches++;
        o->samples += samples;
        o->stored += res->stored;
        o->same += res->same;
        o->refused += res->refused;
        o->busy += code != OK;
        o->last_ms = intake_clock_ms(in);
    }
    pthread_mutex_unlock(&in->lock);
}

size_t intake_origins(struct intake *in, struct intake_origin *out, size_t max)
{
    pthread_mutex_lock(&in->lock);
    size_t n = in->origins < max ? in->origins : max;
    memcpy(out, in->origin, n * sizeof *out);
    pthread_mutex_unlock(&in->lock);
    return n;
}

/* ---- numbers ---- */

/* mantissa * 10^exp10 as 10^-decimals; *lost when digits had to be rounded (half away from zero).
 * false: it does not fit */
static bool scale(const struct sample *s, unsigned decimals, int64_t *out, bool *lost)
{
    int shift = s->exp10 + (int)decimals;
    i128 v = s->mantissa;
    *lost = s->cut;
    if (v == 0) {
        *out = 0;
        return true;
    }
    if (shift > 18)
        return false;
    if (shift >= 0) {
        v *= dec_pow10((unsigned)shift);
    } else {
        i128 den = shift < -36 ? 0 : dec_pow10((unsigned)-shift), half = den / 2;
        *lost |= den == 0 || v % den != 0;
        v = den == 0 ? 0 : (v < 0 ? v - half : v + half) / den;
    }
    *out = (int64_t)v;
    return v == *out && reading_is_number(*out);
}

static int64_t absent_value(enum fact_state state)
{
    static const int64_t values[STATE_COUNT] = {[STATE_NULL] = READING_NULL,
                                                [STATE_WITHHELD] = READING_WITHHELD,
                                                [STATE_OFFLINE] = READING_OFFLINE,
                                                [STATE_OVER_LIMIT] = READING_OVER_LIMIT};
    return values[state];
}

/* ---- one batch ---- */

struct batch {
    struct intake *in;
    const struct sample *s;
    size_t n;
    uint64_t *hash;
    struct bound *bound;
    VEC(struct reading) readings;
    struct intake_result *res;
    int64_t now_ms;
};

static void refuse(struct batch *b, size_t i, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void refuse(struct batch *b, size_t i, const char *fmt, ...)
{
    if (b->res->refused < INTAKE_REFUSED_MAX) {
        va_list ap;
        va_start(ap, fmt);
        b->res->why[b->res->refused].sample = i;
        vsnprintf(b->res->why[b->res->refused].text, sizeof b->res->why->text, fmt, ap);
        va_end(ap);
    }
    b->res->refused++;
    b->bound[i].point = 0;
}

static bool time_good(struct batch *b, size_t i)
{
    int64_t t = b->s[i].time_ms;
    if (t < READING_TIME_MIN + 1 || t >= READING_TIME_MAX)
        refuse(b, i, "its time (%lld ms) is outside 1970 to 2099; check the precision",
               (long long)t);
    else if (t <= readings_kept_from(b->in->readings)) /* a restart is told 1 ms before */
        refuse(b, i, "its time (%lld ms) is older than what is kept; its period was closed by "
                     "`luoshu retain`", (long long)t);
    else if (t > b->now_ms + b->in->o.future_ms)
        refuse(b, i,
               "its time is %lld minutes ahead of this server's clock; check the device's clock or "
               "the precision",
               (long long)((t - b->now_ms) / 60000));
    else
        return true;
    return false;
}

static void find(struct batch *b)
{
    struct points *p = b->in->points;
    struct str last = STR_NULL;
    uint64_t series = 0;
    for (size_t i = 0; i < b->n; i++) {
        const struct sample *s = &b->s[i];
        if (s->series_hash)
            series = s->series_hash;
        else if (last.ptr != s->series.ptr || last.len != s->series.len)
            series = channel_hash_series(p, s->series);
        last = s->series_hash ? STR_NULL : s->series;
        b->hash[i] = channel_hash(p, series, s->field);
    }
    pthread_rwlock_rdlock(&p->lock);
    channels_find(p, b->hash, b->n, b->bound);
    pthread_rwlock_unlock(&p->lock);
}

/* An unknown channel becomes an unbound point; durable before it is used. */
static enum code add_stranger(struct batch *b, size_t i, struct error *err)
{
    struct points *p = b->in->points;
    channels_find(p, &b->hash[i], 1, &b->bound[i]);
    if (b->bound[i].point)
        return OK;
    if (b->s[i].field.len == 0 || b->s[i].series.len + b->s[i].field.len > 1000) {
        refuse(b, i, "the channel's name is empty or longer than 1000 bytes");
        return OK;
    }
    if (p->unbound >= b->in->o.strangers_max) {
        refuse(b, i, "unknown channel '%.*s', and %zu unknown ones wait to be bound already",
               (int)(b->s[i].field.len < 60 ? b->s[i].field.len : 60), b->s[i].field.ptr,
               p->unbound);
        return OK;
    }
    struct point_row row = {.id = (uint32_t)p->point_slot.len + 1,
                            .decimals = POINT_UNBOUND_DECIMALS,
                            .series = b->s[i].series,
                            .field = b->s[i].field};
    struct point pt = {
        .id = row.id, .decimals = row.decimals, .series = row.series, .field = row.field};
    TRY(registry_put_point(b->in->registry, &row, err));
    TRY(points_add(p, &pt, err));
    b->bound[i] = (struct bound){row.id, row.decimals};
    return OK;
}

static enum code add_strangers(struct batch *b, struct error *err)
{
    struct points *p = b->in->points;
    size_t before = p->point_slot.len;
    TRY(registry_begin(b->in->registry, err));
    enum code code = OK;
    for (size_t i = 0; i < b->n && code == OK; i++)
        if (b->bound[i].point == 0 && time_good(b, i))
            code = add_stranger(b, i, err);
    if (code == OK)
        code = registry_commit(b->in->registry, err);
    if (code != OK) {
        registry_rollback(b->in->registry);
        if (p->point_slot.len != before)
            points_cut(p, p->profiles.len, p->slots.len, p->devices.len,
                       before); /* ids that never became durable are given again */
        return code;
    }
    if (p->point_slot.len != before)
        readings_grow(b->in->readings);
    return OK;
}

static bool any_unknown(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->bound[i].point == 0)
            return true;
    return false;
}

static void take(struct batch *b, size_t i)
{
    const struct sample *s = &b->s[i];
    int64_t v;
    bool lost = false;
    if (!time_good(b, i))
        return;
    if (s->state != STATE_VALUE) {
        v = absent_value(s->state);
    } else if (!scale(s, b->bound[i].decimals, &v, &lost)) {
        refuse(b, i, "the value %llde%d does not fit %u decimals in 64 bits",
               (long long)s->mantissa, s->exp10, b->bound[i].decimals);
        return;
    }
    b->res->rounded += lost;
    if (s->restart)
        vec_push(&b->readings,
                 (struct reading){b->bound[i].point, s->time_ms - 1, READING_RESTART});
    vec_push(&b->readings, (struct reading){b->bound[i].point, s->time_ms, v});
}

static enum code put(struct batch *b, struct error *err)
{
    struct readings_counts c;
    find(b);
    if (any_unknown(b)) {
        pthread_rwlock_wrlock(&b->in->points->lock);
        enum code code = add_strangers(b, err);
        pthread_rwlock_unlock(&b->in->points->lock);
        TRY(code);
    }
    for (size_t i = 0; i < b->n; i++) {
        if (b->bound[i].point == 0)
            continue;
        take(b, i);
    }
    TRY(readings_append(b->in->readings, b->readings.v, b->readings.len, &c, err));
    b->res->stored = c.stored;
    b->res->same = c.same;
    b->res->revised = c.revised;
    b->res->late = c.late;
    return OK;
}

enum code intake_put(struct intake *in, const char *origin, const struct sample *s, size_t n,
                     uint32_t *point_out, struct intake_result *out, struct error *err)
{
    struct batch b = {.in = in, .s = s, .n = n, .res = out, .now_ms = intake_clock_ms(in)};
    out->stored = out->same = out->revised = out->late = out->strangers = out->rounded =
        out->refused = 0;
    b.hash = mem_alloc((n + 1) * sizeof *b.hash);
    b.bound = mem_zalloc((n + 1) * sizeof *b.bound);
    enum code code = put(&b, err);
    for (size_t i = 0; i < n && point_out; i++)
        point_out[i] = code == OK ? b.bound[i].point : 0;
    pthread_rwlock_rdlock(&in->points->lock);
    for (size_t i = 0; i < n && code == OK && in->points->unbound; i++)
        out->strangers +=
            b.bound[i].point != 0 && in->points->point_slot.v[b.bound[i].point - 1] == 0;
    pthread_rwlock_unlock(&in->points->lock);
    count(in, origin, n, out, code);
    mem_free(b.hash);
    mem_free(b.bound);
    vec_clear(&b.readings);
    return code;
}

enum code intake_absent(struct intake *in, const char *origin, const uint32_t *points, size_t n,
                        int64_t time_ms, enum fact_state state, struct error *err)
{
    VEC(struct reading) v = {0};
    struct readings_counts c;
    struct intake_result *res = mem_zalloc(sizeof *res);
    for (size_t i = 0; i < n; i++)
        if (points[i])
            vec_push(&v, (struct reading){points[i], time_ms, absent_value(state)});
    enum code code = readings_append(in->readings, v.v, v.len, &c, err);
    if (code == OK) {
        res->stored = c.stored;
        res->same = c.same;
    }
    count(in, origin, v.len, res, code);
    mem_free(res);
    vec_clear(&v);
    return code;
}
