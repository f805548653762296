/* extract_clause.c - the words left and right of a figure within its clause: comparison, kind,
 * subject, period, modality. Not here: what the indicator is called. */
#include "extract_fact_int.h"

/* ---- the words around a figure
 * --------------------------------------------------------------------- */

size_t clause_start(struct str s, size_t to)
{
    for (size_t i = to; i-- > 0;)
        if ((s.ptr[i] == ',' || s.ptr[i] == ':') &&
            !(i + 1 < s.len && s.ptr[i + 1] >= '0' && s.ptr[i + 1] <= '9' && i > 0 &&
              s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9' && s.ptr[i] == ':'))
            return i + 1;
    return 0;
}

size_t clause_end(struct str s, size_t from)
{
    for (size_t i = from; i < s.len; i++)
        if (s.ptr[i] == ',' || s.ptr[i] == ':')
            return i;
    return s.len;
}

/* Bytes [from, to) without expressions of time. */
struct str without_time(struct reader *r, size_t from, size_t to)
{
    struct str s = r->sen.s;
    char *out = arena_alloc(mem(r), to - from + 1);
    size_t n = 0, i = from;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind != T_TIME || t->end <= i || t->start >= to)
            continue;
        if (t->start > i) {
            memcpy(out + n, s.ptr + i, t->start - i);
            n += t->start - i;
        }
        i = t->end;
    }
    if (i < to) {
        memcpy(out + n, s.ptr + i, to - i);
        n += to - i;
    }
    return (struct str){out, n};
}

struct str strip_ends(struct reader *r, struct str s, uint64_t classes)
{
    static const char *const marks[] = {"、", "的", "了", ",", "和", "“", "—", " ", "("};
    for (bool again = true; again && s.len > 0;) {
        size_t n = word_ends(r->w, s, classes, NULL);
        again = n > 0;
        s.len -= n;
        for (size_t k = 0; !again && k < sizeof marks / sizeof *marks; k++)
            if (ends_z(s, marks[k]))
                s.len -= strlen(marks[k]), again = true;
    }
    return s;
}

struct str strip_starts(struct reader *r, struct str s, uint64_t classes)
{
    static const char *const marks[] = {"、", "的", "了", ",", "和", "”", "—", " ", ")", "及", "·"};
    for (bool again = true; again && s.len > 0;) {
        size_t n = word_at(r->w, s, 0, classes, NULL);
        again = n > 0;
        s = cut(s, n, s.len);
        for (size_t k = 0; !again && k < sizeof marks / sizeof *marks; k++)
            if (starts_z(s, marks[k]))
                s = cut(s, strlen(marks[k]), s.len), again = true;
    }
    return s;
}

bool is_place(const struct entity_row *e)
{
    static const char *const types[] = {"country", "province", "city", "district", "county"};
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (str_is(e->type, types[k]))
            return true;
    return false;
}

/* A chain or an industry is part of what is measured, a place is not. */
static bool is_kind_name(struct reader *r, const struct word *word)
{
    static const char *const types[] = {"chain",       "cluster",    "industry",
                                        "chain group", "park group", "project"};
    for (size_t k = 0; word->entity > 0 && k < sizeof types / sizeof *types; k++)
        if (str_is(r->w->entities.v[word->entity - 1].type, types[k]))
            return true;
    return false;
}

/* The name at the end of a clause: behind the last verb that parts, the place, the adverbs. *keep
 * is the verb that stays in the name. */
