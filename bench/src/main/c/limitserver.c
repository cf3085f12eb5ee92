/* SPDX-License-Identifier: Apache-2.0
 *
 * limitserver: the floor of what fan-out over TCP costs.
 *
 * A GET holds an event stream; a POST writes its body to every stream, with one write() for each and
 * nothing else: no queue, no ids, no parsing beyond Content-Length. Nobody who makes one system call
 * per subscriber and event is faster.
 *
 * Each thread is an epoll loop with a listening socket of its own (SO_REUSEPORT); an event goes to
 * every thread through a pipe.
 *
 * build: cc -O2 -o limitserver limitserver.c -lpthread
 * run:   limitserver PORT [THREADS]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_THREADS 16
#define MAX_STREAMS 65536
#define BUFFER_SIZE 262144

static const char STREAM_HEAD[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n:ok\n\n";
static const char PUBLISHED[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/* An event on its way to the threads; the last one frees it. */
typedef struct {
    int length;
    int readers;
    char bytes[];
} event_t;

static int port;
static int threads;
static int pipes[MAX_THREADS][2];

static __thread int streams[MAX_STREAMS];
static __thread int stream_count;
static __thread char buffer[BUFFER_SIZE];

static void die(const char *what) {
    perror(what);
    exit(1);
}

/* Writes all of it or nothing that matters: a full socket loses the event, as the floor may. */
static void send_bytes(int fd, const char *bytes, size_t length) {
    if (write(fd, bytes, length) < 0) {
        return;
    }
}

static int listen_on(int at_port) {
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(at_port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(fd, (void *)&address, sizeof address) || listen(fd, 65535)) {
        die("bind");
    }
    return fd;
}

static void watch(int epoll, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(int epoll, int listener) {
    int one = 1;
    int fd;
    while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(epoll, fd, EPOLLIN | EPOLLRDHUP);
    }
}

static void fan_out(int pipe) {
    event_t *event;
    if (read(pipe, &event, sizeof event) != sizeof event) {
        return;
    }
    for (int i = 0; i < stream_count; i++) {
        send_bytes(streams[i], event->bytes, event->length);
    }
    if (__atomic_sub_fetch(&event->readers, 1, __ATOMIC_ACQ_REL) == 0) {
        free(event);
    }
}

static void close_stream(int fd) {
    for (int i = 0; i < stream_count; i++) {
        if (streams[i] == fd) {
            streams[i] = streams[--stream_count];
            break;
        }
    }
    close(fd);
}

static void publish(const char *body, int length) {
    event_t *event = malloc(sizeof *event + length + 8);
    memcpy(event->bytes, "data: ", 6);
    memcpy(event->bytes + 6, body, length);
    memcpy(event->bytes + 6 + length, "\n\n", 2);
    event->length = length + 8;
    event->readers = threads;
    for (int i = 0; i < threads; i++) {
        send_bytes(pipes[i][1], (const char *)&event, sizeof event);
    }
}

/* The length of the complete POST at the start of the buffer after it was published; 0 if more bytes
 * are needed, -1 if it is none. */
static int take_post(const char *request) {
    const char *end = strstr(request, "\r\n\r\n");
    if (!end) {
        return 0;
    }
    const char *length = strcasestr(request, "content-length:");
    if (!length || length > end) {
        return -1;
    }
    int body_length = atoi(length + 15);
    const char *body = end + 4;
    if ((int)strlen(body) < body_length) {
        return 0;
    }
    publish(body, body_length);
    return (int)(body - request) + body_length;
}

/* Publishes every request in the buffer; waits, busily, for the rest of an unfinished one. */
static void take_posts(int fd, int filled) {
    int taken = 0;
    while (taken < filled) {
        int length = take_post(buffer + taken);
        if (length < 0) {
            close(fd);
            return;
        }
        if (length > 0) {
            taken += length;
            send_bytes(fd, PUBLISHED, sizeof PUBLISHED - 1);
            continue;
        }
        int got = read(fd, buffer + filled, BUFFER_SIZE - 1 - filled);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            close(fd);
            return;
        }
        filled += got > 0 ? got : 0;
        buffer[filled] = 0;
    }
}

static void serve(int fd) {
    int got = read(fd, buffer, BUFFER_SIZE - 1);
    if (got < 0 && errno == EAGAIN) {
        return;
    }
    if (got <= 0) {
        close_stream(fd);
        return;
    }
    buffer[got] = 0;
    if (strncmp(buffer, "GET", 3)) {
        take_posts(fd, got);
    } else if (stream_count < MAX_STREAMS) {
        send_bytes(fd, STREAM_HEAD, sizeof STREAM_HEAD - 1);
        streams[stream_count++] = fd;
    } else {
        close(fd);
    }
}

static void *__attribute__((noreturn)) loop(void *argument) {
    int inbox = pipes[(long)argument][0];
    int epoll = epoll_create1(0);
    int listener = listen_on(port);
    watch(epoll, listener, EPOLLIN);
    watch(epoll, inbox, EPOLLIN);
    struct epoll_event events[512];
    for (;;) {
        int count = epoll_wait(epoll, events, 512, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(epoll, listener);
            } else if (fd == inbox) {
                fan_out(inbox);
            } else {
                serve(fd);
            }
        }
    }
}

int main(int argc, char **argv) {
    port = argc > 1 ? atoi(argv[1]) : 0;
    threads = argc > 2 ? atoi(argv[2]) : 1;
    if (port <= 0 || threads < 1 || threads > MAX_THREADS) {
        fprintf(stderr, "usage: limitserver PORT [THREADS]   (at most %d threads)\n", MAX_THREADS);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    for (int i = 0; i < threads; i++) {
        if (pipe(pipes[i])) {
            die("pipe");
        }
    }
    pthread_t thread;
    for (long i = 1; i < threads; i++) {
        pthread_create(&thread, 0, loop, (void *)i);
    }
    loop(0);
}
