/* analyze_int.h - what table.c gives to analyze.c and to the families. */
#ifndef LUOSHU_ANALYZE_INT_H
#define LUOSHU_ANALYZE_INT_H
#include "analyze.h"

/* The cell of an infinity, known by its address. */
extern const char table_beyond[];
/* Whether a row of this name is the total of others: Insgesamt, total, 合计. */
bool name_is_total(struct str name);
#endif
