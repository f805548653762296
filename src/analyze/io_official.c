/* io_official.c - input-output tables as offices publish them, split into what the io methods take.
 *
 * China (National Bureau of Statistics): rows Code, Description, DescriptionInChinese, a column per
 * sector, TIU, final uses, GO; rows TII, VA001 compensation .. VA004, TVA, TI. A split table has
 * each sector twice, Origin = Domestic and Imports. OECD ICIO (one country): the same without TIU;
 * rows VALU and OUTPUT. A sector is a column whose name is also a row's Code. Output is GO, else
 * TI or OUTPUT; final demand is output less the row's intermediate uses, so that imports in a
 * competitive table, stocks and statistical errors stay in it. */
#include "io_int.h"

struct official {
    struct analysis *a;
    const struct table *t;
    int code, origin, label;
    size_t n;
    struct str *key;
    int *column;     /* of the sector */
    size_t *domestic, *imports; /* rows of the sector; SIZE_MAX none */
};

static bool is_imports(const struct official *o, size_t r)
{
    struct str s = o->origin >= 0 ? table_cell(o->t, o->origin, r) : STR("");
    return str_starts(s, STR("Import")) || str_starts(s, STR("进口"));
}

static enum code find_sectors(struct official *o, struct error *err)
{
    const struct table *t = o->t;
    size_t width = t->columns.len;
    o->key = arena_alloc(&o->a->arena, width * sizeof *o->key);
    o->column = arena_alloc(&o->a->arena, width * sizeof *o->column);
    o->domestic = arena_alloc(&o->a->arena, width * sizeof *o->domestic);
    o->imports = arena_alloc(&o->a->arena, width * sizeof *o->imports);
    for (size_t c = 0; c < width; c++) {
        struct str name = str_trim(t->columns.v[c].name);
        size_t home = SIZE_MAX, abroad = SIZE_MAX;
        for (size_t r = 0; r < t->rows; r++) {
            if (!str_eq(str_trim(table_cell(t, o->code, r)), name))
                continue;
            size_t *at = is_imports(o, r) ? &abroad : &home;
            if (*at != SIZE_MAX)
                return error_at(err, E_CONFLICT, (uint32_t)r + 2, 1,
                                "sector '%.*s' has two rows of the same origin", STR_ARG(name));
            *at = r;
        }
        if (home == SIZE_MAX)
            continue;
        o->key[o->n] = name;
        o->column[o->n] = (int)c;
        o->domestic[o->n] = home;
        o->imports[o->n++] = abroad;
    }
    return o->n >= 2 ? OK
                     : error_set(err, E_INPUT,
                                 "'%.*s' is no input-output table: no column is named as a row's "
                                 "Code is",
                                 STR_ARG(t->name));
}

/* Labels may repeat (两行“其他”): then the code tells them apart. */
static struct str sector_name(const struct official *o, size_t i)
{
    struct str name = str_trim(table_cell(o->t, o->label, o->domestic[i]));
    if (!name.len)
        return o->key[i];
    for (size_t k = 0; k < o->n; k++)
        if (k != i && str_eq(str_trim(table_cell(o->t, o->label, o->domestic[k])), name))
            return arena_fmt(&o->a->arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(o->key[i]));
    return name;
}

static enum code flow(const struct official *o, size_t i, size_t j, bool total, double *out,
                      struct error *err)
{
    double more = 0;
    TRY(table_number(o->t, o->column[j], o->domestic[i], false, out, err));
    if (total && o->imports[i] != SIZE_MAX)
        TRY(table_number(o->t, o->column[j], o->imports[i], false, &more, err));
    *out += more;
    return OK;
}

static ptrdiff_t row_of(const struct official *o, const char *const *codes)
{
    for (; *codes; codes++)
        for (size_t r = 0; r < o->t->rows; r++)
            if (str_is(str_trim(table_cell(o->t, o->code, r)), *codes))
                return (ptrdiff_t)r;
    return -1;
}

