/* check_sum.c - a stated total against its stated parts, in every grouping by itself.
 *
 *   whole (stated) ── members of the grouping on the period's last day
 *                       ├ with a value of their own          ┐
 *                       ├ without one, but all below them do ┴ counted
 *                       ├ without one                          missing: nothing is concluded from
 * less └ 其中 …                               part of a sibling: not in the sum */
#include "check/check_int.h"

struct part {
    const struct fact *f; /* own value, or NULL: the sum of what is below */
    struct ival v;        /* what of it belongs to this parent */
};
struct parts {
    VEC(struct part) list;
    VEC(const struct fact *) facts, of_which;
    size_t of, have;
    struct ival sum;
    struct rat exact; /* of the values as printed */
    bool overflow, negative, bound, split;
};

static void parts_clear(struct parts *p)
{
    vec_clear(&p->list);
    vec_clear(&p->facts);
    vec_clear(&p->of_which);
}

/* ---- gathering ---- */

/* A weighted child gives its share; the split is in whole units of the scale, so one unit either
 * way is no difference. */
static bool weighted(const struct check *c, const struct fact *f, int32_t ppm, struct ival *v,
                     struct rat *exact)
{
    struct rat share, unit;
    struct ival slack;
    const struct dimension *d = model_dimension(c->m, check_series_of(c, f)->dimension);
    if (ppm == PPM)
        return true;
    if (rat_make(ppm, PPM, &share, NULL) != OK ||
        rat_make(1, dec_pow10(d->scale), &unit, NULL) != OK)
        return false;
    slack = (struct ival){
        .lo = {-unit.num, unit.den},
          .hi = unit
    };
    return ival_scale(*v, share, v) && ival_add(*v, slack, v) &&
           rat_mul(*exact, share, exact, NULL) == OK;
}

static void part_take(struct parts *p, struct part part, struct rat exact)
{
    p->overflow |=
        !ival_add(p->sum, part.v, &p->sum) || rat_add(p->exact, exact, &p->exact, NULL) != OK;
    vec_push(&p->list, part);
}

static void own_take(const struct check *c, struct parts *p, const struct fact *f, int32_t ppm)
{
    struct ival v = check_fact_ival(c, f);
    struct rat exact = check_fact_rat(c, f);
    p->overflow |= !weighted(c, f, ppm, &v, &exact);
    p->split |= ppm != PPM;
    p->negative |= f->value < 0;
    p->bound |= check_is_bound(f);
    vec_push(&p->facts, f);
    part_take(p, (struct part){f, v}, exact);
    p->have++;
}

struct whole {
    uint32_t entity, grouping, series, source;
    bool table; /* the grouping of one table: only what that table says counts */
    struct period period;
    enum grouping_kind kind;
};

static void parts_gather(const struct check *c, const struct whole *w, struct parts *p, int depth);

/* A member without a value of its own counts when everything below it in a partition is known. */
static void below_take(const struct check *c, const struct whole *w, uint32_t child,
                       struct parts *p, int depth)
{
    struct parts below = {
        .sum = ival_point((struct rat){0, 1}
           ), .exact = {0, 1}
    };
    struct whole inner = *w;
    inner.entity = child;
    if (w->kind == GROUP_PARTITION && depth < 16)
        parts_gather(c, &inner, &below, depth + 1);
    if (below.of > 0 && below.have == below.of) {
        part_take(p, (struct part){NULL, below.sum}, below.exact);
        p->have++;
        p->overflow |= below.overflow;
        p->negative |= below.negative;
        p->bound |= below.bound;
        for (size_t i = 0; i < below.facts.len; i++)
            vec_push(&p->facts, below.facts.v[i]);
    }
    parts_clear(&below);
}

static void parts_gather(const struct check *c, const struct whole *w, struct parts *p, int depth)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_children(c->m, w->entity, &it)) != NULL;) {
        if (ms->grouping != w->grouping || !member_on(ms, w->period.last))
            continue;
        const struct fact *f = check_fact_at(c, ms->child, w->series, w->period, w->source);
        if (f && w->table && f->source != w->source)
            f = NULL;
        if (check_is_of_which(c, ms->child)) {
            if (f)
                vec_push(&p->of_which, f);
            continue;
        }
        p->of++;
        if (f)
            own_take(c, p, f, ms->ppm);
        else
            below_take(c, w, ms->child, p, depth);
    }
}

