/* review_decide.c - what a person says about a claim, and what a name means from now on. */
#include "review/review_int.h"
#include <stdio.h>

/* ---- one claim under way ---- */

struct decision {
    struct desk d;
    struct claim_row was, now;
};

static enum code load_claim(struct decision *x, uint64_t claim, uint64_t version, struct error *err)
{
    struct desk *d = &x->d;
    TRY(registry_claim(d->g, claim, &d->arena, &x->was, err));
    if (version && version != x->was.seq)
        return error_set(err, E_CONFLICT,
                         "claim %llu was changed meanwhile by '%.*s'; look at it again",
                         (unsigned long long)claim, STR_ARG(x->was.actor));
    TRY(desk_load(d, x->was.document, err));
    x->now = x->was;
    return OK;
}

static enum code begin(struct decision *x, const struct review *r, const char *what, uint64_t claim,
                       struct error *err)
{
    struct arena a;
    *x = (struct decision){0};
    arena_init(&a, 0);
    enum code c =
        desk_begin(&x->d, r, arena_fmt(&a, "%s: claim %llu", what, (unsigned long long)claim), err);
    arena_clear(&a);
    return c;
}

static void signed_by(struct decision *x, const char *action, struct str note)
{
    x->now.action = str_z(action);
    x->now.note = note;
    x->now.actor = x->d.r->actor;
}

static struct claim_row copied(struct arena *a, struct claim_row c)
{
    struct str *texts[] = {&c.text, &c.reason, &c.subject,    &c.indicator, &c.value, &c.value_hi,
                           &c.unit, &c.period, &c.comparison, &c.action,    &c.note,  &c.actor};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_dup(a, *texts[i]);
    return c;
}

/* The new version stands; what the old one said is taken back where nothing else says it. */
static enum code settle(struct decision *x, struct error *err)
{
    TRY(desk_put(&x->d, &x->now, err));
    return claim_withdraw(&x->d, x->was.fact, &x->now, err);
}

static enum code end(struct decision *x, enum code c, struct arena *a, struct claim_row *out,
                     struct error *err)
{
    if (c == OK)
        *out = copied(a, x->now);
    return desk_end(&x->d, c, NULL, err);
}

/* ---- correct, accept ---- */

static enum code words_of(struct claim_row *c, const struct review_change *ch, struct error *err)
{
    if (ch->kind.len && !kind_from(ch->kind, &c->kind))
        return error_set(err, E_INPUT, "unknown kind '%.*s'", STR_ARG(ch->kind));
    if (ch->qualifier.len && !qualifier_from(ch->qualifier, &c->qualifier))
        return error_set(err, E_INPUT, "unknown qualifier '%.*s'", STR_ARG(ch->qualifier));
    if (ch->modality.len && !modality_from(ch->modality, &c->modality))
        return error_set(err, E_INPUT, "unknown modality '%.*s'", STR_ARG(ch->modality));
    return OK;
}

static enum code apply(struct claim_row *c, const struct review_change *ch, struct error *err)
{
    struct {
        struct str given, *to;
    } texts[] = {
        {ch->subject, &c->subject},      {ch->indicator, &c->indicator}, {ch->value, &c->value},
        {ch->value_hi, &c->value_hi},    {ch->unit, &c->unit},           {ch->period, &c->period},
        {ch->comparison, &c->comparison}};
    struct error e = {0};
    struct period p;
    struct dec v;
    TRY(words_of(c, ch, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].given.ptr)
            *texts[i].to = str_trim(texts[i].given);
    if (c->comparison.len > 200)
        return error_set(err, E_LIMIT, "the comparison is longer than 200 bytes");
    if (dec_parse(c->value, &v, &e) != OK)
        return error_set(err, E_INPUT, "value: %s", e.text);
    if (c->qualifier == Q_RANGE && dec_parse(c->value_hi, &v, &e) != OK)
        return error_set(err, E_INPUT, "high end of the range: %s", e.text);
    if (c->qualifier != Q_RANGE)
        c->value_hi = STR("");
    return period_parse(c->period, &p, &e) == OK ? OK
                                                 : error_set(err, E_INPUT, "period: %s", e.text);
}

