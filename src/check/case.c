/* case.c - the texts of a case, and the comparison that nearly every rule ends in. */
#include "check/check_int.h"
#include <assert.h>

/* ---- texts ---- */

static struct arena *texts(struct check *c)
{
    return &c->out->arena;
}

struct str check_fact_text(struct check *c, const struct fact *f)
{
    static const char *const signs[Q_COUNT] = {
        [Q_EQ] = "",       [Q_OVER] = ">",   [Q_AT_LEAST] = "≥", [Q_UNDER] = "<",
        [Q_AT_MOST] = "≤", [Q_APPROX] = "≈", [Q_RANGE] = "",     [Q_DOUBLED] = ""};
    char value[DEC_TEXT], high[DEC_TEXT];
    struct str symbol = model_unit(c->m, f->unit)->symbol;
    unit_text(c->m, f->unit, f->value, f->decimals, value);
    if (f->qualifier != Q_RANGE)
        return arena_fmt(texts(c), "%s%s %.*s", signs[f->qualifier], value, STR_ARG(symbol));
    unit_text(c->m, f->unit, f->value_hi, f->decimals, high);
    return arena_fmt(texts(c), "%s … %s %.*s", value, high, STR_ARG(symbol));
}

/* A pure value as a number of `unit`. */
static bool in_unit(const struct check *c, struct rat v, uint32_t unit, struct rat *out)
{
    const struct unit *u = model_unit(c->m, unit);
    struct rat per;
    return rat_make((i128)u->den * (check_is_percent(c, u->dimension) ? 100 : 1), u->num, &per,
                    NULL) == OK &&
           rat_mul(v, per, out, NULL) == OK;
}

/* Decimals after which v ends, at least `least`; `least` + 2 for one that doesn't end soon. */
static unsigned decimals_of(struct rat v, unsigned least)
{
    for (unsigned n = least; n <= 12; n++)
        if (dec_pow10(n) % v.den == 0)
            return n;
    return least + 2;
}

struct str check_rat_in(struct check *c, struct rat v, uint32_t unit, unsigned decimals)
{
    struct str symbol = model_unit(c->m, unit)->symbol;
    char text[DEC_TEXT] = "?";
    struct rat shown;
    if (in_unit(c, v, unit, &shown))
        rat_text(shown, decimals_of(shown, decimals), ROUND_NEAREST, text);
    return arena_fmt(texts(c), "%s %.*s", text, STR_ARG(symbol));
}

/* Whole things in their base unit: the whole numbers inside the interval. */
static bool whole_in(struct check *c, struct ival v, uint32_t unit, struct str *out)
{
    const struct unit *u = model_unit(c->m, unit);
    char lo[DEC_TEXT], hi[DEC_TEXT];
    if (!model_dimension(c->m, u->dimension)->exact_count || u->num != u->den)
        return false;
    rat_text(v.lo, 0, ROUND_CEIL, lo);
    rat_text(v.hi, 0, ROUND_FLOOR, hi);
    struct dec least, most;
    if (dec_parse(str_z(lo), &least, NULL) != OK || dec_parse(str_z(hi), &most, NULL) != OK ||
        least.units > most.units)
        return false; /* none inside: the interval itself tells more */
    *out = least.units == most.units
               ? arena_fmt(texts(c), "%s %.*s", lo, STR_ARG(u->symbol))
               : arena_fmt(texts(c), "%s … %s %.*s", lo, hi, STR_ARG(u->symbol));
    return true;
}

struct str check_ival_in(struct check *c, struct ival v, uint32_t unit, unsigned decimals)
{
    struct str symbol = model_unit(c->m, unit)->symbol, whole;
    char lo[DEC_TEXT] = "", hi[DEC_TEXT] = "";
    struct rat shown;
    if (ival_is_point(v))
        return check_rat_in(c, v.lo, unit, 0);
    if (!v.no_lo && !v.no_hi && whole_in(c, v, unit, &whole))
        return whole;
    if (!v.no_lo && in_unit(c, v.lo, unit, &shown))
        rat_text(shown, decimals, ROUND_NEAREST, lo);
    if (!v.no_hi && in_unit(c, v.hi, unit, &shown))
        rat_text(shown, decimals, ROUND_NEAREST, hi);
    if (v.no_lo && v.no_hi)
        return STR("");
    if (v.no_lo || v.no_hi)
        return arena_fmt(texts(c), "%s %s %.*s", v.no_lo ? "≤" : "≥", v.no_lo ? hi : lo,
                         STR_ARG(symbol));
    return arena_fmt(texts(c), "%s … %s %.*s", lo, hi, STR_ARG(symbol));
}

