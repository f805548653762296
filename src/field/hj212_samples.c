/* hj212_samples.c - readings out of a data message: names, numbers, marks, times. */
#include "field/hj212.h"
#include <stdio.h>

#define NAME_MAX_BYTES 64u

struct work {
    const struct hj212_message *m;
    const struct hj212_words *w;
    struct hj212_out *out;
    struct str series;
    const char *bare; /* suffix of a mark that came without its number */
    VEC(struct hj212_item) items;
    VEC(size_t) flags; /* indices of items that are marks */
    size_t flag_at;    /* of flags: the one last found */
};

void hj212_out_init(struct hj212_out *o, struct arena *arena)
{
    *o = (struct hj212_out){.arena = arena, .time_ms = INT64_MIN};
}

void hj212_out_reset(struct hj212_out *o)
{
    o->samples.len = o->issues.len = 0;
    o->time_ms = INT64_MIN;
}

void hj212_out_clear(struct hj212_out *o)
{
    vec_clear(&o->samples);
    vec_clear(&o->issues);
}

static void issue(struct work *k, bool refused, const struct hj212_item *it, const char *why)
{
    struct hj212_issue x = {.refused = refused, .column = it ? it->column : 0};
    if (it)
        snprintf(x.text, sizeof x.text, "%.*s=%.*s: %s", STR_ARG(str_sub(it->name, 0, 40)),
                 STR_ARG(str_sub(it->value, 0, 40)), why);
    else
        snprintf(x.text, sizeof x.text, "%s", why);
    vec_push(&k->out->issues, x);
}

static struct sample *put(struct work *k, struct str field, enum fact_state state)
{
    vec_push(&k->out->samples, (struct sample){.series = k->series,
                                               .field = field,
                                               .time_ms = k->out->time_ms,
                                               .state = (uint8_t)state});
    return &k->out->samples.v[k->out->samples.len - 1];
}

/* ---- marks ---- */

/* The mark of the item's factor: the first at or behind it, else the last before it. Marks stand
 * beside their values, so the search goes on from the one last found. */
static const struct hj212_item *mark_of(struct work *k, size_t item)
{
    const struct hj212_item *before = NULL;
    for (size_t i = 0; i < k->flags.len; i++) {
        size_t at = (k->flag_at + i) % k->flags.len;
        const struct hj212_item *f = &k->items.v[k->flags.v[at]];
        if (!str_eq(f->factor, k->items.v[item].factor))
            continue;
        before = f;
        if (k->flags.v[at] >= item) {
            k->flag_at = at;
            return f;
        }
    }
    return before;
}

/* The state of a mark; an unknown one is told and makes the value no valid one. */
static enum fact_state state_of(struct work *k, const struct hj212_item *mark)
{
    enum fact_state state = STATE_VALUE;
    if (!mark || !mark->value.len)
        return STATE_VALUE;
    if (!hj212_flag(k->w, mark->value, &state)) {
        issue(k, false, mark, "this mark is not in the catalogue; the value is kept beside a null");
        return STATE_NULL;
    }
    return state;
}

/* ---- values ---- */

static bool nothing(struct str v)
{
    static const char *const words[] = {"", "-", "--", "---", "null", "NULL", "NaN", "nan"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(v, words[i]))
            return true;
    return false;
}

static void put_number(struct work *k, struct str field, const struct sample *number)
{
    struct sample *s = put(k, field, STATE_VALUE);
    s->mantissa = number->mantissa;
    s->exp10 = number->exp10;
    s->cut = number->cut;
}

/* A mark as it may stand in a name; a garbled one is "?". */
static struct str mark_name(struct str mark)
{
    for (size_t i = 0; i < mark.len; i++)
        if (mark.ptr[i] <= 0x20 || mark.ptr[i] == 0x7F || mark.ptr[i] == '/')
            return STR("?");
    return mark.len <= 4 ? mark : STR("?");
}

static void put_marked(struct work *k, const struct hj212_item *it, const struct hj212_item *mark,
                       enum fact_state state, const struct sample *number)
{
    put(k, it->name, state);
    if (!number)
        return;
    put_number(
        k,
        arena_fmt(k->out->arena, "%.*s/%.*s", STR_ARG(it->name), STR_ARG(mark_name(mark->value))),
        number);
}

static void value_item(struct work *k, size_t i, bool listed)
{
    const struct hj212_item *it = &k->items.v[i];
    struct sample number = {0};
    bool empty = nothing(it->value);
    if (!empty && !sample_number(it->value, &number.mantissa, &number.exp10, &number.cut)) {
        if (listed || it->suffix.len)
            issue(k, true, it, "not a number");
        return;
    }
    const struct hj212_item *mark = mark_of(k, i);
    enum fact_state state = state_of(k, mark);
    if (state != STATE_VALUE)
        put_marked(k, it, mark, state, empty ? NULL : &number);
    else if (empty)
        put(k, it->name, STATE_NULL);
    else
        put_number(k, it->name, &number);
}

