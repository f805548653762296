/* words.c - the importer's words, from the catalogue: which words make a grouping overlap, which
 * endings make an indicator's growth, to which grouping a type of entity belongs. */
#include "ingest/import_int.h"
#include <stdlib.h>

typedef enum code (*word_row)(struct catalogue_words *w, const struct csv *c, struct error *err);

static struct str own(struct catalogue_words *w, const struct csv *c, size_t i)
{
    return arena_dup(&w->arena, c->field[i].text);
}

static enum code word_of_table(struct catalogue_words *w, const struct csv *c, struct error *err)
{
    if (c->count < 3)
        return error_set(err, E_BUG, "table-words.csv: line %u is short", c->field[0].line);
    vec_push(&w->words, (struct table_word){own(w, c, 0), own(w, c, 1), own(w, c, 2)});
    return OK;
}

static enum code word_of_group(struct catalogue_words *w, const struct csv *c, struct error *err)
{
    struct group_word g = {.name = own(w, c, 0), .alias = own(w, c, 1), .types = own(w, c, 3)};
    if (!grouping_kind_from(c->field[2].text, &g.kind))
        return error_set(err, E_BUG, "groupings.csv: line %u: kind '%.*s'", c->field[0].line,
                         STR_ARG(c->field[2].text));
    vec_push(&w->groups, g);
    return OK;
}

static enum code read_words(struct catalogue_words *w, const char *name, word_row fn,
                            struct error *err)
{
    struct str bytes;
    struct csv *c = mem_zalloc(sizeof *c);
    struct arena a;
    bool more = true, header = true;
    enum code code = OK;
    arena_init(&a, 0);
    if (!embedded_file(name, &bytes))
        code = error_set(err, E_BUG, "catalogue file '%s' is not in the program", name);
    else
        csv_open(c, bytes, &a);
    while (code == OK && (code = csv_next(c, &more, err)) == OK && more) {
        if (!header)
            code = fn(w, c, err);
        header = false;
    }
    arena_clear(&a);
    mem_free(c);
    return code;
}

/* Longer words first, so that 同比增长 is found before 增长. */
static int longer_first(const void *a, const void *b)
{
    const struct table_word *x = a, *y = b;
    if (x->word.len != y->word.len)
        return x->word.len > y->word.len ? -1 : 1;
    return str_cmp(x->word, y->word);
}

enum code words_load(struct catalogue_words *w, struct error *err)
{
    memset(w, 0, sizeof *w);
    arena_init(&w->arena, 0);
    enum code c = read_words(w, "table-words.csv", word_of_table, err);
    if (c == OK)
        c = read_words(w, "groupings.csv", word_of_group, err);
    if (c != OK) {
        words_clear(w);
        return c;
    }
    qsort(w->words.v, w->words.len, sizeof *w->words.v, longer_first);
    return OK;
}

void words_clear(struct catalogue_words *w)
{
    vec_clear(&w->words);
    vec_clear(&w->groups);
    arena_clear(&w->arena);
}

bool words_hit(const struct catalogue_words *w, const char *use, struct str text, struct str *means)
{
    for (size_t i = 0; i < w->words.len; i++)
        if (str_is(w->words.v[i].use, use) && str_has(text, w->words.v[i].word)) {
            if (means)
                *means = w->words.v[i].means;
            return true;
        }
    return false;
}

bool words_whole(const struct catalogue_words *w, const char *use, struct str text)
{
    for (size_t i = 0; i < w->words.len; i++)
        if (str_is(w->words.v[i].use, use) && str_eq(text, w->words.v[i].word))
            return true;
    return false;
}
