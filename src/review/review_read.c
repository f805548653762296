/* review_read.c - a document comes in: what it is, whether it is known, and what it says. */
#include "review/review_int.h"
#include <stdlib.h>

/* ---- what is no text ---- */

/* A download that broke off: UTF-8 to the last, incomplete character. */
static bool cut_off(struct str text)
{
    size_t bad = utf8_bad(text);
    bool wide = false;
    for (size_t i = 0; i < bad && !wide; i++)
        wide = (unsigned char)text.ptr[i] >= 0xE0;
    return wide && bad < text.len && text.len - bad <= 3 && (unsigned char)text.ptr[bad] >= 0xC2;
}

static enum code readable(struct str bytes, struct error *err)
{
    static const struct {
        const char *magic;
        size_t len;
        const char *what;
    } kinds[] = {
        {"%PDF-", 5, "a PDF; save it as text first"},
        {"PK\x03\x04", 4, "a Word, Excel or zip file; save it as text first"},
        {"\xD0\xCF\x11\xE0", 4, "an old Word or Excel file; save it as text first"},
        {"\x1F\x8B", 2, "compressed; unpack it first"},
        {"\x89PNG", 4, "a picture; a scan must be turned into text first"},
        {"\xFF\xD8\xFF", 3, "a picture; a scan must be turned into text first"},
        {"\x7F"
         "ELF",
         4, "a program"},
    };
    if (bytes.len > REVIEW_BYTES_MAX)
        return error_set(err, E_LIMIT,
                         "the document has %zu bytes; the largest that is read has %zu. Split it, "
                         "or save the page without its pictures",
                         bytes.len, REVIEW_BYTES_MAX);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (bytes.len >= kinds[i].len && memcmp(bytes.ptr, kinds[i].magic, kinds[i].len) == 0)
            return error_set(err, E_INPUT, "the document is %s", kinds[i].what);
    struct str bom = {"\xEF\xBB\xBF", 3};
    struct str text = str_starts(bytes, bom) ? str_sub(bytes, 3, bytes.len) : bytes;
    if (cut_off(text))
        return error_set(err, E_INPUT,
                         "the document breaks off within its last character (byte %zu): it is not "
                         "whole; fetch it again",
                         utf8_bad(text));
    return str_trim(text).len ? OK : error_set(err, E_INPUT, "the document is empty");
}

/* ---- the source ---- */

#define TITLE_MAX 80 /* code points */

/* The first line that has letters: what the document calls itself, until somebody says better. */
static struct str title_of(struct desk *d, const struct extract_result *e, struct str bytes)
{
    struct str text = bytes, title = STR("");
    if (strcmp(e->encoding, "utf-8") != 0)
        return title;
    ptrdiff_t at = str_find(text, STR("<title>"));
    if (at >= 0) {
        text = str_sub(text, (size_t)at + 7, text.len);
        ptrdiff_t end = str_find(text, STR("</title>"));
        return end > 0 && end < 400 ? arena_dup(&d->arena, str_trim(str_sub(text, 0, (size_t)end)))
                                    : title;
    }
    for (struct str rest = text; rest.len && !title.len;) {
        title = str_trim(str_cut(rest, '\n', &rest));
        if (str_starts(title, STR("<")))
            title = STR("");
    }
    size_t i = 0;
    for (size_t n = 0; i < title.len && n < TITLE_MAX; n++)
        (void)utf8_next(title, &i);
    return arena_dup(&d->arena, str_sub(title, 0, i));
}

static struct str first_of(struct str a, struct str b)
{
    return a.len ? a : b;
}

