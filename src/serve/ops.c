/* ops.c - the one table of operations. Its order is the order of the help and of every file made
 * from it. */
#include "serve/ops.h"
#include <stdio.h>

/* clang-format off: one row, one line */
const struct arg no_args[] = {{0}};

const struct arg dated_args[] = {
    {"as_of", ARG_DAY, 0, NULL, "DAY", "只用该日及以前发布的",
     "what was published by then (a day, month or year: its last day)"},
    {"recorded_as_of", ARG_DAY, 0, NULL, "DAY", "只用该日及以前录入本系统的",
     "what this system had been told by then"},
    {0},
};
const struct arg global_args[] = {
    {"format", ARG_TEXT, 0, "csv|json|table", "csv|json|table",
     "输出格式(终端默认 table,管道默认 csv)",
     "output: a table on a terminal, CSV to a pipe, or as said"},
    {"lang", ARG_TEXT, 0, "zh|en", "zh|en", "语言(默认取自环境变量 LANG)",
     "language of texts (default: from LANG)"},
    {"help", ARG_FLAG, ARG_CLI, NULL, NULL, "显示该命令的帮助", "help of the command"},
    {0},
};

static const struct arg figure_args[] = {
    {"indicator", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "INDICATOR",
     "指标名、别名、#编号或表达式",
     "name, alias, #id, or an expression such as 'A / B' or 'yoy(A)'"},
    {"of", ARG_TEXT, 0, NULL, "ENTITY", "主体:名称、代码或 #编号", "entity: name, code or #id"},
    {"by", ARG_TEXT, 0, NULL, "GROUPING", "按分组展开为部分与余数",
     "split into the parts of this grouping and the remainder"},
    {"period", ARG_TEXT, 0, NULL, "P[..P]", "时期,如 2024、2025-01/2025-08、2020..2024",
     "period such as 2024, 2025-01/2025-08, or a run 2020..2024"},
    {"kind", ARG_TEXT, 0, NULL, "KIND", "数值类别:level、growth、share 等",
     "kind of statement: level, growth, share …"},
    {"explain", ARG_FLAG, 0, NULL, NULL, "给出每个数的出处",
     "with every place where the figure was said"},
    {0},
};
static const struct arg region_args[] = {
    {"of", ARG_TEXT, ARG_WORD, NULL, "OF", "主体(默认为工作区所属地区)",
     "entity (default: the region of the workspace)"},
    {0},
};
static const struct arg entities_args[] = {
    {"type", ARG_TEXT, 0, NULL, "TYPE[|TYPE]", "主体类型", "types, such as 'chain|cluster'"},
    {"q", ARG_TEXT, 0, NULL, "TEXT", "名称或别名包含的文字", "text in the name or an alias"},
    {"within", ARG_TEXT, 0, NULL, "ENTITY", "其下级", "members of this entity, at any depth"},
    {"figures", ARG_FLAG, 0, NULL, NULL, "只列有数据的", "only those that have figures"},
    {"limit", ARG_INT, 0, NULL, "N", "最多条数(默认 200,上限 5000)",
     "at most so many (default 200, at most 5000)"},
    {"offset", ARG_INT, 0, NULL, "N", "跳过的条数", "skip so many"},
    {0},
};
static const struct arg indicators_args[] = {
    {"q", ARG_TEXT, 0, NULL, "TEXT", "名称或别名包含的文字", "text in the name or an alias"},
    {"of", ARG_TEXT, 0, NULL, "ENTITY", "只列该主体有数据的",
     "only those with facts of this entity"},
    {"limit", ARG_INT, 0, NULL, "N", "最多条数(默认 200,上限 5000)",
     "at most so many (default 200, at most 5000)"},
    {"offset", ARG_INT, 0, NULL, "N", "跳过的条数", "skip so many"},
    {0},
};
static const struct arg fact_args[] = {
    {"id", ARG_INT, ARG_REQUIRED | ARG_WORD, NULL, "ID", "事实编号", "number of the fact"},
    {0},
};
static const struct arg source_args[] = {
    {"id", ARG_INT, 0, NULL, "ID", "来源编号", "number of the source"},
    {"doc", ARG_TEXT, ARG_WORD, NULL, "DOC", "文档名或表号", "name of the document or table"},
    {0},
};
static const struct arg map_args[] = {
    {"of", ARG_TEXT, ARG_WORD, NULL, "OF", "地区(默认为工作区所属地区)",
     "region (default: that of the workspace)"},
    {"indicator", ARG_TEXT, 0, NULL, "INDICATOR", "指标", "indicator"},
    {"period", ARG_TEXT, 0, NULL, "P", "时期(默认各地最新)",
     "period (default: the newest of each)"},
    {"kind", ARG_TEXT, 0, NULL, "KIND", "数值类别", "kind of statement"},
    {0},
};
static const struct arg check_args[] = {
    {"verdict", ARG_TEXT, 0, NULL, "A[,B]",
     "只列这些结论:agrees、rounding、residual、contradicts、implied、note",
     "only these: agrees, rounding, residual, contradicts, implied, note"},
    {0},
};
static const struct arg import_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_HTTP, NULL, "FILE", "文件名",
     "name of the file, for messages"},
    {"mode", ARG_TEXT, ARG_REQUIRED | ARG_HTTP, "whole|partial|check", "MODE",
     "整体导入、部分导入或只检查", "all or nothing, the good rows, or nothing but a check"},
    {"file", ARG_TEXT, ARG_REQUIRED | ARG_WORD | ARG_MANY | ARG_CLI, NULL, "FILE", "CSV 文件",
     "CSV files, known by their header"},
    {"check", ARG_FLAG, ARG_CLI, NULL, NULL, "只检查,不入库", "check only, store nothing"},
    {"partial", ARG_FLAG, ARG_CLI, NULL, NULL, "有错的行跳过,其余入库",
     "store the good rows and name the bad ones"},
    {0},
};
static const struct arg init_args[] = {
    {"region", ARG_TEXT, 0, NULL, "CODE", "所属地区的 GB/T 2260 代码,如 4103",
     "own region, a GB/T 2260 code such as 4103"},
    {"history", ARG_TEXT, 0, "duckdb|memory", "duckdb|memory", "事实库(默认 duckdb)",
     "where facts are kept (default duckdb)"},
    {0},
};
static const struct arg serve_args[] = {
    {"listen", ARG_TEXT, 0, NULL, "HOST:PORT", "监听地址(默认 127.0.0.1:8080)",
     "address (default 127.0.0.1:8080; port 0 takes a free one)"},
    {"public", ARG_FLAG, 0, NULL, NULL, "允许监听本机以外的地址",
     "allow an address that other machines can reach"},
    {"body_limit", ARG_INT, 0, NULL, "MIB", "导入文件上限(默认 32,最大 256)",
     "largest import in MiB (default 32, at most 256)"},
    {"mqtt", ARG_TEXT, 0, NULL, "URL", "MQTT 服务器地址,如 mqtt://用户:口令@主机:1883",
     "broker to read from: mqtt://[USER[:PASSWORD]@]HOST[:PORT], or mqtts://"},
    {"mqtt_topics", ARG_TEXT, 0, NULL, "FILE", "JSON 主题映射文件(docs/mqtt.md)",
     "mapping of JSON topics (docs/mqtt.md)"},
    {"mqtt_share", ARG_TEXT, 0, NULL, "GROUP", "共享订阅组名,多台服务器分担数据",
     "share the data with other servers of this group"},
    {"mqtt_ca", ARG_TEXT, 0, NULL, "FILE", "信任的证书(PEM)", "trusted certificates (PEM); else the system's"},
    {"mqtt_client", ARG_TEXT, 0, NULL, "ID", "客户端标识(默认由工作区生成)",
     "client identifier (default: the workspace's own)"},
    {"sparkplug_host", ARG_TEXT, 0, NULL, "ID", "作为 Sparkplug 主机应用,发布其 STATE",
     "be the Sparkplug host application of this id, with STATE"},
    {"sparkplug_legacy", ARG_FLAG, 0, NULL, NULL, "同时发布 2.2 版 STATE",
     "also tell STATE as Sparkplug 2.2 did"},
    {"no_sparkplug", ARG_FLAG, 0, NULL, NULL, "不订阅 Sparkplug", "do not subscribe Sparkplug"},
    {"hj212", ARG_TEXT, 0, NULL, "HOST:PORT", "接收 HJ 212 站点数据的地址",
     "take data of HJ 212 stations at this address"},
    {"hj212_stations", ARG_TEXT, 0, NULL, "FILE", "站点表 CSV(mn、pw、limits、backfill)",
     "CSV of the stations (mn, pw, limits, backfill)"},
    {"hj212_limits", ARG_TEXT, 0, NULL, "FILE", "限值表 CSV", "CSV of further limits"},
    {"hj212_unknown", ARG_TEXT, 0, "refuse|keep", "refuse|keep", "未登记的 MN(默认拒收)",
     "an MN that is not in the table (default refuse)"},
    {"modbus", ARG_TEXT, 0, NULL, "FILE", "轮询的 Modbus 测点表 CSV", "CSV of Modbus points to poll"},
    {0},
};
static const struct arg token_args[] = {
    {"action", ARG_TEXT, ARG_REQUIRED | ARG_WORD, "add", "add", "add:新增", "add a token"},
    {"label", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "LABEL", "名称,记入批次与审计",
     "its name, kept with batches and in the audit log"},
    {"right", ARG_TEXT, ARG_REQUIRED, "read|write|admin", "read|write|admin", "权限",
     "what it allows"},
    {0},
};
static const struct arg setting_args[] = {
    {"key", ARG_TEXT, ARG_REQUIRED | ARG_WORD, "region|open_reads|hosts|buckets", "KEY",
     "region、open_reads(loopback|all|none)、hosts 或 buckets(允许写入的库名,逗号分隔,空为不限)",
     "region, open_reads (loopback|all|none), hosts (names allowed in Host) or buckets (names that "
     "may be written to at /write; none: any), comma separated"},
    {"value", ARG_TEXT, ARG_WORD, NULL, "VALUE", "新值;缺省则显示",
     "new value; without it the present one is shown"},
    {0},
};
static const struct arg read_args[] = {
    {"file", ARG_TEXT, ARG_REQUIRED | ARG_WORD | ARG_MANY, NULL, "FILE", "公报文件(文本或 HTML)",
     "bulletins: text or HTML"},
    {"docs", ARG_TEXT, 0, NULL, "CSV", "文档清单:doc,source_date,frame,default_subject",
     "what is known of the documents: doc, source_date, frame, default_subject"},
    {"date", ARG_TEXT, 0, NULL, "DAY", "发布日期(不给则从文中推断)",
     "day on which the figures were given out (else inferred)"},
    {"subject", ARG_TEXT, 0, NULL, "ENTITY", "主要主体(不给则从文中推断)",
     "main subject (else inferred)"},
    {"into", ARG_TEXT, 0, NULL, "DIR", "存入该工作区:能对上的入账,其余待审",
     "file what can be placed in this workspace, and queue the rest for review"},
    {"address", ARG_TEXT, 0, NULL, "URL", "网址(与 --into 同用)", "where it was published (with --into)"},
    {"check", ARG_TEXT, 0, NULL, "DIR", "把稿中的每个数字与该工作区核对(退出码 1:有出入)",
     "hold every figure of a draft against this workspace (status 1: some differ)"},
    {"catalog", ARG_TEXT, 0, NULL, "DIR", "用此处的 extract/*.csv 代替内置词表",
     "take extract/*.csv from here instead of the built-in words"},
    {"words", ARG_TEXT, 0, NULL, "DIR", "在内置词表之外再读此处的 words.csv 等(见 docs/extract-words.md)",
     "words of your own beside the built-in ones: DIR/words.csv, units.csv ... (docs/extract-words.md)"},
    {0},
};
/* ---- documents and their review ---- */
static const struct arg document_read_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED, NULL, "NAME", "文档名,工作区内唯一",
     "name of the document, unique in the workspace"},
    {"title", ARG_TEXT, 0, NULL, "TEXT", "标题(默认取正文首行)", "title (default: its first line)"},
    {"publisher", ARG_TEXT, 0, NULL, "TEXT", "发布单位", "who published it"},
    {"address", ARG_TEXT, 0, NULL, "URL", "网址", "where it was published"},
    {"date", ARG_TEXT, 0, NULL, "DAY", "发布日期(不给则从文中推断)",
     "day on which the figures were given out (else inferred)"},
    {"frame", ARG_TEXT, 0, NULL, "P", "所报告的时期", "period that the document reports"},
    {"subject", ARG_TEXT, 0, NULL, "ENTITY", "主要主体(不给则从文中推断)",
     "main subject (else inferred)"},
    {0},
};
static const struct arg document_args[] = {
    {"id", ARG_INT, ARG_REQUIRED | ARG_WORD, NULL, "ID", "文档编号", "number of the document"},
    {0},
};
#define CLAIM_ARGS                                                                                 \
    {"claim", ARG_INT, ARG_REQUIRED | ARG_WORD, NULL, "CLAIM", "读数编号", "number of the claim"},  \
    {"version", ARG_INT, 0, NULL, "N", "所见版本;已变动则拒绝", "version that was looked at: refused when it has moved on"}, \
    {"note", ARG_TEXT, 0, NULL, "TEXT", "理由", "why"}
