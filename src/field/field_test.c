/* field_test.c - how devices come to be known, and what their samples become. I2, I3, I4 of README.md. */
#include "field/field.h"
#include "ledger/ledger_testing.h"
#include <signal.h>
#include <sys/wait.h>

#define T0 ((int64_t)1768233600000) /* 2026-01-13T00:00+08:00 */
#define MINUTE ((int64_t)60000)
enum { PLACES = 4 };
enum { EVENT, GAUGE, COUNTER, PROFILES };

struct plant {
    struct scratch s;
    struct field f;
    uint32_t unit, other_unit, indicator, other_indicator, place[PLACES], profile[PROFILES];
};

static void open_field(struct plant *p)
{
    MUST(field_open(&p->f, ledger_registry(p->s.l), p->s.dir, &(struct readings_options){.group_us = 1}, e));
}

static void open_plant(struct plant *p)
{
    uint32_t dim;
    *p = (struct plant){0};
    scratch_open(&p->s, "memory");
    struct ledger *l = p->s.l;
    MUST(ledger_begin(l, STR("test"), STR("test"), 1, e));
    MUST(ledger_put_dimension(l, (struct dimension){.name = STR("energy"), .base = STR("u"), .scale = 6}, &dim, e));
    MUST(ledger_put_unit(l, (struct unit){.dimension = dim, .symbol = STR("u"), .num = 1, .den = 1}, &p->unit, e));
    MUST(ledger_put_unit(l, (struct unit){.dimension = dim, .symbol = STR("ku"), .num = 1000, .den = 1}, &p->other_unit, e));
    struct indicator i = {
        .name = STR("used"), .unit = p->unit, .measure = MEASURE_FLOW, .over_entities = OVER_SUM, .over_time = OVER_SUM};
    MUST(ledger_put_indicator(l, i, &p->indicator, e));
    i.name = STR("made");
    MUST(ledger_put_indicator(l, i, &p->other_indicator, e));
    for (int k = 0; k < PLACES; k++) {
        char name[32];
        snprintf(name, sizeof name, "firm %d", k);
        MUST(ledger_put_entity(l, (struct entity){.name = str_z(name), .type = STR("enterprise")}, &p->place[k], e));
    }
    MUST(ledger_commit(l, NULL, e));
    open_field(p);
}

static void close_plant(struct plant *p)
{
    field_close(&p->f);
    scratch_close(&p->s);
}

static void reopen(struct plant *p)
{
    field_close(&p->f);
    scratch_reopen(&p->s);
    open_field(p);
}

static struct profile profile(const struct plant *p, int kind)
{
    static const struct kernel_rule rules[] = {
        [EVENT] = {.kind = KERNEL_EVENT,                 .decimals = 3                                 },
        [GAUGE] = {.kind = KERNEL_GAUGE,                 .decimals = 3,  .every_s = 60                 },
        [COUNTER] = {.kind = KERNEL_COUNTER, .decimals = 3, .every_s = 60, .rollover = 9999000, .jitter = 20},
    };
    static const struct str names[] = {STR("event"), STR("gauge"), STR("counter")};
    return (struct profile){.name = names[kind], .indicator = p->indicator, .unit = p->unit, .rule = rules[kind]};
}

static void put_profiles(struct plant *p, struct provision *v)
{
    for (int i = 0; i < PROFILES; i++) {
        struct profile pr = profile(p, i);
        MUST(provision_profile(v, &pr, &p->profile[i], e));
    }
}

static uint32_t device_at(struct provision *v, uint32_t place)
{
    uint32_t id;
    MUST(provision_device(v, &(struct device){.entity = place, .name = STR("box")}, &id, e));
    return id;
}

static void channel(unsigned i, char out[24])
{
    snprintf(out, 24, "m,dev=%u", i);
}

