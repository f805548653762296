/* query_test.c - figures with and without parts, formulas, dates of knowledge. I1..I6 of README.md.
 */
#include "base/test.h"
#include "ingest/import.h"
#include "query/query.h"
#include <unistd.h>

static char dir[64];

static const char regions[] = "name,type,parent,aliases\n"
                              "甲省,province,,\n"
                              "乙市,city,甲省,乙\n"
                              "丙市,city,甲省,\n"
                              "丁市,city,甲省,\n";
static const char docs[] = "doc,source_date,default_subject\n"
                           "old.txt,2024-02,甲省\n"
                           "new.txt,2025-02-10,甲省\n";
static const char facts[] =
    "id,doc,start,end,text,subject,indicator,kind,value,unit,period,comparison,source_date\n"
    "a1,old.txt,10,14,90亿元,甲省,产值,level,90,亿元,2023,,2024-02\n"
    "a2,old.txt,20,24,40亿元,乙市,产值,level,40,亿元,2023,,2024-02\n"
    "a3,old.txt,30,34,30亿元,丙市,产值,level,30,亿元,2023,,2024-02\n"
    "b0,old.txt,40,44,99亿元,甲省,产值,level,99,亿元,2024,,2024-02\n"
    "b1,new.txt,10,15,100亿元,甲省,产值,level,100,亿元,2024,,2025-02-10\n"
    "b2,new.txt,20,24,50亿元,乙市,产值,level,50,亿元,2024,,2025-02-10\n"
    "b3,new.txt,30,34,33亿元,丙市,产值,level,33,亿元,2024,,2025-02-10\n"
    "b4,new.txt,50,54,33亿元,丙市,产值,level,33,亿元,2024,,2025-02-10\n"
    "b5,new.txt,60,63,12%,乙市,产值增速,growth,12,%,2024,yoy,2025-02-10\n"
    "m1,new.txt,100,103,3亿元,丁市,规上工业利润,level,3,亿元,2024-01/2024-02,,2025-02-10\n"
    "m2,new.txt,110,113,2亿元,丁市,规上工业利润,level,2,亿元,2024-03,,2025-02-10\n"
    "m3,new.txt,120,123,4亿元,丁市,规上工业利润,level,4,亿元,2024-05,,2025-02-10\n"
    "c1,new.txt,70,73,5亿元,乙市,利润,level,5,亿元,2024,,2025-02-10\n"
    "c2,new.txt,80,83,-1亿元,丙市,利润,level,-1,亿元,2024,,2025-02-10\n"
    "c3,new.txt,90,91,x,丁市,利润,level,x,亿元,2024,,2025-02-10\n";

static struct ledger *filled(void)
{
    struct ledger *l;
    struct error e = {0};
    struct import_report *r = mem_zalloc(sizeof *r);
    const struct import_file files[] = {
        {STR("facts.csv"),   str_z(facts)  },
        {STR("docs.csv"),    str_z(docs)   },
        {STR("regions.csv"), str_z(regions)}
    };
    snprintf(dir, sizeof dir, "/tmp/luoshu-query-XXXXXX");
    assert_non_null(mkdtemp(dir));
    if (ledger_open(&l, dir, true, STR("memory"), &e) != OK ||
        import_catalogue(l, STR(""), 1, &e) != OK ||
        import_files(l, files, 3, IMPORT_WHOLE, STR("test"), 1000, r, &e) != OK)
        fail_msg("%s", e.text);
    import_report_clear(r);
    mem_free(r);
    return l;
}

