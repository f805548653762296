/* frame.c - a table of figures for analysis: rows x columns x periods, each cell with its figure.
 *
 * Every cell comes from query_figure (or from frame_cross, for two groupings that only share
 * members), so the access check, the dates of knowledge and the rules of sums are those of any
 * figure. What a method needs beyond that (one unit, periods of one kind) is decided here and what
 * is lost by it is named. */
#include "query/query_int.h"
#include <stdio.h>
#include <stdlib.h>

#define FRAME_CELLS_MAX 1000000

void frame_leave(struct frame *f, struct str name, const char *reason, struct str value)
{
    for (size_t i = 0; i < f->left_out.len; i++)
        if (str_eq(f->left_out.v[i].name, name) && str_is(f->left_out.v[i].reason, reason) &&
            str_eq(f->left_out.v[i].value, value))
            return;
    vec_push(&f->left_out,
             (struct frame_gap){arena_dup(&f->arena, name), str_z(reason),
                                arena_dup(&f->arena, value)});
}

uint32_t frame_column(struct frame *f, struct str name, uint32_t entity, uint32_t indicator)
{
    for (size_t i = 0; i < f->columns.len; i++)
        if (str_eq(f->columns.v[i].name, name))
            return (uint32_t)i;
    vec_push(&f->columns, (struct frame_name){arena_dup(&f->arena, name), entity, indicator, {0}});
    return (uint32_t)f->columns.len - 1;
}

/* ---- what is asked ---- */

struct build {
    const struct query *q;
    const struct rollup *sums;
    const struct frame_ask *ask;
    struct frame *f;
    const struct model *m;
    struct asked asked;
    found_vec found;
    found_vec rests; /* remainders of rows */
};

/* "LABEL=EXPRESSION", or an expression that is its own label. An '=' can not be part of one. */
static struct str expression_of(struct str one, struct str *label)
{
    struct str right, left = str_trim(str_cut(one, '=', &right));
    *label = left;
    return right.ptr ? str_trim(right) : left;
}

static bool left_by_asker(struct build *b, struct str name)
{
    for (struct str rest = b->ask->without; rest.ptr;)
        if (str_eq(str_trim(str_cut(rest, ';', &rest)), name) && name.len) {
            frame_leave(b->f, name, "asked", STR(""));
            return true;
        }
    return false;
}

static int name_order(const void *a, const void *b)
{
    const struct frame_name *x = a, *y = b;
    return (x->entity > y->entity) - (x->entity < y->entity);
}

static enum code rows_of(struct build *b, struct error *err)
{
    const struct membership *ms;
    uint32_t grouping;
    struct frame *f = b->f;
    if (!b->ask->rows.len) {
        vec_push(&f->rows,
                 (struct frame_name){model_entity(b->m, f->scope)->name, f->scope, 0, {0}});
        return OK;
    }
    day_t day = b->asked.period.last < b->q->as_of.published ? b->asked.period.last
                                                             : b->q->as_of.published;
    TRY(asked_grouping(b->q, f->scope, b->ask->rows, &grouping, err));
    for (size_t it = 0; (ms = model_children(b->m, f->scope, &it));) {
        const struct entity *e = model_entity(b->m, ms->child);
        bool seen = false;
        if (ms->grouping != grouping || !member_on(ms, day) || left_by_asker(b, e->name))
            continue;
        for (size_t i = 0; i < f->rows.len; i++)
            seen |= str_eq(f->rows.v[i].name, e->name);
        if (seen)
            frame_leave(f, e->name, "same-name", STR(""));
        else
            vec_push(&f->rows, (struct frame_name){e->name, e->id, 0, {0}});
    }
    if (f->rows.len)
        qsort(f->rows.v, f->rows.len, sizeof *f->rows.v, name_order);
    return OK;
}

/* ---- figures of one row ---- */

