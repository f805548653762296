/* spb_host_test.c - sessions of nodes as a host sees them: order, gaps, births, deaths, requests.
 */
#include "base/test.h"
#include "field/spb_host.h"

static struct spb_host *host;
static struct spb_step step;
static struct arena arena;

static void begin(struct spb_host_options o)
{
    host = spb_host_new(&o);
    step = (struct spb_step){0};
    arena_init(&arena, 0);
}

static void end(void)
{
    spb_host_free(host);
    spb_step_clear(&step);
    arena_clear(&arena);
}

/* ---- payloads ---- */

struct msg {
    const char *topic;
    struct str bytes;
};
static struct spb_metric named(const char *name, int alias, double v, uint64_t ms)
{
    return (struct spb_metric){.name = name ? str_z(name) : STR_NULL,
                               .has_alias = alias >= 0,
                               .alias = (uint64_t)alias,
                               .has_time = ms != 0,
                               .time_ms = ms,
                               .type = name ? SPB_DOUBLE : 0,
                               .field = SPB_IN_DOUBLE,
                               .real = v};
}

static struct spb_metric bdseq(uint64_t n)
{
    return (struct spb_metric){
        .name = STR("bdSeq"), .type = SPB_INT64, .field = SPB_IN_LONG, .number = n};
}

static struct str bytes_of(int seq, uint64_t ms, const struct spb_metric *m, size_t n)
{
    struct spb_payload p = {
        .has_time = ms != 0, .time_ms = ms, .has_seq = seq >= 0, .seq = (uint64_t)(seq & 255)};
    struct buf out;
    buf_init(&out, 1u << 20);
    for (size_t i = 0; i < n; i++)
        vec_push(&p.metrics, m[i]);
    spb_encode(&out, &p);
    vec_clear(&p.metrics);
    struct str s = arena_dup(&arena, buf_str(&out));
    buf_clear(&out);
    return s;
}
#define PAYLOAD(seq, ms, ...)                                                                      \
    bytes_of(seq, ms, (struct spb_metric[]){__VA_ARGS__},                                          \
             sizeof((struct spb_metric[]){__VA_ARGS__}) / sizeof(struct spb_metric))

static void send(const char *topic, struct str bytes, int64_t now)
{
    static uint64_t token;
    spb_host_message(host, str_z(topic), bytes, ++token, now, &step);
}

static const struct sample *sample_of(const char *series, const char *field, int64_t ms)
{
    for (size_t i = 0; i < step.samples.len; i++) {
        const struct sample *s = &step.samples.v[i];
        if (str_is(s->series, series) && str_is(s->field, field) && s->time_ms == ms)
            return s;
    }
    return NULL;
}

#define NB "spBv1.0/G/NBIRTH/N"
#define ND "spBv1.0/G/NDATA/N"
#define NX "spBv1.0/G/NDEATH/N"
#define DB "spBv1.0/G/DBIRTH/N/D"
#define DD "spBv1.0/G/DDATA/N/D"
#define DX "spBv1.0/G/DDEATH/N/D"
#define SN "spBv1.0/G/N"
#define SD "spBv1.0/G/N/D"

static void birth(int64_t now)
{
    send(NB, PAYLOAD(0, (uint64_t)now, bdseq(3), named("t", 1, 1.5, (uint64_t)now)), now);
    send(DB, PAYLOAD(1, (uint64_t)now, named("p", 2, 2.5, (uint64_t)now)), now);
}

static struct spb_counts counts(void)
{
    struct spb_counts c;
    spb_host_counts(host, &c);
    return c;
}

