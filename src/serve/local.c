/* local.c - the commands that need no open workspace, or make or change one by themselves. */
#include "bench/bench.h"
#include "extract/extract.h"
#include "serve/row.h"
#include "serve/serve_int.h"
#include "store/registry.h"
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define BENCH_SECONDS 20
#define TEXT_MAX (16u << 20)

/* ---- init ---- */

static bool dir_empty(const char *dir)
{
    DIR *d = opendir(dir);
    bool empty = true;
    if (!d)
        return true; /* not there */
    for (struct dirent *e; (e = readdir(d));)
        empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
    closedir(d);
    return empty;
}

/* Takes back the files of an init that failed, in a folder that was empty before it. */
static void dir_clean(const char *dir)
{
    DIR *d = opendir(dir);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));)
        (void)unlinkat(dirfd(d), e->d_name, 0); /* folders stay: init makes none */
    closedir(d);
    (void)rmdir(dir);
}

static enum code add_token(struct ledger *l, struct str label, struct str right,
                           char text[TOKEN_TEXT], struct error *err)
{
    uint8_t hash[32];
    struct registry *g = ledger_registry(l);
    int64_t now = clock_us();
    token_make(text, hash);
    TRY(registry_put_token(g, label, right, hash, now, err));
    return registry_audit(g, now, STR("cli"), STR("token.add"), label, err);
}

/* A region is known before it is set, and may be taken back by an empty value. */
static enum code region_check(struct ledger *l, struct arena *a, struct str region,
                              struct error *err)
{
    if (!region.len || region_by_code(ledger_model(l), a, region))
        return OK;
    return error_set(err, E_MISSING,
                     "no division has the code '%.*s'; give a GB/T 2260 code such as 4103",
                     STR_ARG(region));
}

static enum code fill(struct ledger *l, struct arena *a, struct str region, char token[TOKEN_TEXT],
                      struct error *err)
{
    TRY(import_catalogue(l, region, clock_us(), err));
    TRY(region_check(l, a, region, err));
    TRY(registry_set(ledger_registry(l), "region", region, err));
    TRY(registry_set(ledger_registry(l), "open_reads", STR("loopback"), err));
    TRY(registry_audit(ledger_registry(l), clock_us(), STR("cli"), STR("init"), region, err));
    return add_token(l, STR("admin"), STR("admin"), token, err);
}

int init_local(struct cli *cli, struct error *err)
{
    struct ledger *l = NULL;
    char token[TOKEN_TEXT];
    const char *dir = arena_z(&cli->arena, cli->args.dir);
    bool was_empty = dir_empty(dir);
    struct str history = args_str(&cli->args, "history"), region = args_str(&cli->args, "region");
    enum code code = ledger_open(&l, dir, true, history.len ? history : STR("duckdb"), err);
    if (code == OK) {
        code = fill(l, &cli->arena, region, token, err);
        ledger_close(l);
    }
    if (code != OK) {
        if (was_empty)
            dir_clean(dir);
        return code_info(code)->exit;
    }
    fprintf(cli->out, "%s\n", token);
    fprintf(cli->err,
            cli->zh ? "luoshu: 已建立工作区 '%s';上面的管理员令牌只显示这一次\n"
                    : "luoshu: workspace '%s' is made; its admin token above is shown this once\n",
            dir);
    if (str_is(args_str(&cli->args, "history"), "memory"))
        fprintf(cli->err, cli->zh ? "luoshu: 注意：memory 只在进程运行期间保留数字，仅供试用\n"
                                  : "luoshu: note: a memory history keeps figures only as long as one "
                                    "process runs; for trials\n");
    return 0;
}

/* ---- token, setting ---- */

static enum code open_alone(struct cli *cli, struct workspace *ws, struct error *err)
{
    struct error held = {0};
    enum code code = workspace_open(ws, cli->args.dir, &held);
    if (code == E_CONFLICT && server_file_address(cli->args.dir, &cli->arena).ptr)
        return error_set(err, E_CONFLICT, "a running server holds '%.*s'; stop it first",
                         STR_ARG(cli->args.dir));
    return code == OK ? OK : error_set(err, code, "%s", held.text);
}

