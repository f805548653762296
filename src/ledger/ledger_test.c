/* ledger_test.c - transactions, what is current and as of when, and what a reader gets after
 * reopening. */
#include "ledger/ledger_testing.h"
#include <sys/wait.h>

/* A province with two cities, three counties below them, an output that adds and a rate that
 * doesn't. */
struct world {
    struct scratch s;
    struct ledger *l;
    uint32_t yuan, percent, output, rate, adds, grows, grouping;
    uint32_t province, city_a, city_b, a1, a2, b1;
    uint32_t report, paper;
    uint32_t a2_membership;
};

static uint32_t add_entity(struct ledger *l, const char *name, const char *type)
{
    uint32_t id;
    MUST(ledger_put_entity(l, (struct entity){.name = str_z(name), .type = str_z(type)}, &id, e));
    return id;
}

static uint32_t add_member(struct world *w, uint32_t child, uint32_t parent)
{
    struct membership ms = {.grouping = w->grouping,
                            .child = child,
                            .parent = parent,
                            .ppm = PPM,
                            .from = DAY_MIN,
                            .to = DAY_MAX};
    uint32_t id;
    MUST(ledger_put_membership(w->l, ms, &id, e));
    return id;
}

static void add_words(struct world *w)
{
    struct ledger *l = w->l;
    uint32_t money, ratio;
    MUST(ledger_put_dimension(
        l, (struct dimension){.name = STR("money"), .base = STR("元"), .scale = 2}, &money, e));
    MUST(ledger_put_dimension(
        l, (struct dimension){.name = STR("percent"), .base = STR("%"), .scale = 6}, &ratio, e));
    MUST(ledger_put_unit(l,
                         (struct unit){.symbol = STR("元"), .dimension = money, .num = 1, .den = 1},
                         &w->yuan, e));
    MUST(ledger_put_unit(l,
                         (struct unit){.symbol = STR("%"), .dimension = ratio, .num = 1, .den = 1},
                         &w->percent, e));
    MUST(ledger_put_indicator(l,
                              (struct indicator){.name = STR("产值"),
                                                 .unit = w->yuan,
                                                 .measure = MEASURE_FLOW,
                                                 .over_entities = OVER_SUM},
                              &w->output, e));
    MUST(ledger_put_indicator(
        l, (struct indicator){.name = STR("增速"), .unit = w->percent, .measure = MEASURE_RATE},
        &w->rate, e));
    MUST(ledger_put_series(
        l, (struct series){.indicator = w->output, .dimension = money, .kind = KIND_LEVEL},
        &w->adds, e));
    MUST(ledger_put_series(
        l, (struct series){.indicator = w->rate, .dimension = ratio, .kind = KIND_GROWTH},
        &w->grows, e));
    MUST(ledger_put_source(l, (struct source){.doc = STR("report")}, &w->report, e));
    MUST(ledger_put_source(l, (struct source){.doc = STR("paper")}, &w->paper, e));
}

static void add_regions(struct world *w)
{
    struct grouping g = {
        .name = STR("行政区划"), .alias = STR("district"), .kind = GROUP_PARTITION};
    MUST(ledger_put_grouping(w->l, g, &w->grouping, e));
    w->province = add_entity(w->l, "省", "province");
    w->city_a = add_entity(w->l, "甲市", "city");
    w->city_b = add_entity(w->l, "乙市", "city");
    w->a1 = add_entity(w->l, "甲一县", "county");
    w->a2 = add_entity(w->l, "甲二县", "county");
    w->b1 = add_entity(w->l, "乙一县", "county");
    add_member(w, w->city_a, w->province);
    add_member(w, w->city_b, w->province);
    add_member(w, w->a1, w->city_a);
    w->a2_membership = add_member(w, w->a2, w->city_a);
    add_member(w, w->b1, w->city_b);
}

static void begin_at(struct world *w, int64_t recorded_us)
{
    MUST(ledger_begin(w->l, STR("test"), STR("tester"), recorded_us, e));
}

static struct ledger_counts commit(struct world *w)
{
    struct ledger_counts counts;
    MUST(ledger_commit(w->l, &counts, e));
    return counts;
}

static void world_open(struct world *w, const char *backend)
{
    scratch_open(&w->s, backend);
    w->l = w->s.l;
    begin_at(w, 1);
    add_words(w);
    add_regions(w);
    commit(w);
}

static void world_reopen(struct world *w)
{
    scratch_reopen(&w->s);
    w->l = w->s.l;
}

static void world_close(struct world *w)
{
    scratch_close(&w->s);
}

