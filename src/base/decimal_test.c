/* decimal_test.c - decimals against tables, and 128-bit sums against laws they must keep. */
#include "decimal.h"
#include "test.h"

#define I128_MAX ((i128)(((u128)1 << 127) - 1))
#define I128_MIN (-I128_MAX - 1)

static void parse(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        enum code code;
        int64_t units;
        uint8_t scale;
        const char *why;
    } rows[] = {
        {STR("0"),                                         OK,      0,         0,  "zero"                                    },
        {STR("-12.50"),                                    OK,      -1250,     2,  "trailing zeros are kept"                 },
        {STR("+7"),                                        OK,      7,         0,  "leading plus"                            },
        {STR("007.10"),                                    OK,      710,       2,  "leading zeros"                           },
        {STR("-0"),                                        OK,      0,         0,  "no negative zero"                        },
        {STR("-0.00"),                                     OK,      0,         2,  "nor with decimals"                       },
        {STR("9223372036854775807"),                       OK,      INT64_MAX, 0,  "largest"                                 },
        {STR("-9223372036854775808"),                      OK,      INT64_MIN, 0,  "smallest"                                },
        {STR("-9.223372036854775808"),                     OK,      INT64_MIN, 18, "smallest, all decimals"                  },
        {STR("0.000000000000000001"),                      OK,      1,         18, "eighteen decimals"                       },
        {STR("00000000000000000000000000001"),             OK,      1,         0,  "zeros do not count as size"              },
        {STR("9223372036854775808"),                       E_RANGE, 0,         0,  "one too many"                            },
        {STR("-9223372036854775809"),                      E_RANGE, 0,         0,  "one too few"                             },
        {STR("92233720368547758.08"),                      E_RANGE, 0,         0,  "units count, not the value"              },
        {STR("0.0000000000000000000"),                     E_RANGE, 0,         0,  "nineteen decimals, be they zeros"        },
        {STR("99999999999999999999999999999999999999999"), E_RANGE, 0,         0,  "far too many"                            },
        {STR(""),                                          E_INPUT, 0,         0,  "empty"                                   },
        {STR("-"),                                         E_INPUT, 0,         0,  "a sign alone"                            },
        {STR("+-1"),                                       E_INPUT, 0,         0,  "two signs"                               },
        {STR("1."),                                        E_INPUT, 0,         0,  "no digit after the point"                },
        {STR(".5"),                                        E_INPUT, 0,         0,  "no digit before it"                      },
        {STR("."),                                         E_INPUT, 0,         0,  "a point alone"                           },
        {STR("1.2.3"),                                     E_INPUT, 0,         0,  "two points"                              },
        {STR("1e5"),                                       E_INPUT, 0,         0,  "exponent"                                },
        {STR("1,000"),                                     E_INPUT, 0,         0,  "thousands separator"                     },
        {STR("1 000"),                                     E_INPUT, 0,         0,  "blank within"                            },
        {STR(" 1"),                                        E_INPUT, 0,         0,  "blank before"                            },
        {STR("1 "),                                        E_INPUT, 0,         0,  "blank after"                             },
        {STR("0x10"),                                      E_INPUT, 0,         0,  "not C"                                   },
        {STR("１２"),                                    E_INPUT, 0,         0,  "full-width digits are for ingest to mend"},
        {STR("1\0"),                                       E_INPUT, 0,         0,  "NUL"                                     },
        {STR("nan"),                                       E_INPUT, 0,         0,  "no such numbers"                         },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dec d = {-1, 99};
        struct error err = {0};
        enum code code = dec_parse(rows[i].in, &d, &err);
        check_row(code == rows[i].code && err.code == code, rows[i].why);
        if (code == OK)
            check_row(d.units == rows[i].units && d.scale == rows[i].scale, rows[i].why);
        else
            check_row(d.units == -1 && err.text[0] != '\0', rows[i].why);
    }
}

