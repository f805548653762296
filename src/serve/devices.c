/* devices.c - HJ 212 stations and Modbus devices beside the HTTP server. */
#include "serve/devices.h"
#include "serve/serve_int.h"

static const char *path_arg(struct cli *cli, const char *name)
{
    struct str s = args_str(&cli->args, name);
    return s.len ? arena_z(&cli->arena, s) : NULL;
}

static enum code hj212_open(struct devices *d, struct cli *cli, struct intake *intake,
                            struct error *err)
{
    struct str unknown = args_str(&cli->args, "hj212_unknown");
    struct hj212_options o = {.listen = args_str(&cli->args, "hj212"),
                              .stations = path_arg(cli, "hj212_stations"),
                              .limits = path_arg(cli, "hj212_limits"),
                              .strangers = str_is(unknown, "keep")};
    bool loopback;
    if (!o.listen.len)
        return o.stations || o.limits || unknown.len
                   ? error_set(err, E_INPUT, "--hj212-stations, -limits and -unknown need --hj212")
                   : OK;
    TRY(http_listen_check(o.listen, &loopback, err));
    if (!loopback && !args_flag(&cli->args, "public"))
        return error_set(err, E_INPUT,
                         "'%.*s' can be reached by other machines, and HJ 212 is plain text: give "
                         "--public if the network is trusted",
                         STR_ARG(o.listen));
    TRY(hj212_start(&d->hj212, intake, &o, err));
    fprintf(cli->out, "luoshu: HJ 212 on %s\n", hj212_address(d->hj212));
    return OK;
}

static enum code modbus_open(struct devices *d, struct cli *cli, struct intake *intake,
                             struct error *err)
{
    const char *path = path_arg(cli, "modbus");
    if (!path)
        return OK;
    TRY(modbus_poll_start(&d->modbus, intake, path, err));
    fprintf(cli->out, "luoshu: Modbus polls %zu points\n", modbus_poll_points(d->modbus));
    return OK;
}

enum code devices_start(struct devices *d, struct cli *cli, struct intake *intake,
                        struct error *err)
{
    *d = (struct devices){0};
    enum code code = hj212_open(d, cli, intake, err);
    if (code == OK)
        code = modbus_open(d, cli, intake, err);
    if (code != OK)
        devices_stop(d);
    return code;
}

void devices_stop(struct devices *d)
{
    modbus_poll_stop(d->modbus);
    hj212_stop(d->hj212);
    *d = (struct devices){0};
}

void devices_metrics(const struct devices *d, struct buf *out)
{
    if (d->hj212)
        hj212_metrics(d->hj212, out);
    if (d->modbus)
        modbus_poll_metrics(d->modbus, out);
}
