/* hj212_register.c - stations and limits of the user, and readings beside their limits. */
#include "field/hj212_desk.h"
#include <stdio.h>

#define STATIONS_MAX 1000000u
#define LIMITS_MAX 10000u
#define UTC8_MS 28800000LL

extern const char hj212_limits_csv[]; /* embedded, see meson.build */

enum { S_MN, S_PW, S_NAME, S_LIMITS, S_BACKFILL, S_COLUMNS };
enum { L_NAME, L_FACTOR, L_SERIES, L_SUFFIX, L_MIN, L_MAX, L_UNIT, L_FROM, L_TO, L_COLUMNS };
struct column {
    const char *en, *zh;
    bool must;
};
static const struct column station_columns[S_COLUMNS] = {
    [S_MN] = {"mn", "设备唯一标识", true},
    [S_PW] = {"pw", "密码", false},
    [S_NAME] = {"name", "名称", false},
    [S_LIMITS] = {"limits", "限值", false},
    [S_BACKFILL] = {"backfill", "补传", false}};
static const struct column limit_columns[L_COLUMNS] = {
    [L_NAME] = {"name", "名称", true},     [L_FACTOR] = {"factor", "因子", true},
    [L_SERIES] = {"series", "数据", true}, [L_SUFFIX] = {"suffix", "统计", true},
    [L_MIN] = {"minimum", "下限", false},  [L_MAX] = {"maximum", "上限", false},
    [L_UNIT] = {"unit", "单位", false},    [L_FROM] = {"valid_from", "自", false},
    [L_TO] = {"valid_to", "至", false}};

struct table {
    struct csv csv;
    struct arena *arena;
    const struct column *columns;
    size_t count, at[16]; /* at: field of a column, SIZE_MAX = not there */
};

static enum code header(struct table *t, struct error *err)
{
    bool more;
    TRY(csv_next(&t->csv, &more, err));
    for (size_t c = 0; c < t->count; c++) {
        t->at[c] = SIZE_MAX;
        for (size_t i = 0; more && i < t->csv.count; i++) {
            struct str name = str_trim(t->csv.field[i].text);
            if (str_is(name, t->columns[c].en) || str_is(name, t->columns[c].zh))
                t->at[c] = i;
        }
        if (t->at[c] == SIZE_MAX && t->columns[c].must)
            return error_at(err, E_INPUT, 1, 1, "no column '%s' (%s) in the header",
                            t->columns[c].en, t->columns[c].zh);
    }
    return OK;
}

static struct str cell(const struct table *t, size_t column)
{
    size_t i = t->at[column];
    return i < t->csv.count ? str_trim(t->csv.field[i].text) : STR("");
}

static enum code bad_cell(const struct table *t, size_t column, const char *what, struct error *err)
{
    size_t i = t->at[column] < t->csv.count ? t->at[column] : 0;
    return error_at(err, E_INPUT, t->csv.field[i].line, t->csv.field[i].column, "%s '%.*s' %s",
                    t->columns[column].en, STR_ARG(str_sub(cell(t, column), 0, 80)), what);
}

typedef enum code (*row_fn)(struct hj212_register *r, const struct table *t, struct error *err);

static enum code table_read(struct hj212_register *r, struct str bytes,
                            const struct column *columns, size_t count, row_fn row,
                            struct error *err)
{
    const char *encoding;
    struct str text;
    struct table *t = mem_zalloc(sizeof *t);
    bool more = true;
    t->arena = &r->arena;
    t->columns = columns;
    t->count = count;
    enum code code = text_decode(bytes, &r->arena, &text, &encoding, err);
    if (code == OK) {
        text = arena_dup(&r->arena, text); /* cells stay */
        csv_open(&t->csv, text, &r->arena);
        code = header(t, err);
    }
    while (code == OK && more) {
        code = csv_next(&t->csv, &more, err);
        if (code == OK && more)
            code = row(r, t, err);
    }
    mem_free(t);
    return code;
}

/* ---- limits ---- */

static enum code bound(const struct table *t, size_t column, bool *has, struct dec *out,
                       struct error *err)
{
    struct error e = {0};
    *has = cell(t, column).len > 0;
    if (*has && dec_parse(cell(t, column), out, &e) != OK)
        return bad_cell(t, column, "is not a number", err);
    return OK;
}

static enum code day_cell(const struct table *t, size_t column, bool end, int64_t *ms,
                          struct error *err)
{
    struct period p;
    struct error e = {0};
    *ms = end ? INT64_MAX : INT64_MIN;
    if (!cell(t, column).len)
        return OK;
    if (period_parse(cell(t, column), &p, &e) != OK || p.first != p.last)
        return bad_cell(t, column, "is not a date such as 2014-07-01", err);
    *ms = (int64_t)(p.first + end) * 86400000 - UTC8_MS;
    return OK;
}

