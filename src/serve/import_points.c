/* import_points.c - devices by CSV.
 *
 * profiles: profile, indicator, unit, kernel [decimals, every_s, max_gap_s, gap, rollover, jitter, begins]
 * points:   series, field, entity, profile [device, device_type, site, area, line, unit]
 * An entity is an enterprise or whatever the device serves; site, area, line and unit below it (IEC 62264-1) are made
 * where they are new, in the grouping 设备层级. An empty entity or profile leaves the channel unbound. */
#include "serve/import_points.h"
#include "serve/row.h"
#include <stdio.h>
#include <stdlib.h>

enum { PROFILE, INDICATOR, UNIT, KERNEL, DECIMALS, EVERY, MAX_GAP, GAP, ROLLOVER, JITTER, BEGINS, PROFILE_COLUMNS };
static const char *const profile_columns[] = {"profile", "indicator", "unit",     "kernel", "decimals", "every_s",
                                              "max_gap_s", "gap",     "rollover", "jitter", "begins"};
enum { SERIES, FIELD, ENTITY, POINT_PROFILE, DEVICE, DEVICE_TYPE, SITE, AREA, LINE, UNIT_OF, POINT_COLUMNS };
static const char *const point_columns[] = {"series",      "field", "entity", "profile", "device",
                                            "device_type", "site",  "area",   "line",    "unit"};
#define REQUIRED 4
#define COLUMNS 11

struct table {
    struct call *call;
    struct import_report *report;
    struct provision *to; /* NULL: only the ledger's part (places, indicators) is put */
    struct arena arena;
    struct str file;
    struct csv csv;
    int place[COLUMNS];
    const char *const *names;
    bool profiles;
    struct map entities; /* text -> id, so that a province looks each up once */
    size_t rows, bad;
    enum import_mode mode;
};

static struct str at(const struct table *t, int i)
{
    return t->place[i] < 0 || (size_t)t->place[i] >= t->csv.count ? STR("") : str_trim(t->csv.field[t->place[i]].text);
}

static enum code bad(const struct table *t, int i, enum code code, struct error *err, const char *fmt, ...)
    PRINTF_LIKE(5, 6);
static enum code bad(const struct table *t, int i, enum code code, struct error *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    bool has = t->place[i] >= 0 && (size_t)t->place[i] < t->csv.count;
    const struct csv_field *f = has ? &t->csv.field[t->place[i]] : &t->csv.field[0];
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_at(err, code, f->line, f->column, "%s: %s", t->names[i], text);
}

static void problem(struct table *t, const struct error *e)
{
    struct import_report *r = t->report;
    r->errors++;
    t->bad++;
    if (r->problems.len < IMPORT_PROBLEMS_MAX)
        vec_push(&r->problems, (struct import_problem){arena_dup(&r->arena, t->file), e->line, e->column, false,
                                                       arena_dup(&r->arena, str_z(e->text))});
}

/* ---- header ---- */

static int header_at(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->count; i++)
        if (str_is(str_trim(csv->field[i].text), name))
            return (int)i;
    return -1;
}

static bool header_has(const struct csv *csv, const char *const *names)
{
    for (int i = 0; i < REQUIRED; i++)
        if (header_at(csv, names[i]) < 0)
            return false;
    return true;
}

static enum code begin(struct table *t, struct str bytes, struct error *err)
{
    struct str text;
    const char *encoding;
    bool more;
    TRY(text_decode(bytes, &t->arena, &text, &encoding, err));
    csv_open(&t->csv, text, &t->arena);
    TRY(csv_next(&t->csv, &more, err));
    t->profiles = more && header_has(&t->csv, profile_columns);
    if (!t->profiles && !(more && header_has(&t->csv, point_columns)))
        return error_set(err, E_INPUT, "the header is none of profiles or points");
    t->names = t->profiles ? profile_columns : point_columns;
    for (int i = 0; i < COLUMNS; i++)
        t->place[i] = i < (t->profiles ? PROFILE_COLUMNS : POINT_COLUMNS) ? header_at(&t->csv, t->names[i]) : -1;
    return OK;
}

