/* extract_fact.c - what a figure says: whose, which indicator, of what kind, when, against what.
 * Everything is read from the words left and right of the figure within its clause; what a clause
 * leaves out is taken from the one before it in the sentence. */
#include "extract_fact_int.h"

#define NAME_BYTES_MAX 300

/* ---- rows
 * ------------------------------------------------------------------------------------------------------------------
 */

static struct dec negate(struct dec v)
{
    v.units = -v.units;
    return v;
}

/* A name of this length is none: the rules have lost their way. */
static struct str clipped(struct str s)
{
    if (s.len <= NAME_BYTES_MAX)
        return s;
    s.len = NAME_BYTES_MAX;
    while (s.len > 0 && ((unsigned char)s.ptr[s.len] & 0xC0) == 0x80)
        s.len--;
    return s;
}

static void put_fact(struct reader *r, struct figure *f)
{
    const struct token *t = f->t;
    struct arena *kept = &r->out->text;
    r->out->cut |= r->out->facts.len >= EXTRACT_FACTS_MAX;
    if (r->out->cut || f->name.len == 0 || t->unit == NULL)
        return;
    const char *unit = NULL;
    struct str name = canonical(r, clean_name(r, f->name), &unit);
    if (name.len == 0) /* nothing but quotes and 全市 */
        return;
    enum modality mod = modality_of(r, f);
    if (ends_z(name, "数数"))
        name.len -= 3;
    bool chain = ends_z(name, "链数") && is_z(t->unit->unit, "个");
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
    if (f->kind == KIND_COUNT && is_z(fact.unit, "位"))
        fact.unit = STR("人");
    fact.period = f->kind == KIND_TARGET && time_before(r, f->head) == NULL
                      ? year_of_source(&r->dates)
                      : period_of(r, f, mod);
    fact.subject = arena_dup(kept, clipped(fact.subject));
    fact.indicator = arena_dup(kept, clipped(fact.indicator));
    fact.unit = arena_dup(kept, fact.unit);
    fact.comparison = arena_dup(kept, clipped(fact.comparison));
    vec_push(&r->out->facts, fact);
}

static struct str growth_basis(struct reader *r, struct figure *f)
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

/* Industries, chains and clusters are subjects of their own, 行业 and 园区 are not. */
static bool owns(const struct word *head)
{
    return is_z(head->text, "产业") || is_z(head->text, "集群") || is_z(head->text, "产业链") ||
           is_z(head->text, "产业集群") || is_z(head->text, "全产业链");
}

/* X产业主营业务收入: the industry is the subject. Groups of industries that the statistics define
 * stay in the name. */
static void split_industry(struct reader *r, struct memory *m, struct figure *f)
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

/* Without the words that stand before a rank: 排名, 位居 … 增速 belongs to what is ranked. */
static struct str strip_heads(struct reader *r, struct str s, bool also_rates)
{
    const struct word *word = NULL;
    for (size_t n; (n = word_ends(r->w, s, BIT(W_RANKHEAD), &word)) > 0; s.len -= n)
        if (!also_rates && is_z(word->value, "rate"))
            break;
    return s;
}

static void emit_rank(struct reader *r, struct memory *m, struct figure *f)
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

static void emit_level(struct reader *r, struct memory *m, struct figure *f)
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

static void emit_share(struct reader *r, struct memory *m, struct figure *f)
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

static void emit_count(struct reader *r, struct memory *m, struct figure *f, bool listed)
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
    size_t from = clause_start(r, f.head->start), to = f.head->start;
    f.clause = cut(s, from, to);
    for (size_t k = h; k-- > 0 && ts[k].end > from;)
        if (is_figure(&ts[k])) {
            from = ts[k].end;
            f.follows = true;
            break;
        }
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
    ptrdiff_t turn = word_in(r->w, f.right, BIT(W_TURN), false, &word);
    if (turn >= 0)
        f.right.len = (size_t)turn;
    if (starts_z(f.right, "、"))
        f.right.len = 0;
    struct str tail = strip_ends(r, f.left, BIT(W_OVER) | BIT(W_LINK) | BIT(W_ADV));
    if (word_ends(r->w, tail, BIT(W_UP) | BIT(W_DOWN), &word) > 0) {
        f.up = (word->classes & BIT(W_UP)) != 0;
        f.down = (word->classes & BIT(W_DOWN)) != 0;
        f.narrow = is_z(word->value, "narrow");
    }
    f.down = (f.down && !f.narrow) ||
             (f.cmp != NULL &&
              (starts_z(f.rest, "低于") || starts_z(f.rest, "慢于") || starts_z(f.rest, "落后")));
    return f;
}

static void emit(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    f->kind = kind_of(r, f, f->left);
    if (f->kind == KIND_LEVEL && m->share && dim_is(f->t, D_RATIO) &&
        strip_ends(r, f->left, BIT(W_LINK) | BIT(W_UP) | BIT(W_DOWN)).len == 0)
        f->kind = KIND_SHARE; /* 配套率由35%提高到62% */
    f->subject = subject_of(r, f->head->start);
    if (f->t->first)
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
    const uint64_t heads = BIT(W_SCOPE) | BIT(W_ENTITY) | BIT(W_ADV);
    for (size_t n = 1; n > 0 && before.len > 0; before = cut(before, n, before.len))
        n = who_at(r, before, 0, heads, NULL);
    before = strip_starts(r, before, heads);
    if (is_z(before, "截至") || is_z(before, "截止"))
        return true;
    return before.len == 0 || is_z(before, "“");
}

static void carry(struct reader *r, bool figures, bool heading)
{
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind != T_TIME || t->base)
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
        put_noise(r, r->sen.at + t->start, r->sen.at + t->end, class);
    }
}

/* Which expressions are bases of comparisons, and for every token the last that is none. */
static void settle_times(struct reader *r)
{
    int32_t when = -1;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        struct token *t = &r->sen.tokens.v[k];
        t->when = when;
        if (t->kind != T_TIME)
            continue;
        t->base = is_base(r, t);
        if (!t->base)
            when = (int32_t)k;
    }
}

void read_sentence(struct reader *r, bool first, bool heading)
{
    struct memory m = {0};
    size_t last = 0;
    bool any = false;
    r->memo = (struct memo){.subject = r->subject, .at = {-1, -1, -1, -1}};
    settle_times(r);
    if (first)
        r->has_carried = false;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (!is_figure(t))
            continue;
        struct figure f = figure_at(r, k);
        bool listed = any && f.head->start > last && at_z(r->sen.s, last, "、") &&
                      clause_start(r, f.head->start) <= last;
        if (any && !listed && f.head->start > last &&
            (at_z(r->sen.s, last, "和") || at_z(r->sen.s, last, ",累计") ||
             at_z(r->sen.s, last, "及")))
            listed = true;
        size_t had = r->out->facts.len;
        emit(r, &m, &f, listed);
        if (r->out->facts.len == had && is_figure(t)) /* I4: nothing says what it counts */
            put_noise(r, r->sen.at + t->start, r->sen.at + t->end, "word");
        last = t->end;
        any = true;
    }
    carry(r, any, heading);
    note_noise(r);
}
