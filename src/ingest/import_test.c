/* import_test.c - tables in: every layout, every kind of bad row with its place, orders and
 * repeats, and the reference data where it is at hand. */
#include "ingest/import.h"
#include "ledger/ledger_testing.h"
#include <iconv.h>
#include <sys/stat.h>

/* ---- a workspace and what was imported last ---- */

struct desk {
    struct scratch s;
    struct ledger *l;
    const struct model *m;
    struct import_report report;
    struct error err;
    int64_t clock;
    bool reported;
};

static void desk_open(struct desk *d, bool catalogue)
{
    memset(d, 0, sizeof *d);
    scratch_open(&d->s, "memory");
    d->l = d->s.l;
    d->m = ledger_model(d->l);
    d->clock = 1;
    if (catalogue)
        MUST(import_catalogue(d->l, STR("4103"), d->clock++, e));
}

static void desk_close(struct desk *d)
{
    if (d->reported)
        import_report_clear(&d->report);
    scratch_close(&d->s);
}

static enum code take_files(struct desk *d, const struct import_file *files, size_t count,
                            enum import_mode mode)
{
    if (d->reported)
        import_report_clear(&d->report);
    d->reported = true;
    d->err = (struct error){0};
    return import_files(d->l, files, count, mode, STR("test"), d->clock++, &d->report, &d->err);
}

static enum code take_as(struct desk *d, const char *name, struct str bytes, enum import_mode mode)
{
    struct import_file f = {str_z(name), bytes};
    return take_files(d, &f, 1, mode);
}

static enum code take(struct desk *d, const char *csv)
{
    return take_as(d, "t.csv", str_z(csv), IMPORT_WHOLE);
}

static void print_problems(const struct desk *d)
{
    for (size_t i = 0; i < d->report.problems.len && i < 20; i++) {
        const struct import_problem *p = &d->report.problems.v[i];
        print_error("  %s %.*s:%u:%u %.*s\n", p->warning ? "warning" : "error", STR_ARG(p->file),
                    p->line, p->column, STR_ARG(p->text));
    }
}

/* The import must succeed without an error, and with that many warnings (-1 = any number). */
static void check_taken(struct desk *d, enum code code, int warnings, const char *why)
{
    if (code == OK && d->report.errors == 0 &&
        (warnings < 0 || d->report.warnings == (size_t)warnings))
        return;
    print_problems(d);
    fail_msg("%s: code %d, %zu errors, %zu warnings, want %d: %s", why, (int)code, d->report.errors,
             d->report.warnings, warnings, d->err.text);
}

static void must_take(struct desk *d, const char *csv, int warnings)
{
    enum code c = take(d, csv);
    check_taken(d, c, warnings, "import");
}

static const struct import_problem *problem_of(const struct desk *d, const char *text)
{
    for (size_t i = 0; i < d->report.problems.len; i++)
        if (str_has(d->report.problems.v[i].text, str_z(text)))
            return &d->report.problems.v[i];
    print_problems(d);
    fail_msg("nothing was said of '%s'", text);
    return NULL;
}

static uint32_t entity_named(const struct desk *d, const char *name)
{
    size_t it = 0;
    uint32_t id = model_named(d->m, str_z(name), &it);
    if (!id)
        fail_msg("no entity '%s'", name);
    return id;
}

static uint32_t coded(const struct desk *d, const char *code)
{
    uint32_t id = model_find_code(d->m, str_z(code));
    if (!id)
        fail_msg("no entity with code '%s'", code);
    return id;
}

static uint32_t parent_of(const struct desk *d, uint32_t id)
{
    return model_parent(d->m, id, DAY_MAX);
}

static bool is_in(const struct desk *d, uint32_t child, uint32_t parent, const char *grouping,
                  const char *from)
{
    const struct membership *ms;
    for (size_t it = 0; (ms = model_parents(d->m, child, &it));)
        if (ms->parent == parent && str_is(model_grouping(d->m, ms->grouping)->name, grouping) &&
            ms->from == (from ? period_z(from).first : DAY_MIN))
            return true;
    return false;
}

/* Current value of an entity's series as printed in the fact's own unit; "" when nothing is said.
 */
static const char *value_of(const struct desk *d, uint32_t entity, const char *indicator,
                            enum fact_kind kind, const char *comparison, enum modality modality,
                            const char *period)
{
    static char text[DEC_TEXT + 32];
    uint32_t i = model_find_indicator(d->m, str_z(indicator));
    uint32_t s = i ? model_find_series(d->m, i, kind, str_z(comparison), modality) : 0;
    const struct fact *f = s ? ledger_current(d->l, entity, s, period_z(period), AS_OF_NOW) : NULL;
    char number[DEC_TEXT];
    if (!f)
        return "";
    if (f->state != STATE_VALUE)
        return state_name((enum fact_state)f->state);
    unit_text(d->m, f->unit, f->value, f->decimals, number);
    snprintf(text, sizeof text, "%s%s%.*s",
             f->qualifier == Q_EQ ? "" : qualifier_name((enum qualifier)f->qualifier), number,
             STR_ARG(model_unit(d->m, f->unit)->symbol));
    return text;
}

static const char *level_of(const struct desk *d, uint32_t entity, const char *indicator,
                            const char *period)
{
    return value_of(d, entity, indicator, KIND_LEVEL, "", MOD_ACTUAL, period);
}

/* The sums by names instead of ids, sorted: two workspaces that met the same things in another
 * order say the same. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sums_by_name(const struct desk *d, struct buf *out)
{
    struct rollup_cell *cells;
    struct arena a;
    VEC(char *) lines = {0};
    size_t n = rollup_cells(ledger_rollup(d->l), &cells);
    arena_init(&a, 0);
    buf_init(out, 1u << 26);
    for (size_t i = 0; i < n; i++) {
        const struct grouping *g = model_grouping(d->m, cells[i].grouping);
        const struct entity *en = model_entity(d->m, cells[i].entity);
        const struct series *s = model_series(d->m, cells[i].series);
        char period[32], sum[DEC_TEXT];
        size_t len = period_text(cells[i].period, period);
        dec_text(cells[i].sum, 0, sum);
        struct str line = arena_fmt(
            &a, "%.*s/%.*s %.*s/%.*s/%.*s/%.*s %.*s %s %.*s %s %.*s = %s of %u own %lld\n",
            STR_ARG(g->scope), STR_ARG(g->name), STR_ARG(en->scope), STR_ARG(en->code),
            STR_ARG(en->type), STR_ARG(en->name),
            STR_ARG(model_indicator(d->m, s->indicator)->name), kind_name(s->kind),
            STR_ARG(s->comparison), modality_name(s->modality), (int)len, period, sum,
            cells[i].have, cells[i].has_own ? (long long)cells[i].own : -1);
        vec_push(&lines, arena_z(&a, line));
    }
    if (lines.len)
        qsort(lines.v, lines.len, sizeof *lines.v, by_text);
    for (size_t i = 0; i < lines.len; i++)
        buf_z(out, lines.v[i]);
    vec_clear(&lines);
    arena_clear(&a);
    mem_free(cells);
}

static void check_same_sums(const struct desk *a, const struct desk *b, const char *why)
{
    struct buf x, y;
    sums_by_name(a, &x);
    sums_by_name(b, &y);
    if (!str_eq(buf_str(&x), buf_str(&y)))
        fail_msg("%s: the sums differ:\n%.600s\n---\n%.600s", why, x.ptr ? x.ptr : "",
                 y.ptr ? y.ptr : "");
    buf_clear(&x);
    buf_clear(&y);
}

static size_t figures_told(const struct desk *d)
{
    return d->report.counts.facts + d->report.counts.same;
}

/* The same files again: nothing is new, and no sum moves. */
static void check_again(struct desk *d, const struct import_file *files, size_t count, size_t facts)
{
    struct buf before;
    rollup_text(d->l, &before);
    check_taken(d, take_files(d, files, count, IMPORT_WHOLE), -1, "again");
    const struct ledger_counts *n = &d->report.counts;
    assert_int_equal(n->facts, 0);
    assert_int_equal(n->same, facts);
    assert_int_equal(n->traces, 0);
    assert_int_equal(n->entities, 0);
    assert_int_equal(n->indicators, 0);
    assert_int_equal(n->memberships, 0);
    assert_int_equal(n->sources, 0);
    check_sums(d->l, &before, "again");
    check_replay(d->l);
    buf_clear(&before);
}

/* ---- facts, row by row ---- */

#define FACTS "subject,indicator,kind,value,unit,period"

/* Column in code points of the first place of `at` in the row. */
static uint32_t column_of(const char *row, const char *at)
{
    ptrdiff_t i = str_find(str_z(row), str_z(at));
    assert_true(i >= 0);
    return (uint32_t)utf8_len((struct str){row, (size_t)i}) + 1;
}

