/* complexity_space.c - the product space: who shares what, how near an industry is to a region.
 *
 * Proximity, density: Hidalgo, Klinger, Barabasi and Hausmann, The Product Space Conditions the
 *   Development of Nations, Science 317 (2007): phi_ij = min of the two conditional probabilities
 *   = co-occurrence / max(ubiquity); density_cp = sum of M_cq phi_qp / sum of phi_qp.
 * Distance = 1 - density, outlook index and gain: The Atlas of Economic Complexity (2011), 4.2
 * - 4.4. Relatedness: van Eck and Waltman, How to normalize cooccurrence data, JASIST 60 (2009);
 * `prob` is Steijn, Improvement on the association strength, Journal of Informetrics 15 (2021);
 * relatedness density in per cent: Boschma, Balland and Kogler, Industrial and Corporate Change 24
 * (2015). */
#include "complexity_int.h"
#include <math.h>
#include <stdlib.h>

uint32_t cooccurrence(const uint64_t *bits, size_t words, size_t i, size_t j)
{
    const uint64_t *a = bits + i * words, *b = bits + j * words;
    uint32_t sum = 0;
    for (size_t w = 0; w < words; w++)
        sum += (uint32_t)__builtin_popcountll(a[w] & b[w]);
    return sum;
}

static double proximity(uint32_t shared, uint32_t a, uint32_t b)
{
    uint32_t larger = a > b ? a : b;
    return larger > 0 ? (double)shared / larger : 0;
}

double *proximity_matrix(struct grid *g)
{
    double *phi = numbers(&g->scratch, g->m * g->m);
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j <= i; j++)
            phi[i * g->m + j] = phi[j * g->m + i] = proximity(
                cooccurrence(g->by_industry, g->col_words, i, j), g->ubiquity[i], g->ubiquity[j]);
    return phi;
}

