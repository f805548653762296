/* crc.h - CRC-32C (Castagnoli; RFC 3720 B.4), by the processor where it can. */
#ifndef LUOSHU_BASE_CRC_H
#define LUOSHU_BASE_CRC_H
#include <stddef.h>
#include <stdint.h>

/* Of bytes that follow those whose sum was crc (0 at first). */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t n);
/* The same without the instruction: for tests. */
uint32_t crc32c_plain(uint32_t crc, const void *bytes, size_t n);
#endif
