/* match_write.c - the answer as rows: every match and every one not made, each with its reason. */
#include "match_int.h"

struct writer {
    struct table *t;
    const struct match *m;
    int first, second, flow, value, reason, left, price[2], gap;
};

static void push_units(struct writer *w, int column, i128 units, unsigned scale)
{
    char text[DEC_TEXT];
    size_t len = dec_text_short(units, scale, 0, text);
    table_push(w->t, column, (struct str){text, len});
}

static struct str with(struct arena *a, struct str column, const char *what)
{
    return arena_fmt(a, "%.*s_%s", STR_ARG(column), what);
}

static void open_columns(struct writer *w, struct arena *a)
{
    const struct match *m = w->m;
    w->first = table_add_column_str(w->t, m->side[0].column);
    w->second = table_add_column_str(w->t, m->side[1].column);
    w->flow = m->flow_column.len > 0 ? table_add_column_str(w->t, m->flow_column) : -1;
    w->value = m->value_column.len > 0 ? table_add_column_str(w->t, m->value_column) : -1;
    w->reason = table_add_column(w->t, "reason");
    w->left = table_add_column(w->t, "left");
    for (unsigned s = 0; s < 2; s++)
        w->price[s] = table_add_column_str(w->t, with(a, m->side[s].column, "price"));
    w->gap = table_add_column(w->t, "gap");
}

static const struct match_key *key_of(const struct match *m, const struct match_cell *c,
                                      unsigned side)
{
    return &m->side[side].keys.v[c->at[side]];
}

static bool is_full(const struct match_key *k)
{
    return k->used == k->amount;
}

static const char *why_not(const struct match *m, const struct match_cell *c)
{
    unsigned asks = m->side[0].asks ? 0 : 1;
    if (c->cap == 0)
        return "pair-capacity-used";
    if (key_of(m, c, 0)->amount == 0 || key_of(m, c, 1)->amount == 0)
        return "zero-amount";
    if (m->optional && c->cost > 0)
        return "no-gain";
    if (c->equal)
        return "equal-optimum";
    return is_full(key_of(m, c, asks)) ? "better-elsewhere" : "capacity-used";
}

static const char *why(const struct match *m, const struct match_cell *c)
{
    if (c->flow == 0)
        return why_not(m, c);
    return c->keep > 0 ? "kept" : "matched";
}

/* What the pair lacks: cost - u - v, or u + v - score. Where making it would cost a match there is
 * no such number. */
static void push_gap(struct writer *w, const struct match_cell *c)
{
    const struct match_key *a = key_of(w->m, c, 0), *b = key_of(w->m, c, 1);
    if (a->price_matches + b->price_matches != 0)
        return;
    i128 sum = a->price + b->price;
    push_units(w, w->gap, w->m->maximise ? sum + c->cost : c->cost - sum, w->m->cost_scale);
}

static void push_price(struct writer *w, unsigned side, const struct match_key *k)
{
    push_units(w, w->price[side], k->price, w->m->cost_scale);
}

static void write_cell(struct writer *w, const struct match_cell *c)
{
    const struct match *m = w->m;
    table_push(w->t, w->first, key_of(m, c, 0)->name);
    table_push(w->t, w->second, key_of(m, c, 1)->name);
    if (w->flow >= 0)
        push_units(w, w->flow, c->flow, m->amount_scale);
    if (w->value >= 0)
        push_units(w, w->value, m->maximise ? -c->cost : c->cost, m->cost_scale);
    table_push(w->t, w->reason, str_z(why(m, c)));
    push_price(w, 0, key_of(m, c, 0));
    push_price(w, 1, key_of(m, c, 1));
    push_gap(w, c);
    table_end_row(w->t);
}

/* Cells by key of either side, once for all keys. */
struct by_key {
    uint32_t *start, *cell;
};

static struct by_key index_cells(const struct match *m, unsigned side)
{
    size_t keys = m->side[side].keys.len;
    struct by_key x = {mem_zalloc((keys + 2) * sizeof(uint32_t)),
                       mem_alloc((m->cells.len + 1) * sizeof(uint32_t))};
    for (size_t i = 0; i < m->cells.len; i++)
        x.start[m->cells.v[i].at[side] + 2]++;
    for (size_t k = 0; k < keys; k++)
        x.start[k + 2] += x.start[k + 1];
    for (size_t i = 0; i < m->cells.len; i++)
        x.cell[x.start[m->cells.v[i].at[side] + 1]++] = (uint32_t)i;
    return x;
}

static bool has_room(const struct match *m, const struct match_cell *c)
{
    return c->flow < c->cap && c->flow < key_of(m, c, 0)->amount &&
           c->flow < key_of(m, c, 1)->amount;
}

