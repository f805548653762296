/* history_test.c - one suite, run over every backend; and what only a file can do wrong. */
#include "store/store_testing.h"

static const struct history_ops *backend;

/* ---- what a scan sees ---------------------------------------------------------------------- */

struct seen {
    VEC(struct fact) facts;
    VEC(struct trace) traces;
    VEC(struct cell_row) cells;
    struct arena text;
    size_t stop_at; /* the callback fails at this row; 0 = never */
};

static enum code stop(const struct seen *s, size_t len, struct error *err)
{
    return s->stop_at == len ? error_set(err, E_RANGE, "enough") : OK;
}

static enum code see_fact(void *ctx, const struct fact *f, struct error *err)
{
    struct seen *s = ctx;
    vec_push(&s->facts, *f);
    return stop(s, s->facts.len, err);
}

static enum code see_trace(void *ctx, const struct trace *t, struct error *err)
{
    struct seen *s = ctx;
    struct trace copy = *t;
    copy.text = arena_dup(&s->text, t->text);
    copy.key = arena_dup(&s->text, t->key);
    copy.file = arena_dup(&s->text, t->file);
    copy.note = arena_dup(&s->text, t->note);
    vec_push(&s->traces, copy);
    return stop(s, s->traces.len, err);
}

static enum code see_cell(void *ctx, const struct cell_row *c, struct error *err)
{
    struct seen *s = ctx;
    vec_push(&s->cells, *c);
    return stop(s, s->cells.len, err);
}

static void seen_clear(struct seen *s)
{
    vec_clear(&s->facts);
    vec_clear(&s->traces);
    vec_clear(&s->cells);
    arena_clear(&s->text);
    *s = (struct seen){0};
}

static struct seen look(struct history *h)
{
    struct error err = {0};
    struct seen s = {0};
    arena_init(&s.text, 0);
    assert_ok(h->ops->facts(h, see_fact, &s, &err));
    assert_ok(h->ops->traces(h, see_trace, &s, &err));
    assert_ok(h->ops->cells(h, see_cell, &s, &err));
    return s;
}

static bool same_fact(const struct fact *a, const struct fact *b)
{
    return a->id == b->id && a->entity == b->entity && a->series == b->series &&
           a->source == b->source && a->unit == b->unit && a->batch == b->batch &&
           a->period.first == b->period.first && a->period.last == b->period.last &&
           a->value == b->value && a->value_hi == b->value_hi && a->step == b->step &&
           a->decimals == b->decimals && a->qualifier == b->qualifier && a->state == b->state &&
           a->published == b->published && a->recorded_us == b->recorded_us;
}

static bool same_trace(const struct trace *a, const struct trace *b)
{
    return a->fact == b->fact && a->source == b->source && a->start == b->start &&
           a->end == b->end && str_eq(a->text, b->text) && str_eq(a->key, b->key) &&
           str_eq(a->file, b->file) && a->line == b->line && str_eq(a->note, b->note);
}

