/* block_ints.c - a sequence of 64-bit integers as frames of packed bits.
 *
 * A frame is up to FRAMES_VALUES integers with one base and one width: the values above their least
 * one (frame of reference), or their differences above the least difference, or the differences of
 * those. Where frames end is chosen so that the whole is short: groups of eight are joined with the
 * frame before them as long as that costs nothing. Values that would make a frame wide (absent
 * ones, spikes) are taken out of it, and told apart behind it.
 *
 *   head    1 byte: width in bits 0-4 (31: a second byte follows, width in bits 0-6, bit 7 says
 * that exceptions follow), kind in bits 5-6, bit 7: the last frame count   varint; absent in the
 * last frame, which has what is left first   kind 0: least value; 1, 2: first value; zigzag varint,
 * less the value before (0 at first)
 *   ...     kind 1: least difference; 2: first difference, least difference of differences; zigzag
 *   bits    width bits a value, lowest first, without kind's first 0, 1, 2 values; to a whole byte
 *   except  varint count; each: varint (gap << 1 | number), then zigzag varint of what to add to
 *           the unpacked value, or one byte: the value is INT64_MIN + byte */
#include "readings/block_int.h"
#include "readings/kernel.h"
#include <assert.h>
#include <stdlib.h>

enum { GROUP = 8, BLOCK_VALUES = 1024, GROUPS = BLOCK_VALUES / GROUP, KINDS = 3 };
enum { HEAD_WIDE = 31, HEAD_LAST = 128, WIDE_EXCEPT = 128 };
enum { EXCEPT_RUN = 8 }; /* absent values one after the other: as many are a frame of their own */

struct frame {
    size_t first, count;
    int64_t low[KINDS], high[KINDS]; /* of values, differences, differences of differences */
    unsigned kind, width;
    size_t bits;
};

/* A block being encoded. `x` is what frames are made of: without what is told as exceptions. */
struct block {
    const int64_t *x;
    size_t n;
    uint64_t before; /* value before x[0] */
    size_t frame_count;
    struct frame frame[GROUPS + 1];
    size_t except_count;
    uint16_t except[2 * BLOCK_VALUES]; /* a value may be found twice before they are sorted */
    const int64_t *real;               /* with them */
};

static uint64_t value_before(const struct block *b, size_t i)
{
    return i > 0 ? (uint64_t)b->x[i - 1] : b->before;
}
static int64_t difference(const int64_t *x)
{
    return (int64_t)((uint64_t)x[0] - (uint64_t)x[-1]);
}
static int64_t difference2(const int64_t *x)
{
    return (int64_t)((uint64_t)difference(x) - (uint64_t)difference(x - 1));
}

/* ---- which frames -------------------------------------------------------------------------- */

static void widen(struct frame *f, unsigned kind, int64_t v)
{
    f->low[kind] = v < f->low[kind] ? v : f->low[kind];
    f->high[kind] = v > f->high[kind] ? v : f->high[kind];
}

/* The cheapest kind, and its size in bits. */
static void frame_measure(const struct block *b, struct frame *f)
{
    const int64_t *x = b->x + f->first;
    uint64_t before = value_before(b, f->first);
    size_t start = varint_size(zigzag((uint64_t)x[0] - before));
    size_t side[KINDS] = {varint_size(zigzag((uint64_t)f->low[0] - before)), start, start};
    if (f->count > 1)
        side[1] += varint_size(zigzag((uint64_t)f->low[1]));
    if (f->count > 2)
        side[2] += varint_size(zigzag((uint64_t)difference(x + 1))) +
                   varint_size(zigzag((uint64_t)f->low[2]));
    f->bits = SIZE_MAX;
    for (unsigned k = 0; k < KINDS && k < f->count; k++) {
        unsigned width = bits_of((uint64_t)f->high[k] - (uint64_t)f->low[k]);
        size_t bits = 16 + side[k] * 8 + width * (f->count - k) + (width >= HEAD_WIDE ? 8 : 0);
        if (bits < f->bits) {
            f->bits = bits;
            f->kind = k;
            f->width = width;
        }
    }
}

static void group_frame(const struct block *b, size_t first, size_t count, struct frame *f)
{
    f->first = first;
    f->count = count;
    for (unsigned k = 0; k < KINDS; k++) {
        f->low[k] = INT64_MAX;
        f->high[k] = INT64_MIN;
    }
    const int64_t *x = b->x + first;
    for (size_t i = 0; i < count; i++)
        widen(f, 0, x[i]);
    for (size_t i = 1; i < count; i++)
        widen(f, 1, difference(x + i));
    for (size_t i = 2; i < count; i++)
        widen(f, 2, difference2(x + i));
    frame_measure(b, f);
}

