/* modbus_test.c - maps, plans, frames and values of Modbus. */
#include "base/test.h"
#include "field/modbus.h"
#include <stdio.h>

static struct modbus_map *map_of(const char *csv)
{
    struct modbus_map *m;
    struct error err = {0};
    if (modbus_map_read(str_z(csv), &m, &err) != OK)
        fail_msg("%s (line %u, column %u)", err.text, err.line, err.column);
    return m;
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *cells; /* type,order,scale,offset,none,decimals */
        uint8_t bytes[8];
        int state;
        int64_t mantissa;
        int exp10;
        bool cut;
    } rows[] = {
        {"u16,,,,,", {0x12, 0x34}, STATE_VALUE, 0x1234, 0, false},
        {"u16,BA,,,,", {0x12, 0x34}, STATE_VALUE, 0x3412, 0, false},
        {"s16,,0.1,,,", {0xFF, 0x85}, STATE_VALUE, -123, -1, false},
        {"s16,,0.1,-40,,", {0x00, 0x64}, STATE_VALUE, -30, 0, false},
        {"u16,,,,65535;0x8000,", {0xFF, 0xFF}, STATE_NULL, 0, 0, false},
        {"u16,,,,65535;0x8000,", {0x80, 0x00}, STATE_NULL, 0, 0, false},
        {"s16,,,,-1,", {0xFF, 0xFF}, STATE_NULL, 0, 0, false},
        {"u16,,,,65535;0x8000,", {0xFF, 0xFE}, STATE_VALUE, 65534, 0, false},
        {"f32,ABCD,,,,", {0x42, 0xF6, 0xE6, 0x66}, STATE_VALUE, 12345, -2, false},
        {"f32,CDAB,,,,", {0xE6, 0x66, 0x42, 0xF6}, STATE_VALUE, 12345, -2, false},
        {"f32,BADC,,,,", {0xF6, 0x42, 0x66, 0xE6}, STATE_VALUE, 12345, -2, false},
        {"f32,DCBA,,,,", {0x66, 0xE6, 0xF6, 0x42}, STATE_VALUE, 12345, -2, false},
        {"f32,,,,,1", {0x42, 0xF6, 0xE6, 0x66}, STATE_VALUE, 1235, -1, false},
        {"f32,,0.001,,,", {0x42, 0xF6, 0xE6, 0x66}, STATE_VALUE, 12345, -5, false},
        {"f32,,,,,", {0x7F, 0xC0, 0x00, 0x00}, STATE_NULL, 0, 0, false},
        {"f32,,,,,", {0xFF, 0x80, 0x00, 0x00}, STATE_NULL, 0, 0, false},
        {"u32,CDAB,,,,", {0x56, 0x78, 0x12, 0x34}, STATE_VALUE, 0x12345678, 0, false},
        {"s32,,,,,", {0xFF, 0xFF, 0xFF, 0xFE}, STATE_VALUE, -2, 0, false},
        {"u64,,,,,", {0, 0, 0, 1, 0, 0, 0, 2}, STATE_VALUE, 4294967298, 0, false},
        {"u64,GHEFCDAB,,,,", {0, 2, 0, 0, 0, 1, 0, 0}, STATE_VALUE, 4294967298, 0, false},
        {"u64,HGFEDCBA,,,,", {2, 0, 0, 0, 1, 0, 0, 0}, STATE_VALUE, 4294967298, 0, false},
        {"u64,,,,,",
         {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
         STATE_VALUE,
         184467440737095516,
         2,
         true},
        {"f64,,,,,", {0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A}, STATE_VALUE, 1, -1, false},
        {"bcd16,,,,,", {0x12, 0x34}, STATE_VALUE, 1234, 0, false},
        {"bcd16,,,,,", {0x1A, 0x34}, STATE_NULL, 0, 0, false},
        {"bcd32,CDAB,0.01,,,", {0x56, 0x78, 0x12, 0x34}, STATE_VALUE, 12345678, -2, false},
        {"u16,,0.5,,,0", {0, 5}, STATE_VALUE, 3, 0, false},
        {"s16,,0.5,,,0", {0xFF, 0xFB}, STATE_VALUE, -3, 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char csv[400];
        snprintf(csv, sizeof csv,
                 "connection,host,point,address,type,order,scale,offset,none,decimals\n"
                 "c,h:502,p,40001,%s\n",
                 rows[i].cells);
        struct modbus_map *m = map_of(csv);
        struct sample s = {0};
        modbus_value(
            &m->points.v[0], &m->requests.v[0],
            (struct str){(const char *)rows[i].bytes, 2 * modbus_width(m->points.v[0].type)}, &s);
        if (s.state != rows[i].state || s.mantissa != rows[i].mantissa ||
            s.exp10 != rows[i].exp10 || s.cut != rows[i].cut)
            fail_msg("%s: state %u, %lld e%d, cut %d", rows[i].cells, s.state,
                     (long long)s.mantissa, s.exp10, s.cut);
        modbus_map_free(m);
    }
}

static void bits(void **state)
{
    (void)state;
    struct modbus_map *m = map_of("connection,host,point,space,address,type\n"
                                  "c,h,a,coil,3,\nc,h,b,coil,4,\nc,h,c,discrete,20,bit\n"
                                  "c,h,d,holding,7.15,bit\nc,h,e,,10020,\n");
    struct sample s;
    const struct modbus_request *r = &m->requests.v[0];
    assert_int_equal(r->address, 3);
    assert_int_equal(r->count, 2);
    modbus_value(&m->points.v[0], r, STR("\x02"), &s);
    assert_int_equal(s.mantissa, 0);
    modbus_value(&m->points.v[1], r, STR("\x02"), &s);
    assert_int_equal(s.mantissa, 1);
    modbus_value(&m->points.v[3], &m->requests.v[m->requests.len - 1], STR("\x80\x00"), &s);
    assert_int_equal(s.mantissa, 1);
    assert_int_equal(m->points.v[4].address, 19);
    assert_int_equal(m->points.v[4].space, MODBUS_DISCRETE);
    assert_int_equal(m->requests.len, 3); /* 19 and 20 together */
    modbus_map_free(m);
}

static void tables_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *text;
        uint32_t line, column;
    } rows[] = {
        {"a,b\n", "no column 'connection'", 1, 1},
        {"connection,host,point,address\n", "no points", 0, 0},
        {"connection,host,point,address\nc,h:x,p,40001\n", "host 'h:x' is not HOST:PORT", 2, 3},
        {"connection,host,point,address\nc,,p,40001\n", "host '' is not HOST:PORT", 2, 3},
        {"connection,host,point,address\nc,h,p,40001\nc,i,q,40002\n", "another one than", 3, 3},
        {"connection,host,point,address\nc,h,p,40001\nc,h,p,40002\n", "is there twice", 3, 5},
        {"connection,host,point,address\nc,h,p,100\n", "needs a space", 2, 7},
        {"connection,host,point,address\nc,h,p,40000\n", "needs a space", 2, 7},
        {"connection,host,point,address\nc,h,p,20001\n", "needs a space", 2, 7},
        {"connection,host,point,space,address\nc,h,p,holding,65536\n", "is above 65535", 2, 15},
        {"connection,host,point,space,address,type\nc,h,p,holding,65535,u32\n", "reaches beyond", 2,
         15},
        {"connection,host,point,space,address,type\nc,h,p,coil,1,u16\n", "does not go with coils",
         2, 14},
        {"connection,host,point,space,address,type\nc,h,p,holding,1.16,bit\n", "no bit of 0 to 15",
         2, 15},
        {"connection,host,point,space,address,type\nc,h,p,holding,1,bit\n", "is written 100.3", 2,
         15},
        {"connection,host,point,address,order\nc,h,p,40001,ACBD\n", "order 'ACBD' is not", 2, 13},
        {"connection,host,point,address,scale\nc,h,p,40001,x\n", "scale 'x' is not a decimal", 2,
         13},
        {"connection,host,point,address,none\nc,h,p,40001,65536\n", "none '65536' is not", 2, 13},
        {"connection,host,point,address,every\nc,h,p,40001,0\n", "every '0' is not 0.1", 2, 13},
        {"connection,host,point,address,unit\nc,h,p,40001,256\n", "unit '256' is not", 2, 13},
        {"connection,host,point,address,mode\nc,h,p,40001,ascii\n", "mode 'ascii' is not", 2, 13},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct modbus_map *m;
        struct error err = {0};
        check_row(modbus_map_read(str_z(rows[i].csv), &m, &err) == E_INPUT, rows[i].csv);
        if (!strstr(err.text, rows[i].text) || err.line != rows[i].line ||
            err.column != rows[i].column)
            fail_msg("%s%s (line %u, column %u)", rows[i].csv, err.text, err.line, err.column);
    }
}