static void rows_with_places(void **state)
{
    (void)state;
    static const struct {
        const char *more; /* header after the six columns */
        const char *row, *at;
        bool warning;
        const char *says;
    } rows[] = {
        {"",                    "洛阳市,上市公司市值,level,12x,亿元,2024",           "12x",           false, "12x"                   },
        {"",                    "洛阳市,上市公司市值,level,\"1,20\",亿元,2024",      "\"1,20",        false, "'1,20'"                },
        {"",                    "洛阳市,上市公司市值,level,1e3,亿元,2024",           "1e3",           false, "1e3"                   },
        {"",                    "洛阳市,上市公司市值,level,,亿元,2024",              ",亿元",       false, "value is missing"      },
        {"",                    "洛阳市,上市公司市值,levl,12,亿元,2024",             "levl",          false, "unknown kind 'levl'"   },
        {"",                    "洛阳市,上市公司市值,level,12,亿元,2024-13",         "2024-13",       false, "2024-13"               },
        {"",                    "洛阳市,上市公司市值,level,12,亿元,",                NULL,            false, "expected a period"     },
        {"",                    "洛阳市,上市公司市值,level,12,亿元,2024,2025",       NULL,            false, "7 fields, the header 6"},
        {"",                    "洛阳市,上市公司市值,level,12,亿元",                 NULL,            false, "5 fields, the header 6"},
        {"",                    "洛阳市,竹筐产量,level,12,箩,2024",                     "箩",           true,  "unit '箩' is new"     },
        {"",                    "洛阳市,上市公司市值,level,12,,2024",                  ",2024",         false, "unit is missing"       },
        {"",                    "洛阳市,上市公司市值,level,12,吨,2024",               "12,",           false, "does not convert"      },
        {"",                    "洛阳市,上市公司市值,level,0.00000000001,亿元,2024", "0.00000000001", false,
         "decimals"                                                                                                                             },
        {"",                    "洛阳市,上市公司市值,level,99999999999,亿元,2024",   "99999999999",   false,
         "does not fit"                                                                                                                         },
        {"",                    "洛阳市,,level,12,亿元,2024",                              NULL,            false, "indicator is missing"  },
        {"",                    ",上市公司市值,level,12,亿元,2024",                     NULL,            false, "subject is missing"    },
        {"",                    "新华区,上市公司市值,level,12,亿元,2024",            "新华区",     false, "平顶山市"          },
        {"",                    "鼓楼区,上市公司市值,level,12,亿元,2024",            "鼓楼区",     false, "entities bear the name"},
        {"",                    "某公司,上市公司市值,level,12,亿元,2024",            "某公司",     true,  "provisional"           },
        {"",                    "洛阳市,\"上市公司市值,level,12,亿元,2024",          "\"上市",      false, "never closed"          },
        {"",                    "洛阳市,\"上市\"公司,level,12,亿元,2024",              "公司,",       false, "after a closing quote" },
        {",qualifier",          "洛阳市,上市公司市值,level,12,亿元,2024,circa",      "circa",         false,
         "unknown qualifier"                                                                                                                    },
        {",qualifier,value_hi", "洛阳市,上市公司市值,level,12,亿元,2024,range,",     NULL,            false,
         "value is missing"                                                                                                                     },
        {",qualifier,value_hi", "洛阳市,上市公司市值,level,12,亿元,2024,range,11",   "12,",           false,
         "below its low end"                                                                                                                    },
        {",qualifier,value_hi", "洛阳市,上市公司市值,level,12,亿元,2024,eq,13",      "13",            false,
         "needs the qualifier"                                                                                                                  },
        {",modality",           "洛阳市,上市公司市值,level,12,亿元,2024,dream",      "dream",         false,
         "unknown modality"                                                                                                                     },
        {",source_date",        "洛阳市,上市公司市值,level,12,亿元,2024,soon",       "soon",          false, "soon"                  },
        {",start,end",          "洛阳市,上市公司市值,level,12,亿元,2024,9,8",        "8",             false, "end of a span"         },
        {",start,end",          "洛阳市,上市公司市值,level,12,亿元,2024,x,9",        "x,9",           false,
         "start of a span"                                                                                                                      },
    };
    struct desk d;
    desk_open(&d, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char csv[600];
        snprintf(csv, sizeof csv, "# a note\n" FACTS "%s\n\n%s\n", rows[i].more, rows[i].row);
        enum code c = take_as(&d, "facts.csv", str_z(csv), IMPORT_CHECK);
        check_row(c == OK, rows[i].row);
        const struct import_problem *p = problem_of(&d, rows[i].says);
        check_row(d.report.errors == (rows[i].warning ? 0 : 1), rows[i].row);
        check_row(p->warning == rows[i].warning, rows[i].row);
        check_row(p->line == 4, rows[i].row);
        check_text(p->file, STR("facts.csv"), rows[i].row);
        uint32_t want = rows[i].at ? column_of(rows[i].row, rows[i].at) : 0;
        if (strstr(rows[i].row, ",亿元,2024") && strstr(rows[i].says, "value is missing") &&
            strstr(rows[i].row, "level,,"))
            want = column_of(rows[i].row, ",亿元"); /* an empty field begins at the next comma */
        if (want && p->column != want)
            fail_msg("%s: column %u, want %u", rows[i].row, p->column, want);
    }
    assert_int_equal(ledger_fact_count(d.l), 0);
    assert_int_equal(d.report.stored, false);
    desk_close(&d);
}

static void line_numbers_after_quotes(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    enum code c = take(&d, FACTS ",note\r\n"
                                 "洛阳市,上市公司市值,level,12,亿元,2023,\"two\nlines\"\r\n"
                                 "洛阳市,上市公司市值,level,1 2,亿元,2024,\r\n");
    assert_int_equal(c, E_INPUT);
    assert_int_equal(d.report.problems.len, 1);
    assert_int_equal(d.report.problems.v[0].line, 4);
    assert_int_equal(d.report.problems.v[0].column, 18);
    assert_int_equal(d.err.line, 4);
    assert_non_null(strstr(d.err.text, "'t.csv'"));
    desk_close(&d);
}

static void headers(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *layout; /* layout NULL: refused */
    } rows[] = {
        {"symbol,dimension,num,den,scale,exact\n",                                        "units"          },
        {"code,name,type,parent,valid_from,valid_to\n",                                   "divisions"      },
        {"code,level,parent,name\n",                                                      "gbt4754"        },
        {"code,name\n",                                                                   "provinces"      },
        {"code,name,provinceCode\n",                                                      "cities"         },
        {"code,name,cityCode,provinceCode\n",                                             "areas"          },
        {"code,name,areaCode,provinceCode,cityCode\n",                                    "streets"        },
        {"name,type,parent,aliases,docs,where,note\n",                                    "regions"        },
        {"name,unit,kinds,measure,over_entities,over_time,aliases\n",                     "indicators"     },
        {"doc,title,source_date\n",                                                       "docs"           },
        {"grouping,child,parent\n",                                                       "memberships"    },
        {"name,name_form,city,honour,level,year,status,product,source_url,source_date\n",
         "enterprise honours"                                                                              },
        {"cluster,region,level,year,status\n",                                            "clusters"       },
        {"table_id,grouping,item,parent_item,indicator,period,value,unit\n",              "published table"},
        {"batch,kind,item,parent,projects,total_investment_100m\n",                       "project batches"},
        {"period;unit;value;kind;indicator;subject\n",                                    "facts"          },
        {" subject , indicator ,kind,value,unit,period\n",                                "facts"          },
        {"name,value\n",                                                                  NULL             },
        {"",                                                                              NULL             },
        {"洛阳市,产值,level,1,亿元,2024\n",                                        NULL             },
    };
    struct desk d;
    desk_open(&d, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum code c = take_as(&d, "h.csv", str_z(rows[i].csv), IMPORT_CHECK);
        check_row(c == OK, rows[i].csv);
        if (rows[i].layout) {
            check_row(d.report.errors == 0, rows[i].csv);
            check_text(d.report.file[0].layout, str_z(rows[i].layout), rows[i].csv);
        } else {
            check_row(d.report.errors == 1 && d.report.problems.v[0].line == 1, rows[i].csv);
            check_text(d.report.file[0].file, STR("h.csv"), "the file is named in the report");
        }
    }
    desk_close(&d);
}

/* ---- encodings ---- */

static struct str in_gb18030(struct arena *a, const char *text)
{
    size_t in = strlen(text), room = 2 * in + 8;
    char *from = (char *)text, *out = arena_alloc(a, room), *to = out;
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    assert_true(cd != (iconv_t)-1);
    assert_int_equal(iconv(cd, &from, &in, &to, &room), 0);
    iconv_close(cd);
    return (struct str){out, (size_t)(to - out)};
}

static void encodings(void **state)
{
    (void)state;
    const char *csv = FACTS "\n洛阳市,上市公司市值,level,12.50,亿元,2024\n";
    struct arena a;
    struct desk d;
    arena_init(&a, 0);
    desk_open(&d, true);
    check_taken(&d, take_as(&d, "gb.csv", in_gb18030(&a, csv), IMPORT_WHOLE), 0, "GB18030");
    check_text(d.report.file[0].encoding, STR("gb18030"), "GB18030");
    assert_string_equal(level_of(&d, coded(&d, "2260:410300"), "上市公司市值", "2024"),
                        "12.50亿元");
    struct str bom = arena_fmt(&a, "\xEF\xBB\xBF%s", csv);
    check_taken(&d, take_as(&d, "bom.csv", bom, IMPORT_WHOLE), 0, "BOM");
    check_text(d.report.file[0].encoding, STR("utf-8-bom"), "BOM");
    assert_int_equal(take_as(&d, "bad.csv", STR(FACTS "\na\xFF"), IMPORT_WHOLE), E_INPUT);
    check_text(d.report.problems.v[0].file, STR("bad.csv"), "a file that is no text");
    check_text(d.report.file[0].file, STR("bad.csv"), "and is named in the report");
    desk_close(&d);
    arena_clear(&a);
}

