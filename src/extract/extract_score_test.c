/* extract_score_test.c - how much of a gold reading the reader finds, and how much it makes up. The
 * seeds are read where LUOSHU_SHARED says, or beside the source tree; bulletins of our own lie in
 * tests/bulletins. With LUOSHU_SCORE_SHOW set, every miss is printed. */
#include "base/test.h"
#include "extract.h"

#define ROWS_MAX 2000
#define DOCS_MAX 64

struct gold {
    struct str doc, text, subject, indicator, kind, value, value_hi, unit, period, comparison;
    uint32_t start, end;
    bool used[3];
};
struct tally {
    size_t gold, found, right[3], noise;
};

static struct arena texts;
static struct extract_words *words;

static const char *source_dir(void)
{
    const char *dir = getenv("LUOSHU_SOURCE");
    return dir != NULL ? dir : ".";
}

static bool read_file(const char *path, struct str *out)
{
    FILE *f = fopen(path, "rb");
    *out = STR_NULL;
    if (f == NULL)
        return false;
    struct buf b;
    char block[65536];
    buf_init(&b, (size_t)256 << 20);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&b, (struct str){block, n});
    (void)fclose(f);
    *out = arena_dup(&texts, buf_str(&b));
    buf_clear(&b);
    return true;
}

static struct str catalog(const char *name)
{
    struct str out;
    struct str path = arena_fmt(&texts, "%s/catalog/%s", source_dir(), name);
    if (!read_file(arena_z(&texts, path), &out))
        fail_msg("cannot read %.*s", STR_ARG(path));
    return out;
}

static void open_words(struct str entities, struct str indicators)
{
    struct extract_files files = {.words = catalog("extract/words.csv"),
                                  .units = catalog("extract/units.csv"),
                                  .noise = catalog("extract/noise.csv"),
                                  .characters = catalog("extract/characters.csv"),
                                  .indicators =
                                      indicators.len > 0 ? indicators : catalog("indicators.csv"),
                                  .entities = entities};
    struct error err = {0};
    if (extract_words_open(&files, &words, &err) != OK)
        fail_msg("%s (line %u)", err.text, err.line);
}

/* ---- gold
 * ----------------------------------------------------------------------------------------- */

static int column(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_is(c->field[i].text, name))
            return (int)i;
    return -1;
}

static struct str field(const struct csv *c, int i)
{
    return i >= 0 && (size_t)i < c->count ? arena_dup(&texts, c->field[i].text) : STR_NULL;
}

static uint32_t number(struct str s)
{
    uint32_t v = 0;
    for (size_t i = 0; i < s.len; i++)
        v = v * 10 + (uint32_t)(s.ptr[i] - '0');
    return v;
}

static size_t read_gold(struct str file, struct gold *out)
{
    static struct csv c;
    static const char *const names[] = {"doc",    "text",       "subject",  "indicator",
                                        "kind",   "value",      "value_hi", "unit",
                                        "period", "comparison", "start",    "end"};
    int col[12];
    bool more;
    struct error err = {0};
    size_t n = 0;
    csv_open(&c, file, &texts);
    assert_int_equal(csv_next(&c, &more, &err), OK);
    for (size_t i = 0; i < 12; i++)
        col[i] = column(&c, names[i]);
    while (csv_next(&c, &more, &err) == OK && more && n < ROWS_MAX)
        out[n++] = (struct gold){field(&c, col[0]),
                                 field(&c, col[1]),
                                 field(&c, col[2]),
                                 field(&c, col[3]),
                                 field(&c, col[4]),
                                 field(&c, col[5]),
                                 field(&c, col[6]),
                                 field(&c, col[7]),
                                 field(&c, col[8]),
                                 field(&c, col[9]),
                                 number(field(&c, col[10])),
                                 number(field(&c, col[11])),
                                 {false}};
    return n;
}

/* ---- comparison
 * ------------------------------------------------------------------------------------- */

static bool same_number(struct str gold, struct dec v)
{
    struct dec g;
    struct error err = {0};
    if (dec_parse(gold, &g, &err) != OK)
        return false;
    while (g.scale > v.scale && g.units % 10 == 0)
        g.units /= 10, g.scale--;
    while (v.scale > g.scale && v.units % 10 == 0)
        v.units /= 10, v.scale--;
    return g.units == v.units && g.scale == v.scale;
}

static bool fits(const struct gold *g, const struct extract_fact *f, int depth)
{
    char period[32];
    if (g->start != f->start || g->end != f->end || !str_eq(g->unit, f->unit) ||
        !same_number(g->value, f->value) ||
        (g->value_hi.len > 0 && !same_number(g->value_hi, f->value_hi)))
        return false;
    if (depth == 0)
        return true;
    struct str p = {period, period_text(f->period, period)};
    if (!str_is(g->kind, kind_name(f->kind)) || !str_eq(g->period, p))
        return false;
    return depth == 1 || (str_eq(g->subject, f->subject) && str_eq(g->indicator, f->indicator));
}

