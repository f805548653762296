/* readings_test.c - the engine against what can be said of the set of readings alone. */
#include "base/test.h"
#include "readings/readings_int.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;
static char dir[256];
static unsigned opened;

#define T0 ((int64_t)1767225600000) /* 2026-01-01T08:00+08:00 */
#define ok(call)                                                                                   \
    do {                                                                                           \
        error_clear(&err);                                                                         \
        if ((call) != OK)                                                                          \
            fail_msg("%s: %s", #call, err.text);                                                   \
    } while (0)

static void fresh(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/readings-%ld-%u", tmp ? tmp : "/tmp", (long)getpid(), opened++);
}

static void wipe(void)
{
    char cmd[300];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
    assert_int_equal(system(cmd), 0);
}

/* One profile of each kernel, two places, `points` points spread over them; the last is unbound. */
static struct points *some_points(size_t points)
{
    static const struct kernel_rule rules[] = {
        {.kind = KERNEL_COUNTER, .decimals = 3, .every_s = 60},
        {.kind = KERNEL_COUNTER,
         .gap = GAP_OPEN,
         .decimals = 3,
         .every_s = 60,
         .max_gap_s = 1200,
         .rollover = 1000000},
        {.kind = KERNEL_GAUGE, .decimals = 1, .every_s = 60},
        {.kind = KERNEL_AMOUNT, .decimals = 2, .every_s = 900},
        {.kind = KERNEL_STATE, .decimals = 0, .every_s = 60, .max_gap_s = 100000},
        {.kind = KERNEL_EVENT, .decimals = 0},
    };
    enum { RULES = sizeof rules / sizeof *rules };
    struct points *p = points_new(7);
    bool made;
    for (uint32_t i = 0; i < RULES; i++)
        points_add_profile(
            p, &(struct profile){i + 1, str_z(kernel_name(rules[i].kind)), 1, 1, rules[i]});
    points_add_device(p, &(struct device){.id = 1, .entity = 10});
    points_add_device(p, &(struct device){.id = 2, .entity = 20});
    for (uint32_t i = 0; i < points; i++) {
        char name[32];
        uint32_t profile = i % RULES + 1, device = i / RULES % 2 + 1;
        struct point pt = {.id = i + 1, .device = device, .profile = profile};
        pt.decimals = rules[profile - 1].decimals;
        if (i + 1 < points)
            pt.slot = points_slot(p, p->devices.v[device - 1], profile, pt.decimals, &made);
        snprintf(name, sizeof name, "m,dev=%u", i);
        pt.series = str_z(name);
        pt.field = STR("v");
        ok(points_add(p, &pt, &err));
    }
    return p;
}

static struct readings *open_it(struct points *p, bool threads)
{
    struct readings *r;
    struct readings_options o = {.no_thread = !threads, .generation_readings = threads ? 200 : 0};
    ok(readings_open(&r, dir, p, &o, &err));
    return r;
}

static void tell(void *ctx, const struct readings_difference *d)
{
    (void)ctx;
    print_error("%s slot %u window %d: kept %lld, found %lld\n", d->where, d->slot, d->window,
                (long long)d->kept, (long long)d->found);
}

static void clean(struct readings *r)
{
    uint64_t n, differences;
    ok(readings_check(r, tell, NULL, &n, &differences, &err));
    assert_int_equal(differences, 0);
}

/* ---- the property ---- */

struct op {
    struct reading v;
};

static uint64_t test_next(uint64_t *seed)
{
    test_state = *seed;
    uint64_t x = test_random();
    *seed = test_state;
    return x;
}

static int64_t some_value(uint64_t *seed, uint32_t point, int64_t t)
{
    uint64_t x = test_next(seed);
    if (x % 40 == 0)
        return READING_NULL + (int64_t)(x / 40 % 5);
    if (x % 53 == 0)
        return (int64_t)(x / 53 % 100); /* a reset */
    return (t - T0) / 1000 * (int64_t)(point % 7 + 1) + (int64_t)(x % 1000);
}

/* What one state of the engine says, as bytes: windows of all levels and live sums. */
static void say(struct readings *r, struct buf *out)
{
    size_t slots = r->slot_count;
    struct slot_sum *v = mem_zalloc(slots * sizeof *v);
    i128 *live = mem_zalloc(slots * sizeof *live);
    static const int span[] = {4 * 24 * 6, 24 * 6, 6, 2};
    for (enum level l = LEVEL_QUARTER; l < LEVEL_COUNT; l++)
        for (int32_t w = window_of(l, T0) - 2; w < window_of(l, T0) + span[l]; w++) {
            ok(readings_windows(r, l, w, w, v, slots, &err));
            for (size_t i = 1; i < slots; i++)
                if (v[i].amount || v[i].covered_ms || v[i].have || v[i].resets)
                    buf_fmt(out, "%d %d %zu %lld %lld %u %u\n", l, w, i, (long long)v[i].amount,
                            (long long)v[i].covered_ms, v[i].have, v[i].resets);
        }
    readings_live(r, 0, live, NULL, NULL, slots);
    for (size_t i = 0; i < slots; i++)
        buf_fmt(out, "live %zu %lld\n", i, (long long)live[i]);
    mem_free(v);
    mem_free(live);
}

/* The readings in one order, in batches, with packing and opening anew between; repeats sprinkled
 * in. */
static void feed(const struct reading *v, size_t n, uint64_t *seed, bool rough, struct buf *out)
{
    struct points *p = some_points(14);
    fresh();
    struct readings *r = open_it(p, false);
    for (size_t i = 0; i < n;) {
        size_t k = rough ? 1 + test_next(seed) % 40 : n;
        if (i + k > n)
            k = n - i;
        ok(readings_append(r, v + i, k, NULL, &err));
        if (rough && test_next(seed) % 4 == 0) {
            struct readings_counts c;
            ok(readings_append(r, v + i, k, &c, &err));
        }
        i += k;
        if (rough && test_next(seed) % 6 == 0)
            ok(readings_settle(r, &err));
        if (rough && test_next(seed) % 9 == 0) {
            readings_close(r);
            r = open_it(p, false);
        }
    }
    clean(r);
    say(r, out);
    readings_close(r);
    points_free(p);
    wipe();
}

static void any_order_says_the_same(void **state)
{
    (void)state;
    test_seed(__func__);
    uint64_t seed = test_random();
    for (int round = 0; round < 6; round++) {
        enum { N = 700 };
        struct reading v[N];
        struct buf a, b;
        buf_init(&a, SIZE_MAX);
        buf_init(&b, SIZE_MAX);
        size_t n = 0;
        /* every (point, time) once, so that the set does not depend on the order */
        for (int64_t t = T0; n < N; t += (int64_t)(test_next(&seed) % 8) * 60000 + 250) {
            uint32_t point = (uint32_t)(test_next(&seed) % 14) + 1;
            if (test_next(&seed) % 60 == 0)
                t += 40 * 60000;
            v[n++] = (struct reading){point, t, some_value(&seed, point, t)};
        }
        feed(v, n, &seed, false, &a);
        for (size_t i = n; i > 1; i--) {
            size_t far = round % 2 ? i : (i < 30 ? i : 30), k = i - 1 - test_next(&seed) % far;
            struct reading swap = v[i - 1];
            v[i - 1] = v[k];
            v[k] = swap;
        }
        feed(v, n, &seed, true, &b);
        if (!str_eq(buf_str(&a), buf_str(&b)))
            fail_msg("round %d: another order gave other sums\n%.*s\n---\n%.*s", round,
                     a.len < 1500 ? (int)a.len : 1500, a.ptr, b.len < 1500 ? (int)b.len : 1500,
                     b.ptr);
        buf_clear(&a);
        buf_clear(&b);
    }
}

static void corrections_move_what_they_should(void **state)
{
    (void)state;
    struct points *p = some_points(14);
    struct readings_counts c;
    struct slot_sum v[16];
    fresh();
    struct readings *r = open_it(p, false);
    /* point 4: amounts of quarters, ending at the stamp */
    struct reading q[8];
    for (int i = 0; i < 8; i++)
        q[i] = (struct reading){4, T0 + (i + 1) * 900000, 100 + i};
    ok(readings_append(r, q, 8, &c, &err));
    assert_int_equal(c.stored, 8);
    uint32_t slot = p->point_slot.v[3];
    ok(readings_days(r, window_of(LEVEL_DAY, T0), window_of(LEVEL_DAY, T0), v, 16, &err));
    assert_true(v[slot].amount == 828);
    ok(readings_settle(r, &err));
    q[3].value = 1000;
    ok(readings_append(r, &q[3], 1, &c, &err));
    assert_int_equal(c.revised, 1);
    ok(readings_append(r, &q[3], 1, &c, &err));
    assert_int_equal(c.same, 1);
    ok(readings_days(r, window_of(LEVEL_DAY, T0), window_of(LEVEL_DAY, T0), v, 16, &err));
    assert_true(v[slot].amount == 828 - 103 + 1000);
    ok(readings_windows(r, LEVEL_QUARTER, window_of(LEVEL_QUARTER, T0) + 3,
                        window_of(LEVEL_QUARTER, T0) + 3, v, 16, &err));
    assert_true(v[slot].amount == 1000);
    assert_int_equal(v[slot].have, 1);
    reading_vec all = {0};
    ok(readings_series(r, 4, 0, READING_TIME_MAX, true, &all, &err));
    assert_int_equal(all.len, 9); /* nothing is overwritten */
    all.len = 0;
    ok(readings_series(r, 4, 0, READING_TIME_MAX, false, &all, &err));
    assert_int_equal(all.len, 8);
    assert_true(all.v[3].value == 1000);
    vec_clear(&all);
    clean(r);
    readings_close(r);
    points_free(p);
    wipe();
}

static void history_follows_its_binding(void **state)
{
    (void)state;
    struct points *p = some_points(14);
    struct slot_sum v[20];
    bool made;
    fresh();
    struct readings *r = open_it(p, false);
    for (int i = 0; i < 50; i++)
        ok(readings_append(r, &(struct reading){14, T0 + i * 60000, i * 10}, 1, NULL, &err));
    clean(r);
    uint32_t slot = points_slot(p, 10, 2, 6, &made);
    ok(readings_settle(r, &err));
    points_set_slot(p, 14, 1, slot);
    readings_grow(r);
    ok(readings_append(r, &(struct reading){14, T0 + 50 * 60000, 500}, 1, NULL, &err));
    ok(readings_rebind(r, &(uint32_t){14}, 1, &err));
    ok(readings_append(r, &(struct reading){14, T0 + 51 * 60000, 510}, 1, NULL, &err));
    ok(readings_windows(r, LEVEL_MONTH, window_of(LEVEL_MONTH, T0), window_of(LEVEL_MONTH, T0), v,
                        20, &err));
    assert_true(v[slot].amount == 510);
    clean(r);
    readings_close(r);
    /* a crash between registry and move: the registry says another slot than the readings */
    uint32_t other = points_slot(p, 20, 2, 6, &made);
    points_set_slot(p, 14, 2, other);
    r = open_it(p, false);
    ok(readings_windows(r, LEVEL_MONTH, window_of(LEVEL_MONTH, T0), window_of(LEVEL_MONTH, T0), v,
                        20, &err));
    assert_true(v[other].amount == 510);
    assert_true(v[slot].amount == 0);
    clean(r);
    readings_close(r);
    points_free(p);
    wipe();
}

static void bad_readings_are_refused(void **state)
{
    (void)state;
    struct points *p = some_points(3);
    fresh();
    struct readings *r = open_it(p, false);
    struct reading v[] = {
        {1, T0, 5}, {4, T0, 5}, {1, -5, 5}, {1, READING_TIME_MAX, 5}, {1, T0, READING_MIN - 1}};
    for (size_t i = 1; i < sizeof v / sizeof *v; i++) {
        struct reading two[] = {v[0], v[i]};
        error_clear(&err);
        assert_int_equal(readings_append(r, two, 2, NULL, &err), E_INPUT);
    }
    assert_int_equal(readings_sequence(r), 0);
    readings_close(r);
    points_free(p);
    wipe();
}

/* ---- kill: whatever was acknowledged is there, once ---- */

static void child(struct points *p, int report, uint64_t seed)
{
    struct readings *r;
    struct readings_options o = {.generation_readings = 300};
    if (readings_open(&r, dir, p, &o, &err) != OK)
        _exit(9);
    for (int64_t k = 0;; k++) {
        struct reading v[20];
        for (int i = 0; i < 20; i++) {
            uint32_t point = (uint32_t)(test_next(&seed) % 12) + 1;
            int64_t late =
                test_next(&seed) % 10 == 0 ? (int64_t)(test_next(&seed) % 600) * 60000 : 0;
            v[i] = (struct reading){point, T0 + 864000000 + k * 60000 + i - late,
                                    (int64_t)(test_next(&seed) % 100000)};
        }
        enum code code;
        while ((code = readings_append(r, v, 20, NULL, &err)) == E_BUSY)
            error_clear(&err);
        if (code != OK)
            _exit(8);
        if (write(report, v, sizeof v) != sizeof v)
            _exit(7);
    }
}

static void a_kill_loses_and_repeats_nothing(void **state)
{
    (void)state;
    test_seed(__func__);
    uint64_t seed = test_random();
    struct points *p = some_points(14);
    VEC(struct reading) told = {0};
    fresh();
    for (int round = 0; round < 10; round++) {
        int fd[2];
        assert_int_equal(pipe(fd), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fd[0]);
            child(p, fd[1], seed + (uint64_t)round);
        }
        close(fd[1]);
        usleep((useconds_t)(30000 + test_next(&seed) % 120000));
        kill(pid, SIGKILL);
        struct reading v[20];
        while (read(fd[0], v, sizeof v) == (ssize_t)sizeof v)
            for (int i = 0; i < 20; i++)
                vec_push(&told, v[i]);
        close(fd[0]);
        int status;
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status));
        struct readings *r = open_it(p, false);
        clean(r);
        size_t missing = 0;
        for (size_t i = 0; i < told.len; i++) {
            reading_vec at = {0};
            ok(readings_series(r, told.v[i].point, told.v[i].time_ms, told.v[i].time_ms + 1, true,
                               &at, &err));
            bool there = false;
            for (size_t k = 0; k < at.len; k++)
                there |= at.v[k].value == told.v[i].value;
            missing += !there;
            vec_clear(&at);
        }
        assert_int_equal(missing, 0);
        readings_close(r);
    }
    print_message("# %zu acknowledged readings over 10 kills\n", told.len);
    assert_true(told.len > 0);
    vec_clear(&told);
    points_free(p);
    wipe();
}

