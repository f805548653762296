/* hj212_test.c - HJ 212: frames of the standard, of its Appendix C and of public devices; broken
 * ones by reason; splits and joints; values, marks and times exactly. */
#include "base/test.h"
#include "field/hj212.h"
#include <stdio.h>

static struct hj212_words *words;
static struct arena arena;

static int start(void **state)
{
    (void)state;
    struct error err = {0};
    arena_init(&arena, 0);
    if (hj212_words_new(&words, &err) != OK) {
        print_error("%s (line %u)\n", err.text, err.line);
        return 1;
    }
    return 0;
}
static int stop(void **state)
{
    (void)state;
    hj212_words_free(words);
    arena_clear(&arena);
    return 0;
}

/* ---- frames ---- */

/* HJ 212-2017 Appendix A; Appendix C tables C.14 to C.50 with length and sum computed; the others
 * as sent by public devices. */
static const char *const good[] = {
    "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
    "RtdInterval=30&&1C80",
    "##0178ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;060-Rtd=3.0943,"
    "060-Flag=N;011-Rtd=18.0412,011-Flag=N;001-Rtd=8.2137,001-Flag=N;B01-Rtd=10.9890,B01-Flag=N&&"
    "a9c1",
    "##0285QN=20190925181031464;ST=22;CN=2061;PW=BF470F88957588DE902D1A52;MN=Z13401000010301;Flag="
    "5;CP=&&DataTime=20190924220000;a34006-Avg=2.69700,a34006-Flag=N;a34007-Avg=7.96600,a34007-"
    "Flag=N;a34048-Avg=3.30600,a34048-Flag=N;a34047-Avg=7.35700,a34047-Flag=N;a34049-Avg=10.66300,"
    "a34049-Flag=N&&C181",
    "##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&"
    "C241",
    "##0077QN=20120416225111069;ST=91;CN=9021;PW=122333;MN=88888880000006;Flag=1;CP=&&&&4100",
    "##0218QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
    "DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20160801070000,w01018-"
    "Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01&&6E80",
    "##0128QN=20160801085857223;ST=32;CN=2021;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
    "DataTime=20160801085857;SB1-RS=1;SB2-RS=0&&F141",
    "##0201QN=20160801085857535;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;"
    "PNO=2;CP=&&DataTime=20160801080000;w01018-Cou=63.0,w01018-Min=40.1,w01018-Avg=40.1,w01018-Max="
    "40.1,w01018-Flag=N&&E2C1",
};

static struct str on_wire(const char *frame)
{
    return arena_fmt(&arena, "%s\r\n", frame);
}

static void read_one(const char *frame, struct hj212_message *m)
{
    struct hj212_stream s;
    struct hj212_frame f;
    struct error err = {0};
    hj212_stream_init(&s, 0);
    hj212_stream_feed(&s, on_wire(frame));
    check_row(hj212_stream_next(&s, &f), frame);
    if (f.fault != HJ212_GOOD)
        fail_msg("%s: %s", frame, f.text);
    struct str data = arena_dup(&arena, f.data);
    check_row(!hj212_stream_next(&s, &f) && !hj212_stream_end(&s, &f), frame);
    hj212_stream_clear(&s);
    if (hj212_read(data, m, &err) != OK)
        fail_msg("%s: %s", frame, err.text);
}

static void frames_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct hj212_message m;
        struct error err = {0};
        struct buf b;
        read_one(good[i], &m);
        buf_init(&b, 1u << 16);
        check_row(hj212_put(&b, &m, &err) == OK, good[i]);
        char upper[16] = "";
        size_t n = strlen(good[i]);
        for (size_t k = 0; k < 4; k++)
            upper[k] =
                good[i][n - 4 + k] >= 'a' ? (char)(good[i][n - 4 + k] - 32) : good[i][n - 4 + k];
        check_text(buf_str(&b), arena_fmt(&arena, "%.*s%s\r\n", (int)(n - 4), good[i], upper),
                   good[i]);
        buf_clear(&b);
    }
}

