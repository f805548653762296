/* extract_number.c - the figures of a sentence: digits and numerals with their unit, ranges, words
 * that are figures, and the numbers that are none. */
#include "extract_int.h"

/* ---- tokens
 * ------------------------------------------------------------------------------------------ */

struct lexer {
    struct sentence *sen;
    const struct extract_words *w;
    const struct dates *d;
    struct str s;
    size_t i;
};

static void add(struct lexer *x, struct token t)
{
    vec_push(&x->sen->tokens, t);
    x->i = t.end;
}

static void add_noise(struct lexer *x, size_t from, size_t to, const char *class)
{
    add(x, (struct token){
               .start = (uint32_t)from, .end = (uint32_t)to, .kind = T_NOISE, .noise = class});
}

static bool boundary(struct str s, size_t i)
{
    static const char *const marks[] = {",", "、", "。", ";", ")", "(", "”",
                                        "!", "…",  ":",  "—", " ", "，"};
    if (i >= s.len)
        return true;
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (at_z(s, i, marks[k]))
            return true;
    return false;
}

/* ---- words that are figures ---- */

static bool lex_figure_word(struct lexer *x)
{
    const struct word *word = NULL;
    size_t n = word_at(x->w, x->s, x->i, BIT(W_FIGURE), &word);
    if (n == 0)
        return false;
    const struct figure_row *f = &x->w->figures.v[word->figure - 1];
    size_t end = x->i + n;
    bool rank = f->sense == F_RANK || f->sense == F_RECORD;
    if (f->sense == F_RANK && !boundary(x->s, end) && !at_z(x->s, end, "和") &&
        !at_z(x->s, end, "的"))
        return false;
    add(x, (struct token){.start = (uint32_t)x->i,
                          .end = (uint32_t)end,
                          .kind = rank ? T_RANK : T_RATIO_WORD,
                          .value = f->value,
                          .qualifier = f->qualifier,
                          .from_words = true,
                          .unit = unit_match(x->w, f->unit, 0),
                          .record = f->sense == F_RECORD ? f->record : STR_NULL,
                          .cover = f->sense == F_COVER,
                          .first = f->sense == F_FIRST,
                          .doubled = f->sense == F_DOUBLED});
    return true;
}

/* 近十年新高, 5年来最高 */
static bool lex_record(struct lexer *x)
{
    size_t i = x->i;
    if (!at_z(x->s, i, "近"))
        return false;
    i += 3;
    struct dec v;
    size_t n = any_number(x->w, x->s, i, &v);
    if (n == 0 || v.scale != 0 || v.units < 1 || v.units > 99 || !at_z(x->s, i + n, "年"))
        return false;
    i += n + 3;
    i += at_z(x->s, i, "来") ? 3 : 0;
    n = word_at(x->w, x->s, i, BIT(W_RECORD), NULL);
    if (n == 0)
        return false;
    add(x, (struct token){.start = (uint32_t)x->i,
                          .end = (uint32_t)(i + n),
                          .kind = T_RANK,
                          .value = {1, 0},
                          .from_words = true,
                          .unit = x->w->place,
                          .record = STR("y"),
                          .group = (uint8_t)v.units});
    return true;
}

/* ---- 第N, 前N
 * ---------------------------------------------------------------------------------------------- */

static bool after_rank_word(const struct lexer *x)
{
    return word_ends(x->w, cut(x->s, 0, x->i), BIT(W_RANKLEAD), NULL) > 0;
}

