/* block_fuzz.c - any bytes as a run and as a section of a block file: read or refused, never past
 * an end; what was read comes back from its own encoding, and peeking agrees with unpacking. The
 * first byte chooses: even a run, odd a section. */
#include "fuzz.h"
#include "readings/block_int.h"

static int64_t times[BLOCK_RUN_MAX], values[BLOCK_RUN_MAX];
static int64_t times2[BLOCK_RUN_MAX], values2[BLOCK_RUN_MAX];

static void check_again(size_t n)
{
    struct buf out;
    struct error err = {0};
    size_t n2 = 0;
    for (size_t i = 0; i < n; i++)
        if (times[i] > BLOCK_TIME_MOST || times[i] < -BLOCK_TIME_MOST)
            return; /* more than block_encode takes */
    buf_init(&out, SIZE_MAX / 2);
    block_encode(&out, times, values, n);
    struct str rest = buf_str(&out);
    MUST(block_decode(&rest, times2, values2, BLOCK_RUN_MAX, &n2, &err) == OK);
    MUST(n2 == n && rest.len == 0);
    MUST(memcmp(times, times2, n * sizeof *times) == 0);
    MUST(memcmp(values, values2, n * sizeof *values) == 0);
    buf_clear(&out);
}

static void check_run(const struct run *r, int64_t base_ms)
{
    int64_t first = 0, last = 0;
    struct bytes head = r->body, skipped = r->body;
    bool peeks = times_peek(&head, r->n, base_ms, &first, &last);
    bool skips = times_skip(&skipped, r->n, base_ms);
    if (!run_decode(r, base_ms, times, values))
        return;
    MUST(peeks && skips && first == times[0] && last == times[r->n - 1]);
    for (size_t i = 1; i < r->n; i++)
        MUST(times[i] >= times[i - 1]);
    MUST(run_decode(r, base_ms, NULL, values2));
    MUST(memcmp(values, values2, r->n * sizeof *values) == 0);
    check_again(r->n);
}

static void one_section(struct bytes b)
{
    struct section_reader s;
    struct run r;
    if (!section_open(&s, b, 7))
        return;
    while (s.left > 0 && section_next(&s, &r))
        check_run(&r, s.base_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes b = {data + 1, data + size, data + size};
    struct run r;
    if (data[0] & 1) {
        one_section(b);
    } else if (run_next(&b, &r)) {
        struct str rest = {(const char *)data + 1, size - 1};
        struct error err = {0};
        size_t n = 0;
        check_run(&r, 0);
        enum code code = block_decode(&rest, times, values, 100, &n, &err);
        MUST(code == OK ? n == r.n && n <= 100 : err.text[0] != '\0');
    }
    return 0;
}
