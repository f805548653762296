/* spb_state.c - what a host says of itself and asks of nodes. */
#include "field/spb_host.h"
#include <stdio.h>
#include <stdlib.h>

void spb_rebirth_payload(struct buf *out, int64_t now_ms)
{
    struct spb_metric m = {.name = STR("Node Control/Rebirth"),
                           .has_time = true,
                           .time_ms = (uint64_t)now_ms,
                           .type = SPB_BOOLEAN,
                           .field = SPB_IN_BOOL,
                           .number = 1};
    struct spb_payload p = {.has_time = true, .time_ms = (uint64_t)now_ms};
    p.metrics.v = &m;
    p.metrics.len = 1;
    spb_encode(out, &p);
}

void spb_state_payload(struct buf *out, bool online, int64_t time_ms)
{
    buf_fmt(out, "{\"online\":%s,\"timestamp\":%lld}", online ? "true" : "false",
            (long long)time_ms);
}

bool spb_state_read(struct str payload, bool *online, int64_t *time_ms)
{
    struct json_object *o;
    struct error ignored = {0};
    struct str time = STR_NULL;
    *time_ms = 0;
    *online = str_is(payload, "ONLINE");
    if (*online || str_is(payload, "OFFLINE"))
        return true;
    if (payload.len > 1000 || json_parse(payload, &o, &ignored) != OK)
        return false;
    bool good = json_get_str(o, "timestamp", true, &time, &ignored) == OK;
    if (good) {
        char text[32];
        snprintf(text, sizeof text, "%.*s", STR_ARG(time));
        *time_ms = strtoll(text, NULL, 10);
    }
    json_put(o);
    /* json_get_str tells texts and numbers only; the one boolean is looked for in the text itself
     */
    *online = str_has(payload, STR("true"));
    return good && (*online || str_has(payload, STR("false")));
}
