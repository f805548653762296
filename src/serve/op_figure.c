/* op_figure.c - a figure, its parts, its sources. */
#include "serve/row.h"

static void figure_json(struct call *c, const struct figure *f, bool explain)
{
    struct json *j = &c->json;
    json_object(j);
    ref_entity(c, "entity", f->entity, true);
    ref_indicator(c, "indicator", f->indicator);
    json_key(j, "grouping");
    if (f->grouping) {
        json_object(j);
        json_kint(j, "id", f->grouping);
        json_kstr(j, "name", model_grouping(c->model, f->grouping)->name);
        json_kz(j, "kind", grouping_kind_name(f->grouping_kind));
        json_object_end(j);
    } else {
        json_null(j);
    }
    json_kint(j, "revision", (int64_t)ledger_revision(c->query.ledger));
    json_key(j, "rows");
    json_array(j);
    for (size_t i = 0; i < f->rows.len; i++)
        row_json(c, &f->rows.v[i], explain);
    json_array_end(j);
    json_object_end(j);
}

static void figure_sheet(struct call *c, const struct figure *f, bool explain)
{
    sheet_head(c, explain ? row_place_columns : row_columns);
    for (size_t i = 0; i < f->rows.len; i++) {
        if (explain) {
            row_place_lines(c, &f->rows.v[i]);
        } else {
            row_cells(c, &f->rows.v[i]);
            sheet_end(c);
        }
    }
}

static void nothing_found(struct call *c)
{
    static const char *const names[] = {"of", "by", "period", "kind", "as_of", "recorded_as_of"};
    c->exit = 1;
    buf_fmt(&c->note, c->zh ? "没有“%.*s”的数值" : "no figure of '%.*s'",
            STR_ARG(args_str(c->args, "indicator")));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str v = args_str(c->args, names[i]);
        if (v.len)
            buf_fmt(&c->note, ", %s '%.*s'", names[i], STR_ARG(v));
    }
    buf_z(&c->note, c->zh ? ";可用 luoshu indicators DIR --of ENTITY 查看有哪些\n"
                          : "; 'luoshu indicators DIR --of ENTITY' lists what there is\n");
}

enum code figure_run(struct call *c, struct error *err)
{
    struct figure f;
    struct figure_ask ask = {
        .indicator = args_str(c->args, "indicator"),
        .of = args_str(c->args, "of"),
        .by = args_str(c->args, "by"),
        .period = args_str(c->args, "period"),
        .kind = args_str(c->args, "kind"),
    };
    bool explain = args_flag(c->args, "explain");
    TRY(query_figure(&c->query, &ask, &f, err));
    if (c->as_json)
        figure_json(c, &f, explain);
    else
        figure_sheet(c, &f, explain);
    if (f.rows.len == 0)
        nothing_found(c);
    figure_clear(&f);
    return OK;
}
