/* match_qualify.c - who qualifies for whom: demands and suppliers held against rules, every pair
 * with its score or with each rule it misses. Its answer is the input `pairs` of capacity.
 *
 * A rule compares a column of the demand with one of the supplier: = and != as text, <= >= < > as
 * exact decimals, in (the supplier's list, parted by ;, holds the demand's word), all (it holds each
 * of the demand's words). A rule of kind must disqualifies, one of kind score adds its weight when it
 * holds. What a demand does not ask for (an empty cell) holds; what a supplier does not say, does
 * not. */
#include "analyze.h"
#include <stdio.h>

#define RULES_MAX 64

enum op { OP_EQ, OP_NE, OP_LE, OP_GE, OP_LT, OP_GT, OP_IN, OP_ALL, OP_COUNT };
static const char *const op_names[OP_COUNT] = {"=", "!=", "<=", ">=", "<", ">", "in", "all"};

struct rule {
    int demand, supplier; /* columns */
    struct str demand_name, supplier_name;
    enum op op;
    bool must;
    struct dec weight;
};

static enum code read_rule(const struct analysis *a, const int column[5], size_t r, struct rule *out,
                           struct error *err)
{
    const struct table *t = &a->in[2];
    struct str op = str_trim(table_cell(t, column[1], r));
    struct str kind = column[3] < 0 ? STR("must") : str_trim(table_cell(t, column[3], r));
    char name[128];
    out->demand_name = str_trim(table_cell(t, column[0], r));
    out->supplier_name = str_trim(table_cell(t, column[2], r));
    out->op = OP_EQ;
    while (out->op < OP_COUNT && !str_is(op, op_names[out->op]))
        out->op++;
    if (out->op == OP_COUNT)
        return error_at(err, E_INPUT, (uint32_t)r + 2, (uint32_t)column[1] + 1,
                        "'%.*s' is none of =, !=, <=, >=, <, >, in, all", STR_ARG(op));
    if (!str_is(kind, "must") && !str_is(kind, "score"))
        return error_at(err, E_INPUT, (uint32_t)r + 2, (uint32_t)column[3] + 1,
                        "a rule is must or score, not '%.*s'", STR_ARG(kind));
    out->must = str_is(kind, "must");
    snprintf(name, sizeof name, "%.*s", STR_ARG(out->demand_name));
    TRY(table_need(&a->in[0], name, &out->demand, err));
    snprintf(name, sizeof name, "%.*s", STR_ARG(out->supplier_name));
    TRY(table_need(&a->in[1], name, &out->supplier, err));
    out->weight = (struct dec){1, 0};
    if (column[4] >= 0 && str_trim(table_cell(t, column[4], r)).len)
        TRY(table_decimal(t, column[4], r, &out->weight, err));
    return OK;
}

static enum code read_rules(const struct analysis *a, struct rule *rules, size_t *count,
                            struct error *err)
{
    const struct table *t = &a->in[2];
    int column[5];
    TRY(table_need(t, "demand", &column[0], err));
    TRY(table_need(t, "op", &column[1], err));
    TRY(table_need(t, "supply", &column[2], err));
    column[3] = table_column(t, "kind");
    column[4] = table_column(t, "weight");
    *count = t->rows;
    if (t->rows == 0 || t->rows > RULES_MAX)
        return error_set(err, E_INPUT, "there are %zu rules, 1 to %d are wanted", t->rows,
                         RULES_MAX);
    for (size_t r = 0; r < t->rows; r++)
        TRY(read_rule(a, column, r, &rules[r], err));
    return OK;
}

static bool list_has(struct str list, struct str word)
{
    while (list.ptr)
        if (str_eq(str_trim(str_cut(list, ';', &list)), word))
            return true;
    return false;
}

static bool list_has_all(struct str list, struct str words)
{
    while (words.ptr) {
        struct str word = str_trim(str_cut(words, ';', &words));
        if (word.len && !list_has(list, word))
            return false;
    }
    return true;
}

/* -1, 0, 1 of two decimals, exactly. */
static int dec_order(struct dec a, struct dec b)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    i128 x = (i128)a.units * dec_pow10(scale - a.scale), y = (i128)b.units * dec_pow10(scale - b.scale);
    return (x > y) - (x < y);
}

/* Does `demand op supplier` hold: wanted 100 <= has 120, wanted 轴承 in 轴承;齿轮. */
static enum code holds(const struct analysis *a, const struct rule *rule, size_t d, size_t s,
                       bool *out, struct error *err)
{
    struct str wanted = str_trim(table_cell(&a->in[0], rule->demand, d));
    struct str has = str_trim(table_cell(&a->in[1], rule->supplier, s));
    *out = wanted.len == 0;
    if (!wanted.len || !has.len)
        return OK;
    if (rule->op == OP_EQ || rule->op == OP_NE) {
        *out = str_eq(wanted, has) == (rule->op == OP_EQ);
        return OK;
    }
    if (rule->op >= OP_IN) {
        *out = rule->op == OP_IN ? list_has(has, wanted) : list_has_all(has, wanted);
        return OK;
    }
    struct dec x, y;
    TRY(table_decimal(&a->in[0], rule->demand, d, &x, err));
    TRY(table_decimal(&a->in[1], rule->supplier, s, &y, err));
    int c = dec_order(x, y);
    *out = rule->op == OP_LE   ? c <= 0
           : rule->op == OP_GE ? c >= 0
           : rule->op == OP_LT ? c < 0
                               : c > 0;
    return OK;
}

