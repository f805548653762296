/* extract_date.c - the day on which the figures of a document were given out: what the page says of
 * itself (meta, 发布时间, a date below the text), the dateline, and which years the text counts as
 * past, as its own, as ahead. */
#include "extract_int.h"

#define LEAD_BYTES 1500
#define HEAD_LINES 8       /* furniture above the article */
#define META_BYTES 65536   /* of a page; its head is not longer */
#define TAG_BYTES 600      /* of one meta element */
#define SENTENCE_BYTES 400 /* looked through for what a year is said of */
#define YEAR_FIRST 1990
#define YEAR_LAST 2100

struct date {
    int y, m, d; /* y 0: none; m 0: the year alone */
};
struct clues {
    struct date page;    /* what the page says of itself */
    struct date article; /* a full date in the text */
    struct date line;    /* month and day in the lead; no year */
    int part;            /* last year named with a part of it: 2025年上半年 */
    int done;            /* last year that something is said to have happened in */
    int ahead;           /* last year of which plans are told: 2025年,全市计划 */
    int base;            /* last year named as a base */
    int last_year;       /* the year that 去年 means */
    int plan_end;        /* a five-year plan that is being concluded, or begun */
    bool this_year;      /* 今年 with a part of it, or 去年 */
};

static int digits(struct str s, size_t i, size_t n)
{
    int v = 0;
    for (size_t k = 0; k < n; k++) {
        if (i + k >= s.len || s.ptr[i + k] < '0' || s.ptr[i + k] > '9')
            return -1;
        v = v * 10 + (s.ptr[i + k] - '0');
    }
    return v;
}
static bool is_num(struct str s, size_t i)
{
    return i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9';
}
static bool year_ok(int y)
{
    return y >= YEAR_FIRST && y <= YEAR_LAST;
}

/* 2024-01-25, 2024/1/25, 2024年1月25日, 20240125 at i */
static bool full_date(struct str s, size_t i, struct date *out)
{
    *out = (struct date){.y = digits(s, i, 4)};
    if (!year_ok(out->y))
        return false;
    if (digits(s, i, 8) >= 0 && !is_num(s, i + 8)) {
        out->m = digits(s, i + 4, 2);
        out->d = digits(s, i + 6, 2);
        return out->m > 0 && day_valid(out->y, out->m, out->d);
    }
    i += 4;
    size_t sep = at_z(s, i, "年") ? 3 : i < s.len && strchr("-/.", s.ptr[i]) != NULL && s.ptr[i];
    if (sep == 0)
        return false;
    i += sep;
    size_t n = is_num(s, i + 1) ? 2 : 1;
    out->m = digits(s, i, n);
    i += n;
    i += at_z(s, i, "月") ? 3 : 1;
    n = is_num(s, i + 1) ? 2 : 1;
    out->d = digits(s, i, n);
    return out->m > 0 && out->d > 0 && day_valid(out->y, out->m, out->d);
}

static bool month_day(struct str s, size_t i, struct date *out)
{
    size_t n = is_num(s, i + 1) ? 2 : 1;
    *out = (struct date){.m = digits(s, i, n)};
    if (out->m < 1 || out->m > 12 || !at_z(s, i + n, "月"))
        return false;
    i += n + 3;
    n = is_num(s, i + 1) ? 2 : 1;
    out->d = digits(s, i, n);
    return out->d > 0 && at_z(s, i + n, "日") && day_valid(2024, out->m, out->d);
}

static bool first_date(struct str s, struct date *out)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_num(s, i) && (i == 0 || !is_num(s, i - 1)) && full_date(s, i, out))
            return true;
    *out = (struct date){0};
    return false;
}

/* ---- the page ---- */

/* <meta name="PubDate" content="2024-05-01">, and the addresses a page gives itself. */
static void scan_meta(struct reader *r, struct clues *c, struct str utf8)
{
    struct str head = cut(utf8, 0, utf8.len < META_BYTES ? utf8.len : META_BYTES);
    for (size_t i = 0; i < head.len && c->page.y == 0; i++) {
        const char *lt = memchr(head.ptr + i, '<', head.len - i);
        if (lt == NULL)
            return;
        i = (size_t)(lt - head.ptr);
        struct str tag = cut(head, i, i + TAG_BYTES < head.len ? i + TAG_BYTES : head.len);
        const char *gt = memchr(tag.ptr, '>', tag.len);
        if (gt == NULL || !(starts_z(tag, "<meta") || starts_z(tag, "<META") ||
                            starts_z(tag, "<link") || starts_z(tag, "<time")))
            continue;
        tag.len = (size_t)(gt - tag.ptr);
        if (starts_z(tag, "<time") || word_inside(r->w, tag, BIT(W_METADATE)))
            (void)first_date(tag, &c->page);
    }
}

