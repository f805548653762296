/* write.c - line protocol over HTTP, as InfluxDB 1.x and 2.x answer it. What a line is, is said in
 * field/lp.h; here are addresses, rights, limits and answers. */
#include "serve/write.h"
#include "field/lp_put.h"
#include "net/gzip.h"
#include "serve/serve_int.h"
#include "store/registry.h"
#include <stdatomic.h>
#include <stdlib.h>

#define DECODERS_KEPT 8
#define KNOWN_TOKENS 64
#define TOKEN_FRESH_US 10000000  /* a token is looked up again after this */
#define TOKEN_STALE_US 300000000 /* and used no longer than this while the databases are busy */

struct influx_route {
    const char *path, *name;
    int version; /* 1, 2; 0 = ping */
};
static const struct influx_route routes[] = {
    {"/write", "influx.write", 1},
    {"/api/v2/write", "influx.write2", 2},
    {"/ping", "influx.ping", 0},
};

/* A token seen lately, so that a batch waits neither for an import nor for the registry. */
struct known {
    uint8_t hash[32];
    enum right right;
    int64_t at_us;
};
struct influx {
    struct intake *intake;
    struct str names;
    pthread_mutex_t lock;
    struct lp *decoder[DECODERS_KEPT]; /* idle ones, with their buffers */
    size_t decoders;
    struct known known[KNOWN_TOKENS];
    atomic_uint_fast64_t bytes, lines, refused, texts, unfit, stored, same, revised, late,
        strangers, rounded, collided, busy;
};

struct influx *influx_new(struct intake *intake, struct str names)
{
    struct influx *x = mem_zalloc(sizeof *x);
    x->intake = intake;
    x->names = names;
    pthread_mutex_init(&x->lock, NULL);
    return x;
}

void influx_free(struct influx *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->decoders; i++) {
        lp_clear(x->decoder[i]);
        mem_free(x->decoder[i]);
    }
    pthread_mutex_destroy(&x->lock);
    mem_free(x);
}

const struct influx_route *influx_route(struct str path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (str_is(path, routes[i].path))
            return &routes[i];
    return NULL;
}

const char *influx_route_name(const struct influx_route *r)
{
    return r->name;
}

static struct lp *decoder_take(struct influx *x)
{
    struct lp *p = NULL;
    pthread_mutex_lock(&x->lock);
    if (x->decoders)
        p = x->decoder[--x->decoders];
    pthread_mutex_unlock(&x->lock);
    if (!p) {
        p = mem_alloc(sizeof *p);
        lp_init(p);
    }
    return p;
}

static void decoder_give(struct influx *x, struct lp *p)
{
    pthread_mutex_lock(&x->lock);
    bool kept = x->decoders < DECODERS_KEPT;
    if (kept)
        x->decoder[x->decoders++] = p;
    pthread_mutex_unlock(&x->lock);
    if (kept)
        return;
    lp_clear(p);
    mem_free(p);
}

/* ---- answers ---- */

/* 1.x {"error":"..."}, 2.x {"code":"...","message":"..."}; the object is left open. */
static void begin_error(struct json *j, struct http_reply *reply, int version, unsigned status,
                        const char *code, struct str text)
{
    buf_clear(&reply->body);
    buf_init(&reply->body, 256u << 10);
    reply->status = status;
    reply->type = "application/json; charset=utf-8";
    json_init(j, &reply->body);
    json_object(j);
    if (version == 2)
        json_kz(j, "code", code);
    json_kstr(j, version == 2 ? "message" : "error", text);
}

static void end_error(struct json *j, struct http_reply *reply)
{
    json_object_end(j);
    buf_byte(&reply->body, '\n');
}

static bool refuse(struct http_reply *reply, int version, unsigned status, const char *code,
                   struct str text)
{
    struct json j;
    begin_error(&j, reply, version, status, code, text);
    end_error(&j, reply);
    return true;
}

static bool refuse_denied(struct http_request *rq, struct http_reply *reply, int version,
                          bool known)
{
    struct str text =
        known ? STR("this token may not write; its right is less than 'write'")
              : STR("authorization failed: a token with the right 'write' is needed, as "
                    "'Authorization: Token TOKEN', or as the password of any user; make one with "
                    "'luoshu token DIR add LABEL --right write'");
    (void)rq;
    refuse(reply, version, known ? 403 : 401, known ? "forbidden" : "unauthorized", text);
    if (!known)
        http_reply_header(reply, STR("WWW-Authenticate"),
                          version == 1 ? STR("Basic realm=\"InfluxDB\"")
                                       : STR("Token realm=\"luoshu\""));
    return true;
}

/* ---- who ---- */