static void bad_frames_have_their_reason(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum hj212_fault first;
        const char *text;
    } rows[] = {
        {"##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP="
         "&&&&C242\r\n",
         HJ212_CRC, "the sum is C242, it should be C241"},
        {"##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP="
         "&&&&C241\r\n",
         HJ212_CRC, "the sum is C241"},
        {"##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP="
         "&&&&C2G1\r\n",
         HJ212_CRC, "not 4 hexadecimal digits"},
        {"##0086QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP="
         "&&&&C241\r\n",
         HJ212_LENGTH, "says 86 bytes, the data segment has 87"},
        {"##0088QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP="
         "&&&&C241\r\n##",
         HJ212_LENGTH, "says 88 bytes, the data segment has 87"},
        {"##00x7QN=1\r\n", HJ212_LENGTH, "the length is not 4 digits"},
        {"##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP="
         "&&&&C241\n\n",
         HJ212_TAIL, "no CR LF at byte 98"},
        {"##0087QN=20160801085000001;ST=91;CN=90", HJ212_CUT, "ended after 38 bytes"},
        {"hello\r\n", HJ212_GARBAGE, "7 bytes before"},
        {"#", HJ212_CUT, "ended after 1 bytes"},
        {"##0019ST=91;CN=9014;MN=1;##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN="
         "010000A8900016F000169DC0;Flag=4;CP=&&&&C241\r\n",
         HJ212_LENGTH, "another frame begins after 25"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hj212_stream s;
        struct hj212_frame f;
        hj212_stream_init(&s, 0);
        hj212_stream_feed(&s, str_z(rows[i].bytes));
        check_row(hj212_stream_next(&s, &f) || hj212_stream_end(&s, &f), rows[i].bytes);
        if (f.fault != rows[i].first || !strstr(f.text, rows[i].text))
            fail_msg("%s: %s: %s", rows[i].bytes, hj212_fault_name(f.fault), f.text);
        hj212_stream_clear(&s);
    }
}

