/* op_document.c - documents: one comes in, all of them with their queues, one with its claims, and
 * the original as it came. */
#include "serve/read.h"
#include "serve/serve_int.h"
#include <json-c/json.h>
#include <stdio.h>

struct review review_of(struct call *c, struct read_words *words)
{
    *words = (struct read_words){.workspace = c->dir, .arena = c->arena};
    return (struct review){.ledger = c->query.ledger,
                           .actor = c->actor,
                           .now_us = c->now_us,
                           .words = read_words_open,
                           .ctx = words};
}

/* ---- a document ---- */

static const char *const state_names[CLAIM_STATES] = {"filed", "queued", "rejected", "merged"};

static struct str hex(struct call *c, const uint8_t hash[32])
{
    char text[65];
    for (int i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return arena_dup(c->arena, (struct str){text, 64});
}

void document_json(struct call *c, const struct document_row *d)
{
    struct json *j = &c->json;
    const struct source *s = model_source(c->model, d->source);
    json_object(j);
    json_kint(j, "id", d->id);
    json_kint(j, "source", d->source);
    json_kstr(j, "doc", s->doc);
    json_kstr(j, "title", s->title);
    json_kstr(j, "publisher", s->publisher);
    json_kstr(j, "address", s->address);
    json_kstr(j, "sha256", hex(c, d->sha256));
    json_kint(j, "bytes", (int64_t)d->len);
    json_kstr(j, "encoding", d->reading.encoding);
    json_kstr(j, "date", d->reading.date);
    json_kstr(j, "frame", d->reading.frame);
    json_kstr(j, "subject", d->reading.subject);
    json_kbool(j, "date_given", d->reading.given_date.len > 0);
    json_kbool(j, "frame_given", d->reading.given_frame.len > 0);
    json_kbool(j, "subject_given", d->reading.given_subject.len > 0);
    json_kstr(j, "read", time_str(c, d->reading.at_us));
    json_kstr(j, "actor", d->reading.actor);
    for (int i = 0; i < CLAIM_STATES; i++)
        json_kint(j, state_names[i], d->claims[i]);
    json_object_end(j);
}

static void document_cells(struct call *c, const struct document_row *d)
{
    const struct source *s = model_source(c->model, d->source);
    sheet_int(c, d->id);
    sheet_str(c, s->doc);
    sheet_str(c, s->title);
    sheet_str(c, d->reading.date);
    sheet_str(c, d->reading.subject);
    for (int i = 0; i < CLAIM_STATES; i++)
        sheet_int(c, d->claims[i]);
    sheet_int(c, (int64_t)d->len);
    sheet_str(c, hex(c, d->sha256));
    sheet_str(c, time_str(c, d->reading.at_us));
    sheet_str(c, d->reading.actor);
    sheet_end(c);
}

enum code documents_run(struct call *c, struct error *err)
{
    struct document_row *all;
    size_t count;
    int64_t queued = 0;
    TRY(registry_documents(ledger_registry(c->query.ledger), 0, c->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        queued += all[i].claims[CLAIM_QUEUED];
    if (!c->as_json) {
        sheet_head(c, "id,doc,title,date,subject,filed,queued,rejected,merged,bytes,sha256,read,"
                      "actor");
        for (size_t i = 0; i < count; i++)
            document_cells(c, &all[i]);
        return OK;
    }
    json_object(&c->json);
    json_key(&c->json, "documents");
    json_array(&c->json);
    for (size_t i = 0; i < count; i++)
        document_json(c, &all[i]);
    json_array_end(&c->json);
    json_kint(&c->json, "queued", queued);
    json_object_end(&c->json);
    return OK;
}

/* ---- its claims ---- */

static void version_json(struct call *c, const struct claim_row *v)
{
    struct json *j = &c->json;
    json_kint(j, "version", (int64_t)v->seq);
    json_kz(j, "state", state_names[v->state]);
    json_kstr(j, "reason", v->reason);
    json_kstr(j, "subject", v->subject);
    json_kstr(j, "indicator", v->indicator);
    json_kz(j, "kind", kind_name(v->kind));
    json_kz(j, "qualifier", qualifier_name(v->qualifier));
    json_kz(j, "modality", modality_name(v->modality));
    json_kstr(j, "value", v->value);
    json_kstr(j, "value_hi", v->value_hi);
    json_kstr(j, "unit", v->unit);
    json_kstr(j, "period", v->period);
    json_kstr(j, "comparison", v->comparison);
    json_key(j, "fact");
    if (v->fact)
        json_int(j, (int64_t)v->fact);
    else
        json_null(j);
    json_kstr(j, "action", v->action);
    json_kstr(j, "note", v->note);
    json_kstr(j, "actor", v->actor);
    json_kstr(j, "at", time_str(c, v->at_us));
}

void claim_json(struct call *c, const struct claim_row *versions, size_t n)
{
    struct json *j = &c->json;
    const struct claim_row *now = &versions[n - 1];
    const struct fact *f = now->fact ? query_fact(&c->query, now->fact) : NULL;
    json_object(j);
    json_kint(j, "id", (int64_t)now->id);
    json_kint(j, "document", now->document);
    json_kint(j, "start", now->start);
    json_kint(j, "end", now->end);
    json_kint(j, "nth", now->nth);
    json_kstr(j, "text", now->text);
    version_json(c, now);
    ref_entity(c, "entity", f ? f->entity : 0, true);
    ref_indicator(c, "indicator_ref", f ? model_series(c->model, f->series)->indicator : 0);
    json_key(j, "history");
    json_array(j);
    for (size_t i = 0; i + 1 < n; i++) {
        json_object(j);
        version_json(c, &versions[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static void claim_cells(struct call *c, const struct claim_row *v)
{
    sheet_int(c, (int64_t)v->id);
    sheet_int(c, (int64_t)v->seq);
    sheet_z(c, state_names[v->state]);
    sheet_str(c, v->reason);
    sheet_int(c, v->start);
    sheet_int(c, v->end);
    sheet_str(c, v->text);
    sheet_str(c, v->subject);
    sheet_str(c, v->indicator);
    sheet_z(c, kind_name(v->kind));
    sheet_str(c, v->comparison);
    sheet_str(c, v->period);
    sheet_z(c, qualifier_name(v->qualifier));
    sheet_str(c, v->value);
    sheet_str(c, v->value_hi);
    sheet_str(c, v->unit);
    sheet_z(c, modality_name(v->modality));
    sheet_str(c, v->fact ? arena_fmt(c->arena, "%llu", (unsigned long long)v->fact) : STR(""));
    sheet_str(c, v->action);
    sheet_str(c, v->actor);
    sheet_str(c, time_str(c, v->at_us));
    sheet_str(c, v->note);
    sheet_end(c);
}

static size_t versions_at(const struct claim_row *all, size_t count, size_t at)
{
    size_t n = 1;
    while (at + n < count && all[at + n].id == all[at].id)
        n++;
    return n;
}

static void noise_json(struct call *c, struct str noise)
{
    struct json *j = &c->json;
    json_key(j, "noise");
    json_array(j);
    while (noise.len) {
        struct str class, one = str_cut(noise, ';', &noise), end, start = str_cut(one, ' ', &end);
        end = str_cut(end, ' ', &class);
        json_object(j);
        json_key(j, "start");
        json_raw(j, start);
        json_key(j, "end");
        json_raw(j, end);
        json_kstr(j, "class", class);
        json_object_end(j);
    }
    json_array_end(j);
}

static enum code text_json(struct call *c, const struct document_row *d, struct error *err)
{
    struct registry *g = ledger_registry(c->query.ledger);
    struct str bytes, text, noise;
    const char *encoding;
    TRY(registry_original(g, d->id, c->arena, &bytes, err));
    TRY(registry_noise(g, d->id, c->arena, &noise, err));
    TRY(text_decode(bytes, c->arena, &text, &encoding, err));
    json_kstr(&c->json, "text", text);
    noise_json(c, noise);
    return OK;
}

static enum code one_document(struct call *c, struct document_row *out, struct error *err)
{
    struct document_row *rows;
    size_t count = 0;
    int64_t id = args_int(c->args, "id", 0);
    if (id > 0 && id <= UINT32_MAX)
        TRY(registry_documents(ledger_registry(c->query.ledger), (uint32_t)id, c->arena, &rows,
                               &count, err));
    if (!count)
        return error_set(err, E_MISSING, "no document %lld; 'luoshu documents DIR' lists them",
                         (long long)id);
    *out = rows[0];
    return OK;
}

enum code document_run(struct call *c, struct error *err)
{
    struct document_row d;
    struct claim_row *all;
    size_t count;
    TRY(one_document(c, &d, err));
    TRY(registry_claims(ledger_registry(c->query.ledger), d.id, c->arena, &all, &count, err));
    if (c->as_json) {
        json_object(&c->json);
        json_key(&c->json, "document");
        document_json(c, &d);
        TRY(text_json(c, &d, err));
        json_key(&c->json, "claims");
        json_array(&c->json);
    } else
        sheet_head(c, "claim,version,state,reason,start,end,text,subject,indicator,kind,comparison,"
                      "period,qualifier,value,value_hi,unit,modality,fact,action,actor,at,note");
    for (size_t i = 0, n; i < count; i += n) {
        n = versions_at(all, count, i);
        if (c->as_json)
            claim_json(c, &all[i], n);
        else
            claim_cells(c, &all[i + n - 1]);
    }
    if (c->as_json) {
        json_array_end(&c->json);
        json_object_end(&c->json);
    }
    return OK;
}

/* As bytes to be kept, not to be shown: a page of somebody else's may hold anything. */
enum code original_run(struct call *c, struct error *err)
{
    struct document_row d;
    struct str bytes;
    TRY(one_document(c, &d, err));
    TRY(registry_original(ledger_registry(c->query.ledger), d.id, c->arena, &bytes, err));
    buf_add(c->out, bytes);
    c->type = "application/octet-stream";
    return OK;
}

int original_print(struct cli *cli, struct str bytes, struct error *err)
{
    (void)err;
    fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, cli->out);
    return 0;
}

/* ---- one comes in ---- */

static void counts_json(struct json *j, const struct ledger_counts *n)
{
    json_key(j, "counts");
    json_object(j);
    json_kint(j, "facts", (int64_t)n->facts);
    json_kint(j, "same", (int64_t)n->same);
    json_kint(j, "revisions", (int64_t)n->revisions);
    json_kint(j, "other_source", (int64_t)n->other_source);
    json_kint(j, "traces", (int64_t)n->traces);
    json_kint(j, "entities", (int64_t)n->entities);
    json_kint(j, "indicators", (int64_t)n->indicators);
    json_kint(j, "memberships", (int64_t)n->memberships);
    json_kint(j, "sources", (int64_t)n->sources);
    json_object_end(j);
}

static enum code read_answer(struct call *c, const struct review_outcome *o, struct error *err)
{
    struct document_row *rows;
    size_t count;
    TRY(registry_documents(ledger_registry(c->query.ledger), o->document, c->arena, &rows, &count,
                           err));
    json_object(&c->json);
    json_key(&c->json, "document");
    document_json(c, &rows[0]);
    json_kbool(&c->json, "fresh", o->fresh);
    json_kbool(&c->json, "changed", o->changed);
    counts_json(&c->json, &o->counts);
    TRY(relations_json(c, o->source, err));
    json_object_end(&c->json);
    return OK;
}

enum code read_run(struct call *c, struct error *err)
{
    struct read_words words;
    struct review r = review_of(c, &words);
    struct review_outcome o;
    struct str name = args_str(c->args, "name");
    if (c->file_count != 1)
        return error_set(err, E_INPUT, "one document at a time, not %zu", c->file_count);
    const struct review_given given = {.name = name.len ? name : c->files[0].name,
                                       .title = args_str(c->args, "title"),
                                       .publisher = args_str(c->args, "publisher"),
                                       .address = args_str(c->args, "address"),
                                       .date = args_str(c->args, "date"),
                                       .frame = args_str(c->args, "frame"),
                                       .subject = args_str(c->args, "subject")};
    TRY(review_read(&r, c->files[0].bytes, &given, &o, err));
    return read_answer(c, &o, err);
}

/* ---- what came of it, for people ---- */

static int number(struct json_object *o, const char *key)
{
    return json_object_get_int(json_object_object_get(o, key));
}

static const char *text(struct json_object *o, const char *key)
{
    const char *z = json_object_get_string(json_object_object_get(o, key));
    return z ? z : "";
}

static const char *inner(struct json_object *o, const char *key, const char *name)
{
    struct json_object *in = json_object_object_get(o, key);
    return in ? text(in, name) : "";
}

static const char *doc_of(struct json_object *row)
{
    struct json_object *places = json_object_object_get(row, "places");
    return places && json_object_array_length(places)
               ? text(json_object_array_get_idx(places, 0), "doc")
               : "";
}

static void put_relations(struct cli *cli, struct json_object *o)
{
    static const char head[] = "relation,entity,indicator,kind,comparison,period,value,unit,fact,"
                               "doc,other_value,other_published,other_fact,other_doc\n";
    struct json_object *list = json_object_object_get(o, "relations");
    struct buf b;
    buf_init(&b, ANSWER_MAX);
    if (!cli->headed)
        buf_z(&b, head);
    cli->headed = true;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *r = json_object_array_get_idx(list, i);
        struct json_object *f = json_object_object_get(r, "row"),
                           *g = json_object_object_get(r, "other");
        const char *cells[] = {text(r, "relation"),
                               inner(f, "entity", "name"),
                               inner(f, "indicator", "name"),
                               text(f, "kind"),
                               text(f, "comparison"),
                               text(f, "period"),
                               text(f, "value"),
                               text(f, "unit"),
                               text(f, "fact"),
                               doc_of(f),
                               text(g, "value"),
                               text(g, "published"),
                               text(g, "fact"),
                               doc_of(g)};
        struct str row[sizeof cells / sizeof *cells];
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
            row[k] = str_z(cells[k]);
        csv_put(&b, row, sizeof cells / sizeof *cells);
    }
    cli_put(cli, buf_str(&b));
    buf_clear(&b);
}

static void put_cases(struct cli *cli, struct json_object *o)
{
    struct json_object *list = json_object_object_get(o, "cases");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *k = json_object_array_get_idx(list, i);
        struct json_object *one = json_object_object_get(k, "case"),
                           *rows = json_object_object_get(k, "rows");
        fprintf(cli->err, "# contradicts: %s; %s: %s, %s", text(one, "subject"), text(one, "rule"),
                text(one, "expected"), text(one, "found"));
        for (size_t n = 0; n < json_object_array_length(rows); n++)
            fprintf(cli->err, "%s%s", n ? ", " : " (", doc_of(json_object_array_get_idx(rows, n)));
        fprintf(cli->err, ")\n");
    }
}

int read_print(struct cli *cli, struct str json, struct error *err)
{
    struct json_object *o;
    if (cli->format == FORMAT_JSON) {
        cli_put(cli, json);
        return 0;
    }
    if (json_parse(json, &o, err) != OK)
        return 3;
    struct json_object *d = json_object_object_get(o, "document"),
                       *n = json_object_object_get(o, "counts");
    put_relations(cli, o);
    put_cases(cli, o);
    fprintf(cli->err, "# %s (document %d, %s): %d filed, %d merged, %d queued, %d rejected\n",
            text(d, "doc"), number(d, "id"), text(d, "date"), number(d, "filed"),
            number(d, "merged"), number(d, "queued"), number(d, "rejected"));
    fprintf(cli->err, "# filed: %d new, %d known, %d revised, %d places%s\n", number(n, "facts"),
            number(n, "same"), number(n, "revisions"), number(n, "traces"),
            json_object_get_boolean(json_object_object_get(o, "changed"))
                ? ""
                : "; the document was read before, nothing is changed");
    fprintf(cli->err,
            "# against what was known: %d repeats, %d updates, %d outdated, %d contradicts; "
            "%d contradictions by rule\n",
            number(o, "repeats"), number(o, "updates"), number(o, "outdated"),
            number(o, "contradicts"), number(o, "broken_rules"));
    json_put(o);
    return 0;
}
