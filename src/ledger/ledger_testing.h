/* ledger_testing.h - what the tests of `ledger` and `ingest` share: a workspace in a scratch
 * folder, and calls that must succeed. For tests only. */
#ifndef LUOSHU_LEDGER_TESTING_H
#define LUOSHU_LEDGER_TESTING_H
#include "base/test.h"
#include "ledger/ledger.h"
#include <ftw.h>
#include <unistd.h>

/* The call must return OK; `e` of the function under way takes the error. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct error e_ = {0};                                                                     \
        struct error *e = &e_;                                                                     \
        if ((call) != OK)                                                                          \
            fail_msg("%s:%d: %s", __FILE__, __LINE__, e_.text);                                    \
    } while (0)

struct scratch {
    char dir[200];
    struct ledger *l;
};

static inline void scratch_folder(struct scratch *s)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(s->dir, sizeof s->dir, "%s/luoshu-test-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(s->dir));
    s->l = NULL;
}

static inline void scratch_open(struct scratch *s, const char *backend)
{
    scratch_folder(s);
    MUST(ledger_open(&s->l, s->dir, true, str_z(backend), e));
}

static inline void scratch_reopen(struct scratch *s)
{
    ledger_close(s->l);
    s->l = NULL;
    MUST(ledger_open(&s->l, s->dir, false, STR(""), e));
}

static inline int scratch_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void scratch_close(struct scratch *s)
{
    ledger_close(s->l);
    nftw(s->dir, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void rollup_text(const struct ledger *l, struct buf *out)
{
    buf_init(out, 1u << 28);
    rollup_bytes(ledger_rollup(l), out);
}

/* The sums of the ledger are those of `want`, byte for byte. */
static inline void check_sums(const struct ledger *l, const struct buf *want, const char *why)
{
    struct buf got;
    rollup_text(l, &got);
    if (!str_eq(buf_str(&got), buf_str(want)))
        fail_msg("%s: the sums differ (%zu bytes, want %zu)", why, got.len, want->len);
    buf_clear(&got);
}

static inline void tell_difference(void *ctx, const struct ledger_difference *d)
{
    (void)ctx;
    print_error("%s: grouping %u entity %u series %u: %lld, replayed %lld\n", d->where,
                d->cell.grouping, d->cell.entity, d->cell.series, (long long)d->found,
                (long long)d->replayed);
}

static inline void check_replay(struct ledger *l)
{
    size_t cells, differences;
    MUST(ledger_replay(l, tell_difference, NULL, &cells, &differences, e));
    assert_int_equal(differences, 0);
}

static inline struct period period_z(const char *text)
{
    struct period p;
    MUST(period_parse(str_z(text), &p, e));
    return p;
}

static inline day_t day_z(const char *text)
{
    return period_z(text).last;
}
#endif