static uint32_t bind(struct plant *p, struct provision *v, unsigned i, int place, int kind)
{
    uint32_t id;
    char series[24];
    channel(i, series);
    MUST(provision_point(v, str_z(series), STR("v"), place < 0 ? 0 : device_at(v, p->place[place]),
                         kind < 0 ? 0 : p->profile[kind], &id, e));
    return id;
}

static struct sample sample(char series[24], unsigned i, int64_t time_ms, int64_t mantissa, int16_t exp10)
{
    channel(i, series);
    return (struct sample){
        .series = str_z(series), .field = STR("v"), .time_ms = time_ms, .mantissa = mantissa, .exp10 = exp10};
}

static struct intake_result *put(struct intake *in, const struct sample *s, size_t n)
{
    static struct intake_result r;
    MUST(intake_put(in, "test", s, n, NULL, &r, e));
    return &r;
}

static void tell(void *ctx, const struct readings_difference *d)
{
    (void)ctx;
    print_error("%s slot %u window %d: kept %lld, found %lld\n", d->where, d->slot, d->window, (long long)d->kept,
                (long long)d->found);
}

static uint64_t checked(struct readings *r)
{
    uint64_t n, differences;
    MUST(readings_check(r, tell, NULL, &n, &differences, e));
    assert_int_equal(differences, 0);
    return n;
}

/* ---- binding later is binding first ---- */

enum { CHANNELS = 12, HOURS = 30 };

/* Sums by place and profile at six decimals, whatever the decimals of their slots. */
static void sums_at(struct plant *p, enum level level, int32_t window, i128 out[PLACES][PROFILES])
{
    const struct points *ps = p->f.points;
    size_t n = ps->slots.len;
    struct slot_sum *v = mem_zalloc(n * sizeof *v);
    memset(out, 0, PLACES * sizeof *out);
    MUST(readings_windows(p->f.readings, level, window, window, v, n, e));
    for (size_t i = 1; i < n; i++)
        for (int k = 0; k < PLACES; k++)
            if (ps->slots.v[i].entity == p->place[k])
                out[k][ps->slots.v[i].profile - 1] += v[i].amount * dec_pow10(6u - ps->slots.v[i].rule.decimals);
    mem_free(v);
}

/* What a counter used is spread over windows in whole units of its slot; between the windows nothing is lost. */
static void same_sums(struct plant *a, struct plant *b)
{
    static const int windows[] = {4 * HOURS, HOURS, 2, 1};
    for (enum level l = LEVEL_QUARTER; l < LEVEL_COUNT; l++)
        for (int32_t w = window_of(l, T0) - 1; w <= window_of(l, T0) + windows[l]; w++) {
            i128 x[PLACES][PROFILES], y[PLACES][PROFILES];
            sums_at(a, l, w, x);
            sums_at(b, l, w, y);
            for (int k = 0; k < PLACES; k++) {
                assert_true(x[k][EVENT] == y[k][EVENT] && x[k][GAUGE] == y[k][GAUGE]);
                i128 d = x[k][COUNTER] - y[k][COUNTER];
                assert_true(l == LEVEL_MONTH ? d == 0 : d < CHANNELS * 1000 && d > -CHANNELS * 1000);
            }
        }
}

static int64_t some_value(unsigned i, int64_t minute, int64_t used[CHANNELS])
{
    if (i % PROFILES != COUNTER)
        return (int64_t)test_below(2000000) - (i % PROFILES == EVENT ? 1000000 : 0);
    (void)minute;
    used[i] += (int64_t)test_below(40000);
    if (test_below(60) == 0)
        used[i] = 0; /* set back */
    return used[i] % 9999000 - (test_below(20) == 0 && used[i] % 9999000 > 20 ? 15 : 0);
}

