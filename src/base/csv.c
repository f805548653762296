/* csv.c - bytes of unknown encoding to UTF-8, and RFC 4180 rows in and out.
 * Knows nothing of headers, types or units: a row is fields with places, no more. */
#include "csv.h"
#include <errno.h>
#include <iconv.h>

/* ---- encodings ---- */

static enum code convert(struct str bytes, const char *from, struct arena *a, struct str *out,
                         size_t *done, struct error *err)
{
    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): how iconv says no */
        return error_set(err, E_BACKEND, "iconv cannot read %s", from);
    /* two bytes in give three out at most, one gives one, four give four */
    size_t room = bytes.len + bytes.len / 2 + 4, left = bytes.len;
    char *text = arena_alloc(a, room), *to = text;
    char *in = (char *)bytes.ptr; /* iconv does not write through it */
    size_t n = iconv(cd, &in, &left, &to, &room);
    int why = errno;
    iconv_close(cd);
    *done = bytes.len - left;
    if (n == (size_t)-1)
        return why == E2BIG ? error_set(err, E_BUG, "%s grew beyond all bounds", from) : E_INPUT;
    *out = (struct str){text, (size_t)(to - text)};
    return OK;
}

static enum code no_nul(struct str text, struct error *err)
{
    const char *nul = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;
    if (nul == NULL)
        return OK;
    return error_set(err, E_INPUT, "a NUL byte at offset %zu: this is not a text file",
                     (size_t)(nul - text.ptr));
}

static enum code decode_utf16(struct str bytes, const char *from, struct arena *a, struct str *out,
                              struct error *err)
{
    size_t done = 0;
    struct str units = str_sub(bytes, 2, bytes.len);
    for (size_t i = 0; i + 1 < units.len; i += 2)
        if (units.ptr[i] == '\0' && units.ptr[i + 1] == '\0')
            return error_set(err, E_INPUT, "a NUL character at byte offset %zu", i + 2);
    enum code code = convert(units, from, a, out, &done, err);
    if (code == E_INPUT)
        return error_set(err, E_INPUT, "not valid %s at byte offset %zu", from, done + 2);
    return code;
}

static enum code decode_gb18030(struct str bytes, struct arena *a, struct str *out,
                                struct error *err)
{
    size_t done = 0;
    enum code code = convert(bytes, "GB18030", a, out, &done, err);
    if (code == E_INPUT)
        return error_set(err, E_INPUT,
                         "neither UTF-8 (malformed at byte offset %zu) nor GB18030 (malformed at "
                         "byte offset %zu)",
                         utf8_bad(bytes), done);
    return code;
}

enum code text_decode(struct str bytes, struct arena *a, struct str *out, const char **encoding,
                      struct error *err)
{
    struct str text = bytes;
    const char *name = "utf-8";
    if (str_starts(bytes, STR("\xFF\xFE"))) {
        name = "utf-16le";
        TRY(decode_utf16(bytes, "UTF-16LE", a, &text, err));
    } else if (str_starts(bytes, STR("\xFE\xFF"))) {
        name = "utf-16be";
        TRY(decode_utf16(bytes, "UTF-16BE", a, &text, err));
    } else if (str_starts(bytes, STR("\xEF\xBB\xBF"))) {
        name = "utf-8-bom";
        text = str_sub(bytes, 3, bytes.len);
        TRY(no_nul(bytes, err));
        if (!utf8_valid(text)) /* a file that says it is UTF-8 gets no second guess */
            return error_set(err, E_INPUT, "malformed UTF-8 at byte offset %zu",
                             utf8_bad(text) + 3);
    } else {
        TRY(no_nul(bytes, err));
        if (!utf8_valid(bytes)) {
            name = "gb18030";
            TRY(decode_gb18030(bytes, a, &text, err));
        }
    }
    *out = text;
    *encoding = name;
    return OK;
}

/* ---- rows in ---- */

