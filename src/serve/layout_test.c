/* layout_test.c - tables of a terminal: Chinese is two wide, numbers stand to the right. */
#include "base/test.h"
#include "serve/serve_int.h"

static void test_width(void **state)
{
    const struct {
        const char *text;
        size_t want;
    } rows[] = {
        {"",                0},
        {"abc",             3},
        {"洛阳",          4},
        {"a洛b",           4},
        {"\uFF08万\uFF09", 6},
        {"é",              1},
        {"e\xCC\x81",       1},
        {"—",             1},
        {"한",             2},
        {"😀",            2},
        {"𠀀",            2},
        {"\xFF",            1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (layout_width(str_z(rows[i].text)) != rows[i].want)
            fail_msg("'%s' is %zu wide", rows[i].text, layout_width(str_z(rows[i].text)));
}

static void test_table(void **state)
{
    const struct {
        const char *csv, *want, *why;
    } rows[] = {
        {"name,value\n洛阳市,5200\n河南,1.8\n", "name    value\n洛阳市   5200\n河南      1.8\n",
         "aligned"                                                                                                                          },
        {"a,b,c\n1,,x\n",                            "a  c\n1  x\n",                                       "an empty column is left out"    },
        {"a,b\n",                                    "a  b\n",                                             "a head alone stays whole"       },
        {"a\n\"x\ny\"\n",                            "a\nx y\n",                                           "a line end is a blank"          },
        {"a\n\x1b[31mred\n",                         "a\n?[31mred\n",                                      "I6: nothing steers the terminal"},
        {"",                                         "",                                                   "nothing"                        },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 10000);
        layout_table(&b, str_z(rows[i].csv));
        if (!str_is(buf_str(&b), rows[i].want))
            fail_msg("%s:\n%.*s", rows[i].why, STR_ARG(buf_str(&b)));
        buf_clear(&b);
    }
}

static void test_long(void **state)
{
    struct buf b, csv;
    (void)state;
    buf_init(&b, 10000);
    buf_init(&csv, 10000);
    buf_z(&csv, "a,b\n");
    for (int i = 0; i < 40; i++)
        buf_z(&csv, "长");
    buf_z(&csv, ",1\n");
    layout_table(&b, buf_str(&csv));
    struct str rest, head = str_cut(buf_str(&b), '\n', &rest), row = str_cut(rest, '\n', &rest);
    assert_true(str_has(row, STR("…")));
    assert_int_equal(layout_width(head), layout_width(row));
    buf_clear(&b);
    buf_clear(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
