/* dump.c - every current reading of a workspace as CSV, for the tests: series,field,time_ms,value;
 * or, of the fleet's, member,field,readings,sum,last of each enterprise. Then live values and
 * windows are recomputed from them; status 1 when one differs.
 * dump DIR [sums]; the workspace must not be served. */
#include "field/field.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct names {
    VEC(struct point_row) rows;
    struct arena text;
};

static enum code on_profile(void *ctx, const struct profile_row *r, struct error *err)
{
    (void)ctx, (void)r, (void)err;
    return OK;
}
static enum code on_slot(void *ctx, const struct slot_row *r, struct error *err)
{
    (void)ctx, (void)r, (void)err;
    return OK;
}
static enum code on_device(void *ctx, const struct device_row *r, struct error *err)
{
    (void)ctx, (void)r, (void)err;
    return OK;
}
static enum code on_point(void *ctx, const struct point_row *r, struct error *err)
{
    struct names *n = ctx;
    struct point_row kept = *r;
    (void)err;
    kept.series = arena_dup(&n->text, r->series);
    kept.field = arena_dup(&n->text, r->field);
    vec_push(&n->rows, kept);
    return OK;
}

static enum code put(void *ctx, const struct reading *v, size_t n, struct error *err)
{
    const struct names *names = ctx;
    struct buf b;
    (void)err;
    buf_init(&b, SIZE_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct point_row *p = &names->rows.v[v[i].point - 1];
        char time[24], value[DEC_TEXT];
        struct str cells[4] = {p->series, p->field, {time, 0}, {value, 0}};
        cells[2].len = (size_t)snprintf(time, sizeof time, "%" PRId64, v[i].time_ms);
        cells[3].len = reading_is_number(v[i].value)
                           ? dec_text_short(v[i].value, p->decimals, 0, value)
                           : (size_t)snprintf(value, sizeof value, "absent");
        csv_put(&b, cells, 4);
    }
    fwrite(b.ptr, 1, b.len, stdout);
    buf_clear(&b);
    return OK;
}

/* ---- sums of enterprises ---- */

struct sum {
    uint64_t readings;
    i128 sum, last;
    unsigned decimals;
    char name[40];
};
struct sums {
    const struct names *names;
    struct map at; /* "E0000001,kwh" -> index */
    VEC(struct sum) v;
    uint32_t point;
    int64_t newest;
    struct sum *of;
};

/* Where the enterprise's number stands in a series of the fleet: line protocol, Sparkplug, HJ 212.
 */
static const char *firm_in(struct str series)
{
    static const char *const before[] = {"dev,ent=E", "/E", "hj212/LS"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        for (size_t at = 0, n = strlen(before[i]); at + n + 7 <= series.len; at++)
            if (memcmp(series.ptr + at, before[i], n) == 0)
                return series.ptr + at + n;
    return "?";
}

/* "kwh" of kwh, kwh/D00000001 and kwh00000001-Cou */
static int letters(struct str field)
{
    int n = 0;
    while ((size_t)n < field.len && field.ptr[n] >= 'a' && field.ptr[n] <= 'z')
        n++;
    return n;
}

static struct sum *sum_of(struct sums *s, const struct point_row *p)
{
    char key[40];
    int len = snprintf(key, sizeof key, "E%.7s,%.*s", firm_in(p->series),
                       letters(p->field) < 20 ? letters(p->field) : 20, p->field.ptr);
    uint64_t *at = map_at(&s->at, (struct str){key, (size_t)len}, s->v.len);
    if (*at == s->v.len) {
        struct sum one = {.decimals = p->decimals};
        memcpy(one.name, key, sizeof key);
        vec_push(&s->v, one);
    }
    return &s->v.v[*at];
}

static void point_ends(struct sums *s)
{
    if (s->of)
        s->of->last += s->newest;
}

static enum code add(void *ctx, const struct reading *v, size_t n, struct error *err)
{
    struct sums *s = ctx;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        if (!reading_is_number(v[i].value)) /* a device that was told to be off */
            continue;
        if (v[i].point != s->point) {
            point_ends(s);
            s->point = v[i].point;
            s->of = sum_of(s, &s->names->rows.v[v[i].point - 1]);
        }
        s->newest = v[i].value;
        s->of->readings++;
        s->of->sum += v[i].value;
    }
    return OK;
}

static enum code put_sums(struct field *f, const struct names *names, struct error *err)
{
    struct sums s = {.names = names};
    char sum[DEC_TEXT], last[DEC_TEXT];
    map_init(&s.at);
    enum code code = readings_each(f->readings, READING_TIME_MIN, READING_TIME_MAX, add, &s, err);
    point_ends(&s);
    for (size_t i = 0; i < s.v.len && code == OK; i++) {
        dec_text_short(s.v.v[i].sum, s.v.v[i].decimals, 0, sum);
        dec_text_short(s.v.v[i].last, s.v.v[i].decimals, 0, last);
        printf("%s,%llu,%s,%s\n", s.v.v[i].name, (unsigned long long)s.v.v[i].readings, sum, last);
    }
    vec_clear(&s.v);
    map_clear(&s.at);
    return code;
}

/* ---- live values and windows against the readings ---- */

static void differs(void *ctx, const struct readings_difference *d)
{
    (void)ctx;
    fprintf(stderr, "dump: %s, slot %u, window %d differ\n", d->where, d->slot, d->window);
}

static enum code check(struct field *f, struct error *err)
{
    uint64_t readings = 0, differences = 0;
    TRY(readings_check(f->readings, differs, NULL, &readings, &differences, err));
    return differences ? error_set(err, E_CONFLICT, "%llu differences in %llu readings",
                                   (unsigned long long)differences, (unsigned long long)readings)
                       : OK;
}

static enum code dump(struct registry *g, const char *dir, bool sums, struct error *err)
{
    static const struct points_reader reader = {on_profile, on_slot, on_device, on_point};
    struct names names = {0};
    struct field f;
    arena_init(&names.text, 0);
    TRY(registry_points_walk(g, &reader, &names, err));
    TRY(field_open(&f, g, dir, NULL, err));
    if (!sums)
        puts("series,field,time_ms,value");
    enum code code =
        sums ? put_sums(&f, &names, err)
             : readings_each(f.readings, READING_TIME_MIN, READING_TIME_MAX, put, &names, err);
    if (code == OK)
        code = check(&f, err);
    field_close(&f);
    vec_clear(&names.rows);
    arena_clear(&names.text);
    return code;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct registry *g = NULL;
    char path[4096];
    if (argc < 2 || argc > 3)
        return 2;
    snprintf(path, sizeof path, "%s/registry.sqlite", argv[1]);
    enum code code = registry_open(&g, path, false, &err);
    if (code == OK)
        code = dump(g, argv[1], argc == 3, &err);
    if (g)
        registry_close(g);
    if (code != OK)
        fprintf(stderr, "dump: %s\n", err.text);
    return code == OK ? 0 : code == E_CONFLICT ? 1 : code_info(code)->exit;
}
