/* rollup_property_test.c - random groupings and values against a plain recomputation.
 *
 * The world below keeps memberships and own values in small arrays and computes every cell from
 * scratch, day by day and without any of rollup's tricks. LUOSHU_SEED repeats a run. */
#include "rollup/rollup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h> /* needs the ones above */

enum { GROUPS = 4, ENTITIES = 11, SERIES = 2, PERIODS = 6, DAYS = 12, EDGES_MAX = 60 };
static const struct period periods[PERIODS] = {
    {0, 1 },
    {2, 3 },
    {0, 3 },
    {4, 6 },
    {7, 8 },
    {9, 10}
};
static const enum grouping_kind kinds[GROUPS + 1] = {GROUP_KINDS, GROUP_PARTITION, GROUP_WEIGHTED,
                                                     GROUP_OVERLAP, GROUP_PARTIAL};

struct world {
    struct membership edge[EDGES_MAX]; /* accepted ones, ends included; id = index + 1 */
    size_t edges;
    bool has[ENTITIES + 1][SERIES + 1][PERIODS];
    int64_t own[ENTITIES + 1][SERIES + 1][PERIODS];
};
struct figure { /* a value, or none */
    bool has;
    i128 v;
};

/* ---- chance --------------------------------------------------------------------------------- */

static uint64_t seed;
static uint64_t draw(void) /* splitmix64 */
{
    uint64_t x = seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}
static uint32_t below(uint32_t n)
{
    return (uint32_t)(draw() % n);
}
/* Small, large, and the ends of 64 bits. */
static int64_t draw_value(void)
{
    switch (below(8)) {
    case 0:
        return below(2) ? INT64_MAX : INT64_MIN;
    case 1:
        return (int64_t)draw();
    case 2:
        return 0;
    default:
        return (int64_t)below(2001) - 1000;
    }
}
static int32_t draw_ppm(void)
{
    static const int32_t round[] = {1, 250000, 333333, 333334, 500000, PPM};
    return below(2) ? round[below(6)] : (int32_t)below(PPM / 2) + 1;
}
static struct membership draw_edge(uint32_t id)
{
    uint32_t g = 1 + below(GROUPS);
    struct membership m = {.id = id,
                           .grouping = g,
                           .child = 1 + below(ENTITIES),
                           .parent = 1 + below(ENTITIES),
                           .ppm = PPM};
    m.ppm = kinds[g] == GROUP_WEIGHTED ? draw_ppm() : PPM;
    m.from = below(2) ? DAY_MIN : (day_t)below(DAYS);
    m.to = below(2) ? DAY_MAX : (day_t)below(DAYS);
    return m;
}

/* ---- the plain world: memberships ----------------------------------------------------------- */

static bool on(const struct membership *m, day_t day)
{
    return m->from <= day && day <= m->to;
}

static bool leads_up(const struct world *w, uint32_t g, uint32_t from, uint32_t to, day_t day)
{
    if (from == to)
        return true;
    for (size_t i = 0; i < w->edges; i++)
        if (w->edge[i].grouping == g && w->edge[i].child == from && on(&w->edge[i], day) &&
            leads_up(w, g, w->edge[i].parent, to, day))
            return true;
    return false;
}

static bool allowed_on(const struct world *w, const struct membership *m, size_t self, day_t day)
{
    int64_t ppm = m->ppm;
    for (size_t i = 0; i < w->edges; i++) {
        const struct membership *o = &w->edge[i];
        if (i == self || o->grouping != m->grouping || o->child != m->child || !on(o, day))
            continue;
        ppm += o->ppm;
        enum grouping_kind kind = kinds[m->grouping];
        if (o->parent == m->parent || kind == GROUP_PARTITION || kind == GROUP_PARTIAL)
            return false;
    }
    if (kinds[m->grouping] == GROUP_WEIGHTED && ppm > PPM)
        return false;
    return !leads_up(w, m->grouping, m->parent, m->child, day);
}

/* Days outside -1..DAYS are like their nearest neighbour: nothing begins or ends there. */
static bool allowed(const struct world *w, const struct membership *m, size_t self)
{
    for (day_t day = -1; day <= DAYS; day++)
        if (on(m, day) && !allowed_on(w, m, self, day))
            return false;
    return true;
}

/* ---- the plain world: values ---------------------------------------------------------------- */

