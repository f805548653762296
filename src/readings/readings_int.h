/* readings_int.h - what the files of `readings` share. */
#ifndef LUOSHU_READINGS_INT_H
#define LUOSHU_READINGS_INT_H
#include "readings/block.h"
#include "readings/readings.h"
#include <pthread.h>
#include <stdatomic.h>

/* ---- a point's newest reading, and where its generation's readings lie ---- */
struct record {
    int64_t value;   /* newest reading as the kernel sees it */
    int64_t time_ms; /* -1 = none yet */
    int64_t mark;    /* an absence after it that the kernel looks past, or 0 */
    uint32_t slot;
    uint32_t tail; /* newest chunk of this generation, if it has one */
};
#define MARK_OF(time_ms, value) ((time_ms)*16 | ((value)-READING_NULL))
#define MARK_TIME(mark) ((mark) == 0 ? -1 : (mark) >> 4)
#define MARK_VALUE(mark) (READING_NULL + ((mark)&15))

/* ---- chunk.c: readings of a generation in order of arrival, packed in memory ---- */
#define CHUNK_SLAB 65536u
struct chunk { /* a cache line: a reading whole, the others as differences */
    uint32_t next;
    uint8_t n, used;        /* readings; bytes of `text` */
    bool closed;            /* the next reading begins a chunk of its own */
    int64_t time_ms, value; /* of the first */
    int64_t last_ms;        /* times grow within a chunk */
    uint8_t text[32];
};
struct pool {
    struct chunk **slab;
    size_t slabs;
    uint32_t len; /* chunks given out; chunk 0 is never used */
};
static inline struct chunk *pool_at(const struct pool *p, uint32_t i)
{
    return &p->slab[i / CHUNK_SLAB][i % CHUNK_SLAB];
}
/* Appends to the chain that ends in *tail (0: begins one, *head is set). last: the reading appended
 * before. */
void chunk_append(struct pool *p, uint32_t *head, uint32_t *tail, int64_t last_time,
                  int64_t last_value, int64_t time_ms, int64_t value);
/* The same where the reading before is not at hand (late ones, absences). */
void chunk_append_alone(struct pool *p, uint32_t *head, uint32_t *tail, int64_t time_ms,
                        int64_t value);
/* The chain's readings in order of arrival are appended; chunks with nothing in from <= time < to
 * are passed over. */
void chunk_read(const struct pool *p, uint32_t head, int64_t from, int64_t to, i64_vec *time_ms,
                i64_vec *value);
void pool_clear(struct pool *p);

struct generation {
    uint32_t number;
    uint32_t *head; /* by point - 1 */
    struct pool pool;
    uint64_t readings;
    int64_t first_ms, last_ms; /* of its readings */
    int64_t began_us;          /* monotonic clock at its first reading, 0 = none */
};

/* ---- journal.c ---- */
struct journal {
    int dir, fd; /* fd -1: no segment */
    uint32_t segment;
    int64_t good, reserved; /* bytes that count; bytes allocated */
    bool dirty;             /* something after `good` may have to be cut away */
    struct buf text;
};
MUST_CHECK enum code journal_open(struct journal *j, const char *dir, struct error *err);
void journal_close(struct journal *j);
/* Appends groups of these readings and makes them durable; before: readings of all commits before.
 * After a failure nothing of it counts. */
MUST_CHECK enum code journal_write(struct journal *j, uint32_t segment, uint64_t before,
                                   const struct reading *const *v, const size_t *n, size_t parts,
                                   struct error *err);
/* Every durable reading of a segment in order; the torn end of the newest segment is left out.
 * applied: readings that fn has taken, in all. fails  E_INPUT damage before the end, or readings
 * before it are missing */
typedef enum code (*journal_fn)(void *ctx, const struct reading *v, size_t n, struct error *err);
MUST_CHECK enum code journal_replay(struct journal *j, uint32_t segment, const uint64_t *applied,
                                    journal_fn fn, void *ctx, struct error *err);
/* Segments that exist, ascending. */
MUST_CHECK enum code journal_segments(struct journal *j, u32_vec *out, struct error *err);
void journal_remove(struct journal *j, uint32_t segment);

/* ---- window.c: sums of slots ---- */
struct sums { /* sparse while few slots are in it */
    struct slot_sum *v;
    uint32_t *slot; /* sparse: of each place of v, UINT32_MAX = free; NULL: v is dense by slot */
    size_t len, cap;
};
void sums_add(struct sums *s, size_t slots, uint32_t slot, i128 amount, int64_t covered,
              int32_t have, int32_t resets);
