/* extract_fact.c - what a figure says: whose, which indicator, of what kind, when, against what.
 * Everything is read from the words left and right of the figure within its clause; what a clause
 * leaves out is taken from the one before it in the sentence. */
#include "extract_int.h"

/* What earlier figures of the sentence leave to later ones. */
struct memory {
    struct str object;   /* "重点工业项目" */
    struct str measure;  /* last indicator without a suffix: "规上工业利润率" */
    struct str keep;     /* "新培育" of a list */
    struct str grade;    /* "省级以上" of a list */
    bool own_grades;     /* another member of the list has its own */
    struct str subject;  /* a chain or an industry that the clause before named */
    struct str of;       /* the whole that shares of a list are of */
    bool flow;           /* the last count was a flow */
    bool ratio;          /* the measure is itself a percentage */
    struct str names[8]; /* indicators of the last counts, for 分别占 */
    size_t count;
};
struct figure {
    const struct token *t, *head; /* head: first of a list with one unit */
    size_t index;
    struct str clause, left, right; /* clause: up to the figure; left: behind the last figure */
    uint32_t clause_at;
    struct str object, rest; /* left of the comparison, and from it on */
    const struct word *cmp;
    bool cmp_share, cmp_base;
    struct str cmp_time; /* period of 较X */
    bool up, down, narrow;
    enum fact_kind kind;
    struct str name, subject, comparison;
    bool flow, follows; /* a figure stands before it in the clause */
};

/* 同比, 环比, 年均; else a comparison with another region. */
static bool is_basis(const struct word *cmp)
{
    return (cmp->classes & BIT(W_YOY)) != 0;
}
static struct arena *mem(struct reader *r)
{
    return &r->out->text;
}
static bool is_figure(const struct token *t)
{
    return t->kind != T_TIME && t->kind != T_NOISE;
}

/* ---- the words around a figure
 * --------------------------------------------------------------------- */

static size_t clause_start(struct str s, size_t to)
{
    for (size_t i = to; i-- > 0;)
        if ((s.ptr[i] == ',' || s.ptr[i] == ':') &&
            !(i + 1 < s.len && s.ptr[i + 1] >= '0' && s.ptr[i + 1] <= '9' && i > 0 &&
              s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9' && s.ptr[i] == ':'))
            return i + 1;
    return 0;
}

static size_t clause_end(struct str s, size_t from)
{
    for (size_t i = from; i < s.len; i++)
        if (s.ptr[i] == ',' || s.ptr[i] == ':')
            return i;
    return s.len;
}

/* Bytes [from, to) without expressions of time. */
static struct str without_time(struct reader *r, size_t from, size_t to)
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

static struct str strip_ends(struct reader *r, struct str s, uint64_t classes)
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

static struct str strip_starts(struct reader *r, struct str s, uint64_t classes)
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

static bool is_place(const struct entity_row *e)
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
static struct str tail_name(struct reader *r, struct str s, struct str *keep, bool *flow,
                            bool *reset)
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
static bool company_does(struct reader *r, struct str s, size_t i)
{
    static const char *const deeds[] = {"数字化转", "数字化改", "数码化", "智能化改", "搬迁",
                                        "进驻",     "技术改造", "“上云",  "上云",     "设备更新"};
    for (size_t k = 0; k < sizeof deeds / sizeof *deeds; k++)
        if (at_z(s, i, deeds[k]))
            return true;
    return word_at(r->w, s, i, BIT(W_PRED), NULL) > 0;
}

/* The name at the beginning of what follows a figure, up to a verb. */
static struct str head_name(struct reader *r, struct str s, struct str *action)
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

static struct str join3(struct reader *r, struct str a, struct str b, struct str c)
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
static size_t comparison_at(struct reader *r, struct figure *f, size_t from, size_t to)
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

static struct str parent_of(struct reader *r, struct str name)
{
    const struct entity_row *e = entity_named(r->w, name);
    return e != NULL && e->parent.len > 0 ? e->parent : STR_NULL;
}

/* 全省 and 全国 as names, as far as the document tells. */
static struct str scope_name(struct reader *r, const struct word *word)
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
static struct str region_in(struct reader *r, struct str s, size_t k)
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

static bool dim_is(const struct token *t, const char *dim)
{
    return t->unit != NULL && str_is(t->unit->dim, dim);
}

static bool after_growth(struct reader *r, const struct token *t)
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

static bool share_of_what_follows(struct reader *r, const struct token *t)
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

static enum fact_kind kind_of(struct reader *r, struct figure *f, struct str left)
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
static struct str subject_of(struct reader *r, size_t to)
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

static bool is_base(struct reader *r, const struct token *t)
{
    struct str before = cut(r->sen.s, 0, t->start), after = cut(r->sen.s, t->end, r->sen.s.len);
    static const char *const leads[] = {"较", "比", "比“", "较“"};
    for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
        if (ends_z(before, leads[k]))
            return true;
    return t->base || (ends_z(before, "是") && starts_z(after, "的")) || starts_z(after, "相比") ||
           (ends_z(before, "在") && starts_z(after, "基础上"));
}

static const struct token *time_before(struct reader *r, size_t to)
{
    const struct token *best = NULL;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind == T_TIME && t->end <= to && !is_base(r, t))
            best = t;
    }
    return best;
}

static struct period year_of_source(const struct dates *d)
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

static struct period period_of(struct reader *r, const struct figure *f, enum modality mod)
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

static enum modality modality_of(struct reader *r, const struct figure *f)
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

/* ---- names
 * --------------------------------------------------------------------------------------------------------
 */

