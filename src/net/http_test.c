/* http_test.c - the server over real sockets of the loopback, and the parts that need none. */
#include "base/test.h"
#include "net/http.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 1000

/* ---- a small site: /echo gives back what it got, /live is a stream ---- */

static bool head(void *ctx, struct http_request *rq, struct http_reply *reply, size_t *body_max)
{
    (void)ctx;
    *body_max = str_is(rq->path, "/echo") ? BODY_MAX : 0;
    if (!str_is(rq->path, "/closed"))
        return false;
    struct error e = {0};
    (void)error_set(&e, E_DENIED, "closed");
    http_reply_error(reply, 403, &e);
    return true;
}

static void echo(void *ctx, struct http_request *rq, struct http_reply *reply)
{
    (void)ctx;
    reply->status = 200;
    reply->type = "text/plain";
    reply->stream = str_is(rq->path, "/live");
    buf_init(&reply->body, 1u << 20);
    buf_fmt(&reply->body, "%.*s %.*s q=%.*s body=%zu %s", STR_ARG(rq->method), STR_ARG(rq->path),
            STR_ARG(http_param(rq, "q")), rq->body.len, rq->loopback ? "loopback" : "far");
}

static void next(void *ctx, uint64_t *cursor, struct buf *out)
{
    (void)ctx;
    if ((*cursor)++ == 0)
        buf_z(out, "data: first\n\n");
    else
        buf_z(out, "data: again\n\n");
}

static unsigned last_status;
static void done(void *ctx, const struct http_request *rq, unsigned status)
{
    (void)ctx, (void)rq;
    last_status = status;
}

static struct http_server *server;

