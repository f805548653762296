/* mqtt_fuzz.c - any bytes as MQTT packets of both versions: refused with a reason, or a packet that
 * survives writing and reading. The first byte tells the version. */
#include "fuzz.h"
#include "net/mqtt.h"

static bool same_props(const struct mqtt_properties *a, const struct mqtt_properties *b)
{
    if (a->has != b->has)
        return false;
    for (unsigned id = 0; id < MQTT_PROPERTIES; id++)
        if ((a->has >> id & 1) &&
            (a->number[id] != b->number[id] || !str_eq(a->text[id], b->text[id])))
            return false;
    return true;
}

static bool same(const struct mqtt_packet *a, const struct mqtt_packet *b)
{
    bool filters = a->filters == b->filters;
    for (size_t i = 0; filters && i < a->filters; i++)
        filters = str_eq(a->filter[i].filter, b->filter[i].filter) &&
                  a->filter[i].options == b->filter[i].options;
    return filters && a->type == b->type && a->id == b->id && a->reason == b->reason &&
           a->dup == b->dup && a->retain == b->retain && a->qos == b->qos &&
           str_eq(a->topic, b->topic) && str_eq(a->payload, b->payload) &&
           a->clean_start == b->clean_start && a->will_qos == b->will_qos &&
           a->will_retain == b->will_retain && a->keep_alive == b->keep_alive &&
           str_eq(a->client_id, b->client_id) && str_eq(a->user, b->user) &&
           (a->user.ptr == NULL) == (b->user.ptr == NULL) && str_eq(a->password, b->password) &&
           (a->will_topic.ptr == NULL) == (b->will_topic.ptr == NULL) &&
           str_eq(a->will_topic, b->will_topic) && str_eq(a->will_payload, b->will_payload) &&
           a->session_present == b->session_present && str_eq(a->reasons, b->reasons) &&
           same_props(&a->props, &b->props) && same_props(&a->will_props, &b->will_props);
}

static struct mqtt_packet one, two;

static void packet(struct str bytes, enum mqtt_version v)
{
    struct error err = {0};
    if (mqtt_decode(bytes, v, &one, &err) != OK) {
        MUST((err.code == E_INPUT || err.code == E_LIMIT) && err.text[0]);
        return;
    }
    if (one.type == MQTT_CONNECT)
        v = (enum mqtt_version)one.version;
    MUST(one.type != MQTT_PUBLISH || one.topic.len == 0 ||
         mqtt_filter_matches(one.topic, one.topic));
    for (size_t i = 0; i < one.filters; i++)
        mqtt_filter_matches(one.filter[i].filter, STR("a/b/c"));
    struct buf out;
    buf_init(&out, (size_t)1 << 24);
    MUST(mqtt_encode(&out, &one, v, &err) == OK);
    MUST(mqtt_decode(buf_str(&out), v, &two, &err) == OK);
    MUST(same(&one, &two));
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    if (!size)
        return 0;
    enum mqtt_version v = data[0] & 1 ? MQTT_5 : MQTT_311;
    struct str rest = {(const char *)data + 1, size - 1};
    for (;;) {
        size_t length;
        if (mqtt_length(rest, 1u << 20, &length, &err) != OK || !length || length > rest.len)
            break;
        packet(str_sub(rest, 0, length), v);
        rest = str_sub(rest, length, rest.len);
    }
    return 0;
}