struct str tail_name(struct reader *r, struct str s, struct str *keep, bool *flow, bool *reset)
{
    const uint64_t lead = BIT(W_VERB) | BIT(W_ADV) | BIT(W_SCOPE) | BIT(W_TARGET) | BIT(W_PLAN) |
                          BIT(W_ESTIMATE) | BIT(W_LINK) | BIT(W_RESET);
    size_t start = 0;
    s = strip_starts(r, s, 0);
    *keep = STR_NULL;
    for (size_t i = 0; i < s.len;) {
        const struct word *word = NULL;
        size_t n = word_at(r->w, s, i,
                           lead | BIT(W_KEEP) | BIT(W_STOP) | BIT(W_ENTITY) | BIT(W_GRADE) |
                               BIT(W_GENERIC) | BIT(W_CHAINHEAD),
                           &word);
        if (n == 0) {
            i += u8_len(s.ptr[i]);
            continue;
        }
        uint64_t c = word->classes;
        bool begins = i == start, last = i + n >= s.len;
        if (begins && keep->len > 0 && (c & BIT(W_KEEP)) != 0)
            break; /* 新增上云企业 */
        if ((c & BIT(W_LINK)) != 0 && n < 6)
            c &= ~BIT(W_LINK);
        bool parts = (c & (BIT(W_STOP) | BIT(W_SCOPE) | BIT(W_TARGET) | BIT(W_PLAN))) != 0;
        bool place = begins && (c & BIT(W_ENTITY)) != 0 && !last && !(c & BIT(W_GRADE)) &&
                     !is_kind_name(r, word) && !at_z(s, i + n, "、");
        bool compound =
            word_at(r->w, s, i + n, BIT(W_THING), NULL) > 0 && !(c & BIT(W_STOP)); /* 研发项目 */
        if (compound && (c & BIT(W_VERB)) != 0)
            c &= ~BIT(W_VERB);
        if ((c & BIT(W_GENERIC)) != 0 && last)
            break;
        if ((begins && (c & (lead | BIT(W_KEEP))) != 0 && !(c & BIT(W_GRADE))) || parts || place) {
            *flow |= (c & BIT(W_FLOWDROP)) != 0 ||
                     ((c & BIT(W_KEEP)) != 0 && !str_is(word->value, "stock"));
            if ((c & BIT(W_RESET)) != 0 || starts_z(word->text, "累计"))
                *reset = true, *flow = false;
            *keep = (c & BIT(W_KEEP)) != 0                            ? word->text
                    : (c & BIT(W_SCOPE)) || place || (c & BIT(W_ADV)) ? *keep
                                                                      : STR_NULL;
            start = i + n;
        }
        i += n;
    }
    s = cut(s, start, s.len);
    return strip_starts(r, s, 0);
}

/* What enterprises do: 1000家企业数字化转型. */
bool company_does(struct reader *r, struct str s, size_t i)
{
    static const char *const deeds[] = {"数字化转", "数字化改", "数码化", "智能化改", "搬迁",
                                        "进驻",     "技术改造", "“上云",  "上云",     "设备更新"};
    for (size_t k = 0; k < sizeof deeds / sizeof *deeds; k++)
        if (at_z(s, i, deeds[k]))
            return true;
    return word_at(r->w, s, i, BIT(W_PRED), NULL) > 0;
}

/* The name at the beginning of what follows a figure, up to a verb. */
struct str head_name(struct reader *r, struct str s, struct str *action)
{
    const uint64_t stops = BIT(W_VERB) | BIT(W_KEEP) | BIT(W_PRED) | BIT(W_STOP) | BIT(W_UP) |
                           BIT(W_DOWN) | BIT(W_YOY) | BIT(W_VS) | BIT(W_PLAN);
    const uint64_t nouns = BIT(W_CHAINHEAD) | BIT(W_THING);
    s = strip_starts(r, s, BIT(W_AFTER));
    for (size_t i = 0; i < s.len;) {
        const struct word *word = NULL;
        size_t n = word_at(r->w, s, i, stops | nouns | BIT(W_GENERIC) | BIT(W_LINK), &word);
        uint64_t c = n > 0 ? word->classes : 0;
        bool company = i >= 6 && ends_z(cut(s, 0, i), "企业") && company_does(r, s, i);
        bool verb = n >= 6 && i > 0 && (c & stops) != 0 && (c & nouns) == 0 &&
                    (str_is(word->text, "入驻") || word_at(r->w, s, i + n, nouns, NULL) == 0);
        if (company || verb) {
            *action = cut(s, i, s.len);
            return strip_ends(r, cut(s, 0, i), 0);
        }
        if (i > 0 && (c & BIT(W_LINK)) != 0 && (n >= 6 || at_z(s, i, "为")))
            return strip_ends(r, cut(s, 0, i), 0);
        i += n > 0 ? n : u8_len(s.ptr[i]);
    }
    ptrdiff_t etc = str_find(s, STR("和一批"));
    return strip_ends(r, etc > 0 ? cut(s, 0, (size_t)etc) : s, 0);
}

struct str join3(struct reader *r, struct str a, struct str b, struct str c)
{
    return arena_fmt(mem(r), "%.*s%.*s%.*s", STR_ARG(a), STR_ARG(b), STR_ARG(c));
}

/* ---- the comparison
 * ---------------------------------------------------------------------------------- */

static const struct token *time_in(struct reader *r, size_t from, size_t to)
{
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind == T_TIME && t->start >= from && t->end <= to)
            return t;
    }
    return NULL;
}

