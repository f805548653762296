/* hj212_desk.c - one message of a station: who, what, and which answer. */
#include "field/hj212_desk.h"
#include <stdatomic.h>
#include <stdio.h>

#define LIVE_MAX 200000u /* stations whose course is followed; further ones are served without */
#define HOUR_MS 3600000LL
#define DAY_MS 86400000LL
#define BACKFILL_MAX_MS (31 * DAY_MS) /* asked for at most */

struct live {
    uint16_t split_cn, split_next, split_of; /* the packet that comes next */
    int64_t split_ms;
    int64_t hour_ms, day_ms; /* newest, 0 = none */
};
struct hj212_desk {
    const struct hj212_words *words;
    const struct hj212_register *reg;
    bool strangers;
    struct map by_mn;
    VEC(struct live) live;
    atomic_size_t stations;
    atomic_ullong counted[HJ212_COUNTS];
};

const char *hj212_count_name(enum hj212_count c)
{
    static const char *const names[HJ212_COUNTS] = {[HJ212_N_MESSAGES] = "messages",
                                                    [HJ212_N_DATA] = "data",
                                                    [HJ212_N_OTHER] = "other",
                                                    [HJ212_N_AGAIN] = "again",
                                                    [HJ212_N_OVER] = "over_limit",
                                                    [HJ212_N_VALUES] = "values_refused",
                                                    [HJ212_N_BACKFILL] = "backfill",
                                                    [HJ212_N_BAD_FRAME] = "bad_frame",
                                                    [HJ212_N_BAD_MESSAGE] = "bad_message",
                                                    [HJ212_N_STRANGER] = "stranger",
                                                    [HJ212_N_PASSWORD] = "password"};
    return names[c];
}

struct hj212_desk *hj212_desk_new(const struct hj212_words *words, const struct hj212_register *reg,
                                  bool strangers)
{
    struct hj212_desk *d = mem_zalloc(sizeof *d);
    d->words = words;
    d->reg = reg;
    d->strangers = strangers;
    map_init(&d->by_mn);
    return d;
}

void hj212_desk_free(struct hj212_desk *d)
{
    if (!d)
        return;
    map_clear(&d->by_mn);
    vec_clear(&d->live);
    mem_free(d);
}

void hj212_desk_register(struct hj212_desk *d, const struct hj212_register *reg)
{
    d->reg = reg;
}
void hj212_desk_count(struct hj212_desk *d, enum hj212_count c, uint64_t n)
{
    atomic_fetch_add(&d->counted[c], n);
}
uint64_t hj212_desk_counted(const struct hj212_desk *d, enum hj212_count c)
{
    return atomic_load(&d->counted[c]);
}
size_t hj212_desk_stations(const struct hj212_desk *d)
{
    return atomic_load(&d->stations);
}

/* ---- who ---- */

/* As long for a wrong first character as for a wrong last one. */
static bool same_secret(struct str a, struct str b)
{
    unsigned char differ = a.len != b.len;
    for (size_t i = 0; i < a.len && i < b.len; i++)
        differ |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
    return differ == 0;
}

static enum code admit(const struct hj212_desk *d, const struct hj212_message *m,
                       const struct hj212_station **st, struct error *err)
{
    *st = hj212_station_find(d->reg, m->mn);
    if (!*st && d->reg->closed && !d->strangers)
        return error_set(err, E_MISSING, "MN '%.*s' is not on the list of stations",
                         STR_ARG(m->mn));
    if (*st && (*st)->pw.len && !same_secret((*st)->pw, m->pw))
        return error_set(err, E_DENIED, "PW of MN '%.*s' is wrong", STR_ARG(m->mn));
    return OK;
}

static struct live *live_of(struct hj212_desk *d, struct str mn)
{
    uint64_t i;
    if (map_get(&d->by_mn, mn, &i))
        return &d->live.v[i];
    if (d->live.len >= LIVE_MAX)
        return NULL;
    map_put(&d->by_mn, mn, d->live.len);
    vec_push(&d->live, (struct live){0});
    atomic_store(&d->stations, d->live.len);
    return &d->live.v[d->live.len - 1];
}

/* ---- requests of ours ---- */

static enum code request(struct buf *out, const struct hj212_message *m, uint16_t cn, struct str cp,
                         int64_t now_ms, struct error *err)
{
    char qn[18];
    hj212_time_text(now_ms, true, qn);
    struct hj212_message r = *m;
    r.qn = str_z(qn);
    r.cn = cn;
    r.flag = (uint8_t)((m->flag & 0xFC) | 1);
    r.has_flag = true;
    r.split = r.again = false;
    r.cp = cp;
    return hj212_put(out, &r, err);
}

/* The hours or days between the newest and this one, when they are missing. */
static enum code backfill(struct hj212_desk *d, const struct hj212_message *m, int64_t *newest,
                          int64_t step, int64_t time_ms, int64_t now_ms, struct buf *after,
                          struct error *err)
{
    char begin[18], end[18], cp[80];
    int64_t from = *newest + step;
    if (time_ms <= *newest)
        return OK;
    bool gap = *newest && time_ms - *newest > step;
    *newest = time_ms;
    if (!gap)
        return OK;
    if (time_ms - from > BACKFILL_MAX_MS)
        from = time_ms - BACKFILL_MAX_MS;
    hj212_time_text(from, false, begin);
    hj212_time_text(time_ms - step, false, end);
    snprintf(cp, sizeof cp, "BeginTime=%s,EndTime=%s", begin, end);
    hj212_desk_count(d, HJ212_N_BACKFILL, 1);
    return request(after, m, m->cn, str_z(cp), now_ms, err);
}

