/* hj212_words.c - what the catalogue says of HJ 212: commands, factors, marks, names, systems. */
#include "field/hj212.h"

extern const char hj212_commands_csv[], hj212_factors_csv[], hj212_fields_csv[], hj212_flags_csv[],
    hj212_systems_csv[]; /* embedded, see meson.build */

struct flag {
    struct str flag;
    enum fact_state state;
};
struct suffix {
    struct str suffix;
    enum hj212_field field;
};
struct system {
    struct str st;
    char *name_zh;
};
struct hj212_words {
    struct arena arena;
    VEC(struct hj212_command) commands;
    VEC(struct hj212_factor) factors;
    VEC(struct flag) flags;
    VEC(struct suffix) suffixes;
    VEC(struct system) systems;
    struct map factor_of; /* code, then code of 2005 -> index; the first row of a code wins */
};

static const char *const kind_names[HJ212_KINDS] = {"data",   "notice", "request",
                                                    "answer", "login",  "heartbeat"};
static const char *const field_names[HJ212_UNLISTED] = {"value", "flag", "time", "text"};

static enum code name_in(const char *const *names, int count, const struct csv_field *f, int *out,
                         struct error *err)
{
    for (*out = 0; *out < count; ++*out)
        if (str_is(f->text, names[*out]))
            return OK;
    return error_at(err, E_INPUT, f->line, f->column, "unknown word '%.*s'", STR_ARG(f->text));
}

static enum code number_in(const struct csv_field *f, unsigned max, unsigned *out,
                           struct error *err)
{
    struct dec d;
    TRY(dec_parse(f->text, &d, err));
    if (d.scale != 0 || d.units < 0 || d.units > (int64_t)max)
        return error_at(err, E_INPUT, f->line, f->column, "'%.*s' is not within 0 and %u",
                        STR_ARG(f->text), max);
    *out = (unsigned)d.units;
    return OK;
}

/* ---- rows: the columns stand at the head of each file ---- */

static enum code command_row(struct hj212_words *w, const struct csv_field *f, struct error *err)
{
    struct hj212_command c = {.name_zh = f[7].text, .name_en = f[8].text};
    unsigned cn, answer = 0;
    int kind;
    TRY(number_in(&f[0], 9999, &cn, err));
    TRY(name_in(kind_names, HJ212_KINDS, &f[3], &kind, err));
    if (f[5].text.len)
        TRY(number_in(&f[5], 9999, &answer, err));
    c.cn = (uint16_t)cn;
    c.answer = (uint16_t)answer;
    c.kind = (enum hj212_kind)kind;
    if (str_is(f[4].text, "."))
        c.series = STR("");
    else if (!str_is(f[4].text, "-"))
        c.series = f[4].text;
    vec_push(&w->commands, c);
    return OK;
}

static enum code factor_row(struct hj212_words *w, const struct csv_field *f, struct error *err)
{
    struct hj212_factor x = {.code = f[0].text,
                             .old_code = f[3].text,
                             .name_zh = f[2].text,
                             .unit = f[4].text,
                             .unit_mass = f[5].text};
    unsigned decimals = 0;
    if (f[7].text.len)
        TRY(number_in(&f[7], 9, &decimals, err));
    x.decimals = (uint8_t)decimals;
    map_at(&w->factor_of, x.code, w->factors.len);
    if (x.old_code.len)
        map_at(&w->factor_of, x.old_code, w->factors.len);
    vec_push(&w->factors, x);
    return OK;
}

