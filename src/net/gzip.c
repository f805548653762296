/* gzip.c - gzip over zlib, in bounded memory: a bomb ends at the limit, piece by piece. */
#include "net/gzip.h"
#include <zlib.h>

#define PIECE (64u << 10)
#define GZIP_BITS (15 + 16) /* zlib: the largest window, with gzip's frame */

static enum code unpack(z_stream *z, struct buf *out, struct error *err)
{
    unsigned char piece[PIECE];
    for (;;) {
        z->next_out = piece;
        z->avail_out = sizeof piece;
        int rc = inflate(z, Z_NO_FLUSH);
        if (rc != Z_OK && rc != Z_STREAM_END)
            return error_set(err, E_INPUT, "the gzip body is %s",
                             rc == Z_BUF_ERROR ? "cut off" : "broken");
        buf_add(out, (struct str){(const char *)piece, sizeof piece - z->avail_out});
        if (out->full)
            return error_set(err, E_LIMIT,
                             "the gzip body unpacks to more than %zu bytes; send it in parts",
                             out->max);
        if (rc == Z_STREAM_END && z->avail_in == 0)
            return OK;
        if (rc == Z_STREAM_END && inflateReset(z) != Z_OK)
            return error_set(err, E_BUG, "zlib does not begin again");
    }
}

enum code gzip_unpack(struct str packed, size_t max, struct buf *out, struct error *err)
{
    z_stream z = {0};
    buf_init(out, max);
    if (packed.len > UINT32_MAX)
        return error_set(err, E_LIMIT, "the gzip body is larger than 4 GiB");
    z.next_in = (unsigned char *)(uintptr_t)packed.ptr;
    z.avail_in = (uInt)packed.len;
    if (inflateInit2(&z, GZIP_BITS) != Z_OK)
        return error_set(err, E_BUG, "zlib does not begin");
    enum code code = unpack(&z, out, err);
    inflateEnd(&z);
    return code;
}

enum code gzip_pack(struct str plain, int level, struct buf *out, struct error *err)
{
    z_stream z = {0};
    unsigned char piece[PIECE];
    int rc;
    if (plain.len > UINT32_MAX)
        return error_set(err, E_LIMIT, "the body is larger than 4 GiB");
    z.next_in = (unsigned char *)(uintptr_t)plain.ptr;
    z.avail_in = (uInt)plain.len;
    if (deflateInit2(&z, level, Z_DEFLATED, GZIP_BITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return error_set(err, E_BUG, "zlib does not begin");
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        rc = deflate(&z, Z_FINISH);
        buf_add(out, (struct str){(const char *)piece, sizeof piece - z.avail_out});
    } while (rc == Z_OK);
    deflateEnd(&z);
    return out->full ? error_set(err, E_LIMIT, "the packed body is larger than %zu bytes", out->max)
                     : OK;
}