static double *row_sums(struct arena *s, const double *matrix, size_t n)
{
    double *sum = numbers(s, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum[i] += matrix[i * n + j];
    return sum;
}

/* out[p] = sum over the industries q of region r of weight[q][p] */
static void sum_present(const struct grid *g, size_t r, const double *weight, double *out)
{
    const uint64_t *bits = g->by_region + r * g->row_words;
    memset(out, 0, g->m * sizeof *out);
    for (size_t w = 0; w < g->row_words; w++)
        for (uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
            const double *line = weight + (w * 64 + (size_t)__builtin_ctzll(rest)) * g->m;
            for (size_t p = 0; p < g->m; p++)
                out[p] += line[p];
        }
}

static void density_row(const struct grid *g, size_t r, const double *phi, const double *sum,
                        double *out)
{
    sum_present(g, r, phi, out);
    for (size_t p = 0; p < g->m; p++)
        out[p] = sum[p] > 0 ? out[p] / sum[p] : NAN;
}

/* ---- a table of all pairs ---- */

struct pairs {
    struct analysis *a;
    struct grid *g;
    int only_option;
    i128 *units; /* of the region at hand */
    double *v;
    void (*row)(struct pairs *p, size_t r); /* fills v; NULL = nothing to fill */
    void (*cells)(struct pairs *p, size_t r, size_t c);
    const double *phi, *sum, *gain; /* for the row functions */
};

static enum code find_only(const struct pairs *p, size_t *first, size_t *end, struct error *err)
{
    struct str only = p->a->option[p->only_option];
    *first = 0;
    *end = p->g->n;
    if (only.len == 0)
        return OK;
    for (size_t r = 0; r < p->g->n; r++)
        if (str_eq(p->g->region[r], only)) {
            *first = r;
            *end = r + 1;
            return OK;
        }
    return error_set(err, E_MISSING, "no region '%.*s' in '%.*s'", STR_ARG(only),
                     STR_ARG(p->a->in[0].name));
}

static enum code put_pairs(struct pairs *p, const char *const *columns, struct error *err)
{
    size_t first, end;
    TRY(find_only(p, &first, &end, err));
    struct table *out = &p->a->out;
    table_add_column(out, "region");
    table_add_column(out, "industry");
    for (; *columns != NULL; columns++)
        table_add_column(out, *columns);
    p->units = arena_alloc(&p->g->scratch, p->g->m * sizeof *p->units);
    p->v = numbers(&p->g->scratch, p->g->m);
    for (size_t r = first; r < end; r++) {
        grid_row(p->g, r, p->units);
        if (p->row != NULL)
            p->row(p, r);
        for (size_t c = 0; c < p->g->m; c++) {
            table_push(out, 0, p->g->region[r]);
            table_push(out, 1, p->g->industry[c]);
            p->cells(p, r, c);
            table_end_row(out);
        }
    }
    return OK;
}

static void cells_rca(struct pairs *p, size_t r, size_t c)
{
    char text[DEC_TEXT];
    size_t len = dec_text_short(p->units[c], p->g->scale, 0, text);
    table_push(&p->a->out, 2, (struct str){text, len});
    table_push_number(&p->a->out, 3, grid_rca(p->g, p->units[c], r, c));
    table_push_int(&p->a->out, 4, grid_mcp(p->g, r, c));
}

static void cells_lq(struct pairs *p, size_t r, size_t c)
{
    table_push_number(&p->a->out, 2, grid_rca(p->g, p->units[c], r, c));
    table_push_int(&p->a->out, 3, grid_mcp(p->g, r, c));
}

static void cells_mcp(struct pairs *p, size_t r, size_t c)
{
    table_push_int(&p->a->out, 2, grid_mcp(p->g, r, c));
    table_push_number(&p->a->out, 3, p->v[c]);
}

static void cells_rca_density(struct pairs *p, size_t r, size_t c)
{
    cells_rca(p, r, c);
    table_push_number(&p->a->out, 5, p->v[c]);
}

static void cells_lq_density(struct pairs *p, size_t r, size_t c)
{
    cells_lq(p, r, c);
    table_push_number(&p->a->out, 4, p->v[c]);
}

/* ---- rca ---- */

enum { OPT_RCA_CONVENTION = OPT_OWN, OPT_RCA_ONLY };

static enum code rca_body(struct analysis *a, struct grid *g, struct error *err)
{
    static const char *const rca[] = {"value", "rca", "mcp", NULL}, *const lq[] = {"lq", "mcp",
                                                                                   NULL};
    TRY(grid_read(a, g, err));
    bool econgeo = option_is(a, OPT_RCA_CONVENTION, "econgeo");
    struct pairs p = {
        .a = a, .g = g, .only_option = OPT_RCA_ONLY, .cells = econgeo ? cells_lq : cells_rca};
    return put_pairs(&p, econgeo ? lq : rca, err);
}

/* ---- density, distance ---- */

static void row_density(struct pairs *p, size_t r)
{
    density_row(p->g, r, p->phi, p->sum, p->v);
}

static void row_distance(struct pairs *p, size_t r)
{
    row_density(p, r);
    for (size_t c = 0; c < p->g->m; c++)
        p->v[c] = 1 - p->v[c];
}

static void row_percent(struct pairs *p, size_t r)
{
    row_density(p, r);
    for (size_t c = 0; c < p->g->m; c++)
        p->v[c] = round_digits(p->v[c] * 100, 2);
}

/* ---- relatedness ---- */

/* Co-occurrences off the diagonal, their sums by industry and altogether. */
struct shared {
    size_t m;
    double *count, *sum, total;
};

static struct shared shared_of(struct grid *g)
{
    struct shared s = {.m = g->m, .count = numbers(&g->scratch, g->m * g->m)};
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j < i; j++)
            s.count[i * g->m + j] = s.count[j * g->m + i] =
                cooccurrence(g->by_industry, g->col_words, i, j);
    s.sum = row_sums(&g->scratch, s.count, g->m);
    for (size_t i = 0; i < g->m; i++)
        s.total += s.sum[i];
    return s;
}

typedef double relatedness(const struct shared *s, double c, double a, double b);

static double related_count(const struct shared *s, double c, double a, double b)
{
    (void)s, (void)a, (void)b;
    return c;
}

/* Observed over expected, when partners are drawn without the industry itself. */
static double related_prob(const struct shared *s, double c, double a, double b)
{
    double t = s->total;
    return c / ((a / t * (b / (t - a)) + b / t * (a / (t - b))) * (t / 2));
}