static void binding_later_is_binding_first(void **state)
{
    (void)state;
    test_seed("binding");
    for (int round = 0; round < 6; round++) {
        struct plant first, later;
        struct provision v;
        int64_t used[CHANNELS] = {0};
        open_plant(&first);
        open_plant(&later);
        MUST(provision_begin(&v, &first.f, e));
        put_profiles(&first, &v);
        for (unsigned i = 0; i < CHANNELS; i++)
            (void)bind(&first, &v, i, (int)(i / PROFILES % PLACES), (int)(i % PROFILES));
        MUST(provision_commit(&v, e));
        unsigned bound = 0;
        for (int step = 0; step < 60; step++) {
            char series[CHANNELS][24];
            struct sample s[CHANNELS];
            size_t n = 0;
            for (unsigned i = 0; i < CHANNELS; i++)
                if (test_below(4)) {
                    int64_t t = T0 + step * 25 * MINUTE + (int64_t)test_below(20 * 60) * 1000;
                    s[n] = sample(series[n], i, t, some_value(i, step, used), -3);
                    s[n++].restart = test_below(50) == 0;
                }
            (void)put(first.f.intake, s, n);
            (void)put(later.f.intake, s, n);
            while (bound < CHANNELS && step > 4 && (step == 59 || test_below(3) == 0)) { /* some at a wrong place first */
                MUST(provision_begin(&v, &later.f, e));
                put_profiles(&later, &v);
                if (test_below(2))
                    (void)bind(&later, &v, bound, (int)test_below(PLACES), (int)(bound % PROFILES));
                if (test_below(2)) { /* within one provision, or in two */
                    MUST(provision_commit(&v, e));
                    MUST(provision_begin(&v, &later.f, e));
                }
                (void)bind(&later, &v, bound, (int)(bound / PROFILES % PLACES), (int)(bound % PROFILES));
                MUST(provision_commit(&v, e));
                bound++;
            }
            if (test_below(30) == 0)
                reopen(&later);
        }
        assert_int_equal(bound, CHANNELS);
        same_sums(&first, &later);
        assert_int_equal(checked(first.f.readings), checked(later.f.readings));
        reopen(&first);
        reopen(&later);
        same_sums(&first, &later);
        close_plant(&first);
        close_plant(&later);
    }
}

/* ---- a crash between registry and readings ---- */

static i128 month_of(struct plant *p, int place, int kind)
{
    i128 sums[PLACES][PROFILES];
    sums_at(p, LEVEL_MONTH, window_of(LEVEL_MONTH, T0), sums);
    return sums[place][kind];
}

/* The registry has the new slot, the process ends before the history moved. */
static void a_crash_before_the_move_is_mended(void **state)
{
    (void)state;
    struct plant p;
    struct provision v;
    char series[24];
    open_plant(&p);
    MUST(provision_begin(&v, &p.f, e));
    put_profiles(&p, &v);
    uint32_t id = bind(&p, &v, 1, 0, EVENT);
    uint32_t there = device_at(&v, p.place[1]);
    (void)bind(&p, &v, 2, 1, EVENT);
    MUST(provision_commit(&v, e));
    for (int i = 0; i < 10; i++) {
        struct sample s = sample(series, 1, T0 + i * MINUTE, 5, 0);
        (void)put(p.f.intake, &s, 1);
    }
    assert_true(month_of(&p, 0, EVENT) == 50000000 && month_of(&p, 1, EVENT) == 0);
    struct point_row row = {.id = id, .device = there, .slot = 2, .decimals = 3, .series = str_z(series), .field = STR("v")};
    assert_int_equal(p.f.points->slots.v[2].entity, p.place[1]);
    MUST(readings_settle(p.f.readings, e));
    MUST(registry_put_point(p.f.registry, &row, e));
    reopen(&p);
    assert_true(month_of(&p, 0, EVENT) == 0 && month_of(&p, 1, EVENT) == 50000000);
    assert_int_equal(checked(p.f.readings), 10);
    close_plant(&p);
}

