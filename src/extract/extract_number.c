/* extract_number.c - the figures of a sentence: digits and numerals with their unit, ranges, lists
 * that share a unit, words that are figures, and the numbers that are none. */
#include "extract_int.h"

/* ---- numerals
 * ------------------------------------------------------------------------------------ */

/* Value of the numeral at i: 0..9, or a power of ten; -1 for none. */
static int64_t cn_value(struct str s, size_t i)
{
    static const struct {
        uint32_t c;
        int64_t value;
    } rows[] = {
        {0x4E00, 1        },
        {0x4E8C, 2        },
        {0x4E09, 3        },
        {0x56DB, 4        },
        {0x4E94, 5        },
        {0x516D, 6        },
        {0x4E03, 7        },
        {0x516B, 8        },
        {0x4E5D, 9        },
        {0x96F6, 0        },
        {0x3007, 0        },
        {0x4E24, 2        },
        {0x5341, 10       },
        {0x767E, 100      },
        {0x5343, 1000     },
        {0x4E07, 10000    },
        {0x4EBF, 100000000}
    };
    if (i + 3 > s.len || (unsigned char)s.ptr[i] < 0xE3)
        return -1;
    uint32_t c =
        (uint32_t)((s.ptr[i] & 0x0F) << 12 | (s.ptr[i + 1] & 0x3F) << 6 | (s.ptr[i + 2] & 0x3F));
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (rows[k].c == c)
            return rows[k].value;
    return -1;
}

static int cn_digit(struct str s, size_t i)
{
    int64_t v = cn_value(s, i);
    return v >= 0 && v < 10 ? (int)v : -1;
}
static int64_t cn_scale(struct str s, size_t i)
{
    int64_t v = cn_value(s, i);
    return v >= 10 ? v : 0;
}

