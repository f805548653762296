/* metered_test.c - figures of what devices measured, against a rollup that is fed with the same own values. I1, I2, I4
 * of README.md. The dimension has twelve decimals, so that nothing is rounded between the two. */
#include "field/field.h"
#include "ledger/ledger_testing.h"
#include "query/query.h"

#define T0 ((int64_t)1768233600000) /* 2026-01-13T00:00+08:00 */
#define DAY_MS ((int64_t)86400000)
#define MINUTE ((int64_t)60000)
enum { CITIES = 5, TAGS = 6, CHAINS = 5, FIRMS = 18, MACHINES = 14 };
enum { DISTRICT, CHAIN, TAG, EQUIPMENT, GROUPINGS };

struct world {
    struct scratch s;
    struct field f;
    uint32_t unit, kilo, amount, level;                /* units, indicators */
    uint32_t event, event_kilo, gauge;                 /* profiles */
    uint32_t top, grouping[GROUPINGS];
    uint32_t city[CITIES], tag[TAGS], chain[CHAINS], firm[FIRMS], machine[MACHINES];
};

static uint32_t entity(struct world *w, const char *type, unsigned i)
{
    char name[32];
    uint32_t id;
    snprintf(name, sizeof name, "%s %u", type, i);
    MUST(ledger_put_entity(w->s.l, (struct entity){.name = str_z(name), .type = str_z(type)}, &id, e));
    return id;
}

static void member(struct world *w, int grouping, uint32_t child, uint32_t parent, int32_t ppm, day_t from, day_t to)
{
    uint32_t id;
    struct membership ms = {
        .grouping = w->grouping[grouping], .child = child, .parent = parent, .ppm = ppm, .from = from, .to = to};
    MUST(ledger_put_membership(w->s.l, ms, &id, e));
}

static void always(struct world *w, int grouping, uint32_t child, uint32_t parent)
{
    member(w, grouping, child, parent, PPM, DAY_MIN, DAY_MAX);
}

static void words(struct world *w)
{
    static const struct grouping groupings[] = {
        {.name = STR("d"), .alias = STR("district"),  .kind = GROUP_PARTITION},
        {.name = STR("c"), .alias = STR("chain"),     .kind = GROUP_WEIGHTED },
        {.name = STR("t"), .alias = STR("tag"),       .kind = GROUP_OVERLAP  },
        {.name = STR("e"), .alias = STR("equipment"), .kind = GROUP_PARTITION},
    };
    uint32_t dim;
    MUST(ledger_put_dimension(w->s.l, (struct dimension){.name = STR("fine"), .base = STR("u"), .scale = 12}, &dim, e));
    MUST(ledger_put_unit(w->s.l, (struct unit){.dimension = dim, .symbol = STR("u"), .num = 1, .den = 1}, &w->unit, e));
    MUST(ledger_put_unit(w->s.l, (struct unit){.dimension = dim, .symbol = STR("ku"), .num = 1000, .den = 1}, &w->kilo, e));
    struct indicator i = {
        .name = STR("amount"), .unit = w->unit, .measure = MEASURE_FLOW, .over_entities = OVER_SUM, .over_time = OVER_SUM};
    MUST(ledger_put_indicator(w->s.l, i, &w->amount, e));
    i.name = STR("level");
    i.over_time = OVER_NONE;
    MUST(ledger_put_indicator(w->s.l, i, &w->level, e));
    for (int g = 0; g < GROUPINGS; g++)
        MUST(ledger_put_grouping(w->s.l, groupings[g], &w->grouping[g], e));
}

/* Shares of a firm in up to four chains; often some are left, often fractions are equal. */
static void weights(struct world *w, uint32_t child)
{
    static const int32_t thirds[] = {333333, 333333, 333333, 1};
    int32_t left = PPM;
    size_t first = test_below(CHAINS), n = test_below(5);
    bool equal = test_below(3) == 0;
    for (size_t i = 0; i < n && left > 1; i++) {
        int32_t ppm = equal ? thirds[i] : 1 + (int32_t)test_below((uint64_t)left);
        member(w, CHAIN, child, w->chain[(first + i) % CHAINS], ppm, DAY_MIN, DAY_MAX);
        left -= ppm;
    }
}

