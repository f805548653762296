/* store_crash_test.c - killed at random moments, or out of disk, the store still holds everything
 * it acknowledged, exactly once, and of everything else all or nothing (I1, I3).
 *
 * A child writes batches in the three steps of registry.h and tells each finished one through a
 * pipe; the parent kills it, opens, settles and counts. What batch n holds follows from n alone. */
#include "store/store_testing.h"
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#define ROUNDS 24
#define SECONDS_MAX 38

struct both {
    struct registry *g;
    struct history h;
};

static enum code both_open(struct both *b, const char *dir, bool create, struct error *err)
{
    char path[SCRATCH_MAX + 40];
    snprintf(path, sizeof path, "%s/registry.db", dir);
    *b = (struct both){0};
    TRY(registry_open(&b->g, path, create, err));
    return history_open(&b->h, STR("duckdb"), dir, create, err);
}

static void both_close(struct both *b)
{
    history_close(&b->h);
    registry_close(b->g);
}

/* ---- what batch n holds -------------------------------------------------------------------- */

#define FACTS_MAX 3000
#define CELLS 40

static size_t facts_in(uint32_t n)
{
    return n % 13 == 0 ? FACTS_MAX : 1 + (size_t)n * 7919 % 60;
}

static uint64_t facts_before(uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t i = 1; i < n; i++)
        sum += facts_in(i);
    return sum;
}

static int64_t value_of(uint64_t id)
{
    return (int64_t)(id * 2654435761u % 1000003) - 500000;
}

static struct fact fact_of(uint64_t id, uint32_t n)
{
    return (struct fact){
        .id = id,
        .entity = n,
        .series = 1,
        .batch = n,
        .period = {20089, 20453},
        .value = value_of(id),
        .published = 20500
    };
}

static struct trace trace_of(uint64_t id, uint32_t n)
{
    return (struct trace){
        .fact = id, .source = n, .start = -1, .end = -1, .text = STR("增长5.8%"), .line = n};
}

/* Every batch replaces the same cells; a third of them are gone after each. */
static struct cell_row cell_of(uint32_t i, uint32_t n)
{
    return (struct cell_row){
        1, i, 1, {20089, 20453},
           (i128)n * i, (n + i) % 3
    };
}

/* ---- the child ----------------------------------------------------------------------------- */

/* Step 1: names, with the batch open. */
static enum code write_names(struct registry *g, uint32_t n, struct error *err)
{
    char name[40];
    snprintf(name, sizeof name, "企业%u", n);
    struct batch_row b = {n, BATCH_OPEN, STR("crash"), STR("test"), facts_in(n), n};
    struct entity e = {.id = n, .name = str_z(name)}, first = {.id = 1, .name = STR("企业1")};
    first.note = str_z(name); /* replaced by every batch */
    TRY(registry_put_batch(g, &b, err));
    TRY(registry_put_entity(g, &e, n, err));
    TRY(registry_put_entity(g, &first, n, err));
    return registry_put_alias(g, n, str_z(name + 3), n, err);
}

/* Step 2: facts. */
static enum code write_facts(struct history *h, uint32_t n, struct error *err)
{
    static struct fact facts[FACTS_MAX];
    static struct trace traces[FACTS_MAX];
    struct cell_row cells[CELLS];
    uint64_t before = facts_before(n);
    size_t count = facts_in(n);
    for (size_t i = 0; i < count; i++) {
        facts[i] = fact_of(before + 1 + i, n);
        traces[i] = trace_of(before + 1 + i, n);
    }
    for (uint32_t i = 0; i < CELLS; i++)
        cells[i] = cell_of(i, n);
    return h->ops->append(h, n, facts, count, traces, count, cells, CELLS, err);
}

static enum code write_batch(struct both *b, uint32_t n, struct error *err)
{
    TRY(registry_begin(b->g, err));
    enum code code = write_names(b->g, n, err);
    if (code != OK) {
        registry_rollback(b->g);
        return code;
    }
    TRY(registry_commit(b->g, err));
    TRY(write_facts(&b->h, n, err));
    return registry_batch_done(b->g, n, err);
}

/* Now and then everything is closed and opened, so that kills meet checkpoints too. */
static enum code write_batches(const char *dir, uint32_t n, int told, struct error *err)
{
    struct both b;
    TRY(both_open(&b, dir, true, err));
    for (;; n++) {
        TRY(write_batch(&b, n, err));
        if (write(told, &n, sizeof n) != sizeof n)
            return OK;
        if (n % 17 == 0) {
            both_close(&b);
            TRY(both_open(&b, dir, true, err));
        }
    }
}