/* ---- judging ---- */

struct judged {
    enum verdict verdict;
    const char *rule, *zh, *en;
};
#define JUDGED(v, r, z, e) ((struct judged){VERDICT_##v, r, z, e})

/* Equal, or equal within rounding; false: there is a difference to explain. */
static bool judge_fit(const struct parts *p, const struct fact *total, struct ival whole,
                      struct rat value, const char *rule, struct judged *out)
{
    if (rat_cmp(p->exact, value) == 0)
        *out = JUDGED(AGREES, rule, "各部分之和与总数一致。", "The parts add up to the total.");
    else if (!ival_meets(p->sum, whole))
        return false;
    else if (p->bound || check_is_bound(total))
        *out = JUDGED(AGREES, rule, "总数或部分为“超、不足、区间”表述，数值范围相容。",
                      "The total or a part is a bound or a range; the values are compatible.");
    else if (p->split)
        *out = JUDGED(AGREES, rule, "按权重拆分，差异不超过最小单位。",
                      "Split by weights; the difference is below the unit of the split.");
    else
        *out = JUDGED(
            ROUNDING, rule, "差异可由四舍五入解释，不作修改。",
            "Rounding of the printed figures explains the difference; no figure is changed.");
    return true;
}

/* Members of a table's overlap make up its total. Those of a catalogue's (the enterprises of a city
 * that happen to be registered) need not: a total above their sum says nothing. */
static struct judged judge_overlap(const struct parts *p, struct ival whole, bool signed_,
                                   bool exhaustive)
{
    for (size_t i = 0; i < p->list.len && !signed_; i++)
        if (ival_below(whole, p->list.v[i].v))
            return JUDGED(CONTRADICTS, "overlap", "去重总数小于其中最大的一部分。",
                          "The de-duplicated total is smaller than one of its parts.");
    if (!signed_ && exhaustive && p->have == p->of && ival_below(p->sum, whole))
        return JUDGED(CONTRADICTS, "overlap", "去重总数大于各部分之和。",
                      "The de-duplicated total exceeds the sum of its parts.");
    return p->have == p->of ? JUDGED(RESIDUAL, "overlap",
                                     "各部分有重叠，总数已剔重；差额为重复计算部分，不可直接相加。",
                                     "The parts overlap and the total is de-duplicated; the "
                                     "residual is what the sum counts twice.")
                            : JUDGED(RESIDUAL, "overlap", "各部分有重叠，且有成员没有数值。",
                                     "The parts overlap, and some members have no value.");
}

static struct judged judge_partial(const struct parts *p, struct ival whole, bool signed_)
{
    if (!signed_ && ival_below(whole, p->sum))
        return JUDGED(CONTRADICTS, "partial", "所列部分之和超过总数，超出四舍五入范围。",
                      "The listed parts exceed their whole by more than rounding.");
    return JUDGED(RESIDUAL, "partial", "只列出部分成员，差额为未列出的部分。",
                  "Only some members are listed; the residual is what is not listed.");
}

static struct judged judge_partition(const struct parts *p, struct ival whole, bool signed_,
                                     enum modality md)
{
    bool exceed = !signed_ && ival_below(whole, p->sum);
    if (p->have < p->of)
        return exceed ? JUDGED(CONTRADICTS, "sum", "部分成员没有数值，已有部分之和却超过总数。",
                               "Some members have no value, and yet the others exceed the total.")
                      : JUDGED(RESIDUAL, "sum", "部分成员在该期没有数值，差额为其余成员。",
                               "Members without a value in this period: the residual is theirs.");
    if (md == MOD_TARGET || md == MOD_PLAN)
        return JUDGED(RESIDUAL, "sum", "目标或计划的分解不必与总目标相等。",
                      "Targets and plans of the parts need not add up to that of the whole.");
    if (p->of == 1 && !p->split && !exceed && !signed_)
        return JUDGED(RESIDUAL, "sum", "只有一个成员，不构成完整分组。",
                      "A single member is no breakdown; the residual is what is not listed.");
    return JUDGED(CONTRADICTS, "sum", "各部分之和与总数不符，四舍五入不能解释。",
                  "The parts do not add up to the total, and rounding does not explain it.");
}

