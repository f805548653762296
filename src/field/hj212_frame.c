/* hj212_frame.c - frames of HJ 212 out of a stream and into one: length, sum, tail,
 * resynchronisation. */
#include "field/hj212.h"
#include <stdio.h>

#define HEAD 6u /* "##" and the length */
#define FOOT 6u /* sum and CR LF */

uint16_t hj212_crc(struct str data)
{
    unsigned reg = 0xFFFF;
    for (size_t i = 0; i < data.len; i++) {
        reg = reg >> 8 ^ (unsigned char)data.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            reg = (reg & 1) != 0 ? reg >> 1 ^ 0xA001 : reg >> 1;
    }
    return (uint16_t)reg;
}

const char *hj212_fault_name(enum hj212_fault f)
{
    static const char *const names[HJ212_FAULTS] = {
        [HJ212_GOOD] = "good", [HJ212_GARBAGE] = "garbage", [HJ212_LENGTH] = "length",
        [HJ212_CRC] = "crc",   [HJ212_TAIL] = "tail",       [HJ212_CUT] = "cut"};
    return names[f];
}

void hj212_stream_init(struct hj212_stream *s, size_t data_max)
{
    *s = (struct hj212_stream){.data_max = data_max && data_max < HJ212_DATA_MAX ? data_max
                                                                                 : HJ212_DATA_MAX};
    buf_init(&s->buf, 2 * HJ212_FRAME_MAX);
}

void hj212_stream_clear(struct hj212_stream *s)
{
    buf_clear(&s->buf);
}

static void compact(struct hj212_stream *s)
{
    if (s->at == 0)
        return;
    memmove(s->buf.ptr, s->buf.ptr + s->at, s->buf.len - s->at);
    s->buf.len -= s->at;
    s->at = 0;
}

size_t hj212_stream_feed(struct hj212_stream *s, struct str bytes)
{
    compact(s);
    size_t room = s->buf.max - s->buf.len, n = bytes.len < room ? bytes.len : room;
    buf_add(&s->buf, str_sub(bytes, 0, n));
    return n;
}

static struct str waiting(const struct hj212_stream *s)
{
    return str_sub(buf_str(&s->buf), s->at, s->buf.len);
}

static void take(struct hj212_stream *s, size_t n, struct hj212_frame *out)
{
    out->offset = s->offset;
    out->bytes = n;
    s->at += n;
    s->offset += n;
}

static bool fault(struct hj212_stream *s, size_t n, enum hj212_fault f, struct hj212_frame *out)
{
    out->fault = f;
    take(s, n, out);
    return true;
}

/* Offset of the next "##" at or after `from`; a '#' at the very end may begin one. s.len: none. */
static size_t next_head(struct str s, size_t from)
{
    for (size_t i = from; i < s.len; i++)
        if (s.ptr[i] == '#' && (i + 1 == s.len || s.ptr[i + 1] == '#'))
            return i;
    return s.len;
}

/* The length's digits that are there already: -1 one of them is no digit. */
static int length_of(struct str in, size_t *digits)
{
    int n = 0;
    for (*digits = 0; *digits < 4 && 2 + *digits < in.len; ++*digits) {
        char c = in.ptr[2 + *digits];
        if (c < '0' || c > '9')
            return -1;
        n = n * 10 + (c - '0');
    }
    return n;
}