/* ---- many threads ---- */

static struct readings *shared;
static void *sender(void *arg)
{
    struct error e = {0};
    uint32_t point = (uint32_t)(uintptr_t)arg;
    for (int i = 0; i < 300; i++) {
        enum code code = E_BUSY;
        while (code == E_BUSY) { /* packing is behind: the same again */
            error_clear(&e);
            code =
                readings_append(shared, &(struct reading){point, T0 + i * 60000, i}, 1, NULL, &e);
        }
        if (code != OK)
            return "failed";
    }
    return NULL;
}
static void *asker(void *arg)
{
    struct slot_sum v[16];
    struct error e = {0};
    (void)arg;
    for (int i = 0; i < 100; i++)
        if (readings_days(shared, window_of(LEVEL_DAY, T0), window_of(LEVEL_DAY, T0) + 40, v, 16,
                          &e) != OK)
            return "failed";
    return NULL;
}

static void threads_share(void **state)
{
    (void)state;
    struct points *p = some_points(14);
    pthread_t t[8];
    fresh();
    shared = open_it(p, true);
    for (uintptr_t i = 0; i < 8; i++)
        pthread_create(&t[i], NULL, i < 6 ? sender : asker, (void *)(i + 1));
    for (int i = 0; i < 8; i++) {
        void *failed;
        pthread_join(t[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(readings_sequence(shared), 1800);
    ok(readings_settle(shared, &err));
    clean(shared);
    struct readings_stats s;
    readings_stats(shared, &s);
    assert_int_equal(s.block_readings, 1800);
    readings_close(shared);
    points_free(p);
    wipe();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corrections_move_what_they_should),
        cmocka_unit_test(history_follows_its_binding),
        cmocka_unit_test(bad_readings_are_refused),
        cmocka_unit_test(any_order_says_the_same),
        cmocka_unit_test(a_kill_loses_and_repeats_nothing),
        cmocka_unit_test(threads_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
