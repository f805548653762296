/* lp.h - InfluxDB line protocol: bytes in, samples out. Pure.
 *
 *   measurement[,tag=value...] field=value[,field=value...] [timestamp]
 *
 * One sample for each number of a line: series = measurement and tags, tags sorted by key, escapes
 * as sent (every escape that is one is needed, so the text is canonical once the tags are sorted);
 * field = the field key without escapes. Booleans are 1 and 0. A text is no reading: unless `text`
 * makes a number of it, it is refused by name, and the numbers of its line are kept. A line that
 * cannot be read is refused with line, column and what to do; the others are kept.
 * Grammar: docs.influxdata.com, "Line protocol reference" (1.x, 2.x), and what InfluxDB 1.6.7
 * accepts; where that is silent about nonsense (unknown precision) we are not. */
#ifndef LUOSHU_FIELD_LP_H
#define LUOSHU_FIELD_LP_H
#include "field/intake.h"

enum lp_precision { LP_NS, LP_US, LP_MS, LP_S, LP_M, LP_H };
/* "ns" "us" "ms" "s"; in version 1 also "n" "u" "µ" "m" "h". Empty is ns. */
bool lp_precision_from(struct str s, bool version1, enum lp_precision *out);

/* Of one line; more is refused. */
#define LP_SERIES_MAX 8192 /* bytes */
#define LP_FIELD_MAX 1024  /* bytes of a field key */
#define LP_TAGS_MAX 256
#define LP_FIELDS_MAX 4096
#define LP_REFUSED_MAX 100 /* refusals that are kept; all are counted */

struct lp_options {
    enum lp_precision precision;
    int64_t now_ms; /* of lines without a time */
    /* Seeded hash of a series, or NULL: series_hash stays 0, and hostile input may be slow. */
    uint64_t (*hash)(const void *ctx, struct str s);
    const void *hash_ctx;
    /* State names: the number that a text means in this channel, or false. NULL: none. */
    bool (*text)(void *ctx, struct str series, struct str field, struct str text, int64_t *number);
    void *text_ctx;
};
struct lp_refusal {
    uint32_t line, column; /* from 1; column in code points */
    char text[200];
};
struct lp_place {
    uint32_t line;
    uint32_t rest_ns; /* what of its time is finer than a millisecond */
};
struct lp_tag { /* where a tag of the line in hand stands */
    const char *key;
    uint32_t key_len, len; /* of the key; of key=value */
};
struct lp {
    struct lp_options o;
    /* of the last lp_next */
    VEC(struct sample) samples;
    VEC(struct lp_place) places; /* of each sample */
    /* since lp_open */
    uint64_t lines;    /* that say something: neither blank nor comment */
    uint64_t refused;  /* of them, whole */
    uint64_t texts;    /* text fields refused */
    uint64_t collided; /* samples whose time equals that of another of their channel, within one
                          lp_next, only because digits finer than a millisecond are cut */
    struct lp_refusal why[LP_REFUSED_MAX];
    size_t why_count;
    /* own */
    struct arena arena; /* canonical texts that are not in the body; until the next lp_next */
    const char *at, *end;
    uint32_t line;
    bool fine; /* some time of this slice had digits below the millisecond */
    struct lp_fields *fields;
    VEC(uint32_t) seen;
    struct lp_tag tags[LP_TAGS_MAX];
};
void lp_init(struct lp *p); /* then open as often as wanted: buffers are kept */
void lp_clear(struct lp *p);
void lp_open(struct lp *p, struct str body, const struct lp_options *o);
/* The samples of the next lines, at least `max` of them when there are so many. Texts are borrowed
 * from the body or from p until the next call. false: the body is at its end, there are none. */
bool lp_next(struct lp *p, size_t max);
#endif
