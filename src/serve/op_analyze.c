/* op_analyze.c - `luoshu analyze METHOD INPUT…`: tables in, a table out, the conventions on stderr.
 */
#include "analyze/analyze.h"
#include "serve/serve_int.h"

#define INPUTS_MAX 32

static void list_methods(FILE *to, bool zh)
{
    for (size_t f = 0; analyze_families[f]; f++)
        for (const struct method *m = analyze_families[f]; m->name; m++)
            fprintf(to, "  %-24s %-28s %s\n", m->name, m->inputs, zh ? m->zh : m->en);
}

static void help_method(FILE *to, const struct method *m, bool zh)
{
    fprintf(to, "luoshu analyze %s %s\n\n%s\n%s\n", m->name, m->inputs, zh ? m->zh : m->en,
            m->source);
    for (const struct method_option *o = m->options; o < m->options + OPTIONS_MAX && o->name; o++)
        fprintf(to, "  --%-20s %s%s%s%s  %s\n", o->name, o->values, o->fallback[0] ? " [" : "",
                o->fallback, o->fallback[0] ? "]" : "", zh ? o->zh : o->en);
}

static struct str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_z(slash ? slash + 1 : path);
}

static enum code read_inputs(struct cli *cli, struct table *tables, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct str bytes, text;
        const char *encoding;
        struct error e = {0};
        TRY(file_read(cli->args.many[i], &cli->arena, &bytes, err));
        TRY(text_decode(bytes, &cli->arena, &text, &encoding, err));
        table_init(&tables[i], &cli->arena, base_name(cli->args.many[i]));
        if (table_read(&tables[i], text, &e) != OK)
            return error_at(err, e.code, e.line, e.column, "%s: %s", cli->args.many[i], e.text);
    }
    return OK;
}

static enum code run_method(struct cli *cli, const struct method *m, struct table *tables,
                            size_t count, struct error *err)
{
    struct analysis a;
    struct buf out;
    TRY(read_inputs(cli, tables, count, err));
    TRY(analyze_run(m, tables, count, (const struct str(*)[2])cli->args.own, cli->args.own_count,
                    &a, err));
    buf_init(&out, ANSWER_MAX);
    table_write(&a.out, &out);
    cli_put(cli, buf_str(&out));
    for (size_t i = 0; i < a.notes.len; i++)
        fprintf(cli->err, "# %.*s\n", STR_ARG(a.notes.v[i]));
    enum code c = out.full ? error_set(err, E_LIMIT, "the answer is larger than 1 GiB") : OK;
    buf_clear(&out);
    analysis_clear(&a);
    return c;
}

static enum code analyze_cli(struct cli *cli, struct error *err)
{
    struct str name = args_str(&cli->args, "method");
    size_t count = cli->args.many_count;
    if (cli->args.help && !name.len)
        help_command(cli->out, cli->op, cli->zh);
    if (!name.len) {
        list_methods(cli->out, cli->zh);
        return OK;
    }
    const struct method *m;
    TRY(analyze_need(name, &m, err));
    if (cli->args.help) {
        help_method(cli->out, m, cli->zh);
        return OK;
    }
    if (!count && m->inputs[0]) {
        help_method(cli->err, m, cli->zh);
        return error_set(err, E_INPUT, "'%s' wants: %s", m->name, m->inputs);
    }
    if (count > INPUTS_MAX)
        return error_set(err, E_LIMIT, "%zu inputs, more than %d", count, INPUTS_MAX);
    struct table *tables = mem_zalloc(INPUTS_MAX * sizeof *tables);
    enum code c = run_method(cli, m, tables, count, err);
    for (size_t i = 0; i < count; i++)
        table_clear(&tables[i]);
    mem_free(tables);
    return c;
}

/* ---- on a workspace ---- */

static const struct arg *arg_of(const struct op *op, struct str given)
{
    const struct arg *a;
    for (size_t it = 0; (a = op_arg_next(op, false, &it));) {
        size_t i = 0, len = strlen(a->name);
        while (i < len && i < given.len &&
               (a->name[i] == given.ptr[i] || (a->name[i] == '_' && given.ptr[i] == '-')))
            i++;
        if (i == len && len == given.len)
            return a;
    }
    return NULL;
}

static enum code own_option(const struct method *m, const struct op *op, const struct str pair[2],
                            struct buf *options, struct args *out, struct error *err)
{
    const struct arg *a = arg_of(op, pair[0]);
    bool of_method = false;
    for (const struct method_option *o = m->options; o < m->options + OPTIONS_MAX && o->name; o++)
        of_method |= str_is(pair[0], o->name);
    if (a && !of_method) {
        if (out->count + 2 >= ARGS_MAX)
            return error_set(err, E_LIMIT, "more than %d parameters", ARGS_MAX);
        out->v[out->count].arg = a;
        out->v[out->count++].text = pair[1];
        return OK;
    }
    if (options->len)
        buf_byte(options, '&');
    http_escape(options, pair[0]);
    buf_byte(options, '=');
    http_escape(options, pair[1]);
    return OK;
}

/* `analyze METHOD --workspace DIR …` is the operation analysis: what names one of its parameters is
 * that, everything else is the method's. */
static enum code as_analysis(struct cli *cli, struct error *err)
{
    const struct op *op = op_by_words(STR("analysis"));
    const struct method *m;
    struct args out = {.dir = args_str(&cli->args, "workspace")};
    struct buf options;
    TRY(analyze_need(args_str(&cli->args, "method"), &m, err));
    if (cli->args.many_count)
        return error_set(err, E_INPUT, "with --workspace there are no tables, but '%s' is given",
                         cli->args.many[0]);
    buf_init(&options, 1u << 16);
    enum code c = OK;
    for (size_t i = 0; i < cli->args.own_count && c == OK; i++)
        c = own_option(m, op, cli->args.own[i], &options, &out, err);
    struct str text = arena_dup(&cli->arena, buf_str(&options));
    buf_clear(&options);
    out.v[out.count].arg = arg_of(op, STR("method"));
    out.v[out.count++].text = str_z(m->name);
    if (text.len) {
        out.v[out.count].arg = arg_of(op, STR("options"));
        out.v[out.count++].text = text;
    }
    cli->args = out;
    cli->op = op;
    return c;
}

int analyze_local(struct cli *cli, struct error *err)
{
    if (args_str(&cli->args, "workspace").len && !cli->args.help) {
        enum code code = as_analysis(cli, err);
        return code == OK ? cli_workspace(cli, err) : code_info(code)->exit;
    }
    enum code c = analyze_cli(cli, err);
    return c == OK ? 0 : code_info(c)->exit;
}
