/* rollup_test.c - each rule of rollup.h on its own; I1..I6 are those of the README. */
#include "rollup/rollup_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h> /* needs the ones above */

enum { PART = 1, WEIGHT, OVERLAP, PARTIAL }; /* groupings */
static const struct period jan = {0, 30}, feb = {31, 58}, mar = {59, 89};

static struct rollup *fresh(void)
{
    struct rollup *r = rollup_new();
    assert_int_equal(rollup_grouping(r, PART, GROUP_PARTITION, NULL), OK);
    assert_int_equal(rollup_grouping(r, WEIGHT, GROUP_WEIGHTED, NULL), OK);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_OVERLAP, NULL), OK);
    assert_int_equal(rollup_grouping(r, PARTIAL, GROUP_PARTIAL, NULL), OK);
    return r;
}

static enum code join(struct rollup *r, uint32_t id, uint32_t g, uint32_t child, uint32_t parent,
                      int32_t ppm, day_t from, day_t to, struct error *err)
{
    struct membership m = {.id = id,
                           .grouping = g,
                           .child = child,
                           .parent = parent,
                           .ppm = ppm,
                           .from = from,
                           .to = to};
    return rollup_member(r, &m, err);
}
/* A membership that always held. */
static void in(struct rollup *r, uint32_t id, uint32_t g, uint32_t child, uint32_t parent,
               int32_t ppm)
{
    assert_int_equal(join(r, id, g, child, parent, ppm, DAY_MIN, DAY_MAX, NULL), OK);
}
static void say(struct rollup *r, uint32_t entity, struct period p, int64_t v)
{
    assert_int_equal(rollup_set(r, entity, 1, p, true, v, NULL), OK);
}
static void unsay(struct rollup *r, uint32_t entity, struct period p)
{
    assert_int_equal(rollup_set(r, entity, 1, p, false, 0, NULL), OK);
}

static i128 sum_of(const struct rollup *r, uint32_t g, uint32_t entity, struct period p)
{
    struct rollup_cell c;
    rollup_get(r, g, entity, 1, p, &c);
    return c.sum;
}
static uint32_t have_of(const struct rollup *r, uint32_t g, uint32_t entity, struct period p)
{
    struct rollup_cell c;
    bool any = rollup_get(r, g, entity, 1, p, &c);
    assert_int_equal(any, c.have > 0);
    return c.have;
}
static i128 part_of(const struct rollup *r, uint32_t g, uint32_t child, uint32_t parent)
{
    i128 v = 0;
    assert_true(rollup_part(r, g, child, parent, 1, jan, &v));
    return v;
}
static i128 union_of(const struct rollup *r, uint32_t g, uint32_t entity)
{
    i128 v = 0;
    assert_true(rollup_union(r, g, entity, 1, jan, &v));
    return v;
}

/* The bytes of a state, to be compared and freed by same(). */
static struct buf bytes(const struct rollup *r)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    rollup_bytes(r, &b);
    assert_false(b.full);
    return b;
}
static void same(const struct rollup *r, struct buf *was)
{
    struct buf now = bytes(r);
    assert_int_equal(now.len, was->len);
    assert_memory_equal(now.ptr, was->ptr, now.len);
    buf_clear(&now);
    buf_clear(was);
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

/* 10 and 20 in 30, 30 in 40 */
static void test_partition(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, PART, 10, 30, PPM);
    in(r, 2, PART, 20, 30, PPM);
    in(r, 3, PART, 30, 40, PPM);
    say(r, 10, jan, 7);
    say(r, 20, jan, -2);
    assert_true(sum_of(r, PART, 30, jan) == 5);
    assert_true(sum_of(r, PART, 40, jan) == 5);
    say(r, 20, jan, 3); /* a correction */
    assert_true(sum_of(r, PART, 40, jan) == 10);
    assert_int_equal(have_of(r, PART, 30, jan), 2);
    assert_int_equal(have_of(r, PART, 40, jan), 1);
    assert_int_equal(have_of(r, PART, 30, feb), 0);
    assert_int_equal(have_of(r, OVERLAP, 30, jan), 0); /* groupings don't mix */
    struct rollup_cell c;
    assert_false(rollup_get(r, PART, 30, 2, jan, &c)); /* nor do series */
    assert_int_equal(c.of, 2);
    rollup_free(r);
}

