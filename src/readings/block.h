/* block.h - readings packed exactly: one point's run of readings, and the file of many points.
 *
 * A run is in order of time; equal times are revisions in order of arrival. Values lose nothing:
 * frame of reference or delta bit packing, whichever is shorter; times as a regular grid with
 * exceptions; values that are no numbers (READING_NULL ...) and outliers as exceptions. Blocks are
 * versioned and carry checksums; the format is docs/readings-format.md and can be read by a program
 * of a hundred lines. */
#ifndef LUOSHU_READINGS_BLOCK_H
#define LUOSHU_READINGS_BLOCK_H
#include "base/base.h"

#define BLOCK_RUN_MAX                                                                              \
    65536 /* readings in one run; longer histories are several runs of the same point */

/* Appends the run; 1 <= n <= BLOCK_RUN_MAX, times ascending and within 2^58 ms of 1970. */
void block_encode(struct buf *out, const int64_t *time_ms, const int64_t *value, size_t n);
/* Reads one run from the beginning of *rest and moves past it.
 * fails  E_INPUT damaged; E_LIMIT n would pass max. Never reads or writes outside. */
MUST_CHECK enum code block_decode(struct str *rest, int64_t *time_ms, int64_t *value, size_t max,
                                  size_t *n, struct error *err);
/* Number of readings, first and last time of the run at the beginning of `bytes` without unpacking
 * it. */
MUST_CHECK enum code block_peek(struct str bytes, size_t *n, int64_t *first_ms, int64_t *last_ms,
                                size_t *length, struct error *err);

/* ---- files ---- */
struct block_writer;
/* Writes to PATH.part; block_writer_end makes it durable (fsync of file and folder) under PATH.
 * generations: of arrival, first..last, that it holds. */
MUST_CHECK enum code block_writer_begin(struct block_writer **out, const char *path,
                                        uint32_t first_generation, uint32_t last_generation,
                                        struct error *err);
/* Points in ascending order, a point's runs in order of time; any n. */
MUST_CHECK enum code block_writer_put(struct block_writer *w, uint32_t point,
                                      const int64_t *time_ms, const int64_t *value, size_t n,
                                      struct error *err);
MUST_CHECK enum code block_writer_end(struct block_writer *w,
                                      struct error *err); /* frees w in any case */
void block_writer_drop(struct block_writer *w);

struct block_file; /* mapped, read-only, any thread */
struct block_info {
    uint32_t first_generation, last_generation, points;
    uint64_t readings, bytes;
    int64_t first_ms, last_ms;
};
/* fails  E_INPUT damaged (header, index) or of another version; E_MISSING; E_IO */
MUST_CHECK enum code block_open(struct block_file **out, const char *path, struct error *err);
void block_close(struct block_file *f);
const struct block_info *block_info(const struct block_file *f);
/* Appends what the file has of a point in from <= time < to to the two arrays of equal length. */
typedef VEC(int64_t) i64_vec;
MUST_CHECK enum code block_find(const struct block_file *f, uint32_t point, int64_t from_ms,
                                int64_t to_ms, i64_vec *time_ms, i64_vec *value, struct error *err);
/* Walks all runs by point, then time; at = 0 and values_only set to begin, *more = false at the
 * end. One run is unpacked at a time; pages of the arrays that no run reaches are never touched. */
struct block_cursor {
    uint64_t at;
    bool values_only; /* time_ms is not wanted and stays as it is: half as dear */
    uint32_t point;
    size_t n;
    uint32_t section, section_end, left; /* private, as the rest of this line and the next */
    bool dense;
    int64_t base_ms;
    int64_t time_ms[BLOCK_RUN_MAX], value[BLOCK_RUN_MAX];
};
/* Instead of at = 0: only part 0 <= part < parts of the file, so that threads can share it. A
 * point's runs may lie in two parts. */
void block_cursor_part(struct block_cursor *c, const struct block_file *f, uint32_t part,
                       uint32_t parts);
MUST_CHECK enum code block_next(const struct block_file *f, struct block_cursor *c, bool *more,
                                struct error *err);
/* Files of consecutive generations (oldest first) into one; a point's readings are put in order of
 * time, equal times stay in order of generation. Needs a cursor a file, and no more. The files may
 * be removed when it has returned OK. */
MUST_CHECK enum code block_merge(struct block_file *const *files, size_t count, const char *path,
                                 struct error *err);
/* Verifies every checksum and run. */
MUST_CHECK enum code block_verify(const struct block_file *f, struct error *err);
#endif
