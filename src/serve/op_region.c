/* op_region.c - one entity: where it belongs, what belongs to it, its newest figures. */
#include "serve/row.h"

static void entity_json(struct call *c, const struct entity *e)
{
    struct json *j = &c->json;
    json_key(j, "entity");
    json_object(j);
    json_kint(j, "id", e->id);
    json_kstr(j, "name", e->name);
    json_kstr(j, "type", e->type);
    json_kstr(j, "code", e->code);
    json_kbool(j, "provisional", e->provisional);
    json_object_end(j);
}

#define ANCESTORS_MAX 32
static void ancestors_json(struct call *c, uint32_t entity)
{
    json_key(&c->json, "ancestors");
    json_array(&c->json);
    uint32_t up = entity;
    for (int i = 0;
         i < ANCESTORS_MAX && (up = model_parent(c->model, up, c->query.as_of.published)); i++)
        ref_entity(c, NULL, up, true);
    json_array_end(&c->json);
}

static void grouping_json(struct call *c, const struct grouping *g, size_t members)
{
    struct json *j = &c->json;
    json_object(j);
    json_kint(j, "id", g->id);
    json_kstr(j, "name", g->name);
    json_kstr(j, "alias", g->alias);
    json_kz(j, "kind", grouping_kind_name(g->kind));
    json_kint(j, "members", (int64_t)members);
    json_object_end(j);
}

static void groupings_json(struct call *c, uint32_t entity)
{
    size_t count, from = 0;
    const struct membership **ms = members_of(c, entity, &count);
    json_key(&c->json, "groupings");
    json_array(&c->json);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && ms[i + 1]->grouping == ms[i]->grouping)
            continue;
        grouping_json(c, model_grouping(c->model, ms[i]->grouping), i + 1 - from);
        from = i + 1;
    }
    json_array_end(&c->json);
}

static void children_json(struct call *c, uint32_t entity)
{
    struct json *j = &c->json;
    size_t count;
    const struct membership **ms = members_of(c, entity, &count);
    json_key(j, "children");
    json_array(j);
    for (size_t i = 0; i < count; i++) {
        const struct entity *e = model_entity(c->model, ms[i]->child);
        json_object(j);
        json_kint(j, "id", e->id);
        json_kstr(j, "name", e->name);
        json_kstr(j, "type", e->type);
        json_kstr(j, "code", e->code);
        json_kint(j, "grouping", ms[i]->grouping);
        json_kint(j, "figures", (int64_t)query_figures_of(&c->query, e->id));
        json_object_end(j);
    }
    json_array_end(j);
}

static void key_figure_json(struct call *c, const struct key_figure *k)
{
    struct json *j = &c->json;
    json_object(j);
    json_key(j, "now");
    row_json(c, &k->now, false);
    json_key(j, "companions");
    json_array(j);
    for (size_t i = 0; i < k->companions.len; i++)
        row_json(c, &k->companions.v[i], false);
    json_array_end(j);
    json_key(j, "before");
    if (k->has_before)
        row_json(c, &k->before, false);
    else
        json_null(j);
    json_object_end(j);
}

static void region_json(struct call *c, const struct region_view *v)
{
    struct json *j = &c->json;
    json_object(j);
    entity_json(c, model_entity(c->model, v->entity));
    ancestors_json(c, v->entity);
    groupings_json(c, v->entity);
    children_json(c, v->entity);
    json_key(j, "figures");
    json_array(j);
    for (size_t i = 0; i < v->figures.len; i++)
        key_figure_json(c, &v->figures.v[i]);
    json_array_end(j);
    json_object_end(j);
}

static void sheet_row(struct call *c, const struct figure_row *r)
{
    row_cells(c, r);
    sheet_end(c);
}

enum code region_run(struct call *c, struct error *err)
{
    struct region_view v;
    uint32_t entity;
    TRY(region_or_own(c, &entity, err));
    TRY(query_region(&c->query, entity, &v, err));
    if (c->as_json)
        region_json(c, &v);
    else
        sheet_head(c, row_columns);
    for (size_t i = 0; !c->as_json && i < v.figures.len; i++) {
        sheet_row(c, &v.figures.v[i].now);
        for (size_t k = 0; k < v.figures.v[i].companions.len; k++)
            sheet_row(c, &v.figures.v[i].companions.v[k]);
    }
    region_clear(&v);
    return OK;
}
