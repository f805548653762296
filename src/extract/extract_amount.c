/* extract_amount.c - figures that measure: amounts, counts, shares, and the scale class of
 * clusters. */
#include "extract_fact_int.h"

/* Industries, chains and clusters are subjects of their own, 行业 and 园区 are not. */
static bool owns(const struct word *head)
{
    return is_z(head->text, "产业") || is_z(head->text, "集群") || is_z(head->text, "产业链") ||
           is_z(head->text, "产业集群") || is_z(head->text, "全产业链");
}

/* X产业主营业务收入: the industry is the subject. Groups of industries that the statistics define
 * stay in the name. */
void split_industry(struct reader *r, struct memory *m, struct figure *f)
{
    for (size_t i = 0; i < f->name.len; i += u8_len(f->name.ptr[i])) {
        const struct word *word = NULL;
        size_t k = word_at(r->w, f->name, i, BIT(W_GENERIC), NULL);
        size_t h = word_ends(r->w, cut(f->name, 0, i), BIT(W_CHAINHEAD), &word);
        if (k == 0 || i + k != f->name.len || h == 0 || h == i || !owns(word))
            continue;
        if (word_ends(r->w, cut(f->name, 0, i), BIT(W_DEFINED), NULL) > 0)
            return;
        f->subject = m->subject = cut(f->name, 0, i);
        f->name = m->measure = join3(r, word->text, cut(f->name, i, f->name.len), STR_NULL);
        return;
    }
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
    if (!dim_is(f->t, D_MONEY))
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

/* 将碳纤维打造成为千亿级…: what is made into one, or nothing. */
static struct str made_into(struct reader *r, struct str left)
{
    static const char *const into[] = {"成为", "成", "为"};
    ptrdiff_t from = str_find(left, STR("将")), at = -1;
    for (ptrdiff_t k = from; k >= 0; k = str_find(cut(left, (size_t)at, left.len), STR("将"))) {
        at = at < 0 ? k + 3 : at + k + 3; /* the last 将 */
    }
    if (at < 0)
        return STR_NULL;
    struct str said = cut(left, (size_t)at, left.len);
    size_t had = said.len;
    for (size_t k = 0; k < 3 && said.len == had; k++)
        if (ends_z(said, into[k]))
            said.len -= strlen(into[k]);
    size_t n = word_ends(r->w, said, BIT(W_FOSTER) | BIT(W_VERB), NULL);
    if (n == 0 || said.len == had)
        return STR_NULL;
    said.len -= n;
    return said.len >= 6 && said.len <= 60 ? said : STR_NULL;
}

/* 千亿级 before or behind the names of clusters. */
void emit_class(struct reader *r, struct figure *f)
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
        size_t from = clause_start(r, to);
        struct str left = cut(s, from, to), keep;
        bool flow = false, reset = false;
        if (ends_z(left, "等"))
            left.len -= 3;
        else if (to == f->t->start)
            left.len = 0;
        ptrdiff_t is = str_find(left, STR("即"));
        if (is >= 0)
            left = cut(left, (size_t)is + 3, left.len);
        struct str made = made_into(r, cut(s, from, to));
        list = made.len > 0 ? made : tail_name(r, left, &keep, &flow, &reset);
        if (list_count(list) < 2 && made.len == 0)
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
    if (count == 0) { /* it is part of what later figures count */
        struct token *t = &r->sen.tokens.v[f->index];
        t->kind = T_NOISE;
        t->noise = "class";
    }
}

/* The owners stand before a number of them: A、B两大产业产值分别为 x 和 y. */
static bool listed_owner(struct reader *r, struct memory *m, struct figure *f, size_t n)
{
    const struct word *head = NULL;
    size_t k = word_at(r->w, f->name, 0, BIT(W_CHAINHEAD), &head);
    const struct token *count = f->head > r->sen.tokens.v ? f->head - 1 : NULL;
    if (k == 0 || !owns(head) || !has_generic(r, cut(f->name, k, f->name.len)) || count == NULL ||
        !is_figure(count) || !dim_is(count, D_COUNT))
        return false;
    struct str keep, left = cut(r->sen.s, clause_start(r, count->start), count->start);
    bool flow = false, reset = false;
    struct str list = tail_name(r, left, &keep, &flow, &reset);
    if (list_count(list) != n)
        return false;
    f->subject = m->subject = join3(r, list_member(list, f->t->group, n), head->text, STR_NULL);
    return true;
}

void emit_level(struct reader *r, struct memory *m, struct figure *f)
{
    if (emit_chains(r, f))
        return;
    f->name = name_measure(r, m, f);
    size_t n = f->t->of > 1 && f->t->of != 255 ? f->t->of : 1;
    if (n > 1 && listed_owner(r, m, f, n)) { /* A、B两大产业产值分别为… */
        put_fact(r, f);
        return;
    }
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
    if (dim_is(f->t, D_AREA) && f->name.len > 0 && !ends_z(f->name, "面积"))
        f->name = join3(r, f->name, STR("面积"), STR_NULL);
    m->measure = f->name;
    m->ratio = dim_is(f->t, D_RATIO);
    m->share = false;
    if (f->name.len == 0 || (dim_is(f->t, D_PHYSICAL) && f->right.len >= 6 && f->object.len < 12)) {
        struct str action = STR_NULL, thing = head_name(r, f->right, &action);
        f->name = join3(r, STR("产品参数:"), thing, STR_NULL);
    }
    put_fact(r, f);
}

/* 近六成规上企业完成数字化改造, 90%以上的规上企业建有研发机构: what enterprises have or do. */
static struct str firms_that(struct reader *r, struct figure *f)
{
    struct str action = STR_NULL, thing = head_name(r, f->right, &action);
    bool leads = strip_ends(r, f->left, BIT(W_OVER) | BIT(W_ADV) | BIT(W_SCOPE)).len == 0;
    action = strip_starts(r, action, BIT(W_VERB) | BIT(W_KEEP) | BIT(W_LINK) | BIT(W_ADV));
    thing = strip_starts(r, thing, 0);
    if (!leads || !ends_z(thing, "企业") || action.len < 6 || action.len > 60)
        return STR_NULL;
    return join3(r, thing, action, STR("覆盖率"));
}

void emit_share(struct reader *r, struct memory *m, struct figure *f)
{
    if (f->t->cover) {
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
    struct str action = STR_NULL;
    f->name = firms_that(r, f);
    if (f->name.len > 0) {
        put_fact(r, f);
        return;
    }
    f->name = name_share(r, m, f, &f->comparison);
    if (f->name.len == 0)
        f->name = head_name(r, f->right, &action);
    if (f->name.len > 0 && f->comparison.len == 0)
        m->measure = f->name;
    if (m->subject.len > 0 && str_eq(f->name, m->measure))
        f->subject = m->subject;
    if (!starts_z(f->comparison, "of:") || has_z(f->name, "比重"))
        m->measure = f->name;
    m->share = f->comparison.len == 0;
    put_fact(r, f);
}

void emit_count(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    struct str before = cut(r->sen.s, 0, f->t->start);
    if (dim_is(f->t, D_TIME) && ends_z(before, "连续")) {
        struct str action = f->right;
        f->name = join3(r, STR("连续"), action.len > 90 ? cut(action, 0, 90) : action, STR("年数"));
    } else if (f->t->first) {
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
    const struct entity_row *owner = entity_by(r, f->subject);
    if (owner != NULL && is_z(owner->type, "enterprise") && f->object.len == 0)
        f->subject = r->subject; /* 4家企业入选: of the region */
    put_fact(r, f);
}
