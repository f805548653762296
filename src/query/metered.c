/* metered.c - what devices measured: sums of their slots, rolled up along any grouping when asked.
 *
 * The same rule as for stated figures: an entity's own meters stand for what is below it; else its value is the sum of its
 * members, of its equipment first. Numerators are summed, never means (design I3): the level of a gauge is
 * (sum of value x time) / time asked for, with one divisor for all, so that parts add up. Metered figures are
 * a series of their own (modality metered); they never hide or complete stated ones. */
#include "query/query_int.h"
#include <stdlib.h>

#define FINE 12 /* decimals of the base unit while summing */
#define PERIODS_MAX 400

struct metered {
    const struct query *q;
    const struct model *m;
    struct period period;
    uint32_t grouping, equipment; /* grouping 0: none, or an overlap */
    uint32_t united;              /* the overlap, whose members are counted once */
    enum grouping_kind kind;
    i128 divisor; /* of the sums; 1, or ms for gauges */
    i128 size;    /* of all that was measured, without signs: what is added up later stays in 128 bits */
    size_t n;     /* entities */
    bool *own, *known, *done;
    i128 *value;
    uint32_t *have, *of;
    bool any;
};

static bool is_gauge(const struct kernel_rule *r)
{
    return r->kind == KERNEL_GAUGE || r->kind == KERNEL_STATE;
}

/* ---- own meters ---- */

static bool fine_of(const struct metered *k, const struct slot *s, i128 amount, i128 *out)
{
    const struct profile *p = &k->q->points->profiles.v[s->profile - 1];
    const struct unit *u = model_unit(k->m, p->unit);
    i128 v;
    if (!i128_mul(amount, dec_pow10(FINE - s->rule.decimals), &v) || !i128_mul(v, u->num, &v))
        return false;
    *out = v / u->den; /* below 10^-12 of the base unit */
    return true;
}

static enum code add_slot(struct metered *k, const struct slot *s, const struct slot_sum *v, uint32_t points,
                          struct error *err)
{
    i128 fine;
    uint32_t e = s->entity;
    if (!fine_of(k, s, v->amount, &fine) || !i128_add(k->size, fine < 0 ? -fine : fine, &k->size))
        return error_set(err, E_RANGE, "what was metered of '%.*s' leaves 128 bits",
                         STR_ARG(model_entity(k->m, e)->name));
    k->value[e] += fine;
    k->own[e] |= v->have > 0 || v->covered_ms > 0;
    k->any |= k->own[e];
    k->have[e] += v->have;
    k->of[e] += points;
    return OK;
}

static enum code add_slots(struct metered *k, uint32_t indicator, bool gauges, const struct slot_sum *sums,
                           size_t slots, struct error *err)
{
    struct points *p = k->q->points;
    uint32_t *points = mem_zalloc(slots * sizeof *points);
    enum code code = OK;
    pthread_rwlock_rdlock(&p->lock); /* strangers come while they are counted */
    for (size_t i = 0; i < p->point_slot.len; i++)
        if (p->point_slot.v[i] < slots)
            points[p->point_slot.v[i]]++;
    pthread_rwlock_unlock(&p->lock);
    uint32_t dimension = model_unit(k->m, model_indicator(k->m, indicator)->unit)->dimension;
    for (size_t i = 1; i < slots && code == OK; i++) {
        const struct slot *s = &p->slots.v[i];
        const struct profile *pr = &p->profiles.v[s->profile - 1];
        if (pr->indicator == indicator && is_gauge(&s->rule) == gauges && s->entity < k->n &&
            model_unit(k->m, pr->unit)->dimension == dimension)
            code = add_slot(k, s, &sums[i], points[i], err);
    }
    mem_free(points);
    return code;
}

/* Divisor of gauges: the time from the first to the last reading within the period. */
static i128 length_between(const struct metered *k, int64_t from, int64_t to)
{
    int64_t first, last;
    if (!readings_heard(k->q->readings, &first, &last))
        return 1;
    from = from > first ? from : first;
    to = to < last ? to : last;
    return to > from ? to - from : 1;
}

