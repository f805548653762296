/* extract_number_fuzz.c - a sentence cut into tokens: they lie in it, in order, without overlap, at
 * borders of characters, and a figure has its unit. */
#include "extract_words.h"

static bool border(struct str s, size_t i)
{
    return i >= s.len || ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct extract_words *words = fuzz_words();
    struct str s = {(const char *)data, size < 3000 ? size : 3000};
    s.len = utf8_bad(s);
    day_t day = day_from(2025, 3, 28);
    struct dates d = {
        .w = words, .day = day, .y = 2025, .m = 3, .source = {day, day}, .known = true};
    struct sentence sen = {.s = s};
    lex(&sen, words, &d);
    for (size_t i = 0, last = 0; i < sen.tokens.len; i++) {
        const struct token *t = &sen.tokens.v[i];
        MUST(t->start >= last && t->start < t->end && t->end <= s.len);
        MUST(border(s, t->start) && border(s, t->end));
        MUST(t->kind != T_NOISE || t->noise != NULL);
        MUST(t->kind == T_NOISE || t->kind == T_TIME || t->unit != NULL);
        MUST(t->value.scale <= DEC_SCALE_MAX);
        last = t->end;
    }
    vec_clear(&sen.tokens);
    return 0;
}
