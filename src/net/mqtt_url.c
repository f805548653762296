/* mqtt_url.c - the address of a broker. */
#include "net/http.h"
#include "net/mqtt_client.h"

static enum code port_of(struct str text, uint16_t *out, struct error *err)
{
    uint32_t v = 0;
    for (size_t i = 0; i < text.len && v <= 65535; i++)
        v = text.ptr[i] >= '0' && text.ptr[i] <= '9' ? v * 10 + (uint32_t)(text.ptr[i] - '0')
                                                     : 65536;
    if (!text.len || !v || v > 65535)
        return error_set(err, E_INPUT, "'%.*s' is not a port (1 to 65535)", STR_ARG(text));
    *out = (uint16_t)v;
    return OK;
}

static struct str decoded(struct arena *a, struct str s)
{
    struct str out = STR_NULL;
    http_unescape(a, s, &out);
    return out.ptr ? out : STR("");
}

enum code mqtt_url_parse(struct str text, struct arena *a, struct mqtt_url *out, struct error *err)
{
    struct str rest = text, port = STR_NULL, after;
    *out = (struct mqtt_url){.tls = str_starts(text, STR("mqtts://"))};
    if (!out->tls && !str_starts(text, STR("mqtt://")))
        return error_set(err, E_INPUT,
                         "the broker's address must be mqtt://HOST[:PORT] or mqtts://HOST[:PORT]");
    rest = str_sub(text, out->tls ? 8 : 7, text.len);
    if (str_ends(rest, STR("/")))
        rest.len--;
    size_t at = rest.len;
    while (at > 0 && rest.ptr[at - 1] != '@')
        at--;
    if (at > 0) {
        struct str password, user = str_cut(str_sub(rest, 0, at - 1), ':', &password);
        out->user = decoded(a, user);
        out->password = password.ptr ? decoded(a, password) : STR_NULL;
        rest = str_sub(rest, at, rest.len);
    }
    if (str_starts(rest, STR("["))) {
        out->host = str_cut(str_sub(rest, 1, rest.len), ']', &after);
        if (!after.ptr || (after.len && after.ptr[0] != ':'))
            return error_set(err, E_INPUT, "the broker's IPv6 address has no closing bracket");
        port = after.len ? str_sub(after, 1, after.len) : STR_NULL;
    } else {
        out->host = str_cut(rest, ':', &port);
    }
    if (!out->host.len || memchr(out->host.ptr, '/', out->host.len))
        return error_set(err, E_INPUT, "the broker's address has no host, or a path behind it");
    out->port = out->tls ? 8883 : 1883;
    return port.ptr ? port_of(port, &out->port, err) : OK;
}

struct str mqtt_url_shown(const struct mqtt_url *url, struct arena *a)
{
    bool v6 = memchr(url->host.ptr, ':', url->host.len) != NULL;
    return arena_fmt(a, "%s://%s%.*s%s:%u", url->tls ? "mqtts" : "mqtt", v6 ? "[" : "",
                     STR_ARG(url->host), v6 ? "]" : "", url->port);
}
