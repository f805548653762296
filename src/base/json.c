/* json.c - JSON out by a small writer; in by a strict scan, then json-c for the tree.
 * json-c alone would pass NaN, clamp large integers, keep the last of two equal keys and count
 * bytes instead of lines; the scan refuses what RFC 8259 does not have, and what would be lost. */
#include "json.h"
#include "vec.h"
#include <assert.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>

/* ---- writer ---- */

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
    j->first[0] = true;
}

/* What goes before a value or a key: a comma, unless it is the first or follows its key. */
static void lead(struct json *j)
{
    if (!j->named && !j->first[j->depth])
        buf_byte(j->out, ',');
    j->named = false;
    j->first[j->depth] = false;
}

static void enter(struct json *j, char bracket)
{
    lead(j);
    assert(j->depth + 1u < sizeof j->first / sizeof *j->first);
    j->first[++j->depth] = true;
    buf_byte(j->out, bracket);
}

static void leave(struct json *j, char bracket)
{
    assert(j->depth > 0 && !j->named);
    j->depth--;
    buf_byte(j->out, bracket);
}

void json_object_begin(struct json *j)
{
    enter(j, '{');
}

void json_object_end(struct json *j)
{
    leave(j, '}');
}

void json_array(struct json *j)
{
    enter(j, '[');
}

void json_array_end(struct json *j)
{
    leave(j, ']');
}