static double related_cosine(const struct shared *s, double c, double a, double b)
{
    (void)s;
    return c / sqrt(a * b);
}

static double related_jaccard(const struct shared *s, double c, double a, double b)
{
    (void)s;
    return c / (a + b - c);
}

static double related_association(const struct shared *s, double c, double a, double b)
{
    return c / s->total / (a / s->total * (b / s->total));
}

static const struct {
    const char *name;
    relatedness *of;
} relatednesses[] = {
    {"cooc",        related_count      },
    {"prob",        related_prob       },
    {"cosine",      related_cosine     },
    {"jaccard",     related_jaccard    },
    {"association", related_association},
};
#define RELATEDNESSES (sizeof relatednesses / sizeof *relatednesses)

/* 0 where nothing is shared; t == a happens when one pair alone shares: then prob has no partner.
 */
static double related(const struct shared *s, size_t by, size_t i, size_t j)
{
    double c = s->count[i * s->m + j];
    if (c == 0)
        return 0;
    double v = relatednesses[by].of(s, c, s->sum[i], s->sum[j]);
    return isfinite(v) ? v : NAN;
}

static enum code relatedness_body(struct analysis *a, struct grid *g, struct error *err)
{
    TRY(grid_read(a, g, err));
    struct shared s = shared_of(g);
    table_add_column(&a->out, "industry_1");
    table_add_column(&a->out, "industry_2");
    for (size_t by = 0; by < RELATEDNESSES; by++)
        table_add_column(&a->out, relatednesses[by].name);
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = i + 1; j < g->m; j++) {
            if (s.count[i * g->m + j] == 0)
                continue;
            table_push(&a->out, 0, g->industry[i]);
            table_push(&a->out, 1, g->industry[j]);
            for (size_t by = 0; by < RELATEDNESSES; by++)
                table_push_number(&a->out, (int)by + 2, related(&s, by, i, j));
            table_end_row(&a->out);
        }
    note(a, "pairs that share no region are 0 in every column and left out; sums are over "
            "co-occurrences "
            "without the diagonal");
    return OK;
}

/* ---- density in three conventions ---- */

enum { OPT_DENSITY_CONVENTION = OPT_OWN, OPT_DENSITY_RELATEDNESS, OPT_DENSITY_ONLY };

/* EconGeo's density runs over a matrix of relatedness without diagonal; "binary" is prob >= 1. */
static double *relatedness_matrix(struct grid *g, struct str which)
{
    struct shared s = shared_of(g);
    double *w = numbers(&g->scratch, g->m * g->m);
    bool binary = str_is(which, "binary");
    size_t by = 1;
    for (size_t k = 0; k < RELATEDNESSES; k++)
        if (str_is(which, relatednesses[k].name))
            by = k;
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j < g->m; j++) {
            double v = i == j ? 0 : related(&s, by, i, j);
            v = isnan(v) ? 0 : v;
            w[i * g->m + j] = binary ? v >= 1 : v;
        }
    return w;
}

static enum code density_econgeo(struct analysis *a, struct grid *g, struct error *err)
{
    static const char *const columns[] = {"lq", "mcp", "density_pct", NULL};
    struct pairs p = {.a = a,
                      .g = g,
                      .only_option = OPT_DENSITY_ONLY,
                      .row = row_percent,
                      .cells = cells_lq_density};
    p.phi = relatedness_matrix(g, a->option[OPT_DENSITY_RELATEDNESS]);
    p.sum = row_sums(&g->scratch, p.phi, g->m);
    note(a, "convention econgeo: share of relatedness (%.*s) present, in per cent with 2 decimals",
         STR_ARG(a->option[OPT_DENSITY_RELATEDNESS]));
    return put_pairs(&p, columns, err);
}

static enum code density_body(struct analysis *a, struct grid *g, struct error *err)
{
    static const char *const py[] = {"value", "rca", "mcp", "density", NULL};
    static const char *const r[] = {"mcp", "distance", NULL};
    TRY(grid_read(a, g, err));
    if (option_is(a, OPT_DENSITY_CONVENTION, "econgeo"))
        return density_econgeo(a, g, err);
    bool is_py = option_is(a, OPT_DENSITY_CONVENTION, "pyecomplexity");
    struct pairs p = {.a = a,
                      .g = g,
                      .only_option = OPT_DENSITY_ONLY,
                      .row = is_py ? row_density : row_distance,
                      .cells = is_py ? cells_rca_density : cells_mcp};
    p.phi = proximity_matrix(g);
    p.sum = row_sums(&g->scratch, p.phi, g->m);
    note(a, "proximity = shared regions / larger ubiquity, its diagonal of 1 counts in density");
    return put_pairs(&p, is_py ? py : r, err);
}

