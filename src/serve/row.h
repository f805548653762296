/* row.h - how a figure is written, as JSON and as cells of a table; and what the answers share. */
#ifndef LUOSHU_SERVE_ROW_H
#define LUOSHU_SERVE_ROW_H
#include "serve/ops.h"

/* A key and {id, name[, type]} or null. */
void ref_entity(struct call *c, const char *key, uint32_t entity, bool typed);
void ref_indicator(struct call *c, const char *key, uint32_t indicator);
void label_period(struct call *c, const char *key,
                  struct period p);                            /* {zh, en}; key NULL: a value */
void kstr_null(struct call *c, const char *key, struct str s); /* null when empty */
struct str day_str(struct call *c, day_t d);                   /* "" when unknown */
struct str time_str(struct call *c, int64_t us);               /* 2024-09-20T08:00:00+08:00 */
struct str text_of_period(struct call *c, struct period p);

void row_json(struct call *c, const struct figure_row *r, bool places);
extern const char row_columns[];
void row_cells(struct call *c, const struct figure_row *r); /* no sheet_end */
/* One line per place of the row's fact, each beginning with the row; without places one line. */
extern const char row_place_columns[];
void row_place_lines(struct call *c, const struct figure_row *r);
struct figure_row fact_as_row(struct call *c, const struct fact *f);

struct check_case;
void check_case_json(struct call *c, const struct check_case *k); /* op_check.c */

/* Memberships below `parent` on the day of the query, by grouping and then by id of the member. */
const struct membership **members_of(struct call *c, uint32_t parent, size_t *count);
bool text_matches(struct str text, struct str part);
/* Entity named by parameter `of`, else the region of the workspace; 0 when that is not set. */
MUST_CHECK enum code region_or_own(struct call *c, uint32_t *out, struct error *err);
uint32_t region_own(const struct call *c);
/* "4103", "410300", "2260:410300"; 0 when no entity has that code */
uint32_t region_by_code(const struct model *m, struct arena *a, struct str code);
MUST_CHECK enum code page_of(const struct call *c, size_t *limit, size_t *offset,
                             struct error *err);
#endif
