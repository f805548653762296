/* check_identity.c - arithmetic between figures of one entity: pull = contribution x growth, margin
 * = profit / revenue, and whatever catalog/identities.csv and the formulas of indicators say.
 *
 * All terms printed: compared. One term missing: its interval is implied. More: nothing. */
#include "check/check_int.h"
#include <stdio.h>

struct slot {
    const struct fact *f;
    struct str name;    /* as stated, or as the identity calls it */
    uint32_t indicator; /* 0 = not known here */
    enum term_kind kind;
};
struct equation {
    struct str rule, note_zh, note_en;
    char op;
    struct slot result, term[TERMS_MAX];
    size_t count;
};

/* ---- names with {} ---- */

#define NAME_MAX 512

static bool fill(struct str pattern, struct str with, char out[NAME_MAX])
{
    ptrdiff_t at = str_find(pattern, STR("{}"));
    struct str head = at < 0 ? pattern : str_sub(pattern, 0, (size_t)at),
               tail = at < 0 ? STR("") : str_sub(pattern, (size_t)at + 2, pattern.len);
    int n = snprintf(out, NAME_MAX, "%.*s%.*s%.*s", STR_ARG(head), STR_ARG(at < 0 ? STR("") : with),
                     STR_ARG(tail));
    return n > 0 && n < NAME_MAX;
}

/* Does the name match one of the alternatives, and what stands for {}? */
static bool match(struct str alternatives, struct str name, struct str *with)
{
    for (struct str rest = alternatives; rest.ptr;) {
        struct str one = str_cut(rest, '|', &rest);
        ptrdiff_t at = str_find(one, STR("{}"));
        struct str head = at < 0 ? one : str_sub(one, 0, (size_t)at),
                   tail = at < 0 ? STR("") : str_sub(one, (size_t)at + 2, one.len);
        *with = STR("");
        if (at < 0 ? str_eq(one, name)
                   : name.len >= head.len + tail.len && str_starts(name, head) &&
                         str_ends(name, tail)) {
            if (at >= 0)
                *with = str_sub(name, head.len, name.len - head.len - tail.len);
            return true;
        }
    }
    return false;
}

/* ---- finding a term ---- */

static bool kind_fits(const struct check *c, enum term_kind kind, const struct series *s)
{
    switch (kind) {
    case TERM_LEVEL:
        return (s->kind == KIND_LEVEL || s->kind == KIND_COUNT) && !check_is_pull(c, s) &&
               !check_is_contribution(c, s);
    case TERM_GROWTH:
        return s->kind == KIND_GROWTH && str_is(s->comparison, "yoy");
    case TERM_SHARE:
        return s->kind == KIND_SHARE;
    case TERM_CONTRIBUTION:
        return check_is_contribution(c, s);
    case TERM_PULL:
        return check_is_pull(c, s);
    case TERM_KINDS:
        break;
    }
    return false;
}

static const struct fact *term_at(const struct check *c, uint32_t entity, uint32_t indicator,
                                  enum term_kind kind, const struct fact *result)
{
    size_t count;
    const struct figure_at *all = check_figures_of(c, entity, &count);
    const struct fact *f = NULL;
    for (size_t i = 0; i < count; i++)
        if (all[i].s->indicator == indicator && kind_fits(c, kind, all[i].s) &&
            all[i].s->modality == check_series_of(c, result)->modality &&
            period_eq(all[i].f->period, result->period) &&
            (!f || all[i].f->source == result->source))
            f = all[i].f;
    if (!f && kind == TERM_LEVEL)
        f = check_level_near(c, entity, indicator, check_series_of(c, result)->modality,
                             result->period, result->source);
    return f;
}

