/* lp_test.c - line protocol: what is taken, what is refused and where, and the same whatever the
 * order of tags, the cut into slices and the place in a block of 64 bytes. */
#include "base/test.h"
#include "field/lp.h"

#define NOW 1700000000123

static uint64_t hash(const void *ctx, struct str s)
{
    (void)ctx;
    return str_hash(s) | 1;
}
static const struct lp_options plain = {.now_ms = NOW, .hash = hash};

/* "series field mantissa exp time; ..." of all samples, and "!line:column text; " of what is
 * refused */
static struct str told(struct lp *p, const char *text, size_t len, const struct lp_options *o,
                       size_t slice, struct buf *out)
{
    buf_reset(out);
    lp_open(p, (struct str){text, len}, o);
    while (lp_next(p, slice)) {
        assert_int_equal(p->samples.len, p->places.len);
        for (size_t i = 0; i < p->samples.len; i++) {
            const struct sample *s = &p->samples.v[i];
            assert_int_equal(s->series_hash, o->hash ? hash(NULL, s->series) : 0);
            assert_int_equal(s->state, STATE_VALUE);
            buf_fmt(out, "%.*s|%.*s|%llde%d|%lld@%u; ", STR_ARG(s->series), STR_ARG(s->field),
                    (long long)s->mantissa, s->exp10, (long long)s->time_ms, p->places.v[i].line);
        }
    }
    for (size_t i = 0; i < p->why_count; i++)
        buf_fmt(out, "!%u:%u %s; ", p->why[i].line, p->why[i].column, p->why[i].text);
    return buf_str(out);
}

static void check_rows(const struct lp_options *o, const char *const (*rows)[2], size_t count)
{
    struct lp p;
    struct buf out;
    lp_init(&p);
    buf_init(&out, 1u << 20);
    for (size_t i = 0; i < count; i++) {
        /* exactly as large as the text, so that a sanitizer sees one byte too far; and at every
         * place in a block */
        size_t len = strlen(rows[i][0]);
        for (size_t shift = 0; shift < 130; shift += 13) {
            char *copy = malloc(len + shift + 1);
            memset(copy, '\n', shift);
            if (shift)
                copy[0] = '#';
            memmove(copy + shift, rows[i][0], len);
            struct str got = told(&p, copy, len + shift, o, shift % 2 ? 1 : 100, &out);
            if (shift == 0)
                check_text(got, str_z(rows[i][1]), rows[i][0]);
            else
                check_row((strchr(rows[i][1], '!') != NULL) == str_has(got, STR("!")), rows[i][0]);
            free(copy);
        }
    }
    lp_clear(&p);
    buf_clear(&out);
}
#define T "1700000000123"

