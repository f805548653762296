/* retain.c - raw readings that are old enough are let go; what they said stays in the windows.
 *
 * Of every point the newest readings before the border stay, too: the last number, the last restart
 * after it, the last of all. They are what a kernel sees when a late reading, a move to another
 * slot or a check looks back from the first one that was kept. They lie in a block of their own in
 * place of the newest that went. Readings before the border are refused from then on: what they
 * would change is gone. */
#include "readings_int.h"
#include <unistd.h>

/* What a reading that comes after can need of these; from before `border` on. */
static void run_anchor(struct run *u)
{
    size_t number = SIZE_MAX, restart = SIZE_MAX, n = 0, len = u->time.len;
    for (size_t i = 0; i < len; i++)
        if (reading_is_number(u->value.v[i]))
            number = i;
        else if (u->value.v[i] == READING_RESTART)
            restart = i;
    for (size_t i = 0; i < len; i++) {
        bool later = i == restart && (number == SIZE_MAX || restart > number);
        if (i != number && i + 1 != len && !later)
            continue;
        u->time.v[n] = u->time.v[i];
        u->value.v[n++] = u->value.v[i];
    }
    u->time.len = u->value.len = n;
}

void run_kept(struct run *u, int64_t border)
{
    size_t from = 0;
    for (size_t i = 0; i < u->time.len && u->time.v[i] < border; i++)
        if (reading_is_number(u->value.v[i]))
            from = i;
    if (from == 0)
        return;
    memmove(u->time.v, u->time.v + from, (u->time.len - from) * sizeof *u->time.v);
    memmove(u->value.v, u->value.v + from, (u->value.len - from) * sizeof *u->value.v);
    u->time.len = u->value.len -= from;
}

static enum code put_anchors(struct readings *r, struct block_writer *w, int64_t border,
                             struct error *err)
{
    struct run u = {0};
    enum code code = OK;
    for (uint32_t p = 1; p <= r->record_count && code == OK; p++) {
        u.time.len = u.value.len = 0;
        code = gather_packed(r, p, INT64_MIN, border, &u, err);
        run_current(&u);
        run_anchor(&u);
        if (code == OK)
            code = block_writer_put(w, p, u.time.v, u.value.v, u.time.len, err);
    }
    run_clear(&u);
    return code;
}

static enum code write_anchors(struct readings *r, const char *path, const struct block_info *as,
                               int64_t border, struct block_file **out, struct error *err)
{
    struct block_writer *w;
    TRY(block_writer_begin(&w, path, as->first_generation, as->last_generation, err));
    enum code code = put_anchors(r, w, border, err);
    if (code != OK) {
        block_writer_drop(w);
        return code;
    }
    TRY(block_writer_end(w, err));
    return block_open(out, path, err);
}

typedef VEC(struct block_file *) file_vec;

/* What stays and what goes; `last` of those that go: its place is the anchors'. */
struct letting_go {
    struct manifest next;
    file_vec stay, gone;
    u32_vec numbers; /* of the gone */
    size_t place;    /* of the anchors among those that stay */
    int64_t border;
};

static void choose(const struct readings *r, int64_t from, struct letting_go *g)
{
    g->border = r->kept_from;
    for (size_t i = 0; i < r->blocks.len; i++) {
        struct block_file *f = r->blocks.v[i];
        if (block_info(f)->last_ms >= from) {
            vec_push(&g->stay, f);
            vec_push(&g->next.blocks, r->manifest.blocks.v[i]);
            continue;
        }
        vec_push(&g->gone, f);
        vec_push(&g->numbers, r->manifest.blocks.v[i]);
        g->place = g->stay.len;
        if (block_info(f)->last_ms >= g->border)
            g->border = block_info(f)->last_ms + 1;
    }
}

static void place(struct letting_go *g, struct block_file *anchors, uint32_t number)
{
    vec_push(&g->stay, anchors);
    vec_push(&g->next.blocks, number);
    for (size_t i = g->stay.len - 1; i > g->place; i--) {
        g->stay.v[i] = g->stay.v[i - 1];
        g->next.blocks.v[i] = g->next.blocks.v[i - 1];
    }
    g->stay.v[g->place] = anchors;
    g->next.blocks.v[g->place] = number;
}

static enum code let_go(struct readings *r, struct letting_go *g, struct error *err)
{
    char path[512];
    struct block_file *anchors;
    uint32_t number = g->next.next_file++;
    TRY(write_anchors(r, readings_path(r, path, "blocks", number),
                      block_info(g->gone.v[g->gone.len - 1]), g->border, &anchors, err));
    place(g, anchors, number);
    g->next.kept_from_ms = g->border;
    enum code code = manifest_save(&g->next, r->dir_fd, err);
    if (code != OK) {
        block_close(anchors);
        return code;
    }
    pthread_rwlock_wrlock(&r->state);
    r->blocks.len = 0;
    for (size_t i = 0; i < g->stay.len; i++)
        vec_push(&r->blocks, g->stay.v[i]);
    manifest_clear(&r->manifest);
    r->manifest = g->next;
    g->next = (struct manifest){0};
    r->kept_from = g->border;
    pthread_rwlock_unlock(&r->state);
    for (size_t i = 0; i < g->gone.len; i++) {
        block_close(g->gone.v[i]);
        unlink(readings_path(r, path, "blocks", g->numbers.v[i]));
    }
    return OK;
}

/* Is there more in it than the anchors of before? */
static bool worth(const struct readings *r, const struct letting_go *g)
{
    return g->gone.len > 1 || (g->gone.len && g->border > r->kept_from);
}

enum code readings_retain(struct readings *r, day_t first_kept, struct error *err)
{
    struct letting_go g = {0};
    TRY(readings_settle(r, err)); /* nothing in the journal that would be replayed without them */
    pthread_mutex_lock(&r->drain_lock);
    g.next = r->manifest;
    g.next.blocks = g.next.windows = (u32_vec){0};
    for (size_t i = 0; i < r->manifest.windows.len; i++)
        vec_push(&g.next.windows, r->manifest.windows.v[i]);
    choose(r, window_begin(LEVEL_DAY, first_kept), &g);
    enum code code = worth(r, &g) ? let_go(r, &g, err) : OK;
    pthread_mutex_unlock(&r->drain_lock);
    manifest_clear(&g.next);
    vec_clear(&g.stay);
    vec_clear(&g.gone);
    vec_clear(&g.numbers);
    return code;
}
