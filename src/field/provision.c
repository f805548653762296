/* provision.c - profiles, devices and points come to be known, or change, in one step.
 *
 * New ones are put into memory under the lock of `points`, which is held to the end, so that nobody
 * sees them before the registry has them. Points that change their slot have a history: it is
 * packed first, then the registry commits, then the history moves; a crash between is mended at the
 * next start (readings.h). */
#include "field/field.h"

static struct points *points_of(const struct provision *p)
{
    return p->field->points;
}

enum code provision_begin(struct provision *p, struct field *f, struct error *err)
{
    *p = (struct provision){.field = f};
    pthread_rwlock_wrlock(&f->points->lock);
    enum code code = registry_begin(f->registry, err);
    if (code != OK) {
        pthread_rwlock_unlock(&f->points->lock);
        return code;
    }
    p->profiles = f->points->profiles.len;
    p->slots = f->points->slots.len;
    p->devices = f->points->devices.len;
    p->points = f->points->point_slot.len;
    map_init(&p->names);
    map_init(&p->rebound_at);
    arena_init(&p->text, 0);
    return OK;
}

static void end(struct provision *p)
{
    pthread_rwlock_unlock(&points_of(p)->lock);
    map_clear(&p->names);
    map_clear(&p->rebound_at);
    arena_clear(&p->text);
    vec_clear(&p->rebound);
}

static void undo(struct provision *p)
{
    registry_rollback(p->field->registry);
    points_cut(points_of(p), p->profiles, p->slots, p->devices, p->points);
}

void provision_rollback(struct provision *p)
{
    undo(p);
    end(p);
}

/* ---- profiles ---- */

static enum code profile_same(const struct profile *a, const struct profile *b, struct error *err)
{
    const char *what = NULL;
    if (a->rule.kind != b->rule.kind)
        what = "kernel";
    else if (a->rule.decimals != b->rule.decimals)
        what = "decimals";
    else if (a->indicator != b->indicator)
        what = "indicator";
    else if (a->unit != b->unit)
        what = "unit";
    else if (a->rule.gap != b->rule.gap || a->rule.begins != b->rule.begins ||
             a->rule.every_s != b->rule.every_s ||
             kernel_max_gap_ms(&a->rule) != kernel_max_gap_ms(&b->rule) ||
             a->rule.rollover != b->rule.rollover || a->rule.jitter != b->rule.jitter)
        what = "rule of gaps, interval, rollover or jitter";
    if (what == NULL)
        return OK;
    return error_set(err, E_CONFLICT,
                     "the profile '%.*s' is known with another %s; readings rest on it: give the "
                     "new one another name",
                     STR_ARG(a->name), what);
}

enum code provision_profile(struct provision *p, const struct profile *pr, uint32_t *id,
                            struct error *err)
{
    const struct kernel_rule *k = &pr->rule;
    *id = field_profile(p->field, pr->name);
    if (*id) {
        TRY(profile_same(pr, &points_of(p)->profiles.v[*id - 1], err));
        p->same++;
        return OK;
    }
    if (pr->name.len == 0)
        return error_set(err, E_INPUT, "a profile needs a name");
    if (k->kind == KERNEL_AMOUNT && k->every_s == 0)
        return error_set(
            err, E_INPUT,
            "the profile '%.*s' counts amounts of intervals: every_s says how long they are",
            STR_ARG(pr->name));
    if (k->decimals > 9 || k->rollover < 0 || k->jitter < 0)
        return error_set(
            err, E_INPUT,
            "the profile '%.*s': decimals are 0 to 9, rollover and jitter not negative",
            STR_ARG(pr->name));
    struct profile_row row = {.id = (uint32_t)points_of(p)->profiles.len + 1,
                              .name = pr->name,
                              .indicator = pr->indicator,
                              .unit = pr->unit,
                              .kernel = (uint8_t)k->kind,
                              .gap = (uint8_t)k->gap,
                              .decimals = k->decimals,
                              .begins = k->begins,
                              .every_s = k->every_s,
                              .max_gap_s = k->max_gap_s,
                              .rollover = k->rollover,
                              .jitter = k->jitter};
    TRY(registry_put_profile(p->field->registry, &row, err));
    struct profile made = *pr;
    made.id = *id = row.id;
    points_add_profile(points_of(p), &made);
    return OK;
}

/* ---- devices ---- */

enum code provision_device(struct provision *p, const struct device *d, uint32_t *id,
                           struct error *err)
{
    struct buf key;
    uint64_t known;
    if (d->name.len == 0)
        return error_set(err, E_INPUT, "a device needs a name");
    buf_init(&key, SIZE_MAX);
    buf_fmt(&key, "%u %.*s", d->entity, STR_ARG(d->name));
    enum code code = OK;
    *id = 0;
    if (map_get(&p->names, buf_str(&key), &known))
        *id = (uint32_t)known;
    else if (p->devices) /* at the first provisioning there is none to look for */
        code = registry_device_named(p->field->registry, d->name, d->entity, id, err);
    if (code == OK && *id == 0) {
        struct device_row row = {(uint32_t)points_of(p)->devices.len + 1, d->entity, d->name,
                                 d->type, d->note};
        struct device made = *d;
        code = registry_put_device(p->field->registry, &row, err);
        if (code == OK) {
            made.id = *id = row.id;
            points_add_device(points_of(p), &made);
            p->new_devices++;
        }
    }
    if (code == OK)
        map_put(&p->names, buf_str(&key), *id);
    buf_clear(&key);
    return code;
}

