/* fleet.c - the simulated province: who stands where, and what devices measure when. */
#include "field/fleet.h"
#include <stdio.h>
#include <stdlib.h>

const struct fleet_measure fleet_measures[FLEET_KINDS] = {
    {"kwh", "机群/电表", "用电量(机群)", "千瓦时", "counter", 2},
    {"kw", "机群/功率", "用电负荷(机群)", "千瓦", "gauge", 1},
    {"pcs", "机群/产量", "产量(机群)", "件", "event", 0},
    {"run", "机群/运行", "运行设备数(机群)", "台", "state", 0},
};

/* Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014 */
uint64_t fleet_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static uint64_t draw(uint64_t seed, uint64_t what, uint64_t i)
{
    return fleet_mix(fleet_mix(seed + what * 0x9E3779B97F4A7C15u) ^ i);
}

/* ---- who stands where ---- */

/* 1..n, small numbers more often: the smaller of two draws. */
static uint16_t uneven(uint64_t h, unsigned n)
{
    unsigned a = (unsigned)(h & 0xFFFFFF) % n, b = (unsigned)(h >> 24 & 0xFFFFFF) % n;
    return (uint16_t)(1 + (a < b ? a : b));
}

static struct fleet_firm firm_make(uint64_t seed, uint32_t i)
{
    static const uint8_t shift_of[] = {0, 1, 1, 2, 2, 3, 3, 3};
    struct fleet_firm f = {0};
    uint64_t tier = draw(seed, 7, i) % 1000;
    f.county = uneven(draw(seed, 1, i), FLEET_COUNTIES);
    if (draw(seed, 2, i) % 100 < 45) {
        f.park = uneven(draw(seed, 3, i), FLEET_PARKS);
        f.county = (uint16_t)(1 + draw(seed, 4, f.park) % FLEET_COUNTIES); /* a park is in one */
    }
    if (draw(seed, 5, i) % 100 < 70)
        f.chain = uneven(draw(seed, 6, i), FLEET_CHAINS);
    f.cluster = (uint16_t)(f.chain ? 1 + (f.chain - 1) % FLEET_CLUSTERS : 0);
    f.sector = uneven(draw(seed, 8, i), FLEET_SECTORS);
    f.tier = (uint16_t)(tier >= 998   ? 6
                        : tier >= 985 ? 5
                        : tier >= 950 ? 4
                        : tier >= 850 ? 3
                        : tier >= 600 ? 2
                                      : 1);
    f.shift = shift_of[draw(seed, 9, f.sector) % sizeof shift_of];
    return f;
}

/* Few large enterprises have many points: 1 to 4000, their number falls with its square. */
static uint32_t points_of(uint64_t seed, uint32_t i)
{
    uint64_t u = 1 + draw(seed, 10, i) % 4000;
    return (uint32_t)(8 * 4000 / (u + 7)) + 4;
}

static void firms_make(struct fleet *f)
{
    for (uint32_t at = 0; at < f->o.points;) {
        uint32_t i = (uint32_t)f->firms.len, n = points_of(f->o.seed, i);
        struct fleet_firm firm = firm_make(f->o.seed, i);
        firm.first = at;
        firm.points = n < f->o.points - at ? n : f->o.points - at;
        at += firm.points;
        vec_push(&f->firms, firm);
    }
}

static void points_make(struct fleet *f)
{
    for (uint32_t p = 0; p < f->o.points; p++) {
        uint64_t h = draw(f->o.seed, 11, p), kind = h % 100;
        f->kind[p] = kind < 45   ? FLEET_KWH
                     : kind < 85 ? FLEET_KW
                     : kind < 95 ? FLEET_PIECES
                                 : FLEET_RUN;
        f->last[p] = INT64_MIN;
        f->value[p] = f->kind[p] == FLEET_KWH ? (int64_t)(h >> 8) % 100000000 : 0;
    }
}

