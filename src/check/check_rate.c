/* check_rate.c - growth, change and difference against the two figures that they stand between, and
 * the growth of a total against the growth of its parts.
 *
 *   growth g of x      then = now / (1 + g)      then known: compare; else it is implied
 *   change d of x      then = now - d            (a rank: now + d, as a better rank is a positive
 * change) points p of y      then = now - p            also against another entity: there = here -
 * p change and growth  g = d / (now - d)
 *
 * Growth of money is mostly real or on a comparable basis, for coverage changes every year; it is
 * not the quotient of two published levels, so a difference there is a residual. */
#include "check/check_int.h"

/* ---- the period compared with ---- */

struct bases {
    struct period p[4];
    size_t count;
};

static bool month_or_more(struct period p)
{
    return period_days(p) >= 28;
}

static void base_add(struct bases *b, struct period p)
{
    for (size_t i = 0; i < b->count; i++)
        if (period_eq(b->p[i], p))
            return;
    b->p[b->count++] = p;
}

/* since:2018 of a figure of 2023, or as of a day: the year, its last month, its last day. Of eight
 * months of 2023: the same months of 2018, for a flow of eight months is no match for a year's. */
static void since_year(struct bases *b, struct period now, struct period base)
{
    int year, then, month, day;
    day_split(now.last, &year, &month, &day);
    day_split(base.last, &then, &month, &day);
    if (month_or_more(now) && period_days(now) < 360) {
        base_add(b, period_shift_years(now, then - year));
        return;
    }
    base_add(b, base);
    base_add(b, (struct period){base.last, base.last});
    base_add(b, (struct period){day_from(then, 12, 1), base.last});
}

static bool bases_of(const struct fact *f, struct str comparison, struct bases *out)
{
    struct period base;
    *out = (struct bases){0};
    if (str_is(comparison, "yoy")) {
        base_add(out, period_shift_years(f->period, -1));
        return true;
    }
    if (!str_starts(comparison, STR("since:")) ||
        period_parse(str_sub(comparison, 6, comparison.len), &base, NULL) != OK)
        return false;
    if (period_kind(base) == PERIOD_YEAR)
        since_year(out, f->period, base);
    else
        base_add(out, base);
    return true;
}

static const struct fact *level_then(const struct check *c, const struct fact *f,
                                     uint32_t indicator, const struct bases *b)
{
    const struct fact *then = NULL;
    for (size_t i = 0; i < b->count && !then; i++)
        then = check_level_at(c, f->entity, indicator, check_series_of(c, f)->modality, b->p[i],
                              f->source);
    return then;
}

/* ---- growth ---- */

static const struct rat one = {1, 1};

struct move {
    const struct fact *said; /* the growth or change */
    const struct fact *now, *then;
    const struct fact *change; /* said beside a growth, or NULL */
    struct bases bases;
    uint32_t level; /* indicator of now and then */
};

static bool is_positive(struct ival v)
{
    return !v.no_lo && rat_sign(v.lo) > 0;
}

/* Growth from nothing, or from a loss, is no number. */
static bool growth_between(struct ival now, struct rat now_v, struct ival then, struct rat then_v,
                           struct ival *follows, struct rat *central)
{
    return is_positive(then) && ival_div(now, then, follows) &&
           ival_sub(*follows, ival_point(one), follows) &&
           rat_div(now_v, then_v, central, NULL) == OK &&
           rat_sub(*central, one, central, NULL) == OK;
}

static void move_subject(struct check *c, struct check_case *k, const struct move *mv,
                         const char *how)
{
    struct str level = model_indicator(c->m, mv->level)->name,
               base = check_period_str(c, mv->bases.p[0]);
    k->subject = arena_fmt(&c->out->arena, "%.*s: %.*s %.*s %s", STR_ARG(k->subject),
                           STR_ARG(level), STR_ARG(base), how);
}