static enum code put_source(struct desk *d, const struct review_given *given,
                            const struct extract_result *e, struct str bytes, struct error *err)
{
    const struct model *m = ledger_model(d->l);
    uint32_t have = model_find_source(m, given->name);
    struct source s = have ? *model_source(m, have) : (struct source){.doc = given->name};
    s.title = first_of(given->title, first_of(s.title, title_of(d, e, bytes)));
    s.publisher = first_of(given->publisher, s.publisher);
    s.address = first_of(given->address, s.address);
    s.frame = first_of(e->frame, s.frame);
    s.subject = first_of(e->subject, s.subject);
    s.published = d->published;
    s.published_text = e->source_date;
    size_t before = ledger_pending(d->l).sources;
    TRY(ledger_put_source(d->l, s, &d->doc.source, err));
    d->changed |= ledger_pending(d->l).sources != before;
    d->doc_name = model_source(m, d->doc.source)->doc;
    return OK;
}

/* ---- the reading ---- */

static struct str noise_text(struct desk *d, const struct extract_result *e)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    for (size_t i = 0; i < e->noise.len; i++)
        buf_fmt(&b, "%u %u %s;", e->noise.v[i].start, e->noise.v[i].end, e->noise.v[i].class);
    struct str out = arena_dup(&d->arena, buf_str(&b));
    buf_clear(&b);
    return out;
}

static struct str period_str(struct arena *a, struct period p)
{
    char text[32];
    return arena_dup(a, (struct str){text, period_text(p, text)});
}

static struct str decimal_str(struct arena *a, struct dec v)
{
    char text[DEC_TEXT];
    return arena_dup(a, (struct str){text, dec_text(v.units, v.scale, text)});
}

static struct claim_row claim_of(struct desk *d, const struct extract_fact *f, uint32_t nth)
{
    return (struct claim_row){
        .start = f->start,
        .end = f->end,
        .nth = nth,
        .text = arena_dup(&d->arena, f->text),
        .subject = arena_dup(&d->arena, f->subject),
        .indicator = arena_dup(&d->arena, f->indicator),
        .kind = f->kind,
        .qualifier = f->qualifier,
        .modality = f->modality,
        .value = decimal_str(&d->arena, f->value),
        .value_hi = f->qualifier == Q_RANGE ? decimal_str(&d->arena, f->value_hi) : STR(""),
        .unit = arena_dup(&d->arena, f->unit),
        .period = period_str(&d->arena, f->period),
        .comparison = arena_dup(&d->arena, f->comparison),
        .action = STR("read"),
    };
}

static bool says_the_same(const struct claim_row *a, const struct claim_row *b)
{
    return str_eq(a->subject, b->subject) && str_eq(a->indicator, b->indicator) &&
           a->kind == b->kind && a->qualifier == b->qualifier && a->modality == b->modality &&
           str_eq(a->value, b->value) && str_eq(a->value_hi, b->value_hi) &&
           str_eq(a->unit, b->unit) && str_eq(a->period, b->period) &&
           str_eq(a->comparison, b->comparison);
}

/* A proposal and the claim of its span. What a person has touched stays; so does what is filed,
 * unless the whole document is said anew; what is queued is tried again. */
static enum code take(struct desk *d, struct claim_row *fresh, bool restate, struct error *err)
{
    struct claim_row *have = desk_find(d, fresh->start, fresh->end, fresh->nth);
    uint64_t old = have ? have->fact : 0;
    if (have && (have->actor.len || (have->state != CLAIM_QUEUED && !restate)))
        return OK;
    if (have) {
        fresh->id = have->id;
        fresh->action = restate ? STR("restate") : STR("read");
        if (restate && says_the_same(fresh, have) && have->state != CLAIM_QUEUED)
            return OK;
    }
    TRY(claim_file(d, fresh, FILE_READ, err));
    if (have && fresh->state == have->state && str_eq(fresh->reason, have->reason) &&
        says_the_same(fresh, have))
        return OK;
    TRY(desk_put(d, fresh, err));
    return claim_withdraw(d, old != fresh->fact ? old : 0, fresh, err);
}

/* Finer prints first, so that a coarser one finds what it repeats, whichever stands first. */
struct turn {
    struct claim_row claim;
    uint64_t digits; /* printed */
};

static uint64_t digits_of(const struct extract_fact *f)
{
    uint64_t n = 0;
    for (size_t i = 0; i < f->text.len; i++)
        n += f->text.ptr[i] >= '0' && f->text.ptr[i] <= '9';
    return n;
}

