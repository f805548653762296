/* complexity_index.c - economic complexity of regions and industries, in the conventions of the
 * three tools in use.
 *
 * pyecomplexity, the Harvard Growth Lab's Python package: ECI as z-score with population sd; PCI is
 * shifted and scaled by mean and sd of ECI, not its own.
 *
 * economiccomplexity, the R package: both as z-scores with sample sd.
 *
 * econgeo, the R package EconGeo: eigenvector of a matrix rounded to 4 digits over its sum (KCI,
 * TCI), reflections rescaled to 0 .. 100 (MORc, MORt); Balland and Rigby, The Geography of Complex
 * Knowledge, Economic Geography 93 (2017).
 *
 * Limits of the index itself: Mealy, Farmer and Teytelboym, Interpreting economic complexity,
 * Science Advances 5 (2019). */
#include "complexity_int.h"
#include <math.h>
#include <stdlib.h>

#define FEW_INDUSTRIES 100
#define FEW_REGIONS 20

static double *picked(struct arena *s, const double *all, const uint32_t *at, size_t n)
{
    double *v = numbers(s, n);
    for (size_t i = 0; i < n; i++)
        v[i] = all[at[i]];
    return v;
}

static void spread(const double *v, const uint32_t *at, size_t n, double *all)
{
    for (size_t i = 0; i < n; i++)
        all[at[i]] = v[i];
}

/* ---- blocks ---- */

/* The block with most regions, then most industries, then the first. */
static uint32_t largest_block(const struct grid *g, const uint32_t *block, size_t blocks)
{
    uint64_t *size = mem_zalloc(blocks * sizeof *size), most = 0;
    uint32_t which = 0;
    for (size_t i = 0; i < g->n + g->m; i++)
        if (block[i] != UINT32_MAX)
            size[block[i]] += i < g->n ? (uint64_t)1 << 32 : 1;
    for (size_t b = 0; b < blocks; b++)
        if (size[b] > most) {
            most = size[b];
            which = (uint32_t)b;
        }
    mem_free(size);
    return which;
}

static void list_outside(const struct grid *g, const uint32_t *block, uint32_t which,
                         struct buf *list)
{
    for (size_t r = 0; r < g->n; r++)
        if (block[r] != UINT32_MAX && block[r] != which)
            buf_fmt(list, "%s%.*s", list->len > 0 ? ", " : "", STR_ARG(g->region[r]));
}

static enum code choose_block(struct analysis *a, const struct grid *g, int option,
                              const uint32_t *block, size_t blocks, uint32_t *which,
                              struct error *err)
{
    *which = blocks > 0 ? largest_block(g, block, blocks) : 0;
    if (blocks < 2)
        return OK;
    struct buf list;
    buf_init(&list, 200);
    list_outside(g, block, *which, &list);
    enum code code = OK;
    if (option_is(a, option, "error"))
        code = error_set(err, E_INPUT,
                         "regions and industries fall into %zu unconnected blocks, between which "
                         "complexity cannot be compared; outside the largest: %.*s%s",
                         blocks, STR_ARG(buf_str(&list)), list.full ? " …" : "");
    else if (option_is(a, option, "largest"))
        note(a, "warning: %zu unconnected blocks; only the largest is measured, empty for: %.*s%s",
             blocks, STR_ARG(buf_str(&list)), list.full ? " …" : "");
    else
        note(a,
             "warning: %zu unconnected blocks, each measured by itself: values of different blocks "
             "cannot be compared",
             blocks);
    buf_clear(&list);
    return code;
}

/* Blocks [*first, *end) are to be measured. */
static enum code blocks_of(struct analysis *a, struct grid *g, int option, uint32_t **block,
                           uint32_t *first, uint32_t *end, struct error *err)
{
    *block = arena_alloc(&g->scratch, (g->n + g->m) * sizeof **block);
    size_t blocks = grid_blocks(g, *block);
    TRY(choose_block(a, g, option, *block, blocks, first, err));
    *end = *first + (blocks > 0);
    if (option_is(a, option, "each")) {
        *first = 0;
        *end = (uint32_t)blocks;
    }
    return OK;
}