static void bad_messages_have_their_reason(void **state)
{
    (void)state;
    static const struct {
        const char *data, *text;
    } rows[] = {
        {"CN=2011;MN=1;CP=&&&&", "ST is missing"},
        {"ST=32;MN=1;CP=&&&&", "CN is missing"},
        {"ST=32;CN=2011;CP=&&&&", "MN is missing"},
        {"ST=32;CN=2011;MN=1", "CP is missing"},
        {"ST=32;CN=201;MN=1;CP=&&&&", "CN '201' is not"},
        {"ST=3;CN=2011;MN=1;CP=&&&&", "ST '3' is not"},
        {"ST=32;CN=2011;MN=a/b;CP=&&&&", "MN 'a/b' is not"},
        {"ST=32;CN=2011;MN=1;Flag=256;CP=&&&&", "Flag '256' is not"},
        {"ST=32;CN=2011;MN=1;QN=2016080108585722x;CP=&&&&", "QN"},
        {"ST=32;CN=2011;MN=1;PNUM=2;PNO=3;CP=&&&&", "PNO 3 is not within 1 and PNUM 2"},
        {"ST=32;CN=2011;MN=1;CP=&&a-Rtd=1", "CP does not end with '&&'"},
        {"ST=32;CN=2011;MN=1;CP=&&&", "CP does not end with '&&'"},
        {"ST=32;CN=2011;MN=1;CP=a&&", "CP does not begin with '&&'"},
        {"ST=32;CN=2011;MN=1;CP=&&a&&b&&", "'&&' within CP"},
        {"ST=32;CN;MN=1;CP=&&&&", "'CN' is not NAME=VALUE"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hj212_message m;
        struct error err = {0};
        check_row(hj212_read(str_z(rows[i].data), &m, &err) == E_INPUT, rows[i].data);
        if (!strstr(err.text, rows[i].text))
            fail_msg("%s: %s", rows[i].data, err.text);
    }
}

/* Good frames between noise, cut anywhere: all are found, in order, and only they. */
static void streams_are_cut_anywhere(void **state)
{
    (void)state;
    test_seed("frames of a stream cut anywhere");
    static const char *const noise[] = {"",     "\r\n",      "junk", "##",           "#",
                                        "##01", "##9999ST=", "###",  "##0101QN=2016"};
    for (int round = 0; round < 2000; round++) {
        struct buf b;
        size_t want[8], count = test_below(8), found = 0;
        buf_init(&b, 1u << 16);
        for (size_t i = 0; i < count; i++) {
            want[i] = test_below(COUNT(good));
            buf_z(&b, noise[test_below(COUNT(noise))]);
            buf_fmt(&b, "%s\r\n", good[want[i]]);
        }
        struct hj212_stream s;
        struct hj212_frame f;
        struct str rest = buf_str(&b);
        uint64_t bytes = 0;
        hj212_stream_init(&s, 0);
        while (rest.len) {
            size_t n = hj212_stream_feed(&s, str_sub(rest, 0, 1 + test_below(300)));
            rest = str_sub(rest, n, rest.len);
            while (hj212_stream_next(&s, &f)) {
                assert_int_equal(f.offset, bytes);
                bytes += f.bytes;
                if (f.fault == HJ212_GOOD) {
                    assert_true(found < count);
                    check_text(f.data,
                               str_sub(str_z(good[want[found]]), 6, strlen(good[want[found]]) - 10),
                               "frame");
                    found++;
                }
            }
        }
        if (hj212_stream_end(&s, &f))
            bytes += f.bytes;
        assert_int_equal(found, count);
        assert_int_equal(bytes, b.len);
        hj212_stream_clear(&s);
        buf_clear(&b);
    }
}

/* One byte wrong anywhere in a frame: never accepted as something else. */
static void one_wrong_byte_is_refused(void **state)
{
    (void)state;
    test_seed("one wrong byte");
    struct str frame = on_wire(good[5]);
    for (size_t i = 0; i < frame.len; i++) {
        char *copy = (char *)arena_dup(&arena, frame).ptr;
        copy[i] = (char)(copy[i] ^ (1 + test_below(127)));
        bool case_only = i >= frame.len - 6 && (copy[i] | 0x20) == (frame.ptr[i] | 0x20);
        struct hj212_stream s;
        struct hj212_frame f;
        hj212_stream_init(&s, 0);
        hj212_stream_feed(&s, (struct str){copy, frame.len});
        while (hj212_stream_next(&s, &f))
            if (f.fault == HJ212_GOOD && !case_only)
                fail_msg("byte %zu", i);
        hj212_stream_clear(&s);
    }
}

static void answers(void **state)
{
    (void)state;
    struct hj212_message m;
    struct error err = {0};
    struct buf b;
    buf_init(&b, 1000);
    read_one(good[5], &m);
    assert_int_equal(hj212_answer(&b, &m, 9014, STR(""), &err), OK);
    check_text(buf_str(&b),
               on_wire("##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN="
                       "010000A8900016F000169DC0;Flag=4;CP=&&&&3240"),
               "9014");
    buf_reset(&b);
    assert_int_equal(hj212_answer(&b, &m, 9011, STR("QnRtn=1"), &err), OK);
    check_text(buf_str(&b),
               on_wire("##0094QN=20160801085857223;ST=91;CN=9011;PW=123456;MN="
                       "010000A8900016F000169DC0;Flag=4;CP=&&QnRtn=1&&1B00"),
               "9011");
    buf_reset(&b);
    assert_int_equal(hj212_answer(&b, &m, 9012, STR("ExeRtn=1"), &err), OK);
    check_text(buf_str(&b),
               on_wire("##0095QN=20160801085857223;ST=91;CN=9012;PW=123456;MN="
                       "010000A8900016F000169DC0;Flag=4;CP=&&ExeRtn=1&&6240"),
               "9012");
    buf_reset(&b);
    m.flag = 9; /* 2025 */
    assert_int_equal(hj212_answer(&b, &m, 9014, STR(""), &err), OK);
    assert_true(str_has(buf_str(&b), STR(";Flag=8;")));
    buf_clear(&b);
}

/* ---- samples ---- */

static struct hj212_out samples_of(const char *data, struct error *err)
{
    struct hj212_message m;
    struct hj212_out out;
    hj212_out_init(&out, &arena);
    if (hj212_read(str_z(data), &m, err) == OK &&
        hj212_samples(&m, words, INT64_MIN, &out, err) != OK)
        assert_int_equal(out.samples.len, 0);
    return out;
}

/* "series field time number|state" a line; refused issues as "! text". */
static struct str shown(const struct hj212_out *o)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < o->samples.len; i++) {
        const struct sample *s = &o->samples.v[i];
        buf_fmt(&b, "%.*s %.*s %lld ", STR_ARG(s->series), STR_ARG(s->field),
                (long long)s->time_ms / 1000);
        if (s->state == STATE_VALUE)
            buf_fmt(&b, "%lld%s%d\n", (long long)s->mantissa, "e", s->exp10);
        else
            buf_fmt(&b, "%s\n", state_name((enum fact_state)s->state));
    }
    for (size_t i = 0; i < o->issues.len; i++)
        buf_fmt(&b, "%c %u %s\n", o->issues.v[i].refused ? '!' : '?', o->issues.v[i].column,
                o->issues.v[i].text);
    struct str s = arena_dup(&arena, buf_str(&b));
    buf_clear(&b);
    return s;
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *data, *want, *why;
    } rows[] = {
        {"ST=32;CN=2011;MN=A;CP=&&DataTime=20160801085857;w01018-SampleTime=20160801070000,w01018-"
         "Rtd=2.20,w01018-Flag=N,w01018-EFlag=A01&&",
         "hj212/A w01018-SampleTime 1470013137 1470006000e0\nhj212/A w01018-Rtd 1470013137 "
         "220e-2\n",
         "digits as sent, UTC+8"},
        {"ST=31;CN=2061;MN=A;CP=&&DataTime=20160801080000;a21026-Avg=12,a21026-ZsAvg=-0.5,a21026-"
         "Flag=M&&",
         "hj212/A/hour a21026-Avg 1470009600 withheld\nhj212/A/hour a21026-Avg/M 1470009600 12e0\n"
         "hj212/A/hour a21026-ZsAvg 1470009600 withheld\nhj212/A/hour a21026-ZsAvg/M 1470009600 "
         "-5e-1\n",
         "a mark holds for all values of the factor; the numbers are kept beside"},
        {"ST=31;CN=2051;MN=A;CP=&&DataTime=20160801080000;a-Avg=,a-Flag=D;b-Avg=--;c-Avg=1,c-Flag="
         "T;d-Avg=1;d-Flag=F;e-Avg=0,e-Flag=B&&",
         "hj212/A/minute a-Avg 1470009600 null\nhj212/A/minute b-Avg 1470009600 null\n"
         "hj212/A/minute c-Avg 1470009600 over_limit\nhj212/A/minute c-Avg/T 1470009600 1e0\n"
         "hj212/A/minute d-Avg 1470009600 offline\nhj212/A/minute d-Avg/F 1470009600 1e0\n"
         "hj212/A/minute e-Avg 1470009600 offline\nhj212/A/minute e-Avg/B 1470009600 0e0\n",
         "states of marks, ';' for ','"},
        {"ST=32;CN=2021;MN=A;CP=&&DataTime=20160801085857;SB1-RS=1;SB2-RS=0&&",
         "hj212/A/state SB1-RS 1470013137 1e0\nhj212/A/state SB2-RS 1470013137 0e0\n", "equipment"},
        {"ST=32;CN=2031;MN=A;CP=&&DataTime=20160801000000;w00000-Cou=1512.0&&",
         "hj212/A/day w00000-Cou 1469980800 15120e-1\n", "day"},
        {"ST=31;CN=2011;MN=A;CP=&&DataTime=20160801085857000;a-Rtd=1,a-Flag=N;a-Rtd=2,a-Flag=D;b-"
         "Flag=D;c-Flag=N&&",
         "hj212/A a-Rtd 1470013137 1e0\nhj212/A a-Rtd 1470013137 null\nhj212/A a-Rtd/D 1470013137 "
         "2e0\n"
         "hj212/A b-Rtd 1470013137 null\n? 71 c-Flag=N: a mark without a value\n",
         "17 digits; twice the same; marks alone"},
        {"ST=31;CN=2011;MN=A;CP=&&DataTime=20160801085857;a-Rtd=1x;b-Rtd=3,b-Flag=Q;c;d-td=5;e-"
         "Info=open;-Rtd=1;RestartTime=20160801085624&&",
         "hj212/A b-Rtd 1470013137 null\nhj212/A b-Rtd/Q 1470013137 3e0\nhj212/A d-td 1470013137 "
         "5e0\nhj212/A -Rtd 1470013137 1e0\n"
         "hj212/A RestartTime 1470013137 1470012984e0\n"
         "! 25 a-Rtd=1x: not a number\n? 42 b-Flag=Q: this mark is not in the catalogue; the value "
         "is kept beside a null\n"
         "! 51 c=: not NAME=VALUE\n",
         "what is refused is named"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = {0};
        struct hj212_out out = samples_of(rows[i].data, &err);
        check_row(err.code == OK, err.text);
        check_text(shown(&out), str_z(rows[i].want), rows[i].why);
        hj212_out_clear(&out);
    }
}

