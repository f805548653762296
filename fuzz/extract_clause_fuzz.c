/* extract_clause_fuzz.c - sentences put together of the vocabulary itself, a byte or two a word, so
 * that the rules for names, kinds and periods are reached at once. */
#include "extract_words.h"

static const char *const glue[] = {
    ",",        "。",  "、", "的",   "和",   "占",       "较",   "比",     "为",     "2024年",
    "今年",     "近",  "第", "前",   "其中", "1-8月",    "云州", "上半年", "十四五", "“",
    "”",        "等",  "对", "拉动", "由",   "2020年末", "分别", "在",     "大",     "级",
    "全省",     "(",   ")",  "\n",   "—",    "十二",     "百",   "两",     "12",     "0.5",
    "1,234.5",  "1/4", "亿", "万",   "千亿", "光电",     "企业", "产业",   "项目",   "2至3",
    "三分之一", "成",  "倍", "去年", "同期", "到2027年", "5G",   "以上",   "余",     ";",
};
enum { GLUE = sizeof glue / sizeof *glue, TEXT_MAX = 6000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct extract_words *words = fuzz_words();
    const struct extract_doc doc = {STR("2025-03-28"), STR("2024"), STR("云州市")};
    struct extract_result out;
    struct error err = {0};
    struct buf b;
    buf_init(&b, TEXT_MAX);
    for (size_t i = 0; i < size; i++) {
        if (data[i] < GLUE)
            buf_z(&b, glue[data[i]]);
        else if (data[i] < 120)
            buf_fmt(&b, "%u.%u", data[i] * 7u % 1000u, data[i] % 10u);
        else if (data[i] < 180)
            buf_add(&b, words->units.v[(data[i] - 120u) * 7u % words->units.len].symbol);
        else if (i + 1 < size) /* two bytes name a word */
            buf_add(&b, words->words.v[(data[i] * 256u + data[i + 1]) % words->words.len].text),
                i++;
    }
    MUST(extract_run(words, buf_str(&b), &doc, &out, &err) == OK);
    fuzz_check(&out);
    extract_result_clear(&out);
    buf_clear(&b);
    return 0;
}
