/* Tests of the family match: optimal values of shared/data/analytics/match, small problems worked
 * out by hand, and random ones against trying everything. */
#include "analyze_testing.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static double number_at(const struct table *t, int column, size_t row)
{
    double v = 0;
    struct error err = {0};
    if (table_number(t, column, row, true, &v, &err) != OK)
        fail_msg("%s", err.text);
    return v;
}

static int need(const struct table *t, const char *column)
{
    int c = table_column(t, column);
    if (c < 0)
        fail_msg("no column '%s'", column);
    return c;
}

/* ---- references ---- */

struct reference {
    const char *name, *method, *options;
    const char *inputs[4];
    const char *optimum; /* suffix of a file with one optimum, NULL = none */
    const char *value;   /* its column of costs */
};
#define SCIPY "_one_optimum_scipy.csv"
#define NETWORKX "_one_optimum_networkx.csv"
#define TRANSPORT                                                                                  \
    {                                                                                              \
        "_cost.csv", "_supply.csv", "_demand.csv", NULL                                            \
    }
static const struct reference references[] = {
    {"assign_5x5",               "assign",    "",              {"_cost.csv"},                   SCIPY,    "cost"     },
    {"assign_40x40",             "assign",    "",              {"_cost.csv"},                   SCIPY,    "cost"     },
    {"assign_30x50_max",         "assign",    "objective=max", {"_cost.csv"},                   SCIPY,    "cost"     },
    {"assign_50x30",             "assign",    "",              {"_cost.csv"},                   SCIPY,    "cost"     },
    {"assign_200x200",           "assign",    "",              {"_cost.csv"},                   SCIPY,    "cost"     },
    {"assign_float_25x25",       "assign",    "",              {"_cost.csv"},                   SCIPY,    "cost"     },
    {"assign_negative_12x12",    "assign",    "",              {"_cost.csv"},                   SCIPY,    "cost"     },
    {"transport_10x15_balanced", "transport", "",              TRANSPORT,                       NETWORKX, "unit_cost"},
    {"transport_20x25_surplus",  "transport", "",              TRANSPORT,                       NETWORKX, "unit_cost"},
    {"transport_12x18_shortage", "transport", "",              TRANSPORT,                       NETWORKX, "unit_cost"},
    {"transport_8x10_capacity",
     "transport",                             "",
     {"_cost.csv", "_supply.csv", "_demand.csv", "_capacity.csv"},
     NETWORKX,                                                                                            "unit_cost"},
    {"capacity_80x25",           "capacity",  "",              {"_pairs.csv", "_capacity.csv"}, NULL,     "score"    },
    {"match_60x60",              "matching",  "",              {"_edges.csv"},                  NULL,     NULL       },
    {"match_300x250",            "matching",  "",              {"_edges.csv"},                  NULL,     NULL       },
};

static size_t read_inputs(const struct reference *r, struct table in[4])
{
    size_t n = 0;
    for (; n < 4 && r->inputs[n] != NULL; n++) {
        char path[200];
        snprintf(path, sizeof path, "match/%s%s", r->name, r->inputs[n]);
        shared_table(&in[n], &arena, path);
    }
    return n;
}

static void clear_inputs(struct table *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        table_clear(&in[i]);
}

static double want_value(const struct table *values, const char *name)
{
    for (size_t r = 0; r < values->rows; r++) {
        struct str q = table_cell(values, 2, r);
        if (str_is(table_cell(values, 0, r), name) && !str_starts(q, STR("seconds")))
            return number_at(values, 3, r);
    }
    fail_msg("no value of %s", name);
    return 0;
}

static double first_value(const struct analysis *a)
{
    check_text(table_cell(&a->out, 0, 0), STR("optimal value"), "show=value");
    return number_at(&a->out, 1, 0);
}

/* Sums of a column by key, as "key" -> index into sums. */
static double sum_of(const struct table *t, int column, int key, struct str of)
{
    double sum = 0;
    for (size_t r = 0; r < t->rows; r++)
        if (str_eq(table_cell(t, key, r), of))
            sum += column < 0 ? 1 : number_at(t, column, r);
    return sum;
}

/* What is made stays within the amounts; exactly on the side that is the shorter one. */
static void check_amounts(const struct table *made, int key, const struct table *amounts,
                          bool exact, const char *name)
{
    int flow = table_column(made, "flow");
    for (size_t r = 0; r < amounts->rows; r++) {
        double sum = sum_of(made, flow, key, table_cell(amounts, 0, r));
        double limit = number_at(amounts, 1, r);
        check_row(exact ? sum == limit : sum <= limit, name);
    }
}

