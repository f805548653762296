/* bench.h - `luoshu bench NAME`: each prints machine, data and figures, and checks its answers. */
#ifndef LUOSHU_SERVE_BENCH_H
#define LUOSHU_SERVE_BENCH_H
#include <stddef.h>
#include <stdio.h>

/* Live sums at the size of a province: points (0 = 8,830,000) of 220,000 enterprises in six
 * groupings. Rounds are repeated until seconds_budget is used, three at least.
 * returns 0 good, 1 a checked answer was wrong */
int bench_rollup(FILE *out, size_t points, unsigned seconds_budget);
#endif
