/* calendar_test.c - every day of ten thousand years, and periods by table and by law. */
#include "calendar.h"
#include "test.h"

static void every_day(void **state)
{
    (void)state;
    int year = 1, month = 1, day = 1, weekday = 1;
    for (day_t d = DAY_MIN; d <= DAY_MAX; d++) {
        int y, m, dd;
        day_split(d, &y, &m, &dd);
        if (y != year || m != month || dd != day || day_from(y, m, dd) != d ||
            day_weekday(d) != weekday)
            fail_msg("day %d is %04d-%02d-%02d, got %04d-%02d-%02d", d, year, month, day, y, m, dd);
        weekday = weekday % 7 + 1;
        if (++day > month_days(year, month)) {
            day = 1;
            month = month % 12 + 1;
            year += month == 1;
        }
    }
    assert_int_equal(year, 10000);
    assert_int_equal(day_from(1970, 1, 1), 0);
    assert_int_equal(day_weekday(0), 4);
    assert_true(day_valid(2000, 2, 29) && !day_valid(1900, 2, 29) && !day_valid(2023, 2, 29));
    assert_false(day_valid(0, 1, 1) || day_valid(10000, 1, 1) || day_valid(2024, 13, 1));
    assert_false(day_valid(2024, 0, 1) || day_valid(2024, 1, 0) || day_valid(2024, 4, 31));
}

