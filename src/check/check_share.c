/* check_share.c - a share against its part and its whole; shares and contributions of the parts of
 * one whole against 100 %.
 *
 * Tables seldom say what a share is a share of. A column 占比 in a nested table is mostly a share
 * of the top, sometimes of the row above, and sometimes of something that is not in the table at
 * all (the share of new products in each district's own output). So the whole that the importer
 * took is the first guess, the entities above it are the next, and only where a share claims to be
 * of this whole and the others beside it bear that out is it called wrong. */
#include "check/check_int.h"
#include <stdio.h>

static const struct rat hundred = {1, 1}; /* percent are 1/100 here */

/* ---- one share: part = share x whole ---- */

struct sharing {
    const struct fact *share, *part, *whole;
    uint32_t part_indicator, whole_indicator, whole_entity;
    struct str part_name, whole_name; /* to show when a figure is not there */
};

static bool quotient(const struct check *c, const struct fact *part, const struct fact *whole,
                     struct ival *follows, struct rat *central)
{
    return ival_div(check_fact_ival(c, part), check_fact_ival(c, whole), follows) &&
           rat_div(check_fact_rat(c, part), check_fact_rat(c, whole), central, NULL) == OK;
}

static bool share_fits(const struct check *c, const struct fact *share, const struct fact *part,
                       const struct fact *whole)
{
    struct ival follows;
    struct rat central;
    return part && whole && quotient(c, part, whole, &follows, &central) &&
           ival_meets(follows, check_fact_ival(c, share));
}

/* The share that an entity states of itself in the same column, NULL if none. */
static const struct fact *share_of_entity(const struct check *c, uint32_t entity,
                                          const struct fact *like)
{
    const struct series *s = check_series_of(c, like);
    size_t count;
    const struct figure_at *all = check_figures_of(c, entity, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i].s->indicator == s->indicator && all[i].s->kind == KIND_SHARE &&
            all[i].s->modality == s->modality && all[i].f->source == like->source &&
            period_eq(all[i].f->period, like->period))
            return all[i].f;
    return NULL;
}

/* Parents of an entity, of any grouping, on a day. */
static uint32_t parent_at(const struct check *c, uint32_t entity, day_t day, size_t *it)
{
    const struct membership *ms;
    while ((ms = model_parents(c->m, entity, it)) != NULL)
        if (member_on(ms, day))
            return ms->parent;
    return 0;
}

/* An entity above the whole of which the share holds. */
static const struct fact *whole_above(const struct check *c, const struct sharing *h, uint32_t from,
                                      int depth)
{
    uint32_t up;
    enum modality md = check_series_of(c, h->share)->modality;
    for (size_t it = 0; depth < 8 && (up = parent_at(c, from, h->share->period.last, &it)) != 0;) {
        const struct fact *w =
            check_level_at(c, up, h->whole_indicator, md, h->share->period, h->share->source);
        if (share_fits(c, h->share, h->part, w))
            return w;
        if ((w = whole_above(c, h, up, depth + 1)) != NULL)
            return w;
    }
    return NULL;
}

/* Do the shares beside this one, of the same whole, hold? With three or more and none that does,
 * the column is a share of something else. */
static bool column_is_other(const struct check *c, const struct sharing *h)
{
    const struct series *s = check_series_of(c, h->share);
    const struct membership *ms;
    size_t tried = 0;
    for (size_t it = 0; (ms = model_children(c->m, h->whole_entity, &it)) != NULL;) {
        const struct fact *share =
            check_fact_at(c, ms->child, h->share->series, h->share->period, h->share->source);
        const struct fact *part = check_level_at(c, ms->child, h->part_indicator, s->modality,
                                                 h->share->period, h->share->source);
        if (!share || !part || share->source != h->share->source)
            continue;
        tried++;
        if (share_fits(c, share, part, h->whole))
            return false;
    }
    return tried >= 3;
}

/* The whole states a share of itself that is not 100 %: then the column is of something above it,
 * which that share tells, or a ratio inside each row. */
static bool column_has_other_whole(const struct check *c, const struct sharing *h,
                                   const struct fact **other)
{
    const struct fact *own = share_of_entity(c, h->whole_entity, h->share);
    if (h->whole_entity == h->share->entity || !own || ival_has(check_fact_ival(c, own), hundred))
        return false;
    struct sharing up = *h;
    up.share = own;
    up.part = h->whole;
    *other = whole_above(c, &up, h->whole_entity, 0);
    return true;
}