static i128 length_of(const struct metered *k)
{
    return length_between(k, window_begin(LEVEL_DAY, k->period.first), window_begin(LEVEL_DAY, k->period.last + 1));
}

/* window: of a level; NULL: the days of the period. */
static enum code load(struct metered *k, uint32_t indicator, bool gauges, const int32_t *window, enum level level,
                      struct error *err)
{
    struct points *p = k->q->points;
    pthread_rwlock_rdlock(&p->lock);
    size_t slots = p->slots.len;
    struct slot_sum *sums = mem_zalloc(slots * sizeof *sums);
    enum code code = window ? readings_windows(k->q->readings, level, *window, *window, sums, slots, err)
                            : readings_days(k->q->readings, k->period.first, k->period.last, sums, slots, err);
    if (code == OK)
        code = add_slots(k, indicator, gauges, sums, slots, err);
    pthread_rwlock_unlock(&p->lock);
    mem_free(sums);
    k->divisor = 1;
    if (gauges)
        k->divisor = window ? length_between(k, window_begin(level, *window), window_begin(level, *window + 1)) : length_of(k);
    return code;
}

static void metered_open(struct metered *k, const struct query *q, struct period period, uint32_t grouping)
{
    *k = (struct metered){.q = q, .m = ledger_model(q->ledger), .period = period, .grouping = grouping};
    k->n = k->m->entities.len + 1;
    k->equipment = model_find_grouping(k->m, STR(""), STR("equipment"));
    k->kind = grouping ? model_grouping(k->m, grouping)->kind : GROUP_PARTITION;
    if (k->kind == GROUP_OVERLAP) {
        k->united = grouping;
        k->grouping = 0;
    }
    k->own = mem_zalloc(k->n);
    k->known = mem_zalloc(k->n);
    k->done = mem_zalloc(k->n);
    k->value = mem_zalloc(k->n * sizeof *k->value);
    k->have = mem_zalloc(k->n * sizeof *k->have);
    k->of = mem_zalloc(k->n * sizeof *k->of);
}

static void metered_close(struct metered *k)
{
    mem_free(k->own);
    mem_free(k->known);
    mem_free(k->done);
    mem_free(k->value);
    mem_free(k->have);
    mem_free(k->of);
}

/* ---- along the grouping ---- */

static bool holds(const struct metered *k, const struct membership *ms, uint32_t grouping)
{
    return ms->grouping == grouping && member_on(ms, k->period.last);
}

/* Share of one parent in a child's value: floor by ppm, the units left over to the largest fractions, ties to the
 * smaller parent id; what the weights leave below 10^6 takes part last (rollup.h). */
static i128 share_of(const struct metered *k, const struct membership *mine, i128 v)
{
    const struct membership *ms;
    u128 size = v < 0 ? -(u128)v : (u128)v;
    uint64_t rest = (uint64_t)(size % PPM), given = 0; /* the whole millions split without one left over */
    uint64_t open = PPM, before = 0, mine_left = rest * (uint64_t)mine->ppm % PPM;
    for (size_t it = 0; (ms = model_parents(k->m, mine->child, &it));) {
        if (!holds(k, ms, mine->grouping))
            continue;
        uint64_t theirs = rest * (uint64_t)ms->ppm % PPM;
        given += rest * (uint64_t)ms->ppm / PPM;
        open -= (uint64_t)ms->ppm;
        before += ms->id != mine->id && (theirs > mine_left || (theirs == mine_left && ms->parent < mine->parent));
    }
    given += rest * open / PPM;
    before += rest * open % PPM > mine_left;
    u128 part = size / PPM * (u128)mine->ppm + rest * (uint64_t)mine->ppm / PPM + (before < rest - given);
    return v < 0 ? -(i128)part : (i128)part;
}

static void resolve(struct metered *k, uint32_t e);

static void take_member(struct metered *k, uint32_t e, const struct membership *ms)
{
    resolve(k, ms->child);
    k->of[e] += k->of[ms->child];
    if (!k->known[ms->child])
        return;
    k->known[e] = true;
    k->have[e] += k->have[ms->child];
    k->value[e] += k->kind == GROUP_WEIGHTED && ms->grouping == k->grouping ? share_of(k, ms, k->value[ms->child])
                                                                             : k->value[ms->child];
}

