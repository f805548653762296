/* frame_cross.c - two groupings crossed by the members they share: the returns of enterprises that
 * lie in a region, added up by the branch of industry they belong to. Sums are exact integers; a
 * statement of an enterprise counts once. */
#include "query/query_int.h"
#include <stdio.h>

#define PATH_MAX_ 32

/* The way from e up to the top of the tree, e first. */
static size_t path_up(const struct model *m, uint32_t e, uint32_t grouping, day_t day,
                      uint32_t path[PATH_MAX_], bool *weighted)
{
    const struct membership *ms;
    size_t n = 0;
    path[n++] = e;
    for (bool up = true; up && n < PATH_MAX_;) {
        up = false;
        for (size_t it = 0; (ms = model_parents(m, path[n - 1], &it));)
            if (ms->grouping == grouping && member_on(ms, day)) {
                *weighted |= ms->ppm != PPM;
                path[n++] = ms->parent;
                up = true;
                break;
            }
    }
    return n;
}

static struct frame_found *sum_of(found_vec *out, size_t from, uint32_t row, uint32_t column,
                                  const struct fact *f)
{
    for (size_t i = from; i < out->len; i++)
        if (out->v[i].row == row && out->v[i].column == column &&
            out->v[i].figure.series == f->series &&
            period_eq(out->v[i].figure.period, f->period))
            return &out->v[i];
    return NULL;
}

static void add_fact(const struct query *q, struct frame *f, const struct fact *fact, uint32_t row,
                     uint32_t column, size_t from, found_vec *out)
{
    struct frame_found *sum = sum_of(out, from, row, column, fact);
    if (!sum) {
        struct frame_found fresh = {.row = row,
                                    .column = column,
                                    .figure = row_of_fact(q, fact, ROW_DERIVED)};
        fresh.figure.value = 0;
        fresh.figure.fact = NULL;
        fresh.figure.step = 0;
        fresh.figure.revisions = 0;
        fresh.figure.entity = f->rows.v[row].entity;
        fresh.figure.formula = STR("sum over members");
        vec_push(out, fresh);
        sum = &out->v[out->len - 1];
    }
    sum->figure.value += fact->value;
    if (fact->decimals > sum->figure.decimals)
        sum->figure.decimals = fact->decimals;
    if (fact->qualifier != Q_EQ)
        sum->figure.qualifier = Q_APPROX;
    if (sum->fact_count < FRAME_FACTS)
        sum->facts[sum->fact_count] = fact->id;
    sum->fact_count++;
    sum->figure.have = sum->figure.of = sum->fact_count;
    sum->provisional |= model_entity(ledger_model(q->ledger), fact->entity)->provisional;
}

static bool is_parent_in(const struct model *m, uint32_t entity, uint32_t grouping)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_children(m, entity, &it));)
        if (ms->grouping == grouping)
            return true;
    return false;
}

bool frame_cross(const struct query *q, struct frame *f, uint32_t row, uint32_t grouping,
                 unsigned level, uint32_t indicator, struct asked asked, found_vec *out)
{
    const struct model *m = ledger_model(q->ledger);
    uint32_t region = f->rows.v[row].entity, last = 0;
    size_t from = out->len;
    bool any = false;
    for (size_t i = 0; i < m->memberships.len; i++) {
        const struct membership *ms = &m->memberships.v[i];
        uint32_t path[PATH_MAX_], e = ms->child;
        bool weighted = false;
        const struct fact *fact;
        if (ms->grouping != grouping || e == last || is_parent_in(m, e, grouping) ||
            !model_is_within(m, e, region, q->as_of.published))
            continue;
        last = e;
        size_t n = path_up(m, e, grouping, q->as_of.published, path, &weighted);
        if (n < 2)
            continue;
        any = true;
        if (weighted) {
            frame_leave(f, model_entity(m, e)->name, "weighted-member", STR(""));
            continue;
        }
        uint32_t branch = path[n > level ? n - level : 1];
        for (uint64_t it = 0; (fact = ledger_of_entity(q->ledger, e, 0, &it));) {
            const struct series *s = model_series(m, fact->series);
            if (s->indicator != indicator || !series_adds(m, s) || s->modality != MOD_ACTUAL ||
                fact->state != STATE_VALUE || !period_contains(asked.period, fact->period) ||
                ledger_current(q->ledger, e, fact->series, fact->period, q->as_of) != fact)
                continue;
            add_fact(q, f, fact, row, frame_column(f, model_entity(m, branch)->name, branch, 0),
                     from, out);
        }
    }
    return any;
}