static void share_subject(struct check *c, struct check_case *k, const struct sharing *h)
{
    k->subject = arena_fmt(&c->out->arena, "%.*s = %.*s / %.*s", STR_ARG(k->subject),
                           STR_ARG(h->part_name), STR_ARG(h->whole_name));
}

static void share_compare(struct check *c, const struct sharing *h)
{
    struct ival follows;
    struct rat central;
    struct check_case k;
    if (!quotient(c, h->part, h->whole, &follows, &central))
        return; /* a whole that may be 0 has no shares */
    bool fits = ival_meets(follows, check_fact_ival(c, h->share)),
         other = !fits && column_is_other(c, h);
    k = check_case_of(c, "share", h->share);
    share_subject(c, &k, h);
    check_case_fact(&k, h->part);
    check_case_fact(&k, h->whole);
    check_case_compare(c, &k, follows, central, h->share,
                       other ? VERDICT_RESIDUAL : VERDICT_CONTRADICTS);
    if (k.verdict == VERDICT_AGREES)
        check_case_notes(&k, "占比与部分、整体的数值一致。",
                         "The share agrees with part and whole.");
    else if (fits)
        check_case_notes(&k, "占比与部分、整体的差异可由四舍五入解释。",
                         "Rounding explains the difference between the share and part / whole.");
    else if (other)
        check_case_notes(
            &k, "同列各项占比均不以该整体为分母，应是其他整体的占比。",
            "None of the shares in this column is of this whole; they are shares of another.");
    else
        check_case_notes(&k, "占比与部分、整体的数值矛盾。",
                         "The share contradicts part and whole.");
    check_case_add(c, &k);
}

static uint32_t percent_or(const struct check *c, uint32_t indicator, const struct fact *like)
{
    if (like)
        return like->unit;
    return indicator ? model_indicator(c->m, indicator)->unit : 0;
}

static void whole_implied(struct check *c, const struct sharing *h)
{
    struct ival whole;
    if (!ival_div(check_fact_ival(c, h->part), check_fact_ival(c, h->share), &whole))
        return;
    struct check_case k = check_case_of(c, "share", h->share);
    share_subject(c, &k, h);
    check_case_fact(&k, h->part);
    check_case_implied(c, &k, whole, h->part->unit, h->part->decimals);
    check_case_notes(&k, "由部分与占比推得整体的范围，未见公布。",
                     "The whole follows from part and share; it is not published.");
    check_case_add(c, &k);
}

static void part_implied(struct check *c, const struct sharing *h)
{
    struct ival part;
    uint32_t unit = percent_or(c, h->part_indicator, h->whole);
    if (!unit || !ival_mul(check_fact_ival(c, h->whole), check_fact_ival(c, h->share), &part))
        return;
    struct check_case k = check_case_of(c, "share", h->share);
    share_subject(c, &k, h);
    check_case_fact(&k, h->whole);
    check_case_implied(c, &k, part, unit, h->whole->decimals);
    check_case_notes(&k, "由整体与占比推得部分的范围，未见公布。",
                     "The part follows from whole and share; it is not published.");
    check_case_add(c, &k);
}

/* ---- what a share is a share of ---- */

static uint32_t indicator_called(const struct check *c, struct str name)
{
    static const char *const ends[] = {"", "数", "增加值", "总额"};
    for (size_t i = 0; name.len > 0 && i < sizeof ends / sizeof *ends; i++) {
        char text[512];
        int n = snprintf(text, sizeof text, "%.*s%s", STR_ARG(name), ends[i]);
        uint32_t id =
            n > 0 && (size_t)n < sizeof text ? model_find_indicator(c->m, str_z(text)) : 0;
        if (id)
            return id;
    }
    return 0;
}

/* "of:河南省": the same quantity of a larger entity. */
static bool of_entity(const struct check *c, const struct figure_at *at, struct str name,
                      struct sharing *h)
{
    uint32_t whole = check_entity_called(c, name, at->f->entity, at->f->period.last);
    enum modality md = at->s->modality;
    if (whole == at->f->entity)
        return false;
    h->part_indicator = h->whole_indicator = at->s->indicator;
    h->whole_entity = whole;
    h->part_name = check_entity_name(c, at->f->entity);
    h->whole_name = name;
    h->part =
        check_level_near(c, at->f->entity, h->part_indicator, md, at->f->period, at->f->source);
    if (whole)
        h->whole = check_level_at(c, whole, h->whole_indicator, md,
                                  h->part ? h->part->period : at->f->period, at->f->source);
    return true;
}

