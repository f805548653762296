/* figure.c - a figure, or a figure with its parts and what they leave open. */
#include "query/query_int.h"
#include <stdio.h>
#include <stdlib.h>

uint32_t revisions_of(const struct query *q, uint32_t entity, uint32_t series, struct period p)
{
    const struct fact *f;
    uint32_t n = 0;
    for (uint64_t it = 0; (f = ledger_of_key(q->ledger, entity, series, p, &it));)
        n += f->published <= q->as_of.published && f->recorded_us <= q->as_of.recorded_us;
    return n;
}

static struct figure_row row_of_key(const struct query *q, uint32_t entity, struct figure_key k,
                                    enum row_role role)
{
    const struct model *m = ledger_model(q->ledger);
    const struct series *s = model_series(m, k.series);
    const struct indicator *i = model_indicator(m, s->indicator);
    bool own_unit = model_unit(m, i->unit)->dimension == s->dimension;
    uint32_t unit = own_unit ? i->unit : model_find_unit(m, model_dimension(m, s->dimension)->base);
    return (struct figure_row){.role = role,
                               .entity = entity,
                               .indicator = s->indicator,
                               .series = s->id,
                               .kind = s->kind,
                               .modality = s->modality,
                               .comparison = s->comparison,
                               .period = k.period,
                               .unit = unit,
                               .reason = STR("")};
}

struct figure_row row_of_fact(const struct query *q, const struct fact *f, enum row_role role)
{
    struct figure_row r = row_of_key(q, f->entity, (struct figure_key){f->series, f->period}, role);
    r.state = (enum fact_state)f->state;
    r.value = f->value;
    r.value_hi = f->value_hi;
    r.step = f->step;
    r.unit = f->unit;
    r.decimals = f->decimals;
    r.qualifier = (enum qualifier)f->qualifier;
    r.fact = f;
    r.revisions = revisions_of(q, f->entity, f->series, f->period);
    if (r.state == STATE_NULL)
        r.reason = STR("missing");
    return r;
}

/* One period means that very period where there is one, else what lies within it (2024 finds
 * 2024-09-20); a range P..P means all that lies within. */
void keys_within(struct asked asked, key_vec *keys)
{
    bool exact = false;
    size_t kept = 0;
    for (size_t i = 0; i < keys->len && asked.single; i++)
        exact |= period_eq(keys->v[i].period, asked.period);
    for (size_t i = 0; i < keys->len; i++)
        if (exact ? period_eq(keys->v[i].period, asked.period)
                  : period_contains(asked.period, keys->v[i].period))
            keys->v[kept++] = keys->v[i];
    keys->len = kept;
}

/* ---- one entity, no parts ---- */

static void own_rows(const struct query *q, uint32_t entity, uint32_t indicator, struct asked asked,
                     struct figure *out)
{
    key_vec keys = {0};
    keys_of(q, entity, indicator, 0, &keys);
    keys_within(asked, &keys);
    keys_sort(ledger_model(q->ledger), &keys);
    for (size_t i = 0; i < keys.len; i++) {
        const struct fact *f =
            ledger_current(q->ledger, entity, keys.v[i].series, keys.v[i].period, q->as_of);
        vec_push(&out->rows, row_of_fact(q, f, ROW_OWN));
    }
    vec_clear(&keys);
}

/* Sums that nobody stated: of the entity's parts in a grouping that adds up. */
static enum code summed_rows(const struct query *q, const struct sums *sums, uint32_t entity,
                             uint32_t indicator, struct asked asked, struct figure *out,
                             struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    for (size_t g = 0; g < m->groupings.len; g++) {
        key_vec keys = {0};
        enum grouping_kind kind = m->groupings.v[g].kind;
        if (kind != GROUP_PARTITION && kind != GROUP_WEIGHTED)
            continue;
        keys_of(q, entity, indicator, m->groupings.v[g].id, &keys);
        keys_within(asked, &keys);
        keys_sort(m, &keys);
        for (size_t i = 0; i < keys.len; i++) {
            struct rollup_cell c;
            if (ledger_current(q->ledger, entity, keys.v[i].series, keys.v[i].period, q->as_of) ||
                !rollup_get(sums->rollup, m->groupings.v[g].id, entity, keys.v[i].series,
                            keys.v[i].period, &c))
                continue;
            struct figure_row r = row_of_key(q, entity, keys.v[i], ROW_DERIVED);
            r.value = c.sum;
            r.have = c.have;
            r.of = c.of;
            r.formula = arena_fmt(&out->arena, "sum by %.*s", STR_ARG(m->groupings.v[g].name));
            vec_push(&out->rows, r);
        }
        vec_clear(&keys);
    }
    (void)err;
    return OK;
}

