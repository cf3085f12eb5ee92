/* SPDX-License-Identifier: Apache-2.0
 *
 * The subscribers of ssebench: one process holds many streams with one epoll loop.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "ssebench.h"

typedef enum { CONNECTING, ASKED, STREAMING, CLOSED } state_t;

typedef struct {
    int fd;
    uint8_t state;
    uint8_t marker_length;
    uint32_t last_number;
    uint64_t start_ns;
    char marker[MARKER];
} stream_t;

static int parse_hex(const char *digits, int count, uint64_t *value) {
    *value = 0;
    for (int i = 0; i < count; i++) {
        char c = digits[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            return -1;
        }
        *value = *value << 4 | digit;
    }
    return 0;
}

/* Counts a marker that is complete; 1 if it was one. */
static int take_marker(stream_t *s, uint64_t t) {
    uint64_t sent, number;
    if (memcmp(s->marker + 26, "@@", 2) || parse_hex(s->marker + 2, 16, &sent) ||
        parse_hex(s->marker + 18, 8, &number)) {
        return 0;
    }
    uint64_t us = t > sent ? (t - sent) / 1000 : 0;
    atomic_fetch_add_explicit(&counts->latency[bucket_of(us)], 1, memory_order_relaxed);
    if (s->last_number && number <= s->last_number) {
        atomic_fetch_add(&counts->duplicates, 1);
        return 1;
    }
    if (s->last_number && number > s->last_number + 1 && !topics) {
        atomic_fetch_add(&counts->gaps, number - s->last_number - 1);
    }
    s->last_number = number;
    return 1;
}

/* Looks for markers in what was read; one may be spread over several reads. */
static void take_bytes(stream_t *s, const char *bytes, int length, uint64_t t) {
    long events = 0;
    for (int i = 0; i < length;) {
        if (s->marker_length == 0) {
            const char *at = memchr(bytes + i, '@', length - i);
            if (!at) {
                break;
            }
            i = at - bytes + 1;
            s->marker[s->marker_length++] = '@';
        } else if (s->marker_length == 1) {
            s->marker_length = bytes[i] == '@' ? 2 : 0;
            s->marker[1] = '@';
            i += s->marker_length ? 1 : 0;
        } else {
            int missing = MARKER - s->marker_length;
            int taken = missing < length - i ? missing : length - i;
            memcpy(s->marker + s->marker_length, bytes + i, taken);
            s->marker_length += taken;
            i += taken;
            if (s->marker_length == MARKER) {
                s->marker_length = 0;
                events += take_marker(s, t);
            }
        }
    }
    if (events) {
        atomic_fetch_add_explicit(&counts->events, events, memory_order_relaxed);
        atomic_store_explicit(&counts->last_event_ns, t, memory_order_relaxed);
    }
}

static void close_stream(stream_t *s, _Atomic long *counter) {
    atomic_fetch_add(counter, 1);
    close(s->fd);
    s->state = CLOSED;
}

/* Source addresses change every 10,000 connections, so that ports do not run out. */
static void connect_stream(stream_t *s, int epoll, int process, int index) {
    char source_ip[32];
    int one = 1;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (s->fd < 0) {
        perror("socket");
        exit(3);
    }
    if (receive_buffer) {
        setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    snprintf(source_ip, sizeof source_ip, "127.0.%d.%d", 1 + process, 1 + index / 10000);
    struct sockaddr_in source = {.sin_family = AF_INET};
    inet_pton(AF_INET, source_ip, &source.sin_addr);
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(s->fd, (void *)&source, sizeof source)) {
        perror("bind");
        exit(3);
    }
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &target.sin_addr);
    atomic_fetch_add(&counts->opened, 1);
    s->start_ns = now_ns();
    if (connect(s->fd, (void *)&target, sizeof target) < 0 && errno != EINPROGRESS) {
        close_stream(s, &counts->failed);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP,
                                .data.ptr = s};
    epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &event);
}

static void ask(stream_t *s, int topic) {
    char path[512], request[4096];
    int error = 0;
    socklen_t error_size = sizeof error;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
    path_of(path, sizeof path, sub_path, topic);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n"
                          "Cache-Control: no-cache\r\n%s\r\n",
                          path, host, port, sub_headers);
    if (error || write(s->fd, request, length) != length) {
        close_stream(s, &counts->failed);
        return;
    }
    s->state = ASKED;
}

static void take_head(stream_t *s, const char *bytes, int length, uint64_t t) {
    atomic_fetch_add(&counts->first_byte[bucket_of((t - s->start_ns) / 1000)], 1);
    if (length > 12 && !memcmp(bytes + 9, "200", 3)) {
        atomic_fetch_add(&counts->held, 1);
        s->state = STREAMING;
        return;
    }
    if (length > 12 && !memcmp(bytes + 9, "503", 3)) {
        atomic_fetch_add(&counts->refused_503, 1);
    }
    close_stream(s, &counts->refused);
}

/* Reads until there is no more, as edge-triggered epoll demands; a slow stream stops after its head. */
static void read_stream(stream_t *s) {
    static char buffer[262144];
    while (s->state != CLOSED && !(slow && s->state == STREAMING)) {
        int length = read(s->fd, buffer, sizeof buffer);
        if (length < 0 && errno == EAGAIN) {
            return;
        }
        if (length <= 0) {
            close_stream(s, s->state == ASKED ? &counts->failed : &counts->closed);
            return;
        }
        uint64_t t = now_ns();
        atomic_fetch_add_explicit(&counts->bytes, length, memory_order_relaxed);
        if (s->state == ASKED) {
            take_head(s, buffer, length, t);
        }
        take_bytes(s, buffer, length, t);
    }
}

void subscribe(int process, int count) {
    stream_t *streams = calloc(count, sizeof *streams);
    struct epoll_event events[512];
    int epoll = epoll_create1(0), started = 0, pending = 0, announced = 0;
    while (!counts->stop) {
        while (started < count && pending < inflight) {
            connect_stream(&streams[started], epoll, process, started);
            pending += streams[started++].state != CLOSED;
        }
        if (started == count && pending == 0 && !announced) {
            announced = 1;
            atomic_fetch_add(&counts->ready, 1);
        }
        int ready = epoll_wait(epoll, events, 512, 100);
        for (int i = 0; i < ready; i++) {
            stream_t *s = events[i].data.ptr;
            int was_pending = s->state < STREAMING;
            if (s->state == CONNECTING && events[i].events & (EPOLLOUT | EPOLLERR)) {
                ask(s, topics ? (int)((s - streams) * procs + process) % topics : 0);
            }
            if (s->state == ASKED || s->state == STREAMING) {
                read_stream(s);
            }
            pending -= was_pending && s->state >= STREAMING;
        }
    }
    exit(0);
}