static double total_of(const struct table *t)
{
    double sum = 0;
    for (size_t r = 0; r < t->rows; r++)
        sum += number_at(t, 1, r);
    return sum;
}

static double cell_of(const struct table *matrix, struct str row, struct str column)
{
    for (size_t r = 0; r < matrix->rows; r++)
        for (size_t c = 1; c < matrix->columns.len; c++)
            if (str_eq(table_cell(matrix, 0, r), row) && str_eq(matrix->columns.v[c].name, column))
                return number_at(matrix, (int)c, r);
    fail_msg("no cell %.*s, %.*s", STR_ARG(row), STR_ARG(column));
    return 0;
}

static void check_once(const struct table *made, int key, const char *name)
{
    for (size_t r = 0; r < made->rows; r++)
        check_row(sum_of(made, -1, key, table_cell(made, key, r)) == 1, name);
}

static void check_feasible(const struct reference *r, const struct table *in, size_t n,
                           const struct table *made)
{
    if (strcmp(r->method, "transport") == 0) {
        double supply = total_of(&in[1]), demand = total_of(&in[2]);
        check_amounts(made, 0, &in[1], supply <= demand, r->name);
        check_amounts(made, 1, &in[2], demand <= supply, r->name);
        for (size_t i = 0; n > 3 && i < made->rows; i++)
            check_row(number_at(made, need(made, "flow"), i) <=
                          cell_of(&in[3], table_cell(made, 0, i), table_cell(made, 1, i)),
                      r->name);
        return;
    }
    check_once(made, 0, r->name);
    if (strcmp(r->method, "capacity") == 0)
        check_amounts(made, 1, &in[1], false, r->name);
    else
        check_once(made, 1, r->name);
}

/* Costs of what is made, looked up in the input, and their sum. */
static double value_of(const struct reference *r, const struct table *in, const struct table *made)
{
    double sum = 0;
    int flow = table_column(made, "flow");
    for (size_t i = 0; i < made->rows; i++) {
        struct str a = table_cell(made, 0, i), b = table_cell(made, 1, i);
        double cost = r->value == NULL;
        if (str_is(in[0].columns.v[1].name, "supply")) {
            bool found = false;
            for (size_t k = 0; k < in[0].rows && !found; k++) {
                found = str_eq(table_cell(&in[0], 0, k), a) && str_eq(table_cell(&in[0], 1, k), b);
                if (found && r->value != NULL)
                    cost = number_at(&in[0], 2, k);
            }
            check_row(found, r->name);
        } else {
            cost = cell_of(&in[0], a, b);
        }
        sum += cost * (flow < 0 ? 1 : number_at(made, flow, i));
    }
    return sum;
}

/* Each pair of the other tool's optimum is made here, or said to be in another optimum. */
static void check_other_optimum(const struct reference *r, const struct table *pairs)
{
    char path[200];
    struct table other;
    size_t same = 0;
    snprintf(path, sizeof path, "match/%s%s", r->name, r->optimum);
    shared_table(&other, &arena, path);
    int reason = need(pairs, "reason"), value = need(pairs, r->value),
        want = need(&other, r->value);
    for (size_t i = 0; i < other.rows; i++) {
        size_t k = 0;
        while (k < pairs->rows && !(str_eq(table_cell(pairs, 0, k), table_cell(&other, 0, i)) &&
                                    str_eq(table_cell(pairs, 1, k), table_cell(&other, 1, i))))
            k++;
        check_row(k < pairs->rows, r->name);
        struct str why = table_cell(pairs, reason, k);
        same += str_is(why, "matched");
        check_row(str_is(why, "matched") || str_is(why, "equal-optimum"), r->name);
        check_row(number_at(pairs, value, k) == number_at(&other, want, i), r->name);
    }
    print_message("# %s: %zu of its %zu pairs made here, the others equal\n", path, same,
                  other.rows);
    table_clear(&other);
}

