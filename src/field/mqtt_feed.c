/* mqtt_feed.c - the two connections: what they subscribe, and what a message, a turn and a loss
 * mean. */
#include "field/mqtt_feed_int.h"

#define WEEK_S (7u * 86400)
#define FILTERS_MAX 8

static int64_t now_ms(const struct line *l)
{
    return intake_clock_ms(l->feed->intake);
}

static void publish(struct mqtt_client *c, struct str topic, struct str payload, uint8_t qos,
                    bool retain)
{
    struct error err = {0};
    if (mqtt_publish(c, topic, payload, qos, retain, &err) != OK)
        log_event(LOG_WARN, "mqtt.publish", "topic=\"%.*s\" why=\"%s\"", STR_ARG(topic), err.text);
}

static void subscribe(struct line *l, struct mqtt_client *c, const struct mqtt_filter *f, size_t n)
{
    struct error err = {0};
    if (mqtt_subscribe(c, f, n, &err) != OK)
        log_event(LOG_ERROR, "mqtt.subscribe", "line=%s why=\"%s\"", l->name, err.text);
}

static void on_lost(void *ctx, struct mqtt_client *c, const struct error *why)
{
    struct line *l = ctx;
    (void)c;
    log_event(LOG_WARN, "mqtt.lost", "line=%s why=\"%s\"", l->name, why->text);
    if (l->host)
        spb_host_lost(l->host, now_ms(l), &l->step);
}

/* ---- Sparkplug ---- */

static void state(struct line *l, struct mqtt_client *c, bool online, int64_t time_ms)
{
    struct buf b;
    buf_init(&b, 1000);
    spb_state_payload(&b, online, time_ms);
    publish(c, l->feed->state_topic, buf_str(&b), 1, true);
    if (l->feed->o.legacy_state)
        publish(c, l->feed->state_topic_legacy, online ? STR("ONLINE") : STR("OFFLINE"), 1, true);
    buf_clear(&b);
}

/* The will and the birth of a connection carry the same time. */
static void on_will(void *ctx, struct mqtt_will *out)
{
    struct line *l = ctx;
    if (!l->feed->o.host.len)
        return;
    l->state_ms = now_ms(l);
    buf_reset(&l->will);
    spb_state_payload(&l->will, false, l->state_ms);
    *out = (struct mqtt_will){l->feed->state_topic, buf_str(&l->will), 1, true};
}

static void spb_connected(void *ctx, struct mqtt_client *c, bool present)
{
    struct line *l = ctx;
    struct mqtt_filter f[FILTERS_MAX];
    size_t n = 0;
    struct str share = l->feed->o.share;
    struct arena a;
    arena_init(&a, 0);
    (void)present;
    if (l->feed->o.host.len)
        f[n++] = (struct mqtt_filter){l->feed->state_topic, 1};
    if (!share.len) {
        f[n++] = (struct mqtt_filter){STR("spBv1.0/#"), 1};
    } else { /* every member must know every name; data are shared out */
        f[n++] = (struct mqtt_filter){STR("spBv1.0/+/NBIRTH/+"), 1};
        f[n++] = (struct mqtt_filter){STR("spBv1.0/+/NDEATH/+"), 1};
        f[n++] = (struct mqtt_filter){STR("spBv1.0/+/DBIRTH/+/+"), 1};
        f[n++] = (struct mqtt_filter){STR("spBv1.0/+/DDEATH/+/+"), 1};
        f[n++] =
            (struct mqtt_filter){arena_fmt(&a, "$share/%.*s/spBv1.0/+/NDATA/+", STR_ARG(share)), 1};
        f[n++] = (struct mqtt_filter){
            arena_fmt(&a, "$share/%.*s/spBv1.0/+/DDATA/+/+", STR_ARG(share)), 1};
    }
    subscribe(l, c, f, n);
    if (l->feed->o.host.len)
        state(l, c, true, l->state_ms);
    log_event(LOG_INFO, "mqtt.connected", "line=%s version=%s", l->name,
              mqtt_is_5(c) ? "5.0" : "3.1.1");
    arena_clear(&a);
}

