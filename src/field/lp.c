/* lp.c - line protocol: lines to samples. One pass over the marks of lp_scan.h; names, values and
 * times in their own files. */
#include "field/lp_int.h"
#include "field/lp_scan.h"
#include <stdio.h>

#define FIELDS_BY_EYE 16 /* compared one by one; more go through a table */
#define FIELD_SLOTS (2 * LP_FIELDS_MAX)

struct lp_fields {
    uint32_t stamp; /* of the present line */
    struct {
        uint32_t stamp, sample;
    } slot[FIELD_SLOTS];
};

/* The line in hand. */
struct line {
    const char *begin;
    uint32_t number; /* of its first byte */
    struct str series;
    uint64_t hash;
    size_t first; /* its first sample */
    size_t tags;
    bool sorted, escaped, in_fields;
    const char *text; /* first text field that is not kept, or NULL */
    struct str text_key;
    uint32_t texts;
    bool spans; /* a text goes on over a line end */
};

void lp_init(struct lp *p)
{
    *p = (struct lp){0};
    arena_init(&p->arena, 0); /* what goes in is bounded by the body */
}

void lp_clear(struct lp *p)
{
    vec_clear(&p->samples);
    vec_clear(&p->places);
    vec_clear(&p->seen);
    mem_free(p->fields);
    arena_clear(&p->arena);
    *p = (struct lp){0};
}

void lp_open(struct lp *p, struct str body, const struct lp_options *o)
{
    p->o = *o;
    p->at = body.len ? body.ptr : "";
    p->end = p->at + body.len;
    p->line = 1;
    p->samples.len = p->places.len = p->why_count = 0;
    p->lines = p->refused = p->texts = p->collided = 0;
    arena_reset(&p->arena);
}

/* ---- refusals ---- */

/* Up to 40 bytes of [at, end) for a message, cut between characters. */
static struct str excerpt(const char *at, const char *end)
{
    struct str s = {at, (size_t)(end - at)};
    if (s.len <= 40)
        return s;
    for (s.len = 40; s.len > 30 && ((unsigned char)s.ptr[s.len] & 0xC0) == 0x80;)
        s.len--;
    return s;
}

