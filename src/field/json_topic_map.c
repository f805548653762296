/* json_topic_map.c - the mapping of JSON topics from its own JSON, refused with row and member. */
#include "field/json_topic_int.h"
#include "net/mqtt.h"
#include <json-c/json.h>

static struct str text_of(struct json_object *o)
{
    return (struct str){json_object_get_string(o), (size_t)json_object_get_string_len(o)};
}

/* A member that must be a text, or is absent (ptr NULL). */
static enum code member(struct json_object *o, size_t row, const char *key, struct arena *a,
                        struct str *out, struct error *err)
{
    struct json_object *v;
    *out = STR_NULL;
    if (!json_object_object_get_ex(o, key, &v))
        return OK;
    if (!json_object_is_type(v, json_type_string))
        return error_set(err, E_INPUT, "row %zu of the mapping: '%s' must be a text", row, key);
    *out = arena_dup(a, text_of(v));
    if (!out->ptr)
        *out = STR("");
    return OK;
}

static bool pointer_valid(struct str p)
{
    return !p.len || p.ptr[0] == '/';
}

/* "plant/{line}/#" as the filter "plant/+/#". */
static enum code filter_of(struct json_row *r, size_t row, struct arena *a, struct error *err)
{
    struct str rest = r->levels;
    struct buf b;
    buf_init(&b, MQTT_TEXT_MAX);
    while (rest.ptr) {
        struct str level = str_cut(rest, '/', &rest);
        bool name = level.len > 2 && level.ptr[0] == '{' && level.ptr[level.len - 1] == '}';
        buf_add(&b, name ? STR("+") : level);
        if (rest.ptr)
            buf_byte(&b, '/');
    }
    r->filter = arena_dup(a, buf_str(&b));
    buf_clear(&b);
    if (!mqtt_filter_valid(r->filter) || str_starts(r->filter, STR("$share/")))
        return error_set(err, E_INPUT, "row %zu of the mapping: '%.*s' is not a topic filter", row,
                         STR_ARG(r->levels));
    return OK;
}

/* Every {name} of a template must be a level. */
static enum code names_known(const struct json_row *r, size_t row, struct str text,
                             struct error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '{')
            continue;
        size_t end = i;
        while (end < text.len && text.ptr[end] != '}')
            end++;
        struct str name = str_sub(text, i, end + 1 - i);
        if (end == text.len || !str_has(r->levels, name))
            return error_set(err, E_INPUT, "row %zu of the mapping: '%.*s' is no level of '%.*s'",
                             row, STR_ARG(name), STR_ARG(r->levels));
    }
    return OK;
}

static enum code clock_of(struct str s, size_t row, enum json_clock *out, struct error *err)
{
    static const char *const names[] = {"", "s", "ms", "us", "ns", "iso8601"};
    for (int i = CLOCK_S; i <= CLOCK_ISO; i++)
        if (str_is(s, names[i])) {
            *out = (enum json_clock)i;
            return OK;
        }
    return error_set(err, E_INPUT,
                     "row %zu of the mapping: the time's 'format' must be s, ms, us, ns or iso8601",
                     row);
}

static enum code time_of(struct json_row *r, size_t row, struct json_object *o, struct arena *a,
                         struct error *err)
{
    struct json_object *t;
    struct str format;
    if (!json_object_object_get_ex(o, "time", &t))
        return OK;
    if (!json_object_is_type(t, json_type_object))
        return error_set(err, E_INPUT,
                         "row %zu of the mapping: 'time' must be {\"pointer\", \"format\"}", row);
    TRY(member(t, row, "pointer", a, &r->time, err));
    TRY(member(t, row, "format", a, &format, err));
    if (!r->time.ptr || !pointer_valid(r->time))
        return error_set(err, E_INPUT,
                         "row %zu of the mapping: the time's 'pointer' must begin with '/'", row);
    return clock_of(format, row, &r->clock, err);
}

