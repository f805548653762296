/* kernel_test.c - windows, differences, and that contributions add up whatever the order. */
#include "base/test.h"
#include "readings/kernel.h"

#define AT(hour, minute) (INT64_C(1767196800000) + ((hour)*60 + (minute)) * INT64_C(60000))
/* 1767196800 = 2026-01-01T00:00+08:00 */

/* ---- what was told ------------------------------------------------------------------------- */

enum { SEEN_MAX = 8000 };
struct seen {
    size_t count;
    int32_t window[SEEN_MAX];
    struct share share[SEEN_MAX];
};
static struct seen seen;

static void see(void *ctx, int32_t window, const struct share *s)
{
    struct seen *into = ctx;
    assert_true(into->count < SEEN_MAX);
    assert_true(into->count == 0 || window > into->window[into->count - 1]);
    into->window[into->count] = window;
    into->share[into->count++] = *s;
}

static struct share total(const struct seen *s)
{
    struct share sum = {0};
    for (size_t i = 0; i < s->count; i++) {
        sum.amount += s->share[i].amount;
        sum.covered_ms += s->share[i].covered_ms;
        sum.resets += s->share[i].resets;
    }
    return sum;
}

static void pair(const struct kernel_rule *r, enum level level, int64_t ta, int64_t a, int64_t tb,
                 int64_t b)
{
    seen.count = 0;
    kernel_pair(r, level, ta, a, tb, b, see, &seen);
}

static void single(const struct kernel_rule *r, enum level level, int64_t t, int64_t v)
{
    seen.count = 0;
    kernel_single(r, level, t, v, see, &seen);
}

static void check_share(size_t i, int32_t window, int64_t amount, int64_t covered_ms,
                        uint32_t resets)
{
    assert_true(i < seen.count);
    assert_int_equal(seen.window[i], window);
    assert_true(seen.share[i].amount == amount);
    assert_int_equal(seen.share[i].covered_ms, covered_ms);
    assert_int_equal(seen.share[i].resets, resets);
}

/* ---- windows and names --------------------------------------------------------------------- */

static void windows_begin_where_they_should(void **state)
{
    (void)state;
    assert_int_equal(window_of(LEVEL_DAY, AT(0, 0)), day_from(2026, 1, 1));
    assert_int_equal(window_of(LEVEL_DAY, AT(0, 0) - 1), day_from(2025, 12, 31));
    assert_int_equal(window_of(LEVEL_MONTH, AT(0, 0)), 56 * 12);
    assert_int_equal(window_of(LEVEL_MONTH, AT(0, 0) - 1), 56 * 12 - 1);
    assert_int_equal(window_of(LEVEL_QUARTER, -28800000), 0);
    assert_int_equal(window_of(LEVEL_QUARTER, -28800001), -1);
    assert_int_equal(window_of(LEVEL_MONTH, -28800001), -1);
    assert_int_equal(window_begin(LEVEL_MONTH, 56 * 12 + 2), AT(59 * 24, 0)); /* March */
    assert_int_equal(window_begin(LEVEL_MONTH, -1), -28800000 - INT64_C(31) * 86400000);
    test_seed("a window holds its times, up to the next one's beginning");
    for (int i = 0; i < CASES; i++) {
        enum level level = (enum level)test_below(LEVEL_COUNT);
        int64_t t = (int64_t)test_below(UINT64_C(4200000000000)) - INT64_C(90000000000);
        int32_t w = window_of(level, t);
        assert_true(window_begin(level, w) <= t && t < window_begin(level, w + 1));
        assert_int_equal(window_of(level, window_begin(level, w)), w);
        assert_int_equal(window_of(level, window_begin(level, w) - 1), w - 1);
    }
}

static void names_come_back(void **state)
{
    (void)state;
    enum kernel got;
    for (enum kernel k = 0; k < KERNEL_COUNT; k++) {
        assert_true(kernel_from(str_z(kernel_name(k)), &got));
        assert_int_equal(got, k);
    }
    assert_false(kernel_from(STR("count"), &got));
    assert_false(kernel_from(STR(""), &got));
}

