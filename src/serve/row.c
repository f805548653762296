/* row.c - one figure on its way out. Decimals leave as text, in the unit they are shown in. */
#include "serve/row.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define PAGE_DEFAULT 200
#define PAGE_MAX 5000
#define CHINA_US (8 * 3600000000)

static const char *const role_names[] = {"own", "whole", "part", "remainder", "derived"};

/* ---- small values ---- */

void ref_entity(struct call *c, const char *key, uint32_t entity, bool typed)
{
    struct json *j = &c->json;
    if (key)
        json_key(j, key);
    if (!entity) {
        json_null(j);
        return;
    }
    const struct entity *e = model_entity(c->model, entity);
    json_object(j);
    json_kint(j, "id", entity);
    json_kstr(j, "name", e->name);
    if (typed)
        json_kstr(j, "type", e->type);
    json_object_end(j);
}

void ref_indicator(struct call *c, const char *key, uint32_t indicator)
{
    struct json *j = &c->json;
    json_key(j, key);
    if (!indicator) {
        json_null(j);
        return;
    }
    json_object(j);
    json_kint(j, "id", indicator);
    json_kstr(j, "name", model_indicator(c->model, indicator)->name);
    json_object_end(j);
}

void label_period(struct call *c, const char *key, struct period p)
{
    char text[64];
    json_key(&c->json, key);
    json_object(&c->json);
    size_t len = period_label(p, true, text);
    json_kstr(&c->json, "zh", (struct str){text, len});
    len = period_label(p, false, text);
    json_kstr(&c->json, "en", (struct str){text, len});
    json_object_end(&c->json);
}

void kstr_null(struct call *c, const char *key, struct str s)
{
    json_key(&c->json, key);
    if (s.len)
        json_str(&c->json, s);
    else
        json_null(&c->json);
}

struct str text_of_period(struct call *c, struct period p)
{
    char text[32];
    size_t len = period_text(p, text);
    return arena_dup(c->arena, (struct str){text, len});
}

struct str day_str(struct call *c, day_t d)
{
    if (d == DAY_MIN || d == DAY_MAX)
        return STR("");
    return text_of_period(c, (struct period){d, d});
}