static const struct arg claim_args[] = {CLAIM_ARGS, {0}};
static const struct arg merge_args[] = {
    CLAIM_ARGS,
    {"fact", ARG_INT, ARG_REQUIRED, NULL, "FACT", "所重复的事实编号", "fact that the span says again"},
    {0},
};
static const struct arg correct_args[] = {
    {"claim", ARG_INT, ARG_WORD, NULL, "CLAIM", "读数编号", "number of the claim"},
    {"version", ARG_INT, 0, NULL, "N", "所见版本;已变动则拒绝",
     "version that was looked at: refused when it has moved on"},
    {"document", ARG_INT, 0, NULL, "ID", "没有读数的一处:文档编号", "a span without a claim: its document"},
    {"start", ARG_INT, 0, NULL, "N", "该处起点(字符)", "its first character, counted from 0"},
    {"end", ARG_INT, 0, NULL, "N", "该处终点", "the character after its last"},
    {"subject", ARG_TEXT, 0, NULL, "ENTITY", "主体", "subject: name or code"},
    {"indicator", ARG_TEXT, 0, NULL, "INDICATOR", "指标", "indicator: name or alias"},
    {"kind", ARG_TEXT, 0, NULL, "KIND", "数值类别", "kind of statement: level, growth, share …"},
    {"value", ARG_TEXT, 0, NULL, "V", "数值", "value"},
    {"value_hi", ARG_TEXT, 0, NULL, "V", "区间上限", "high end of a range"},
    {"unit", ARG_TEXT, 0, NULL, "UNIT", "单位", "unit"},
    {"qualifier", ARG_TEXT, 0, NULL, "Q", "限定:eq、over、at_least 等", "eq, over, at_least, under, at_most, approx, range, doubled"},
    {"period", ARG_TEXT, 0, NULL, "P", "时期", "period"},
    {"comparison", ARG_TEXT, 0, NULL, "C", "比较对象,如 yoy、vs:全国", "compared with, such as yoy or vs:全国"},
    {"modality", ARG_TEXT, 0, NULL, "M", "actual、target、plan、estimate", "actual, target, plan, estimate"},
    {"note", ARG_TEXT, 0, NULL, "TEXT", "理由", "why"},
    {"make", ARG_FLAG, 0, NULL, NULL, "新建工作区中没有的名称", "make names that the workspace does not know"},
    {0},
};
static const struct arg teach_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "NAME", "文中的名称", "name as printed"},
    {"entity", ARG_TEXT, 0, NULL, "ENTITY", "所指主体", "entity that it means"},
    {"indicator", ARG_TEXT, 0, NULL, "INDICATOR", "所指指标", "indicator that it means"},
    {0},
};
static const struct arg analyze_args[] = {
    {"method", ARG_TEXT, ARG_WORD, NULL, "METHOD", "方法;不写则列出全部方法",
     "method; without it all methods are listed"},
    {"input", ARG_TEXT, ARG_WORD | ARG_MANY, NULL, "INPUT", "输入表,按方法要求的次序",
     "tables, in the order the method asks for; its own options are --name value"},
    {"workspace", ARG_TEXT, 0, NULL, "DIR",
     "改用该工作区的数值,另给 --indicator --scope --rows --columns --period 或 --dataset(见 luoshu analysis --help)",
     "figures of this workspace instead of tables, chosen by --indicator, --scope, --rows, --columns, "
     "--period or --dataset (see 'luoshu analysis --help')"},
    {0},
};
/* ---- analysis on a workspace's own figures ---- */
static const struct arg analysis_args[] = {
    {"method", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "METHOD", "方法", "method"},
    {"indicator", ARG_TEXT, 0, NULL, "A[;B]", "指标;多个以分号分隔,可写作“名称=表达式”",
     "indicator; several parted by ';', each may be LABEL=EXPRESSION"},
    {"scope", ARG_TEXT, 0, NULL, "ENTITY", "范围(默认为工作区所属地区)",
     "entity that holds all (default: the region of the workspace)"},
    {"rows", ARG_TEXT, 0, NULL, "GROUPING", "以范围内该分组的成员为行",
     "members of the scope in this grouping are the rows"},
    {"columns", ARG_TEXT, 0, NULL, "GROUPING", "以各行该分组的成员为列(如行业);缺省以指标为列",
     "members of each row in this grouping are the columns (industries); else the indicators"},
    {"period", ARG_TEXT, 0, NULL, "P[..P]", "时期(默认覆盖最全的)",
     "period or run of periods (default: the best covered)"},
    {"without", ARG_TEXT, 0, NULL, "A[;B]", "不计入的行或列", "rows and columns to leave out"},
    {"dataset", ARG_TEXT, 0, NULL, "NAME[;NAME]", "改用数据集,按方法要求的次序",
     "datasets instead of figures, in the order the method asks for"},
    {"lower_is_better", ARG_TEXT, 0, NULL, "A[;B]", "评价中越小越好的指标",
     "indicators of which less is better, in a score"},
    {"options", ARG_TEXT, 0, NULL, "N=V[&N=V]", "方法自身的选项", "options of the method itself"},
    {"inputs", ARG_FLAG, 0, NULL, NULL, "(表格)给出输入而非结果",
     "as a table: the inputs instead of the result"},
    {0},
};
static const struct arg dataset_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "NAME", "数据集名称", "name of the dataset"},
    {0},
};
static const struct arg dataset_put_args[] = {
    {"dataset", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "NAME", "数据集名称",
     "name of the dataset"},
    {"name", ARG_TEXT, ARG_HTTP, NULL, "FILE", "文件名", "name of the file, for messages"},
    {"mode", ARG_TEXT, ARG_HTTP, "whole|partial|check", "MODE", "未使用", "not used"},
    {"title", ARG_TEXT, 0, NULL, "TEXT", "标题", "title"},
    {"address", ARG_TEXT, 0, NULL, "URL", "出处", "where it was published"},
    {"note", ARG_TEXT, 0, NULL, "TEXT", "说明:单位、口径", "note: units, coverage"},
    {"published", ARG_TEXT, 0, NULL, "DAY", "发布日期", "day on which it was published"},
    {"file", ARG_TEXT, ARG_REQUIRED | ARG_WORD | ARG_MANY | ARG_CLI, NULL, "FILE", "CSV 文件",
     "CSV file"},
    {0},
};

