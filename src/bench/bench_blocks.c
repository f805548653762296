/* bench_blocks.c - how small and how fast the packed store of readings is: P3, P5, P6.
 *
 * Made-up devices send every minute: half of them registers, half levels; a few readings are
 * missing, a few are a second early or late, a device is idle for half an hour now and then. Set A
 * is many points for an hour (four files of 15 minutes, merged to one), set B fewer points for a
 * day (24 files of an hour, merged to one). A point's series can be made again at any time, so what
 * is read is compared with what was meant. */
#include "bench/bench.h"
#include "bench/bench_int.h"
#include "readings/block.h"
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { POINTS_DEFAULT = 883000, BATCH = 2048, FILES_MAX = 24, LOOKUPS = 400 };
#define BEGIN_S INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

/* ---- devices ------------------------------------------------------------------------------- */

static double unit(uint64_t h)
{
    return (double)(bench_mix(h) >> 11) * 0x1p-53;
}

/* Readings of one point in minutes [0, minutes); how many, at most one a minute. */
static size_t make_series(uint32_t point, unsigned minutes, int64_t *time_ms, int64_t *value)
{
    uint64_t seed = bench_mix(point * UINT64_C(0x9E3779B97F4A7C15) + 1);
    double usual = exp(unit(seed + 1) * 5.0 - 0.7) * 1000; /* watts: 0.5 to 74 kW */
    int64_t index = (int64_t)(usual * (500 + 8000 * unit(seed + 2)));
    int64_t phase_s = (int64_t)(bench_mix(seed + 3) % 60);
    size_t n = 0;
    for (unsigned m = 0; m < minutes; m++) {
        uint64_t h = bench_mix(seed ^ bench_mix(m + UINT64_C(1000000)));
        bool idle = bench_mix(seed + 77 * (m / 30 + 1)) % 100 < 8;
        double day = 0.75 + 0.25 * sin(m % 1440 / 1440.0 * 6.283185 - 1.6);
        double watts = idle ? 0 : usual * day * (1 + 0.06 * ((double)(h & 65535) / 65536 - 0.5));
        index += ((int64_t)watts + 30) / 60; /* watt hours */
        if ((h >> 16) % 1000 < 2)
            continue;
        int64_t late_s =
            (h >> 32) % 32 == 0 && phase_s > 0 && phase_s < 59 ? (h >> 40 & 1 ? 1 : -1) : 0;
        time_ms[n] = (BEGIN_S + m * 60 + phase_s + late_s) * 1000;
        value[n++] = point % 2 == 0 ? index : (int64_t)watts;
    }
    return n;
}

/* A sum that another point, time or value would change. */
static uint64_t sum_of(uint32_t point, const int64_t *time_ms, const int64_t *value, size_t n)
{
    uint64_t t = 0, v = 0, w = 0;
    for (size_t i = 0; i < n; i++) {
        t += (uint64_t)time_ms[i];
        v += (uint64_t)value[i];
        w += (uint64_t)value[i] * (uint64_t)(time_ms[i] >> 10);
    }
    return (t * 3 + v * 5 + w * 7) * (2 * (uint64_t)point + 1);
}

/* ---- a set --------------------------------------------------------------------------------- */

struct set {
    const char *name, *dir;
    uint32_t points;
    unsigned minutes, files, rounds;
    uint64_t readings, sum; /* as meant */
    double encode_s, merge_s;
    uint64_t bytes, merged_bytes;
    size_t wrong;
};
struct batch {
    size_t n[BATCH];
    int64_t *time_ms, *value; /* [BATCH][minutes] */
};

static void path_of(const struct set *s, size_t file, char out[512])
{
    snprintf(out, 512, file == FILES_MAX ? "%s/%s.merged" : "%s/%s.%zu", s->dir, s->name, file);
}

/* Puts a batch into the files by time; what it took. */
static enum code put_batch(struct set *s, const struct batch *b, uint32_t first, uint32_t count,
                           struct block_writer *const *w, struct error *err)
{
    double begin = bench_cpu_thread();
    for (unsigned f = 0; f < s->files; f++) {
        int64_t to = (BEGIN_S + (f + 1) * INT64_C(60) * (s->minutes / s->files)) * 1000;
        int64_t from = to - s->minutes / s->files * INT64_C(60000);
        for (uint32_t k = 0; k < count; k++) {
            const int64_t *t = b->time_ms + (size_t)k * s->minutes;
            size_t i = 0, end;
            for (; i < b->n[k] && t[i] < from;)
                i++;
            for (end = i; end < b->n[k] && t[end] < to;)
                end++;
            TRY(block_writer_put(w[f], first + k, t + i, b->value + (t - b->time_ms) + i, end - i,
                                 err));
        }
    }
    s->encode_s += bench_cpu_thread() - begin;
    return OK;
}

static void make_batch(struct set *s, struct batch *b, uint32_t first, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        int64_t *t = b->time_ms + (size_t)k * s->minutes, *v = b->value + (size_t)k * s->minutes;
        b->n[k] = make_series(first + k, s->minutes, t, v);
        s->readings += b->n[k];
        s->sum += sum_of(first + k, t, v, b->n[k]);
    }
}