/* A child binds strangers while they send; the number of what was acknowledged comes by the pipe. */
static void child(struct plant *p, int out)
{
    char series[24];
    signal(SIGSEGV, SIG_DFL); /* of cmocka, which would go on with the next test */
    open_field(p);
    for (uint32_t n = 1; n < 100000; n++) {
        struct sample s = sample(series, n % 7, T0 + n * 1000, 1, 0);
        (void)put(p->f.intake, &s, 1);
        if (write(out, &n, sizeof n) != sizeof n)
            _exit(1);
        if (n % 3 == 0) {
            struct provision v;
            MUST(provision_begin(&v, &p->f, e));
            put_profiles(p, &v);
            (void)bind(p, &v, n / 3 % 7, (int)(n / 21 % PLACES), EVENT);
            MUST(provision_commit(&v, e));
        }
    }
}

static void a_kill_while_binding_loses_nothing(void **state)
{
    (void)state;
    uint64_t told = 0;
    test_seed("kill");
    for (int round = 0; round < 6; round++) {
        struct plant p;
        int ends[2];
        uint32_t acknowledged = 0, n;
        open_plant(&p);
        field_close(&p.f);
        ledger_close(p.s.l);
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(ends[0]);
            MUST(ledger_open(&p.s.l, p.s.dir, false, STR(""), e));
            child(&p, ends[1]);
            _exit(0);
        }
        close(ends[1]);
        usleep((useconds_t)(150000 + test_below(500000)));
        kill(pid, SIGKILL);
        int how;
        waitpid(pid, &how, 0);
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
        while (read(ends[0], &n, sizeof n) == sizeof n)
            acknowledged = n;
        close(ends[0]);
        MUST(ledger_open(&p.s.l, p.s.dir, false, STR(""), e));
        open_field(&p);
        uint64_t kept = checked(p.f.readings);
        if (kept != acknowledged && kept != acknowledged + 1)
            fail_msg("%llu kept of %u acknowledged", (unsigned long long)kept, acknowledged);
        told += kept;
        /* what is bound counts at its place, all of it */
        const struct points *ps = p.f.points;
        i128 want[PLACES] = {0};
        for (size_t i = 0; i < ps->point_slot.len; i++) {
            reading_vec v = {0};
            MUST(readings_series(p.f.readings, (uint32_t)i + 1, 0, READING_TIME_MAX, false, &v, e));
            for (int k = 0; k < PLACES && ps->point_slot.v[i]; k++)
                if (ps->slots.v[ps->point_slot.v[i]].entity == p.place[k])
                    want[k] += (i128)v.len * 1000000;
            vec_clear(&v);
        }
        for (int k = 0; k < PLACES && ps->profiles.len; k++)
            assert_true(month_of(&p, k, EVENT) == want[k]);
        close_plant(&p);
    }
    print_message("# %llu readings over 6 kills\n", (unsigned long long)told);
}

/* ---- profiles ---- */

