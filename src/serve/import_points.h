/* import_points.h - devices by CSV: profiles (what numbers mean) and points (which channel measures what where). */
#ifndef LUOSHU_SERVE_IMPORT_POINTS_H
#define LUOSHU_SERVE_IMPORT_POINTS_H
#include "field/field.h"
#include "serve/ops.h"

/* Is it a table of profiles (profile, indicator, unit, kernel ...) or of points (series, field, entity, profile ...)? */
bool points_layout(struct str bytes);
struct points_counts {
    size_t profiles, devices, points, bound, same;
};
/* The files into the registry, profiles before points; problems and rows are added to the report.
 * IMPORT_WHOLE: one bad row and nothing is stored. fails as provision_commit; E_INPUT with the report's rows */
MUST_CHECK enum code import_points(struct call *c, const struct import_file *files, size_t count, enum import_mode mode,
                                   struct import_report *report, struct points_counts *counts, struct error *err);
#endif
