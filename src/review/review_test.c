/* review_test.c - documents in, queue, decisions: nothing is overwritten, nothing is lost, and the
 * order of documents does not matter. */
#include "ingest/import.h"
#include "ledger/ledger_testing.h"
#include "review/review.h"
#include "serve/read.h"

struct office {
    struct scratch s;
    struct ledger *l;
    const struct model *m;
    struct arena a;
    struct read_words words;
    int64_t clock;
    struct error err;
};

static struct review desk(struct office *o)
{
    return (struct review){o->l, STR("李四"), o->clock += 1000, read_words_open, &o->words};
}

static struct str source_file(struct office *o, const char *name)
{
    char path[4096];
    const char *root = getenv("LUOSHU_SOURCE");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return STR_NULL;
    char *bytes = arena_alloc(&o->a, 4u << 20);
    size_t len = fread(bytes, 1, 4u << 20, f);
    fclose(f);
    return (struct str){bytes, len};
}

static void office_open(struct office *o, const char *backend)
{
    memset(o, 0, sizeof *o);
    arena_init(&o->a, 0);
    scratch_open(&o->s, backend);
    o->l = o->s.l;
    o->m = ledger_model(o->l);
    o->clock = 1000000;
    o->words.arena = &o->a;
    MUST(import_catalogue(o->l, STR("4103"), o->clock, e));
    struct import_report report;
    const struct import_file regions = {STR("regions.csv"),
                                        source_file(o, "tests/bulletins/regions.csv")};
    MUST(import_files(o->l, &regions, 1, IMPORT_WHOLE, STR("test"), ++o->clock, &report, e));
    import_report_clear(&report);
}

static void office_close(struct office *o)
{
    size_t cells, differences;
    MUST(ledger_replay(o->l, NULL, NULL, &cells, &differences, e)); /* I6 of ledger, every time */
    assert_int_equal(differences, 0);
    o->s.l = o->l;
    scratch_close(&o->s);
    arena_clear(&o->a);
}

static enum code take(struct office *o, const char *name, struct str bytes, const char *date,
                      const char *subject, struct review_outcome *out)
{
    struct review r = desk(o);
    const struct review_given g = {
        .name = str_z(name), .date = str_z(date), .subject = str_z(subject)};
    o->err = (struct error){0};
    enum code c = review_read(&r, bytes, &g, out, &o->err);
    o->m = ledger_model(o->l);
    return c;
}

static struct review_outcome taken(struct office *o, const char *name, const char *text,
                                   const char *date, const char *subject)
{
    struct review_outcome out;
    if (take(o, name, str_z(text), date, subject, &out) != OK)
        fail_msg("%s: %s", name, o->err.text);
    return out;
}

/* The newest version of the claim whose span is printed so. */
static struct claim_row claim_at(struct office *o, uint32_t document, const char *text)
{
    struct claim_row *all, found = {0};
    size_t count;
    MUST(registry_claims(ledger_registry(o->l), document, &o->a, &all, &count, e));
    for (size_t i = 0; i < count; i++)
        if (str_is(all[i].text, text))
            found = all[i];
    if (!found.id)
        fail_msg("no claim '%s'", text);
    return found;
}

static const struct fact *current(const struct office *o, const char *entity, const char *indicator,
                                  enum fact_kind kind, const char *comparison, const char *period)
{
    struct period p;
    size_t it = 0;
    MUST(period_parse(str_z(period), &p, e));
    uint32_t i = model_find_indicator(o->m, str_z(indicator));
    uint32_t s = i ? model_find_series(o->m, i, kind, str_z(comparison), MOD_ACTUAL) : 0;
    uint32_t who = model_named(o->m, str_z(entity), &it);
    return s && who ? ledger_current(o->l, who, s, p, AS_OF_NOW) : NULL;
}

static const char year[] = "云州市统计公报\n\n2024年，云州市规模以上工业增加值增长9.2%，"
                           "规上工业利润总额308.7亿元。全市国家级专精特新小巨人企业56家。"
                           "新增神仙企业77家。\n";

/* ---- reading ---- */

