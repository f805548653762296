/* Tests of the complexity family: every reference file of shared/data/analytics/complexity, column
 * by column, and small tables worked out by hand. */
#include "analyze.h"
#include "base/test.h"
#include <math.h>

/* ---- running a method ---- */

struct run {
    struct arena arena;
    struct table in[2];
    struct analysis a;
    struct error err;
    enum code code;
};

/* options: "name=value" words divided by blanks */
static void run_method(struct run *r, const char *method, const char *options, struct str first,
                       struct str second)
{
    struct str pair[OPTIONS_MAX][2];
    size_t pairs = 0, inputs = 1 + (second.ptr != NULL);
    memset(r, 0, sizeof *r);
    arena_init(&r->arena, 0);
    for (struct str rest = str_z(options); rest.len > 0; pairs++) {
        struct str word = str_cut(rest, ' ', &rest);
        pair[pairs][0] = str_cut(word, '=', &pair[pairs][1]);
    }
    table_init(&r->in[0], &r->arena, STR("first"));
    table_init(&r->in[1], &r->arena, STR("second"));
    r->code = table_read(&r->in[0], first, &r->err);
    if (r->code == OK && second.ptr != NULL)
        r->code = table_read(&r->in[1], second, &r->err);
    const struct method *m = analyze_find(str_z(method));
    assert_non_null(m);
    if (r->code == OK)
        r->code =
            analyze_run(m, r->in, inputs, (const struct str(*)[2])pair, pairs, &r->a, &r->err);
}

static void run_clear(struct run *r)
{
    if (r->code == OK)
        analysis_clear(&r->a);
    table_clear(&r->in[0]);
    table_clear(&r->in[1]);
    arena_clear(&r->arena);
}

static bool has_note(const struct run *r, const char *text)
{
    for (size_t i = 0; i < r->a.notes.len; i++)
        if (str_has(r->a.notes.v[i], str_z(text)))
            return true;
    return false;
}

/* cmocka compares as float, which has 7 digits only. */
static void check_close(double got, double want, double limit)
{
    if (!(fabs(got - want) <= limit))
        fail_msg("got %.17g, want %.17g", got, want);
}

static double number(const struct table *t, const char *column, size_t row)
{
    double v = NAN;
    struct error err = {0};
    int c = table_column(t, column);
    if (c < 0)
        fail_msg("no column %s", column);
    assert_int_equal(table_number(t, c, row, true, &v, &err), OK);
    return v;
}

/* ---- the references ---- */

struct reference {
    const char *file; /* of the case: trade3_<file>.csv, wiod2005_output_<file>.csv */
    int keys;
    const char *method, *options, *columns;
    double tolerance; /* relative */
    bool income;      /* needs gdp_pc_input.csv: trade3 only */
};
/* The tool iterates reflections without taking the common part out and keeps some 7 digits of them;
 * test_properties compares with quadruple precision. */
#define LOST_DIGITS 1e-6
#define R_PACKAGE "convention=economiccomplexity"
/* clang-format off */
static const struct reference references[] = {
    {"region_pyecomplexity", 1, "complexity", "", "diversity eci", 1e-9, false},
    {"region_pyecomplexity", 1, "coi", "", "coi", 1e-9, false},
    {"industry_pyecomplexity", 1, "complexity", "of=industries", "ubiquity pci", 1e-9, false},
    {"pair_pyecomplexity", 2, "density", "", "value rca mcp density", 1e-9, false},
    {"pair_pyecomplexity", 2, "rca", "", "value rca mcp", 1e-9, false},
    {"pair_pyecomplexity", 2, "cog", "", "cog", 1e-9, false},
    {"proximity_pyecomplexity", 2, "proximity", "", "proximity", 1e-9, false},
    {"region_r_economiccomplexity", 1, "complexity", R_PACKAGE, "eci_eigen fitness20", 1e-9, false},
    {"region_r_economiccomplexity", 1, "complexity", R_PACKAGE, "eci_reflections20", LOST_DIGITS, false},
    {"region_r_economiccomplexity", 1, "coi", R_PACKAGE, "coi_raw", 1e-9, false},
    {"industry_r_economiccomplexity", 1, "complexity", R_PACKAGE " of=industries",
     "pci_eigen fitness_q20", 1e-9, false},
    {"industry_r_economiccomplexity", 1, "complexity", R_PACKAGE " of=industries",
     "pci_reflections20", LOST_DIGITS, false},
    {"pair_r_economiccomplexity", 2, "density", R_PACKAGE, "mcp distance", 1e-9, false},
    {"pair_r_economiccomplexity", 2, "distance", "", "mcp distance", 1e-9, false},
    {"pair_r_economiccomplexity", 2, "cog", R_PACKAGE, "mcp cog", 1e-9, false},
    {"region_proximity_r_economiccomplexity", 2, "proximity", "of=regions", "proximity", 1e-9, false},
    {"region_r_econgeo", 1, "complexity", "convention=econgeo", "diversity kci mor_c20", 1e-9, false},
    {"region_r_econgeo", 1, "kci", "", "kci", 1e-9, false},
    {"region_r_econgeo", 1, "morc", "", "mor_c20", 1e-9, false},
    {"region_r_econgeo", 1, "variety", "convention=econgeo",
     "herfindahl entropy krugman hachman spec_coeff avg_lq", 1e-9, false},
    {"industry_r_econgeo", 1, "complexity", "convention=econgeo of=industries",
     "ubiquity tci mor_t21", 1e-9, false},
    {"industry_r_econgeo", 1, "tci", "", "tci", 1e-9, false},
    {"industry_r_econgeo", 1, "mort", "steps=21", "mor_t21", 1e-9, false},
    {"industry_r_econgeo", 1, "locational-gini", "", "locational_gini", 1e-9, false},
    {"pair_r_econgeo", 2, "density", "convention=econgeo", "lq mcp density_pct", 1e-9, false},
    {"relatedness_r_econgeo", 2, "relatedness", "", "cooc prob cosine jaccard association", 1e-9, false},
    {"prody_r_economiccomplexity", 1, "prody", "", "prody", 1e-9, true},
    {"expy_r_economiccomplexity", 1, "expy", "", "expy", 1e-9, true},
};
/* clang-format on */

