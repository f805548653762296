/* op_read.c - `luoshu read FILE…`: bulletins to figures in the columns of the facts layout, on
 * stdout or into a workspace. Reading itself is module extract. */
#include "serve/read.h"
#include "serve/serve_int.h"
#include <stdio.h>
#include <unistd.h>

#define DOC_COLUMNS 4
static const char *const fact_columns =
    "id,doc,start,end,text,subject,indicator,kind,value,value_hi,unit,qualifier,period,comparison,"
    "modality,source_date,note\n";
static const char *const doc_columns = "doc,source_date,frame,default_subject\n";

struct reading {
    struct cli *cli;
    struct extract_words *words;
    struct str docs; /* CSV of what is known, or empty */
    struct buf facts, out_docs;
    size_t count, differ;
    const struct query *against; /* --check: the workspace that a draft is held against */
};

/* ---- words ---- */

static enum code word_file(struct cli *cli, const char *name, struct str *out, struct error *err)
{
    struct str dir = args_str(&cli->args, "catalog");
    struct buf path;
    if (dir.len) {
        buf_init(&path, 4096);
        buf_fmt(&path, "%.*s/extract/%s", STR_ARG(dir), name);
        char *z = arena_z(&cli->arena, buf_str(&path));
        buf_clear(&path);
        return file_read(z, &cli->arena, out, err);
    }
    buf_init(&path, 256);
    buf_fmt(&path, "extract/%s", name);
    char *z = arena_z(&cli->arena, buf_str(&path));
    buf_clear(&path);
    return embedded_file(z, out) ? OK : error_set(err, E_BUG, "no catalogue file '%s'", z);
}

#define OWN_FILES 5
/* Words of one's own, beside the catalogue's: those files of `dir` that there are. */
static enum code own_words(struct cli *cli, struct str dir, struct extract_files *out,
                           struct error *err)
{
    static const char *const names[OWN_FILES] = {"words.csv", "units.csv", "noise.csv",
                                                 "characters.csv", "indicators.csv"};
    struct str *const to[OWN_FILES] = {&out->words, &out->units, &out->noise, &out->characters,
                                       &out->indicators};
    size_t found = 0;
    out->place = arena_z(&cli->arena, dir);
    for (size_t i = 0; i < OWN_FILES; i++) {
        char *path = arena_z(&cli->arena, arena_fmt(&cli->arena, "%s/%s", out->place, names[i]));
        if (access(path, F_OK) != 0)
            continue;
        found++;
        TRY(file_read(path, &cli->arena, to[i], err));
    }
    return found > 0 ? OK
                     : error_set(err, E_MISSING,
                                 "no words in '%s': none of words.csv, units.csv, noise.csv, "
                                 "characters.csv, indicators.csv is there",
                                 out->place);
}

/* DIR/words of a workspace, where it has one, and then --words. */
static enum code more_words(struct cli *cli, struct extract_files more[2],
                            const struct extract_files **first, struct error *err)
{
    struct str ws = args_str(&cli->args, "into"), dir = args_str(&cli->args, "words");
    const struct extract_files **link = first;
    ws = ws.len ? ws : args_str(&cli->args, "check");
    if (ws.len) {
        struct str own = arena_fmt(&cli->arena, "%.*s/words", STR_ARG(ws));
        if (access(arena_z(&cli->arena, own), F_OK) == 0) {
            TRY(own_words(cli, own, &more[0], err));
            *link = &more[0];
            link = &more[0].more;
        }
    }
    if (dir.len) {
        TRY(own_words(cli, dir, &more[1], err));
        *link = &more[1];
    }
    return OK;
}

static void entity_line(struct buf *b, struct str name, struct str type, struct str parent,
                        struct str aliases)
{
    const struct str row[] = {name, type, parent, aliases};
    csv_put(b, row, 4);
}

/* Cities and provinces go by their short names: 洛阳 for 洛阳市. Shorter levels would be ambiguous. */
static struct str short_name(struct str name, struct str type)
{
    static const char *const endings[] = {"市", "省"};
    for (size_t i = 0; i < 2 && (str_is(type, "city") || str_is(type, "province")); i++)
        if (str_ends(name, str_z(endings[i])) && name.len > 2 * strlen(endings[i]))
            return str_sub(name, 0, name.len - strlen(endings[i]));
    return STR("");
}

