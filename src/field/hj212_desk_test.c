/* hj212_desk_test.c - who may send, what is answered and when, packets, gaps, limits. */
#include "base/test.h"
#include "field/hj212_desk.h"

static struct hj212_words *words;
static struct hj212_register *reg;
static struct arena arena;

static const char stations[] = "设备唯一标识,密码,名称,限值,补传\n"
                               "A1,123456,一号排口,GB18918-一级A,是\n"
                               "B2,,二号锅炉,GB13271-燃气锅炉;own,no\n";
static const char limits[] = "name,factor,series,suffix,minimum,maximum,valid_from,valid_to\n"
                             "own,a21026,.,Rtd,,35.5,2020-01-01,2021-01-01\n"
                             "own,a01014,.,Rtd,1,,,\n";

static int start(void **state)
{
    (void)state;
    struct error err = {0};
    arena_init(&arena, 0);
    return hj212_words_new(&words, &err) != OK || hj212_register_new(&reg, &err) != OK ||
           hj212_register_limits(reg, str_z(limits), &err) != OK ||
           hj212_register_stations(reg, str_z(stations), &err) != OK;
}
static int stop(void **state)
{
    (void)state;
    hj212_register_free(reg);
    hj212_words_free(words);
    arena_clear(&arena);
    return 0;
}

#define NOW 1470013200000 /* 2016-08-01 09:00:00 at UTC+8 */

struct turn {
    enum code code;
    struct error err;
    struct hj212_out out;
    struct buf now, after;
    struct str mn;
};
static struct turn turn(struct hj212_desk *d, const char *data)
{
    struct turn t = {0};
    hj212_out_init(&t.out, &arena);
    buf_init(&t.now, 4096);
    buf_init(&t.after, 4096);
    t.code = hj212_desk_take(d, str_z(data), NOW, &t.out, &t.mn, &t.now, &t.after, &t.err);
    return t;
}
static void turn_end(struct turn *t)
{
    hj212_out_clear(&t->out);
    buf_clear(&t->now);
    buf_clear(&t->after);
}

static void who_may_send(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        bool strangers;
        enum code code;
        enum hj212_count count;
    } rows[] = {
        {"ST=32;CN=2011;PW=123456;MN=A1;CP=&&DataTime=20160801085857;a-Rtd=1&&", false, OK,
         HJ212_N_DATA},
        {"ST=32;CN=2011;PW=123457;MN=A1;CP=&&DataTime=20160801085857;a-Rtd=1&&", false, E_DENIED,
         HJ212_N_PASSWORD},
        {"ST=32;CN=2011;MN=A1;CP=&&DataTime=20160801085857;a-Rtd=1&&", true, E_DENIED,
         HJ212_N_PASSWORD},
        {"ST=32;CN=2011;PW=x;MN=B2;CP=&&DataTime=20160801085857;a-Rtd=1&&", false, OK,
         HJ212_N_DATA},
        {"ST=32;CN=2011;MN=C3;CP=&&DataTime=20160801085857;a-Rtd=1&&", false, E_MISSING,
         HJ212_N_STRANGER},
        {"ST=32;CN=2011;MN=C3;CP=&&DataTime=20160801085857;a-Rtd=1&&", true, OK, HJ212_N_DATA},
        {"ST=32;CN=4711;MN=B2;CP=&&&&", false, E_INPUT, HJ212_N_BAD_MESSAGE},
        {"ST=32;CN=2061;MN=B2;CP=&&a-Avg=1&&", false, E_INPUT, HJ212_N_BAD_MESSAGE},
        {"ST=32;CN=2011", false, E_INPUT, HJ212_N_BAD_MESSAGE},
        {"ST=91;CN=9011;PW=123456;MN=A1;CP=&&QnRtn=1&&", false, OK, HJ212_N_OTHER},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hj212_desk *d = hj212_desk_new(words, reg, rows[i].strangers);
        struct turn t = turn(d, rows[i].data);
        check_row(t.code == rows[i].code, rows[i].data);
        check_row(hj212_desk_counted(d, rows[i].count) == 1, rows[i].data);
        check_row(t.code == OK || (!t.out.samples.len && !t.after.len && !t.now.len), rows[i].data);
        turn_end(&t);
        hj212_desk_free(d);
    }
}

