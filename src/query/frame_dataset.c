/* frame_dataset.c - tables for analysis that are no facts, for who may read, at the dates asked. */
#include "query/query_int.h"
#include "store/registry.h"

enum code query_datasets(const struct query *q, struct arena *a, struct dataset_row **out,
                         size_t *count, struct error *err)
{
    TRY(query_read(q, err));
    return registry_datasets(ledger_registry(q->ledger), q->as_of.recorded_us, q->as_of.published,
                             a, out, count, err);
}

static enum code no_dataset(struct str name, const struct dataset_row *all, size_t count,
                            struct error *err)
{
    struct buf near;
    buf_init(&near, 240);
    for (size_t i = 0; i < count && !near.full; i++)
        buf_fmt(&near, "%s%.*s", i ? ", " : "", STR_ARG(all[i].name));
    enum code c = error_set(err, E_MISSING, "no dataset is called '%.*s'; there are: %.*s",
                            STR_ARG(name), STR_ARG(near.len ? buf_str(&near) : STR("none")));
    buf_clear(&near);
    return c;
}

enum code query_dataset(const struct query *q, struct str name, struct arena *a,
                        struct dataset_row *out, struct str *csv, struct error *err)
{
    struct dataset_row *all;
    size_t count;
    TRY(query_datasets(q, a, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (str_eq(all[i].name, name)) {
            *out = all[i];
            return registry_dataset(ledger_registry(q->ledger), out->id, a, csv, err);
        }
    return no_dataset(name, all, count, err);
}
