/* csv_test.c - encodings, rows in and rows out. */
#include "csv.h"
#include "test.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void encodings(void **state)
{
    (void)state;
    static const struct {
        struct str in, want;
        const char *encoding, *why; /* encoding NULL: refused */
    } rows[] = {
        {STR(""),                         STR(""),         "utf-8",     "empty"                       },
        {STR("a,b"),                      STR("a,b"),      "utf-8",     "ASCII"                       },
        {STR("地区"),                   STR("地区"),   "utf-8",     "UTF-8"                       },
        {STR("\xEF\xBB\xBF地区"),       STR("地区"),   "utf-8-bom", "the mark is dropped"         },
        {STR("\xEF\xBB\xBF"),             STR(""),         "utf-8-bom", "nothing but the mark"        },
        {STR("\xB5\xD8\xC7\xF8,1"),       STR("地区,1"), "gb18030",   "two bytes each"              },
        {STR("\xA2\xE3"),                 STR("€"),      "gb18030",   "the euro sign of 2000"       },
        {STR("\x95\x32\x82\x36\xB5\xD8"), STR("𠀀地"),  "gb18030",   "four bytes"                  },
        {STR("\xFF\xFE\x30\x57,\0"),      STR("地,"),     "utf-16le",  "as Excel writes Unicode text"},
        {STR("\xFE\xFF\x57\x30\0,"),      STR("地,"),     "utf-16be",  "the other way round"         },
        {STR("\xFF\xFE\x40\xD8\x00\xDC"), STR("𠀀"),     "utf-16le",  "surrogate pair"              },
        {STR("\xFF\xFE"),                 STR(""),         "utf-16le",  "nothing but the mark"        },
        {STR("a\xFF"),                    STR(""),         NULL,        "neither UTF-8 nor GB18030"   },
        {STR("\xB5\xD8\xC7"),             STR(""),         NULL,        "GB18030 cut short"           },
        {STR("地区\xE5"),               STR(""),         NULL,        "UTF-8 cut short"             },
        {STR("\xEF\xBB\xBF\xB5\xD8"),     STR(""),         NULL,        "says UTF-8 and is not"       },
        {STR("a\0b"),                     STR(""),         NULL,        "NUL"                         },
        {STR("\xB5\xD8\0"),               STR(""),         NULL,        "NUL in GB18030"              },
        {STR("a\0b\0"),                   STR(""),         NULL,        "UTF-16 without a mark"       },
        {STR("\xFF\xFE\x30\x57\0\0"),     STR(""),         NULL,        "NUL in UTF-16"               },
        {STR("\xFF\xFE\x30"),             STR(""),         NULL,        "half a unit of UTF-16"       },
        {STR("\xFF\xFE\x00\xDC"),         STR(""),         NULL,        "half a pair of UTF-16"       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str out = STR_NULL;
        const char *encoding = NULL;
        struct error err = {0};
        enum code code = text_decode(rows[i].in, &arena, &out, &encoding, &err);
        if (rows[i].encoding == NULL) {
            check_row(code == E_INPUT && out.ptr == NULL && encoding == NULL, rows[i].why);
            check_row(err.code == E_INPUT && str_has(str_z(err.text), STR("offset")), rows[i].why);
            continue;
        }
        check_row(code == OK, rows[i].why);
        check_text(out, rows[i].want, rows[i].why);
        check_text(str_z(encoding), str_z(rows[i].encoding), rows[i].why);
    }
}

static void offsets(void **state)
{
    (void)state;
    struct str out;
    const char *encoding;
    struct error err = {0};
    assert_int_equal(text_decode(STR("地\xFF"), &arena, &out, &encoding, &err), E_INPUT);
    assert_string_equal(err.text, "neither UTF-8 (malformed at byte offset 3) nor GB18030 "
                                  "(malformed at byte offset 2)");
    error_clear(&err);
    assert_int_equal(text_decode(STR("ab\0"), &arena, &out, &encoding, &err), E_INPUT);
    assert_true(str_has(str_z(err.text), STR("offset 2")));
}

/* What the reader made of a text: fields between <>, rows between |, a refusal as !line:column. */
static struct str rendered(struct str in, struct buf *b)
{
    static struct csv c;
    bool more = true;
    buf_reset(b);
    csv_open(&c, in, &arena);
    while (more) {
        struct error err = {0};
        if (csv_next(&c, &more, &err) != OK) {
            buf_fmt(b, "!%u:%u", err.line, err.column);
            more = true;
        }
        for (size_t i = 0; i < c.count; i++)
            buf_fmt(b, "<%.*s>", STR_ARG(c.field[i].text));
        if (more)
            buf_byte(b, '|');
    }
    return buf_str(b);
}

static void rows_in(void **state)
{
    (void)state;
    static const struct {
        struct str in, want;
        const char *why;
    } rows[] = {
        {STR(""),                   STR(""),                   "empty"                               },
        {STR("\r\n\n\r"),           STR(""),                   "empty lines only"                    },
        {STR("a,b\n1,2\n"),         STR("<a><b>|<1><2>|"),     "LF"                                  },
        {STR("a,b\r\n1,2\r\n"),     STR("<a><b>|<1><2>|"),     "CRLF"                                },
        {STR("a,b\r1,2\r"),         STR("<a><b>|<1><2>|"),     "CR"                                  },
        {STR("a,b\n1,2"),           STR("<a><b>|<1><2>|"),     "no line end at the end"              },
        {STR("a,b\n\n\r\n1,2\n\n"), STR("<a><b>|<1><2>|"),     "empty lines are skipped"             },
        {STR("a,b\n,\n1,"),         STR("<a><b>|<><>|<1><>|"), "empty fields"                        },
        {STR("\"a\",\"\"\n"),       STR("<a><>|"),             "quoted"                              },
        {STR("\"a,b\"\"c\"\n"),     STR("<a,b\"c>|"),          "separator and quote within quotes"   },
        {STR("\"a\r\nb\",c\n"),     STR("<a\r\nb><c>|"),       "a field over two lines, as it is"    },
        {STR("\"\"\"\"\n"),         STR("<\">|"),              "a quote alone"                       },
        {STR("a,3\" pipe\n"),       STR("<a><3\" pipe>|"),     "a quote inside a bare field is text" },
        {STR(" \"a\",b\n"),         STR("< \"a\"><b>|"),       "so it is after a blank"              },
        {STR(" a , b \n"),          STR("< a >< b >|"),        "blanks are kept"                     },
        {STR("a;b\n1,5;2\n"),       STR("<a><b>|<1,5><2>|"),   "semicolon"                           },
        {STR("a\tb\n1\t2\n"),       STR("<a><b>|<1><2>|"),     "tab"                                 },
        {STR("\"a;b;c\",d\n"),      STR("<a;b;c><d>|"),        "semicolons in quotes don't count"    },
        {STR("# x;y;z\na,b\n"),     STR("<a><b>|"),            "a comment before the header"         },
        {STR("\n#\n\n# a\na\n"),    STR("<a>|"),               "several"                             },
        {STR("a\n#b\n"),            STR("<a>|<#b>|"),          "after the header it is a row"        },
        {STR("\"#a\"\n"),           STR("<#a>|"),              "in quotes it is none"                },
        {STR("a\n\"b\nc\nd\n"),     STR("<a>|!2:1|<c>|<d>|"),  "open quote: goes on after its line"  },
        {STR("x,\"a\"b,c\n1\n"),    STR("!1:6|<1>|"),          "text after a closing quote"          },
        {STR("名称,\"a\" \n1\n"), STR("!1:7|<1>|"),          "columns count characters"            },
        {STR("\"a\nb\"c\n1\n"),     STR("!2:3|<1>|"),          "after a quote over two lines"        },
        {STR("\""),                 STR("!1:1|"),              "a quote and the end"                 },
        {STR("a\n\"b"),             STR("<a>|!2:1|"),          "an open quote at the end"            },
        {STR("a\rb\r\n\"c"),        STR("<a>|<b>|!3:1|"),      "lines are counted whatever ends them"},
    };
    struct buf b;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_text(rendered(rows[i].in, &b), rows[i].want, rows[i].why);
    buf_clear(&b);
}

static void places(void **state)
{
    (void)state;
    static struct csv c;
    bool more;
    csv_open(&c, STR("# 表头\n地区,\"多\n行\",值\n东,1,\n"), &arena);
    assert_int_equal(csv_next(&c, &more, NULL), OK);
    assert_true(more && c.count == 3);
    assert_true(c.field[0].line == 2 && c.field[0].column == 1);
    assert_true(c.field[1].line == 2 && c.field[1].column == 4);
    assert_true(c.field[2].line == 3 && c.field[2].column == 4);
    assert_int_equal(csv_next(&c, &more, NULL), OK);
    assert_true(c.field[2].line == 4 && c.field[2].column == 5);
    assert_int_equal(csv_next(&c, &more, NULL), OK);
    assert_true(!more && c.count == 0);
}

static void limits(void **state)
{
    (void)state;
    static struct csv c;
    struct buf b;
    struct error err = {0};
    bool more;
    buf_init(&b, (size_t)CSV_FIELD_MAX * 2);
    for (int i = 0; i < CSV_COLUMNS_MAX - 1; i++)
        buf_byte(&b, ',');
    buf_z(&b, "\n");
    size_t allowed = b.len;
    csv_open(&c, buf_str(&b), &arena);
    assert_int_equal(csv_next(&c, &more, &err), OK);
    assert_int_equal(c.count, CSV_COLUMNS_MAX);
    b.len = allowed - 1;
    buf_z(&b, ",\nx\n");
    csv_open(&c, buf_str(&b), &arena);
    assert_int_equal(csv_next(&c, &more, &err), E_LIMIT);
    assert_true(err.line == 1 && err.column == 513 && c.count == 0);
    assert_int_equal(csv_next(&c, &more, &err), OK);
    check_text(c.field[0].text, STR("x"), "stands at the next line");
    for (int quoted = 0; quoted < 2; quoted++) {
        for (size_t over = 0; over < 2; over++) {
            buf_reset(&b);
            buf_z(&b, quoted ? "a,\"" : "a,");
            for (size_t i = 0; i < CSV_FIELD_MAX + over; i++)
                buf_byte(&b, 'x');
            buf_z(&b, quoted ? "\"\nz\n" : "\nz\n");
            error_clear(&err);
            csv_open(&c, buf_str(&b), &arena);
            assert_int_equal(csv_next(&c, &more, &err), over ? E_LIMIT : OK);
            assert_true(!over || (err.line == 1 && err.column == 3));
            assert_int_equal(csv_next(&c, &more, NULL), OK);
            check_text(c.field[0].text, STR("z"), "stands at the next line");
        }
    }
    buf_clear(&b);
}

static void rows_out(void **state)
{
    (void)state;
    static const struct {
        struct str fields[3];
        size_t count;
        struct str want;
        const char *why;
    } rows[] = {
        {{STR("a"), STR("b")},         2, STR("a,b\n"),                "plain"                            },
        {{STR("a,b"), STR("c\"d")},    2, STR("\"a,b\",\"c\"\"d\"\n"), "quotes where needed"              },
        {{STR("\"")},                  1, STR("\"\"\"\"\n"),           "a quote alone"                    },
        {{STR("a\nb"), STR("c\r")},    2, STR("\"a\nb\",\"c\r\"\n"),   "line ends"                        },
        {{STR(""), STR_NULL, STR("")}, 3, STR(",,\n"),                 "empty fields"                     },
        {{STR("")},                    1, STR("\"\"\n"),               "not an empty line"                },
        {{STR("#1"), STR("#2")},       2, STR("\"#1\",#2\n"),          "not a comment"                    },
        {{STR("-1.5"), STR("=A1")},    2, STR("-1.5,=A1\n"),           "formulas are none of our business"},
        {{STR(" a ")},                 1, STR(" a \n"),                "blanks need no quotes"            },
    };
    struct buf b;
    buf_init(&b, 1000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&b);
        csv_put(&b, rows[i].fields, rows[i].count);
        check_text(buf_str(&b), rows[i].want, rows[i].why);
    }
    buf_clear(&b);
}

