/* regional_lq.c - location quotient and contribution to growth.
 * LQ_ij = (e_ij / e_j) / (e_i / e), Florence 1948; additive e_ij / e_i - e_j / e, Hoen and
 * Oosterhaven 2006, in the form of Farhauer and Kroell 2014, ch. 7. Whether LQ >= 1 is decided by
 * the cross product of whole numbers, never by the quotient.
 * Contribution: pull = delta_i / total_0 in percentage points (拉动百分点), share = delta_i /
 * delta_total (贡献率), as the bulletins of statistics define them. */
#include "regional_int.h"
#include <math.h>

static double quotient(i128 a, i128 b)
{
    return b == 0 ? NAN : (double)a / (double)b;
}

struct lq {
    double ratio, additive;
    int specialised; /* -1 does not apply */
};

static enum code lq_of(const struct panel *p, size_t r, size_t i, struct lq *out, struct error *err)
{
    i128 e = panel_v(p, 0, r, i), nation = panel_nation(p, 0, i), region = p->regional[r];
    *out = (struct lq){NAN, quotient(e, nation) - quotient(region, p->total[0]), -1};
    if (region == 0 || nation == 0 || p->total[0] == 0)
        return OK;
    struct rat own, reference;
    TRY(rat_make(e, region, &own, err));
    TRY(rat_make(nation, p->total[0], &reference, err));
    int c = rat_cmp(own, reference);
    out->specialised = c >= 0;
    out->ratio = c == 0 ? 1 : quotient(e, region) / quotient(nation, p->total[0]);
    return OK;
}

static struct str value_name(const struct analysis *a, const struct panel *p, size_t option)
{
    return a->option[option].len > 0 ? a->option[option] : p->value_name;
}

enum code run_lq(struct analysis *a, struct error *err)
{
    struct panel p;
    TRY(panel_read(&p, a, PANEL_ONE, err));
    TRY(panel_not_negative(&p, 0, err));
    struct table *out = &a->out;
    int region = table_add_column(out, "region"), industry = table_add_column(out, "industry");
    int value = table_add_column_str(out, value_name(a, &p, PANEL_AT + 1));
    int ratio = table_add_column(out, "lq"), additive = table_add_column(out, "lq_additive");
    int specialised = table_add_column(out, "specialised");
    size_t undefined = 0;
    for (size_t r = 0; r < p.regions; r++)
        for (size_t i = 0; i < p.industries; i++) {
            struct lq q;
            TRY(lq_of(&p, r, i, &q, err));
            table_push(out, region, p.region[r]);
            table_push(out, industry, p.industry[i]);
            panel_push(&p, out, value, panel_v(&p, 0, r, i));
            table_push_number(out, ratio, q.ratio);
            table_push_number(out, additive, q.additive);
            if (q.specialised >= 0)
                table_push_int(out, specialised, q.specialised);
            table_end_row(out);
            undefined += q.specialised < 0;
        }
    note(a,
         "lq = (e_ij/e_j)/(e_i/e), lq_additive = e_ij/e_i - e_j/e; specialised: lq >= 1, decided "
         "in whole numbers");
    if (undefined > 0)
        note(a, "%zu pairs have an empty lq: their region or industry is 0", undefined);
    return OK;
}

/* ---- contribution ---- */

static const char *const contribution_columns[] = {
    "region",           "industry",         "v0", "v1", "delta", "growth_pct", "pull_pp",
    "contribution_pct", "total_growth_pct",
};

static void contribution_row(const struct panel *p, struct table *out, size_t r, size_t i)
{
    i128 v0 = panel_v(p, 0, r, i), v1 = panel_v(p, 1, r, i);
    i128 t0 = p->regional[r], t1 = p->regional[p->regions + r];
    table_push(out, 0, p->region[r]);
    table_push(out, 1, p->industry[i]);
    panel_push(p, out, 2, v0);
    panel_push(p, out, 3, v1);
    panel_push(p, out, 4, v1 - v0);
    table_push_number(out, 5, v0 > 0 ? 100 * quotient(v1 - v0, v0) : NAN);
    table_push_number(out, 6, t0 > 0 ? 100 * quotient(v1 - v0, t0) : NAN);
    table_push_number(out, 7, 100 * quotient(v1 - v0, t1 - t0));
    table_push_number(out, 8, t0 > 0 ? 100 * quotient(t1 - t0, t0) : NAN);
    table_end_row(out);
}

enum code run_contribution(struct analysis *a, struct error *err)
{
    struct panel p;
    TRY(panel_read(&p, a, PANEL_SPAN, err));
    for (size_t c = 0; c < sizeof contribution_columns / sizeof *contribution_columns; c++)
        table_add_column(&a->out, contribution_columns[c]);
    for (size_t r = 0; r < p.regions; r++)
        for (size_t i = 0; i < p.industries; i++)
            contribution_row(&p, &a->out, r, i);
    note(a, "pull_pp = delta_i/total_0 (拉动, 百分点), contribution_pct = delta_i/delta_total "
            "(贡献率); "
            "a growth from 0 or less, and a share of no change, are empty");
    return OK;
}