static void profiles_that_conflict_are_refused(void **state)
{
    (void)state;
    struct plant p;
    struct provision v;
    uint32_t id;
    open_plant(&p);
    struct profile good = profile(&p, COUNTER), rows[12];
    const char *why[] = {"kernel",    "decimals", "indicator", "unit",    "rule of gaps",
                         "rule of gaps", "rule of gaps", "rule of gaps", "rule of gaps"};
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = good;
    rows[0].rule.kind = KERNEL_GAUGE;
    rows[1].rule.decimals = 4;
    rows[2].indicator = p.other_indicator;
    rows[3].unit = p.other_unit;
    rows[4].rule.gap = GAP_OPEN;
    rows[5].rule.every_s = 61;
    rows[6].rule.max_gap_s = 100;
    rows[7].rule.rollover = 1;
    rows[8].rule.jitter = 21;
    MUST(provision_begin(&v, &p.f, e));
    put_profiles(&p, &v);
    for (size_t i = 0; i < COUNT(why); i++) {
        struct error err = {0};
        check_row(provision_profile(&v, &rows[i], &id, &err) == E_CONFLICT, why[i]);
        check_row(strstr(err.text, why[i]) && strstr(err.text, "'counter'"), why[i]);
    }
    rows[9].rule.max_gap_s = 900; /* what 0 means at 60 s */
    MUST(provision_profile(&v, &rows[9], &id, e));
    assert_int_equal(id, p.profile[COUNTER]);
    assert_int_equal(v.same, 1);
    static const struct {
        const char *name;
        struct kernel_rule rule;
        const char *want;
    } bad[] = {
        {"",  {.kind = KERNEL_EVENT},                  "name"    },
        {"a", {.kind = KERNEL_AMOUNT},                 "every_s" },
        {"b", {.kind = KERNEL_EVENT, .decimals = 10},  "decimals"},
        {"c", {.kind = KERNEL_COUNTER, .rollover = -1}, "rollover"},
        {"d", {.kind = KERNEL_COUNTER, .jitter = -1},  "jitter"  },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = {0};
        struct profile pr = {0, str_z(bad[i].name), p.indicator, p.unit, bad[i].rule};
        check_row(provision_profile(&v, &pr, &id, &err) == E_INPUT && strstr(err.text, bad[i].want), bad[i].want);
    }
    MUST(provision_commit(&v, e)); /* what was refused is not in it */
    assert_int_equal(p.f.points->profiles.len, PROFILES);
    reopen(&p);
    assert_int_equal(p.f.points->profiles.len, PROFILES);
    assert_int_equal(field_profile(&p.f, STR("counter")), p.profile[COUNTER]);
    assert_int_equal(field_profile(&p.f, STR("nobody")), 0);
    close_plant(&p);
}

/* ---- whole or not at all ---- */


static enum code say_profile(void *ctx, const struct profile_row *r, struct error *err)
{
    (void)err;
    buf_fmt(ctx, "profile %u %.*s\n", r->id, STR_ARG(r->name));
    return OK;
}
static enum code say_slot(void *ctx, const struct slot_row *r, struct error *err)
{
    (void)err;
    buf_fmt(ctx, "slot %u %u %u %u\n", r->id, r->entity, r->profile, r->decimals);
    return OK;
}
static enum code say_device(void *ctx, const struct device_row *r, struct error *err)
{
    (void)err;
    buf_fmt(ctx, "device %u %u %.*s\n", r->id, r->entity, STR_ARG(r->name));
    return OK;
}
static enum code say_point(void *ctx, const struct point_row *r, struct error *err)
{
    (void)err;
    buf_fmt(ctx, "point %u %u %u %u %.*s %.*s\n", r->id, r->device, r->slot, r->decimals, STR_ARG(r->series),
            STR_ARG(r->field));
    return OK;
}

/* Registry and memory, as one text. */
static void say(struct plant *p, struct buf *out)
{
    static const struct points_reader reader = {say_profile, say_slot, say_device, say_point};
    const struct points *ps = p->f.points;
    buf_init(out, 1 << 20);
    MUST(registry_points_walk(p->f.registry, &reader, out, e));
    buf_fmt(out, "%zu %zu %zu %zu\n", ps->profiles.len, ps->slots.len, ps->devices.len, ps->point_slot.len);
    for (size_t i = 0; i < ps->point_slot.len; i++)
        buf_fmt(out, "%u %u %u\n", ps->point_slot.v[i], ps->point_device.v[i], ps->point_decimals.v[i]);
    for (unsigned i = 0; i < 40; i++) {
        char series[24];
        struct bound b;
        channel(i, series);
        uint64_t hash = channel_hash(ps, channel_hash_series(ps, str_z(series)), STR("v"));
        channels_find(ps, &hash, 1, &b);
        buf_fmt(out, "%s %u\n", series, b.point);
    }
}