/* ---- modes ---- */

#define MIXED                                                                                                          \
    FACTS "\n洛阳市,上市公司市值,level,12,亿元,2024\n洛阳市,上市公司市值,level,oops,亿元,2023\n" \
          "郑州市,上市公司市值,level,30,亿元,2024\n"

static void modes(void **state)
{
    (void)state;
    static const struct {
        enum import_mode mode;
        enum code want;
        size_t facts;
        bool stored;
    } rows[] = {
        {IMPORT_WHOLE,   E_INPUT, 0, false},
        {IMPORT_CHECK,   OK,      0, false},
        {IMPORT_PARTIAL, OK,      2, true }
    };
    struct desk d;
    struct buf empty;
    desk_open(&d, true);
    rollup_text(d.l, &empty);
    uint64_t revision = ledger_revision(d.l);
    size_t series = d.m->series.len;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(take_as(&d, "m.csv", STR(MIXED), rows[i].mode), rows[i].want);
        assert_int_equal(d.report.rows, 3);
        assert_int_equal(d.report.errors, 1);
        assert_int_equal(d.report.file[0].rows, 3);
        assert_int_equal(d.report.file[0].bad, 1);
        assert_int_equal(d.report.counts.facts, 2);
        assert_int_equal(d.report.stored, rows[i].stored);
        assert_int_equal(ledger_fact_count(d.l), rows[i].facts);
        if (rows[i].stored)
            break;
        check_sums(d.l, &empty, "nothing stored");
        assert_int_equal(ledger_revision(d.l), revision);
        assert_int_equal(d.m->series.len, series);
    }
    assert_string_equal(level_of(&d, coded(&d, "2260:410100"), "上市公司市值", "2024"), "30亿元");
    check_replay(d.l);
    buf_clear(&empty);
    desk_close(&d);
}

static void one_bad_file_of_two(void **state)
{
    (void)state;
    struct desk d;
    const struct import_file files[] = {
        {STR("good.csv"), STR(FACTS "\n洛阳市,上市公司市值,level,12,亿元,2024\n")},
        {STR("bad.csv"),  STR("who,what\n1,2\n")                                            }
    };
    desk_open(&d, true);
    assert_int_equal(take_files(&d, files, 2, IMPORT_WHOLE), E_INPUT);
    assert_int_equal(ledger_fact_count(d.l), 0);
    assert_int_equal(take_files(&d, files, 2, IMPORT_PARTIAL), OK);
    assert_int_equal(ledger_fact_count(d.l), 1);
    check_text(problem_of(&d, "no known layout")->file, STR("bad.csv"), "the file at fault");
    desk_close(&d);
}

/* ---- repeats, orders, corrections, places ---- */

#define CITY_FACTS                                                                                               \
    "涧西区,上市公司市值,level,12.5,亿元,2024\n西工区,上市公司市值,level,7.25,亿元,2024\n" \
    "涧西区,上市公司数,count,3,家,2024\n西工区,上市公司数,count,4,家,2024\n"                   \
    "洛龙区,上市公司数,count,5,家,2024\n洛阳市,专精特新企业数增速,growth,8.8,%,2024\n"

static void again_and_in_another_order(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "涧西区,上市公司市值,level,12.5,亿元,2024\n", "西工区,上市公司市值,level,7.25,亿元,2024\n",
        "涧西区,上市公司数,count,3,家,2024\n",        "西工区,上市公司数,count,4,家,2024\n",
        "洛龙区,上市公司数,count,5,家,2024\n",        "某园,上市公司数,count,6,家,2024\n",
        "西工区,新名目,level,1,亿元,2024\n"};
    struct desk d, other;
    struct buf forward, backward;
    desk_open(&d, true);
    desk_open(&other, true);
    buf_init(&forward, 4000);
    buf_init(&backward, 4000);
    buf_z(&forward, FACTS "\n");
    buf_z(&backward, FACTS "\n");
    for (size_t i = 0; i < COUNT(lines); i++) {
        buf_z(&forward, lines[i]);
        buf_z(&backward, lines[COUNT(lines) - 1 - i]);
    }
    struct import_file f = {STR("f.csv"), buf_str(&forward)},
                       b = {STR("f.csv"), buf_str(&backward)};
    check_taken(&d, take_files(&d, &f, 1, IMPORT_WHOLE), 1, "forward");
    check_taken(&other, take_files(&other, &b, 1, IMPORT_WHOLE), 1, "backward");
    check_same_sums(&d, &other, "rows in another order");
    check_again(&d, &f, 1, figures_told(&d));
    check_again(&other, &b, 1, figures_told(&other));
    struct rollup_cell c;
    uint32_t city = coded(&d, "2260:410300"), i = model_find_indicator(d.m, STR("上市公司数"));
    assert_true(rollup_get(ledger_rollup(d.l), model_find_grouping(d.m, STR(""), STR("行政区划")),
                           city, model_find_series(d.m, i, KIND_COUNT, STR(""), MOD_ACTUAL),
                           period_z("2024"), &c));
    assert_true(c.sum == 12000 && c.have == 3); /* three decimals are kept of a count */
    buf_clear(&forward);
    buf_clear(&backward);
    desk_close(&other);
    desk_close(&d);
}

/* With the words known beforehand the ids agree too, and the sums byte for byte. */
static void another_order_byte_for_byte(void **state)
{
    (void)state;
    struct desk d[2];
    struct buf sums;
    const char *orders[] = {FACTS "\n" CITY_FACTS,
                            FACTS "\n洛龙区,上市公司数,count,5,家,2024\n" CITY_FACTS};
    for (int i = 0; i < 2; i++) {
        desk_open(&d[i], true);
        must_take(&d[i],
                  FACTS "\n洛阳市,上市公司市值,level,1,亿元,2020\n"
                        "洛阳市,上市公司数,count,1,家,2020\n",
                  0);
        must_take(&d[i], orders[i], 0);
    }
    assert_int_equal(d[1].report.counts.same, 1);
    rollup_text(d[0].l, &sums);
    check_sums(d[1].l, &sums, "another order");
    buf_clear(&sums);
    desk_close(&d[0]);
    desk_close(&d[1]);
}

static void corrections(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    uint32_t city = coded(&d, "2260:410300");
    must_take(&d, FACTS ",doc\n洛阳市,上市公司市值,level,12,亿元,2024,公报\n", 0);
    must_take(&d, FACTS ",doc\n洛阳市,上市公司市值,level,13,亿元,2024,公报\n", 0);
    assert_int_equal(d.report.counts.revisions, 1);
    assert_string_equal(level_of(&d, city, "上市公司市值", "2024"), "13亿元");
    must_take(&d, FACTS ",doc\n洛阳市,上市公司市值,level,12,亿元,2024,公报\n", 0);
    assert_int_equal(d.report.counts.revisions, 1);
    assert_string_equal(level_of(&d, city, "上市公司市值", "2024"), "12亿元");
    must_take(
        &d, FACTS ",doc,source_date\n洛阳市,上市公司市值,level,14,亿元,2024,年鉴,2025-11-01\n", 0);
    assert_int_equal(d.report.counts.other_source, 1);
    assert_string_equal(level_of(&d, city, "上市公司市值", "2024"), "14亿元");
    uint32_t i = model_find_indicator(d.m, STR("上市公司市值"));
    uint32_t s = model_find_series(d.m, i, KIND_LEVEL, STR(""), MOD_ACTUAL);
    struct as_of second = {DAY_MAX, 3}; /* the clock of the test counts imports */
    assert_int_equal(ledger_current(d.l, city, s, period_z("2024"), second)->value, 130000000000);
    check_replay(d.l);
    desk_close(&d);
}

static void places(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    must_take(&d,
              "id,doc,start,end,text," FACTS "\n"
              "s-1,公报,10,14,12亿元,洛阳市,上市公司市值,level,12,亿元,2024\n"
              "s-2,公报,90,94,12亿元,洛阳,上市公司市值,level,12.0,亿元,2024\n",
              1); /* 洛阳 is no alias in the catalogue: another subject */
    must_take(&d, "name,type,parent,aliases\n洛阳市,city,河南省,洛陽;全市\n", 0);
    must_take(&d,
              "id,doc,start,end,text," FACTS "\n"
              "s-1,公报,10,14,12亿元,洛阳市,上市公司市值,level,12,亿元,2024\n"
              "s-3,公报,200,204,12亿元,洛陽,上市公司市值,level,12,亿元,2024\n",
              0);
    assert_int_equal(d.report.counts.facts, 0);
    assert_int_equal(d.report.counts.same, 2);
    assert_int_equal(d.report.counts.traces, 1);
    uint64_t it = 0;
    assert_int_equal(ledger_trace(d.l, 1, &it)->start, 10);
    const struct trace *t = ledger_trace(d.l, 1, &it);
    assert_int_equal(t->start, 200);
    assert_int_equal(t->line, 3);
    check_text(t->key, STR("s-3"), "key");
    check_text(t->file, STR("t.csv"), "file");
    check_text(t->text, STR("12亿元"), "text");
    assert_null(ledger_trace(d.l, 1, &it));
    desk_close(&d);
}

