/* review_desk.c - one transaction over one document: its claims, and their versions. */
#include "review/review_int.h"
#include <stdio.h>

enum code desk_begin(struct desk *d, const struct review *r, struct str origin, struct error *err)
{
    *d = (struct desk){.r = r, .l = r->ledger, .published = DAY_MIN};
    arena_init(&d->arena, 0);
    map_init(&d->by_span);
    enum code c = ledger_begin(r->ledger, origin, r->actor, r->now_us, err);
    d->g = ledger_registry(r->ledger); /* only now: beginning may have opened the stores again */
    if (c == OK && (c = binder_open(r->ledger, origin, &d->binder, err)) != OK)
        ledger_rollback(r->ledger);
    if (c != OK) {
        map_clear(&d->by_span);
        arena_clear(&d->arena);
    }
    return c;
}

enum code desk_end(struct desk *d, enum code code, struct ledger_counts *counts, struct error *err)
{
    if (code == OK && d->changed)
        code = ledger_commit(d->l, counts, err);
    else
        ledger_rollback(d->l);
    binder_close(d->binder);
    vec_clear(&d->claims);
    map_clear(&d->by_span);
    arena_clear(&d->arena);
    return code;
}

static struct str span_key(char key[48], uint32_t start, uint32_t end, uint32_t nth)
{
    return (struct str){key, (size_t)snprintf(key, 48, "%u %u %u", start, end, nth)};
}

struct claim_row *desk_find(struct desk *d, uint32_t start, uint32_t end, uint32_t nth)
{
    char key[48];
    uint64_t at;
    return map_get(&d->by_span, span_key(key, start, end, nth), &at) ? &d->claims.v[at - 1] : NULL;
}

static void keep(struct desk *d, const struct claim_row *c)
{
    char key[48];
    struct claim_row *have = desk_find(d, c->start, c->end, c->nth);
    if (have) {
        *have = *c;
        return;
    }
    vec_push(&d->claims, *c);
    map_put(&d->by_span, span_key(key, c->start, c->end, c->nth), d->claims.len);
}

enum code desk_put(struct desk *d, struct claim_row *c, struct error *err)
{
    c->document = d->doc.id;
    c->at_us = d->r->now_us;
    TRY(registry_put_claim(d->g, c, ledger_batch(d->l), err));
    keep(d, c);
    d->changed = true;
    return OK;
}

enum code desk_dated(struct desk *d, struct error *err)
{
    const struct document_reading *r = &d->doc.reading;
    struct period p;
    d->context = binder_context(d->binder, r->subject);
    if (!r->date.len)
        return OK;
    TRY(period_parse(r->date, &p, err));
    d->published = p.last;
    return OK;
}

enum code desk_load(struct desk *d, uint32_t document, struct error *err)
{
    struct document_row *rows;
    struct claim_row *claims;
    size_t count;
    TRY(registry_documents(d->g, document ? document : UINT32_MAX, &d->arena, &rows, &count, err));
    if (!count)
        return error_set(err, E_MISSING, "no document %u; 'luoshu documents DIR' lists them",
                         document);
    d->doc = rows[0];
    d->doc_name = model_source(ledger_model(d->l), d->doc.source)->doc;
    TRY(registry_claims(d->g, document, &d->arena, &claims, &count, err));
    for (size_t i = 0; i < count; i++)
        keep(d, &claims[i]); /* versions come in order: the last one stays */
    return desk_dated(d, err);
}

void outcome_of(const struct desk *d, struct review_outcome *out)
{
    out->document = d->doc.id;
    out->source = d->doc.source;
    memset(out->claims, 0, sizeof out->claims);
    for (size_t i = 0; i < d->claims.len; i++)
        out->claims[d->claims.v[i].state]++;
}