static void day_of_stamp(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        day_t want;
        const char *why;
    } rows[] = {
        {0,            0,       "08:00 on the first day"                },
        {57599999999,  0,       "a microsecond before midnight at UTC+8"},
        {57600000000,  1,       "midnight at UTC+8"                     },
        {-28800000000, 0,       "midnight before the epoch's day"       },
        {-28800000001, -1,      "a microsecond sooner"                  },
        {INT64_MAX,    DAY_MAX, "past the calendar"                     },
        {INT64_MIN,    DAY_MIN, "before it"                             },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(day_from_us(rows[i].us) == rows[i].want, rows[i].why);
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *in, *text, *kind, *zh, *en;
    } rows[] = {
        {"2024-09-20",            "2024-09-20",            "day",     "2024年9月20日",                      "20 Sep 2024"                        },
        {"2024-09-20/2024-09-20", "2024-09-20",            "day",     "2024年9月20日",                      "20 Sep 2024"                        },
        {"2025-W39",              "2025-W39",              "week",    "2025年第39周",                       "Week 39, 2025"                      },
        {"2025-09-22/2025-09-28", "2025-W39",              "week",    "2025年第39周",                       "Week 39, 2025"                      },
        {"2020-W53",              "2020-W53",              "week",    "2020年第53周",                       "Week 53, 2020"                      },
        {"2020-12-28/2021-01-03", "2020-W53",              "week",    "2020年第53周",                       "Week 53, 2020"                      },
        {"2024-12-30/2025-01-05", "2025-W01",              "week",    "2025年第1周",                        "Week 1, 2025"                       },
        {"2025-09",               "2025-09",               "month",   "2025年9月",                           "Sep 2025"                           },
        {"2024-02-01/2024-02-29", "2024-02",               "month",   "2024年2月",                           "Feb 2024"                           },
        {"2025-YTD01",            "2025-01",               "month",   "2025年1月",                           "Jan 2025"                           },
        {"2025-YTD02",            "2025-01/2025-02",       "janfeb",  "2025年1—2月",                       "Jan–Feb 2025"                     },
        {"2025-Q1",               "2025-01/2025-03",       "quarter", "2025年一季度",                      "Q1 2025"                            },
        {"2025-YTD03",            "2025-01/2025-03",       "quarter", "2025年一季度",                      "Q1 2025"                            },
        {"2025-Q4",               "2025-10/2025-12",       "quarter", "2025年四季度",                      "Q4 2025"                            },
        {"2025-H1",               "2025-01/2025-06",       "half",    "2025年上半年",                      "H1 2025"                            },
        {"2025-H2",               "2025-07/2025-12",       "half",    "2025年下半年",                      "H2 2025"                            },
        {"2025年", "2025", "year", "2025年", "2025"},
        {"2017年5月", "2017-05", "month", "2017年5月", "May 2017"},
        {"2017年1-5月", "2017-01/2017-05", "ytd", "2017年1—5月", "Jan–May 2017"},
        {"2017年1—2月", "2017-01/2017-02", "janfeb", "2017年1—2月", "Jan–Feb 2017"},
        {"2016年一季度", "2016-01/2016-03", "quarter", "2016年一季度", "Q1 2016"},
        {"2024年第1季度", "2024-01/2024-03", "quarter", "2024年一季度", "Q1 2024"},
        {"2024年元月", "2024-01", "month", "2024年1月", "Jan 2024"},
        {"2016年第四季度", "2016-10/2016-12", "quarter", "2016年四季度", "Q4 2016"},
        {"2024年前三季度", "2024-01/2024-09", "ytd", "2024年前三季度", "Jan–Sep 2024"},
        {"2023年末", "2023", "year", "2023年", "2023"},
        {"2024年9月20日", "2024-09-20", "day", "2024年9月20日", "20 Sep 2024"},
        {"2025-YTD04",            "2025-01/2025-04",       "ytd",     "2025年1—4月",                       "Jan–Apr 2025"                     },
        {"2025-YTD08",            "2025-01/2025-08",       "ytd",     "2025年1—8月",                       "Jan–Aug 2025"                     },
        {"2025-01/2025-08",       "2025-01/2025-08",       "ytd",     "2025年1—8月",                       "Jan–Aug 2025"                     },
        {"2025-YTD09",            "2025-01/2025-09",       "ytd",     "2025年前三季度",                   "Jan–Sep 2025"                     },
        {"2025-YTD12",            "2025",                  "year",    "2025年",                               "2025"                               },
        {"2025-01/2025-12",       "2025",                  "year",    "2025年",                               "2025"                               },
        {"2025/2025",             "2025",                  "year",    "2025年",                               "2025"                               },
        {"1953/1957",             "1953/1957",             "plan",    "“一五”(1953—1957年)",          "1st Five-Year Plan (1953–1957)"   },
        {"1958/1962",             "1958/1962",             "plan",    "“二五”(1958—1962年)",          "2nd Five-Year Plan (1958–1962)"   },
        {"1966/1970",             "1966/1970",             "plan",    "“三五”(1966—1970年)",          "3rd Five-Year Plan (1966–1970)"   },
        {"2001/2005",             "2001/2005",             "plan",    "“十五”(2001—2005年)",
         "10th Five-Year Plan (2001–2005)"                                                                                                        },
        {"2006/2010",             "2006/2010",             "plan",    "“十一五”(2006—2010年)",
         "11th Five-Year Plan (2006–2010)"                                                                                                        },
        {"2021/2025",             "2021/2025",             "plan",    "“十四五”(2021—2025年)",
         "14th Five-Year Plan (2021–2025)"                                                                                                        },
        {"2026-01-01/2030-12-31", "2026/2030",             "plan",    "“十五五”(2026—2030年)",
         "15th Five-Year Plan (2026–2030)"                                                                                                        },
        {"2056/2060",             "2056/2060",             "plan",    "“二十一五”(2056—2060年)",
         "21st Five-Year Plan (2056–2060)"                                                                                                        },
        {"9996/9999",             "9996/9999",             "years",   "9996—9999年",                        "9996–9999"                        },
        {"9991/9995",             "9991/9995",             "plan",    "9991—9995年",                        "1608th Five-Year Plan (9991–9995)"},
        {"1963/1967",             "1963/1967",             "years",   "1963—1967年",                        "1963–1967"                        },
        {"2024/2026",             "2024/2026",             "years",   "2024—2026年",                        "2024–2026"                        },
        {"2025-03/2025-05",       "2025-03/2025-05",       "range",   "2025年3—5月",                       "Mar–May 2025"                     },
        {"2024-11/2025-02",       "2024-11/2025-02",       "range",   "2024年11月—2025年2月",
         "Nov 2024 – Feb 2025"                                                                                                                    },
        {"2024-09-01/2024-09-20", "2024-09-01/2024-09-20", "range",   "2024年9月1—20日",
         "1–20 Sep 2024"                                                                                                                          },
        {"2024-09-21/2024-10-20", "2024-09-21/2024-10-20", "range",   "2024年9月21日—10月20日",
         "21 Sep – 20 Oct 2024"                                                                                                                   },
        {"2023-12-26/2024-12-25", "2023-12-26/2024-12-25", "range",   "2023年12月26日—2024年12月25日",
         "26 Dec 2023 – 25 Dec 2024"                                                                                                              },
        {"0001",                  "0001",                  "year",    "1年",                                  "1"                                  },
        {"0001-W01",              "0001-W01",              "week",    "1年第1周",                           "Week 1, 1"                          },
        {"9999-12-31",            "9999-12-31",            "day",     "9999年12月31日",                     "31 Dec 9999"                        },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct period p, back;
        struct error err = {0};
        char out[64];
        if (period_parse(str_z(rows[i].in), &p, &err) != OK)
            fail_msg("%s", err.text);
        size_t n = period_text(p, out);
        check_text((struct str){out, n}, str_z(rows[i].text), rows[i].in);
        assert_int_equal(period_parse((struct str){out, n}, &back, NULL), OK);
        assert_true(period_eq(p, back));
        check_text(str_z(period_kind_name(period_kind(p))), str_z(rows[i].kind), rows[i].in);
        n = period_label(p, true, out);
        check_text((struct str){out, n}, str_z(rows[i].zh), rows[i].in);
        n = period_label(p, false, out);
        check_text((struct str){out, n}, str_z(rows[i].en), rows[i].in);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        struct str in;
        const char *why;
    } rows[] = {
        {STR(""),                  "empty"                         },
        {STR("24"),                "two digits of a year"          },
        {STR("0000"),              "there is no year 0"            },
        {STR("10000"),             "five digits"                   },
        {STR("-2024"),             "sign"                          },
        {STR("2024-"),             "nothing after the dash"        },
        {STR("2024-9"),            "one digit of a month"          },
        {STR("2024-00"),           "month 0"                       },
        {STR("2024-13"),           "month 13"                      },
        {STR("2023-02-29"),        "not a leap year"               },
        {STR("2024-04-31"),        "no such day"                   },
        {STR("2024-09-20 "),       "blank"                         },
        {STR("2024/09/20"),        "slashes"                       },
        {STR("2024-09-20T00:00"),  "a time"                        },
        {STR("2024-Q0"),           "quarter 0"                     },
        {STR("2024-Q5"),           "quarter 5"                     },
        {STR("2024-q1"),           "small letter"                  },
        {STR("2024-H3"),           "half 3"                        },
        {STR("2024-W00"),          "week 0"                        },
        {STR("2024-W53"),          "2024 has 52 weeks"             },
        {STR("9999-W52"),          "ends outside the calendar"     },
        {STR("2024-YTD00"),        "up to month 0"                 },
        {STR("2024-YTD13"),        "up to month 13"                },
        {STR("2025-08/2025-01"),   "ends before it begins"         },
        {STR("2025/2021"),         "so with years"                 },
        {STR("2025/2025-08"),      "two forms"                     },
        {STR("2025-Q1/2025-Q2"),   "named units have no ranges"    },
        {STR("2025-W01/2025-W02"), "weeks neither"                 },
        {STR("2025/"),             "no end"                        },
        {STR("/2025"),             "no beginning"                  },
        {STR("2025/2026/2027"),    "three ends"                    },
        {STR("2024\0"),            "NUL"                           },
        {STR("二〇二四"),      "words are for the query module"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct period p = {1, 2};
        struct error err = {0};
        check_row(period_parse(rows[i].in, &p, &err) == E_INPUT && err.code == E_INPUT,
                  rows[i].why);
        check_row(p.first == 1 && p.last == 2, rows[i].why);
    }
}

