/* fleet_test.c - the fleet: the same for the same seed, its lines are what it made, and its totals
 * are those of what was acknowledged, whatever the transport does. */
#include "base/test.h"
#include "field/fleet.h"
#include "field/hj212.h"
#include "field/lp.h"

static const struct fleet_options small = {.seed = 7,
                                           .points = 500,
                                           .every_s = 60,
                                           .from_ms = 1735660800000, /* 2025-01-01 at UTC+8 */
                                           .readings = 20000,
                                           .connections = 1,
                                           .batch = 333,
                                           .give_up_s = 60};
static atomic_bool never;

static int64_t at(int year, int month, int day, int hour)
{
    return ((int64_t)day_from(year, month, day) * 86400 + (hour - 8) * 3600) * 1000;
}

static void load_of_the_calendar(void **state)
{
    (void)state;
    for (int s = 0; s < FLEET_SHIFTS; s++) {
        for (int64_t t = at(2025, 1, 1, 0); t < at(2026, 1, 1, 0); t += 1800000) {
            int32_t load = fleet_load(s, t);
            assert_true(load > 0 && load < 1000000);
        }
        int32_t monday = fleet_load(s, at(2025, 6, 16, 10));
        assert_true(fleet_load(s, at(2025, 6, 15, 10)) < monday); /* Sunday */
        assert_true(fleet_load(s, at(2025, 1, 29, 10)) < monday); /* first day of the lunar year */
        assert_true(fleet_load(s, at(2025, 10, 1, 10)) < monday); /* National Day */
        assert_true(fleet_load(s, at(2025, 6, 17, 10)) == monday);
        assert_true(fleet_load(s, at(2025, 1, 24, 10)) > fleet_load(s, at(2025, 1, 28, 10)));
    }
    assert_int_equal(fleet_load(0, at(2025, 6, 16, 10)), 950000);
    assert_int_equal(fleet_load(3, at(2025, 6, 16, 3)), 60000);
    assert_int_equal(fleet_load(3, at(2025, 6, 16, 8) + 1800000), 850000); /* half way 82 to 88 */
}

/* ---- a transport that reads what it is sent, and fails as often as it is told ---- */

struct seen {
    pthread_mutex_t lock;
    unsigned fail_of_100;
    uint64_t state, lines, twice, failures;
    struct map values; /* "series field time" -> value + bias */
    i128 sum[FLEET_KINDS];
    uint64_t count[FLEET_KINDS];
    struct lp lp;
    struct buf failed; /* a batch that was refused, which must come again as it was */
};
static struct seen seen;

static enum code seen_open(void **link, const struct fleet_target *t, struct error *err)
{
    (void)t, (void)err;
    *link = &seen;
    return OK;
}
static void seen_close(void *link)
{
    (void)link;
}

static void take(const struct sample *v)
{
    char key[120];
    int kind = 0;
    snprintf(key, sizeof key, "%.*s %.*s %lld", STR_ARG(v->series), STR_ARG(v->field),
             (long long)v->time_ms);
    while (kind < FLEET_KINDS && !str_is(v->field, fleet_measures[kind].field))
        kind++;
    assert_true(kind < FLEET_KINDS && v->exp10 == -fleet_measures[kind].decimals);
    uint64_t *value = map_at(&seen.values, str_z(key), UINT64_MAX);
    if (*value == UINT64_MAX) {
        *value = (uint64_t)v->mantissa;
        seen.count[kind]++;
        seen.sum[kind] += v->mantissa;
    } else {
        seen.twice++;
        assert_int_equal(*value, v->mantissa);
    }
}

