/* gzip_test.c - packed and unpacked again, and what must not be unpacked. */
#include "base/test.h"
#include "net/gzip.h"

static void round_trip(void **state)
{
    (void)state;
    test_seed("gzip");
    for (int i = 0; i < 200; i++) {
        struct buf plain, packed, out;
        struct error err = {0};
        size_t len = test_below(300000);
        buf_init(&plain, 1u << 20);
        buf_init(&packed, 1u << 20);
        for (size_t k = 0; k < len; k++)
            buf_byte(&plain, (char)('a' + test_below(1 + i % 20)));
        assert_int_equal(gzip_pack(buf_str(&plain), 1, &packed, &err), OK);
        size_t one = packed.len;
        if (i % 2) /* two members, as `cat a.gz b.gz` makes */
            assert_int_equal(gzip_pack(buf_str(&plain), 6, &packed, &err), OK);
        assert_int_equal(gzip_unpack(buf_str(&packed), 1u << 20, &out, &err), OK);
        assert_int_equal(out.len, plain.len * (size_t)(i % 2 + 1));
        assert_true(len == 0 || memcmp(out.ptr, plain.ptr, plain.len) == 0);
        buf_clear(&out);
        /* cut anywhere it is an error, never a part taken for the whole */
        size_t cut = test_below(one);
        assert_int_equal(gzip_unpack((struct str){packed.ptr, cut}, 1u << 20, &out, &err), E_INPUT);
        buf_clear(&out);
        buf_clear(&plain);
        buf_clear(&packed);
    }
}

static void bombs(void **state)
{
    (void)state;
    struct buf plain, packed, out;
    struct error err = {0};
    buf_init(&plain, 64u << 20);
    buf_init(&packed, 1u << 20);
    char zeros[4096] = {0};
    while (plain.len < 32u << 20)
        buf_add(&plain, (struct str){zeros, sizeof zeros});
    assert_int_equal(gzip_pack(buf_str(&plain), 9, &packed, &err), OK);
    assert_true(packed.len < 40000);
    assert_int_equal(gzip_unpack(buf_str(&packed), 1u << 20, &out, &err), E_LIMIT);
    assert_true(out.cap <= 2u << 20);
    buf_clear(&out);
    error_clear(&err);
    assert_int_equal(gzip_unpack(STR("m v=1\n"), 1u << 20, &out, &err), E_INPUT);
    assert_string_equal(err.text, "the gzip body is broken");
    buf_clear(&out);
    assert_int_equal(gzip_unpack(STR(""), 1u << 20, &out, &err), E_INPUT);
    buf_clear(&out);
    buf_clear(&plain);
    buf_clear(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(bombs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