static void test_births_and_data(void **state)
{
    (void)state;
    begin((struct spb_host_options){0});
    birth(1000);
    send(ND, PAYLOAD(2, 1100, named(NULL, 1, 7, 1100)), 1100);
    send(DD, PAYLOAD(3, 1200, named(NULL, 2, 8, 0)), 1200); /* the payload's time */
    assert_int_equal(step.samples.len, 4);
    assert_true(sample_of(SN, "t", 1000)->mantissa == 15 && sample_of(SN, "t", 1000)->exp10 == -1);
    assert_true(sample_of(SD, "p", 1000) && sample_of(SN, "t", 1100)->mantissa == 7);
    assert_int_equal(sample_of(SD, "p", 1200)->mantissa, 8);
    assert_int_equal(step.done.len, 4);
    assert_int_equal(step.rebirths.len, 0);
    /* an alias belongs to its device */
    send(ND, PAYLOAD(4, 1300, named(NULL, 2, 9, 1300)), 1300);
    assert_true(counts().unknown == 1 && counts().lost == 1 && step.rebirths.len == 1);
    end();
}

static int by_channel(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    int c = str_cmp(x->series, y->series);
    c = c ? c : str_cmp(x->field, y->field);
    c = c ? c : (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
    return c ? c : (x->mantissa > y->mantissa) - (x->mantissa < y->mantissa);
}

#define SESSION 300
static struct msg session[SESSION];

/* A node with three devices: births, then data by alias, seq running over 255. */
static void make_session(void)
{
    static const char *const dd[] = {ND, DD, "spBv1.0/G/DDATA/N/E", "spBv1.0/G/DDATA/N/F"};
    static const char *const db[] = {NB, DB, "spBv1.0/G/DBIRTH/N/E", "spBv1.0/G/DBIRTH/N/F"};
    int first = (int)test_below(256);
    for (int i = 0; i < SESSION; i++) {
        uint64_t ms = 1000 + (uint64_t)i;
        if (i < 4) {
            session[i] =
                (struct msg){db[i], PAYLOAD(first + i, ms, named("x", 10 + i, i, ms), bdseq(1))};
        } else {
            int d = (int)test_below(4);
            session[i] = (struct msg){dd[d], PAYLOAD(first + i, ms, named(NULL, 10 + d, i, ms))};
        }
    }
}

/* Any interleaving within the window (here: no message more than `far` places from its own) gives
 * the same samples and asks for nothing. */
static void test_interleaving(void **state)
{
    (void)state;
    test_seed("interleaving");
    for (int round = 0; round < 40; round++) {
        struct sample *want;
        size_t count, far = 1 + test_below(60), order[SESSION];
        uint64_t key[SESSION];
        begin((struct spb_host_options){0});
        make_session();
        for (int i = 0; i < SESSION; i++)
            send(session[i].topic, session[i].bytes, 5000);
        count = step.samples.len;
        want = malloc(count * sizeof *want);
        memcpy(want, step.samples.v, count * sizeof *want);
        struct spb_host *first = host;
        host = spb_host_new(&(struct spb_host_options){.held_max = 512});
        spb_step_reset(&step);
        for (size_t i = 0; i < SESSION; i++) {
            order[i] = i;
            key[i] = i + test_below(far);
        }
        for (size_t i = 1; i < SESSION; i++) /* stable by key */
            for (size_t k = i; k > 0 && key[order[k]] < key[order[k - 1]]; k--) {
                size_t swap = order[k];
                order[k] = order[k - 1];
                order[k - 1] = swap;
            }
        for (int i = 0; i < SESSION; i++) {
            send(session[order[i]].topic, session[order[i]].bytes, 5000 + i);
            spb_host_tick(host, 5000 + i, &step);
        }
        assert_int_equal(step.samples.len, count);
        assert_int_equal(step.done.len, SESSION);
        assert_int_equal(step.rebirths.len, 0);
        qsort(want, count, sizeof *want, by_channel);
        qsort(step.samples.v, count, sizeof *want, by_channel);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(by_channel(&want[i], &step.samples.v[i]), 0);
        free(want);
        spb_host_free(first);
        end();
    }
}

static void test_gap(void **state)
{
    (void)state;
    begin((struct spb_host_options){0});
    birth(1000);
    send(ND, PAYLOAD(3, 1200, named(NULL, 1, 3, 1200)), 1200);
    assert_null(sample_of(SN, "t", 1200)); /* it waits for 2 */
    spb_host_tick(host, 3100, &step);
    assert_int_equal(step.rebirths.len, 0);
    spb_host_tick(host, 3200, &step);
    assert_non_null(sample_of(SN, "t", 1200));
    assert_int_equal(step.rebirths.len, 1);
    assert_true(str_is(step.rebirths.v[0].group, "G") && str_is(step.rebirths.v[0].node, "N"));
    /* what was given up may still come, and nothing more is asked for */
    send(ND, PAYLOAD(2, 1100, named(NULL, 1, 2, 1100)), 3300);
    assert_non_null(sample_of(SN, "t", 1100));
    assert_int_equal(counts().late, 1);
    send(ND, PAYLOAD(4, 3400, named(NULL, 1, 4, 3400)), 3400);
    assert_non_null(sample_of(SN, "t", 3400));
    /* another gap at once: one request is outstanding, the next waits its time, then twice that */
    send(ND, PAYLOAD(9, 3500, named(NULL, 1, 9, 3500)), 3500);
    for (int64_t now = 3500; now < 13200; now += 100)
        spb_host_tick(host, now, &step);
    assert_int_equal(step.rebirths.len, 1);
    spb_host_tick(host, 13200, &step);
    assert_int_equal(step.rebirths.len, 2);
    send(ND, PAYLOAD(20, 13300, named(NULL, 1, 9, 13300)), 13300);
    for (int64_t now = 13300; now < 33200; now += 100)
        spb_host_tick(host, now, &step);
    assert_int_equal(step.rebirths.len, 2);
    spb_host_tick(host, 33300, &step);
    assert_int_equal(step.rebirths.len, 3);
    /* a birth settles it */
    send(ND, PAYLOAD(30, 33400, named(NULL, 1, 9, 33400)), 33400);
    birth(34000);
    for (int64_t now = 34000; now < 99000; now += 100)
        spb_host_tick(host, now, &step);
    assert_int_equal(step.rebirths.len, 3);
    end();
}

static void test_data_before_birth(void **state)
{
    (void)state;
    begin((struct spb_host_options){0});
    send(ND, PAYLOAD(17, 1000, named(NULL, 1, 3, 1000)), 1000);
    send(ND, PAYLOAD(18, 1100, named("t", -1, 4, 1100)), 1100);
    spb_host_tick(host, 3000, &step);
    assert_int_equal(step.rebirths.len, 1);
    assert_int_equal(step.samples.len + step.done.len, 0);
    birth(3050); /* the answer: its names also serve what waited */
    assert_true(sample_of(SN, "t", 1000) && sample_of(SN, "t", 1100) && sample_of(SN, "t", 3050));
    assert_int_equal(step.done.len, 4);
    end();
    /* no answer: what tells its name and type is kept, the rest is counted */
    begin((struct spb_host_options){0});
    send(ND, PAYLOAD(17, 1000, named(NULL, 1, 3, 1000)), 1000);
    send(ND, PAYLOAD(18, 1100, named("t", -1, 4, 1100)), 1100);
    spb_host_tick(host, 3000, &step);
    spb_host_tick(host, 8000, &step);
    assert_true(step.samples.len == 1 && sample_of(SN, "t", 1100) && step.done.len == 2);
    assert_true(counts().lost == 1 && counts().unknown == 2);
    send(ND, PAYLOAD(19, 8100, named("t", -1, 5, 8100)), 8100); /* waits no longer */
    assert_non_null(sample_of(SN, "t", 8100));
    end();
}

static const struct spb_stale *stale_of(const char *series, const char *field)
{
    for (size_t i = 0; i < step.stale.len; i++)
        if (str_is(step.stale.v[i].series, series) && str_is(step.stale.v[i].field, field))
            return &step.stale.v[i];
    return NULL;
}

static void test_deaths(void **state)
{
    (void)state;
    begin((struct spb_host_options){0});
    birth(1000);
    send(DX, PAYLOAD(2, 1500, named("ignored", -1, 1, 0)), 1600);
    assert_int_equal(step.stale.len, 1);
    assert_int_equal(stale_of(SD, "p")->time_ms, 1500); /* the payload's time */
    send(NX, PAYLOAD(-1, 1, bdseq(2)), 2000);
    assert_true(step.stale.len == 1 && counts().late_deaths == 1); /* of a former session */
    send(NX, PAYLOAD(-1, 1, bdseq(3)), 2000);
    assert_int_equal(step.stale.len, 2);                /* the device was so already */
    assert_int_equal(stale_of(SN, "t")->time_ms, 2000); /* our clock */
    send(NX, PAYLOAD(-1, 1, bdseq(3)), 2100);
    assert_true(step.stale.len == 2 && counts().late_deaths == 2);
    /* it comes back, and says a value that has not changed since before it died: valid again */
    spb_step_reset(&step);
    send(NB, PAYLOAD(0, 5000, bdseq(4), named("t", 1, 1.5, 1000)), 5000);
    assert_true(step.samples.len == 2 && step.renewed.len == 1 && step.renewed.v[0] == 1);
    assert_true(sample_of(SN, "t", 1000) && sample_of(SN, "t", 5000));
    /* a device whose clock is ahead: the mark stands behind its newest value */
    send(ND, PAYLOAD(1, 9000, named(NULL, 1, 2, 9000)), 6000);
    send(NX, PAYLOAD(-1, 1, bdseq(4)), 6000);
    assert_int_equal(stale_of(SN, "t")->time_ms, 9001);
    end();
}

static void test_kinds(void **state)
{
    (void)state;
    begin((struct spb_host_options){0});
    struct spb_metric many = named("a", 5, 0, 0), text = named("s", 6, 0, 0),
                      gone = named("n", 7, 0, 0), bad = named("b", 8, 4, 0),
                      stale = named("o", 9, 4, 0), old = named("h", 10, 4, 500),
                      hidden = named("tr", 11, 1, 0), wrong = named("w", 12, 1, 0),
                      control = named("Node Control/Rebirth", -1, 1, 0);
    many.field = SPB_IN_BYTES, many.type = SPB_INT8_ARRAY, many.bytes = STR("\xEF\x7B");
    text.field = SPB_IN_STRING, text.type = SPB_STRING, text.bytes = STR("x");
    gone.null = true, gone.field = SPB_NONE;
    bad.has_quality = true, bad.quality = SPB_QUALITY_BAD;
    stale.has_quality = true, stale.quality = SPB_QUALITY_STALE;
    old.historical = true;
    hidden.transient = true;
    wrong.type = SPB_STRING;
    send(NB, PAYLOAD(200, 1000, many, text, gone, bad, stale, old, hidden, wrong, control), 1000);
    assert_true(sample_of(SN, "a[0]", 1000)->mantissa == -17 &&
                sample_of(SN, "a[1]", 1000)->mantissa == 123);
    assert_int_equal(sample_of(SN, "n", 1000)->state, STATE_NULL);
    assert_int_equal(sample_of(SN, "b", 1000)->state, STATE_NULL);
    assert_int_equal(sample_of(SN, "o", 1000)->state, STATE_OFFLINE);
    assert_int_equal(sample_of(SN, "h", 500)->state, STATE_VALUE);
    assert_int_equal(step.samples.len, 6);
    assert_true(counts().other == 1 && counts().transient == 1 && counts().malformed == 1 &&
                counts().historical == 1);
    end();
}

/* Whatever comes: a token is told exactly once, unless the connection was lost while it waited. */
static void test_tokens(void **state)
{
    (void)state;
    static const char *const topics[] = {
        NB, ND, NX, DB, DD, DX, "spBv1.0/STATE/h", "other", "spBv1.0/G/NCMD/N"};
    test_seed("tokens");
    for (int round = 0; round < 30; round++) {
        begin((struct spb_host_options){.held_max = 1 + test_below(40),
                                        .shared = test_below(4) == 0});
        uint64_t sent = 0;
        int64_t now = 1000;
        for (int i = 0; i < 400; i++) {
            now += (int64_t)test_below(400);
            struct str bytes =
                PAYLOAD((int)test_below(30), (uint64_t)now, named(NULL, (int)test_below(3), 1, 0),
                        bdseq(test_below(2)), named("t", (int)test_below(3), 1, 0));
            if (test_below(20) == 0)
                bytes.len /= 2;
            spb_host_message(host, str_z(topics[test_below(COUNT(topics))]), bytes, ++sent, now,
                             &step);
            spb_host_tick(host, now, &step);
        }
        spb_host_tick(host, now + 100000, &step);
        bool *told = calloc(sent + 1, sizeof *told);
        for (size_t i = 0; i < step.done.len; i++) {
            assert_true(step.done.v[i] <= sent && !told[step.done.v[i]]);
            told[step.done.v[i]] = true;
        }
        assert_int_equal(step.done.len, sent);
        free(told);
        end();
    }
}

/* The heads of a capture (../shared/data/mqtt-sparkplug, benthos-umh, Apache-2.0): data of several
 * sessions under one node, no birth. Nothing is dropped, few requests are made. */
static void test_capture(void **state)
{
    (void)state;
    const char *root = getenv("LUOSHU_SOURCE");
    char path[4096], line[1000];
    snprintf(path, sizeof path, "%s/../shared/data/mqtt-sparkplug/sparkplug_capture_part1.csv",
             root ? root : ".");
    FILE *f = fopen(path, "r");
    if (!f) {
        print_message("# skipped: no %s\n", path);
        skip();
    }
    begin((struct spb_host_options){0});
    size_t messages = 0, foreign = 0;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        struct str field[10], rest = str_trim(str_z(line));
        for (int i = 0; i < 10; i++)
            field[i] = rest.ptr ? str_cut(rest, ',', &rest) : STR_NULL;
        int seq = field[7].len ? atoi(arena_z(&arena, field[7])) : -1;
        struct spb_topic t;
        messages++;
        foreign += !spb_topic(field[2], &t);
        int64_t now = (int64_t)(strtod(field[1].ptr, NULL) * 1000) + 1761142033904;
        struct spb_metric m = named(arena_z(&arena, field[3]), -1, (double)messages, (uint64_t)now);
        send(arena_z(&arena, field[2]), bytes_of(seq, (uint64_t)now, &m, 1), now);
        spb_host_tick(host, now, &step);
    }
    fclose(f);
    spb_host_tick(host, INT64_C(1761142033904) + 10000000, &step);
    assert_true(messages > 300);
    assert_int_equal(step.samples.len + foreign, messages);
    assert_int_equal(step.done.len, messages);
    assert_true(step.rebirths.len >= 1 && step.rebirths.len <= 10);
    end();
}

static void test_host_state(void **state)
{
    (void)state;
    bool online;
    int64_t ms;
    struct buf out;
    buf_init(&out, 1000);
    spb_state_payload(&out, true, 1700000000000);
    check_text(buf_str(&out), STR("{\"online\":true,\"timestamp\":1700000000000}"), "state");
    assert_true(spb_state_read(buf_str(&out), &online, &ms) && online && ms == 1700000000000);
    assert_true(spb_state_read(STR("{\"timestamp\":5, \"online\" : false}"), &online, &ms) &&
                !online && ms == 5);
    assert_true(spb_state_read(STR("OFFLINE"), &online, &ms) && !online);
    assert_true(spb_state_read(STR("ONLINE"), &online, &ms) && online);
    assert_false(spb_state_read(STR("{}"), &online, &ms));
    assert_false(spb_state_read(STR("online"), &online, &ms));
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_births_and_data),
        cmocka_unit_test(test_interleaving),
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_data_before_birth),
        cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_capture),
        cmocka_unit_test(test_host_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