struct share {
    uint32_t parent; /* UINT32_MAX: what the weights leave */
    i128 part, fraction;
};
static int by_fraction(const void *pa, const void *pb)
{
    const struct share *a = pa, *b = pb;
    if (a->fraction != b->fraction)
        return a->fraction > b->fraction ? -1 : 1;
    return a->parent < b->parent ? -1 : a->parent > b->parent;
}

/* All parts of v, the remainder last in ties; returns their number. */
static size_t plain_split(const struct world *w, uint32_t child, i128 v, day_t day,
                          struct share out[EDGES_MAX + 1])
{
    i128 size = v < 0 ? -v : v, left = size;
    int32_t open = PPM;
    size_t n = 0;
    for (size_t i = 0; i <= w->edges; i++) {
        const struct membership *m = &w->edge[i];
        bool rest = i == w->edges;
        if (!rest && (kinds[m->grouping] != GROUP_WEIGHTED || m->child != child || !on(m, day)))
            continue;
        int32_t ppm = rest ? open : m->ppm;
        open -= ppm;
        out[n] = (struct share){rest ? UINT32_MAX : m->parent, size * ppm / PPM, size * ppm % PPM};
        left -= out[n++].part;
    }
    qsort(out, n, sizeof *out, by_fraction);
    for (size_t i = 0; i < n; i++) {
        out[i].part += (i128)i < left;
        out[i].part = v < 0 ? -out[i].part : out[i].part;
    }
    return n;
}

static i128 plain_part(const struct world *w, uint32_t g, uint32_t child, uint32_t parent, i128 v,
                       day_t day)
{
    if (kinds[g] != GROUP_WEIGHTED)
        return v;
    struct share parts[EDGES_MAX + 1];
    size_t n = plain_split(w, child, v, day, parts);
    for (size_t i = 0; i < n; i++)
        if (parts[i].parent == parent)
            return parts[i].part;
    fail();
    return 0;
}

static struct figure plain_value(const struct world *w, uint32_t g, uint32_t e, uint32_t s,
                                 size_t p);

static struct rollup_cell plain_cell(const struct world *w, uint32_t g, uint32_t e, uint32_t s,
                                     size_t p)
{
    struct rollup_cell c = {.grouping = g,
                            .entity = e,
                            .series = s,
                            .period = periods[p],
                            .has_own = w->has[e][s][p],
                            .own = w->own[e][s][p]};
    for (size_t i = 0; i < w->edges; i++) {
        const struct membership *m = &w->edge[i];
        if (m->grouping != g || m->parent != e || !on(m, periods[p].last))
            continue;
        c.of++;
        struct figure v = plain_value(w, g, m->child, s, p);
        if (!v.has)
            continue;
        c.have++;
        c.sum += plain_part(w, g, m->child, e, v.v, periods[p].last);
    }
    return c;
}

static struct figure plain_value(const struct world *w, uint32_t g, uint32_t e, uint32_t s,
                                 size_t p)
{
    if (w->has[e][s][p])
        return (struct figure){true, w->own[e][s][p]};
    struct rollup_cell c = plain_cell(w, g, e, s, p);
    return (struct figure){c.have > 0, c.sum};
}

/* Stating entities below e that are not below another stating entity below e. */
static struct figure plain_union(const struct world *w, uint32_t g, uint32_t e, uint32_t s,
                                 size_t p)
{
    day_t day = periods[p].last;
    bool is_below[ENTITIES + 1];
    struct figure sum = {0};
    for (uint32_t x = 1; x <= ENTITIES; x++)
        is_below[x] = x != e && leads_up(w, g, x, e, day);
    for (uint32_t x = 1; x <= ENTITIES; x++) {
        bool counts = is_below[x] && w->has[x][s][p];
        for (uint32_t y = 1; y <= ENTITIES && counts; y++)
            counts = !(y != x && is_below[y] && w->has[y][s][p] && leads_up(w, g, x, y, day));
        if (!counts)
            continue;
        sum.has = true;
        sum.v += w->own[x][s][p];
    }
    return sum;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void compare_figure(bool has, i128 v, struct figure want)
{
    assert_int_equal(has, want.has);
    if (has)
        assert_true(v == want.v);
}

/* I1 and I6 as one reads them: parts of the children, and parts of a split. */
static void compare_parts(const struct rollup *r, const struct world *w,
                          const struct rollup_cell *want, size_t p)
{
    uint32_t child[EDGES_MAX];
    day_t day = want->period.last;
    size_t n = rollup_children(r, want->grouping, want->entity, day, child, EDGES_MAX);
    assert_int_equal(n, want->of);
    i128 sum = 0, v;
    uint32_t have = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(i == 0 || child[i - 1] < child[i]);
        if (!rollup_part(r, want->grouping, child[i], want->entity, want->series, want->period, &v))
            continue;
        sum += v;
        have++;
    }
    assert_true(sum == want->sum);
    assert_int_equal(have, want->have);
    struct figure value = plain_value(w, want->grouping, want->entity, want->series, p);
    if (want->grouping != 2 || !value.has)
        return;
    struct share parts[EDGES_MAX + 1];
    n = plain_split(w, want->entity, value.v, day, parts);
    i128 all = 0;
    for (size_t i = 0; i < n; i++) {
        all += parts[i].part;
        if (parts[i].parent == UINT32_MAX)
            continue;
        assert_true(
            rollup_part(r, 2, want->entity, parts[i].parent, want->series, want->period, &v));
        assert_true(v == parts[i].part);
    }
    assert_true(all == value.v); /* I6 */
}

