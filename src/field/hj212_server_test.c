/* hj212_server_test.c - stations over sockets: answers only after what they said is durable,
 * whatever the intake says; limits of connections; and through the real intake into readings. */
#include "base/test.h"
#include "field/field.h"
#include "field/hj212.h"
#include "field/hj212_server.h"
#include "store/registry.h"
#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- an intake that does as it is told ---- */
struct fake {
    atomic_int refuse; /* so many times E_BUSY before OK */
    atomic_size_t samples, batches;
};
static enum code fake_put(void *ctx, const struct sample *s, size_t n, struct intake_result *out,
                          struct error *err)
{
    struct fake *f = ctx;
    (void)s;
    if (atomic_load(&f->refuse) > 0) {
        atomic_fetch_sub(&f->refuse, 1);
        return error_set(err, E_BUSY, "busy");
    }
    out->stored = n;
    atomic_fetch_add(&f->samples, n);
    atomic_fetch_add(&f->batches, 1);
    return OK;
}
static int64_t fake_clock(void *ctx)
{
    (void)ctx;
    return 1470013200000;
}

static int dial(const struct hj212_server *s)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    sa.sin_port = htons((uint16_t)atoi(strrchr(hj212_address(s), ':') + 1));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    return fd;
}

static void say(int fd, const char *data)
{
    struct buf b;
    struct error err = {0};
    buf_init(&b, 1u << 16);
    assert_int_equal(hj212_frame_put(&b, str_z(data), &err), OK);
    assert_int_equal(send(fd, b.ptr, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
    buf_clear(&b);
}

/* What comes within the time: bytes; 0 nothing; -1 closed. */
static ssize_t hear(int fd, char *text, size_t max, int wait_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, wait_ms) == 0)
        return 0;
    ssize_t n = recv(fd, text, max - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return n > 0 ? n : -1;
}

static const char message[] = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=A1;Flag=5;"
                              "CP=&&DataTime=20160801085857;w01018-Rtd=2.2,w01018-Flag=N&&";

static struct hj212_server *server_of(struct fake *f, struct hj212_options o)
{
    struct hj212_server *s;
    struct error err = {0};
    o.listen = STR("127.0.0.1:0");
    if (hj212_start_with(&s, fake_put, f, fake_clock, &o, &err) != OK)
        fail_msg("%s", err.text);
    return s;
}

static void answered_when_durable(void **state)
{
    (void)state;
    char text[4096];
    struct fake f = {0};
    struct hj212_server *s = server_of(&f, (struct hj212_options){0});
    int fd = dial(s);
    say(fd, message);
    assert_true(hear(fd, text, sizeof text, 5000) > 0);
    assert_non_null(strstr(text, "CN=9014;PW=123456;MN=A1;Flag=4;CP=&&&&"));
    assert_int_equal(f.samples, 1);
    close(fd);
    hj212_stop(s);
}

static void held_while_the_intake_is_busy(void **state)
{
    (void)state;
    char text[4096];
    struct fake f = {.refuse = 5}; /* 10+20+40+80+160 ms */
    struct hj212_server *s = server_of(&f, (struct hj212_options){0});
    int fd = dial(s);
    say(fd, message);
    assert_int_equal(hear(fd, text, sizeof text, 150), 0);
    assert_true(hear(fd, text, sizeof text, 5000) > 0);
    assert_int_equal(f.refuse, 0);
    assert_int_equal(f.samples, 1);
    f.refuse = 1000000;
    say(fd, message);
    assert_int_equal(hear(fd, text, sizeof text, 300), 0);
    hj212_stop(s); /* returns, and nothing was acknowledged */
    assert_int_equal(hear(fd, text, sizeof text, 1000), -1);
    assert_int_equal(f.samples, 1);
    close(fd);
}

static void damaged_and_joined(void **state)
{
    (void)state;
    char text[8192];
    struct fake f = {0};
    struct hj212_server *s = server_of(&f, (struct hj212_options){0});
    int fd = dial(s);
    assert_int_equal(send(fd, "junk##12", 8, 0), 8);
    say(fd, message);
    say(fd, message);
    size_t got = 0, answers = 0;
    while (answers < 2) {
        ssize_t n = hear(fd, text + got, sizeof text - got, 5000);
        assert_true(n > 0);
        got += (size_t)n;
        answers = 0;
        for (const char *p = text; (p = strstr(p, "CN=9014")); p++)
            answers++;
    }
    struct buf b;
    buf_init(&b, 1u << 16);
    hj212_metrics(s, &b);
    assert_true(str_has(buf_str(&b), STR("what=\"data\"} 2\n")));
    assert_false(str_has(buf_str(&b), STR("what=\"bad_frame\"} 0\n")));
    buf_clear(&b);
    close(fd);
    hj212_stop(s);
}

static void a_flood_of_nonsense_is_shown_out(void **state)
{
    (void)state;
    char text[4096];
    struct fake f = {0};
    struct hj212_server *s = server_of(&f, (struct hj212_options){.connections = 2});
    int fd = dial(s), second = dial(s);
    for (int i = 0; i < 30; i++)
        say(fd, "nonsense");
    assert_int_equal(hear(fd, text, sizeof text, 5000), -1);
    int third = dial(s), fourth = -1;
    usleep(200000);
    fourth = dial(s);
    int closed = (hear(third, text, sizeof text, 1000) == -1) +
                 (hear(fourth, text, sizeof text, 1000) == -1) +
                 (hear(second, text, sizeof text, 100) == -1);
    assert_int_equal(closed, 1); /* two may stay */
    close(fd), close(second), close(third), close(fourth);
    hj212_stop(s);
}

static void files_of_the_user(void **state)
{
    (void)state;
    char path[] = "/tmp/luoshu-hj212-XXXXXX", text[4096];
    int file = mkstemp(path);
    struct fake f = {0};
    assert_int_equal(write(file, "mn,pw\nA1,000000\n", 16), 16);
    struct hj212_server *s = server_of(&f, (struct hj212_options){.stations = path});
    int fd = dial(s);
    say(fd, message); /* PW 123456 */
    assert_int_equal(hear(fd, text, sizeof text, 300), 0);
    /* the list is read again when it changed */
    assert_int_equal(pwrite(file, "mn,pw\nA1,123456\n", 16, 0), 16);
    for (int i = 0; i < 20; i++) {
        say(fd, message);
        if (hear(fd, text, sizeof text, 500) > 0)
            break;
    }
    assert_int_equal(f.samples, 1);
    close(fd);
    hj212_stop(s);
    assert_int_equal(pwrite(file, "xx,pw\nA1,123456\n", 16, 0), 16);
    struct error err = {0};
    struct hj212_options o = {.listen = STR("127.0.0.1:0"), .stations = path};
    assert_int_equal(hj212_start_with(&s, fake_put, &f, fake_clock, &o, &err), E_INPUT);
    assert_non_null(strstr(err.text, "no column 'mn'"));
    close(file);
    unlink(path);
}

/* ---- through the real intake ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void into_the_readings(void **state)
{
    (void)state;
    char dir[] = "/tmp/luoshu-hj212-XXXXXX", path[100], text[8192];
    struct registry *g;
    struct field field;
    struct hj212_server *s;
    struct error err = {0};
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/registry.db", dir);
    assert_int_equal(registry_open(&g, path, true, &err), OK);
    if (field_open(&field, g, dir, NULL, &err) != OK)
        fail_msg("%s", err.text);
    struct hj212_options o = {.listen = STR("127.0.0.1:0")};
    assert_int_equal(hj212_start(&s, field.intake, &o, &err), OK);
    int fd = dial(s);
    say(fd,
        "QN=20160801090000001;ST=32;CN=2061;PW=123456;MN=A1;Flag=5;CP=&&DataTime=20160801080000;"
        "w00000-Cou=63.0,w00000-Avg=17.5,w00000-Flag=N;w01018-Avg=40.1,w01018-Flag=M&&");
    assert_true(hear(fd, text, sizeof text, 10000) > 0);
    assert_non_null(strstr(text, "CN=9014"));
    static const struct {
        const char *field;
        int64_t value;
    } rows[] = {{"w00000-Cou", 63000000},
                {"w00000-Avg", 17500000},
                {"w01018-Avg", READING_WITHHELD},
                {"w01018-Avg/M", 40100000}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct points *p = field.points;
        struct bound b;
        uint64_t h =
            channel_hash(p, channel_hash_series(p, STR("hj212/A1/hour")), str_z(rows[i].field));
        pthread_rwlock_rdlock(&p->lock);
        channels_find(p, &h, 1, &b);
        pthread_rwlock_unlock(&p->lock);
        struct reading r;
        check_row(b.point != 0 && readings_last(field.readings, b.point, &r), rows[i].field);
        assert_int_equal(r.time_ms, 1470009600000);
        assert_int_equal(r.value, rows[i].value);
    }
    close(fd);
    hj212_stop(s);
    field_close(&field);
    registry_close(g);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    log_level_set(LOG_ERROR);
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered_when_durable), cmocka_unit_test(held_while_the_intake_is_busy),
        cmocka_unit_test(damaged_and_joined),    cmocka_unit_test(a_flood_of_nonsense_is_shown_out),
        cmocka_unit_test(files_of_the_user),     cmocka_unit_test(into_the_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
