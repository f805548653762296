/* journal.c - groups of readings in the order they came, durable before they are acknowledged.
 *
 * A segment is a file of groups: 32 bytes of header (magic, count, CRC-32C, base time), then 16
 * bytes a reading: point, milliseconds from the base, value; little-endian. Space is taken ahead,
 * so that an append seldom changes the file's length and a full disk is noticed before anything is
 * written. The first group that is not whole ends the segment: it was never acknowledged.
 *
 * A commit may be several groups. Each tells how many readings there were before its commit, so a
 * lost segment, a shortened one that is not the newest, and damage before the end are told from the
 * torn end of the last commit. */
#include "readings_int.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x314a534cu /* "LSJ1" */
#define AHEAD ((int64_t)16 << 20)
#define GROUP_MAX (1u << 20)

struct group {
    uint32_t magic, count, crc, segment;
    int64_t base_ms;
    uint64_t before; /* readings before the commit, plus 1; 0 = not told (older journals) */
};
struct entry {
    uint32_t point;
    int32_t offset_ms;
    int64_t value;
};
_Static_assert(sizeof(struct group) == 32 && sizeof(struct entry) == 16, "as on disk");

static char *segment_name(uint32_t segment, char out[24])
{
    snprintf(out, 24, "%010u.jrn", segment);
    return out;
}

enum code journal_open(struct journal *j, const char *dir, struct error *err)
{
    *j = (struct journal){.dir = -1, .fd = -1};
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return error_set(err, E_IO, "cannot make '%s': %s", dir, strerror(errno));
    j->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    buf_init(&j->text, SIZE_MAX);
    return j->dir >= 0 ? OK : error_set(err, E_IO, "cannot open '%s': %s", dir, strerror(errno));
}

void journal_close(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    if (j->dir >= 0)
        close(j->dir);
    buf_clear(&j->text);
    j->fd = j->dir = -1;
}

/* ---- writing ---- */

/* What follows `good` is cut away: a write that failed must not count after a start. */
static enum code mend(struct journal *j, struct error *err)
{
    if (ftruncate(j->fd, j->good) != 0 || fdatasync(j->fd) != 0)
        return error_set(err, E_IO, "the journal cannot be written: %s", strerror(errno));
    j->reserved = j->good;
    j->dirty = false;
    return OK;
}