/* Chinese numerals at i: bytes read, the value in *out. A bare 百 is a hundred. */
size_t cn_number(struct str s, size_t i, struct dec *out)
{
    int64_t total = 0, section = 0, digit = -1;
    size_t from = i;
    while (i + 3 <= s.len && i - from < 36) {
        int d = cn_digit(s, i);
        int64_t m = d < 0 ? cn_scale(s, i) : 0;
        if (d < 0 && m == 0)
            break;
        if (d >= 0) {
            digit = digit > 0 && section == 0 && digit < 1000000 ? digit * 10 + d : d;
        } else if (m >= 10000) {
            int64_t part = section + (digit > 0 ? digit : 0);
            if (total > 0 && part == 0)
                total = total < INT64_MAX / m / 2 ? total * m : total;
            else
                total += (part == 0 ? 1 : part) * m;
            section = 0, digit = -1;
        } else {
            section += (digit > 0 ? digit : 1) * m;
            digit = -1;
        }
        i += 3;
    }
    *out = (struct dec){total + section + (digit > 0 ? digit : 0), 0};
    return i - from;
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
static size_t ascii_number(struct str s, size_t i, struct dec *out)
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

/* 万, 亿, 万亿, 千 … behind digits: power of ten, *i moves on. */
static int multiplier(struct str s, size_t *i)
{
    static const struct {
        const char *text;
        int exp;
    } rows[] = {
        {"万亿", 12},
        {"千万", 7 },
        {"百万", 6 },
        {"十万", 5 },
        {"百亿", 10},
        {"千亿", 11},
        {"十亿", 9 },
        {"万",    4 },
        {"亿",    8 },
        {"千",    3 },
        {"百",    2 }
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (at_z(s, *i, rows[k].text)) {
            if (at_z(s, *i, "千瓦") || at_z(s, *i, "千米") || at_z(s, *i, "千克") ||
                at_z(s, *i, "千伏") || at_z(s, *i, "百分"))
                return 0;
            *i += strlen(rows[k].text);
            return rows[k].exp;
        }
    if (at_z(s, *i, "兆") && (at_z(s, *i + 3, "元") || at_z(s, *i + 3, "美元"))) {
        *i += 3;
        return 12;
    }
    return 0;
}

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

static const struct unit_row *unit_named(const struct extract_words *w, const char *symbol)
{
    for (size_t k = 0; k < w->units.len; k++)
        if (str_is(w->units.v[k].symbol, symbol))
            return &w->units.v[k];
    return NULL;
}

/* ---- words that are figures
 * ---------------------------------------------------------------------------- */

struct figure_word {
    const char *text, *unit;
    int value;
    enum qualifier q;
    enum token_kind kind;
    const char *record;
};
static const struct figure_word figure_words[] = {
    {"全覆盖",          "%",   100, Q_EQ,      T_RATIO_WORD, NULL  },
    {"零的突破",       "个", 0,   Q_OVER,    T_RATIO_WORD, NULL  },
    {"两位数",          "%",   10,  Q_OVER,    T_RATIO_WORD, NULL  },
    {"翻了一番",       "%",   100, Q_DOUBLED, T_RATIO_WORD, NULL  },
    {"翻了两番",       "%",   300, Q_EQ,      T_RATIO_WORD, NULL  },
    {"翻一番",          "%",   100, Q_DOUBLED, T_RATIO_WORD, NULL  },
    {"翻两番",          "%",   300, Q_EQ,      T_RATIO_WORD, NULL  },
    {"翻番",             "%",   100, Q_DOUBLED, T_RATIO_WORD, NULL  },
    {"翻倍",             "%",   100, Q_DOUBLED, T_RATIO_WORD, NULL  },
    {"过半",             "%",   50,  Q_OVER,    T_RATIO_WORD, NULL  },
    {"超半数",          "%",   50,  Q_OVER,    T_RATIO_WORD, NULL  },
    {"半数以上",       "%",   50,  Q_OVER,    T_RATIO_WORD, NULL  },
    {"近半数",          "%",   50,  Q_APPROX,  T_RATIO_WORD, NULL  },
    {"一半",             "%",   50,  Q_EQ,      T_RATIO_WORD, NULL  },
    {"首位",             "位", 1,   Q_EQ,      T_RANK,       NULL  },
    {"榜首",             "位", 1,   Q_EQ,      T_RANK,       NULL  },
    {"历史新高",       "位", 1,   Q_EQ,      T_RANK,       "ever"},
    {"历史最高",       "位", 1,   Q_EQ,      T_RANK,       "ever"},
    {"历史最好水平", "位", 1,   Q_EQ,      T_RANK,       "ever"},
    {"年内新高",       "位", 1,   Q_EQ,      T_RANK,       "ytd" },
};

static bool lex_figure_word(struct lexer *x)
{
    for (size_t k = 0; k < sizeof figure_words / sizeof *figure_words; k++) {
        const struct figure_word *f = &figure_words[k];
        if (!at_z(x->s, x->i, f->text))
            continue;
        size_t end = x->i + strlen(f->text);
        if (f->kind == T_RANK && f->record == NULL && !boundary(x->s, end) &&
            !at_z(x->s, end, "和") && !at_z(x->s, end, "的"))
            continue;
        add(x, (struct token){
                   .start = (uint32_t)x->i,
                   .end = (uint32_t)end,
                   .kind = f->kind,
                   .value = {f->value, 0},
                   .qualifier = f->q,
                   .from_words = true,
                   .unit = unit_named(x->w, f->unit),
                   .record = str_z(f->record),
                   .doubled = f->q == Q_DOUBLED
        });
        return true;
    }
    return false;
}

/* 近十年新高, 5年来最高 */
static bool lex_record(struct lexer *x)
{
    static const char *const ends[] = {"新高",     "最高",     "最好水平", "最高水平",
                                       "同期新高", "同期最高", "新低"};
    size_t i = x->i;
    if (!at_z(x->s, i, "近"))
        return false;
    i += 3;
    struct dec v;
    size_t n = ascii_number(x->s, i, &v);
    n = n > 0 ? n : cn_number(x->s, i, &v);
    if (n == 0 || v.scale != 0 || v.units < 1 || v.units > 99 || !at_z(x->s, i + n, "年"))
        return false;
    i += n + 3;
    i += at_z(x->s, i, "来") ? 3 : 0;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        if (!at_z(x->s, i, ends[k]))
            continue;
        add(x, (struct token){
                   .start = (uint32_t)x->i,
                   .end = (uint32_t)(i + strlen(ends[k])),
                   .kind = T_RANK,
                   .value = {1, 0},
                   .from_words = true,
                   .unit = unit_named(x->w, "位"),
                   .record = STR("y"),
                   .group = (uint8_t)v.units
        });
        return true;
    }
    return false;
}

/* ---- 第N, 前N
 * ---------------------------------------------------------------------------------------------- */

static bool after_rank_word(const struct lexer *x)
{
    static const char *const leads[] = {"全省", "全国",   "全市",   "世界", "全球", "居",   "列",
                                        "排",   "排名",   "名列",   "全区", "省",   "国",   "升至",
                                        "跃居", "跃升至", "占有率", "内",   "进入", "跻身", "稳居",
                                        "挺进", "市",     "区",     "均",   "总量", "规模", "增速",
                                        "部",   "城市",   "占",     "位",   "位次", "同类", "行业"};
    struct str before = cut(x->s, 0, x->i);
    for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
        if (ends_z(before, leads[k]))
            return true;
    return false;
}

static bool lex_ordinal(struct lexer *x)
{
    static const char *const units[] = {"位", "名"};
    bool top = at_z(x->s, x->i, "前");
    if (!top && !at_z(x->s, x->i, "第"))
        return false;
    size_t i = x->i + 3;
    struct dec v;
    size_t n = ascii_number(x->s, i, &v);
    n = n > 0 ? n : cn_number(x->s, i, &v);
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
                              .unit = unit_named(x->w, "位"),
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

static size_t infix(struct str s, size_t i)
{
    static const char *const rows[] = {"余", "多", "来"};
    for (size_t k = 0; k < 3; k++)
        if (at_z(s, i, rows[k]))
            return 3;
    return 0;
}

/* 级 behind a power of ten, or an amount without 元 that qualifies a cluster. */
static bool scale_class(const struct lexer *x, size_t i, int exp)
{
    static const char *const things[] = {"产业集群", "产业链", "产业园", "集群", "产业"};
    if (exp < 8)
        return false;
    if (at_z(x->s, i, "级") || at_z(x->s, i, "元级"))
        return true;
    for (size_t k = 0; k < sizeof things / sizeof *things; k++)
        if (at_z(x->s, i, things[k]))
            return true;
    return false;
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
                          .unit = unit_named(x->w, "元")});
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
    add(x, (struct token){
               .start = (uint32_t)x->i,
               .end = (uint32_t)(end + 1 + n),
               .kind = T_RATIO_WORD,
               .unit = unit_named(x->w, "%"),
               .value = {(int64_t)q, 100 % den.units == 0 ? 0 : 2}
    });
    return true;
}