/* "A占B比重" of:B, another quantity of the same entity. */
static bool of_quantity(const struct check *c, const struct figure_at *at, struct str name,
                        struct sharing *h)
{
    struct str own = model_indicator(c->m, at->s->indicator)->name;
    ptrdiff_t cut = str_find(own, STR("占"));
    enum modality md = at->s->modality;
    if (cut <= 0)
        return false;
    h->part_name = str_sub(own, 0, (size_t)cut);
    h->whole_name = name;
    h->part_indicator = indicator_called(c, h->part_name);
    h->whole_indicator = indicator_called(c, name);
    h->whole_entity = at->f->entity;
    h->part =
        check_level_near(c, at->f->entity, h->part_indicator, md, at->f->period, at->f->source);
    h->whole =
        check_level_near(c, at->f->entity, h->whole_indicator, md, at->f->period, at->f->source);
    return h->whole_indicator != 0;
}

/* Settles which whole the share is of; false when it is of none in the table. */
static bool whole_settle(const struct check *c, struct sharing *h)
{
    const struct fact *above;
    if (h->whole_entity == h->share->entity || share_fits(c, h->share, h->part, h->whole))
        return true;
    above = whole_above(c, h, h->whole_entity, 0);
    if (!above && column_has_other_whole(c, h, &above) && !above)
        return false;
    if (above) {
        h->whole = above;
        h->whole_entity = above->entity;
        h->whole_name = check_entity_name(c, above->entity);
    }
    return true;
}

static void share_check(struct check *c, const struct figure_at *at)
{
    struct sharing h = {.share = at->f};
    if (!str_starts(at->s->comparison, STR("of:")))
        return;
    struct str name = str_sub(at->s->comparison, 3, at->s->comparison.len);
    if (!of_quantity(c, at, name, &h) && !of_entity(c, at, name, &h))
        return;
    if (h.part && h.whole) {
        if (whole_settle(c, &h))
            share_compare(c, &h);
    } else if (h.part)
        whole_implied(c, &h);
    else if (h.whole)
        part_implied(c, &h);
}

void check_shares(struct check *c)
{
    for (size_t i = 0; i < c->figures.len; i++)
        if (c->figures.v[i].s->kind == KIND_SHARE)
            share_check(c, &c->figures.v[i]);
}

/* ---- shares and contributions of the parts of one whole ---- */

struct column {
    uint32_t parent, grouping, series;
    struct period period;
    uint32_t source;
    const struct fact *first;
    VEC(const struct fact *) facts;
    size_t of;
    struct ival sum;
    struct rat exact, least, most;
    bool overflow, negative;
};

static void column_take(const struct check *c, struct column *k, const struct fact *f)
{
    struct rat v = check_fact_rat(c, f);
    k->overflow |= !ival_add(k->sum, check_fact_ival(c, f), &k->sum) ||
                   rat_add(k->exact, v, &k->exact, NULL) != OK;
    if (k->facts.len == 0 || rat_cmp(v, k->least) < 0)
        k->least = v;
    if (k->facts.len == 0 || rat_cmp(v, k->most) > 0)
        k->most = v;
    k->negative |= f->value < 0;
    vec_push(&k->facts, f);
}

/* Is it a figure of the same column? A table's column may be filed under a contribution in one row
 * and under a plain percentage in the next; shares must be of the same whole. */
static bool same_column(const struct check *c, const struct series *a, const struct series *b)
{
    if (a->indicator != b->indicator || a->modality != b->modality || a->dimension != b->dimension)
        return false;
    if (a->kind == KIND_SHARE || b->kind == KIND_SHARE)
        return a->id == b->id;
    return (check_is_contribution(c, a) && check_is_contribution(c, b)) ||
           (check_is_pull(c, a) && check_is_pull(c, b));
}

static const struct fact *column_fact(const struct check *c, const struct column *k, uint32_t child)
{
    size_t count;
    const struct figure_at *all = check_figures_of(c, child, &count);
    const struct series *s = model_series(c->m, k->series);
    for (size_t i = 0; i < count; i++)
        if (same_column(c, all[i].s, s) && period_eq(all[i].f->period, k->period))
            return check_fact_at(c, child, all[i].s->id, k->period, k->source);
    return NULL;
}

