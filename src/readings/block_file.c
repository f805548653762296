/* block_file.c - reads a file of blocks, mapped. The header and the index are verified when it is
 * opened, a section when it is first read. */
#include "readings/block_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct block_file {
    char *path;
    const uint8_t *map;
    size_t size;
    const struct section *index;
    uint32_t sections;
    atomic_uchar *verified; /* by section: its CRC was found right */
    struct block_info info;
};

static enum code damaged(const char *path, const char *what, uint64_t at, struct error *err)
{
    return error_set(err, E_INPUT, "block file '%s' is damaged: %s (byte %llu)", path, what,
                     (unsigned long long)at);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum code check_header(const char *path, const struct file_header *h, size_t size,
                              struct error *err)
{
    if (size < sizeof *h || memcmp(h->magic, BLOCK_MAGIC, sizeof h->magic) != 0)
        return error_set(err, E_INPUT, "'%s' is no block file", path);
    if (h->version != BLOCK_VERSION)
        return error_set(err, E_INPUT,
                         "block file '%s' has version %u, this program reads version %u", path,
                         h->version, BLOCK_VERSION);
    if (h->crc != crc32c(0, h, offsetof(struct file_header, crc)))
        return damaged(path, "checksum of the header", 0, err);
    if (h->file_bytes != size)
        return error_set(err, E_INPUT, "block file '%s' has %zu bytes of %llu: it was cut", path,
                         size, (unsigned long long)h->file_bytes);
    if (h->header_bytes != sizeof *h || h->index_at < sizeof *h || h->index_at > size ||
        (size - h->index_at) / sizeof(struct section) != h->sections ||
        (size - h->index_at) % sizeof(struct section) != 0)
        return damaged(path, "header", 0, err);
    return OK;
}

/* The index may lie at any byte; it is copied so that it can be used as it is. */
static enum code load_index(struct block_file *f, const struct file_header *h, struct error *err)
{
    size_t size = h->sections * sizeof(struct section);
    struct section *index = mem_alloc(size + sizeof *index);
    memcpy(index, f->map + h->index_at, size);
    index[h->sections] = (struct section){.at = h->index_at}; /* where the last one ends */
    f->index = index;
    f->sections = h->sections;
    f->verified = mem_zalloc(h->sections + (size_t)1);
    if (crc32c(0, index, size) != h->index_crc)
        return damaged(f->path, "checksum of the index", h->index_at, err);
    uint64_t at = sizeof *h;
    for (uint32_t i = 0; i < h->sections; i++) {
        if (index[i].at != at || index[i + 1].at <= at || index[i + 1].at > h->index_at ||
            (i > 0 && index[i].first_point < index[i - 1].first_point))
            return damaged(f->path, "index", h->index_at + i * sizeof *index, err);
        at = index[i + 1].at;
    }
    if (h->sections == 0 && h->index_at != sizeof *h)
        return damaged(f->path, "index", h->index_at, err);
    return OK;
}

static enum code map_file(struct block_file *f, struct error *err)
{
    struct stat st;
    int fd = open(f->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, errno == ENOENT ? E_MISSING : E_IO, "cannot open '%s': %s", f->path,
                         strerror(errno));
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        f->map = map != MAP_FAILED ? map : NULL;
        f->size = f->map != NULL ? (size_t)st.st_size : 0;
    }
    int why = errno;
    close(fd);
    if (f->map == NULL && st.st_size > 0)
        return error_set(err, E_IO, "cannot map '%s': %s", f->path, strerror(why));
    return OK;
}

static enum code open_file(struct block_file *f, struct error *err)
{
    TRY(map_file(f, err));
    struct file_header h = {0};
    if (f->size >= sizeof h)
        memcpy(&h, f->map, sizeof h);
    TRY(check_header(f->path, &h, f->size, err));
    TRY(load_index(f, &h, err));
    f->info = (struct block_info){.first_generation = h.first_generation,
                                  .last_generation = h.last_generation,
                                  .points = h.points,
                                  .readings = h.readings,
                                  .bytes = f->size,
                                  .first_ms = h.first_ms,
                                  .last_ms = h.last_ms};
    return OK;
}

enum code block_open(struct block_file **out, const char *path, struct error *err)
{
    struct block_file *f = mem_zalloc(sizeof *f);
    size_t len = strlen(path);
    f->path = mem_alloc(len + 1);
    memcpy(f->path, path, len + 1);
    enum code code = open_file(f, err);
    if (code != OK)
        block_close(f);
    else
        *out = f;
    return code;
}