/* A plain amount: what is actually so, of the entity itself, compared with nothing. */
static bool plain(const struct figure_row *r)
{
    return r->modality == MOD_ACTUAL && !r->comparison.len &&
           (r->role == ROW_DERIVED || r->kind == KIND_LEVEL || r->kind == KIND_COUNT);
}

static bool usable(const struct build *b, const struct figure_row *r)
{
    return plain(r) || (b->ask->shape != FRAME_PAIRS && b->ask->shape != FRAME_LIST &&
                        r->modality == MOD_ACTUAL &&
                        (r->kind == KIND_SHARE || r->kind == KIND_GROWTH));
}

static bool is_provisional(const struct build *b, const struct figure_row *r)
{
    return (r->entity && model_entity(b->m, r->entity)->provisional) ||
           (r->indicator && model_indicator(b->m, r->indicator)->provisional);
}

static void take(struct build *b, uint32_t row, uint32_t column, const struct figure_row *r)
{
    if (!usable(b, r) || b->found.len >= FRAME_CELLS_MAX)
        return;
    vec_push(&b->found, (struct frame_found){.row = row,
                                             .column = column,
                                             .figure = *r,
                                             .provisional = is_provisional(b, r)});
}

/* Texts of a figure live in its own arena: those that go on are copied. */
static struct figure_row kept_row(struct build *b, const struct figure_row *r)
{
    struct figure_row k = *r;
    k.formula = arena_dup(&b->f->arena, r->formula);
    k.unit_text = arena_dup(&b->f->arena, r->unit_text);
    k.reason = arena_dup(&b->f->arena, r->reason);
    return k;
}

static ptrdiff_t period_place(const struct frame *f, struct period p)
{
    for (size_t i = 0; i < f->periods.len; i++)
        if (period_eq(f->periods.v[i], p))
            return (ptrdiff_t)i;
    return -1;
}

/* What the parts of a row leave open, in the periods that are taken. */
static void tell_remainder(struct build *b, uint32_t row, const struct figure_row *r)
{
    char text[DEC_TEXT], period[32];
    if (r->value == 0 || !plain(r) || period_place(b->f, r->period) < 0)
        return;
    size_t n = figure_value_text(b->m, r, text);
    size_t p = period_text(r->period, period);
    struct str unit = figure_unit(b->m, r);
    frame_leave(b->f,
                arena_fmt(&b->f->arena, "%.*s (%.*s)", STR_ARG(b->f->rows.v[row].name), (int)p,
                          period),
                "remainder", arena_fmt(&b->f->arena, "%.*s %.*s", (int)n, text, STR_ARG(unit)));
}

static enum code row_by_indicators(struct build *b, uint32_t row, struct error *err)
{
    struct str rest = b->ask->indicator;
    while (rest.ptr) {
        struct str label, one = str_trim(str_cut(rest, ';', &rest));
        struct figure figure;
        if (!one.len)
            continue;
        struct figure_ask ask = {
            .indicator = expression_of(one, &label),
            .of = arena_fmt(&b->f->arena, "#%u", b->f->rows.v[row].entity),
            .period = b->ask->period,
            .sums = b->sums,
        };
        TRY(query_figure(b->q, &ask, &figure, err));
        uint32_t column = frame_column(b->f, label, 0, figure.indicator);
        for (size_t i = 0; i < figure.rows.len; i++) {
            struct figure_row k = kept_row(b, &figure.rows.v[i]);
            take(b, row, column, &k);
        }
        figure_clear(&figure);
    }
    return OK;
}

/* "GROUPING" or "GROUPING/2": its branches at that level from the top. */
static uint32_t grouping_anywhere(const struct build *b, struct str text, unsigned *level)
{
    struct str depth, name = str_cut(text, '/', &depth);
    *level = depth.len == 1 && depth.ptr[0] >= '1' && depth.ptr[0] <= '9'
                 ? (unsigned)(depth.ptr[0] - '0')
                 : 1;
    for (size_t i = 0; i < b->m->groupings.len; i++) {
        const struct grouping *g = &b->m->groupings.v[i];
        if (str_eq(g->name, name) || (g->alias.len && str_eq(g->alias, name)))
            return g->id;
    }
    return 0;
}