static const struct arg bench_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_WORD, "rollup|analyze|read|blocks", "NAME",
     "基准名:rollup(实时汇总)、analyze(区域分析)、read(公报阅读)、blocks(读数压缩存储)",
     "which: rollup (live sums), analyze (methods), read (bulletins), blocks (packed readings)"},
    {"points", ARG_INT, 0, NULL, "N", "rollup、blocks 的测点数(默认 8830000、883000)",
     "points of rollup and blocks (default 8830000, a whole province; 883000)"},
    {"seconds", ARG_INT, 0, NULL, "N", "rollup 的时间上限(秒,默认 20)",
     "time budget of rollup in seconds (default 20)"},
    {"rounds", ARG_INT, 0, NULL, "N", "analyze、read、blocks 的轮数(默认 3、3、5,最多 31)",
     "rounds of analyze, read and blocks (default 3, 3, 5; at most 31)"},
    {0},
};
static const struct arg fleet_args[] = {
    {"url", ARG_TEXT, ARG_WORD, NULL, "URL",
     "往何处发:http://主机:端口(行协议)、mqtt://主机:端口(Sparkplug B)、hj212://主机:端口",
     "where to: http://HOST:PORT (line protocol, token in LUOSHU_TOKEN), mqtt://HOST:PORT "
     "(Sparkplug B), hj212://HOST:PORT"},
    {"provision", ARG_TEXT, 0, NULL, "DIR",
     "不发送,只把企业、归属、画像与测点(按该地址的协议命名;HJ 212 另有站点表)写成 CSV,供 luoshu import 用",
     "send nothing, but write enterprises, memberships, profiles and points (named as the "
     "address's protocol does; stations of HJ 212 too) as CSV for 'luoshu import'"},
    {"qos", ARG_INT, 0, NULL, "0|1", "MQTT 数据的 QoS(默认 0;为 1 时只计代理已确认的)",
     "QoS of data over MQTT (default 0; with 1 only what the broker acknowledged is counted)"},
    {"seed", ARG_INT, 0, NULL, "N", "随机种子(默认 1):相同种子得到相同的数",
     "the same seed gives the same numbers (default 1)"},
    {"points", ARG_INT, 0, NULL, "N", "测点数(默认 1000,全省 8830000)",
     "points (default 1000; a whole province 8830000)"},
    {"every", ARG_INT, 0, NULL, "S", "每个测点的发送间隔,秒(默认 60)",
     "seconds between two readings of a point (default 60)"},
    {"from", ARG_DAY, 0, NULL, "DAY", "模拟从该日起(默认 2025-01-01)",
     "simulated time begins on this day (default 2025-01-01)"},
    {"rate", ARG_INT, 0, NULL, "N", "每秒读数(默认不限)", "readings a second (default: no limit)"},
    {"readings", ARG_INT, 0, NULL, "N", "约发送这么多后停止", "stop after about so many"},
    {"seconds", ARG_INT, 0, NULL, "S", "这么久后停止", "stop after this time"},
    {"connections", ARG_INT, 0, NULL, "N", "连接数(默认 2)", "connections (default 2)"},
    {"batch", ARG_INT, 0, NULL, "N", "每批读数(默认 5000)", "readings in a batch (default 5000)"},
    {"give_up", ARG_INT, 0, NULL, "S", "一批最多重发这么久,秒(默认 60)",
     "send a batch again for at most so long, in seconds (default 60)"},
    {"enterprises", ARG_FLAG, 0, NULL, NULL, "也列出每家企业的合计", "totals of every enterprise too"},
    {0},
};
static const struct arg help_args[] = {
    {"command", ARG_TEXT, ARG_WORD, NULL, "COMMAND", "命令", "command"},
    {0},
};

