/* lp_int.h - what the files of the decoder share. */
#ifndef LUOSHU_FIELD_LP_INT_H
#define LUOSHU_FIELD_LP_INT_H
#include "field/lp.h"

/* ---- lp_series.c: names ---- */
/* Measurement and p->tags[0..count) as they stand in raw, tags sorted by key: `raw` itself when
 * they were. escaped: there is a backslash in it. fails: *what and *where */
bool lp_series_canonical(struct lp *p, struct str raw, size_t count, bool escaped, struct str *out,
                         const char **what, const char **where);
/* A field key without its escapes, in the arena. */
struct str lp_unescape(struct arena *a, struct str raw, const char *special);
/* Valid UTF-8 without control characters? Else where it is not. */
bool lp_name_good(struct str name, const char **what, const char **where);

/* ---- lp_value.c: numbers and times ---- */
enum lp_type { LP_NUMBER, LP_BAD };
/* A value that is not a quoted text. On LP_BAD *what says why. */
enum lp_type lp_value(const char *p, const char *end, struct sample *out, const char **what);
/* Milliseconds and the rest. false: *what */
bool lp_time(const char *p, const char *end, enum lp_precision precision, int64_t *ms,
             uint32_t *rest_ns, const char **what);
#endif
