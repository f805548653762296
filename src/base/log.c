/* log.c - one event, one line, one write(): lines of several threads never mix.
 * No files, no rotation, no levels per module: the service manager keeps stderr. */
#include "log.h"
#include "calendar.h"
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX 4096

static atomic_int level_least = LOG_INFO;
static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_level_set(enum log_level least)
{
    atomic_store(&level_least, (int)least);
}

/* 2025-09-30T08:00:00.000+08:00 */
static void put_time(struct buf *b)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int year, month, day;
    day_split(day_from_us((int64_t)now.tv_sec * 1000000), &year, &month, &day);
    unsigned s = (unsigned)((now.tv_sec + 28800) % 86400); /* of the day, 8 h ahead of UTC */
    buf_fmt(b, "%04d-%02d-%02dT%02u:%02u:%02u.%03u+08:00", year, month, day, s / 3600, s / 60 % 60,
            s % 60, (unsigned)(now.tv_nsec / 1000000));
}

/* A value that carries a line end must not forge a second event. */
static void flatten(struct str line)
{
    char *p = (char *)line.ptr;
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7F)
            p[i] = ' ';
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
    if ((int)level < atomic_load(&level_least))
        return;
    struct buf b;
    buf_init(&b, LOG_LINE_MAX);
    put_time(&b);
    buf_fmt(&b, " %s %s", level_names[level], event);
    if (fmt != NULL && fmt[0] != '\0') {
        size_t head = b.len;
        va_list ap;
        buf_byte(&b, ' ');
        va_start(ap, fmt);
        buf_vfmt(&b, fmt, ap);
        va_end(ap);
        if (b.full) {
            b.len = head;
            b.full = false;
            buf_z(&b, " note=\"too long to log\"");
        }
    }
    flatten(buf_str(&b));
    b.max++; /* for the line end alone */
    buf_byte(&b, '\n');
    ssize_t n = write(STDERR_FILENO, b.ptr, b.len);
    (void)n; /* there is nowhere left to say that stderr is gone */
    buf_clear(&b);
}
