/* modbus_poll_test.c - a device in this process (a socket that answers by hand): values, a hole, a
 * dead unit, a lost connection, an intake that is busy. */
#include "base/test.h"
#include "field/modbus_poll.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* Registers 0..9 hold 100..109; 5 is a hole (exception 2); unit 2 never answers. */
struct plc {
    int listener;
    pthread_t thread;
    atomic_bool stop;
    atomic_int conn;
};

static bool answer(int fd)
{
    uint8_t q[12], a[300];
    if (recv(fd, q, 12, MSG_WAITALL) != 12)
        return false;
    unsigned at = (unsigned)q[8] << 8 | q[9], count = (unsigned)q[10] << 8 | q[11];
    if (q[6] == 2)
        return true;
    memcpy(a, q, 8);
    bool hole = at + count > 10 || (at <= 5 && at + count > 5);
    size_t len = hole ? 9 : 9 + 2 * count;
    a[4] = 0, a[5] = (uint8_t)(len - 6);
    if (hole) {
        a[7] |= 0x80;
        a[8] = 2;
    } else {
        a[8] = (uint8_t)(2 * count);
        for (unsigned i = 0; i < count; i++)
            a[9 + 2 * i] = 0, a[10 + 2 * i] = (uint8_t)(100 + at + i);
    }
    /* in pieces, as networks do */
    return send(fd, a, 5, MSG_NOSIGNAL) == 5 && usleep(1000) == 0 &&
           send(fd, a + 5, len - 5, MSG_NOSIGNAL) == (ssize_t)(len - 5);
}

static void *device_run(void *arg)
{
    struct plc *d = arg;
    while (!atomic_load(&d->stop)) {
        int fd = accept(d->listener, NULL, NULL);
        if (fd < 0)
            break;
        atomic_store(&d->conn, fd);
        while (answer(fd))
            ;
        atomic_store(&d->conn, -1);
        close(fd);
    }
    return NULL;
}

static unsigned device_start(struct plc *d)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof sa;
    *d = (struct plc){.listener = socket(AF_INET, SOCK_STREAM, 0), .conn = -1};
    assert_int_equal(bind(d->listener, (struct sockaddr *)&sa, sizeof sa), 0);
    assert_int_equal(listen(d->listener, 5), 0);
    assert_int_equal(getsockname(d->listener, (struct sockaddr *)&sa, &len), 0);
    assert_int_equal(pthread_create(&d->thread, NULL, device_run, d), 0);
    return ntohs(sa.sin_port);
}
static void device_drop(struct plc *d)
{
    int fd = atomic_load(&d->conn);
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
}
static void device_end(struct plc *d)
{
    atomic_store(&d->stop, true);
    shutdown(d->listener, SHUT_RDWR);
    device_drop(d);
    pthread_join(d->thread, NULL);
    close(d->listener);
}

struct kept {
    pthread_mutex_t lock;
    int busy;
    VEC(struct sample) v;
};
static enum code keep(void *ctx, const struct sample *s, size_t n, struct intake_result *out,
                      struct error *err)
{
    struct kept *k = ctx;
    (void)out;
    enum code code = OK;
    pthread_mutex_lock(&k->lock);
    if (k->busy > 0 && k->busy--)
        code = error_set(err, E_BUSY, "busy");
    for (size_t i = 0; code == OK && i < n; i++)
        vec_push(&k->v, s[i]);
    pthread_mutex_unlock(&k->lock);
    return code;
}
static int64_t clock_now(void *ctx)
{
    (void)ctx;
    return 1000;
}

/* How many samples of the field are in the state. */
static size_t have(struct kept *k, const char *field, enum fact_state state, int64_t mantissa)
{
    size_t n = 0;
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < k->v.len; i++)
        n += str_is(k->v.v[i].field, field) && k->v.v[i].state == state &&
             k->v.v[i].mantissa == mantissa && str_is(k->v.v[i].series, "modbus/plant");
    pthread_mutex_unlock(&k->lock);
    return n;
}
static bool soon(struct kept *k, const char *field, enum fact_state state, int64_t m, size_t least)
{
    for (int i = 0; i < 800; i++) {
        if (have(k, field, state, m) >= least)
            return true;
        usleep(10000);
    }
    return false;
}

static void a_device_is_read(void **state)
{
    (void)state;
    struct plc d;
    struct kept k = {.lock = PTHREAD_MUTEX_INITIALIZER, .busy = 2};
    struct modbus_map *m;
    struct modbus_poll *p;
    struct error err = {0};
    char csv[1000];
    snprintf(csv, sizeof csv,
             "connection,host,unit,point,space,address,type,every,timeout\n"
             "plant,127.0.0.1:%u,1,a,holding,0,u16,0.1,0.2\n"
             "plant,,1,b,holding,1,u16,0.1,\n" /* with a */
             "plant,,1,x,holding,4,u16,0.1,\nplant,,1,hole,holding,5,u16,0.1,\nplant,,1,y,holding,"
             "6,u16,0.1,\n"
             "plant,,2,dead,holding,0,u16,0.1,\n",
             device_start(&d));
    assert_int_equal(modbus_map_read(str_z(csv), &m, &err), OK);
    assert_int_equal(modbus_poll_start_with(&p, keep, &k, clock_now, m, &err), OK);
    assert_true(soon(&k, "a", STATE_VALUE, 100, 3)); /* though the intake was busy first */
    assert_true(soon(&k, "b", STATE_VALUE, 101, 3));
    assert_true(soon(&k, "x", STATE_VALUE, 104, 2)); /* beside the hole, one by one */
    assert_true(soon(&k, "y", STATE_VALUE, 106, 2));
    assert_int_equal(have(&k, "hole", STATE_NULL, 0), 1);
    assert_true(soon(&k, "dead", STATE_OFFLINE, 0, 1));
    /* lost: said once, then all goes on */
    size_t before = have(&k, "a", STATE_OFFLINE, 0);
    device_drop(&d);
    assert_true(soon(&k, "a", STATE_OFFLINE, 0, before + 1));
    size_t values = have(&k, "a", STATE_VALUE, 100);
    assert_true(soon(&k, "a", STATE_VALUE, 100, values + 3));
    assert_int_equal(have(&k, "dead", STATE_OFFLINE, 0), 1);
    struct buf b;
    buf_init(&b, 1u << 16);
    modbus_poll_metrics(p, &b);
    assert_true(str_has(buf_str(&b), STR("luoshu_modbus_up{connection=\"plant\"} 1\n")));
    buf_clear(&b);
    modbus_poll_stop(p);
    device_end(&d);
    vec_clear(&k.v);
}

static void nobody_there(void **state)
{
    (void)state;
    struct plc d;
    struct kept k = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct modbus_map *m;
    struct modbus_poll *p;
    struct error err = {0};
    char csv[200];
    unsigned port = device_start(&d);
    device_end(&d);
    snprintf(csv, sizeof csv, "connection,host,point,address\nplant,127.0.0.1:%u,a,40001\n", port);
    assert_int_equal(modbus_map_read(str_z(csv), &m, &err), OK);
    assert_int_equal(modbus_poll_start_with(&p, keep, &k, clock_now, m, &err), OK);
    assert_true(soon(&k, "a", STATE_OFFLINE, 0, 1));
    usleep(1200000); /* one more try meanwhile */
    assert_int_equal(have(&k, "a", STATE_OFFLINE, 0), 1);
    modbus_poll_stop(p);
    vec_clear(&k.v);
}

int main(void)
{
    log_level_set(LOG_ERROR);
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_read),
        cmocka_unit_test(nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
