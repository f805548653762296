/* extract_test.c - one sentence, its figures: the rules of the language, a row each; offsets in the
 * original; input that means harm. The scores over whole bulletins are in extract_score_test.c. */
#include "base/test.h"
#include "extract.h"
#include <sys/resource.h>
#include <time.h>

static struct arena texts;
static struct extract_words *words;

static struct str catalog(const char *name)
{
    const char *dir = getenv("LUOSHU_SOURCE");
    char path[700], block[65536];
    (void)snprintf(path, sizeof path, "%s/catalog/%s", dir != NULL ? dir : ".", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot read %s", path);
    struct buf b;
    buf_init(&b, (size_t)16 << 20);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&b, (struct str){block, n});
    (void)fclose(f);
    struct str out = arena_dup(&texts, buf_str(&b));
    buf_clear(&b);
    return out;
}

static int setup(void **state)
{
    (void)state;
    arena_init(&texts, 0);
    struct extract_files files = {
        .words = catalog("extract/words.csv"),
        .units = catalog("extract/units.csv"),
        .noise = catalog("extract/noise.csv"),
        .characters = catalog("extract/characters.csv"),
        .indicators = catalog("indicators.csv"),
        .entities =
            STR("name,type,parent,aliases\n云州市,city,东岭省,云州\n东岭省,province,中国,\n")};
    struct error err = {0};
    if (extract_words_open(&files, &words, &err) != OK)
        fail_msg("%s (line %u)", err.text, err.line);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    extract_words_free(words);
    arena_clear(&texts);
    return 0;
}

/* text|value|unit|kind|qualifier|period|comparison of every fact, joined by a space */
static struct str told(struct str text)
{
    struct extract_doc doc = {
        .source_date = STR("2025-03-28"), .frame = STR("2024"), .subject = STR("云州市")};
    struct extract_result out;
    struct error err = {0};
    struct buf b;
    buf_init(&b, 65536);
    assert_int_equal(extract_run(words, text, &doc, &out, &err), OK);
    for (size_t i = 0; i < out.facts.len; i++) {
        const struct extract_fact *f = &out.facts.v[i];
        char v[DEC_TEXT], p[32];
        size_t n = dec_text(f->value.units, f->value.scale, v), k = period_text(f->period, p);
        buf_fmt(&b, "%s%.*s|%.*s|%.*s|%s|%s|%.*s|%.*s", i > 0 ? " " : "", STR_ARG(f->text), (int)n,
                v, STR_ARG(f->unit), kind_name(f->kind), qualifier_name(f->qualifier), (int)k, p,
                STR_ARG(f->comparison));
    }
    struct str s = arena_dup(&texts, buf_str(&b));
    buf_clear(&b);
    extract_result_clear(&out);
    return s;
}