static void members(struct world *w)
{
    for (unsigned i = 0; i < CITIES; i++) /* the last two lie in the first two */
        always(w, DISTRICT, w->city[i], i < 3 ? w->top : w->city[i - 3]);
    for (unsigned i = 0; i < CHAINS; i++)
        member(w, CHAIN, w->chain[i], w->top, i == 0 ? 999999 : PPM, DAY_MIN, DAY_MAX);
    for (unsigned i = 0; i < TAGS; i++) {
        always(w, TAG, w->tag[i], i < 3 ? w->top : w->tag[i - 3]);
        if (i >= 3 && test_below(2))
            always(w, TAG, w->tag[i], w->tag[(i - 2) % 3]);
    }
    for (unsigned i = 0; i < FIRMS; i++) {
        always(w, DISTRICT, w->firm[i], w->city[test_below(CITIES)]);
        weights(w, w->firm[i]);
        for (unsigned t = 0; t < TAGS; t++)
            if (test_below(3) == 0)
                always(w, TAG, w->firm[i], w->tag[t]);
    }
    for (unsigned i = 0; i < MACHINES; i++) /* lines below firms, machines in lines */
        always(w, EQUIPMENT, w->machine[i], i < 6 ? w->firm[i] : w->machine[i - 6]);
}

static void build(struct world *w)
{
    *w = (struct world){0};
    scratch_open(&w->s, "memory");
    MUST(ledger_begin(w->s.l, STR("test"), STR("test"), 1, e));
    words(w);
    w->top = entity(w, "province", 0);
    for (unsigned i = 0; i < CITIES; i++)
        w->city[i] = entity(w, "city", i);
    for (unsigned i = 0; i < TAGS; i++)
        w->tag[i] = entity(w, "cluster", i);
    for (unsigned i = 0; i < CHAINS; i++)
        w->chain[i] = entity(w, "chain", i);
    for (unsigned i = 0; i < FIRMS; i++)
        w->firm[i] = entity(w, "enterprise", i);
    for (unsigned i = 0; i < MACHINES; i++)
        w->machine[i] = entity(w, "unit", i);
    members(w);
    MUST(ledger_commit(w->s.l, NULL, e));
    MUST(field_open(&w->f, ledger_registry(w->s.l), w->s.dir, &(struct readings_options){.group_us = 1}, e));
}

static void drop(struct world *w)
{
    field_close(&w->f);
    scratch_close(&w->s);
}

static struct query asking(const struct world *w)
{
    return (struct query){.ledger = w->s.l,
                          .right = RIGHT_READ,
                          .as_of = AS_OF_NOW,
                          .points = w->f.points,
                          .readings = w->f.readings};
}

static void profiles(struct world *w, struct provision *p)
{
    struct profile pr = {.name = STR("event"),
                         .indicator = w->amount,
                         .unit = w->unit,
                         .rule = {.kind = KERNEL_EVENT, .decimals = 9}};
    MUST(provision_profile(p, &pr, &w->event, e));
    pr.name = STR("event, 1000");
    pr.unit = w->kilo;
    pr.rule.decimals = 6;
    MUST(provision_profile(p, &pr, &w->event_kilo, e));
    pr = (struct profile){.name = STR("gauge"),
                          .indicator = w->level,
                          .unit = w->unit,
                          .rule = {.kind = KERNEL_GAUGE, .decimals = 9, .every_s = 600}};
    MUST(provision_profile(p, &pr, &w->gauge, e));
}

static uint32_t point(struct provision *p, uint32_t at, uint32_t profile, const char *name)
{
    uint32_t device, id;
    char series[40];
    snprintf(series, sizeof series, "m,at=%u,n=%s", at, name);
    MUST(provision_device(p, &(struct device){.entity = at, .name = str_z(series)}, &device, e));
    MUST(provision_point(p, str_z(series), STR("v"), device, profile, &id, e));
    return id;
}

static void append(struct world *w, uint32_t id, int64_t time_ms, int64_t value)
{
    struct readings_counts c;
    MUST(readings_append(w->f.readings, &(struct reading){id, time_ms, value}, 1, &c, e));
}

