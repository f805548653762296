/* points.h - what is measured where: profiles, slots, devices, points, and the channels that name
 * them.
 *
 * A channel is how a device names what it sends: a series ("m,dev=17", "spBv1.0/plant/edge/press",
 * "hj212/MN") and a field in it ("v", "Pressure", "w01018-Rtd"). A point is one channel of one
 * device. Its profile says what the numbers mean (indicator, unit, decimals, kernel); its slot is
 * (entity, profile), the smallest thing that is summed: all points of one enterprise with the same
 * profile share a slot. A point of slot 0 is unbound: its readings are kept and counted, and move
 * no total until it is bound; then its whole history counts (quarantine loses nothing).
 *
 * Ids are given by the registry, 1.., stable for ever. Texts are not kept here but for devices'
 * placement: at the size of a province they are looked up in the registry.
 * Threads: channels_* may be called by any; a writer holds the lock of `points` exclusively. */
#ifndef LUOSHU_READINGS_POINTS_H
#define LUOSHU_READINGS_POINTS_H
#include "model/model.h"
#include "readings/kernel.h"
#include <pthread.h>

typedef VEC(uint32_t) u32_vec;

struct profile {
    uint32_t id;        /* 1.. */
    struct str name;    /* "电表/千瓦时" */
    uint32_t indicator; /* 0 = none (yet) */
    uint32_t unit;      /* of the readings */
    struct kernel_rule rule;
};
/* All points of one place, profile and number of decimals. */
struct slot {
    uint32_t entity, profile;
    struct kernel_rule rule; /* of the profile, at the decimals of the slot */
    uint32_t points;         /* how many are in it */
};
struct device {
    uint32_t id; /* 1.. */
    uint32_t
        entity; /* where it stands (ISA-95: enterprise, site, area, line, unit); 0 = unplaced */
    struct str name, type, note;
};
struct point {
    uint32_t id; /* 1.. */
    uint32_t device, slot, profile;
    uint8_t decimals;
    struct str series, field;
};

struct points {
    struct arena text;
    VEC(struct profile) profiles;           /* element i has id i + 1 */
    VEC(struct slot) slots;                 /* element 0 is the unbound one */
    VEC(uint32_t) devices;                  /* entity of each, by id - 1 */
    VEC(uint32_t) point_slot, point_device; /* by id - 1 */
    VEC(uint8_t) point_decimals;
    size_t unbound; /* points of slot 0 */
    struct channels *channels;
    struct map slot_of; /* (entity, profile, decimals) -> slot */
    pthread_rwlock_t lock;
};
struct points *
points_new(uint64_t seed /* secret of the workspace, so that hashes can't be made to collide */);
void points_free(struct points *p);
#define POINT_UNBOUND_DECIMALS 6
/* Ids follow each other: profile.id == profiles.len + 1, and so on. Callers hold the lock
 * exclusively. */
void points_add_profile(struct points *p, const struct profile *pr);
void points_add_device(struct points *p, const struct device *d);
/* The slot of (entity, profile, decimals), made when absent (*made then); (0, 0, any) is slot 0.
 * The caller makes it durable. */
uint32_t points_slot(struct points *p, uint32_t entity, uint32_t profile, uint8_t decimals,
                     bool *made);
void points_add_slot(struct points *p, uint32_t entity, uint32_t profile, uint8_t decimals);
void points_set_slot(struct points *p, uint32_t point, uint32_t device, uint32_t slot);
/* fails  E_CONFLICT another point has the channel */
MUST_CHECK enum code points_add(struct points *p, const struct point *pt, struct error *err);

/* ---- channels: from a packet's words to a point ---- */
struct bound {
    uint32_t point; /* 0 = unknown channel */
    uint8_t decimals;
};
/* Hash of a channel under the seed of p; series and field are hashed apart, so that a packet of
 * many fields hashes its series once. */
uint64_t channel_hash_series(const struct points *p, struct str series);
uint64_t channel_hash(const struct points *p, uint64_t series_hash, struct str field);
/* n at once (memory is fetched ahead); the caller holds p->lock shared. */
void channels_find(const struct points *p, const uint64_t *hash, size_t n, struct bound *out);
/* A second spelling of a channel (tags in another order): found from now on. Takes the lock. */
void channels_alias(struct points *p, uint64_t hash, uint32_t point);
/* Forgets what was added after there were so many: it never became durable. */
void points_cut(struct points *p, size_t profiles, size_t slots, size_t devices, size_t points);
size_t points_bytes(const struct points *p);
#endif