enum { OPT_DISTANCE_ONLY = OPT_OWN };

static enum code distance_body(struct analysis *a, struct grid *g, struct error *err)
{
    static const char *const columns[] = {"mcp", "distance", NULL};
    TRY(grid_read(a, g, err));
    struct pairs p = {
        .a = a, .g = g, .only_option = OPT_DISTANCE_ONLY, .row = row_distance, .cells = cells_mcp};
    p.phi = proximity_matrix(g);
    p.sum = row_sums(&g->scratch, p.phi, g->m);
    return put_pairs(&p, columns, err);
}

/* ---- proximity ---- */

enum { OPT_PROXIMITY_OF = OPT_OWN };

static enum code proximity_body(struct analysis *a, struct grid *g, struct error *err)
{
    TRY(grid_read(a, g, err));
    bool regions = option_is(a, OPT_PROXIMITY_OF, "regions");
    const struct str *label = regions ? g->region : g->industry;
    const uint32_t *sum = regions ? g->diversity : g->ubiquity;
    const uint64_t *bits = regions ? g->by_region : g->by_industry;
    size_t words = regions ? g->row_words : g->col_words, n = regions ? g->n : g->m;
    table_add_column(&a->out, regions ? "region_1" : "industry_1");
    table_add_column(&a->out, regions ? "region_2" : "industry_2");
    table_add_column(&a->out, "proximity");
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            uint32_t both = cooccurrence(bits, words, i, j);
            if (both == 0)
                continue;
            table_push(&a->out, 0, label[i]);
            table_push(&a->out, 1, label[j]);
            table_push_number(&a->out, 2, proximity(both, sum[i], sum[j]));
            table_end_row(&a->out);
        }
    note(a, "pairs that share nothing have proximity 0 and are left out");
    return OK;
}

/* ---- complexity outlook ---- */

enum { OPT_OUTLOOK_CONVENTION = OPT_OWN, OPT_OUTLOOK_ONLY = OPT_OWN + INDEX_OPTIONS };

/* PCI as the convention weighs it: py-ecomplexity takes the eigenvector before it is normalised
 * (and scales the gain by the sd of ECI afterwards), the R package the z-score. */
static const double *outlook_weights(struct analysis *a, struct grid *g,
                                     const struct indices *index)
{
    if (!option_is(a, OPT_OUTLOOK_CONVENTION, "pyecomplexity"))
        return index->pci;
    VEC(double) known = {0};
    for (size_t r = 0; r < g->n; r++)
        if (!isnan(index->raw_eci[r]))
            vec_push(&known, index->raw_eci[r]);
    double sd = known.len > 0 ? sd_of(known.v, known.len, false) : NAN;
    double *weight = numbers_nan(&g->scratch, g->m);
    for (size_t p = 0; p < g->m; p++)
        weight[p] = index->raw_pci[p] / sd;
    vec_clear(&known);
    return weight;
}

static void standardise(double *v, size_t n)
{
    VEC(double) known = {0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i]))
            vec_push(&known, v[i]);
    double mean = known.len > 0 ? mean_of(known.v, known.len) : NAN;
    double sd = known.len > 0 ? sd_of(known.v, known.len, false) : NAN;
    for (size_t i = 0; i < n; i++)
        v[i] = sd > 0 ? (v[i] - mean) / sd : NAN;
    vec_clear(&known);
}

/* sum over absent industries of density times complexity; industries without an index do not count
 */
static double coi_of(const struct grid *g, size_t r, const double *density, const double *pci)
{
    double sum = 0;
    bool any = false;
    for (size_t p = 0; p < g->m; p++) {
        if (isnan(pci[p]) || isnan(density[p]))
            continue;
        any = true;
        if (!grid_mcp(g, r, p))
            sum += density[p] * pci[p];
    }
    return any && g->diversity[r] > 0 ? sum : NAN;
}