static bool is_fresh(const struct known *k, const uint8_t hash[32], int64_t now_us, int64_t age_us)
{
    return k->at_us && now_us - k->at_us < age_us && memcmp(k->hash, hash, 32) == 0;
}

static bool known_right(struct influx *x, const uint8_t hash[32], int64_t age_us, enum right *out)
{
    int64_t now_us = clock_us();
    bool found = false;
    pthread_mutex_lock(&x->lock);
    for (size_t i = 0; i < KNOWN_TOKENS && !found; i++)
        if (is_fresh(&x->known[i], hash, now_us, age_us)) {
            *out = x->known[i].right;
            found = true;
        }
    pthread_mutex_unlock(&x->lock);
    return found;
}

static void know(struct influx *x, const uint8_t hash[32], enum right right)
{
    size_t oldest = 0;
    pthread_mutex_lock(&x->lock);
    for (size_t i = 0; i < KNOWN_TOKENS; i++) {
        if (memcmp(x->known[i].hash, hash, 32) == 0) {
            oldest = i;
            break;
        }
        if (x->known[i].at_us < x->known[oldest].at_us)
            oldest = i;
    }
    x->known[oldest].right = right;
    x->known[oldest].at_us = clock_us();
    memcpy(x->known[oldest].hash, hash, 32);
    pthread_mutex_unlock(&x->lock);
}

/* The right of a token; RIGHT_NONE: there is no such token. */
static enum right token_right(struct server *s, struct arena *a, struct str token)
{
    uint8_t hash[32];
    enum right right = RIGHT_NONE;
    token_hash(token, hash);
    if (known_right(s->influx, hash, TOKEN_FRESH_US, &right))
        return right;
    bool locked = pthread_rwlock_tryrdlock(&s->lock) == 0;
    if (locked && pthread_mutex_trylock(&s->stores) != 0) {
        pthread_rwlock_unlock(&s->lock);
        locked = false;
    }
    if (!locked) {
        if (known_right(s->influx, hash, TOKEN_STALE_US, &right))
            return right;
        pthread_rwlock_rdlock(&s->lock);
        pthread_mutex_lock(&s->stores);
    }
    right = auth_token(s->ws->ledger, token, a, NULL);
    pthread_mutex_unlock(&s->stores);
    pthread_rwlock_unlock(&s->lock);
    if (right != RIGHT_NONE) /* what is wrong is not kept: it could crowd out what is right */
        know(s->influx, hash, right);
    return right;
}

/* Token or Bearer; Basic or u and p, whose password is the token. Empty: none was given. */
static struct str token_of(const struct http_request *rq)
{
    struct str given = http_header(rq, "Authorization"), p = http_param(rq, "p");
    if (str_starts(given, STR("Token ")))
        return str_trim(str_sub(given, 6, given.len));
    if (str_starts(given, STR("Bearer ")))
        return str_trim(str_sub(given, 7, given.len));
    if (str_starts(given, STR("Basic ")))
        return auth_basic_password(rq->arena, str_trim(str_sub(given, 6, given.len)));
    return p.ptr ? p : STR("");
}

static bool refuse_right(struct server *s, struct http_request *rq, struct http_reply *reply,
                         int version)
{
    struct str token = token_of(rq);
    enum right right = token.len ? token_right(s, rq->arena, token) : RIGHT_NONE;
    return right < RIGHT_WRITE && refuse_denied(rq, reply, version, right != RIGHT_NONE);
}

/* ---- the headers ---- */

static bool name_allowed(struct str names, struct str name)
{
    struct str rest = names;
    bool any = true;
    while (rest.len) {
        struct str one = str_trim(str_cut(rest, ',', &rest));
        if (str_eq(one, name) || str_is(one, "*"))
            return true;
        any = any && one.len == 0;
    }
    return any;
}

/* db or bucket; rp, org, orgID are whatever they are. */
static bool refuse_name(struct server *s, struct http_request *rq, struct http_reply *reply,
                        int version)
{
    struct str name = http_param(rq, version == 1 ? "db" : "bucket");
    if (version == 2 && !name.len)
        name = http_param(rq, "bucketID");
    if (!name.len)
        return refuse(reply, version, 400, "invalid",
                      version == 1 ? STR("database is required: the parameter db")
                                   : STR("bucket is required: the parameter bucket"));
    if (name_allowed(s->influx->names, name))
        return false;
    return refuse(reply, version, 404, "not found",
                  arena_fmt(rq->arena,
                            version == 1 ? "database not found: \"%.*s\"; the setting 'buckets' "
                                           "names those that may be written to"
                                         : "bucket \"%.*s\" not found; the setting 'buckets' names "
                                           "those that may be written to",
                            STR_ARG(name)));
}

