/* registry_test.c - what is put is loaded, also after crashes cut short; what is damaged is named.
 */
#include "store/store_testing.h"
#include <pthread.h>

struct fixture {
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 40];
    struct registry *g;
};

static int set_up(void **state)
{
    struct error err = {0};
    struct fixture *fx = calloc(1, sizeof *fx);
    scratch_make(fx->dir);
    snprintf(fx->path, sizeof fx->path, "%s/registry.db", fx->dir);
    assert_ok(registry_open(&fx->g, fx->path, true, &err));
    *state = fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    registry_close(fx->g);
    scratch_remove(fx->dir);
    free(fx);
    return 0;
}

static void reopen(struct fixture *fx)
{
    struct error err = {0};
    registry_close(fx->g);
    fx->g = NULL;
    assert_ok(registry_open(&fx->g, fx->path, false, &err));
}

static struct model *load(struct registry *g)
{
    struct error err = {0};
    struct model *m = model_new();
    assert_ok(registry_load(g, m, &err));
    return m;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static const struct dimension money = {1, STR("money"), STR("元"), 2, true};
static const struct unit yuan = {1, 1, STR("元"), STR("yuan"), 1, 1};
static const struct unit huge = {2, 1, STR("亿元"), STR_NULL, INT64_MAX, 3};
static const struct indicator output = {1,        STR("产值"),  2,    MEASURE_FLOW,   OVER_SUM,
                                        OVER_SUM, STR("a / b"), true, STR("file.csv")};
static const struct series growth = {1, 1, 1, KIND_GROWTH, MOD_TARGET, STR("vs:全国")};
static const struct entity city = {1,       STR("洛阳市"), STR("city"), STR("2260:410300"),
                                   STR(""), STR("note"),   false};
static const struct entity county = {2,           STR("某县"), STR("county"), STR(""),
                                     STR("T-17"), STR(""),     true};
static const struct grouping districts = {1, STR("行政区划"), STR("district"), STR(""),
                                          GROUP_WEIGHTED};
static const struct membership within = {1, 1, 2, 1, 250000, DAY_MIN, DAY_MAX, 7};
static const struct source bulletin = {
    1,           STR("b.txt"),  STR("公报"), STR("统计局"), STR("https://example.org/"),
    STR("2024"), STR("洛阳市"), STR("n\n2"), DAY_MIN,       STR("2018")};

static void put_all(struct registry *g, uint32_t batch)
{
    struct error err = {0};
    /* memberships before what they refer to: references are checked at the commit */
    assert_ok(registry_put_membership(g, &within, batch, &err));
    assert_ok(registry_put_dimension(g, &money, batch, &err));
    assert_ok(registry_put_unit(g, &huge, batch, &err));
    assert_ok(registry_put_unit(g, &yuan, batch, &err));
    assert_ok(registry_put_unit_alias(g, 1, STR("块"), batch, &err));
    assert_ok(registry_put_indicator(g, &output, batch, &err));
    assert_ok(registry_put_indicator_alias(g, 1, STR("总产值"), batch, &err));
    assert_ok(registry_put_series(g, &growth, batch, &err));
    assert_ok(registry_put_entity(g, &city, batch, &err));
    assert_ok(registry_put_entity(g, &county, batch, &err));
    assert_ok(registry_put_alias(g, 1, STR("洛阳"), batch, &err));
    assert_ok(registry_put_alias(g, 1, STR("Luoyang"), batch, &err));
    assert_ok(registry_put_alias(g, 1, STR("洛阳"), batch, &err)); /* no effect */
    assert_ok(registry_put_grouping(g, &districts, batch, &err));
    assert_ok(registry_put_source(g, &bulletin, batch, &err));
}

static void batch_open(struct registry *g, uint32_t id)
{
    struct error err = {0};
    struct batch_row b = {id, BATCH_OPEN, STR("a.csv"), STR("cli"), 0, 1760000000000000 + id};
    assert_ok(registry_put_batch(g, &b, &err));
}

static void assert_loaded(const struct model *m)
{
    const struct dimension *d = model_dimension(m, 1);
    assert_str(d->name, "money");
    assert_str(d->base, "元");
    assert_true(d->scale == 2 && d->exact_count);
    const struct unit *u = model_unit(m, 2);
    assert_str(u->symbol, "亿元");
    assert_str(u->en, "");
    assert_true(u->dimension == 1 && u->num == INT64_MAX && u->den == 3);
    assert_int_equal(model_find_unit(m, STR("块")), 1);
    const struct indicator *i = model_indicator(m, 1);
    assert_str(i->name, "产值");
    assert_str(i->formula, "a / b");
    assert_str(i->source, "file.csv");
    assert_true(i->unit == 2 && i->measure == MEASURE_FLOW && i->over_entities == OVER_SUM &&
                i->over_time == OVER_SUM && i->provisional);
    assert_int_equal(model_find_indicator(m, STR("总产值")), 1);
    assert_int_equal(model_find_series(m, 1, KIND_GROWTH, STR("vs:全国"), MOD_TARGET), 1);
    assert_int_equal(model_series(m, 1)->dimension, 1);
}

static void assert_entities_loaded(const struct model *m)
{
    const struct entity *e = model_entity(m, 1);
    assert_str(e->name, "洛阳市");
    assert_str(e->type, "city");
    assert_str(e->code, "2260:410300");
    assert_str(e->note, "note");
    assert_false(e->provisional);
    e = model_entity(m, 2);
    assert_str(e->scope, "T-17");
    assert_true(e->provisional);
    size_t it = 0;
    assert_int_equal(model_named(m, STR("洛阳"), &it), 1);
    it = 0;
    assert_int_equal(model_named(m, STR("Luoyang"), &it), 1);
    it = 0;
    assert_true(model_alias(m, 1, &it).len > 0 && model_alias(m, 1, &it).len > 0);
    assert_int_equal(model_alias(m, 1, &it).len, 0); /* the repeated one is not kept twice */
    const struct grouping *gr = model_grouping(m, 1);
    assert_str(gr->name, "行政区划");
    assert_str(gr->alias, "district");
    assert_int_equal(gr->kind, GROUP_WEIGHTED);
    const struct membership *ms = &m->memberships.v[0];
    assert_true(ms->grouping == 1 && ms->child == 2 && ms->parent == 1 && ms->ppm == 250000 &&
                ms->from == DAY_MIN && ms->to == DAY_MAX && ms->source == 7);
    const struct source *s = model_source(m, 1);
    assert_str(s->doc, "b.txt");
    assert_str(s->address, "https://example.org/");
    assert_str(s->frame, "2024");
    assert_str(s->subject, "洛阳市");
    assert_str(s->note, "n\n2");
    assert_str(s->published_text, "2018");
    assert_int_equal(s->published, DAY_MIN);
}

static void round_trip(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    assert_ok(registry_begin(fx->g, &err));
    put_all(fx->g, 0);
    assert_ok(registry_commit(fx->g, &err));
    for (int i = 0; i < 2; i++, reopen(fx)) {
        struct model *m = load(fx->g);
        assert_loaded(m);
        assert_entities_loaded(m);
        model_free(m);
    }
}

/* ---- batches ------------------------------------------------------------------------------- */

static void open_batch_is_not_loaded(void **state) /* I1 */
{
    struct fixture *fx = *state;
    struct error err = {0};
    assert_ok(registry_begin(fx->g, &err));
    batch_open(fx->g, 1);
    put_all(fx->g, 1);
    assert_ok(registry_commit(fx->g, &err));
    struct model *m = load(fx->g);
    assert_int_equal(m->entities.len + m->units.len + m->sources.len + m->memberships.len, 0);
    model_free(m);
    assert_ok(registry_batch_done(fx->g, 1, &err));
    m = load(fx->g);
    assert_loaded(m);
    assert_entities_loaded(m);
    model_free(m);
}

/* A dataset is seen when its batch is done, by the dates; of its revisions the newest stands. */
static void datasets_have_revisions(void **state) /* I1, I2 */
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct arena a;
    struct dataset_row *rows, d = {.name = STR("io"), .title = STR("表"), .published = 10,
                                   .rows = 1, .columns = 2};
    size_t count;
    struct str text;
    arena_init(&a, 0);
    for (uint32_t batch = 1; batch <= 3; batch++) {
        struct batch_row b = {.id = batch, .origin = STR("t"), .actor = STR("me"),
                              .recorded_us = batch * 100};
        assert_ok(registry_begin(fx->g, &err));
        assert_ok(registry_put_batch(fx->g, &b, &err));
        assert_ok(registry_put_dataset(fx->g, &d, batch == 1 ? STR("a,b\n1,2\n") : STR("a,c\n3,4\n"),
                                       batch, &err));
        assert_ok(registry_commit(fx->g, &err));
        if (batch < 3)
            assert_ok(registry_batch_done(fx->g, batch, &err));
    }
    reopen(fx);
    assert_ok(registry_datasets(fx->g, INT64_MAX, DAY_MAX, &a, &rows, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].revision, 2); /* the third is not acknowledged */
    assert_true(str_is(rows[0].header, "a,c"));
    assert_ok(registry_dataset(fx->g, rows[0].id, &a, &text, &err));
    assert_true(str_is(text, "a,c\n3,4\n"));
    assert_ok(registry_datasets(fx->g, 100, DAY_MAX, &a, &rows, &count, &err));
    assert_int_equal(rows[0].revision, 1);
    assert_ok(registry_datasets(fx->g, INT64_MAX, 9, &a, &rows, &count, &err));
    assert_int_equal(count, 0);
    assert_ok(registry_drop_batch(fx->g, 3, &err));
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM dataset"), 2);
    assert_fails(registry_dataset(fx->g, 99, &a, &text, &err), E_MISSING, "no dataset 99");
    arena_clear(&a);
}

