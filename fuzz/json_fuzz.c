/* json_fuzz.c - any bytes: refused at a place, or a tree that survives writing and reading. */
#include "base/json.h"
#include "fuzz.h"
#include <json-c/json.h>

static void write_tree(struct json *j, struct json_object *o)
{
    switch (json_object_get_type(o)) {
    case json_type_null:
        json_null(j);
        return;
    case json_type_boolean:
        json_bool(j, json_object_get_boolean(o));
        return;
    case json_type_int:
        json_int(j, json_object_get_int64(o));
        return;
    case json_type_double: /* with the text it was read from */
        json_raw(j, str_z(json_object_get_string(o)));
        return;
    case json_type_string:
        json_str(j, (struct str){json_object_get_string(o), (size_t)json_object_get_string_len(o)});
        return;
    case json_type_array:
        json_array(j);
        for (size_t i = 0; i < json_object_array_length(o); i++)
            write_tree(j, json_object_array_get_idx(o, i));
        json_array_end(j);
        return;
    case json_type_object:
        json_object(j);
        json_object_object_foreach(o, key, value)
        {
            json_key(j, key);
            write_tree(j, value);
        }
        json_object_end(j);
    }
}

static void check_fields(struct json_object *o)
{
    if (!json_object_is_type(o, json_type_object))
        return;
    json_object_object_foreach(o, key, value)
    {
        struct str s;
        bool wanted = json_object_is_type(value, json_type_string) ||
                      json_object_is_type(value, json_type_int) ||
                      json_object_is_type(value, json_type_double);
        bool got = json_get_str(o, key, true, &s, NULL) == OK;
        MUST(got == wanted);
        MUST(!got || (s.ptr != NULL && utf8_valid(s)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_object *o = NULL, *again = NULL;
    struct error err = {0};
    if (json_parse((struct str){(const char *)data, size}, &o, &err) != OK) {
        MUST((err.code == E_INPUT || err.code == E_LIMIT) && err.line > 0 && err.column > 0);
        MUST(o == NULL && utf8_valid(str_z(err.text)));
        return 0;
    }
    struct buf one, two;
    struct json j;
    buf_init(&one, (size_t)64 << 20);
    buf_init(&two, (size_t)64 << 20);
    json_init(&j, &one);
    write_tree(&j, o);
    MUST(j.depth == 0 && utf8_valid(buf_str(&one)));
    MUST(json_parse(buf_str(&one), &again, NULL) == OK);
    json_init(&j, &two);
    write_tree(&j, again);
    MUST(str_eq(buf_str(&one), buf_str(&two)));
    check_fields(o);
    json_put(o);
    json_put(again);
    buf_clear(&one);
    buf_clear(&two);
    return 0;
}
