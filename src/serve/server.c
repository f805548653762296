/* server.c - from a request to a row of the table and back: route, right, lock, run, reply. */
#include "field/mqtt_feed.h"
#include "serve/row.h"
#include "serve/serve_int.h"
#include "serve/write.h"
#include "store/registry.h"
#include <stdlib.h>

/* What is known of a request once its headers are read; in its arena, rq->user. */
struct visit {
    const char *what; /* for the metrics: an op's name, "web", "healthz", "metrics", "none" */
    const struct op *op;
    const struct influx_route *influx; /* or an address of InfluxDB's */
    struct who who;
};

static struct visit *visit_of(const struct http_request *rq)
{
    return rq->user;
}

static bool is_head(const struct http_request *rq)
{
    return str_is(rq->method, "HEAD");
}

/* ---- refusals ---- */

static bool refuse(struct http_reply *reply, unsigned status, enum code code, const char *text)
{
    struct error e = {0};
    (void)error_set(&e, code, "%s", text);
    http_reply_error(reply, status, &e);
    return true;
}

static bool refuse_method(struct http_reply *reply, bool post)
{
    refuse(reply, 405, E_INPUT, post ? "this path takes POST" : "this path takes GET and HEAD");
    http_reply_header(reply, STR("Allow"), post ? STR("POST") : STR("GET, HEAD"));
    return true;
}

static bool refuse_path(const struct http_request *rq, struct http_reply *reply)
{
    struct nearest near = {0};
    struct error e = {0};
    struct str tail = str_starts(rq->path, STR(API_BASE))
                          ? str_sub(rq->path, sizeof API_BASE - 1, rq->path.len)
                          : STR("");
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].path)
            nearest_try(&near, tail, ops[i].path);
    (void)error_set(&e, E_MISSING, "no operation '%.*s'; %s%s%s", STR_ARG(rq->path),
                    near.text ? "did you mean '" API_BASE : "see " API_BASE "/openapi.json",
                    near.text ? near.text : "", near.text ? "'?" : "");
    http_reply_error(reply, 404, &e);
    return true;
}

static bool refuse_right(const struct op *op, const struct who *who, struct http_reply *reply)
{
    struct error e = {0};
    bool known = who->right > RIGHT_NONE && !who->bad_token;
    bool anonymous = str_is(who->label, "anonymous");
    if (who->bad_token)
        (void)error_set(&e, E_DENIED,
                        "this token is unknown; make one with 'luoshu token DIR add'");
    else
        (void)error_set(
            &e, E_DENIED, "%s needs the right '%s'; %s", op->path, right_name(op->right),
            anonymous ? "send Authorization: Bearer TOKEN" : "the token's right is less");
    http_reply_error(reply, known && !anonymous ? 403 : 401, &e);
    if (!known || anonymous)
        http_reply_header(reply, STR("WWW-Authenticate"), STR("Bearer realm=\"luoshu\""));
    return true;
}

/* ---- the headers ---- */

static void lock_read(struct server *s, bool stores)
{
    pthread_rwlock_rdlock(&s->lock);
    if (stores)
        pthread_mutex_lock(&s->stores);
}

static void lock_write(struct server *s)
{
    pthread_rwlock_wrlock(&s->lock);
    pthread_mutex_lock(&s->stores);
}

static void unlock(struct server *s, bool stores)
{
    if (stores)
        pthread_mutex_unlock(&s->stores);
    pthread_rwlock_unlock(&s->lock);
}

static bool head_op(struct server *s, struct http_request *rq, struct http_reply *reply,
                    size_t *body_max)
{
    struct visit *v = visit_of(rq);
    v->op = op_by_path(rq->path);
    if (!v->op)
        return refuse_path(rq, reply);
    v->what = v->op->name;
    if (v->op->post ? !str_is(rq->method, "POST") : !str_is(rq->method, "GET") && !is_head(rq))
        return refuse_method(reply, v->op->post);
    bool token = http_header(rq, "Authorization").ptr != NULL;
    lock_read(s, token);
    auth_who(s->ws->ledger, s->ws->open_reads, rq, &v->who);
    unlock(s, token);
    if (v->who.bad_token || v->who.right < v->op->right)
        return refuse_right(v->op, &v->who, reply);
    *body_max = v->op->post ? s->body_limit : 0;
    return false;
}

static bool on_head(void *ctx, struct http_request *rq, struct http_reply *reply, size_t *body_max)
{
    struct visit *v = arena_alloc(rq->arena, sizeof *v);
    rq->user = v;
    *body_max = 0;
    v->what = "web";
    v->influx = influx_route(rq->path);
    if (v->influx) {
        v->what = influx_route_name(v->influx);
        return influx_head(ctx, v->influx, rq, reply, body_max);
    }
    if (str_is(rq->path, "/api") || str_starts(rq->path, STR("/api/"))) {
        v->what = "none";
        return head_op(ctx, rq, reply, body_max);
    }
    if (str_is(rq->path, "/healthz") || str_is(rq->path, "/metrics"))
        v->what = rq->path.ptr[1] == 'h' ? "healthz" : "metrics";
    return !str_is(rq->method, "GET") && !is_head(rq) && refuse_method(reply, false);
}