static bool shared_folder(char out[1024])
{
    const char *shared = getenv("LUOSHU_SHARED"), *source = getenv("LUOSHU_SOURCE");
    if (shared != NULL)
        snprintf(out, 1024, "%s/data/analytics/complexity", shared);
    else
        snprintf(out, 1024, "%s/../shared/data/analytics/complexity",
                 source != NULL ? source : ".");
    char probe[1100];
    snprintf(probe, sizeof probe, "%s/trade3_input.csv", out);
    FILE *f = fopen(probe, "rb");
    if (f != NULL)
        fclose(f);
    return f != NULL;
}

static struct str slurp(struct arena *a, const char *folder, const char *name)
{
    char path[1400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot open %s", path);
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *text = arena_alloc(a, (size_t)size + 1);
    assert_int_equal(fread(text, 1, (size_t)size, f), size);
    fclose(f);
    return (struct str){text, (size_t)size};
}

/* The keys of a row as one text. Pairs of industries or of regions are unordered: each tool sorts
 * names in its own way. */
static struct str key_of(struct arena *a, const struct table *t, int keys,
                         const struct table *names, size_t row)
{
    struct str key[2] = {STR(""), STR("")};
    for (int k = 0; k < keys; k++) {
        int c = table_column(t, arena_z(a, names->columns.v[k].name));
        assert_true(c >= 0);
        key[k] = str_trim(table_cell(t, c, row));
    }
    bool swap = str_ends(names->columns.v[0].name, STR("_1")) && str_cmp(key[0], key[1]) > 0;
    return arena_fmt(a, "%.*s\n%.*s", STR_ARG(key[swap]), STR_ARG(key[!swap]));
}

/* The largest deviation of a column, relative to the value, or to a thousandth of the column's
 * largest one where the value is smaller than that. */
static double deviation(const struct table *got, const size_t *row_of, const struct table *want,
                        const char *column, size_t *worst)
{
    double most = 0, largest = 0;
    for (size_t i = 0; i < want->rows; i++)
        largest = fmax(largest, fabs(number(want, column, i)));
    for (size_t i = 0; i < want->rows; i++) {
        double w = number(want, column, i), g = number(got, column, row_of[i]);
        if (isnan(w) && isnan(g))
            continue;
        double d = isnan(w) || isnan(g) ? INFINITY : fabs(g - w) / fmax(fabs(w), largest / 1000);
        if (largest == 0)
            d = fabs(g - w);
        if (d > most) {
            most = d;
            *worst = i;
        }
    }
    return most;
}

static void compare(const struct reference *ref, const char *name, const struct table *got,
                    const struct table *want, struct arena *a)
{
    struct map place;
    map_init(&place);
    size_t *row_of = arena_alloc(a, (want->rows + 1) * sizeof *row_of);
    for (size_t i = 0; i < got->rows; i++)
        map_put(&place, key_of(a, got, ref->keys, want, i), i);
    assert_int_equal(got->rows, want->rows);
    for (size_t i = 0; i < want->rows; i++) {
        uint64_t at;
        struct str key = key_of(a, want, ref->keys, want, i);
        if (!map_get(&place, key, &at))
            fail_msg("%s: no row for %.*s", name, STR_ARG(key));
        row_of[i] = at;
    }
    map_clear(&place);
    for (struct str rest = str_z(ref->columns); rest.len > 0;) {
        const char *column = arena_z(a, str_cut(rest, ' ', &rest));
        size_t worst = 0;
        double d = deviation(got, row_of, want, column, &worst);
        print_message("# %s %s: %.2g\n", name, column, d);
        if (!(d <= ref->tolerance)) {
            print_message("# row %zu: want %.17g, got %.17g\n", worst + 2,
                          number(want, column, worst), number(got, column, row_of[worst]));
            if (getenv("LUOSHU_SURVEY") == NULL)
                fail_msg("%s %s deviates", name, column);
        }
    }
}

/* Nothing of an expected file may be passed over: its columns are keys, or in a row of
 * `references`. */
static void check_covered(const struct reference *ref, const char *name, const struct table *want)
{
    for (size_t c = (size_t)ref->keys; c < want->columns.len; c++) {
        bool found = false;
        for (size_t i = 0; i < COUNT(references); i++)
            for (struct str rest = str_z(references[i].columns); rest.len > 0;)
                found |= str_eq(str_cut(rest, ' ', &rest), want->columns.v[c].name) &&
                         strcmp(references[i].file, ref->file) == 0;
        if (!found)
            fail_msg("%s: column '%.*s' is compared nowhere", name,
                     STR_ARG(want->columns.v[c].name));
    }
}

static void check_reference(const struct reference *ref, const char *folder, const char *stem)
{
    char name[200];
    struct arena a;
    arena_init(&a, 0);
    snprintf(name, sizeof name, "%s_input.csv", stem);
    struct str input = slurp(&a, folder, name);
    struct str income = ref->income ? slurp(&a, folder, "gdp_pc_input.csv") : STR_NULL;
    struct run r;
    run_method(&r, ref->method, ref->options, input, income);
    if (r.code != OK)
        fail_msg("%s: %s", ref->method, r.err.text);
    struct table want;
    table_init(&want, &a, STR("want"));
    snprintf(name, sizeof name, "%s_%s.csv", stem, ref->file);
    assert_int_equal(table_read(&want, slurp(&a, folder, name), &r.err), OK);
    check_covered(ref, name, &want);
    compare(ref, name, &r.a.out, &want, &a);
    table_clear(&want);
    run_clear(&r);
    arena_clear(&a);
}

static void test_references(void **state)
{
    (void)state;
    char folder[1024];
    if (!shared_folder(folder)) {
        print_message("# shared/data/analytics/complexity is not there: references not compared\n");
        skip();
    }
    for (size_t i = 0; i < COUNT(references); i++) {
        check_reference(&references[i], folder, "trade3");
        if (!references[i].income)
            check_reference(&references[i], folder, "wiod2005_output");
    }
}

/* ---- small tables by hand ---- */

#define HEAD "region,industry,value\n"
/* Hidalgo and Hausmann, PNAS 106 (2009), supporting figure S4: four countries, four products. */
static const char figure_s4[] =
    HEAD "C1,P1,1\nC1,P2,1\nC1,P3,1\nC1,P4,1\nC2,P2,1\nC3,P3,1\nC3,P4,1\nC4,P4,1\n";
/* Nested: D^-1 M U^-1 M' has the eigenvalues 1, 1/4, 1/9, and (2, -1, -4) at 1/4. */
static const char nested[] = HEAD "R1,P1,1\nR1,P2,1\nR1,P3,1\nR2,P2,1\nR2,P3,1\nR3,P3,1\n";
static const char square[] = HEAD "R1,A,1\nR1,B,1\nR2,A,1\nR2,B,3\n";

struct by_hand {
    const char *csv, *method, *options, *column;
    size_t row;
    double want;
};
/* clang-format off */
static const struct by_hand by_hand[] = {
    {figure_s4, "morc", "presence=value steps=1", "mor_c1", 0, 2},
    {figure_s4, "morc", "presence=value steps=1", "mor_c1", 2, 2.5},
    {figure_s4, "morc", "presence=value steps=1", "mor_c1", 3, 3},
    {figure_s4, "mort", "presence=value steps=1", "mor_t1", 0, 4},
    {figure_s4, "mort", "presence=value steps=1", "mor_t1", 3, 7.0 / 3},
    {figure_s4, "morc", "presence=value steps=2", "mor_c2", 0, (4 + 2.5 + 3 + 7.0 / 3) / 4},
    {figure_s4, "proximity", "presence=value", "proximity", 5, 2.0 / 3},
    {figure_s4, "proximity", "presence=value of=regions", "proximity", 1, 0.5},
    {figure_s4, "density", "presence=value only=C4", "density", 2, 0.25},
    {figure_s4, "distance", "presence=value only=C4", "distance", 2, 0.75},
    {figure_s4, "relatedness", "presence=value", "cooc", 5, 2},
    {figure_s4, "relatedness", "presence=value", "prob", 5, 1.25},
    {figure_s4, "relatedness", "presence=value", "cosine", 5, 0.5},
    {figure_s4, "relatedness", "presence=value", "jaccard", 5, 1.0 / 3},
    {figure_s4, "relatedness", "presence=value", "association", 5, 1.75},
    {nested, "complexity", "presence=value", "eci", 0, 3 / 2.4494897427831781},
    {nested, "complexity", "presence=value", "eci", 1, 0},
    {nested, "complexity", "presence=value of=industries", "pci", 0, 9 / 2.4494897427831781},
    {nested, "complexity", "presence=value of=industries", "pci", 2, -3 / 2.4494897427831781},
    {nested, "complexity", "presence=value normalisation=sample", "eci", 2, -1},
    {nested, "complexity", "presence=value normalisation=none", "eci", 0, 2 / 5.4772255750516612},
    {nested, "complexity", "presence=value " R_PACKAGE, "eci_eigen", 0, 1},
    {nested, "complexity", "presence=value of=industries " R_PACKAGE, "pci_eigen", 2, -1},
    {nested, "complexity", "presence=value sign=reverse " R_PACKAGE, "eci_eigen", 0, -1},
    {nested, "complexity", "presence=value sign=ubiquity " R_PACKAGE, "eci_eigen", 0, 1},
    {nested, "complexity", "presence=value steps=2", "fitness2", 0, 1.5},
    {nested, "complexity", "presence=value steps=2 of=industries", "fitness_q2", 0, 18.0 / 11},
    {nested, "coi", "presence=value " R_PACKAGE, "coi_raw", 1, 5.0 / 11},
    {nested, "coi", "presence=value " R_PACKAGE, "coi_raw", 2, 2.0 / 11},
    {nested, "cog", "presence=value only=R3 " R_PACKAGE, "cog", 0, 6.0 / 11},
    {nested, "cog", "presence=value only=R3 " R_PACKAGE, "cog", 1, 3.0 / 11},
    {nested, "cog", "presence=value only=R3 " R_PACKAGE, "cog", 2, 0},
    {nested, "kci", "presence=value digits=12", "kci", 0, 2.0 / 3},
    {nested, "tci", "presence=value digits=12", "tci", 0, 4.0 / 3},
    {square, "rca", "", "rca", 0, 1.5},
    {square, "rca", "", "mcp", 0, 1},
    {square, "rca", "", "mcp", 1, 0},
    {square, "rca", "threshold=1.5", "mcp", 0, 1},
    {square, "rca", "threshold=1.500000000000000001", "mcp", 0, 0},
    {square, "rca", "convention=econgeo", "lq", 3, 1.125},
    {square, "variety", "", "herfindahl", 0, 0.5},
    {square, "variety", "", "entropy", 0, 1},
    {square, "variety", "", "krugman", 0, 1.0 / 3},
    {square, "variety", "", "spec_coeff", 0, 1.0 / 6},
    {square, "variety", "", "avg_lq", 0, 1.125},
    {square, "variety", "", "hachman", 0, 1 / 1.125},
    {square, "variety", "convention=econgeo", "entropy", 1, 0.811},
    {square, "locational-gini", "", "locational_gini", 0, 1.0 / 12},
};
/* clang-format on */

static void test_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(by_hand); i++) {
        const struct by_hand *h = &by_hand[i];
        struct run r;
        run_method(&r, h->method, h->options, str_z(h->csv), STR_NULL);
        if (r.code != OK)
            fail_msg("row %zu, %s: %s", i, h->method, r.err.text);
        double got = number(&r.a.out, h->column, h->row);
        if (!(fabs(got - h->want) < 1e-11))
            fail_msg("row %zu, %s %s: got %.17g, want %.17g", i, h->method, h->column, got,
                     h->want);
        run_clear(&r);
    }
}

