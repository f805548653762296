/* spb_node.c - the tables of nodes, devices and channels. */
#include "field/spb_host_int.h"

#define DEVICES_MAX 10000 /* of one node */

struct spb_node *spb_node_at(struct spb_host *h, struct spb_node_name name)
{
    struct arena *a = &h->scratch;
    uint64_t at;
    struct str key = arena_fmt(a, "%.*s/%.*s", STR_ARG(name.group), STR_ARG(name.node));
    if (map_get(&h->by_name, key, &at))
        return h->nodes.v[at];
    if (h->nodes.len >= h->o.nodes_max)
        return NULL;
    struct spb_node *n = mem_zalloc(sizeof *n);
    n->name.group = arena_dup(&h->text, name.group);
    n->name.node = arena_dup(&h->text, name.node);
    map_init(&n->by_device);
    map_init(&n->by_alias);
    map_put(&h->by_name, key, h->nodes.len);
    vec_push(&h->nodes, n);
    return n;
}

struct spb_device *spb_device_at(struct spb_host *h, struct spb_node *n, struct str device)
{
    uint64_t at;
    if (map_get(&n->by_device, device, &at))
        return &n->devices.v[at];
    if (n->devices.len >= DEVICES_MAX)
        return NULL;
    struct spb_device d = {0};
    d.series = device.len ? arena_fmt(&h->text, "spBv1.0/%.*s/%.*s/%.*s", STR_ARG(n->name.group),
                                      STR_ARG(n->name.node), STR_ARG(device))
                          : arena_fmt(&h->text, "spBv1.0/%.*s/%.*s", STR_ARG(n->name.group),
                                      STR_ARG(n->name.node));
    map_init(&d.by_name);
    map_put(&n->by_device, device, n->devices.len);
    vec_push(&n->devices, d);
    return &n->devices.v[n->devices.len - 1];
}

void spb_node_free(struct spb_node *n)
{
    for (size_t i = 0; i < n->devices.len; i++) {
        map_clear(&n->devices.v[i].by_name);
        vec_clear(&n->devices.v[i].channels);
    }
    for (size_t i = 0; i < n->held.len; i++) {
        mem_free(n->held.v[i].topic);
        mem_free(n->held.v[i].payload);
    }
    vec_clear(&n->held);
    vec_clear(&n->devices);
    map_clear(&n->by_device);
    map_clear(&n->by_alias);
    mem_free(n);
}

void spb_node_unborn(struct spb_host *h, struct spb_node *n)
{
    if (n->born)
        h->born--;
    n->born = n->has_bdseq = false;
    map_clear(&n->by_alias);
    map_init(&n->by_alias);
    memset(n->missing, 0, sizeof n->missing);
    memset(n->digest, 0, sizeof n->digest);
    for (size_t i = 0; i < n->devices.len; i++) {
        struct spb_device *d = &n->devices.v[i];
        d->born = false;
        for (size_t k = 0; k < d->channels.len; k++)
            d->channels.v[k].told = false;
    }
}

/* The mark stands behind the newest value also when the device's clock is ahead of ours. */
void spb_device_stale(struct spb_device *d, int64_t time_ms, struct spb_step *out)
{
    for (size_t i = 0; i < d->channels.len; i++) {
        struct spb_channel *c = &d->channels.v[i];
        if (!c->stored || c->stale)
            continue;
        c->stale = true;
        c->stale_ms = time_ms > c->last_ms ? time_ms : c->last_ms + 1;
        vec_push(&out->stale, (struct spb_stale){d->series, c->name, c->stale_ms});
    }
}

void spb_step_reset(struct spb_step *s)
{
    s->samples.len = s->renewed.len = s->done.len = s->rebirths.len = s->stale.len = 0;
}

void spb_step_clear(struct spb_step *s)
{
    vec_clear(&s->samples);
    vec_clear(&s->renewed);
    vec_clear(&s->done);
    vec_clear(&s->rebirths);
    vec_clear(&s->stale);
}
