/* regional_codes.c - which industries contain which, by the codes in their names.
 * Codes are as in ISIC, NACE and GB/T 4754: a section letter, two to four digits, or a range of
 * either: "C", "C13", "B-E", "Industry (B-E)", "制造业（C）", "C13-C15 textiles". */
#include "regional_int.h"

/* A code as an interval of classes: letter * 10^4 + four digits. */
struct span {
    uint32_t first, last;
    uint8_t digits; /* of its first end; 0 = a section */
    bool found, range, labelled;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One end: the letter (or `letter` when it has none) and its digits. */
static bool take_end(struct str *s, char *letter, uint32_t *low, uint32_t *high, uint8_t *digits)
{
    size_t i = s->len > 0 && s->ptr[0] >= 'A' && s->ptr[0] <= 'Z';
    if (i == 1)
        *letter = s->ptr[0];
    if (*letter == 0)
        return false;
    uint32_t value = 0, room = 10000;
    size_t from = i;
    for (; i < s->len && is_digit(s->ptr[i]) && i - from < 4; i++) {
        value = value * 10 + (uint32_t)(s->ptr[i] - '0');
        room /= 10;
    }
    *digits = (uint8_t)(i - from);
    *low = (uint32_t)(*letter - 'A') * 10000 + value * room;
    *high = *low + room - 1;
    *s = str_sub(*s, i, s->len);
    return i > 0;
}

static bool take_dash(struct str *s)
{
    static const char *const dashes[] = {"-", "–", "—", "~"};
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
        if (str_starts(*s, str_z(dashes[i]))) {
            *s = str_sub(*s, strlen(dashes[i]), s->len);
            return true;
        }
    return false;
}

static struct span parse_code(struct str s, bool labelled)
{
    struct span c = {.labelled = labelled};
    char letter = 0;
    uint32_t ignored;
    uint8_t digits;
    if (!take_end(&s, &letter, &c.first, &c.last, &c.digits))
        return c;
    if (s.len > 0) {
        c.range = take_dash(&s) && take_end(&s, &letter, &ignored, &c.last, &digits);
        if (!c.range)
            return c;
    }
    c.found = s.len == 0 && c.first <= c.last;
    return c;
}

/* Between the last brackets, before the first blank, or the whole name. */
static struct span code_of(struct str name)
{
    static const char *const open[] = {"(", "（"}, *const close[] = {")", "）"};
    for (size_t k = 0; k < 2; k++) {
        if (!str_ends(name, str_z(close[k])))
            continue;
        struct str inner = str_sub(name, 0, name.len - strlen(close[k]));
        for (ptrdiff_t at; (at = str_find(inner, str_z(open[k]))) >= 0;)
            inner = str_sub(inner, (size_t)at + strlen(open[k]), inner.len);
        struct span c = parse_code(str_trim(inner), true);
        if (c.found)
            return c;
    }
    struct str rest;
    struct str first = str_cut(name, ' ', &rest);
    return parse_code(first, rest.ptr != NULL);
}

/* Bare names such as P1 and P10 are serial numbers more often than codes: among codes with digits
 * one contains another only when both carry a name beside them. */
static bool contains(struct span a, struct span b)
{
    bool inside = a.first <= b.first && b.last <= a.last && b.last - b.first < a.last - a.first;
    return inside && (a.range || a.digits == 0 || (a.digits >= 2 && a.labelled && b.labelled));
}

static bool clash(struct span a, struct span b)
{
    if (contains(a, b) || contains(b, a))
        return false;
    bool meet = a.first <= b.last && b.first <= a.last;
    bool same = a.first == b.first && a.last == b.last;
    return meet && (same || a.range || b.range);
}

static enum code leave_one(struct analysis *a, struct str wider, struct str narrower, bool wide,
                           struct error *err)
{
    if (str_is(a->option[PANEL_OVERLAPS], "error"))
        return error_set(err, E_INPUT, "'%.*s' is part of '%.*s': leave one of them out",
                         STR_ARG(narrower), STR_ARG(wider));
    note(a, "'%.*s' is part of '%.*s' by its code; left out: '%.*s' (option overlaps)",
         STR_ARG(narrower), STR_ARG(wider), STR_ARG(wide ? wider : narrower));
    return OK;
}

enum code codes_overlap(struct analysis *a, const struct str *industry, size_t count, bool *leave,
                        struct error *err)
{
    if (str_is(a->option[PANEL_OVERLAPS], "keep"))
        return OK;
    bool wide = str_is(a->option[PANEL_OVERLAPS], "leave-wider");
    struct span *code = mem_zalloc((count + 1) * sizeof *code);
    enum code result = OK;
    for (size_t i = 0; i < count; i++)
        code[i] = leave[i] ? (struct span){0} : code_of(industry[i]);
    for (size_t i = 0; i < count && result == OK; i++)
        for (size_t j = 0; j < count && result == OK; j++) {
            if (i == j || !code[i].found || !code[j].found)
                continue;
            if (clash(code[i], code[j]))
                result = error_set(err, E_INPUT,
                                   "'%.*s' and '%.*s' overlap by their codes and neither contains "
                                   "the other: leave one out (option leave) or set overlaps keep",
                                   STR_ARG(industry[i]), STR_ARG(industry[j]));
            else if (contains(code[i], code[j]) && !leave[wide ? i : j]) {
                result = leave_one(a, industry[i], industry[j], wide, err);
                leave[wide ? i : j] = true;
            }
        }
    mem_free(code);
    return result;
}