/* ---- with parts ---- */

struct parts {
    const struct query *q;
    const struct sums *sums;
    struct figure *out;
    uint32_t entity, grouping;
    enum grouping_kind kind;
};

#define CHILDREN_MAX 100000

static int part_order(const void *a, const void *b)
{
    const struct figure_row *x = a, *y = b;
    bool xv = x->state == STATE_VALUE, yv = y->state == STATE_VALUE;
    if (xv != yv)
        return xv ? -1 : 1;
    if (xv && x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->entity < y->entity ? -1 : x->entity > y->entity;
}

/* A child's part: stated of it, or the sum of what is below it; else null, never zero (I5). */
static struct figure_row part_row(const struct parts *p, uint32_t child, struct figure_key k,
                                  bool adds)
{
    const struct fact *f = ledger_current(p->q->ledger, child, k.series, k.period, p->q->as_of);
    struct figure_row r;
    i128 part;
    if (f)
        r = row_of_fact(p->q, f, ROW_PART);
    else {
        r = row_of_key(p->q, child, k, ROW_PART);
        r.state = STATE_NULL;
        r.reason = STR("missing");
    }
    if (adds &&
        rollup_part(p->sums->rollup, p->grouping, child, p->entity, k.series, k.period, &part)) {
        if (!f || (r.state == STATE_VALUE && part != r.value)) { /* a sum, or a weighted share */
            r = row_of_key(p->q, child, k, ROW_PART);
            r.formula = f ? STR("weighted share") : STR("sum");
            r.fact = f;
        }
        r.value = part;
        r.state = STATE_VALUE;
        r.reason = STR("");
    }
    return r;
}

/* Why whole and parts differ, in the order in which the explanations hold. */
static struct str remainder_reason(const struct parts *p, i128 remainder, i128 slack2, bool stated,
                                   uint32_t have, uint32_t of)
{
    i128 twice = remainder < 0 ? -remainder * 2 : remainder * 2;
    if (remainder == 0)
        return STR("none");
    if (p->kind == GROUP_OVERLAP)
        return STR("overlap");
    if (p->kind == GROUP_PARTIAL)
        return STR("unlisted");
    if (p->kind == GROUP_WEIGHTED && !stated)
        return STR("unassigned");
    if (have < of && remainder > 0)
        return STR("members-without-value");
    return twice <= slack2 ? STR("rounding") : STR("unexplained");
}

struct totals {
    i128 sum, slack2; /* of the parts; slack2 = sum of the steps: twice the widest rounding */
    uint32_t have, of;
};

static void push_parts(const struct parts *p, struct figure_key k, bool adds, struct totals *t)
{
    uint32_t *children = mem_alloc(CHILDREN_MAX * sizeof *children);
    size_t n = rollup_children(p->sums->rollup, p->grouping, p->entity, k.period.last, children,
                               CHILDREN_MAX);
    size_t first = p->out->rows.len;
    for (size_t i = 0; i < n && i < CHILDREN_MAX; i++) {
        struct figure_row r = part_row(p, children[i], k, adds);
        t->of++;
        if (r.state == STATE_VALUE) {
            t->have++;
            t->sum += r.value;
            t->slack2 += r.step;
        }
        vec_push(&p->out->rows, r);
    }
    if (p->out->rows.len > first)
        qsort(p->out->rows.v + first, p->out->rows.len - first, sizeof *p->out->rows.v, part_order);
    mem_free(children);
}

static struct figure_row whole_row(const struct parts *p, struct figure_key k, bool adds)
{
    const struct fact *f = ledger_current(p->q->ledger, p->entity, k.series, k.period, p->q->as_of);
    struct figure_row r;
    i128 sum;
    if (f)
        return row_of_fact(p->q, f, ROW_WHOLE);
    r = row_of_key(p->q, p->entity, k, ROW_WHOLE);
    if (adds &&
        (p->kind == GROUP_OVERLAP
             ? rollup_union(p->sums->rollup, p->grouping, p->entity, k.series, k.period, &sum)
             : rollup_value(p->sums->rollup, p->grouping, p->entity, k.series, k.period, &sum))) {
        r.value = sum;
        r.formula = p->kind == GROUP_OVERLAP ? STR("union") : STR("sum");
        if (p->kind == GROUP_PARTIAL)
            r.reason = STR("listed-only");
        return r;
    }
    r.state = STATE_NULL;
    r.reason = adds ? STR("missing") : STR("not-additive");
    return r;
}

static void key_with_parts(const struct parts *p, struct figure_key k)
{
    const struct model *m = ledger_model(p->q->ledger);
    bool adds = series_adds(m, model_series(m, k.series));
    struct totals t = {0};
    size_t at = p->out->rows.len;
    struct figure_row whole = whole_row(p, k, adds);
    vec_push(&p->out->rows, whole);
    push_parts(p, k, adds, &t);
    p->out->rows.v[at].have = t.have;
    p->out->rows.v[at].of = t.of;
    if (!t.have) /* nobody said anything of the parts: the whole alone says so by its coverage */
        p->out->rows.len = at + 1;
    if (!t.have || !adds || whole.state != STATE_VALUE)
        return;
    struct figure_row r = row_of_key(p->q, 0, k, ROW_REMAINDER);
    r.unit = whole.unit;
    r.decimals = whole.decimals;
    r.value = whole.value - t.sum;
    r.reason =
        remainder_reason(p, r.value, t.slack2 + whole.step, whole.fact != NULL, t.have, t.of);
    vec_push(&p->out->rows, r);
}

static void rows_with_parts(const struct parts *p, uint32_t indicator, struct asked asked,
                            struct str kind)
{
    const struct model *m = ledger_model(p->q->ledger);
    key_vec keys = {0};
    keys_of(p->q, p->entity, indicator, p->grouping, &keys);
    keys_within(asked, &keys);
    keys_sort(m, &keys);
    for (size_t i = 0; i < keys.len; i++)
        if ((!kind.len || str_is(kind, kind_name(model_series(m, keys.v[i].series)->kind))))
            key_with_parts(p, keys.v[i]);
    vec_clear(&keys);
}

/* ---- asking ---- */

enum code asked_period(struct str text, struct asked *out, struct error *err)
{
    *out = (struct asked){
        {DAY_MIN, DAY_MAX},
        false
    };
    if (!text.len)
        return OK;
    ptrdiff_t dots = str_find(text, STR(".."));
    out->single = dots < 0;
    if (dots < 0)
        return period_parse(text, &out->period, err);
    struct period a, b;
    TRY(period_parse(str_sub(text, 0, (size_t)dots), &a, err));
    TRY(period_parse(str_sub(text, (size_t)dots + 2, text.len), &b, err));
    if (b.last < a.first)
        return error_set(err, E_INPUT, "the period '%.*s' ends before it begins", STR_ARG(text));
    out->period = (struct period){a.first, b.last};
    return OK;
}

/* A grouping by name: one in which the entity has members, whatever table it is of. */
enum code asked_grouping(const struct query *q, uint32_t entity, struct str text, uint32_t *out,
                         struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    const struct membership *ms;
    struct buf near;
    size_t listed = 0;
    struct dec d;
    if (text.len > 1 && text.ptr[0] == '#' &&
        dec_parse(str_sub(text, 1, text.len), &d, NULL) == OK && d.scale == 0 && d.units >= 1 &&
        (uint64_t)d.units <= m->groupings.len) {
        *out = (uint32_t)d.units;
        return OK;
    }
    *out = 0;
    buf_init(&near, 240);
    for (size_t it = 0; (ms = model_children(m, entity, &it));) {
        const struct grouping *g = model_grouping(m, ms->grouping);
        if (str_eq(g->name, text) || str_eq(g->alias, text)) {
            *out = g->id;
            break;
        }
        if (!str_has(buf_str(&near), g->name) && listed < 8)
            buf_fmt(&near, "%s%.*s", listed++ ? ", " : "", STR_ARG(g->name));
    }
    enum code c = OK;
    if (!*out)
        c = error_set(err, E_MISSING, "'%.*s' has no members in a grouping '%.*s'%s%.*s",
                      STR_ARG(model_entity(m, entity)->name), STR_ARG(text),
                      near.len ? "; it has them in: " : "", STR_ARG(buf_str(&near)));
    buf_clear(&near);
    return c;
}

static void drop_other_kinds(struct figure *f, struct str kind)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->rows.len; i++)
        if (!kind.len || str_is(kind, kind_name(f->rows.v[i].kind)))
            f->rows.v[kept++] = f->rows.v[i];
    f->rows.len = kept;
}

