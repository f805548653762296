/* extract_doc.c - what a document says about itself: its date, the period it reports, its region.
 */
#include "extract_int.h"

#define LEAD_BYTES 1500

struct clues {
    int header_y, header_m, header_d; /* a full date in the head of the page */
    int full_y, full_m, full_d;       /* a full date in the article */
    int m, d;                         /* a date without a year in the lead */
    int latest;                       /* last year named as a time */
    int base;                         /* last year named as a base */
    int last_year_is;                 /* the year that 去年 means */
    int plan_end;                     /* a plan that is being concluded */
    bool plan_since;                  /* “十四五”以来 in the lead */
    struct period frame;
    bool has_frame;
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

/* 2024-01-25, 2024/1/25, 2024年1月25日 at i */
static bool full_date(struct str s, size_t i, int *y, int *m, int *d)
{
    *y = digits(s, i, 4);
    if (*y < 1990 || *y > 2100 || is_num(s, i + 4))
        return false;
    i += 4;
    size_t sep = at_z(s, i, "年")                                           ? 3
                 : i < s.len && strchr("-/.", s.ptr[i]) != NULL && s.ptr[i] ? 1
                                                                            : 0;
    if (sep == 0)
        return false;
    i += sep;
    size_t n = is_num(s, i + 1) ? 2 : 1;
    *m = digits(s, i, n);
    i += n;
    i += at_z(s, i, "月") ? 3 : 1;
    n = is_num(s, i + 1) ? 2 : 1;
    *d = digits(s, i, n);
    return *m > 0 && *d > 0 && day_valid(*y, *m, *d);
}

static bool month_day(struct str s, size_t i, int *m, int *d)
{
    size_t n = is_num(s, i + 1) ? 2 : 1;
    *m = digits(s, i, n);
    if (*m < 1 || *m > 12 || !at_z(s, i + n, "月"))
        return false;
    i += n + 3;
    n = is_num(s, i + 1) ? 2 : 1;
    *d = digits(s, i, n);
    return *d > 0 && at_z(s, i + n, "日") && day_valid(2024, *m, *d);
}

static void clue_plan(struct reader *r, struct clues *c, struct str s, size_t i, bool lead)
{
    struct dec n;
    size_t len = cn_number(r->w, s, i, &n);
    if (len < 6 || len > 9 || !at_z(s, i + len - 3, "五") ||
        cn_number(r->w, cut(s, i, i + len - 3), 0, &n) == 0)
        return;
    if (n.units < 6 || n.units > 30)
        return;
    int first = 1981 + 5 * ((int)n.units - 6);
    size_t end = i + len + (at_z(s, i + len, "”") ? 3 : 0);
    if (lead && (at_z(s, end, "以来") || at_z(s, end, "时期以来") || at_z(s, end, "期间"))) {
        c->frame = (struct period){day_from(first, 1, 1), day_from(first + 4, 12, 31)};
        c->has_frame = c->plan_since = true;
    }
    struct str before = cut(s, i > 40 ? i - 40 : 0, i);
    if (has_z(before, "完成") || has_z(before, "收官") || at_z(s, end, "收官") ||
        at_z(s, end, "圆满收官"))
        c->plan_end = first + 4;
}

static void clue_year(struct clues *c, struct str s, size_t i, bool lead)
{
    int y = digits(s, i, 4);
    if (y < 1990 || y > 2100 || (i > 0 && is_num(s, i - 1)) || !at_z(s, i + 4, "年"))
        return;
    struct str before = cut(s, i > 12 ? i - 12 : 0, i);
    bool whose = at_z(s, i + 7, "的");
    if (!whose && (ends_z(before, "到") || ends_z(before, "至") || ends_z(before, "力争")))
        return; /* a horizon */
    if (ends_z(before, "较") || ends_z(before, "比")) {
        c->base = y > c->base ? y : c->base;
        return;
    }
    c->latest = y > c->latest ? y : c->latest;
    if (lead && (!c->has_frame || c->plan_since)) {
        struct period p = {day_from(y, 1, 1), day_from(y, 12, 31)};
        if (!c->plan_since)
            c->frame = p, c->has_frame = true;
    }
}

static void clue_last_year(struct clues *c, struct str s, size_t i)
{
    struct str after = cut(s, i, i + 200 < s.len ? i + 200 : s.len);
    for (size_t k = 0; k + 4 <= after.len; k++) {
        if (at_z(after, k, "。"))
            return;
        int y = digits(after, k, 4);
        if (y >= 1990 && y <= 2100 && !is_num(after, k + 4) && (k == 0 || !is_num(after, k - 1))) {
            c->last_year_is = y;
            return;
        }
    }
}

static void scan_article(struct reader *r, struct clues *c, struct str s, size_t seen)
{
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i])) {
        bool lead = seen + i < LEAD_BYTES;
        int y, m, d;
        if (is_num(s, i) && (i == 0 || !is_num(s, i - 1))) {
            if (full_date(s, i, &y, &m, &d) && c->full_y == 0)
                c->full_y = y, c->full_m = m, c->full_d = d;
            else if (lead && c->m == 0 && month_day(s, i, &m, &d) &&
                     !(i >= 3 && at_z(s, i - 3, "年")))
                c->m = m, c->d = d;
            clue_year(c, s, i, lead);
        } else if (at_z(s, i, "去年")) {
            clue_last_year(c, s, i);
        } else if (at_z(s, i, "十")) {
            clue_plan(r, c, s, i, lead);
        }
    }
}

