/* json_topic.h - JSON messages on MQTT topics of any plant's own making, by a mapping that is data.
 *
 * The mapping (docs/mqtt.md has an example) says which topics, what their levels are called, and
 * where in the JSON the values and the time are. Decoding is pure: a message in, samples out. */
#ifndef LUOSHU_FIELD_JSON_TOPIC_H
#define LUOSHU_FIELD_JSON_TOPIC_H
#include "field/intake.h"

struct json_topics;
#define JSON_TOPICS_MAX 200 /* rows of a mapping */
/* fails  E_INPUT which row and member is wrong, and what it may be */
MUST_CHECK enum code json_topics_parse(struct json_topics **out, struct str mapping,
                                       struct error *err);
void json_topics_free(struct json_topics *t);
/* Topic filters to subscribe, "+" for named levels; valid as long as t. */
size_t json_topics_count(const struct json_topics *t);
struct str json_topics_filter(const struct json_topics *t, size_t row);

typedef VEC(struct sample) sample_vec;
struct json_topic_counts {
    uint64_t other;   /* values that are no numbers: texts, objects under a number's pointer */
    uint64_t absent;  /* pointers that led nowhere */
    uint64_t cut_off; /* values beyond the largest number of a message */
};
#define JSON_TOPIC_SAMPLES_MAX 10000 /* of one message */
/* Samples of a message, appended; texts in the arena. now_ms: its time when it tells none.
 * fails  E_MISSING no row has the topic; E_INPUT not JSON, or its time cannot be read (nothing was
 *        appended) */
MUST_CHECK enum code json_topics_decode(const struct json_topics *t, struct str topic,
                                        struct str payload, int64_t now_ms, struct arena *a,
                                        sample_vec *out, struct json_topic_counts *counts,
                                        struct error *err);
/* "2026-11-22T08:00:00.5+08:00", with Z, or without zone (then UTC+8); a blank for T is taken.
 * false: not such a time */
bool json_time_iso(struct str text, int64_t *out_ms);
#endif