static void messages_without_readings(void **state)
{
    (void)state;
    static const struct {
        const char *data, *text;
    } rows[] = {
        {"ST=91;CN=9014;MN=A;CP=&&&&", "CN 9014 is not a command that carries readings"},
        {"ST=31;CN=7777;MN=A;CP=&&&&", "CN 7777"},
        {"ST=31;CN=2011;MN=A;CP=&&a-Rtd=1&&", "DataTime is missing"},
        {"ST=31;CN=2011;MN=A;CP=&&DataTime=20160230000000;a-Rtd=1&&",
         "DataTime '20160230000000' is not a time"},
        {"ST=31;CN=2011;MN=A;CP=&&DataTime=20160801240000;a-Rtd=1&&", "is not a time"},
        {"ST=31;CN=2011;MN=A;Flag=9;CP=&&8a1f00&&", "encrypted"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = {0};
        struct hj212_out out = samples_of(rows[i].data, &err);
        if (err.code != E_INPUT || !strstr(err.text, rows[i].text))
            fail_msg("%s: %s", rows[i].data, err.text);
        hj212_out_clear(&out);
    }
}

static void a_further_packet_has_the_first_ones_time(void **state)
{
    (void)state;
    struct error err = {0};
    struct hj212_message m;
    struct hj212_out out;
    hj212_out_init(&out, &arena);
    assert_int_equal(
        hj212_read(STR("ST=31;CN=2061;MN=A;Flag=7;PNUM=2;PNO=2;CP=&&a-Avg=1&&"), &m, &err), OK);
    assert_int_equal(hj212_samples(&m, words, 1000, &out, &err), OK);
    check_text(shown(&out), STR("hj212/A/hour a-Avg 1 1e0\n"), "time of the caller");
    hj212_out_clear(&out);
}

static void times(void **state)
{
    (void)state;
    test_seed("times come back");
    for (int i = 0; i < CASES; i++) {
        int64_t ms = (int64_t)test_below(4102444800000), back;
        char text[18];
        hj212_time_text(ms, true, text);
        assert_true(hj212_time(str_z(text), &back));
        assert_int_equal(back, ms);
    }
}

/* ---- the catalogue ---- */

static void the_catalogue_is_whole(void **state)
{
    (void)state;
    static const struct {
        const char *code, *name, *unit;
        int decimals;
    } factors[] = {{"w01018", "化学需氧量", "毫克/升", 1},
                   {"011", "化学需氧量", "毫克/升", 1},
                   {"a21026", "二氧化硫", "毫克/立方米", -1},
                   {"w00000", "污水", "升/秒", 2},
                   {"e10107", "进水口流量", "升/秒", 2}};
    for (size_t i = 0; i < COUNT(factors); i++) {
        const struct hj212_factor *f = hj212_factor(words, str_z(factors[i].code));
        check_row(f != NULL, factors[i].code);
        check_text(f->name_zh, str_z(factors[i].name), factors[i].code);
        check_text(f->unit, str_z(factors[i].unit), factors[i].code);
        check_row(factors[i].decimals < 0 || f->decimals == factors[i].decimals, factors[i].code);
    }
    assert_null(hj212_factor(words, STR("zz")));
    assert_int_equal(hj212_command(words, 2061)->answer, 9014);
    assert_int_equal(hj212_command(words, 1013)->kind, HJ212_NOTICE);
    assert_null(hj212_command(words, 4711));
    assert_string_equal(hj212_system(words, STR("32")), "地表水体环境污染源");
}

/* ---- frames of public test code, when the shared data is there ---- */

static char *shared_frames(size_t *len)
{
    const char *root = getenv("LUOSHU_SOURCE");
    char path[1000];
    snprintf(path, sizeof path, "%s/../shared/data/hj212/frames.tsv", root ? root : ".");
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = mem_alloc(1u << 20);
    *len = fread(text, 1, 1u << 20, f);
    fclose(f);
    return text;
}

static void public_frames(void **state)
{
    (void)state;
    size_t len, rows = 0, good_rows = 0;
    char *text = shared_frames(&len);
    if (!text) {
        print_message("# ../shared/data/hj212 is not there\n");
        skip();
    }
    struct str rest = {text, len};
    (void)str_cut(rest, '\n', &rest);
    while (rest.len) {
        struct str line = str_cut(rest, '\n', &rest), cell[6];
        for (size_t i = 0; i < 6; i++)
            cell[i] = str_cut(line, '\t', &line);
        struct hj212_stream s;
        struct hj212_frame f;
        struct hj212_message m;
        struct error err = {0};
        bool crc_ok = str_is(cell[5], "1");
        hj212_stream_init(&s, 0);
        hj212_stream_feed(&s, arena_fmt(&arena, "%.*s\r\n", STR_ARG(cell[0])));
        assert_true(hj212_stream_next(&s, &f));
        assert_int_equal(f.fault, crc_ok ? HJ212_GOOD : HJ212_CRC);
        rows++;
        if (crc_ok) {
            assert_int_equal(hj212_read(f.data, &m, &err), OK);
            check_text(m.st, cell[1], "ST");
            check_text(arena_fmt(&arena, "%04u", m.cn), cell[2], "CN");
            assert_int_equal(HJ212_VERSION(&m) == 1, str_is(cell[3], "2017"));
            good_rows++;
        }
        hj212_stream_clear(&s);
    }
    mem_free(text);
    assert_int_equal(rows, 13);
    assert_int_equal(good_rows, 9);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_read_and_written),
        cmocka_unit_test(bad_frames_have_their_reason),
        cmocka_unit_test(bad_messages_have_their_reason),
        cmocka_unit_test(streams_are_cut_anywhere),
        cmocka_unit_test(one_wrong_byte_is_refused),
        cmocka_unit_test(answers),
        cmocka_unit_test(values),
        cmocka_unit_test(messages_without_readings),
        cmocka_unit_test(a_further_packet_has_the_first_ones_time),
        cmocka_unit_test(times),
        cmocka_unit_test(the_catalogue_is_whole),
        cmocka_unit_test(public_frames),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