static void test_filed_and_queued(void **state)
{
    struct office o;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome out = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    assert_true(out.fresh && out.changed);
    assert_true(out.claims[CLAIM_FILED] >= 2);
    assert_true(out.claims[CLAIM_QUEUED] >= 1);
    struct claim_row c = claim_at(&o, out.document, "9.2%");
    assert_int_equal(c.state, CLAIM_FILED);
    assert_int_equal(c.actor.len, 0); /* the reader itself */
    const struct fact *f = ledger_fact(o.l, c.fact);
    uint64_t it = 0;
    const struct trace *t = ledger_trace(o.l, f->id, &it);
    assert_int_equal(t->start, c.start);
    assert_true(str_is(t->text, "9.2%"));
    c = claim_at(&o, out.document, "77家");
    assert_int_equal(c.state, CLAIM_QUEUED);
    assert_true(str_is(c.reason, "indicator-unknown"));
    assert_int_equal(c.fact, 0);
    struct str kept;
    MUST(registry_original(ledger_registry(o.l), out.document, &o.a, &kept, e));
    assert_true(str_is(kept, year));
    office_close(&o);
}

static void test_twice_is_once(void **state)
{
    struct office o;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome a = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    uint64_t revision = ledger_revision(o.l);
    size_t facts = ledger_fact_count(o.l), places = ledger_trace_count(o.l);
    struct review_outcome b = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    struct review_outcome c = taken(&o, "another-name.txt", year, "", "");
    assert_false(b.fresh || b.changed || c.fresh || c.changed);
    assert_int_equal(c.document, a.document);
    assert_int_equal(ledger_revision(o.l), revision);
    assert_int_equal(ledger_fact_count(o.l), facts);
    assert_int_equal(ledger_trace_count(o.l), places);
    assert_int_equal(take(&o, "year.txt", STR("2024年,云州市利润1亿元。"), "2025", "", &b),
                     E_CONFLICT);
    assert_non_null(strstr(o.err.text, "another text was read as 'year.txt'"));
    office_close(&o);
}

/* Another date than the one that was used: what nobody has touched is said anew, the old withdrawn.
 */
static void test_dated_anew(void **state)
{
    struct office o;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome a =
        taken(&o, "y.txt", "云州市规上工业利润总额308.7亿元。", "2023-12-31", "云州市");
    struct claim_row was = claim_at(&o, a.document, "308.7亿元");
    struct period old_period = ledger_fact(o.l, was.fact)->period;
    uint32_t series = ledger_fact(o.l, was.fact)->series, who = ledger_fact(o.l, was.fact)->entity;
    struct review_outcome b =
        taken(&o, "y.txt", "云州市规上工业利润总额308.7亿元。", "2024-12-31", "");
    assert_true(b.changed && !b.fresh);
    struct claim_row now = claim_at(&o, a.document, "308.7亿元");
    assert_true(now.fact != was.fact);
    assert_null(ledger_current(o.l, who, series, old_period, AS_OF_NOW));
    assert_non_null(
        ledger_current(o.l, who, series, ledger_fact(o.l, now.fact)->period, AS_OF_NOW));
    office_close(&o);
}

static const char *const names[] = {"yunzhou-year.txt",    "qinghe-half.txt",  "haiting-trad.txt",
                                    "linxi-pinyin.txt",    "jinshui-park.txt", "baishan-chain.txt",
                                    "nanpu.html",          "donghu-pdf.txt",   "xifeng-firm.txt",
                                    "liangcheng-green.txt"};
static const char *const dates[] = {"2025-01-22", "2025-07-18", "2024-08-09", "2024-04-16",
                                    "2025-05-13", "2025-09-12", "2024-10-30", "2024-12-20",
                                    "2025-03-28", "2025-06-05"};

/* Every claim with what it was filed as, by names, so that ids do not matter. */
static void dump(struct office *o, struct buf *out)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        uint32_t source = model_find_source(o->m, str_z(names[i])), document;
        struct claim_row *all;
        size_t count;
        MUST(registry_document_of_source(ledger_registry(o->l), source, &document, e));
        MUST(registry_claims(ledger_registry(o->l), document, &o->a, &all, &count, e));
        for (size_t k = 0; k < count; k++) {
            const struct fact *f = all[k].fact ? ledger_fact(o->l, all[k].fact) : NULL;
            uint32_t above = f ? model_parent(o->m, f->entity, DAY_MAX) : 0;
            buf_fmt(
                out, "%s %u %u %d %.*s %.*s/%.*s %.*s %lld\n", names[i], all[k].start, all[k].nth,
                all[k].state, STR_ARG(all[k].reason),
                STR_ARG(above ? model_entity(o->m, above)->name : STR("")),
                STR_ARG(f ? model_entity(o->m, f->entity)->name : STR("")),
                STR_ARG(f ? model_indicator(o->m, model_series(o->m, f->series)->indicator)->name
                          : STR("")),
                (long long)(f ? f->value : 0));
        }
    }
}