static void states_and_steps(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    must_take(&d,
              FACTS ",qualifier,value_hi,text,modality\n"
                    "洛阳市,上市公司市值,level,-,亿元,2021,,,,\n"
                    "洛阳市,上市公司市值,level,x,亿元,2022,,,,\n"
                    "洛阳市,上市公司市值,level,0,亿元,2023,,,,\n"
                    "洛阳市,上市公司市值,level,\"1,234.5\",亿元,2020,,,,\n"
                    "洛阳市,上市公司市值,level,－１２．５,亿元,2019,,,,\n"
                    "洛阳市,上云企业数,count,18000,家,2024,over,,1.8万家,target\n"
                    "洛阳市,百强园区数,count,1,个,2024,range,2,1—2个,\n",
              0);
    uint32_t city = coded(&d, "2260:410300");
    assert_string_equal(level_of(&d, city, "上市公司市值", "2021"), "null");
    assert_string_equal(level_of(&d, city, "上市公司市值", "2022"), "withheld");
    assert_string_equal(level_of(&d, city, "上市公司市值", "2023"), "0亿元");
    assert_string_equal(level_of(&d, city, "上市公司市值", "2020"), "1234.5亿元");
    assert_string_equal(level_of(&d, city, "上市公司市值", "2019"), "-12.5亿元");
    const struct fact *f = ledger_fact(d.l, 6);
    assert_int_equal(f->step, 1000000); /* 1.8万: one digit is a thousand */
    assert_int_equal(f->qualifier, Q_OVER);
    f = ledger_fact(d.l, 7);
    assert_true(f->value == 1000 && f->value_hi == 2000 && f->step == 0);
    desk_close(&d);
}

/* ---- names ---- */

static void units_and_dimensions(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, false);
    must_take(&d,
              "symbol,dimension,num,den,scale,exact,en,aliases\n元,money,1,1,2,0,yuan,圆\n"
              "万元,money,10000,1,2,0,,萬元;万圆\n",
              0);
    assert_int_equal(model_find_unit(d.m, STR("万圆")), model_find_unit(d.m, STR("万元")));
    assert_int_equal(model_unit(d.m, model_find_unit(d.m, STR("圆")))->dimension, 1);
    assert_int_equal(take(&d, "symbol,dimension,num,den,scale,exact\n里,length,500,1,2,0\n"),
                     E_INPUT);
    problem_of(&d, "must be its base");
    assert_int_equal(take(&d, "symbol,dimension,num,den,scale,exact\n尺,length,1,0,2,0\n"),
                     E_INPUT);
    assert_int_equal(problem_of(&d, "no whole number")->column, 12);
    desk_close(&d);
}

static void catalogue_is_whole(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    uint32_t jianxi = coded(&d, "2260:410305"), jili = coded(&d, "2260:410306");
    assert_int_equal(parent_of(&d, jianxi), coded(&d, "2260:410300"));
    assert_int_equal(parent_of(&d, jili), 0); /* ended in 2021 */
    assert_int_equal(model_parent(d.m, jili, day_z("2020")), coded(&d, "2260:410300"));
    assert_true(model_is_within(d.m, jianxi, coded(&d, "2260:100000"), DAY_MAX));
    assert_int_equal(parent_of(&d, coded(&d, "4754:2017:C3451")), coded(&d, "4754:2017:C345"));
    assert_true(coded(&d, "2260:441900") != 0);
    size_t entities = d.m->entities.len, members = d.m->memberships.len;
    MUST(import_catalogue(d.l, STR("4103"), 99, e));
    assert_int_equal(d.m->entities.len, entities);
    assert_int_equal(d.m->memberships.len, members);
    desk_close(&d);
}

static void indicators_and_aliases(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    must_take(&d, FACTS "\n洛阳市,篮子数,count,4,个,2024\n涧西区,篮子数,count,3,个,2024\n", 0);
    uint32_t i = model_find_indicator(d.m, STR("篮子数"));
    assert_true(model_indicator(d.m, i)->provisional);
    must_take(&d,
              "name,unit,kinds,measure,over_entities,over_time,aliases\n"
              "篮子数,个,count,stock,none,last,筐子数;上市公司数\n"
              "篮子率,%,level,ratio,recompute: 篮子数 / 上市公司数,recompute,\n",
              1);
    problem_of(&d, "alias left out");
    assert_false(model_indicator(d.m, i)->provisional);
    assert_int_equal(model_find_indicator(d.m, STR("筐子数")), i);
    check_text(model_indicator(d.m, model_find_indicator(d.m, STR("篮子率")))->formula,
               STR("篮子数 / 上市公司数"), "formula");
    struct rollup_cell *cells; /* it adds no longer, so its facts left the sums */
    assert_int_equal(rollup_cells(ledger_rollup(d.l), &cells), 0);
    mem_free(cells);
    check_replay(d.l);
    assert_int_equal(take(&d, "name,unit,measure,over_entities,over_time\n甲,个,heap,sum,last\n"),
                     E_INPUT);
    assert_int_equal(problem_of(&d, "unknown measure")->column, 5);
    desk_close(&d);
}

static void regions_in_any_order(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, false);
    must_take(&d,
              "name,type,parent,aliases\n"
              "甲县,county,乙市,甲\n乙市,city,丙省,全市(s1);乙\n丙省,province,,\n丁园,park,乙市,\n",
              0);
    assert_int_equal(parent_of(&d, entity_named(&d, "甲县")), entity_named(&d, "乙市"));
    assert_int_equal(parent_of(&d, entity_named(&d, "丁园")), entity_named(&d, "乙"));
    size_t it = 0;
    assert_int_equal(model_named(d.m, STR("全市(s1)"), &it), 0);
    assert_int_equal(take(&d, "name,type,parent\n戊县,county,己市\n"), E_INPUT);
    assert_int_equal(problem_of(&d, "己市")->column, 11);
    desk_close(&d);
}

static void docs_give_context(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    const struct import_file files[] = {
        {STR("f.csv"), STR(FACTS ",doc\n新华区,上市公司数,count,2,家,2024,平顶山公报\n")    },
        {STR("d.csv"), STR("doc,source_date,title,default_subject,address\n"
                           "平顶山公报,2025-03,公报,平顶山市,http://a\n")}
    };
    check_taken(&d, take_files(&d, files, 2, IMPORT_WHOLE), 0, "facts before docs");
    assert_int_equal(parent_of(&d, ledger_fact(d.l, 1)->entity), entity_named(&d, "平顶山市"));
    assert_int_equal(ledger_fact(d.l, 1)->published, day_z("2025-03"));
    must_take(&d, FACTS "\n2260:410402,上市公司数,count,3,家,2023\n", 0); /* or by its code */
    assert_int_equal(ledger_fact(d.l, 2)->entity, ledger_fact(d.l, 1)->entity);
    desk_close(&d);
}

static void memberships_by_file(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    must_take(&d,
              "grouping,child,parent,kind,weight_ppm,valid_from,valid_to\n"
              "都市圈,洛阳市,洛阳都市圈,weighted,600000,2020,2024\n"
              "都市圈,2260:410300,郑州都市圈,weighted,400000,,\n",
              2);
    assert_true(
        is_in(&d, coded(&d, "2260:410300"), entity_named(&d, "洛阳都市圈"), "都市圈", "2020"));
    assert_int_equal(
        take(&d, "grouping,child,parent,weight_ppm\n都市圈,洛阳市,西安都市圈,700000\n"), E_INPUT);
    assert_int_equal(take(&d, "grouping,child,parent,kind\n都市圈,洛阳市,西安都市圈,loose\n"),
                     E_INPUT);
    assert_int_equal(problem_of(&d, "unknown kind")->column, 15);
    assert_int_equal(
        take(&d, "grouping,child,parent,valid_from,valid_to\n都市圈,济源市,洛阳都市圈,2024,2023\n"),
        E_INPUT);
    problem_of(&d, "before valid_from");
    desk_close(&d);
}

static void sectors_by_edition(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, false);
    struct str rows =
        STR("code,level,parent,name\nC,section,,制造业\nC13,division,C,农副食品加工业\n");
    check_taken(&d, take_as(&d, "2017.csv", rows, IMPORT_WHOLE), 0, "2017");
    check_taken(&d, take_as(&d, "2011.csv", rows, IMPORT_WHOLE), 0, "2011");
    assert_int_equal(parent_of(&d, coded(&d, "4754:2011:C13")), coded(&d, "4754:2011:C"));
    assert_int_equal(take(&d, "code,level,parent,name\nD44,division,D,电力\n"), E_INPUT);
    assert_int_equal(problem_of(&d, "'D'")->column, 14);
    desk_close(&d);
}

static void divisions_dated(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, false);
    must_take(
        &d,
        "code,name,type,parent,valid_from,valid_to\n410300,洛阳市,city,,,\n"
        "410322,孟津县,county,410300,,2021-03-17\n410308,孟津区,district,410300,2021-03-18,\n",
        0);
    assert_int_equal(model_parent(d.m, coded(&d, "2260:410322"), day_z("2021-03-17")),
                     coded(&d, "2260:410300"));
    assert_int_equal(parent_of(&d, coded(&d, "2260:410322")), 0);
    assert_int_equal(take(&d, "code,name,type,parent,valid_from,valid_to\n1,甲,village,,,\n"),
                     E_INPUT);
    problem_of(&d, "unknown type of division");
    desk_close(&d);
}