static bool refuse_precision(struct http_request *rq, struct http_reply *reply, int version)
{
    enum lp_precision ignored;
    struct str given = http_param(rq, "precision");
    if (lp_precision_from(given, version == 1, &ignored))
        return false;
    return refuse(reply, version, 400, "invalid",
                  arena_fmt(rq->arena, "precision '%.*s' is unknown; it is %s", STR_ARG(given),
                            version == 1 ? "n (or ns), u (us), ms, s, m or h" : "ns, us, ms or s"));
}

static bool refuse_length(struct server *s, struct http_request *rq, struct http_reply *reply,
                          int version, uint64_t len)
{
    if (len <= s->body_limit)
        return false;
    return refuse(reply, version, 413, "request too large",
                  arena_fmt(rq->arena,
                            "the body has more than %zu bytes, the limit of this server; send it "
                            "in parts, or start the server with a larger --body-limit",
                            s->body_limit));
}

static bool ping(struct http_request *rq, struct http_reply *reply)
{
    if (!str_is(rq->method, "GET") && !str_is(rq->method, "HEAD")) {
        refuse(reply, 1, 405, "method not allowed", STR("this address takes GET and HEAD"));
        http_reply_header(reply, STR("Allow"), STR("GET, HEAD"));
        return true;
    }
    reply->status = 204;
    http_reply_header(reply, STR("X-Influxdb-Version"), STR("1.8-luoshu-" LUOSHU_VERSION));
    http_reply_header(reply, STR("X-Influxdb-Build"), STR("Luoshu"));
    return true;
}

bool influx_head(struct server *s, const struct influx_route *r, struct http_request *rq,
                 struct http_reply *reply, size_t *body_max)
{
    struct str len = http_header(rq, "Content-Length");
    if (r->version == 0)
        return ping(rq, reply);
    if (!str_is(rq->method, "POST")) {
        refuse(reply, r->version, 405, "method not allowed", STR("this address takes POST"));
        http_reply_header(reply, STR("Allow"), STR("POST"));
        return true;
    }
    *body_max = s->body_limit + 1; /* one more, so that what is told later is told here */
    return refuse_right(s, rq, reply, r->version) || refuse_name(s, rq, reply, r->version) ||
           refuse_precision(rq, reply, r->version) ||
           refuse_length(s, rq, reply, r->version,
                         len.len ? strtoull(arena_z(rq->arena, len), NULL, 10) : 0);
}

/* ---- the body ---- */

/* The bytes of the lines, unpacked into *plain where they came packed. true: *reply says why not */
static bool refuse_packing(struct server *s, struct http_request *rq, struct http_reply *reply,
                           int version, struct buf *plain)
{
    struct error err = {0};
    struct str how = http_header(rq, "Content-Encoding");
    *plain = (struct buf){0};
    if (refuse_length(s, rq, reply, version, rq->body.len))
        return true;
    if (!how.len || str_is(how, "identity"))
        return false;
    if (!str_is(how, "gzip"))
        return refuse(
            reply, version, 415, "invalid",
            arena_fmt(rq->arena, "Content-Encoding '%.*s' is unknown; it is gzip", STR_ARG(how)));
    enum code code = gzip_unpack(rq->body, s->body_limit, plain, &err);
    if (code == OK) {
        rq->body = buf_str(plain);
        return false;
    }
    return refuse(reply, version, (unsigned)code_info(code)->http,
                  code == E_LIMIT ? "request too large" : "invalid",
                  arena_dup(rq->arena, str_z(err.text)));
}

static void count(struct influx *x, size_t bytes, const struct lp_outcome *o, enum code code)
{
    x->bytes += bytes;
    x->lines += o->lines;
    x->refused += o->refused;
    x->texts += o->texts;
    x->unfit += o->unfit;
    x->stored += o->stored;
    x->same += o->same;
    x->revised += o->revised;
    x->late += o->late;
    x->strangers += o->strangers;
    x->rounded += o->rounded;
    x->collided += o->collided;
    x->busy += code == E_BUSY;
}

/* What became of the lines, also where the body of the answer is empty. */
static void outcome_header(struct http_request *rq, struct http_reply *reply,
                           const struct lp_outcome *o)
{
#define N(field) (unsigned long long)o->field
    http_reply_header(
        reply, STR("X-Luoshu-Write"),
        arena_fmt(rq->arena,
                  "lines=%llu; refused=%llu; texts=%llu; unfit=%llu; stored=%llu; same=%llu; "
                  "revised=%llu; late=%llu; unbound=%llu; rounded=%llu; collided=%llu",
                  N(lines), N(refused), N(texts), N(unfit), N(stored), N(same), N(revised), N(late),
                  N(strangers), N(rounded), N(collided)));
#undef N
}

