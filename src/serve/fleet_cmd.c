/* fleet_cmd.c - the command `fleet`: simulated devices send to a running server, and tell what must
 * be found there. */
#include "field/fleet.h"
#include "serve/serve_int.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define TEXT_MAX ((size_t)4 << 30)
#define FROM_DEFAULT "2025-01-01"

static atomic_bool stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

static enum code options_of(const struct args *a, struct fleet_options *o, struct error *err)
{
    struct str from = args_str(a, "from");
    struct period p;
    int64_t readings = args_int(a, "readings", 0), seconds = args_int(a, "seconds", 0);
    TRY(period_parse(from.len ? from : STR(FROM_DEFAULT), &p, err));
    *o = (struct fleet_options){.seed = (uint64_t)args_int(a, "seed", 1),
                                .points = (uint32_t)args_int(a, "points", 1000),
                                .every_s = (uint32_t)args_int(a, "every", 60),
                                .from_ms = ((int64_t)p.first * 86400 - 8 * 3600) * 1000,
                                .readings = (uint64_t)readings,
                                .seconds = (uint64_t)seconds,
                                .rate = (uint64_t)args_int(a, "rate", 0),
                                .connections = (uint32_t)args_int(a, "connections", 2),
                                .batch = (uint32_t)args_int(a, "batch", 5000),
                                .give_up_s = (uint32_t)args_int(a, "give_up", 60),
                                .qos = (uint8_t)args_int(a, "qos", 0)};
    return OK;
}

static enum code write_file(struct arena *a, struct str dir, const char *name, struct str text,
                            struct error *err)
{
    const char *path = arena_z(a, arena_fmt(a, "%.*s/%s", STR_ARG(dir), name));
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(text.ptr, 1, text.len, f) == text.len;
    if (f)
        ok = fclose(f) == 0 && ok;
    return ok ? OK : error_set(err, E_IO, "cannot write '%s': %s", path, strerror(errno));
}

static enum code provision(struct cli *cli, const struct fleet *f,
                           const struct fleet_transport *how, struct str dir, struct error *err)
{
    enum code code = OK;
    if (mkdir(arena_z(&cli->arena, dir), 0777) != 0 && errno != EEXIST)
        return error_set(err, E_IO, "cannot make the folder '%.*s': %s", STR_ARG(dir),
                         strerror(errno));
    for (int i = 0; i < FLEET_FILES && code == OK; i++) {
        struct buf b;
        buf_init(&b, TEXT_MAX);
        const char *name = fleet_provision(f, how, i, &b);
        if (name)
            code = write_file(&cli->arena, dir, name, buf_str(&b), err);
        buf_clear(&b);
    }
    return code;
}

static void summary(struct cli *cli, const struct fleet_done *d)
{
    struct rusage r;
    double seconds = (double)d->nanoseconds / 1e9;
    getrusage(RUSAGE_SELF, &r);
    double cpu = (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
                 (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
    fprintf(cli->err,
            "luoshu: sent %llu readings in %llu batches, acknowledged %llu and %llu repeated; %llu "
            "came late; %llu times sent again; %.1f s, %.0f readings/s, %.2f s of CPU\n",
            (unsigned long long)d->sent, (unsigned long long)d->batches,
            (unsigned long long)d->acknowledged, (unsigned long long)d->twice,
            (unsigned long long)d->late, (unsigned long long)d->again, seconds,
            seconds > 0 ? (double)d->sent / seconds : 0, cpu);
}

static enum code run(struct cli *cli, struct fleet *f, const struct fleet_transport *how,
                     struct str url, struct error *err)
{
    struct fleet_done done;
    struct buf totals;
    const char *token = getenv("LUOSHU_TOKEN");
    struct fleet_target to = {.url = arena_z(&cli->arena, url), .token = token ? token : ""};
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    signal(SIGPIPE, SIG_IGN);
    enum code code = fleet_run(f, how, &to, &stop, &done, err);
    buf_init(&totals, TEXT_MAX);
    fleet_totals(f, args_flag(&cli->args, "enterprises"), &totals);
    cli_put(cli, buf_str(&totals));
    buf_clear(&totals);
    fflush(cli->out);
    summary(cli, &done);
    return code;
}

int fleet_local(struct cli *cli, struct error *err)
{
    struct fleet_options o;
    struct fleet *f = NULL;
    struct str url = args_str(&cli->args, "url"), dir = args_str(&cli->args, "provision");
    enum code code = options_of(&cli->args, &o, err);
    const struct fleet_transport *how =
        fleet_transport_of(url.len ? arena_z(&cli->arena, url) : "http://");
    if (code == OK && !url.len && !dir.len)
        code = error_set(err, E_INPUT,
                         "where to? Give the address of a server, such as http://127.0.0.1:8080, "
                         "or --provision DIR");
    if (code == OK && !how)
        code = error_set(err, E_INPUT,
                         "'%.*s' is no address the fleet can send to: http://, mqtt:// or hj212://",
                         STR_ARG(str_sub(url, 0, 80)));
    if (code == OK)
        code = fleet_new(&f, &o, err);
    if (code == OK && dir.len)
        code = provision(cli, f, how, dir, err);
    if (code == OK && url.len && !dir.len)
        code = run(cli, f, how, url, err);
    fleet_free(f);
    return code == OK ? 0 : code_info(code)->exit;
}
