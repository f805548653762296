/* spb_host.c - messages in the order of seq, births and deaths, gaps and the requests they lead to.
 */
#include "field/spb_host_int.h"

struct message {
    struct spb_topic topic;
    struct spb_payload payload;
    uint64_t token;
    struct str topic_text, bytes;
};

/* ---- requests for rebirth ---- */

static void want_rebirth(struct spb_host *h, struct spb_node *n, int64_t now, struct spb_step *out)
{
    n->wants_rebirth = true;
    if (now < n->ask_again_ms || now < h->bucket_ms)
        return; /* the next tick looks again */
    /* long after the last request the waits begin anew */
    if (!n->asked_wait_ms || now > n->asked_ms + 4 * (int64_t)n->asked_wait_ms)
        n->asked_wait_ms = h->o.rebirth_min_ms;
    else if (n->asked_wait_ms < h->o.rebirth_max_ms)
        n->asked_wait_ms =
            n->asked_wait_ms * 2 < h->o.rebirth_max_ms ? n->asked_wait_ms * 2 : h->o.rebirth_max_ms;
    n->wants_rebirth = false;
    n->asked = true;
    n->asked_ms = now;
    n->ask_again_ms = now + n->asked_wait_ms;
    h->bucket_ms =
        (h->bucket_ms > now - 1000 ? h->bucket_ms : now - 1000) + 1000 / h->o.rebirth_per_s;
    h->counts.rebirths++;
    vec_push(&out->rebirths, n->name);
}

/* ---- what a message does, once it is its turn ---- */

static void done(struct spb_step *out, uint64_t token)
{
    if (token)
        vec_push(&out->done, token);
}

static void apply(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                  struct spb_step *out)
{
    struct spb_device *d = spb_device_at(h, n, m->topic.device);
    if (!d) {
        h->counts.refused++;
        done(out, m->token);
        return;
    }
    struct spb_taking t = {.h = h,
                           .n = n,
                           .device = (uint32_t)(d - n->devices.v),
                           .now_ms = now,
                           .birth =
                               m->topic.message == SPB_DBIRTH || m->topic.message == SPB_NBIRTH,
                           .out = out};
    if (m->topic.message == SPB_DDEATH) {
        h->counts.deaths++;
        d->born = false;
        spb_device_stale(d, m->payload.has_time ? (int64_t)m->payload.time_ms : now, out);
    } else {
        if (t.birth) {
            h->counts.births++;
            d->born = true;
            for (size_t i = 0; i < d->channels.len; i++)
                d->channels.v[i].told = false;
        } else {
            h->counts.data++;
        }
        spb_take(&t, &m->payload);
    }
    if (t.unknown || !n->born ||
        (!t.birth && m->topic.message == SPB_DDATA && !n->devices.v[t.device].born))
        want_rebirth(h, n, now, out);
    done(out, m->token);
}

/* ---- waiting ---- */

static uint32_t digest(struct str bytes)
{
    uint32_t d = (uint32_t)(str_hash(bytes) >> 16);
    return d ? d : 1;
}

static struct str copied(struct str s)
{
    char *p = mem_alloc(s.len + 1);
    memcpy(p, s.ptr ? s.ptr : "", s.len);
    return (struct str){p, s.len};
}

static void held_drop(struct spb_node *n, size_t i)
{
    mem_free(n->held.v[i].topic);
    mem_free(n->held.v[i].payload);
    memmove(&n->held.v[i], &n->held.v[i + 1], (n->held.len - i - 1) * sizeof *n->held.v);
    n->held.len--;
}

/* Takes the i-th of what waits, now. */
static void held_apply(struct spb_host *h, struct spb_node *n, size_t i, int64_t now,
                       struct spb_step *out)
{
    struct spb_held w = n->held.v[i];
    struct message m = {.token = w.token,
                        .topic_text = {w.topic, w.topic_len},
                        .bytes = {w.payload, w.payload_len}};
    n->held.v[i].topic = n->held.v[i].payload = NULL;
    held_drop(n, i);
    /* it was decoded when it came; the same bytes are decoded again */
    if (spb_topic(m.topic_text, &m.topic) &&
        spb_decode(m.bytes, &h->scratch, &m.payload, NULL) == OK) {
        n->digest[w.seq] = digest(m.bytes);
        apply(h, n, &m, now, out);
        vec_clear(&m.payload.metrics);
    }
    mem_free(w.topic);
    mem_free(w.payload);
}

/* Of what waits, the one nearest ahead of `next`. */
static size_t held_first(const struct spb_node *n)
{
    size_t best = 0;
    for (size_t i = 1; i < n->held.len; i++)
        if ((uint8_t)(n->held.v[i].seq - n->next) < (uint8_t)(n->held.v[best].seq - n->next))
            best = i;
    return best;
}

