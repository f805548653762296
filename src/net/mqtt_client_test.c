/* mqtt_client_test.c - the client against a broker played by the test: what is acknowledged, when,
 * in which order, and what happens when the broker goes away. */
#include "base/test.h"
#include "net/mqtt_client.h"
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the application: acknowledges only when told to ---- */

static atomic_bool release; /* what has come may be acknowledged */
static atomic_int came, lost, connected, publish_wanted;
static uint64_t tokens[64];
static size_t token_count;
static char seen[64][32];

static void on_will(void *ctx, struct mqtt_will *out)
{
    (void)ctx;
    *out = (struct mqtt_will){.topic = STR("w"), .payload = STR("gone"), .qos = 1, .retain = true};
}

static void on_connected(void *ctx, struct mqtt_client *c, bool present)
{
    struct mqtt_filter f[] = {{STR("a/#"), 1}, {STR("$share/g/b/+"), 2}};
    struct error err = {0};
    (void)ctx;
    (void)present;
    token_count = 0;
    assert_int_equal(mqtt_subscribe(c, f, 2, &err), OK);
    connected++;
}

static void on_message(void *ctx, struct mqtt_client *c, const struct mqtt_message *m)
{
    (void)ctx;
    (void)c;
    assert_true(token_count < 64);
    snprintf(seen[came % 64], sizeof seen[0], "%.*s", STR_ARG(m->payload));
    tokens[token_count++] = m->token;
    came++;
}

static void on_turn(void *ctx, struct mqtt_client *c)
{
    struct error err = {0};
    (void)ctx;
    if (publish_wanted > 0) {
        publish_wanted--;
        assert_int_equal(mqtt_publish(c, STR("out"), STR("x"), 1, false, &err), OK);
    }
    if (!release)
        return;
    for (size_t i = 0; i < token_count; i++)
        mqtt_ack(c, tokens[i]);
    token_count = 0;
}

static void on_lost(void *ctx, struct mqtt_client *c, const struct error *why)
{
    (void)ctx;
    (void)c;
    (void)why;
    lost++;
}

static const struct mqtt_handler handler = {NULL,    on_will, on_connected, on_message,
                                            on_turn, on_lost, NULL};

/* ---- the broker ---- */

static int listener, peer = -1;
static char in[65536];
static size_t in_len, in_used; /* the packet told last is in[0..in_used) */
static struct mqtt_packet p;

static uint16_t listen_here(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(listener, 5), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &len), 0);
    return ntohs(a.sin_port);
}

/* The next packet of the client within ms; false: none came, or it left. */
static bool next_packet(int ms, enum mqtt_version v)
{
    struct error err = {0};
    memmove(in, in + in_used, in_len - in_used);
    in_len -= in_used;
    in_used = 0;
    for (;;) {
        size_t length = 0;
        assert_int_equal(mqtt_length((struct str){in, in_len}, sizeof in, &length, &err), OK);
        if (length && length <= in_len) {
            if (mqtt_decode((struct str){in, length}, v, &p, &err) != OK)
                fail_msg("%s", err.text);
            in_used = length;
            return true;
        }
        struct pollfd f = {peer, POLLIN, 0};
        if (poll(&f, 1, ms) != 1)
            return false;
        ssize_t n = recv(peer, in + in_len, sizeof in - in_len, 0);
        if (n <= 0)
            return false;
        in_len += (size_t)n;
    }
}

static void reply(const struct mqtt_packet *q, enum mqtt_version v)
{
    struct buf out;
    struct error err = {0};
    buf_init(&out, 1u << 20);
    assert_int_equal(mqtt_encode(&out, q, v, &err), OK);
    assert_int_equal(send(peer, out.ptr, out.len, MSG_NOSIGNAL), out.len);
    buf_clear(&out);
}

static void accept_client(void)
{
    struct pollfd f = {listener, POLLIN, 0};
    if (peer >= 0)
        close(peer);
    in_len = in_used = 0;
    assert_int_equal(poll(&f, 1, 10000), 1);
    peer = accept(listener, NULL, NULL);
    assert_true(peer >= 0);
}

static void welcome(enum mqtt_version v, bool present)
{
    struct mqtt_packet ack = {.type = MQTT_CONNACK, .session_present = present};
    accept_client();
    assert_true(next_packet(5000, v));
    assert_int_equal(p.type, MQTT_CONNECT);
    assert_int_equal(p.version, v);
    reply(&ack, v);
}