static enum code plain_rows(const struct query *q, const struct sums *sums,
                            const struct figure_ask *ask, struct asked asked, struct figure *out,
                            struct error *err)
{
    if (ask->of.len) {
        own_rows(q, out->entity, out->indicator, asked, out);
        if (asked.single)
            composed_rows(q, out->entity, out->indicator, asked.period, out);
        TRY(summed_rows(q, sums, out->entity, out->indicator, asked, out, err));
    } else
        for (uint32_t e = 1; e <= ledger_model(q->ledger)->entities.len; e++)
            own_rows(q, e, out->indicator, asked, out);
    drop_other_kinds(out, ask->kind);
    return OK;
}

static enum code figure_rows(const struct query *q, const struct figure_ask *ask,
                             struct figure *out, struct error *err)
{
    enum fact_kind kind;
    struct asked asked;
    struct sums sums;
    TRY(query_read(q, err));
    if (ask->kind.len && !kind_from(ask->kind, &kind))
        return error_set(err, E_INPUT, "unknown kind '%.*s'", STR_ARG(ask->kind));
    TRY(asked_period(ask->period, &asked, err));
    struct error unknown = {0};
    if (query_indicator(q, ask->indicator, &out->indicator, &unknown) != OK) {
        struct error e = {0};
        enum code c = figure_derived(q, ask, asked, out, &e);
        /* a bare word that is no name is better told as a missing indicator */
        if (c == E_MISSING && out->indicator == UINT32_MAX)
            return error_set(err, unknown.code, "%s", unknown.text);
        return c == OK ? OK : error_at(err, c, e.line, e.column, "%s", e.text);
    }
    if (ask->of.len)
        TRY(query_entity(q, ask->of, out->indicator, &out->entity, err));
    else if (ask->by.len)
        return error_set(err, E_INPUT, "parts by '%.*s' need an entity: add of", STR_ARG(ask->by));
    if (ask->by.len)
        TRY(asked_grouping(q, out->entity, ask->by, &out->grouping, err));
    TRY(sums_shared(q, ask, &sums, err));
    enum code c = OK;
    if (out->grouping) {
        out->grouping_kind = model_grouping(ledger_model(q->ledger), out->grouping)->kind;
        struct parts p = {q, &sums, out, out->entity, out->grouping, out->grouping_kind};
        rows_with_parts(&p, out->indicator, asked, ask->kind);
    } else
        c = plain_rows(q, &sums, ask, asked, out, err);
    sums_close(&sums);
    if (c == OK && (!ask->kind.len || str_is(ask->kind, "level")))
        c = metered_rows(q, out->entity, out->grouping, out->indicator, asked, out, err);
    return c;
}

