/* extract_fact.c - what a figure says: whose, which indicator, of what kind, when, against what.
 * Everything is read from the words left and right of the figure within its clause; what a clause
 * leaves out is taken from the one before it in the sentence. */
#include "extract_fact_int.h"

#define NAME_BYTES_MAX 300

/* ---- rows
 * ------------------------------------------------------------------------------------------------------------------
 */

static struct dec negate(struct dec v)
{
    v.units = -v.units;
    return v;
}

/* A name of this length is none: the rules have lost their way. */
static struct str clipped(struct str s)
{
    if (s.len <= NAME_BYTES_MAX)
        return s;
    s.len = NAME_BYTES_MAX;
    while (s.len > 0 && ((unsigned char)s.ptr[s.len] & 0xC0) == 0x80)
        s.len--;
    return s;
}

void put_fact(struct reader *r, struct figure *f)
{
    const struct token *t = f->t;
    struct arena *kept = &r->out->text;
    r->out->cut |= r->out->facts.len >= EXTRACT_FACTS_MAX;
    if (r->out->cut || f->name.len == 0 || t->unit == NULL)
        return;
    const char *unit = NULL;
    struct str name = canonical(r, clean_name(r, f->name), &unit);
    if (name.len == 0) /* nothing but quotes and 全市 */
        return;
    enum modality mod = modality_of(r, f);
    if (ends_z(name, "数数"))
        name.len -= 3;
    bool chain = ends_z(name, "链数") && is_z(t->unit->unit, "个");
    struct extract_fact fact = {
        .start = r->sen.at + t->start,
        .end = r->sen.at + t->end,
        .indicator = name,
        .subject = f->subject,
        .kind = f->kind,
        .value = t->value,
        .value_hi = t->hi,
        .unit = chain ? STR("条") : t->unit->unit,
        .qualifier = t->range ? Q_RANGE : t->qualifier,
        .comparison = f->comparison,
        .modality = mod,
    };
    if (f->down && (f->kind == KIND_GROWTH || f->kind == KIND_PP_CHANGE || f->kind == KIND_CHANGE))
        fact.value = negate(fact.value);
    if (f->kind == KIND_COUNT && is_z(fact.unit, "位"))
        fact.unit = STR("人");
    fact.period = f->kind == KIND_TARGET && time_before(r, f->head) == NULL
                      ? year_of_source(&r->dates)
                      : period_of(r, f, mod);
    fact.subject = arena_dup(kept, clipped(fact.subject));
    fact.indicator = arena_dup(kept, clipped(fact.indicator));
    fact.unit = arena_dup(kept, fact.unit);
    fact.comparison = arena_dup(kept, clipped(fact.comparison));
    vec_push(&r->out->facts, fact);
}

/* ---- the sentence
 * ----------------------------------------------------------------------------------------------------------
 */

static struct figure figure_at(struct reader *r, size_t index)
{
    struct str s = r->sen.s;
    struct token *ts = r->sen.tokens.v;
    struct figure f = {.t = &ts[index], .index = index};
    size_t h = index - (ts[index].of > 1 && ts[index].of != 255 && ts[index].record.len == 0
                            ? ts[index].group
                            : 0);
    f.head = &ts[h];
    size_t from = clause_start(r, f.head->start), to = f.head->start;
    f.clause = cut(s, from, to);
    for (size_t k = h; k-- > 0 && ts[k].end > from;)
        if (is_figure(&ts[k])) {
            from = ts[k].end;
            f.follows = true;
            break;
        }
    size_t cmp = comparison_at(r, &f, from, to);
    f.left = without_time(r, from, to);
    const struct word *word = NULL;
    size_t n = word_at(r->w, f.left, 0, BIT(W_AFTER), &word);
    f.left = cut(f.left, n, f.left.len);
    f.object = without_time(r, from, cmp);
    n = word_at(r->w, f.object, 0, BIT(W_AFTER), &word);
    f.object = cut(f.object, n, f.object.len);
    f.rest = cut(s, cmp, to);
    size_t end = clause_end(s, f.t->end);
    if (index + 1 < r->sen.tokens.len)
        for (size_t k = index + 1; k < r->sen.tokens.len; k++)
            if (is_figure(&ts[k]) && ts[k].start < end && ts[k].kind != T_CLASS_SCALE) {
                end = ts[k].start;
                break;
            }
    f.right = cut(s, f.t->end, end);
    ptrdiff_t turn = word_in(r->w, f.right, BIT(W_TURN), false, &word);
    if (turn >= 0)
        f.right.len = (size_t)turn;
    if (starts_z(f.right, "、"))
        f.right.len = 0;
    struct str tail = strip_ends(r, f.left, BIT(W_OVER) | BIT(W_LINK) | BIT(W_ADV));
    if (word_ends(r->w, tail, BIT(W_UP) | BIT(W_DOWN), &word) > 0) {
        f.up = (word->classes & BIT(W_UP)) != 0;
        f.down = (word->classes & BIT(W_DOWN)) != 0;
        f.narrow = is_z(word->value, "narrow");
    }
    f.down = (f.down && !f.narrow) ||
             (f.cmp != NULL &&
              (starts_z(f.rest, "低于") || starts_z(f.rest, "慢于") || starts_z(f.rest, "落后")));
    return f;
}

