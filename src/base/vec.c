/* vec.c - how arrays grow, and a hash map from bytes to 64 bits.
 * The map is for one thread; values are numbers or indices, never owned pointers. */
#include "vec.h"
#include <assert.h>

void *vec_grow_(void *v, size_t *cap, size_t size)
{
    size_t more = *cap > 0 ? *cap * 2 : 8;
    assert(more <= SIZE_MAX / 2 / size);
    v = mem_realloc(v, more * size);
    *cap = more;
    return v;
}

/* Linear probing, at most 3/4 full. A deletion moves the rest of its run back instead of leaving a
 * mark, so lookups stay as short as if the key had never been there. */
struct map_slot {
    struct str key; /* ptr NULL: free */
    uint64_t hash, value;
};
#define MAP_FIRST 16u
#define MAP_DEAD_MIN 65536u /* below this, moving keys costs more than it frees */

void map_init(struct map *m)
{
    *m = (struct map){0};
}

void map_clear(struct map *m)
{
    mem_free(m->slots);
    arena_clear(&m->keys);
    *m = (struct map){0};
}

/* The slot of key, or the free slot where it would go. */
static size_t map_slot(const struct map *m, struct str key, uint64_t hash)
{
    size_t i = hash & (m->cap - 1);
    for (; m->slots[i].key.ptr != NULL; i = (i + 1) & (m->cap - 1))
        if (m->slots[i].hash == hash && str_eq(m->slots[i].key, key))
            break;
    return i;
}

static struct str map_key(struct arena *a, struct str key)
{
    return (struct str){arena_z(a, key), key.len}; /* never NULL, also for STR_NULL */
}

/* All pairs into a fresh table of cap slots; with `move`, the live keys into a fresh arena. */
static void map_rebuild(struct map *m, size_t cap, bool move)
{
    struct map old = *m;
    m->slots = mem_zalloc(cap * sizeof *m->slots);
    m->cap = cap;
    if (move) {
        arena_init(&m->keys, 0);
        m->dead = 0;
    }
    for (size_t i = 0; i < old.cap; i++) {
        struct map_slot s = old.slots[i];
        if (s.key.ptr == NULL)
            continue;
        if (move)
            s.key = map_key(&m->keys, s.key);
        m->slots[map_slot(m, s.key, s.hash)] = s;
    }
    mem_free(old.slots);
}

/* Room for one pair more. Returns the arena the keys have left, for the caller to clear. */
static struct arena map_reserve(struct map *m)
{
    struct arena left = m->keys;
    bool move = m->dead > MAP_DEAD_MIN && m->dead > m->keys.used / 2;
    bool grow = m->len >= m->cap / 4 * 3;
    if (move || grow)
        map_rebuild(m, m->cap == 0 ? MAP_FIRST : grow ? m->cap * 2 : m->cap, move);
    return move ? left : (struct arena){0};
}

bool map_get(const struct map *m, struct str key, uint64_t *value)
{
    if (m->len == 0)
        return false;
    const struct map_slot *s = &m->slots[map_slot(m, key, str_hash(key))];
    if (s->key.ptr != NULL && value != NULL)
        *value = s->value;
    return s->key.ptr != NULL;
}

void map_put(struct map *m, struct str key, uint64_t value)
{
    *map_at(m, key, value) = value;
}

uint64_t *map_at(struct map *m, struct str key, uint64_t fresh)
{
    uint64_t hash = str_hash(key);
    if (m->cap > 0) {
        struct map_slot *s = &m->slots[map_slot(m, key, hash)];
        if (s->key.ptr != NULL)
            return &s->value;
    }
    struct arena left = map_reserve(m);
    struct map_slot *s = &m->slots[map_slot(m, key, hash)];
    *s = (struct map_slot){map_key(&m->keys, key), hash, fresh};
    arena_clear(&left); /* not sooner: key may point into it */
    m->len++;
    return &s->value;
}

bool map_del(struct map *m, struct str key)
{
    if (m->len == 0)
        return false;
    size_t mask = m->cap - 1, hole = map_slot(m, key, str_hash(key));
    if (m->slots[hole].key.ptr == NULL)
        return false;
    m->dead += (m->slots[hole].key.len + 16) & ~(size_t)15;
    m->len--;
    for (size_t i = (hole + 1) & mask; m->slots[i].key.ptr != NULL; i = (i + 1) & mask) {
        size_t home = m->slots[i].hash & mask;
        /* a pair may fall back into the hole only if that is not before its home slot */
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct map_slot){0};
    return true;
}

bool map_each(const struct map *m, size_t *it, struct str *key, uint64_t *value)
{
    while (*it < m->cap && m->slots[*it].key.ptr == NULL)
        ++*it;
    if (*it >= m->cap)
        return false;
    const struct map_slot *s = &m->slots[(*it)++];
    *key = s->key;
    if (value != NULL)
        *value = s->value;
    return true;
}