static void taken(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"m v=1", "m|v|1e0|" T "@1; "},
        {"m v=1 1000000\n", "m|v|1e0|1@1; "},
        {"m,dev=17 v=12.50 -1000000", "m,dev=17|v|1250e-2|-1@1; "},
        {"m,b=2,a=1 v=1", "m,a=1,b=2|v|1e0|" T "@1; "},
        {"m,a=1,b=2 v=1,w=2 5000000", "m,a=1,b=2|v|1e0|5@1; m,a=1,b=2|w|2e0|5@1; "},
        {"m,aa=1,a=2 v=1", "m,a=2,aa=1|v|1e0|" T "@1; "},
        {"m,a\\ b=1,a=2 v=1", "m,a=2,a\\ b=1|v|1e0|" T "@1; "},
        {"my\\ m\\,x,t\\=\\ k=v\\,1 f\\ 1\\=\\,=3i",
         "my\\ m\\,x,t\\=\\ k=v\\,1|f 1=,|3e0|" T "@1; "},
        {"m=x\\= v=1", "m=x\\=|v|1e0|" T "@1; "},
        {"m\\a,t=c:\\d\\\\e v=1", "m\\a,t=c:\\d\\\\e|v|1e0|" T "@1; "},
        {"\"m\",\"t\"=\"a\" \"v\"=1", "\"m\",\"t\"=\"a\"|\"v\"|1e0|" T "@1; "},
        {"_m,_t=1 _v=1", "_m,_t=1|_v|1e0|" T "@1; "},
        {"电表,厂=三 功率=2", "电表,厂=三|功率|2e0|" T "@1; "},
        /* values */
        {"m a=.5,b=1.,c=01,d=-0,e=1e5,f=1E+5",
         "m|a|5e-1|" T "@1; m|b|1e0|" T "@1; m|c|1e0|" T "@1; m|d|0e0|" T "@1; m|e|1e5|" T
         "@1; m|f|1e5|" T "@1; "},
        {"m a=9223372036854775807i,b=-9223372036854775808i,c=18446744073709551615u,d=0u",
         "m|a|9223372036854775807e0|" T "@1; m|b|-9223372036854775808e0|" T
         "@1; m|c|184467440737095516e2|" T "@1; m|d|0e0|" T "@1; "},
        {"m a=t,b=T,c=true,d=True,e=TRUE",
         "m|a|1e0|" T "@1; m|b|1e0|" T "@1; m|c|1e0|" T "@1; m|d|1e0|" T "@1; m|e|1e0|" T "@1; "},
        {"m a=f,b=F,c=false,d=False,e=FALSE",
         "m|a|0e0|" T "@1; m|b|0e0|" T "@1; m|c|0e0|" T "@1; m|d|0e0|" T "@1; m|e|0e0|" T "@1; "},
        {"m a=1e+21,b=123456789012345678.5,c=0.000001",
         "m|a|1e21|" T "@1; m|b|123456789012345678e0|" T "@1; m|c|1e-6|" T "@1; "},
        /* the same field twice: the last one */
        {"m v=1,w=5,v=2", "m|v|2e0|" T "@1; m|w|5e0|" T "@1; "},
        /* nothing in it */
        {"", ""},
        {"\n\n \n", ""},
        {"# m v=1\n  # x\nm v=1", "m|v|1e0|" T "@3; "},
        {"  m  v=1   7000000  \n\tm v=2 \t8000000\t", "m|v|1e0|7@1; m|v|2e0|8@2; "},
        {"m v=1 ", "m|v|1e0|" T "@1; "},
        {"m v=1\n\n\nm v=2", "m|v|1e0|" T "@1; m|v|2e0|" T "@4; "},
        /* a time is cut to its millisecond, downwards */
        {"m v=1 1999999\nm v=1 -1", "m|v|1e0|1@1; m|v|1e0|-1@2; "},
        {"m v=1 9223372036854775806", "m|v|1e0|9223372036854@1; "},
    };
    check_rows(&plain, rows, COUNT(rows));
}

