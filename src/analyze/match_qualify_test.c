/* match_qualify_test.c - rules over demands and suppliers: who qualifies, what is missed. */
#include "analyze_testing.h"

static const char demands[] = "key,product,amount,papers\n"
                              "d1,轴承,100,A\n"
                              "d2,齿轮,0.1,A;B\n"
                              "d3,,,\n";
static const char suppliers[] = "key,makes,room,has\n"
                                "s1,轴承;齿轮,100.0,A\n"
                                "s2,齿轮,,B;A\n";

static void expect(const char *rules, const char *want)
{
    struct arena arena;
    struct table in[3];
    struct analysis a;
    struct buf out;
    struct error err = {0};
    arena_init(&arena, 0);
    table_of(&in[0], &arena, str_z(demands), "demands.csv");
    table_of(&in[1], &arena, str_z(suppliers), "suppliers.csv");
    table_of(&in[2], &arena, str_z(rules), "rules.csv");
    buf_init(&out, 1 << 20);
    if (run_method("qualify", in, 3, "", &a, &err) == OK) {
        table_write(&a.out, &out);
        analysis_clear(&a);
    } else {
        buf_fmt(&out, "%s (line %u)", err.text, err.line);
    }
    check_text(buf_str(&out), str_z(want), rules);
    buf_clear(&out);
    for (size_t i = 0; i < 3; i++)
        table_clear(&in[i]);
    arena_clear(&arena);
}

static void rules_decide(void **state)
{
    (void)state;
    expect("demand,op,supply,kind,weight\n"
           "product,in,makes,must,\n"
           "amount,<=,room,must,\n"
           "papers,all,has,score,0.25\n",
           "demand,supply,score,qualified,reason\n"
           "d1,s1,0.25,1,\n"
           "d1,s2,,0,\"product 轴承 in makes 齿轮; amount 100 <= room (not said)\"\n"
           "d2,s1,0,1,\"papers A;B all has A\"\n"
           "d2,s2,,0,amount 0.1 <= room (not said)\n"
           "d3,s1,0.25,1,\n"
           "d3,s2,0.25,1,\n");
    expect("demand,op,supply\nproduct,!=,makes\n",
           "demand,supply,score,qualified,reason\n"
           "d1,s1,0,1,\nd1,s2,0,1,\nd2,s1,0,1,\nd2,s2,,0,product 齿轮 != makes 齿轮\n"
           "d3,s1,0,1,\nd3,s2,0,1,\n");
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    expect("demand,op,supply\nproduct,~,makes\n",
           "'~' is none of =, !=, <=, >=, <, >, in, all (line 2)");
    expect("demand,op,supply,kind\nproduct,in,makes,may\n",
           "a rule is must or score, not 'may' (line 2)");
    expect("demand,op,supply\nprice,<=,room\n",
           "'demands.csv' has no column 'price'; it has: key, product, amount, papers (line 0)");
    expect("demand,op,supply\n", "there are 0 rules, 1 to 64 are wanted (line 0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_decide),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
