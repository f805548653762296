/* extract_rate.c - figures that compare: growth, difference, rank, contribution. */
#include "extract_fact_int.h"

struct str growth_basis(struct reader *r, struct figure *f)
{
    if (f->cmp_base)
        return f->cmp_time;
    if (f->cmp != NULL && is_basis(f->cmp))
        return is_z(f->cmp->value, "qoq") ? STR("qoq") : f->cmp->value;
    if (has_z(f->left, "平均") || has_z(f->left, "年均"))
        return STR("avg");
    const struct token *t = time_before(r, f->head);
    struct period p = t != NULL && t->interval          ? t->period
                      : t == NULL && r->dates.has_frame ? r->dates.frame
                                                        : (struct period){0};
    if (p.last != 0 && period_days(p) > 400 && !after_growth(r, f->t)) {
        int y, m, d;
        day_split(p.first, &y, &m, &d);
        return since_year(r, y - 1);
    }
    return STR("yoy");
}

static void one_growth(struct reader *r, struct memory *m, struct figure *f)
{
    f->comparison = growth_basis(r, f);
    struct str base = drop_suffix(r, f->name);
    if (ends_z(base, "业") && ends_z(drop_suffix(r, m->measure), "增加值"))
        base = join3(r, base, STR("增加值"), STR_NULL); /* 采矿业增加值增长…,制造业增长… */
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

void emit_growth(struct reader *r, struct memory *m, struct figure *f)
{
    struct str whole = name_measure(r, m, f);
    if (m->subject.len > 0 && str_eq(whole, m->measure))
        f->subject = m->subject; /* 某产业产值…,同比增长… */
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

void emit_pp(struct reader *r, struct memory *m, struct figure *f)
{
    f->name = name_measure(r, m, f);
    if (has_generic(r, f->name) && m->measure.len > 0)
        f->name = m->measure;
    if (m->subject.len > 0 && str_eq(f->name, m->measure))
        f->subject = m->subject;
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

/* Without the words that stand before a rank: 排名, 位居 … 增速 belongs to what is ranked. */
static struct str strip_heads(struct reader *r, struct str s, bool also_rates)
{
    const struct word *word = NULL;
    for (size_t n; (n = word_ends(r->w, s, BIT(W_RANKHEAD), &word)) > 0; s.len -= n)
        if (!also_rates && is_z(word->value, "rate"))
            break;
    return s;
}

void emit_rank(struct reader *r, struct memory *m, struct figure *f)
{
    struct str left = f->left;
    if (f->t->record.len > 0) {
        f->comparison = is_z(f->t->record, "y") ? arena_fmt(mem(r), "record:%uy", f->t->group)
                                                : join3(r, STR("record:"), f->t->record, STR_NULL);
    } else {
        struct str where = STR_NULL, of = STR_NULL;
        for (size_t i = 0; i < left.len && where.len == 0;) {
            const struct word *word = NULL;
            size_t n = who_at(r, left, i, BIT(W_SCOPE) | BIT(W_ENTITY), &word);
            bool region = n > 0 && ((word->classes & BIT(W_SCOPE)) != 0 ||
                                    (word->entity > 0 && is_place(entity_of(r, word))));
            if (region && (i > 0 || n + 30 > left.len) && !is_z(word->value, "city") &&
                !is_z(word->value, "county")) {
                where = scope_name(r, word);
                of = strip_ends(r, cut(left, i + n, left.len),
                                BIT(W_LINK) | BIT(W_ADV) | BIT(W_VERB));
                if (ends_z(of, "中"))
                    of.len -= 3;
                of = strip_heads(r, of, true);
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
    f->object = left = strip_heads(r, left, false);
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
    bool rated = ends_z(left, "增速") || ends_z(left, "增幅");
    if (rated && !ends_z(f->name, "增速"))
        f->name = join3(r, drop_suffix(r, f->name), STR("增速"), STR_NULL);
    split_industry(r, m, f);
    put_fact(r, f);
}

void emit_contribution(struct reader *r, struct memory *m, struct figure *f)
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
        who = drop_suffix(r, m->measure.len > 0 ? m->measure : m->object);
        ptrdiff_t of = str_find(who, STR("占"));
        ptrdiff_t dui = str_find(who, STR("对"));
        if (of > 0)
            who.len = (size_t)of;
        else if (dui > 0)
            who.len = (size_t)dui;
    }
    if (pull >= 0 && ends_z(who, "增加值"))
        who.len -= strlen("增加值");
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

void emit_change(struct reader *r, struct memory *m, struct figure *f)
{
    f->name = name_measure(r, m, f);
    f->comparison = growth_basis(r, f);
    put_fact(r, f);
}
