/* mcdm.c - the table of the family of multi-criteria decision; what they do is in mcdm_*.c. */
#include "mcdm_int.h"

#define NORM_VALUES "vector|minmax|vector-cost-inverse"
#define SHIFT_OPTION                                                                               \
    {                                                                                              \
        "shift", "0.0001", "number", "极差标准化后的平移量", "added to min-max values"             \
    }
#define NAMES_OPTION                                                                               \
    {                                                                                              \
        "names", "plain", "plain|tools", "列命名", "names of columns: plain, or with the tool's"   \
    }
#define TOPSIS_OPTIONS(weights)                                                                    \
    {                                                                                              \
        DECISION_OPTIONS, {"weights", weights, WEIGHTING_VALUES "|all", "权重", "weights"},        \
            {"normalisation", "vector", NORM_VALUES "|all", "标准化方法", "normalisation"},        \
            SHIFT_OPTION, NAMES_OPTION                                                             \
    }

const struct method analyze_mcdm[] = {
    {"weights",
     "table criteria?", "客观赋权",
     "objective weights of criteria", "Shannon 1948, Zeleny 1982 (entropy); Diakoulaki et al. 1995 (CRITIC)",
     {DECISION_OPTIONS, SHIFT_OPTION, NAMES_OPTION},
     run_weights},
    {"topsis",                                                         "table criteria?", "TOPSIS 综合评价", "TOPSIS", "Hwang and Yoon 1981, ch. 3",
     TOPSIS_OPTIONS("equal"), run_topsis},
    {"entropy-topsis", "table criteria?", "熵权 TOPSIS", "TOPSIS with entropy weights",
     "Hwang and Yoon 1981, ch. 3; Zeleny 1982", TOPSIS_OPTIONS("entropy-minmax"), run_topsis},
    {"rank-stability",
     "table criteria?", "权重变化下的排名稳定性",
     "ranks of TOPSIS when one weight changes", "Triantaphyllou and Sanchez 1997",
     {DECISION_OPTIONS,
      {"weights", "entropy-minmax", WEIGHTING_VALUES, "权重", "weights"},
      {"normalisation", "vector", NORM_VALUES, "标准化方法", "normalisation"},
      SHIFT_OPTION,
      {"change", "10", "number", "权重变动百分比", "change of a weight in per cent"},
      {"detail", "criterion", "criterion|alternative", "结果细度",
       "rows per criterion and sign, or per alternative"}},
     run_stability},
    {"ahp",
     "matrix", "层次分析法权重",
     "weights of a pairwise comparison matrix", "Saaty 1980; Crawford and Williams 1985; Bozoki, Fueloep and Ronyai 2010 (incomplete)",
     {NAMES_OPTION},
     run_ahp},
    {"ahp-consistency",
     "matrix", "一致性检验",
     "consistency of a pairwise comparison matrix", "Saaty 1980, 2005; Donegan and Dodd 1991; Tummala and Ling 1998",
     {NAMES_OPTION},
     run_ahp_consistency},
    {"ahp-hierarchy",
     "criteria pairs", "层次总排序",
     "weights over a hierarchy of two levels", "Saaty 1980",
     {{"goal", "Criteria", "text", "目标层名称", "name of the goal in the result"},
      {"separator", "_", "text", "成对列名中的分隔符", "between two names in a column of pairs"}},
     run_ahp_hierarchy},
    {.name = NULL                                                            },
};