void sums_clear(struct sums *s);
void sums_into(const struct sums *s, struct slot_sum *dense, size_t slots);
bool sums_each(const struct sums *s, size_t *it, uint32_t *slot, const struct slot_sum **v);
struct window {
    enum level level;
    int32_t number;
    struct sums base;     /* what the files say, dense; v NULL = not read */
    struct sums was, now; /* of the generation being packed; of the present one */
    uint64_t used;
};
struct windows {
    VEC(struct window *) list;
    struct map index;
    struct window *hot[4]; /* of the quarter level, newest uses */
    uint64_t clock;
    pthread_mutex_t reading; /* guards base and used against readers among themselves */
};
void windows_init(struct windows *w);
void windows_clear(struct windows *w);
struct window *window_at(struct windows *w, enum level level, int32_t number);
struct window *window_find(const struct windows *w, enum level level, int32_t number);

/* ---- window_file.c ---- */
/* Sections (level, window) of sums; files add up. */
struct window_file;
struct window_writer;
MUST_CHECK enum code window_writer_begin(struct window_writer **out, const char *path,
                                         struct error *err);
MUST_CHECK enum code window_writer_put(struct window_writer *w, enum level level, int32_t number,
                                       const struct sums *s, struct error *err);
MUST_CHECK enum code window_writer_end(struct window_writer *w, struct error *err);
void window_writer_drop(struct window_writer *w);
MUST_CHECK enum code window_file_open(struct window_file **out, const char *path,
                                      struct error *err);
void window_file_close(struct window_file *f);
uint64_t window_file_bytes(const struct window_file *f);
/* Adds the section, if there is one, to a dense array. */
MUST_CHECK enum code window_file_add(const struct window_file *f, enum level level, int32_t number,
                                     struct slot_sum *dense, size_t slots, struct error *err);
bool window_file_has(const struct window_file *f, enum level level, int32_t number);
/* Sections in order: *it = 0 to begin, false at the end. */
bool window_file_section(const struct window_file *f, size_t *it, enum level *level,
                         int32_t *number);

/* ---- manifest.c ---- */
struct manifest {
    uint32_t packed;           /* generations up to this are in blocks and windows */
    uint64_t sequence;         /* readings applied up to there */
    uint32_t next_file;        /* number of the next file */
    uint32_t state;            /* number of the state file, 0 = none */
    int64_t first_ms, last_ms; /* of bound readings; first > last: none */
    int64_t kept_from_ms;      /* raw readings before it were let go */
    u32_vec blocks, windows;   /* numbers of files, oldest first */
    uint64_t late, revised, same;
};
void manifest_clear(struct manifest *m);
MUST_CHECK enum code manifest_load(struct manifest *m, int dir, struct error *err);
MUST_CHECK enum code manifest_save(const struct manifest *m, int dir, struct error *err);

/* ---- the engine ---- */
struct request {
    const struct reading *v;
    size_t n;
    struct readings_counts counts;
    enum code code;
    struct error err;
    bool done;
    struct request *next;
};
struct readings {
    char *dir;
    int dir_fd, lock_fd;
    struct points *points;
    struct readings_options o;
    struct manifest manifest; /* of the drain thread; others under `state` */
    /* state: the committer writes, others read */
    pthread_rwlock_t state;
    struct record
        *record; /* by point - 1; like all arrays by point or slot: address space taken at once */
    _Atomic size_t record_count, slot_count;
    uint64_t *touched;         /* by slot: sequence of the newest batch that had readings of it */
    i128 *live;                /* by slot: sum of newest numbers */
    struct kernel_rule *rule;  /* by slot */
    int64_t *max_gap;          /* ms, by slot */
    bool rebound;              /* points were moved to other slots in this generation */
    _Atomic int64_t kept_from; /* raw readings before it were let go, later ones are refused */
    _Atomic bool behind;       /* packing is: admits nothing */
    char damage[256]; /* under `lock`: a block that could not be read: nothing more is acknowledged
                       */
    struct generation now, was; /* was.number 0: nothing is being packed */
    struct windows windows;
    VEC(struct block_file *) blocks;
    VEC(struct window_file *) window_files;
    uint64_t sequence, late, revised, same, groups;
    uint64_t journal_bytes; /* of the present segment, as of the last commit */
    uint64_t was_sequence, was_late, was_revised, was_same; /* at the last flip */
    int64_t was_first, was_last;
    int64_t first_ms, last_ms; /* of bound readings; first > last: none */
    /* queue */
    pthread_mutex_t lock;
    pthread_cond_t work, done, drain;
    struct request *head, *tail;
    size_t waiting;
    bool stop, drain_wanted;
    char trouble[256], drain_trouble[256];
    struct journal journal;
    pthread_t committer, drainer;
    bool threads;
    pthread_mutex_t
        commit_lock; /* from the journal to the sums: a generation does not end between */
    pthread_mutex_t drain_lock; /* one packing, merging or rebinding at a time */
};
#define POINTS_MAX ((size_t)1 << 26)
#define SLOTS_MAX ((size_t)1 << 22)
int64_t readings_monotonic_us(void);
char *readings_path(const struct readings *r, char out[512], const char *kind, uint32_t number);
MUST_CHECK enum code readings_sync_dir(int dir, struct error *err);