/* ---- points ---- */

static enum code slot_for(struct provision *p, uint32_t device, uint32_t profile, uint8_t decimals,
                          uint32_t *slot, struct error *err)
{
    bool made;
    uint32_t entity = device ? points_of(p)->devices.v[device - 1] : 0;
    *slot = points_slot(points_of(p), entity, profile, decimals, &made);
    if (!made)
        return OK;
    struct slot_row row = {*slot, entity, profile, decimals};
    enum code code = registry_put_slot(p->field->registry, &row, err);
    if (code != OK) /* no slot that the registry doesn't know */
        points_cut(points_of(p), points_of(p)->profiles.len, *slot, points_of(p)->devices.len,
                   points_of(p)->point_slot.len);
    return code;
}

static enum code new_point(struct provision *p, struct str series, struct str field,
                           uint32_t device, uint32_t profile, uint32_t *id, struct error *err)
{
    struct points *ps = points_of(p);
    struct point_row row = {
        .id = (uint32_t)ps->point_slot.len + 1, .device = device, .series = series, .field = field};
    row.decimals = profile ? ps->profiles.v[profile - 1].rule.decimals : POINT_UNBOUND_DECIMALS;
    TRY(slot_for(p, device, profile, row.decimals, &row.slot, err));
    struct point pt = {row.id, device, row.slot, profile, row.decimals, series, field};
    TRY(registry_put_point(p->field->registry, &row, err));
    TRY(points_add(ps, &pt, err));
    *id = row.id;
    p->new_points++;
    return OK;
}

static struct str id_key(const uint32_t *id)
{
    return (struct str){(const char *)id, sizeof *id};
}

/* Where this provision has put it so far, before all see it. */
static const struct point_row *rebound(const struct provision *p, uint32_t point)
{
    uint64_t at;
    return map_get(&p->rebound_at, id_key(&point), &at) ? &p->rebound.v[at] : NULL;
}

static enum code change_point(struct provision *p, struct point_row row, uint32_t device,
                              uint32_t profile, struct error *err)
{
    uint32_t slot;
    TRY(slot_for(p, device, profile, row.decimals, &slot, err));
    if (slot == row.slot && device == row.device) {
        p->same++;
        return OK;
    }
    row.slot = slot;
    row.device = device;
    TRY(registry_put_point(p->field->registry, &row, err));
    row.series = row.field = STR_NULL;
    uint64_t *at = map_at(&p->rebound_at, id_key(&row.id), p->rebound.len);
    if (*at < p->rebound.len) {
        p->rebound.v[*at] = row;
        return OK;
    }
    vec_push(&p->rebound, row);
    p->bound_points++;
    return OK;
}

static enum code ids_known(const struct provision *p, uint32_t device, uint32_t profile,
                           struct error *err)
{
    if (device > points_of(p)->devices.len)
        return error_set(err, E_MISSING, "there is no device %u", device);
    if (profile > points_of(p)->profiles.len)
        return error_set(err, E_MISSING, "there is no profile %u", profile);
    return OK;
}

enum code provision_point(struct provision *p, struct str series, struct str field, uint32_t device,
                          uint32_t profile, uint32_t *id, struct error *err)
{
    struct bound b;
    uint64_t hash = channel_hash(points_of(p), channel_hash_series(points_of(p), series), field);
    TRY(ids_known(p, device, profile, err));
    if (series.len == 0 || field.len == 0)
        return error_set(err, E_INPUT, "a point needs a series and a field");
    channels_find(points_of(p), &hash, 1, &b);
    *id = b.point;
    if (b.point == 0)
        return new_point(p, series, field, device, profile, id, err);
    struct point_row row = {.id = b.point,
                            .device = points_of(p)->point_device.v[b.point - 1],
                            .slot = points_of(p)->point_slot.v[b.point - 1],
                            .decimals = b.decimals,
                            .series = series,
                            .field = field};
    const struct point_row *before = rebound(p, b.point);
    if (before) {
        row.device = before->device;
        row.slot = before->slot;
    }
    return change_point(p, row, device, profile, err);
}

enum code provision_bind(struct provision *p, uint32_t point, uint32_t device, uint32_t profile,
                         struct error *err)
{
    struct point_row row;
    TRY(ids_known(p, device, profile, err));
    TRY(registry_point(p->field->registry, point, &p->text, &row, err));
    return change_point(p, row, device, profile, err);
}

/* ---- the end ---- */

static enum code commit(struct provision *p, struct error *err)
{
    if (p->rebound.len)
        TRY(readings_settle(p->field->readings, err));
    return registry_commit(p->field->registry, err);
}

enum code provision_commit(struct provision *p, struct error *err)
{
    enum code code = commit(p, err);
    u32_vec points = {0};
    if (code != OK) {
        undo(p);
        end(p);
        return code;
    }
    for (size_t i = 0; i < p->rebound.len; i++) {
        const struct point_row *row = &p->rebound.v[i];
        points_set_slot(points_of(p), row->id, row->device, row->slot);
        vec_push(&points, row->id);
    }
    readings_grow(p->field->readings);
    code = points.len ? readings_rebind(p->field->readings, points.v, points.len, err) : OK;
    vec_clear(&points);
    end(p);
    return code;
}
