/* op_devices.c - devices, their points and what they sent; what is measured over time; who is connected. */
#include "field/field.h"
#include "serve/row.h"
#include <stdlib.h>

#define LIMIT_DEFAULT 200
#define LIMIT_MAX 5000

/* ---- one writer for both forms ---- */

static void row_begin(struct call *c)
{
    if (c->as_json)
        json_object(&c->json);
}
static void row_end(struct call *c)
{
    if (c->as_json)
        json_object_end(&c->json);
    else
        sheet_end(c);
}
static void put_str(struct call *c, const char *key, struct str s)
{
    if (c->as_json)
        json_kstr(&c->json, key, s);
    else
        sheet_str(c, s);
}
static void put_int(struct call *c, const char *key, int64_t v)
{
    if (c->as_json)
        json_kint(&c->json, key, v);
    else
        sheet_int(c, v);
}
static void put_null_str(struct call *c, const char *key, struct str s)
{
    if (c->as_json)
        kstr_null(c, key, s);
    else
        sheet_str(c, s);
}
static void put_entity(struct call *c, const char *key, uint32_t entity)
{
    if (c->as_json)
        ref_entity(c, key, entity, true);
    else
        sheet_str(c, entity ? model_entity(c->model, entity)->name : STR(""));
}
static void put_indicator(struct call *c, const char *key, uint32_t indicator)
{
    if (c->as_json)
        ref_indicator(c, key, indicator);
    else
        sheet_str(c, indicator ? model_indicator(c->model, indicator)->name : STR(""));
}
static void list_begin(struct call *c, const char *name, const char *columns)
{
    if (!c->as_json) {
        sheet_head(c, columns);
        return;
    }
    json_key(&c->json, name);
    json_array(&c->json);
}
static void list_end(struct call *c)
{
    if (c->as_json)
        json_array_end(&c->json);
}

static size_t limit_of(const struct call *c)
{
    int64_t n = args_int(c->args, "limit", LIMIT_DEFAULT);
    return n < LIMIT_MAX ? (size_t)n : LIMIT_MAX;
}

static struct registry *registry_of(const struct call *c)
{
    return c->field->registry;
}

/* ---- points ---- */

static const struct profile *profile_of(const struct call *c, uint32_t slot)
{
    const struct points *p = c->query.points;
    uint32_t id = p->slots.v[slot].profile;
    return id ? &p->profiles.v[id - 1] : NULL;
}

static const char *freshness(const struct call *c, const struct kernel_rule *rule, bool any, const struct reading *last)
{
    int64_t age_ms = c->now_us / 1000 - last->time_ms, every = rule->every_s ? rule->every_s : 60;
    if (!any)
        return "never";
    if (last->value == READING_OFFLINE)
        return "offline";
    if (age_ms <= (every * 3 > 180 ? every * 3 : 180) * 1000)
        return "online";
    return age_ms <= 86400000 ? "stale" : "offline";
}

static const char *reading_state(int64_t v)
{
    static const char *const names[] = {"null", "withheld", "offline", "over_limit", "restart"};
    return reading_is_number(v) ? "value" : names[(v - READING_NULL) % 5];
}

static struct str reading_text(struct call *c, int64_t v, unsigned decimals)
{
    char text[DEC_TEXT];
    if (!reading_is_number(v))
        return STR_NULL;
    dec_text(v, decimals, text);
    return arena_dup(c->arena, str_z(text));
}

static const char point_columns[] =
    "id,series,field,device,entity,profile,indicator,unit,value,state,last,freshness";

static void put_point(struct call *c, const struct point_row *p)
{
    const struct profile *pr = profile_of(c, p->slot);
    struct reading last = {0};
    bool any = readings_last(c->query.readings, p->id, &last);
    row_begin(c);
    put_int(c, "id", p->id);
    put_str(c, "series", p->series);
    put_str(c, "field", p->field);
    put_int(c, "device", p->device);
    put_entity(c, "entity", c->query.points->slots.v[p->slot].entity);
    put_str(c, "profile", pr ? pr->name : STR(""));
    put_indicator(c, "indicator", pr ? pr->indicator : 0);
    put_str(c, "unit", pr && pr->unit ? model_unit(c->model, pr->unit)->symbol : STR(""));
    put_null_str(c, "value", any ? reading_text(c, last.value, p->decimals) : STR_NULL);
    put_str(c, "state", str_z(any ? reading_state(last.value) : "none"));
    put_null_str(c, "last", any ? time_str(c, last.time_ms * 1000) : STR_NULL);
    put_str(c, "freshness", str_z(freshness(c, &c->query.points->slots.v[p->slot].rule, any, &last)));
    row_end(c);
}

