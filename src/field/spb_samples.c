/* spb_samples.c - metrics of a message to samples, by the tables its births filled. */
#include "field/spb_host_int.h"

#define ELEMENTS_MAX 1024 /* of an array; a longer one is no reading but a record */

static struct spb_device *device_of(struct spb_taking *t)
{
    return &t->n->devices.v[t->device];
}

static struct str alias_key(const uint64_t *alias)
{
    return (struct str){(const char *)alias, sizeof *alias};
}

/* bdSeq and what controls a node or device are the protocol's, not readings (6.4.13 and following).
 */
static bool is_control(struct str name)
{
    return str_is(name, "bdSeq") || str_starts(name, STR("Node Control/")) ||
           str_starts(name, STR("Device Control/"));
}

static struct spb_channel *channel_at(struct spb_taking *t, struct str name, bool make)
{
    struct spb_device *d = device_of(t);
    uint64_t at;
    if (map_get(&d->by_name, name, &at))
        return &d->channels.v[at];
    if (!make || t->h->channels >= t->h->o.metrics_max) {
        t->h->counts.refused += make;
        return NULL;
    }
    t->h->channels++;
    map_put(&d->by_name, name, d->channels.len);
    vec_push(&d->channels, (struct spb_channel){.name = arena_dup(&t->h->text, name)});
    return &d->channels.v[d->channels.len - 1];
}

/* ---- one value ---- */

struct said { /* what stands around a value */
    const struct spb_metric *m;
    int64_t time_ms;
    uint32_t type;
};

static void push(struct spb_taking *t, struct spb_channel *c, const struct spb_metric *m,
                 int64_t time_ms, enum fact_state state, const struct spb_number *v)
{
    struct sample s = {.series = device_of(t)->series,
                       .field = c->name,
                       .time_ms = time_ms,
                       .state = (uint8_t)state};
    if (state == STATE_VALUE) {
        s.mantissa = v->mantissa;
        s.exp10 = v->exp10;
        s.cut = v->cut;
    }
    vec_push(&t->out->samples, s);
    t->h->counts.samples++;
    t->h->counts.historical += m->historical;
    c->stored = true;
    if (c->last_ms < time_ms)
        c->last_ms = time_ms;
    if (!c->stale || m->historical)
        return;
    /* A birth tells the present value with the time it last changed. When that was before the
     * death, the value is said again at the birth's own time, behind the mark of the death. */
    if (time_ms <= c->stale_ms && t->birth) {
        s.time_ms = t->payload_ms > c->stale_ms ? t->payload_ms : c->stale_ms + 1;
        vec_push(&t->out->renewed, (uint32_t)t->out->samples.len);
        vec_push(&t->out->samples, s);
        c->last_ms = s.time_ms;
    }
    if (c->last_ms > c->stale_ms)
        c->stale = false;
}

/* Quality: a bad value is none, a stale one is of a device that is off; others (OPC's "uncertain")
 * are values. */
static enum fact_state state_of(const struct spb_metric *m, enum fact_state otherwise)
{
    if (m->has_quality && m->quality == SPB_QUALITY_STALE)
        return STATE_OFFLINE;
    return m->has_quality && m->quality == SPB_QUALITY_BAD ? STATE_NULL : otherwise;
}

static bool is_text(uint32_t type)
{
    return type == SPB_STRING || type == SPB_TEXT || type == SPB_UUID ||
           (type >= SPB_DATASET && type <= SPB_PROPERTY_SETS) || type == SPB_STRING_ARRAY;
}

static void take_metric(struct spb_taking *t, const struct spb_metric *m, struct str name,
                        uint32_t type, int64_t time_ms, unsigned depth);

static void take_array(struct spb_taking *t, const struct said *s, struct str name)
{
    size_t n = spb_elements(s->m, s->type);
    if (n > ELEMENTS_MAX) {
        t->h->counts.other++;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct spb_number v;
        struct spb_channel *c =
            channel_at(t, arena_fmt(&t->h->scratch, "%.*s[%zu]", STR_ARG(name), i), true);
        bool number = spb_element(s->m, s->type, i, &v);
        if (c)
            push(t, c, s->m, s->time_ms, state_of(s->m, number ? STATE_VALUE : STATE_NULL), &v);
    }
}

