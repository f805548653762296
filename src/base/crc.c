/* crc.c - CRC-32C (Castagnoli; RFC 3720, B.4): reflected polynomial 0x82F63B78. By the
 * processor's instruction where there is one, else eight bytes at a time from tables. */
#include "crc.h"
#include <string.h>
#include <pthread.h>

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void table_make(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (c & 1 ? 0x82F63B78u : 0);
        table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int k = 1; k < 8; k++)
            table[k][i] = table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 255];
}

static uint32_t by_table(uint32_t c, const uint8_t *p, size_t len)
{
    pthread_once(&table_once, table_make);
    for (; len >= 8; len -= 8, p += 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        v ^= c;
        c = 0;
        for (int k = 0; k < 8; k++)
            c ^= table[7 - k][v >> (8 * k) & 255];
    }
    for (; len > 0; len--, p++)
        c = c >> 8 ^ table[0][(c ^ *p) & 255];
    return c;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_processor(uint32_t c, const uint8_t *p,
                                                               size_t len)
{
    uint64_t c64 = c;
    for (; len >= 8; len -= 8, p += 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        c64 = __builtin_ia32_crc32di(c64, v);
    }
    c = (uint32_t)c64;
    for (; len > 0; len--, p++)
        c = __builtin_ia32_crc32qi(c, *p);
    return c;
}
#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t len)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~by_processor(~crc, bytes, len);
#endif
    return ~by_table(~crc, bytes, len);
}

uint32_t crc32c_plain(uint32_t crc, const void *bytes, size_t len)
{
    return ~by_table(~crc, bytes, len);
}
