/* args.c - words of the command line and parameters of a request as the same named texts. */
#include "net/http.h"
#include "serve/ops.h"

#define INT_ARG_MAX 1000000000000

static const struct arg *list_find(const struct arg *list, struct str name, bool http)
{
    for (; list->name; list++)
        if (str_is(name, list->name) && !(list->flags & (http ? ARG_CLI : ARG_HTTP)))
            return list;
    return NULL;
}

static const struct arg *find(const struct op *op, struct str name, bool http)
{
    const struct arg *a = list_find(op->args, name, http);
    /* every read takes the dates over HTTP, whether they mean something to it or not */
    if (!a && ((op->flags & OP_DATED) || (http && !op->post)))
        a = list_find(dated_args, name, http);
    return a ? a : list_find(global_args, name, http);
}

static enum code unknown(const struct op *op, struct str name, bool http, struct error *err)
{
    struct nearest near = {0};
    const struct arg *a;
    for (size_t it = 0; (a = op_arg_next(op, http, &it));)
        if (http || !(a->flags & ARG_WORD))
            nearest_try(&near, name, a->name);
    for (a = global_args; a->name; a++)
        nearest_try(&near, name, a->name);
    char dashed[48] = "";
    for (size_t i = 0; near.text && near.text[i] && i + 1 < sizeof dashed; i++)
        dashed[i] = near.text[i] == '_' && !http ? '-' : near.text[i];
    if (near.text && http)
        return error_set(err, E_INPUT, "unknown parameter '%.*s'; did you mean '%s'?",
                         STR_ARG(name), dashed);
    if (http)
        return error_set(err, E_INPUT, "unknown parameter '%.*s' of '%s%s'", STR_ARG(name),
                         API_BASE, op->path);
    if (near.text)
        return error_set(err, E_INPUT, "unknown option '--%.*s' of '%s'; did you mean '--%s'?",
                         STR_ARG(name), op->words, dashed);
    return error_set(err, E_INPUT, "unknown option '--%.*s' of '%s'; see 'luoshu %s --help'",
                     STR_ARG(name), op->words, op->words);
}

static bool chosen(const char *choice, struct str text)
{
    struct str rest = str_z(choice);
    while (rest.ptr)
        if (str_eq(str_cut(rest, '|', &rest), text))
            return true;
    return false;
}

static bool int_parse(struct str text, int64_t *out)
{
    int64_t v = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || v > INT_ARG_MAX)
            return false;
        v = v * 10 + (text.ptr[i] - '0');
    }
    *out = v;
    return text.len > 0;
}

static enum code day_parse(const char *name, struct str text, day_t *out, struct error *err)
{
    struct error inner = {0};
    struct period p;
    if (period_parse(text, &p, &inner) != OK)
        return error_set(err, E_INPUT,
                         "'%.*s' for %s is no day, month or year such as 2024-09-20, "
                         "2024-09 or 2024",
                         STR_ARG(text), name);
    *out = p.last;
    return OK;
}

static enum code value_check(const struct arg *a, struct str text, struct error *err)
{
    int64_t number;
    day_t day;
    if (!utf8_valid(text))
        return error_set(err, E_INPUT, "the value of %s is not UTF-8", a->name);
    if (a->choice && !chosen(a->choice, text))
        return error_set(err, E_INPUT, "'%.*s' for %s is none of %s", STR_ARG(text), a->name,
                         a->choice);
    if (a->type == ARG_INT && !int_parse(text, &number))
        return error_set(err, E_INPUT, "'%.*s' for %s is no whole number", STR_ARG(text), a->name);
    if (a->type == ARG_FLAG && !chosen("0|1|true|false", text))
        return error_set(err, E_INPUT, "'%.*s' for %s is neither 0 nor 1", STR_ARG(text), a->name);
    return a->type == ARG_DAY ? day_parse(a->name, text, &day, err) : OK;
}

static enum code put(struct args *out, const struct arg *a, struct str text, struct error *err)
{
    TRY(value_check(a, text, err));
    for (size_t i = 0; i < out->count; i++)
        if (out->v[i].arg == a)
            return error_set(err, E_INPUT, "%s is given twice", a->name);
    if (out->count == ARGS_MAX)
        return error_set(err, E_INPUT, "more than %d parameters", ARGS_MAX);
    out->v[out->count].arg = a;
    out->v[out->count++].text = text;
    return OK;
}

static enum code required(const struct op *op, const struct args *a, bool http, struct error *err)
{
    const struct arg *arg;
    if (!http && (op->flags & OP_DIR) && !a->dir.ptr)
        return error_set(err, E_INPUT, "'%s' wants the workspace DIR; see 'luoshu %s --help'",
                         op->words, op->words);
    for (size_t it = 0; (arg = op_arg_next(op, http, &it));) {
        bool there = (arg->flags & ARG_MANY) ? a->many_count > 0 : args_str(a, arg->name).len > 0;
        if (!(arg->flags & ARG_REQUIRED) || there)
            continue;
        if (http)
            return error_set(err, E_INPUT, "parameter '%s' is missing", arg->name);
        return error_set(err, E_INPUT, "'%s' wants %s%s; see 'luoshu %s --help'", op->words,
                         arg->flags & ARG_WORD ? "" : "--",
                         arg->flags & ARG_WORD ? arg->what : arg->name, op->words);
    }
    return OK;
}

