/* complexity_variety.c - how varied and how special a region is, how concentrated an industry, and
 * the income content of what is made; from amounts, not from M.
 *
 * Herfindahl; Shannon entropy in bits (Frenken, Van Oort and Verburg, Related variety, unrelated
 * variety and regional economic growth, Regional Studies 41, 2007); Krugman, Geography and Trade
 * (1991): sum |s_cp - s_p|; Hachman: 1 / sum s_cp lq_cp; coefficient of specialisation = Krugman /
 * 2 and average location quotient = sum s_cp lq_cp (Hoover and Giarratani, An Introduction to
 * Regional Economics, 3rd ed., 1985, table 9-4). Locational Gini: Krugman (1991), p. 56; from 0 to
 * 0.5. PRODY, EXPY: Hausmann, Hwang and Rodrik, What You Export Matters, Journal of Economic Growth
 * 12 (2007), eq. 1 and 2. */
#include "complexity_int.h"
#include <math.h>
#include <stdlib.h>

/* s_cp for all industries of region r */
static void share_row(const struct grid *g, size_t r, double *share)
{
    memset(share, 0, g->m * sizeof *share);
    for (size_t i = g->start[r]; i < g->start[r + 1]; i++)
        if (g->row_total[r] > 0)
            share[g->col[i]] = (double)g->units[i] / (double)g->row_total[r];
}

/* ---- regions ---- */

struct variety {
    const double *share, *all; /* of the region and of the sum of regions */
    size_t m;
    bool econgeo;
};

static double herfindahl(const struct variety *v)
{
    double sum = 0;
    for (size_t p = 0; p < v->m; p++)
        sum += v->share[p] * v->share[p];
    return sum;
}

/* EconGeo adds 1e-9 within the logarithm and rounds to 3 decimals. */
static double entropy(const struct variety *v)
{
    double sum = 0, shift = v->econgeo ? 1e-9 : 0;
    for (size_t p = 0; p < v->m; p++)
        if (v->share[p] > 0)
            sum -= v->share[p] * log2(v->share[p] + shift);
    return v->econgeo ? round_digits(sum, 3) : sum;
}

static double krugman(const struct variety *v)
{
    double sum = 0;
    for (size_t p = 0; p < v->m; p++)
        sum += fabs(v->share[p] - v->all[p]);
    return sum;
}

static double avg_lq(const struct variety *v)
{
    double sum = 0;
    for (size_t p = 0; p < v->m; p++)
        if (v->all[p] > 0)
            sum += v->share[p] / v->all[p] * v->share[p];
    return sum;
}

static double hachman(const struct variety *v)
{
    return 1 / avg_lq(v);
}

static double spec_coeff(const struct variety *v)
{
    return krugman(v) / 2;
}

static const struct {
    const char *name;
    double (*of)(const struct variety *v);
} varieties[] = {
    {"herfindahl", herfindahl},
    {"entropy",    entropy   },
    {"krugman",    krugman   },
    {"hachman",    hachman   },
    {"spec_coeff", spec_coeff},
    {"avg_lq",     avg_lq    },
};
#define VARIETIES (sizeof varieties / sizeof *varieties)

enum { OPT_VARIETY_CONVENTION = OPT_OWN };

static double *total_shares(struct grid *g)
{
    double *all = numbers(&g->scratch, g->m);
    for (size_t p = 0; p < g->m; p++)
        all[p] = (double)g->col_total[p] / (double)g->total;
    return all;
}

static void put_variety(struct analysis *a, const struct grid *g, size_t r, const struct variety *v)
{
    table_push(&a->out, 0, g->region[r]);
    table_push_int(&a->out, 1, g->diversity[r]);
    for (size_t i = 0; i < VARIETIES; i++)
        table_push_number(&a->out, (int)i + 2, g->row_total[r] > 0 ? varieties[i].of(v) : NAN);
    table_end_row(&a->out);
}

