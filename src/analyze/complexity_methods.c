/* complexity_methods.c - the methods of the complexity family (经济复杂度与产品空间) as rows. */
#include "complexity_int.h"

#define GRID_OPTIONS                                                                               \
    {"region", "region", "column", "地区列", "column of the regions"},                             \
        {"industry", "industry", "column", "行业列", "column of the industries"},                  \
        {"value", "value", "column", "数值列", "column of the amounts"},                           \
        {"presence", "rca", "rca|value", "如何判定具备：显示性比较优势，或数值本身",               \
         "what decides presence: RCA, or the value itself"},                                       \
        {"threshold", "1", "number", "判定门槛（含）", "present from this on"},                    \
        {"missing", "error", "error|zero", "空值：报错或记为零", "empty values: an error, or 0"},  \
        {"negative", "error", "error|zero", "负值：报错或记为零",                                  \
         "negative values: an error, or 0"},                                                       \
    {                                                                                              \
        "totals", "leave", "leave|keep|error", "合计行：去掉、照算或报错",                         \
            "rows that are totals: leave out, take as parts, or an error"                          \
    }

#define BLOCKS_OPTION                                                                              \
    {                                                                                              \
        "blocks", "largest", "largest|each|error", "互不相连的部分",                               \
            "unconnected blocks: measure the largest, each by itself, or an error"                 \
    }
#define CONVENTION_ZH "采用哪种工具的约定"
#define CONVENTION_EN "convention of which tool"
#define INDEX_OPTION_ROWS(conventions)                                                             \
    {"convention", "pyecomplexity", conventions, CONVENTION_ZH, CONVENTION_EN}, BLOCKS_OPTION,     \
        {"sign", "diversity", "diversity|ubiquity|reverse", "符号依据",                            \
         "sign: ECI rises with diversity, PCI falls with ubiquity, or against diversity"},         \
    {                                                                                              \
        "normalisation", "convention", "convention|population|sample|none", "标准化",              \
            "z-score with the convention's, population or sample sd, or the eigenvector itself"    \
    }
#define ONLY_OPTION                                                                                \
    {                                                                                              \
        "only", "", "text", "只输出该地区", "rows of this region only"                             \
    }
#define OF_OPTION                                                                                  \
    {                                                                                              \
        "of", "regions", "regions|industries", "地区或行业", "of regions or of industries"         \
    }
#define TWO_TOOLS "pyecomplexity|economiccomplexity"
#define THREE_TOOLS "pyecomplexity|economiccomplexity|econgeo"

#define ATLAS "Hausmann, Hidalgo et al., The Atlas of Economic Complexity (2011)"
#define SPACE "Hidalgo, Klinger, Barabasi and Hausmann, Science 317 (2007)"
#define RIGBY "Balland and Rigby, Economic Geography 93 (2017)"
#define EXPORTS "Hausmann, Hwang and Rodrik, Journal of Economic Growth 12 (2007)"

#define BALASSA "Balassa, Manchester School 33 (1965)"
#define REFLECTIONS "Hidalgo and Hausmann, PNAS 106 (2009), eq. 3 and 4"
#define FITNESS "Tacchella et al., Scientific Reports 2 (2012), eq. 1"
#define PERCENT "Boschma, Balland and Kogler, Industrial and Corporate Change 24 (2015)"
#define COUNTED "van Eck and Waltman, JASIST 60 (2009); Steijn, Journal of Informetrics 15 (2021)"
#define VARIED                                                                                     \
    "Frenken, Van Oort and Verburg, Regional Studies 41 (2007); Krugman, Geography and Trade "     \
    "(1991)"

#define DIGITS_OPTION                                                                              \
    {                                                                                              \
        "digits", "4", "number", "矩阵保留的小数", "decimals of the matrix"                        \
    }
#define INCOME_OPTION                                                                              \
    {                                                                                              \
        "income", "gdp_pc", "column", "人均收入列", "column of income per head"                    \
    }

