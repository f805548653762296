/* words.c - reads the words and identities that the rules go by, and looks names up in them. */
#include "check/check_int.h"

extern const char check_labels_csv[], check_identities_csv[]; /* embedded, see meson.build */

static const char *const label_names[LABEL_CLASSES] = {
    [LABEL_GRADE] = "grade",         [LABEL_FLOW] = "flow",
    [LABEL_SCOPE] = "scope",         [LABEL_GROWTH] = "growth",
    [LABEL_SIGNED] = "signed",       [LABEL_RATIO] = "ratio",
    [LABEL_RATIO_END] = "ratio-end", [LABEL_ADDS] = "adds",
    [LABEL_OF_WHICH] = "of-which",   [LABEL_GDP] = "gdp"};
static const char *const term_names[TERM_KINDS] = {[TERM_LEVEL] = "level",
                                                   [TERM_GROWTH] = "growth",
                                                   [TERM_SHARE] = "share",
                                                   [TERM_CONTRIBUTION] = "contribution",
                                                   [TERM_PULL] = "pull"};

static bool name_index(const char *const *names, int count, struct str s, int *out)
{
    for (int i = 0; i < count; i++)
        if (str_is(s, names[i])) {
            *out = i;
            return true;
        }
    return false;
}

static enum code header_is(const struct csv *c, const char *const *want, size_t count,
                           struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (c->count != count || !str_is(c->field[i].text, want[i]))
            return error_at(err, E_INPUT, c->line, 1, "expected %zu columns, the %zu. '%s'", count,
                            i + 1, want[i]);
    return OK;
}

/* ---- labels ---- */

static enum code label_row(struct words *w, const struct csv *c, struct error *err)
{
    int class;
    if (!name_index(label_names, LABEL_CLASSES, c->field[1].text, &class))
        return error_at(err, E_INPUT, c->field[1].line, c->field[1].column,
                        "unknown class of word '%.*s'", STR_ARG(c->field[1].text));
    vec_push(&w->labels,
             (struct label){arena_dup(&w->arena, c->field[0].text), (enum label_class) class});
    return OK;
}

/* ---- identities ---- */

static enum code term_read(struct words *w, const struct csv_field *at, struct str text,
                           struct term *out, struct error *err)
{
    struct str rest, flag, names = str_cut(text, ':', &rest), kind = str_cut(rest, ':', &flag);
    int k;
    if (!name_index(term_names, TERM_KINDS, kind, &k))
        return error_at(err, E_INPUT, at->line, at->column, "expected name:kind, not '%.*s'",
                        STR_ARG(text));
    *out = (struct term){.names = arena_dup(&w->arena, names),
                         .kind = (enum term_kind)k,
                         .of_whole = str_is(flag, "whole")};
    return OK;
}

static enum code terms_read(struct words *w, const struct csv_field *at, struct identity *out,
                            struct error *err)
{
    for (struct str rest = at->text, one; rest.ptr;) {
        one = str_cut(rest, ';', &rest);
        if (out->count == TERMS_MAX)
            return error_at(err, E_LIMIT, at->line, at->column, "more than %d terms", TERMS_MAX);
        TRY(term_read(w, at, one, &out->term[out->count++], err));
    }
    bool two = out->op == '*' || out->op == '/';
    if (out->count < 2 || (two && out->count != 2))
        return error_at(err, E_INPUT, at->line, at->column, "'%c' takes two terms", out->op);
    return OK;
}

static enum code identity_row(struct words *w, const struct csv *c, struct error *err)
{
    const struct csv_field *f = c->field;
    struct identity id = {.rule = arena_dup(&w->arena, f[0].text),
                          .op = f[2].text.len == 1 ? f[2].text.ptr[0] : '?',
                          .note_zh = arena_dup(&w->arena, f[5].text),
                          .note_en = arena_dup(&w->arena, f[6].text)};
    if (!memchr("*/+-", id.op, 4))
        return error_at(err, E_INPUT, f[2].line, f[2].column, "expected * / + or -, not '%.*s'",
                        STR_ARG(f[2].text));
    TRY(term_read(w, &f[1], f[1].text, &id.result, err));
    TRY(terms_read(w, &f[3], &id, err));
    vec_push(&w->identities, id);
    return OK;
}

/* ---- both ---- */