static enum code write_files(struct set *s, struct error *err)
{
    struct block_writer *w[FILES_MAX] = {0};
    struct batch *b = mem_alloc(sizeof *b);
    char path[512];
    enum code code = OK;
    b->time_ms = mem_alloc((size_t)BATCH * s->minutes * 8);
    b->value = mem_alloc((size_t)BATCH * s->minutes * 8);
    for (unsigned f = 0; f < s->files && code == OK; f++) {
        path_of(s, f, path);
        code = block_writer_begin(&w[f], path, f + 1, f + 1, err);
    }
    for (uint32_t p = 0; p < s->points && code == OK; p += BATCH) {
        uint32_t count = s->points - p < BATCH ? s->points - p : BATCH;
        make_batch(s, b, p, count);
        code = put_batch(s, b, p, count, w, err);
    }
    for (unsigned f = 0; f < s->files; f++) {
        double begin = bench_cpu_thread();
        if (code == OK)
            code = block_writer_end(w[f], err);
        else
            block_writer_drop(w[f]);
        s->encode_s += bench_cpu_thread() - begin;
    }
    mem_free(b->time_ms);
    mem_free(b->value);
    mem_free(b);
    return code;
}

static enum code open_files(struct set *s, struct block_file **files, struct error *err)
{
    char path[512];
    for (unsigned f = 0; f < s->files; f++) {
        path_of(s, f, path);
        TRY(block_open(&files[f], path, err));
    }
    return OK;
}

static void close_files(struct set *s, struct block_file **files)
{
    for (unsigned f = 0; f < s->files; f++)
        block_close(files[f]);
}

static enum code merge_files(struct set *s, struct error *err)
{
    struct block_file *files[FILES_MAX] = {0}, *merged;
    char path[512];
    enum code code = open_files(s, files, err);
    path_of(s, FILES_MAX, path);
    double begin = bench_cpu_thread();
    if (code == OK)
        code = block_merge(files, s->files, path, err);
    s->merge_s = bench_cpu_thread() - begin;
    for (unsigned f = 0; f < s->files && code == OK; f++)
        s->bytes += block_info(files[f])->bytes;
    close_files(s, files);
    TRY(code);
    TRY(block_open(&merged, path, err));
    s->merged_bytes = block_info(merged)->bytes;
    block_close(merged);
    return OK;
}

/* ---- scanning ------------------------------------------------------------------------------ */

/* Every reading of a file is unpacked; *sum: of its values, *check (may be NULL): as sum_of. The
 * file is opened for it, so that checksums are part of the time. */
static enum code scan(const char *path, struct block_cursor *c, bool times, uint64_t *sum,
                      uint64_t *check, uint64_t *readings, struct error *err)
{
    struct block_file *f;
    bool more = true;
    uint64_t all = 0, n = 0;
    TRY(block_open(&f, path, err));
    c->at = 0;
    c->values_only = check == NULL && !times;
    enum code code = block_next(f, c, &more, err);
    for (; code == OK && more; code = block_next(f, c, &more, err)) {
        for (size_t i = 0; i < c->n; i++)
            all += (uint64_t)c->value[i];
        n += c->n;
        if (check != NULL)
            *check += sum_of(c->point, c->time_ms, c->value, c->n);
    }
    *sum += all;
    *readings += n;
    block_close(f);
    return code;
}

static enum code scan_set(struct set *s, bool merged, bool times, struct block_cursor *c,
                          uint64_t *check, double *seconds, struct error *err)
{
    uint64_t sum = 0, readings = 0;
    char path[512];
    double begin = bench_cpu_thread();
    for (unsigned f = 0; f < (merged ? 1 : s->files); f++) {
        path_of(s, merged ? FILES_MAX : f, path);
        TRY(scan(path, c, times, &sum, check, &readings, err));
    }
    *seconds = bench_cpu_thread() - begin;
    s->wrong += readings != s->readings;
    return OK;
}

static enum code measure_scans(struct set *s, bool merged, bool times, FILE *out, struct error *err)
{
    struct block_cursor *c = mem_alloc(sizeof *c);
    double seconds[BENCH_ROUNDS_MAX], unused;
    uint64_t check = 0;
    enum code code = scan_set(s, merged, times, c, &check, &unused, err);
    s->wrong += code == OK && check != s->sum;
    for (unsigned r = 0; r < s->rounds && code == OK; r++)
        code = scan_set(s, merged, times, c, NULL, &seconds[r], err);
    mem_free(c);
    if (code != OK)
        return code;
    double median = bench_median(seconds, s->rounds);
    char label[64];
    snprintf(label, sizeof label, "sum of all, %s, %s", merged ? "merged" : "parts",
             times ? "times and values" : "values");
    fprintf(out, "  %-44s %8.1f M/s  (all of it in %.1f ms)\n", label,
            (double)s->readings / 1e6 / median, median * 1e3);
    return OK;
}

/* ---- looking up ---------------------------------------------------------------------------- */

