/* json_topic.c - a JSON message to samples, as its row of the mapping says. */
#include "field/json_topic_int.h"
#include "net/mqtt.h"
#include <json-c/json.h>
#include <stdlib.h>

#define PATH_DEPTH 16

/* ---- pointers (RFC 6901) and templates ---- */

static struct str unescaped(struct str token, char *room)
{
    size_t n = 0;
    for (size_t i = 0; i < token.len; i++) {
        bool tilde = token.ptr[i] == '~' && i + 1 < token.len;
        if (tilde && token.ptr[i + 1] == '1')
            room[n++] = '/', i++;
        else if (tilde && token.ptr[i + 1] == '0')
            room[n++] = '~', i++;
        else
            room[n++] = token.ptr[i];
    }
    room[n] = '\0';
    return (struct str){room, n};
}

static bool step_into(struct json_object **o, struct str token)
{
    char room[512];
    if (token.len >= sizeof room)
        return false;
    struct str key = unescaped(token, room);
    if (json_object_is_type(*o, json_type_object))
        return json_object_object_get_ex(*o, room, o);
    if (!json_object_is_type(*o, json_type_array) || !key.len || key.len > 6)
        return false;
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] < '0' || key.ptr[i] > '9')
            return false;
    size_t at = (size_t)strtoul(room, NULL, 10);
    if (at >= json_object_array_length(*o))
        return false;
    *o = json_object_array_get_idx(*o, at);
    return true;
}

struct json_object *json_pointer(struct json_object *o, struct str pointer, bool *null)
{
    struct str rest = pointer.len ? str_sub(pointer, 1, pointer.len) : STR_NULL;
    *null = false;
    while (rest.ptr) {
        struct str token = str_cut(rest, '/', &rest);
        if (!step_into(&o, token))
            return NULL;
    }
    *null = o == NULL;
    return o;
}

/* The topic's level that stands where the row has {name}. */
static struct str level_named(const struct json_row *r, struct str topic, struct str name)
{
    struct str levels = r->levels;
    while (levels.ptr && topic.ptr) {
        struct str have = str_cut(topic, '/', &topic);
        if (str_eq(str_cut(levels, '/', &levels), name))
            return have;
    }
    return STR("");
}

struct str json_fill(const struct json_row *r, struct str topic, struct str text, struct arena *a)
{
    struct buf b;
    buf_init(&b, 4 * MQTT_TEXT_MAX);
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i;
        while (text.ptr[i] == '{' && end < text.len && text.ptr[end] != '}')
            end++;
        if (end == i || end == text.len) {
            buf_byte(&b, text.ptr[i]);
            continue;
        }
        buf_add(&b, level_named(r, topic, str_sub(text, i, end + 1 - i)));
        i = end;
    }
    struct str out = arena_dup(a, buf_str(&b));
    buf_clear(&b);
    return out;
}

/* ---- time ---- */

static bool digits(struct str *s, unsigned n, int *out)
{
    *out = 0;
    if (s->len < n)
        return false;
    for (unsigned i = 0; i < n; i++) {
        if (s->ptr[i] < '0' || s->ptr[i] > '9')
            return false;
        *out = *out * 10 + (s->ptr[i] - '0');
    }
    *s = str_sub(*s, n, s->len);
    return true;
}

static bool mark(struct str *s, const char *any)
{
    if (!s->len || !strchr(any, s->ptr[0]) || !s->ptr[0])
        return false;
    *s = str_sub(*s, 1, s->len);
    return true;
}

static bool zone(struct str s, int *minutes)
{
    int h, m = 0;
    *minutes = 8 * 60; /* 北京时间, when it does not say */
    if (!s.len)
        return true;
    if (str_is(s, "Z") || str_is(s, "z")) {
        *minutes = 0;
        return true;
    }
    bool minus = s.ptr[0] == '-';
    if (!mark(&s, "+-") || !digits(&s, 2, &h))
        return false;
    if (s.len) {
        (void)mark(&s, ":");
        if (!digits(&s, 2, &m) || s.len)
            return false;
    }
    *minutes = (minus ? -1 : 1) * (h * 60 + m);
    return h <= 14 && m < 60;
}

