/* state.c - the newest reading of every point at the end of a generation: what a start begins with.
 *
 * "LSS1", the number of entries, the entries (32 bytes) by point, CRC-32C of all before it. */
#include "readings_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct head {
    char magic[8];
    uint64_t count;
};
static const char magic[8] = "LSS1\n\0\0\0";
_Static_assert(sizeof(struct state_entry) == 32, "as on disk");

struct state_writer {
    FILE *file;
    char path[512];
    uint64_t count;
    uint32_t crc;
};

enum code state_begin(struct state_writer **out, const char *path, struct error *err)
{
    char part[520];
    struct state_writer *w = mem_zalloc(sizeof *w);
    struct head blank = {0};
    snprintf(w->path, sizeof w->path, "%s", path);
    snprintf(part, sizeof part, "%s.part", path);
    w->file = fopen(part, "wbe");
    if (w->file && fwrite(&blank, sizeof blank, 1, w->file) == 1) {
        setvbuf(w->file, NULL, _IOFBF, 1u << 20);
        *out = w;
        return OK;
    }
    enum code code = error_set(err, E_IO, "cannot write '%s': %s", part, strerror(errno));
    state_drop(w);
    *out = NULL;
    return code;
}

enum code state_put(struct state_writer *w, const struct state_entry *e, struct error *err)
{
    w->count++;
    w->crc = crc32c(w->crc, e, sizeof *e);
    return fwrite(e, sizeof *e, 1, w->file) == 1
               ? OK
               : error_set(err, E_IO, "cannot write '%s': %s", w->path, strerror(errno));
}

void state_drop(struct state_writer *w)
{
    char part[520];
    if (w == NULL)
        return;
    snprintf(part, sizeof part, "%s.part", w->path);
    if (w->file)
        fclose(w->file);
    unlink(part);
    mem_free(w);
}

enum code state_end(struct state_writer *w, struct error *err)
{
    char part[520];
    struct head h = {.count = w->count};
    memcpy(h.magic, magic, sizeof magic);
    w->crc = crc32c(w->crc, &h, sizeof h);
    snprintf(part, sizeof part, "%s.part", w->path);
    bool ok = fwrite(&w->crc, sizeof w->crc, 1, w->file) == 1 && fseek(w->file, 0, SEEK_SET) == 0 &&
              fwrite(&h, sizeof h, 1, w->file) == 1 && fflush(w->file) == 0 &&
              fsync(fileno(w->file)) == 0;
    ok = fclose(w->file) == 0 && ok;
    w->file = NULL;
    ok = ok && rename(part, w->path) == 0;
    enum code code =
        ok ? OK : error_set(err, E_IO, "cannot write '%s': %s", w->path, strerror(errno));
    state_drop(w);
    return code;
}

enum code state_open(struct state_file *s, const char *path, struct error *err)
{
    struct stat st;
    struct head h;
    uint32_t crc;
    *s = (struct state_file){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int e = errno;
        if (fd >= 0)
            close(fd);
        return error_set(err, E_IO, "cannot read '%s': %s", path, strerror(e));
    }
    s->length = (size_t)st.st_size;
    s->map = s->length ? mmap(NULL, s->length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    bool ok = s->map != MAP_FAILED && s->length >= sizeof h + sizeof crc;
    if (ok) {
        memcpy(&h, s->map, sizeof h);
        ok = memcmp(h.magic, magic, sizeof magic) == 0 &&
             h.count == (s->length - sizeof h - sizeof crc) / sizeof(struct state_entry);
    }
    if (ok) {
        memcpy(&crc, s->map + s->length - sizeof crc, sizeof crc);
        uint32_t sum = crc32c(0, s->map + sizeof h, h.count * sizeof(struct state_entry));
        ok = crc32c(sum, &h, sizeof h) == crc;
        s->count = h.count;
        s->entry = (const struct state_entry *)(const void *)(s->map + sizeof h);
    }
    if (ok)
        return OK;
    state_close(s);
    return error_set(err, E_INPUT, "'%s' is damaged: length or checksum is wrong", path);
}

void state_close(struct state_file *s)
{
    if (s->map && s->map != MAP_FAILED)
        munmap(s->map, s->length);
    *s = (struct state_file){0};
}

void state_take(struct state_entry *e, const struct kernel_rule *rule, const struct run *u)
{
    for (size_t i = 0; i < u->time.len; i++) {
        int64_t t = u->time.v[i], v = u->value.v[i];
        if (kernel_skips(rule, v)) {
            if (t > e->time_ms && t >= MARK_TIME(e->mark))
                e->mark = MARK_OF(t, v);
        } else if (t >= e->time_ms) {
            e->value = v;
            e->time_ms = t;
        }
    }
    if (MARK_TIME(e->mark) <= e->time_ms)
        e->mark = 0;
}
