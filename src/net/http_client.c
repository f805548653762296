/* http_client.c - one request to a server on this machine, over libcurl. */
#include "net/http.h"
#include <ctype.h>
#include <curl/curl.h>

#define ANSWER_MAX_DEFAULT (1ull << 30)
#define CONNECT_SECONDS 5L

static size_t on_body(char *ptr, size_t size, size_t count, void *ctx)
{
    struct http_answer *a = ctx;
    buf_add(&a->body, (struct str){ptr, size * count});
    return a->body.full ? 0 : size * count;
}

static size_t on_header(char *ptr, size_t size, size_t count, void *ctx)
{
    struct http_answer *a = ctx;
    struct str value, name = str_cut((struct str){ptr, size * count}, ':', &value);
    if (value.ptr && a->headers.len < 64) {
        char *low = arena_z(&a->arena, str_trim(name));
        for (char *c = low; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        vec_push(&a->headers,
                 (struct http_pair){str_z(low), arena_dup(&a->arena, str_trim(value))});
    }
    return size * count;
}

static struct curl_slist *add_header(struct curl_slist *list, struct arena *a, const char *name,
                                     struct str value)
{
    if (value.len == 0)
        return list;
    struct str line = arena_fmt(a, "%s: %.*s", name, STR_ARG(value));
    return curl_slist_append(list, arena_z(a, line));
}

static void set_options(CURL *c, const struct http_call *call, struct http_answer *out,
                        struct curl_slist *headers, char *why)
{
    curl_easy_setopt(c, CURLOPT_URL, call->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, out);
    if (call->post) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body.ptr ? call->body.ptr : "");
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    }
}

static enum code run(CURL *c, const struct http_call *call, struct http_answer *out,
                     struct error *err)
{
    char why[CURL_ERROR_SIZE] = "";
    long status = 0;
    struct curl_slist *headers = NULL;
    if (call->token.len)
        headers = add_header(headers, &out->arena, "Authorization",
                             arena_fmt(&out->arena, "Bearer %.*s", STR_ARG(call->token)));
    headers = add_header(headers, &out->arena, "Accept", call->accept);
    if (call->post)
        headers = add_header(headers, &out->arena, "Content-Type", call->type);
    set_options(c, call, out, headers, why);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    out->status = (unsigned)status;
    if (out->body.full)
        return error_set(err, E_LIMIT, "the answer of '%s' is larger than %zu bytes", call->url,
                         out->body.max);
    if (code != CURLE_OK)
        return error_set(err, E_IO, "no answer from '%s': %s", call->url,
                         why[0] ? why : curl_easy_strerror(code));
    return OK;
}

enum code http_fetch(const struct http_call *call, struct http_answer *out, struct error *err)
{
    *out = (struct http_answer){0};
    arena_init(&out->arena, 1u << 20);
    buf_init(&out->body, call->answer_max ? call->answer_max : ANSWER_MAX_DEFAULT);
    CURL *c = curl_easy_init();
    if (!c)
        return error_set(err, E_BACKEND, "libcurl cannot be started");
    enum code code = run(c, call, out, err);
    curl_easy_cleanup(c);
    return code;
}

void http_answer_clear(struct http_answer *a)
{
    arena_clear(&a->arena);
    buf_clear(&a->body);
    vec_clear(&a->headers);
}