static void spb_message(void *ctx, struct mqtt_client *c, const struct mqtt_message *m)
{
    struct line *l = ctx;
    bool online;
    int64_t time_ms;
    /* said offline by the will of a former connection of ours: it is corrected at once */
    if (l->feed->o.host.len && str_eq(m->topic, l->feed->state_topic) &&
        spb_state_read(m->payload, &online, &time_ms) && !online)
        state(l, c, true, l->state_ms);
    spb_host_message(l->host, m->topic, m->payload, m->token, now_ms(l), &l->step);
}

static void spb_turn(void *ctx, struct mqtt_client *c)
{
    struct line *l = ctx;
    struct buf b;
    struct arena a;
    spb_host_tick(l->host, now_ms(l), &l->step);
    arena_init(&a, 0);
    buf_init(&b, 1000);
    for (size_t i = 0; i < l->step.rebirths.len; i++) {
        const struct spb_node_name *n = &l->step.rebirths.v[i];
        buf_reset(&b);
        spb_rebirth_payload(&b, now_ms(l));
        publish(c, arena_fmt(&a, "spBv1.0/%.*s/NCMD/%.*s", STR_ARG(n->group), STR_ARG(n->node)),
                buf_str(&b), 0, false);
    }
    l->step.rebirths.len = 0;
    buf_clear(&b);
    arena_clear(&a);
    (void)line_commit(l, c);
    spb_host_counts(l->host, &l->counts.spb);
    l->counts.nodes = spb_host_nodes(l->host, &l->counts.born);
    line_show(l);
}

static void spb_leaving(void *ctx, struct mqtt_client *c)
{
    struct line *l = ctx;
    if (l->feed->o.host.len)
        state(l, c, false, now_ms(l));
}

/* ---- JSON topics ---- */

static void topics_connected(void *ctx, struct mqtt_client *c, bool present)
{
    struct line *l = ctx;
    struct json_topics *t = l->feed->o.topics;
    struct arena a;
    arena_init(&a, 0);
    for (size_t i = 0; i < json_topics_count(t); i++) {
        struct mqtt_filter f = {json_topics_filter(t, i), 1};
        if (l->feed->o.share.len)
            f.filter =
                arena_fmt(&a, "$share/%.*s/%.*s", STR_ARG(l->feed->o.share), STR_ARG(f.filter));
        subscribe(l, c, &f, 1);
    }
    log_event(LOG_INFO, "mqtt.connected", "line=%s version=%s session=%s", l->name,
              mqtt_is_5(c) ? "5.0" : "3.1.1", present ? "kept" : "new");
    arena_clear(&a);
}

static void topics_message(void *ctx, struct mqtt_client *c, const struct mqtt_message *m)
{
    struct line *l = ctx;
    struct error err = {0};
    sample_vec got = {0};
    (void)c;
    enum code code = json_topics_decode(l->feed->o.topics, m->topic, m->payload, now_ms(l),
                                        &l->texts, &got, &l->counts.json, &err);
    if (code == E_MISSING)
        l->counts.unmapped++;
    else if (code != OK) {
        l->counts.unreadable++;
        log_event(LOG_WARN, "mqtt.unreadable", "topic=\"%.*s\" why=\"%s\"", STR_ARG(m->topic),
                  err.text);
    }
    for (size_t i = 0; i < got.len; i++)
        vec_push(&l->step.samples, got.v[i]);
    vec_clear(&got);
    if (m->token) /* refused ones are counted and told; sent again they would be no better */
        vec_push(&l->step.done, m->token);
}

static void topics_turn(void *ctx, struct mqtt_client *c)
{
    struct line *l = ctx;
    (void)line_commit(l, c);
    line_show(l);
}

/* ---- start and stop ---- */

static bool id_good(struct str id)
{
    return id.len <= 200 && utf8_valid(id) && !memchr(id.ptr, '/', id.len) &&
           !memchr(id.ptr, '+', id.len) && !memchr(id.ptr, '#', id.len) &&
           !memchr(id.ptr, '\0', id.len);
}