static struct period parsed(const char *text)
{
    struct period p;
    if (period_parse(str_z(text), &p, NULL) != OK)
        fail_msg("'%s' in a table of the test", text);
    return p;
}

static void shift(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        int years;
        const char *want, *why;
    } rows[] = {
        {"2025-09",               -1,     "2024-09",               "month"                                      },
        {"2024-02",               -1,     "2023-02-01/2023-02-28", "February ends where it ends"                },
        {"2023-02",               1,      "2024-02-01/2024-02-29", "also the other way"                         },
        {"2024-02-29",            -1,     "2023-02-28",            "29 February to 28"                          },
        {"2024-02-29",            4,      "2028-02-29",            "unless there is one"                        },
        {"2023-02-28",            1,      "2024-02-28",            "a day is its date, not the end of its month"},
        {"2025-W39",              -1,     "2024-W39",              "week"                                       },
        {"2020-W53",              1,      "2021-W52",              "the 53rd to the 52nd"                       },
        {"2020-W53",              6,      "2026-W53",              "unless there is one"                        },
        {"2025-Q1",               1,      "2026-Q1",               "quarter"                                    },
        {"2025-YTD08",            -1,     "2024-YTD08",            "year to date"                               },
        {"2024-YTD02",            -1,     "2023-YTD02",            "January and February"                       },
        {"2021/2025",             -5,     "2016/2020",             "plan"                                       },
        {"2021/2025",             1,      "2022/2026",             "no plan any more, but the same years"       },
        {"2023-11/2024-02",       -1,     "2022-11/2023-02",       "whole months stay whole"                    },
        {"2024-02-10/2024-02-29", -1,     "2023-02-10/2023-02-28", "a range by its dates"                       },
        {"2025-03-26/2025-04-25", -1,     "2024-03-26/2024-04-25", "a reading month"                            },
        {"2025-09",               20000,  "9999-09",               "stops at the end of the calendar"           },
        {"2025-09",               -20000, "0001-09",               "and at its beginning"                       },
        {"2024/2026",             9000,   "9997/9999",             "and keeps its length there"                 },
        {"2024-07-01/9999-12-31", 1,      "2025-07-01/9999-12-31", "an open end stays open"                     },
        {"2024-07-01/9999-12-31", -1,     "2023-07-01/9999-12-31", "also backwards"                             },
        {"9999-W51",              5,      "9999-W51",              "a week at the end"                          },
        {"0001-W01",              -5,     "0001-W01",              "a week at the beginning"                    },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(
            period_eq(period_shift_years(parsed(rows[i].in), rows[i].years), parsed(rows[i].want)),
            rows[i].why);
}