/* Of 10^-12 u; small ones, for there every unit of the split shows. */
static int64_t some_fine(void)
{
    static const int64_t sizes[] = {10, 1000, 100000, 1000000000000};
    int64_t v = (int64_t)test_below((uint64_t)sizes[test_below(4)]);
    return test_below(3) == 0 ? -v : v;
}

struct own {
    bool has;
    int64_t amount, level; /* 10^-12 u */
};

/* Meters at some of all entities; *own is what they say. */
static struct own *measure(struct world *w)
{
    size_t n = ledger_model(w->s.l)->entities.len + 1;
    struct own *own = mem_zalloc(n * sizeof *own);
    struct {
        uint32_t event, kilo, gauge;
    } *ids = mem_zalloc(n * sizeof *ids);
    struct provision p;
    MUST(provision_begin(&p, &w->f, e));
    profiles(w, &p);
    for (uint32_t i = 1; i < n; i++) {
        bool firm = i >= w->firm[0];
        if (test_below(firm ? 3 : 12) == (firm ? 0 : 1) || i == w->machine[MACHINES - 1])
            continue;
        if (!firm && test_below(8) != 0)
            continue;
        ids[i].event = point(&p, i, w->event, "event");
        ids[i].kilo = test_below(3) == 0 ? point(&p, i, w->event_kilo, "kilo") : 0;
        ids[i].gauge = point(&p, i, w->gauge, "gauge");
    }
    MUST(provision_commit(&p, e));
    for (uint32_t i = 1; i < n; i++) {
        if (!ids[i].event)
            continue;
        int64_t v = some_fine(), k = ids[i].kilo ? some_fine() % 100000 : 0;
        append(w, ids[i].event, T0 + 600 * MINUTE, v);
        if (ids[i].kilo)
            append(w, ids[i].kilo, T0 + 601 * MINUTE, k);
        own[i] = (struct own){true, v * 1000 + k * 1000000000, v * 1000};
        for (int t = 0; t < 4; t++)
            append(w, ids[i].gauge, T0 + (600 + 10 * t) * MINUTE, v);
    }
    mem_free(ids);
    return own;
}

/* What the readings would say as facts: own values, else what the equipment below has. */
static struct rollup *facts(const struct world *w, const struct own *own, bool level, struct period day)
{
    const struct model *m = ledger_model(w->s.l);
    struct rollup *r = rollup_new(), *machines = rollup_new();
    for (size_t i = 0; i < m->groupings.len; i++) {
        MUST(rollup_grouping(r, m->groupings.v[i].id, m->groupings.v[i].kind, e));
        MUST(rollup_grouping(machines, m->groupings.v[i].id, m->groupings.v[i].kind, e));
    }
    for (size_t i = 0; i < m->memberships.len; i++) {
        MUST(rollup_member(r, &m->memberships.v[i], e));
        MUST(rollup_member(machines, &m->memberships.v[i], e));
    }
    for (uint32_t i = 1; i <= m->entities.len; i++)
        MUST(rollup_set(machines, i, 1, day, own[i].has, level ? own[i].level : own[i].amount, e));
    for (uint32_t i = 1; i <= m->entities.len; i++) {
        i128 v;
        bool has = rollup_value(machines, w->grouping[EQUIPMENT], i, 1, day, &v);
        MUST(rollup_set(r, i, 1, day, has, has ? (int64_t)v : 0, e));
    }
    rollup_free(machines);
    return r;
}

static struct figure asked(const struct world *w, uint32_t indicator, uint32_t of, int grouping, const char *period)
{
    struct query q = asking(w);
    struct figure f;
    char i[16], o[16], g[16] = "";
    snprintf(i, sizeof i, "#%u", indicator);
    snprintf(o, sizeof o, "#%u", of);
    if (grouping >= 0)
        snprintf(g, sizeof g, "#%u", w->grouping[grouping]);
    struct figure_ask ask = {.indicator = str_z(i), .of = str_z(o), .by = str_z(g), .period = str_z(period)};
    MUST(query_figure(&q, &ask, &f, e));
    return f;
}

