/* str.c - borrowed text, UTF-8, the arena and the bounded buffer.
 * No locale, no case folding, no normal forms: names are compared as the bytes they are. */
#include "str.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- text ---- */

struct str str_z(const char *z)
{
    return z != NULL ? (struct str){z, strlen(z)} : STR("");
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_is(struct str a, const char *z)
{
    return str_eq(a, str_z(z));
}

int str_cmp(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int c = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    if (c != 0)
        return c < 0 ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

bool str_has(struct str s, struct str needle)
{
    return str_find(s, needle) >= 0;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    if (needle.len > s.len)
        return -1;
    const char *at = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return at != NULL ? at - s.ptr : -1;
}

struct str str_sub(struct str s, size_t from, size_t len)
{
    if (s.ptr == NULL)
        return s;
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (struct str){s.ptr + from, len};
}

static const struct str blanks[] = {
    STR(" "),  STR("\t"),       STR("\n"),           STR("\v"),           STR("\f"),
    STR("\r"), STR("\xC2\xA0"), STR("\xE3\x80\x80"), STR("\xEF\xBB\xBF"),
};
#define BLANKS (sizeof blanks / sizeof *blanks)

struct str str_trim(struct str s)
{
    for (size_t i = 0; i < BLANKS;) {
        if (str_starts(s, blanks[i])) {
            s = str_sub(s, blanks[i].len, s.len);
            i = 0;
        } else if (str_ends(s, blanks[i])) {
            s.len -= blanks[i].len;
            i = 0;
        } else {
            i++;
        }
    }
    return s;
}

struct str str_cut(struct str s, char sep, struct str *rest)
{
    const char *at = s.len > 0 ? memchr(s.ptr, sep, s.len) : NULL;
    if (at == NULL) {
        *rest = STR_NULL;
        return s;
    }
    size_t len = (size_t)(at - s.ptr);
    *rest = (struct str){at + 1, s.len - len - 1};
    return (struct str){s.ptr, len};
}

/* Both halves of the full product: every bit of the input reaches every bit of the result. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 p = (unsigned __int128)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint64_t str_hash(struct str s)
{
    const uint64_t k0 = 0x9E3779B97F4A7C15u,
                   k1 = 0xD6E8FEB86659FD93u; /* odd, half their bits set */
    uint64_t h = fold(s.len + k0, k1);
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;
        memcpy(&w, s.ptr + i, 8);
        h = fold(h ^ w, k1) + k0;
    }
    uint64_t tail = 0;
    for (unsigned shift = 0; i < s.len; i++, shift += 8)
        tail |= (uint64_t)(unsigned char)s.ptr[i] << shift;
    return fold(h ^ tail ^ k1, k0);
}

size_t str_distance(struct str a, struct str b)
{
    size_t row[STR_DISTANCE_MAX + 1];
    if (a.len > STR_DISTANCE_MAX || b.len > STR_DISTANCE_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t swap = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = swap < step ? swap : step;
        }
    }
    return row[b.len];
}

/* ---- UTF-8 (RFC 3629) ---- */

/* Length of the well-formed sequence at p[0..len), 0 when there is none. Overlong forms,
 * surrogates and what lies above U+10FFFF are malformed (Unicode 15, table 3-7). */
static size_t utf8_one(const unsigned char *p, size_t len, uint32_t *cp)
{
    unsigned char c = p[0];
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || len < n)
        return 0;
    unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    uint32_t v = c & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3Fu);
    }
    *cp = v;
    return n;
}

uint32_t utf8_next(struct str s, size_t *i)
{
    assert(*i < s.len);
    uint32_t cp;
    size_t n = utf8_one((const unsigned char *)s.ptr + *i, s.len - *i, &cp);
    *i += n > 0 ? n : 1;
    return n > 0 ? cp : 0xFFFD;
}

size_t utf8_bad(struct str s)
{
    uint32_t cp;
    for (size_t i = 0, n; i < s.len; i += n) {
        n = utf8_one((const unsigned char *)s.ptr + i, s.len - i, &cp);
        if (n == 0)
            return i;
    }
    return s.len;
}

bool utf8_valid(struct str s)
{
    return utf8_bad(s) == s.len;
}

size_t utf8_len(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; count++)
        utf8_next(s, &i);
    return count;
}