/* Own meters; else equipment below; else members of the grouping. */
static void resolve(struct metered *k, uint32_t e)
{
    const struct membership *ms;
    uint32_t levels[] = {k->equipment, k->grouping};
    if (k->done[e])
        return;
    k->done[e] = true;
    k->known[e] = k->own[e];
    for (size_t l = 0; l < 2 && !k->known[e]; l++)
        for (size_t it = 0; levels[l] && (ms = model_children(k->m, e, &it));)
            if (holds(k, ms, levels[l]))
                take_member(k, e, ms);
}

/* Of an overlap: every metered entity below once; its meters stand for what is below it, also for what is reached by
 * other ways (as rollup_union). */
enum reached { NOT, OPEN, COVERED };

static void reach(struct metered *k, uint32_t e, enum reached how, uint8_t *reached)
{
    const struct membership *ms;
    if (reached[e] >= how)
        return;
    reached[e] = (uint8_t)how;
    resolve(k, e); /* own meters and equipment only: see unite */
    if (k->known[e])
        how = COVERED;
    for (size_t it = 0; (ms = model_children(k->m, e, &it));)
        if (holds(k, ms, k->united) || (how == COVERED && holds(k, ms, k->equipment)))
            reach(k, ms->child, how, reached);
}

static bool unite(struct metered *k, uint32_t e, i128 *sum, uint32_t *have, uint32_t *of)
{
    uint8_t *reached = mem_zalloc(k->n);
    bool any = false;
    reach(k, e, OPEN, reached);
    *sum = *have = *of = 0;
    for (size_t i = 0; i < k->n; i++)
        if (reached[i] == OPEN) {
            *of += k->of[i];
            if (!k->known[i])
                continue;
            any = true;
            *sum += k->value[i];
            *have += k->have[i];
        }
    mem_free(reached);
    return any;
}

/* have of the points `of` spoke in the period. */
static bool value_of(struct metered *k, uint32_t e, i128 *v, uint32_t *have, uint32_t *of)
{
    if (k->united)
        return unite(k, e, v, have, of);
    resolve(k, e);
    *v = k->value[e];
    *have = k->have[e];
    *of = k->of[e];
    return k->known[e];
}

/* ---- rows ---- */

static i128 shown(const struct metered *k, uint32_t unit, i128 fine)
{
    unsigned scale = model_dimension(k->m, model_unit(k->m, unit)->dimension)->scale;
    i128 den = k->divisor;
    if (scale < FINE)
        den *= dec_pow10(FINE - scale);
    i128 half = den / 2;
    return (fine < 0 ? fine - half : fine + half) / den;
}

static struct figure_row row_for(const struct metered *k, uint32_t indicator, uint32_t entity, enum row_role role)
{
    const struct indicator *i = model_indicator(k->m, indicator);
    return (struct figure_row){.role = role,
                               .entity = entity,
                               .indicator = indicator,
                               .kind = KIND_LEVEL,
                               .modality = MOD_METERED,
                               .comparison = STR(""),
                               .period = k->period,
                               .unit = i->unit,
                               .reason = STR(""),
                               .formula = STR("metered")};
}

static int by_value(const void *a, const void *b)
{
    const struct figure_row *x = a, *y = b;
    if ((x->state == STATE_VALUE) != (y->state == STATE_VALUE))
        return x->state == STATE_VALUE ? -1 : 1;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->entity < y->entity ? -1 : x->entity > y->entity;
}