static bool wanted(const struct world *w, const struct rollup *r, int grouping, uint32_t at,
                   struct period day, i128 *out)
{
    int64_t own_value;
    if (grouping != TAG)
        return rollup_value(r, w->grouping[grouping], at, 1, day, out);
    if (!rollup_own(r, at, 1, day, &own_value))
        return rollup_union(r, w->grouping[TAG], at, 1, day, out);
    *out = own_value;
    return true;
}

/* The whole is one, whatever it is parted by: its own meters, else by the partition, else as it is known. */
static bool best(const struct world *w, const struct rollup *r, uint32_t at, struct period day, i128 *out)
{
    return wanted(w, r, DISTRICT, at, day, out) || wanted(w, r, CHAIN, at, day, out) || wanted(w, r, TAG, at, day, out);
}

/* exact: to the last digit; else the amounts were multiplied with time before they were split, and divided after. */
static size_t check_parts(const struct world *w, const struct rollup *r, uint32_t indicator, int grouping, uint32_t at,
                          struct period day, bool exact)
{
    static const char *const names[] = {"district", "chain", "tag", "equipment"};
    struct figure f = asked(w, indicator, at, grouping, "2026-01-13");
    i128 want, sum = 0;
    bool has = wanted(w, r, grouping, at, day, &want) && best(w, r, at, day, &want), whole = false;
    for (size_t i = 0; i < f.rows.len; i++) {
        const struct figure_row *row = &f.rows.v[i];
        assert_int_equal(row->modality, MOD_METERED);
        if (row->role == ROW_WHOLE) {
            whole = true;
            if (!has || (exact ? row->value != want : row->value < want - 20 || row->value > want + 20))
                fail_msg("whole of %u by %s is %lld, want %lld", at, names[grouping], (long long)row->value, (long long)want);
            sum -= row->value;
            continue;
        }
        sum += row->state == STATE_VALUE ? row->value : 0;
        if (row->role != ROW_PART)
            continue;
        i128 part;
        bool known = grouping == TAG ? wanted(w, r, TAG, row->entity, day, &part)
                                     : rollup_part(r, w->grouping[grouping], row->entity, at, 1, day, &part);
        assert_int_equal(known, row->state == STATE_VALUE);
        if (known && (exact ? row->value != part : row->value < part - 20 || row->value > part + 20))
            fail_msg("part of %u in %u by %s is %lld, want %lld", row->entity, at, names[grouping], (long long)row->value,
                     (long long)part);
        assert_true(row->of >= row->have);
    }
    assert_int_equal(whole, has);
    assert_true(sum == 0 || f.rows.len == 1); /* I2: parts + remainder == whole, where there are parts */
    size_t rows = f.rows.len;
    figure_clear(&f);
    return rows;
}

static void parts_and_remainder_make_the_whole(void **state)
{
    (void)state;
    size_t rows = 0;
    test_seed("metered");
    for (int round = 0; round < 25; round++) {
        struct world w;
        build(&w);
        struct own *own = measure(&w);
        struct period day = period_z("2026-01-13");
        struct rollup *amounts = facts(&w, own, false, day), *levels = facts(&w, own, true, day);
        const struct model *m = ledger_model(w.s.l);
        for (uint32_t at = 1; at <= m->entities.len; at++)
            for (int g = 0; g < GROUPINGS - 1; g++) {
                rows += check_parts(&w, amounts, w.amount, g, at, day, true);
                rows += check_parts(&w, levels, w.level, g, at, day, false);
            }
        rollup_free(amounts);
        rollup_free(levels);
        mem_free(own);
        drop(&w);
    }
    print_message("# %zu rows\n", rows);
    assert_true(rows > 1000);
}

/* ---- small ones ---- */