static bool lex_ordinal(struct lexer *x)
{
    static const char *const units[] = {"位", "名"};
    bool top = at_z(x->s, x->i, "前");
    if (!top && !at_z(x->s, x->i, "第"))
        return false;
    size_t i = x->i + 3;
    struct dec v;
    size_t n = any_number(x->w, x->s, i, &v);
    if (n == 0)
        return false;
    i += n;
    bool unit = false;
    for (size_t k = 0; !unit && k < sizeof units / sizeof *units; k++)
        if (at_z(x->s, i, units[k]))
            i += strlen(units[k]), unit = true;
    bool rank = (unit && !top) ||
                ((unit || boundary(x->s, i) || at_z(x->s, i, "和")) && after_rank_word(x)) ||
                (!top && boundary(x->s, i) && !at_z(x->s, i, "—"));
    if (at_z(x->s, i, "书记") || at_z(x->s, i, "大"))
        rank = false;
    if (rank) {
        add(x, (struct token){.start = (uint32_t)x->i,
                              .end = (uint32_t)i,
                              .kind = T_RANK,
                              .value = v,
                              .unit = x->w->place,
                              .qualifier = top ? Q_UNDER : Q_EQ});
        return true;
    }
    size_t more = u8_len(i < x->s.len ? x->s.ptr[i] : 'x');
    add_noise(x, x->i, i < x->s.len && i + more <= x->s.len ? i + more : i,
              v.units == 1 ? "superlative" : "ordinal");
    return true;
}

/* ---- numbers
 * --------------------------------------------------------------------------------------------------
 */

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A number within a run of letters, digits and signs is a name or a code. */
static const char *glued(const struct lexer *x, size_t end, const struct unit_row *unit)
{
    char before = x->i > 0 ? x->s.ptr[x->i - 1] : ' ', after = end < x->s.len ? x->s.ptr[end] : ' ';
    if (before == '+' || after == '+')
        return "code";
    if (letter(before) || before == '_' || before == '#' || before == '@')
        return "name";
    if ((before == '-' || before == '/') && x->i > 1 && letter(x->s.ptr[x->i - 2]))
        return "name";
    if (letter(after) && unit == NULL)
        return "name";
    if (after == ':' && end + 1 < x->s.len && x->s.ptr[end + 1] >= '0' && x->s.ptr[end + 1] <= '9')
        return "timestamp";
    return NULL;
}

static size_t date_run(const struct lexer *x)
{
    size_t i = x->i, marks = 0;
    while (i < x->s.len && ((x->s.ptr[i] >= '0' && x->s.ptr[i] <= '9') || x->s.ptr[i] == '-' ||
                            x->s.ptr[i] == '/' || x->s.ptr[i] == ':' || x->s.ptr[i] == '.')) {
        marks += x->s.ptr[i] == '-' || x->s.ptr[i] == '/' || x->s.ptr[i] == ':';
        i++;
    }
    return marks >= 2 ? i : 0;
}

/* 级 behind a power of ten, or an amount without 元 that qualifies a cluster. */
static bool scale_class(const struct lexer *x, size_t i, int exp)
{
    return exp >= 8 && (at_z(x->s, i, "级") || at_z(x->s, i, "元级") ||
                        word_at(x->w, x->s, i, BIT(W_SCALED), NULL) > 0);
}

static bool lex_class(struct lexer *x, struct dec v, size_t i, int exp)
{
    if (!scale_class(x, i, exp))
        return false;
    i += at_z(x->s, i, "元") ? 3 : 0;
    i += at_z(x->s, i, "级") ? 3 : 0;
    add(x, (struct token){.start = (uint32_t)x->i,
                          .end = (uint32_t)i,
                          .kind = T_CLASS_SCALE,
                          .value = dec_shift(v, exp - 8),
                          .qualifier = Q_OVER,
                          .unit = x->w->yuan});
    return true;
}

static bool lex_fraction(struct lexer *x, struct dec v, size_t end)
{
    struct dec den = {0};
    if (end >= x->s.len || x->s.ptr[end] != '/' || v.scale != 0)
        return false;
    size_t n = ascii_number(x->s, end + 1, &den);
    if (n == 0 || den.scale != 0 || den.units <= v.units || den.units > 1000 || v.units < 1 ||
        (end + 1 + n < x->s.len && x->s.ptr[end + 1 + n] == '/'))
        return false;
    i128 q;
    struct error err = {0};
    if (dec_div((i128)v.units * 100, den.units, 100 % den.units == 0 ? 0 : 2, &q, &err) != OK)
        return false;
    add(x, (struct token){.start = (uint32_t)x->i,
                          .end = (uint32_t)(end + 1 + n),
                          .kind = T_RATIO_WORD,
                          .unit = x->w->percent,
                          .value = {(int64_t)q, 100 % den.units == 0 ? 0 : 2}});
    return true;
}

