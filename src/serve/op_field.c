/* op_field.c - what is done to devices: history filled in from tables, channels bound, keys to claim with. */
#include "field/field.h"
#include "serve/row.h"
#include "serve/serve_int.h"
#include <stdio.h>
#include <stdlib.h>

#define PROBLEMS_MAX 100

struct problems {
    struct import_problem v[PROBLEMS_MAX];
    size_t count, told;
};

static void problem(struct call *c, struct problems *p, struct str file, uint32_t line, uint32_t column,
                    const char *text)
{
    if (p->told < PROBLEMS_MAX)
        p->v[p->told++] = (struct import_problem){file, line, column, false, arena_dup(c->arena, str_z(text))};
    p->count++;
}

static void answer(struct call *c, const char *const *names, const int64_t *values, size_t n, const struct problems *p)
{
    struct json *j = &c->json;
    json_object(j);
    for (size_t i = 0; i < n; i++)
        json_kint(j, names[i], values[i]);
    json_kint(j, "errors", (int64_t)p->count);
    json_key(j, "problems");
    json_array(j);
    for (size_t i = 0; i < p->told; i++) {
        json_object(j);
        json_kstr(j, "file", p->v[i].file);
        json_kint(j, "line", p->v[i].line);
        json_kint(j, "column", p->v[i].column);
        json_kbool(j, "warning", p->v[i].warning);
        json_kstr(j, "text", p->v[i].text);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
    if (p->count)
        c->exit = 2;
}

/* The answer as it is: one object. */
int field_print(struct cli *cli, struct str json, struct error *err)
{
    (void)err;
    fprintf(cli->out, "%.*s\n", STR_ARG(json));
    return 0;
}

/* ---- history: a wide table, a column a field ---- */

struct history {
    struct call *c;
    struct csv csv;
    struct str file, series;
    int time; /* column */
    char order[4];
    bool end_of_day;
    bool skip[CSV_COLUMNS_MAX];
    struct str name[CSV_COLUMNS_MAX];
    size_t columns;
    VEC(struct sample) samples;
    struct intake_result *result;
    struct problems problems;
    int64_t rows, stored, same, revised, late, strangers, rounded, refused;
};

/* Digits of *s as a number; false when there are none. */
static bool digits(struct str *s, int *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->len && n < 9 && s->ptr[n] >= '0' && s->ptr[n] <= '9')
        *out = *out * 10 + (s->ptr[n++] - '0');
    *s = str_sub(*s, n, s->len);
    return n > 0;
}
static bool skip_one(struct str *s, const char *any)
{
    if (s->len == 0 || !strchr(any, s->ptr[0]))
        return false;
    *s = str_sub(*s, 1, s->len);
    return true;
}

/* 2018-01-31 00:15[:30[.250]], 31/01/2018 00:15, 2018-01-31T00:15:00+08:00, ...Z; without a zone: UTC+8. */
static bool time_parse(const struct history *h, struct str s, int64_t *ms)
{
    int part[3], y = 0, m = 0, d = 0, hour = 0, minute = 0, second = 0, milli = 0, zone = 480;
    for (int i = 0; i < 3; i++) {
        if (!digits(&s, &part[i]) || (i < 2 && !skip_one(&s, "-/.")))
            return false;
        if (h->order[i] == 'y')
            y = part[i];
        else if (h->order[i] == 'm')
            m = part[i];
        else
            d = part[i];
    }
    if (skip_one(&s, " T")) {
        if (!digits(&s, &hour) || !skip_one(&s, ":") || !digits(&s, &minute))
            return false;
        if (skip_one(&s, ":") && !digits(&s, &second))
            return false;
        if (skip_one(&s, ".")) {
            size_t before = s.len;
            if (!digits(&s, &milli) || before - s.len > 3)
                return false;
            for (size_t n = before - s.len; n < 3; n++)
                milli *= 10;
        }
    }
    if (skip_one(&s, "Z")) {
        zone = 0;
    } else if (s.len && (s.ptr[0] == '+' || s.ptr[0] == '-')) {
        int zh, zm, sign = s.ptr[0] == '-' ? -1 : 1;
        s = str_sub(s, 1, s.len);
        if (!digits(&s, &zh) || !skip_one(&s, ":") || !digits(&s, &zm))
            return false;
        zone = sign * (zh * 60 + zm);
    }
    if (s.len || !day_valid(y, m, d) || hour > 24 || minute > 59 || second > 59)
        return false;
    int64_t day = day_from(y, m, d);
    if (h->end_of_day && hour + minute + second == 0)
        day++;
    *ms = (day * 86400 + hour * 3600 + minute * 60 + second - zone * 60) * 1000 + milli;
    return true;
}

