/* ops.h - the table of operations and what its rows are made of. */
#ifndef LUOSHU_SERVE_OPS_H
#define LUOSHU_SERVE_OPS_H
#include "ingest/import.h"
#include "query/query.h"

#define API_BASE "/api/v1"

/* ---- the table ---- */

enum arg_type {
    ARG_TEXT,
    ARG_INT,  /* not negative */
    ARG_FLAG, /* --name, name=1 */
    ARG_DAY   /* a day, or a month, quarter or year, whose last day is meant */
};
enum arg_flag {
    ARG_REQUIRED = 1,
    ARG_WORD = 2, /* on the command line by its place, not by --name */
    ARG_MANY = 4, /* the rest of the words */
    ARG_CLI = 8,  /* on the command line only */
    ARG_HTTP = 16 /* over HTTP only */
};
struct arg {
    const char *name; /* as_of; --as-of on the command line; NULL ends the list */
    enum arg_type type;
    unsigned flags;
    const char *choice; /* "read|write|admin", or NULL */
    const char *what;   /* stands for the value in the help: "GROUPING" */
    const char *zh, *en;
};
enum op_flag {
    OP_DIR = 1,     /* its first word is the workspace */
    OP_DATED = 2,   /* takes as_of and recorded_as_of */
    OP_WRITES = 4,  /* moves the ledger */
    OP_STORES = 8,  /* reads the databases themselves */
    OP_STREAM = 16, /* answers with an event stream */
    OP_PRINTS = 32, /* prints one thing only: no --format */
    OP_BODY = 128,  /* takes files, as the body of its request */
    OP_METHOD = 64  /* takes options that only its method knows: kept in args.own */
};
struct call;
struct cli;
struct field;
struct op {
    const char *name;  /* "figure.get", in metrics and audit */
    const char *words; /* "figure"; NULL: not on the command line */
    bool post;
    const char *path; /* below API_BASE, "/figure"; NULL: not over HTTP */
    enum right right; /* over HTTP */
    unsigned flags;
    const struct arg *args;
    const char *answer;                                  /* schema of the JSON answer; NULL: none */
    enum code (*run)(struct call *c, struct error *err); /* over a workspace */
    int (*local)(struct cli *cli, struct error *err);    /* instead: the command line only */
    int (*print)(struct cli *cli, struct str json,
                 struct error *err); /* of a JSON answer, for people */
    const char *zh, *en;
};
extern const struct op ops[];
extern const size_t op_count;
extern const struct arg dated_args[], global_args[], no_args[];

const struct op *op_by_words(struct str words);
const struct op *op_by_path(struct str path); /* "/api/v1/figure" */
const char *right_name(enum right r);
bool right_from(struct str s, enum right *out);
/* "getFigure", "FigureAnswer" (prefix "", suffix "Answer") from a path. */
void op_camel(const struct op *op, const char *prefix, const char *suffix, char out[64]);
/* The parameters of an op over HTTP or on the command line, in order: *it = 0 to begin. The global
 * ones (format, lang) are left out. */
const struct arg *op_arg_next(const struct op *op, bool http, size_t *it);
/* Nearest of the texts seen so far to `to`; best starts as {0}. NULL in best.text: none is near. */
struct nearest {
    const char *text;
    size_t distance;
};
void nearest_try(struct nearest *best, struct str to, const char *candidate);

/* ---- arguments ---- */

#define ARGS_MAX 24
struct args {
    struct {
        const struct arg *arg;
        struct str text;
    } v[ARGS_MAX];
    size_t count;
    struct str dir;
    const char **many; /* of ARG_MANY */
    size_t many_count;
    bool help;
    struct str own[ARGS_MAX][2]; /* OP_METHOD: name, value */
    size_t own_count;
};
/* words: what follows the command. fails E_INPUT with the nearest spelling */
MUST_CHECK enum code args_cli(const struct op *op, int argc, char **argv, struct args *out,
                              struct error *err);
struct http_request;
MUST_CHECK enum code args_http(const struct op *op, const struct http_request *rq, struct args *out,
                               struct error *err);
struct str args_str(const struct args *a, const char *name); /* ptr NULL when absent */
int64_t args_int(const struct args *a, const char *name, int64_t fallback);
bool args_flag(const struct args *a, const char *name);
MUST_CHECK enum code args_as_of(const struct args *a, struct as_of *out, struct error *err);

/* ---- a call: one run of one row ---- */

