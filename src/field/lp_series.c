/* lp_series.c - names of line protocol: escapes, and tags in order.
 *
 * A backslash before a special character means that character, before any other itself. So every
 * escape there is, is needed, and taking escapes off and putting them on again changes nothing: the
 * canonical text differs from the one that was sent only in the order of the tags. */
#include "field/lp_int.h"
#include <stdlib.h>

#define TAG_SPECIAL ",= "

struct tag {
    uint64_t prefix;     /* first bytes of the key, as a number that orders like them; or 0 */
    struct str key, all; /* as sent */
};

static bool escapes(struct str s, size_t i, const char *special)
{
    return s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] && strchr(special, s.ptr[i + 1]);
}

struct str lp_unescape(struct arena *a, struct str raw, const char *special)
{
    char *to = arena_alloc(a, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        i += escapes(raw, i, special);
        to[len++] = raw.ptr[i];
    }
    return (struct str){to, len};
}

/* Next byte of a key without escapes; -1 at the end. */
static int next_byte(struct str s, size_t *i)
{
    if (*i >= s.len)
        return -1;
    *i += escapes(s, *i, TAG_SPECIAL);
    return (unsigned char)s.ptr[(*i)++];
}

static int key_cmp(struct str a, struct str b)
{
    size_t i = 0, j = 0;
    int x, y;
    do {
        x = next_byte(a, &i);
        y = next_byte(b, &j);
    } while (x == y && x >= 0);
    return x - y;
}

static int tag_cmp(const void *a, const void *b)
{
    const struct tag *x = a, *y = b;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return key_cmp(x->key, y->key);
}

/* Eight bytes as a number, the first the most significant. */
static uint64_t prefix_of(struct str key, const char *end)
{
    uint64_t v = 0;
    size_t len = key.len < 8 ? key.len : 8;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (end - key.ptr >= 8) {
        memcpy(&v, key.ptr, 8);
        v = __builtin_bswap64(v);
        return len < 8 ? v & ~(uint64_t)0 << (64 - 8 * len) : v;
    }
#endif
    for (size_t i = 0; i < len; i++)
        v |= (uint64_t)(unsigned char)key.ptr[i] << (56 - 8 * i);
    return v;
}

/* Copies of a fixed size are one instruction: what is written too much is overwritten or room. */
#define COPY_ROOM 16
static char *copy(char *to, struct str s, const char *end)
{
    if (s.len <= COPY_ROOM && end - s.ptr >= COPY_ROOM)
        memcpy(to, s.ptr, COPY_ROOM);
    else
        memcpy(to, s.ptr, s.len);
    return to + s.len;
}

static struct str joined(struct lp *p, struct str measurement, const struct tag *tags, size_t count,
                         size_t len)
{
    char *to = arena_alloc(&p->arena, len + COPY_ROOM), *at = copy(to, measurement, p->end);
    for (size_t i = 0; i < count; i++) {
        *at++ = ',';
        at = copy(at, tags[i].all, p->end);
    }
    return (struct str){to, (size_t)(at - to)};
}

/* Few tags, and often nearly in order. */
static void sort(struct tag *tags, size_t count)
{
    if (count > 32) {
        qsort(tags, count, sizeof *tags, tag_cmp);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct tag t = tags[i];
        size_t j = i;
        for (; j > 0 && tag_cmp(&tags[j - 1], &t) > 0; j--)
            tags[j] = tags[j - 1];
        tags[j] = t;
    }
}

bool lp_series_canonical(struct lp *p, struct str raw, size_t count, bool escaped, struct str *out,
                         const char **what, const char **where)
{
    struct tag tags[LP_TAGS_MAX];
    bool ordered = true;
    *out = raw;
    for (size_t i = 0; i < count; i++) {
        const struct lp_tag *t = &p->tags[i];
        tags[i].key = (struct str){t->key, t->key_len};
        tags[i].all = (struct str){t->key, t->len};
        tags[i].prefix = escaped ? 0 : prefix_of(tags[i].key, p->end);
        ordered = ordered && (i == 0 || tag_cmp(&tags[i - 1], &tags[i]) < 0);
    }
    if (ordered)
        return true;
    sort(tags, count);
    for (size_t i = 1; i < count; i++)
        if (tag_cmp(&tags[i - 1], &tags[i]) == 0) {
            *what = "this tag stands twice in the line; leave one of them out";
            *where = tags[i].key.ptr > tags[i - 1].key.ptr ? tags[i].key.ptr : tags[i - 1].key.ptr;
            return false;
        }
    struct str measurement = {raw.ptr, (size_t)(p->tags[0].key - 1 - raw.ptr)};
    *out = joined(p, measurement, tags, count, raw.len);
    return true;
}

bool lp_name_good(struct str name, const char **what, const char **where)
{
    size_t bad = utf8_bad(name);
    for (size_t i = 0; i < bad; i++)
        if ((unsigned char)name.ptr[i] < ' ') {
            *what = name.ptr[i] == '\t' ? "a tab in a name; parts of a line are set apart by spaces"
                                        : "a control character in a name";
            *where = name.ptr + i;
            return false;
        }
    if (bad == name.len)
        return true;
    *what = "these bytes are not UTF-8";
    *where = name.ptr + bad;
    return false;
}
