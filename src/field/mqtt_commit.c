/* mqtt_commit.c - a step of a connection made durable, then acknowledged: never the other way. */
#include "field/mqtt_feed_int.h"
#include <stdlib.h>

#define AGAIN_MS 500
#define SAY_AGAIN_MS 30000

static void say(struct line *l, const char *event, const char *why)
{
    int64_t now = intake_clock_ms(l->feed->intake);
    if (now - l->said_ms < SAY_AGAIN_MS)
        return;
    l->said_ms = now;
    log_event(LOG_WARN, event, "line=%s why=\"%s\"", l->name, why);
}

void line_show(struct line *l)
{
    pthread_mutex_lock(&l->feed->lock);
    l->shown = l->counts;
    pthread_mutex_unlock(&l->feed->lock);
}

static void find_points(struct points *p, const uint64_t *hash, size_t n, struct bound *out)
{
    pthread_rwlock_rdlock(&p->lock);
    channels_find(p, hash, n, out);
    pthread_rwlock_unlock(&p->lock);
}

/* A value said again at a birth is right for what lasts; what is counted by each reading would be
 * counted twice. */
static bool counts_each(struct points *p, struct str series, struct str field)
{
    struct bound b;
    uint64_t hash = channel_hash(p, channel_hash_series(p, series), field);
    bool each = false;
    find_points(p, &hash, 1, &b);
    pthread_rwlock_rdlock(&p->lock);
    if (b.point) {
        enum kernel k = (enum kernel)p->slots.v[p->point_slot.v[b.point - 1]].rule.kind;
        each = k == KERNEL_EVENT || k == KERNEL_AMOUNT;
    }
    pthread_rwlock_unlock(&p->lock);
    return each;
}

static void drop_renewed(struct line *l)
{
    struct points *p = intake_points(l->feed->intake);
    for (size_t i = l->step.renewed.len; i-- > 0;) {
        size_t at = l->step.renewed.v[i];
        struct sample *s = &l->step.samples.v[at];
        if (!counts_each(p, s->series, s->field))
            continue;
        memmove(s, s + 1, (l->step.samples.len - at - 1) * sizeof *s);
        l->step.samples.len--;
    }
    l->step.renewed.len = 0;
}

/* The client's thread waits here for as long as the readings cannot be kept: the broker holds. */
static bool wait(struct line *l, struct mqtt_client *c, const struct error *err)
{
    l->counts.held++;
    line_show(l); /* the turn may be long */
    say(l, "mqtt.held", err->text);
    return mqtt_hold(c, AGAIN_MS);
}

static bool put(struct line *l, struct mqtt_client *c)
{
    struct intake_result *res = mem_alloc(sizeof *res);
    struct error err = {0};
    enum code code;
    while ((code = intake_put(l->feed->intake, l->name, l->step.samples.v, l->step.samples.len,
                              NULL, res, &err)) != OK) {
        if (!wait(l, c, &err))
            break;
        err = (struct error){0};
    }
    if (code == OK) {
        l->counts.stored += res->stored;
        l->counts.rounded += res->rounded;
        l->counts.refused += res->refused;
        if (res->refused)
            say(l, "mqtt.refused", res->why[0].text);
    }
    mem_free(res);
    return code == OK;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = ((const struct spb_stale *)a)->time_ms, y = ((const struct spb_stale *)b)->time_ms;
    return (x > y) - (x < y);
}

static bool absent(struct line *l, struct mqtt_client *c, const uint32_t *points, size_t n,
                   int64_t time_ms)
{
    struct error err = {0};
    while (intake_absent(l->feed->intake, l->name, points, n, time_ms, STATE_OFFLINE, &err) != OK) {
        if (!wait(l, c, &err))
            return false;
        err = (struct error){0};
    }
    return true;
}

static bool stale(struct line *l, struct mqtt_client *c)
{
    struct points *p = intake_points(l->feed->intake);
    size_t n = l->step.stale.len;
    struct spb_stale *v = l->step.stale.v;
    uint64_t *hash = mem_alloc((n + 1) * sizeof *hash);
    struct bound *bound = mem_zalloc((n + 1) * sizeof *bound);
    uint32_t *points = mem_alloc((n + 1) * sizeof *points);
    bool good = true;
    qsort(v, n, sizeof *v, by_time);
    for (size_t i = 0; i < n; i++)
        hash[i] = channel_hash(p, channel_hash_series(p, v[i].series), v[i].field);
    find_points(p, hash, n, bound);
    for (size_t i = 0, from = 0; i < n && good; i++) {
        points[i] = bound[i].point;
        if (i + 1 == n || v[i + 1].time_ms != v[i].time_ms) {
            good = absent(l, c, points + from, i + 1 - from, v[i].time_ms);
            from = i + 1;
        }
    }
    mem_free(hash);
    mem_free(bound);
    mem_free(points);
    return good;
}

bool line_commit(struct line *l, struct mqtt_client *c)
{
    if (l->step.renewed.len)
        drop_renewed(l);
    if ((l->step.samples.len && !put(l, c)) || (l->step.stale.len && !stale(l, c)))
        return false;
    for (size_t i = 0; i < l->step.done.len; i++)
        mqtt_ack(c, l->step.done.v[i]);
    spb_step_reset(&l->step);
    arena_reset(&l->texts);
    return true;
}
