/* regional_shift.c - shift-share: growth of a region taken apart.
 *
 * e, n, t: the industry in the region, in the nation, all of the nation; 0 and 1 the two periods.
 * Dunn 1960:    growth = e0 (t1/t0 - 1) + e0 (n1/n0 - t1/t0) + e0 (e1/e0 - n1/n0)
 *               (national share, industrial mix, regional share; net total shift = the last two)
 * Esteban-Marquillas 1972: regional share with the homothetic e' = (sum e0) n0/t0 for e0; the rest
 *               of Dunn's regional share is the allocation effect.
 * Gerfin 1964:  the same as quotients: (sum e0 n1/n0 / sum e0) / (t1/t0) and sum e1 / sum e0 n1/n0.
 * Dynamic (Barff and Knight 1988): components of single periods added, quotients averaged.
 *
 * Differences are exact decimals: each product over n0 or t0 is rounded once, at 12 decimals where
 * 128 bits allow, and what remains is found by subtraction, so that the components of every row add
 * up to the growth to the last digit. */
#include "regional_int.h"
#include <math.h>

enum component {
    GROWTH,
    NATIONAL,
    EXPECTED, /* e0 (n1/n0 - 1): what the industry did in the nation */
    MIX,
    SHARE,
    NET,
    HOMOTHETIC_SHARE,
    ALLOCATION,
    COMPONENTS
};
enum quotient { Q_MIX, Q_SHARE, Q_NET, QUOTIENTS };

struct shift {
    struct panel p;
    unsigned extra;    /* decimals beyond the panel's */
    i128 *part;        /* [region][industry][COMPONENTS] */
    i128 *region_part; /* [region][COMPONENTS] */
    double *quotient;  /* [region][QUOTIENTS] */
    size_t steps, new_industries;
};

static i128 *part_at(const struct shift *s, size_t r, size_t i)
{
    return s->part + (r * s->p.industries + i) * COMPONENTS;
}

/* a * b / c at `extra` more decimals than a * b has. */
static enum code scaled(i128 a, i128 b, i128 c, unsigned extra, i128 *out, struct error *err)
{
    i128 product;
    if (!i128_mul(a, b, &product))
        return error_set(err, E_RANGE, "a product leaves 128 bits");
    return dec_div(product, c, extra, out, err);
}

static enum code add(i128 *sum, i128 v, struct error *err)
{
    return i128_add(*sum, v, sum) ? OK : error_set(err, E_RANGE, "a sum leaves 128 bits");
}

/* e' (e1/e0 - n1/n0) with e' = r0 n0/t0; an industry new to the region has no rate of growth. */
static enum code homothetic(struct shift *s, i128 e0, i128 e1, i128 r0, i128 n0, i128 n1, i128 t0,
                            i128 *out, struct error *err)
{
    i128 base, own, nation;
    *out = 0;
    s->new_industries += e0 == 0 && e1 != 0;
    if (e0 == 0 || n0 == 0)
        return OK;
    TRY(scaled(r0, n0, t0, s->extra, &base, err));
    TRY(scaled(base, e1 - e0, e0, 0, &own, err));
    TRY(scaled(r0, n1 - n0, t0, s->extra, &nation, err));
    *out = own - nation;
    return OK;
}

static enum code step_pair(struct shift *s, size_t t, size_t r, size_t i, i128 c[COMPONENTS],
                           struct error *err)
{
    const struct panel *p = &s->p;
    i128 e0 = panel_v(p, t, r, i), e1 = panel_v(p, t + 1, r, i);
    i128 n0 = panel_nation(p, t, i), n1 = panel_nation(p, t + 1, i);
    i128 r0 = p->regional[t * p->regions + r], t0 = p->total[t], t1 = p->total[t + 1];
    if (n0 == 0 && e0 != 0)
        return error_set(err, E_INPUT,
                         "industry '%.*s' is 0 in the reference area at '%.*s' but not in region "
                         "'%.*s': it has no rate of growth",
                         STR_ARG(p->industry[i]), STR_ARG(p->period[t]), STR_ARG(p->region[r]));
    if (!i128_mul(e1 - e0, dec_pow10(s->extra), &c[GROWTH]))
        return error_set(err, E_RANGE, "a growth leaves 128 bits");
    TRY(scaled(e0, t1 - t0, t0, s->extra, &c[NATIONAL], err));
    c[EXPECTED] = 0;
    if (n0 != 0)
        TRY(scaled(e0, n1 - n0, n0, s->extra, &c[EXPECTED], err));
    c[MIX] = c[EXPECTED] - c[NATIONAL];
    c[SHARE] = c[GROWTH] - c[EXPECTED];
    c[NET] = c[GROWTH] - c[NATIONAL];
    TRY(homothetic(s, e0, e1, r0, n0, n1, t0, &c[HOMOTHETIC_SHARE], err));
    c[ALLOCATION] = c[SHARE] - c[HOMOTHETIC_SHARE];
    return OK;
}

