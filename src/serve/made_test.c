/* made_test.c - what is made from the table: OpenAPI, TypeScript client, manual, help. */
#include "base/test.h"
#include "serve/serve_int.h"
#include <json-c/json.h>

static struct buf text;

static void make(void (*fn)(struct buf *))
{
    buf_clear(&text);
    buf_init(&text, 16u << 20);
    fn(&text);
    assert_false(text.full);
}

static struct json_object *at(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;
    if (!json_object_object_get_ex(o, key, &v))
        fail_msg("no '%s' in %.200s", key, json_object_to_json_string(o));
    return v;
}

static void test_openapi_ops(void **state)
{
    struct json_object *o;
    struct error err = {0};
    (void)state;
    make(openapi_text);
    if (json_parse(buf_str(&text), &o, &err) != OK)
        fail_msg("%s", err.text);
    struct json_object *paths = at(o, "paths");
    struct map ids;
    size_t count = 0;
    map_init(&ids);
    for (size_t i = 0; i < op_count; i++) {
        if (!ops[i].path)
            continue;
        struct json_object *op = at(at(paths, ops[i].path), ops[i].post ? "post" : "get");
        struct str id = str_z(json_object_get_string(at(op, "operationId")));
        assert_false(map_get(&ids, id, &(uint64_t){0}));
        map_put(&ids, id, 1);
        count++;
    }
    assert_int_equal(json_object_object_length(paths), count);
    map_clear(&ids);
    json_put(o);
}

/* Every $ref leads somewhere. */
static void test_openapi_refs(void **state)
{
    struct json_object *o;
    struct error err = {0};
    (void)state;
    make(openapi_text);
    assert_int_equal(json_parse(buf_str(&text), &o, &err), OK);
    struct json_object *all = at(at(o, "components"), "schemas");
    struct str rest = buf_str(&text), mark = STR("#/components/schemas/");
    for (ptrdiff_t i; (i = str_find(rest, mark)) >= 0;) {
        char name[64];
        rest = str_sub(rest, (size_t)i + mark.len, rest.len);
        struct str after, word = str_cut(rest, '"', &after);
        snprintf(name, sizeof name, "%.*s", STR_ARG(word));
        at(all, name);
    }
    json_put(o);
}

static void test_schemas_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < schema_count; i++) {
        struct schema_field f;
        for (struct str rest = str_z(schemas[i].fields); schema_next(&rest, &f);) {
            bool plain = str_is(f.type, "int") || str_is(f.type, "str") || str_is(f.type, "bool");
            if (!plain && !f.words && !schema_find(f.type))
                fail_msg("%s.%.*s: %.*s", schemas[i].name, STR_ARG(f.name), STR_ARG(f.type));
        }
    }
    for (size_t i = 0; i < op_count; i++)
        assert_true(!ops[i].answer || schema_find(str_z(ops[i].answer)));
}

/* The committed client is what the program makes. */
static void test_client_ts(void **state)
{
    char path[500];
    static char want[200000];
    const char *root = getenv("LUOSHU_SOURCE");
    (void)state;
    snprintf(path, sizeof path, "%s/web/src/api/client.ts", root ? root : ".");
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot read %s", path);
    size_t len = fread(want, 1, sizeof want, f);
    fclose(f);
    make(client_ts_text);
    if (!str_eq(buf_str(&text), (struct str){want, len}))
        fail_msg("%s differs from 'luoshu client-ts'; make it again", path);
}

static void test_man(void **state)
{
    (void)state;
    make(man_text);
    for (size_t i = 0; i < op_count; i++) {
        char head[64] = ".SS luoshu ";
        for (const char *p = ops[i].words ? ops[i].words : ""; *p; p++)
            strcat(head, *p == '-' ? "\\-" : (char[]){*p, 0});
        if (ops[i].words && !str_has(buf_str(&text), str_z(head)))
            fail_msg("no '%s' in the manual", head);
    }
    buf_clear(&text);
}

static void test_usage(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 1000);
    help_usage(&b, op_by_words(STR("figure")));
    assert_true(str_is(buf_str(&b),
                       "figure DIR INDICATOR [--of ENTITY] [--by GROUPING] [--period P[..P]] "
                       "[--kind KIND] [--explain] [--as-of DAY] [--recorded-as-of DAY]"));
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openapi_ops),   cmocka_unit_test(test_openapi_refs),
        cmocka_unit_test(test_schemas_known), cmocka_unit_test(test_client_ts),
        cmocka_unit_test(test_man),           cmocka_unit_test(test_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
