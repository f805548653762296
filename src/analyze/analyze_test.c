/* analyze_test.c - tables in and out, options, names of methods. Methods have tests of their own.
 */
#include "analyze_testing.h"

static void tables_are_read_and_written(void **state)
{
    (void)state;
    struct arena a;
    struct table t;
    struct buf out;
    arena_init(&a, 0);
    buf_init(&out, 1 << 16);
    table_of(&t, &a, STR("\"name\",x\n\"a, \"\"b\"\"\",1\nc,\n"), "t");
    assert_int_equal(t.rows, 2);
    check_text(table_cell(&t, 0, 0), STR("a, \"b\""), "quoted");
    assert_int_equal(table_column(&t, "x"), 1);
    assert_int_equal(table_column(&t, "y"), -1);
    table_write(&t, &out);
    check_text(buf_str(&out), STR("name,x\n\"a, \"\"b\"\"\",1\nc,\n"), "round trip");
    buf_clear(&out);
    table_clear(&t);
    arena_clear(&a);
}

static void broken_tables_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
        uint32_t line;
    } cases[] = {
        {"",                  "a header row was expected",  0},
        {"a,b\n1\n",          "has 1 fields, its header 2", 2},
        {"a,b\n1,2\n1,2,3\n", "has 3 fields",               3},
        {"a,a\n1,2\n",        "two columns 'a'",            1},
        {"a,b\n1,\"2\n",      "never closed",               2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a;
        struct table t;
        struct error err = {0};
        arena_init(&a, 0);
        table_init(&t, &a, STR("t"));
        check_row(table_read(&t, str_z(cases[i].text), &err) == E_INPUT, cases[i].text);
        check_row(strstr(err.text, cases[i].said) != NULL, err.text);
        check_row(err.line == cases[i].line, cases[i].text);
        check_row(t.columns.len == 0 && t.rows == 0, "nothing half done");
        arena_clear(&a);
    }
}

static void cells_are_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double want;
        bool missing, good;
    } cases[] = {
        {"1",                              1,                                false, true },
        {"-0.5",                           -0.5,                             false, true },
        {"+2",                             2,                                false, true },
        {" 7 ",                            7,                                false, true },
        {"1e3",                            1000,                             false, true },
        {"1.5E-3",                         0.0015,                           false, true },
        {".5",                             0.5,                              false, true },
        {"5.",                             5,                                false, true },
        {"1e400",                          0,                                false, false},
        {"0x10",                           0,                                false, false},
        {"inf",                            0,                                true,  false},
        {"1e",                             0,                                false, false},
        {"1,000",                          0,                                false, false},
        {"",                               NAN,                              true,  true },
        {"NA",                             NAN,                              true,  true },
        {"nan",                            NAN,                              true,  true },
        {"",                               0,                                false, false},
        {"NA",                             0,                                false, false},
        {"1 2",                            0,                                true,  false},
        {"-",                              0,                                true,  false},
        {"1e-400",                         0,                                false, true },
        {"0.1",                            0.1,                              false, true },
        {"123456789012345678901234567890", 123456789012345678901234567890.0, false, true },
        {"1.7976931348623157e308",         1.7976931348623157e308,           false, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a;
        struct table t;
        struct error err = {0};
        double v;
        arena_init(&a, 0);
        table_init(&t, &a, STR("t"));
        int c = table_add_column(&t, "c");
        table_push(&t, c, str_z(cases[i].text));
        table_end_row(&t);
        bool good = table_number(&t, c, 0, cases[i].missing, &v, &err) == OK;
        check_row(good == cases[i].good, cases[i].text);
        if (good)
            check_row(v == cases[i].want || (isnan(v) && isnan(cases[i].want)), cases[i].text);
        else
            check_row(err.line == 2 && strstr(err.text, "'t' column 'c'") != NULL, err.text);
        table_clear(&t);
        arena_clear(&a);
    }
}

