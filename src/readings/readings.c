/* readings.c - opening with replay, the committer, and what is kept. */
#include "readings_int.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- memory: address space is taken at once, pages come when they are written ---- */

static void *reserve(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED) {
        fprintf(stderr, "luoshu: no address space for the readings\n");
        abort();
    }
    return p;
}

static void arrays_open(struct readings *r)
{
    r->record = reserve(POINTS_MAX * sizeof *r->record);
    r->now.head = reserve(POINTS_MAX * sizeof *r->now.head);
    r->was.head = reserve(POINTS_MAX * sizeof *r->was.head);
    r->live = reserve(SLOTS_MAX * sizeof *r->live);
    r->touched = reserve(SLOTS_MAX * sizeof *r->touched);
    r->rule = reserve(SLOTS_MAX * sizeof *r->rule);
    r->max_gap = reserve(SLOTS_MAX * sizeof *r->max_gap);
    madvise(r->record, POINTS_MAX * sizeof *r->record, MADV_HUGEPAGE); /* only a wish */
}

static void arrays_close(struct readings *r)
{
    munmap(r->record, POINTS_MAX * sizeof *r->record);
    munmap(r->now.head, POINTS_MAX * sizeof *r->now.head);
    munmap(r->was.head, POINTS_MAX * sizeof *r->was.head);
    munmap(r->live, SLOTS_MAX * sizeof *r->live);
    munmap(r->touched, SLOTS_MAX * sizeof *r->touched);
    munmap(r->rule, SLOTS_MAX * sizeof *r->rule);
    munmap(r->max_gap, SLOTS_MAX * sizeof *r->max_gap);
}

static void grow(struct readings *r)
{
    const struct points *p = r->points;
    assert(p->slots.len <= SLOTS_MAX && p->point_slot.len <= POINTS_MAX);
    for (size_t i = r->slot_count; i < p->slots.len; i++) {
        r->rule[i] = p->slots.v[i].rule;
        r->max_gap[i] = kernel_max_gap_ms(&r->rule[i]);
    }
    r->slot_count = p->slots.len;
    for (size_t i = r->record_count; i < p->point_slot.len; i++)
        r->record[i] = (struct record){.time_ms = -1, .slot = p->point_slot.v[i]};
    r->record_count = p->point_slot.len;
}

void readings_grow(struct readings *r)
{
    pthread_rwlock_wrlock(&r->state);
    grow(r);
    pthread_rwlock_unlock(&r->state);
}

/* ---- opening ---- */

static enum code make_folder(struct readings *r, const char *name, struct error *err)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s%s", r->dir, *name ? "/" : "", name);
    return mkdir(path, 0700) == 0 || errno == EEXIST
               ? OK
               : error_set(err, E_IO, "cannot make '%s': %s", path, strerror(errno));
}

