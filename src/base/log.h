/* log.h - one line per event on stderr: time, level, event, key=value ... ; quoted where needed. */
#ifndef LUOSHU_BASE_LOG_H
#define LUOSHU_BASE_LOG_H
#include "str.h"
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
void log_level_set(enum log_level least);
/* log_event(LOG_INFO, "import.done", "file=%s rows=%zu", ...): the caller quotes its values */
void log_event(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);
#endif
