/* frame_test.c - tables of figures: which cells there are, what is missing, what is left out. */
#include "base/test.h"
#include "ingest/import.h"
#include "query/query.h"
#include <unistd.h>

static char dir[64];

static const char regions[] = "name,type,parent,aliases\n"
                              "甲省,province,,\n"
                              "乙市,city,甲省,\n"
                              "丙市,city,甲省,\n"
                              "一厂,enterprise,乙市,\n"
                              "二厂,enterprise,乙市,\n"
                              "三厂,enterprise,丙市,\n"
                              "四厂,enterprise,丙市,\n";
static const char docs[] = "doc,source_date,default_subject\n"
                           "returns.txt,2024-02,甲省\n";
static const char members[] = "grouping,child,parent,kind\n"
                              "试验行业,一厂,钢铁业,partition\n"
                              "试验行业,二厂,食品业,partition\n"
                              "试验行业,三厂,钢铁业,partition\n"
                              "试验行业,四厂,钢铁业,partition\n";
static const char classes[] = "name,type,parent,aliases\n"
                              "钢铁业,industry,,\n"
                              "食品业,industry,,\n";
static const char facts[] =
    "id,doc,start,end,text,subject,indicator,kind,value,unit,period,comparison,modality\n"
    "a1,returns.txt,10,14,,一厂,产值,level,40,亿元,2023,,actual\n"
    "a2,returns.txt,20,24,,二厂,产值,level,30,亿元,2023,,actual\n"
    "a3,returns.txt,30,34,,三厂,产值,level,2000,万元,2023,,actual\n"
    "a4,returns.txt,40,44,,四厂,产值,level,5,亿元,2023,,actual\n"
    "a5,returns.txt,50,54,,四厂,产值,level,99,亿元,2024,,target\n"
    "b1,returns.txt,60,64,,乙市,利润,level,7,亿元,2022,,actual\n"
    "b2,returns.txt,70,74,,乙市,利润,level,8,亿元,2023,,actual\n"
    "b3,returns.txt,80,84,,乙市,利润,level,2,亿元,2023-03,,actual\n"
    "b4,returns.txt,90,94,,丙市,利润,level,over,亿元,2023,,actual\n"
    "c1,returns.txt,95,96,,乙市,厂数,count,2,家,2023,,actual\n"
    "c2,returns.txt,97,98,,丙市,厂数,count,2,家,2023,,actual\n";

static struct ledger *filled(void)
{
    struct ledger *l;
    struct error e = {0};
    struct import_report *r = mem_zalloc(sizeof *r);
    struct buf clean;
    buf_init(&clean, sizeof facts);
    for (struct str rest = str_z(facts); rest.len;) { /* without the row that says no number */
        struct str line = str_cut(rest, '\n', &rest);
        if (!str_starts(line, STR("b4")))
            buf_fmt(&clean, "%.*s\n", STR_ARG(line));
    }
    const struct import_file files[] = {
        {STR("facts.csv"),   buf_str(&clean)},
        {STR("docs.csv"),    str_z(docs)    },
        {STR("regions.csv"), str_z(regions) },
        {STR("classes.csv"), str_z(classes) },
        {STR("members.csv"), str_z(members) }
    };
    snprintf(dir, sizeof dir, "/tmp/luoshu-frame-XXXXXX");
    assert_non_null(mkdtemp(dir));
    if (ledger_open(&l, dir, true, STR("memory"), &e) != OK ||
        import_catalogue(l, STR(""), 1, &e) != OK ||
        import_files(l, files, 5, IMPORT_WHOLE, STR("test"), 1000, r, &e) != OK) {
        for (size_t i = 0; i < r->problems.len; i++)
            print_message("%.*s:%u: %.*s\n", STR_ARG(r->problems.v[i].file),
                          r->problems.v[i].line, STR_ARG(r->problems.v[i].text));
        fail_msg("%s", e.text);
    }
    import_report_clear(r);
    mem_free(r);
    buf_clear(&clean);
    return l;
}