/* I1, I5: 30 states 100 while its parts give 10 */
static void test_stated_total(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, PART, 10, 30, PPM);
    in(r, 3, PART, 30, 40, PPM);
    say(r, 10, jan, 10);
    say(r, 30, jan, 100);
    struct rollup_cell c;
    assert_true(rollup_get(r, PART, 30, 1, jan, &c));
    assert_true(c.has_own && c.own == 100 && c.sum == 10); /* remainder 90 */
    assert_true(sum_of(r, PART, 40, jan) == 100);
    say(r, 10, jan, 11); /* below the stated total: nothing above moves */
    assert_true(sum_of(r, PART, 30, jan) == 11);
    assert_true(sum_of(r, PART, 40, jan) == 100);
    unsay(r, 30, jan); /* its parts stand in again */
    assert_true(sum_of(r, PART, 40, jan) == 11);
    unsay(r, 10, jan);
    assert_int_equal(have_of(r, PART, 40, jan), 0);
    rollup_free(r);
}

static void test_missing_is_not_zero(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, PART, 10, 30, PPM);
    in(r, 2, PART, 20, 30, PPM);
    i128 v;
    assert_false(rollup_value(r, PART, 30, 1, jan, &v));
    say(r, 10, jan, 0);
    assert_int_equal(have_of(r, PART, 30, jan), 1);
    assert_true(rollup_value(r, PART, 30, 1, jan, &v) && v == 0);
    assert_false(rollup_value(r, 0, 30, 1, jan, &v)); /* grouping 0: own values only */
    assert_true(rollup_value(r, 0, 10, 1, jan, &v) && v == 0);
    assert_true(rollup_value(r, OVERLAP, 10, 1, jan, &v)); /* own value, though not in it */
    assert_false(rollup_value(r, PART, 20, 1, jan, &v));
    int64_t own;
    assert_true(rollup_own(r, 10, 1, jan, &own) && own == 0);
    assert_false(rollup_own(r, 20, 1, jan, &own) || rollup_own(r, 99, 1, jan, &own));
    assert_false(rollup_part(r, PART, 20, 30, 1, jan, &v)); /* no value */
    assert_false(rollup_part(r, PART, 10, 20, 1, jan, &v)); /* not a child */
    rollup_free(r);
}

/* ---- weights: I6 ---------------------------------------------------------------------------- */

#define HALF (INT64_MAX / 2)
static void test_weighted_split(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        int32_t ppm[3]; /* of parents 31, 32, 33; 0 = not in it */
        int64_t part[3], open;
        const char *why;
    } rows[] = {
        {100,       {250000, 750000, 0},      {25, 75, 0},               0,  "exact"                     },
        {10,        {333333, 333333, 333334}, {3, 3, 4},                 0,  "to the largest fraction"   },
        {1,         {500000, 500000, 0},      {1, 0, 0},                 0,  "a tie: the smaller parent" },
        {2,         {333333, 333333, 333334}, {1, 0, 1},                 0,  "two units, by fraction"    },
        {-1,        {500000, 500000, 0},      {-1, 0, 0},                0,  "negative: as |v|, negated" },
        {-10,       {333333, 333333, 333334}, {-3, -3, -4},              0,  "negative"                  },
        {100,       {200000, 300000, 0},      {20, 30, 0},               50, "weights leave a remainder" },
        {1,         {400000, 0, 0},           {0, 0, 0},                 1,  "largest: the remainder"    },
        {1,         {500000, 0, 0},           {1, 0, 0},                 0,  "but it comes last in a tie"},
        {7,         {1, 0, 0},                {0, 0, 0},                 7,  "no unit, yet a share"      },
        {0,         {500000, 500000, 0},      {0, 0, 0},                 0,  "zero"                      },
        {5,         {PPM, 0, 0},              {5, 0, 0},                 0,  "all of it"                 },
        {INT64_MAX, {500000, 500000, 0},      {HALF + 1, HALF, 0},       0,  "odd and large"             },
        {INT64_MIN, {500000, 500000, 0},      {-HALF - 1, -HALF - 1, 0}, 0,  "least"                     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rollup *r = fresh();
        for (uint32_t k = 0; k < 3; k++)
            if (rows[i].ppm[k] > 0)
                in(r, 3 - k, WEIGHT, 1, 31 + k, rows[i].ppm[k]);
        say(r, 1, jan, rows[i].v);
        i128 given = 0;
        for (uint32_t k = 0; k < 3; k++) {
            if (rows[i].ppm[k] > 0 && part_of(r, WEIGHT, 1, 31 + k) != rows[i].part[k])
                fail_msg("%s: part %u", rows[i].why, k);
            assert_true(sum_of(r, WEIGHT, 31 + k, jan) == rows[i].part[k]);
            assert_int_equal(have_of(r, WEIGHT, 31 + k, jan), rows[i].ppm[k] > 0);
            given += rows[i].part[k];
        }
        assert_true(given + rows[i].open == rows[i].v); /* I6 */
        rollup_free(r);
    }
}

