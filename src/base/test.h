/* test.h - what the tests of base share: cmocka, a seeded generator, texts compared as texts.
 * For tests only; no module includes it. */
#ifndef LUOSHU_BASE_TEST_H
#define LUOSHU_BASE_TEST_H
#include "str.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CASES 20000 /* of each property */

static uint64_t test_state;

/* The seed of LUOSHU_SEED, or a new one; printed, so that a failure can be had again. */
static inline void test_seed(const char *property)
{
    const char *given = getenv("LUOSHU_SEED");
    test_state = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("# %s: LUOSHU_SEED=%llu\n", property, (unsigned long long)test_state);
}

/* splitmix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014 */
static inline uint64_t test_random(void)
{
    uint64_t z = test_state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline uint64_t test_below(uint64_t n)
{
    return test_random() % n;
}

/* Numbers of every size, and often the ends of the range, where mistakes live. */
static inline int64_t test_int64(void)
{
    static const int64_t ends[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1};
    if (test_below(8) == 0)
        return ends[test_below(COUNT(ends))];
    int64_t v = (int64_t)(test_random() >> test_below(64));
    return test_below(2) == 0 ? v : (int64_t)(0 - (uint64_t)v);
}

/* As many bytes of the alphabet, NUL-terminated. */
static inline struct str test_text(char *out, size_t len, struct str alphabet)
{
    for (size_t i = 0; i < len; i++)
        out[i] = alphabet.ptr[test_below(alphabet.len)];
    out[len] = '\0';
    return (struct str){out, len};
}

static inline void check_text(struct str got, struct str want, const char *why)
{
    if (!str_eq(got, want))
        fail_msg("%s: got '%.*s', want '%.*s'", why, STR_ARG(got), STR_ARG(want));
}

/* A condition of a table row, which says why it should hold. */
#define check_row(condition, why)                                                                  \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error("%s:%d: %s: %s\n", __FILE__, __LINE__, why, #condition);                   \
            fail();                                                                                \
        }                                                                                          \
    } while (0)
#endif