static int turn_cmp(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;
    if (x->digits != y->digits)
        return x->digits > y->digits ? -1 : 1;
    if (x->claim.start != y->claim.start)
        return x->claim.start < y->claim.start ? -1 : 1;
    return x->claim.nth < y->claim.nth ? -1 : x->claim.nth > y->claim.nth;
}

static bool same_span(const struct extract_fact *a, const struct extract_fact *b)
{
    return a->start == b->start && a->end == b->end;
}

enum code desk_read(struct desk *d, const struct extract_result *e, bool restate, struct error *err)
{
    struct turn *turns = mem_alloc((e->facts.len + 1) * sizeof *turns);
    enum code c = OK;
    uint32_t nth = 0;
    for (size_t i = 0; i < e->facts.len; i++) {
        nth = i && same_span(&e->facts.v[i], &e->facts.v[i - 1]) ? nth + 1 : 0;
        turns[i] = (struct turn){claim_of(d, &e->facts.v[i], nth), digits_of(&e->facts.v[i])};
    }
    qsort(turns, e->facts.len, sizeof *turns, turn_cmp);
    for (size_t i = 0; c == OK && i < e->facts.len; i++)
        c = take(d, &turns[i].claim, restate, err);
    mem_free(turns);
    return c;
}

/* ---- a document comes in ---- */

static void note_reading(struct desk *d, const struct review_given *given,
                         const struct extract_result *e)
{
    d->doc.reading = (struct document_reading){
        .given_date = arena_dup(&d->arena, given->date),
        .given_frame = arena_dup(&d->arena, given->frame),
        .given_subject = arena_dup(&d->arena, given->subject),
        .date = arena_dup(&d->arena, e->source_date),
        .frame = arena_dup(&d->arena, e->frame),
        .subject = arena_dup(&d->arena, e->subject),
        .encoding = str_z(e->encoding),
        .noise = noise_text(d, e),
        .actor = d->r->actor,
        .at_us = d->r->now_us,
    };
}

static enum code name_is_free(struct desk *d, const struct review_given *given, struct error *err)
{
    uint32_t source = model_find_source(ledger_model(d->l), given->name), other = 0;
    if (source)
        TRY(registry_document_of_source(d->g, source, &other, err));
    return other ? error_set(err, E_CONFLICT,
                             "another text was read as '%.*s' (document %u); give this one another "
                             "name",
                             STR_ARG(given->name), other)
                 : OK;
}

static enum code put_document(struct desk *d, const struct review_given *given,
                              const struct extract_result *e, struct str bytes, struct error *err)
{
    TRY(name_is_free(d, given, err));
    note_reading(d, given, e);
    TRY(desk_dated(d, err));
    TRY(put_source(d, given, e, bytes, err));
    TRY(registry_put_document(d->g, &d->doc, bytes, ledger_batch(d->l), err));
    d->changed = true;
    return registry_put_reading(d->g, &d->doc, ledger_batch(d->l), err);
}

static bool given_otherwise(const struct desk *d, const struct review_given *given)
{
    const struct document_reading *r = &d->doc.reading;
    return (given->date.len && !str_eq(given->date, r->given_date)) ||
           (given->frame.len && !str_eq(given->frame, r->given_frame)) ||
           (given->subject.len && !str_eq(given->subject, r->given_subject));
}

/* What was given before and is not given now still holds. */
static struct review_given given_with(const struct review_given *now,
                                      const struct document_reading *before, struct str name)
{
    struct review_given g = *now;
    g.name = name;
    g.date = first_of(now->date, before->given_date);
    g.frame = first_of(now->frame, before->given_frame);
    g.subject = first_of(now->subject, before->given_subject);
    return g;
}