static void drain(struct spb_host *h, struct spb_node *n, int64_t now, struct spb_step *out)
{
    while (n->held.len) {
        size_t i = held_first(n);
        if (n->held.v[i].seq != n->next)
            break;
        n->next++;
        h->counts.reordered++;
        held_apply(h, n, i, now, out);
        n->held_since_ms = now;
    }
}

/* The wait is over: what is missing is given up, what waits is taken in its order. */
static void give_up(struct spb_host *h, struct spb_node *n, int64_t now, struct spb_step *out)
{
    h->counts.gaps += n->born;
    n->unanswered = !n->born;
    if (!n->born && n->held.len)
        n->next = n->held.v[0].seq;
    while (n->held.len) {
        size_t i = held_first(n);
        uint8_t seq = n->held.v[i].seq;
        for (; n->born && n->next != seq; n->next++)
            n->missing[n->next >> 3] |= (uint8_t)(1u << (n->next & 7));
        n->next = (uint8_t)(seq + 1);
        held_apply(h, n, i, now, out);
    }
    want_rebirth(h, n, now, out);
}

static void hold(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                 struct spb_step *out)
{
    if (n->held.len >= h->o.held_max)
        give_up(h, n, now, out);
    if (!n->held.len)
        n->held_since_ms = now;
    struct str topic = copied(m->topic_text), bytes = copied(m->bytes);
    struct spb_held w = {(char *)(uintptr_t)topic.ptr,
                         (char *)(uintptr_t)bytes.ptr,
                         topic.len,
                         bytes.len,
                         m->token,
                         (uint8_t)m->payload.seq,
                         m->payload.has_time ? (int64_t)m->payload.time_ms : 0};
    vec_push(&n->held, w);
}

/* ---- births and deaths of nodes ---- */

static bool bdseq_of(const struct spb_payload *p, uint64_t *out)
{
    for (size_t i = 0; i < p->metrics.len; i++) {
        const struct spb_metric *m = &p->metrics.v[i];
        if (str_is(m->name, "bdSeq") && (m->field == SPB_IN_INT || m->field == SPB_IN_LONG)) {
            *out = m->number;
            return true;
        }
    }
    return false;
}

static void nbirth(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                   struct spb_step *out)
{
    int64_t birth_ms = m->payload.has_time ? (int64_t)m->payload.time_ms : now;
    /* what waits from before this birth belongs to the tables of the former one */
    for (size_t i = 0; n->born && i < n->held.len;)
        if (n->held.v[i].payload_ms && n->held.v[i].payload_ms < birth_ms)
            held_apply(h, n, i, now, out);
        else
            i++;
    spb_node_unborn(h, n);
    n->born = true;
    h->born++;
    n->has_bdseq = bdseq_of(&m->payload, &n->bdseq);
    n->next = (uint8_t)(m->payload.seq + 1); /* any first seq is taken: 3.0 contradicts itself */
    n->digest[(uint8_t)m->payload.seq] = digest(m->bytes);
    n->wants_rebirth = n->asked = n->unanswered = false;
    apply(h, n, m, now, out);
    /* data that came before any birth were waiting for its names */
    for (size_t i = 0; i < n->held.len;)
        if (h->o.shared || (n->held.v[i].payload_ms && n->held.v[i].payload_ms < birth_ms))
            held_apply(h, n, i, now, out);
        else
            i++;
    n->held_since_ms = now;
    drain(h, n, now, out);
}

static void ndeath(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                   struct spb_step *out)
{
    uint64_t bdseq;
    bool has = bdseq_of(&m->payload, &bdseq);
    if (!n->born || (has && n->has_bdseq && bdseq != n->bdseq)) {
        h->counts.late_deaths++;
        done(out, m->token);
        return;
    }
    h->counts.deaths++;
    while (n->held.len)
        held_apply(h, n, held_first(n), now, out);
    for (size_t i = 0; i < n->devices.len; i++)
        spb_device_stale(&n->devices.v[i], now, out);
    spb_node_unborn(h, n);
    n->wants_rebirth = n->asked = false;
    done(out, m->token);
}

/* ---- order ---- */

static void behind(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                   struct spb_step *out)
{
    uint8_t seq = (uint8_t)m->payload.seq;
    bool missing = (n->missing[seq >> 3] >> (seq & 7) & 1) != 0;
    bool same = n->digest[seq] == digest(m->bytes);
    n->missing[seq >> 3] &= (uint8_t) ~(1u << (seq & 7));
    n->digest[seq] = digest(m->bytes);
    h->counts.late += missing && !same;
    h->counts.duplicates += same;
    apply(h, n, m, now, out);
    if (missing || same)
        return;
    n->next = (uint8_t)(seq + 1); /* the node counts anew without a birth that we saw */
    h->counts.gaps++;
    want_rebirth(h, n, now, out);
}