/* ---- counters ------------------------------------------------------------------------------ */

static void differences_of_registers(void **state)
{
    (void)state;
    static const struct {
        int64_t rollover, jitter, a, b, want;
        bool reset;
        const char *why;
    } rows[] = {
        {0, 0, 100, 130, 30, false, "grows"},
        {0, 0, 100, 100, 0, false, "stands"},
        {0, 0, 100, 40, 40, true, "was reset and counted on from 0"},
        {0, 0, 100, 0, 0, true, "was reset"},
        {0, 0, -100, -120, 0, true, "a negative register was reset"},
        {0, 5, 100, 95, 0, false, "noise"},
        {0, 5, 100, 94, 94, true, "more than noise"},
        {1000000, 0, 999990, 10, 20, false, "rolled over"},
        {1000000, 0, 999999, 0, 1, false, "rolled over by one"},
        {1000000, 0, 600000, 100000, 500000, false, "half of the register is still forward"},
        {1000000, 0, 600000, 100001, 100001, true, "more than half is not"},
        {1000000, 0, 1000000, 10, 10, true, "beyond its own end: not what rolled over"},
        {1000000, 5, 2, 999999, 0, false, "noise back across 0"},
        {1000000, 5, 2, 999996, 999994, false, "further than noise"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kernel_rule r = {
            .kind = KERNEL_COUNTER, .rollover = rows[i].rollover, .jitter = rows[i].jitter};
        bool reset;
        check_row(kernel_difference(&r, rows[i].a, rows[i].b, &reset) == rows[i].want, rows[i].why);
        check_row(reset == rows[i].reset, rows[i].why);
    }
    bool reset;
    struct kernel_rule plain = {.kind = KERNEL_COUNTER};
    i128 most = (i128)INT64_MAX - READING_MIN;
    assert_true(kernel_difference(&plain, READING_MIN, INT64_MAX, &reset) == most && !reset);
}

static void a_counter_is_spread(void **state)
{
    (void)state;
    struct kernel_rule r = {.kind = KERNEL_COUNTER, .every_s = 60};
    int32_t q = window_of(LEVEL_QUARTER, AT(0, 0));
    pair(&r, LEVEL_QUARTER, AT(0, 10), 100, AT(0, 40), 201); /* 101 over 5 + 15 + 10 minutes */
    assert_int_equal(seen.count, 3);
    check_share(0, q, 16, 300000, 0);
    check_share(1, q + 1, 51, 900000, 0); /* floor(67.33) - 16 */
    check_share(2, q + 2, 34, 600000, 0);
    pair(&r, LEVEL_QUARTER, AT(0, 0), 5, AT(0, 15), 9); /* ends on the boundary: the one before */
    assert_int_equal(seen.count, 1);
    check_share(0, q, 4, 900000, 0);
    pair(&r, LEVEL_QUARTER, AT(0, 14), 100, AT(0, 16), 10); /* told where it was seen */
    check_share(0, q, 5, 60000, 0);
    check_share(1, q + 1, 5, 60000, 1);
}

static void a_long_gap_is_left_open(void **state)
{
    (void)state;
    struct kernel_rule r = {.kind = KERNEL_COUNTER, .gap = GAP_OPEN, .max_gap_s = 1800};
    pair(&r, LEVEL_QUARTER, AT(1, 0), 0, AT(1, 30), 60); /* not longer: spread */
    assert_int_equal(seen.count, 2);
    pair(&r, LEVEL_QUARTER, AT(1, 0), 0, AT(1, 31), 60);
    assert_int_equal(seen.count, 0);
    pair(&r, LEVEL_HOUR, AT(1, 0), 0, AT(1, 31), 60); /* one hour holds both ends */
    assert_int_equal(seen.count, 1);
    check_share(0, window_of(LEVEL_HOUR, AT(1, 0)), 60, 31 * 60000, 0);
    pair(&r, LEVEL_HOUR, AT(1, 0), 0, AT(2, 0), 60); /* exactly the hour */
    check_share(0, window_of(LEVEL_HOUR, AT(1, 0)), 60, 3600000, 0);
    pair(&r, LEVEL_HOUR, AT(1, 0), 0, AT(2, 1), 60);
    assert_int_equal(seen.count, 0);
    pair(&r, LEVEL_DAY, AT(1, 0), 90, AT(2, 1), 60); /* a reset is told though the gap is open */
    check_share(0, window_of(LEVEL_DAY, AT(1, 0)), 60, 61 * 60000, 1);
    pair(&r, LEVEL_HOUR, AT(1, 0), 90, AT(2, 1), 60);
    assert_int_equal(seen.count, 1);
    check_share(0, window_of(LEVEL_HOUR, AT(2, 0)), 0, 0, 1);
}

static void nothing_is_counted_across_a_restart(void **state)
{
    (void)state;
    struct kernel_rule r = {.kind = KERNEL_COUNTER, .every_s = 60};
    pair(&r, LEVEL_HOUR, AT(1, 0), 500, AT(1, 1), READING_RESTART);
    assert_int_equal(seen.count, 1);
    check_share(0, window_of(LEVEL_HOUR, AT(1, 0)), 0, 0, 1);
    pair(&r, LEVEL_HOUR, AT(1, 1), READING_RESTART, AT(1, 2), 7000);
    assert_int_equal(seen.count, 0);
    assert_true(kernel_skips(&r, READING_NULL) && kernel_skips(&r, READING_OFFLINE));
    assert_true(kernel_skips(&r, READING_WITHHELD) && kernel_skips(&r, READING_OVER_LIMIT));
    assert_false(kernel_skips(&r, READING_RESTART) || kernel_skips(&r, READING_MIN));
    r.kind = KERNEL_GAUGE;
    assert_false(kernel_skips(&r, READING_NULL)); /* it ends what was held */
}

/* ---- gauges, amounts, events --------------------------------------------------------------- */

static void a_gauge_holds_for_a_while(void **state)
{
    (void)state;
    struct kernel_rule r = {.kind = KERNEL_GAUGE, .every_s = 60}; /* holds 900 s */
    int32_t h = window_of(LEVEL_HOUR, AT(0, 0));
    pair(&r, LEVEL_HOUR, AT(0, 55), -7, AT(1, 5), 100);
    assert_int_equal(seen.count, 2);
    check_share(0, h, -7 * 300000, 300000, 0);
    check_share(1, h + 1, -7 * 300000, 300000, 0);
    pair(&r, LEVEL_HOUR, AT(0, 55), 10, AT(9, 0), 100);
    assert_int_equal(seen.count, 2);
    check_share(1, h + 1, 10 * 600000, 600000, 0);
    pair(&r, LEVEL_HOUR, AT(0, 55), 10, AT(0, 56), READING_OFFLINE);
    check_share(0, h, 10 * 60000, 60000, 0);
    pair(&r, LEVEL_HOUR, AT(0, 55), READING_OFFLINE, AT(0, 56), 10);
    assert_int_equal(seen.count, 0);
    r.every_s = 3600; /* three intervals */
    pair(&r, LEVEL_DAY, AT(1, 0), 1, AT(9, 0), 1);
    check_share(0, window_of(LEVEL_DAY, AT(0, 0)), 3 * 3600000, 3 * 3600000, 0);
    r.kind = KERNEL_STATE;
    r.max_gap_s = 60;
    pair(&r, LEVEL_DAY, AT(1, 0), INT64_MAX, AT(9, 0), 1);
    assert_true(seen.share[0].amount == (i128)INT64_MAX * 60000);
}

static void an_amount_lies_in_its_interval(void **state)
{
    (void)state;
    struct kernel_rule r = {.kind = KERNEL_AMOUNT, .every_s = 900};
    int32_t q = window_of(LEVEL_QUARTER, AT(1, 0));
    single(&r, LEVEL_QUARTER, AT(1, 15), 12);
    assert_int_equal(seen.count, 1);
    check_share(0, q, 12, 900000, 0);
    r.begins = true;
    single(&r, LEVEL_QUARTER, AT(1, 15), 12);
    check_share(0, q + 1, 12, 900000, 0);
    single(&r, LEVEL_QUARTER, AT(1, 20), -10); /* 10 and 5 minutes; floor(-6.67) */
    assert_int_equal(seen.count, 2);
    check_share(0, q + 1, -7, 600000, 0);
    check_share(1, q + 2, -3, 300000, 0);
    single(&r, LEVEL_QUARTER, AT(1, 20), READING_NULL);
    assert_int_equal(seen.count, 0);
    r.every_s = 0; /* no interval is known: what ends on a boundary is of the window before */
    r.begins = false;
    single(&r, LEVEL_QUARTER, AT(1, 15), 12);
    check_share(0, q, 12, 0, 0);
    r.kind = KERNEL_EVENT;
    single(&r, LEVEL_QUARTER, AT(1, 15), 3);
    check_share(0, q + 1, 3, 0, 0);
    r.kind = KERNEL_GAUGE;
    single(&r, LEVEL_QUARTER, AT(1, 15), 3);
    assert_int_equal(seen.count, 0);
    r.kind = KERNEL_EVENT;
    pair(&r, LEVEL_QUARTER, AT(1, 15), 3, AT(1, 16), 4);
    assert_int_equal(seen.count, 0);
}

/* ---- properties ---------------------------------------------------------------------------- */

static struct kernel_rule random_rule(enum kernel kind)
{
    return (struct kernel_rule){
        .kind = kind,
        .gap = GAP_SPREAD,
        .begins = test_below(2) == 0,
        .every_s = (uint32_t)test_below(7200),
        .max_gap_s = test_below(2) == 0 ? 0 : 1 + (uint32_t)test_below(20000),
        .rollover = test_below(3) == 0 ? 1000000 : 0,
        .jitter = test_below(3) == 0 ? 10 : 0,
    };
}

static int64_t random_time(void)
{
    static const int64_t grid[] = {1, 1000, 60000, 900000, 3600000};
    int64_t step = grid[test_below(COUNT(grid))];
    return AT(0, 0) + (int64_t)test_below(31 * UINT64_C(86400000)) / step * step;
}

static int64_t random_number(void)
{
    int64_t v = test_int64();
    return v < READING_MIN ? READING_MIN : v;
}

static void shares_add_up(void **state)
{
    (void)state;
    test_seed("shares add up to the difference at every level; a coarse window is its fine ones");
    for (int i = 0; i < 300; i++) {
        struct kernel_rule r = random_rule(KERNEL_COUNTER);
        int64_t ta = random_time(), tb = random_time();
        int64_t a = random_number(), b = random_number();
        if (ta >= tb)
            continue;
        bool reset;
        i128 d = kernel_difference(&r, a, b, &reset);
        assert_true(d >= 0);
        struct seen fine;
        for (enum level level = 0; level < LEVEL_COUNT; level++) {
            pair(&r, level, ta, a, tb, b);
            struct share sum = total(&seen);
            assert_true(sum.amount == d && sum.covered_ms == tb - ta && sum.resets == reset);
            size_t at = 0;
            for (size_t w = 0; level > 0 && w < seen.count; w++) {
                i128 parts = 0;
                for (; at < fine.count &&
                       window_of(level, window_begin(level - 1, fine.window[at])) == seen.window[w];
                     at++)
                    parts += fine.share[at].amount;
                assert_true(parts == seen.share[w].amount);
            }
            fine = seen;
        }
    }
}

/* A clock that was years behind: the difference is known, but not to any quarter of an hour. */
static void a_month_is_not_spread(void **state)
{
    (void)state;
    struct kernel_rule r = {.kind = KERNEL_COUNTER, .every_s = 60};
    const int64_t day = 86400000;
    pair(&r, LEVEL_QUARTER, AT(0, 0), 0, AT(0, 0) + 31 * day, 100);
    assert_true(total(&seen).amount == 100);
    pair(&r, LEVEL_QUARTER, AT(0, 0), 0, AT(0, 0) + 31 * day + 1, 100);
    assert_int_equal(seen.count, 0);
    pair(&r, LEVEL_MONTH, AT(0, 0), 0, AT(0, 0) + 31 * day + 1, 100);
    assert_int_equal(seen.count, 0);
}

static void a_middle_reading_on_the_line_changes_nothing(void **state)
{
    (void)state;
    static struct seen whole;
    test_seed("a reading between that lies on the line changes no window");
    for (int i = 0; i < 2000; i++) {
        struct kernel_rule r = {.kind = KERNEL_COUNTER};
        enum level level = (enum level)test_below(LEVEL_COUNT);
        int64_t ta = random_time(), step = 1 + (int64_t)test_below(3600000);
        int64_t n = 2 + (int64_t)test_below(100), k = 1 + (int64_t)test_below((uint64_t)n - 1);
        int64_t per = (int64_t)test_below(100000), a = (int64_t)test_below(1000000);
        pair(&r, level, ta, a, ta + n * step, a + n * per);
        whole = seen;
        seen.count = 0;
        kernel_pair(&r, level, ta, a, ta + k * step, a + k * per, see, &seen);
        struct seen *second = mem_zalloc(sizeof *second);
        kernel_pair(&r, level, ta + k * step, a + k * per, ta + n * step, a + n * per, see, second);
        for (size_t j = 0; j < second->count; j++) {
            size_t last = seen.count - 1;
            if (j == 0 && second->window[0] == seen.window[last]) {
                seen.share[last].amount += second->share[0].amount;
                seen.share[last].covered_ms += second->share[0].covered_ms;
            } else {
                see(&seen, second->window[j], &second->share[j]);
            }
        }
        mem_free(second);
        assert_int_equal(seen.count, whole.count);
        for (size_t j = 0; j < whole.count; j++) {
            assert_int_equal(seen.window[j], whole.window[j]);
            assert_true(seen.share[j].amount == whole.share[j].amount);
            assert_int_equal(seen.share[j].covered_ms, whole.share[j].covered_ms);
        }
    }
}

/* A small engine: the set of readings of one point, and its windows by replacement of pairs. */
enum { SET = 60, SPAN = 4200 };
struct set {
    struct kernel_rule rule;
    size_t n;
    int64_t time[SET], value[SET];
    struct share window[LEVEL_COUNT][SPAN];
    enum level level; /* being told */
    int sign;
};

static void set_add(void *ctx, int32_t window, const struct share *s)
{
    struct set *set = ctx;
    int32_t at = window - window_of(set->level, AT(-24, 0));
    assert_true(at >= 0 && at < SPAN);
    struct share *w = &set->window[set->level][at];
    w->amount += set->sign * s->amount;
    w->covered_ms += set->sign * s->covered_ms;
    w->resets += (uint32_t)set->sign * s->resets;
}

static void set_single(struct set *s, int sign, size_t i)
{
    s->sign = sign;
    for (s->level = 0; s->level < LEVEL_COUNT; s->level++)
        kernel_single(&s->rule, s->level, s->time[i], s->value[i], set_add, s);
}

static void set_pair(struct set *s, int sign, size_t a, size_t b)
{
    s->sign = sign;
    if (a < s->n && b < s->n)
        for (s->level = 0; s->level < LEVEL_COUNT; s->level++)
            kernel_pair(&s->rule, s->level, s->time[a], s->value[a], s->time[b], s->value[b],
                        set_add, s);
}

/* The neighbour of i that the kernel sees; s->n: none. */
static size_t set_near(const struct set *s, size_t i, bool forward)
{
    for (i = forward ? i + 1 : i - 1; i < s->n; i = forward ? i + 1 : i - 1)
        if (!kernel_skips(&s->rule, s->value[i]))
            return i;
    return s->n;
}

/* sign 1: reading i, in its place by time, comes to count; -1: it ceases to. */
static void set_count(struct set *s, int sign, size_t i)
{
    size_t before = set_near(s, i, false), after = set_near(s, i, true);
    set_single(s, sign, i);
    if (kernel_skips(&s->rule, s->value[i]))
        return;
    set_pair(s, -sign, before, after);
    set_pair(s, sign, before, i);
    set_pair(s, sign, i, after);
}

static void set_put(struct set *s, int64_t time, int64_t value)
{
    size_t i = 0;
    while (i < s->n && s->time[i] < time)
        i++;
    if (i < s->n && s->time[i] == time) {
        set_count(s, -1, i);
    } else {
        memmove(&s->time[i + 1], &s->time[i], (s->n - i) * sizeof *s->time);
        memmove(&s->value[i + 1], &s->value[i], (s->n - i) * sizeof *s->value);
        s->n++;
    }
    s->time[i] = time;
    s->value[i] = value;
    set_count(s, 1, i);
}

static int64_t random_reading(void)
{
    switch (test_below(10)) {
    case 0:
        return READING_NULL + (int64_t)test_below(5);
    case 1:
        return random_number();
    default:
        return (int64_t)test_below(1000000);
    }
}

static void any_order_gives_the_same_windows(void **state)
{
    (void)state;
    static struct set late, fresh;
    test_seed("any order of arrival, with revisions, gives the windows of the set in order");
    for (int i = 0; i < 300; i++) {
        memset(&late, 0, sizeof late);
        memset(&fresh, 0, sizeof fresh);
        late.rule = random_rule((enum kernel)test_below(KERNEL_COUNT));
        late.rule.gap = (enum gap)test_below(GAP_POLICIES);
        fresh.rule = late.rule;
        size_t n = 1 + test_below(SET - 1);
        for (size_t k = 0; k < n; k++)
            set_put(&late,
                    test_below(4) == 0 && k > 0 ? late.time[test_below(late.n)] : random_time(),
                    random_reading());
        fresh.n = late.n;
        memcpy(fresh.time, late.time, sizeof late.time);
        memcpy(fresh.value, late.value, sizeof late.value);
        for (size_t k = 0, before = SET; k < fresh.n; k++) {
            set_single(&fresh, 1, k);
            if (kernel_skips(&fresh.rule, fresh.value[k]))
                continue;
            set_pair(&fresh, 1, before, k);
            before = k;
        }
        for (size_t l = 0; l < LEVEL_COUNT; l++)
            for (size_t w = 0; w < SPAN; w++) {
                const struct share *got = &late.window[l][w], *want = &fresh.window[l][w];
                assert_true(got->amount == want->amount && got->resets == want->resets);
                assert_int_equal(got->covered_ms, want->covered_ms);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_begin_where_they_should),
        cmocka_unit_test(names_come_back),
        cmocka_unit_test(differences_of_registers),
        cmocka_unit_test(a_counter_is_spread),
        cmocka_unit_test(a_long_gap_is_left_open),
        cmocka_unit_test(nothing_is_counted_across_a_restart),
        cmocka_unit_test(a_gauge_holds_for_a_while),
        cmocka_unit_test(an_amount_lies_in_its_interval),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(a_month_is_not_spread),
        cmocka_unit_test(a_middle_reading_on_the_line_changes_nothing),
        cmocka_unit_test(any_order_gives_the_same_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