/* An own meter hides the machines below, and what other ways lead to. */
static void own_meters_hide_what_is_below(void **state)
{
    (void)state;
    struct world w = {0};
    struct provision p;
    uint32_t outer, inner, firm, line;
    scratch_open(&w.s, "memory");
    MUST(ledger_begin(w.s.l, STR("test"), STR("test"), 1, e));
    words(&w);
    w.top = entity(&w, "province", 0);
    outer = entity(&w, "cluster", 0);
    inner = entity(&w, "cluster", 1);
    firm = entity(&w, "enterprise", 0);
    line = entity(&w, "line", 0);
    always(&w, TAG, inner, w.top);
    always(&w, TAG, outer, w.top);
    always(&w, TAG, inner, outer);
    always(&w, TAG, firm, inner);
    always(&w, TAG, line, w.top); /* the line is listed by itself, too */
    always(&w, EQUIPMENT, line, firm);
    MUST(ledger_commit(w.s.l, NULL, e));
    MUST(field_open(&w.f, ledger_registry(w.s.l), w.s.dir, &(struct readings_options){.group_us = 1}, e));
    MUST(provision_begin(&p, &w.f, e));
    profiles(&w, &p);
    uint32_t of_line = point(&p, line, w.event, "line"), of_firm = point(&p, firm, w.event, "firm"),
             of_outer = point(&p, outer, w.event, "outer");
    MUST(provision_commit(&p, e));
    struct {
        uint32_t point;
        int64_t value;
        uint32_t at;
        i128 want;
        const char *why;
    } steps[] = {
        {of_line,  7,   w.top, 7,   "the line once, though it is below the firm and listed"},
        {of_line,  0,   firm,  7,   "a firm without meters is its machines"                },
        {of_firm,  100, firm,  100, "the firm's meter hides the line"                      },
        {of_firm,  0,   w.top, 100, "also where the line is listed by itself"              },
        {of_outer, 50,  w.top, 50,  "a cluster's meter stands for what other ways reach"   },
        {of_outer, 0,   inner, 100, "but not for what lies beside it"                      },
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        append(&w, steps[i].point, T0 + (int64_t)i * MINUTE, steps[i].value);
        struct figure f = asked(&w, w.amount, steps[i].at, -1, "2026-01-13");
        check_row(f.rows.len == 1 && f.rows.v[0].value == steps[i].want * 1000, steps[i].why);
        figure_clear(&f);
    }
    drop(&w);
}

/* A firm moves in the middle of the month: a month belongs where its last day does, in figures and trends alike. */
static void trends_and_connections(void **state)
{
    (void)state;
    struct world w = {0};
    struct provision p;
    trend_vec trend = {0};
    scratch_open(&w.s, "memory");
    MUST(ledger_begin(w.s.l, STR("test"), STR("test"), 1, e));
    words(&w);
    uint32_t west = entity(&w, "city", 0), east = entity(&w, "city", 1), firm = entity(&w, "enterprise", 0),
             line = entity(&w, "line", 0);
    member(&w, DISTRICT, firm, west, PPM, DAY_MIN, day_z("2026-01-14"));
    member(&w, DISTRICT, firm, east, PPM, day_z("2026-01-15"), day_z("2029-12-31"));
    always(&w, EQUIPMENT, line, firm);
    MUST(ledger_commit(w.s.l, NULL, e));
    MUST(field_open(&w.f, ledger_registry(w.s.l), w.s.dir, &(struct readings_options){.group_us = 1}, e));
    MUST(provision_begin(&p, &w.f, e));
    profiles(&w, &p);
    uint32_t id = point(&p, line, w.event, "a");
    (void)point(&p, line, w.event, "silent");
    MUST(provision_commit(&p, e));
    for (int day = 0; day < 4; day++) /* the 13th to the 16th */
        append(&w, id, T0 + day * DAY_MS + 5 * MINUTE, 1 + day);
    struct query q = asking(&w);
    static const struct {
        enum level level;
        const char *west, *east;
    } rows[] = {
        {LEVEL_MONTH,   "",             "10 "           },
        {LEVEL_DAY,     "1 2 ",         "3 4 "          },
        {LEVEL_HOUR,    "1 2 ",         "3 4 "          },
        {LEVEL_QUARTER, "1 2 ",         "3 4 "          },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int side = 0; side < 2; side++) {
            struct buf text;
            buf_init(&text, 4096);
            trend.len = 0;
            MUST(query_trend(&q, side ? east : west, w.amount, rows[i].level, window_of(rows[i].level, T0),
                             window_of(rows[i].level, T0 + 3 * DAY_MS + 6 * MINUTE), &trend, e));
            for (size_t k = 0; k < trend.len; k++) {
                buf_fmt(&text, "%lld ", (long long)(trend.v[k].value / 1000));
                assert_int_equal(trend.v[k].have, 1);
                assert_int_equal(trend.v[k].of, 2);
            }
            check_text(buf_str(&text), str_z(side ? rows[i].east : rows[i].west), side ? "east" : "west");
            buf_clear(&text);
        }
    struct figure f = asked(&w, w.amount, east, DISTRICT, "2026-01");
    assert_true(f.rows.len == 3 && f.rows.v[0].value == 10000 && f.rows.v[1].value == 10000);
    figure_clear(&f);
    struct error err = {0};
    assert_int_equal(query_trend(&q, east, w.level, LEVEL_DAY, 0, 1, &trend, &err), OK); /* measured, nothing came */
    vec_clear(&trend);
    id_vec cities = {0};
    struct query_connected *c;
    MUST(query_connections(&q, east, w.grouping[DISTRICT], (uint32_t)((T0 + 3 * DAY_MS) / 1000), &cities, &c, e));
    assert_int_equal(cities.len, 1);
    assert_int_equal(c[0].points, 2);
    assert_int_equal(c[0].connected, 1);
    assert_int_equal(c[0].active, 1);
    assert_int_equal(c[1].points, 2);
    mem_free(c);
    cities.len = 0;
    MUST(query_connections(&q, west, w.grouping[DISTRICT], 0, &cities, &c, e));
    assert_int_equal(c[0].points, 0); /* it has moved */
    mem_free(c);
    vec_clear(&cities);
    drop(&w);
}