static bool same_cell(const struct cell_row *a, const struct cell_row *b)
{
    return a->grouping == b->grouping && a->entity == b->entity && a->series == b->series &&
           a->period.first == b->period.first && a->period.last == b->period.last &&
           a->sum == b->sum && a->have == b->have;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static struct fact fact_of(uint64_t id, uint32_t batch)
{
    return (struct fact){
        .id = id,
        .entity = 1 + (uint32_t)id % 7,
        .series = 1 + (uint32_t)id % 3,
        .source = 2,
        .unit = 3,
        .batch = batch,
        .period = {20089, 20453},
        .value = (int64_t)id * 1000 - 5000,
        .step = 10,
        .decimals = 1,
        .qualifier = Q_EQ,
        .state = STATE_VALUE,
        .published = 20500,
        .recorded_us = 1760000000000000 + (int64_t)id
    };
}

static struct trace trace_of(uint64_t fact, const char *text)
{
    return (struct trace){.fact = fact,
                          .source = 2,
                          .start = -1,
                          .end = -1,
                          .text = str_z(text),
                          .key = STR("s1-016"),
                          .file = STR("公报.csv"),
                          .line = 12};
}

static struct cell_row cell_of(uint32_t entity, i128 sum, uint32_t have)
{
    return (struct cell_row){
        1, entity, 4, {20089, 20453},
           sum, have
    };
}

/* ---- fixture ------------------------------------------------------------------------------- */

struct fixture {
    char dir[SCRATCH_MAX];
    struct history h;
};

static int set_up(void **state)
{
    struct error err = {0};
    struct fixture *fx = calloc(1, sizeof *fx);
    scratch_make(fx->dir);
    assert_ok(history_open(&fx->h, str_z(backend->name), fx->dir, true, &err));
    *state = fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    history_close(&fx->h);
    scratch_remove(fx->dir);
    free(fx);
    return 0;
}

/* Closed and opened again, where closing does not forget. */
static void reopen(struct fixture *fx)
{
    struct error err = {0};
    if (backend == &history_memory)
        return;
    history_close(&fx->h);
    assert_ok(history_open(&fx->h, str_z(backend->name), fx->dir, false, &err));
}

/* ---- the suite ----------------------------------------------------------------------------- */

static void extremes_round_trip(void **state) /* I4 */
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct fact facts[4] = {fact_of(1, 1), fact_of(2, 1), fact_of(3, UINT32_MAX),
                            fact_of(UINT64_MAX, 1)};
    facts[0].value = INT64_MAX;
    facts[0].value_hi = INT64_MIN;
    facts[0].recorded_us = INT64_MIN;
    facts[1].value = INT64_MIN;
    facts[1].step = INT64_MAX;
    facts[1].period = (struct period){DAY_MIN, DAY_MAX};
    facts[1].published = DAY_MIN;
    facts[2].entity = facts[2].series = facts[2].source = facts[2].unit = UINT32_MAX;
    facts[2].decimals = UINT8_MAX;
    facts[2].qualifier = Q_COUNT - 1;
    facts[2].state = STATE_COUNT - 1;
    facts[2].published = DAY_MAX;
    struct trace traces[3] = {trace_of(1, "规模以上工业增加值增长5.8%,“洛数”𠮷"),
                              trace_of(UINT64_MAX, ""), trace_of(2, "twelve bytes")};
    traces[0].start = INT32_MIN;
    traces[0].end = INT32_MAX;
    traces[0].line = UINT32_MAX;
    traces[0].note = STR("with a NUL \0 and a\nline end");
    traces[1].key = traces[1].file = traces[1].note = STR_NULL;
    struct cell_row cells[3] = {cell_of(1, (i128)(((u128)1 << 127) - 1), UINT32_MAX),
                                cell_of(2, -(i128)(((u128)1 << 127) - 1) - 1, 1),
                                cell_of(UINT32_MAX, -1, 1)};
    assert_ok(fx->h.ops->append(&fx->h, 1, facts, 4, traces, 3, cells, 3, &err));
    for (int i = 0; i < 2; i++, reopen(fx)) {
        struct seen s = look(&fx->h);
        assert_int_equal(s.facts.len, 4);
        for (size_t k = 0; k < 4; k++)
            assert_true(same_fact(&s.facts.v[k], &facts[k]));
        assert_int_equal(s.traces.len, 3);
        for (size_t k = 0; k < 3; k++)
            assert_true(same_trace(&s.traces.v[k], &traces[k]));
        assert_int_equal(s.cells.len, 3);
        for (size_t k = 0; k < 3; k++)
            assert_true(same_cell(&s.cells.v[k], &cells[k]));
        seen_clear(&s);
    }
}

static void nothing_is_something(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    assert_ok(fx->h.ops->append(&fx->h, 1, NULL, 0, NULL, 0, NULL, 0, &err));
    struct seen s = look(&fx->h);
    assert_int_equal(s.facts.len + s.traces.len + s.cells.len, 0);
    seen_clear(&s);
}

