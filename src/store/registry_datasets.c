/* registry_datasets.c - tables for analysis that are no facts, as CSV text with revisions. */
#include "store/store_int.h"

enum code registry_put_dataset(struct registry *g, const struct dataset_row *d, struct str content,
                               uint32_t batch, struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    TRY(registry_bind(g, SQL_DATASET_PUT, &s, err, "ssssiiisi", d->name, d->title, d->address,
                      d->note, (int64_t)d->published, (int64_t)d->rows, (int64_t)d->columns,
                      content, (int64_t)batch));
    return registry_run(g, s, err);
}

static struct dataset_row dataset_of(sqlite3_stmt *s, struct arena *a)
{
    return (struct dataset_row){
        .id = (uint32_t)sqlite3_column_int64(s, 0),
        .name = arena_dup(a, registry_text(s, 1)),
        .title = arena_dup(a, registry_text(s, 2)),
        .address = arena_dup(a, registry_text(s, 3)),
        .note = arena_dup(a, registry_text(s, 4)),
        .published = (day_t)sqlite3_column_int64(s, 5),
        .rows = (uint32_t)sqlite3_column_int64(s, 6),
        .columns = (uint32_t)sqlite3_column_int64(s, 7),
        .actor = arena_dup(a, registry_text(s, 8)),
        .recorded_us = sqlite3_column_int64(s, 9),
        .revision = (uint32_t)sqlite3_column_int64(s, 10),
        .header = arena_dup(a, registry_text(s, 11)),
    };
}

/* Ordered by name, then by age: of one name the last stands. */
enum code registry_datasets(struct registry *g, int64_t recorded_us, day_t published,
                            struct arena *a, struct dataset_row **out, size_t *count,
                            struct error *err)
{
    HOLD(g);
    VEC(struct dataset_row) found = {0};
    sqlite3_stmt *s;
    bool row;
    TRY(registry_bind(g, SQL_DATASETS, &s, err, "ii", recorded_us, (int64_t)published));
    enum code code;
    while ((code = registry_step(g, s, &row, err)) == OK && row) {
        struct dataset_row d = dataset_of(s, a);
        if (found.len && str_eq(found.v[found.len - 1].name, d.name))
            found.v[found.len - 1] = d;
        else
            vec_push(&found, d);
    }
    *count = code == OK ? found.len : 0;
    *out = arena_alloc(a, (*count + 1) * sizeof **out);
    if (*count)
        memcpy(*out, found.v, *count * sizeof **out);
    vec_clear(&found);
    return code;
}

enum code registry_dataset(struct registry *g, uint32_t id, struct arena *a, struct str *content,
                           struct error *err)
{
    HOLD(g);
    sqlite3_stmt *s;
    bool row;
    TRY(registry_bind(g, SQL_DATASET_TEXT, &s, err, "i", (int64_t)id));
    TRY(registry_step(g, s, &row, err));
    if (!row)
        return error_set(err, E_MISSING, "no dataset %u", id);
    *content = arena_dup(a, registry_text(s, 0));
    registry_done(s);
    return OK;
}
