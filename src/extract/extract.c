/* extract.c - a document from bytes to proposals: decode, plain text, body, sentences, figures. */
#include "extract_int.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define SENTENCE_BYTES_MAX 3000 /* what is longer is cut: rules look back over a sentence */
#define HEADING_BYTES 120

/* A mark that ends a sentence: bytes or 0. Full-width ones were folded. */
static inline size_t mark_len(struct str s, size_t i)
{
    char c = s.ptr[i];
    return c == '!' || c == '?' || c == ';' ? 1 : at_z(s, i, "。") ? strlen("。") : 0;
}

void put_noise(struct reader *r, uint32_t start, uint32_t end, const char *class)
{
    if (r->out->noise.len < EXTRACT_NOISE_MAX)
        vec_push(&r->out->noise, (struct extract_noise){start, end, class});
    else
        r->out->cut = true;
}

static void one_sentence(struct reader *r, size_t from, size_t to, bool first, bool heading)
{
    arena_reset(&r->scratch);
    r->sen.s = cut(buf_str(&r->plain.text), from, to);
    r->sen.at = (uint32_t)from;
    lex(&r->sen, r->w, &r->dates);
    read_sentence(r, first, heading);
}

static void read_line(struct reader *r, const struct line *l)
{
    struct str s = cut(buf_str(&r->plain.text), 0, l->end);
    size_t from = l->start;
    bool first = true, heading = l->end - l->start < HEADING_BYTES;
    uint16_t may = 0;
    for (size_t i = from; i < l->end && !r->out->cut;) {
        size_t n = mark_len(s, i);
        heading &= n == 0;
        may |= r->w->may[key_at(s, i)];
        i += n > 0 ? n : u8_len(s.ptr[i]);
        if (n == 0 && i < l->end && i - from <= SENTENCE_BYTES_MAX)
            continue;
        size_t to = i < l->end ? i : l->end;
        if ((may & MAY_MATTER) != 0)
            one_sentence(r, from, to - n, first, heading);
        else
            r->has_carried = r->has_carried && !first;
        first = false;
        from = to;
        may = 0;
    }
}

/* Plain bytes to code points of the original. */
static void to_original(const struct plain *p, uint32_t *start, uint32_t *end)
{
    size_t last = *end > *start ? *end - 1 : *start;
    *start = p->at[*start];
    *end = p->at[last] + 1;
}

static int by_start(const void *a, const void *b)
{
    const struct extract_fact *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1)
           : x->end < y->end    ? -1
                                : x->end > y->end;
}

static bool in_order(const struct extract_result *out)
{
    for (size_t k = 1; k < out->facts.len; k++)
        if (by_start(&out->facts.v[k - 1], &out->facts.v[k]) > 0)
            return false;
    return true;
}

/* The byte n code points behind byte i. */
static size_t skip_points(struct str s, size_t i, uint32_t n)
{
    for (; n > 0 && i < s.len; n--)
        i += u8_len(s.ptr[i]);
    return i < s.len ? i : s.len;
}

/* The text of every span, in one walk over the original: facts are in order, and those of one
 * figure share their span. */
static void quote_spans(struct extract_result *out, struct str utf8, uint32_t base)
{
    uint32_t cp = base;
    size_t i = 0;
    for (size_t k = 0; k < out->facts.len; k++) {
        struct extract_fact *f = &out->facts.v[k];
        if (k > 0 && f->start == f[-1].start && f->end == f[-1].end) {
            f->text = f[-1].text;
            continue;
        }
        assert(f->start >= cp); /* I2 */
        i = skip_points(utf8, i, f->start - cp);
        size_t from = i;
        i = skip_points(utf8, i, f->end - f->start);
        cp = f->end;
        f->text = arena_dup(&out->text, cut(utf8, from, i));
    }
}

/* The first year of text[i..) as the unknown one and its distance; bytes written. */
static size_t unknown_year(const char *text, char *out)
{
    int year = 0;
    for (size_t k = 0; k < 4; k++)
        year = year * 10 + (text[k] - '0');
    if (year < UNKNOWN_FROM)
        return (size_t)sprintf(out, "%04d", year);
    int off = year - UNKNOWN_YEAR;
    return (size_t)(off == 0 ? sprintf(out, "XXXX") : sprintf(out, "XXXX%+dy", off));
}