/* Many batches, several chunks each, with gaps wider than any page between them. */
static void order_is_kept(void **state) /* I4 */
{
    enum { BATCHES = 5, EACH = 5000 };
    struct fixture *fx = *state;
    struct error err = {0};
    static struct fact facts[EACH];
    static struct trace traces[EACH];
    for (uint32_t b = 0; b < BATCHES; b++) {
        for (uint64_t i = 0; i < EACH; i++) {
            facts[i] = fact_of(b * 1000000 + 1 + i, b + 1);
            traces[i] = trace_of(facts[0].id, "5.8%");
            traces[i].line = b * EACH + (uint32_t)i;
        }
        assert_ok(fx->h.ops->append(&fx->h, 1, facts, EACH, traces, EACH, NULL, 0, &err));
        if (b == 2)
            reopen(fx);
    }
    struct seen s = look(&fx->h);
    assert_int_equal(s.facts.len, BATCHES * EACH);
    assert_int_equal(s.traces.len, BATCHES * EACH);
    for (size_t i = 0; i < s.facts.len; i++) {
        assert_int_equal(s.facts.v[i].id, i / EACH * 1000000 + 1 + i % EACH);
        assert_int_equal(s.traces.v[i].line, i);
    }
    seen_clear(&s);
}

static void scan_ends_with_the_callback(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct fact facts[3] = {fact_of(1, 1), fact_of(2, 1), fact_of(3, 1)};
    struct trace traces[3] = {trace_of(1, "a"), trace_of(2, "b"), trace_of(3, "c")};
    struct cell_row cells[3] = {cell_of(1, 1, 1), cell_of(2, 2, 1), cell_of(3, 3, 1)};
    assert_ok(fx->h.ops->append(&fx->h, 1, facts, 3, traces, 3, cells, 3, &err));
    struct seen s = {.stop_at = 2};
    arena_init(&s.text, 0);
    assert_fails(fx->h.ops->facts(&fx->h, see_fact, &s, &err), E_RANGE, "enough");
    assert_fails(fx->h.ops->traces(&fx->h, see_trace, &s, &err), E_RANGE, "enough");
    assert_fails(fx->h.ops->cells(&fx->h, see_cell, &s, &err), E_RANGE, "enough");
    assert_int_equal(s.facts.len, 2);
    assert_int_equal(s.traces.len, 2);
    assert_int_equal(s.cells.len, 2);
    seen_clear(&s);
}

static void invalid_row_leaves_nothing(void **state) /* I1 */
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct fact good[2] = {fact_of(1, 1), fact_of(2, 1)};
    struct trace trace = trace_of(2, "ok");
    struct cell_row cell = cell_of(1, 5, 1);
    assert_ok(fx->h.ops->append(&fx->h, 1, good, 2, &trace, 1, &cell, 1, &err));
    static const char *const why[] = {"entity", "series",    "qualifier", "state",
                                      "period", "published", "id"};
    struct fact wrong[7];
    for (size_t i = 0; i < 7; i++)
        wrong[i] = fact_of(4, 2);
    wrong[0].entity = 0;
    wrong[1].series = 0;
    wrong[2].qualifier = Q_COUNT;
    wrong[3].state = STATE_COUNT;
    wrong[4].period.last = wrong[4].period.first - 1;
    wrong[5].published = DAY_MAX + 1;
    wrong[6].id = 3;
    struct cell_row next = cell_of(1, 6, 2);
    for (size_t i = 0; i < 7; i++) {
        struct fact bad[2] = {fact_of(3, 2), wrong[i]};
        assert_fails(fx->h.ops->append(&fx->h, 1, bad, 2, &trace, 1, &next, 1, &err), E_INPUT, why[i]);
    }
    struct fact third = fact_of(3, 2);
    struct trace orphan = trace_of(4, "no such fact"), garbled = trace_of(1, "\xE6\xB4");
    struct cell_row backwards = {
        1, 1, 4, {5, 4},
           0, 1
    };
    assert_fails(fx->h.ops->append(&fx->h, 1, &third, 1, &orphan, 1, &next, 1, &err), E_INPUT,
                 "does not exist");
    assert_fails(fx->h.ops->append(&fx->h, 1, &third, 1, &garbled, 1, &next, 1, &err), E_INPUT,
                 "UTF-8");
    assert_fails(fx->h.ops->append(&fx->h, 1, &third, 1, &trace, 1, &backwards, 1, &err), E_INPUT,
                 "period");
    struct seen s = look(&fx->h);
    assert_int_equal(s.facts.len, 2);
    assert_int_equal(s.traces.len, 1);
    assert_int_equal(s.cells.len, 1);
    assert_true(same_cell(&s.cells.v[0], &cell));
    seen_clear(&s);
    assert_ok(fx->h.ops->append(&fx->h, 1, &third, 1, &trace, 1, &next, 1, &err));
}

