/* read-block.c - prints a file of blocks as "point,time in ms,value". Needs nothing but this file
 * and a little-endian machine; the format is docs/readings-format.md, whose sections are named
 * below. Build: cc -o read-block read-block.c   Use: read-block FILE Absent values are printed as
 * they are kept: -9223372036854775808 and the few above it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t *at, *end; /* what is left of the section */

static void stop(const char *why)
{
    fprintf(stderr, "read-block: %s\n", why);
    exit(1);
}
static uint8_t byte(void)
{
    if (at >= end)
        stop("section ends too early");
    return *at++;
}
static uint64_t varint(void)
{
    uint64_t v = 0, b = 128;
    for (int shift = 0; shift < 64 && b >= 128; shift += 7)
        v |= ((b = byte()) & 127) << shift;
    return v;
}
static uint64_t zigzag(void)
{
    uint64_t v = varint();
    return v >> 1 ^ (0 - (v & 1));
}

/* "Integers": n of them in frames */
static void integers(uint64_t *x, size_t n)
{
    uint64_t before = 0;
    while (n > 0) {
        unsigned head = byte(), width = head & 31, kind = head >> 5 & 3, except = 0;
        if (width == 31) {
            except = byte();
            width = except & 127;
        }
        size_t count = head & 128 ? n : varint();
        if (count == 0 || count > n || kind > 2 || kind > count || width > 64)
            stop("damaged frame");
        uint64_t first = zigzag() + before, step = kind == 2 ? zigzag() : 0;
        uint64_t base = kind > 0 ? zigzag() : first;
        if (kind > 0)
            x[0] = first;
        if (kind == 2)
            x[1] = first + step;
        size_t bit = 0;
        for (size_t i = kind; i < count; i++) {
            uint64_t v = 0;
            for (unsigned k = 0; k < width; k++, bit++)
                v |= (uint64_t)(at + bit / 8 < end ? at[bit / 8] >> bit % 8 & 1 : 0) << k;
            v += base;
            if (kind == 1)
                v += x[i - 1];
            if (kind == 2)
                v += 2 * x[i - 1] - x[i - 2];
            x[i] = v;
        }
        if ((bit + 7) / 8 > (size_t)(end - at))
            stop("frame ends too early");
        at += (bit + 7) / 8;
        before = x[count - 1];
        size_t place = 0;
        for (uint64_t left = except & 128 ? varint() : 0; left > 0; left--, place++) {
            uint64_t code = varint();
            place += code >> 1;
            if (place >= count)
                stop("damaged exception");
            if (code & 1)
                x[place] += zigzag();
            else
                x[place] = (UINT64_C(1) << 63) + byte();
        }
        x += count;
        n -= count;
    }
}

/* "Times" */
static void times(uint64_t *t, uint64_t *scratch, size_t n, uint64_t base)
{
    static const uint64_t periods[] = {0, 1000, 5000, 10000, 60000, 300000, 900000, 3600000};
    unsigned head = byte(), steps = head >> 3 & 3, jitter = head >> 5 & 3;
    uint64_t start = base + zigzag() * (head & 128 ? 1 : 1000);
    uint64_t period = (head & 7) != 0 ? periods[head & 7] : varint();
    if (steps == 2 || jitter == 2) { /* for those who only want the ends */
        varint();
        varint();
    }
    for (size_t i = 0; i < n; i++)
        scratch[i] = 1;
    if (steps == 2)
        integers(scratch + 1, n - 1);
    size_t place = 1;
    for (uint64_t left = steps == 1 ? varint() : 0; left > 0; left--, place++) {
        uint64_t code = varint();
        place += code >> 1;
        if (place >= n)
            stop("damaged step");
        scratch[place] = code & 1 ? varint() : 2;
    }
    t[0] = start;
    for (size_t i = 1; i < n; i++)
        t[i] = t[i - 1] + scratch[i] * period;
    if (jitter == 2) {
        integers(scratch, n);
        for (size_t i = 0; i < n; i++)
            t[i] += scratch[i];
    } else if (jitter == 1) {
        uint64_t left = varint(), how = left & 3, size = how == 2 ? varint() : 1000;
        place = 0;
        for (left >>= 2; left > 0; left--, place++) {
            uint64_t code = varint();
            place += code >> 1;
            if (place >= n)
                stop("damaged jitter");
            size = how == 0 ? varint() : size;
            t[place] += code & 1 ? 0 - size : size;
        }
    }
}

/* "Sections" */
static void section(uint32_t point)
{
    static uint64_t t[65536], x[65536];
    uint64_t runs = varint(), base = zigzag();
    for (uint64_t i = 0; i < runs >> 1; i++) {
        point += i == 0 ? 0 : runs & 1 ? 1 : (uint32_t)varint();
        size_t n = varint();
        uint64_t length = varint();
        const uint8_t *next = at + length;
        if (n == 0 || n > 65536 || length > (size_t)(end - at))
            stop("damaged run");
        times(t, x, n, base);
        integers(x, n);
        if (at != next)
            stop("run has another length");
        for (size_t k = 0; k < n; k++)
            printf("%u,%lld,%lld\n", point, (long long)t[k], (long long)x[k]);
    }
}

/* "File" */
int main(int argc, char **argv)
{
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    uint8_t header[80];
    uint32_t version, sections;
    uint64_t index_at, begin, bytes;
    if (f == NULL || fread(header, 1, 80, f) != 80 || memcmp(header, "LUOBLOCK", 8) != 0)
        stop("usage: read-block FILE, a file of blocks");
    memcpy(&version, header + 8, 4);
    memcpy(&sections, header + 28, 4);
    memcpy(&index_at, header + 56, 8);
    memcpy(&bytes, header + 64, 8);
    uint8_t *all = malloc(bytes);
    rewind(f);
    if (version != 1 || all == NULL || fread(all, 1, bytes, f) != bytes ||
        index_at + (uint64_t)sections * 16 != bytes)
        stop("another version, or cut");
    for (uint32_t i = 0; i < sections; i++) {
        uint32_t point;
        memcpy(&begin, all + index_at + i * 16, 8);
        memcpy(&point, all + index_at + i * 16 + 8, 4);
        end = all + index_at;
        if (i + 1 < sections) {
            uint64_t next;
            memcpy(&next, all + index_at + i * 16 + 16, 8);
            end = next <= index_at ? all + next : all;
        }
        at = all + begin;
        if (begin > index_at)
            stop("damaged index");
        section(point);
    }
    free(all);
    fclose(f);
    return 0;
}