int token_local(struct cli *cli, struct error *err)
{
    struct workspace ws;
    char token[TOKEN_TEXT];
    enum code code = open_alone(cli, &ws, err);
    if (code != OK)
        return code_info(code)->exit;
    code = add_token(ws.ledger, args_str(&cli->args, "label"), args_str(&cli->args, "right"), token,
                     err);
    workspace_close(&ws);
    if (code != OK)
        return code_info(code)->exit;
    fprintf(cli->out, "%s\n", token);
    fputs(cli->zh ? "luoshu: 令牌只显示这一次\n" : "luoshu: the token is shown this once\n",
          cli->err);
    return 0;
}

static enum code setting_check(struct workspace *ws, struct str key, struct str value,
                               struct error *err)
{
    if (str_is(key, "region"))
        return region_check(ws->ledger, &ws->arena, value, err);
    bool known = str_is(value, "loopback") || str_is(value, "all") || str_is(value, "none");
    if (str_is(key, "open_reads") && !known)
        return error_set(err, E_INPUT, "open_reads is 'loopback', 'all' or 'none', not '%.*s'",
                         STR_ARG(value));
    return OK;
}

static enum code setting_set(struct workspace *ws, struct str key, struct str value,
                             struct error *err)
{
    struct registry *g = ledger_registry(ws->ledger);
    struct str detail = arena_fmt(&ws->arena, "%.*s=%.*s", STR_ARG(key), STR_ARG(value));
    TRY(setting_check(ws, key, value, err));
    TRY(registry_set(g, arena_z(&ws->arena, key), value, err));
    return registry_audit(g, clock_us(), STR("cli"), STR("setting"), detail, err);
}

int setting_local(struct cli *cli, struct error *err)
{
    struct workspace ws;
    struct str key = args_str(&cli->args, "key"), value = args_str(&cli->args, "value");
    enum code code = open_alone(cli, &ws, err);
    if (code != OK)
        return code_info(code)->exit;
    if (value.ptr)
        code = setting_set(&ws, key, value, err);
    else
        code = registry_get(ledger_registry(ws.ledger), arena_z(&cli->arena, key), &cli->arena,
                            &value, err);
    if (code == OK)
        fprintf(cli->out, "%.*s\n", STR_ARG(value));
    workspace_close(&ws);
    return code == OK ? 0 : code_info(code)->exit;
}

/* ---- texts made from the table ---- */

static int print_text(struct cli *cli, void (*make)(struct buf *))
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    make(&b);
    fwrite(b.ptr, 1, b.len, cli->out);
    buf_clear(&b);
    return 0;
}

int man_local(struct cli *cli, struct error *err)
{
    (void)err;
    return print_text(cli, man_text);
}

int openapi_local(struct cli *cli, struct error *err)
{
    (void)err;
    return print_text(cli, openapi_text);
}

int client_ts_local(struct cli *cli, struct error *err)
{
    (void)err;
    return print_text(cli, client_ts_text);
}

/* Who may do what over HTTP; the command line belongs to whoever may open the folder. */
static void rights_csv(struct buf *out)
{
    csv_put(out,
            (struct str[]){STR("operation"), STR("method"), STR("path"), STR("none"), STR("read"),
                           STR("write"), STR("admin"), STR("summary")},
            8);
    for (size_t i = 0; i < op_count; i++) {
        struct str cell[8] = {str_z(ops[i].name), ops[i].post ? STR("POST") : STR("GET")};
        char path[64];
        if (!ops[i].path)
            continue;
        snprintf(path, sizeof path, "%s%s", API_BASE, ops[i].path);
        cell[2] = str_z(path);
        for (int r = RIGHT_NONE; r <= RIGHT_ADMIN; r++)
            cell[3 + r] = r >= (int)ops[i].right ? STR("yes") : STR("no");
        cell[7] = str_z(ops[i].en);
        csv_put(out, cell, 8);
    }
}

