/* mqtt_metrics.c - what the feed counts, in the text form of Prometheus. */
#include "field/mqtt_feed_int.h"

static void row(struct buf *out, const char *name, const char *line, const char *label,
                const char *value, uint64_t n)
{
    buf_fmt(out, "luoshu_mqtt_%s{line=\"%s\"", name, line);
    if (label)
        buf_fmt(out, ",%s=\"%s\"", label, value);
    buf_fmt(out, "} %llu\n", (unsigned long long)n);
}

static void line_rows(struct buf *out, const struct line *l, const struct line_counts *n)
{
    struct mqtt_stats s;
    mqtt_stats(l->client, &s);
    row(out, "connected", l->name, NULL, NULL, s.connected);
    row(out, "connects_total", l->name, NULL, NULL, s.connects);
    row(out, "messages_total", l->name, "is", "received", s.received);
    row(out, "messages_total", l->name, "is", "acknowledged", s.acknowledged);
    row(out, "messages_total", l->name, "is", "published", s.published);
    row(out, "bytes_total", l->name, NULL, NULL, s.bytes);
    row(out, "readings_total", l->name, "is", "stored", n->stored);
    row(out, "readings_total", l->name, "is", "refused", n->refused);
    row(out, "readings_total", l->name, "is", "rounded", n->rounded);
    row(out, "held_total", l->name, NULL, NULL, n->held);
}

static void topics_rows(struct buf *out, const struct line_counts *n)
{
    row(out, "messages_total", "topics", "is", "unmapped", n->unmapped);
    row(out, "messages_total", "topics", "is", "unreadable", n->unreadable);
    row(out, "values_total", "topics", "is", "no-number", n->json.other);
    row(out, "values_total", "topics", "is", "absent", n->json.absent);
    row(out, "values_total", "topics", "is", "cut-off", n->json.cut_off);
}

static void spb_rows(struct buf *out, const struct line_counts *n)
{
    const struct spb_counts *c = &n->spb;
    const struct {
        const char *is;
        uint64_t n;
    } rows[] =
        {
            {"birth", c->births},
            {"death", c->deaths},
            {"late-death", c->late_deaths},
            {"data", c->data},
            {"unreadable", c->unreadable},
            {"foreign", c->foreign},
            {"gap", c->gaps},
            {"reordered", c->reordered},
            {"late", c->late},
            {"duplicate", c->duplicates},
            {"rebirth-asked", c->rebirths},
        },
      metrics[] = {
          {"sample", c->samples},  {"historical", c->historical}, {"malformed", c->malformed},
          {"no-number", c->other}, {"transient", c->transient},   {"unknown", c->unknown},
          {"lost", c->lost},       {"beyond-limit", c->refused},
      };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        buf_fmt(out, "luoshu_sparkplug_messages_total{is=\"%s\"} %llu\n", rows[i].is,
                (unsigned long long)rows[i].n);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        buf_fmt(out, "luoshu_sparkplug_metrics_total{is=\"%s\"} %llu\n", metrics[i].is,
                (unsigned long long)metrics[i].n);
    buf_fmt(out,
            "luoshu_sparkplug_nodes{is=\"known\"} %zu\nluoshu_sparkplug_nodes{is=\"born\"} %zu\n",
            n->nodes, n->born);
}

void mqtt_feed_metrics(struct mqtt_feed *f, struct buf *out)
{
    struct line_counts spb, topics;
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    spb = f->sparkplug.shown;
    topics = f->topics.shown;
    pthread_mutex_unlock(&f->lock);
    if (f->sparkplug.client) {
        line_rows(out, &f->sparkplug, &spb);
        spb_rows(out, &spb);
    }
    if (f->topics.client) {
        line_rows(out, &f->topics, &topics);
        topics_rows(out, &topics);
    }
}
