/* extract_text.c - the original as plain text: without tags and pronunciation notes, half-width,
 * simplified, spacing of typesetting undone; every byte knows the character it came from. One pass,
 * no recursion; every search forward is either consumed or remembered to be in vain. */
#include "extract_int.h"
#include <strings.h>

#define WRAP_CHARS_MAX 80 /* a typesetter's line; what is wider is a paragraph */

struct scan {
    struct plain *p;
    const struct extract_words *w;
    struct str in;
    size_t i;      /* byte of in */
    uint32_t cp;   /* code point of in */
    uint32_t prev; /* last one emitted */
    bool space, html, block, notes;
    uint32_t space_at, linked, link_from, line_from;
    bool in_link;
    uint32_t vain; /* bit per element: no closing tag lies ahead */
};

static bool is_han(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007;
}

/* Room for one more character: plain text is hardly ever longer than the original. */
static void plain_grow(struct plain *p, size_t cap)
{
    p->cap = cap;
    p->text.ptr = mem_realloc(p->text.ptr, cap);
    p->at = mem_realloc(p->at, cap * sizeof *p->at);
}

static void put(struct plain *p, uint32_t c, uint32_t at)
{
    if (p->text.len + 4 > p->cap)
        plain_grow(p, p->cap * 2);
    char *to = p->text.ptr + p->text.len;
    size_t n = 1;
    if (c < 0x80)
        *to = (char)c;
    else
        n = utf8_put(c, to);
    for (size_t k = 0; k < n; k++)
        p->at[p->text.len + k] = at;
    p->text.len += n;
}

/* ---- characters -------------------------------------------------------------------------------
 */

struct fold {
    uint32_t from, to;
};
static const struct fold folds[] = {
    {0x300C, 0x201C}, {0x300D, 0x201D}, {0x300E, 0x201C}, {0x300F, 0x201D}, {0x2013, 0x2014},
    {0x2015, 0x2014}, {0x2500, 0x2014}, {0x2212, '-'},    {0x2010, '-'},    {0x2011, '-'},
    {0x301C, '~'},    {0x223C, '~'},    {0xFE6A, '%'},    {0x2022, 0xB7},   {0x30FB, 0xB7},
    {0x2027, 0xB7},   {0xFF65, 0xB7},   {0x3014, '('},    {0x3015, ')'},    {0x2236, ':'},
    {0xFE63, '-'},    {0x2103, 0x2103}, {0xFE50, ','},    {0x2501, 0x2014}, {0xFF0E, '.'},
};

static uint32_t fold_of(uint32_t c)
{
    for (size_t k = 0; k < sizeof folds / sizeof *folds; k++)
        if (folds[k].from == c)
            return folds[k].to;
    return c;
}

static uint32_t fold(const struct extract_words *w, uint32_t c)
{
    if (c < 0x80)
        return c;
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFF01 + '!';
    if (c >= 0x3400 && c < 0xA000)
        return w->simple[c] != 0 ? w->simple[c] : c;
    return c == 0x3001 || c == 0x3002 ? c : fold_of(c); /* the two commonest marks stay */
}

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\t' || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x202F;
}
static bool is_nothing(uint32_t c)
{
    return c == 0x200B || c == 0x200C || c == 0x200D || c == 0xFEFF || c == 0x2060 || c == 0xAD;
}
static bool is_word(uint32_t c) /* letters that a space may part */
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_han(c);
}
static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* A space stays where it parts words, dates or headings; beside figures and punctuation it is
 * the typesetter's. */
static bool space_stays(uint32_t a, uint32_t b)
{
    bool word_a = is_word(a), word_b = is_word(b);
    if (is_digit(a) && is_digit(b))
        return true;
    return (word_a && word_b) || (!is_han(a) && !is_han(b) && a < 0x80 && b < 0x80 && a != '\n');
}

static void emit(struct scan *s, uint32_t c, uint32_t at)
{
    c = fold(s->w, c);
    if (s->space) {
        if (s->prev != 0 && space_stays(s->prev, c))
            put(s->p, ' ', s->space_at);
        s->space = false;
    }
    put(s->p, c, at);
    s->prev = c;
}

/* 各 项 任 务: a line set with a space behind every character loses them. */
static bool close_up(struct plain *p, size_t from)
{
    size_t spaces = 0, han = 0;
    struct str t = buf_str(&p->text);
    for (size_t i = from; i < t.len; i += u8_len(t.ptr[i])) {
        spaces += t.ptr[i] == ' ';
        han += (unsigned char)t.ptr[i] >= 0xE3;
    }
    if (han < 8 || spaces * 5 < han * 2)
        return false;
    size_t out = from;
    for (size_t i = from; i < t.len; i++) {
        if (t.ptr[i] == ' ')
            continue;
        p->text.ptr[out] = t.ptr[i];
        p->at[out++] = p->at[i];
    }
    p->text.len = out;
    return true;
}

