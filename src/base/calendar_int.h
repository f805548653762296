/* calendar_int.h - what calendar.c takes from calendar_zh.c. */
#ifndef LUOSHU_CALENDAR_INT_H
#define LUOSHU_CALENDAR_INT_H
#include "calendar.h"

/* A period in Chinese words; false when the text is none. */
bool period_parse_zh(struct str text, struct period *out);
#endif