/* 三分之一, 百分之五 */
static bool lex_parts(struct lexer *x)
{
    struct dec den, num;
    size_t n = cn_number(x->w, x->s, x->i, &den), i = x->i + n;
    if (n == 0 || !at_z(x->s, i, "分之") || den.units < 2)
        return false;
    i += strlen("分之");
    size_t k = cn_decimal(x->w, x->s, i, &num);
    if (k == 0)
        k = ascii_number(x->s, i, &num);
    i128 q;
    struct error err = {0};
    unsigned scale = (100 * num.units) % den.units == 0 ? num.scale : 2;
    if (k == 0 || num.scale > 2 || num.units > 1000000 ||
        dec_div((i128)num.units * 100 * dec_pow10(scale), (i128)den.units * dec_pow10(num.scale), 0,
                &q, &err) != OK)
        return false;
    add(x, (struct token){.start = (uint32_t)x->i,
                          .end = (uint32_t)(i + k),
                          .kind = T_RATIO_WORD,
                          .unit = x->w->percent,
                          .value = {(int64_t)q, (uint8_t)scale}});
    return true;
}

static bool range_mark(struct str s, size_t *i)
{
    static const char *const marks[] = {"——", "—", "-", "~", "至", "到"};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (at_z(s, *i, marks[k])) {
            *i += strlen(marks[k]);
            return true;
        }
    return false;
}

static void put_number(struct lexer *x, struct amount a, const struct unit_row *u, size_t end)
{
    int exp = a.exp + (u != NULL ? u->exp : 0);
    struct token t = {.start = (uint32_t)x->i,
                      .end = (uint32_t)end,
                      .kind = T_NUMBER,
                      .unit = u,
                      .value = dec_shift(a.value, exp),
                      .qualifier = a.approx ? Q_APPROX : Q_EQ};
    add(x, t);
}

static bool lex_range(struct lexer *x, struct amount a, const struct unit_row *u, size_t end)
{
    size_t i = end;
    if (!range_mark(x->s, &i) || i >= x->s.len || x->s.ptr[i] < '0' || x->s.ptr[i] > '9')
        return false;
    struct amount b = amount_at(x->w, x->s, i);
    const struct unit_row *v = unit_match(x->w, x->s, b.end);
    if (v == NULL || (u != NULL && u != v) || v->dim == D_NONE || v->dim == D_TIME)
        return false;
    if (a.exp == 0 && u == NULL)
        a.exp = b.exp;
    struct token t = {.start = (uint32_t)x->i,
                      .end = (uint32_t)(b.end + v->symbol.len),
                      .kind = T_NUMBER,
                      .unit = v,
                      .qualifier = Q_RANGE,
                      .range = true,
                      .value = dec_shift(a.value, a.exp + v->exp),
                      .hi = dec_shift(b.value, b.exp + v->exp)};
    add(x, t);
    return true;
}

static bool rhetorical(const struct lexer *x, size_t end)
{
    size_t n = word_at(x->w, x->s, end, BIT(W_RHET), NULL);
    return n > 0 && word_at(x->w, x->s, end + n, BIT(W_THING) | BIT(W_CHAINHEAD), NULL) == 0;
}

