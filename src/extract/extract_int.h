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
    W_NUMERAL,
    W_POWER,
    W_NOPOWER,
    W_MORE,
    W_FIGURE,
    W_RECORD,
    W_RANKLEAD,
    W_RANKHEAD,
    W_SCALED,
    W_SIZED,
    W_FIRST,
    W_CARDINAL,
    W_INDEX,
    W_DEED,
    W_GROWN,
    W_DEFINED,
    W_TURN,
    W_RATETAIL,
    W_TASK,
    W_NOPLAN,
    W_DRIVE,
    W_FOSTER,
    W_YEAR,
    W_NOW,
    W_NAMEEND,
    W_NONAME,
    W_LEADIN,
    W_DATELINE,
    W_METADATE,
    W_PRESS,
    W_ENTITY,
    W_CLASSES
};
#define BIT(c) ((uint64_t)1 << (c))
_Static_assert(W_CLASSES <= 64, "a class is a bit");
struct entity_row {
    struct str name, type, parent;
};
struct word {
    struct str text, value, spelling; /* value of the first class that gave one */
    uint64_t classes;
    uint32_t entity; /* 1.. into entities, W_ENTITY */
    uint32_t figure; /* 1.. into figures, W_FIGURE */
    int16_t number;  /* W_POWER: power of ten; W_YEAR: years from the document's */
    bool open;       /* W_YEAR: it is still running */
};
/* A word that is a figure: 全覆盖, 翻番, 首位. */
enum figure_sense { F_RATIO, F_COVER, F_FIRST, F_DOUBLED, F_RANK, F_RECORD };
struct figure_row {
    struct str unit, record;
    struct dec value;
    enum qualifier qualifier;
    enum figure_sense sense;
};
enum dim {
    D_MONEY,
    D_MASS,
    D_RATIO,
    D_POINT,
    D_COUNT,
    D_PEOPLE,
    D_RANK,
    D_INDEX,
    D_TIME,
    D_PHYSICAL,
    D_AREA,
    D_DENSITY,
    D_NONE, /* looks like a unit and is none: 周年, 期 */
    D_DIMS
};
struct unit_row {
    struct str symbol, unit;
    enum dim dim;
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
/* Words that begin (or end) with one code point, longest first. */
struct leaf {
    uint64_t classes;
    const char *text;
    uint32_t word, tail; /* tail: the last four bytes, of a word that has them */
    uint32_t len;
};
struct bucket {
    uint32_t first, count;
    uint64_t classes; /* of any of them */
    uint64_t second;  /* bit set of hashed second (before-last) characters, of the longer words */
    uint32_t single;  /* how many of them, at the end, are one character */
};
struct index {
    uint16_t *at; /* 65536: code point -> bucket; bucket 0 is empty */
    struct bucket *buckets;
    struct leaf *leaves;
};
/* What can begin with a code point, so that most characters cost one look. */
enum {
    MAY_TIME = 1,    /* an expression of time */
    MAY_FIGURE = 2,  /* a figure, an ordinal, a code, a numeral */
    MAY_MATTER = 4,  /* a sentence without any has no figure */
    MAY_SAY = 8,     /* a word of modality */
    MAY_NAME = 16,   /* an entity, or a word like 全市 */
    MAY_FRAME = 32,  /* a pattern of noise that may stand anywhere */
    MAY_NOTE = 64,   /* such a pattern, of short lines only */
    MAY_SHORT = 128, /* a word with a shorter spelling */
    MAY_END = 256,   /* the ending of a name */
};
struct extract_words {
    struct arena text;
    VEC(struct word) words;
    VEC(struct unit_row) units;
    VEC(struct noise_row) noise;
    VEC(struct indicator_row) indicators;
    VEC(struct entity_row) entities;
    VEC(struct figure_row) figures;
    struct map by_text, indicator_names; /* normalised name or alias -> index */
    struct index heads, ends, symbols;   /* words by first and last, units by first code point */
    uint16_t *simple;                    /* 65536, 0 = itself */
    uint16_t *may;                       /* 65536, MAY_* */
    int8_t *numeral; /* 65536: -1 none, 0..9 a digit, 10+k the k-th power of ten */
    const struct unit_row *percent, *yuan, *each, *place, *point;
    size_t longest; /* bytes of the longest word of target, past, plan and estimate */
};
/* The tables, when all files are read. */
void words_index(struct extract_words *w);
/* Longest word of any of `classes` at s[i..); its length in bytes or 0. */
size_t word_at(const struct extract_words *w, struct str s, size_t i, uint64_t classes,
               const struct word **out);
/* Longest word of `classes` that ends s; bytes or 0. */
size_t word_ends(const struct extract_words *w, struct str s, uint64_t classes,
                 const struct word **out);
/* Some word of `classes` in s: offset or -1; the last one if `last`. */
ptrdiff_t word_in(const struct extract_words *w, struct str s, uint64_t classes, bool last,
                  const struct word **out);
/* The code point at s[i] within the basic plane; plain text is valid UTF-8. */
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
/* The code point that ends s. */
static inline uint32_t key_before(struct str s)
{
    size_t i = s.len;
    while (i > 0 && s.len - i < 3 && ((unsigned char)s.ptr[i - 1] & 0xC0) == 0x80)
        i--;
    return i > 0 ? key_at(s, i - 1) : 0;
}
static inline bool may_at(const struct extract_words *w, struct str s, size_t i, uint16_t what)
{
    return (w->may[key_at(s, i)] & what) != 0;
}
/* Is some word of `classes` inside s? Overlapping words count. */
bool word_inside(const struct extract_words *w, struct str s, uint64_t classes);
const struct unit_row *unit_match(const struct extract_words *w, struct str s, size_t i);
const struct entity_row *entity_named(const struct extract_words *w, struct str name);

/* ---- text ---------------------------------------------------------------------------------- */
enum line_class { L_BODY, L_NOISE };
struct line {
    uint32_t start, end; /* bytes of the plain text, trimmed */
    uint32_t linked;     /* bytes inside <a> */
    bool block;          /* a blank line or a block element stood before it */
    bool spread;         /* was set with a space between its characters */
    const char *noise;   /* NULL = body */
};
/* Plain text: simplified, half-width, without tags and notes; at[i] is the code point of the
 * original that byte i was read from. */
enum { LINES_MAX = 1000000 };
struct plain {
    struct buf text;
    uint32_t *at;
    size_t cap;
    bool html, cut; /* cut: more lines than are kept */
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
    struct period period;                       /* T_TIME */
    bool open, base, running, interval, future; /* T_TIME */
    struct str record;                          /* "10y" for T_RANK records */
    uint8_t group, of;                          /* place in a list with one unit, and its length */
    bool cover, first, doubled;                 /* the sense of a word that is a figure */
    int32_t when; /* the last T_TIME before it that is no base of a comparison, or -1 */
};
struct sentence {
    struct str s; /* plain bytes */
    uint32_t at;  /* offset in the plain text */
    VEC(struct token) tokens;
};
/* The year by which a text is counted that tells none: far from any that is printed, and a leap
 * year. */
enum { UNKNOWN_YEAR = 8000, UNKNOWN_FROM = 7000 };
/* period_text of a period, with XXXX for the unknown year. */
size_t period_written(struct period p, char out[32]);
struct dates {
    const struct extract_words *w;
    day_t day;            /* last day of the source date */
    int y, m;             /* of day */
    struct period source; /* as given */
    struct period frame;
    bool known, has_frame;
};
bool time_at(struct str s, size_t i, const struct dates *d, struct token *out);
void lex(struct sentence *sen, const struct extract_words *w, const struct dates *d);

/* A number with its power of ten, before any unit. */
struct amount {
    struct dec value;
    int exp;
    bool approx;
    size_t end; /* behind number, power of ten and infix */
};
struct amount amount_at(const struct extract_words *w, struct str s, size_t i);
size_t cn_number(const struct extract_words *w, struct str s, size_t i, struct dec *out);
size_t cn_decimal(const struct extract_words *w, struct str s, size_t i, struct dec *out);
size_t ascii_number(struct str s, size_t i, struct dec *out);
size_t any_number(const struct extract_words *w, struct str s, size_t i, struct dec *out);
size_t infix(const struct extract_words *w, struct str s, size_t i);
int cn_digit(const struct extract_words *w, struct str s, size_t i);
struct dec dec_shift(struct dec v, int exp);

/* ---- facts
 * --------------------------------------------------------------------------------------- */

/* A name that this document uses and the catalogue does not know. */
enum { LOCAL_MAX = 16, LOCAL_FIRST = 1 << 30 };
struct local_name {
    struct word word; /* entity: LOCAL_FIRST + its place, from 1 */
    struct entity_row row;
};
enum { SAYS_GOAL, SAYS_DONE, SAYS_PLAN, SAYS_GUESS, SAYS };
/* How far the sentence was already looked through, so that its figures do not do it again each.
 * Only words that fit before any later figure as well are kept. */
struct memo {
    size_t says_seen, subject_seen;
    size_t next[SAYS];  /* words of a class do not overlap */
    ptrdiff_t at[SAYS]; /* its last word, or -1 */
    struct str subject;
};
struct reader {
    const struct extract_words *w;
    struct plain plain;
    struct dates dates;
    struct str subject; /* default */
    struct local_name local[LOCAL_MAX];
    size_t local_count;
    struct extract_result *out;
    struct arena scratch;  /* of the sentence */
    bool forward;          /* the document speaks of what is to be done */
    struct period section; /* of a heading */
    bool has_section;
    struct period carried; /* of the paragraph */
    bool has_carried;
    struct sentence sen;
    struct memo memo;
};
void infer_doc(struct reader *r, struct str utf8, const struct extract_doc *doc);
void infer_date(struct reader *r, struct str utf8);
void infer_names(struct reader *r, struct str given);
/* word_at, and the names of this document when entities are asked for. */
size_t who_at(const struct reader *r, struct str s, size_t i, uint64_t classes,
              const struct word **out);
bool who_ends(const struct reader *r, struct str s); /* some entity ends s */
const struct entity_row *entity_of(const struct reader *r, const struct word *word);
const struct entity_row *entity_by(const struct reader *r, struct str name);
void read_sentence(struct reader *r, bool first, bool heading);
void put_noise(struct reader *r, uint32_t start, uint32_t end, const char *class);
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
    size_t n = strlen(z);
    return s.len >= n && memcmp(s.ptr + s.len - n, z, n) == 0;
}
static inline bool starts_z(struct str s, const char *z)
{
    return at_z(s, 0, z);
}
/* str_is, where the compiler sees the literal. */
static inline bool is_z(struct str s, const char *z)
{
    size_t n = strlen(z);
    return s.len == n && (n == 0 || memcmp(s.ptr, z, n) == 0);
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