static void test_income(void **state)
{
    (void)state;
    struct str income = STR("region,gdp_pc\nR2,20\nR1,10\nelsewhere,7\n");
    struct run r;
    run_method(&r, "prody", "", str_z(square), income);
    assert_int_equal(r.code, OK);
    check_close(number(&r.a.out, "prody", 0), 40.0 / 3, 1e-12);
    check_close(number(&r.a.out, "prody", 1), 16, 1e-12);
    run_clear(&r);
    run_method(&r, "expy", "", str_z(square), income);
    check_close(number(&r.a.out, "expy", 0), 44.0 / 3, 1e-12);
    check_close(number(&r.a.out, "expy", 1), 46.0 / 3, 1e-12);
    run_clear(&r);
    run_method(&r, "expy", "", str_z(square), STR("region,gdp_pc\nR2,20\nR1,\n"));
    assert_int_equal(r.a.out.rows, 1);
    assert_true(has_note(&r, "R1"));
    run_clear(&r);
    run_method(&r, "prody", "", str_z(square), STR("region,gdp_pc\nR2,20\nR2,21\n"));
    assert_int_equal(r.code, E_INPUT);
    run_clear(&r);
    run_method(&r, "prody", "", str_z(square), STR("region,gdp_pc\nX,20\n"));
    assert_int_equal(r.code, E_INPUT);
    run_clear(&r);
}

