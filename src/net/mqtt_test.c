/* mqtt_test.c - MQTT packets: bytes of the standards' examples and of other clients, and back. */
#include "base/test.h"
#include "net/mqtt.h"

static struct arena arena;

static struct str unhex(const char *hex)
{
    size_t n = strlen(hex) / 2;
    char *out = arena_alloc(&arena, n + 1);
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (char)byte;
    }
    return (struct str){out, n};
}

static const struct {
    const char *hex;
    enum mqtt_version version;
    enum code code;
    const char *why; /* a part of the refusal */
} rows[] = {
    {"300a0003612f6268656c6c6f", MQTT_311, OK, "PUBLISH QoS 0"},
    {"320c0003612f62000168656c6c6f", MQTT_311, OK, "PUBLISH QoS 1"},
    {"300b0003612f620068656c6c6f", MQTT_5, OK, "PUBLISH without properties"},
    {"30070001610301ff00", MQTT_5, E_INPUT, "neither 0 nor 1"},
    {"360c0003612f62000168656c6c6f", MQTT_311, E_INPUT, "QoS 3"},
    {"380a0003612f6268656c6c6f", MQTT_311, E_INPUT, "duplicate of QoS 0"},
    {"320c0003612f62000068656c6c6f", MQTT_311, E_INPUT, "identifier 0"},
    {"300a0003612b6268656c6c6f", MQTT_311, E_INPUT, "topic"},
    {"30050003fffefd", MQTT_311, E_INPUT, "UTF-8"},
    {"30050003610062", MQTT_311, E_INPUT, "UTF-8"},
    {"3005000461620000", MQTT_311, E_INPUT, "whole"},
    {"300400096162", MQTT_311, E_INPUT, "ends early"},
    {"20020000", MQTT_311, OK, "CONNACK"},
    {"20020103", MQTT_311, OK, "CONNACK refused"},
    {"2003000000", MQTT_5, OK, "CONNACK 5"},
    {"2006000003210014", MQTT_5, OK, "receive maximum 20"},
    {"2006000003210000", MQTT_5, E_INPUT, "is 0"},
    {"2009000006210014210014", MQTT_5, E_INPUT, "twice"},
    {"2006000003230001", MQTT_5, E_INPUT, "may not stand"},
    {"40020001", MQTT_5, OK, "PUBACK short"},
    {"4003000110", MQTT_5, OK, "PUBACK with reason"},
    {"400400018700", MQTT_5, OK, "PUBACK with properties"},
    {"41020001", MQTT_5, E_INPUT, "reserved flags"},
    {"62020001", MQTT_5, OK, "PUBREL"},
    {"60020001", MQTT_5, E_INPUT, "reserved flags"},
    {"8208000a0003612f2301", MQTT_311, OK, "SUBSCRIBE"},
    {"8208000a0003612f2303", MQTT_311, E_INPUT, "options"},
    {"8208000a000361232f01", MQTT_311, E_INPUT, "filter"},
    {"8202000a", MQTT_311, E_INPUT, "no topic filter"},
    {"9003000a01", MQTT_311, OK, "SUBACK"},
    {"9004000a0001", MQTT_5, OK, "SUBACK 5"},
    {"b002000a", MQTT_311, OK, "UNSUBACK"},
    {"d000", MQTT_5, OK, "PINGRESP"},
    {"d00100", MQTT_5, E_INPUT, "left over"},
    {"e000", MQTT_5, OK, "DISCONNECT"},
    {"e0018e", MQTT_5, OK, "DISCONNECT, taken over"},
    {"f00118", MQTT_5, OK, "AUTH"},
    {"f000", MQTT_311, E_INPUT, "AUTH"},
    {"0000", MQTT_5, E_INPUT, "reserved packet"},
    {"101000044d5154540502003c032100140000", MQTT_5, OK, "CONNECT 5"},
    {"100f00044d51545406020003032100140000", MQTT_5, E_INPUT, ""},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str bytes = unhex(rows[i].hex);
        static struct mqtt_packet p;
        struct error err = {0};
        enum code code = mqtt_decode(bytes, rows[i].version, &p, &err);
        if (code != rows[i].code)
            fail_msg("%s (%s): %d, %s", rows[i].hex, rows[i].why, (int)code, err.text);
        if (code != OK) {
            check_row(str_has(str_z(err.text), str_z(rows[i].why)), rows[i].why);
            continue;
        }
        struct buf out;
        buf_init(&out, 1u << 20);
        assert_int_equal(mqtt_encode(&out, &p, rows[i].version, &err), OK);
        if (!str_has(str_z(rows[i].why), STR("with properties"))) /* an empty list is left out */
            check_row(str_eq(buf_str(&out), bytes), rows[i].why);
        buf_clear(&out);
    }
}