static enum code variety_body(struct analysis *a, struct grid *g, struct error *err)
{
    TRY(grid_read(a, g, err));
    double *share = numbers(&g->scratch, g->m);
    struct variety v = {share, total_shares(g), g->m,
                        option_is(a, OPT_VARIETY_CONVENTION, "econgeo")};
    table_add_column(&a->out, "region");
    table_add_column(&a->out, "diversity");
    for (size_t i = 0; i < VARIETIES; i++)
        table_add_column(&a->out, varieties[i].name);
    for (size_t r = 0; r < g->n; r++) {
        share_row(g, r, share);
        put_variety(a, g, r, &v);
    }
    note(a, "compared with the sum of all regions; entropy in bits%s",
         v.econgeo ? ", with 1e-9 in the logarithm and 3 decimals (econgeo)" : "");
    return OK;
}

/* ---- industries ---- */

struct slope {
    double ratio, amount, weight;
    size_t r;
};

static int by_ratio(const void *x, const void *y)
{
    const struct slope *a = x, *b = y;
    if (a->ratio != b->ratio)
        return a->ratio < b->ratio ? -1 : 1;
    return a->r < b->r ? -1 : a->r > b->r;
}

/* The area between the diagonal and the curve of cumulated shares, regions by location quotient. */
static double locational_gini(struct slope *s, size_t n)
{
    double amounts = 0, weights = 0, amount = 0, weight = 0, area = 0;
    qsort(s, n, sizeof *s, by_ratio);
    for (size_t i = 0; i < n; i++) {
        amounts += s[i].amount;
        weights += s[i].weight;
    }
    for (size_t i = 0; i < n; i++) {
        double amount_next = amount + s[i].amount / amounts;
        double weight_next = weight + s[i].weight / weights;
        area += amount_next * weight - amount * weight_next;
        amount = amount_next;
        weight = weight_next;
    }
    return area / 2;
}

/* amounts[p][r], row by row */
static double *by_column(struct grid *g)
{
    double *amount = numbers(&g->scratch, g->n * g->m);
    for (size_t r = 0; r < g->n; r++)
        for (size_t i = g->start[r]; i < g->start[r + 1]; i++)
            amount[g->col[i] * g->n + r] = (double)g->units[i];
    return amount;
}

static enum code gini_body(struct analysis *a, struct grid *g, struct error *err)
{
    TRY(grid_read(a, g, err));
    const double *amount = by_column(g);
    struct slope *s = arena_alloc(&g->scratch, g->n * sizeof *s);
    table_add_column(&a->out, "industry");
    table_add_column(&a->out, "ubiquity");
    table_add_column(&a->out, "locational_gini");
    for (size_t p = 0; p < g->m; p++) {
        size_t n = 0;
        for (size_t r = 0; r < g->n; r++) {
            double weight = (double)g->row_total[r], x = amount[p * g->n + r];
            if (weight > 0) /* a region without anything has no place in the order */
                s[n++] = (struct slope){x / weight, x, weight, r};
        }
        table_push(&a->out, 0, g->industry[p]);
        table_push_int(&a->out, 1, g->ubiquity[p]);
        table_push_number(&a->out, 2, g->col_total[p] > 0 ? locational_gini(s, n) : NAN);
        table_end_row(&a->out);
    }
    note(a, "locational Gini after Krugman: 0 spread like everything, at most 0.5");
    return OK;
}

/* ---- PRODY, EXPY ---- */

enum { OPT_INCOME = OPT_OWN };

/* Income by region of the grid; NaN where there is none above 0. */
static enum code read_income(struct analysis *a, struct grid *g, double *income, struct error *err)
{
    const struct table *t = &a->in[1];
    int region, value;
    TRY(table_need(t, arena_z(&a->arena, a->option[OPT_REGION]), &region, err));
    TRY(table_need(t, arena_z(&a->arena, a->option[OPT_INCOME]), &value, err));
    uint32_t *seen = arena_alloc(&g->scratch, g->n * sizeof *seen);
    struct map place;
    map_init(&place);
    for (size_t r = 0; r < g->n; r++)
        map_put(&place, g->region[r], r);
    enum code code = OK;
    for (size_t row = 0; row < t->rows && code == OK; row++) {
        uint64_t r;
        double v;
        code = table_number(t, value, row, true, &v, err);
        if (code != OK || !map_get(&place, str_trim(table_cell(t, region, row)), &r))
            continue;
        if (seen[r] != 0)
            code = error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                            "'%.*s' has region '%.*s' twice: lines %u and %zu", STR_ARG(t->name),
                            STR_ARG(g->region[r]), seen[r], row + 2);
        seen[r] = (uint32_t)row + 2;
        income[r] = v > 0 ? v : NAN;
    }
    map_clear(&place);
    return code;
}