static void text(void **state)
{
    (void)state;
    static const struct {
        int64_t units;
        unsigned scale, least;
        struct str want, brief;
    } rows[] = {
        {-1250, 2, 0, STR("-12.50"), STR("-12.5") },
        {0,     0, 0, STR("0"),      STR("0")     },
        {0,     3, 0, STR("0.000"),  STR("0")     },
        {0,     3, 2, STR("0.000"),  STR("0.00")  },
        {-1,    3, 0, STR("-0.001"), STR("-0.001")},
        {1000,  3, 0, STR("1.000"),  STR("1")     },
        {1000,  3, 1, STR("1.000"),  STR("1.0")   },
        {1200,  0, 0, STR("1200"),   STR("1200")  },
        {5,     0, 2, STR("5"),      STR("5.00")  },
        {55,    1, 3, STR("5.5"),    STR("5.500") },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[DEC_TEXT];
        size_t n = dec_text(rows[i].units, rows[i].scale, out);
        check_text((struct str){out, n}, rows[i].want, "dec_text");
        n = dec_text_short(rows[i].units, rows[i].scale, rows[i].least, out);
        check_text((struct str){out, n}, rows[i].brief, "dec_text_short");
        assert_int_equal(out[n], '\0');
    }
    char out[DEC_TEXT];
    assert_string_equal((dec_text(I128_MIN, 0, out), out),
                        "-170141183460469231731687303715884105728");
    assert_string_equal((dec_text(I128_MIN, 36, out), out),
                        "-170.141183460469231731687303715884105728");
    assert_string_equal((dec_text(-7, 36, out), out), "-0.000000000000000000000000000000000007");
}

static void text_round_trip(void **state)
{
    (void)state;
    test_seed("parse(text(d)) == d");
    for (int i = 0; i < CASES; i++) {
        char out[DEC_TEXT];
        struct dec d, want = {test_int64(), (uint8_t)test_below(DEC_SCALE_MAX + 1)};
        size_t n = dec_text(want.units, want.scale, out);
        assert_int_equal(dec_parse((struct str){out, n}, &d, NULL), OK);
        if (d.units != want.units || d.scale != want.scale)
            fail_msg("%lld at %u", (long long)want.units, want.scale);
        int64_t back;
        n = dec_text_short(want.units, want.scale, 0, out);
        assert_int_equal(dec_parse((struct str){out, n}, &d, NULL), OK);
        assert_int_equal(dec_rescale(d.units, d.scale, want.scale, &back, NULL), OK);
        assert_true(back == want.units);
    }
}

