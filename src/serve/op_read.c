/* op_read.c - `luoshu read FILE…`: bulletins to figures in the columns of the facts layout, held
 * against a workspace, or into one (op_document.c). Reading itself is module extract. */
#include "serve/read.h"
#include "serve/serve_int.h"
#include <stdio.h>

#define DOC_COLUMNS 4 /* of what was inferred */
#define DOC_KNOWN 7   /* of a list of documents */
static const char *const fact_columns =
    "id,doc,start,end,text,subject,indicator,kind,value,value_hi,unit,qualifier,period,comparison,"
    "modality,source_date,note\n";
static const char *const doc_columns = "doc,source_date,frame,default_subject\n";

struct read_job {
    struct cli *cli;
    struct extract_words *words;
    struct str docs; /* CSV of what is known, or empty */
    struct buf facts, out_docs;
    size_t count, differ;
    const struct query *against; /* --check: the workspace that a draft is held against */
};

/* ---- what is known of a document ---- */

static enum code known_of(struct read_job *r, struct str doc, struct review_given *out,
                          struct error *err)
{
    struct csv *c = arena_alloc(&r->cli->arena, sizeof *c);
    int at[DOC_KNOWN] = {-1, -1, -1, -1, -1, -1, -1};
    static const char *const names[DOC_KNOWN] = {
        "doc", "source_date", "frame", "default_subject", "title", "source", "address"};
    bool more = true, header = true;
    *out = (struct review_given){.name = doc,
                                 .date = args_str(&r->cli->args, "date"),
                                 .subject = args_str(&r->cli->args, "subject"),
                                 .address = args_str(&r->cli->args, "address")};
    csv_open(c, r->docs, &r->cli->arena);
    while (r->docs.len && more) {
        TRY(csv_next(c, &more, err));
        for (size_t i = 0; header && more && i < c->count; i++)
            for (int k = 0; k < DOC_KNOWN; k++)
                if (str_is(c->field[i].text, names[k]))
                    at[k] = (int)i;
        if (header && at[0] < 0)
            return error_set(err, E_INPUT, "the list of documents has no column 'doc'");
        if (!header && more && (size_t)at[0] < c->count && str_eq(c->field[at[0]].text, doc)) {
            struct str *to[DOC_KNOWN] = {NULL,        &out->date,      &out->frame,  &out->subject,
                                         &out->title, &out->publisher, &out->address};
            for (int k = 1; k < DOC_KNOWN; k++)
                if (at[k] >= 0 && (size_t)at[k] < c->count && c->field[at[k]].text.len)
                    *to[k] = arena_dup(&r->cli->arena, c->field[at[k]].text);
            return OK;
        }
        header = false;
    }
    return OK;
}

/* ---- rows ---- */

static struct str number(struct arena *a, uint32_t v)
{
    return arena_fmt(a, "%u", v);
}

static struct str decimal(struct arena *a, struct dec d)
{
    char text[DEC_TEXT];
    size_t len = dec_text(d.units, d.scale, text);
    return arena_dup(a, (struct str){text, len});
}

/* A span may run over a line end of the page; in a row it is written \n. */
static struct str one_line(struct arena *a, struct str s)
{
    struct buf b;
    buf_init(&b, s.len * 2 + 1);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\n')
            buf_z(&b, "\\n");
        else if (s.ptr[i] != '\r')
            buf_byte(&b, s.ptr[i]);
    struct str out = arena_dup(a, buf_str(&b));
    buf_clear(&b);
    return out;
}

static void fact_line(struct read_job *r, struct str doc, size_t index, const struct extract_fact *f,
                      const struct extract_result *e)
{
    struct arena *a = &r->cli->arena;
    char period[32];
    size_t len = extract_period(f, period);
    const struct str row[] = {arena_fmt(a, "r%zu-%03zu", r->count, index + 1),
                              doc,
                              number(a, f->start),
                              number(a, f->end),
                              one_line(a, f->text),
                              f->subject,
                              f->indicator,
                              str_z(kind_name(f->kind)),
                              decimal(a, f->value),
                              f->qualifier == Q_RANGE ? decimal(a, f->value_hi) : STR(""),
                              f->unit,
                              str_z(qualifier_name(f->qualifier)),
                              arena_dup(a, (struct str){period, len}),
                              f->comparison,
                              str_z(modality_name(f->modality)),
                              e->source_date,
                              f->year_unknown ? STR("year unresolved") : STR("")};
    csv_put(&r->facts, row, sizeof row / sizeof *row);
}