/* Of the nearest entity above that states it: GDP is the whole of 工业 as well, two steps up. */
static const struct fact *term_above(const struct check *c, const struct fact *result,
                                     uint32_t entity, uint32_t indicator, enum term_kind kind,
                                     int depth)
{
    const struct membership *ms;
    const struct fact *f = NULL;
    for (size_t it = 0; !f && (ms = model_parents(c->m, entity, &it)) != NULL;)
        if (member_on(ms, result->period.last))
            f = term_at(c, ms->parent, indicator, kind, result);
    for (size_t it = 0; !f && depth < 8 && (ms = model_parents(c->m, entity, &it)) != NULL;)
        if (member_on(ms, result->period.last))
            f = term_above(c, result, ms->parent, indicator, kind, depth + 1);
    return f;
}

/* The first alternative that is stated; else the first whose indicator is known; else the first. */
static void slot_find(struct check *c, const struct term *t, struct str with,
                      const struct fact *result, struct slot *out)
{
    *out = (struct slot){.kind = t->kind};
    for (struct str rest = t->names; rest.ptr && !out->f;) {
        char name[NAME_MAX];
        if (!fill(str_cut(rest, '|', &rest), with, name))
            continue;
        uint32_t id = model_find_indicator(c->m, str_z(name));
        const struct fact *f = id ? term_at(c, result->entity, id, t->kind, result) : NULL;
        if (!f && id && t->of_whole)
            f = term_above(c, result, result->entity, id, t->kind, 0);
        if (f || out->name.len == 0 || (id && !out->indicator))
            *out = (struct slot){f, arena_dup(&c->out->arena, str_z(name)), id, t->kind};
    }
}

/* ---- solving ---- */

static bool combine(char op, struct ival a, struct ival b, struct ival *out)
{
    switch (op) {
    case '*':
        return ival_mul(a, b, out);
    case '/':
        return ival_div(a, b, out);
    case '+':
        return ival_add(a, b, out);
    default:
        return ival_sub(a, b, out);
    }
}

/* The terms from `from` on, joined; false when one is missing. */
static bool right_side(const struct check *c, const struct equation *e, bool exact,
                       struct ival *out)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct fact *f = e->term[i].f;
        struct ival v;
        if (!f)
            return false;
        v = exact ? ival_point(check_fact_rat(c, f)) : check_fact_ival(c, f);
        if (i == 0)
            *out = v;
        else if (!combine(e->op, *out, v, out))
            return false;
    }
    return true;
}

/* result - the known terms, for a sum; each with its sign */
static bool solve_sum(const struct check *c, const struct equation *e, size_t missing,
                      struct ival *out)
{
    struct ival rest = check_fact_ival(c, e->result.f);
    bool minus = e->op == '-' && missing > 0;
    for (size_t i = 0; i < e->count; i++) {
        bool subtracted = e->op == '-' && i > 0;
        struct ival v;
        if (i == missing)
            continue;
        v = check_fact_ival(c, e->term[i].f);
        if (!(subtracted ? ival_add(rest, v, &rest) : ival_sub(rest, v, &rest)))
            return false;
    }
    *out = rest;
    return !minus || ival_scale(rest, (struct rat){-1, 1}, out);
}

static bool solve(const struct check *c, const struct equation *e, size_t missing, struct ival *out)
{
    struct ival result = check_fact_ival(c, e->result.f);
    if (e->op == '+' || e->op == '-')
        return solve_sum(c, e, missing, out);
    struct ival other = check_fact_ival(c, e->term[1 - missing].f);
    if (e->op == '*')
        return ival_div(result, other, out);
    return missing == 0 ? ival_mul(result, other, out) : ival_div(other, result, out);
}

/* The unit to show a missing term in; 0 when it cannot be told. */
static uint32_t unit_of(const struct check *c, const struct equation *e, size_t missing)
{
    const struct slot *s = &e->term[missing];
    const struct fact *other = e->term[missing == 0 ? 1 : 0].f;
    bool pure = check_is_percent(c, check_series_of(c, e->result.f)->dimension);
    if (s->kind != TERM_LEVEL)
        return model_find_unit(c->m, STR("%"));
    if (e->op == '+' || e->op == '-')
        return e->result.f->unit;
    if (e->op == '/' && pure)
        return other->unit;
    return s->indicator ? model_indicator(c->m, s->indicator)->unit : 0;
}

