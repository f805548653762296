/* layout_areas.c - the division lists of the statistics bureau, as they are. */
#include "ingest/import_int.h"

/* ---- code lists of the statistics bureau: 41, 4103, 410302, 410302001
 * -----------------------------
 *
 * One layout a level, so that lists given together are read from the top down. A header of code and
 * name alone is weak: a file with more columns that another layout names is never taken for one. */

enum { A_CODE, A_NAME, A_PROVINCE, A_CITY, A_AREA };

/* 41 -> 2260:410000 */
static struct str division(struct import *im, struct str digits)
{
    size_t zeros = digits.len < 6 ? 6 - digits.len : 0;
    return arena_fmt(&im->arena, "2260:%.*s%.*s", STR_ARG(digits), (int)zeros, "0000");
}

/* A level that stands for no administration: the districts and counties of a municipality (01, 02
 * of 11, 12, 31, 50), and what a province governs directly (90): the composition of the codes of
 * GB/T 2260-2007. */
static bool is_placeholder(struct str city)
{
    struct str province = str_sub(city, 0, 2), rest = str_sub(city, 2, 2);
    return str_is(rest, "90") ||
           (type_in(STR("11|12|31|50"), province) && type_in(STR("01|02"), rest));
}

static bool placeholder_name(struct str name)
{
    return type_in(STR("市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划"), name);
}

static struct str digits_of_parent(const struct import *im)
{
    static const struct {
        size_t digits;
        int column;
        size_t parent;
    } above[] = {
        {4, A_PROVINCE, 2},
        {6, A_CITY,     4},
        {9, A_AREA,     6}
    };
    struct str code = cell(im, A_CODE), parent = STR("10"); /* 100000, the country */
    for (size_t i = 0; i < sizeof above / sizeof *above; i++)
        if (code.len == above[i].digits)
            parent = cell(im, above[i].column).len ? cell(im, above[i].column)
                                                   : str_sub(code, 0, above[i].parent);
    return code.len == 6 && is_placeholder(parent) ? str_sub(parent, 0, 2) : parent;
}

static struct str type_of_area(struct str code, struct str name)
{
    if (code.len == 2)
        return STR("province");
    if (code.len == 4)
        return STR("city");
    if (code.len == 9)
        return STR("town");
    return str_ends(name, STR("区")) ? STR("district") : STR("county");
}

static enum code area_parent(struct import *im, uint32_t *parent, struct error *err)
{
    struct str digits = digits_of_parent(im);
    *parent = model_find_code(ledger_model(im->ledger), division(im, digits));
    if (*parent || cell(im, A_CODE).len == 2) /* a list may begin with its provinces */
        return OK;
    return cell_error(im, A_CODE, E_MISSING, err,
                      "no division has the code '%.*s', under which '%.*s' stands", STR_ARG(digits),
                      STR_ARG(cell(im, A_NAME)));
}

/* A region that was named before its code was known. */
static uint32_t uncoded_region(const struct model *m, struct str name, uint32_t parent)
{
    uint32_t id, found = 0, count = 0;
    for (size_t it = 0; (id = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, id);
        if (e->scope.len || e->code.len || !is_region_type(e->type) || !str_eq(e->name, name))
            continue;
        if (!parent || !model_parent(m, id, DAY_MAX) || model_is_within(m, id, parent, DAY_MAX)) {
            found = id;
            count++;
        }
    }
    return count == 1 ? found : 0;
}

static enum code put_area(struct import *im, struct str code, uint32_t parent, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct entity e = {.name = cell(im, A_NAME),
                       .type = type_of_area(cell(im, A_CODE), cell(im, A_NAME)),
                       .code = code,
                       .id = uncoded_region(m, cell(im, A_NAME), parent)};
    uint32_t id;
    if (e.id) {
        e.type = model_entity(m, e.id)->type;
        e.note = model_entity(m, e.id)->note;
    }
    TRY(ledger_put_entity(im->ledger, e, &id, err));
    return parent ? file_under(im, id, parent, err) : OK;
}

static enum code area_row(struct import *im, struct error *err)
{
    const struct model *m = ledger_model(im->ledger);
    struct str digits = cell(im, A_CODE), code = division(im, digits);
    uint32_t parent, known;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            digits.len = 0;
    if (digits.len != 2 && digits.len != 4 && digits.len != 6 && digits.len != 9)
        return cell_error(im, A_CODE, E_INPUT, err,
                          "'%.*s' is no code of 2, 4, 6 or 9 digits (province, city, area, street)",
                          STR_ARG(cell(im, A_CODE)));
    TRY(cell_filled(im, A_NAME, "name", err));
    if (digits.len == 4 && (is_placeholder(digits) || placeholder_name(cell(im, A_NAME))))
        return OK; /* its areas go under the province */
    if ((known = model_find_code(m, code))) {
        if (!str_eq(model_entity(m, known)->name, cell(im, A_NAME)))
            import_warn(im, A_NAME, "code %.*s is '%.*s' in the registry; '%.*s' is left out",
                        STR_ARG(digits), STR_ARG(model_entity(m, known)->name),
                        STR_ARG(cell(im, A_NAME)));
        return OK;
    }
    TRY(area_parent(im, &parent, err));
    return put_area(im, code, parent, err);
}

const struct layout layout_provinces = {
    .name = "provinces", .order = 6, .columns = {"code", "name", NULL, NULL},
            .row = area_row
};
const struct layout layout_cities = {
    .name = "cities",
    .order = 7,
    .columns = {"code", "name", "provinceCode", NULL, NULL},
    .row = area_row
};
const struct layout layout_areas = {
    .name = "areas",
    .order = 8,
    .columns = {"code", "name", "provinceCode", "cityCode", NULL, NULL},
    .row = area_row
};
const struct layout layout_streets = {
    .name = "streets",
    .order = 9,
    .columns = {"code", "name", "provinceCode", "cityCode", "areaCode", NULL, NULL},
    .row = area_row
};