/* A member of a list takes the verb and the grade of its first, unless it has its own. */
static struct str with_heads(struct reader *r, struct memory *m, struct figure *f, struct str name,
                             struct str keep, bool reset, bool listed)
{
    const struct word *word = NULL;
    size_t n = word_at(r->w, name, 0, BIT(W_GRADE), &word);
    if (!listed) {
        m->keep = STR_NULL;
        m->grade = STR_NULL;
        m->own_grades = false;
    }
    if (keep.len > 0)
        m->keep = keep;
    else if (reset)
        keep = m->keep = STR_NULL;
    else if (listed)
        keep = m->keep;
    struct str grade = STR_NULL;
    if (n > 0) {
        m->own_grades = m->grade.len > 0 && !str_eq(m->grade, word->text);
        m->grade = word->text;
    } else if (listed && !m->own_grades && ends_z(m->grade, "级以上")) {
        grade = m->grade;
    }
    const struct word *kept = NULL;
    if (keep.len > 0 && word_at(r->w, keep, 0, BIT(W_KEEP), &kept) > 0)
        f->flow |= !str_is(kept->value, "stock");
    return join3(r, keep, grade, name);
}

static struct str strip_task(struct str s)
{
    static const char *const tails[] = {"任务", "工作", "”"};
    for (size_t k = 0; k < 3; k++)
        if (ends_z(s, tails[k]))
            s.len -= strlen(tails[k]);
    return s;
}

/* 12家企业入选X → X企业; 1000家企业上云 → 上云企业 */
static struct str with_action(struct reader *r, struct str thing, struct str action,
                              struct str keep)
{
    const struct word *word = NULL;
    struct str act = strip_starts(r, action, BIT(W_AFTER) | BIT(W_ADV));
    size_t n = word_at(r->w, act, 0, BIT(W_PRED), &word);
    if (act.len == 0)
        return join3(r, keep, thing, STR_NULL);
    if (n > 0 && n < act.len && !has_z(word->text, "上云")) {
        struct str list = cut(act, n, act.len);
        list = strip_starts(r, list, BIT(W_ADV));
        if (ends_z(list, thing.ptr == NULL ? "" : "企业"))
            return list;
        bool named = ends_z(list, "强") || ends_z(list, "榜单");
        return join3(r, named ? STR("入选") : STR(""), list,
                     ends_z(list, "名单") ? STR("") : thing);
    }
    act = strip_task(strip_starts(r, act, BIT(W_LINK)));
    if (has_z(act, "上云"))
        act = STR("上云");
    else if (starts_z(act, "进驻"))
        act = STR("入驻");
    if (has_z(act, "上云") && ends_z(thing, "企业"))
        thing = STR("企业");
    ptrdiff_t comma = str_find(act, STR("、"));
    if (comma > 0)
        act.len = (size_t)comma;
    return act.len <= 36 && ends_z(thing, "企业") &&
                   (company_does(r, act, 0) || starts_z(act, "入驻"))
               ? join3(r, keep, act, thing)
               : join3(r, keep, thing, STR_NULL);
}

/* …这样的链主企业,全市共有12家: what the clause before ends with. */
static struct str before_of(struct reader *r, const struct figure *f)
{
    struct str s = r->sen.s;
    size_t to = (size_t)(f->clause.ptr - s.ptr);
    if (f->follows || to == 0)
        return STR_NULL;
    struct str clause = cut(s, clause_start(s, to - 1), to - 1);
    ptrdiff_t at = -1;
    for (size_t i = 0; i < clause.len; i += u8_len(clause.ptr[i]))
        if (at_z(clause, i, "的"))
            at = (ptrdiff_t)i;
    return at < 0 ? STR_NULL : cut(clause, (size_t)at + 3, clause.len);
}

static struct str name_count(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    bool reset = false;
    struct str keep, action = STR_NULL;
    struct str left = strip_ends(
        r, f->object, BIT(W_LINK) | BIT(W_OVER) | BIT(W_TOTAL) | BIT(W_AFTER) | BIT(W_UP));
    struct str name = tail_name(r, left, &keep, &f->flow, &reset);
    struct str right = head_name(r, f->right, &action);
    const struct word *word = NULL;
    if (str_is(strip_starts(r, f->object, 0), "完成")) {
        keep = STR("完成");
        f->flow = true;
    }
    bool verb_right =
        word_at(r->w, f->right, 0, BIT(W_YOY) | BIT(W_UP) | BIT(W_PRED) | BIT(W_VS) | BIT(W_LINK),
                &word) > 0 &&
        !(word->classes & BIT(W_CHAINHEAD));
    bool whole = starts_z(right, "占") || starts_z(right, "比") || starts_z(right, "为") ||
                 starts_z(right, "并") || starts_z(right, "较");
    const struct entity_row *place = entity_named(r->w, name);
    if (place != NULL && right.len < 6 && is_place(place))
        name = STR_NULL; /* 云州市共有12家 */
    verb_right |= word_at(r->w, f->right, 0, BIT(W_VERB) | BIT(W_KEEP) | BIT(W_STOP), &word) > 0 &&
                  name.len >= 6 && !(word->classes & (BIT(W_THING) | BIT(W_CHAINHEAD)));
    if (right.len >= 6 && !verb_right && !whole) {
        if (word_at(r->w, right, 0, BIT(W_GENERIC), NULL) == right.len && right.len > 0 &&
            f->index + 1 < r->sen.tokens.len) {
            const struct token *next = &r->sen.tokens.v[f->index + 1];
            right =
                head_name(r, cut(r->sen.s, next->end, clause_end(r->sen.s, next->end)), &action);
        }
        if (name.len > 0 && keep.len == 0 && !ends_z(name, "等"))
            keep = STR_NULL;
        name = with_action(r, right, action, keep.len > 0 && has_z(keep, "完成") ? keep : STR_NULL);
        if (keep.len > 0 && !has_z(keep, "完成"))
            name = with_heads(r, m, f, name, keep, false, listed);
        else if (keep.len == 0)
            name = with_heads(r, m, f, name, STR_NULL, reset, listed && f->flow);
    } else if (name.len > 0) {
        name = with_heads(r, m, f, name, keep, reset, listed);
    } else if (before_of(r, f).len > 0) {
        name = before_of(r, f);
    } else if (m->object.len > 0) {
        struct str object = m->object;
        if ((reset || has_z(f->left, "累计")) && str_starts(object, m->keep))
            object = cut(object, m->keep.len, object.len);
        name = join3(r, keep, object, STR_NULL);
    } else {
        name = right.len > 0 ? right : keep;
    }
    m->object = name;
    return join3(r, name, ends_z(name, "数") ? STR("") : STR("数"), STR_NULL);
}

