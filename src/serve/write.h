/* write.h - InfluxDB's own addresses, for devices and collectors that speak to it: POST /write
 * (1.x), POST /api/v2/write, GET /ping. They are outside /api/v1 because their clients are not
 * ours: addresses, parameters, status and error bodies are InfluxDB's (docs/influx.md). */
#ifndef LUOSHU_SERVE_WRITE_H
#define LUOSHU_SERVE_WRITE_H
#include "field/intake.h"
#include "net/http.h"

struct server;
struct influx;
struct influx_route;
/* intake: borrowed, NULL: this workspace keeps no readings, 503. names: databases and buckets that
 * may be written to, comma separated, borrowed; empty: any. */
struct influx *influx_new(struct intake *intake, struct str names);
void influx_free(struct influx *x);
/* NULL: the address is not one of InfluxDB's. */
const struct influx_route *influx_route(struct str path);
const char *influx_route_name(const struct influx_route *r); /* for metrics: "influx.write" */
/* As `head` and `serve` of struct http_handler. */
bool influx_head(struct server *s, const struct influx_route *r, struct http_request *rq,
                 struct http_reply *reply, size_t *body_max);
void influx_serve(struct server *s, const struct influx_route *r, struct http_request *rq,
                  struct http_reply *reply);
void influx_metrics(struct influx *x, struct buf *out);
#endif