/* A third parent comes and goes: the shares of the others follow. */
static void test_weights_change(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, WEIGHT, 1, 31, 400000);
    in(r, 2, WEIGHT, 31, 40, PPM);
    say(r, 1, jan, 1);
    assert_true(sum_of(r, WEIGHT, 31, jan) == 0); /* the remainder has the larger fraction */
    assert_int_equal(join(r, 3, WEIGHT, 1, 32, 300000, DAY_MIN, DAY_MAX, NULL), OK);
    assert_true(sum_of(r, WEIGHT, 31, jan) == 1); /* now .4 is the largest */
    assert_true(sum_of(r, WEIGHT, 40, jan) == 1);
    assert_int_equal(rollup_member_end(r, 3, -1, NULL), OK);
    assert_true(sum_of(r, WEIGHT, 40, jan) == 0);
    assert_int_equal(have_of(r, WEIGHT, 32, jan), 0);
    rollup_free(r);
}

/* ---- overlap: I5 ---------------------------------------------------------------------------- */

/* 1 is in both 10 and 20, which are in 30: it counts twice in the sum, once in the union. */
static void test_overlap_union(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, OVERLAP, 1, 10, PPM);
    in(r, 2, OVERLAP, 1, 20, PPM);
    in(r, 3, OVERLAP, 10, 30, PPM);
    in(r, 4, OVERLAP, 20, 30, PPM);
    in(r, 5, OVERLAP, 2, 20, PPM);
    i128 v;
    assert_false(rollup_union(r, OVERLAP, 30, 1, jan, &v));
    assert_false(rollup_union(r, OVERLAP, 77, 1, jan, &v));
    say(r, 1, jan, 5);
    say(r, 2, jan, 1);
    assert_true(sum_of(r, OVERLAP, 10, jan) == 5);
    assert_true(sum_of(r, OVERLAP, 20, jan) == 6);
    assert_true(sum_of(r, OVERLAP, 30, jan) == 11);
    assert_true(union_of(r, OVERLAP, 30) == 6);
    say(r, 20, jan, 8); /* stands for 1 and 2, also where 1 is reached by way of 10 */
    assert_true(sum_of(r, OVERLAP, 30, jan) == 13);
    assert_true(union_of(r, OVERLAP, 30) == 8);
    assert_true(union_of(r, OVERLAP, 20) == 6); /* below 20, its own value is not meant */
    assert_true(union_of(r, OVERLAP, 10) == 5);
    say(r, 1, jan, 6); /* a diamond: 30 hears of it once by each way */
    assert_true(sum_of(r, OVERLAP, 30, jan) == 14);
    rollup_free(r);
}

/* ---- days ----------------------------------------------------------------------------------- */

