/* block_merge.c - files of consecutive generations into one with longer runs.
 *
 * Every file has a cursor; the least point of all is next. Its readings are merged by time: the
 * file with the least time gives as many as come before the next file's (of equal times the older
 * generation first), so that files that follow each other in time are copied run by run. */
#include "readings/block_int.h"
#include <assert.h>

enum { RUN = 8192 }; /* long enough that a run's head does not count, short enough to look up */

struct input {
    const struct block_file *file;
    struct block_cursor *c;
    size_t at; /* in the cursor's run */
    bool more;
};
struct merge {
    struct input *in;
    size_t count, n; /* files; readings waiting in the run */
    struct block_writer *out;
    int64_t time_ms[RUN], value[RUN];
};

static enum code advance(struct input *in, size_t by, struct error *err)
{
    in->at += by;
    if (in->at < in->c->n)
        return OK;
    in->at = 0;
    return block_next(in->file, in->c, &in->more, err);
}

static enum code put(struct merge *m, uint32_t point, const int64_t *time_ms, const int64_t *value,
                     size_t n, struct error *err)
{
    while (n > 0) {
        size_t part = RUN - m->n < n ? RUN - m->n : n;
        memcpy(m->time_ms + m->n, time_ms, part * sizeof *time_ms);
        memcpy(m->value + m->n, value, part * sizeof *value);
        m->n += part;
        time_ms += part;
        value += part;
        n -= part;
        if (m->n == RUN) {
            TRY(block_writer_put(m->out, point, m->time_ms, m->value, RUN, err));
            m->n = 0;
        }
    }
    return OK;
}

static int64_t time_of(const struct input *in)
{
    return in->c->time_ms[in->at];
}

/* The input of the point whose time is least, and how many of its run come before all others. */
static size_t least(const struct merge *m, uint32_t point, size_t *n)
{
    size_t best = m->count, second = m->count;
    for (size_t i = 0; i < m->count; i++) {
        const struct input *in = &m->in[i];
        if (!in->more || in->c->point != point)
            continue;
        if (best == m->count || time_of(in) < time_of(&m->in[best])) {
            second = best;
            best = i;
        } else if (second == m->count || time_of(in) < time_of(&m->in[second])) {
            second = i;
        }
    }
    if (best == m->count)
        return best;
    const struct input *in = &m->in[best];
    size_t end = in->c->n;
    if (second < m->count) {
        int64_t bound = time_of(&m->in[second]) + (best < second);
        for (end = in->at; end < in->c->n && in->c->time_ms[end] < bound;)
            end++;
    }
    *n = end - in->at;
    return best;
}

static enum code merge_point(struct merge *m, uint32_t point, struct error *err)
{
    size_t n = 0;
    for (size_t i = least(m, point, &n); i < m->count; i = least(m, point, &n)) {
        struct input *in = &m->in[i];
        assert(n > 0);
        TRY(put(m, point, in->c->time_ms + in->at, in->c->value + in->at, n, err));
        TRY(advance(in, n, err));
    }
    TRY(block_writer_put(m->out, point, m->time_ms, m->value, m->n, err));
    m->n = 0;
    return OK;
}

static enum code merge_all(struct merge *m, struct error *err)
{
    for (size_t i = 0; i < m->count; i++)
        TRY(block_next(m->in[i].file, m->in[i].c, &m->in[i].more, err));
    for (;;) {
        bool any = false;
        uint32_t point = UINT32_MAX;
        for (size_t i = 0; i < m->count; i++)
            if (m->in[i].more) {
                any = true;
                point = m->in[i].c->point < point ? m->in[i].c->point : point;
            }
        if (!any)
            return OK;
        TRY(merge_point(m, point, err));
    }
}

static enum code check_generations(struct block_file *const *files, size_t count, struct error *err)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t before = block_info(files[i - 1])->last_generation;
        uint32_t after = block_info(files[i])->first_generation;
        if (after <= before)
            return error_set(err, E_INPUT, "generation %u is not after %u: oldest files go first",
                             after, before);
    }
    return OK;
}

enum code block_merge(struct block_file *const *files, size_t count, const char *path,
                      struct error *err)
{
    assert(count > 0);
    TRY(check_generations(files, count, err));
    struct merge *m = mem_alloc(sizeof *m);
    m->count = count;
    m->n = 0;
    enum code code = block_writer_begin(&m->out, path, block_info(files[0])->first_generation,
                                        block_info(files[count - 1])->last_generation, err);
    if (code != OK) {
        mem_free(m);
        return code;
    }
    m->in = mem_zalloc(count * sizeof *m->in);
    for (size_t i = 0; i < count; i++) {
        m->in[i].file = files[i];
        m->in[i].c = mem_alloc(sizeof *m->in[i].c);
        m->in[i].c->at = 0;
        m->in[i].c->values_only = false;
    }
    code = merge_all(m, err);
    if (code == OK)
        code = block_writer_end(m->out, err);
    else
        block_writer_drop(m->out);
    for (size_t i = 0; i < count; i++)
        mem_free(m->in[i].c);
    mem_free(m->in);
    mem_free(m);
    return code;
}
