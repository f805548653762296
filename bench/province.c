/* province.c - the load of bench/ingest: what a province's devices send, and a client that sends it.
 *
 *   province make DIR SCALE MINUTES   DIR/NNNN.lp (line protocol), DIR/NNNN.csv (dev,s,v), device.csv, and for Luoshu
 *                                     regions.csv, memberships.csv, profiles.csv, points.csv; want.tsv: right answers
 *   province post PORT PATH BATCH CONNECTIONS FILE…    posts files in batches of lines; TOKEN in the environment
 *   province port                     a free port of loopback
 *   province run CMD…                 runs it; wall and CPU seconds to stderr
 *   province cpu PID                  CPU seconds a process and its reaped children have used
 *
 * SCALE 1: 8,830,000 devices of 220,000 enterprises, a reading a minute each: even ones registers of kWh, odd ones kW.
 * 0.2 % are missing, 3 % a second off, 8 % of the half-hours idle; order of arrival: by second, random within one.
 * All is a function of the arguments. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define T0 1767225600u /* 2026-01-01T08:00+08:00 */
enum { CTY, PRK, CHN, CLU, SEC, TIER, GROUPINGS };
static const char *const grouping[] = {"cty", "prk", "chn", "clu", "sec", "tier"};
static const unsigned members[] = {157, 180, 28, 7, 600, 6}; /* 0 = in none */

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t draw(uint64_t seed, uint64_t i) /* splitmix64 of a place, not of a sequence */
{
    uint64_t z = seed * 0xD1B54A32D192ED03u + (i + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}
static double unit(uint64_t x)
{
    return (double)(x >> 11) * 0x1p-53;
}

/* ---- make ---- */

struct province {
    uint32_t devices, firms;
    uint32_t *firm_of;
    uint16_t (*at)[GROUPINGS]; /* of firms */
    uint32_t *order;
    uint8_t *phase;
    int64_t *reg, *first, *last; /* 10^-3 kWh */
    double *base;
};

static FILE *file(const char *dir, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (!f)
        die(path);
    return f;
}

/* Many small members, few large ones. */
static uint16_t skewed(unsigned n, uint64_t x)
{
    return (uint16_t)(1 + (unsigned)((double)n * pow(unit(x), 1.7)));
}

static void firms_make(struct province *p)
{
    double *weight = malloc(p->firms * sizeof *weight), all = 0;
    uint32_t d = 0;
    for (uint32_t i = 0; i < p->firms; i++)
        all += weight[i] = pow((double)(draw(1, i) % p->firms + 1), -0.8);
    for (uint32_t i = 0; i < p->firms; i++) {
        double share = weight[i] / all * (p->devices - p->firms);
        uint32_t n = i + 1 == p->firms ? p->devices - d : 1 + (uint32_t)share;
        for (uint32_t k = 0; k < n && d < p->devices; k++)
            p->firm_of[d++] = i;
        for (int g = 0; g < GROUPINGS; g++)
            p->at[i][g] = g != CTY && g != SEC && draw(20 + (uint64_t)g, i) % 3 == 0
                              ? 0
                              : skewed(members[g], draw(10 + (uint64_t)g, i));
    }
    free(weight);
}

static void devices_make(struct province *p)
{
    uint32_t start[61] = {0};
    for (uint32_t d = 0; d < p->devices; d++) {
        p->phase[d] = (uint8_t)(draw(2, d) % 60);
        start[p->phase[d] + 1]++;
        p->base[d] = exp(unit(draw(3, d)) * 5.0 - 0.7) * 1000.0; /* 0.5 to 74 kW */
        p->reg[d] = (int64_t)(p->base[d] * (500 + unit(draw(4, d)) * 8000));
        p->first[d] = -1;
    }
    for (int i = 0; i < 60; i++)
        start[i + 1] += start[i];
    uint32_t at[60];
    memcpy(at, start, sizeof at);
    for (uint32_t d = 0; d < p->devices; d++)
        p->order[at[p->phase[d]]++] = d;
    for (int s = 0; s < 60; s++)
        for (uint32_t i = start[s + 1]; i > start[s] + 1; i--) {
            uint32_t j = start[s] + (uint32_t)(draw(5, i) % (i - start[s])), t = p->order[i - 1];
            p->order[i - 1] = p->order[j];
            p->order[j] = t;
        }
}

static int series(const struct province *p, uint32_t d, char *out)
{
    const uint16_t *at = p->at[p->firm_of[d]];
    return sprintf(out, "m,chn=%u,clu=%u,cty=%u,dev=%u,ent=%u,prk=%u,sec=%u,tier=%u", at[CHN], at[CLU], at[CTY], d,
                   p->firm_of[d], at[PRK], at[SEC], at[TIER]);
}

static uint64_t minute(struct province *p, const char *dir, unsigned m)
{
    char name[24], text[160];
    uint64_t n = 0;
    snprintf(name, sizeof name, "%04u.lp", m);
    FILE *lp = file(dir, name);
    snprintf(name, sizeof name, "%04u.csv", m);
    FILE *csv = file(dir, name);
    double of_day = 0.75 + 0.25 * sin(m % 1440 / 1440.0 * 6.283185 - 1.6);
    for (uint32_t k = 0; k < p->devices; k++) {
        uint32_t d = p->order[k], s = T0 + 60 * m + p->phase[d];
        uint64_t x = draw(100 + m, d);
        bool idle = draw(50 + m / 30, d) % 100 < 8;
        int64_t power = idle ? 0 : (int64_t)(p->base[d] * of_day * (1 + 0.06 * (unit(draw(7, x)) - 0.5))), v = power;
        if (d % 2 == 0)
            v = p->reg[d] += (power + 30) / 60;
        if (x % 1000 < 2)
            continue;
        if (x / 1000 % 100 < 3 && p->phase[d] > 0 && p->phase[d] < 59)
            s += x >> 63 ? 1u : -1u;
        if (p->first[d] < 0)
            p->first[d] = v;
        p->last[d] = v;
        series(p, d, text);
        fprintf(lp, "%s v=%lld.%03lld %u\n", text, (long long)(v / 1000), (long long)(v % 1000), s);
        fprintf(csv, "%u,%u,%lld.%03lld\n", d, s, (long long)(v / 1000), (long long)(v % 1000));
        n++;
    }
    fclose(lp);
    fclose(csv);
    return n;
}

static void words(const struct province *p, const char *dir)
{
    char text[160];
    FILE *f = file(dir, "regions.csv");
    fprintf(f, "name,type,parent\nbench,province,\n");
    for (int g = 0; g < GROUPINGS; g++)
        for (unsigned i = 1; i <= members[g]; i++)
            fprintf(f, "%s%u,cluster,\n", grouping[g], i);
    for (uint32_t i = 0; i < p->firms; i++)
        fprintf(f, "E%07u,enterprise,\n", i);
    fclose(f);
    f = file(dir, "memberships.csv");
    fprintf(f, "grouping,child,parent,kind\n");
    for (int g = 0; g < GROUPINGS; g++)
        for (unsigned i = 1; i <= members[g]; i++)
            fprintf(f, "by %s,%s%u,bench,partition\n", grouping[g], grouping[g], i);
    for (uint32_t i = 0; i < p->firms; i++)
        for (int g = 0; g < GROUPINGS; g++)
            if (p->at[i][g])
                fprintf(f, "by %s,E%07u,%s%u,partition\n", grouping[g], i, grouping[g], p->at[i][g]);
    fclose(f);
    f = file(dir, "profiles.csv");
    fprintf(f, "profile,indicator,unit,kernel,decimals,every_s\n"
               "kWh,bench energy,千瓦时,counter,3,60\nkW,bench power,千瓦,gauge,3,60\n");
    fclose(f);
    f = file(dir, "points.csv");
    FILE *devices = file(dir, "device.csv");
    fprintf(f, "series,field,entity,profile,device\n");
    for (uint32_t d = 0; d < p->devices; d++) {
        const uint16_t *at = p->at[p->firm_of[d]];
        series(p, d, text);
        fprintf(f, "\"%s\",v,E%07u,%s,dev%u\n", text, p->firm_of[d], d % 2 ? "kW" : "kWh", d);
        fprintf(devices, "%u,%u,%u,%u,%u,%u,%u,%u\n", d, p->firm_of[d], at[CTY], at[PRK], at[CHN], at[CLU], at[SEC],
                at[TIER]);
    }
    fclose(devices);
    fclose(f);
}

/* grouping, member, kWh used from the first to the last reading */
static void want(const struct province *p, const char *dir, uint64_t rows)
{
    FILE *f = file(dir, "want.tsv");
    fprintf(f, "rows\t\t%llu\n", (unsigned long long)rows);
    for (int g = 0; g < GROUPINGS; g++) {
        int64_t *used = calloc(members[g] + 1, sizeof *used);
        for (uint32_t d = 0; d < p->devices; d += 2)
            if (p->first[d] >= 0)
                used[p->at[p->firm_of[d]][g]] += p->last[d] - p->first[d];
        for (unsigned i = 0; i <= members[g]; i++)
            if (used[i])
                fprintf(f, "%s\t%u\t%lld.%03lld\n", grouping[g], i, (long long)(used[i] / 1000), (long long)(used[i] % 1000));
        free(used);
    }
    fclose(f);
}

static int make(const char *dir, double scale, unsigned minutes)
{
    struct province p = {.devices = (uint32_t)llround(8830000 * scale), .firms = (uint32_t)llround(220000 * scale)};
    uint64_t rows = 0;
    p.firm_of = calloc(p.devices, sizeof *p.firm_of);
    p.at = calloc(p.firms, sizeof *p.at);
    p.order = calloc(p.devices, sizeof *p.order);
    p.phase = calloc(p.devices, 1);
    p.reg = calloc(p.devices, 8);
    p.first = calloc(p.devices, 8);
    p.last = calloc(p.devices, 8);
    p.base = calloc(p.devices, sizeof *p.base);
    mkdir(dir, 0755);
    firms_make(&p);
    devices_make(&p);
    words(&p, dir);
    for (unsigned m = 0; m < minutes; m++)
        rows += minute(&p, dir, m);
    want(&p, dir, rows);
    printf("%u devices, %u enterprises, %u minutes, %llu readings\n", p.devices, p.firms, minutes, (unsigned long long)rows);
    return 0;
}

/* ---- post ---- */

static struct {
    int port, files, next;
    const char *path, *token;
    char **file;
    long batch;
    pthread_mutex_t lock;
    double *ms;
    size_t batches, room;
    uint64_t lines, bytes;
} job = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int connected(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)job.port)};
    int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || connect(s, (void *)&a, sizeof a) != 0)
        die("connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}

static void send_all(int s, const char *p, size_t n)
{
    for (ssize_t k; n; p += k, n -= (size_t)k)
        if ((k = write(s, p, n)) <= 0)
            die("write");
}

/* Status and body of an answer with a length (or 204). */
static void answer(int s)
{
    char r[16384], *end = NULL;
    size_t n = 0;
    while (!end && n < sizeof r - 1) {
        ssize_t k = read(s, r + n, sizeof r - 1 - n);
        if (k <= 0)
            die("read");
        r[n += (size_t)k] = 0;
        end = strstr(r, "\r\n\r\n");
    }
    if (!end || atoi(r + 9) / 100 != 2) {
        fprintf(stderr, "refused: %.600s\n", r);
        exit(1);
    }
    char *len = strcasestr(r, "content-length:");
    size_t body = len ? strtoul(len + 15, NULL, 10) : 0, have = n - (size_t)(end + 4 - r);
    while (have < body) {
        ssize_t k = read(s, r, sizeof r);
        if (k <= 0)
            die("read");
        have += (size_t)k;
    }
}

static void post_one(int s, const char *p, size_t n, uint64_t lines)
{
    char head[1024];
    int h = snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%sContent-Length: %zu\r\n\r\n", job.path, job.port,
                     job.token ? "Authorization: Token " : "", job.token ? job.token : "", job.token ? "\r\n" : "", n);
    double t = now();
    send_all(s, head, (size_t)h);
    send_all(s, p, n);
    answer(s);
    t = (now() - t) * 1e3;
    pthread_mutex_lock(&job.lock);
    if (job.batches == job.room)
        job.ms = realloc(job.ms, (job.room = job.room ? job.room * 2 : 1024) * sizeof *job.ms);
    job.ms[job.batches++] = t;
    job.lines += lines;
    job.bytes += n;
    pthread_mutex_unlock(&job.lock);
}

