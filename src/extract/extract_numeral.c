/* extract_numeral.c - numbers before their unit: digits, Chinese numerals, powers of ten. */
#include "extract_int.h"

#define CN_BYTES_MAX 36 /* no numeral is longer */

/* 0..9, or 10 and the power of ten; -1 for none. */
static inline int kind_at(const struct extract_words *w, struct str s, size_t i)
{
    return i + 3 <= s.len && (unsigned char)s.ptr[i] >= 0xE3 ? w->numeral[key_at(s, i)] : -1;
}

int cn_digit(const struct extract_words *w, struct str s, size_t i)
{
    int kind = kind_at(w, s, i);
    return kind < 10 ? kind : -1;
}

/* Chinese numerals at i: bytes read, the value in *out. A bare 百 is a hundred. */
size_t cn_number(const struct extract_words *w, struct str s, size_t i, struct dec *out)
{
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    int64_t total = 0, section = 0, digit = -1;
    size_t from = i;
    for (; i - from < CN_BYTES_MAX; i += 3) {
        int kind = kind_at(w, s, i);
        if (kind < 0)
            break;
        if (kind < 10) {
            digit = digit > 0 && section == 0 && digit < 1000000 ? digit * 10 + kind : kind;
            continue;
        }
        int64_t m = powers[kind - 10];
        if (m >= 10000) {
            int64_t part = section + (digit > 0 ? digit : 0);
            if (total > 0 && part == 0)
                total = total < INT64_MAX / m / 2 ? total * m : total;
            else
                total += (part == 0 ? 1 : part) * m;
            section = 0;
        } else {
            section += (digit > 0 ? digit : 1) * m;
        }
        digit = -1;
    }
    *out = (struct dec){total + section + (digit > 0 ? digit : 0), 0};
    return i - from;
}

/* 九点三: a numeral with decimals, read digit by digit. */
size_t cn_decimal(const struct extract_words *w, struct str s, size_t i, struct dec *out)
{
    size_t n = cn_number(w, s, i, out), k = i + n;
    if (n == 0 || !at_z(s, k, "点") || cn_digit(w, s, k + 3) < 0)
        return n;
    for (k += 3; cn_digit(w, s, k) >= 0 && out->scale < 6 && out->units < INT64_MAX / 100; k += 3) {
        out->units = out->units * 10 + cn_digit(w, s, k);
        out->scale++;
    }
    return k - i;
}

struct dec dec_shift(struct dec v, int exp)
{
    unsigned keep = v.scale;
    for (; exp > 0; exp--) {
        if (v.scale > 0)
            v.scale--;
        else if (v.units < INT64_MAX / 10 && v.units > INT64_MIN / 10)
            v.units *= 10;
    }
    for (; exp < 0 && v.scale < DEC_SCALE_MAX; exp++)
        v.scale++;
    while (v.scale > keep && v.units % 10 == 0 && v.units != 0) {
        v.units /= 10;
        v.scale--;
    }
    return v;
}

/* 12,345.60 at i: bytes read, 0 when there is none or it has too many digits. */
size_t ascii_number(struct str s, size_t i, struct dec *out)
{
    char text[40];
    size_t n = 0, k = i, run = 0;
    bool point = false;
    for (; k < s.len && n < sizeof text - 1; k++) {
        char c = s.ptr[k];
        bool next = k + 1 < s.len && s.ptr[k + 1] >= '0' && s.ptr[k + 1] <= '9';
        if (c >= '0' && c <= '9') {
            text[n++] = c;
            run++;
        } else if (c == '.' && !point && next) {
            text[n++] = c;
            point = true;
        } else if (c == ',' && !point && run <= 3 && run > 0 && k + 4 <= s.len && next &&
                   s.ptr[k + 2] >= '0' && s.ptr[k + 2] <= '9' && s.ptr[k + 3] >= '0' &&
                   s.ptr[k + 3] <= '9' &&
                   (k + 4 == s.len || s.ptr[k + 4] < '0' || s.ptr[k + 4] > '9')) {
            run = 0;
        } else {
            break;
        }
    }
    struct error err = {0};
    if (n == 0 || n > 18 || dec_parse((struct str){text, n}, out, &err) != OK) {
        while (k < s.len && s.ptr[k] >= '0' && s.ptr[k] <= '9')
            k++;
        *out = (struct dec){0};
    }
    return k - i;
}

size_t any_number(const struct extract_words *w, struct str s, size_t i, struct dec *out)
{
    size_t n = ascii_number(s, i, out);
    return n > 0 ? n : cn_number(w, s, i, out);
}

size_t infix(const struct extract_words *w, struct str s, size_t i)
{
    return word_at(w, s, i, BIT(W_MORE), NULL);
}

/* 万, 亿, 万亿, 千 … behind digits: power of ten, *i moves on. */
static int multiplier(const struct extract_words *w, struct str s, size_t *i)
{
    const struct word *word = NULL;
    size_t n = word_at(w, s, *i, BIT(W_POWER), &word);
    if (n > 0) {
        if (word_at(w, s, *i, BIT(W_NOPOWER), NULL) > 0)
            return 0;
        *i += n;
        return word->number;
    }
    if (at_z(s, *i, "兆") && (at_z(s, *i + 3, "元") || at_z(s, *i + 3, "美元"))) {
        *i += 3; /* 10^12 in Taiwan */
        return 12;
    }
    return 0;
}

struct amount amount_at(const struct extract_words *w, struct str s, size_t i)
{
    struct amount a = {.end = i};
    a.end += ascii_number(s, i, &a.value);
    a.end += i < a.end && a.end < s.len && s.ptr[a.end] == ' ' ? 1 : 0;
    size_t k = infix(w, s, a.end);
    a.approx = k > 0;
    a.end += k;
    a.exp = multiplier(w, s, &a.end);
    k = infix(w, s, a.end);
    a.approx |= k > 0;
    a.end += k;
    if (a.end > 0 && s.ptr[a.end - 1] == ' ')
        a.end--;
    return a;
}