/* ---- cases ---- */

static struct str slot_text(struct check *c, const struct slot *s)
{
    if (s->f) {
        struct str v = check_fact_text(c, s->f);
        return arena_fmt(&c->out->arena, "%.*s %.*s", STR_ARG(s->name), STR_ARG(v));
    }
    bool said = s->kind != TERM_GROWTH || check_words_suffix(&c->words, LABEL_GROWTH, s->name) > 0;
    return arena_fmt(&c->out->arena, "%.*s%s", STR_ARG(s->name), said ? "" : " 增速");
}

static void equation_subject(struct check *c, struct check_case *k, const struct equation *e)
{
    static const char *const signs[] = {" × ", " / ", " + ", " - "};
    const char *sign = signs[e->op == '*' ? 0 : e->op == '/' ? 1 : e->op == '+' ? 2 : 3];
    struct str entity = check_entity_name(c, k->entity), period = check_period_str(c, k->period),
               result = slot_text(c, &e->result);
    struct buf b;
    buf_init(&b, 1 << 14);
    buf_fmt(&b, "%.*s %.*s: %.*s = ", STR_ARG(entity), STR_ARG(period), STR_ARG(result));
    for (size_t i = 0; i < e->count; i++) {
        struct str t = slot_text(c, &e->term[i]);
        buf_fmt(&b, "%s%.*s", i > 0 ? sign : "", STR_ARG(t));
    }
    k->subject = arena_dup(&c->out->arena, buf_str(&b));
    buf_clear(&b);
}

static struct check_case equation_case(struct check *c, const struct equation *e)
{
    struct check_case k = check_case_of(c, "", e->result.f);
    k.rule = arena_dup(&c->out->arena, e->rule);
    for (size_t i = 0; i < e->count; i++)
        check_case_fact(&k, e->term[i].f);
    equation_subject(c, &k, e);
    return k;
}

static void notes_with(struct check *c, struct check_case *k, const struct equation *e,
                       const char *zh, const char *en)
{
    k->note_zh = arena_fmt(&c->out->arena, "%.*s：%s", STR_ARG(e->note_zh), zh);
    k->note_en = arena_fmt(&c->out->arena, "%.*s: %s", STR_ARG(e->note_en), en);
}

static bool equation_compare(struct check *c, const struct equation *e)
{
    struct ival follows, exact;
    if (!right_side(c, e, false, &follows) || !right_side(c, e, true, &exact))
        return false;
    struct check_case k = equation_case(c, e);
    bool fits = check_case_compare(c, &k, follows, exact.lo, e->result.f, VERDICT_CONTRADICTS);
    if (!fits)
        notes_with(c, &k, e, "与公布数矛盾。", "contradicted by the published figures.");
    else if (k.verdict == VERDICT_AGREES)
        notes_with(c, &k, e, "与公布数一致。", "the published figures agree.");
    else
        notes_with(c, &k, e, "差异可由四舍五入解释。", "rounding explains the difference.");
    check_case_add(c, &k);
    return true;
}

static bool equation_imply(struct check *c, const struct equation *e, size_t missing)
{
    struct ival v;
    uint32_t unit = unit_of(c, e, missing);
    const struct fact *like = e->term[missing == 0 ? 1 : 0].f;
    if (!unit || !solve(c, e, missing, &v))
        return false;
    struct check_case k = equation_case(c, e);
    check_case_implied(c, &k, v, unit, like->decimals);
    struct str name = slot_text(c, &e->term[missing]);
    k.note_zh = arena_fmt(&c->out->arena, "%.*s：由此推得%.*s的范围，未见公布。",
                          STR_ARG(e->note_zh), STR_ARG(name));
    k.note_en = arena_fmt(&c->out->arena, "%.*s: %.*s follows, and is not published.",
                          STR_ARG(e->note_en), STR_ARG(name));
    check_case_add(c, &k);
    return true;
}

