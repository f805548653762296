/* op_decide.c - what a person says about a claim: correct, accept, reject, merge; and what a name
 * means: teach. */
#include "serve/read.h"
#include "serve/serve_int.h"
#include "store/registry.h"
#include <json-c/json.h>

/* The decision is durable by now: a log that cannot be written is told, not made a failure. */
static void audit(struct call *c, const char *action, struct str detail)
{
    struct error err = {0};
    if (registry_audit(ledger_registry(c->query.ledger), c->now_us, c->actor, str_z(action), detail,
                       &err) == OK)
        return;
    log_event(LOG_ERROR, "audit", "text=\"%s\"", err.text);
    buf_fmt(&c->note, "stored, but the audit log could not be written: %s\n", err.text);
}

static enum code answer(struct call *c, const char *action, const struct claim_row *now,
                        struct error *err)
{
    struct registry *g = ledger_registry(c->query.ledger);
    struct document_row *d;
    struct claim_row *all;
    size_t count, first, n = 0;
    audit(c, action,
          arena_fmt(c->arena, "claim %llu of document %u", (unsigned long long)now->id,
                    now->document));
    TRY(registry_claims(g, now->document, c->arena, &all, &count, err));
    for (first = 0; first < count && all[first].id != now->id;)
        first++;
    while (first + n < count && all[first + n].id == now->id)
        n++;
    TRY(registry_documents(g, now->document, c->arena, &d, &count, err));
    json_object(&c->json);
    json_key(&c->json, "claim");
    claim_json(c, &all[first], n);
    json_key(&c->json, "document");
    document_json(c, d);
    json_object_end(&c->json);
    return OK;
}

static uint64_t id_arg(const struct call *c, const char *name)
{
    return (uint64_t)args_int(c->args, name, 0);
}

static uint32_t small_arg(const struct call *c, const char *name)
{
    int64_t v = args_int(c->args, name, 0);
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

enum code correct_run(struct call *c, struct error *err)
{
    struct read_words words;
    struct review r = review_of(c, &words);
    struct claim_row now;
    const struct args *a = c->args;
    const struct review_change change = {.claim = id_arg(c, "claim"),
                                         .version = id_arg(c, "version"),
                                         .document = small_arg(c, "document"),
                                         .start = small_arg(c, "start"),
                                         .end = small_arg(c, "end"),
                                         .subject = args_str(a, "subject"),
                                         .indicator = args_str(a, "indicator"),
                                         .kind = args_str(a, "kind"),
                                         .value = args_str(a, "value"),
                                         .value_hi = args_str(a, "value_hi"),
                                         .unit = args_str(a, "unit"),
                                         .qualifier = args_str(a, "qualifier"),
                                         .period = args_str(a, "period"),
                                         .comparison = args_str(a, "comparison"),
                                         .modality = args_str(a, "modality"),
                                         .note = args_str(a, "note"),
                                         .make = args_flag(a, "make")};
    if (!change.claim && !change.document)
        return error_set(err, E_INPUT,
                         "give the claim, or the document with start and end of the span");
    TRY(review_correct(&r, &change, c->arena, &now, err));
    return answer(c, "review.correct", &now, err);
}

enum code accept_run(struct call *c, struct error *err)
{
    struct read_words words;
    struct review r = review_of(c, &words);
    struct claim_row now;
    TRY(review_accept(&r, id_arg(c, "claim"), id_arg(c, "version"), args_str(c->args, "note"),
                      c->arena, &now, err));
    return answer(c, "review.accept", &now, err);
}

enum code reject_run(struct call *c, struct error *err)
{
    struct read_words words;
    struct review r = review_of(c, &words);
    struct claim_row now;
    TRY(review_reject(&r, id_arg(c, "claim"), id_arg(c, "version"), args_str(c->args, "note"),
                      c->arena, &now, err));
    return answer(c, "review.reject", &now, err);
}

enum code merge_run(struct call *c, struct error *err)
{
    struct read_words words;
    struct review r = review_of(c, &words);
    struct claim_row now;
    TRY(review_merge(&r, id_arg(c, "claim"), id_arg(c, "version"), id_arg(c, "fact"),
                     args_str(c->args, "note"), c->arena, &now, err));
    return answer(c, "review.merge", &now, err);
}

enum code teach_run(struct call *c, struct error *err)
{
    struct read_words words;
    struct review r = review_of(c, &words);
    struct review_taught t;
    uint32_t entity = 0, indicator = 0;
    struct str name = args_str(c->args, "name"), e = args_str(c->args, "entity"),
               i = args_str(c->args, "indicator");
    if (e.len)
        TRY(query_entity(&c->query, e, 0, &entity, err));
    if (i.len)
        TRY(query_indicator(&c->query, i, &indicator, err));
    TRY(review_teach(&r, name, entity, indicator, &t, err));
    audit(c, "review.teach", name);
    json_object(&c->json);
    json_kstr(&c->json, "name", name);
    ref_entity(c, "entity", entity, true);
    ref_indicator(c, "indicator", indicator);
    json_kint(&c->json, "documents", (int64_t)t.documents);
    json_kint(&c->json, "filed", (int64_t)t.filed);
    json_object_end(&c->json);
    return OK;
}

/* ---- for people ---- */

static const char *text(struct json_object *o, const char *key)
{
    const char *z = json_object_get_string(json_object_object_get(o, key));
    return z ? z : "";
}

int claim_print(struct cli *cli, struct str json, struct error *err)
{
    static const char *const keys[] = {"id",        "version", "state",      "text",   "subject",
                                       "indicator", "kind",    "comparison", "period", "value",
                                       "unit",      "fact",    "actor",      "at"};
    enum { KEYS = sizeof keys / sizeof *keys };
    struct json_object *o;
    struct str head[KEYS], row[KEYS];
    struct buf b;
    if (cli->format == FORMAT_JSON) {
        cli_put(cli, json);
        return 0;
    }
    if (json_parse(json, &o, err) != OK)
        return 3;
    buf_init(&b, 1u << 20);
    for (int i = 0; i < KEYS; i++) {
        head[i] = str_z(keys[i]);
        row[i] = str_z(text(json_object_object_get(o, "claim"), keys[i]));
    }
    csv_put(&b, head, KEYS);
    csv_put(&b, row, KEYS);
    cli_put(cli, buf_str(&b));
    buf_clear(&b);
    json_put(o);
    return 0;
}

int teach_print(struct cli *cli, struct str json, struct error *err)
{
    struct json_object *o, *to;
    if (cli->format == FORMAT_JSON) {
        cli_put(cli, json);
        return 0;
    }
    if (json_parse(json, &o, err) != OK)
        return 3;
    to = json_object_object_get(o, "entity");
    if (!to)
        to = json_object_object_get(o, "indicator");
    struct str head[] = {STR("name"), STR("means"), STR("documents"), STR("filed")};
    struct str row[] = {str_z(text(o, "name")), str_z(to ? text(to, "name") : ""),
                        str_z(text(o, "documents")), str_z(text(o, "filed"))};
    struct buf b;
    buf_init(&b, 1u << 20);
    csv_put(&b, head, 4);
    csv_put(&b, row, 4);
    cli_put(cli, buf_str(&b));
    buf_clear(&b);
    json_put(o);
    return 0;
}
