/* block_unpack.c - reads the frames of packed bits that block_ints.c writes and describes. Any
 * bytes are read or refused; nothing is loaded beyond what the reader says is readable. */
#include "readings/block_int.h"

static uint64_t load(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8); /* little-endian, as all of the format */
    return v;
}

/* Bits [bit, bit + width) where no 8 bytes more can be loaded. */
static uint64_t bits_slow(const uint8_t *p, const uint8_t *end, size_t bit, unsigned width)
{
    unsigned __int128 v = 0;
    p += bit / 8;
    for (unsigned i = 0; i < 9 && p + i < end; i++)
        v |= (unsigned __int128)p[i] << (8 * i);
    v >>= bit % 8;
    return (uint64_t)v & (width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX);
}

/* How values are made of unpacked bits: base + bits, or the value before + base + bits. */
struct making {
    uint64_t base, before;
};

static inline __attribute__((always_inline)) uint64_t make(struct making *m, uint64_t bits,
                                                           bool sums)
{
    uint64_t v = m->base + bits;
    m->before = sums ? m->before + v : v;
    return m->before;
}

/* Eights of values first, as eight of them end with a byte. The width is a constant where this is
 * inlined, so that their shifts are, too. */
static inline __attribute__((always_inline)) void
unpack_width(const uint8_t *p, int64_t *x, size_t n, unsigned width, bool sums, struct making *to)
{
    const uint64_t mask = (UINT64_C(1) << width) - 1;
    struct making m = *to;
    for (; n >= 8; n -= 8, p += width, x += 8)
#pragma GCC unroll 8
        for (unsigned i = 0; i < 8; i++)
            x[i] = (int64_t)make(&m, load(p + i * width / 8) >> i * width % 8 & mask, sums);
    for (unsigned i = 0; i < n; i++)
        x[i] = (int64_t)make(&m, load(p + i * width / 8) >> i * width % 8 & mask, sums);
    *to = m;
}

#define WIDTH(w)                                                                                   \
    case w:                                                                                        \
        if (sums)                                                                                  \
            unpack_width(p, x, n, w, true, m);                                                     \
        else                                                                                       \
            unpack_width(p, x, n, w, false, m);                                                    \
        return;
#define WIDTHS_8(w)                                                                                \
    WIDTH(w)                                                                                       \
    WIDTH(w + 1) WIDTH(w + 2) WIDTH(w + 3) WIDTH(w + 4) WIDTH(w + 5) WIDTH(w + 6) WIDTH(w + 7)

static void unpack_fast(const uint8_t *p, int64_t *x, size_t n, unsigned width, bool sums,
                        struct making *m)
{
    switch (width) {
        WIDTHS_8(1)
        WIDTHS_8(9)
        WIDTHS_8(17)
    default:
        unpack_width(p, x, n, width, sums, m);
    }
}

/* n values of `width` bits; sums: they are differences. Near the end of what is readable, where a
 * load of 8 bytes could pass it, bits are gathered byte by byte. */
static bool unpack(struct bytes *b, int64_t *x, size_t n, unsigned width, bool sums,
                   struct making *m)
{
    size_t size = (n * width + 7) / 8;
    if (size > bytes_left(b))
        return false;
    const uint8_t *p = b->at, *end = b->at + size;
    b->at = end;
    if (width > 0 && width <= 57 && b->readable - end >= 8) {
        unpack_fast(p, x, n, width, sums, m);
        return true;
    }
    if (width == 0) {
        for (size_t i = 0; i < n; i++)
            x[i] = (int64_t)make(m, 0, sums);
        return true;
    }
    for (size_t i = 0, bit = 0; i < n; i++, bit += width)
        x[i] = (int64_t)make(m, bits_slow(p, end, bit, width), sums);
    return true;
}

/* Each value plus the one before it. */
static void accumulate(int64_t *x, size_t n, uint64_t before)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (int64_t)(before += (uint64_t)x[i]);
}

static bool read_exceptions(struct bytes *b, int64_t *x, size_t n)
{
    uint64_t count, code, v;
    if (!varint_get(b, &count) || count == 0 || count > n)
        return false;
    for (size_t at = 0; count-- > 0; at++) {
        if (!varint_get(b, &code) || code >> 1 >= n - at)
            return false;
        at += (size_t)(code >> 1);
        if (code & 1) {
            if (!varint_get(b, &v))
                return false;
            x[at] = (int64_t)((uint64_t)x[at] + unzigzag(v));
        } else {
            if (bytes_left(b) == 0)
                return false;
            x[at] = INT64_MIN + *b->at++;
        }
        if (count > 0 && at + 1 >= n)
            return false;
    }
    return true;
}

/* One frame into x[0..n); *count: of its values. */
static bool read_frame(struct bytes *b, int64_t *x, size_t n, uint64_t *before, size_t *count)
{
    if (bytes_left(b) == 0)
        return false;
    uint8_t head = *b->at++;
    unsigned width = head & 31, kind = head >> 5 & 3;
    bool except = false;
    if (width == HEAD_WIDE) {
        if (bytes_left(b) == 0)
            return false;
        width = *b->at & 127;
        except = (*b->at++ & WIDE_EXCEPT) != 0;
    }
    uint64_t c = n, first, step = 0, low = 0;
    if (!(head & HEAD_LAST) && (!varint_get(b, &c) || c >= n))
        return false;
    if (width > 64 || kind >= KINDS || c <= kind - (kind == 0 ? 0u : 1u) || !varint_get(b, &first))
        return false;
    if ((kind == 2 && !varint_get(b, &step)) || (kind > 0 && !varint_get(b, &low)))
        return false;
    first = unzigzag(first) + *before;
    step = unzigzag(step);
    low = unzigzag(low);
    *count = (size_t)c;
    struct making m = {kind == 0 ? first : low, kind == 2 ? step : first};
    if (!unpack(b, x + kind, *count - kind, width, kind > 0, &m))
        return false;
    if (kind > 0)
        x[0] = (int64_t)first;
    if (kind == 2) { /* what was unpacked are differences, now */
        x[1] = (int64_t)step;
        accumulate(x + 1, *count - 1, first);
    }
    *before = (uint64_t)x[*count - 1];
    return !except || read_exceptions(b, x, *count);
}

bool ints_decode(struct bytes *b, int64_t *x, size_t n)
{
    uint64_t before = 0;
    while (n > 0) {
        size_t count = 0;
        if (!read_frame(b, x, n, &before, &count))
            return false;
        x += count;
        n -= count;
    }
    return true;
}