static void take_template(struct spb_taking *t, const struct said *s, struct str name,
                          unsigned depth)
{
    struct spb_template in;
    if (depth >= SPB_TEMPLATE_DEPTH || spb_template(s->m->bytes, &in, NULL) != OK) {
        t->h->counts.malformed++;
        return;
    }
    t->h->counts.malformed += in.malformed;
    for (size_t i = 0; i < in.metrics.len && !in.definition; i++) {
        struct spb_metric *m = &in.metrics.v[i];
        if (!m->name.ptr) { /* members have no aliases of their own */
            t->h->counts.malformed++;
            continue;
        }
        struct str full = arena_fmt(&t->h->scratch, "%.*s/%.*s", STR_ARG(name), STR_ARG(m->name));
        struct spb_channel *c = channel_at(t, full, true);
        if (!c)
            continue;
        if (m->type)
            c->type = m->type;
        m->historical |= s->m->historical;
        m->transient |= s->m->transient;
        int64_t time_ms = m->has_time && m->time_ms ? (int64_t)m->time_ms : s->time_ms;
        take_metric(t, m, c->name, c->type, time_ms, depth + 1);
    }
    vec_clear(&in.metrics);
}

/* name: of its channel, which is there for names that births told. */
static void take_metric(struct spb_taking *t, const struct spb_metric *m, struct str name,
                        uint32_t type, int64_t time_ms, unsigned depth)
{
    struct said s = {m, time_ms, type};
    struct spb_number v;
    struct spb_channel *c;
    enum spb_says says = spb_value(m, type, &v);
    if (m->transient) {
        t->h->counts.transient++;
        return;
    }
    switch (says) {
    case SPB_SAYS_NUMBER:
    case SPB_SAYS_NULL:
        if (is_text(type)) {
            t->h->counts.other++;
        } else if ((c = channel_at(t, name, true)) != NULL) {
            push(t, c, m, time_ms, state_of(m, says == SPB_SAYS_NULL ? STATE_NULL : STATE_VALUE),
                 &v);
        }
        break;
    case SPB_SAYS_MANY:
        take_array(t, &s, name);
        break;
    case SPB_SAYS_TEMPLATE:
        take_template(t, &s, name, depth);
        break;
    case SPB_SAYS_OTHER:
        t->h->counts.other++;
        break;
    case SPB_SAYS_NOTHING:
    case SPB_SAYS_MALFORMED:
        t->h->counts.malformed++;
        break;
    }
}

/* ---- births tell names, data use them ---- */

static struct spb_channel *told(struct spb_taking *t, const struct spb_metric *m)
{
    struct spb_channel *c = m->name.ptr ? channel_at(t, m->name, true) : NULL;
    if (!c)
        return NULL;
    c->told = true;
    c->type = m->type;
    if (m->has_alias) {
        uint64_t place = (uint64_t)t->device << 32 | (uint64_t)(c - device_of(t)->channels.v);
        map_put(&t->n->by_alias, alias_key(&m->alias), place);
    }
    return c;
}

/* The channel of a metric in data. An alias leads to any device of the node; the topic's wins. */
static struct spb_channel *known(struct spb_taking *t, const struct spb_metric *m)
{
    uint64_t place;
    if (!m->name.ptr) {
        if (!map_get(&t->n->by_alias, alias_key(&m->alias), &place) || place >> 32 != t->device)
            return NULL;
        return &device_of(t)->channels.v[(uint32_t)place];
    }
    struct spb_channel *c = channel_at(t, m->name, false);
    return c && c->told ? c : NULL;
}

static bool in_range(uint64_t ms)
{
    return ms > 0 && ms < (uint64_t)INT64_MAX / 4;
}

static void take_one(struct spb_taking *t, const struct spb_metric *m)
{
    struct spb_channel *c;
    if (m->name.ptr && is_control(m->name))
        return;
    c = t->birth ? told(t, m) : known(t, m);
    if (!c && !t->birth) {
        t->unknown = true;
        t->h->counts.unknown++;
        /* by its name it can be stored all the same, when it says of which type it is */
        bool clear = m->type || m->field >= SPB_IN_FLOAT || m->null;
        if (!m->name.ptr || !clear || !(c = channel_at(t, m->name, true))) {
            t->h->counts.lost++;
            return;
        }
    }
    if (!c)
        return;
    uint32_t type = m->type ? m->type : c->type;
    int64_t time_ms = m->has_time && in_range(m->time_ms) ? (int64_t)m->time_ms : t->payload_ms;
    take_metric(t, m, c->name, type, time_ms, 0);
}

void spb_take(struct spb_taking *t, const struct spb_payload *p)
{
    t->payload_ms = p->has_time && in_range(p->time_ms) ? (int64_t)p->time_ms : t->now_ms;
    t->h->counts.malformed += p->malformed;
    for (size_t i = 0; i < p->metrics.len; i++)
        take_one(t, &p->metrics.v[i]);
}