static enum code row_by_grouping(struct build *b, uint32_t row, struct error *err)
{
    struct figure figure;
    struct error none = {0};
    unsigned level;
    uint32_t indicator, anywhere = grouping_anywhere(b, b->ask->columns, &level), direct;
    uint32_t entity = b->f->rows.v[row].entity;
    struct figure_ask ask = {.indicator = b->ask->indicator,
                             .of = arena_fmt(&b->f->arena, "#%u", entity),
                             .by = b->ask->columns,
                             .period = b->ask->period,
                             .sums = b->sums};
    if (asked_grouping(b->q, entity, b->ask->columns, &direct, &none) != OK) {
        TRY(query_indicator(b->q, b->ask->indicator, &indicator, err));
        if (!anywhere || !frame_cross(b->q, b->f, row, anywhere, level, indicator, b->asked,
                                      &b->found))
            frame_leave(b->f, b->f->rows.v[row].name, "no-members", b->ask->columns);
        return OK;
    }
    TRY(query_figure(b->q, &ask, &figure, err));
    for (size_t i = 0; i < figure.rows.len; i++) {
        const struct figure_row *r = &figure.rows.v[i];
        if (r->role == ROW_REMAINDER)
            vec_push(&b->rests, (struct frame_found){.row = row, .figure = kept_row(b, r)});
        if (r->role != ROW_PART || left_by_asker(b, model_entity(b->m, r->entity)->name))
            continue;
        struct figure_row k = kept_row(b, r);
        take(b, row, frame_column(b->f, model_entity(b->m, r->entity)->name, r->entity, 0), &k);
    }
    figure_clear(&figure);
    return OK;
}

/* ---- which periods ---- */

struct tally {
    struct period period;
    enum period_kind kind;
    size_t count;
};
typedef VEC(struct tally) tally_vec;

static void tally_periods(const struct build *b, tally_vec *t)
{
    for (size_t i = 0; i < b->found.len; i++) {
        const struct figure_row *r = &b->found.v[i].figure;
        size_t k = 0;
        if (r->state != STATE_VALUE)
            continue;
        while (k < t->len && !period_eq(t->v[k].period, r->period))
            k++;
        if (k == t->len)
            vec_push(t, (struct tally){r->period, period_kind(r->period), 0});
        t->v[k].count++;
    }
}

/* The kind of period that covers most; in a tie the one whose newest period is newest. */
static enum period_kind best_kind(const tally_vec *t)
{
    size_t sum[PERIOD_KINDS] = {0}, best = PERIOD_YEAR;
    struct period newest[PERIOD_KINDS];
    for (size_t i = 0; i < t->len; i++) {
        const struct tally *x = &t->v[i];
        if (!sum[x->kind] || period_cmp(x->period, newest[x->kind]) > 0)
            newest[x->kind] = x->period;
        sum[x->kind] += x->count;
    }
    for (size_t k = 0; k < PERIOD_KINDS; k++)
        if (sum[k] > sum[best] ||
            (sum[k] && sum[k] == sum[best] && period_cmp(newest[k], newest[best]) > 0))
            best = k;
    return (enum period_kind)best;
}

static int tally_order(const void *a, const void *b)
{
    return period_cmp(((const struct tally *)a)->period, ((const struct tally *)b)->period);
}