static enum code folders_open(struct readings *r, struct error *err)
{
    static const char *const names[] = {"", "journal", "blocks", "windows", "state"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        TRY(make_folder(r, names[i], err));
    r->dir_fd = open(r->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    r->lock_fd = r->dir_fd < 0 ? -1 : openat(r->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (r->lock_fd < 0)
        return error_set(err, E_IO, "cannot open '%s': %s", r->dir, strerror(errno));
    if (flock(r->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return error_set(err, E_CONFLICT, "'%s' is held by another process", r->dir);
    return readings_sync_dir(r->dir_fd, err); /* the folders that were just made */
}

static enum code files_open(struct readings *r, struct error *err)
{
    char path[512];
    for (size_t i = 0; i < r->manifest.blocks.len; i++) {
        struct block_file *f;
        enum code code =
            block_open(&f, readings_path(r, path, "blocks", r->manifest.blocks.v[i]), err);
        if (code == E_MISSING) {
            error_clear(err);
            code = error_set(err, E_IO, "'%s' is missing, but the manifest names it", path);
        }
        TRY(code);
        vec_push(&r->blocks, f);
    }
    for (size_t i = 0; i < r->manifest.windows.len; i++) {
        struct window_file *f;
        TRY(window_file_open(&f, readings_path(r, path, "windows", r->manifest.windows.v[i]), err));
        vec_push(&r->window_files, f);
    }
    return OK;
}

static bool named(const u32_vec *v, uint32_t n)
{
    for (size_t i = 0; i < v->len; i++)
        if (v->v[i] == n)
            return true;
    return false;
}

/* Without a manifest nothing was packed: then there is no block, or still the journal that the
 * first was made of. Else it was lost, and nothing may be swept. */
static bool manifest_rightly_absent(const struct readings *r)
{
    char path[512];
    bool block = false;
    if (faccessat(r->dir_fd, "manifest.json", F_OK, 0) == 0 ||
        faccessat(r->dir_fd, "journal/0000000001.jrn", F_OK, 0) == 0)
        return true;
    snprintf(path, sizeof path, "%s/blocks", r->dir);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;)
        block = block || (e->d_name[0] != '.' && !strchr(e->d_name, '.'));
    if (d)
        closedir(d);
    return !block;
}

/* What a crash left unfinished is removed. */
static void sweep(struct readings *r, const char *kind, const u32_vec *keep)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", r->dir, kind);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        char *end;
        unsigned long n = strtoul(e->d_name, &end, 10);
        if (end != e->d_name && (*end || !named(keep, (uint32_t)n)))
            unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d)
        closedir(d);
}

static enum code state_read(struct readings *r, u32_vec *moved, struct error *err)
{
    char path[512];
    struct state_file s;
    if (r->manifest.state == 0)
        return OK;
    TRY(state_open(&s, readings_path(r, path, "state", r->manifest.state), err));
    enum code code = OK;
    for (size_t i = 0; i < s.count && code == OK; i++) {
        const struct state_entry *e = &s.entry[i];
        if (e->point == 0 || e->point > r->record_count || e->slot >= r->slot_count) {
            code =
                error_set(err, E_INPUT, "'%s' tells of point %u, which the registry does not know",
                          path, e->point);
            break;
        }
        struct record *rec = &r->record[e->point - 1];
        if (rec->slot != e->slot)
            vec_push(moved, e->point);
        *rec = (struct record){e->value, e->time_ms, e->mark, e->slot, 0};
        if (e->time_ms >= 0 && reading_is_number(e->value) && MARK_TIME(e->mark) < e->time_ms)
            r->live[e->slot] += e->value;
    }
    state_close(&s);
    return code;
}

static enum code check_points(const struct readings *r, const struct reading *v, size_t n,
                              struct error *err)
{
    size_t count = r->record_count;
    for (size_t i = 0; i < n; i++) {
        if (v[i].point == 0 || v[i].point > count)
            return error_set(err, E_INPUT, "there is no point %u", v[i].point);
        if (v[i].time_ms < READING_TIME_MIN || v[i].time_ms >= READING_TIME_MAX)
            return error_set(err, E_INPUT, "the time of point %u is outside 1970 to 2099",
                             v[i].point);
        if (!reading_is_number(v[i].value) && v[i].value > READING_RESTART)
            return error_set(err, E_INPUT, "the value of point %u is none", v[i].point);
    }
    return OK;
}

static enum code check_kept(const struct readings *r, const struct reading *v, size_t n,
                            struct error *err)
{
    int64_t from = r->kept_from;
    for (size_t i = 0; i < n; i++)
        if (v[i].time_ms < from)
            return error_set(err, E_INPUT,
                             "the reading of point %u is older than what is kept: the raw readings "
                             "around it were let go",
                             v[i].point);
    return OK;
}

int64_t readings_kept_from(struct readings *r)
{
    return r->kept_from;
}

static void apply(struct readings *r, const struct reading *v, size_t n, struct readings_counts *c)
{
    if (r->now.readings == 0)
        r->now.began_us = readings_monotonic_us();
    r->sequence += n;
    apply_batch(r, v, n, c);
    r->late += c->late;
    r->revised += c->revised;
    r->same += c->same;
}

static enum code on_replay(void *ctx, const struct reading *v, size_t n, struct error *err)
{
    struct readings *r = ctx;
    struct readings_counts c = {0};
    TRY(check_points(r, v, n, err));
    apply(r, v, n, &c);
    return OK;
}

/* Segments after the packed ones, oldest first; each but the newest is packed as a generation of
 * its own. */
static enum code replay(struct readings *r, struct error *err)
{
    u32_vec segments = {0};
    enum code code = journal_segments(&r->journal, &segments, err);
    r->now.number = r->manifest.packed + 1;
    for (size_t i = 0; i < segments.len && code == OK; i++) {
        uint32_t s = segments.v[i];
        if (s <= r->manifest.packed) {
            journal_remove(&r->journal, s);
            continue;
        }
        if (s > r->now.number && r->now.readings)
            code = drain_once(r, true, err);
        r->now.number = s;
        if (code == OK)
            code = journal_replay(&r->journal, s, &r->sequence, on_replay, r, err);
    }
    vec_clear(&segments);
    return code;
}

static enum code open_all(struct readings *r, struct error *err)
{
    char path[512];
    u32_vec moved = {0}, state = {0};
    TRY(folders_open(r, err));
    TRY(manifest_load(&r->manifest, r->dir_fd, err));
    TRY(files_open(r, err));
    if (!manifest_rightly_absent(r))
        return error_set(err, E_INPUT,
                         "'%s/manifest.json' is missing, but there are packed readings and no "
                         "journal from the beginning; put it back; nothing was changed",
                         r->dir);
    vec_push(&state, r->manifest.state);
    sweep(r, "blocks", &r->manifest.blocks);
    sweep(r, "windows", &r->manifest.windows);
    sweep(r, "state", &state);
    vec_clear(&state);
    r->sequence = r->manifest.sequence;
    r->late = r->manifest.late;
    r->revised = r->manifest.revised;
    r->same = r->manifest.same;
    r->first_ms = r->manifest.first_ms;
    r->last_ms = r->manifest.last_ms;
    r->kept_from = r->manifest.kept_from_ms;
    pthread_rwlock_rdlock(&r->points->lock);
    grow(r);
    pthread_rwlock_unlock(&r->points->lock);
    snprintf(path, sizeof path, "%s/journal", r->dir);
    enum code code = journal_open(&r->journal, path, err);
    if (code == OK)
        code = state_read(r, &moved, err);
    if (code == OK)
        code = replay(r, err);
    if (code == OK && moved.len)
        code = readings_rebind(r, moved.v, moved.len, err);
    vec_clear(&moved);
    return code;
}

static void locks_init(struct readings *r)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    /* readers must not keep the committer waiting for ever */
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&r->state, &attr);
    pthread_rwlockattr_destroy(&attr);
    pthread_mutex_init(&r->lock, NULL);
    pthread_mutex_init(&r->commit_lock, NULL);
    pthread_mutex_init(&r->drain_lock, NULL);
    pthread_cond_init(&r->work, NULL);
    pthread_cond_init(&r->done, NULL);
    pthread_cond_init(&r->drain, NULL);
}

