/* extract_doc.c - what a document says about itself: the period it reports, whether it looks ahead;
 * its date is in extract_date.c, whom it is about in extract_place.c. */
#include "extract_int.h"

#define LEAD_LINES 4 /* of the body: heading and first paragraphs */
#define LEAD_BYTES 1500

/* ---- the frame ---- */

/* A closed period that the lead names, and that is no base, horizon or day. */
static bool frames(const struct reader *r, struct str s, const struct token *t)
{
    struct str before = cut(s, 0, t->start), after = cut(s, t->end, s.len);
    bool base = ends_z(before, "较") || ends_z(before, "比") || ends_z(before, "到") ||
                ends_z(before, "至") || ends_z(before, "自") || t->base;
    return !base && !t->future && period_days(t->period) > 1 && !starts_z(after, "的比") &&
           (!t->open || t->interval) && t->period.first <= r->dates.day;
}

/* The first of them; an open interval (“十四五”以来) in the lead holds against a later year. */
static void infer_frame(struct reader *r)
{
    size_t seen = 0, body = 0;
    for (size_t k = 0; k < r->plain.lines.len && body < LEAD_LINES && seen < LEAD_BYTES; k++) {
        const struct line *l = &r->plain.lines.v[k];
        if (l->noise != NULL)
            continue;
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        s = cut(s, 0, s.len < LEAD_BYTES - seen ? s.len : LEAD_BYTES - seen);
        body++;
        seen += s.len;
        for (size_t i = 0; i < s.len;) {
            struct token t;
            bool number = i > 0 && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9';
            if (number || !may_at(r->w, s, i, MAY_TIME) || !time_at(s, i, &r->dates, &t)) {
                i += u8_len(s.ptr[i]);
                continue;
            }
            if (frames(r, s, &t)) {
                r->dates.frame = t.period;
                r->dates.has_frame = true;
                return;
            }
            i = t.end;
        }
    }
}

/* ---- the whole ---- */

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

static void settle_dates(struct reader *r)
{
    int dd;
    r->dates.w = r->w;
    r->dates.day = r->dates.source.last;
    day_split(r->dates.day, &r->dates.y, &r->dates.m, &dd);
}

void infer_doc(struct reader *r, struct str utf8, const struct extract_doc *doc)
{
    struct error err = {0};
    bool told = doc != NULL && doc->source_date.len > 0 &&
                period_parse(doc->source_date, &r->dates.source, &err) == OK;
    if (told)
        r->dates.known = true;
    else
        infer_date(r, utf8);
    settle_dates(r);
    error_clear(&err);
    bool framed = doc != NULL && doc->frame.len > 0 &&
                  period_parse(doc->frame, &r->dates.frame, &err) == OK;
    if (told || framed) { /* who knows the date knows the frame */
        r->dates.has_frame = framed;
    } else {
        infer_frame(r);
        r->out->inferred_frame = true;
    }
    infer_names(r, doc != NULL ? doc->subject : STR_NULL);
    r->forward = is_forward(r);
}
