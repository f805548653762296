/* statement.c - the names of one statement bound without a table around them. */
#include "ingest/statement.h"
#include "ingest/import_int.h"

struct type_ending {
    struct str ending, type;
};
struct binder {
    struct import im; /* only what bind.c asks of one: ledger, words, file, report */
    struct import_report report;
    struct catalogue_words words;
    struct arena arena;
    VEC(struct type_ending) types;
};

static enum code load_types(struct binder *b, struct error *err)
{
    struct str bytes;
    struct csv *c = arena_alloc(&b->arena, sizeof *c);
    bool more = true, header = true;
    if (!embedded_file("subject-types.csv", &bytes))
        return error_set(err, E_BUG, "no catalogue file 'subject-types.csv'");
    csv_open(c, bytes, &b->arena);
    for (;; header = false) {
        TRY(csv_next(c, &more, err));
        if (!more)
            return OK;
        if (!header && c->count >= 2)
            vec_push(&b->types, (struct type_ending){arena_dup(&b->arena, c->field[0].text),
                                                     arena_dup(&b->arena, c->field[1].text)});
    }
}

enum code binder_open(struct ledger *l, struct str origin, struct binder **out, struct error *err)
{
    struct binder *b = mem_zalloc(sizeof *b);
    arena_init(&b->arena, 0);
    arena_init(&b->report.arena, 0);
    b->im = (struct import){.ledger = l, .report = &b->report, .words = &b->words};
    b->im.file = arena_dup(&b->arena, origin);
    enum code c = words_load(&b->words, err);
    if (c == OK && (c = load_types(b, err)) != OK)
        words_clear(&b->words);
    if (c != OK) {
        vec_clear(&b->types);
        arena_clear(&b->report.arena);
        arena_clear(&b->arena);
        mem_free(b);
        return c;
    }
    *out = b;
    return OK;
}

void binder_close(struct binder *b)
{
    if (!b)
        return;
    import_report_clear(&b->report);
    words_clear(&b->words);
    vec_clear(&b->types);
    arena_clear(&b->arena);
    mem_free(b);
}

/* ---- subjects ---- */

static struct str type_by_name(const struct binder *b, struct str name)
{
    const struct type_ending *best = NULL;
    for (size_t i = 0; i < b->types.len; i++) {
        const struct type_ending *t = &b->types.v[i];
        if (name.len > t->ending.len && str_ends(name, t->ending) &&
            (!best || t->ending.len > best->ending.len))
            best = t;
    }
    return best ? best->type : STR_NULL;
}

uint32_t binder_context(const struct binder *b, struct str name)
{
    const struct model *m = ledger_model(b->im.ledger);
    uint32_t id, any = 0, region = 0, count = 0, regions = 0;
    if (!name.len)
        return 0;
    if ((id = model_find_code(m, name)))
        return id;
    for (size_t it = 0; (id = model_named(m, name, &it));) {
        const struct entity *e = model_entity(m, id);
        if (!bind_may_be_subject(e))
            continue;
        any = id;
        count++;
        if (is_region_type(e->type)) {
            region = id;
            regions++;
        }
    }
    return regions == 1 ? region : count == 1 ? any : 0;
}

static bool directly_below(const struct model *m, uint32_t child, uint32_t parent)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_parents(m, child, &it));)
        if (ms->parent == parent)
            return true;
    return false;
}

struct candidates {
    uint32_t direct, inside, any, region;
    uint32_t direct_count, inside_count, count, region_count;
};

static void candidate(struct candidates *c, const struct model *m, uint32_t id, uint32_t context)
{
    const struct entity *e = model_entity(m, id);
    if (context && directly_below(m, id, context)) {
        c->direct = id;
        c->direct_count++;
    }
    if (e->provisional) /* made by the reading of some document: only where it was made */
        return;
    c->any = id;
    c->count++;
    if (is_region_type(e->type)) {
        c->region = id;
        c->region_count++;
    }
    if (context && bind_within(m, id, context)) {
        c->inside = id;
        c->inside_count++;
    }
}

