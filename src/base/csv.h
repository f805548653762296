/* csv.h - text as it arrives, rows of RFC 4180, and rows out again. */
#ifndef LUOSHU_BASE_CSV_H
#define LUOSHU_BASE_CSV_H
#include "str.h"

/* Bytes of a file as UTF-8: a BOM is dropped, UTF-8 passes, anything else must be GB18030 all
 * through, or UTF-16 with a BOM.
 * out       in the arena, or the input itself
 * encoding  "utf-8", "utf-8-bom", "gb18030", "utf-16le", "utf-16be"
 * fails     E_INPUT with the byte offset where neither reading holds */
MUST_CHECK enum code text_decode(struct str bytes, struct arena *a, struct str *out,
                                 const char **encoding, struct error *err);

#define CSV_COLUMNS_MAX 512
#define CSV_FIELD_MAX (1u << 20)  /* bytes */
#define CSV_ROWS_MAX 10000000u

struct csv_field {
    struct str text;       /* unquoted; borrowed from the input or the arena */
    uint32_t line, column; /* 1-based; column counts code points from the start of its line */
};
struct csv {
    struct str in;
    size_t pos;
    uint32_t line, rows;
    size_t line_start;
    char sep; /* ',' ';' or '\t', found from the first line */
    struct arena *arena;
    struct csv_field field[CSV_COLUMNS_MAX];
    size_t count; /* fields of the row last read */
};
/* CRLF, LF and CR end rows; empty lines are skipped, and so are lines that begin with '#' before
 * the header row; quoted fields may span lines. */
void csv_open(struct csv *c, struct str utf8, struct arena *a);
/* *more false at the end. fails E_INPUT at line and column (a quote left open, text after a closing
 * quote), E_LIMIT naming the limit. After a failure the reader stands at the next line. */
MUST_CHECK enum code csv_next(struct csv *c, bool *more, struct error *err);

/* One row out; quotes only where needed; a field that would be read as a formula by a spreadsheet
 * (=, +, -, @ first, and not a number) gets no help here: exports to people go to XLSX. */
void csv_put(struct buf *b, const struct str *fields, size_t count);
#endif
