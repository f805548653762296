/* ledger_property_test.c - the same facts in any order, in batches of any size, repeated,
 * corrected, and told before or after the memberships give the same sums, byte for byte. On random
 * worlds; a failure is had again with LUOSHU_SEED. */
#include "ledger/ledger_testing.h"

#define WORLDS 50
#define ARRANGEMENTS 210 /* of each world, each in a transaction that is taken back */
#define COMMITTED 2      /* more of each world, in a workspace of its own, in batches */
#define ENTITIES_MAX 24
#define FACTS_MAX 60
#define MEMBERS_MAX 60
#define GROUPINGS 4
#define SERIES 3

/* Everything that is said in one world. Ids are those every ledger gives, since the names are put
 * in the same order each time. */
struct world {
    uint32_t entities;
    struct membership member[MEMBERS_MAX];
    size_t members;
    struct fact fact[FACTS_MAX];
    size_t facts;
};

static void begin(struct ledger *l, int64_t recorded_us)
{
    MUST(ledger_begin(l, STR("property"), STR("test"), recorded_us, e));
}

static void put_series(struct ledger *l, uint32_t unit, uint32_t dimension)
{
    static const struct {
        const char *name;
        enum over over;
        enum fact_kind kind;
    } rows[SERIES] = {
        {"产值",    OVER_SUM,  KIND_LEVEL },
        {"企业数", OVER_SUM,  KIND_COUNT },
        {"增速",    OVER_NONE, KIND_GROWTH}
    };
    for (size_t i = 0; i < SERIES; i++) {
        uint32_t indicator, series;
        MUST(ledger_put_indicator(l,
                                  (struct indicator){.name = str_z(rows[i].name),
                                                     .unit = unit,
                                                     .over_entities = rows[i].over},
                                  &indicator, e));
        MUST(ledger_put_series(
            l,
            (struct series){.indicator = indicator, .dimension = dimension, .kind = rows[i].kind},
            &series, e));
        assert_int_equal(series, i + 1);
    }
}

static void put_names(struct ledger *l, const struct world *w)
{
    static const char *const docs[] = {"a", "b", "c"};
    uint32_t unit, id;
    begin(l, 1);
    MUST(ledger_put_unit(l, (struct unit){.symbol = STR("元")}, &unit, e));
    put_series(l, unit, model_unit(ledger_model(l), unit)->dimension);
    for (size_t i = 0; i < COUNT(docs); i++)
        MUST(ledger_put_source(l, (struct source){.doc = str_z(docs[i])}, &id, e));
    for (int kind = 0; kind < GROUPINGS; kind++) {
        struct grouping g = {.name = str_z(grouping_kind_name((enum grouping_kind)kind)),
                             .kind = (enum grouping_kind)kind};
        MUST(ledger_put_grouping(l, g, &id, e));
    }
    for (uint32_t i = 0; i < w->entities; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "e%u", i + 1);
        struct entity en = {
            .name = {name, (size_t)len},
              .type = STR("county")
        };
        MUST(ledger_put_entity(l, en, &id, e));
    }
    MUST(ledger_commit(l, NULL, e));
}

/* ---- random worlds ---- */

static struct period random_period(void)
{
    static const char *const texts[] = {"2023",    "2024",       "2024-Q1",
                                        "2024-03", "2024-03-31", "2021/2025"};
    return period_z(texts[test_below(COUNT(texts))]);
}

/* Children have the greater ids, so no cycle can close. */
static struct membership random_member(uint32_t entities)
{
    static const int32_t weights[] = {1, 250000, 333333, 500000, PPM};
    struct membership ms = {.grouping = (uint32_t)test_below(GROUPINGS) + 1, .ppm = PPM};
    ms.child = (uint32_t)test_below(entities - 1) + 2;
    ms.parent = (uint32_t)test_below(ms.child - 1) + 1;
    if (ms.grouping == GROUP_WEIGHTED + 1)
        ms.ppm = weights[test_below(COUNT(weights))];
    bool always = test_below(2) == 0;
    ms.from = always ? DAY_MIN : day_from(2022 + (int)test_below(3), 1 + (int)test_below(12), 1);
    ms.to = always || test_below(2) ? DAY_MAX : ms.from + (day_t)test_below(900);
    return ms;
}

