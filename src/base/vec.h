/* vec.h - growing arrays and hash maps. */
#ifndef LUOSHU_BASE_VEC_H
#define LUOSHU_BASE_VEC_H
#include "str.h"

/* VEC(int) ints = {0}; vec_push(&ints, 3); for (size_t i = 0; i < ints.len; i++) ints.v[i] */
#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t len, cap;                                                                           \
    }
#define vec_push(vec, ...)                                                                         \
    do {                                                                                           \
        if ((vec)->len == (vec)->cap)                                                              \
            (vec)->v = vec_grow_((vec)->v, &(vec)->cap, sizeof *(vec)->v);                         \
        (vec)->v[(vec)->len++] = (__VA_ARGS__);                                                    \
    } while (0)
#define vec_clear(vec)                                                                             \
    do {                                                                                           \
        mem_free((vec)->v);                                                                        \
        (vec)->v = NULL;                                                                           \
        (vec)->len = (vec)->cap = 0;                                                               \
    } while (0)
void *vec_grow_(void *v, size_t *cap, size_t size);

/* Map from bytes to a 64-bit value; open addressing, keys copied into the map. */
struct map {
    struct map_slot *slots;
    size_t len, cap;
    struct arena keys;
    size_t dead; /* bytes of deleted keys still in the arena; a put moves the keys when they prevail */
};
void map_init(struct map *m);
void map_clear(struct map *m);
bool map_get(const struct map *m, struct str key, uint64_t *value);
void map_put(struct map *m, struct str key, uint64_t value); /* replaces */
/* The value slot of key, made with `fresh` when absent; valid until the next put. */
uint64_t *map_at(struct map *m, struct str key, uint64_t fresh);
bool map_del(struct map *m, struct str key);
/* Every pair once, in no order: for (size_t it = 0; map_each(m, &it, &k, &v);) */
bool map_each(const struct map *m, size_t *it, struct str *key, uint64_t *value);
#endif