static double ratio(double a, double b)
{
    return b != 0 ? a / b : NAN;
}

static enum code step_region(struct shift *s, size_t t, size_t r, struct error *err)
{
    const struct panel *p = &s->p;
    i128 expected = 0;
    for (size_t i = 0; i < p->industries; i++) {
        i128 c[COMPONENTS], *sum = part_at(s, r, i);
        TRY(step_pair(s, t, r, i, c, err));
        TRY(add(&expected, c[EXPECTED], err));
        for (size_t k = 0; k < COMPONENTS; k++) {
            TRY(add(&sum[k], c[k], err));
            TRY(add(&s->region_part[r * COMPONENTS + k], c[k], err));
        }
    }
    double unit = pow(10, s->extra);
    double r0 = (double)p->regional[t * p->regions + r];
    double r1 = (double)p->regional[(t + 1) * p->regions + r];
    double nation = (double)p->total[t + 1] / (double)p->total[t];
    double likely = r0 + (double)expected / unit, *q = s->quotient + r * QUOTIENTS;
    q[Q_MIX] += ratio(ratio(likely, r0), nation);
    q[Q_SHARE] += ratio(r1, likely);
    q[Q_NET] += ratio(ratio(r1, r0), nation);
    return OK;
}

static enum code run_steps(struct shift *s, struct arena *arena, struct error *err)
{
    const struct panel *p = &s->p;
    size_t pairs = p->regions * p->industries;
    s->part = arena_alloc(arena, pairs * COMPONENTS * sizeof *s->part);
    s->region_part = arena_alloc(arena, p->regions * COMPONENTS * sizeof *s->region_part);
    s->quotient = arena_alloc(arena, p->regions * QUOTIENTS * sizeof *s->quotient);
    s->steps = p->periods - 1;
    s->new_industries = 0;
    for (size_t t = 0; t < s->steps; t++) {
        if (p->total[t] == 0 || p->total[t + 1] == 0)
            return error_set(err, E_INPUT, "the reference area is 0 at '%.*s'",
                             STR_ARG(p->period[p->total[t] == 0 ? t : t + 1]));
        for (size_t r = 0; r < p->regions; r++)
            TRY(step_region(s, t, r, err));
    }
    return OK;
}

/* With as many decimals as 128 bits can hold. */
static enum code compute(struct shift *s, struct arena *arena, struct error *err)
{
    for (s->extra = 12; s->extra > 0; s->extra -= 3) {
        struct error e = {0};
        enum code code = run_steps(s, arena, &e);
        if (code == OK || code != E_RANGE) {
            if (err != NULL && code != OK)
                *err = e;
            return code;
        }
    }
    return run_steps(s, arena, err);
}

/* ---- out ---- */

struct component_row {
    const char *method, *name;
    uint8_t component;
    bool quotient, of_industry;
};
static const struct component_row component_rows[] = {
    {"Dunn",    "Growth (t1-t)",     GROWTH,           false, true },
    {"Dunn",    "National share",    NATIONAL,         false, true },
    {"Dunn",    "Industrial mix",    MIX,              false, true },
    {"Dunn",    "Regional share",    SHARE,            false, true },
    {"Dunn",    "Net total shift",   NET,              false, true },
    {"Esteban", "Growth (t1-t)",     GROWTH,           false, true },
    {"Esteban", "National share",    NATIONAL,         false, true },
    {"Esteban", "Industrial mix",    MIX,              false, true },
    {"Esteban", "Regional share",    HOMOTHETIC_SHARE, false, true },
    {"Esteban", "Allocation effect", ALLOCATION,       false, true },
    {"Gerfin",  "Industrial mix",    Q_MIX,            true,  false},
    {"Gerfin",  "Regional share",    Q_SHARE,          true,  false},
    {"Gerfin",  "Net total shift",   Q_NET,            true,  false},
};
/* Per industry as REAT's shifti has it: the national share is the industry's own growth. */
static const struct component_row reat_rows[] = {
    {"", "Growth (t1-t)",   GROWTH,   false, true},
    {"", "National share",  EXPECTED, false, true},
    {"", "Regional share",  SHARE,    false, true},
    {"", "Net total shift", SHARE,    false, true},
};
#define ROWS(array) (sizeof(array) / sizeof *(array))