static enum code fields_of(struct json_row *r, size_t row, struct json_object *o, struct arena *a,
                           struct error *err)
{
    struct json_object *list;
    struct str field;
    TRY(member(o, row, "field", a, &field, err));
    if (json_object_object_get_ex(o, "fields", &list)) {
        if (!json_object_is_type(list, json_type_array))
            return error_set(err, E_INPUT, "row %zu of the mapping: 'fields' must be a list", row);
        for (size_t i = 0; i < json_object_array_length(list); i++) {
            struct json_object *f = json_object_array_get_idx(list, i);
            struct json_field v;
            if (!json_object_is_type(f, json_type_object))
                return error_set(
                    err, E_INPUT,
                    "row %zu of the mapping: field %zu must be {\"pointer\", \"field\"}", row,
                    i + 1);
            TRY(member(f, row, "pointer", a, &v.pointer, err));
            TRY(member(f, row, "field", a, &v.name, err));
            if (!v.pointer.ptr || !pointer_valid(v.pointer) || !v.name.len)
                return error_set(err, E_INPUT,
                                 "row %zu of the mapping: field %zu needs a 'pointer' that begins "
                                 "with '/', and a 'field'",
                                 row, i + 1);
            TRY(names_known(r, row, v.name, err));
            vec_push(&r->fields, v);
        }
    } else if (field.len) {
        TRY(names_known(r, row, field, err));
        vec_push(&r->fields, (struct json_field){STR(""), field});
    }
    r->all = !r->fields.len;
    if (r->plain && r->fields.len != 1)
        return error_set(err, E_INPUT,
                         "row %zu of the mapping: a payload that is a number needs one 'field'",
                         row);
    return OK;
}

static enum code row_of(struct json_row *r, size_t row, struct json_object *o, struct arena *a,
                        struct error *err)
{
    static const char *const known[] = {"topic", "series", "payload", "each",
                                        "time",  "field",  "fields",  "note"};
    struct str payload;
    if (!json_object_is_type(o, json_type_object))
        return error_set(err, E_INPUT, "row %zu of the mapping is not an object", row);
    json_object_object_foreach(o, key, value)
    {
        size_t i = 0;
        (void)value;
        while (i < sizeof known / sizeof *known && strcmp(known[i], key) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            return error_set(err, E_INPUT, "row %zu of the mapping: unknown member '%.60s'", row,
                             key);
    }
    TRY(member(o, row, "topic", a, &r->levels, err));
    TRY(member(o, row, "series", a, &r->series, err));
    TRY(member(o, row, "each", a, &r->each, err));
    TRY(member(o, row, "payload", a, &payload, err));
    if (!r->levels.len || !r->series.len)
        return error_set(err, E_INPUT, "row %zu of the mapping needs 'topic' and 'series'", row);
    if (payload.ptr && !str_is(payload, "json") && !str_is(payload, "number"))
        return error_set(err, E_INPUT, "row %zu of the mapping: 'payload' must be json or number",
                         row);
    r->plain = str_is(payload, "number");
    if (r->each.ptr && !pointer_valid(r->each))
        return error_set(err, E_INPUT, "row %zu of the mapping: 'each' must begin with '/'", row);
    TRY(filter_of(r, row, a, err));
    TRY(names_known(r, row, r->series, err));
    TRY(time_of(r, row, o, a, err));
    return fields_of(r, row, o, a, err);
}

static enum code rows_of(struct json_topics *t, struct json_object *root, struct error *err)
{
    struct json_object *list = NULL;
    if (!json_object_is_type(root, json_type_object) ||
        !json_object_object_get_ex(root, "topics", &list) ||
        !json_object_is_type(list, json_type_array) || !json_object_array_length(list))
        return error_set(err, E_INPUT,
                         "the mapping must be {\"topics\": [...]} with at least one row");
    if (json_object_array_length(list) > JSON_TOPICS_MAX)
        return error_set(err, E_LIMIT, "the mapping has more than %d rows", JSON_TOPICS_MAX);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        vec_push(&t->rows, (struct json_row){0});
        TRY(row_of(&t->rows.v[i], i + 1, json_object_array_get_idx(list, i), &t->a, err));
    }
    return OK;
}

enum code json_topics_parse(struct json_topics **out, struct str mapping, struct error *err)
{
    struct json_object *root;
    TRY(json_parse(mapping, &root, err));
    struct json_topics *t = mem_zalloc(sizeof *t);
    arena_init(&t->a, 0);
    enum code code = rows_of(t, root, err);
    json_put(root);
    if (code == OK)
        *out = t;
    else
        json_topics_free(t);
    return code;
}

void json_topics_free(struct json_topics *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->rows.len; i++)
        vec_clear(&t->rows.v[i].fields);
    vec_clear(&t->rows);
    arena_clear(&t->a);
    mem_free(t);
}

size_t json_topics_count(const struct json_topics *t)
{
    return t->rows.len;
}

struct str json_topics_filter(const struct json_topics *t, size_t row)
{
    return t->rows.v[row].filter;
}