/* Returns 1 when the cell has a sum. */
static size_t compare_cell(const struct rollup *r, const struct world *w, uint32_t g, uint32_t e,
                           uint32_t s, size_t p)
{
    struct rollup_cell want = plain_cell(w, g, e, s, p), got;
    assert_int_equal(rollup_get(r, g, e, s, periods[p], &got), want.have > 0);
    assert_true(got.sum == want.sum);
    assert_int_equal(got.have, want.have);
    assert_int_equal(got.of, want.of);
    assert_int_equal(got.has_own, want.has_own);
    i128 v = 0;
    bool has = rollup_value(r, g, e, s, periods[p], &v);
    compare_figure(has, v, plain_value(w, g, e, s, p));
    has = rollup_union(r, g, e, s, periods[p], &v);
    compare_figure(has, v, plain_union(w, g, e, s, p));
    compare_parts(r, w, &want, p);
    return want.have > 0;
}

static void compare(const struct rollup *r, const struct world *w)
{
    size_t cells = 0;
    for (uint32_t g = 1; g <= GROUPS; g++)
        for (uint32_t e = 1; e <= ENTITIES; e++)
            for (uint32_t s = 1; s <= SERIES; s++)
                for (size_t p = 0; p < PERIODS; p++)
                    cells += compare_cell(r, w, g, e, s, p);
    struct rollup_cell *all;
    assert_int_equal(rollup_cells(r, &all), cells); /* and no others */
    mem_free(all);
}

static struct buf bytes(const struct rollup *r)
{
    struct buf b;
    buf_init(&b, 16u << 20);
    rollup_bytes(r, &b);
    assert_false(b.full);
    return b;
}
static void same(const struct rollup *r, const struct buf *was)
{
    struct buf now = bytes(r);
    assert_int_equal(now.len, was->len);
    assert_memory_equal(now.ptr, was->ptr, now.len);
    buf_clear(&now);
}

/* ---- random operations ---------------------------------------------------------------------- */

static struct rollup *fresh(void)
{
    struct rollup *r = rollup_new();
    for (uint32_t g = 1; g <= GROUPS; g++)
        assert_int_equal(rollup_grouping(r, g, kinds[g], NULL), OK);
    return r;
}

static void random_join(struct rollup *r, struct world *w)
{
    if (w->edges == EDGES_MAX)
        return;
    struct membership m = draw_edge((uint32_t)w->edges + 1);
    bool ok = m.from <= m.to && allowed(w, &m, SIZE_MAX);
    enum code code = rollup_member(r, &m, NULL);
    assert_int_equal(code, ok ? OK : m.from > m.to ? E_INPUT : E_CONFLICT);
    if (ok)
        w->edge[w->edges++] = m;
}

static void random_end(struct rollup *r, struct world *w)
{
    if (w->edges == 0)
        return;
    size_t i = below((uint32_t)w->edges);
    struct membership m = w->edge[i];
    m.to = below(4) == 0 ? DAY_MAX : (day_t)below(DAYS);
    bool ok = m.to <= w->edge[i].to || allowed(w, &m, i);
    assert_int_equal(rollup_member_end(r, m.id, m.to, NULL), ok ? OK : E_CONFLICT);
    if (ok)
        w->edge[i].to = m.to;
}