/* Any table: each point wholly in one request, no request above its limit, no register read that no
 * point has, none read by two requests but where a value would be divided. */
static void plans(void **state)
{
    (void)state;
    test_seed("plans of any table");
    static const char *const types[] = {"u16", "s32", "f64", "u16"};
    for (int round = 0; round < 300; round++) {
        struct buf b;
        unsigned max = 4 + (unsigned)test_below(122), span = 1 + (unsigned)test_below(400);
        buf_init(&b, 1u << 20);
        buf_z(&b, "connection,host,point,space,address,type,unit,every,max\n");
        size_t n = 1 + test_below(120);
        for (size_t i = 0; i < n; i++)
            buf_fmt(&b, "c,h,p%zu,%s,%u,%s,%u,%u,%u\n", i, test_below(2) ? "holding" : "input",
                    (unsigned)test_below(span), types[test_below(COUNT(types))],
                    1 + (unsigned)test_below(2), 1 + (unsigned)test_below(2), max);
        struct modbus_map *m;
        struct error err = {0};
        assert_int_equal(modbus_map_read(buf_str(&b), &m, &err), OK);
        size_t seen = 0;
        for (size_t r = 0; r < m->requests.len; r++) {
            const struct modbus_request *q = &m->requests.v[r];
            bool read[MODBUS_REGISTERS_MAX] = {false};
            assert_true(q->count >= 1 && q->count <= max && q->points >= 1);
            for (uint32_t i = 0; i < q->points; i++, seen++) {
                const struct modbus_point *p = &m->points.v[m->order.v[q->first + i]];
                unsigned w = modbus_width(p->type);
                assert_true(p->unit == q->unit && p->space == q->space &&
                            p->every_ms == q->every_ms);
                assert_true(p->address >= q->address &&
                            p->address + w <= (unsigned)q->address + q->count);
                for (unsigned k = 0; k < w; k++)
                    read[p->address - q->address + k] = true;
            }
            for (unsigned k = 0; k < q->count; k++)
                assert_true(read[k]);
        }
        assert_int_equal(seen, n);
        modbus_map_free(m);
        buf_clear(&b);
    }
}