static void tell_empty(struct analysis *a, const struct grid *g)
{
    size_t regions = 0, industries = 0;
    struct buf list;
    buf_init(&list, 200);
    for (size_t r = 0; r < g->n; r++)
        if (g->diversity[r] == 0)
            buf_fmt(&list, "%s%.*s", regions++ > 0 ? ", " : "", STR_ARG(g->region[r]));
    for (size_t c = 0; c < g->m; c++)
        industries += g->ubiquity[c] == 0;
    if (regions > 0)
        note(a, "%zu regions have no industry present and stay empty: %.*s%s", regions,
             STR_ARG(buf_str(&list)), list.full ? " …" : "");
    if (industries > 0)
        note(a, "%zu industries are present nowhere and stay empty", industries);
    buf_clear(&list);
}

/* ---- sign, scale, warnings ---- */

static double by_diversity(const struct incidence *k, const double *kc)
{
    return correlation(k->diversity, kc, k->n);
}

static double by_ubiquity(const struct incidence *k, const double *kp)
{
    return -correlation(k->ubiquity, kp, k->m);
}

static bool decides(double r)
{
    return !isnan(r) && fabs(r) > 1e-9;
}

/* +1 or -1. An eigenvector has no sign; what decides it is told when it is not the usual rule. */
static double sign_of(struct analysis *a, int option, const struct incidence *k, const double *kc,
                      const double *kp)
{
    double first = by_diversity(k, kc), second = by_ubiquity(k, kp);
    double turn = option_is(a, option, "reverse") ? -1 : 1;
    if (option_is(a, option, "ubiquity")) {
        double swap = first;
        first = second;
        second = swap;
    }
    if (decides(first))
        return first > 0 ? turn : -turn;
    if (decides(second)) {
        note(a, "the sign was chosen by the other side (%s), the usual correlation is 0",
             option_is(a, option, "ubiquity") ? "diversity" : "ubiquity");
        return second > 0 ? turn : -turn;
    }
    note(a, "warning: neither diversity nor ubiquity decides the sign; the first region got +");
    return kc[0] >= 0 ? turn : -turn;
}

struct scale {
    double mean, sd;
};

static struct scale scale_by(const struct analysis *a, int convention, const double *v, size_t n)
{
    int option = convention + INDEX_NORMALISATION;
    if (option_is(a, option, "none"))
        return (struct scale){0, 1};
    bool sample =
        option_is(a, option, "sample") ||
        (option_is(a, option, "convention") && option_is(a, convention, "economiccomplexity"));
    return (struct scale){mean_of(v, n), sd_of(v, n, sample)};
}

static void rescale(const double *v, size_t n, struct scale s, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = s.sd > 0 ? (v[i] - s.mean) / s.sd : NAN;
}

static void warn_weak(struct analysis *a, const struct incidence *k, const double *kc,
                      double second, double third)
{
    double r = by_diversity(k, kc);
    if (k->m < FEW_INDUSTRIES || k->n < FEW_REGIONS)
        note(a,
             "warning: %zu regions and %zu industries are few: aggregated sectors hide the "
             "differences the index reads, and it may say little beyond which sectors go together",
             k->n, k->m);
    if (fabs(r) < 0.3)
        note(a,
             "warning: the correlation of ECI and diversity is only %.2f, so its sign is fragile",
             r);
    if (fabs(r) > 0.9)
        note(a,
             "warning: the correlation of ECI and diversity is %.2f: it says little beyond "
             "diversity",
             r);
    if (third > 0.9 * second)
        note(
            a,
            "warning: the next eigenvalue is near (%.4f, %.4f): small changes of the data may turn "
            "the index",
            second, third);
}

/* ---- the index ---- */

/* false when the block has no distinguished second eigenvector. */
static bool index_block(struct analysis *a, struct grid *g, int convention,
                        const struct incidence *k, struct indices *out)
{
    struct arena *s = &g->scratch;
    double *kc = numbers(s, k->n), *kp = numbers(s, k->m), second, third;
    if (!eigen_second(k, s, kc, kp, &second, &third))
        return false;
    double sign = sign_of(a, convention + INDEX_SIGN, k, kc, kp);
    for (size_t r = 0; r < k->n; r++)
        kc[r] *= sign;
    for (size_t c = 0; c < k->m; c++)
        kp[c] *= sign;
    spread(kc, k->region, k->n, out->raw_eci);
    spread(kp, k->industry, k->m, out->raw_pci);
    note(a, "second and third eigenvalue %.6g, %.6g; correlation of ECI with diversity %.3f",
         second, third, by_diversity(k, kc));
    warn_weak(a, k, kc, second, third);
    struct scale of_eci = scale_by(a, convention, kc, k->n), of_pci = of_eci;
    if (option_is(a, convention, "economiccomplexity"))
        of_pci = scale_by(a, convention, kp, k->m);
    rescale(kc, k->n, of_eci, kc);
    rescale(kp, k->m, of_pci, kp);
    spread(kc, k->region, k->n, out->eci);
    spread(kp, k->industry, k->m, out->pci);
    return true;
}

