/* bench_analyze.c - how long methods of analysis take at the size of a nation or a province, from
 * the text of a CSV file to the text of the result.
 *
 * Every job makes its table by a fixed rule, so that its answer is known beforehand or can be
 * computed a second time in a plainer way; the text that comes out is read back and held against
 * it. */
#include "analyze/analyze.h"
#include "bench/bench.h"
#include "bench/bench_int.h"
#include <math.h>

enum { ROUNDS_DEFAULT = 3, COUNTIES = 2850, INDUSTRIES = 1382 };
enum { ENTERPRISES = 220000, CRITERIA = 20, LQ_REGIONS = 30, LQ_INDUSTRIES = 40 };

struct job {
    const char *label, *method, *option[2];
    void (*make)(struct buf *csv);
    size_t (*wrong)(const struct table *out); /* answers that are not as they should be */
    const char *checked;
};
enum part { READ, RUN, WRITE, ALL, PARTS };

/* ---- small things ---- */

/* NaN where there is no number. */
static double number(const struct table *t, const char *column, size_t row)
{
    double v = NAN;
    int c = table_column(t, column);
    if (c < 0 || table_number(t, c, row, true, &v, NULL) != OK)
        return NAN;
    return v;
}

static double correlation(const double *a, const double *b, size_t n)
{
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        ma += a[i] / (double)n;
        mb += b[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
        ab += (a[i] - ma) * (b[i] - mb);
    }
    return ab / sqrt(aa * bb);
}

/* ---- complexity: counties and industries along one line ---- */

/* Place on the line, 0 to 1: scattered over the names by a step without common factor. */
static double place_of(size_t i, size_t step, size_t n)
{
    return (double)(i * step % n) / (double)n;
}
static double county_place(size_t r)
{
    return place_of(r, 1597, COUNTIES);
}

/* Persons employed; 0 = no row. An industry is likelier, and larger, the nearer it lies to the
 * county, and counties far along the line have more of them. */
static int64_t employed(size_t r, size_t c)
{
    double x = county_place(r), near = 1 - 2 * fabs(x - place_of(c, 611, INDUSTRIES));
    uint64_t random = bench_mix(r * INDUSTRIES + c);
    near = near > 0 ? near : 0;
    double likely = 0.11 + 0.55 * near * (0.5 + x);
    if ((double)(random % 1000000) / 1e6 >= likely)
        return 0;
    return 1 + (int64_t)((double)(random >> 32 & 1023) * (1 + 9 * near));
}

static void make_complexity(struct buf *csv)
{
    buf_z(csv, "region,industry,value\n");
    for (size_t r = 0; r < COUNTIES; r++)
        for (size_t c = 0; c < INDUSTRIES; c++) {
            int64_t v = employed(r, c);
            if (v > 0)
                buf_fmt(csv, "county %04zu,industry %04zu,%lld\n", r, c, (long long)v);
        }
}

/* Industries of each county whose share there is at least that in the whole: exact products. */
static void count_present(uint32_t *present)
{
    int64_t *of_county = mem_zalloc(COUNTIES * sizeof *of_county);
    int64_t *of_industry = mem_zalloc(INDUSTRIES * sizeof *of_industry), all = 0;
    for (size_t r = 0; r < COUNTIES; r++)
        for (size_t c = 0; c < INDUSTRIES; c++) {
            int64_t v = employed(r, c);
            of_county[r] += v;
            of_industry[c] += v;
            all += v;
        }
    for (size_t r = 0; r < COUNTIES; r++)
        for (size_t c = 0; c < INDUSTRIES; c++)
            present[r] += (i128)employed(r, c) * all >= (i128)of_county[r] * of_industry[c];
    mem_free(of_county);
    mem_free(of_industry);
}

static size_t wrong_complexity(const struct table *out)
{
    uint32_t *present = mem_zalloc(COUNTIES * sizeof *present);
    double *eci = mem_alloc(COUNTIES * sizeof *eci), *place = mem_alloc(COUNTIES * sizeof *place);
    double mean = 0, square = 0;
    size_t wrong = out->rows != COUNTIES;
    count_present(present);
    for (size_t r = 0; r < COUNTIES && wrong == 0; r++) {
        place[r] = county_place(r);
        eci[r] = number(out, "eci", r);
        mean += eci[r] / COUNTIES;
        square += eci[r] * eci[r] / COUNTIES;
        wrong += number(out, "diversity", r) != present[r];
    }
    if (out->rows == COUNTIES) {
        wrong += !(fabs(mean) < 1e-9);
        wrong += !(fabs(square - 1) < 1e-9);
        wrong += !(correlation(eci, place, COUNTIES) > 0.95);
    }
    mem_free(present);
    mem_free(eci);
    mem_free(place);
    return wrong;
}

