/* extract_time.c - expressions of time, relative to the date of the document. */
#include "extract_int.h"

#define LATE_DAYS 45

struct cursor {
    struct str s;
    size_t i;
    const struct extract_words *w;
};

static inline bool take(struct cursor *c, const char *z)
{
    if (!at_z(c->s, c->i, z))
        return false;
    c->i += strlen(z);
    return true;
}

static bool take_any(struct cursor *c, const char *const *zs)
{
    for (; *zs != NULL; zs++)
        if (take(c, *zs))
            return true;
    return false;
}

static bool number(struct cursor *c, int *out, size_t digits)
{
    size_t i = c->i;
    int v = 0;
    while (i < c->s.len && i - c->i < digits && c->s.ptr[i] >= '0' && c->s.ptr[i] <= '9')
        v = v * 10 + (c->s.ptr[i++] - '0');
    bool whole = i >= c->s.len || c->s.ptr[i] < '0' || c->s.ptr[i] > '9';
    if (i == c->i || !whole)
        return false;
    c->i = i;
    *out = v;
    return true;
}

/* Digits or Chinese numerals, 1..max. */
static bool small(struct cursor *c, int *out, int max)
{
    struct cursor k = *c;
    struct dec d;
    if (!number(&k, out, 2)) {
        size_t n = cn_number(c->w, c->s, c->i, &d);
        if (n == 0 || d.scale != 0 || d.units > 99)
            return false;
        k.i = c->i + n;
        *out = (int)d.units;
    }
    if (*out < 1 || *out > max)
        return false;
    *c = k;
    return true;
}

static struct period months(int y, int a, int b)
{
    return (struct period){day_from(y, a, 1), day_from(y, b, month_days(y, b))};
}
static struct period years(int a, int b)
{
    return (struct period){day_from(a, 1, 1), day_from(b, 12, 31)};
}
static bool year_ok(int y)
{
    return y >= 1900 && y <= 2100;
}

static bool dash(struct cursor *c)
{
    static const char *const marks[] = {"—", "-", "~", "至", "到", NULL};
    if (!take_any(c, marks))
        return false;
    (void)take(c, "—");
    return true;
}

/* ---- within a year ----------------------------------------------------------------------------
 */

static bool part_quarter(struct cursor *c, int y, struct period *out)
{
    struct cursor k = *c;
    int q;
    bool first = take(&k, "前");
    if (!first)
        (void)take(&k, "第");
    if (!small(&k, &q, 4) || !(take(&k, "季度") || (first && take(&k, "个季度"))))
        return false;
    *c = k;
    *out = first ? months(y, 1, q * 3) : months(y, q * 3 - 2, q * 3);
    return true;
}

static bool part_months(struct cursor *c, int y, struct period *out)
{
    struct cursor k = *c;
    int a, b;
    if (take(&k, "前") && small(&k, &b, 12) && (take(&k, "个月") || take(&k, "月"))) {
        *c = k;
        *out = months(y, 1, b);
        return true;
    }
    k = *c;
    if (!small(&k, &a, 12))
        return false;
    struct cursor m = k;
    (void)take(&m, "月");
    if (dash(&m) && small(&m, &b, 12) && b > a && take(&m, "月")) {
        (void)take(&m, "份");
        *c = m;
        *out = months(y, a, b);
        return true;
    }
    return false;
}

static bool part_day(struct cursor *c, int y, struct period *out)
{
    struct cursor k = *c;
    int m, d;
    if (!number(&k, &m, 2) || m < 1 || m > 12 || !take(&k, "月"))
        return false;
    struct cursor n = k;
    if (number(&n, &d, 2) && (take(&n, "日") || take(&n, "号")) && day_valid(y, m, d)) {
        *out = (struct period){day_from(y, m, d), day_from(y, m, d)};
        *c = n;
        return true;
    }
    (void)(take(&k, "份") || take(&k, "底") || take(&k, "末"));
    *out = months(y, m, m);
    *c = k;
    return true;
}

static bool part_half(struct cursor *c, int y, struct period *out)
{
    if (take(c, "上半年")) {
        *out = months(y, 1, 6);
        return true;
    }
    if (take(c, "下半年")) {
        *out = months(y, 7, 12);
        return true;
    }
    return false;
}

static bool part_of(struct cursor *c, int y, struct period *out)
{
    return part_half(c, y, out) || part_quarter(c, y, out) || part_months(c, y, out) ||
           part_day(c, y, out);
}

/* ---- the forms
 * ----------------------------------------------------------------------------------- */

static bool form_plan(struct cursor *c, const struct dates *d, struct token *t)
{
    bool quoted = take(c, "“");
    struct dec n;
    size_t len = cn_number(c->w, c->s, c->i, &n);
    /* 十四五 reads as 14 and 5 */
    if (len < 6 || len > 9 || !at_z(c->s, c->i + len - 3, "五"))
        return false;
    size_t ten = cn_number(c->w, cut(c->s, c->i, c->i + len - 3), 0, &n);
    if (ten != len - 3 || n.units < 6 || n.units > 30)
        return false;
    c->i += len;
    if (quoted != take(c, "”"))
        return false;
    if (at_z(c->s, c->i, "规划") || at_z(c->s, c->i, "发展规划"))
        return false;
    int y = 1981 + 5 * ((int)n.units - 6);
    static const char *const ends[] = {"末", "末期", "收官", NULL};
    static const char *const tails[] = {"时期以来", "期间", "时期", "以来", NULL};
    if (take_any(c, ends)) {
        t->period = years(y + 4, y + 4);
        t->future = t->period.last > d->day;
        t->running = t->future;
        return true;
    }
    (void)take_any(c, tails);
    t->period = years(y, y + 4);
    t->interval = true;
    t->running = t->period.last > d->day;
    t->open = t->running;
    return true;
}