static void show(const char *what, const struct extract_fact *f, const struct gold *g)
{
    char period[32], value[DEC_TEXT];
    if (getenv("LUOSHU_SCORE_SHOW") == NULL)
        return;
    if (g != NULL)
        print_message("# %s gold %u-%u [%.*s] %.*s | %.*s | %.*s %.*s %.*s %.*s %.*s\n", what,
                      g->start, g->end, STR_ARG(g->text), STR_ARG(g->subject),
                      STR_ARG(g->indicator), STR_ARG(g->kind), STR_ARG(g->value), STR_ARG(g->unit),
                      STR_ARG(g->period), STR_ARG(g->comparison));
    if (f == NULL)
        return;
    size_t n = period_text(f->period, period);
    size_t k = dec_text(f->value.units, f->value.scale, value);
    print_message("# %s  got %u-%u [%.*s] %.*s | %.*s | %s %.*s %.*s %.*s %.*s %s\n", what,
                  f->start, f->end, STR_ARG(f->text), STR_ARG(f->subject), STR_ARG(f->indicator),
                  kind_name(f->kind), (int)k, value, STR_ARG(f->unit), (int)n, period,
                  STR_ARG(f->comparison), modality_name(f->modality));
}

static void score_doc(struct str doc, struct gold *gold, size_t n, const struct extract_result *out,
                      struct tally *t)
{
    t->found += out->facts.len;
    for (size_t i = 0; i < n; i++)
        t->gold += str_eq(gold[i].doc, doc);
    for (int depth = 2; depth >= 0; depth--) {
        for (size_t k = 0; k < out->facts.len; k++) {
            const struct extract_fact *f = &out->facts.v[k];
            struct gold *near = NULL;
            bool hit = false;
            for (size_t i = 0; !hit && i < n; i++) {
                if (!str_eq(gold[i].doc, doc) || gold[i].used[depth])
                    continue;
                if (gold[i].start < f->end && f->start < gold[i].end)
                    near = &gold[i];
                if (fits(&gold[i], f, depth)) {
                    gold[i].used[depth] = hit = true;
                    t->right[depth]++;
                }
            }
            if (!hit && depth == 2 && near == NULL)
                show("SPURIOUS", f, NULL);
            else if (!hit && depth == 2)
                show("WRONG", f, near);
        }
    }
    for (size_t i = 0; i < n; i++)
        if (str_eq(gold[i].doc, doc) && !gold[i].used[0])
            show("MISSED", NULL, &gold[i]);
}

static void print_tally(const char *what, const struct tally *t)
{
    static const char *const names[] = {"span+value+unit", "+ kind, period",
                                        "+ subject, indicator"};
    for (int k = 0; k < 3; k++) {
        double p = t->found > 0 ? (double)t->right[k] / (double)t->found : 0;
        double r = t->gold > 0 ? (double)t->right[k] / (double)t->gold : 0;
        print_message("# %-24s %-22s P %.3f  R %.3f  F1 %.3f\n", what, names[k], p, r,
                      p + r > 0 ? 2 * p * r / (p + r) : 0);
    }
    print_message("# %-24s gold %zu, found %zu, noise spans taken as facts %zu\n", what, t->gold,
                  t->found, t->noise);
}

/* ---- corpora
 * -------------------------------------------------------------------------------------------- */

static size_t count_noise(struct str noise, struct str doc, const struct extract_result *out)
{
    static struct gold rows[ROWS_MAX];
    size_t n = noise.len > 0 ? read_gold(noise, rows) : 0, hits = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; str_eq(rows[i].doc, doc) && k < out->facts.len; k++)
            if (out->facts.v[k].start < rows[i].end && rows[i].start < out->facts.v[k].end) {
                show("NOISE", &out->facts.v[k], NULL);
                hits++;
                break;
            }
    return hits;
}

static struct tally score(const char *dir, struct str facts, struct str noise, struct str docs,
                          bool told)
{
    static struct gold gold[ROWS_MAX];
    static struct csv c;
    struct tally t = {0};
    size_t n = read_gold(facts, gold);
    bool more;
    struct error err = {0};
    csv_open(&c, docs, &texts);
    assert_int_equal(csv_next(&c, &more, &err), OK);
    int col[4] = {column(&c, "doc"), column(&c, "source_date"), column(&c, "frame"),
                  column(&c, "default_subject")};
    while (csv_next(&c, &more, &err) == OK && more) {
        struct str doc = field(&c, col[0]), bytes;
        struct extract_doc known = {field(&c, col[1]), field(&c, col[2]), field(&c, col[3])};
        struct extract_result out;
        if (!read_file(arena_z(&texts, arena_fmt(&texts, "%s/%.*s", dir, STR_ARG(doc))), &bytes))
            fail_msg("cannot read %.*s", STR_ARG(doc));
        assert_int_equal(extract_run(words, bytes, told ? &known : NULL, &out, &err), OK);
        size_t noise_hits = count_noise(noise, doc, &out);
        if (!told)
            print_message("# %.*s: date %.*s, frame %.*s, subject %.*s\n", STR_ARG(doc),
                          STR_ARG(out.source_date), STR_ARG(out.frame), STR_ARG(out.subject));
        t.noise += noise_hits;
        score_doc(doc, gold, n, &out, &t);
        extract_result_clear(&out);
    }
    return t;
}