static void refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"m v=1\nm\nm v=2",
         "m|v|1e0|" T "@1; m|v|2e0|" T
         "@3; !2:2 a series without fields: a space and field=value are missing; "},
        {"m \nm v=2", "m|v|2e0|" T "@2; !1:3 a series without fields: field=value is missing; "},
        {"m, v=1", "!1:3 '' is not a tag=value; a space, comma or = that belongs to a name has a "
                   "backslash before it; "},
        {",a=1 v=1", "!1:1 the measurement is missing before the comma; "},
        {"m,a= v=1", "!1:5 a tag without a value; leave the tag out of the line; "},
        {"m,=1 v=1", "!1:3 a tag without a name before its =; "},
        {"m,a=b=c v=1", "!1:6 = inside a tag's value; write it as \\=; "},
        {"m,a=1,a=2 v=1", "!1:7 this tag stands twice in the line; leave one of them out; "},
        {"m,b=1,a=1,b=2 v=1", "!1:11 this tag stands twice in the line; leave one of them out; "},
        {"m,time=1 v=1", "!1:3 'time' cannot be the name of a tag; rename it; "},
        {"m time=1", "!1:3 'time' cannot be the name of a field; the time stands at the end of the "
                     "line; "},
        {"my meas,t=v f=1",
         "!1:4 'meas' is not a field=value; a space, comma or = that belongs to a "
         "name has a backslash before it; "},
        {"m =1", "!1:3 a field without a name before its =; "},
        {"m v=", "!1:5 the value '' is missing; "},
        {"m v=,w=1", "!1:5 the value '' is missing; "},
        {"m v=+1", "!1:5 the value '+1' begins with +; leave it out; "},
        {"m v=NaN", "!1:5 the value 'NaN' is not a number that can be counted; leave the field out "
                    "of the line; "},
        {"m v=-Inf",
         "!1:5 the value '-Inf' is not a number that can be counted; leave the field out "
         "of the line; "},
        {"m v=1e400", "!1:5 the value '1e400' is larger than a 64-bit float can be; "},
        {"m v=0x10",
         "!1:5 the value '0x10' is not a number: digits, a point, an exponent, or digits "
         "with i or u behind; "},
        {"m v=1_0", "!1:5 the value '1_0' is not a number: digits, a point, an exponent, or digits "
                    "with i or u behind; "},
        {"m v=tRUE",
         "!1:5 the value 'tRUE' is neither a number nor true or false; a text stands in "
         "double quotes; "},
        {"m v=9223372036854775808i",
         "!1:5 the value '9223372036854775808i' does not fit 64 bits; "},
        {"m v=18446744073709551616u",
         "!1:5 the value '18446744073709551616u' does not fit 64 bits; "},
        {"m v=-1u", "!1:5 the value '-1u' is not an unsigned integer: digits and u; "},
        {"m v=1.5i", "!1:5 the value '1.5i' is not an integer: digits and i; "},
        {"m v=-",
         "!1:5 the value '-' is neither a number nor true or false; a text stands in double "
         "quotes; "},
        {"m v=1 1.5", "!1:7 the time '1.5' is not a time: digits only, in the unit that precision "
                      "says; "},
        {"m v=1 9223372036854775807", "!1:7 the time '9223372036854775807' does not fit 64 bits; "},
        {"m v=1 99999999999999999999999", "!1:7 the time '99999999999999999999999' does not fit 64 "
                                          "bits; "},
        {"m v=1 1 2", "!1:9 more behind the time; one point a line; "},
        {"m v=1 ,w=2", "!1:7 the time ',' is not a time; a space inside a name or value has a "
                       "backslash before it; "},
        {"m v=1 w=2", "!1:7 the time 'w=' is not a time; a space inside a name or value has a "
                      "backslash before it; "},
        {"m v=1=2", "!1:6 = inside a value; is a comma missing before the field?; "},
        {"m v=1\"", "!1:6 '\"' inside a value; a text stands in double quotes as a whole; "},
        /* line ends of Windows: no InfluxDB takes them, and a value '1\r' is none */
        {"m v=1\r\nm v=2 1000000\r\nm v=3",
         "m|v|3e0|" T "@3; !1:6 the line ends with CR LF; send LF alone; "
         "!2:14 the line ends with CR LF; send LF alone; "},
        {"m\t v=1", "!1:2 a tab in a name; parts of a line are set apart by spaces; "},
        {"m,a=\x01 v=1", "!1:5 a control character in a name; "},
        {"m,a=\xff v=1", "!1:5 these bytes are not UTF-8; "},
        {"m,a=电 v=x", "!1:9 the value 'x' is neither a number nor true or false; a text stands in "
                       "double quotes; "},
        /* texts */
        {"m s=\"on\"", "!1:3 field 's' is text; only numbers are kept: map its words to numbers or "
                       "leave it out; "},
        {"m v=1,s=\"a\\\"b, c=\n\\\\\",w=2,u=\"\" 1000000\nm v=3",
         "m|v|1e0|1@1; m|w|2e0|1@1; m|v|3e0|" T "@3; !1:7 field 's' is text, as are others of the "
         "line; only numbers are kept: map its words to numbers or leave it out; "},
        {"m s=\"x\"y,v=1\nm v=2", "m|v|2e0|" T "@2; !1:8 'y' behind the closing quote of a text; a "
                                  "quote inside it is \\\"; "},
        {"m v=bad,s=\"x\ny\" 1\nm v=2",
         "m|v|2e0|" T "@3; !1:5 the value 'bad' is neither a number nor "
         "true or false; a text stands in double quotes; "},
        {"m v=1,s=\"x\nm v=2",
         "m|v|2e0|" T "@2; !1:9 the text that begins here has no closing quote; "},
        {"m v=1,s=\"\\", "!1:9 the text that begins here has no closing quote; "},
    };
    check_rows(&plain, rows, COUNT(rows));
}

