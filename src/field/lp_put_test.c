/* lp_put_test.c - bodies into a workspace of its own: what is stored, what is refused by whom and
 * where, and what is told when nothing can be taken. */
#include "base/test.h"
#include "field/field.h"
#include "field/lp_put.h"
#include <unistd.h>

struct fixture {
    char dir[64];
    struct registry *registry;
    struct field field;
    struct lp lp;
    struct lp_outcome out;
    struct error err;
};

static void begin(struct fixture *x, const struct readings_options *o)
{
    char path[80];
    *x = (struct fixture){.dir = "/tmp/luoshu-lp-XXXXXX"};
    assert_non_null(mkdtemp(x->dir));
    snprintf(path, sizeof path, "%s/registry.sqlite", x->dir);
    assert_int_equal(registry_open(&x->registry, path, true, &x->err), OK);
    assert_int_equal(field_open(&x->field, x->registry, x->dir, o, &x->err), OK);
    lp_init(&x->lp);
}

static void end(struct fixture *x)
{
    char command[100];
    field_close(&x->field);
    registry_close(x->registry);
    lp_clear(&x->lp);
    snprintf(command, sizeof command, "rm -rf '%s'", x->dir);
    assert_int_equal(system(command), 0);
}

static enum code put(struct fixture *x, const char *body)
{
    error_clear(&x->err);
    return lp_put(&x->lp, x->field.intake, str_z(body), LP_S, &x->out, &x->err);
}

static void one_list(void **state)
{
    (void)state;
    struct fixture x;
    begin(&x, NULL);
    assert_int_equal(put(&x, "m v=1 1700000000\n"
                             "m v=+2 1700000000\n"
                             "m a=5,电=1e30 1700000000\n"
                             "m v=3 99999999999\n"
                             "n,b=1,a=2 v=1.5,s=\"x\" 1700000000\n"),
                     OK);
    assert_int_equal(x.out.lines, 5);
    assert_int_equal(x.out.refused, 1);
    assert_int_equal(x.out.texts, 1);
    assert_int_equal(x.out.unfit, 2);
    assert_int_equal(x.out.stored, 3);
    assert_int_equal(x.out.strangers, x.out.stored);
    assert_false(lp_outcome_good(&x.out));
    static const uint32_t places[][2] = {{2, 5}, {3, 7}, {4, 3}, {5, 17}};
    assert_int_equal(x.out.why_count, COUNT(places));
    for (size_t i = 0; i < COUNT(places); i++)
        check_row(x.out.why[i].line == places[i][0] && x.out.why[i].column == places[i][1],
                  x.out.why[i].text);
    /* the same again, tags in another order: nothing new */
    assert_int_equal(put(&x, "m v=1 1700000000\nn,a=2,b=1 v=1.50 1700000000\n"), OK);
    assert_true(lp_outcome_good(&x.out) && x.out.same == 2 && x.out.stored == 0);
    assert_int_equal(put(&x, "m v=1.25 1700000000\n"), OK);
    assert_true(x.out.stored == 1 && x.out.revised == 1);
    end(&x);
}

/* More than a slice: every reading, once. */
static void many_slices(void **state)
{
    (void)state;
    struct fixture x;
    struct buf b;
    begin(&x, NULL);
    buf_init(&b, 16u << 20);
    for (int i = 0; i < 3 * LP_SLICE / 2; i++)
        buf_fmt(&b, "m,i=%d v=%d %d\n", i % 997, i, 1700000000 + i / 997);
    buf_byte(&b, '\0');
    assert_int_equal(put(&x, b.ptr), OK);
    assert_int_equal(x.out.samples, 3 * LP_SLICE / 2);
    assert_int_equal(x.out.stored, 3 * LP_SLICE / 2);
    assert_int_equal(put(&x, b.ptr), OK);
    assert_int_equal(x.out.same, 3 * LP_SLICE / 2);
    buf_clear(&b);
    end(&x);
}

/* No room in the queue: busy, nothing of it is told stored, and the same body is taken later. */
#define SENDERS 6
#define BODIES 40
struct sender {
    struct fixture *x;
    pthread_t thread;
    int number;
    uint64_t busy, stored;
};

static void *send(void *arg)
{
    struct sender *s = arg;
    struct lp lp;
    struct lp_outcome *out = mem_zalloc(sizeof *out);
    lp_init(&lp);
    for (int i = 1; i <= BODIES;) {
        char body[100];
        struct error err = {0};
        snprintf(body, sizeof body, "m,s=%d v=%d %d\nm,s=%d v=1 %d\n", s->number, i, i, s->number,
                 i + 1000);
        enum code code = lp_put(&lp, s->x->field.intake, str_z(body), LP_S, out, &err);
        s->stored += out->stored;
        i += code == OK;
        s->busy += code == E_BUSY;
        if (code != OK && code != E_BUSY)
            break;
    }
    lp_clear(&lp);
    mem_free(out);
    return NULL;
}

static void busy(void **state)
{
    (void)state;
    struct fixture x;
    struct readings_options o = {.queue_max = 3};
    struct sender s[SENDERS] = {0};
    uint64_t told = 0, stored = 0;
    begin(&x, &o);
    for (int i = 0; i < SENDERS; i++) {
        s[i] = (struct sender){.x = &x, .number = i};
        assert_int_equal(pthread_create(&s[i].thread, NULL, send, &s[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(s[i].thread, NULL);
        told += s[i].busy;
        stored += s[i].stored;
    }
    assert_true(told > 0);
    assert_int_equal(stored, SENDERS * BODIES * 2);
    end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_list), cmocka_unit_test(many_slices),
                                       cmocka_unit_test(busy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
