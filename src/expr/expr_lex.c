/* expr_lex.c - text to tokens. Signs of Chinese keyboards (（ ） ， ： × ÷ − ≤ ≥ ≠ ％) are the
 * ASCII ones. */
#include "expr_int.h"

struct lexer {
    struct str text;
    struct arena *arena;
    token_vec *out;
    struct error *err;
    size_t at; /* bytes */
    uint32_t line, column;
};

/* clang-format off */
static const struct mark {
    const char *spelling, *canonical;
} marks[] = { /* longer spellings first */
    {"<=", "<="}, {">=", ">="}, {"!=", "!="}, {"≤", "<="}, {"≥", ">="}, {"≠", "!="},
    {"<", "<"},   {">", ">"},   {"=", "="},   {"+", "+"},  {"-", "-"},  {"*", "*"},
    {"/", "/"},   {"(", "("},   {")", ")"},   {",", ","},  {":", ":"},  {"%", "%"},
    {"‰", "‰"},   {"（", "("},  {"）", ")"},  {"，", ","}, {"：", ":"}, {"％", "%"},
    {"×", "*"},   {"÷", "/"},   {"−", "-"},   {"＜", "<"}, {"＞", ">"}, {"＝", "="},
    {"＋", "+"},  {"－", "-"},
};

/* What beyond ASCII is no letter: spaces, punctuation, mathematical signs, formatting and private
 * characters. Names that hold such are quoted. */
static const struct {
    uint32_t first, last;
} no_letters[] = {
    {0x80, 0xbf},     {0xd7, 0xd7},     {0xf7, 0xf7},     {0x2000, 0x206f}, {0x2190, 0x23ff},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0xd800, 0xf8ff}, {0xfe00, 0xfe6f},
    {0xfeff, 0xff0f}, {0xff1a, 0xff20}, {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffff},
    {0xe0000, 0x10ffff},
};
/* clang-format on */

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_letter(uint32_t cp)
{
    if (cp < 0x80)
        return is_digit(cp) || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_';
    for (size_t i = 0; i < sizeof no_letters / sizeof *no_letters; i++)
        if (cp >= no_letters[i].first && cp <= no_letters[i].last)
            return false;
    return true;
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || cp == 0xa0 || cp == 0x3000;
}

bool expr_is_keyword(struct str word)
{
    return str_is(word, "and") || str_is(word, "or") || str_is(word, "not");
}

bool expr_is_bare(struct str name)
{
    bool digits = true;
    for (size_t i = 0; i < name.len;) {
        uint32_t cp = utf8_next(name, &i);
        if (!is_letter(cp))
            return false;
        digits = digits && is_digit(cp);
    }
    return !digits && !expr_is_keyword(name);
}

struct str expr_head(struct str s)
{
    size_t end = 0, next = 0;
    while (next < s.len && next < 90) {
        end = next;
        utf8_next(s, &next);
    }
    return str_sub(s, 0, next <= 90 ? next : end);
}

static bool done(const struct lexer *x)
{
    return x->at >= x->text.len;
}

static uint32_t peek(const struct lexer *x)
{
    size_t i = x->at;
    return done(x) ? 0 : utf8_next(x->text, &i);
}

static uint32_t step(struct lexer *x)
{
    uint32_t cp = utf8_next(x->text, &x->at);
    x->column++;
    if (cp == '\n') {
        x->line++;
        x->column = 1;
    }
    return cp;
}

static struct str rest(const struct lexer *x)
{
    return str_sub(x->text, x->at, x->text.len - x->at);
}

static void push(struct lexer *x, const struct token *start, enum token_kind kind, struct str text)
{
    struct token t = *start;
    t.kind = kind;
    t.text = text;
    vec_push(x->out, t);
}

static enum code refuse(struct lexer *x, const struct token *t, const char *what)
{
    return error_at(x->err, E_INPUT, t->line, t->column, "%s", what);
}

