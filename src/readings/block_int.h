/* block_int.h - what the codec, the files and the merging of blocks share. Layouts are told in
 * docs/readings-format.md. */
#ifndef LUOSHU_READINGS_BLOCK_INT_H
#define LUOSHU_READINGS_BLOCK_INT_H
#include "readings/block.h"

/* ---- bytes --------------------------------------------------------------------------------- */

/* What is left to read. Bytes up to `readable` may be loaded, those from `end` on mean nothing. */
struct bytes {
    const uint8_t *at, *end, *readable;
};
static inline size_t bytes_left(const struct bytes *b)
{
    return (size_t)(b->end - b->at);
}

/* LEB128: seven bits a byte, lowest first, the high bit says that more follow. */
bool varint_get_slow(struct bytes *b, uint64_t *out);
static inline bool varint_get(struct bytes *b, uint64_t *out)
{
    uint64_t v;
    if (b->readable - b->at < 8)
        return varint_get_slow(b, out);
    memcpy(&v, b->at, 8);
    uint64_t ends = ~v & UINT64_C(0x8080808080808080);
    unsigned bits = ends != 0 ? (unsigned)__builtin_ctzll(ends) + 1 : 64;
    if (ends == 0 || bytes_left(b) < bits / 8)
        return varint_get_slow(b, out);
    b->at += bits / 8;
    v &= UINT64_C(0x7f7f7f7f7f7f7f7f) >> (64 - bits); /* sevens of bits are moved together */
    v = (v & UINT64_C(0x007f007f007f007f)) | (v & UINT64_C(0x7f007f007f007f00)) >> 1;
    v = (v & UINT64_C(0x00003fff00003fff)) | (v & UINT64_C(0x3fff00003fff0000)) >> 2;
    *out = (v & UINT64_C(0x0fffffff)) | (v & UINT64_C(0x0fffffff00000000)) >> 4;
    return true;
}
static inline size_t varint_put(uint8_t out[10], uint64_t v)
{
    size_t n = 0;
    for (; v >= 128; v >>= 7)
        out[n++] = (uint8_t)(v | 128);
    out[n++] = (uint8_t)v;
    return n;
}
static inline void varint_add(struct buf *out, uint64_t v)
{
    uint8_t b[10];
    buf_add(out, (struct str){(const char *)b, varint_put(b, v)});
}
/* Bits that v needs. */
static inline unsigned bits_of(uint64_t v)
{
    return v == 0 ? 0 : 64 - (unsigned)__builtin_clzll(v);
}
static inline size_t varint_size(uint64_t v)
{
    return v == 0 ? 1 : (bits_of(v) + 6) / 7;
}
/* Small numbers of either sign as small numbers. Differences are taken modulo 2^64, so that every
 * pair of 64-bit values has one. */
static inline uint64_t zigzag(uint64_t difference)
{
    return difference << 1 ^ (0 - (difference >> 63));
}
static inline uint64_t unzigzag(uint64_t v)
{
    return v >> 1 ^ (0 - (v & 1));
}
uint32_t crc32c(uint32_t crc, const void *bytes, size_t len); /* Castagnoli; begins with 0 */
/* The same where the processor has no instruction for it. */
uint32_t crc32c_plain(uint32_t crc, const void *bytes, size_t len);

/* ---- codec --------------------------------------------------------------------------------- */

/* Integers as frames of packed bits (block_ints.c). */
void ints_encode(struct buf *out, const int64_t *x, size_t n);
bool ints_decode(struct bytes *b, int64_t *x, size_t n);

/* No time that is asked for or kept is further from 1970 than this. */
#define BLOCK_TIME_MOST (INT64_C(1) << 58)
/* Times of a run as a grid with exceptions (block_times.c); base_ms is known to both sides. */
void times_encode(struct buf *out, const int64_t *time_ms, size_t n, int64_t base_ms);
bool times_decode(struct bytes *b, int64_t *time_ms, size_t n, int64_t base_ms);
bool times_skip(struct bytes *b, size_t n, int64_t base_ms); /* to the values */
bool times_peek(struct bytes *b, size_t n, int64_t base_ms, int64_t *first_ms, int64_t *last_ms);

/* A run (block_codec.c): number of readings, length of the body, times, values. */
struct run {
    size_t n;
    struct bytes body;
};
void run_encode(struct buf *out, const int64_t *time_ms, const int64_t *value, size_t n,
                int64_t base_ms);
bool run_next(struct bytes *b, struct run *out); /* moves past it */
/* time_ms NULL: values only. */
bool run_decode(const struct run *r, int64_t base_ms, int64_t *time_ms, int64_t *value);

/* ---- files (block_writer.c, block_file.c) -------------------------------------------------- */

#define BLOCK_MAGIC "LUOBLOCK"
#define BLOCK_VERSION 1
#define SECTION_RUNS 64           /* runs of a section, */
#define SECTION_BYTES (256 << 10) /* or fewer, when it has grown so large */
/* All integers of a file are little-endian; the program is for such machines. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are written as they are");
struct file_header {
    char magic[8];
    uint32_t version, header_bytes;
    uint32_t first_generation, last_generation;
    uint32_t points, sections;
    uint64_t readings;
    int64_t first_ms, last_ms;
    uint64_t index_at, file_bytes;
    uint32_t index_crc, crc; /* of the entries of the index; of the header before this field */
};
_Static_assert(sizeof(struct file_header) == 80, "no holes");
/* One entry of the index; sections follow each other without gaps from behind the header to the
 * index. */
struct section {
    uint64_t at;
    uint32_t first_point, crc;
};
_Static_assert(sizeof(struct section) == 16, "no holes");

/* Reads a section run by run. */
struct section_reader {
    struct bytes rest;
    int64_t base_ms;
    uint32_t left, point; /* runs left; point of the last one read */
    bool first, dense;    /* the first run is next; each run is of the point after the last */
};
bool section_open(struct section_reader *s, struct bytes bytes, uint32_t first_point);
/* The next run; false: damaged, or none left. */
bool section_next(struct section_reader *s, struct run *out);
#endif
