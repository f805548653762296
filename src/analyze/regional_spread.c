/* regional_spread.c - specialisation of regions, concentration of industries, inequality of a list.
 * Gini of specialisation / concentration: 2 / (n^2 R) sum i (R_i - R) over the rising ratios
 * R_i = share / reference share with mean R (Farhauer and Kroell 2014, 11.4). Krugman 1991:
 * sum |share - reference share|. Hoover: half of it. Other measures: regional_measures.c. */
#include "analyze_int.h"
#include "regional_int.h"
#include <math.h>
#include <stdlib.h>

/* One region's or industry's values against the reference, as doubles: scales cancel. */
struct profile {
    size_t n;
    double *x, *reference, sum, reference_sum;
    double *ratio; /* where the reference is not 0 */
    size_t ratios;
};

static void profile_make(struct profile *f, size_t n, struct arena *arena)
{
    f->x = arena_alloc(arena, 3 * n * sizeof *f->x);
    f->reference = f->x + n;
    f->ratio = f->reference + n;
}

static void profile_ratios(struct profile *f)
{
    f->ratios = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->reference[i] > 0)
            f->ratio[f->ratios++] = f->x[i] / f->sum / (f->reference[i] / f->reference_sum);
}

static double krugman(const struct profile *f)
{
    double sum = 0;
    for (size_t i = 0; i < f->n; i++)
        sum += fabs(f->x[i] / f->sum - f->reference[i] / f->reference_sum);
    return sum;
}

static void region_profile(const struct panel *p, size_t r, struct profile *f)
{
    f->n = p->industries;
    f->sum = (double)p->regional[r];
    f->reference_sum = (double)p->total[0];
    for (size_t i = 0; i < f->n; i++) {
        f->x[i] = (double)panel_v(p, 0, r, i);
        f->reference[i] = (double)panel_nation(p, 0, i);
    }
    profile_ratios(f);
}

static void industry_profile(const struct panel *p, size_t i, struct profile *f)
{
    f->n = p->regions;
    f->sum = (double)panel_nation(p, 0, i);
    f->reference_sum = (double)p->total[0];
    for (size_t r = 0; r < f->n; r++) {
        f->x[r] = (double)panel_v(p, 0, r, i);
        f->reference[r] = (double)p->regional[r];
    }
    profile_ratios(f);
}

static void note_zero(struct analysis *a, struct str name)
{
    note(a, "'%.*s' is 0 throughout: no measure applies", STR_ARG(name));
}

/* ---- regions ---- */

static const char *const region_columns[] = {
    "region", "herf", "herf_norm", "herf_eq", "gini_spec", "krugman_spec_vs_nation",
};

static void region_row(struct analysis *a, const struct panel *p, size_t r, struct profile *f)
{
    struct spread s;
    struct table *out = &a->out;
    table_push(out, 0, p->region[r]);
    region_profile(p, r, f);
    if (f->sum > 0 && f->reference_sum > 0) {
        spread_of(f->x, f->n, &s, &a->arena);
        const double v[] = {s.hhi, s.hhi_norm, s.hhi_equiv, gini_of(f->ratio, f->ratios, &a->arena),
                            krugman(f)};
        for (int c = 0; c < 5; c++)
            table_push_number(out, c + 1, v[c]);
    } else {
        note_zero(a, p->region[r]);
    }
    table_end_row(out);
}

enum code run_specialisation(struct analysis *a, struct error *err)
{
    struct panel p;
    struct profile f;
    TRY(panel_read(&p, a, PANEL_ONE, err));
    TRY(panel_not_negative(&p, 0, err));
    profile_make(&f, p.industries, &a->arena);
    for (size_t c = 0; c < sizeof region_columns / sizeof *region_columns; c++)
        table_add_column(&a->out, region_columns[c]);
    for (size_t r = 0; r < p.regions; r++)
        region_row(a, &p, r, &f);
    note(a,
         "herf = sum of squared shares of %zu industries, herf_norm = (H-1/n)/(1-1/n), herf_eq = "
         "1/H; gini_spec without small-sample correction; Krugman as a sum, 0..2",
         p.industries);
    return OK;
}

