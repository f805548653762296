/* readings.h - readings of devices: journal, live values, windows, blocks. The way in for what
 * devices send.
 *
 * A reading is (point, time, value); a second value for the same point and time is a revision (both
 * are kept), the same value again is nothing. `readings_append` returns when the batch is durable
 * (one fdatasync serves all who wait) and counted in every total; after a crash the journal is
 * replayed.
 *
 * Files, below DIR/readings/ (docs/readings-format.md): journal/N.jrn groups of 16-byte records
 * with CRC; blocks/ packed readings of a generation or of merged ones; windows/ sums of slots per
 * window; state.ckpt live values and open windows at the end of a generation; manifest, which says
 * what of all this counts.
 *
 * Threads: any thread appends and reads. One committer thread writes and applies; one drain thread
 * packs. */
#ifndef LUOSHU_READINGS_H
#define LUOSHU_READINGS_H
#include "readings/points.h"

struct readings;
struct reading {
    uint32_t point;
    int64_t time_ms; /* UTC; READING_TIME_MIN..READING_TIME_MAX */
    int64_t value;   /* 10^-decimals of its profile, or READING_NULL ... */
};
#define READING_TIME_MIN ((int64_t)0)
#define READING_TIME_MAX ((int64_t)4102444800000) /* 2100-01-01 */

struct readings_options {
    uint32_t group_us;          /* longest wait for company; 0 = 2000 */
    size_t queue_max;           /* readings waiting for the committer; 0 = 4,000,000; then E_BUSY */
    size_t generation_readings; /* a generation is packed at this many, 0 = 40,000,000 */
    uint32_t generation_s;      /* or when it is this old, 0 = 900 */
    bool no_thread;             /* tests: nothing happens in the background */
};
/* points: borrowed, outlives it. fails  E_IO, E_CONFLICT another process holds it, E_INPUT a file
 * is damaged (which, where) */
MUST_CHECK enum code readings_open(struct readings **out, const char *dir, struct points *points,
                                   const struct readings_options *o, struct error *err);
void readings_close(struct readings *r);

struct readings_counts {
    uint64_t stored, same, revised, late; /* late: of the stored, older than the point's newest */
};
/* Blocks until durable and applied. All of it or nothing.
 * fails  E_INPUT no such point, time or value out of range (nothing was stored); E_BUSY too much is
 *        waiting: try again; E_IO the disk says no (full): nothing is acknowledged until it says
 * yes */
MUST_CHECK enum code readings_append(struct readings *r, const struct reading *v, size_t n,
                                     struct readings_counts *counts, struct error *err);
/* After points were added to `points`: room for them. Under points->lock held exclusively. */
void readings_grow(struct readings *r);
/* Moves points to the slots that `points` says now: their whole history leaves the windows of the
 * old ones and enters those of the new. To be called after the change is durable in the registry,
 * and readings_settle before it: a crash between is mended at the next open. */
MUST_CHECK enum code readings_rebind(struct readings *r, const uint32_t *point, size_t n,
                                     struct error *err);

/* Why nothing is acknowledged just now, or "" (thread-safe copy). */
void readings_trouble(struct readings *r, char text[256]);
uint64_t readings_sequence(
    struct readings *r); /* readings applied; grows with every batch, survives restarts */

/* ---- reading ---- */
/* Newest reading of a point; false: none yet. */
bool readings_last(struct readings *r, uint32_t point, struct reading *out);
typedef VEC(struct reading) reading_vec;
/* Current readings of a point with from <= time < to, in order of time. all: also superseded ones,
 * in order of arrival within a time. */
MUST_CHECK enum code readings_series(struct readings *r, uint32_t point, int64_t from_ms,
                                     int64_t to_ms, bool all, reading_vec *out, struct error *err);
/* A slot's sum over windows. */
struct slot_sum {
    i128 amount;        /* see kernel.h */
    int64_t covered_ms; /* summed over its points */
    uint32_t have; /* points with a reading in a window of the quarter level; over several windows:
                      the most in one of them */
    uint32_t resets;
};
/* Sums of every slot over days first..last (whole days or months where they fit), or over windows
 * first..last of a level. out[slot_count], zeroed by the callee; *have_any: some slot has
 * something. */
MUST_CHECK enum code readings_days(struct readings *r, day_t first, day_t last,
                                   struct slot_sum *out, size_t slot_count, struct error *err);
MUST_CHECK enum code readings_windows(struct readings *r, enum level level, int32_t first,
                                      int32_t last, struct slot_sum *out, size_t slot_count,
                                      struct error *err);
/* Was anything of a bound point heard in the window? */
bool readings_any(struct readings *r, enum level level, int32_t window);
/* First and last day with readings of a bound point; false: none. */
bool readings_span(struct readings *r, day_t *first, day_t *last);
/* Earliest time that is taken, ms. */
int64_t readings_kept_from(struct readings *r);
/* readings_span in ms. */
bool readings_heard(struct readings *r, int64_t *first_ms, int64_t *last_ms);
/* Live: sum of the newest values per slot (numbers only), how many points ever sent, and how many
 * since `since_s` (Unix s), per slot. Any of the arrays may be NULL. */
void readings_live(struct readings *r, uint32_t since_s, i128 *sum, uint32_t *connected,
                   uint32_t *active, size_t slot_count);

/* Slots that took readings after the given sequence, in order of id; at most max are told, the
 * count is returned. */
size_t readings_touched(struct readings *r, uint64_t since, uint32_t *slot, size_t max);

struct readings_stats {
    uint64_t readings, late, revised, same, groups, bytes_journal, bytes_blocks, block_readings,
        memory;
    uint32_t generation, block_files;
};
void readings_stats(struct readings *r, struct readings_stats *out);

/* ---- keeping ---- */
/* Packs what there is now and takes a checkpoint; returns when it is done. */
MUST_CHECK enum code readings_settle(struct readings *r, struct error *err);
/* Raw readings older than the day are removed (as far as whole files are), but for the newest of
 * each point; windows stay. From then on readings before readings_kept_from are refused (E_INPUT).
 * For a process that has the readings alone. */
MUST_CHECK enum code readings_retain(struct readings *r, day_t first_kept, struct error *err);
/* Recomputes live values and every window from the raw readings (as far as they are kept) and tells
 * each difference; 0 expected. */
struct readings_difference {
    const char *where; /* "live", "quarter", "hour", "day", "month" */
    uint32_t slot;
    int32_t window;
    i128 kept, found;
};
typedef void (*readings_difference_fn)(void *ctx, const struct readings_difference *d);
MUST_CHECK enum code readings_check(struct readings *r, readings_difference_fn fn, void *ctx,
                                    uint64_t *readings, uint64_t *differences, struct error *err);
/* Every current reading, by point then time: for export. */
typedef enum code (*reading_fn)(void *ctx, const struct reading *v, size_t n, struct error *err);
MUST_CHECK enum code readings_each(struct readings *r, int64_t from_ms, int64_t to_ms,
                                   reading_fn fn, void *ctx, struct error *err);
#endif
