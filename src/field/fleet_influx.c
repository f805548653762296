/* fleet_influx.c - the fleet by InfluxDB line protocol over HTTP. */
#include "field/fleet.h"
#include "net/http.h"
#include <stdio.h>
#include <stdlib.h>

struct link {
    char *url;
    const char *token;
};

static enum code open_link(void **link, const struct fleet_target *t, struct error *err)
{
    size_t len = strlen(t->url);
    if (len == 0 || len > 400)
        return error_set(err, E_INPUT, "'%.60s' is not an address such as http://127.0.0.1:8080",
                         t->url);
    struct link *l = mem_zalloc(sizeof *l);
    l->url = mem_zalloc(len + 80);
    snprintf(l->url, len + 80, "%.*s/api/v2/write?org=fleet&bucket=fleet&precision=ms",
             (int)(t->url[len - 1] == '/' ? len - 1 : len), t->url);
    l->token = t->token;
    *link = l;
    return OK;
}

static void close_link(void *link)
{
    struct link *l = link;
    mem_free(l->url);
    mem_free(l);
}

/* ---- lines ---- */

static char *put_digits(char *p, uint64_t v)
{
    char text[20];
    int n = 0;
    do
        text[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n)
        *p++ = text[--n];
    return p;
}

char *fleet_put_decimal(char *p, int64_t v, unsigned decimals)
{
    static const uint64_t scale[] = {1, 10, 100};
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, rest = u % scale[decimals];
    if (v < 0)
        *p++ = '-';
    p = put_digits(p, u / scale[decimals]);
    if (decimals) {
        *p++ = '.';
        if (decimals == 2)
            *p++ = (char)('0' + rest / 10);
        *p++ = (char)('0' + rest % 10);
    }
    return p;
}

static void point(const struct fleet *f, uint32_t firm, uint32_t point, struct fleet_name *out)
{
    fleet_series(firm, point, out->series);
    snprintf(out->field, sizeof out->field, "%s", fleet_measures[f->kind[point]].field);
}

static void encode(const struct fleet *f, const struct fleet_reading *v, size_t n, struct buf *out)
{
    char line[160];
    for (size_t i = 0; i < n; i++) {
        const struct fleet_measure *m = &fleet_measures[f->kind[v[i].point]];
        char *p = line + fleet_series(v[i].firm, v[i].point, line);
        *p++ = ' ';
        for (const char *c = m->field; *c; c++)
            *p++ = *c;
        *p++ = '=';
        p = fleet_put_decimal(p, v[i].value, m->decimals);
        *p++ = ' ';
        p = put_digits(p, (uint64_t)v[i].time_ms);
        *p++ = '\n';
        buf_add(out, (struct str){line, (size_t)(p - line)});
    }
}

/* ---- one request ---- */

static enum code answer_code(const struct http_answer *a, struct error *err)
{
    struct str text = str_sub(buf_str(&a->body), 0, 300);
    if (a->status == 204)
        return OK;
    enum code code = a->status == 429                       ? E_BUSY
                     : a->status >= 500                     ? E_BACKEND
                     : a->status == 401 || a->status == 403 ? E_DENIED
                                                            : E_INPUT;
    return error_set(err, code, "the server answers %u: %.*s", a->status,
                     STR_ARG(str_sub(text, 0, utf8_bad(text))));
}

static enum code send_batch(void *link, struct str bytes, struct error *err)
{
    struct link *l = link;
    struct http_answer a = {0};
    struct http_call call = {.url = l->url,
                             .post = true,
                             .body = bytes,
                             .type = STR("text/plain; charset=utf-8"),
                             .token = str_z(l->token),
                             .answer_max = 1u << 20};
    enum code code = http_fetch(&call, &a, err);
    if (code == OK)
        code = answer_code(&a, err);
    http_answer_clear(&a);
    return code;
}

const struct fleet_transport fleet_influx = {.name = "influx",
                                             .scheme = "http",
                                             .point = point,
                                             .open = open_link,
                                             .encode = encode,
                                             .send = send_batch,
                                             .close = close_link};
