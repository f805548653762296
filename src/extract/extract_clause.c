/* extract_clause.c - the words left and right of a figure within its clause: comparison, kind,
 * subject. Not here: period and modality, what the indicator is called. */
#include "extract_fact_int.h"

/* ---- the words around a figure
 * --------------------------------------------------------------------- */

/* Between 工业投资: and a figure stand at most words of change. */
static bool only_change(struct reader *r, struct str s)
{
    return strip_ends(r, s, BIT(W_UP) | BIT(W_DOWN) | BIT(W_YOY) | BIT(W_LINK) | BIT(W_OVER)).len ==
           0;
}

size_t clause_start(struct reader *r, size_t to)
{
    struct str s = r->sen.s;
    for (size_t i = to; i-- > 0;) {
        if (s.ptr[i] != ',' && s.ptr[i] != ':')
            continue;
        bool label = s.ptr[i] == ':' && i > 0 && only_change(r, cut(s, i + 1, to));
        bool clock = s.ptr[i] == ':' && i + 1 < s.len && s.ptr[i + 1] >= '0' &&
                     s.ptr[i + 1] <= '9' && i > 0 && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9';
        if (!label && !clock)
            return i + 1;
    }
    return 0;
}

size_t clause_end(struct str s, size_t from)
{
    for (size_t i = from; i < s.len; i++)
        if (s.ptr[i] == ',' || s.ptr[i] == ':')
            return i;
    return s.len;
}

/* The first token that ends behind `at`. */
static size_t first_behind(struct reader *r, size_t at)
{
    size_t low = 0, high = r->sen.tokens.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (r->sen.tokens.v[mid].end > at)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* Bytes [from, to) without expressions of time. */
struct str without_time(struct reader *r, size_t from, size_t to)
{
    struct str s = r->sen.s;
    char *out = NULL;
    size_t n = 0, i = from;
    for (size_t k = first_behind(r, from); k < r->sen.tokens.len && r->sen.tokens.v[k].start < to;
         k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind != T_TIME || t->end <= i)
            continue;
        if (out == NULL)
            out = arena_alloc(mem(r), to - from + 1);
        if (t->start > i) {
            memcpy(out + n, s.ptr + i, t->start - i);
            n += t->start - i;
        }
        i = t->end;
    }
    if (out == NULL)
        return cut(s, from, to);
    if (i < to) {
        memcpy(out + n, s.ptr + i, to - i);
        n += to - i;
    }
    return (struct str){out, n};
}

/* Marks and particles at the end, or the start, of a name: bytes or 0. */
static size_t loose_end(struct str s)
{
    switch (s.len > 0 ? key_before(s) : 0) {
    case ',':
    case ':':
    case ' ':
    case '(':
        return 1;
    case 0x3001: /* 、 */
    case 0x7684: /* 的 */
    case 0x4E86: /* 了 */
    case 0x548C: /* 和 */
    case 0x201C: /* “ */
    case 0x2014: /* — */
        return 3;
    default:
        return 0;
    }
}
static size_t loose_start(struct str s)
{
    switch (key_at(s, 0)) {
    case ',':
    case ' ':
    case ')':
        return 1;
    case 0xB7: /* · */
        return 2;
    case 0x3001: /* 、 */
    case 0x7684: /* 的 */
    case 0x4E86: /* 了 */
    case 0x548C: /* 和 */
    case 0x201D: /* ” */
    case 0x2014: /* — */
    case 0x53CA: /* 及 */
        return 3;
    default:
        return 0;
    }
}

struct str strip_ends(struct reader *r, struct str s, uint64_t classes)
{
    for (size_t n = 1; n > 0 && s.len > 0; s.len -= n) {
        const struct word *word = NULL;
        n = word_ends(r->w, s, classes | BIT(W_KEEP), &word);
        if (n > 0 && (word->classes & classes) == 0) /* 新增 does not end with 增 */
            n = word_ends(r->w, s, classes, NULL) < n ? 0 : n;
        n = n > 0 ? n : loose_end(s);
    }
    return s;
}

struct str strip_starts(struct reader *r, struct str s, uint64_t classes)
{
    for (size_t n = 1; n > 0 && s.len > 0; s = cut(s, n, s.len)) {
        n = classes != 0 ? word_at(r->w, s, 0, classes, NULL) : 0;
        n = n > 0 ? n : loose_start(s);
    }
    return s;
}

bool is_place(const struct entity_row *e)
{
    static const char *const types[] = {"country", "province", "city", "district", "county"};
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (is_z(e->type, types[k]))
            return true;
    return false;
}

