/* block_times.c - the times of a run: a grid of one period, steps that are not one, and jitter.
 *
 *   time i = start + period x slot i + jitter i;  slot 0 = 0, slot i = slot i-1 + step i
 *
 * Most devices send on a grid: steps are 1 and jitter is 0, but for a few. A missing reading is a
 * step of 2 or more, a revision (equal time) a step of 0. Irregular times are a grid of their
 * greatest common divisor with packed steps.
 *
 *   head    1 byte: period in bits 0-2 (0: a varint of ms follows start), steps in bits 3-4 and
 *           jitter in bits 5-6 (0 as the grid says, 1 listed, 2 packed), bit 7: start is in ms,
 * else s start   zigzag varint, less the base that writer and reader share period  varint, ms; only
 * if the head says so ends    if anything is packed: zigzag varint jitter 0, varint last time less
 * first time, ms steps   1: varint count; each: varint (gap << 1 | other): other 0: step 2, else
 * varint step 2: packed integers (block_ints.c), step 1 .. step n-1 jitter  1: varint (count << 2 |
 * how): 1: all are 1000 ms, 2: varint: all are so many ms, 0: each of its own; each: varint (gap <<
 * 1 | negative), how 0: varint ms 2: packed integers, jitter 0 .. jitter n-1 */
#include "readings/block_int.h"
#include <assert.h>

enum { PLAIN, LISTED, PACKED, WAYS };
enum { HEAD_MS = 128, JITTER_OWN = 0, JITTER_SECOND = 1, JITTER_SAME = 2 };
enum { SMALL = 1024 }; /* readings whose scratch fits on the stack */

static const int64_t periods[8] = {0, 1000, 5000, 10000, 60000, 300000, 900000, 3600000};
#define TIME_MOST (INT64_C(1) << 61) /* sums of a few of them do not leave 64 bits */

/* Times as seen on one grid. */
struct grid {
    int64_t period, start;
    int64_t *step, *jitter; /* [n]; step[0] is 0 */
    size_t n, odd_steps, odd_jitter;
};

/* ---- finding the grid ---------------------------------------------------------------------- */

/* The value that more than half of x are, if any (Boyer and Moore's vote), counted. */
static int64_t majority(const int64_t *x, size_t n, size_t *count)
{
    int64_t v = 0;
    size_t votes = 0;
    for (size_t i = 0; i < n; i++) {
        if (votes == 0)
            v = x[i];
        votes = x[i] == v ? votes + 1 : votes - 1;
    }
    *count = 0;
    for (size_t i = 0; i < n; i++)
        *count += x[i] == v;
    return v;
}

static void grid_fit(struct grid *g, const int64_t *t, int64_t period)
{
    int64_t at = t[0]; /* of the slot */
    size_t zero;
    g->period = period;
    g->step[0] = g->jitter[0] = 0;
    for (size_t i = 1; i < g->n; i++) {
        int64_t off = t[i] - at, step = 1;
        if (off - period > period / 2 || period - off > period / 2)
            step = off <= 0 ? 0 : (off + period / 2) / period;
        at += step * period;
        g->step[i] = step;
        g->jitter[i] = t[i] - at;
    }
    int64_t usual = majority(g->jitter, g->n, &zero);
    usual = zero * 2 > g->n ? usual : 0;
    g->start = t[0] + usual;
    g->odd_steps = g->odd_jitter = 0;
    for (size_t i = 0; i < g->n; i++) {
        g->jitter[i] -= usual;
        g->odd_jitter += g->jitter[i] != 0;
        g->odd_steps += i > 0 && g->step[i] != 1;
    }
}

static int64_t common_divisor(const int64_t *t, size_t n)
{
    int64_t d = 0;
    for (size_t i = 1; i < n && d != 1; i++)
        for (int64_t a = t[i] - t[i - 1]; a != 0;) {
            int64_t r = d % a;
            d = a;
            a = r;
        }
    return d > 0 ? d : 1;
}

/* The median difference, or of the periods that devices have the one that it nearly is. */
static int64_t nearly(const int64_t *t, size_t n)
{
    static const int64_t usual[] = {100,    200,     500,     1000,    2000,     5000,    10000,
                                    15000,  20000,   30000,   60000,   120000,   300000,  600000,
                                    900000, 1800000, 3600000, 7200000, 14400000, 86400000};
    int64_t mean = (t[n - 1] - t[0]) / (int64_t)(n - 1);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (mean > usual[i] - usual[i] / 8 && mean < usual[i] + usual[i] / 8)
            return usual[i];
    return mean > 0 ? mean : 1;
}

