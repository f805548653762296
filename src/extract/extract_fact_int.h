/* extract_fact_int.h - what the readers of a figure share: extract_clause.c (the words around it),
 * extract_when.c (period and modality), extract_label.c (what the indicator is called),
 * extract_rate.c and extract_amount.c (by its kind) and extract_fact.c (the rows). */
#ifndef LUOSHU_EXTRACT_FACT_INT_H
#define LUOSHU_EXTRACT_FACT_INT_H
#include "extract_int.h"

/* What earlier figures of the sentence leave to later ones. */
struct memory {
    struct str object;   /* "重点工业项目" */
    struct str measure;  /* last indicator without a suffix: "规上工业利润率" */
    struct str keep;     /* "新培育" of a list */
    struct str grade;    /* "省级以上" of a list */
    bool own_grades;     /* another member of the list has its own */
    struct str subject;  /* a chain or an industry that the clause before named */
    struct str of;       /* the whole that shares of a list are of */
    bool flow;           /* the last count was a flow */
    bool ratio;          /* the measure is itself a percentage */
    bool share;          /* and a share */
    struct str names[8]; /* indicators of the last counts, for 分别占 */
    size_t count;
};
struct figure {
    const struct token *t, *head; /* head: first of a list with one unit */
    size_t index;
    struct str clause, left, right; /* clause: up to the figure; left: behind the last figure */
    uint32_t clause_at;
    struct str object, rest; /* left of the comparison, and from it on */
    const struct word *cmp;
    bool cmp_share, cmp_base;
    struct str cmp_time; /* period of 较X */
    bool up, down, narrow;
    enum fact_kind kind;
    struct str name, subject, comparison;
    bool flow, follows; /* a figure stands before it in the clause */
};

/* 同比, 环比, 年均; else a comparison with another region. */
static inline bool is_basis(const struct word *cmp)
{
    return (cmp->classes & BIT(W_YOY)) != 0;
}
static inline struct arena *mem(struct reader *r)
{
    return &r->scratch;
}
static inline bool dim_is(const struct token *t, enum dim dim)
{
    return t->unit != NULL && t->unit->dim == dim;
}
static inline bool is_figure(const struct token *t)
{
    return t->kind != T_TIME && t->kind != T_NOISE;
}

/* ---- extract_clause.c ---- */
size_t clause_start(struct reader *r, size_t to);
size_t clause_end(struct str s, size_t from);
struct str without_time(struct reader *r, size_t from, size_t to);
struct str strip_ends(struct reader *r, struct str s, uint64_t classes);
struct str strip_starts(struct reader *r, struct str s, uint64_t classes);
bool is_place(const struct entity_row *e);
struct str tail_name(struct reader *r, struct str s, struct str *keep, bool *flow, bool *reset);
bool company_does(struct reader *r, struct str s, size_t i);
struct str head_name(struct reader *r, struct str s, struct str *action);
struct str join3(struct reader *r, struct str a, struct str b, struct str c);
struct str since_year(struct reader *r, int y);
size_t comparison_at(struct reader *r, struct figure *f, size_t from, size_t to);
struct str parent_of(struct reader *r, struct str name);
struct str scope_name(struct reader *r, const struct word *word);
struct str region_in(struct reader *r, struct str s, size_t k);
bool after_growth(struct reader *r, const struct token *t);
bool share_of_what_follows(struct reader *r, const struct token *t);
enum fact_kind kind_of(struct reader *r, struct figure *f, struct str left);
struct str subject_of(struct reader *r, size_t to);

/* ---- extract_when.c ---- */
bool is_base(struct reader *r, const struct token *t);
const struct token *time_before(struct reader *r, const struct token *t);
struct period year_of_source(const struct dates *d);
struct period period_of(struct reader *r, const struct figure *f, enum modality mod);
enum modality modality_of(struct reader *r, const struct figure *f);

/* ---- extract_label.c ---- */
struct str name_count(struct reader *r, struct memory *m, struct figure *f, bool listed);
bool has_generic(struct reader *r, struct str name);
struct str name_measure(struct reader *r, struct memory *m, struct figure *f);
struct str drop_suffix(struct reader *r, struct str name);
struct str name_share(struct reader *r, struct memory *m, struct figure *f, struct str *of);
struct str list_member(struct str s, size_t k, size_t n);
size_t list_count(struct str s);

/* ---- extract_fact.c: one row of the figure as it stands ---- */
void put_fact(struct reader *r, struct figure *f);

/* ---- extract_rate.c ---- */
struct str growth_basis(struct reader *r, struct figure *f);
void emit_growth(struct reader *r, struct memory *m, struct figure *f);
void emit_pp(struct reader *r, struct memory *m, struct figure *f);
void emit_rank(struct reader *r, struct memory *m, struct figure *f);
void emit_contribution(struct reader *r, struct memory *m, struct figure *f);
void emit_change(struct reader *r, struct memory *m, struct figure *f);

/* ---- extract_amount.c ---- */
/* X产业产值: the industry becomes the subject. */
void split_industry(struct reader *r, struct memory *m, struct figure *f);
void emit_class(struct reader *r, struct figure *f);
void emit_level(struct reader *r, struct memory *m, struct figure *f);
void emit_share(struct reader *r, struct memory *m, struct figure *f);
void emit_count(struct reader *r, struct memory *m, struct figure *f, bool listed);
#endif
