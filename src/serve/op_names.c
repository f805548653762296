/* op_names.c - lists of entities and indicators, and the batches they came in. */
#include "serve/row.h"
#include "store/registry.h"

static void aliases_json(struct call *c,
                         struct str (*next)(const struct model *, uint32_t, size_t *), uint32_t id)
{
    json_key(&c->json, "aliases");
    json_array(&c->json);
    for (size_t it = 0;;) {
        struct str alias = next(c->model, id, &it);
        if (!alias.len)
            break;
        json_str(&c->json, alias);
    }
    json_array_end(&c->json);
}

/* ---- entities ---- */

static void entity_item_json(struct call *c, const struct entity *e)
{
    struct json *j = &c->json;
    json_object(j);
    json_kint(j, "id", e->id);
    json_kstr(j, "name", e->name);
    json_kstr(j, "type", e->type);
    json_kstr(j, "code", e->code);
    ref_entity(c, "parent", model_parent(c->model, e->id, c->query.as_of.published), true);
    aliases_json(c, model_alias, e->id);
    json_kint(j, "figures", (int64_t)query_figures_of(&c->query, e->id));
    json_kbool(j, "provisional", e->provisional);
    json_object_end(j);
}

static void entity_cells(struct call *c, const struct entity *e)
{
    uint32_t parent = model_parent(c->model, e->id, c->query.as_of.published);
    sheet_int(c, e->id);
    sheet_str(c, e->name);
    sheet_str(c, e->type);
    sheet_str(c, e->code);
    sheet_str(c, parent ? model_entity(c->model, parent)->name : STR(""));
    sheet_int(c, (int64_t)query_figures_of(&c->query, e->id));
    sheet_z(c, e->provisional ? "yes" : "no");
    sheet_end(c);
}

static void list_json_begin(struct call *c, const char *name, size_t total)
{
    json_object(&c->json);
    json_kint(&c->json, "total", (int64_t)total);
    json_key(&c->json, name);
    json_array(&c->json);
}

static void list_json_end(struct call *c)
{
    json_array_end(&c->json);
    json_object_end(&c->json);
}

/* A cut list says so: nothing is dropped in silence. */
static void cut_note(struct call *c, size_t shown_to, size_t total)
{
    if (shown_to < total)
        buf_fmt(&c->note,
                c->zh ? "共 %zu 条,还有 %zu 条;用 --offset %zu 继续\n"
                      : "%zu in all, %zu more; go on with --offset %zu\n",
                total, total - shown_to, shown_to);
}

enum code entities_run(struct call *c, struct error *err)
{
    id_vec ids = {0};
    uint32_t within = 0;
    size_t limit, offset;
    TRY(page_of(c, &limit, &offset, err));
    if (args_str(c->args, "within").len)
        TRY(query_entity(&c->query, args_str(c->args, "within"), 0, &within, err));
    enum code code = query_entities(&c->query, args_str(c->args, "type"), args_str(c->args, "q"),
                                    within, args_flag(c->args, "figures"), &ids, err);
    size_t end = offset + limit < ids.len ? offset + limit : ids.len;
    if (c->as_json)
        list_json_begin(c, "entities", ids.len);
    else
        sheet_head(c, "id,name,type,code,parent,figures,provisional");
    for (size_t i = offset; code == OK && i < end; i++)
        (c->as_json ? entity_item_json : entity_cells)(c, model_entity(c->model, ids.v[i]));
    if (c->as_json)
        list_json_end(c);
    cut_note(c, end, ids.len);
    vec_clear(&ids);
    return code;
}

/* ---- indicators ---- */

/* Facts known of each indicator, of one entity or of all; [id]. */
static size_t *fact_counts(struct call *c, uint32_t entity)
{
    size_t *count = arena_alloc(c->arena, (c->model->indicators.len + 1) * sizeof *count);
    const struct fact *f;
    for (uint64_t it = 0; (f = query_next_fact(&c->query, &it));)
        if (!entity || f->entity == entity)
            count[model_series(c->model, f->series)->indicator]++;
    return count;
}

static bool indicator_named(struct call *c, const struct indicator *i, struct str q)
{
    bool found = text_matches(i->name, q);
    for (size_t it = 0; !found;) {
        struct str alias = model_indicator_alias(c->model, i->id, &it);
        if (!alias.len)
            return false;
        found = text_matches(alias, q);
    }
    return true;
}