static void frame_join(const struct block *b, const struct frame *l, const struct frame *r,
                       struct frame *out)
{
    out->first = l->first;
    out->count = l->count + r->count;
    for (unsigned k = 0; k < KINDS; k++) {
        out->low[k] = l->low[k] < r->low[k] ? l->low[k] : r->low[k];
        out->high[k] = l->high[k] > r->high[k] ? l->high[k] : r->high[k];
    }
    const int64_t *x = b->x + r->first;
    widen(out, 1, difference(x));
    if (l->count > 1)
        widen(out, 2, difference2(x));
    if (r->count > 1)
        widen(out, 2, difference2(x + 1));
    frame_measure(b, out);
}

/* Joins the last frames as long as one is no dearer than two. */
static void join_last(struct block *b)
{
    while (b->frame_count > 1) {
        struct frame *l = &b->frame[b->frame_count - 2], *r = l + 1, both;
        frame_join(b, l, r, &both);
        if (both.bits > l->bits + r->bits)
            return;
        *l = both;
        b->frame_count--;
    }
}

/* The place between the last two frames is moved to where the values change. */
static void move_border(struct block *b)
{
    struct frame *l = &b->frame[b->frame_count - 2], *r = l + 1;
    size_t end = r->first + r->count, at = r->first;
    while (at > l->first + 1 && r->first - at < GROUP && b->x[at - 1] >= r->low[0] &&
           b->x[at - 1] <= r->high[0])
        at--;
    bool moved = at < r->first;
    while (!moved && at + 1 < end && at - r->first < GROUP && b->x[at] >= l->low[0] &&
           b->x[at] <= l->high[0])
        at++;
    if (at == r->first)
        return;
    struct frame nl, nr;
    group_frame(b, l->first, at - l->first, &nl);
    group_frame(b, at, end - at, &nr);
    if (nl.bits + nr.bits < l->bits + r->bits) {
        *l = nl;
        *r = nr;
    }
}

static void choose_frames(struct block *b)
{
    b->frame_count = 0;
    for (size_t i = 0; i < b->n; i += GROUP) {
        group_frame(b, i, b->n - i < GROUP ? b->n - i : GROUP, &b->frame[b->frame_count++]);
        join_last(b);
    }
    if (b->frame_count == 1)
        return;
    size_t count = b->frame_count; /* once more, with borders moved */
    b->frame_count = 1;
    for (size_t i = 1; i < count; i++) {
        b->frame[b->frame_count] = b->frame[i];
        b->frame_count++;
        move_border(b);
        join_last(b);
    }
}

/* ---- what is taken out --------------------------------------------------------------------- */

static bool is_absent(int64_t v)
{
    return !reading_is_number(v);
}

/* Between its neighbours, so that neither values nor differences become wide. */
static void fill(int64_t *x, size_t n, size_t from, size_t to)
{
    int64_t l = from > 0 ? x[from - 1] : x[to], r = to < n ? x[to] : x[from - 1];
    for (size_t i = from; i < to; i++)
        x[i] = (int64_t)(l + ((i128)r - l) * (i128)(i - from + 1) / (i128)(to - from + 1));
}

/* Short runs of absent values. */
static void take_absent(struct block *b, int64_t *x)
{
    for (size_t i = 0; i < b->n; i++) {
        if (!is_absent(x[i]))
            continue;
        size_t to = i;
        while (to < b->n && is_absent(x[to]))
            to++;
        if (to - i < EXCEPT_RUN && to - i < b->n) {
            for (size_t k = i; k < to; k++)
                b->except[b->except_count++] = (uint16_t)k;
            fill(x, b->n, i, to);
        }
        i = to - 1;
    }
}

static unsigned size_of_step(const int64_t *x)
{
    int64_t d = difference(x);
    return bits_of(d < 0 ? 0 - (uint64_t)d : (uint64_t)d);
}

/* Single values far from both neighbours on the same side: steps 16 times the usual ones. */
static void take_spikes(struct block *b, int64_t *x)
{
    size_t sum = 0;
    unsigned most = 0;
    for (size_t i = 1; i < b->n; i++) {
        unsigned bits = size_of_step(x + i);
        sum += bits;
        most = bits > most ? bits : most;
    }
    unsigned limit = (unsigned)(sum / b->n) + 4;
    if (most < limit)
        return;
    for (size_t i = 1; i + 1 < b->n; i++) {
        if ((difference(x + i) < 0) == (difference(x + i + 1) < 0) || size_of_step(x + i) < limit ||
            size_of_step(x + i + 1) < limit)
            continue;
        b->except[b->except_count++] = (uint16_t)i;
        fill(x, b->n, i, i + 1);
    }
}

static int by_place(const void *pa, const void *pb)
{
    return *(const uint16_t *)pa - *(const uint16_t *)pb;
}

static void take_exceptions(struct block *b, int64_t *x)
{
    bool absent = false;
    for (size_t i = 0; i < b->n; i++)
        absent |= is_absent(x[i]);
    if (absent)
        take_absent(b, x);
    size_t absent_count = b->except_count;
    take_spikes(b, x);
    if (b->except_count - absent_count > b->n / 8) { /* that is how it is, not an exception */
        memcpy(x, b->real, b->n * sizeof *x);
        b->except_count = 0;
        if (absent)
            take_absent(b, x);
    }
    if (b->except_count < 2)
        return;
    qsort(b->except, b->except_count, sizeof *b->except, by_place);
    size_t kept = 1;
    for (size_t i = 1; i < b->except_count; i++)
        if (b->except[i] != b->except[kept - 1])
            b->except[kept++] = b->except[i];
    b->except_count = kept;
}

