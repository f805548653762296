/* vec_test.c - arrays, and the map against a plain array of what it should hold. */
#include "test.h"
#include "vec.h"

static void arrays(void **state)
{
    (void)state;
    struct pair {
        int a, b;
    };
    VEC(struct pair) pairs = {0};
    for (int i = 0; i < 1000; i++)
        vec_push(&pairs, (struct pair){i, -i});
    assert_int_equal(pairs.len, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(pairs.v[i].a == i && pairs.v[i].b == -i);
    vec_clear(&pairs);
    assert_true(pairs.v == NULL && pairs.len == 0 && pairs.cap == 0);
    VEC(uint8_t) bytes = {0};
    vec_push(&bytes, 7);
    assert_int_equal(bytes.v[0], 7);
    vec_clear(&bytes);
}

static void map_basics(void **state)
{
    (void)state;
    struct map m;
    uint64_t v = 99;
    map_init(&m);
    assert_false(map_get(&m, STR("x"), &v) || map_del(&m, STR("x")));
    assert_int_equal(v, 99); /* untouched on a miss */
    map_put(&m, STR(""), 1);
    map_put(&m, STR("a"), 2);
    map_put(&m, STR("a\0b"), 3);
    map_put(&m, STR("a"), 4);
    assert_int_equal(m.len, 3);
    assert_true(map_get(&m, STR_NULL, &v) && v == 1);
    assert_true(map_get(&m, STR("a"), &v) && v == 4);
    assert_true(map_get(&m, STR("a\0b"), &v) && v == 3);
    assert_true(map_get(&m, STR("a"), NULL));
    ++*map_at(&m, STR("count"), 10);
    ++*map_at(&m, STR("count"), 10);
    assert_true(map_get(&m, STR("count"), &v) && v == 12);
    map_clear(&m);
    map_clear(&m);
    assert_false(map_get(&m, STR("a"), &v));
}

#define KEYS 600

static struct str key_of(size_t i, char out[400])
{
    /* some keys long, so that dead ones soon outweigh the living */
    int n = snprintf(out, 400, "%0*zu", i % 3 == 0 ? 300 : 1, i);
    return (struct str){out, (size_t)n};
}

static void check_model(const struct map *m, const bool *there, const uint64_t *values)
{
    size_t seen = 0, it = 0, want = 0;
    struct str key;
    uint64_t v;
    while (map_each(m, &it, &key, &v)) {
        size_t i = strtoul(key.ptr, NULL, 10);
        assert_true(i < KEYS && there[i] && values[i] == v);
        seen++;
    }
    for (size_t i = 0; i < KEYS; i++)
        want += there[i];
    assert_int_equal(seen, want);
    assert_int_equal(m->len, want);
}

static void map_model(void **state)
{
    (void)state;
    static bool there[KEYS];
    static uint64_t values[KEYS];
    struct map m;
    size_t most = 0;
    map_init(&m);
    test_seed("map");
    for (int n = 0; n < CASES * 5; n++) {
        char text[400];
        size_t i = test_below(KEYS);
        struct str key = key_of(i, text);
        uint64_t v = 0;
        if (map_get(&m, key, &v) != there[i] || (there[i] && v != values[i]))
            fail_msg("key %zu after %d steps", i, n);
        if (test_below(2) == 0) {
            assert_true(map_del(&m, key) == there[i]);
            there[i] = false;
        } else {
            values[i] = test_random();
            map_put(&m, key, values[i]);
            there[i] = true;
        }
        most = m.keys.used > most ? m.keys.used : most;
        if (n % 5000 == 0)
            check_model(&m, there, values);
    }
    check_model(&m, there, values);
    assert_in_range(most, 1, 400000); /* keys that come and go do not pile up */
    map_clear(&m);
}

/* A key may be one the map itself holds, also when the put moves the keys. */
static void map_own_keys(void **state)
{
    (void)state;
    struct map m;
    map_init(&m);
    for (int i = 0; i < 3000; i++) {
        char text[80];
        int n = snprintf(text, sizeof text, "%064d", i);
        map_put(&m, (struct str){text, (size_t)n}, 0);
        size_t it = 0;
        struct str key;
        assert_true(map_each(&m, &it, &key, NULL));
        assert_true(map_del(&m, key));
        map_put(&m, key, 1);
        assert_true(map_del(&m, key));
    }
    assert_int_equal(m.len, 0);
    map_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays),
        cmocka_unit_test(map_basics),
        cmocka_unit_test(map_model),
        cmocka_unit_test(map_own_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