static struct fact fact_of(const struct world *w, uint32_t entity, int64_t value)
{
    return (struct fact){.entity = entity,
                         .series = w->adds,
                         .source = w->report,
                         .unit = w->yuan,
                         .period = period_z("2024"),
                         .value = value,
                         .published = day_z("2025-01-20")};
}

static enum put put(struct world *w, struct fact f)
{
    enum put how;
    MUST(ledger_put_fact(w->l, f, NULL, &how, e));
    return how;
}

static struct trace trace_at(const struct world *w, int32_t start)
{
    return (struct trace){.source = w->report,
                          .start = start,
                          .end = start + 4,
                          .text = STR("12元"),
                          .key = STR("s-1"),
                          .file = STR("f.csv"),
                          .line = 2,
                          .note = STR("")};
}

static i128 sum_of(const struct world *w, uint32_t entity)
{
    struct rollup_cell c;
    rollup_get(ledger_rollup(w->l), w->grouping, entity, w->adds, period_z("2024"), &c);
    return c.sum;
}

static const struct fact *current(const struct world *w, uint32_t entity, struct as_of as_of)
{
    return ledger_current(w->l, entity, w->adds, period_z("2024"), as_of);
}

/* ---- what a transaction leaves ---- */

struct sizes {
    size_t dimensions, units, indicators, series, entities, groupings, memberships, sources, facts,
        aliases;
};

static struct sizes sizes_of(const struct world *w)
{
    const struct model *m = ledger_model(w->l);
    struct sizes s = {m->dimensions.len,       m->units.len,
                      m->indicators.len,       m->series.len,
                      m->entities.len,         m->groupings.len,
                      m->memberships.len,      m->sources.len,
                      ledger_fact_count(w->l), 0};
    for (size_t it = 0; model_alias(m, w->city_a, &it).ptr;)
        s.aliases++;
    for (size_t it = 0; model_indicator_alias(m, w->output, &it).ptr;)
        s.aliases++;
    return s;
}

/* Touches everything a transaction can touch. */
static void put_all(struct world *w)
{
    struct ledger *l = w->l;
    uint32_t id, unit, moved;
    enum put how;
    struct trace t = trace_at(w, 10);
    MUST(ledger_put_unit(l, (struct unit){.symbol = STR("箩")}, &unit, e));
    MUST(ledger_put_unit_alias(l, unit, STR("筐"), e));
    MUST(ledger_put_indicator(l, (struct indicator){.name = STR("新指标"), .unit = unit}, &id, e));
    MUST(ledger_put_indicator(l,
                              (struct indicator){.name = STR("产值"),
                                                 .unit = w->yuan,
                                                 .measure = MEASURE_STOCK,
                                                 .over_entities = OVER_NONE},
                              &id, e));
    MUST(ledger_put_indicator_alias(l, w->output, STR("总产值"), e));
    id = add_entity(l, "丙市", "city");
    add_member(w, id, w->province);
    MUST(ledger_put_alias(l, w->city_a, STR("甲"), e));
    MUST(ledger_put_entity(
        l, (struct entity){.id = w->a1, .name = STR("甲一县"), .type = STR("district")}, &id, e));
    MUST(ledger_end_membership(l, w->a2_membership, day_z("2023"), e));
    moved = add_entity(l, "新县", "county");
    add_member(w, moved, w->city_b);
    MUST(ledger_put_source(l, (struct source){.doc = STR("report"), .title = STR("new")}, &id, e));
    MUST(ledger_put_source(l, (struct source){.doc = STR("third")}, &id, e));
    MUST(ledger_put_fact(l, fact_of(w, w->a1, 99), &t, &how, e));
    MUST(ledger_put_fact(l, fact_of(w, w->b1, 7), &t, &how, e));
    MUST(ledger_put_fact(l, fact_of(w, moved, 5), NULL, &how, e));
}

