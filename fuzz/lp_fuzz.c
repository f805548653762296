/* lp_fuzz.c - any bytes as a body of line protocol: read or refused without harm, the same in any
 * slices; every sample's channel and number, written as a line again, is that sample. */
#include "field/lp.h"
#include "fuzz.h"
#include <inttypes.h>

static struct lp whole, sliced, again;

static uint64_t hash(const void *ctx, struct str s)
{
    (void)ctx;
    return str_hash(s);
}

static bool within(struct str s, struct str body)
{
    return s.ptr >= body.ptr && s.ptr + s.len <= body.ptr + body.len;
}

static void check_again(const struct sample *v)
{
    struct buf b;
    struct lp_options o = {.precision = LP_MS, .hash = hash};
    buf_init(&b, 1u << 20);
    buf_add(&b, v->series);
    buf_byte(&b, ' ');
    for (size_t i = 0; i < v->field.len; i++) {
        if (strchr(",= ", v->field.ptr[i]))
            buf_byte(&b, '\\');
        buf_byte(&b, v->field.ptr[i]);
    }
    /* 19 digits are exact as an integer only */
    bool integer = v->exp10 == 0;
    buf_fmt(&b, integer ? "=%" PRId64 "i" : "=%" PRId64 "e%d", v->mantissa, v->exp10);
    buf_fmt(&b, " %" PRId64, v->time_ms);
    lp_open(&again, buf_str(&b), &o);
    MUST(lp_next(&again, 10));
    MUST(again.samples.len == 1 && again.refused == 0);
    const struct sample *w = &again.samples.v[0];
    MUST(str_eq(v->series, w->series) && str_eq(v->field, w->field));
    MUST(v->series_hash == w->series_hash && v->time_ms == w->time_ms);
    MUST(v->cut || (v->mantissa == w->mantissa && v->exp10 == w->exp10));
    buf_clear(&b);
}

static void check_refusals(const struct lp *p)
{
    MUST(p->refused <= p->lines);
    MUST(p->why_count == 0 || p->refused + p->texts > 0);
    for (size_t i = 0; i < p->why_count; i++)
        MUST(p->why[i].line > 0 && p->why[i].column > 0 && p->why[i].text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready) {
        lp_init(&whole);
        lp_init(&sliced);
        lp_init(&again);
        ready = true;
    }
    struct str body = {(const char *)data, size};
    struct lp_options o = {.precision = (enum lp_precision)(size % 6), .now_ms = 1, .hash = hash};
    size_t at = 0;
    bool more = false;
    lp_open(&whole, body, &o);
    lp_open(&sliced, body, &o);
    (void)lp_next(&whole, SIZE_MAX);
    MUST(whole.samples.len == whole.places.len);
    while ((more = lp_next(&sliced, 1 + size % 3)))
        for (size_t i = 0; i < sliced.samples.len; i++, at++) {
            MUST(at < whole.samples.len);
            const struct sample *v = &sliced.samples.v[i], *w = &whole.samples.v[at];
            MUST(str_eq(v->series, w->series) && str_eq(v->field, w->field));
            MUST(v->mantissa == w->mantissa && v->exp10 == w->exp10 && v->time_ms == w->time_ms);
            MUST(sliced.places.v[i].line == whole.places.v[at].line);
            MUST(within(v->field, body) || memchr(data, '\\', size));
            if (at < 50)
                check_again(v);
        }
    MUST(at == whole.samples.len && sliced.refused == whole.refused && sliced.lines == whole.lines);
    check_refusals(&whole);
    check_refusals(&sliced);
    return 0;
}