enum code fleet_new(struct fleet **out, const struct fleet_options *o, struct error *err)
{
    if (o->points < 1 || o->points > 20000000)
        return error_set(err, E_INPUT, "a fleet has 1 to 20000000 points, not %u", o->points);
    if (o->connections < 1 || o->connections > FLEET_CONNECTIONS_MAX)
        return error_set(err, E_INPUT, "a fleet has 1 to %d connections, not %u",
                         FLEET_CONNECTIONS_MAX, o->connections);
    if (o->batch < 1 || o->batch > 200000 || o->every_s < 1 || o->every_s > 86400)
        return error_set(err, E_INPUT,
                         "a batch has 1 to 200000 readings, a point sends every 1 to 86400 s");
    if (o->qos > 1)
        return error_set(err, E_INPUT, "QoS of data is 0 or 1, not %u", o->qos);
    struct fleet *f = mem_zalloc(sizeof *f);
    f->o = *o;
    firms_make(f);
    f->kind = mem_zalloc(o->points);
    f->value = mem_zalloc(o->points * sizeof *f->value);
    f->used = mem_zalloc(o->points * sizeof *f->used);
    f->last = mem_zalloc(o->points * sizeof *f->last);
    f->count = mem_zalloc(f->firms.len * sizeof *f->count);
    points_make(f);
    *out = f;
    return OK;
}

void fleet_free(struct fleet *f)
{
    if (!f)
        return;
    vec_clear(&f->firms);
    mem_free(f->kind);
    mem_free(f->value);
    mem_free(f->used);
    mem_free(f->last);
    mem_free(f->count);
    mem_free(f);
}

/* ---- load ---- */

/* Hours of the day in percent of what is installed: round the clock, three, two, one shift. */
static const uint8_t hours[FLEET_SHIFTS][24] = {
    {90, 90, 89, 89, 89, 90, 91, 92, 94, 95, 95, 94,
     93, 94, 95, 95, 95, 94, 93, 93, 92, 92, 91, 90},
    {70, 69, 68, 68, 68, 69, 72, 80, 90, 92, 92, 86,
     82, 90, 92, 92, 90, 84, 80, 80, 79, 78, 75, 72},
    {12, 12, 12, 12, 12, 20, 65, 82, 88, 90, 90, 70,
     72, 88, 90, 90, 86, 80, 78, 76, 74, 60, 20, 13},
    {6, 6, 6, 6, 6, 7, 15, 55, 82, 88, 88, 45, 50, 84, 88, 86, 78, 35, 15, 10, 8, 7, 6, 6},
};
static const uint8_t saturday[FLEET_SHIFTS] = {100, 96, 75, 30}, sunday[] = {99, 92, 55, 12};
static const uint8_t festival[FLEET_SHIFTS] = {88, 55, 18, 8}, holiday[] = {97, 85, 50, 15};

/* First day of the lunar year, 2024 to 2030 (GB/T 33661-2017). */
static const struct {
    int year, month, day;
} spring[] = {{2024, 2, 10}, {2025, 1, 29}, {2026, 2, 17}, {2027, 2, 6},
              {2028, 1, 26}, {2029, 2, 13}, {2030, 2, 3}};

/* Days from the eve of the Spring Festival on: 0..7; work thins out before and comes back behind.
 */
static int festival_percent(int shift, day_t day)
{
    for (size_t i = 0; i < sizeof spring / sizeof *spring; i++) {
        int since = day - day_from(spring[i].year, spring[i].month, spring[i].day) + 1;
        if (since >= 0 && since <= 7)
            return festival[shift];
        if (since >= -7 && since < 0)
            return festival[shift] + (100 - festival[shift]) * -since / 8;
        if (since > 7 && since <= 15)
            return festival[shift] + (100 - festival[shift]) * (since - 7) / 9;
    }
    return 100;
}