static struct fact random_fact(uint32_t entities)
{
    static const int64_t values[] = {0, 1, -1, 7, 1000003, INT64_MAX, -INT64_MAX};
    bool stated = test_below(8) != 0;
    bool huge = test_below(3) == 0;
    return (struct fact){.entity = (uint32_t)test_below(entities) + 1,
                         .series = (uint32_t)test_below(SERIES) + 1,
                         .source = (uint32_t)test_below(3) + 1,
                         .unit = 1,
                         .period = random_period(),
                         .value = !stated ? 0
                                  : huge  ? values[test_below(COUNT(values))]
                                          : (int64_t)test_below(5),
                         .state = (uint8_t)(stated ? STATE_VALUE : STATE_NULL + (int)test_below(2)),
                         .published = day_from(2025, 1, 1) + (day_t)test_below(3),
                         .recorded_us = 100 + (int64_t)test_below(20)};
}

/* Memberships that the ledger refuses are not part of the world; what is left agrees with itself,
 * so that any order of it is taken. */
static void world_make(struct world *w)
{
    struct scratch s;
    memset(w, 0, sizeof *w);
    w->entities = 3 + (uint32_t)test_below(ENTITIES_MAX - 3);
    size_t members = test_below(MEMBERS_MAX), facts = 1 + test_below(FACTS_MAX - 1);
    scratch_open(&s, "memory");
    put_names(s.l, w);
    begin(s.l, 2);
    while (members--) {
        struct membership ms = random_member(w->entities);
        struct error e = {0};
        uint32_t id;
        enum code c = ledger_put_membership(s.l, ms, &id, &e);
        assert_true(c == OK || c == E_CONFLICT);
        bool fresh = ledger_model(s.l)->memberships.len > w->members;
        if (c == OK && fresh)
            w->member[w->members++] = ms;
    }
    ledger_rollback(s.l);
    scratch_close(&s);
    while (facts--)
        w->fact[w->facts++] = random_fact(w->entities);
    for (size_t i = 1; i < w->facts; i++) /* corrections: a key told before */
        if (test_below(2)) {
            const struct fact *before = &w->fact[test_below(i)];
            w->fact[i].entity = before->entity;
            w->fact[i].series = before->series;
            w->fact[i].period = before->period;
        }
}

/* ---- arrangements ---- */

struct told {
    bool is_fact;
    size_t index;
};
struct arrangement {
    struct told v[2 * FACTS_MAX + MEMBERS_MAX];
    size_t len;
};

/* Facts and memberships in any order; about every fourth fact is told twice or more. */
static void arrange(struct arrangement *a, const struct world *w, bool members)
{
    a->len = 0;
    for (size_t i = 0; i < w->facts; i++) {
        a->v[a->len++] = (struct told){true, i};
        if (test_below(4) == 0)
            a->v[a->len++] = (struct told){true, test_below(w->facts)};
    }
    for (size_t i = 0; members && i < w->members; i++)
        a->v[a->len++] = (struct told){false, i};
    for (size_t i = a->len; i > 1; i--) {
        size_t k = test_below(i);
        struct told t = a->v[i - 1];
        a->v[i - 1] = a->v[k];
        a->v[k] = t;
    }
}

static void tell(struct ledger *l, const struct world *w, struct told t)
{
    enum put how;
    uint32_t id;
    if (t.is_fact)
        MUST(ledger_put_fact(l, w->fact[t.index], NULL, &how, e));
    else
        MUST(ledger_put_membership(l, w->member[t.index], &id, e));
}

/* What should be current, found by going over everything that was said. */
static const struct fact *current_plainly(const struct world *w, const struct fact *key)
{
    const struct fact *best = NULL;
    for (size_t i = 0; i < w->facts; i++) {
        const struct fact *f = &w->fact[i];
        if (f->entity != key->entity || f->series != key->series ||
            !period_eq(f->period, key->period))
            continue;
        if (!best || f->published > best->published ||
            (f->published == best->published &&
             (f->recorded_us > best->recorded_us ||
              (f->recorded_us == best->recorded_us &&
               (f->value > best->value || (f->value == best->value && f->state < best->state))))))
            best = f;
    }
    return best;
}

static void check_current(const struct ledger *l, const struct world *w)
{
    for (size_t i = 0; i < w->facts; i++) {
        const struct fact *key = &w->fact[i], *want = current_plainly(w, key);
        const struct fact *got =
            ledger_current(l, key->entity, key->series, key->period, AS_OF_NOW);
        assert_non_null(got);
        assert_true(got->value == want->value && got->state == want->state);
        assert_true(got->published == want->published && got->recorded_us == want->recorded_us);
    }
}

