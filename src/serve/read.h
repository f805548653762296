/* read.h - a draft's figures held against what is known. */
#ifndef LUOSHU_SERVE_READ_H
#define LUOSHU_SERVE_READ_H
#include "extract/extract.h"
#include "query/query.h"

extern const char draft_columns[];
/* One row: the figure, its verdict (agrees, rounding, differs, unknown), what is known of the same
 * statement, of which period and source, and the difference. Returns 1 when it differs. */
size_t draft_line(const struct query *q, struct arena *a, struct str doc,
                  const struct extract_fact *f, struct buf *out);
#endif
