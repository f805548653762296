/* spb_host.h - what a Sparkplug B host application knows of nodes and devices, and what it does
 * about each message. Pure: clock in, samples and requests out. Eclipse Sparkplug 3.0.0, chapters 5
 * and 6.
 *
 *            NBIRTH            gap, unknown name or alias, unreadable payload
 *   UNBORN ---------> BORN ----------------------------------------------------> asks for rebirth,
 *     ^                | NDEATH with the bdSeq of the birth                        goes on storing
 *     +----------------+ all its channels: stale
 *
 * Messages of a node are taken in the order of seq. One that is ahead waits until those before it
 * have come or reorder_ms are over; then the gap is given up and a rebirth asked for. Data that
 * came before the birth wait too, then are stored as far as they say themselves what they are.
 * Nothing that can be decoded is dropped, and a token is told done only with the samples of its
 * message.
 *
 * Series of a sample: "spBv1.0/GROUP/NODE[/DEVICE]"; field: the metric's name, "name[3]" of an
 * array, "name/member" of a template. */
#ifndef LUOSHU_FIELD_SPB_HOST_H
#define LUOSHU_FIELD_SPB_HOST_H
#include "field/intake.h"
#include "field/spb.h"

struct spb_host; /* one thread */
struct spb_host_options {
    uint32_t reorder_ms;     /* 0 = 2000 */
    uint32_t birth_ms;       /* data wait so long for the birth that was asked for; 0 = 5000 */
    uint32_t rebirth_min_ms; /* between two requests to a node, doubling up to max; 0 = 10,000 */
    uint32_t rebirth_max_ms; /* 0 = 600,000 */
    uint32_t rebirth_per_s;  /* to all nodes together; 0 = 20 */
    size_t nodes_max;        /* 0 = 20,000 */
    size_t metrics_max;      /* of all nodes; 0 = 10,000,000 */
    size_t held_max;         /* messages waiting, of a node; 0 = 512 */
    bool shared;             /* data are shared with other hosts: their seq says nothing */
};
struct spb_node_name {
    struct str group, node;
};
struct spb_stale { /* the channel has no valid value since */
    struct str series, field;
    int64_t time_ms;
};
/* What a step gives and asks for; appended. Texts live as long as the host. Order does not matter
 * but that samples come before stale. */
struct spb_step {
    VEC(struct sample) samples;
    VEC(uint32_t) renewed; /* indices of samples that repeat an older value as valid now */
    VEC(uint64_t) done;    /* tokens: all of their messages is in samples */
    VEC(struct spb_node_name) rebirths; /* send NCMD Node Control/Rebirth = true */
    VEC(struct spb_stale) stale;
};
void spb_step_reset(struct spb_step *s);
void spb_step_clear(struct spb_step *s);

struct spb_counts {
    uint64_t messages, births, deaths, late_deaths, data, samples, historical;
    uint64_t malformed;  /* metrics refused */
    uint64_t unreadable; /* payloads */
    uint64_t foreign;    /* topics that are not Sparkplug's */
    uint64_t other;      /* metrics whose value is no number: texts, bytes, data sets */
    uint64_t transient;  /* metrics that are not to be stored */
    uint64_t unknown;    /* names or aliases no birth told; with a name and type they are stored */
    uint64_t lost;       /* of them, those that could not be stored */
    uint64_t gaps, reordered, late, duplicates, rebirths, refused; /* refused: beyond a limit */
};
struct spb_host *spb_host_new(const struct spb_host_options *o);
void spb_host_free(struct spb_host *h);
/* token: 0 when there is nothing to acknowledge. Bytes are not kept after the call. */
void spb_host_message(struct spb_host *h, struct str topic, struct str payload, uint64_t token,
                      int64_t now_ms, struct spb_step *out);
/* Timers; call it several times a second. */
void spb_host_tick(struct spb_host *h, int64_t now_ms, struct spb_step *out);
/* The connection to the broker is gone: tokens of what waits are worth nothing, what waits is
 * dropped where it has a token (it comes again) and taken where it has none. */
void spb_host_lost(struct spb_host *h, int64_t now_ms, struct spb_step *out);
void spb_host_counts(const struct spb_host *h, struct spb_counts *out);
size_t spb_host_nodes(const struct spb_host *h, size_t *born);

/* Payload of NCMD that asks for a rebirth. */
void spb_rebirth_payload(struct buf *out, int64_t now_ms);
/* STATE: {"online":true,"timestamp":1700000000000} */
void spb_state_payload(struct buf *out, bool online, int64_t time_ms);
/* Of 3.0 (JSON) or 2.2 ("ONLINE", "OFFLINE"). false: neither */
bool spb_state_read(struct str payload, bool *online, int64_t *time_ms);
#endif
