/* chunk.c - a generation's readings in memory, per point a chain of cache lines. */
#include "readings_int.h"
#include <stdlib.h>
#include <sys/mman.h>

static inline size_t put_varint(uint8_t *p, uint64_t v)
{
    size_t n = 0;
    for (; v >= 128; v >>= 7)
        p[n++] = (uint8_t)(v | 128);
    p[n++] = (uint8_t)v;
    return n;
}
static inline uint64_t get_varint(const uint8_t **p)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t b = *(*p)++;
        v |= (uint64_t)(b & 127) << shift;
        if (b < 128)
            return v;
    }
}
static inline uint64_t zigzag(int64_t v)
{
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}
static inline int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static uint32_t chunk_new(struct pool *p)
{
    const size_t bytes = CHUNK_SLAB * sizeof(struct chunk);
    if (p->len == 0)
        p->len = 1;
    if (p->len / CHUNK_SLAB == p->slabs) {
        p->slab = mem_realloc(p->slab, (p->slabs + 1) * sizeof *p->slab);
        void *slab = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (slab == MAP_FAILED)
            abort(); /* memory exhaustion ends the process (base, I5) */
        p->slab[p->slabs++] = slab;
    }
    return p->len++;
}

/* Whole seconds are told as seconds, so that a minute takes two bytes. */
static size_t put_step(uint8_t *p, int64_t step)
{
    return step % 1000 == 0 ? put_varint(p, zigzag(step / 1000) << 1 | 1)
                            : put_varint(p, zigzag(step) << 1);
}

static void begin(struct pool *p, uint32_t *head, uint32_t *tail, int64_t time_ms, int64_t value,
                  bool closed)
{
    uint32_t id = chunk_new(p);
    *pool_at(p, id) = (struct chunk){
        .n = 1, .closed = closed, .time_ms = time_ms, .value = value, .last_ms = time_ms};
    if (*tail)
        pool_at(p, *tail)->next = id;
    else
        *head = id;
    *tail = id;
}

void chunk_append(struct pool *p, uint32_t *head, uint32_t *tail, int64_t last_time,
                  int64_t last_value, int64_t time_ms, int64_t value)
{
    uint8_t text[24];
    struct chunk *c = *tail ? pool_at(p, *tail) : NULL;
    if (c && !c->closed && c->n < UINT8_MAX && time_ms > c->last_ms) {
        size_t n = put_step(text, time_ms - last_time);
        n += put_varint(text + n, zigzag((int64_t)((uint64_t)value - (uint64_t)last_value)));
        if (c->used + n <= sizeof c->text) {
            memcpy(c->text + c->used, text, n);
            c->used = (uint8_t)(c->used + n);
            c->n++;
            c->last_ms = time_ms;
            return;
        }
    }
    begin(p, head, tail, time_ms, value, false);
}

void chunk_append_alone(struct pool *p, uint32_t *head, uint32_t *tail, int64_t time_ms,
                        int64_t value)
{
    begin(p, head, tail, time_ms, value, true);
}

void chunk_read(const struct pool *p, uint32_t head, int64_t from, int64_t to, i64_vec *time_ms,
                i64_vec *value)
{
    for (; head; head = pool_at(p, head)->next) {
        const struct chunk *c = pool_at(p, head);
        const uint8_t *at = c->text;
        if (c->last_ms < from || c->time_ms >= to)
            continue;
        int64_t t = c->time_ms;
        uint64_t v = (uint64_t)c->value;
        vec_push(time_ms, t);
        vec_push(value, (int64_t)v);
        for (unsigned i = 1; i < c->n; i++) {
            uint64_t step = get_varint(&at);
            t += step & 1 ? unzigzag(step >> 1) * 1000 : unzigzag(step >> 1);
            v += (uint64_t)unzigzag(get_varint(&at));
            vec_push(time_ms, t);
            vec_push(value, (int64_t)v);
        }
    }
}

void pool_clear(struct pool *p)
{
    for (size_t i = 0; i < p->slabs; i++)
        munmap(p->slab[i], CHUNK_SLAB * sizeof(struct chunk));
    mem_free(p->slab);
    *p = (struct pool){0};
}
