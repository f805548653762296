/* web.c - the web cockpit out of the pack embedded in the program. */
#include "serve/serve_int.h"
#include "serve/web_pack.h"
#include <stdlib.h>

struct web_file {
    struct str path, bytes, gzip;
    const char *type;
    char etag[28], etag_gzip[28];
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html",        "text/html; charset=utf-8"       },
    {".js",          "text/javascript; charset=utf-8" },
    {".mjs",         "text/javascript; charset=utf-8" },
    {".css",         "text/css; charset=utf-8"        },
    {".json",        "application/json; charset=utf-8"},
    {".geojson",     "application/geo+json"           },
    {".svg",         "image/svg+xml"                  },
    {".png",         "image/png"                      },
    {".jpg",         "image/jpeg"                     },
    {".ico",         "image/x-icon"                   },
    {".woff2",       "font/woff2"                     },
    {".woff",        "font/woff"                      },
    {".txt",         "text/plain; charset=utf-8"      },
    {".webmanifest", "application/manifest+json"      },
};

static const char *type_of(struct str path)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_ends(path, str_z(types[i].ending)))
            return types[i].type;
    return "application/octet-stream";
}

static void etag_put(struct web_file *f)
{
    uint8_t hash[32];
    char hex[17];
    token_hash(f->bytes, hash);
    for (size_t i = 0; i < 8; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    snprintf(f->etag, sizeof f->etag, "\"%s\"", hex);
    snprintf(f->etag_gzip, sizeof f->etag_gzip, "\"%s-gz\"", hex);
}

static size_t number(struct str s)
{
    size_t v = 0;
    for (size_t i = 0; i < s.len; i++)
        v = v * 10 + (size_t)(s.ptr[i] - '0');
    return v;
}

/* The pack is ours, made by the build: it is not checked. */
void web_open(struct web *w)
{
    struct str rest = {(const char *)web_pack, (size_t)(web_pack_end - web_pack)}, line, sizes,
               gzip;
    VEC(struct web_file) files = {0};
    *w = (struct web){0};
    (void)str_cut(rest, '\n', &rest);
    while (rest.ptr && (line = str_cut(rest, '\n', &rest)).len) {
        struct web_file f = {.path = str_cut(line, '\t', &sizes)};
        f.bytes.len = number(str_cut(sizes, '\t', &gzip));
        f.gzip.len = number(gzip);
        vec_push(&files, f);
    }
    for (size_t i = 0; i < files.len; i++) {
        struct web_file *f = &files.v[i];
        f->bytes = str_sub(rest, 0, f->bytes.len);
        f->gzip = str_sub(rest, f->bytes.len, f->gzip.len);
        rest = str_sub(rest, f->bytes.len + f->gzip.len, rest.len);
        f->type = type_of(f->path);
        etag_put(f);
    }
    w->files = files.v;
    w->count = files.len;
}

void web_close(struct web *w)
{
    mem_free(w->files);
    *w = (struct web){0};
}

struct str web_path(const struct web *w, size_t i)
{
    return w->files[i].path;
}

static const struct web_file *find(const struct web *w, struct str path)
{
    for (size_t i = 0; i < w->count; i++)
        if (str_eq(w->files[i].path, path))
            return &w->files[i];
    return NULL;
}

static const char no_web[] =
    "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>Luoshu 洛书</title>\n"
    "<h1>Luoshu 洛书</h1>\n<p>The server runs; the web cockpit is not in this build. Build it and "
    "the "
    "program again:</p>\n<pre>cd web &amp;&amp; npm ci --ignore-scripts &amp;&amp; npm run "
    "build\nmeson "
    "compile -C build</pre>\n<p>服务已运行,但本程序未包含网页驾驶舱;请按上面的命令构建。</p>\n"
    "<p><a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a></p>\n</html>\n";

static void reply_plain(struct http_reply *reply, unsigned status, struct str text,
                        const char *type)
{
    reply->status = status;
    reply->type = type;
    reply->fixed = text;
    http_reply_header(reply, STR("Cache-Control"), STR("no-store"));
}

static bool accepts_gzip(const struct http_request *rq)
{
    struct str rest = http_header(rq, "Accept-Encoding");
    while (rest.len) {
        struct str q, one = str_trim(str_cut(str_cut(rest, ',', &rest), ';', &q));
        if (str_is(one, "gzip"))
            return !str_is(str_trim(q), "q=0");
    }
    return false;
}

/* Names under assets/ carry a hash of their content, so they never change. */
static bool is_immutable(const struct web_file *f)
{
    return str_starts(f->path, STR("/assets/"));
}

static void reply_file(const struct http_request *rq, const struct web_file *f,
                       struct http_reply *reply)
{
    bool gzip = f->gzip.len && accepts_gzip(rq);
    struct str etag = str_z(gzip ? f->etag_gzip : f->etag);
    http_reply_header(reply, STR("ETag"), etag);
    http_reply_header(reply, STR("Vary"), STR("Accept-Encoding"));
    http_reply_header(reply, STR("Cache-Control"),
                      is_immutable(f) ? STR("public, max-age=31536000, immutable")
                                      : STR("no-cache"));
    reply->status = str_has(http_header(rq, "If-None-Match"), etag) ? 304 : 200;
    reply->type = f->type;
    reply->fixed = reply->status == 304 ? STR("") : gzip ? f->gzip : f->bytes;
    if (gzip)
        http_reply_header(reply, STR("Content-Encoding"), STR("gzip"));
}

/* Paths without a dot are places in the cockpit, which finds its way from index.html. */
void web_reply(const struct web *w, const struct http_request *rq, struct http_reply *reply)
{
    struct str path = rq->path;
    const struct web_file *f = str_is(path, "/") ? NULL : find(w, path);
    if (!f && !str_has(path, STR(".")))
        f = find(w, STR("/index.html"));
    if (f)
        reply_file(rq, f, reply);
    else if (w->count == 0 && !str_has(path, STR(".")))
        reply_plain(reply, 200, (struct str){no_web, sizeof no_web - 1},
                    "text/html; charset=utf-8");
    else
        reply_plain(reply, 404, STR("404 not found\n"), "text/plain; charset=utf-8");
}
