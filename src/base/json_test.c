/* json_test.c - the writer, what the reader takes and refuses, and both together. */
#include "json.h"
#include "test.h"
#include <json-c/json.h>

static void writer(void **state)
{
    (void)state;
    struct buf b;
    struct json j;
    buf_init(&b, 10000);
    json_init(&j, &b);
    json_object(&j);
    json_kstr(&j, "name", STR("标杆\"\\/\b\f\n\r\t\x01\x1F\x7F"));
    json_kz(&j, "none", NULL);
    json_kint(&j, "least", INT64_MIN);
    json_kbool(&j, "yes", true);
    json_key(&j, "list");
    json_array(&j);
    json_int(&j, 1);
    json_bool(&j, false);
    json_null(&j);
    json_dec(&j, -1250, 2);
    json_raw(&j, STR("{\"x\":[]}"));
    json_array(&j);
    json_array_end(&j);
    json_object(&j);
    json_object_end(&j);
    json_array_end(&j);
    json_key_str(&j, STR("bad\xFF\xE6\xA0key"));
    json_z(&j, "");
    json_object_end(&j);
    check_text(buf_str(&b),
               STR("{\"name\":\"标杆\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\",\"none\":null,"
                   "\"least\":-9223372036854775808,\"yes\":true,\"list\":[1,false,null,\"-12.50\","
                   "{\"x\":[]},[],{}],\"bad\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDkey\":\"\"}"),
               "all of the writer");
    buf_clear(&b);
}