static void random_set(struct rollup *r, struct world *w)
{
    uint32_t e = 1 + below(ENTITIES), s = 1 + below(SERIES), p = below(PERIODS);
    bool has = below(5) > 0;
    int64_t v = has ? draw_value() : 0;
    assert_int_equal(rollup_set(r, e, s, periods[p], has, v, NULL), OK);
    w->has[e][s][p] = has;
    w->own[e][s][p] = v;
}

static void random_call(struct rollup *r, struct world *w)
{
    uint32_t what = below(10);
    if (what < 4)
        random_join(r, w);
    else if (what < 5)
        random_end(r, w);
    else
        random_set(r, w);
}

/* (a) I1, I5, I6: after any calls, refused ones among them, every cell, value, part and union is
 * what a recomputation from scratch gives. */
static void test_recomputed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        struct rollup *r = fresh();
        struct world w = {0};
        for (unsigned k = 10 + below(70), check = below(k); k > 0; k--) {
            random_call(r, &w);
            if (k == check)
                compare(r, &w);
        }
        compare(r, &w);
        rollup_free(r);
    }
}

/* (d) Undo restores the bytes, whatever was done; and the state goes on working. */
static void test_undone(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2500; i++) {
        struct rollup *r = fresh();
        struct world w = {0}, kept;
        for (unsigned k = below(50); k > 0; k--)
            random_call(r, &w);
        struct buf was = bytes(r);
        kept = w;
        rollup_mark(r);
        for (unsigned k = below(40); k > 0; k--)
            random_call(r, &w);
        rollup_undo(r);
        same(r, &was);
        for (unsigned k = below(20); k > 0; k--)
            random_call(r, &kept);
        compare(r, &kept);
        buf_clear(&was);
        rollup_free(r);
    }
}

/* ---- (b) I4: order, batches, repetition, correction ----------------------------------------- */

/* A world's content as changes: each membership in one or two steps, each own value among others
 * that rank lower. Applied in any order, the highest rank decides. */
struct change {
    enum { JOIN, SET } what;
    size_t edge;
    uint32_t e, s, p, rank;
    bool has;
    int64_t v;
};
enum { CHANGES_MAX = 1200 };
struct content {
    struct change change[CHANGES_MAX];
    size_t len;
};
struct player { /* one way to apply the content */
    struct rollup *r;
    uint32_t rank[ENTITIES + 1][SERIES + 1][PERIODS]; /* held now, 0 = none */
    bool joined[EDGES_MAX];
};

static void put_facts(struct content *c, const struct world *w, uint32_t e, uint32_t s, uint32_t p)
{
    uint32_t n = w->has[e][s][p] || below(8) == 0 ? 1 + below(3) : 0;
    for (uint32_t rank = 1; rank <= n; rank++) {
        struct change f = {.what = SET, .e = e, .s = s, .p = p, .rank = rank};
        f.has = rank == n ? w->has[e][s][p] : below(4) > 0;
        f.v = rank == n ? w->own[e][s][p] : draw_value();
        for (uint32_t times = 1 + (below(6) == 0); times > 0; times--)
            c->change[c->len++] = f;
    }
}

static void put_content(struct content *c, const struct world *w)
{
    c->len = 0;
    for (size_t i = 0; i < w->edges; i++)
        if (w->edge[i].from <= w->edge[i].to)
            c->change[c->len++] = (struct change){.what = JOIN, .edge = i};
    for (uint32_t e = 1; e <= ENTITIES; e++)
        for (uint32_t s = 1; s <= SERIES; s++)
            for (uint32_t p = 0; p < PERIODS; p++)
                put_facts(c, w, e, s, p);
    assert_true(c->len < CHANGES_MAX);
}

static void shuffle(struct content *c)
{
    for (size_t i = c->len; i > 1; i--) {
        size_t j = below((uint32_t)i);
        struct change t = c->change[i - 1];
        c->change[i - 1] = c->change[j];
        c->change[j] = t;
    }
}

/* At once, or first with another last day that is then corrected; where the other day is refused
 * for what is there already, at once. */
static void play_join(struct player *pl, struct membership m)
{
    day_t last = m.to;
    if (below(2) == 0) {
        m.to = below(2) ? DAY_MAX : (day_t)below(DAYS);
        if (m.to >= m.from && rollup_member(pl->r, &m, NULL) == OK) {
            assert_int_equal(rollup_member_end(pl->r, m.id, last, NULL), OK);
            return;
        }
    }
    m.to = last;
    assert_int_equal(rollup_member(pl->r, &m, NULL), OK);
}