static void end_line(struct scan *s)
{
    struct plain *p = s->p;
    if (s->in_link)
        s->linked += (uint32_t)p->text.len - s->link_from;
    bool spread = close_up(p, s->line_from);
    p->cut |= p->lines.len == LINES_MAX && p->text.len > s->line_from;
    if (p->text.len > s->line_from && !p->cut) {
        vec_push(&p->lines, (struct line){.start = s->line_from,
                                          .end = (uint32_t)p->text.len,
                                          .linked = s->linked,
                                          .spread = spread,
                                          .block = s->block});
        s->block = false;
    } else {
        s->block = true;
    }
    put(p, '\n', s->cp);
    s->line_from = s->link_from = (uint32_t)p->text.len;
    s->linked = 0;
    s->prev = 0;
    s->space = false;
}

/* ---- pronunciation notes
 * ------------------------------------------------------------------------- */

static bool is_toned(uint32_t c)
{
    return (c >= 0xE0 && c <= 0xFC && c != 0xF7) || (c >= 0x100 && c <= 0x1DC) || c == 0x1F9 ||
           c == 0x1E3F;
}

/* (xiàng) behind a character: its length in bytes and characters, or 0. */
static size_t note_at(struct scan *s, uint32_t *count)
{
    size_t i = s->i;
    uint32_t n = 0;
    bool toned = false;
    (void)utf8_next(s->in, &i);
    while (i < s->in.len && n < 9) {
        uint32_t c = utf8_next(s->in, &i);
        if (c == ')' || c == 0xFF09) {
            if (n == 0 || (!toned && !s->notes))
                return 0;
            s->notes = true;
            *count = n + 2;
            return i - s->i;
        }
        if (!is_toned(c) && !(c >= 'a' && c <= 'z'))
            return 0;
        toned |= is_toned(c);
        n++;
    }
    return 0;
}

/* ---- tags and entities
 * ------------------------------------------------------------------------------ */

static const char *const dropped[] = {"script", "style", "noscript", "iframe",   "svg",   "title",
                                      "select", "nav",   "footer",   "template", "aside", "button"};
static const char *const inlines[] = {"a",   "span", "b",    "strong", "em",  "i",     "u",  "font",
                                      "sup", "sub",  "img",  "small",  "ins", "label", "td", "th",
                                      "o:p", "time", "mark", "wbr",    "bdo", "cite"};

static bool name_is(struct str tag, const char *name)
{
    size_t n = strlen(name);
    return tag.len >= n && strncasecmp(tag.ptr, name, n) == 0 &&
           (tag.len == n || strchr(" \t\r\n/>", tag.ptr[n]) != NULL);
}

static void skip_to(struct scan *s, size_t to)
{
    for (; s->i < to && s->i < s->in.len; s->i++)
        s->cp += ((unsigned char)s->in.ptr[s->i] & 0xC0) != 0x80;
}

/* Behind the closing tag of `name`, or where we are when there is none ahead. */
static size_t closing(struct scan *s, size_t from, const char *name, uint32_t bit)
{
    size_t n = strlen(name);
    if ((s->vain & bit) != 0)
        return from;
    for (size_t i = from; i + n + 2 < s->in.len; i++) {
        const char *lt = memchr(s->in.ptr + i, '<', s->in.len - i);
        if (lt == NULL)
            break;
        i = (size_t)(lt - s->in.ptr);
        if (i + n + 2 < s->in.len && lt[1] == '/' && strncasecmp(lt + 2, name, n) == 0) {
            const char *gt = memchr(lt, '>', s->in.len - i);
            return gt != NULL ? (size_t)(gt - s->in.ptr) + 1 : s->in.len;
        }
    }
    s->vain |= bit;
    return from;
}

static size_t comment_end(struct scan *s)
{
    if ((s->vain & 0x80000000u) != 0)
        return s->i;
    const char *end = memmem(s->in.ptr + s->i, s->in.len - s->i, "-->", 3);
    if (end == NULL)
        s->vain |= 0x80000000u;
    return end == NULL ? s->i : (size_t)(end - s->in.ptr) + 3;
}