enum { OPTION_METHOD = PANEL_NATION_START + 1, OPTION_DYNAMIC, OPTION_DETAIL };

static void push_part(const struct shift *s, struct table *out, int column, i128 units)
{
    char text[DEC_TEXT];
    size_t len = dec_text_short(units, s->p.scale + s->extra, 0, text);
    table_push(out, column, (struct str){text, len});
}

static bool is_wanted(const struct analysis *a, const char *method)
{
    static const char *const names[][2] = {
        {"Dunn",    "dunn"   },
        {"Esteban", "esteban"},
        {"Gerfin",  "gerfin" }
    };
    struct str want = a->option[OPTION_METHOD];
    for (size_t i = 0; i < ROWS(names); i++)
        if (strcmp(method, names[i][0]) == 0)
            return str_is(want, "all") || str_is(want, names[i][1]);
    return true;
}

static void put_regions(struct analysis *a, const struct shift *s)
{
    struct table *out = &a->out;
    int region = table_add_column(out, "region"), method = table_add_column(out, "method");
    int component = table_add_column(out, "component"), value = table_add_column(out, "value");
    for (size_t r = 0; r < s->p.regions; r++)
        for (size_t k = 0; k < ROWS(component_rows); k++) {
            const struct component_row *w = &component_rows[k];
            if (!is_wanted(a, w->method))
                continue;
            table_push(out, region, s->p.region[r]);
            table_push(out, method, str_z(w->method));
            table_push(out, component, str_z(w->name));
            if (w->quotient)
                table_push_number(out, value,
                                  s->quotient[r * QUOTIENTS + w->component] / (double)s->steps);
            else
                push_part(s, out, value, s->region_part[r * COMPONENTS + w->component]);
            table_end_row(out);
        }
}

static void put_industries(struct analysis *a, const struct shift *s,
                           const struct component_row *rows, size_t count)
{
    struct table *out = &a->out;
    bool methods = rows[0].method[0] != '\0';
    int region = table_add_column(out, "region"), industry = table_add_column(out, "industry");
    int method = methods ? table_add_column(out, "method") : -1;
    int component = table_add_column(out, "component"), value = table_add_column(out, "value");
    for (size_t n = 0; n < s->p.regions * s->p.industries; n++)
        for (size_t k = 0; k < count; k++) {
            size_t r = n / s->p.industries, i = n % s->p.industries;
            if (!rows[k].of_industry || !is_wanted(a, rows[k].method))
                continue;
            table_push(out, region, s->p.region[r]);
            table_push(out, industry, s->p.industry[i]);
            if (methods)
                table_push(out, method, str_z(rows[k].method));
            table_push(out, component, str_z(rows[k].name));
            push_part(s, out, value, part_at(s, r, i)[rows[k].component]);
            table_end_row(out);
        }
}

static void put_notes(struct analysis *a, const struct shift *s)
{
    note(a, "components are exact at %u decimals and add up to the growth; %s",
         s->p.scale + s->extra,
         s->steps > 1 ? "dynamic: added over single periods, Gerfin's quotients averaged"
                      : "comparative-static: first against last period");
    if (s->new_industries > 0)
        note(a,
             "%zu industries are new to their region: without a rate of growth of their own they "
             "count wholly as regional share, in Esteban's form as allocation effect",
             s->new_industries);
}

enum code run_shiftshare(struct analysis *a, struct error *err)
{
    struct shift s = {0};
    bool dynamic = str_is(a->option[OPTION_DYNAMIC], "yes");
    TRY(panel_read(&s.p, a, dynamic ? PANEL_ALL : PANEL_SPAN, err));
    TRY(compute(&s, &a->arena, err));
    if (str_is(a->option[OPTION_DETAIL], "industry"))
        put_industries(a, &s, component_rows, ROWS(component_rows));
    else if (str_is(a->option[OPTION_DETAIL], "industry-reat"))
        put_industries(a, &s, reat_rows, ROWS(reat_rows));
    else
        put_regions(a, &s);
    put_notes(a, &s);
    return OK;
}