static bool has_generic(struct reader *r, struct str name)
{
    const struct word *word = NULL;
    size_t n = word_at(r->w, name, 0, BIT(W_GENERIC), &word);
    return n > 0 && n == name.len;
}

/* What is measured; inherits its owner from the figure before when the clause names none. */
static struct str name_measure(struct reader *r, struct memory *m, struct figure *f)
{
    bool reset = false, flow = false;
    struct str keep;
    struct str left =
        strip_ends(r, f->object,
                   BIT(W_LINK) | BIT(W_OVER) | BIT(W_UP) | BIT(W_DOWN) | BIT(W_ADV) | BIT(W_AFTER));
    if (ends_z(left, "平均"))
        left.len -= 6;
    if (ends_z(left, "由") || ends_z(left, "从"))
        left.len -= 3;
    struct str name = tail_name(r, left, &keep, &flow, &reset);
    if (name.len > 0 && name.len < 6 && !has_generic(r, name))
        name = STR_NULL;
    if (keep.len > 0 && (str_is(keep, "淘汰") || str_is(keep, "新增")) && name.len > 0)
        name = join3(r, keep, name, STR_NULL);
    ptrdiff_t etc = str_find(name, STR("等"));
    if (etc > 0 && has_z(cut(name, 0, (size_t)etc), "、") && name.len - (size_t)etc > 9 &&
        f->kind == KIND_LEVEL)
        name = cut(name, (size_t)etc + 3, name.len);
    if ((f->follows || ends_z(name, "产能")) && f->kind == KIND_LEVEL && str_is(m->keep, "淘汰") &&
        keep.len == 0 && !has_generic(r, name)) {
        name = join3(r, m->keep, name, STR_NULL);
        flow = true;
    }
    if (has_generic(r, name) && starts_z(name, "已"))
        name = cut(name, 3, name.len);
    if (has_generic(r, name) && starts_z(name, "年度完成"))
        name = cut(name, 6, name.len);
    f->flow |= (flow || ends_z(name, "完成投资")) && f->kind == KIND_LEVEL;
    if (name.len == 0)
        return m->measure.len > 0 ? m->measure : m->object;
    if (has_generic(r, name) && m->object.len > 0)
        name = join3(r, m->object, name, STR_NULL);
    return name;
}

static struct str drop_suffix(struct str name)
{
    static const char *const tails[] = {"年均增速", "平均增速", "增速", "增幅",
                                        "增长率",   "降幅",     "平均", "同比"};
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        if (ends_z(name, tails[k]) && name.len > strlen(tails[k]))
            name.len -= strlen(tails[k]);
    return name;
}

static struct str name_share(struct reader *r, struct memory *m, struct figure *f, struct str *of)
{
    struct str left = f->left;
    const struct word *word = NULL;
    ptrdiff_t at = -1;
    for (size_t i = 0; i + 3 <= left.len; i += u8_len(left.ptr[i]))
        if (at_z(left, i, "占") && !at_z(left, i, "占比") && !at_z(left, i, "占有率"))
            at = (ptrdiff_t)i;
    if (at < 0 && share_of_what_follows(r, f->t)) {
        struct str whole = region_in(r, left, 0), action = STR_NULL;
        struct str thing = head_name(r, f->right, &action);
        *of = whole.len > 0 ? join3(r, STR("of:"), whole, STR_NULL) : m->of;
        m->of = *of;
        if (dim_is(f->t, "ratio") && ends_z(thing, "平台"))
            thing = join3(r, thing, STR("数"), STR_NULL);
        return thing;
    }
    if (at < 0)
        return name_measure(r, m, f);
    struct str part = cut(left, 0, (size_t)at);
    struct str whole = strip_ends(r, cut(left, (size_t)at + 3, left.len),
                                  BIT(W_LINK) | BIT(W_OVER) | BIT(W_SHARE) | BIT(W_ADV));
    size_t n = word_at(r->w, whole, 0, BIT(W_SCOPE) | BIT(W_ENTITY), &word);
    struct str keep;
    bool flow = false, reset = false;
    part = tail_name(r, strip_ends(r, part, BIT(W_LINK) | BIT(W_ADV)), &keep, &flow, &reset);
    if (n > 0 && (n == whole.len || str_is(cut(whole, n, whole.len), "总数") ||
                  str_is(cut(whole, n, whole.len), "总量"))) {
        *of = join3(r, STR("of:"), scope_name(r, word), STR_NULL);
        size_t back = m->count > 0 ? f->t->of > 1 && f->t->of <= m->count && f->t->of != 255
                                         ? m->count - f->t->of + f->t->group
                                         : m->count - 1
                                   : 0;
        if (part.len >= 6 && !has_generic(r, part) && !f->follows)
            return part;
        return m->count > 0 ? m->names[back] : m->measure.len > 0 ? m->measure : m->object;
    }
    struct str owner = part;
    if (part.len == 0)
        owner = m->object.len > 0 ? m->object : drop_suffix(m->measure);
    else if (has_generic(r, part) && m->object.len > 0)
        owner = join3(r, m->object, part, STR_NULL);
    whole = clean_name(r, whole);
    *of = join3(r, STR("of:"), whole, STR_NULL);
    return arena_fmt(mem(r), "%.*s占%.*s比重", STR_ARG(owner), STR_ARG(whole));
}