static void dropped_batch_leaves_nothing(void **state) /* I1 */
{
    static const char *const all[] = {"dimension",       "unit",       "unit_alias", "indicator",
                                      "indicator_alias", "series",     "entity",     "entity_alias",
                                      "grouping",        "membership", "source",     "entity_old"};
    struct fixture *fx = *state;
    struct error err = {0};
    assert_ok(registry_begin(fx->g, &err));
    batch_open(fx->g, 1);
    put_all(fx->g, 1);
    assert_ok(registry_commit(fx->g, &err));
    assert_ok(registry_drop_batch(fx->g, 1, &err));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", all[i]);
        assert_int_equal(raw_sql(fx->path, sql), 0);
    }
    assert_fails(registry_drop_batch(fx->g, 1, &err), E_MISSING, "no batch 1");
    assert_fails(registry_drop_batch(fx->g, 0, &err), E_MISSING, "no batch 0");
    batch_open(fx->g, 1);
    assert_ok(registry_batch_done(fx->g, 1, &err));
    assert_fails(registry_drop_batch(fx->g, 1, &err), E_CONFLICT, "batch 1 is done");
}

static void assert_note(struct registry *g, const char *want)
{
    struct model *m = load(g);
    assert_str(model_entity(m, 1)->note, want);
    model_free(m);
}

