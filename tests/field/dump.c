/* dump.c - every current reading of a workspace as CSV, for the tests: series,field,time_ms,value.
 * dump DIR; the workspace must not be served. */
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

static enum code dump(struct registry *g, const char *dir, struct error *err)
{
    static const struct points_reader reader = {on_profile, on_slot, on_device, on_point};
    struct names names = {0};
    struct field f;
    arena_init(&names.text, 0);
    TRY(registry_points_walk(g, &reader, &names, err));
    TRY(field_open(&f, g, dir, NULL, err));
    puts("series,field,time_ms,value");
    enum code code = readings_each(f.readings, READING_TIME_MIN, READING_TIME_MAX, put, &names, err);
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
    if (argc != 2)
        return 2;
    snprintf(path, sizeof path, "%s/registry.sqlite", argv[1]);
    enum code code = registry_open(&g, path, false, &err);
    if (code == OK)
        code = dump(g, argv[1], &err);
    if (g)
        registry_close(g);
    if (code != OK)
        fprintf(stderr, "dump: %s\n", err.text);
    return code == OK ? 0 : code_info(code)->exit;
}
