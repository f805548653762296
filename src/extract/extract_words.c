/* extract_words.c - the vocabulary: catalogue files in, longest-match tables out. */
#include "extract_int.h"
#include <stdlib.h>

static const char *const class_names[W_CLASSES] = {
    [W_SCOPE] = "scope",
    [W_GRADE] = "grade",
    [W_ADV] = "adv",
    [W_LINK] = "link",
    [W_OVER] = "over",
    [W_AFTER] = "after",
    [W_VERB] = "verb",
    [W_KEEP] = "keep",
    [W_FLOWDROP] = "flowdrop",
    [W_PRED] = "pred",
    [W_GENERIC] = "generic",
    [W_SHARE] = "share",
    [W_TOTAL] = "total",
    [W_RESET] = "reset",
    [W_RHET] = "rhet",
    [W_THING] = "thing",
    [W_VAGUE] = "vague",
    [W_CODE] = "code",
    [W_TARGET] = "target",
    [W_PLAN] = "plan",
    [W_ESTIMATE] = "estimate",
    [W_PAST] = "past",
    [W_UP] = "up",
    [W_DOWN] = "down",
    [W_YOY] = "yoy",
    [W_VS] = "vs",
    [W_REPORT] = "report",
    [W_SHORT] = "short",
    [W_STOP] = "stop",
    [W_CHAINHEAD] = "chainhead",
    [W_NUMERAL] = "numeral",
    [W_POWER] = "power",
    [W_NOPOWER] = "nopower",
    [W_MORE] = "more",
    [W_FIGURE] = "figure",
    [W_RECORD] = "record",
    [W_RANKLEAD] = "ranklead",
    [W_RANKHEAD] = "rankhead",
    [W_SCALED] = "scaled",
    [W_SIZED] = "sized",
    [W_FIRST] = "first",
    [W_CARDINAL] = "cardinal",
    [W_INDEX] = "index",
    [W_DEED] = "deed",
    [W_GROWN] = "grown",
    [W_DEFINED] = "defined",
    [W_TURN] = "turn",
    [W_RATETAIL] = "ratetail",
    [W_TASK] = "task",
    [W_NOPLAN] = "noplan",
    [W_DRIVE] = "drive",
    [W_FOSTER] = "foster",
    [W_YEAR] = "year",
    [W_NOW] = "now",
    [W_NAMEEND] = "nameend",
    [W_NONAME] = "noname",
    [W_LEADIN] = "leadin",
    [W_DATELINE] = "dateline",
    [W_METADATE] = "metadate",
    [W_PRESS] = "press",
    [W_ENTITY] = "entity",
};
static const char *const noise_names[] = {"nav",    "related",   "ad",      "phone",     "licence",
                                          "byline", "timestamp", "scraper", "duplicate", "date"};
static const char *const dim_names[D_DIMS] = {
    [D_MONEY] = "money", [D_MASS] = "mass",         [D_RATIO] = "ratio", [D_POINT] = "point",
    [D_COUNT] = "count", [D_PEOPLE] = "people",     [D_RANK] = "rank",   [D_INDEX] = "index",
    [D_TIME] = "time",   [D_PHYSICAL] = "physical", [D_AREA] = "area",   [D_DENSITY] = "density",
    [D_NONE] = "none",
};
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

/* "亿 -8" and the like: the next word of a value, *rest moves on. */
static struct str next_part(struct str *rest)
{
    struct str part = str_cut(str_trim(*rest), ' ', rest);
    return part;
}

static enum code small_number(struct str s, int least, int most, int16_t *out, struct error *err)
{
    struct dec d;
    TRY(dec_parse(s, &d, err));
    if (d.scale != 0 || d.units < least || d.units > most)
        return error_set(err, E_INPUT, "'%.*s' is no whole number from %d to %d", STR_ARG(s), least,
                         most);
    *out = (int16_t)d.units;
    return OK;
}