static enum code extract(const struct desk *d, const struct extract_words *w, struct str bytes,
                         const struct review_given *given, struct extract_result *e,
                         struct error *err)
{
    const struct extract_doc doc = {given->date, given->frame, given->subject};
    (void)d;
    TRY(extract_run(w, bytes, &doc, e, err));
    if (e->facts.len >= EXTRACT_FACTS_MAX)
        return error_set(err, E_LIMIT,
                         "the document has %u figures or more, of which the rest would be left "
                         "unread; split it",
                         EXTRACT_FACTS_MAX);
    if (e->facts.len && !e->source_date.len)
        return error_set(err, E_INPUT,
                         "the text tells no date: give the day on which it was published");
    return OK;
}

static enum code read_known(struct desk *d, uint32_t id, struct str bytes,
                            const struct review_given *now, const struct extract_words *w,
                            struct extract_result *e, struct error *err)
{
    TRY(desk_load(d, id, err));
    bool restate = given_otherwise(d, now);
    struct review_given given = given_with(now, &d->doc.reading, d->doc_name);
    TRY(extract(d, w, bytes, &given, e, err));
    if (restate) {
        note_reading(d, &given, e);
        TRY(desk_dated(d, err));
        TRY(put_source(d, &given, e, bytes, err));
        TRY(registry_put_reading(d->g, &d->doc, ledger_batch(d->l), err));
        d->changed = true;
    }
    return desk_read(d, e, restate, err);
}

static enum code read_fresh(struct desk *d, struct str bytes, const struct review_given *given,
                            const struct extract_words *w, struct extract_result *e,
                            struct error *err)
{
    if (!given->name.len)
        return error_set(err, E_INPUT, "the document has no name");
    if (given->name.len > 200)
        return error_set(err, E_LIMIT, "the name of the document is longer than 200 bytes");
    for (size_t i = 0; i < given->name.len; i++)
        if ((unsigned char)given->name.ptr[i] < 0x20 || given->name.ptr[i] == 0x7F)
            return error_set(err, E_INPUT, "the name of the document holds a control character");
    TRY(extract(d, w, bytes, given, e, err));
    TRY(put_document(d, given, e, bytes, err));
    return desk_read(d, e, false, err);
}

/* known: the document of these bytes, or 0. */
static enum code read_as(const struct review *r, uint32_t known, struct str bytes,
                         const struct review_given *given, struct review_outcome *out,
                         struct error *err)
{
    struct extract_words *w;
    struct extract_result e = {0};
    struct desk d;
    struct arena names;
    TRY(r->words(r->ctx, ledger_model(r->ledger), &w, err));
    arena_init(&names, 0);
    enum code c = desk_begin(&d, r, arena_fmt(&names, "read: %.*s", STR_ARG(given->name)), err);
    if (c == OK) {
        c = known ? read_known(&d, known, bytes, given, w, &e, err)
                  : read_fresh(&d, bytes, given, w, &e, err);
        out->fresh = !known;
        out->changed = c == OK && d.changed;
        outcome_of(&d, out);
        c = desk_end(&d, c, &out->counts, err);
    }
    extract_result_clear(&e);
    extract_words_free(w);
    arena_clear(&names);
    return c;
}

enum code review_read(const struct review *r, struct str bytes, const struct review_given *given,
                      struct review_outcome *out, struct error *err)
{
    uint8_t hash[32];
    uint32_t known;
    *out = (struct review_outcome){0};
    TRY(readable(bytes, err));
    registry_hash(bytes, hash);
    TRY(registry_document_by_hash(ledger_registry(r->ledger), hash, &known, err));
    return read_as(r, known, bytes, given, out, err);
}

enum code review_again(const struct review *r, uint32_t document, struct review_outcome *out,
                       struct error *err)
{
    struct arena a;
    struct str bytes;
    const struct review_given nothing = {.name = STR("again")};
    *out = (struct review_outcome){0};
    arena_init(&a, 0);
    enum code c = registry_original(ledger_registry(r->ledger), document, &a, &bytes, err);
    if (c == OK)
        c = read_as(r, document, bytes, &nothing, out, err);
    arena_clear(&a);
    return c;
}