static void reference_values(void **state)
{
    (void)state;
    struct table values;
    shared_table(&values, &arena, "match/optimal_values.csv");
    for (size_t i = 0; i < COUNT(references); i++) {
        const struct reference *r = &references[i];
        struct table in[4];
        struct analysis a;
        char options[100];
        size_t n = read_inputs(r, in);
        double want = want_value(&values, r->name);
        snprintf(options, sizeof options, "%s%sshow=", r->options,
                 r->options[0] != '\0' ? "|" : "");
        size_t len = strlen(options);
        strcpy(options + len, "value");
        run_well(r->method, in, n, options, &a);
        double got = first_value(&a), off = fabs(got - want) / fabs(want);
        analysis_clear(&a);
        strcpy(options + len, "matched");
        run_well(r->method, in, n, options, &a);
        check_feasible(r, in, n, &a.out);
        double sum = value_of(r, in, &a.out);
        print_message("# match/%s: value %.17g, relative deviation %.3g\n", r->name, got, off);
        check_row(off <= 1e-15 && fabs(sum - want) <= 1e-12 * fabs(want), r->name);
        analysis_clear(&a);
        strcpy(options + len, "pairs");
        run_well(r->method, in, n, options, &a);
        if (r->optimum != NULL)
            check_other_optimum(r, &a.out);
        analysis_clear(&a);
        clear_inputs(in, n);
    }
    table_clear(&values);
}

/* ---- small problems ---- */

struct fixture {
    const char *why, *method, *options, *want; /* want: the rows, or the error */
    const char *in[5];
    enum code code;
};

static void run_fixture(const struct fixture *f)
{
    struct table in[5];
    struct analysis a;
    struct error err = {0};
    size_t n = 0;
    for (; n < 5 && f->in[n] != NULL; n++)
        table_of(&in[n], &arena, str_z(f->in[n]), "input");
    enum code code = run_method(f->method, in, n, f->options, &a, &err);
    if (code != f->code)
        fail_msg("%s: code %d, %s", f->why, code, err.text);
    if (code != OK) {
        if (!str_has(str_z(err.text), str_z(f->want)))
            fail_msg("%s: '%s' does not say '%s'", f->why, err.text, f->want);
    } else {
        struct buf b;
        buf_init(&b, 1 << 20);
        table_write(&a.out, &b);
        struct str got = buf_str(&b);
        char *plain = arena_z(&arena, got);
        size_t at = 0;
        for (size_t i = 0; i < got.len; i++)
            if (got.ptr[i] != '\r')
                plain[at++] = got.ptr[i];
        check_text((struct str){plain, at}, str_z(f->want), f->why);
        buf_clear(&b);
        analysis_clear(&a);
    }
    clear_inputs(in, n);
}

static void fixtures(const struct fixture *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_fixture(&f[i]);
}

#define ASSIGN_HEAD "demand,supply,cost,reason,left,demand_price,supply_price,gap\n"

static void assignments(void **state)
{
    (void)state;
    static const struct fixture rows[] = {
  /* six ways: a1 b2 c3 = 5, the only one below 6 */
        {"3 x 3 by hand",
         "assign", "show=value",
         "quantity,value\noptimal value,5\nmatched,3\ndemand_left,0\nsupply_left,0\n",     {"demand,x,y,z\na,4,1,3\nb,2,0,5\nc,3,2,2\n"},
         OK},
        {"ties go to the first keys, whatever the order of the file",
         "assign", "show=matched",
         ASSIGN_HEAD "a,x,1,matched,,1,0,0\nb,y,1,matched,,1,0,0\nc,z,1,matched,,1,0,0\n",
         {"demand,z,y,x\nc,1,1,1\nb,1,1,1\na,1,1,1\n"},
         OK},
        {"earlier pairs outrank keys",
         "assign", "show=matched",
         ASSIGN_HEAD "a,z,1,kept,,1,0,0\nb,x,1,matched,,1,0,0\nc,y,1,kept,,1,0,0\n",
         {"demand,x,y,z\na,1,1,1\nb,1,1,1\nc,1,1,1\n", "demand,supply\na,z\nc,y\n"},
         OK},
        {"and never cost",
         "assign", "show=matched",
         ASSIGN_HEAD "a,x,0.1,matched,,0.1,0,0\nb,y,0.1,matched,,0.1,0,0\n",
         {"demand,x,y\na,0.1,0.2\nb,0.10,0.1\n", "demand,supply\na,y\nb,x\n"},
         OK},
        {"0.1 + 0.2 and 0.3 are equal",
         "assign", "show=matched",
         ASSIGN_HEAD "a,x,0.1,matched,,0.3,-0.2,0\nb,y,0.2,matched,,0.2,0,0\n",
         {"demand,x,y\na,0.1,0.3\nb,0.0,0.2\n"},
         OK},
    };
    fixtures(rows, COUNT(rows));
}