/* Given in the worst order; the placeholder levels are no entities. */
static void code_lists(void **state)
{
    (void)state;
    const struct import_file files[] = {
        {STR("streets.csv"),   STR("code,name,areaCode,provinceCode,cityCode\n"
                                 "410302001,\"西关街道\",410302,41,4103\n"
                                 "419001001,\"沁园街道\",419001,41,4190\n")             },
        {STR("areas.csv"),     STR("code,name,cityCode,provinceCode\n410302,\"老城区\",4103,41\n"
                               "419001,\"济源市\",4190,41\n110101,\"东城区\",1101,11\n")},
        {STR("cities.csv"),    STR("code,name,provinceCode\n1101,\"市辖区\",11\n4103,\"洛阳市\",41\n"
                                "4190,\"省直辖县级行政区划\",41\n")                 },
        {STR("provinces.csv"), STR("code,name\n11,\"北京市\"\n41,\"河南省\"\n")                                   }
    };
    struct desk d;
    desk_open(&d, false);
    must_take(&d, "name,type,parent\n老城区,district,\n", 0); /* named before its code was known */
    check_taken(&d, take_files(&d, files, 4, IMPORT_WHOLE), 0, "code lists");
    assert_int_equal(d.m->entities.len, 8);
    assert_int_equal(parent_of(&d, coded(&d, "2260:410302001")), coded(&d, "2260:410302"));
    assert_int_equal(parent_of(&d, coded(&d, "2260:410302")), coded(&d, "2260:410300"));
    assert_int_equal(parent_of(&d, coded(&d, "2260:419001")), coded(&d, "2260:410000"));
    assert_int_equal(parent_of(&d, coded(&d, "2260:110101")), coded(&d, "2260:110000"));
    check_text(model_entity(d.m, coded(&d, "2260:410302001"))->type, STR("town"), "street");
    check_text(model_entity(d.m, coded(&d, "2260:410302"))->type, STR("district"), "area");
    check_text(model_entity(d.m, coded(&d, "2260:419001"))->type, STR("county"), "area");
    check_again(&d, files, 4, figures_told(&d));
    assert_int_equal(take(&d, "code,name\n41030,甲\n"), E_INPUT);
    problem_of(&d, "'41030' is no code");
    assert_int_equal(take(&d, "code,name\n41a3,甲\n"), E_INPUT);
    assert_int_equal(take(&d, "code,name,cityCode,provinceCode\n420102,江岸区,4201,42\n"), E_INPUT);
    assert_int_equal(problem_of(&d, "'4201'")->column, 1);
    must_take(&d, "code,name\n41,河南\n", 1);
    problem_of(&d, "'河南省' in the registry");
    desk_close(&d);
}

/* ---- lists ---- */

#define HONOURS "name,name_form,city,honour,level,year,status,product,source_url,source_date\n"

static void honours(void **state)
{
    (void)state;
    static const char *const csv =
        HONOURS "建龙微纳,short,洛阳市,头雁企业,省,2022,公布,,http://a,2022-08-05\n"
                "洛阳建龙微纳新材料股份有限公司,full,洛阳市,小巨人,国家,2020,公示,分子筛,http://"
                "b,2020-11-21\n"
                "万基铝业,short,洛阳市,头雁企业,省,2022,公布,,http://a,2022-08-05\n"
                "万基控股集团,full,洛阳市,小巨人,国家,2020,公布,,http://b,2020-11-21\n";
    const struct import_file file = {STR("honours.csv"), str_z(csv)};
    struct desk d;
    desk_open(&d, true);
    check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), 1, "honours");
    const struct import_problem *p = problem_of(&d, "left apart");
    check_text(p->text,
               STR("'建龙微纳' may be '洛阳建龙微纳新材料股份有限公司' (short name contained); "
                   "left apart"),
               "short name");
    assert_true(p->warning && p->line == 2 && p->column == 1);
    uint32_t city = coded(&d, "2260:410300"), firm = entity_named(&d, "建龙微纳");
    uint32_t full = entity_named(&d, "洛阳建龙微纳新材料股份有限公司");
    assert_true(model_entity(d.m, firm)->provisional && !model_entity(d.m, full)->provisional);
    check_text(model_entity(d.m, full)->note, STR("full; 产品: 分子筛"), "note");
    assert_true(is_in(&d, firm, city, "企业", NULL));
    assert_true(is_in(&d, firm, entity_named(&d, "头雁企业(省)"), "梯度", "2022"));
    assert_true(is_in(&d, full, entity_named(&d, "小巨人(国家)(公示)"), "梯度", "2020"));
    assert_false(is_in(&d, full, entity_named(&d, "小巨人(国家)"), "梯度", "2020"));
    assert_true(is_in(&d, entity_named(&d, "小巨人(国家)"), city, "梯度", NULL));
    check_text(model_source(d.m, model_find_source(d.m, STR("http://b")))->address, STR("http://b"),
               "source");
    assert_int_equal(model_source(d.m, model_find_source(d.m, STR("http://b")))->published,
                     day_z("2020-11-21"));
    check_again(&d, &file, 1, figures_told(&d));
    must_take(&d, HONOURS "洛阳万基铝业有限公司,full,洛阳市,小巨人,国家,2023,公布,,,\n", 1);
    problem_of(&d, "'万基铝业' may be '洛阳万基铝业有限公司'");
    must_take(&d, HONOURS "万基铝业,short,郑州市,小巨人,国家,2023,公布,,,\n", 0); /* another city */
    desk_close(&d);
}

static void honours_by_row(void **state)
{
    (void)state;
    static const struct {
        const char *row, *at, *says;
    } rows[] = {
        {"甲公司,long,洛阳市,小巨人,国家,2020,公布,,,",          "long",         "unknown name_form"},
        {"甲公司,full,洛阳市,小巨人,国家,二〇二〇,公布,,,",  "二〇二〇", "no year"          },
        {"甲公司,full,洛阳市,小巨人,国家,2020-05,公布,,,",       "2020-05",      "no year"          },
        {"甲公司,full,洛阳市,,国家,2020,公布,,,",                   ",国家",      "honour is missing"},
        {",full,洛阳市,小巨人,国家,2020,公布,,,",                   ",full",        "name is missing"  },
        {"甲公司,full,洛阳市,小巨人,国家,2020,公布,,,yesterday", "yesterday",    "yesterday"        },
        {"甲公司,full,新华区,小巨人,国家,2020,公布,,,",          "新华区",    "bear the name"    },
    };
    struct desk d;
    desk_open(&d, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_fmt(&b, HONOURS "%s\n", rows[i].row);
        assert_int_equal(take_as(&d, "h.csv", buf_str(&b), IMPORT_CHECK), OK);
        const struct import_problem *p = problem_of(&d, rows[i].says);
        check_row(!p->warning && p->line == 2 && p->column == column_of(rows[i].row, rows[i].at),
                  rows[i].row);
        buf_clear(&b);
    }
    desk_close(&d);
}

/* A later list read first: held from the earlier year all the same. */
static void honours_of_two_years(void **state)
{
    (void)state;
    const char *lists[] = {HONOURS "甲公司,full,洛阳市,小巨人,国家,2020,公布,,http://a,2020\n",
                           HONOURS "甲公司,full,洛阳市,小巨人,国家,2023,公布,,http://b,2023\n"};
    for (int first = 0; first < 2; first++) {
        struct desk d;
        const struct membership *ms;
        desk_open(&d, true);
        must_take(&d, lists[first], 0);
        must_take(&d, lists[!first], 0);
        uint32_t firm = entity_named(&d, "甲公司"), honour = entity_named(&d, "小巨人(国家)");
        static const char *const days[] = {"2019-12-31", "2020-01-01", "2022-12-31", "2023-01-01"};
        for (size_t k = 0; k < COUNT(days); k++) {
            int held = 0;
            for (size_t it = 0; (ms = model_parents(d.m, firm, &it));)
                held += ms->parent == honour && member_on(ms, day_z(days[k]));
            assert_int_equal(held, k > 0);
        }
        for (int again = 0; again < 2; again++) {
            must_take(&d, lists[again], 0);
            assert_int_equal(d.report.counts.memberships, 0);
        }
        desk_close(&d);
    }
}

/* What the figures named first is no stranger to the list. */
static void honours_of_known_names(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d, true);
    must_take(&d, "name,type,parent,aliases\n洛钼集团,enterprise,洛阳市,洛阳钼业\n", 0);
    must_take(&d, FACTS "\n中信重工,专利数,count,3,件,2024\n", 1);
    must_take(&d,
              HONOURS "洛阳钼业,short,洛阳市,头雁企业,省,2022,公布,,,\n"
                      "中信重工,short,洛阳市,头雁企业,省,2022,公布,,,\n",
              0);
    size_t it = 0;
    uint32_t firm = model_named(d.m, STR("中信重工"), &it);
    assert_int_equal(model_named(d.m, STR("中信重工"), &it), 0);
    check_text(model_entity(d.m, firm)->type, STR("enterprise"), "taken over");
    assert_true(
        is_in(&d, entity_named(&d, "洛钼集团"), entity_named(&d, "头雁企业(省)"), "梯度", "2022"));
    assert_false(model_entity(d.m, entity_named(&d, "洛钼集团"))->provisional);
    must_take(&d, FACTS "\n中信重工,专利数,count,3,件,2024\n", 0);
    assert_int_equal(d.report.counts.same, 1);
    desk_close(&d);
}