static void tag_done(struct scan *s, struct str tag, bool close)
{
    if (name_is(tag, "a")) {
        if (close && s->in_link)
            s->linked += (uint32_t)s->p->text.len - s->link_from;
        s->in_link = !close;
        s->link_from = (uint32_t)s->p->text.len;
        return;
    }
    for (size_t k = 0; k < sizeof inlines / sizeof *inlines; k++)
        if (name_is(tag, inlines[k])) {
            if (inlines[k][0] == 't')
                s->space = true, s->space_at = s->cp;
            return;
        }
    end_line(s);
    s->block |= !name_is(tag, "br");
}

/* A tag at '<': consumed, with what it encloses when that is no text. A tag ends before the next
 * '<', so that a run of them costs one look each. */
static bool tag_at(struct scan *s)
{
    if (at_z(s->in, s->i, "<!--")) {
        size_t end = comment_end(s);
        if (end > s->i) {
            skip_to(s, end);
            return true;
        }
    }
    size_t from = s->i + 1;
    bool close = from < s->in.len && s->in.ptr[from] == '/';
    from += close;
    if (from >= s->in.len || strchr("!?", s->in.ptr[from]) == NULL) {
        if (from >= s->in.len || !is_word((unsigned char)s->in.ptr[from]))
            return false;
    }
    size_t end = from;
    while (end < s->in.len && s->in.ptr[end] != '>' && s->in.ptr[end] != '<')
        end++;
    if (end >= s->in.len || s->in.ptr[end] != '>')
        return false;
    struct str tag = cut(s->in, from, end);
    end++;
    for (size_t k = 0; !close && k < sizeof dropped / sizeof *dropped; k++)
        if (name_is(tag, dropped[k]))
            end = closing(s, end, dropped[k], 1u << k);
    tag_done(s, tag, close);
    skip_to(s, end);
    return true;
}

static const struct {
    const char *name;
    uint32_t c;
} entities[] = {{"&nbsp;", ' '},      {"&amp;", '&'},      {"&lt;", '<'},       {"&gt;", '>'},
                {"&quot;", '"'},      {"&middot;", 0xB7},  {"&mdash;", 0x2014}, {"&ndash;", 0x2014},
                {"&ldquo;", 0x201C},  {"&rdquo;", 0x201D}, {"&lsquo;", 0x2018}, {"&rsquo;", 0x2019},
                {"&hellip;", 0x2026}, {"&ensp;", ' '},     {"&emsp;", ' '},     {"&times;", 0xD7},
                {"&permil;", 0x2030}, {"&apos;", '\''}};

static size_t entity_at(struct scan *s, uint32_t *c)
{
    for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
        if (at_z(s->in, s->i, entities[k].name)) {
            *c = entities[k].c;
            return strlen(entities[k].name);
        }
    if (!at_z(s->in, s->i, "&#"))
        return 0;
    size_t i = s->i + 2;
    bool hex = i < s->in.len && (s->in.ptr[i] == 'x' || s->in.ptr[i] == 'X');
    uint32_t v = 0;
    i += hex;
    for (size_t from = i; i < s->in.len && i < from + 7; i++) {
        char ch = s->in.ptr[i];
        if (ch == ';' && i > from && v >= 0x20 && v < 0x110000 && (v < 0xD800 || v > 0xDFFF)) {
            *c = v;
            return i + 1 - s->i;
        }
        uint32_t d = ch >= '0' && ch <= '9' ? (uint32_t)(ch - '0')
                     : hex && strchr("abcdef", ch | 32) && ch != 0
                         ? (uint32_t)((ch | 32) - 'a' + 10)
                         : 99u;
        if (d > 15)
            return 0;
        v = v * (hex ? 16 : 10) + d;
    }
    return 0;
}

static bool looks_html(struct str in)
{
    static const char *const marks[] = {"</p>",    "<br",      "</div>",    "<html",     "<body",
                                        "</span>", "</a>",     "</P>",      "<BR",       "</DIV>",
                                        "<HTML",   "<p>",      "<!DOCTYPE", "<!doctype", "</td>",
                                        "</li>",   "</script>"};
    if (in.len == 0 || memchr(in.ptr, '<', in.len) == NULL)
        return false;
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (memmem(in.ptr, in.len, marks[k], strlen(marks[k])) != NULL)
            return true;
    return false;
}

/* ---- lines broken by the typesetter
 * ------------------------------------------------------------------- */

static size_t line_width(const struct plain *p, const struct line *l)
{
    size_t n = 0;
    for (uint32_t i = l->start; i < l->end; i++)
        n += ((unsigned char)p->text.ptr[i] & 0xC0) != 0x80;
    return n;
}

static bool line_closes(const struct plain *p, const struct line *l)
{
    static const char *const ends[] = {"。", "！", "!", "?", "？", ";", ":", "”", ")", "…", ">"};
    struct str s = cut(buf_str(&p->text), l->start, l->end);
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        if (ends_z(s, ends[k]))
            return true;
    return false;
}

