/* openapi.c - the interface as OpenAPI 3.1, from the tables of operations and schemas. */
#include "serve/serve_int.h"

static void ref_put(struct json *j, const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "#/components/schemas/%s", name);
    json_object(j);
    json_kz(j, "$ref", path);
    json_object_end(j);
}

static void words_put(struct json *j, struct str words)
{
    json_kz(j, "type", "string");
    json_key(j, "enum");
    json_array(j);
    while (words.ptr)
        json_str(j, str_cut(words, '|', &words));
    json_array_end(j);
}

static const char *plain_type(struct str type)
{
    if (str_is(type, "int"))
        return "integer";
    if (str_is(type, "str"))
        return "string";
    return str_is(type, "bool") ? "boolean" : NULL;
}

static void type_put(struct json *j, struct str type)
{
    char name[64];
    if (plain_type(type)) {
        json_object(j);
        json_kz(j, "type", plain_type(type));
        json_object_end(j);
        return;
    }
    snprintf(name, sizeof name, "%.*s", STR_ARG(type));
    ref_put(j, name);
}

static void field_put(struct json *j, const struct schema_field *f)
{
    json_key_str(j, f->name);
    if (f->words) {
        json_object(j);
        words_put(j, f->type);
        json_object_end(j);
    } else if (f->list) {
        json_object(j);
        json_kz(j, "type", "array");
        json_key(j, "items");
        type_put(j, f->type);
        json_object_end(j);
    } else if (f->nullable) {
        json_object(j);
        json_key(j, "anyOf");
        json_array(j);
        type_put(j, f->type);
        json_object(j);
        json_kz(j, "type", "null");
        json_object_end(j);
        json_array_end(j);
        json_object_end(j);
    } else {
        type_put(j, f->type);
    }
}

static void schema_put(struct json *j, const struct schema *s)
{
    struct schema_field f;
    json_key(j, s->name);
    json_object(j);
    json_kz(j, "type", "object");
    json_key(j, "properties");
    json_object(j);
    for (struct str rest = str_z(s->fields); schema_next(&rest, &f);)
        field_put(j, &f);
    json_object_end(j);
    json_key(j, "required");
    json_array(j);
    for (struct str rest = str_z(s->fields); schema_next(&rest, &f);)
        if (!f.optional)
            json_str(j, f.name);
    json_array_end(j);
    json_object_end(j);
}

static void error_schema(struct json *j)
{
    static const struct schema parts[] = {
        {"ErrorDetail", "code:str text:str line?:int column?:int"},
        {"Error",       "error:ErrorDetail"                      }
    };
    schema_put(j, &parts[0]);
    schema_put(j, &parts[1]);
}

static void parameter_put(struct json *j, const struct arg *a)
{
    json_object(j);
    json_kz(j, "name", a->name);
    json_kz(j, "in", "query");
    json_kbool(j, "required", (a->flags & ARG_REQUIRED) != 0);
    json_kz(j, "description", a->en);
    json_key(j, "schema");
    json_object(j);
    if (a->choice)
        words_put(j, str_z(a->choice));
    else
        json_kz(j, "type", a->type == ARG_INT ? "integer" : "string");
    if (a->type == ARG_FLAG) {
        json_key(j, "enum");
        json_array(j);
        json_z(j, "0");
        json_z(j, "1");
        json_array_end(j);
    }
    json_object_end(j);
    json_object_end(j);
}

static void parameters_put(struct json *j, const struct op *op)
{
    const struct arg *a;
    json_key(j, "parameters");
    json_array(j);
    for (size_t it = 0; (a = op_arg_next(op, true, &it));)
        parameter_put(j, a);
    for (a = global_args; a->name; a++)
        if (!(a->flags & ARG_CLI))
            parameter_put(j, a);
    json_array_end(j);
}

static void content_put(struct json *j, const char *type, const char *schema)
{
    json_key(j, type);
    json_object(j);
    json_key(j, "schema");
    if (schema) {
        ref_put(j, schema);
    } else {
        json_object(j);
        json_kz(j, "type", strstr(type, "json") ? "object" : "string");
        json_object_end(j);
    }
    json_object_end(j);
}

