/* store_testing.h - what the tests of `store` share: scratch directories, children, raw SQLite. */
#ifndef LUOSHU_STORE_TESTING_H
#define LUOSHU_STORE_TESTING_H
#include "store/store.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRATCH_MAX 200

static inline void scratch_make(char dir[SCRATCH_MAX])
{
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, SCRATCH_MAX, "%s/luoshu-store-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
                                     struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void scratch_remove(const char *dir)
{
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *scratch_path(const char *dir, const char *name)
{
    static char path[SCRATCH_MAX + 40];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static inline void file_write(const char *path, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

/* One integer of a query run beside the program under test. */
static inline int64_t raw_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    int64_t out = 0;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW)
        out = sqlite3_column_int64(s, 0);
    assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
    sqlite3_close(db);
    return out;
}

/* Runs fn(arg) in a child that has no rights of root, and gives its answer (0..255). */
static inline int as_nobody(int (*fn)(const char *arg), const char *arg)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(geteuid() == 0 && setuid(65534) != 0 ? 255 : fn(arg));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define assert_ok(call)                                                                            \
    do {                                                                                           \
        struct error *e_ = &err;                                                                   \
        error_clear(e_);                                                                           \
        if ((call) != OK)                                                                          \
            fail_msg("%s: %s", #call, e_->text);                                                   \
    } while (0)
/* Fails with the code, and the text says `has`. */
#define assert_fails(call, want, has)                                                              \
    do {                                                                                           \
        error_clear(&err);                                                                         \
        assert_int_equal(call, want);                                                              \
        if (strstr(err.text, has) == NULL)                                                         \
            fail_msg("'%s' does not say '%s'", err.text, (const char *)(has));                     \
    } while (0)
#define assert_str(got, want)                                                                      \
    do {                                                                                           \
        struct str got_ = (got);                                                                   \
        if (!str_is(got_, want))                                                                   \
            fail_msg("'%.*s' is not '%s'", STR_ARG(got_), (const char *)(want));                   \
    } while (0)
#endif
