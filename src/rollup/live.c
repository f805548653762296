/* live.c - the newest value of every point and the sums of their owners.
 *
 * An update costs one random memory access: the point's record of 16 bytes holds all it needs, four
 * to a cache line. Records ahead are prefetched while the current one is worked on, and the
 * memory asks for huge pages, so that the access is not doubled by a walk of page tables. Owners'
 * sums are few enough to stay in the cache. Groupings are summed when asked (live_fold): six
 * random additions per reading would cost six times as much.
 *
 * Sums are kept in 64 bits and yet never wrap unseen (I2): as long as no value ever accepted is
 * larger than INT64_MAX / (points of the largest owner), no sum can leave the range, in whatever
 * order updates come. A batch that breaks this bound takes the careful way, in 128 bits. */
#include "rollup.h"
#include <assert.h>
#include <sys/mman.h>

struct point {
    int64_t value;
    uint32_t owner, time;
};
struct live {
    void *block; /* points and sums, as allocated */
    struct point *point;
    int64_t *sum; /* by owner */
    size_t points, owners, block_len;
    uint64_t spread;     /* every value held is in [-spread - 1, spread] */
    uint64_t owner_safe; /* with spread below it, the sum of no owner leaves 64 bits */
    uint64_t total_safe; /* the same for the sum of all points */
};

#define HUGE_PAGE ((size_t)2 << 20)
/* How many updates ahead a record, and then its owner's sum, is fetched (`luoshu bench rollup`; 16
 * to 48 differ little). Records are used once: fetched as such (locality 0), they leave the
 * second-level cache to the sums. */
#define AHEAD_POINT 24u
#define AHEAD_OWNER 12u

/* ---- life ----------------------------------------------------------------------------------- */

