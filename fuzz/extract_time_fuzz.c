/* extract_time_fuzz.c - expressions of time at every place of a text, told on any day: what is
 * found lies in the text, is a period in order, and can be written and read again. */
#include "extract_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct extract_words *words = fuzz_words();
    if (size < 2)
        return 0;
    int year = 1990 + (data[0] & 63), m, dd;
    struct dates d = {.w = words, .day = day_from(year, 1, 1) + data[1], .known = true};
    day_split(d.day, &d.y, &d.m, &dd);
    m = d.m;
    d.source = (struct period){d.day, d.day};
    d.frame = (struct period){day_from(year - 1, 1, 1), day_from(year - 1, 12, 31)};
    d.has_frame = (data[0] & 64) != 0;
    MUST(m >= 1 && m <= 12);
    struct str s = {(const char *)data + 2, size - 2 < 2000 ? size - 2 : 2000};
    s.len = utf8_bad(s);
    for (size_t i = 0; i < s.len; i += u8_len(s.ptr[i])) {
        struct token t;
        char text[32];
        struct period back;
        struct error err = {0};
        if (!time_at(s, i, &d, &t))
            continue;
        MUST(t.start == i && t.end > i && t.end <= s.len);
        MUST(t.period.first <= t.period.last);
        size_t n = period_text(t.period, text);
        MUST(period_parse((struct str){text, n}, &back, &err) == OK && period_eq(back, t.period));
    }
    return 0;
}