/* clang-format off */
const struct method analyze_complexity[] = {
    {"rca", "table", "显示性比较优势（区位商）与具备矩阵", "Balassa's index and the binary matrix", BALASSA,
     {GRID_OPTIONS,
      {"convention", "pyecomplexity", "pyecomplexity|econgeo", CONVENTION_ZH, CONVENTION_EN},
      ONLY_OPTION},
     run_rca},
    {"complexity", "table", "经济复杂度：特征向量、反射法、适合度",
     "economic complexity: eigenvector, reflections, fitness",
     ATLAS ", box 2.1; " REFLECTIONS "; " FITNESS "; " RIGBY,
     {GRID_OPTIONS, OF_OPTION,
      {"steps", "20", "number", "反射与适合度的步数", "steps of reflections and fitness"},
      INDEX_OPTION_ROWS(THREE_TOOLS)},
     run_complexity},
    {"kci", "table", "地区知识复杂度", "knowledge complexity of regions", RIGBY,
     {GRID_OPTIONS, BLOCKS_OPTION, DIGITS_OPTION}, run_kci},
    {"tci", "table", "行业（技术）复杂度", "complexity of industries or technologies", RIGBY,
     {GRID_OPTIONS, BLOCKS_OPTION, DIGITS_OPTION}, run_tci},
    {"morc", "table", "地区反射法", "method of reflections for regions", REFLECTIONS,
     {GRID_OPTIONS, {"steps", "20", "number", "步数", "steps"}}, run_morc},
    {"mort", "table", "行业反射法", "method of reflections for industries", REFLECTIONS,
     {GRID_OPTIONS, {"steps", "19", "number", "步数", "steps"}}, run_mort},
    {"proximity", "table", "产品或地区之间的邻近度", "proximity of industries or of regions", SPACE,
     {GRID_OPTIONS,
      {"of", "industries", "industries|regions", "行业或地区", "of industries or of regions"}},
     run_proximity},
    {"density", "table", "关联密度", "density of what is related and present", SPACE "; " PERCENT,
     {GRID_OPTIONS,
      {"convention", "pyecomplexity", THREE_TOOLS, CONVENTION_ZH, CONVENTION_EN},
      {"relatedness", "binary", "binary|prob|cosine|jaccard|association", "关联度（仅 econgeo）",
       "relatedness, for econgeo only; binary = prob >= 1"},
      ONLY_OPTION},
     run_density},
    {"distance", "table", "到未具备产品的距离", "distance to what is absent", ATLAS ", 4.2",
     {GRID_OPTIONS, ONLY_OPTION}, run_distance},
    {"coi", "table", "复杂度前景指数", "complexity outlook index", ATLAS ", 4.3",
     {GRID_OPTIONS, INDEX_OPTION_ROWS(TWO_TOOLS)}, run_coi},
    {"cog", "table", "复杂度前景收益", "complexity outlook gain", ATLAS ", 4.4",
     {GRID_OPTIONS, INDEX_OPTION_ROWS(TWO_TOOLS), ONLY_OPTION}, run_cog},
    {"relatedness", "table", "共现与关联度", "co-occurrence and relatedness of industries", COUNTED,
     {GRID_OPTIONS}, run_relatedness},
    {"variety", "table", "地区多样化与专业化", "variety and specialisation of regions", VARIED,
     {GRID_OPTIONS, {"convention", "exact", "exact|econgeo", CONVENTION_ZH, CONVENTION_EN}},
     run_variety},
    {"locational-gini", "table", "行业区位基尼系数", "locational Gini of industries",
     "Krugman, Geography and Trade (1991), p. 56", {GRID_OPTIONS}, run_locational_gini},
    {"prody", "table income", "产品的收入含量", "income content of industries", EXPORTS ", eq. 1",
     {GRID_OPTIONS, INCOME_OPTION}, run_prody},
    {"expy", "table income", "地区产出的收入含量", "income content of what regions make",
     EXPORTS ", eq. 2", {GRID_OPTIONS, INCOME_OPTION}, run_expy},
    {0},
};
/* clang-format on */