static enum code flush(struct history *h, struct error *err)
{
    struct intake_result *r = h->result;
    if (!h->samples.len)
        return OK;
    TRY(intake_put(h->c->field->intake, "csv", h->samples.v, h->samples.len, NULL, r, err));
    for (uint64_t i = 0; i < r->refused && i < INTAKE_REFUSED_MAX; i++)
        problem(h->c, &h->problems, h->file, 0, 0, r->why[i].text);
    h->stored += (int64_t)r->stored;
    h->same += (int64_t)r->same;
    h->revised += (int64_t)r->revised;
    h->late += (int64_t)r->late;
    h->strangers += (int64_t)r->strangers;
    h->rounded += (int64_t)r->rounded;
    h->refused += (int64_t)r->refused;
    h->samples.len = 0;
    return OK;
}

static void history_row(struct history *h)
{
    int64_t ms;
    const struct csv_field *t = &h->csv.field[h->time];
    if ((size_t)h->time >= h->csv.count || !time_parse(h, str_trim(t->text), &ms)) {
        problem(h->c, &h->problems, h->file, t->line, t->column,
                "this is no time in the order asked for; give --order dmy, mdy or ymd");
        return;
    }
    for (size_t i = 0; i < h->csv.count && i < h->columns; i++) {
        struct sample s = {.series = h->series, .field = h->name[i], .time_ms = ms};
        struct str text = str_trim(h->csv.field[i].text);
        if (h->skip[i] || (int)i == h->time || !text.len)
            continue;
        if (!sample_number(text, &s.mantissa, &s.exp10, &s.cut)) {
            problem(h->c, &h->problems, h->file, h->csv.field[i].line, h->csv.field[i].column, "this is no number");
            continue;
        }
        vec_push(&h->samples, s);
    }
}

static enum code history_header(struct history *h, struct error *err)
{
    static const char *const times[] = {"time", "date", "timestamp", "datetime", "时间", "日期", "采集时间"};
    struct str wanted = args_str(h->c->args, "time");
    h->columns = h->csv.count;
    h->time = -1;
    for (size_t i = 0; i < h->columns; i++) {
        h->name[i] = arena_dup(h->c->arena, str_trim(h->csv.field[i].text));
        if (wanted.len ? str_eq(h->name[i], wanted) : false)
            h->time = (int)i;
        for (size_t k = 0; !wanted.len && h->time < 0 && k < sizeof times / sizeof *times; k++)
            if (str_is(h->name[i], times[k]))
                h->time = (int)i;
    }
    if (h->time < 0)
        return error_set(err, E_INPUT, "no column is called '%.*s'; name the column of times with --time",
                         STR_ARG(wanted.len ? wanted : STR("time")));
    return OK;
}

/* Columns whose first value is text are none of numbers: told, not taken. */
static void history_skip(struct history *h)
{
    int64_t mantissa;
    int16_t exp10;
    bool cut;
    for (size_t i = 0; i < h->csv.count && i < h->columns; i++) {
        struct str text = str_trim(h->csv.field[i].text);
        h->skip[i] = text.len && !sample_number(text, &mantissa, &exp10, &cut);
        if (h->skip[i] && (int)i != h->time)
            buf_fmt(&h->c->note, "%.*s: column '%.*s' holds text and was left out\n", STR_ARG(h->file),
                    STR_ARG(h->name[i]));
    }
}

