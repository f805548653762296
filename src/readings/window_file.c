/* window_file.c - sums of slots by window on disk. Files add up: a generation writes what it moved,
 * merging adds several files into one.
 *
 * "LSW1", then sections, then the index (level, number, offset, length, CRC-32C of each), then its
 * offset, count and CRC. A section is a count and, per slot in ascending order, the step from the
 * slot before, amount, covered ms, have and resets as varints (the signed ones zigzag). */
#include "readings_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = "LSW1\n\0\0\0";
struct section {
    uint32_t level;
    int32_t number;
    uint64_t at, length;
    uint32_t crc, slots;
};
struct trailer {
    uint64_t index, sections;
    uint32_t crc, unused;
};

/* ---- writing ---- */

struct window_writer {
    FILE *file;
    char path[512];
    VEC(struct section) index;
    uint64_t at;
    struct buf text;
};

static void put_u128(struct buf *b, u128 v)
{
    for (; v >= 128; v >>= 7)
        buf_byte(b, (char)((unsigned)v | 128));
    buf_byte(b, (char)v);
}
static void put_i128(struct buf *b, i128 v)
{
    put_u128(b, (u128)v << 1 ^ (u128)(v >> 127));
}

enum code window_writer_begin(struct window_writer **out, const char *path, struct error *err)
{
    char part[520];
    struct window_writer *w = mem_zalloc(sizeof *w);
    snprintf(w->path, sizeof w->path, "%s", path);
    snprintf(part, sizeof part, "%s.part", path);
    buf_init(&w->text, SIZE_MAX);
    w->file = fopen(part, "wbe");
    *out = w;
    if (w->file && fwrite(magic, sizeof magic, 1, w->file) == 1) {
        w->at = sizeof magic;
        return OK;
    }
    enum code code = error_set(err, E_IO, "cannot write '%s': %s", part, strerror(errno));
    window_writer_drop(w);
    *out = NULL;
    return code;
}

