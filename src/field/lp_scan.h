/* lp_scan.h - where the marks of line protocol stand: , = space \ " and line end, found 64 bytes at
 * a time. Never reads outside [p, end). */
#ifndef LUOSHU_FIELD_LP_SCAN_H
#define LUOSHU_FIELD_LP_SCAN_H
#include "base/base.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

struct scan {
    const char *base, *end; /* the block in hand begins at base */
    uint64_t mask;          /* marks of the block not yet taken */
    bool odd;               /* a byte was loaded that is neither printable ASCII nor a line end */
};

#if defined(__SSE2__)
static inline uint32_t scan_marks16(const char *p, __m128i *odd)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i line = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
    __m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(','));
    __m128i equal = _mm_cmpeq_epi8(v, _mm_set1_epi8('='));
    __m128i space = _mm_cmpeq_epi8(v, _mm_set1_epi8(' '));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    /* signed: bytes of 128 and above are negative */
    *odd = _mm_or_si128(*odd, _mm_andnot_si128(line, _mm_cmplt_epi8(v, _mm_set1_epi8(' '))));
    __m128i all = _mm_or_si128(_mm_or_si128(_mm_or_si128(line, comma), _mm_or_si128(equal, space)),
                               _mm_or_si128(slash, quote));
    return (uint32_t)_mm_movemask_epi8(all);
}
static inline uint64_t scan_marks(const char *p, bool *odd)
{
    __m128i strange = _mm_setzero_si128();
    uint64_t m = scan_marks16(p, &strange);
    m |= (uint64_t)scan_marks16(p + 16, &strange) << 16;
    m |= (uint64_t)scan_marks16(p + 32, &strange) << 32;
    m |= (uint64_t)scan_marks16(p + 48, &strange) << 48;
    *odd |= _mm_movemask_epi8(strange) != 0;
    return m;
}
#else
static inline uint64_t scan_marks(const char *p, bool *odd)
{
    uint64_t m = 0;
    for (unsigned i = 0; i < 64; i++) {
        char c = p[i];
        m |= (uint64_t)(c == '\n' || c == ',' || c == '=' || c == ' ' || c == '\\' || c == '"')
             << i;
        *odd |= (unsigned char)c >= 128 || ((unsigned char)c < ' ' && c != '\n');
    }
    return m;
}
#endif

static inline void scan_load(struct scan *s)
{
    if (__builtin_expect(s->end - s->base >= 64, 1)) {
        s->mask = scan_marks(s->base, &s->odd);
        return;
    }
    char tail[64];
    memset(tail, 'x', sizeof tail);
    memcpy(tail, s->base, (size_t)(s->end - s->base));
    s->mask = scan_marks(tail, &s->odd);
}

static inline void scan_open(struct scan *s, const char *p, const char *end)
{
    *s = (struct scan){.base = p, .end = end};
    if (p < end)
        scan_load(s);
}

/* The next mark, which is taken; end when there is none. */
static inline const char *scan_next(struct scan *s)
{
    while (__builtin_expect(s->mask == 0, 0)) {
        if (s->end - s->base <= 64)
            return s->end;
        s->base += 64;
        scan_load(s);
    }
    const char *at = s->base + __builtin_ctzll(s->mask);
    s->mask &= s->mask - 1;
    return at;
}

/* Marks before p count as taken. p lies not before the block in hand. */
static inline void scan_seek(struct scan *s, const char *p)
{
    if (p >= s->end) {
        s->base = s->end;
        s->mask = 0;
        return;
    }
    if (p - s->base < 64) {
        s->mask &= ~(uint64_t)0 << (p - s->base);
        return;
    }
    s->base = p;
    scan_load(s);
}
#endif
