/* gzip.h - bodies sent with Content-Encoding: gzip. */
#ifndef LUOSHU_NET_GZIP_H
#define LUOSHU_NET_GZIP_H
#include "base/base.h"

/* RFC 1952, one member or several. out: begun by the callee with max as its largest size.
 * fails  E_INPUT not gzip, broken or cut off; E_LIMIT it unpacks to more than max bytes */
MUST_CHECK enum code gzip_unpack(struct str packed, size_t max, struct buf *out, struct error *err);
/* fails  E_LIMIT more than `out` may hold */
MUST_CHECK enum code gzip_pack(struct str plain, int level, struct buf *out, struct error *err);
#endif