static const struct arg devices_args[] = {
    {"of", ARG_TEXT, ARG_WORD, NULL, "ENTITY", "所在主体及其下级", "at this entity and below it"},
    {"q", ARG_TEXT, 0, NULL, "TEXT", "名称或类型包含的文字", "text in name or type"},
    {"after", ARG_INT, 0, NULL, "ID", "只列此编号之后的", "only those after this number"},
    {"limit", ARG_INT, 0, NULL, "N", "最多条数(默认 200,上限 5000)", "at most so many (default 200, at most 5000)"},
    {0},
};
static const struct arg points_args[] = {
    {"device", ARG_INT, 0, NULL, "ID", "设备编号", "number of a device"},
    {"unbound", ARG_FLAG, 0, NULL, NULL, "只列待绑定的通道", "only channels that wait to be bound"},
    {"q", ARG_TEXT, 0, NULL, "TEXT", "通道名包含的文字", "text in the channel's name"},
    {"after", ARG_INT, 0, NULL, "ID", "只列此编号之后的", "only those after this number"},
    {"limit", ARG_INT, 0, NULL, "N", "最多条数(默认 200,上限 5000)", "at most so many (default 200, at most 5000)"},
    {0},
};
static const struct arg readings_args[] = {
    {"point", ARG_INT, ARG_REQUIRED | ARG_WORD, NULL, "POINT", "测点编号", "number of the point"},
    {"from", ARG_TEXT, 0, NULL, "DAY|MS", "起(日期或毫秒,默认一天前)", "from a day or ms UTC (default a day ago)"},
    {"to", ARG_TEXT, 0, NULL, "DAY|MS", "止(含该日)", "to a day, included, or ms UTC"},
    {"width", ARG_INT, 0, NULL, "PIXELS", "抽稀为这么多像素能显示的读数", "thin to what so many pixels can show"},
    {"all", ARG_FLAG, 0, NULL, NULL, "包括已被更正的读数", "corrected readings too"},
    {"corrected", ARG_FLAG, 0, NULL, NULL, "只列被更正过的读数,每次的值都列出",
     "only readings that were corrected, with every value they had"},
    {0},
};
static const struct arg trend_args[] = {
    {"indicator", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "INDICATOR", "指标", "indicator"},
    {"of", ARG_TEXT, 0, NULL, "ENTITY", "主体(默认为工作区所属地区)", "entity (default: the region of the workspace)"},
    {"level", ARG_TEXT, 0, "quarter|hour|day|month", NULL, "时间粒度(默认 hour)", "windows (default hour)"},
    {"from", ARG_TEXT, 0, NULL, "DAY|MS", "起(默认一天前)", "from (default a day ago)"},
    {"to", ARG_TEXT, 0, NULL, "DAY|MS", "止", "to"},
    {0},
};
static const struct arg connections_args[] = {
    {"of", ARG_TEXT, ARG_WORD, NULL, "ENTITY", "主体(默认为工作区所属地区)",
     "entity (default: the region of the workspace)"},
    {"by", ARG_TEXT, 0, NULL, "GROUPING", "分组(默认 district)", "grouping (default district)"},
    {"minutes", ARG_INT, 0, NULL, "N", "多少分钟内有读数算活跃(默认 15)",
     "active: a reading within so many minutes (default 15)"},
    {0},
};

