/* extract_match.c - the vocabulary as tables: longest match at a place, longest match before a
 * place, and for each character what may begin with it. */
#include "extract_int.h"
#include <stdlib.h>

#define ENDING_BYTES_MAX 60 /* what is longer is not looked for at the end of a text */

/* ---- tables ---- */

struct sort_row {
    struct str text;
    uint64_t classes;
    uint32_t index, key;
};
static int by_bucket(const void *a, const void *b)
{
    const struct sort_row *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->text.len != y->text.len)
        return x->text.len > y->text.len ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static inline uint32_t last_four(const char *end)
{
    uint32_t v;
    memcpy(&v, end - sizeof v, sizeof v);
    return v;
}

/* The bit of the character next to the first (the last) of `text`, which has more than that one. */
static inline uint64_t bit_of(uint32_t key)
{
    return (uint64_t)1 << ((key * 0x9E3779B1u) >> 26);
}
static uint64_t next_to(struct str text, bool from_end)
{
    size_t n = u8_len(text.ptr[0]);
    if (from_end) {
        size_t k = text.len - 1;
        while (k > 0 && ((unsigned char)text.ptr[k] & 0xC0) == 0x80)
            k--;
        return bit_of(key_before(cut(text, 0, k)));
    }
    return bit_of(key_at(text, n));
}
static bool one_character(struct str text)
{
    return text.len <= u8_len(text.ptr[0]);
}

/* rows are given away */
static void index_fill(struct index *t, struct sort_row *rows, size_t n, bool from_end)
{
    t->at = mem_zalloc(65536 * sizeof *t->at);
    t->buckets = mem_zalloc((n + 1) * sizeof *t->buckets);
    t->leaves = mem_zalloc((n + 1) * sizeof *t->leaves);
    if (n > 1)
        qsort(rows, n, sizeof *rows, by_bucket);
    uint16_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct sort_row *r = &rows[i];
        if (t->at[r->key] == 0) {
            t->at[r->key] = ++count;
            t->buckets[count].first = (uint32_t)i;
        }
        struct bucket *b = &t->buckets[t->at[r->key]];
        b->count++;
        b->classes |= r->classes;
        if (one_character(r->text))
            b->single++;
        else
            b->second |= next_to(r->text, from_end);
        t->leaves[i] =
            (struct leaf){.classes = r->classes,
                          .text = r->text.ptr,
                          .word = r->index,
                          .len = (uint32_t)r->text.len,
                          .tail = r->text.len >= 4 ? last_four(r->text.ptr + r->text.len) : 0};
    }
    mem_free(rows);
}

static void may_put(struct extract_words *w, const char *const *words, uint16_t what)
{
    for (; *words != NULL; words++)
        w->may[key_at(str_z(*words), 0)] |= what;
}

/* The characters of the grammar itself; the others follow from the words. */
static void may_grammar(struct extract_words *w)
{
    static const char *const times[] = {"上", "下", "前", "第", "“",  "用", "过",
                                        "未", "近", "最", "全", "年", "力", NULL};
    static const char *const figures[] = {"第", "前", "近", NULL};
    static const char *const matters[] = {"年", "位", "翻", "覆", "突", "半", "首", "高", NULL};
    may_put(w, times, MAY_TIME);
    may_put(w, figures, MAY_FIGURE);
    may_put(w, matters, MAY_MATTER);
    for (uint32_t c = '0'; c <= '9'; c++)
        w->may[c] |= MAY_TIME | MAY_FIGURE | MAY_MATTER;
}

static void may_numerals(struct extract_words *w)
{
    for (uint32_t c = 0x3400; c < 65536; c++) {
        int8_t kind = w->numeral[c];
        if (kind >= 0)
            w->may[c] |= MAY_FIGURE;
        if (kind > 0)
            w->may[c] |= MAY_MATTER;
        if (kind > 0 && kind <= 11) /* 一 to 十 */
            w->may[c] |= MAY_TIME;
    }
}

/* Each word that is a figure has a character by which its sentence is worth reading. */
static void may_matter(struct extract_words *w, struct str text)
{
    for (size_t i = 0; i < text.len; i += u8_len(text.ptr[i]))
        if (may_at(w, text, i, MAY_MATTER))
            return;
    w->may[key_at(text, 0)] |= MAY_MATTER;
}

static void may_fill(struct extract_words *w)
{
    w->may = mem_zalloc(65536 * sizeof *w->may);
    may_grammar(w);
    may_numerals(w);
    for (size_t i = 0; i < w->words.len; i++) {
        const struct word *word = &w->words.v[i];
        uint16_t *may = &w->may[key_at(word->text, 0)];
        if ((word->classes & (BIT(W_YEAR) | BIT(W_NOW))) != 0)
            *may |= MAY_TIME;
        if ((word->classes & (BIT(W_FIGURE) | BIT(W_CODE))) != 0)
            *may |= MAY_FIGURE;
        if ((word->classes & (BIT(W_TARGET) | BIT(W_PLAN) | BIT(W_PAST) | BIT(W_ESTIMATE))) != 0)
            *may |= MAY_SAY;
        if ((word->classes & (BIT(W_ENTITY) | BIT(W_SCOPE) | BIT(W_LEADIN))) != 0)
            *may |= MAY_NAME;
        if ((word->classes & BIT(W_SHORT)) != 0)
            *may |= MAY_SHORT;
        if ((word->classes & BIT(W_NAMEEND)) != 0)
            *may |= MAY_END;
        if ((word->classes & BIT(W_FIGURE)) != 0)
            may_matter(w, word->text);
    }
    for (size_t i = 0; i < w->noise.len; i++)
        if (w->noise.v[i].where == 'h')
            w->may[key_at(w->noise.v[i].pattern, 0)] |=
                w->noise.v[i].max == 0 ? MAY_FRAME : MAY_NOTE;
}

