/* live.c - the newest value of every point and the sums of their owners.
 *
 * An update costs one random memory access: the point's record of 16 bytes holds all it needs, four
 * to a cache line. Records ahead are prefetched while the current one is worked on, and the
 * memory asks for huge pages, so that the access is not doubled by a walk of page tables. Owners'
 * sums are few enough to stay in the cache. Groupings are summed when asked (live_fold): six
 * random additions per reading would cost six times as much.
 *
 * Sums are kept in 64 bits and yet never wrap unseen (I2): as long as every value ever accepted is
 * below about INT64_MAX / (points of the largest owner), no owner's sum can leave the range, in
 * whatever order updates come. The first batch that breaks this bound, and all after it, take the
 * careful way, in 128 bits. A tighter bound, by the number of all points, tells the same of totals.
 */
#include "rollup.h"
#include <assert.h>
#include <sys/mman.h>

struct point {
    int64_t value;
    uint32_t owner, time;
};
enum calm {
    TOTALS_FIT, /* not even the sum of all points can leave 64 bits */
    OWNERS_FIT, /* the sum of no owner can */
    CAREFUL
};
struct live {
    void *block; /* points and sums, as allocated */
    struct point *point;
    int64_t *sum; /* by owner */
    size_t points, owners, block_len;
    /* powers of two: with all values in [-half, half), no sum can leave 64 bits */
    uint64_t half[CAREFUL];
    enum calm calm; /* what held for all values accepted so far */
};

#define HUGE_PAGE ((size_t)2 << 20)
#define POINTS_MAX ((size_t)1 << 31) /* so that an index below it has its top bit clear */
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

/* The largest power of two that `count` values below it cannot add up to 2^63. */
static uint64_t half_for(size_t count)
{
    uint64_t half = (uint64_t)1 << 62;
    while (count > 0 && half > (uint64_t)INT64_MAX / count)
        half /= 2;
    return half;
}

struct live *live_new(const uint32_t *owner_of, size_t points, size_t owner_count)
{
    struct live *l = mem_zalloc(sizeof *l);
    assert(points <= POINTS_MAX);
    l->points = points;
    l->owners = owner_count;
    l->point = huge_alloc(l, points * sizeof *l->point + owner_count * sizeof *l->sum);
    l->sum = (int64_t *)(l->point + points);
    for (size_t i = 0; i < points; i++)
        l->point[i] = (struct point){.owner = owner_of[i]};
    memset(l->sum, 0, owner_count * sizeof *l->sum);
    l->half[TOTALS_FIT] = half_for(points);
    l->half[OWNERS_FIT] = half_for(largest_owner(owner_of, points, owner_count));
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

typedef uint64_t two __attribute__((vector_size(16)));
typedef uint32_t four __attribute__((vector_size(16)));

/* Bits that are set only when some point is outside the table (top bit of `point`) or some value
 * is outside [-half, half) (bits from 2 * half up of `value`). Four at a time without a branch:
 * every update passes here once more than it would have to. */
struct strays {
    uint64_t value;
    uint32_t point;
};
static struct strays look_over(const struct live *l, uint64_t half, const uint32_t *point,
                               const int64_t *value, size_t n)
{
    const uint32_t last = (uint32_t)(l->points - 1);
    two value_bits[2] = {{0}};
    four point_bits = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        two v[2];
        four p;
        memcpy(v, value + i, sizeof v);
        memcpy(&p, point + i, sizeof p);
        value_bits[0] |= v[0] + half;
        value_bits[1] |= v[1] + half;
        point_bits |= (last - p) | p;
    }
    value_bits[0] |= value_bits[1];
    struct strays s = {value_bits[0][0] | value_bits[0][1],
                       point_bits[0] | point_bits[1] | point_bits[2] | point_bits[3]};
    for (; i < n; i++) {
        s.value |= (uint64_t)value[i] + half;
        s.point |= (last - point[i]) | point[i];
    }
    return s;
}

/* What will hold when the batch is in. */
static enum calm calm_of(const struct live *l, const uint32_t *point, const int64_t *value,
                         size_t n)
{
    for (enum calm c = l->calm; c < CAREFUL; c++) {
        struct strays s = look_over(l, l->half[c], point, value, n);
        assert(s.point >> 31 == 0); /* it would damage memory */
        if (s.value < 2 * l->half[c])
            return c;
    }
    return CAREFUL;
}

static inline void apply(struct point *p, int64_t *sums, int64_t value, uint32_t time)
{
    if (time < p->time)
        return;
    /* unsigned: a difference may wrap on its way to a sum that does not */
    int64_t *sum = &sums[p->owner];
    *sum = (int64_t)((uint64_t)*sum + ((uint64_t)value - (uint64_t)p->value));
    p->value = value;
    p->time = time;
}

static void update_calm(struct live *l, const uint32_t *point, const int64_t *value,
                        const uint32_t *time, size_t n)
{
    struct point *const points = l->point; /* local: not fetched again after every store */
    int64_t *const sums = l->sum;
    size_t i = 0;
    for (size_t k = 0; k < AHEAD_POINT && k < n; k++)
        __builtin_prefetch(&points[point[k]], 1, 0);
    for (; i + AHEAD_POINT < n; i++) {
        __builtin_prefetch(&points[point[i + AHEAD_POINT]], 1, 0);
        __builtin_prefetch(&sums[points[point[i + AHEAD_OWNER]].owner], 1);
        apply(&points[point[i]], sums, value[i], time[i]);
    }
    for (; i < n; i++)
        apply(&points[point[i]], sums, value[i], time[i]);
}

struct was {
    int64_t value;
    uint32_t time;
};

/* Applies to the points and to `wide` (owners' sums in 128 bits), noting what was. */
static void apply_wide(struct live *l, const uint32_t *point, const int64_t *value,
                       const uint32_t *time, size_t n, i128 *wide, struct was *was)
{
    for (size_t i = 0; i < n; i++) {
        assert(point[i] < l->points);
        wide[l->point[point[i]].owner] = l->sum[l->point[point[i]].owner];
    }
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
    enum calm calm = calm_of(l, point, value, n);
    if (calm < CAREFUL)
        update_calm(l, point, value, time, n);
    else
        TRY(update_careful(l, point, value, time, n, err));
    l->calm = calm;
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

/* In 64 bits, where totals fit. Neighbouring owners often share a member, and an addition would
 * wait for the one before it: so they add to different lanes. */
static void fold_lanes(const struct live *l, const uint16_t *member_of, i128 *out, size_t members)
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
        out[m] = lane[0][m] + lane[1][m] + lane[2][m] + lane[3][m];
}

void live_fold(const struct live *l, const uint16_t *member_of, i128 *out, size_t members)
{
    if (members <= FOLD_MEMBERS && l->calm == TOTALS_FIT) {
        fold_lanes(l, member_of, out, members);
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
    if (l->calm == CAREFUL)
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
