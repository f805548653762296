/* hj212.h - the wire protocol of pollution sources: HJ 212-2017
 * 污染物在线监控(监测)系统数据传输标准, with what devices of HJ/T 212-2005 and HJ 212-2025 send.
 * Pure: bytes in, messages and samples out.
 *
 *   ## 0101 QN=…;ST=32;CN=2011;PW=123456;MN=…;Flag=5;CP=&&…&& 1C80 CR LF      (clause 6.3, table 2)
 *      |    |                                                 |
 *      |    data segment, counted in bytes                    CRC of the data segment, 4 hex digits
 *      its length, 4 digits
 *
 * Path: bytes -> hj212_stream (frames, resynchronised) -> hj212_read (message) -> hj212_samples. */
#ifndef LUOSHU_FIELD_HJ212_H
#define LUOSHU_FIELD_HJ212_H
#include "field/intake.h"

#define HJ212_DATA_MAX 9999u /* the length has 4 digits; the standard itself stops at 1024 */
#define HJ212_FRAME_MAX (2u + 4u + HJ212_DATA_MAX + 4u + 2u)
#define HJ212_MN_MAX 40u /* the standard: 24; 14 in 2005 */
#define HJ212_PW_MAX 40u /* the standard: 6; devices send up to 24 */

/* Appendix A: the register is shifted right by 8 before a byte goes in, so this is not
 * CRC-16/MODBUS. */
uint16_t hj212_crc(struct str data);

/* ---- frames of a stream ---- */
enum hj212_fault {
    HJ212_GOOD,
    HJ212_GARBAGE, /* bytes before "##" */
    HJ212_LENGTH,  /* not 4 digits, above the limit, or not the frame's */
    HJ212_CRC,     /* digits that aren't hexadecimal, or another sum */
    HJ212_TAIL,    /* no CR LF behind the sum */
    HJ212_CUT,     /* the stream ended within */
    HJ212_FAULTS
};
const char *hj212_fault_name(enum hj212_fault f); /* "length" */
struct hj212_frame {
    enum hj212_fault fault;
    struct str data; /* the data segment, when good; in the stream's memory until the next call */
    uint64_t offset; /* of its first byte in the stream, from 0 */
    size_t bytes;    /* taken from the stream; every byte belongs to exactly one frame or garbage */
    char text[160];  /* what is wrong and where, when not good */
};
struct hj212_stream {
    struct buf buf;
    size_t at, data_max;
    uint64_t offset; /* of buf.ptr[at] */
};
/* data_max: longest data segment taken, 0 = HJ212_DATA_MAX */
void hj212_stream_init(struct hj212_stream *s, size_t data_max);
void hj212_stream_clear(struct hj212_stream *s);
/* Takes as much as there is room for (at least one frame fits after hj212_stream_next said false);
 * returns the number of bytes taken. */
size_t hj212_stream_feed(struct hj212_stream *s, struct str bytes);
/* The next frame, good or not; false: more bytes are needed. A bad frame is left at the next "##",
 * so that a good one right behind (or within, when its head was damaged) is found. */
bool hj212_stream_next(struct hj212_stream *s, struct hj212_frame *out);
/* What is left at the end, as HJ212_CUT; false: nothing. */
bool hj212_stream_end(struct hj212_stream *s, struct hj212_frame *out);

/* ---- a message ---- */
struct hj212_message {
    struct str qn, st, pw, mn; /* qn, pw: empty when absent */
    uint16_t cn;
    uint8_t flag;         /* 0 when absent (2005) */
    bool has_flag, split; /* split: PNUM and PNO are there */
    uint16_t pnum, pno;
    struct str cp; /* between && and && */
    bool again;    /* RF=1 (2025): sent once more */
};
#define HJ212_WANTS_ANSWER(m) (((m)->flag & 1) != 0)      /* bit A */
#define HJ212_VERSION(m) ((unsigned)(m)->flag >> 2 & 63u) /* 0: 2005, 1: 2017, 2: 2025 */
/* Fields in any order; PNUM and PNO also without bit D; a ';' before "&&" and after it is passed
 * over. Texts are borrowed from data.
 * fails  E_INPUT what is missing or wrong, column = byte in data (1-based) */
MUST_CHECK enum code hj212_read(struct str data, struct hj212_message *out, struct error *err);

/* One name=value of CP. 'w01018-Rtd' has factor w01018 and suffix Rtd; a name without '-' has an
 * empty suffix. */
struct hj212_item {
    struct str name, factor, suffix, value;
    uint32_t column; /* byte in cp, 1-based */
};
/* *rest = cp to begin. Items are divided by ';' and ','; empty ones are passed over. false: end.
 * An item without '=' has value.ptr NULL. */