/* x = row factor * column factor, so that every index is 1. */
static struct str product_table(struct buf *b, int64_t factor, unsigned scale)
{
    char text[DEC_TEXT];
    buf_z(b, HEAD);
    for (int r = 0; r < 30; r++)
        for (int c = 0; c < 40; c++) {
            i128 x = (i128)(7 + 13 * r + r * r % 5) * (11 + 29 * c + c * c % 7) * factor;
            dec_text(x, scale, text);
            buf_fmt(b, "R%02d,P%02d,%s\n", r, c, text);
        }
    return buf_str(b);
}

/* How many of the 30 x 40 indices come out below 1 when everything is added up in doubles. */
static size_t below_in_doubles(const struct table *t)
{
    double row[30] = {0}, column[40] = {0}, all = 0;
    size_t below = 0;
    for (size_t i = 0; i < 1200; i++) {
        double v = number(t, "value", i);
        row[i / 40] += v;
        column[i % 40] += v;
        all += v;
    }
    for (size_t i = 0; i < 1200; i++)
        below += number(t, "value", i) / row[i / 40] / (column[i % 40] / all) < 1;
    return below;
}

/* 1,200 cells that are all exactly 1 give 1,200 ones; in doubles many of them come out below. */
static void test_exactly_one(void **state)
{
    (void)state;
    static const struct {
        int64_t factor;
        unsigned scale;
    } tables[] = {
        {1,             0},
        {1,             2},
        {7,             3},
        {1234567000001, 6},
        {1000000000000, 0}
    };
    for (size_t t = 0; t < COUNT(tables); t++) {
        struct buf b;
        struct run r;
        size_t ones = 0;
        buf_init(&b, 1 << 20);
        run_method(&r, "rca", "", product_table(&b, tables[t].factor, tables[t].scale), STR_NULL);
        if (r.code != OK)
            fail_msg("table %zu: %s", t, r.err.text);
        assert_int_equal(r.a.out.rows, 1200);
        for (size_t i = 0; i < 1200; i++) {
            ones += number(&r.a.out, "mcp", i) == 1;
            check_close(number(&r.a.out, "rca", i), 1, 1e-14);
        }
        print_message("# table %zu: %zu ones; in doubles %zu are below 1\n", t, ones,
                      below_in_doubles(&r.a.out));
        assert_int_equal(ones, 1200);
        run_clear(&r);
        buf_clear(&b);
    }
}