static void in_order(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                     struct spb_step *out)
{
    if (!m->payload.has_seq || n->unanswered || (h->o.shared && n->born)) {
        apply(h, n, m, now, out);
        return;
    }
    uint8_t seq = (uint8_t)m->payload.seq, ahead = (uint8_t)(seq - n->next);
    if (!n->born || (ahead > 0 && ahead < 128)) {
        hold(h, n, m, now, out);
        return;
    }
    if (ahead) {
        behind(h, n, m, now, out);
        return;
    }
    n->next++;
    n->digest[seq] = digest(m->bytes);
    n->missing[seq >> 3] &= (uint8_t) ~(1u << (seq & 7));
    apply(h, n, m, now, out);
    drain(h, n, now, out);
}

/* ---- entry ---- */

static void dispatch(struct spb_host *h, struct spb_node *n, const struct message *m, int64_t now,
                     struct spb_step *out)
{
    switch (m->topic.message) {
    case SPB_NBIRTH:
        nbirth(h, n, m, now, out);
        break;
    case SPB_NDEATH:
        ndeath(h, n, m, now, out);
        break;
    default:
        in_order(h, n, m, now, out);
    }
}

void spb_host_message(struct spb_host *h, struct str topic, struct str payload, uint64_t token,
                      int64_t now, struct spb_step *out)
{
    struct message m = {.token = token, .topic_text = topic, .bytes = payload};
    h->counts.messages++;
    arena_reset(&h->scratch);
    bool ours = spb_topic(topic, &m.topic);
    if (!ours || m.topic.message == SPB_STATE || m.topic.message == SPB_NCMD ||
        m.topic.message == SPB_DCMD) {
        h->counts.foreign += !ours;
        done(out, token);
        return;
    }
    struct spb_node *n = spb_node_at(h, (struct spb_node_name){m.topic.group, m.topic.node});
    if (!n) {
        h->counts.refused++;
        done(out, token);
        return;
    }
    if (spb_decode(payload, &h->scratch, &m.payload, NULL) != OK) {
        h->counts.unreadable++;
        done(out, token);
        want_rebirth(h, n, now, out);
        return;
    }
    dispatch(h, n, &m, now, out);
    vec_clear(&m.payload.metrics);
}

void spb_host_tick(struct spb_host *h, int64_t now, struct spb_step *out)
{
    for (size_t i = 0; i < h->nodes.len; i++) {
        struct spb_node *n = h->nodes.v[i];
        arena_reset(&h->scratch);
        int64_t waited = now - n->held_since_ms;
        if (n->held.len && waited >= h->o.reorder_ms) {
            if (n->born || waited >= (int64_t)h->o.reorder_ms + h->o.birth_ms)
                give_up(h, n, now, out);
            else if (!n->asked)
                want_rebirth(h, n, now, out);
        }
        if (n->wants_rebirth)
            want_rebirth(h, n, now, out);
    }
}

void spb_host_lost(struct spb_host *h, int64_t now, struct spb_step *out)
{
    for (size_t i = 0; i < h->nodes.len; i++) {
        struct spb_node *n = h->nodes.v[i];
        arena_reset(&h->scratch);
        for (size_t k = 0; k < n->held.len;)
            if (n->held.v[k].token)
                held_drop(n, k);
            else
                held_apply(h, n, k, now, out);
    }
}

struct spb_host *spb_host_new(const struct spb_host_options *o)
{
    struct spb_host *h = mem_zalloc(sizeof *h);
    h->o = *o;
    h->o.birth_ms = o->birth_ms ? o->birth_ms : 5000;
    h->o.reorder_ms = o->reorder_ms ? o->reorder_ms : 2000;
    h->o.rebirth_min_ms = o->rebirth_min_ms ? o->rebirth_min_ms : 10000;
    h->o.rebirth_max_ms = o->rebirth_max_ms ? o->rebirth_max_ms : 600000;
    h->o.rebirth_per_s = o->rebirth_per_s ? o->rebirth_per_s : 20;
    h->o.nodes_max = o->nodes_max ? o->nodes_max : 20000;
    h->o.metrics_max = o->metrics_max ? o->metrics_max : 10000000;
    h->o.held_max = o->held_max ? o->held_max : 512;
    arena_init(&h->text, 0);
    arena_init(&h->scratch, 0);
    map_init(&h->by_name);
    return h;
}

void spb_host_free(struct spb_host *h)
{
    for (size_t i = 0; i < h->nodes.len; i++)
        spb_node_free(h->nodes.v[i]);
    vec_clear(&h->nodes);
    map_clear(&h->by_name);
    arena_clear(&h->text);
    arena_clear(&h->scratch);
    mem_free(h);
}

void spb_host_counts(const struct spb_host *h, struct spb_counts *out)
{
    *out = h->counts;
}

size_t spb_host_nodes(const struct spb_host *h, size_t *born)
{
    *born = h->born;
    return h->nodes.len;
}
