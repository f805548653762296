/* degenerate_test.c - every method on random tables of the kinds that break formulas: zero rows and
 * columns, one region, parts that do not touch, all alike, singular, missing, negative, huge and tiny.
 *
 * Whatever goes in, either a reason comes out, or a table in which every cell is empty, a text or a
 * finite number (I2), and the same a second time (I5). That the values are right is the matter of the
 * families' own tests. */
#include "analyze_testing.h"

/* ---- values ---- */

enum kind { SMALL, EQUAL, ZEROS, HUGE_SCALE, MIXED_SCALE, WITH_MISSING, WITH_NEGATIVE, KINDS };

static const char *value_of(enum kind kind)
{
    static const char *const small[] = {"0", "1", "2", "3", "5", "0.5", "7.25", "1"};
    static const char *const huge[] = {"1000000000000", "0", "999999999999.5", "3e12", "2e12"};
    static const char *const mixed[] = {"1e12", "0.000001", "0", "1", "1e-9", "123456789012"};
    uint64_t random = test_below(1000);
    switch (kind) {
    case EQUAL:
        return "4";
    case ZEROS:
        return random < 800 ? "0" : "1";
    case HUGE_SCALE:
        return huge[random % COUNT(huge)];
    case MIXED_SCALE:
        return mixed[random % COUNT(mixed)];
    case WITH_MISSING:
        return random < 150 ? (random < 75 ? "" : "NA") : small[random % COUNT(small)];
    case WITH_NEGATIVE:
        return random < 150 ? "-2" : small[random % COUNT(small)];
    default:
        return small[random % COUNT(small)];
    }
}

static enum kind any_kind(void)
{
    return (enum kind)test_below(KINDS);
}

/* ---- tables ---- */

struct shape {
    enum kind kind;
    size_t n, m;
    bool blocks; /* pairs of different parity do not touch */
};

static bool apart(const struct shape *s, size_t i, size_t j)
{
    return s->blocks && (i + j) % 2 != 0;
}

static void long_table(struct buf *b, const struct shape *s)
{
    buf_z(b, "region,industry,value\n");
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            if (!apart(s, i, j) && test_below(8) > 0)
                buf_fmt(b, "r%zu,i%zu,%s\n", i, j, value_of(s->kind));
}

static void panel(struct buf *b, const struct shape *s)
{
    buf_z(b, "region,industry,year,value\n");
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            for (int y = 2008; y < 2011; y++)
                if (test_below(30) > 0)
                    buf_fmt(b, "r%zu,i%zu,%d,%s\n", i, j, y, value_of(s->kind));
}

static void income(struct buf *b, const struct shape *s)
{
    buf_z(b, "region,gdp_pc\n");
    for (size_t i = 0; i < s->n; i++)
        if (test_below(10) > 0)
            buf_fmt(b, "r%zu,%s\n", i, value_of(s->kind));
}

static void firms(struct buf *b, const struct shape *s)
{
    buf_z(b, "region,industry,emp_firm\n");
    for (size_t k = 0; k < s->n * s->m; k++)
        buf_fmt(b, "r%zu,i%zu,%s\n", (size_t)test_below(s->n), (size_t)test_below(s->m),
                value_of(s->kind));
}

static void square(struct buf *b, const struct shape *s)
{
    buf_z(b, "sector");
    for (size_t j = 0; j < s->n; j++)
        buf_fmt(b, ",s%zu", j);
    for (size_t i = 0; i < s->n; i++) {
        buf_fmt(b, "\ns%zu", i);
        for (size_t j = 0; j < s->n; j++)
            buf_fmt(b, ",%s", apart(s, i, j) ? "0" : value_of(s->kind));
    }
    buf_byte(b, '\n');
}

/* Final demand of 0 with equal flows makes I - A singular. */
static void vectors(struct buf *b, const struct shape *s)
{
    bool none = test_below(3) == 0;
    buf_z(b, "sector,final_demand,wage,employees,household_consumption\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "s%zu,%s,%s,%s,%s\n", i, none ? "0" : value_of(s->kind), value_of(s->kind),
                value_of(s->kind), value_of(s->kind));
}