static const struct arg history_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_HTTP, NULL, "FILE", "文件名", "name of the file, for messages"},
    {"mode", ARG_TEXT, ARG_HTTP, NULL, "MODE", "未用", "unused"},
    {"file", ARG_TEXT, ARG_REQUIRED | ARG_WORD | ARG_MANY | ARG_CLI, NULL, "FILE", "CSV 文件,一列时间,其余各列为字段",
     "CSV: a column of times, the others are fields"},
    {"series", ARG_TEXT, ARG_REQUIRED, NULL, "SERIES", "通道的序列名", "series of the channels"},
    {"time", ARG_TEXT, 0, NULL, "COLUMN", "时间列(默认 time、date、时间等)", "column of times (default time, date …)"},
    {"order", ARG_TEXT, 0, "ymd|dmy|mdy", NULL, "日期的次序(默认 ymd)", "order of dates (default ymd)"},
    {"midnight_ends_day", ARG_FLAG, 0, NULL, NULL, "00:00 指当日结束", "00:00 is the end of the date it is written with"},
    {0},
};
static const struct arg bind_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_HTTP, NULL, "FILE", "文件名", "name of the file, for messages"},
    {"mode", ARG_TEXT, ARG_HTTP, NULL, "MODE", "未用", "unused"},
    {"file", ARG_TEXT, ARG_REQUIRED | ARG_WORD | ARG_MANY | ARG_CLI, NULL, "FILE",
     "CSV:point,entity,profile[,device]", "CSV: point, entity, profile [, device]"},
    {0},
};
static const struct arg claim_key_args[] = {
    {"of", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "ENTITY", "设备所在主体", "where the devices will stand"},
    {"label", ARG_TEXT, 0, NULL, "TEXT", "说明", "a note"},
    {"uses", ARG_INT, 0, NULL, "N", "可用次数(默认 1)", "how often it may be used (default 1)"},
    {"days", ARG_INT, 0, NULL, "N", "有效天数(默认 30)", "for how many days (default 30)"},
    {0},
};
static const struct arg claim_args_of_device[] = {
    {"key", ARG_TEXT, ARG_REQUIRED, NULL, "KEY", "认领密钥", "claim key"},
    {"device", ARG_TEXT, ARG_REQUIRED, NULL, "NAME", "设备名", "name of the device"},
    {"type", ARG_TEXT, 0, NULL, "TYPE", "设备类型", "type of the device"},
    {"series", ARG_TEXT, ARG_REQUIRED, NULL, "SERIES", "通道的序列名", "series of its channels"},
    {"points", ARG_TEXT, ARG_REQUIRED, NULL, "FIELD=PROFILE,…", "各字段的测点类型", "profile of each field"},
    {0},
};

