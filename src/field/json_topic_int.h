/* json_topic_int.h - a mapping, read. */
#ifndef LUOSHU_FIELD_JSON_TOPIC_INT_H
#define LUOSHU_FIELD_JSON_TOPIC_INT_H
#include "field/json_topic.h"

enum json_clock { CLOCK_NONE, CLOCK_S, CLOCK_MS, CLOCK_US, CLOCK_NS, CLOCK_ISO };
struct json_field {
    struct str pointer, name; /* RFC 6901; template of the field */
};
struct json_row {
    struct str filter; /* as subscribed */
    struct str levels; /* with {names} */
    struct str series; /* template */
    struct str each;   /* pointer to an array of records; ptr NULL: the message is the record */
    struct str time;   /* pointer, within the record */
    enum json_clock clock;
    bool plain; /* the payload is a number as text */
    bool all;   /* every number of the record is a field, by its path */
    VEC(struct json_field) fields;
};
struct json_topics {
    struct arena a;
    VEC(struct json_row) rows;
};
/* The value a pointer leads to; NULL: nothing there. *null: a JSON null is there. */
struct json_object *json_pointer(struct json_object *o, struct str pointer, bool *null);
/* {name} of the row's levels put in from the topic. */
struct str json_fill(const struct json_row *r, struct str topic, struct str text, struct arena *a);
#endif