/* ---- answers of operations ---- */

static bool wants_zh(const struct http_request *rq, const struct args *args)
{
    struct str lang = args_str(args, "lang"), accept = http_header(rq, "Accept-Language");
    return lang.len ? str_is(lang, "zh") : !str_starts(accept, STR("en"));
}

static bool wants_csv(const struct http_request *rq, const struct args *args)
{
    struct str format = args_str(args, "format");
    return format.len ? !str_is(format, "json")
                      : str_starts(http_header(rq, "Accept"), STR("text/csv"));
}

/* "<revision>-<right>-<language>-<start>"; a table is another text than JSON of the same address.
 * A server started anew may be another program or show another workspace of the same revision. */
static struct str etag_of(const struct server *s, const struct call *c)
{
    return arena_fmt(c->arena, "\"%llu.%llu-%s-%s%s-%llx\"",
                     (unsigned long long)ledger_revision(c->query.ledger),
                     (unsigned long long)readings_sequence(s->ws->field.readings),
                     right_name(c->query.right), c->zh ? "zh" : "en", c->as_json ? "" : "-csv",
                     (unsigned long long)s->started_us);
}

static bool etag_known(const struct http_request *rq, struct str etag)
{
    struct str rest = http_header(rq, "If-None-Match");
    while (rest.len) {
        struct str one = str_trim(str_cut(rest, ',', &rest));
        if (str_starts(one, STR("W/")))
            one = str_sub(one, 2, one.len);
        if (str_eq(one, etag) || str_is(one, "*"))
            return true;
    }
    return false;
}

static void add_call_headers(struct call *c, struct http_reply *reply, struct str etag)
{
    if (!c->op->post)
        http_reply_header(reply, STR("ETag"), etag);
    http_reply_header(reply, STR("Cache-Control"), STR("private, no-cache"));
    http_reply_header(reply, STR("Vary"), STR("Accept, Accept-Language, Authorization"));
    if (c->exit)
        http_reply_header(reply, STR("X-Luoshu-Exit"), arena_fmt(c->arena, "%d", c->exit));
    if (c->note.len) {
        struct buf b;
        buf_init(&b, 16u << 10); /* a header line of its own, so not without end */
        http_escape(&b, buf_str(&c->note));
        http_reply_header(reply, STR("X-Luoshu-Note"), arena_dup(c->arena, buf_str(&b)));
        buf_clear(&b);
    }
}

static enum code files_of(struct call *c, const struct http_request *rq, struct error *err)
{
    enum { FILES_MAX = 256 };
    struct str type = http_header(rq, "Content-Type");
    struct import_file *files = arena_alloc(c->arena, FILES_MAX * sizeof *files);
    struct http_part *parts = arena_alloc(c->arena, FILES_MAX * sizeof *parts);
    size_t count = 1;
    parts[0] = (struct http_part){args_str(c->args, "name"), rq->body};
    if (str_starts(type, STR("multipart/form-data")))
        TRY(http_parts(c->arena, type, rq->body, parts, FILES_MAX, &count, err));
    for (size_t i = 0; i < count; i++)
        files[i] = (struct import_file){parts[i].file, parts[i].bytes};
    c->files = files;
    c->file_count = count;
    return count ? OK : error_set(err, E_INPUT, "the body holds no file");
}

static enum code run_locked(const struct server *s, struct call *c, const struct http_request *rq,
                            struct http_reply *reply, struct error *err)
{
    struct str etag = etag_of(s, c);
    if (!c->op->post && etag_known(rq, etag)) {
        reply->status = 304;
        add_call_headers(c, reply, etag);
        return OK;
    }
    TRY(c->op->run(c, err));
    if (c->out->full)
        return error_set(err, E_LIMIT, "the answer is larger than %llu bytes; ask for less",
                         ANSWER_MAX);
    reply->status = c->status;
    reply->type = c->type      ? c->type
                  : c->as_json ? "application/json; charset=utf-8"
                               : "text/csv; charset=utf-8";
    add_call_headers(c, reply, etag);
    return OK;
}

