/* import.c - files in, problems out: finds the layout, feeds the rows, commits or takes back.
 * Not here: what a row means (layout_*.c). */
#include "ingest/import_int.h"
#include <stdio.h>
#include <stdlib.h>

const struct layout *const layouts[] = {&layout_units,
                                        &layout_divisions,
                                        &layout_sectors,
                                        &layout_provinces,
                                        &layout_cities,
                                        &layout_areas,
                                        &layout_streets,
                                        &layout_regions,
                                        &layout_indicators,
                                        &layout_docs,
                                        &layout_memberships,
                                        &layout_honours,
                                        &layout_clusters,
                                        &layout_tables,
                                        &layout_projects,
                                        &layout_facts,
                                        NULL};

struct str cell(const struct import *im, int i)
{
    return im->row.field[i];
}

static void problem(struct import *im, bool warning, uint32_t line, uint32_t column,
                    struct str text)
{
    struct import_report *r = im->report;
    if (warning)
        r->warnings++;
    else
        r->errors++;
    if (r->problems.len < IMPORT_PROBLEMS_MAX)
        vec_push(&r->problems, (struct import_problem){arena_dup(&r->arena, im->file), line, column,
                                                       warning, arena_dup(&r->arena, text)});
}

void import_problem(struct import *im, bool warning, uint32_t line, uint32_t column,
                    const char *fmt, ...)
{
    char text[480];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    problem(im, warning, line, column, str_z(text));
}

void import_warn(struct import *im, int i, const char *fmt, ...)
{
    char text[480];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    problem(im, true, im->row.line, im->row.column[i], str_z(text));
}

enum code cell_error(const struct import *im, int i, enum code code, struct error *err,
                     const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_at(err, code, im->row.line, im->row.column[i], "%s", text);
}

void keep_row(struct import *im)
{
    vec_push(&im->kept, im->row);
    struct row_text *r = &im->kept.v[im->kept.len - 1];
    for (int i = 0; i < COLUMNS_MAX; i++)
        r->field[i] = r->field[i].len ? arena_dup(&im->arena, r->field[i]) : STR_NULL;
}

static void row_failed(struct import *im, const struct error *e)
{
    im->bad++;
    problem(im, false, e->line ? e->line : im->row.line, e->column, str_z(e->text));
}

void each_kept(struct import *im, enum code (*fn)(struct import *im, struct error *err))
{
    for (size_t i = 0; i < im->kept.len; i++) {
        struct error e = {0};
        im->row = im->kept.v[i];
        if (fn(im, &e) != OK)
            row_failed(im, &e);
    }
}

/* ---- layouts by header ---- */

static int header_index(const struct str *header, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(header[i], name))
            return (int)i;
    return -1;
}

/* Number of the layout's columns that the header has, or -1 when a required one is missing. */
static int layout_fits(const struct layout *l, const struct str *header, size_t count)
{
    int hits = 0;
    bool required = true;
    for (int i = 0; i < COLUMNS_MAX; i++) {
        if (!l->columns[i]) {
            if (!required)
                break;
            required = false;
            continue;
        }
        if (header_index(header, count, l->columns[i]) >= 0)
            hits++;
        else if (required)
            return -1;
    }
    return hits;
}

static const struct layout *layout_of(const struct str *header, size_t count)
{
    const struct layout *best = NULL;
    int most = 0;
    for (size_t i = 0; layouts[i]; i++) {
        int hits = layout_fits(layouts[i], header, count);
        if (hits > most) {
            most = hits;
            best = layouts[i];
        }
    }
    return best;
}

/* Columns keep their number in the layout's list, the NULL between required and optional left out.
 */
static void place_columns(struct import *im, const struct str *header, size_t count)
{
    int at = 0;
    bool optional = false;
    for (int i = 0; i < COLUMNS_MAX; i++)
        im->place[i] = -1;
    for (int i = 0; i < COLUMNS_MAX; i++) {
        if (!im->layout->columns[i]) {
            if (optional)
                break;
            optional = true;
            continue;
        }
        im->place[at++] = header_index(header, count, im->layout->columns[i]);
    }
}