/* Lines set with spaces are cut by the typesetter: one without a mark at its end goes on. */
static void join_spread(struct plain *p)
{
    size_t out = 0;
    for (size_t i = 0; i < p->lines.len; i++) {
        struct line l = p->lines.v[i], *last = out > 0 ? &p->lines.v[out - 1] : NULL;
        if (last != NULL && last->spread && l.spread && !l.block && !line_closes(p, last)) {
            size_t n = l.end - l.start;
            memmove(p->text.ptr + last->end, p->text.ptr + l.start, n);
            memmove(p->at + last->end, p->at + l.start, n * sizeof *p->at);
            last->end += (uint32_t)n;
        } else {
            p->lines.v[out++] = l;
        }
    }
    p->lines.len = out;
}

/* A line goes on in the next when it is as wide as the widest, which several must be. */
static void join_wrapped(struct plain *p)
{
    size_t widest = 0, wide = 0, open = 0;
    for (size_t i = 0; i < p->lines.len && !p->html && widest <= WRAP_CHARS_MAX; i++) {
        size_t n = line_width(p, &p->lines.v[i]);
        widest = n > widest ? n : widest;
    }
    if (p->html || widest > WRAP_CHARS_MAX || widest < 15)
        return;
    for (size_t i = 0; i < p->lines.len; i++) {
        bool full = line_width(p, &p->lines.v[i]) + 3 >= widest;
        wide += full;
        open += full && !line_closes(p, &p->lines.v[i]);
    }
    if (wide < 4 || open * 2 < wide)
        return;
    size_t out = 0;
    for (size_t i = 0; i < p->lines.len; i++) {
        struct line *l = &p->lines.v[i], *last = out > 0 ? &p->lines.v[out - 1] : NULL;
        bool join = i > 0 && !l->block && line_width(p, &p->lines.v[i - 1]) + 3 >= widest &&
                    !line_closes(p, &p->lines.v[i - 1]);
        if (join && last != NULL) {
            size_t n = l->end - l->start;
            memmove(p->text.ptr + last->end, p->text.ptr + l->start, n);
            memmove(p->at + last->end, p->at + l->start, n * sizeof *p->at);
            last->end += (uint32_t)n;
        } else {
            p->lines.v[out++] = *l;
        }
    }
    p->lines.len = out;
}

/* Chinese characters and digits, which need none of what follows; the rest is left to step. */
static void run(struct scan *s)
{
    const unsigned char *b = (const unsigned char *)s->in.ptr;
    while (s->i + 3 <= s->in.len && !s->space) {
        uint32_t c = b[s->i];
        size_t n = 1;
        if (c >= 0xE4 && c <= 0xE9) {
            c = key_at(s->in, s->i);
            c = s->w->simple[c] != 0 ? s->w->simple[c] : c;
            n = 3;
        } else if (!is_digit(c)) {
            return;
        }
        put(s->p, c, s->cp++);
        s->prev = c;
        s->i += n;
    }
}

static void step(struct scan *s)
{
    uint32_t c, count = 0, at = s->cp;
    size_t n;
    if (s->html && s->in.ptr[s->i] == '<' && tag_at(s))
        return;
    if (s->in.ptr[s->i] == '&' && (n = entity_at(s, &c)) > 0) {
        skip_to(s, s->i + n);
    } else {
        size_t i = s->i;
        c = utf8_next(s->in, &i);
        if ((c == '(' || c == 0xFF08) && is_han(s->prev) && !s->space &&
            (n = note_at(s, &count)) > 0) {
            s->i += n;
            s->cp += count;
            return;
        }
        s->i = i;
        s->cp++;
    }
    if ((c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029 || c == '\f') && !s->html) {
        s->cp--; /* the break itself is where the line ends */
        end_line(s);
        s->cp++;
    } else if (is_space(c) || c < 0x20) {
        s->space_at = s->space ? s->space_at : at;
        s->space = true;
    } else if (!is_nothing(c)) {
        emit(s, c, at);
    }
}

void plain_read(struct plain *p, const struct extract_words *w, struct str utf8)
{
    struct scan s = {.p = p, .w = w, .in = utf8, .block = true};
    plain_grow(p, utf8.len + 64);
    p->html = s.html = looks_html(utf8);
    while (s.i < s.in.len) {
        run(&s);
        if (s.i < s.in.len)
            step(&s);
    }
    end_line(&s);
    join_spread(p);
    join_wrapped(p);
}

void plain_clear(struct plain *p)
{
    buf_clear(&p->text);
    mem_free(p->at);
    vec_clear(&p->lines);
}
