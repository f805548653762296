/* op_map.c - one figure over the divisions of a region, by their GB/T 2260 codes. */
#include "serve/row.h"

#define DIVISION "2260:"

/* "4103" of 2260:410300, "" when the entity is no division. */
static struct str division_code(const struct entity *e, bool trimmed)
{
    if (!str_starts(e->code, STR(DIVISION)))
        return STR("");
    struct str code = str_sub(e->code, sizeof DIVISION - 1, e->code.len);
    while (trimmed && code.len > 2 && str_ends(code, STR("00")))
        code.len -= 2;
    return code;
}

static bool counts_for_map(const struct figure_row *r, bool any_kind)
{
    return r->modality == MOD_ACTUAL &&
           (any_kind || r->kind == KIND_LEVEL || r->kind == KIND_COUNT);
}

/* The newest row of an entity. */
static const struct figure_row *newest(const struct figure *f, uint32_t entity, bool any_kind)
{
    const struct figure_row *best = NULL;
    for (size_t i = 0; i < f->rows.len; i++) {
        const struct figure_row *r = &f->rows.v[i];
        if (r->entity == entity && counts_for_map(r, any_kind) &&
            (!best || period_cmp(r->period, best->period) > 0))
            best = r;
    }
    return best;
}

static void value_json(struct call *c, const struct entity *e, const struct figure_row *r)
{
    struct json *j = &c->json;
    char text[DEC_TEXT];
    size_t len = r && r->state == STATE_VALUE ? figure_value_text(c->model, r, text) : 0;
    json_object(j);
    json_kstr(j, "code", division_code(e, false));
    ref_entity(c, "entity", e->id, true);
    kstr_null(c, "value", (struct str){text, len});
    json_kstr(j, "unit", r && r->unit ? model_unit(c->model, r->unit)->symbol : STR(""));
    json_kstr(j, "period", r ? text_of_period(c, r->period) : STR(""));
    json_key(j, "fact");
    r && r->fact ? json_int(j, (int64_t)r->fact->id) : json_null(j);
    json_kstr(j, "reason", r ? r->reason : STR("none"));
    json_object_end(j);
}

static void value_cells(struct call *c, const struct entity *e, const struct figure_row *r)
{
    char text[DEC_TEXT];
    size_t len = r && r->state == STATE_VALUE ? figure_value_text(c->model, r, text) : 0;
    sheet_str(c, division_code(e, false));
    sheet_str(c, e->name);
    sheet_str(c, (struct str){text, len});
    sheet_str(c, r && r->unit ? model_unit(c->model, r->unit)->symbol : STR(""));
    sheet_str(c, r ? text_of_period(c, r->period) : STR(""));
    sheet_str(c, r ? r->reason : STR("none"));
    sheet_end(c);
}

static void values(struct call *c, uint32_t region, const struct figure *f)
{
    bool any_kind = args_str(c->args, "kind").len > 0;
    size_t count;
    const struct membership **ms = members_of(c, region, &count);
    for (size_t i = 0; i < count; i++) {
        const struct entity *e = model_entity(c->model, ms[i]->child);
        if (division_code(e, false).len)
            (c->as_json ? value_json : value_cells)(c, e, newest(f, e->id, any_kind));
    }
}

enum code map_run(struct call *c, struct error *err)
{
    struct figure f = {0};
    uint32_t region;
    struct figure_ask ask = {.indicator = args_str(c->args, "indicator"),
                             .period = args_str(c->args, "period"),
                             .kind = args_str(c->args, "kind")};
    TRY(region_or_own(c, &region, err));
    if (ask.indicator.len)
        TRY(query_figure(&c->query, &ask, &f, err));
    if (c->as_json) {
        json_object(&c->json);
        ref_entity(c, "entity", region, true);
        kstr_null(c, "geo", division_code(model_entity(c->model, region), true));
        json_key(&c->json, "values");
        json_array(&c->json);
        values(c, region, &f);
        json_array_end(&c->json);
        json_object_end(&c->json);
    } else {
        sheet_head(c, "code,entity,value,unit,period,reason");
        values(c, region, &f);
    }
    if (ask.indicator.len)
        figure_clear(&f);
    return OK;
}
