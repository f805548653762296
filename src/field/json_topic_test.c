/* json_topic_test.c - mappings of JSON topics, and messages through them. */
#include "base/test.h"
#include "field/json_topic.h"

static const struct {
    const char *text;
    int64_t ms; /* -1: refused */
} times[] = {
    {"1970-01-01T08:00:00", 0},
    {"2026-11-22T08:00:00+08:00", 1795305600000},
    {"2026-11-22T00:00:00Z", 1795305600000},
    {"2026-11-22 08:00:00.25", 1795305600250},
    {"2026/11/22 08:00", 1795305600000},
    {"2026-11-21T19:00:00.123456-0500", 1795305600123},
    {"2026-02-29T00:00:00", -1},
    {"2026-11-22T24:00:00", -1},
    {"2026-11-22", -1},
    {"2026-11-22T08:00:00+8", -1},
    {"", -1},
};

static void test_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        int64_t ms;
        bool good = json_time_iso(str_z(times[i].text), &ms);
        check_row(good == (times[i].ms >= 0) && (!good || ms == times[i].ms), times[i].text);
    }
}

static const char mapping[] =
    "{\"topics\":["
    "{\"topic\":\"plant/{line}/{machine}/data\",\"series\":\"plant/{line}/{machine}\","
    " \"time\":{\"pointer\":\"/ts\",\"format\":\"ms\"},"
    " \"fields\":[{\"pointer\":\"/v/temp\",\"field\":\"temp\"},{\"pointer\":\"/list/"
    "1\",\"field\":\"{line}.second\"},"
    "             {\"pointer\":\"/a~1b\",\"field\":\"slash\"}]},"
    "{\"topic\":\"all/{id}\",\"series\":\"all/{id}\",\"time\":{\"pointer\":\"/"
    "t\",\"format\":\"iso8601\"}},"
    "{\"topic\":\"rows/+\",\"series\":\"rows\",\"each\":\"/rows\",\"time\":{\"pointer\":\"/"
    "s\",\"format\":\"s\"}},"
    "{\"topic\":\"m/{id}/{q}/#\",\"series\":\"m/{id}\",\"payload\":\"number\",\"field\":\"{q}\"}]}";

static const struct {
    const char *topic, *payload;
    const char
        *want; /* "series field time mantissa exp10 state;..." or the refusal's part after '!' */
} messages[] = {
    {"plant/L1/压机/data",
     "{\"ts\":1700000000123,\"v\":{\"temp\":12.50},\"list\":[1,2],\"a/b\":\"7.5\"}",
     "plant/L1/压机 temp 1700000000123 125 -1 0;plant/L1/压机 L1.second 1700000000123 2 0 0;"
     "plant/L1/压机 slash 1700000000123 75 -1 0;"},
    {"plant/L1/p/data", "{\"ts\":5,\"v\":{\"temp\":null}}", "plant/L1/p temp 5 0 0 1;"},
    {"plant/L1/p/data", "{\"ts\":\"x\",\"v\":{\"temp\":1}}", "!cannot be read"},
    {"plant/L1/p/data", "{\"v\":{\"temp\":1}}", "!cannot be read"},
    {"plant/L1/p/data", "[", "!"},
    {"all/7",
     "{\"t\":\"1970-01-01T00:00:01Z\",\"x\":1,\"o\":{\"y\":true,\"z\":\"text\"},\"l\":[3]}",
     "all/7 x 1000 1 0 0;all/7 o/y 1000 1 0 0;all/7 l/0 1000 3 0 0;"},
    {"rows/1", "{\"rows\":[{\"s\":1.5,\"k\":1},{\"s\":2,\"k\":-2e3}]}",
     "rows k 1500 1 0 0;rows k 2000 -2 3 0;"},
    {"rows/1", "{\"rows\":[{\"s\":1.5,\"k\":1},{\"k\":2}]}", "!cannot be read"},
    {"m/9/kwh", " 12.5\n", "m/9 kwh 99 125 -1 0;"},
    {"m/9/kwh/x", "on", "!not a number"},
    {"nowhere", "{}", "!no row"},
};

static void test_messages(void **state)
{
    (void)state;
    struct json_topics *t;
    struct error err = {0};
    if (json_topics_parse(&t, str_z(mapping), &err) != OK)
        fail_msg("%s", err.text);
    check_text(json_topics_filter(t, 0), STR("plant/+/+/data"), "filter");
    check_text(json_topics_filter(t, 3), STR("m/+/+/#"), "filter");
    for (size_t i = 0; i < COUNT(messages); i++) {
        struct arena a;
        sample_vec out = {0};
        struct json_topic_counts counts = {0};
        struct buf got;
        arena_init(&a, 0);
        buf_init(&got, 10000);
        err = (struct error){0};
        enum code code = json_topics_decode(t, str_z(messages[i].topic), str_z(messages[i].payload),
                                            99, &a, &out, &counts, &err);
        for (size_t k = 0; k < out.len; k++) {
            while (out.v[k].mantissa && out.v[k].mantissa % 10 == 0)
                out.v[k].mantissa /= 10, out.v[k].exp10++;
            buf_fmt(&got, "%.*s %.*s %lld %lld %d %d;", STR_ARG(out.v[k].series),
                    STR_ARG(out.v[k].field), (long long)out.v[k].time_ms,
                    (long long)out.v[k].mantissa, out.v[k].exp10, out.v[k].state);
        }
        if (messages[i].want[0] == '!')
            check_row(code != OK && !out.len &&
                          str_has(str_z(err.text), str_z(messages[i].want + 1)),
                      messages[i].payload);
        else
            check_text(buf_str(&got), str_z(messages[i].want), messages[i].payload);
        vec_clear(&out);
        buf_clear(&got);
        arena_clear(&a);
    }
    json_topics_free(t);
}

static const struct {
    const char *mapping, *why;
} bad[] = {
    {"{", "JSON"},
    {"{\"topics\":[]}", "at least one row"},
    {"{\"topics\":[1]}", "row 1"},
    {"{\"topics\":[{\"topic\":\"a\"}]}", "needs 'topic' and 'series'"},
    {"{\"topics\":[{\"topic\":\"a/#/b\",\"series\":\"s\"}]}", "not a topic filter"},
    {"{\"topics\":[{\"topic\":\"a/{x}\",\"series\":\"s/{y}\"}]}", "'{y}' is no level"},
    {"{\"topics\":[{\"topic\":\"a\",\"series\":\"s\",\"time\":{\"pointer\":\"/"
     "t\",\"format\":\"h\"}}]}",
     "s, ms, us"},
    {"{\"topics\":[{\"topic\":\"a\",\"series\":\"s\",\"time\":{\"pointer\":\"t\",\"format\":\"s\"}}"
     "]}",
     "begin with '/'"},
    {"{\"topics\":[{\"topic\":\"a\",\"series\":\"s\",\"payload\":\"number\"}]}",
     "needs one 'field'"},
    {"{\"topics\":[{\"topic\":\"a\",\"series\":\"s\",\"serie\":\"\"}]}", "unknown member 'serie'"},
};

static void test_bad_mappings(void **state)
{
    (void)state;
    for (size_t i = 1; i < COUNT(bad); i++) {
        struct json_topics *t;
        struct error err = {0};
        check_row(json_topics_parse(&t, str_z(bad[i].mapping), &err) != OK, bad[i].why);
        if (!str_has(str_z(err.text), str_z(bad[i].why)))
            fail_msg("%s: %s", bad[i].mapping, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_bad_mappings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
