/* modbus_fuzz.c - any bytes as a table of points and as an answer: plans read only what points
 * have, values are within the sample's range, an answer is taken whole or refused. First byte:
 * which. */
#include "field/modbus.h"
#include "fuzz.h"

static void sample_must(const struct sample *s)
{
    MUST(s->state == STATE_VALUE || s->state == STATE_NULL);
    MUST(s->mantissa <= 1000000000000000000 && s->mantissa >= -1000000000000000000);
    MUST(s->state == STATE_VALUE || s->mantissa == 0);
}

static void request(const struct modbus_map *m, const struct modbus_request *r, struct str seed)
{
    uint8_t data[256] = {0};
    struct sample s = {0};
    unsigned max = r->space <= MODBUS_DISCRETE ? MODBUS_BITS_MAX : m->links.v[r->link].max;
    MUST(r->count >= 1 && r->count <= max && r->address + r->count <= 65536);
    for (size_t i = 0; i < sizeof data && seed.len; i++)
        data[i] = (uint8_t)seed.ptr[(i * 7 + r->address) % seed.len];
    /* on the heap, exactly as long as the answer */
    size_t len = r->space <= MODBUS_DISCRETE ? (r->count + 7u) / 8 : r->count * 2u;
    char *exact = malloc(len);
    memcpy(exact, data, len);
    for (uint32_t i = 0; i < r->points; i++) {
        modbus_value(&m->points.v[m->order.v[r->first + i]], r, (struct str){exact, len}, &s);
        sample_must(&s);
    }
    free(exact);
}

static void table(struct str bytes)
{
    struct modbus_map *m;
    struct error err = {0};
    if (modbus_map_read(bytes, &m, &err) != OK) {
        MUST(err.text[0] != '\0');
        return;
    }
    size_t points = 0;
    for (size_t i = 0; i < m->requests.len; i++) {
        request(m, &m->requests.v[i], bytes);
        points += m->requests.v[i].points;
    }
    MUST(points == m->points.len);
    modbus_map_free(m);
}

static void answer(struct str in)
{
    if (in.len < 6)
        return;
    const uint8_t *p = (const uint8_t *)in.ptr;
    struct modbus_ask a = {.mode = p[0] & 1 ? MODBUS_RTU : MODBUS_TCP,
                           .transaction = p[1],
                           .unit = p[2],
                           .function = (uint8_t)(1 + p[3] % 4),
                           .count = (uint16_t)(1 + p[4] % 125)};
    struct str data = STR_NULL;
    size_t used;
    uint8_t exception = 0;
    struct error err = {0};
    in = str_sub(in, 5, in.len);
    enum modbus_got got = modbus_take(&a, in, &used, &data, &exception, &err);
    MUST(used <= in.len);
    MUST((got == MODBUS_BROKEN) == (err.text[0] != '\0'));
    if (got == MODBUS_DATA)
        MUST(used > data.len && data.ptr >= in.ptr && data.ptr + data.len <= in.ptr + used &&
             data.len == (a.function <= 2 ? (a.count + 7u) / 8 : a.count * 2u));
    if (got == MODBUS_LATE || got == MODBUS_EXCEPTION)
        MUST(used > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str rest = {(const char *)data + 1, size - 1};
    data[0] & 1 ? answer(rest) : table(rest);
    return 0;
}
