/* extract_words.c - the vocabulary: catalogue files in, longest-match tables out. */
#include "extract_int.h"
#include <stdlib.h>

static const char *const class_names[W_CLASSES] = {
    [W_SCOPE] = "scope",   [W_GRADE] = "grade",     [W_ADV] = "adv",
    [W_LINK] = "link",     [W_OVER] = "over",       [W_AFTER] = "after",
    [W_VERB] = "verb",     [W_KEEP] = "keep",       [W_FLOWDROP] = "flowdrop",
    [W_PRED] = "pred",     [W_GENERIC] = "generic", [W_SHARE] = "share",
    [W_TOTAL] = "total",   [W_RESET] = "reset",     [W_RHET] = "rhet",
    [W_THING] = "thing",   [W_VAGUE] = "vague",     [W_CODE] = "code",
    [W_TARGET] = "target", [W_PLAN] = "plan",       [W_ESTIMATE] = "estimate",
    [W_PAST] = "past",     [W_UP] = "up",           [W_DOWN] = "down",
    [W_YOY] = "yoy",       [W_VS] = "vs",           [W_REPORT] = "report",
    [W_SHORT] = "short",   [W_STOP] = "stop",       [W_CHAINHEAD] = "chainhead",
    [W_ENTITY] = "entity",
};
static const char *const noise_names[] = {"nav",    "related",   "ad",      "phone",     "licence",
                                          "byline", "timestamp", "scraper", "duplicate", "date"};
#define ROW_COLUMNS 8

/* ---- reading ----------------------------------------------------------------------------------
 */

typedef enum code (*row_fn)(struct extract_words *w, const struct str *f, struct error *err);

static int column_of(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_is(str_trim(c->field[i].text), name))
            return (int)i;
    return -1;
}

/* Every row of `file`, its columns in the order of `names` (a '?' marks an optional one). */
static enum code read_rows(struct extract_words *w, struct str file, const char *const *names,
                           row_fn row, struct error *err)
{
    if (file.len == 0)
        return OK;
    struct csv *c = mem_zalloc(sizeof *c);
    struct arena a;
    arena_init(&a, 0);
    csv_open(c, file, &a);
    bool more = false;
    int col[ROW_COLUMNS];
    enum code code = csv_next(c, &more, err);
    for (size_t i = 0; code == OK && more && names[i] != NULL; i++) {
        const char *name = names[i] + (names[i][0] == '?');
        col[i] = column_of(c, name);
        if (col[i] < 0 && names[i][0] != '?')
            code = error_at(err, E_INPUT, c->field[0].line, 1, "no column '%s'", name);
    }
    while (code == OK && more && (code = csv_next(c, &more, err)) == OK && more) {
        struct str f[ROW_COLUMNS] = {{0}};
        for (size_t i = 0; names[i] != NULL; i++)
            if (col[i] >= 0 && (size_t)col[i] < c->count)
                f[i] = str_trim(c->field[col[i]].text);
        code = row(w, f, err);
        if (code != OK && err != NULL && err->line == 0)
            err->line = c->field[0].line;
    }
    arena_clear(&a);
    mem_free(c);
    return code;
}

static struct word *word_put(struct extract_words *w, struct str text)
{
    uint64_t *slot = map_at(&w->by_text, text, w->words.len);
    if (*slot == w->words.len)
        vec_push(&w->words, (struct word){.text = arena_dup(&w->text, text)});
    return &w->words.v[*slot];
}

static enum code row_word(struct extract_words *w, const struct str *f, struct error *err)
{
    for (int i = 0; i < W_CLASSES; i++) {
        if (class_names[i] == NULL || !str_is(f[0], class_names[i]))
            continue;
        if (f[1].len == 0)
            return error_set(err, E_INPUT, "a word is missing");
        struct word *word = word_put(w, f[1]);
        word->classes |= BIT(i);
        if (i == W_SHORT)
            word->spelling = arena_dup(&w->text, f[2]);
        else if (f[2].len > 0 && word->value.len == 0)
            word->value = arena_dup(&w->text, f[2]);
        return OK;
    }
    return error_set(err, E_INPUT, "unknown class of words '%.*s'", STR_ARG(f[0]));
}

