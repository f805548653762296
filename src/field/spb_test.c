/* spb_test.c - payloads of Sparkplug B: bytes of other encoders, every datatype, what is malformed.
 */
#include "base/test.h"
#include "field/spb.h"
#include <math.h>
#include <zlib.h>

static struct arena arena;

static struct str unhex(const char *hex)
{
    size_t n = strlen(hex) / 2;
    char *out = arena_alloc(&arena, n + 1);
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (char)byte;
    }
    return (struct str){out, n};
}

static struct spb_payload decoded(struct str bytes)
{
    struct spb_payload p;
    struct error err = {0};
    if (spb_decode(bytes, &arena, &p, &err) != OK)
        fail_msg("%s", err.text);
    return p;
}

/* Output of npm sparkplug-payload 1.0.3: payload time 1, metric "m" of time 2, seq 0. */
static const struct {
    const char *hex;
    enum spb_says says;
    int64_t mantissa;
    int exp10;
    const char *why;
} vectors[] = {
    {"0801120d0a016d1802200150e9ffffff0f1800", SPB_SAYS_NUMBER, -23, 0, "Int8 -23 with 32 bits"},
    {"080112120a016d1802200458ffffffffffffffffff011800", SPB_SAYS_NUMBER, -1, 0, "Int64 -1"},
    {"0801120d0a016d1802200758c9f6d7a20c1800", SPB_SAYS_NUMBER, 3293969225, 0, "UInt32 as long"},
    {"080112100a016d1802200a69000000000000f83f1800", SPB_SAYS_NUMBER, 15, -1, "Double 1.5"},
    {"0801120c0a016d1802200c7a03e4b8ad1800", SPB_SAYS_OTHER, 0, 0, "String"},
    {"0801120e0a016d1802200d5880d095ffbc311800", SPB_SAYS_NUMBER, 1700000000000, 0, "DateTime"},
    {"080112090a016d1802200a38011800", SPB_SAYS_NULL, 0, 0, "null"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const char *why = vectors[i].why;
        struct str bytes = unhex(vectors[i].hex);
        struct spb_payload p = decoded(bytes);
        struct spb_number n;
        check_row(p.has_time && p.time_ms == 1 && p.has_seq && p.seq == 0 && !p.malformed, why);
        check_row(p.metrics.len == 1 && str_is(p.metrics.v[0].name, "m"), why);
        check_row(p.metrics.v[0].time_ms == 2, why);
        check_row(spb_value(&p.metrics.v[0], p.metrics.v[0].type, &n) == vectors[i].says, why);
        int64_t mantissa = n.mantissa;
        int exp10 = n.exp10;
        for (; exp10 > vectors[i].exp10; exp10--)
            mantissa *= 10;
        check_row(vectors[i].says != SPB_SAYS_NUMBER ||
                      (mantissa == vectors[i].mantissa && exp10 == vectors[i].exp10),
                  why);
        struct buf out;
        buf_init(&out, 1000);
        spb_encode(&out, &p);
        check_row(str_eq(buf_str(&out), bytes), why); /* the same bytes again */
        buf_clear(&out);
        vec_clear(&p.metrics);
    }
    struct spb_payload p = decoded(unhex("0801120f10051802200a6900000000000004401803"));
    assert_true(p.seq == 3 && p.metrics.v[0].has_alias && p.metrics.v[0].alias == 5);
    assert_null(p.metrics.v[0].name.ptr);
    assert_true(p.metrics.v[0].real == 2.5);
    vec_clear(&p.metrics);
}

