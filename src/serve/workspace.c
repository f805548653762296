/* workspace.c - a workspace opened with its settings, and the note a running server leaves there.
 */
#include "base/json.h"
#include "serve/serve_int.h"
#include "store/registry.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER_FILE "server.json"
#define SERVER_FILE_MAX 4096

static enum code settings_load(struct workspace *ws, struct error *err)
{
    struct registry *g = ledger_registry(ws->ledger);
    TRY(registry_get(g, "region", &ws->arena, &ws->region, err));
    TRY(registry_get(g, "open_reads", &ws->arena, &ws->open_reads, err));
    TRY(registry_get(g, "buckets", &ws->arena, &ws->buckets, err));
    return registry_get(g, "hosts", &ws->arena, &ws->hosts, err);
}

enum code workspace_open(struct workspace *ws, struct str dir, struct error *err)
{
    *ws = (struct workspace){0};
    arena_init(&ws->arena, 0);
    ws->dir = arena_dup(&ws->arena, dir);
    enum code code = ledger_open(&ws->ledger, arena_z(&ws->arena, dir), false, STR(""), err);
    if (code == OK)
        code = settings_load(ws, err);
    if (code == OK)
        code = field_open(&ws->field, ledger_registry(ws->ledger), arena_z(&ws->arena, dir), NULL, err);
    if (code != OK)
        workspace_close(ws);
    return code;
}

void workspace_close(struct workspace *ws)
{
    field_close(&ws->field);
    if (ws->ledger)
        ledger_close(ws->ledger);
    arena_clear(&ws->arena);
    ws->ledger = NULL;
}

void call_init(struct call *c, const struct workspace *ws, const struct op *op,
               const struct args *args, struct arena *a, struct buf *out)
{
    *c = (struct call){.op = op, .args = args, .arena = a, .out = out, .status = 200};
    if (ws) {
        c->query = (struct query){.ledger = ws->ledger,
                                  .right = RIGHT_ADMIN,
                                  .as_of = AS_OF_NOW,
                                  .points = ws->field.points,
                                  .readings = ws->field.readings};
        c->model = ledger_model(ws->ledger);
        c->field = &ws->field;
        c->region = ws->region;
        c->open_reads = ws->open_reads;
        c->dir = ws->dir;
    }
    c->now_us = clock_us();
    c->actor = STR("cli");
    buf_init(&c->note, 1u << 20);
    json_init(&c->json, out);
}

void call_clear(struct call *c)
{
    buf_clear(&c->note);
}

/* ---- server.json ---- */

static const char *file_in(struct arena *a, struct str dir, const char *name)
{
    return arena_z(a, arena_fmt(a, "%.*s/%s", STR_ARG(dir), name));
}

static enum code write_file(const char *path, struct str text, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok ? OK : error_set(err, E_IO, "cannot write '%s': %s", path, strerror(errno));
}

enum code server_file_put(struct str dir, const char *address, struct error *err)
{
    struct arena a;
    arena_init(&a, 0);
    const char *path = file_in(&a, dir, SERVER_FILE), *part = file_in(&a, dir, SERVER_FILE ".part");
    enum code code = write_file(
        part, arena_fmt(&a, "{\"address\":\"%s\",\"pid\":%ld}\n", address, (long)getpid()), err);
    if (code == OK && rename(part, path) != 0)
        code = error_set(err, E_IO, "cannot write '%s': %s", path, strerror(errno));
    arena_clear(&a);
    return code;
}

void server_file_remove(struct str dir)
{
    struct arena a;
    arena_init(&a, 0);
    unlink(file_in(&a, dir, SERVER_FILE));
    arena_clear(&a);
}

static struct str read_small(const char *path, struct arena *a)
{
    char *text = arena_alloc(a, SERVER_FILE_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, text, SERVER_FILE_MAX);
    if (fd >= 0)
        close(fd);
    return len > 0 ? (struct str){text, (size_t)len} : STR_NULL;
}

/* A server killed without a chance to clean up leaves its note behind; its pid is then gone. */
static bool alive(struct str pid, struct arena *a)
{
    long n = strtol(arena_z(a, pid), NULL, 10);
    return n > 0 && (kill((pid_t)n, 0) == 0 || errno == EPERM);
}

struct str server_file_address(struct str dir, struct arena *a)
{
    struct error ignored = {0};
    struct json_object *o;
    struct str address = STR_NULL, pid = STR_NULL,
               text = read_small(file_in(a, dir, SERVER_FILE), a);
    if (!text.len || json_parse(text, &o, &ignored) != OK)
        return STR_NULL;
    if (json_get_str(o, "address", true, &address, &ignored) == OK &&
        json_get_str(o, "pid", true, &pid, &ignored) == OK && alive(pid, a))
        address = arena_dup(a, address);
    else
        address = STR_NULL;
    json_put(o);
    return address;
}