static void *poster(void *unused)
{
    int s = connected();
    for (;;) {
        struct stat st;
        pthread_mutex_lock(&job.lock);
        int i = job.next < job.files ? job.next++ : -1;
        pthread_mutex_unlock(&job.lock);
        if (i < 0)
            break;
        int fd = open(job.file[i], O_RDONLY);
        if (fd < 0 || fstat(fd, &st) != 0)
            die(job.file[i]);
        char *all = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0), *end = all + st.st_size;
        close(fd);
        for (char *p = all, *q; p < end; p = q) {
            uint64_t n = 0;
            for (q = p; q < end && n < (uint64_t)job.batch; n++)
                q = (char *)memchr(q, '\n', (size_t)(end - q)) + 1;
            post_one(s, p, (size_t)(q - p), n);
        }
        munmap(all, (size_t)st.st_size);
    }
    close(s);
    return unused;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int post(int argc, char **argv)
{
    int n = atoi(argv[3]);
    pthread_t t[64];
    job.port = atoi(argv[0]);
    job.path = argv[1];
    job.batch = atol(argv[2]);
    job.file = argv + 4;
    job.files = argc - 4;
    job.token = getenv("TOKEN");
    double began = now();
    for (int i = 0; i < n && i < 64; i++)
        pthread_create(&t[i], NULL, poster, NULL);
    for (int i = 0; i < n && i < 64; i++)
        pthread_join(t[i], NULL);
    double s = now() - began;
    if (job.batches == 0) {
        fprintf(stderr, "nothing was sent\n");
        return 1;
    }
    qsort(job.ms, job.batches, sizeof *job.ms, by_size);
    printf("lines=%llu seconds=%.2f per_s=%.0f batches=%zu p50_ms=%.2f p99_ms=%.2f max_ms=%.2f\n", (unsigned long long)job.lines,
           s, (double)job.lines / s, job.batches, job.ms[job.batches / 2], job.ms[(size_t)((double)job.batches * 0.99)],
           job.ms[job.batches - 1]);
    return 0;
}

