/* drain.c - a generation from memory into files, away from the path of the acknowledgement.
 *
 * The order makes a crash harmless at every place: block, state and windows are written under new
 * numbers, the manifest names them, then memory changes, then what is no longer needed is removed.
 * Until the manifest is there the journal segment of the generation still is, and a start does it
 * all again. */
#include "readings_int.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MERGE_AT = 8, SPAN_MAX = 512 };

char *readings_path(const struct readings *r, char out[512], const char *kind, uint32_t number)
{
    snprintf(out, 512, "%s/%s/%010u", r->dir, kind, number);
    return out;
}

/* ---- a new generation ---- */

static bool is_empty(const struct sums *s)
{
    return s->v == NULL;
}

/* The coarser window that holds a quarter. */
static int32_t coarse_of(enum level level, int32_t quarter)
{
    return window_of(level, window_begin(LEVEL_QUARTER, quarter));
}

void readings_flip(struct readings *r)
{
    struct windows *w = &r->windows;
    uint32_t *free_head = r->was.head;
    r->was = r->now;
    r->now = (struct generation){.number = r->was.number + 1,
                                 .head = free_head,
                                 .first_ms = INT64_MAX,
                                 .last_ms = INT64_MIN};
    size_t windows = w->list.len;
    for (size_t i = 0; i < windows; i++) {
        struct window *x = w->list.v[i];
        if (is_empty(&x->now))
            continue;
        x->was = x->now;
        x->now = (struct sums){0};
        for (enum level l = LEVEL_HOUR; x->level == LEVEL_QUARTER && l < LEVEL_COUNT; l++)
            (void)window_at(w, l, coarse_of(l, x->number));
    }
    r->rebound = false;
    r->was_sequence = r->sequence;
    r->was_late = r->late;
    r->was_revised = r->revised;
    r->was_same = r->same;
    r->was_first = r->first_ms;
    r->was_last = r->last_ms;
    readings_load(r);
}

/* ---- block and state ---- */

struct packing {
    struct readings *r;
    struct block_writer *block;
    struct state_writer *state;
    struct state_file old;
    size_t at; /* in the old state */
    uint64_t runs;
};

static enum code put_block(struct packing *k, uint32_t point, const struct run *u,
                           struct error *err)
{
    char path[512];
    struct readings *r = k->r;
    if (!k->block)
        TRY(block_writer_begin(&k->block, readings_path(r, path, "blocks", r->manifest.next_file),
                               r->was.number, r->was.number, err));
    for (size_t i = 0; i < u->time.len; i += BLOCK_RUN_MAX) {
        size_t n = u->time.len - i < BLOCK_RUN_MAX ? u->time.len - i : BLOCK_RUN_MAX;
        TRY(block_writer_put(k->block, point, u->time.v + i, u->value.v + i, n, err));
        k->runs++;
    }
    return OK;
}

/* Is the newest reading of before taken back (by an absence that the kernel looks past)? */
static bool takes_back(const struct state_entry *e, const struct kernel_rule *rule,
                       const struct run *u)
{
    for (size_t i = 0; i < u->time.len; i++)
        if (u->time.v[i] == e->time_ms && kernel_skips(rule, u->value.v[i]))
            return true;
    return false;
}

static enum code take_run(struct readings *r, struct state_entry *e, struct run *u,
                          struct error *err)
{
    const struct kernel_rule *rule = &r->rule[e->slot];
    run_current(u);
    if (takes_back(e, rule, u)) {
        *e = (struct state_entry){e->point, e->slot, 0, -1, 0};
        u->time.len = u->value.len = 0;
        TRY(gather_packed(r, e->point, INT64_MIN, INT64_MAX, u, err));
        run_current(u);
    }
    state_take(e, rule, u);
    return OK;
}

static enum code pack_point(struct packing *k, uint32_t point, struct run *u, struct error *err)
{
    struct readings *r = k->r;
    uint32_t head = r->was.head[point - 1];
    bool old = k->at < k->old.count && k->old.entry[k->at].point == point;
    struct state_entry e = {point, r->record[point - 1].slot, 0, -1, 0};
    if (old)
        e = k->old.entry[k->at++];
    if (!old && !head)
        return OK;
    e.slot = r->record[point - 1].slot;
    if (head) {
        u->time.len = u->value.len = 0;
        chunk_read(&r->was.pool, head, INT64_MIN, INT64_MAX, &u->time, &u->value);
        run_sort(u);
        TRY(put_block(k, point, u, err));
        TRY(take_run(r, &e, u, err));
    }
    return state_put(k->state, &e, err);
}