enum code query_figure(const struct query *q, const struct figure_ask *ask, struct figure *out,
                       struct error *err)
{
    memset(out, 0, sizeof *out);
    arena_init(&out->arena, 0);
    enum code c = figure_rows(q, ask, out, err);
    if (c != OK)
        figure_clear(out);
    return c;
}

void figure_clear(struct figure *f)
{
    vec_clear(&f->rows);
    arena_clear(&f->arena);
}

/* ---- texts ---- */

struct str figure_unit(const struct model *m, const struct figure_row *r)
{
    return r->unit ? model_unit(m, r->unit)->symbol : r->unit_text;
}

size_t figure_value_text(const struct model *m, const struct figure_row *r, char out[DEC_TEXT])
{
    out[0] = 0;
    if (r->state != STATE_VALUE)
        return 0;
    if (!r->unit)
        return dec_text_short(r->value, 6, r->decimals, out);
    return unit_text(m, r->unit, r->value, r->decimals, out);
}

/* Bounds are printed one decimal finer than the figure, where half a step lies. */
bool figure_interval_text(const struct model *m, const struct figure_row *r, char lo[DEC_TEXT],
                          char hi[DEC_TEXT])
{
    struct rat a, b;
    if (r->state != STATE_VALUE || !r->fact || !r->unit || r->step == 0)
        return false;
    struct interval it = fact_interval(r->fact);
    if (it.lo2 <= -I128_MAX || it.hi2 >= I128_MAX || unit_rat(m, r->unit, it.lo2, &a, NULL) != OK ||
        unit_rat(m, r->unit, it.hi2, &b, NULL) != OK)
        return false;
    struct rat half = {1, 2};
    if (rat_mul(a, half, &a, NULL) != OK || rat_mul(b, half, &b, NULL) != OK)
        return false;
    rat_text(a, r->decimals + 1u, ROUND_NEAREST, lo);
    rat_text(b, r->decimals + 1u, ROUND_NEAREST, hi);
    return true;
}
