/* ts_ets_run.c - the method ets: chooses, estimates or takes a model, and tells forecasts, states,
 * fitted values or the candidates. Names of parameters as in R's forecast package. */
#include "ts_int.h"
#include <math.h>

static enum code take_seasons(struct analysis *a, const struct ts_params *p, struct ets *e,
                              struct error *err)
{
    double rest = e->model.season == 'M' ? (double)e->period : 0;
    for (size_t j = 0; j < e->period; j++) {
        bool found = false;
        TRY(ts_param(p, arena_fmt(&a->arena, "init.s%zu%c", j + 1, 0).ptr, &e->s[j], &found, err));
        if (!found) /* the coefficients of R's model count from 0 */
            TRY(ts_param(p, arena_fmt(&a->arena, "s%zu%c", j, 0).ptr, &e->s[j], &found, err));
        if (!found && j + 1 == e->period) {
            e->s[j] = rest;
            found = true;
        }
        if (!found)
            return error_set(err, E_MISSING, "'%.*s' has no start season 'init.s%zu' or 's%zu'",
                             STR_ARG(p->t->name), j + 1, j);
        rest -= e->s[j];
    }
    return OK;
}

static enum code take_start(const struct ts_params *p, const char *init, const char *name,
                            double *out, struct error *err)
{
    bool found = false;
    TRY(ts_param(p, init, out, &found, err));
    return found ? OK : ts_param_need(p, name, out, err);
}

static enum code take_params(struct analysis *a, struct ets *e, struct error *err)
{
    struct ts_params p;
    TRY(ts_params_init(&p, &a->in[1], a->option[ETS_SERIES],
                       a->option[ts_given(a, ETS_PARAMS_MODEL) ? ETS_PARAMS_MODEL : ETS_MODEL],
                       err));
    TRY(ts_param_need(&p, "alpha", &e->alpha, err));
    TRY(take_start(&p, "init.l", "l", &e->l, err));
    e->phi = 1;
    if (e->model.trend == 'A') {
        TRY(ts_param_need(&p, "beta", &e->beta, err));
        TRY(take_start(&p, "init.b", "b", &e->b, err));
    }
    if (e->model.damped)
        TRY(ts_param_need(&p, "phi", &e->phi, err));
    if (e->model.season == 'N')
        return OK;
    TRY(ts_param_need(&p, "gamma", &e->gamma, err));
    return take_seasons(a, &p, e, err);
}

static enum code given_model(struct analysis *a, const struct series *s, struct ets_choice *c,
                             struct error *err)
{
    *c = (struct ets_choice){.ok = true};
    if (!ets_parse(a->option[ETS_MODEL], &c->model.model))
        return error_set(err, E_INPUT,
                         "with parameters, option 'model' names one model (ANN, MAdM), "
                         "not '%.*s'",
                         STR_ARG(a->option[ETS_MODEL]));
    c->model.period = c->model.model.season == 'N' ? 1 : s->period;
    if (c->model.period > ETS_PERIOD_MAX || (c->model.model.season != 'N' && s->period < 2))
        return error_set(err, E_INPUT, "a seasonal model needs a frequency from 2 to %d, not %zu",
                         ETS_PERIOD_MAX, s->period);
    TRY(take_params(a, &c->model, err));
    if (!ets_filter(&c->model, s->y, s->n, &c->end, NULL))
        return error_set(err, E_RANGE,
                         "with these parameters a mean or a seasonal ratio of model "
                         "'%.*s' falls to 0",
                         STR_ARG(a->option[ETS_MODEL]));
    return OK;
}

/* ---- output ---- */

static void push_pair(struct analysis *a, const int column[3], struct str model, struct str name,
                      double v)
{
    table_push(&a->out, column[0], model);
    table_push(&a->out, column[1], name);
    table_push_number(&a->out, column[2], v);
    table_end_row(&a->out);
}