static enum code check_income(struct analysis *a, const struct grid *g, const double *income,
                              struct error *err)
{
    size_t without = 0;
    struct buf list;
    buf_init(&list, 200);
    for (size_t r = 0; r < g->n; r++)
        if (isnan(income[r]))
            buf_fmt(&list, "%s%.*s", without++ > 0 ? ", " : "", STR_ARG(g->region[r]));
    if (without > 0)
        note(a, "%zu regions have no income above 0 and are left out: %.*s%s", without,
             STR_ARG(buf_str(&list)), list.full ? " …" : "");
    buf_clear(&list);
    if (without == g->n)
        return error_set(err, E_INPUT, "no region of '%.*s' has an income in '%.*s'",
                         STR_ARG(a->in[0].name), STR_ARG(a->in[1].name));
    return OK;
}

/* Income weighed by shares: sum s_cp y_c / sum s_cp. The share of the industry in the whole, by
 * which Balassa's index divides, cancels. */
static double *prody(struct grid *g, const double *income)
{
    double *v = numbers(&g->scratch, g->m), *shares = numbers(&g->scratch, g->m);
    double *share = numbers(&g->scratch, g->m);
    for (size_t r = 0; r < g->n; r++) {
        if (isnan(income[r]))
            continue;
        share_row(g, r, share);
        for (size_t p = 0; p < g->m; p++) {
            v[p] += share[p] * income[r];
            shares[p] += share[p];
        }
    }
    for (size_t p = 0; p < g->m; p++)
        v[p] = shares[p] > 0 ? v[p] / shares[p] : NAN;
    return v;
}

static void put_prody(struct analysis *a, const struct grid *g, const double *v)
{
    table_add_column(&a->out, "industry");
    table_add_column(&a->out, "prody");
    for (size_t p = 0; p < g->m; p++) {
        table_push(&a->out, 0, g->industry[p]);
        table_push_number(&a->out, 1, v[p]);
        table_end_row(&a->out);
    }
}

static double expy_of(const double *share, const double *v, size_t m)
{
    double sum = 0;
    for (size_t p = 0; p < m; p++)
        if (share[p] > 0)
            sum += share[p] * v[p];
    return sum;
}

static void put_expy(struct analysis *a, struct grid *g, const double *income, const double *v)
{
    double *share = numbers(&g->scratch, g->m);
    table_add_column(&a->out, "region");
    table_add_column(&a->out, "expy");
    for (size_t r = 0; r < g->n; r++) {
        if (isnan(income[r]))
            continue;
        share_row(g, r, share);
        table_push(&a->out, 0, g->region[r]);
        table_push_number(&a->out, 1, g->row_total[r] > 0 ? expy_of(share, v, g->m) : NAN);
        table_end_row(&a->out);
    }
}

static enum code income_body(struct analysis *a, struct grid *g, bool regions, struct error *err)
{
    TRY(grid_read(a, g, err));
    double *income = numbers_nan(&g->scratch, g->n);
    TRY(read_income(a, g, income, err));
    TRY(check_income(a, g, income, err));
    const double *v = prody(g, income);
    if (regions)
        put_expy(a, g, income, v);
    else
        put_prody(a, g, v);
    note(a, "PRODY and EXPY in the unit of the income; regions without income are in neither");
    return OK;
}

/* ---- the rows of the method table ---- */

enum code run_variety(struct analysis *a, struct error *err)
{
    struct grid g = {0};
    enum code code = variety_body(a, &g, err);
    grid_clear(&g);
    return code;
}

enum code run_locational_gini(struct analysis *a, struct error *err)
{
    struct grid g = {0};
    enum code code = gini_body(a, &g, err);
    grid_clear(&g);
    return code;
}

static enum code run_income(struct analysis *a, bool regions, struct error *err)
{
    struct grid g = {0};
    enum code code = income_body(a, &g, regions, err);
    grid_clear(&g);
    return code;
}

enum code run_prody(struct analysis *a, struct error *err)
{
    return run_income(a, false, err);
}

enum code run_expy(struct analysis *a, struct error *err)
{
    return run_income(a, true, err);
}