static enum code row_unit(struct extract_words *w, const struct str *f, struct error *err)
{
    struct dec exp;
    TRY(dec_parse(f[2], &exp, err));
    vec_push(&w->units, (struct unit_row){.symbol = arena_dup(&w->text, f[0]),
                                          .unit = arena_dup(&w->text, f[1]),
                                          .dim = arena_dup(&w->text, f[3]),
                                          .exp = (int)exp.units});
    return OK;
}

static enum code row_noise(struct extract_words *w, const struct str *f, struct error *err)
{
    struct noise_row row = {.pattern = arena_dup(&w->text, f[2]), .tail = str_is(f[3], "tail")};
    for (size_t i = 0; i < sizeof noise_names / sizeof *noise_names; i++)
        if (str_is(f[0], noise_names[i]))
            row.class = noise_names[i];
    struct dec max;
    TRY(dec_parse(f[4], &max, err));
    row.max = (uint32_t)max.units;
    row.where = f[1].len > 0 ? f[1].ptr[0] : ' ';
    if (row.class == NULL || row.pattern.len == 0 || strchr("sehi", row.where) == NULL)
        return error_set(err, E_INPUT, "unknown kind of noise '%.*s'", STR_ARG(f[0]));
    vec_push(&w->noise, row);
    return OK;
}

static enum code row_character(struct extract_words *w, const struct str *f, struct error *err)
{
    (void)err;
    size_t i = 0, k = 0;
    if (f[0].len == 0 || f[1].len == 0)
        return OK;
    uint32_t from = utf8_next(f[0], &i), to = utf8_next(f[1], &k);
    if (from < 0x10000 && to < 0x10000)
        w->simple[from] = (uint16_t)to;
    return OK;
}

/* Names are compared without 的, 全市, quotes and spaces. */
static struct str name_key(struct extract_words *w, struct str name)
{
    char *out = arena_alloc(&w->text, name.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i += u8_len(name.ptr[i])) {
        if (at_z(name, i, "“") || at_z(name, i, "”") || at_z(name, i, "的") || name.ptr[i] == ' ')
            continue;
        if (at_z(name, i, "全市") || at_z(name, i, "全省")) {
            i += 3;
            continue;
        }
        size_t k = u8_len(name.ptr[i]);
        if (i + k > name.len)
            break;
        memcpy(out + n, name.ptr + i, k);
        n += k;
    }
    return (struct str){out, n};
}

static enum code row_indicator(struct extract_words *w, const struct str *f, struct error *err)
{
    (void)err;
    uint64_t id = w->indicators.len;
    vec_push(&w->indicators, (struct indicator_row){.name = arena_dup(&w->text, f[0]),
                                                    .unit = arena_dup(&w->text, f[1])});
    map_put(&w->indicator_names, name_key(w, f[0]), id);
    struct str rest = f[2];
    while (rest.ptr != NULL && rest.len > 0) {
        struct str alias = str_trim(str_cut(rest, ';', &rest));
        uint64_t had;
        struct str key = name_key(w, alias);
        if (alias.len > 0 && !map_get(&w->indicator_names, key, &had))
            map_put(&w->indicator_names, key, id);
    }
    return OK;
}

static void entity_word(struct extract_words *w, struct str text, uint32_t id, bool alias)
{
    struct str bare = text;
    for (size_t i = 0; i < bare.len; i++) /* 全省(s1,s2): the brackets say where it is used */
        if (bare.ptr[i] == '(' && i > 0 && alias)
            bare.len = i;
    if (bare.len < 6)
        return;
    struct word *word = word_put(w, bare);
    if (word->classes != 0 && alias)
        return; /* a word of the language, or a name that is taken */
    word->classes |= BIT(W_ENTITY);
    word->entity = id;
}