/* ---- industries ---- */

static const char *const industry_columns[] = {
    "industry",
    "gini_conc",
    "krugman_conc_vs_total",
    "hoover_vs_total",
    "theil",
    "gini",
    "gini_norm",
    "cv",
    "atkinson_e05",
    "herf",
    "herf_norm",
    "herf_eq",
};
enum { OPTION_THEIL = PANEL_AT + 1 };

static void industry_row(struct analysis *a, const struct panel *p, size_t i, struct profile *f)
{
    struct spread s;
    struct table *out = &a->out;
    table_push(out, 0, p->industry[i]);
    industry_profile(p, i, f);
    if (f->sum > 0 && f->reference_sum > 0) {
        spread_of(f->x, f->n, &s, &a->arena);
        bool t = str_is(a->option[OPTION_THEIL], "T");
        double apart = krugman(f);
        const double v[] = {gini_of(f->ratio, f->ratios, &a->arena),
                            apart,
                            apart / 2,
                            t ? s.theil_t : s.theil_l,
                            s.gini,
                            s.gini_norm,
                            s.cv,
                            atkinson_of(f->x, f->n, 0.5),
                            s.hhi,
                            s.hhi_norm,
                            s.hhi_equiv};
        for (int c = 0; c < 11; c++)
            table_push_number(out, c + 1, v[c]);
    } else {
        note_zero(a, p->industry[i]);
    }
    table_end_row(out);
}

enum code run_concentration(struct analysis *a, struct error *err)
{
    struct panel p;
    struct profile f;
    TRY(panel_read(&p, a, PANEL_ONE, err));
    TRY(panel_not_negative(&p, 0, err));
    profile_make(&f, p.regions, &a->arena);
    for (size_t c = 0; c < sizeof industry_columns / sizeof *industry_columns; c++)
        table_add_column(&a->out, industry_columns[c]);
    for (size_t i = 0; i < p.industries; i++)
        industry_row(a, &p, i, &f);
    note(a,
         "over %zu regions; theil is %s; cv with the sample standard deviation; gini_norm = gini "
         "n/(n-1)",
         p.regions,
         str_is(a->option[OPTION_THEIL], "T")
             ? "Theil's T"
             : "Theil's L (mean log deviation), empty where a region "
               "has 0");
    return OK;
}

/* ---- a list ---- */

enum { LIST_VALUE, LIST_LABEL, LIST_MISSING, LIST_NAMES };

struct list {
    double *x;
    size_t n;
};