static bool hex4(struct str s, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9')
            *out = *out * 16 + (unsigned)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            *out = *out * 16 + (unsigned)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* Where the frame at the beginning really ends, when its own length is not to be trusted: behind
 * the CR LF that comes before the next head. 0: not seen. */
static size_t real_end(struct str in, size_t head)
{
    ptrdiff_t crlf = str_find(str_sub(in, 0, head), STR("\r\n"));
    return crlf < 0 ? 0 : (size_t)crlf + 2;
}

/* A frame whose sum, tail or end is not where its length says. */
static bool mismatch(struct hj212_stream *s, struct str in, size_t len, struct hj212_frame *out)
{
    size_t head = next_head(in, 2), end = real_end(in, head);
    if (end >= HEAD + FOOT && end != HEAD + len + FOOT) {
        snprintf(out->text, sizeof out->text, "the length says %zu bytes, the data segment has %zu",
                 len, end - HEAD - FOOT);
        return fault(s, head, HJ212_LENGTH, out);
    }
    if (head < HEAD + len + FOOT) {
        snprintf(out->text, sizeof out->text,
                 "the length says %zu bytes, and another frame begins after %zu", len, head);
        return fault(s, head, HJ212_LENGTH, out);
    }
    snprintf(out->text, sizeof out->text, "no CR LF at byte %zu, behind the sum", HEAD + len + 5);
    return fault(s, head, HJ212_TAIL, out);
}

static bool whole(struct hj212_stream *s, struct str in, size_t len, struct hj212_frame *out)
{
    struct str data = str_sub(in, HEAD, len), sum = str_sub(in, HEAD + len, 4);
    if (in.ptr[HEAD + len + 4] != '\r' || in.ptr[HEAD + len + 5] != '\n')
        return mismatch(s, in, len, out);
    unsigned given, crc = hj212_crc(data);
    bool hex = hex4(sum, &given);
    if (hex && given == crc) {
        out->data = data;
        return fault(s, HEAD + len + FOOT, HJ212_GOOD, out);
    }
    if (hex)
        snprintf(out->text, sizeof out->text, "the sum is %04X, it should be %04X", given, crc);
    else
        snprintf(out->text, sizeof out->text, "the sum at byte %zu is not 4 hexadecimal digits",
                 HEAD + len + 1);
    return fault(s, next_head(in, 2), HJ212_CRC, out);
}

/* in begins with "##". */
static bool frame_at_head(struct hj212_stream *s, struct str in, struct hj212_frame *out)
{
    size_t digits;
    int len = length_of(in, &digits);
    if (len < 0 || (size_t)len > s->data_max) {
        if (len < 0)
            snprintf(out->text, sizeof out->text, "the length is not 4 digits");
        else
            snprintf(out->text, sizeof out->text, "the length %d is above %zu", len, s->data_max);
        /* "###0101": the head may begin one byte later */
        size_t skip = in.len > 2 && in.ptr[2] == '#' ? 1 : next_head(in, 2);
        return fault(s, skip, HJ212_LENGTH, out);
    }
    if (digits < 4)
        return false;
    size_t need = HEAD + (size_t)len + FOOT;
    /* A data segment has no CR LF: a length too large must not swallow the frames behind it, nor
     * wait for them. What is decided does not depend on how the stream was cut. */
    if (str_has(str_sub(in, 0, need - 1), STR("\r\n")))
        return mismatch(s, in, (size_t)len, out);
    return in.len >= need && whole(s, in, (size_t)len, out);
}

bool hj212_stream_next(struct hj212_stream *s, struct hj212_frame *out)
{
    struct str in = waiting(s);
    *out = (struct hj212_frame){0};
    size_t head = next_head(in, 0);
    if (head > 0) {
        snprintf(out->text, sizeof out->text, "%zu bytes before \"##\"", head);
        return fault(s, head, HJ212_GARBAGE, out);
    }
    return in.len >= 2 && frame_at_head(s, in, out);
}

bool hj212_stream_end(struct hj212_stream *s, struct hj212_frame *out)
{
    struct str in = waiting(s);
    *out = (struct hj212_frame){0};
    if (in.len == 0)
        return false;
    snprintf(out->text, sizeof out->text, "the stream ended after %zu bytes of a frame", in.len);
    return fault(s, in.len, HJ212_CUT, out);
}

/* ---- out ---- */

enum code hj212_frame_put(struct buf *out, struct str data, struct error *err)
{
    if (data.len > HJ212_DATA_MAX)
        return error_set(err, E_LIMIT, "a data segment of %zu bytes is above %u", data.len,
                         HJ212_DATA_MAX);
    buf_fmt(out, "##%04zu", data.len);
    buf_add(out, data);
    buf_fmt(out, "%04X\r\n", hj212_crc(data));
    return OK;
}

/* Byte for byte: a text from a device may hold anything. */
static void field_put(struct buf *b, const char *name, struct str value)
{
    if (!value.len)
        return;
    buf_fmt(b, "%s=", name);
    buf_add(b, value);
    buf_byte(b, ';');
}

enum code hj212_put(struct buf *out, const struct hj212_message *m, struct error *err)
{
    struct buf b;
    buf_init(&b, HJ212_DATA_MAX + 256);
    field_put(&b, "QN", m->qn);
    field_put(&b, "ST", m->st);
    buf_fmt(&b, "CN=%04u;", m->cn);
    field_put(&b, "PW", m->pw);
    field_put(&b, "MN", m->mn);
    if (m->has_flag)
        buf_fmt(&b, "Flag=%u;", m->flag);
    if (m->split)
        buf_fmt(&b, "PNUM=%u;PNO=%u;", m->pnum, m->pno);
    if (m->again)
        buf_z(&b, "RF=1;");
    buf_z(&b, "CP=&&");
    buf_add(&b, m->cp);
    buf_z(&b, "&&");
    enum code code = b.full ? error_set(err, E_LIMIT, "a message above %u bytes", HJ212_DATA_MAX)
                            : hj212_frame_put(out, buf_str(&b), err);
    buf_clear(&b);
    return code;
}

enum code hj212_answer(struct buf *out, const struct hj212_message *m, uint16_t cn, struct str cp,
                       struct error *err)
{
    struct hj212_message a = {.qn = m->qn,
                              .st = STR("91"),
                              .pw = m->pw,
                              .mn = m->mn,
                              .cn = cn,
                              .flag = (uint8_t)(m->flag & 0xFC),
                              .has_flag = true,
                              .cp = cp};
    return hj212_put(out, &a, err);
}
