/* help.c - the table of operations as help and as manual page. */
#include "serve/serve_int.h"

static void dashed(struct buf *out, const char *name)
{
    for (; *name; name++)
        buf_byte(out, *name == '_' ? '-' : *name);
}

static void usage_arg(struct buf *out, const struct arg *a)
{
    bool must = (a->flags & ARG_REQUIRED) != 0;
    buf_z(out, must ? " " : " [");
    if (a->flags & ARG_WORD) {
        buf_z(out, a->what);
        buf_z(out, a->flags & ARG_MANY ? "…" : "");
    } else {
        buf_z(out, "--");
        dashed(out, a->name);
        if (a->what)
            buf_fmt(out, " %s", a->what);
    }
    buf_z(out, must ? "" : "]");
}

void help_usage(struct buf *out, const struct op *op)
{
    const struct arg *a;
    buf_z(out, op->words);
    if (op->flags & OP_DIR)
        buf_z(out, " DIR");
    for (int words = 1; words >= 0; words--) /* what goes by its place comes first */
        for (size_t it = 0; (a = op_arg_next(op, false, &it));)
            if (((a->flags & ARG_WORD) != 0) == words)
                usage_arg(out, a);
}

static void option_line(FILE *to, const struct arg *a, bool zh)
{
    struct buf b;
    buf_init(&b, 400);
    if (a->flags & ARG_WORD) {
        buf_z(&b, a->what);
    } else {
        buf_z(&b, "--");
        dashed(&b, a->name);
        if (a->what)
            buf_fmt(&b, " %s", a->what);
    }
    int room = 26 - (int)layout_width(buf_str(&b));
    fprintf(to, "  %.*s%*s  %s\n", STR_ARG(buf_str(&b)), room > 0 ? room : 0, "",
            zh ? a->zh : a->en);
    buf_clear(&b);
}

void help_command(FILE *to, const struct op *op, bool zh)
{
    struct buf b;
    const struct arg *a;
    buf_init(&b, 2000);
    help_usage(&b, op);
    fprintf(to, "%s luoshu %.*s\n%s\n\n", zh ? "用法:" : "usage:", STR_ARG(buf_str(&b)),
            zh ? op->zh : op->en);
    if (op->flags & OP_DIR)
        fprintf(to, "  %-26s  %s\n", "DIR", zh ? "工作区目录" : "the workspace, a folder");
    for (size_t it = 0; (a = op_arg_next(op, false, &it));)
        option_line(to, a, zh);
    for (a = global_args; a->name; a++)
        if (a != &global_args[0] || !(op->flags & OP_PRINTS))
            option_line(to, a, zh);
    buf_clear(&b);
}

void help_all(FILE *to, bool zh)
{
    fprintf(to, "%s luoshu COMMAND …\n\n",
            zh ? "洛书:区域产业大脑。用法:" : "Luoshu, an industry brain. usage:");
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].words)
            fprintf(to, "  %-12s %s\n", ops[i].words, zh ? ops[i].zh : ops[i].en);
    fputs(zh ? "\n用 luoshu COMMAND --help 查看某个命令;luoshu man | man -l - 查看手册。\n"
             : "\n'luoshu COMMAND --help' tells more of one; 'luoshu man | man -l -' is the "
               "manual.\n",
          to);
}

/* ---- the manual page ---- */

/* Text of roff: no line begins with a dot, minus signs stay minus signs. */
static void roff(struct buf *out, const char *z)
{
    for (const char *p = z; *p; p++) {
        if (*p == '-')
            buf_z(out, "\\-");
        else if (*p == '\\')
            buf_z(out, "\\e");
        else if ((*p == '.' || *p == '\'') && (p == z || p[-1] == '\n'))
            buf_fmt(out, "\\&%c", *p);
        else
            buf_byte(out, *p);
    }
}

