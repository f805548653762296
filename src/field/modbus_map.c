/* modbus_map.c - the user's table of connections and points. */
#include "field/modbus.h"
#include <stdio.h>
#include <stdlib.h>

#define POINTS_MAX 200000u
#define LINKS_MAX 1000u
#define EVERY_DEFAULT_MS 10000u
#define TIMEOUT_DEFAULT_MS 2000u

enum column {
    C_LINK,
    C_HOST,
    C_UNIT,
    C_POINT,
    C_SPACE,
    C_ADDRESS,
    C_TYPE,
    C_ORDER,
    C_SCALE,
    C_OFFSET,
    C_NONE,
    C_EVERY,
    C_DECIMALS,
    C_MODE,
    C_TIMEOUT,
    C_MAX,
    COLUMNS
};
static const struct {
    const char *en, *zh;
    bool must;
} columns[COLUMNS] = {
    [C_LINK] = {"connection", "连接", true},      [C_HOST] = {"host", "地址端口", true},
    [C_UNIT] = {"unit", "站号", false},           [C_POINT] = {"point", "测点", true},
    [C_SPACE] = {"space", "区", false},           [C_ADDRESS] = {"address", "寄存器", true},
    [C_TYPE] = {"type", "类型", false},           [C_ORDER] = {"order", "字节序", false},
    [C_SCALE] = {"scale", "系数", false},         [C_OFFSET] = {"offset", "偏移", false},
    [C_NONE] = {"none", "无效值", false},         [C_EVERY] = {"every", "周期秒", false},
    [C_DECIMALS] = {"decimals", "小数位", false}, [C_MODE] = {"mode", "方式", false},
    [C_TIMEOUT] = {"timeout", "超时秒", false},   [C_MAX] = {"max", "一次最多", false}};
static const char *const space_names[MODBUS_SPACES] = {[MODBUS_COIL] = "coil",
                                                       [MODBUS_DISCRETE] = "discrete",
                                                       [MODBUS_INPUT] = "input",
                                                       [MODBUS_HOLDING] = "holding"};
static const char *const type_names[MODBUS_TYPES] = {
    [MODBUS_U16] = "u16",     [MODBUS_S16] = "s16",     [MODBUS_U32] = "u32", [MODBUS_S32] = "s32",
    [MODBUS_U64] = "u64",     [MODBUS_S64] = "s64",     [MODBUS_F32] = "f32", [MODBUS_F64] = "f64",
    [MODBUS_BCD16] = "bcd16", [MODBUS_BCD32] = "bcd32", [MODBUS_BIT] = "bit"};
static const struct {
    const char *name;
    bool words, bytes;
} orders[] = {{"", false, false},        {"ABCD", false, false},     {"CDAB", true, false},
              {"BADC", false, true},     {"DCBA", true, true},       {"AB", false, false},
              {"BA", false, true},       {"ABCDEFGH", false, false}, {"GHEFCDAB", true, false},
              {"BADCFEHG", false, true}, {"HGFEDCBA", true, true}};

struct table {
    struct modbus_map *map;
    struct csv csv;
    size_t at[COLUMNS];
    struct map links, names; /* connection -> index; connection NUL point -> line */
};

static struct str cell(const struct table *t, enum column c)
{
    return t->at[c] < t->csv.count ? str_trim(t->csv.field[t->at[c]].text) : STR("");
}

static enum code bad(const struct table *t, enum column c, const char *what, struct error *err)
{
    size_t i = t->at[c] < t->csv.count ? t->at[c] : 0;
    return error_at(err, E_INPUT, t->csv.field[i].line, t->csv.field[i].column, "%s '%.*s' %s",
                    columns[c].en, STR_ARG(str_sub(cell(t, c), 0, 80)), what);
}

static enum code whole(const struct table *t, enum column c, uint32_t least, uint32_t most,
                       uint32_t absent, uint32_t *out, struct error *err)
{
    struct dec d;
    struct error e = {0};
    char what[60];
    *out = absent;
    if (!cell(t, c).len)
        return OK;
    if (dec_parse(cell(t, c), &d, &e) == OK && d.scale == 0 && d.units >= least &&
        d.units <= most) {
        *out = (uint32_t)d.units;
        return OK;
    }
    snprintf(what, sizeof what, "is not a whole number of %u to %u", least, most);
    return bad(t, c, what, err);
}