static void tell_undefined(struct analysis *a, const struct grid *g, const uint32_t *block,
                           const bool *undefined)
{
    size_t regions = 0;
    struct buf list;
    buf_init(&list, 200);
    for (size_t r = 0; r < g->n; r++)
        if (block[r] != UINT32_MAX && undefined[block[r]])
            buf_fmt(&list, "%s%.*s", regions++ > 0 ? ", " : "", STR_ARG(g->region[r]));
    if (regions > 0)
        note(a,
             "warning: no index for %zu regions, their structures are alike or distinguish no "
             "direction (no second eigenvector of its own): %.*s%s",
             regions, STR_ARG(buf_str(&list)), list.full ? " …" : "");
    buf_clear(&list);
}

enum code indices_of(struct analysis *a, struct grid *g, int convention, struct indices *out,
                     struct error *err)
{
    struct arena *s = &g->scratch;
    *out = (struct indices){numbers_nan(s, g->n), numbers_nan(s, g->m), numbers_nan(s, g->n),
                            numbers_nan(s, g->m)};
    uint32_t *block, first, end;
    TRY(blocks_of(a, g, convention + INDEX_BLOCKS, &block, &first, &end, err));
    note(a, "convention %.*s: sign by %.*s, normalisation %.*s",
         STR_ARG(a->option[convention + INDEX_CONVENTION]),
         STR_ARG(a->option[convention + INDEX_SIGN]),
         STR_ARG(a->option[convention + INDEX_NORMALISATION]));
    tell_empty(a, g);
    bool *undefined = arena_alloc(s, g->n + 1);
    for (uint32_t b = first; b < end; b++) {
        struct incidence k;
        incidence_init(&k, g, block, b);
        undefined[b] = !index_block(a, g, convention, &k, out);
    }
    tell_undefined(a, g, block, undefined);
    return OK;
}

/* ---- method complexity ---- */

enum { OPT_OF = OPT_OWN, OPT_STEPS, OPT_CONVENTION };

static enum code read_count(const struct analysis *a, int option, const char *name, int64_t least,
                            int64_t most, unsigned *out, struct error *err)
{
    struct dec d;
    if (dec_parse(a->option[option], &d, NULL) != OK || d.scale > 0 || d.units < least ||
        d.units > most)
        return error_set(err, E_INPUT, "option '%s' is a whole number from %lld to %lld", name,
                         (long long)least, (long long)most);
    *out = (unsigned)d.units;
    return OK;
}

/* One number per region or industry of the whole grid. */
struct result {
    const char *name;
    const double *v;
};

static void put_results(struct analysis *a, const struct grid *g, bool regions,
                        const struct result *result, size_t count)
{
    const struct str *label = regions ? g->region : g->industry;
    const uint32_t *sum = regions ? g->diversity : g->ubiquity;
    table_add_column(&a->out, regions ? "region" : "industry");
    table_add_column(&a->out, regions ? "diversity" : "ubiquity");
    for (size_t i = 0; i < count; i++)
        table_add_column(&a->out, result[i].name);
    for (size_t r = 0; r < (regions ? g->n : g->m); r++) {
        table_push(&a->out, 0, label[r]);
        table_push_int(&a->out, 1, sum[r]);
        for (size_t i = 0; i < count; i++)
            table_push_number(&a->out, (int)i + 2, result[i].v[r]);
        table_end_row(&a->out);
    }
}

static const char *name_steps(struct analysis *a, const char *stem, unsigned steps)
{
    return arena_fmt(&a->arena, "%s%u%c", stem, steps, '\0').ptr;
}

/* Reflections and fitness on all that is not empty; steps as the R package counts them: regions are
 * read at an even order, industries one further. */