bool points_layout(struct str bytes)
{
    struct table t = {0};
    struct error ignored = {0};
    /* the header is enough; a file of a province is not decoded twice */
    struct str head = str_sub(bytes, 0, bytes.len < 4096 ? bytes.len : 4096);
    ptrdiff_t end = str_find(head, STR("\n"));
    arena_init(&t.arena, 0);
    bool is = begin(&t, end > 0 && head.ptr[0] != '#' ? str_sub(head, 0, (size_t)end) : head, &ignored) == OK;
    arena_clear(&t.arena);
    return is;
}

/* ---- names ---- */

static enum code entity_of(struct table *t, struct str text, uint32_t *id, struct error *err)
{
    uint64_t known;
    struct error why = {0};
    *id = 0;
    if (!text.len)
        return OK;
    if (map_get(&t->entities, text, &known)) {
        *id = (uint32_t)known;
        return OK;
    }
    enum code code = query_entity(&t->call->query, text, 0, id, &why);
    if (code != OK)
        return bad(t, ENTITY, code, err, "%s; import the entities first", why.text);
    map_put(&t->entities, text, *id);
    return OK;
}

static uint32_t child_named(const struct model *m, uint32_t parent, struct str name, const char *type)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_children(m, parent, &it));) {
        const struct entity *e = model_entity(m, ms->child);
        if (str_eq(e->name, name) && str_is(e->type, type))
            return e->id;
    }
    return 0;
}

#define EQUIPMENT "设备层级"

static enum code make_child(struct table *t, uint32_t parent, struct str name, const char *type, uint32_t *id,
                            struct error *err)
{
    struct ledger *l = t->call->query.ledger;
    uint32_t grouping, membership;
    TRY(ledger_put_grouping(
        l, (struct grouping){.name = STR(EQUIPMENT), .alias = STR("equipment"), .kind = GROUP_PARTITION}, &grouping, err));
    TRY(ledger_put_entity(l, (struct entity){.name = name, .type = str_z(type)}, id, err));
    return ledger_put_membership(l,
                                 (struct membership){.grouping = grouping,
                                                     .child = *id,
                                                     .parent = parent,
                                                     .ppm = PPM,
                                                     .from = DAY_MIN,
                                                     .to = DAY_MAX},
                                 &membership, err);
}

/* Down the levels that the row names; make: those that are new are made. */
static enum code place_of(struct table *t, bool make, uint32_t *id, struct error *err)
{
    TRY(entity_of(t, at(t, ENTITY), id, err));
    for (int i = SITE; i <= UNIT_OF; i++) {
        struct str name = at(t, i);
        if (!name.len)
            continue;
        if (!*id)
            return bad(t, i, E_INPUT, err, "stands below no entity");
        uint32_t child = child_named(ledger_model(t->call->query.ledger), *id, name, point_columns[i]);
        if (!child && make)
            TRY(make_child(t, *id, name, point_columns[i], &child, err));
        if (!child)
            return bad(t, i, E_MISSING, err, "'%.*s' is not there", STR_ARG(name));
        *id = child;
    }
    return OK;
}

static enum code int_of(const struct table *t, int i, int64_t most, int64_t *out, struct error *err)
{
    struct str text = at(t, i);
    struct dec d;
    *out = 0;
    if (!text.len)
        return OK;
    if (dec_parse(text, &d, NULL) != OK || d.scale != 0 || d.units < 0 || d.units > most)
        return bad(t, i, E_INPUT, err, "'%.*s' is not a whole number from 0 to %lld", STR_ARG(text), (long long)most);
    *out = d.units;
    return OK;
}