/* 三分之一, 百分之五 */
static bool lex_parts(struct lexer *x)
{
    struct dec den, num;
    size_t n = cn_number(x->s, x->i, &den), i = x->i + n;
    if (n == 0 || !at_z(x->s, i, "分之") || den.units < 2)
        return false;
    i += strlen("分之");
    size_t k = cn_number(x->s, i, &num);
    if (k == 0)
        k = ascii_number(x->s, i, &num);
    i128 q;
    struct error err = {0};
    unsigned scale = (100 * num.units) % den.units == 0 ? num.scale : 2;
    if (k == 0 || num.scale > 2 || num.units > 1000000 ||
        dec_div((i128)num.units * 100 * dec_pow10(scale), (i128)den.units * dec_pow10(num.scale), 0,
                &q, &err) != OK)
        return false;
    add(x, (struct token){
               .start = (uint32_t)x->i,
               .end = (uint32_t)(i + k),
               .kind = T_RATIO_WORD,
               .unit = unit_named(x->w, "%"),
               .value = {(int64_t)q, (uint8_t)scale}
    });
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

struct amount {
    struct dec value;
    int exp;
    bool approx;
    size_t end; /* behind number, power of ten and infix */
};

static struct amount amount_at(struct str s, size_t i)
{
    struct amount a = {.end = i};
    a.end += ascii_number(s, i, &a.value);
    a.end += i < a.end && a.end < s.len && s.ptr[a.end] == ' ' ? 1 : 0;
    size_t k = infix(s, a.end);
    a.approx = k > 0;
    a.end += k;
    a.exp = multiplier(s, &a.end);
    k = infix(s, a.end);
    a.approx |= k > 0;
    a.end += k;
    if (a.end > 0 && s.ptr[a.end - 1] == ' ')
        a.end--;
    return a;
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
    struct amount b = amount_at(x->s, i);
    const struct unit_row *v = unit_match(x->w, x->s, b.end);
    if (v == NULL || (u != NULL && u != v) || str_is(v->dim, "none") || str_is(v->dim, "time"))
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
    if (str_is(u->dim, "none"))
        return "word";
    if (str_is(u->dim, "time")) {
        if (at_z(x->s, end, "以上"))
            return "word";
        return ends_z(before, "连续") || ends_z(before, "已连续") ? NULL : "period";
    }
    if (str_is(u->dim, "count") && rhetorical(x, end))
        return "word";
    if (words && str_is(u->dim, "count") && !at_z(u->symbol, 0, "个") &&
        !at_z(u->symbol, 0, "家") && !at_z(u->symbol, 0, "条") && !at_z(u->symbol, 0, "项") &&
        !at_z(u->symbol, 0, "座") && !at_z(u->symbol, 0, "户") && !at_z(u->symbol, 0, "所") &&
        !at_z(u->symbol, 0, "台") && !at_z(u->symbol, 0, "辆") && !at_z(u->symbol, 0, "件"))
        return "word";
    return NULL;
}

/* 超10亿元企业, 5000万元以上项目: the amount is part of a name. */
static bool threshold(const struct lexer *x, const struct unit_row *u, size_t end)
{
    static const char *const leads[] = {"首条", "首个", "首家", "首座"};
    static const char *const things[] = {
        "企业",     "工业企业",   "项目",       "重大项目", "工业项目", "重点项目", "产业项目",
        "投资项目", "制造业项目", "园区",       "产业园区", "产业",     "产业集群", "产业链",
        "级",       "龙头",       "大企业",     "的企业",   "的项目",   "的工业",   "的重大",
        "的重点",   "的产业",     "规上",       "规模",     "单品",     "镇",       "村",
        "开发区",   "骨干企业",   "制造业企业", "工业龙头", "科技",     "民营企业", "高新",
        "在建",     "新开工",     "新建",       "技改",     "亿元"};
    if (!str_is(u->dim, "money"))
        return false;
    struct str before = cut(x->s, 0, x->i);
    const struct word *word = NULL;
    size_t lead = word_ends(x->w, before, BIT(W_OVER), &word);
    struct str head = cut(before, 0, before.len - lead);
    for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
        if (ends_z(head, leads[k]))
            return false;
    size_t i = end;
    bool above = at_z(x->s, i, "及以上") || at_z(x->s, i, "以上");
    i += at_z(x->s, i, "及以上") ? 9 : at_z(x->s, i, "以上") ? 6 : 0;
    if (!above && lead == 0 && !at_z(x->s, i, "企业") && !at_z(x->s, i, "级"))
        return false;
    for (size_t k = 0; k < sizeof things / sizeof *things; k++)
        if (at_z(x->s, i, things[k]))
            return true;
    return false;
}

static void lex_digits(struct lexer *x)
{
    size_t run = date_run(x);
    if (run > 0) {
        add_noise(x, x->i, run, "date");
        return;
    }
    struct amount a = amount_at(x->s, x->i);
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
        put_number(x, a, unit_named(x->w, "个"), a.end + 3);
    } else if (at_z(x->s, a.end, "倍")) {
        put_number(x, (struct amount){.value = a.value, .exp = a.exp + 2, .approx = a.approx},
                   unit_named(x->w, "%"), a.end + 3);
        x->sen->tokens.v[x->sen->tokens.len - 1].of = 255; /* multiples */
    } else if (at_z(x->s, a.end, "成") && a.value.scale == 0 && a.value.units < 10) {
        put_number(x, (struct amount){.value = a.value, .exp = 1}, unit_named(x->w, "%"),
                   a.end + 3);
    } else if (at_z(x->s, a.end, "强") || at_z(x->s, a.end, "号") || ends_z(before, "“")) {
        add_noise(x, x->i, a.end, at_z(x->s, a.end, "”") ? "code" : "name");
    } else if (a.exp >= 8 && !ends_z(before, "-")) {
        put_number(x, a, unit_named(x->w, "元"), a.end); /* 亿 for 亿元 */
    } else {
        put_number(x, a, NULL, a.end);
    }
}