/* ---- input that is not as it should be ---- */

struct refused {
    const char *csv, *method, *options;
    enum code code;
    unsigned line; /* 0 = none */
    const char *says;
};
/* clang-format off */
static const struct refused refusals[] = {
    {HEAD "A,x,1\nB,x,2\nA,x,3\n", "rca", "", E_INPUT, 4, "lines 2 and 4"},
    {HEAD "A,x,1\nB,x,-2\n", "complexity", "", E_INPUT, 3, "negative"},
    {HEAD "A,x,1\nB,x,\n", "complexity", "", E_INPUT, 3, "no value"},
    {HEAD "A,x,1\nB,x,many\n", "complexity", "", E_INPUT, 3, "many"},
    {HEAD "A,x,1\n,x,2\n", "complexity", "", E_INPUT, 3, "no region"},
    {HEAD "A,x,0\nB,y,0\n", "complexity", "", E_INPUT, 0, "all values are zero"},
    {HEAD, "complexity", "", E_INPUT, 0, "no rows"},
    {HEAD "total,x,1\nTotal,y,1\n", "complexity", "", E_INPUT, 0, "nothing is left"},
    {HEAD "A,x,1\nTotal,x,1\n", "complexity", "totals=error", E_INPUT, 0, "Total"},
    {HEAD "A,x,1\nA,合计,1\n", "complexity", "totals=error", E_INPUT, 0, "合计"},
    {HEAD "A,x,1\nA,y,2\nB,x,3\nB,y,4\nZ,x,4\nZ,y,6\n", "rca", "totals=error", E_INPUT, 0,
     "region 'Z'"},
    {HEAD "A,x,1\nA,y,2\nB,x,3\nB,y,5\nA,z,3\nB,z,8\n", "rca", "totals=error", E_INPUT, 0,
     "industry 'z'"},
    {HEAD "A,C,3\nA,C1,1\nA,C2,2\nA,D,5\nB,C,7\nB,C1,3\nB,C2,4\nB,D,1\n", "rca", "totals=error",
     E_INPUT, 0, "industry 'C'"},
    {HEAD "41,x,3\n4101,x,1\n4102,x,2\n41,y,9\n4101,y,5\n4102,y,4\n42,x,1\n42,y,1\n", "rca",
     "totals=error", E_INPUT, 0, "region '41'"},
    {HEAD "A,x,1\nB,y,1\n", "complexity", "blocks=error", E_INPUT, 0, "2 unconnected blocks"},
    {HEAD "A,x,1\nB,y,1\n", "complexity", "steps=7", E_INPUT, 0, "even"},
    {HEAD "A,x,1\nB,y,1\n", "complexity", "steps=1.5", E_INPUT, 0, "whole number"},
    {HEAD "A,x,1\nB,y,1\n", "complexity", "threshold=0", E_INPUT, 0, "above 0"},
    {HEAD "A,x,1\nB,y,1\n", "complexity", "convention=stata", E_INPUT, 0, "convention"},
    {HEAD "A,x,1\nB,y,1\n", "density", "only=Q", E_MISSING, 0, "no region 'Q'"},
    {"region,sector,value\nA,x,1\n", "rca", "", E_MISSING, 0, "industry"},
};
/* clang-format on */

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct refused *c = &refusals[i];
        struct run r;
        run_method(&r, c->method, c->options, str_z(c->csv), STR_NULL);
        check_row(r.code == c->code, c->says);
        check_row(str_has(str_z(r.err.text), str_z(c->says)), r.err.text);
        check_row(r.err.line == c->line, r.err.text);
        run_clear(&r);
    }
}