static const struct unit_row *unit_of(const struct extract_words *w, const char *symbol)
{
    for (size_t k = 0; k < w->units.len; k++)
        if (is_z(w->units.v[k].symbol, symbol))
            return &w->units.v[k];
    return NULL;
}

void words_index(struct extract_words *w)
{
    size_t n = w->words.len;
    struct sort_row *heads = mem_zalloc((n + 1) * sizeof *heads),
                    *ends = mem_zalloc((n + 1) * sizeof *ends);
    for (size_t i = 0; i < n; i++) {
        const struct word *word = &w->words.v[i];
        heads[i] = ends[i] = (struct sort_row){word->text, word->classes, (uint32_t)i, 0};
        heads[i].key = key_at(word->text, 0);
        ends[i].key = key_before(word->text);
        if (word->text.len > ENDING_BYTES_MAX)
            ends[i].classes = 0;
        if (word->text.len > w->longest &&
            (word->classes & (BIT(W_TARGET) | BIT(W_PAST) | BIT(W_PLAN) | BIT(W_ESTIMATE))) != 0)
            w->longest = word->text.len;
    }
    index_fill(&w->heads, heads, n, false);
    index_fill(&w->ends, ends, n, true);
    n = w->units.len;
    struct sort_row *units = mem_zalloc((n + 1) * sizeof *units);
    for (size_t i = 0; i < n; i++)
        units[i] = (struct sort_row){w->units.v[i].symbol, 1, (uint32_t)i,
                                     key_at(w->units.v[i].symbol, 0)};
    index_fill(&w->symbols, units, n, false);
    may_fill(w);
    w->percent = unit_of(w, "%");
    w->yuan = unit_of(w, "元");
    w->each = unit_of(w, "个");
    w->place = unit_of(w, "位");
    w->point = unit_of(w, "点");
}

/* ---- matching ---- */

static inline bool leaf_is(const struct leaf *l, const char *at)
{
    if (l->len < sizeof l->tail)
        return memcmp(at, l->text, l->len) == 0;
    if (last_four(at + l->len) != l->tail)
        return false;
    size_t n = l->len - sizeof l->tail;
    for (size_t i = 0; i < n; i++) /* a few bytes: shorter than a call */
        if (at[i] != l->text[i])
            return false;
    return true;
}

/* The leaves of b that can match where `next` stands beside the first character. */
static inline const struct leaf *leaves_of(const struct index *t, const struct bucket *b,
                                           uint32_t next)
{
    const struct leaf *l = &t->leaves[b->first];
    return (b->second & bit_of(next)) != 0 ? l : l + b->count - b->single;
}

size_t word_at(const struct extract_words *w, struct str s, size_t i, uint64_t classes,
               const struct word **out)
{
    const struct bucket *b = &w->heads.buckets[w->heads.at[key_at(s, i)]];
    if ((b->classes & classes) == 0)
        return 0;
    const struct leaf *l = leaves_of(&w->heads, b, key_at(s, i + u8_len(s.ptr[i]))),
                      *end = &w->heads.leaves[b->first + b->count];
    size_t left = s.len - i;
    for (; l < end; l++) {
        if ((l->classes & classes) == 0 || l->len > left || !leaf_is(l, s.ptr + i))
            continue;
        if (out != NULL)
            *out = &w->words.v[l->word];
        return l->len;
    }
    return 0;
}

size_t word_ends(const struct extract_words *w, struct str s, uint64_t classes,
                 const struct word **out)
{
    if (s.len == 0)
        return 0;
    const struct bucket *b = &w->ends.buckets[w->ends.at[key_before(s)]];
    if ((b->classes & classes) == 0)
        return 0;
    size_t k = s.len - 1;
    while (k > 0 && ((unsigned char)s.ptr[k] & 0xC0) == 0x80)
        k--;
    const struct leaf *l = leaves_of(&w->ends, b, key_before(cut(s, 0, k))),
                      *end = &w->ends.leaves[b->first + b->count];
    for (; l < end; l++) {
        if ((l->classes & classes) == 0 || l->len > s.len || !leaf_is(l, s.ptr + s.len - l->len))
            continue;
        if (out != NULL)
            *out = &w->words.v[l->word];
        return l->len;
    }
    return 0;
}

ptrdiff_t word_in(const struct extract_words *w, struct str s, uint64_t classes, bool last,
                  const struct word **out)
{
    ptrdiff_t at = -1;
    for (size_t i = 0; i < s.len;) {
        const struct word *word = NULL;
        size_t n = word_at(w, s, i, classes, &word);
        if (n > 0) {
            at = (ptrdiff_t)i;
            if (out != NULL)
                *out = word;
            if (!last)
                return at;
        }
        i += n > 0 ? n : u8_len(s.ptr[i]);
    }
    return at;
}

bool word_inside(const struct extract_words *w, struct str s, uint64_t classes)
{
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i]))
        if (word_at(w, s, i, classes, NULL) > 0)
            return true;
    return false;
}

const struct unit_row *unit_match(const struct extract_words *w, struct str s, size_t i)
{
    if (i >= s.len)
        return NULL;
    const struct bucket *b = &w->symbols.buckets[w->symbols.at[key_at(s, i)]];
    for (uint32_t k = 0; k < b->count; k++) {
        const struct leaf *l = &w->symbols.leaves[b->first + k];
        if (l->len <= s.len - i && leaf_is(l, s.ptr + i))
            return &w->units.v[l->word];
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
