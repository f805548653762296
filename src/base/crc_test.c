/* crc_test.c - the vectors of RFC 3720 B.4, and any cut of the bytes. */
#include "base/test.h"
#include "base/crc.h"

static void vectors(void **state)
{
    uint8_t b[32];
    (void)state;
    memset(b, 0, sizeof b);
    assert_int_equal(crc32c(0, b, sizeof b), 0x8a9136aau);
    memset(b, 0xff, sizeof b);
    assert_int_equal(crc32c(0, b, sizeof b), 0x62a8ab43u);
    for (unsigned i = 0; i < sizeof b; i++)
        b[i] = (uint8_t)i;
    assert_int_equal(crc32c(0, b, sizeof b), 0x46dd794eu);
    for (size_t cut = 0; cut <= sizeof b; cut++)
        assert_int_equal(crc32c(crc32c(0, b, cut), b + cut, sizeof b - cut), 0x46dd794eu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