struct str check_period_str(struct check *c, struct period p)
{
    char text[32];
    period_text(p, text);
    return arena_dup(texts(c), str_z(text));
}

static const char *kind_word(enum fact_kind k)
{
    static const char *const words[KIND_KINDS] = {
        [KIND_GROWTH] = "增速", [KIND_SHARE] = "占比",        [KIND_PP_CHANGE] = "相差",
        [KIND_CHANGE] = "增减", [KIND_CONTRIBUTION] = "贡献", [KIND_RANK] = "位次"};
    return words[k] ? words[k] : "";
}

/* 规上工业增加值增速, 工业占GDP比重 and 工业拉动经济增长 say already what they are. */
static bool kind_said(struct str name, enum fact_kind kind, const char *word)
{
    return *word == 0 || str_has(name, str_z(word)) ||
           (kind == KIND_SHARE && str_has(name, STR("占"))) ||
           (kind == KIND_CONTRIBUTION && str_has(name, STR("拉动")));
}

struct str check_what(struct check *c, const struct fact *f)
{
    const struct series *s = check_series_of(c, f);
    struct str name = model_indicator(c->m, s->indicator)->name,
               entity = check_entity_name(c, f->entity), period = check_period_str(c, f->period);
    const char *word = kind_word(s->kind);
    bool said = kind_said(name, s->kind, word);
    struct str head = arena_fmt(texts(c), "%.*s %.*s%s%s %.*s", STR_ARG(entity), STR_ARG(name),
                                said ? "" : " ", said ? "" : word, STR_ARG(period));
    return s->comparison.len == 0
               ? head
               : arena_fmt(texts(c), "%.*s [%.*s]", STR_ARG(head), STR_ARG(s->comparison));
}

/* ---- cases ---- */

struct check_case check_case_of(struct check *c, const char *rule, const struct fact *f)
{
    struct check_case k = {.rule = str_z(rule),
                           .entity = f->entity,
                           .indicator = check_series_of(c, f)->indicator,
                           .period = f->period,
                           .subject = check_what(c, f),
                           .expected = STR(""),
                           .found = STR(""),
                           .residual = STR(""),
                           .note_zh = STR(""),
                           .note_en = STR("")};
    check_case_fact(&k, f);
    return k;
}

void check_case_fact(struct check_case *k, const struct fact *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < k->facts.len; i++)
        if (k->facts.v[i] == f->id)
            return;
    vec_push(&k->facts, f->id);
}

void check_case_notes(struct check_case *k, const char *zh, const char *en)
{
    k->note_zh = str_z(zh);
    k->note_en = str_z(en);
}

void check_case_add(struct check *c, const struct check_case *k)
{
    assert(k->facts.len > 0); /* I5 */
    c->out->count[k->verdict]++;
    vec_push(&c->out->cases, *k);
}

/* Two percentages differ by points. */
static uint32_t difference_unit(const struct check *c, const struct fact *printed)
{
    uint32_t point = model_find_unit(c->m, STR("百分点"));
    bool percent = check_is_percent(c, model_unit(c->m, printed->unit)->dimension);
    return percent && point ? point : printed->unit;
}

bool check_case_compare(struct check *c, struct check_case *k, struct ival follows,
                        struct rat central, const struct fact *printed, enum verdict otherwise)
{
    struct ival found = check_fact_ival(c, printed);
    unsigned decimals = printed->decimals + 1u < 2 ? 2 : printed->decimals + 1u;
    struct rat difference;
    bool fits = ival_meets(follows, found); /* I1 */
    k->expected = check_ival_in(c, follows, printed->unit, decimals);
    k->found = check_fact_text(c, printed);
    if (!fits)
        k->verdict = otherwise;
    else if (check_is_bound(printed) || check_prints_as(c, central, printed))
        k->verdict = VERDICT_AGREES;
    else
        k->verdict = VERDICT_ROUNDING;
    if (!check_is_bound(printed) &&
        rat_sub(check_fact_rat(c, printed), central, &difference, NULL) == OK &&
        k->verdict != VERDICT_AGREES)
        k->residual = check_rat_in(c, difference, difference_unit(c, printed), decimals);
    return fits;
}

void check_case_implied(struct check *c, struct check_case *k, struct ival follows, uint32_t unit,
                        unsigned decimals)
{
    k->verdict = VERDICT_IMPLIED;
    k->expected = check_ival_in(c, follows, unit, decimals < 2 ? 2 : decimals);
}