static void frames(void **state)
{
    (void)state;
    uint8_t out[MODBUS_FRAME_MAX];
    struct modbus_ask rtu = {
        .mode = MODBUS_RTU, .unit = 1, .function = 3, .address = 0, .count = 2};
    assert_int_equal(modbus_ask_put(&rtu, out), 8);
    assert_memory_equal(out, "\x01\x03\x00\x00\x00\x02\xC4\x0B", 8);
    struct modbus_ask tcp = {.mode = MODBUS_TCP,
                             .transaction = 0x1234,
                             .unit = 17,
                             .function = 4,
                             .address = 0x6B,
                             .count = 3};
    assert_int_equal(modbus_ask_put(&tcp, out), 12);
    assert_memory_equal(out, "\x12\x34\x00\x00\x00\x06\x11\x04\x00\x6B\x00\x03", 12);
    tcp.count = 2;
#define B(lit)                                                                                     \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    }
    const struct {
        const struct modbus_ask *ask;
        struct str in;
        enum modbus_got got;
        size_t used;
        const char *text;
    } rows[] = {
        {&tcp, B("\x12\x34\x00\x00\x00\x07\x11\x04\x04\x01\x02\x03\x04"), MODBUS_DATA, 13, ""},
        {&tcp, B("\x12\x34\x00\x00\x00\x07\x11\x04\x04\x01\x02\x03"), MODBUS_MORE, 0, ""},
        {&tcp, B("\x12\x34\x00\x00\x00"), MODBUS_MORE, 0, ""},
        {&tcp, B("\x12\x33\x00\x00\x00\x07\x11\x04\x04\x01\x02\x03\x04"), MODBUS_LATE, 13, ""},
        {&tcp, B("\x12\x34\x00\x00\x00\x03\x11\x84\x02"), MODBUS_EXCEPTION, 9, ""},
        {&tcp, B("\x12\x34\x00\x01\x00\x03\x11\x84\x02"), MODBUS_BROKEN, 0, "protocol 1"},
        {&tcp, B("\x12\x34\x00\x00\x00\x03\x12\x84\x02"), MODBUS_BROKEN, 9,
         "of unit 18, asked was 17"},
        {&tcp, B("\x12\x34\x00\x00\x00\x05\x11\x04\x02\x01\x02"), MODBUS_BROKEN, 11, "expected 4"},
        {&tcp, B("\x12\x34\x00\x00\x00\x07\x11\x03\x04\x01\x02\x03\x04"), MODBUS_BROKEN, 13,
         "of function 3, asked was 4"},
        {&tcp, B("GET / HTTP/1.1\r\n"), MODBUS_BROKEN, 0, "not a Modbus TCP header"},
        {&rtu, B("\x01\x03\x04\x00\x06\x00\x05\xDA\x31"), MODBUS_DATA, 9, ""},
        {&rtu, B("\x01\x03\x04\x00\x06\x00\x05\xDA\x32"), MODBUS_BROKEN, 9,
         "sum is 32DA, it should be 31DA"},
        {&rtu, B("\x01\x83\x02\xC0\xF1"), MODBUS_EXCEPTION, 5, ""},
        {&rtu, B("\x02\x03\x04"), MODBUS_BROKEN, 0, "of unit 2"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str data = STR("");
        size_t used;
        uint8_t exception = 0;
        struct error err = {0};
        enum modbus_got got = modbus_take(rows[i].ask, rows[i].in, &used, &data, &exception, &err);
        if (got != rows[i].got || used != rows[i].used || !strstr(err.text, rows[i].text))
            fail_msg("row %zu: got %d, used %zu, %s", i, got, used, err.text);
        if (got == MODBUS_DATA)
            assert_int_equal(data.len, 4);
        if (got == MODBUS_EXCEPTION)
            assert_int_equal(exception, 2);
    }
}

/* ---- captures of others, when the shared data is there ---- */

/* Little-endian pcap of Ethernet, IPv4, TCP port 502. Each segment's payload is handed on. */
struct capture {
    struct modbus_ask asked[65536];
    bool has[65536];
    size_t requests, answers, exceptions, broken;
};

static void frame_of(struct capture *c, struct str f, bool from_device)
{
    const uint8_t *p = (const uint8_t *)f.ptr;
    unsigned id = (unsigned)p[0] << 8 | p[1], function = p[7] & 0x7F;
    if (function < 1 || function > 4)
        return;
    if (!from_device && f.len == 12) {
        c->asked[id] = (struct modbus_ask){.mode = MODBUS_TCP,
                                           .transaction = (uint16_t)id,
                                           .unit = p[6],
                                           .function = p[7],
                                           .address = (uint16_t)(p[8] << 8 | p[9]),
                                           .count = (uint16_t)(p[10] << 8 | p[11])};
        c->has[id] = true;
        uint8_t again[MODBUS_FRAME_MAX];
        assert_int_equal(modbus_ask_put(&c->asked[id], again), 12);
        assert_memory_equal(again, p, 12); /* we would have asked with the same bytes */
        c->requests++;
    } else if (from_device && c->has[id]) {
        struct str data;
        size_t used;
        uint8_t exception;
        struct error err = {0};
        enum modbus_got got = modbus_take(&c->asked[id], f, &used, &data, &exception, &err);
        c->has[id] = false; /* numbers come again */
        c->answers += got == MODBUS_DATA;
        c->exceptions += got == MODBUS_EXCEPTION;
        c->broken += got == MODBUS_BROKEN;
    }
}

static void segment_of(struct capture *c, const uint8_t *p, size_t n)
{
    if (n < 54 || p[12] != 8 || p[13] != 0 || p[23] != 6)
        return;
    size_t ip = 14 + 4u * (p[14] & 15), total = 14 + ((size_t)p[16] << 8 | p[17]);
    size_t at = ip + 4u * (p[ip + 12] >> 4);
    bool from_device = ((unsigned)p[ip] << 8 | p[ip + 1]) == 502;
    n = total < n ? total : n;
    while (at + 8 <= n) { /* several frames may share a segment */
        size_t len = 6 + ((size_t)p[at + 4] << 8 | p[at + 5]);
        if (p[at + 2] || p[at + 3] || len < 8 || at + len > n)
            return;
        frame_of(c, (struct str){(const char *)p + at, len}, from_device);
        at += len;
    }
}

static void captures_of_others(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t least;
    } files[] = {
        {"zeek_modbusSmall.pcap", 5}, {"zeek_modbusBig.pcap", 500}, {"suricata_modbus.pcap", 1}};
    for (size_t i = 0; i < COUNT(files); i++) {
        const char *root = getenv("LUOSHU_SOURCE");
        char path[1000];
        snprintf(path, sizeof path, "%s/../shared/data/modbus/pcap/%s", root ? root : ".",
                 files[i].name);
        FILE *f = fopen(path, "rb");
        if (!f) {
            print_message("# ../shared/data/modbus is not there\n");
            skip();
        }
        struct capture *c = mem_zalloc(sizeof *c);
        uint8_t head[24], record[16], bytes[65536];
        assert_int_equal(fread(head, 1, 24, f), 24);
        assert_memory_equal(head, "\xd4\xc3\xb2\xa1", 4);
        while (fread(record, 1, 16, f) == 16) {
            size_t n = (size_t)record[8] | (size_t)record[9] << 8;
            assert_int_equal(fread(bytes, 1, n, f), n);
            segment_of(c, bytes, n);
        }
        fclose(f);
        print_message("# %s: %zu requests, %zu answers, %zu exceptions, %zu refused\n",
                      files[i].name, c->requests, c->answers, c->exceptions, c->broken);
        check_row(c->broken == 0, files[i].name);
        check_row(c->answers + c->exceptions >= files[i].least, files[i].name);
        mem_free(c);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(bits),
        cmocka_unit_test(tables_that_are_refused),
        cmocka_unit_test(plans),
        cmocka_unit_test(frames),
        cmocka_unit_test(captures_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
