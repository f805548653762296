/* extract_label.c - what an indicator is called, built from the words of the text. */
#include "extract_fact_int.h"

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
        f->flow |= !is_z(kept->value, "stock");
    return join3(r, keep, grade, name);
}

static struct str strip_task(struct reader *r, struct str s)
{
    for (size_t n; (n = word_ends(r->w, s, BIT(W_TASK), NULL)) > 0;)
        s.len -= n;
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
    act = strip_task(r, strip_starts(r, act, BIT(W_LINK)));
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
    struct str clause = cut(s, clause_start(r, to - 1), to - 1);
    ptrdiff_t at = -1;
    for (size_t i = 0; i < clause.len; i += u8_len(clause.ptr[i]))
        if (at_z(clause, i, "的"))
            at = (ptrdiff_t)i;
    return at < 0 ? STR_NULL : cut(clause, (size_t)at + 3, clause.len);
}

struct str name_count(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    bool reset = false;
    struct str keep, action = STR_NULL;
    struct str left = strip_ends(
        r, f->object, BIT(W_LINK) | BIT(W_OVER) | BIT(W_TOTAL) | BIT(W_AFTER) | BIT(W_UP));
    if (ends_z(left, "由") || ends_z(left, "从"))
        left.len -= 3;
    struct str name = tail_name(r, left, &keep, &f->flow, &reset);
    struct str right = head_name(r, f->right, &action);
    const struct word *word = NULL;
    if (is_z(strip_starts(r, f->object, 0), "完成")) {
        keep = STR("完成");
        f->flow = true;
    }
    bool verb_right =
        word_at(r->w, f->right, 0, BIT(W_YOY) | BIT(W_UP) | BIT(W_PRED) | BIT(W_VS) | BIT(W_LINK),
                &word) > 0 &&
        !(word->classes & BIT(W_CHAINHEAD));
    bool whole = starts_z(right, "占") || starts_z(right, "比") || starts_z(right, "为") ||
                 starts_z(right, "并") || starts_z(right, "较");
    const struct entity_row *place = entity_by(r, name);
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
    } else if (keep.len >= 12) { /* 吸纳就业 names what is counted itself */
        name = keep;
    } else if (before_of(r, f).len > 0) {
        name = before_of(r, f);
    } else if (m->object.len > 0) {
        struct str object = m->object;
        if ((reset || word_inside(r->w, f->left, BIT(W_RESET) | BIT(W_TOTAL))) &&
            str_starts(object, m->keep))
            object = cut(object, m->keep.len, object.len);
        name = join3(r, keep, object, STR_NULL);
    } else {
        name = right.len > 0 ? right : keep;
    }
    m->object = name;
    bool jobs = dim_is(f->t, D_PEOPLE) && ends_z(name, "就业");
    return join3(r, name, ends_z(name, "数") ? STR("") : jobs ? STR("人数") : STR("数"), STR_NULL);
}

bool has_generic(struct reader *r, struct str name)
{
    const struct word *word = NULL;
    size_t n = word_at(r->w, name, 0, BIT(W_GENERIC), &word);
    return n > 0 && n == name.len;
}

/* 食品加工产业完成投资, 规上工业企业实现营业收入: the industry or the enterprises before the verb.
 */
static struct str owner_of(struct reader *r, struct str left)
{
    static const char *const verbs[] = {"完成", "实现"};
    for (size_t k = 0; k < 2; k++) {
        ptrdiff_t at = str_find(left, str_z(verbs[k]));
        struct str keep, head = cut(left, 0, at > 0 ? (size_t)at : 0);
        bool flow = false, reset = false;
        head = tail_name(r, strip_ends(r, head, BIT(W_ADV)), &keep, &flow, &reset);
        const struct word *word = NULL;
        size_t n = word_ends(r->w, head, BIT(W_CHAINHEAD) | BIT(W_THING), &word);
        bool fits = n > 0 && head.len > n && keep.len == 0 &&
                    (ends_z(head, "企业") || ends_z(word->text, "产业") ||
                     ends_z(word->text, "产业链") || ends_z(word->text, "集群"));
        if (fits && entity_by(r, head) == NULL)
            return head;
    }
    return STR_NULL;
}