static void round_trip(void **state)
{
    (void)state;
    static struct csv c;
    static char text[64][16];
    struct str fields[64];
    struct buf b;
    test_seed("rows out and in again");
    buf_init(&b, 1u << 16);
    for (int n = 0; n < CASES; n++) {
        size_t rows = 1 + test_below(3), columns = 1 + test_below(5);
        buf_reset(&b);
        for (size_t i = 0; i < rows * columns; i++)
            fields[i] = test_text(text[i], test_below(6), STR("a1,;\t\"\r\n# \xE6=-"));
        for (size_t r = 0; r < rows; r++)
            csv_put(&b, fields + r * columns, columns);
        csv_open(&c, buf_str(&b), &arena);
        for (size_t r = 0; r <= rows; r++) {
            bool more;
            assert_int_equal(csv_next(&c, &more, NULL), OK);
            assert_int_equal(more, r < rows);
            assert_int_equal(c.count, more ? columns : 0);
            for (size_t i = 0; i < c.count; i++)
                check_text(c.field[i].text, fields[r * columns + i], "round trip");
        }
        arena_reset(&arena);
    }
    buf_clear(&b);
}

/* Any bytes: the reader ends, and every line that is no part of a row is told of. */
static void any_bytes(void **state)
{
    (void)state;
    static struct csv c;
    char text[64];
    test_seed("the reader always ends");
    for (int n = 0; n < CASES; n++) {
        struct str in = test_text(text, test_below(60), STR("a,;\"\"\"\r\n\n#"));
        bool more = true;
        csv_open(&c, in, &arena);
        for (int steps = 0; more; steps++) {
            struct error err = {0};
            size_t pos = c.pos;
            if (csv_next(&c, &more, &err) != OK) {
                assert_true(err.line > 0 && err.column > 0);
                more = true;
            }
            assert_true(!more || c.pos > pos);
            assert_true(steps <= 64);
        }
        arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings), cmocka_unit_test(offsets),    cmocka_unit_test(rows_in),
        cmocka_unit_test(places),    cmocka_unit_test(limits),     cmocka_unit_test(rows_out),
        cmocka_unit_test(any_bytes), cmocka_unit_test(round_trip),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