static void put_escape(struct buf *b, unsigned char c)
{
    static const char short_form[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    buf_byte(b, '\\');
    if (c >= 32)
        buf_byte(b, (char)c);
    else if (short_form[c] != 0)
        buf_byte(b, short_form[c]);
    else
        buf_fmt(b, "u%04x", c);
}

/* Runs that need no care are copied whole; `bad` is the next malformed byte, found once each. */
static void put_string(struct buf *b, struct str s)
{
    size_t bad = utf8_bad(s), from = 0;
    buf_byte(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (i < bad && c >= 32 && c != '"' && c != '\\')
            continue;
        buf_add(b, str_sub(s, from, i - from));
        from = i + 1;
        if (i < bad) {
            put_escape(b, c);
        } else {
            buf_z(b, "\xEF\xBF\xBD");
            bad = from + utf8_bad(str_sub(s, from, s.len));
        }
    }
    buf_add(b, str_sub(s, from, s.len));
    buf_byte(b, '"');
}

void json_key_str(struct json *j, struct str key)
{
    assert(!j->named && j->depth > 0);
    lead(j);
    put_string(j->out, key);
    buf_byte(j->out, ':');
    j->named = true;
}

void json_key(struct json *j, const char *key)
{
    json_key_str(j, str_z(key));
}

void json_str(struct json *j, struct str s)
{
    lead(j);
    put_string(j->out, s);
}

void json_z(struct json *j, const char *z)
{
    if (z != NULL)
        json_str(j, str_z(z));
    else
        json_null(j);
}

void json_int(struct json *j, int64_t v)
{
    lead(j);
    buf_fmt(j->out, "%lld", (long long)v);
}

void json_boolean(struct json *j, bool v)
{
    json_raw(j, v ? STR("true") : STR("false"));
}

void json_null(struct json *j)
{
    json_raw(j, STR("null"));
}

void json_dec(struct json *j, i128 units, unsigned scale)
{
    char text[DEC_TEXT];
    size_t len = dec_text(units, scale, text);
    json_str(j, (struct str){text, len});
}

void json_raw(struct json *j, struct str json)
{
    lead(j);
    buf_add(j->out, json);
}

void json_kstr(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    json_str(j, s);
}

void json_kz(struct json *j, const char *key, const char *z)
{
    json_key(j, key);
    json_z(j, z);
}

void json_kint(struct json *j, const char *key, int64_t v)
{
    json_key(j, key);
    json_int(j, v);
}

void json_kbool(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

/* ---- the scan ---- */

#define JSON_TEXT_MAX (64u << 20) /* bytes; json-c counts in int */
#define JSON_NUMBER_MAX 400u      /* bytes of one number */

struct scan {
    struct str in;
    size_t pos;
    unsigned depth;
    uint64_t objects; /* opened so far: names the object a key belongs to */
    struct map keys;  /* object number and key, as 8 bytes and the text */
    struct buf key;
    struct error *err;
};

static enum code refuse(const struct scan *s, size_t at, enum code code, const char *what)
{
    uint32_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < at; i++) {
        if (s->in.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    size_t column = utf8_len(str_sub(s->in, start, at - start)) + 1;
    return error_at(s->err, code, line, (uint32_t)column, "%s", what);
}

static int peek(const struct scan *s)
{
    return s->pos < s->in.len ? (unsigned char)s->in.ptr[s->pos] : -1;
}

static bool accept(struct scan *s, char c)
{
    bool hit = peek(s) == (unsigned char)c;
    s->pos += hit;
    return hit;
}

static void skip_blanks(struct scan *s)
{
    while (accept(s, ' ') || accept(s, '\t') || accept(s, '\n') || accept(s, '\r'))
        ;
}

static size_t skip_digits(struct scan *s)
{
    size_t from = s->pos;
    while (peek(s) >= '0' && peek(s) <= '9')
        s->pos++;
    return s->pos - from;
}

/* The value of a number must survive: integers in int64_t, others finite. */
static enum code check_number(struct scan *s, size_t from, bool integer)
{
    char z[JSON_NUMBER_MAX + 1];
    struct str text = str_sub(s->in, from, s->pos - from);
    if (text.len > JSON_NUMBER_MAX)
        return refuse(s, from, E_LIMIT, "a number of more than 400 digits");
    memcpy(z, text.ptr, text.len);
    z[text.len] = '\0';
    struct dec d;
    if (integer && dec_parse(text, &d, NULL) != OK)
        return refuse(s, from, E_INPUT, "an integer outside 64 bits");
    if (!integer && !isfinite(strtod(z, NULL)))
        return refuse(s, from, E_INPUT, "a number too large to represent");
    return OK;
}

static enum code scan_number(struct scan *s)
{
    size_t from = s->pos;
    bool integer = true;
    accept(s, '-');
    if (!accept(s, '0') && skip_digits(s) == 0)
        return refuse(s, s->pos, E_INPUT, "expected a JSON value");
    if (accept(s, '.')) {
        integer = false;
        if (skip_digits(s) == 0)
            return refuse(s, s->pos, E_INPUT, "expected a digit after the decimal point");
    }
    if (accept(s, 'e') || accept(s, 'E')) {
        integer = false;
        if (!accept(s, '+'))
            accept(s, '-');
        if (skip_digits(s) == 0)
            return refuse(s, s->pos, E_INPUT, "expected a digit in the exponent");
    }
    return check_number(s, from, integer);
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hex digits; -1 when they are not. */
static int scan_hex(struct scan *s)
{
    int v = 0;
    for (int i = 0; i < 4; i++, s->pos++) {
        int digit = hex_digit(peek(s));
        if (digit < 0)
            return -1;
        v = v * 16 + digit;
    }
    return v;
}

/* After \u: a code point, of two escapes when the first is a high surrogate. U+0000 is refused, for
 * json-c ends keys at it; so are lone surrogates, which it would all make the same character. */
static enum code scan_unicode(struct scan *s, size_t at, struct buf *out)
{
    int cp = scan_hex(s);
    if (cp < 0)
        return refuse(s, at, E_INPUT, "expected four hex digits after \\u");
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        int low = accept(s, '\\') && accept(s, 'u') ? scan_hex(s) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return refuse(s, at, E_INPUT, "half of a surrogate pair");
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    } else if (cp >= 0xDC00 && cp <= 0xDFFF) {
        return refuse(s, at, E_INPUT, "half of a surrogate pair");
    }
    if (cp == 0)
        return refuse(s, at, E_INPUT, "a NUL character in a string");
    if (out != NULL) {
        char bytes[4];
        buf_add(out, (struct str){bytes, utf8_put((uint32_t)cp, bytes)});
    }
    return OK;
}

static enum code scan_escape(struct scan *s, struct buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    size_t at = s->pos - 1;
    if (accept(s, 'u'))
        return scan_unicode(s, at, out);
    int c = peek(s);
    const char *hit = c > 0 ? strchr(from, c) : NULL;
    if (hit == NULL)
        return refuse(s, at, E_INPUT, "an escape that JSON does not have");
    s->pos++;
    if (out != NULL)
        buf_byte(out, to[hit - from]);
    return OK;
}

/* A string, its text also to `out` unless that is NULL. */
static enum code scan_string(struct scan *s, struct buf *out)
{
    size_t open = s->pos++;
    for (;;) {
        size_t from = s->pos;
        while (peek(s) >= 32 && peek(s) != '"' && peek(s) != '\\')
            s->pos++;
        if (out != NULL)
            buf_add(out, str_sub(s->in, from, s->pos - from));
        if (peek(s) < 0)
            return refuse(s, open, E_INPUT, "this string is never closed");
        if (accept(s, '"'))
            return OK;
        if (!accept(s, '\\'))
            return refuse(s, s->pos, E_INPUT, "a control character in a string");
        TRY(scan_escape(s, out));
    }
}

static enum code scan_literal(struct scan *s)
{
    static const struct str literals[] = {STR("true"), STR("false"), STR("null")};
    struct str rest = str_sub(s->in, s->pos, s->in.len);
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        if (str_starts(rest, literals[i])) {
            s->pos += literals[i].len;
            return OK;
        }
    }
    return refuse(s, s->pos, E_INPUT, "expected a JSON value");
}

static enum code scan_value(struct scan *s);

static enum code scan_key(struct scan *s, uint64_t object)
{
    size_t at = s->pos;
    if (peek(s) != '"')
        return refuse(s, at, E_INPUT, "expected a key in double quotes");
    buf_reset(&s->key);
    buf_add(&s->key, (struct str){(const char *)&object, sizeof object});
    TRY(scan_string(s, &s->key));
    size_t before = s->keys.len;
    map_put(&s->keys, buf_str(&s->key), 0);
    return s->keys.len > before ? OK : refuse(s, at, E_INPUT, "this key is there already");
}

static enum code scan_object(struct scan *s)
{
    uint64_t object = s->objects++;
    skip_blanks(s);
    if (accept(s, '}'))
        return OK;
    do {
        skip_blanks(s);
        TRY(scan_key(s, object));
        skip_blanks(s);
        if (!accept(s, ':'))
            return refuse(s, s->pos, E_INPUT, "expected ':'");
        TRY(scan_value(s));
    } while (accept(s, ','));
    return accept(s, '}') ? OK : refuse(s, s->pos, E_INPUT, "expected ',' or '}'");
}

static enum code scan_array(struct scan *s)
{
    skip_blanks(s);
    if (accept(s, ']'))
        return OK;
    do
        TRY(scan_value(s));
    while (accept(s, ','));
    return accept(s, ']') ? OK : refuse(s, s->pos, E_INPUT, "expected ',' or ']'");
}

static enum code scan_nested(struct scan *s)
{
    if (s->depth == JSON_DEPTH_MAX)
        return refuse(s, s->pos, E_LIMIT, "nested more than 32 deep");
    s->depth++;
    enum code code = accept(s, '{') ? scan_object(s) : accept(s, '[') ? scan_array(s) : E_BUG;
    s->depth--;
    return code;
}

/* One value and the blanks around it; recursion ends at JSON_DEPTH_MAX. */
static enum code scan_value(struct scan *s)
{
    skip_blanks(s);
    int c = peek(s);
    enum code code;
    if (c == '{' || c == '[')
        code = scan_nested(s);
    else if (c == '"')
        code = scan_string(s, NULL);
    else if (c == '-' || (c >= '0' && c <= '9'))
        code = scan_number(s);
    else
        code = scan_literal(s);
    skip_blanks(s);
    return code;
}

static enum code scan_text(struct str text, struct error *err)
{
    struct scan s = {.in = text, .err = err};
    if (text.len > JSON_TEXT_MAX)
        return error_set(err, E_LIMIT, "JSON of more than 64 MiB");
    if (!utf8_valid(text))
        return refuse(&s, utf8_bad(text), E_INPUT, "malformed UTF-8");
    map_init(&s.keys);
    buf_init(&s.key, JSON_TEXT_MAX + sizeof s.objects);
    enum code code = scan_value(&s);
    if (code == OK && s.pos < text.len)
        code = refuse(&s, s.pos, E_INPUT, "unexpected text after the JSON value");
    map_clear(&s.keys);
    buf_clear(&s.key);
    return code;
}

/* ---- the tree ---- */

enum code json_parse(struct str text, struct json_object **out, struct error *err)
{
    TRY(scan_text(text, err));
    /* json-c counts a scalar inside the innermost array as one level more */
    struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
    if (tok == NULL)
        return error_set(err, E_BACKEND, "json-c gives no parser");
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *o = json_tokener_parse_ex(tok, text.ptr, (int)text.len);
    enum json_tokener_error why = json_tokener_get_error(tok);
    if (why == json_tokener_continue) { /* a number at the very end may go on, until it is ended */
        o = json_tokener_parse_ex(tok, "", 1);
        why = json_tokener_get_error(tok);
    }
    json_tokener_free(tok);
    if (why != json_tokener_success)
        return error_set(err, E_BACKEND, "json-c refuses JSON that is valid: %s",
                         json_tokener_error_desc(why));
    *out = o;
    return OK;
}

void json_put(struct json_object *o)
{
    json_object_put(o);
}

enum code json_get_str(struct json_object *o, const char *key, bool required, struct str *out,
                       struct error *err)
{
    if (!json_object_is_type(o, json_type_object))
        return error_set(err, E_INPUT, "expected an object with a field '%s'", key);
    struct json_object *v = NULL;
    if (!json_object_object_get_ex(o, key, &v) || v == NULL) { /* null is absent */
        *out = STR_NULL;
        return required ? error_set(err, E_INPUT, "field '%s' is missing", key) : OK;
    }
    switch (json_object_get_type(v)) {
    case json_type_string:
        *out = (struct str){json_object_get_string(v), (size_t)json_object_get_string_len(v)};
        return OK;
    case json_type_int:
    case json_type_double:
        *out = str_z(json_object_get_string(v)); /* kept in v by json-c */
        return OK;
    default:
        return error_set(err, E_INPUT, "field '%s' must be a string or a number", key);
    }
}