static void add_iterations(struct analysis *a, struct grid *g, unsigned steps, double *const out[4])
{
    struct incidence k;
    uint32_t *block = arena_alloc(&g->scratch, (g->n + g->m) * sizeof *block);
    size_t blocks = grid_blocks(g, block);
    incidence_init(&k, g, block, UINT32_MAX);
    struct arena *s = &g->scratch;
    double *kc = numbers(s, k.n), *kp = numbers(s, k.m), *f = numbers(s, k.n), *q = numbers(s, k.m);
    if (k.n == 0)
        return;
    reflections(&k, s, steps - 2, steps - 1, kc, kp);
    fitness(&k, s, steps - 1, f, q);
    rescale(kc, k.n, scale_by(a, OPT_CONVENTION, kc, k.n), kc);
    rescale(kp, k.m, scale_by(a, OPT_CONVENTION, kp, k.m), kp);
    spread(kc, k.region, k.n, out[0]);
    spread(kp, k.industry, k.m, out[1]);
    spread(f, k.region, k.n, out[2]);
    spread(q, k.industry, k.m, out[3]);
    if (blocks > 1)
        note(
            a,
            "warning: reflections and fitness run over all blocks and compare what is unconnected");
}

static enum code complexity_eigen(struct analysis *a, struct grid *g, unsigned steps,
                                  struct error *err)
{
    if (steps % 2 != 0)
        return error_set(err, E_INPUT,
                         "option 'steps' is even: regions are read at an even order of reflection");
    bool regions = option_is(a, OPT_OF, "regions"),
         py = option_is(a, OPT_CONVENTION, "pyecomplexity");
    struct indices index;
    TRY(indices_of(a, g, OPT_CONVENTION, &index, err));
    struct arena *s = &g->scratch;
    double *out[4] = {numbers_nan(s, g->n), numbers_nan(s, g->m), numbers_nan(s, g->n),
                      numbers_nan(s, g->m)};
    add_iterations(a, g, steps, out);
    struct result of_regions[] = {
        {py ? "eci" : "eci_eigen", index.eci},
        { name_steps(a, "eci_reflections",                     steps), out[0]},
        { name_steps(a, "fitness",                     steps), out[2]}
    };
    struct result of_industries[] = {
        {py ? "pci" : "pci_eigen", index.pci},
        { name_steps(a, "pci_reflections",                     steps), out[1]},
        { name_steps(a, "fitness_q",                     steps), out[3]}
    };
    put_results(a, g, regions, regions ? of_regions : of_industries, 3);
    return OK;
}

/* ---- EconGeo: KCI, TCI, MORc, MORt ---- */

static void mor(struct grid *g, bool regions, unsigned steps, double *all)
{
    struct incidence k;
    uint32_t *block = arena_alloc(&g->scratch, (g->n + g->m) * sizeof *block);
    grid_blocks(g, block);
    incidence_init(&k, g, block, UINT32_MAX);
    double *v = numbers(&g->scratch, regions ? k.n : k.m);
    if (k.n == 0)
        return;
    reflections_rescaled(&k, &g->scratch, steps, regions, v);
    spread(v, regions ? k.region : k.industry, regions ? k.n : k.m, all);
}

/* EconGeo turns KCI to agree with 20 steps of MORc, TCI against the ranks of ubiquity. */
static bool disagrees(struct grid *g, const struct incidence *k, bool regions, const double *v)
{
    if (!regions)
        return rank_correlation(&g->scratch, v, k->ubiquity, k->m) > 0;
    double *all = numbers_nan(&g->scratch, g->n);
    mor(g, true, 20, all);
    return correlation(v, picked(&g->scratch, all, k->region, k->n), k->n) < 0;
}

static enum code kci(struct analysis *a, struct grid *g, bool regions, int blocks_option,
                     int digits, double *all, struct error *err)
{
    uint32_t *block, first, end;
    TRY(blocks_of(a, g, blocks_option, &block, &first, &end, err));
    for (uint32_t b = first; b < end; b++) {
        struct incidence k;
        incidence_init(&k, g, block, b);
        size_t size = regions ? k.n : k.m;
        double *v = numbers(&g->scratch, size);
        TRY(eigen_rounded(&k, &g->scratch, regions, digits, v, err));
        if (isnan(v[0]))
            note(a, "warning: no real second eigenvector around region '%.*s': no value there",
                 STR_ARG(g->region[k.region[0]]));
        if (disagrees(g, &k, regions, v))
            for (size_t i = 0; i < size; i++)
                v[i] = -v[i];
        spread(v, regions ? k.region : k.industry, size, all);
    }
    note(
        a,
        "convention econgeo: second eigenvector of the projected matrix rounded to %d digits, over "
        "its sum; compare ranks, not sizes",
        digits);
    tell_empty(a, g);
    return OK;
}

