/* expr_show.c - what a result is shown in: its unit, and its digits. */
#include "expr_int.h"
#include <assert.h>

static const struct {
    const char *name, *unit; /* NULL: that of the dimension */
    int per;                 /* 1 unit = 1/per */
} natures[EXPR_NATURES] = {
    [EXPR_AMOUNT] = {"amount",       NULL,        1  },
    [EXPR_RATIO] = {"ratio",        "%",         100},
    [EXPR_RATE] = {"rate",         "%",         100},
    [EXPR_POINTS] = {"points",       "百分点", 100},
    [EXPR_CONTRIBUTION] = {"contribution", "%",         100},
    [EXPR_INDEX] = {"index",        "点",       1  },
    [EXPR_RANK] = {"rank",         "位",       1  },
    [EXPR_TRUTH] = {"truth",        "",          1  },
};

const char *expr_nature_name(enum expr_nature n)
{
    assert(n < EXPR_NATURES);
    return natures[n].name;
}

struct rat expr_unit_factor(const struct expr_type *t)
{
    return (struct rat){1, t->dims > 0 ? 1 : natures[t->nature].per};
}

static void show_power(const struct expr_env *env, struct expr_dim d, struct buf *out)
{
    int power = d.power < 0 ? -d.power : d.power;
    buf_add(out, env->dimension(env->ctx, d.dimension));
    if (power > 1)
        buf_fmt(out, "^%d", power);
}

/* 元·人/亩: the powers above zero, then each below it after a stroke. */
static void show_dims(const struct expr_type *t, const struct expr_env *env, struct buf *out)
{
    bool first = true;
    for (uint32_t i = 0; i < t->dims; i++) {
        if (t->dim[i].power < 0)
            continue;
        buf_z(out, first ? "" : "·");
        show_power(env, t->dim[i], out);
        first = false;
    }
    if (first && t->dims > 0)
        buf_byte(out, '1');
    for (uint32_t i = 0; i < t->dims; i++) {
        if (t->dim[i].power > 0)
            continue;
        buf_byte(out, '/');
        show_power(env, t->dim[i], out);
    }
}

void expr_unit_text(const struct expr_type *t, const struct expr_env *env, struct buf *out)
{
    if (t->unit != 0 && env->unit_symbol != NULL)
        buf_add(out, env->unit_symbol(env->ctx, t->unit));
    else if (t->dims > 0)
        show_dims(t, env, out);
    else if (natures[t->nature].unit != NULL)
        buf_z(out, natures[t->nature].unit);
}

enum code expr_dec(struct rat v, struct rat factor, unsigned n, struct dec *out, struct error *err)
{
    struct rat shown;
    i128 units;
    if (n > DEC_SCALE_MAX)
        return error_set(err, E_RANGE, "%u decimals; at most %d are kept", n, DEC_SCALE_MAX);
    TRY(rat_div(v, factor, &shown, err));
    TRY(dec_div(shown.num, shown.den, n, &units, err));
    if (units > INT64_MAX || units < INT64_MIN)
        return error_set(err, E_RANGE, "the value leaves 64 bits at %u decimals", n);
    *out = (struct dec){(int64_t)units, (uint8_t)n};
    return OK;
}