bool json_time_iso(struct str s, int64_t *out_ms)
{
    int year, month, day, hour, minute, second = 0, minutes;
    int64_t part = 0;
    if (!digits(&s, 4, &year) || !mark(&s, "-/") || !digits(&s, 2, &month) || !mark(&s, "-/") ||
        !digits(&s, 2, &day) || !mark(&s, "Tt ") || !digits(&s, 2, &hour) || !mark(&s, ":") ||
        !digits(&s, 2, &minute))
        return false;
    if (mark(&s, ":")) {
        if (!digits(&s, 2, &second))
            return false;
        if (mark(&s, ".,")) {
            int64_t unit = 100;
            size_t n = 0;
            for (; n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9'; n++, unit /= 10)
                part += (s.ptr[n] - '0') * unit;
            if (!n)
                return false;
            s = str_sub(s, n, s.len);
        }
    }
    if (!day_valid(year, month, day) || hour > 23 || minute > 59 || second > 60 ||
        !zone(s, &minutes))
        return false;
    *out_ms = ((((int64_t)day_from(year, month, day) * 24 + hour) * 60 + minute - minutes) * 60 +
               second) *
                  1000 +
              part;
    return true;
}

static struct str value_text(struct json_object *o)
{
    return (struct str){json_object_get_string(o), o ? strlen(json_object_get_string(o)) : 0};
}

/* A number of seconds, ... as milliseconds, parts of one cut off. */
static bool time_number(struct str text, enum json_clock clock, int64_t *out_ms)
{
    static const int power[] = {[CLOCK_S] = 3, [CLOCK_MS] = 0, [CLOCK_US] = -3, [CLOCK_NS] = -6};
    int64_t v;
    int16_t e;
    bool cut;
    if (!sample_number(text, &v, &e, &cut))
        return false;
    int shift = e + power[clock];
    for (; shift < 0 && v; shift++)
        v /= 10;
    for (; shift > 0; shift--)
        if (__builtin_mul_overflow(v, (int64_t)10, &v))
            return false;
    *out_ms = v;
    return true;
}

static enum code time_of(const struct json_row *r, struct json_object *record, int64_t now_ms,
                         int64_t *out, struct error *err)
{
    bool null;
    *out = now_ms;
    if (!r->clock)
        return OK;
    struct json_object *o = json_pointer(record, r->time, &null);
    struct str text = o ? value_text(o) : STR("");
    if (o && (r->clock == CLOCK_ISO ? json_time_iso(str_trim(text), out)
                                    : time_number(text, r->clock, out)))
        return OK;
    return error_set(err, E_INPUT,
                     "its time at '%.*s' is '%.*s', which cannot be read as the mapping says",
                     STR_ARG(r->time), STR_ARG(str_sub(text, 0, 60)));
}

/* ---- values ---- */

struct taking {
    const struct json_row *r;
    struct str topic, series;
    int64_t time_ms;
    struct arena *a;
    sample_vec *out;
    size_t first;
    struct json_topic_counts *counts;
};

static void put(struct taking *t, struct str field, struct json_object *o, bool null, bool mapped)
{
    struct sample s = {.series = t->series, .field = field, .time_ms = t->time_ms};
    bool good = true;
    if (t->out->len - t->first >= JSON_TOPIC_SAMPLES_MAX) {
        t->counts->cut_off++;
        return;
    }
    switch (json_object_get_type(o)) {
    case json_type_null:
        good = null;
        s.state = STATE_NULL;
        break;
    case json_type_boolean:
        s.mantissa = json_object_get_boolean(o);
        break;
    case json_type_int:
    case json_type_double:
        good = sample_number(value_text(o), &s.mantissa, &s.exp10, &s.cut);
        break;
    case json_type_string: /* a decimal as text, where the mapping names it */
        good = mapped && sample_number(str_trim(value_text(o)), &s.mantissa, &s.exp10, &s.cut);
        break;
    default:
        good = false;
    }
    if (good)
        vec_push(t->out, s);
    else
        t->counts->other++;
}

/* Every number of the record, named by its path "a/b/0". */
static void put_all(struct taking *t, struct json_object *o, struct str path, unsigned depth)
{
    if (depth > PATH_DEPTH)
        return;
    if (json_object_is_type(o, json_type_object)) {
        json_object_object_foreach(o, key, value)
        {
            struct str next = path.len ? arena_fmt(t->a, "%.*s/%s", STR_ARG(path), key)
                                       : arena_dup(t->a, str_z(key));
            struct str pointer = t->r->time.len ? str_sub(t->r->time, 1, t->r->time.len) : STR("");
            if (!t->r->clock || !str_eq(next, pointer))
                put_all(t, value, next, depth + 1);
        }
    } else if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o) && i < JSON_TOPIC_SAMPLES_MAX; i++)
            put_all(t, json_object_array_get_idx(o, i),
                    arena_fmt(t->a, "%.*s/%zu", STR_ARG(path), i), depth + 1);
    } else if (path.len) {
        put(t, path, o, true, false);
    }
}

