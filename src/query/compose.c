/* compose.c - a period nobody stated, from the shorter ones that tile it: flows add up, a stock is
 * that of the last. Only when every tile is there; a gap is a gap, never a smaller sum (I5). */
#include "query/query_int.h"

#define TILES_MAX 400

static const struct {
    enum period_kind kind;
    bool merge_janfeb; /* the two months that are published together */
} tilings[] = {
    {PERIOD_HALF,    false},
    {PERIOD_QUARTER, false},
    {PERIOD_MONTH,   false},
    {PERIOD_MONTH,   true },
    {PERIOD_YEAR,    false},
    {PERIOD_DAY,     false}
};

static bool sum_tiles(const struct query *q, uint32_t entity, uint32_t series, bool last_only,
                      const struct period *tiles, size_t count, struct figure_row *r)
{
    i128 sum = 0;
    for (size_t i = 0; i < count; i++) {
        const struct fact *f = ledger_current(q->ledger, entity, series, tiles[i], q->as_of);
        if (!f || f->state != STATE_VALUE || f->qualifier != Q_EQ)
            return false;
        sum = last_only ? f->value : sum + f->value;
        r->unit = f->unit;
        r->decimals = f->decimals > r->decimals ? f->decimals : r->decimals;
    }
    r->value = sum;
    return true;
}

static bool composed(const struct query *q, uint32_t entity, const struct series *s,
                     struct period asked, struct figure_row *r)
{
    enum over over = model_indicator(ledger_model(q->ledger), s->indicator)->over_time;
    struct period tiles[TILES_MAX];
    if (over != OVER_SUM && over != OVER_LAST)
        return false;
    for (size_t i = 0; i < sizeof tilings / sizeof *tilings; i++) {
        size_t count;
        if (period_tiles(asked, tilings[i].kind, tilings[i].merge_janfeb, tiles, TILES_MAX, &count,
                         NULL) != OK ||
            count < 2 || !sum_tiles(q, entity, s->id, over == OVER_LAST, tiles, count, r))
            continue;
        r->have = r->of = (uint32_t)count;
        r->formula = over == OVER_LAST ? STR("last of the shorter periods")
                                       : STR("sum of the shorter periods");
        return true;
    }
    return false;
}

void composed_rows(const struct query *q, uint32_t entity, uint32_t indicator, struct period asked,
                   struct figure *out)
{
    const struct model *m = ledger_model(q->ledger);
    for (size_t i = 0; i < m->series.len; i++) {
        const struct series *s = &m->series.v[i];
        struct figure_row r = {.role = ROW_DERIVED,
                               .entity = entity,
                               .indicator = indicator,
                               .series = s->id,
                               .kind = s->kind,
                               .modality = s->modality,
                               .comparison = s->comparison,
                               .period = asked,
                               .reason = STR("")};
        bool level = s->kind == KIND_LEVEL || s->kind == KIND_COUNT;
        if (s->indicator == indicator && level &&
            !ledger_current(q->ledger, entity, s->id, asked, q->as_of) &&
            composed(q, entity, s, asked, &r))
            vec_push(&out->rows, r);
    }
}
