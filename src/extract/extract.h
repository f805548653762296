/* extract.h - the text of a bulletin as proposed facts, each with the characters it was read from.
 *
 * A proposal is no fact until a person or a rule has taken it in: what could not be known from the
 * text (subject, period, indicator) is inferred by fixed rules and may be wrong, the span never
 * leaves what was printed. Nothing here knows a particular text: words are catalogue files. */
#ifndef LUOSHU_EXTRACT_H
#define LUOSHU_EXTRACT_H
#include "base/base.h"
#include "model/model.h"

#define EXTRACT_BYTES_MAX ((size_t)64 << 20)
#define EXTRACT_FACTS_MAX 100000u  /* of one document; what follows is not read, `cut` says so */
#define EXTRACT_NOISE_MAX 1000000u /* likewise */

/* Catalogue files as bytes (CSV, UTF-8, '#' comments before the header). An empty one is no words
 * of that class. indicators: name, unit, aliases (;). entities: name, type, parent, aliases (;). */
struct extract_files {
    struct str words;      /* class, word, value */
    struct str units;      /* symbol, unit, exp, dim */
    struct str noise;      /* class, where, pattern, scope, max */
    struct str characters; /* traditional, simplified */
    struct str indicators, entities;
    const char *place;                /* for errors: where the files stand, or NULL */
    const struct extract_files *more; /* read after these: their rows add, replace or remove */
};
struct extract_words;
/* own    *out is the caller's, given back with extract_words_free; the bytes are not kept
 * fails  E_INPUT an unknown class or column, with its file and line */
MUST_CHECK enum code extract_words_open(const struct extract_files *files,
                                        struct extract_words **out, struct error *err);
void extract_words_free(struct extract_words *w);

/* What is known of the document beforehand; an empty text is inferred. Dates as period_parse reads
 * them; subject is the name of an entity. */
struct extract_doc {
    struct str source_date; /* day on which the figures were given out */
    struct str frame;       /* period that the document reports */
    struct str subject;     /* whom "全市" and a sentence without a name mean */
};

/* One proposed fact. Offsets count code points of the decoded file from 0, half open. */
struct extract_fact {
    uint32_t start, end;
    struct str text; /* the span as printed */
    struct str subject, indicator;
    enum fact_kind kind;
    struct dec value, value_hi; /* value_hi only with Q_RANGE */
    struct str unit;
    enum qualifier qualifier;
    struct period period;
    bool
        year_unknown; /* no year is told: months and days hold, the year does not; extract_period */
    struct str comparison; /* "", "yoy", "since:2020", "vs:全国", "of:河南省" ... */
    enum modality modality;
};
/* The period as text: as period_text, or, of an unknown year, with XXXX in its place (unspecified
 * digits of ISO 8601-2): XXXX-01/XXXX-06. The year before that one is XXXX-1y: XXXX-1y-12. */
size_t extract_period(const struct extract_fact *f, char out[32]);
/* A number, or a part of the page, that is no fact: date, period, name, code, class, threshold,
 * tier, ordinal, superlative, vague, word, related, nav, ad, phone, licence, byline, timestamp,
 * scraper, duplicate. */
struct extract_noise {
    uint32_t start, end;
    const char *class; /* static */
};

struct extract_result {
    struct arena text;
    VEC(struct extract_fact) facts; /* by start */
    VEC(struct extract_noise) noise;
    const char *encoding;
    /* as given, or as inferred; empty where nothing told. Without a source date, periods that hang
     * on it have no year. */
    struct str source_date, frame, subject;
    bool inferred_date, inferred_frame, inferred_subject;
    bool cut; /* more was in it than is kept of one document */
};

/* Read one document: text, or HTML, in UTF-8, GB18030 or UTF-16.
 * own    out is initialised here; the caller clears it, also after a failure
 * fails  E_INPUT neither text nor a known date; E_LIMIT larger than EXTRACT_BYTES_MAX */
MUST_CHECK enum code extract_run(const struct extract_words *w, struct str bytes,
                                 const struct extract_doc *doc, struct extract_result *out,
                                 struct error *err);
void extract_result_clear(struct extract_result *r);
#endif