static enum code ask_for_missing(struct hj212_desk *d, const struct hj212_message *m,
                                 struct live *live, int64_t time_ms, int64_t now_ms,
                                 struct buf *after, struct error *err)
{
    if (m->cn == 2061)
        return backfill(d, m, &live->hour_ms, HOUR_MS, time_ms, now_ms, after, err);
    if (m->cn == 2031)
        return backfill(d, m, &live->day_ms, DAY_MS, time_ms, now_ms, after, err);
    return OK;
}

/* ---- what ---- */

/* When a message has no DataTime: the first packet's of a split one; for an instant, the time of
 * sending. */
static int64_t time_without(const struct hj212_message *m, const struct live *live)
{
    int64_t ms;
    if (m->split && live && live->split_cn == m->cn && live->split_of == m->pnum &&
        live->split_next == m->pno)
        return live->split_ms;
    bool instant = m->cn == 2011 || m->cn == 2021 || m->cn >= 3000;
    return instant && m->qn.len == 17 && hj212_time(m->qn, &ms) ? ms : INT64_MIN;
}

static void split_follow(const struct hj212_message *m, struct live *live, int64_t time_ms)
{
    if (!live)
        return;
    live->split_cn = m->split && m->pno < m->pnum ? m->cn : 0;
    live->split_of = m->pnum;
    live->split_next = (uint16_t)(m->pno + 1);
    live->split_ms = time_ms;
}

static enum code take_data(struct hj212_desk *d, const struct hj212_message *m,
                           const struct hj212_command *c, const struct hj212_station *st,
                           int64_t now_ms, struct hj212_out *out, struct buf *after,
                           struct error *err)
{
    size_t first = out->samples.len, issues = out->issues.len, over = 0;
    struct live *live = live_of(d, m->mn);
    TRY(hj212_samples(m, d->words, time_without(m, live), out, err));
    split_follow(m, live, out->time_ms);
    hj212_limits_mark(d->words, d->reg, st, out, first, &over);
    hj212_desk_count(d, HJ212_N_OVER, over);
    for (size_t i = issues; i < out->issues.len; i++)
        hj212_desk_count(d, HJ212_N_VALUES, out->issues.v[i].refused);
    hj212_desk_count(d, HJ212_N_DATA, 1);
    if (HJ212_WANTS_ANSWER(m))
        TRY(hj212_answer(after, m, c->answer, STR(""), err));
    if (st && st->backfill && live)
        TRY(ask_for_missing(d, m, live, out->time_ms, now_ms, after, err));
    return OK;
}

/* 1013: the device asks for the time; it is answered, then told the time (clause 6.7). */
static enum code take_other(struct hj212_desk *d, const struct hj212_message *m,
                            const struct hj212_command *c, int64_t now_ms, struct buf *now,
                            struct error *err)
{
    char time[18], cp[120];
    struct str pol = hj212_item_find(m->cp, "PolId");
    hj212_desk_count(d, HJ212_N_OTHER, 1);
    if (c->kind == HJ212_ANSWER)
        return OK;
    if (HJ212_WANTS_ANSWER(m))
        TRY(hj212_answer(now, m, c->kind == HJ212_REQUEST ? 9014 : c->answer, STR(""), err));
    if (m->cn != 1013)
        return OK;
    hj212_time_text(now_ms, false, time);
    snprintf(cp, sizeof cp, "%s%.*s%sSystemTime=%s", pol.len ? "PolId=" : "",
             STR_ARG(str_sub(pol, 0, 60)), pol.len ? ";" : "", time);
    return request(now, m, 1012, str_z(cp), now_ms, err);
}

static enum code take(struct hj212_desk *d, struct str data, int64_t now_ms, struct hj212_out *out,
                      struct str *mn, struct buf *now, struct buf *after, struct error *err)
{
    struct hj212_message m;
    const struct hj212_station *st;
    TRY(hj212_read(data, &m, err));
    *mn = m.mn;
    TRY(admit(d, &m, &st, err));
    const struct hj212_command *c = hj212_command(d->words, m.cn);
    if (!c)
        return error_set(err, E_INPUT, "CN %04u is not a command of HJ 212", m.cn);
    hj212_desk_count(d, HJ212_N_AGAIN, m.again);
    return c->kind == HJ212_DATA ? take_data(d, &m, c, st, now_ms, out, after, err)
                                 : take_other(d, &m, c, now_ms, now, err);
}

enum code hj212_desk_take(struct hj212_desk *d, struct str data, int64_t now_ms,
                          struct hj212_out *out, struct str *mn, struct buf *now, struct buf *after,
                          struct error *err)
{
    *mn = STR("");
    hj212_desk_count(d, HJ212_N_MESSAGES, 1);
    enum code code = take(d, data, now_ms, out, mn, now, after, err);
    if (code != OK)
        hj212_desk_count(d,
                         code == E_MISSING  ? HJ212_N_STRANGER
                         : code == E_DENIED ? HJ212_N_PASSWORD
                                            : HJ212_N_BAD_MESSAGE,
                         1);
    return code;
}