static void time_item(struct work *k, size_t i)
{
    const struct hj212_item *it = &k->items.v[i];
    int64_t ms;
    if (nothing(it->value))
        return;
    if (!hj212_time(it->value, &ms)) {
        issue(k, true, it, "not a time YYYYMMDDhhmmss");
        return;
    }
    struct sample number = {.mantissa = ms % 1000 ? ms : ms / 1000, .exp10 = ms % 1000 ? -3 : 0};
    put_number(k, it->name, &number);
}

/* A mark of a factor that has no value in this message. */
static void flag_item(struct work *k, size_t i)
{
    const struct hj212_item *it = &k->items.v[i];
    for (size_t n = 0; n < k->items.len; n++)
        if (n != i && str_eq(k->items.v[n].factor, it->factor) &&
            hj212_field(k->w, k->items.v[n].suffix) == HJ212_VALUE)
            return;
    enum fact_state state = state_of(k, it);
    if (state == STATE_VALUE) {
        issue(k, false, it, "a mark without a value");
        return;
    }
    put(k, arena_fmt(k->out->arena, "%.*s-%s", STR_ARG(it->factor), k->bare), state);
}

static bool named_well(struct work *k, const struct hj212_item *it)
{
    bool good = it->name.len > 0 && it->name.len <= NAME_MAX_BYTES && utf8_valid(it->name) &&
                !memchr(it->name.ptr, '/', it->name.len);
    for (size_t i = 0; good && i < it->name.len; i++)
        good = (unsigned char)it->name.ptr[i] > 0x20 && it->name.ptr[i] != 0x7F;
    if (!good)
        issue(k, true, it, "not a name of a value");
    return good;
}

static void one_item(struct work *k, size_t i)
{
    const struct hj212_item *it = &k->items.v[i];
    if (str_is(it->name, "DataTime"))
        return;
    if (!it->value.ptr) {
        issue(k, true, it, "not NAME=VALUE");
        return;
    }
    if (!named_well(k, it))
        return;
    enum hj212_field field = hj212_field(k->w, it->suffix);
    if (field == HJ212_FLAG)
        flag_item(k, i);
    else if (field == HJ212_TIME || (!it->suffix.len && str_ends(it->name, STR("Time"))))
        time_item(k, i);
    else if (field != HJ212_TEXT)
        value_item(k, i, field == HJ212_VALUE);
}

/* ---- the message ---- */

static void collect(struct work *k)
{
    struct hj212_item it;
    for (struct str rest = k->m->cp; hj212_item_next(k->m->cp, &rest, &it);) {
        if (hj212_field(k->w, it.suffix) == HJ212_FLAG && it.value.ptr)
            vec_push(&k->flags, k->items.len);
        vec_push(&k->items, it);
    }
}

static enum code time_of(struct work *k, int64_t time_ms, struct error *err)
{
    struct str text = hj212_item_find(k->m->cp, "DataTime");
    k->out->time_ms = time_ms;
    if (!text.ptr && time_ms != INT64_MIN)
        return OK;
    if (!text.ptr && HJ212_VERSION(k->m) == 2 && k->m->cp.len && !str_has(k->m->cp, STR("=")))
        return error_set(err, E_INPUT, "CP is encrypted (HJ 212-2025); send it in plain text");
    if (!text.ptr)
        return error_set(err, E_INPUT, "DataTime is missing");
    if (!hj212_time(text, &k->out->time_ms))
        return error_at(err, E_INPUT, 0, (uint32_t)(text.ptr - k->m->cp.ptr) + 1,
                        "DataTime '%.*s' is not a time YYYYMMDDhhmmss",
                        STR_ARG(str_sub(text, 0, 40)));
    return OK;
}

enum code hj212_samples(const struct hj212_message *m, const struct hj212_words *w, int64_t time_ms,
                        struct hj212_out *out, struct error *err)
{
    const struct hj212_command *c = hj212_command(w, m->cn);
    struct work k = {.m = m, .w = w, .out = out};
    if (!c || !c->series.ptr)
        return error_set(err, E_INPUT, "CN %04u is not a command that carries readings", m->cn);
    TRY(time_of(&k, time_ms, err));
    k.series = arena_fmt(out->arena, "hj212/%.*s%s%.*s", STR_ARG(m->mn), c->series.len ? "/" : "",
                         STR_ARG(c->series));
    k.bare = c->series.len ? "Avg" : "Rtd";
    collect(&k);
    for (size_t i = 0; i < k.items.len; i++)
        one_item(&k, i);
    vec_clear(&k.items);
    vec_clear(&k.flags);
    return OK;
}