/* ---- writing ------------------------------------------------------------------------------- */

static unsigned way_of(size_t odd, size_t n)
{
    return odd == 0 ? PLAIN : odd <= n / 8 ? LISTED : PACKED;
}

static void put_listed_steps(struct buf *out, const struct grid *g)
{
    varint_add(out, g->odd_steps);
    for (size_t i = 1, next = 1; i < g->n; i++) {
        if (g->step[i] == 1)
            continue;
        bool other = g->step[i] != 2;
        varint_add(out, (uint64_t)(i - next) << 1 | other);
        if (other)
            varint_add(out, (uint64_t)g->step[i]);
        next = i + 1;
    }
}

static uint64_t size_of(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static void put_listed_jitter(struct buf *out, const struct grid *g)
{
    uint64_t same = 0;
    unsigned how = JITTER_SAME;
    for (size_t i = 0; i < g->n; i++) {
        uint64_t size = size_of(g->jitter[i]);
        if (size != 0 && same != 0 && size != same)
            how = JITTER_OWN;
        same = size != 0 ? size : same;
    }
    if (how == JITTER_SAME && same == 1000)
        how = JITTER_SECOND;
    varint_add(out, (uint64_t)g->odd_jitter << 2 | how);
    if (how == JITTER_SAME)
        varint_add(out, same);
    for (size_t i = 0, next = 0; i < g->n; i++) {
        if (g->jitter[i] == 0)
            continue;
        varint_add(out, (uint64_t)(i - next) << 1 | (g->jitter[i] < 0));
        if (how == JITTER_OWN)
            varint_add(out, size_of(g->jitter[i]));
        next = i + 1;
    }
}

static void grid_put(struct buf *out, const struct grid *g, const int64_t *t, int64_t base_ms)
{
    unsigned period = 0;
    for (unsigned i = 1; i < 8; i++)
        if (g->period == periods[i])
            period = i;
    unsigned steps = way_of(g->odd_steps, g->n), jitter = way_of(g->odd_jitter, g->n);
    int64_t start = g->start - base_ms;
    bool ms = start % 1000 != 0;
    buf_byte(out, (char)(period | steps << 3 | jitter << 5 | (ms ? HEAD_MS : 0u)));
    varint_add(out, zigzag((uint64_t)(ms ? start : start / 1000)));
    if (period == 0)
        varint_add(out, (uint64_t)g->period);
    if (steps == PACKED || jitter == PACKED) {
        varint_add(out, zigzag((uint64_t)g->jitter[0]));
        varint_add(out, (uint64_t)(t[g->n - 1] - t[0]));
    }
    if (steps == LISTED)
        put_listed_steps(out, g);
    else if (steps == PACKED)
        ints_encode(out, g->step + 1, g->n - 1);
    if (jitter == LISTED)
        put_listed_jitter(out, g);
    else if (jitter == PACKED)
        ints_encode(out, g->jitter, g->n);
}

/* The grid that gives the fewest bytes: the commonest difference if it fits nearly all; else also
 * the nearest usual period and the greatest common divisor are tried. */
static void grid_best(struct buf *out, struct grid *g, const int64_t *t, int64_t base_ms)
{
    size_t count, n = g->n, begin = out->len;
    for (size_t i = 1; i < n; i++)
        g->step[i - 1] = t[i] - t[i - 1];
    int64_t often = majority(g->step, n - 1, &count);
    if (often > 0) {
        grid_fit(g, t, often);
        grid_put(out, g, t, base_ms);
        if (g->odd_steps <= n / 8 && g->odd_jitter <= n / 8)
            return;
    }
    const int64_t others[] = {nearly(t, n), common_divisor(t, n)};
    for (size_t k = 0; k < 2 && !out->full; k++) {
        size_t middle = out->len;
        grid_fit(g, t, others[k]);
        grid_put(out, g, t, base_ms);
        if (middle > begin && out->len - middle >= middle - begin) {
            out->len = middle;
        } else if (middle > begin) {
            memmove(out->ptr + begin, out->ptr + middle, out->len - middle);
            out->len -= middle - begin;
        }
    }
}

void times_encode(struct buf *out, const int64_t *time_ms, size_t n, int64_t base_ms)
{
    int64_t small[2 * SMALL];
    struct grid g = {.n = n, .step = n > SMALL ? mem_alloc(2 * n * sizeof *small) : small};
    g.jitter = g.step + n;
    if (n == 1) {
        grid_fit(&g, time_ms, 1000);
        grid_put(out, &g, time_ms, base_ms);
    } else {
        grid_best(out, &g, time_ms, base_ms);
    }
    if (n > SMALL)
        mem_free(g.step);
}

/* ---- reading ------------------------------------------------------------------------------- */

struct head {
    unsigned steps, jitter;
    int64_t start, period;
    int64_t first, span; /* if anything is packed */
};

static bool small_enough(uint64_t v)
{
    return v <= (uint64_t)TIME_MOST;
}

static bool read_head(struct bytes *b, size_t n, int64_t base_ms, struct head *h)
{
    uint64_t start, period, first = 0, span = 0;
    if (bytes_left(b) == 0)
        return false;
    uint8_t head = *b->at++;
    h->steps = head >> 3 & 3;
    h->jitter = head >> 5 & 3;
    if (h->steps >= WAYS || h->jitter >= WAYS || !varint_get(b, &start))
        return false;
    period = (uint64_t)periods[head & 7];
    if ((head & 7) == 0 && (!varint_get(b, &period) || period == 0))
        return false;
    if ((h->steps == PACKED || h->jitter == PACKED) &&
        (!varint_get(b, &first) || !varint_get(b, &span)))
        return false;
    uint64_t scale = head & HEAD_MS ? 1 : 1000;
    if (start / 2 > (uint64_t)TIME_MOST / scale || period > (uint64_t)TIME_MOST / n ||
        !small_enough(first / 2) || !small_enough(span))
        return false;
    h->start = (int64_t)(unzigzag(start) * scale);
    if (h->start > TIME_MOST - base_ms || h->start < -TIME_MOST - base_ms)
        return false;
    h->start += base_ms;
    h->period = (int64_t)period;
    h->first = h->start + (int64_t)unzigzag(first);
    h->span = (int64_t)span;
    return true;
}

/* Goes through a list of steps: shift(i) is what all from i on are later than the grid has them.
 * With t: adds it to them. *all: the sum. */
static bool read_listed_steps(struct bytes *b, size_t n, int64_t period, int64_t *t, int64_t *all)
{
    uint64_t count, code, step;
    int64_t shift = 0;
    size_t at = 1;
    if (!varint_get(b, &count) || count > n)
        return false;
    for (; count > 0; count--, at++) {
        if (!varint_get(b, &code) || code >> 1 >= n || at + (size_t)(code >> 1) >= n)
            return false;
        size_t next = at + (size_t)(code >> 1);
        step = 2;
        if ((code & 1) && (!varint_get(b, &step) || step > (uint64_t)(TIME_MOST / period)))
            return false;
        for (; t != NULL && shift != 0 && at < next; at++)
            t[at] += shift;
        at = next;
        shift += ((int64_t)step - 1) * period;
        if (shift > TIME_MOST || shift < -TIME_MOST)
            return false;
        if (t != NULL)
            t[at] += shift;
    }
    for (; t != NULL && shift != 0 && at < n; at++)
        t[at] += shift;
    *all = shift;
    return true;
}

/* Is the time in its order between its neighbours? */
static bool in_order(const int64_t *t, size_t n, size_t at)
{
    return (at == 0 || t[at - 1] <= t[at]) && (at + 1 >= n || t[at] <= t[at + 1]);
}

/* With t, which is in order: adds the jitter, and it still must be. *first, *last: of the ends. */
static bool read_listed_jitter(struct bytes *b, size_t n, int64_t *t, int64_t *first, int64_t *last)
{
    uint64_t count, code, size = 1000;
    if (!varint_get(b, &count))
        return false;
    unsigned how = count & 3;
    count >>= 2;
    if (count > n || how > JITTER_SAME || (how == JITTER_SAME && !varint_get(b, &size)))
        return false;
    *first = *last = 0;
    size_t at = 0, before = n; /* none */
    for (; count > 0; count--, before = at++) {
        if (!varint_get(b, &code) || code >> 1 >= n || at + (size_t)(code >> 1) >= n)
            return false;
        at += (size_t)(code >> 1);
        if ((how == JITTER_OWN && !varint_get(b, &size)) || !small_enough(size))
            return false;
        int64_t jitter = code & 1 ? -(int64_t)size : (int64_t)size;
        *first = at == 0 ? jitter : *first;
        *last = at == n - 1 ? jitter : *last;
        if (t == NULL)
            continue;
        t[at] += jitter;
        if (before < n && !in_order(t, n, before)) /* now that the next one is where it should be */
            return false;
    }
    return t == NULL || before == n || in_order(t, n, before);
}

/* Slots from packed steps, where they stand. */
static bool add_steps(int64_t *t, size_t n, const struct head *h)
{
    int64_t at = h->start;
    for (size_t i = 1; i < n; i++) {
        if (t[i] < 0 || t[i] > TIME_MOST / h->period)
            return false;
        at += t[i] * h->period;
        if (at > TIME_MOST)
            return false;
        t[i] = at;
    }
    t[0] = h->start;
    return true;
}

static bool add_packed_jitter(struct bytes *b, int64_t *t, size_t n)
{
    int64_t small[SMALL], *jitter = n > SMALL ? mem_alloc(n * sizeof *jitter) : small;
    bool good = ints_decode(b, jitter, n);
    for (size_t i = 0; good && i < n; i++) {
        good = jitter[i] <= TIME_MOST && jitter[i] >= -TIME_MOST;
        t[i] += good ? jitter[i] : 0;
    }
    if (jitter != small)
        mem_free(jitter);
    return good;
}

/* In pairs, for these don't wait for each other. */
static void fill_grid(int64_t *t, size_t n, int64_t start, int64_t period)
{
    typedef int64_t pair __attribute__((vector_size(16), aligned(8)));
    pair at = {start, start + period}, step = {2 * period, 2 * period};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        pair b = at + step, c = b + step, d = c + step;
        *(pair *)(t + i) = at;
        *(pair *)(t + i + 2) = b;
        *(pair *)(t + i + 4) = c;
        *(pair *)(t + i + 6) = d;
        at = d + step;
    }
    for (; i < n; i++)
        t[i] = start + (int64_t)i * period;
}