static void before(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want; /* NULL: none */
    } rows[] = {
        {"2025-01",         "2024-12"   },
        {"2024-03",         "2024-02"   },
        {"2025-Q1",         "2024-Q4"   },
        {"2025-Q3",         "2025-Q2"   },
        {"2025-H1",         "2024-H2"   },
        {"2025-H2",         "2025-H1"   },
        {"2025",            "2024"      },
        {"2025-W01",        "2024-W52"  },
        {"2024-03-01",      "2024-02-29"},
        {"2021/2025",       "2016/2020" },
        {"1966/1970",       "1958/1962" },
        {"1958/1962",       "1953/1957" },
        {"1953/1957",       NULL        },
        {"2025-YTD08",      NULL        },
        {"2025-YTD02",      NULL        },
        {"2024/2026",       NULL        },
        {"2025-03/2025-05", NULL        },
        {"0001",            NULL        },
        {"0001-01-01",      NULL        },
        {"0001-W01",        NULL        },
        {"0001-01",         NULL        },
        {"0001-02",         "0001-01"   },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct period p = {1, 1};
        enum code want = rows[i].want != NULL ? OK : E_INPUT;
        check_row(period_before(parsed(rows[i].in), &p, NULL) == want, rows[i].in);
        check_row(period_eq(p, want == OK ? parsed(rows[i].want) : (struct period){1, 1}),
                  rows[i].in);
    }
}