static void emptied(struct ledger *l)
{
    char command[128];
    ledger_close(l);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

/* "row/column/period=value unit" of every cell, then what is left out. */
static void frame_text(const struct frame *f, struct buf *out)
{
    buf_init(out, 1 << 16);
    for (size_t i = 0; i < f->cells.len; i++) {
        const struct frame_cell *c = &f->cells.v[i];
        char period[32];
        period_text(f->periods.v[c->period], period);
        struct str unit = f->columns.v[c->column].unit.ptr ? f->columns.v[c->column].unit : f->unit;
        buf_fmt(out, "%.*s/%.*s/%s=%.*s%.*s; ", STR_ARG(f->rows.v[c->row].name),
                STR_ARG(f->columns.v[c->column].name), period,
                STR_ARG(c->missing ? STR("?") : c->text), STR_ARG(c->missing ? STR("") : unit));
    }
    for (size_t i = 0; i < f->left_out.len; i++)
        buf_fmt(out, "-%.*s:%.*s; ", STR_ARG(f->left_out.v[i].name),
                STR_ARG(f->left_out.v[i].reason));
}

static void expect(const struct query *q, struct frame_ask ask, bool whole, const char *want,
                   const char *why)
{
    struct frame f;
    struct buf got;
    struct error e = {0};
    if (query_frame(q, &ask, &f, &e) != OK)
        fail_msg("%s: %s", why, e.text);
    if (whole)
        frame_complete(&f);
    size_t have = 0, missing = 0;
    for (size_t i = 0; i < f.cells.len; i++)
        *(f.cells.v[i].missing ? &missing : &have) += 1;
    assert_int_equal(f.have, have);
    assert_int_equal(f.missing, missing);
    assert_true(!whole || !missing);
    frame_text(&f, &got);
    check_text(buf_str(&got), str_z(want), why);
    buf_clear(&got);
    frame_clear(&f);
}

static void test_frames(void **state)
{
    (void)state;
    struct ledger *l = filled();
    struct query q = {l, RIGHT_READ, AS_OF_NOW};
    expect(&q,
           (struct frame_ask){FRAME_PAIRS, false, STR("产值"), STR("甲省"), STR("行政区划"),
                              STR("试验行业"), STR(""), STR("")},
           false,
           "乙市/钢铁业/2023=40亿元; 乙市/食品业/2023=30亿元; 丙市/钢铁业/2023=5.2亿元; "
           "丙市/食品业/2023=?; ",
           "regions crossed with industries by the enterprises they share, in one unit");
    expect(&q,
           (struct frame_ask){FRAME_PAIRS, false, STR("产值"), STR("甲省"), STR("行政区划"),
                              STR("试验行业"), STR(""), STR("")},
           true, "乙市/钢铁业/2023=40亿元; 丙市/钢铁业/2023=5.2亿元; -食品业:column-incomplete; ",
           "made whole: the column that lacks a region is left out and named");
    expect(&q,
           (struct frame_ask){FRAME_MATRIX, false, STR("厂数;利润率=利润/产值;利润"), STR("甲省"),
                              STR("行政区划"), STR(""), STR("2023"), STR("")},
           true, "乙市/厂数/2023=2家; 丙市/厂数/2023=2家; -利润率:no-figure; -利润:column-incomplete; ",
           "indicators as columns, one an expression");
    expect(&q,
           (struct frame_ask){FRAME_SERIES, true, STR("利润"), STR("乙市"), STR(""), STR(""),
                              STR(""), STR("")},
           false, "乙市/利润/2022=7亿元; 乙市/利润/2023=8亿元; ",
           "a series has periods of one kind, the best covered");
    expect(&q,
           (struct frame_ask){FRAME_LIST, false, STR("厂数"), STR("甲省"), STR("行政区划"), STR(""),
                              STR(""), STR("丙市")},
           false, "乙市/厂数/2023=2家; -丙市:asked; ", "what the asker leaves out");
    expect(&q,
           (struct frame_ask){FRAME_LIST, false, STR("产值"), STR("甲省"), STR(""), STR(""),
                              STR("1999"), STR("")},
           false, "-产值:no-figure; -甲省:no-figure; ",
           "nothing known is an empty frame that says so, no failure");
    emptied(l);
}

static void test_refusals(void **state)
{
    (void)state;
    struct ledger *l = filled();
    struct query q = {l, RIGHT_READ, AS_OF_NOW};
    static const struct {
        struct frame_ask ask;
        enum code code;
    } rows[] = {
        {{.indicator = STR("没有的"), .scope = STR("甲省")},                           E_MISSING},
        {{.indicator = STR("产值"), .scope = STR("没有的")},                           E_MISSING},
        {{.indicator = STR("产值"), .scope = STR("甲省"), .rows = STR("没有的")},      E_MISSING},
        {{.indicator = STR(""), .scope = STR("甲省")},                                 E_INPUT  },
        {{.indicator = STR("产值"), .scope = STR("甲省"), .period = STR("2024..2020")}, E_INPUT  },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct frame f;
        struct error e = {0};
        assert_int_equal(query_frame(&q, &rows[i].ask, &f, &e), rows[i].code);
    }
    struct frame f;
    struct error e = {0};
    q.right = RIGHT_NONE;
    struct frame_ask ask = {.indicator = STR("产值"), .scope = STR("甲省")};
    assert_int_equal(query_frame(&q, &ask, &f, &e), E_DENIED);
    emptied(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
