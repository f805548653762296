/* extract_body.c - which lines are the article, and what the others are. */
#include "extract_int.h"

#define LEAD_LINES 12      /* a page description stands this far up */
#define KEY_BYTES 60       /* beginning by which copies of a paragraph are found */
#define NOTE_CHARS_MAX 400 /* a row of noise with a largest length has at most this */
#define LONG_BYTES 90      /* a paragraph, not a heading */

static struct str line_text(const struct plain *p, const struct line *l)
{
    return str_trim(cut(buf_str(&p->text), l->start, l->end));
}

static bool row_fits(const struct noise_row *row, struct str s, size_t chars)
{
    if (row->max != 0 && chars > row->max)
        return false;
    switch (row->where) {
    case 's':
        return str_starts(s, row->pattern);
    case 'e':
        return str_ends(s, row->pattern);
    case 'h':
        return false; /* see noise_inside */
    default:
        return str_eq(s, row->pattern);
    }
}

/* The first row of noise that stands somewhere in s, or SIZE_MAX; one walk for all of them. */
static size_t noise_inside(const struct extract_words *w, struct str s, size_t chars)
{
    size_t best = SIZE_MAX;
    uint16_t what = chars <= NOTE_CHARS_MAX ? MAY_FRAME | MAY_NOTE : MAY_FRAME;
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i])) {
        if (!may_at(w, s, i, what))
            continue;
        for (size_t k = 0; k < w->noise.len && k < best; k++) {
            const struct noise_row *row = &w->noise.v[k];
            if (row->where == 'h' && (row->max == 0 || chars <= row->max) &&
                str_starts(cut(s, i, s.len), row->pattern))
                best = k;
        }
    }
    return best;
}

/* A heading is compared without the marks that lead it and follow it. */
static struct str bare_heading(struct str s)
{
    static const char *const marks[] = {"-", "·", "■",  "●",  "▪", "◆", "|",
                                        ">", ":", "【", "】", " ", "*", "#"};
    for (bool again = true; again;) {
        again = false;
        for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
            size_t n = strlen(marks[k]);
            if (s.len >= n && starts_z(s, marks[k]))
                s = cut(s, n, s.len), again = true;
            if (s.len >= n && ends_z(s, marks[k]))
                s.len -= n, again = true;
        }
    }
    return s;
}

/* Digits, dashes, colons, date words: nothing but a date or a time. */
static const char *stamp_class(struct str s)
{
    size_t digits = 0, colons = 0;
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i])) {
        char c = s.ptr[i];
        digits += c >= '0' && c <= '9';
        colons += c == ':';
        if ((c >= '0' && c <= '9') || c == '-' || c == ':' || c == '/' || c == ' ' || c == '.' ||
            c == '|' || c == '[' || c == ']' || at_z(s, i, "年") || at_z(s, i, "月") ||
            at_z(s, i, "日") || at_z(s, i, "时") || at_z(s, i, "分"))
            continue;
        return NULL;
    }
    if (digits < 4)
        return s.len == 1 ? "nav" : NULL;
    return colons > 0 ? "timestamp" : "date";
}

static size_t count_z(struct str s, const char *z)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = str_find(s, str_z(z))) >= 0; n++)
        s = cut(s, (size_t)at + strlen(z), s.len);
    return n;
}

static const char *line_noise(const struct plain *p, const struct extract_words *w,
                              const struct line *l, bool *tail)
{
    struct str s = line_text(p, l);
    size_t chars = s.len > 600 ? 999 : utf8_len(s);
    struct str bare = bare_heading(s);
    if (s.len == 0 || bare.len == 0)
        return "nav";
    size_t inside = noise_inside(w, s, chars);
    for (size_t k = 0; k < w->noise.len; k++) {
        const struct noise_row *row = &w->noise.v[k];
        if (k == inside || row_fits(row, row->where == 'i' ? bare : s, chars)) {
            *tail = row->tail;
            return row->class;
        }
    }
    if (chars < 60 && (count_z(s, ">") >= 1 || count_z(s, "›") >= 1 || count_z(s, "|") >= 3 ||
                       count_z(s, "»") >= 1))
        return "nav";
    if (p->html && l->linked * 10 >= (l->end - l->start) * 8 && chars < 60)
        return "nav";
    return chars < 60 ? stamp_class(s) : NULL;
}