/* Entities taken in by a person's decision are provisional too and have no parent: the last resort.
 */
static uint32_t only_one_named(const struct model *m, struct str name)
{
    uint32_t id, found = 0, count = 0;
    for (size_t it = 0; (id = model_named(m, name, &it));)
        if (bind_may_be_subject(model_entity(m, id)) && !model_parent(m, id, DAY_MAX)) {
            found = id;
            count++;
        }
    return count == 1 ? found : 0;
}

static uint32_t find_subject(const struct binder *b, struct str name, uint32_t context, bool typed,
                             bool *several)
{
    const struct model *m = ledger_model(b->im.ledger);
    struct candidates c = {0};
    uint32_t id;
    if ((id = model_find_code(m, name)))
        return id;
    if (context && str_eq(model_entity(m, context)->name, name))
        return context;
    for (size_t it = 0; (id = model_named(m, name, &it));)
        if (bind_may_be_subject(model_entity(m, id)))
            candidate(&c, m, id, context);
    *several = c.count > 1;
    if (c.direct_count == 1)
        return c.direct;
    if (c.inside_count == 1)
        return c.inside;
    if (typed && context)
        return 0;
    return c.count == 1          ? c.any
           : c.region_count == 1 ? c.region
           : c.count             ? 0
                                 : only_one_named(m, name);
}

static enum code make_subject(struct binder *b, struct str name, struct str type, uint32_t context,
                              uint32_t *id, struct error *err)
{
    struct entity e = {.name = name,
                       .type = type.len ? type : STR("unknown"),
                       .note = b->im.file,
                       .provisional = true};
    TRY(ledger_put_entity(b->im.ledger, e, id, err));
    return type.len && context ? bind_parent(&b->im, *id, context, DAY_MIN, DAY_MAX, err) : OK;
}

static enum code bind_named_subject(struct binder *b, const struct binder_names *n, bool make,
                                    uint32_t *id, const char **gap, struct error *err)
{
    struct str type = type_by_name(b, n->subject);
    bool several = false;
    *id = 0;
    if (!n->subject.len) {
        *gap = "subject";
        return OK;
    }
    if ((*id = find_subject(b, n->subject, n->context, type.len > 0, &several)))
        return OK;
    if ((type.len && n->context) || (make && !several))
        return make_subject(b, n->subject, type, n->context, id, err);
    *gap = several ? "subject-ambiguous" : "subject-unknown";
    return OK;
}

/* ---- the rest ---- */

static enum code bind_named_unit(struct binder *b, const struct binder_names *n, bool make,
                                 uint32_t *id, const char **gap, struct error *err)
{
    *id = model_find_unit(ledger_model(b->im.ledger), n->unit);
    if (*id)
        return OK;
    if (make && n->unit.len && n->unit.len <= 60)
        return ledger_put_unit(b->im.ledger, (struct unit){.symbol = n->unit}, id, err);
    *gap = n->unit.len ? "unit-unknown" : "unit";
    return OK;
}

static enum code bind_named_indicator(struct binder *b, const struct binder_names *n, bool make,
                                      uint32_t unit, uint32_t *id, const char **gap,
                                      struct error *err)
{
    *id = model_find_indicator(ledger_model(b->im.ledger), n->indicator);
    if (*id)
        return OK;
    if (make && n->indicator.len && unit)
        return bind_indicator(&b->im, n->indicator, unit, n->kind, id, err);
    *gap = n->indicator.len ? "indicator-unknown" : "indicator";
    return OK;
}

/* The indicator goes first: a subject is not made for a figure that waits for another reason. */
enum code binder_bind(struct binder *b, const struct binder_names *n, bool make,
                      struct statement *out, const char **gap, struct error *err)
{
    *gap = "";
    TRY(bind_named_unit(b, n, make, &out->unit, gap, err));
    TRY(bind_named_indicator(b, n, make, out->unit, &out->indicator, gap, err));
    if (**gap)
        return OK;
    return bind_named_subject(b, n, make, &out->entity, gap, err);
}
