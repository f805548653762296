/* lp_series.c - names of line protocol: escapes, and tags in order.
 *
 * A backslash before a special character means that character, before any other itself. So every
 * escape there is, is needed, and taking escapes off and putting them on again changes nothing: the
 * canonical text differs from the one that was sent only in the order of the tags. */
#include "field/lp_int.h"
#include <stdlib.h>

#define TAG_SPECIAL ",= "

struct tag {
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

/* Offset of the first unescaped c at or after `from`, or s.len. */
static size_t find(struct str s, size_t from, char c, const char *special, bool plain)
{
    size_t i = from;
    if (plain) {
        const char *at = memchr(s.ptr + from, c, s.len - from);
        return at ? (size_t)(at - s.ptr) : s.len;
    }
    for (; i < s.len && s.ptr[i] != c; i++)
        i += escapes(s, i, special);
    return i < s.len ? i : s.len;
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
    if (a.len && b.len && a.ptr[0] != b.ptr[0] && a.ptr[0] != '\\' && b.ptr[0] != '\\')
        return (unsigned char)a.ptr[0] - (unsigned char)b.ptr[0];
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
    return key_cmp(((const struct tag *)a)->key, ((const struct tag *)b)->key);
}

static struct str joined(struct arena *a, struct str measurement, const struct tag *tags,
                         size_t count, size_t len)
{
    char *to = arena_alloc(a, len), *p = to;
    memcpy(p, measurement.ptr, measurement.len);
    p += measurement.len;
    for (size_t i = 0; i < count; i++) {
        *p++ = ',';
        memcpy(p, tags[i].all.ptr, tags[i].all.len);
        p += tags[i].all.len;
    }
    return (struct str){to, (size_t)(p - to)};
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

bool lp_series_canonical(struct lp *p, struct str raw, struct str *out, const char **what,
                         const char **where)
{
    struct tag tags[LP_TAGS_MAX];
    bool plain = !memchr(raw.ptr, '\\', raw.len);
    size_t count = 0, at = find(raw, 0, ',', ", ", plain);
    struct str measurement = str_sub(raw, 0, at);
    bool ordered = true;
    while (at < raw.len) {
        size_t end = find(raw, at + 1, ',', TAG_SPECIAL, plain);
        struct str all = str_sub(raw, at + 1, end - at - 1);
        if (count == LP_TAGS_MAX) {
            *what = "more than 256 tags";
            *where = all.ptr;
            return false;
        }
        tags[count] = (struct tag){str_sub(all, 0, find(all, 0, '=', TAG_SPECIAL, plain)), all};
        ordered = ordered && (count == 0 || tag_cmp(&tags[count - 1], &tags[count]) < 0);
        count++;
        at = end;
    }
    *out = raw;
    if (ordered)
        return true;
    sort(tags, count);
    for (size_t i = 1; i < count; i++)
        if (tag_cmp(&tags[i - 1], &tags[i]) == 0) {
            *what = "this tag stands twice in the line; leave one of them out";
            *where = tags[i].key.ptr > tags[i - 1].key.ptr ? tags[i].key.ptr : tags[i - 1].key.ptr;
            return false;
        }
    *out = joined(&p->arena, measurement, tags, count, raw.len);
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