static void some_provision(struct plant *p, struct provision *v)
{
    struct profile pr = profile(p, EVENT);
    uint32_t id;
    char name[24];
    put_profiles(p, v);
    for (uint64_t n = 1 + test_below(6); n > 0; n--) {
        snprintf(name, sizeof name, "profile %llu", (unsigned long long)test_below(5));
        pr.name = str_z(name);
        MUST(provision_profile(v, &pr, &id, e));
        (void)bind(p, v, (unsigned)test_below(40), (int)test_below(PLACES + 1) - 1, (int)test_below(PROFILES + 1) - 1);
    }
}

static void what_is_rolled_back_leaves_nothing(void **state)
{
    (void)state;
    struct plant p;
    test_seed("rollback");
    open_plant(&p);
    for (int round = 0; round < 60; round++) {
        struct buf before, after;
        struct provision v;
        char series[24];
        uint64_t held = test_state;
        if (test_below(2)) {
            struct sample s = sample(series, (unsigned)test_below(40), T0 + round * MINUTE, 1, 0);
            (void)put(p.f.intake, &s, 1);
        }
        say(&p, &before);
        held = test_state;
        MUST(provision_begin(&v, &p.f, e));
        some_provision(&p, &v);
        provision_rollback(&v);
        say(&p, &after);
        check_text(buf_str(&after), buf_str(&before), "after a rollback");
        buf_clear(&after);
        if (test_below(4) == 0) {
            reopen(&p);
            say(&p, &after);
            check_text(buf_str(&after), buf_str(&before), "opened again after a rollback");
            buf_clear(&after);
        }
        buf_clear(&before);
        test_state = held; /* the same again, and kept */
        MUST(provision_begin(&v, &p.f, e));
        some_provision(&p, &v);
        MUST(provision_commit(&v, e));
        say(&p, &before);
        reopen(&p);
        say(&p, &after);
        check_text(buf_str(&after), buf_str(&before), "memory is what the registry says");
        buf_clear(&before);
        buf_clear(&after);
        test_random();
    }
    (void)checked(p.f.readings);
    close_plant(&p);
}

static void the_last_word_counts(void **state)
{
    (void)state;
    struct plant p;
    struct provision v;
    char series[24];
    struct error err = {0};
    uint32_t id, device;
    open_plant(&p);
    MUST(provision_begin(&v, &p.f, e));
    put_profiles(&p, &v);
    id = bind(&p, &v, 1, 0, EVENT);
    MUST(provision_commit(&v, e));
    struct sample s = sample(series, 1, T0, 3, 0);
    (void)put(p.f.intake, &s, 1);
    MUST(provision_begin(&v, &p.f, e));
    (void)bind(&p, &v, 1, 1, EVENT);
    (void)bind(&p, &v, 1, 0, EVENT); /* back again */
    MUST(provision_commit(&v, e));
    assert_true(month_of(&p, 0, EVENT) == 3000000 && month_of(&p, 1, EVENT) == 0);
    MUST(provision_begin(&v, &p.f, e));
    device = device_at(&v, p.place[2]);
    MUST(provision_bind(&v, id, device, p.profile[EVENT], e));
    (void)bind(&p, &v, 1, 3, EVENT);
    assert_int_equal(provision_bind(&v, id, device, 99, &err), E_MISSING);
    error_clear(&err);
    assert_int_equal(provision_bind(&v, 99, device, 1, &err), E_MISSING);
    error_clear(&err);
    assert_int_equal(provision_point(&v, STR(""), STR("v"), device, 1, &id, &err), E_INPUT);
    error_clear(&err);
    assert_int_equal(provision_device(&v, &(struct device){.entity = 1}, &id, &err), E_INPUT);
    MUST(provision_commit(&v, e));
    assert_true(month_of(&p, 3, EVENT) == 3000000 && month_of(&p, 0, EVENT) == 0 && month_of(&p, 2, EVENT) == 0);
    (void)checked(p.f.readings);
    close_plant(&p);
}

/* ---- intake ---- */

static int64_t still(void *ctx)
{
    return *(int64_t *)ctx;
}