static void growth_notes(struct check_case *k, bool fits, bool comparable)
{
    if (fits)
        check_case_notes(
            k, k->verdict == VERDICT_AGREES ? "增速与两期数值一致。" : "差异可由四舍五入解释。",
            k->verdict == VERDICT_AGREES ? "The growth agrees with the two levels."
                                         : "Rounding explains the difference.");
    else if (comparable)
        check_case_notes(
            k, "价值量增速多按可比口径（或可比价）计算，不等于两期公布数之商，差额仅供参考。",
            "Comparable basis: growth of money is mostly real or on a comparable basis and is not "
            "the quotient of two published levels.");
    else
        check_case_notes(k, "增速与两期公布数矛盾。",
                         "The growth contradicts the two published levels.");
}

static void growth_compare(struct check *c, const struct move *mv)
{
    struct ival follows;
    struct rat central;
    if (!growth_between(check_fact_ival(c, mv->now), check_fact_rat(c, mv->now),
                        check_fact_ival(c, mv->then), check_fact_rat(c, mv->then), &follows,
                        &central))
        return;
    bool comparable = check_is_money(c, check_series_of(c, mv->now)->dimension);
    struct check_case k = check_case_of(c, "growth", mv->said);
    check_case_fact(&k, mv->now);
    check_case_fact(&k, mv->then);
    move_subject(c, &k, mv, "→");
    bool fits = check_case_compare(c, &k, follows, central, mv->said,
                                   comparable ? VERDICT_RESIDUAL : VERDICT_CONTRADICTS);
    growth_notes(&k, fits, comparable);
    check_case_add(c, &k);
}

/* Growth and change said together: the base cancels out. */
static void growth_by_change(struct check *c, const struct move *mv)
{
    struct ival unit = ival_point(one), follows;
    struct rat then, central;
    /* d / (now - d) = 1 / (1 - d/now) - 1, in which each figure stands once: the narrowest interval
     */
    if (!ival_div(check_fact_ival(c, mv->change), check_fact_ival(c, mv->now), &follows) ||
        !ival_sub(unit, follows, &follows) || !ival_div(unit, follows, &follows) ||
        !ival_sub(follows, unit, &follows) ||
        rat_sub(check_fact_rat(c, mv->now), check_fact_rat(c, mv->change), &then, NULL) != OK ||
        rat_div(check_fact_rat(c, mv->change), then, &central, NULL) != OK)
        return;
    bool comparable = check_is_money(c, check_series_of(c, mv->now)->dimension);
    struct check_case k = check_case_of(c, "growth", mv->said);
    check_case_fact(&k, mv->now);
    check_case_fact(&k, mv->change);
    move_subject(c, &k, mv, "→ (增减)");
    bool fits = check_case_compare(c, &k, follows, central, mv->said,
                                   comparable ? VERDICT_RESIDUAL : VERDICT_CONTRADICTS);
    growth_notes(&k, fits, comparable);
    check_case_add(c, &k);
}

static bool base_by_growth(const struct check *c, const struct fact *now, const struct fact *growth,
                           struct ival *out)
{
    struct ival factor;
    return ival_add(check_fact_ival(c, growth), ival_point(one), &factor) &&
           ival_div(check_fact_ival(c, now), factor, out) && is_positive(*out);
}

static void base_implied(struct check *c, const struct move *mv, const char *rule, struct ival base)
{
    struct check_case k = check_case_of(c, rule, mv->said);
    check_case_fact(&k, mv->now);
    check_case_fact(&k, mv->change);
    move_subject(c, &k, mv, "=");
    check_case_implied(c, &k, base, mv->now->unit, mv->now->decimals);
    if (check_is_money(c, check_series_of(c, mv->now)->dimension))
        check_case_notes(
            &k, "由本期数与增速（增减）推得基期范围；价值量为可比口径的基数，未必等于当时公布数。",
            "The base follows from level and growth; for money it is the comparable base, not "
            "necessarily the figure published then.");
    else
        check_case_notes(&k, "由本期数与增速（增减）推得基期范围，未见公布。",
                         "The base follows from level and growth; it is not published.");
    check_case_add(c, &k);
}

static const struct fact *change_beside(const struct check *c, const struct fact *f, uint32_t level)
{
    const struct series *s = check_series_of(c, f);
    uint32_t series = model_find_series(c->m, level, KIND_CHANGE, s->comparison, s->modality);
    return series ? check_fact_at(c, f->entity, series, f->period, f->source) : NULL;
}