static void take_subscribe(enum mqtt_version v)
{
    assert_true(next_packet(5000, v));
    assert_int_equal(p.type, MQTT_SUBSCRIBE);
    assert_int_equal(p.filters, 2);
    struct mqtt_packet ack = {.type = MQTT_SUBACK, .id = p.id, .reasons = STR("\x01\x02")};
    reply(&ack, v);
}

static void give(uint16_t id, uint8_t qos, const char *payload, bool dup)
{
    struct mqtt_packet q = {.type = MQTT_PUBLISH,
                            .topic = STR("a/b"),
                            .payload = str_z(payload),
                            .qos = qos,
                            .id = id,
                            .dup = dup};
    reply(&q, MQTT_5);
}

static void wait_came(int n)
{
    for (int i = 0; i < 500 && came < n; i++)
        usleep(10000);
    assert_int_equal(came, n);
}

static void expect(enum mqtt_type type, uint16_t id)
{
    if (!next_packet(5000, MQTT_5))
        fail_msg("no %s", mqtt_type_name(type));
    if (p.type != type || p.id != id)
        fail_msg("%s %u instead of %s %u", mqtt_type_name(p.type), p.id, mqtt_type_name(type), id);
}

static struct mqtt_client *start(uint16_t port)
{
    struct mqtt_client *c;
    struct error err = {0};
    struct mqtt_options o = {.url = {.host = STR("127.0.0.1"), .port = port},
                             .client_id = STR("t"),
                             .session_expiry_s = 100,
                             .receive_max = 10,
                             .wait_min_ms = 20,
                             .turn_ms = 20,
                             .keep_alive_s = 60};
    release = false;
    came = lost = connected = publish_wanted = 0;
    if (mqtt_start(&c, &o, &handler, &err) != OK)
        fail_msg("%s", err.text);
    return c;
}

static void finish(struct mqtt_client *c)
{
    mqtt_stop(c);
    close(peer);
    close(listener);
    peer = -1;
}

/* Nothing is acknowledged before the application says so; then all, in order; QoS 2 in two steps.
 */
static void test_acknowledges_when_told(void **state)
{
    (void)state;
    struct mqtt_client *c = start(listen_here());
    welcome(MQTT_5, false);
    assert_true(!p.clean_start && p.will_topic.ptr && p.will_qos == 1 && p.will_retain);
    assert_int_equal(mqtt_number(&p.props, MQTT_RECEIVE_MAX, 0), 10);
    assert_int_equal(mqtt_number(&p.props, MQTT_SESSION_EXPIRY, 0), 100);
    take_subscribe(MQTT_5);
    give(0, 0, "zero", false);
    give(7, 1, "one", false);
    give(9, 2, "two", false);
    give(8, 1, "three", false);
    wait_came(4);
    assert_false(next_packet(300, MQTT_5)); /* not yet */
    release = true;
    expect(MQTT_PUBACK, 7);
    expect(MQTT_PUBREC, 9);
    expect(MQTT_PUBACK, 8);
    give(9, 2, "two", true); /* PUBREC was lost: the same again is not given to the application */
    expect(MQTT_PUBREC, 9);
    struct mqtt_packet rel = {.type = MQTT_PUBREL, .id = 9};
    reply(&rel, MQTT_5);
    expect(MQTT_PUBCOMP, 9);
    assert_int_equal(p.reason, 0);
    reply(&rel, MQTT_5);
    expect(MQTT_PUBCOMP, 9);
    assert_int_equal(p.reason, 0x92);
    assert_int_equal(came, 4);
    struct mqtt_stats stats;
    mqtt_stats(c, &stats);
    assert_true(stats.connected && stats.version == 5 && stats.received == 4);
    finish(c);
}

/* A connection that breaks: what was not acknowledged comes again and is acknowledged once, and old
 * tokens are worth nothing; what it publishes with QoS 1 is sent again. */
