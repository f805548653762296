/* regional_int.h - what the regional methods share: the panel and measures of spread. */
#ifndef LUOSHU_REGIONAL_INT_H
#define LUOSHU_REGIONAL_INT_H
#include "analyze.h"

/* Regions x industries at one period or more, exact: values are units * 10^-scale. Total rows and
 * overlapping codes are already left out, each key is there once. */
struct panel {
    struct str *region, *industry, *period;
    size_t regions, industries, periods;
    unsigned scale;
    struct str value_name; /* of the column in results */
    i128 *v;               /* [period][region][industry] */
    i128 *nation;          /* [period][industry]: a column of the input, or the sum over regions */
    i128 *regional;        /* [period][region]: the sum over industries */
    i128 *total;           /* [period]: the sum of nation */
};

/* Options every panel method begins with; PANEL_AT or PANEL_SPAN follows. */
enum panel_option {
    PANEL_REGION,
    PANEL_INDUSTRY,
    PANEL_VALUE,
    PANEL_NATION,
    PANEL_YEAR,
    PANEL_LEAVE,
    PANEL_TOTALS,
    PANEL_OVERLAPS,
    PANEL_NAME,
    PANEL_AT,       /* one period */
    PANEL_FROM = 9, /* or several */
    PANEL_TO,
    PANEL_START,
    PANEL_NATION_START
};
#define PANEL_OPTIONS                                                                              \
    {"region", "region", "column", "地区列；没有此列时全部为一个地区",                             \
     "column of the region; without it all rows are one region"},                                  \
        {"industry", "industry", "column", "行业列", "column of the industry"},                    \
        {"value", "", "column", "数值列，默认 value 或 emp",                                       \
         "column of the value; value or emp when not given"},                                      \
        {"nation", "", "column", "参照区域（全国）数值列；默认为各地区之和",                       \
         "column of the reference area; the sum of the regions when not given"},                   \
        {"year", "year", "column", "年份列（可无）", "column of the period, if there is one"},     \
        {"leave", "", "text", "不计入的行业，以分号分隔", "industries left out, parted by ;"},     \
        {"totals", "leave", "leave|keep|error", "合计行", "rows that are totals"},                 \
        {"overlaps", "leave-narrower", "leave-narrower|leave-wider|keep|error",                    \
         "相互包含的行业代码", "industries whose codes contain each other"},                       \
    {                                                                                              \
        "name", "region", "text", "无地区列时的地区名称", "the region's name without its column"   \
    }
#define PANEL_AT_OPTION                                                                            \
    {                                                                                              \
        "at", "", "text", "时期，默认为最后一期", "the period; the last when not given"            \
    }
#define PANEL_SPAN_OPTIONS                                                                         \
    {"from", "", "text", "基期，默认为第一期", "first period"},                                    \
        {"to", "", "text", "报告期，默认为最后一期", "last period"},                               \
        {"start", "", "column", "基期数值列（宽表）",                                              \
         "column of the first period, in a wide table"},                                           \
    {                                                                                              \
        "nation-start", "", "column", "基期参照区域数值列（宽表）",                                \
            "column of the reference area in the first period, in a wide table"                    \
    }

enum panel_shape {
    PANEL_ONE,  /* one period: option `at` */
    PANEL_SPAN, /* the first and the last */
    PANEL_ALL   /* every one from the first to the last */
};
/* fails  E_INPUT duplicate keys, missing values, totals or overlaps that cannot be left out */
MUST_CHECK enum code panel_read(struct panel *p, struct analysis *a, enum panel_shape shape,
                                struct error *err);
static inline i128 panel_v(const struct panel *p, size_t period, size_t region, size_t industry)
{
    return p->v[(period * p->regions + region) * p->industries + industry];
}
static inline i128 panel_nation(const struct panel *p, size_t period, size_t industry)
{
    return p->nation[period * p->industries + industry];
}
/* A value of the panel as a cell, exactly. */
void panel_push(const struct panel *p, struct table *out, int column, i128 units);
/* fails  E_INPUT naming the first negative value: shares of it mean nothing */
MUST_CHECK enum code panel_not_negative(const struct panel *p, size_t period, struct error *err);

/* Marks the industries to leave out because another one's code contains theirs (or the reverse);
 * leave[i] set, notes written. fails E_INPUT where neither contains the other */
MUST_CHECK enum code codes_overlap(struct analysis *a, const struct str *industry, size_t count,
                                   bool *leave, struct error *err);

/* Measures over x[0..n), x >= 0, not all 0; the array is not changed. NaN = does not apply. */
struct spread {
    double hhi, hhi_norm, hhi_equiv; /* of shares: sum s^2, (H - 1/n)/(1 - 1/n), 1/H */
    double gini, gini_norm;          /* relative mean difference; times n/(n-1) */
    double cv;                       /* sample standard deviation over the mean */
    double hoover;                   /* sum |s - 1/n| / 2 */
    double theil_t, theil_l;         /* mean of x/m ln x/m; mean of ln m/x (mean log deviation) */
    double rosenbluth;               /* 1 / (2 sum of rank * share - 1), ranks from the largest */
};
void spread_of(const double *x, size_t n, struct spread *s, struct arena *scratch);
/* Sum 2 i (x_i - m) / (n^2 m) over x in rising order, of any numbers with mean m > 0. */
double gini_of(const double *x, size_t n, struct arena *scratch);
double atkinson_of(const double *x, size_t n, double epsilon);

enum code run_lq(struct analysis *a, struct error *err);
enum code run_shiftshare(struct analysis *a, struct error *err);
enum code run_contribution(struct analysis *a, struct error *err);
enum code run_specialisation(struct analysis *a, struct error *err);
enum code run_concentration(struct analysis *a, struct error *err);
enum code run_inequality(struct analysis *a, struct error *err);
enum code run_ellison_glaeser(struct analysis *a, struct error *err);
#endif
