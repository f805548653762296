/* op_relations.c - a new document against what the workspace knew: what it repeats, updates and
 * contradicts, with both sides; and every rule of module check that its figures break. */
#include "check/check.h"
#include "serve/read.h"
#include <stdlib.h>

#define RELATIONS_TOLD 500 /* all are counted */
#define CASES_TOLD 100

enum relation { CONTRADICTS, UPDATES, OUTDATED, REPEATS, RELATIONS };
static const char *const relation_names[RELATIONS] = {"contradicts", "updates", "outdated",
                                                      "repeats"};

struct pair {
    enum relation relation;
    const struct fact *mine, *other;
};
typedef VEC(struct pair) pair_vec;

/* What a source says of a key just now: nothing of it is revised or withdrawn since. */
static bool stands(const struct query *q, const struct fact *f)
{
    const struct fact *g;
    if (f->state != STATE_VALUE || ledger_withdrawn(q->ledger, f, q->as_of))
        return false;
    for (uint64_t it = 0; (g = query_of_key(q, f, &it));)
        if (g->source == f->source && g->state == STATE_VALUE && g->id > f->id &&
            g->recorded_us >= f->recorded_us)
            return false;
    return true;
}

static enum relation relation_of(const struct fact *mine, const struct fact *other)
{
    struct interval a = fact_interval(mine), b = fact_interval(other);
    if (a.lo2 <= b.hi2 && b.lo2 <= a.hi2)
        return REPEATS;
    if (mine->published == other->published)
        return CONTRADICTS;
    return mine->published > other->published ? UPDATES : OUTDATED;
}

static void pairs_of(const struct query *q, const struct fact *mine, pair_vec *out)
{
    const struct fact *other;
    for (uint64_t it = 0; (other = query_of_key(q, mine, &it));)
        if (other->source != mine->source && stands(q, other))
            vec_push(out, (struct pair){relation_of(mine, other), mine, other});
}

static int pair_cmp(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->relation != y->relation)
        return x->relation < y->relation ? -1 : 1;
    if (x->mine->id != y->mine->id)
        return x->mine->id < y->mine->id ? -1 : 1;
    return x->other->id < y->other->id ? -1 : x->other->id > y->other->id;
}

static void pairs_json(struct call *c, pair_vec *pairs)
{
    struct json *j = &c->json;
    size_t count[RELATIONS] = {0};
    if (pairs->len)
        qsort(pairs->v, pairs->len, sizeof *pairs->v, pair_cmp);
    json_key(j, "relations");
    json_array(j);
    for (size_t i = 0; i < pairs->len; i++) {
        count[pairs->v[i].relation]++;
        if (i >= RELATIONS_TOLD)
            continue;
        struct figure_row mine = fact_as_row(c, pairs->v[i].mine),
                          other = fact_as_row(c, pairs->v[i].other);
        json_object(j);
        json_kz(j, "relation", relation_names[pairs->v[i].relation]);
        json_key(j, "row");
        row_json(c, &mine, true);
        json_key(j, "other");
        row_json(c, &other, true);
        json_object_end(j);
    }
    json_array_end(j);
    for (int i = 0; i < RELATIONS; i++)
        json_kint(j, relation_names[i], (int64_t)count[i]);
}

/* ---- rules ---- */

static bool concerns(const struct query *q, const struct check_case *k, uint32_t source)
{
    for (size_t i = 0; i < k->facts.len; i++) {
        const struct fact *f = query_fact(q, k->facts.v[i]);
        if (f && f->source == source)
            return true;
    }
    return false;
}

static void broken_json(struct call *c, const struct check_case *k)
{
    struct json *j = &c->json;
    json_object(j);
    json_key(j, "case");
    check_case_json(c, k);
    json_key(j, "rows");
    json_array(j);
    for (size_t i = 0; i < k->facts.len; i++) {
        const struct fact *f = query_fact(&c->query, k->facts.v[i]);
        if (!f)
            continue;
        struct figure_row r = fact_as_row(c, f);
        row_json(c, &r, true);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum code rules_json(struct call *c, uint32_t source, struct error *err)
{
    struct check_result r;
    size_t broken = 0;
    TRY(check_run(c->query.ledger, c->query.as_of, &r, err));
    json_key(&c->json, "cases");
    json_array(&c->json);
    for (size_t i = 0; i < r.cases.len; i++)
        if (r.cases.v[i].verdict == VERDICT_CONTRADICTS &&
            concerns(&c->query, &r.cases.v[i], source) && broken++ < CASES_TOLD)
            broken_json(c, &r.cases.v[i]);
    json_array_end(&c->json);
    json_kint(&c->json, "broken_rules", (int64_t)broken);
    check_clear(&r);
    return OK;
}

enum code relations_json(struct call *c, uint32_t source, struct error *err)
{
    pair_vec pairs = {0};
    const struct fact *f;
    for (uint64_t it = 0; (f = query_of_source(&c->query, source, &it));)
        if (stands(&c->query, f))
            pairs_of(&c->query, f, &pairs);
    pairs_json(c, &pairs);
    vec_clear(&pairs);
    return rules_json(c, source, err);
}