static enum code flag_row(struct hj212_words *w, const struct csv_field *f, struct error *err)
{
    struct flag x = {.flag = f[0].text};
    static const struct {
        const char *word;
        enum fact_state state;
    } states[] = {{"value", STATE_VALUE},
                  {"null", STATE_NULL},
                  {"withheld", STATE_WITHHELD},
                  {"offline", STATE_OFFLINE},
                  {"over-limit", STATE_OVER_LIMIT}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (str_is(f[2].text, states[i].word)) {
            x.state = states[i].state;
            vec_push(&w->flags, x);
            return OK;
        }
    return error_at(err, E_INPUT, f[2].line, f[2].column, "unknown state '%.*s'",
                    STR_ARG(f[2].text));
}

static enum code suffix_row(struct hj212_words *w, const struct csv_field *f, struct error *err)
{
    int field;
    TRY(name_in(field_names, HJ212_UNLISTED, &f[1], &field, err));
    vec_push(&w->suffixes, (struct suffix){f[0].text, (enum hj212_field)field});
    return OK;
}

static enum code system_row(struct hj212_words *w, const struct csv_field *f, struct error *err)
{
    (void)err;
    vec_push(&w->systems, (struct system){f[0].text, arena_z(&w->arena, f[2].text)});
    return OK;
}

static const struct {
    const char *name, *text;
    size_t columns;
    enum code (*row)(struct hj212_words *w, const struct csv_field *f, struct error *err);
} files[] = {{"commands.csv", hj212_commands_csv, 9, command_row},
             {"factors.csv", hj212_factors_csv, 8, factor_row},
             {"flags.csv", hj212_flags_csv, 5, flag_row},
             {"fields.csv", hj212_fields_csv, 4, suffix_row},
             {"systems.csv", hj212_systems_csv, 4, system_row}};

static enum code read_file(struct hj212_words *w, size_t i, struct csv *c, struct error *err)
{
    bool more, header = true;
    csv_open(c, str_z(files[i].text), &w->arena);
    for (;; header = false) {
        TRY(csv_next(c, &more, err));
        if (!more)
            return OK;
        if (c->count != files[i].columns)
            return error_at(err, E_INPUT, c->line, 1, "catalog/hj212/%s: %zu columns, not %zu",
                            files[i].name, c->count, files[i].columns);
        if (!header)
            TRY(files[i].row(w, c->field, err));
    }
}

enum code hj212_words_new(struct hj212_words **out, struct error *err)
{
    struct hj212_words *w = mem_zalloc(sizeof *w);
    struct csv *c = mem_zalloc(sizeof *c);
    enum code code = OK;
    arena_init(&w->arena, 0);
    map_init(&w->factor_of);
    for (size_t i = 0; code == OK && i < sizeof files / sizeof *files; i++)
        code = read_file(w, i, c, err);
    mem_free(c);
    if (code == OK)
        *out = w;
    else
        hj212_words_free(w);
    return code;
}

void hj212_words_free(struct hj212_words *w)
{
    if (!w)
        return;
    vec_clear(&w->commands);
    vec_clear(&w->factors);
    vec_clear(&w->flags);
    vec_clear(&w->suffixes);
    vec_clear(&w->systems);
    map_clear(&w->factor_of);
    arena_clear(&w->arena);
    mem_free(w);
}

/* ---- asking ---- */

const struct hj212_command *hj212_command(const struct hj212_words *w, uint16_t cn)
{
    for (size_t i = 0; i < w->commands.len; i++)
        if (w->commands.v[i].cn == cn)
            return &w->commands.v[i];
    return NULL;
}

const struct hj212_factor *hj212_factor(const struct hj212_words *w, struct str code)
{
    uint64_t i;
    char xx[16];
    if (map_get(&w->factor_of, code, &i))
        return &w->factors.v[i];
    if (code.len < 4 || code.len > sizeof xx)
        return NULL;
    memcpy(xx, code.ptr, code.len);
    xx[code.len - 1] = xx[code.len - 2] = 'x';
    return map_get(&w->factor_of, (struct str){xx, code.len}, &i) ? &w->factors.v[i] : NULL;
}

enum hj212_field hj212_field(const struct hj212_words *w, struct str suffix)
{
    for (size_t i = 0; i < w->suffixes.len; i++)
        if (str_eq(w->suffixes.v[i].suffix, suffix))
            return w->suffixes.v[i].field;
    return HJ212_UNLISTED;
}

bool hj212_flag(const struct hj212_words *w, struct str flag, enum fact_state *out)
{
    for (size_t i = 0; i < w->flags.len; i++)
        if (str_eq(w->flags.v[i].flag, flag)) {
            *out = w->flags.v[i].state;
            return true;
        }
    return false;
}

const char *hj212_system(const struct hj212_words *w, struct str st)
{
    for (size_t i = 0; i < w->systems.len; i++)
        if (str_eq(w->systems.v[i].st, st))
            return w->systems.v[i].name_zh;
    return NULL;
}
