/* hj212_message.c - a data segment as a message: fields, items of CP, times. */
#include "field/hj212.h"
#include <stdio.h>

#define UTC8_MS 28800000LL /* DataTime and QN are local time at UTC+8 */

static bool digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

static unsigned number(struct str s)
{
    unsigned n = 0;
    for (size_t i = 0; i < s.len; i++)
        n = n * 10 + (unsigned)(s.ptr[i] - '0');
    return n;
}

/* Letters that may stand in MN: they become part of a series' name. */
static bool name_like(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return s.len > 0;
}

static bool printable(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] == 0x7F)
            return false;
    return true;
}

/* ---- fields of the data segment ---- */

struct read {
    struct hj212_message *m;
    struct str data;
    bool has_cn, has_pnum, has_pno;
};

static enum code wrong(const struct read *r, struct str value, const char *field, const char *want,
                       struct error *err)
{
    return error_at(err, E_INPUT, 0, (uint32_t)(value.ptr - r->data.ptr) + 1, "%s '%.*s' is not %s",
                    field, STR_ARG(str_sub(value, 0, 60)), want);
}

static enum code read_qn(struct read *r, struct str v, struct error *err)
{
    r->m->qn = v;
    return v.len <= 20 && (v.len == 0 || digits(v)) ? OK
                                                    : wrong(r, v, "QN", "a time of 17 digits", err);
}
static enum code read_st(struct read *r, struct str v, struct error *err)
{
    r->m->st = v;
    return v.len == 2 && name_like(v) ? OK : wrong(r, v, "ST", "a code of 2 characters", err);
}
static enum code read_cn(struct read *r, struct str v, struct error *err)
{
    if (v.len != 4 || !digits(v))
        return wrong(r, v, "CN", "a command of 4 digits", err);
    r->m->cn = (uint16_t)number(v);
    r->has_cn = true;
    return OK;
}
static enum code read_pw(struct read *r, struct str v, struct error *err)
{
    r->m->pw = v;
    return v.len <= HJ212_PW_MAX && printable(v)
               ? OK
               : wrong(r, (struct str){v.ptr, 0}, "PW", "at most 40 printable characters", err);
}
static enum code read_mn(struct read *r, struct str v, struct error *err)
{
    r->m->mn = v;
    return v.len <= HJ212_MN_MAX && name_like(v)
               ? OK
               : wrong(r, v, "MN", "1 to 40 letters and digits", err);
}
static enum code read_flag(struct read *r, struct str v, struct error *err)
{
    if (v.len > 3 || !digits(v) || number(v) > 255)
        return wrong(r, v, "Flag", "a number of 0 to 255", err);
    r->m->flag = (uint8_t)number(v);
    r->m->has_flag = true;
    return OK;
}
static enum code read_pnum(struct read *r, struct str v, struct error *err)
{
    if (v.len > 4 || !digits(v))
        return wrong(r, v, "PNUM", "a number of at most 4 digits", err);
    r->m->pnum = (uint16_t)number(v);
    r->has_pnum = true;
    return OK;
}
static enum code read_pno(struct read *r, struct str v, struct error *err)
{
    if (v.len > 4 || !digits(v))
        return wrong(r, v, "PNO", "a number of at most 4 digits", err);
    r->m->pno = (uint16_t)number(v);
    r->has_pno = true;
    return OK;
}
static enum code read_rf(struct read *r, struct str v, struct error *err)
{
    (void)err;
    r->m->again = str_is(v, "1");
    return OK;
}

static const struct {
    const char *name;
    enum code (*read)(struct read *r, struct str v, struct error *err);
} fields[] = {{"QN", read_qn},     {"ST", read_st},   {"CN", read_cn},
              {"PW", read_pw},     {"MN", read_mn},   {"Flag", read_flag},
              {"PNUM", read_pnum}, {"PNO", read_pno}, {"RF", read_rf}};

static enum code read_field(struct read *r, struct str one, struct error *err)
{
    struct str value, name = str_cut(one, '=', &value);
    if (!value.ptr)
        return error_at(err, E_INPUT, 0, (uint32_t)(one.ptr - r->data.ptr) + 1,
                        "'%.*s' is not NAME=VALUE", STR_ARG(str_sub(one, 0, 60)));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_is(name, fields[i].name))
            return fields[i].read(r, value, err);
    return OK; /* a field of a later edition */
}