static void put_note(struct registry *g, const char *note, uint32_t batch)
{
    struct error err = {0};
    struct entity e = city;
    e.note = str_z(note);
    assert_ok(registry_put_entity(g, &e, batch, &err));
}

/* A replaced row is kept, seen while its replacement is open, and comes back when that is dropped.
 */
static void replaced_row_is_kept(void **state) /* I2 */
{
    struct fixture *fx = *state;
    struct error err = {0};
    put_note(fx->g, "first", 0);
    put_note(fx->g, "first", 0); /* says nothing new */
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM entity_old"), 0);
    batch_open(fx->g, 1);
    put_note(fx->g, "second", 1);
    put_note(fx->g, "third", 1);
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM entity_old WHERE replaced_by = 1"), 2);
    assert_note(fx->g, "first");
    assert_ok(registry_drop_batch(fx->g, 1, &err));
    assert_note(fx->g, "first");
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM entity_old"), 0);
    batch_open(fx->g, 1);
    put_note(fx->g, "fourth", 1);
    struct entity e = city;
    error_clear(&err);
    assert_fails(registry_put_entity(fx->g, &e, 2, &err), E_CONFLICT, "still open");
    assert_ok(registry_batch_done(fx->g, 1, &err));
    assert_note(fx->g, "fourth");
    batch_open(fx->g, 2);
    put_note(fx->g, "fifth", 2);
    assert_note(fx->g, "fourth");
    reopen(fx);
    assert_ok(registry_batch_done(fx->g, 2, &err));
    assert_note(fx->g, "fifth");
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM entity_old"), 2);
}

