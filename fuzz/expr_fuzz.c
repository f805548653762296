/* expr_fuzz.c - any bytes: read as an expression or refused with a place; what is read prints to
 * text that reads the same; what checks in a world of every nature evaluates without a failure. */
#include "expr/expr.h"
#include "fuzz.h"

/* A name means what its first byte says: its nature, its dimensions, its values. */
static enum code any_name(void *ctx, struct str name, struct expr_name *out, struct error *err)
{
    uint8_t c = (uint8_t)name.ptr[0];
    (void)ctx;
    (void)err;
    *out = (struct expr_name){.id = c, .type.nature = EXPR_AMOUNT};
    if (c >= 'A' && c <= 'H')
        out->type.nature = (enum expr_nature)(c - 'A');
    if (c >= 'a' && c <= 'e') {
        out->type.dims = 1;
        out->type.dim[0] = (struct expr_dim){c - 'a' + 1u, 1};
    }
    if (c == 'f') {
        out->type.nature = EXPR_RATIO;
        out->type.dims = 2;
        out->type.dim[0] = (struct expr_dim){2, -1};
        out->type.dim[1] = (struct expr_dim){1, 1};
    }
    return OK;
}

static enum code any_unit(void *ctx, struct str symbol, struct expr_unit *out, struct error *err)
{
    struct expr_name name;
    (void)ctx;
    if (symbol.len > 12)
        return error_set(err, E_MISSING, "unknown unit '%.*s'", 12, symbol.ptr);
    enum code code = any_name(NULL, symbol, &name, err);
    *out = (struct expr_unit){
        name.type, {INT64_MAX, 7}
    };
    if (out->type.nature == EXPR_TRUTH)
        out->type.nature = EXPR_AMOUNT;
    return code;
}

static enum code any_entity(void *ctx, struct str text, uint32_t *id, struct error *err)
{
    (void)ctx;
    (void)err;
    *id = 1 + (uint32_t)text.len;
    return OK;
}

static struct str any_symbol(void *ctx, uint32_t id)
{
    static const char *const symbols[] = {"", "元", "家", "人", "亩", "吨"};
    (void)ctx;
    return str_z(symbols[id % 6]);
}

static size_t reads;

static enum code any_value(void *ctx, uint32_t id, const struct expr_where *w,
                           struct expr_value *out, struct error *err)
{
    (void)ctx;
    (void)err;
    reads++;
    uint64_t mix = (id * 31u + w->entity * 17u + w->up * 7u + (uint32_t)w->years_back * 5u +
                    (w->named ? (uint32_t)w->period.last : 0)) *
                   0x9E3779B97F4A7C15u;
    *out = (struct expr_value){
        .reason = mix % 11 == 0 ? 1 + mix / 11 % (EXPR_REASONS - 1) : 0,
        .v = {(int64_t)(mix >> id % 60), 1}
    };
    if (id == 'A' + EXPR_TRUTH)
        out->v.num &= 1;
    return OK;
}

static const struct expr_env any = {
    .name = any_name,
    .unit = any_unit,
    .entity = any_entity,
    .dimension = any_symbol,
    .unit_symbol = any_symbol,
    .fetch = any_value,
};

static void evaluate(const struct expr *e, const struct expr_type *t)
{
    struct expr_value v;
    struct error err = {0};
    struct buf unit;
    struct dec d;
    reads = 0;
    MUST(expr_eval(e, &any, NULL, &v, &err) == OK && reads <= EXPR_READS_MAX);
    MUST(v.reason < EXPR_REASONS && v.v.den > 0);
    MUST(v.reason == EXPR_NONE || (v.line > 0 && v.column > 0 && v.v.num == 0));
    MUST(t->nature != EXPR_TRUTH || v.v.num == 0 || v.v.num == v.v.den);
    buf_init(&unit, 1000);
    expr_unit_text(t, &any, &unit);
    buf_clear(&unit);
    if (expr_dec(v.v, expr_unit_factor(t), 2, &d, &err) != OK)
        MUST(err.code == E_RANGE);
}

static void check_and_evaluate(struct expr *e)
{
    struct expr_type t;
    struct error err = {0};
    if (expr_check(e, &any, &t, &err) == OK)
        evaluate(e, &t);
    else
        MUST(err.line > 0 && err.column > 0 && err.text[0] != '\0');
}

static void read_again(const struct expr *e)
{
    struct expr *again = NULL;
    struct error err = {0};
    MUST(expr_parse(expr_text(e), &again, &err) == OK);
    MUST(expr_same(e, again) && str_eq(expr_text(e), expr_text(again)));
    expr_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = {(const char *)bytes, len};
    struct expr *e = NULL;
    struct error err = {0};
    enum code code = expr_parse(text, &e, &err);
    if (code != OK) {
        MUST(e == NULL && err.code == code && err.text[0] != '\0');
        MUST(code == E_LIMIT || (err.line > 0 && err.column > 0));
        return 0;
    }
    read_again(e);
    check_and_evaluate(e);
    expr_free(e);
    return 0;
}
