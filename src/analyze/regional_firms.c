/* regional_firms.c - is an industry more concentrated in space than its few large firms explain?
 * Ellison and Glaeser, Geographic concentration in U.S. manufacturing industries: a dartboard
 * approach, Journal of Political Economy 105, 1997: G = sum (s_r - x_r)^2, gamma =
 * (G - (1 - sum x^2) H) / ((1 - sum x^2)(1 - H)), eq. 5; z = (G - (1 - sum x^2) H) / sqrt(var),
 * var = 2 {H^2 (S2 - 2 S3 + S2^2) - sum z^4 (S2 - 4 S3 + 3 S2^2)}, S_k = sum x_r^k. */
#include "regional_int.h"
#include <math.h>

enum { FIRM_REGION, FIRM_INDUSTRY, FIRM_FIRM, FIRM_SIZE, FIRM_WEIGHT };

struct firms {
    size_t n, regions, industries;
    uint32_t *region, *industry;
    double *size, *weight; /* of the firm; of the region, as the firm's row says */
    struct map region_ids, industry_ids, firm_ids;
    VEC(struct str) names;
    double *x; /* the regions' shares of all */
};

static uint32_t id_of(struct map *ids, struct str name)
{
    return (uint32_t)*map_at(ids, name, ids->len);
}

static enum code read_firm(struct analysis *a, struct firms *f, const int *column, size_t row,
                           struct error *err)
{
    const struct table *in = &a->in[0];
    struct str industry = str_trim(table_cell(in, column[FIRM_INDUSTRY], row));
    struct str region = str_trim(table_cell(in, column[FIRM_REGION], row));
    if (column[FIRM_FIRM] >= 0) {
        struct str firm = table_cell(in, column[FIRM_FIRM], row);
        uint64_t *at = map_at(&f->firm_ids, firm, row);
        if (*at != row)
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                            "firm '%.*s' stands in line %zu and again in line %zu", STR_ARG(firm),
                            (size_t)*at + 2, row + 2);
    }
    f->region[row] = id_of(&f->region_ids, region);
    f->industry[row] = id_of(&f->industry_ids, industry);
    if (f->industry[row] == f->names.len)
        vec_push(&f->names, industry);
    TRY(table_number(in, column[FIRM_SIZE], row, false, &f->size[row], err));
    f->weight[row] = f->size[row];
    if (column[FIRM_WEIGHT] >= 0)
        TRY(table_number(in, column[FIRM_WEIGHT], row, false, &f->weight[row], err));
    if (f->size[row] < 0 || f->weight[row] < 0)
        return error_at(err, E_INPUT, (uint32_t)row + 2, 0, "a size is negative");
    return OK;
}

/* From a column the region's own total, the same in all its rows; else the sum of its firms. */
static enum code region_shares(struct firms *f, bool column, struct arena *arena, struct error *err)
{
    f->x = arena_alloc(arena, f->regions * sizeof *f->x);
    uint32_t *seen = arena_alloc(arena, f->regions * sizeof *seen);
    double sum = 0;
    for (size_t i = 0; i < f->n; i++) {
        double *x = &f->x[f->region[i]];
        uint32_t *line = &seen[f->region[i]];
        if (column && *line != 0 && *x != f->weight[i])
            return error_at(err, E_INPUT, (uint32_t)i + 2, 0,
                            "the region's total differs between lines %u and %zu", *line, i + 2);
        *x = column ? f->weight[i] : *x + f->weight[i];
        *line = (uint32_t)i + 2;
    }
    for (size_t r = 0; r < f->regions; r++)
        sum += f->x[r];
    if (!(sum > 0))
        return error_set(err, E_INPUT, "the regions add up to 0");
    for (size_t r = 0; r < f->regions; r++)
        f->x[r] /= sum;
    return OK;
}

struct ellison {
    double gamma, g, z, hhi;
    size_t firms;
};