static void play(struct player *pl, const struct world *w, const struct change *c)
{
    if (c->what == JOIN) {
        if (!pl->joined[c->edge])
            play_join(pl, w->edge[c->edge]);
        pl->joined[c->edge] = true;
        return;
    }
    uint32_t *rank = &pl->rank[c->e][c->s][c->p];
    if (c->rank < *rank)
        return;
    *rank = c->rank;
    assert_int_equal(rollup_set(pl->r, c->e, c->s, periods[c->p], c->has, c->v, NULL), OK);
}

/* In batches: some are taken back as a whole and come again. */
static struct rollup *play_all(const struct content *c, const struct world *w)
{
    struct player pl = {.r = fresh()};
    for (size_t i = 0, end; i < c->len; i = end) {
        end = i + 1 + below((uint32_t)(c->len - i));
        for (bool again = true; again;) {
            struct player was = pl;
            rollup_mark(pl.r);
            for (size_t k = i; k < end; k++)
                play(&pl, w, &c->change[k]);
            again = below(4) == 0;
            if (again) {
                rollup_undo(pl.r);
                pl = was;
            } else {
                rollup_keep(pl.r);
            }
        }
    }
    return pl.r;
}

static void test_any_order(void **state)
{
    (void)state;
    static struct content c;
    for (unsigned i = 0; i < 2500; i++) {
        struct rollup *r = fresh();
        struct world w = {0};
        for (unsigned k = 10 + below(50); k > 0; k--)
            random_call(r, &w);
        struct buf want = bytes(r);
        put_content(&c, &w);
        for (unsigned k = 0; k < 3; k++) {
            shuffle(&c);
            struct rollup *other = play_all(&c, &w);
            same(other, &want);
            if (k == 0)
                compare(other, &w);
            rollup_free(other);
        }
        buf_clear(&want);
        rollup_free(r);
    }
}

/* ---- (c) a common ancestor keeps its totals ------------------------------------------------- */

enum { PROVINCE = 1, CITIES = 3, DISTRICTS = 7, CITY = 100, DISTRICT = 200, HALF = 300 };
struct region {
    struct rollup *r;
    uint32_t city_of[DISTRICTS], edge_of[DISTRICTS], ids;
    day_t since[DISTRICTS];
};

static uint32_t region_join(struct region *g, uint32_t child, uint32_t parent, day_t from)
{
    struct membership m = {.id = ++g->ids,
                           .grouping = 1,
                           .child = child,
                           .parent = parent,
                           .ppm = PPM,
                           .from = from,
                           .to = DAY_MAX};
    assert_int_equal(rollup_member(g->r, &m, NULL), OK);
    return m.id;
}

static void region_make(struct region *g)
{
    *g = (struct region){.r = fresh()};
    for (uint32_t c = 0; c < CITIES; c++)
        region_join(g, CITY + c, PROVINCE, DAY_MIN);
    for (uint32_t d = 0; d < DISTRICTS; d++) {
        g->city_of[d] = below(CITIES);
        g->edge_of[d] = region_join(g, DISTRICT + d, CITY + g->city_of[d], DAY_MIN);
        g->since[d] = -1;
    }
}

static void region_say(struct region *g)
{
    for (uint32_t d = 0; d < DISTRICTS; d++)
        for (uint32_t p = 0; p < PERIODS; p++)
            if (below(4) > 0)
                assert_int_equal(
                    rollup_set(g->r, DISTRICT + d, 1, periods[p], true, draw_value(), NULL), OK);
}

static void region_totals(const struct region *g, struct figure out[PERIODS])
{
    for (size_t p = 0; p < PERIODS; p++) {
        out[p].v = 0;
        out[p].has = rollup_value(g->r, 1, PROVINCE, 1, periods[p], &out[p].v);
    }
}

/* A district leaves its city on one day and is in another from the next. */
static void reparent(struct region *g, uint32_t d)
{
    day_t day = g->since[d] + 1 + (day_t)below(4);
    assert_int_equal(rollup_member_end(g->r, g->edge_of[d], day - 1, NULL), OK);
    g->city_of[d] = below(CITIES);
    g->edge_of[d] = region_join(g, DISTRICT + d, CITY + g->city_of[d], day);
    g->since[d] = day;
}

/* A district is dissolved into two halves on a day; what it had said for later periods is said
 * again by the halves. */
