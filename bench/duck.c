/* duck.c - DuckDB for bench/ingest: SQL from standard input, a statement a line, the rows to standard output. After each
 * statement its seconds and CPU seconds go to standard error.   duck DB */
#define _GNU_SOURCE
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

int main(int argc, char **argv)
{
    duckdb_database db;
    duckdb_connection c;
    duckdb_result r;
    char *line = NULL;
    size_t room = 0;
    if (argc != 2 || duckdb_open(argv[1], &db) != DuckDBSuccess || duckdb_connect(db, &c) != DuckDBSuccess)
        return 2;
    fprintf(stderr, "DuckDB %s\n", duckdb_library_version());
    while (getline(&line, &room, stdin) > 0) {
        double t = now(), u = cpu();
        line[strcspn(line, "\n")] = 0;
        if (duckdb_query(c, line, &r) != DuckDBSuccess) {
            fprintf(stderr, "%s: %s\n", line, duckdb_result_error(&r));
            return 1;
        }
        fprintf(stderr, "ms=%.2f cpu_s=%.3f %.60s\n", (now() - t) * 1e3, cpu() - u, line);
        for (idx_t i = 0; i < duckdb_row_count(&r); i++)
            for (idx_t k = 0; k < duckdb_column_count(&r); k++) {
                char *v = duckdb_value_varchar(&r, k, i);
                printf("%s%c", v ? v : "", k + 1 < duckdb_column_count(&r) ? '\t' : '\n');
                duckdb_free(v);
            }
        duckdb_destroy_result(&r);
    }
    duckdb_disconnect(&c);
    duckdb_close(&db);
    fprintf(stderr, "all cpu_s=%.3f\n", cpu());
    return 0;
}