static enum code seen_send(void *link, struct str bytes, struct error *err)
{
    struct lp_options o = {.precision = LP_MS};
    enum code code = OK;
    (void)link;
    pthread_mutex_lock(&seen.lock);
    if (seen.failed.len) { /* one connection: the same bytes come next */
        assert_true(str_eq(buf_str(&seen.failed), bytes));
        buf_reset(&seen.failed);
    }
    seen.state = fleet_mix(seen.state);
    unsigned dice = (unsigned)(seen.state % 100);
    bool taken =
        dice >= seen.fail_of_100 || dice % 2; /* lost on the way there, or on the way back */
    if (taken) {
        lp_open(&seen.lp, bytes, &o);
        while (lp_next(&seen.lp, 1000))
            for (size_t i = 0; i < seen.lp.samples.len; i++)
                take(&seen.lp.samples.v[i]);
        assert_int_equal(seen.lp.refused, 0);
    }
    if (dice < seen.fail_of_100) {
        static const enum code codes[] = {E_BUSY, E_IO, E_BACKEND};
        seen.failures++;
        buf_add(&seen.failed, bytes);
        code = error_set(err, codes[dice % 3], "as told");
    }
    pthread_mutex_unlock(&seen.lock);
    return code;
}

static struct buf run(const struct fleet_options *o, unsigned fail_of_100, struct fleet_done *done)
{
    struct fleet_transport how = fleet_influx;
    struct fleet_target to = {.url = "", .token = ""};
    struct fleet *f;
    struct error err = {0};
    struct buf totals;
    how.open = seen_open;
    how.send = seen_send;
    how.close = seen_close;
    seen = (struct seen){.fail_of_100 = fail_of_100, .state = test_random()};
    pthread_mutex_init(&seen.lock, NULL);
    map_init(&seen.values);
    lp_init(&seen.lp);
    buf_init(&seen.failed, 1u << 24);
    assert_int_equal(fleet_new(&f, o, &err), OK);
    assert_int_equal(fleet_run(f, &how, &to, &never, done, &err), OK);
    uint64_t count[FLEET_KINDS] = {0};
    i128 sum[FLEET_KINDS] = {0};
    for (size_t i = 0; i < f->firms.len; i++)
        for (int k = 0; k < FLEET_KINDS; k++) {
            count[k] += f->count[i][k].readings;
            sum[k] += f->count[i][k].sum;
        }
    for (int k = 0; k < FLEET_KINDS; k++)
        assert_true(count[k] == seen.count[k] && sum[k] == seen.sum[k]);
    buf_init(&totals, 1u << 24);
    fleet_totals(f, true, &totals);
    fleet_free(f);
    lp_clear(&seen.lp);
    map_clear(&seen.values);
    buf_clear(&seen.failed);
    pthread_mutex_destroy(&seen.lock);
    return totals;
}

static void same_seed_same_numbers(void **state)
{
    (void)state;
    test_seed("fleet seed");
    struct fleet_done a, b;
    struct fleet_options other = small;
    struct buf first = run(&small, 0, &a), again = run(&small, 0, &b);
    check_text(buf_str(&again), buf_str(&first), "the same seed");
    assert_true(a.acknowledged == b.acknowledged && a.acknowledged > 19000);
    assert_true(a.late > 0 && a.twice > 0);
    buf_clear(&again);
    other.seed = 8;
    again = run(&other, 0, &b);
    assert_false(str_eq(buf_str(&again), buf_str(&first)));
    buf_clear(&again);
    buf_clear(&first);
}

/* Batches lost on the way there and on the way back change nothing of what is counted. */
static void lossy_transport(void **state)
{
    (void)state;
    test_seed("fleet losses");
    struct fleet_done good, bad;
    struct buf first = run(&small, 0, &good), again = run(&small, 30, &bad);
    check_text(buf_str(&again), buf_str(&first), "a lossy transport");
    assert_true(bad.again > 0 && bad.again == seen.failures);
    buf_clear(&again);
    buf_clear(&first);
}

static void several_connections(void **state)
{
    (void)state;
    test_seed("fleet connections");
    struct fleet_options o = small;
    struct fleet_done done;
    o.connections = 7;
    struct buf totals = run(&o, 0, &done);
    assert_int_equal(done.sent, done.acknowledged + done.twice);
    assert_int_equal(done.twice, seen.twice);
    buf_clear(&totals);
}

/* Every reading is found in the frames, under its channel's name, with its digits, in segments of
 * the standard's length. */