/* ---- lists
 * -------------------------------------------------------------------------------------------------------------
 */

/* A mark between members at i: bytes or 0. Where 、 parts them, 及 is inside a name. */
static size_t mark_at(struct str s, size_t i, bool commas)
{
    if (at_z(s, i, "、") || at_z(s, i, "和") || at_z(s, i, "与"))
        return 3;
    bool inside = i >= 3 && (at_z(s, i - 3, "普") || at_z(s, i - 3, "以") || at_z(s, i - 3, "涉"));
    return !commas && !inside && at_z(s, i, "及") && !at_z(s, i, "及零") ? 3 : 0;
}

/* Member k of the last n of a、b和c. */
static struct str list_member(struct str s, size_t k, size_t n)
{
    size_t at[32], count = 0;
    bool commas = has_z(s, "、");
    for (size_t i = 0; i < s.len && count < 32; i += u8_len(s.ptr[i]))
        if (mark_at(s, i, commas) > 0)
            at[count++] = i;
    if (count + 1 < n || n == 0)
        return STR_NULL;
    size_t first = count + 1 - n + k;
    size_t from = first == 0 ? 0 : at[first - 1] + 3;
    return cut(s, from, first < count ? at[first] : s.len);
}

static size_t list_count(struct str s)
{
    size_t n = 1;
    bool commas = has_z(s, "、");
    for (size_t i = 0; i < s.len && n < 32; i += u8_len(s.ptr[i]))
        n += mark_at(s, i, commas) > 0;
    return n;
}

/* ---- rows
 * ------------------------------------------------------------------------------------------------------------------
 */

static struct dec negate(struct dec v)
{
    v.units = -v.units;
    return v;
}

static void put_fact(struct reader *r, struct figure *f)
{
    const struct token *t = f->t;
    if (r->out->facts.len >= EXTRACT_FACTS_MAX || f->name.len == 0 || t->unit == NULL)
        return;
    const char *unit = NULL;
    struct str name = canonical(r, clean_name(r, f->name), &unit);
    enum modality mod = modality_of(r, f);
    if (ends_z(name, "数数"))
        name.len -= 3;
    bool chain = ends_z(name, "链数") && str_is(t->unit->unit, "个");
    struct extract_fact fact = {
        .start = r->sen.at + t->start,
        .end = r->sen.at + t->end,
        .indicator = name,
        .subject = f->subject,
        .kind = f->kind,
        .value = t->value,
        .value_hi = t->hi,
        .unit = chain ? STR("条") : t->unit->unit,
        .qualifier = t->range ? Q_RANGE : t->qualifier,
        .comparison = f->comparison,
        .modality = mod,
    };
    if (f->down && (f->kind == KIND_GROWTH || f->kind == KIND_PP_CHANGE || f->kind == KIND_CHANGE))
        fact.value = negate(fact.value);
    if (f->kind == KIND_COUNT && str_is(fact.unit, "位"))
        fact.unit = STR("人");
    fact.period = f->kind == KIND_TARGET && time_before(r, f->head->start) == NULL
                      ? year_of_source(&r->dates)
                      : period_of(r, f, mod);
    vec_push(&r->out->facts, fact);
}

static struct str growth_basis(struct reader *r, struct figure *f)
{
    if (f->cmp_base)
        return f->cmp_time;
    if (f->cmp != NULL && is_basis(f->cmp))
        return str_is(f->cmp->value, "qoq") ? STR("qoq") : f->cmp->value;
    if (has_z(f->left, "平均") || has_z(f->left, "年均"))
        return STR("avg");
    const struct token *t = time_before(r, f->head->start);
    struct period p = t != NULL && t->interval          ? t->period
                      : t == NULL && r->dates.has_frame ? r->dates.frame
                                                        : (struct period){0};
    if (p.last != 0 && period_days(p) > 400 && !after_growth(r, f->t)) {
        int y, m, d;
        day_split(p.first, &y, &m, &d);
        return arena_fmt(mem(r), "since:%d", y - 1);
    }
    return STR("yoy");
}

static void one_growth(struct reader *r, struct memory *m, struct figure *f)
{
    f->comparison = growth_basis(r, f);
    struct str base = drop_suffix(f->name);
    const struct word *word = NULL;
    size_t n = word_ends(r->w, base, BIT(W_TOTAL), &word);
    if (n > 0 && n < base.len && !has_z(word->text, "人")) { /* 企业总数增长 */
        m->object = cut(base, 0, base.len - n);
        base = join3(r, m->object, STR("数"), STR_NULL);
    }
    base = canonical(r, clean_name(r, base), NULL);
    n = word_at(r->w, base, 0, BIT(W_KEEP), &word);
    if (n > 0 && starts_z(word->text, "新") && ends_z(base, "数"))
        base = cut(base, n, base.len);
    f->name = join3(r, base, STR("增速"), STR_NULL);
    if (m->ratio && ends_z(base, "率"))
        m->measure = base;
    else
        m->measure = f->name, m->ratio = false;
    put_fact(r, f);
}