static const struct arg export_args[] = {
    {"file", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "FILE", "写出的 Parquet 文件", "the Parquet file to be written"},
    {"from", ARG_TEXT, 0, NULL, "DAY", "起", "from this day"},
    {"to", ARG_TEXT, 0, NULL, "DAY", "止(含该日)", "to this day, included"},
    {0},
};
static const struct arg sql_args[] = {
    {"query", ARG_TEXT, ARG_REQUIRED | ARG_WORD, NULL, "SQL", "如 select count(*), sum(value) from readings()",
     "such as: select count(*), sum(value) from readings()"},
    {"from", ARG_TEXT, 0, NULL, "DAY", "起", "from this day"},
    {"to", ARG_TEXT, 0, NULL, "DAY", "止(含该日)", "to this day, included"},
    {0},
};
static const struct arg retain_args[] = {
    {"before", ARG_TEXT, ARG_REQUIRED, NULL, "DAY", "此日以前的原始读数可以删去", "raw readings before this day may go"},
    {0},
};

const struct op ops[] = {
    {"init", "init", false, NULL, RIGHT_ADMIN, OP_DIR | OP_PRINTS, init_args, NULL, NULL,
     init_local, NULL, "新建工作区", "make an empty workspace; prints its admin token once"},
    {"serve", "serve", false, NULL, RIGHT_ADMIN, OP_DIR | OP_PRINTS, serve_args, NULL, NULL,
     serve_local, NULL, "启动服务与网页驾驶舱", "run the server and the web cockpit"},
    {"meta.get", "meta", false, "/meta", RIGHT_NONE, OP_DIR | OP_STORES, no_args, "MetaAnswer",
     meta_run, NULL, NULL, "版本、修订号与数量", "version, revision and counts"},
    {"figure.get", "figure", false, "/figure", RIGHT_READ, OP_DIR | OP_DATED, figure_args,
     "FigureAnswer", figure_run, NULL, NULL, "查询数值、其部分与出处",
     "a figure, its parts, its sources"},
    {"region.get", "region", false, "/region", RIGHT_READ, OP_DIR | OP_DATED, region_args,
     "RegionAnswer", region_run, NULL, NULL, "一个主体的最新主要数值",
     "the newest figures of an entity and its members"},
    {"entities.get", "entities", false, "/entities", RIGHT_READ, OP_DIR | OP_DATED, entities_args,
     "EntitiesAnswer", entities_run, NULL, NULL, "列出主体", "list entities"},
    {"indicators.get", "indicators", false, "/indicators", RIGHT_READ, OP_DIR | OP_DATED,
     indicators_args, "IndicatorsAnswer", indicators_run, NULL, NULL, "列出指标",
     "list indicators"},
    {"fact.get", "fact", false, "/fact", RIGHT_READ, OP_DIR | OP_DATED, fact_args, "FactAnswer",
     fact_run, NULL, NULL, "一条事实、其出处与修订", "one fact, its places and its revisions"},
    {"sources.get", "sources", false, "/sources", RIGHT_READ, OP_DIR | OP_DATED, no_args,
     "SourcesAnswer", sources_run, NULL, NULL, "列出来源", "list sources"},
    {"source.get", "source", false, "/source", RIGHT_READ, OP_DIR | OP_DATED, source_args,
     "SourceAnswer", source_run, NULL, NULL, "一个来源的全部数值", "all figures of one source"},
    {"map.get", "map", false, "/map", RIGHT_READ, OP_DIR | OP_DATED, map_args, "MapAnswer", map_run,
     NULL, NULL, "下级地区的数值", "a figure over the divisions of a region"},
    {"check.get", "check", false, "/check", RIGHT_READ, OP_DIR | OP_DATED | OP_STORES, check_args,
     "CheckAnswer", check_run_op, NULL, NULL, "核对:重放账本,比较已发布的数值",
     "replay the ledger and compare published figures with each other"},
    {"batches.get", "batches", false, "/batches", RIGHT_READ, OP_DIR | OP_DATED | OP_STORES,
     no_args, "BatchesAnswer", batches_run, NULL, NULL, "列出导入批次", "list imports"},
    {"analysis.get", "analysis", false, "/analysis", RIGHT_READ, OP_DIR | OP_DATED, analysis_args,
     "AnalysisAnswer", analysis_run, NULL, NULL, "用区域分析的方法处理工作区的数值",
     "apply a method of regional analysis to the workspace's own figures"},
    {"analyses.get", "analyses", false, "/analyses", RIGHT_READ, OP_DIR | OP_DATED, no_args,
     "AnalysesAnswer", analyses_run, NULL, NULL, "列出可供分析的数值与数据集",
     "list the figures and datasets that can be analysed"},
    {"methods.get", NULL, false, "/methods", RIGHT_NONE, 0, no_args, "MethodsAnswer", methods_run,
     NULL, NULL, "列出分析方法及其选项", "list the methods of analysis and their options"},
    {"datasets.get", "datasets", false, "/datasets", RIGHT_READ, OP_DIR | OP_DATED, no_args,
     "DatasetsAnswer", datasets_run, NULL, NULL, "列出数据集", "list datasets"},
    {"dataset.get", "dataset", false, "/dataset", RIGHT_READ, OP_DIR | OP_DATED, dataset_args,
     "DatasetAnswer", dataset_run, NULL, NULL, "一个数据集的表格", "the table of a dataset"},
    {"dataset.post", "dataset-put", true, "/dataset/put", RIGHT_WRITE,
     OP_DIR | OP_WRITES | OP_STORES | OP_BODY, dataset_put_args, "DatasetPutAnswer", dataset_put_run, NULL,
     dataset_print, "存入数据集(投入产出表、关系表等)",
     "put a table for analysis: an input-output table, edges, costs"},
    {"devices.get", "devices", false, "/devices", RIGHT_READ, OP_DIR, devices_args, "DevicesAnswer",
     devices_run, NULL, NULL, "列出设备与其状态", "list devices and how they are"},
    {"points.get", "points", false, "/points", RIGHT_READ, OP_DIR, points_args, "PointsAnswer",
     points_run, NULL, NULL, "列出测点;--unbound 为待绑定通道", "list points; --unbound: channels that wait"},
    {"profiles.get", "profiles", false, "/profiles", RIGHT_READ, OP_DIR, no_args, "ProfilesAnswer",
     profiles_run, NULL, NULL, "列出测点类型", "list profiles: what the numbers of points mean"},
    {"readings.get", "readings", false, "/readings", RIGHT_READ, OP_DIR, readings_args, "ReadingsAnswer",
     readings_run, NULL, NULL, "一个测点的读数", "the readings of a point"},
    {"trend.get", "trend", false, "/trend", RIGHT_READ, OP_DIR, trend_args, "TrendAnswer", trend_run,
     NULL, NULL, "实测指标随时间的变化", "what devices measured of an entity over time"},
    {"connections.get", "connections", false, "/connections", RIGHT_READ, OP_DIR, connections_args,
     "ConnectionsAnswer", connections_run, NULL, NULL, "接入与活跃的测点数", "points connected and active"},
    {"import.post", "import", true, "/import", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES | OP_BODY,
     import_args, "ImportAnswer", import_run, NULL, import_print, "导入 CSV 文件",
     "import CSV files"},
    {"documents.get", "documents", false, "/documents", RIGHT_READ, OP_DIR | OP_STORES, no_args,
     "DocumentsAnswer", documents_run, NULL, NULL, "列出已读文档与待审数量",
     "documents that were read, with the length of their queues"},
    {"document.get", "document", false, "/document", RIGHT_READ, OP_DIR | OP_STORES, document_args,
     "DocumentAnswer", document_run, NULL, NULL, "一份文档的原文与每处读数",
     "one document: its text and what each span says"},
    {"original.get", "original", false, "/original", RIGHT_READ, OP_DIR | OP_STORES | OP_PRINTS,
     document_args, NULL, original_run, NULL, original_print, "一份文档的原始字节",
     "one document, byte for byte as it came"},
    {"read.post", NULL, true, "/read", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES | OP_BODY,
     document_read_args, "ReadAnswer", read_run, NULL, read_print, "读入一份公报",
     "read a bulletin into the workspace"},
    {"correct.post", "correct", true, "/correct", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES,
     correct_args, "ClaimAnswer", correct_run, NULL, claim_print, "更正一处读数",
     "correct what a span says"},
    {"accept.post", "accept", true, "/accept", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES,
     claim_args, "ClaimAnswer", accept_run, NULL, claim_print, "采纳一处待审读数",
     "file a queued claim as it stands"},
    {"reject.post", "reject", true, "/reject", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES,
     claim_args, "ClaimAnswer", reject_run, NULL, claim_print, "否定一处读数:不是数据",
     "a span is no figure"},
    {"merge.post", "merge", true, "/merge", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES,
     merge_args, "ClaimAnswer", merge_run, NULL, claim_print, "并入:该处重复了某条事实",
     "a span says again what a fact says"},
    {"teach.post", "teach", true, "/teach", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES,
     teach_args, "TeachAnswer", teach_run, NULL, teach_print, "教会一个名称所指的主体或指标",
     "what a name means: an entity or an indicator"},
    {"history.post", "history", true, "/history", RIGHT_WRITE, OP_DIR | OP_BODY, history_args,
     "HistoryAnswer", history_run, NULL, field_print, "补录历史读数", "fill in readings from tables"},
    {"bind.post", "bind", true, "/bind", RIGHT_WRITE, OP_DIR | OP_STORES | OP_BODY, bind_args, "BindAnswer", bind_run,
     NULL, field_print, "绑定通道到主体与测点类型", "bind channels to entities and profiles"},
    {"claim-key.post", "claim-key", true, "/claim-key", RIGHT_ADMIN, OP_DIR | OP_STORES, claim_key_args,
     "ClaimKeyAnswer", claim_key_run, NULL, field_print, "新建设备认领密钥", "make a key with which devices are claimed"},
    {"claim.post", "claim", true, "/claim", RIGHT_NONE, OP_DIR | OP_STORES, claim_args_of_device, "ClaimDeviceAnswer",
     claim_run, NULL, field_print, "凭密钥认领设备", "claim a device with a key"},
    {"live.get", NULL, false, "/live", RIGHT_READ, OP_STREAM, no_args, NULL, NULL, NULL, NULL,
     "修订号的事件流", "event stream of revisions"},
    {"openapi.get", NULL, false, "/openapi.json", RIGHT_NONE, 0, no_args, NULL, openapi_run, NULL,
     NULL, "本接口的 OpenAPI 3.1 描述", "this interface as OpenAPI 3.1"},
    {"export", "export", false, NULL, RIGHT_ADMIN, OP_DIR | OP_PRINTS, export_args, NULL, NULL, export_local, NULL,
     "把读数写成 Parquet", "write readings as Parquet"},
    {"sql", "sql", false, NULL, RIGHT_ADMIN, OP_DIR, sql_args, NULL, NULL, sql_local, NULL, "用 SQL 查询读数",
     "ask the readings by SQL"},
    {"retain", "retain", false, NULL, RIGHT_ADMIN, OP_DIR | OP_PRINTS, retain_args, NULL, NULL, retain_local, NULL,
     "删去旧的原始读数,保留各时段合计", "let old raw readings go; the sums of windows stay"},
    {"token", "token", false, NULL, RIGHT_ADMIN, OP_DIR | OP_PRINTS, token_args, NULL, NULL,
     token_local, NULL, "新增访问令牌", "add an access token; it is printed once"},
    {"setting", "setting", false, NULL, RIGHT_ADMIN, OP_DIR | OP_PRINTS, setting_args, NULL, NULL,
     setting_local, NULL, "查看或更改设置", "show or change a setting"},
    {"read", "read", false, NULL, RIGHT_NONE, 0, read_args, NULL, NULL, read_local, NULL,
     "读公报:逐个给出数字及其出处", "read bulletins: every figure with its place in the text"},
    {"analyze", "analyze", false, NULL, RIGHT_NONE, OP_METHOD, analyze_args, NULL, NULL,
     analyze_local, NULL, "用区域分析的方法处理 CSV 表",
     "apply a method of regional analysis to CSV tables"},
    {"bench", "bench", false, NULL, RIGHT_NONE, OP_PRINTS, bench_args, NULL, NULL, bench_local,
     NULL, "运行基准测试", "run a benchmark"},
    {"fleet", "fleet", false, NULL, RIGHT_NONE, 0, fleet_args, NULL, NULL, fleet_local, NULL,
     "模拟设备向运行中的服务发送读数", "simulated devices send to a running server"},
    {"man", "man", false, NULL, RIGHT_NONE, OP_PRINTS, no_args, NULL, NULL, man_local, NULL,
     "输出手册页(roff)", "print the manual page (roff)"},
    {"openapi", "openapi", false, NULL, RIGHT_NONE, OP_PRINTS, no_args, NULL, NULL, openapi_local,
     NULL, "输出 OpenAPI 3.1 描述", "print the OpenAPI 3.1 description"},
    {"client-ts", "client-ts", false, NULL, RIGHT_NONE, OP_PRINTS, no_args, NULL, NULL,
     client_ts_local, NULL, "输出 TypeScript 客户端", "print the TypeScript client"},
    {"rights", "rights", false, NULL, RIGHT_NONE, 0, no_args, NULL, NULL, rights_local, NULL,
     "输出权限矩阵", "print the matrix of rights"},
    {"version", "version", false, NULL, RIGHT_NONE, OP_PRINTS, no_args, NULL, NULL, version_local,
     NULL, "输出版本", "print the version"},
    {"help", "help", false, NULL, RIGHT_NONE, OP_PRINTS, help_args, NULL, NULL, help_local, NULL,
     "显示帮助", "show help"},
};
/* clang-format on */
const size_t op_count = sizeof ops / sizeof *ops;