static void emptied(struct ledger *l)
{
    char command[128];
    ledger_close(l);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

static struct query asking(struct ledger *l)
{
    return (struct query){.ledger = l, .right = RIGHT_READ, .as_of = AS_OF_NOW};
}

/* The rows as one text: role entity period value unit reason; */
static void rows_text(const struct model *m, const struct figure *f, struct buf *out)
{
    static const char *const roles[] = {"own", "whole", "part", "rest", "derived"};
    buf_init(out, 1 << 16);
    for (size_t i = 0; i < f->rows.len; i++) {
        const struct figure_row *r = &f->rows.v[i];
        char value[DEC_TEXT], period[32];
        figure_value_text(m, r, value);
        period_text(r->period, period);
        struct str name = r->entity ? model_entity(m, r->entity)->name : STR("-");
        struct str unit = r->state == STATE_VALUE ? figure_unit(m, r) : STR("");
        buf_fmt(out, "%s %.*s %s %s%.*s", roles[r->role], STR_ARG(name), period, value,
                STR_ARG(unit));
        if (r->of)
            buf_fmt(out, " %u/%u", r->have, r->of);
        if (r->reason.len)
            buf_fmt(out, " %.*s", STR_ARG(r->reason));
        buf_z(out, "; ");
    }
}

static void expect(const struct query *q, struct figure_ask ask, const char *want, const char *why)
{
    struct figure f;
    struct buf got;
    struct error e = {0};
    if (query_figure(q, &ask, &f, &e) != OK)
        fail_msg("%s: %s", why, e.text);
    rows_text(ledger_model(q->ledger), &f, &got);
    check_text(buf_str(&got), str_z(want), why);
    buf_clear(&got);
    figure_clear(&f);
}

static void test_figures(void **state)
{
    (void)state;
    struct ledger *l = filled();
    struct query q = asking(l);
    static const struct {
        struct figure_ask ask;
        const char *want, *why;
    } rows[] = {
        {{.indicator = STR("产值"), .of = STR("丙市")},
         "own 丙市 2023 30亿元; own 丙市 2024 33亿元; ",       "all periods"                                                    },
        {{.indicator = STR("产值"), .of = STR("乙"), .period = STR("2024")},
         "own 乙市 2024 50亿元; ",                                 "an alias, one period"                                           },
        {{.indicator = STR("产值"),
          .of = STR("甲省"),
          .by = STR("district"),
          .period = STR("2024")},
         "whole 甲省 2024 100亿元 2/3; part 乙市 2024 50亿元; part 丙市 2024 33亿元; part 丁市 "
         "2024  missing; "
         "rest - 2024 17亿元 members-without-value; ",               "I2: parts and remainder make the whole; I5: missing is not zero"},
        {{.indicator = STR("利润"), .of = STR("甲省"), .by = STR("行政区划")},
         "whole 甲省 2024 4亿元 2/3; part 乙市 2024 5亿元; part 丙市 2024 -1亿元; part 丁市 2024 ; "
         "rest - 2024 0亿元 none; ",                                 "a sum nobody stated; a withheld part stays withheld"            },
        {{.indicator = STR("利润"), .of = STR("甲省")},
         "derived 甲省 2024 4亿元 2/3; ",                          "the same without parts"                                         },
        {{.indicator = STR("规上工业利润"), .of = STR("丁市"), .period = STR("2024-Q1")},
         "own 丁市 2024-01/2024-02 3亿元; own 丁市 2024-03 2亿元; derived 丁市 2024-01/2024-03 "
         "5亿元 2/2; ",                                              "a quarter of merged January-February and March"                 },
        {{.indicator = STR("规上工业利润"), .of = STR("丁市"), .period = STR("2024-Q2")},
         "own 丁市 2024-05 4亿元; ",                               "a gap is a gap: no sum of one month in three"                   },
        {{.indicator = STR("利润 / 产值"), .of = STR("乙市")},
         "derived 乙市 2023  missing; derived 乙市 2024 10.00%; ", "I3: a ratio of totals"                                          },
        {{.indicator = STR("利润 / 产值"), .of = STR("甲省"), .period = STR("2024")},
         "derived 甲省 2024 4.00%; ",                                "I3: never the mean of ratios (10 % and -3 %)"                   },
        {{.indicator = STR("yoy(产值)"), .of = STR("乙市"), .period = STR("2024")},
         "derived 乙市 2024 25.00%; ",                               "growth of two levels"                                           },
        {{.indicator = STR("yoy(产值)"), .of = STR("乙市"), .period = STR("2023")},
         "derived 乙市 2023  missing-base; ",                        "no base: null with the reason"                                  },
        {{.indicator = STR("share(产值)"),
          .of = STR("甲省"),
          .by = STR("district"),
          .period = STR("2024")},
         "whole 甲省 2024  missing-base; part 乙市 2024 50.00%; part 丙市 2024 33.00%; part 丁市 "
         "2024  missing; ",                                            "shares of the parts"                                            },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(&q, rows[i].ask, rows[i].want, rows[i].why);
    emptied(l);
}

static void test_as_of(void **state)
{
    (void)state;
    struct ledger *l = filled();
    struct query q = asking(l);
    struct figure_ask ask = {.indicator = STR("产值"), .of = STR("甲省"), .by = STR("district")};
    q.as_of.published = day_from(2024, 12, 31);
    expect(&q, ask,
           "whole 甲省 2023 90亿元 2/3; part 乙市 2023 40亿元; part 丙市 2023 30亿元; part 丁市 "
           "2023  missing; "
           "rest - 2023 20亿元 members-without-value; whole 甲省 2024 99亿元 0/3; ",
           "what was published by the end of 2024");
    q.as_of = (struct as_of){DAY_MAX, 999};
    expect(&q, ask, "", "this system had been told nothing yet");
    emptied(l);
}

static void test_refusals(void **state)
{
    (void)state;
    struct ledger *l = filled();
    static const struct {
        struct figure_ask ask;
        enum code code;
        const char *has;
    } rows[] = {
        {{.indicator = STR("产值率")},                                           E_MISSING, "产值率"   },
        {{.indicator = STR("产值"), .of = STR("戊市")},                         E_MISSING, "戊市"      },
        {{.indicator = STR("产值"), .of = STR("甲省"), .by = STR("产业链")}, E_MISSING, "行政区划"},
        {{.indicator = STR("产值"), .by = STR("district")},                       E_INPUT,   "entity"      },
        {{.indicator = STR("产值"), .period = STR("2024-13")},                    E_INPUT,   "2024-13"     },
        {{.indicator = STR("产值 + 上云企业数"), .of = STR("甲省")},       E_INPUT,   "亿元"      },
        {{.indicator = STR("产值 +"), .of = STR("甲省")},                       E_INPUT,   ""            },
        {{.indicator = STR("产值"), .kind = STR("levels")},                       E_INPUT,   "levels"      },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct query q = asking(l);
        struct figure f;
        struct error e = {0};
        assert_int_equal(query_figure(&q, &rows[i].ask, &f, &e), rows[i].code);
        if (!str_has(str_z(e.text), str_z(rows[i].has)))
            fail_msg("'%s' does not name '%s'", e.text, rows[i].has);
        q.right = RIGHT_NONE; /* I1 */
        struct error denied = {0};
        assert_int_equal(query_figure(&q, &rows[0].ask, &f, &denied), E_DENIED);
    }
    emptied(l);
}

static void test_region(void **state)
{
    (void)state;
    struct ledger *l = filled();
    struct query q = asking(l);
    struct region_view v;
    uint32_t city;
    struct error e = {0};
    assert_int_equal(query_entity(&q, STR("乙市"), 0, &city, &e), OK);
    assert_int_equal(query_region(&q, city, &v, &e), OK);
    assert_int_equal(v.figures.len, 2); /* 产值 with its growth, 利润 */
    const struct key_figure *f = &v.figures.v[0];
    assert_true(f->now.value == (i128)50 * 10000000000);
    assert_int_equal(f->companions.len, 1); /* its growth */
    region_clear(&v);
    emptied(l);
}

static void test_places(void **state) /* I6 */
{
    (void)state;
    struct ledger *l = filled();
    struct query q = asking(l);
    struct figure f;
    struct error e = {0};
    struct figure_ask ask = {.indicator = STR("产值"), .of = STR("丙市"), .period = STR("2024")};
    assert_int_equal(query_figure(&q, &ask, &f, &e), OK);
    assert_int_equal(f.rows.len, 1);
    const struct trace *t;
    int places = 0, starts = 0;
    for (uint64_t it = 0; (t = ledger_trace(l, f.rows.v[0].fact->id, &it)); places++)
        starts += t->start;
    assert_int_equal(places, 2); /* said twice in one document: one fact, two places */
    assert_int_equal(starts, 80);
    figure_clear(&f);
    emptied(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),  cmocka_unit_test(test_as_of),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_region),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
