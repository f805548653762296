/* io.c - the list of input-output methods; nothing else. */
#include "io_int.h"

#define SOURCE_MB "Miller and Blair, Input-Output Analysis, 2nd ed. 2009, "
#define INCOME                                                                                     \
    {                                                                                              \
        "income", "", "column", "劳动报酬列",                                                      \
            "column of income; wage, compensation when not given"                                  \
    }
#define EMPLOYMENT                                                                                 \
    {                                                                                              \
        "employment", "", "column", "就业列",                                                      \
            "column of jobs; employees, employment when not given"                                 \
    }
#define CONSUMPTION                                                                                \
    {                                                                                              \
        "consumption", "", "column", "居民消费列",                                                 \
            "column of household consumption; household_consumption when not given"                \
    }

const struct method analyze_io[] = {
    {.name = "io-table",
     .inputs = "table",
     .zh = "官方投入产出表拆分为中间流量与向量",
     .en = "an official input-output table split into flows and vectors",
     .source = SOURCE_MB "chapter 2; tables of the National Bureau of Statistics of China and the "
                         "OECD (ICIO)",
     .options = {{"part", "Z", "Z|vectors", "输出流量或向量", "flows, or vectors by sector"},
                 {"origin", "domestic", "domestic|total", "仅国内品,或含进口品",
                  "domestic goods, or imports too, where the table parts them"},
                 {"names", "zh", "zh|en|code", "部门名称", "how sectors are named"}},
     .run = io_run_table},
    {.name = "io-coefficients",
     .inputs = "Z vectors",
     .zh = "直接消耗系数（或分配系数）",
     .en = "technical coefficients A, or output coefficients B",
     .source = SOURCE_MB "chapters 2 and 12; A = z / x of the buyer, B = z / x of the seller",
     .options = {IO_DEMAND,
                 {"by", "input", "input|output", "按投入或按产出",
                  "over the buyer's output (A) or the seller's (B)"}},
     .run = io_run_coefficients},
    {.name = "io-leontief",
     .inputs = "Z vectors",
     .zh = "列昂惕夫逆矩阵（完全需要系数）",
     .en = "Leontief inverse",
     .source = SOURCE_MB "chapter 2; L = (I - A)^-1",
     .options = {IO_DEMAND},
     .run = io_run_leontief},
    {.name = "io-ghosh",
     .inputs = "Z vectors",
     .zh = "高希逆矩阵",
     .en = "Ghosh inverse",
     .source = "Ghosh, Economica 25 (1958); " SOURCE_MB "chapter 12; G = (I - B)^-1",
     .options = {IO_DEMAND},
     .run = io_run_ghosh},
    {.name = "io-sectors",
     .inputs = "Z vectors",
     .zh = "部门乘数、前后向联系、影响力与感应度系数",
     .en = "multipliers, linkages, dispersion and extraction by sector",
     .source = "Rasmussen 1956; Chenery and Watanabe 1958; " SOURCE_MB "chapters 6 and 12",
     .options = {IO_DEMAND,
                 {"region", "R", "text", "地区名",
                  "written in the column region; empty = no column"},
                 INCOME,
                 EMPLOYMENT,
                 CONSUMPTION,
                 {"variation", "rasmussen", "rasmussen|r-leontief", "变异系数的算法",
                  "coefficients of variation within a column (row) of L, or as R leontief 0.3"}},
     .run = io_run_sectors},
    {.name = "io-extraction",
     .inputs = "Z vectors",
     .zh = "假设抽取法",
     .en = "hypothetical extraction: total output lost without each sector",
     .source =
         "Paelinck et al. 1965; Dietzenbacher and van der Linden 1997; " SOURCE_MB "chapter 12",
     .options = {IO_DEMAND,
                 {"kind", "all", "all|full|backward|forward|backward_total|forward_total",
                  "抽取方式", "what is taken out"}},
     .run = io_run_extraction},
    {.name = "io-impact",
     .inputs = "Z vectors change?",
     .zh = "最终需求变动或部门停产的影响",
     .en = "impact of a change of final demand (columns sector, change) or of stopped sectors",
     .source = SOURCE_MB "chapters 2 (dx = L df, households) and 13 (mixed)",
     .options = {IO_DEMAND,
                 {"stopped", "", "text", "停产部门，以;分隔", "sectors that stop, separated by ;"},
                 {"share", "1", "number", "停产比例", "part of their output that is lost"},
                 {"direction", "backward", "backward|forward", "向上游或向下游",
                  "to suppliers (Leontief) or to buyers (Ghosh)"},
                 {"model", "open", "open|closed", "是否含居民部门",
                  "closed with households or not"},
                 INCOME,
                 EMPLOYMENT,
                 CONSUMPTION},
     .run = io_run_impact},
    {.name = "io-environment",
     .inputs = "Z Y F",
     .zh = "环境扩展：强度、完全强度、消费侧与生产侧核算",
     .en = "environmental extension: intensities, multipliers, footprints",
     .source = SOURCE_MB "chapter 10; Stadler, Pymrio, JORS 9 (2021)",
     .options = {{"account", "D_cba", "S|M|D_cba|D_pba", "核算口径", "what is written"}},
     .run = io_run_environment},
    {.name = NULL                                                                  },
};