static bool is_sentence(struct str s)
{
    return s.len > LONG_BYTES || has_z(s, "。") || has_z(s, "，") || has_z(s, ",");
}

/* Copies of a paragraph: the last one counts, the earlier are a description of the page. A copy
 * may be cut short, or begin behind what a crawler put there. */
static void mark_copies(struct plain *p)
{
    struct map seen;
    map_init(&seen);
    for (size_t i = 0; i < p->lines.len; i++) {
        struct line *l = &p->lines.v[i];
        struct str s = line_text(p, l);
        if (s.len < 45 || l->noise != NULL)
            continue;
        size_t n = s.len < KEY_BYTES ? s.len : KEY_BYTES;
        while (n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
            n++;
        uint64_t had;
        if (map_get(&seen, cut(s, 0, n), &had)) {
            struct line *old = &p->lines.v[had];
            bool shorter = line_text(p, old).len <= s.len;
            (shorter ? old : l)->noise = "duplicate";
            if (!shorter)
                continue;
        }
        map_put(&seen, cut(s, 0, n), i);
    }
    map_clear(&seen);
}

/* "date 2024-11-22 9月30日…": the lead again, behind words of a crawler. */
static void mark_prefixed(struct plain *p)
{
    for (size_t i = 0; i < p->lines.len && i < LEAD_LINES; i++) {
        struct line *l = &p->lines.v[i];
        struct str s = line_text(p, l);
        for (size_t k = i + 1; l->noise == NULL && k < p->lines.len && k < i + LEAD_LINES; k++) {
            struct str t = line_text(p, &p->lines.v[k]);
            if (t.len < LONG_BYTES || s.len < LONG_BYTES || s.len > t.len + 400)
                continue;
            size_t n = KEY_BYTES;
            while (n < t.len && ((unsigned char)t.ptr[n] & 0xC0) == 0x80)
                n++;
            ptrdiff_t at = str_find(cut(s, 0, s.len < 400 ? s.len : 400), cut(t, 0, n));
            if (at > 0)
                l->noise = "duplicate";
        }
    }
}

/* Words of a crawler before the first sentence: "date 2024-11-22 ". */
static void trim_crawler(struct plain *p)
{
    for (size_t i = 0; i < p->lines.len && i < LEAD_LINES; i++) {
        struct line *l = &p->lines.v[i];
        struct str s = cut(buf_str(&p->text), l->start, l->end);
        size_t k = 0;
        while (k < s.len && (unsigned char)s.ptr[k] < 0x80 && s.ptr[k] != '(')
            k++;
        while (k > 0 && k < s.len && s.ptr[k - 1] != ' ') /* digits before 月 are the text's */
            k--;
        if (k >= 12 && k < s.len && (starts_z(s, "date ") || starts_z(s, "time ")))
            l->start += (uint32_t)k;
    }
}

/* Behind the article's end a line that is cut off, or a heading in a row of headings, is a teaser.
 */
static void mark_teasers(struct plain *p)
{
    size_t last = 0;
    for (size_t i = 0; i < p->lines.len; i++) {
        struct str s = line_text(p, &p->lines.v[i]);
        if (p->lines.v[i].noise == NULL && s.len > LONG_BYTES && has_z(s, "。"))
            last = i;
        if (p->lines.v[i].noise == NULL && s.len > LONG_BYTES &&
            (ends_z(s, "...") || ends_z(s, "…")))
            p->lines.v[i].noise = "related";
    }
    size_t run = 0;
    for (size_t i = p->lines.len; i-- > last + 1;) {
        struct line *l = &p->lines.v[i];
        struct str s = line_text(p, l);
        run += l->noise != NULL || !is_sentence(s);
    }
    if (run == p->lines.len - last - 1 && run >= 4)
        for (size_t i = last + 1; i < p->lines.len; i++)
            if (p->lines.v[i].noise == NULL)
                p->lines.v[i].noise = "related";
}

void body_mark(struct plain *p, const struct extract_words *w)
{
    bool tail = false;
    for (size_t i = 0; i < p->lines.len; i++) {
        struct line *l = &p->lines.v[i];
        bool begins = false;
        l->noise = tail ? "related" : line_noise(p, w, l, &begins);
        tail |= begins && i > 0;
    }
    mark_prefixed(p);
    trim_crawler(p);
    mark_copies(p);
    mark_teasers(p);
}