static bool at_end(const struct csv *c)
{
    return c->pos >= c->in.len;
}

static bool is_newline(char ch)
{
    return ch == '\n' || ch == '\r';
}

/* pos is at a line end: step over it, CRLF as one. */
static void next_line(struct csv *c)
{
    bool crlf =
        c->in.ptr[c->pos] == '\r' && c->pos + 1 < c->in.len && c->in.ptr[c->pos + 1] == '\n';
    c->pos += crlf ? 2 : 1;
    c->line++;
    c->line_start = c->pos;
}

static void skip_line(struct csv *c)
{
    while (!at_end(c) && !is_newline(c->in.ptr[c->pos]))
        c->pos++;
    if (!at_end(c))
        next_line(c);
}

/* Empty lines, and comments while no row has been read. */
static void skip_idle_lines(struct csv *c)
{
    while (!at_end(c)) {
        char ch = c->in.ptr[c->pos];
        if (!is_newline(ch) && (ch != '#' || c->rows > 0))
            return;
        skip_line(c);
    }
}

static char find_separator(struct str s)
{
    static const char seps[] = {',', ';', '\t'};
    size_t seen[sizeof seps] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.len && (quoted || !is_newline(s.ptr[i])); i++) {
        if (s.ptr[i] == '"')
            quoted = !quoted;
        for (size_t k = 0; k < sizeof seps && !quoted; k++)
            seen[k] += s.ptr[i] == seps[k];
    }
    for (size_t k = 1; k < sizeof seps; k++)
        if (seen[k] > seen[best])
            best = k;
    return seps[best];
}

void csv_open(struct csv *c, struct str utf8, struct arena *a)
{
    c->in = utf8;
    c->pos = c->line_start = c->count = 0;
    c->line = 1;
    c->rows = 0;
    c->arena = a;
    skip_idle_lines(c);
    c->sep = find_separator(str_sub(utf8, c->pos, utf8.len));
}

/* A place in the text, small enough to keep: struct csv itself is not. */
struct mark {
    size_t pos, line_start;
    uint32_t line;
};

static struct mark mark(const struct csv *c)
{
    return (struct mark){c->pos, c->line_start, c->line};
}

/* Report at `m` and stand at the line after it, wherever the reader has got to: a quote left open
 * must not swallow the rest of the file. */
static enum code fail_at(struct csv *c, struct mark m, enum code code, const char *what,
                         struct error *err)
{
    struct str before = str_sub(c->in, m.line_start, m.pos - m.line_start);
    error_at(err, code, m.line, (uint32_t)utf8_len(before) + 1, "%s", what);
    c->pos = m.pos;
    c->line = m.line;
    c->line_start = m.line_start;
    skip_line(c);
    return code;
}

/* What stands between the quotes, doubled quotes made single. */
static struct str unquote(struct arena *a, struct str raw, size_t doubled)
{
    if (doubled == 0)
        return raw;
    char *p = arena_alloc(a, raw.len - doubled);
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        p[n++] = raw.ptr[i];
        i += raw.ptr[i] == '"';
    }
    return (struct str){p, n};
}

static enum code quoted_field(struct csv *c, struct str *out, struct error *err)
{
    struct mark open = mark(c);
    size_t from = ++c->pos, doubled = 0;
    for (;;) {
        if (at_end(c))
            return fail_at(c, open, E_INPUT, "this quote is never closed", err);
        if (c->pos - from - doubled > CSV_FIELD_MAX)
            return fail_at(c, open, E_LIMIT, "a field is larger than 1 MiB", err);
        char ch = c->in.ptr[c->pos];
        if (is_newline(ch)) {
            next_line(c);
            continue;
        }
        c->pos++;
        if (ch != '"')
            continue;
        if (at_end(c) || c->in.ptr[c->pos] != '"')
            break;
        c->pos++;
        doubled++;
    }
    if (!at_end(c) && !is_newline(c->in.ptr[c->pos]) && c->in.ptr[c->pos] != c->sep)
        return fail_at(c, mark(c), E_INPUT, "text after a closing quote", err);
    *out = unquote(c->arena, str_sub(c->in, from, c->pos - 1 - from), doubled);
    if (out->len > CSV_FIELD_MAX)
        return fail_at(c, open, E_LIMIT, "a field is larger than 1 MiB", err);
    return OK;
}