static void tiles(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        enum period_kind kind;
        bool merge;
        size_t count; /* 0: they don't tile */
        const char *second, *why;
    } rows[] = {
        {"2025",                  PERIOD_MONTH,   false, 12, "2025-02",    "months of a year"                   },
        {"2025",                  PERIOD_MONTH,   true,  11, "2025-03",    "as they are published"              },
        {"2025-YTD08",            PERIOD_MONTH,   true,  7,  "2025-03",    "year to date as published"          },
        {"2025-YTD02",            PERIOD_MONTH,   true,  1,  NULL,         "both at once"                       },
        {"2025-02/2025-04",       PERIOD_MONTH,   true,  3,  "2025-03",    "February without its January"       },
        {"2024-12/2025-01",       PERIOD_MONTH,   true,  2,  "2025-01",    "January without its February"       },
        {"2024-11/2025-03",       PERIOD_MONTH,   true,  4,  "2024-12",    "over the turn of the year"          },
        {"2025",                  PERIOD_QUARTER, false, 4,  "2025-Q2",    "quarters"                           },
        {"2025-YTD09",            PERIOD_QUARTER, false, 3,  "2025-Q2",    "three of them"                      },
        {"2025-YTD08",            PERIOD_QUARTER, false, 0,  NULL,         "eight months are no quarters"       },
        {"2025-02/2025-04",       PERIOD_QUARTER, false, 0,  NULL,         "three months, but not a quarter's"  },
        {"2021/2025",             PERIOD_HALF,    false, 10, "2021-H2",    "halves of a plan"                   },
        {"2021/2025",             PERIOD_YEAR,    false, 5,  "2022",       "years of a plan"                    },
        {"2021/2030",             PERIOD_PLAN,    false, 2,  "2026/2030",  "two plans"                          },
        {"1958/1970",             PERIOD_PLAN,    false, 0,  NULL,         "three years between two plans"      },
        {"2025-W39",              PERIOD_DAY,     false, 7,  "2025-09-23", "days of a week"                     },
        {"2024-02",               PERIOD_DAY,     false, 29, "2024-02-02", "days of a leap month"               },
        {"2021-02",               PERIOD_WEEK,    false, 4,  "2021-W06",   "a month from Monday to Sunday"      },
        {"2024-02",               PERIOD_WEEK,    false, 0,  NULL,         "a month that is not"                },
        {"2025",                  PERIOD_YEAR,    false, 1,  NULL,         "itself"                             },
        {"2025-YTD08",            PERIOD_YTD,     false, 1,  NULL,         "itself, though the kind has no grid"},
        {"2025",                  PERIOD_YTD,     false, 0,  NULL,         "a kind without a grid"              },
        {"2025-09-20",            PERIOD_MONTH,   false, 0,  NULL,         "too short"                          },
        {"9999-12-27/9999-12-31", PERIOD_WEEK,    false, 0,  NULL,         "at the end of the calendar"         },
        {"9996/9999",             PERIOD_PLAN,    false, 0,  NULL,         "a plan that never ends"             },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct period out[40];
        size_t count = 99;
        enum code code = period_tiles(parsed(rows[i].in), rows[i].kind, rows[i].merge, out,
                                      COUNT(out), &count, NULL);
        check_row(code == (rows[i].count > 0 ? OK : E_INPUT), rows[i].why);
        check_row(count == rows[i].count, rows[i].why);
        if (rows[i].second != NULL)
            check_row(period_eq(out[1], parsed(rows[i].second)), rows[i].why);
    }
    struct period out[3];
    size_t count = 99;
    assert_int_equal(period_tiles(parsed("2025"), PERIOD_QUARTER, false, out, 3, &count, NULL),
                     E_LIMIT);
    assert_int_equal(count, 0);
}

static void comparing(void **state)
{
    (void)state;
    struct period year = parsed("2025"), q4 = parsed("2025-Q4"), h2 = parsed("2025-H2");
    assert_true(period_cmp(parsed("2024"), q4) < 0 && period_cmp(q4, parsed("2024")) > 0);
    assert_true(period_cmp(year, h2) < 0 && period_cmp(h2, q4) < 0); /* longer first */
    assert_int_equal(period_cmp(q4, parsed("2025-10/2025-12")), 0);
    assert_true(period_contains(year, q4) && period_contains(q4, q4) && !period_contains(q4, h2));
    assert_int_equal(period_days(parsed("2024")), 366);
    assert_int_equal(period_days(parsed("2024-09-20")), 1);
}