static struct judged judge(const struct check *c, const struct whole *w, const struct parts *p,
                           const struct fact *total)
{
    static const char *const rules[GROUP_KINDS] = {[GROUP_PARTITION] = "sum",
                                                   [GROUP_WEIGHTED] = "sum",
                                                   [GROUP_OVERLAP] = "overlap",
                                                   [GROUP_PARTIAL] = "partial"};
    const struct series *s = check_series_of(c, total);
    struct ival whole = check_fact_ival(c, total);
    bool signed_ = p->negative || total->value < 0 || check_may_be_negative(c, s);
    struct judged out;
    if (p->overflow)
        return JUDGED(NOTE, rules[w->kind], "数值过大，无法精确比较。",
                      "Too large to be compared exactly.");
    if (judge_fit(p, total, whole, check_fact_rat(c, total), rules[w->kind], &out))
        return out;
    if (w->kind == GROUP_OVERLAP)
        return judge_overlap(p, whole, signed_, model_grouping(c->m, w->grouping)->scope.len > 0);
    if (w->kind == GROUP_PARTIAL)
        return judge_partial(p, whole, signed_);
    return judge_partition(p, whole, signed_, s->modality);
}

/* ---- one total in one grouping ---- */

/* The value that an entity gives itself twice in one table ("合计" under two groupings) is one key
 * with two facts; each grouping is compared with the one that fits it best, and that the two differ
 * is another case (said-twice). */
static const struct fact *best_total(const struct check *c, const struct whole *w,
                                     const struct parts *p, const struct fact *total)
{
    const struct fact *f, *best = total;
    struct judged least = judge(c, w, p, total);
    for (uint64_t it = 0;
         (f = ledger_of_key(c->l, total->entity, total->series, total->period, &it)) != NULL;)
        if (check_known(c, f) && f->state == STATE_VALUE && f->source == total->source &&
            f->published == total->published && f->batch == total->batch) {
            struct judged j = judge(c, w, p, f);
            if (j.verdict < least.verdict) {
                least = j;
                best = f;
            }
        }
    return best;
}

/* A table that lists some members of a catalogue's grouping says so in its own grouping; there is
 * no second case for the members it leaves out. */
static bool told_by_table(const struct check *c, const struct whole *w, const struct fact *total,
                          const struct parts *p, enum verdict v)
{
    const struct membership *ms;
    if (v == VERDICT_CONTRADICTS || p->have == p->of || !total->source ||
        model_grouping(c->m, w->grouping)->scope.len > 0)
        return false;
    if (w->kind != GROUP_PARTITION)
        return true;
    struct str doc = model_source(c->m, total->source)->doc;
    for (size_t it = 0; (ms = model_children(c->m, w->entity, &it)) != NULL;)
        if (str_eq(model_grouping(c->m, ms->grouping)->scope, doc))
            return true;
    return false;
}

static struct str coverage(struct check *c, const struct parts *p)
{
    return p->have == p->of ? arena_fmt(&c->out->arena, "%zu", p->of)
                            : arena_fmt(&c->out->arena, "%zu/%zu", p->have, p->of);
}