/* The reference: memberships first, facts in the order of their own times, no repeats. */
static void tell_in_order(struct ledger *l, const struct world *w)
{
    for (size_t i = 0; i < w->members; i++)
        tell(l, w, (struct told){false, i});
    for (int64_t at = 0; at < 200; at++)
        for (size_t i = 0; i < w->facts; i++)
            if (w->fact[i].recorded_us == at)
                tell(l, w, (struct told){true, i});
}

static void check_committed(const struct world *w, const struct buf *want)
{
    struct arrangement a;
    struct scratch s;
    scratch_open(&s, "memory");
    put_names(s.l, w);
    arrange(&a, w, true);
    for (size_t i = 0; i < a.len;) {
        begin(s.l, 1000 + (int64_t)i);
        for (size_t n = 1 + test_below(30); n && i < a.len; n--)
            tell(s.l, w, a.v[i++]);
        MUST(ledger_commit(s.l, NULL, e));
    }
    check_sums(s.l, want, "told in batches");
    check_current(s.l, w);
    check_replay(s.l);
    scratch_close(&s);
}

static void any_arrangement(void **state)
{
    (void)state;
    size_t cases = 0;
    test_seed("any arrangement of the same facts gives the same sums");
    for (int i = 0; i < WORLDS; i++) {
        struct world w;
        struct scratch s;
        struct arrangement a;
        struct buf empty, want;
        world_make(&w);
        scratch_open(&s, "memory");
        put_names(s.l, &w);
        rollup_text(s.l, &empty);
        begin(s.l, 2);
        tell_in_order(s.l, &w);
        rollup_text(s.l, &want);
        check_current(s.l, &w);
        ledger_rollback(s.l);
        for (int k = 0; k < ARRANGEMENTS; k++, cases++) {
            begin(s.l, 3 + k);
            arrange(&a, &w, true);
            for (size_t n = 0; n < a.len; n++)
                tell(s.l, &w, a.v[n]);
            check_sums(s.l, &want, "another order");
            ledger_rollback(s.l);
            check_sums(s.l, &empty, "taken back");
        }
        check_replay(s.l);
        scratch_close(&s);
        for (int k = 0; k < COMMITTED; k++, cases++)
            check_committed(&w, &want);
        buf_clear(&empty);
        buf_clear(&want);
    }
    print_message("# %zu cases\n", cases);
    assert_true(cases >= 10000);
}

/* ---- re-parenting: a root, four parents, their leaves ---- */

#define PARENTS 4
#define LEAVES 12
#define MOVES 25
#define MOVE_WORLDS 20

struct moving {
    struct scratch s;
    uint32_t root, parent[PARENTS], leaf[LEAVES];
    uint32_t membership[LEAVES]; /* the one that is open */
    day_t from[LEAVES];
};

static const char *const move_periods[] = {"2023", "2024-03", "2024", "2025"};

static uint32_t move_member(struct moving *v, uint32_t child, uint32_t parent, day_t from)
{
    uint32_t id;
    struct membership ms = {.grouping = GROUP_PARTITION + 1,
                            .child = child,
                            .parent = parent,
                            .ppm = PPM,
                            .from = from,
                            .to = DAY_MAX};
    MUST(ledger_put_membership(v->s.l, ms, &id, e));
    return id;
}

static void moving_open(struct moving *v)
{
    struct world names = {.entities = 1 + PARENTS + LEAVES};
    scratch_open(&v->s, "memory");
    put_names(v->s.l, &names);
    v->root = 1;
    begin(v->s.l, 2);
    for (uint32_t i = 0; i < PARENTS; i++) {
        v->parent[i] = 2 + i;
        move_member(v, v->parent[i], v->root, DAY_MIN);
    }
    for (uint32_t i = 0; i < LEAVES; i++) {
        v->leaf[i] = 2 + PARENTS + i;
        v->from[i] = day_from(2020, 1, 1);
        v->membership[i] = move_member(v, v->leaf[i], v->parent[i % PARENTS], v->from[i]);
        for (size_t p = 0; p < COUNT(move_periods); p++) {
            struct fact f = random_fact(1);
            enum put how;
            f.entity = v->leaf[i];
            f.series = 1;
            f.period = period_z(move_periods[p]);
            f.state = STATE_VALUE;
            MUST(ledger_put_fact(v->s.l, f, NULL, &how, e));
        }
    }
    MUST(ledger_commit(v->s.l, NULL, e));
}

