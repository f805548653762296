/* kernel.c - contributions of neighbouring readings to windows; see kernel.h.
 *
 * A contribution belongs to the half-open interval [a, b) of two neighbours, so a reading exactly
 * on a boundary closes the window before it. What is spread over windows is spread by cumulative
 * floor: up to time x floor(d * (x - a) / (b - a)) has been used. Boundaries of a coarse level are
 * boundaries of every finer one, so the levels agree to the last digit and shares add up to d. */
#include "readings/kernel.h"
#include <assert.h>

#define ZONE_MS INT64_C(28800000) /* UTC+8 */
#define DAY_MS INT64_C(86400000)

static const char *const names[KERNEL_COUNT] = {
    [KERNEL_NONE] = "none",     [KERNEL_COUNTER] = "counter", [KERNEL_GAUGE] = "gauge",
    [KERNEL_AMOUNT] = "amount", [KERNEL_STATE] = "state",     [KERNEL_EVENT] = "event",
};
enum { QUARTER_MS = 900000, HOUR_MS = 3600000 };

const char *kernel_name(enum kernel k)
{
    assert(k < KERNEL_COUNT);
    return names[k];
}

bool kernel_from(struct str s, enum kernel *out)
{
    for (enum kernel k = 0; k < KERNEL_COUNT; k++)
        if (str_is(s, names[k])) {
            *out = k;
            return true;
        }
    return false;
}

/* ---- windows ------------------------------------------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t window_of(enum level level, int64_t time_ms)
{
    int64_t local = time_ms + ZONE_MS;
    int year, month, day;
    switch (level) { /* divisors known to the compiler: this is done for every reading */
    case LEVEL_QUARTER:
        return (int32_t)floor_div(local, QUARTER_MS);
    case LEVEL_HOUR:
        return (int32_t)floor_div(local, HOUR_MS);
    case LEVEL_DAY:
        return (int32_t)floor_div(local, DAY_MS);
    default:
        day_split((day_t)floor_div(local, DAY_MS), &year, &month, &day);
        return (year - 1970) * 12 + month - 1;
    }
}

int64_t window_begin(enum level level, int32_t window)
{
    static const int64_t length_ms[] = {
        [LEVEL_QUARTER] = QUARTER_MS, [LEVEL_HOUR] = HOUR_MS, [LEVEL_DAY] = DAY_MS};
    if (level != LEVEL_MONTH)
        return window * length_ms[level] - ZONE_MS;
    int years = (int)floor_div(window, 12);
    return day_from(1970 + years, window - years * 12 + 1, 1) * DAY_MS - ZONE_MS;
}

/* ---- spreading ----------------------------------------------------------------------------- */

/* floor(a * b / c) for b >= 0, c > 0, |a| <= 2^64, b <= 2^62 */
static i128 floor_part(i128 a, int64_t b, int64_t c)
{
    i128 p = a * b;
    return p / c - (p % c < 0);
}

/* What is spread: an amount over [begin, end), and what the last window is told besides. */
struct spread {
    enum level level;
    int64_t begin, end;
    i128 amount;
    uint32_t resets;
};

static void spread_over(const struct spread *s, share_fn fn, void *ctx)
{
    int32_t last = window_of(s->level, s->end - 1);
    i128 used = 0;
    int64_t from = s->begin;
    for (int32_t window = window_of(s->level, from); window < last; window++) {
        int64_t to = window_begin(s->level, window + 1);
        i128 upto = floor_part(s->amount, to - s->begin, s->end - s->begin);
        struct share share = {.amount = upto - used, .covered_ms = to - from};
        fn(ctx, window, &share);
        used = upto;
        from = to;
    }
    struct share share = {s->amount - used, s->end - from, s->resets};
    fn(ctx, last, &share);
}

/* A level held over [begin, end): value x time, no rounding. */
static void hold_over(enum level level, int64_t begin, int64_t end, int64_t value, share_fn fn,
                      void *ctx)
{
    int32_t last = window_of(level, end - 1);
    for (int32_t window = window_of(level, begin); window <= last; window++) {
        int64_t to = window < last ? window_begin(level, window + 1) : end;
        struct share share = {.amount = (i128)value * (to - begin), .covered_ms = to - begin};
        fn(ctx, window, &share);
        begin = to;
    }
}

