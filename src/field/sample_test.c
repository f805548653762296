/* sample_test.c - decimal text and binary numbers, exactly. */
#include "base/test.h"
#include "field/intake.h"
#include <math.h>

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t mantissa;
        int exp;
        bool cut;
    } rows[] = {
        {"0", 0, 0, false},
        {"-0", 0, 0, false},
        {"-12.50", -1250, -2, false},
        {".5", 5, -1, false},
        {"7.", 7, 0, false},
        {"01", 1, 0, false},
        {"1e5", 1, 5, false},
        {"1E+5", 1, 5, false},
        {"1e+21", 1, 21, false},
        {"25e-3", 25, -3, false},
        {"0.000000000000000000001", 1, -21, false},
        {"123456789012345678", 123456789012345678, 0, false},
        {"1234567890123456780", 123456789012345678, 1, false},
        {"1234567890123456785", 123456789012345678, 1, true},
        {"1234567890123456775", 123456789012345678, 1, true},
        {"12345678901234567850001", 123456789012345679, 5, true},
        {"999999999999999999.9", 1000000000000000000, 0, true},
        {"0.1234567890123456789", 123456789012345679, -18, true},
        {"18446744073709551615", 184467440737095516, 2, true},
        {"0e999999999999", 0, 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t m = 7;
        int16_t e = 7;
        bool cut = true;
        check_row(sample_number(str_z(rows[i].text), &m, &e, &cut), rows[i].text);
        check_row(m == rows[i].mantissa && e == rows[i].exp, rows[i].text);
        check_row(cut == rows[i].cut, rows[i].text);
    }
}

static void not_numbers(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",    "-",  ".",     "-.", "+1", "NaN", "nan", "Inf",  "-Inf",    "0x10",     "1_0", "1e",
        "1e+", "e5", "1.2.3", "1 ", " 1", "1,5", "--1", "1e5.", "1e99999", "1e-99999", "١"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t m;
        int16_t e;
        bool cut;
        check_row(!sample_number(str_z(rows[i]), &m, &e, &cut), rows[i]);
    }
}

/* What text says is what is found, for decimals of up to 18 digits. */
static void property_number(void **state)
{
    (void)state;
    test_seed("sample_number");
    for (int i = 0; i < CASES; i++) {
        char text[64];
        int64_t v = (int64_t)(test_random() >> (5 + test_below(58))), m; /* below 10^18 */
        int decimals = (int)test_below(19), exp = (int)test_below(600) - 300;
        bool cut;
        int16_t e;
        size_t n = dec_text(test_below(2) ? v : -v, (unsigned)decimals, text);
        int64_t want = text[0] == '-' ? -v : v;
        snprintf(text + n, sizeof text - n, "e%d", exp);
        assert_true(sample_number(str_z(text), &m, &e, &cut));
        assert_false(cut);
        check_row(m == want && (m == 0 || e == exp - decimals), text);
    }
}

static void doubles(void **state)
{
    (void)state;
    static const struct {
        double v;
        bool single;
        int64_t mantissa;
        int exp;
    } rows[] = {
        {0.0, false, 0, 0},
        {-0.0, false, 0, 0},
        {0.1, false, 1, -1},
        {0.1f, true, 1, -1},
        {1013.25, false, 101325, -2},
        {1013.25f, true, 101325, -2},
        {0.30000000000000004, false, 30000000000000004, -17},
        {1e21, false, 1, 21},
        {5e-324, false, 5, -324},
        {1.7976931348623157e308, false, 17976931348623157, 292},
        {2.2250738585072014e-308, false, 22250738585072014, -324},
        {0x1p-44, false, 5684341886080802,
         -29}, /* the nearest 16 digits, ...801, read as another */
        {9007199254740993.0, false, 9007199254740992, 0},
        {16777216.0f, true, 16777216, 0},
        {3.4028234663852886e38, true, 34028235, 31},
        {1e-45f, true, 1, -45},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t m = 7;
        int16_t e = 7;
        char why[40];
        snprintf(why, sizeof why, "%.17g", rows[i].v);
        check_row(sample_double(rows[i].v, rows[i].single, &m, &e), why);
        check_row(m == rows[i].mantissa && e == rows[i].exp, why);
    }
    int64_t m;
    int16_t e;
    assert_false(sample_double(NAN, false, &m, &e));
    assert_false(sample_double(INFINITY, false, &m, &e));
    assert_false(sample_double(-INFINITY, true, &m, &e));
}

static void check_double(double v, bool single)
{
    char text[40], shorter[40];
    int64_t m;
    int16_t e;
    assert_true(sample_double(v, single, &m, &e));
    snprintf(text, sizeof text, "%llde%d", (long long)m, e);
    check_row(single ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v, text);
    int digits = snprintf(NULL, 0, "%llu", (unsigned long long)llabs(m));
    if (digits < 2 || e >= 0)
        return;
    snprintf(shorter, sizeof shorter, "%.*e", digits - 2, v);
    check_row(single ? strtof(shorter, NULL) != (float)v : strtod(shorter, NULL) != v, text);
}

static void property_double(void **state)
{
    (void)state;
    test_seed("sample_double");
    for (int i = 0; i < CASES; i++) {
        union {
            uint64_t bits;
            double v;
        } any = {.bits = test_random()};
        union {
            uint32_t bits;
            float v;
        } small = {.bits = (uint32_t)test_random()};
        if (isfinite(any.v))
            check_double(any.v, false);
        if (isfinite(small.v))
            check_double((double)small.v, true);
        double measured =
            (double)(int64_t)test_below(2000000000) / (double)dec_pow10((unsigned)test_below(10));
        check_double(measured, false);
        check_double((double)(float)measured, true);
        check_double(ldexp(1, (int)test_below(2000) - 1000), false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),         cmocka_unit_test(not_numbers),
        cmocka_unit_test(property_number), cmocka_unit_test(doubles),
        cmocka_unit_test(property_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