void block_close(struct block_file *f)
{
    if (f == NULL)
        return;
    if (f->map != NULL)
        munmap((void *)f->map, f->size);
    mem_free((void *)f->index);
    mem_free(f->verified);
    mem_free(f->path);
    mem_free(f);
}

const struct block_info *block_info(const struct block_file *f)
{
    return &f->info;
}

/* ---- sections ------------------------------------------------------------------------------ */

bool section_open(struct section_reader *s, struct bytes bytes, uint32_t first_point)
{
    uint64_t runs, base;
    *s = (struct section_reader){.rest = bytes, .point = first_point, .first = true};
    if (!varint_get(&s->rest, &runs) || runs >> 1 == 0 || runs >> 1 > SECTION_RUNS ||
        !varint_get(&s->rest, &base))
        return false;
    s->left = (uint32_t)(runs >> 1);
    s->dense = runs & 1;
    s->base_ms = (int64_t)unzigzag(base);
    return s->base_ms >= -BLOCK_TIME_MOST && s->base_ms <= BLOCK_TIME_MOST;
}

bool section_next(struct section_reader *s, struct run *out)
{
    uint64_t step = s->first ? 0 : 1;
    if (s->left == 0 || (!s->first && !s->dense && !varint_get(&s->rest, &step)) ||
        step > UINT32_MAX - s->point)
        return false;
    s->point += (uint32_t)step;
    s->first = false;
    s->left--;
    return run_next(&s->rest, out);
}

static enum code open_section(const struct block_file *f, uint32_t i, struct section_reader *s,
                              struct error *err)
{
    const struct section *at = &f->index[i];
    size_t size = (size_t)(at[1].at - at[0].at);
    const uint8_t *p = f->map + at->at;
    if (!atomic_load_explicit(&f->verified[i], memory_order_relaxed)) {
        if (crc32c(0, p, size) != at->crc)
            return damaged(f->path, "checksum of a section", at->at, err);
        atomic_store_explicit(&f->verified[i], 1, memory_order_relaxed);
    }
    if (!section_open(s, (struct bytes){p, p + size, f->map + f->size}, at->first_point))
        return damaged(f->path, "head of a section", at->at, err);
    return OK;
}

/* ---- finding ------------------------------------------------------------------------------- */

static void reserve(i64_vec *v, size_t more)
{
    if (v->cap - v->len >= more)
        return;
    v->cap = v->cap * 2 > v->len + more ? v->cap * 2 : v->len + more;
    v->v = mem_realloc(v->v, v->cap * sizeof *v->v);
}

/* The first of n ascending times that is not before t. */
static size_t not_before(const int64_t *time_ms, size_t n, int64_t t)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (time_ms[middle] < t)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

static bool append_part(const struct run *r, int64_t base_ms, int64_t from_ms, int64_t to_ms,
                        i64_vec *time_ms, i64_vec *value)
{
    int64_t first, last;
    struct bytes head = r->body;
    if (!times_peek(&head, r->n, base_ms, &first, &last))
        return false;
    if (last < from_ms || first >= to_ms)
        return true;
    reserve(time_ms, r->n);
    reserve(value, r->n);
    int64_t *t = time_ms->v + time_ms->len, *v = value->v + value->len;
    if (!run_decode(r, base_ms, t, v))
        return false;
    size_t begin = not_before(t, r->n, from_ms), end = not_before(t, r->n, to_ms);
    memmove(t, t + begin, (end - begin) * sizeof *t);
    memmove(v, v + begin, (end - begin) * sizeof *v);
    time_ms->len += end - begin;
    value->len += end - begin;
    return true;
}

/* What a section has of the point. *beyond: it has a later one. */
static enum code find_in(const struct block_file *f, uint32_t section, uint32_t point,
                         int64_t from_ms, int64_t to_ms, i64_vec *time_ms, i64_vec *value,
                         bool *beyond, struct error *err)
{
    struct section_reader s;
    struct run r;
    TRY(open_section(f, section, &s, err));
    while (s.left > 0) {
        if (!section_next(&s, &r))
            return damaged(f->path, "run", f->index[section].at, err);
        *beyond = s.point > point;
        if (*beyond)
            return OK;
        if (s.point == point && !append_part(&r, s.base_ms, from_ms, to_ms, time_ms, value))
            return damaged(f->path, "run", (uint64_t)(r.body.at - f->map), err);
    }
    return OK;
}

