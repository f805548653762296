/* block_testing.h - made-up runs of every shape, for the tests of blocks. */
#ifndef LUOSHU_READINGS_BLOCK_TESTING_H
#define LUOSHU_READINGS_BLOCK_TESTING_H
#include "base/test.h"
#include "readings/kernel.h"

#define T0 INT64_C(1767225600000) /* 2026-01-01T00:00Z */

/* A grid with what can go wrong on one; odd: one in so many. */
static inline void make_times(int64_t *t, size_t n, int64_t begin, uint64_t odd)
{
    static const int64_t periods[] = {1, 100, 1000, 7777, 60000, 900000, 3600000};
    int64_t period = periods[test_below(COUNT(periods))], at = begin, off = 0;
    unsigned way = (unsigned)test_below(4);
    for (size_t i = 0; i < n; i++) {
        uint64_t r = test_below(odd);
        int64_t next = at;
        if (way == 1 && r == 1 && period > 1000)
            next += test_below(2) == 0 ? 500 : -500;
        if (way == 2)
            next += (int64_t)test_below((uint64_t)period);
        int64_t least = i > 0 ? t[i - 1] : begin;
        t[i] = next < least ? least : next;
        if (way == 3)
            off = (int64_t)(test_random() >> test_below(64)) & 0xffffffff;
        at += r == 2 ? 0 : r == 3 ? period * (int64_t)(1 + test_below(5)) : period + off;
    }
}

static inline void make_values(int64_t *v, size_t n)
{
    unsigned way = (unsigned)test_below(6);
    uint64_t wide = UINT64_C(1) << test_below(40);
    int64_t level = (int64_t)test_below(1000000);
    for (size_t i = 0; i < n; i++) {
        level += way == 1 ? (int64_t)test_below(wide) : 0;              /* a register */
        int64_t x = level + (way == 0 ? (int64_t)test_below(wide) : 0); /* a level */
        if (way == 2)
            x = i / 37 % 3 == 0 ? 0 : level + (int64_t)test_below(50); /* on and off */
        if (way == 3)
            x = test_below(20) == 0 ? READING_NULL + (int64_t)test_below(5) : level + (int64_t)i;
        if (way == 4)
            x = test_int64();
        if (way == 5)
            x = i / 50 % 2 == 0 ? READING_OFFLINE : (int64_t)(i * i);
        v[i] = test_below(200) == 0 ? test_int64() : x;
    }
}
#endif
