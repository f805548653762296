/* block_test.c - runs come back as they were; files find, walk, merge and notice damage. */
#include "readings/block_int.h"
#include "readings/block_testing.h"
#include <sys/stat.h>
#include <unistd.h>

static struct error err; /* of the last call that is expected to fail */

/* ---- shapes of runs ------------------------------------------------------------------------ */

enum { RUN_TEST = 5000 };
static int64_t times[BLOCK_RUN_MAX + 10], values[BLOCK_RUN_MAX + 10];
static int64_t got_times[BLOCK_RUN_MAX], got_values[BLOCK_RUN_MAX];

static void check_run(const int64_t *t, const int64_t *v, size_t n)
{
    struct buf out;
    buf_init(&out, SIZE_MAX / 2);
    block_encode(&out, t, v, n);
    assert_false(out.full);
    char *exact = mem_alloc(out.len); /* so that a sanitizer sees one byte too far */
    memcpy(exact, out.ptr, out.len);
    struct str rest = {exact, out.len};
    size_t count, length;
    int64_t first, last;
    assert_int_equal(block_peek(rest, &count, &first, &last, &length, NULL), OK);
    assert_true(count == n && first == t[0] && last == t[n - 1] && length == out.len);
    assert_int_equal(block_decode(&rest, got_times, got_values, BLOCK_RUN_MAX, &count, NULL), OK);
    assert_int_equal(count, n);
    assert_int_equal(rest.len, 0);
    assert_memory_equal(got_times, t, n * sizeof *t);
    assert_memory_equal(got_values, v, n * sizeof *v);
    mem_free(exact);
    buf_clear(&out);
}

static void a_run_comes_back(void **state)
{
    (void)state;
    test_seed("decoding undoes encoding");
    for (int i = 0; i < 3000; i++) {
        size_t n = 1 + test_below(test_below(20) == 0 ? RUN_TEST : 100);
        make_times(times, n, T0 + (int64_t)test_below(900000), 2 + test_below(100));
        make_values(values, n);
        check_run(times, values, n);
    }
}

static void the_ends_of_the_range_come_back(void **state)
{
    (void)state;
    static const size_t counts[] = {1,    2,    3,    7,    8,    9,     17,
                                    1023, 1024, 1025, 2048, 2049, 65535, BLOCK_RUN_MAX};
    static const int64_t ends[] = {INT64_MIN, INT64_MAX, 0, -1, READING_MIN, READING_RESTART};
    for (size_t k = 0; k < COUNT(counts); k++)
        for (size_t e = 0; e < COUNT(ends); e++) {
            for (size_t i = 0; i < counts[k]; i++) {
                times[i] = e % 2 == 0 ? 0 : (int64_t)i * 1000;
                values[i] = ends[(e + (i % 5 == 4)) % COUNT(ends)];
            }
            check_run(times, values, counts[k]);
        }
    times[0] = -BLOCK_TIME_MOST;
    times[1] = BLOCK_TIME_MOST;
    check_run(times, values, 2);
}

static void usual_runs_are_short(void **state)
{
    (void)state;
    struct buf out;
    static const struct {
        size_t most;
        const char *why;
    } rows[] = {
        {20, "a constant on a grid"},
        {20 + 60 * 10 / 8, "ten bits of noise"},
        {30 + 60 * 7 / 8, "a register with seven bits of noise in its steps"},
        {30 + 60 * 7 / 8, "the same with an absent and a wild value"},
        {34 + 30 * 10 / 8, "on for half of the time"},
        {30, "two missing, one twice, one late"},
        {30 + 60 * 10 / 8, "milliseconds of jitter on a grid"},
    };
    buf_init(&out, SIZE_MAX / 2);
    test_state = 1;
    for (size_t row = 0; row < COUNT(rows); row++) {
        int64_t at = T0 + 7000, register_ = 123456789;
        for (size_t i = 0; i < 60; i++) {
            int64_t noise = (int64_t)test_below(1024);
            register_ += 500 + noise / 8;
            times[i] = at + (row == 6 ? noise % 512 : 0) + (row == 5 && i == 50 ? 1000 : 0);
            at += row == 5 && (i == 10 || i == 20) ? 120000 : row == 5 && i == 30 ? 0 : 60000;
            values[i] = row == 1 ? 40000 + noise : row == 2 || row == 3 ? register_ : 5000;
            values[i] = row == 4 ? (i < 30 ? 40000 + noise : 0) : values[i];
            values[i] = row == 3 && i == 20 ? READING_NULL : values[i];
            values[i] = row == 3 && i == 40 ? INT64_C(99999999999) : values[i];
        }
        buf_reset(&out);
        block_encode(&out, times, values, 60);
        if (out.len > rows[row].most)
            fail_msg("%s: %zu bytes, expected at most %zu", rows[row].why, out.len, rows[row].most);
        check_run(times, values, 60);
    }
    buf_clear(&out);
}