static enum code rule_of(const struct table *t, struct kernel_rule *r, struct error *err)
{
    int64_t decimals, every, gap, begins;
    struct str kernel = at(t, KERNEL), policy = at(t, GAP);
    *r = (struct kernel_rule){0};
    if (!kernel_from(kernel, &r->kind) || r->kind == KERNEL_NONE)
        return bad(t, KERNEL, E_INPUT, err, "'%.*s' is none of counter, gauge, amount, state, event", STR_ARG(kernel));
    if (policy.len && !str_is(policy, "spread") && !str_is(policy, "open"))
        return bad(t, GAP, E_INPUT, err, "'%.*s' is neither spread nor open", STR_ARG(policy));
    TRY(int_of(t, DECIMALS, 9, &decimals, err));
    TRY(int_of(t, EVERY, 31536000, &every, err));
    TRY(int_of(t, MAX_GAP, 31536000, &gap, err));
    TRY(int_of(t, BEGINS, 1, &begins, err));
    TRY(int_of(t, ROLLOVER, INT64_MAX / 2, &r->rollover, err));
    TRY(int_of(t, JITTER, INT64_MAX / 2, &r->jitter, err));
    r->gap = str_is(policy, "open") ? GAP_OPEN : GAP_SPREAD;
    r->decimals = (uint8_t)decimals;
    r->every_s = (uint32_t)every;
    r->max_gap_s = (uint32_t)gap;
    r->begins = begins != 0;
    return OK;
}

/* ---- rows: first what the ledger needs to know, then the devices ---- */

static enum code indicator_of(struct table *t, uint32_t unit, const struct kernel_rule *r, bool make, uint32_t *id,
                              struct error *err)
{
    const struct model *m = ledger_model(t->call->query.ledger);
    struct str name = at(t, INDICATOR);
    bool flow = r->kind == KERNEL_COUNTER || r->kind == KERNEL_AMOUNT || r->kind == KERNEL_EVENT;
    *id = model_find_indicator(m, name);
    if (!*id && make)
        return ledger_put_indicator(t->call->query.ledger,
                                    (struct indicator){.name = name,
                                                       .unit = unit,
                                                       .measure = flow ? MEASURE_FLOW : MEASURE_STOCK,
                                                       .over_entities = OVER_SUM,
                                                       .over_time = flow ? OVER_SUM : OVER_LAST,
                                                       .provisional = true,
                                                       .source = t->file},
                                    id, err);
    if (!*id)
        return bad(t, INDICATOR, E_MISSING, err, "'%.*s' is unknown", STR_ARG(name));
    const struct indicator *i = model_indicator(m, *id);
    if (flow && model_unit(m, i->unit)->dimension != model_unit(m, unit)->dimension)
        return bad(t, UNIT, E_CONFLICT, err, "'%.*s' is told in %.*s, which is of another dimension", STR_ARG(name),
                   STR_ARG(model_unit(m, i->unit)->symbol));
    return OK;
}

static enum code profile_row(struct table *t, struct error *err)
{
    const struct model *m = ledger_model(t->call->query.ledger);
    struct profile p = {.name = at(t, PROFILE)};
    TRY(rule_of(t, &p.rule, err));
    if (!p.name.len || !at(t, INDICATOR).len)
        return bad(t, p.name.len ? INDICATOR : PROFILE, E_INPUT, err, "is missing");
    p.unit = model_find_unit(m, at(t, UNIT));
    if (!p.unit)
        return bad(t, UNIT, E_MISSING, err, "unknown unit '%.*s'; see catalog/units.csv", STR_ARG(at(t, UNIT)));
    TRY(indicator_of(t, p.unit, &p.rule, t->to == NULL, &p.indicator, err));
    if (!t->to)
        return OK;
    struct error why = {0};
    enum code code = provision_profile(t->to, &p, &p.id, &why);
    return code == OK ? OK : bad(t, PROFILE, code, err, "%s", why.text);
}

static enum code point_row(struct table *t, struct error *err)
{
    uint32_t entity, device = 0, id, profile = 0;
    struct str name = at(t, DEVICE), profile_name = at(t, POINT_PROFILE);
    TRY(place_of(t, t->to == NULL, &entity, err));
    if (!t->to)
        return OK;
    if (profile_name.len && !(profile = field_profile(t->to->field, profile_name)))
        return bad(t, POINT_PROFILE, E_MISSING, err, "unknown profile '%.*s'; import the profiles first",
                   STR_ARG(profile_name));
    struct error why = {0};
    struct device d = {.entity = entity, .name = name.len ? name : at(t, SERIES), .type = at(t, DEVICE_TYPE)};
    enum code code = provision_device(t->to, &d, &device, &why);
    if (code == OK)
        code = provision_point(t->to, at(t, SERIES), at(t, FIELD), device, entity ? profile : 0, &id, &why);
    return code == OK ? OK : bad(t, SERIES, code, err, "%s", why.text);
}