static void options_fill(struct readings_options *o)
{
    if (!o->queue_max)
        o->queue_max = 4000000;
    if (!o->generation_readings)
        o->generation_readings = 40000000;
    if (!o->generation_s)
        o->generation_s = 900;
}

static void *commit_thread(void *arg);

enum code readings_open(struct readings **out, const char *dir, struct points *points,
                        const struct readings_options *o, struct error *err)
{
    struct readings *r = mem_zalloc(sizeof *r);
    *out = NULL;
    r->dir = strdup(dir);
    r->points = points;
    r->o = o ? *o : (struct readings_options){0};
    r->dir_fd = r->lock_fd = -1;
    r->journal.fd = r->journal.dir = -1;
    r->now.first_ms = r->was.first_ms = INT64_MAX;
    r->now.last_ms = r->was.last_ms = INT64_MIN;
    options_fill(&r->o);
    locks_init(r);
    arrays_open(r);
    windows_init(&r->windows);
    enum code code = open_all(r, err);
    if (code != OK) {
        readings_close(r);
        return code;
    }
    if (!r->o.no_thread) {
        r->threads = true;
        if (pthread_create(&r->committer, NULL, commit_thread, r) != 0 ||
            pthread_create(&r->drainer, NULL, drain_thread, r) != 0)
            abort();
    }
    *out = r;
    return OK;
}

