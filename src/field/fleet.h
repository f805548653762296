/* fleet.h - a province of simulated devices, the same for the same seed, and what it may expect of
 * a server that lost nothing.
 *
 * Enterprises stand in a county, and most in a park, a chain, a cluster; they have a sector, a tier
 * and a way of working (round the clock, three, two, one shift), from which come load by the hour,
 * weekends, holidays and the Spring Festival. Their points are meters (kWh, a counter that is now
 * and then replaced), power (kW), pieces made and running 0/1. Devices fail for a while, send late,
 * and send twice. Integers only: the same numbers on every machine.
 *
 * A transport is a struct of functions, chosen by the address (http, hj212, mqtt); readings are
 * counted once the whole batch that brought them is acknowledged, and a batch that was not is sent
 * again unchanged. */
#ifndef LUOSHU_FIELD_FLEET_H
#define LUOSHU_FIELD_FLEET_H
#include "base/base.h"
#include <pthread.h>
#include <stdatomic.h>

#define FLEET_COUNTIES 157
#define FLEET_PARKS 180
#define FLEET_CHAINS 28
#define FLEET_CLUSTERS 7
#define FLEET_SECTORS 31
#define FLEET_TIERS 6
#define FLEET_CONNECTIONS_MAX 64

enum fleet_kind { FLEET_KWH, FLEET_KW, FLEET_PIECES, FLEET_RUN, FLEET_KINDS };
struct fleet_measure {
    const char *field, *profile, *indicator, *unit, *kernel;
    uint8_t decimals;
};
extern const struct fleet_measure fleet_measures[FLEET_KINDS];

struct fleet_firm {
    uint32_t first, points; /* its points are first .. first + points - 1 */
    uint16_t county, park, chain, cluster, sector, tier; /* from 1; 0 = none */
    uint8_t shift;
};
struct fleet_options {
    uint64_t seed;
    uint32_t points;   /* at least 1 */
    uint32_t every_s;  /* between two readings of a point */
    int64_t from_ms;   /* of the first, UTC */
    uint64_t readings; /* stop after about so many; 0 = no end */
    uint64_t seconds;  /* stop after this time; 0 = no end */
    uint64_t rate;     /* readings a second over all connections; 0 = as fast as can be */
    uint32_t connections, batch;
    uint32_t give_up_s; /* a batch that is not acknowledged in this time ends the run */
    uint8_t qos;        /* of data over MQTT: 0 or 1 */
};
struct fleet {
    struct fleet_options o;
    VEC(struct fleet_firm) firms;
    uint8_t *kind;  /* of each point */
    int64_t *value; /* of each, as it stands */
    int64_t *last;  /* as last heard; INT64_MIN: never */
    int64_t *used;  /* what counters counted between what was heard */
    struct fleet_count {
        uint64_t readings;   /* acknowledged, each once */
        i128 sum;            /* of their values */
    } (*count)[FLEET_KINDS]; /* of each firm */
};
MUST_CHECK enum code fleet_new(struct fleet **out, const struct fleet_options *o,
                               struct error *err);
void fleet_free(struct fleet *f);

struct fleet_reading {
    uint32_t point, firm;
    int64_t time_ms, value;
    bool again; /* was sent before: not counted */
};
/* "dev,ent=E0000001,id=D00000001" */
size_t fleet_series(uint32_t firm, uint32_t point, char out[48]);
/* What a point measures at a time: moves its state. Called once a tick in order of time. false: the
 * device is down. */
bool fleet_make(struct fleet *f, uint32_t firm, uint32_t point, int64_t tick, int32_t load_ppm,
                struct fleet_reading *out);
/* Load of a way of working at a time, in millionths of what is installed. */
#define FLEET_SHIFTS 4
int32_t fleet_load(int shift, int64_t time_ms);
uint64_t fleet_mix(uint64_t x); /* splitmix64 */

/* ---- how readings travel ---- */
struct fleet_target {
    const char *url, *token;
    const struct fleet *fleet;
    uint32_t connection; /* from 0 */
    uint32_t first, end; /* its firms */
};
struct fleet_name {
    char series[64], field[32];
};
struct fleet_transport {
    const char *name, *scheme; /* "http://" */
    /* What the server calls a point. */
    void (*point)(const struct fleet *f, uint32_t firm, uint32_t point, struct fleet_name *out);
    /* The table of devices that the server must know; its name, or NULL: there is none. */
    const char *devices_name;
    void (*devices)(const struct fleet *f, struct buf *out);
    /* The target is the caller's and outlives the link. */
    MUST_CHECK enum code (*open)(void **link, const struct fleet_target *t, struct error *err);
    void (*encode)(const struct fleet *f, const struct fleet_reading *v, size_t n, struct buf *out);
    /* One attempt. OK: all of it is acknowledged. E_BUSY, E_IO, E_BACKEND: the same again later.
     * Anything else: the server will never take it. */
    MUST_CHECK enum code (*send)(void *link, struct str bytes, struct error *err);
    void (*close)(void *link);
};
extern const struct fleet_transport fleet_influx, fleet_hj212, fleet_sparkplug;
/* By what the address begins with; NULL: none. */
const struct fleet_transport *fleet_transport_of(const char *url);
/* The connection a firm belongs to, 0 .. connections - 1; falls nowhere as firms go up. */
uint32_t fleet_connection(const struct fleet *f, uint32_t firm);
/* A blocking TCP connection to HOST:PORT (an IPv6 address in brackets); what cannot be written in
 * 10 s fails. fails  E_INPUT not HOST:PORT; E_IO */
MUST_CHECK enum code fleet_dial(int *fd, struct str address, struct error *err);
MUST_CHECK enum code fleet_write(int fd, struct str bytes, struct error *err);
/* What is there, appended to `in`, waiting for it at most so long; *got = 0: nothing came.
 * fails  E_IO the other end closed */
MUST_CHECK enum code fleet_read(int fd, int wait_ms, struct buf *in, size_t *got,
                                struct error *err);
/* of value in units of 10^-decimals; decimals 0 to 2 */
char *fleet_put_decimal(char *p, int64_t v, unsigned decimals);

struct fleet_done {
    uint64_t sent, acknowledged, twice, late, batches, again, nanoseconds;
};
/* Runs to its end, or until *stop. done is filled also on failure.
 * fails  what the transport said at last */
MUST_CHECK enum code fleet_run(struct fleet *f, const struct fleet_transport *how,
                               const struct fleet_target *to, const atomic_bool *stop,
                               struct fleet_done *done, struct error *err);

/* ---- fleet_csv.c ---- */
/* grouping,member,indicator,unit,points,readings,sum,last,used: of all, of every member of every
 * grouping, and with firms of every enterprise. sum: of all values acknowledged; last: of the
 * points' newest; used: what counters counted. */
void fleet_totals(const struct fleet *f, bool firms, struct buf *out);
/* What `luoshu import` takes: regions, memberships, profiles, points as `how` calls them; then the
 * devices. file: 0 .. FLEET_FILES - 1; its name, NULL: there is none. */
#define FLEET_FILES 5
const char *fleet_provision(const struct fleet *f, const struct fleet_transport *how, int file,
                            struct buf *out);
#endif
