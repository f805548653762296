/* check_source.c - one key, several sayings: from two sources, or twice in one; and figures that
 * did not move from one document to the next.
 *
 * A later publication by the same source is a revision and no case. */
#include "check/check_int.h"

static bool said_together(const struct fact *a, const struct fact *b)
{
    return a->source == b->source && a->published == b->published && a->batch == b->batch;
}

static bool earlier(const struct fact *a, const struct fact *b)
{
    if (a->published != b->published)
        return a->published < b->published;
    return a->id < b->id;
}

static bool same_saying(const struct fact *a, const struct fact *b)
{
    return a->value == b->value && a->value_hi == b->value_hi && a->qualifier == b->qualifier;
}

static struct str day_str(struct check *c, day_t day)
{
    return day == DAY_MIN ? STR("?") : check_period_str(c, (struct period){day, day});
}

static struct str doc_of(struct check *c, const struct fact *f)
{
    return f->source ? model_source(c->m, f->source)->doc : STR("?");
}

struct pair_notes {
    const char *zh, *en;
};

static void pair_notes_put(struct check *c, struct check_case *k, const struct fact *a,
                           const struct fact *b, struct pair_notes n)
{
    struct str da = day_str(c, a->published), db = day_str(c, b->published), sa = doc_of(c, a),
               sb = doc_of(c, b);
    k->note_zh = arena_fmt(&c->out->arena, "%s %.*s（%.*s）；%.*s（%.*s）。", n.zh, STR_ARG(sa),
                           STR_ARG(da), STR_ARG(sb), STR_ARG(db));
    k->note_en = arena_fmt(&c->out->arena, "%s %.*s (%.*s); %.*s (%.*s).", n.en, STR_ARG(sa),
                           STR_ARG(da), STR_ARG(sb), STR_ARG(db));
}

/* Printed to the same digits in the same unit, no one value rounds to both. */
static bool same_digits(const struct fact *a, const struct fact *b)
{
    return a->qualifier == Q_EQ && b->qualifier == Q_EQ && a->unit == b->unit &&
           a->decimals == b->decimals && a->step == b->step;
}

/* a was published before b */
static void pair_case(struct check *c, const struct fact *a, const struct fact *b, const char *rule)
{
    static const struct pair_notes
        agree = {"两处数值一致。", "Both say the same."},
        round = {"两处精度不同，数值范围相容。",
                 "Printed to different digits; the values are compatible."},
        plan = {"目标或计划前后不同。", "The target or plan was changed."},
        differ = {"同一指标、同一时期，两处数值不同。",
                  "The same quantity and period, with different values."};
    struct check_case k = check_case_of(c, rule, a);
    const struct series *s = check_series_of(c, a);
    struct rat difference;
    check_case_fact(&k, b);
    k.expected = check_fact_text(c, a);
    k.found = check_fact_text(c, b);
    if (same_saying(a, b)) {
        k.verdict = VERDICT_AGREES;
        pair_notes_put(c, &k, a, b, agree);
    } else if (!same_digits(a, b) && ival_meets(check_fact_ival(c, a), check_fact_ival(c, b))) {
        k.verdict = VERDICT_ROUNDING;
        pair_notes_put(c, &k, a, b, round);
    } else if (s->modality == MOD_TARGET || s->modality == MOD_PLAN) {
        k.verdict = VERDICT_RESIDUAL;
        pair_notes_put(c, &k, a, b, plan);
    } else {
        k.verdict = VERDICT_CONTRADICTS;
        pair_notes_put(c, &k, a, b, differ);
    }
    if (k.verdict != VERDICT_AGREES &&
        rat_sub(check_fact_rat(c, b), check_fact_rat(c, a), &difference, NULL) == OK)
        k.residual = check_rat_in(c, difference, b->unit, b->decimals);
    check_case_add(c, &k);
}

/* ---- sayings of one key ---- */

struct sayings {
    VEC(const struct fact *) now;   /* what each source says now, in order of publication */
    VEC(const struct fact *) twins; /* other values said together with those */
};

static void saying_place(struct sayings *s, const struct fact *f)
{
    vec_push(&s->now, f);
    for (size_t i = s->now.len - 1; i > 0 && earlier(s->now.v[i], s->now.v[i - 1]); i--) {
        const struct fact *t = s->now.v[i];
        s->now.v[i] = s->now.v[i - 1];
        s->now.v[i - 1] = t;
    }
}

static void sayings_gather(const struct check *c, const struct fact *key, struct sayings *s)
{
    const struct fact *f;
    for (uint64_t it = 0;
         (f = ledger_of_key(c->l, key->entity, key->series, key->period, &it)) != NULL;) {
        if (!check_known(c, f) || f->state != STATE_VALUE)
            continue;
        const struct fact *now = check_fact_at(c, key->entity, key->series, key->period, f->source);
        if (!now || now->source != f->source)
            continue; /* taken back by its source */
        if (f == now)
            saying_place(s, f);
        else if (said_together(f, now))
            vec_push(&s->twins, f);
    }
}

/* Sources that give one value for a key do not outvote each other: each is set against the one
 * before. */
static void sayings_judge(struct check *c, const struct sayings *s)
{
    for (size_t i = 1; i < s->now.len; i++)
        pair_case(c, s->now.v[i - 1], s->now.v[i], "two-sources");
    for (size_t i = 0; i < s->twins.len; i++) {
        const struct fact *twin = s->twins.v[i];
        for (size_t k = 0; k < s->now.len; k++)
            if (s->now.v[k]->source == twin->source && !same_saying(twin, s->now.v[k]))
                pair_case(c, twin, s->now.v[k], "said-twice");
    }
}

void check_sources(struct check *c)
{
    for (size_t i = 0; i < c->figures.len; i++) {
        struct sayings s = {0};
        sayings_gather(c, c->figures.v[i].f, &s);
        if (s.now.len > 1 || s.twins.len > 0)
            sayings_judge(c, &s);
        vec_clear(&s.now);
        vec_clear(&s.twins);
    }
}

/* ---- unchanged ---- */

static bool stands_still(const struct figure_at *a, const struct figure_at *b)
{
    return a->f->entity == b->f->entity && a->f->series == b->f->series &&
           (a->s->kind == KIND_LEVEL || a->s->kind == KIND_COUNT) && a->s->modality == MOD_ACTUAL &&
           a->f->source != b->f->source && a->f->value != 0 && same_saying(a->f, b->f);
}

void check_unchanged(struct check *c)
{
    for (size_t i = 1; i < c->figures.len; i++) {
        const struct figure_at *a = &c->figures.v[i - 1], *b = &c->figures.v[i];
        if (!stands_still(a, b))
            continue;
        struct check_case k = check_case_of(c, "unchanged", b->f);
        struct str before = check_period_str(c, a->f->period);
        check_case_fact(&k, a->f);
        k.verdict = VERDICT_NOTE;
        k.subject = arena_fmt(&c->out->arena, "%.*s = %.*s", STR_ARG(k.subject), STR_ARG(before));
        k.expected = check_fact_text(c, a->f);
        k.found = check_fact_text(c, b->f);
        check_case_notes(
            &k, "两份文件、两个时期，数值相同：可能未更新，也可能确无变化。",
            "Two documents, two periods, the same value: not updated, or really unchanged.");
        check_case_add(c, &k);
    }
}