static void every_table_replaces(void **state) /* I2 */
{
    struct fixture *fx = *state;
    struct error err = {0};
    put_note(fx->g, "", 0);
    assert_ok(registry_begin(fx->g, &err));
    put_all(fx->g, 0);
    assert_ok(registry_commit(fx->g, &err));
    struct membership ended = within;
    struct grouping kind = districts;
    struct source titled = bulletin;
    struct indicator firm = output;
    ended.to = 20000;
    kind.kind = GROUP_PARTITION;
    titled.title = STR("改");
    firm.provisional = false;
    batch_open(fx->g, 1);
    for (int i = 0; i < 2; i++) {
        assert_ok(registry_put_membership(fx->g, &ended, 1, &err));
        assert_ok(registry_put_grouping(fx->g, &kind, 1, &err));
        assert_ok(registry_put_source(fx->g, &titled, 1, &err));
        assert_ok(registry_put_indicator(fx->g, &firm, 1, &err));
        struct model *m = load(fx->g);
        assert_int_equal(m->memberships.v[0].to, DAY_MAX);
        model_free(m);
        if (i == 0)
            assert_ok(registry_drop_batch(fx->g, 1, &err));
        batch_open(fx->g, 1);
    }
    assert_ok(registry_batch_done(fx->g, 1, &err));
    struct model *m = load(fx->g);
    assert_int_equal(m->memberships.v[0].to, 20000);
    assert_int_equal(model_grouping(m, 1)->kind, GROUP_PARTITION);
    assert_str(model_source(m, 1)->title, "改");
    assert_false(model_indicator(m, 1)->provisional);
    model_free(m);
    assert_int_equal(raw_sql(fx->path, "SELECT (SELECT count(*) FROM membership_old) +"
                                       " (SELECT count(*) FROM grouping_old) +"
                                       " (SELECT count(*) FROM source_old) +"
                                       " (SELECT count(*) FROM indicator_old)"),
                     4);
}

static void batches_are_listed(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct arena a;
    struct batch_row *rows, b = {2, BATCH_OPEN, STR("二.csv"), STR("api"), 12, 99};
    size_t count;
    arena_init(&a, 0);
    assert_ok(registry_batches(fx->g, &a, &rows, &count, &err));
    assert_int_equal(count, 0);
    assert_ok(registry_put_batch(fx->g, &b, &err));
    batch_open(fx->g, 1);
    b.facts = 13;
    assert_ok(registry_put_batch(fx->g, &b, &err)); /* an open batch may still change */
    assert_ok(registry_batch_done(fx->g, 1, &err));
    assert_ok(registry_open_batches(fx->g, &a, &rows, &count, &err));
    assert_int_equal(count, 1);
    assert_true(rows[0].id == 2 && rows[0].state == BATCH_OPEN && rows[0].facts == 13 &&
                rows[0].recorded_us == 99);
    assert_str(rows[0].origin, "二.csv");
    assert_str(rows[0].actor, "api");
    assert_ok(registry_batches(fx->g, &a, &rows, &count, &err));
    assert_int_equal(count, 2);
    assert_true(rows[0].id == 1 && rows[0].state == BATCH_DONE && rows[1].id == 2);
    b.id = 1;
    assert_fails(registry_put_batch(fx->g, &b, &err), E_CONFLICT, "batch 1 is done");
    assert_fails(registry_batch_done(fx->g, 3, &err), E_MISSING, "no batch 3");
    arena_clear(&a);
}

/* ---- transactions -------------------------------------------------------------------------- */