static void part_rows(struct metered *k, uint32_t indicator, uint32_t entity, struct figure *out, size_t whole)
{
    const struct membership *ms;
    size_t first = out->rows.len;
    i128 sum = 0, v;
    uint32_t have, points, with = 0, of = 0;
    for (size_t it = 0; (ms = model_children(k->m, entity, &it));) {
        if (!holds(k, ms, k->united ? k->united : k->grouping))
            continue;
        struct figure_row r = row_for(k, indicator, ms->child, ROW_PART);
        of++;
        if (value_of(k, ms->child, &v, &have, &points)) {
            r.value = shown(k, r.unit, k->kind == GROUP_WEIGHTED ? share_of(k, ms, v) : v);
            r.have = have;
            r.of = points;
            sum += r.value;
            with++;
        } else {
            r.state = STATE_NULL;
            r.reason = STR("missing");
        }
        vec_push(&out->rows, r);
    }
    if (out->rows.len > first)
        qsort(out->rows.v + first, out->rows.len - first, sizeof *out->rows.v, by_value);
    out->rows.v[whole].have = with;
    out->rows.v[whole].of = of;
    if (with == 0) {
        out->rows.len = whole + 1;
        return;
    }
    struct figure_row r = row_for(k, indicator, 0, ROW_REMAINDER);
    r.value = out->rows.v[whole].value - sum;
    i128 crumbs = r.value < 0 ? -r.value : r.value;
    r.reason = r.value == 0                ? STR("none")
               : k->kind == GROUP_OVERLAP  ? STR("overlap")
               : crumbs <= with            ? STR("rounding")
               : k->kind == GROUP_WEIGHTED ? STR("unassigned")
               : k->kind == GROUP_PARTIAL  ? STR("unlisted")
                                           : STR("members-without-value");
    vec_push(&out->rows, r);
}

static enum code rows_of_period(const struct query *q, uint32_t entity, uint32_t grouping, uint32_t indicator,
                                struct period period, bool gauges, const struct figure_row *whole, struct figure *out,
                                struct error *err)
{
    struct metered k;
    i128 v;
    uint32_t have, of;
    metered_open(&k, q, period, grouping);
    enum code code = load(&k, indicator, gauges, NULL, LEVEL_DAY, err);
    if (code == OK && k.any && value_of(&k, entity, &v, &have, &of)) {
        struct figure_row r = row_for(&k, indicator, entity, grouping ? ROW_WHOLE : ROW_DERIVED);
        r.value = shown(&k, r.unit, v);
        r.have = have;
        r.of = of;
        if (whole)
            r.value = whole->value;
        vec_push(&out->rows, r);
        if (grouping)
            part_rows(&k, indicator, entity, out, out->rows.len - 1);
    }
    metered_close(&k);
    return code;
}

/* ---- without a grouping asked for: partitions lead up first, then the others ---- */

#define WAYS_MAX 16

static size_t ways_down(const struct model *m, uint32_t entity, uint32_t out[WAYS_MAX])
{
    static const enum grouping_kind order[] = {GROUP_PARTITION, GROUP_WEIGHTED, GROUP_OVERLAP, GROUP_PARTIAL};
    const struct membership *ms;
    size_t n = 0;
    for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
        uint32_t last = 0;
        for (size_t it = 0; n < WAYS_MAX && (ms = model_children(m, entity, &it));) {
            size_t k = 0;
            if (ms->grouping == last || model_grouping(m, ms->grouping)->kind != order[o])
                continue;
            last = ms->grouping;
            while (k < n && out[k] != last)
                k++;
            if (k == n)
                out[n++] = last;
        }
    }
    return n;
}

static enum code plain_period(const struct query *q, uint32_t entity, uint32_t indicator, struct period period,
                              bool gauges, struct figure *out, struct error *err)
{
    uint32_t ways[WAYS_MAX];
    size_t before = out->rows.len, n = ways_down(ledger_model(q->ledger), entity, ways);
    TRY(rows_of_period(q, entity, 0, indicator, period, gauges, NULL, out, err));
    for (size_t i = 0; i < n && out->rows.len == before; i++) {
        TRY(rows_of_period(q, entity, ways[i], indicator, period, gauges, NULL, out, err));
        if (out->rows.len > before) { /* the whole alone */
            out->rows.len = before + 1;
            out->rows.v[before].role = ROW_DERIVED;
        }
    }
    return OK;
}

/* The whole is what is metered of the entity by the best way there is, not what this grouping happens to list. */
static enum code period_with_parts(const struct query *q, uint32_t entity, uint32_t grouping, uint32_t indicator,
                                   struct period period, bool gauges, struct figure *out, struct error *err)
{
    size_t before = out->rows.len;
    TRY(plain_period(q, entity, indicator, period, gauges, out, err));
    struct figure_row whole = out->rows.len > before ? out->rows.v[before] : (struct figure_row){0};
    bool found = out->rows.len > before;
    out->rows.len = before;
    return rows_of_period(q, entity, grouping, indicator, period, gauges, found ? &whole : NULL, out, err);
}