static void emit_growth(struct reader *r, struct memory *m, struct figure *f)
{
    struct str whole = name_measure(r, m, f);
    size_t n = f->t->of > 1 && f->t->of != 255 ? f->t->of : 1;
    if (n > 1) {
        struct str keep;
        bool flow = false, reset = false;
        struct str left = strip_ends(
            r, f->object, BIT(W_LINK) | BIT(W_OVER) | BIT(W_UP) | BIT(W_DOWN) | BIT(W_ADV));
        struct str member = list_member(tail_name(r, left, &keep, &flow, &reset), f->t->group, n);
        if (member.len > 0)
            whole = has_generic(r, member) && m->object.len > 0
                        ? join3(r, m->object, member, STR_NULL)
                        : member;
    }
    /* 人工智能、机器人等产业保持两位数增长: a row for each */
    ptrdiff_t etc = str_find(whole, STR("等"));
    if (etc > 0 && ends_z(whole, "产业") && list_count(cut(whole, 0, (size_t)etc)) > 1) {
        struct str list = cut(whole, 0, (size_t)etc);
        size_t k = list_count(list);
        for (size_t i = 0; i < k && i < 15; i++) {
            f->subject = join3(r, list_member(list, i, k), STR("产业"), STR_NULL);
            f->name = STR("产业");
            one_growth(r, m, f);
        }
        return;
    }
    f->name = whole;
    if (m->count > 0 && f->object.len == 0 && m->measure.len == 0)
        f->name = m->names[m->count - 1];
    one_growth(r, m, f);
}

static void emit_pp(struct reader *r, struct memory *m, struct figure *f)
{
    f->name = name_measure(r, m, f);
    if (has_generic(r, f->name) && m->measure.len > 0)
        f->name = m->measure;
    size_t n = f->t->of > 1 && f->t->of != 255 ? f->t->of : 1;
    if (f->cmp_base || (f->cmp != NULL && is_basis(f->cmp))) {
        f->comparison = growth_basis(r, f);
        struct str keep;
        bool flow = false, reset = false;
        struct str left = strip_ends(
            r, f->object, BIT(W_LINK) | BIT(W_OVER) | BIT(W_UP) | BIT(W_DOWN) | BIT(W_ADV));
        struct str list = tail_name(r, left, &keep, &flow, &reset);
        if (n > 1 && list_count(list) >= n) {
            f->name = list_member(list, f->t->group, n);
            struct str first = list_member(list, 0, n);
            ptrdiff_t firm = str_find(first, STR("企业"));
            if (f->t->group > 0 && firm > 0 && !has_z(f->name, "企业"))
                f->name = join3(r, cut(first, 0, (size_t)firm + 6), f->name, STR_NULL);
        }
    } else if (f->cmp != NULL) {
        struct str who = region_in(r, f->rest, f->t->group);
        f->comparison = who.len > 0 ? join3(r, STR("vs:"), who, STR_NULL) : STR("yoy");
    } else {
        f->comparison = growth_basis(r, f);
    }
    put_fact(r, f);
}

/* X产业主营业务收入: the industry is the subject. Groups of industries that the statistics define
 * stay in the name. */
static void split_industry(struct reader *r, struct memory *m, struct figure *f)
{
    static const char *const defined[] = {"核心产业",   "新兴产业", "未来产业", "传统产业",
                                          "高技术产业", "优势产业", "支柱产业", "主导产业",
                                          "绿色产业",   "低碳产业", "文化产业"};
    for (size_t i = 0; i < f->name.len; i += u8_len(f->name.ptr[i])) {
        const struct word *word = NULL;
        size_t k = word_at(r->w, f->name, i, BIT(W_GENERIC), NULL);
        size_t h = word_ends(r->w, cut(f->name, 0, i), BIT(W_CHAINHEAD), &word);
        if (k == 0 || i + k != f->name.len || h == 0 || h == i || !str_is(word->text, "产业"))
            continue;
        for (size_t j = 0; j < sizeof defined / sizeof *defined; j++)
            if (ends_z(cut(f->name, 0, i), defined[j]))
                return;
        f->subject = m->subject = cut(f->name, 0, i);
        f->name = m->measure = join3(r, word->text, cut(f->name, i, f->name.len), STR_NULL);
        return;
    }
}

static void emit_rank(struct reader *r, struct memory *m, struct figure *f)
{
    static const char *const heads[] = {"排名", "位居", "位列", "居",   "列",   "排",   "稳居",
                                        "名列", "跃居", "跻身", "升至", "进入", "增速", "保持",
                                        "创",   "在",   "均",   "内",   "总量", "达到", "成功入选"};
    struct str left = f->left;
    if (f->t->record.len > 0) {
        f->comparison = str_is(f->t->record, "y")
                            ? arena_fmt(mem(r), "record:%uy", f->t->group)
                            : join3(r, STR("record:"), f->t->record, STR_NULL);
    } else {
        struct str where = STR_NULL, of = STR_NULL;
        for (size_t i = 0; i < left.len && where.len == 0;) {
            const struct word *word = NULL;
            size_t n = word_at(r->w, left, i, BIT(W_SCOPE) | BIT(W_ENTITY), &word);
            bool region =
                n > 0 && ((word->classes & BIT(W_SCOPE)) != 0 ||
                          (word->entity > 0 && is_place(&r->w->entities.v[word->entity - 1])));
            if (region && (i > 0 || n + 30 > left.len) && !str_is(word->value, "city") &&
                !str_is(word->value, "county")) {
                where = scope_name(r, word);
                of = strip_ends(r, cut(left, i + n, left.len),
                                BIT(W_LINK) | BIT(W_ADV) | BIT(W_VERB));
                if (ends_z(of, "中"))
                    of.len -= 3;
                for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
                    if (ends_z(of, heads[k]))
                        of.len -= strlen(heads[k]), k = 0;
                if (ends_z(of, "中"))
                    of.len -= 3;
                if (of.len >= 6 &&
                    (i == 0 || ends_z(cut(left, 0, i), "排名") || ends_z(cut(left, 0, i), "在"))) {
                    f->name = join3(r, word->text, of, STR("排名"));
                    where = join3(r, word->text, of.len <= 6 ? of : STR_NULL, STR_NULL);
                }
                left.len = i;
            }
            i += n > 0 ? n : u8_len(i < left.len ? left.ptr[i] : 'x');
        }
        if (where.len == 0)
            where = parent_of(r, r->subject);
        f->comparison = where.len > 0 ? join3(r, STR("in:"), where, STR_NULL) : STR("in:全省");
    }
    for (bool again = true; again;) {
        again = false;
        for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
            if (ends_z(left, heads[k]) && !str_is(STR("增速"), heads[k]))
                left.len -= strlen(heads[k]), again = true;
    }
    f->object = left;
    if (f->name.len > 0) {
        m->measure = f->name;
        put_fact(r, f);
        return;
    }
    f->name = name_measure(r, m, f);
    if ((left.len == 0 || word_ends(r->w, left, BIT(W_TOTAL), NULL) == left.len) &&
        m->measure.len > 0)
        f->name = m->measure;
    if (f->name.len == 0)
        f->name = STR("排名");
    split_industry(r, m, f);
    put_fact(r, f);
}