struct survived {
    const char *csv, *method, *options, *column;
    size_t row;
    double want; /* NAN: empty */
    const char *note;
};
#define EMPTY_THIRD HEAD "A,x,1\nA,y,1\nB,y,1\nC,z,0\nC,x,0\n"
#define RING HEAD "A,w,1\nA,x,1\nB,x,1\nB,y,1\nC,y,1\nC,z,1\nD,z,1\nD,w,1\n"
/* clang-format off */
static const struct survived survivals[] = {
    /* a region and an industry without anything: empty, and told */
    {EMPTY_THIRD, "complexity", "", "eci", 2, NAN, "stay empty: C"},
    {EMPTY_THIRD, "rca", "", "rca", 2, NAN, NULL},
    {EMPTY_THIRD, "density", "", "density", 2, NAN, NULL},
    {EMPTY_THIRD, "variety", "", "entropy", 2, NAN, NULL},
    {EMPTY_THIRD, "locational-gini", "", "locational_gini", 2, NAN, NULL},
    {EMPTY_THIRD, "cog", "", "cog", 2, NAN, NULL},
    {EMPTY_THIRD, "coi", "", "coi", 2, NAN, NULL},
    /* one region: nothing to compare */
    {HEAD "A,x,1\nA,y,2\n", "complexity", "", "eci", 0, NAN, "no index for 1 regions"},
    {HEAD "A,x,1\nA,y,2\n", "kci", "", "kci", 0, NAN, "no real second eigenvector"},
    {HEAD "A,x,1\nA,y,2\n", "morc", "", "mor_c20", 0, NAN, NULL},
    {HEAD "A,x,1\nA,y,2\n", "cog", "", "cog", 0, 0, NULL},
    /* all alike: every eigenvalue but the first is 0 */
    {HEAD "A,x,1\nA,y,1\nB,x,1\nB,y,1\nC,x,1\nC,y,1\n", "complexity", "", "eci", 1, NAN,
     "no index for 3 regions"},
    /* a ring: the second and the third eigenvalue are the same */
    {RING, "complexity", "", "eci", 0, NAN, "no index for 4 regions"},
    /* two blocks: the larger one has three regions */
    {HEAD "A,w,1\nK,p,1\nK,q,1\nL,q,1\nM,q,1\nM,r,1\n", "complexity", "presence=value", "eci", 0,
     NAN, "only the largest is measured, empty for: A"},
    {HEAD "A,w,1\nB,v,1\nB,w,1\nK,p,1\nK,q,1\nL,q,1\n", "complexity", "presence=value blocks=each",
     "eci", 0, -1, "cannot be compared"},
    /* what is let pass, by option or by default */
    {HEAD "A,x,1\nA,y,1\nB,y,-5\nB,x,1\n", "rca", "negative=zero", "value", 3, 0, "1 negative"},
    {HEAD "A,x,1\nA,y,1\nB,y,NA\nB,x,1\n", "rca", "missing=zero", "value", 3, 0, "1 missing"},
    {HEAD "A,x,1\nA,y,2\nB,x,3\nB,y,4\n合计,x,4\n合计,y,6\n", "rca", "", "rca", 0, 10.0 / 12,
     "left out as totals"},
    {HEAD "A,x,1\nA,y,2\nB,x,3\nB,y,4\nZ,x,4\nZ,y,6\n", "rca", "totals=keep", "rca", 4, 1, NULL},
    /* codes that begin others without being their sum are codes like others */
    {HEAD "c1,c1,3\nc1,c10,1\nc1,c11,1\nc10,c1,1\nc10,c10,5\nc11,c11,2\n", "rca", "totals=error",
     "value", 0, 3, NULL},
    /* the fitness of those who have only what all have tends to 0: it stays a number */
    {HEAD "R1,P1,1\nR1,P2,1\nR2,P2,1\nR3,P2,1\nR4,P2,1\n", "complexity",
     "presence=value steps=1000", "fitness1000", 2, 0, NULL},
    /* 10^12 and 10^-6 in one table */
    {HEAD "A,x,999999999999\nA,y,0.000001\nB,x,1e12\nB,y,1000000000000.5\n", "rca", "", "mcp", 0,
     1, NULL},
};
/* clang-format on */

