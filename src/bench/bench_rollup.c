/* bench_rollup.c - how fast the live sums are, beside what the machine's memory allows.
 *
 * Every round measures everything once; ratios are taken within a round, medians over the rounds.
 * The stream of updates is also applied to a plain array, untimed, from which all sums are computed
 * again at the end. */
#include "bench/bench.h"
#include "bench/bench_int.h"
#include "rollup/rollup.h"
#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { OWNERS = 220000, GROUPINGS = 6, MEMBERS_MAX = 600, ROUNDS_MIN = 3 };
enum { POINTS_DEFAULT = 8830000 };

static const struct {
    const char *name;
    uint32_t members; /* the first is "none" where none is set */
    bool none;
} groupings[GROUPINGS] = {
    {"counties", 157, false},
    {"parks",    181, true },
    {"chains",   29,  true },
    {"clusters", 8,   true },
    {"sectors",  600, false},
    {"tiers",    6,   false},
};

enum figure {
    LIMIT_8,
    LIMIT_16,
    RANDOM_10K,
    RANDOM_1M,
    SORTED_10K,
    SORTED_1M,
    RATIO_8,
    RATIO_16,
    FOLD,
    RECOMPUTE,
    FIGURES
};
static const struct {
    const char *label, *unit;
    int decimals;
    size_t batch; /* of the four kinds of update */
    bool sorted;
} figures[FIGURES] = {
    [LIMIT_8] = {"limit: random += on 8 B a point",    "M/s", 1, 0,       false},
    [LIMIT_16] = {"limit: random += on 16 B a point",   "M/s", 1, 0,       false},
    [RANDOM_10K] = {"live_update, random, by 10,000",     "M/s", 1, 10000,   false},
    [RANDOM_1M] = {"live_update, random, by 1,000,000",  "M/s", 1, 1000000, false},
    [SORTED_10K] = {"live_update, sorted, by 10,000",     "M/s", 1, 10000,   true },
    [SORTED_1M] = {"live_update, sorted, by 1,000,000",  "M/s", 1, 1000000, true },
    [RATIO_8] = {"random / limit on 8 B (P7: >= 0.6)", "",    2, 0,       false},
    [RATIO_16] = {"random / limit on 16 B",             "",    2, 0,       false},
    [FOLD] = {"fold into six groupings (P4: <= 1)", "ms",  3, 0,       false},
    [RECOMPUTE] = {"recompute from points (P4: <= 40)",  "ms",  1, 0,       false},
};

struct bench {
    FILE *out;
    size_t points;
    uint32_t *owner_of;             /* by point */
    uint16_t *member_of[GROUPINGS]; /* by owner */
    /* one pass of updates, in order of arrival */
    uint32_t *point, *time;
    int64_t *value;
    uint32_t now; /* seconds; grows with each pass */
    uint64_t seed;
    struct live *live;
    int64_t *last; /* the answer: newest value by point */
    uint32_t *last_time;
    uint64_t *plain; /* memory of the limits: 16 B a point */
    double got[FIGURES][BENCH_ROUNDS_MAX];
    size_t rounds, wrong;
};

/* ---- small things --------------------------------------------------------------------------- */

static uint64_t next(struct bench *b)
{
    return bench_mix(b->seed++);
}

/* Huge pages for the limits too: they are to be the best this memory can do. */
static void *huge(size_t len)
{
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        abort();
    (void)madvise(p, len, MADV_HUGEPAGE);
    return p;
}

/* ---- data
 * ------------------------------------------------------------------------------------------------
 */

/* Points of an owner lie together, as they are made; the owner of rank k has a share of
 * 1/(k + 20): a few have tens of thousands, most have a handful. Ranks are scattered over the
 * slots by a step that has no factor in common with their number. */
static void make_owners(struct bench *b)
{
    double all = 0, at = 0;
    for (uint32_t k = 0; k < OWNERS; k++)
        all += 1.0 / (k + 20);
    size_t p = 0;
    for (uint32_t slot = 0; slot < OWNERS; slot++) {
        uint32_t rank = (uint32_t)((uint64_t)slot * 104729 % OWNERS);
        at += 1.0 / (rank + 20) / all;
        size_t end = slot == OWNERS - 1 ? b->points : (size_t)(at * (double)b->points);
        for (; p < end && p < b->points; p++)
            b->owner_of[p] = slot;
    }
}

/* Members are Zipf-like too: the smaller of two draws is taken. */
static void make_members(struct bench *b)
{
    for (size_t g = 0; g < GROUPINGS; g++)
        for (uint32_t i = 0; i < OWNERS; i++) {
            uint64_t x = next(b) % groupings[g].members, y = next(b) % groupings[g].members;
            bool none = groupings[g].none && next(b) % 2 == 0;
            b->member_of[g][i] = none ? 0 : (uint16_t)(x < y ? x : y);
        }
}