/* A numeral is one character; its value 0..9 or a power of ten. */
static enum code put_numeral(struct extract_words *w, struct str text, struct str value,
                             struct error *err)
{
    size_t i = 0;
    uint32_t c = utf8_next(text, &i);
    struct dec d;
    TRY(dec_parse(value, &d, err));
    int8_t kind = d.scale == 0 && d.units >= 0 && d.units < 10 ? (int8_t)d.units : -1;
    for (int k = 1; k <= 8 && kind < 0; k++)
        if (d.scale == 0 && d.units == (int64_t)dec_pow10((unsigned)k))
            kind = (int8_t)(10 + k);
    if (i != text.len || text.len != 3 || c > 0xFFFF || kind < 0)
        return error_set(err, E_INPUT,
                         "numeral '%.*s': one Chinese character, worth 0 to 9 or a power of ten up "
                         "to 100000000, not '%.*s'",
                         STR_ARG(text), STR_ARG(value));
    w->numeral[c] = kind;
    return OK;
}

/* unit value qualifier sense [record] */
static enum code put_figure(struct extract_words *w, struct word *word, struct str value,
                            struct error *err)
{
    static const char *const senses[] = {"ratio", "cover", "first", "doubled", "rank", "record"};
    struct str rest = value;
    struct figure_row row = {.unit = arena_dup(&w->text, next_part(&rest))};
    struct str number = next_part(&rest), qualifier = next_part(&rest), sense = next_part(&rest);
    bool known = false;
    for (size_t i = 0; i < sizeof senses / sizeof *senses; i++)
        if (str_is(sense, senses[i]))
            row.sense = (enum figure_sense)i, known = true;
    if (row.unit.len == 0 || !known || !qualifier_from(qualifier, &row.qualifier))
        return error_set(
            err, E_INPUT,
            "figure '%.*s': unit, value, qualifier and one of ratio cover first doubled "
            "rank record, not '%.*s'",
            STR_ARG(word->text), STR_ARG(value));
    TRY(dec_parse(number, &row.value, err));
    row.record = arena_dup(&w->text, str_trim(rest));
    vec_push(&w->figures, row);
    word->figure = (uint32_t)w->figures.len;
    return OK;
}

static enum code put_meaning(struct extract_words *w, struct word *word, int class,
                             struct str value, struct error *err)
{
    struct str rest = value;
    switch (class) {
    case W_SHORT:
        word->spelling = arena_dup(&w->text, value);
        return OK;
    case W_NUMERAL:
        return put_numeral(w, word->text, value, err);
    case W_FIGURE:
        return put_figure(w, word, value, err);
    case W_POWER:
        return small_number(value, 1, 12, &word->number, err);
    case W_YEAR:
        TRY(small_number(next_part(&rest), -100, 100, &word->number, err));
        word->open = str_is(str_trim(rest), "open");
        return OK;
    case W_OVER:
    case W_AFTER: {
        enum qualifier q;
        if (!qualifier_from(value, &q))
            return error_set(err, E_INPUT, "'%.*s' is no qualifier: over, under or approx",
                             STR_ARG(value));
        break;
    }
    default:
        break;
    }
    if (value.len > 0 && word->value.len == 0)
        word->value = arena_dup(&w->text, value);
    return OK;
}

/* A class with '-' before it takes the word out of that class again. */
static enum code row_word(struct extract_words *w, const struct str *f, struct error *err)
{
    bool drop = str_starts(f[0], STR("-"));
    struct str class = cut(f[0], drop, f[0].len);
    for (int i = 0; i < W_ENTITY; i++) {
        if (!str_is(class, class_names[i]))
            continue;
        if (f[1].len == 0)
            return error_set(err, E_INPUT, "a word is missing");
        struct word *word = word_put(w, f[1]);
        if (drop) {
            word->classes &= ~BIT(i);
            if (i == W_NUMERAL && f[1].len == 3)
                w->numeral[key_at(f[1], 0)] = -1;
            return OK;
        }
        word->classes |= BIT(i);
        return put_meaning(w, word, i, f[2], err);
    }
    return error_set(err, E_INPUT, "unknown class of words '%.*s'", STR_ARG(f[0]));
}