static void accepted(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        const char *want, *why; /* want: as json-c writes it */
    } rows[] = {
        {STR("null"),                                                              "null",                 "null alone"                          },
        {STR(" \t\r\n 1 \n"),                                                      "1",                    "blanks around"                       },
        {STR("-0"),                                                                "0",                    "minus zero"                          },
        {STR("12345678901"),                                                       "12345678901",          "an integer"                          },
        {STR("9223372036854775807"),                                               "9223372036854775807",  "largest"                             },
        {STR("-9223372036854775808"),                                              "-9223372036854775808", "smallest"                            },
        {STR("1.50"),                                                              "1.50",                 "a double keeps its text"             },
        {STR("1E+2"),                                                              "1E+2",                 "also with an exponent"               },
        {STR("\"a\\u00e9\\ud840\\udc00\\/\""),                                     "\"aé𠀀\\/\"",       "escapes"                             },
        {STR("[]"),                                                                "[]",                   "empty array"                         },
        {STR("{}"),                                                                "{}",                   "empty object"                        },
        {STR("{\"\":1}"),                                                          "{\"\":1}",             "empty key"                           },
        {STR("{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}"),
         "{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}",                                                  "the same key in other objects"       },
        {STR("[1e-400]"),                                                          "[1e-400]",             "too small for a double, kept as text"},
        {STR("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",                              "32 deep"                             },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_object *o = NULL;
        struct error err = {0};
        if (json_parse(rows[i].in, &o, &err) != OK)
            fail_msg("%s: %s", rows[i].why, err.text);
        check_text(str_z(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN)),
                   str_z(rows[i].want), rows[i].why);
        json_put(o);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        enum code code;
        uint32_t line, column;
        const char *why;
    } rows[] = {
        {STR(""),                                                                    E_INPUT, 1, 1,  "empty"                           },
        {STR("  \n "),                                                               E_INPUT, 2, 2,  "blanks only"                     },
        {STR("nul"),                                                                 E_INPUT, 1, 1,  "half a literal"                  },
        {STR("NaN"),                                                                 E_INPUT, 1, 1,  "NaN"                             },
        {STR("[Infinity]"),                                                          E_INPUT, 1, 2,  "Infinity"                        },
        {STR("[-Infinity]"),                                                         E_INPUT, 1, 3,  "minus Infinity"                  },
        {STR("True"),                                                                E_INPUT, 1, 1,  "capitals"                        },
        {STR("1 2"),                                                                 E_INPUT, 1, 3,  "two values"                      },
        {STR("{} x"),                                                                E_INPUT, 1, 4,  "trailing text"                   },
        {STR("1\0"),                                                                 E_INPUT, 1, 2,  "trailing NUL"                    },
        {STR("// a\n1"),                                                             E_INPUT, 1, 1,  "line comment"                    },
        {STR("[1,/* a */2]"),                                                        E_INPUT, 1, 4,  "block comment"                   },
        {STR("[1,]"),                                                                E_INPUT, 1, 4,  "trailing comma in an array"      },
        {STR("{\"a\":1,}"),                                                          E_INPUT, 1, 8,  "trailing comma in an object"     },
        {STR("[1 2]"),                                                               E_INPUT, 1, 4,  "no comma"                        },
        {STR("[1"),                                                                  E_INPUT, 1, 3,  "open array"                      },
        {STR("{\"a\""),                                                              E_INPUT, 1, 5,  "open object"                     },
        {STR("{\"a\" 1}"),                                                           E_INPUT, 1, 6,  "no colon"                        },
        {STR("{a:1}"),                                                               E_INPUT, 1, 2,  "bare key"                        },
        {STR("{'a':1}"),                                                             E_INPUT, 1, 2,  "single quotes"                   },
        {STR("['a']"),                                                               E_INPUT, 1, 2,  "single quotes of a string"       },
        {STR("[1}"),                                                                 E_INPUT, 1, 3,  "crossed brackets"                },
        {STR("{\"a\":1,\n \"b\":2,\n  \"a\":3}"),                                    E_INPUT, 3, 3,  "a key twice"                     },
        {STR("{\"a\":1,\"\\u0061\":2}"),                                             E_INPUT, 1, 8,  "twice, once written as an escape"},
        {STR("[{\"k\":{\"x\":1},\"k\":2}]"),                                         E_INPUT, 1, 15, "twice around another object"     },
        {STR("9223372036854775808"),                                                 E_INPUT, 1, 1,  "more than 64 bits"               },
        {STR("[-9223372036854775809]"),                                              E_INPUT, 1, 2,  "less than 64 bits"               },
        {STR("1e999"),                                                               E_INPUT, 1, 1,  "infinite all the same"           },
        {STR("01"),                                                                  E_INPUT, 1, 2,  "leading zero"                    },
        {STR("+1"),                                                                  E_INPUT, 1, 1,  "plus"                            },
        {STR(".5"),                                                                  E_INPUT, 1, 1,  "no digit before the point"       },
        {STR("1."),                                                                  E_INPUT, 1, 3,  "no digit after it"               },
        {STR("1e"),                                                                  E_INPUT, 1, 3,  "no exponent"                     },
        {STR("-"),                                                                   E_INPUT, 1, 2,  "a sign alone"                    },
        {STR("0x10"),                                                                E_INPUT, 1, 2,  "hexadecimal"                     },
        {STR("[\n\"标\tb\"]"),                                                      E_INPUT, 2, 3,  "a control character"             },
        {STR("\"a\nb\""),                                                            E_INPUT, 1, 3,  "a line end in a string"          },
        {STR("[\"a"),                                                                E_INPUT, 1, 2,  "open string"                     },
        {STR("\"a\\"),                                                               E_INPUT, 1, 3,  "open escape"                     },
        {STR("\"\\x41\""),                                                           E_INPUT, 1, 2,  "an escape of C"                  },
        {STR("\"\\u12G4\""),                                                         E_INPUT, 1, 2,  "not hex"                         },
        {STR("\"\\ud800\""),                                                         E_INPUT, 1, 2,  "high surrogate alone"            },
        {STR("\"\\udc00\""),                                                         E_INPUT, 1, 2,  "low surrogate alone"             },
        {STR("\"\\ud800\\u0041\""),                                                  E_INPUT, 1, 2,  "high surrogate and a letter"     },
        {STR("\"\\u0000\""),                                                         E_INPUT, 1, 2,  "NUL by escape"                   },
        {STR("{\"a\\u0000b\":1}"),                                                   E_INPUT, 1, 4,  "NUL in a key"                    },
        {STR("\"标\xFF\""),                                                         E_INPUT, 1, 3,  "malformed UTF-8"                 },
        {STR("\xEF\xBB\xBF{}"),                                                      E_INPUT, 1, 1,  "byte order mark"                 },
        {STR("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), E_LIMIT, 1, 33,
         "33 deep"                                                                                                                     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_object *o = NULL;
        struct error err = {0};
        enum code code = json_parse(rows[i].in, &o, &err);
        check_row(code == rows[i].code && err.code == code && o == NULL, rows[i].why);
        if (err.line != rows[i].line || err.column != rows[i].column)
            fail_msg("%s: line %u, column %u: %s", rows[i].why, err.line, err.column, err.text);
    }
}

static void sizes(void **state)
{
    (void)state;
    struct buf b;
    struct error err = {0};
    struct json_object *o;
    size_t large = ((size_t)64 << 20) + 1;
    buf_init(&b, large);
    for (size_t i = 0; i < 401; i++)
        buf_byte(&b, '1');
    assert_int_equal(json_parse(buf_str(&b), &o, &err), E_LIMIT);
    while (b.len < large)
        buf_z(&b, " ");
    error_clear(&err);
    assert_int_equal(json_parse(buf_str(&b), &o, &err), E_LIMIT);
    assert_string_equal(err.text, "JSON of more than 64 MiB");
    buf_reset(&b);
    for (int i = 0; i < 100000; i++) /* many brackets must not take the stack */
        buf_byte(&b, '[');
    error_clear(&err);
    assert_int_equal(json_parse(buf_str(&b), &o, &err), E_LIMIT);
    buf_clear(&b);
}

static void fields(void **state)
{
    (void)state;
    struct json_object *o;
    struct str s;
    struct error err = {0};
    assert_int_equal(json_parse(STR("{\"s\":\"文\",\"e\":\"\",\"i\":-7,\"d\":1.50,\"n\":null,"
                                    "\"b\":true,\"a\":[]}"),
                                &o, &err),
                     OK);
    assert_int_equal(json_get_str(o, "s", true, &s, &err), OK);
    check_text(s, STR("文"), "string");
    assert_int_equal(json_get_str(o, "e", true, &s, &err), OK);
    assert_true(s.ptr != NULL && s.len == 0); /* empty is there */
    assert_int_equal(json_get_str(o, "i", true, &s, &err), OK);
    check_text(s, STR("-7"), "integer");
    assert_int_equal(json_get_str(o, "d", true, &s, &err), OK);
    check_text(s, STR("1.50"), "number as written");
    assert_int_equal(json_get_str(o, "x", false, &s, &err), OK);
    assert_null(s.ptr);
    assert_int_equal(json_get_str(o, "n", false, &s, &err), OK);
    assert_null(s.ptr);
    assert_int_equal(json_get_str(o, "x", true, &s, &err), E_INPUT);
    assert_string_equal(err.text, "field 'x' is missing");
    assert_int_equal(json_get_str(o, "n", true, &s, NULL), E_INPUT);
    assert_int_equal(json_get_str(o, "b", false, &s, NULL), E_INPUT);
    assert_int_equal(json_get_str(o, "a", true, &s, NULL), E_INPUT);
    assert_int_equal(json_get_str(NULL, "a", false, &s, NULL), E_INPUT);
    json_put(o);
    json_put(NULL);
}

/* A random value of bounded depth through the writer. */
static void write_random(struct json *j, int depth)
{
    char text[24];
    switch (test_below(depth > 0 ? 8 : 6)) {
    case 0:
        json_int(j, test_int64());
        return;
    case 1:
        json_bool(j, test_below(2) == 0);
        return;
    case 2:
        json_null(j);
        return;
    case 3:
        json_dec(j, test_int64(), (unsigned)test_below(19));
        return;
    case 4:
    case 5:
        json_str(j,
                 test_text(text, test_below(20), STR("ab\"\\/\b\n\x01\x1F\x7F\xE6\xA0\x87\xFF")));
        return;
    case 6:
        json_array(j);
        for (uint64_t n = test_below(4); n > 0; n--)
            write_random(j, depth - 1);
        json_array_end(j);
        return;
    default:
        json_object(j);
        for (uint64_t n = test_below(4); n > 0; n--) {
            /* the count makes keys of one object differ */
            snprintf(text, sizeof text, "%llu\n\"k", (unsigned long long)n);
            json_key(j, text);
            write_random(j, depth - 1);
        }
        json_object_end(j);
    }
}

/* json-c's tree through our writer: what was written must come out again byte by byte. */
static void copy(struct json *j, struct json_object *o)
{
    switch (json_object_get_type(o)) {
    case json_type_null:
        json_null(j);
        return;
    case json_type_boolean:
        json_bool(j, json_object_get_boolean(o));
        return;
    case json_type_string:
        json_str(j, (struct str){json_object_get_string(o), (size_t)json_object_get_string_len(o)});
        return;
    case json_type_array:
        json_array(j);
        for (size_t i = 0; i < json_object_array_length(o); i++)
            copy(j, json_object_array_get_idx(o, i));
        json_array_end(j);
        return;
    case json_type_object:
        json_object(j);
        json_object_object_foreach(o, key, value)
        {
            json_key(j, key);
            copy(j, value);
        }
        json_object_end(j);
        return;
    default:
        json_raw(j, str_z(json_object_get_string(o)));
    }
}

static void round_trip(void **state)
{
    (void)state;
    struct buf out, again;
    test_seed("what is written is read, and written again the same");
    buf_init(&out, 1u << 20);
    buf_init(&again, 1u << 20);
    for (int i = 0; i < CASES; i++) {
        struct json j;
        struct json_object *o;
        struct error err = {0};
        buf_reset(&out);
        buf_reset(&again);
        json_init(&j, &out);
        write_random(&j, 6);
        assert_true(utf8_valid(buf_str(&out)));
        if (json_parse(buf_str(&out), &o, &err) != OK)
            fail_msg("%s: %.*s", err.text, STR_ARG(buf_str(&out)));
        json_init(&j, &again);
        copy(&j, o);
        json_put(o);
        check_text(buf_str(&again), buf_str(&out), "round trip");
    }
    buf_clear(&out);
    buf_clear(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer), cmocka_unit_test(accepted), cmocka_unit_test(refused),
        cmocka_unit_test(sizes),  cmocka_unit_test(fields),   cmocka_unit_test(round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
