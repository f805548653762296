/* client_ts.c - the TypeScript client of the web cockpit, from the tables of operations and
 * schemas. Its shape is told in the comment that opens it. */
#include "serve/serve_int.h"

/* clang-format off */
static const char opening[] =
    "/* HTTP client of Luoshu. Made by `luoshu client-ts` from the table of operations; do not edit.\n"
    " *\n"
    " * Shape, for the maker: this comment; the two lines on './http'; then every object, in the order of\n"
    " * docs/api.md, as `export interface NAME {` with one member a line (`  name: type`, `name?: type` when it\n"
    " * may be left out) and `}`; then, per operation in the order of the table: its parameters, its answer, its\n"
    " * function. Blocks are parted by one empty line, the file ends with one line end.\n"
    " * Types: int is number, str is string, bool and 0/1 are boolean, T|null is `T | null`, [T] is `T[]`, a fixed\n"
    " * set of words is `'a' | 'b'`, in the order of the table. Every object has a name; nothing is nested.\n"
    " * Names: operation `get /figure` gives GetFigureParams, FigureAnswer, getFigure. Parameters always exist as\n"
    " * an interface, common ones last; without members it is `{}`. A body follows the parameters as `body: Blob`. */\n"
    "import { call, type RequestOptions } from './http'\n"
    "export type { RequestOptions } from './http'\n";
/* clang-format on */

static void words_put(struct buf *out, struct str words)
{
    for (bool first = true; words.ptr; first = false) {
        struct str word = str_cut(words, '|', &words);
        buf_fmt(out, "%s'%.*s'", first ? "" : " | ", STR_ARG(word));
    }
}

static struct str ts_type(struct str type)
{
    if (str_is(type, "int"))
        return STR("number");
    if (str_is(type, "str"))
        return STR("string");
    return str_is(type, "bool") ? STR("boolean") : type;
}

static void field_put(struct buf *out, const struct schema_field *f)
{
    buf_fmt(out, "  %.*s%s: ", STR_ARG(f->name), f->optional ? "?" : "");
    if (f->words)
        words_put(out, f->type);
    else
        buf_add(out, ts_type(f->type));
    buf_z(out, f->list ? "[]" : "");
    buf_z(out, f->nullable ? " | null\n" : "\n");
}

static void interface_put(struct buf *out, const struct schema *s)
{
    struct schema_field f;
    struct str rest = str_z(s->fields);
    buf_fmt(out, "\nexport interface %s {\n", s->name);
    while (schema_next(&rest, &f))
        field_put(out, &f);
    buf_z(out, "}\n");
}

static void param_put(struct buf *out, const struct arg *a)
{
    buf_fmt(out, "  %s%s: ", a->name, a->flags & ARG_REQUIRED ? "" : "?");
    if (a->choice)
        words_put(out, str_z(a->choice));
    else
        buf_z(out, a->type == ARG_INT ? "number" : a->type == ARG_FLAG ? "boolean" : "string");
    buf_byte(out, '\n');
}

static void params_put(struct buf *out, const struct op *op, const char *name)
{
    const struct arg *a;
    size_t count = 0;
    buf_fmt(out, "\nexport interface %s {", name);
    for (size_t it = 0; (a = op_arg_next(op, true, &it)); count++) {
        if (count == 0)
            buf_byte(out, '\n');
        param_put(out, a);
    }
    buf_z(out, "}\n");
}

static void function_put(struct buf *out, const struct op *op, const char *params)
{
    char function[64];
    const char *method = op->post ? "POST" : "GET";
    op_camel(op, op->post ? "post" : "get", "", function);
    buf_fmt(out, "\n/* %s %s */\n", method, op->path);
    buf_fmt(out, "export function %s(p: %s, %so?: RequestOptions): Promise<%s> {\n", function,
            params, op->flags & OP_BODY ? "body: Blob, " : "", op->answer);
    buf_fmt(out, "  return call<%s>('%s', '%s', { ...p }, %s, o)\n}\n", op->answer, method,
            op->path, op->flags & OP_BODY ? "body" : "undefined");
}

static bool is_answer(struct str name)
{
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].answer && str_is(name, ops[i].answer))
            return true;
    return false;
}

void client_ts_text(struct buf *out)
{
    char params[64];
    buf_z(out, opening);
    for (size_t i = 0; i < schema_count; i++)
        if (!is_answer(str_z(schemas[i].name)))
            interface_put(out, &schemas[i]);
    for (size_t i = 0; i < op_count; i++) {
        if (!ops[i].path || !ops[i].answer)
            continue;
        op_camel(&ops[i], ops[i].post ? "Post" : "Get", "Params", params);
        params_put(out, &ops[i], params);
        interface_put(out, schema_find(str_z(ops[i].answer)));
        function_put(out, &ops[i], params);
    }
}