enum code points_run(struct call *c, struct error *err)
{
    point_rows rows = {0};
    struct points_ask ask = {.device = (uint32_t)args_int(c->args, "device", 0),
                             .unbound = args_flag(c->args, "unbound"),
                             .text = args_str(c->args, "q"),
                             .after = (uint32_t)args_int(c->args, "after", 0),
                             .limit = limit_of(c)};
    size_t unbound = 0;
    struct points *p = c->query.points;
    pthread_rwlock_rdlock(&p->lock); /* strangers come while it is counted */
    size_t total = p->point_slot.len;
    for (size_t i = 0; i < total; i++)
        unbound += p->point_slot.v[i] == 0;
    pthread_rwlock_unlock(&p->lock);
    TRY(registry_points_find(registry_of(c), &ask, c->arena, &rows, err));
    if (c->as_json) {
        json_object(&c->json);
        json_kint(&c->json, "total", (int64_t)total);
        json_kint(&c->json, "unbound", (int64_t)unbound);
    }
    list_begin(c, "points", point_columns);
    for (size_t i = 0; i < rows.len; i++)
        put_point(c, &rows.v[i]);
    list_end(c);
    if (c->as_json)
        json_object_end(&c->json);
    vec_clear(&rows);
    return OK;
}

/* ---- devices ---- */

static enum code put_device(struct call *c, const struct device_row *d, struct error *err)
{
    point_rows rows = {0};
    struct points_ask ask = {.device = d->id, .limit = LIMIT_MAX};
    struct reading newest = {0};
    const char *state = "never";
    bool any = false;
    TRY(registry_points_find(registry_of(c), &ask, c->arena, &rows, err));
    for (size_t i = 0; i < rows.len; i++) {
        struct reading last;
        if (!readings_last(c->query.readings, rows.v[i].id, &last) || (any && last.time_ms <= newest.time_ms))
            continue;
        any = true;
        newest = last;
        state = freshness(c, &c->query.points->slots.v[rows.v[i].slot].rule, true, &last);
    }
    row_begin(c);
    put_int(c, "id", d->id);
    put_str(c, "name", d->name);
    put_str(c, "type", d->type);
    put_entity(c, "entity", d->entity);
    put_int(c, "points", (int64_t)rows.len);
    put_null_str(c, "last", any ? time_str(c, newest.time_ms * 1000) : STR_NULL);
    put_str(c, "freshness", str_z(state));
    row_end(c);
    vec_clear(&rows);
    return OK;
}

/* The entity and all below it, by any grouping that is no table's. */
static void below(const struct call *c, uint32_t e, bool *seen, id_vec *out)
{
    const struct membership *ms;
    if (seen[e])
        return;
    seen[e] = true;
    vec_push(out, e);
    for (size_t it = 0; (ms = model_children(c->model, e, &it));)
        if (model_grouping(c->model, ms->grouping)->scope.len == 0)
            below(c, ms->child, seen, out);
}

enum code devices_run(struct call *c, struct error *err)
{
    device_rows rows = {0};
    id_vec places = {0};
    uint32_t entity;
    struct str of = args_str(c->args, "of");
    if (of.len) {
        TRY(query_entity(&c->query, of, 0, &entity, err));
        bool *seen = mem_zalloc(c->model->entities.len + 1);
        below(c, entity, seen, &places);
        mem_free(seen);
    }
    enum code code =
        registry_devices_find(registry_of(c), of.len ? places.v : NULL, places.len, args_str(c->args, "q"),
                              (uint32_t)args_int(c->args, "after", 0), limit_of(c), c->arena, &rows, err);
    if (code == OK && c->as_json) {
        json_object(&c->json);
        json_kint(&c->json, "total", (int64_t)c->query.points->devices.len);
    }
    if (code == OK)
        list_begin(c, "devices", "id,name,type,entity,points,last,freshness");
    for (size_t i = 0; i < rows.len && code == OK; i++)
        code = put_device(c, &rows.v[i], err);
    if (code == OK) {
        list_end(c);
        if (c->as_json)
            json_object_end(&c->json);
    }
    vec_clear(&places);
    vec_clear(&rows);
    return code;
}