bool times_decode(struct bytes *b, int64_t *t, size_t n, int64_t base_ms)
{
    struct head h;
    int64_t all, first, last;
    if (!read_head(b, n, base_ms, &h))
        return false;
    if (h.steps == PACKED) {
        if (!ints_decode(b, t + 1, n - 1) || !add_steps(t, n, &h))
            return false;
    } else {
        fill_grid(t, n, h.start, h.period);
        if (h.steps == LISTED && !read_listed_steps(b, n, h.period, t, &all))
            return false;
    }
    if (h.jitter == LISTED && !read_listed_jitter(b, n, t, &first, &last))
        return false;
    if (h.jitter == PACKED && !add_packed_jitter(b, t, n))
        return false;
    if (h.steps == PACKED || h.jitter == PACKED)
        if (t[0] != h.first || t[n - 1] - t[0] != h.span)
            return false;
    for (size_t i = 1; h.jitter == PACKED && i < n; i++)
        if (t[i] < t[i - 1])
            return false;
    return true;
}

bool times_skip(struct bytes *b, size_t n, int64_t base_ms)
{
    struct head h;
    int64_t first, last;
    if (!read_head(b, n, base_ms, &h))
        return false;
    if (h.steps == PACKED || h.jitter == PACKED) { /* must be unpacked to be passed */
        int64_t *unused = mem_alloc(n * sizeof *unused);
        bool good = (h.steps != PACKED || ints_decode(b, unused, n - 1)) &&
                    (h.steps != LISTED || read_listed_steps(b, n, h.period, NULL, &first)) &&
                    (h.jitter != LISTED || read_listed_jitter(b, n, NULL, &first, &last)) &&
                    (h.jitter != PACKED || ints_decode(b, unused, n));
        mem_free(unused);
        return good;
    }
    return (h.steps != LISTED || read_listed_steps(b, n, h.period, NULL, &first)) &&
           (h.jitter != LISTED || read_listed_jitter(b, n, NULL, &first, &last));
}

bool times_peek(struct bytes *b, size_t n, int64_t base_ms, int64_t *first_ms, int64_t *last_ms)
{
    struct head h;
    int64_t shift = 0, first = 0, last = 0;
    if (!read_head(b, n, base_ms, &h))
        return false;
    if (h.steps == PACKED || h.jitter == PACKED) {
        *first_ms = h.first;
        *last_ms = h.first + h.span;
        return true;
    }
    if (h.steps == LISTED && !read_listed_steps(b, n, h.period, NULL, &shift))
        return false;
    if (h.jitter == LISTED && !read_listed_jitter(b, n, NULL, &first, &last))
        return false;
    *first_ms = h.start + first;
    *last_ms = h.start + (int64_t)(n - 1) * h.period + shift + last;
    return true;
}