static enum code run_op(struct server *s, struct http_request *rq, struct http_reply *reply,
                        struct call *c, struct error *err)
{
    struct visit *v = visit_of(rq);
    bool stores = (v->op->flags & OP_STORES) != 0, writes = (v->op->flags & OP_WRITES) != 0;
    c->query.right = v->who.right;
    c->actor = v->who.label;
    c->zh = wants_zh(rq, c->args);
    c->as_json = !wants_csv(rq, c->args) || writes || !v->op->words;
    TRY(args_as_of(c->args, &c->query.as_of, err));
    if (v->op->flags & OP_BODY)
        TRY(files_of(c, rq, err));
    writes ? lock_write(s) : lock_read(s, stores);
    uint64_t before = ledger_revision(s->ws->ledger);
    enum code code = run_locked(s, c, rq, reply, err);
    bool moved = ledger_revision(s->ws->ledger) != before;
    unlock(s, stores || writes);
    if (moved)
        http_notify(s->http);
    return code;
}

static void serve_op(struct server *s, struct http_request *rq, struct http_reply *reply)
{
    struct args args;
    struct call c;
    struct error err = {0};
    struct visit *v = visit_of(rq);
    buf_init(&reply->body, ANSWER_MAX);
    call_init(&c, s->ws, v->op, &args, rq->arena, &reply->body);
    if (args_http(v->op, rq, &args, &err) != OK || run_op(s, rq, reply, &c, &err) != OK)
        http_reply_error(reply, (unsigned)code_info(err.code)->http, &err);
    call_clear(&c);
}

/* ---- live, health, metrics ---- */

/* A cursor, and the id of an event: revision of the ledger, plus one, and sequence of the readings, as last told. */
#define SEQUENCE_BITS 40
static uint64_t cursor_of(uint64_t revision, uint64_t sequence)
{
    return (revision + 1) << SEQUENCE_BITS | (sequence & (((uint64_t)1 << SEQUENCE_BITS) - 1));
}

static void serve_live(struct server *s, const struct http_request *rq, struct http_reply *reply)
{
    struct args args;
    struct error err = {0};
    reply->status = 200;
    reply->stream = !is_head(rq);
    reply->type = "text/event-stream";
    struct str last = http_header(rq, "Last-Event-ID");
    uint64_t sequence = readings_sequence(s->ws->field.readings);
    reply->cursor = last.len && last.len < 20 ? strtoull(arena_z(rq->arena, last), NULL, 10) : cursor_of(UINT64_MAX, sequence);
    if (args_http(visit_of(rq)->op, rq, &args, &err) != OK) {
        reply->stream = false;
        http_reply_error(reply, 400, &err);
    }
}

#define TOUCHED_MAX 200

/* Which (entity, indicator) took readings since; "all" when they are too many to name. */
static void touched_json(struct server *s, uint64_t since, struct buf *out)
{
    uint32_t slot[TOUCHED_MAX];
    struct points *p = s->ws->field.points;
    size_t n = readings_touched(s->ws->field.readings, since, slot, TOUCHED_MAX);
    buf_fmt(out, ",\"all\":%s,\"touched\":[", n > TOUCHED_MAX ? "true" : "false");
    pthread_rwlock_rdlock(&p->lock);
    for (size_t i = 0; n <= TOUCHED_MAX && i < n; i++) {
        const struct slot *v = &p->slots.v[slot[i]];
        buf_fmt(out, "%s{\"entity\":%u,\"indicator\":%u}", i ? "," : "", v->entity,
                p->profiles.v[v->profile - 1].indicator);
    }
    pthread_rwlock_unlock(&p->lock);
    buf_z(out, "]");
}


static void on_next(void *ctx, uint64_t *cursor, struct buf *out)
{
    struct server *s = ctx;
    lock_read(s, false);
    uint64_t revision = ledger_revision(s->ws->ledger);
    unlock(s, false);
    uint64_t sequence = readings_sequence(s->ws->field.readings), was = *cursor,
             told = was & (((uint64_t)1 << SEQUENCE_BITS) - 1);
    *cursor = cursor_of(revision, sequence);
    if (was >> SEQUENCE_BITS != revision + 1)
        buf_fmt(out, "event: revision\nid: %llu\ndata: {\"revision\":%llu}\n\n",
                (unsigned long long)cursor_of(revision, told), (unsigned long long)revision);
    if (told == (*cursor & (((uint64_t)1 << SEQUENCE_BITS) - 1)))
        return;
    buf_fmt(out, "event: readings\nid: %llu\ndata: {\"sequence\":%llu", (unsigned long long)*cursor,
            (unsigned long long)sequence);
    touched_json(s, told, out);
    buf_z(out, "}\n\n");
}