/* The first section that may hold the point: the last that begins before it, or the first. */
static uint32_t section_of(const struct block_file *f, uint32_t point)
{
    uint32_t low = 0, high = f->sections;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->index[middle].first_point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? low - 1 : 0;
}

enum code block_find(const struct block_file *f, uint32_t point, int64_t from_ms, int64_t to_ms,
                     i64_vec *time_ms, i64_vec *value, struct error *err)
{
    size_t had = time_ms->len, had_values = value->len;
    bool beyond = f->info.last_ms < from_ms || f->info.first_ms >= to_ms;
    for (uint32_t i = section_of(f, point);
         !beyond && i < f->sections && f->index[i].first_point <= point; i++) {
        enum code code = find_in(f, i, point, from_ms, to_ms, time_ms, value, &beyond, err);
        if (code != OK) {
            time_ms->len = had;
            value->len = had_values;
            return code;
        }
    }
    return OK;
}

/* ---- walking ------------------------------------------------------------------------------- */

void block_cursor_part(struct block_cursor *c, const struct block_file *f, uint32_t part,
                       uint32_t parts)
{
    c->section = (uint32_t)((uint64_t)f->sections * part / parts);
    c->section_end = (uint32_t)((uint64_t)f->sections * (part + 1) / parts);
    c->left = 0;
    c->at = 1;
}

enum code block_next(const struct block_file *f, struct block_cursor *c, bool *more,
                     struct error *err)
{
    struct section_reader s;
    struct run r;
    if (c->at == 0)
        block_cursor_part(c, f, 0, 1);
    *more = c->left > 0 || c->section < c->section_end;
    if (!*more)
        return OK;
    if (c->left == 0) {
        TRY(open_section(f, c->section, &s, err));
        c->section++;
    } else {
        const uint8_t *end = f->map + f->index[c->section].at;
        s = (struct section_reader){.rest = {f->map + c->at, end, f->map + f->size},
                                    .base_ms = c->base_ms,
                                    .left = c->left,
                                    .point = c->point,
                                    .dense = c->dense};
    }
    if (!section_next(&s, &r) ||
        !run_decode(&r, s.base_ms, c->values_only ? NULL : c->time_ms, c->value) ||
        (s.left == 0 && s.rest.at != s.rest.end))
        return damaged(f->path, "run", f->index[c->section - 1].at, err);
    c->at = (uint64_t)(s.rest.at - f->map);
    c->point = s.point;
    c->base_ms = s.base_ms;
    c->left = s.left;
    c->dense = s.dense;
    c->n = r.n;
    return OK;
}

/* ---- verifying ----------------------------------------------------------------------------- */

static enum code verify_order(const struct block_file *f, const struct block_cursor *c,
                              bool same_point, int64_t after_ms, struct error *err)
{
    if (same_point && c->time_ms[0] < after_ms)
        return damaged(f->path, "order of a point's runs", c->at, err);
    for (size_t i = 1; i < c->n; i++)
        if (c->time_ms[i] < c->time_ms[i - 1])
            return damaged(f->path, "order of time in a run", c->at, err);
    if (c->time_ms[0] < f->info.first_ms || c->time_ms[c->n - 1] > f->info.last_ms)
        return damaged(f->path, "time outside what the header says", c->at, err);
    return OK;
}

static enum code verify_runs(const struct block_file *f, struct block_cursor *c, struct error *err)
{
    uint64_t readings = 0;
    uint32_t points = 0, last_point = 0;
    int64_t after_ms = 0;
    for (bool more = true;;) {
        TRY(block_next(f, c, &more, err));
        if (!more)
            break;
        bool same = points > 0 && c->point == last_point;
        if (points > 0 && c->point < last_point)
            return damaged(f->path, "order of points", c->at, err);
        TRY(verify_order(f, c, same, after_ms, err));
        points += !same;
        readings += c->n;
        last_point = c->point;
        after_ms = c->time_ms[c->n - 1];
    }
    if (readings != f->info.readings || points != f->info.points)
        return damaged(f->path, "it holds another number of readings than its header says", 0, err);
    return OK;
}

enum code block_verify(const struct block_file *f, struct error *err)
{
    for (uint32_t i = 0; i < f->sections; i++) /* the bytes may have changed since */
        atomic_store_explicit(&f->verified[i], 0, memory_order_relaxed);
    struct block_cursor *c = mem_alloc(sizeof *c);
    c->at = 0;
    c->values_only = false;
    enum code code = verify_runs(f, c, err);
    mem_free(c);
    return code;
}