void readings_close(struct readings *r)
{
    if (r == NULL)
        return;
    if (r->threads) {
        pthread_mutex_lock(&r->lock);
        r->stop = true;
        pthread_cond_broadcast(&r->work);
        pthread_cond_broadcast(&r->drain);
        pthread_mutex_unlock(&r->lock);
        pthread_join(r->committer, NULL);
        pthread_join(r->drainer, NULL);
    }
    journal_close(&r->journal);
    for (size_t i = 0; i < r->blocks.len; i++)
        block_close(r->blocks.v[i]);
    for (size_t i = 0; i < r->window_files.len; i++)
        window_file_close(r->window_files.v[i]);
    vec_clear(&r->blocks);
    vec_clear(&r->window_files);
    windows_clear(&r->windows);
    manifest_clear(&r->manifest);
    pool_clear(&r->now.pool);
    pool_clear(&r->was.pool);
    arrays_close(r);
    if (r->lock_fd >= 0)
        close(r->lock_fd);
    if (r->dir_fd >= 0)
        close(r->dir_fd);
    pthread_rwlock_destroy(&r->state);
    pthread_mutex_destroy(&r->lock);
    pthread_mutex_destroy(&r->commit_lock);
    pthread_mutex_destroy(&r->drain_lock);
    pthread_cond_destroy(&r->work);
    pthread_cond_destroy(&r->done);
    pthread_cond_destroy(&r->drain);
    free(r->dir);
    mem_free(r);
}

void readings_damaged(struct readings *r, const struct error *why)
{
    pthread_mutex_lock(&r->lock);
    if (!r->damage[0]) {
        log_event(LOG_ERROR, "readings.damage", "text=\"%s\"", why->text);
        snprintf(r->damage, sizeof r->damage, "%.250s", why->text);
    }
    pthread_mutex_unlock(&r->lock);
}

/* ---- the committer: one fdatasync for all who wait ---- */

#define COMMIT_MAX 1000000u /* readings of one commit */

/* Full generations are packed; while the one before still is, the present one may grow to twice its
 * size. The caller holds `state` exclusively. */
void readings_load(struct readings *r)
{
    r->behind = r->was.number != 0 && r->now.readings >= 2 * r->o.generation_readings;
}

static enum code commit(struct readings *r, struct request *first, size_t parts, bool *full,
                        struct error *err)
{
    const struct reading **v = mem_alloc(parts * sizeof *v);
    size_t *n = mem_alloc(parts * sizeof *n), i = 0;
    for (struct request *q = first; q; q = q->next, i++) {
        v[i] = q->v;
        n[i] = q->n;
    }
    pthread_mutex_lock(&r->commit_lock);
    enum code code = journal_write(&r->journal, r->now.number, r->sequence, v, n, parts, err);
    if (code == OK) {
        pthread_rwlock_wrlock(&r->state);
        for (struct request *q = first; q; q = q->next)
            apply(r, q->v, q->n, &q->counts);
        r->groups++;
        readings_load(r);
        *full = r->now.readings >= r->o.generation_readings;
        r->journal_bytes = (uint64_t)r->journal.good;
        pthread_rwlock_unlock(&r->state);
    }
    pthread_mutex_unlock(&r->commit_lock);
    mem_free(v);
    mem_free(n);
    return code;
}

/* Takes what waits; the caller holds `lock`, which is let go for the work. */
static void commit_waiting(struct readings *r)
{
    struct request *first = r->head, *last = first;
    size_t parts = 1, readings = first->n;
    for (; last->next && readings + last->next->n <= COMMIT_MAX; last = last->next, parts++)
        readings += last->next->n;
    r->head = last->next;
    if (!r->head)
        r->tail = NULL;
    last->next = NULL;
    pthread_mutex_unlock(&r->lock);
    struct error err = {0};
    bool full = false;
    enum code code = commit(r, first, parts, &full, &err);
    pthread_mutex_lock(&r->lock);
    r->waiting -= readings;
    snprintf(r->trouble, sizeof r->trouble, "%.250s", code == OK ? "" : err.text);
    for (struct request *q = first; q; q = q->next) {
        q->code = code;
        q->err = err;
        q->done = true;
    }
    if (full) {
        r->drain_wanted = true;
        pthread_cond_signal(&r->drain);
    }
    pthread_cond_broadcast(&r->done);
}

