/* bench.c - what the benchmarks share. */
#include "bench/bench_int.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
double bench_wall(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}
double bench_cpu_thread(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}
double bench_cpu_process(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* Linux: VmHWM of /proc/self/status, which "5" into clear_refs sets back (proc(5)). */
double bench_rss_mb(void)
{
    char line[256];
    double kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtod(line + 6, NULL);
    if (f != NULL)
        fclose(f);
    return kib * 1024 / 1e6;
}

void bench_rss_forget(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (f == NULL)
        return;
    fputs("5", f);
    fclose(f);
}

uint64_t bench_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static int by_value(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return a < b ? -1 : a > b;
}
double bench_median(const double *v, size_t n)
{
    double s[BENCH_ROUNDS_MAX];
    memcpy(s, v, n * sizeof *s);
    qsort(s, n, sizeof *s, by_value);
    return n % 2 == 1 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
}

void bench_machine(FILE *out)
{
    char line[256] = "", *name = NULL;
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f != NULL && name == NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "model name", 10) == 0)
            name = strchr(line, ':');
    if (f != NULL)
        fclose(f);
    if (name != NULL)
        name[strcspn(name, "\n")] = '\0';
    fprintf(out, "machine: %s, %ld cores; figures are CPU time of one\n",
            name != NULL ? name + 2 : "unknown", sysconf(_SC_NPROCESSORS_ONLN));
}
