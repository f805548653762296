/* interval_test.c - arithmetic on intervals against hand-made rows, and against sampled points. */
#include "base/test.h"
#include "check/interval.h"

static struct rat rat(int64_t num, int64_t den)
{
    struct rat r;
    assert_int_equal(rat_make(num, den, &r, NULL), OK);
    return r;
}

static struct ival between(int64_t lo, int64_t hi)
{
    return (struct ival){.lo = rat(lo, 1), .hi = rat(hi, 1)};
}

static struct ival from(int64_t lo)
{
    return (struct ival){.lo = rat(lo, 1), .no_hi = true};
}

static void is(struct ival got, int64_t lo, int64_t hi, const char *why)
{
    check_row(!got.no_lo && !got.no_hi, why);
    check_row(rat_cmp(got.lo, rat(lo, 1)) == 0 && rat_cmp(got.hi, rat(hi, 1)) == 0, why);
}

static void test_rows(void **state)
{
    struct ival r;
    (void)state;
    assert_true(ival_add(between(1, 2), between(-3, 5), &r));
    is(r, -2, 7, "add");
    assert_true(ival_sub(between(1, 2), between(-3, 5), &r));
    is(r, -4, 5, "sub crosses the ends");
    assert_true(ival_mul(between(-2, 3), between(-5, 7), &r));
    is(r, -15, 21, "mul takes the extreme products");
    assert_true(ival_div(between(6, 12), between(2, 3), &r));
    is(r, 2, 6, "div");
    assert_true(ival_div(between(6, 12), between(-3, -2), &r));
    is(r, -6, -2, "div by negatives");
    assert_true(ival_scale(between(1, 2), rat(-3, 1), &r));
    is(r, -6, -3, "a negative scale turns the ends round");
    assert_false(ival_div(between(1, 2), between(-1, 1), &r));
    assert_false(ival_div(between(1, 2), between(0, 1), &r));
}

static void test_open_ends(void **state)
{
    struct ival r;
    (void)state;
    assert_true(ival_add(from(3), between(1, 2), &r));
    check_row(r.no_hi && !r.no_lo && rat_cmp(r.lo, rat(4, 1)) == 0, "over 3, and 1 to 2");
    assert_true(ival_sub(between(1, 2), from(3), &r));
    check_row(r.no_lo && !r.no_hi && rat_cmp(r.hi, rat(-1, 1)) == 0, "minus over 3");
    assert_true(ival_mul(from(3), between(2, 4), &r));
    check_row(r.no_hi && !r.no_lo && rat_cmp(r.lo, rat(6, 1)) == 0, "times 2 to 4");
    assert_true(ival_mul(from(3), between(-2, 4), &r));
    check_row(r.no_hi && r.no_lo, "mixed signs: nothing is known");
    assert_true(ival_div(between(6, 12), from(3), &r));
    is(r, 0, 4, "by over 3");
    check_row(ival_meets(from(3), between(1, 3)), "a bound belongs to both");
    check_row(!ival_meets(from(4), between(1, 3)), "apart");
    check_row(ival_below(between(1, 3), from(4)), "below");
    assert_true(ival_both(from(2), between(1, 3), &r));
    is(r, 2, 3, "both");
    check_row(ival_hull(from(2), between(1, 3)).no_hi, "hull");
}

static void test_overflow(void **state)
{
    struct ival big = ival_point((struct rat){(i128)1 << 100, 1}), r = between(7, 8);
    (void)state;
    assert_false(ival_mul(big, big, &r));
    is(r, 7, 8, "a failure leaves the result alone");
}

/* A point of a op a point of b lies in a op b. */
static void test_contains(void **state)
{
    (void)state;
    test_seed("points of intervals");
    for (int n = 0; n < CASES; n++) {
        int64_t a = (int64_t)test_below(200) - 100, b = (int64_t)test_below(200) - 100;
        int64_t wa = (int64_t)test_below(50), wb = (int64_t)test_below(50);
        struct ival x = between(a, a + wa), y = between(b, b + wb), r;
        struct rat p = rat(a + (int64_t)test_below((uint64_t)wa + 1), 1),
                   q = rat(b + (int64_t)test_below((uint64_t)wb + 1), 1), v;
        assert_true(ival_add(x, y, &r) && rat_add(p, q, &v, NULL) == OK && ival_has(r, v));
        assert_true(ival_sub(x, y, &r) && rat_sub(p, q, &v, NULL) == OK && ival_has(r, v));
        assert_true(ival_mul(x, y, &r) && rat_mul(p, q, &v, NULL) == OK && ival_has(r, v));
        bool divisible = b > 0 || b + wb < 0;
        assert_int_equal(ival_div(x, y, &r), divisible);
        if (divisible)
            assert_true(rat_div(p, q, &v, NULL) == OK && ival_has(r, v));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows), cmocka_unit_test(test_open_ends),
        cmocka_unit_test(test_overflow), cmocka_unit_test(test_contains)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
