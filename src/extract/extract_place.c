/* extract_place.c - whom a document is about: names of the catalogue, and names that only their
 * ending tells (云州市, 星河集团), which the catalogue does not know. */
#include "extract_int.h"

#define NAME_CHARS_MIN 2 /* before the ending */
#define PLACE_CHARS_MAX 4
#define FIRM_CHARS_MAX 8
#define CANDIDATES_MAX 64
#define TITLE_LINES 3
#define TITLE_WEIGHT 3

struct candidate {
    struct str name;
    const struct word *ending;
    uint32_t hits;
    bool titled;
};
struct candidates {
    struct candidate v[CANDIDATES_MAX];
    size_t len;
};

/* ---- the names of this document ---- */

size_t who_at(const struct reader *r, struct str s, size_t i, uint64_t classes,
              const struct word **out)
{
    size_t n = word_at(r->w, s, i, classes, out);
    for (size_t k = 0; k < r->local_count && (classes & BIT(W_ENTITY)) != 0; k++) {
        const struct word *word = &r->local[k].word;
        if (word->text.len <= n || word->text.len > s.len - i ||
            memcmp(s.ptr + i, word->text.ptr, word->text.len) != 0)
            continue;
        n = word->text.len;
        if (out != NULL)
            *out = word;
    }
    return n;
}

bool who_ends(const struct reader *r, struct str s)
{
    for (size_t k = 0; k < r->local_count; k++)
        if (str_ends(s, r->local[k].word.text))
            return true;
    return word_ends(r->w, s, BIT(W_ENTITY), NULL) > 0;
}

const struct entity_row *entity_of(const struct reader *r, const struct word *word)
{
    if (word->entity == 0)
        return NULL;
    return word->entity > LOCAL_FIRST ? &r->local[word->entity - LOCAL_FIRST - 1].row
                                      : &r->w->entities.v[word->entity - 1];
}

const struct entity_row *entity_by(const struct reader *r, struct str name)
{
    const struct entity_row *row = entity_named(r->w, name);
    for (size_t k = 0; row == NULL && k < r->local_count; k++)
        if (str_eq(r->local[k].row.name, name))
            row = &r->local[k].row;
    return row;
}

static void add_local(struct reader *r, struct str spelt, struct str name, struct str type,
                      struct str parent)
{
    if (r->local_count == LOCAL_MAX || spelt.len < 6)
        return;
    struct local_name *l = &r->local[r->local_count++];
    *l = (struct local_name){
        .word = {.text = arena_dup(&r->out->text, spelt),
                 .classes = BIT(W_ENTITY),
                 .entity = LOCAL_FIRST + (uint32_t)r->local_count},
        .row = {arena_dup(&r->out->text, name), type, arena_dup(&r->out->text, parent)}};
}

/* ---- names by their ending ---- */

static bool is_han_at(struct str s, size_t i)
{
    return i < s.len && (unsigned char)s.ptr[i] >= 0xE4 && (unsigned char)s.ptr[i] <= 0xE9;
}

/* The name that begins at i and ends with a word of the class nameend; bytes or 0. */
static size_t name_at(const struct reader *r, struct str s, size_t i, const struct word **ending)
{
    size_t k = i, chars = 0, found = 0;
    for (; is_han_at(s, k) && chars <= FIRM_CHARS_MAX; k += 3, chars++) {
        const struct word *end = NULL;
        size_t n = chars >= NAME_CHARS_MIN ? word_at(r->w, s, k, BIT(W_NAMEEND), &end) : 0;
        if (word_at(r->w, s, k, BIT(W_NONAME), NULL) > 0)
            return 0;
        if (n > 0 && word_ends(r->w, cut(s, i, k + n), BIT(W_NONAME), NULL) <= end->text.len &&
            (chars <= PLACE_CHARS_MAX || is_z(end->value, "enterprise") ||
             is_z(end->value, "park"))) {
            *ending = end;
            found = k + n - i;
            break;
        }
        if (word_at(r->w, s, k,
                    BIT(W_VERB) | BIT(W_KEEP) | BIT(W_STOP) | BIT(W_LINK) | BIT(W_SCOPE) |
                        BIT(W_REPORT) | BIT(W_YEAR) | BIT(W_NOW) | BIT(W_ADV) | BIT(W_LEADIN) |
                        BIT(W_GENERIC) | BIT(W_CHAINHEAD) | BIT(W_THING),
                    NULL) > 0)
            return 0;
    }
    return found;
}

