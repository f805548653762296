/* str_test.c - text, UTF-8, arena, buffer, errors and the log line. */
#include "log.h"
#include "test.h"
#include <stdint.h>
#include <unistd.h>

static void text_functions(void **state)
{
    (void)state;
    struct str s = STR("一产,二产,三产");
    assert_true(str_starts(s, STR("一产")) && !str_starts(STR("一"), s));
    assert_true(str_ends(s, STR("三产")) && !str_ends(STR("产"), s));
    assert_true(str_has(s, STR("二产")) && str_has(s, STR("")) && !str_has(s, STR("四")));
    assert_int_equal(str_find(s, STR(",")), 6);
    assert_int_equal(str_find(s, STR(";")), -1);
    assert_true(str_eq(STR_NULL, STR("")) && str_is(STR("ab"), "ab") && str_is(STR(""), NULL));
    assert_true(str_cmp(STR("a"), STR("b")) < 0 && str_cmp(STR("ab"), STR("a")) > 0);
    assert_true(str_cmp(STR("\xFF"), STR("a")) > 0); /* bytes, not signed chars */
    assert_int_equal(str_cmp(STR(""), STR_NULL), 0);
    assert_int_equal(str_sub(STR("abc"), 1, 99).len, 2);
    assert_int_equal(str_sub(STR("abc"), 9, 1).len, 0);
}

static void trim(void **state)
{
    (void)state;
    static const struct {
        struct str in, want;
        const char *why;
    } rows[] = {
        {STR(" a b\t\r\n"),                     STR("a b"),    "ASCII blanks at both ends, not within"},
        {STR("\xE3\x80\x80光伏\xE3\x80\x80"), STR("光伏"), "ideographic space"                    },
        {STR("\xC2\xA0\xEF\xBB\xBFx\xC2\xA0 "), STR("x"),      "no-break space, stray byte order mark"},
        {STR(" \t "),                           STR(""),       "nothing but blanks"                   },
        {STR(""),                               STR(""),       "empty"                                },
        {STR("\xA0x"),                          STR("\xA0x"),  "half of a no-break space is not one"  },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_text(str_trim(rows[i].in), rows[i].want, rows[i].why);
    assert_int_equal(str_trim(STR_NULL).len, 0);
}

static void cut(void **state)
{
    (void)state;
    struct str rest, head = str_cut(STR("a/b/c"), '/', &rest);
    check_text(head, STR("a"), "before the first");
    check_text(rest, STR("b/c"), "after the first");
    head = str_cut(STR("a/"), '/', &rest);
    check_text(head, STR("a"), "before a separator at the end");
    assert_true(rest.ptr != NULL && rest.len == 0); /* an empty rest is not an absent one */
    head = str_cut(STR("a"), '/', &rest);
    check_text(head, STR("a"), "no separator");
    assert_null(rest.ptr);
    head = str_cut(STR_NULL, '/', &rest);
    assert_true(head.len == 0 && rest.ptr == NULL);
}

static void distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        size_t want;
    } rows[] = {
        {"", "", 0},   {"", "abc", 3},  {"abc", "", 3},           {"kitten", "sitting", 3},
        {"a", "b", 1}, {"ab", "ba", 2}, {"complexity", "complexty", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(str_distance(str_z(rows[i].a), str_z(rows[i].b)), rows[i].want);
        assert_int_equal(str_distance(str_z(rows[i].b), str_z(rows[i].a)), rows[i].want);
    }
    char longer[STR_DISTANCE_MAX + 1];
    memset(longer, 'x', sizeof longer);
    assert_int_equal(str_distance((struct str){longer, STR_DISTANCE_MAX}, STR("")), STR_DISTANCE_MAX);
    assert_true(str_distance((struct str){longer, sizeof longer}, STR("x")) == SIZE_MAX);
}

static void utf8(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        size_t bad, count;
        const char *why;
    } rows[] = {
        {STR("abc"),              3,  3, "ASCII"                            },
        {STR("标杆€𠮷"),    13, 4, "two, three and four bytes"        },
        {STR("\xC0\x80"),         0,  2, "overlong NUL"                     },
        {STR("\xE0\x9F\xBF"),     0,  3, "overlong U+07FF"                  },
        {STR("\xF0\x8F\xBF\xBF"), 0,  4, "overlong U+FFFF"                  },
        {STR("\xED\xA0\x80"),     0,  3, "a surrogate"                      },
        {STR("\xF4\x90\x80\x80"), 0,  4, "above U+10FFFF"                   },
        {STR("\xF4\x8F\xBF\xBF"), 4,  1, "U+10FFFF itself"                  },
        {STR("a\xE6\xA0"),        1,  3, "cut short"                        },
        {STR("a\x80"),            1,  2, "a continuation byte alone"        },
        {STR("\xFF\xFE"),         0,  2, "bytes that never occur"           },
        {STR("a\0b"),             3,  3, "NUL is a character like any other"},
        {STR(""),                 0,  0, "empty"                            },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_row(utf8_bad(rows[i].in) == rows[i].bad, rows[i].why);
        check_row(utf8_valid(rows[i].in) == (rows[i].bad == rows[i].in.len), rows[i].why);
        check_row(utf8_len(rows[i].in) == rows[i].count, rows[i].why);
    }
}

static void utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char bytes[4];
        size_t len = utf8_put(cp, bytes), i = 0;
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        uint32_t back = utf8_next((struct str){bytes, len}, &i);
        if (i != len || back != (surrogate ? 0xFFFD : cp))
            fail_msg("U+%04X came back as U+%04X", cp, back);
    }
}

