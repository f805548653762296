/* check.c - runs the rules over the figures of a ledger, replays the ledger, and puts the cases in
 * order. The rules themselves are check_*.c; what is printed is in case.c. */
#include "check/check_int.h"
#include <stdlib.h>

static int figure_cmp(const void *va, const void *vb)
{
    const struct fact *a = ((const struct figure_at *)va)->f,
                      *b = ((const struct figure_at *)vb)->f;
    if (a->entity != b->entity)
        return a->entity < b->entity ? -1 : 1;
    if (a->series != b->series)
        return a->series < b->series ? -1 : 1;
    return period_cmp(a->period, b->period);
}

static void figures_gather(struct check *c)
{
    size_t count = ledger_fact_count(c->l);
    for (uint64_t id = 1; id <= count; id++) {
        const struct fact *f = ledger_fact(c->l, id);
        if (!check_known(c, f) || f->state != STATE_VALUE ||
            ledger_current(c->l, f->entity, f->series, f->period, c->as_of) != f)
            continue;
        vec_push(&c->figures, (struct figure_at){f, model_series(c->m, f->series)});
    }
    if (c->figures.len > 0)
        qsort(c->figures.v, c->figures.len, sizeof *c->figures.v, figure_cmp);
}

/* ---- the replay ---- */

static void difference_keep(void *ctx, const struct ledger_difference *d)
{
    struct check *c = ctx;
    const struct rollup_cell *cell = &d->cell;
    char replayed[DEC_TEXT], found[DEC_TEXT], period[32];
    const struct series *s = model_series(c->m, cell->series);
    uint32_t unit = model_find_unit(c->m, model_dimension(c->m, s->dimension)->base);
    struct str entity = check_entity_name(c, cell->entity),
               grouping = model_grouping(c->m, cell->grouping)->name,
               name = model_indicator(c->m, s->indicator)->name;
    period_text(cell->period, period);
    unit_text(c->m, unit, d->replayed, 0, replayed);
    unit_text(c->m, unit, d->found, 0, found);
    vec_push(&c->out->difference_texts,
             arena_fmt(&c->out->arena, "%s: %.*s / %.*s %.*s %s: %s (%u) <> %s (%u)", d->where,
                       STR_ARG(grouping), STR_ARG(entity), STR_ARG(name), period, replayed,
                       d->replayed_have, found, d->found_have));
}

/* ---- order of the cases ---- */

/* What needs a person first, then what explains itself. */
static const uint8_t rank_of[VERDICT_COUNT] = {
    [VERDICT_CONTRADICTS] = 0, [VERDICT_RESIDUAL] = 1, [VERDICT_ROUNDING] = 2,
    [VERDICT_IMPLIED] = 3,     [VERDICT_NOTE] = 4,     [VERDICT_AGREES] = 5};

static int case_cmp(const void *va, const void *vb)
{
    const struct check_case *a = va, *b = vb;
    int d = rank_of[a->verdict] - rank_of[b->verdict];
    if (d == 0)
        d = str_cmp(a->rule, b->rule);
    if (d == 0)
        d = (a->entity > b->entity) - (a->entity < b->entity);
    if (d == 0)
        d = (a->indicator > b->indicator) - (a->indicator < b->indicator);
    if (d == 0)
        d = period_cmp(a->period, b->period);
    if (d == 0)
        d = (a->grouping > b->grouping) - (a->grouping < b->grouping);
    return d != 0 ? d : (a->facts.v[0] > b->facts.v[0]) - (a->facts.v[0] < b->facts.v[0]);
}

/* ---- the run ---- */

static void rules_run(struct check *c)
{
    check_sums(c);
    check_parts_of_hundred(c);
    check_sources(c);
    check_shares(c);
    check_rates(c);
    check_growth_ranges(c);
    check_identities(c);
    check_unchanged(c);
    check_labels(c);
}

enum code check_run(struct ledger *l, struct as_of as_of, struct check_result *out,
                    struct error *err)
{
    struct check c = {.l = l, .m = ledger_model(l), .as_of = as_of, .out = out};
    *out = (struct check_result){0};
    arena_init(&out->arena, 0);
    arena_init(&c.scratch, 0);
    enum code code = check_words_load(&c.words, err);
    if (code == OK) {
        figures_gather(&c);
        rules_run(&c);
        if (out->cases.len > 0)
            qsort(out->cases.v, out->cases.len, sizeof *out->cases.v, case_cmp);
        code = ledger_replay(l, difference_keep, &c, &out->cells, &out->differences, err);
        check_words_clear(&c.words);
    }
    vec_clear(&c.figures);
    arena_clear(&c.scratch);
    if (code != OK)
        check_clear(out);
    return code;
}

void check_clear(struct check_result *r)
{
    for (size_t i = 0; i < r->cases.len; i++)
        vec_clear(&r->cases.v[i].facts);
    vec_clear(&r->cases);
    vec_clear(&r->difference_texts);
    arena_clear(&r->arena);
    *r = (struct check_result){0};
}

const char *verdict_name(enum verdict v)
{
    static const char *const names[VERDICT_COUNT] = {
        [VERDICT_AGREES] = "agrees",     [VERDICT_ROUNDING] = "rounding",
        [VERDICT_RESIDUAL] = "residual", [VERDICT_CONTRADICTS] = "contradicts",
        [VERDICT_IMPLIED] = "implied",   [VERDICT_NOTE] = "note"};
    return names[v];
}