static void hj212_messages(void **state)
{
    (void)state;
    struct fleet *f;
    struct error err = {0};
    struct hj212_words *words;
    struct hj212_stream stream;
    struct hj212_frame frame;
    struct hj212_out out;
    struct arena a;
    struct buf bytes;
    VEC(struct fleet_reading) v = {0};
    size_t at = 0;
    assert_int_equal(fleet_new(&f, &small, &err), OK);
    assert_int_equal(hj212_words_new(&words, &err), OK);
    for (uint32_t i = 0; i < f->firms.len; i++)
        for (uint32_t p = 0; p < f->firms.v[i].points; p++) {
            struct fleet_reading r;
            if (fleet_make(f, i, f->firms.v[i].first + p, 3, 700000, &r))
                vec_push(&v, r);
        }
    assert_true(v.len > 100);
    arena_init(&a, 0);
    buf_init(&bytes, 1u << 24);
    hj212_stream_init(&stream, 0);
    hj212_out_init(&out, &a);
    fleet_hj212.encode(f, v.v, v.len, &bytes);
    for (struct str in = buf_str(&bytes); in.len;) {
        size_t n = hj212_stream_feed(&stream, in);
        in = str_sub(in, n, in.len - n);
        while (hj212_stream_next(&stream, &frame)) {
            struct hj212_message m;
            assert_int_equal(frame.fault, HJ212_GOOD);
            assert_true(frame.data.len <= 1024);
            assert_int_equal(hj212_read(frame.data, &m, &err), OK);
            assert_true(HJ212_WANTS_ANSWER(&m) && m.cn == 2051 && m.mn.len <= 24);
            hj212_out_reset(&out);
            assert_int_equal(hj212_samples(&m, words, INT64_MIN, &out, &err), OK);
            assert_int_equal(out.issues.len, 0);
            for (size_t i = 0; i < out.samples.len; i++, at++) {
                const struct sample *s = &out.samples.v[i];
                struct fleet_name name;
                int64_t value = s->mantissa;
                assert_true(at < v.len);
                uint8_t decimals = fleet_measures[f->kind[v.v[at].point]].decimals;
                fleet_hj212.point(f, v.v[at].firm, v.v[at].point, &name);
                check_text(s->series, str_z(name.series), "series");
                check_text(s->field, str_z(name.field), "field");
                for (int e = s->exp10 + decimals; e > 0; e--)
                    value *= 10;
                assert_true(s->exp10 + decimals >= 0 && value == v.v[at].value);
                assert_true(s->time_ms == f->o.from_ms + 3 * (int64_t)f->o.every_s * 1000);
            }
        }
    }
    assert_int_equal(at, v.len);
    hj212_out_clear(&out);
    hj212_stream_clear(&stream);
    hj212_words_free(words);
    buf_clear(&bytes);
    arena_clear(&a);
    vec_clear(&v);
    fleet_free(f);
}

static void addresses(void **state)
{
    (void)state;
    struct error err = {0};
    int fd = -1;
    static const char *const bad[] = {"", "host", "host:", ":12", "host:123456", "[::1]"};
    assert_true(fleet_transport_of("http://a:1") == &fleet_influx);
    assert_true(fleet_transport_of("mqtt://a:1") == &fleet_sparkplug);
    assert_true(fleet_transport_of("hj212://a:1") == &fleet_hj212);
    assert_null(fleet_transport_of("ftp://a"));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(fleet_dial(&fd, str_z(bad[i]), &err), E_INPUT);
}

static void wrong_options(void **state)
{
    (void)state;
    struct fleet_options rows[] = {small, small, small, small};
    rows[0].points = 0;
    rows[1].connections = 65;
    rows[2].batch = 0;
    rows[3].every_s = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fleet *f;
        struct error err = {0};
        assert_int_equal(fleet_new(&f, &rows[i], &err), E_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_of_the_calendar),
        cmocka_unit_test(same_seed_same_numbers),
        cmocka_unit_test(lossy_transport),
        cmocka_unit_test(several_connections),
        cmocka_unit_test(wrong_options),
        cmocka_unit_test(hj212_messages),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
