/* serve_cmd.c - the command `serve`: from an open workspace to a listening server and back. */
#include "field/mqtt_feed.h"
#include "serve/serve_int.h"
#include "serve/write.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define LISTEN_DEFAULT "127.0.0.1:8080"
#define BODY_LIMIT_MAX 256 /* MiB, as IMPORT_FILE_MAX */

static enum code options_check(const struct args *a, struct str *listen, size_t *body_limit,
                               struct error *err)
{
    bool loopback;
    int64_t mib = args_int(a, "body_limit", HTTP_BODY_DEFAULT >> 20);
    *listen = args_str(a, "listen");
    if (!listen->len)
        *listen = STR(LISTEN_DEFAULT);
    if (mib < 1 || mib > BODY_LIMIT_MAX)
        return error_set(err, E_INPUT, "--body-limit %lld is not within 1 and %d", (long long)mib,
                         BODY_LIMIT_MAX);
    *body_limit = (size_t)mib << 20;
    TRY(http_listen_check(*listen, &loopback, err));
    if (!loopback && !args_flag(a, "public"))
        return error_set(
            err, E_INPUT,
            "'%.*s' can be reached by other machines, and this server speaks plain HTTP: "
            "tokens would travel unprotected. Put a TLS proxy before 127.0.0.1, or give "
            "--public if the network is trusted",
            STR_ARG(*listen));
    return OK;
}

static void locks_init(struct server *s)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    /* a stream of readers must not keep an import waiting for ever */
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&s->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    pthread_mutex_init(&s->stores, NULL);
}

static void server_clear(struct server *s)
{
    mqtt_feed_stop(s->mqtt);
    influx_free(s->influx);
    web_close(&s->web);
    metrics_clear(&s->metrics);
    pthread_mutex_destroy(&s->stores);
    pthread_rwlock_destroy(&s->lock);
}

static void wait_for_end(const sigset_t *ends)
{
    int signal_number;
    while (sigwait(ends, &signal_number) != 0)
        ;
    log_event(LOG_INFO, "serve.stop", "signal=%d", signal_number);
}

/* Streams are woken when readings came, five times a second at most. */
static void *tick(void *arg)
{
    struct server *s = arg;
    uint64_t told = 0;
    while (!atomic_load(&s->stopping)) {
        usleep(200000);
        uint64_t now = readings_sequence(s->ws->field.readings);
        if (now != told)
            http_notify(s->http);
        told = now;
    }
    return NULL;
}

static enum code serve(struct server *s, struct cli *cli, struct str listen, const sigset_t *ends,
                       struct error *err)
{
    TRY(http_start(&s->http, listen, s->ws->hosts, server_handler(s), err));
    pthread_t ticker;
    if (pthread_create(&ticker, NULL, tick, s) != 0)
        return error_set(err, E_IO, "no thread can be started");
    enum code code = server_file_put(cli->args.dir, http_address(s->http), err);
    if (code == OK) {
        fprintf(cli->out, "luoshu: listening on http://%s/\n", http_address(s->http));
        fflush(cli->out);
        wait_for_end(ends);
        server_file_remove(cli->args.dir);
    }
    atomic_store(&s->stopping, true);
    pthread_join(ticker, NULL);
    http_stop(s->http);
    return code;
}

int serve_local(struct cli *cli, struct error *err)
{
    struct workspace ws;
    struct server s = {.ws = &ws, .started_us = clock_us()};
    struct str listen;
    sigset_t ends;
    enum code code = options_check(&cli->args, &listen, &s.body_limit, err);
    if (code == OK)
        code = workspace_open(&ws, cli->args.dir, err);
    if (code != OK)
        return code_info(code)->exit;
    /* before any thread starts, so that all inherit it and the signals reach sigwait only */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is told like a full disk */
    locks_init(&s);
    metrics_init(&s.metrics);
    web_open(&s.web);
    s.influx = influx_new(ws.field.intake, ws.buckets);
    code = server_mqtt_start(&s, &cli->args, err);
    if (code == OK)
        code = devices_start(&s.devices, cli, ws.field.intake, err);
    if (code == OK)
        code = serve(&s, cli, listen, &ends, err);
    devices_stop(&s.devices);
    server_clear(&s);
    workspace_close(&ws);
    return code == OK ? 0 : code_info(code)->exit;
}