static void push_part(struct analysis *a, const int column[3], struct str model,
                      const struct ets *e, const char *when, const double l_b[2], const double *s)
{
    push_pair(a, column, model, arena_fmt(&a->arena, "%s.l", when), l_b[0]);
    if (e->model.trend == 'A')
        push_pair(a, column, model, arena_fmt(&a->arena, "%s.b", when), l_b[1]);
    for (size_t j = 0; e->model.season != 'N' && j < e->period; j++)
        push_pair(a, column, model, arena_fmt(&a->arena, "%s.s%zu", when, j + 1), s[j]);
}

static void push_states(struct analysis *a, const struct ets_choice *c)
{
    const struct ets *e = &c->model;
    const struct ets_end *end = &c->end;
    char text[5];
    ets_name(e->model, text);
    struct str model = arena_dup(&a->arena, str_z(text));
    int column[3] = {table_add_column(&a->out, "model"), table_add_column(&a->out, "param"),
                     table_add_column(&a->out, "value")};
    struct {
        const char *name;
        bool has;
        double v;
    } rows[] = {
        {"alpha",  true,                   e->alpha   },
        {"beta",   e->model.trend == 'A',  e->beta    },
        {"gamma",  e->model.season != 'N', e->gamma   },
        {"phi",    e->model.damped,        e->phi     },
        {"loglik", true,                   end->loglik},
        {"aic",    true,                   end->aic   },
        {"aicc",   true,                   end->aicc  },
        {"bic",    true,                   end->bic   },
        {"mse",    true,                   end->mse   },
        {"amse",   true,                   end->amse  },
        {"sigma2", true,                   end->sigma2},
    };
    push_part(a, column, model, e, "init", (double[]){e->l, e->b}, e->s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].has)
            push_pair(a, column, model, str_z(rows[i].name), rows[i].v);
    push_part(a, column, model, e, "final", (double[]){end->l, end->b}, end->s);
}

static void push_candidates(struct analysis *a, const struct ets_choice *all, size_t count,
                            size_t best)
{
    static const char *const names[] = {"loglik", "aic", "aicc", "bic"};
    int model = table_add_column(&a->out, "model"), column[4];
    for (size_t i = 0; i < 4; i++)
        column[i] = table_add_column(&a->out, names[i]);
    int chosen = table_add_column(&a->out, "chosen");
    for (size_t i = 0; i < count; i++) {
        const struct ets_end *end = &all[i].end;
        char text[5];
        ets_name(all[i].model.model, text);
        table_push(&a->out, model, str_z(text));
        if (all[i].ok) {
            double v[] = {end->loglik, end->aic, end->aicc, end->bic};
            for (size_t k = 0; k < 4; k++)
                table_push_number(&a->out, column[k], v[k]);
        }
        table_push_int(&a->out, chosen, i == best);
        table_end_row(&a->out);
    }
}

static enum code push_fitted(struct analysis *a, const struct series *s, const struct ets_choice *c,
                             struct error *err)
{
    double *fitted = ts_numbers(&a->arena, s->n);
    struct ets_end end;
    if (!ets_filter(&c->model, s->y, s->n, &end, fitted))
        return error_set(err, E_BUG, "a fitted model no longer fits");
    int key = table_add_column(&a->out, "t"), value = table_add_column(&a->out, "fitted");
    int rest = table_add_column(&a->out, "residual");
    for (size_t i = 0; i < s->n; i++) {
        double r = s->y[i] - fitted[i];
        table_push(&a->out, key, s->label[i]);
        table_push_number(&a->out, value, fitted[i]);
        table_push_number(&a->out, rest, c->model.model.error == 'M' ? r / fitted[i] : r);
        table_end_row(&a->out);
    }
    return OK;
}

