/* extract.c - a document from bytes to proposals: decode, plain text, body, sentences, figures. */
#include "extract_int.h"
#include <stdlib.h>

#define SENTENCE_BYTES_MAX 3000 /* what is longer is cut: rules look back over a sentence */
#define HEADING_BYTES 120

static size_t mark_len(struct str s, size_t i)
{
    static const char *const ends[] = {"。", "！", "？", "；", "!", "?", ";"};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        if (at_z(s, i, ends[k]))
            return strlen(ends[k]);
    return 0;
}

static bool worth_reading(struct str s)
{
    static const char *const signs[] = {"一", "二", "三", "四", "五", "六", "七", "八",
                                        "九", "十", "百", "千", "万", "亿", "两", "年",
                                        "位", "翻", "覆", "突", "半", "首", "高"};
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i])) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            return true;
        if ((unsigned char)s.ptr[i] < 0xE4)
            continue;
        for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
            if (at_z(s, i, signs[k]))
                return true;
    }
    return false;
}

static void one_sentence(struct reader *r, size_t from, size_t to, bool first, bool heading)
{
    r->sen.s = cut(buf_str(&r->plain.text), from, to);
    r->sen.at = (uint32_t)from;
    if (!worth_reading(r->sen.s)) {
        r->has_carried = r->has_carried && !first;
        return;
    }
    lex(&r->sen, r->w, &r->dates);
    read_sentence(r, first, heading);
}

static void read_line(struct reader *r, const struct line *l)
{
    struct str s = cut(buf_str(&r->plain.text), 0, l->end);
    size_t from = l->start;
    bool first = true, heading = l->end - l->start < HEADING_BYTES;
    for (size_t i = from; i < l->end;) {
        size_t n = mark_len(s, i);
        heading &= n == 0;
        i += n > 0 ? n : u8_len(s.ptr[i]);
        if (n == 0 && i < l->end && i - from <= SENTENCE_BYTES_MAX)
            continue;
        size_t to = i < l->end ? i : l->end;
        one_sentence(r, from, to - n, first, heading);
        first = false;
        from = to;
    }
}

/* Plain bytes to code points of the original. */
static void to_original(const struct plain *p, uint32_t *start, uint32_t *end)
{
    size_t last = *end > *start ? *end - 1 : *start;
    *start = p->at[*start];
    *end = p->at[last] + 1;
}

struct place {
    uint32_t cp;
    size_t fact;
};
static int by_cp(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->cp < y->cp ? -1 : x->cp > y->cp;
}
static int by_start(const void *a, const void *b)
{
    const struct extract_fact *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1)
           : x->end < y->end    ? -1
                                : x->end > y->end;
}

/* The text of every span, in one walk over the original. */
static void quote_spans(struct extract_result *out, struct str utf8, uint32_t base)
{
    size_t n = out->facts.len * 2, at = 0;
    struct place *places = mem_zalloc((n + 1) * sizeof *places);
    for (size_t k = 0; k < out->facts.len; k++) {
        places[2 * k] = (struct place){out->facts.v[k].start, 2 * k};
        places[2 * k + 1] = (struct place){out->facts.v[k].end, 2 * k + 1};
    }
    qsort(places, n, sizeof *places, by_cp);
    size_t *offset = mem_zalloc((n + 1) * sizeof *offset), i = 0;
    for (uint32_t cp = base; at < n; cp++) {
        for (; at < n && places[at].cp == cp; at++)
            offset[places[at].fact] = i;
        if (i >= utf8.len)
            break;
        (void)utf8_next(utf8, &i);
    }
    for (size_t k = 0; k < out->facts.len; k++)
        out->facts.v[k].text = arena_dup(&out->text, cut(utf8, offset[2 * k], offset[2 * k + 1]));
    mem_free(places);
    mem_free(offset);
}

static struct str period_str(struct arena *a, struct period p)
{
    char text[32];
    return arena_dup(a, (struct str){text, period_text(p, text)});
}

static void finish(struct reader *r, struct str utf8, uint32_t base)
{
    struct extract_result *out = r->out;
    for (size_t k = 0; k < out->facts.len; k++) {
        struct extract_fact *f = &out->facts.v[k];
        to_original(&r->plain, &f->start, &f->end);
        f->start += base;
        f->end += base;
        f->subject = arena_dup(&out->text, f->subject);
        f->indicator = arena_dup(&out->text, f->indicator);
        f->unit = arena_dup(&out->text, f->unit);
        f->comparison = arena_dup(&out->text, f->comparison);
    }
    if (out->facts.len > 1)
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
    infer_doc(&r, doc);
    for (size_t k = 0; k < r.plain.lines.len; k++) {
        const struct line *l = &r.plain.lines.v[k];
        if (l->noise == NULL)
            read_line(&r, l);
        else
            vec_push(&out->noise, (struct extract_noise){l->start, l->end, l->noise});
    }
    finish(&r, utf8, base);
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