enum code profiles_run(struct call *c, struct error *err)
{
    const struct points *p = c->query.points;
    (void)err;
    if (c->as_json)
        json_object(&c->json);
    list_begin(c, "profiles", "id,profile,indicator,unit,kernel,decimals,every_s,max_gap_s,gap,rollover,jitter");
    for (size_t i = 0; i < p->profiles.len; i++) {
        const struct profile *pr = &p->profiles.v[i];
        row_begin(c);
        put_int(c, "id", pr->id);
        put_str(c, "profile", pr->name);
        put_indicator(c, "indicator", pr->indicator);
        put_str(c, "unit", pr->unit ? model_unit(c->model, pr->unit)->symbol : STR(""));
        put_str(c, "kernel", str_z(kernel_name(pr->rule.kind)));
        put_int(c, "decimals", pr->rule.decimals);
        put_int(c, "every_s", pr->rule.every_s);
        put_int(c, "max_gap_s", kernel_max_gap_ms(&pr->rule) / 1000);
        put_str(c, "gap", pr->rule.gap == GAP_OPEN ? STR("open") : STR("spread"));
        put_int(c, "rollover", pr->rule.rollover);
        put_int(c, "jitter", pr->rule.jitter);
        row_end(c);
    }
    list_end(c);
    if (c->as_json)
        json_object_end(&c->json);
    return OK;
}

/* ---- readings of a point ---- */

/* A day ("2026-11-22") or a time in ms UTC. */
static enum code time_of(const struct call *c, const char *arg, bool end, int64_t fallback, int64_t *out,
                         struct error *err)
{
    struct str text = args_str(c->args, arg);
    struct dec d;
    struct period p;
    *out = fallback;
    if (!text.len)
        return OK;
    if (dec_parse(text, &d, NULL) == OK && d.scale == 0 && d.units > 100000) {
        *out = d.units;
        return OK;
    }
    TRY(period_parse(text, &p, err));
    *out = window_begin(LEVEL_DAY, end ? p.last + 1 : p.first);
    return OK;
}

static void put_reading(struct call *c, const struct reading *v, unsigned decimals)
{
    row_begin(c);
    put_str(c, "time", time_str(c, v->time_ms * 1000));
    put_int(c, "ms", v->time_ms);
    put_null_str(c, "value", reading_text(c, v->value, decimals));
    put_str(c, "state", str_z(reading_state(v->value)));
    row_end(c);
}

/* Of each of `width` equal spans the first, the smallest, the largest and the last reading: what a line of that
 * many pixels can show (M4: Jugel and others, PVLDB 7(10), 2014), absences included. */
static void put_thinned(struct call *c, const reading_vec *v, int64_t from, int64_t to, size_t width, unsigned decimals)
{
    for (size_t i = 0; i < v->len;) {
        size_t span = (size_t)((i128)(v->v[i].time_ms - from) * (i128)width / (to - from)), end = i, low = i, high = i;
        for (; end < v->len && (size_t)((i128)(v->v[end].time_ms - from) * (i128)width / (to - from)) == span; end++) {
            if (v->v[end].value < v->v[low].value)
                low = end;
            if (v->v[end].value > v->v[high].value)
                high = end;
        }
        size_t pick[4] = {i, low < high ? low : high, low < high ? high : low, end - 1};
        for (int k = 0; k < 4; k++)
            if (k == 0 || pick[k] != pick[k - 1])
                put_reading(c, &v->v[pick[k]], decimals);
        i = end;
    }
}

/* Only times that have more than one reading, all of them; v is in order of time. */
static void keep_corrected(reading_vec *v)
{
    size_t kept = 0;
    for (size_t i = 0, end; i < v->len; i = end) {
        for (end = i + 1; end < v->len && v->v[end].time_ms == v->v[i].time_ms; end++)
            ;
        for (size_t k = i; end - i > 1 && k < end; k++)
            v->v[kept++] = v->v[k];
    }
    v->len = kept;
}

enum code readings_run(struct call *c, struct error *err)
{
    int64_t from, to, now = c->now_us / 1000;
    struct point_row p;
    reading_vec v = {0};
    uint32_t id = (uint32_t)args_int(c->args, "point", 0);
    size_t width = (size_t)args_int(c->args, "width", 0);
    bool corrected = args_flag(c->args, "corrected");
    TRY(registry_point(registry_of(c), id, c->arena, &p, err));
    TRY(time_of(c, "from", false, now - 86400000, &from, err));
    TRY(time_of(c, "to", true, now + 1, &to, err));
    if (to <= from)
        return error_set(err, E_INPUT, "'to' is not after 'from'");
    enum code code =
        readings_series(c->query.readings, id, from, to, args_flag(c->args, "all") || corrected, &v, err);
    if (code == OK && corrected)
        keep_corrected(&v);
    if (code == OK && !width && v.len > 200000)
        code = error_set(err, E_LIMIT, "%zu readings; ask for less time, or with width", v.len);
    if (code != OK) {
        vec_clear(&v);
        return code;
    }
    if (c->as_json) {
        json_object(&c->json);
        json_key(&c->json, "point");
        put_point(c, &p);
        json_kint(&c->json, "total", (int64_t)v.len);
    }
    list_begin(c, "readings", "time,ms,value,state");
    if (width && v.len > width * 4) {
        put_thinned(c, &v, from, to, width, p.decimals);
    } else {
        for (size_t i = 0; i < v.len; i++)
            put_reading(c, &v.v[i], p.decimals);
    }
    list_end(c);
    if (c->as_json)
        json_object_end(&c->json);
    vec_clear(&v);
    return OK;
}

