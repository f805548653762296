/* op_analyses.c - which methods there are, and to which figures of the workspace they can be
 * applied: found by walking the facts once, so that a page can offer what is there. */
#include "serve/analysis.h"
#include "serve/row.h"
#include <stdio.h>
#include <stdlib.h>

#define SETS_SHOWN 100      /* of each shape */
#define FACTS_WALKED 500000 /* the newest; what older ones alone make up is not offered, but can be asked */

/* ---- methods ---- */

static const char *const shape_names[] = {"pairs", "list", "matrix", "series"};

static void label(struct call *c, const char *key, const char *zh, const char *en)
{
    json_key(&c->json, key);
    json_object(&c->json);
    json_kz(&c->json, "zh", zh);
    json_kz(&c->json, "en", en);
    json_object_end(&c->json);
}

static void method_json(struct call *c, const struct method *m)
{
    struct json *j = &c->json;
    const struct input_rule *r = input_rule_of(m);
    json_object(j);
    json_kz(j, "name", m->name);
    label(c, "title", m->zh, m->en);
    json_kz(j, "paper", m->source);
    json_kz(j, "inputs", m->inputs);
    json_kz(j, "shape", r->figures ? shape_names[r->shape] : "datasets");
    json_key(j, "options");
    json_array(j);
    for (const struct method_option *o = m->options; o < m->options + OPTIONS_MAX && o->name; o++) {
        json_object(j);
        json_kz(j, "name", o->name);
        json_kz(j, "fallback", o->fallback);
        json_kz(j, "values", o->values);
        label(c, "text", o->zh, o->en);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

enum code methods_run(struct call *c, struct error *err)
{
    (void)err;
    json_object(&c->json);
    json_key(&c->json, "methods");
    json_array(&c->json);
    for (size_t f = 0; analyze_families[f]; f++)
        for (const struct method *m = analyze_families[f]; m->name; m++)
            method_json(c, m);
    json_array_end(&c->json);
    json_object_end(&c->json);
    return OK;
}

/* ---- what can be analysed ---- */

struct set {
    enum frame_shape shape;
    uint32_t indicator, scope, rows, columns; /* groupings; 0 = none */
    uint32_t row_count, column_count, period_count;
    uint32_t pair_count; /* distinct (row, column) of the best covered period: parts of a tree are
                            columns of one row only, and figures of different years no table */
    struct period first, last;
};
struct finder {
    struct call *c;
    const struct model *m;
    struct map sets; /* key of the set -> place in v */
    struct map seen; /* key of the set, and a row, column or period of it */
    VEC(struct set) v;
};

static struct set *set_of(struct finder *f, struct set like, char key[64])
{
    /* groupings of tables that bear one name are one way of splitting */
    int n = snprintf(key, 64, "%d|%u|%u|%u|%u", like.shape, like.indicator, like.scope, like.rows,
                     like.columns);
    uint64_t *at = map_at(&f->sets, (struct str){key, (size_t)n}, UINT64_MAX);
    if (*at == UINT64_MAX) {
        *at = f->v.len;
        like.first = like.last = (struct period){DAY_MAX, DAY_MAX};
        vec_push(&f->v, like);
    }
    return &f->v.v[*at];
}

static bool is_new(struct finder *f, const char *key, char what, int64_t a, int64_t b)
{
    char text[192];
    int n = snprintf(text, sizeof text, "%s|%c%lld,%lld", key, what, (long long)a, (long long)b);
    uint64_t *at = map_at(&f->seen, (struct str){text, (size_t)n}, 0);
    return (*at)++ == 0;
}

static void count_pair(struct finder *f, struct set *s, const char *key, uint64_t row,
                       uint64_t column, struct period p)
{
    char in_period[96], period[96];
    snprintf(in_period, sizeof in_period, "%s@%d,%d", key, p.first, p.last);
    if (!row || !column || !is_new(f, in_period, 'x', (int64_t)row, (int64_t)column))
        return;
    int n = snprintf(period, sizeof period, "%s#", in_period);
    uint64_t count = ++*map_at(&f->seen, (struct str){period, (size_t)n}, 0);
    if (count > s->pair_count)
        s->pair_count = (uint32_t)count;
}

static void count_in(struct finder *f, struct set like, uint64_t row, uint64_t column,
                     struct period p)
{
    char key[64];
    struct set *s = set_of(f, like, key);
    s->row_count += row && is_new(f, key, 'r', (int64_t)row, 0);
    s->column_count += column && is_new(f, key, 'c', (int64_t)column, 0);
    count_pair(f, s, key, row, column, p);
    if (!is_new(f, key, 'p', p.first, p.last))
        return;
    if (s->period_count++ == 0) {
        s->first = s->last = p;
        return;
    }
    if (period_cmp(p, s->first) < 0)
        s->first = p;
    if (period_cmp(p, s->last) > 0)
        s->last = p;
}

/* A share of something that is stated itself (a sector's share of GDP): level times share is an
 * amount by region and by what has the share. */
static void count_share(struct finder *f, const struct fact *fact, const struct series *s)
{
    const struct membership *up;
    uint32_t of;
    if (s->kind != KIND_SHARE || !str_starts(s->comparison, STR("of:")) ||
        !(of = model_find_indicator(f->m, str_sub(s->comparison, 3, s->comparison.len))))
        return;
    for (size_t it = 0; (up = model_parents(f->m, fact->entity, &it));)
        if (member_on(up, f->c->query.as_of.published))
            count_in(f,
                     (struct set){.shape = FRAME_PAIRS,
                                  .indicator = of,
                                  .scope = up->parent,
                                  .rows = up->grouping},
                     fact->entity, s->indicator, fact->period);
}

static void count_fact(struct finder *f, const struct fact *fact)
{
    const struct series *s = model_series(f->m, fact->series);
    const struct membership *up, *higher;
    day_t day = f->c->query.as_of.published;
    bool adds = series_adds(f->m, s) && !s->comparison.len;
    if (s->modality != MOD_ACTUAL || fact->state != STATE_VALUE)
        return;
    if (!s->comparison.len || s->kind == KIND_GROWTH)
        count_in(f,
                 (struct set){.shape = FRAME_SERIES,
                              .indicator = s->indicator,
                              .scope = fact->entity},
                 0, 0, fact->period);
    count_share(f, fact, s);
    if (s->kind == KIND_RANK)
        return;
    for (size_t it = 0; (up = model_parents(f->m, fact->entity, &it));) {
        if (!member_on(up, day) || (s->comparison.len && s->kind != KIND_GROWTH))
            continue;
        if (adds)
            count_in(f,
                     (struct set){.shape = FRAME_LIST,
                                  .indicator = s->indicator,
                                  .scope = up->parent,
                                  .rows = up->grouping},
                     fact->entity, 0, fact->period);
        count_in(f, (struct set){.shape = FRAME_MATRIX, .scope = up->parent, .rows = up->grouping},
                 fact->entity, s->indicator, fact->period);
        for (size_t k = 0; adds && (higher = model_parents(f->m, up->parent, &k));)
            if (member_on(higher, day))
                count_in(f,
                         (struct set){.shape = FRAME_PAIRS,
                                      .indicator = s->indicator,
                                      .scope = higher->parent,
                                      .rows = higher->grouping,
                                      .columns = up->grouping},
                         up->parent, str_hash(model_entity(f->m, fact->entity)->name) | 1,
                         fact->period);
    }
}

static bool worth(const struct set *s)
{
    if (s->shape == FRAME_SERIES)
        return s->period_count >= 2;
    if (s->shape == FRAME_LIST)
        return s->row_count >= 2;
    if (s->shape == FRAME_PAIRS && 2 * s->pair_count < 3 * s->column_count)
        return false;
    if (s->shape == FRAME_MATRIX && 2 * s->pair_count < s->row_count * s->column_count)
        return false; /* more gaps than figures */
    return s->row_count >= 2 && s->column_count >= 2;
}

static uint64_t size_of(const struct set *s)
{
    uint64_t n = s->shape == FRAME_SERIES ? s->period_count : s->row_count;
    return s->shape == FRAME_PAIRS || s->shape == FRAME_MATRIX ? n * s->column_count : n;
}

static int set_order(const void *a, const void *b)
{
    const struct set *x = a, *y = b;
    if (x->shape != y->shape)
        return x->shape < y->shape ? -1 : 1;
    if (size_of(x) != size_of(y))
        return size_of(x) > size_of(y) ? -1 : 1;
    if (x->period_count != y->period_count)
        return x->period_count > y->period_count ? -1 : 1;
    if (x->scope != y->scope)
        return x->scope < y->scope ? -1 : 1;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    return x->rows != y->rows ? (x->rows < y->rows ? -1 : 1)
                              : (x->columns > y->columns) - (x->columns < y->columns);
}

static struct str grouping_name(const struct model *m, uint32_t id)
{
    return id ? model_grouping(m, id)->name : STR("");
}

/* 第一产业 of 第一产业占GDP比重 */
static struct str whose_share(struct str name)
{
    ptrdiff_t at = str_find(name, STR("占"));
    return at > 0 ? str_sub(name, 0, (size_t)at) : name;
}

/* The indicators of a matrix, or of amounts by share, parted by ';', as the parameter takes them. */
static struct str indicators_of(struct finder *f, const struct set *s)
{
    struct buf b;
    char key[64];
    size_t n = 0;
    struct set like = *s;
    set_of(f, like, key);
    buf_init(&b, 4000);
    for (uint32_t i = 1; i <= f->m->indicators.len && n < 24; i++) {
        char text[128];
        uint64_t count;
        int len = snprintf(text, sizeof text, "%s|c%u,0", key, i);
        struct str name = model_indicator(f->m, i)->name;
        if (!map_get(&f->seen, (struct str){text, (size_t)len}, &count) || count < 2)
            continue;
        if (s->shape == FRAME_PAIRS)
            buf_fmt(&b, "%s%.*s=%.*s*%.*s", n++ ? ";" : "", STR_ARG(whose_share(name)),
                    STR_ARG(model_indicator(f->m, s->indicator)->name), STR_ARG(name));
        else
            buf_fmt(&b, "%s%.*s", n++ ? ";" : "", STR_ARG(name));
    }
    struct str out = arena_dup(f->c->arena, buf_str(&b));
    buf_clear(&b);
    return out;
}

static void set_out(struct finder *f, const struct set *s)
{
    struct call *c = f->c;
    struct json *j = &c->json;
    bool many = s->shape == FRAME_MATRIX || (s->shape == FRAME_PAIRS && !s->columns);
    struct str indicator =
        many ? indicators_of(f, s) : model_indicator(f->m, s->indicator)->name;
    if (!c->as_json) {
        sheet_z(c, shape_names[s->shape]);
        sheet_str(c, indicator);
        sheet_str(c, model_entity(f->m, s->scope)->name);
        sheet_str(c, grouping_name(f->m, s->rows));
        sheet_str(c, grouping_name(f->m, s->columns));
        sheet_int(c, s->row_count);
        sheet_int(c, s->column_count);
        sheet_int(c, s->period_count);
        sheet_str(c, text_of_period(c, s->first));
        sheet_str(c, text_of_period(c, s->last));
        sheet_end(c);
        return;
    }
    json_object(j);
    json_kz(j, "shape", shape_names[s->shape]);
    json_kstr(j, "indicator", indicator);
    ref_entity(c, "scope", s->scope, true);
    json_kstr(j, "table", model_entity(f->m, s->scope)->scope);
    json_kstr(j, "rows", grouping_name(f->m, s->rows));
    json_kstr(j, "columns", grouping_name(f->m, s->columns));
    json_kint(j, "row_count", s->row_count);
    json_kint(j, "column_count", s->column_count);
    json_kint(j, "period_count", s->period_count);
    json_kstr(j, "first", text_of_period(c, s->first));
    json_kstr(j, "last", text_of_period(c, s->last));
    json_object_end(j);
}

static void find(struct finder *f)
{
    const struct fact *fact;
    size_t facts = query_size(&f->c->query).facts;
    uint64_t it = facts > FACTS_WALKED ? facts - FACTS_WALKED : 0;
    while ((fact = query_next_fact(&f->c->query, &it)))
        count_fact(f, fact);
    size_t kept = 0;
    for (size_t i = 0; i < f->v.len; i++)
        if (worth(&f->v.v[i]))
            f->v.v[kept++] = f->v.v[i];
    f->v.len = kept;
    if (kept)
        qsort(f->v.v, kept, sizeof *f->v.v, set_order);
}

enum code analyses_run(struct call *c, struct error *err)
{
    struct finder f = {.c = c, .m = c->model};
    struct dataset_row *datasets;
    size_t count, shown[4] = {0};
    TRY(query_datasets(&c->query, c->arena, &datasets, &count, err));
    map_init(&f.sets);
    map_init(&f.seen);
    find(&f);
    if (c->as_json) {
        json_object(&c->json);
        json_key(&c->json, "sets");
        json_array(&c->json);
    } else {
        sheet_head(c, "shape,indicator,scope,rows,columns,row_count,column_count,period_count,"
                      "first,last");
    }
    for (size_t i = 0; i < f.v.len; i++)
        if (shown[f.v.v[i].shape]++ < SETS_SHOWN)
            set_out(&f, &f.v.v[i]);
    if (c->as_json) {
        json_array_end(&c->json);
        json_key(&c->json, "datasets");
        json_array(&c->json);
        for (size_t i = 0; i < count; i++)
            dataset_json(c, &datasets[i]);
        json_array_end(&c->json);
        json_object_end(&c->json);
    }
    map_clear(&f.sets);
    map_clear(&f.seen);
    vec_clear(&f.v);
    return OK;
}