static void choose_periods(struct build *b)
{
    tally_vec t = {0};
    bool all = b->ask->shape == FRAME_SERIES || b->ask->many_periods;
    tally_periods(b, &t);
    if (t.len)
        qsort(t.v, t.len, sizeof *t.v, tally_order);
    enum period_kind kind = best_kind(&t);
    size_t best = 0;
    for (size_t i = 0; i < t.len; i++) /* the newest of the best covered */
        if (t.v[i].count >= t.v[best].count)
            best = i;
    for (size_t i = 0; i < t.len; i++) {
        bool taken = all ? t.v[i].kind == kind : i == best;
        if (taken)
            vec_push(&b->f->periods, t.v[i].period);
        else
            vec_push(&b->f->other_periods, t.v[i].period);
    }
    vec_clear(&t);
}

/* ---- cells ---- */

/* Of two statements for one cell: a value before none, a plain amount before a ratio, a fact before
 * a sum, then the first. */
static bool replaces(const struct figure_row *now, const struct figure_row *then)
{
    if ((now->state == STATE_VALUE) != (then->state == STATE_VALUE))
        return now->state == STATE_VALUE;
    if (plain(now) != plain(then))
        return plain(now);
    return now->fact && !then->fact;
}

static bool is_said(const struct figure_row *r)
{
    return r->indicator || r->formula.len;
}

static struct str *unit_of(struct build *b, uint32_t column)
{
    return b->ask->shape == FRAME_MATRIX ? &b->f->columns.v[column].unit : &b->f->unit;
}

/* The value in the unit of its column; false when it can not be said in it. */
static bool value_in(struct build *b, struct frame_cell *c)
{
    struct figure_row *r = &c->figure;
    char text[DEC_TEXT];
    struct str *unit = unit_of(b, c->column);
    if (!unit->ptr)
        *unit = arena_dup(&b->f->arena, figure_unit(b->m, r));
    uint32_t to = r->unit ? model_find_unit(b->m, *unit) : 0;
    bool same_text = str_eq(*unit, figure_unit(b->m, r));
    if (!same_text && (!to || model_unit(b->m, to)->dimension != model_unit(b->m, r->unit)->dimension))
        return false;
    size_t n = same_text ? figure_value_text(b->m, r, text)
                         : unit_text(b->m, to, r->value, r->decimals, text);
    c->text = arena_dup(&b->f->arena, (struct str){text, n});
    return n > 0;
}

static void place_cells(struct build *b)
{
    struct frame *f = b->f;
    size_t nr = f->rows.len, nc = f->columns.len, np = f->periods.len;
    if (!nr || !nc || !np || nr > FRAME_CELLS_MAX / nc || nr * nc > FRAME_CELLS_MAX / np)
        return;
    struct frame_cell empty = {.missing = true};
    for (size_t i = 0; i < np * nr * nc; i++) {
        empty.period = (uint32_t)(i / (nr * nc));
        empty.row = (uint32_t)(i / nc % nr);
        empty.column = (uint32_t)(i % nc);
        vec_push(&f->cells, empty);
    }
    for (size_t i = 0; i < b->found.len; i++) {
        const struct frame_found *x = &b->found.v[i];
        ptrdiff_t p = period_place(f, x->figure.period);
        if (p < 0)
            continue;
        struct frame_cell *c = &f->cells.v[((size_t)p * nr + x->row) * nc + x->column];
        if (is_said(&c->figure) && !replaces(&x->figure, &c->figure)) {
            if (x->figure.state == STATE_VALUE && x->figure.series != c->figure.series)
                frame_leave(f, f->columns.v[x->column].name, "second-series", STR(""));
            continue;
        }
        c->figure = x->figure;
        c->provisional = x->provisional;
        c->fact_count = x->fact_count;
        memcpy(c->facts, x->facts, sizeof c->facts);
    }
}

