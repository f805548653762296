/* points.c - profiles, slots, devices and points by id; channels by their hash.
 *
 * A channel is found by 64 bits under the workspace's secret seed: a name that was not made to
 * collide does so with a probability of 10^-12 in a province, and provisioning refuses two channels
 * of one hash. So no text is kept or compared on the way of a reading. */
#include "points.h"
#include <assert.h>

struct entry {
    uint64_t hash; /* 0 = free */
    uint32_t point, decimals;
};
struct channels {
    struct entry *v;
    size_t len, cap; /* cap: a power of two */
    uint64_t seed;
};

/* ---- hash: 64 x 64 -> 128 bit products, folded (as in wyhash, W. Yi 2019) ---- */

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    u128 p = (u128)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}
static inline uint64_t load(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}
static uint64_t hash_text(uint64_t seed, struct str s)
{
    const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xd1b54a32d192ed03u;
    const char *p = s.ptr;
    size_t n = s.len;
    uint64_t h = fold(seed ^ k0, s.len ^ k1);
    for (; n >= 16; p += 16, n -= 16)
        h = fold(load(p, 8) ^ h ^ k0, load(p + 8, 8) ^ k1);
    uint64_t a = n >= 8 ? load(p, 8) : load(p, n), b = n > 8 ? load(p + 8, n - 8) : 0;
    return fold(a ^ h ^ k1, b ^ seed ^ k0);
}

uint64_t channel_hash_series(const struct points *p, struct str series)
{
    return hash_text(p->channels->seed, series);
}

uint64_t channel_hash(const struct points *p, uint64_t series_hash, struct str field)
{
    uint64_t h = hash_text(series_hash ^ p->channels->seed, field);
    return h ? h : 1;
}

/* ---- table ---- */

static struct entry *entry_at(const struct channels *c, uint64_t hash)
{
    size_t i = hash & (c->cap - 1);
    while (c->v[i].hash && c->v[i].hash != hash)
        i = (i + 1) & (c->cap - 1);
    return &c->v[i];
}

static void grow(struct channels *c)
{
    struct channels old = *c;
    c->cap = old.cap ? old.cap * 2 : 1024;
    c->v = mem_zalloc(c->cap * sizeof *c->v);
    for (size_t i = 0; i < old.cap; i++)
        if (old.v[i].hash)
            *entry_at(c, old.v[i].hash) = old.v[i];
    mem_free(old.v);
}

static void insert(struct channels *c, uint64_t hash, uint32_t point, uint32_t decimals)
{
    if (c->len * 3 >= c->cap * 2)
        grow(c);
    struct entry *e = entry_at(c, hash);
    if (!e->hash)
        c->len++;
    *e = (struct entry){hash, point, decimals};
}

void channels_find(const struct points *p, const uint64_t *hash, size_t n, struct bound *out)
{
    enum { AHEAD = 16 };
    const struct channels *c = p->channels;
    for (size_t i = 0; i < n && i < AHEAD; i++)
        __builtin_prefetch(&c->v[hash[i] & (c->cap - 1)]);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            __builtin_prefetch(&c->v[hash[i + AHEAD] & (c->cap - 1)]);
        const struct entry *e = entry_at(c, hash[i]);
        out[i] = (struct bound){e->point, (uint8_t)e->decimals};
    }
}

void channels_alias(struct points *p, uint64_t hash, uint32_t point)
{
    pthread_rwlock_wrlock(&p->lock);
    insert(p->channels, hash, point, p->point_decimals.v[point - 1]);
    pthread_rwlock_unlock(&p->lock);
}

/* ---- points ---- */

struct points *points_new(uint64_t seed)
{
    struct points *p = mem_zalloc(sizeof *p);
    arena_init(&p->text, 0);
    map_init(&p->slot_of);
    p->channels = mem_zalloc(sizeof *p->channels);
    p->channels->seed = seed;
    grow(p->channels);
    vec_push(&p->slots,
             (struct slot){.rule = {.kind = KERNEL_NONE, .decimals = POINT_UNBOUND_DECIMALS}});
    pthread_rwlock_init(&p->lock, NULL);
    return p;
}

void points_free(struct points *p)
{
    if (p == NULL)
        return;
    pthread_rwlock_destroy(&p->lock);
    mem_free(p->channels->v);
    mem_free(p->channels);
    map_clear(&p->slot_of);
    vec_clear(&p->profiles);
    vec_clear(&p->slots);
    vec_clear(&p->devices);
    vec_clear(&p->point_slot);
    vec_clear(&p->point_device);
    vec_clear(&p->point_decimals);
    arena_clear(&p->text);
    mem_free(p);
}