/* What is measured; inherits its owner from the figure before when the clause names none. */
struct str name_measure(struct reader *r, struct memory *m, struct figure *f)
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
    bool kept = is_z(keep, "淘汰") || is_z(keep, "新增") || is_z(keep, "新建");
    if (kept && name.len > 0)
        name = join3(r, keep, name, STR_NULL);
    ptrdiff_t etc = str_find(name, STR("等"));
    if (etc > 0 && has_z(cut(name, 0, (size_t)etc), "、") && name.len - (size_t)etc > 9 &&
        f->kind == KIND_LEVEL)
        name = cut(name, (size_t)etc + 3, name.len);
    if ((f->follows || ends_z(name, "产能")) && f->kind == KIND_LEVEL && is_z(m->keep, "淘汰") &&
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
    struct str owner = has_generic(r, name) ? owner_of(r, left) : STR_NULL;
    const struct entity_row *e = entity_by(r, f->subject);
    const struct word *head = NULL;
    if (owner.len > 0) {
        name = join3(r, m->object = owner, name, STR_NULL);
    } else if (has_generic(r, name) && e != NULL &&
               (is_z(e->type, "chain") || is_z(e->type, "cluster")) &&
               word_ends(r->w, e->name, BIT(W_CHAINHEAD), &head) > 0) {
        name = join3(r, head->text, name, STR_NULL);
    } else if (has_generic(r, name) && m->object.len > 0) {
        name = join3(r, m->object, name, STR_NULL);
    }
    return name;
}

struct str drop_suffix(struct reader *r, struct str name)
{
    for (size_t n; (n = word_ends(r->w, name, BIT(W_RATETAIL), NULL)) > 0 && n < name.len;)
        name.len -= n;
    return name;
}

struct str name_share(struct reader *r, struct memory *m, struct figure *f, struct str *of)
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
        if (dim_is(f->t, D_RATIO) && ends_z(thing, "平台"))
            thing = join3(r, thing, STR("数"), STR_NULL);
        return thing;
    }
    if (at < 0)
        return name_measure(r, m, f);
    struct str part = cut(left, 0, (size_t)at);
    struct str whole = strip_ends(r, cut(left, (size_t)at + 3, left.len),
                                  BIT(W_LINK) | BIT(W_OVER) | BIT(W_SHARE) | BIT(W_ADV));
    size_t n = who_at(r, whole, 0, BIT(W_SCOPE) | BIT(W_ENTITY), &word);
    struct str keep;
    bool flow = false, reset = false;
    part = tail_name(r, strip_ends(r, part, BIT(W_LINK) | BIT(W_ADV)), &keep, &flow, &reset);
    if (n > 0 && (n == whole.len || is_z(cut(whole, n, whole.len), "总数") ||
                  is_z(cut(whole, n, whole.len), "总量"))) {
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
        owner = m->object.len > 0 ? m->object : drop_suffix(r, m->measure);
    else if (has_generic(r, part) && m->object.len > 0)
        owner = join3(r, m->object, part, STR_NULL);
    if (n > 0 && (word->classes & BIT(W_SCOPE)) != 0 && n < whole.len &&
        !is_z(word->value, "nation") && !is_z(word->value, "world"))
        whole = cut(whole, n, whole.len); /* 全区工业 is its own */
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
struct str list_member(struct str s, size_t k, size_t n)
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

size_t list_count(struct str s)
{
    size_t n = 1;
    bool commas = has_z(s, "、");
    for (size_t i = 0; i < s.len && n < 32; i += u8_len(s.ptr[i]))
        n += mark_at(s, i, commas) > 0;
    return n;
}