/* A period belongs where its last day does. */
static void test_days(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    assert_int_equal(join(r, 1, PART, 1, 10, PPM, DAY_MIN, 58, NULL), OK);
    assert_int_equal(join(r, 2, PART, 1, 20, PPM, 59, DAY_MAX, NULL), OK);
    say(r, 1, jan, 1);
    say(r, 1, feb, 2);
    say(r, 1, mar, 4);
    struct period quarter = {0, 89};
    say(r, 1, quarter, 8);
    assert_true(sum_of(r, PART, 10, jan) == 1 && sum_of(r, PART, 10, feb) == 2);
    assert_true(sum_of(r, PART, 20, mar) == 4 && sum_of(r, PART, 20, quarter) == 8);
    assert_int_equal(have_of(r, PART, 10, mar) + have_of(r, PART, 20, feb), 0);
    rollup_free(r);
}

/* Memberships that come, end, and are prolonged while values are present. */
static void test_late_membership(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 9, PART, 10, 40, PPM);
    say(r, 1, jan, 1);
    say(r, 1, feb, 2);
    say(r, 1, mar, 4);
    assert_int_equal(join(r, 1, PART, 1, 10, PPM, 31, 100, NULL), OK);
    assert_int_equal(have_of(r, PART, 40, jan), 0);
    assert_true(sum_of(r, PART, 40, feb) == 2 && sum_of(r, PART, 40, mar) == 4);
    assert_int_equal(rollup_member_end(r, 1, 88, NULL), OK); /* the day before mar ends */
    assert_true(sum_of(r, PART, 40, feb) == 2);
    assert_int_equal(have_of(r, PART, 40, mar), 0);
    assert_int_equal(rollup_member_end(r, 1, 89, NULL), OK); /* one day longer */
    assert_true(sum_of(r, PART, 40, mar) == 4);
    assert_int_equal(rollup_member_end(r, 1, 5, NULL), OK); /* before it began: never in force */
    assert_int_equal(have_of(r, PART, 40, feb) + have_of(r, PART, 40, mar), 0);
    assert_int_equal(rollup_children(r, PART, 10, 31, NULL, 0), 0);
    assert_int_equal(rollup_member_end(r, 1, DAY_MAX, NULL), OK);
    assert_true(sum_of(r, PART, 40, feb) == 2);
    rollup_free(r);
}

/* A child that has only the sum of its own children moves whole. */
static void test_late_subtree(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, PART, 1, 10, PPM);
    in(r, 2, PART, 2, 10, PPM);
    say(r, 1, jan, 1);
    say(r, 2, jan, 2);
    say(r, 10, feb, 7); /* stated, and its parts in feb must not count */
    say(r, 1, feb, 3);
    in(r, 3, PART, 10, 40, PPM);
    assert_true(sum_of(r, PART, 40, jan) == 3);
    assert_true(sum_of(r, PART, 40, feb) == 7);
    rollup_free(r);
}

static void test_children(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    static const uint32_t ids[] = {5, 3, 9, 1};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(
            join(r, i + 1, PART, ids[i], 40, PPM, (day_t)i * 10, (day_t)i * 10 + 24, NULL), OK);
    uint32_t out[4] = {0};
    assert_int_equal(rollup_children(r, PART, 40, 22, out, 4), 3);
    assert_true(out[0] == 3 && out[1] == 5 && out[2] == 9);
    assert_int_equal(rollup_children(r, PART, 40, 30, out, 1), 3);
    assert_true(out[0] == 1 && out[1] == 5); /* one was asked for, the smallest */
    assert_int_equal(rollup_children(r, PART, 40, -1, out, 4), 0);
    assert_int_equal(rollup_children(r, PART, 40, 0, out, 4), 1);
    assert_int_equal(rollup_children(r, PART, 40, 54, out, 4), 1);
    assert_int_equal(rollup_children(r, PART, 40, 55, out, 4), 0);
    assert_int_equal(rollup_children(r, WEIGHT, 40, 22, out, 4), 0);
    rollup_free(r);
}

/* ---- refusals: I1 also after a failed call -------------------------------------------------- */