static enum code decimal(const struct table *t, enum column c, struct dec absent, struct dec *out,
                         struct error *err)
{
    struct error e = {0};
    *out = absent;
    if (cell(t, c).len && dec_parse(cell(t, c), out, &e) != OK)
        return bad(t, c, "is not a decimal number", err);
    return OK;
}

/* Seconds with decimals as ms. */
static enum code seconds(const struct table *t, enum column c, uint32_t absent_ms, uint32_t *ms,
                         struct error *err)
{
    struct dec d;
    int64_t v;
    struct error e = {0};
    *ms = absent_ms;
    if (!cell(t, c).len)
        return OK;
    if (dec_parse(cell(t, c), &d, &e) != OK || dec_rescale(d.units, d.scale, 3, &v, &e) != OK ||
        v < 100 || v > 86400000)
        return bad(t, c, "is not 0.1 to 86400 seconds", err);
    *ms = (uint32_t)v;
    return OK;
}

/* ---- connections ---- */

static enum code host_cell(const struct table *t, struct modbus_link *l, struct error *err)
{
    struct str s = cell(t, C_HOST), host, port;
    ptrdiff_t end = s.len && s.ptr[0] == '[' ? str_find(s, STR("]:")) : -1;
    if (end > 0) {
        host = str_sub(s, 1, (size_t)end - 1);
        port = str_sub(s, (size_t)end + 2, s.len);
    } else {
        host = str_cut(s, ':', &port);
        if (!port.ptr)
            port = STR("502");
    }
    bool good = host.len > 0 && host.len < sizeof l->host && port.len > 0 && port.len <= 5;
    for (size_t i = 0; good && i < port.len; i++)
        good = port.ptr[i] >= '0' && port.ptr[i] <= '9';
    for (size_t i = 0; good && i < host.len; i++)
        good = host.ptr[i] > ' ' && host.ptr[i] < 0x7F;
    if (!good)
        return bad(t, C_HOST, "is not HOST:PORT", err);
    snprintf(l->host, sizeof l->host, "%.*s", STR_ARG(host));
    snprintf(l->port, sizeof l->port, "%.*s", STR_ARG(port));
    return atoi(l->port) > 65535 ? bad(t, C_HOST, "has a port above 65535", err) : OK;
}

static bool name_good(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == '/')
            return false;
    return s.len > 0 && s.len <= 64 && utf8_valid(s);
}

static enum code link_new(struct table *t, struct str name, uint32_t *out, struct error *err)
{
    struct modbus_link l = {.name = name};
    struct str mode = cell(t, C_MODE);
    if (!name_good(name))
        return bad(t, C_LINK, "is not a name (1 to 64 bytes, no '/')", err);
    TRY(host_cell(t, &l, err));
    if (str_is(mode, "rtu"))
        l.mode = MODBUS_RTU;
    else if (mode.len && !str_is(mode, "tcp"))
        return bad(t, C_MODE, "is not tcp or rtu", err);
    TRY(seconds(t, C_TIMEOUT, TIMEOUT_DEFAULT_MS, &l.timeout_ms, err));
    TRY(whole(t, C_MAX, 1, MODBUS_REGISTERS_MAX, MODBUS_REGISTERS_MAX, &l.max, err));
    if (t->map->links.len >= LINKS_MAX)
        return error_at(err, E_LIMIT, t->csv.line, 1, "more than %u connections", LINKS_MAX);
    *out = (uint32_t)t->map->links.len;
    map_put(&t->links, name, *out);
    vec_push(&t->map->links, l);
    return OK;
}

static enum code link_of(struct table *t, uint32_t *out, struct error *err)
{
    struct str name = cell(t, C_LINK);
    struct modbus_link again = {0};
    uint64_t i;
    if (!map_get(&t->links, name, &i))
        return link_new(t, name, out, err);
    *out = (uint32_t)i;
    if (!cell(t, C_HOST).len)
        return OK;
    const struct modbus_link *l = &t->map->links.v[i];
    TRY(host_cell(t, &again, err));
    return strcmp(again.host, l->host) || strcmp(again.port, l->port)
               ? bad(t, C_HOST, "is another one than in the connection's first row", err)
               : OK;
}

/* ---- points ---- */

/* With a space: counted from 0, as on the wire (decimal or 0x). Without: as manuals number, 40001
 * or 400001 is the first holding register. ".3" behind it: the bit. */
