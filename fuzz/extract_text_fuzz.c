/* extract_text_fuzz.c - any bytes decoded and made plain: the text is valid, its offsets rise and
 * lie in the original, lines lie in the text and do not overlap. */
#include "extract_words.h"

static void check_plain(const struct plain *p, size_t points)
{
    struct str s = {p->text.ptr, p->text.len};
    for (size_t i = 0; i < p->lines.len; i++) {
        const struct line *l = &p->lines.v[i];
        MUST(l->start <= l->end && l->end <= s.len);
        MUST(utf8_valid(cut(s, l->start, l->end))); /* between lines joined, remains may lie */
        MUST(i == 0 || l->start >= p->lines.v[i - 1].end);
        for (uint32_t k = l->start; k < l->end; k++) {
            MUST(p->at[k] < points);
            MUST(k == l->start || p->at[k] >= p->at[k - 1]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct extract_words *words = fuzz_words();
    struct arena a;
    struct str utf8;
    struct error err = {0};
    const char *encoding;
    arena_init(&a, 0);
    if (text_decode((struct str){(const char *)data, size}, &a, &utf8, &encoding, &err) == OK) {
        struct plain p = {0};
        plain_read(&p, words, utf8);
        body_mark(&p, words);
        check_plain(&p, utf8_len(utf8));
        plain_clear(&p);
    }
    arena_clear(&a);
    return 0;
}