/* What stands between "CP=&&" and the last "&&". */
static enum code read_cp(struct read *r, struct str tail, struct error *err)
{
    uint32_t column = (uint32_t)(tail.ptr - r->data.ptr) + 1;
    if (str_ends(tail, STR(";")))
        tail.len--;
    if (!str_starts(tail, STR("&&")))
        return error_at(err, E_INPUT, 0, column, "CP does not begin with '&&'");
    if (tail.len < 4 || !str_ends(tail, STR("&&")))
        return error_at(err, E_INPUT, 0, column + (uint32_t)tail.len, "CP does not end with '&&'");
    r->m->cp = str_sub(tail, 2, tail.len - 4);
    if (str_has(r->m->cp, STR("&&")))
        return error_at(err, E_INPUT, 0, column + 2 + (uint32_t)str_find(r->m->cp, STR("&&")),
                        "'&&' within CP");
    return OK;
}

static enum code complete(struct read *r, struct error *err)
{
    struct hj212_message *m = r->m;
    if (!m->st.len || !r->has_cn || !m->mn.len)
        return error_set(err, E_INPUT, "%s is missing",
                         !m->st.len   ? "ST"
                         : !r->has_cn ? "CN"
                                      : "MN");
    m->split = r->has_pnum && r->has_pno;
    if (m->split && (m->pno < 1 || m->pno > m->pnum))
        return error_set(err, E_INPUT, "PNO %u is not within 1 and PNUM %u", m->pno, m->pnum);
    if (!m->cp.ptr)
        return error_set(err, E_INPUT, "CP is missing");
    return OK;
}

enum code hj212_read(struct str data, struct hj212_message *out, struct error *err)
{
    *out = (struct hj212_message){0};
    struct read r = {.m = out, .data = data};
    struct str rest = data;
    while (rest.len) {
        if (str_starts(rest, STR("CP="))) {
            TRY(read_cp(&r, str_sub(rest, 3, rest.len), err));
            break;
        }
        struct str one = str_cut(rest, ';', &rest);
        if (one.len)
            TRY(read_field(&r, one, err));
    }
    return complete(&r, err);
}

/* ---- items ---- */

bool hj212_item_next(struct str cp, struct str *rest, struct hj212_item *out)
{
    while (rest->len) {
        size_t n = 0;
        while (n < rest->len && rest->ptr[n] != ';' && rest->ptr[n] != ',')
            n++;
        struct str one = str_trim(str_sub(*rest, 0, n));
        *rest = str_sub(*rest, n < rest->len ? n + 1 : n, rest->len);
        if (!one.len)
            continue;
        *out = (struct hj212_item){.column = (uint32_t)(one.ptr - cp.ptr) + 1};
        out->name = str_trim(str_cut(one, '=', &out->value));
        if (out->value.ptr)
            out->value = str_trim(out->value);
        size_t dash = out->name.len;
        while (dash > 0 && out->name.ptr[dash - 1] != '-')
            dash--;
        out->factor = dash ? str_sub(out->name, 0, dash - 1) : out->name;
        out->suffix = dash ? str_sub(out->name, dash, out->name.len) : STR("");
        return true;
    }
    return false;
}

struct str hj212_item_find(struct str cp, const char *name)
{
    struct hj212_item it;
    for (struct str rest = cp; hj212_item_next(cp, &rest, &it);)
        if (str_is(it.name, name))
            return it.value.ptr ? it.value : STR("");
    return STR_NULL;
}

/* ---- times ---- */

bool hj212_time(struct str text, int64_t *ms)
{
    if ((text.len != 14 && text.len != 17) || !digits(text))
        return false;
    int year = (int)number(str_sub(text, 0, 4)), month = (int)number(str_sub(text, 4, 2)),
        day = (int)number(str_sub(text, 6, 2));
    unsigned h = number(str_sub(text, 8, 2)), m = number(str_sub(text, 10, 2)),
             s = number(str_sub(text, 12, 2));
    if (year < 1970 || !day_valid(year, month, day) || h > 23 || m > 59 || s > 59)
        return false;
    *ms = (int64_t)day_from(year, month, day) * 86400000 + (int64_t)(h * 3600 + m * 60 + s) * 1000 -
          UTC8_MS;
    if (text.len == 17)
        *ms += (int64_t)number(str_sub(text, 14, 3));
    return true;
}

void hj212_time_text(int64_t ms, bool with_ms, char out[18])
{
    int year, month, day;
    int64_t local = ms + UTC8_MS, days = local / 86400000, in_day = local % 86400000;
    if (in_day < 0) {
        in_day += 86400000;
        days--;
    }
    day_split((day_t)days, &year, &month, &day);
    char text[64];
    snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02d%03d", year, month, day,
             (int)(in_day / 3600000), (int)(in_day / 60000 % 60), (int)(in_day / 1000 % 60),
             (int)(in_day % 1000));
    size_t len = with_ms ? 17 : 14;
    memcpy(out, text, len);
    out[len] = '\0';
}