static enum code history_file(struct history *h, const struct import_file *f, struct error *err)
{
    struct str text;
    const char *encoding;
    bool more, first = true;
    h->file = f->name;
    h->series = args_str(h->c->args, "series");
    TRY(text_decode(f->bytes, h->c->arena, &text, &encoding, err));
    csv_open(&h->csv, text, h->c->arena);
    TRY(csv_next(&h->csv, &more, err));
    if (!more)
        return error_set(err, E_INPUT, "'%.*s' is empty", STR_ARG(f->name));
    TRY(history_header(h, err));
    for (;;) {
        TRY(csv_next(&h->csv, &more, err));
        if (!more)
            return flush(h, err);
        if (first)
            history_skip(h);
        first = false;
        h->rows++;
        history_row(h);
        if (h->samples.len >= 20000)
            TRY(flush(h, err));
    }
}

enum code history_run(struct call *c, struct error *err)
{
    static const char *const names[] = {"rows", "stored", "same", "revised", "late", "strangers", "rounded", "refused"};
    struct history *h = mem_zalloc(sizeof *h);
    struct str order = args_str(c->args, "order");
    h->c = c;
    h->end_of_day = args_flag(c->args, "midnight_ends_day");
    h->result = mem_zalloc(sizeof *h->result);
    snprintf(h->order, sizeof h->order, "%.*s", STR_ARG(order.len ? order : STR("ymd")));
    enum code code = OK;
    for (size_t i = 0; i < c->file_count && code == OK; i++)
        code = history_file(h, &c->files[i], err);
    if (code == OK) {
        const int64_t v[] = {h->rows, h->stored, h->same, h->revised, h->late, h->strangers, h->rounded, h->refused};
        answer(c, names, v, sizeof v / sizeof *v, &h->problems);
    }
    vec_clear(&h->samples);
    mem_free(h->result);
    mem_free(h);
    return code;
}

/* ---- binding ---- */

static int column_of(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->count; i++)
        if (str_is(str_trim(csv->field[i].text), name))
            return (int)i;
    return -1;
}

static struct str text_at(const struct csv *csv, int i)
{
    return i < 0 || (size_t)i >= csv->count ? STR("") : str_trim(csv->field[i].text);
}

static enum code bind_row(struct call *c, struct provision *p, const struct csv *csv, const int *at, struct error *err)
{
    struct dec d;
    uint32_t entity = 0, device = 0, profile = 0;
    struct str point = text_at(csv, at[0]), place = text_at(csv, at[1]), type = text_at(csv, at[2]), name = text_at(csv, at[3]);
    if (dec_parse(point, &d, NULL) != OK || d.scale || d.units < 1 || d.units > UINT32_MAX)
        return error_set(err, E_INPUT, "'%.*s' is no number of a point", STR_ARG(point));
    if (place.len)
        TRY(query_entity(&c->query, place, 0, &entity, err));
    if (type.len && !(profile = field_profile(c->field, type)))
        return error_set(err, E_MISSING, "unknown profile '%.*s'", STR_ARG(type));
    if (entity) {
        struct device dev = {.entity = entity, .name = name.len ? name : arena_fmt(c->arena, "#%lld", (long long)d.units)};
        TRY(provision_device(p, &dev, &device, err));
    }
    return provision_bind(p, (uint32_t)d.units, device, entity ? profile : 0, err);
}

static enum code bind_file(struct call *c, struct provision *p, const struct import_file *f, struct problems *pr,
                           struct error *err)
{
    struct csv csv;
    struct str text;
    const char *encoding;
    bool more;
    TRY(text_decode(f->bytes, c->arena, &text, &encoding, err));
    csv_open(&csv, text, c->arena);
    TRY(csv_next(&csv, &more, err));
    int at[] = {column_of(&csv, "point"), column_of(&csv, "entity"), column_of(&csv, "profile"), column_of(&csv, "device")};
    if (at[0] < 0 || at[1] < 0 || at[2] < 0)
        return error_set(err, E_INPUT, "'%.*s' needs the columns point, entity, profile", STR_ARG(f->name));
    for (;;) {
        struct error why = {0};
        TRY(csv_next(&csv, &more, err));
        if (!more)
            return OK;
        enum code code = bind_row(c, p, &csv, at, &why);
        if (code == E_IO || code == E_BACKEND)
            return error_set(err, code, "%s", why.text);
        if (code != OK)
            problem(c, pr, f->name, csv.field[0].line, csv.field[0].column, why.text);
    }
}