/* The entities of a workspace by name; those of tables and classifications are no subjects. */
static void entities_of_model(const struct model *m, struct arena *a, struct buf *out)
{
    buf_z(out, "name,type,parent,aliases\n");
    for (size_t i = 0; i < m->entities.len; i++) {
        const struct entity *e = &m->entities.v[i];
        if (e->scope.len || str_starts(e->type, STR("sector")) || e->provisional)
            continue;
        uint32_t parent = model_parent(m, e->id, DAY_MAX);
        struct buf aliases;
        struct str alias;
        buf_init(&aliases, 1 << 16);
        buf_add(&aliases, short_name(e->name, e->type));
        for (size_t it = 0; (alias = model_alias(m, e->id, &it)).ptr;)
            buf_fmt(&aliases, "%s%.*s", aliases.len ? ";" : "", STR_ARG(alias));
        entity_line(out, e->name, e->type, parent ? model_entity(m, parent)->name : STR(""),
                    arena_dup(a, buf_str(&aliases)));
        buf_clear(&aliases);
    }
}

/* Without a workspace: the divisions of the catalogue. */
static enum code entities_of_catalogue(struct arena *a, struct buf *out, struct error *err)
{
    struct str bytes;
    struct csv *c = mem_zalloc(sizeof *c);
    struct map names;
    VEC(struct str) kept = {0};
    bool more = true;
    enum code code = embedded_file("divisions/gbt2260.csv", &bytes)
                         ? OK
                         : error_set(err, E_BUG, "no catalogue of divisions");
    map_init(&names);
    csv_open(c, bytes, a);
    buf_z(out, "name,type,parent,aliases\n");
    while (code == OK && (code = csv_next(c, &more, err)) == OK && more) {
        uint64_t at;
        struct str parent = STR("");
        if (c->count < 4)
            continue;
        if (map_get(&names, c->field[3].text, &at))
            parent = kept.v[at];
        map_put(&names, c->field[0].text, kept.len);
        vec_push(&kept, arena_dup(a, c->field[1].text));
        if (!str_is(c->field[0].text, "code"))
            entity_line(out, c->field[1].text, c->field[2].text, parent,
                        short_name(c->field[1].text, c->field[2].text));
    }
    vec_clear(&kept);
    map_clear(&names);
    mem_free(c);
    return code;
}

static enum code open_words(struct reading *r, const struct model *m, struct error *err)
{
    struct extract_files f = {.place = "extract"}, more[2];
    memset(more, 0, sizeof more);
    struct buf entities;
    TRY(more_words(r->cli, more, &f.more, err));
    TRY(word_file(r->cli, "words.csv", &f.words, err));
    TRY(word_file(r->cli, "units.csv", &f.units, err));
    TRY(word_file(r->cli, "noise.csv", &f.noise, err));
    TRY(word_file(r->cli, "characters.csv", &f.characters, err));
    (void)embedded_file("indicators.csv", &f.indicators);
    buf_init(&entities, 64u << 20);
    enum code c = OK;
    if (m)
        entities_of_model(m, &r->cli->arena, &entities);
    else
        c = entities_of_catalogue(&r->cli->arena, &entities, err);
    f.entities = buf_str(&entities);
    if (c == OK)
        c = extract_words_open(&f, &r->words, err);
    buf_clear(&entities);
    return c;
}

/* ---- what is known of a document ---- */