static void broken_reference_is_named(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    assert_ok(registry_begin(fx->g, &err));
    assert_ok(registry_put_entity(fx->g, &city, 0, &err));
    assert_ok(registry_put_alias(fx->g, 5, STR("五"), 0, &err));
    assert_fails(registry_commit(fx->g, &err), E_CONFLICT, "entity_alias refers to a missing row");
    struct model *m = load(fx->g); /* the failed commit took all back */
    assert_int_equal(m->entities.len, 0);
    model_free(m);
    assert_ok(registry_begin(fx->g, &err));
    assert_ok(registry_put_entity(fx->g, &city, 4, &err));
    assert_fails(registry_commit(fx->g, &err), E_CONFLICT, "missing row of batch");
}

static void names_are_unique(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct source other = bulletin;
    other.id = 2;
    assert_ok(registry_put_source(fx->g, &bulletin, 0, &err));
    assert_fails(registry_put_source(fx->g, &other, 0, &err), E_CONFLICT, "source.doc");
    other.id = 0;
    assert_fails(registry_put_source(fx->g, &other, 0, &err), E_BUG, "without an id");
}

static void rolled_back(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    assert_fails(registry_commit(fx->g, &err), E_BUG, "without a transaction");
    registry_rollback(fx->g); /* no effect */
    assert_ok(registry_begin(fx->g, &err));
    assert_fails(registry_begin(fx->g, &err), E_BUG, "within a transaction");
    put_note(fx->g, "gone", 0);
    registry_rollback(fx->g);
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM entity"), 0);
    put_note(fx->g, "kept", 0);
    assert_note(fx->g, "kept");
}

static void *set_from_thread(void *g)
{
    struct error err = {0};
    return (void *)(intptr_t)registry_set(g, "region", STR("410300"), &err);
}

/* What another thread writes is not rolled back with a transaction it knows nothing of. */
static void a_transaction_is_its_threads(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct arena a;
    struct str value;
    pthread_t thread;
    void *code;
    arena_init(&a, 0);
    assert_ok(registry_begin(fx->g, &err));
    pthread_create(&thread, NULL, set_from_thread, fx->g);
    usleep(20000);
    registry_rollback(fx->g);
    pthread_join(thread, &code);
    assert_int_equal((intptr_t)code, OK);
    assert_ok(registry_get(fx->g, "region", &a, &value, &err));
    assert_str(value, "410300");
    arena_clear(&a);
}

static void busy_is_a_conflict(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct registry *other;
    assert_ok(registry_open(&other, fx->path, false, &err));
    assert_ok(registry_begin(fx->g, &err));
    assert_fails(registry_begin(other, &err), E_CONFLICT, "another process"); /* after 5 s */
    registry_rollback(fx->g);
    assert_ok(registry_begin(other, &err));
    registry_close(other);
}

/* ---- settings, tokens, audit --------------------------------------------------------------- */

static void settings(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct arena a;
    struct str v;
    arena_init(&a, 0);
    assert_ok(registry_get(fx->g, "region", &a, &v, &err));
    assert_str(v, "");
    assert_ok(registry_set(fx->g, "region", STR("410300"), &err));
    assert_ok(registry_set(fx->g, "region", STR("41"), &err));
    assert_ok(registry_set(fx->g, "empty", STR_NULL, &err));
    reopen(fx);
    assert_ok(registry_get(fx->g, "region", &a, &v, &err));
    assert_str(v, "41");
    assert_ok(registry_get(fx->g, "empty", &a, &v, &err));
    assert_str(v, "");
    arena_clear(&a);
}

static void tokens(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct arena a;
    struct str label, right;
    uint8_t hash[32] = {1, 0, 2}, other[32] = {1, 0, 3};
    arena_init(&a, 0);
    assert_ok(registry_put_token(fx->g, STR("张三"), STR("write"), hash, 5, &err));
    assert_ok(registry_token(fx->g, hash, &a, &label, &right, &err));
    assert_str(label, "张三");
    assert_str(right, "write");
    assert_fails(registry_token(fx->g, other, &a, &label, &right, &err), E_DENIED, "unknown");
    assert_fails(registry_put_token(fx->g, STR("x"), STR("root"), other, 5, &err), E_INPUT,
                 "'root'");
    assert_fails(registry_put_token(fx->g, STR("x"), STR("read"), hash, 5, &err), E_CONFLICT,
                 "token");
    raw_sql(fx->path, "UPDATE token SET revoked_us = 6");
    assert_fails(registry_token(fx->g, hash, &a, &label, &right, &err), E_DENIED, "withdrawn");
    arena_clear(&a);
}