#define CLUSTERS "cluster,region,level,year,status,figure,value,unit,source_url\n"

static void clusters(void **state)
{
    (void)state;
    static const char *const csv =
        CLUSTERS "电子材料集群,洛阳市孟津区,国家集群,2025,公布,,,,http://a\n"
                 "轴承集群,河南省洛阳市新安县,国家集群,2022,拟推荐,主导产业总产值(2021),64.90,亿元,"
                 "http://b\n"
                 "轴承集群,洛阳市新安县,国家集群,2022,拟推荐,主导产业总产值占集群总产值比重,73.47,%"
                 ",http://b\n"
                 "轴承集群,洛阳市新安县,国家集群,2022,拟推荐,有效专利,4514,件,http://b\n"
                 "农机集群,洛阳市,国家集群,2024,公示,年产值(约),600,亿元,http://c\n"
                 "农机集群,洛阳市,国家集群,2024,公示,上下游企业（余）,300,家,http://c\n"
                 "农机集群,洛阳市,国家集群,2024,公示,国产化率(整机),80,%,http://c\n";
    const struct import_file file = {STR("clusters.csv"), str_z(csv)};
    struct desk d;
    desk_open(&d, true);
    check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), 0, "clusters");
    uint32_t bearing = entity_named(&d, "轴承集群"), farm = entity_named(&d, "农机集群");
    assert_int_equal(parent_of(&d, entity_named(&d, "电子材料集群")), coded(&d, "2260:410308"));
    assert_int_equal(parent_of(&d, bearing), coded(&d, "2260:410323"));
    assert_int_equal(parent_of(&d, farm), coded(&d, "2260:410300"));
    check_text(model_entity(d.m, bearing)->type, STR("cluster"), "type");
    check_text(model_entity(d.m, bearing)->note, STR("国家集群 2022 拟推荐"), "note");
    assert_string_equal(level_of(&d, bearing, "主导产业总产值", "2021"), "64.90亿元");
    assert_string_equal(value_of(&d, bearing, "主导产业总产值占集群总产值比重", KIND_SHARE,
                                 "of:集群总产值", MOD_ACTUAL, "2022"),
                        "73.47%");
    assert_string_equal(value_of(&d, bearing, "有效专利", KIND_COUNT, "", MOD_ACTUAL, "2022"),
                        "4514件");
    assert_string_equal(level_of(&d, farm, "年产值", "2024"), "approx600亿元");
    assert_string_equal(value_of(&d, farm, "上下游企业", KIND_COUNT, "", MOD_ACTUAL, "2024"),
                        "approx300家");
    assert_string_equal(level_of(&d, farm, "国产化率(整机)", "2024"), "80%");
    assert_int_equal(ledger_fact(d.l, 1)->published, day_z("2022"));
    check_again(&d, &file, 1, figures_told(&d));
    static const struct {
        const char *row, *at, *says;
    } rows[] = {
        {"集群,洛阳市,国家集群,今年,公布,,,,",                              "今年", "no year"           },
        {"集群,洛阳市,国家集群,2024,公布,,5,家,",                            ",5",     "without the name"  },
        {"集群,洛阳市,国家集群,2024,公布,专利,,件,",                       ",件",   "value is missing"  },
        {"集群,洛阳市,国家集群,2024,公布,专利,5,,",                         ",",      "unit is missing"   },
        {",洛阳市,国家集群,2024,公布,,,,",                                      ",洛",   "cluster is missing"},
        {"轴承集群,洛阳市新安县,国家集群,2022,公布,有效专利,5,吨,", "5,吨",  "does not convert"  }
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_fmt(&b, CLUSTERS "%s\n", rows[i].row);
        assert_int_equal(take_as(&d, "c.csv", buf_str(&b), IMPORT_CHECK), OK);
        const struct import_problem *p = problem_of(&d, rows[i].says);
        uint32_t want =
            i == 3 ? (uint32_t)utf8_len(str_z(rows[i].row)) : column_of(rows[i].row, rows[i].at);
        check_row(p->column == want, rows[i].row);
        buf_clear(&b);
    }
    desk_close(&d);
}

#define PROJECTS "batch,kind,item,parent,projects,total_investment_100m,year_plan_100m,source_url\n"

static void projects(void **state)
{
    (void)state;
    static const char *const csv = PROJECTS "开工2012-06,project,汉宫花园,城建,1,4.4,,http://a\n"
                                            "开工2012-06,category,城建,合计,9,32.5,9.25,http://a\n"
                                            "开工2012-06,category,工业,合计,15,53.3,15.6,http://a\n"
                                            "开工2012-06,total,合计,,24,85.7,24.9,http://a\n";
    const struct import_file file = {STR("projects.csv"), str_z(csv)};
    struct desk d;
    struct rollup_cell c;
    desk_open(&d, true);
    check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), 0, "projects");
    assert_int_equal(d.report.counts.facts, 11);
    uint32_t total = coded(&d, "table:开工2012-06||合计");
    uint32_t city = coded(&d, "table:开工2012-06|项目类别|合计|城建");
    assert_int_equal(parent_of(&d, coded(&d, "table:开工2012-06|项目清单|城建|汉宫花园")), city);
    assert_string_equal(value_of(&d, city, "项目数", KIND_COUNT, "", MOD_ACTUAL, "2012-06"), "9个");
    assert_string_equal(value_of(&d, city, "项目年度计划投资", KIND_LEVEL, "", MOD_PLAN, "2012-06"),
                        "9.25亿元");
    uint32_t kinds = model_find_grouping(d.m, STR("开工2012-06"), STR("项目类别"));
    uint32_t list = model_find_grouping(d.m, STR("开工2012-06"), STR("项目清单"));
    assert_int_equal(model_grouping(d.m, kinds)->kind, GROUP_PARTITION);
    assert_int_equal(model_grouping(d.m, list)->kind, GROUP_PARTIAL);
    uint32_t s = model_find_series(d.m, model_find_indicator(d.m, STR("项目总投资")), KIND_LEVEL,
                                   STR(""), MOD_ACTUAL);
    assert_true(rollup_get(ledger_rollup(d.l), kinds, total, s, period_z("2012-06"), &c));
    assert_true(c.sum == (i128)858 * 1000000000 &&
                c.own == (int64_t)857 * 1000000000); /* 0.1 too much */
    check_again(&d, &file, 1, figures_told(&d));
    desk_close(&d);
}

static void projects_by_row(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *says;
        uint32_t line, column;
    } rows[] = {
        {"开工,total,合计,,1,2,,\n",                                           "holds no period",            2, 1 },
        {"2012年6月开工,total,合计,,1,2,,\n",                                "holds no period",            2, 1 },
        {"开工2012-13,total,合计,,1,2,,\n",                                    "holds no period",            2, 1 },
        {"十五个项目,total,合计,,1,2,,\n",                                  "holds no period",            2, 1 },
        {"开工2012,sum,合计,,1,2,,\n",                                         "unknown kind",               2, 8 },
        {"开工2012,total,,,1,2,,\n",                                             "item is missing",            2, 14},
        {"开工2012,total,合计,甲,1,2,,\n",                                    "has no parent",              2, 17},
        {"开工2012,category,甲,甲,1,2,,\n",                                    "its own parent",             2, 19},
        {"开工2012,category,甲,乙,1,2,,\n开工2012,category,乙,甲,1,2,,\n", "cycle",                      3, 19},
        {"开工2012,project,甲,乙,1,2,,\n",                                     "no total or category '乙'", 2, 18},
        {"开工2012,total,合计,,一,2,,\n",                                     "一",                        2, 18},
        {"开工2012,total,合计,,1,2.5.1,,\n",                                   "2.5.1",                      2, 20},
        {"开工2012,total,合计,,1,2,,\n开工2012,total,合计,,1,3,,\n",       "twice",                      3, 20},
        {"开工2012,total,合计,,1,2,,\n开工2012,category,甲,合计,1,2,,\n"
         "开工2012,category,乙,合计,1,2,,\n开工2012,category,甲,乙,1,2,,\n"
         "开工2012,project,丙,甲,1,2,,\n",                            "several categories",         6, 18},
    };
    struct desk d;
    desk_open(&d, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_fmt(&b, PROJECTS "%s", rows[i].rows);
        assert_int_equal(take_as(&d, "p.csv", buf_str(&b), IMPORT_CHECK), OK);
        const struct import_problem *p = problem_of(&d, rows[i].says);
        if (p->line != rows[i].line || p->column != rows[i].column)
            fail_msg("%s: %u:%u", rows[i].rows, p->line, p->column);
        buf_clear(&b);
    }
    desk_close(&d);
}