static void demand_change(struct buf *b, const struct shape *s)
{
    buf_z(b, "sector,change\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "s%zu,%s\n", i, value_of(s->kind));
}

static void final_use(struct buf *b, const struct shape *s)
{
    buf_z(b, "sector,a,b\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "s%zu,%s,%s\n", i, value_of(s->kind), value_of(s->kind));
}

static void emissions(struct buf *b, const struct shape *s)
{
    buf_z(b, "sector");
    for (size_t j = 0; j < s->n; j++)
        buf_fmt(b, ",s%zu", j);
    buf_z(b, "\nco2");
    for (size_t j = 0; j < s->n; j++)
        buf_fmt(b, ",%s", value_of(s->kind));
    buf_byte(b, '\n');
}

static void alternatives(struct buf *b, const struct shape *s)
{
    buf_z(b, "alternative");
    for (size_t j = 0; j < s->m; j++)
        buf_fmt(b, ",c%zu", j);
    for (size_t i = 0; i < s->n; i++) {
        buf_fmt(b, "\na%zu", i);
        for (size_t j = 0; j < s->m; j++)
            buf_fmt(b, ",%s", j == 0 && s->blocks ? "1" : value_of(s->kind));
    }
    buf_byte(b, '\n');
}

static void criteria(struct buf *b, const struct shape *s)
{
    buf_z(b, "criterion,objective,weight\n");
    for (size_t j = 0; j < s->m; j++)
        buf_fmt(b, "c%zu,%s,%s\n", j, test_below(2) == 0 ? "max" : "min", value_of(s->kind));
}

/* Mostly a reciprocal matrix. */
static void comparisons(struct buf *b, const struct shape *s)
{
    static const char *const up[] = {"1", "3", "9", "0.2", "", "1e12", "0", "-1"};
    static const char *const down[] = {"1", "0.3333333333333333", "0.1111111111111111", "5", "",
                                       "1e-12", "0", "-1"};
    size_t pick[36], most = test_below(3) == 0 ? COUNT(up) : 4;
    buf_z(b, "criterion");
    for (size_t j = 0; j < s->n; j++)
        buf_fmt(b, ",k%zu", j);
    for (size_t i = 0; i < s->n; i++) {
        buf_fmt(b, "\nk%zu", i);
        for (size_t j = 0; j < s->n; j++) {
            if (j > i)
                pick[i * s->n + j] = test_below(most);
            buf_fmt(b, ",%s", i == j ? "1" : j > i ? up[pick[i * s->n + j]]
                                                   : down[pick[j * s->n + i]]);
        }
    }
    buf_byte(b, '\n');
}

static void pairs_by_node(struct buf *b, const struct shape *s)
{
    buf_z(b, "node,A_B,A_C,B_C\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "k%zu,%s,%s,%s\n", i, value_of(s->kind), value_of(s->kind), value_of(s->kind));
}

static void times(struct buf *b, const struct shape *s)
{
    buf_z(b, "h,value\n");
    for (size_t i = 0; i < s->n * s->m; i++)
        buf_fmt(b, "%zu,%s\n", i + 1, value_of(s->kind));
}

static void forecasts(struct buf *b, const struct shape *s)
{
    buf_z(b, "h,forecast\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "%zu,%s\n", i + 1, value_of(s->kind));
}

static void costs(struct buf *b, const struct shape *s)
{
    buf_z(b, "from");
    for (size_t j = 0; j < s->m; j++)
        buf_fmt(b, ",d%zu", j);
    for (size_t i = 0; i < s->n; i++) {
        buf_fmt(b, "\no%zu", i);
        for (size_t j = 0; j < s->m; j++)
            buf_fmt(b, ",%s", apart(s, i, j) ? "" : value_of(s->kind));
    }
    buf_byte(b, '\n');
}

static void supplies(struct buf *b, const struct shape *s)
{
    buf_z(b, "supplier,supply\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "o%zu,%s\n", i, value_of(s->kind));
}

static void demands(struct buf *b, const struct shape *s)
{
    buf_z(b, "consumer,demand\n");
    for (size_t j = 0; j < s->m; j++)
        buf_fmt(b, "d%zu,%s\n", j, value_of(s->kind));
}

static void scores(struct buf *b, const struct shape *s)
{
    buf_z(b, "demand,supply,score\n");
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            if (!apart(s, i, j))
                buf_fmt(b, "d%zu,s%zu,%s\n", i, j, value_of(s->kind));
}

static void capacities(struct buf *b, const struct shape *s)
{
    buf_z(b, "supply,capacity\n");
    for (size_t j = 0; j < s->m; j++)
        buf_fmt(b, "s%zu,%zu\n", j, (size_t)test_below(3));
}

static void links(struct buf *b, const struct shape *s)
{
    buf_z(b, "source,target,weight\n");
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->m; j++)
            if (!apart(s, i, j) && test_below(3) > 0)
                buf_fmt(b, "n%zu,n%zu,%s\n", i, j, value_of(s->kind));
}

static void nodes(struct buf *b, const struct shape *s)
{
    buf_z(b, "node\n");
    for (size_t i = 0; i < s->n + s->m; i++)
        buf_fmt(b, "n%zu\n", i);
}

/* As an office prints it: a row and a column a sector, then final use and output. */
static void official(struct buf *b, const struct shape *s)
{
    buf_z(b, "Code,Description");
    for (size_t j = 0; j < s->n; j++)
        buf_fmt(b, ",%02zu", j + 1);
    buf_z(b, ",TFU,GO\n");
    for (size_t i = 0; i < s->n; i++) {
        buf_fmt(b, "%02zu,s%zu", i + 1, i);
        for (size_t j = 0; j < s->n + 2; j++)
            buf_fmt(b, ",%s", value_of(s->kind));
        buf_byte(b, '\n');
    }
    buf_z(b, "TVA,value added");
    for (size_t j = 0; j < s->n + 2; j++)
        buf_fmt(b, ",%s", value_of(s->kind));
    buf_byte(b, '\n');
}

static void wishes(struct buf *b, const struct shape *s)
{
    buf_z(b, "demand,wants,tonnes\n");
    for (size_t i = 0; i < s->n; i++)
        buf_fmt(b, "d%zu,%s,%s\n", i, test_below(2) ? "iron" : "", value_of(s->kind));
}

static void offers(struct buf *b, const struct shape *s)
{
    buf_z(b, "supply,makes,capacity\n");
    for (size_t j = 0; j < s->m; j++)
        buf_fmt(b, "s%zu,%s,%s\n", j, test_below(2) ? "iron;steel" : "", value_of(s->kind));
}

static void qualifications(struct buf *b, const struct shape *s)
{
    buf_z(b, "demand,op,supply,kind,weight\nwants,in,makes,must,\n");
    if (s->n > 1)
        buf_fmt(b, "tonnes,<=,capacity,score,%s\n", value_of(s->kind));
}

/* ---- methods ---- */

typedef void make(struct buf *b, const struct shape *s);
static const struct {
    const char *method;
    make *in[4];
    const char *option, *value;
    int runs; /* 0 = 200; fewer for what searches long */
} methods[] = {
    {"rca", {long_table}, 0, 0, 0},
    {"complexity", {long_table}, 0, 0, 400},
    {"kci", {long_table}, 0, 0, 0},
    {"tci", {long_table}, 0, 0, 0},
    {"morc", {long_table}, 0, 0, 0},
    {"mort", {long_table}, 0, 0, 0},
    {"proximity", {long_table}, 0, 0, 0},
    {"density", {long_table}, 0, 0, 0},
    {"distance", {long_table}, 0, 0, 0},
    {"coi", {long_table}, 0, 0, 0},
    {"cog", {long_table}, 0, 0, 0},
    {"relatedness", {long_table}, 0, 0, 0},
    {"variety", {long_table}, 0, 0, 0},
    {"locational-gini", {long_table}, 0, 0, 0},
    {"prody", {long_table, income}, 0, 0, 0},
    {"expy", {long_table, income}, 0, 0, 0},
    {"lq", {panel}, 0, 0, 0},
    {"shiftshare", {panel}, 0, 0, 400},
    {"contribution", {panel}, 0, 0, 0},
    {"specialisation", {panel}, 0, 0, 0},
    {"concentration", {panel}, 0, 0, 0},
    {"inequality", {times}, 0, 0, 0},
    {"ellison-glaeser", {firms}, 0, 0, 0},
    {"io-coefficients", {square, vectors}, 0, 0, 0},
    {"io-leontief", {square, vectors}, "demand", "final_demand", 0},
    {"io-ghosh", {square, vectors}, "demand", "final_demand", 0},
    {"io-sectors", {square, vectors}, "demand", "final_demand", 400},
    {"io-extraction", {square, vectors}, "demand", "final_demand", 0},
    {"io-impact", {square, vectors, demand_change}, "demand", "final_demand", 0},
    {"io-impact", {square, vectors}, "stopped", "s0", 0},
    {"io-environment", {square, final_use, emissions}, 0, 0, 0},
    {"weights", {alternatives, criteria}, 0, 0, 0},
    {"topsis", {alternatives, criteria}, 0, 0, 0},
    {"entropy-topsis", {alternatives}, 0, 0, 0},
    {"rank-stability", {alternatives, criteria}, 0, 0, 0},
    {"ahp", {comparisons}, 0, 0, 0},
    {"ahp-consistency", {comparisons}, 0, 0, 0},
    {"ahp-hierarchy", {comparisons, pairs_by_node}, 0, 0, 0},
    {"stl", {times}, "frequency", "4", 0},
    {"holt-winters", {times}, "frequency", "2", 60},
    {"ets", {times}, "frequency", "2", 20},
    {"ets", {times}, "search", "r", 60},
    {"backtest", {times}, "frequency", "2", 8},
    {"accuracy", {forecasts, times, times}, "frequency", "2", 0},
    {"turning-points", {times}, "frequency", "4", 0},
    {"assign", {costs}, 0, 0, 0},
    {"transport", {costs, supplies, demands}, 0, 0, 0},
    {"capacity", {scores, capacities}, 0, 0, 0},
    {"matching", {scores}, 0, 0, 0},
    {"qualify", {wishes, offers, qualifications}, 0, 0, 0},
    {"io-table", {official}, 0, 0, 0},
    {"chain-risk", {links, nodes}, 0, 0, 0},
    {"chain-bridges", {links, nodes}, 0, 0, 0},
    {"chain-summary", {links, nodes}, 0, 0, 0},
    {"chain-stop", {links, nodes}, "stopped", "n0", 0},
};

/* One in three of the options that have a list takes any of it. */
static void any_options(struct trial *t, const struct method *m, const char *given)
{
    for (size_t i = 0; i < OPTIONS_MAX && m->options[i].name != NULL; i++) {
        const struct method_option *o = &m->options[i];
        if (strchr(o->values, '|') == NULL || test_below(3) > 0 ||
            (given != NULL && strcmp(given, o->name) == 0))
            continue;
        size_t count = 1, pick;
        for (const char *p = o->values; *p != '\0'; p++)
            count += *p == '|';
        pick = test_below(count);
        struct str rest = str_z(o->values), word = {0};
        for (size_t k = 0; k <= pick; k++)
            word = str_cut(rest, '|', &rest);
        trial_option(t, o->name, arena_z(&t->arena, word));
    }
}

/* A number is finite: no cell says otherwise, however it is spelt. */
static bool cell_is_fine(struct str s)
{
    static const char *const words[] = {"nan", "-nan", "inf", "-inf", "NaN", "Inf", "NAN", "INF"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_is(s, words[i]))
            return false;
    return true;
}

static void fail_with(const struct trial *t, const char *method, const char *what)
{
    print_message("# %s\n", method);
    for (size_t i = 0; i < t->option_count; i++)
        print_message("#   --%.*s %.*s\n", STR_ARG(t->option[i][0]), STR_ARG(t->option[i][1]));
    for (size_t i = 0; i < t->in_count; i++)
        print_message("%.*s\n", STR_ARG(t->in[i].text));
    fail_msg("%s: %s", method, what);
}

static void check_result(struct trial *t, const char *method, struct buf *text)
{
    if (t->err.code != OK) {
        if (t->err.code == E_BUG || t->err.text[0] == '\0')
            fail_with(t, method, t->err.text[0] != '\0' ? t->err.text : "an error without a reason");
        buf_z(text, t->err.text);
        return;
    }
    for (size_t c = 0; c < t->a.out.columns.len; c++)
        for (size_t r = 0; r < t->a.out.rows; r++)
            if (!cell_is_fine(table_cell(&t->a.out, (int)c, r)))
                fail_with(t, method, arena_z(&t->arena, t->a.out.columns.v[c].name));
    table_write(&t->a.out, text);
}

static size_t run_once(size_t which, uint64_t seed, struct buf *text)
{
    struct trial t;
    struct buf csv[4];
    trial_init(&t);
    test_state = seed;
    struct shape shape = {any_kind(), 1 + test_below(6), 1 + test_below(6), test_below(4) == 0};
    if (methods[which].option != NULL)
        trial_option(&t, methods[which].option, methods[which].value);
    const struct method *m = analyze_find(str_z(methods[which].method));
    assert_non_null(m);
    any_options(&t, m, methods[which].option);
    size_t count = 0;
    for (; count < 4 && methods[which].in[count] != NULL; count++) {
        buf_init(&csv[count], 1 << 20);
        if (count > 0 && test_below(2) == 0)
            shape.kind = SMALL;
        methods[which].in[count](&csv[count], &shape);
        trial_text(&t, "degenerate", buf_str(&csv[count]));
    }
    trial_run(&t, methods[which].method);
    check_result(&t, methods[which].method, text);
    size_t good = t.err.code == OK;
    trial_clear(&t);
    for (size_t i = 0; i < count; i++)
        buf_clear(&csv[i]);
    return good;
}

static void defined_or_refused(void **state)
{
    (void)state;
    test_seed("degenerate tables");
    uint64_t seed = test_state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        size_t good = 0;
        int runs = methods[i].runs > 0 ? methods[i].runs : 200;
        for (int k = 0; k < runs; k++) {
            struct buf first, again;
            buf_init(&first, 1 << 24);
            buf_init(&again, 1 << 24);
            uint64_t own = seed + 1000003 * (uint64_t)i + (uint64_t)k;
            good += run_once(i, own, &first);
            run_once(i, own, &again);
            if (!str_eq(buf_str(&first), buf_str(&again)))
                fail_msg("%s: run %d gives two answers", methods[i].method, k);
            buf_clear(&first);
            buf_clear(&again);
        }
        print_message("# %s: %zu of %d defined, the others refused\n", methods[i].method, good, runs);
        if (good == 0)
            fail_msg("%s refuses everything: the tables are no trial", methods[i].method);
    }
}

/* Every method there is has a row above. */
static void all_methods_are_tried(void **state)
{
    (void)state;
    for (size_t f = 0; analyze_families[f] != NULL; f++)
        for (const struct method *m = analyze_families[f]; m->name != NULL; m++) {
            size_t i = 0;
            while (i < COUNT(methods) && strcmp(methods[i].method, m->name) != 0)
                i++;
            if (i == COUNT(methods))
                fail_msg("method %s is not tried on degenerate tables", m->name);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_methods_are_tried),
        cmocka_unit_test(defined_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
