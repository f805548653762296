/* web_pack.h - the embedded web bundle, made by script/pack-web.c.
 *
 * LUOSHU-WEB-1\n, then per file "path<TAB>bytes<TAB>gzip bytes\n" (gzip 0: none), an empty line,
 * then the contents in the same order, each file's plain bytes followed by its gzip bytes. */
#ifndef LUOSHU_SERVE_WEB_PACK_H
#define LUOSHU_SERVE_WEB_PACK_H
extern const unsigned char web_pack[], web_pack_end[];
#endif
