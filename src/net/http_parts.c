/* http_parts.c - multipart/form-data, as far as files need it (RFC 7578, RFC 2046 section 5.1). */
#include "net/http.h"
#include <strings.h>

#define BOUNDARY_MAX 70

static enum code boundary_of(struct str type, struct str *out, struct error *err)
{
    ptrdiff_t at = str_find(type, STR("boundary="));
    struct str b = at < 0 ? STR_NULL : str_trim(str_sub(type, (size_t)at + 9, type.len));
    b = str_cut(b, ';', &(struct str){0});
    if (b.len >= 2 && b.ptr[0] == '"' && b.ptr[b.len - 1] == '"')
        b = str_sub(b, 1, b.len - 2);
    if (b.len == 0 || b.len > BOUNDARY_MAX)
        return error_set(err, E_INPUT, "the content type '%.*s' names no boundary", STR_ARG(type));
    *out = b;
    return OK;
}

/* filename="…" of the part's Content-Disposition; ptr NULL when it is no file. Browsers write a
 * quote in a name as %22. */
static struct str file_name(struct arena *a, struct str head)
{
    struct str name;
    ptrdiff_t at = str_find(head, STR("filename=\""));
    if (at < 0)
        return STR_NULL;
    name = str_sub(head, (size_t)at + 10, head.len);
    ptrdiff_t end = str_find(name, STR("\""));
    if (end < 0)
        return STR_NULL;
    http_unescape(a, str_sub(name, 0, (size_t)end), &name);
    return name;
}

static enum code broken(struct error *err)
{
    return error_set(err, E_INPUT, "the multipart body is cut short or has no such boundary");
}

enum code http_parts(struct arena *a, struct str type, struct str body, struct http_part *out,
                     size_t max, size_t *count, struct error *err)
{
    struct str boundary = STR_NULL;
    TRY(boundary_of(type, &boundary, err));
    struct str mark = arena_fmt(a, "\r\n--%.*s", STR_ARG(boundary));
    struct str open = str_sub(mark, 2, mark.len);
    if (!str_starts(body, open))
        return broken(err);
    body = str_sub(body, open.len, body.len);
    *count = 0;
    while (!str_starts(body, STR("--"))) {
        ptrdiff_t head = str_find(body, STR("\r\n\r\n")), end = str_find(body, mark);
        if (head < 0 || end < 0 || end < head)
            return broken(err);
        struct str name = file_name(a, str_sub(body, 0, (size_t)head));
        if (name.ptr && *count == max)
            return error_set(err, E_LIMIT, "more than %zu files in one body", max);
        size_t from = (size_t)head + 4;
        if (name.ptr)
            out[(*count)++] = (struct http_part){
                name, (size_t)end > from ? str_sub(body, from, (size_t)end - from) : STR("")};
        body = str_sub(body, (size_t)end + mark.len, body.len);
    }
    return OK;
}

void http_parts_put(struct buf *out, const struct http_part *parts, size_t count,
                    struct str boundary)
{
    for (size_t i = 0; i < count; i++) {
        buf_fmt(out, "--%.*s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"",
                STR_ARG(boundary));
        http_escape(out, parts[i].file);
        buf_z(out, "\"\r\nContent-Type: text/csv\r\n\r\n");
        buf_add(out, parts[i].bytes);
        buf_z(out, "\r\n");
    }
    buf_fmt(out, "--%.*s--\r\n", STR_ARG(boundary));
}