/* ---- topsis: the first is best in everything, the second worst ---- */

static uint32_t score_of(size_t i, size_t k)
{
    return i == 0 ? 100000 : i == 1 ? 1 : 2 + (uint32_t)(bench_mix(i * CRITERIA + k) % 99998);
}

static void make_topsis(struct buf *csv)
{
    buf_z(csv, "alternative");
    for (size_t k = 0; k < CRITERIA; k++)
        buf_fmt(csv, ",criterion %02zu", k);
    for (size_t i = 0; i < ENTERPRISES; i++) {
        buf_fmt(csv, "\nenterprise %06zu", i);
        for (size_t k = 0; k < CRITERIA; k++)
            buf_fmt(csv, ",%u.%02u", score_of(i, k) / 100, score_of(i, k) % 100);
    }
    buf_byte(csv, '\n');
}

/* Criterion k counts by one over the length of its column. */
static double closeness(size_t i, const double *length)
{
    double best = 0, worst = 0;
    for (size_t k = 0; k < CRITERIA; k++) {
        double b = (100000.0 - score_of(i, k)) / length[k], w = (score_of(i, k) - 1.0) / length[k];
        best += b * b;
        worst += w * w;
    }
    return sqrt(worst) / (sqrt(worst) + sqrt(best));
}

static size_t wrong_topsis(const struct table *out)
{
    double length[CRITERIA] = {0};
    size_t wrong = out->rows != ENTERPRISES;
    for (size_t k = 0; k < CRITERIA; k++) {
        for (size_t i = 0; i < ENTERPRISES; i++)
            length[k] += (double)score_of(i, k) * score_of(i, k);
        length[k] = sqrt(length[k]);
    }
    int score = 1, rank = 2; /* after the alternative, whatever their names */
    for (size_t i = 0; i < ENTERPRISES && wrong == 0; i++) {
        double s = NAN, r = NAN;
        if (table_number(out, score, i, false, &s, NULL) != OK ||
            table_number(out, rank, i, false, &r, NULL) != OK)
            return 1;
        wrong += !(s >= 0 && s <= 1) || !(fabs(s - closeness(i, length)) < 1e-9);
        wrong += (i == 0) != (r == 1) || (i == 1) != (r == ENTERPRISES);
    }
    return wrong;
}

/* ---- lq: every industry has the same share of every region ---- */

static void make_lq(struct buf *csv)
{
    buf_z(csv, "region,industry,value\n");
    for (size_t r = 0; r < LQ_REGIONS; r++)
        for (size_t i = 0; i < LQ_INDUSTRIES; i++)
            buf_fmt(csv, "region %02zu,industry %02zu,%zu\n", r, i, (2 * r + 3) * (7 * i + 1));
}

static size_t wrong_lq(const struct table *out)
{
    size_t wrong = out->rows != LQ_REGIONS * LQ_INDUSTRIES;
    int ratio = table_column(out, "lq"), specialised = table_column(out, "specialised");
    if (ratio < 0 || specialised < 0)
        return 1;
    for (size_t r = 0; r < out->rows; r++)
        wrong += !str_is(table_cell(out, ratio, r), "1") ||
                 !str_is(table_cell(out, specialised, r), "1");
    return wrong;
}

/* ---- betweenness ---- */

static bool chain_right(const struct table *out, const char *column, bool weighted)
{
    double t1 = NAN, t2 = NAN, sum = 0;
    for (size_t r = 0; r < out->rows; r++) {
        double v = number(out, column, r);
        sum += v;
        if (str_is(table_cell(out, 0, r), "n09997"))
            t1 = v;
        if (str_is(table_cell(out, 0, r), "n09998"))
            t2 = v;
    }
    return bench_chain_right(t1, t2, sum, weighted);
}

static size_t wrong_chain(const struct table *out)
{
    return !chain_right(out, "betweenness", false);
}

static size_t wrong_chain_weighted(const struct table *out)
{
    return !chain_right(out, "betweenness_weighted_1_over_w", true);
}

/* ---- rounds ---- */

/* clang-format off */
static const struct job jobs[] = {
    {"complexity, 2,850 x 1,382", "complexity", {0}, make_complexity, wrong_complexity,
     "ECI has mean 0, sd 1 and follows the places (r > 0.95); diversity equals exact products"},
    {"TOPSIS, 220,000 x 20", "topsis", {0}, make_topsis, wrong_topsis,
     "every score equals a second computation to 1e-9; best and worst rank first and last"},
    {"lq, 1,200 cells", "lq", {0}, make_lq, wrong_lq,
     "1,200 quotients are written as 1, and count as specialised"},
    {"betweenness, 50,000 links", "chain-risk", {"measures", "betweenness"}, bench_chain_make,
     wrong_chain, "its sum is that of distances less one; two nodes as counted by plain search"},
    {"the same, weighted", "chain-risk", {"measures", "betweenness-weighted"}, bench_chain_make,
     wrong_chain_weighted, "two nodes as counted by plain search"},
};
/* clang-format on */