static const char *unit_noise(const struct lexer *x, const struct unit_row *u, size_t end,
                              bool words)
{
    struct str before = cut(x->s, 0, x->i);
    if (u->dim == D_NONE)
        return "word";
    if (u->dim == D_TIME) {
        if (at_z(x->s, end, "以上"))
            return "word";
        return ends_z(before, "连续") || ends_z(before, "已连续") ? NULL : "period";
    }
    if (u->dim == D_COUNT && rhetorical(x, end))
        return "word";
    if (words && u->dim == D_COUNT && word_at(x->w, u->symbol, 0, BIT(W_CARDINAL), NULL) == 0)
        return "word";
    return NULL;
}

/* 超10亿元企业, 5000万元以上项目: the amount is part of a name. */
static bool threshold(const struct lexer *x, const struct unit_row *u, size_t end)
{
    if (u->dim != D_MONEY)
        return false;
    struct str before = cut(x->s, 0, x->i);
    const struct word *word = NULL;
    size_t lead = word_ends(x->w, before, BIT(W_OVER), &word);
    struct str head = cut(before, 0, before.len - lead);
    if (word_ends(x->w, head, BIT(W_FIRST), NULL) > 0)
        return false;
    size_t i = end;
    bool above = at_z(x->s, i, "及以上") || at_z(x->s, i, "以上");
    i += at_z(x->s, i, "及以上") ? 9 : at_z(x->s, i, "以上") ? 6 : 0;
    if (!above && lead == 0 && !at_z(x->s, i, "企业") && !at_z(x->s, i, "级"))
        return false;
    return word_at(x->w, x->s, i, BIT(W_SIZED), NULL) > 0;
}

static void lex_digits(struct lexer *x)
{
    size_t run = date_run(x);
    if (run > 0) {
        add_noise(x, x->i, run, "date");
        return;
    }
    struct amount a = amount_at(x->w, x->s, x->i);
    const struct unit_row *u =
        unit_match(x->w, x->s, a.end + (a.end < x->s.len && x->s.ptr[a.end] == ' '));
    size_t gap = u != NULL && x->s.ptr[a.end] == ' ' ? 1 : 0;
    size_t end = a.end + gap + (u != NULL ? u->symbol.len : 0);
    const char *noise = glued(x, a.end, u);
    struct str before = cut(x->s, 0, x->i);
    if (noise != NULL) {
        size_t to = a.end;
        while (to < x->s.len &&
               (letter(x->s.ptr[to]) || (x->s.ptr[to] >= '0' && x->s.ptr[to] <= '9')))
            to++;
        add_noise(x, x->i, to, noise);
    } else if (lex_fraction(x, a.value, a.end) || lex_class(x, a.value, a.end, a.exp) ||
               lex_range(x, a, u, end)) {
        return;
    } else if (u != NULL && threshold(x, u, end)) {
        add_noise(x, x->i, end, "threshold");
    } else if (u != NULL && (noise = unit_noise(x, u, end, false)) != NULL) {
        add_noise(x, x->i, end, noise);
    } else if (u != NULL) {
        put_number(x, a, u, end);
    } else if (at_z(x->s, a.end, "大") && word_at(x->w, x->s, a.end + 3, BIT(W_THING), NULL) > 0) {
        put_number(x, a, x->w->each, a.end + 3);
    } else if (at_z(x->s, a.end, "倍")) {
        put_number(x, (struct amount){.value = a.value, .exp = a.exp + 2, .approx = a.approx},
                   x->w->percent, a.end + 3);
        x->sen->tokens.v[x->sen->tokens.len - 1].of = 255; /* multiples */
    } else if (at_z(x->s, a.end, "成") && a.value.scale == 0 && a.value.units < 10) {
        put_number(x, (struct amount){.value = a.value, .exp = 1}, x->w->percent, a.end + 3);
    } else if (at_z(x->s, a.end, "强") || at_z(x->s, a.end, "号") || ends_z(before, "“")) {
        add_noise(x, x->i, a.end, at_z(x->s, a.end, "”") ? "code" : "name");
    } else if (a.exp >= 8 && !ends_z(before, "-")) {
        put_number(x, a, x->w->yuan, a.end); /* 亿 for 亿元 */
    } else {
        put_number(x, a, NULL, a.end);
    }
}

