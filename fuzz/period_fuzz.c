/* period_fuzz.c - the input as a period's text, and as two days and a shift. */
#include "base/calendar.h"
#include "fuzz.h"

static void check_period(struct period p, int years)
{
    char text[32], label[64];
    struct period back, moved, tiles[40];
    size_t n = period_text(p, text), count;
    MUST(n < sizeof text && text[n] == '\0');
    MUST(period_parse((struct str){text, n}, &back, NULL) == OK && period_eq(p, back));
    MUST(utf8_valid((struct str){label, period_label(p, true, label)}));
    MUST(utf8_valid((struct str){label, period_label(p, false, label)}));
    moved = period_shift_years(p, years);
    MUST(DAY_MIN <= moved.first && moved.first <= moved.last && moved.last <= DAY_MAX);
    if (period_before(p, &moved, NULL) == OK)
        MUST(moved.last < p.first && period_kind(moved) == period_kind(p));
    for (int kind = 0; kind < PERIOD_KINDS; kind++) {
        if (period_tiles(p, (enum period_kind)kind, years & 1, tiles, 40, &count, NULL) != OK)
            continue;
        MUST(count > 0 && tiles[0].first == p.first && tiles[count - 1].last == p.last);
        for (size_t i = 1; i < count; i++)
            MUST(tiles[i].first == tiles[i - 1].last + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct period p;
    struct error err = {0};
    if (period_parse(text, &p, &err) == OK)
        check_period(p, (int)size - 10);
    else
        MUST(err.code == E_INPUT && utf8_valid(str_z(err.text)));
    if (size >= 12) {
        int32_t v[3];
        memcpy(v, data, sizeof v);
        uint32_t days = DAY_MAX - DAY_MIN + 1;
        day_t a = DAY_MIN + (day_t)((uint32_t)v[0] % days);
        day_t b = DAY_MIN + (day_t)((uint32_t)v[1] % days);
        check_period(a <= b ? (struct period){a, b} : (struct period){b, a}, v[2]);
        check_period((struct period){a, a}, v[2]);
    }
    return 0;
}
