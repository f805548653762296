/* field.c - the devices of a workspace, read from the registry at the start. */
#include "field/field.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static enum code on_profile(void *ctx, const struct profile_row *r, struct error *err)
{
    struct field *f = ctx;
    struct profile p = {.id = r->id,
                        .name = r->name,
                        .indicator = r->indicator,
                        .unit = r->unit,
                        .rule = {.kind = r->kernel,
                                 .gap = r->gap,
                                 .decimals = r->decimals,
                                 .begins = r->begins,
                                 .every_s = r->every_s,
                                 .max_gap_s = r->max_gap_s,
                                 .rollover = r->rollover,
                                 .jitter = r->jitter}};
    if (r->id != f->points->profiles.len + 1 || r->kernel >= KERNEL_COUNT || r->gap >= GAP_POLICIES)
        return error_set(err, E_BACKEND, "the registry's profile %u is damaged", r->id);
    points_add_profile(f->points, &p);
    return OK;
}

static enum code on_slot(void *ctx, const struct slot_row *r, struct error *err)
{
    struct field *f = ctx;
    if (r->id != f->points->slots.len || r->profile == 0 || r->profile > f->points->profiles.len)
        return error_set(err, E_BACKEND, "the registry's slot %u is damaged", r->id);
    points_add_slot(f->points, r->entity, r->profile, r->decimals);
    return OK;
}

static enum code on_device(void *ctx, const struct device_row *r, struct error *err)
{
    struct field *f = ctx;
    struct device d = {.id = r->id, .entity = r->entity};
    if (r->id != f->points->devices.len + 1)
        return error_set(err, E_BACKEND, "the registry's device %u is damaged", r->id);
    points_add_device(f->points, &d);
    return OK;
}

static enum code on_point(void *ctx, const struct point_row *r, struct error *err)
{
    struct field *f = ctx;
    struct point p = {.id = r->id,
                      .device = r->device,
                      .slot = r->slot,
                      .decimals = r->decimals,
                      .series = r->series,
                      .field = r->field};
    if (r->id != f->points->point_slot.len + 1 || r->slot >= f->points->slots.len)
        return error_set(err, E_BACKEND, "the registry's point %u is damaged", r->id);
    return points_add(f->points, &p, err);
}

/* The secret under which channels are hashed: made once, kept in the registry. */
static enum code seed_of(struct registry *g, uint64_t *seed, struct error *err)
{
    struct arena a;
    struct str text;
    arena_init(&a, 0);
    enum code code = registry_get(g, "channel_seed", &a, &text, err);
    if (code == OK && text.len == 16) {
        *seed = strtoull(arena_z(&a, text), NULL, 16);
    } else if (code == OK) {
        if (getrandom(seed, sizeof *seed, 0) != sizeof *seed)
            code = error_set(err, E_IO, "no random numbers");
        if (code == OK)
            code = registry_set(g, "channel_seed",
                                arena_fmt(&a, "%016llx", (unsigned long long)*seed), err);
    }
    arena_clear(&a);
    return code;
}

static enum code open_all(struct field *f, const char *dir, const struct readings_options *o,
                          struct error *err)
{
    static const struct points_reader reader = {on_profile, on_slot, on_device, on_point};
    char path[512];
    uint64_t seed;
    TRY(seed_of(f->registry, &seed, err));
    f->points = points_new(seed);
    TRY(registry_points_walk(f->registry, &reader, f, err));
    snprintf(path, sizeof path, "%s/readings", dir);
    TRY(readings_open(&f->readings, path, f->points, o, err));
    return intake_new(&f->intake, f->readings, f->points, f->registry, NULL, err);
}

enum code field_open(struct field *f, struct registry *g, const char *dir,
                     const struct readings_options *o, struct error *err)
{
    *f = (struct field){.registry = g};
    enum code code = open_all(f, dir, o, err);
    if (code != OK)
        field_close(f);
    return code;
}

void field_close(struct field *f)
{
    intake_free(f->intake);
    readings_close(f->readings);
    points_free(f->points);
    *f = (struct field){0};
}

uint32_t field_profile(const struct field *f, struct str name)
{
    for (size_t i = 0; i < f->points->profiles.len; i++)
        if (str_eq(f->points->profiles.v[i].name, name))
            return (uint32_t)i + 1;
    return 0;
}
