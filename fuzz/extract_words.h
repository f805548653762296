/* extract_words.h - the vocabulary that the fuzzers of the reader share: the catalogue of the
 * program, and three entities. */
#ifndef LUOSHU_FUZZ_EXTRACT_WORDS_H
#define LUOSHU_FUZZ_EXTRACT_WORDS_H
#include "extract/extract_int.h"
#include "fuzz.h"
#include "ingest/import.h"

static const char fuzz_entities[] = "name,type,parent,aliases\n云州市,city,东岭省,云州\n"
                                    "东岭省,province,中国,\n光电产业链,chain,云州市,\n";

static struct extract_words *fuzz_words(void)
{
    static struct extract_words *words;
    struct extract_files files = {.entities = str_z(fuzz_entities)};
    struct error err = {0};
    if (words != NULL)
        return words;
    MUST(embedded_file("extract/words.csv", &files.words));
    MUST(embedded_file("extract/units.csv", &files.units));
    MUST(embedded_file("extract/noise.csv", &files.noise));
    MUST(embedded_file("extract/characters.csv", &files.characters));
    MUST(embedded_file("indicators.csv", &files.indicators));
    MUST(extract_words_open(&files, &words, &err) == OK);
    return words;
}

/* What holds of every answer: proposals in order, without overlap, each quoting the original. */
static inline void fuzz_check(const struct extract_result *out)
{
    for (size_t i = 0; i < out->facts.len; i++) {
        const struct extract_fact *f = &out->facts.v[i], *last = i > 0 ? f - 1 : NULL;
        MUST(f->start < f->end);
        MUST(last == NULL || f->start >= last->end ||
             (f->start == last->start && f->end == last->end)); /* I2 */
        MUST(utf8_valid(f->text) && utf8_len(f->text) == f->end - f->start);
        MUST(f->indicator.len > 0 && f->unit.len > 0);
        MUST(utf8_valid(f->indicator) && utf8_valid(f->subject) && utf8_valid(f->comparison));
        MUST(f->period.first <= f->period.last);
        MUST(!f->year_unknown || out->source_date.len == 0);
    }
    for (size_t i = 0; i < out->noise.len; i++)
        MUST(out->noise.v[i].start <= out->noise.v[i].end && out->noise.v[i].class != NULL);
}
#endif
