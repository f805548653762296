/* live_test.c - newest values, owners' sums and folds, up to the ends of 64 bits (I2, I4). */
#include "rollup/rollup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h> /* needs the ones above */

/* points 0, 1, 2 of owner 0; 3 of owner 1; owner 2 has none */
static const uint32_t owner_of[] = {0, 0, 0, 1};
static struct live *fresh(void)
{
    return live_new(owner_of, 4, 3);
}
static enum code one(struct live *l, uint32_t point, int64_t value, uint32_t time)
{
    return live_update(l, &point, &value, &time, 1, NULL);
}

static void test_newest_wins(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        uint32_t time;
        int64_t held;
        const char *why;
    } rows[] = {
        {5,  0,          5,  "the first, even at time 0"   },
        {7,  10,         7,  "newer"                       },
        {9,  9,          7,  "older: nothing"              },
        {-8, 10,         -8, "same time: the later arrival"},
        {0,  11,         0,  "zero is a value"             },
        {3,  UINT32_MAX, 3,  "the last second"             },
        {4,  12,         3,  "older again"                 },
    };
    struct live *l = fresh();
    assert_int_equal(one(l, 2, 1000, 1), OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t time;
        assert_int_equal(one(l, 1, rows[i].value, rows[i].time), OK);
        if (live_point(l, 1, &time) != rows[i].held)
            fail_msg("%s", rows[i].why);
        assert_true(live_owner_sum(l, 0) == 1000 + rows[i].held);
    }
    assert_true(live_owner_sum(l, 1) == 0 && live_owner_sum(l, 2) == 0);
    assert_int_equal(live_verify(l), 0);
    assert_true(live_bytes(l) >= 4 * 16 + 3 * 8);
    live_free(l);
}

static void test_batch(void **state)
{
    (void)state;
    struct live *l = fresh();
    const uint32_t point[] = {0, 3, 0, 1, 0}, time[] = {5, 5, 6, 5, 5};
    const int64_t value[] = {1, 2, 4, 8, 16};
    assert_int_equal(live_update(l, point, value, time, 5, NULL), OK);
    assert_int_equal(live_update(l, point, value, time, 0, NULL), OK);
    assert_true(live_owner_sum(l, 0) == 12 && live_owner_sum(l, 1) == 2);
    const uint16_t member_of[] = {1, 0, 1};
    i128 out[2] = {99, 99};
    live_fold(l, member_of, out, 2);
    assert_true(out[0] == 2 && out[1] == 12);
    live_free(l);
}

/* I2: a sum outside 64 bits refuses the whole batch; outside on the way only is no error. */
static void test_range(void **state)
{
    (void)state;
    struct live *l = fresh();
    struct error err = {0};
    assert_int_equal(one(l, 0, INT64_MAX, 1), OK);
    assert_int_equal(one(l, 3, -7, 1), OK);
    const uint32_t point[] = {3, 1, 1, 3}, late[] = {2, 2, 3, 3};
    const int64_t over[] = {8, 5, 1, 9};
    assert_int_equal(live_update(l, point, over, late, 4, &err), E_RANGE);
    assert_non_null(strstr(err.text, "owner 0"));
    uint32_t time;
    assert_true(live_point(l, 1, &time) == 0 && time == 0);
    assert_true(live_point(l, 3, &time) == -7 && time == 1);
    assert_true(live_owner_sum(l, 0) == INT64_MAX && live_owner_sum(l, 1) == -7);
    const uint32_t both[] = {1, 0};
    const int64_t way[] = {5, INT64_MAX - 5};
    assert_int_equal(live_update(l, both, way, late, 2, NULL), OK);
    assert_true(live_owner_sum(l, 0) == INT64_MAX);
    assert_int_equal(live_verify(l), 0);
    const int64_t least[] = {0, INT64_MIN}; /* a difference that does not fit either */
    assert_int_equal(live_update(l, both, least, late, 2, NULL), OK);
    assert_true(live_owner_sum(l, 0) == INT64_MIN);
    assert_int_equal(one(l, 2, -1, 9), E_RANGE);
    assert_int_equal(live_verify(l), 0);
    live_free(l);
}