#define LONG(v) .field = SPB_IN_LONG, .number = (uint64_t)(v)
#define INT(v) .field = SPB_IN_INT, .number = (uint64_t)(v)
static const struct {
    struct spb_metric m;
    uint32_t type;
    enum spb_says says;
    int64_t mantissa;
    int exp10;
    const char *why;
} values[] = {
    {{INT(0xE9)}, SPB_INT8, SPB_SAYS_NUMBER, -23, 0, "Int8 with 8 bits"},
    {{INT(0xFFFFFFE9)}, SPB_INT8, SPB_SAYS_NUMBER, -23, 0, "Int8 with 32 bits"},
    {{LONG(-23)}, SPB_INT8, SPB_SAYS_NUMBER, -23, 0, "Int8 with 64 bits"},
    {{INT(0x1E9)}, SPB_INT8, SPB_SAYS_MALFORMED, 0, 0, "Int8 with bits of no sign"},
    {{INT(0x12E)}, SPB_INT8, SPB_SAYS_MALFORMED, 0, 0, "302 is no Int8"},
    {{INT(0xFFFE)}, SPB_INT16, SPB_SAYS_NUMBER, -2, 0, "Int16 with 16 bits"},
    {{LONG(0xFFFFFFFE)}, SPB_INT32, SPB_SAYS_NUMBER, -2, 0, "Int32 in long_value"},
    {{INT(255)}, SPB_UINT8, SPB_SAYS_NUMBER, 255, 0, "UInt8"},
    {{INT(256)}, SPB_UINT8, SPB_SAYS_MALFORMED, 0, 0, "256 is no UInt8"},
    {{INT(3293969225u)}, SPB_UINT32, SPB_SAYS_NUMBER, 3293969225, 0, "UInt32 in int_value"},
    {{LONG(1ull << 32)}, SPB_UINT32, SPB_SAYS_MALFORMED, 0, 0, "2^32 is no UInt32"},
    {{LONG(INT64_MIN)}, SPB_INT64, SPB_SAYS_NUMBER, INT64_MIN, 0, "smallest Int64"},
    {{LONG(UINT64_MAX)},
     SPB_UINT64,
     SPB_SAYS_NUMBER,
     1844674407370955162,
     1,
     "largest UInt64, cut"},
    {{.field = SPB_IN_BOOL, .number = 1}, SPB_BOOLEAN, SPB_SAYS_NUMBER, 1, 0, "true"},
    {{.field = SPB_IN_FLOAT, .real = (double)1.23f}, SPB_FLOAT, SPB_SAYS_NUMBER, 123, -2, "float"},
    {{.field = SPB_IN_DOUBLE, .real = 0.1}, SPB_DOUBLE, SPB_SAYS_NUMBER, 1, -1, "double"},
    {{.field = SPB_IN_DOUBLE, .real = 0.5},
     SPB_FLOAT,
     SPB_SAYS_NUMBER,
     5,
     -1,
     "float in double_value"},
    {{.field = SPB_IN_DOUBLE, .real = (double)NAN},
     SPB_DOUBLE,
     SPB_SAYS_NULL,
     0,
     0,
     "NaN is absent"},
    {{.field = SPB_IN_STRING, .bytes = STR("x")},
     SPB_DOUBLE,
     SPB_SAYS_MALFORMED,
     0,
     0,
     "text as Double"},
    {{INT(1)}, SPB_DOUBLE, SPB_SAYS_MALFORMED, 0, 0, "integer as Double"},
    {{INT(1)}, SPB_BOOLEAN, SPB_SAYS_MALFORMED, 0, 0, "integer as Boolean"},
    {{.field = SPB_NONE}, SPB_DOUBLE, SPB_SAYS_NOTHING, 0, 0, "no value"},
    {{.null = true}, SPB_STRING, SPB_SAYS_NULL, 0, 0, "null"},
    {{.field = SPB_IN_BYTES, .bytes = STR("abc")}, SPB_BYTES, SPB_SAYS_OTHER, 0, 0, "bytes"},
    {{.field = SPB_IN_BYTES, .bytes = STR("abc")},
     SPB_INT16_ARRAY,
     SPB_SAYS_MALFORMED,
     0,
     0,
     "half an element"},
    {{.field = SPB_IN_DATASET, .bytes = STR("")}, SPB_DATASET, SPB_SAYS_OTHER, 0, 0, "data set"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        struct spb_number n;
        check_row(spb_value(&values[i].m, values[i].type, &n) == values[i].says, values[i].why);
        check_row(values[i].says != SPB_SAYS_NUMBER ||
                      (n.mantissa == values[i].mantissa && n.exp10 == values[i].exp10),
                  values[i].why);
    }
}