static enum code known_of(struct reading *r, struct str doc, struct extract_doc *out,
                          struct error *err)
{
    struct csv *c = arena_alloc(&r->cli->arena, sizeof *c);
    int at[DOC_COLUMNS] = {-1, -1, -1, -1};
    static const char *const names[DOC_COLUMNS] = {"doc", "source_date", "frame",
                                                   "default_subject"};
    bool more = true, header = true;
    *out = (struct extract_doc){.source_date = args_str(&r->cli->args, "date"),
                                .subject = args_str(&r->cli->args, "subject")};
    csv_open(c, r->docs, &r->cli->arena);
    while (r->docs.len && more) {
        TRY(csv_next(c, &more, err));
        for (size_t i = 0; header && more && i < c->count; i++)
            for (int k = 0; k < DOC_COLUMNS; k++)
                if (str_is(c->field[i].text, names[k]))
                    at[k] = (int)i;
        if (header && at[0] < 0)
            return error_set(err, E_INPUT, "the list of documents has no column 'doc'");
        if (!header && more && (size_t)at[0] < c->count && str_eq(c->field[at[0]].text, doc)) {
            struct str *to[DOC_COLUMNS] = {NULL, &out->source_date, &out->frame, &out->subject};
            for (int k = 1; k < DOC_COLUMNS; k++)
                if (at[k] >= 0 && (size_t)at[k] < c->count && c->field[at[k]].text.len)
                    *to[k] = c->field[at[k]].text;
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

static void fact_line(struct reading *r, struct str doc, size_t index, const struct extract_fact *f,
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

static void tell_inferred(struct reading *r, struct str doc, const struct extract_result *e)
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

static enum code read_one(struct reading *r, const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    struct str bytes, doc = str_z(slash ? slash + 1 : path);
    struct extract_doc known;
    struct extract_result e;
    struct error mine = {0};
    TRY(file_read(path, &r->cli->arena, &bytes, err));
    TRY(known_of(r, doc, &known, err));
    r->count++;
    enum code c = extract_run(r->words, bytes, &known, &e, &mine);
    bool filed = r->against || args_str(&r->cli->args, "into").len;
    if (c == OK && e.facts.len && !e.source_date.len && filed) /* its periods hang in the air */
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

/* ---- into a workspace ---- */

static enum code file_them(struct reading *r, struct ledger *l, struct error *err)
{
    const struct import_file files[] = {
        {STR("read.docs.csv"),  buf_str(&r->out_docs)},
        {STR("read.facts.csv"), buf_str(&r->facts)   }
    };
    struct import_report *report = mem_zalloc(sizeof *report);
    enum code c = import_files(l, files, 2, IMPORT_PARTIAL, STR("read"), clock_us(), report, err);
    for (size_t i = 0; i < report->problems.len; i++)
        if (!report->problems.v[i].warning)
            fprintf(r->cli->err, "# left out: figure %u: %.*s\n", report->problems.v[i].line - 1,
                    STR_ARG(report->problems.v[i].text));
    fprintf(r->cli->err, "# filed: %zu new, %zu known, %zu revised, %zu places, %zu left out\n",
            report->counts.facts, report->counts.same, report->counts.revisions,
            report->counts.traces, report->errors);
    import_report_clear(report);
    mem_free(report);
    return c;
}

static enum code read_all(struct reading *r, struct ledger *l, struct error *err)
{
    const struct args *a = &r->cli->args;
    TRY(open_words(r, l ? ledger_model(l) : NULL, err));
    if (args_str(a, "docs").len)
        TRY(file_read(arena_z(&r->cli->arena, args_str(a, "docs")), &r->cli->arena, &r->docs, err));
    buf_z(&r->facts, r->against ? draft_columns : fact_columns);
    buf_z(&r->out_docs, doc_columns);
    for (size_t i = 0; i < a->many_count; i++)
        TRY(read_one(r, a->many[i], err));
    if (l && !r->against)
        TRY(file_them(r, l, err));
    cli_put(r->cli, buf_str(&r->facts));
    return OK;
}

static enum code read_cli(struct cli *cli, bool *differ, struct error *err)
{
    struct reading r = {.cli = cli};
    struct workspace ws;
    struct query q;
    struct str dir = args_str(&cli->args, "into"), against = args_str(&cli->args, "check");
    if (dir.len && against.len)
        return error_set(err, E_INPUT, "--into and --check exclude each other");
    dir = against.len ? against : dir;
    if (dir.len)
        TRY(workspace_open(&ws, dir, err));
    if (against.len) {
        q = (struct query){ws.ledger, RIGHT_READ, AS_OF_NOW};
        r.against = &q;
    }
    buf_init(&r.facts, ANSWER_MAX);
    buf_init(&r.out_docs, 64u << 20);
    enum code c = read_all(&r, dir.len ? ws.ledger : NULL, err);
    *differ = r.differ > 0;
    extract_words_free(r.words);
    buf_clear(&r.facts);
    buf_clear(&r.out_docs);
    if (dir.len)
        workspace_close(&ws);
    return c;
}

int read_local(struct cli *cli, struct error *err)
{
    bool differ = false;
    enum code c = read_cli(cli, &differ, err);
    return c == OK ? differ : code_info(c)->exit;
}
