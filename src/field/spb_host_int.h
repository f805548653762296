/* spb_host_int.h - what the files of the host share: nodes, devices, metrics, what waits. */
#ifndef LUOSHU_FIELD_SPB_HOST_INT_H
#define LUOSHU_FIELD_SPB_HOST_INT_H
#include "field/spb_host.h"

struct spb_channel { /* a metric of a device; kept for ever, so that texts stay */
    struct str name;
    uint32_t type;
    bool told;       /* by the present birth */
    bool stored;     /* a sample of it was given out */
    bool stale;      /* by a death; until the next value */
    int64_t last_ms; /* newest time given out */
    int64_t stale_ms;
};
struct spb_device { /* number 0 is the node itself */
    struct str series;
    struct map by_name; /* -> index */
    VEC(struct spb_channel) channels;
    bool born;
};
struct spb_held {
    char *topic, *payload;
    size_t topic_len, payload_len;
    uint64_t token;
    uint8_t seq;
    int64_t payload_ms; /* its own time, or 0 */
};
struct spb_node {
    struct spb_node_name name;
    struct map by_device; /* -> index of devices */
    VEC(struct spb_device) devices;
    struct map by_alias; /* 8 bytes -> device << 32 | channel */
    bool born, has_bdseq;
    uint64_t bdseq;
    uint8_t next;         /* seq expected */
    uint32_t digest[256]; /* of the last message of each seq */
    uint8_t missing[32];  /* seq given up: may still come late */
    VEC(struct spb_held) held;
    int64_t held_since_ms;
    bool wants_rebirth, asked;
    bool unanswered; /* no birth came though it was asked for: its data wait no longer */
    int64_t asked_ms, ask_again_ms;
    uint32_t asked_wait_ms;
};
struct spb_host {
    struct spb_host_options o;
    struct arena text; /* names, for ever */
    struct map by_name;
    VEC(struct spb_node *) nodes;
    size_t channels, born;
    struct spb_counts counts;
    int64_t bucket_ms; /* when the next request to any node may be sent */
    struct arena scratch;
};

/* ---- spb_node.c ---- */
struct spb_node *spb_node_at(struct spb_host *h, struct spb_node_name name); /* NULL: too many */
struct spb_device *spb_device_at(struct spb_host *h, struct spb_node *n, struct str device);
void spb_node_free(struct spb_node *n);
/* Forgets what the former birth told. */
void spb_node_unborn(struct spb_host *h, struct spb_node *n);
void spb_device_stale(struct spb_device *d, int64_t time_ms, struct spb_step *out);

/* ---- spb_samples.c ---- */
struct spb_taking { /* a message being turned into samples */
    struct spb_host *h;
    struct spb_node *n;
    uint32_t device;
    bool birth;
    int64_t payload_ms, now_ms;
    bool unknown; /* a name or alias that no birth told */
    struct spb_step *out;
};
void spb_take(struct spb_taking *t, const struct spb_payload *p);
#endif