static void rollback_leaves_nothing(void **state)
{
    (void)state;
    struct world w;
    struct buf before;
    world_open(&w, "memory");
    begin_at(&w, 2);
    put(&w, fact_of(&w, w.a1, 10));
    put(&w, fact_of(&w, w.a2, 20));
    commit(&w);
    struct sizes sizes = sizes_of(&w);
    uint64_t revision = ledger_revision(w.l);
    rollup_text(w.l, &before);
    for (int round = 0; round < 3; round++) {
        begin_at(&w, 3 + round);
        put_all(&w);
        assert_int_equal(sum_of(&w, w.city_b), 0); /* 产值 no longer adds */
        ledger_rollback(w.l);
        struct sizes now = sizes_of(&w);
        assert_memory_equal(&sizes, &now, sizeof now);
        check_sums(w.l, &before, "after a rollback");
        assert_int_equal(sum_of(&w, w.city_a), 30);
        assert_int_equal(current(&w, w.a1, AS_OF_NOW)->value, 10);
        assert_null(current(&w, w.b1, AS_OF_NOW));
        assert_int_equal(ledger_revision(w.l), revision);
        assert_int_equal(model_find_unit(ledger_model(w.l), STR("筐")), 0);
        assert_int_equal(model_find_source(ledger_model(w.l), STR("third")), 0);
        check_text(model_entity(ledger_model(w.l), w.a1)->type, STR("county"), "type taken back");
        check_text(model_source(ledger_model(w.l), w.report)->title, STR(""), "title taken back");
        check_replay(w.l);
    }
    begin_at(&w, 9); /* and what was taken back can be put again */
    put_all(&w);
    commit(&w);
    check_replay(w.l);
    buf_clear(&before);
    world_close(&w);
}

static void refused_rows_leave_the_rest(void **state)
{
    (void)state;
    struct world w;
    struct error e = {0};
    uint32_t id;
    world_open(&w, "memory");
    struct membership ms = {.grouping = w.grouping, .ppm = PPM, .from = DAY_MIN, .to = DAY_MAX};
    begin_at(&w, 2);
    put(&w, fact_of(&w, w.a1, 10));
    ms.child = w.province;
    ms.parent = w.a1;
    assert_int_equal(ledger_put_membership(w.l, ms, &id, &e), E_CONFLICT);
    assert_non_null(strstr(e.text, "cycle"));
    e = (struct error){0};
    ms.child = w.a1;
    ms.parent = w.city_b;
    assert_int_equal(ledger_put_membership(w.l, ms, &id, &e), E_CONFLICT);
    assert_non_null(strstr(e.text, "甲一县"));
    struct grouping g = {.name = STR("行政区划"), .kind = GROUP_OVERLAP};
    assert_int_equal(ledger_put_grouping(w.l, g, &id, NULL), E_CONFLICT);
    struct series s = {.indicator = w.output, .dimension = 2, .kind = KIND_LEVEL};
    assert_int_equal(ledger_put_series(w.l, s, &id, NULL), E_INPUT);
    put(&w, fact_of(&w, w.b1, 5));
    struct ledger_counts counts = commit(&w);
    assert_int_equal(counts.facts, 2);
    assert_int_equal(counts.memberships, 0);
    assert_int_equal(sum_of(&w, w.province), 15);
    check_replay(w.l);
    world_close(&w);
}

/* ---- durable ---- */

static int commit_and_die(const char *dir)
{
    struct world w = {0};
    struct error e = {0};
    if (ledger_open(&w.l, dir, true, STR("duckdb"), &e) != OK)
        return 2;
    begin_at(&w, 1);
    add_words(&w);
    add_regions(&w);
    put(&w, fact_of(&w, w.a1, 12));
    commit(&w);
    begin_at(&w, 2);
    put(&w, fact_of(&w, w.a1, 13));
    return 0; /* the second transaction and the closing never happen */
}

static void committed_survives_the_process(void **state)
{
    (void)state;
    struct scratch s;
    int status;
    scratch_folder(&s);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(commit_and_die(s.dir));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    MUST(ledger_open(&s.l, s.dir, false, STR(""), e));
    assert_int_equal(ledger_fact_count(s.l), 1);
    assert_int_equal(ledger_fact(s.l, 1)->value, 12);
    check_replay(s.l);
    scratch_close(&s);
}

static void check_same_fact(const struct fact *a, const struct fact *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->entity, b->entity);
    assert_int_equal(a->series, b->series);
    assert_int_equal(a->source, b->source);
    assert_int_equal(a->unit, b->unit);
    assert_int_equal(a->batch, b->batch);
    assert_true(period_eq(a->period, b->period));
    assert_int_equal(a->value, b->value);
    assert_int_equal(a->value_hi, b->value_hi);
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->decimals, b->decimals);
    assert_int_equal(a->qualifier, b->qualifier);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->published, b->published);
    assert_int_equal(a->recorded_us, b->recorded_us);
}

