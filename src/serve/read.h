/* read.h - what the operations on documents share: words, a draft held against what is known, and
 * the answers about documents and claims. */
#ifndef LUOSHU_SERVE_READ_H
#define LUOSHU_SERVE_READ_H
#include "extract/extract.h"
#include "query/query.h"
#include "review/review.h"
#include "serve/row.h"

extern const char draft_columns[];
/* One row: the figure, its verdict (agrees, rounding, differs, unknown), what is known of the same
 * statement, of which period and source, and the difference. Returns 1 when it differs. */
size_t draft_line(const struct query *q, struct arena *a, struct str doc,
                  const struct extract_fact *f, struct buf *out);

/* The words for reading: of the program, or of the folder `catalog`; names from the model, or with
 * m NULL from the catalogue. ctx: a struct read_words. */
struct read_words {
    struct str catalog;
    struct str workspace; /* whose folder words/ is read after them; may be empty */
    struct str words;     /* a folder read last; may be empty */
    struct arena *arena;
};
MUST_CHECK enum code read_words_open(void *ctx, const struct model *m, struct extract_words **out,
                                     struct error *err);

/* Who acts in this call, with which words; `words` is the caller's and lives as long. */
struct review review_of(struct call *c, struct read_words *words);
void document_json(struct call *c, const struct document_row *d);
/* The n versions of one claim, oldest first. */
void claim_json(struct call *c, const struct claim_row *versions, size_t n);
/* What the facts of a source repeat, update and contradict: key "relations" and what belongs to it. */
MUST_CHECK enum code relations_json(struct call *c, uint32_t source, struct error *err);
#endif
