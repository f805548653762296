/* layout_facts.c - one figure a row, in the columns of facts/README §1. */
#include "ingest/import_int.h"

enum {
    F_SUBJECT,
    F_INDICATOR,
    F_KIND,
    F_VALUE,
    F_UNIT,
    F_PERIOD, /* required */
    F_ID,
    F_DOC,
    F_START,
    F_END,
    F_TEXT,
    F_VALUE_HI,
    F_QUALIFIER,
    F_COMPARISON,
    F_MODALITY,
    F_SOURCE_DATE,
    F_NOTE
};

static enum code fact_words(struct import *im, struct statement *s, struct error *err)
{
    s->qualifier = Q_EQ;
    s->modality = MOD_ACTUAL;
    if (!kind_from(cell(im, F_KIND), &s->kind))
        return cell_error(
            im, F_KIND, E_INPUT, err,
            "unknown kind '%.*s' (level, count, growth, share, pp_change, change, rank, "
            "contribution, target)",
            STR_ARG(cell(im, F_KIND)));
    if (cell(im, F_QUALIFIER).len && !qualifier_from(cell(im, F_QUALIFIER), &s->qualifier))
        return cell_error(im, F_QUALIFIER, E_INPUT, err,
                          "unknown qualifier '%.*s' (eq, over, at_least, under, at_most, approx, "
                          "range, doubled, or = > ≥ < ≤ ≈)",
                          STR_ARG(cell(im, F_QUALIFIER)));
    if (cell(im, F_MODALITY).len && !modality_from(cell(im, F_MODALITY), &s->modality))
        return cell_error(im, F_MODALITY, E_INPUT, err,
                          "unknown modality '%.*s' (actual, target, plan, estimate)",
                          STR_ARG(cell(im, F_MODALITY)));
    s->comparison = cell(im, F_COMPARISON);
    if (s->comparison.len > 200)
        return cell_error(im, F_COMPARISON, E_LIMIT, err,
                          "the comparison is longer than 200 bytes");
    return OK;
}

static enum code fact_numbers(struct import *im, struct statement *s, struct error *err)
{
    enum fact_state hi_state;
    struct error e = {0};
    TRY(parse_value(im, F_VALUE, cell(im, F_VALUE), &s->value, &s->state, err));
    if (s->qualifier == Q_RANGE) {
        TRY(parse_value(im, F_VALUE_HI, cell(im, F_VALUE_HI), &s->value_hi, &hi_state, err));
        if (hi_state != STATE_VALUE)
            return cell_error(im, F_VALUE_HI, E_INPUT, err, "a range needs its high end");
    } else if (cell(im, F_VALUE_HI).len)
        return cell_error(im, F_VALUE_HI, E_INPUT, err, "a high end needs the qualifier 'range'");
    if (period_parse(cell(im, F_PERIOD), &s->period, &e) != OK)
        return cell_error(im, F_PERIOD, E_INPUT, err, "%s", e.text);
    s->printed = cell(im, F_TEXT);
    return bind_unit(im, F_UNIT, cell(im, F_UNIT), &s->unit, err);
}

/* A span is two whole numbers; nothing is said where both are empty. */
static enum code fact_span(struct import *im, struct trace *t, struct error *err)
{
    struct dec a, b;
    struct error e = {0};
    t->start = t->end = -1;
    if (!cell(im, F_START).len && !cell(im, F_END).len)
        return OK;
    if (dec_parse(cell(im, F_START), &a, &e) != OK || a.scale || a.units < 0 || a.units > INT32_MAX)
        return cell_error(im, F_START, E_INPUT, err,
                          "the start of a span is a whole number from 0");
    if (dec_parse(cell(im, F_END), &b, &e) != OK || b.scale || b.units <= a.units ||
        b.units > INT32_MAX)
        return cell_error(im, F_END, E_INPUT, err, "the end of a span lies after its start");
    t->start = (int32_t)a.units;
    t->end = (int32_t)b.units;
    return OK;
}

static enum code fact_source(struct import *im, struct statement *s, struct str *context,
                             struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct str doc = cell(im, F_DOC).len ? cell(im, F_DOC) : im->file;
    day_t told;
    TRY(parse_known_day(im, F_SOURCE_DATE, cell(im, F_SOURCE_DATE), &told, err));
    TRY(bind_source(im, doc, STR_NULL, told, &s->source, err));
    const struct source *src = model_source(m, s->source);
    s->published = cell(im, F_SOURCE_DATE).len ? told : src->published;
    *context = src->subject;
    return OK;
}

static enum code fact_row(struct import *im, struct error *err)
{
    struct statement s = {0};
    struct trace t = {0};
    struct str context;
    struct error e = {0};
    if (!cell(im, F_INDICATOR).len)
        return cell_error(im, F_INDICATOR, E_INPUT, err, "the indicator is missing");
    TRY(fact_words(im, &s, err));
    TRY(fact_numbers(im, &s, err));
    TRY(fact_span(im, &t, err));
    TRY(fact_source(im, &s, &context, err));
    TRY(bind_subject(im, F_SUBJECT, cell(im, F_SUBJECT), context, &s.entity, err));
    TRY(bind_indicator(im, cell(im, F_INDICATOR), s.unit, s.kind, &s.indicator, err));
    t.source = s.source;
    t.text = cell(im, F_TEXT);
    t.key = cell(im, F_ID);
    t.file = im->file;
    t.line = im->row.line;
    t.note = cell(im, F_NOTE);
    enum code c = put_statement(im, &s, &t, &e);
    return c == OK ? OK : cell_error(im, F_VALUE, c, err, "%s", e.text);
}

const struct layout layout_facts = {
    .name = "facts",
    .order = 50,
    .columns = {"subject", "indicator", "kind", "value", "unit", "period", NULL, "id", "doc",
                "start", "end", "text", "value_hi", "qualifier", "comparison", "modality",
                "source_date", "note", NULL},
    .row = fact_row
};