/* A power of ten alone needs a word that makes it an amount: 超千家, 突破千亿元. */
static bool bare_power(const struct extract_words *w, struct str s, size_t i, size_t n)
{
    return cn_digit(w, s, i) < 0 && !(n == 3 && at_z(s, i, "十"));
}

static bool led_by_over(const struct lexer *x)
{
    const struct word *word = NULL;
    return word_ends(x->w, cut(x->s, 0, x->i), BIT(W_OVER), &word) > 0;
}

static void lex_words(struct lexer *x)
{
    struct dec v;
    size_t n = cn_decimal(x->w, x->s, x->i, &v), i = x->i + n, k = infix(x->w, x->s, i);
    int exp = 0;
    for (size_t j = x->i; j < i; j += 3)
        exp = at_z(x->s, j, "亿") ? 8 : exp;
    size_t whole = word_at(x->w, x->s, x->i, BIT(W_NOPOWER), NULL);
    if (whole > 0) {
        x->i += whole;
        return;
    }
    if (lex_class(x, dec_shift(v, -exp), i, exp))
        return;
    const struct unit_row *u = unit_match(x->w, x->s, i + k);
    size_t end = i + k + (u != NULL ? u->symbol.len : 0);
    bool bare = bare_power(x->w, x->s, x->i, n), over = led_by_over(x);
    bool one = n == 3 && v.units == 1;
    struct amount a = {.value = v, .approx = k > 0};
    const char *noise = NULL;
    if (u != NULL && threshold(x, u, end)) {
        add_noise(x, x->i, end, "threshold");
    } else if (at_z(x->s, i, "成") && v.units >= 1 && v.units < 10 && !at_z(x->s, i, "成立") &&
               !at_z(x->s, i, "成功") && !at_z(x->s, i, "成为")) {
        put_number(x, (struct amount){.value = v, .exp = 1}, x->w->percent, i + 3);
    } else if (at_z(x->s, i, "倍")) {
        put_number(x, (struct amount){.value = v, .exp = 2}, x->w->percent, i + 3);
        x->sen->tokens.v[x->sen->tokens.len - 1].of = 255;
    } else if (at_z(x->s, i, "大") && !one && v.units < 100 && !bare &&
               word_at(x->w, x->s, i + 3, BIT(W_THING), NULL) > 0 && !rhetorical(x, i + 3)) {
        put_number(x, a, x->w->each, i + 3);
    } else if (u == NULL || one || (bare && !over && k == 0 && u->dim != D_MONEY)) {
        const char *class = at_z(x->s, i, "强")   ? "name"
                            : at_z(x->s, i, "是") ? "ordinal"
                            : at_z(x->s, i, "批") || at_z(x->s, i, "系列") || at_z(x->s, i, "些")
                                ? "vague"
                                : "word";
        add_noise(x, x->i, i, class);
    } else if ((noise = unit_noise(x, u, end, v.units < 100)) != NULL) {
        add_noise(x, x->i, end, noise);
    } else {
        put_number(x, a, u, end);
        x->sen->tokens.v[x->sen->tokens.len - 1].from_words = true;
    }
}

/* ---- the sentence
 * ------------------------------------------------------------------------------------------------
 */

static bool list_mark(struct str between)
{
    static const char *const marks[] = {"、", "和", "及", "与", "以及", "、和"};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (is_z(between, marks[k]))
            return true;
    return false;
}