struct str time_str(struct call *c, int64_t us)
{
    int64_t second = (us + CHINA_US) / 1000000 % 86400;
    if (us <= 0)
        return STR("");
    return arena_fmt(c->arena, "%.*sT%02d:%02d:%02d+08:00", STR_ARG(day_str(c, day_from_us(us))),
                     (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* ---- the figure ---- */

struct texts {
    struct str value, value_hi, low, high, unit, period;
};

static struct str keep(struct call *c, const char *text, size_t len)
{
    return arena_dup(c->arena, (struct str){text, len});
}

static struct texts texts_of(struct call *c, const struct figure_row *r)
{
    char a[DEC_TEXT], b[DEC_TEXT];
    struct texts t = {0};
    if (r->unit)
        t.unit = model_unit(c->model, r->unit)->symbol;
    t.period = text_of_period(c, r->period);
    if (r->state != STATE_VALUE)
        return t;
    t.value = keep(c, a, figure_value_text(c->model, r, a));
    if (r->qualifier == Q_RANGE)
        t.value_hi = keep(c, a, unit_text(c->model, r->unit, r->value_hi, r->decimals, a));
    if (figure_interval_text(c->model, r, a, b)) {
        t.low = keep(c, a, strlen(a));
        t.high = keep(c, b, strlen(b));
    }
    return t;
}

static void place_json(struct call *c, const struct trace *t)
{
    struct json *j = &c->json;
    const struct source *s = t->source ? model_source(c->model, t->source) : NULL;
    json_object(j);
    json_kint(j, "source", t->source);
    json_kstr(j, "doc", s ? s->doc : STR(""));
    json_kstr(j, "title", s ? s->title : STR(""));
    json_key(j, "start");
    t->start >= 0 ? json_int(j, t->start) : json_null(j);
    json_key(j, "end");
    t->end >= 0 ? json_int(j, t->end) : json_null(j);
    json_kstr(j, "text", t->text);
    json_kstr(j, "key", t->key);
    json_kstr(j, "file", t->file);
    json_kint(j, "line", t->line);
    json_kstr(j, "note", t->note);
    json_object_end(j);
}

static void places_json(struct call *c, const struct fact *f)
{
    const struct trace *t;
    json_key(&c->json, "places");
    json_array(&c->json);
    if (f)
        for (uint64_t it = 0; (t = query_place(&c->query, f, &it));)
            place_json(c, t);
    json_array_end(&c->json);
}

static void row_key_json(struct call *c, const struct figure_row *r, const struct texts *t)
{
    struct json *j = &c->json;
    json_kz(j, "role", role_names[r->role]);
    ref_entity(c, "entity", r->entity, true);
    ref_indicator(c, "indicator", r->indicator);
    json_kint(j, "series", r->series);
    json_kz(j, "kind", kind_name(r->kind));
    json_kstr(j, "comparison", r->comparison);
    json_kz(j, "modality", modality_name(r->modality));
    json_kstr(j, "period", t->period);
    label_period(c, "period_label", r->period);
}

static void row_value_json(struct call *c, const struct figure_row *r, const struct texts *t)
{
    struct json *j = &c->json;
    json_kz(j, "state", state_name(r->state));
    kstr_null(c, "value", t->value);
    kstr_null(c, "value_hi", t->value_hi);
    json_kstr(j, "unit", t->unit);
    json_kz(j, "qualifier", qualifier_name(r->qualifier));
    kstr_null(c, "low", t->low);
    kstr_null(c, "high", t->high);
}

void row_json(struct call *c, const struct figure_row *r, bool places)
{
    struct json *j = &c->json;
    struct texts t = texts_of(c, r);
    json_object(j);
    row_key_json(c, r, &t);
    row_value_json(c, r, &t);
    json_key(j, "fact");
    r->fact ? json_int(j, (int64_t)r->fact->id) : json_null(j);
    json_kint(j, "revisions", r->revisions);
    kstr_null(c, "published", r->fact ? day_str(c, r->fact->published) : STR(""));
    kstr_null(c, "recorded", r->fact ? time_str(c, r->fact->recorded_us) : STR(""));
    json_kint(j, "have", r->have);
    json_kint(j, "of", r->of);
    json_kstr(j, "reason", r->reason);
    json_kstr(j, "formula", r->formula);
    places_json(c, places ? r->fact : NULL);
    json_object_end(j);
}

const char row_columns[] = "role,entity,indicator,kind,comparison,modality,period,value,value_hi,"
                           "unit,qualifier,low,high,published,revisions,have,of,reason,formula";
const char row_place_columns[] =
    "role,entity,indicator,kind,comparison,modality,period,value,value_hi,unit,qualifier,low,high,"
    "published,revisions,have,of,reason,formula,doc,start,end,text,file,line";

void row_cells(struct call *c, const struct figure_row *r)
{
    struct texts t = texts_of(c, r);
    sheet_z(c, role_names[r->role]);
    sheet_str(c, r->entity ? model_entity(c->model, r->entity)->name : STR(""));
    sheet_str(c, r->indicator ? model_indicator(c->model, r->indicator)->name : STR(""));
    sheet_z(c, kind_name(r->kind));
    sheet_str(c, r->comparison);
    sheet_z(c, modality_name(r->modality));
    sheet_str(c, t.period);
    sheet_str(c, t.value);
    sheet_str(c, t.value_hi);
    sheet_str(c, t.unit);
    sheet_z(c, qualifier_name(r->qualifier));
    sheet_str(c, t.low);
    sheet_str(c, t.high);
    sheet_str(c, r->fact ? day_str(c, r->fact->published) : STR(""));
    sheet_int(c, r->revisions);
    sheet_int(c, r->have);
    sheet_int(c, r->of);
    sheet_str(c, r->reason.len ? r->reason
                               : str_z(r->state == STATE_VALUE ? "" : state_name(r->state)));
    sheet_str(c, r->formula);
}

static void place_cells(struct call *c, const struct trace *t)
{
    sheet_str(c, t->source ? model_source(c->model, t->source)->doc : STR(""));
    t->start >= 0 ? sheet_int(c, t->start) : sheet_z(c, "");
    t->end >= 0 ? sheet_int(c, t->end) : sheet_z(c, "");
    sheet_str(c, t->text);
    sheet_str(c, t->file);
    t->line ? sheet_int(c, t->line) : sheet_z(c, "");
}

void row_place_lines(struct call *c, const struct figure_row *r)
{
    const struct trace *t = NULL;
    uint64_t it = 0;
    size_t places = 0;
    while (r->fact && (t = query_place(&c->query, r->fact, &it))) {
        row_cells(c, r);
        place_cells(c, t);
        sheet_end(c);
        places++;
    }
    if (places)
        return;
    row_cells(c, r);
    for (int i = 0; i < 6; i++)
        sheet_z(c, "");
    sheet_end(c);
}

static uint32_t key_revisions(struct call *c, const struct fact *f)
{
    uint32_t count = 0;
    const struct fact *other;
    for (uint64_t it = 0; (other = query_of_key(&c->query, f, &it));)
        count++;
    return count;
}

struct figure_row fact_as_row(struct call *c, const struct fact *f)
{
    const struct series *s = model_series(c->model, f->series);
    return (struct figure_row){
        .role = ROW_OWN,
        .entity = f->entity,
        .indicator = s->indicator,
        .series = f->series,
        .kind = s->kind,
        .modality = s->modality,
        .comparison = s->comparison,
        .period = f->period,
        .state = (enum fact_state)f->state,
        .value = f->value,
        .value_hi = f->value_hi,
        .step = f->step,
        .unit = f->unit,
        .decimals = f->decimals,
        .qualifier = (enum qualifier)f->qualifier,
        .fact = f,
        .revisions = key_revisions(c, f),
    };
}

/* ---- what the handlers share ---- */

static int member_cmp(const void *a, const void *b)
{
    const struct membership *x = *(const struct membership *const *)a;
    const struct membership *y = *(const struct membership *const *)b;
    if (x->grouping != y->grouping)
        return x->grouping < y->grouping ? -1 : 1;
    return x->child < y->child ? -1 : x->child > y->child;
}

const struct membership **members_of(struct call *c, uint32_t parent, size_t *count)
{
    const struct membership *ms;
    size_t all = 0;
    for (size_t it = 0; model_children(c->model, parent, &it);)
        all++;
    const struct membership **out = arena_alloc(c->arena, (all + 1) * sizeof(void *));
    *count = 0;
    for (size_t it = 0; (ms = model_children(c->model, parent, &it));)
        if (member_on(ms, c->query.as_of.published))
            out[(*count)++] = ms;
    qsort(out, *count, sizeof(void *), member_cmp);
    return out;
}

bool text_matches(struct str text, struct str part)
{
    for (size_t i = 0; part.len && i + part.len <= text.len; i++)
        if (strncasecmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return part.len == 0;
}

uint32_t region_by_code(const struct model *m, struct arena *a, struct str code)
{
    static const char *const forms[] = {"2260:%.*s", "2260:%.*s00", "2260:%.*s0000", "%.*s"};
    uint32_t id = 0;
    for (size_t i = 0; code.len && !id && i < sizeof forms / sizeof *forms; i++)
        id = model_find_code(m, arena_fmt(a, forms[i], STR_ARG(code)));
    return id;
}

uint32_t region_own(const struct call *c)
{
    return region_by_code(c->model, c->arena, c->region);
}

enum code region_or_own(struct call *c, uint32_t *out, struct error *err)
{
    struct str of = args_str(c->args, "of");
    if (of.len)
        return query_entity(&c->query, of, 0, out, err);
    *out = region_own(c);
    if (!*out)
        return error_set(err, E_MISSING,
                         "this workspace has no region of its own; name an entity, or set one with "
                         "'luoshu setting DIR region CODE'");
    return OK;
}

enum code page_of(const struct call *c, size_t *limit, size_t *offset, struct error *err)
{
    int64_t n = args_int(c->args, "limit", PAGE_DEFAULT);
    if (n > PAGE_MAX)
        return error_set(err, E_INPUT, "limit %lld is above %d; use offset for more", (long long)n,
                         PAGE_MAX);
    *limit = (size_t)n;
    *offset = (size_t)args_int(c->args, "offset", 0);
    return OK;
}