static const struct fixture reasons[] = {
    {"more demands than supplies: x is worth 2 more to a",
     "assign",   "",
     ASSIGN_HEAD "a,x,3,matched,,0,3,0\nb,,,capacity-used,1,0,,\n",
     {"demand,x\nb,5\na,3\n"},
     OK},
    {"more supplies than demands",
     "assign",   "",
     ASSIGN_HEAD "a,y,3,matched,,3,0,0\n,x,,better-elsewhere,1,,0,\n",
     {"demand,x,y\na,5,3\n"},
     OK},
    {"an equal one is told",
     "assign",   "",
     ASSIGN_HEAD "a,x,3,matched,,3,0,0\n,y,,equal-optimum,1,,0,\n",
     {"demand,x,y\na,3,3\n"},
     OK},
    {"no pair at all",
     "assign",   "",
     ASSIGN_HEAD "a,x,3,matched,,3,0,0\nb,,,no-listed-pair,1,0,,\n"
                 ",y,,no-listed-pair,1,,0,\n",                                      {"demand,x,y\na,3,\nb,,NA\n"},
     OK},
    {"pairs one a row",
     "assign",   "objective=max",
     "need,offer,score,reason,left,need_price,offer_price,gap\n"
     "a,y,9,matched,,9,0,0\nb,x,4,matched,,4,0,0\n",                                {"need,offer,score\na,x,1\na,y,9\nb,x,4\n"},
     OK},
    {"nothing to assign",
     "assign",   "",
     ASSIGN_HEAD ",x,,no-listed-pair,1,,0,\n",
     {"demand,x\n"},
     OK},
    {"rounded first: 1.04 and 1.01 are equal",
     "assign",   "decimals=1|show=matched",
     ASSIGN_HEAD "a,x,1,matched,,1,0,0\n",
     {"demand,x,y\na,1.04,1.01\n"},
     OK},
    {"a place used, one with nothing to gain, one without pairs",
     "capacity", "",
     "demand,supply,score,reason,left,demand_price,supply_price,gap\n"
     "a,x,9,matched,,2,7,0\nb,,,capacity-used,1,0,,\nc,,,no-gain,1,0,,\nd,,,no-listed-pair,1,0,,\n"
     ",y,,better-elsewhere,2,,0,\n",                                                {"demand,supply,score\na,x,9\na,y,1\nb,x,7\nc,x,-1\n", "supply,capacity\nx,1\ny,2\n",
      "demand\na\nb\nc\nd\n"},
     OK},
    {"all that can be served, a loss or not",
     "capacity", "serve=all|show=value",
     "quantity,value\noptimal value,9\nmatched,2\ndemand_left,1\nsupply_left,0\n",  {"demand,supply,score\na,x,9\na,y,2\nb,x,7\nc,x,-1\nc,y,-1\n", "supply,capacity\nx,1\ny,1\n"},
     OK},
    {"every listed pair with its reason",
     "capacity", "show=pairs",
     "demand,supply,score,reason,left,demand_price,supply_price,gap\n"
     "a,x,9,matched,,2,7,0\na,y,1,better-elsewhere,,2,0,1\nb,x,7,capacity-used,,0,7,0\n"
     "b,,,capacity-used,1,0,,\n,y,,better-elsewhere,1,,0,\n",                       {"demand,supply,score\na,x,9\na,y,1\nb,x,7\n", "supply,capacity\nx,1\ny,1\n"},
     OK},
    {"a path of three: König's cover is one of each side",
     "matching", "",
     "demand,supply,reason,left,demand_price,supply_price,gap\n"
     "a,x,matched,,0,1,0\nb,y,matched,,1,0,0\nc,,equal-optimum,1,0,,\n",            {"demand,supply\na,x\nb,x\nb,y\nc,x\n"},
     OK},
    {"heaviest is not largest",
     "matching", "objective=weight|show=value",
     "quantity,value\noptimal value,10\nmatched,1\ndemand_left,1\nsupply_left,1\n", {"demand,supply,weight\na,x,4\na,y,10\nb,y,5\n"},
     OK},
    {"largest first",
     "matching", "objective=both|show=matched",
     "demand,supply,weight,reason,left,demand_price,supply_price,gap\n"
     "a,x,4,matched,,4,0,0\nb,y,5,matched,,-1,6,0\n",                               {"demand,supply,weight\na,x,4\na,y,10\nb,y,5\n"},
     OK},
};