static void precisions(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *want;
        bool version1;
    } rows[] = {
        {"", "m v=1 1700000000123456789", "m|v|1e0|1700000000123@1; ", false},
        {"ns", "m v=1 1700000000123456789", "m|v|1e0|1700000000123@1; ", false},
        {"us", "m v=1 1700000000123456", "m|v|1e0|1700000000123@1; ", false},
        {"ms", "m v=1 1700000000123", "m|v|1e0|1700000000123@1; ", false},
        {"s", "m v=1 1700000000", "m|v|1e0|1700000000000@1; ", false},
        {"n", "m v=1 1700000000123456789", "m|v|1e0|1700000000123@1; ", true},
        {"u", "m v=1 1700000000123456", "m|v|1e0|1700000000123@1; ", true},
        {"µ", "m v=1 1700000000123456", "m|v|1e0|1700000000123@1; ", true},
        {"m", "m v=1 28333333", "m|v|1e0|1699999980000@1; ", true},
        {"h", "m v=1 472222", "m|v|1e0|1699999200000@1; ", true},
        {"h", "m v=1 9223372036854775806",
         "!1:7 the time '9223372036854775806' is out of range; does "
         "the precision of the request fit it?; ",
         true},
    };
    struct lp p;
    struct buf out;
    enum lp_precision precision;
    lp_init(&p);
    buf_init(&out, 1u << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lp_options o = plain;
        check_row(lp_precision_from(str_z(rows[i].name), rows[i].version1, &o.precision),
                  rows[i].name);
        check_text(told(&p, rows[i].text, strlen(rows[i].text), &o, 10, &out), str_z(rows[i].want),
                   rows[i].name);
    }
    assert_false(lp_precision_from(STR("m"), false, &precision));
    assert_false(lp_precision_from(STR("x"), true, &precision));
    assert_false(lp_precision_from(STR("NS"), false, &precision));
    lp_clear(&p);
    buf_clear(&out);
}

static bool on_off(void *ctx, struct str series, struct str field, struct str text, int64_t *number)
{
    (void)ctx;
    *number = str_is(text, "on");
    return str_is(series, "m") && str_is(field, "s") && (*number || str_is(text, "o\"f\nf"));
}

static void texts_with_numbers(void **state)
{
    (void)state;
    struct lp_options o = plain;
    o.text = on_off;
    static const char *const rows[][2] = {
        {"m s=\"on\"\nm s=\"o\\\"f\nf\",v=2\nm v=3",
         "m|s|1e0|" T "@1; m|s|0e0|" T "@2; m|v|2e0|" T "@2; m|v|3e0|" T "@4; "},
        {"m s=\"?\"",
         "!1:3 field 's' is text; only numbers are kept: map its words to numbers or leave "
         "it out; "},
    };
    check_rows(&o, rows, COUNT(rows));
}

static void collisions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t want;
    } rows[] = {
        {"m v=1 1000000\nm v=2 1000001\nm v=3 1000002", 2},
        {"m v=1 1000001\nm v=2 1000001", 0}, /* a revision, as sent */
        {"m v=1 1000000\nm v=2 2000001\nn v=1 1000001\nm w=1 1000001", 0},
        {"m,b=1,a=1 v=1 1000000\nm,a=1,b=1 v=2 1500000", 1},
        {"m v=1 1000000\nm v=2 1000000", 0},
    };
    struct lp p;
    lp_init(&p);
    for (int hashed = 0; hashed < 2; hashed++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct lp_options o = plain;
            o.hash = hashed ? hash : NULL;
            lp_open(&p, str_z(rows[i].text), &o);
            while (lp_next(&p, 1000))
                ;
            check_row(p.collided == rows[i].want, rows[i].text);
        }
    lp_clear(&p);
}