static bool tells_date(struct reader *r, struct str s)
{
    return word_at(r->w, s, 0, BIT(W_DATELINE), NULL) > 0 || starts_z(s, "date ");
}

/* A line of furniture: the head of the page, one that says what its date is, one below the text
 * that is a date in full words. */
static void scan_furniture(struct reader *r, struct clues *c, size_t index, bool below,
                           const struct line *l, struct str s)
{
    bool ago = has_z(s, "年前") || has_z(s, "月前") || has_z(s, "天前");
    bool head =
        index < HEAD_LINES && (strcmp(l->noise, "date") == 0 || strcmp(l->noise, "byline") == 0 ||
                               strcmp(l->noise, "timestamp") == 0);
    bool signature = below && strcmp(l->noise, "date") == 0 && has_z(s, "日");
    if (c->page.y == 0 && !ago && (head || signature || tells_date(r, s)))
        (void)first_date(s, &c->page);
}

/* ---- the text ---- */

static void clue_plan(struct reader *r, struct clues *c, struct str s, size_t i)
{
    struct dec n;
    size_t len = cn_number(r->w, s, i, &n);
    if (len < 6 || len > 9 || !at_z(s, i + len - 3, "五") ||
        cn_number(r->w, cut(s, i, i + len - 3), 0, &n) == 0 || n.units < 6 || n.units > 30)
        return;
    int first = 1981 + 5 * ((int)n.units - 6);
    size_t end = i + len + (at_z(s, i + len, "”") ? 3 : 0);
    end += at_z(s, end, "规划") ? 6 : 0;
    struct str before = cut(s, i > 40 ? i - 40 : 0, i);
    if (has_z(before, "完成") || has_z(before, "收官") || at_z(s, end, "收官") ||
        at_z(s, end, "圆满收官"))
        c->plan_end = first + 4;
    else if (at_z(s, end, "开局"))
        c->plan_end = first;
}

/* Is what follows a year, up to the end of the sentence, told as a plan? */
static bool is_ahead(struct reader *r, struct str s, size_t i)
{
    size_t end = i;
    while (end < s.len && end < i + SENTENCE_BYTES && !at_z(s, end, "。") && s.ptr[end] != ';')
        end += u8_len(s.ptr[end]);
    struct str said = cut(s, i, end);
    return word_inside(r->w, said, BIT(W_TARGET) | BIT(W_PLAN)) || starts_z(said, "重点任务") ||
           starts_z(said, "目标");
}

static void latest(int *year, int y)
{
    *year = y > *year ? y : *year;
}

static void clue_year(struct reader *r, struct clues *c, struct str s, size_t i)
{
    int y = digits(s, i, 4);
    if (!year_ok(y) || !at_z(s, i + 4, "年"))
        return;
    struct str before = cut(s, i > 12 ? i - 12 : 0, i);
    bool whose = at_z(s, i + 7, "的");
    if (ends_z(before, "较") || ends_z(before, "比")) {
        latest(&c->base, y);
    } else if (!whose && (ends_z(before, "到") || ends_z(before, "至") || ends_z(before, "力争"))) {
        return; /* a horizon */
    } else if (is_num(s, i + 7) || at_z(s, i + 7, "上半年") || at_z(s, i + 7, "前") ||
               at_z(s, i + 7, "下半年") || at_z(s, i + 8, "季度") || at_z(s, i + 10, "季度")) {
        latest(&c->part, y);
    } else if (is_ahead(r, s, i + 7)) {
        latest(&c->ahead, y);
    } else {
        latest(&c->done, y);
    }
}