/* Where in [from, to) the words of comparison begin. */
size_t comparison_at(struct reader *r, struct figure *f, size_t from, size_t to)
{
    static const char *const bases[] = {"较", "比", "与"};
    struct str s = cut(r->sen.s, 0, to);
    for (size_t i = from; i < to;) {
        const struct word *word = NULL;
        for (size_t k = 0; k < 3; k++) {
            if (!at_z(s, i, bases[k]) || at_z(s, i, "比重") || at_z(s, i, "较快") ||
                at_z(s, i, "较大") || at_z(s, i, "比例") ||
                (i >= 3 &&
                 (at_z(s, i - 3, "占比") || at_z(s, i - 3, "同比") || at_z(s, i - 3, "环比"))))
                continue;
            const struct token *t = time_in(r, i + 3, i + 12 < to ? i + 24 < to ? i + 24 : to : to);
            if (t == NULL || t->start > i + 6)
                continue;
            f->cmp_base = true;
            char text[32];
            struct period p = t->period;
            if (word_at(r->w, s, i, BIT(W_YOY), &word) > 0 && !at_z(s, t->end, "末") &&
                !at_z(s, t->end, "底")) {
                f->cmp_time = STR("yoy");
            } else {
                if (t->interval && period_days(p) > 400) /* 较“十三五” */
                    p = (struct period){day_from(2000, 1, 1), p.last}, p.first = p.last - 364;
                size_t n = period_text(p, text);
                if (t->interval) {
                    int y, m, d;
                    day_split(p.last, &y, &m, &d);
                    f->cmp_time = arena_fmt(mem(r), "since:%d", y);
                } else {
                    f->cmp_time = arena_fmt(mem(r), "since:%.*s", (int)n, text);
                }
            }
            return i;
        }
        size_t n = word_at(r->w, s, i, BIT(W_YOY) | BIT(W_VS), &word);
        if (n > 0 && ((word->classes & BIT(W_YOY)) != 0 || i + n < to)) {
            bool vs = (word->classes & BIT(W_YOY)) == 0;
            const struct word *who = NULL;
            if (!vs || (word_at(r->w, s, i + n, BIT(W_SCOPE) | BIT(W_ENTITY), &who) > 0)) {
                f->cmp = word;
                return i;
            }
        }
        i += n > 0 ? n : u8_len(s.ptr[i]);
    }
    return to;
}

struct str parent_of(struct reader *r, struct str name)
{
    const struct entity_row *e = entity_named(r->w, name);
    return e != NULL && e->parent.len > 0 ? e->parent : STR_NULL;
}

/* 全省 and 全国 as names, as far as the document tells. */
struct str scope_name(struct reader *r, const struct word *word)
{
    if ((word->classes & BIT(W_SCOPE)) == 0)
        return word->entity > 0 ? r->w->entities.v[word->entity - 1].name : word->text;
    if (str_is(word->value, "nation"))
        return STR("全国");
    if (str_is(word->value, "world"))
        return STR("全球");
    const struct entity_row *e = entity_named(r->w, r->subject);
    struct str type = e != NULL ? e->type : STR("city");
    if (str_is(word->value, "province") && !str_is(type, "province"))
        for (size_t hops = 0; hops < 4 && e != NULL && !str_is(e->type, "province"); hops++) {
            struct str up = parent_of(r, e->name);
            e = entity_named(r->w, up);
            if (e == NULL)
                return up.len > 0 ? up : STR("全省");
        }
    else if (str_is(word->value, "city") && str_starts(type, STR("county")))
        return parent_of(r, r->subject);
    else
        return r->subject;
    return e != NULL ? e->name : STR("全省");
}

/* The k-th region in a list of comparands: 全国、全省 */
struct str region_in(struct reader *r, struct str s, size_t k)
{
    struct str last = STR_NULL;
    for (size_t i = 0; i < s.len;) {
        const struct word *word = NULL;
        size_t n = word_at(r->w, s, i, BIT(W_SCOPE) | BIT(W_ENTITY), &word);
        if (n > 0) {
            last = scope_name(r, word);
            if (k-- == 0)
                return last;
        }
        i += n > 0 ? n : u8_len(s.ptr[i]);
    }
    return last;
}

/* ---- kind
 * -----------------------------------------------------------------------------------------------
 */

bool dim_is(const struct token *t, const char *dim)
{
    return t->unit != NULL && str_is(t->unit->dim, dim);
}