static void audit_chain(void **state)
{
    static const struct {
        const char *tamper;
        uint64_t bad;
    } cases[] = {
        {"SELECT 1",                                                       0},
        {"UPDATE audit SET detail = 'b' WHERE id = 2",                     2},
        {"UPDATE audit SET detail = 'a' WHERE id = 2",                     0}, /* as it was */
        {"UPDATE audit SET at_us = at_us + 1 WHERE id = 5",                5},
        {"UPDATE audit SET at_us = at_us - 1 WHERE id = 5",                0},
        {"UPDATE audit SET actor = 'clii', action = 'mport' WHERE id = 1", 1},
        {"UPDATE audit SET actor = 'cli', action = 'import' WHERE id = 1", 0},
        {"UPDATE audit SET prev = zeroblob(32) WHERE id = 4",              4},
        {"DELETE FROM audit WHERE id = 3",                                 4},
    };
    struct fixture *fx = *state;
    struct error err = {0};
    uint64_t rows, bad;
    assert_ok(registry_audit_check(fx->g, &rows, &bad, &err));
    assert_true(rows == 0 && bad == 0);
    for (int i = 0; i < 5; i++) {
        assert_ok(registry_audit(fx->g, 1000 + i, STR("cli"), STR("import"), STR("a"), &err));
        if (i == 2)
            reopen(fx);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raw_sql(fx->path, cases[i].tamper);
        assert_ok(registry_audit_check(fx->g, &rows, &bad, &err));
        assert_int_equal(bad, cases[i].bad);
    }
    assert_int_equal(rows, 4);
}

static void audit_goes_with_the_transaction(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    uint64_t rows, bad;
    assert_ok(registry_begin(fx->g, &err));
    assert_ok(registry_audit(fx->g, 1, STR("cli"), STR("x"), STR(""), &err));
    registry_rollback(fx->g);
    assert_ok(registry_audit(fx->g, 1, STR("cli"), STR("y"), STR(""), &err));
    assert_ok(registry_audit_check(fx->g, &rows, &bad, &err));
    assert_true(rows == 1 && bad == 0);
}

/* ---- opening ------------------------------------------------------------------------------- */

static void open_fails(const char *path, bool create, enum code want, const char *has)
{
    struct error err = {0};
    struct registry *g;
    assert_fails(registry_open(&g, path, create, &err), want, has);
    assert_null(g);
    if (strstr(err.text, path) == NULL)
        fail_msg("'%s' does not name '%s'", err.text, path);
}

static void nothing_to_open(void **state)
{
    (void)state;
    struct error err = {0};
    struct registry *g;
    char dir[SCRATCH_MAX];
    scratch_make(dir);
    const char *path = scratch_path(dir, "r.db");
    open_fails(path, false, E_MISSING, "no workspace");
    file_write(path, "", 0); /* its making was cut short */
    open_fails(path, false, E_MISSING, "no workspace");
    assert_ok(registry_open(&g, path, true, &err));
    registry_close(g);
    open_fails(scratch_path(dir, "r.db/r.db"), true, E_IO, "cannot be opened");
    open_fails(scratch_path(dir, "none/r.db"), true, E_IO, "cannot be opened");
    scratch_remove(dir);
}

static void newer_schema_is_refused(void **state) /* I5 */
{
    struct fixture *fx = *state;
    raw_sql(fx->path, "PRAGMA user_version = 1000");
    open_fails(fx->path, true, E_CONFLICT, "newer program");
}

static void foreign_database_is_refused(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    scratch_make(dir);
    const char *path = scratch_path(dir, "r.db");
    raw_sql(path, "CREATE TABLE t (x)");
    open_fails(path, true, E_CONFLICT, "not a registry");
    scratch_remove(dir);
}

