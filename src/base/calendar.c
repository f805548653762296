/* calendar.c - days, periods and their names.
 * Pure arithmetic on the proleptic Gregorian calendar: no time zones but the fixed UTC+8, no clock,
 * no holidays. What a period is called follows from its ends alone (README, I2). */
#include "calendar_int.h"
#include <assert.h>
#include <stdio.h>

/* ---- days ---- */

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of the year before the first of month m (1-based; [13] is the length of the year). */
static int before_month(int year, int m)
{
    static const int16_t days[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[m] + (m > 2 && leap(year));
}

int month_days(int year, int month)
{
    return before_month(year, month + 1) - before_month(year, month);
}

bool day_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days(year, month);
}

day_t day_from(int year, int month, int day)
{
    assert(day_valid(year, month, day));
    int y = year - 1;
    return DAY_MIN + y * 365 + y / 4 - y / 100 + y / 400 + before_month(year, month) + day - 1;
}

/* Whole cycles of 400, 100, 4 and 1 years are taken off in turn. The last day of a leap cycle would
 * count as a fifth century or a fifth year, hence the caps at 3. */
void day_split(day_t d, int *year, int *month, int *day)
{
    assert(d >= DAY_MIN && d <= DAY_MAX);
    int n = d - DAY_MIN;
    int n400 = n / 146097;
    n %= 146097;
    int n100 = n / 36524 < 3 ? n / 36524 : 3;
    n -= n100 * 36524;
    int n4 = n / 1461;
    n %= 1461;
    int n1 = n / 365 < 3 ? n / 365 : 3;
    n -= n1 * 365;
    int y = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1, m = n / 31 + 1;
    if (n >= before_month(y, m + 1)) /* no month is longer than 31, so at most one further on */
        m++;
    *year = y;
    *month = m;
    *day = n - before_month(y, m) + 1;
}

int day_weekday(day_t d)
{
    return (d - DAY_MIN) % 7 + 1; /* 0001-01-01 is a Monday */
}

day_t day_from_us(int64_t unix_us)
{
    const int64_t day_us = INT64_C(86400000000), ahead_us = INT64_C(8) * 3600 * 1000000;
    int64_t d = unix_us / day_us, rest = unix_us % day_us;
    if (rest < 0) {
        d--;
        rest += day_us;
    }
    d += rest + ahead_us >= day_us;
    return d < DAY_MIN ? DAY_MIN : d > DAY_MAX ? DAY_MAX : (day_t)d;
}

/* ---- the parts of a period ---- */

struct date {
    int y, m, d;
};

static struct date split(day_t d)
{
    struct date t;
    day_split(d, &t.y, &t.m, &t.d);
    return t;
}

static struct period months(int y1, int m1, int y2, int m2)
{
    return (struct period){day_from(y1, m1, 1), day_from(y2, m2, month_days(y2, m2))};
}

static bool whole_months(struct date a, struct date b)
{
    return a.d == 1 && b.d == month_days(b.y, b.m);
}

static bool whole_years(struct date a, struct date b)
{
    return whole_months(a, b) && a.m == 1 && b.m == 12;
}

/* ISO 8601: a week belongs to the year of its Thursday. */
static day_t week_first(int year, int week)
{
    day_t jan4 = day_from(year, 1, 4);
    return jan4 - day_weekday(jan4) + 1 + (week - 1) * 7;
}

static int weeks_in(int year)
{
    int jan1 = day_weekday(day_from(year, 1, 1));
    return jan1 == 4 || (jan1 == 3 && leap(year)) ? 53 : 52;
}

static void week_of(day_t monday, int *year, int *week)
{
    struct date t = split(monday + 3);
    *year = t.y;
    *week = (monday + 3 - day_from(t.y, 1, 1)) / 7 + 1;
}

static bool is_week(struct period p)
{
    return p.last - p.first == 6 && day_weekday(p.first) == 1;
}

/* Five-year plans: the first and second from 1953, three years of adjustment, then without a gap.
 */
static int plan_number(int y1, int y2)
{
    if (y2 - y1 != 4)
        return 0;
    if (y1 == 1953 || y1 == 1958)
        return y1 == 1953 ? 1 : 2;
    return y1 >= 1966 && (y1 - 1966) % 5 == 0 ? (y1 - 1966) / 5 + 3 : 0;
}

static struct period plan(int number)
{
    int y = number == 1 ? 1953 : number == 2 ? 1958 : 1966 + (number - 3) * 5;
    return months(y, 1, y + 4, 12);
}