bool after_growth(struct reader *r, const struct token *t)
{
    struct str after = cut(r->sen.s, t->end, r->sen.s.len);
    static const char *const words[] = {"增长",       "以上增长",   "的增长",
                                        "的速度增长", "的增速",     "以上的增长",
                                        "增速",       "以上的增速", "左右的增长"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (starts_z(after, words[k]))
            return true;
    return false;
}

bool share_of_what_follows(struct reader *r, const struct token *t)
{
    struct str after = strip_starts(r, cut(r->sen.s, t->end, r->sen.s.len), BIT(W_AFTER));
    size_t at = (size_t)(after.ptr - r->sen.s.ptr);
    return after.len > 0 && at >= 3 && at_z(r->sen.s, at - 3, "的");
}

static enum fact_kind percent_kind(struct reader *r, struct figure *f, struct str left)
{
    const struct word *word = NULL;
    struct str end = strip_ends(r, left, BIT(W_LINK) | BIT(W_OVER) | BIT(W_ADV));
    if (f->t->of == 255 || f->t->doubled)
        return KIND_GROWTH;
    if (f->t->kind == T_RATIO_WORD && f->t->from_words && str_is(f->t->unit->unit, "%") &&
        at_z(r->sen.s, f->t->start, "全覆盖"))
        return KIND_SHARE;
    if (ends_z(end, "贡献率"))
        return KIND_CONTRIBUTION;
    if (has_z(end, "拉动") && has_z(end, "增长"))
        return KIND_CONTRIBUTION;
    if (word_ends(r->w, end, BIT(W_UP) | BIT(W_DOWN), &word) > 0 || after_growth(r, f->t))
        return KIND_GROWTH;
    if (word_ends(r->w, end, BIT(W_SHARE), &word) > 0)
        return str_is(word->value, "share") ? KIND_SHARE : KIND_LEVEL;
    if (ends_z(end, "率") || ends_z(cut(r->sen.s, 0, f->t->end), "成"))
        return KIND_SHARE;
    if (has_z(left, "占") || share_of_what_follows(r, f->t))
        return KIND_SHARE;
    if (f->cmp != NULL && is_basis(f->cmp))
        return KIND_GROWTH;
    return f->t->kind == T_RATIO_WORD ? KIND_SHARE : KIND_LEVEL;
}

enum fact_kind kind_of(struct reader *r, struct figure *f, struct str left)
{
    const struct token *t = f->t;
    const struct word *word = NULL;
    struct str end = strip_ends(r, left, BIT(W_OVER) | BIT(W_ADV));
    size_t n = word_ends(r->w, end,
                         BIT(W_UP) | BIT(W_DOWN) | BIT(W_LINK) | BIT(W_KEEP) | BIT(W_VERB), &word);
    bool moved =
        n > 0 && (word->classes & (BIT(W_UP) | BIT(W_DOWN))) != 0 && !(word->classes & BIT(W_KEEP));
    moved |= n > 0 && str_is(word->text, "净增");
    if (t->kind == T_CLASS_SCALE)
        return KIND_TARGET;
    if (t->kind == T_RANK)
        return KIND_RANK;
    if (dim_is(t, "ratio"))
        return percent_kind(r, f, left);
    if (dim_is(t, "point"))
        return has_z(left, "拉动") ? KIND_CONTRIBUTION : KIND_PP_CHANGE;
    if (moved && (n >= 6) &&
        (f->cmp_base || f->cmp != NULL || dim_is(t, "rank") || str_is(word->text, "净增")))
        return KIND_CHANGE;
    if (dim_is(t, "count") || dim_is(t, "people") || dim_is(t, "rank") || dim_is(t, "time"))
        return KIND_COUNT;
    return KIND_LEVEL;
}

/* ---- subject
 * ---------------------------------------------------------------------------------------------- */

static bool entity_leads(struct reader *r, struct str s, size_t i)
{
    if (i == 0)
        return true;
    struct str before = cut(s, 0, i);
    static const char *const marks[] = {",", ":", "”", " "};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (ends_z(before, marks[k]))
            return true;
    if (word_ends(r->w, before, BIT(W_ENTITY), NULL) > 0)
        return true;
    for (size_t k = 0; k < r->sen.tokens.len; k++)
        if (r->sen.tokens.v[k].kind == T_TIME && r->sen.tokens.v[k].end == i)
            return true;
    return word_ends(r->w, before, BIT(W_ADV) | BIT(W_SCOPE), NULL) > 0;
}

/* The last named entity before the figure that a clause begins with. */
struct str subject_of(struct reader *r, size_t to)
{
    struct str s = r->sen.s, best = r->subject;
    for (size_t i = 0; i < to;) {
        const struct word *word = NULL;
        size_t n = word_at(r->w, s, i, BIT(W_ENTITY) | BIT(W_SCOPE), &word);
        if (n == 0 || i + n > to) {
            i += u8_len(s.ptr[i]);
            continue;
        }
        struct str after = cut(s, i + n, s.len);
        if ((word->classes & BIT(W_SCOPE)) != 0) {
            if (str_is(word->value, "city") || str_is(word->value, "county"))
                best = r->subject;
        } else if (entity_leads(r, s, i) && !starts_z(after, "等") && !starts_z(after, "、")) {
            const struct entity_row *e = &r->w->entities.v[word->entity - 1];
            bool counted = i + n == to && (str_is(e->type, "cluster") || str_is(e->type, "chain") ||
                                           str_is(e->type, "industry"));
            if (!counted && !str_ends(e->type, STR(" group")) && !str_is(e->type, "project") &&
                !str_is(e->type, "cluster") && !str_is(e->type, "authority"))
                best = e->name;
        }
        i += n;
    }
    return best;
}

/* ---- period and modality
 * ------------------------------------------------------------------------------------- */

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

const struct token *time_before(struct reader *r, size_t to)
{
    const struct token *best = NULL;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind == T_TIME && t->end <= to && !is_base(r, t))
            best = t;
    }
    return best;
}

