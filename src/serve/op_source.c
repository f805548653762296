/* op_source.c - one fact with its places and revisions; documents, and what each of them says. */
#include "serve/row.h"
#include <stdlib.h>

/* ---- one fact ---- */

static void history_rows(struct call *c, const struct fact *of)
{
    const struct fact *f;
    for (uint64_t it = 0; (f = query_of_key(&c->query, of, &it));) {
        struct figure_row r = fact_as_row(c, f);
        if (c->as_json)
            row_json(c, &r, true);
        else
            row_place_lines(c, &r);
    }
}

enum code fact_run(struct call *c, struct error *err)
{
    uint64_t id = (uint64_t)args_int(c->args, "id", 0);
    const struct fact *f = query_fact(&c->query, id);
    if (!f)
        return error_set(err, E_MISSING, "no fact %llu; there are %zu", (unsigned long long)id,
                         query_size(&c->query).facts);
    if (!c->as_json) {
        sheet_head(c, row_place_columns);
        history_rows(c, f);
        return OK;
    }
    struct figure_row r = fact_as_row(c, f);
    json_object(&c->json);
    json_key(&c->json, "row");
    row_json(c, &r, true);
    json_key(&c->json, "history");
    json_array(&c->json);
    history_rows(c, f);
    json_array_end(&c->json);
    json_object_end(&c->json);
    return OK;
}

/* ---- sources ---- */

static size_t facts_of(struct call *c, uint32_t source)
{
    size_t count = 0;
    const struct fact *f;
    for (uint64_t it = 0; (f = query_of_source(&c->query, source, &it));)
        count++;
    return count;
}

static struct str published_of(struct call *c, const struct source *s)
{
    return s->published_text.len ? s->published_text : day_str(c, s->published);
}

static void source_json(struct call *c, const struct source *s, bool detail)
{
    struct json *j = &c->json;
    json_object(j);
    json_kint(j, "id", s->id);
    json_kstr(j, "doc", s->doc);
    json_kstr(j, "title", s->title);
    json_kstr(j, "publisher", s->publisher);
    json_kstr(j, "address", s->address);
    kstr_null(c, "published", published_of(c, s));
    json_kstr(j, "note", s->note);
    json_kint(j, "facts", (int64_t)facts_of(c, s->id));
    if (detail) {
        json_kstr(j, "subject", s->subject);
        json_kstr(j, "frame", s->frame);
    }
    json_object_end(j);
}

static void source_cells(struct call *c, const struct source *s)
{
    sheet_int(c, s->id);
    sheet_str(c, s->doc);
    sheet_str(c, s->title);
    sheet_str(c, s->publisher);
    sheet_str(c, published_of(c, s));
    sheet_int(c, (int64_t)facts_of(c, s->id));
    sheet_str(c, s->address);
    sheet_end(c);
}

enum code sources_run(struct call *c, struct error *err)
{
    (void)err;
    if (c->as_json) {
        json_object(&c->json);
        json_key(&c->json, "sources");
        json_array(&c->json);
    } else {
        sheet_head(c, "id,doc,title,publisher,published,facts,address");
    }
    for (uint32_t id = 1; id <= c->model->sources.len; id++) {
        if (c->as_json)
            source_json(c, model_source(c->model, id), false);
        else
            source_cells(c, model_source(c->model, id));
    }
    if (c->as_json) {
        json_array_end(&c->json);
        json_object_end(&c->json);
    }
    return OK;
}

/* ---- one source ---- */

struct said {
    const struct fact *fact;
    int64_t start; /* of its first span in this source; facts without one come last */
};

static int said_cmp(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->fact->id < y->fact->id ? -1 : x->fact->id > y->fact->id;
}

static int64_t first_span(struct call *c, const struct fact *f, uint32_t source)
{
    int64_t first = INT64_MAX;
    const struct trace *t;
    for (uint64_t it = 0; (t = query_place(&c->query, f, &it));)
        if (t->source == source && t->start >= 0 && t->start < first)
            first = t->start;
    return first;
}

static struct said *said_by(struct call *c, uint32_t source, size_t *count)
{
    struct said *all = arena_alloc(c->arena, (facts_of(c, source) + 1) * sizeof *all);
    const struct fact *f;
    *count = 0;
    for (uint64_t it = 0; (f = query_of_source(&c->query, source, &it));)
        all[(*count)++] = (struct said){f, first_span(c, f, source)};
    qsort(all, *count, sizeof *all, said_cmp);
    return all;
}

static enum code find_source(struct call *c, uint32_t *out, struct error *err)
{
    struct str doc = args_str(c->args, "doc");
    *out = (uint32_t)args_int(c->args, "id", 0);
    if (doc.len)
        *out = model_find_source(c->model, doc);
    else if (!args_str(c->args, "id").len)
        return error_set(err, E_INPUT,
                         "name a source by doc or id; 'luoshu sources DIR' lists them");
    if (*out >= 1 && *out <= c->model->sources.len)
        return OK;
    struct nearest near = {0};
    for (uint32_t id = 1; doc.len && id <= c->model->sources.len; id++)
        nearest_try(&near, doc, arena_z(c->arena, model_source(c->model, id)->doc));
    return error_set(err, E_MISSING, "no source '%.*s'%s%s; 'luoshu sources DIR' lists them",
                     STR_ARG(doc.len ? doc : args_str(c->args, "id")), near.text ? "; is it " : "",
                     near.text ? near.text : "");
}

enum code source_run(struct call *c, struct error *err)
{
    uint32_t source;
    size_t count;
    TRY(find_source(c, &source, err));
    struct said *all = said_by(c, source, &count);
    if (c->as_json) {
        json_object(&c->json);
        json_key(&c->json, "source");
        source_json(c, model_source(c->model, source), true);
        json_key(&c->json, "rows");
        json_array(&c->json);
    } else {
        sheet_head(c, row_place_columns);
    }
    for (size_t i = 0; i < count; i++) {
        struct figure_row r = fact_as_row(c, all[i].fact);
        if (c->as_json)
            row_json(c, &r, true);
        else
            row_place_lines(c, &r);
    }
    if (c->as_json) {
        json_array_end(&c->json);
        json_object_end(&c->json);
    }
    return OK;
}