/* Digits, then perhaps decimals. A run that goes on in letters is a name: 5G基站数. */
static enum code lex_number(struct lexer *x, struct token *t)
{
    size_t from = x->at;
    while (is_digit(peek(x)))
        step(x);
    if (peek(x) == '.') {
        step(x);
        while (is_digit(peek(x)))
            step(x);
        if (!done(x) && is_letter(peek(x)))
            return error_at(x->err, E_INPUT, x->line, x->column,
                            "put a blank between a number and its unit, as in 100 亿元");
    }
    while (!done(x) && is_letter(peek(x)))
        step(x);
    struct str text = str_sub(x->text, from, x->at - from);
    if (expr_is_bare(text)) {
        push(x, t, TOKEN_WORD, text);
        return OK;
    }
    struct error why = {0};
    enum code code = dec_parse(text, &t->number, &why);
    if (code != OK)
        return error_at(x->err, code, t->line, t->column, "%s", why.text);
    push(x, t, TOKEN_NUMBER, text);
    return OK;
}

/* After the opening quote. A doubled closing quote stands for itself, but for ”, which never does.
 */
static enum code lex_quoted(struct lexer *x, struct token *t, uint32_t close, enum token_kind kind)
{
    char text[EXPR_BYTES_MAX];
    size_t len = 0;
    while (!done(x)) {
        size_t from = x->at;
        uint32_t cp = step(x);
        if (cp == close && (close == 0x201d || peek(x) != close)) {
            if (len == 0)
                return refuse(x, t, "nothing stands between the quotes");
            push(x, t, kind, arena_dup(x->arena, (struct str){text, len}));
            return OK;
        }
        if (cp < 0x20 || cp == 0x7f)
            return refuse(x, t, "a quoted text holds a control character");
        memcpy(text + len, x->text.ptr + from, x->at - from);
        len += x->at - from;
        if (cp == close)
            step(x);
    }
    return refuse(x, t, "a quote is left open");
}

static bool lex_mark(struct lexer *x, const struct token *t)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct str spelling = str_z(marks[i].spelling);
        if (!str_starts(rest(x), spelling))
            continue;
        for (size_t n = utf8_len(spelling); n > 0; n--)
            step(x);
        push(x, t, TOKEN_MARK, str_z(marks[i].canonical));
        return true;
    }
    return false;
}

static enum code lex_other(struct lexer *x, struct token *t)
{
    if (lex_mark(x, t))
        return OK;
    size_t from = x->at;
    uint32_t cp = step(x);
    if (cp == '`')
        return lex_quoted(x, t, '`', TOKEN_QUOTED);
    if (cp == 0x201c)
        return lex_quoted(x, t, 0x201d, TOKEN_QUOTED);
    if (cp == '"')
        return lex_quoted(x, t, '"', TOKEN_STRING);
    if (cp < 0x20 || cp == 0x7f)
        return error_at(x->err, E_INPUT, t->line, t->column, "unexpected control character 0x%02x",
                        (unsigned)cp);
    return error_at(x->err, E_INPUT, t->line, t->column,
                    "unexpected '%.*s'; a name that holds such a sign is written `in backquotes`",
                    (int)(x->at - from), x->text.ptr + from);
}

static enum code lex_one(struct lexer *x, struct token *t)
{
    uint32_t cp = peek(x);
    if (is_digit(cp))
        return lex_number(x, t);
    if (!is_letter(cp))
        return lex_other(x, t);
    size_t from = x->at;
    while (!done(x) && is_letter(peek(x)))
        step(x);
    push(x, t, TOKEN_WORD, str_sub(x->text, from, x->at - from));
    return OK;
}

static enum code lex_all(struct lexer *x)
{
    for (;;) {
        while (!done(x) && is_blank(peek(x)))
            step(x);
        struct token t = {.line = x->line, .column = x->column};
        if (done(x)) {
            push(x, &t, TOKEN_END, STR("the end"));
            push(x, &t, TOKEN_END, STR("the end")); /* the parser looks one token ahead */
            return OK;
        }
        TRY(lex_one(x, &t));
    }
}

enum code expr_lex(struct str text, struct arena *a, token_vec *out, struct error *err)
{
    struct lexer x = {.text = text, .arena = a, .out = out, .err = err, .line = 1, .column = 1};
    if (text.len > EXPR_BYTES_MAX)
        return error_set(err, E_LIMIT, "an expression of %zu bytes; at most %d are read", text.len,
                         EXPR_BYTES_MAX);
    size_t bad = utf8_bad(text);
    if (bad < text.len) {
        while (x.at < bad)
            step(&x);
        return error_at(err, E_INPUT, x.line, x.column, "not UTF-8 at byte %zu", bad);
    }
    return lex_all(&x);
}