static size_t periods_of(const struct query *q, struct asked asked, struct period *out)
{
    day_t first, last;
    size_t n = 0;
    if (!readings_span(q->readings, &first, &last) || asked.period.last < first || asked.period.first > last)
        return 0;
    if (asked.single) {
        out[0] = asked.period;
        return 1;
    }
    if (asked.period.first == DAY_MIN) { /* any: the newest day */
        out[0] = (struct period){last, last};
        return 1;
    }
    first = first > asked.period.first ? first : asked.period.first;
    last = last < asked.period.last ? last : asked.period.last;
    for (day_t d = first; d <= last && n < PERIODS_MAX; d++)
        out[n++] = (struct period){d, d};
    return n;
}

static bool metered_kinds(const struct query *q, uint32_t indicator, bool found[2])
{
    const struct points *p = q->points;
    found[0] = found[1] = false;
    for (size_t i = 0; i < p->profiles.len; i++)
        if (p->profiles.v[i].indicator == indicator)
            found[is_gauge(&p->profiles.v[i].rule)] = true;
    return found[0] || found[1];
}

enum code metered_rows(const struct query *q, uint32_t entity, uint32_t grouping, uint32_t indicator,
                       struct asked asked, struct figure *out, struct error *err)
{
    struct period *periods;
    bool found[2];
    enum code code = OK;
    bool now = q->as_of.published == DAY_MAX && q->as_of.recorded_us == INT64_MAX;
    if (!q->readings || !now || !entity || !metered_kinds(q, indicator, found))
        return OK;
    periods = mem_alloc(PERIODS_MAX * sizeof *periods);
    size_t n = periods_of(q, asked, periods);
    for (size_t i = 0; i < n && code == OK; i++)
        for (int gauges = 0; gauges < 2 && code == OK; gauges++) {
            if (!found[gauges])
                continue;
            code = grouping ? period_with_parts(q, entity, grouping, indicator, periods[i], gauges, out, err)
                            : plain_period(q, entity, indicator, periods[i], gauges, out, err);
        }
    mem_free(periods);
    return code;
}

/* ---- trends ---- */

/* The grouping by which something below the entity is metered: 0 where it is itself. */
static uint32_t way_down(const struct query *q, uint32_t entity, uint32_t indicator, const int32_t *window,
                         enum level level, struct period period, bool gauges)
{
    struct error ignored = {0};
    uint32_t found = 0, ways[WAYS_MAX];
    size_t n = ways_down(ledger_model(q->ledger), entity, ways);
    for (size_t i = 0; i < n && !found; i++) {
        struct metered k;
        i128 v;
        uint32_t have, of;
        metered_open(&k, q, period, ways[i]);
        if (load(&k, indicator, gauges, window, level, &ignored) == OK && k.any && value_of(&k, entity, &v, &have, &of))
            found = ways[i];
        metered_close(&k);
    }
    return found;
}

static enum code trend_window(const struct query *q, uint32_t entity, uint32_t indicator, enum level level, int32_t w,
                              bool gauges, uint32_t *grouping, trend_vec *out, struct error *err)
{
    struct metered k;
    i128 v;
    uint32_t have, of;
    struct period period = {day_from_us(window_begin(level, w) * 1000),
                            day_from_us(window_begin(level, w + 1) * 1000 - 1)}; /* members are those of its last day */
    for (int again = 0; again < 2; again++) {
        metered_open(&k, q, period, *grouping);
        enum code code = load(&k, indicator, gauges, &w, level, err);
        bool found = code == OK && k.any && value_of(&k, entity, &v, &have, &of);
        if (found)
            vec_push(out, (struct trend_point){w, shown(&k, model_indicator(k.m, indicator)->unit, v), have, of});
        bool look = code == OK && k.any && !found && *grouping == 0;
        metered_close(&k);
        TRY(code);
        if (!look || (*grouping = way_down(q, entity, indicator, &w, level, period, gauges)) == 0)
            break;
    }
    return OK;
}

