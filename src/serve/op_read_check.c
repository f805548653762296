/* op_read_check.c - before a press conference: is every figure of the draft what the ledger knows?
 */
#include "serve/read.h"
#include <stdio.h>

const char draft_columns[] =
    "doc,start,end,text,subject,indicator,kind,comparison,period,value,unit,"
    "verdict,known,difference,known_period,source,reason\n";

struct draft {
    const struct query *q;
    const struct model *m;
    const struct extract_fact *f;
    uint32_t entity, unit;
    const struct series *series;
    struct fact said;         /* the draft's figure, as a fact */
    const struct fact *known; /* or NULL */
    const char *reason;       /* why unknown */
};

static bool find_series(struct draft *d)
{
    uint32_t indicator = model_find_indicator(d->m, d->f->indicator);
    struct error e = {0};
    d->unit = model_find_unit(d->m, d->f->unit);
    if (!indicator)
        d->reason = "indicator";
    else if (!d->unit)
        d->reason = "unit";
    else if (query_entity(d->q, d->f->subject, indicator, &d->entity, &e) != OK)
        d->reason = e.code == E_CONFLICT ? "subject-ambiguous" : "subject";
    else {
        uint32_t id =
            model_find_series(d->m, indicator, d->f->kind, d->f->comparison, d->f->modality);
        d->series = id ? model_series(d->m, id) : NULL;
        if (d->series)
            return true;
        d->reason = "not-stated";
    }
    return false;
}

static bool find_known(struct draft *d)
{
    d->known = query_known(d->q, d->entity, d->series->id, d->f->period);
    if (!d->known)
        d->reason = "period";
    return d->known != NULL && d->known->state == STATE_VALUE;
}

static bool say(struct draft *d)
{
    struct error e = {0};
    const struct unit *u = model_unit(d->m, d->unit);
    d->said = (struct fact){.qualifier = (uint8_t)d->f->qualifier,
                            .step = printed_step(d->m, d->unit, d->f->value, d->f->text)};
    if (u->dimension == d->series->dimension &&
        unit_to_base(d->m, d->unit, d->f->value, &d->said.value, &e) == OK &&
        (d->f->qualifier != Q_RANGE ||
         unit_to_base(d->m, d->unit, d->f->value_hi, &d->said.value_hi, &e) == OK))
        return true;
    d->reason = "unit";
    return false;
}

static const char *compare(const struct draft *d)
{
    struct interval a = fact_interval(&d->said), b = fact_interval(d->known);
    if (d->said.value == d->known->value && d->said.qualifier == d->known->qualifier)
        return "agrees";
    return a.lo2 <= b.hi2 && b.lo2 <= a.hi2 ? "rounding" : "differs";
}

static struct str shown(const struct draft *d, struct arena *a, i128 value)
{
    char text[DEC_TEXT];
    size_t len = unit_text(d->m, d->unit, value, d->f->value.scale, text);
    return arena_dup(a, (struct str){text, len});
}

size_t draft_line(const struct query *q, struct arena *a, struct str doc,
                  const struct extract_fact *f, struct buf *out)
{
    struct draft d = {.q = q, .m = ledger_model(q->ledger), .f = f, .reason = ""};
    char period[32], known_period[32] = "", value[DEC_TEXT];
    const char *verdict = "unknown";
    struct str known = STR(""), difference = STR(""), source = STR("");
    period_text(f->period, period);
    dec_text(f->value.units, f->value.scale, value);
    if (find_series(&d) && say(&d) && find_known(&d)) {
        verdict = compare(&d);
        known = shown(&d, a, d.known->value);
        difference = shown(&d, a, (i128)d.said.value - d.known->value);
        source = d.known->source ? model_source(d.m, d.known->source)->doc : STR("");
        period_text(d.known->period, known_period);
    }
    const struct str row[] = {doc,
                              arena_fmt(a, "%u", f->start),
                              arena_fmt(a, "%u", f->end),
                              f->text,
                              f->subject,
                              f->indicator,
                              str_z(kind_name(f->kind)),
                              f->comparison,
                              str_z(period),
                              str_z(value),
                              f->unit,
                              str_z(verdict),
                              known,
                              difference,
                              str_z(known_period),
                              source,
                              str_z(d.reason)};
    csv_put(out, row, sizeof row / sizeof *row);
    return strcmp(verdict, "differs") == 0;
}