/* Groups are folded in 128 bits: two owners at the end of 64. */
static void test_fold_large(void **state)
{
    (void)state;
    struct live *l = fresh();
    const uint16_t member_of[] = {0, 0, 0}, far[] = {1999, 1999, 0};
    i128 out[2000];
    assert_int_equal(one(l, 0, INT64_MAX, 1), OK);
    assert_int_equal(one(l, 3, INT64_MAX, 1), OK);
    live_fold(l, member_of, out, 1);
    assert_true(out[0] == (i128)INT64_MAX * 2);
    assert_int_equal(one(l, 0, 3, 1), OK);
    assert_int_equal(one(l, 3, 4, 1), OK);
    live_fold(l, far, out, 2000);
    assert_true(out[1999] == 7 && out[0] == 0);
    live_free(l);
}

static void test_nothing(void **state)
{
    (void)state;
    struct live *l = live_new(NULL, 0, 0);
    i128 out[1] = {5};
    live_fold(l, NULL, out, 1);
    assert_true(out[0] == 0);
    assert_int_equal(live_verify(l), 0);
    live_free(l);
    live_free(NULL);
}

/* ---- random streams against plain arrays ---------------------------------------------------- */

static uint64_t seed;
static uint64_t draw(void) /* splitmix64 */
{
    uint64_t x = seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

enum { POINTS = 60, OWNERS = 9, BATCH = 90, MEMBERS = 4 };
struct plain {
    uint32_t owner[POINTS], time[POINTS];
    int64_t value[POINTS];
    i128 sum[OWNERS];
};

static void plain_sums(struct plain *p)
{
    memset(p->sum, 0, sizeof p->sum);
    for (size_t i = 0; i < POINTS; i++)
        p->sum[p->owner[i]] += p->value[i];
}

/* The whole batch, or nothing of it when a sum ends outside 64 bits. */
static bool plain_update(struct plain *p, const uint32_t *point, const int64_t *value,
                         const uint32_t *time, size_t n)
{
    struct plain was = *p;
    for (size_t i = 0; i < n; i++)
        if (time[i] >= p->time[point[i]]) {
            p->value[point[i]] = value[i];
            p->time[point[i]] = time[i];
        }
    plain_sums(p);
    for (size_t i = 0; i < OWNERS; i++)
        if (p->sum[i] != (int64_t)p->sum[i]) {
            *p = was;
            return false;
        }
    return true;
}

static void compare(const struct live *l, const struct plain *p)
{
    uint16_t member_of[OWNERS];
    i128 want[MEMBERS] = {0}, got[MEMBERS];
    for (uint32_t i = 0; i < OWNERS; i++) {
        member_of[i] = (uint16_t)(draw() % MEMBERS);
        want[member_of[i]] += p->sum[i];
        assert_true(live_owner_sum(l, i) == p->sum[i]);
    }
    live_fold(l, member_of, got, MEMBERS);
    assert_memory_equal(got, want, sizeof got);
    for (uint32_t i = 0; i < POINTS; i++) {
        uint32_t time;
        assert_true(live_point(l, i, &time) == p->value[i] && time == p->time[i]);
    }
    assert_int_equal(live_verify(l), 0);
}

static void random_stream(unsigned shift)
{
    struct plain p = {0};
    for (size_t i = 0; i < POINTS; i++)
        p.owner[i] = (uint32_t)(draw() % OWNERS);
    struct live *l = live_new(p.owner, POINTS, OWNERS);
    for (unsigned k = 0; k < 6; k++) {
        uint32_t point[BATCH], time[BATCH];
        int64_t value[BATCH];
        size_t n = draw() % BATCH;
        for (size_t i = 0; i < n; i++) {
            point[i] = (uint32_t)(draw() % POINTS);
            time[i] = (uint32_t)(k * 10 + draw() % 25);
            value[i] = (int64_t)draw() >> shift;
        }
        bool fits = plain_update(&p, point, value, time, n);
        assert_int_equal(live_update(l, point, value, time, n, NULL), fits ? OK : E_RANGE);
        compare(l, &p);
    }
    live_free(l);
}

static void test_random_streams(void **state)
{
    (void)state;
    static const unsigned shifts[] = {40, 6, 5, 4, 2, 0}; /* from far inside to the ends */
    for (unsigned i = 0; i < 1200; i++)
        random_stream(shifts[i % 6]);
}

int main(void)
{
    const char *given = getenv("LUOSHU_SEED");
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("# LUOSHU_SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_wins), cmocka_unit_test(test_batch),
        cmocka_unit_test(test_range),       cmocka_unit_test(test_fold_large),
        cmocka_unit_test(test_nothing),     cmocka_unit_test(test_random_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
