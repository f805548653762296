/* documents_test.c - originals, readings and claims: what is put is there after a restart, what a
 * batch wrote goes with it, and an old workspace gains the tables. */
#include "store/documents.h"
#include "store/store_int.h"
#include "store/store_testing.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct fixture {
    char dir[SCRATCH_MAX], path[SCRATCH_MAX + 40];
    struct registry *g;
    struct arena a;
};

static int set_up(void **state)
{
    struct error err = {0};
    struct fixture *fx = calloc(1, sizeof *fx);
    scratch_make(fx->dir);
    snprintf(fx->path, sizeof fx->path, "%s/registry.db", fx->dir);
    arena_init(&fx->a, 0);
    assert_ok(registry_open(&fx->g, fx->path, true, &err));
    *state = fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    registry_close(fx->g);
    arena_clear(&fx->a);
    scratch_remove(fx->dir);
    free(fx);
    return 0;
}

static void batch_open(struct registry *g, uint32_t id)
{
    struct error err = {0};
    const struct batch_row b = {id, BATCH_OPEN, STR("read"), STR("desk"), 0, 7};
    assert_ok(registry_put_batch(g, &b, &err));
}

static void source_put(struct registry *g, uint32_t id, const char *doc, uint32_t batch)
{
    struct error err = {0};
    const struct source s = {.id = id, .doc = str_z(doc)};
    assert_ok(registry_put_source(g, &s, batch, &err));
}

static const char original[] = "产值\0 104家\xff";

static struct document_row document(uint32_t source)
{
    return (struct document_row){.source = source,
                                 .reading = {.date = STR("2024-09-20"),
                                             .subject = STR("洛阳市"),
                                             .encoding = STR("utf-8"),
                                             .noise = STR("0 4 date;"),
                                             .actor = STR("desk"),
                                             .at_us = 7}};
}

static struct claim_row claim(uint32_t document)
{
    return (struct claim_row){.document = document,
                              .start = 5,
                              .end = 9,
                              .text = STR("104家"),
                              .state = CLAIM_QUEUED,
                              .reason = STR("indicator-unknown"),
                              .subject = STR("洛阳市"),
                              .indicator = STR("某数"),
                              .kind = KIND_COUNT,
                              .qualifier = Q_OVER,
                              .modality = MOD_PLAN,
                              .value = STR("104"),
                              .unit = STR("家"),
                              .period = STR("2024"),
                              .action = STR("read"),
                              .at_us = 7};
}

static void fill(struct fixture *fx, uint32_t batch)
{
    struct error err = {0};
    struct document_row d = document(1);
    batch_open(fx->g, batch);
    source_put(fx->g, 1, "a.txt", batch);
    assert_ok(
        registry_put_document(fx->g, &d, (struct str){original, sizeof original}, batch, &err));
    assert_ok(registry_put_reading(fx->g, &d, batch, &err));
    struct claim_row c = claim(d.id);
    assert_ok(registry_put_claim(fx->g, &c, batch, &err));
    assert_int_equal(c.id, c.seq);
    c.state = CLAIM_FILED;
    c.actor = STR("张三");
    uint64_t first = c.seq;
    assert_ok(registry_put_claim(fx->g, &c, batch, &err));
    assert_int_equal(c.id, first);
    assert_true(c.seq > first);
}