static void column_gather(const struct check *c, struct column *k)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_children(c->m, k->parent, &it)) != NULL;) {
        if (ms->grouping != k->grouping || !member_on(ms, k->period.last) ||
            check_is_of_which(c, ms->child))
            continue;
        const struct fact *f = column_fact(c, k, ms->child);
        k->of++;
        if (f)
            column_take(c, k, f);
    }
}

/* What the parts may add up to: 100 %, or what the parent states of itself, or its share of what is
 * above it. true: one of them fits, and *target is it. */
struct target {
    struct ival v;
    struct rat central;
    const struct fact *from, *from2;
};

static bool target_is(const struct column *k, struct ival v, struct rat central,
                      const struct fact *from, const struct fact *from2, struct target *out)
{
    struct target t = {v, central, from, from2};
    if (!ival_meets(k->sum, v))
        return false;
    *out = t;
    return true;
}

static bool target_above(const struct check *c, const struct column *k, uint32_t from, int depth,
                         struct target *out)
{
    const struct series *s = model_series(c->m, k->series);
    const struct fact *own =
        check_level_at(c, k->parent, s->indicator, s->modality, k->period, k->source);
    uint32_t up;
    for (size_t it = 0; own && depth < 8 && (up = parent_at(c, from, k->period.last, &it)) != 0;) {
        const struct fact *w =
            check_level_at(c, up, s->indicator, s->modality, k->period, k->source);
        struct ival v;
        struct rat central;
        if (w && quotient(c, own, w, &v, &central) && target_is(k, v, central, own, w, out))
            return true;
        if (target_above(c, k, up, depth + 1, out))
            return true;
    }
    return false;
}

static struct str without_growth(const struct check *c, struct str name)
{
    return str_sub(name, 0, name.len - check_words_suffix(&c->words, LABEL_GROWTH, name));
}

/* "to:GDP增长" -> "GDP" */
static struct str whole_of_pull(const struct check *c, const struct series *s)
{
    struct str to = s->comparison;
    return without_growth(c, str_starts(to, STR("to:")) ? str_sub(to, 3, to.len) : STR(""));
}

/* 拉动GDP增长, 对GDP增长的拉动, GDP拉动 -> "GDP"; "" where the name says 拉动 alone */
static struct str whole_in_name(const struct check *c, const struct series *s)
{
    struct str name = model_indicator(c->m, s->indicator)->name;
    ptrdiff_t at = str_find(name, STR("拉动"));
    if (at < 0)
        return STR("");
    struct str before = str_sub(name, 0, (size_t)at),
               after = without_growth(c, str_sub(name, (size_t)at + strlen("拉动"), name.len));
    ptrdiff_t of = str_find(before, STR("对"));
    if (after.len > 0)
        return after;
    if (of >= 0)
        before = str_sub(before, (size_t)of + strlen("对"), before.len);
    if (str_ends(before, STR("的")))
        before = str_sub(before, 0, before.len - strlen("的"));
    return without_growth(c, before);
}

static bool is_gdp(const struct check *c, struct str name)
{
    return name.len > 0 && check_words_prefix(&c->words, LABEL_GDP, name) == name.len;
}

/* A pull adds up to the growth of its whole, where that is stated. A column that says 拉动 alone
 * means the growth in its own table, when that is one. */
static const struct fact *growth_of_whole(const struct check *c, const struct column *k)
{
    const struct series *s = model_series(c->m, k->series);
    struct str to = whole_of_pull(c, s), in_name = whole_in_name(c, s);
    const struct fact *only = NULL;
    size_t count, found = 0;
    const struct figure_at *all = check_figures_of(c, k->parent, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].s->kind != KIND_GROWTH || !str_is(all[i].s->comparison, "yoy") ||
            all[i].s->modality != s->modality || !period_eq(all[i].f->period, k->period))
            continue;
        struct str name = without_growth(c, model_indicator(c->m, all[i].s->indicator)->name);
        if (str_eq(name, to) || str_eq(name, in_name) ||
            (is_gdp(c, name) && (is_gdp(c, to) || is_gdp(c, in_name))))
            return all[i].f;
        if (all[i].f->source == k->source) {
            only = all[i].f;
            found++;
        }
    }
    return in_name.len == 0 && found == 1 ? only : NULL;
}

/* The parent's own figure of the column. A share may be stated in relation to another whole than
 * those of the parts, so only the indicator need be the same. */