/* The layout that shares most columns with the header, and what the header lacks of it. */
static enum code no_layout(struct error *err, const struct str *header, size_t count)
{
    const struct layout *near = NULL;
    int most = 0;
    struct buf b;
    for (size_t i = 0; layouts[i]; i++) {
        int hits = 0;
        for (int k = 0; layouts[i]->columns[k]; k++)
            hits += header_index(header, count, layouts[i]->columns[k]) >= 0;
        if (hits > most) {
            most = hits;
            near = layouts[i];
        }
    }
    buf_init(&b, 300);
    for (int k = 0; near && near->columns[k]; k++)
        if (header_index(header, count, near->columns[k]) < 0)
            buf_fmt(&b, "%s%s", b.len ? ", " : "", near->columns[k]);
    for (size_t i = 0; !near && layouts[i]; i++)
        buf_fmt(&b, "%s%s", i ? ", " : "", layouts[i]->name);
    struct str first = count ? header[0] : STR_NULL;
    enum code c =
        error_at(err, E_INPUT, 1, 1,
                 near ? "the header is of no known layout (%zu columns, first '%.*s'); nearest is "
                        "'%s', of which it lacks: %.*s"
                      : "the header is of no known layout (%zu columns, first '%.*s'); %s: %.*s",
                 count, STR_ARG(first), near ? near->name : "known are", STR_ARG(buf_str(&b)));
    buf_clear(&b);
    return c;
}

struct opened {
    struct import im;
    const struct import_file *file;
    size_t index;
    enum code code;
};

static enum code read_header(struct import *im, struct error *err)
{
    bool more;
    TRY(csv_next(&im->csv, &more, err));
    if (!more)
        return error_at(err, E_INPUT, 1, 1, "the file is empty: a header row is needed");
    struct str header[CSV_COLUMNS_MAX];
    im->header_count = im->csv.count;
    for (size_t i = 0; i < im->csv.count; i++)
        header[i] = arena_dup(&im->arena, str_trim(im->csv.field[i].text));
    im->layout = layout_of(header, im->header_count);
    if (!im->layout)
        return no_layout(err, header, im->header_count);
    place_columns(im, header, im->header_count);
    return OK;
}

static void take_row(struct import *im)
{
    im->row.line = im->csv.field[0].line;
    for (int i = 0; i < COLUMNS_MAX; i++) {
        int at = im->place[i];
        bool there = at >= 0 && (size_t)at < im->csv.count;
        im->row.field[i] = there ? str_trim(im->csv.field[at].text) : STR_NULL;
        im->row.column[i] = there ? im->csv.field[at].column : 1;
        if (there)
            im->row.line = im->csv.field[0].line;
    }
}

static void read_rows(struct import *im)
{
    for (bool more = true; more;) {
        struct error e = {0};
        if (csv_next(&im->csv, &more, &e) != OK) {
            im->row.line = e.line;
            row_failed(im, &e);
            if (e.code == E_LIMIT)
                return;
            continue;
        }
        if (!more)
            return;
        im->report->rows++;
        im->report->file[im->report->files].rows++;
        take_row(im);
        if (im->csv.count != im->header_count) {
            error_at(&e, E_INPUT, im->row.line, 1, "the row has %zu fields, the header %zu",
                     im->csv.count, im->header_count);
            row_failed(im, &e);
            continue;
        }
        if (im->layout->row(im, &e) != OK)
            row_failed(im, &e);
    }
}

static enum code open_file(struct opened *o, struct ledger *l, struct import_report *r,
                           const struct catalogue_words *w, struct error *err)
{
    struct import *im = &o->im;
    const char *encoding;
    struct str text;
    im->ledger = l;
    im->report = r;
    im->words = w;
    arena_init(&im->arena, 0);
    im->file = o->file->name;
    r->file[o->index].file =
        arena_dup(&r->arena, o->file->name); /* also of a file that can't be read */
    if (o->file->bytes.len > IMPORT_FILE_MAX)
        return error_set(err, E_LIMIT, "the file has %zu bytes, more than %u", o->file->bytes.len,
                         IMPORT_FILE_MAX);
    TRY(text_decode(o->file->bytes, &im->arena, &text, &encoding, err));
    csv_open(&im->csv, text, &im->arena);
    r->file[o->index].encoding = str_z(encoding);
    return read_header(im, err);
}

static void run_file(struct opened *o)
{
    struct import *im = &o->im;
    im->report->files = o->index; /* rows are counted under this file */
    im->report->file[o->index].layout = str_z(im->layout->name);
    read_rows(im);
    if (im->layout->end)
        im->layout->end(im);
    im->report->file[o->index].bad = im->bad;
}

static int by_order(const void *a, const void *b)
{
    const struct opened *x = *(struct opened *const *)a, *y = *(struct opened *const *)b;
    if (x->im.layout->order != y->im.layout->order)
        return x->im.layout->order < y->im.layout->order ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static void close_files(struct opened *o, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        vec_clear(&o[i].im.kept);
        arena_clear(&o[i].im.arena);
    }
}

