/* units.c - exact conversion between what is printed and what is stored. */
#include "model/model.h"
#include <stdio.h>

/* value in base units * 10^scale = units * num * 10^scale / (den * 10^decimals) */
enum code unit_to_base(const struct model *m, uint32_t unit, struct dec d, int64_t *out,
                       struct error *err)
{
    const struct unit *u = model_unit(m, unit);
    const struct dimension *dim = model_dimension(m, u->dimension);
    i128 num, den, value;
    if (!i128_mul((i128)d.units, u->num, &num) || !i128_mul(num, dec_pow10(dim->scale), &num) ||
        !i128_mul(u->den, dec_pow10(d.scale), &den))
        return error_set(err, E_RANGE, "the value is too large in unit '%.*s'", STR_ARG(u->symbol));
    value = num / den;
    if (num % den)
        return error_set(
            err, E_RANGE,
            "the value has more decimals than are kept: '%.*s' is stored in 10^-%u %.*s",
            STR_ARG(u->symbol), dim->scale, STR_ARG(dim->base));
    if (value > INT64_MAX || value < -INT64_MAX)
        return error_set(err, E_RANGE,
                         "the value does not fit: at most %lld of 10^-%u %.*s are stored",
                         (long long)INT64_MAX, dim->scale, STR_ARG(dim->base));
    *out = (int64_t)value;
    return OK;
}

enum code unit_rat(const struct model *m, uint32_t unit, i128 value, struct rat *out,
                   struct error *err)
{
    const struct unit *u = model_unit(m, unit);
    const struct dimension *dim = model_dimension(m, u->dimension);
    struct rat per;
    TRY(rat_make(value, dec_pow10(dim->scale), out, err));
    TRY(rat_make(u->den, u->num, &per, err));
    return rat_mul(*out, per, out, err);
}

/* Decimals after which num/den ends, or -1: den must hold no prime but 2 and 5. */
static int ends_after(i128 den)
{
    int two = 0, five = 0;
    for (; den % 2 == 0; den /= 2)
        two++;
    for (; den % 5 == 0; den /= 5)
        five++;
    return den != 1 ? -1 : two > five ? two : five;
}

size_t unit_text(const struct model *m, uint32_t unit, i128 value, unsigned decimals,
                 char out[DEC_TEXT])
{
    struct rat r;
    if (unit_rat(m, unit, value, &r, NULL) != OK)
        return (size_t)snprintf(out, DEC_TEXT, "?");
    int ends = ends_after(r.den);
    unsigned scale = ends < 0 ? decimals : (unsigned)ends > decimals ? (unsigned)ends : decimals;
    return rat_text(r, scale, ROUND_NEAREST, out);
}

bool series_adds(const struct model *m, const struct series *s)
{
    return (s->kind == KIND_LEVEL || s->kind == KIND_COUNT || s->kind == KIND_CHANGE) &&
           model_indicator(m, s->indicator)->over_entities == OVER_SUM;
}

/* "1.8万家" -> digits 1, magnitude 10^4: one printed digit is worth 1000 of the unit's base when
 * the text carries its own 万 or 亿. Magnitudes beside the unit's own symbol are not counted. */
static bool text_step(struct str text, struct str symbol, i128 *step_num, i128 *step_den)
{
    size_t i = 0, digits = 0, decimals = 0;
    bool point = false;
    if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
        i++;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !point)
            point = true;
        else if (c >= '0' && c <= '9') {
            digits++;
            decimals += point;
        } else
            break;
    }
    struct str rest = {text.ptr + i, text.len - i};
    if (!digits || str_starts(rest, symbol))
        return false;
    static const struct {
        const char *word;
        int64_t times;
    } magnitudes[] = {
        {"万亿", 1000000000000},
        {"萬億", 1000000000000},
        {"亿",    100000000    },
        {"億",    100000000    },
        {"万",    10000        },
        {"萬",    10000        }
    };
    for (size_t k = 0; k < sizeof magnitudes / sizeof *magnitudes; k++)
        if (str_starts(rest, str_z(magnitudes[k].word))) {
            *step_num = magnitudes[k].times;
            *step_den = dec_pow10((unsigned)decimals);
            return true;
        }
    return false;
}

int64_t printed_step(const struct model *m, uint32_t unit, struct dec value, struct str text)
{
    const struct unit *u = model_unit(m, unit);
    const struct dimension *dim = model_dimension(m, u->dimension);
    i128 num = 1, den = dec_pow10(value.scale), step;
    bool own_magnitude = u->num == 1 && u->den == 1 && text_step(text, u->symbol, &num, &den);
    if (dim->exact_count && u->num == 1 && u->den == 1 && !own_magnitude && value.scale == 0)
        return 0;
    if (!i128_mul(num, u->num, &num) || !i128_mul(num, dec_pow10(dim->scale), &num) ||
        !i128_mul(den, u->den, &den))
        return 0;
    step = num / den;
    return step > INT64_MAX ? 0 : (int64_t)step;
}

struct interval fact_interval(const struct fact *f)
{
    i128 v2 = (i128)f->value * 2;
    struct interval it = {.lo2 = v2 - f->step, .hi2 = v2 + f->step};
    switch ((enum qualifier)f->qualifier) {
    case Q_OVER:
        it = (struct interval){v2, I128_MAX, true, true};
        break;
    case Q_AT_LEAST:
        it = (struct interval){v2, I128_MAX, false, true};
        break;
    case Q_UNDER:
        it = (struct interval){-I128_MAX, v2, true, true};
        break;
    case Q_AT_MOST:
        it = (struct interval){-I128_MAX, v2, true, false};
        break;
    case Q_APPROX: /* one unit of the last printed digit either way */
        it.lo2 -= f->step;
        it.hi2 += f->step;
        break;
    case Q_RANGE:
        it.hi2 = (i128)f->value_hi * 2 + f->step;
        break;
    case Q_EQ:
    case Q_DOUBLED:
    case Q_COUNT:
        break;
    }
    return it;
}