static void tell(struct lp *p, const struct line *l, const char *at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
static void tell(struct lp *p, const struct line *l, const char *at, const char *fmt, ...)
{
    if (p->why_count == LP_REFUSED_MAX)
        return;
    struct lp_refusal *r = &p->why[p->why_count++];
    const char *begin = l->begin;
    r->line = l->number;
    for (const char *n; (n = memchr(begin, '\n', (size_t)(at - begin))) != NULL; r->line++)
        begin = n + 1;
    r->column = (uint32_t)utf8_len((struct str){begin, (size_t)(at - begin)}) + 1;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(r->text, sizeof r->text, fmt, ap);
    va_end(ap);
    size_t len = strlen(r->text); /* cut by its room, perhaps inside a character */
    if (len == sizeof r->text - 1)
        r->text[utf8_bad((struct str){r->text, len})] = '\0';
}

/* The line's end from a place inside it; a string that is left open ends with its line. */
static const char *line_end(const struct lp *p, const struct line *l, const char *at)
{
    const char *first = memchr(at, '\n', (size_t)(p->end - at));
    if (!first)
        return p->end;
    if (!l->in_fields)
        return first;
    for (const char *q = at; q < p->end && *q != '\n'; q++) {
        if (*q != '"' || q == l->begin || q[-1] != '=')
            continue;
        for (q++; q < p->end && *q != '"'; q++)
            q += *q == '\\' && q + 1 < p->end;
        if (q >= p->end)
            return first;
        first = memchr(q, '\n', (size_t)(p->end - q));
        if (!first)
            return p->end;
    }
    return first;
}

static uint32_t count_lines(const char *p, const char *end)
{
    uint32_t n = 0;
    for (; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        n++;
    return n;
}

/* Ends a line that cannot be read: nothing of it is kept. Returns where it ends. */
static const char *give_up(struct lp *p, const struct line *l, const char *at)
{
    const char *end = line_end(p, l, at);
    p->samples.len = p->places.len = l->first;
    p->refused++;
    p->line = l->number + count_lines(l->begin, end);
    return end;
}
#define REFUSE(at, ...) return tell(p, l, at, __VA_ARGS__), give_up(p, l, at)

/* ---- series ---- */

static inline bool is_before(struct str a, struct str b)
{
    if (a.ptr[0] != b.ptr[0])
        return (unsigned char)a.ptr[0] < (unsigned char)b.ptr[0];
    int c = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return c < 0 || (c == 0 && a.len < b.len);
}

/* What follows a backslash at q, when it is one of the special characters, is no mark. */
static inline void pass_escape(struct scan *s, const char *q, const char *special)
{
    if (q + 1 < s->end && q[1] && strchr(special, q[1]))
        scan_seek(s, q + 2);
}

static inline bool is_time(struct str key)
{
    return key.len == 4 && memcmp(key.ptr, "time", 4) == 0;
}

/* From the first byte of the line to the space behind the series. NULL: *out is the line's end. */
static inline const char *series(struct lp *p, struct line *l, struct scan *s, const char **q_out);

static const char *series_bad(struct lp *p, struct line *l, const char *q, const char *begin,
                              bool key, bool measurement)
{
    if (q == p->end || *q == '\n')
        REFUSE(q, "a series without fields: a space and field=value are missing");
    if (measurement)
        REFUSE(q, "the measurement is missing before the comma");
    if (key && *q == '=')
        REFUSE(q, "a tag without a name before its =");
    if (key)
        REFUSE(begin,
               "'%.*s' is not a tag=value; a space, comma or = that belongs to a name has a "
               "backslash before it",
               STR_ARG(excerpt(begin, q)));
    if (*q == '=')
        REFUSE(q, "= inside a tag's value; write it as \\=");
    REFUSE(q, "a tag without a value; leave the tag out of the line");
}

static inline const char *series(struct lp *p, struct line *l, struct scan *s, const char **q_out)
{
    struct str last = {NULL, 0};
    const char *q = scan_next(s);
    for (; q < s->end && *q != ',' && *q != ' ' && *q != '\n'; q = scan_next(s))
        if (*q == '\\') {
            l->escaped = true;
            pass_escape(s, q, ", ");
        }
    if (q == s->end || *q == '\n' || q == l->begin)
        return series_bad(p, l, q, l->begin, false, true);
    while (*q == ',') {
        struct str key = {q + 1, 0};
        for (q = scan_next(s); q < s->end && (*q == '\\' || *q == '"'); q = scan_next(s))
            if (*q == '\\') {
                l->escaped = true;
                pass_escape(s, q, ",= ");
            }
        key.len = (size_t)(q - key.ptr);
        if (q == s->end || *q != '=' || key.len == 0)
            return series_bad(p, l, q, key.ptr, true, false);
        if (is_time(key))
            REFUSE(key.ptr, "'time' cannot be the name of a tag; rename it");
        l->sorted = l->sorted && (!last.ptr || is_before(last, key));
        last = key;
        const char *value = q + 1;
        for (q = scan_next(s); q < s->end && (*q == '\\' || *q == '"'); q = scan_next(s))
            if (*q == '\\') {
                l->escaped = true;
                pass_escape(s, q, ",= ");
            }
        if (q == s->end || (*q != ',' && *q != ' ') || q == value)
            return series_bad(p, l, q, value, false, false);
        if (l->tags == LP_TAGS_MAX)
            REFUSE(key.ptr, "more than %d tags", LP_TAGS_MAX);
        p->tags[l->tags++] = (struct lp_tag){key.ptr, (uint32_t)key.len, (uint32_t)(q - key.ptr)};
    }
    *q_out = q;
    return NULL;
}

/* The line's series in canonical form, and its hash. NULL: good; else the line's end */
static const char *series_take(struct lp *p, struct line *l, const char *q, bool odd)
{
    const char *what, *where = l->begin;
    l->series = (struct str){l->begin, (size_t)(q - l->begin)};
    if (l->series.len > LP_SERIES_MAX)
        REFUSE(l->begin, "measurement and tags are longer than %d bytes", LP_SERIES_MAX);
    if (odd && !lp_name_good(l->series, &what, &where))
        REFUSE(where, "%s", what);
    if ((!l->sorted || l->escaped) &&
        !lp_series_canonical(p, l->series, l->tags, l->escaped, &l->series, &what, &where))
        REFUSE(where, "%s", what);
    l->hash = p->o.hash ? p->o.hash(p->o.hash_ctx, l->series) : 0;
    return NULL;
}

/* ---- fields ---- */

static uint64_t name_hash(const struct lp *p, struct str s)
{
    return p->o.hash ? p->o.hash(p->o.hash_ctx, s) : str_hash(s);
}

static size_t *slot_of(struct lp *p, struct str field, size_t *found)
{
    struct lp_fields *t = p->fields;
    size_t i = name_hash(p, field) % FIELD_SLOTS;
    for (; t->slot[i].stamp == t->stamp; i = (i + 1) % FIELD_SLOTS)
        if (str_eq(p->samples.v[t->slot[i].sample].field, field)) {
            *found = t->slot[i].sample;
            return found;
        }
    t->slot[i].stamp = t->stamp;
    t->slot[i].sample = (uint32_t)p->samples.len;
    return NULL;
}

static void table_begin(struct lp *p, const struct line *l)
{
    size_t found, len = p->samples.len;
    if (!p->fields)
        p->fields = mem_zalloc(sizeof *p->fields);
    if (++p->fields->stamp == 0) {
        memset(p->fields, 0, sizeof *p->fields);
        p->fields->stamp = 1;
    }
    for (size_t i = l->first; i < len; i++) {
        p->samples.len = i;
        (void)slot_of(p, p->samples.v[i].field, &found);
    }
    p->samples.len = len;
}

/* The sample of this field: the one of the same name in this line, or a new one. NULL: too many. */
static struct sample *sample_of(struct lp *p, const struct line *l, struct str field)
{
    size_t count = p->samples.len - l->first, found = 0;
    if (count < FIELDS_BY_EYE) {
        for (size_t i = l->first; i < p->samples.len; i++)
            if (str_eq(p->samples.v[i].field, field))
                return &p->samples.v[i];
    } else {
        if (count == FIELDS_BY_EYE)
            table_begin(p, l);
        if (slot_of(p, field, &found))
            return &p->samples.v[found];
        if (count == LP_FIELDS_MAX)
            return NULL;
    }
    vec_push(&p->samples, (struct sample){0});
    return &p->samples.v[p->samples.len - 1];
}

/* The closing quote of the text that opens at q; NULL when it is left open. */
static const char *text_end(struct scan *s, const char *q)
{
    scan_seek(s, q + 1);
    for (q = scan_next(s); q < s->end && *q != '"'; q = scan_next(s))
        if (*q == '\\')
            pass_escape(s, q, "\"\\");
    return q < s->end ? q : NULL;
}

static bool text_number(struct lp *p, const struct line *l, struct str field, const char *open,
                        const char *close, int64_t *number)
{
    struct str raw = {open + 1, (size_t)(close - open - 1)};
    if (!p->o.text)
        return false;
    return p->o.text(p->o.text_ctx, l->series, field, lp_unescape(&p->arena, raw, "\"\\"), number);
}

static void text_refused(struct line *l, const char *at, struct str key)
{
    if (l->texts++ == 0) {
        l->text = at;
        l->text_key = key;
    }
}

/* One field, whose key begins at `key`. NULL: good, *q_out is the mark behind it (or the end). */
static inline const char *field(struct lp *p, struct line *l, struct scan *s, const char *key,
                                const char **q_out)
{
    struct sample v = {.series = l->series, .series_hash = l->hash};
    bool escaped = false;
    const char *q = scan_next(s), *what, *where;
    for (; q < s->end && (*q == '\\' || *q == '"'); q = scan_next(s))
        if (*q == '\\') {
            escaped = true;
            pass_escape(s, q, ",= ");
        }
    if (q == s->end || *q != '=')
        REFUSE(key,
               "'%.*s' is not a field=value; a space, comma or = that belongs to a name has a "
               "backslash before it",
               STR_ARG(excerpt(key, q)));
    v.field = (struct str){key, (size_t)(q - key)};
    if (v.field.len == 0)
        REFUSE(key, "a field without a name before its =");
    if (v.field.len > LP_FIELD_MAX)
        REFUSE(key, "a field's name is longer than %d bytes", LP_FIELD_MAX);
    if (s->odd && !lp_name_good(v.field, &what, &where))
        REFUSE(where, "%s", what);
    if (escaped)
        v.field = lp_unescape(&p->arena, v.field, ",= ");
    if (is_time(v.field))
        REFUSE(key, "'time' cannot be the name of a field; the time stands at the end of the line");
    const char *value = q + 1;
    if (value < s->end && *value == '"') {
        q = text_end(s, value);
        if (!q)
            REFUSE(value, "the text that begins here has no closing quote");
        const char *after = q + 1;
        if (after < s->end && *after != ',' && *after != ' ' && *after != '\n')
            REFUSE(after, "'%.*s' behind the closing quote of a text; a quote inside it is \\\"",
                   STR_ARG(excerpt(after, after + 1)));
        bool known = text_number(p, l, v.field, value, q, &v.mantissa);
        l->spans |= memchr(value, '\n', (size_t)(q - value)) != NULL;
        q = scan_next(s);
        if (!known) {
            text_refused(l, key, v.field);
            *q_out = q;
            return NULL;
        }
    } else {
        q = scan_next(s);
        if (q < s->end && *q == '=')
            REFUSE(q, "= inside a value; is a comma missing before the field?");
        if (q < s->end && (*q == '"' || *q == '\\'))
            REFUSE(q, "'%c' inside a value; a text stands in double quotes as a whole", *q);
        if (lp_value(value, q, &v, &what) != LP_NUMBER) {
            if (q > value && q[-1] == '\r')
                REFUSE(q - 1, "the line ends with CR LF; send LF alone");
            REFUSE(value, "the value '%.*s' %s", STR_ARG(excerpt(value, q)), what);
        }
    }
    struct sample *to = sample_of(p, l, v.field);
    if (!to)
        REFUSE(key, "more than %d fields in a line", LP_FIELDS_MAX);
    *to = v; /* of two fields of one name the later counts */
    *q_out = q;
    return NULL;
}

/* ---- lines ---- */

static const char *time_bad(struct lp *p, struct line *l, const char *at, const char *end,
                            const char *what)
{
    if (end > at && end[-1] == '\r')
        REFUSE(end - 1, "the line ends with CR LF; send LF alone");
    REFUSE(at, "the time '%.*s' %s", STR_ARG(excerpt(at, end)), what);
}

static inline const char *skip_blanks(struct scan *s, const char *at)
{
    for (; at < s->end && (*at == ' ' || *at == '\t'); at++)
        if (*at == ' ')
            scan_seek(s, at + 1);
    return at;
}

/* The line's end from a mark where nothing but blanks may follow; NULL when something does. */
static inline const char *only_end(struct scan *s, const char *q, const char **more)
{
    if (q < s->end && *q == ' ') {
        *more = skip_blanks(s, q + 1);
        q = scan_next(s);
        if (*more != q)
            return NULL;
    }
    *more = q;
    return q == s->end || *q == '\n' ? q : NULL;
}

/* The time behind the fields, whose mark is at q, to the line's end. NULL: good, *q_out the end */
static inline const char *line_time(struct lp *p, struct line *l, struct scan *s, const char *q,
                                    int64_t *ms, uint32_t *rest_ns, const char **q_out)
{
    const char *what, *more;
    *ms = p->o.now_ms;
    *rest_ns = 0;
    if (q == s->end || *q != ' ') {
        *q_out = q; /* field() leaves a comma, a space, a line end or the end */
        return NULL;
    }
    const char *at = skip_blanks(s, q + 1), *end = q = scan_next(s);
    if (at == q && (q == s->end || *q == '\n')) {
        *q_out = q;
        return NULL;
    }
    while (end > at && end[-1] == '\t')
        end--;
    if (q < s->end && *q != ' ' && *q != '\n')
        return time_bad(p, l, at, q + 1,
                        "is not a time; a space inside a name or value has a backslash before it");
    if (!lp_time(at, end, p->o.precision, ms, rest_ns, &what))
        return time_bad(p, l, at, end, what);
    q = only_end(s, q, &more);
    if (!q)
        REFUSE(more, "more behind the time; one point a line");
    p->fine |= *rest_ns != 0;
    *q_out = q;
    return NULL;
}

static void line_texts(struct lp *p, const struct line *l)
{
    p->texts += l->texts;
    bool alone = p->samples.len == l->first;
    p->refused += alone;
    tell(p, l, l->text,
         "field '%.*s' is text%s; only numbers are kept: map its words to numbers or leave it out",
         STR_ARG(excerpt(l->text_key.ptr, l->text_key.ptr + l->text_key.len)),
         l->texts > 1 ? ", as are others of the line" : "");
}

/* One line that says something. Returns its end. */
static inline const char *line(struct lp *p, struct line *l, struct scan *s)
{
    const char *q = l->begin, *end;
    int64_t ms;
    uint32_t rest_ns;
    p->lines++;
    if ((end = series(p, l, s, &q)) || (end = series_take(p, l, q, s->odd)))
        return end;
    l->in_fields = true;
    const char *key = skip_blanks(s, q + 1);
    if (key == s->end || *key == '\n')
        REFUSE(key, "a series without fields: field=value is missing");
    for (;;) {
        if ((end = field(p, l, s, key, &q)))
            return end;
        if (q == s->end || *q != ',')
            break;
        key = q + 1;
    }
    if ((end = line_time(p, l, s, q, &ms, &rest_ns, &q)))
        return end;
    struct lp_place place = {l->number, rest_ns};
    for (size_t i = l->first; i < p->samples.len; i++) {
        p->samples.v[i].time_ms = ms;
        vec_push(&p->places, place);
    }
    if (l->spans)
        p->line += count_lines(l->begin, q);
    if (l->texts)
        line_texts(p, l);
    return q;
}

/* ---- times that differ only below the millisecond ---- */

static uint64_t place_hash(const struct lp *p, const struct sample *s)
{
    uint64_t h = s->series_hash ? s->series_hash : str_hash(s->series);
    h = (h ^ name_hash(p, s->field)) * 0x9E3779B97F4A7C15u + (uint64_t)s->time_ms;
    h *= 0xD6E8FEB86659FD93u;
    return h ^ h >> 32;
}

static bool same_place(const struct sample *a, const struct sample *b)
{
    return a->time_ms == b->time_ms && a->series_hash == b->series_hash &&
           str_eq(a->field, b->field) && str_eq(a->series, b->series);
}

/* One table over the samples of the slice; only where a time was cut. */
static void count_collisions(struct lp *p)
{
    size_t cap = 64;
    while (cap < 2 * p->samples.len)
        cap *= 2;
    while (p->seen.len < cap)
        vec_push(&p->seen, 0);
    memset(p->seen.v, 0, cap * sizeof *p->seen.v);
    for (size_t i = 0; i < p->samples.len; i++) {
        size_t at = place_hash(p, &p->samples.v[i]) & (cap - 1);
        while (p->seen.v[at] && !same_place(&p->samples.v[p->seen.v[at] - 1], &p->samples.v[i]))
            at = (at + 1) & (cap - 1);
        if (p->seen.v[at] && p->places.v[p->seen.v[at] - 1].rest_ns != p->places.v[i].rest_ns)
            p->collided++;
        p->seen.v[at] = (uint32_t)i + 1;
    }
}

bool lp_next(struct lp *p, size_t max)
{
    struct scan s;
    p->samples.len = p->places.len = 0;
    p->fine = false;
    arena_reset(&p->arena);
    if (p->at == p->end)
        return false;
    scan_open(&s, p->at, p->end);
    while (p->at < p->end && p->samples.len < max) {
        const char *at = skip_blanks(&s, p->at), *end = at;
        uint64_t refused = p->refused;
        if (at < p->end && *at == '#')
            end = memchr(at, '\n', (size_t)(p->end - at));
        else if (at < p->end && *at != '\n') {
            struct line l = {
                .begin = at, .number = p->line, .first = p->samples.len, .sorted = true};
            end = line(p, &l, &s);
        }
        p->at = end && end < p->end ? end + 1 : p->end;
        p->line++;
        if (end == at)
            scan_seek(&s, p->at);
        else if (*at == '#' || refused != p->refused) /* the marks do not stand behind the line */
            scan_open(&s, p->at, p->end);
    }
    if (p->fine)
        count_collisions(p);
    return true;
}
