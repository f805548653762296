/* cli.c - a command line: find its row, run it here or ask the server that holds the workspace, and
 * print. All output of the program goes through here. */
#include "serve/serve.h"
#include "serve/serve_int.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- output ---- */

void cli_put(struct cli *cli, struct str text)
{
    if (cli->format != FORMAT_TABLE) {
        fwrite(text.ptr ? text.ptr : "", 1, text.len, cli->out);
        if (cli->format == FORMAT_JSON && !str_ends(text, STR("\n")))
            fputc('\n', cli->out);
        return;
    }
    struct buf b;
    buf_init(&b, ANSWER_MAX);
    layout_table(&b, text);
    fwrite(b.ptr ? b.ptr : "", 1, b.len, cli->out);
    buf_clear(&b);
}

static int tell(struct cli *cli, const struct error *err)
{
    fprintf(cli->err, "luoshu: %s", err->text);
    if (err->line && err->column)
        fprintf(cli->err, " (line %u, column %u)", err->line, err->column);
    else if (err->line)
        fprintf(cli->err, " (line %u)", err->line);
    fputc('\n', cli->err);
    return code_info(err->code)->exit;
}

static void put_notes(struct cli *cli, struct str notes)
{
    while (notes.len) {
        struct str line = str_cut(notes, '\n', &notes);
        fprintf(cli->err, "luoshu: %.*s\n", STR_ARG(line));
    }
}

/* ---- run it here ---- */

const char *import_mode_word(const struct args *a)
{
    if (args_flag(a, "check"))
        return "check";
    return args_flag(a, "partial") ? "partial" : "whole";
}

static enum code prepare(struct cli *cli, struct call *c, struct error *err)
{
    struct import_file *files;
    c->zh = cli->zh;
    c->as_json = cli->format == FORMAT_JSON || cli->op->print;
    TRY(args_as_of(&cli->args, &c->query.as_of, err));
    if (!(cli->op->flags & OP_BODY))
        return OK;
    TRY(cli_import_files(cli, &files, &c->file_count, err));
    c->files = files;
    return OK;
}

static int print_answer(struct cli *cli, struct call *c, struct error *err)
{
    int printed = 0;
    if (cli->op->print)
        printed = cli->op->print(cli, buf_str(c->out), err);
    else
        cli_put(cli, buf_str(c->out));
    put_notes(cli, buf_str(&c->note));
    return printed ? printed : c->exit;
}

int cli_run_here(struct cli *cli, struct workspace *ws, struct error *err)
{
    struct call c;
    struct buf out;
    buf_init(&out, ANSWER_MAX);
    call_init(&c, ws, cli->op, &cli->args, &cli->arena, &out);
    enum code code = prepare(cli, &c, err);
    if (code == OK)
        code = cli->op->run(&c, err);
    if (code == OK && out.full)
        code = error_set(err, E_LIMIT, "the answer is larger than %llu bytes; ask for less",
                         ANSWER_MAX);
    int status = code == OK ? print_answer(cli, &c, err) : code_info(code)->exit;
    call_clear(&c);
    buf_clear(&out);
    return status;
}

/* A workspace that is held is not an error while its holder can answer. The holder is asked first:
 * a note left by a server that was killed leads to nobody; the workspace is opened after all. */
int cli_workspace(struct cli *cli, struct error *err)
{
    struct workspace ws;
    struct str server = server_file_address(cli->args.dir, &cli->arena);
    int status = server.ptr ? remote_run(cli, server, err) : 0;
    if (server.ptr && err->code != E_IO)
        return status;
    error_clear(err);
    enum code code = workspace_open(&ws, cli->args.dir, err);
    if (code != OK)
        return code_info(code)->exit;
    status = cli_run_here(cli, &ws, err);
    workspace_close(&ws);
    return status;
}

/* ---- the command ---- */

static bool lang_is_zh(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return strncmp(v, "zh", 2) == 0;
    }
    return false;
}

static void set_format(struct cli *cli)
{
    struct str format = args_str(&cli->args, "format"), lang = args_str(&cli->args, "lang");
    if (format.len)
        cli->format = str_is(format, "json")  ? FORMAT_JSON
                      : str_is(format, "csv") ? FORMAT_CSV
                                              : FORMAT_TABLE;
    else
        cli->format = isatty(fileno(cli->out)) ? FORMAT_TABLE : FORMAT_CSV;
    if (lang.len)
        cli->zh = str_is(lang, "zh");
}

static enum code find_command(struct cli *cli, const char *word, struct error *err)
{
    struct nearest near = {0};
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        word = "help";
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        word = "version";
    cli->op = op_by_words(str_z(word));
    if (cli->op)
        return OK;
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].words)
            nearest_try(&near, str_z(word), ops[i].words);
    return error_set(err, E_INPUT, "unknown command '%.40s'; %s%s%s", word,
                     near.text ? "did you mean '" : "'luoshu help' lists them",
                     near.text ? near.text : "", near.text ? "'?" : "");
}

static int run_command(struct cli *cli, int argc, char **argv, struct error *err)
{
    if (find_command(cli, argv[1], err) != OK ||
        args_cli(cli->op, argc - 2, argv + 2, &cli->args, err) != OK)
        return 2;
    set_format(cli);
    if (cli->args.help && !(cli->op->flags & OP_METHOD)) {
        help_command(cli->out, cli->op, cli->zh);
        return 0;
    }
    return cli->op->local ? cli->op->local(cli, err) : cli_workspace(cli, err);
}

int serve_main(int argc, char **argv)
{
    struct cli cli = {.out = stdout, .err = stderr, .zh = lang_is_zh()};
    struct error err = {0};
    if (argc < 2) {
        help_all(stderr, cli.zh);
        return 2;
    }
    if (!auth_init()) {
        fputs("luoshu: libsodium cannot be started\n", stderr);
        return 3;
    }
    arena_init(&cli.arena, 0);
    int status = run_command(&cli, argc, argv, &err);
    if (err.code != OK)
        status = tell(&cli, &err);
    arena_clear(&cli.arena);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "luoshu: cannot write the output: %s\n", strerror(errno));
        return 3;
    }
    return status;
}
