/* server_test.c - rights and counting, apart from sockets; the rest is in tests/cli. */
#include "base/test.h"
#include "serve/serve_int.h"

static void test_open_reads(void **state)
{
    const struct {
        const char *setting;
        bool loopback;
        enum right want;
    } rows[] = {
        {"loopback", true,  RIGHT_READ},
        {"loopback", false, RIGHT_NONE},
        {"all",      false, RIGHT_READ},
        {"none",     true,  RIGHT_NONE},
        {"",         true,  RIGHT_NONE},
        {"All",      true,  RIGHT_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(auth_open(str_z(rows[i].setting), rows[i].loopback), rows[i].want);
}

static void test_tokens(void **state)
{
    char one[TOKEN_TEXT], two[TOKEN_TEXT];
    uint8_t hash[32], again[32];
    (void)state;
    assert_true(auth_init());
    token_make(one, hash);
    token_make(two, again);
    assert_int_equal(strlen(one), 7 + 43);
    assert_true(str_starts(str_z(one), STR("luoshu_")));
    assert_string_not_equal(one, two);
    token_hash(str_z(one), again);
    assert_memory_equal(hash, again, 32);
}

static void test_metrics(void **state)
{
    struct metrics m;
    struct buf b;
    (void)state;
    buf_init(&b, 1u << 20);
    metrics_init(&m);
    for (unsigned i = 0; i < 300; i++) /* more than there is room for does not overflow */
        metrics_count(&m, "x", i);
    metrics_count(&m, "x", 7);
    metrics_text(&m, &b);
    assert_true(str_has(buf_str(&b), STR("luoshu_requests_total{op=\"x\",status=\"7\"} 2\n")));
    metrics_clear(&m);
    buf_clear(&b);
}

static void test_rights_grow(void **state)
{
    (void)state;
    for (size_t i = 0; i < op_count; i++) {
        assert_false(ops[i].path && (ops[i].flags & OP_WRITES) && ops[i].right < RIGHT_WRITE);
        assert_false(ops[i].path && !ops[i].post && ops[i].right > RIGHT_READ);
    }
}

static unsigned ask(const struct web *w, const char *path, const char *name, const char *value,
                    struct http_reply *reply)
{
    struct http_request rq = {.path = str_z(path)};
    *reply = (struct http_reply){0};
    vec_push(&rq.headers, (struct http_pair){str_z(name), str_z(value)});
    web_reply(w, &rq, reply);
    vec_clear(&rq.headers);
    return reply->status;
}

/* Whether this build holds the cockpit or not. */
static void test_web(void **state)
{
    struct web w;
    struct http_reply r;
    (void)state;
    web_open(&w);
    assert_int_equal(ask(&w, "/", "Accept", "*/*", &r), 200);
    assert_string_equal(r.type, "text/html; charset=utf-8");
    assert_int_equal(ask(&w, "/figure/12", "Accept", "*/*", &r), 200); /* a place in the cockpit */
    assert_int_equal(ask(&w, "/absent.js", "Accept", "*/*", &r), 404);
    assert_int_equal(ask(&w, "/../etc/passwd", "Accept", "*/*", &r), 404);
    for (size_t i = 0; i < w.count; i++) {
        char path[300];
        snprintf(path, sizeof path, "%.*s", STR_ARG(web_path(&w, i)));
        assert_int_equal(ask(&w, path, "Accept-Encoding", "br, gzip;q=0.5", &r), 200);
        assert_true(str_is(r.header[0].name, "ETag"));
        bool gzip = r.headers == 4;
        assert_true(!gzip || memcmp(r.fixed.ptr, "\x1f\x8b", 2) == 0);
        assert_int_equal(ask(&w, path, "Accept-Encoding", "gzip;q=0", &r), 200);
        assert_int_equal(r.headers, 3);
        assert_int_equal(ask(&w, path, "If-None-Match", r.header[0].value.ptr, &r), 304);
    }
    web_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_reads), cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_metrics),    cmocka_unit_test(test_rights_grow),
        cmocka_unit_test(test_web),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