static void test_any_order(void **state)
{
    struct buf first = {0};
    (void)state;
    test_seed("any order of documents");
    for (int round = 0; round < 4; round++) {
        struct office o;
        struct buf now;
        size_t order[COUNT(names)];
        struct review_outcome out;
        office_open(&o, "memory");
        for (size_t i = 0; i < COUNT(names); i++)
            order[i] = i;
        for (size_t i = COUNT(names); round > 0 && i-- > 1;) {
            size_t j = test_below(i + 1), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        for (size_t i = 0; i < COUNT(names); i++) {
            char path[100];
            snprintf(path, sizeof path, "tests/bulletins/%s", names[order[i]]);
            struct str bytes = source_file(&o, path);
            if (take(&o, names[order[i]], bytes, dates[order[i]], "", &out) != OK)
                fail_msg("%s: %s", names[order[i]], o.err.text);
        }
        buf_init(&now, 1u << 24);
        dump(&o, &now);
        assert_true(now.len > 2000);
        if (round == 0)
            first = now;
        else {
            assert_int_equal(now.len, first.len);
            assert_memory_equal(now.ptr, first.ptr, now.len);
            buf_clear(&now);
        }
        office_close(&o);
    }
    buf_clear(&first);
}

/* One document that says two things of one key: a coarser print is one more place, another value
 * waits for a person. */
static void test_said_otherwise(void **state)
{
    struct office o;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome out = taken(
        &o, "t.txt",
        "2024年，云州市规上工业利润总额超300亿元。\n2024年，云州市规上工业利润总额308.7亿元。\n"
        "2024年，云州市规上工业利润总额512亿元。\n",
        "2025-01-20", "云州市");
    struct claim_row fine = claim_at(&o, out.document, "308.7亿元"),
                     coarse = claim_at(&o, out.document, "300亿元"),
                     other = claim_at(&o, out.document, "512亿元");
    assert_int_equal(fine.state, CLAIM_FILED);
    assert_int_equal(coarse.state, CLAIM_MERGED);
    assert_int_equal(coarse.fact, fine.fact);
    assert_int_equal(other.state, CLAIM_QUEUED);
    assert_true(str_is(other.reason, "said-otherwise"));
    office_close(&o);
}

static void test_hostile(void **state)
{
    struct office o;
    struct review_outcome out;
    (void)state;
    office_open(&o, "memory");
    const size_t big = REVIEW_BYTES_MAX + 1;
    char *many = mem_alloc(big);
    memset(many, '1', big);
    const struct {
        struct str bytes;
        enum code want;
        const char *text;
    } rows[] = {
        {STR(""), E_INPUT, "empty"},
        {STR(" \n\t\r\n"), E_INPUT, "empty"},
        {STR("\xEF\xBB\xBF"), E_INPUT, "empty"},
        {STR("%PDF-1.7 ..."), E_INPUT, "PDF"},
        {STR("PK\x03\x04word"), E_INPUT, "Word"},
        {STR("\x7F"
             "ELF"),
         E_INPUT, "program"},
        {STR("\0\1\2\3\4\5\6\7\xfe\xff\xff\0"), E_INPUT, ""},
        {{many, big}, E_LIMIT, "the largest that is read"},
        {STR("云州市利润总额5亿元。"), E_INPUT, "no date"},
    };
    size_t before = ledger_fact_count(o.l);
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (take(&o, "bad.txt", rows[i].bytes, "", "", &out) != rows[i].want ||
            !strstr(o.err.text, rows[i].text))
            fail_msg("row %zu: %d %s", i, o.err.code, o.err.text);
    }
    assert_int_equal(ledger_fact_count(o.l), before);
    assert_int_equal(model_find_source(o.m, STR("bad.txt")), 0); /* and nothing stays behind */
    /* cut in the middle of a character, nested without end, digits without end */
    struct str cut = {year, 70};
    assert_int_equal(take(&o, "cut.txt", cut, "2025", "云州市", &out), E_INPUT);
    assert_non_null(strstr(o.err.text, "breaks off"));
    assert_int_equal(take(&o, "a\nb.txt", str_z(year), "2025", "云州市", &out), E_INPUT);
    char *figures = mem_alloc(4u << 20);
    size_t filled = 0;
    for (int i = 0; i < 110000; i++)
        filled += (size_t)sprintf(figures + filled, "云州市企业%d家。\n", i);
    assert_int_equal(take(&o, "many.txt", (struct str){figures, filled}, "2025", "云州市", &out),
                     E_LIMIT);
    mem_free(figures);
    for (size_t i = 0; i + 6 < (1u << 20); i += 6)
        memcpy(many + i, "<div>9", 6);
    assert_int_equal(take(&o, "nest.html", (struct str){many, 1u << 20}, "2025", "", &out), OK);
    memset(many, '9', 1u << 20);
    assert_int_equal(take(&o, "nines.txt", (struct str){many, 1u << 20}, "2025", "", &out), OK);
    mem_free(many);
    office_close(&o);
}