/* ---- kinds ---- */

static enum period_kind kind_in_year(int m1, int m2)
{
    int n = m2 - m1 + 1;
    if (n == 1)
        return PERIOD_MONTH;
    if ((n == 3 || n == 6) && m2 % n == 0)
        return n == 3 ? PERIOD_QUARTER : PERIOD_HALF;
    if (m1 != 1)
        return PERIOD_RANGE;
    return n == 2 ? PERIOD_JANFEB : n == 12 ? PERIOD_YEAR : PERIOD_YTD;
}

enum period_kind period_kind(struct period p)
{
    assert(p.first <= p.last);
    if (p.first == p.last)
        return PERIOD_DAY;
    if (is_week(p))
        return PERIOD_WEEK;
    struct date a = split(p.first), b = split(p.last);
    if (!whole_months(a, b))
        return PERIOD_RANGE;
    if (a.y == b.y)
        return kind_in_year(a.m, b.m);
    if (!whole_years(a, b))
        return PERIOD_RANGE;
    return plan_number(a.y, b.y) > 0 ? PERIOD_PLAN : PERIOD_YEARS;
}

const char *period_kind_name(enum period_kind k)
{
    static const char *const names[PERIOD_KINDS] = {
        [PERIOD_DAY] = "day",       [PERIOD_WEEK] = "week",       [PERIOD_MONTH] = "month",
        [PERIOD_JANFEB] = "janfeb", [PERIOD_QUARTER] = "quarter", [PERIOD_HALF] = "half",
        [PERIOD_YEAR] = "year",     [PERIOD_YTD] = "ytd",         [PERIOD_PLAN] = "plan",
        [PERIOD_YEARS] = "years",   [PERIOD_RANGE] = "range",
    };
    return (unsigned)k < PERIOD_KINDS ? names[k] : "unknown";
}

/* ---- text in ---- */

enum form { FORM_NONE, FORM_YEAR, FORM_MONTH, FORM_DAY, FORM_NAMED };

/* Exactly `count` digits of s at `from`; -1 when there are others. */
static int number_at(struct str s, size_t from, size_t count)
{
    int v = 0;
    if (from + count > s.len)
        return -1;
    for (size_t i = from; i < from + count; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        v = v * 10 + s.ptr[i] - '0';
    }
    return v;
}

/* Q1..Q4, H1, H2, W01..W53, YTD01..YTD12 */
static enum form parse_named(int year, struct str s, struct period *out)
{
    int n;
    if (s.len == 2 && s.ptr[0] == 'Q' && (n = number_at(s, 1, 1)) >= 1 && n <= 4) {
        *out = months(year, n * 3 - 2, year, n * 3);
    } else if (s.len == 2 && s.ptr[0] == 'H' && (n = number_at(s, 1, 1)) >= 1 && n <= 2) {
        *out = months(year, n * 6 - 5, year, n * 6);
    } else if (s.len == 5 && str_starts(s, STR("YTD")) && (n = number_at(s, 3, 2)) >= 1 &&
               n <= 12) {
        *out = months(year, 1, year, n);
    } else if (s.len == 3 && s.ptr[0] == 'W' && (n = number_at(s, 1, 2)) >= 1 &&
               n <= weeks_in(year) && week_first(year, n) <= DAY_MAX - 6) {
        *out = (struct period){week_first(year, n), week_first(year, n) + 6};
    } else {
        return FORM_NONE;
    }
    return FORM_NAMED;
}

static enum form parse_unit(struct str s, struct period *out)
{
    int y = number_at(s, 0, 4), m, d;
    if (y < 1 || (s.len > 4 && s.ptr[4] != '-'))
        return FORM_NONE;
    if (s.len == 4) {
        *out = months(y, 1, y, 12);
        return FORM_YEAR;
    }
    if (s.len == 7 && (m = number_at(s, 5, 2)) >= 1 && m <= 12) {
        *out = months(y, m, y, m);
        return FORM_MONTH;
    }
    if (s.len == 10 && s.ptr[7] == '-') {
        m = number_at(s, 5, 2);
        d = number_at(s, 8, 2);
        if (!day_valid(y, m, d))
            return FORM_NONE;
        out->first = out->last = day_from(y, m, d);
        return FORM_DAY;
    }
    return parse_named(y, str_sub(s, 5, s.len), out);
}