const struct op *op_by_words(struct str words)
{
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].words && str_is(words, ops[i].words))
            return &ops[i];
    return NULL;
}

const struct op *op_by_path(struct str path)
{
    if (!str_starts(path, STR(API_BASE)))
        return NULL;
    struct str rest = str_sub(path, sizeof API_BASE - 1, path.len);
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].path && str_is(rest, ops[i].path))
            return &ops[i];
    return NULL;
}

static const char *const right_names[] = {"none", "read", "write", "admin"};

const char *right_name(enum right r)
{
    return right_names[r];
}

bool right_from(struct str s, enum right *out)
{
    for (unsigned i = 0; i < 4; i++)
        if (str_is(s, right_names[i])) {
            *out = (enum right)i;
            return true;
        }
    return false;
}

void op_camel(const struct op *op, const char *prefix, const char *suffix, char out[64])
{
    char name[40];
    size_t len = 0;
    bool up = true;
    for (const char *p = op->path; *p && len < sizeof name - 1; p++) {
        bool letter = *p >= 'a' && *p <= 'z';
        if (letter)
            name[len++] = (char)(up ? *p - 32 : *p);
        up = !letter;
    }
    name[len] = '\0';
    snprintf(out, 64, "%s%s%s", prefix, name, suffix);
}

static const struct arg *list_at(const struct arg *list, bool http, size_t *skip)
{
    unsigned hidden = http ? ARG_CLI : ARG_HTTP;
    for (; list->name; list++)
        if (!(list->flags & hidden) && (*skip)-- == 0)
            return list;
    return NULL;
}

const struct arg *op_arg_next(const struct op *op, bool http, size_t *it)
{
    size_t skip = (*it)++;
    const struct arg *a = list_at(op->args, http, &skip);
    if (!a && (op->flags & OP_DATED))
        a = list_at(dated_args, http, &skip);
    return a;
}

void nearest_try(struct nearest *best, struct str to, const char *candidate)
{
    struct str c = str_z(candidate);
    if (to.len == 0 || to.len > STR_DISTANCE_MAX)
        return;
    size_t d = str_starts(c, to) ? 1 : str_distance(to, c);
    if (d <= 1 + to.len / 3 && (!best->text || d < best->distance))
        *best = (struct nearest){candidate, d};
}
