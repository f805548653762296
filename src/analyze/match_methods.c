/* match_methods.c - the methods of family `match`: assignment, transport, choice within capacities,
 * matching. Each reads its tables into one shape, which match_net.c solves. */
#include "match_int.h"

static const char *const cost_names[] = {"cost", "unit_cost", "score", "weight", "value", NULL};

/* A table of earlier pairs has both key columns; a table of capacities as a list has them, too. */
static bool is_previous(const struct match *m, const struct table *t)
{
    bool both = false, flow = table_column(t, "flow") >= 0;
    for (size_t i = 0; i < t->columns.len && m->side[1].column.len > 0; i++)
        both = both || (i > 0 && str_eq(t->columns.v[i].name, m->side[1].column));
    return m->flow_column.len > 0 ? flow : both;
}

static enum code read_earlier(struct analysis *a, struct match *m, const struct table *t,
                              struct error *err)
{
    size_t gone = 0;
    TRY(match_read_previous(m, t, &gone, err));
    if (gone > 0)
        note(a, "%zu earlier pairs are no longer listed", gone);
    return OK;
}

static int64_t less(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

/* A pair without a capacity of its own gets one that never binds, one more than its ends have: then
 * its cost is exactly the sum of the two prices wherever it is made. */
static void limit_cells(struct match *m)
{
    for (size_t i = 0; i < m->cells.len; i++) {
        struct match_cell *c = &m->cells.v[i];
        int64_t ends = less(m->side[0].keys.v[c->at[0]].amount, m->side[1].keys.v[c->at[1]].amount);
        c->cap = less(c->cap, ends + 1);
        c->keep = less(c->keep, less(c->cap, ends));
    }
}

static enum code finish(struct analysis *a, struct match *m, struct str show, struct error *err)
{
    limit_cells(m);
    TRY(match_solve(m, err));
    match_write(a, m, show);
    return OK;
}

/* ---- assign ---- */

enum { ASSIGN_OBJECTIVE, ASSIGN_LAYOUT, ASSIGN_DECIMALS, ASSIGN_SHOW };

static enum code assign(struct analysis *a, struct match *m, struct error *err)
{
    struct match_input in = {arena_z(&a->arena, a->option[ASSIGN_LAYOUT]), cost_names,
                             a->option[ASSIGN_DECIMALS], false};
    m->maximise = str_is(a->option[ASSIGN_OBJECTIVE], "max");
    m->side[0].asks = true;
    m->value_column = STR("cost");
    TRY(match_read_cells(m, &a->in[0], &in, err));
    if (m->side[1].column.len == 0)
        m->side[1].column = STR("supply");
    TRY(match_sort(m, &a->in[0], err));
    m->served = m->side[0].keys.len > m->side[1].keys.len;
    if (a->in_count > 1)
        TRY(read_earlier(a, m, &a->in[1], err));
    return finish(a, m, a->option[ASSIGN_SHOW], err);
}

/* ---- transport ---- */

enum { TRANSPORT_OBJECTIVE, TRANSPORT_LAYOUT, TRANSPORT_DECIMALS, TRANSPORT_SHOW };

static i128 total(const struct match_side *s)
{
    i128 sum = 0;
    for (size_t k = 0; k < s->keys.len; k++)
        sum += s->keys.v[k].amount;
    return sum;
}

static enum code read_extras(struct analysis *a, struct match *m, struct error *err)
{
    const struct table *previous = NULL, *caps = NULL;
    for (size_t i = 3; i < a->in_count; i++) {
        const struct table **as = is_previous(m, &a->in[i]) ? &previous : &caps;
        if (*as != NULL)
            return error_set(err, E_INPUT, "'%.*s' and '%.*s' are both %s", STR_ARG((*as)->name),
                             STR_ARG(a->in[i].name),
                             as == &caps ? "capacities (no column 'flow')"
                                         : "earlier flows (a column 'flow')");
        *as = &a->in[i];
    }
    if (caps != NULL)
        TRY(match_read_caps(m, caps, err));
    return previous != NULL ? read_earlier(a, m, previous, err) : OK;
}

static enum code transport(struct analysis *a, struct match *m, struct error *err)
{
    struct match_input in = {arena_z(&a->arena, a->option[TRANSPORT_LAYOUT]), cost_names,
                             a->option[TRANSPORT_DECIMALS], false};
    m->maximise = str_is(a->option[TRANSPORT_OBJECTIVE], "max");
    m->side[1].asks = true;
    m->value_column = STR("unit_cost");
    m->flow_column = STR("flow");
    TRY(match_read_cells(m, &a->in[0], &in, err));
    m->value_column = STR("unit_cost");
    TRY(match_read_amounts(m, 0, &a->in[1], "supply", false, err));
    TRY(match_read_amounts(m, 1, &a->in[2], "demand", false, err));
    TRY(match_sort(m, &a->in[0], err));
    TRY(read_extras(a, m, err));
    i128 supply = total(&m->side[0]), demand = total(&m->side[1]);
    m->served = supply >= demand;
    note(a, "%s",
         supply > demand   ? "supply exceeds demand: demand is met, supply is a limit"
         : supply < demand ? "demand exceeds supply: all is shipped, demand is a limit"
                           : "supply and demand balance");
    return finish(a, m, a->option[TRANSPORT_SHOW], err);
}

/* ---- capacity ---- */

enum { CAPACITY_SERVE, CAPACITY_DECIMALS, CAPACITY_SHOW };

static enum code capacity(struct analysis *a, struct match *m, struct error *err)
{
    struct match_input in = {"pairs", cost_names, a->option[CAPACITY_DECIMALS], false};
    m->maximise = true;
    m->optional = str_is(a->option[CAPACITY_SERVE], "gain");
    m->side[0].asks = true;
    TRY(match_read_cells(m, &a->in[0], &in, err));
    TRY(match_read_amounts(m, 1, &a->in[1], "capacity", true, err));
    const struct table *previous = NULL, *demands = NULL;
    for (size_t i = 2; i < a->in_count; i++) {
        const struct table **as = is_previous(m, &a->in[i]) ? &previous : &demands;
        if (*as != NULL)
            return error_set(err, E_INPUT,
                             "'%.*s' and '%.*s' are of one kind: earlier pairs have "
                             "the column '%.*s', demands do not",
                             STR_ARG((*as)->name), STR_ARG(a->in[i].name),
                             STR_ARG(m->side[1].column));
        *as = &a->in[i];
    }
    if (demands != NULL)
        TRY(match_read_keys(m, demands, err));
    TRY(match_sort(m, &a->in[0], err));
    if (previous != NULL)
        TRY(read_earlier(a, m, previous, err));
    return finish(a, m, a->option[CAPACITY_SHOW], err);
}

/* ---- matching ---- */

enum { MATCHING_OBJECTIVE, MATCHING_DECIMALS, MATCHING_SHOW };

static enum code matching(struct analysis *a, struct match *m, struct error *err)
{
    m->cardinality = str_is(a->option[MATCHING_OBJECTIVE], "cardinality");
    struct match_input in = {"pairs", cost_names, a->option[MATCHING_DECIMALS], m->cardinality};
    m->optional = str_is(a->option[MATCHING_OBJECTIVE], "weight");
    m->maximise = !m->cardinality;
    m->side[0].asks = true;
    TRY(match_read_cells(m, &a->in[0], &in, err));
    TRY(match_sort(m, &a->in[0], err));
    if (a->in_count > 1)
        TRY(read_earlier(a, m, &a->in[1], err));
    return finish(a, m, a->option[MATCHING_SHOW], err);
}

/* ---- the table ---- */

static enum code with_match(struct analysis *a,
                            enum code (*run)(struct analysis *, struct match *, struct error *),
                            struct error *err)
{
    struct match m;
    match_init(&m);
    enum code code = run(a, &m, err);
    match_clear(&m);
    return code;
}

static enum code run_assign(struct analysis *a, struct error *err)
{
    return with_match(a, assign, err);
}

static enum code run_transport(struct analysis *a, struct error *err)
{
    return with_match(a, transport, err);
}

static enum code run_capacity(struct analysis *a, struct error *err)
{
    return with_match(a, capacity, err);
}

static enum code run_matching(struct analysis *a, struct error *err)
{
    return with_match(a, matching, err);
}

#define OBJECTIVE                                                                                  \
    {                                                                                              \
        "objective", "min", "min|max", "费用最小或收益最大", "least cost or largest score"         \
    }
#define LAYOUT                                                                                     \
    {                                                                                              \
        "layout", "auto", "auto|matrix|pairs",                                                     \
            "费用表的形式：矩阵，或每行一对（含 cost、unit_cost、score、weight、value 列）",       \
            "of the costs: a matrix, or a pair a row with a column cost, unit_cost, score, "       \
            "weight or value"                                                                      \
    }
#define DECIMALS                                                                                   \
    {                                                                                              \
        "decimals", "", "number", "先四舍五入到几位小数；空为精确",                                \
            "round values to as many decimals first; empty = exactly as they are"                  \
    }
#define SHOW                                                                                       \
    {                                                                                              \
        "show", "result", "matched|result|pairs|value",                                            \
            "输出：只列成对的、另列未成对的、所有可选的对、只给最优值",                            \
            "only what is matched, also who is left, every listed pair, or only the optimal value" \
    }

const struct method analyze_match[] = {
    {.name = "assign",
     .inputs = "cost previous?",
     .zh = "指派：一对一，总费用最小（或收益最大）",
     .en = "assignment, one to one, of least cost or largest score",
     .source = "Jonker and Volgenant, Computing 38 (1987)",
     .options = {OBJECTIVE, LAYOUT, DECIMALS, SHOW},
     .run = run_assign},
    {.name = "transport",
     .inputs = "cost supply demand capacity? previous?",
     .zh = "运输：供需平衡、供过于求或供不应求，可限各对运量",
     .en = "transport between suppliers and consumers at least cost, with limits on pairs if given",
     .source = "Edmonds and Karp, J. ACM 19 (1972), section 1.3",
     .options = {OBJECTIVE, LAYOUT, DECIMALS, SHOW},
     .run = run_transport},
    {.name = "capacity",
     .inputs = "pairs capacity demands? previous?",
     .zh = "按容量撮合：每个需求至多一次，供方至多容量次，总分最大",
     .en = "demands at most once, suppliers up to their capacity, listed pairs only: largest score",
     .source = "Tomizawa, Networks 1 (1971)",
     .options = {{"serve", "gain", "gain|all", "只在得分不减时成对，或先让尽可能多的需求成对",
                  "pair only where the score does not fall, or as many demands as possible first"},
                 DECIMALS,
                 SHOW},
     .run = run_capacity},
    {.name = "matching",
     .inputs = "edges previous?",
     .zh = "二部图匹配：对数最多，或权重最大",
     .en = "largest or heaviest matching of two sides",
     .source = "Hopcroft and Karp, SIAM J. Comput. 2 (1973); weights: Tomizawa 1971",
     .options = {{"objective", "cardinality", "cardinality|weight|both",
                  "对数最多、总权重最大、或对数最多者中权重最大",
                  "most pairs, largest weight, or the largest weight of those with most pairs"},
                 DECIMALS,
                 SHOW},
     .run = run_matching},
    {.name = NULL},
};