static void tell_inferred(struct read_job *r, struct str doc, const struct extract_result *e)
{
    fprintf(r->cli->err, "# %.*s: %zu figures, %zu numbers that are none, %s", STR_ARG(doc),
            e->facts.len, e->noise.len, e->encoding);
    if (e->inferred_date && e->source_date.len)
        fprintf(r->cli->err, "; date inferred: %.*s", STR_ARG(e->source_date));
    if (!e->source_date.len && e->facts.len)
        fputs("; no year is told: its periods are XXXX, give --date or --docs", r->cli->err);
    if (e->inferred_frame)
        fprintf(r->cli->err, "; frame inferred: %.*s", STR_ARG(e->frame));
    if (e->inferred_subject)
        fprintf(r->cli->err, "; subject inferred: %.*s", STR_ARG(e->subject));
    if (e->cut)
        fputs("; too many for one document: what follows was not read", r->cli->err);
    fputc('\n', r->cli->err);
}

static enum code read_one(struct read_job *r, const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    struct str bytes, doc = str_z(slash ? slash + 1 : path);
    struct review_given known;
    struct extract_result e;
    struct error mine = {0};
    TRY(file_read(path, &r->cli->arena, &bytes, err));
    TRY(known_of(r, doc, &known, err));
    r->count++;
    const struct extract_doc told = {known.date, known.frame, known.subject};
    enum code c = extract_run(r->words, bytes, &told, &e, &mine);
    if (c == OK && e.facts.len && !e.source_date.len && r->against) /* its periods hang in the air */
        c = error_set(&mine, E_INPUT, "the text tells no date: give --date or a list with --docs");
    if (c == OK) {
        const struct str row[] = {doc, e.source_date, e.frame, e.subject};
        csv_put(&r->out_docs, row, DOC_COLUMNS);
        for (size_t i = 0; i < e.facts.len; i++)
            if (r->against)
                r->differ += draft_line(r->against, &r->cli->arena, doc, &e.facts.v[i], &r->facts);
            else
                fact_line(r, doc, i, &e.facts.v[i], &e);
        tell_inferred(r, doc, &e);
    }
    extract_result_clear(&e);
    return c == OK ? OK : error_at(err, c, mine.line, mine.column, "%s: %s", path, mine.text);
}

/* ---- into a workspace: the operation of the table, once for each document ---- */

static void arg_put(struct args *a, const struct op *op, const char *name, struct str text)
{
    for (const struct arg *arg = op->args; arg->name; arg++)
        if (text.len && strcmp(arg->name, name) == 0) {
            a->v[a->count].arg = arg;
            a->v[a->count++].text = text;
        }
}

static struct cli document_cli(const struct read_job *r, const char **path,
                               const struct review_given *g, struct str dir)
{
    struct cli one = *r->cli;
    one.op = op_by_path(STR(API_BASE "/read"));
    one.args = (struct args){.dir = dir, .many = path, .many_count = 1};
    arg_put(&one.args, one.op, "name", g->name);
    arg_put(&one.args, one.op, "date", g->date);
    arg_put(&one.args, one.op, "frame", g->frame);
    arg_put(&one.args, one.op, "subject", g->subject);
    arg_put(&one.args, one.op, "title", g->title);
    arg_put(&one.args, one.op, "publisher", g->publisher);
    arg_put(&one.args, one.op, "address", g->address);
    return one;
}

