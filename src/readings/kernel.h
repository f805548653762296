/* kernel.h - what a pair of neighbouring readings says of the time between them. Pure.
 *
 * Every window's figure is the sum of contributions of neighbouring readings (or of single ones), a
 * function of the set of current readings alone: any order of arrival gives the same sums. A late,
 * corrected or repeated reading replaces the contribution of one pair by those of two.
 *
 *   COUNTER  a register that only grows (kWh index): the difference, spread over the windows
 * between in proportion to time, exactly: up to boundary b floor(d * (b - t0) / (t1 - t0)) has been
 * used. GAUGE    a level (kW, mg/m3): value x time until the next reading, at most max_gap. AMOUNT
 * the amount of the interval that ends (or begins) at its time stamp (kWh of 15 minutes). STATE a
 * number that means a state (running 1): time in each state is value x time; as GAUGE. EVENT each
 * reading counts what it says (pieces made): the value itself, at its time. Absent values
 * (READING_NULL ...) end what a gauge held; a counter looks past them. RESTART says that the meter
 * was replaced: nothing is counted across it. */
#ifndef LUOSHU_READINGS_KERNEL_H
#define LUOSHU_READINGS_KERNEL_H
#include "base/base.h"

enum kernel {
    KERNEL_NONE,
    KERNEL_COUNTER,
    KERNEL_GAUGE,
    KERNEL_AMOUNT,
    KERNEL_STATE,
    KERNEL_EVENT,
    KERNEL_COUNT
};
enum gap { GAP_SPREAD, GAP_OPEN, GAP_POLICIES };
struct kernel_rule {
    enum kernel kind;
    enum gap gap;       /* COUNTER: what happens to the difference over a gap longer than max_gap_s:
                           spread in proportion, or left open: it counts only in those windows (hour,
                           day, month) that hold both ends */
    uint8_t decimals;   /* readings are integers of 10^-decimals units, 0..9 */
    bool begins;        /* AMOUNT: the interval begins at the time stamp, else it ends there */
    uint32_t every_s;   /* expected interval between readings; AMOUNT: length of the interval */
    uint32_t max_gap_s; /* 0 = 3 x every_s, at least 900 */
    /* Whatever the policy, a gap of more than SPREAD_MAX_S is left open: nobody can say when it was
     * used. */
    int64_t rollover; /* COUNTER: the register begins again at 0 after rollover - 1; 0 = never */
    int64_t jitter;   /* COUNTER: a step back by at most this is noise: no consumption */
};
#define SPREAD_MAX_S (31 * 86400)
bool kernel_leaves_open(const struct kernel_rule *rule, int64_t gap_ms); /* COUNTER */
const char *kernel_name(enum kernel k);                                  /* "counter" */
bool kernel_from(struct str s, enum kernel *out);

/* Values that are not numbers. All lie below every number that is accepted. */
#define READING_NULL INT64_MIN             /* stated to be empty */
#define READING_WITHHELD (INT64_MIN + 1)   /* not to be told */
#define READING_OFFLINE (INT64_MIN + 2)    /* the device was off */
#define READING_OVER_LIMIT (INT64_MIN + 3) /* beyond what the device can measure */
#define READING_RESTART                                                                            \
    (INT64_MIN + 4) /* the meter was replaced or set anew; the next value starts afresh */
#define READING_MIN (INT64_MIN + 16) /* smallest number */
static inline bool reading_is_number(int64_t v)
{
    return v >= READING_MIN;
}

/* Levels of windows, at UTC+8: quarters of an hour, hours, days, months. */
enum level { LEVEL_QUARTER, LEVEL_HOUR, LEVEL_DAY, LEVEL_MONTH, LEVEL_COUNT };
/* Number of the window that holds a time (ms UTC), and its first ms. Quarters, hours and days count
 * from 1970-01-01T00:00+08:00, months from 1970-01. */
int32_t window_of(enum level level, int64_t time_ms);
int64_t window_begin(enum level level, int32_t window);

/* What is added to a window. amount: COUNTER, AMOUNT, EVENT in 10^-decimals units; GAUGE and STATE
 * in 10^-decimals units x ms. covered_ms: how much of the window it speaks for. resets, restarts:
 * what was seen of them. */
struct share {
    i128 amount;
    int64_t covered_ms;
    uint32_t resets;
};
typedef void (*share_fn)(void *ctx, int32_t window, const struct share *s);
/* Contribution of neighbours a -> b (time_a < time_b, both as the kernel sees them) at one level,
 * window by window in order of time; it lies within the windows that [time_a, time_b) touches. A
 * reset or restart is told in the last of them. */
void kernel_pair(const struct kernel_rule *rule, enum level level, int64_t time_a, int64_t value_a,
                 int64_t time_b, int64_t value_b, share_fn fn, void *ctx);
/* Contribution of a single reading (AMOUNT, EVENT; nothing for others). An AMOUNT covers
 * [time - every_s, time), or [time, time + every_s) when it begins there. */
void kernel_single(const struct kernel_rule *rule, enum level level, int64_t time_ms, int64_t value,
                   share_fn fn, void *ctx);
/* The longest gap that is filled, in ms. */
int64_t kernel_max_gap_ms(const struct kernel_rule *rule);
/* Does the kernel look past this value when it seeks a neighbour? */
bool kernel_skips(const struct kernel_rule *rule, int64_t value);
/* Difference of two counter readings (numbers) under the rule; never negative.
 * A step back by at most the jitter: 0. Else, where the register rolls over and the way forward
 * across its end is at most half of it: that way. Else the register was reset (*reset) and has
 * counted from 0 since: the later reading, as Prometheus' increase(). */
i128 kernel_difference(const struct kernel_rule *rule, int64_t a, int64_t b, bool *reset);
#endif
