/* mcdm_ahp.c - the analytic hierarchy process: weights, consistency, a hierarchy of two levels.
 * Sources and numerics: mcdm_pairwise.c. */
#include "mcdm_int.h"
#include <math.h>

enum { AHP_NAMES };

static const char *const ri_names[RANDOM_INDICES][2] = {
    {"CR_saaty2005",    "AHPy 2.1 RI=saaty"                                          },
    {"CR_donegan_dodd", "AHPy 2.1 RI=dd"                                             },
    {"CR_tummala_ling", "pymcdm 1.4.0 RI=Tummala-Ling"                               },
    {"CR_saaty1980",    "CR own RI=Saaty1980 (.58 .90 1.12 1.24 1.32 1.41 1.45 1.49)"},
};

static void note_consistency(struct analysis *a, struct str subject, double lambda, size_t n,
                             size_t missing)
{
    double cr = consistency_ratio(lambda, n, RI_SAATY);
    if (missing > 0)
        note(a, "'%.*s': %zu missing comparisons completed so that lambda_max is least",
             STR_ARG(subject), missing);
    note(a, "'%.*s': lambda_max %.12g, CR %.6g with Saaty's RI of 2005 (%s 0.1)%s",
         STR_ARG(subject), lambda, cr, cr > 0.1 ? "above" : "not above",
         cr > 0.1 ? ": the judgements contradict each other" : "");
}

enum code run_ahp(struct analysis *a, struct error *err)
{
    static const char *const plain[] = {"weight_eigenvector", "weight_geometric_mean",
                                        "weight_column_average"};
    static const char *const tools[] = {"weight_ahpy", "weight_pymcdm", "weight_geometric_mean_own",
                                        "weight_column_average_own"};
    static const uint8_t source[] = {0, 0, 1, 2};
    struct pairwise p;
    TRY(pairwise_read(&p, &a->in[0], a, err));
    bool names = str_is(a->option[AHP_NAMES], "tools");
    double *w = arena_alloc(&a->arena, 3 * p.n * sizeof *w);
    double lambda = principal(p.a, p.n, false, w, &a->arena);
    geometric_mean(&p, w + p.n);
    column_average(&p, w + 2 * p.n);
    int criterion = table_add_column(&a->out, "criterion");
    for (size_t c = 0; c < (names ? 4 : 3); c++)
        table_add_column(&a->out, names ? tools[c] : plain[c]);
    for (size_t i = 0; i < p.n; i++) {
        table_push(&a->out, criterion, p.name[i]);
        for (size_t c = 0; c < (names ? 4 : 3); c++)
            table_push_number(&a->out, (int)c + 1, w[(names ? source[c] : c) * p.n + i]);
        table_end_row(&a->out);
    }
    note_consistency(a, a->in[0].name, lambda, p.n, p.missing);
    return OK;
}

static void put_quantity(struct table *out, size_t n, const char *name, double v)
{
    table_push_int(out, 0, (int64_t)n);
    table_push(out, 1, str_z(name));
    table_push_number(out, 2, v);
    table_end_row(out);
}

enum code run_ahp_consistency(struct analysis *a, struct error *err)
{
    struct pairwise p;
    TRY(pairwise_read(&p, &a->in[0], a, err));
    bool tools = str_is(a->option[AHP_NAMES], "tools");
    double *w = arena_alloc(&a->arena, p.n * sizeof *w);
    double lambda = principal(p.a, p.n, false, w, &a->arena);
    double ci = p.n > 1 ? (lambda - (double)p.n) / (double)(p.n - 1) : 0;
    table_add_column(&a->out, "n");
    table_add_column(&a->out, tools ? "quantity_tool" : "quantity");
    table_add_column(&a->out, "value");
    put_quantity(&a->out, p.n, tools ? "lambda_max own numpy" : "lambda_max", lambda);
    put_quantity(&a->out, p.n, "CI", ci > 0 ? ci : 0);
    for (int k = 0; k < RANDOM_INDICES; k++)
        put_quantity(&a->out, p.n, ri_names[k][tools],
                     consistency_ratio(lambda, p.n, (enum random_index)k));
    note_consistency(a, a->in[0].name, lambda, p.n, p.missing);
    return OK;
}

/* ---- hierarchy ---- */

enum { HIERARCHY_GOAL, HIERARCHY_SEPARATOR };

struct hierarchy {
    struct pairwise criteria;
    size_t n; /* alternatives */
    struct str *alternative;
    size_t pairs;
    uint32_t *from, *to; /* of the columns of the table of pairs, from the second on */
    double *weight;      /* of the criteria */
    double *target;      /* of the alternatives */
};

static uint32_t alternative_id(struct hierarchy *h, struct str name)
{
    for (size_t i = 0; i < h->n; i++)
        if (str_eq(h->alternative[i], name))
            return (uint32_t)i;
    h->alternative[h->n] = name;
    return (uint32_t)h->n++;
}

