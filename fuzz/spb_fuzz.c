/* spb_fuzz.c - any bytes as a Sparkplug B payload: refused with a reason, or metrics that stay
 * within the bytes and whose encoding is read as the same again. */
#include "field/spb.h"
#include "fuzz.h"

static void values(const struct spb_metric *m, unsigned depth)
{
    struct spb_number n;
    for (uint32_t type = 0; type <= SPB_TYPES; type++) {
        enum spb_says says = spb_value(m, type, &n);
        MUST(says <= SPB_SAYS_MALFORMED);
        size_t count = says == SPB_SAYS_MANY ? spb_elements(m, type) : 0;
        for (size_t i = 0; i < count; i += 1 + count / 100)
            spb_element(m, type, i, &n);
    }
    struct spb_template t;
    if (m->field == SPB_IN_TEMPLATE && depth < SPB_TEMPLATE_DEPTH &&
        spb_template(m->bytes, &t, NULL) == OK) {
        for (size_t i = 0; i < t.metrics.len; i++)
            values(&t.metrics.v[i], depth + 1);
        vec_clear(&t.metrics);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct spb_payload one, two;
    struct spb_topic topic;
    struct arena a;
    struct buf first, second;
    struct error err = {0};
    spb_topic(bytes, &topic);
    arena_init(&a, (size_t)64 << 20);
    buf_init(&first, (size_t)64 << 20);
    buf_init(&second, (size_t)64 << 20);
    if (spb_decode(bytes, &a, &one, &err) == OK) {
        MUST(one.metrics.len + one.malformed <= SPB_METRICS_MAX);
        for (size_t i = 0; i < one.metrics.len; i++)
            values(&one.metrics.v[i], 0);
        spb_encode(&first, &one);
        MUST(spb_decode(buf_str(&first), &a, &two, &err) == OK);
        MUST(two.metrics.len == one.metrics.len && two.malformed == 0);
        spb_encode(&second, &two);
        MUST(str_eq(buf_str(&first), buf_str(&second)));
        vec_clear(&one.metrics);
        vec_clear(&two.metrics);
    } else {
        MUST((err.code == E_INPUT || err.code == E_LIMIT) && err.text[0]);
    }
    buf_clear(&first);
    buf_clear(&second);
    arena_clear(&a);
    return 0;
}