struct period year_of_source(const struct dates *d)
{
    int y, m, dd;
    day_split(d->day, &y, &m, &dd);
    return (struct period){day_from(y, 1, 1), day_from(y, 12, 31)};
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
    if (!t->interval || t->future || goes_with_interval(f) || str_is(f->comparison, "avg"))
        return t->period;
    if (t->running)
        return r->dates.source;
    int y, m, d;
    day_split(t->period.last, &y, &m, &d);
    return (struct period){day_from(y, 1, 1), t->period.last};
}

struct period period_of(struct reader *r, const struct figure *f, enum modality mod)
{
    const struct token *t = time_before(r, f->head->start);
    if (t != NULL)
        return of_interval(r, f, t);
    if (r->has_carried)
        return r->carried;
    if (r->has_section)
        return r->section;
    if (mod == MOD_TARGET || mod == MOD_PLAN)
        return year_of_source(&r->dates);
    if ((f->flow || str_is(f->comparison, "avg")) && r->dates.has_frame)
        return r->dates.frame;
    return r->dates.source;
}

enum modality modality_of(struct reader *r, const struct figure *f)
{
    struct str before = cut(r->sen.s, 0, f->head->start);
    const struct token *t = time_before(r, f->head->start);
    const struct word *word = NULL;
    ptrdiff_t goal = word_in(r->w, before, BIT(W_TARGET), true, &word);
    ptrdiff_t done = word_in(r->w, before, BIT(W_PAST), true, &word);
    ptrdiff_t plan = word_in(r->w, before, BIT(W_PLAN), true, &word);
    ptrdiff_t guess = word_in(r->w, before, BIT(W_ESTIMATE), true, &word);
    bool future = t != NULL && t->future;
    static const char *const nouns[] = {"行动", "实施", "工作",
                                        "年",   "发展", "”"}; /* 行动计划 is no plan to do */
    for (size_t k = 0; plan > 0 && k < sizeof nouns / sizeof *nouns; k++)
        if (ends_z(cut(before, 0, (size_t)plan), nouns[k]))
            plan = -1;
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
    if (f->kind == KIND_COUNT && has_z(before, "就是") &&
        (has_z(before, "打造") || has_z(before, "培育")))
        return MOD_PLAN;
    bool classed = f->index + 1 < r->sen.tokens.len && f->t[1].kind == T_CLASS_SCALE;
    if (r->forward && classed && done < 0 && goal < 0)
        return has_z(f->clause, "打造") ? MOD_TARGET : MOD_PLAN;
    if (r->forward && done < 0 && (t == NULL || t->open)) {
        if (f->kind == KIND_COUNT && (has_z(f->clause, "推动") || has_z(f->clause, "实施") ||
                                      has_z(f->clause, "构建") || has_z(f->clause, "支持")))
            return MOD_PLAN;
        if (f->flow || has_z(f->clause, "培育") || has_z(f->clause, "打造"))
            return MOD_TARGET;
    }
    return MOD_ACTUAL;
}