/* 0.95、2.2个百分点: the unit goes back along the list; runs of figures are numbered. */
static void share_units(struct lexer *x)
{
    struct token *t = x->sen->tokens.v;
    for (size_t i = x->sen->tokens.len; i-- > 1;) {
        if (t[i].kind != T_NUMBER || t[i - 1].kind != T_NUMBER || t[i].unit == NULL || t[i].range ||
            !list_mark(cut(x->s, t[i - 1].end, t[i].start)) || t[i].of == 255)
            continue;
        if (t[i - 1].unit == NULL) {
            t[i - 1].unit = t[i].unit;
            t[i - 1].value = dec_shift(t[i - 1].value, t[i].unit->exp);
        }
    }
    for (size_t i = 0; i < x->sen->tokens.len;) {
        size_t n = 1;
        while (i + n < x->sen->tokens.len && t[i + n].kind == T_NUMBER && t[i].kind == T_NUMBER &&
               t[i].unit != NULL && t[i + n].unit != NULL &&
               str_eq(t[i].unit->unit, t[i + n].unit->unit) &&
               list_mark(cut(x->s, t[i + n - 1].end, t[i + n].start)))
            n++;
        for (size_t k = 0; n > 1 && n < 200 && k < n; k++) {
            t[i + k].group = (uint8_t)k;
            t[i + k].of = (uint8_t)n;
        }
        i += n;
    }
}

/* 指数达32.94: a figure without a unit closes its clause behind a word of reaching. */
static void settle_bare(struct lexer *x)
{
    for (size_t i = 0; i < x->sen->tokens.len; i++) {
        struct token *t = &x->sen->tokens.v[i];
        if (t->kind != T_NUMBER || t->unit != NULL)
            continue;
        if (boundary(x->s, t->end) && word_inside(x->w, cut(x->s, 0, t->start), BIT(W_INDEX))) {
            t->unit = x->w->point;
        } else {
            t->kind = T_NOISE;
            t->noise = "word";
        }
    }
}

static void settle_qualifiers(struct lexer *x)
{
    for (size_t i = 0; i < x->sen->tokens.len; i++) {
        struct token *t = &x->sen->tokens.v[i];
        if (t->kind != T_NUMBER && t->kind != T_RATIO_WORD)
            continue;
        const struct word *word = NULL;
        struct str before = cut(x->s, 0, t->start);
        size_t n = word_ends(x->w, before, BIT(W_OVER), &word);
        enum qualifier q = t->qualifier;
        bool plain = q == Q_EQ;
        if (plain && n > 0 && (t->from_words || n > 3 || !ends_z(before, "上")))
            (void)qualifier_from(word->value, &q);
        if (!t->range && word_at(x->w, x->s, t->end, BIT(W_AFTER), &word) > 0 && plain)
            (void)qualifier_from(word->value, &q);
        if (!t->range)
            t->qualifier = q;
    }
}

/* What begins at x->i, or one character further. */
static void lex_one(struct lexer *x, uint16_t may)
{
    struct token t;
    struct dec v;
    size_t n;
    if ((may & MAY_FIGURE) != 0 && (lex_record(x) || lex_figure_word(x)))
        return;
    if ((may & MAY_TIME) != 0 && time_at(x->s, x->i, x->d, &t))
        add(x, t);
    else if ((may & MAY_FIGURE) == 0)
        x->i += u8_len(x->s.ptr[x->i]);
    else if ((n = word_at(x->w, x->s, x->i, BIT(W_CODE), NULL)) > 0)
        add_noise(x, x->i, x->i + n, "code");
    else if (lex_ordinal(x))
        return;
    else if (x->s.ptr[x->i] >= '0' && x->s.ptr[x->i] <= '9')
        lex_digits(x);
    else if (lex_parts(x))
        return;
    else if (cn_number(x->w, x->s, x->i, &v) > 0)
        lex_words(x);
    else
        x->i += u8_len(x->s.ptr[x->i]);
}

void lex(struct sentence *sen, const struct extract_words *w, const struct dates *d)
{
    struct lexer x = {.sen = sen, .w = w, .d = d, .s = sen->s};
    sen->tokens.len = 0;
    while (x.i < x.s.len) {
        uint16_t may = w->may[key_at(x.s, x.i)];
        if (may == 0)
            x.i += u8_len(x.s.ptr[x.i]);
        else
            lex_one(&x, may);
    }
    share_units(&x);
    settle_bare(&x);
    settle_qualifiers(&x);
}
