/* registry_points.h - devices, points and their profiles in the registry (schema/003_points.sql).
 */
#ifndef LUOSHU_STORE_REGISTRY_POINTS_H
#define LUOSHU_STORE_REGISTRY_POINTS_H
#include "store/registry.h"

struct profile_row {
    uint32_t id;
    struct str name;
    uint32_t indicator, unit;
    uint8_t kernel, gap, decimals, begins;
    uint32_t every_s, max_gap_s;
    int64_t rollover, jitter;
};
struct slot_row {
    uint32_t id, entity, profile;
    uint8_t decimals;
};
struct device_row {
    uint32_t id, entity;
    struct str name, type, note;
};
struct point_row {
    uint32_t id, device, slot;
    uint8_t decimals;
    struct str series, field;
};
/* Written under their ids; the same id again replaces. Within registry_begin .. commit, or each by
 * itself. */
MUST_CHECK enum code registry_put_profile(struct registry *g, const struct profile_row *p,
                                          struct error *err);
MUST_CHECK enum code registry_put_slot(struct registry *g, const struct slot_row *s,
                                       struct error *err);
MUST_CHECK enum code registry_put_device(struct registry *g, const struct device_row *d,
                                         struct error *err);
MUST_CHECK enum code registry_put_point(struct registry *g, const struct point_row *p,
                                        struct error *err);

/* All rows in order of id; texts live during the call. A callback that fails ends the walk with its
 * code. */
struct points_reader {
    enum code (*profile)(void *ctx, const struct profile_row *p, struct error *err);
    enum code (*slot)(void *ctx, const struct slot_row *s, struct error *err);
    enum code (*device)(void *ctx, const struct device_row *d, struct error *err);
    enum code (*point)(void *ctx, const struct point_row *p, struct error *err);
};
MUST_CHECK enum code registry_points_walk(struct registry *g, const struct points_reader *reader,
                                          void *ctx, struct error *err);

/* Lookups; texts into the arena. fails  E_MISSING */
MUST_CHECK enum code registry_point(struct registry *g, uint32_t id, struct arena *a,
                                    struct point_row *out, struct error *err);
MUST_CHECK enum code registry_device(struct registry *g, uint32_t id, struct arena *a,
                                     struct device_row *out, struct error *err);
/* Id of the device of that name standing at the entity (0: at any); 0 = none. */
MUST_CHECK enum code registry_device_named(struct registry *g, struct str name, uint32_t entity,
                                           uint32_t *out, struct error *err);
struct points_ask {
    uint32_t device; /* 0 = any */
    bool unbound;    /* only those of slot 0 */
    struct str text; /* part of series or field; empty = any */
    uint32_t after;  /* ids above */
    size_t limit;
};
typedef VEC(struct point_row) point_rows;
typedef VEC(struct device_row) device_rows;
MUST_CHECK enum code registry_points_find(struct registry *g, const struct points_ask *ask,
                                          struct arena *a, point_rows *out, struct error *err);
/* entities: places, or NULL for any. */
MUST_CHECK enum code registry_devices_find(struct registry *g, const uint32_t *entities,
                                           size_t count, struct str text, uint32_t after,
                                           size_t limit, struct arena *a, device_rows *out,
                                           struct error *err);

/* Claim keys, kept as SHA-256. */
MUST_CHECK enum code registry_put_claim_key(struct registry *g, const uint8_t hash[32], uint32_t entity,
                                        struct str label, int64_t uses, int64_t expires_us,
                                        int64_t created_us, struct error *err);
/* Takes one use. fails  E_DENIED unknown, used up or expired */
MUST_CHECK enum code registry_use_claim_key(struct registry *g, const uint8_t hash[32], int64_t now_us,
                                        uint32_t *entity, struct error *err);
#endif