static void test_survivals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(survivals); i++) {
        const struct survived *c = &survivals[i];
        struct run r;
        run_method(&r, c->method, c->options, str_z(c->csv), STR_NULL);
        if (r.code != OK)
            fail_msg("row %zu, %s: %s", i, c->method, r.err.text);
        double got = number(&r.a.out, c->column, c->row);
        if (isnan(c->want) ? !isnan(got) : !(fabs(got - c->want) < 1e-12))
            fail_msg("row %zu, %s %s: got %g, want %g", i, c->method, c->column, got, c->want);
        if (c->note != NULL && !has_note(&r, c->note))
            fail_msg("row %zu: no note '%s'", i, c->note);
        run_clear(&r);
    }
}

static void test_warnings(void **state)
{
    (void)state;
    struct run r;
    run_method(&r, "complexity", "presence=value", str_z(nested), STR_NULL);
    assert_true(has_note(&r, "are few"));
    assert_true(has_note(&r, "it says little beyond diversity"));
    assert_true(has_note(&r, "decided exactly in integers"));
    run_clear(&r);
}

/* ---- properties ---- */

#define SIDE 40
/* A random table; `order` turns its rows around, `factor` multiplies all values. */
static struct str random_table(struct buf *b, const uint16_t *value, size_t n, size_t m, bool turn,
                               unsigned factor)
{
    buf_reset(b);
    buf_z(b, HEAD);
    for (size_t k = 0; k < n * m; k++) {
        size_t i = turn ? n * m - 1 - k : k;
        if (value[i] > 0)
            buf_fmt(b, "R%02zu,P%02zu,%u\n", i / m, i % m, value[i] * factor);
    }
    return buf_str(b);
}

static void write_out(const struct run *r, struct buf *out)
{
    buf_init(out, 1 << 24);
    table_write(&r->a.out, out);
}

/* M of the table, from its own rca */
static void read_m(struct str csv, size_t n, size_t m, double mcp[SIDE][SIDE])
{
    struct run r;
    run_method(&r, "rca", "", csv, STR_NULL);
    assert_int_equal(r.code, OK);
    assert_int_equal(r.a.out.rows, n * m);
    for (size_t i = 0; i < n * m; i++)
        mcp[i / m][i % m] = number(&r.a.out, "mcp", i);
    run_clear(&r);
}

static long double z_score(const long double *v, size_t n, size_t at)
{
    long double mean = 0, square_sum = 0;
    for (size_t i = 0; i < n; i++)
        mean += v[i] / n;
    for (size_t i = 0; i < n; i++)
        square_sum += (v[i] - mean) * (v[i] - mean);
    return (v[at] - mean) / sqrtl(square_sum / n);
}