/* Sums that leave 128 bits are an error, never a wrap. */
static void too_much_is_an_error(void **state)
{
    (void)state;
    struct world w;
    struct provision p;
    struct figure f;
    build(&w);
    uint32_t huge, profile;
    MUST(ledger_begin(w.s.l, STR("test"), STR("test"), 1, e));
    uint32_t dim = model_unit(ledger_model(w.s.l), w.unit)->dimension;
    MUST(ledger_put_unit(w.s.l, (struct unit){.dimension = dim, .symbol = STR("Gu"), .num = 20000000, .den = 1}, &huge, e));
    MUST(ledger_commit(w.s.l, NULL, e));
    MUST(provision_begin(&p, &w.f, e));
    struct profile pr = {
        .name = STR("huge"), .indicator = w.amount, .unit = huge, .rule = {.kind = KERNEL_EVENT, .decimals = 0}};
    MUST(provision_profile(&p, &pr, &profile, e));
    uint32_t a = point(&p, w.firm[0], profile, "a"), b = point(&p, w.firm[1], profile, "b");
    MUST(provision_commit(&p, e));
    append(&w, a, T0, 5000000000000000000);
    f = asked(&w, w.amount, w.firm[0], CHAIN, "2026-01-13");
    assert_true(f.rows.len == 1 && f.rows.v[0].value == (i128)5000000000000000000 * 20000000 * 1000000000000);
    figure_clear(&f);
    for (int i = 0; i < CHAINS; i++) { /* shares of so much are exact, too */
        f = asked(&w, w.amount, w.chain[i], CHAIN, "2026-01-13");
        for (size_t k = 1; k < f.rows.len; k++)
            if (f.rows.v[k].entity == w.firm[0]) {
                const struct membership *ms;
                for (size_t it = 0; (ms = model_parents(ledger_model(w.s.l), w.firm[0], &it));)
                    if (ms->parent == w.chain[i])
                        assert_true(f.rows.v[k].value == (i128)5000000000000000000 * 20 * 1000000000000 * ms->ppm);
            }
        figure_clear(&f);
    }
    append(&w, b, T0, 5000000000000000000);
    struct query q = asking(&w);
    struct error err = {0};
    struct figure_ask ask = {.indicator = STR("amount"), .of = STR("enterprise 0"), .period = STR("2026-01-13")};
    assert_int_equal(query_figure(&q, &ask, &f, &err), E_RANGE);
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_and_remainder_make_the_whole),
        cmocka_unit_test(own_meters_hide_what_is_below),
        cmocka_unit_test(trends_and_connections),
        cmocka_unit_test(too_much_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