static int day_percent(int shift, day_t day)
{
    int year, month, date, percent = festival_percent(shift, day), weekday = day_weekday(day);
    day_split(day, &year, &month, &date);
    bool off = (month == 1 && date == 1) || (month == 5 && date <= 3) || (month == 10 && date <= 7);
    if (percent < 100)
        return percent;
    if (off)
        return holiday[shift];
    return weekday == 6 ? saturday[shift] : weekday == 7 ? sunday[shift] : 100;
}

int32_t fleet_load(int shift, int64_t time_ms)
{
    int64_t local = time_ms / 1000 + 8 * 3600;
    int hour = (int)(local % 86400 / 3600), next = (hour + 1) % 24, into = (int)(local % 3600);
    int64_t between =
        hours[shift][hour] * (3600 - into) + hours[shift][next] * into; /* of 360000 */
    return (int32_t)(between * day_percent(shift, (day_t)(local / 86400)) / 36);
}

/* ---- what is measured ---- */

size_t fleet_series(uint32_t firm, uint32_t point, char out[48])
{
    static const char shape[] = "dev,ent=E0000000,id=D00000000";
    memcpy(out, shape, sizeof shape);
    for (char *p = out + 15; firm; firm /= 10)
        *p-- = (char)('0' + firm % 10);
    for (char *p = out + 28; point; point /= 10)
        *p-- = (char)('0' + point % 10);
    return sizeof shape - 1;
}

/* The first reading is the mark from which is counted; of a meter that was replaced its own index
 * is what is known to have been used. */
static void heard(struct fleet *f, uint32_t point, int64_t value)
{
    int64_t last = f->last[point];
    if (f->kind[point] == FLEET_KWH && last != INT64_MIN)
        f->used[point] += value >= last ? value - last : value;
    f->last[point] = value;
}

bool fleet_make(struct fleet *f, uint32_t firm, uint32_t point, int64_t tick, int32_t load_ppm,
                struct fleet_reading *out)
{
    uint64_t h = fleet_mix(f->o.seed ^ (uint64_t)tick << 28 ^ point);
    int64_t rated_dw = 5 + (int64_t)(fleet_mix(point) % 64) * (int64_t)(fleet_mix(point) >> 8 & 31);
    int64_t *value = &f->value[point];
    /* a load of its own: +-6 % from minute to minute; one device in twelve stands for half an hour
     */
    int64_t stretch = tick * f->o.every_s / 1800;
    bool idle = fleet_mix(point * 0x9E3779B1u ^ (uint64_t)stretch) % 12 == 0;
    int64_t dw = idle ? 0 : rated_dw * load_ppm / 1000000 * (940 + (int64_t)(h & 127)) / 1000;
    switch ((enum fleet_kind)f->kind[point]) {
    case FLEET_KWH: { /* 0.01 kWh, what does not make a whole one by chance */
        int64_t hundredths = dw * f->o.every_s * 10, add = hundredths / 3600;
        add += (int64_t)(h >> 8 & 0xFFF) < hundredths % 3600 * 4096 / 3600;
        bool replaced = (h >> 20) % 100003 == 0;
        *value = replaced ? add : *value + add;
        break;
    }
    case FLEET_KW:
        *value = dw;
        break;
    case FLEET_PIECES:
        *value = dw * f->o.every_s / 600;
        break;
    default:
        *value = dw > 0;
        break;
    }
    /* three in a thousand are not heard for an hour; a counter has gone on meanwhile */
    if (fleet_mix((uint64_t)point << 32 ^ (uint64_t)(tick * f->o.every_s / 3600)) % 1000 < 3)
        return false;
    heard(f, point, *value);
    *out = (struct fleet_reading){point, firm,
                                  f->o.from_ms + tick * f->o.every_s * 1000 +
                                      (int64_t)(fleet_mix(point) % (f->o.every_s * 1000 / 2)),
                                  *value, false};
    return true;
}