/* ---- trends ---- */

static enum code level_of(struct str word, enum level *out, struct error *err)
{
    static const char *const words[] = {"quarter", "hour", "day", "month"};
    *out = LEVEL_HOUR;
    for (enum level l = 0; l < LEVEL_COUNT && word.len; l++)
        if (str_is(word, words[l])) {
            *out = l;
            return OK;
        }
    return word.len ? error_set(err, E_INPUT, "level is quarter, hour, day or month, not '%.*s'", STR_ARG(word)) : OK;
}

enum code trend_run(struct call *c, struct error *err)
{
    uint32_t entity, indicator;
    enum level level;
    int64_t from, to, now = c->now_us / 1000;
    trend_vec v = {0};
    TRY(query_indicator(&c->query, args_str(c->args, "indicator"), &indicator, err));
    TRY(region_or_own(c, &entity, err));
    if (!entity)
        return error_set(err, E_INPUT, "give an entity: of");
    TRY(level_of(args_str(c->args, "level"), &level, err));
    TRY(time_of(c, "from", false, now - 86400000, &from, err));
    TRY(time_of(c, "to", true, now, &to, err));
    TRY(query_trend(&c->query, entity, indicator, level, window_of(level, from), window_of(level, to - 1), &v, err));
    uint32_t unit = model_indicator(c->model, indicator)->unit;
    if (c->as_json) {
        json_object(&c->json);
        ref_entity(c, "entity", entity, true);
        ref_indicator(c, "indicator", indicator);
        json_kstr(&c->json, "unit", model_unit(c->model, unit)->symbol);
    }
    list_begin(c, "windows", "begin,ms,value,have,of");
    for (size_t i = 0; i < v.len; i++) {
        char text[DEC_TEXT];
        int64_t ms = window_begin(level, v.v[i].window);
        unit_text(c->model, unit, v.v[i].value, 0, text);
        row_begin(c);
        put_str(c, "begin", time_str(c, ms * 1000));
        put_int(c, "ms", ms);
        put_str(c, "value", arena_dup(c->arena, str_z(text)));
        put_int(c, "have", v.v[i].have);
        put_int(c, "of", v.v[i].of);
        row_end(c);
    }
    list_end(c);
    if (c->as_json)
        json_object_end(&c->json);
    vec_clear(&v);
    return OK;
}

/* ---- connections ---- */

static void put_connected(struct call *c, uint32_t entity, const struct query_connected *n)
{
    row_begin(c);
    put_entity(c, "entity", entity);
    put_int(c, "points", n->points);
    put_int(c, "connected", n->connected);
    put_int(c, "active", n->active);
    row_end(c);
}

enum code connections_run(struct call *c, struct error *err)
{
    uint32_t entity, grouping = 0;
    id_vec members = {0};
    struct query_connected *n;
    struct str by = args_str(c->args, "by");
    int64_t minutes = args_int(c->args, "minutes", 15);
    TRY(region_or_own(c, &entity, err));
    if (!entity)
        return error_set(err, E_INPUT, "give an entity: of");
    grouping = model_find_grouping(c->model, STR(""), by.len ? by : STR("district"));
    if (!grouping)
        return error_set(err, E_MISSING, "no grouping '%.*s'", STR_ARG(by));
    TRY(query_connections(&c->query, entity, grouping, (uint32_t)(c->now_us / 1000000 - minutes * 60), &members, &n, err));
    if (c->as_json)
        json_object(&c->json);
    list_begin(c, "rows", "entity,points,connected,active");
    for (size_t i = 0; i <= members.len; i++)
        if (i == 0 || n[i].points)
            put_connected(c, i ? members.v[i - 1] : entity, &n[i]);
    list_end(c);
    if (c->as_json)
        json_object_end(&c->json);
    mem_free(n);
    vec_clear(&members);
    return OK;
}