static void cells_replace_and_go(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    /* neighbours of one key, out of order */
    struct cell_row first[] = {
        {2, 1, 1, {10, 20}, 60, 1},
        {1, 2, 1, {10, 20}, 50, 1},
        {1, 1, 2, {10, 20}, 40, 1},
        {1, 1, 1, {10, 21}, 20, 1},
        {1, 1, 1, {11, 20}, 30, 1},
        {1, 1, 1, {10, 20}, 10, 1},
    };
    assert_ok(fx->h.ops->append(&fx->h, 1, NULL, 0, NULL, 0, first, 6, &err));
    struct seen s = look(&fx->h);
    assert_int_equal(s.cells.len, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal((int)s.cells.v[i].sum, 10 * (int)(i + 1));
    seen_clear(&s);
    /* one replaced twice, one removed, one removed that never was, one removed and put back */
    struct cell_row second[] = {
        {1, 1, 1, {10, 20}, 11, 2},
        {1, 1, 2, {10, 20}, 0,  0},
        {9, 9, 9, {10, 20}, 0,  0},
        {1, 1, 1, {10, 20}, 12, 3},
        {2, 1, 1, {10, 20}, 0,  0},
        {2, 1, 1, {10, 20}, 66, 4},
    };
    assert_ok(fx->h.ops->append(&fx->h, 1, NULL, 0, NULL, 0, second, 6, &err));
    for (int i = 0; i < 2; i++, reopen(fx)) {
        s = look(&fx->h);
        static const int want[] = {12, 20, 30, 50, 66};
        assert_int_equal(s.cells.len, 5);
        for (size_t k = 0; k < 5; k++)
            assert_int_equal((int)s.cells.v[k].sum, want[k]);
        assert_int_equal(s.cells.v[0].have, 3);
        seen_clear(&s);
    }
}

/* Random replacing and removing, compared with a plain array. */
static void cells_like_an_array(void **state)
{
    enum { KEYS = 700, ROUNDS = 12 };
    struct fixture *fx = *state;
    struct error err = {0};
    static struct cell_row want[KEYS], rows[KEYS];
    unsigned seed = 20250930;
    memset(want, 0, sizeof want);
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = 0;
        for (uint32_t k = 0; k < KEYS; k++)
            if (rand_r(&seed) % 3 == 0) {
                want[k] = cell_of(k + 1, rand_r(&seed) - 1000000000, rand_r(&seed) % 3);
                rows[n++] = want[k];
            }
        assert_ok(fx->h.ops->append(&fx->h, 1, NULL, 0, NULL, 0, rows, n, &err));
    }
    struct seen s = look(&fx->h);
    size_t at = 0;
    for (uint32_t k = 0; k < KEYS; k++)
        if (want[k].have > 0) {
            assert_true(at < s.cells.len);
            assert_true(same_cell(&s.cells.v[at++], &want[k]));
        }
    assert_int_equal(at, s.cells.len);
    seen_clear(&s);
}

static void facts_of_a_batch(void **state)
{
    struct fixture *fx = *state;
    struct error err = {0};
    struct fact facts[5] = {fact_of(1, 1), fact_of(2, 1), fact_of(3, 2), fact_of(4, UINT32_MAX),
                            fact_of(5, 2)};
    static const struct {
        uint32_t batch, facts;
    } want[] = {
        {1,          2},
        {2,          2},
        {UINT32_MAX, 1},
        {3,          0},
        {0,          0},
    };
    uint64_t count;
    assert_ok(fx->h.ops->append(&fx->h, 1, facts, 5, NULL, 0, NULL, 0, &err));
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_ok(fx->h.ops->batch_facts(&fx->h, want[i].batch, &count, &err));
        assert_int_equal(count, want[i].facts);
    }
}

/* ---- by name ------------------------------------------------------------------------------- */