static struct ellison ellison_of(const struct firms *f, size_t industry, double *share)
{
    struct ellison e = {.gamma = NAN, .g = NAN, .z = NAN, .hhi = NAN};
    double sum = 0, z4 = 0, s2 = 0, s3 = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->industry[i] == industry) {
            sum += f->size[i];
            e.firms++;
        }
    if (!(sum > 0))
        return e;
    memset(share, 0, f->regions * sizeof *share);
    e.hhi = e.g = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->industry[i] == industry) {
            double z = f->size[i] / sum;
            share[f->region[i]] += z;
            e.hhi += z * z;
            z4 += z * z * z * z;
        }
    for (size_t r = 0; r < f->regions; r++) {
        double x = f->x[r], off = share[r] - x;
        e.g += off * off;
        s2 += x * x;
        s3 += x * x * x;
    }
    double excess = e.g - (1 - s2) * e.hhi, base = (1 - s2) * (1 - e.hhi);
    double var = 2 * (e.hhi * e.hhi * (s2 - 2 * s3 + s2 * s2) - z4 * (s2 - 4 * s3 + 3 * s2 * s2));
    if (f->regions > 1 && e.firms > 1 && base > 1e-15)
        e.gamma = excess / base;
    if (f->regions > 1 && var > 0)
        e.z = excess / sqrt(var);
    return e;
}

static void put(struct analysis *a, const struct firms *f)
{
    static const char *const columns[] = {"industry", "gamma", "G", "z_G", "firms", "HHI"};
    double *share = arena_alloc(&a->arena, f->regions * sizeof *share);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        table_add_column(&a->out, columns[c]);
    for (size_t i = 0; i < f->industries; i++) {
        struct ellison e = ellison_of(f, i, share);
        table_push(&a->out, 0, f->names.v[i]);
        table_push_number(&a->out, 1, e.gamma);
        table_push_number(&a->out, 2, e.g);
        table_push_number(&a->out, 3, e.z);
        table_push_int(&a->out, 4, (int64_t)e.firms);
        table_push_number(&a->out, 5, e.hhi);
        table_end_row(&a->out);
        if (isnan(e.gamma))
            note(a, "industry '%.*s': gamma does not apply to one firm, one region or size 0",
                 STR_ARG(f->names.v[i]));
    }
}

static enum code run_firms(struct analysis *a, struct firms *f, struct error *err)
{
    const struct table *in = &a->in[0];
    int column[FIRM_WEIGHT + 1];
    for (size_t k = 0; k <= FIRM_WEIGHT; k++) {
        column[k] = -1;
        if (a->option[k].len > 0)
            TRY(table_need(in, arena_z(&a->arena, a->option[k]), &column[k], err));
    }
    if (in->rows == 0)
        return error_set(err, E_INPUT, "'%.*s' has no rows", STR_ARG(in->name));
    f->n = in->rows;
    f->region = arena_alloc(&a->arena, f->n * sizeof *f->region);
    f->industry = arena_alloc(&a->arena, f->n * sizeof *f->industry);
    f->size = arena_alloc(&a->arena, f->n * sizeof *f->size);
    f->weight = arena_alloc(&a->arena, f->n * sizeof *f->weight);
    for (size_t row = 0; row < f->n; row++)
        TRY(read_firm(a, f, column, row, err));
    f->regions = f->region_ids.len;
    f->industries = f->industry_ids.len;
    TRY(region_shares(f, column[FIRM_WEIGHT] >= 0, &a->arena, err));
    put(a, f);
    note(a, "the regions' shares are of %s",
         column[FIRM_WEIGHT] >= 0 ? "their column of totals" : "all firms listed");
    return OK;
}

enum code run_ellison_glaeser(struct analysis *a, struct error *err)
{
    struct firms f = {0};
    map_init(&f.region_ids);
    map_init(&f.industry_ids);
    map_init(&f.firm_ids);
    enum code code = run_firms(a, &f, err);
    map_clear(&f.region_ids);
    map_clear(&f.industry_ids);
    map_clear(&f.firm_ids);
    vec_clear(&f.names);
    return code;
}
