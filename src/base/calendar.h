/* calendar.h - the natural calendar of Chinese statistics, in UTC+8.
 *
 * A day is the number of days since 1970-01-01 of the civil (proleptic Gregorian) calendar at
 * UTC+8. A period is a closed interval of days; what kind of period it is follows from its ends
 * and is never stored beside them, so that 2025-01/2025-03, 2025-Q1 and "一季度" are one key.
 * Weeks begin on Monday and are named as in ISO 8601. January and February, which the national
 * programme publishes together, are the kind JANFEB; 1-8月 is the kind YTD. */
#ifndef LUOSHU_BASE_CALENDAR_H
#define LUOSHU_BASE_CALENDAR_H
#include "str.h"

typedef int32_t day_t;
#define DAY_MIN ((day_t)-719162)  /* 0001-01-01 */
#define DAY_MAX ((day_t)2932896)  /* 9999-12-31, also "open end" */

struct period {
    day_t first, last; /* both inclusive */
};

enum period_kind {
    PERIOD_DAY,
    PERIOD_WEEK,    /* Monday..Sunday */
    PERIOD_MONTH,
    PERIOD_JANFEB,
    PERIOD_QUARTER,
    PERIOD_HALF,
    PERIOD_YEAR,
    PERIOD_YTD,     /* from January to the end of a month that closes no quarter, half or year:
                       1-4, 1-5, 1-7, 1-8, 1-9 (前三季度), 1-10, 1-11 */
    PERIOD_PLAN,    /* five-year plan: 1953-57, 1958-62, 1966-70, then every five years (2021/2025) */
    PERIOD_YEARS,   /* any other run of whole years */
    PERIOD_RANGE,   /* anything else */
    PERIOD_KINDS
};

day_t day_from(int year, int month, int day); /* arguments must be a real date */
bool day_valid(int year, int month, int day);
void day_split(day_t d, int *year, int *month, int *day);
int day_weekday(day_t d);           /* 1 = Monday .. 7 = Sunday */
day_t day_from_us(int64_t unix_us); /* the civil day at UTC+8 of a UTC time stamp */
int month_days(int year, int month);

/* Forms: 2024, 2024-09, 2024-09-20, 2024-Q1, 2024-H1, 2024-W39, 2024-YTD08, and A/B where A and B
 * are dates, months or years of the same form (2025-01/2025-08, 2021/2025, 2024-09-01/2024-09-20);
 * and as tables head their columns: 2017年, 2017年5月, 2017年1-5月, 2016年一季度, 2024年上半年, 2023年末.
 * fails  E_INPUT with what was expected */
MUST_CHECK enum code period_parse(struct str text, struct period *out, struct error *err);
/* Canonical text: day 2024-09-20, week 2024-W39, month 2024-09, year 2024, and from/to in the
 * coarsest form that fits (quarters, halves, YTD as 2025-01/2025-03; years as 2021/2025).
 * parse(text(p)) == p for every p. */
size_t period_text(struct period p, char out[32]);
/* For people: zh 2025年1—8月, 2025年一季度, 2025年上半年, “十四五”(2021—2025年) ; en Jan–Aug 2025, Q1 2025 … */
size_t period_label(struct period p, bool zh, char out[64]);
enum period_kind period_kind(struct period p);
const char *period_kind_name(enum period_kind k); /* "day" "week" "month" "janfeb" ... */

bool period_eq(struct period a, struct period b);
int period_cmp(struct period a, struct period b); /* by last day, then by first, longer first */
bool period_contains(struct period outer, struct period inner);
int period_days(struct period p);
/* The same period n years on (n may be negative): calendar units map to their namesakes, a week to
 * the ISO week of the same number (the 53rd to the 52nd where there is none), a day to the same
 * date (29 February to 28). */
struct period period_shift_years(struct period p, int n);
/* The period of the same kind just before: month, quarter, week, day, year, half, plan; YTD and
 * JANFEB have none and fail with E_INPUT. */
MUST_CHECK enum code period_before(struct period p, struct period *out, struct error *err);
/* Split p into the sub-periods of `kind` that tile it exactly; months may be asked with Jan-Feb
 * merged. out holds at most max; *count is set; fails E_INPUT when they don't tile. */
MUST_CHECK enum code period_tiles(struct period p, enum period_kind kind, bool merge_janfeb,
                                  struct period *out, size_t max, size_t *count, struct error *err);
#endif