static void test_refused_memberships(void **state)
{
    (void)state;
    static const struct {
        struct membership m;
        enum code code;
        const char *text; /* named in the error */
    } rows[] = {
        {{50, PART, 40, 1, PPM, 0, 9, 0},        E_CONFLICT, "closes a cycle"            },
        {{50, PART, 40, 1, PPM, 101, 200, 0},    OK,         ""                          }, /* later */
        {{50, PART, 40, 1, PPM, 100, 200, 0},    E_CONFLICT, "40 in 1 closes a cycle"    },
        {{50, OVERLAP, 7, 7, PPM, 0, 9, 0},      E_CONFLICT, "7 in 7"                    },
        {{50, PART, 1, 20, PPM, 100, 100, 0},    E_CONFLICT, "1 would be in 10 and in 20"},
        {{50, PART, 1, 20, PPM, 101, 101, 0},    OK,         ""                          },
        {{50, PARTIAL, 1, 20, PPM, 0, 9, 0},     E_CONFLICT, "in 10 and in 20"           },
        {{50, PART, 1, 10, PPM, 100, 300, 0},    E_CONFLICT, "membership 1)"             },
        {{50, PART, 1, 10, PPM, 101, 300, 0},    OK,         ""                          },
        {{50, OVERLAP, 1, 10, PPM, 5, 5, 0},     E_CONFLICT, "1 is in 10"                },
        {{50, OVERLAP, 1, 20, PPM, 5, 5, 0},     OK,         ""                          },
        {{50, WEIGHT, 1, 20, 400001, 0, 9, 0},   E_CONFLICT, "1000001 ppm"               },
        {{50, WEIGHT, 1, 20, 400001, -5, 0, 0},  E_CONFLICT, "1000001 ppm"               },
        {{50, WEIGHT, 1, 20, 400000, 0, 9, 0},   OK,         ""                          },
        {{50, WEIGHT, 1, 20, 400001, -5, -1, 0}, OK,         ""                          },
        {{50, WEIGHT, 1, 20, 0, 0, 9, 0},        E_INPUT,    "weight 0"                  },
        {{50, WEIGHT, 1, 20, PPM + 1, 0, 9, 0},  E_INPUT,    "weight 1000001"            },
        {{50, OVERLAP, 1, 20, 5, 0, 9, 0},       E_INPUT,    "no weights"                },
        {{50, OVERLAP, 1, 20, PPM, 9, 8, 0},     E_INPUT,    "before it begins"          },
        {{50, 99, 1, 20, PPM, 0, 9, 0},          E_MISSING,  "no grouping 99"            },
        {{1, OVERLAP, 1, 20, PPM, 0, 9, 0},      E_CONFLICT, "membership 1 is there"     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rollup *r = fresh();
        assert_int_equal(join(r, 1, PART, 1, 10, PPM, 0, 100, NULL), OK);
        in(r, 2, PART, 10, 40, PPM);
        in(r, 3, OVERLAP, 1, 10, PPM);
        in(r, 4, PARTIAL, 1, 10, PPM);
        assert_int_equal(join(r, 5, WEIGHT, 1, 10, 600000, 0, DAY_MAX, NULL), OK);
        say(r, 1, jan, 5);
        struct buf was = bytes(r);
        struct error err = {0};
        enum code code = rollup_member(r, &rows[i].m, &err);
        if (code != rows[i].code || (code != OK && strstr(err.text, rows[i].text) == NULL))
            fail_msg("row %zu: %s", i, err.text);
        if (code != OK)
            same(r, &was); /* I1 */
        else
            buf_clear(&was);
        rollup_free(r);
    }
}

/* 2 is in 40 on days 0..5, and by way of 30 on days 6..9; 40 is in 1 on day 8 only: a cycle by the
 * second way. */
static void test_cycle_by_another_way(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    struct error err = {0};
    assert_int_equal(join(r, 1, OVERLAP, 2, 40, PPM, 0, 5, NULL), OK);
    assert_int_equal(join(r, 2, OVERLAP, 2, 30, PPM, 6, 9, NULL), OK);
    assert_int_equal(join(r, 3, OVERLAP, 30, 40, PPM, 0, 9, NULL), OK);
    assert_int_equal(join(r, 4, OVERLAP, 40, 1, PPM, 8, 8, NULL), OK);
    assert_int_equal(join(r, 5, OVERLAP, 1, 2, PPM, 0, 9, &err), E_CONFLICT);
    assert_non_null(strstr(err.text, "1970-01-09"));
    assert_int_equal(join(r, 5, OVERLAP, 1, 2, PPM, 0, 7, NULL), OK);
    rollup_free(r);
}

static void test_refused_ends(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    assert_int_equal(join(r, 1, PART, 1, 10, PPM, 0, 100, NULL), OK);
    assert_int_equal(join(r, 2, PART, 1, 20, PPM, 101, 200, NULL), OK);
    assert_int_equal(join(r, 3, PART, 20, 1, PPM, 201, 300, NULL), OK);
    struct buf was = bytes(r);
    struct error err = {0};
    assert_int_equal(rollup_member_end(r, 9, 5, &err), E_MISSING);
    error_clear(&err);
    assert_int_equal(rollup_member_end(r, 1, 101, &err), E_CONFLICT); /* two parents */
    assert_non_null(strstr(err.text, "in 20 and in 10"));
    error_clear(&err);
    assert_int_equal(rollup_member_end(r, 2, 201, &err), E_CONFLICT); /* a cycle on day 201 */
    assert_int_equal(rollup_member_end(r, 2, 200, &err), OK);         /* nothing new */
    same(r, &was);
    rollup_free(r);
}

static void test_grouping_kind(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    struct error err = {0};
    in(r, 1, OVERLAP, 1, 10, PPM);
    in(r, 2, WEIGHT, 1, 10, 500000);
    say(r, 1, jan, 5);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_OVERLAP, NULL), OK);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_PARTITION, NULL), OK);
    assert_int_equal(join(r, 3, OVERLAP, 1, 20, PPM, 0, 9, NULL), E_CONFLICT);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_WEIGHTED, NULL), OK);
    assert_true(sum_of(r, OVERLAP, 10, jan) == 5);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_OVERLAP, NULL), OK);
    in(r, 3, OVERLAP, 1, 20, PPM);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_PARTIAL, &err), E_CONFLICT);
    error_clear(&err);
    assert_int_equal(rollup_grouping(r, OVERLAP, GROUP_WEIGHTED, &err), E_CONFLICT);
    error_clear(&err);
    assert_int_equal(rollup_grouping(r, WEIGHT, GROUP_OVERLAP, &err), E_CONFLICT);
    assert_non_null(strstr(err.text, "membership 2 has a weight of 500000 ppm"));
    assert_int_equal(rollup_grouping(r, 0, GROUP_OVERLAP, NULL), E_INPUT);
    rollup_free(r);
}

