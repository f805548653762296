/* mqtt_feed_int.h - what the files of the feed share: its two connections. */
#ifndef LUOSHU_FIELD_MQTT_FEED_INT_H
#define LUOSHU_FIELD_MQTT_FEED_INT_H
#include "field/mqtt_feed.h"
#include "field/spb_host.h"
#include "net/mqtt_client.h"
#include <pthread.h>

struct line { /* one connection; all but `shown` is its thread's alone */
    struct mqtt_feed *feed;
    const char *name; /* "sparkplug", "topics" */
    struct mqtt_client *client;
    struct spb_step step; /* samples that are not yet durable, tokens that wait for it */
    struct arena texts;   /* of those samples */
    struct spb_host *host;
    int64_t state_ms; /* time stamp of this connection's STATE */
    struct buf will;
    int64_t said_ms; /* when trouble was last told in the log */
    struct line_counts {
        uint64_t stored, refused, rounded, held; /* held: times a commit had to be tried again */
        uint64_t unmapped, unreadable;           /* messages of topics */
        struct json_topic_counts json;
        struct spb_counts spb;
        size_t nodes, born;
    } counts, shown; /* shown: copied under feed->lock */
};
struct mqtt_feed {
    struct intake *intake;
    struct arena a;
    struct mqtt_feed_options o;
    struct line sparkplug, topics;
    pthread_mutex_t lock;
    struct str state_topic, state_topic_legacy;
};

/* ---- mqtt_commit.c ---- */
/* Makes the step's samples durable, marks what is stale, then acknowledges; tries again for as long
 * as it takes. false: it is to stop, nothing was acknowledged */
bool line_commit(struct line *l, struct mqtt_client *c);
/* What /metrics tells of the line from now on. */
void line_show(struct line *l);
#endif
