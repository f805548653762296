/* fleet_csv.c - the fleet as tables: what a workspace must know of it, and what it must find. */
#include "field/fleet.h"
#include <stdio.h>

#define ROOT "机群省"

struct grouping {
    const char *name, *kind, *type, *member; /* member: "%s%03u" of it */
    unsigned count;
    size_t offset; /* of the number in struct fleet_firm */
};
static const struct grouping groupings[] = {
    {"行政区划", "partition", "county", "机群县%03u", FLEET_COUNTIES,
     offsetof(struct fleet_firm, county)},
    {"园区", "partial", "park", "机群园区%03u", FLEET_PARKS, offsetof(struct fleet_firm, park)},
    {"产业链", "partial", "chain", "机群产业链%02u", FLEET_CHAINS,
     offsetof(struct fleet_firm, chain)},
    {"产业集群", "partial", "cluster", "机群集群%u", FLEET_CLUSTERS,
     offsetof(struct fleet_firm, cluster)},
    {"机群行业", "partition", "sector", "机群行业C%02u", FLEET_SECTORS,
     offsetof(struct fleet_firm, sector)},
    {"机群梯度", "partition", "tier", "机群梯度%u", FLEET_TIERS, offsetof(struct fleet_firm, tier)},
};
#define GROUPINGS (sizeof groupings / sizeof *groupings)

static unsigned place_of(const struct fleet_firm *f, const struct grouping *g)
{
    uint16_t n;
    memcpy(&n, (const char *)f + g->offset, sizeof n);
    return n;
}

