/* check_range.c - the growth of a total lies between the least and the greatest growth of its
 * parts.
 *
 * It is their mean, weighted by the base, so this holds for any weights as long as none is
 * negative: only for complete partitions, and for quantities that can be losses only where every
 * level is known and none is below 0. Where every part's level is known and it is no money (whose
 * growth is on a comparable basis), so are the weights, and the growth of the total follows. */
#include "check/check_int.h"

struct spread {
    struct ival hull;
    VEC(const struct fact *) facts;
    size_t of;
    bool unsure;  /* a member without growth, or with a base that may be negative */
    bool no_mean; /* a member without a level, or one in money */
    struct ival now, base, mean;
};

static bool base_not_negative(const struct check *c, const struct fact *growth, uint32_t level)
{
    const struct fact *now =
        check_level_near(c, growth->entity, level, check_series_of(c, growth)->modality,
                         growth->period, growth->source);
    struct ival g = check_fact_ival(c, growth);
    bool above = !g.no_lo && rat_cmp(g.lo, (struct rat){-1, 1}) > 0;
    if (now)
        return now->value >= 0 && above;
    return !check_words_any(&c->words, LABEL_SIGNED, check_indicator_of(c, growth)->name) &&
           !g.no_lo && rat_cmp(g.lo, (struct rat){-1, 1}) >= 0;
}

/* What the part weighs: level / (1 + growth). */
static void mean_take(const struct check *c, struct spread *s, const struct fact *f, uint32_t level)
{
    const struct fact *now =
        check_level_at(c, f->entity, level, check_series_of(c, f)->modality, f->period, f->source);
    struct ival v, base, factor = ival_point((struct rat){1, 1});
    s->no_mean |= !now || now->source != f->source || now->value < 0 || check_is_bound(now) ||
                  !str_is(check_series_of(c, f)->comparison, "yoy") ||
                  check_is_money(c, check_series_of(c, now)->dimension);
    if (s->no_mean)
        return;
    v = check_fact_ival(c, now);
    s->no_mean = !ival_add(factor, check_fact_ival(c, f), &factor) || !ival_div(v, factor, &base) ||
                 !ival_add(s->now, v, &s->now) || !ival_add(s->base, base, &s->base);
}

static void spread_take(const struct check *c, struct spread *s, const struct fact *f,
                        uint32_t level)
{
    struct ival v = check_fact_ival(c, f);
    s->unsure |= !base_not_negative(c, f, level);
    s->hull = s->facts.len == 0 ? v : ival_hull(s->hull, v);
    mean_take(c, s, f, level);
    vec_push(&s->facts, f);
}

static void spread_gather(const struct check *c, const struct fact *total, uint32_t grouping,
                          uint32_t level, struct spread *s)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_children(c->m, total->entity, &it)) != NULL;) {
        if (ms->grouping != grouping || !member_on(ms, total->period.last) ||
            check_is_of_which(c, ms->child))
            continue;
        const struct fact *f =
            check_fact_at(c, ms->child, total->series, total->period, total->source);
        s->of++;
        if (f && f->source == total->source)
            spread_take(c, s, f, level);
        else
            s->unsure = true;
    }
}

static void range_case(struct check *c, const struct fact *total, uint32_t grouping,
                       const struct spread *s)
{
    struct check_case k = check_case_of(c, "growth-range", total);
    struct ival v = check_fact_ival(c, total);
    bool inside = ival_meets(s->hull, v), fits = s->no_mean || ival_meets(s->mean, v);
    struct str name = model_grouping(c->m, grouping)->name;
    k.grouping = grouping;
    for (size_t i = 0; i < s->facts.len; i++)
        check_case_fact(&k, s->facts.v[i]);
    k.verdict = inside && fits ? VERDICT_AGREES : VERDICT_CONTRADICTS;
    k.subject =
        arena_fmt(&c->out->arena, "%.*s ∈ %.*s (%zu)", STR_ARG(k.subject), STR_ARG(name), s->of);
    k.expected =
        check_ival_in(c, inside && !fits ? s->mean : s->hull, total->unit, total->decimals);
    k.found = check_fact_text(c, total);
    if (inside && !fits)
        check_case_notes(&k, "由各部分数值与增速推得的总体增速与公布数不符。",
                         "The growth of the total that follows from levels and growth of the parts "
                         "is another.");
    else if (inside)
        check_case_notes(&k, "总体增速介于各部分增速之间。",
                         "The growth of the total lies between that of its parts.");
    else
        check_case_notes(&k, "总体增速应介于各部分增速之间，却在其外。",
                         "The growth of a total must lie between that of its parts, and does not.");
    check_case_add(c, &k);
}

static void range_check(struct check *c, const struct figure_at *at, uint32_t grouping)
{
    uint32_t level = check_level_indicator(c, at->s->indicator);
    const struct ival none = ival_point((struct rat){0, 1}), one = ival_point((struct rat){1, 1});
    struct spread s = {.now = none, .base = none};
    spread_gather(c, at->f, grouping, level, &s);
    s.no_mean = s.no_mean || !ival_div(s.now, s.base, &s.mean) || !ival_sub(s.mean, one, &s.mean);
    if (!s.unsure && s.of > 1 && base_not_negative(c, at->f, level))
        range_case(c, at->f, grouping, &s);
    vec_clear(&s.facts);
}

/* Growth of averages, prices and ratios is no mean of the parts' growth. Where the level is not in
 * the ledger at all, the name of the rate must do. */
static bool growth_of_sum(const struct check *c, const struct figure_at *at)
{
    uint32_t level = check_level_indicator(c, at->s->indicator);
    struct series like = *at->s;
    if (at->s->kind != KIND_GROWTH || at->s->modality != MOD_ACTUAL ||
        check_is_point(c, at->s->dimension))
        return false;
    if (level && model_indicator(c->m, level)->measure != MEASURE_RATE) {
        like.indicator = level;
        return check_adds(c, &like);
    }
    struct str name = model_indicator(c->m, at->s->indicator)->name;
    name = str_sub(name, 0, name.len - check_words_suffix(&c->words, LABEL_GROWTH, name));
    return name.len > 0 && !check_ratio_by_name(c, name);
}

void check_growth_ranges(struct check *c)
{
    for (size_t i = 0; i < c->figures.len; i++) {
        const struct figure_at *at = &c->figures.v[i];
        const struct membership *ms;
        VEC(uint32_t) seen = {0};
        if (!growth_of_sum(c, at))
            continue;
        for (size_t it = 0; (ms = model_children(c->m, at->f->entity, &it)) != NULL;) {
            bool again = !member_on(ms, at->f->period.last) ||
                         model_grouping(c->m, ms->grouping)->kind != GROUP_PARTITION;
            for (size_t k = 0; k < seen.len; k++)
                again |= seen.v[k] == ms->grouping;
            if (again)
                continue;
            vec_push(&seen, ms->grouping);
            range_check(c, at, ms->grouping);
        }
        vec_clear(&seen);
    }
}
