/* bench_read.c - how fast bulletins are read.
 *
 * About 20 MB of made-up bulletins: sentences as communiqués have them, their figures drawn by a
 * fixed rule. The figures are noted while the text is made, so what is read can be counted and
 * added up against them. */
#include "bench/bench.h"
#include "bench/bench_int.h"
#include "extract/extract.h"

enum { ROUNDS_DEFAULT = 3, TEXT_BYTES = 20000000, DOC_BYTES = 8000 };
enum { DECIMALS = 2, HUNDREDTHS = 100 }; /* all figures are kept in hundredths */

/* What was planted in a document, or read from it. */
struct sum {
    size_t count;
    i128 hundredths;
};
struct bulletins {
    struct buf text;
    VEC(size_t) end; /* of each document in text */
    VEC(struct sum) planted;
    uint64_t seed;
};

static const char *const trades[] = {
    "装备制造", "电子信息", "新材料",   "生物医药", "食品加工", "石油化工",   "有色金属",
    "轨道交通", "智能家电", "现代农机", "绿色建材", "纺织服装", "汽车零部件", "新能源电池",
};
enum { TRADES = sizeof trades / sizeof *trades };

/* @ the trade; # a whole number, ~ one with one decimal, ^ a rate of one decimal, v the same after
 * a word that makes it negative. */
static const char *const sentences[] = {
    "@产业实现营业收入~亿元,同比增长^%。",
    "@产业规上工业企业达到#家,较好完成了年度工作任务。",
    "@产业完成投资~亿元,同比增长^%;实现利润总额~亿元,同比下降v%。",
    "各地围绕补链延链强链,持续优化营商环境,扎实推进@产业重点工作,企业获得感明显增强。",
    "@产业在建项目#个,总投资~亿元。",
    "3月至6月,市直有关部门先后赴各县区走访@产业企业,逐一协调解决用地、用工、融资等问题。",
    "@产业入库税收~亿元,增长^%。",
};
enum { SENTENCES = sizeof sentences / sizeof *sentences };

/* ---- text ---- */

static uint64_t below(struct bulletins *b, uint64_t n)
{
    return bench_mix(b->seed++) % n;
}

static void plant(struct bulletins *b, struct sum *s, bool decimal, uint64_t tenths, int sign)
{
    if (decimal)
        buf_fmt(&b->text, "%u.%u", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
    else
        buf_fmt(&b->text, "%u", (unsigned)(tenths / 10));
    s->count++;
    s->hundredths += sign * (int64_t)(decimal ? tenths : tenths / 10 * 10) * (HUNDREDTHS / 10);
}

static void put_sentence(struct bulletins *b, struct sum *s, const char *form, const char *trade)
{
    for (const char *c = form; *c != '\0'; c++)
        switch (*c) {
        case '@':
            buf_z(&b->text, trade);
            break;
        case '#':
            plant(b, s, false, (20 + below(b, 900)) * 10, 1);
            break;
        case '~':
            plant(b, s, true, 101 + below(b, 89899), 1);
            break;
        case '^':
            plant(b, s, true, 11 + below(b, 289), 1);
            break;
        case 'v':
            plant(b, s, true, 11 + below(b, 189), -1);
            break;
        default:
            buf_byte(&b->text, *c);
        }
}

/* A trade has each sentence once, so that nothing in a document is said twice. */
static void put_document(struct bulletins *b)
{
    struct sum s = {0};
    size_t begin = b->text.len;
    buf_z(&b->text, "上半年全市重点产业运行情况\n\n2025-07-18 09:30\n来源:市统计局\n\n"
                    "2025年上半年,全市工业经济运行总体平稳。\n");
    for (size_t t = 0; t < TRADES && b->text.len - begin < DOC_BYTES; t++) {
        for (size_t k = 0; k < SENTENCES; k++)
            put_sentence(b, &s, sentences[k], trades[t]);
        buf_byte(&b->text, '\n');
    }
    vec_push(&b->end, b->text.len);
    vec_push(&b->planted, s);
}

static void bulletins_make(struct bulletins *b)
{
    *b = (struct bulletins){.seed = 20250718};
    buf_init(&b->text, TEXT_BYTES + 4 * DOC_BYTES);
    while (b->text.len < TEXT_BYTES)
        put_document(b);
}

static void bulletins_clear(struct bulletins *b)
{
    buf_clear(&b->text);
    vec_clear(&b->end);
    vec_clear(&b->planted);
}

/* ---- reading ---- */

static struct sum add_up(const struct extract_result *r, size_t *odd)
{
    struct sum s = {.count = r->facts.len};
    for (size_t i = 0; i < r->facts.len; i++) {
        struct dec d = r->facts.v[i].value;
        int64_t v = 0;
        *odd += dec_rescale(d.units, d.scale, DECIMALS, &v, NULL) != OK;
        s.hundredths += v;
    }
    return s;
}

/* One pass over all documents; returns the seconds. */
static double read_all(const struct bulletins *b, const struct extract_words *words, size_t *wrong)
{
    const struct extract_doc known = {STR("2025-07-18"), STR("2025-01/2025-06"), STR("云岭市")};
    double seconds = 0;
    for (size_t i = 0, from = 0; i < b->end.len; from = b->end.v[i++]) {
        struct extract_result r;
        struct error err = {0};
        double begin = bench_cpu_thread();
        enum code code = extract_run(words, (struct str){b->text.ptr + from, b->end.v[i] - from},
                                     &known, &r, &err);
        seconds += bench_cpu_thread() - begin;
        struct sum got = add_up(&r, wrong);
        *wrong += code != OK || got.count != b->planted.v[i].count ||
                  got.hundredths != b->planted.v[i].hundredths;
        extract_result_clear(&r);
    }
    return seconds;
}

int bench_read(FILE *out, const struct extract_words *words, unsigned rounds)
{
    struct bulletins b;
    double speed[BENCH_ROUNDS_MAX];
    size_t wrong = 0;
    struct sum all = {0};
    rounds = rounds == 0 ? ROUNDS_DEFAULT : rounds > BENCH_ROUNDS_MAX ? BENCH_ROUNDS_MAX : rounds;
    bulletins_make(&b);
    for (size_t i = 0; i < b.planted.len; i++) {
        all.count += b.planted.v[i].count;
        all.hundredths += b.planted.v[i].hundredths;
    }
    double mb = (double)b.text.len / 1e6;
    bench_machine(out);
    fprintf(out, "data: %.1f MB of made-up bulletins in %zu documents, %zu figures in them\n", mb,
            b.end.len, all.count);
    for (unsigned i = 0; i < rounds; i++)
        speed[i] = mb / read_all(&b, words, &wrong);
    double median = bench_median(speed, rounds);
    char sum[DEC_TEXT];
    size_t len = dec_text(all.hundredths, DECIMALS, sum);
    fprintf(out, "read: %.2f MB/s, %.0f figures/s, %.2f ms a document (median of %u rounds)\n",
            median, median * (double)all.count / mb, mb / median * 1e3 / (double)b.end.len, rounds);
    fprintf(out, "largest resident memory: %.0f MB\n", bench_rss_mb());
    if (wrong == 0)
        fprintf(out,
                "verified: number and sum (in all %zu and %.*s) of the figures of every document\n",
                all.count, (int)len, sum);
    else
        fprintf(out, "WRONG: in %zu documents number or sum of the figures differ\n", wrong);
    bulletins_clear(&b);
    return wrong > 0;
}