/* A quote inside a field that did not begin with one is text: 3" pipe. */
static enum code bare_field(struct csv *c, struct str *out, struct error *err)
{
    struct mark open = mark(c);
    while (!at_end(c) && !is_newline(c->in.ptr[c->pos]) && c->in.ptr[c->pos] != c->sep)
        c->pos++;
    *out = str_sub(c->in, open.pos, c->pos - open.pos);
    if (out->len > CSV_FIELD_MAX)
        return fail_at(c, open, E_LIMIT, "a field is larger than 1 MiB", err);
    return OK;
}

/* Columns are counted on from the field before, so that a long line is gone over once. */
struct counter {
    size_t pos;
    uint32_t line, column;
};

static uint32_t count_to(struct counter *k, const struct csv *c)
{
    if (k->line != c->line)
        *k = (struct counter){c->line_start, c->line, 1};
    k->column += (uint32_t)utf8_len(str_sub(c->in, k->pos, c->pos - k->pos));
    k->pos = c->pos;
    return k->column;
}

static enum code read_row(struct csv *c, struct error *err)
{
    struct counter k = {0};
    for (;;) {
        if (c->count == CSV_COLUMNS_MAX)
            return fail_at(c, mark(c), E_LIMIT, "a row has more than 512 columns", err);
        struct csv_field *f = &c->field[c->count];
        f->line = c->line;
        f->column = count_to(&k, c);
        bool quoted = !at_end(c) && c->in.ptr[c->pos] == '"';
        TRY(quoted ? quoted_field(c, &f->text, err) : bare_field(c, &f->text, err));
        c->count++;
        if (at_end(c))
            return OK;
        if (is_newline(c->in.ptr[c->pos])) {
            next_line(c);
            return OK;
        }
        c->pos++;
    }
}

enum code csv_next(struct csv *c, bool *more, struct error *err)
{
    c->count = 0;
    *more = false;
    skip_idle_lines(c);
    if (at_end(c))
        return OK;
    if (c->rows == CSV_ROWS_MAX)
        return fail_at(c, mark(c), E_LIMIT, "more than 10,000,000 rows", err);
    enum code code = read_row(c, err);
    if (code != OK) {
        c->count = 0;
        return code;
    }
    c->rows++;
    *more = true;
    return OK;
}

/* ---- rows out ---- */

/* Also the separators a reader may guess, a '#' that would make a comment of the row, and the empty
 * field that would make an empty line of it. */
static bool needs_quotes(struct str s, bool first, bool only)
{
    static const char special[] = {',', ';', '\t', '"', '\r', '\n'};
    if (s.len == 0)
        return only;
    if (first && s.ptr[0] == '#')
        return true;
    for (size_t i = 0; i < s.len; i++)
        if (memchr(special, s.ptr[i], sizeof special) != NULL)
            return true;
    return false;
}

static void put_quoted(struct buf *b, struct str s)
{
    buf_byte(b, '"');
    while (s.ptr != NULL) {
        struct str rest;
        buf_add(b, str_cut(s, '"', &rest));
        if (rest.ptr != NULL)
            buf_z(b, "\"\"");
        s = rest;
    }
    buf_byte(b, '"');
}

void csv_put(struct buf *b, const struct str *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_byte(b, ',');
        if (needs_quotes(fields[i], i == 0, count == 1))
            put_quoted(b, fields[i]);
        else
            buf_add(b, fields[i]);
    }
    buf_z(b, "\n");
}
