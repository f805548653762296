/* op_check.c - do the figures agree: the ledger with its totals, published figures among each
 * other. */
#include "check/check.h"
#include "serve/row.h"
#include <stdio.h>

static enum code wanted_parse(struct str list, bool wanted[VERDICT_COUNT], struct error *err)
{
    for (int v = 0; v < VERDICT_COUNT; v++)
        wanted[v] = list.len == 0;
    while (list.len) {
        struct str word = str_trim(str_cut(list, ',', &list));
        int v = 0;
        while (v < VERDICT_COUNT && !str_is(word, verdict_name((enum verdict)v)))
            v++;
        if (v == VERDICT_COUNT)
            return error_set(err, E_INPUT,
                             "'%.*s' is no verdict; there are agrees, rounding, residual, "
                             "contradicts, implied, note",
                             STR_ARG(word));
        wanted[v] = true;
    }
    return OK;
}

void check_case_json(struct call *c, const struct check_case *k)
{
    struct json *j = &c->json;
    json_object(j);
    json_kz(j, "verdict", verdict_name(k->verdict));
    json_kstr(j, "rule", k->rule);
    ref_entity(c, "entity", k->entity, true);
    ref_indicator(c, "indicator", k->indicator);
    json_kstr(j, "period", text_of_period(c, k->period));
    label_period(c, "period_label", k->period);
    json_kstr(j, "subject", k->subject);
    kstr_null(c, "expected", k->expected);
    kstr_null(c, "found", k->found);
    kstr_null(c, "residual", k->residual);
    json_key(j, "note");
    json_object(j);
    json_kstr(j, "zh", k->note_zh);
    json_kstr(j, "en", k->note_en);
    json_object_end(j);
    json_key(j, "facts");
    json_array(j);
    for (size_t i = 0; i < k->facts.len; i++)
        json_int(j, (int64_t)k->facts.v[i]);
    json_array_end(j);
    json_object_end(j);
}

static void case_cells(struct call *c, const struct check_case *k)
{
    sheet_z(c, verdict_name(k->verdict));
    sheet_str(c, k->rule);
    sheet_str(c, k->entity ? model_entity(c->model, k->entity)->name : STR(""));
    sheet_str(c, k->indicator ? model_indicator(c->model, k->indicator)->name : STR(""));
    sheet_str(c, text_of_period(c, k->period));
    sheet_str(c, k->subject);
    sheet_str(c, k->expected);
    sheet_str(c, k->found);
    sheet_str(c, k->residual);
    sheet_str(c, c->zh ? k->note_zh : k->note_en);
    sheet_end(c);
}

static void counts_json(struct call *c, const struct check_result *r)
{
    struct json *j = &c->json;
    json_object(j);
    json_key(j, "counts");
    json_object(j);
    for (int v = 0; v < VERDICT_COUNT; v++)
        json_kint(j, verdict_name((enum verdict)v), (int64_t)r->count[v]);
    json_object_end(j);
    json_kint(j, "cells", (int64_t)r->cells);
    json_kint(j, "differences", (int64_t)r->differences);
    json_key(j, "cases");
    json_array(j);
}

/* The sums of the readings, recomputed from what the devices sent. */
static void tell_reading(void *ctx, const struct readings_difference *d)
{
    struct call *c = ctx;
    char kept[DEC_TEXT], found[DEC_TEXT];
    dec_text(d->kept, 0, kept);
    dec_text(d->found, 0, found);
    buf_fmt(&c->note, "readings: %s %d of slot %u is %s, recomputed %s\n", d->where, d->window, d->slot, kept, found);
}

static enum code check_readings(struct call *c, uint64_t *readings, uint64_t *differences, struct error *err)
{
    *readings = *differences = 0;
    return c->query.readings ? readings_check(c->query.readings, tell_reading, c, readings, differences, err) : OK;
}

#define DIFFERENCES_TOLD 20
static void summary(struct call *c, const struct check_result *r, uint64_t readings, uint64_t differences)
{
    for (size_t i = 0; i < r->difference_texts.len && i < DIFFERENCES_TOLD; i++)
        buf_fmt(&c->note, "%.*s\n", STR_ARG(r->difference_texts.v[i]));
    buf_fmt(&c->note, "cells %zu, differences %zu; ", r->cells, r->differences);
    for (int v = 0; v < VERDICT_COUNT; v++)
        buf_fmt(&c->note, "%s%s %zu", v ? ", " : "", verdict_name((enum verdict)v), r->count[v]);
    if (readings)
        buf_fmt(&c->note, "; readings %llu, differences %llu", (unsigned long long)readings,
                (unsigned long long)differences);
    buf_byte(&c->note, '\n');
    c->exit = differences || r->differences || r->count[VERDICT_CONTRADICTS] ? 1 : 0;
}

enum code check_run_op(struct call *c, struct error *err)
{
    bool wanted[VERDICT_COUNT];
    struct check_result r;
    TRY(wanted_parse(args_str(c->args, "verdict"), wanted, err));
    uint64_t readings, differences;
    TRY(check_readings(c, &readings, &differences, err));
    TRY(check_run(c->query.ledger, c->query.as_of, &r, err));

    if (c->as_json)
        counts_json(c, &r);
    else
        sheet_head(c, "verdict,rule,entity,indicator,period,subject,expected,found,residual,note");
    for (size_t i = 0; i < r.cases.len; i++)
        if (wanted[r.cases.v[i].verdict])
            (c->as_json ? check_case_json : case_cells)(c, &r.cases.v[i]);
    if (c->as_json) {
        json_array_end(&c->json);
        json_object_end(&c->json);
    }
    summary(c, &r, readings, differences);
    check_clear(&r);
    return OK;
}