static void count_name(struct candidates *c, struct str name, const struct word *ending,
                       bool titled)
{
    size_t k = 0;
    while (k < c->len && !str_eq(c->v[k].name, name))
        k++;
    if (k == CANDIDATES_MAX)
        return;
    if (k == c->len)
        c->v[c->len++] = (struct candidate){name, ending, 0, false};
    c->v[k].hits += titled ? TITLE_WEIGHT : 1;
    c->v[k].titled |= titled;
}

/* A name begins behind a mark, another name or a word that leads to one; its ending calls for it.
 */
static void find_in_line(struct reader *r, struct candidates *c, struct str s, bool titled)
{
    size_t start = 0;
    bool tried = false;
    for (size_t i = 0; i < s.len;) {
        const struct word *ending = NULL;
        size_t n = u8_len(s.ptr[i]), name = 0;
        bool leads = !is_han_at(s, i);
        if (may_at(r->w, s, i, MAY_END) && !tried && i >= start + 3 * NAME_CHARS_MIN) {
            tried = true;
            name = name_at(r, s, start, &ending);
        }
        if (name > 0) {
            count_name(c, cut(s, start, start + name), ending, titled);
            n = start + name - i;
            leads = true;
        } else if (may_at(r->w, s, i, MAY_NAME)) {
            size_t k = word_at(r->w, s, i, BIT(W_ENTITY) | BIT(W_SCOPE) | BIT(W_LEADIN), NULL);
            leads |= k > 0;
            n = k > 0 ? k : n;
        }
        i += n;
        if (leads) {
            start = i;
            tried = false;
        }
    }
}

static void find_names(struct reader *r, struct candidates *c)
{
    size_t body = 0;
    for (size_t k = 0; k < r->plain.lines.len; k++) {
        const struct line *l = &r->plain.lines.v[k];
        if (l->noise != NULL)
            continue;
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        find_in_line(r, c, s, body++ < TITLE_LINES);
    }
}

/* What is said twice, or in the title, is a name. The short form of a place goes with it. */
static void keep_names(struct reader *r, const struct candidates *c)
{
    for (size_t k = 0; k < c->len; k++) {
        const struct candidate *one = &c->v[k];
        struct str name = one->name, type = one->ending->value, parent = STR_NULL;
        if (one->hits < 2 && !one->titled)
            continue;
        for (size_t j = 0; j < c->len; j++) /* 东岭省云州市 */
            if (is_z(c->v[j].ending->value, "province") && !is_z(type, "province"))
                parent = c->v[j].name;
        add_local(r, name, name, type, parent);
        struct str bare = cut(name, 0, name.len - one->ending->text.len);
        bool place = one->ending->text.len == 3 && !is_z(type, "enterprise");
        if (place && word_at(r->w, bare, 0, UINT64_MAX, NULL) != bare.len)
            add_local(r, bare, name, type, parent);
    }
}

/* ---- the subject ---- */

static bool is_region(const struct entity_row *e)
{
    return is_z(e->type, "province") || is_z(e->type, "city") || is_z(e->type, "district") ||
           is_z(e->type, "county");
}

struct scopes {
    uint32_t city, province, county;
    struct str city_word, county_word; /* 全市 or 全州, 全县 or 全旗: the ending of the name */
};

/* The level of which the document speaks as 全市, 全省, 全县; 全区 is a county or a district. */
static const char *level_of(const struct scopes *n)
{
    return n->county > n->city && n->county > n->province ? "county"
           : n->city > 0                                  ? "city"
           : n->province > 0                              ? "province"
                                                          : NULL;
}

static uint32_t fit_of(const struct entity_row *row, uint32_t hits, const char *want)
{
    uint32_t fit = is_region(row) ? hits * 2 : is_z(row->type, "park") && hits > 2 ? 1 : 0;
    if (is_z(row->type, "park") && hits > 2 && want != NULL && want[1] == 'o')
        fit = hits * 4; /* 全区 of a development zone */
    if (fit > 0 && want != NULL &&
        (is_z(row->type, want) ||
         (want[0] == 'c' && want[1] == 'o' && is_z(row->type, "district"))))
        fit *= 4;
    return fit;
}

static void count_scope(struct scopes *n, const struct word *word)
{
    if (word == NULL || (word->classes & BIT(W_SCOPE)) == 0)
        return;
    if (is_z(word->value, "city") && n->city++ == 0)
        n->city_word = word->text;
    else if (is_z(word->value, "county") && n->county++ == 0)
        n->county_word = word->text;
    else
        n->province += is_z(word->value, "province");
}