/* Eighteen plain reflections of diversity, in quadruple words so that what they cancel is left. */
static void plain_reflections(double mcp[SIDE][SIDE], size_t n, size_t m, long double *out)
{
    __float128 kc[SIDE] = {0}, kp[SIDE] = {0}, d[SIDE] = {0}, u[SIDE] = {0};
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < m; c++) {
            d[r] += mcp[r][c];
            u[c] += mcp[r][c];
        }
    memcpy(kc, d, sizeof d);
    memcpy(kp, u, sizeof u);
    for (int step = 0; step < 18; step++) {
        __float128 kc_next[SIDE] = {0}, kp_next[SIDE] = {0};
        for (size_t r = 0; r < n; r++)
            for (size_t c = 0; c < m; c++) {
                kc_next[r] += mcp[r][c] * kp[c] / d[r];
                kp_next[c] += mcp[r][c] * kc[r] / u[c];
            }
        memcpy(kc, kc_next, sizeof kc);
        memcpy(kp, kp_next, sizeof kp);
    }
    __float128 base = kc[0];
    for (size_t r = 0; r < n; r++)
        out[r] = (long double)(kc[r] - base);
}

static void check_reflections(struct str csv, double mcp[SIDE][SIDE], size_t n, size_t m)
{
    struct run r;
    long double want[SIDE];
    plain_reflections(mcp, n, m, want);
    run_method(&r, "complexity", "", csv, STR_NULL);
    assert_int_equal(r.code, OK);
    for (size_t i = 0; i < n; i++)
        check_close(number(&r.a.out, "eci_reflections20", i), (double)z_score(want, n, i), 1e-10);
    run_clear(&r);
}

/* D^-1 M U^-1 M' k is a multiple of k, and k is orthogonal to diversity. */
static void check_eigenvector(struct str csv, double mcp[SIDE][SIDE], size_t n, size_t m)
{
    struct run r;
    double k[SIDE], image[SIDE], dk = 0, ik = 0, kk = 0;
    run_method(&r, "complexity", "normalisation=none", csv, STR_NULL);
    for (size_t i = 0; i < n; i++)
        k[i] = number(&r.a.out, "eci", i);
    for (size_t i = 0; i < n; i++) {
        double d = number(&r.a.out, "diversity", i);
        image[i] = 0;
        for (size_t c = 0; c < m; c++) {
            double u = 0, sum = 0;
            for (size_t j = 0; j < n; j++) {
                u += mcp[j][c];
                sum += mcp[j][c] * k[j];
            }
            image[i] += mcp[i][c] * sum / u / d;
        }
        dk += d * k[i];
        ik += image[i] * k[i];
        kk += k[i] * k[i];
    }
    check_close(dk, 0, 1e-12);
    for (size_t i = 0; i < n; i++)
        check_close(image[i], ik / kk * k[i], 1e-12);
    run_clear(&r);
}

static void check_same(struct str one, struct str other, const char *options)
{
    struct run a, b;
    struct buf x, y;
    run_method(&a, "complexity", options, one, STR_NULL);
    run_method(&b, "complexity", options, other, STR_NULL);
    assert_int_equal(a.code, OK);
    assert_int_equal(b.code, OK);
    write_out(&a, &x);
    write_out(&b, &y);
    check_text(buf_str(&x), buf_str(&y), options);
    buf_clear(&x);
    buf_clear(&y);
    run_clear(&a);
    run_clear(&b);
}

static bool all_present(double mcp[SIDE][SIDE], size_t n, size_t m)
{
    for (size_t c = 0; c < m; c++) {
        double u = 0;
        for (size_t r = 0; r < n; r++)
            u += mcp[r][c];
        if (u == 0)
            return false;
    }
    return true;
}

static void test_properties(void **state)
{
    (void)state;
    test_seed("order, unit, eigenvector, reflections");
    for (int t = 0; t < 60; t++) {
        size_t n = 8 + test_below(SIDE - 8), m = 8 + test_below(SIDE - 8);
        uint16_t value[SIDE * SIDE];
        struct buf b, c;
        static double mcp[SIDE][SIDE];
        buf_init(&b, 1 << 20);
        buf_init(&c, 1 << 20);
        for (size_t i = 0; i < n * m; i++)
            value[i] = (uint16_t)(1 + test_below(i % m < i / m ? 900 : 90));
        struct str plain = random_table(&b, value, n, m, false, 1);
        check_same(plain, random_table(&c, value, n, m, true, 1), "");
        check_same(plain, random_table(&c, value, n, m, false, 37), "of=industries");
        check_same(plain, random_table(&c, value, n, m, true, 2), "convention=econgeo");
        memset(mcp, 0, sizeof mcp);
        read_m(plain, n, m, mcp);
        check_eigenvector(plain, mcp, n, m);
        if (all_present(mcp, n, m))
            check_reflections(plain, mcp, n, m);
        buf_clear(&b);
        buf_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),     cmocka_unit_test(test_income),
        cmocka_unit_test(test_exactly_one), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_survivals),   cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_properties),  cmocka_unit_test(test_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
