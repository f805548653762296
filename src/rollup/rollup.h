/* rollup.h - live exact sums of every additive series over every grouping. Pure; one writer.
 *
 * An entity's own value in a series and period is what was said of it directly. Its *value* in a
 * grouping is its own value if there is one, else the sum of its children there. A cell holds
 * the sum of the children's values. So a total that was stated is never added to its parts, and
 *     remainder = value(parent) - sum(children)
 * is what the parts leave open (unlisted members, rounding, overlap), to the last digit.
 *
 * In a weighted grouping a child's value v is split over its parents by ppm: floor(v*ppm/10^6),
 * the units left over going to the largest fractions (ties: the smaller parent id); what the
 * weights leave below 10^6 is an explicit remainder, kept by no parent and shown as such; it takes
 * part like a parent, last in ties. A negative value is split as |v| and negated. The parts of a
 * split always add up to v. */
#ifndef LUOSHU_ROLLUP_H
#define LUOSHU_ROLLUP_H
#include "model/model.h"

struct rollup;
struct rollup *rollup_new(void);
void rollup_free(struct rollup *r);

/* Groupings and memberships. A membership may be added while values are present: every period's
 * sums are then as if it had always been there.
 * fails  E_CONFLICT the edge would close a cycle on some day, or repeats one that overlaps it in
 *        time (same grouping, child and parent), or a second parent on the same day in a
 *        partition or partial grouping, or weights above PPM, or an id that is taken; E_MISSING no
 *        such grouping; E_INPUT it ends before it begins, or a weight where there is none; E_RANGE
 *        as below
 * A grouping said again may change its kind where all its memberships are allowed under the new
 * one (no sum changes then). */
MUST_CHECK enum code rollup_grouping(struct rollup *r, uint32_t grouping, enum grouping_kind kind,
                                     struct error *err);
MUST_CHECK enum code rollup_member(struct rollup *r, const struct membership *ms, struct error *err);
/* Ends membership `id` on `last`: earlier or later than said before; before its first day, it never
 * was in force.
 * fails  E_MISSING, and as above */
MUST_CHECK enum code rollup_member_end(struct rollup *r, uint32_t id, day_t last, struct error *err);

/* Own value of an entity set (has) or removed (!has). Applied along all groupings.
 * fails  E_RANGE an accumulator left 128 bits, nothing was applied; E_INPUT period ends before it
 *        begins */
MUST_CHECK enum code rollup_set(struct rollup *r, uint32_t entity, uint32_t series,
                                struct period period, bool has, int64_t value, struct error *err);

/* All sets and members since the mark are undone. Marks don't nest. */
void rollup_mark(struct rollup *r);
void rollup_undo(struct rollup *r);
void rollup_keep(struct rollup *r); /* forget the mark */

struct rollup_cell {
    uint32_t grouping, entity, series;
    struct period period;
    i128 sum;         /* of the children's values */
    uint32_t have;    /* children with a value */
    uint32_t of;      /* children on the period's last day */
    bool has_own;
    int64_t own;
};
/* The cell of a parent; false when no child has a value (out is then filled but sum is 0). */
bool rollup_get(const struct rollup *r, uint32_t grouping, uint32_t entity, uint32_t series,
                struct period period, struct rollup_cell *out);
/* value(entity) in a grouping (0 = own value only); false = no value */
bool rollup_value(const struct rollup *r, uint32_t grouping, uint32_t entity, uint32_t series,
                  struct period period, i128 *out);
bool rollup_own(const struct rollup *r, uint32_t entity, uint32_t series, struct period period,
                int64_t *out);
/* Part of a child in one parent: its value, or its share of it in a weighted grouping. */
bool rollup_part(const struct rollup *r, uint32_t grouping, uint32_t child, uint32_t parent,
                 uint32_t series, struct period period, i128 *out);
/* The total of everything below `entity`, every stating entity counted once however many ways
 * lead to it: an own value stands for everything below it, also for what is reached by other ways. */
bool rollup_union(const struct rollup *r, uint32_t grouping, uint32_t entity, uint32_t series,
                  struct period period, i128 *out);

/* Children of a parent on a day, in order of id; returns the count, writes at most max. */
size_t rollup_children(const struct rollup *r, uint32_t grouping, uint32_t parent, day_t day,
                       uint32_t *out, size_t max);

/* Every cell with have > 0, sorted by (grouping, entity, series, period): the whole state as it
 * is stored, compared, and snapshotted. Returns the number of cells. */
size_t rollup_cells(const struct rollup *r, struct rollup_cell **out /* caller's, mem_free */);
/* The same as bytes, for comparing two states. */
void rollup_bytes(const struct rollup *r, struct buf *out);

/* The cells that calls since the mark have touched, each once, in no order; have may be 0. */
size_t rollup_moved(const struct rollup *r, struct rollup_cell **out /* caller's, mem_free */);

/* ---- live points: the newest value of each point, folded to enterprises ------------------------- */

/* 16 bytes a point: last value, owner, time (design §7). Accumulators per owner are int64; groups
 * are folded on demand in 128 bits. */
struct live;
/* owners: for each point the owner's slot 0..owner_count-1; borrowed during the call.
 * groups: group_count arrays of owner_count member slots (0..member_count[g]-1). */
struct live *live_new(const uint32_t *owner_of, size_t points, size_t owner_count);
void live_free(struct live *l);
/* One batch of updates: point[i] takes value[i] at time[i] (seconds); in arrival order, an older
 * time than the one held changes nothing. Range of an owner's sum is checked per batch.
 * fails  E_RANGE naming the owner slot; nothing of the batch was applied */
MUST_CHECK enum code live_update(struct live *l, const uint32_t *point, const int64_t *value,
                                 const uint32_t *time, size_t n, struct error *err);
int64_t live_owner_sum(const struct live *l, uint32_t owner);
int64_t live_point(const struct live *l, uint32_t point, uint32_t *time);
/* Sums of the owners per member of a grouping: member_of[owner] -> out[member]. */
void live_fold(const struct live *l, const uint16_t *member_of, i128 *out, size_t members);
/* Recomputes every owner's sum from the points and returns the number that differ (0 expected). */
size_t live_verify(const struct live *l);
size_t live_bytes(const struct live *l);
#endif