/* ---- writing ------------------------------------------------------------------------------- */

static uint8_t *pack(uint8_t *to, const struct frame *f, const int64_t *x)
{
    uint64_t word = 0;
    unsigned used = 0, width = f->width;
    if (width == 0)
        return to;
    for (size_t i = f->kind; i < f->count; i++) {
        int64_t v = f->kind == 0 ? x[i] : f->kind == 1 ? difference(x + i) : difference2(x + i);
        uint64_t bits = (uint64_t)v - (uint64_t)f->low[f->kind];
        word |= bits << used;
        used += width;
        if (used >= 64) {
            memcpy(to, &word, 8);
            to += 8;
            used -= 64;
            word = used > 0 ? bits >> (width - used) : 0;
        }
    }
    memcpy(to, &word, 8);
    return to + (used + 7) / 8;
}

static void put_exceptions(struct buf *out, const struct block *b, const struct frame *f, size_t at,
                           size_t count)
{
    varint_add(out, count);
    size_t next = f->first;
    for (size_t i = at; i < at + count; i++) {
        size_t place = b->except[i];
        int64_t real = b->real[place];
        varint_add(out, (uint64_t)(place - next) << 1 | !is_absent(real));
        if (is_absent(real))
            buf_byte(out, (char)(real - INT64_MIN));
        else
            varint_add(out, zigzag((uint64_t)real - (uint64_t)b->x[place]));
        next = place + 1;
    }
}

static void put_frame(struct buf *out, const struct block *b, const struct frame *f, bool last,
                      size_t *except)
{
    uint8_t space[BLOCK_VALUES * 8 + 64], *to = space;
    const int64_t *x = b->x + f->first;
    size_t count = 0;
    while (*except + count < b->except_count && b->except[*except + count] < f->first + f->count)
        count++;
    bool wide = f->width >= HEAD_WIDE || count > 0;
    *to++ = (uint8_t)((wide ? HEAD_WIDE : f->width) | f->kind << 5 | (last ? HEAD_LAST : 0u));
    if (wide)
        *to++ = (uint8_t)(f->width | (count > 0 ? WIDE_EXCEPT : 0u));
    if (!last)
        to += varint_put(to, f->count);
    uint64_t before = value_before(b, f->first);
    to += varint_put(to, zigzag((uint64_t)(f->kind == 0 ? f->low[0] : x[0]) - before));
    if (f->kind == 2)
        to += varint_put(to, zigzag((uint64_t)difference(x + 1)));
    if (f->kind > 0)
        to += varint_put(to, zigzag((uint64_t)f->low[f->kind]));
    to = pack(to, f, x);
    buf_add(out, (struct str){(const char *)space, (size_t)(to - space)});
    if (count > 0)
        put_exceptions(out, b, f, *except, count);
    *except += count;
}

static void put_block(struct buf *out, struct block *b, bool last)
{
    size_t except = 0;
    choose_frames(b);
    for (size_t i = 0; i < b->frame_count; i++)
        put_frame(out, b, &b->frame[i], last && i + 1 == b->frame_count, &except);
}

/* With and without exceptions, where there are any; the shorter stays. Returns the value before
 * the next block. */
static uint64_t encode_block(struct buf *out, const int64_t *x, size_t n, uint64_t before,
                             bool last)
{
    int64_t clean[BLOCK_VALUES];
    struct block b;
    b.x = clean;
    b.real = x;
    b.n = n;
    b.before = before;
    b.except_count = 0;
    memcpy(clean, x, n * sizeof *x);
    take_exceptions(&b, clean);
    size_t begin = out->len;
    put_block(out, &b, last);
    if (b.except_count > 0) {
        size_t middle = out->len;
        uint64_t end = (uint64_t)clean[n - 1];
        b.x = x;
        b.except_count = 0;
        put_block(out, &b, last);
        if (out->len - middle >= middle - begin) {
            out->len = middle;
            return end;
        }
        memmove(out->ptr + begin, out->ptr + middle, out->len - middle);
        out->len -= middle - begin;
    }
    return (uint64_t)x[n - 1];
}

void ints_encode(struct buf *out, const int64_t *x, size_t n)
{
    size_t blocks = (n + BLOCK_VALUES - 1) / BLOCK_VALUES,
           per = blocks > 0 ? (n + blocks - 1) / blocks : 0;
    uint64_t before = 0;
    for (size_t i = 0; i < n; i += per) {
        size_t count = n - i < per ? n - i : per;
        before = encode_block(out, x + i, count, before, i + count == n);
    }
}

/* ---- reading ------------------------------------------------------------------------------- */

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