static void numbers_are_scaled_exactly(void **state)
{
    (void)state;
    static const struct {
        int64_t mantissa;
        int16_t exp10;
        bool cut;
        int64_t want;
        bool rounded, refused;
        const char *why;
    } rows[] = {
        {125,                 -1,    false, 12500,               false, false, "12.5"                              },
        {-125,                -1,    false, -12500,              false, false, "-12.5"                             },
        {12345,               -4,    false, 1235,                true,  false, "half goes away from zero"          },
        {-12345,              -4,    false, -1235,               true,  false, "also below it"                     },
        {12344,               -4,    false, 1234,                true,  false, "less than half is dropped"         },
        {1000,                -6,    false, 1,                   false, false, "zeros are no digits"               },
        {1,                   15,    false, 1000000000000000000, false, false, "10^15"                             },
        {1,                   16,    false, 0,                   false, true,  "10^19 leaves 64 bits"              },
        {INT64_MAX,           0,     false, 0,                   false, true,  "so does this"                      },
        {INT64_MIN,           -3,    false, 0,                   false, true,  "the smallest means null"           },
        {INT64_MIN + 15,      -3,    false, 0,                   false, true,  "so do its neighbours"              },
        {INT64_MIN + 16,      -3,    false, INT64_MIN + 16,      false, false, "the smallest number"               },
        {INT64_MAX,           -3,    false, INT64_MAX,           false, false, "the largest"                       },
        {0,                   32767, false, 0,                   false, false, "nought is nought at any exponent"  },
        {7,                   32767, false, 0,                   false, true,  "beyond all"                        },
        {7,                   -32768, false, 0,                  true,  false, "next to nothing"                   },
        {INT64_MAX,           -22,   false, 1,                   true,  false, "0.00092 is nearly 0.001"           },
        {5,                   0,     true,  5000,                true,  false, "the decoder dropped digits before" },
    };
    struct plant p;
    struct provision v;
    char series[24];
    open_plant(&p);
    MUST(provision_begin(&v, &p.f, e));
    put_profiles(&p, &v);
    uint32_t id = bind(&p, &v, 1, 0, EVENT);
    MUST(provision_commit(&v, e));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sample s = sample(series, 1, T0 + (int64_t)i * MINUTE, rows[i].mantissa, rows[i].exp10);
        struct reading last = {0};
        s.cut = rows[i].cut;
        struct intake_result *r = put(p.f.intake, &s, 1);
        check_row(r->refused == rows[i].refused && r->stored == !rows[i].refused, rows[i].why);
        check_row(r->rounded == rows[i].rounded, rows[i].why);
        if (rows[i].refused) {
            check_row(strstr(r->why[0].text, "does not fit 3 decimals"), rows[i].why);
            continue;
        }
        check_row(readings_last(p.f.readings, id, &last) && last.time_ms == s.time_ms && last.value == rows[i].want,
                  rows[i].why);
    }
    close_plant(&p);
}

