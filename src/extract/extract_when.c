/* extract_when.c - of which period a figure is, and whether it happened, is planned or wanted. */
#include "extract_fact_int.h"

bool is_base(struct reader *r, const struct token *t)
{
    struct str before = cut(r->sen.s, 0, t->start), after = cut(r->sen.s, t->end, r->sen.s.len);
    static const char *const leads[] = {"较", "比", "比“", "较“"};
    for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
        if (ends_z(before, leads[k]))
            return true;
    return t->base || (ends_z(before, "是") && starts_z(after, "的")) || starts_z(after, "相比") ||
           (ends_z(before, "在") && starts_z(after, "基础上"));
}

const struct token *time_before(struct reader *r, const struct token *t)
{
    return t->when >= 0 ? &r->sen.tokens.v[t->when] : NULL;
}

struct period year_of_source(const struct dates *d)
{
    return (struct period){day_from(d->y, 1, 1), day_from(d->y, 12, 31)};
}

static bool goes_with_interval(const struct figure *f)
{
    if (f->flow)
        return true;
    return (f->kind == KIND_GROWTH || f->kind == KIND_PP_CHANGE || f->kind == KIND_CHANGE ||
            f->kind == KIND_CONTRIBUTION) &&
           !f->cmp_base;
}

static struct period of_interval(struct reader *r, const struct figure *f, const struct token *t)
{
    if (!t->interval || t->future || goes_with_interval(f) || is_z(f->comparison, "avg"))
        return t->period;
    if (t->running)
        return r->dates.source;
    int y, m, d;
    day_split(t->period.last, &y, &m, &d);
    return (struct period){day_from(y, 1, 1), t->period.last};
}

/* 由2020年的35%提高到62%: the year is that of the first figure only. */
static bool is_origin(struct reader *r, const struct figure *f, const struct token *t)
{
    struct str before = cut(r->sen.s, 0, t->start);
    if (!ends_z(before, "由") && !ends_z(before, "从"))
        return false;
    for (const struct token *k = t + 1; k < f->head; k++)
        if (is_figure(k))
            return true;
    return false;
}

struct period period_of(struct reader *r, const struct figure *f, enum modality mod)
{
    const struct token *t = time_before(r, f->head);
    while (t != NULL && is_origin(r, f, t))
        t = time_before(r, t);
    if (t != NULL)
        return of_interval(r, f, t);
    if (r->has_carried)
        return r->carried;
    if (r->has_section)
        return r->section;
    if (mod == MOD_TARGET || mod == MOD_PLAN)
        return year_of_source(&r->dates);
    if ((f->flow || is_z(f->comparison, "avg")) && r->dates.has_frame)
        return r->dates.frame;
    return r->dates.source;
}

/* Look on for words of modality from m->says_seen to `to`, in s. */
static void says_on(struct reader *r, struct memo *m, struct str s, size_t to)
{
    static const uint64_t class[SAYS] = {BIT(W_TARGET), BIT(W_PAST), BIT(W_PLAN), BIT(W_ESTIMATE)};
    const uint64_t any = class[0] | class[1] | class[2] | class[3];
    size_t i = m->says_seen;
    for (; i < to; i += u8_len(s.ptr[i])) {
        bool some = may_at(r->w, s, i, MAY_SAY) && word_at(r->w, s, i, any, NULL) > 0;
        for (size_t k = 0; some && k < SAYS; k++) {
            size_t n = i >= m->next[k] ? word_at(r->w, s, i, class[k], NULL) : 0;
            if (n > 0) {
                m->at[k] = (ptrdiff_t)i;
                m->next[k] = i + n;
            }
        }
    }
    m->says_seen = i;
}

/* The last words of each modality before a figure. What is far enough from it to be the same for
 * every later figure is kept. */
static struct memo says_before(struct reader *r, struct str before)
{
    size_t sure = before.len > r->w->longest ? before.len - r->w->longest : 0;
    says_on(r, &r->memo, before, sure);
    struct memo m = r->memo;
    says_on(r, &m, before, before.len);
    return m;
}

enum modality modality_of(struct reader *r, const struct figure *f)
{
    struct str before = cut(r->sen.s, 0, f->head->start);
    const struct token *t = time_before(r, f->head);
    struct memo m = says_before(r, before);
    ptrdiff_t goal = m.at[SAYS_GOAL], done = m.at[SAYS_DONE], plan = m.at[SAYS_PLAN],
              guess = m.at[SAYS_GUESS];
    bool future = t != NULL && t->future;
    if (plan > 0 && word_ends(r->w, cut(before, 0, (size_t)plan), BIT(W_NOPLAN), NULL) > 0)
        plan = -1; /* 行动计划 is no plan to do */
    if (f->kind == KIND_TARGET)
        return plan > goal || (r->forward && !has_z(before, "打造")) ? MOD_PLAN : MOD_TARGET;
    if (goal >= 0 && goal >= plan && goal > done)
        return MOD_TARGET;
    if (plan >= 0 && plan > done)
        return MOD_PLAN;
    if (future)
        return MOD_TARGET;
    if (guess >= 0)
        return MOD_ESTIMATE;
    if (f->kind == KIND_COUNT && has_z(before, "就是") && word_inside(r->w, before, BIT(W_FOSTER)))
        return MOD_PLAN;
    bool classed = f->index + 1 < r->sen.tokens.len && f->t[1].kind == T_CLASS_SCALE;
    if (r->forward && classed && done < 0 && goal < 0)
        return has_z(f->clause, "打造") ? MOD_TARGET : MOD_PLAN;
    if (r->forward && done < 0 && (t == NULL || t->open)) {
        if (f->kind == KIND_COUNT && word_inside(r->w, f->clause, BIT(W_DRIVE)))
            return MOD_PLAN;
        if (f->flow || word_inside(r->w, f->clause, BIT(W_FOSTER)))
            return MOD_TARGET;
    }
    return MOD_ACTUAL;
}