static void *huge_alloc(struct live *l, size_t len)
{
    len = (len + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    l->block_len = len + HUGE_PAGE;
    l->block = mem_alloc(l->block_len);
    char *at = l->block;
    at += HUGE_PAGE - (uintptr_t)at % HUGE_PAGE;
    (void)madvise(at, len, MADV_HUGEPAGE); /* only a wish */
    return at;
}

static size_t largest_owner(const uint32_t *owner_of, size_t points, size_t owners)
{
    uint32_t *count = mem_zalloc((owners + 1) * sizeof *count);
    size_t most = 1;
    for (size_t i = 0; i < points; i++) {
        assert(owner_of[i] < owners);
        if (++count[owner_of[i]] > most)
            most = count[owner_of[i]];
    }
    mem_free(count);
    return most;
}

struct live *live_new(const uint32_t *owner_of, size_t points, size_t owner_count)
{
    struct live *l = mem_zalloc(sizeof *l);
    l->points = points;
    l->owners = owner_count;
    l->point = huge_alloc(l, points * sizeof *l->point + owner_count * sizeof *l->sum);
    l->sum = (int64_t *)(l->point + points);
    for (size_t i = 0; i < points; i++)
        l->point[i] = (struct point){.owner = owner_of[i]};
    memset(l->sum, 0, owner_count * sizeof *l->sum);
    l->owner_safe = INT64_MAX / largest_owner(owner_of, points, owner_count);
    l->total_safe = INT64_MAX / (points > 0 ? points : 1);
    return l;
}

void live_free(struct live *l)
{
    if (l == NULL)
        return;
    mem_free(l->block);
    mem_free(l);
}

size_t live_bytes(const struct live *l)
{
    return sizeof *l + l->block_len;
}

/* ---- update --------------------------------------------------------------------------------- */

/* A bound such that every value is in [-bound - 1, bound]: their bits or-ed together, which costs
 * less than a maximum. Points outside the table would damage memory, so they are a bug found here,
 * before anything is applied. */
static uint64_t spread_of(const struct live *l, const uint32_t *point, const int64_t *value,
                          size_t n)
{
    uint64_t spread = 0;
    uint32_t top = 0;
    for (size_t i = 0; i < n; i++) {
        spread |= (uint64_t)(value[i] ^ (value[i] >> 63));
        top = point[i] > top ? point[i] : top;
    }
    assert(n == 0 || top < l->points);
    (void)top;
    (void)l;
    return spread;
}

static inline void apply(struct live *l, uint32_t point, int64_t value, uint32_t time)
{
    struct point *p = &l->point[point];
    if (time < p->time)
        return;
    /* unsigned: a difference may wrap on its way to a sum that does not */
    int64_t *sum = &l->sum[p->owner];
    *sum = (int64_t)((uint64_t)*sum + (uint64_t)value - (uint64_t)p->value);
    p->value = value;
    p->time = time;
}

static void update_fast(struct live *l, const uint32_t *point, const int64_t *value,
                        const uint32_t *time, size_t n)
{
    size_t i = 0;
    for (size_t k = 0; k < AHEAD_POINT && k < n; k++)
        __builtin_prefetch(&l->point[point[k]], 1, 0);
    for (; i + AHEAD_POINT < n; i++) {
        __builtin_prefetch(&l->point[point[i + AHEAD_POINT]], 1, 0);
        __builtin_prefetch(&l->sum[l->point[point[i + AHEAD_OWNER]].owner], 1);
        apply(l, point[i], value[i], time[i]);
    }
    for (; i < n; i++)
        apply(l, point[i], value[i], time[i]);
}

struct was {
    int64_t value;
    uint32_t time;
};

/* Applies to the points and to `wide` (owners' sums in 128 bits), noting what was. */
static void apply_wide(struct live *l, const uint32_t *point, const int64_t *value,
                       const uint32_t *time, size_t n, i128 *wide, struct was *was)
{
    for (size_t i = 0; i < n; i++)
        wide[l->point[point[i]].owner] = l->sum[l->point[point[i]].owner];
    for (size_t i = 0; i < n; i++) {
        struct point *p = &l->point[point[i]];
        was[i] = (struct was){p->value, p->time};
        if (time[i] < p->time)
            continue;
        wide[p->owner] += (i128)value[i] - p->value;
        p->value = value[i];
        p->time = time[i];
    }
}

static enum code update_careful(struct live *l, const uint32_t *point, const int64_t *value,
                                const uint32_t *time, size_t n, struct error *err)
{
    i128 *wide = mem_alloc(l->owners * sizeof *wide);
    struct was *was = mem_alloc(n * sizeof *was);
    enum code code = OK;
    apply_wide(l, point, value, time, n, wide, was);
    for (size_t i = 0; i < n && code == OK; i++) {
        uint32_t owner = l->point[point[i]].owner;
        if (wide[owner] != (int64_t)wide[owner])
            code = error_set(err, E_RANGE, "the sum of owner %u leaves 64 bits", owner);
    }
    for (size_t i = n; i > 0 && code != OK; i--) { /* newest first: a point may occur twice */
        struct point *p = &l->point[point[i - 1]];
        p->value = was[i - 1].value;
        p->time = was[i - 1].time;
    }
    for (size_t i = 0; i < n && code == OK; i++) {
        uint32_t owner = l->point[point[i]].owner;
        l->sum[owner] = (int64_t)wide[owner];
    }
    mem_free(wide);
    mem_free(was);
    return code;
}

enum code live_update(struct live *l, const uint32_t *point, const int64_t *value,
                      const uint32_t *time, size_t n, struct error *err)
{
    if (n == 0)
        return OK;
    uint64_t spread = l->spread | spread_of(l, point, value, n);
    if (spread < l->owner_safe)
        update_fast(l, point, value, time, n);
    else
        TRY(update_careful(l, point, value, time, n, err));
    l->spread = spread;
    return OK;
}

/* ---- reading -------------------------------------------------------------------------------- */

int64_t live_owner_sum(const struct live *l, uint32_t owner)
{
    assert(owner < l->owners);
    return l->sum[owner];
}

int64_t live_point(const struct live *l, uint32_t point, uint32_t *time)
{
    assert(point < l->points);
    *time = l->point[point].time;
    return l->point[point].value;
}

#define LANES 4u
#define FOLD_MEMBERS 1024u

/* In 64 bits, where no total can leave them. Neighbouring owners often share a member, and an
 * addition would wait for the one before it: so they add to different lanes. */
static void fold_narrow(const struct live *l, const uint16_t *member_of, i128 *out, size_t members)
{
    int64_t lane[LANES][FOLD_MEMBERS];
    for (size_t k = 0; k < LANES; k++)
        memset(lane[k], 0, members * sizeof lane[k][0]);
    size_t i = 0;
    for (; i + LANES <= l->owners; i += LANES) {
        lane[0][member_of[i]] += l->sum[i];
        lane[1][member_of[i + 1]] += l->sum[i + 1];
        lane[2][member_of[i + 2]] += l->sum[i + 2];
        lane[3][member_of[i + 3]] += l->sum[i + 3];
    }
    for (; i < l->owners; i++)
        lane[0][member_of[i]] += l->sum[i];
    for (size_t m = 0; m < members; m++)
        out[m] = (i128)lane[0][m] + lane[1][m] + lane[2][m] + lane[3][m];
}

void live_fold(const struct live *l, const uint16_t *member_of, i128 *out, size_t members)
{
    if (members <= FOLD_MEMBERS && l->spread < l->total_safe) {
        fold_narrow(l, member_of, out, members);
        return;
    }
    for (size_t m = 0; m < members; m++)
        out[m] = 0;
    for (size_t i = 0; i < l->owners; i++)
        out[member_of[i]] += l->sum[i];
}

static size_t verify_wide(const struct live *l)
{
    i128 *want = mem_zalloc((l->owners + 1) * sizeof *want);
    size_t differ = 0;
    for (size_t i = 0; i < l->points; i++)
        want[l->point[i].owner] += l->point[i].value;
    for (size_t i = 0; i < l->owners; i++)
        differ += want[i] != l->sum[i];
    mem_free(want);
    return differ;
}

size_t live_verify(const struct live *l)
{
    if (l->spread >= l->owner_safe)
        return verify_wide(l);
    int64_t *want = mem_zalloc((l->owners + 1) * sizeof *want);
    size_t differ = 0;
    for (size_t i = 0; i < l->points; i++)
        want[l->point[i].owner] += l->point[i].value;
    for (size_t i = 0; i < l->owners; i++)
        differ += want[i] != l->sum[i];
    mem_free(want);
    return differ;
}