static void rescale(void **state)
{
    (void)state;
    static const struct {
        int64_t in;
        unsigned from, to;
        enum code code;
        int64_t want;
        const char *why;
    } rows[] = {
        {125,                 2,  4,  OK,      12500,     "up"                   },
        {12500,               4,  2,  OK,      125,       "down over zeros"      },
        {12501,               4,  2,  E_RANGE, 0,         "a digit would be lost"},
        {-12501,              4,  3,  E_RANGE, 0,         "also of a negative"   },
        {INT64_MAX,           0,  0,  OK,      INT64_MAX, "nothing to do"        },
        {INT64_MAX / 10 + 1,  0,  1,  E_RANGE, 0,         "leaves 64 bits"       },
        {INT64_MIN,           3,  3,  OK,      INT64_MIN, "smallest stays"       },
        {0,                   0,  18, OK,      0,         "zero goes anywhere"   },
        {0,                   36, 0,  OK,      0,         "and back"             },
        {1000000000000000000, 18, 0,  OK,      1,         "all the way"          },
        {1,                   0,  19, E_RANGE, 0,         "further than any"     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t out = 77;
        enum code code = dec_rescale(rows[i].in, rows[i].from, rows[i].to, &out, NULL);
        check_row(code == rows[i].code, rows[i].why);
        check_row(out == (code == OK ? rows[i].want : 77), rows[i].why);
    }
}

static void division(void **state)
{
    (void)state;
    static const struct {
        i128 num, den;
        unsigned scale;
        int64_t nearest, floor, ceil;
        const char *why;
    } rows[] = {
        {1,   3,   2, 33,    33,    34,    "a third"                       },
        {2,   3,   2, 67,    66,    67,    "two thirds"                    },
        {1,   2,   0, 1,     0,     1,     "half goes away from zero"      },
        {-1,  2,   0, -1,    -1,    0,     "also below zero"               },
        {1,   -2,  0, -1,    -1,    0,     "the sign may be in the divisor"},
        {-1,  -2,  0, 1,     0,     1,     "or in both"                    },
        {25,  10,  0, 3,     2,     3,     "not to even"                   },
        {35,  10,  0, 4,     3,     4,     "five goes up"                  },
        {249, 100, 0, 2,     2,     3,     "just below half"               },
        {-7,  7,   3, -1000, -1000, -1000, "exact needs no rounding"       },
        {0,   -9,  5, 0,     0,     0,     "zero"                          },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        i128 q = 0;
        check_row(dec_div(rows[i].num, rows[i].den, rows[i].scale, &q, NULL) == OK, rows[i].why);
        check_row(q == rows[i].nearest, rows[i].why);
        check_row(dec_div_round(rows[i].num, rows[i].den, rows[i].scale, ROUND_FLOOR, &q, NULL) ==
                          OK &&
                      q == rows[i].floor,
                  rows[i].why);
        check_row(dec_div_round(rows[i].num, rows[i].den, rows[i].scale, ROUND_CEIL, &q, NULL) ==
                          OK &&
                      q == rows[i].ceil,
                  rows[i].why);
    }
}

static void division_ends(void **state)
{
    (void)state;
    i128 q = 77;
    assert_int_equal(dec_div(1, 0, 2, &q, NULL), E_RANGE);
    assert_int_equal(dec_div(I128_MIN, -1, 0, &q, NULL), E_RANGE);
    assert_int_equal(dec_div(I128_MAX, 1, 1, &q, NULL), E_RANGE);
    assert_int_equal(dec_div(1, 1, 37, &q, NULL), E_RANGE);
    assert_true(q == 77);
    assert_int_equal(dec_div(I128_MIN, 1, 0, &q, NULL), OK);
    assert_true(q == I128_MIN);
    /* the product with 10^36 needs 247 bits, the quotient is small again */
    assert_int_equal(dec_div(I128_MAX, I128_MAX, 36, &q, NULL), OK);
    assert_true(q == dec_pow10(36));
    assert_int_equal(dec_div(I128_MIN, I128_MAX, 36, &q, NULL), OK);
    assert_true(q == -dec_pow10(36)); /* -1.0…06 */
    assert_int_equal(dec_div_round(I128_MIN, I128_MAX, 36, ROUND_FLOOR, &q, NULL), OK);
    assert_true(q == -dec_pow10(36) - 1);
    /* rounding itself may be what leaves the range */
    assert_int_equal(dec_div_round(I128_MAX, 2, 0, ROUND_CEIL, &q, NULL), OK);
    assert_true(q == (i128)1 << 126);
}

static i128 random_i128(void)
{
    i128 v = (i128)((u128)test_random() << 64 | test_random());
    v >>= test_below(127);
    return test_below(16) == 0 ? (test_below(2) == 0 ? I128_MAX : I128_MIN) : v;
}

static void division_law(void **state)
{
    (void)state;
    test_seed("2 |num * 10^scale - q * den| <= |den|");
    for (int i = 0; i < CASES; i++) {
        i128 num = random_i128() >> 64, den = random_i128() >> 3, q, floor, ceil;
        unsigned scale = (unsigned)test_below(19);
        if (den == 0)
            den = 1;
        assert_int_equal(dec_div(num, den, scale, &q, NULL), OK);
        i128 rest = num * dec_pow10(scale) - q * den;
        rest = rest < 0 ? -rest : rest;
        assert_true(rest * 2 <= (den < 0 ? -den : den));
        assert_int_equal(dec_div_round(num, den, scale, ROUND_FLOOR, &floor, NULL), OK);
        assert_int_equal(dec_div_round(num, den, scale, ROUND_CEIL, &ceil, NULL), OK);
        assert_true(floor <= q && q <= ceil &&
                    ceil - floor == (floor * den != num * dec_pow10(scale)));
    }
}

static void checked_sums(void **state)
{
    (void)state;
    test_seed("checked sums agree with the compiler's");
    for (int i = 0; i < CASES; i++) {
        i128 a = random_i128(), b = random_i128(), v = 77, want;
        bool fits = !__builtin_add_overflow(a, b, &want);
        assert_true(i128_add(a, b, &v) == fits && v == (fits ? want : 77));
        v = 77;
        fits = !__builtin_sub_overflow(a, b, &want);
        assert_true(i128_sub(a, b, &v) == fits && v == (fits ? want : 77));
        v = 77;
        if (i128_mul(a, b, &v))
            assert_true(a == 0 ? v == 0 : v / a == b && v % a == 0);
        else
            assert_true(v == 77 && a != 0 && b != 0);
    }
    i128 v;
    assert_true(i128_mul(I128_MIN, 1, &v) && v == I128_MIN);
    assert_false(i128_mul(I128_MIN, -1, &v));
    assert_true(i128_mul((i128)1 << 64, -((i128)1 << 63), &v) && v == I128_MIN);
    assert_false(i128_mul((i128)1 << 64, (i128)1 << 63, &v));
}

static struct rat random_rat(unsigned bits)
{
    struct rat r;
    i128 num = random_i128() >> (127 - bits), den = random_i128() >> (127 - bits);
    assert_int_equal(rat_make(num, den != 0 ? den : 1, &r, NULL), OK);
    return r;
}

static bool same(struct rat a, struct rat b)
{
    return a.num == b.num && a.den == b.den && rat_cmp(a, b) == 0;
}

static void ratio_laws(void **state)
{
    (void)state;
    test_seed("(a + b) - b == a, (a * b) / b == a, order follows the difference");
    for (int i = 0; i < CASES; i++) {
        struct rat a = random_rat(30), b = random_rat(30), t, u;
        assert_int_equal(rat_add(a, b, &t, NULL), OK);
        assert_int_equal(rat_sub(t, b, &u, NULL), OK);
        assert_true(same(a, u));
        assert_int_equal(rat_sub(a, b, &t, NULL), OK);
        assert_int_equal(rat_cmp(a, b), rat_sign(t));
        assert_int_equal(rat_cmp(b, a), -rat_sign(t));
        assert_int_equal(rat_mul(a, b, &t, NULL), OK);
        if (rat_sign(b) == 0)
            continue;
        assert_int_equal(rat_div(t, b, &u, NULL), OK);
        assert_true(same(a, u));
    }
}

static void ratio_order(void **state)
{
    (void)state;
    test_seed("the order of large ratios is total");
    for (int i = 0; i < CASES; i++) {
        struct rat a = random_rat(126), b = random_rat(126), c = random_rat(126);
        assert_int_equal(rat_cmp(a, b), -rat_cmp(b, a));
        assert_int_equal(rat_cmp(a, a), 0);
        if (rat_cmp(a, b) <= 0 && rat_cmp(b, c) <= 0)
            assert_true(rat_cmp(a, c) <= 0);
    }
    struct rat x = {I128_MAX, I128_MAX - 1}, y = {I128_MAX - 1, I128_MAX - 2};
    assert_int_equal(rat_cmp(x, y), -1); /* they differ in the 254th bit */
    assert_int_equal(rat_cmp((struct rat){I128_MIN, 1}, (struct rat){I128_MAX, 1}), -1);
}

static void ratio_ends(void **state)
{
    (void)state;
    struct rat r = {7, 7}, zero = {0, 1}, big = {I128_MAX, 1}, tiny = {1, I128_MAX};
    char out[DEC_TEXT];
    assert_int_equal(rat_make(1, 0, &r, NULL), E_RANGE);
    assert_int_equal(rat_make(I128_MIN, -1, &r, NULL), E_RANGE);
    assert_int_equal(rat_div(big, zero, &r, NULL), E_RANGE);
    assert_int_equal(rat_add(big, big, &r, NULL), E_RANGE);
    assert_int_equal(rat_mul(big, big, &r, NULL), E_RANGE);
    assert_int_equal(rat_add(big, tiny, &r, NULL), E_RANGE);
    assert_true(r.num == 7 && r.den == 7);
    assert_int_equal(rat_mul(big, tiny, &r, NULL), OK);
    assert_true(r.num == 1 && r.den == 1);
    assert_int_equal(rat_make(I128_MIN, I128_MIN, &r, NULL), OK);
    assert_true(r.num == 1 && r.den == 1);
    assert_int_equal(rat_make(-6, -4, &r, NULL), OK);
    assert_true(r.num == 3 && r.den == 2);
    assert_int_equal(rat_make(0, -4, &r, NULL), OK);
    assert_true(r.num == 0 && r.den == 1);
    assert_string_equal((rat_text((struct rat){-2, 3}, 2, ROUND_NEAREST, out), out), "-0.67");
    assert_string_equal((rat_text((struct rat){-2, 3}, 2, ROUND_CEIL, out), out), "-0.66");
    assert_string_equal((rat_text((struct rat){1, 8}, 2, ROUND_NEAREST, out), out), "0.13");
    assert_int_equal(rat_text(big, 2, ROUND_NEAREST, out), 1);
    assert_string_equal(out, "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse),        cmocka_unit_test(text),
        cmocka_unit_test(rescale),      cmocka_unit_test(text_round_trip),
        cmocka_unit_test(division),     cmocka_unit_test(division_ends),
        cmocka_unit_test(division_law), cmocka_unit_test(checked_sums),
        cmocka_unit_test(ratio_laws),   cmocka_unit_test(ratio_order),
        cmocka_unit_test(ratio_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