static void damaged_runs_are_refused(void **state)
{
    (void)state;
    struct buf out;
    size_t n;
    buf_init(&out, SIZE_MAX / 2);
    test_seed("any byte of a run may be any other: decoded or refused, never past an end");
    for (int i = 0; i < 3000; i++) {
        size_t count = 1 + test_below(100);
        make_times(times, count, T0, 10);
        make_values(values, count);
        buf_reset(&out);
        block_encode(&out, times, values, count);
        size_t len = test_below(3) == 0 ? test_below(out.len) : out.len;
        char *bytes = mem_alloc(len + 1);
        memcpy(bytes, out.ptr, len);
        if (len == out.len)
            bytes[test_below(len)] ^= (char)(1 << test_below(8));
        struct str rest = {bytes, len};
        int64_t *t = mem_alloc(200 * sizeof *t), *v = mem_alloc(200 * sizeof *v), first, last;
        memset(&err, 0, sizeof err);
        enum code code = block_decode(&rest, t, v, 200, &n, &err);
        assert_true(code == OK || code == E_INPUT || code == E_LIMIT);
        assert_true(code == OK || (err.text[0] != '\0' && rest.len == len));
        assert_true(len == out.len || code != OK);
        for (size_t k = 1; code == OK && k < n; k++)
            assert_true(t[k] >= t[k - 1]);
        rest = (struct str){bytes, len};
        size_t length;
        code = block_peek(rest, &n, &first, &last, &length, &err);
        assert_true(code != OK || length <= len);
        mem_free(t);
        mem_free(v);
        mem_free(bytes);
    }
    make_times(times, 50, T0, 10);
    make_values(values, 50);
    buf_reset(&out);
    block_encode(&out, times, values, 50);
    struct str rest = buf_str(&out);
    memset(&err, 0, sizeof err);
    assert_int_equal(block_decode(&rest, times, values, 49, &n, &err), E_LIMIT);
    buf_clear(&out);
}

static void checksums_are_castagnolis(void **state)
{
    (void)state;
    static const uint8_t zeros[32]; /* RFC 3720, B.4 */
    assert_int_equal(crc32c(0, zeros, 32), 0x8A9136AA);
    assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283);
    test_seed("with and without the instruction, whole and in parts");
    for (int i = 0; i < 200; i++) {
        uint8_t bytes[300];
        size_t n = test_below(sizeof bytes), part = test_below(n + 1);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (uint8_t)test_random();
        uint32_t crc = crc32c(0, bytes, n);
        assert_int_equal(crc, crc32c_plain(0, bytes, n));
        assert_int_equal(crc, crc32c(crc32c(0, bytes, part), bytes + part, n - part));
    }
}

/* ---- files --------------------------------------------------------------------------------- */

static char dir[256];

static const char *path_of(const char *name)
{
    static char path[2][300];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static int make_dir(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/luoshu-block-XXXXXX", tmp != NULL ? tmp : "/tmp");
    return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "merged", "damaged", "a.part"};
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(path_of(names[i]));
    return rmdir(dir);
}

/* What a file should hold: readings by point, time and order of arrival. */
struct all {
    VEC(uint32_t) point;
    i64_vec time_ms, value;
};

static void all_add(struct all *a, uint32_t point, const int64_t *t, const int64_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        vec_push(&a->point, point);
        vec_push(&a->time_ms, t[i]);
        vec_push(&a->value, v[i]);
    }
}

static void all_clear(struct all *a)
{
    vec_clear(&a->point);
    vec_clear(&a->time_ms);
    vec_clear(&a->value);
}

/* A file of some points with some runs each. */
static void make_file(const char *path, uint32_t generation, int64_t begin, uint32_t points,
                      struct all *a)
{
    struct block_writer *w;
    assert_int_equal(block_writer_begin(&w, path, generation, generation, NULL), OK);
    uint64_t sparse = 1 + test_below(3);
    for (uint32_t p = (uint32_t)test_below(5); p < points; p += 1 + (uint32_t)test_below(sparse)) {
        int64_t at = begin + (int64_t)test_below(60000);
        size_t runs = 1 + (test_below(20) == 0) * test_below(3);
        for (size_t r = 0; r < runs; r++) {
            size_t n = 1 + test_below(60);
            make_times(times, n, at, 50);
            make_values(values, n);
            assert_int_equal(block_writer_put(w, p, times, values, n, NULL), OK);
            all_add(a, p, times, values, n);
            at = times[n - 1];
        }
    }
    assert_int_equal(block_writer_end(w, NULL), OK);
}