enum code bind_run(struct call *c, struct error *err)
{
    static const char *const names[] = {"bound", "same", "devices"};
    struct provision p;
    struct problems pr = {0};
    TRY(provision_begin(&p, (struct field *)(uintptr_t)c->field, err));
    enum code code = OK;
    for (size_t i = 0; i < c->file_count && code == OK; i++)
        code = bind_file(c, &p, &c->files[i], &pr, err);
    int64_t v[] = {(int64_t)p.bound_points, (int64_t)p.same, (int64_t)p.new_devices};
    if (code != OK || pr.count) { /* all or nothing */
        provision_rollback(&p);
        v[0] = v[1] = v[2] = 0;
    } else {
        code = provision_commit(&p, err);
    }
    if (code != OK)
        return code;
    if (!pr.count)
        TRY(registry_audit(c->field->registry, c->now_us, c->actor, STR("bind"),
                           arena_fmt(c->arena, "%lld points", (long long)v[0]), err));
    answer(c, names, v, 3, &pr);
    if (pr.count)
        c->status = 400;
    return OK;
}

/* ---- claim keys: whoever installs devices at a place needs no token, only its key ---- */

enum code claim_key_run(struct call *c, struct error *err)
{
    uint32_t entity;
    uint8_t hash[32];
    char text[TOKEN_TEXT];
    int64_t uses = args_int(c->args, "uses", 1), days = args_int(c->args, "days", 30);
    TRY(query_entity(&c->query, args_str(c->args, "of"), 0, &entity, err));
    token_make(text, hash);
    TRY(registry_put_claim_key(c->field->registry, hash, entity, args_str(c->args, "label"), uses,
                               c->now_us + days * 86400000000, c->now_us, err));
    TRY(registry_audit(c->field->registry, c->now_us, c->actor, STR("claim-key"), model_entity(c->model, entity)->name,
                       err));
    json_object(&c->json);
    json_kz(&c->json, "key", text);
    ref_entity(c, "entity", entity, true);
    json_kint(&c->json, "uses", uses);
    json_kint(&c->json, "days", days);
    json_object_end(&c->json);
    return OK;
}

enum code claim_run(struct call *c, struct error *err)
{
    static const char *const names[] = {"points", "bound", "same", "devices"};
    uint8_t hash[32];
    uint32_t entity, device, id;
    struct provision p;
    struct problems pr = {0};
    struct str name = args_str(c->args, "device"), series = args_str(c->args, "series"), list = args_str(c->args, "points");
    token_hash(args_str(c->args, "key"), hash);
    TRY(provision_begin(&p, (struct field *)(uintptr_t)c->field, err));
    enum code code = registry_use_claim_key(c->field->registry, hash, c->now_us, &entity, err);
    struct device d = {.entity = entity, .name = name, .type = args_str(c->args, "type")};
    if (code == OK)
        code = provision_device(&p, &d, &device, err);
    while (code == OK && list.len) { /* field=profile,field=profile */
        struct str profile, field = str_cut(str_cut(list, ',', &list), '=', &profile);
        uint32_t type = field_profile(c->field, str_trim(profile));
        if (!type)
            code = error_set(err, E_MISSING, "unknown profile '%.*s' in points", STR_ARG(profile));
        if (code == OK)
            code = provision_point(&p, series, str_trim(field), device, type, &id, err);
    }
    const int64_t v[] = {(int64_t)p.new_points, (int64_t)p.bound_points, (int64_t)p.same, (int64_t)p.new_devices};
    if (code != OK) {
        provision_rollback(&p);
        return code;
    }
    TRY(provision_commit(&p, err));
    TRY(registry_audit(c->field->registry, c->now_us, STR("claim key"), STR("claim"), name, err));
    answer(c, names, v, 4, &pr);
    return OK;
}