static const struct fact *own_figure(const struct check *c, const struct column *k)
{
    const struct series *s = model_series(c->m, k->series);
    size_t count;
    const struct figure_at *all = check_figures_of(c, k->parent, &count);
    for (size_t i = 0; i < count; i++)
        if (period_eq(all[i].f->period, k->period) &&
            (same_column(c, all[i].s, s) ||
             (s->kind == KIND_SHARE && all[i].s->kind == KIND_SHARE &&
              all[i].s->indicator == s->indicator && all[i].s->modality == s->modality)))
            return all[i].f;
    return NULL;
}

static void column_case(struct check *c, const struct column *k, const struct target *t,
                        enum verdict otherwise)
{
    bool share = model_series(c->m, k->series)->kind == KIND_SHARE;
    struct check_case out = check_case_of(c, "sum", k->first);
    struct rat residual;
    bool fits = ival_meets(k->sum, t->v), same = rat_cmp(k->exact, t->central) == 0;
    struct str grouping = model_grouping(c->m, k->grouping)->name,
               parent = check_entity_name(c, k->parent),
               name = check_indicator_of(c, k->first)->name,
               period = check_period_str(c, k->period);
    out.entity = k->parent;
    out.grouping = k->grouping;
    for (size_t i = 0; i < k->facts.len; i++)
        check_case_fact(&out, k->facts.v[i]);
    check_case_fact(&out, t->from);
    check_case_fact(&out, t->from2);
    out.verdict = !fits ? otherwise : same ? VERDICT_AGREES : VERDICT_ROUNDING;
    out.subject = arena_fmt(&c->out->arena, "%.*s %.*s %s %.*s = Σ %.*s (%zu/%zu)", STR_ARG(parent),
                            STR_ARG(name), share ? "占比" : "贡献", STR_ARG(period),
                            STR_ARG(grouping), k->facts.len, k->of);
    out.expected = check_rat_in(c, t->central, k->first->unit, k->first->decimals);
    out.found = check_rat_in(c, k->exact, k->first->unit, k->first->decimals);
    if (rat_sub(t->central, k->exact, &residual, NULL) == OK)
        out.residual = check_rat_in(c, residual, k->first->unit, k->first->decimals);
    if (same)
        check_case_notes(&out, "各部分之和等于整体。", "The parts add up to the whole.");
    else if (fits)
        check_case_notes(&out, "各部分之和与整体的差异可由四舍五入解释。",
                         "Rounding explains the difference to the whole.");
    else
        check_case_notes(
            &out, "各部分之和与整体（100%）不符，四舍五入不能解释。",
            "The parts do not add up to the whole (100 %), and rounding does not explain it.");
    check_case_add(c, &out);
}

static const struct target whole_target = {
    .v = {.lo = {1, 1}, .hi = {1, 1}},
      .central = {1,            1           }
};

/* A column of ratios inside each row (every district's own share of new products): what the whole
 * states lies between them, as an average does. */
static bool is_average(const struct check *c, const struct column *k, const struct fact *own)
{
    struct rat v = check_fact_rat(c, own);
    return rat_cmp(v, k->least) >= 0 && rat_cmp(v, k->most) <= 0;
}

static void shares_judge(struct check *c, const struct column *k, enum grouping_kind kind)
{
    struct target t = whole_target;
    const struct fact *own = own_figure(c, k);
    if (kind == GROUP_PARTIAL || k->facts.len < k->of) {
        if (!k->negative && ival_below(t.v, k->sum) && !(own && is_average(c, k, own)))
            column_case(c, k, &t, VERDICT_CONTRADICTS);
        return;
    }
    if (target_is(k, t.v, hundred, own, NULL, &t) ||
        (own && target_is(k, check_fact_ival(c, own), check_fact_rat(c, own), own, NULL, &t)) ||
        target_above(c, k, k->parent, 0, &t)) {
        column_case(c, k, &t, VERDICT_CONTRADICTS);
        return;
    }
    if (k->of < 2 || (own && is_average(c, k, own)))
        return;
    if (own)
        t = (struct target){check_fact_ival(c, own), check_fact_rat(c, own), own, NULL};
    column_case(c, k, &t, VERDICT_CONTRADICTS);
}

static bool has_parent(const struct check *c, const struct column *k)
{
    size_t it = 0;
    return parent_at(c, k->parent, k->period.last, &it) != 0;
}