static void read_cells(struct build *b)
{
    struct frame *f = b->f;
    for (size_t i = 0; i < f->cells.len; i++) {
        struct frame_cell *c = &f->cells.v[i];
        c->missing = c->figure.state != STATE_VALUE || !is_said(&c->figure);
        if (!c->missing && !value_in(b, c)) {
            frame_leave(f, f->columns.v[c->column].name, "unit", figure_unit(b->m, &c->figure));
            c->missing = true;
        }
        if (c->missing && !c->figure.reason.len)
            c->figure.reason = is_said(&c->figure) && c->figure.state != STATE_VALUE
                                   ? str_z(state_name(c->figure.state))
                                   : STR("missing");
        c->figure.period = f->periods.v[c->period];
        f->have += !c->missing;
        f->missing += c->missing;
        f->provisional += !c->missing && c->provisional;
        f->bounds += !c->missing && c->figure.qualifier != Q_EQ && c->figure.qualifier != Q_APPROX;
    }
}

/* Rows and columns of which nothing at all is known are not gaps of the table: they are not in it. */
static void drop_silent(struct frame *f)
{
    for (int pass = 0; pass < 2; pass++) {
        size_t len = pass ? f->rows.len : f->columns.len;
        uint32_t *to = mem_zalloc((len + 1) * sizeof *to);
        size_t kept = 0, cells = 0;
        struct frame_name *names = pass ? f->rows.v : f->columns.v;
        for (size_t i = 0; i < f->cells.len; i++)
            if (!f->cells.v[i].missing)
                to[pass ? f->cells.v[i].row : f->cells.v[i].column] = 1;
        for (size_t i = 0; i < len; i++) {
            if (!to[i]) {
                frame_leave(f, names[i].name, "no-figure", STR(""));
                to[i] = UINT32_MAX;
                continue;
            }
            names[kept] = names[i];
            to[i] = (uint32_t)kept++;
        }
        *(pass ? &f->rows.len : &f->columns.len) = kept;
        for (size_t i = 0; i < f->cells.len; i++) {
            struct frame_cell c = f->cells.v[i];
            uint32_t *place = pass ? &c.row : &c.column;
            if (to[*place] == UINT32_MAX) {
                f->missing--;
                continue;
            }
            *place = to[*place];
            f->cells.v[cells++] = c;
        }
        f->cells.len = cells;
        mem_free(to);
    }
}

static enum code build(struct build *b, struct error *err)
{
    TRY(query_read(b->q, err));
    TRY(asked_period(b->ask->period, &b->asked, err));
    if (!b->ask->indicator.len)
        return error_set(err, E_INPUT, "which indicator? Several are parted by ';'");
    TRY(query_entity(b->q, b->ask->scope, 0, &b->f->scope, err));
    TRY(rows_of(b, err));
    for (size_t r = 0; r < b->f->rows.len; r++)
        TRY(b->ask->columns.len ? row_by_grouping(b, (uint32_t)r, err)
                                : row_by_indicators(b, (uint32_t)r, err));
    choose_periods(b);
    for (size_t i = 0; i < b->rests.len; i++)
        tell_remainder(b, b->rests.v[i].row, &b->rests.v[i].figure);
    place_cells(b);
    read_cells(b);
    drop_silent(b->f);
    return OK;
}

enum code query_frame(const struct query *q, const struct frame_ask *ask, struct frame *out,
                      struct error *err)
{
    struct sums sums;
    *out = (struct frame){0};
    arena_init(&out->arena, 0);
    TRY(sums_open(q, &sums, err)); /* once for all rows */
    struct build b = {.q = q, .sums = sums.rollup, .ask = ask, .f = out, .m = ledger_model(q->ledger)};
    enum code c = build(&b, err);
    sums_close(&sums);
    vec_clear(&b.found);
    vec_clear(&b.rests);
    if (c != OK)
        frame_clear(out);
    return c;
}

void frame_clear(struct frame *f)
{
    vec_clear(&f->rows);
    vec_clear(&f->columns);
    vec_clear(&f->periods);
    vec_clear(&f->cells);
    vec_clear(&f->left_out);
    vec_clear(&f->other_periods);
    arena_clear(&f->arena);
}