static void test_bad_period(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    assert_int_equal(rollup_set(r, 1, 1, (struct period){5, 4}, true, 1, NULL), E_INPUT);
    rollup_free(r);
}

/* ---- I2 ------------------------------------------------------------------------------------- */

/* A ladder of diamonds doubles what it is given on every rung: own values have 64 bits, but an
 * overlapping grouping can carry them to the end of 128. Both entities of the last rung are in
 * entity `top`. */
static uint32_t ladder(struct rollup *r, uint32_t rungs, uint32_t top)
{
    uint32_t id = 1000;
    for (uint32_t k = 0; k < rungs; k++)
        for (uint32_t i = 0; i < 2; i++)
            for (uint32_t j = 0; j < 2; j++)
                if (k > 0 || i == 0)
                    in(r, id++, OVERLAP, 2 * k + i + 100, 2 * k + j + 102, PPM);
    for (uint32_t i = 0; i < 2; i++)
        in(r, id++, OVERLAP, 2 * rungs + i + 100, top, PPM);
    return 100; /* where a value is put in; 2^rungs times it comes out */
}

static void test_overflow(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    struct error err = {0};
    uint32_t foot = ladder(r, 64, 7);
    say(r, foot, jan, INT64_MAX);
    i128 most = sum_of(r, OVERLAP, 7, jan);
    assert_true(most == ((i128)INT64_MAX << 63) * 2);
    say(r, foot, jan, INT64_MIN);
    i128 least = sum_of(r, OVERLAP, 7, jan);
    assert_true(least == (i128)((u128)1 << 127)); /* the very end of the range */
    i128 v;
    assert_false(i128_add(least, -1, &v)); /* where the base draws the line too */
    struct buf was = bytes(r);
    say(r, 2, jan, -1);
    in(r, 1, OVERLAP, 3, 7, PPM); /* a second child of 7, without a value so far */
    assert_int_equal(rollup_set(r, 3, 1, jan, true, -1, &err), E_RANGE);
    assert_non_null(strstr(err.text, "entity 7 in grouping 3, series 1"));
    error_clear(&err);
    assert_int_equal(join(r, 2, OVERLAP, 2, 7, PPM, 0, 99, &err), E_RANGE);
    assert_true(sum_of(r, OVERLAP, 7, jan) == least);
    assert_int_equal(rollup_member_end(r, 1, DAY_MIN - 1, NULL), OK);
    unsay(r, 2, jan);
    same(r, &was); /* I1 */
    assert_int_equal(rollup_member_end(r, 1, DAY_MAX, NULL), OK);
    say(r, 3, jan, 5); /* inside the range again */
    assert_true(sum_of(r, OVERLAP, 7, jan) == least + 5);
    rollup_free(r);
}