static enum code options(struct mqtt_feed *f, struct mqtt_url *url, struct error *err)
{
    struct mqtt_feed_options *o = &f->o;
    TRY(mqtt_url_parse(o->url, &f->a, url, err));
    if (o->host.len && !id_good(o->host))
        return error_set(err, E_INPUT,
                         "'%.*s' is not the id of a Sparkplug host: no '/', '+' or '#'",
                         STR_ARG(o->host));
    if (o->share.len && !id_good(o->share))
        return error_set(err, E_INPUT, "'%.*s' is not a share group: no '/', '+' or '#'",
                         STR_ARG(o->share));
    f->state_topic = arena_fmt(&f->a, "spBv1.0/STATE/%.*s", STR_ARG(o->host));
    f->state_topic_legacy = arena_fmt(&f->a, "STATE/%.*s", STR_ARG(o->host));
    return OK;
}

static enum code line_start(struct line *l, const char *name, const struct mqtt_url *url,
                            bool clean, const struct mqtt_handler *h, struct error *err)
{
    struct mqtt_feed_options *o = &l->feed->o;
    struct mqtt_options m = {.url = *url, .ca_file = o->ca_file, .clean_start = clean};
    l->name = name;
    arena_init(&l->texts, 0);
    buf_init(&l->will, 1000);
    m.client_id = arena_fmt(&l->feed->a, "%.*s-%s", STR_ARG(o->client), name);
    m.session_expiry_s = clean ? 0 : o->session_s ? o->session_s : WEEK_S;
    return mqtt_start(&l->client, &m, h, err);
}

static enum code lines_start(struct mqtt_feed *f, struct error *err)
{
    struct mqtt_handler spb = {&f->sparkplug, on_will, spb_connected, spb_message,
                               spb_turn,      on_lost, spb_leaving};
    struct mqtt_handler topics = {&f->topics, NULL, topics_connected, topics_message, topics_turn,
                                  on_lost,    NULL};
    struct mqtt_url url;
    TRY(options(f, &url, err));
    if (f->o.no_sparkplug && !f->o.topics)
        return error_set(err, E_INPUT,
                         "there is nothing to subscribe: no Sparkplug, and no mapping of topics");
    if (!f->o.no_sparkplug) {
        f->sparkplug.host = spb_host_new(&(struct spb_host_options){.reorder_ms = f->o.reorder_ms,
                                                                    .shared = f->o.share.len > 0});
        TRY(line_start(&f->sparkplug, "sparkplug", &url, f->o.host.len > 0, &spb, err));
    }
    return f->o.topics ? line_start(&f->topics, "topics", &url, false, &topics, err) : OK;
}

static struct str kept(struct mqtt_feed *f, struct str s)
{
    return s.len ? arena_dup(&f->a, s) : STR("");
}

enum code mqtt_feed_start(struct mqtt_feed **out, struct intake *in,
                          const struct mqtt_feed_options *o, struct error *err)
{
    struct mqtt_feed *f = mem_zalloc(sizeof *f);
    f->intake = in;
    arena_init(&f->a, 0);
    f->o = *o;
    f->o.url = kept(f, o->url);
    f->o.ca_file = kept(f, o->ca_file);
    f->o.client = kept(f, o->client);
    f->o.share = kept(f, o->share);
    f->o.host = kept(f, o->host);
    f->sparkplug.feed = f->topics.feed = f;
    pthread_mutex_init(&f->lock, NULL);
    enum code code = lines_start(f, err);
    if (code == OK)
        *out = f;
    else
        mqtt_feed_stop(f);
    return code;
}

static void line_stop(struct line *l)
{
    if (l->client)
        mqtt_stop(l->client);
    if (l->host)
        spb_host_free(l->host);
    spb_step_clear(&l->step);
    arena_clear(&l->texts);
    buf_clear(&l->will);
}

void mqtt_feed_stop(struct mqtt_feed *f)
{
    if (!f)
        return;
    line_stop(&f->sparkplug);
    line_stop(&f->topics);
    json_topics_free(f->o.topics);
    pthread_mutex_destroy(&f->lock);
    arena_clear(&f->a);
    mem_free(f);
}
