/* review_file.c - a claim becomes a fact, or is left waiting with the reason; and the way back. */
#include "review/review_int.h"

/* ---- from words to a fact ---- */

static void gap(struct claim_row *c, const char *reason)
{
    c->state = CLAIM_QUEUED;
    c->reason = str_z(reason);
    c->fact = 0;
}

static const char *numbers(const struct claim_row *c, struct statement *s)
{
    struct error e = {0};
    if (dec_parse(c->value, &s->value, &e) != OK)
        return "value";
    if (c->qualifier == Q_RANGE && dec_parse(c->value_hi, &s->value_hi, &e) != OK)
        return "value";
    return period_parse(c->period, &s->period, &e) == OK ? "" : "period";
}

static struct statement statement_of(const struct desk *d, const struct claim_row *c)
{
    return (struct statement){.source = d->doc.source,
                              .kind = c->kind,
                              .modality = c->modality,
                              .qualifier = c->qualifier,
                              .comparison = c->comparison,
                              .published = d->published,
                              .state = STATE_VALUE,
                              .printed = c->text};
}

/* ---- what the document has said of the key already ---- */

static const struct fact *said_before(const struct desk *d, const struct fact *f)
{
    const struct fact *have, *last = NULL;
    for (uint64_t it = 0; (have = ledger_of_key(d->l, f->entity, f->series, f->period, &it));)
        if (have->source == f->source &&
            (!last || have->recorded_us > last->recorded_us ||
             (have->recorded_us == last->recorded_us && have->id > last->id)))
            last = have;
    return last && last->state == STATE_VALUE && !ledger_withdrawn(d->l, last, AS_OF_NOW) ? last
                                                                                          : NULL;
}

static bool may_be_equal(const struct fact *a, const struct fact *b)
{
    struct interval x = fact_interval(a), y = fact_interval(b);
    return x.lo2 <= y.hi2 && y.lo2 <= x.hi2;
}

static bool is_equal(const struct fact *a, const struct fact *b)
{
    return a->value == b->value && a->value_hi == b->value_hi && a->qualifier == b->qualifier;
}

static struct trace trace_of(struct desk *d, const struct claim_row *c)
{
    struct str note = c->note;
    if (c->actor.len)
        note = arena_fmt(&d->arena, "%.*s: %.*s%s%.*s", STR_ARG(c->action), STR_ARG(c->actor),
                         c->note.len ? ": " : "", STR_ARG(c->note));
    return (struct trace){.source = d->doc.source,
                          .start = (int32_t)c->start,
                          .end = (int32_t)c->end,
                          .text = c->text,
                          .key = STR(""),
                          .file = d->doc_name,
                          .note = note};
}

/* The span is a place of the fact already, told perhaps by a table that was read by hand. */
static bool placed(const struct desk *d, const struct fact *f, const struct claim_row *c)
{
    const struct trace *t;
    for (uint64_t it = 0; (t = ledger_trace(d->l, f->id, &it));)
        if (t->source == d->doc.source && t->start == (int32_t)c->start &&
            t->end == (int32_t)c->end)
            return true;
    return false;
}

enum code claim_place(struct desk *d, const struct claim_row *c, const struct fact *f,
                      struct error *err)
{
    struct fact again = *f;
    struct trace t = trace_of(d, c);
    enum put how;
    if (placed(d, f, c))
        return OK;
    return ledger_put_fact(d->l, again, &t, &how, err); /* with its own time: the very same fact */
}

/* A moment before the batch, so that what the batch itself says of the key stands. */
static enum code take_back(struct desk *d, const struct fact *f, const struct claim_row *by,
                           struct error *err)
{
    struct fact w = {.entity = f->entity,
                     .series = f->series,
                     .source = f->source,
                     .unit = f->unit,
                     .period = f->period,
                     .state = STATE_WITHDRAWN,
                     .published = f->published,
                     .recorded_us = d->r->now_us - 1};
    struct trace t = trace_of(d, by);
    enum put how;
    return ledger_put_fact(d->l, w, &t, &how, err);
}

/* before: what the document said of the key until now, or NULL. */
static enum code put(struct desk *d, struct claim_row *c, const struct fact *f,
                     const struct fact *before, struct error *err)
{
    struct trace t = trace_of(d, c);
    enum put how;
    c->state = CLAIM_FILED;
    c->reason = STR("");
    if (before && before->published != f->published)
        TRY(take_back(d, before, c, err)); /* the document's date was corrected */
    else if (before && is_equal(before, f) && before->step <= f->step) {
        c->fact = before->id;
        return claim_place(d, c, before, err);
    }
    TRY(ledger_put_fact(d->l, *f, &t, &how, err));
    c->fact = ledger_fact_count(d->l);
    return OK;
}

/* A coarser print of what the document says elsewhere is one more place of it (1.8万 and 17,963);
 * two that cannot both be true wait for a person. */
static enum code put_or_merge(struct desk *d, struct claim_row *c, const struct fact *f,
                              enum filing how, struct error *err)
{
    const struct fact *before = said_before(d, f);
    if (!before || how != FILE_READ || is_equal(before, f))
        return put(d, c, f, before, err);
    if (!may_be_equal(before, f)) {
        gap(c, "said-otherwise");
        return OK;
    }
    c->state = CLAIM_MERGED;
    c->reason = STR("");
    c->fact = before->id;
    return claim_place(d, c, before, err);
}

enum code claim_file(struct desk *d, struct claim_row *c, enum filing how, struct error *err)
{
    struct statement s = statement_of(d, c);
    struct fact f;
    struct error e = {0};
    const struct binder_names names = {.subject = c->subject,
                                       .indicator = c->indicator,
                                       .unit = c->unit,
                                       .context = d->context,
                                       .kind = c->kind};
    const char *missing = numbers(c, &s);
    if (!*missing)
        TRY(binder_bind(d->binder, &names, how == FILE_MAKE, &s, &missing, err));
    if (*missing) {
        gap(c, missing);
        return OK;
    }
    enum code code = statement_fact(d->l, &s, &f, &e);
    if (code == E_INPUT || code == E_RANGE || code == E_CONFLICT) {
        gap(c, code == E_RANGE ? "value" : "unit-mismatch");
        return OK;
    }
    if (code != OK)
        return error_set(err, code, "%s", e.text);
    return put_or_merge(d, c, &f, how, err);
}

/* ---- the way back ---- */

static bool same_key(const struct fact *a, const struct fact *b)
{
    return a->entity == b->entity && a->series == b->series && period_eq(a->period, b->period);
}

static bool still_said(const struct desk *d, const struct fact *old)
{
    for (size_t i = 0; i < d->claims.len; i++) {
        const struct claim_row *c = &d->claims.v[i];
        const struct fact *f = c->fact ? ledger_fact(d->l, c->fact) : NULL;
        if (f && (c->state == CLAIM_FILED || c->state == CLAIM_MERGED) &&
            f->source == old->source && same_key(f, old))
            return true;
    }
    return false;
}

enum code claim_withdraw(struct desk *d, uint64_t old, const struct claim_row *by,
                         struct error *err)
{
    const struct fact *f = old ? ledger_fact(d->l, old) : NULL;
    if (!f || f->source != d->doc.source || still_said(d, f) ||
        ledger_withdrawn(d->l, f, AS_OF_NOW))
        return OK;
    return take_back(d, f, by, err);
}
