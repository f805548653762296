/* hj212_fuzz.c - any bytes as a stream of HJ 212: every byte belongs to one frame or to garbage,
 * what is cut in pieces is read as in one piece, good frames are sums of themselves, and messages
 * come back. */
#include "field/hj212.h"
#include "fuzz.h"

static struct hj212_words *words;

/* A good message written anew says the same. */
static void write_and_read(const struct hj212_message *m)
{
    struct buf b;
    struct hj212_stream s;
    struct hj212_frame f;
    struct hj212_message again;
    struct error err = {0};
    buf_init(&b, 1u << 16);
    if (hj212_put(&b, m, &err) == OK) { /* normal form may be longer than the limit */
        hj212_stream_init(&s, 0);
        MUST(hj212_stream_feed(&s, buf_str(&b)) == b.len);
        MUST(hj212_stream_next(&s, &f));
        if (!str_has(m->cp, STR("\r\n"))) {
            MUST(f.fault == HJ212_GOOD && f.bytes == b.len);
            MUST(hj212_read(f.data, &again, &err) == OK);
            MUST(again.cn == m->cn && str_eq(again.mn, m->mn) && str_eq(again.cp, m->cp));
            MUST(str_eq(again.qn, m->qn) && str_eq(again.pw, m->pw) && again.flag == m->flag);
            MUST(again.split == m->split && again.pnum == (m->split ? m->pnum : 0));
        }
        hj212_stream_clear(&s);
    }
    buf_clear(&b);
}

static void sample_must(const struct sample *s)
{
    MUST(s->series.len > 6 && s->field.len > 0 && utf8_valid(s->field));
    MUST(s->state < STATE_COUNT);
    if (s->state != STATE_VALUE)
        MUST(s->mantissa == 0 && s->exp10 == 0);
    MUST(s->mantissa < 1000000000000000001 && s->mantissa > -1000000000000000001);
}

static void message(struct str data)
{
    struct hj212_message m;
    struct error err = {0};
    struct arena a;
    struct hj212_out out;
    if (hj212_read(data, &m, &err) != OK) {
        MUST(err.code == E_INPUT && err.text[0] != '\0' && err.column <= data.len + 1);
        return;
    }
    MUST(m.mn.len > 0 && m.mn.len <= HJ212_MN_MAX);
    write_and_read(&m);
    arena_init(&a, 0);
    hj212_out_init(&out, &a);
    error_clear(&err);
    if (hj212_samples(&m, words, INT64_MIN, &out, &err) == OK)
        MUST(out.time_ms != INT64_MIN);
    else
        MUST(err.code == E_INPUT && out.samples.len == 0);
    for (size_t i = 0; i < out.samples.len; i++)
        sample_must(&out.samples.v[i]);
    for (size_t i = 0; i < out.issues.len; i++)
        MUST(out.issues.v[i].text[0] != '\0' && out.issues.v[i].column <= m.cp.len + 1);
    hj212_out_clear(&out);
    arena_clear(&a);
}

struct tally {
    uint64_t bytes, frames, good, hash;
};

static void count(struct tally *t, const struct hj212_frame *f)
{
    MUST(f->offset == t->bytes && f->bytes > 0);
    MUST((f->fault == HJ212_GOOD) == (f->text[0] == '\0'));
    t->bytes += f->bytes;
    if (f->fault == HJ212_GOOD) {
        t->good++;
        t->hash = t->hash * 1099511628211u + f->offset * 31 + f->data.len;
    }
}

static struct tally run(struct str bytes, size_t piece, bool deep)
{
    struct tally t = {0};
    struct hj212_stream s;
    struct hj212_frame f;
    hj212_stream_init(&s, 0);
    while (bytes.len) {
        size_t n = piece && piece < bytes.len ? piece : bytes.len;
        size_t took = hj212_stream_feed(&s, str_sub(bytes, 0, n));
        MUST(took > 0);
        bytes = str_sub(bytes, took, bytes.len);
        while (hj212_stream_next(&s, &f)) {
            count(&t, &f);
            if (deep && f.fault == HJ212_GOOD)
                message(f.data);
        }
    }
    if (hj212_stream_end(&s, &f))
        count(&t, &f);
    hj212_stream_clear(&s);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct str bytes = {(const char *)data, size};
    if (!words)
        MUST(hj212_words_new(&words, &err) == OK);
    struct tally whole = run(bytes, 0, true), cut = run(bytes, 1 + size % 7, false);
    MUST(whole.bytes == size && cut.bytes == size);
    MUST(whole.good == cut.good && whole.hash == cut.hash);
    message(bytes);
    return 0;
}
