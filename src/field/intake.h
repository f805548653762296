/* intake.h - from what a protocol's decoder found to acknowledged readings: bind, keep, count.
 *
 * A decoder is pure: bytes in, samples out, texts borrowed from the bytes or an arena. `intake_put`
 * binds channels to points, scales values exactly, keeps samples of unknown channels under an
 * unbound point of their own (quarantine), and returns when all is durable. Only then may the
 * protocol acknowledge. */
#ifndef LUOSHU_FIELD_INTAKE_H
#define LUOSHU_FIELD_INTAKE_H
#include "readings/readings.h"

struct sample {
    struct str series, field; /* canonical channel (points.h) */
    uint64_t series_hash;     /* channel_hash_series of it, or 0: computed by intake */
    int64_t time_ms;          /* UTC */
    int64_t mantissa;         /* value = mantissa * 10^exp10, exactly as sent */
    int16_t exp10;
    uint8_t state; /* enum fact_state; numbers only with STATE_VALUE */
    bool restart;  /* before this value the meter was replaced or set anew */
    bool cut;      /* digits beyond 18 were dropped by the decoder (counted as rounded) */
};
/* Decimal text ("-12.50", "1e+21", ".5", "7.") as mantissa and exponent. More than 18 significant
 * digits are rounded half to even and *cut is set. No NaN, no Inf, no hex. returns false when it is
 * not a number */
bool sample_number(struct str text, int64_t *mantissa, int16_t *exp10, bool *cut);
/* The same from a binary double / float: the shortest decimal that reads back as it. false: NaN,
 * Inf. */
bool sample_double(double v, bool single, int64_t *mantissa, int16_t *exp10);

struct intake; /* any thread */
struct registry;
/* clock: milliseconds UTC. strangers_max: unknown channels kept at most (0 = 100,000), then
 * refused. */
struct intake_options {
    size_t strangers_max;
    int64_t (*clock_ms)(void *ctx);
    void *clock_ctx;
    int64_t future_ms; /* a time stamp further ahead than this is refused; 0 = one day */
};
MUST_CHECK enum code intake_new(struct intake **out, struct readings *r, struct points *p,
                                struct registry *g, const struct intake_options *o,
                                struct error *err);
void intake_free(struct intake *in);

#define INTAKE_REFUSED_MAX 100 /* kept; all are counted */
struct intake_result {
    uint64_t stored, same, revised, late, strangers, rounded, refused;
    struct {
        size_t sample;  /* index */
        char text[160]; /* why: "value 9e99 does not fit", "time is 3 days ahead", "unknown channel,
                           and 100000 are waiting" */
    } why[INTAKE_REFUSED_MAX];
};
/* Good samples are stored also when others are refused (they are counted and named in the result).
 * origin: "influx", "sparkplug", "hj212", "modbus", "csv" for statistics. point_out: n ids of the
 * points (0: refused), or NULL. fails  E_BUSY, E_IO, E_BACKEND: nothing is acknowledged, send again
 * later */
MUST_CHECK enum code intake_put(struct intake *in, const char *origin, const struct sample *s,
                                size_t n, uint32_t *point_out, struct intake_result *out,
                                struct error *err);
/* These points (0 is passed over) are absent since time_ms: for deaths and disconnections. */
MUST_CHECK enum code intake_absent(struct intake *in, const char *origin, const uint32_t *points,
                                   size_t n, int64_t time_ms, enum fact_state state,
                                   struct error *err);
int64_t intake_clock_ms(const struct intake *in);
struct points *intake_points(const struct intake *in);

/* Counters for /metrics, by origin. */
struct intake_origin {
    char name[16];
    uint64_t batches, samples, stored, same, refused, busy;
    int64_t last_ms;
};
size_t intake_origins(struct intake *in, struct intake_origin *out, size_t max);
#endif