static void reopened_is_the_same(void **state)
{
    (void)state;
    struct world w;
    struct buf before;
    enum put how;
    world_open(&w, "duckdb");
    begin_at(&w, 2);
    struct trace first = trace_at(&w, 3), second = trace_at(&w, 30);
    struct fact f = fact_of(&w, w.a1, INT64_MAX);
    f.qualifier = Q_RANGE;
    f.value_hi = INT64_MAX;
    f.step = 100;
    f.decimals = 2;
    MUST(ledger_put_fact(w.l, f, &first, &how, e));
    MUST(ledger_put_fact(w.l, f, &second, &how, e));
    assert_int_equal(how, PUT_SAME);
    f = fact_of(&w, w.a2, INT64_MAX); /* the sum leaves 64 bits */
    f.published = DAY_MIN;
    put(&w, f);
    f = fact_of(&w, w.b1, 0);
    f.state = STATE_WITHHELD;
    put(&w, f);
    commit(&w);
    begin_at(&w, 3);
    MUST(ledger_end_membership(w.l, w.a2_membership, day_z("2023"), e));
    commit(&w);
    begin_at(&w, 4);
    put(&w, fact_of(&w, w.b1, 4)); /* rolled back by closing */

    struct fact facts[3];
    for (uint64_t i = 0; i < 3; i++)
        facts[i] = *ledger_fact(w.l, i + 1);
    ledger_rollback(w.l);
    rollup_text(w.l, &before);
    uint64_t revision = ledger_revision(w.l);
    begin_at(&w, 5);
    put(&w, fact_of(&w, w.b1, 4));
    world_reopen(&w);

    assert_int_equal(ledger_fact_count(w.l), 3);
    for (uint64_t i = 0; i < 3; i++)
        check_same_fact(ledger_fact(w.l, i + 1), &facts[i]);
    uint64_t it = 0;
    assert_int_equal(ledger_trace(w.l, 1, &it)->start, 3);
    const struct trace *t = ledger_trace(w.l, 1, &it);
    assert_int_equal(t->start, 30);
    assert_int_equal(t->end, 34);
    check_text(t->text, STR("12元"), "text of a trace");
    check_text(t->key, STR("s-1"), "key of a trace");
    check_text(t->file, STR("f.csv"), "file of a trace");
    assert_null(ledger_trace(w.l, 1, &it));
    assert_int_equal(ledger_revision(w.l), revision);
    check_sums(w.l, &before, "after reopening");
    check_replay(w.l);
    buf_clear(&before);
    world_close(&w);
}

static void open_refuses(void **state)
{
    (void)state;
    struct scratch s;
    struct ledger *other = NULL;
    struct error e = {0};
    scratch_open(&s, "memory");
    assert_int_equal(ledger_open(&other, s.dir, true, STR("memory"), &e), E_CONFLICT);
    e = (struct error){0};
    assert_int_equal(ledger_open(&other, "/tmp/luoshu-no-such-place", false, STR(""), &e),
                     E_MISSING);
    assert_non_null(strstr(e.text, "luoshu init"));
    assert_null(other);
    scratch_close(&s);
}

/* ---- which fact is current ---- */

static void current_ignores_order(void **state)
{
    (void)state;
    static const struct {
        const char *published;
        int64_t recorded, value;
        bool paper;
    } said[] = {
        {"2025-01-20", 10, 1, false},
        {"2025-03-01", 5,  2, true }, /* published later, recorded sooner */
        {"2025-01-20", 20, 1, true }, /* the same value again from elsewhere */
        {"2025-03-01", 5,  3, false}
    }; /* the same moment: the greater value */
    static const int orders[][4] = {
        {0, 1, 2, 3},
        {3, 2, 1, 0},
        {2, 0, 3, 1},
        {1, 3, 0, 2},
        {3, 0, 1, 2},
        {0, 3, 2, 1},
        {2, 3, 1, 0},
        {1, 2, 3, 0}
    };
    for (size_t o = 0; o < COUNT(orders); o++) {
        struct world w;
        world_open(&w, "memory");
        for (int i = 0; i < 4; i++) {
            int k = orders[o][i];
            struct fact f = fact_of(&w, w.a1, said[k].value);
            f.published = day_z(said[k].published);
            f.recorded_us = said[k].recorded;
            f.source = said[k].paper ? w.paper : w.report;
            begin_at(&w, 100 + i);
            put(&w, f);
            commit(&w);
        }
        assert_int_equal(current(&w, w.a1, AS_OF_NOW)->value, 3);
        assert_int_equal(sum_of(&w, w.city_a), 3);
        struct as_of early = {day_z("2025-02"), INT64_MAX};
        assert_int_equal(current(&w, w.a1, early)->value, 1);
        assert_int_equal(current(&w, w.a1, early)->recorded_us, 20);
        assert_null(current(&w, w.a1, (struct as_of){day_z("2024"), INT64_MAX}));
        assert_int_equal(current(&w, w.a1, (struct as_of){DAY_MAX, 5})->value, 3);
        assert_null(current(&w, w.a1, (struct as_of){DAY_MAX, 4}));
        check_replay(w.l);
        world_close(&w);
    }
}