static bool set_known(const struct hj212_register *r, struct str name)
{
    for (size_t i = 0; i < r->limits.len; i++)
        if (str_eq(r->limits.v[i].set, name))
            return true;
    return false;
}

static enum code limit_row(struct hj212_register *r, const struct table *t, struct error *err)
{
    struct hj212_limit l = {.set = cell(t, L_NAME),
                            .factor = cell(t, L_FACTOR),
                            .series = cell(t, L_SERIES),
                            .suffix = cell(t, L_SUFFIX),
                            .unit = cell(t, L_UNIT)};
    if (!l.set.len || str_has(l.set, STR(";")))
        return bad_cell(t, L_NAME, "is not a name", err);
    if (!l.factor.len)
        return bad_cell(t, L_FACTOR, "is not a factor", err);
    if (!l.suffix.len)
        return bad_cell(t, L_SUFFIX, "is not Rtd, Avg, ZsAvg ...", err);
    if (str_is(l.series, "."))
        l.series = STR("");
    TRY(bound(t, L_MIN, &l.has_min, &l.min, err));
    TRY(bound(t, L_MAX, &l.has_max, &l.max, err));
    if (!l.has_min && !l.has_max)
        return bad_cell(t, L_MAX, "and minimum are both empty", err);
    TRY(day_cell(t, L_FROM, false, &l.from_ms, err));
    TRY(day_cell(t, L_TO, true, &l.to_ms, err));
    if (r->limits.len >= LIMITS_MAX)
        return error_at(err, E_LIMIT, t->csv.line, 1, "more than %u limits", LIMITS_MAX);
    vec_push(&r->limits, l);
    return OK;
}

enum code hj212_register_limits(struct hj212_register *r, struct str bytes, struct error *err)
{
    size_t before = r->limits.len, kept = 0;
    enum code code = table_read(r, bytes, limit_columns, L_COLUMNS, limit_row, err);
    if (code != OK) {
        r->limits.len = before;
        return code;
    }
    for (size_t i = 0; i < r->limits.len; i++) {
        bool replaced = false;
        for (size_t k = before; i < before && k < r->limits.len; k++)
            replaced = replaced || str_eq(r->limits.v[k].set, r->limits.v[i].set);
        if (!replaced)
            r->limits.v[kept++] = r->limits.v[i];
    }
    r->limits.len = kept;
    return OK;
}

/* ---- stations ---- */

static bool mn_good(struct str mn)
{
    struct hj212_message m;
    struct error e = {0};
    char text[HJ212_MN_MAX + 40];
    if (mn.len > HJ212_MN_MAX)
        return false;
    int n = snprintf(text, sizeof text, "ST=91;CN=9014;MN=%.*s;CP=&&&&", STR_ARG(mn));
    return hj212_read((struct str){text, (size_t)n}, &m, &e) == OK && str_eq(m.mn, mn);
}

static enum code sets_known(const struct hj212_register *r, const struct table *t,
                            struct error *err)
{
    for (struct str rest = cell(t, S_LIMITS); rest.len;) {
        struct str one = str_trim(str_cut(rest, ';', &rest));
        if (one.len && !set_known(r, one))
            return bad_cell(t, S_LIMITS, "names a set of limits that is not there", err);
    }
    return OK;
}

static enum code station_row(struct hj212_register *r, const struct table *t, struct error *err)
{
    struct str backfill = cell(t, S_BACKFILL);
    struct hj212_station s = {.mn = cell(t, S_MN),
                              .pw = cell(t, S_PW),
                              .name = cell(t, S_NAME),
                              .limits = cell(t, S_LIMITS)};
    uint64_t known;
    if (!mn_good(s.mn))
        return bad_cell(t, S_MN, "is not 1 to 40 letters and digits", err);
    if (s.pw.len > HJ212_PW_MAX)
        return bad_cell(t, S_PW, "is longer than 40 characters", err);
    if (map_get(&r->by_mn, s.mn, &known))
        return bad_cell(t, S_MN, "is there twice", err);
    s.backfill = str_is(backfill, "1") || str_is(backfill, "yes") || str_is(backfill, "是");
    if (!s.backfill && backfill.len && !str_is(backfill, "0") && !str_is(backfill, "no") &&
        !str_is(backfill, "否"))
        return bad_cell(t, S_BACKFILL, "is not yes or no", err);
    TRY(sets_known(r, t, err));
    if (r->stations.len >= STATIONS_MAX)
        return error_at(err, E_LIMIT, t->csv.line, 1, "more than %u stations", STATIONS_MAX);
    map_put(&r->by_mn, s.mn, r->stations.len);
    vec_push(&r->stations, s);
    return OK;
}