static void scan_header(struct clues *c, struct str s)
{
    int y, m, d;
    for (size_t i = 0; i < s.len && c->header_y == 0; i += u8_len(s.ptr[i]))
        if (is_num(s, i) && (i == 0 || !is_num(s, i - 1)) && full_date(s, i, &y, &m, &d))
            c->header_y = y, c->header_m = m, c->header_d = d;
}

static bool is_header(const struct line *l, struct str s)
{
    return l->noise != NULL &&
           (starts_z(s, "date ") || strcmp(l->noise, "date") == 0 ||
            strcmp(l->noise, "byline") == 0 || strcmp(l->noise, "timestamp") == 0);
}

/* The year of the figures: what 去年 means, else the head of the page, else what the text names. */
static int year_of(const struct clues *c)
{
    if (c->last_year_is != 0)
        return c->last_year_is + 1;
    if (c->full_y != 0 && c->full_y >= c->latest)
        return c->full_y;
    if (c->plan_end != 0)
        return c->plan_end;
    if (c->header_y != 0 && c->header_y >= c->latest && c->header_y <= c->latest + 1)
        return c->header_y;
    if (c->latest != 0 && c->latest > c->base)
        return c->latest;
    if (c->header_y != 0)
        return c->header_y;
    return c->base != 0 ? c->base + 1 : c->plan_since ? 0 : 0;
}

static void infer_date(struct reader *r, const struct clues *c)
{
    struct dates *d = &r->dates;
    int y = year_of(c), m = c->m, day = c->d;
    d->known = y != 0;
    if (y == 0)
        y = 1970;
    if (m == 0 && c->full_y == y && c->last_year_is == 0)
        m = c->full_m, day = c->full_d;
    if (m == 0 && c->header_y == y && c->last_year_is == 0)
        m = c->header_m, day = c->header_d;
    if (m != 0 && c->header_y == y && c->header_m < m && c->latest < y && c->plan_end == 0)
        y--; /* given out in December, printed in January */
    d->source = m != 0 && day_valid(y, m, day)
                    ? (struct period){day_from(y, m, day), day_from(y, m, day)}
                    : (struct period){day_from(y, 1, 1), day_from(y, 12, 31)};
    d->day = d->source.last;
    r->out->inferred_date = true;
}

/* ---- the region
 * ------------------------------------------------------------------------------------- */

static bool is_region(const struct entity_row *e)
{
    static const char *const types[] = {"province", "city", "district", "county"};
    for (size_t k = 0; k < 4; k++)
        if (is_z(e->type, types[k]))
            return true;
    return false;
}