enum code query_trend(const struct query *q, uint32_t entity, uint32_t indicator, enum level level, int32_t first,
                      int32_t last, trend_vec *out, struct error *err)
{
    bool found[2];
    int64_t from, to;
    uint32_t grouping = 0;
    TRY(query_read(q, err));
    if (!q->readings || !metered_kinds(q, indicator, found))
        return error_set(err, E_MISSING, "no device measures '%.*s'",
                         STR_ARG(model_indicator(ledger_model(q->ledger), indicator)->name));
    if (!readings_heard(q->readings, &from, &to))
        return OK;
    first = first > window_of(level, from) ? first : window_of(level, from);
    last = last < window_of(level, to) ? last : window_of(level, to);
    if (last - first >= TREND_MAX)
        return error_set(err, E_LIMIT, "%d windows are asked for, at most %d are given: take a coarser level",
                         last - first + 1, TREND_MAX);
    for (int32_t w = first; w <= last; w++)
        TRY(trend_window(q, entity, indicator, level, w, !found[0], &grouping, out, err));
    return OK;
}

/* ---- connections ---- */

static void connect(const struct query *q, uint32_t e, uint32_t grouping, uint32_t equipment, day_t day, bool *seen,
                    const struct query_connected *own, struct query_connected *sum)
{
    const struct membership *ms;
    if (seen[e])
        return;
    seen[e] = true;
    sum->points += own[e].points;
    sum->connected += own[e].connected;
    sum->active += own[e].active;
    for (size_t it = 0; (ms = model_children(ledger_model(q->ledger), e, &it));)
        if ((ms->grouping == grouping || ms->grouping == equipment) && member_on(ms, day))
            connect(q, ms->child, grouping, equipment, day, seen, own, sum);
}

static struct query_connected *own_connections(const struct query *q, uint32_t since_s, size_t entities)
{
    const struct points *p = q->points;
    pthread_rwlock_rdlock(&q->points->lock);
    size_t slots = p->slots.len;
    struct query_connected *own = mem_zalloc(entities * sizeof *own);
    uint32_t *connected = mem_zalloc(slots * sizeof *connected), *active = mem_zalloc(slots * sizeof *active);
    readings_live(q->readings, since_s, NULL, connected, active, slots);
    for (size_t i = 1; i < slots; i++)
        if (p->slots.v[i].entity < entities) {
            own[p->slots.v[i].entity].connected += connected[i];
            own[p->slots.v[i].entity].active += active[i];
        }
    for (size_t i = 0; i < p->point_slot.len; i++)
        if (p->point_slot.v[i] && p->slots.v[p->point_slot.v[i]].entity < entities)
            own[p->slots.v[p->point_slot.v[i]].entity].points++;
    pthread_rwlock_unlock(&q->points->lock);
    mem_free(connected);
    mem_free(active);
    return own;
}

enum code query_connections(const struct query *q, uint32_t entity, uint32_t grouping, uint32_t since_s, id_vec *members,
                            struct query_connected **out, struct error *err)
{
    const struct model *m = ledger_model(q->ledger);
    const struct membership *ms;
    size_t entities = m->entities.len + 1;
    int64_t first, heard;
    TRY(query_read(q, err));
    if (!q->readings)
        return error_set(err, E_MISSING, "this workspace has no devices");
    /* memberships of the day last heard of; before any reading, those without an end */
    day_t day = readings_heard(q->readings, &first, &heard) ? day_from_us(heard * 1000) : DAY_MAX;
    uint32_t equipment = model_find_grouping(m, STR(""), STR("equipment"));
    for (size_t it = 0; (ms = model_children(m, entity, &it));)
        if (ms->grouping == grouping && member_on(ms, day))
            vec_push(members, ms->child);
    struct query_connected *own = own_connections(q, since_s, entities);
    *out = mem_zalloc((members->len + 1) * sizeof **out);
    for (size_t i = 0; i <= members->len; i++) {
        bool *seen = mem_zalloc(entities);
        connect(q, i ? members->v[i - 1] : entity, grouping, equipment, day, seen, own, &(*out)[i]);
        mem_free(seen);
    }
    mem_free(own);
    return OK;
}
