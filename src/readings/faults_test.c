/* faults_test.c - a full disk, damaged and missing files, corrections that take a reading back. */
#include "base/test.h"
#include "readings/readings_int.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;
static char dir[256];
static unsigned opened;

#define T0 ((int64_t)1767225600000) /* 2026-01-01T08:00+08:00 */
#define MINUTE ((int64_t)60000)
#define DAY ((int64_t)86400000)
#define ok(call)                                                                                   \
    do {                                                                                           \
        error_clear(&err);                                                                         \
        if ((call) != OK)                                                                          \
            fail_msg("%s: %s", #call, err.text);                                                   \
    } while (0)
#define refused(call, code, words)                                                                 \
    do {                                                                                           \
        error_clear(&err);                                                                         \
        if ((call) != (code))                                                                      \
            fail_msg("%s: %s", #call, err.text);                                                   \
        if (!strstr(err.text, words))                                                              \
            fail_msg("%s: '%s' does not tell of '%s'", #call, err.text, words);                    \
    } while (0)

/* Point 1 a counter, point 2 a gauge of the same place. */
static struct points *two_points(void)
{
    static const struct kernel_rule rules[] = {
        {.kind = KERNEL_COUNTER, .decimals = 3, .every_s = 60},
        {.kind = KERNEL_GAUGE, .decimals = 3, .every_s = 60}};
    struct points *p = points_new(7);
    bool made;
    points_add_device(p, &(struct device){.id = 1, .entity = 10});
    for (uint32_t i = 1; i <= 2; i++) {
        points_add_profile(
            p, &(struct profile){i, str_z(kernel_name(rules[i - 1].kind)), 1, 1, rules[i - 1]});
        struct point pt = {.id = i, .device = 1, .profile = i, .decimals = 3};
        pt.slot = points_slot(p, 10, i, 3, &made);
        pt.series = i == 1 ? STR("m,dev=1") : STR("m,dev=2");
        pt.field = STR("v");
        ok(points_add(p, &pt, &err));
    }
    return p;
}

static struct readings *open_it(struct points *p)
{
    struct readings *r;
    ok(readings_open(&r, dir, p, &(struct readings_options){.no_thread = true}, &err));
    return r;
}

static struct readings *begin(struct points **p)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/faults-%ld-%u", tmp ? tmp : "/tmp", (long)getpid(), opened++);
    *p = two_points();
    return open_it(*p);
}

static void run(const char *fmt, const char *what)
{
    char cmd[600];
    snprintf(cmd, sizeof cmd, "cd '%s' && %s %s", dir, fmt, what);
    assert_int_equal(system(cmd), 0);
}

static void end(struct readings *r, struct points *p)
{
    readings_close(r);
    points_free(p);
    run("rm -rf", "\"$PWD\"");
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

static void put(struct readings *r, uint32_t point, int64_t time, int64_t value)
{
    ok(readings_append(r, &(struct reading){point, time, value}, 1, NULL, &err));
}

static size_t count(struct readings *r, uint32_t point)
{
    reading_vec v = {0};
    ok(readings_series(r, point, 0, READING_TIME_MAX, true, &v, &err));
    size_t n = v.len;
    vec_clear(&v);
    return n;
}

/* ---- corrections ---- */

/* The newest reading of a counter is taken back; the next counts from the one before. */
static void a_reading_taken_back(void **state)
{
    (void)state;
    for (int packed = 0; packed < 4; packed++) {
        struct points *p;
        struct readings *r = begin(&p);
        struct reading last;
        put(r, 1, T0, 100);
        put(r, 1, T0 + MINUTE, 900);
        if (packed & 1)
            ok(readings_settle(r, &err));
        put(r, 1, T0 + MINUTE, READING_NULL);
        clean(r);
        if (packed & 2) {
            ok(readings_settle(r, &err));
            readings_close(r);
            r = open_it(p);
        }
        clean(r);
        assert_true(readings_last(r, 1, &last));
        assert_true(last.value == READING_NULL && last.time_ms == T0 + MINUTE);
        put(r, 1, T0 + 2 * MINUTE, 300);
        clean(r);
        struct slot_sum v[4];
        int32_t q = window_of(LEVEL_QUARTER, T0);
        ok(readings_windows(r, LEVEL_QUARTER, q, q, v, 4, &err));
        assert_true(v[p->point_slot.v[0]].amount == 200);
        assert_int_equal(v[p->point_slot.v[0]].resets, 0);
        end(r, p);
    }
}

/* ---- after letting go ---- */

static i128 month_of(struct readings *r, uint32_t slot)
{
    struct slot_sum v[8];
    int32_t m = window_of(LEVEL_MONTH, T0);
    ok(readings_windows(r, LEVEL_MONTH, m, m, v, 8, &err));
    return v[slot].amount;
}

/* Old readings go, with a gap across the border; late ones, a move and another letting go after. */
static void what_was_let_go_still_counts(void **state)
{
    (void)state;
    struct points *p;
    struct readings *r = begin(&p);
    uint32_t slot = p->point_slot.v[0];
    day_t today = window_of(LEVEL_DAY, T0);
    bool made;
    for (int i = 0; i < 300; i++) {
        put(r, 1, T0 + i * MINUTE, i * 10);
        put(r, 2, T0 + i * MINUTE, 5);
    }
    ok(readings_settle(r, &err));
    put(r, 1, T0 + 3 * DAY, 90000);
    put(r, 2, T0 + 3 * DAY, 6);
    ok(readings_retain(r, today + 2, &err));
    assert_int_equal(count(r, 1), 2); /* the last before, and what was kept */
    clean(r);
    struct reading old = {1, T0 + 200 * MINUTE + 1, 2000};
    refused(readings_append(r, &old, 1, NULL, &err), E_INPUT, "older than what is kept");
    put(r, 1, T0 + 2 * DAY, 50000); /* late, its neighbour was let go */
    clean(r);
    assert_true(month_of(r, slot) == 90000);
    put(r, 1, T0 + 4 * DAY, 91000);
    readings_close(r);
    r = open_it(p);
    clean(r);
    ok(readings_settle(r, &err));
    ok(readings_retain(r, today + 30, &err)); /* all of it: the newest stay */
    struct reading last;
    assert_true(readings_last(r, 1, &last));
    assert_true(last.value == 91000);
    assert_int_equal(count(r, 1), 1);
    points_add_device(p, &(struct device){.id = 2, .entity = 20});
    uint32_t other = points_slot(p, 20, 1, 3, &made);
    points_set_slot(p, 1, 2, other);
    readings_grow(r);
    ok(readings_rebind(r, &(uint32_t){1}, 1, &err));
    assert_true(readings_last(r, 1, &last));
    assert_true(last.value == 91000);
    put(r, 1, T0 + 5 * DAY, 92000);
    clean(r);
    assert_true(month_of(r, slot) == 91000);
    assert_true(month_of(r, other) == 1000);
    end(r, p);
}

/* ---- a full disk ---- */

static void limit_files(rlim_t bytes)
{
    struct rlimit l;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void no_room_for_the_journal(void **state)
{
    (void)state;
    struct points *p;
    struct readings *r = begin(&p);
    char trouble[256];
    put(r, 1, T0, 100);
    ok(readings_settle(r, &err)); /* the next segment begins without room */
    for (int again = 0; again < 3; again++) {
        struct reading v = {1, T0 + MINUTE, 200};
        limit_files(0);
        refused(readings_append(r, &v, 1, NULL, &err), E_IO, "the journal");
        readings_trouble(r, trouble);
        assert_non_null(strstr(trouble, "the journal"));
        assert_int_equal(count(r, 1), 1 + again);
        if (again == 1) { /* nothing of the refused one is there after a start */
            limit_files(RLIM_INFINITY);
            readings_close(r);
            r = open_it(p);
            assert_int_equal(count(r, 1), 2);
        }
        limit_files(RLIM_INFINITY);
        put(r, 1, T0 + (again + 1) * MINUTE, 200 + again); /* by itself */
        readings_trouble(r, trouble);
        assert_string_equal(trouble, "");
        clean(r);
    }
    readings_close(r);
    r = open_it(p);
    assert_int_equal(count(r, 1), 4);
    clean(r);
    end(r, p);
}

static size_t open_files(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* Packing fails at every length that the files of a generation pass, and is done when there is
 * room. */
static void no_room_for_packing(void **state)
{
    (void)state;
    struct points *p;
    struct readings *r = begin(&p);
    for (int i = 0; i < 400; i++) {
        put(r, 1, T0 + i * MINUTE, i * 7919 % 5000 + i * 5000);
        put(r, 2, T0 + i * MINUTE, i * 104729 % 100000);
    }
    size_t before = open_files(), failed = 0;
    for (rlim_t bytes = 0; bytes < 8192; bytes += 20) {
        limit_files(bytes);
        error_clear(&err);
        enum code code = readings_settle(r, &err);
        limit_files(RLIM_INFINITY);
        if (code == OK)
            break;
        assert_int_equal(code, E_IO);
        failed++;
        assert_int_equal(open_files(), before);
        assert_int_equal(count(r, 1), 400);
    }
    assert_true(failed > 3);
    clean(r);
    readings_close(r);
    r = open_it(p);
    assert_int_equal(count(r, 1), 400);
    assert_int_equal(count(r, 2), 400);
    clean(r);
    end(r, p);
}

/* ---- damaged and missing files ---- */

static void flip_byte(const char *name, off_t at)
{
    char path[600];
    unsigned char c;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    if (at < 0)
        at = lseek(fd, 0, SEEK_END) + at;
    assert_int_equal(pread(fd, &c, 1, at), 1);
    c ^= 0x41;
    assert_int_equal(pwrite(fd, &c, 1, at), 1);
    close(fd);
}

static void not_opened(struct points *p, enum code code, const char *words)
{
    struct readings *r = NULL;
    refused(readings_open(&r, dir, p, &(struct readings_options){.no_thread = true}, &err), code,
            words);
    assert_null(r);
}

enum { GROUP = 32, ENTRY = 16 };

static void a_damaged_journal_is_told(void **state)
{
    (void)state;
    struct points *p;
    struct readings *r = begin(&p);
    for (int i = 0; i < 3; i++)
        put(r, 1, T0 + i * MINUTE, i);
    readings_close(r);
    flip_byte("journal/0000000001.jrn", (GROUP + ENTRY) + GROUP + 8); /* in the middle: refused */
    not_opened(p, E_INPUT, "0000000001.jrn' is damaged at byte 48");
    flip_byte("journal/0000000001.jrn", (GROUP + ENTRY) + GROUP + 8);
    r = open_it(p);
    assert_int_equal(count(r, 1), 3);
    readings_close(r);
    flip_byte("journal/0000000001.jrn", 2 * (GROUP + ENTRY) + GROUP + 8); /* the end: torn */
    r = open_it(p);
    assert_int_equal(count(r, 1), 2);
    put(r, 1, T0 + 3 * MINUTE, 3);
    readings_close(r);
    r = open_it(p);
    assert_int_equal(count(r, 1), 3);
    clean(r);
    end(r, p);
}

/* A commit of many groups that the disk wrote in another order than it was given. */
static void a_torn_commit_is_the_end(void **state)
{
    (void)state;
    struct points *p;
    struct readings *r = begin(&p);
    struct reading far[3];
    put(r, 1, T0, 1);
    for (int i = 0; i < 3; i++) /* each so far from the other that it needs its own group */
        far[i] = (struct reading){1, T0 - (i + 1) * 60 * DAY, 5 + i};
    ok(readings_append(r, far, 3, NULL, &err));
    readings_close(r);
    flip_byte("journal/0000000001.jrn", 2 * (GROUP + ENTRY) + GROUP + 8);
    r = open_it(p);
    assert_int_equal(count(r, 1), 2); /* never acknowledged: what is whole may stay */
    ok(readings_append(r, far, 3, NULL, &err));
    readings_close(r);
    r = open_it(p);
    assert_int_equal(count(r, 1), 4);
    clean(r);
    end(r, p);
}

/* Two segments, as after a crash while the first was being packed. */
static void two_segments(struct points **p)
{
    struct readings *r = begin(p);
    put(r, 1, T0, 1);
    put(r, 1, T0 + MINUTE, 2);
    readings_flip(r);
    put(r, 1, T0 + 2 * MINUTE, 3);
    readings_close(r);
}

static void a_missing_segment_is_told(void **state)
{
    (void)state;
    struct points *p;
    two_segments(&p);
    run("mv", "journal/0000000001.jrn kept");
    not_opened(p, E_INPUT, "0000000002.jrn' goes on at reading 2");
    run("mv", "kept journal/0000000001.jrn");
    struct readings *r = open_it(p);
    assert_int_equal(count(r, 1), 3);
    clean(r);
    end(r, p);
    two_segments(&p);
    run("truncate -s 48", "journal/0000000001.jrn"); /* the second group is gone */
    not_opened(p, E_INPUT, "0000000002.jrn' goes on at reading 2 (byte 0), but only 1");
    points_free(p);
    run("rm -rf", "\"$PWD\"");
}

static void damaged_files_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        off_t at;
    } files[] = {{"blocks/0000000001", 9}, {"state/0000000002", 20}, {"windows/0000000003", -30}};
    struct points *p;
    struct readings *r = begin(&p);
    for (int i = 0; i < 50; i++)
        put(r, 1, T0 + i * MINUTE, i * 3);
    ok(readings_settle(r, &err));
    readings_close(r);
    for (size_t i = 0; i < 3; i++) {
        char away[64];
        flip_byte(files[i].name, files[i].at);
        not_opened(p, E_INPUT, files[i].name);
        flip_byte(files[i].name, files[i].at);
        snprintf(away, sizeof away, "%s kept", files[i].name);
        run("mv", away);
        not_opened(p, E_IO, files[i].name);
        snprintf(away, sizeof away, "kept %s", files[i].name);
        run("mv", away);
    }
    run("mv", "manifest.json kept");
    not_opened(p, E_INPUT, "manifest.json' is missing");
    run("truncate -s 20 kept && mv", "kept manifest.json");
    not_opened(p, E_INPUT, "manifest.json' of the readings is damaged");
    points_free(p);
    run("test -e blocks/0000000001 && rm -rf", "\"$PWD\"");
}

static void one_process_at_a_time(void **state)
{
    (void)state;
    struct points *p;
    struct readings *r = begin(&p);
    not_opened(p, E_CONFLICT, "held by another process");
    put(r, 1, T0, 1);
    end(r, p);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN); /* writing fails with EFBIG instead */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_taken_back),         cmocka_unit_test(no_room_for_the_journal),
        cmocka_unit_test(no_room_for_packing),          cmocka_unit_test(a_damaged_journal_is_told),
        cmocka_unit_test(a_torn_commit_is_the_end),     cmocka_unit_test(a_missing_segment_is_told),
        cmocka_unit_test(damaged_files_are_told),       cmocka_unit_test(one_process_at_a_time),
        cmocka_unit_test(what_was_let_go_still_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
