/* error.c - failures told once, and memory that is there or ends the process.
 * Not a log: an error is a value, and whoever holds it last decides who hears of it. */
#include "error.h"
#include "str.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct code_info codes[CODE_COUNT] = {
    [OK] = {"ok",       200, 0, "成功",                            "success"                     },
    [E_INPUT] = {"input",    400, 2, "输入无效",                      "invalid input"               },
    [E_MISSING] = {"missing",  404, 2, "对象不存在",                   "not found"                   },
    [E_CONFLICT] = {"conflict", 409, 2, "与现有内容冲突或有歧义", "conflicting or ambiguous"    },
    [E_DENIED] = {"denied",   403, 2, "没有权限",                      "not allowed"                 },
    [E_RANGE] = {"range",    422, 2, "数值超出范围或精度",       "number out of range or scale"},
    [E_LIMIT] = {"limit",    413, 2, "超过规定的上限",             "larger than a stated limit"  },
    [E_BUSY] = {"busy", 429, 3, "正忙，请稍后重试", "busy; the same again later"},
    [E_IO] = {"io",       500, 3, "系统读写失败",                "operating system failure"    },
    [E_BACKEND] = {"backend",  503, 3, "依赖的库或数据库失败",    "library or database failure" },
    [E_BUG] = {"bug",      500, 3, "程序内部错误",                "internal error"              },
};

const struct code_info *code_info(enum code code)
{
    unsigned i = (unsigned)code;
    return &codes[i < CODE_COUNT ? i : E_BUG];
}

/* What is quoted in a message may be any bytes, and may be cut anywhere; the message is UTF-8. */
static void scrub(char *text)
{
    size_t len = strlen(text), i = 0;
    while ((i += utf8_bad((struct str){text + i, len - i})) < len)
        text[i] = '?';
}

/* A cut message ends at a whole character rather than in question marks. */
static void cut(char *text, size_t len)
{
    size_t end = len;
    while (end > 0 && end + 4 > len && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
        end--;
    if (end > 0 && (unsigned char)text[end - 1] >= 0xC0 &&
        utf8_bad((struct str){text + end - 1, len - end + 1}) == 0)
        text[end - 1] = '\0';
}

PRINTF_LIKE(5, 0)
static void fill(struct error *e, enum code code, uint32_t line, uint32_t column, const char *fmt,
                 va_list ap)
{
    assert(code != OK);
    if (e == NULL || e->code != OK)
        return;
    e->code = code;
    e->line = line;
    e->column = column;
    int n = vsnprintf(e->text, sizeof e->text, fmt, ap);
    if (n < 0)
        e->text[0] = '\0';
    else if ((size_t)n >= sizeof e->text)
        cut(e->text, sizeof e->text - 1);
    scrub(e->text);
}

enum code error_set(struct error *e, enum code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(e, code, 0, 0, fmt, ap);
    va_end(ap);
    return code;
}

enum code error_at(struct error *e, enum code code, uint32_t line, uint32_t column, const char *fmt,
                   ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(e, code, line, column, fmt, ap);
    va_end(ap);
    return code;
}

void error_clear(struct error *e)
{
    if (e != NULL)
        *e = (struct error){.code = OK};
}

/* stdio may want memory itself, so the last words go out by write(). */
static _Noreturn void exhausted(void)
{
    static const char line[] = "luoshu: out of memory\n";
    ssize_t n = write(STDERR_FILENO, line, sizeof line - 1);
    (void)n;
    abort();
}

static void *need(void *p)
{
    if (p == NULL)
        exhausted();
    return p;
}

/* A length of 0 gives a pointer like any other, so that NULL never stands for success. */
void *mem_alloc(size_t len)
{
    return need(malloc(len > 0 ? len : 1));
}

void *mem_zalloc(size_t len)
{
    return need(calloc(1, len > 0 ? len : 1));
}

void *mem_realloc(void *p, size_t len)
{
    return need(realloc(p, len > 0 ? len : 1));
}

void mem_free(void *p)
{
    free(p);
}