/* ---- decisions ---- */

static enum code correct(struct office *o, struct review_change ch, struct claim_row *out)
{
    struct review r = desk(o);
    o->err = (struct error){0};
    return review_correct(&r, &ch, &o->a, out, &o->err);
}

static void test_correct(void **state)
{
    struct office o;
    struct claim_row now;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome out = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    struct claim_row was = claim_at(&o, out.document, "308.7亿元");
    const struct fact before = *ledger_fact(o.l, was.fact);
    struct as_of then = {DAY_MAX, o.clock};
    assert_int_equal(
        correct(&o,
                (struct review_change){.claim = was.id, .value = STR("318.7"), .note = STR("typo")},
                &now),
        OK);
    assert_true(now.fact != was.fact && now.id == was.id && now.seq > was.seq);
    const struct fact *f = ledger_fact(o.l, now.fact);
    assert_true(f->value > before.value);
    assert_ptr_equal(ledger_current(o.l, f->entity, f->series, f->period, AS_OF_NOW), f);
    assert_int_equal(ledger_current(o.l, f->entity, f->series, f->period, then)->id, before.id);
    uint64_t it = 0;
    const struct trace *t = ledger_trace(o.l, f->id, &it);
    assert_true(str_is(t->note, "correct: 李四: typo")); /* who and why */
    /* another period: the old key has nothing left */
    assert_int_equal(
        correct(&o, (struct review_change){.claim = was.id, .period = STR("2023")}, &now), OK);
    assert_null(ledger_current(o.l, before.entity, before.series, before.period, AS_OF_NOW));
    assert_non_null(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2023"));
    assert_non_null(ledger_fact(o.l, before.id)); /* and is still there to be asked */
    office_close(&o);
}

static void test_correct_refused(void **state)
{
    struct office o;
    struct claim_row now;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome out = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    uint64_t id = claim_at(&o, out.document, "308.7亿元").id;
    const struct {
        struct review_change ch;
        enum code want;
        const char *text;
    } rows[] = {
        {{.claim = id, .value = STR("much")}, E_INPUT, "value:"},
        {{.claim = id, .period = STR("soon")}, E_INPUT, "period:"},
        {{.claim = id, .unit = STR("人")}, E_INPUT, "does not convert"},
        {{.claim = id, .unit = STR("zorkmid")}, E_MISSING, "no unit is called 'zorkmid'"},
        {{.claim = id, .subject = STR("亚特兰蒂斯")}, E_MISSING, "no entity is called"},
        {{.claim = id, .indicator = STR("神仙数")}, E_MISSING, "no indicator is called"},
        {{.claim = id, .kind = STR("mood")}, E_INPUT, "unknown kind 'mood'"},
        {{.claim = id, .version = 1, .value = STR("2")}, E_CONFLICT, "changed meanwhile"},
        {{.claim = 4711, .value = STR("2")}, E_MISSING, "no claim 4711"},
        {{.document = out.document, .start = 5, .end = 5, .value = STR("2")}, E_INPUT, "span"},
        {{.document = out.document, .start = 99990, .end = 99995, .value = STR("2")},
         E_INPUT,
         "has only"},
        {{.document = 77, .start = 1, .end = 2}, E_MISSING, "no document 77"},
    };
    uint64_t revision = ledger_revision(o.l);
    struct claim_row newer;
    assert_int_equal(
        correct(&o, (struct review_change){.claim = id, .note = STR("looked at")}, &newer), OK);
    revision++;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (correct(&o, rows[i].ch, &now) != rows[i].want || !strstr(o.err.text, rows[i].text))
            fail_msg("row %zu: %d %s", i, o.err.code, o.err.text);
    assert_int_equal(ledger_revision(o.l), revision);
    office_close(&o);
}

/* What one document takes back leaves what another says of the same key. */
static void test_reject(void **state)
{
    struct office o;
    struct claim_row now;
    (void)state;
    office_open(&o, "memory");
    const char *text = "2024年，云州市规上工业利润总额300.1亿元。";
    struct review_outcome a = taken(&o, "a.txt", text, "2025-01-20", "云州市");
    struct review_outcome b =
        taken(&o, "b.txt", "2024年，云州市规上工业利润总额399.9亿元。", "2025-03-20", "云州市");
    struct claim_row mine = claim_at(&o, b.document, "399.9亿元"),
                     other = claim_at(&o, a.document, "300.1亿元");
    assert_int_equal(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2024")->id, mine.fact);
    struct review r = desk(&o);
    MUST(review_reject(&r, mine.id, mine.seq, STR("misread"), &o.a, &now, e));
    assert_int_equal(now.state, CLAIM_REJECTED);
    assert_int_equal(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2024")->id, other.fact);
    struct review_outcome again =
        taken(&o, "b.txt", "2024年，云州市规上工业利润总额399.9亿元。", "2025-03-20", "");
    assert_false(again.changed); /* a rejected claim is not read in again */
    r = desk(&o);
    MUST(review_accept(&r, mine.id, 0, STR(""), &o.a, &now, e)); /* but may be taken back in */
    assert_int_equal(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2024")->id, now.fact);
    assert_int_equal(now.state, CLAIM_FILED);
    office_close(&o);
}

static void test_merge(void **state)
{
    struct office o;
    struct claim_row now;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome out =
        taken(&o, "t.txt", "2024年，云州市规上工业利润总额308.7亿元。新增神仙企业77家。\n",
              "2025-01-20", "云州市");
    struct claim_row fact = claim_at(&o, out.document, "308.7亿元"),
                     odd = claim_at(&o, out.document, "77家");
    struct review r = desk(&o);
    assert_int_equal(review_merge(&r, odd.id, 0, 4711, STR(""), &o.a, &now, &o.err), E_MISSING);
    MUST(review_merge(&r, odd.id, odd.seq, fact.fact, STR(""), &o.a, &now, e));
    assert_int_equal(now.state, CLAIM_MERGED);
    size_t places = 0;
    for (uint64_t it = 0; ledger_trace(o.l, fact.fact, &it);)
        places++;
    assert_int_equal(places, 2);
    /* both spans say it: one of them rejected, the fact holds; both, and it is withdrawn */
    r = desk(&o);
    MUST(review_reject(&r, fact.id, 0, STR(""), &o.a, &now, e));
    assert_non_null(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2024"));
    r = desk(&o);
    MUST(review_reject(&r, odd.id, 0, STR(""), &o.a, &now, e));
    assert_null(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2024"));
    office_close(&o);
}

static void test_accept_and_add(void **state)
{
    struct office o;
    struct claim_row now;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome out = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    struct claim_row odd = claim_at(&o, out.document, "77家");
    struct review r = desk(&o);
    MUST(review_accept(&r, odd.id, odd.seq, STR(""), &o.a, &now, e));
    assert_int_equal(now.state, CLAIM_FILED);
    uint32_t made = model_find_indicator(o.m, odd.indicator);
    assert_true(made && model_indicator(o.m, made)->provisional);
    assert_int_equal(review_accept(&r, odd.id, 0, STR(""), &o.a, &now, &o.err), E_CONFLICT);
    /* a number that was taken for noise: 2024 of the first line of the body */
    assert_int_equal(correct(&o,
                             (struct review_change){.document = out.document,
                                                    .start = 9,
                                                    .end = 13,
                                                    .value = STR("2024"),
                                                    .unit = STR("家"),
                                                    .indicator = STR("上市公司数"),
                                                    .kind = STR("count"),
                                                    .period = STR("2024")},
                             &now),
                     OK);
    assert_true(str_is(now.text, "2024"));
    assert_non_null(current(&o, "云州市", "上市公司数", KIND_COUNT, "", "2024"));
    office_close(&o);
}

/* Teaching files what waited in every document, and the next text needs no hand. */
static void test_teach(void **state)
{
    struct office o;
    struct review_taught t;
    (void)state;
    office_open(&o, "memory");
    struct review_outcome a =
        taken(&o, "a.txt", "2024年，云州市新增神仙企业77家。\n", "2025-01-20", "云州市");
    struct review_outcome b =
        taken(&o, "b.txt", "2023年，云州市新增神仙企业66家。\n", "2024-01-20", "云州市");
    struct claim_row odd = claim_at(&o, a.document, "77家");
    assert_int_equal(odd.state, CLAIM_QUEUED);
    uint32_t known = model_find_indicator(o.m, STR("新增规上工业企业数"));
    assert_true(known);
    struct review r = desk(&o);
    MUST(review_teach(&r, odd.indicator, 0, known, &t, e));
    o.m = ledger_model(o.l);
    assert_int_equal(t.documents, 2);
    assert_int_equal(t.filed, 2);
    assert_int_equal(claim_at(&o, a.document, "77家").state, CLAIM_FILED);
    assert_int_equal(claim_at(&o, b.document, "66家").state, CLAIM_FILED);
    struct review_outcome c =
        taken(&o, "c.txt", "2022年，云州市新增神仙企业55家。\n", "2023-01-20", "云州市");
    assert_int_equal(claim_at(&o, c.document, "55家").state, CLAIM_FILED);
    assert_non_null(current(&o, "云州市", "新增规上工业企业数", KIND_COUNT, "", "2022"));
    r = desk(&o);
    o.err = (struct error){0};
    assert_int_equal(review_teach(&r, STR("42"), 0, known, &t, &o.err), E_INPUT);
    o.err = (struct error){0};
    assert_int_equal(review_teach(&r, STR("规上工业利润"), 0, known, &t, &o.err), E_CONFLICT);
    office_close(&o);
}

/* Queue, decisions, names and originals are there after a restart. */
static void test_restart(void **state)
{
    struct office o;
    struct claim_row now;
    (void)state;
    office_open(&o, "duckdb");
    struct review_outcome out = taken(&o, "year.txt", year, "2025-01-20", "云州市");
    struct claim_row was = claim_at(&o, out.document, "308.7亿元");
    struct review r = desk(&o);
    MUST(review_reject(&r, was.id, 0, STR("no"), &o.a, &now, e));
    o.s.l = o.l;
    scratch_reopen(&o.s);
    o.l = o.s.l;
    o.m = ledger_model(o.l);
    struct document_row *rows;
    size_t count;
    MUST(registry_documents(ledger_registry(o.l), 0, &o.a, &rows, &count, e));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].claims[CLAIM_REJECTED], 1);
    assert_int_equal(rows[0].claims[CLAIM_QUEUED], out.claims[CLAIM_QUEUED]);
    assert_null(current(&o, "云州市", "规上工业利润", KIND_LEVEL, "", "2024"));
    assert_false(taken(&o, "year.txt", year, "2025-01-20", "云州市").changed);
    office_close(&o);
}

/* ---- the five bulletins, where they are at hand ---- */

static const char *const seeds[][3] = {
    {"000_012aab4d7e564c44.txt", "2024-09-20", "洛阳市"},
    {"001_8e00ac7a97b8b83b.txt", "2025-09-30", "洛阳市"},
    {"002_3d7927978cc75c0c.txt", "2024-01-24", "河南省"},
    {"003_a8c496a8a07afbfb.txt", "2018", "洛阳市"},
    {"004_36f57807dadc5560.txt", "2024-03-27", "聊城市"},
};

/* The same key in another workspace, by names: the facts there are of one that bears both names. */
static const struct fact *same_key_in(const struct office *o, const struct model *m,
                                      const struct fact *f)
{
    const struct series *s = model_series(m, f->series);
    uint32_t above = model_parent(m, f->entity, DAY_MAX), id, i, series;
    struct str name = model_entity(m, f->entity)->name;
    i = model_find_indicator(o->m, model_indicator(m, s->indicator)->name);
    series = i ? model_find_series(o->m, i, s->kind, s->comparison, s->modality) : 0;
    for (size_t it = 0; series && (id = model_named(o->m, name, &it));) {
        uint32_t over = model_parent(o->m, id, DAY_MAX);
        const struct fact *g = ledger_current(o->l, id, series, f->period, AS_OF_NOW);
        if (g && (!above || !over ||
                  str_eq(model_entity(m, above)->name, model_entity(o->m, over)->name)))
            return g;
    }
    return NULL;
}

/* Against the figures that were read by hand: what is filed of the same key has the same value. */
static void against_hand(struct office *o)
{
    static const char *const files[] = {"regions.csv", "docs.csv", "facts.csv"};
    struct office hand = {.clock = 1000, .words = {.arena = &o->a}};
    struct import_file in[COUNT(files)];
    struct import_report report;
    size_t same = 0, differ = 0, lack = 0;
    arena_init(&hand.a, 0);
    scratch_open(&hand.s, "memory");
    hand.l = hand.s.l;
    MUST(import_catalogue(hand.l, STR("4103"), hand.clock, e));
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[100];
        snprintf(path, sizeof path, "examples/henan/%s", files[i]);
        in[i] = (struct import_file){str_z(files[i]), source_file(&hand, path)};
    }
    MUST(import_files(hand.l, in, COUNT(files), IMPORT_WHOLE, STR("test"), 2000, &report, e));
    import_report_clear(&report);
    for (uint64_t id = 1; id <= ledger_fact_count(hand.l); id++) {
        const struct fact *f = ledger_fact(hand.l, id);
        const struct fact *g = same_key_in(o, ledger_model(hand.l), f);
        same += g && g->value == f->value;
        differ += g && g->value != f->value;
        lack += !g;
    }
    print_message("# of %zu figures read by hand: %zu filed the same, %zu otherwise, %zu under no "
                  "or another key\n",
                  ledger_fact_count(hand.l), same, differ, lack);
    assert_true(same >= 135);
    assert_int_equal(differ, 0);
    office_close(&hand);
}

/* A workspace with nothing but the catalogue: most is filed, the rest waits, and the figure of the
 * cockpit's first page is there with the one before it. */
static void test_seeds(void **state)
{
    struct office o;
    size_t filed = 0, queued = 0;
    (void)state;
    memset(&o, 0, sizeof o);
    arena_init(&o.a, 0);
    if (!source_file(&o, "../shared/seeds/000_012aab4d7e564c44.txt").ptr) {
        print_message("# skipped: no ../shared/seeds\n");
        arena_clear(&o.a);
        skip();
    }
    scratch_open(&o.s, "memory");
    o.l = o.s.l;
    o.m = ledger_model(o.l);
    o.clock = 1000;
    o.words.arena = &o.a;
    MUST(import_catalogue(o.l, STR("4103"), o.clock, e));
    for (size_t i = 0; i < COUNT(seeds); i++) {
        char path[100];
        struct review_outcome out;
        snprintf(path, sizeof path, "../shared/seeds/%s", seeds[i][0]);
        if (take(&o, seeds[i][0], source_file(&o, path), seeds[i][1], seeds[i][2], &out) != OK)
            fail_msg("%s: %s", seeds[i][0], o.err.text);
        filed += out.claims[CLAIM_FILED] + out.claims[CLAIM_MERGED];
        queued += out.claims[CLAIM_QUEUED];
    }
    print_message("# five bulletins: %zu filed, %zu queued\n", filed, queued);
    assert_true(filed >= 150);
    assert_true(queued <= 40);
    const struct fact *f = current(&o, "洛阳市", "数字化转型指数", KIND_LEVEL, "", "2025-09-30");
    const struct fact *g = current(&o, "洛阳市", "数字化转型指数", KIND_LEVEL, "", "2024-09-20");
    assert_true(f && g);
    char text[DEC_TEXT];
    size_t len = unit_text(o.m, f->unit, f->value, f->decimals, text);
    assert_true(str_is((struct str){text, len}, "32.94"));
    len = unit_text(o.m, g->unit, g->value, g->decimals, text);
    assert_true(str_is((struct str){text, len}, "29.44"));
    against_hand(&o);
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filed_and_queued), cmocka_unit_test(test_twice_is_once),
        cmocka_unit_test(test_dated_anew),       cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_said_otherwise),   cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_correct),          cmocka_unit_test(test_correct_refused),
        cmocka_unit_test(test_reject),           cmocka_unit_test(test_merge),
        cmocka_unit_test(test_accept_and_add),   cmocka_unit_test(test_teach),
        cmocka_unit_test(test_restart),          cmocka_unit_test(test_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