static void child(const char *dir, uint32_t n, int told, rlim_t file_max)
{
    struct error err = {0};
    struct rlimit limit = {file_max, file_max};
    signal(SIGXFSZ, SIG_IGN); /* writing fails with EFBIG instead */
    if (file_max != RLIM_INFINITY)
        setrlimit(RLIMIT_FSIZE, &limit);
    enum code code = write_batches(dir, n, told, &err);
    if (file_max == RLIM_INFINITY)
        fprintf(stderr, "child: %s\n", err.text);
    _exit((int)code);
}

static pid_t start(const char *dir, uint32_t n, rlim_t file_max, int *told)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        child(dir, n, ends[1], file_max);
    }
    close(ends[1]);
    *told = ends[0];
    return pid;
}

/* The last batch the child told of, or `last`. */
static uint32_t drain(int told, uint32_t last)
{
    uint32_t n;
    while (read(told, &n, sizeof n) == sizeof n)
        last = n;
    close(told);
    return last;
}

/* ---- the parent ---------------------------------------------------------------------------- */

struct count {
    uint32_t batches; /* those that must be there */
    uint64_t facts, traces;
    uint32_t cell;
};

static enum code count_fact(void *ctx, const struct fact *f, struct error *err)
{
    struct count *c = ctx;
    if (f->id != c->facts + 1 || f->value != value_of(f->id) || f->batch == 0 ||
        f->batch > c->batches)
        return error_set(err, E_BUG, "fact %llu after %llu", (unsigned long long)f->id,
                         (unsigned long long)c->facts);
    c->facts++;
    return OK;
}

static enum code count_trace(void *ctx, const struct trace *t, struct error *err)
{
    struct count *c = ctx;
    if (t->fact != c->traces + 1 || !str_is(t->text, "增长5.8%"))
        return error_set(err, E_BUG, "trace of %llu after %llu", (unsigned long long)t->fact,
                         (unsigned long long)c->traces);
    c->traces++;
    return OK;
}

static enum code count_cell(void *ctx, const struct cell_row *cell, struct error *err)
{
    struct count *c = ctx;
    while (c->cell < CELLS && cell_of(c->cell, c->batches).have == 0)
        c->cell++;
    struct cell_row want = cell_of(c->cell, c->batches);
    if (cell->entity != want.entity || cell->sum != want.sum || cell->have != want.have)
        return error_set(err, E_BUG, "cell %u is not that of batch %u", cell->entity, c->batches);
    c->cell++;
    return OK;
}

static void check_history(struct history *h, uint32_t batches)
{
    struct error err = {0};
    struct count c = {.batches = batches};
    uint64_t held;
    assert_ok(h->ops->facts(h, count_fact, &c, &err));
    assert_ok(h->ops->traces(h, count_trace, &c, &err));
    assert_ok(h->ops->cells(h, count_cell, &c, &err));
    assert_int_equal(c.facts, facts_before(batches + 1));
    assert_int_equal(c.traces, c.facts);
    for (uint32_t n = 1; n <= batches; n++) {
        assert_ok(h->ops->batch_facts(h, n, &held, &err));
        assert_int_equal(held, facts_in(n));
    }
}

static void check_registry(struct registry *g, uint32_t batches)
{
    struct error err = {0};
    struct model *m = model_new();
    assert_ok(registry_load(g, m, &err));
    assert_int_equal(m->entities.len, batches);
    if (batches > 1) {
        assert_true(str_eq(model_entity(m, 1)->note, model_entity(m, batches)->name));
        size_t it = 0;
        assert_int_equal(model_alias(m, batches, &it).len, model_entity(m, batches)->name.len - 3);
    }
    model_free(m);
}

/* Opens after a crash; every batch up to `acknowledged` must be there. Returns how many are. */
static uint32_t check(const char *dir, uint32_t acknowledged)
{
    struct error err = {0};
    struct both b;
    struct arena a;
    struct batch_row *rows;
    size_t count;
    arena_init(&a, 0);
    assert_ok(both_open(&b, dir, true, &err));
    assert_ok(store_settle(b.g, &b.h, &err));
    assert_ok(registry_batches(b.g, &a, &rows, &count, &err));
    for (size_t i = 0; i < count; i++)
        assert_true(rows[i].id == i + 1 && rows[i].state == BATCH_DONE);
    assert_true(count == acknowledged || count == acknowledged + 1);
    check_history(&b.h, (uint32_t)count);
    check_registry(b.g, (uint32_t)count);
    both_close(&b);
    arena_clear(&a);
    return (uint32_t)count;
}

