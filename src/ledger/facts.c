/* facts.c - the index of facts: by key, by entity, by source, and the places they were said. */
#include "ledger/ledger_int.h"
#include <assert.h>

struct key_bytes {
    uint32_t entity, series;
    int32_t first, last;
};

static struct str key_of(struct key_bytes *k, uint32_t entity, uint32_t series, struct period p)
{
    *k = (struct key_bytes){entity, series, p.first, p.last};
    return (struct str){(const char *)k, sizeof *k};
}

static struct chain_ends *ends_at(struct ledger *l, bool source, uint32_t id)
{
    if (source) {
        while (l->of_source.len < id)
            vec_push(&l->of_source, (struct chain_ends){0, 0});
        return &l->of_source.v[id - 1];
    }
    while (l->of_entity.len < id)
        vec_push(&l->of_entity, (struct chain_ends){0, 0});
    return &l->of_entity.v[id - 1];
}

void fact_index(struct ledger *l, struct fact f)
{
    struct key_bytes k;
    struct str key = key_of(&k, f.entity, f.series, f.period);
    struct fact_links links = {0};
    f.id = l->facts.len + 1;
    map_get(&l->by_key, key, &links.key_before);
    struct chain_ends *e = ends_at(l, false, f.entity);
    links.entity_before = e->last;
    if (e->last)
        l->links.v[e->last - 1].entity_next = f.id;
    else
        e->first = f.id;
    e->last = f.id;
    if (f.source) {
        struct chain_ends *s = ends_at(l, true, f.source);
        links.source_before = s->last;
        if (s->last)
            l->links.v[s->last - 1].source_next = f.id;
        else
            s->first = f.id;
        s->last = f.id;
    }
    vec_push(&l->facts, f);
    vec_push(&l->links, links);
    map_put(&l->by_key, key, f.id);
    vec_push(&l->trace_head, 0);
}

static struct str trace_key(struct buf *b, uint64_t fact, const struct trace *t)
{
    buf_fmt(b, "%llu\x1f%u\x1f%d\x1f%d\x1f%.*s\x1f", (unsigned long long)fact, t->source, t->start,
            t->end, STR_ARG(t->key));
    if (t->start < 0) /* without a span the row of the file tells places apart */
        buf_fmt(b, "%.*s\x1f%u", STR_ARG(t->file), t->line);
    return buf_str(b);
}

bool trace_known(struct ledger *l, uint64_t fact, const struct trace *t)
{
    struct buf b;
    uint64_t at;
    buf_init(&b, 1 << 16);
    bool known = map_get(&l->by_trace, trace_key(&b, fact, t), &at);
    buf_clear(&b);
    return known;
}

void trace_index(struct ledger *l, const struct trace *t)
{
    struct trace kept = *t;
    struct buf b;
    kept.text = arena_dup(&l->text, t->text);
    kept.key = arena_dup(&l->text, t->key);
    kept.file = arena_dup(&l->text, t->file);
    kept.note = arena_dup(&l->text, t->note);
    vec_push(&l->traces, kept);
    vec_push(&l->trace_next, l->trace_head.v[t->fact - 1]);
    l->trace_head.v[t->fact - 1] = l->traces.len;
    buf_init(&b, 1 << 16);
    map_put(&l->by_trace, trace_key(&b, t->fact, t), l->traces.len);
    buf_clear(&b);
}

static void trace_pop(struct ledger *l)
{
    size_t i = l->traces.len - 1;
    const struct trace *t = &l->traces.v[i];
    struct buf b;
    buf_init(&b, 1 << 16);
    map_del(&l->by_trace, trace_key(&b, t->fact, t));
    buf_clear(&b);
    l->trace_head.v[t->fact - 1] = l->trace_next.v[i];
    l->traces.len = l->trace_next.len = i;
}

static void fact_pop(struct ledger *l)
{
    size_t i = l->facts.len - 1;
    const struct fact *f = &l->facts.v[i];
    const struct fact_links *links = &l->links.v[i];
    struct key_bytes k;
    struct str key = key_of(&k, f->entity, f->series, f->period);
    if (links->key_before)
        map_put(&l->by_key, key, links->key_before);
    else
        map_del(&l->by_key, key);
    struct chain_ends *e = ends_at(l, false, f->entity);
    e->last = links->entity_before;
    if (e->last)
        l->links.v[e->last - 1].entity_next = 0;
    else
        e->first = 0;
    if (f->source) {
        struct chain_ends *s = ends_at(l, true, f->source);
        s->last = links->source_before;
        if (s->last)
            l->links.v[s->last - 1].source_next = 0;
        else
            s->first = 0;
    }
    l->facts.len = l->links.len = l->trace_head.len = i;
}

void facts_truncate(struct ledger *l, size_t facts, size_t traces)
{
    while (l->traces.len > traces)
        trace_pop(l);
    while (l->facts.len > facts)
        fact_pop(l);
}

/* ---- reading ---- */

size_t ledger_fact_count(const struct ledger *l)
{
    return l->facts.len;
}