static void test_kept(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct document_row *rows;
    struct claim_row *claims, one;
    struct str bytes, noise;
    size_t count;
    uint32_t id;
    uint8_t hash[32];
    fill(fx, 1);
    assert_ok(registry_batch_done(fx->g, 1, &err));
    registry_close(fx->g);
    assert_ok(registry_open(&fx->g, fx->path, false, &err));
    assert_ok(registry_documents(fx->g, 0, &fx->a, &rows, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].len, sizeof original);
    assert_int_equal(rows[0].claims[CLAIM_FILED], 1);
    assert_int_equal(rows[0].claims[CLAIM_QUEUED], 0); /* the newest version counts */
    assert_str(rows[0].reading.subject, "洛阳市");
    assert_ok(registry_original(fx->g, 1, &fx->a, &bytes, &err));
    assert_int_equal(bytes.len, sizeof original);
    assert_memory_equal(bytes.ptr, original, sizeof original);
    registry_hash(bytes, hash);
    assert_ok(registry_document_by_hash(fx->g, hash, &id, &err));
    assert_int_equal(id, 1);
    assert_ok(registry_document_of_source(fx->g, 1, &id, &err));
    assert_int_equal(id, 1);
    assert_ok(registry_noise(fx->g, 1, &fx->a, &noise, &err));
    assert_str(noise, "0 4 date;");
    assert_ok(registry_claims(fx->g, 1, &fx->a, &claims, &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(claims[0].qualifier, Q_OVER);
    assert_str(claims[1].actor, "张三");
    assert_ok(registry_claim(fx->g, claims[0].id, &fx->a, &one, &err));
    assert_int_equal(one.seq, claims[1].seq);
    assert_fails(registry_claim(fx->g, 99, &fx->a, &one, &err), E_MISSING, "no claim 99");
    error_clear(&err);
    assert_fails(registry_original(fx->g, 9, &fx->a, &bytes, &err), E_MISSING, "no document 9");
}

static void test_naming(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    uint32_t *ids;
    size_t count;
    fill(fx, 1);
    struct claim_row c = claim(1);
    c.start = 20, c.end = 24;
    assert_ok(registry_documents_naming(fx->g, STR("某数"), &fx->a, &ids, &count, &err));
    assert_int_equal(count, 0); /* its claim is no longer queued */
    assert_ok(registry_put_claim(fx->g, &c, 1, &err));
    assert_ok(registry_documents_naming(fx->g, STR("某数"), &fx->a, &ids, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 1);
}

/* I1: a batch that the history never got takes its documents with it. */
static void test_dropped(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    static const char *const tables[] = {"document", "document_reading", "claim"};
    fill(fx, 1);
    assert_ok(registry_drop_batch(fx->g, 1, &err));
    for (size_t i = 0; i < COUNT(tables); i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
        assert_int_equal(raw_sql(fx->path, sql), 0);
    }
}

/* The same bytes, or a second document of a source, are refused by the database itself. */
static void test_twice(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct document_row d = document(2);
    fill(fx, 1);
    source_put(fx->g, 2, "b.txt", 1);
    assert_int_equal(
        registry_put_document(fx->g, &d, (struct str){original, sizeof original}, 1, &err),
        E_CONFLICT);
    d = document(1);
    error_clear(&err);
    assert_int_equal(registry_put_document(fx->g, &d, STR("other"), 1, &err), E_CONFLICT);
}

static void test_damaged(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct str bytes;
    struct claim_row *claims;
    size_t count;
    fill(fx, 1);
    raw_sql(fx->path, "UPDATE document SET bytes = x'00'");
    assert_fails(registry_original(fx->g, 1, &fx->a, &bytes, &err), E_BACKEND,
                 "no longer what was read");
    raw_sql(fx->path, "UPDATE claim SET kind = 77");
    error_clear(&err);
    assert_fails(registry_claims(fx->g, 1, &fx->a, &claims, &count, &err), E_BACKEND, "damaged");
}

/* A workspace of schema 1, with a batch and a source in it, is brought up to date when it is
 * opened. */
static void test_old_workspace(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    sqlite3 *db;
    registry_close(fx->g);
    fx->g = NULL;
    assert_int_equal(unlink(fx->path), 0);
    assert_int_equal(sqlite3_open(fx->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, registry_schema[0].sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA application_id = 0x4C554F53; PRAGMA user_version = 1;"
                                  "INSERT INTO batch VALUES (1, 1, 'old', 'cli', 0, 5);"
                                  "INSERT INTO source VALUES (1, 'a.txt', '', '', '', '', '', '',"
                                  " 0, '', 1);",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_ok(registry_open(&fx->g, fx->path, false, &err));
    assert_int_equal(raw_sql(fx->path, "PRAGMA user_version"), schema_newest(registry_schema));
    struct document_row d = document(1);
    batch_open(fx->g, 2);
    assert_ok(registry_put_document(fx->g, &d, STR("text"), 2, &err));
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM source"), 1);
    assert_int_equal(raw_sql(fx->path, "SELECT count(*) FROM document"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_naming, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_old_workspace, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