static void contributions_judge(struct check *c, const struct column *k, enum grouping_kind kind)
{
    const struct fact *own = own_figure(c, k);
    struct target t = whole_target;
    if (kind != GROUP_PARTITION || k->facts.len < k->of || k->of < 2)
        return;
    bool in_column = own != NULL;
    if (!own && check_is_pull(c, model_series(c->m, k->series)))
        own = growth_of_whole(c, k);
    if (in_column && k->of > 1 &&
        !target_is(k, check_fact_ival(c, own), check_fact_rat(c, own), own, NULL, &t) &&
        is_average(c, k, own))
        return; /* each row's own contribution to its own growth */
    if (own)
        t = (struct target){check_fact_ival(c, own), check_fact_rat(c, own), own, NULL};
    else if (check_is_pull(c, model_series(c->m, k->series)) || has_parent(c, k))
        return; /* nothing says what they add up to */
    column_case(c, k, &t, VERDICT_CONTRADICTS);
}

/* A column adds up only where the member itself is the part: not 工业占GDP比重 or
 * 工业对经济增长贡献率 of each city, where part and whole are both inside the row. */
static bool member_is_part(const struct check *c, const struct figure_at *at, uint32_t parent)
{
    static const char *const inside[] = {"占", "对", "拉动"};
    struct str name = model_indicator(c->m, at->s->indicator)->name, of = at->s->comparison;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        ptrdiff_t cut = str_find(name, str_z(inside[i]));
        struct str rest = str_sub(name, (size_t)(cut < 0 ? 0 : cut) + strlen(inside[i]), name.len);
        if (cut > 0 && !str_starts(rest, STR("全")) &&
            !str_starts(rest, check_entity_name(c, parent)))
            return false;
    }
    if (at->s->kind != KIND_SHARE)
        return true;
    if (!str_starts(of, STR("of:")))
        return false;
    uint32_t whole =
        check_entity_called(c, str_sub(of, 3, of.len), at->f->entity, at->f->period.last);
    return whole == parent || (whole && model_is_within(c->m, parent, whole, at->f->period.last)) ||
           (whole && str_eq(check_entity_name(c, whole), check_entity_name(c, parent)));
}

static void column_check(struct check *c, const struct figure_at *at, const struct membership *ms)
{
    const struct grouping *g = model_grouping(c->m, ms->grouping);
    struct column k = {
        .parent = ms->parent,
        .grouping = ms->grouping,
        .series = at->f->series,
        .period = at->f->period,
        .source = at->f->source,
        .first = at->f,
        .sum = ival_point((struct rat){0, 1}
           ),
        .exact = {0, 1}
    };
    column_gather(c, &k);
    if (!k.overflow && at->s->kind == KIND_SHARE)
        shares_judge(c, &k, g->kind);
    else if (!k.overflow)
        contributions_judge(c, &k, g->kind);
    vec_clear(&k.facts);
}

static bool seen_before(struct map *seen, const struct figure_at *at, const struct membership *ms)
{
    bool share = at->s->kind == KIND_SHARE; /* one series; a contribution may be in several */
    uint32_t key[] = {ms->parent,
                      ms->grouping,
                      share,
                      share ? at->s->id : at->s->indicator,
                      at->s->dimension,
                      (uint32_t)at->f->period.first,
                      (uint32_t)at->f->period.last};
    uint64_t had;
    struct str bytes = {(const char *)key, sizeof key};
    bool again = map_get(seen, bytes, &had);
    map_put(seen, bytes, 1);
    return again;
}

void check_parts_of_hundred(struct check *c)
{
    struct map seen;
    map_init(&seen);
    for (size_t i = 0; i < c->figures.len; i++) {
        const struct figure_at *at = &c->figures.v[i];
        const struct membership *ms;
        if (!check_is_percent(c, at->s->dimension) ||
            (at->s->kind != KIND_SHARE && !check_is_contribution(c, at->s) &&
             !check_is_pull(c, at->s)))
            continue;
        for (size_t it = 0; (ms = model_parents(c->m, at->f->entity, &it)) != NULL;) {
            enum grouping_kind kind = model_grouping(c->m, ms->grouping)->kind;
            if (member_on(ms, at->f->period.last) && !check_is_of_which(c, at->f->entity) &&
                (kind == GROUP_PARTITION || kind == GROUP_PARTIAL) && !seen_before(&seen, at, ms) &&
                member_is_part(c, at, ms->parent))
                column_check(c, at, ms);
        }
    }
    map_clear(&seen);
}