/* The n-th argument that goes by its place. */
static const struct arg *word_arg(const struct op *op, size_t n)
{
    const struct arg *a;
    for (size_t it = 0; (a = op_arg_next(op, false, &it));)
        if ((a->flags & ARG_WORD) && ((a->flags & ARG_MANY) || n-- == 0))
            return a;
    return NULL;
}

static enum code take_word(const struct op *op, char *word, size_t *words, struct args *out,
                           struct error *err)
{
    if ((op->flags & OP_DIR) && !out->dir.ptr) {
        out->dir = str_z(word);
        return word[0] ? OK : error_set(err, E_INPUT, "the workspace DIR is empty");
    }
    const struct arg *a = word_arg(op, *words);
    if (!a)
        return error_set(err, E_INPUT, "'%s' does not want '%s'; see 'luoshu %s --help'", op->words,
                         word, op->words);
    (*words)++;
    if (!(a->flags & ARG_MANY))
        return put(out, a, str_z(word), err);
    out->many[out->many_count++] = word;
    return OK;
}

/* --name value, --name=value, --flag; *i moves past what was used. */
static enum code own_option(struct str name, struct str value, int argc, char **argv, int *i,
                            struct args *out, struct error *err)
{
    if (out->own_count == ARGS_MAX)
        return error_set(err, E_LIMIT, "more than %d options", ARGS_MAX);
    if (!value.ptr && *i + 1 >= argc)
        return error_set(err, E_INPUT, "'--%.*s' wants a value", STR_ARG(name));
    out->own[out->own_count][0] = name;
    out->own[out->own_count++][1] = value.ptr ? value : str_z(argv[++*i]);
    return OK;
}

static enum code take_option(const struct op *op, int argc, char **argv, int *i, struct args *out,
                             struct error *err)
{
    char name[48] = "";
    struct str value, given = str_cut(str_z(argv[*i] + 2), '=', &value);
    for (size_t k = 0; k < given.len && k + 1 < sizeof name; k++)
        name[k] = given.ptr[k] == '-' ? '_' : given.ptr[k];
    const struct arg *a = find(op, str_z(name), false);
    if (a && (a->flags & ARG_WORD))
        a = NULL;
    if (!a && (op->flags & OP_METHOD))
        return own_option(given, value, argc, argv, i, out, err);
    if (!a || (a == &global_args[0] && (op->flags & OP_PRINTS)))
        return unknown(op, given, false, err);
    if (str_is(str_z(name), "help")) {
        out->help = true;
        return OK;
    }
    if (a->type == ARG_FLAG)
        return put(out, a, value.ptr ? value : STR("1"), err);
    if (!value.ptr && *i + 1 >= argc)
        return error_set(err, E_INPUT, "'--%.*s' wants a value: %s", STR_ARG(given), a->what);
    return put(out, a, value.ptr ? value : str_z(argv[++*i]), err);
}

enum code args_cli(const struct op *op, int argc, char **argv, struct args *out, struct error *err)
{
    size_t words = 0;
    bool options = true;
    *out = (struct args){.many = (const char **)argv}; /* words move to the front of argv */
    for (int i = 0; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && strcmp(argv[i], "-h") == 0)
            out->help = true;
        else if (options && argv[i][0] == '-' && argv[i][1] == '-')
            TRY(take_option(op, argc, argv, &i, out, err));
        else
            TRY(take_word(op, argv[i], &words, out, err));
    }
    return out->help ? OK : required(op, out, false, err);
}

enum code args_http(const struct op *op, const struct http_request *rq, struct args *out,
                    struct error *err)
{
    *out = (struct args){0};
    for (size_t i = 0; i < rq->query.len; i++) {
        const struct arg *a = find(op, rq->query.v[i].name, true);
        if (!a)
            return unknown(op, rq->query.v[i].name, true, err);
        TRY(put(out, a, rq->query.v[i].value, err));
    }
    return required(op, out, true, err);
}

struct str args_str(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->v[i].arg->name, name) == 0)
            return a->v[i].text;
    return STR_NULL;
}

int64_t args_int(const struct args *a, const char *name, int64_t fallback)
{
    int64_t v;
    return int_parse(args_str(a, name), &v) ? v : fallback;
}

bool args_flag(const struct args *a, const char *name)
{
    struct str text = args_str(a, name);
    return str_is(text, "1") || str_is(text, "true");
}

#define DAY_US 86400000000
#define CHINA_US (8 * 3600000000)

enum code args_as_of(const struct args *a, struct as_of *out, struct error *err)
{
    day_t day;
    *out = AS_OF_NOW;
    if (args_str(a, "as_of").ptr)
        TRY(day_parse("as_of", args_str(a, "as_of"), &out->published, err));
    if (!args_str(a, "recorded_as_of").ptr)
        return OK;
    TRY(day_parse("recorded_as_of", args_str(a, "recorded_as_of"), &day, err));
    out->recorded_us = ((int64_t)day + 1) * DAY_US - CHINA_US - 1; /* the end of the day, UTC+8 */
    return OK;
}