static enum code complexity_econgeo(struct analysis *a, struct grid *g, unsigned steps,
                                    struct error *err)
{
    bool regions = option_is(a, OPT_OF, "regions");
    size_t size = regions ? g->n : g->m;
    double *k = numbers_nan(&g->scratch, size), *m = numbers_nan(&g->scratch, size);
    TRY(kci(a, g, regions, OPT_CONVENTION + INDEX_BLOCKS, 4, k, err));
    steps += !regions; /* industries are read one step further, at an odd order */
    mor(g, regions, steps, m);
    struct result result[] = {
        {regions ? "kci" : "tci", k},
        { name_steps(a, regions ? "mor_c" : "mor_t",                 steps), m}
    };
    put_results(a, g, regions, result, 2);
    return OK;
}

static enum code complexity_body(struct analysis *a, struct grid *g, struct error *err)
{
    unsigned steps = 0;
    TRY(read_count(a, OPT_STEPS, "steps", 2, 1000, &steps, err));
    TRY(grid_read(a, g, err));
    if (option_is(a, OPT_CONVENTION, "econgeo"))
        return complexity_econgeo(a, g, steps, err);
    return complexity_eigen(a, g, steps, err);
}

enum code run_complexity(struct analysis *a, struct error *err)
{
    struct grid g = {0};
    enum code code = complexity_body(a, &g, err);
    grid_clear(&g);
    return code;
}

enum { OPT_KCI_BLOCKS = OPT_OWN, OPT_KCI_DIGITS };
enum { OPT_MOR_STEPS = OPT_OWN };

static enum code kci_body(struct analysis *a, struct grid *g, bool regions, struct error *err)
{
    unsigned digits = 0;
    TRY(read_count(a, OPT_KCI_DIGITS, "digits", 1, 12, &digits, err));
    TRY(grid_read(a, g, err));
    double *v = numbers_nan(&g->scratch, regions ? g->n : g->m);
    TRY(kci(a, g, regions, OPT_KCI_BLOCKS, (int)digits, v, err));
    struct result result = {regions ? "kci" : "tci", v};
    put_results(a, g, regions, &result, 1);
    return OK;
}

static enum code mor_body(struct analysis *a, struct grid *g, bool regions, struct error *err)
{
    unsigned steps = 0;
    TRY(read_count(a, OPT_MOR_STEPS, "steps", 1, 1000, &steps, err));
    TRY(grid_read(a, g, err));
    double *v = numbers_nan(&g->scratch, regions ? g->n : g->m);
    mor(g, regions, steps, v);
    note(a, "convention econgeo: %u steps of reflection, rescaled to 0 .. 100 from the third on",
         steps);
    if ((steps % 2 != 0) == regions)
        note(a, "warning: %s at an %s order rise with ubiquity: low is complex",
             regions ? "regions" : "industries", regions ? "odd" : "even");
    tell_empty(a, g);
    struct result result = {name_steps(a, regions ? "mor_c" : "mor_t", steps), v};
    put_results(a, g, regions, &result, 1);
    return OK;
}

static enum code run_side(struct analysis *a, bool regions,
                          enum code (*body)(struct analysis *, struct grid *, bool, struct error *),
                          struct error *err)
{
    struct grid g = {0};
    enum code code = body(a, &g, regions, err);
    grid_clear(&g);
    return code;
}

enum code run_kci(struct analysis *a, struct error *err)
{
    return run_side(a, true, kci_body, err);
}

enum code run_tci(struct analysis *a, struct error *err)
{
    return run_side(a, false, kci_body, err);
}

enum code run_morc(struct analysis *a, struct error *err)
{
    return run_side(a, true, mor_body, err);
}

enum code run_mort(struct analysis *a, struct error *err)
{
    return run_side(a, false, mor_body, err);
}