/* The year that 去年 means, where the sentence gives it. */
static void clue_last_year(struct clues *c, struct str s, size_t i)
{
    for (size_t k = i; k < i + 200 && k < s.len && !at_z(s, k, "。"); k += u8_len(s.ptr[k])) {
        int y = digits(s, k, 4);
        if (year_ok(y) && !is_num(s, k + 4) && !is_num(s, k - 1)) {
            c->last_year = y;
            return;
        }
    }
}

static void scan_article(struct reader *r, struct clues *c, struct str s, size_t seen)
{
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i])) {
        if (!may_at(r->w, s, i, MAY_TIME))
            continue;
        struct date d;
        if (is_num(s, i) && (i == 0 || !is_num(s, i - 1))) {
            bool behind_year = i >= 3 && at_z(s, i - 3, "年");
            if (full_date(s, i, &d) && c->article.y == 0)
                c->article = d;
            else if (seen + i < LEAD_BYTES && c->line.m == 0 && !behind_year && month_day(s, i, &d))
                c->line = d;
            clue_year(r, c, s, i);
        } else if (at_z(s, i, "去年")) {
            if (!at_z(s, i + 6, "同期"))
                clue_last_year(c, s, i);
        } else if (at_z(s, i, "今年")) {
            c->this_year = true;
        } else if (at_z(s, i, "十")) {
            clue_plan(r, c, s, i);
        }
    }
}

static void scan_all(struct reader *r, struct clues *c, struct str utf8)
{
    size_t seen = 0, last = 0;
    if (r->plain.html)
        scan_meta(r, c, utf8);
    for (size_t k = 0; k < r->plain.lines.len; k++)
        if (r->plain.lines.v[k].noise == NULL)
            last = k;
    for (size_t k = 0; k < r->plain.lines.len; k++) {
        const struct line *l = &r->plain.lines.v[k];
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        if (l->noise == NULL) {
            scan_article(r, c, s, seen);
            seen += s.len;
        } else {
            scan_furniture(r, c, k, k > last, l, s);
        }
    }
}

/* ---- what follows ---- */

/* The earliest year in which the text can have been written. */
static int year_of_text(const struct clues *c)
{
    int latest_year = c->done > c->part ? c->done : c->part;
    if (c->last_year != 0)
        return c->last_year + 1;
    if (c->article.y != 0 && c->article.y >= latest_year)
        return c->article.y;
    if (c->plan_end != 0)
        return c->plan_end;
    if (c->part != 0 && c->part >= c->done)
        return c->part;
    if (c->done != 0 && c->done >= c->base) {
        bool over = c->this_year || c->ahead == c->done + 1 || (c->line.m > 0 && c->line.m < 12);
        return c->done + over; /* a whole year is told when it is over */
    }
    if (c->ahead != 0)
        return c->ahead;
    return c->base != 0 ? c->base + 1 : 0;
}

/* The year of month and day so that the page is not older than the text. */
static int year_before(struct date line, struct date page)
{
    bool later = line.m > page.m || (line.m == page.m && line.d > page.d);
    return page.y - later;
}

static struct date date_of(const struct clues *c)
{
    int y = year_of_text(c);
    struct date line = c->line, page = c->page;
    bool firm = c->last_year != 0; /* a page that repeats an old text */
    if (page.y != 0 && (page.y < y || (firm && page.y > y)))
        page.y = 0; /* the day of a crawler, or of a copy */
    if (line.m != 0 && page.m != 0) {
        int told = year_before(line, page);
        line.y = told >= y ? told : y;
        return line;
    }
    if (line.m != 0) {
        line.y = y;
        return line;
    }
    if (page.m != 0)
        return page;
    if (c->article.y == y && y != 0 && !firm)
        return c->article;
    return (struct date){.y = y};
}

void infer_date(struct reader *r, struct str utf8)
{
    struct clues c = {0};
    scan_all(r, &c, utf8);
    struct date d = date_of(&c);
    r->dates.known = d.y != 0;
    int y = d.y != 0 ? d.y : UNKNOWN_YEAR;
    r->dates.source = d.m != 0 && day_valid(y, d.m, d.d)
                          ? (struct period){day_from(y, d.m, d.d), day_from(y, d.m, d.d)}
                          : (struct period){day_from(y, 1, 1), day_from(y, 12, 31)};
    r->out->inferred_date = true;
}