static enum code read_list(struct analysis *a, struct list *list, struct error *err)
{
    const struct table *in = &a->in[0];
    int value, label = -1;
    TRY(table_need(in, arena_z(&a->arena, a->option[LIST_VALUE]), &value, err));
    if (a->option[LIST_LABEL].len > 0)
        TRY(table_need(in, arena_z(&a->arena, a->option[LIST_LABEL]), &label, err));
    bool leave = str_is(a->option[LIST_MISSING], "leave");
    size_t missing = 0;
    list->x = arena_alloc(&a->arena, in->rows * sizeof *list->x);
    for (size_t row = 0; row < in->rows; row++) {
        if (label >= 0 && name_is_total(str_trim(table_cell(in, label, row)))) {
            note(a, "'%.*s' in line %zu is a total and left out",
                 STR_ARG(table_cell(in, label, row)), row + 2);
            continue;
        }
        double v;
        TRY(table_number(in, value, row, leave, &v, err));
        if (v < 0)
            return error_at(err, E_INPUT, (uint32_t)row + 2, 0,
                            "'%.*s': %g is negative: shares need values of 0 or more",
                            STR_ARG(in->name), v);
        missing += isnan(v) != 0;
        if (!isnan(v))
            list->x[list->n++] = v;
    }
    if (missing > 0)
        note(a, "%zu missing values left out", missing);
    return OK;
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static double largest_share(const struct list *list, size_t k, struct arena *scratch)
{
    double *x = arena_alloc(scratch, list->n * sizeof *x), sum = 0, top = 0;
    memcpy(x, list->x, list->n * sizeof *x);
    qsort(x, list->n, sizeof *x, falling);
    for (size_t i = 0; i < list->n; i++) {
        sum += x[i];
        top += i < k ? x[i] : 0;
    }
    return k <= list->n ? top / sum : NAN;
}

enum measure {
    M_HHI,
    M_HHI_NORM,
    M_HHI_EQ,
    M_GINI,
    M_GINI_NORM,
    M_CV,
    M_HOOVER,
    M_THEIL_T,
    M_THEIL_L,
    M_ATKINSON_05,
    M_ATKINSON_1,
    M_ROSENBLUTH,
    M_CR3,
    M_CR5,
    MEASURES
};
static const struct {
    const char *name;
    enum measure measure;
    bool plain, tools; /* under which set of names */
} measure_rows[] = {
    {"hhi",               M_HHI,         true,  true },
    {"hhi_norm",          M_HHI_NORM,    true,  true },
    {"hhi_equiv_number",  M_HHI_EQ,      true,  true },
    {"gini",              M_GINI,        true,  true },
    {"gini_norm",         M_GINI_NORM,   true,  true },
    {"cv",                M_CV,          true,  true },
    {"hoover",            M_HOOVER,      true,  true },
    {"theil_T",           M_THEIL_T,     true,  false},
    {"theil_L",           M_THEIL_L,     true,  false},
    {"atkinson_0.5",      M_ATKINSON_05, true,  false},
    {"atkinson_1",        M_ATKINSON_1,  true,  false},
    {"rosenbluth",        M_ROSENBLUTH,  true,  false},
    {"CR3",               M_CR3,         true,  false},
    {"CR5",               M_CR5,         true,  false},
    {"theil_reat_MLD",    M_THEIL_L,     false, true },
    {"theil_T_ineq",      M_THEIL_T,     false, true },
    {"theil_L_ineq",      M_THEIL_L,     false, true },
    {"atkinson_0.5_reat", M_ATKINSON_05, false, true },
    {"atkinson_0.5_ineq", M_ATKINSON_05, false, true },
    {"atkinson_1_ineq",   M_ATKINSON_1,  false, true },
    {"gini_ineq",         M_GINI,        false, true },
    {"gini_ineq_corr",    M_GINI_NORM,   false, true },
    {"rosenbluth_ineq",   M_ROSENBLUTH,  false, true },
    {"CR3_conc",          M_CR3,         false, true },
    {"CR5_conc",          M_CR5,         false, true },
};

enum code run_inequality(struct analysis *a, struct error *err)
{
    struct list list = {0};
    struct spread s;
    TRY(read_list(a, &list, err));
    spread_of(list.x, list.n, &s, &a->arena);
    if (isnan(s.hhi))
        return error_set(err, E_INPUT, "column '%.*s' adds up to 0: there is nothing to share",
                         STR_ARG(a->option[LIST_VALUE]));
    const double v[MEASURES] = {s.hhi,
                                s.hhi_norm,
                                s.hhi_equiv,
                                s.gini,
                                s.gini_norm,
                                s.cv,
                                s.hoover,
                                s.theil_t,
                                s.theil_l,
                                atkinson_of(list.x, list.n, 0.5),
                                atkinson_of(list.x, list.n, 1),
                                s.rosenbluth,
                                largest_share(&list, 3, &a->arena),
                                largest_share(&list, 5, &a->arena)};
    bool tools = str_is(a->option[LIST_NAMES], "tools");
    int metric = table_add_column(&a->out, "metric"), value = table_add_column(&a->out, "value");
    for (size_t i = 0; i < sizeof measure_rows / sizeof *measure_rows; i++) {
        if (tools ? !measure_rows[i].tools : !measure_rows[i].plain)
            continue;
        table_push(&a->out, metric, str_z(measure_rows[i].name));
        table_push_number(&a->out, value, v[measure_rows[i].measure]);
        table_end_row(&a->out);
    }
    note(a, "over %zu values; cv with the sample standard deviation; gini_norm = gini n/(n-1)",
         list.n);
    return OK;
}