static int start(void **state)
{
    struct error err = {0};
    struct http_handler h = {NULL, head, echo, next, done};
    (void)state;
    assert_int_equal(http_start(&server, STR("127.0.0.1:0"), STR("brain.example"), h, &err), OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_stop(server);
    return 0;
}

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    to.sin_port = htons((uint16_t)atoi(strchr(http_address(server), ':') + 1));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* Sends the text as it is, reads until the server closes. */
static void talk(const char *text, char *out, size_t room)
{
    int fd = dial();
    size_t len = 0;
    ssize_t n;
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    while (len + 1 < room && (n = recv(fd, out + len, room - 1 - len, 0)) > 0)
        len += (size_t)n;
    out[len] = '\0';
    close(fd);
}

static void test_raw(void **state)
{
    const struct {
        const char *request, *want, *why;
    } rows[] = {
        {"GET /echo?q=%E6%B4%9B+a HTTP/1.1\r\nHost: HOST\r\n",               "GET /echo q=洛 a body=0 loopback",
         "decoded"                                                                                                                     },
        {"GET /echo HTTP/1.1\r\nHost: localhost:PORT\r\n",                   "200 OK",                            "localhost is ours"  },
        {"GET /echo HTTP/1.1\r\nHost: brain.example\r\n",                    "200 OK",                            "a configured name"  },
        {"GET /echo HTTP/1.1\r\nHost: evil.example:PORT\r\n",                "403 Forbidden",                     "rebinding"          },
        {"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:1\r\n",                      "403 Forbidden",                     "another port"       },
        {"GET /echo HTTP/1.1\r\nHost: HOST\r\nX-Forwarded-For: 9.9.9.9\r\n", "far",
         "a proxy speaks for others"                                                                                                   },
        {"GET /echo?q=%FF HTTP/1.1\r\nHost: HOST\r\n",                       "400 Bad",                           "not UTF-8"          },
        {"GET /closed HTTP/1.1\r\nHost: HOST\r\n",                           "\"code\":\"denied\"",
         "refused from the headers"                                                                                                    },
        {"POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2000\r\n",    "413",                               "told at once"       },
        {"HEAD /echo HTTP/1.1\r\nHost: HOST\r\n",                            "Content-Length: 29",                "HEAD has the length"},
        {"GET /echo HTTP/1.1\r\nHost: HOST\r\n",                             "frame-ancestors 'none'",            "security headers"   },
        {"GET /echo HTTP/1.1\r\nHost: HOST\r\n",                             "X-Content-Type-Options: nosniff",
         "security headers"                                                                                                            },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char request[4096] = "", answer[8192];
        const char *port = strchr(http_address(server), ':') + 1;
        for (const char *p = rows[i].request; *p;) {
            bool host = strncmp(p, "HOST", 4) == 0, is_port = strncmp(p, "PORT", 4) == 0;
            if (host || is_port)
                strcat(request, host ? http_address(server) : port);
            else
                strncat(request, p, 1);
            p += host || is_port ? 4 : 1;
        }
        strcat(request, "Connection: close\r\n");
        if (strstr(rows[i].request, "2000"))
            strcat(request, "Expect: 100-continue\r\n");
        strcat(request, "\r\n");
        talk(request, answer, sizeof answer);
        if (!strstr(answer, rows[i].want))
            fail_msg("%s: wanted '%s' in:\n%s", rows[i].why, rows[i].want, answer);
    }
}

static void fetch(const char *path, bool post, size_t body_len, unsigned *status, char *out,
                  size_t room)
{
    char url[10000];
    struct error err = {0};
    struct http_answer a;
    char *body = mem_zalloc(body_len + 1);
    snprintf(url, sizeof url, "http://%s%s", http_address(server), path);
    struct http_call call = {
        .url = url, .post = post, .body = {body, body_len},
                .type = STR("text/csv")
    };
    if (http_fetch(&call, &a, &err) != OK)
        fail_msg("%s", err.text);
    *status = a.status;
    snprintf(out, room, "%.*s", STR_ARG(buf_str(&a.body)));
    http_answer_clear(&a);
    mem_free(body);
}

static void test_bodies(void **state)
{
    unsigned status;
    char text[4096];
    (void)state;
    fetch("/echo", true, BODY_MAX, &status, text, sizeof text);
    assert_int_equal(status, 200);
    assert_non_null(strstr(text, "body=1000"));
    fetch("/echo", true, BODY_MAX + 1, &status, text, sizeof text);
    assert_int_equal(status, 413);
    assert_non_null(strstr(text, "1000 bytes"));
    fetch("/echo", true, 3000000, &status, text, sizeof text); /* read past, and answered */
    assert_int_equal(status, 413);
    fetch("/other", true, 5, &status, text, sizeof text);
    assert_int_equal(status, 413);
    assert_int_equal(last_status, 413);
}

static void test_long_address(void **state)
{
    unsigned status;
    char text[4096], path[9000];
    (void)state;
    memset(path, 'a', sizeof path);
    memcpy(path, "/echo?q=", 8);
    path[sizeof path - 1] = '\0';
    fetch(path, false, 0, &status, text, sizeof text);
    assert_int_equal(status, 414);
}

static void wait_text(int fd, char *all, size_t room, const char *want)
{
    size_t len = strlen(all);
    while (!strstr(all, want)) {
        ssize_t n = recv(fd, all + len, room - 1 - len, 0);
        if (n <= 0)
            fail_msg("the stream ended before '%s': %s", want, all);
        len += (size_t)n;
        all[len] = '\0';
    }
}

static void test_stream(void **state)
{
    char request[200], all[4096] = "";
    (void)state;
    int fd = dial();
    int len = snprintf(request, sizeof request, "GET /live HTTP/1.1\r\nHost: %s\r\n\r\n",
                       http_address(server));
    assert_int_equal(send(fd, request, (size_t)len, 0), len);
    wait_text(fd, all, sizeof all, "data: first");
    assert_non_null(strstr(all, "text/event-stream"));
    http_notify(server);
    wait_text(fd, all, sizeof all, "data: again");
    close(fd);
}

/* I5: stopping does not wait for the beat of an open stream. */
static void test_stop_with_stream(void **state)
{
    struct error err = {0};
    struct http_server *other, *kept = server;
    struct http_handler h = {NULL, head, echo, next, done};
    char request[200], all[4096] = "";
    (void)state;
    assert_int_equal(http_start(&other, STR("127.0.0.1:0"), STR(""), h, &err), OK);
    server = other;
    int fd = dial();
    int len = snprintf(request, sizeof request, "GET /live HTTP/1.1\r\nHost: %s\r\n\r\n",
                       http_address(other));
    assert_int_equal(send(fd, request, (size_t)len, 0), len);
    wait_text(fd, all, sizeof all, "data: first");
    time_t before = time(NULL);
    http_stop(other);
    assert_true(time(NULL) - before < 5);
    server = kept;
    close(fd);
}

static void test_listen(void **state)
{
    const struct {
        const char *listen;
        enum code code;
        bool loopback;
    } rows[] = {
        {"127.0.0.1:8080",  OK,      true },
        {"localhost:0",     OK,      true },
        {"[::1]:80",        OK,      true },
        {"127.9.9.9:1",     OK,      true },
        {"0.0.0.0:80",      OK,      false},
        {"[::]:80",         OK,      false},
        {"10.0.0.1:80",     OK,      false},
        {"8080",            E_INPUT, false},
        {"127.0.0.1",       E_INPUT, false},
        {":8080",           E_INPUT, false},
        {"a.example:1",     E_INPUT, false},
        {"127.0.0.1:x",     E_INPUT, false},
        {"127.0.0.1:70000", E_INPUT, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = {0};
        bool loopback = false;
        if (http_listen_check(str_z(rows[i].listen), &loopback, &err) != rows[i].code ||
            loopback != rows[i].loopback)
            fail_msg("%s: %s", rows[i].listen, err.text);
    }
}

static void test_parts(void **state)
{
    struct arena a;
    struct buf b;
    struct error err = {0};
    const struct http_part in[] = {
        {STR("甲 \"1\".csv"), STR("a,b\r\n1,2\r\n")},
        {STR("b.csv"),         STR("")              }
    };
    struct http_part out[2];
    size_t count;
    const struct str type = STR("multipart/form-data; boundary=xyz");
    (void)state;
    arena_init(&a, 0);
    buf_init(&b, 10000);
    http_parts_put(&b, in, 2, STR("xyz"));
    assert_int_equal(http_parts(&a, type, buf_str(&b), out, 2, &count, &err), OK);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(str_eq(in[i].file, out[i].file));
        assert_true(str_eq(in[i].bytes, out[i].bytes));
    }
    assert_int_equal(http_parts(&a, type, buf_str(&b), out, 1, &count, &err), E_LIMIT);
    for (size_t cut = 0; cut + 6 < b.len; cut++) { /* any body cut short is an error, not a crash */
        struct error e = {0};
        if (http_parts(&a, type, str_sub(buf_str(&b), 0, cut), out, 2, &count, &e) != E_INPUT)
            fail_msg("cut at %zu", cut);
    }
    buf_clear(&b);
    arena_clear(&a);
}

static void test_escape(void **state)
{
    struct arena a;
    struct buf b;
    struct str back;
    (void)state;
    arena_init(&a, 0);
    buf_init(&b, 1000);
    http_escape(&b, STR("洛 a%&~"));
    assert_true(str_is(buf_str(&b), "%E6%B4%9B%20a%25%26~"));
    http_unescape(&a, buf_str(&b), &back);
    assert_true(str_is(back, "洛 a%&~"));
    http_unescape(&a, STR("%"), &back);
    assert_true(str_is(back, "%"));
    http_unescape(&a, STR("%4"), &back);
    assert_true(str_is(back, "%4"));
    buf_clear(&b);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_long_address),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_stop_with_stream),
        cmocka_unit_test(test_listen),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_escape),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