static void test_connect(void **state)
{
    (void)state;
    static struct mqtt_packet p, q;
    struct error err = {0};
    struct buf out;
    buf_init(&out, 1u << 20);
    p = (struct mqtt_packet){.type = MQTT_CONNECT,
                             .clean_start = true,
                             .keep_alive = 30,
                             .client_id = STR("c"),
                             .user = STR("u"),
                             .password = STR(""),
                             .will_topic = STR("spBv1.0/STATE/h"),
                             .will_payload = STR("{}"),
                             .will_qos = 1,
                             .will_retain = true};
    mqtt_set_number(&p.props, MQTT_SESSION_EXPIRY, 86400);
    mqtt_set_number(&p.props, MQTT_RECEIVE_MAX, 1000);
    mqtt_set_number(&p.will_props, MQTT_WILL_DELAY, 5);
    assert_int_equal(mqtt_encode(&out, &p, MQTT_5, &err), OK);
    assert_int_equal(mqtt_decode(buf_str(&out), MQTT_5, &q, &err), OK);
    assert_true(q.version == 5 && q.clean_start && q.keep_alive == 30 && str_is(q.user, "u"));
    assert_true(q.password.ptr && !q.password.len && q.will_qos == 1 && q.will_retain);
    assert_int_equal(mqtt_number(&q.props, MQTT_SESSION_EXPIRY, 0), 86400);
    assert_int_equal(mqtt_number(&q.will_props, MQTT_WILL_DELAY, 0), 5);
    assert_int_equal(mqtt_number(&q.props, MQTT_PACKET_MAX, 99), 99);
    buf_reset(&out);
    assert_int_equal(mqtt_encode(&out, &p, MQTT_311, &err), OK);
    assert_int_equal(mqtt_decode(buf_str(&out), MQTT_5, &q, &err), OK); /* it tells its version */
    assert_true(q.version == 4 && !q.props.has && str_is(q.will_topic, "spBv1.0/STATE/h"));
    buf_clear(&out);
}

static void test_length(void **state)
{
    (void)state;
    struct error err = {0};
    size_t n;
    assert_int_equal(mqtt_length(STR("\x30"), 100, &n, &err), OK);
    assert_int_equal(n, 0);
    assert_int_equal(mqtt_length(STR("\x30\xff"), 100, &n, &err), OK);
    assert_int_equal(n, 0);
    assert_int_equal(mqtt_length(STR("\x30\x05"
                                     "ab"),
                                 100, &n, &err),
                     OK);
    assert_int_equal(n, 7);
    assert_int_equal(mqtt_length(STR("\x30\xff\x01"), 100, &n, &err), E_LIMIT);
    err = (struct error){0};
    assert_int_equal(mqtt_length(STR("\x30\xff\xff\xff\xff"), 100, &n, &err), E_INPUT);
}

static const struct {
    const char *filter, *topic;
    bool matches;
} matches[] = {
    {"a/b", "a/b", true},     {"a/+", "a/b", true},      {"a/+", "a", false},
    {"a/#", "a", true},       {"a/#", "a/b/c", true},    {"#", "a/b", true},
    {"#", "$SYS/x", false},   {"+/x", "$SYS/x", false},  {"$SYS/#", "$SYS/x", true},
    {"a/+/c", "a/b/c", true}, {"a/+/c", "a/b/d", false}, {"+", "/a", false},
    {"+/+", "/a", true},      {"/+", "/a", true},        {"a/b", "a/b/c", false},
    {"a/+", "a/", true},      {"a", "A", false},
};
static const struct {
    const char *filter;
    bool valid;
} filters[] = {
    {"#", true},          {"a/#", true},       {"a/#/b", false},     {"a#", false},
    {"a+/b", false},      {"+/a/+", true},     {"", false},          {"$share/g/a/#", true},
    {"$share//a", false}, {"$share/g", false}, {"$share/g/", false}, {"$share/g+/a", false},
};

static void test_filters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(matches); i++)
        check_row(mqtt_filter_matches(str_z(matches[i].filter), str_z(matches[i].topic)) ==
                      matches[i].matches,
                  matches[i].topic);
    for (size_t i = 0; i < COUNT(filters); i++)
        check_row(mqtt_filter_valid(str_z(filters[i].filter)) == filters[i].valid,
                  filters[i].filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_filters),
    };
    arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}