static enum code push_forecast(struct analysis *a, const struct ets_choice *c, size_t h,
                               struct error *err)
{
    static const char *const names[] = {"forecast", "lo80", "hi80", "lo95", "hi95"};
    if (isnan(c->end.sigma2))
        return error_set(err, E_INPUT, "too few values for the variance of the model");
    double *mean = ts_numbers(&a->arena, h), *variance = ts_numbers(&a->arena, h);
    ets_forecast(&c->model, &c->end, h, str_is(a->option[ETS_CONVENTION], "r"), &a->arena, mean,
                 variance);
    double z80 = ts_normal_quantile(0.9), z95 = ts_normal_quantile(0.975);
    double z[] = {0, -z80, z80, -z95, z95};
    int key = table_add_column(&a->out, "h"), column[5];
    for (size_t k = 0; k < 5; k++)
        column[k] = table_add_column(&a->out, names[k]);
    for (size_t i = 0; i < h; i++) {
        table_push_int(&a->out, key, (int64_t)i + 1);
        for (size_t k = 0; k < 5; k++)
            table_push_number(&a->out, column[k], mean[i] + z[k] * sqrt(variance[i]));
        table_end_row(&a->out);
    }
    return OK;
}

static enum code check_pattern(struct str s, struct error *err)
{
    static const char *const letters[] = {"AMZ", "NAZ", "NAMZ"};
    bool fine = s.len == 3 || (s.len == 4 && s.ptr[2] == 'd' && s.ptr[1] == 'A');
    for (size_t i = 0; fine && i < 3; i++)
        fine = strchr(letters[i], s.ptr[i == 2 ? s.len - 1 : i]) != NULL;
    if (!fine || str_is(s, "ANM") || str_is(s, "AAM") || str_is(s, "AAdM"))
        return error_set(
            err, E_INPUT,
            "option 'model' is error (A, M, Z), trend (N, A, Ad, Z) and season (N, A, M, "
            "Z) as in MAdM, where Z is chosen; additive errors with a multiplicative "
            "season are not offered: '%.*s'",
            STR_ARG(str_sub(s, 0, 20)));
    return OK;
}

static void tell(struct analysis *a, const struct ets_choice *c, bool given)
{
    char name[5];
    ets_name(c->model.model, name);
    note(a,
         "convention %.*s: model %s, parameters %s%.*s, alpha %.10g, log likelihood %.10g, AICc "
         "%.10g; bounds assume normal errors",
         STR_ARG(a->option[ETS_CONVENTION]), name, given ? "given" : "estimated, search ",
         given ? 0 : (int)a->option[ETS_SEARCH].len, a->option[ETS_SEARCH].ptr, c->model.alpha,
         c->end.loglik, c->end.aicc);
    if (c->model.model.season == 'M')
        note(
            a,
            "from the second cycle on the mean lies above the point path (variance of the season)");
}

enum ets_search ets_search_of(struct str option)
{
    return str_is(option, "r")               ? ETS_AS_R
           : str_is(option, "least-squares") ? ETS_LEAST_SQUARES
                                             : ETS_LIKELIEST;
}

enum code ts_run_ets(struct analysis *a, struct error *err)
{
    struct series s;
    struct ets_choice all[ETS_MODELS];
    size_t h = 0, count = 1, best = 0;
    struct str by = a->option[ETS_CRITERION], output = a->option[ETS_OUTPUT];
    TRY(check_pattern(a->option[ETS_MODEL], err));
    TRY(ts_read(a, &a->in[0], ETS_VALUE, ETS_FREQUENCY, &s, err));
    TRY(ts_count(a, ETS_H, "h", s.period > 1 ? 2 * s.period : 10, 1, 1000, &h, err));
    if (a->in_count > 1)
        TRY(given_model(a, &s, &all[0], err));
    else
        TRY(ets_choose(a->option[ETS_MODEL],
                       str_is(by, "aicc")  ? ETS_AICC
                       : str_is(by, "aic") ? ETS_AIC
                                           : ETS_BIC,
                       ets_search_of(a->option[ETS_SEARCH]),
                       s.y, s.n, s.period, &a->arena, all, &count, &best, err));
    tell(a, &all[best], a->in_count > 1);
    if (str_is(output, "states"))
        push_states(a, &all[best]);
    else if (str_is(output, "candidates"))
        push_candidates(a, all, count, best);
    else if (str_is(output, "fitted"))
        return push_fitted(a, &s, &all[best], err);
    else
        return push_forecast(a, &all[best], h, err);
    return OK;
}
