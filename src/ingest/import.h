/* import.h - tables into the ledger: CSV known by its header.
 *
 * Layouts: facts (facts/README), regions, indicators, docs, published tables, divisions, code
 * lists, GB/T 4754, enterprise honours, clusters, project batches, entities, memberships. Several
 * files are put in the order names -> sources -> facts whatever the order they were given in. */
#ifndef LUOSHU_INGEST_IMPORT_H
#define LUOSHU_INGEST_IMPORT_H
#include "ledger/ledger.h"

#define IMPORT_FILE_MAX (256u << 20) /* bytes */
#define IMPORT_PROBLEMS_MAX 1000     /* kept; all are counted */

struct import_file {
    struct str name; /* as told to people: the base name */
    struct str bytes;
};
struct import_problem {
    struct str file;
    uint32_t line, column;
    bool warning; /* the row is kept */
    struct str text;
};
struct import_report {
    struct arena arena;
    VEC(struct import_problem) problems;
    size_t errors, warnings, rows;
    struct {
        struct str file, layout, encoding;
        size_t rows, bad;
    } file[256];
    size_t files;
    struct ledger_counts counts;
    bool stored;
};
enum import_mode { IMPORT_WHOLE, IMPORT_PARTIAL, IMPORT_CHECK };
/* IMPORT_WHOLE: one bad row and nothing is stored (E_INPUT, the report says which rows);
 * IMPORT_PARTIAL: the good rows are stored; IMPORT_CHECK: nothing is stored, whatever comes.
 * report: initialised here, given back with import_report_clear, also after a failure. */
MUST_CHECK enum code import_files(struct ledger *l, const struct import_file *files, size_t count,
                                  enum import_mode mode, struct str actor, int64_t recorded_us,
                                  struct import_report *report, struct error *err);
void import_report_clear(struct import_report *r);

/* A file of the catalogue that travels in the program, by its path below catalog/. */
bool embedded_file(const char *name, struct str *out);

/* The embedded catalogue (units, divisions, GB/T 4754, indicators) into a fresh workspace.
 * region: a GB/T 2260 code to prefer ("4103"), may be empty; kept as setting "region". */
MUST_CHECK enum code import_catalogue(struct ledger *l, struct str region, int64_t recorded_us,
                                      struct error *err);
#endif
