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
    {"key", ARG_TEXT, ARG_REQUIRED | ARG_WORD, "region|open_reads|hosts", "KEY",
     "region、open_reads(loopback|all|none)或 hosts",
     "region, open_reads (loopback|all|none) or hosts (names allowed in Host, comma separated)"},
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
    {"into", ARG_TEXT, 0, NULL, "DIR", "存入该工作区", "file the figures in this workspace"},
    {"check", ARG_TEXT, 0, NULL, "DIR", "把稿中的每个数字与该工作区核对(退出码 1:有出入)",
     "hold every figure of a draft against this workspace (status 1: some differ)"},
    {"catalog", ARG_TEXT, 0, NULL, "DIR", "用此处的 extract/*.csv 代替内置词表",
     "take extract/*.csv from here instead of the built-in words"},
    {"words", ARG_TEXT, 0, NULL, "DIR", "在内置词表之外再读此处的 words.csv 等(见 docs/extract-words.md)",
     "words of your own beside the built-in ones: DIR/words.csv, units.csv ... (docs/extract-words.md)"},
    {0},
};
static const struct arg analyze_args[] = {
    {"method", ARG_TEXT, ARG_WORD, NULL, "METHOD", "方法;不写则列出全部方法",
     "method; without it all methods are listed"},
    {"input", ARG_TEXT, ARG_WORD | ARG_MANY, NULL, "INPUT", "输入表,按方法要求的次序",
     "tables, in the order the method asks for; its own options are --name value"},
    {0},
};
static const struct arg bench_args[] = {
    {"name", ARG_TEXT, ARG_REQUIRED | ARG_WORD, "rollup|analyze|read", "NAME",
     "基准名:rollup(实时汇总)、analyze(区域分析)、read(公报阅读)",
     "which: rollup (live sums), analyze (methods of analysis), read (bulletins)"},
    {"points", ARG_INT, 0, NULL, "N", "rollup 的测点数(默认全省 8830000)",
     "points of rollup (default 8830000, a whole province)"},
    {"seconds", ARG_INT, 0, NULL, "N", "rollup 的时间上限(秒,默认 20)",
     "time budget of rollup in seconds (default 20)"},
    {"rounds", ARG_INT, 0, NULL, "N", "analyze、read 的轮数(默认 3,最多 31)",
     "rounds of analyze and read (default 3, at most 31)"},
    {0},
};
static const struct arg help_args[] = {
    {"command", ARG_TEXT, ARG_WORD, NULL, "COMMAND", "命令", "command"},
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
    {"import.post", "import", true, "/import", RIGHT_WRITE, OP_DIR | OP_WRITES | OP_STORES,
     import_args, "ImportAnswer", import_run, NULL, import_print, "导入 CSV 文件",
     "import CSV files"},
    {"live.get", NULL, false, "/live", RIGHT_READ, OP_STREAM, no_args, NULL, NULL, NULL, NULL,
     "修订号的事件流", "event stream of revisions"},
    {"openapi.get", NULL, false, "/openapi.json", RIGHT_NONE, 0, no_args, NULL, openapi_run, NULL,
     NULL, "本接口的 OpenAPI 3.1 描述", "this interface as OpenAPI 3.1"},
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

#define NEAR_MAX 40
static size_t distance(struct str a, struct str b)
{
    size_t row[NEAR_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t swap = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = swap < step ? swap : step;
        }
    }
    return row[b.len];
}

void nearest_try(struct nearest *best, struct str to, const char *candidate)
{
    struct str c = str_z(candidate);
    if (to.len == 0 || to.len > NEAR_MAX || c.len > NEAR_MAX)
        return;
    size_t d = str_starts(c, to) ? 1 : distance(to, c);
    if (d <= 1 + to.len / 3 && (!best->text || d < best->distance))
        *best = (struct nearest){candidate, d};
}