static void hash(void **state)
{
    (void)state;
    assert_true(str_hash(STR("")) == str_hash(STR_NULL));
    assert_true(str_hash(STR("a")) != str_hash(STR("a\0"))); /* the length counts */
    assert_true(str_hash(STR("12345678")) != str_hash(STR("12345678\0")));
    test_seed("hash");
    unsigned low[64] = {0};
    for (int i = 0; i < CASES; i++) {
        char name[16];
        int n = snprintf(name, sizeof name, "E%08d", i);
        low[str_hash((struct str){name, (size_t)n}) % 64]++;
    }
    for (size_t i = 0; i < COUNT(low); i++) /* expected 312; six standard deviations are 105 */
        assert_in_range(low[i], CASES / 64 - 106, CASES / 64 + 106);
}

static void arena(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    test_seed("arena");
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < CASES / 20; i++) {
            size_t len = test_below(4) == 0 ? test_below(9000) : test_below(40);
            unsigned char *p = arena_alloc(&a, len);
            assert_int_equal((uintptr_t)p % 16, 0);
            for (size_t k = 0; k < len; k++)
                if (p[k] != 0)
                    fail_msg("memory of an arena is not zeroed");
            memset(p, 0xAB, len);
        }
        arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    struct str s = arena_dup(&a, STR("煤矸石"));
    check_text(s, STR("煤矸石"), "dup");
    assert_string_equal(arena_z(&a, STR("ab")), "ab");
    assert_null(arena_dup(&a, STR_NULL).ptr); /* absent stays absent */
    assert_non_null(arena_dup(&a, STR("")).ptr);
    check_text(arena_fmt(&a, "%s-%04d", "MW", 7), STR("MW-0007"), "fmt");
    arena_clear(&a);
    arena_clear(&a);
}

static void buffer(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_int_equal(buf_str(&b).len, 0);
    assert_non_null(buf_str(&b).ptr);
    buf_z(&b, "12345");
    buf_byte(&b, '6');
    buf_fmt(&b, "%04d", 7890);
    check_text(buf_str(&b), STR("1234567890"), "filled to the last byte");
    assert_false(b.full);
    buf_byte(&b, 'x');
    assert_true(b.full && b.len == 10);
    buf_reset(&b);
    buf_z(&b, "12345678");
    buf_z(&b, "too long");
    buf_z(&b, "x");
    check_text(buf_str(&b), STR("12345678"), "nothing after a gap");
    assert_true(b.full);
    buf_clear(&b);
    buf_init(&b, 1u << 20);
    for (int i = 0; i < 1000; i++)
        buf_fmt(&b, "%0300d", i);
    assert_int_equal(b.len, 300000);
    assert_memory_equal(b.ptr + 299990, "0000000999", 10);
    buf_clear(&b);
}

static void errors(void **state)
{
    (void)state;
    struct error e = {0};
    assert_int_equal(error_at(&e, E_INPUT, 3, 17, "unknown unit '%s'", "kWhh"), E_INPUT);
    assert_int_equal(error_set(&e, E_BUG, "later"), E_BUG);
    assert_int_equal(e.code, E_INPUT); /* the first one wins */
    assert_true(e.line == 3 && e.column == 17);
    assert_string_equal(e.text, "unknown unit 'kWhh'");
    error_clear(&e);
    assert_int_equal(error_set(&e, E_RANGE, "'%s'", "a\xFF\xE6"), E_RANGE);
    assert_string_equal(e.text, "'a?\?'"); /* a message is UTF-8 whatever it quotes */
    assert_int_equal(error_set(NULL, E_IO, "nobody listens"), E_IO);
    for (unsigned shift = 0; shift < 3; shift++) {
        char text[1000];
        for (size_t i = 0; i < sizeof text - 1; i++)
            text[i] = i < shift ? 'x' : "\xE6\xA0\x87"[(i - shift) % 3];
        text[sizeof text - 1] = '\0';
        error_clear(&e);
        assert_int_equal(error_set(&e, E_INPUT, "%s", text), E_INPUT);
        assert_true(utf8_valid(str_z(e.text)) && !str_has(str_z(e.text), STR("?")));
        assert_in_range(strlen(e.text), sizeof e.text - 4, sizeof e.text - 1);
    }
    for (enum code c = OK; c < CODE_COUNT; c++)
        assert_true(code_info(c)->name && code_info(c)->zh[0] && code_info(c)->en[0]);
    assert_string_equal(code_info((enum code)99)->name, "bug");
}

/* stderr of one call, through a pipe */
static struct str log_line(char *out, size_t size, const char *event, const char *value)
{
    int ends[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_event(LOG_WARN, event, "file=%s", value);
    log_event(LOG_DEBUG, "below.level", "%s", "");
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    close(saved);
    ssize_t n = read(ends[0], out, size);
    close(ends[0]);
    return (struct str){out, n > 0 ? (size_t)n : 0};
}

static void log_lines(void **state)
{
    (void)state;
    static char out[8192], huge[6000];
    struct str line = log_line(out, sizeof out, "import.done", "a\nb");
    assert_int_equal(str_find(line, STR("T")), 10);
    assert_int_equal(str_find(line, STR("+08:00 warn import.done file=a b\n")), 23);
    assert_int_equal(str_find(line, STR("\n")), (ptrdiff_t)line.len - 1);
    memset(huge, 'x', sizeof huge - 1);
    line = log_line(out, sizeof out, "big", huge);
    assert_true(str_ends(line, STR("warn big note=\"too long to log\"\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_functions),
        cmocka_unit_test(trim),
        cmocka_unit_test(cut),
        cmocka_unit_test(distance),
        cmocka_unit_test(utf8),
        cmocka_unit_test(hash),
        cmocka_unit_test(arena),
        cmocka_unit_test(utf8_round_trip),
        cmocka_unit_test(buffer),
        cmocka_unit_test(errors),
        cmocka_unit_test(log_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