static struct block_file *open_file(const char *path)
{
    struct block_file *f;
    struct error e = {0};
    if (block_open(&f, path, &e) != OK)
        fail_msg("%s", e.text);
    return f;
}

static void check_walk(const struct block_file *f, const struct all *a, uint32_t parts)
{
    struct block_cursor *c = mem_alloc(sizeof *c);
    size_t at = 0;
    c->values_only = test_below(3) == 0;
    for (uint32_t part = 0; part < parts; part++) {
        c->at = 0;
        if (parts > 1)
            block_cursor_part(c, f, part, parts);
        for (bool more = true;; at += c->n) {
            assert_int_equal(block_next(f, c, &more, NULL), OK);
            if (!more)
                break;
            assert_true(at + c->n <= a->point.len);
            for (size_t i = 0; i < c->n; i++)
                assert_int_equal(a->point.v[at + i], c->point);
            if (!c->values_only)
                assert_memory_equal(c->time_ms, a->time_ms.v + at, c->n * sizeof *c->time_ms);
            assert_memory_equal(c->value, a->value.v + at, c->n * sizeof *c->value);
        }
    }
    assert_int_equal(at, a->point.len);
    mem_free(c);
}

static void check_find(const struct block_file *f, const struct all *a, uint32_t point,
                       int64_t from, int64_t to)
{
    i64_vec t = {0}, v = {0};
    vec_push(&t, 42); /* what is there stays */
    vec_push(&v, 42);
    assert_int_equal(block_find(f, point, from, to, &t, &v, NULL), OK);
    size_t at = 1;
    for (size_t i = 0; i < a->point.len; i++) {
        if (a->point.v[i] != point || a->time_ms.v[i] < from || a->time_ms.v[i] >= to)
            continue;
        assert_true(at < t.len && t.v[at] == a->time_ms.v[i] && v.v[at] == a->value.v[i]);
        at++;
    }
    assert_true(at == t.len && at == v.len);
    vec_clear(&t);
    vec_clear(&v);
}

static void check_file(const char *path, const struct all *a, uint32_t points)
{
    struct block_file *f = open_file(path);
    assert_int_equal(block_info(f)->readings, a->point.len);
    assert_int_equal(block_verify(f, NULL), OK);
    check_walk(f, a, 1);
    check_walk(f, a, 1 + (uint32_t)test_below(7));
    for (int i = 0; i < 100; i++) {
        int64_t from = T0 + (int64_t)test_below(7200000) - 600000;
        bool whole = test_below(2) == 0;
        check_find(f, a, (uint32_t)test_below(points + 10), whole ? INT64_MIN : from,
                   whole ? INT64_MAX : from + (int64_t)test_below(3600000));
    }
    block_close(f);
}

static void a_file_holds_what_was_put(void **state)
{
    (void)state;
    test_seed("a file holds, finds and walks what was put into it");
    for (int i = 0; i < 10; i++) {
        struct all a = {0};
        uint32_t points = 1 + (uint32_t)test_below(1000);
        make_file(path_of("a"), 7, T0, points, &a);
        assert_int_equal(access(path_of("a.part"), F_OK), -1);
        check_file(path_of("a"), &a, points);
        all_clear(&a);
    }
}

static void an_empty_file_and_a_long_point(void **state)
{
    (void)state;
    struct block_writer *w;
    struct all a = {0};
    assert_int_equal(block_writer_begin(&w, path_of("a"), 1, 1, NULL), OK);
    assert_int_equal(block_writer_end(w, NULL), OK);
    check_file(path_of("a"), &a, 5);
    size_t n = BLOCK_RUN_MAX + 10; /* is put as two runs */
    make_times(times, n, T0, 50);
    make_values(values, n);
    assert_int_equal(block_writer_begin(&w, path_of("a"), 1, 1, NULL), OK);
    for (uint32_t p = 0; p < 3; p++) {
        uint32_t point = p < 2 ? p * 70000 : UINT32_MAX;
        assert_int_equal(block_writer_put(w, point, times, values, n, NULL), OK);
        all_add(&a, point, times, values, n);
    }
    assert_int_equal(block_writer_end(w, NULL), OK);
    check_file(path_of("a"), &a, 5);
    all_clear(&a);
    assert_int_equal(block_writer_begin(&w, path_of("a"), 1, 1, NULL), OK);
    block_writer_drop(w);
    assert_int_equal(access(path_of("a.part"), F_OK), -1);
    memset(&err, 0, sizeof err);
    assert_int_equal(block_writer_begin(&w, path_of("none/a"), 1, 1, &err), E_IO);
    assert_true(str_has(str_z(err.text), STR("none/a")));
}