/* Leaving the range on the way to a sum that is inside is no error: a new parent of 2 makes its
 * part in 7 be taken and given again, at the very end of the range. */
static void test_wrap_on_the_way(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, OVERLAP, 2, 7, PPM);
    in(r, 2, OVERLAP, 3, 7, PPM);
    say(r, 2, jan, 9);
    say(r, 3, jan, -9);
    say(r, ladder(r, 64, 7), jan, INT64_MIN);
    i128 least = sum_of(r, OVERLAP, 7, jan);
    assert_true(least == (i128)((u128)1 << 127));
    in(r, 3, OVERLAP, 2, 8, PPM);
    assert_true(sum_of(r, OVERLAP, 7, jan) == least);
    assert_true(sum_of(r, OVERLAP, 8, jan) == 9);
    /* ending the other way round: without the 9 the sum would be out of range */
    assert_int_equal(rollup_member_end(r, 1, DAY_MIN - 1, NULL), E_RANGE);
    assert_true(sum_of(r, OVERLAP, 7, jan) == least);
    rollup_free(r);
}

/* ---- undo ----------------------------------------------------------------------------------- */

static void test_undo(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    assert_int_equal(join(r, 1, PART, 1, 10, PPM, 0, 100, NULL), OK);
    say(r, 1, jan, 5);
    struct buf was = bytes(r);
    rollup_mark(r);
    assert_int_equal(rollup_grouping(r, 9, GROUP_OVERLAP, NULL), OK);
    assert_int_equal(rollup_grouping(r, PART, GROUP_OVERLAP, NULL), OK);
    in(r, 2, PART, 1, 20, PPM);
    in(r, 3, 9, 1, 20, PPM);
    say(r, 1, jan, 6);
    say(r, 1, feb, 7);
    say(r, 2, feb, 8);
    assert_int_equal(rollup_member_end(r, 1, 2, NULL), OK);
    unsay(r, 1, jan);
    assert_int_equal(join(r, 3, 9, 2, 20, PPM, 0, 1, NULL), E_CONFLICT); /* id taken */
    rollup_undo(r);
    same(r, &was);
    assert_int_equal(join(r, 3, 9, 1, 20, PPM, 0, 1, NULL), E_MISSING); /* grouping undone */
    in(r, 3, PARTIAL, 1, 20, PPM);                                      /* the id is free again */
    rollup_mark(r);
    say(r, 1, jan, 9);
    rollup_keep(r);
    was = bytes(r);
    rollup_mark(r);
    rollup_undo(r);
    same(r, &was); /* kept is kept */
    assert_true(sum_of(r, PARTIAL, 20, jan) == 9);
    rollup_free(r);
}

/* ---- the whole state: I4 -------------------------------------------------------------------- */

