/* modbus_poll.h - polls the connections of a map and hands what they say to the intake.
 *
 * One thread a connection. A connection that fails is tried again after 1, 2, 4 … 60 s; a request
 * that fails, after its interval or 2, 4 … 60 s, whichever is longer, so that one dead unit behind
 * a gateway does not hold up the others. When a point stops being readable, that is said once: null
 * (exceptions 1, 2, 3 …) or offline (no connection, no answer, exceptions 4, 10, 11). A request
 * refused for its address is read point by point from then on. */
#ifndef LUOSHU_FIELD_MODBUS_POLL_H
#define LUOSHU_FIELD_MODBUS_POLL_H
#include "field/intake.h"
#include "field/modbus.h"

struct modbus_poll;
/* path: the table. fails  E_INPUT with file, line and column; E_IO */
MUST_CHECK enum code modbus_poll_start(struct modbus_poll **out, struct intake *intake,
                                       const char *path, struct error *err);
void modbus_poll_stop(struct modbus_poll *p);                           /* NULL is passed over */
void modbus_poll_metrics(const struct modbus_poll *p, struct buf *out); /* any thread */
size_t modbus_poll_points(const struct modbus_poll *p);

typedef enum code (*modbus_put_fn)(void *ctx, const struct sample *s, size_t n,
                                   struct intake_result *out, struct error *err);
/* map: taken. put is called by many threads. */
MUST_CHECK enum code modbus_poll_start_with(struct modbus_poll **out, modbus_put_fn put, void *ctx,
                                            int64_t (*clock_ms)(void *ctx), struct modbus_map *map,
                                            struct error *err);
#endif