static void limits(void **state)
{
    (void)state;
    struct lp p;
    struct buf b;
    lp_init(&p);
    buf_init(&b, 16u << 20);
    buf_z(&b, "m v0=0");
    for (int i = 1; i < LP_FIELDS_MAX; i++)
        buf_fmt(&b, ",v%d=%d", i, i);
    size_t whole = b.len;
    buf_z(&b, ",v7=99,v4000=98 1000000\n");
    lp_open(&p, buf_str(&b), &plain);
    assert_true(lp_next(&p, 1));
    assert_int_equal(p.samples.len, LP_FIELDS_MAX);
    assert_int_equal(p.samples.v[7].mantissa, 99);
    assert_int_equal(p.samples.v[4000].mantissa, 98);
    assert_int_equal(p.samples.v[4095].time_ms, 1);
    b.len = whole;
    buf_z(&b, ",more=1\nm v=1\n");
    lp_open(&p, buf_str(&b), &plain);
    assert_true(lp_next(&p, 100));
    assert_int_equal(p.samples.len, 1);
    assert_int_equal(p.refused, 1);
    assert_non_null(strstr(p.why[0].text, "more than 4096 fields"));
    for (int count = 256; count < 258; count++) {
        buf_reset(&b);
        buf_z(&b, "m");
        for (int i = count; i-- > 0;)
            buf_fmt(&b, ",t%d=1", i);
        buf_z(&b, " v=1");
        lp_open(&p, buf_str(&b), &plain);
        assert_true(lp_next(&p, 100));
        assert_int_equal(p.samples.len, count == 256);
    }
    for (int i = 0; i < 3; i++) {
        static const char *const wants[] = {"measurement and tags are longer than 8192 bytes",
                                            "a field's name is longer than 1024 bytes", ""};
        buf_reset(&b);
        buf_z(&b, "m,t=");
        for (int k = 0; k < (i == 0 ? 8189 : 8188); k++)
            buf_byte(&b, 'x');
        buf_byte(&b, ' ');
        for (int k = 0; k < (i == 1 ? 1025 : 1024); k++)
            buf_byte(&b, 'x');
        buf_z(&b, "=1");
        lp_open(&p, buf_str(&b), &plain);
        assert_true(lp_next(&p, 100));
        check_text(p.why_count ? str_z(p.why[0].text) : STR(""), str_z(wants[i]), "length");
    }
    buf_reset(&b);
    for (int i = 0; i < 1000; i++)
        buf_z(&b, "bad\nm v=1\n");
    lp_open(&p, buf_str(&b), &plain);
    assert_true(lp_next(&p, 100000));
    assert_int_equal(p.samples.len, 1000);
    assert_int_equal(p.refused, 1000);
    assert_int_equal(p.lines, 2000);
    assert_int_equal(p.why_count, LP_REFUSED_MAX);
    assert_int_equal(p.why[99].line, 199);
    lp_clear(&p);
    buf_clear(&b);
}

/* Any order of the tags is the same series; any text of pieces is read without harm, and in any
 * slices with the same outcome. */
static void property_tags(void **state)
{
    (void)state;
    test_seed("lp tags");
    static const char *const keys[] = {"a", "aa", "a\\ b", "a\\=", "b", "\\z", "电", "zz\\,"};
    struct lp p;
    struct buf b, out;
    lp_init(&p);
    buf_init(&b, 1u << 16);
    buf_init(&out, 1u << 16);
    for (int round = 0; round < 2000; round++) {
        size_t order[COUNT(keys)], count = 1 + test_below(COUNT(keys));
        char first[400] = "";
        for (size_t i = 0; i < COUNT(keys); i++)
            order[i] = i;
        for (int again = 0; again < 4; again++) {
            for (size_t i = count; i-- > 1;) {
                size_t j = test_below(i + 1), t = order[i];
                order[i] = order[j];
                order[j] = t;
            }
            buf_reset(&b);
            buf_z(&b, "m");
            for (size_t i = 0; i < count; i++)
                buf_fmt(&b, ",%s=%zu", keys[order[i]], order[i]);
            buf_z(&b, " v=1 1");
            struct str got = told(&p, b.ptr, b.len, &plain, 10, &out);
            if (again == 0)
                snprintf(first, sizeof first, "%.*s", STR_ARG(got));
            check_text(got, str_z(first), "order of tags");
        }
    }
    lp_clear(&p);
    buf_clear(&b);
    buf_clear(&out);
}