/* apply.c; the caller holds `state` exclusively */
void apply_batch(struct readings *r, const struct reading *v, size_t n, struct readings_counts *c);
void readings_damaged(struct readings *r, const struct error *why);
void readings_load(struct readings *r); /* how far packing is behind */
/* gather.c; the caller holds `state`. Appends in order of time, arrivals of one time in their
 * order. */
struct run {
    i64_vec time, value;
};
MUST_CHECK enum code gather(const struct readings *r, uint32_t point, int64_t from, int64_t to,
                            struct run *out, struct error *err);
/* The same of blocks and the generation being packed alone. The caller holds drain_lock. */
MUST_CHECK enum code gather_packed(const struct readings *r, uint32_t point, int64_t from,
                                   int64_t to, struct run *out, struct error *err);
void run_clear(struct run *u);
void run_sort(struct run *u); /* stable */
/* retain.c: cut to what of it was counted pair by pair: from the last number before `border` on. */
void run_kept(struct run *u, int64_t border);
/* Keeps the newest of equal times. */
void run_current(struct run *u);
/* contribute.c */
/* Adds (sign 1) or takes (-1) what the neighbours a, b say to the windows of the slot. */
void contribute_pair(struct readings *r, uint32_t slot, int64_t time_a, int64_t value_a,
                     int64_t time_b, int64_t value_b, int sign);
void contribute_single(struct readings *r, uint32_t slot, int64_t time, int64_t value, int sign);
/* Counts the point in the windows that hold `time` and neither neighbour (-1 = none). */
void contribute_have(struct readings *r, uint32_t slot, int64_t before, int64_t time, int64_t after,
                     int sign);
/* An amount known to lie in one quarter. */
void contribute_amount(struct readings *r, uint32_t slot, int32_t quarter, i128 amount,
                       int64_t covered);
/* Everything a run of current readings says, to fn's windows: by way of the same functions. */
void contribute_run(struct readings *r, uint32_t slot, const struct run *u, int sign);
/* The pieces of add, so that check can collect them elsewhere. */
typedef void (*add_fn)(void *ctx, enum level level, int32_t window, uint32_t slot, i128 amount,
                       int64_t covered, int32_t have, int32_t resets);
void contribute_run_to(const struct kernel_rule *rule, uint32_t slot, const struct run *u, int sign,
                       add_fn fn, void *ctx);
/* drain.c */
MUST_CHECK enum code drain_once(struct readings *r, bool force, struct error *err);
void *drain_thread(void *r);
void readings_flip(struct readings *r); /* begins a generation; `state` held exclusively */
/* state.c: newest readings by point, exact at the end of a generation */
struct state_entry {
    uint32_t point, slot;
    int64_t value, time_ms, mark;
};
struct state_file {
    char *map;
    size_t length, count;
    const struct state_entry *entry; /* by point */
};
MUST_CHECK enum code state_open(struct state_file *s, const char *path, struct error *err);
void state_close(struct state_file *s);
struct state_writer;
MUST_CHECK enum code state_begin(struct state_writer **out, const char *path, struct error *err);
MUST_CHECK enum code state_put(struct state_writer *w, const struct state_entry *e,
                               struct error *err);
MUST_CHECK enum code state_end(struct state_writer *w, struct error *err); /* frees w in any case */
void state_drop(struct state_writer *w);
/* A run of newly arrived readings, in order of time, into the entry. */
void state_take(struct state_entry *e, const struct kernel_rule *rule, const struct run *u);
/* What a window moved in the present or the packed generation, its quarters included. */
void window_moved(const struct windows *w, size_t slots, const struct window *x, bool now,
                  struct sums *out);
/* sum.c */
/* Sums of one window into dense[slots]; the caller holds `state` (shared is enough). */
MUST_CHECK enum code window_sum(struct readings *r, enum level level, int32_t number,
                                struct slot_sum *dense, size_t slots, struct error *err);
#endif