int rights_local(struct cli *cli, struct error *err)
{
    struct buf b;
    (void)err;
    if (cli->format == FORMAT_JSON)
        return code_info(error_set(err, E_INPUT, "rights has no JSON; use csv or table"))->exit;
    buf_init(&b, TEXT_MAX);
    rights_csv(&b);
    cli_put(cli, buf_str(&b));
    buf_clear(&b);
    return 0;
}

int version_local(struct cli *cli, struct error *err)
{
    (void)err;
    fprintf(cli->out, "luoshu %s\n", LUOSHU_VERSION);
    return 0;
}

int help_local(struct cli *cli, struct error *err)
{
    struct str word = args_str(&cli->args, "command");
    struct nearest near = {0};
    const struct op *op = word.ptr ? op_by_words(word) : NULL;
    if (op)
        help_command(cli->out, op, cli->zh);
    else if (!word.ptr)
        help_all(cli->out, cli->zh);
    if (op || !word.ptr)
        return 0;
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].words)
            nearest_try(&near, word, ops[i].words);
    return code_info(error_set(err, E_INPUT, "unknown command '%.*s'%s%s", STR_ARG(word),
                               near.text ? "; is it " : "", near.text ? near.text : ""))
        ->exit;
}

/* ---- bench ---- */

static int bench_rollup_local(struct cli *cli, struct error *err)
{
    (void)err;
    return bench_rollup(cli->out, (size_t)args_int(&cli->args, "points", 0),
                        (unsigned)args_int(&cli->args, "seconds", BENCH_SECONDS));
}

/* args_int is not negative; more rounds than unsigned holds are as many as there can be. */
static unsigned bench_rounds(const struct cli *cli)
{
    int64_t n = args_int(&cli->args, "rounds", 0);
    return n > UINT16_MAX ? UINT16_MAX : (unsigned)n;
}

static int bench_analyze_local(struct cli *cli, struct error *err)
{
    (void)err;
    return bench_analyze(cli->out, bench_rounds(cli));
}

static int bench_blocks_local(struct cli *cli, struct error *err)
{
    (void)err;
    return bench_blocks(cli->out, (size_t)args_int(&cli->args, "points", 0), bench_rounds(cli));
}

/* The words of the program itself; divisions are taken with their codes as parents. */
static int bench_read_local(struct cli *cli, struct error *err)
{
    struct extract_files f = {0};
    struct extract_words *words = NULL;
    const struct {
        const char *name;
        struct str *bytes;
    } files[] = {
        {"extract/words.csv",      &f.words     },
        {"extract/units.csv",      &f.units     },
        {"extract/noise.csv",      &f.noise     },
        {"extract/characters.csv", &f.characters},
        {"indicators.csv",         &f.indicators},
        {"divisions/gbt2260.csv",  &f.entities  },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!embedded_file(files[i].name, files[i].bytes))
            return code_info(error_set(err, E_BUG, "no catalogue file '%s'", files[i].name))->exit;
    enum code code = extract_words_open(&f, &words, err);
    if (code != OK)
        return code_info(code)->exit;
    int status = bench_read(cli->out, words, bench_rounds(cli));
    extract_words_free(words);
    return status;
}

int bench_local(struct cli *cli, struct error *err)
{
    static const struct {
        const char *name;
        int (*run)(struct cli *cli, struct error *err);
    } benches[] = {
        {"rollup",  bench_rollup_local },
        {"analyze", bench_analyze_local},
        {"read",    bench_read_local   },
        {"blocks",  bench_blocks_local },
    };
    struct str name = args_str(&cli->args, "name");
    for (size_t i = 0; i < sizeof benches / sizeof *benches; i++)
        if (str_is(name, benches[i].name))
            return benches[i].run(cli, err);
    return code_info(error_set(err, E_INPUT,
                               "no benchmark '%.*s'; there are rollup, analyze, read and blocks",
                               STR_ARG(name)))
        ->exit;
}