/* What a person files must be placed: a gap is told as an error that says how to close it. */
static enum code refuse_gap(const struct claim_row *c, struct error *err)
{
    const struct {
        const char *reason;
        enum code code;
        const char *text;
        struct str of;
    } gaps[] = {
        {"subject", E_INPUT, "the subject is missing", STR("")},
        {"subject-unknown", E_MISSING, "no entity is called '%.*s'; make it, or teach the name",
         c->subject},
        {"subject-ambiguous", E_CONFLICT, "several entities are called '%.*s'; give its code",
         c->subject},
        {"indicator", E_INPUT, "the indicator is missing", STR("")},
        {"indicator-unknown", E_MISSING,
         "no indicator is called '%.*s'; make it, or teach the name", c->indicator},
        {"unit", E_INPUT, "the unit is missing", STR("")},
        {"unit-unknown", E_MISSING, "no unit is called '%.*s'; make it, or take a known one",
         c->unit},
        {"unit-mismatch", E_INPUT, "the unit '%.*s' does not convert to that of the indicator",
         c->unit},
        {"value", E_INPUT, "the value '%.*s' does not fit", c->value},
        {"period", E_INPUT, "the period '%.*s' cannot be read", c->period},
    };
    char text[400];
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
        if (str_is(c->reason, gaps[i].reason)) {
            snprintf(text, sizeof text, gaps[i].text, STR_ARG(gaps[i].of));
            return error_set(err, gaps[i].code, "%s", text);
        }
    return error_set(err, E_INPUT, "the claim cannot be filed: %.*s", STR_ARG(c->reason));
}

static enum code file_it(struct decision *x, bool make, struct error *err)
{
    TRY(claim_file(&x->d, &x->now, make ? FILE_MAKE : FILE_NAMED, err));
    if (x->now.state == CLAIM_QUEUED)
        return refuse_gap(&x->now, err);
    return settle(x, err);
}

/* The span as printed, of a number that was no claim until now. */
static enum code quote(struct decision *x, const struct review_change *ch, struct error *err)
{
    struct desk *d = &x->d;
    struct str bytes, text;
    const char *encoding;
    size_t i = 0, from = 0;
    uint32_t cp = 0;
    TRY(registry_original(d->g, ch->document, &d->arena, &bytes, err));
    TRY(text_decode(bytes, &d->arena, &text, &encoding, err));
    if (ch->end <= ch->start || ch->end - ch->start > 400)
        return error_set(err, E_INPUT, "a span ends after its start, within 400 characters");
    for (; i < text.len && cp < ch->end; cp++) {
        if (cp == ch->start)
            from = i;
        (void)utf8_next(text, &i);
    }
    if (cp < ch->end)
        return error_set(err, E_INPUT, "the document has only %u characters", cp);
    x->now.text = str_sub(text, from, i - from);
    return OK;
}

static enum code fresh_claim(struct decision *x, const struct review_change *ch, struct error *err)
{
    TRY(desk_load(&x->d, ch->document, err));
    x->now = (struct claim_row){.start = ch->start,
                                .end = ch->end,
                                .subject = x->d.doc.reading.subject,
                                .period = x->d.doc.reading.frame.len ? x->d.doc.reading.frame
                                                                     : x->d.doc.reading.date};
    while (desk_find(&x->d, ch->start, ch->end, x->now.nth))
        x->now.nth++;
    return quote(x, ch, err);
}

enum code review_correct(const struct review *r, const struct review_change *ch, struct arena *a,
                         struct claim_row *out, struct error *err)
{
    struct decision x;
    TRY(begin(&x, r, "correct", ch->claim, err));
    enum code c =
        ch->claim ? load_claim(&x, ch->claim, ch->version, err) : fresh_claim(&x, ch, err);
    if (c == OK)
        c = apply(&x.now, ch, err);
    if (c == OK) {
        signed_by(&x, "correct", ch->note);
        c = file_it(&x, ch->make, err);
    }
    return end(&x, c, a, out, err);
}

enum code review_accept(const struct review *r, uint64_t claim, uint64_t version, struct str note,
                        struct arena *a, struct claim_row *out, struct error *err)
{
    struct decision x;
    TRY(begin(&x, r, "accept", claim, err));
    enum code c = load_claim(&x, claim, version, err);
    if (c == OK && x.was.state == CLAIM_FILED)
        c = error_set(err, E_CONFLICT, "claim %llu is filed already", (unsigned long long)claim);
    if (c == OK) {
        signed_by(&x, "accept", note);
        c = file_it(&x, true, err);
    }
    return end(&x, c, a, out, err);
}

/* ---- reject, merge ---- */