/* A chain or an industry is part of what is measured, a place is not. */
static bool is_kind_name(struct reader *r, const struct word *word)
{
    static const char *const types[] = {"chain",       "cluster",    "industry",
                                        "chain group", "park group", "project"};
    const struct entity_row *e = entity_of(r, word);
    for (size_t k = 0; e != NULL && k < sizeof types / sizeof *types; k++)
        if (is_z(e->type, types[k]))
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
        size_t n = who_at(r, s, i,
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
                     ((c & BIT(W_KEEP)) != 0 && !is_z(word->value, "stock"));
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
    return word_at(r->w, s, i, BIT(W_PRED) | BIT(W_DEED), NULL) > 0;
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
                    (is_z(word->text, "入驻") || word_at(r->w, s, i + n, nouns, NULL) == 0 ||
                     word_ends(r->w, cut(s, 0, i), BIT(W_CHAINHEAD), NULL) > 0);
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
    const struct str parts[] = {a, b, c};
    char *out = arena_alloc(mem(r), a.len + b.len + c.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < 3; i++)
        if (parts[i].len > 0) {
            memcpy(out + n, parts[i].ptr, parts[i].len);
            n += parts[i].len;
        }
    return (struct str){out, n};
}

/* ---- the comparison
 * ---------------------------------------------------------------------------------- */

static const struct token *time_in(struct reader *r, size_t from, size_t to)
{
    for (size_t k = first_behind(r, from); k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->start >= to)
            break;
        if (t->kind == T_TIME && t->start >= from && t->end <= to)
            return t;
    }
    return NULL;
}

