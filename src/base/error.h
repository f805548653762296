/* error.h - one way to fail.
 *
 * Every function that can fail returns an enum code, takes `struct error *` last and leaves
 * nothing half done. The first error set wins, so a caller may report without care for what
 * the clean-up below it says. Wrong input is an error; a broken invariant is an assert.
 * Memory exhaustion is neither: mem_* below end the process (see README, I5). */
#ifndef LUOSHU_BASE_ERROR_H
#define LUOSHU_BASE_ERROR_H
#include <stddef.h>
#include <stdint.h>

enum code {
    OK = 0,
    E_INPUT,    /* what was given is not valid: HTTP 400, exit 2 */
    E_MISSING,  /* no such thing: 404, 2 */
    E_CONFLICT, /* ambiguous, or at odds with what is there: 409, 2 */
    E_DENIED,   /* not allowed: 403 (401 without a token), 2 */
    E_RANGE,    /* an exact number left its range or scale: 422, 2 */
    E_LIMIT,    /* larger than a stated limit: 413, 2 */
    E_BUSY,     /* too much is waiting; the same again later: 429, 3 */
    E_IO,       /* the operating system said no: 500, 3 */
    E_BACKEND,  /* a library or a database said no: 503, 3 */
    E_BUG,      /* ours: 500, 3 */
    CODE_COUNT
};

struct code_info {
    const char *name; /* "input" */
    int http, exit;
    const char *zh, *en;
};

struct error {
    enum code code;
    uint32_t line, column; /* 1-based, 0 = does not apply */
    char text[480];        /* UTF-8, what is wrong, the subject in quotes */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum code code_ = (call);                                                                  \
        if (code_ != OK)                                                                           \
            return code_;                                                                          \
    } while (0)

const struct code_info *code_info(enum code code);

/* Set code and text unless e already holds an error (or is NULL); returns code, so that
 * `return error_set(err, E_INPUT, "unknown unit '%s'", ...)` reads as one thought. */
enum code error_set(struct error *e, enum code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum code error_at(struct error *e, enum code code, uint32_t line, uint32_t column, const char *fmt,
                   ...) PRINTF_LIKE(5, 6);
void error_clear(struct error *e);

/* Never NULL; on exhaustion write one line to stderr and abort(). */
void *mem_alloc(size_t len) __attribute__((malloc));
void *mem_zalloc(size_t len) __attribute__((malloc));
void *mem_realloc(void *p, size_t len);
void mem_free(void *p);
#endif