/* All files read into the transaction under way. */
static void run_files(struct opened *o, size_t count, struct ledger *l, struct import_report *r,
                      const struct catalogue_words *w, bool catalogue)
{
    struct opened *good[sizeof r->file / sizeof *r->file];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct error e = {0};
        o[i].im.catalogue = catalogue;
        if (open_file(&o[i], l, r, w, &e) == OK)
            good[n++] = &o[i];
        else {
            o[i].im.row.line = e.line ? e.line : 1;
            row_failed(&o[i].im, &e);
        }
    }
    qsort(good, n, sizeof *good, by_order);
    for (size_t i = 0; i < n; i++)
        run_file(good[i]);
    r->files = count;
}

static enum code refuse(const struct import_report *r, struct error *err)
{
    struct import_problem p = {0};
    for (size_t i = r->problems.len; i-- > 0;)
        if (!r->problems.v[i].warning)
            p = r->problems.v[i];
    return error_at(err, E_INPUT, p.line, p.column,
                    "nothing was stored: %zu of %zu rows are not good; the first, in '%.*s': %.*s",
                    r->errors, r->rows, STR_ARG(p.file), STR_ARG(p.text));
}

static enum code finish(struct ledger *l, enum import_mode mode, struct import_report *r,
                        struct error *err)
{
    if (mode == IMPORT_CHECK || (mode == IMPORT_WHOLE && r->errors)) {
        r->counts = ledger_pending(l);
        ledger_rollback(l);
        return mode == IMPORT_CHECK ? OK : refuse(r, err);
    }
    TRY(ledger_commit(l, &r->counts, err));
    r->stored = true;
    return OK;
}

static enum code import_all(struct ledger *l, const struct import_file *files, size_t count,
                            enum import_mode mode, struct str actor, int64_t recorded_us,
                            bool catalogue, struct import_report *r, struct error *err)
{
    struct catalogue_words words;
    struct buf origin;
    arena_init(&r->arena, 0);
    if (count > sizeof r->file / sizeof *r->file)
        return error_set(err, E_LIMIT, "%zu files at once, more than %zu", count,
                         sizeof r->file / sizeof *r->file);
    TRY(words_load(&words, err));
    buf_init(&origin, 512);
    for (size_t i = 0; i < count; i++)
        buf_fmt(&origin, "%s%.*s", i ? ", " : "", STR_ARG(files[i].name));
    enum code c = ledger_begin(l, buf_str(&origin), actor, recorded_us, err);
    if (c == OK) {
        struct opened *o = mem_zalloc(count * sizeof *o + 1);
        for (size_t i = 0; i < count; i++) {
            o[i].file = &files[i];
            o[i].index = i;
        }
        run_files(o, count, l, r, &words, catalogue);
        c = finish(l, mode, r, err);
        close_files(o, count);
        mem_free(o);
    }
    buf_clear(&origin);
    words_clear(&words);
    return c;
}

enum code import_files(struct ledger *l, const struct import_file *files, size_t count,
                       enum import_mode mode, struct str actor, int64_t recorded_us,
                       struct import_report *report, struct error *err)
{
    memset(report, 0, sizeof *report);
    return import_all(l, files, count, mode, actor, recorded_us, false, report, err);
}

void import_report_clear(struct import_report *r)
{
    vec_clear(&r->problems);
    arena_clear(&r->arena);
}

bool embedded_file(const char *name, struct str *out)
{
    for (const struct embedded *e = embedded_catalogue; e->name; e++)
        if (strcmp(e->name, name) == 0) {
            *out = (struct str){e->start, (size_t)(e->end - e->start)};
            return true;
        }
    return false;
}

/* Files of the catalogue that fill a fresh workspace; the others are words for the importer. */
static const char *const catalogue_files[] = {
    "units.csv", "divisions/gbt2260.csv", "gbt4754/2017.csv", "gbt4754/2011.csv", "indicators.csv"};

enum code import_catalogue(struct ledger *l, struct str region, int64_t recorded_us,
                           struct error *err)
{
    struct import_file files[sizeof catalogue_files / sizeof *catalogue_files];
    size_t n = sizeof files / sizeof *files;
    (void)region;
    for (size_t i = 0; i < n; i++) {
        files[i].name = str_z(catalogue_files[i]);
        if (!embedded_file(catalogue_files[i], &files[i].bytes))
            return error_set(err, E_BUG, "catalogue file '%s' is not in the program",
                             catalogue_files[i]);
    }
    struct import_report *r = mem_zalloc(sizeof *r);
    enum code c =
        import_all(l, files, n, IMPORT_WHOLE, STR("catalogue"), recorded_us, true, r, err);
    for (size_t i = 0; i < r->problems.len; i++) /* a fault of ours: say all of it */
        log_event(LOG_WARN, "catalogue", "file=%.*s line=%u column=%u text=\"%.*s\"",
                  STR_ARG(r->problems.v[i].file), r->problems.v[i].line, r->problems.v[i].column,
                  STR_ARG(r->problems.v[i].text));
    import_report_clear(r);
    mem_free(r);
    return c;
}