static enum code segment_begin(struct journal *j, uint32_t segment, struct error *err)
{
    char name[24];
    if (j->fd >= 0 && j->dirty)
        TRY(mend(j, err));
    if (j->fd >= 0)
        close(j->fd);
    j->fd = openat(j->dir, segment_name(segment, name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    j->segment = segment;
    j->good = j->reserved = 0;
    j->dirty = false;
    struct stat st;
    if (j->fd < 0 || fstat(j->fd, &st) != 0)
        return error_set(err, E_IO, "cannot make the journal '%s': %s", name, strerror(errno));
    enum code code = readings_sync_dir(j->dir, err);
    if (code != OK) { /* the next commit begins it again */
        close(j->fd);
        j->fd = -1;
    }
    return code;
}

static enum code write_text(struct journal *j, struct error *err)
{
    struct str text = buf_str(&j->text);
    if (j->dirty)
        TRY(mend(j, err));
    j->dirty = true;
    while (j->good + (int64_t)text.len > j->reserved) {
        int64_t more = (int64_t)text.len > AHEAD ? (int64_t)text.len : AHEAD;
        int failed = posix_fallocate(j->fd, j->reserved, more);
        if (failed)
            return error_set(err, E_IO, "no room for the journal: %s", strerror(failed));
        j->reserved += more;
    }
    for (size_t at = 0; at < text.len;) {
        ssize_t n = pwrite(j->fd, text.ptr + at, text.len - at, j->good + (int64_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_set(err, E_IO, "the journal cannot be written: %s", strerror(errno));
        at += (size_t)n;
    }
    if (fdatasync(j->fd) != 0)
        return error_set(err, E_IO, "the journal cannot be made durable: %s", strerror(errno));
    j->good += (int64_t)text.len;
    j->dirty = false;
    return OK;
}

/* What failed is taken back at once where the disk allows it, else before the next write. */
static enum code write_durable(struct journal *j, struct error *err)
{
    struct error ignored = {0};
    enum code code = write_text(j, err);
    if (code != OK)
        (void)mend(j, &ignored);
    return code;
}

struct open_group {
    size_t at; /* of its header in the text; SIZE_MAX = none */
    int64_t base;
    uint32_t count;
    uint64_t before;
};

static void group_end(struct journal *j, struct open_group *g)
{
    if (g->at == SIZE_MAX)
        return;
    struct group head = {MAGIC, g->count, 0, j->segment, g->base, g->before};
    memcpy(j->text.ptr + g->at, &head, sizeof head);
    head.crc = crc32c(0, j->text.ptr + g->at, j->text.len - g->at);
    memcpy(j->text.ptr + g->at, &head, sizeof head);
    g->at = SIZE_MAX;
}

static void put(struct journal *j, struct open_group *g, const struct reading *v)
{
    int64_t off = v->time_ms - g->base;
    if (g->at == SIZE_MAX || off != (int32_t)off || g->count == GROUP_MAX) {
        static const struct group blank;
        group_end(j, g);
        *g = (struct open_group){j->text.len, v->time_ms, 0, g->before};
        buf_add(&j->text, (struct str){(const char *)&blank, sizeof blank});
        off = 0;
    }
    struct entry e = {v->point, (int32_t)off, v->value};
    buf_add(&j->text, (struct str){(const char *)&e, sizeof e});
    g->count++;
}

enum code journal_write(struct journal *j, uint32_t segment, uint64_t before,
                        const struct reading *const *v, const size_t *n, size_t parts,
                        struct error *err)
{
    struct open_group g = {SIZE_MAX, 0, 0, before + 1};
    if (j->fd < 0 || j->segment != segment)
        TRY(segment_begin(j, segment, err));
    j->text.len = 0;
    for (size_t k = 0; k < parts; k++)
        for (size_t i = 0; i < n[k]; i++)
            put(j, &g, &v[k][i]);
    group_end(j, &g);
    return write_durable(j, err);
}

/* ---- reading ---- */

static bool group_whole(const char *at, size_t left, struct group *out)
{
    struct group head;
    if (left < sizeof head)
        return false;
    memcpy(&head, at, sizeof head);
    *out = head;
    if (head.magic != MAGIC || head.count > GROUP_MAX ||
        left - sizeof head < head.count * sizeof(struct entry))
        return false;
    uint32_t crc = head.crc;
    head.crc = 0;
    uint32_t sum = crc32c(0, &head, sizeof head);
    return crc32c(sum, at + sizeof head, head.count * sizeof(struct entry)) == crc;
}

static enum code replay_group(const char *at, const struct group *g, struct reading *v,
                              journal_fn fn, void *ctx, struct error *err)
{
    for (size_t i = 0; i < g->count; i++) {
        struct entry e;
        memcpy(&e, at + sizeof *g + i * sizeof e, sizeof e);
        v[i] = (struct reading){e.point, g->base_ms + e.offset_ms, e.value};
    }
    return fn(ctx, v, g->count, err);
}

/* Is there a whole group of a later commit after the place where the journal ends? Then it was not
 * the end. One of the same commit says nothing: the disk writes a torn commit in any order. */
static bool goes_on(const char *map, size_t at, size_t len, uint64_t applied)
{
    struct group g;
    for (size_t k = at + 16; k + sizeof g <= len; k += 16) {
        uint32_t magic;
        memcpy(&magic, map + k, sizeof magic);
        if (magic == MAGIC && group_whole(map + k, len - k, &g) &&
            (g.before == 0 || g.before - 1 > applied))
            return true;
    }
    return false;
}

static enum code missing(const char *name, size_t at, uint64_t before, uint64_t applied,
                         struct error *err)
{
    return error_set(err, E_INPUT,
                     "the journal '%s' goes on at reading %llu (byte %zu), but only %llu are there "
                     "before it: a part of the journal is missing; nothing was changed",
                     name, (unsigned long long)before, at, (unsigned long long)applied);
}

enum code journal_replay(struct journal *j, uint32_t segment, const uint64_t *applied,
                         journal_fn fn, void *ctx, struct error *err)
{
    char name[24];
    struct stat st;
    if (j->fd >= 0)
        close(j->fd);
    j->fd = openat(j->dir, segment_name(segment, name), O_RDWR | O_CLOEXEC);
    if (j->fd < 0 || fstat(j->fd, &st) != 0)
        return error_set(err, E_IO, "cannot read the journal '%s': %s", name, strerror(errno));
    j->segment = segment;
    size_t len = (size_t)st.st_size, at = 0;
    char *map = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, j->fd, 0) : NULL;
    if (map == MAP_FAILED)
        return error_set(err, E_IO, "cannot read the journal '%s': %s", name, strerror(errno));
    struct reading *v = mem_alloc(GROUP_MAX * sizeof *v);
    enum code code = OK;
    struct group g;
    while (code == OK && group_whole(map + at, len - at, &g)) {
        code = g.before && g.before - 1 > *applied ? missing(name, at, g.before - 1, *applied, err)
                                                   : replay_group(map + at, &g, v, fn, ctx, err);
        at += sizeof g + g.count * sizeof(struct entry);
    }
    mem_free(v);
    if (code == OK && goes_on(map, at, len, *applied))
        code = error_set(
            err, E_INPUT,
            "the journal '%s' is damaged at byte %zu, and whole groups follow; nothing was changed",
            name, at);
    if (map)
        munmap(map, len);
    j->good = (int64_t)at;
    j->reserved = (int64_t)len;
    j->dirty = true; /* a torn group may follow */
    return code;
}

enum code journal_segments(struct journal *j, u32_vec *out, struct error *err)
{
    int fd = openat(j->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d)
        return error_set(err, E_IO, "cannot list the journal: %s", strerror(errno));
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        uint32_t n;
        char end[8];
        if (sscanf(e->d_name, "%10u.%3s", &n, end) == 2 && strcmp(end, "jrn") == 0)
            vec_push(out, n);
    }
    closedir(d);
    for (size_t i = 1; i < out->len; i++)
        for (size_t k = i; k > 0 && out->v[k - 1] > out->v[k]; k--) {
            uint32_t swap = out->v[k];
            out->v[k] = out->v[k - 1];
            out->v[k - 1] = swap;
        }
    return OK;
}

void journal_remove(struct journal *j, uint32_t segment)
{
    char name[24];
    unlinkat(j->dir, segment_name(segment, name), 0);
}