static void reasons_and_prices(void **state)
{
    (void)state;
    fixtures(reasons, COUNT(reasons));
}

#define SHIP_HEAD "supplier,consumer,flow,unit_cost,reason,left,supplier_price,consumer_price,gap\n"
#define SHIP_COST "supplier,p,q\na,1,3\nb,2,1\n"

static void transports(void **state)
{
    (void)state;
    static const struct fixture rows[] = {
  /* p takes 5 of a, q 4 of b; b keeps 2 */
        {"surplus",
         "transport", "",
         SHIP_HEAD "a,p,5,1,matched,,0,1,0\nb,q,4,1,matched,,0,1,0\nb,,,,better-elsewhere,2,0,,\n",
         {SHIP_COST, "supplier,supply\na,5\nb,6\n", "consumer,demand\np,5\nq,4\n"},
         OK},
        {"shortage with decimals",
         "transport", "",
         SHIP_HEAD "a,p,1.5,1,matched,,1,0,0\nb,q,0.25,1,matched,,1,0,0\n"
                   ",p,,,capacity-used,0.5,,0,\n,q,,,capacity-used,2.75,,0,\n",                     {SHIP_COST, "supplier,supply\na,1.5\nb,0.25\n", "consumer,demand\np,2\nq,3.00\n"},
         OK},
 /* a may send p no more than 2: b sends 3 at 2, a sends q 1 at 3; 2 + 6 + 3 + 3 = 14 */
        {"capacity",
         "transport", "show=value",
         "quantity,value\noptimal value,14\nmatched,9\nsupplier_left,0\nconsumer_left,0\n",         {SHIP_COST, "supplier,supply\na,3\nb,6\n", "consumer,demand\np,5\nq,4\n",
          "supplier,p,q\na,2,\nb,,\n"},
         OK},
        {"capacity that leaves a demand unmet",
         "transport", "",
         SHIP_HEAD "a,p,2,1,matched,,0,0,\na,,,,pair-capacity-used,3,0,,\n"
                   ",p,,,pair-capacity-used,3,,0,\n",                                               {"supplier,p\na,1\n", "supplier,supply\na,5\n", "consumer,demand\np,5\n",
          "supplier,consumer,capacity\na,p,2\n"},
         OK},
        {"earlier flows are kept as far as they go",
         "transport", "show=matched",
         SHIP_HEAD "a,p,2,1,matched,,0,1,0\na,q,2,1,kept,,0,1,0\nb,p,1,1,matched,,0,1,0\n",
         {"supplier,p,q\na,1,1\nb,1,1\n", "supplier,supply\na,4\nb,1\n",
          "consumer,demand\np,3\nq,2\n", "supplier,consumer,flow\na,q,2\n"},
         OK},
        {"capacity and earlier flows, in any order",
         "transport", "show=value",
         "quantity,value\noptimal value,5\nmatched,5\nsupplier_left,0\nconsumer_left,0\n",          {"supplier,p,q\na,1,1\nb,1,1\n", "supplier,supply\na,4\nb,1\n",
          "consumer,demand\np,3\nq,2\n", "supplier,consumer,flow\na,q,2\n",
          "supplier,p,q\na,2,2\nb,1,1\n"},
         OK},
        {"an amount of 0",
         "transport", "",
         SHIP_HEAD "a,p,1,1,matched,,0,1,0\nb,,,,zero-amount,0,0,,\n,q,,,zero-amount,0,,1,\n",
         {SHIP_COST, "supplier,supply\na,1\nb,0\n", "consumer,demand\np,1\nq,0\n"},
         OK},
    };
    fixtures(rows, COUNT(rows));
}