static void property_pieces(void **state)
{
    (void)state;
    test_seed("lp pieces");
    static const char *const pieces[] = {"m",
                                         ",",
                                         "=",
                                         " ",
                                         "\\",
                                         "\"",
                                         "\n",
                                         "a=1",
                                         "b=\"x\"",
                                         "v=1.5",
                                         "1i",
                                         "t",
                                         "1e3",
                                         "#",
                                         "\r",
                                         "\t",
                                         "电",
                                         "\xff",
                                         " 1700000000000000001\n",
                                         "m,a=1 v=2\n",
                                         "time",
                                         "\"\n"};
    struct lp p, q;
    struct buf b, one, two;
    lp_init(&p);
    lp_init(&q);
    buf_init(&b, 1u << 16);
    buf_init(&one, 1u << 20);
    buf_init(&two, 1u << 20);
    for (int round = 0; round < CASES; round++) {
        buf_reset(&b);
        for (size_t n = test_below(60); n > 0; n--)
            buf_z(&b, pieces[test_below(COUNT(pieces))]);
        char *text = malloc(b.len + 1);
        memcpy(text, b.ptr ? b.ptr : "", b.len);
        struct str got = told(&p, text, b.len, &plain, 1000, &one),
                   slices = told(&q, text, b.len, &plain, 1 + test_below(3), &two);
        check_text(slices, got, "slices");
        assert_true(p.lines == q.lines && p.refused == q.refused && p.texts == q.texts);
        free(text);
    }
    lp_clear(&p);
    lp_clear(&q);
    buf_clear(&b);
    buf_clear(&one);
    buf_clear(&two);
}

/* The files of real clients, when they are there. */
static void real_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t lines, refused;
    } files[] = {{"metrics.lp", 1000, 0},
                 {"air_and_water.lp", 0, 0},
                 {"temperature.lp", 0, 0},
                 {"home-sensor-data.lp", 26, 0},
                 {"bay-area-weather.lp", 3288, 0}};
    const char *root = getenv("LUOSHU_SOURCE");
    struct lp p;
    lp_init(&p);
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[500];
        snprintf(path, sizeof path, "%s/../shared/data/influx-lp/%s", root ? root : ".",
                 files[i].name);
        FILE *f = fopen(path, "rb");
        if (!f) {
            print_message("# skipped: %s is not there\n", files[i].name);
            continue;
        }
        char *text = malloc(16u << 20);
        size_t len = fread(text, 1, 16u << 20, f), samples = 0;
        fclose(f);
        lp_open(&p, (struct str){text, len}, &plain);
        while (lp_next(&p, 100))
            samples += p.samples.len;
        print_message("# %s: %llu lines, %zu samples, %llu refused, %llu texts, %llu collided\n",
                      files[i].name, (unsigned long long)p.lines, samples,
                      (unsigned long long)p.refused, (unsigned long long)p.texts,
                      (unsigned long long)p.collided);
        for (size_t k = 0; k < p.why_count && k < 3; k++)
            print_message("#   %u:%u %s\n", p.why[k].line, p.why[k].column, p.why[k].text);
        check_row(samples > 0, files[i].name);
        if (files[i].lines)
            check_row(p.lines == files[i].lines, files[i].name);
        free(text);
    }
    lp_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),         cmocka_unit_test(refused),
        cmocka_unit_test(precisions),    cmocka_unit_test(texts_with_numbers),
        cmocka_unit_test(collisions),    cmocka_unit_test(limits),
        cmocka_unit_test(property_tags), cmocka_unit_test(property_pieces),
        cmocka_unit_test(real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