static int into_one(struct read_job *r, struct workspace *ws, struct str server, struct str dir,
                    const char **path, struct error *err)
{
    const char *slash = strrchr(*path, '/');
    struct review_given known;
    struct error mine = {0};
    enum code c = known_of(r, str_z(slash ? slash + 1 : *path), &known, err);
    if (c != OK)
        return code_info(c)->exit;
    struct cli one = document_cli(r, path, &known, dir);
    int status = server.ptr ? remote_run(&one, server, &mine) : cli_run_here(&one, ws, &mine);
    r->cli->arena = one.arena; /* grown by now */
    r->cli->headed = one.headed;
    if (mine.code != OK)
        error_at(err, mine.code, mine.line, mine.column, "%s: %s", *path, mine.text);
    return status;
}

/* What can be read is filed, also when a file before it could not. */
static int read_into(struct read_job *r, struct str dir, struct error *err)
{
    const struct args *a = &r->cli->args;
    struct workspace ws = {0};
    struct str server = server_file_address(dir, &r->cli->arena);
    int worst = 0;
    if (args_str(a, "catalog").len)
        return code_info(error_set(err, E_INPUT,
                                   "--catalog is for trying words out; into a workspace its own "
                                   "are taken"))
            ->exit;
    if (args_str(a, "docs").len && file_read(arena_z(&r->cli->arena, args_str(a, "docs")),
                                             &r->cli->arena, &r->docs, err) != OK)
        return code_info(err->code)->exit;
    if (!server.ptr && workspace_open(&ws, dir, err) != OK)
        return code_info(err->code)->exit;
    for (size_t i = 0; i < a->many_count; i++) {
        struct error mine = {0};
        int status = into_one(r, &ws, server, dir, &a->many[i], &mine);
        if (mine.code != OK && a->many_count > 1)
            fprintf(r->cli->err, "luoshu: %s\n", mine.text);
        if (status > worst) {
            worst = status;
            if (mine.code != OK && a->many_count == 1)
                *err = mine;
        }
    }
    if (!server.ptr)
        workspace_close(&ws);
    return worst;
}

/* ---- to the terminal, or against a workspace ---- */

static enum code read_all(struct read_job *r, const struct model *m, struct error *err)
{
    const struct args *a = &r->cli->args;
    struct read_words words = {.catalog = args_str(a, "catalog"),
                               .workspace = args_str(a, "check"),
                               .words = args_str(a, "words"),
                               .arena = &r->cli->arena};
    TRY(read_words_open(&words, m, &r->words, err));
    if (args_str(a, "docs").len)
        TRY(file_read(arena_z(&r->cli->arena, args_str(a, "docs")), &r->cli->arena, &r->docs, err));
    buf_z(&r->facts, r->against ? draft_columns : fact_columns);
    buf_z(&r->out_docs, doc_columns);
    for (size_t i = 0; i < a->many_count; i++)
        TRY(read_one(r, a->many[i], err));
    cli_put(r->cli, buf_str(&r->facts));
    return OK;
}

static enum code read_cli(struct cli *cli, bool *differ, struct error *err)
{
    struct read_job r = {.cli = cli};
    struct workspace ws;
    struct query q;
    struct str against = args_str(&cli->args, "check");
    if (against.len) {
        TRY(workspace_open(&ws, against, err));
        q = (struct query){.ledger = ws.ledger, .right = RIGHT_READ, .as_of = AS_OF_NOW};
        r.against = &q;
    }
    buf_init(&r.facts, ANSWER_MAX);
    buf_init(&r.out_docs, 64u << 20);
    enum code c = read_all(&r, against.len ? ledger_model(ws.ledger) : NULL, err);
    *differ = r.differ > 0;
    extract_words_free(r.words);
    buf_clear(&r.facts);
    buf_clear(&r.out_docs);
    if (against.len)
        workspace_close(&ws);
    return c;
}

int read_local(struct cli *cli, struct error *err)
{
    bool differ = false;
    struct str dir = args_str(&cli->args, "into");
    struct read_job r = {.cli = cli};
    if (dir.len && args_str(&cli->args, "check").len)
        return code_info(error_set(err, E_INPUT, "--into and --check exclude each other"))->exit;
    if (dir.len)
        return read_into(&r, dir, err);
    enum code c = read_cli(cli, &differ, err);
    return c == OK ? differ : code_info(c)->exit;
}