/* Ends often on the bounds of months, years and weeks, where kinds change. */
static day_t random_end(bool last)
{
    day_t d = (day_t)(DAY_MIN + (day_t)test_below((uint64_t)(DAY_MAX - DAY_MIN + 1)));
    int y, m, dd;
    day_split(d, &y, &m, &dd);
    switch (test_below(6)) {
    case 0:
        return last ? day_from(y, 12, 31) : day_from(y, 1, 1);
    case 1:
        return last ? day_from(y, m, month_days(y, m)) : day_from(y, m, 1);
    case 2:
        return last ? DAY_MAX - (day_t)test_below(10) : DAY_MIN + (day_t)test_below(10);
    default:
        return d;
    }
}

static struct period random_period(void)
{
    struct period p = {random_end(false), 0}, unit;
    int y, m, d;
    day_split(p.first, &y, &m, &d);
    int m2 = m + (int)test_below((uint64_t)(13 - m)), y2 = y + (int)test_below(7);
    switch (test_below(4)) {
    case 0: /* months of one year */
        return (struct period){day_from(y, m, 1), day_from(y, m2, month_days(y, m2))};
    case 1: /* years, many of them plans */
        return (struct period){day_from(y, 1, 1), day_from(y2 > 9999 ? 9999 : y2, 12, 31)};
    case 2: /* weeks */
        p.first -= day_weekday(p.first) - 1;
        unit = (struct period){p.first, p.first + 6};
        return unit.last <= DAY_MAX ? unit : (struct period){DAY_MAX, DAY_MAX};
    default:
        p.last = random_end(true);
        return p.first <= p.last ? p : (struct period){p.last, p.last};
    }
}

static void period_laws(void **state)
{
    (void)state;
    test_seed("parse(text(p)) == p and what moves comes back");
    for (int i = 0; i < CASES * 5; i++) {
        struct period p = random_period(), q;
        char text[32], label[64];
        size_t n = period_text(p, text);
        if (period_parse((struct str){text, n}, &q, NULL) != OK || !period_eq(p, q))
            fail_msg("%s", text);
        assert_true(n < sizeof text && text[n] == '\0');
        assert_true(utf8_valid((struct str){label, period_label(p, true, label)}));
        assert_true(utf8_valid((struct str){label, period_label(p, false, label)}));
        int years = (int)test_below(41) - 20;
        q = period_shift_years(p, years);
        assert_true(DAY_MIN <= q.first && q.first <= q.last && q.last <= DAY_MAX);
        enum period_kind kind = period_kind(p);
        if (kind < PERIOD_PLAN && kind != PERIOD_WEEK && p.first > -600000 && p.last < 2800000) {
            assert_int_equal(period_kind(q), kind); /* calendar units map to their namesakes */
            if (kind != PERIOD_DAY)
                assert_true(period_eq(period_shift_years(q, -years), p));
        }
        if (period_before(p, &q, NULL) == OK) {
            assert_int_equal(period_kind(q), kind);
            assert_true(period_cmp(q, p) < 0 && q.last < p.first);
        }
    }
}

static void tile_laws(void **state)
{
    (void)state;
    static struct period out[400];
    test_seed("tiles follow one another from end to end");
    for (int i = 0; i < CASES; i++) {
        struct period p = random_period();
        enum period_kind kind = (enum period_kind)test_below(PERIOD_KINDS);
        bool merge = test_below(2) == 0;
        size_t count;
        if (period_tiles(p, kind, merge, out, COUNT(out), &count, NULL) != OK) {
            assert_int_equal(count, 0);
            continue;
        }
        assert_true(out[0].first == p.first && out[count - 1].last == p.last);
        for (size_t k = 0; k < count; k++) {
            enum period_kind got = period_kind(out[k]);
            assert_true(got == kind || (merge && got == PERIOD_JANFEB));
            assert_true(k == 0 || out[k].first == out[k - 1].last + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day), cmocka_unit_test(day_of_stamp), cmocka_unit_test(forms),
        cmocka_unit_test(refused),   cmocka_unit_test(shift),        cmocka_unit_test(before),
        cmocka_unit_test(tiles),     cmocka_unit_test(comparing),    cmocka_unit_test(period_laws),
        cmocka_unit_test(tile_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
