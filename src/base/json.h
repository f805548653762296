/* json.h - JSON out by a small writer, in by json-c with limits. Decimals travel as text. */
#ifndef LUOSHU_BASE_JSON_H
#define LUOSHU_BASE_JSON_H
#include "decimal.h"
#include "str.h"

/* Writer: commas and nesting are kept by it. Names are literals. */
struct json {
    struct buf *out;
    uint8_t depth;
    bool first[64]; /* nothing written yet at this depth */
    bool named;     /* a key was just written */
};
/* json-c has types named json_object and json_bool; as macros with arguments ours live beside them. */
#define json_object(j) json_object_begin(j)
#define json_bool(j, v) json_boolean(j, v)
void json_init(struct json *j, struct buf *out);
void json_object_begin(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_key_str(struct json *j, struct str key);
void json_str(struct json *j, struct str s); /* invalid UTF-8 becomes U+FFFD */
void json_z(struct json *j, const char *z);  /* NULL -> null */
void json_int(struct json *j, int64_t v);
void json_boolean(struct json *j, bool v);
void json_null(struct json *j);
void json_dec(struct json *j, i128 units, unsigned scale); /* as text: "12.50" */
void json_raw(struct json *j, struct str json);
/* key and value in one go */
void json_kstr(struct json *j, const char *key, struct str s);
void json_kz(struct json *j, const char *key, const char *z);
void json_kint(struct json *j, const char *key, int64_t v);
void json_kbool(struct json *j, const char *key, bool v);

#define JSON_DEPTH_MAX 32
struct json_object; /* json-c */
/* The whole of `text` as one value. Depth and size are limited; duplicate keys, trailing bytes,
 * NaN, Infinity and comments are refused; integers outside 64 bits are refused.
 * own    *out is the caller's, given back with json_put
 * fails  E_INPUT with line and column, E_LIMIT */
MUST_CHECK enum code json_parse(struct str text, struct json_object **out, struct error *err);
void json_put(struct json_object *o);
/* Field of an object as text: strings as they are, numbers as written; fails E_INPUT when absent
 * or of another type (required) or gives STR_NULL when absent (optional). */
MUST_CHECK enum code json_get_str(struct json_object *o, const char *key, bool required,
                                  struct str *out, struct error *err);
#endif