static void infer_subject(struct reader *r)
{
    size_t n = r->w->entities.len, city = 0, province = 0, county = 0;
    uint32_t *hits = mem_zalloc((n + 1) * sizeof *hits);
    for (size_t k = 0; k < r->plain.lines.len; k++) {
        const struct line *l = &r->plain.lines.v[k];
        if (l->noise != NULL)
            continue;
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        for (size_t i = 0; i < s.len;) {
            const struct word *word = NULL;
            size_t len = word_at(r->w, s, i, BIT(W_ENTITY) | BIT(W_SCOPE), &word);
            if (len > 0 && (word->classes & BIT(W_ENTITY)) != 0)
                hits[word->entity] += k < 3 ? 3 : 1;
            city += len > 0 && is_z(word->value, "city");
            province += len > 0 && is_z(word->value, "province");
            county += len > 0 && is_z(word->value, "county");
            i += len > 0 ? len : u8_len(s.ptr[i]);
        }
    }
    const char *want = county > city && county > province ? "county"
                       : city > 0                         ? "city"
                       : province > 0                     ? "province"
                                                          : NULL;
    uint32_t best = 0, score = 0;
    for (uint32_t e = 1; e <= n; e++) {
        const struct entity_row *row = &r->w->entities.v[e - 1];
        uint32_t fit = is_region(row)                           ? hits[e] * 2
                       : is_z(row->type, "park") && hits[e] > 2 ? 1
                                                                : 0;
        if (fit > 0 && want != NULL &&
            (is_z(row->type, want) ||
             (want[0] == 'c' && want[1] == 'o' && is_z(row->type, "district"))))
            fit *= 4;
        if (fit > score)
            best = e, score = fit;
    }
    mem_free(hits);
    if (best != 0)
        r->subject = r->w->entities.v[best - 1].name;
    r->out->inferred_subject = true;
}

static bool is_forward(struct reader *r)
{
    const uint64_t goals = BIT(W_TARGET) | BIT(W_PLAN);
    size_t ahead = 0, done = 0;
    for (size_t k = 0; k < r->plain.lines.len; k++) {
        const struct line *l = &r->plain.lines.v[k];
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        for (size_t i = 0; l->noise == NULL && i < s.len;) {
            const struct word *word = NULL;
            size_t len =
                may_at(r->w, s, i, MAY_SAY) ? word_at(r->w, s, i, goals | BIT(W_PAST), &word) : 0;
            ahead += len > 0 && (word->classes & goals) != 0;
            done += len > 0 && (word->classes & BIT(W_PAST)) != 0;
            i += len > 0 ? len : u8_len(s.ptr[i]);
        }
    }
    return ahead >= 5 && ahead > done * 2;
}

void infer_doc(struct reader *r, const struct extract_doc *doc)
{
    struct clues c = {0};
    size_t seen = 0;
    bool told = doc != NULL && doc->source_date.len > 0;
    for (size_t k = 0; !told && k < r->plain.lines.len; k++) {
        const struct line *l = &r->plain.lines.v[k];
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        if (l->noise == NULL) {
            scan_article(r, &c, s, seen);
            seen += s.len;
        } else if (k < 8 && is_header(l, s) && !has_z(s, "年前") && !has_z(s, "月前") &&
                   !has_z(s, "天前")) {
            scan_header(&c, s);
        }
    }
    struct period p;
    struct error err = {0};
    if (doc != NULL && doc->source_date.len > 0 && period_parse(doc->source_date, &p, &err) == OK) {
        r->dates.source = p;
        r->dates.day = p.last;
        r->dates.known = true;
    } else {
        infer_date(r, &c);
    }
    if (doc != NULL && doc->source_date.len > 0) { /* who knows the date knows the frame */
        error_clear(&err);
        r->dates.has_frame =
            doc->frame.len > 0 && period_parse(doc->frame, &r->dates.frame, &err) == OK;
    } else {
        r->dates.has_frame = c.has_frame;
        r->dates.frame = c.frame;
        r->out->inferred_frame = true;
    }
    if (doc != NULL && doc->subject.len > 0)
        r->subject = arena_dup(&r->out->text, doc->subject);
    else
        infer_subject(r);
    int dd;
    r->dates.w = r->w;
    day_split(r->dates.day, &r->dates.y, &r->dates.m, &dd);
    r->forward = is_forward(r);
}