size_t ledger_trace_count(const struct ledger *l)
{
    return l->traces.len;
}

const struct fact *ledger_fact(const struct ledger *l, uint64_t id)
{
    return id >= 1 && id <= l->facts.len ? &l->facts.v[id - 1] : NULL;
}

/* A step along a chain: *it is 0 to begin, the last fact given, UINT64_MAX after the end. */
static const struct fact *chain_step(const struct ledger *l, uint64_t next, uint64_t *it)
{
    *it = next ? next : UINT64_MAX;
    return next ? &l->facts.v[next - 1] : NULL;
}

/* A key's chain is as short as its revisions, so the way on is walked from the newest. */
const struct fact *ledger_of_key(const struct ledger *l, uint32_t entity, uint32_t series,
                                 struct period period, uint64_t *it)
{
    struct key_bytes k;
    uint64_t at = 0, next = 0;
    if (*it == UINT64_MAX)
        return NULL;
    map_get(&l->by_key, key_of(&k, entity, series, period), &at);
    for (; at > *it; at = l->links.v[at - 1].key_before)
        next = at;
    return chain_step(l, next, it);
}

const struct fact *ledger_of_entity(const struct ledger *l, uint32_t entity, uint32_t series,
                                    uint64_t *it)
{
    const struct fact *f;
    if (entity > l->of_entity.len || *it == UINT64_MAX)
        return NULL;
    do
        f = chain_step(l, *it ? l->links.v[*it - 1].entity_next : l->of_entity.v[entity - 1].first,
                       it);
    while (f && series && f->series != series);
    return f;
}

const struct fact *ledger_of_source(const struct ledger *l, uint32_t source, uint64_t *it)
{
    if (source > l->of_source.len || *it == UINT64_MAX)
        return NULL;
    return chain_step(l, *it ? l->links.v[*it - 1].source_next : l->of_source.v[source - 1].first,
                      it);
}

const struct trace *ledger_trace(const struct ledger *l, uint64_t fact, uint64_t *it)
{
    if (*it == UINT64_MAX || fact < 1 || fact > l->trace_head.len)
        return NULL;
    uint64_t next = 0;
    for (uint64_t at = l->trace_head.v[fact - 1]; at > *it; at = l->trace_next.v[at - 1])
        next = at;
    *it = next ? next : UINT64_MAX;
    return next ? &l->traces.v[next - 1] : NULL;
}

/* I2: a total order on what a fact says, not on when it came. */
static bool fact_wins(const struct fact *a, const struct fact *b)
{
    if (a->published != b->published)
        return a->published > b->published;
    if (a->recorded_us != b->recorded_us)
        return a->recorded_us > b->recorded_us;
    if (a->value != b->value)
        return a->value > b->value;
    if (a->state != b->state)
        return a->state < b->state;
    if (a->value_hi != b->value_hi)
        return a->value_hi > b->value_hi;
    if (a->qualifier != b->qualifier)
        return a->qualifier < b->qualifier;
    return a->step < b->step; /* the finer print */
}

bool ledger_withdrawn(const struct ledger *l, const struct fact *f, struct as_of as_of)
{
    struct key_bytes k;
    uint64_t at = 0;
    map_get(&l->by_key, key_of(&k, f->entity, f->series, f->period), &at);
    for (; at; at = l->links.v[at - 1].key_before) {
        const struct fact *w = &l->facts.v[at - 1];
        if (w->state == STATE_WITHDRAWN && w->source == f->source &&
            w->recorded_us >= f->recorded_us && w->recorded_us <= as_of.recorded_us)
            return true;
    }
    return false;
}

/* The same where a source has taken something back: rare, so looked at only then. */
static const struct fact *current_of_rest(const struct ledger *l, uint32_t entity, uint32_t series,
                                          struct period period, struct as_of as_of)
{
    const struct fact *best = NULL, *f;
    for (uint64_t it = 0; (f = ledger_of_key(l, entity, series, period, &it));)
        if (f->published <= as_of.published && f->recorded_us <= as_of.recorded_us &&
            f->state != STATE_WITHDRAWN && !ledger_withdrawn(l, f, as_of) &&
            (!best || fact_wins(f, best)))
            best = f;
    return best;
}

const struct fact *ledger_current(const struct ledger *l, uint32_t entity, uint32_t series,
                                  struct period period, struct as_of as_of)
{
    struct key_bytes k;
    uint64_t at = 0;
    const struct fact *best = NULL;
    bool withdrawals = false;
    map_get(&l->by_key, key_of(&k, entity, series, period), &at);
    for (; at; at = l->links.v[at - 1].key_before) {
        const struct fact *f = &l->facts.v[at - 1];
        if (f->recorded_us > as_of.recorded_us)
            continue;
        if (f->state == STATE_WITHDRAWN)
            withdrawals = true;
        else if (f->published <= as_of.published && (!best || fact_wins(f, best)))
            best = f;
    }
    return withdrawals ? current_of_rest(l, entity, series, period, as_of) : best;
}
