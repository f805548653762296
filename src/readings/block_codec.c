/* block_codec.c - a run: how many readings, how many bytes, times (block_times.c), values
 * (block_ints.c). */
#include "readings/block_int.h"
#include <assert.h>

bool varint_get_slow(struct bytes *b, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && b->at < b->end; shift += 7) {
        uint8_t byte = *b->at++;
        v |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *out = v;
            return shift < 63 || byte < 2;
        }
    }
    return false;
}

void run_encode(struct buf *out, const int64_t *time_ms, const int64_t *value, size_t n,
                int64_t base_ms)
{
    assert(n >= 1 && n <= BLOCK_RUN_MAX);
    varint_add(out, n);
    size_t at = out->len;
    times_encode(out, time_ms, n, base_ms);
    ints_encode(out, value, n);
    size_t body = out->len - at, size = varint_size(body);
    buf_add(out, (struct str){"0123456789", size}); /* room for the length */
    if (out->full)
        return;
    memmove(out->ptr + at + size, out->ptr + at, body);
    varint_put((uint8_t *)out->ptr + at, body);
}

bool run_next(struct bytes *b, struct run *out)
{
    uint64_t n, length;
    if (!varint_get(b, &n) || n == 0 || n > BLOCK_RUN_MAX || !varint_get(b, &length) ||
        length > bytes_left(b))
        return false;
    out->n = (size_t)n;
    out->body = (struct bytes){b->at, b->at + length, b->readable};
    b->at += length;
    return true;
}

bool run_decode(const struct run *r, int64_t base_ms, int64_t *time_ms, int64_t *value)
{
    struct bytes b = r->body;
    return (time_ms != NULL ? times_decode(&b, time_ms, r->n, base_ms)
                            : times_skip(&b, r->n, base_ms)) &&
           ints_decode(&b, value, r->n) && b.at == b.end;
}

/* ---- runs by themselves: their base is 0 --------------------------------------------------- */

static struct bytes bytes_of(struct str s)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    return (struct bytes){p, p + s.len, p + s.len};
}

static enum code damaged(struct error *err)
{
    return error_set(err, E_INPUT,
                     "damaged run of readings: its bytes follow no rule of the format");
}

void block_encode(struct buf *out, const int64_t *time_ms, const int64_t *value, size_t n)
{
    run_encode(out, time_ms, value, n, 0);
}

enum code block_decode(struct str *rest, int64_t *time_ms, int64_t *value, size_t max, size_t *n,
                       struct error *err)
{
    struct bytes b = bytes_of(*rest);
    struct run r;
    if (!run_next(&b, &r))
        return damaged(err);
    if (r.n > max)
        return error_set(err, E_LIMIT, "run of %zu readings where at most %zu are expected", r.n,
                         max);
    if (!run_decode(&r, 0, time_ms, value))
        return damaged(err);
    *n = r.n;
    *rest = (struct str){(const char *)b.at, bytes_left(&b)};
    return OK;
}

enum code block_peek(struct str bytes, size_t *n, int64_t *first_ms, int64_t *last_ms,
                     size_t *length, struct error *err)
{
    struct bytes b = bytes_of(bytes);
    struct run r;
    if (!run_next(&b, &r) || !times_peek(&r.body, r.n, 0, first_ms, last_ms))
        return damaged(err);
    *n = r.n;
    *length = (size_t)(b.at - (const uint8_t *)bytes.ptr);
    return OK;
}