/* Output of sector j: at the end of its row, else at the foot of its column. */
static enum code output_of(const struct official *o, size_t j, double *out, struct error *err)
{
    static const char *const feet[] = {"TI", "OUTPUT", "GO", NULL};
    int column = table_column(o->t, "GO");
    if (column >= 0)
        return table_number(o->t, column, o->domestic[j], false, out, err);
    ptrdiff_t foot = row_of(o, feet);
    if (foot < 0)
        return error_set(err, E_MISSING,
                         "'%.*s' has neither a column GO nor a row TI or OUTPUT: output is not said",
                         STR_ARG(o->t->name));
    return table_number(o->t, o->column[j], (size_t)foot, false, out, err);
}

static enum code write_flows(const struct official *o, bool total, struct error *err)
{
    struct table *out = &o->a->out;
    int first = table_add_column(out, "sector");
    for (size_t j = 0; j < o->n; j++)
        table_add_column_str(out, sector_name(o, j));
    for (size_t i = 0; i < o->n; i++) {
        table_push(out, first, sector_name(o, i));
        for (size_t j = 0; j < o->n; j++) {
            double z;
            TRY(flow(o, i, j, total, &z, err));
            table_push_number(out, first + 1 + (int)j, z);
        }
        table_end_row(out);
    }
    return OK;
}

static const struct {
    const char *name;
    const char *codes[4];
} feet[] = {
    {"wage",        {"VA001", "劳动者报酬", NULL}},
    {"value_added", {"TVA", "VALU", NULL}        },
};

static enum code write_vectors(const struct official *o, bool total, struct error *err)
{
    struct table *out = &o->a->out;
    int sector = table_add_column(out, "sector"), demand = table_add_column(out, "final_demand");
    int output = table_add_column(out, "output"), foot[2];
    ptrdiff_t row[2];
    for (size_t k = 0; k < 2; k++) {
        row[k] = row_of(o, feet[k].codes);
        foot[k] = row[k] < 0 ? -1 : table_add_column(out, feet[k].name);
    }
    for (size_t i = 0; i < o->n; i++) {
        double x, used = 0, z, v;
        TRY(output_of(o, i, &x, err));
        for (size_t j = 0; j < o->n; j++) {
            TRY(flow(o, i, j, total, &z, err));
            used += z;
        }
        table_push(out, sector, sector_name(o, i));
        table_push_number(out, demand, x - used);
        table_push_number(out, output, x);
        for (size_t k = 0; k < 2; k++) {
            if (row[k] < 0)
                continue;
            TRY(table_number(o->t, o->column[i], (size_t)row[k], false, &v, err));
            table_push_number(out, foot[k], v);
        }
        table_end_row(out);
    }
    return OK;
}

static int label_column(const struct official *o, struct str names)
{
    int zh = table_column(o->t, "DescriptionInChinese"), en = table_column(o->t, "Description");
    if (str_is(names, "code"))
        return o->code;
    if (str_is(names, "en"))
        return en >= 0 ? en : o->code;
    return zh >= 0 ? zh : en >= 0 ? en : o->code;
}

enum code io_run_table(struct analysis *a, struct error *err)
{
    struct official o = {.a = a, .t = &a->in[0]};
    TRY(table_need(o.t, "Code", &o.code, err));
    o.origin = table_column(o.t, "Origin");
    o.label = label_column(&o, a->option[2]);
    TRY(find_sectors(&o, err));
    bool total = str_is(a->option[1], "total");
    if (o.origin >= 0)
        note(a, total ? "flows are those of domestic goods and of imports together (option origin)"
                      : "flows are those of domestic goods; imports are left out (option origin)");
    else
        note(a, "the table does not part imports from domestic goods: flows hold both, final demand "
                "is net of imports");
    note(a, "final demand is output less intermediate uses");
    return str_is(a->option[0], "vectors") ? write_vectors(&o, total, err)
                                           : write_flows(&o, total, err);
}