static void periods_of_batches(void **state)
{
    (void)state;
    static const struct {
        const char *batch, *period;
    } rows[] = {
        {"洛阳市2012-06开工",       "2012-06"  },
        {"2019-Q2集中开工",          "2019-Q2"  },
        {"2024重点",                   "2024"     },
        {"2021/2025重点",              "2021/2025"},
        {"2024年重点项目",          "2024"     },
        {"5G项目2024-H1",              "2024-H1"  },
        {"“十四五”重点",        "2021/2025"},
        {"十四五重点",              "2021/2025"},
        {"“十五”重点",           "2001/2005"},
        {"“十五五”重点",        "2026/2030"},
        {"2023年“十四五”中期", "2023"     }
    };
    struct desk d;
    desk_open(&d, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_fmt(&b, PROJECTS "%s,category,甲类,,1,,,\n", rows[i].batch);
        check_taken(&d, take_as(&d, "p.csv", buf_str(&b), IMPORT_WHOLE), 0, rows[i].batch);
        check_row(period_eq(ledger_fact(d.l, i + 1)->period, period_z(rows[i].period)),
                  rows[i].batch);
        buf_clear(&b);
    }
    assert_int_equal(ledger_fact_count(d.l), COUNT(rows)); /* empty cells are not given */
    desk_close(&d);
}

/* ---- published tables ---- */

#define TABLES "table_id,grouping,item,parent_item,indicator,period,value,unit,source_url\n"

static void tables(void **state)
{
    (void)state;
    static const char *const csv =
        TABLES "T1,区,合计,,工业总产值,2024,30,亿元,http://x/t20250110_1.html\n"
               "T1,区,甲区,合计,工业总产值,2024,10.1,亿元,http://x/t20250110_1.html\n"
               "T1,区,乙区,合计,工业总产值,2024,20,亿元,http://x/t20250110_1.html\n"
               "T1,区,甲区,合计,工业总产值同比,2024,-1.5,%,http://x/t20250110_1.html\n"
               "T1,行业(重叠),其他,合计,工业总产值,2024,25,亿元,http://x/t20250110_1.html\n";
    const struct import_file file = {STR("tables.csv"), str_z(csv)};
    struct desk d;
    struct rollup_cell c;
    desk_open(&d, true);
    check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), 0, "tables");
    uint32_t total = coded(&d, "table:T1|||合计"), a = coded(&d, "table:T1|区|合计|甲区");
    assert_string_equal(level_of(&d, a, "工业总产值", "2024"), "10.1亿元");
    assert_string_equal(value_of(&d, a, "工业总产值", KIND_GROWTH, "yoy", MOD_ACTUAL, "2024"),
                        "-1.5%");
    assert_int_equal(ledger_fact(d.l, 1)->published, day_z("2025-01-10"));
    uint32_t s = model_find_series(d.m, model_find_indicator(d.m, STR("工业总产值")), KIND_LEVEL,
                                   STR(""), MOD_ACTUAL);
    assert_true(rollup_get(ledger_rollup(d.l), model_find_grouping(d.m, STR("T1"), STR("区")),
                           total, s, period_z("2024"), &c));
    assert_true(c.sum - c.own ==
                (i128)10000000 * 100); /* 0.1亿元 of rounding, shown and not changed */
    assert_int_equal(
        model_grouping(d.m, model_find_grouping(d.m, STR("T1"), STR("行业(重叠)")))->kind,
        GROUP_OVERLAP);
    check_again(&d, &file, 1, figures_told(&d));
    static const struct {
        const char *row, *says;
        uint32_t column;
    } rows[] = {
        {"T2,区,甲,甲,产值,2024,1,亿元,", "its own parent",      8 },
        {"T2,,甲,,产值,2024,1,亿元,",       "grouping is missing", 4 },
        {"T2,区,甲,,产值,24,1,亿元,",      "24",                  12},
        {"T2,区,甲,,产值,2024,1..,亿元,",  "1..",                 17}
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_fmt(&b, TABLES "%s\n", rows[i].row);
        assert_int_equal(take_as(&d, "t.csv", buf_str(&b), IMPORT_CHECK), OK);
        check_row(problem_of(&d, rows[i].says)->column == rows[i].column, rows[i].row);
        buf_clear(&b);
    }
    desk_close(&d);
}

/* A total of one grouping that is an item of another is one, whichever row comes first; a file may
 * go on below an item that an earlier file placed. */
static void tables_in_any_order(void **state)
{
    (void)state;
    static const char *const csv = TABLES "T1,规模,工业,,产值,2024,60.0,亿元,\n"
                                          "T1,规模,大型,工业,产值,2024,60.0,亿元,\n"
                                          "T1,行业,合计,,产值,2024,100.0,亿元,\n"
                                          "T1,行业,工业,合计,产值,2024,60.0,亿元,\n"
                                          "T1,行业,农业,合计,产值,2024,40.0,亿元,\n";
    static const char *const more = TABLES "T1,行业,采矿业,工业,产值,2024,20.0,亿元,\n";
    const struct import_file file = {STR("a.csv"), str_z(csv)}, below = {STR("b.csv"), str_z(more)};
    struct desk d;
    desk_open(&d, true);
    check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), 0, "tables in any order");
    assert_int_equal(model_find_code(d.m, STR("table:T1|||工业")), 0);
    uint32_t industry = coded(&d, "table:T1|行业|合计|工业");
    assert_int_equal(ledger_fact_count(d.l), 4);
    check_taken(&d, take_files(&d, &below, 1, IMPORT_WHOLE), 0, "rows below");
    assert_int_equal(model_find_code(d.m, STR("table:T1|||工业")), 0);
    assert_int_equal(model_parent(d.m, coded(&d, "table:T1|行业|工业|采矿业"), DAY_MAX), industry);
    check_again(&d, &file, 1, 5);
    desk_close(&d);
}

/* 其中 and # are parts of their siblings: they stand in a partial grouping of their own. */
static void tables_of_which(void **state)
{
    (void)state;
    static const char *const csv = TABLES "T1,规模,合计,,产值,2024,100.0,亿元,\n"
                                          "T1,规模,大型,合计,产值,2024,100.0,亿元,\n"
                                          "T1,规模,其中:国有,合计,产值,2024,30.0,亿元,\n"
                                          "T1,规模,#私营,合计,产值,2024,50.0,亿元,\n"
                                          "T1,机组,合计,,产值,2024,100.0,亿元,\n"
                                          "T1,机组,#2机组,合计,产值,2024,100.0,亿元,\n";
    const struct import_file file = {STR("a.csv"), str_z(csv)};
    struct desk d;
    struct rollup_cell c;
    desk_open(&d, true);
    check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), 0, "of which");
    uint32_t total = coded(&d, "table:T1|||合计"), g,
             s = model_find_series(d.m, model_find_indicator(d.m, STR("产值")), KIND_LEVEL, STR(""),
                                   MOD_ACTUAL);
    static const char *const whole[] = {"规模", "机组"};
    for (size_t i = 0; i < COUNT(whole); i++) {
        g = model_find_grouping(d.m, STR("T1"), str_z(whole[i]));
        assert_true(rollup_get(ledger_rollup(d.l), g, total, s, period_z("2024"), &c));
        check_row(c.sum == c.own, whole[i]);
    }
    g = model_find_grouping(d.m, STR("T1"), STR("规模(其中)"));
    assert_int_equal(model_grouping(d.m, g)->kind, GROUP_PARTIAL);
    desk_close(&d);
}

/* ---- reference data ---- */

static bool shared_path(char *out, size_t room, const char *name)
{
    const char *shared = getenv("LUOSHU_SHARED"), *source = getenv("LUOSHU_SOURCE");
    struct stat st;
    if (shared)
        snprintf(out, room, "%s/%s", shared, name);
    else
        snprintf(out, room, "%s/../shared/%s", source ? source : ".", name);
    return stat(out, &st) == 0;
}

static struct str read_whole(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    assert_non_null(f);
    assert_int_equal(fstat(fileno(f), &st), 0);
    char *bytes = arena_alloc(a, (size_t)st.st_size + 1);
    size_t n = fread(bytes, 1, (size_t)st.st_size, f);
    assert_int_equal(n, st.st_size);
    fclose(f);
    return (struct str){bytes, n};
}

/* The files, or a skipped test where they are not at hand. */
static void shared_files(struct arena *a, const char *const *names, size_t count,
                         struct import_file *out)
{
    arena_init(a, 0);
    for (size_t i = 0; i < count; i++) {
        char path[600];
        if (!shared_path(path, sizeof path, names[i])) {
            print_message("# skipped: no '%s' (LUOSHU_SHARED says where the reference data is)\n",
                          path);
            skip();
        }
        const char *base = strrchr(names[i], '/');
        out[i] = (struct import_file){str_z(base ? base + 1 : names[i]), read_whole(a, path)};
    }
}

static const char *const seed_names[] = {"facts/seeds.csv", "facts/regions.csv",
                                         "facts/indicators.csv", "facts/docs.csv"};