static bool chain_name(struct reader *r, struct str s, struct str *head)
{
    const struct word *word = NULL;
    size_t n = word_ends(r->w, s, BIT(W_CHAINHEAD), &word);
    if (n == 0 || s.len <= n || (!has_z(word->text, "链") && !has_z(word->text, "集群")))
        return false;
    *head = word->text;
    return true;
}

/* 光电、先进合金材料产业链突破500亿元: the chains are the subjects. */
static bool emit_chains(struct reader *r, struct figure *f)
{
    struct str left = strip_ends(r, f->object, BIT(W_LINK) | BIT(W_OVER) | BIT(W_ADV)), head, keep;
    bool flow = false, reset = false;
    if (ends_z(left, "规模"))
        left.len -= 6;
    struct str name = tail_name(r, left, &keep, &flow, &reset);
    struct str right = f->right;
    if (!dim_is(f->t, "money"))
        return false;
    if (!chain_name(r, name, &head))
        return false;
    if (starts_z(right, "企业") || has_z(name, "优势产业链") || has_z(name, "重点产业链") ||
        has_z(name, "条"))
        return false;
    struct str list = cut(name, 0, name.len - head.len);
    size_t n = list_count(list);
    for (size_t k = 0; k < n && k < 15; k++) {
        struct str member = list_member(list, k, n);
        if (member.len < 6)
            continue;
        f->subject = ends_z(member, head.ptr) ? member : join3(r, member, head, STR_NULL);
        f->name = join3(r, head, STR("规模"), STR_NULL);
        put_fact(r, f);
    }
    return true;
}

/* 千亿级 before or behind the names of clusters. */
static void emit_class(struct reader *r, struct figure *f)
{
    struct str right = f->right, s = r->sen.s, list = STR_NULL, head = STR_NULL;
    const struct word *word = NULL;
    size_t n = word_at(r->w, right, 0, BIT(W_CHAINHEAD), &word);
    if (n > 0) { /* A、B等七大千亿级产业集群 */
        head = word->text;
        size_t to = f->t->start;
        if (f->index > 0 && is_figure(&r->sen.tokens.v[f->index - 1]) &&
            r->sen.tokens.v[f->index - 1].end == f->t->start)
            to = r->sen.tokens.v[f->index - 1].start;
        size_t from = clause_start(s, to);
        struct str left = cut(s, from, to), keep;
        bool flow = false, reset = false;
        if (ends_z(left, "等"))
            left.len -= 3;
        else if (to == f->t->start)
            left.len = 0;
        ptrdiff_t is = str_find(left, STR("即"));
        if (is >= 0)
            left = cut(left, (size_t)is + 3, left.len);
        list = tail_name(r, left, &keep, &flow, &reset);
        if (list_count(list) < 2)
            list = STR_NULL;
    } else { /* 千亿级A和B产业集群 */
        for (size_t i = 0; i < right.len; i += u8_len(right.ptr[i])) {
            if ((n = word_at(r->w, right, i, BIT(W_CHAINHEAD), &word)) > 0 &&
                (has_z(word->text, "集群") || has_z(word->text, "链"))) {
                list = cut(right, 0, i);
                head = word->text;
                break;
            }
        }
        if (has_z(list, "重点") || has_z(list, "特色") || has_z(list, "优势") ||
            has_z(list, "主导") || has_z(list, "先进制造业") || has_z(list, "现代化"))
            list = STR_NULL;
    }
    size_t count = list.len > 0 ? list_count(list) : 0;
    for (size_t k = 0; k < count && k < 15; k++) {
        struct str member = list_member(list, k, count);
        f->subject = join3(r, member, head, STR_NULL);
        f->name = join3(r, head, STR("规模"), STR_NULL);
        put_fact(r, f);
    }
    if (count == 0)
        vec_push(&r->out->noise,
                 (struct extract_noise){r->sen.at + f->t->start, r->sen.at + f->t->end, "class"});
}