/* A pass of as many updates as points, any point any number of times; sorted: each batch by point.
 * One in a thousand is too old to count. */
static void make_pass(struct bench *b, size_t batch, bool sorted)
{
    b->now += 60;
    for (size_t i = 0; i < b->points; i++) {
        uint64_t x = next(b);
        size_t of = b->points - i / batch * batch < batch ? b->points % batch : batch;
        size_t low = sorted ? i % batch * b->points / of : 0;
        size_t range = sorted ? (i % batch + 1) * b->points / of - low : b->points;
        b->point[i] = (uint32_t)(low + (range > 0 ? (x >> 20) % range : 0));
        b->value[i] = (int64_t)(next(b) % 2000000001u) - 1000000000;
        b->time[i] = x % 1000 == 0 ? b->now - 61 : b->now;
    }
}

static void note_pass(struct bench *b)
{
    for (size_t i = 0; i < b->points; i++) {
        uint32_t p = b->point[i];
        if (b->time[i] < b->last_time[p])
            continue;
        b->last[p] = b->value[i];
        b->last_time[p] = b->time[i];
    }
}

static void bench_make(struct bench *b)
{
    b->owner_of = mem_alloc(b->points * sizeof *b->owner_of);
    b->point = huge(b->points * sizeof *b->point);
    b->time = huge(b->points * sizeof *b->time);
    b->value = huge(b->points * sizeof *b->value);
    b->last = mem_zalloc(b->points * sizeof *b->last);
    b->last_time = mem_zalloc(b->points * sizeof *b->last_time);
    b->plain = huge(b->points * 2 * sizeof *b->plain);
    memset(b->plain, 0, b->points * 2 * sizeof *b->plain);
    for (size_t g = 0; g < GROUPINGS; g++)
        b->member_of[g] = mem_alloc(OWNERS * sizeof *b->member_of[g]);
    make_owners(b);
    make_members(b);
    b->live = live_new(b->owner_of, b->points, OWNERS);
}

static void bench_free(struct bench *b)
{
    live_free(b->live);
    munmap(b->point, b->points * sizeof *b->point);
    munmap(b->time, b->points * sizeof *b->time);
    munmap(b->value, b->points * sizeof *b->value);
    munmap(b->plain, b->points * 2 * sizeof *b->plain);
    mem_free(b->owner_of);
    mem_free(b->last);
    mem_free(b->last_time);
    for (size_t g = 0; g < GROUPINGS; g++)
        mem_free(b->member_of[g]);
    mem_free(b);
}

/* ---- measures ------------------------------------------------------------------------------- */

/* The least that any update of the points must do: one addition at a random place, the place
 * known ahead. stride: in words of 8 bytes. Returns the seconds it took. */
static double random_adds(struct bench *b, size_t from, size_t to, size_t stride)
{
    enum { AHEAD = 32 };
    const uint32_t *point = b->point;
    uint64_t *plain = b->plain;
    double begin = bench_cpu_thread();
    size_t i = from;
    for (; i + AHEAD < to; i++) {
        __builtin_prefetch(&plain[point[i + AHEAD] * stride], 1);
        plain[point[i] * stride]++;
    }
    for (; i < to; i++)
        plain[point[i] * stride]++;
    return bench_cpu_thread() - begin;
}

static double updates(struct bench *b, size_t from, size_t to, size_t batch)
{
    double begin = bench_cpu_thread();
    for (size_t i = from; i < to; i += batch) {
        size_t n = to - i < batch ? to - i : batch;
        if (live_update(b->live, b->point + i, b->value + i, b->time + i, n, NULL) != OK)
            b->wrong++;
    }
    return bench_cpu_thread() - begin;
}

/* Limits and updates take turns over the same places, a million at a time: whatever else the
 * machine does meets them alike. */
static void measure_limits(struct bench *b, size_t round)
{
    enum { TURN = 1000000 };
    double live = 0, limit_8 = 0, limit_16 = 0, millions = (double)b->points / 1e6;
    make_pass(b, figures[RANDOM_10K].batch, false);
    for (size_t from = 0; from < b->points; from += TURN) {
        size_t to = b->points - from < TURN ? b->points : from + TURN;
        limit_8 += random_adds(b, from, to, 1);
        live += updates(b, from, to, figures[RANDOM_10K].batch);
        limit_16 += random_adds(b, from, to, 2);
    }
    note_pass(b);
    b->got[LIMIT_8][round] = millions / limit_8;
    b->got[LIMIT_16][round] = millions / limit_16;
    b->got[RANDOM_10K][round] = millions / live;
    b->got[RATIO_8][round] = limit_8 / live;
    b->got[RATIO_16][round] = limit_16 / live;
}