static void seeds_in_any_order(void **state)
{
    (void)state;
    static const int orders[][4] = {
        {0, 1, 2, 3},
        {3, 2, 1, 0},
        {1, 0, 3, 2},
        {2, 3, 0, 1},
        {1, 3, 2, 0}
    };
    struct import_file file[4];
    struct desk first;
    struct arena a;
    shared_files(&a, seed_names, 4, file);
    for (size_t o = 0; o < COUNT(orders); o++) {
        struct desk d;
        struct import_file given[4];
        for (int i = 0; i < 4; i++)
            given[i] = file[orders[o][i]];
        desk_open(&d, true);
        check_taken(&d, take_files(&d, given, 4, IMPORT_WHOLE), 0, "seeds with their names");
        assert_int_equal(d.report.counts.facts + d.report.counts.same, 183);
        assert_int_equal(d.report.counts.traces, 183);
        check_again(&d, given, 4, figures_told(&d));
        if (o == 0) {
            first = d;
            continue;
        }
        check_same_sums(&first, &d, "files in another order");
        desk_close(&d);
    }
    desk_close(&first);
    arena_clear(&a);
}

static void seeds_alone_and_then_their_names(void **state)
{
    (void)state;
    struct import_file file[4];
    struct arena a;
    shared_files(&a, seed_names, 4, file);
    for (int catalogue = 0; catalogue < 2; catalogue++) {
        struct desk d;
        desk_open(&d, catalogue);
        check_taken(&d, take_files(&d, file, 1, IMPORT_WHOLE), -1, "seeds alone");
        assert_int_equal(d.report.rows, 183);
        assert_int_equal(d.report.counts.facts + d.report.counts.same, 183);
        check_again(&d, file, 1, figures_told(&d));
        check_taken(&d, take_files(&d, file + 1, 3, IMPORT_WHOLE), -1, "names after the figures");
        check_taken(&d, take_files(&d, file, 1, IMPORT_WHOLE), 0, "and the figures again");
        /* three clusters of two provinces share their names: one entity each until the names came
         */
        assert_true(d.report.counts.facts <= 3);
        assert_int_equal(d.report.counts.facts + d.report.counts.same, 183);
        check_replay(d.l);
        desk_close(&d);
    }
    arena_clear(&a);
}

/* Without the catalogue no unit converts, and that changes of a number and changes in per cent are
 * two things can't be known: such tables are read with it only. */
static void shared_rows(const char *name, size_t rows, int warnings, bool bare,
                        void (*more)(struct desk *d))
{
    struct import_file file;
    struct arena a;
    shared_files(&a, &name, 1, &file);
    for (int catalogue = !bare; catalogue < 2; catalogue++) {
        struct desk d;
        desk_open(&d, catalogue);
        check_taken(&d, take_files(&d, &file, 1, IMPORT_WHOLE), catalogue ? warnings : -1, name);
        assert_int_equal(d.report.rows, rows);
        if (catalogue)
            more(&d);
        check_again(&d, &file, 1, figures_told(&d));
        desk_close(&d);
    }
    arena_clear(&a);
}

static void tables_hold(struct desk *d)
{
    assert_int_equal(d->report.counts.facts + d->report.counts.same, 201);
    assert_int_equal(d->report.counts.traces, 201);
}

static void shared_tables(void **state)
{
    (void)state;
    shared_rows("data/published-tables/tables.csv", 201, 0, false, tables_hold);
}

static void honours_hold(struct desk *d)
{
    const struct membership *ms;
    size_t leaders = 0, champions = 0;
    for (size_t it = 0; (ms = model_children(d->m, entity_named(d, "制造业头雁企业(省)"), &it));)
        leaders++;
    uint32_t proposed = entity_named(d, "制造业单项冠军企业(国家)(拟推荐(市级公示))");
    for (size_t it = 0; (ms = model_children(d->m, proposed, &it));)
        champions++;
    assert_int_equal(leaders, 14);
    assert_int_equal(champions, 6);
    problem_of(d, "'建龙微纳' may be '洛阳建龙微纳新材料股份有限公司'");
    problem_of(d, "'麦斯克' may be '麦斯克电子材料股份有限公司'");
}

static void shared_honours(void **state)
{
    (void)state;
    shared_rows("data/enterprise-honours/luoyang_enterprises.csv", 36, 2, true, honours_hold);
}

static void clusters_hold(struct desk *d)
{
    assert_int_equal(d->report.counts.facts, 7);
    assert_int_equal(parent_of(d, entity_named(d, "偃师区三轮摩托及装备制造产业集群")),
                     coded(d, "2260:410307"));
}

static void shared_clusters(void **state)
{
    (void)state;
    shared_rows("data/enterprise-honours/luoyang_clusters.csv", 10, 0, true, clusters_hold);
}

/* June 2012: the categories sum to 108.6 where 108.5 is printed. */
static void projects_hold(struct desk *d)
{
    struct rollup_cell c;
    struct str batch = STR("洛阳市2012-06开工重大项目");
    uint32_t s = model_find_series(d->m, model_find_indicator(d->m, STR("项目总投资")), KIND_LEVEL,
                                   STR(""), MOD_ACTUAL);
    assert_true(rollup_get(ledger_rollup(d->l), model_find_grouping(d->m, batch, STR("项目类别")),
                           coded(d, "table:洛阳市2012-06开工重大项目||合计"), s,
                           period_z("2012-06"), &c));
    assert_true(c.sum == (i128)1086 * 1000000000 && c.own == (int64_t)1085 * 1000000000);
    assert_int_equal(c.have, 5);
    assert_int_equal(d->report.counts.facts, 61);
}

static void shared_projects(void **state)
{
    (void)state;
    shared_rows("data/projects/luoyang_projects.csv", 27, 0, true, projects_hold);
}

static void shared_divisions(void **state)
{
    (void)state;
    static const char *const names[] = {
        "data/divisions/streets_41_henan_2023.csv", "data/divisions/areas_2023.csv",
        "data/divisions/cities_2023.csv", "data/divisions/provinces_2023.csv"};
    struct import_file file[4];
    struct arena a;
    struct desk bare, full;
    shared_files(&a, names, 4, file);
    desk_open(&bare, false);
    check_taken(&bare, take_files(&bare, file, 4, IMPORT_WHOLE), 0, "without the catalogue");
    assert_int_equal(bare.report.counts.entities, 31 + 342 - 9 + 2978 - 3 + 2586);
    desk_open(&full, true);
    check_taken(&full, take_files(&full, file, 4, IMPORT_WHOLE), 0, "with the catalogue");
    assert_int_equal(full.report.counts.entities, 2586);
    desk_close(&bare);
    desk_close(&full);
    arena_clear(&a);
}

/* Everything at once, and again one by one in the other order. */
static void shared_together(void **state)
{
    (void)state;
    static const char *const names[] = {"facts/seeds.csv",
                                        "data/projects/luoyang_projects.csv",
                                        "data/enterprise-honours/luoyang_enterprises.csv",
                                        "data/enterprise-honours/luoyang_clusters.csv",
                                        "data/published-tables/tables.csv",
                                        "facts/docs.csv",
                                        "facts/indicators.csv",
                                        "facts/regions.csv"};
    struct import_file file[COUNT(names)];
    struct arena a;
    struct desk d, one;
    shared_files(&a, names, COUNT(names), file);
    desk_open(&d, true);
    desk_open(&one, true);
    check_taken(&d, take_files(&d, file, COUNT(names), IMPORT_WHOLE), 2, "all at once");
    check_again(&d, file, COUNT(names), figures_told(&d));
    for (size_t i = COUNT(names); i-- > 0;)
        check_taken(&one, take_files(&one, &file[i], 1, IMPORT_WHOLE), -1, names[i]);
    check_same_sums(&d, &one, "one by one");
    check_again(&one, file, COUNT(names), figures_told(&d));
    desk_close(&d);
    desk_close(&one);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_with_places),
        cmocka_unit_test(line_numbers_after_quotes),
        cmocka_unit_test(headers),
        cmocka_unit_test(encodings),
        cmocka_unit_test(modes),
        cmocka_unit_test(one_bad_file_of_two),
        cmocka_unit_test(again_and_in_another_order),
        cmocka_unit_test(another_order_byte_for_byte),
        cmocka_unit_test(corrections),
        cmocka_unit_test(places),
        cmocka_unit_test(states_and_steps),
        cmocka_unit_test(units_and_dimensions),
        cmocka_unit_test(catalogue_is_whole),
        cmocka_unit_test(indicators_and_aliases),
        cmocka_unit_test(regions_in_any_order),
        cmocka_unit_test(docs_give_context),
        cmocka_unit_test(memberships_by_file),
        cmocka_unit_test(sectors_by_edition),
        cmocka_unit_test(divisions_dated),
        cmocka_unit_test(code_lists),
        cmocka_unit_test(honours),
        cmocka_unit_test(honours_by_row),
        cmocka_unit_test(honours_of_two_years),
        cmocka_unit_test(honours_of_known_names),
        cmocka_unit_test(clusters),
        cmocka_unit_test(projects),
        cmocka_unit_test(projects_by_row),
        cmocka_unit_test(periods_of_batches),
        cmocka_unit_test(tables),
        cmocka_unit_test(tables_in_any_order),
        cmocka_unit_test(tables_of_which),
        cmocka_unit_test(seeds_in_any_order),
        cmocka_unit_test(seeds_alone_and_then_their_names),
        cmocka_unit_test(shared_tables),
        cmocka_unit_test(shared_honours),
        cmocka_unit_test(shared_clusters),
        cmocka_unit_test(shared_projects),
        cmocka_unit_test(shared_divisions),
        cmocka_unit_test(shared_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