/* Number of points at the flip; later ones have nothing in this generation. */
static enum code pack_points(struct packing *k, size_t points, struct error *err)
{
    struct run u = {0};
    enum code code = OK;
    for (uint32_t p = 1; p <= points && code == OK; p++)
        code = pack_point(k, p, &u, err);
    run_clear(&u);
    return code;
}

static enum code pack_records(struct packing *k, uint32_t state_number, size_t points,
                              struct error *err)
{
    char path[512];
    struct readings *r = k->r;
    if (r->manifest.state)
        TRY(state_open(&k->old, readings_path(r, path, "state", r->manifest.state), err));
    TRY(state_begin(&k->state, readings_path(r, path, "state", state_number), err));
    TRY(pack_points(k, points, err));
    struct state_writer *state = k->state;
    struct block_writer *block = k->block;
    k->state = NULL; /* ended, well or not; the block is still pack's to drop until then */
    TRY(state_end(state, err));
    k->block = NULL;
    return block ? block_writer_end(block, err) : OK;
}

/* ---- windows ---- */

static int by_level(const void *a, const void *b)
{
    const struct window *x = *(struct window *const *)a, *y = *(struct window *const *)b;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* What the window moved in the generation, its quarters included. */
void window_moved(const struct windows *w, size_t slots, const struct window *x, bool now,
                  struct sums *out)
{
    uint32_t slot;
    const struct slot_sum *v;
    const struct sums *own = now ? &x->now : &x->was;
    for (size_t it = 0; sums_each(own, &it, &slot, &v);)
        sums_add(out, slots, slot, v->amount, v->covered_ms, (int32_t)v->have, (int32_t)v->resets);
    if (x->level == LEVEL_QUARTER)
        return;
    for (size_t i = 0; i < w->list.len; i++) {
        const struct window *q = w->list.v[i];
        const struct sums *s = now ? &q->now : &q->was;
        if (q->level != LEVEL_QUARTER || is_empty(s) || coarse_of(x->level, q->number) != x->number)
            continue;
        for (size_t it = 0; sums_each(s, &it, &slot, &v);)
            sums_add(out, slots, slot, v->amount, v->covered_ms, 0, (int32_t)v->resets);
    }
}

typedef VEC(struct window *) window_vec;

static enum code pack_windows(struct readings *r, const window_vec *list, uint32_t number,
                              struct error *err)
{
    char path[512];
    struct window_writer *w;
    enum code code = window_writer_begin(&w, readings_path(r, path, "windows", number), err);
    for (size_t i = 0; i < list->len && code == OK; i++) {
        struct sums moved = {0};
        pthread_rwlock_rdlock(&r->state);
        window_moved(&r->windows, r->slot_count, list->v[i], false, &moved);
        pthread_rwlock_unlock(&r->state);
        code = window_writer_put(w, list->v[i]->level, list->v[i]->number, &moved, err);
        sums_clear(&moved);
    }
    if (code == OK)
        return window_writer_end(w, err);
    window_writer_drop(w);
    return code;
}

/* ---- memory follows ---- */

static void base_follow(struct readings *r, struct window *x)
{
    if (x->base.v) {
        struct sums moved = {0};
        window_moved(&r->windows, r->slot_count, x, false, &moved);
        if (x->base.cap < r->slot_count)
            sums_add(&x->base, r->slot_count, (uint32_t)r->slot_count - 1, 0, 0, 0, 0); /* room */
        sums_into(&moved, x->base.v, r->slot_count);
        sums_clear(&moved);
    }
}

static void windows_forget(struct readings *r)
{
    struct windows *w = &r->windows;
    size_t n = 0;
    memset(w->hot, 0, sizeof w->hot);
    map_clear(&w->index);
    map_init(&w->index);
    for (size_t i = 0; i < w->list.len; i++) {
        struct window *x = w->list.v[i];
        struct {
            uint32_t level;
            int32_t number;
        } key = {x->level, x->number};
        sums_clear(&x->was);
        if (is_empty(&x->now) && !x->base.v) {
            mem_free(x);
            continue;
        }
        map_put(&w->index, (struct str){(const char *)&key, sizeof key}, n);
        w->list.v[n++] = x;
    }
    w->list.len = n;
}

static void heads_clear(struct readings *r, uint32_t *head)
{
    madvise(head, r->record_count * sizeof *head, MADV_DONTNEED);
}

static void memory_follow(struct readings *r, struct manifest *next, struct block_file *block,
                          struct window_file *windows)
{
    struct pool pool = r->was.pool;
    pthread_rwlock_wrlock(&r->state);
    if (block)
        vec_push(&r->blocks, block);
    if (windows)
        vec_push(&r->window_files, windows);
    for (size_t i = 0; i < r->windows.list.len; i++)
        base_follow(r, r->windows.list.v[i]);
    windows_forget(r);
    manifest_clear(&r->manifest);
    r->manifest = *next;
    heads_clear(r, r->was.head);
    r->was = (struct generation){.head = r->was.head, .first_ms = INT64_MAX, .last_ms = INT64_MIN};
    readings_load(r);
    pthread_rwlock_unlock(&r->state);
    pool_clear(&pool);
}

static void list_copy(u32_vec *to, const u32_vec *from)
{
    for (size_t i = 0; i < from->len; i++)
        vec_push(to, from->v[i]);
}

static struct manifest manifest_next(const struct readings *r)
{
    struct manifest m = r->manifest;
    m.blocks = (u32_vec){0};
    m.windows = (u32_vec){0};
    list_copy(&m.blocks, &r->manifest.blocks);
    list_copy(&m.windows, &r->manifest.windows);
    return m;
}

/* ---- the generation `was` ---- */

/* The names of the new files, before the manifest tells them. */
static enum code folders_sync(const struct readings *r, struct error *err)
{
    static const char *const names[] = {"blocks", "windows", "state"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int fd = openat(r->dir_fd, names[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        enum code code = fd < 0 ? error_set(err, E_IO, "cannot open '%s/%s': %s", r->dir, names[i],
                                            strerror(errno))
                                : readings_sync_dir(fd, err);
        if (fd >= 0)
            close(fd);
        TRY(code);
    }
    return OK;
}

static enum code pack_files(struct readings *r, struct packing *k, const window_vec *moved,
                            size_t points, struct error *err)
{
    uint32_t n = r->manifest.next_file;
    TRY(pack_records(k, n + 1, points, err));
    return moved->len ? pack_windows(r, moved, n + 2, err) : OK;
}

static enum code pack(struct readings *r, struct error *err)
{
    char path[512];
    struct packing k = {.r = r};
    window_vec moved = {0};
    struct block_file *block = NULL;
    struct window_file *windows = NULL;
    pthread_rwlock_rdlock(&r->state);
    size_t points = r->record_count;
    for (size_t i = 0; i < r->windows.list.len; i++) {
        struct sums s = {0};
        window_moved(&r->windows, r->slot_count, r->windows.list.v[i], false, &s);
        if (!is_empty(&s))
            vec_push(&moved, r->windows.list.v[i]);
        sums_clear(&s);
    }
    pthread_rwlock_unlock(&r->state);
    if (moved.len)
        qsort(moved.v, moved.len, sizeof *moved.v, by_level);
    struct manifest next = manifest_next(r);
    uint32_t n = next.next_file, done = r->was.number, state = r->manifest.state;
    enum code code = pack_files(r, &k, &moved, points, err);
    state_close(&k.old);
    state_drop(k.state);
    block_writer_drop(k.block);
    if (code == OK && k.runs)
        code = block_open(&block, readings_path(r, path, "blocks", n), err);
    if (code == OK && moved.len)
        code = window_file_open(&windows, readings_path(r, path, "windows", n + 2), err);
    if (code == OK)
        code = folders_sync(r, err);
    if (code == OK) {
        next.next_file = n + 3;
        next.packed = done;
        next.state = n + 1;
        next.sequence = r->was_sequence;
        next.late = r->was_late;
        next.revised = r->was_revised;
        next.same = r->was_same;
        next.first_ms = r->was_first;
        next.last_ms = r->was_last;
        if (block)
            vec_push(&next.blocks, n);
        if (windows)
            vec_push(&next.windows, n + 2);
        code = manifest_save(&next, r->dir_fd, err);
    }
    vec_clear(&moved);
    if (code != OK) {
        manifest_clear(&next);
        block_close(block);
        window_file_close(windows);
        return code;
    }
    memory_follow(r, &next, block, windows);
    journal_remove(&r->journal, done);
    if (state)
        unlink(readings_path(r, path, "state", state));
    return OK;
}

/* ---- merging ---- */

static unsigned tier_of(uint64_t size)
{
    unsigned t = 0;
    for (; size >= MERGE_AT; size /= MERGE_AT)
        t++;
    return t;
}

static uint64_t block_span(const struct block_file *f)
{
    return block_info(f)->last_generation - block_info(f)->first_generation + 1;
}

static bool blocks_due(const struct readings *r)
{
    size_t n = r->blocks.len;
    if (n < MERGE_AT || block_span(r->blocks.v[n - 1]) * MERGE_AT > SPAN_MAX)
        return false;
    for (size_t i = n - MERGE_AT; i < n; i++)
        if (tier_of(block_span(r->blocks.v[i])) != tier_of(block_span(r->blocks.v[n - 1])))
            return false;
    return true;
}

static void replace_tail(u32_vec *v, size_t count, uint32_t with)
{
    v->len -= count;
    vec_push(v, with);
}

static enum code merge_blocks(struct readings *r, struct error *err)
{
    char path[512];
    size_t first = r->blocks.len - MERGE_AT;
    struct block_file *merged, *old[MERGE_AT];
    uint32_t number = r->manifest.next_file, gone[MERGE_AT];
    memcpy(old, r->blocks.v + first, sizeof old);
    memcpy(gone, r->manifest.blocks.v + first, sizeof gone);
    TRY(block_merge(old, MERGE_AT, readings_path(r, path, "blocks", number), err));
    TRY(block_open(&merged, path, err));
    struct manifest next = manifest_next(r);
    next.next_file++;
    replace_tail(&next.blocks, MERGE_AT, number);
    enum code code = manifest_save(&next, r->dir_fd, err);
    if (code != OK) {
        manifest_clear(&next);
        block_close(merged);
        return code;
    }
    pthread_rwlock_wrlock(&r->state);
    r->blocks.len = first;
    vec_push(&r->blocks, merged);
    manifest_clear(&r->manifest);
    r->manifest = next;
    pthread_rwlock_unlock(&r->state);
    for (size_t i = 0; i < MERGE_AT; i++) {
        block_close(old[i]);
        unlink(readings_path(r, path, "blocks", gone[i]));
    }
    return OK;
}

static bool windows_due(const struct readings *r)
{
    size_t n = r->window_files.len;
    if (n < MERGE_AT)
        return false;
    unsigned tier = tier_of(window_file_bytes(r->window_files.v[n - MERGE_AT]) / 4096);
    for (size_t i = n - MERGE_AT + 1; i < n; i++)
        if (tier_of(window_file_bytes(r->window_files.v[i]) / 4096) > tier)
            return true;
    return tier_of(window_file_bytes(r->window_files.v[n - 1]) / 4096) == tier;
}

struct key {
    enum level level;
    int32_t number;
};
static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum code merge_sections(struct readings *r, struct window_file *const *old,
                                struct window_writer *w, struct error *err)
{
    VEC(struct key) keys = {0};
    struct key k;
    enum code code = OK;
    const size_t slots = r->slot_count; /* it may grow meanwhile */
    for (size_t i = 0; i < MERGE_AT; i++)
        for (size_t it = 0; window_file_section(old[i], &it, &k.level, &k.number);)
            vec_push(&keys, k);
    if (keys.len)
        qsort(keys.v, keys.len, sizeof *keys.v, by_key);
    for (size_t i = 0; i < keys.len && code == OK; i++) {
        if (i && by_key(&keys.v[i - 1], &keys.v[i]) == 0)
            continue;
        struct sums s = {mem_zalloc(slots * sizeof(struct slot_sum)), NULL, slots, slots};
        for (size_t f = 0; f < MERGE_AT && code == OK; f++)
            code = window_file_add(old[f], keys.v[i].level, keys.v[i].number, s.v, slots, err);
        if (code == OK)
            code = window_writer_put(w, keys.v[i].level, keys.v[i].number, &s, err);
        sums_clear(&s);
    }
    vec_clear(&keys);
    return code;
}

static enum code merge_windows(struct readings *r, struct error *err)
{
    char path[512];
    size_t first = r->window_files.len - MERGE_AT;
    struct window_file *merged, *old[MERGE_AT];
    struct window_writer *w;
    uint32_t number = r->manifest.next_file, gone[MERGE_AT];
    memcpy(old, r->window_files.v + first, sizeof old);
    memcpy(gone, r->manifest.windows.v + first, sizeof gone);
    TRY(window_writer_begin(&w, readings_path(r, path, "windows", number), err));
    enum code code = merge_sections(r, old, w, err);
    if (code != OK) {
        window_writer_drop(w);
        return code;
    }
    TRY(window_writer_end(w, err));
    TRY(window_file_open(&merged, path, err));
    struct manifest next = manifest_next(r);
    next.next_file++;
    replace_tail(&next.windows, MERGE_AT, number);
    code = folders_sync(r, err);
    if (code == OK)
        code = manifest_save(&next, r->dir_fd, err);
    if (code != OK) {
        manifest_clear(&next);
        window_file_close(merged);
        return code;
    }
    pthread_rwlock_wrlock(&r->state);
    r->window_files.len = first;
    vec_push(&r->window_files, merged);
    manifest_clear(&r->manifest);
    r->manifest = next;
    pthread_rwlock_unlock(&r->state);
    for (size_t i = 0; i < MERGE_AT; i++) {
        window_file_close(old[i]);
        unlink(readings_path(r, path, "windows", gone[i]));
    }
    return OK;
}

/* ---- when ---- */

int64_t readings_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool flip_due(const struct readings *r)
{
    return r->now.readings >= r->o.generation_readings ||
           (r->now.readings &&
            readings_monotonic_us() - r->now.began_us >= (int64_t)r->o.generation_s * 1000000);
}

enum code drain_once(struct readings *r, bool force, struct error *err)
{
    char damage[256];
    pthread_mutex_lock(&r->lock);
    memcpy(damage, r->damage, sizeof damage);
    pthread_mutex_unlock(&r->lock);
    if (damage[0]) /* sums that rest on a damaged file are not kept: the journal still is */
        return error_set(err, E_IO, "%s", damage);
    pthread_mutex_lock(&r->drain_lock);
    if (r->was.number == 0) {
        pthread_mutex_lock(&r->commit_lock);
        pthread_rwlock_wrlock(&r->state);
        if (force ? r->now.readings > 0 || r->rebound : flip_due(r))
            readings_flip(r);
        pthread_rwlock_unlock(&r->state);
        pthread_mutex_unlock(&r->commit_lock);
    }
    enum code code = r->was.number ? pack(r, err) : OK;
    while (code == OK && blocks_due(r))
        code = merge_blocks(r, err);
    while (code == OK && windows_due(r))
        code = merge_windows(r, err);
    pthread_mutex_unlock(&r->drain_lock);
    return code;
}

void *drain_thread(void *arg)
{
    struct readings *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        if (!r->drain_wanted)
            pthread_cond_timedwait(&r->drain, &r->lock, &until);
        r->drain_wanted = false;
        if (r->stop)
            break;
        pthread_mutex_unlock(&r->lock);
        struct error err = {0};
        enum code code = drain_once(r, false, &err);
        pthread_mutex_lock(&r->lock);
        if (code != OK && strcmp(r->drain_trouble, err.text) != 0)
            log_event(LOG_ERROR, "readings.drain", "text=\"%s\"", err.text);
        snprintf(r->drain_trouble, sizeof r->drain_trouble, "%.250s", code == OK ? "" : err.text);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}
