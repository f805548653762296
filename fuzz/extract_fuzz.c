/* extract_fuzz.c - any bytes: refused, or proposals whose spans lie in the text, in order, and
 * quote it; the same bytes give the same proposals. */
#include "extract_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct extract_words *words = fuzz_words();
    struct extract_result out, again;
    struct error err = {0};
    struct extract_doc doc = {.source_date = STR("2025-03-28"), .subject = STR("云州市")};
    bool told = size > 0 && (data[0] & 1) != 0;
    struct str bytes = {(const char *)data, size};
    enum code code = extract_run(words, bytes, told ? &doc : NULL, &out, &err);
    MUST(code == OK || (code == E_INPUT && err.text[0] != '\0'));
    error_clear(&err);
    MUST(extract_run(words, bytes, told ? &doc : NULL, &again, &err) == code);
    if (code == OK) {
        fuzz_check(&out);
        MUST(out.facts.len == again.facts.len && out.noise.len == again.noise.len); /* I6 */
        for (size_t i = 0; i < out.facts.len; i++)
            MUST(str_eq(out.facts.v[i].indicator, again.facts.v[i].indicator) &&
                 period_eq(out.facts.v[i].period, again.facts.v[i].period));
    }
    extract_result_clear(&out);
    extract_result_clear(&again);
    return 0;
}