static void wrong_input(void **state)
{
    (void)state;
    static const struct fixture rows[] = {
        {"a row twice",
         "assign",                                "",
         "'a' is there twice, on rows 2 and 3",                                             {"d,x\na,1\na,2\n"},
         E_INPUT                                                                                                                                                               },
        {"a pair twice",              "matching", "",                 "on rows 2 and 3",    {"d,s\na,x\na,x\n"},                                                        E_INPUT},
        {"a total",                   "assign",   "",                 "'total' is a total", {"d,x\na,1\ntotal,2\n"},                                                    E_INPUT},
        {"a total column",            "assign",   "",                 "is a total",         {"d,x,合计\na,1,1\n"},                                                    E_INPUT},
        {"no number",                 "assign",   "",                 "'one'",              {"d,x\na,one\n"},                                                           E_INPUT},
        {"no supply",
         "transport",                             "",
         "no row for 'b'",                                                                  {SHIP_COST, "supplier,supply\na,5\n", "consumer,demand\np,5\nq,4\n"},
         E_MISSING                                                                                                                                                             },
        {"less than nothing",
         "transport",                             "",
         "'-5' is not an amount from 0",                                                    {SHIP_COST, "supplier,supply\na,-5\nb,1\n", "consumer,demand\np,5\nq,4\n"},
         E_INPUT                                                                                                                                                               },
        {"half a place",
         "capacity",                              "",
         "whole number",                                                                    {"d,s,score\na,x,1\n", "s,capacity\nx,0.5\n"},
         E_INPUT                                                                                                                                                               },
        {"a capacity without a cost",
         "transport",                             "",
         "has no cost",                                                                     {SHIP_COST, "supplier,supply\na,5\nb,6\n", "consumer,demand\np,5\nq,4\n",
          "supplier,consumer,capacity\nc,p,1\n"},
         E_MISSING                                                                                                                                                             },
        {"costs of too many digits",
         "assign",                                "",
         "option 'decimals'",                                                               {"d,x,y\na,1000000000000000000,0.000000000000000001\nb,1,2\n"},
         E_RANGE                                                                                                                                                               },
        {"decimals",                  "assign",   "decimals=1.5",     "whole number",       {"d,x\na,1\n"},                                                             E_INPUT},
        {"one column",                "assign",   "",                 "one column",         {"d\na\n"},                                                                 E_INPUT},
        {"no weight",
         "matching",                              "objective=weight",
         "two keys and a value",                                                            {"d,s\na,x\n"},
         E_INPUT                                                                                                                                                               },
    };
    fixtures(rows, COUNT(rows));
}

/* ---- random small problems against trying everything ---- */

#define N 3
struct puzzle {
    bool listed[N][N], unit, optional, capped, cardinality, maximise;
    int cost[N][N], cap[N][N], keep[N][N], amount[2][N], rows, columns;
};
struct rank {
    int matches, value, kept, flow[N * N];
};
struct tried {
    struct rank best;
    int top[2];           /* matches and value of the best */
    bool possible[N * N]; /* in some optimum */
    int used[2][N];
};

static int compare_rank(const struct rank *x, const struct rank *y)
{
    if (x->matches != y->matches)
        return x->matches < y->matches ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    if (x->kept != y->kept)
        return x->kept < y->kept ? -1 : 1;
    for (int i = 0; i < N * N; i++)
        if (x->flow[i] != y->flow[i])
            return x->flow[i] < y->flow[i] ? -1 : 1;
    return 0;
}

static void weigh(const struct puzzle *t, struct tried *s, struct rank r)
{
    if (t->optional)
        r.matches = 0;
    bool better = r.matches > s->top[0] || (r.matches == s->top[0] && r.value > s->top[1]);
    if (better) {
        s->top[0] = r.matches;
        s->top[1] = r.value;
        memset(s->possible, 0, sizeof s->possible);
    }
    if (r.matches == s->top[0] && r.value == s->top[1])
        for (int i = 0; i < N * N; i++)
            s->possible[i] = s->possible[i] || r.flow[i] > 0;
    if (compare_rank(&r, &s->best) > 0)
        s->best = r;
}

static void try_all(const struct puzzle *t, struct tried *s, struct rank *r, int cell)
{
    if (cell == N * N) {
        weigh(t, s, *r);
        return;
    }
    int i = cell / N, j = cell % N, room = 0;
    if (t->listed[i][j]) {
        room = t->amount[0][i] - s->used[0][i];
        room = t->amount[1][j] - s->used[1][j] < room ? t->amount[1][j] - s->used[1][j] : room;
        room = t->cap[i][j] < room ? t->cap[i][j] : room;
    }
    for (int f = 0; f <= room; f++) {
        struct rank was = *r;
        r->flow[cell] = f;
        r->matches += f;
        r->value += f * (t->maximise ? t->cost[i][j] : -t->cost[i][j]);
        r->kept += f < t->keep[i][j] ? f : t->keep[i][j];
        s->used[0][i] += f;
        s->used[1][j] += f;
        try_all(t, s, r, cell + 1);
        s->used[0][i] -= f;
        s->used[1][j] -= f;
        *r = was;
    }
}

