/* http.c - the parts of requests and replies that need no socket. */
#include "net/http.h"
#include <strings.h>

static struct str pair_find(const struct http_pair *pairs, size_t count, const char *name,
                            bool fold)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < count; i++) {
        struct str n = pairs[i].name;
        if (n.len == len && (fold ? strncasecmp(n.ptr, name, len) : memcmp(n.ptr, name, len)) == 0)
            return pairs[i].value;
    }
    return STR_NULL;
}

struct str http_param(const struct http_request *rq, const char *name)
{
    return pair_find(rq->query.v, rq->query.len, name, false);
}

struct str http_header(const struct http_request *rq, const char *name)
{
    return pair_find(rq->headers.v, rq->headers.len, name, true);
}

struct str http_answer_header(const struct http_answer *a, const char *name)
{
    return pair_find(a->headers.v, a->headers.len, name, true);
}

void http_reply_header(struct http_reply *r, struct str name, struct str value)
{
    if (r->headers < HTTP_REPLY_HEADERS)
        r->header[r->headers++] = (struct http_pair){name, value};
}

void http_reply_error(struct http_reply *r, unsigned status, const struct error *err)
{
    struct json j;
    buf_clear(&r->body);
    buf_init(&r->body, 64u << 10);
    json_init(&j, &r->body);
    json_object(&j);
    json_key(&j, "error");
    json_object(&j);
    json_kz(&j, "code", code_info(err->code)->name);
    json_kz(&j, "text", err->text);
    if (err->line)
        json_kint(&j, "line", err->line);
    if (err->column)
        json_kint(&j, "column", err->column);
    json_object_end(&j);
    json_object_end(&j);
    buf_byte(&r->body, '\n');
    r->status = status;
    r->type = "application/json; charset=utf-8";
    r->fixed = STR_NULL;
}

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void http_escape(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_plain(c))
            buf_byte(out, (char)c);
        else
            buf_fmt(out, "%%%02X", c);
    }
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void http_unescape(struct arena *a, struct str s, struct str *out)
{
    char *to = arena_alloc(a, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '%' && i + 2 < s.len && hex(s.ptr[i + 1]) >= 0 && hex(s.ptr[i + 2]) >= 0) {
            to[len++] = (char)(hex(s.ptr[i + 1]) * 16 + hex(s.ptr[i + 2]));
            i += 2;
        } else {
            to[len++] = s.ptr[i];
        }
    }
    *out = (struct str){to, len};
}
