/* metrics.c - requests counted by operation and status, in the text form of Prometheus. */
#include "serve/serve_int.h"

void metrics_init(struct metrics *m)
{
    *m = (struct metrics){0};
    pthread_mutex_init(&m->lock, NULL);
}

void metrics_clear(struct metrics *m)
{
    pthread_mutex_destroy(&m->lock);
}

void metrics_count(struct metrics *m, const char *op, unsigned status)
{
    size_t i = 0, max = sizeof m->row / sizeof *m->row;
    pthread_mutex_lock(&m->lock);
    while (i < m->count && (m->row[i].status != status || strcmp(m->row[i].op, op) != 0))
        i++;
    if (i == m->count && i < max) {
        m->row[i].op = op;
        m->row[i].status = status;
        m->count++;
    }
    if (i < max)
        m->row[i].count++;
    pthread_mutex_unlock(&m->lock);
}

void metrics_text(struct metrics *m, struct buf *out)
{
    buf_z(out, "# HELP luoshu_requests_total Replies by operation and status.\n"
               "# TYPE luoshu_requests_total counter\n");
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < m->count; i++)
        buf_fmt(out, "luoshu_requests_total{op=\"%s\",status=\"%u\"} %llu\n", m->row[i].op,
                m->row[i].status, (unsigned long long)m->row[i].count);
    pthread_mutex_unlock(&m->lock);
}
