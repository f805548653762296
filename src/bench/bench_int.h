/* bench_int.h - what the benchmarks share: clocks, medians, a generator, the machine's name. */
#ifndef LUOSHU_BENCH_INT_H
#define LUOSHU_BENCH_INT_H
#include "base/base.h"
#include <stdio.h>

#define BENCH_ROUNDS_MAX 31

double bench_wall(void);        /* seconds */
double bench_cpu_thread(void);  /* seconds; time given to others by the scheduler is not ours */
double bench_cpu_process(void); /* the same of all threads, for code that may start some */
double bench_rss_mb(void);      /* largest resident memory of the process so far, or since… */
void bench_rss_forget(void);    /* …this; where the system does not allow it, of all so far */
double bench_median(const double *v, size_t n);
/* splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators) */
uint64_t bench_mix(uint64_t x);
void bench_machine(FILE *out);
/* bench_chain.c: 10,000 nodes, 50,000 links, CSV source, target, weight; nodes n00000 to n09999.
 * right: betweenness of the tail's first two nodes as counted by plain search and, unweighted, the
 * sum over all nodes as the sum of distances less one. */
void bench_chain_make(struct buf *csv);
bool bench_chain_right(double t1, double t2, double sum, bool weighted);
#endif