static void put_row(struct buf *b, const char *const *cells, size_t n)
{
    struct str row[16];
    for (size_t i = 0; i < n; i++)
        row[i] = str_z(cells[i]);
    csv_put(b, row, n);
}
#define ROW(b, ...)                                                                                \
    put_row(b, (const char *const[]){__VA_ARGS__},                                                 \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* ---- totals ---- */

struct total {
    uint64_t points, readings;
    i128 sum, last, used;
};

static void total_add(const struct fleet *f, uint32_t firm, struct total t[FLEET_KINDS])
{
    const struct fleet_firm *e = &f->firms.v[firm];
    for (uint32_t p = e->first; p < e->first + e->points; p++) {
        struct total *to = &t[f->kind[p]];
        to->points++;
        to->used += f->used[p];
        if (f->last[p] != INT64_MIN)
            to->last += f->last[p];
    }
    for (int k = 0; k < FLEET_KINDS; k++) {
        t[k].readings += f->count[firm][k].readings;
        t[k].sum += f->count[firm][k].sum;
    }
}

static void total_put(struct buf *b, const char *grouping, const char *member,
                      const struct total t[FLEET_KINDS])
{
    for (int k = 0; k < FLEET_KINDS; k++) {
        const struct fleet_measure *m = &fleet_measures[k];
        char points[24], readings[24], sum[DEC_TEXT], last[DEC_TEXT], used[DEC_TEXT] = "";
        if (t[k].points == 0)
            continue;
        snprintf(points, sizeof points, "%llu", (unsigned long long)t[k].points);
        snprintf(readings, sizeof readings, "%llu", (unsigned long long)t[k].readings);
        dec_text(t[k].sum, m->decimals, sum);
        dec_text(t[k].last, m->decimals, last);
        if (k == FLEET_KWH)
            dec_text(t[k].used, m->decimals, used);
        ROW(b, grouping, member, m->indicator, m->field, m->unit, points, readings, sum, last,
            used);
    }
}

static void totals_by(const struct fleet *f, const struct grouping *g, struct buf *out)
{
    char name[64];
    struct total(*t)[FLEET_KINDS] = mem_zalloc((g->count + 1) * sizeof *t);
    for (uint32_t i = 0; i < f->firms.len; i++)
        total_add(f, i, t[place_of(&f->firms.v[i], g)]);
    for (unsigned i = 1; i <= g->count; i++) {
        snprintf(name, sizeof name, g->member, i);
        total_put(out, g->name, name, t[i]);
    }
    total_put(out, g->name, "", t[0]); /* in none */
    mem_free(t);
}

void fleet_totals(const struct fleet *f, bool firms, struct buf *out)
{
    struct total all[FLEET_KINDS] = {0};
    char name[64];
    ROW(out, "grouping", "member", "indicator", "field", "unit", "points", "readings", "sum",
        "last", "used");
    for (uint32_t i = 0; i < f->firms.len; i++)
        total_add(f, i, all);
    total_put(out, "", ROOT, all);
    for (size_t g = 0; g < GROUPINGS; g++)
        totals_by(f, &groupings[g], out);
    for (uint32_t i = 0; firms && i < f->firms.len; i++) {
        struct total one[FLEET_KINDS] = {0};
        total_add(f, i, one);
        snprintf(name, sizeof name, "E%07u", i);
        total_put(out, "enterprise", name, one);
    }
}

/* ---- what a workspace must know ---- */

static void regions(const struct fleet *f, struct buf *out)
{
    char name[64];
    ROW(out, "name", "type", "parent", "aliases", "note");
    ROW(out, ROOT, "province", "中国", "", "simulated by luoshu fleet");
    for (size_t g = 0; g < GROUPINGS; g++)
        for (unsigned i = 1; i <= groupings[g].count; i++) {
            snprintf(name, sizeof name, groupings[g].member, i);
            ROW(out, name, groupings[g].type, g == 0 ? ROOT : "", "", "");
        }
    for (uint32_t i = 0; i < f->firms.len; i++) {
        snprintf(name, sizeof name, "机群企业E%07u", i);
        ROW(out, name, "enterprise", "", "", "");
    }
}

static void memberships(const struct fleet *f, struct buf *out)
{
    char firm[64], place[64];
    ROW(out, "grouping", "child", "parent", "kind");
    for (size_t g = 1; g < GROUPINGS; g++)
        for (unsigned i = 1; i <= groupings[g].count; i++) {
            snprintf(place, sizeof place, groupings[g].member, i);
            ROW(out, groupings[g].name, place, ROOT, groupings[g].kind);
        }
    for (uint32_t i = 0; i < f->firms.len; i++)
        for (size_t g = 0; g < GROUPINGS; g++) {
            unsigned n = place_of(&f->firms.v[i], &groupings[g]);
            if (n == 0)
                continue;
            snprintf(firm, sizeof firm, "机群企业E%07u", i);
            snprintf(place, sizeof place, groupings[g].member, n);
            ROW(out, groupings[g].name, firm, place, groupings[g].kind);
        }
}

static void profiles(const struct fleet *f, struct buf *out)
{
    char decimals[4], every[12];
    ROW(out, "profile", "indicator", "unit", "kernel", "decimals", "every_s");
    snprintf(every, sizeof every, "%u", f->o.every_s);
    for (int k = 0; k < FLEET_KINDS; k++) {
        const struct fleet_measure *m = &fleet_measures[k];
        snprintf(decimals, sizeof decimals, "%u", m->decimals);
        ROW(out, m->profile, m->indicator, m->unit, m->kernel, decimals, every);
    }
}

static void points(const struct fleet *f, const struct fleet_transport *how, struct buf *out)
{
    char device[48], firm[64];
    struct fleet_name name;
    ROW(out, "series", "field", "entity", "profile", "device");
    for (uint32_t i = 0; i < f->firms.len; i++) {
        const struct fleet_firm *e = &f->firms.v[i];
        snprintf(firm, sizeof firm, "机群企业E%07u", i);
        for (uint32_t p = e->first; p < e->first + e->points; p++) {
            fleet_series(i, p, device);
            how->point(f, i, p, &name);
            ROW(out, name.series, name.field, firm, fleet_measures[f->kind[p]].profile,
                device + 20);
        }
    }
}

const char *fleet_provision(const struct fleet *f, const struct fleet_transport *how, int file,
                            struct buf *out)
{
    static void (*const make[])(const struct fleet *, struct buf *) = {regions, memberships,
                                                                       profiles};
    static const char *const names[] = {"regions.csv", "memberships.csv", "profiles.csv"};
    if (file < 3) {
        make[file](f, out);
        return names[file];
    }
    if (file == 3) {
        points(f, how, out);
        return "points.csv";
    }
    if (how->devices_name)
        how->devices(f, out);
    return how->devices_name;
}