static enum code each_row(struct table *t, struct error *err)
{
    for (;;) {
        bool more;
        struct error e = {0};
        enum code code = csv_next(&t->csv, &more, &e);
        if (code == OK && !more)
            return OK;
        t->rows++;
        if (code == OK)
            code = (t->profiles ? profile_row : point_row)(t, &e);
        if (code == E_LIMIT || code == E_IO || code == E_BACKEND)
            return error_at(err, code, e.line, e.column, "%s", e.text);
        if (code != OK)
            problem(t, &e);
    }
}

/* ---- files ---- */

static enum code one_file(struct call *c, const struct import_file *f, bool profiles, struct provision *to,
                          enum import_mode mode, struct import_report *r, struct error *err)
{
    struct table t = {.call = c, .report = r, .to = to, .file = f->name, .mode = mode};
    size_t errors = r->errors;
    arena_init(&t.arena, 0);
    map_init(&t.entities);
    enum code code = begin(&t, f->bytes, err);
    if (code == OK && t.profiles == profiles) {
        code = each_row(&t, err);
        if (to && r->files < sizeof r->file / sizeof *r->file) {
            r->file[r->files].file = arena_dup(&r->arena, f->name);
            r->file[r->files].layout = profiles ? STR("profiles") : STR("points");
            r->file[r->files].encoding = STR("utf-8");
            r->file[r->files].rows = t.rows;
            r->file[r->files++].bad = t.bad;
            r->rows += t.rows;
        }
    }
    if (!to && code == OK) { /* said again when the devices are put */
        r->problems.len -= r->errors - errors < r->problems.len ? r->errors - errors : r->problems.len;
        r->errors = errors;
    }
    map_clear(&t.entities);
    arena_clear(&t.arena);
    return code;
}

static enum code all_files(struct call *c, const struct import_file *files, size_t count, struct provision *to,
                           enum import_mode mode, struct import_report *r, struct error *err)
{
    for (int profiles = 1; profiles >= 0; profiles--)
        for (size_t i = 0; i < count; i++)
            TRY(one_file(c, &files[i], profiles != 0, to, mode, r, err));
    return OK;
}

static enum code ledger_part(struct call *c, const struct import_file *files, size_t count, enum import_mode mode,
                             struct import_report *r, struct error *err)
{
    struct ledger *l = c->query.ledger;
    struct ledger_counts counts;
    TRY(ledger_begin(l, files[0].name, c->actor, c->now_us, err));
    enum code code = all_files(c, files, count, NULL, mode, r, err);
    struct ledger_counts pending = ledger_pending(l);
    if (code != OK || mode == IMPORT_CHECK || pending.entities + pending.indicators + pending.memberships == 0) {
        ledger_rollback(l);
        return code;
    }
    return ledger_commit(l, &counts, err);
}

enum code import_points(struct call *c, const struct import_file *files, size_t count, enum import_mode mode,
                        struct import_report *r, struct points_counts *n, struct error *err)
{
    struct provision p;
    *n = (struct points_counts){0};
    TRY(ledger_part(c, files, count, mode, r, err));
    TRY(provision_begin(&p, (struct field *)(uintptr_t)c->field, err));
    enum code code = all_files(c, files, count, &p, mode, r, err);
    n->profiles = c->field->points->profiles.len - p.profiles;
    n->devices = p.new_devices;
    n->points = p.new_points;
    n->bound = p.bound_points;
    n->same = p.same;
    if (code != OK || mode == IMPORT_CHECK || (r->errors && mode != IMPORT_PARTIAL)) {
        provision_rollback(&p);
        if (code == OK && r->errors)
            return error_set(err, E_INPUT, "%zu rows cannot be taken", r->errors);
        return code;
    }
    TRY(provision_commit(&p, err));
    r->stored = true;
    return OK;
}
