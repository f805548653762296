/* devices.h - what `serve` starts for devices that don't speak HTTP. */
#ifndef LUOSHU_SERVE_DEVICES_H
#define LUOSHU_SERVE_DEVICES_H
#include "field/hj212_server.h"
#include "field/modbus_poll.h"

struct devices {
    struct hj212_server *hj212; /* NULL: not asked for */
    struct modbus_poll *modbus;
};
struct cli;
/* --hj212, --modbus and what belongs to them. fails  E_INPUT, E_IO: nothing was started */
MUST_CHECK enum code devices_start(struct devices *d, struct cli *cli, struct intake *intake,
                                   struct error *err);
void devices_stop(struct devices *d);
void devices_metrics(const struct devices *d, struct buf *out);
#endif