static void growth_check(struct check *c, const struct figure_at *at)
{
    struct move mv = {.said = at->f, .level = check_level_indicator(c, at->s->indicator)};
    struct ival base;
    if (!mv.level || !bases_of(at->f, at->s->comparison, &mv.bases))
        return;
    mv.now =
        check_level_near(c, at->f->entity, mv.level, at->s->modality, at->f->period, at->f->source);
    if (!mv.now)
        return;
    mv.then = level_then(c, at->f, mv.level, &mv.bases);
    mv.change = change_beside(c, at->f, mv.level);
    if (mv.then)
        growth_compare(c, &mv);
    if (mv.change)
        growth_by_change(c, &mv);
    if (!mv.then && !mv.change && base_by_growth(c, mv.now, at->f, &base))
        base_implied(c, &mv, "growth", base);
}

/* ---- change ---- */

static bool is_rank(const struct check *c, const struct fact *f)
{
    return check_indicator_of(c, f)->measure == MEASURE_RANK ||
           check_series_of(c, f)->kind == KIND_RANK;
}

/* then = now - d, or now + d for a rank */
static bool base_by_change(const struct check *c, const struct fact *now, const struct fact *d,
                           struct ival *out)
{
    struct ival n = check_fact_ival(c, now), v = check_fact_ival(c, d);
    return is_rank(c, d) ? ival_add(n, v, out) : ival_sub(n, v, out);
}

static void change_compare(struct check *c, const struct move *mv)
{
    struct ival follows, now = check_fact_ival(c, mv->now), then = check_fact_ival(c, mv->then);
    struct rat central, a = check_fact_rat(c, mv->now), b = check_fact_rat(c, mv->then);
    bool rank = is_rank(c, mv->said),
         comparable = check_is_money(c, check_series_of(c, mv->now)->dimension);
    if (!(rank ? ival_sub(then, now, &follows) : ival_sub(now, then, &follows)) ||
        (rank ? rat_sub(b, a, &central, NULL) : rat_sub(a, b, &central, NULL)) != OK)
        return;
    struct check_case k = check_case_of(c, "change", mv->said);
    check_case_fact(&k, mv->now);
    check_case_fact(&k, mv->then);
    move_subject(c, &k, mv, "→");
    bool fits = check_case_compare(c, &k, follows, central, mv->said,
                                   comparable ? VERDICT_RESIDUAL : VERDICT_CONTRADICTS);
    if (fits || comparable)
        growth_notes(&k, fits, comparable);
    else
        check_case_notes(&k, "增减数与两期公布数矛盾。",
                         "The change contradicts the two published figures.");
    check_case_add(c, &k);
}

static const struct fact *rank_at(const struct check *c, const struct fact *f, struct period p)
{
    size_t count;
    const struct figure_at *all = check_figures_of(c, f->entity, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i].s->kind == KIND_RANK &&
            all[i].s->indicator == check_series_of(c, f)->indicator &&
            period_eq(all[i].f->period, p))
            return all[i].f;
    return NULL;
}

static void change_check(struct check *c, const struct figure_at *at)
{
    struct move mv = {.said = at->f, .level = at->s->indicator};
    struct ival base, narrower;
    if (!bases_of(at->f, at->s->comparison, &mv.bases))
        return;
    if (is_rank(c, at->f)) {
        mv.now = rank_at(c, at->f, at->f->period);
        for (size_t i = 0; i < mv.bases.count && !mv.then; i++)
            mv.then = rank_at(c, at->f, mv.bases.p[i]);
    } else {
        mv.now = check_level_near(c, at->f->entity, mv.level, at->s->modality, at->f->period,
                                  at->f->source);
        mv.then = level_then(c, at->f, mv.level, &mv.bases);
    }
    if (!mv.now)
        return;
    if (mv.then) {
        change_compare(c, &mv);
        return;
    }
    if (!base_by_change(c, mv.now, at->f, &base))
        return;
    uint32_t series =
        model_find_series(c->m, mv.level, KIND_GROWTH, at->s->comparison, at->s->modality);
    mv.change =
        series ? check_fact_at(c, at->f->entity, series, at->f->period, at->f->source) : NULL;
    if (mv.change && base_by_growth(c, mv.now, mv.change, &narrower))
        (void)ival_both(base, narrower, &base); /* both must hold; if they cannot, growth says so */
    base_implied(c, &mv, "change", base);
}