static void emit_level(struct reader *r, struct memory *m, struct figure *f)
{
    if (emit_chains(r, f))
        return;
    f->name = name_measure(r, m, f);
    size_t n = f->t->of > 1 && f->t->of != 255 ? f->t->of : 1;
    if (n > 1) { /* A产业和B产业主营业务收入分别达到… */
        for (size_t i = 0; i < f->name.len; i += u8_len(f->name.ptr[i])) {
            size_t k = word_at(r->w, f->name, i, BIT(W_GENERIC), NULL);
            if (k == 0 || i + k != f->name.len)
                continue;
            struct str member = list_member(cut(f->name, 0, i), f->t->group, n);
            if (member.len == 0)
                break;
            const struct word *word = NULL;
            size_t h = word_ends(r->w, member, BIT(W_CHAINHEAD), &word);
            f->name = join3(r, h > 0 ? word->text : member, cut(f->name, i, f->name.len), STR_NULL);
            f->subject = h > 0 ? member : f->subject;
            break;
        }
    } else {
        split_industry(r, m, f);
    }
    m->measure = f->name;
    m->ratio = dim_is(f->t, "ratio");
    if (f->name.len == 0 || (dim_is(f->t, "physical") && f->right.len >= 6 && f->object.len < 12)) {
        struct str action = STR_NULL, thing = head_name(r, f->right, &action);
        f->name = join3(r, STR("产品参数:"), thing, STR_NULL);
    }
    put_fact(r, f);
}

static void emit_share(struct reader *r, struct memory *m, struct figure *f)
{
    if (at_z(r->sen.s, f->t->start, "全覆盖")) {
        struct str name = name_measure(r, m, f), keep;
        bool flow = false, reset = false;
        struct str left = strip_ends(r, f->object, BIT(W_LINK) | BIT(W_ADV));
        name = tail_name(r, left, &keep, &flow, &reset);
        size_t n = list_count(name);
        for (size_t k = 0; k < n; k++) {
            f->name = join3(r, list_member(name, k, n), STR("覆盖率"), STR_NULL);
            put_fact(r, f);
        }
        return;
    }
    f->name = name_share(r, m, f, &f->comparison);
    struct str action = STR_NULL;
    if (f->name.len == 0)
        f->name = head_name(r, f->right, &action);
    if (f->name.len > 0 && f->comparison.len == 0)
        m->measure = f->name;
    if (m->subject.len > 0 && str_eq(f->name, m->measure))
        f->subject = m->subject;
    if (!starts_z(f->comparison, "of:") || has_z(f->name, "比重"))
        m->measure = f->name;
    put_fact(r, f);
}

static void emit_contribution(struct reader *r, struct memory *m, struct figure *f)
{
    struct str left = strip_ends(r, f->left, BIT(W_LINK) | BIT(W_OVER) | BIT(W_ADV));
    ptrdiff_t to = str_find(left, STR("对")), pull = str_find(left, STR("拉动"));
    struct str who, what, keep;
    bool flow = false, reset = false;
    if (pull >= 0) {
        who = cut(left, 0, (size_t)pull);
        what = cut(left, (size_t)pull + 6, left.len);
    } else {
        who = to >= 0 ? cut(left, 0, (size_t)to) : STR_NULL;
        what = to >= 0 ? cut(left, (size_t)to + 3, left.len) : left;
    }
    if (ends_z(what, "贡献率"))
        what.len -= 9;
    if (ends_z(what, "的"))
        what.len -= 3;
    if (ends_z(what, "增长"))
        what.len -= 6;
    who = tail_name(r, who, &keep, &flow, &reset);
    what = clean_name(r, strip_starts(r, what, BIT(W_SCOPE)));
    if (who.len == 0) {
        who = drop_suffix(m->measure.len > 0 ? m->measure : m->object);
        ptrdiff_t of = str_find(who, STR("占"));
        ptrdiff_t dui = str_find(who, STR("对"));
        if (of > 0)
            who.len = (size_t)of;
        else if (dui > 0)
            who.len = (size_t)dui;
    }
    f->comparison = join3(r, STR("to:"), what, STR("增长"));
    f->name = pull >= 0 ? arena_fmt(mem(r), "%.*s拉动%.*s增长", STR_ARG(who), STR_ARG(what))
                        : arena_fmt(mem(r), "%.*s对%.*s增长贡献率", STR_ARG(who), STR_ARG(what));
    m->measure = f->name;
    const char *unit = NULL;
    struct str bare = arena_fmt(mem(r), "对%.*s增长贡献率", STR_ARG(what)),
               known = canonical(r, bare, &unit);
    if (pull < 0 && !str_eq(known, bare))
        f->name = known;
    put_fact(r, f);
}

static void emit_count(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    struct str before = cut(r->sen.s, 0, f->t->start);
    if (dim_is(f->t, "time") && ends_z(before, "连续")) {
        struct str action = f->right;
        f->name = join3(r, STR("连续"), action.len > 90 ? cut(action, 0, 90) : action, STR("年数"));
    } else if (at_z(r->sen.s, f->t->start, "零的突破")) {
        bool reset = false;
        struct str keep, left = strip_ends(r, f->object, BIT(W_LINK) | BIT(W_ADV));
        f->name = join3(r, tail_name(r, left, &keep, &f->flow, &reset), STR("数"), STR_NULL);
    } else {
        f->name = name_count(r, m, f, listed);
    }
    if (m->count == 8) {
        memmove(m->names, m->names + 1, 7 * sizeof *m->names);
        m->count--;
    }
    m->names[m->count++] = f->name;
    m->measure = f->name;
    m->flow = f->flow;
    const struct entity_row *owner = entity_named(r->w, f->subject);
    if (owner != NULL && str_is(owner->type, "enterprise") && f->object.len == 0)
        f->subject = r->subject; /* 4家企业入选: of the region */
    put_fact(r, f);
}

static void emit_change(struct reader *r, struct memory *m, struct figure *f)
{
    f->name = name_measure(r, m, f);
    f->comparison = growth_basis(r, f);
    put_fact(r, f);
}

/* ---- the sentence
 * ----------------------------------------------------------------------------------------------------------
 */