static void test_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want, *why;
    } rows[] = {
        {"2024年,全市出口额达1.05万亿元。", "1.05万亿元|10500|亿元|level|eq|2024|",
         "万亿 written out"},
        {"2024年,全市完成技改投资7600万元。", "7600万元|0.76|亿元|level|eq|2024|",
         "a small amount keeps its digits"},
        {"去年,全市工业用电量同比下降3.20%。", "3.20%|-3.20|%|growth|eq|2024|yoy",
         "a fall is negative, zeros stay"},
        {"全市现有规上工业企业2千余家。", "2千余家|2000|家|count|approx|2025-03-28|",
         "余 inside, stock as of the source"},
        {"全市拥有高新技术企业1,268户。", "1,268户|1268|家|count|eq|2025-03-28|",
         "thousands, 户 is 家"},
        {"全市近三成企业完成设备更新。", "三成|30|%|share|approx|2025-03-28|", "成"},
        {"约三分之一的规上企业开展智能化改造。", "三分之一|33.33|%|share|approx|2025-03-28|",
         "a fraction in words"},
        {"新能源产量占全省的1/5。", "1/5|20|%|share|eq|2025-03-28|of:东岭省",
         "a fraction in digits"},
        {"2024年,全市工业产值实现翻番。", "翻番|100|%|growth|doubled|2024|yoy", "翻番"},
        {"全市专利授权量较2020年增长3倍。", "3倍|300|%|growth|eq|2025-03-28|since:2020",
         "倍 of growth"},
        {"2024年,全市规上工业增加值增速居全省第2位。", "第2位|2|位|rank|eq|2024|in:东岭省",
         "a rank begins at 第"},
        {"一季度,全市工业投资增长10.5%,高于全省2.5个百分点。",
         "10.5%|10.5|%|growth|eq|2025-01/2025-03|yoy "
         "2.5个百分点|2.5|百分点|pp_change|eq|2025-01/2025-03|vs:东岭省",
         "quarter; against the province"},
        {"1—2月,全市规上工业增加值同比增长7.1%。", "7.1%|7.1|%|growth|eq|2025-01/2025-02|yoy",
         "merged months"},
        {"前11个月,全市出口额增长6%。", "6%|6|%|growth|eq|2024-01/2024-11|yoy",
         "months ahead of the date are last year's"},
        {"到2027年,全市力争培育百亿级企业10家。", "10家|10|家|count|eq|2027|",
         "a class before 企业 is no figure"},
        {"全市新培育超50亿元企业3家。", "3家|3|家|count|eq|2024|",
         "a threshold is no figure; a flow takes the frame"},
        {"全市规划建设2至3个省级产业园。", "2至3个|2|个|count|range|2025|", "range"},
        {"5G基站每年建设任务全面完成。", "", "5G is a name"},
        {"全市聚焦“1358”工作思路,做到三个坚持。", "", "codes and rhetoric"},
        {"一批重点项目、一系列举措一一落地。", "", "vague"},
        {"星河集团入围中国企业500强。", "", "a name of a list"},
        {"全市第一季度召开第三次推进会。", "", "ordinals"},
        {"全市首家国家级实验室揭牌。", "", "superlative"},
        {"全市深入实施制造业提质三年行动计划。", "", "length of a plan"},
        {"规上工业企业研发机构覆盖率达到68.5%,比上年提高4.5个百分点。",
         "68.5%|68.5|%|share|eq|2025-03-28| 4.5个百分点|4.5|百分点|pp_change|eq|2025-03-28|yoy",
         "a rate and its change"},
        {"“十四五”以来,全市累计淘汰落后产能86万吨。", "86万吨|86|万吨|level|eq|2021/2025|",
         "an interval for a flow"},
        {"截至2024年底,全市建成省级绿色工厂45家、绿色园区6个。",
         "45家|45|家|count|eq|2024| 6个|6|个|count|eq|2024|", "as of the end of a year"},
        {"工业对经济增长的贡献率达41%,拉动经济增长2.6个百分点。",
         "41%|41|%|contribution|eq|2025-03-28|to:经济增长 "
         "2.6个百分点|2.6|百分点|contribution|eq|2025-03-28|to:经济增长",
         "contribution"},
        {"全市营收、利润分别增长8.1%和12%。",
         "8.1%|8.1|%|growth|eq|2025-03-28|yoy 12%|12|%|growth|eq|2025-03-28|yoy",
         "a list of rates"},
        {"全市规上工业企业上云率突破80%,创历史新高。",
         "80%|80|%|share|over|2025-03-28| 历史新高|1|位|rank|eq|2025-03-28|record:ever",
         "a record"},
        {"2024年,全市推动超千家企业数字化转型。", "千家|1000|家|count|over|2024|",
         "a bare power needs 超"},
        {"全市燃气装机32万千瓦,年发电18亿千瓦时。",
         "32万千瓦|320000|千瓦|level|eq|2025-03-28| "
         "18亿千瓦时|1800000000|千瓦时|level|eq|2025-03-28|",
         "physical units"},
        {"2023年,全市企業營收達3.5億元。", "3.5億元|3.5|亿元|level|eq|2023|",
         "traditional characters"},
        {"2023年,全市新增規上企業5萬(wàn)個(gè)。", "5萬(wàn)個|50000|个|count|eq|2023|",
         "a note inside the span"},
        {"2024年,全市工业投资增长８.５％。", "８.５％|8.5|%|growth|eq|2024|yoy", "full width"},
        {"2024 年,全市实施项目 286 个。", "286 个|286|个|count|eq|2024|", "spaces of typesetting"},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str got = told(str_z(rows[i].input));
        if (str_is(got, rows[i].want))
            continue;
        print_error("%s: got '%.*s', want '%s'\n", rows[i].why, STR_ARG(got), rows[i].want);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_pages(void **state)
{
    (void)state;
    check_text(told(STR("<p>2024年,全市利润<b>5&nbsp;亿元</b>。</p><script>x=9家;</script>")),
               STR("5&nbsp;亿元|5|亿元|level|eq|2024|"), "tags and entities");
    check_text(told(STR("\xEF\xBB\xBF全市有企业9家。")), STR("9家|9|家|count|eq|2025-03-28|"),
               "a byte order mark");
    check_text(told(STR("相关阅读\n全市有企业9家。")), STR("9家|9|家|count|eq|2025-03-28|"),
               "a heading on top closes nothing");
    check_text(told(STR("全市工作会议召开。\n相关阅读\n全市有企业9家。")), STR(""),
               "behind the article");
}

/* Bounded, and no crash: runs of what each stage looks for. */
static void test_harm(void **state)
{
    (void)state;
    static const char *const units[] = {"<a", "<nav><!--", "&#", "1、", "7家、", "十", "9",
                                        "\n", "比2020年",  "“",  "(a",  "全省",  "的"};
    for (size_t k = 0; k < COUNT(units); k++) {
        struct buf b;
        struct extract_result out;
        struct error err = {0};
        buf_init(&b, (size_t)1 << 22);
        for (int i = 0; i < 20000; i++)
            buf_z(&b, units[k]);
        assert_int_equal(extract_run(words, buf_str(&b), NULL, &out, &err), OK);
        extract_result_clear(&out);
        buf_clear(&b);
    }
    struct extract_result out;
    struct error err = {0};
    assert_int_equal(extract_run(words, STR_NULL, NULL, &out, &err), OK);
    extract_result_clear(&out);
    assert_int_equal(extract_run(words, STR("\xFF\xFE\x00\xD8"), NULL, &out, &err), E_INPUT);
    extract_result_clear(&out);
}

/* ---- the year that nobody tells ---- */

static void test_no_year(void **state)
{
    (void)state;
    struct extract_result out;
    struct error err = {0};
    char text[32];
    static const char input[] =
        "7月18日,记者从云州市统计局获悉,上半年,全市规上工业总产值完成182.4亿元,"
        "较上年末增长3%。到2027年,力争突破500亿元。";
    assert_int_equal(extract_run(words, str_z(input), NULL, &out, &err), OK);
    assert_int_equal(out.source_date.len, 0);
    assert_true(str_is(out.frame, "XXXX-01/XXXX-06"));
    assert_int_equal(out.facts.len, 3);
    size_t n = extract_period(&out.facts.v[0], text);
    assert_true(str_is((struct str){text, n}, "XXXX-01/XXXX-06"));
    assert_true(out.facts.v[0].year_unknown);
    assert_true(str_is(out.facts.v[1].comparison, "since:XXXX-1y"));
    n = extract_period(&out.facts.v[2], text); /* an explicit year is known */
    assert_true(str_is((struct str){text, n}, "2027"));
    assert_false(out.facts.v[2].year_unknown);
    extract_result_clear(&out);
}

/* What the page and the text say of the day: text, and the source date that follows. */
static void test_dates(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want, *why;
    } rows[] = {
        {"发布时间:2025-04-22 10:15\n4月21日,市统计局通报,一季度工业投资增长5%。", "2025-04-21",
         "the last such day before the page"},
        {"发布时间:2025-01-03\n12月28日,市统计局通报,今年工业投资增长5%。", "2024-12-28",
         "December told in January"},
        {"1月22日,市政府新闻办通报,2024年,全市工业投资增长5%。", "2025-01-22",
         "a year is told when it is over"},
        {"4月16日,全市部署2024年重点任务。2023年,工业投资增长5%。", "2024-04-16",
         "the year of the plan"},
        {"2024年,全市工业投资增长5%。今年1—4月,工业投资增长6%。", "2025",
         "今年 is none of the years that are named"},
        {"2025年上半年,全市工业投资增长5%。今年以来新开工项目9个。", "2025",
         "a year named with its part runs"},
        {"12月9日,全市举行“十四五”收官发布会。累计完成工业投资5亿元。", "2025-12-09",
         "the last year of the plan"},
        {"全市工业投资增长5%。\n\n市统计局\n2025年2月20日\n", "2025-02-20", "the date below"},
        {"<html><head><meta name=\"PubDate\" content=\"2025-05-06 "
         "08:00\"></head><p>全市工业投资增长5%。</p>",
         "2025-05-06", "the page's own element"},
        {"date 2021-03-03 6月5日,2024年,全市工业投资增长5%。", "2025-06-05",
         "a crawler's day is older than the text"},
        {"全市工业投资增长5%。", "", "nothing is told"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct extract_result out;
        struct error err = {0};
        assert_int_equal(extract_run(words, str_z(rows[i].input), NULL, &out, &err), OK);
        if (!str_is(out.source_date, rows[i].want))
            fail_msg("%s: %s\n got %.*s", rows[i].why, rows[i].input, STR_ARG(out.source_date));
        extract_result_clear(&out);
    }
}

/* Whom a text is about, with a catalogue that knows two names only. */
static void test_subjects(void **state)
{
    (void)state;
    static const struct {
        const char *input, *want;
    } rows[] = {
        {"梁城市举行发布会。全市工业投资5亿元。", "梁城市"},
        {"锦水经济技术开发区:小园区大产业\n园区产值5亿元。", "锦水经济技术开发区"},
        {"记者从清禾县工信局获悉,全县工业投资5亿元,居全市第一。", "清禾县"},
        {"东岭省云州市工业投资5亿元,全市新增企业3家。", "云州市"},
        {"工业跑出加速度\n来源:泉湾日报\n全市工业投资5亿元。", "泉湾市"},
        {"各城市工业投资5亿元,上市企业3家,园区9个。", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct extract_result out;
        struct error err = {0};
        assert_int_equal(extract_run(words, str_z(rows[i].input), NULL, &out, &err), OK);
        if (!str_is(out.subject, rows[i].want))
            fail_msg("%s\n got %.*s", rows[i].input, STR_ARG(out.subject));
        extract_result_clear(&out);
    }
}

/* ---- words of one's own ---- */

static void test_own_words(void **state)
{
    (void)state;
    struct extract_files own = {
        .words = STR("class,word,value\nfigure,榜眼,位 2 eq rank\n-verb,建成,\n"),
        .units = STR("symbol,unit,exp,dim\n标方,标方,0,physical\n家,户,0,count\n"),
        .place = "own"};
    struct extract_files files = {.words = catalog("extract/words.csv"),
                                  .units = catalog("extract/units.csv"),
                                  .noise = catalog("extract/noise.csv"),
                                  .characters = catalog("extract/characters.csv"),
                                  .more = &own};
    struct extract_words *mine = NULL;
    struct extract_result out;
    struct error err = {0};
    assert_int_equal(extract_words_open(&files, &mine, &err), OK);
    assert_int_equal(extract_run(mine, STR("2024年,氢产量60万标方,能效居全省榜眼,建成企业3家。"),
                                 NULL, &out, &err),
                     OK);
    assert_int_equal(out.facts.len, 3);
    assert_true(str_is(out.facts.v[0].unit, "标方"));
    assert_true(out.facts.v[1].kind == KIND_RANK && out.facts.v[1].value.units == 2);
    assert_true(str_is(out.facts.v[2].unit, "户")); /* replaced */
    extract_result_clear(&out);
    extract_words_free(mine);
    static const struct {
        const char *words, *text;
    } wrong[] = {
        {"class,word,value\nverbs,x,\n", "own/words.csv: unknown class of words 'verbs'"},
        {"class,word,value\nfigure,x,% z\n", "figure 'x'"},
        {"class,word,value\nnumeral,十二,12\n", "one Chinese character"},
        {"class,word,value\npower,大,99\n", "no whole number from 1 to 12"},
        {"class,word,value\nover,超,more\n", "no qualifier"},
        {"class,word,value\nverb,,\n", "a word is missing"},
        {"class\nverb\n", "no column 'word'"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        own.words = str_z(wrong[i].words);
        error_clear(&err);
        assert_int_equal(extract_words_open(&files, &mine, &err), E_INPUT);
        if (strstr(err.text, wrong[i].text) == NULL || err.line == 0)
            fail_msg("'%s' (line %u), expected '%s'", err.text, err.line, wrong[i].text);
    }
}

/* ---- time and memory ---- */

static double cpu_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double read_many(const char *unit, size_t bytes, bool *cut)
{
    struct extract_result out;
    struct error err = {0};
    struct buf b;
    buf_init(&b, bytes + 1000);
    if (unit[0] == '<')
        buf_z(&b, "<html><p></p>");
    while (b.len < bytes)
        buf_z(&b, unit);
    double begin = cpu_seconds();
    assert_int_equal(extract_run(words, buf_str(&b), NULL, &out, &err), OK);
    double seconds = cpu_seconds() - begin;
    assert_true(out.facts.len <= EXTRACT_FACTS_MAX && out.noise.len <= EXTRACT_NOISE_MAX);
    if (cut != NULL)
        *cut = out.cut;
    extract_result_clear(&out);
    buf_clear(&b);
    return seconds;
}

/* I5: four times the text takes about four times the time, whatever is repeated. */
static void test_linear(void **state)
{
    (void)state;
    static const char *const units[] = {
        "7",      "1\n",          "<div>",        "<script>1",   "<title>",      "<<<a",
        "&&#",    "((((",         "“十",          "第",          "近十",         ",1家",
        "1、",    "千亿级、",     "光电产业链、", "占比1%,占2%", "全市全省1家,", "甲乙市",
        "2024年", "力争1家,",     "各 项 1 家 ",  "版权所",      "<meta a>",     "日报",
        "九点三", "较2020年增5%", "由2020年的3%", "将将将",      "<!--",         "完成实现",
        ":增长",  "工业"};
    enum { SMALL = 100000 };
    for (size_t k = 0; k < COUNT(units); k++) {
        double once = 0, more = 1e9; /* the least of three: others share the machine */
        for (int i = 0; i < 3 && more > 10 * once + 0.2; i++) { /* quadratic would be 16 times */
            once = read_many(units[k], SMALL, NULL);
            more = read_many(units[k], 4 * SMALL, NULL);
        }
        if (more > 10 * once + 0.2)
            fail_msg("'%s': %.3f s for %d bytes, %.3f s for four times as much", units[k], once,
                     SMALL, more);
    }
}

static void test_large(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip(); /* one thread, and the sanitizer's own memory is many times that of the program */
#endif
    enum { LARGE = 50000000, RESIDENT_KB_MAX = 1500000 }; /* sanitizers double it */
    bool cut = false;
    (void)read_many("全市建成智能工厂57家、数字化车间133个。", LARGE, &cut);
    assert_true(cut);
    (void)read_many("1\n", LARGE, &cut);
    assert_true(cut);
    (void)read_many("7", LARGE, &cut); /* one number of fifty million digits */
    assert_false(cut);
    struct rusage use;
    assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
    if (use.ru_maxrss > RESIDENT_KB_MAX)
        fail_msg("%ld kB resident for 50 MB", use.ru_maxrss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_pages),
        cmocka_unit_test(test_no_year),   cmocka_unit_test(test_dates),
        cmocka_unit_test(test_subjects),  cmocka_unit_test(test_own_words),
        cmocka_unit_test(test_harm),      cmocka_unit_test(test_linear),
        cmocka_unit_test(test_large)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