/* ---- difference of two percentages ---- */

/* The percentage of the same indicator that a difference is about. */
static const struct fact *percent_at(const struct check *c, const struct fact *about,
                                     uint32_t entity, struct period p, const struct series *like)
{
    const struct series *s = check_series_of(c, about);
    const struct fact *best = NULL;
    size_t count;
    const struct figure_at *all = check_figures_of(c, entity, &count);
    for (size_t i = 0; i < count; i++) {
        const struct series *t = all[i].s;
        bool kind = t->kind == KIND_LEVEL || t->kind == KIND_SHARE ||
                    t->kind == KIND_CONTRIBUTION ||
                    (t->kind == KIND_GROWTH && str_is(t->comparison, "yoy"));
        if (!kind || t->indicator != s->indicator || t->modality != s->modality ||
            !check_is_percent(c, t->dimension) || !period_eq(all[i].f->period, p) ||
            (like && t->kind != like->kind))
            continue;
        if (!best || all[i].f->source == about->source)
            best = all[i].f;
    }
    return best;
}

struct gap {
    const struct fact *said, *here, *there;
    struct str there_name;
};

static void gap_case(struct check *c, const struct gap *g)
{
    struct ival follows, said = check_fact_ival(c, g->said), here = check_fact_ival(c, g->here);
    struct rat central;
    struct check_case k = check_case_of(c, "difference", g->said);
    check_case_fact(&k, g->here);
    check_case_fact(&k, g->there);
    k.subject = arena_fmt(&c->out->arena, "%.*s: %.*s", STR_ARG(k.subject), STR_ARG(g->there_name));
    if (g->there && ival_sub(here, check_fact_ival(c, g->there), &follows) &&
        rat_sub(check_fact_rat(c, g->here), check_fact_rat(c, g->there), &central, NULL) == OK) {
        check_case_compare(c, &k, follows, central, g->said, VERDICT_CONTRADICTS);
        if (k.verdict == VERDICT_CONTRADICTS)
            check_case_notes(&k, "所述百分点差与两项公布数矛盾。",
                             "The difference contradicts the two published percentages.");
        else
            check_case_notes(&k, "所述百分点差与两项公布数相符。",
                             "The difference agrees with the two published percentages.");
    } else if (!g->there && ival_sub(here, said, &follows)) {
        check_case_implied(c, &k, follows, g->here->unit, g->here->decimals);
        check_case_notes(
            &k, "由本数与百分点差推得对方（基期）数值的范围，未见公布。",
            "The other percentage follows from this one and the difference; it is not published.");
    } else {
        vec_clear(&k.facts);
        return;
    }
    check_case_add(c, &k);
}

static void difference_check(struct check *c, const struct figure_at *at)
{
    struct gap g = {.said = at->f};
    struct bases b;
    if (!(g.here = percent_at(c, at->f, at->f->entity, at->f->period, NULL)))
        return;
    const struct series *like = check_series_of(c, g.here);
    if (str_starts(at->s->comparison, STR("vs:"))) {
        g.there_name = str_sub(at->s->comparison, 3, at->s->comparison.len);
        uint32_t there = check_entity_called(c, g.there_name, at->f->entity, at->f->period.last);
        if (there)
            g.there = percent_at(c, at->f, there, at->f->period, like);
        gap_case(c, &g);
    } else if (bases_of(at->f, at->s->comparison, &b)) {
        for (size_t i = 0; i < b.count && !g.there; i++)
            g.there = percent_at(c, at->f, at->f->entity, b.p[i], like);
        g.there_name = check_period_str(c, b.p[0]);
        gap_case(c, &g);
    }
}

void check_rates(struct check *c)
{
    static void (*const rules[KIND_KINDS])(struct check *, const struct figure_at *) = {
        [KIND_GROWTH] = growth_check,
        [KIND_CHANGE] = change_check,
        [KIND_PP_CHANGE] = difference_check};
    for (size_t i = 0; i < c->figures.len; i++)
        if (rules[c->figures.v[i].s->kind])
            rules[c->figures.v[i].s->kind](c, &c->figures.v[i]);
}