static enum code address_cell(const struct table *t, struct modbus_point *p, struct error *err)
{
    struct str bit, text = str_cut(cell(t, C_ADDRESS), '.', &bit), space = cell(t, C_SPACE);
    char z[16], *end;
    p->bit = 255;
    if (!text.len || text.len > 8 || text.ptr[0] == '-' || text.ptr[0] == '+')
        return bad(t, C_ADDRESS, "is not an address", err);
    snprintf(z, sizeof z, "%.*s", STR_ARG(text));
    unsigned long v = strtoul(z, &end, str_starts(text, STR("0x")) ? 16 : 10);
    if (*end)
        return bad(t, C_ADDRESS, "is not an address", err);
    if (bit.ptr) {
        if (bit.len < 1 || bit.len > 2 || bit.ptr[0] < '0' || bit.ptr[0] > '9' ||
            atoi(arena_z(&t->map->arena, bit)) > 15)
            return bad(t, C_ADDRESS, "has no bit of 0 to 15 behind its point", err);
        p->bit = (uint8_t)atoi(arena_z(&t->map->arena, bit));
    }
    if (space.len) {
        for (int s = 0; s < MODBUS_SPACES; s++)
            if (str_is(space, space_names[s])) {
                p->space = (enum modbus_space)s;
                p->address = (uint16_t)v;
                return v <= 65535 ? OK : bad(t, C_ADDRESS, "is above 65535", err);
            }
        return bad(t, C_SPACE, "is not coil, discrete, input or holding", err);
    }
    static const int8_t by_digit[] = {MODBUS_COIL, MODBUS_DISCRETE, -1, MODBUS_INPUT,
                                      MODBUS_HOLDING};
    unsigned digit = (unsigned)(text.ptr[0] - '0');
    unsigned long base = text.len == 5 ? 10000 : 100000, in = v % base;
    if ((text.len != 5 && text.len != 6) || digit > 4 || by_digit[digit] < 0 || in < 1 ||
        in > 65536)
        return bad(t, C_ADDRESS,
                   "needs a space (coil, discrete, input, holding), or is not numbered as 40001",
                   err);
    p->space = (enum modbus_space)by_digit[digit];
    p->address = (uint16_t)(in - 1);
    return OK;
}

static enum code type_cells(const struct table *t, struct modbus_point *p, struct error *err)
{
    struct str type = cell(t, C_TYPE), order = cell(t, C_ORDER);
    bool bits = p->space == MODBUS_COIL || p->space == MODBUS_DISCRETE;
    p->type = bits || p->bit != 255 ? MODBUS_BIT : MODBUS_U16;
    for (int i = 0; type.len && i <= MODBUS_TYPES; i++) {
        if (i == MODBUS_TYPES)
            return bad(t, C_TYPE, "is not u16 s16 u32 s32 u64 s64 f32 f64 bcd16 bcd32 bit", err);
        if (str_is(type, type_names[i])) {
            p->type = (enum modbus_type)i;
            break;
        }
    }
    if (bits && (p->type != MODBUS_BIT || p->bit != 255))
        return bad(t, C_TYPE, "does not go with coils and discrete inputs", err);
    if (!bits && (p->type == MODBUS_BIT) != (p->bit != 255))
        return bad(t, C_ADDRESS, "of a bit in a register is written 100.3, with type bit", err);
    if (!bits && p->address + modbus_width(p->type) > 65536)
        return bad(t, C_ADDRESS, "reaches beyond 65535", err);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (str_is(order, orders[i].name)) {
            p->words_back = orders[i].words;
            p->bytes_back = orders[i].bytes;
            return OK;
        }
    return bad(t, C_ORDER, "is not ABCD, CDAB, BADC or DCBA", err);
}

/* Raw values, divided by ';' or blanks: 0x8000;65535. A negative one of a signed type is its bits.
 */
static enum code none_cell(const struct table *t, struct modbus_point *p, struct error *err)
{
    unsigned bits = 16 * modbus_width(p->type);
    uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
    for (struct str rest = cell(t, C_NONE); rest.len;) {
        struct str one = str_trim(str_cut(rest, ';', &rest));
        char z[32], *end;
        if (!one.len || str_is(one, "nan"))
            continue; /* NaN is never a value */
        snprintf(z, sizeof z, "%.*s", STR_ARG(one));
        bool minus = z[0] == '-';
        uint64_t v = strtoull(z + minus, &end, strncmp(z, "0x", 2) == 0 ? 16 : 10);
        if (one.len > 20 || end == z + minus || *end || z[minus] == '-' || z[minus] == '+' ||
            (!minus && v > mask) || p->none_count == MODBUS_NONE_MAX)
            return bad(t, C_NONE, "is not at most 4 raw values such as 0x8000;65535", err);
        p->none[p->none_count++] = (minus ? 0 - v : v) & mask;
    }
    return OK;
}

