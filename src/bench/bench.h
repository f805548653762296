/* bench.h - `luoshu bench NAME`: each prints machine, data and figures, and checks its answers. */
#ifndef LUOSHU_SERVE_BENCH_H
#define LUOSHU_SERVE_BENCH_H
#include <stddef.h>
#include <stdio.h>

struct extract_words;

/* Live sums at the size of a province: points (0 = 8,830,000) of 220,000 enterprises in six
 * groupings. Rounds are repeated until seconds_budget is used, three at least.
 * returns 0 good, 1 a checked answer was wrong */
int bench_rollup(FILE *out, size_t points, unsigned seconds_budget);

/* Methods of analysis from CSV text to CSV text: economic complexity of a nation's counties, TOPSIS
 * over a province's enterprises, location quotients that are all exactly 1, betweenness in a chain
 * of 10,000 nodes. rounds: 0 = 3.
 * returns as bench_rollup */
int bench_analyze(FILE *out, unsigned rounds);

/* The packed store of readings: bytes a reading, packing, scanning, looking up; points (0 = 883,000)
 * for an hour, a tenth of them for a day. Files go to $TMPDIR or /tmp. rounds: 0 = 5.
 * returns as bench_rollup; 3 the disk said no */
int bench_blocks(FILE *out, size_t points, unsigned rounds);

/* Reading of 20 MB of made-up bulletins with the given words. rounds: 0 = 3.
 * returns as bench_rollup */
int bench_read(FILE *out, const struct extract_words *words, unsigned rounds);
#endif
