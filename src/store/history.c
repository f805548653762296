/* history.c - the list of backends, and what all of them have in common. */
#include "store/store_int.h"

const struct history_ops *const history_backends[] = {&history_memory, &history_duckdb, NULL};

enum code history_open(struct history *h, struct str backend, const char *dir, bool create,
                       struct error *err)
{
    *h = (struct history){0};
    for (const struct history_ops *const *ops = history_backends; *ops != NULL; ops++)
        if (str_is(backend, (*ops)->name)) {
            TRY((*ops)->open(h, dir, create, err));
            h->ops = *ops;
            return OK;
        }
    return error_set(err, E_INPUT, "unknown history '%.*s' (memory, duckdb)", STR_ARG(backend));
}

void history_close(struct history *h)
{
    if (h->ops != NULL)
        h->ops->close(h);
    *h = (struct history){0};
}

/* ---- what is refused ----------------------------------------------------------------------- */

static bool days_fit(day_t first, day_t last)
{
    return DAY_MIN <= first && first <= last && last <= DAY_MAX;
}

static enum code check_fact(const struct fact *f, uint64_t last, struct error *err)
{
    const char *wrong = f->id <= last    ? "its id does not follow the last"
                        : f->entity == 0 ? "it has no entity"
                        : f->series == 0 ? "it has no series"
                        : !days_fit(f->period.first, f->period.last) ? "its period is not one"
                        : !days_fit(f->published, f->published)      ? "it is published on no day"
                        : f->qualifier >= Q_COUNT                    ? "its qualifier is unknown"
                        : f->state >= STATE_COUNT                    ? "its state is unknown"
                                                                     : NULL;
    if (wrong != NULL)
        return error_set(err, E_INPUT, "fact %llu cannot be stored: %s", (unsigned long long)f->id,
                         wrong);
    return OK;
}

static enum code check_trace(const struct trace *t, uint64_t last_fact, struct error *err)
{
    const struct str texts[] = {t->text, t->key, t->file, t->note};
    if (t->fact == 0 || t->fact > last_fact)
        return error_set(err, E_INPUT, "a trace refers to fact %llu, which does not exist",
                         (unsigned long long)t->fact);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!utf8_valid(texts[i]))
            return error_set(err, E_INPUT, "a trace of fact %llu is not UTF-8",
                             (unsigned long long)t->fact);
    return OK;
}

enum code history_check(uint64_t last_fact, const struct fact *facts, size_t fact_count,
                        const struct trace *traces, size_t trace_count,
                        const struct cell_row *cells, size_t cell_count, struct error *err)
{
    for (size_t i = 0; i < fact_count; i++) {
        TRY(check_fact(&facts[i], last_fact, err));
        last_fact = facts[i].id;
    }
    for (size_t i = 0; i < trace_count; i++)
        TRY(check_trace(&traces[i], last_fact, err));
    for (size_t i = 0; i < cell_count; i++)
        if (!days_fit(cells[i].period.first, cells[i].period.last))
            return error_set(err, E_INPUT, "a cell of entity %u has a period that is not one",
                             cells[i].entity);
    return OK;
}

/* ---- order of cells ------------------------------------------------------------------------ */

#define COMPARE(a, b)                                                                              \
    if ((a) != (b))                                                                                \
    return (a) < (b) ? -1 : 1

int cell_key_cmp(const struct cell_row *a, const struct cell_row *b)
{
    COMPARE(a->grouping, b->grouping);
    COMPARE(a->entity, b->entity);
    COMPARE(a->series, b->series);
    COMPARE(a->period.first, b->period.first);
    COMPARE(a->period.last, b->period.last);
    return 0;
}
