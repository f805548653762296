/* field.h - the devices of a workspace, opened: points, readings, intake; and how devices come to
 * be known.
 *
 * Files: points and profiles in the registry, readings below DIR/readings. */
#ifndef LUOSHU_FIELD_H
#define LUOSHU_FIELD_H
#include "field/intake.h"
#include "store/registry_points.h"

struct field {
    struct registry *registry;
    struct points *points;
    struct readings *readings;
    struct intake *intake;
};
/* DIR must be a workspace, and its registry open. o may be NULL.
 * fails  as readings_open */
MUST_CHECK enum code field_open(struct field *f, struct registry *g, const char *dir,
                                const struct readings_options *o, struct error *err);
void field_close(struct field *f);

/* ---- provisioning: one at a time, whole or not at all ---- */
struct provision {
    struct field *field;
    size_t profiles, slots, devices, points; /* how many there were */
    struct map names;                        /* (entity, name) of devices -> id */
    VEC(struct point_row) rebound; /* each once, as it was told last */
    struct map rebound_at;         /* point id -> index */
    struct arena text;
    size_t new_points, bound_points, new_devices, same;
};
MUST_CHECK enum code provision_begin(struct provision *p, struct field *f, struct error *err);
/* Nothing of it is seen before the commit. After a failed put the provision stays usable (the row
 * is not in it). */
/* A profile said again must say the same where readings rest on it: indicator, unit, kernel,
 * decimals. fails  E_CONFLICT, E_INPUT */
MUST_CHECK enum code provision_profile(struct provision *p, const struct profile *pr, uint32_t *id,
                                       struct error *err);
/* Found by name at its place, or made. */
MUST_CHECK enum code provision_device(struct provision *p, const struct device *d, uint32_t *id,
                                      struct error *err);
/* A new channel, or one that waits unbound, or one bound otherwise (its history moves along).
 * profile 0: stays or becomes unbound. */
MUST_CHECK enum code provision_point(struct provision *p, struct str series, struct str field,
                                     uint32_t device, uint32_t profile, uint32_t *id,
                                     struct error *err);
/* Binds what is there already, by id. */
MUST_CHECK enum code provision_bind(struct provision *p, uint32_t point, uint32_t device,
                                    uint32_t profile, struct error *err);
MUST_CHECK enum code provision_commit(struct provision *p,
                                      struct error *err); /* ends it, also when it fails */
void provision_rollback(struct provision *p);

/* Profile by name; 0 = none. */
uint32_t field_profile(const struct field *f, struct str name);
#endif
