/* hj212_desk.h - what the platform does with messages of HJ 212 stations: who may send, what is
 * kept, what is answered and when. Pure: no socket, no clock, no storage; hj212_server.c puts it to
 * work.
 *
 * A message's answers are of two kinds: `now` (notices, heartbeats, logins carry nothing that could
 * be lost) and `after`, which may leave only when its samples are durable (I2). */
#ifndef LUOSHU_FIELD_HJ212_DESK_H
#define LUOSHU_FIELD_HJ212_DESK_H
#include "field/hj212.h"

/* ---- stations and limits: two tables of the user ---- */
struct hj212_limit {
    struct str set, factor, series, suffix, unit; /* series: "" real time, "hour" ... */
    bool has_min, has_max;
    struct dec min, max;
    int64_t from_ms, to_ms; /* UTC, from <= time < to */
};
struct hj212_station {
    struct str mn, pw, name, limits; /* pw empty: any; limits: sets, divided by ';' */
    bool backfill;                   /* ask the device for hours and days that are missing */
};
struct hj212_register { /* constant once read; any thread */
    struct arena arena;
    VEC(struct hj212_station) stations;
    VEC(struct hj212_limit) limits;
    struct map by_mn;
    bool closed; /* a list of stations was read: others are strangers */
};
/* With the limits of the catalogue. fails E_INPUT the catalogue: ours */
MUST_CHECK enum code hj212_register_new(struct hj212_register **out, struct error *err);
void hj212_register_free(struct hj212_register *r);
/* CSV with a header, columns in any order: mn (设备唯一标识), pw (密码), name (名称), limits
 * (限值), backfill (补传: 1, yes, 是). fails E_INPUT line and column: no column mn, an MN that
 * can't be, twice the same, an unknown set of limits, more than the limits allow */
MUST_CHECK enum code hj212_register_stations(struct hj212_register *r, struct str bytes,
                                             struct error *err);
/* CSV as catalog/hj212/limits.csv; a set of a known name is replaced. Before the stations.
 * fails E_INPUT line and column */
MUST_CHECK enum code hj212_register_limits(struct hj212_register *r, struct str bytes,
                                           struct error *err);
const struct hj212_station *hj212_station_find(const struct hj212_register *r, struct str mn);
/* For each sample that a limit of the station speaks of, one more: field "NAME/over", 1 or 0, or
 * the state of the value. over: how many are 1. from: first sample to look at. */
void hj212_limits_mark(const struct hj212_words *w, const struct hj212_register *r,
                       const struct hj212_station *s, struct hj212_out *out, size_t from,
                       size_t *over);

/* ---- the desk ---- */
enum hj212_count {
    HJ212_N_MESSAGES,
    HJ212_N_DATA,        /* taken in */
    HJ212_N_OTHER,       /* notices, heartbeats, logins, answers */
    HJ212_N_AGAIN,       /* RF=1: sent once more */
    HJ212_N_OVER,        /* values above a limit */
    HJ212_N_VALUES,      /* refused values */
    HJ212_N_BACKFILL,    /* requests for what was missing */
    HJ212_N_BAD_FRAME,   /* refused: length, sum, tail */
    HJ212_N_BAD_MESSAGE, /* refused: fields, command, time */
    HJ212_N_STRANGER,    /* refused: MN unknown */
    HJ212_N_PASSWORD,    /* refused: PW wrong */
    HJ212_COUNTS
};
const char *hj212_count_name(enum hj212_count c); /* "bad_message" */

struct hj212_desk;
/* words, reg: borrowed. strangers: an MN that is not on the list is let in (its readings wait
 * unbound). */
struct hj212_desk *hj212_desk_new(const struct hj212_words *words, const struct hj212_register *reg,
                                  bool strangers);
void hj212_desk_free(struct hj212_desk *d);
void hj212_desk_register(struct hj212_desk *d, const struct hj212_register *reg); /* a newer one */
/* One data segment. data must outlive the samples.
 * out    samples and issues appended; mn: whose
 * now, after  frames to be sent, appended
 * fails  E_INPUT the message; E_MISSING MN not on the list; E_DENIED PW wrong: nothing was appended
 */
MUST_CHECK enum code hj212_desk_take(struct hj212_desk *d, struct str data, int64_t now_ms,
                                     struct hj212_out *out, struct str *mn, struct buf *now,
                                     struct buf *after, struct error *err);
void hj212_desk_count(struct hj212_desk *d, enum hj212_count c, uint64_t n);
uint64_t hj212_desk_counted(const struct hj212_desk *d, enum hj212_count c); /* any thread */
size_t hj212_desk_stations(const struct hj212_desk *d); /* that ever sent; any thread */
#endif