static void cells_are_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t units;
        unsigned scale;
        enum code code;
    } cases[] = {
        {"12.50",                 1250,               2, OK     },
        {"-3",                    -3,                 0, OK     },
        {"1e+05",                 100000,             0, OK     },
        {"1.5e2",                 150,                0, OK     },
        {"1.5e-1",                15,                 2, OK     },
        {"0e99",                  0,                  0, OK     },
        {"9223372036854775807",   INT64_MAX,          0, OK     },
        {"9223372036854775808",   0,                  0, E_RANGE},
        {"922337203685477580",    922337203685477580, 0, OK     },
        {"1e30",                  0,                  0, E_RANGE},
        {"0.0000000000000000001", 0,                  0, E_RANGE},
        {"x",                     0,                  0, E_INPUT},
        {"",                      0,                  0, E_INPUT},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena a;
        struct table t;
        struct dec d;
        arena_init(&a, 0);
        table_init(&t, &a, STR("t"));
        int c = table_add_column(&t, "c");
        table_push(&t, c, str_z(cases[i].text));
        table_end_row(&t);
        enum code code = table_decimal(&t, c, 0, &d, NULL);
        check_row(code == cases[i].code, cases[i].text);
        if (code == OK)
            check_row(d.units == cases[i].units && d.scale == cases[i].scale, cases[i].text);
        table_clear(&t);
        arena_clear(&a);
    }
}

static double random_double(void)
{
    union {
        uint64_t bits;
        double v;
    } u = {test_random()};
    switch (test_below(4)) {
    case 0:
        return u.v;
    case 1:
        return (double)(int64_t)(test_random() >> 12) / 1e9;
    case 2:
        return (double)test_below(1000000) / 1000;
    default:
        return (double)(test_random() >> 11) / 9007199254740992.0 *
               pow(10, (double)test_below(12) - 6);
    }
}

/* What is written reads back as the same number, and no shorter text does. */
static void numbers_are_written_shortest(void **state)
{
    (void)state;
    test_seed("numbers_are_written_shortest");
    struct arena a;
    struct table t;
    arena_init(&a, 0);
    table_init(&t, &a, STR("t"));
    int c = table_add_column(&t, "c");
    for (size_t i = 0; i < CASES; i++) {
        double v = random_double(), back;
        if (!isfinite(v))
            v = (double)i;
        table_push_number(&t, c, v);
        table_end_row(&t);
        assert_int_equal(table_number(&t, c, i, false, &back, NULL), OK);
        if (back != v)
            fail_msg("%.17g was written as %.*s", v, STR_ARG(table_cell(&t, c, i)));
        char shorter[400];
        size_t digits = 0;
        struct str s = table_cell(&t, c, i);
        bool leading = true;
        for (size_t k = 0; k < s.len && s.ptr[k] != 'e'; k++) {
            leading = leading && !(s.ptr[k] >= '1' && s.ptr[k] <= '9');
            digits += !leading && s.ptr[k] >= '0' && s.ptr[k] <= '9';
        }
        if (digits > 1 && str_has(s, STR("."))) {
            snprintf(shorter, sizeof shorter, "%.*g", (int)digits - 1, v);
            assert_true(strtod(shorter, NULL) != v);
        }
    }
    table_clear(&t);
    arena_clear(&a);
}

static void numbers_are_written_plainly(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *want;
    } cases[] = {
        {0.1,     "0.1"               },
        {-0.0,    "0"                 },
        {1e15,    "1000000000000000"  },
        {NAN,     ""                  },
        {0.5,     "0.5"               },
        {-2.25,   "-2.25"             },
        {1.0 / 3, "0.3333333333333333"},
        {1e-7,    "1e-07"             },
        {0.00012, "0.00012"           },
        {1e300,   "1e+300"            }
    };
    struct arena a;
    struct table t;
    arena_init(&a, 0);
    table_init(&t, &a, STR("t"));
    int c = table_add_column(&t, "c");
    for (size_t i = 0; i < COUNT(cases); i++) {
        table_push_number(&t, c, cases[i].v);
        table_end_row(&t);
        check_text(table_cell(&t, c, i), str_z(cases[i].want), cases[i].want);
    }
    table_clear(&t);
    arena_clear(&a);
}

/* ---- running ---- */

static enum code run_echo(struct analysis *a, struct error *err)
{
    if (str_is(a->option[0], "fail"))
        return error_set(err, E_INPUT, "asked to fail");
    int c = table_add_column(&a->out, "v");
    table_push_number(&a->out, c, str_is(a->option[0], "infinite") ? INFINITY : 1);
    table_end_row(&a->out);
    note(a, "mode %.*s, level %.*s", STR_ARG(a->option[0]), STR_ARG(a->option[1]));
    return OK;
}

static const struct method echo = {
    "echo",
    "table extra?",
    "",
    "",
    "",
    {{"mode", "plain", "plain|infinite|fail", "", ""},
      {"level", "1.5", "number", "", ""},
      {"column", "", "column", "", ""}},
    run_echo
};

