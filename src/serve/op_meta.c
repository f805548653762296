/* op_meta.c - what this workspace is and what the caller may do in it. Who may not read learns the
 * version and that he may not. */
#include "serve/row.h"

static const char *const count_names[] = {"entities", "indicators", "facts", "places", "sources"};

static void counts_of(struct call *c, size_t count[5])
{
    if (c->query.right < RIGHT_READ)
        return;
    count[0] = c->model->entities.len;
    count[1] = c->model->indicators.len;
    struct query_size size = query_size(&c->query);
    count[2] = size.facts;
    count[3] = size.places;
    count[4] = c->model->sources.len;
}

static void meta_json(struct call *c, const size_t count[5])
{
    struct json *j = &c->json;
    bool may = c->query.right >= RIGHT_READ;
    json_object(j);
    json_kz(j, "version", LUOSHU_VERSION);
    json_kint(j, "revision", may ? (int64_t)ledger_revision(c->query.ledger) : 0);
    ref_entity(c, "region", may ? region_own(c) : 0, true);
    json_key(j, "counts");
    json_object(j);
    for (size_t i = 0; i < 5; i++)
        json_kint(j, count_names[i], (int64_t)count[i]);
    json_object_end(j);
    json_kbool(j, "open_reads", str_is(c->open_reads, "loopback") || str_is(c->open_reads, "all"));
    json_kz(j, "right", right_name(c->query.right));
    json_object_end(j);
}

enum code meta_run(struct call *c, struct error *err)
{
    (void)err;
    size_t count[5] = {0};
    counts_of(c, count);
    if (c->as_json) {
        meta_json(c, count);
        return OK;
    }
    sheet_head(c, "version,revision,region,entities,indicators,facts,places,sources");
    uint32_t region = c->query.right >= RIGHT_READ ? region_own(c) : 0;
    sheet_z(c, LUOSHU_VERSION);
    sheet_int(c, (int64_t)ledger_revision(c->query.ledger));
    sheet_str(c, region ? model_entity(c->model, region)->name : STR(""));
    for (size_t i = 0; i < 5; i++)
        sheet_int(c, (int64_t)count[i]);
    sheet_end(c);
    return OK;
}