static void *commit_thread(void *arg)
{
    struct readings *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->stop || r->head) {
        if (r->head)
            commit_waiting(r);
        else
            pthread_cond_wait(&r->work, &r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static enum code admit(struct readings *r, size_t n, struct error *err)
{
    if (r->damage[0])
        return error_set(err, E_IO, "%s", r->damage);
    if (r->stop)
        return error_set(err, E_BUSY, "the server is stopping");
    if (r->waiting + n > r->o.queue_max && r->waiting)
        return error_set(err, E_BUSY, "%zu readings are waiting to be written", r->waiting);
    if (r->behind)
        return error_set(err, E_BUSY, "packing is behind%s%s", r->drain_trouble[0] ? ": " : "",
                         r->drain_trouble);
    return OK;
}

enum code readings_append(struct readings *r, const struct reading *v, size_t n,
                          struct readings_counts *counts, struct error *err)
{
    struct request q = {.v = v, .n = n};
    if (counts)
        *counts = (struct readings_counts){0};
    if (n == 0)
        return OK;
    TRY(check_points(r, v, n, err));
    TRY(check_kept(r, v, n, err));
    pthread_mutex_lock(&r->lock);
    enum code code = admit(r, n, err);
    if (code == OK) {
        if (r->tail)
            r->tail->next = &q;
        else
            r->head = &q;
        r->tail = &q;
        r->waiting += n;
        if (r->threads)
            pthread_cond_signal(&r->work);
        else
            commit_waiting(r);
        while (!q.done)
            pthread_cond_wait(&r->done, &r->lock);
        code = q.code;
    }
    pthread_mutex_unlock(&r->lock);
    if (counts)
        *counts = q.counts;
    if (code == E_IO && q.err.text[0])
        return error_set(err, code, "%s", q.err.text);
    return code;
}

/* ---- what is known of the whole ---- */

void readings_trouble(struct readings *r, char text[256])
{
    pthread_mutex_lock(&r->lock);
    const char *t = r->damage[0] ? r->damage : r->trouble[0] ? r->trouble : r->drain_trouble;
    snprintf(text, 256, "%s", t);
    pthread_mutex_unlock(&r->lock);
}

uint64_t readings_sequence(struct readings *r)
{
    pthread_rwlock_rdlock(&r->state);
    uint64_t s = r->sequence;
    pthread_rwlock_unlock(&r->state);
    return s;
}

enum code readings_settle(struct readings *r, struct error *err)
{
    enum code code;
    bool more = true;
    for (int i = 0; i < 2 && more; i++) { /* one that is being packed, and the present one */
        TRY(drain_once(r, true, err));
        pthread_rwlock_rdlock(&r->state);
        more = r->now.readings > 0 || r->was.number != 0;
        pthread_rwlock_unlock(&r->state);
    }
    code = OK;
    return code;
}

void readings_stats(struct readings *r, struct readings_stats *out)
{
    pthread_rwlock_rdlock(&r->state);
    *out = (struct readings_stats){.readings = r->sequence,
                                   .late = r->late,
                                   .revised = r->revised,
                                   .same = r->same,
                                   .groups = r->groups,
                                   .generation = r->now.number,
                                   .block_files = (uint32_t)r->blocks.len,
                                   .bytes_journal = r->journal_bytes};
    for (size_t i = 0; i < r->blocks.len; i++) {
        out->bytes_blocks += block_info(r->blocks.v[i])->bytes;
        out->block_readings += block_info(r->blocks.v[i])->readings;
    }
    out->memory = r->record_count * (sizeof *r->record + 8) +
                  (r->now.pool.slabs + r->was.pool.slabs) * CHUNK_SLAB * sizeof(struct chunk);
    for (size_t i = 0; i < r->windows.list.len; i++) {
        const struct window *w = r->windows.list.v[i];
        out->memory += (w->base.cap + w->was.cap + w->now.cap) * sizeof(struct slot_sum);
    }
    pthread_rwlock_unlock(&r->state);
}