bool hj212_item_next(struct str cp, struct str *rest, struct hj212_item *out);
/* Value of a name in cp ("DataTime"), ptr NULL when absent. */
struct str hj212_item_find(struct str cp, const char *name);
/* YYYYMMDDhhmmss[zzz], local time at UTC+8, as ms UTC. false: not such a time. */
bool hj212_time(struct str text, int64_t *ms);
/* 17 digits, as in QN, or 14 as in DataTime. */
void hj212_time_text(int64_t ms, bool with_ms, char out[18]);

/* ---- words: what the catalogue says (catalog/hj212) ---- */
enum hj212_kind {
    HJ212_DATA,
    HJ212_NOTICE,
    HJ212_REQUEST,
    HJ212_ANSWER,
    HJ212_LOGIN,
    HJ212_HEARTBEAT,
    HJ212_KINDS
};
struct hj212_command {
    uint16_t cn, answer; /* answer: 0 = none */
    enum hj212_kind kind;
    struct str series; /* behind "hj212/MN"; ptr NULL: no readings */
    struct str name_zh, name_en;
};
struct hj212_factor {
    struct str code, old_code, name_zh, unit, unit_mass;
    uint8_t decimals;
};
enum hj212_field { HJ212_VALUE, HJ212_FLAG, HJ212_TIME, HJ212_TEXT, HJ212_UNLISTED };
struct hj212_words; /* constant after it is made; any thread */
/* fails  E_INPUT the catalogue, with file and line: ours, caught by the tests */
MUST_CHECK enum code hj212_words_new(struct hj212_words **out, struct error *err);
void hj212_words_free(struct hj212_words *w);
const struct hj212_command *hj212_command(const struct hj212_words *w, uint16_t cn); /* or NULL */
/* By code or code of 2005; e10103 finds e101xx. NULL: not in the catalogue. */
const struct hj212_factor *hj212_factor(const struct hj212_words *w, struct str code);
enum hj212_field hj212_field(const struct hj212_words *w, struct str suffix);
/* false: no such mark */
bool hj212_flag(const struct hj212_words *w, struct str flag, enum fact_state *out);
const char *hj212_system(const struct hj212_words *w, struct str st); /* name_zh or NULL */

/* ---- samples ---- */
struct hj212_issue {
    bool refused;    /* a value was lost: no number, no time. else a remark; all was kept */
    uint32_t column; /* in cp, 1-based; 0 = the message */
    char text[160];
};
struct hj212_out {
    struct arena *arena; /* texts of samples that aren't in the message; the caller's */
    VEC(struct sample) samples;
    VEC(struct hj212_issue) issues;
    int64_t time_ms; /* DataTime; INT64_MIN when there was none */
};
void hj212_out_init(struct hj212_out *o, struct arena *arena);
void hj212_out_reset(struct hj212_out *o);
void hj212_out_clear(struct hj212_out *o);
/* Readings of a data message: series "hj212/MN[/series of the command]", field the name as sent.
 *   mark N                a number
 *   another mark          the state that flags.csv says, and beside it field "NAME/MARK"
 * (w01018-Rtd/M) with the number that was sent, so that nothing is lost empty, "-", "--"      null
 *   SampleTime            seconds since 1970 UTC
 *   a mark without number null, or its state, for the names of the factor that came without
 * m      its texts must outlive the samples
 * time_ms  used when there is no DataTime (a further packet of a split message), INT64_MIN: none
 * out    appended
 * fails  E_INPUT not a data message, or without a time: nothing was appended */
MUST_CHECK enum code hj212_samples(const struct hj212_message *m, const struct hj212_words *w,
                                   int64_t time_ms, struct hj212_out *out, struct error *err);

/* ---- encode ---- */
/* A frame around a data segment. fails  E_LIMIT above HJ212_DATA_MAX */
MUST_CHECK enum code hj212_frame_put(struct buf *out, struct str data, struct error *err);
/* A whole message: fields in the standard's order, empty ones left out. PNUM and PNO when m->split.
 */
MUST_CHECK enum code hj212_put(struct buf *out, const struct hj212_message *m, struct error *err);
/* The answer to m: ST=91, QN, PW and MN of m, Flag=4 of its version (0 for 2005) (Appendix C).
 * cp: "", "QnRtn=1", "ExeRtn=1" */
MUST_CHECK enum code hj212_answer(struct buf *out, const struct hj212_message *m, uint16_t cn,
                                  struct str cp, struct error *err);
#endif
