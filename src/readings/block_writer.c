/* block_writer.c - writes a file of blocks, section by section, in bounded memory: what it keeps is
 * one section and 16 bytes of index for every 64 runs. */
#include "readings/block_int.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_BYTES = 1 << 20, SECTION_MOST = 2 << 20 };
enum { EARLY_BYTES = 8 << 20 }; /* the disk is given work this early, so that fsync is short */

struct block_writer {
    char *path, *part;
    int fd;
    struct file_header header;
    struct buf out, section; /* not yet written; runs of the section */
    VEC(struct section) index;
    uint64_t at, early; /* bytes given to the file; of them to the disk */
    uint32_t point;     /* the last one put */
    int64_t point_last_ms;
    int64_t base_ms; /* of the section */
    uint32_t runs, first_point;
    uint32_t points[SECTION_RUNS];
    size_t ends[SECTION_RUNS]; /* in `section` */
};

static enum code io_failed(const struct block_writer *w, const char *what, struct error *err)
{
    return error_set(err, E_IO, "cannot %s '%s': %s", what, w->part, strerror(errno));
}

enum code block_writer_begin(struct block_writer **out, const char *path, uint32_t first_generation,
                             uint32_t last_generation, struct error *err)
{
    struct block_writer *w = mem_zalloc(sizeof *w);
    size_t len = strlen(path);
    w->path = mem_alloc(len + 1);
    memcpy(w->path, path, len + 1);
    w->part = mem_alloc(len + 6);
    memcpy(w->part, path, len);
    memcpy(w->part + len, ".part", 6);
    buf_init(&w->out, SIZE_MAX / 2);
    buf_init(&w->section, SIZE_MAX / 2);
    w->header = (struct file_header){.version = BLOCK_VERSION,
                                     .header_bytes = sizeof w->header,
                                     .first_generation = first_generation,
                                     .last_generation = last_generation,
                                     .first_ms = INT64_MAX,
                                     .last_ms = INT64_MIN};
    memcpy(w->header.magic, BLOCK_MAGIC, sizeof w->header.magic);
    w->fd = open(w->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (w->fd < 0) {
        enum code code = io_failed(w, "create", err);
        block_writer_drop(w);
        return code;
    }
    /* room for the header, which is written last */
    buf_add(&w->out, (struct str){(const char *)&w->header, sizeof w->header});
    *out = w;
    return OK;
}

static enum code flush(struct block_writer *w, struct error *err)
{
    for (size_t done = 0; done < w->out.len;) {
        ssize_t n = write(w->fd, w->out.ptr + done, w->out.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return io_failed(w, "write", err);
        done += (size_t)n;
    }
    w->at += w->out.len;
    buf_reset(&w->out);
    if (w->at - w->early >= EARLY_BYTES) {
        (void)sync_file_range(w->fd, (off_t)w->early, (off_t)(w->at - w->early),
                              SYNC_FILE_RANGE_WRITE);
        w->early = w->at;
    }
    return OK;
}

/* The section's head and runs go to the file, its place to the index. */
static enum code end_section(struct block_writer *w, struct error *err)
{
    bool dense = true;
    if (w->runs == 0)
        return OK;
    for (uint32_t i = 1; i < w->runs; i++)
        dense = dense && w->points[i] == w->points[i - 1] + 1;
    struct section s = {.at = w->at + w->out.len, .first_point = w->first_point};
    size_t begin = w->out.len;
    varint_add(&w->out, (uint64_t)w->runs << 1 | dense);
    varint_add(&w->out, zigzag((uint64_t)w->base_ms));
    for (uint32_t i = 0, from = 0; i < w->runs; i++) {
        if (!dense && i > 0)
            varint_add(&w->out, w->points[i] - w->points[i - 1]);
        buf_add(&w->out, (struct str){w->section.ptr + from, w->ends[i] - from});
        from = (uint32_t)w->ends[i];
    }
    s.crc = crc32c(0, w->out.ptr + begin, w->out.len - begin);
    vec_push(&w->index, s);
    w->runs = 0;
    buf_reset(&w->section);
    return w->out.len >= OUT_BYTES ? flush(w, err) : OK;
}

static enum code put_run(struct block_writer *w, uint32_t point, const int64_t *time_ms,
                         const int64_t *value, size_t n, struct error *err)
{
    if (w->runs == SECTION_RUNS || w->section.len >= SECTION_BYTES)
        TRY(end_section(w, err));
    if (w->runs == 0) {
        w->first_point = point;
        w->base_ms = time_ms[0];
    }
    run_encode(&w->section, time_ms, value, n, w->base_ms);
    w->points[w->runs] = point;
    w->ends[w->runs++] = w->section.len;
    return OK;
}

enum code block_writer_put(struct block_writer *w, uint32_t point, const int64_t *time_ms,
                           const int64_t *value, size_t n, struct error *err)
{
    struct file_header *h = &w->header;
    if (n == 0)
        return OK;
    assert(point >= w->point &&
           (point > w->point || h->points == 0 || time_ms[0] >= w->point_last_ms));
    h->points += h->points == 0 || point != w->point;
    w->point = point;
    w->point_last_ms = time_ms[n - 1];
    h->readings += n;
    h->first_ms = time_ms[0] < h->first_ms ? time_ms[0] : h->first_ms;
    h->last_ms = time_ms[n - 1] > h->last_ms ? time_ms[n - 1] : h->last_ms;
    for (size_t i = 0; i < n; i += BLOCK_RUN_MAX) {
        size_t count = n - i < BLOCK_RUN_MAX ? n - i : BLOCK_RUN_MAX;
        TRY(put_run(w, point, time_ms + i, value + i, count, err));
    }
    return OK;
}

/* The name is only given to bytes that are on the disk, and is itself made durable. */
static enum code make_durable(struct block_writer *w, struct error *err)
{
    if (fsync(w->fd) != 0)
        return io_failed(w, "make durable", err);
    if (rename(w->part, w->path) != 0)
        return io_failed(w, "rename", err);
    char *slash = strrchr(w->path, '/');
    if (slash != NULL)
        slash[slash == w->path ? 1 : 0] = '\0';
    int dir = open(slash != NULL ? w->path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fsync(dir) != 0) {
        enum code code = io_failed(w, "make durable the folder of", err);
        if (dir >= 0)
            close(dir);
        return code;
    }
    close(dir);
    return OK;
}

static enum code finish(struct block_writer *w, struct error *err)
{
    TRY(end_section(w, err));
    TRY(flush(w, err));
    struct file_header *h = &w->header;
    size_t size = w->index.len * sizeof *w->index.v;
    assert(w->index.len <= UINT32_MAX);
    h->sections = (uint32_t)w->index.len;
    h->index_at = w->at;
    h->file_bytes = w->at + size;
    h->index_crc = crc32c(0, w->index.v, size);
    if (h->readings == 0)
        h->first_ms = h->last_ms = 0;
    h->crc = crc32c(0, h, offsetof(struct file_header, crc));
    buf_add(&w->out, (struct str){(const char *)w->index.v, size});
    TRY(flush(w, err));
    if (pwrite(w->fd, h, sizeof *h, 0) != (ssize_t)sizeof *h)
        return io_failed(w, "write", err);
    return make_durable(w, err);
}

static void writer_free(struct block_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    buf_clear(&w->out);
    buf_clear(&w->section);
    vec_clear(&w->index);
    mem_free(w->path);
    mem_free(w->part);
    mem_free(w);
}

enum code block_writer_end(struct block_writer *w, struct error *err)
{
    enum code code = finish(w, err);
    if (code == OK)
        writer_free(w);
    else
        block_writer_drop(w);
    return code;
}

void block_writer_drop(struct block_writer *w)
{
    if (w == NULL)
        return;
    if (w->fd >= 0)
        (void)unlink(w->part);
    writer_free(w);
}