static int some(int below)
{
    return (int)test_below((uint64_t)below);
}

static void make_puzzle(struct puzzle *t, int kind)
{
    *t = (struct puzzle){.rows = 1 + some(N), .columns = 1 + some(N)};
    t->unit = kind != 1;
    t->cardinality = kind == 3;
    t->optional = kind == 2 || kind == 4;
    t->maximise = kind >= 2 || some(2) == 0;
    t->capped = kind == 1 && some(2) == 0;
    int span = 1 + some(6), all = some(2);
    for (int i = 0; i < t->rows; i++)
        for (int j = 0; j < t->columns; j++) {
            t->listed[i][j] = all || some(4) > 0;
            t->cost[i][j] = t->cardinality ? 0 : some(span) - 1;
            t->cap[i][j] = t->unit ? 1 : t->capped ? some(3) : 9;
        }
    for (int i = 0; i < N; i++) {
        t->amount[0][i] = i >= t->rows ? 0 : t->unit ? 1 : some(4);
        t->amount[1][i] = i >= t->columns ? 0 : kind == 2 ? some(3) : t->unit ? 1 : some(4);
    }
}

static void make_previous(struct puzzle *t)
{
    for (int i = 0; i < t->rows; i++)
        if (some(2) == 0)
            t->keep[i][some(t->columns)] = t->unit ? 1 : 1 + some(2);
}

/* "xyz" shuffled by a turn, so that order of keys and of the file differ. */
static struct str csv_list(const struct puzzle *t, const int value[N][N], const char *name,
                           const char *first, const char *second, bool all)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_fmt(&b, "%s,%s,%s\n", first, second, name);
    int turn = some(N);
    for (int k = 0; k < N * N; k++) {
        int i = (k / N + turn) % N, j = (k % N + turn) % N;
        bool in = i < t->rows && j < t->columns && t->listed[i][j] && (all || value[i][j] > 0);
        if (in)
            buf_fmt(&b, "r%d,c%d,%d\n", i, j, value[i][j]);
    }
    struct str text = arena_dup(&arena, buf_str(&b));
    buf_clear(&b);
    return text;
}

static struct str csv_amounts(const int *amount, int count, char key, const char *first,
                              const char *name)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_fmt(&b, "%s,%s\n", first, name);
    for (int i = count - 1; i >= 0; i--)
        buf_fmt(&b, "%c%d,%d\n", key, i, amount[i]);
    struct str text = arena_dup(&arena, buf_str(&b));
    buf_clear(&b);
    return text;
}

/* The flow of each cell, duality and reasons of a result with show=pairs. */
static void check_result(const struct puzzle *t, const struct tried *s, const struct table *out)
{
    int reason = need(out, "reason"), gap = need(out, "gap"), flow = table_column(out, "flow");
    int price[2] = {flow < 0 ? need(out, "demand_price") : need(out, "supplier_price"),
                    flow < 0 ? need(out, "supply_price") : need(out, "consumer_price")};
    double dual = 0, pr[2][N] = {{0}};
    bool whole = true;
    for (size_t r = 0; r < out->rows; r++) {
        struct str a = table_cell(out, 0, r), b = table_cell(out, 1, r);
        struct str why = table_cell(out, reason, r);
        for (int k = 0; k < 2; k++)
            if ((k == 0 ? a : b).len > 0)
                pr[k][(k == 0 ? a : b).ptr[1] - '0'] = number_at(out, price[k], r);
        if (a.len == 0 || b.len == 0)
            continue;
        int i = a.ptr[1] - '0', j = b.ptr[1] - '0';
        bool made = str_is(why, "matched") || str_is(why, "kept");
        int got = flow >= 0 ? (int)number_at(out, flow, r) : made;
        check_row(got == s->best.flow[i * N + j], "the first optimum by key");
        check_row(made == (got > 0), "a reason");
        check_row(str_is(why, "kept") == (made && t->keep[i][j] > 0), "kept");
        bool plain = t->cap[i][j] > 0 && t->amount[0][i] > 0 && t->amount[1][j] > 0 && !made &&
                     !str_is(why, "no-gain");
        check_row(!plain || str_is(why, "equal-optimum") == s->possible[i * N + j], "other optima");
        double g = number_at(out, gap, r);
        if (isnan(g)) {
            whole = whole && !made; /* what a capacity is worth in matches has no number */
            continue;
        }
        check_row(g >= 0 || (t->capped && got == t->cap[i][j]), "no negative gap below a capacity");
        check_row(g <= 0 || got == 0, "no gap where made");
        dual += fmin(g, 0) * got * (t->maximise ? -1 : 1);
    }
    for (int k = 0; k < N; k++)
        dual += pr[0][k] * t->amount[0][k] + pr[1][k] * t->amount[1][k];
    double value = t->cardinality ? s->best.matches : t->maximise ? s->top[1] : -s->top[1];
    check_row(!whole || dual == value, "strong duality");
}

