/* lp_put.c - from a body to durable readings, and the refusals of decoder and intake as one list.
 */
#include "field/lp_put.h"
#include <stdio.h>
#include <stdlib.h>

#define ORIGIN "influx"

static uint64_t series_hash(const void *ctx, struct str s)
{
    return channel_hash_series(ctx, s);
}

/* Column of a place in the body, in code points; 0 when the text is not from there. */
static uint32_t column_of(struct str body, const char *at)
{
    const char *begin = at;
    if (at < body.ptr || at >= body.ptr + body.len)
        return 0;
    while (begin > body.ptr && begin[-1] != '\n')
        begin--;
    return (uint32_t)utf8_len((struct str){begin, (size_t)(at - begin)}) + 1;
}

static void add_unfit(struct lp_outcome *out, const struct lp *p, struct str body,
                      const struct intake_result *r)
{
    size_t kept = r->refused < INTAKE_REFUSED_MAX ? (size_t)r->refused : INTAKE_REFUSED_MAX;
    for (size_t i = 0; i < kept && out->why_count < LP_REFUSED_MAX; i++) {
        struct lp_refusal *why = &out->why[out->why_count++];
        const struct sample *s = &p->samples.v[r->why[i].sample];
        why->line = p->places.v[r->why[i].sample].line;
        why->column = column_of(body, s->field.ptr);
        snprintf(why->text, sizeof why->text, "field '%.*s': %s",
                 s->field.len > 30 ? 0 : (int)s->field.len, s->field.ptr, r->why[i].text);
        why->text[utf8_bad(str_z(why->text))] = '\0'; /* cut by its room */
    }
}

static void add_counts(struct lp_outcome *out, const struct intake_result *r)
{
    out->stored += r->stored;
    out->same += r->same;
    out->revised += r->revised;
    out->late += r->late;
    out->strangers += r->strangers;
    out->rounded += r->rounded;
    out->unfit += r->refused;
}

static int by_line(const void *a, const void *b)
{
    const struct lp_refusal *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static void finish(const struct lp *p, struct lp_outcome *out)
{
    out->lines = p->lines;
    out->refused = p->refused;
    out->texts = p->texts;
    out->collided = p->collided;
    for (size_t i = 0; i < p->why_count && out->why_count < LP_REFUSED_MAX; i++)
        out->why[out->why_count++] = p->why[i];
    qsort(out->why, out->why_count, sizeof *out->why, by_line);
}

enum code lp_put(struct lp *p, struct intake *in, struct str body, enum lp_precision precision,
                 struct lp_outcome *out, struct error *err)
{
    struct intake_result *r = mem_zalloc(sizeof *r);
    struct lp_options o = {.precision = precision,
                           .now_ms = intake_clock_ms(in),
                           .hash = series_hash,
                           .hash_ctx = intake_points(in)};
    enum code code = OK;
    *out = (struct lp_outcome){0};
    lp_open(p, body, &o);
    while (code == OK && lp_next(p, LP_SLICE)) {
        if (p->samples.len == 0)
            continue;
        code = intake_put(in, ORIGIN, p->samples.v, p->samples.len, NULL, r, err);
        if (code != OK)
            break;
        out->samples += p->samples.len;
        add_counts(out, r);
        add_unfit(out, p, body, r);
    }
    finish(p, out);
    mem_free(r);
    return code;
}