/* "Moll_Nell": how much Moll outweighs Nell. */
static enum code read_pairs(struct hierarchy *h, struct analysis *a, struct error *err)
{
    const struct table *t = &a->in[1];
    struct str separator = a->option[HIERARCHY_SEPARATOR];
    h->pairs = t->columns.len - 1;
    h->alternative = arena_alloc(&a->arena, (2 * h->pairs + 1) * sizeof *h->alternative);
    h->from = arena_alloc(&a->arena, (2 * h->pairs + 1) * sizeof *h->from);
    h->to = h->from + h->pairs;
    for (size_t k = 0; k < h->pairs; k++) {
        struct str name = t->columns.v[k + 1].name;
        ptrdiff_t at = separator.len > 0 ? str_find(name, separator) : -1;
        struct str first = str_sub(name, 0, at > 0 ? (size_t)at : 0);
        struct str second = str_sub(name, (size_t)(at > 0 ? at : 0) + separator.len, name.len);
        if (at <= 0 || second.len == 0 || str_eq(first, second))
            return error_set(err, E_INPUT,
                             "column '%.*s' of '%.*s' does not name two alternatives as A%.*sB",
                             STR_ARG(name), STR_ARG(t->name), STR_ARG(separator));
        h->from[k] = alternative_id(h, first);
        h->to[k] = alternative_id(h, second);
        for (size_t i = 0; i < k; i++)
            if ((h->from[i] == h->from[k] && h->to[i] == h->to[k]) ||
                (h->from[i] == h->to[k] && h->to[i] == h->from[k]))
                return error_set(err, E_INPUT, "the pair '%.*s' stands twice", STR_ARG(name));
    }
    return h->pairs > 0 ? OK : error_set(err, E_INPUT, "'%.*s' has no pairs", STR_ARG(t->name));
}

static enum code find_row(const struct table *t, struct str node, size_t *row, struct error *err)
{
    size_t found = 0;
    for (size_t r = 0; r < t->rows; r++)
        if (str_eq(str_trim(table_cell(t, 0, r)), node)) {
            *row = r;
            found++;
        }
    if (found == 1)
        return OK;
    return error_set(err, E_INPUT, "'%.*s' has %zu rows for the criterion '%.*s'", STR_ARG(t->name),
                     found, STR_ARG(node));
}

static enum code local_weights(struct hierarchy *h, struct analysis *a, struct str node, double *w,
                               struct error *err)
{
    const struct table *t = &a->in[1];
    size_t row = 0;
    struct pairwise p = {.n = h->n, .name = h->alternative};
    TRY(find_row(t, node, &row, err));
    p.a = arena_alloc(&a->arena, h->n * h->n * sizeof *p.a);
    for (size_t i = 0; i < h->n * h->n; i++)
        p.a[i] = NAN;
    for (size_t k = 0; k < h->pairs; k++)
        TRY(pairwise_cell(t, (int)k + 1, row, &p.a[h->from[k] * h->n + h->to[k]], err));
    TRY(pairwise_settle(&p, node, &a->arena, err));
    double lambda = principal(p.a, p.n, false, w, &a->arena);
    note_consistency(a, node, lambda, p.n, p.missing);
    return OK;
}

static void put_weights(struct table *out, const struct hierarchy *h, struct str node,
                        const char *kind, const double *w)
{
    for (size_t i = 0; i < h->n; i++) {
        table_push(out, 0, node);
        table_push(out, 1, h->alternative[i]);
        table_push(out, 2, str_z(kind));
        table_push_number(out, 3, w[i]);
        table_end_row(out);
    }
}

static enum code check_nodes(const struct hierarchy *h, const struct table *t, struct error *err)
{
    for (size_t r = 0; r < t->rows; r++) {
        bool known = false;
        struct str node = str_trim(table_cell(t, 0, r));
        for (size_t i = 0; i < h->criteria.n; i++)
            known = known || str_eq(node, h->criteria.name[i]);
        if (!known)
            return error_at(err, E_INPUT, (uint32_t)r + 2, 0,
                            "'%.*s' is no criterion of the first matrix", STR_ARG(node));
    }
    return OK;
}

enum code run_ahp_hierarchy(struct analysis *a, struct error *err)
{
    static const char *const columns[] = {"node", "alternative", "kind", "weight"};
    struct hierarchy h = {0};
    TRY(pairwise_read(&h.criteria, &a->in[0], a, err));
    TRY(read_pairs(&h, a, err));
    TRY(check_nodes(&h, &a->in[1], err));
    h.weight = arena_alloc(&a->arena, h.criteria.n * sizeof *h.weight);
    h.target = arena_alloc(&a->arena, h.n * sizeof *h.target);
    double *w = arena_alloc(&a->arena, h.n * sizeof *w);
    double lambda = principal(h.criteria.a, h.criteria.n, false, h.weight, &a->arena);
    note_consistency(a, a->in[0].name, lambda, h.criteria.n, h.criteria.missing);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        table_add_column(&a->out, columns[c]);
    for (size_t k = 0; k < h.criteria.n; k++) {
        TRY(local_weights(&h, a, h.criteria.name[k], w, err));
        put_weights(&a->out, &h, h.criteria.name[k], "local", w);
        for (size_t i = 0; i < h.n; i++)
            h.target[i] += h.weight[k] * w[i];
    }
    put_weights(&a->out, &h, a->option[HIERARCHY_GOAL], "target", h.target);
    return OK;
}
