/* hj212_server.h - stations of HJ 212 over TCP: sessions, one intake for all of a round, answers
 * after it.
 *
 * The messages of every ready connection make one batch, so one fdatasync serves all; when the
 * intake can't (busy, disk full) the batch waits and is tried again, nothing more is read, and no
 * answer leaves: what is not acknowledged is sent once more, what was not to be acknowledged is not
 * lost. */
#ifndef LUOSHU_FIELD_HJ212_SERVER_H
#define LUOSHU_FIELD_HJ212_SERVER_H
#include "field/intake.h"

struct hj212_server;
struct hj212_options {
    struct str listen;    /* "0.0.0.0:9002" */
    const char *stations; /* path of the list of stations (hj212_desk.h), read again when it
                             changed; NULL */
    const char *limits;   /* path of further limits; NULL */
    bool strangers;       /* an MN that is not on the list is let in; always so without a list */
    size_t connections;   /* 0 = 10,000 */
    unsigned idle_s;      /* 0 = 3900 */
    size_t data_max;      /* longest data segment, 0 = HJ212_DATA_MAX */
};
/* intake: borrowed, outlives it.
 * fails  E_INPUT a file, with its name; E_IO a file or the address */
MUST_CHECK enum code hj212_start(struct hj212_server **out, struct intake *intake,
                                 const struct hj212_options *o, struct error *err);
void hj212_stop(struct hj212_server *s); /* NULL is passed over */
const char *hj212_address(const struct hj212_server *s);
/* Counters as lines of Prometheus. Any thread. */
void hj212_metrics(const struct hj212_server *s, struct buf *out);

/* How the batch is put: intake_put, or a test's. */
typedef enum code (*hj212_put_fn)(void *ctx, const struct sample *s, size_t n,
                                  struct intake_result *out, struct error *err);
MUST_CHECK enum code hj212_start_with(struct hj212_server **out, hj212_put_fn put, void *ctx,
                                      int64_t (*clock_ms)(void *ctx), const struct hj212_options *o,
                                      struct error *err);
#endif