static void miss(struct buf *reasons, const struct analysis *a, const struct rule *rule, size_t d,
                 size_t s)
{
    struct str has = str_trim(table_cell(&a->in[1], rule->supplier, s));
    buf_fmt(reasons, "%s%.*s %.*s %s %.*s %.*s", reasons->len ? "; " : "",
            STR_ARG(rule->demand_name), STR_ARG(str_trim(table_cell(&a->in[0], rule->demand, d))),
            op_names[rule->op], STR_ARG(rule->supplier_name),
            STR_ARG(has.len ? has : STR("(not said)")));
}

struct tally {
    size_t qualified, pairs;
};

static enum code write_pair(struct analysis *a, const struct rule *rules, size_t count, size_t d,
                            size_t s, const int column[5], struct tally *n, struct error *err)
{
    struct buf missed, unmet;
    struct table *out = &a->out;
    i128 score = 0;
    unsigned scale = 0;
    enum code code = OK;
    for (size_t i = 0; i < count; i++)
        scale = rules[i].weight.scale > scale ? rules[i].weight.scale : scale;
    buf_init(&missed, 4096);
    buf_init(&unmet, 4096);
    for (size_t i = 0; i < count && code == OK; i++) {
        bool good = false;
        code = holds(a, &rules[i], d, s, &good, err);
        if (good && !rules[i].must)
            score += (i128)rules[i].weight.units * dec_pow10(scale - rules[i].weight.scale);
        else if (!good)
            miss(rules[i].must ? &missed : &unmet, a, &rules[i], d, s);
    }
    if (code == OK) {
        char text[DEC_TEXT];
        bool qualified = missed.len == 0;
        n->pairs++;
        n->qualified += qualified;
        table_push(out, column[0], table_cell(&a->in[0], 0, d));
        table_push(out, column[1], table_cell(&a->in[1], 0, s));
        size_t len = dec_text_short(score, scale, 0, text);
        table_push(out, column[2], qualified ? (struct str){text, len} : STR(""));
        table_push_int(out, column[3], qualified);
        table_push(out, column[4], buf_str(qualified ? &unmet : &missed));
        table_end_row(out);
    }
    buf_clear(&missed);
    buf_clear(&unmet);
    return code;
}

static enum code keys_once(const struct table *t, struct error *err)
{
    struct map seen;
    enum code code = OK;
    map_init(&seen);
    for (size_t r = 0; r < t->rows && code == OK; r++) {
        struct str key = table_cell(t, 0, r);
        uint64_t before;
        if (map_get(&seen, key, &before))
            code = error_at(err, E_CONFLICT, (uint32_t)r + 2, 1,
                            "'%.*s' stands in rows %u and %u of '%.*s'", STR_ARG(key),
                            (unsigned)before, (unsigned)r + 2, STR_ARG(t->name));
        else
            map_put(&seen, key, r + 2);
    }
    map_clear(&seen);
    return code;
}

#define PAIRS_MAX 4000000

static enum code run_qualify(struct analysis *a, struct error *err)
{
    struct rule rules[RULES_MAX];
    size_t count;
    struct tally n = {0};
    const struct table *demands = &a->in[0], *suppliers = &a->in[1];
    TRY(read_rules(a, rules, &count, err));
    TRY(keys_once(demands, err));
    TRY(keys_once(suppliers, err));
    if (demands->rows && suppliers->rows > PAIRS_MAX / demands->rows)
        return error_set(err, E_LIMIT, "%zu x %zu pairs are more than %d", demands->rows,
                         suppliers->rows, PAIRS_MAX);
    static const char *const names[] = {"demand", "supply", "score", "qualified", "reason"};
    int column[5];
    for (size_t i = 0; i < 5; i++)
        column[i] = table_add_column(&a->out, names[i]);
    for (size_t d = 0; d < demands->rows; d++)
        for (size_t s = 0; s < suppliers->rows; s++)
            TRY(write_pair(a, rules, count, d, s, column, &n, err));
    note(a, "%zu of %zu pairs qualify; the score is the sum of the weights of the score rules that "
            "hold; reason names what is missed",
         n.qualified, n.pairs);
    return OK;
}

const struct method analyze_qualify[] = {
    {.name = "qualify",
     .inputs = "demands suppliers rules",
     .zh = "供需资格核对:每一对的得分,或不合格的原因",
     .en = "who qualifies for whom: a score, or what is missed, for every pair",
     .source = "rules given as a table: demand column, op, supplier column, must or score, weight",
     .run = run_qualify},
    {.name = NULL},
};