/* A quantity known to be of another dimension than its place in the equation is not what is meant.
 */
static bool dimensions_fit(const struct check *c, const struct equation *e)
{
    uint32_t result = check_series_of(c, e->result.f)->dimension, first = 0;
    bool same = e->op == '+' || e->op == '-' || (e->op == '/' && check_is_percent(c, result));
    if (e->op == '+' || e->op == '-')
        first = result;
    for (size_t i = 0; i < e->count && same; i++) {
        uint32_t d = e->term[i].f ? check_series_of(c, e->term[i].f)->dimension : 0;
        if (d && first && d != first)
            return false;
        first = d ? d : first;
    }
    return true;
}

static bool equation_check(struct check *c, const struct equation *e)
{
    size_t missing = 0, at = 0;
    for (size_t i = 0; i < e->count; i++)
        if (!e->term[i].f) {
            missing++;
            at = i;
        }
    if (missing > 1 || !dimensions_fit(c, e))
        return false;
    return missing == 0 ? equation_compare(c, e) : equation_imply(c, e, at);
}

/* ---- where equations come from ---- */

static struct slot result_slot(const struct check *c, const struct fact *f, enum term_kind kind)
{
    return (struct slot){f, check_indicator_of(c, f)->name, check_series_of(c, f)->indicator, kind};
}

/* "A / B" of the indicator catalogue. Other formulas are computed by query, not checked here. */
static bool by_formula(struct check *c, const struct figure_at *at)
{
    struct str formula = model_indicator(c->m, at->s->indicator)->formula, b,
               a = str_trim(str_cut(formula, '/', &b));
    if (!kind_fits(c, TERM_LEVEL, at->s) || a.len == 0 || !b.ptr || memchr(b.ptr, '/', b.len) ||
        str_has(formula, STR("(")) || str_has(formula, STR("*")) || str_has(formula, STR("+")))
        return false;
    b = str_trim(b);
    struct equation e = {.rule = STR("ratio"),
                         .op = '/',
                         .count = 2,
                         .result = result_slot(c, at->f, TERM_LEVEL),
                         .note_zh =
                             arena_fmt(&c->out->arena, "%.*s = %.*s",
                                       STR_ARG(model_indicator(c->m, at->s->indicator)->name),
                                       STR_ARG(formula))};
    struct term terms[2] = {
        {.names = a, .kind = TERM_LEVEL},
        {.names = b, .kind = TERM_LEVEL}
    };
    e.note_en = e.note_zh;
    for (int i = 0; i < 2; i++)
        slot_find(c, &terms[i], STR(""), at->f, &e.term[i]);
    return equation_check(c, &e);
}

static bool by_identity(struct check *c, const struct figure_at *at, const struct identity *id)
{
    struct str with;
    if (!kind_fits(c, id->result.kind, at->s) ||
        !match(id->result.names, model_indicator(c->m, at->s->indicator)->name, &with))
        return false;
    struct equation e = {.rule = id->rule,
                         .op = id->op,
                         .count = id->count,
                         .result = result_slot(c, at->f, id->result.kind),
                         .note_zh = id->note_zh,
                         .note_en = id->note_en};
    for (size_t i = 0; i < id->count; i++)
        slot_find(c, &id->term[i], with, at->f, &e.term[i]);
    return equation_check(c, &e);
}

void check_identities(struct check *c)
{
    for (size_t i = 0; i < c->figures.len; i++) {
        const struct figure_at *at = &c->figures.v[i];
        bool done = by_formula(c, at);
        for (size_t k = 0; k < c->words.identities.len && !done; k++)
            done = by_identity(c, at, &c->words.identities.v[k]);
    }
}