static void man_option(struct buf *out, const struct arg *a)
{
    struct buf name;
    buf_init(&name, 400);
    if (!(a->flags & ARG_WORD)) {
        buf_z(&name, "--");
        dashed(&name, a->name);
        buf_byte(&name, ' ');
    }
    buf_z(&name, a->what ? a->what : "");
    buf_byte(&name, '\0');
    buf_z(out, ".TP\n.B ");
    roff(out, name.ptr);
    buf_byte(out, '\n');
    roff(out, a->en);
    buf_byte(out, '\n');
    buf_clear(&name);
}

static void man_command(struct buf *out, const struct op *op)
{
    struct buf usage;
    const struct arg *a;
    buf_init(&usage, 2000);
    help_usage(&usage, op);
    buf_byte(&usage, '\0');
    buf_z(out, ".SS luoshu ");
    roff(out, usage.ptr);
    buf_byte(out, '\n');
    roff(out, op->en);
    buf_z(out, ".\n");
    if (op->path)
        buf_fmt(out, "Over HTTP: %s %s%s (right: %s).\n", op->post ? "POST" : "GET", API_BASE,
                op->path, right_name(op->right));
    for (size_t it = 0; (a = op_arg_next(op, false, &it));)
        man_option(out, a);
    buf_clear(&usage);
}

static const char man_head[] =
    ".SH NAME\nluoshu \\- an industry brain: figures that add up, and where they come from\n"
    ".SH SYNOPSIS\n.B luoshu\n.I COMMAND\n.RI [ DIR ]\n.RI [ ARGUMENT \"] ...\"\n"
    ".SH DESCRIPTION\n"
    "A workspace is a folder that keeps facts: an entity, an indicator, a period, a value, a "
    "source,\n"
    "and when it was recorded. Nothing is overwritten: a new value is a revision, and any figure "
    "can be\n"
    "asked as it was known on a day. Totals are exact, and every figure answers where it comes "
    "from.\n"
    ".PP\n"
    "Output is an aligned table on a terminal and CSV to a pipe. While\n.B luoshu serve\n"
    "holds a workspace, reading commands and imports are answered by that server.\n";
static const char man_tail[] =
    ".SH PERIODS\n"
    "2024, 2024\\-09, 2024\\-09\\-20, 2024\\-Q1, 2024\\-H1, 2024\\-W39, 2024\\-YTD08 (January to "
    "August), and\n"
    "A/B with both ends of one form: 2025\\-01/2025\\-08, 2021/2025. P..P is a run of periods.\n"
    "The calendar is that of UTC+8; weeks begin on Monday.\n"
    ".SH EXIT STATUS\n"
    ".TP\n0\ngood\n.TP\n1\nthe answer is \"no\": nothing found, differences found\n"
    ".TP\n2\nwrong usage or input\n.TP\n3\nthe operating system or a database failed\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B LANG\nlanguage of texts, zh or en\n"
    ".TP\n.B LUOSHU_TOKEN\ntoken sent when a running server answers; needed for imports\n"
    ".SH FILES\n.TP\n.I DIR/server.json\naddress and process of the server that holds the "
    "workspace\n"
    ".SH EXAMPLES\n.nf\nluoshu init work \\-\\-region 4103\nluoshu import work facts.csv\n"
    "luoshu figure work 规上工业利润 \\-\\-of 洛阳市 \\-\\-explain\nluoshu check work\n"
    "luoshu serve work\n.fi\n";

void man_text(struct buf *out)
{
    buf_fmt(out, ".TH LUOSHU 1 \"\" \"luoshu %s\" \"User Commands\"\n", LUOSHU_VERSION);
    buf_z(out, man_head);
    buf_z(out, ".SH COMMANDS\n");
    for (size_t i = 0; i < op_count; i++)
        if (ops[i].words)
            man_command(out, &ops[i]);
    buf_z(out, ".SH COMMON OPTIONS\n");
    for (const struct arg *a = global_args; a->name; a++)
        man_option(out, a);
    buf_z(out, man_tail);
}