/* Examples of the specification, 6.4.16, in the byte order its text demands. */
static const struct {
    uint32_t type;
    const char *hex;
    size_t count, at;
    int64_t mantissa;
    int exp10;
} arrays[] = {
    {SPB_INT8_ARRAY, "ef7b", 2, 0, -17, 0},
    {SPB_INT16_ARRAY, "30808a32", 2, 0, -32720, 0},
    {SPB_INT32_ARRAY, "ffffffff08000000", 2, 0, -1, 0},
    {SPB_INT64_ARRAY, "32f98d53e763453b", 1, 0, 4270929666821191986, 0},
    {SPB_UINT8_ARRAY, "17fa", 2, 1, 250, 0},
    {SPB_UINT16_ARRAY, "1e0088cc", 2, 1, 52360, 0},
    {SPB_UINT32_ARRAY, "34000000f3c7fabc", 2, 0, 52, 0},
    {SPB_UINT64_ARRAY, "0100000000000000", 1, 0, 1, 0},
    {SPB_FLOAT_ARRAY, "a4709d3f33c3b542", 2, 0, 123, -2},
    {SPB_DOUBLE_ARRAY, "000000000000f83f", 1, 0, 15, -1},
    {SPB_BOOLEAN_ARRAY, "0c00000034d0", 12, 2, 1, 0},
    {SPB_BOOLEAN_ARRAY, "0c00000034d0", 12, 10, 0, 0},
    {SPB_DATETIME_ARRAY, "c7d0907524010000", 1, 0, 1256102875335, 0},
};

static void test_arrays(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(arrays); i++) {
        struct spb_metric m = {.field = SPB_IN_BYTES, .bytes = unhex(arrays[i].hex)};
        struct spb_number n;
        assert_int_equal(spb_value(&m, arrays[i].type, &n), SPB_SAYS_MANY);
        assert_int_equal(spb_elements(&m, arrays[i].type), arrays[i].count);
        assert_true(spb_element(&m, arrays[i].type, arrays[i].at, &n));
        if (n.mantissa != arrays[i].mantissa || n.exp10 != arrays[i].exp10)
            fail_msg("array of type %u: %lld e %d", arrays[i].type, (long long)n.mantissa, n.exp10);
        assert_false(spb_element(&m, arrays[i].type, arrays[i].count, &n));
    }
    struct spb_metric bad = {.field = SPB_IN_BYTES, .bytes = unhex("ff000000aa")};
    struct spb_number n;
    assert_int_equal(spb_value(&bad, SPB_BOOLEAN_ARRAY, &n), SPB_SAYS_MALFORMED);
}

static void test_tolerance(void **state)
{
    (void)state;
    /* unknown fields of every wire type, a group among them; a metric without name and alias; an
     * unknown datatype; Quality among the properties */
    struct spb_payload p = decoded(unhex("0801"
                                         "f203021234"           /* field 62, bytes */
                                         "fd0301020304"         /* field 63, 32 bits */
                                         "f9030102030405060708" /* field 63, 64 bits */
                                         "9b1f08019c1f"));      /* field 499, a group */
    assert_true(p.time_ms == 1 && p.metrics.len == 0 && p.malformed == 0);
    p = decoded(unhex("12021802"
                      "12070a016d20632801"
                      "12030a016d"));
    assert_int_equal(p.malformed, 2);
    assert_int_equal(p.metrics.len, 1);
    vec_clear(&p.metrics);
    struct error err = {0};
    assert_int_equal(spb_decode(unhex("9b1f0801"), &arena, &p, &err), E_INPUT); /* open group */
}

static void test_quality(void **state)
{
    (void)state;
    struct spb_metric m = {.name = STR("m"),
                           .has_quality = true,
                           .quality = SPB_QUALITY_STALE,
                           .type = SPB_DOUBLE,
                           .field = SPB_IN_DOUBLE,
                           .real = 1,
                           .historical = true,
                           .transient = true};
    struct spb_payload p = {0}, back;
    struct buf out;
    buf_init(&out, 1000);
    vec_push(&p.metrics, m);
    spb_encode(&out, &p);
    back = decoded(buf_str(&out));
    assert_true(back.metrics.len == 1 && back.metrics.v[0].has_quality);
    assert_int_equal(back.metrics.v[0].quality, 500);
    assert_true(back.metrics.v[0].historical && back.metrics.v[0].transient);
    vec_clear(&p.metrics);
    vec_clear(&back.metrics);
    buf_clear(&out);
}