static void killed_at_random(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    const char *given = getenv("LUOSHU_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    time_t began = time(NULL);
    uint32_t batches = 0, rounds = 0;
    print_message("LUOSHU_SEED=%u\n", seed);
    scratch_make(dir);
    for (; rounds < ROUNDS && time(NULL) - began < SECONDS_MAX; rounds++) {
        int told, status;
        uint32_t first;
        pid_t pid = start(dir, batches + 1, RLIM_INFINITY, &told);
        /* a third dies while it opens, the others some time after their first batch */
        if (rounds % 3 != 0 && read(told, &first, sizeof first) == sizeof first)
            batches = first;
        usleep((useconds_t)rand_r(&seed) % 150000);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status)); /* it did not end by an error */
        batches = check(dir, drain(told, batches));
    }
    print_message("%u rounds, %u batches, %llu facts\n", rounds, batches,
                  (unsigned long long)facts_before(batches + 1));
    assert_true(rounds >= 20);
    assert_true(batches > rounds / 2);
    scratch_remove(dir);
}

/* Files may not grow past a limit, at each of several sizes: the writer gets an error that names
 * the file, and what it acknowledged is there. */
static void out_of_room(void **state)
{
    (void)state;
    static const rlim_t limits[] = {200000, 400000, 1000000, 2500000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char dir[SCRATCH_MAX];
        int told, status;
        scratch_make(dir);
        pid_t pid = start(dir, 1, limits[i], &told);
        uint32_t acknowledged = drain(told, 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_true(WEXITSTATUS(status) == E_IO || WEXITSTATUS(status) == E_BACKEND);
        uint32_t batches = check(dir, acknowledged);
        print_message("limit %lu: %u batches\n", (unsigned long)limits[i], batches);
        scratch_remove(dir);
    }
}

/* ---- settling, case by case ---------------------------------------------------------------- */

static void settle_each_case(void **state)
{
    (void)state;
    struct error err = {0};
    struct registry *g;
    struct history h;
    struct arena a;
    struct batch_row *rows;
    size_t count;
    arena_init(&a, 0);
    assert_ok(registry_open(&g, ":memory:", true, &err));
    assert_ok(history_open(&h, STR("memory"), "", true, &err));
    struct batch_row whole = {.id = 1, .facts = 2}, none = {.id = 2, .facts = 0},
                     absent = {.id = 3, .facts = 5}, torn = {.id = 4, .facts = 3};
    struct fact facts[3] = {fact_of(1, 1), fact_of(2, 1), fact_of(3, 4)};
    assert_ok(h.ops->append(&h, 2, NULL, 0, NULL, 0, NULL, 0, &err));
    assert_ok(h.ops->append(&h, 1, facts, 3, NULL, 0, NULL, 0, &err));
    assert_ok(registry_put_batch(g, &whole, &err));
    assert_ok(registry_put_batch(g, &none, &err));
    assert_ok(registry_put_batch(g, &absent, &err));
    assert_ok(registry_put_batch(g, &torn, &err));
    assert_fails(store_settle(g, &h, &err), E_BUG, "batch 4");
    assert_ok(registry_open_batches(g, &a, &rows, &count, &err));
    assert_int_equal(count, 4); /* nothing was changed */
    torn.facts = 1;
    assert_ok(h.ops->append(&h, 4, NULL, 0, NULL, 0, NULL, 0, &err));
    assert_ok(registry_put_batch(g, &torn, &err));
    assert_ok(store_settle(g, &h, &err));
    assert_ok(registry_batches(g, &a, &rows, &count, &err));
    assert_int_equal(count, 3);
    assert_true(rows[0].id == 1 && rows[1].id == 2 && rows[2].id == 4);
    assert_ok(store_settle(g, &h, &err)); /* again: no effect */
    history_close(&h);
    registry_close(g);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settle_each_case),
        cmocka_unit_test(out_of_room),
        cmocka_unit_test(killed_at_random),
    };
    return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