static void which_answer(void **state)
{
    (void)state;
    static const struct {
        const char *data, *now, *after;
    } rows[] = {
        {"QN=20160801085857223;ST=32;CN=2011;MN=B2;Flag=5;CP=&&DataTime=20160801085857;a-Rtd=1&&",
         "", "QN=20160801085857223;ST=91;CN=9014;MN=B2;Flag=4;CP=&&&&"},
        {"QN=20160801085857223;ST=32;CN=2011;MN=B2;Flag=4;CP=&&DataTime=20160801085857;a-Rtd=1&&",
         "", ""},
        {"ST=32;CN=2011;MN=B2;CP=&&DataTime=20160801085857;a-Rtd=1&&", "", ""},
        {"QN=20160801085857223;ST=32;CN=3019;MN=B2;Flag=9;CP=&&PolId=w01018;w01018-SN=77&&", "",
         "QN=20160801085857223;ST=91;CN=9014;MN=B2;Flag=8;CP=&&&&"},
        {"QN=20160801085857223;ST=32;CN=9015;MN=B2;Flag=9;CP=&&&&",
         "QN=20160801085857223;ST=91;CN=9014;MN=B2;Flag=8;CP=&&&&", ""},
        {"QN=20160801085857223;ST=91;CN=9021;MN=B2;Flag=1;CP=&&&&",
         "QN=20160801085857223;ST=91;CN=9022;MN=B2;Flag=0;CP=&&&&", ""},
        {"QN=20160801085857223;ST=91;CN=9012;MN=B2;Flag=5;CP=&&ExeRtn=1&&", "", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hj212_desk *d = hj212_desk_new(words, reg, false);
        struct turn t = turn(d, rows[i].data);
        check_row(t.code == OK, t.err.text);
        struct str now = buf_str(&t.now), after = buf_str(&t.after);
        check_text(now.len ? str_sub(now, 6, now.len - 12) : now, str_z(rows[i].now), "now");
        check_text(after.len ? str_sub(after, 6, after.len - 12) : after, str_z(rows[i].after),
                   "after");
        turn_end(&t);
        hj212_desk_free(d);
    }
}

static void a_device_that_asks_for_the_time_gets_it(void **state)
{
    (void)state;
    struct hj212_desk *d = hj212_desk_new(words, reg, false);
    struct turn t =
        turn(d, "QN=20160801085857223;ST=32;CN=1013;PW=123456;MN=A1;Flag=5;CP=&&PolId=w01018&&");
    assert_int_equal(t.code, OK);
    assert_true(str_has(buf_str(&t.now), STR("CN=9013;PW=123456;MN=A1;Flag=4;")));
    assert_true(str_has(buf_str(&t.now), STR("CN=1012;PW=123456;MN=A1;Flag=5;"
                                             "CP=&&PolId=w01018;SystemTime=20160801090000&&")));
    turn_end(&t);
    hj212_desk_free(d);
}

static void further_packets(void **state)
{
    (void)state;
    struct hj212_desk *d = hj212_desk_new(words, reg, false);
    struct turn t = turn(d, "ST=32;CN=2061;MN=B2;Flag=6;PNUM=2;PNO=1;"
                            "CP=&&DataTime=20160801080000;a-Avg=1&&");
    assert_int_equal(t.code, OK);
    turn_end(&t);
    t = turn(d, "ST=32;CN=2061;MN=B2;Flag=6;PNUM=2;PNO=2;CP=&&b-Avg=2&&");
    assert_int_equal(t.code, OK);
    assert_int_equal(t.out.samples.v[0].time_ms, 1470009600000);
    turn_end(&t);
    t = turn(d, "ST=32;CN=2061;MN=B2;Flag=6;PNUM=2;PNO=2;CP=&&b-Avg=2&&");
    assert_int_equal(t.code, E_INPUT); /* nothing goes before it */
    turn_end(&t);
    hj212_desk_free(d);
}

static void missing_hours_are_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *time, *cp;
    } rows[] = {{"20160801030000", NULL},
                {"20160801040000", NULL},
                {"20160801080000", "BeginTime=20160801050000,EndTime=20160801070000"},
                {"20160801050000", NULL}, /* here they come */
                {"20160801090000", NULL}};
    struct hj212_desk *d = hj212_desk_new(words, reg, false);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str data =
            arena_fmt(&arena, "ST=32;CN=2061;PW=123456;MN=A1;Flag=4;CP=&&DataTime=%s;a-Avg=1&&",
                      rows[i].time);
        struct turn t = turn(d, arena_z(&arena, data));
        assert_int_equal(t.code, OK);
        if (rows[i].cp)
            check_row(
                str_has(buf_str(&t.after), arena_fmt(&arena,
                                                     "QN=20160801090000000;ST=32;CN=2061;PW=123456;"
                                                     "MN=A1;Flag=5;CP=&&%s&&",
                                                     rows[i].cp)),
                rows[i].time);
        else
            check_row(t.after.len == 0, rows[i].time);
        turn_end(&t);
    }
    assert_int_equal(hj212_desk_counted(d, HJ212_N_BACKFILL), 1);
    hj212_desk_free(d);
}