enum code period_parse(struct str text, struct period *out, struct error *err)
{
    struct str rest, head = str_cut(text, '/', &rest), shown = str_sub(text, 0, 60);
    struct period a, b;
    if (period_parse_zh(text, out))
        return OK;
    enum form form = parse_unit(head, &a);
    if (form == FORM_NONE || (rest.ptr != NULL && parse_unit(rest, &b) == FORM_NONE))
        return error_set(err, E_INPUT,
                         "expected a period such as 2024, 2024-09, 2024-09-20, 2024-Q1, 2024-H1, "
                         "2024-W39, 2024-YTD08, 2024-01/2024-08 or 2021/2025, not '%.*s'",
                         STR_ARG(shown));
    if (rest.ptr == NULL) {
        *out = a;
        return OK;
    }
    if (form == FORM_NAMED || head.len != rest.len || parse_unit(rest, &b) != form)
        return error_set(err, E_INPUT,
                         "the ends of '%.*s' must both be dates, both months or both years",
                         STR_ARG(shown));
    if (a.first > b.first)
        return error_set(err, E_INPUT, "period '%.*s' ends before it begins", STR_ARG(shown));
    *out = (struct period){a.first, b.last};
    return OK;
}

/* ---- text out ---- */

/* Decimal digits, at least `width` of them; the texts here are too small for a formatter's care. */
static size_t put_number(char *out, int v, int width)
{
    char reversed[12];
    int n = 0;
    for (; v > 0 || n < width; v /= 10)
        reversed[n++] = (char)('0' + v % 10);
    for (int i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return (size_t)n;
}

/* A date to the precision asked: 1 year, 2 month, 3 day. */
static size_t put_date(char *out, struct date t, int parts)
{
    size_t n = put_number(out, t.y, 4);
    if (parts > 1) {
        out[n++] = '-';
        n += put_number(out + n, t.m, 2);
    }
    if (parts > 2) {
        out[n++] = '-';
        n += put_number(out + n, t.d, 2);
    }
    return n;
}

size_t period_text(struct period p, char out[32])
{
    struct date a = split(p.first), b = split(p.last);
    size_t n;
    if (is_week(p)) {
        int year, week;
        week_of(p.first, &year, &week);
        n = put_number(out, year, 4);
        out[n++] = '-';
        out[n++] = 'W';
        n += put_number(out + n, week, 2);
    } else {
        int parts = whole_years(a, b) ? 1 : whole_months(a, b) ? 2 : 3;
        bool one = a.y == b.y && (parts < 2 || a.m == b.m) && (parts < 3 || a.d == b.d);
        n = put_date(out, a, parts);
        if (!one) {
            out[n++] = '/';
            n += put_date(out + n, b, parts);
        }
    }
    out[n] = '\0';
    return n;
}

/* ---- labels ---- */

static const char *const en_month[] = {"",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const zh_digit[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

/* 一五, 二五 … 十五, 十一五 … 十四五, 二十五, 二十一五: the number of the plan, then 五. */
static int zh_plan(int number, struct period p, char out[64])
{
    int y = split(p.first).y;
    if (number > 99)
        return snprintf(out, 64, "%d—%d年", y, y + 4);
    const char *tens = number < 20 ? "" : zh_digit[number / 10];
    return snprintf(out, 64, "“%s%s%s五”(%d—%d年)", tens, number < 10 ? "" : "十",
                    zh_digit[number % 10], y, y + 4);
}

static int en_plan(int number, struct period p, char out[64])
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    int y = split(p.first).y, unit = number % 10;
    bool teen = number % 100 / 10 == 1;
    return snprintf(out, 64, "%d%s Five-Year Plan (%d–%d)", number,
                    unit <= 3 && !teen ? ends[unit] : "th", y, y + 4);
}

static int zh_range(struct date a, struct date b, char out[64])
{
    if (whole_months(a, b))
        return a.y == b.y ? snprintf(out, 64, "%d年%d—%d月", a.y, a.m, b.m)
                          : snprintf(out, 64, "%d年%d月—%d年%d月", a.y, a.m, b.y, b.m);
    if (a.y != b.y)
        return snprintf(out, 64, "%d年%d月%d日—%d年%d月%d日", a.y, a.m, a.d, b.y, b.m, b.d);
    if (a.m != b.m)
        return snprintf(out, 64, "%d年%d月%d日—%d月%d日", a.y, a.m, a.d, b.m, b.d);
    return snprintf(out, 64, "%d年%d月%d—%d日", a.y, a.m, a.d, b.d);
}

static int en_range(struct date a, struct date b, char out[64])
{
    const char *ma = en_month[a.m], *mb = en_month[b.m];
    if (whole_months(a, b))
        return a.y == b.y ? snprintf(out, 64, "%s–%s %d", ma, mb, a.y)
                          : snprintf(out, 64, "%s %d – %s %d", ma, a.y, mb, b.y);
    if (a.y != b.y)
        return snprintf(out, 64, "%d %s %d – %d %s %d", a.d, ma, a.y, b.d, mb, b.y);
    if (a.m != b.m)
        return snprintf(out, 64, "%d %s – %d %s %d", a.d, ma, b.d, mb, a.y);
    return snprintf(out, 64, "%d–%d %s %d", a.d, b.d, ma, a.y);
}

static int zh_label(struct period p, struct date a, struct date b, char out[64])
{
    int year, week;
    switch (period_kind(p)) {
    case PERIOD_DAY:
        return snprintf(out, 64, "%d年%d月%d日", a.y, a.m, a.d);
    case PERIOD_WEEK:
        week_of(p.first, &year, &week);
        return snprintf(out, 64, "%d年第%d周", year, week);
    case PERIOD_MONTH:
        return snprintf(out, 64, "%d年%d月", a.y, a.m);
    case PERIOD_QUARTER:
        return snprintf(out, 64, "%d年%s季度", a.y, zh_digit[b.m / 3]);
    case PERIOD_HALF:
        return snprintf(out, 64, "%d年%s半年", a.y, b.m == 6 ? "上" : "下");
    case PERIOD_YEAR:
        return snprintf(out, 64, "%d年", a.y);
    case PERIOD_YTD: /* 1—9月 is spoken of as its quarters */
        return b.m == 9 ? snprintf(out, 64, "%d年前三季度", a.y) : zh_range(a, b, out);
    case PERIOD_PLAN:
        return zh_plan(plan_number(a.y, b.y), p, out);
    case PERIOD_YEARS:
        return snprintf(out, 64, "%d—%d年", a.y, b.y);
    default:
        return zh_range(a, b, out);
    }
}

static int en_label(struct period p, struct date a, struct date b, char out[64])
{
    int year, week;
    switch (period_kind(p)) {
    case PERIOD_DAY:
        return snprintf(out, 64, "%d %s %d", a.d, en_month[a.m], a.y);
    case PERIOD_WEEK:
        week_of(p.first, &year, &week);
        return snprintf(out, 64, "Week %d, %d", week, year);
    case PERIOD_MONTH:
        return snprintf(out, 64, "%s %d", en_month[a.m], a.y);
    case PERIOD_QUARTER:
        return snprintf(out, 64, "Q%d %d", b.m / 3, a.y);
    case PERIOD_HALF:
        return snprintf(out, 64, "H%d %d", b.m / 6, a.y);
    case PERIOD_YEAR:
        return snprintf(out, 64, "%d", a.y);
    case PERIOD_PLAN:
        return en_plan(plan_number(a.y, b.y), p, out);
    case PERIOD_YEARS:
        return snprintf(out, 64, "%d–%d", a.y, b.y);
    default:
        return en_range(a, b, out);
    }
}

size_t period_label(struct period p, bool zh, char out[64])
{
    struct date a = split(p.first), b = split(p.last);
    int n = zh ? zh_label(p, a, b, out) : en_label(p, a, b, out);
    assert(n > 0 && n < 64);
    return (size_t)n;
}

/* ---- comparing ---- */

bool period_eq(struct period a, struct period b)
{
    return a.first == b.first && a.last == b.last;
}

int period_cmp(struct period a, struct period b)
{
    if (a.last != b.last)
        return a.last < b.last ? -1 : 1;
    return (a.first > b.first) - (a.first < b.first);
}

bool period_contains(struct period outer, struct period inner)
{
    return outer.first <= inner.first && inner.last <= outer.last;
}

int period_days(struct period p)
{
    return p.last - p.first + 1;
}

/* ---- moving ---- */

static int clamp(int v, int least, int most)
{
    return v < least ? least : v > most ? most : v;
}

static struct period shift_week(struct period p, int n)
{
    int year, week;
    week_of(p.first, &year, &week);
    /* the last week of 9999 ends outside the calendar, so shifting stops a year sooner */
    year = n > 0 && year + n > 9998 ? clamp(year, 9998, 9999) : clamp(year + n, 1, 9999);
    if (week > weeks_in(year))
        week = weeks_in(year);
    return (struct period){week_first(year, week), week_first(year, week) + 6};
}

static day_t same_date(struct date t, int year, bool month_end)
{
    int days = month_days(year, t.m);
    return day_from(year, t.m, month_end || t.d > days ? days : t.d);
}

/* Past either end of the calendar the shift stops there; an open end stays open. */
struct period period_shift_years(struct period p, int n)
{
    n = clamp(n, -9999, 9999);
    if (n == 0)
        return p;
    if (is_week(p))
        return shift_week(p, n);
    struct date a = split(p.first), b = split(p.last);
    enum period_kind kind = period_kind(p);
    bool open = p.last == DAY_MAX && (kind == PERIOD_YEARS || kind == PERIOD_RANGE);
    n = clamp(n, 1 - a.y, 9999 - (open ? a.y : b.y));
    day_t first = same_date(a, a.y + n, false);
    if (open)
        return (struct period){first, DAY_MAX};
    return (struct period){first, same_date(b, b.y + n, whole_months(a, b))};
}

/* Months in a unit of whole months, 0 for kinds that are none. */
static int unit_months(enum period_kind kind)
{
    static const int8_t count[PERIOD_KINDS] = {
        [PERIOD_MONTH] = 1, [PERIOD_QUARTER] = 3, [PERIOD_HALF] = 6, [PERIOD_YEAR] = 12};
    return count[kind];
}

static bool before(struct period p, enum period_kind kind, struct period *out)
{
    struct date a = split(p.first);
    if (kind == PERIOD_DAY || kind == PERIOD_WEEK) {
        int days = kind == PERIOD_DAY ? 1 : 7;
        *out = (struct period){p.first - days, p.last - days};
        return out->first >= DAY_MIN;
    }
    if (kind == PERIOD_PLAN) {
        int number = plan_number(a.y, a.y + 4);
        if (number > 1)
            *out = plan(number - 1);
        return number > 1;
    }
    int count = unit_months(kind), start = a.y * 12 + a.m - 1 - count;
    if (count == 0 || start < 12)
        return false;
    *out = (struct period){day_from(start / 12, start % 12 + 1, 1), p.first - 1};
    return true;
}

enum code period_before(struct period p, struct period *out, struct error *err)
{
    struct period prior;
    enum period_kind kind = period_kind(p);
    if (!before(p, kind, &prior)) {
        char text[32];
        period_text(p, text);
        return error_set(err, E_INPUT, "period '%s' (%s) has none before it", text,
                         period_kind_name(kind));
    }
    *out = prior;
    return OK;
}

/* The unit of `kind` that begins on day d; false when none does. */
static bool unit_at(day_t d, enum period_kind kind, struct period *out)
{
    struct date t = split(d);
    out->first = d;
    if (kind == PERIOD_DAY || kind == PERIOD_WEEK) {
        out->last = kind == PERIOD_DAY ? d : d + 6;
        return kind == PERIOD_DAY || day_weekday(d) == 1;
    }
    if (kind == PERIOD_PLAN) {
        int number = t.m == 1 && t.d == 1 ? plan_number(t.y, t.y + 4) : 0;
        if (number > 0 && t.y + 4 <= 9999)
            *out = plan(number);
        return number > 0 && t.y + 4 <= 9999;
    }
    int count = unit_months(kind);
    if (count == 0 || t.d != 1 || (t.m - 1) % count != 0)
        return false;
    *out = months(t.y, t.m, t.y, t.m + count - 1);
    return true;
}

static enum code no_tiles(struct period p, enum period_kind kind, struct error *err)
{
    char text[32];
    period_text(p, text);
    return error_set(err, E_INPUT, "period '%s' is not made of whole periods of kind '%s'", text,
                     period_kind_name(kind));
}

enum code period_tiles(struct period p, enum period_kind kind, bool merge_janfeb,
                       struct period *out, size_t max, size_t *count, struct error *err)
{
    size_t n = 0;
    *count = 0;
    struct period t;
    for (day_t at = p.first; at <= p.last; at = t.last + 1) {
        if (kind == period_kind(p))
            t = p; /* also the kinds that have no grid: ytd, janfeb, years, range */
        else if (!unit_at(at, kind, &t) || t.last > p.last)
            return no_tiles(p, kind, err);
        /* February alone stays a month when January is outside p, and the other way round */
        if (kind == PERIOD_MONTH && merge_janfeb) {
            struct date d = split(t.first);
            day_t february = day_from(d.y, 2, month_days(d.y, 2));
            if (d.m == 1 && february <= p.last)
                t.last = february;
        }
        if (n == max)
            return error_set(err, E_LIMIT, "more than %zu periods", max);
        out[n++] = t;
    }
    *count = n;
    return OK;
}
