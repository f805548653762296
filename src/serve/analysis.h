/* analysis.h - a method of regional analysis applied to a workspace: its inputs are a frame of
 * figures (query_frame) or datasets, its answer names the inputs of every row. */
#ifndef LUOSHU_SERVE_ANALYSIS_H
#define LUOSHU_SERVE_ANALYSIS_H
#include "analyze/analyze.h"
#include "serve/ops.h"
#include "store/registry.h"

#define JOB_INPUTS 8
/* What table a method is given, and the least it can say something about. */
struct input_rule {
    const char *method; /* its name, or NULL: every other of the family */
    const struct method *family;
    bool figures; /* can be built from figures; else datasets only */
    enum frame_shape shape;
    bool many_periods;
    bool whole; /* gaps are left out (frame_complete); else a gap is "not present" */
    unsigned rows, columns, periods;
};
struct need {
    struct str zh, en;
};
struct job {
    const struct method *method;
    const struct input_rule *rule;
    struct frame frame;
    bool has_frame;
    struct table in[JOB_INPUTS];
    size_t in_count;
    struct dataset_row dataset[JOB_INPUTS];
    size_t dataset_count;
    struct str option[OPTIONS_MAX + 4][2];
    size_t option_count;
    VEC(struct need) needs; /* not empty: the method was not run, or it said no */
    VEC(struct str) notes; /* of making the tables */
    struct analysis result;
    bool ran;
};
const struct input_rule *input_rule_of(const struct method *m);
/* Fills in inputs and options, and needs. clear in any case. */
MUST_CHECK enum code job_prepare(struct call *c, struct job *j, struct error *err);
MUST_CHECK enum code job_run(struct call *c, struct job *j, struct error *err);
void job_clear(struct job *j);
void dataset_json(struct call *c, const struct dataset_row *d);
#endif