static void readings_beside_their_limits(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        int over; /* of the sample behind; -1 none, -2 a state */
    } rows[] = {
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01018-Avg=50.0&&", 0},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01018-Avg=50.0000001&&", 1},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01018-Avg=5e30&&", 1},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01018-Avg=5e-30&&", 0},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01001-Avg=5.99&&", 1},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01001-Avg=9&&", 0},
        {"ST=32;CN=2061;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01018-Avg=90&&", -1},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20020801000000;w01018-Avg=90&&", -1},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;w01018-Avg=90,w01018-Flag=D&&",
         -2},
        {"ST=32;CN=2031;PW=123456;MN=A1;CP=&&DataTime=20160801000000;011-Avg=50.1&&", 1}, /* 2005 */
        {"ST=31;CN=2061;MN=B2;CP=&&DataTime=20160801000000;a21002-ZsAvg=200.1&&", 1},
        {"ST=31;CN=2061;MN=B2;CP=&&DataTime=20160801000000;a21002-Avg=200.1&&", -1},
        {"ST=31;CN=2011;MN=B2;CP=&&DataTime=20200801000000;a21026-Rtd=35.51&&", 1},
        {"ST=31;CN=2011;MN=B2;CP=&&DataTime=20210102000000;a21026-Rtd=35.51&&", -1},
        {"ST=31;CN=2011;MN=B2;CP=&&DataTime=20210101000000;a01014-Rtd=-3&&", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hj212_desk *d = hj212_desk_new(words, reg, false);
        struct turn t = turn(d, rows[i].data);
        check_row(t.code == OK, t.err.text);
        const struct sample *last = &t.out.samples.v[t.out.samples.len - 1];
        bool marked = str_ends(last->field, STR("/over"));
        check_row(marked == (rows[i].over != -1), rows[i].data);
        if (rows[i].over == -2)
            check_row(last->state == STATE_NULL, rows[i].data);
        else if (marked)
            check_row(last->state == STATE_VALUE && last->mantissa == rows[i].over, rows[i].data);
        check_row(hj212_desk_counted(d, HJ212_N_OVER) == (rows[i].over == 1), rows[i].data);
        turn_end(&t);
        hj212_desk_free(d);
    }
}

static void lists_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *text;
        uint32_t line, column;
    } rows[] = {
        {"pw\n1\n", "no column 'mn'", 1, 1},
        {"mn,pw\nA/1,1\n", "mn 'A/1' is not 1 to 40 letters and digits", 2, 1},
        {"mn\nA\nA\n", "mn 'A' is there twice", 3, 1},
        {"mn,limits\nA,GB99\n", "names a set of limits that is not there", 2, 3},
        {"mn,backfill\nA,perhaps\n", "backfill 'perhaps' is not yes or no", 2, 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hj212_register *r;
        struct error err = {0};
        assert_int_equal(hj212_register_new(&r, &err), OK);
        check_row(hj212_register_stations(r, str_z(rows[i].csv), &err) == E_INPUT, rows[i].csv);
        check_row(strstr(err.text, rows[i].text) != NULL, err.text);
        check_row(err.line == rows[i].line && err.column == rows[i].column, rows[i].csv);
        hj212_register_free(r);
    }
    struct hj212_register *r;
    struct error err = {0};
    assert_int_equal(hj212_register_new(&r, &err), OK);
    size_t before = r->limits.len;
    assert_int_equal(
        hj212_register_limits(
            r, STR("name,factor,series,suffix,maximum\nGB18918-一级A,w1,day,Avg,3\n"), &err),
        OK);
    assert_int_equal(r->limits.len, before - 7 + 1); /* a set of that name is replaced */
    assert_int_equal(
        hj212_register_limits(r, STR("name,factor,series,suffix,maximum\nx,w1,day,Avg,a\n"), &err),
        E_INPUT);
    assert_int_equal(r->limits.len, before - 7 + 1);
    hj212_register_free(r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_send),
        cmocka_unit_test(which_answer),
        cmocka_unit_test(a_device_that_asks_for_the_time_gets_it),
        cmocka_unit_test(further_packets),
        cmocka_unit_test(missing_hours_are_asked_for),
        cmocka_unit_test(readings_beside_their_limits),
        cmocka_unit_test(lists_that_are_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