static enum code look_up(struct set *s, struct block_file **files, unsigned count, double *us,
                         struct error *err)
{
    i64_vec t = {0}, v = {0};
    int64_t *want_t = mem_alloc(s->minutes * sizeof *want_t);
    int64_t *want_v = mem_alloc(s->minutes * sizeof *want_v);
    enum code code = OK;
    for (unsigned i = 0; i < LOOKUPS && code == OK; i++) {
        uint32_t point = (uint32_t)(bench_mix(i + 12345) % s->points);
        t.len = v.len = 0;
        double begin = bench_wall();
        for (unsigned f = 0; f < count && code == OK; f++)
            code = block_find(files[f], point, 0, INT64_MAX, &t, &v, err);
        us[i] = (bench_wall() - begin) * 1e6;
        size_t n = make_series(point, s->minutes, want_t, want_v);
        s->wrong +=
            t.len != n || memcmp(t.v, want_t, n * 8) != 0 || memcmp(v.v, want_v, n * 8) != 0;
    }
    vec_clear(&t);
    vec_clear(&v);
    mem_free(want_t);
    mem_free(want_v);
    return code;
}

static int by_value(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return a < b ? -1 : a > b;
}

static enum code measure_lookups(struct set *s, bool merged, FILE *out, struct error *err)
{
    struct block_file *files[FILES_MAX] = {0};
    char path[512];
    double us[LOOKUPS];
    enum code code;
    path_of(s, FILES_MAX, path);
    code = merged ? block_open(&files[0], path, err) : open_files(s, files, err);
    if (code == OK)
        code = look_up(s, files, merged ? 1 : s->files, us, err);
    close_files(s, files);
    TRY(code);
    qsort(us, LOOKUPS, sizeof *us, by_value);
    char label[64];
    snprintf(label, sizeof label, "one point's %u readings, %s", s->minutes,
             merged ? "merged" : "parts");
    fprintf(out, "  %-44s %8.1f us   (99 of 100: %.1f us)\n", label, us[LOOKUPS / 2],
            us[LOOKUPS * 99 / 100]);
    return OK;
}

/* ---- report -------------------------------------------------------------------------------- */

static enum code run_set(struct set *s, FILE *out, struct error *err)
{
    TRY(write_files(s, err));
    TRY(merge_files(s, err));
    double n = (double)s->readings;
    fprintf(out, "set %s: %u points x %u min, %llu readings, %u files, merged to one\n", s->name,
            s->points, s->minutes, (unsigned long long)s->readings, s->files);
    fprintf(out, "  %-44s %8.3f B    (%.1f MB)\n", "a reading, index included, parts",
            (double)s->bytes / n, (double)s->bytes / 1e6);
    fprintf(out, "  %-44s %8.3f B    (%.1f MB)\n", "a reading, index included, merged (P3)",
            (double)s->merged_bytes / n, (double)s->merged_bytes / 1e6);
    fprintf(out, "  %-44s %8.1f M/s\n", "pack and write, parts", n / 1e6 / s->encode_s);
    fprintf(out, "  %-44s %8.1f M/s\n", "merge", n / 1e6 / s->merge_s);
    for (unsigned k = 0; k < 4; k++)
        TRY(measure_scans(s, k / 2 == 1, k % 2 == 0, out, err));
    TRY(measure_lookups(s, false, out, err));
    return measure_lookups(s, true, out, err);
}

static void remove_files(const struct set *s)
{
    char path[512];
    for (size_t f = 0; f <= FILES_MAX; f++) {
        path_of(s, f, path);
        (void)unlink(path);
    }
}

int bench_blocks(FILE *out, size_t points, unsigned rounds)
{
    const char *tmp = getenv("TMPDIR");
    char dir[400];
    snprintf(dir, sizeof dir, "%s/luoshu-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(dir) == NULL) {
        fprintf(out, "cannot make a folder in '%s'\n", tmp != NULL ? tmp : "/tmp");
        return 3;
    }
    points = points == 0 ? POINTS_DEFAULT : points > 100000000 ? 100000000 : points;
    rounds = rounds == 0 ? 5 : rounds > BENCH_ROUNDS_MAX ? BENCH_ROUNDS_MAX : rounds;
    struct set sets[] = {
        {.name = "A", .points = (uint32_t)points, .minutes = 60, .files = 4},
        {.name = "B", .points = (uint32_t)(points + 9) / 10, .minutes = 1440, .files = 24},
    };
    int status = 0;
    bench_machine(out);
    for (size_t i = 0; i < sizeof sets / sizeof *sets && status != 3; i++) {
        struct error err = {0};
        sets[i].dir = dir;
        sets[i].rounds = rounds;
        if (run_set(&sets[i], out, &err) != OK) {
            fprintf(out, "%s\n", err.text);
            status = 3;
        }
        remove_files(&sets[i]);
        status = sets[i].wrong > 0 && status == 0 ? 1 : status;
        if (sets[i].wrong > 0)
            fprintf(out, "WRONG: %zu answers differ from what was made\n", sets[i].wrong);
    }
    (void)rmdir(dir);
    if (status == 0)
        fprintf(out, "verified: every reading of every file is the one that was made\n");
    return status;
}