static void readings_metrics(struct server *s, struct buf *out)
{
    struct readings_stats n;
    struct intake_origin o[16];
    size_t origins = intake_origins(s->ws->field.intake, o, 16);
    readings_stats(s->ws->field.readings, &n);
    buf_z(out, "# HELP luoshu_intake_readings_total Readings by protocol and what became of them.\n"
               "# TYPE luoshu_intake_readings_total counter\n");
    for (size_t i = 0; i < origins; i++)
        buf_fmt(out,
                "luoshu_intake_readings_total{origin=\"%s\",what=\"stored\"} %llu\n"
                "luoshu_intake_readings_total{origin=\"%s\",what=\"same\"} %llu\n"
                "luoshu_intake_readings_total{origin=\"%s\",what=\"refused\"} %llu\n"
                "luoshu_intake_readings_total{origin=\"%s\",what=\"batches_not_acknowledged\"} %llu\n",
                o[i].name, (unsigned long long)o[i].stored, o[i].name, (unsigned long long)o[i].same, o[i].name,
                (unsigned long long)o[i].refused, o[i].name, (unsigned long long)o[i].busy);
    buf_fmt(out,
            "# TYPE luoshu_readings_total counter\nluoshu_readings_total %llu\n"
            "# TYPE luoshu_readings_late_total counter\nluoshu_readings_late_total %llu\n"
            "# TYPE luoshu_readings_revised_total counter\nluoshu_readings_revised_total %llu\n"
            "# TYPE luoshu_readings_commits_total counter\nluoshu_readings_commits_total %llu\n"
            "# TYPE luoshu_readings_memory_bytes gauge\nluoshu_readings_memory_bytes %llu\n"
            "# TYPE luoshu_readings_journal_bytes gauge\nluoshu_readings_journal_bytes %llu\n"
            "# TYPE luoshu_readings_block_bytes gauge\nluoshu_readings_block_bytes %llu\n",
            (unsigned long long)n.readings, (unsigned long long)n.late, (unsigned long long)n.revised,
            (unsigned long long)n.groups, (unsigned long long)n.memory, (unsigned long long)n.bytes_journal,
            (unsigned long long)n.bytes_blocks);
}

static void serve_metrics(struct server *s, struct http_reply *reply)
{
    buf_init(&reply->body, 1u << 20);
    metrics_text(&s->metrics, &reply->body);
    influx_metrics(s->influx, &reply->body);
    readings_metrics(s, &reply->body);
    mqtt_feed_metrics(s->mqtt, &reply->body);
    devices_metrics(&s->devices, &reply->body);
    lock_read(s, false);
    size_t facts = ledger_fact_count(s->ws->ledger);
    uint64_t revision = ledger_revision(s->ws->ledger);
    unlock(s, false);
    buf_fmt(
        &reply->body,
        "# HELP luoshu_facts Facts in the ledger.\n# TYPE luoshu_facts gauge\nluoshu_facts %zu\n"
        "# HELP luoshu_revision Revision of the ledger.\n# TYPE luoshu_revision gauge\n"
        "luoshu_revision %llu\n"
        "# HELP luoshu_uptime_seconds Time since the start.\n"
        "# TYPE luoshu_uptime_seconds gauge\nluoshu_uptime_seconds %lld\n",
        facts, (unsigned long long)revision, (long long)((clock_us() - s->started_us) / 1000000));
    reply->status = 200;
    reply->type = "text/plain; version=0.0.4; charset=utf-8";
}

/* Well when the databases answer. */
static void serve_health(struct server *s, struct http_request *rq, struct http_reply *reply)
{
    struct error err = {0};
    struct str region;
    lock_read(s, true);
    enum code code =
        registry_get(ledger_registry(s->ws->ledger), "region", rq->arena, &region, &err);
    unlock(s, true);
    char trouble[256];
    readings_trouble(s->ws->field.readings, trouble);
    if (code == OK && trouble[0])
        code = error_set(&err, E_IO, "readings are not acknowledged: %s", trouble);
    buf_init(&reply->body, 1024);
    reply->type = "text/plain; charset=utf-8";
    reply->status = code == OK ? 200 : 503;
    buf_z(&reply->body, code == OK ? "ok" : err.text);
    buf_byte(&reply->body, '\n');
}

static void on_serve(void *ctx, struct http_request *rq, struct http_reply *reply)
{
    struct server *s = ctx;
    struct visit *v = visit_of(rq);
    if (v->influx)
        influx_serve(s, v->influx, rq, reply);
    else if (v->op && (v->op->flags & OP_STREAM))
        serve_live(s, rq, reply);
    else if (v->op)
        serve_op(s, rq, reply);
    else if (strcmp(v->what, "healthz") == 0)
        serve_health(s, rq, reply);
    else if (strcmp(v->what, "metrics") == 0)
        serve_metrics(s, reply);
    else
        web_reply(&s->web, rq, reply);
}

static void on_done(void *ctx, const struct http_request *rq, unsigned status)
{
    struct server *s = ctx;
    metrics_count(&s->metrics, rq->user ? visit_of(rq)->what : "none", status);
}

struct http_handler server_handler(struct server *s)
{
    return (struct http_handler){s, on_head, on_serve, on_next, on_done};
}