static void at_least(const struct tally *t, int a, int b, int c, size_t noise)
{
    const int least[3] = {a, b, c};
    for (int k = 0; k < 3; k++) { /* F1 in percent */
        int f1 = (int)(200 * t->right[k] / (t->gold + t->found > 0 ? t->gold + t->found : 1));
        if (f1 < least[k])
            fail_msg("F1 %d fell to %d %%, expected %d", k, f1, least[k]);
    }
    assert_true(t->noise <= noise);
}

static void test_seeds(void **state)
{
    (void)state;
    const char *shared = getenv("LUOSHU_SHARED");
    char dir[600], path[700];
    (void)snprintf(dir, sizeof dir, "%s%s", shared != NULL ? shared : source_dir(),
                   shared != NULL ? "" : "/../shared");
    struct str facts, noise, docs, regions, indicators;
    (void)snprintf(path, sizeof path, "%s/facts/seeds.csv", dir);
    if (!read_file(path, &facts)) {
        print_message("# no seeds at %s: set LUOSHU_SHARED\n", dir);
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/facts/seeds-noise.csv", dir);
    (void)read_file(path, &noise);
    (void)snprintf(path, sizeof path, "%s/facts/docs.csv", dir);
    (void)read_file(path, &docs);
    (void)snprintf(path, sizeof path, "%s/facts/regions.csv", dir);
    (void)read_file(path, &regions);
    (void)snprintf(path, sizeof path, "%s/facts/indicators.csv", dir);
    (void)read_file(path, &indicators);
    open_words(regions, indicators);
    (void)snprintf(path, sizeof path, "%s/seeds", dir);
    struct tally told = score(path, facts, noise, docs, true);
    print_tally("seeds, documents known", &told);
    struct tally alone = score(path, facts, noise, docs, false);
    print_tally("seeds, alone", &alone);
    extract_words_free(words);
    at_least(&told, 98, 92, 80, 3);
}

/* A folder of bulletins of our own, scored three ways: with what is known of the documents; with
 * the names of the region only; with nothing but the catalogue. */
struct three {
    struct tally told, alone, bare;
};
static bool score_own(const char *name, struct three *out)
{
    char dir[600], path[700];
    struct str facts, docs, regions, noise;
    (void)snprintf(dir, sizeof dir, "%s/tests/%s", source_dir(), name);
    (void)snprintf(path, sizeof path, "%s/facts.csv", dir);
    if (!read_file(path, &facts))
        return false;
    (void)snprintf(path, sizeof path, "%s/docs.csv", dir);
    (void)read_file(path, &docs);
    (void)snprintf(path, sizeof path, "%s/noise.csv", dir);
    (void)read_file(path, &noise);
    (void)snprintf(path, sizeof path, "%s/regions.csv", dir);
    (void)read_file(path, &regions);
    open_words(regions, STR_NULL);
    out->told = score(dir, facts, noise, docs, true);
    print_tally("documents known", &out->told);
    out->alone = score(dir, facts, noise, docs, false);
    print_tally("names known", &out->alone);
    extract_words_free(words);
    open_words(catalog("divisions/gbt2260.csv"), STR_NULL);
    out->bare = score(dir, facts, noise, docs, false);
    print_tally("nothing known", &out->bare);
    extract_words_free(words);
    return true;
}

static void test_own(void **state)
{
    (void)state;
    struct three t;
    print_message("# tests/bulletins\n");
    if (!score_own("bulletins", &t))
        skip();
    at_least(&t.told, 98, 92, 80, 3);
    at_least(&t.alone, 98, 62, 61, 3); /* half of its facts hang on days that no text tells */
    at_least(&t.bare, 98, 62, 60, 3);
}

static void test_own_second(void **state)
{
    (void)state;
    struct three t;
    print_message("# tests/bulletins-2\n");
    if (!score_own("bulletins-2", &t))
        skip();
    at_least(&t.told, 98, 92, 83, 0);
    at_least(&t.alone, 98, 85, 75, 0);
    at_least(&t.bare, 98, 85, 71, 0);
}

static void test_own_third(void **state)
{
    (void)state;
    struct three t;
    print_message("# tests/bulletins-3\n");
    if (!score_own("bulletins-3", &t))
        skip();
    at_least(&t.told, 98, 98, 77, 0);
    at_least(&t.bare, 98, 98, 77, 0);
}

static int teardown(void **state)
{
    (void)state;
    arena_clear(&texts);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seeds), cmocka_unit_test(test_own),
                                       cmocka_unit_test(test_own_second),
                                       cmocka_unit_test(test_own_third)};
    arena_init(&texts, 0);
    return cmocka_run_group_tests(tests, NULL, teardown);
}