enum code review_reject(const struct review *r, uint64_t claim, uint64_t version, struct str note,
                        struct arena *a, struct claim_row *out, struct error *err)
{
    struct decision x;
    TRY(begin(&x, r, "reject", claim, err));
    enum code c = load_claim(&x, claim, version, err);
    if (c == OK && x.was.state == CLAIM_REJECTED)
        c = error_set(err, E_CONFLICT, "claim %llu is rejected already", (unsigned long long)claim);
    if (c == OK) {
        signed_by(&x, "reject", note);
        x.now.state = CLAIM_REJECTED;
        x.now.reason = STR("");
        x.now.fact = 0;
        c = settle(&x, err);
    }
    return end(&x, c, a, out, err);
}

enum code review_merge(const struct review *r, uint64_t claim, uint64_t version, uint64_t into,
                       struct str note, struct arena *a, struct claim_row *out, struct error *err)
{
    struct decision x;
    TRY(begin(&x, r, "merge", claim, err));
    const struct fact *f = ledger_fact(r->ledger, into);
    enum code c = load_claim(&x, claim, version, err);
    if (c == OK && (!f || f->state == STATE_WITHDRAWN || ledger_withdrawn(r->ledger, f, AS_OF_NOW)))
        c = error_set(err, E_MISSING, "no fact %llu that is still said", (unsigned long long)into);
    if (c == OK && into == x.was.fact)
        c = error_set(err, E_CONFLICT, "claim %llu is a place of fact %llu already",
                      (unsigned long long)claim, (unsigned long long)into);
    if (c == OK) {
        signed_by(&x, "merge", note);
        x.now.state = CLAIM_MERGED;
        x.now.reason = STR("");
        x.now.fact = into;
        c = claim_place(&x.d, &x.now, f, err);
    }
    if (c == OK)
        c = settle(&x, err);
    return end(&x, c, a, out, err);
}

/* ---- teach ---- */

static enum code put_name(struct ledger *l, struct str name, uint32_t entity, uint32_t indicator,
                          struct error *err)
{
    if (indicator)
        return ledger_put_indicator_alias(l, indicator, name, err);
    return ledger_put_alias(l, entity, name, err);
}

static enum code learn(const struct review *r, struct str name, uint32_t entity, uint32_t indicator,
                       struct error *err)
{
    struct arena a;
    arena_init(&a, 0);
    enum code c = ledger_begin(r->ledger, arena_fmt(&a, "teach: %.*s", STR_ARG(name)), r->actor,
                               r->now_us, err);
    arena_clear(&a);
    TRY(c);
    c = put_name(r->ledger, name, entity, indicator, err);
    if (c == OK)
        return ledger_commit(r->ledger, NULL, err);
    ledger_rollback(r->ledger);
    return c;
}

static enum code name_good(struct str name, struct error *err)
{
    size_t i = 0, letters = 0;
    while (i < name.len) {
        uint32_t cp = utf8_next(name, &i);
        letters += (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp > 0x2FF;
    }
    if (!letters || name.len > 200)
        return error_set(err, E_INPUT,
                         "'%.*s' is no name: it needs a letter, and at most 200 bytes",
                         STR_ARG(str_sub(name, 0, 60)));
    return OK;
}

/* What the queue gains is a reading of its own, a moment later: the name is kept in any case. */
static enum code read_again(const struct review *r, struct str name, struct review_taught *out,
                            struct error *err)
{
    struct arena a;
    uint32_t *ids;
    size_t count;
    arena_init(&a, 0);
    struct review later = *r;
    enum code c =
        registry_documents_naming(ledger_registry(r->ledger), name, &a, &ids, &count, err);
    for (size_t i = 0; c == OK && i < count; i++) {
        struct review_outcome o;
        later.now_us++;
        c = review_again(&later, ids[i], &o, err);
        out->documents++;
        out->filed += o.counts.facts;
    }
    arena_clear(&a);
    return c;
}

enum code review_teach(const struct review *r, struct str name, uint32_t entity, uint32_t indicator,
                       struct review_taught *out, struct error *err)
{
    *out = (struct review_taught){.entity = entity, .indicator = indicator};
    name = str_trim(name);
    if (!entity == !indicator)
        return error_set(err, E_INPUT, "a name means an entity or an indicator: give one of them");
    TRY(name_good(name, err));
    TRY(learn(r, name, entity, indicator, err));
    return read_again(r, name, out, err);
}