static void test_cells_sorted(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    in(r, 1, OVERLAP, 1, 20, PPM);
    in(r, 2, OVERLAP, 1, 10, PPM);
    in(r, 3, PART, 1, 10, PPM);
    in(r, 4, PART, 2, 10, PPM);
    say(r, 1, feb, 1);
    say(r, 1, jan, 2);
    say(r, 10, jan, 3);
    unsay(r, 2, mar);
    say(r, 2, mar, 1);
    unsay(r, 2, mar); /* no trace is left */
    struct rollup_cell *c;
    assert_int_equal(rollup_cells(r, &c), 6);
    static const struct {
        uint32_t grouping, entity;
        day_t last;
        uint32_t of;
    } want[] = {
        {PART,    10, 30, 2},
        {PART,    10, 58, 2},
        {OVERLAP, 10, 30, 1},
        {OVERLAP, 10, 58, 1},
        {OVERLAP, 20, 30, 1},
        {OVERLAP, 20, 58, 1}
    };
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(c[i].grouping, want[i].grouping);
        assert_int_equal(c[i].entity, want[i].entity);
        assert_int_equal(c[i].period.last, want[i].last);
        assert_int_equal(c[i].of, want[i].of);
        assert_int_equal(c[i].have, 1);
        assert_int_equal(c[i].has_own, c[i].entity == 10 && c[i].period.last == 30);
    }
    mem_free(c);
    rollup_free(r);
}

/* Ids and sources of memberships tell who said it when, not what holds. */
static void test_bytes_without_ids(void **state)
{
    (void)state;
    struct rollup *a = fresh(), *b = fresh();
    in(a, 1, PART, 1, 10, PPM);
    in(a, 2, PART, 2, 10, PPM);
    say(a, 1, jan, 1);
    say(b, 1, jan, 4);
    say(b, 1, jan, 1);
    say(b, 1, jan, 1);
    in(b, 7, PART, 2, 10, PPM);
    in(b, 5, PART, 1, 10, PPM);
    struct buf want = bytes(a);
    same(b, &want);
    rollup_free(a);
    rollup_free(b);
}

/* The hash table under all of it, with few hashes, so that runs are long and overlap. */
static void test_index(void **state)
{
    (void)state;
    enum { ITEMS = 200 };
    struct index ix = {0};
    bool there[ITEMS] = {false};
    uint64_t x = 1;
    for (unsigned k = 0; k < 20000; k++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        uint32_t item = (uint32_t)(x >> 33) % ITEMS;
        if (there[item])
            index_del(&ix, item / 3, item);
        else
            index_put(&ix, item / 3, item);
        there[item] = !there[item];
        uint32_t other = (uint32_t)(x >> 43) % ITEMS, i;
        for (size_t at = other / 3; (i = index_next(&ix, other / 3, &at)) != NONE && i != other;)
            assert_int_equal(i / 3, other / 3);
        assert_int_equal(i == other, there[other]);
    }
    index_clear(&ix);
}

/* No recursion: a chain of owners may be as long as memory allows. */
static void test_long_chain(void **state)
{
    (void)state;
    struct rollup *r = fresh();
    enum { LONG = 50000 };
    for (uint32_t i = 2; i <= LONG; i++)
        in(r, i, PART, i - 1, i, PPM);
    say(r, 1, jan, 3);
    assert_true(sum_of(r, PART, LONG, jan) == 3);
    assert_true(union_of(r, PART, LONG) == 3);
    assert_int_equal(join(r, LONG + 1, PART, LONG, 1, PPM, 0, 9, NULL), E_CONFLICT);
    rollup_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partition),
        cmocka_unit_test(test_stated_total),
        cmocka_unit_test(test_missing_is_not_zero),
        cmocka_unit_test(test_weighted_split),
        cmocka_unit_test(test_weights_change),
        cmocka_unit_test(test_overlap_union),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_late_membership),
        cmocka_unit_test(test_late_subtree),
        cmocka_unit_test(test_children),
        cmocka_unit_test(test_refused_memberships),
        cmocka_unit_test(test_cycle_by_another_way),
        cmocka_unit_test(test_refused_ends),
        cmocka_unit_test(test_grouping_kind),
        cmocka_unit_test(test_bad_period),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_wrap_on_the_way),
        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_cells_sorted),
        cmocka_unit_test(test_bytes_without_ids),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