static void indicator_item_json(struct call *c, const struct indicator *i, size_t facts)
{
    struct json *j = &c->json;
    json_object(j);
    json_kint(j, "id", i->id);
    json_kstr(j, "name", i->name);
    json_kstr(j, "unit", i->unit ? model_unit(c->model, i->unit)->symbol : STR(""));
    json_kz(j, "measure", measure_name(i->measure));
    json_kz(j, "over_entities", over_name(i->over_entities));
    json_kz(j, "over_time", over_name(i->over_time));
    json_kstr(j, "formula", i->formula);
    aliases_json(c, model_indicator_alias, i->id);
    json_kint(j, "facts", (int64_t)facts);
    json_kbool(j, "provisional", i->provisional);
    json_object_end(j);
}

static void indicator_cells(struct call *c, const struct indicator *i, size_t facts)
{
    sheet_int(c, i->id);
    sheet_str(c, i->name);
    sheet_str(c, i->unit ? model_unit(c->model, i->unit)->symbol : STR(""));
    sheet_z(c, measure_name(i->measure));
    sheet_z(c, over_name(i->over_entities));
    sheet_z(c, over_name(i->over_time));
    sheet_str(c, i->formula);
    sheet_int(c, (int64_t)facts);
    sheet_z(c, i->provisional ? "yes" : "no");
    sheet_end(c);
}

static void indicators_pick(struct call *c, const size_t *facts, bool only_with, id_vec *out)
{
    struct str q = args_str(c->args, "q");
    for (uint32_t id = 1; id <= c->model->indicators.len; id++)
        if ((!only_with || facts[id]) && indicator_named(c, model_indicator(c->model, id), q))
            vec_push(out, id);
}

enum code indicators_run(struct call *c, struct error *err)
{
    id_vec ids = {0};
    uint32_t of = 0;
    size_t limit, offset;
    TRY(page_of(c, &limit, &offset, err));
    if (args_str(c->args, "of").len)
        TRY(query_entity(&c->query, args_str(c->args, "of"), 0, &of, err));
    size_t *facts = fact_counts(c, of);
    indicators_pick(c, facts, of != 0, &ids);
    size_t end = offset + limit < ids.len ? offset + limit : ids.len;
    if (c->as_json)
        list_json_begin(c, "indicators", ids.len);
    else
        sheet_head(c, "id,name,unit,measure,over_entities,over_time,formula,facts,provisional");
    for (size_t i = offset; i < end; i++)
        (c->as_json ? indicator_item_json : indicator_cells)(c, model_indicator(c->model, ids.v[i]),
                                                             facts[ids.v[i]]);
    if (c->as_json)
        list_json_end(c);
    cut_note(c, end, ids.len);
    vec_clear(&ids);
    return OK;
}

/* ---- batches ---- */

static void batch_json(struct call *c, const struct batch_row *b)
{
    struct json *j = &c->json;
    json_object(j);
    json_kint(j, "id", b->id);
    json_kstr(j, "origin", b->origin);
    json_kstr(j, "actor", b->actor);
    json_kint(j, "facts", (int64_t)b->facts);
    json_kstr(j, "recorded", time_str(c, b->recorded_us));
    json_kz(j, "state", b->state == BATCH_DONE ? "done" : "open");
    json_object_end(j);
}

static void batch_cells(struct call *c, const struct batch_row *b)
{
    sheet_int(c, b->id);
    sheet_str(c, b->origin);
    sheet_str(c, b->actor);
    sheet_int(c, (int64_t)b->facts);
    sheet_str(c, time_str(c, b->recorded_us));
    sheet_z(c, b->state == BATCH_DONE ? "done" : "open");
    sheet_end(c);
}

enum code batches_run(struct call *c, struct error *err)
{
    struct batch_row *rows;
    size_t count;
    TRY(registry_batches(ledger_registry(c->query.ledger), c->arena, &rows, &count, err));
    if (c->as_json) {
        json_object(&c->json);
        json_key(&c->json, "batches");
        json_array(&c->json);
    } else {
        sheet_head(c, "id,origin,actor,facts,recorded,state");
    }
    for (size_t i = 0; i < count; i++)
        (c->as_json ? batch_json : batch_cells)(c, &rows[i]);
    if (c->as_json)
        list_json_end(c);
    return OK;
}