size_t period_written(struct period p, char out[32])
{
    char text[32];
    size_t n = period_text(p, text), to = 0;
    for (size_t i = 0; i < n;) {
        bool year =
            (i == 0 || text[i - 1] == '/') && i + 4 <= n && text[i] >= '0' && text[i] <= '9';
        if (year && to + 12 < 32) {
            to += unknown_year(text + i, out + to);
            i += 4;
        } else {
            out[to++] = text[i++];
        }
    }
    return to;
}

size_t extract_period(const struct extract_fact *f, char out[32])
{
    return period_written(f->period, out);
}

static struct str period_str(struct arena *a, struct period p)
{
    char text[32];
    return arena_dup(a, (struct str){text, period_written(p, text)});
}

static bool no_year(struct period p)
{
    int y, m, d;
    day_split(p.last, &y, &m, &d);
    return y >= UNKNOWN_FROM;
}

static void finish(struct reader *r, struct str utf8, uint32_t base)
{
    struct extract_result *out = r->out;
    for (size_t k = 0; k < out->facts.len; k++) {
        struct extract_fact *f = &out->facts.v[k];
        to_original(&r->plain, &f->start, &f->end);
        f->start += base;
        f->end += base;
        f->year_unknown = no_year(f->period);
    }
    if (!in_order(out))
        qsort(out->facts.v, out->facts.len, sizeof *out->facts.v, by_start);
    quote_spans(out, utf8, base);
    for (size_t k = 0; k < out->noise.len; k++) {
        to_original(&r->plain, &out->noise.v[k].start, &out->noise.v[k].end);
        out->noise.v[k].start += base;
        out->noise.v[k].end += base;
    }
    out->source_date = r->dates.known ? period_str(&out->text, r->dates.source) : STR_NULL;
    out->frame = r->dates.has_frame ? period_str(&out->text, r->dates.frame) : STR_NULL;
    out->subject = arena_dup(&out->text, r->subject);
}

enum code extract_run(const struct extract_words *w, struct str bytes,
                      const struct extract_doc *doc, struct extract_result *out, struct error *err)
{
    *out = (struct extract_result){0};
    arena_init(&out->text, 0);
    if (bytes.len > EXTRACT_BYTES_MAX)
        return error_set(err, E_LIMIT, "a document of %zu bytes, more than %zu", bytes.len,
                         EXTRACT_BYTES_MAX);
    struct period given;
    if (doc != NULL && doc->source_date.len > 0)
        TRY(period_parse(doc->source_date, &given, err));
    struct arena decoded;
    arena_init(&decoded, 0);
    struct str utf8;
    enum code code = text_decode(bytes, &decoded, &utf8, &out->encoding, err);
    if (code != OK) {
        arena_clear(&decoded);
        return code;
    }
    uint32_t base =
        strcmp(out->encoding, "utf-8-bom") == 0; /* the mark is a code point of the file */
    struct reader r = {.w = w, .out = out};
    plain_read(&r.plain, w, utf8);
    body_mark(&r.plain, w);
    infer_doc(&r, utf8, doc);
    arena_init(&r.scratch, 0);
    for (size_t k = 0; k < r.plain.lines.len && !out->cut; k++) {
        const struct line *l = &r.plain.lines.v[k];
        if (l->noise == NULL)
            read_line(&r, l);
        else
            put_noise(&r, l->start, l->end, l->noise);
    }
    out->cut |= r.plain.cut;
    finish(&r, utf8, base);
    arena_clear(&r.scratch);
    plain_clear(&r.plain);
    vec_clear(&r.sen.tokens);
    arena_clear(&decoded);
    return OK;
}

void extract_result_clear(struct extract_result *r)
{
    arena_clear(&r->text);
    vec_clear(&r->facts);
    vec_clear(&r->noise);
}