size_t utf8_put(uint32_t cp, char out[4])
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = 0xFFFD;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)(lead[n] | cp);
    return n;
}

/* ---- arena ---- */

#define ARENA_BLOCK 4096u /* bytes of the first block; each further one is larger */
#define ARENA_GROW_MAX (1u << 20)

struct arena_block {
    struct arena_block *next;
    size_t cap, used;
    _Alignas(16) char data[];
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "luoshu: %s\n", what);
    abort();
}

void arena_init(struct arena *a, size_t max)
{
    *a = (struct arena){.max = max};
}

static struct arena_block *arena_more(struct arena *a, size_t len)
{
    size_t cap = a->head != NULL ? a->head->cap * 2 : ARENA_BLOCK;
    if (cap > ARENA_GROW_MAX)
        cap = ARENA_GROW_MAX;
    if (cap < len)
        cap = len;
    struct arena_block *b = mem_alloc(sizeof *b + cap);
    *b = (struct arena_block){.next = a->head, .cap = cap};
    a->head = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t len)
{
    if (len > SIZE_MAX / 2)
        die("arena: absurd length");
    size_t need = len > 0 ? (len + 15) & ~(size_t)15 : 16;
    if (a->max != 0 && need > a->max - a->used)
        die("arena: past its limit");
    struct arena_block *b = a->head;
    if (b == NULL || b->cap - b->used < need)
        b = arena_more(a, need);
    void *p = b->data + b->used;
    b->used += need;
    a->used += need;
    return memset(p, 0, need);
}

/* The newest block is kept: blocks grow, so it is among the largest. */
void arena_reset(struct arena *a)
{
    struct arena_block *keep = a->head;
    if (keep != NULL) {
        a->head = keep->next;
        keep->next = NULL;
        keep->used = 0;
    }
    size_t max = a->max;
    arena_clear(a);
    *a = (struct arena){.head = keep, .max = max};
}

void arena_clear(struct arena *a)
{
    while (a->head != NULL) {
        struct arena_block *next = a->head->next;
        mem_free(a->head);
        a->head = next;
    }
    a->used = 0;
}

/* Absent text stays absent: STR_NULL says more than an empty text. */
struct str arena_dup(struct arena *a, struct str s)
{
    return s.ptr != NULL ? (struct str){arena_z(a, s), s.len} : STR_NULL;
}

char *arena_z(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.len + 1);
    if (s.len > 0)
        memcpy(p, s.ptr, s.len);
    return p;
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
    char small[256];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0)
        return STR("");
    size_t len = (size_t)n;
    if (len < sizeof small)
        return arena_dup(a, (struct str){small, len});
    char *p = arena_alloc(a, len + 1);
    va_start(ap, fmt);
    vsnprintf(p, len + 1, fmt, ap);
    va_end(ap);
    return (struct str){p, len};
}

/* ---- buffer ---- */

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_clear(struct buf *b)
{
    mem_free(b->ptr);
    *b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->full = false;
}

/* Room for `more` bytes. Once full, always full: a text with a hole in it must not pass for whole.
 */
static bool buf_room(struct buf *b, size_t more)
{
    if (b->full || more > b->max - b->len) {
        b->full = true;
        return false;
    }
    size_t need = b->len + more;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap > 0 ? b->cap : 64;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->max)
        cap = b->max;
    b->ptr = mem_realloc(b->ptr, cap);
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, struct str s)
{
    if (s.len == 0 || !buf_room(b, s.len))
        return;
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void buf_byte(struct buf *b, char c)
{
    if (buf_room(b, 1))
        b->ptr[b->len++] = c;
}

void buf_z(struct buf *b, const char *z)
{
    buf_add(b, str_z(z));
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vfmt(b, fmt, ap);
    va_end(ap);
}

void buf_vfmt(struct buf *b, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        buf_add(b, (struct str){small, (size_t)n});
    } else if (n >= 0) {
        /* vsnprintf ends with a NUL, which a buffer filled to its last byte has no room for */
        char *large = mem_alloc((size_t)n + 1);
        vsnprintf(large, (size_t)n + 1, fmt, again);
        buf_add(b, (struct str){large, (size_t)n});
        mem_free(large);
    }
    va_end(again);
}

struct str buf_str(const struct buf *b)
{
    return b->ptr != NULL ? (struct str){b->ptr, b->len} : STR("");
}
