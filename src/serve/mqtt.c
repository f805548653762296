/* mqtt.c - `serve --mqtt`: options and files of the command line to a running feed. */
#include "field/field.h"
#include "field/mqtt_feed.h"
#include "serve/serve_int.h"
#include "store/registry.h"
#include <stdlib.h>

/* The same client identifier after every start, so that the broker finds the session again. */
static enum code client_id(struct registry *g, struct arena *a, struct str *out, struct error *err)
{
    char text[64];
    uint8_t hash[32];
    TRY(registry_get(g, "mqtt_client", a, out, err));
    if (out->len)
        return OK;
    token_make(text, hash);
    *out = arena_fmt(a, "luoshu-%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]);
    return registry_set(g, "mqtt_client", *out, err);
}

/* A password need not stand on the command line, where every user of the machine can read it. */
static struct str with_password(struct str url, struct arena *a)
{
    const char *password = getenv("LUOSHU_MQTT_PASSWORD");
    ptrdiff_t at = str_find(url, STR("@")), slashes = str_find(url, STR("://"));
    if (!password || at < 0 || slashes < 0)
        return url;
    struct str user = str_sub(url, (size_t)slashes + 3, (size_t)(at - slashes - 3));
    struct buf escaped;
    if (memchr(user.ptr, ':', user.len))
        return url;
    buf_init(&escaped, 1u << 16);
    http_escape(&escaped, str_z(password));
    struct str out =
        arena_fmt(a, "%.*s:%.*s%.*s", STR_ARG(str_sub(url, 0, (size_t)at)),
                  STR_ARG(buf_str(&escaped)), STR_ARG(str_sub(url, (size_t)at, url.len)));
    buf_clear(&escaped);
    return out;
}

static enum code mapping(const struct args *a, struct arena *arena, struct json_topics **out,
                         struct error *err)
{
    struct str file = args_str(a, "mqtt_topics"), text;
    if (!file.len)
        return OK;
    TRY(file_read(arena_z(arena, file), arena, &text, err));
    return json_topics_parse(out, text, err);
}

enum code server_mqtt_start(struct server *s, const struct args *args, struct error *err)
{
    static const char *const only[] = {"mqtt_topics", "mqtt_share", "mqtt_ca", "mqtt_client",
                                       "sparkplug_host"};
    struct mqtt_feed_options o = {.url = args_str(args, "mqtt"),
                                  .ca_file = args_str(args, "mqtt_ca"),
                                  .client = args_str(args, "mqtt_client"),
                                  .share = args_str(args, "mqtt_share"),
                                  .host = args_str(args, "sparkplug_host"),
                                  .legacy_state = args_flag(args, "sparkplug_legacy"),
                                  .no_sparkplug = args_flag(args, "no_sparkplug")};
    struct arena a;
    enum code code = OK;
    if (!o.url.len) {
        for (size_t i = 0; i < sizeof only / sizeof *only; i++)
            if (args_str(args, only[i]).len)
                return error_set(
                    err, E_INPUT,
                    "--mqtt-* and --sparkplug-* need --mqtt URL, the broker's address");
        return OK;
    }
    arena_init(&a, 0);
    if (!o.client.len)
        code = client_id(s->ws->field.registry, &a, &o.client, err);
    if (code == OK)
        code = mapping(args, &a, &o.topics, err);
    o.url = with_password(o.url, &a);
    if (code == OK)
        code = mqtt_feed_start(&s->mqtt, s->ws->field.intake, &o, err);
    arena_clear(&a);
    return code;
}