static void sum_case(struct check *c, const struct whole *w, const struct fact *total,
                     const struct parts *p)
{
    struct judged j = judge(c, w, p, total);
    struct rat residual;
    if (told_by_table(c, w, total, p, j.verdict))
        return;
    struct check_case k = check_case_of(c, j.rule, total);
    k.verdict = j.verdict;
    k.grouping = w->grouping;
    for (size_t i = 0; i < p->facts.len; i++)
        check_case_fact(&k, p->facts.v[i]);
    struct str name = model_grouping(c->m, w->grouping)->name, n = coverage(c, p);
    k.subject = arena_fmt(&c->out->arena, "%.*s = Σ %.*s (%.*s)", STR_ARG(k.subject), STR_ARG(name),
                          STR_ARG(n));
    k.expected = p->bound ? check_ival_in(c, p->sum, total->unit, total->decimals)
                          : check_rat_in(c, p->exact, total->unit, total->decimals);
    k.found = check_fact_text(c, total);
    if (rat_sub(check_fact_rat(c, total), p->exact, &residual, NULL) == OK)
        k.residual = check_rat_in(c, residual, total->unit, total->decimals);
    check_case_notes(&k, j.zh, j.en);
    check_case_add(c, &k);
}

/* 其中: each is at most its whole. Nothing else is known of it. */
static void of_which_case(struct check *c, const struct whole *w, const struct fact *total,
                          const struct fact *part)
{
    bool signed_ =
        part->value < 0 || total->value < 0 || check_may_be_negative(c, check_series_of(c, total));
    struct check_case k = check_case_of(c, "partial", total);
    struct rat rest;
    bool exceeds = !signed_ && ival_below(check_fact_ival(c, total), check_fact_ival(c, part));
    k.grouping = w->grouping;
    k.verdict = exceeds ? VERDICT_CONTRADICTS : VERDICT_RESIDUAL;
    check_case_fact(&k, part);
    struct str name = check_entity_name(c, part->entity);
    k.subject = arena_fmt(&c->out->arena, "%.*s ⊇ %.*s", STR_ARG(k.subject), STR_ARG(name));
    k.expected = check_fact_text(c, part);
    k.found = check_fact_text(c, total);
    if (rat_sub(check_fact_rat(c, total), check_fact_rat(c, part), &rest, NULL) == OK)
        k.residual = check_rat_in(c, rest, total->unit, total->decimals);
    if (exceeds)
        check_case_notes(&k, "“其中”项超过总数。", "An of-which item exceeds its whole.");
    else
        check_case_notes(&k, "“其中”项，差额为其余部分。",
                         "An of-which item; the residual is the rest.");
    check_case_add(c, &k);
}

static void total_check(struct check *c, const struct fact *current, uint32_t grouping)
{
    const struct grouping *g = model_grouping(c->m, grouping);
    uint32_t table = g->scope.len > 0 ? model_find_source(c->m, g->scope) : 0;
    const struct fact *total =
        check_fact_at(c, current->entity, current->series, current->period, table);
    struct parts p = {
        .sum = ival_point((struct rat){0, 1}
           ), .exact = {0, 1}
    };
    if (!total || (table && total->source != table))
        return;
    struct whole w = {.entity = total->entity,
                      .grouping = grouping,
                      .series = total->series,
                      .source = total->source,
                      .table = table != 0,
                      .period = total->period,
                      .kind = g->kind};
    parts_gather(c, &w, &p, 0);
    if (p.have > 0)
        sum_case(c, &w, best_total(c, &w, &p, total), &p);
    for (size_t i = 0; i < p.of_which.len; i++)
        of_which_case(c, &w, total, p.of_which.v[i]);
    parts_clear(&p);
}

static bool sums(const struct check *c, const struct series *s)
{
    bool kind = s->kind == KIND_LEVEL || s->kind == KIND_COUNT || s->kind == KIND_CHANGE;
    return kind && !check_is_percent(c, s->dimension) && check_adds(c, s);
}

void check_sums(struct check *c)
{
    for (size_t i = 0; i < c->figures.len; i++) {
        const struct figure_at *at = &c->figures.v[i];
        const struct membership *ms;
        VEC(uint32_t) seen = {0};
        if (!sums(c, at->s))
            continue;
        for (size_t it = 0; (ms = model_children(c->m, at->f->entity, &it)) != NULL;) {
            bool again = !member_on(ms, at->f->period.last);
            for (size_t k = 0; k < seen.len; k++)
                again |= seen.v[k] == ms->grouping;
            if (again)
                continue;
            vec_push(&seen, ms->grouping);
            total_check(c, at->f, ms->grouping);
        }
        vec_clear(&seen);
    }
}
