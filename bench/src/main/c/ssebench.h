/* SPDX-License-Identifier: Apache-2.0
 *
 * What the publisher and the subscribers of ssebench share.
 */
#ifndef SSEBENCH_H
#define SSEBENCH_H

#include "measure.h"

/* "@@", 16 digits of nanoseconds, 8 digits of the event's number, "@@" */
#define MARKER 28

/* What all processes count, in memory they share. */
typedef struct {
    _Atomic long opened, held, refused, refused_503, failed, closed;
    _Atomic long events, duplicates, gaps, bytes;
    _Atomic long latency[BUCKETS];
    _Atomic long first_byte[BUCKETS];
    _Atomic long last_event_ns;
    _Atomic int ready, stop;
} counts_t;

extern counts_t *counts;
extern const char *host, *sub_path;
extern char *sub_headers;
extern int port, procs, inflight, topics, receive_buffer, slow;

/* The path of a topic: the pattern itself, or with the topic's number in it. */
void path_of(char *out, size_t length, const char *pattern, int topic);

/* Holds this many streams until counts->stop, then ends the process. */
void subscribe(int process, int count) __attribute__((noreturn));

#endif