static void test_broker_goes_away(void **state)
{
    (void)state;
    struct mqtt_client *c = start(listen_here());
    welcome(MQTT_5, false);
    take_subscribe(MQTT_5);
    give(1, 1, "one", false);
    wait_came(1);
    publish_wanted = 1;
    if (!next_packet(5000, MQTT_5))
        fail_msg("no PUBLISH");
    assert_true(p.type == MQTT_PUBLISH && p.qos == 1 && !p.dup);
    uint16_t id = p.id;
    welcome(MQTT_5, true);
    assert_int_equal(lost, 1);
    assert_true(next_packet(5000, MQTT_5));
    assert_true(p.type == MQTT_PUBLISH && p.dup && p.id == id);
    struct mqtt_packet ack = {.type = MQTT_PUBACK, .id = id};
    reply(&ack, MQTT_5);
    take_subscribe(MQTT_5);
    give(1, 1, "one", true);
    give(2, 1, "two", false);
    wait_came(3);
    release = true;
    expect(MQTT_PUBACK, 1);
    expect(MQTT_PUBACK, 2);
    assert_false(next_packet(200, MQTT_5));
    finish(c);
}

/* A broker of 3.1.1 refuses 5.0; the next attempt speaks 3.1.1. */
static void test_falls_back(void **state)
{
    (void)state;
    struct mqtt_client *c = start(listen_here());
    accept_client();
    assert_true(next_packet(5000, MQTT_5));
    assert_int_equal(send(peer, "\x20\x02\x00\x01", 4, 0), 4);
    welcome(MQTT_311, false);
    take_subscribe(MQTT_311);
    finish(c);
}

static void test_says_goodbye(void **state)
{
    (void)state;
    struct mqtt_client *c = start(listen_here());
    welcome(MQTT_5, false);
    take_subscribe(MQTT_5);
    mqtt_stop(c);
    assert_true(next_packet(1000, MQTT_5));
    assert_int_equal(p.type, MQTT_DISCONNECT);
    close(peer);
    close(listener);
    peer = -1;
    /* and one that never connects ends as well */
    c = start(1);
    usleep(100000);
    mqtt_stop(c);
    assert_int_equal(connected, 0);
}

static void test_nonsense_ends_the_connection(void **state)
{
    (void)state;
    struct mqtt_client *c = start(listen_here());
    welcome(MQTT_5, false);
    take_subscribe(MQTT_5);
    assert_int_equal(send(peer, "\x00\x00", 2, 0), 2);
    welcome(MQTT_5, false);
    assert_int_equal(lost, 1);
    assert_int_equal(send(peer, "\x30\xff\xff\xff\x7f", 5, 0), 5); /* 256 MiB */
    welcome(MQTT_5, false);
    finish(c);
}

static const struct {
    const char *text;
    bool good, tls;
    const char *host, *user, *password;
    int port;
} urls[] = {
    {"mqtt://h", true, false, "h", "", "", 1883},
    {"mqtts://h/", true, true, "h", "", "", 8883},
    {"mqtt://u:p%40%3A@h:1", true, false, "h", "u", "p@:", 1},
    {"mqtt://u@[::1]:99", true, false, "::1", "u", "", 99},
    {"tcp://h", false, false, "", "", "", 0},
    {"mqtt://", false, false, "", "", "", 0},
    {"mqtt://h:0", false, false, "", "", "", 0},
    {"mqtt://h:65536", false, false, "", "", "", 0},
    {"mqtt://h:x", false, false, "", "", "", 0},
    {"mqtt://h/topic", false, false, "", "", "", 0},
    {"mqtt://[::1", false, false, "", "", "", 0},
};

static void test_urls(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct mqtt_url u;
        struct error err = {0};
        enum code code = mqtt_url_parse(str_z(urls[i].text), &a, &u, &err);
        check_row((code == OK) == urls[i].good, urls[i].text);
        if (code != OK)
            continue;
        check_row(u.tls == urls[i].tls && str_is(u.host, urls[i].host) && u.port == urls[i].port,
                  urls[i].text);
        check_row(str_is(u.user, urls[i].user) && str_is(u.password, urls[i].password),
                  urls[i].text);
        check_row(!str_has(mqtt_url_shown(&u, &a), STR("p@")), urls[i].text);
    }
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acknowledges_when_told),
        cmocka_unit_test(test_broker_goes_away),
        cmocka_unit_test(test_falls_back),
        cmocka_unit_test(test_says_goodbye),
        cmocka_unit_test(test_nonsense_ends_the_connection),
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
