/* csv_fuzz.c - any bytes: decoded to UTF-8 or refused, and the rows found come back from csv_put.
 */
#include "base/csv.h"
#include "fuzz.h"

static struct csv first, second;

/* The next row of c, over whatever is refused; false at the end. */
static bool next_row(struct csv *c)
{
    for (;;) {
        bool more;
        struct error err = {0};
        size_t pos = c->pos;
        if (csv_next(c, &more, &err) == OK)
            return more;
        MUST(err.line > 0 && err.column > 0 && err.text[0] != '\0');
        MUST(c->count == 0 && c->pos > pos);
    }
}

static void check_field(const struct csv *c, const struct csv_field *f)
{
    MUST(f->text.len <= CSV_FIELD_MAX && utf8_valid(f->text));
    MUST(f->line > 0 && f->line <= c->line && f->column > 0);
}

static void read_and_write(struct str text, struct arena *a)
{
    struct buf out;
    struct str fields[CSV_COLUMNS_MAX];
    buf_init(&out, (size_t)64 << 20);
    csv_open(&first, text, a);
    while (next_row(&first)) {
        for (size_t i = 0; i < first.count; i++) {
            check_field(&first, &first.field[i]);
            fields[i] = first.field[i].text;
        }
        csv_put(&out, fields, first.count);
    }
    MUST(!out.full);
    csv_open(&first, text, a);
    csv_open(&second, buf_str(&out), a);
    while (next_row(&first)) {
        MUST(next_row(&second) && second.count == first.count);
        for (size_t i = 0; i < first.count; i++)
            MUST(str_eq(first.field[i].text, second.field[i].text));
    }
    MUST(!next_row(&second) && first.rows == second.rows);
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size}, text;
    struct arena a;
    const char *encoding;
    struct error err = {0};
    arena_init(&a, 0);
    if (text_decode(bytes, &a, &text, &encoding, &err) == OK) {
        MUST(utf8_valid(text));
        MUST(text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL);
        read_and_write(text, &a);
    } else {
        MUST(err.code == E_INPUT);
    }
    arena_clear(&a);
    return 0;
}
