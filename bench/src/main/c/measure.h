/* SPDX-License-Identifier: Apache-2.0
 *
 * Time, histograms, and what /proc says of another process.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define BUCKETS 2048

typedef struct {
    double user, system;
} cpu_t;

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

/* Histograms are log-linear: 64 buckets for each power of two of microseconds. */
static inline int bucket_of(uint64_t us) {
    if (us < 64) {
        return us;
    }
    int power = 63 - __builtin_clzll(us);
    int bucket = (power - 5) * 64 + ((us >> (power - 6)) & 63);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static inline uint64_t value_of(int bucket) {
    if (bucket < 64) {
        return bucket;
    }
    int power = bucket / 64 + 5;
    return (1ull << power) + ((uint64_t)(bucket % 64) << (power - 6));
}

static inline uint64_t percentile(_Atomic long *histogram, double share) {
    long total = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
        total += histogram[i];
    }
    long wanted = total * share;
    wanted = wanted >= total ? total - 1 : wanted;
    for (int i = 0; i < BUCKETS && total; i++) {
        seen += histogram[i];
        if (seen > wanted) {
            return value_of(i);
        }
    }
    return 0;
}

/* CPU seconds that a process has used. */
static inline cpu_t cpu_of(int pid) {
    char path[64], text[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = pid ? fopen(path, "r") : 0;
    if (!file) {
        return (cpu_t){0, 0};
    }
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    const char *after_name = strrchr(text, ')');
    if (after_name) {
        sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    double ticks = sysconf(_SC_CLK_TCK);
    return (cpu_t){user / ticks, system / ticks};
}

/* Resident memory of a process, in KiB. */
static inline long rss_of(int pid) {
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = pid ? fopen(path, "r") : 0;
    if (!file) {
        return 0;
    }
    while (fgets(line, sizeof line, file) && sscanf(line, "VmRSS: %ld", &kib) != 1) {
    }
    fclose(file);
    return kib;
}

#endif
