/* extract_int.h - what the stages of the reader hand to each other. */
#ifndef LUOSHU_EXTRACT_INT_H
#define LUOSHU_EXTRACT_INT_H
#include "extract.h"

/* ---- words ------------------------------------------------------------------------------- */
enum word_class {
    W_SCOPE,
    W_GRADE,
    W_ADV,
    W_LINK,
    W_OVER,
    W_AFTER,
    W_VERB,
    W_KEEP,
    W_FLOWDROP,
    W_PRED,
    W_GENERIC,
    W_SHARE,
    W_TOTAL,
    W_RESET,
    W_RHET,
    W_THING,
    W_VAGUE,
    W_CODE,
    W_TARGET,
    W_PLAN,
    W_ESTIMATE,
    W_PAST,
    W_UP,
    W_DOWN,
    W_YOY,
    W_VS,
    W_REPORT,
    W_SHORT,
    W_STOP,
    W_CHAINHEAD,
    W_ENTITY,
    W_CLASSES
};
#define BIT(c) ((uint64_t)1 << (c))
struct entity_row {
    struct str name, type, parent;
};
struct word {
    struct str text, value, spelling; /* value of the first class that gave one */
    uint64_t classes;
    uint32_t entity; /* 1.. into entities, W_ENTITY */
};
struct unit_row {
    struct str symbol, unit, dim;
    int exp;
};
struct noise_row {
    struct str pattern;
    const char *class;
    char where; /* s e h i */
    bool tail;
    uint32_t max;
};
struct indicator_row {
    struct str name, unit;
};
/* Words under their first code point, longest first. */
struct bucket {
    uint32_t first, count; /* into order */
    uint64_t classes;      /* of any of them */
};
struct extract_words {
    struct arena text;
    VEC(struct word) words;
    VEC(struct unit_row) units;
    VEC(struct noise_row) noise;
    VEC(struct indicator_row) indicators;
    VEC(struct entity_row) entities;
    struct map by_text, indicator_names; /* normalised name or alias -> index */
    uint32_t *order, *unit_order;
    struct bucket *word_at, *unit_at; /* 65536 each */
    uint16_t *simple;                 /* 65536, 0 = itself */
};
/* Longest word of any of `classes` at s[i..); its length in bytes or 0. */
size_t word_at(const struct extract_words *w, struct str s, size_t i, uint64_t classes,
               const struct word **out);
/* Longest word of `classes` that ends s; bytes or 0. */
size_t word_ends(const struct extract_words *w, struct str s, uint64_t classes,
                 const struct word **out);
/* Some word of `classes` in s: offset or -1; the last one if `last`. */
ptrdiff_t word_in(const struct extract_words *w, struct str s, uint64_t classes, bool last,
                  const struct word **out);
const struct unit_row *unit_match(const struct extract_words *w, struct str s, size_t i);
const struct entity_row *entity_named(const struct extract_words *w, struct str name);

/* ---- text ---------------------------------------------------------------------------------- */
enum line_class { L_BODY, L_NOISE };
struct line {
    uint32_t start, end; /* bytes of the plain text, trimmed */
    uint32_t linked;     /* bytes inside <a> */
    bool block;          /* a blank line or a block element stood before it */
    const char *noise;   /* NULL = body */
};
/* Plain text: simplified, half-width, without tags and notes; at[i] is the code point of the
 * original that byte i was read from. */
struct plain {
    struct buf text;
    uint32_t *at;
    size_t cap;
    bool html;
    VEC(struct line) lines;
};
void plain_read(struct plain *p, const struct extract_words *w, struct str utf8);
void plain_clear(struct plain *p);
void body_mark(struct plain *p, const struct extract_words *w);

/* ---- tokens -----------------------------------------------------------------------------------
 */
enum token_kind { T_NUMBER, T_RANK, T_RATIO_WORD, T_CLASS_SCALE, T_TIME, T_NOISE };
struct token {
    uint32_t start, end; /* bytes of the sentence */
    enum token_kind kind;
    const char *noise; /* class, for T_NOISE */
    struct dec value, hi;
    bool range, from_words; /* Chinese numerals or a word, no digit */
    const struct unit_row *unit;
    enum qualifier qualifier;
    struct period period;                             /* T_TIME */
    bool open, base, running, interval, future, done; /* T_TIME */
    struct str record;                                /* "10y" for T_RANK records */
    uint8_t group, of; /* place in a list with one unit, and its length */
    bool doubled;
};
struct sentence {
    struct str s; /* plain bytes */
    uint32_t at;  /* offset in the plain text */
    VEC(struct token) tokens;
};
struct dates {
    day_t day;            /* last day of the source date */
    struct period source; /* as given */
    struct period frame;
    bool known, has_frame;
};
bool time_at(struct str s, size_t i, const struct dates *d, struct token *out);
void lex(struct sentence *sen, const struct extract_words *w, const struct dates *d);
size_t cn_number(struct str s, size_t i, struct dec *out);
struct dec dec_shift(struct dec v, int exp);

/* ---- facts
 * --------------------------------------------------------------------------------------- */
struct reader {
    const struct extract_words *w;
    struct plain plain;
    struct dates dates;
    struct str subject; /* default */
    struct extract_result *out;
    bool forward;          /* the document speaks of what is to be done */
    struct period section; /* of a heading */
    bool has_section;
    struct period carried; /* of the paragraph */
    bool has_carried;
    struct sentence sen;
};
void infer_doc(struct reader *r, const struct extract_doc *doc);
void read_sentence(struct reader *r, bool first, bool heading);
struct str clean_name(struct reader *r, struct str s);
struct str canonical(struct reader *r, struct str name, const char **unit);

static inline bool at_z(struct str s, size_t i, const char *z)
{
    if (i >= s.len || s.ptr[i] != z[0])
        return false;
    size_t n = strlen(z);
    return n <= s.len - i && s.ptr[i + n - 1] == z[n - 1] && memcmp(s.ptr + i, z, n) == 0;
}
static inline bool ends_z(struct str s, const char *z)
{
    return str_ends(s, str_z(z));
}
static inline bool starts_z(struct str s, const char *z)
{
    return str_starts(s, str_z(z));
}
static inline bool has_z(struct str s, const char *z)
{
    return str_has(s, str_z(z));
}
static inline size_t u8_len(char c)
{
    unsigned char b = (unsigned char)c;
    return b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
}
static inline struct str cut(struct str s, size_t from, size_t to)
{
    to = to < s.len ? to : s.len;
    return s.ptr == NULL || from > to ? (struct str){s.ptr, 0}
                                      : (struct str){s.ptr + from, to - from};
}
#endif