static void times_and_strangers_have_limits(void **state)
{
    (void)state;
    struct plant p;
    struct provision v;
    struct intake *in;
    int64_t now = T0;
    char series[8][24];
    struct sample s[8];
    uint32_t ids[8];
    struct intake_result *r = mem_zalloc(sizeof *r);
    open_plant(&p);
    struct intake_options o = {.strangers_max = 3, .clock_ms = still, .clock_ctx = &now, .future_ms = 5 * MINUTE};
    MUST(intake_new(&in, p.f.readings, p.f.points, p.f.registry, &o, e));
    static const struct {
        int64_t time;
        bool good;
        const char *why;
    } times[] = {
        {T0 + 5 * MINUTE,     true,  "as far ahead as allowed"     },
        {T0 + 5 * MINUTE + 1, false, "minutes ahead"               },
        {1,                   true,  "1970"                        },
        {0,                   false, "outside 1970 to 2099"        },
        {-1,                  false, "outside 1970 to 2099"        },
        {READING_TIME_MAX,    false, "outside 1970 to 2099"        },
        {INT64_MAX,           false, "outside 1970 to 2099"        },
        {INT64_MIN,           false, "outside 1970 to 2099"        },
        {T0 / 1000,           true,  "seconds taken for ms: 1970"  },
    };
    for (int known = 0; known < 2; known++) /* a stranger the first time it is good */
        for (size_t i = 0; i < COUNT(times); i++) {
            s[0] = sample(series[0], 0, times[i].time, 4, 0);
            r = (mem_free(r), mem_zalloc(sizeof *r));
            MUST(intake_put(in, "test", s, 1, ids, r, e));
            check_row((r->refused == 0) == times[i].good && (ids[0] != 0) == times[i].good, times[i].why);
            check_row(times[i].good || strstr(r->why[0].text, times[i].why), times[i].why);
            check_row(r->strangers == times[i].good, times[i].why);
        }
    /* one is known; of five new ones two find room, and the good ones are stored */
    for (unsigned i = 0; i < 6; i++)
        s[i] = sample(series[i], i, T0, 1, 0);
    MUST(intake_put(in, "test", s, 6, ids, r, e));
    assert_int_equal(r->refused, 3);
    assert_int_equal(r->stored, 3);
    assert_non_null(strstr(r->why[0].text, "unknown channel"));
    assert_true(ids[2] && !ids[3]);
    assert_int_equal(p.f.points->point_slot.len, 3);
    /* bound ones make room */
    MUST(provision_begin(&v, &p.f, e));
    put_profiles(&p, &v);
    (void)bind(&p, &v, 0, 0, EVENT);
    MUST(provision_commit(&v, e));
    MUST(intake_put(in, "test", s, 6, ids, r, e));
    assert_int_equal(r->refused, 2);
    assert_int_equal(r->same, 3);
    assert_int_equal(r->stored, 1);
    assert_int_equal(r->strangers, 3);
    /* names */
    char lengthy[1001];
    memset(lengthy, 'x', sizeof lengthy);
    s[0] = (struct sample){.series = STR("m"), .field = {lengthy, 1000}, .time_ms = T0};
    s[1] = (struct sample){.series = STR("m"), .field = STR(""), .time_ms = T0};
    MUST(intake_put(in, "test", s, 2, ids, r, e));
    assert_int_equal(r->refused, 2);
    assert_non_null(strstr(r->why[1].text, "empty or longer"));
    /* absent is not zero, and the origin has counted all of it */
    struct reading last;
    now = T0 + 10 * MINUTE;
    s[0] = sample(series[0], 0, now, 0, 0);
    s[0].state = STATE_OFFLINE;
    MUST(intake_put(in, "test", s, 1, ids, r, e));
    assert_true(readings_last(p.f.readings, ids[0], &last) && last.value == READING_OFFLINE);
    MUST(intake_absent(in, "test", ids, 1, now + MINUTE, STATE_NULL, e));
    assert_true(readings_last(p.f.readings, ids[0], &last) && last.value == READING_NULL);
    struct intake_origin origin;
    assert_int_equal(intake_origins(in, &origin, 1), 1);
    assert_int_equal(origin.samples, 2 * COUNT(times) + 6 + 6 + 2 + 1 + 1);
    assert_int_equal(origin.stored + origin.same + origin.refused, origin.samples);
    assert_int_equal(origin.last_ms, now);
    mem_free(r);
    intake_free(in);
    close_plant(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binding_later_is_binding_first),
        cmocka_unit_test(a_crash_before_the_move_is_mended),
        cmocka_unit_test(a_kill_while_binding_loses_nothing),
        cmocka_unit_test(profiles_that_conflict_are_refused),
        cmocka_unit_test(what_is_rolled_back_leaves_nothing),
        cmocka_unit_test(the_last_word_counts),
        cmocka_unit_test(numbers_are_scaled_exactly),
        cmocka_unit_test(times_and_strangers_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