static enum code row(struct table *t, struct error *err)
{
    struct modbus_point p = {.name = cell(t, C_POINT), .line = t->csv.field[0].line};
    uint32_t unit, decimals;
    TRY(link_of(t, &p.link, err));
    if (!name_good(p.name))
        return bad(t, C_POINT, "is not a name (1 to 64 bytes, no '/')", err);
    struct str key = arena_fmt(&t->map->arena, "%u/%.*s", p.link, STR_ARG(p.name));
    uint64_t known;
    if (map_get(&t->names, key, &known))
        return bad(t, C_POINT, "is there twice in this connection", err);
    map_put(&t->names, key, p.line);
    TRY(whole(t, C_UNIT, 0, 255, 1, &unit, err));
    p.unit = (uint8_t)unit;
    TRY(address_cell(t, &p, err));
    TRY(type_cells(t, &p, err));
    TRY(decimal(t, C_SCALE, (struct dec){1, 0}, &p.scale, err));
    TRY(decimal(t, C_OFFSET, (struct dec){0, 0}, &p.offset, err));
    TRY(none_cell(t, &p, err));
    TRY(seconds(t, C_EVERY, EVERY_DEFAULT_MS, &p.every_ms, err));
    TRY(whole(t, C_DECIMALS, 0, 9, 255, &decimals, err));
    p.decimals = decimals == 255 ? -1 : (int8_t)decimals;
    if (modbus_width(p.type) > t->map->links.v[p.link].max)
        return bad(t, C_TYPE, "is wider than 'max' of the connection", err);
    if (t->map->points.len >= POINTS_MAX)
        return error_at(err, E_LIMIT, t->csv.line, 1, "more than %u points", POINTS_MAX);
    vec_push(&t->map->points, p);
    return OK;
}

static enum code header(struct table *t, struct error *err)
{
    bool more;
    TRY(csv_next(&t->csv, &more, err));
    for (int c = 0; c < COLUMNS; c++) {
        t->at[c] = SIZE_MAX;
        for (size_t i = 0; more && i < t->csv.count; i++) {
            struct str name = str_trim(t->csv.field[i].text);
            if (str_is(name, columns[c].en) || str_is(name, columns[c].zh))
                t->at[c] = i;
        }
        if (t->at[c] == SIZE_MAX && columns[c].must)
            return error_at(err, E_INPUT, 1, 1, "no column '%s' (%s) in the header", columns[c].en,
                            columns[c].zh);
    }
    return OK;
}

static enum code rows(struct table *t, struct str bytes, struct error *err)
{
    const char *encoding;
    struct str text;
    bool more = true;
    TRY(text_decode(bytes, &t->map->arena, &text, &encoding, err));
    csv_open(&t->csv, arena_dup(&t->map->arena, text), &t->map->arena);
    TRY(header(t, err));
    for (;;) {
        TRY(csv_next(&t->csv, &more, err));
        if (!more)
            break;
        TRY(row(t, err));
    }
    return t->map->points.len ? OK : error_set(err, E_INPUT, "no points below the header");
}

enum code modbus_map_read(struct str bytes, struct modbus_map **out, struct error *err)
{
    struct table *t = mem_zalloc(sizeof *t);
    t->map = mem_zalloc(sizeof *t->map);
    arena_init(&t->map->arena, 0);
    map_init(&t->links);
    map_init(&t->names);
    enum code code = rows(t, bytes, err);
    if (code == OK) {
        modbus_plan(t->map);
        *out = t->map;
    } else {
        modbus_map_free(t->map);
    }
    map_clear(&t->links);
    map_clear(&t->names);
    mem_free(t);
    return code;
}

void modbus_map_free(struct modbus_map *m)
{
    if (!m)
        return;
    vec_clear(&m->links);
    vec_clear(&m->points);
    vec_clear(&m->requests);
    vec_clear(&m->order);
    arena_clear(&m->arena);
    mem_free(m);
}