/* Good lines are stored, the others named; as 1.x does and 2.x says with 422. */
static void refuse_lines(struct http_request *rq, struct http_reply *reply, int version,
                         const struct lp_outcome *o)
{
    struct json j;
    bool some = o->samples > o->unfit;
    uint64_t values = o->texts + o->unfit;
    const struct lp_refusal *first = &o->why[0];
    struct str text = arena_fmt(
        rq->arena,
        "%s: %llu of %llu lines and %llu values refused; line %u, column %u: %s; dropped=%llu",
        some ? "partial write" : "unable to parse", (unsigned long long)o->refused,
        (unsigned long long)o->lines, (unsigned long long)values, first->line, first->column,
        first->text, (unsigned long long)(o->refused + values));
    bool v2_partial = version == 2 && some;
    begin_error(&j, reply, version, v2_partial ? 422 : 400,
                v2_partial ? "unprocessable entity" : "invalid", text);
    json_kint(&j, "line", first->line);
    json_key(&j, "refused");
    json_array(&j);
    for (size_t i = 0; i < o->why_count; i++) {
        json_object(&j);
        json_kint(&j, "line", o->why[i].line);
        if (o->why[i].column)
            json_kint(&j, "column", o->why[i].column);
        json_kz(&j, "text", o->why[i].text);
        json_object_end(&j);
    }
    json_array_end(&j);
    end_error(&j, reply);
}

/* Nothing is lost by sending the same again: what is there already counts as the same. */
static void refuse_now(struct http_request *rq, struct http_reply *reply, int version,
                       enum code code, const struct error *err)
{
    bool busy = code == E_BUSY;
    refuse(reply, version, busy ? 429 : 503, busy ? "too many requests" : "unavailable",
           arena_dup(rq->arena, str_z(err->text)));
    http_reply_header(reply, STR("Retry-After"), busy ? STR("1") : STR("5"));
}

static void put(struct server *s, const struct influx_route *r, struct http_request *rq,
                struct http_reply *reply)
{
    struct error err = {0};
    enum lp_precision precision = LP_NS;
    struct lp_outcome *o = arena_alloc(rq->arena, sizeof *o);
    if (!s->influx->intake) {
        (void)error_set(&err, E_BACKEND, "this server keeps no readings");
        refuse_now(rq, reply, r->version, E_BACKEND, &err);
        return;
    }
    struct lp *p = decoder_take(s->influx);
    (void)lp_precision_from(http_param(rq, "precision"), r->version == 1, &precision);
    enum code code = lp_put(p, s->influx->intake, rq->body, precision, o, &err);
    decoder_give(s->influx, p);
    count(s->influx, rq->body.len, o, code);
    if (code != OK)
        refuse_now(rq, reply, r->version, code, &err);
    else if (lp_outcome_good(o))
        reply->status = 204;
    else
        refuse_lines(rq, reply, r->version, o);
    outcome_header(rq, reply, o);
}

void influx_serve(struct server *s, const struct influx_route *r, struct http_request *rq,
                  struct http_reply *reply)
{
    struct buf plain;
    if (!refuse_packing(s, rq, reply, r->version, &plain))
        put(s, r, rq, reply);
    buf_clear(&plain);
}

void influx_metrics(struct influx *x, struct buf *out)
{
    const struct {
        const char *name, *help;
        uint64_t value;
    } rows[] = {
        {"bytes", "Bytes of line protocol, unpacked.", x->bytes},
        {"lines", "Lines that say something.", x->lines},
        {"refused_lines", "Lines refused as a whole.", x->refused},
        {"texts", "Text fields, which are no readings.", x->texts},
        {"unfit", "Values whose time or size is out of range.", x->unfit},
        {"stored", "Readings stored.", x->stored},
        {"same", "Readings that were there already.", x->same},
        {"revised", "Readings with another value than before.", x->revised},
        {"late", "Readings older than the newest of their point.", x->late},
        {"unbound", "Readings of channels that nobody has bound.", x->strangers},
        {"rounded", "Values that lost digits.", x->rounded},
        {"collided", "Readings that fell on one millisecond.", x->collided},
        {"busy", "Requests told to come again later.", x->busy},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        buf_fmt(out,
                "# HELP luoshu_influx_%s_total %s\n# TYPE luoshu_influx_%s_total counter\n"
                "luoshu_influx_%s_total %llu\n",
                rows[i].name, rows[i].help, rows[i].name, rows[i].name,
                (unsigned long long)rows[i].value);
}