static int by_slot(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void put_slots(struct buf *b, const struct sums *s, struct section *sec)
{
    VEC(uint32_t) slots = {0};
    uint32_t slot, last = 0;
    const struct slot_sum *v;
    for (size_t it = 0; sums_each(s, &it, &slot, &v);)
        vec_push(&slots, slot);
    if (slots.len && s->slot)
        qsort(slots.v, slots.len, sizeof *slots.v, by_slot);
    sec->slots = (uint32_t)slots.len;
    for (size_t i = 0; i < slots.len; i++) {
        slot = slots.v[i];
        size_t at = slot;
        if (s->slot)
            for (at = slot * 0x9e3779b1u & (s->cap - 1); s->slot[at] != slot;
                 at = (at + 1) & (s->cap - 1))
                ;
        v = &s->v[at];
        put_u128(b, slot - last);
        put_i128(b, v->amount);
        put_i128(b, v->covered_ms);
        put_i128(b, (int32_t)v->have);
        put_i128(b, (int32_t)v->resets);
        last = slot;
    }
    vec_clear(&slots);
}

enum code window_writer_put(struct window_writer *w, enum level level, int32_t number,
                            const struct sums *s, struct error *err)
{
    struct section sec = {level, number, w->at, 0, 0, 0};
    buf_reset(&w->text);
    put_slots(&w->text, s, &sec);
    if (sec.slots == 0)
        return OK;
    struct str text = buf_str(&w->text);
    sec.length = text.len;
    sec.crc = crc32c(0, text.ptr, text.len);
    if (fwrite(text.ptr, text.len, 1, w->file) != 1)
        return error_set(err, E_IO, "cannot write '%s': %s", w->path, strerror(errno));
    w->at += text.len;
    vec_push(&w->index, sec);
    return OK;
}

void window_writer_drop(struct window_writer *w)
{
    char part[520];
    if (w == NULL)
        return;
    snprintf(part, sizeof part, "%s.part", w->path);
    if (w->file)
        fclose(w->file);
    unlink(part);
    buf_clear(&w->text);
    vec_clear(&w->index);
    mem_free(w);
}

enum code window_writer_end(struct window_writer *w, struct error *err)
{
    char part[520];
    struct trailer t = {w->at, w->index.len,
                        crc32c(0, w->index.v, w->index.len * sizeof *w->index.v), 0};
    snprintf(part, sizeof part, "%s.part", w->path);
    bool ok = (w->index.len == 0 ||
               fwrite(w->index.v, sizeof *w->index.v, w->index.len, w->file) == w->index.len) &&
              fwrite(&t, sizeof t, 1, w->file) == 1 && fflush(w->file) == 0 &&
              fsync(fileno(w->file)) == 0;
    ok = fclose(w->file) == 0 && ok;
    w->file = NULL;
    ok = ok && rename(part, w->path) == 0;
    enum code code =
        ok ? OK : error_set(err, E_IO, "cannot write '%s': %s", w->path, strerror(errno));
    window_writer_drop(w);
    return code;
}

/* ---- reading ---- */

struct window_file {
    char *map;
    size_t length, sections;
    const struct section *index;
    char path[512];
};

static enum code damaged(const struct window_file *f, const char *what, struct error *err)
{
    return error_set(err, E_INPUT, "'%s' is damaged: %s", f->path, what);
}

static enum code open_map(struct window_file *f, struct error *err)
{
    struct stat st;
    int fd = open(f->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int e = errno;
        if (fd >= 0)
            close(fd);
        return error_set(err, E_IO, "cannot read '%s': %s", f->path, strerror(e));
    }
    f->length = (size_t)st.st_size;
    f->map = f->length ? mmap(NULL, f->length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (f->map == MAP_FAILED) {
        f->map = NULL;
        return damaged(f, "it cannot be mapped", err);
    }
    return OK;
}

static enum code open_index(struct window_file *f, struct error *err)
{
    struct trailer t;
    if (f->length < sizeof magic + sizeof t || memcmp(f->map, magic, sizeof magic) != 0)
        return damaged(f, "it is no file of windows", err);
    memcpy(&t, f->map + f->length - sizeof t, sizeof t);
    if (t.sections > f->length / sizeof(struct section) || t.index > f->length ||
        t.index + t.sections * sizeof(struct section) + sizeof t != f->length)
        return damaged(f, "its index is not where it should be", err);
    size_t bytes = t.sections * sizeof(struct section);
    struct section *index = mem_alloc(bytes + 1);
    memcpy(index, f->map + t.index, bytes);
    f->index = index;
    f->sections = t.sections;
    if (crc32c(0, index, bytes) != t.crc)
        return damaged(f, "its index has another checksum", err);
    for (size_t i = 0; i < f->sections; i++)
        if (index[i].at > t.index || index[i].length > t.index - index[i].at ||
            index[i].level >= LEVEL_COUNT)
            return damaged(f, "a section leaves it", err);
    return OK;
}

enum code window_file_open(struct window_file **out, const char *path, struct error *err)
{
    struct window_file *f = mem_zalloc(sizeof *f);
    snprintf(f->path, sizeof f->path, "%s", path);
    enum code code = open_map(f, err);
    if (code == OK)
        code = open_index(f, err);
    *out = f;
    if (code != OK) {
        window_file_close(f);
        *out = NULL;
    }
    return code;
}

void window_file_close(struct window_file *f)
{
    if (f == NULL)
        return;
    if (f->map)
        munmap(f->map, f->length);
    mem_free((void *)(uintptr_t)f->index);
    mem_free(f);
}

uint64_t window_file_bytes(const struct window_file *f)
{
    return f->length;
}

bool window_file_section(const struct window_file *f, size_t *it, enum level *level,
                         int32_t *number)
{
    if (*it >= f->sections)
        return false;
    *level = f->index[*it].level;
    *number = f->index[*it].number;
    ++*it;
    return true;
}

static bool get_u128(const char **p, const char *end, u128 *v)
{
    *v = 0;
    for (unsigned shift = 0; *p < end && shift < 128; shift += 7) {
        uint8_t b = (uint8_t) * (*p)++;
        *v |= (u128)(b & 127) << shift;
        if (b < 128)
            return true;
    }
    return false;
}
static bool get_i128(const char **p, const char *end, i128 *v)
{
    u128 u;
    bool ok = get_u128(p, end, &u);
    *v = (i128)(u >> 1) ^ -(i128)(u & 1);
    return ok;
}

static enum code add_section(const struct window_file *f, const struct section *s,
                             struct slot_sum *dense, size_t slots, struct error *err)
{
    const char *p = f->map + s->at, *end = p + s->length;
    uint64_t slot = 0;
    if (crc32c(0, p, s->length) != s->crc)
        return damaged(f, "a section has another checksum", err);
    for (uint32_t i = 0; i < s->slots; i++) {
        u128 step;
        i128 amount, covered, have, resets;
        if (!get_u128(&p, end, &step) || !get_i128(&p, end, &amount) ||
            !get_i128(&p, end, &covered) || !get_i128(&p, end, &have) ||
            !get_i128(&p, end, &resets))
            return damaged(f, "a section ends too early", err);
        slot += (uint64_t)step;
        if (slot >= slots)
            return damaged(f, "a slot is unknown", err);
        dense[slot].amount += amount;
        dense[slot].covered_ms += (int64_t)covered;
        dense[slot].have += (uint32_t)(int32_t)have;
        dense[slot].resets += (uint32_t)(int32_t)resets;
    }
    return OK;
}

static const struct section *find_section(const struct window_file *f, enum level level,
                                          int32_t number)
{
    size_t lo = 0, hi = f->sections;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const struct section *s = &f->index[mid];
        if (s->level < (uint32_t)level || (s->level == (uint32_t)level && s->number < number))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < f->sections && f->index[lo].level == (uint32_t)level &&
                   f->index[lo].number == number
               ? &f->index[lo]
               : NULL;
}

bool window_file_has(const struct window_file *f, enum level level, int32_t number)
{
    return find_section(f, level, number) != NULL;
}

enum code window_file_add(const struct window_file *f, enum level level, int32_t number,
                          struct slot_sum *dense, size_t slots, struct error *err)
{
    const struct section *s = find_section(f, level, number);
    return s ? add_section(f, s, dense, slots, err) : OK;
}