static void garbage_is_named(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX], junk[8192];
    memset(junk, 'x', sizeof junk);
    scratch_make(dir);
    const char *path = scratch_path(dir, "r.db");
    file_write(path, junk, sizeof junk);
    open_fails(path, false, E_BACKEND, "damaged");
    scratch_remove(dir);
}

/* All pages but the first are overwritten. */
static void damaged_pages_are_named(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    char junk[4096];
    struct stat st;
    memset(junk, 'x', sizeof junk);
    put_note(fx->g, "", 0);
    registry_close(fx->g);
    fx->g = NULL;
    int fd = open(fx->path, O_WRONLY);
    assert_int_equal(fstat(fd, &st), 0);
    for (off_t at = sizeof junk; at < st.st_size; at += (off_t)sizeof junk)
        assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
    close(fd);
    struct model *m = model_new();
    enum code code = registry_open(&fx->g, fx->path, false, &err);
    if (code == OK)
        code = registry_load(fx->g, m, &err);
    model_free(m);
    assert_int_equal(code, E_BACKEND);
    assert_non_null(strstr(err.text, "damaged"));
    assert_non_null(strstr(err.text, fx->path));
}

/* What could not come from this program is an error, not an assert further up. */
static void impossible_values_are_named(void **state)
{
    static const struct {
        const char *sql, *says;
    } cases[] = {
        {"UPDATE series SET kind = 99",           "series 1 has kind 99"     },
        {"UPDATE membership SET parent = 3",      "membership 1 has parent 3"},
        {"UPDATE entity SET provisional = 2",     "entity 1 has provisional" },
        {"UPDATE source SET published = 9999999", "source 1 has published"   },
        {"UPDATE entity_alias SET owner = 9",     "an alias of entity 9"     },
        {"DELETE FROM entity WHERE id = 1",       "entity 1 is missing"      },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_up(state);
        struct fixture *fx = *state;
        struct error err = {0};
        assert_ok(registry_begin(fx->g, &err));
        put_all(fx->g, 0);
        assert_ok(registry_commit(fx->g, &err));
        raw_sql(fx->path, cases[i].sql);
        struct model *m = model_new();
        assert_fails(registry_load(fx->g, m, &err), E_BACKEND, cases[i].says);
        model_free(m);
        tear_down(state);
    }
}

static int try_unwritable(const char *dir)
{
    struct error err = {0};
    struct registry *g;
    const char *path = scratch_path(dir, "r.db");
    enum code code = registry_open(&g, path, true, &err);
    return (code == E_IO || code == E_BACKEND) && strstr(err.text, path) != NULL;
}

static void unwritable_directory(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    scratch_make(dir);
    assert_int_equal(chmod(dir, 0555), 0);
    assert_int_equal(as_nobody(try_unwritable, dir), 1);
    scratch_remove(dir);
}

static void in_memory(void **state)
{
    (void)state;
    struct error err = {0};
    struct registry *g;
    assert_ok(registry_open(&g, ":memory:", true, &err));
    put_note(g, "here", 0);
    assert_note(g, "here");
    registry_close(g);
    registry_close(NULL);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXED(round_trip),
        FIXED(open_batch_is_not_loaded),
        FIXED(datasets_have_revisions),
        FIXED(dropped_batch_leaves_nothing),
        FIXED(replaced_row_is_kept),
        FIXED(every_table_replaces),
        FIXED(batches_are_listed),
        FIXED(broken_reference_is_named),
        FIXED(names_are_unique),
        FIXED(rolled_back),
        FIXED(a_transaction_is_its_threads),
        FIXED(busy_is_a_conflict),
        FIXED(settings),
        FIXED(tokens),
        FIXED(audit_chain),
        FIXED(audit_goes_with_the_transaction),
        cmocka_unit_test(nothing_to_open),
        FIXED(newer_schema_is_refused),
        cmocka_unit_test(foreign_database_is_refused),
        cmocka_unit_test(garbage_is_named),
        FIXED(damaged_pages_are_named),
        cmocka_unit_test(impossible_values_are_named),
        cmocka_unit_test(unwritable_directory),
        cmocka_unit_test(in_memory),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