/* ---- kernels ------------------------------------------------------------------------------- */

int64_t kernel_max_gap_ms(const struct kernel_rule *rule)
{
    if (rule->max_gap_s > 0)
        return rule->max_gap_s * INT64_C(1000);
    int64_t s = rule->every_s * INT64_C(3);
    return (s < 900 ? 900 : s) * 1000;
}

i128 kernel_difference(const struct kernel_rule *rule, int64_t a, int64_t b, bool *reset)
{
    *reset = false;
    i128 d = (i128)b - a, wrapped = d + rule->rollover;
    bool wraps = rule->rollover > 0 && a >= 0 && b >= 0 && a < rule->rollover && b < rule->rollover;
    if (wraps && rule->jitter > 0 && rule->rollover - d <= rule->jitter)
        return 0; /* back across 0 */
    if (d >= 0)
        return d;
    if (-d <= rule->jitter)
        return 0;
    if (wraps && wrapped <= rule->rollover / 2)
        return wrapped;
    *reset = true;
    return b > 0 ? b : 0;
}

bool kernel_leaves_open(const struct kernel_rule *rule, int64_t gap_ms)
{
    return (rule->gap == GAP_OPEN && gap_ms > kernel_max_gap_ms(rule)) ||
           gap_ms > SPREAD_MAX_S * INT64_C(1000);
}

static void counter_pair(const struct kernel_rule *rule, struct spread *s, int64_t a, int64_t b,
                         share_fn fn, void *ctx)
{
    bool counts = reading_is_number(a) && reading_is_number(b), reset = b == READING_RESTART;
    if (counts)
        s->amount = kernel_difference(rule, a, b, &reset);
    s->resets = reset;
    if (counts && kernel_leaves_open(rule, s->end - s->begin))
        counts = window_of(s->level, s->begin) == window_of(s->level, s->end - 1);
    if (counts) {
        spread_over(s, fn, ctx);
    } else if (reset) {
        struct share share = {.resets = 1};
        fn(ctx, window_of(s->level, s->end - 1), &share);
    }
}

void kernel_pair(const struct kernel_rule *rule, enum level level, int64_t time_a, int64_t value_a,
                 int64_t time_b, int64_t value_b, share_fn fn, void *ctx)
{
    assert(time_a < time_b && level < LEVEL_COUNT);
    struct spread s = {.level = level, .begin = time_a, .end = time_b};
    switch (rule->kind) {
    case KERNEL_COUNTER:
        counter_pair(rule, &s, value_a, value_b, fn, ctx);
        break;
    case KERNEL_GAUGE:
    case KERNEL_STATE:
        if (reading_is_number(value_a)) {
            int64_t gap = kernel_max_gap_ms(rule);
            int64_t end = time_b - time_a > gap ? time_a + gap : time_b;
            hold_over(level, time_a, end, value_a, fn, ctx);
        }
        break;
    default: /* single readings say it all */
        break;
    }
}

void kernel_single(const struct kernel_rule *rule, enum level level, int64_t time_ms, int64_t value,
                   share_fn fn, void *ctx)
{
    assert(level < LEVEL_COUNT);
    if (!reading_is_number(value))
        return;
    int64_t length = rule->every_s * INT64_C(1000);
    struct spread s = {.level = level, .begin = time_ms, .end = time_ms, .amount = value};
    if (rule->kind == KERNEL_EVENT) {
        struct share share = {.amount = value};
        fn(ctx, window_of(level, time_ms), &share);
    } else if (rule->kind == KERNEL_AMOUNT && length == 0) {
        struct share share = {.amount = value};
        fn(ctx, window_of(level, rule->begins ? time_ms : time_ms - 1), &share);
    } else if (rule->kind == KERNEL_AMOUNT) {
        if (rule->begins)
            s.end += length;
        else
            s.begin -= length;
        spread_over(&s, fn, ctx);
    }
}

bool kernel_skips(const struct kernel_rule *rule, int64_t value)
{
    return rule->kind == KERNEL_COUNTER && !reading_is_number(value) && value != READING_RESTART;
}