static void unknown_backend(void **state)
{
    (void)state;
    struct error err = {0};
    struct history h;
    assert_fails(history_open(&h, STR("duck"), "/", true, &err), E_INPUT, "'duck'");
    history_close(&h); /* no effect */
}

/* ---- what only a file can do --------------------------------------------------------------- */

static enum code open_duck(struct history *h, const char *dir, bool create, struct error *err)
{
    return history_open(h, STR("duckdb"), dir, create, err);
}

static void missing_is_missing(void **state)
{
    (void)state;
    struct error err = {0};
    struct history h;
    char dir[SCRATCH_MAX];
    scratch_make(dir);
    assert_fails(open_duck(&h, dir, false, &err), E_MISSING, dir);
    assert_fails(open_duck(&h, scratch_path(dir, "none"), true, &err), E_IO, dir);
    scratch_remove(dir);
}

static int try_unwritable(const char *dir)
{
    struct error err = {0};
    struct history h;
    enum code code = open_duck(&h, dir, true, &err);
    return (code == E_IO || code == E_BACKEND) && strstr(err.text, dir) != NULL;
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

static void damaged_file(void **state)
{
    (void)state;
    struct error err = {0};
    struct history h;
    char dir[SCRATCH_MAX], junk[8192];
    memset(junk, 'x', sizeof junk);
    scratch_make(dir);
    file_write(scratch_path(dir, "history.duckdb"), junk, sizeof junk);
    assert_fails(open_duck(&h, dir, false, &err), E_BACKEND, dir);
    scratch_remove(dir);
}

static void one_at_a_time(void **state)
{
    (void)state;
    struct error err = {0};
    struct history a, b;
    char dir[SCRATCH_MAX];
    scratch_make(dir);
    assert_ok(open_duck(&a, dir, true, &err));
    assert_fails(open_duck(&b, dir, true, &err), E_CONFLICT, "has it open");
    history_close(&a);
    assert_ok(open_duck(&b, dir, false, &err));
    history_close(&b);
    scratch_remove(dir);
}

/* The child holds the file until its pipe is closed. */
static void hold_history(const char *dir, int told, int until)
{
    struct error err = {0};
    struct history h;
    char c = open_duck(&h, dir, true, &err) == OK ? 'y' : 'n';
    if (write(told, &c, 1) == 1)
        (void)!read(until, &c, 1);
    _exit(0);
}

static void another_process_holds_it(void **state)
{
    (void)state;
    struct error err = {0};
    struct history h;
    char dir[SCRATCH_MAX], c = 0;
    int told[2], until[2], status;
    scratch_make(dir);
    assert_int_equal(pipe(told) + pipe(until), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(until[1]);
        hold_history(dir, told[1], until[0]);
    }
    assert_int_equal(read(told[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    assert_fails(open_duck(&h, dir, false, &err), E_CONFLICT, "another process holds it");
    close(until[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_ok(open_duck(&h, dir, false, &err)); /* its end frees the file */
    history_close(&h);
    close(told[0]), close(told[1]), close(until[0]);
    scratch_remove(dir);
}

int main(void)
{
    int failed = 0;
    const struct CMUnitTest every[] = {
        cmocka_unit_test_setup_teardown(extremes_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_something, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scan_ends_with_the_callback, set_up, tear_down),
        cmocka_unit_test_setup_teardown(invalid_row_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_replace_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_like_an_array, set_up, tear_down),
        cmocka_unit_test_setup_teardown(facts_of_a_batch, set_up, tear_down),
    };
    const struct CMUnitTest duckdb[] = {
        cmocka_unit_test(unknown_backend),
        /* first those that fork: no threads yet */
        cmocka_unit_test(another_process_holds_it),
        cmocka_unit_test(unwritable_directory),
        cmocka_unit_test(missing_is_missing),
        cmocka_unit_test(damaged_file),
        cmocka_unit_test(one_at_a_time),
    };
    failed += cmocka_run_group_tests_name("files", duckdb, NULL, NULL);
    for (size_t i = 0; history_backends[i] != NULL; i++) {
        backend = history_backends[i];
        failed += cmocka_run_group_tests_name(backend->name, every, NULL, NULL);
    }
    return failed;
}
