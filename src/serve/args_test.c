/* args_test.c - command lines and requests as named texts; what is wrong names the nearest. */
#include "base/test.h"
#include "net/http.h"
#include "serve/ops.h"

static enum code parse(const char *line, struct args *a, const struct op **op, struct error *err)
{
    static char text[500];
    static char *argv[32];
    int argc = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    *op = op_by_words(str_z(argv[0]));
    assert_non_null(*op);
    return args_cli(*op, argc - 1, argv + 1, a, err);
}

static void test_good(void **state)
{
    const struct {
        const char *line, *name, *value;
    } rows[] = {
        {"figure w 产值",                "indicator",  "产值"   },
        {"figure w 产值 --of 洛阳市", "of",         "洛阳市"},
        {"figure --of=洛阳市 w 产值", "of",         "洛阳市"},
        {"figure w 产值 --as-of 2024",   "as_of",      "2024"     },
        {"figure w 产值 --explain",      "explain",    "1"        },
        {"figure w -- --of",               "indicator",  "--of"     },
        {"fact w 12",                      "id",         "12"       },
        {"check w --verdict a,b",          "verdict",    "a,b"      },
        {"token w add desk --right read",  "right",      "read"     },
        {"serve w --body-limit 5",         "body_limit", "5"        },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct args a;
        const struct op *op;
        struct error err = {0};
        if (parse(rows[i].line, &a, &op, &err) != OK)
            fail_msg("%s: %s", rows[i].line, err.text);
        if (!str_is(args_str(&a, rows[i].name), rows[i].value) || !(str_is(a.dir, "w")))
            fail_msg("%s: %s is '%.*s'", rows[i].line, rows[i].name,
                     STR_ARG(args_str(&a, rows[i].name)));
    }
}

static void test_bad(void **state)
{
    const struct {
        const char *line, *want;
    } rows[] = {
        {"figure",                       "wants the workspace DIR"  },
        {"figure w",                     "wants INDICATOR"          },
        {"figure w a b",                 "does not want 'b'"        },
        {"figure w a --og x",            "did you mean '--of'"      },
        {"figure w a --as_fo x",         "did you mean '--as-of'"   },
        {"figure w a --of",              "wants a value"            },
        {"figure w a --of x --of y",     "given twice"              },
        {"figure w a --as-of soon",      "no day, month or year"    },
        {"figure w a --format xml",      "none of csv|json|table"   },
        {"fact w twelve",                "no whole number"          },
        {"token w add desk --right all", "none of read|write|admin" },
        {"token w add desk",             "wants --right"            },
        {"serve w --format csv",         "unknown option '--format'"},
        {"import w",                     "wants FILE"               },
        {"import w --name x f",          "unknown option '--name'"  },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct args a;
        const struct op *op;
        struct error err = {0};
        if (parse(rows[i].line, &a, &op, &err) != E_INPUT || !strstr(err.text, rows[i].want))
            fail_msg("%s: wanted '%s', got '%s'", rows[i].line, rows[i].want, err.text);
    }
}

static void test_many(void **state)
{
    struct args a;
    const struct op *op;
    struct error err = {0};
    (void)state;
    assert_int_equal(parse("import w a.csv --check b.csv", &a, &op, &err), OK);
    assert_int_equal(a.many_count, 2);
    assert_string_equal(a.many[0], "a.csv");
    assert_string_equal(a.many[1], "b.csv");
    assert_true(args_flag(&a, "check"));
}

static void test_http(void **state)
{
    struct args a;
    struct error err = {0};
    struct http_request rq = {0};
    const struct op *op = op_by_path(STR("/api/v1/figure"));
    (void)state;
    vec_push(&rq.query, (struct http_pair){STR("indicator"), STR("产值")});
    vec_push(&rq.query, (struct http_pair){STR("explain"), STR("1")});
    vec_push(&rq.query, (struct http_pair){STR("format"), STR("csv")});
    assert_int_equal(args_http(op, &rq, &a, &err), OK);
    assert_true(args_flag(&a, "explain"));
    rq.query.v[1].name = STR("explian");
    assert_int_equal(args_http(op, &rq, &a, &err), E_INPUT);
    assert_non_null(strstr(err.text, "did you mean 'explain'"));
    error_clear(&err);
    rq.query.len = 0;
    assert_int_equal(args_http(op, &rq, &a, &err), E_INPUT);
    assert_string_equal(err.text, "parameter 'indicator' is missing");
    error_clear(&err);
    /* the dates are common to all reads */
    vec_push(&rq.query, (struct http_pair){STR("as_of"), STR("2024-09")});
    assert_int_equal(args_http(op_by_path(STR("/api/v1/meta")), &rq, &a, &err), OK);
    vec_clear(&rq.query);
}

static void test_dates(void **state)
{
    struct args a;
    const struct op *op;
    struct as_of as_of;
    struct error err = {0};
    (void)state;
    assert_int_equal(parse("figure w a --as-of 2024-02 --recorded-as-of 2024-02-29", &a, &op, &err),
                     OK);
    assert_int_equal(args_as_of(&a, &as_of, &err), OK);
    assert_int_equal(as_of.published, day_from(2024, 2, 29));
    assert_int_equal(day_from_us(as_of.recorded_us), day_from(2024, 2, 29)); /* its last moment */
    assert_int_equal(day_from_us(as_of.recorded_us + 1), day_from(2024, 3, 1));
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < op_count; i++) {
        assert_true(ops[i].run || ops[i].local || (ops[i].flags & OP_STREAM));
        assert_true(ops[i].zh && ops[i].en && ops[i].args);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(ops[i].name, ops[k].name);
            assert_false(ops[i].words && ops[k].words && strcmp(ops[i].words, ops[k].words) == 0);
            assert_false(ops[i].path && ops[k].path && strcmp(ops[i].path, ops[k].path) == 0);
        }
    }
    assert_ptr_equal(op_by_path(STR("/api/v1/figure")), op_by_words(STR("figure")));
    assert_null(op_by_path(STR("/api/v2/figure")));
    assert_null(op_by_path(STR("/api/v1/figure/")));
}

static void test_nearest(void **state)
{
    struct nearest near = {0};
    (void)state;
    nearest_try(&near, STR("figrue"), "import");
    nearest_try(&near, STR("figrue"), "figure");
    assert_string_equal(near.text, "figure");
    near = (struct nearest){0};
    nearest_try(&near, STR("zzz"), "figure");
    assert_null(near.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_bad),   cmocka_unit_test(test_many),
        cmocka_unit_test(test_http),    cmocka_unit_test(test_dates), cmocka_unit_test(test_table),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
