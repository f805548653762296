/* str.h - borrowed text, an arena to own it, and a growing buffer with a largest size. */
#ifndef LUOSHU_BASE_STR_H
#define LUOSHU_BASE_STR_H
#include "error.h"
#include <stdbool.h>
#include <stdarg.h>
#include <string.h>

/* Text: UTF-8 bytes, not NUL terminated, borrowed unless a contract says otherwise. */
struct str {
    const char *ptr;
    size_t len;
};
#define STR(lit) ((struct str){.ptr = "" lit, .len = sizeof(lit) - 1})
#define STR_NULL ((struct str){.ptr = NULL, .len = 0})
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

struct str str_z(const char *z); /* NULL gives the empty text */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *z);
int str_cmp(struct str a, struct str b); /* bytewise */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has(struct str s, struct str needle);
ptrdiff_t str_find(struct str s, struct str needle); /* byte offset or -1 */
struct str str_sub(struct str s, size_t from, size_t len); /* clipped to s */
struct str str_trim(struct str s); /* ASCII white space, U+00A0, U+3000, U+FEFF at both ends */
/* The part before the first `sep`, and *rest = what follows it; rest->ptr is NULL when there was
 * no separator. */
struct str str_cut(struct str s, char sep, struct str *rest);
uint64_t str_hash(struct str s);
/* Bytes to change, add or drop to get from one text to the other (Wagner and Fischer, JACM 21
 * (1974)); SIZE_MAX when either is longer than STR_DISTANCE_MAX bytes. */
#define STR_DISTANCE_MAX 40
size_t str_distance(struct str a, struct str b);

/* Next code point of s at *i, advancing *i; malformed bytes yield U+FFFD and advance by one. */
uint32_t utf8_next(struct str s, size_t *i);
bool utf8_valid(struct str s);
size_t utf8_bad(struct str s);                /* offset of the first malformed byte, or s.len */
size_t utf8_len(struct str s);                /* code points */
size_t utf8_put(uint32_t cp, char out[4]);    /* bytes written */

/* Arena: many small allocations, one release. Alignment 16. */
struct arena {
    struct arena_block *head;
    size_t used, max; /* bytes handed out; largest allowed, 0 = no limit (then abort on exhaustion) */
};
void arena_init(struct arena *a, size_t max);
void *arena_alloc(struct arena *a, size_t len); /* zeroed; aborts past max: callers bound input */
void arena_reset(struct arena *a);              /* keeps one block */
void arena_clear(struct arena *a);
struct str arena_dup(struct arena *a, struct str s);
char *arena_z(struct arena *a, struct str s); /* NUL-terminated copy */
struct str arena_fmt(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Buffer: grows up to max; past it `full` is set and further bytes are dropped, so a writer checks
 * once, at the end. ptr is not NUL terminated. */
struct buf {
    char *ptr;
    size_t len, cap, max;
    bool full;
};
void buf_init(struct buf *b, size_t max);
void buf_clear(struct buf *b); /* frees */
void buf_reset(struct buf *b); /* keeps the memory */
void buf_add(struct buf *b, struct str s);
void buf_byte(struct buf *b, char c);
void buf_z(struct buf *b, const char *z);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vfmt(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
struct str buf_str(const struct buf *b);
#endif