/* Stable insertion sort by point, then time: the oldest generation first. */
static void sort_all(const struct all *a, struct all *out)
{
    size_t n = a->point.len, *at = mem_alloc(n * sizeof *at + 1),
           *to = mem_alloc(n * sizeof *to + 1);
    for (size_t i = 0; i < n; i++)
        at[i] = i;
    for (size_t width = 1; width < n; width *= 2) { /* by merging */
        for (size_t l = 0; l < n; l += 2 * width) {
            size_t m = l + width < n ? l + width : n, r = m + width < n ? m + width : n;
            for (size_t i = l, j = m, k = l; k < r; k++) {
                bool right = i == m;
                if (i < m && j < r) {
                    uint32_t pi = a->point.v[at[i]], pj = a->point.v[at[j]];
                    right = pj < pi || (pj == pi && a->time_ms.v[at[j]] < a->time_ms.v[at[i]]);
                }
                to[k] = right ? at[j++] : at[i++];
            }
        }
        size_t *swap = at;
        at = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++)
        all_add(out, a->point.v[at[i]], &a->time_ms.v[at[i]], &a->value.v[at[i]], 1);
    mem_free(at);
    mem_free(to);
}

static void files_merge(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d"};
    test_seed("merged files hold everything by time, equal times by generation");
    for (int i = 0; i < 10; i++) {
        struct all a = {0}, sorted = {0};
        struct block_file *files[4];
        size_t count = 1 + test_below(4);
        uint32_t points = 1 + (uint32_t)test_below(400);
        bool late = test_below(2) == 0; /* generations overlap in time */
        for (size_t k = 0; k < count; k++) {
            make_file(path_of(names[k]), (uint32_t)k + 1,
                      T0 + (late ? (int64_t)test_below(900000) : (int64_t)k * 3600000), points, &a);
            files[k] = open_file(path_of(names[k]));
        }
        assert_int_equal(block_merge(files, count, path_of("merged"), NULL), OK);
        sort_all(&a, &sorted);
        check_file(path_of("merged"), &sorted, points);
        struct block_file *m = open_file(path_of("merged"));
        assert_int_equal(block_info(m)->first_generation, 1);
        assert_int_equal(block_info(m)->last_generation, count);
        block_close(m);
        if (count > 1) {
            struct block_file *swapped[] = {files[1], files[0]};
            assert_int_equal(block_merge(swapped, 2, path_of("merged"), NULL), E_INPUT);
        }
        for (size_t k = 0; k < count; k++)
            block_close(files[k]);
        all_clear(&a);
        all_clear(&sorted);
    }
}

/* ---- damage -------------------------------------------------------------------------------- */

static size_t read_all(const char *path, uint8_t *bytes, size_t max)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, max, f);
    fclose(f);
    return n;
}

static void write_all(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static enum code open_and_verify(const char *path)
{
    struct block_file *f;
    memset(&err, 0, sizeof err);
    enum code code = block_open(&f, path, &err);
    if (code != OK)
        return code;
    code = block_verify(f, &err);
    block_close(f);
    return code;
}

static void damage_is_noticed(void **state)
{
    (void)state;
    struct all a = {0};
    enum { MOST = 1 << 20 };
    uint8_t *bytes = mem_alloc(MOST);
    test_seed("one bit anywhere, or a missing end, is noticed");
    make_file(path_of("a"), 1, T0, 200, &a);
    size_t n = read_all(path_of("a"), bytes, MOST);
    assert_true(n < MOST);
    write_all(path_of("damaged"), bytes, n);
    assert_int_equal(open_and_verify(path_of("damaged")), OK);
    for (int i = 0; i < 2000; i++) {
        size_t at = i < 80 ? (size_t)i : test_below(n);
        uint8_t bit = (uint8_t)(1 << test_below(8));
        bytes[at] ^= bit;
        write_all(path_of("damaged"), bytes, n);
        bytes[at] ^= bit;
        assert_int_equal(open_and_verify(path_of("damaged")), E_INPUT);
        assert_true(str_has(str_z(err.text), STR("damaged")));
    }
    for (int i = 0; i < 50; i++) {
        write_all(path_of("damaged"), bytes, test_below(n));
        assert_int_equal(open_and_verify(path_of("damaged")), E_INPUT);
    }
    unlink(path_of("damaged"));
    assert_int_equal(open_and_verify(path_of("damaged")), E_MISSING);
    mem_free(bytes);
    all_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_comes_back),
        cmocka_unit_test(the_ends_of_the_range_come_back),
        cmocka_unit_test(usual_runs_are_short),
        cmocka_unit_test(damaged_runs_are_refused),
        cmocka_unit_test(checksums_are_castagnolis),
        cmocka_unit_test(a_file_holds_what_was_put),
        cmocka_unit_test(an_empty_file_and_a_long_point),
        cmocka_unit_test(files_merge),
        cmocka_unit_test(damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