static void emit(struct reader *r, struct memory *m, struct figure *f, bool listed)
{
    f->kind = kind_of(r, f, f->left);
    if (f->kind == KIND_LEVEL && m->share && dim_is(f->t, D_RATIO) &&
        strip_ends(r, f->left, BIT(W_LINK) | BIT(W_UP) | BIT(W_DOWN)).len == 0)
        f->kind = KIND_SHARE; /* 配套率由35%提高到62% */
    f->subject = subject_of(r, f->head->start);
    if (f->t->first)
        f->kind = KIND_COUNT;
    switch (f->kind) {
    case KIND_GROWTH:
        emit_growth(r, m, f);
        break;
    case KIND_PP_CHANGE:
        emit_pp(r, m, f);
        break;
    case KIND_RANK:
        emit_rank(r, m, f);
        break;
    case KIND_TARGET:
        emit_class(r, f);
        break;
    case KIND_SHARE:
        emit_share(r, m, f);
        break;
    case KIND_CONTRIBUTION:
        emit_contribution(r, m, f);
        break;
    case KIND_COUNT:
        emit_count(r, m, f, listed);
        break;
    case KIND_CHANGE:
        emit_change(r, m, f);
        break;
    default:
        emit_level(r, m, f);
        break;
    }
}

/* Does the expression stand at the head, behind a place or the words that name the speaker? */
static bool at_head(struct reader *r, const struct token *t)
{
    struct str before = cut(r->sen.s, 0, t->start);
    if (before.len > 1 && before.ptr[before.len - 1] == ',')
        return word_in(r->w, before, BIT(W_REPORT), true, NULL) >= 0;
    const uint64_t heads = BIT(W_SCOPE) | BIT(W_ENTITY) | BIT(W_ADV);
    for (size_t n = 1; n > 0 && before.len > 0; before = cut(before, n, before.len))
        n = who_at(r, before, 0, heads, NULL);
    before = strip_starts(r, before, heads);
    if (is_z(before, "截至") || is_z(before, "截止"))
        return true;
    return before.len == 0 || is_z(before, "“");
}

static void carry(struct reader *r, bool figures, bool heading)
{
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (t->kind != T_TIME || t->base)
            continue;
        bool day = period_days(t->period) == 1;
        bool closed = !t->open && !t->future && !t->running && !day;
        if (heading && !figures && closed) {
            r->section = t->period;
            r->has_section = true;
        }
        if (!at_head(r, t))
            continue;
        if (closed) {
            r->carried = t->period;
            r->has_carried = true;
        } else if (!day) {
            r->has_carried = false;
        }
    }
}

static void note_noise(struct reader *r)
{
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (is_figure(t))
            continue;
        const char *class = t->kind == T_NOISE            ? t->noise
                            : period_days(t->period) == 1 ? "date"
                                                          : "period";
        put_noise(r, r->sen.at + t->start, r->sen.at + t->end, class);
    }
}

/* Which expressions are bases of comparisons, and for every token the last that is none. */
static void settle_times(struct reader *r)
{
    int32_t when = -1;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        struct token *t = &r->sen.tokens.v[k];
        t->when = when;
        if (t->kind != T_TIME)
            continue;
        t->base = is_base(r, t);
        if (!t->base)
            when = (int32_t)k;
    }
}

void read_sentence(struct reader *r, bool first, bool heading)
{
    struct memory m = {0};
    size_t last = 0;
    bool any = false;
    r->memo = (struct memo){.subject = r->subject, .at = {-1, -1, -1, -1}};
    settle_times(r);
    if (first)
        r->has_carried = false;
    for (size_t k = 0; k < r->sen.tokens.len; k++) {
        const struct token *t = &r->sen.tokens.v[k];
        if (!is_figure(t))
            continue;
        struct figure f = figure_at(r, k);
        bool listed = any && f.head->start > last && at_z(r->sen.s, last, "、") &&
                      clause_start(r, f.head->start) <= last;
        if (any && !listed && f.head->start > last &&
            (at_z(r->sen.s, last, "和") || at_z(r->sen.s, last, ",累计") ||
             at_z(r->sen.s, last, "及")))
            listed = true;
        size_t had = r->out->facts.len;
        emit(r, &m, &f, listed);
        if (r->out->facts.len == had && is_figure(t)) /* I4: nothing says what it counts */
            put_noise(r, r->sen.at + t->start, r->sen.at + t->end, "word");
        last = t->end;
        any = true;
    }
    carry(r, any, heading);
    note_noise(r);
}
