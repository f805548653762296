/* check_labels.c - figures of one entity under labels that differ only in a grade or in brackets,
 * from different documents: 11 of 省级以上工业互联网平台数 and, a year later, 9 of
 * 省级工业互联网平台数 is no fall. They are shown side by side and never subtracted (I4). */
#include "check/check_int.h"
#include <stdlib.h>

struct labelled {
    uint32_t indicator, dimension;
    struct str stem;
};
struct labelled_vec {
    VEC(struct labelled) list;
};

static int labelled_cmp(const void *va, const void *vb)
{
    const struct labelled *a = va, *b = vb;
    int d = str_cmp(a->stem, b->stem);
    if (d == 0)
        d = (a->dimension > b->dimension) - (a->dimension < b->dimension);
    return d != 0 ? d : (a->indicator > b->indicator) - (a->indicator < b->indicator);
}

static bool is_amount(const struct figure_at *at)
{
    return (at->s->kind == KIND_LEVEL || at->s->kind == KIND_COUNT) &&
           at->s->modality == MOD_ACTUAL && at->f->source != 0;
}

static void labels_gather(struct check *c, const struct figure_at *all, size_t count,
                          struct labelled_vec *out)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t indicator = all[i].s->indicator;
        if (!is_amount(&all[i]) ||
            (out->list.len > 0 && out->list.v[out->list.len - 1].indicator == indicator))
            continue;
        vec_push(&out->list, (struct labelled){
                                 indicator, all[i].s->dimension,
                                 check_label_stem(&c->words, model_indicator(c->m, indicator)->name,
                                                  &c->scratch)});
    }
}

/* A document that uses both labels means two things by them, and says so. */
static bool one_document_has_both(const struct figure_at *all, size_t count, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count && all[i].s->indicator == a; k++)
            if (all[k].s->indicator == b && all[k].f->source == all[i].f->source)
                return true;
    return false;
}

static const struct fact *newest(const struct figure_at *all, size_t count, uint32_t indicator)
{
    const struct fact *f = NULL;
    for (size_t i = 0; i < count; i++)
        if (all[i].s->indicator == indicator && is_amount(&all[i]) &&
            (!f || period_cmp(all[i].f->period, f->period) > 0))
            f = all[i].f;
    return f;
}

static void labels_case(struct check *c, const struct fact *a, const struct fact *b)
{
    if (period_cmp(a->period, b->period) > 0) {
        const struct fact *t = a;
        a = b;
        b = t;
    }
    struct check_case k = check_case_of(c, "labels", a);
    struct str other = check_what(c, b), first = check_fact_text(c, a),
               second = check_fact_text(c, b);
    check_case_fact(&k, b);
    k.verdict = VERDICT_NOTE;
    k.expected = first;
    k.found = second;
    k.subject = arena_fmt(&c->out->arena, "%.*s %.*s | %.*s %.*s", STR_ARG(k.subject),
                          STR_ARG(first), STR_ARG(other), STR_ARG(second));
    check_case_notes(
        &k, "两个不同口径的名称，并非增减；并列展示，不相减。",
        "Two different labels, not a rise or fall: shown side by side, never subtracted.");
    check_case_add(c, &k);
}

static void entity_labels(struct check *c, const struct figure_at *all, size_t count)
{
    struct labelled_vec v = {0};
    labels_gather(c, all, count, &v);
    if (v.list.len > 1)
        qsort(v.list.v, v.list.len, sizeof *v.list.v, labelled_cmp);
    for (size_t i = 1; i < v.list.len; i++) {
        const struct labelled *a = &v.list.v[i - 1], *b = &v.list.v[i];
        if (a->indicator == b->indicator || a->dimension != b->dimension || a->stem.len == 0 ||
            !str_eq(a->stem, b->stem) ||
            one_document_has_both(all, count, a->indicator, b->indicator))
            continue;
        labels_case(c, newest(all, count, a->indicator), newest(all, count, b->indicator));
    }
    vec_clear(&v.list);
    arena_reset(&c->scratch);
}

void check_labels(struct check *c)
{
    for (size_t i = 0, count; i < c->figures.len; i += count) {
        const struct figure_at *all = check_figures_of(c, c->figures.v[i].f->entity, &count);
        entity_labels(c, all, count);
    }
}