static void split_district(struct region *g, uint32_t d)
{
    day_t day = g->since[d] + 1 + (day_t)below(6);
    uint32_t half[2] = {HALF + 2 * d, HALF + 2 * d + 1};
    assert_int_equal(rollup_member_end(g->r, g->edge_of[d], day - 1, NULL), OK);
    for (uint32_t i = 0; i < 2; i++)
        region_join(g, half[i], CITY + below(CITIES), day);
    for (size_t p = 0; p < PERIODS; p++) {
        int64_t v;
        if (periods[p].last < day || !rollup_own(g->r, DISTRICT + d, 1, periods[p], &v))
            continue;
        int64_t one = v / 2 - (int64_t)below(100) * (v > 200);
        assert_int_equal(rollup_set(g->r, half[0], 1, periods[p], true, one, NULL), OK);
        assert_int_equal(rollup_set(g->r, half[1], 1, periods[p], true, v - one, NULL), OK);
    }
}

static void test_common_ancestor(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        struct region g;
        struct figure want[PERIODS], got[PERIODS];
        region_make(&g);
        region_say(&g);
        region_totals(&g, want);
        bool gone[DISTRICTS] = {false};
        for (unsigned k = 1 + below(12); k > 0; k--) {
            uint32_t d = below(DISTRICTS);
            if (gone[d])
                continue;
            gone[d] = below(4) == 0;
            if (gone[d])
                split_district(&g, d);
            else
                reparent(&g, d);
            region_totals(&g, got);
            for (size_t p = 0; p < PERIODS; p++)
                compare_figure(got[p].has, got[p].v, want[p]);
        }
        rollup_free(g.r);
    }
}

/* ---- (e) I2 near the end of 128 bits -------------------------------------------------------- */

/* Overlapping diamonds double a value on each rung (rungs 2k, 2k + 1), so that the top gets near
 * the end of the range; direct children of the top push it over or not. i128_add is the judge. */
static void test_range(void **state)
{
    (void)state;
    enum { RUNGS = 64, TOP = 1000, NEAR = 1001, NEARS = 4 };
    for (unsigned i = 0; i < 300; i++) {
        struct rollup *r = fresh();
        uint32_t id = 0;
        struct membership m = {.grouping = 3, .ppm = PPM, .from = DAY_MIN, .to = DAY_MAX};
        for (uint32_t k = 1; k <= 2 * RUNGS + 1; k++)
            for (uint32_t j = 0; j < 2; j++) {
                m.id = ++id;
                m.child = k;
                m.parent = k / 2 == RUNGS ? TOP : 2 * (k / 2) + 2 + j;
                if (m.parent != TOP || j == 0)
                    assert_int_equal(rollup_member(r, &m, NULL), OK);
            }
        for (uint32_t n = 0; n < NEARS; n++) {
            m = (struct membership){++id, 3, NEAR + n, TOP, PPM, DAY_MIN, DAY_MAX, 0};
            assert_int_equal(rollup_member(r, &m, NULL), OK);
        }
        int64_t foot = below(2) ? INT64_MAX : INT64_MIN, held[NEARS] = {0};
        assert_int_equal(rollup_set(r, 1, 1, periods[0], true, foot, NULL), OK);
        i128 sum = (i128)((u128)foot << RUNGS);
        for (unsigned k = 0; k < 40; k++) {
            uint32_t n = below(NEARS);
            int64_t v = draw_value();
            i128 want;
            bool fits = v >= held[n] ? i128_add(sum, (i128)v - held[n], &want)
                                     : i128_sub(sum, (i128)held[n] - v, &want);
            struct buf was = bytes(r);
            assert_int_equal(rollup_set(r, NEAR + n, 1, periods[0], true, v, NULL),
                             fits ? OK : E_RANGE);
            if (fits) {
                sum = want;
                held[n] = v;
            } else {
                same(r, &was); /* I1 */
            }
            buf_clear(&was);
            struct rollup_cell c;
            assert_true(rollup_get(r, 3, TOP, 1, periods[0], &c) && c.sum == sum);
        }
        rollup_free(r);
    }
}

int main(void)
{
    const char *given = getenv("LUOSHU_SEED");
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    printf("# LUOSHU_SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recomputed), cmocka_unit_test(test_undone),
        cmocka_unit_test(test_any_order),  cmocka_unit_test(test_common_ancestor),
        cmocka_unit_test(test_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