/* Root and parents show exactly what the leaves say, whoever they belong to by now. */
static void check_kept(const struct moving *v)
{
    const struct rollup *r = ledger_rollup(v->s.l);
    for (size_t p = 0; p < COUNT(move_periods); p++) {
        struct period period = period_z(move_periods[p]);
        i128 leaves = 0, parents = 0, root = 0;
        for (size_t i = 0; i < LEAVES; i++) {
            int64_t own;
            assert_true(rollup_own(r, v->leaf[i], 1, period, &own));
            leaves += own;
        }
        for (size_t i = 0; i < PARENTS; i++) {
            struct rollup_cell c;
            rollup_get(r, GROUP_PARTITION + 1, v->parent[i], 1, period, &c);
            parents += c.sum;
        }
        assert_true(rollup_value(r, GROUP_PARTITION + 1, v->root, 1, period, &root));
        assert_true(leaves == parents && leaves == root);
    }
}

static void move_one(struct moving *v)
{
    size_t i = test_below(LEAVES);
    day_t day = v->from[i] + 1 + (day_t)test_below(300);
    MUST(ledger_end_membership(v->s.l, v->membership[i], day - 1, e));
    v->membership[i] = move_member(v, v->leaf[i], v->parent[test_below(PARENTS)], day);
    v->from[i] = day;
}

/* The final memberships put into a fresh ledger before any fact give the same sums. */
static void check_as_if_always(struct moving *v)
{
    struct moving again = {0};
    struct world names = {.entities = 1 + PARENTS + LEAVES};
    const struct model *m = ledger_model(v->s.l);
    struct buf want;
    uint32_t id;
    enum put how;
    scratch_open(&again.s, "memory");
    put_names(again.s.l, &names);
    begin(again.s.l, 2);
    for (size_t i = m->memberships.len; i-- > 0;)
        MUST(ledger_put_membership(again.s.l, m->memberships.v[i], &id, e));
    for (uint64_t i = ledger_fact_count(v->s.l); i > 0; i--)
        MUST(ledger_put_fact(again.s.l, *ledger_fact(v->s.l, i), NULL, &how, e));
    rollup_text(v->s.l, &want);
    check_sums(again.s.l, &want, "as if it had always been so");
    MUST(ledger_commit(again.s.l, NULL, e));
    check_replay(again.s.l);
    buf_clear(&want);
    scratch_close(&again.s);
}

static void reparenting(void **state)
{
    (void)state;
    test_seed("re-parenting keeps sums");
    for (int i = 0; i < MOVE_WORLDS; i++) {
        struct moving v = {0};
        struct buf before;
        moving_open(&v);
        check_kept(&v);
        rollup_text(v.s.l, &before);
        struct moving kept = v;
        begin(v.s.l, 3);
        for (int k = 0; k < MOVES; k++) {
            move_one(&v);
            check_kept(&v);
        }
        ledger_rollback(v.s.l);
        check_sums(v.s.l, &before, "moves taken back");
        v = kept;
        begin(v.s.l, 4);
        for (int k = 0; k < MOVES; k++) {
            move_one(&v);
            check_kept(&v);
        }
        MUST(ledger_commit(v.s.l, NULL, e));
        check_replay(v.s.l);
        check_as_if_always(&v);
        buf_clear(&before);
        scratch_close(&v.s);
    }
}

/* ---- repeats without a time of their own: what an import of the same file does ---- */

static void repeats_add_nothing(void **state)
{
    (void)state;
    test_seed("a batch told again adds no fact");
    for (int i = 0; i < WORLDS; i++) {
        struct world w;
        struct scratch s;
        struct buf want;
        world_make(&w);
        scratch_open(&s, "memory");
        put_names(s.l, &w);
        for (size_t k = 0; k < w.facts; k++)
            w.fact[k].recorded_us = 0;
        for (int round = 0; round < 3; round++) {
            struct arrangement a;
            struct ledger_counts counts;
            arrange(&a, &w, round == 0);
            begin(s.l, 10 + round);
            for (size_t n = 0; n < a.len; n++)
                tell(s.l, &w, a.v[n]);
            MUST(ledger_commit(s.l, &counts, e));
            if (round == 0)
                rollup_text(s.l, &want);
            else
                assert_int_equal(counts.facts, 0);
        }
        check_sums(s.l, &want, "told again");
        check_replay(s.l);
        buf_clear(&want);
        scratch_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_arrangement),
        cmocka_unit_test(reparenting),
        cmocka_unit_test(repeats_add_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
