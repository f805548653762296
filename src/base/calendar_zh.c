/* calendar_zh.c - periods as Chinese tables head their columns: 2017年, 2017年5月, 2017年1-5月,
 * 2016年一季度, 2024年上半年, 2024年前三季度, 2023年末. Only parsing; labels are in calendar.c. */
#include "calendar_int.h"

/* Up to `most` digits at the front of *s, taken off; 0 digits = false. */
static bool take_number(struct str *s, size_t most, int *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->len && n < most && s->ptr[n] >= '0' && s->ptr[n] <= '9')
        *out = *out * 10 + (s->ptr[n++] - '0');
    *s = str_sub(*s, n, s->len);
    return n > 0;
}

static bool take_word(struct str *s, struct str word)
{
    if (!str_starts(*s, word))
        return false;
    *s = str_sub(*s, word.len, s->len);
    return true;
}

static struct period months(int year, int first, int last)
{
    return (struct period){day_from(year, first, 1), day_from(year, last, month_days(year, last))};
}

static const struct {
    const char *word;
    int first, last; /* months */
} parts[] = {
    {"",             1,  12},
    {"末",          1,  12},
    {"底",          1,  12},
    {"全年",       1,  12},
    {"度",          1,  12},
    {"一季度",    1,  3 },
    {"第一季度", 1,  3 },
    {"1季度",      1,  3 },
    {"二季度",    4,  6 },
    {"第二季度", 4,  6 },
    {"2季度",      4,  6 },
    {"三季度",    7,  9 },
    {"第三季度", 7,  9 },
    {"3季度",      7,  9 },
    {"四季度",    10, 12},
    {"第四季度", 10, 12},
    {"4季度",      10, 12},
    {"上半年",    1,  6 },
    {"下半年",    7,  12},
    {"前三季度", 1,  9 },
    {"第1季度",   1,  3 },
    {"第2季度",   4,  6 },
    {"第3季度",   7,  9 },
    {"第4季度",   10, 12},
    {"元月",       1,  1 },
    {"前3季度",   1,  9 },
};

/* What follows 年 and begins with a month: 5月, 5月31日, 5月末, 1-5月. */
static bool month_part(int year, struct str s, struct period *out)
{
    static const char *const to[] = {"-", "—", "–", "~", "～", "至", "到", "－"};
    int a, b, day;
    bool range = false;
    if (!take_number(&s, 2, &a) || a < 1 || a > 12)
        return false;
    for (size_t i = 0; i < sizeof to / sizeof *to && !range; i++)
        range = take_word(&s, str_z(to[i]));
    b = a;
    if (range && (!take_number(&s, 2, &b) || b < a || b > 12))
        return false;
    if (!take_word(&s, STR("月份")) && !take_word(&s, STR("月")))
        return false;
    *out = months(year, a, b);
    if (!s.len || str_is(s, "末") || str_is(s, "底"))
        return true;
    if (range || !take_number(&s, 2, &day) || !str_is(s, "日") || !day_valid(year, a, day))
        return false;
    out->first = out->last = day_from(year, a, day);
    return true;
}

bool period_parse_zh(struct str text, struct period *out)
{
    int year;
    struct str s = text;
    if (!take_number(&s, 4, &year) || text.len - s.len != 4 || year < 1 ||
        !take_word(&s, STR("年")))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_is(s, parts[i].word)) {
            *out = months(year, parts[i].first, parts[i].last);
            return true;
        }
    return month_part(year, s, out);
}