/* A power of ten alone needs a word that makes it an amount: 超千家, 突破千亿元. */
static bool bare_power(struct str s, size_t i, size_t n)
{
    return cn_digit(s, i) < 0 && !(n == 3 && at_z(s, i, "十"));
}

static bool led_by_over(const struct lexer *x)
{
    const struct word *word = NULL;
    return word_ends(x->w, cut(x->s, 0, x->i), BIT(W_OVER), &word) > 0;
}

static void lex_words(struct lexer *x)
{
    struct dec v;
    size_t n = cn_number(x->s, x->i, &v), i = x->i + n, k = infix(x->s, i);
    int exp = 0;
    for (size_t j = x->i; j < i; j += 3)
        exp = at_z(x->s, j, "亿") ? 8 : exp;
    if (at_z(x->s, x->i, "千瓦") || at_z(x->s, x->i, "千米") || at_z(x->s, x->i, "百分")) {
        x->i += 6;
        return;
    }
    if (lex_class(x, dec_shift(v, -exp), i, exp))
        return;
    const struct unit_row *u = unit_match(x->w, x->s, i + k);
    size_t end = i + k + (u != NULL ? u->symbol.len : 0);
    bool bare = bare_power(x->s, x->i, n), over = led_by_over(x);
    bool one = n == 3 && v.units == 1;
    struct amount a = {.value = v, .approx = k > 0};
    const char *noise = NULL;
    if (u != NULL && threshold(x, u, end)) {
        add_noise(x, x->i, end, "threshold");
    } else if (at_z(x->s, i, "成") && v.units >= 1 && v.units < 10 && !at_z(x->s, i, "成立") &&
               !at_z(x->s, i, "成功") && !at_z(x->s, i, "成为")) {
        put_number(x, (struct amount){.value = v, .exp = 1}, unit_named(x->w, "%"), i + 3);
    } else if (at_z(x->s, i, "倍")) {
        put_number(x, (struct amount){.value = v, .exp = 2}, unit_named(x->w, "%"), i + 3);
        x->sen->tokens.v[x->sen->tokens.len - 1].of = 255;
    } else if (at_z(x->s, i, "大") && !one && v.units < 100 && !bare &&
               word_at(x->w, x->s, i + 3, BIT(W_THING), NULL) > 0 && !rhetorical(x, i + 3)) {
        put_number(x, a, unit_named(x->w, "个"), i + 3);
    } else if (u == NULL || one || (bare && !over && k == 0 && !str_is(u->dim, "money"))) {
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
        if (str_is(between, marks[k]))
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
    static const char *const indexes[] = {"指数", "系数", "得分", "评分", "分值", "指标值", "景气"};
    for (size_t i = 0; i < x->sen->tokens.len; i++) {
        struct token *t = &x->sen->tokens.v[i];
        if (t->kind != T_NUMBER || t->unit != NULL)
            continue;
        bool index = false;
        for (size_t k = 0; k < sizeof indexes / sizeof *indexes; k++)
            index |= has_z(cut(x->s, 0, t->start), indexes[k]);
        if (index && boundary(x->s, t->end)) {
            t->unit = unit_named(x->w, "点");
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

static bool lead_byte(const struct lexer *x)
{
    /* every figure and word of time begins with a digit, a quote or a character above U+4DFF */
    unsigned char c = (unsigned char)x->s.ptr[x->i];
    return (c >= '0' && c <= '9') || (c >= 0xE4 && c <= 0xE9) || c == 0xE2;
}

void lex(struct sentence *sen, const struct extract_words *w, const struct dates *d)
{
    struct lexer x = {.sen = sen, .w = w, .d = d, .s = sen->s};
    sen->tokens.len = 0;
    while (x.i < x.s.len) {
        struct token t;
        struct dec v;
        size_t n;
        if (!lead_byte(&x)) {
            x.i += u8_len(x.s.ptr[x.i]);
        } else if (lex_record(&x) || lex_figure_word(&x)) {
            continue;
        } else if (time_at(x.s, x.i, d, &t)) {
            add(&x, t);
        } else if ((n = word_at(w, x.s, x.i, BIT(W_CODE), NULL)) > 0) {
            add_noise(&x, x.i, x.i + n, "code");
        } else if (lex_ordinal(&x)) {
            continue;
        } else if (x.s.ptr[x.i] >= '0' && x.s.ptr[x.i] <= '9') {
            lex_digits(&x);
        } else if (lex_parts(&x)) {
            continue;
        } else if (cn_number(x.s, x.i, &v) > 0) {
            lex_words(&x);
        } else {
            x.i += u8_len(x.s.ptr[x.i]);
        }
    }
    share_units(&x);
    settle_bare(&x);
    settle_qualifiers(&x);
}