static enum code run_round(const struct job *j, struct str csv, struct buf *out, size_t *rows,
                           double seconds[PARTS], struct error *err)
{
    struct arena arena;
    struct table in;
    struct analysis a;
    const struct method *m = NULL;
    TRY(analyze_need(str_z(j->method), &m, err));
    arena_init(&arena, 0);
    table_init(&in, &arena, str_z(j->method));
    struct str option[1][2] = {{str_z(j->option[0]), str_z(j->option[1])}};
    double begin = bench_cpu_process(), read = begin, run = begin;
    enum code code = table_read(&in, csv, err);
    read = bench_cpu_process();
    if (code == OK)
        code =
            analyze_run(m, &in, 1, (const struct str(*)[2])option, j->option[0] != NULL, &a, err);
    run = bench_cpu_process();
    if (code == OK) {
        table_write(&a.out, out);
        analysis_clear(&a);
    }
    double end = bench_cpu_process();
    *rows = in.rows;
    seconds[READ] = read - begin;
    seconds[RUN] = run - read;
    seconds[WRITE] = end - run;
    seconds[ALL] = end - begin;
    table_clear(&in);
    arena_clear(&arena);
    return code;
}

static size_t check(const struct job *j, struct str text)
{
    struct arena arena;
    struct table t;
    arena_init(&arena, 0);
    table_init(&t, &arena, str_z("result"));
    size_t wrong = table_read(&t, text, NULL) == OK ? j->wrong(&t) : 1;
    table_clear(&t);
    arena_clear(&arena);
    return wrong;
}

static bool bench_job(FILE *out, const struct job *j, size_t rounds)
{
    struct buf csv, text;
    struct error err = {0};
    double got[PARTS][BENCH_ROUNDS_MAX] = {0}, one[PARTS] = {0};
    double peak = 0;
    size_t wrong = 0, rows = 0;
    buf_init(&csv, (size_t)1 << 30);
    buf_init(&text, (size_t)1 << 30);
    j->make(&csv);
    for (size_t i = 0; i < rounds && wrong == 0; i++) {
        buf_reset(&text);
        bench_rss_forget();
        wrong += run_round(j, buf_str(&csv), &text, &rows, one, &err) != OK;
        peak = fmax(peak, bench_rss_mb());
        for (int p = 0; p < PARTS; p++)
            got[p][i] = one[p];
        wrong += wrong == 0 ? check(j, buf_str(&text)) : 0;
    }
    double min = got[ALL][0], max = min;
    for (size_t i = 1; i < rounds; i++) {
        min = fmin(min, got[ALL][i]);
        max = fmax(max, got[ALL][i]);
    }
    fprintf(out, "%-26s %9zu %8.1f %8.4f %8.4f %8.4f %8.4f %8.4f %8.4f %8.0f\n", j->label, rows,
            (double)csv.len / 1e6, bench_median(got[READ], rounds), bench_median(got[RUN], rounds),
            bench_median(got[WRITE], rounds), bench_median(got[ALL], rounds), min, max, peak);
    if (err.code != OK)
        fprintf(out, "  WRONG: %s\n", err.text);
    else
        fprintf(out, "  %s: %s\n", wrong > 0 ? "WRONG, not so" : "verified", j->checked);
    buf_clear(&csv);
    buf_clear(&text);
    return wrong == 0;
}

int bench_analyze(FILE *out, unsigned rounds)
{
    bool good = true;
    rounds = rounds == 0 ? ROUNDS_DEFAULT : rounds > BENCH_ROUNDS_MAX ? BENCH_ROUNDS_MAX : rounds;
    bench_machine(out);
    fprintf(out,
            "data: counties by industries along one line; enterprises by criteria; a table of one "
            "structure; a chain of 10,000 nodes\nmedians of %u rounds, seconds, CSV text to CSV "
            "text; peak: largest resident memory in MB, the text included\n"
            "%-26s %9s %8s %8s %8s %8s %8s %8s %8s %8s\n",
            rounds, "job", "rows", "MB", "read", "method", "write", "all", "min", "max", "peak");
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        good = bench_job(out, &jobs[i], rounds) && good;
    return good ? 0 : 1;
}
