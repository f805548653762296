/* words_test.c - the words that the rules go by: stems of labels, and what is refused. */
#include "base/test.h"
#include "check/check_int.h"

static void test_stems(void **state)
{
    static const struct {
        const char *name, *stem;
    } rows[] = {
        {"省级以上工业互联网平台数",             "工业互联网平台数"               },
        {"省级工业互联网平台数",                   "工业互联网平台数"               },
        {"国家级专精特新小巨人企业数",          "专精特新小巨人企业数"         },
        {"新培育国家级专精特新小巨人企业数", "新培育专精特新小巨人企业数"},
        {"规上工业企业数",                            "规上工业企业数"                  },
        {"省级以上绿色工厂(车间)数",              "绿色工厂数"                        },
        {"省级以上绿色工厂（园区）数",          "绿色工厂数"                        },
        {"国家级",                                        ""                                       }
    };
    struct words w;
    struct error e = {0};
    struct arena a;
    (void)state;
    arena_init(&a, 0);
    assert_int_equal(check_words_load(&w, &e), OK);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_text(check_label_stem(&w, str_z(rows[i].name), &a), str_z(rows[i].stem),
                   rows[i].name);
    assert_true(check_words_suffix(&w, LABEL_GROWTH, STR("规上工业增加值增速")) == strlen("增速"));
    assert_true(check_words_any(&w, LABEL_SIGNED, STR("规上工业利润总额")));
    assert_true(check_words_prefix(&w, LABEL_OF_WHICH, STR("其中:国有")) == strlen("其中"));
    check_words_clear(&w);
    arena_clear(&a);
}

static void test_refused(void **state)
{
    static const struct {
        bool labels;
        const char *csv, *want;
    } rows[] = {
        {true,  "word,class\n",                                                                      "expected 3 columns"            },
        {true,  "word,class,note\n省级,colour,\n",                                                 "unknown class of word 'colour'"},
        {true,  "word,class,note\n省级,grade\n",                                                   "expected 3 fields"             },
        {false, "rule,result,op,terms,source,note_zh,note_en\nr,a:level,^,b:level;c:level,s,z,e\n",
         "expected * / + or -"                                                                                                       },
        {false, "rule,result,op,terms,source,note_zh,note_en\nr,a,*,b:level;c:level,s,z,e\n",
         "expected name:kind"                                                                                                        },
        {false, "rule,result,op,terms,source,note_zh,note_en\nr,a:level,*,b:level,s,z,e\n",
         "takes two terms"                                                                                                           },
        {false,
         "rule,result,op,terms,source,note_zh,note_en\nr,a:level,/,b:level;c:level;d:level,s,z,e\n", "takes two terms"               },
        {false,
         "rule,result,op,terms,source,note_zh,note_en\nr,a:level,+,b:level;b:level;b:level;b:level;"
         "b:level;b:level;b:level;b:level;b:level,s,z,e\n",                                          "more than 8 terms"             },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct words w = {0};
        struct error e = {0};
        arena_init(&w.arena, 0);
        enum code code = rows[i].labels ? check_words_read_labels(&w, str_z(rows[i].csv), &e)
                                        : check_words_read_identities(&w, str_z(rows[i].csv), &e);
        check_row(code != OK && strstr(e.text, rows[i].want) != NULL, e.text);
        check_words_clear(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stems),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