static void run_puzzle(struct puzzle *t, int kind)
{
    static const char *const methods[] = {"assign",   "transport", "capacity",
                                          "matching", "matching",  "matching"};
    struct tried s = {
        .best = {.matches = -1},
          .top = { -1,     -1000000}
    };
    struct rank r = {0};
    struct table in[5];
    struct analysis a;
    size_t n = 0;
    char options[100];
    bool previous = some(2) == 0;
    const char *first = kind == 1 ? "supplier" : "demand",
               *second = kind == 1 ? "consumer" : "supply";
    if (previous)
        make_previous(t);
    try_all(t, &s, &r, 0);
    table_of(&in[n++], &arena, csv_list(t, t->cost, "cost", first, second, true), "pairs");
    if (kind == 1)
        table_of(&in[n++], &arena, csv_amounts(t->amount[0], t->rows, 'r', first, "supply"),
                 "supply");
    if (kind == 1)
        table_of(&in[n++], &arena, csv_amounts(t->amount[1], t->columns, 'c', second, "demand"),
                 "demand");
    if (kind == 2)
        table_of(&in[n++], &arena, csv_amounts(t->amount[1], t->columns, 'c', second, "capacity"),
                 "capacity");
    if (t->capped)
        table_of(&in[n++], &arena, csv_list(t, t->cap, "capacity", first, second, true),
                 "capacity");
    if (previous)
        table_of(&in[n++], &arena, csv_list(t, t->keep, "flow", first, second, false), "previous");
    snprintf(options, sizeof options, "show=pairs%s%s",
             kind < 2 ? (t->maximise ? "|objective=max" : "|objective=min") : "",
             kind == 4   ? "|objective=weight"
             : kind == 5 ? "|objective=both"
                         : "");
    run_well(methods[kind], in, n, options, &a);
    check_result(t, &s, &a.out);
    analysis_clear(&a);
    clear_inputs(in, n);
    arena_reset(&arena);
}

static void against_everything(void **state)
{
    (void)state;
    test_seed("match against trying everything");
    for (int i = 0; i < 12000; i++) {
        struct puzzle t;
        int kind = i % 6;
        make_puzzle(&t, kind);
        run_puzzle(&t, kind);
    }
}

/* ---- size ---- */

static void all_equal(void **state)
{
    (void)state;
    struct buf b;
    struct table in;
    struct analysis a;
    buf_init(&b, 1 << 24);
    buf_z(&b, "demand");
    for (int j = 0; j < 300; j++)
        buf_fmt(&b, ",s%03d", j);
    for (int i = 0; i < 300; i++) {
        buf_fmt(&b, "\nd%03d", i);
        for (int j = 0; j < 300; j++)
            buf_z(&b, ",1000000000000");
    }
    buf_byte(&b, '\n');
    table_of(&in, &arena, buf_str(&b), "equal");
    run_well("assign", &in, 1, "", &a);
    assert_int_equal(a.out.rows, 300);
    for (size_t r = 0; r < a.out.rows; r++)
        check_row(memcmp(table_cell(&a.out, 0, r).ptr + 1, table_cell(&a.out, 1, r).ptr + 1, 3) ==
                      0,
                  "d000 with s000 and so on");
    analysis_clear(&a);
    table_clear(&in);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reference_values, setup, teardown),
        cmocka_unit_test_setup_teardown(assignments, setup, teardown),
        cmocka_unit_test_setup_teardown(reasons_and_prices, setup, teardown),
        cmocka_unit_test_setup_teardown(transports, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_input, setup, teardown),
        cmocka_unit_test_setup_teardown(against_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(all_equal, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
