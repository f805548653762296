/* modbus_plan.c - which neighbours are read together. */
#include "field/modbus.h"
#include <stdlib.h>

static bool is_bits(enum modbus_space s)
{
    return s == MODBUS_COIL || s == MODBUS_DISCRETE;
}

static int by_place(const void *a, const void *b, void *ctx)
{
    const struct modbus_point *v = ctx, *x = &v[*(const uint32_t *)a],
                              *y = &v[*(const uint32_t *)b];
    if (x->link != y->link)
        return x->link < y->link ? -1 : 1;
    if (x->every_ms != y->every_ms)
        return x->every_ms < y->every_ms ? -1 : 1;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->space != y->space)
        return x->space < y->space ? -1 : 1;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return (x > y) - (x < y);
}

/* Does the point go on where the request ends (or within), and is there room? */
static bool joins(const struct modbus_request *r, const struct modbus_point *p, uint32_t max)
{
    uint32_t end = (uint32_t)r->address + r->count, after = p->address + modbus_width(p->type);
    return r->link == p->link && r->every_ms == p->every_ms && r->unit == p->unit &&
           r->space == p->space && p->address <= end && after - r->address <= max;
}

void modbus_plan(struct modbus_map *m)
{
    m->requests.len = m->order.len = 0;
    for (size_t i = 0; i < m->links.len; i++)
        m->links.v[i].requests = 0;
    for (uint32_t i = 0; i < m->points.len; i++)
        vec_push(&m->order, i);
    qsort_r(m->order.v, m->order.len, sizeof *m->order.v, by_place, m->points.v);
    for (uint32_t i = 0; i < m->order.len; i++) {
        const struct modbus_point *p = &m->points.v[m->order.v[i]];
        uint32_t max = is_bits(p->space) ? MODBUS_BITS_MAX : m->links.v[p->link].max;
        uint16_t width = (uint16_t)modbus_width(p->type);
        struct modbus_request *last = m->requests.len ? &m->requests.v[m->requests.len - 1] : NULL;
        if (!last || !joins(last, p, max)) {
            vec_push(&m->requests, (struct modbus_request){.link = p->link,
                                                           .every_ms = p->every_ms,
                                                           .unit = p->unit,
                                                           .space = p->space,
                                                           .address = p->address,
                                                           .count = width,
                                                           .first = i,
                                                           .points = 1});
            continue;
        }
        uint32_t after = p->address + width - last->address;
        last->count = (uint16_t)(after > last->count ? after : last->count);
        last->points++;
    }
    for (uint32_t i = 0; i < m->requests.len; i++) {
        struct modbus_link *l = &m->links.v[m->requests.v[i].link];
        if (l->requests++ == 0)
            l->first = i;
    }
}
