/* remote.c - a command answered by the server that holds the workspace: the same row of the table,
 * the same bytes on the terminal (I3). */
#include "serve/serve_int.h"
#include <json-c/json.h>
#include <stdlib.h>

/* 0.0.0.0 and [::] are places to listen at, not to call. */
static struct str callable(struct str address, struct arena *a)
{
    if (str_starts(address, STR("0.0.0.0:")))
        return arena_fmt(a, "127.0.0.1%.*s", STR_ARG(str_sub(address, 7, address.len)));
    if (str_starts(address, STR("[::]:")))
        return arena_fmt(a, "[::1]%.*s", STR_ARG(str_sub(address, 4, address.len)));
    return address;
}

static void add_param(struct buf *url, const char *name, struct str value)
{
    buf_fmt(url, "%s=", name);
    http_escape(url, value);
    buf_byte(url, '&');
}

static void url_put(struct cli *cli, struct str address, struct buf *url)
{
    buf_fmt(url, "http://%.*s%s%s?", STR_ARG(callable(address, &cli->arena)), API_BASE,
            cli->op->path);
    for (size_t i = 0; i < cli->args.count; i++) {
        const struct arg *a = cli->args.v[i].arg;
        if (!(a->flags & ARG_CLI) && a != &global_args[0] && a != &global_args[1])
            add_param(url, a->name, cli->args.v[i].text);
    }
    add_param(url, "lang", cli->zh ? STR("zh") : STR("en"));
    add_param(url, "format",
              cli->format == FORMAT_JSON || cli->op->print ? STR("json") : STR("csv"));
}

/* Files as one body, so that they are stored together or not at all. */
static enum code body_put(struct cli *cli, struct buf *url, struct buf *body,
                          struct http_call *call, struct error *err)
{
    static const struct str boundary = STR("luoshu-7d1f0b5c4e2a-files");
    struct import_file *files;
    struct http_part *parts;
    size_t count;
    TRY(cli_import_files(cli, &files, &count, err));
    parts = arena_alloc(&cli->arena, count * sizeof *parts);
    for (size_t i = 0; i < count; i++)
        parts[i] = (struct http_part){files[i].name, files[i].bytes};
    http_parts_put(body, parts, count, boundary);
    if (!args_str(&cli->args, "name").ptr)
        add_param(url, "name", files[0].name);
    if (strcmp(cli->op->name, "import.post") == 0)
        add_param(url, "mode", str_z(import_mode_word(&cli->args)));
    call->body = buf_str(body);
    call->type = arena_fmt(&cli->arena, "multipart/form-data; boundary=%.*s", STR_ARG(boundary));
    return body->full
               ? error_set(err, E_LIMIT, "the files are larger than %zu bytes together", body->max)
               : OK;
}

static enum code code_from(const char *name)
{
    for (int i = 1; i < CODE_COUNT; i++)
        if (strcmp(code_info((enum code)i)->name, name) == 0)
            return (enum code)i;
    return E_BACKEND;
}

static enum code server_error(const struct http_answer *a, struct error *err)
{
    struct error ignored = {0};
    struct json_object *o = NULL, *e = NULL;
    enum code code = E_BACKEND;
    if (json_parse(buf_str(&a->body), &o, &ignored) == OK &&
        json_object_object_get_ex(o, "error", &e) && json_object_is_type(e, json_type_object)) {
        const char *name = json_object_get_string(json_object_object_get(e, "code"));
        const char *text = json_object_get_string(json_object_object_get(e, "text"));
        uint32_t line = (uint32_t)json_object_get_int(json_object_object_get(e, "line"));
        uint32_t column = (uint32_t)json_object_get_int(json_object_object_get(e, "column"));
        code = code_from(name ? name : "");
        (void)error_at(err, code, line, column, "%s%s", text ? text : "",
                       a->status == 401 ? "; put it in LUOSHU_TOKEN" : "");
    } else {
        (void)error_set(err, code, "the server answered with status %u", a->status);
    }
    json_put(o);
    return code;
}

static bool has_report(const struct cli *cli, const struct http_answer *a)
{
    return a->status == 200 ||
           (cli->op->print && a->status == 400 && http_answer_header(a, "x-luoshu-exit").len);
}

static int show(struct cli *cli, const struct http_answer *a, struct error *err)
{
    struct str text, note = http_answer_header(a, "x-luoshu-note");
    int printed = 0;
    if (!has_report(cli, a))
        return code_info(server_error(a, err))->exit;
    if (cli->op->print)
        printed = cli->op->print(cli, buf_str(&a->body), err);
    else
        cli_put(cli, buf_str(&a->body));
    http_unescape(&cli->arena, note, &text);
    while (text.len) {
        struct str line = str_cut(text, '\n', &text);
        fprintf(cli->err, "luoshu: %.*s\n", STR_ARG(line));
    }
    struct str status = http_answer_header(a, "x-luoshu-exit");
    return printed ? printed : status.len == 1 ? status.ptr[0] - '0' : 0;
}

int remote_run(struct cli *cli, struct str address, struct error *err)
{
    struct buf url, body;
    struct http_answer answer = {0};
    const char *token = getenv("LUOSHU_TOKEN");
    struct http_call call = {.token = str_z(token), .accept = STR("application/json, text/csv"),
                             .type = STR("application/octet-stream")};
    buf_init(&url, 2 * HTTP_ADDRESS_MAX);
    buf_init(&body, IMPORT_FILE_MAX + (1u << 20));
    url_put(cli, address, &url);
    call.post = cli->op->post;
    enum code code = cli->op->flags & OP_BODY ? body_put(cli, &url, &body, &call, err) : OK;
    if (code == OK) {
        call.url = arena_z(&cli->arena, str_sub(buf_str(&url), 0, url.len - 1));
        code = http_fetch(&call, &answer, err);
    }
    int status = code == OK ? show(cli, &answer, err) : code_info(code)->exit;
    if (call.url)
        http_answer_clear(&answer);
    buf_clear(&url);
    buf_clear(&body);
    return status;
}