static enum code row_entity(struct extract_words *w, const struct str *f, struct error *err)
{
    (void)err;
    vec_push(&w->entities, (struct entity_row){.name = arena_dup(&w->text, f[0]),
                                               .type = arena_dup(&w->text, f[1]),
                                               .parent = arena_dup(&w->text, f[2])});
    uint32_t id = (uint32_t)w->entities.len;
    entity_word(w, f[0], id, false);
    struct str rest = f[3];
    while (rest.ptr != NULL && rest.len > 0) {
        struct str alias = str_trim(str_cut(rest, ';', &rest));
        entity_word(w, alias, id, true);
    }
    return OK;
}

/* ---- tables
 * -------------------------------------------------------------------------------------- */

/* The bucket of what begins at s[i]; plain text is valid UTF-8. */
static inline uint32_t key_at(struct str s, size_t i)
{
    if (i >= s.len)
        return 0;
    const unsigned char *b = (const unsigned char *)s.ptr + i;
    size_t left = s.len - i;
    if (b[0] < 0x80)
        return b[0];
    if (b[0] < 0xE0)
        return left < 2 ? 0 : (uint32_t)((b[0] & 0x1F) << 6 | (b[1] & 0x3F));
    return left < 3 ? 0
                    : (uint32_t)((b[0] & 0x0F) << 12 | (b[1] & 0x3F) << 6 | (b[2] & 0x3F)) & 0xFFFF;
}

static uint32_t first_cp(struct str s)
{
    return key_at(s, 0);
}