static enum code coi_body(struct analysis *a, struct grid *g, struct error *err)
{
    struct indices index;
    TRY(grid_read(a, g, err));
    TRY(indices_of(a, g, OPT_OUTLOOK_CONVENTION, &index, err));
    const double *pci = outlook_weights(a, g, &index);
    const double *phi = proximity_matrix(g), *sum = row_sums(&g->scratch, phi, g->m);
    double *density = numbers(&g->scratch, g->m), *coi = numbers(&g->scratch, g->n);
    for (size_t r = 0; r < g->n; r++) {
        density_row(g, r, phi, sum, density);
        coi[r] = coi_of(g, r, density, pci);
    }
    bool py = option_is(a, OPT_OUTLOOK_CONVENTION, "pyecomplexity");
    if (py)
        standardise(coi, g->n);
    table_add_column(&a->out, "region");
    table_add_column(&a->out, py ? "coi" : "coi_raw");
    for (size_t r = 0; r < g->n; r++) {
        table_push(&a->out, 0, g->region[r]);
        table_push_number(&a->out, 1, coi[r]);
        table_end_row(&a->out);
    }
    note(a, py ? "coi is a z-score with population sd" : "coi_raw is not normalised");
    return OK;
}

/* gain[q][p] = phi_qp pci_q / sum of phi_q, its sum over all q is in `sum`: absent = all - present
 */
static void row_cog(struct pairs *p, size_t r)
{
    sum_present(p->g, r, p->gain, p->v);
    for (size_t c = 0; c < p->g->m; c++) {
        if (p->g->ubiquity[c] == 0 || p->g->diversity[r] == 0)
            p->v[c] = NAN;
        else
            p->v[c] = grid_mcp(p->g, r, c) ? 0 : p->sum[c] - p->v[c];
    }
}

static enum code cog_body(struct analysis *a, struct grid *g, struct error *err)
{
    static const char *const columns[] = {"mcp", "cog", NULL};
    struct indices index;
    TRY(grid_read(a, g, err));
    TRY(indices_of(a, g, OPT_OUTLOOK_CONVENTION, &index, err));
    const double *pci = outlook_weights(a, g, &index);
    double *gain = proximity_matrix(g), *total = numbers(&g->scratch, g->m);
    const double *sum = row_sums(&g->scratch, gain, g->m);
    for (size_t q = 0; q < g->m; q++)
        for (size_t c = 0; c < g->m; c++) {
            double weight = isnan(pci[q]) || sum[q] == 0 ? 0 : pci[q] / sum[q];
            gain[q * g->m + c] *= weight;
            total[c] += gain[q * g->m + c];
        }
    struct pairs p = {.a = a,
                      .g = g,
                      .only_option = OPT_OUTLOOK_ONLY,
                      .row = row_cog,
                      .cells = cells_mcp,
                      .gain = gain,
                      .sum = total};
    note(a, "cog is 0 where the industry is present, empty where it is present nowhere");
    return put_pairs(&p, columns, err);
}

/* ---- the rows of the method table ---- */

static enum code with_grid(struct analysis *a,
                           enum code (*body)(struct analysis *, struct grid *, struct error *),
                           struct error *err)
{
    struct grid g = {0};
    enum code code = body(a, &g, err);
    grid_clear(&g);
    return code;
}

enum code run_rca(struct analysis *a, struct error *err)
{
    return with_grid(a, rca_body, err);
}

enum code run_proximity(struct analysis *a, struct error *err)
{
    return with_grid(a, proximity_body, err);
}

enum code run_density(struct analysis *a, struct error *err)
{
    return with_grid(a, density_body, err);
}

enum code run_distance(struct analysis *a, struct error *err)
{
    return with_grid(a, distance_body, err);
}

enum code run_coi(struct analysis *a, struct error *err)
{
    return with_grid(a, coi_body, err);
}

enum code run_cog(struct analysis *a, struct error *err)
{
    return with_grid(a, cog_body, err);
}

enum code run_relatedness(struct analysis *a, struct error *err)
{
    return with_grid(a, relatedness_body, err);
}