static void options_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *options[4];
        size_t inputs;
        enum code code;
        const char *said;
    } cases[] = {
        {{0},                          1, OK,      "mode plain, level 1.5"         },
        {{0},                          2, OK,      "mode plain"                    },
        {{"level", "2"},               1, OK,      "level 2"                       },
        {{0},                          0, E_INPUT, "takes the inputs: table extra?"},
        {{0},                          3, E_INPUT, "3 given"                       },
        {{"mode", "odd"},              1, E_INPUT, "one of plain|infinite|fail"    },
        {{"mode", "plain|fail"},       1, E_INPUT, "one of"                        },
        {{"level", "x"},               1, E_INPUT, "a number"                      },
        {{"levle", "2"},               1, E_INPUT, "it has: mode, level, column"   },
        {{"level", "2", "level", "3"}, 1, E_INPUT, "twice"                         },
        {{"mode", "infinite"},         1, E_RANGE, "'v' of row 1"                  },
        {{"mode", "fail"},             1, E_INPUT, "asked to fail"                 },
    };
    struct arena arena;
    struct table in[3];
    arena_init(&arena, 0);
    for (size_t i = 0; i < 3; i++)
        table_of(&in[i], &arena, STR("a\n1\n"), "t");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str options[2][2];
        struct analysis a;
        struct error err = {0};
        size_t n = 0;
        for (; n < 2 && cases[i].options[2 * n] != NULL; n++) {
            options[n][0] = str_z(cases[i].options[2 * n]);
            options[n][1] = str_z(cases[i].options[2 * n + 1]);
        }
        enum code code =
            analyze_run(&echo, in, cases[i].inputs, (const struct str(*)[2])options, n, &a, &err);
        check_row(code == cases[i].code, cases[i].said);
        if (code == OK)
            check_row(str_has(a.notes.v[0], str_z(cases[i].said)), cases[i].said);
        else if (strstr(err.text, cases[i].said) == NULL)
            fail_msg("'%s' does not say '%s'", err.text, cases[i].said);
        analysis_clear(&a); /* also after a failure */
    }
    for (size_t i = 0; i < 3; i++)
        table_clear(&in[i]);
    arena_clear(&arena);
}

static void unknown_methods_get_near_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *said;
    } cases[] = {
        {"shiftshar",    "shiftshare"    },
        {"topsi",        "topsis"        },
        {"entropy",      "entropy-topsis"},
        {"zzzzzzzzzzzz", "lq"            }
    };
    const struct method *m;
    struct error none = {0};
    assert_int_equal(analyze_need(STR("lq"), &m, &none), OK);
    assert_string_equal(m->name, "lq");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {0};
        assert_int_equal(analyze_need(str_z(cases[i].name), &m, &err), E_MISSING);
        check_row(strstr(err.text, cases[i].said) != NULL, err.text);
    }
    struct analysis a;
    struct error err = {0};
    assert_int_equal(analyze_run(NULL, NULL, 0, NULL, 0, &a, &err), E_MISSING);
}

/* Names are unique over all families, every method and option says what it is, every fallback of a
 * list is in it. */
static void method_tables_are_whole(void **state)
{
    (void)state;
    for (size_t f = 0; analyze_families[f] != NULL; f++)
        for (const struct method *m = analyze_families[f]; m->name != NULL; m++) {
            check_row(analyze_find(str_z(m->name)) == m, m->name);
            check_row(m->run != NULL && m->inputs[0] != '\0', m->name);
            check_row(m->zh[0] != '\0' && m->en[0] != '\0' && m->source[0] != '\0', m->name);
            for (size_t i = 0; i < OPTIONS_MAX && m->options[i].name != NULL; i++) {
                const struct method_option *o = &m->options[i];
                check_row(o->fallback != NULL && o->values != NULL && o->zh != NULL &&
                              o->en != NULL,
                          m->name);
                bool listed = strchr(o->values, '|') == NULL || o->fallback[0] == '\0';
                for (struct str rest = str_z(o->values); rest.ptr != NULL;)
                    listed = str_is(str_cut(rest, '|', &rest), o->fallback) || listed;
                check_row(listed, o->name);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_and_written),
        cmocka_unit_test(broken_tables_are_named),
        cmocka_unit_test(cells_are_numbers),
        cmocka_unit_test(cells_are_decimals),
        cmocka_unit_test(numbers_are_written_shortest),
        cmocka_unit_test(numbers_are_written_plainly),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(unknown_methods_get_near_names),
        cmocka_unit_test(method_tables_are_whole),
    };
    return cmocka_run_group_tests_name("analyze", tests, NULL, NULL);
}