enum code hj212_register_stations(struct hj212_register *r, struct str bytes, struct error *err)
{
    TRY(table_read(r, bytes, station_columns, S_COLUMNS, station_row, err));
    r->closed = true;
    return OK;
}

enum code hj212_register_new(struct hj212_register **out, struct error *err)
{
    struct hj212_register *r = mem_zalloc(sizeof *r);
    arena_init(&r->arena, 0);
    map_init(&r->by_mn);
    enum code code = hj212_register_limits(r, str_z(hj212_limits_csv), err);
    if (code == OK)
        *out = r;
    else
        hj212_register_free(r);
    return code;
}

void hj212_register_free(struct hj212_register *r)
{
    if (!r)
        return;
    vec_clear(&r->stations);
    vec_clear(&r->limits);
    map_clear(&r->by_mn);
    arena_clear(&r->arena);
    mem_free(r);
}

const struct hj212_station *hj212_station_find(const struct hj212_register *r, struct str mn)
{
    uint64_t i;
    return map_get(&r->by_mn, mn, &i) ? &r->stations.v[i] : NULL;
}

/* ---- readings beside their limits ---- */

/* mantissa * 10^exp10 against d, exactly: -1 0 1. */
static int cmp(int64_t mantissa, int exp10, struct dec d)
{
    int shift = exp10 + d.scale; /* compare mantissa * 10^shift with d.units */
    int sign = (mantissa > 0) - (mantissa < 0);
    if (shift > 19) /* 10^19 is above every int64, unless it is zero */
        return sign ? sign : -(d.units > 0) + (d.units < 0);
    if (shift < -37) /* below one unit: between 0 and the next */
        return d.units > 0 ? -1 : d.units < 0 ? 1 : sign;
    i128 a = mantissa, b = d.units;
    if (shift >= 0) {
        a *= dec_pow10((unsigned)shift);
    } else if (shift >= -19) {
        b *= dec_pow10((unsigned)-shift);
    } else { /* |b| * 10^20 is above every mantissa */
        return d.units > 0 ? -1 : d.units < 0 ? 1 : sign;
    }
    return (a > b) - (a < b);
}

static bool named(struct str sets, struct str set)
{
    while (sets.len)
        if (str_eq(str_trim(str_cut(sets, ';', &sets)), set))
            return true;
    return false;
}

/* A limit names factors of 2017; a device of 2005 sends its old code (011 for w01018). */
static bool same_factor(const struct hj212_words *w, struct str sent, struct str named)
{
    const struct hj212_factor *f = str_eq(sent, named) ? NULL : hj212_factor(w, sent);
    return str_eq(sent, named) || (f && str_eq(f->code, named));
}

static bool speaks_of(const struct hj212_words *w, const struct hj212_limit *l,
                      const struct sample *s, struct str mn)
{
    struct str series = str_sub(s->series, sizeof "hj212/" - 1 + mn.len, s->series.len);
    if (series.len)
        series = str_sub(series, 1, series.len);
    if (!str_eq(series, l->series) || s->time_ms < l->from_ms || s->time_ms >= l->to_ms ||
        s->field.len <= l->suffix.len + 1 || !str_ends(s->field, l->suffix))
        return false;
    size_t dash = s->field.len - l->suffix.len - 1;
    return s->field.ptr[dash] == '-' && same_factor(w, str_sub(s->field, 0, dash), l->factor);
}

void hj212_limits_mark(const struct hj212_words *w, const struct hj212_register *r,
                       const struct hj212_station *st, struct hj212_out *out, size_t from,
                       size_t *over)
{
    *over = 0;
    if (!st || !st->limits.len)
        return;
    for (size_t i = from, end = out->samples.len; i < end; i++) {
        bool spoken = false, above = false;
        struct sample s = out->samples.v[i];
        for (size_t k = 0; k < r->limits.len; k++) {
            const struct hj212_limit *l = &r->limits.v[k];
            if (!named(st->limits, l->set) || !speaks_of(w, l, &s, st->mn))
                continue;
            spoken = true;
            above = above || (l->has_max && cmp(s.mantissa, s.exp10, l->max) > 0) ||
                    (l->has_min && cmp(s.mantissa, s.exp10, l->min) < 0);
        }
        if (!spoken)
            continue;
        s.field = arena_fmt(out->arena, "%.*s/over", STR_ARG(s.field));
        s.mantissa = s.state == STATE_VALUE && above;
        s.exp10 = 0;
        s.cut = false;
        *over += s.mantissa != 0;
        vec_push(&out->samples, s);
    }
}