static bool form_years(struct cursor *c, struct token *t)
{
    int a, b;
    if (!number(c, &a, 4) || !year_ok(a))
        return false;
    struct cursor k = *c;
    bool named = take(&k, "年");
    if (dash(&k) && number(&k, &b, 4) && year_ok(b) && b > a && take(&k, "年")) {
        *c = k;
        t->period = years(a, b);
        t->interval = true;
        return true;
    }
    if (!named)
        return false;
    c->i += strlen("年");
    return part_of(c, a, &t->period) || ((t->period = years(a, a)), true);
}

static void year_tail(struct cursor *c, struct token *t, const struct dates *d, int y)
{
    static const char *const ends[] = {"年底", "年末", "底", "末", "全年", "度", "初", NULL};
    if (take_any(c, ends))
        return;
    if (take(c, "以来")) {
        t->open = true;
        if (y < d->y) {
            t->period = years(y, d->y);
            t->interval = t->running = true;
        }
    }
}

static bool form_relative(struct cursor *c, const struct dates *d, struct token *t)
{
    const struct word *word = NULL;
    size_t n = word_at(c->w, c->s, c->i, BIT(W_YEAR), &word);
    if (n == 0)
        return false;
    int y = d->y + word->number;
    c->i += n;
    t->open = word->open;
    t->period = years(y, y);
    if (take(c, "同期"))
        t->base = true;
    else if (part_of(c, y, &t->period))
        t->open = false;
    else
        year_tail(c, t, d, y);
    return true;
}

/* 三年来, 近五年, 过去N年, 用三年时间, 未来N年 */
static bool form_span(struct cursor *c, const struct dates *d, struct token *t)
{
    static const char *const leads[] = {"用", "过去", "未来", "今后", "近", "最近", "力争用", NULL};
    static const char *const mids[] = {"左右", "的", NULL};
    size_t from = c->i;
    bool led = take_any(c, leads);
    struct str lead = cut(c->s, from, c->i);
    int n, y = d->y;
    if (!small(c, &n, 60) || !take(c, "年"))
        return false;
    t->interval = true;
    if (led && starts_z(lead, "过去")) {
        bool late = d->m >= 11 && period_days(d->source) < 300; /* the year is nearly over */
        t->period = years(y - n + late, y - 1 + late);
        return true;
    }
    (void)take_any(c, mids);
    bool span = take(c, "时间");
    if (led && (starts_z(lead, "未来") || starts_z(lead, "今后") || (span && has_z(lead, "用")))) {
        t->period = years(y, y + n - 1);
        t->future = t->running = true;
        return true;
    }
    if (!take(c, "来") && !take(c, "间") &&
        !(led && !span && ends_z(lead, "近") && !at_z(c->s, c->i, "新") && !at_z(c->s, c->i, "最")))
        return false;
    t->period = years(y - n, y);
    t->running = t->open = true;
    return true;
}

static bool form_bare(struct cursor *c, const struct dates *d, struct token *t)
{
    int y = d->y, m = d->m;
    size_t n = word_at(c->w, c->s, c->i, BIT(W_NOW), NULL);
    if (n > 0) {
        c->i += n;
        t->period = d->source;
        t->open = true;
        return true;
    }
    if (take(c, "年初")) {
        t->period = years(y, y);
        t->open = true;
        return true;
    }
    if (take(c, "全年")) {
        int back = m <= 3 ? 1 : 0;
        t->period = d->has_frame && period_kind(d->frame) == PERIOD_YEAR
                        ? d->frame
                        : years(y - back, y - back);
        t->open = true;
        return true;
    }
    if (!part_of(c, y, &t->period))
        return false;
    /* what ended long after the day it was told is of the year before */
    bool rest = t->period.first > day_from(y, 3, 31) && t->period.first <= d->day + LATE_DAYS &&
                period_days(t->period) > 31; /* 下半年 told in July */
    if (t->period.last > d->day + LATE_DAYS && period_days(d->source) < 300 && !rest)
        t->period = period_shift_years(t->period, -1);
    return true;
}

/* Can the digits at i begin an expression of time? They need a word, or a dash, behind them. */
static bool digits_of_time(struct str s, size_t i)
{
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
        i++;
    switch (key_at(s, i)) {
    case '-':
    case '~':
    case 0x2014: /* — */
    case 0x5E74: /* 年 */
    case 0x6708: /* 月 */
    case 0x5B63: /* 季 */
    case 0x81F3: /* 至 */
    case 0x5230: /* 到 */
        return true;
    default:
        return false;
    }
}

bool time_at(struct str s, size_t i, const struct dates *d, struct token *out)
{
    static bool (*const relative[])(struct cursor *, const struct dates *, struct token *) = {
        form_plan, form_relative, form_span, form_bare};
    struct token t = {.kind = T_TIME, .start = (uint32_t)i};
    struct cursor c = {s, i, d->w};
    bool digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
    if (digit && !digits_of_time(s, i))
        return false;
    bool ok = digit && form_years(&c, &t);
    if (ok) {
        int y, m, dd;
        day_split(t.period.first, &y, &m, &dd);
        year_tail(&c, &t, d, y);
    }
    for (size_t k = digit ? 2 : 0; !ok && k < sizeof relative / sizeof *relative; k++) {
        c.i = i;
        t = (struct token){.kind = T_TIME, .start = (uint32_t)i};
        ok = relative[k](&c, d, &t);
    }
    if (!ok)
        return false;
    t.future |= t.period.last > d->day && t.period.first > d->day;
    t.end = (uint32_t)c.i;
    *out = t;
    return true;
}
