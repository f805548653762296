/* block_example_test.c - examples/readings/read-block.c, which knows nothing of this program,
 * prints what was put into a file. */
#include "readings/block.h"
#include "readings/block_testing.h"
#include <unistd.h>

enum { POINTS = 500, RUN_MOST = 3000 };
static char dir[200], program[300], path[300];

static int build(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR"), *source = getenv("LUOSHU_SOURCE");
    char command[1000];
    snprintf(dir, sizeof dir, "%s/luoshu-example-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(program, sizeof program, "%s/read-block", dir);
    snprintf(path, sizeof path, "%s/a", dir);
    snprintf(command, sizeof command,
             "cc -std=c99 -O1 -Wall -Wextra -Werror -o '%s' '%s/examples/readings/read-block.c'",
             program, source != NULL ? source : ".");
    return system(command);
}

static int clean(void **state)
{
    (void)state;
    unlink(program);
    unlink(path);
    return rmdir(dir);
}

/* Dense and scattered points, short and long runs of every shape; returns what should be printed.
 */
static struct buf write_file(void)
{
    static int64_t t[RUN_MOST], v[RUN_MOST];
    struct block_writer *w;
    struct buf want;
    uint32_t point = 0;
    buf_init(&want, SIZE_MAX / 2);
    assert_int_equal(block_writer_begin(&w, path, 3, 4, NULL), OK);
    for (int i = 0; i < POINTS; i++) {
        size_t n = 1 + test_below(test_below(20) == 0 ? RUN_MOST : 80);
        point += i < POINTS / 2 ? 1 : 1 + (uint32_t)test_below(100000);
        make_times(t, n, T0 + (int64_t)test_below(900000), 2 + test_below(100));
        make_values(v, n);
        assert_int_equal(block_writer_put(w, point, t, v, n, NULL), OK);
        for (size_t k = 0; k < n; k++)
            buf_fmt(&want, "%u,%lld,%lld\n", point, (long long)t[k], (long long)v[k]);
    }
    assert_int_equal(block_writer_end(w, NULL), OK);
    return want;
}

static void a_plain_program_reads_it(void **state)
{
    (void)state;
    char command[700], line[200];
    test_seed("the example prints what was written");
    struct buf want = write_file(), got;
    buf_init(&got, SIZE_MAX / 2);
    snprintf(command, sizeof command, "'%s' '%s'", program, path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        buf_z(&got, line);
    assert_int_equal(pclose(f), 0);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.ptr, want.ptr, want.len);
    buf_clear(&got);
    buf_clear(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_plain_program_reads_it)};
    return cmocka_run_group_tests(tests, build, clean);
}