struct str since_year(struct reader *r, int y)
{
    char text[32];
    size_t n = period_written((struct period){day_from(y, 1, 1), day_from(y, 12, 31)}, text);
    return arena_fmt(mem(r), "since:%.*s", (int)n, text);
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
            struct str said = cut(s, 0, t->end);
            if (word_at(r->w, s, i, BIT(W_YOY), &word) > 0 && !ends_z(said, "末") &&
                !ends_z(said, "底")) {
                f->cmp_time = STR("yoy");
            } else {
                int y, m, d;
                day_split(p.last, &y, &m, &d);
                size_t n = period_written(p, text);
                f->cmp_time = t->interval ? since_year(r, y) /* 较“十三五” */
                                          : arena_fmt(mem(r), "since:%.*s", (int)n, text);
            }
            return i;
        }
        size_t n = word_at(r->w, s, i, BIT(W_YOY) | BIT(W_VS), &word);
        if (n > 0 && ((word->classes & BIT(W_YOY)) != 0 || i + n < to)) {
            bool vs = (word->classes & BIT(W_YOY)) == 0;
            const struct word *who = NULL;
            if (!vs || (who_at(r, s, i + n, BIT(W_SCOPE) | BIT(W_ENTITY), &who) > 0)) {
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
    const struct entity_row *e = entity_by(r, name);
    return e != NULL && e->parent.len > 0 ? e->parent : STR_NULL;
}

/* 全省 and 全国 as names, as far as the document tells. */
struct str scope_name(struct reader *r, const struct word *word)
{
    if ((word->classes & BIT(W_SCOPE)) == 0)
        return word->entity > 0 ? entity_of(r, word)->name : word->text;
    if (is_z(word->value, "nation"))
        return STR("全国");
    if (is_z(word->value, "world"))
        return STR("全球");
    const struct entity_row *e = entity_by(r, r->subject);
    struct str type = e != NULL ? e->type : STR("city");
    if (is_z(word->value, "province") && !is_z(type, "province"))
        for (size_t hops = 0; hops < 4 && e != NULL && !is_z(e->type, "province"); hops++) {
            struct str up = parent_of(r, e->name);
            e = entity_by(r, up);
            if (e == NULL)
                return up.len > 0 ? up : STR("全省");
        }
    else if (is_z(word->value, "city") && str_starts(type, STR("county")))
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
        size_t n = who_at(r, s, i, BIT(W_SCOPE) | BIT(W_ENTITY), &word);
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

bool after_growth(struct reader *r, const struct token *t)
{
    return word_at(r->w, r->sen.s, t->end, BIT(W_GROWN), NULL) > 0;
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
    if (ends_z(end, "由") || ends_z(end, "从"))
        end.len -= 3;
    if (f->t->of == 255 || f->t->doubled)
        return KIND_GROWTH;
    if (f->t->cover)
        return KIND_SHARE;
    if (ends_z(end, "贡献率"))
        return KIND_CONTRIBUTION;
    if (has_z(end, "拉动") && has_z(end, "增长"))
        return KIND_CONTRIBUTION;
    if (word_ends(r->w, end, BIT(W_UP) | BIT(W_DOWN), &word) > 0 || after_growth(r, f->t))
        return KIND_GROWTH;
    if (word_ends(r->w, end, BIT(W_SHARE), &word) > 0)
        return is_z(word->value, "share") ? KIND_SHARE : KIND_LEVEL;
    if (ends_z(end, "率") || ends_z(cut(r->sen.s, 0, f->t->end), "成"))
        return KIND_SHARE;
    if (has_z(left, "占") || share_of_what_follows(r, f->t))
        return KIND_SHARE;
    if (f->cmp != NULL && is_basis(f->cmp))
        return KIND_GROWTH;
    return f->t->kind == T_RATIO_WORD ? KIND_SHARE : KIND_LEVEL;
}

/* 产量12.4万辆 is an amount, not a number of things. */
static bool measured(struct reader *r, struct str left)
{
    left = strip_ends(r, left, BIT(W_LINK) | BIT(W_OVER) | BIT(W_ADV));
    return ends_z(left, "量") && word_ends(r->w, left, BIT(W_GENERIC), NULL) > 0;
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
    bool added = n > 0 && (is_z(word->text, "净增") || (f->cmp_base && is_z(word->text, "新增")));
    moved |= added;
    if (t->kind == T_CLASS_SCALE)
        return KIND_TARGET;
    if (t->kind == T_RANK)
        return KIND_RANK;
    if (dim_is(t, D_RATIO))
        return percent_kind(r, f, left);
    if (dim_is(t, D_POINT))
        return has_z(left, "拉动") ? KIND_CONTRIBUTION : KIND_PP_CHANGE;
    if (moved && (n >= 6) && (f->cmp_base || f->cmp != NULL || dim_is(t, D_RANK) || added))
        return KIND_CHANGE;
    if (dim_is(t, D_COUNT) && measured(r, end))
        return KIND_LEVEL;
    if (dim_is(t, D_COUNT) || dim_is(t, D_PEOPLE) || dim_is(t, D_RANK) || dim_is(t, D_TIME))
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
    if (who_ends(r, before))
        return true;
    size_t k = first_behind(r, i - 1);
    if (k < r->sen.tokens.len && r->sen.tokens.v[k].kind == T_TIME && r->sen.tokens.v[k].end == i)
        return true;
    return word_ends(r->w, before, BIT(W_ADV) | BIT(W_SCOPE), NULL) > 0;
}

/* The subject behind `word` at i, before the figure at `to`. */
static struct str subject_by(struct reader *r, const struct word *word, size_t i, size_t to,
                             struct str best)
{
    struct str s = r->sen.s, after = cut(s, i + word->text.len, s.len);
    if ((word->classes & BIT(W_SCOPE)) != 0)
        return is_z(word->value, "city") || is_z(word->value, "county") ? r->subject : best;
    if (!entity_leads(r, s, i) || starts_z(after, "等") || starts_z(after, "、"))
        return best;
    const struct entity_row *e = entity_of(r, word);
    bool counted =
        i + word->text.len == to &&
        (is_z(e->type, "cluster") || is_z(e->type, "chain") || is_z(e->type, "industry"));
    bool part = str_ends(e->type, STR(" group")) || is_z(e->type, "project") ||
                is_z(e->type, "cluster") || is_z(e->type, "authority");
    return counted || part ? best : e->name;
}

/* The last named entity before the figure that a clause begins with. */
struct str subject_of(struct reader *r, size_t to)
{
    struct str s = r->sen.s, best = r->memo.subject;
    bool fits = true;
    for (size_t i = r->memo.subject_seen; i < to;) {
        const struct word *word = NULL;
        size_t n = r->local_count > 0 || may_at(r->w, s, i, MAY_NAME)
                       ? who_at(r, s, i, BIT(W_ENTITY) | BIT(W_SCOPE), &word)
                       : 0;
        fits &= n == 0 ? i + 4 < to : i + n < to;
        if (n == 0 || i + n > to) {
            i += u8_len(s.ptr[i]);
        } else {
            best = subject_by(r, word, i, to, best);
            i += n;
        }
        if (fits) {
            r->memo.subject_seen = i;
            r->memo.subject = best;
        }
    }
    return best;
}