typedef enum code (*row_fn)(struct words *w, const struct csv *c, struct error *err);

static enum code rows_read(struct words *w, struct str text, const char *const *header,
                           size_t columns, row_fn row, struct error *err)
{
    struct csv *c = mem_zalloc(sizeof *c);
    bool more = true;
    enum code code;
    csv_open(c, text, &w->arena);
    code = csv_next(c, &more, err);
    if (code == OK)
        code = header_is(c, header, columns, err);
    while (code == OK && (code = csv_next(c, &more, err)) == OK && more) {
        if (c->count != columns)
            code = error_at(err, E_INPUT, c->field[0].line, 1, "expected %zu fields, not %zu",
                            columns, c->count);
        else
            code = row(w, c, err);
    }
    mem_free(c);
    return code;
}

enum code check_words_read_labels(struct words *w, struct str csv, struct error *err)
{
    static const char *const header[] = {"word", "class", "note"};
    return rows_read(w, csv, header, 3, label_row, err);
}

enum code check_words_read_identities(struct words *w, struct str csv, struct error *err)
{
    static const char *const header[] = {"rule",   "result",  "op",     "terms",
                                         "source", "note_zh", "note_en"};
    return rows_read(w, csv, header, 7, identity_row, err);
}

enum code check_words_load(struct words *w, struct error *err)
{
    *w = (struct words){0};
    arena_init(&w->arena, 0);
    enum code code = check_words_read_labels(w, str_z(check_labels_csv), err);
    if (code == OK)
        code = check_words_read_identities(w, str_z(check_identities_csv), err);
    if (code != OK)
        check_words_clear(w);
    return code;
}

void check_words_clear(struct words *w)
{
    vec_clear(&w->labels);
    vec_clear(&w->identities);
    arena_clear(&w->arena);
}

/* ---- looking up ---- */

bool check_words_any(const struct words *w, enum label_class class, struct str name)
{
    for (size_t i = 0; i < w->labels.len; i++)
        if (w->labels.v[i].class == class && str_has(name, w->labels.v[i].word))
            return true;
    return false;
}

size_t check_words_prefix(const struct words *w, enum label_class class, struct str name)
{
    size_t best = 0;
    for (size_t i = 0; i < w->labels.len; i++) {
        const struct label *l = &w->labels.v[i];
        if (l->class == class && l->word.len > best && str_starts(name, l->word))
            best = l->word.len;
    }
    return best;
}

size_t check_words_suffix(const struct words *w, enum label_class class, struct str name)
{
    size_t best = 0;
    for (size_t i = 0; i < w->labels.len; i++) {
        const struct label *l = &w->labels.v[i];
        if (l->class == class && l->word.len > best && str_ends(name, l->word))
            best = l->word.len;
    }
    return best;
}

struct str check_without_brackets(struct str name, struct arena *a)
{
    char *text = arena_alloc(a, name.len + 1);
    size_t len = 0, depth = 0;
    for (size_t i = 0; i < name.len;) {
        size_t from = i;
        uint32_t cp = utf8_next(name, &i);
        if (cp == '(' || cp == 0xFF08) /* （ */
            depth++;
        else if ((cp == ')' || cp == 0xFF09) && depth > 0)
            depth--;
        else if (depth == 0) {
            memcpy(text + len, name.ptr + from, i - from);
            len += i - from;
        }
    }
    return (struct str){text, len};
}

/* Grades stand before what they grade, and before or after words of flow and scope; those stay, so
 * that a flow is never set against a stock. */
struct str check_label_stem(const struct words *w, struct str name, struct arena *a)
{
    struct str rest = check_without_brackets(name, a);
    char *text = arena_alloc(a, rest.len + 1);
    size_t len = 0, n;
    for (;;) {
        if ((n = check_words_prefix(w, LABEL_GRADE, rest)) > 0) {
            rest = str_sub(rest, n, rest.len);
            continue;
        }
        n = check_words_prefix(w, LABEL_FLOW, rest);
        if (n == 0)
            n = check_words_prefix(w, LABEL_SCOPE, rest);
        if (n == 0)
            break;
        memcpy(text + len, rest.ptr, n);
        len += n;
        rest = str_sub(rest, n, rest.len);
    }
    memcpy(text + len, rest.ptr, rest.len);
    return (struct str){text, len + rest.len};
}