static void response_put(struct json *j, const char *status, const char *text, const struct op *op)
{
    json_key(j, status);
    json_object(j);
    json_kz(j, "description", text);
    if (op) {
        json_key(j, "content");
        json_object(j);
        if (op->flags & OP_STREAM)
            content_put(j, "text/event-stream", NULL);
        else
            content_put(j, "application/json", op->answer);
        if (op->answer && !op->post)
            content_put(j, "text/csv", NULL);
        json_object_end(j);
    }
    json_object_end(j);
}

static void error_response(struct json *j)
{
    json_key(j, "default");
    json_object(j);
    json_kz(j, "description", "what is wrong, where, and how to mend it");
    json_key(j, "content");
    json_object(j);
    content_put(j, "application/json", "Error");
    json_object_end(j);
    json_object_end(j);
}

static void body_put(struct json *j)
{
    json_key(j, "requestBody");
    json_object(j);
    json_kbool(j, "required", true);
    json_key(j, "content");
    json_object(j);
    content_put(j, "text/csv", NULL);
    content_put(j, "multipart/form-data", NULL);
    json_object_end(j);
    json_object_end(j);
}

static void security_put(struct json *j, const struct op *op)
{
    json_key(j, "security");
    json_array(j);
    if (op->right <= RIGHT_READ) { /* reads may be open, see the setting open_reads */
        json_object(j);
        json_object_end(j);
    }
    if (op->right > RIGHT_NONE) {
        json_object(j);
        json_key(j, "token");
        json_array(j);
        json_array_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static void op_put(struct json *j, const struct op *op)
{
    char id[64];
    op_camel(op, op->post ? "post" : "get", "", id);
    json_key(j, op->path);
    json_object(j);
    json_key(j, op->post ? "post" : "get");
    json_object(j);
    json_kz(j, "operationId", id);
    json_kz(j, "summary", op->en);
    json_kz(j, "description", op->zh);
    json_kz(j, "x-luoshu-right", right_name(op->right));
    security_put(j, op);
    parameters_put(j, op);
    if (op->flags & OP_BODY)
        body_put(j);
    json_key(j, "responses");
    json_object(j);
    response_put(j, "200", op->en, op);
    if (!op->post)
        response_put(j, "304", "nothing has changed since the ETag", NULL);
    else
        response_put(j, "400", "refused, with every reason", op);
    error_response(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

static void info_put(struct json *j)
{
    json_kz(j, "openapi", "3.1.0");
    json_key(j, "info");
    json_object(j);
    json_kz(j, "title", "Luoshu");
    json_kz(j, "version", LUOSHU_VERSION);
    json_kz(j, "description",
            "Decimals travel as text; days are YYYY-MM-DD; periods as in luoshu(1).");
    json_key(j, "license");
    json_object(j);
    json_kz(j, "name", "Apache-2.0");
    json_kz(j, "identifier", "Apache-2.0");
    json_object_end(j);
    json_object_end(j);
    json_key(j, "servers");
    json_array(j);
    json_object(j);
    json_kz(j, "url", API_BASE);
    json_object_end(j);
    json_array_end(j);
}

static void components_put(struct json *j)
{
    json_key(j, "components");
    json_object(j);
    json_key(j, "schemas");
    json_object(j);
    for (size_t i = 0; i < schema_count; i++)
        schema_put(j, &schemas[i]);
    error_schema(j);
    json_object_end(j);
    json_key(j, "securitySchemes");
    json_object(j);
    json_key(j, "token");
    json_object(j);
    json_kz(j, "type", "http");
    json_kz(j, "scheme", "bearer");
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

void openapi_text(struct buf *out)
{
    struct json j;
    json_init(&j, out);
    json_object(&j);
    info_put(&j);
    json_key(&j, "paths");
    json_object(&j);
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].path)
            op_put(&j, &ops[i]);
    json_object_end(&j);
    components_put(&j);
    json_object_end(&j);
    buf_byte(out, '\n');
}

enum code openapi_run(struct call *c, struct error *err)
{
    (void)err;
    openapi_text(c->out);
    return OK;
}