struct sort_row {
    struct str text;
    uint32_t index;
};
static int by_bucket(const void *a, const void *b)
{
    const struct sort_row *x = a, *y = b;
    uint32_t cx = first_cp(x->text), cy = first_cp(y->text);
    if (cx != cy)
        return cx < cy ? -1 : 1;
    if (x->text.len != y->text.len)
        return x->text.len > y->text.len ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static struct bucket *fill_buckets(struct sort_row *rows, size_t n, uint32_t **order)
{
    struct bucket *b = mem_zalloc(65536 * sizeof *b);
    *order = mem_zalloc((n + 1) * sizeof **order);
    qsort(rows, n, sizeof *rows, by_bucket);
    for (size_t i = 0; i < n; i++) {
        struct bucket *at = &b[first_cp(rows[i].text)];
        if (at->count++ == 0)
            at->first = (uint32_t)i;
        (*order)[i] = rows[i].index;
    }
    mem_free(rows);
    return b;
}

static void build_tables(struct extract_words *w)
{
    struct sort_row *rows = mem_zalloc((w->words.len + 1) * sizeof *rows);
    for (size_t i = 0; i < w->words.len; i++)
        rows[i] = (struct sort_row){w->words.v[i].text, (uint32_t)i};
    w->word_at = fill_buckets(rows, w->words.len, &w->order);
    for (size_t i = 0; i < w->words.len; i++)
        w->word_at[first_cp(w->words.v[i].text)].classes |= w->words.v[i].classes;
    rows = mem_zalloc((w->units.len + 1) * sizeof *rows);
    for (size_t i = 0; i < w->units.len; i++)
        rows[i] = (struct sort_row){w->units.v[i].symbol, (uint32_t)i};
    w->unit_at = fill_buckets(rows, w->units.len, &w->unit_order);
}

enum code extract_words_open(const struct extract_files *files, struct extract_words **out,
                             struct error *err)
{
    static const char *const words[] = {"class", "word", "value", NULL};
    static const char *const units[] = {"symbol", "unit", "exp", "dim", NULL};
    static const char *const noise[] = {"class", "where", "pattern", "scope", "max", NULL};
    static const char *const characters[] = {"traditional", "simplified", NULL};
    static const char *const indicators[] = {"name", "unit", "?aliases", NULL};
    static const char *const entities[] = {"name", "type", "?parent", "?aliases", NULL};
    struct extract_words *w = mem_zalloc(sizeof *w);
    arena_init(&w->text, 0);
    map_init(&w->by_text);
    map_init(&w->indicator_names);
    w->simple = mem_zalloc(65536 * sizeof *w->simple);
    const struct {
        struct str file;
        const char *const *names;
        row_fn row;
    } parts[] = {
        {files->words,      words,      row_word     },
        {files->units,      units,      row_unit     },
        {files->noise,      noise,      row_noise    },
        {files->characters, characters, row_character},
        {files->indicators, indicators, row_indicator},
        {files->entities,   entities,   row_entity   },
    };
    enum code code = OK;
    for (size_t i = 0; code == OK && i < sizeof parts / sizeof *parts; i++)
        code = read_rows(w, parts[i].file, parts[i].names, parts[i].row, err);
    if (code != OK) {
        extract_words_free(w);
        return code;
    }
    build_tables(w);
    *out = w;
    return OK;
}

void extract_words_free(struct extract_words *w)
{
    if (w == NULL)
        return;
    vec_clear(&w->words);
    vec_clear(&w->units);
    vec_clear(&w->noise);
    vec_clear(&w->indicators);
    vec_clear(&w->entities);
    map_clear(&w->by_text);
    map_clear(&w->indicator_names);
    mem_free(w->order);
    mem_free(w->unit_order);
    mem_free(w->word_at);
    mem_free(w->unit_at);
    mem_free(w->simple);
    arena_clear(&w->text);
    mem_free(w);
}

/* ---- matching
 * --------------------------------------------------------------------------------------- */

size_t word_at(const struct extract_words *w, struct str s, size_t i, uint64_t classes,
               const struct word **out)
{
    struct bucket b = w->word_at[key_at(s, i)];
    for (uint32_t k = 0; (b.classes & classes) != 0 && k < b.count; k++) {
        const struct word *word = &w->words.v[w->order[b.first + k]];
        if ((word->classes & classes) == 0 || word->text.len > s.len - i ||
            s.ptr[i + word->text.len - 1] != word->text.ptr[word->text.len - 1] ||
            memcmp(s.ptr + i, word->text.ptr, word->text.len) != 0)
            continue;
        if (out != NULL)
            *out = word;
        return word->text.len;
    }
    return 0;
}

#define WORD_BYTES_MAX 60
size_t word_ends(const struct extract_words *w, struct str s, uint64_t classes,
                 const struct word **out)
{
    size_t i = s.len > WORD_BYTES_MAX ? s.len - WORD_BYTES_MAX : 0;
    while (i < s.len && ((unsigned char)s.ptr[i] & 0xC0) == 0x80)
        i++;
    for (; i < s.len; i += u8_len(s.ptr[i])) {
        uint64_t index;
        if (map_get(&w->by_text, cut(s, i, s.len), &index) &&
            (w->words.v[index].classes & classes) != 0) {
            if (out != NULL)
                *out = &w->words.v[index];
            return s.len - i;
        }
    }
    return 0;
}

ptrdiff_t word_in(const struct extract_words *w, struct str s, uint64_t classes, bool last,
                  const struct word **out)
{
    ptrdiff_t at = -1;
    for (size_t i = 0; i < s.len;) {
        size_t n = word_at(w, s, i, classes, out);
        if (n > 0)
            at = (ptrdiff_t)i;
        if (n > 0 && !last)
            return at;
        i += n > 0 ? n : u8_len(s.ptr[i]);
    }
    if (at >= 0)
        (void)word_at(w, s, (size_t)at, classes, out);
    return at;
}

const struct unit_row *unit_match(const struct extract_words *w, struct str s, size_t i)
{
    if (i >= s.len)
        return NULL;
    struct bucket b = w->unit_at[key_at(s, i)];
    for (uint32_t k = 0; k < b.count; k++) {
        const struct unit_row *u = &w->units.v[w->unit_order[b.first + k]];
        if (u->symbol.len <= s.len - i && memcmp(s.ptr + i, u->symbol.ptr, u->symbol.len) == 0)
            return u;
    }
    return NULL;
}

const struct entity_row *entity_named(const struct extract_words *w, struct str name)
{
    uint64_t index;
    if (!map_get(&w->by_text, name, &index) || w->words.v[index].entity == 0)
        return NULL;
    return &w->entities.v[w->words.v[index].entity - 1];
}