static enum code row_unit(struct extract_words *w, const struct str *f, struct error *err)
{
    int16_t exp;
    if (f[0].len == 0 || f[1].len == 0)
        return error_set(err, E_INPUT, "a unit needs its symbol and the unit it is written in");
    TRY(small_number(f[2], -12, 12, &exp, err));
    struct unit_row row = {.symbol = arena_dup(&w->text, f[0]),
                           .unit = arena_dup(&w->text, f[1]),
                           .dim = D_DIMS,
                           .exp = exp};
    for (int i = 0; i < D_DIMS; i++)
        if (str_is(f[3], dim_names[i]))
            row.dim = (enum dim)i;
    if (row.dim == D_DIMS)
        return error_set(err, E_INPUT, "unknown dimension '%.*s' of unit '%.*s'", STR_ARG(f[3]),
                         STR_ARG(f[0]));
    for (size_t i = 0; i < w->units.len; i++)
        if (str_eq(w->units.v[i].symbol, row.symbol)) { /* a later file knows better */
            w->units.v[i] = row;
            return OK;
        }
    vec_push(&w->units, row);
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
    if (max.scale != 0 || max.units < 0 || max.units > 400)
        return error_set(err, E_INPUT, "'%.*s' is no length from 0 (any) to 400", STR_ARG(f[4]));
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

static enum code read_files(struct extract_words *w, const struct extract_files *files,
                            struct error *err)
{
    static const char *const words[] = {"class", "word", "?value", NULL};
    static const char *const units[] = {"symbol", "unit", "exp", "dim", NULL};
    static const char *const noise[] = {"class", "where", "pattern", "scope", "max", NULL};
    static const char *const characters[] = {"traditional", "simplified", NULL};
    static const char *const indicators[] = {"name", "unit", "?aliases", NULL};
    static const char *const entities[] = {"name", "type", "?parent", "?aliases", NULL};
    const struct {
        const char *name;
        struct str file;
        const char *const *columns;
        row_fn row;
    } parts[] = {
        {"words.csv", files->words, words, row_word},
        {"units.csv", files->units, units, row_unit},
        {"noise.csv", files->noise, noise, row_noise},
        {"characters.csv", files->characters, characters, row_character},
        {"indicators.csv", files->indicators, indicators, row_indicator},
        {"entities", files->entities, entities, row_entity},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct error mine = {0};
        enum code code = read_rows(w, parts[i].file, parts[i].columns, parts[i].row, &mine);
        if (code != OK)
            return error_at(err, code, mine.line, mine.column, "%s%s%s: %s",
                            files->place != NULL ? files->place : "",
                            files->place != NULL ? "/" : "", parts[i].name, mine.text);
    }
    return OK;
}

enum code extract_words_open(const struct extract_files *files, struct extract_words **out,
                             struct error *err)
{
    struct extract_words *w = mem_zalloc(sizeof *w);
    arena_init(&w->text, 0);
    map_init(&w->by_text);
    map_init(&w->indicator_names);
    w->simple = mem_zalloc(65536 * sizeof *w->simple);
    w->numeral = mem_alloc(65536 * sizeof *w->numeral);
    memset(w->numeral, -1, 65536 * sizeof *w->numeral);
    enum code code = OK;
    for (const struct extract_files *f = files; code == OK && f != NULL; f = f->more)
        code = read_files(w, f, err);
    if (code != OK) {
        extract_words_free(w);
        return code;
    }
    words_index(w);
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
    vec_clear(&w->figures);
    map_clear(&w->by_text);
    map_clear(&w->indicator_names);
    struct index *const tables[] = {&w->heads, &w->ends, &w->symbols};
    for (size_t i = 0; i < 3; i++) {
        mem_free(tables[i]->at);
        mem_free(tables[i]->buckets);
        mem_free(tables[i]->leaves);
    }
    mem_free(w->simple);
    mem_free(w->may);
    mem_free(w->numeral);
    arena_clear(&w->text);
    mem_free(w);
}