static void fold_all(const struct bench *b, i128 out[GROUPINGS][MEMBERS_MAX])
{
    for (size_t g = 0; g < GROUPINGS; g++)
        live_fold(b->live, b->member_of[g], out[g], groupings[g].members);
}

static void measure_reads(struct bench *b, size_t round)
{
    static i128 out[GROUPINGS][MEMBERS_MAX];
    double fold[9], again[3];
    for (size_t k = 0; k < 9; k++) {
        double begin = bench_cpu_thread();
        fold_all(b, out);
        fold[k] = (bench_cpu_thread() - begin) * 1e3;
    }
    for (size_t k = 0; k < 3; k++) {
        double begin = bench_cpu_thread();
        b->wrong += live_verify(b->live);
        fold_all(b, out);
        again[k] = (bench_cpu_thread() - begin) * 1e3;
    }
    b->got[FOLD][round] = bench_median(fold, 9);
    b->got[RECOMPUTE][round] = bench_median(again, 3);
}

static void measure_round(struct bench *b, size_t round)
{
    measure_limits(b, round);
    for (enum figure f = RANDOM_1M; f <= SORTED_1M; f++) {
        make_pass(b, figures[f].batch, figures[f].sorted);
        b->got[f][round] = (double)b->points / 1e6 / updates(b, 0, b->points, figures[f].batch);
        note_pass(b);
    }
    measure_reads(b, round);
}

/* ---- answers -------------------------------------------------------------------------------- */

/* Every point, owner and member against the plain array; counts what is wrong. */
static size_t verify(const struct bench *b)
{
    static i128 want[GROUPINGS][MEMBERS_MAX], got[GROUPINGS][MEMBERS_MAX];
    i128 *owner = mem_zalloc(OWNERS * sizeof *owner);
    size_t wrong = 0;
    memset(want, 0, sizeof want);
    for (size_t p = 0; p < b->points; p++) {
        uint32_t time;
        owner[b->owner_of[p]] += b->last[p];
        wrong += live_point(b->live, (uint32_t)p, &time) != b->last[p];
        wrong += time != b->last_time[p];
    }
    for (uint32_t i = 0; i < OWNERS; i++) {
        wrong += live_owner_sum(b->live, i) != owner[i];
        for (size_t g = 0; g < GROUPINGS; g++)
            want[g][b->member_of[g][i]] += owner[i];
    }
    fold_all(b, got);
    for (size_t g = 0; g < GROUPINGS; g++)
        for (size_t m = 0; m < groupings[g].members; m++)
            wrong += got[g][m] != want[g][m];
    mem_free(owner);
    return wrong;
}

/* ---- report --------------------------------------------------------------------------------- */

static void print_data(const struct bench *b)
{
    fprintf(b->out, "data: %zu points of %d enterprises (Zipf-like) in", b->points, OWNERS);
    for (size_t g = 0; g < GROUPINGS; g++)
        fprintf(b->out, "%s %u %s", g == 0 ? "" : ",",
                groupings[g].members - (groupings[g].none ? 1u : 0u), groupings[g].name);
    fprintf(b->out, "; %.1f MB live\n", (double)live_bytes(b->live) / 1e6);
}

static void print_figures(const struct bench *b)
{
    fprintf(b->out, "%-40s %10s  %-4s %10s %10s  (%zu rounds)\n", "figure", "median", "", "min",
            "max", b->rounds);
    for (enum figure f = 0; f < FIGURES; f++) {
        const double *v = b->got[f];
        double min = v[0], max = v[0];
        for (size_t i = 1; i < b->rounds; i++) {
            min = v[i] < min ? v[i] : min;
            max = v[i] > max ? v[i] : max;
        }
        int d = figures[f].decimals;
        fprintf(b->out, "%-40s %10.*f  %-4s %10.*f %10.*f\n", figures[f].label, d,
                bench_median(v, b->rounds), figures[f].unit, d, min, d, max);
    }
}

int bench_rollup(FILE *out, size_t points, unsigned seconds_budget)
{
    struct bench *b = mem_zalloc(sizeof *b);
    b->out = out;
    b->points = points > 0 ? points : POINTS_DEFAULT;
    b->seed = 20240920;
    b->now = 1726790400; /* 2024-09-20 */
    double begin = bench_wall();
    bench_make(b);
    bench_machine(out);
    print_data(b);
    while (b->rounds < BENCH_ROUNDS_MAX &&
           (b->rounds < ROUNDS_MIN || bench_wall() - begin < seconds_budget))
        measure_round(b, b->rounds++);
    print_figures(b);
    b->wrong += verify(b);
    if (b->wrong == 0)
        fprintf(out, "verified: every point, owner and member equals a 128-bit recomputation\n");
    else
        fprintf(out, "WRONG: %zu answers differ from a 128-bit recomputation\n", b->wrong);
    int status = b->wrong > 0;
    bench_free(b);
    return status;
}