static void count_entities(struct reader *r, uint32_t *hits, uint32_t *local, struct scopes *n)
{
    for (size_t k = 0, body = 0; k < r->plain.lines.len; k++) {
        const struct line *l = &r->plain.lines.v[k];
        if (l->noise != NULL)
            continue;
        struct str s = cut(buf_str(&r->plain.text), l->start, l->end);
        uint32_t weight = body++ < TITLE_LINES ? TITLE_WEIGHT : 1;
        for (size_t i = 0; i < s.len;) {
            const struct word *word = NULL;
            size_t len = who_at(r, s, i, (hits != NULL ? BIT(W_ENTITY) : 0) | BIT(W_SCOPE), &word);
            if (len > 0 && word->entity > LOCAL_FIRST)
                local[word->entity - LOCAL_FIRST - 1] += weight;
            else if (hits != NULL && len > 0 && word->entity > 0)
                hits[word->entity] += weight;
            count_scope(n, len > 0 ? word : NULL);
            i += len > 0 ? len : u8_len(s.ptr[i]);
        }
    }
}

static void infer_subject(struct reader *r)
{
    size_t n = r->w->entities.len;
    uint32_t *hits = mem_zalloc((n + 1) * sizeof *hits), local[LOCAL_MAX] = {0}, score = 0;
    struct scopes scopes = {0};
    count_entities(r, hits, local, &scopes);
    const char *want = level_of(&scopes);
    for (uint32_t e = 1; e <= n; e++) {
        uint32_t fit = hits[e] > 0 ? fit_of(&r->w->entities.v[e - 1], hits[e], want) : 0;
        if (fit > score)
            r->subject = r->w->entities.v[e - 1].name, score = fit;
    }
    for (size_t k = 0; k < r->local_count; k++) {
        uint32_t all = 0; /* by its short name, too */
        for (size_t j = 0; j < r->local_count; j++)
            all += str_eq(r->local[j].row.name, r->local[k].row.name) ? local[j] : 0;
        uint32_t fit = fit_of(&r->local[k].row, all, want);
        if (fit > score)
            r->subject = r->local[k].row.name, score = fit;
    }
    mem_free(hits);
    r->out->inferred_subject = true;
}

/* 云州日报 tells the place, and 全市 that it is a city; the last resort. */
static void infer_from_press(struct reader *r)
{
    struct scopes scopes = {0};
    count_entities(r, NULL, NULL, &scopes);
    const char *level = level_of(&scopes);
    struct str said = level == NULL     ? STR_NULL
                      : level[0] == 'p' ? STR("省")
                      : level[1] == 'i' ? scopes.city_word
                                        : scopes.county_word;
    struct str ending = said.len >= 3 ? cut(said, said.len - 3, said.len) : STR_NULL;
    for (size_t k = 0; ending.len > 0 && k < r->plain.lines.len; k++) {
        struct str s =
            cut(buf_str(&r->plain.text), r->plain.lines.v[k].start, r->plain.lines.v[k].end);
        const struct word *word = NULL;
        ptrdiff_t at = word_in(r->w, s, BIT(W_PRESS), false, &word);
        size_t from = at > 0 ? (size_t)at : 0;
        while (from >= 3 && is_han_at(s, from - 3) && (size_t)at - from < 12)
            from -= 3;
        struct str bare = cut(s, from, at > 0 ? (size_t)at : 0);
        if (bare.len < 6 || bare.len > 9 || word_inside(r->w, bare, BIT(W_NONAME) | BIT(W_SCOPE)))
            continue;
        struct str name = arena_fmt(&r->out->text, "%.*s%.*s", STR_ARG(bare), STR_ARG(ending));
        const struct entity_row *known = entity_by(r, name);
        r->subject = known != NULL ? known->name : name;
        if (known == NULL) {
            add_local(r, name, name, str_z(level), STR_NULL);
            add_local(r, bare, name, str_z(level), STR_NULL);
        }
        return;
    }
}

void infer_names(struct reader *r, struct str given)
{
    struct candidates *c = mem_zalloc(sizeof *c);
    find_names(r, c);
    keep_names(r, c);
    mem_free(c);
    if (given.len > 0)
        r->subject = arena_dup(&r->out->text, given);
    else
        infer_subject(r);
    if (r->subject.len == 0)
        infer_from_press(r);
}