/* ---- port, run, cpu ---- */

static int port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || bind(s, (void *)&a, sizeof a) != 0 || getsockname(s, (void *)&a, &n) != 0)
        die("bind");
    printf("%u\n", ntohs(a.sin_port));
    return 0;
}

static int run(char **argv)
{
    struct rusage u;
    int how;
    double began = now();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        die(argv[0]);
    }
    waitpid(pid, &how, 0);
    getrusage(RUSAGE_CHILDREN, &u);
    fprintf(stderr, "seconds=%.2f cpu_s=%.2f rss_mib=%ld\n", now() - began,
            (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6,
            u.ru_maxrss / 1024);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 1;
}

static int cpu(const char *pid)
{
    char path[64], text[1024], *p;
    unsigned long t[4];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f || !fgets(text, sizeof text, f) || !(p = strrchr(text, ')')) ||
        sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &t[0], &t[1], &t[2], &t[3]) != 4)
        die(path);
    printf("%.2f\n", (double)(t[0] + t[1] + t[2] + t[3]) / (double)sysconf(_SC_CLK_TCK));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "make"))
        return make(argv[2], atof(argv[3]), (unsigned)atoi(argv[4]));
    if (argc > 6 && !strcmp(argv[1], "post"))
        return post(argc - 2, argv + 2);
    if (argc > 2 && !strcmp(argv[1], "run"))
        return run(argv + 2);
    if (argc == 2 && !strcmp(argv[1], "port"))
        return port();
    if (argc == 3 && !strcmp(argv[1], "cpu"))
        return cpu(argv[2]);
    fprintf(stderr, "usage: province make DIR SCALE MINUTES | post PORT PATH BATCH CONNECTIONS FILE… | port | run CMD… | cpu PID\n");
    return 2;
}