static void kinds_of_put(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "memory");
    begin_at(&w, 10);
    struct fact f = fact_of(&w, w.a1, 12);
    assert_int_equal(put(&w, f), PUT_NEW);
    assert_int_equal(put(&w, f), PUT_SAME);
    f.source = w.paper;
    assert_int_equal(put(&w, f), PUT_OTHER_SOURCE);
    commit(&w);
    begin_at(&w, 20);
    f.source = w.report;
    assert_int_equal(put(&w, f), PUT_SAME);
    f.value = 15;
    assert_int_equal(put(&w, f), PUT_REVISION);
    struct ledger_counts n = commit(&w);
    assert_int_equal(n.facts, 1);
    assert_int_equal(n.same, 1);
    assert_int_equal(n.revisions, 1);
    assert_int_equal(sum_of(&w, w.city_a), 15);
    begin_at(&w, 30); /* the correction is taken back */
    f.value = 12;
    assert_int_equal(put(&w, f), PUT_REVISION);
    commit(&w);
    assert_int_equal(sum_of(&w, w.city_a), 12);
    assert_int_equal(current(&w, w.a1, (struct as_of){DAY_MAX, 29})->value, 15);
    begin_at(&w, 40);
    assert_int_equal(put(&w, f), PUT_SAME);
    f.state = STATE_NULL; /* and the figure withdrawn */
    f.value = 0;
    assert_int_equal(put(&w, f), PUT_REVISION);
    commit(&w);
    assert_int_equal(sum_of(&w, w.city_a), 0);
    assert_int_equal(current(&w, w.a1, AS_OF_NOW)->state, STATE_NULL);
    check_replay(w.l);
    world_close(&w);
}

static void rates_are_not_summed(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "memory");
    begin_at(&w, 2);
    struct fact f = fact_of(&w, w.a1, 8800000);
    f.series = w.grows;
    f.unit = w.percent;
    put(&w, f);
    f.entity = w.a2;
    put(&w, f);
    commit(&w);
    struct rollup_cell *cells;
    assert_int_equal(rollup_cells(ledger_rollup(w.l), &cells), 0);
    mem_free(cells);
    world_close(&w);
}

/* ---- readers ---- */

static void chains(void **state)
{
    (void)state;
    struct world w;
    const struct fact *f;
    world_open(&w, "memory");
    begin_at(&w, 2);
    for (int i = 0; i < 6; i++) { /* a1 and b1 in turn; every third from the paper */
        struct fact one = fact_of(&w, i % 2 ? w.b1 : w.a1, 100 + i);
        one.source = i % 3 == 2 ? w.paper : w.report;
        put(&w, one);
    }
    struct fact growth = fact_of(&w, w.a1, 5);
    growth.series = w.grows;
    put(&w, growth);
    commit(&w);
    static const int64_t of_a1[] = {100, 102, 104, 5}, of_paper[] = {102, 105};
    size_t n = 0;
    for (uint64_t it = 0; (f = ledger_of_entity(w.l, w.a1, 0, &it)); n++)
        assert_int_equal(f->value, of_a1[n]);
    assert_int_equal(n, 4);
    n = 0;
    for (uint64_t it = 0; (f = ledger_of_entity(w.l, w.a1, w.adds, &it)); n++)
        assert_int_equal(f->value, of_a1[n]);
    assert_int_equal(n, 3);
    n = 0;
    for (uint64_t it = 0; (f = ledger_of_key(w.l, w.a1, w.adds, period_z("2024"), &it)); n++)
        assert_int_equal(f->value, of_a1[n]);
    assert_int_equal(n, 3);
    n = 0;
    for (uint64_t it = 0; (f = ledger_of_source(w.l, w.paper, &it)); n++)
        assert_int_equal(f->value, of_paper[n]);
    assert_int_equal(n, 2);
    uint64_t it = 0;
    assert_null(ledger_of_entity(w.l, w.province, 0, &it));
    assert_null(ledger_fact(w.l, 0));
    assert_null(ledger_fact(w.l, 8));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(committed_survives_the_process), /* first: it forks before any thread runs
                                                           */
        cmocka_unit_test(rollback_leaves_nothing),
        cmocka_unit_test(refused_rows_leave_the_rest),
        cmocka_unit_test(reopened_is_the_same),
        cmocka_unit_test(open_refuses),
        cmocka_unit_test(current_ignores_order),
        cmocka_unit_test(kinds_of_put),
        cmocka_unit_test(rates_are_not_summed),
        cmocka_unit_test(chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
