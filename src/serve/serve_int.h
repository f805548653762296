/* serve_int.h - what the files of serve share beside the table. */
#ifndef LUOSHU_SERVE_INT_H
#define LUOSHU_SERVE_INT_H
#include "field/field.h"
#include "serve/devices.h"
#include "net/http.h"
#include "serve/ops.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define ANSWER_MAX (1ull << 30) /* bytes of one answer */

/* ---- clock.c: the only clock ---- */
int64_t clock_us(void);

/* ---- workspace.c ---- */
struct workspace {
    struct ledger *ledger;
    struct field field; /* devices and their readings */
    struct arena arena;
    struct str dir;
    struct str region, open_reads, hosts, buckets; /* settings */
};
MUST_CHECK enum code workspace_open(struct workspace *ws, struct str dir, struct error *err);
void workspace_close(struct workspace *ws);
/* A call over an open workspace, ready to run. */
void call_init(struct call *c, const struct workspace *ws, const struct op *op,
               const struct args *args, struct arena *a, struct buf *out);
void call_clear(struct call *c);
/* DIR/server.json while a server holds the workspace (I7). */
MUST_CHECK enum code server_file_put(struct str dir, const char *address, struct error *err);
void server_file_remove(struct str dir);
/* Address of the live server that holds dir; ptr NULL when there is none. */
struct str server_file_address(struct str dir, struct arena *a);

/* ---- auth.c ---- */
#define TOKEN_TEXT 64
bool auth_init(void); /* before anything else here */
struct who {
    enum right right;
    struct str label;
    bool bad_token;
};
void token_make(char text[TOKEN_TEXT], uint8_t hash[32]);
void token_hash(struct str text, uint8_t hash[32]); /* SHA-256 */
/* What a request without a token may do. */
enum right auth_open(struct str open_reads, bool loopback);
/* The right of a token, and its label; RIGHT_NONE: there is none. Caller holds the locks. */
enum right auth_token(struct ledger *l, struct str token, struct arena *a, struct str *label);
/* The password of HTTP's Basic scheme (RFC 7617); empty when it is not that. */
struct str auth_basic_password(struct arena *a, struct str base64);
/* caller holds the locks of ledger and stores */
void auth_who(struct ledger *l, struct str open_reads, const struct http_request *rq,
              struct who *out);

/* ---- the server ---- */
struct web_file;
struct web {
    struct web_file *files;
    size_t count;
};
void web_open(struct web *w);
void web_close(struct web *w);
struct str web_path(const struct web *w, size_t i); /* of the i-th file */
void web_reply(const struct web *w, const struct http_request *rq, struct http_reply *reply);

struct metrics {
    pthread_mutex_t lock;
    struct {
        const char *op;
        unsigned status;
        uint64_t count;
    } row[256];
    size_t count;
};
void metrics_init(struct metrics *m);
void metrics_clear(struct metrics *m);
void metrics_count(struct metrics *m, const char *op, unsigned status);
void metrics_text(struct metrics *m, struct buf *out);

struct server {
    struct workspace *ws;
    struct http_server *http;
    pthread_rwlock_t lock;  /* the ledger: readers share, a writer is alone */
    pthread_mutex_t stores; /* the databases; taken after `lock` */
    struct metrics metrics;
    struct web web;
    struct influx *influx; /* write.h */
    struct mqtt_feed *mqtt; /* NULL: no broker was named */
    size_t body_limit;
    int64_t started_us;
    atomic_bool stopping;
    struct devices devices; /* HJ 212, Modbus */
};
struct http_handler server_handler(struct server *s);
/* ---- mqtt.c: --mqtt and what goes with it; without it nothing is started ---- */
MUST_CHECK enum code server_mqtt_start(struct server *s, const struct args *args, struct error *err);

/* ---- the command line ---- */
struct cli {
    const struct op *op;
    struct args args;
    struct arena arena;
    enum format format;
    bool zh;
    bool headed; /* several answers, one table: its header is printed */
    FILE *out, *err;
};
/* A regular file of at most IMPORT_FILE_MAX bytes into the arena. */
MUST_CHECK enum code file_read(const char *path, struct arena *a, struct str *out, struct error *err);
/* Columns of CSV aligned; wide characters count two. text ends with a line end. */
void layout_table(struct buf *out, struct str csv);
size_t layout_width(struct str s);
/* A CSV or JSON text to cli->out in cli's format; json is passed through. */
void cli_put(struct cli *cli, struct str text);
MUST_CHECK enum code cli_import_files(struct cli *cli, struct import_file **files, size_t *count,
                                      struct error *err);
/* Runs cli's row over an open workspace and prints the answer. */
int cli_run_here(struct cli *cli, struct workspace *ws, struct error *err);
const char *import_mode_word(const struct args *a);
/* Runs cli->op on cli->args.dir: here, or asks the server that holds it. */
int cli_workspace(struct cli *cli, struct error *err);
/* The same row of the table, answered by the server at `address`. */
int remote_run(struct cli *cli, struct str address, struct error *err);
void help_command(FILE *to, const struct op *op, bool zh);
void help_all(FILE *to, bool zh);
/* "figure DIR INDICATOR [--of ENTITY] …" */
void help_usage(struct buf *out, const struct op *op);

void openapi_text(struct buf *out);
void client_ts_text(struct buf *out);
void man_text(struct buf *out);

/* ---- schema.c: the objects of the answers ---- */
/* fields: "name:type name?:type …"; type: int str bool, a schema, [T], 'a|b', and T|null. */
struct schema {
    const char *name, *fields;
};
extern const struct schema schemas[];
extern const size_t schema_count;
const struct schema *schema_find(struct str name);
struct schema_field {
    struct str name, type; /* type without |null and [ ] */
    bool optional, nullable, list, words;
};
/* rest = schema->fields to begin; false at the end */
bool schema_next(struct str *rest, struct schema_field *out);
#endif