static struct figure figure_at(struct reader *r, size_t index)
{
    struct str s = r->sen.s;
    struct token *ts = r->sen.tokens.v;
    struct figure f = {.t = &ts[index], .index = index};
    size_t h = index - (ts[index].of > 1 && ts[index].of != 255 && ts[index].record.len == 0
                            ? ts[index].group
                            : 0);
    f.head = &ts[h];
    size_t from = clause_start(s, f.head->start), to = f.head->start;
    f.clause = cut(s, from, to);
    for (size_t k = 0; k < h; k++)
        if (is_figure(&ts[k]) && ts[k].end > from)
            from = ts[k].end, f.follows = true;
    size_t cmp = comparison_at(r, &f, from, to);
    f.left = without_time(r, from, to);
    const struct word *word = NULL;
    size_t n = word_at(r->w, f.left, 0, BIT(W_AFTER), &word);
    f.left = cut(f.left, n, f.left.len);
    f.object = without_time(r, from, cmp);
    n = word_at(r->w, f.object, 0, BIT(W_AFTER), &word);
    f.object = cut(f.object, n, f.object.len);
    f.rest = cut(s, cmp, to);
    size_t end = clause_end(s, f.t->end);
    if (index + 1 < r->sen.tokens.len)
        for (size_t k = index + 1; k < r->sen.tokens.len; k++)
            if (is_figure(&ts[k]) && ts[k].start < end && ts[k].kind != T_CLASS_SCALE) {
                end = ts[k].start;
                break;
            }
    f.right = cut(s, f.t->end, end);
    static const char *const turns[] = {"、占", "、较", "、比", "、高于", "、同比", "、高出"};
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
        ptrdiff_t turn = str_find(f.right, str_z(turns[k]));
        if (turn >= 0)
            f.right.len = (size_t)turn;
    }
    if (starts_z(f.right, "、"))
        f.right.len = 0;
    struct str tail = strip_ends(r, f.left, BIT(W_OVER) | BIT(W_LINK) | BIT(W_ADV));
    if (word_ends(r->w, tail, BIT(W_UP) | BIT(W_DOWN), &word) > 0) {
        f.up = (word->classes & BIT(W_UP)) != 0;
        f.down = (word->classes & BIT(W_DOWN)) != 0;
        f.narrow = str_is(word->value, "narrow");
    }
    f.down = (f.down && !f.narrow) ||
             (f.cmp != NULL &&
              (starts_z(f.rest, "低于") || starts_z(f.rest, "慢于") || starts_z(f.rest, "落后")));
    return f;
}

static void emit(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    f->kind = kind_of(r, f, f->left);
    f->subject = subject_of(r, f->head->start);
    if (f->t->kind == T_RATIO_WORD && at_z(r->sen.s, f->t->start, "零的突破"))
        f->kind = KIND_COUNT;
    switch (f->kind) {
    case KIND_GROWTH:
        emit_growth(r, m, f);
        break;
    case KIND_PP_CHANGE:
        emit_pp(r, m, f);
        break;
    case KIND_RANK:
        emit_rank(r, m, f);
        break;
    case KIND_TARGET:
        emit_class(r, f);
        break;
    case KIND_SHARE:
        emit_share(r, m, f);
        break;
    case KIND_CONTRIBUTION:
        emit_contribution(r, m, f);
        break;
    case KIND_COUNT:
        emit_count(r, m, f, listed);
        break;
    case KIND_CHANGE:
        emit_change(r, m, f);
        break;
    default:
        emit_level(r, m, f);
        break;
    }
}

/* Does the expression stand at the head, behind a place or the words that name the speaker? */
static bool at_head(struct reader *r, const struct token *t)
{
    struct str before = cut(r->sen.s, 0, t->start);
    if (before.len > 1 && before.ptr[before.len - 1] == ',')
        return word_in(r->w, before, BIT(W_REPORT), true, NULL) >= 0;
    before = strip_starts(r, before, BIT(W_SCOPE) | BIT(W_ENTITY) | BIT(W_ADV));
    if (str_is(before, "截至") || str_is(before, "截止"))
        return true;
    return before.len == 0 || str_is(before, "“");
}

static void carry(struct reader *r, bool figures, bool heading)
{
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind != T_TIME || is_base(r, t))
            continue;
        bool day = period_days(t->period) == 1;
        bool closed = !t->open && !t->future && !t->running && !day;
        if (heading && !figures && closed) {
            r->section = t->period;
            r->has_section = true;
        }
        if (!at_head(r, t))
            continue;
        if (closed) {
            r->carried = t->period;
            r->has_carried = true;
        } else if (!day) {
            r->has_carried = false;
        }
    }
}

static void note_noise(struct reader *r)
{
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (is_figure(t))
            continue;
        const char *class = t->kind == T_NOISE            ? t->noise
                            : period_days(t->period) == 1 ? "date"
                                                          : "period";
        vec_push(&r->out->noise,
                 (struct extract_noise){r->sen.at + t->start, r->sen.at + t->end, class});
    }
}

void read_sentence(struct reader *r, bool first, bool heading)
{
    struct memory m = {0};
    size_t last = 0;
    bool any = false;
    if (first)
        r->has_carried = false;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (!is_figure(t))
            continue;
        struct figure f = figure_at(r, k);
        bool listed = any && f.head->start > last && at_z(r->sen.s, last, "、") &&
                      clause_start(r->sen.s, f.head->start) <= last;
        if (any && !listed && f.head->start > last &&
            (at_z(r->sen.s, last, "和") || at_z(r->sen.s, last, ",累计") ||
             at_z(r->sen.s, last, "及")))
            listed = true;
        emit(r, &m, &f, listed);
        last = t->end;
        any = true;
    }
    carry(r, any, heading);
    note_noise(r);
}