static struct str packed(struct str inner, int bits)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)inner.ptr, .avail_in = (uInt)inner.len};
    size_t room = inner.len / 2 + 1000;
    struct str out = {arena_alloc(&arena, room), 0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_out = (Bytef *)(uintptr_t)out.ptr;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = z.total_out;
    deflateEnd(&z);
    return out;
}

static struct str compressed(struct str body)
{
    struct spb_payload p = {
        .uuid = STR("SPBV1.0_COMPRESSED"), .body = body, .has_seq = true, .seq = 7};
    struct buf out;
    buf_init(&out, 1u << 20);
    spb_encode(&out, &p);
    struct str s = arena_dup(&arena, buf_str(&out));
    buf_clear(&out);
    return s;
}

static void test_compressed(void **state)
{
    (void)state;
    static const int forms[] = {MAX_WBITS, MAX_WBITS + 16, -MAX_WBITS}; /* zlib, gzip, bare */
    struct str inner = unhex("080112100a016d1802200a69000000000000f83f");
    struct spb_payload p;
    struct error err = {0};
    for (size_t i = 0; i < COUNT(forms); i++) {
        p = decoded(compressed(packed(inner, forms[i])));
        assert_true(p.compressed && p.seq == 7 && p.metrics.len == 1);
        assert_true(p.metrics.v[0].real == 1.5);
        vec_clear(&p.metrics);
    }
    struct str half = packed(inner, MAX_WBITS);
    half.len -= 5;
    assert_int_equal(spb_decode(compressed(half), &arena, &p, &err), E_INPUT);
    struct str bomb = {arena_alloc(&arena, SPB_INFLATED_MAX + 1000), SPB_INFLATED_MAX + 1000};
    err = (struct error){0};
    assert_int_equal(spb_decode(compressed(packed(bomb, MAX_WBITS)), &arena, &p, &err), E_LIMIT);
    err = (struct error){0};
    struct str twice = compressed(packed(compressed(packed(inner, MAX_WBITS)), MAX_WBITS));
    assert_int_equal(spb_decode(twice, &arena, &p, &err), E_INPUT);
}

static const struct {
    const char *topic;
    bool good;
    enum spb_message message;
    const char *group, *node, *device;
} topics[] = {
    {"spBv1.0/G 1/NBIRTH/N", true, SPB_NBIRTH, "G 1", "N", ""},
    {"spBv1.0/G/DDATA/N/压机 3", true, SPB_DDATA, "G", "N", "压机 3"},
    {"spBv1.0/STATE/host", true, SPB_STATE, "", "host", ""},
    {"STATE/host", true, SPB_STATE, "", "host", ""},
    {"spBv1.0/G/NDATA/N/D", false, 0, "", "", ""},
    {"spBv1.0/G/DDATA/N", false, 0, "", "", ""},
    {"spBv1.0/G/DDATA/N/", false, 0, "", "", ""},
    {"spBv1.0/G/DDATA/N/D/E", false, 0, "", "", ""},
    {"spBv1.0//NDATA/N", false, 0, "", "", ""},
    {"spBv1.0/G/ndata/N", false, 0, "", "", ""},
    {"spAv1.0/G/NDATA/N", false, 0, "", "", ""},
    {"STATE", false, 0, "", "", ""},
    {"", false, 0, "", "", ""},
};

static void test_topics(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(topics); i++) {
        struct spb_topic t;
        check_row(spb_topic(str_z(topics[i].topic), &t) == topics[i].good, topics[i].topic);
        if (!topics[i].good)
            continue;
        check_row(t.message == topics[i].message && str_is(t.group, topics[i].group),
                  topics[i].topic);
        check_row(str_is(t.node, topics[i].node) && str_is(t.device, topics[i].device),
                  topics[i].topic);
    }
}

/* Whatever is cut off anywhere is refused or gives whole metrics. */
static void test_cut(void **state)
{
    (void)state;
    struct str whole = unhex(vectors[3].hex);
    for (size_t n = 0; n < whole.len; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, whole.ptr, n);
        struct spb_payload p;
        struct error err = {0};
        enum code code = spb_decode((struct str){copy, n}, &arena, &p, &err);
        assert_true(code == OK ? p.metrics.len <= 1 : code == E_INPUT && err.text[0]);
        vec_clear(&p.metrics);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_values),
        cmocka_unit_test(test_arrays),  cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_quality), cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_topics),  cmocka_unit_test(test_cut),
    };
    arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}