static enum code record(struct taking *t, struct json_object *o, int64_t now_ms, struct error *err)
{
    TRY(time_of(t->r, o, now_ms, &t->time_ms, err));
    if (t->r->all)
        put_all(t, o, STR(""), 0);
    for (size_t i = 0; i < t->r->fields.len; i++) {
        bool null;
        struct json_object *v = json_pointer(o, t->r->fields.v[i].pointer, &null);
        if (v || null)
            put(t, json_fill(t->r, t->topic, t->r->fields.v[i].name, t->a), v, null, true);
        else
            t->counts->absent++;
    }
    return OK;
}

static enum code records(struct taking *t, struct json_object *root, int64_t now_ms,
                         struct error *err)
{
    bool null;
    if (!t->r->each.ptr)
        return record(t, root, now_ms, err);
    struct json_object *list = json_pointer(root, t->r->each, &null);
    if (!list || !json_object_is_type(list, json_type_array))
        return error_set(err, E_INPUT, "there is no list at '%.*s'", STR_ARG(t->r->each));
    for (size_t i = 0; i < json_object_array_length(list); i++)
        TRY(record(t, json_object_array_get_idx(list, i), now_ms, err));
    return OK;
}

static enum code plain(struct taking *t, struct str payload, int64_t now_ms, struct error *err)
{
    struct sample s = {.series = t->series, .time_ms = now_ms};
    if (!sample_number(str_trim(payload), &s.mantissa, &s.exp10, &s.cut))
        return error_set(err, E_INPUT, "'%.*s' is not a number", STR_ARG(str_sub(payload, 0, 60)));
    s.field = json_fill(t->r, t->topic, t->r->fields.v[0].name, t->a);
    vec_push(t->out, s);
    return OK;
}

enum code json_topics_decode(const struct json_topics *t, struct str topic, struct str payload,
                             int64_t now_ms, struct arena *a, sample_vec *out,
                             struct json_topic_counts *counts, struct error *err)
{
    struct json_object *root;
    size_t i = 0;
    while (i < t->rows.len && !mqtt_filter_matches(t->rows.v[i].filter, topic))
        i++;
    if (i == t->rows.len)
        return error_set(err, E_MISSING, "no row of the mapping has the topic '%.*s'",
                         STR_ARG(str_sub(topic, 0, 200)));
    struct taking k = {.r = &t->rows.v[i],
                       .topic = topic,
                       .a = a,
                       .out = out,
                       .first = out->len,
                       .counts = counts};
    k.series = json_fill(k.r, topic, k.r->series, a);
    if (k.r->plain)
        return plain(&k, payload, now_ms, err);
    TRY(json_parse(payload, &root, err));
    enum code code = records(&k, root, now_ms, err);
    if (code != OK)
        out->len = k.first;
    json_put(root);
    return code;
}