enum format { FORMAT_CSV, FORMAT_JSON, FORMAT_TABLE };
struct call {
    const struct op *op;
    const struct args *args;
    struct query query;
    const struct model *model;
    const struct field *field; /* devices; handlers go through it only to name and place them */
    struct arena *arena;
    struct str region; /* setting: code of the workspace's own region */
    struct str open_reads;
    struct str dir; /* of the workspace */
    bool zh;
    bool as_json;     /* else rows of CSV */
    struct str actor; /* token label, "cli" */
    int64_t now_us;
    const struct import_file *files;
    size_t file_count;
    /* the answer */
    struct buf *out;
    struct json json;
    struct {
        struct str cell[64];
        size_t count;
    } row;
    struct buf note; /* for stderr, lines */
    int exit;        /* 0, or 1: the answer is "no" */
    unsigned status; /* HTTP */
    const char *type; /* of an answer that is neither JSON nor a table; NULL */
};
void sheet_head(struct call *c, const char *columns); /* "role,entity,…" */
void sheet_str(struct call *c, struct str s);
void sheet_z(struct call *c, const char *z);
void sheet_int(struct call *c, int64_t v);
void sheet_end(struct call *c);

/* ---- handlers, one small file each ---- */
enum code meta_run(struct call *c, struct error *err);
enum code figure_run(struct call *c, struct error *err);
enum code region_run(struct call *c, struct error *err);
enum code entities_run(struct call *c, struct error *err);
enum code indicators_run(struct call *c, struct error *err);
enum code fact_run(struct call *c, struct error *err);
enum code sources_run(struct call *c, struct error *err);
enum code source_run(struct call *c, struct error *err);
enum code map_run(struct call *c, struct error *err);
enum code check_run_op(struct call *c, struct error *err);
enum code batches_run(struct call *c, struct error *err);
enum code import_run(struct call *c, struct error *err);
enum code devices_run(struct call *c, struct error *err);
enum code points_run(struct call *c, struct error *err);
enum code profiles_run(struct call *c, struct error *err);
enum code readings_run(struct call *c, struct error *err);
enum code trend_run(struct call *c, struct error *err);
enum code connections_run(struct call *c, struct error *err);
enum code bind_run(struct call *c, struct error *err);
enum code history_run(struct call *c, struct error *err);
enum code claim_key_run(struct call *c, struct error *err);
enum code claim_run(struct call *c, struct error *err);
enum code analysis_run(struct call *c, struct error *err);
enum code analyses_run(struct call *c, struct error *err);
enum code methods_run(struct call *c, struct error *err);
enum code datasets_run(struct call *c, struct error *err);
enum code dataset_run(struct call *c, struct error *err);
enum code dataset_put_run(struct call *c, struct error *err);
int dataset_print(struct cli *cli, struct str json, struct error *err);
enum code openapi_run(struct call *c, struct error *err);
enum code read_run(struct call *c, struct error *err);
enum code documents_run(struct call *c, struct error *err);
enum code document_run(struct call *c, struct error *err);
enum code original_run(struct call *c, struct error *err);
enum code correct_run(struct call *c, struct error *err);
enum code accept_run(struct call *c, struct error *err);
enum code reject_run(struct call *c, struct error *err);
enum code merge_run(struct call *c, struct error *err);
enum code teach_run(struct call *c, struct error *err);
int read_print(struct cli *cli, struct str json, struct error *err);
int original_print(struct cli *cli, struct str bytes, struct error *err);
int claim_print(struct cli *cli, struct str json, struct error *err);
int teach_print(struct cli *cli, struct str json, struct error *err);
int field_print(struct cli *cli, struct str json, struct error *err);
int import_print(struct cli *cli, struct str json, struct error *err);

int init_local(struct cli *cli, struct error *err);
int serve_local(struct cli *cli, struct error *err);
int token_local(struct cli *cli, struct error *err);
int setting_local(struct cli *cli, struct error *err);
int analyze_local(struct cli *cli, struct error *err);
int read_local(struct cli *cli, struct error *err);
int export_local(struct cli *cli, struct error *err);
int sql_local(struct cli *cli, struct error *err);
int retain_local(struct cli *cli, struct error *err);
int bench_local(struct cli *cli, struct error *err);
int fleet_local(struct cli *cli, struct error *err);
int man_local(struct cli *cli, struct error *err);
int openapi_local(struct cli *cli, struct error *err);
int client_ts_local(struct cli *cli, struct error *err);
int rights_local(struct cli *cli, struct error *err);
int version_local(struct cli *cli, struct error *err);
int help_local(struct cli *cli, struct error *err);
#endif