void points_add_profile(struct points *p, const struct profile *pr)
{
    struct profile copy = *pr;
    assert(pr->id == p->profiles.len + 1);
    copy.name = arena_dup(&p->text, pr->name);
    vec_push(&p->profiles, copy);
}

void points_add_device(struct points *p, const struct device *d)
{
    assert(d->id == p->devices.len + 1);
    vec_push(&p->devices, d->entity);
}

static int64_t scaled(int64_t v, int by)
{
    for (; by > 0 && v <= INT64_MAX / 10; by--)
        v *= 10;
    for (; by < 0; by++)
        v /= 10;
    return v;
}

static void slot_key(const struct slot *s, char key[12])
{
    memcpy(key, &s->entity, 4);
    memcpy(key + 4, &s->profile, 4);
    memcpy(key + 8, &(uint32_t){s->rule.decimals}, 4);
}

void points_add_slot(struct points *p, uint32_t entity, uint32_t profile, uint8_t decimals)
{
    struct slot s = {entity, profile, p->slots.v[0].rule, 0};
    char key[12];
    if (profile) {
        s.rule = p->profiles.v[profile - 1].rule;
        s.rule.rollover = scaled(s.rule.rollover, decimals - s.rule.decimals);
        s.rule.jitter = scaled(s.rule.jitter, decimals - s.rule.decimals);
    }
    s.rule.decimals = decimals;
    slot_key(&s, key);
    map_put(&p->slot_of, (struct str){key, sizeof key}, p->slots.len);
    vec_push(&p->slots, s);
}

uint32_t points_slot(struct points *p, uint32_t entity, uint32_t profile, uint8_t decimals,
                     bool *made)
{
    char key[12];
    uint64_t at;
    *made = false;
    if (!profile || !entity)
        return 0;
    slot_key(&(struct slot){.entity = entity, .profile = profile, .rule = {.decimals = decimals}}, key);
    if (map_get(&p->slot_of, (struct str){key, sizeof key}, &at))
        return (uint32_t)at;
    *made = true;
    points_add_slot(p, entity, profile, decimals);
    return (uint32_t)p->slots.len - 1;
}

enum code points_add(struct points *p, const struct point *pt, struct error *err)
{
    uint64_t hash = channel_hash(p, channel_hash_series(p, pt->series), pt->field);
    struct entry *e = entry_at(p->channels, hash);
    assert(pt->id == p->point_slot.len + 1 && pt->slot < p->slots.len);
    if (e->hash)
        return error_set(err, E_CONFLICT, "the channel '%.*s %.*s' is point %u already",
                         STR_ARG(pt->series), STR_ARG(pt->field), e->point);
    insert(p->channels, hash, pt->id, pt->decimals);
    p->slots.v[pt->slot].points++;
    p->unbound += pt->slot == 0;
    vec_push(&p->point_slot, pt->slot);
    vec_push(&p->point_device, pt->device);
    vec_push(&p->point_decimals, pt->decimals);
    return OK;
}

void points_set_slot(struct points *p, uint32_t point, uint32_t device, uint32_t slot)
{
    p->unbound += (size_t)(slot == 0) - (size_t)(p->point_slot.v[point - 1] == 0);
    p->slots.v[p->point_slot.v[point - 1]].points--;
    p->slots.v[slot].points++;
    p->point_slot.v[point - 1] = slot;
    p->point_device.v[point - 1] = device;
}

static void channels_cut(struct channels *c, uint32_t last)
{
    struct channels old = *c;
    c->v = mem_zalloc(c->cap * sizeof *c->v);
    c->len = 0;
    for (size_t i = 0; i < old.cap; i++)
        if (old.v[i].hash && old.v[i].point <= last)
            insert(c, old.v[i].hash, old.v[i].point, old.v[i].decimals);
    mem_free(old.v);
}

void points_cut(struct points *p, size_t profiles, size_t slots, size_t devices, size_t points)
{
    char key[12];
    if (points < p->point_slot.len)
        channels_cut(p->channels, (uint32_t)points);
    for (size_t i = points; i < p->point_slot.len; i++) {
        p->slots.v[p->point_slot.v[i]].points--;
        p->unbound -= p->point_slot.v[i] == 0;
    }
    p->point_slot.len = p->point_device.len = p->point_decimals.len = points;
    p->devices.len = devices;
    for (size_t i = slots; i < p->slots.len; i++) {
        slot_key(&p->slots.v[i], key);
        (void)map_del(&p->slot_of, (struct str){key, sizeof key});
    }
    p->slots.len = slots;
    p->profiles.len = profiles;
}

size_t points_bytes(const struct points *p)
{
    return p->channels->cap * sizeof *p->channels->v + p->point_slot.cap * 4 +
           p->point_device.cap * 4 + p->point_decimals.cap + p->devices.cap * 4 +
           p->slots.cap * sizeof *p->slots.v;
}