static const char *why_left(const struct match *m, const struct by_key *x, unsigned side, size_t k)
{
    bool gain = false, room = false, equal = false;
    if (m->side[side].keys.v[k].amount == 0)
        return "zero-amount";
    if (x->start[k] == x->start[k + 1])
        return "no-listed-pair";
    for (uint32_t i = x->start[k]; i < x->start[k + 1]; i++) {
        const struct match_cell *c = &m->cells.v[x->cell[i]];
        gain = gain || !m->optional || c->cost <= 0;
        room = room || has_room(m, c);
        equal = equal || c->equal;
    }
    if (!gain)
        return "no-gain";
    if (equal)
        return "equal-optimum";
    if (!room)
        return m->capped ? "pair-capacity-used" : "all-pairs-made";
    return m->side[side].asks ? "capacity-used" : "better-elsewhere";
}

static void write_left(struct writer *w, const struct by_key *x, unsigned side, size_t k)
{
    const struct match_key *key = &w->m->side[side].keys.v[k];
    if (is_full(key) && key->amount > 0)
        return;
    table_push(w->t, side == 0 ? w->first : w->second, key->name);
    table_push(w->t, w->reason, str_z(why_left(w->m, x, side, k)));
    push_units(w, w->left, key->amount - key->used, w->m->amount_scale);
    push_price(w, side, key);
    table_end_row(w->t);
}

static void write_rows(struct writer *w, bool all, bool left)
{
    const struct match *m = w->m;
    struct by_key first = index_cells(m, 0), second = index_cells(m, 1);
    for (size_t k = 0; k < m->side[0].keys.len; k++) {
        for (uint32_t i = first.start[k]; i < first.start[k + 1]; i++)
            if (all || m->cells.v[first.cell[i]].flow > 0)
                write_cell(w, &m->cells.v[first.cell[i]]);
        if (left)
            write_left(w, &first, 0, k);
    }
    for (size_t k = 0; left && k < m->side[1].keys.len; k++)
        write_left(w, &second, 1, k);
    mem_free(first.start);
    mem_free(first.cell);
    mem_free(second.start);
    mem_free(second.cell);
}

static i128 sum_left(const struct match_side *s)
{
    i128 sum = 0;
    for (size_t k = 0; k < s->keys.len; k++)
        sum += s->keys.v[k].amount - s->keys.v[k].used;
    return sum;
}

static i128 sum_made(const struct match_side *s)
{
    i128 sum = 0;
    for (size_t k = 0; k < s->keys.len; k++)
        sum += s->keys.v[k].used;
    return sum;
}

static void write_values(struct writer *w, struct arena *a)
{
    const struct match *m = w->m;
    int quantity = table_add_column(w->t, "quantity"), value = table_add_column(w->t, "value");
    const struct {
        struct str name;
        i128 units;
        unsigned scale;
    } rows[] = {
        {STR("optimal value"), m->value, m->cost_scale + m->amount_scale},
        {                      STR("matched"),       sum_made(&m->side[0]),             m->amount_scale                          },
        { with(a, m->side[0].column,             "left"),                                       sum_left(&m->side[0]), m->amount_scale},
        {                                       with(a, m->side[1].column,             "left"),                                             sum_left(&m->side[1]), m->amount_scale},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        table_push(w->t, quantity, rows[i].name);
        push_units(w, value, rows[i].units, rows[i].scale);
        table_end_row(w->t);
    }
}

static void write_notes(struct analysis *a, const struct match *m)
{
    char value[DEC_TEXT], made[DEC_TEXT];
    size_t value_len = dec_text_short(m->value, m->cost_scale + m->amount_scale, 0, value);
    size_t made_len = dec_text_short(sum_made(&m->side[0]), m->amount_scale, 0, made);
    note(a, "optimal value %.*s, %s; %.*s matched%s", (int)value_len, value,
         m->maximise ? "maximised" : "minimised", (int)made_len, made,
         m->optional ? "" : ", as many as can be");
    note(a,
         "ties: %sfirst pairs in order of keys; 'equal-optimum' marks what another optimum holds",
         m->previous ? "earlier pairs, then " : "");
    if (!m->optional && sum_left(&m->side[m->served]) > 0)
        note(a, "'%.*s' could not be served in full: see the rows with an amount in 'left'",
             STR_ARG(m->side[m->served].column));
}

void match_write(struct analysis *a, const struct match *m, struct str show)
{
    struct writer w = {.t = &a->out, .m = m};
    if (str_is(show, "value")) {
        write_values(&w, &a->arena);
    } else {
        open_columns(&w, &a->arena);
        write_rows(&w, str_is(show, "pairs"), !str_is(show, "matched"));
    }
    write_notes(a, m);
}
