/* SPDX-License-Identifier: Apache-2.0
 *
 * ssebench: holds many event streams, publishes events, and measures how they arrive.
 *
 * One publisher (this process) and K forked subscriber processes, each an epoll loop. Every published
 * body begins with a marker "@@<16 hex ns><8 hex number>@@"; subscribers look for it in the bytes they
 * read, so any framing (chunked, plain, JSON) can be measured. Every line of the result is a name and
 * key=value pairs.
 *
 * build: cc -O2 -o ssebench ssebench.c subscriber.c
 * run:   ssebench --port 8080 --conns 1000 --sub /events/a --pub /events/a --msgs 50 --rate 5
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ssebench.h"

#define MAX_PROCESSES 256

counts_t *counts;
const char *host = "127.0.0.1", *sub_path = "/events";
char *sub_headers = "";
int port = 8080, procs = 1, inflight = 256, topics, receive_buffer, slow;

static const char *pub_path = "/publish";
static char *pub_headers = "";
static int pub_port, conns = 1000, server_pid;
static int msgs, rate, size = 128, pipeline = 1, hold, settle = 3;

static const struct option OPTIONS[] = {
    {"host", 1, 0, 'a'},     {"port", 1, 0, 'p'},     {"pub-port", 1, 0, 'q'},
    {"conns", 1, 0, 'n'},    {"procs", 1, 0, 'k'},    {"inflight", 1, 0, 'i'},
    {"sub", 1, 0, 's'},      {"pub", 1, 0, 'u'},      {"sub-header", 1, 0, 'H'},
    {"pub-header", 1, 0, 'h'}, {"topics", 1, 0, 'T'}, {"msgs", 1, 0, 'm'},
    {"rate", 1, 0, 'r'},     {"size", 1, 0, 'z'},     {"pipeline", 1, 0, 'l'},
    {"hold", 1, 0, 'w'},     {"settle", 1, 0, 'S'},   {"pid", 1, 0, 'P'},
    {"rcvbuf", 1, 0, 'R'},   {"slow", 0, 0, 'L'},     {0}};

static const char USAGE[] =
    "ssebench [options]\n"
    "  --host A --port P --pub-port P    where; the publish port is the other one if not given\n"
    "  --conns N --procs K --inflight N  streams, processes that hold them, connects at a time\n"
    "  --sub PATH --pub PATH             with --topics, %d in a path is the topic's number\n"
    "  --sub-header L --pub-header L     further header lines, each may come often\n"
    "  --topics N                        spread the streams and events over N topics\n"
    "  --msgs N --rate R --size BYTES    events; R a second, 0 = as fast as they are answered\n"
    "  --pipeline N                      publish requests that wait for an answer at a time\n"
    "  --hold SECONDS --settle SECONDS   silence before publishing; wait for stragglers\n"
    "  --pid PID                         the server, for its CPU time and memory\n"
    "  --rcvbuf BYTES                    receive buffer of the subscribers\n"
    "  --slow                            subscribers read no more after the head\n";

void path_of(char *out, size_t length, const char *pattern, int topic) {
    if (topics) {
        snprintf(out, length, pattern, topic);
    } else {
        snprintf(out, length, "%s", pattern);
    }
}

typedef struct {
    int fd, outstanding;
    long accepted, rejected;
} publisher_t;

static void connect_publisher(publisher_t *p) {
    int one = 1;
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(pub_port)};
    inet_pton(AF_INET, host, &target.sin_addr);
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(p->fd, (void *)&target, sizeof target)) {
        perror("publish connect");
        exit(4);
    }
}

static void reconnect(publisher_t *p) {
    close(p->fd);
    connect_publisher(p);
}

static void wait_until(uint64_t due) {
    uint64_t t = now_ns();
    if (t < due) {
        struct timespec pause = {(due - t) / SECOND, (due - t) % SECOND};
        nanosleep(&pause, 0);
    }
}

static int write_event(publisher_t *p, int number, char *request) {
    char path[512];
    path_of(path, sizeof path, pub_path, topics ? (number - 1) % topics : 0);
    int length = snprintf(request, 4096,
                          "POST %s HTTP/1.1\r\nHost: %s:%d\r\nContent-Length: %d\r\n%s\r\n", path,
                          host, pub_port, size, pub_headers);
    length += sprintf(request + length, "@@%016lx%08x@@", (unsigned long)now_ns(), number);
    memset(request + length, 'x', size - MARKER);
    length += size - MARKER;
    for (int sent = 0, n; sent < length; sent += n) {
        n = write(p->fd, request + sent, length - sent);
        if (n <= 0) {
            perror("publish write");
            return -1;
        }
    }
    p->outstanding++;
    return 0;
}

static void read_answers(publisher_t *p) {
    char answers[65536];
    int length = read(p->fd, answers, sizeof answers - 1);
    if (length <= 0) {
        p->rejected += p->outstanding;
        p->outstanding = 0;
        reconnect(p);
        return;
    }
    answers[length] = 0;
    for (char *at = answers; (at = strstr(at, "HTTP/1.1 ")); at += 9) {
        *(at[9] == '2' ? &p->accepted : &p->rejected) += 1;
        p->outstanding--;
    }
    if (strcasestr(answers, "connection: close")) {
        reconnect(p);
    }
}

static void publish_all(publisher_t *p) {
    char *request = malloc(4096 + size);
    uint64_t start = now_ns();
    connect_publisher(p);
    for (int i = 1; i <= msgs; i++) {
        if (rate) {
            wait_until(start + (i - 1) * SECOND / rate);
        }
        if (write_event(p, i, request)) {
            break;
        }
        while (p->outstanding >= pipeline || (i == msgs && p->outstanding > 0)) {
            read_answers(p);
        }
    }
    free(request);
}

/* Ends when everything has arrived, or nothing more for the settling time. */
static void wait_for_events(long expected) {
    long seen = -1;
    uint64_t end = 0;
    while (counts->events < expected && (seen != counts->events || now_ns() < end)) {
        end = seen != counts->events ? now_ns() + settle * SECOND : end;
        seen = counts->events;
        usleep(1000);
    }
}

static void report_connects(double seconds, double cpu_seconds, long kib_before) {
    long kib = rss_of(server_pid);
    printf("connect opened=%ld held=%ld refused=%ld refused_503=%ld failed=%ld seconds=%.2f "
           "per_second=%.0f first_byte_us_p50=%lu first_byte_us_p99=%lu first_byte_us_max=%lu "
           "server_cpu_seconds=%.2f rss_kib=%ld kib_per_stream=%.2f\n",
           counts->opened, counts->held, counts->refused, counts->refused_503, counts->failed,
           seconds, counts->held / seconds, percentile(counts->first_byte, .5),
           percentile(counts->first_byte, .99), percentile(counts->first_byte, 1), cpu_seconds, kib,
           counts->held ? (double)(kib - kib_before) / counts->held : 0);
    fflush(stdout);
}

static void measure_publishing(void) {
    publisher_t publisher = {0};
    cpu_t before = cpu_of(server_pid);
    uint64_t start = now_ns();
    publish_all(&publisher);
    double publish_seconds = (now_ns() - start) / 1e9;
    long streams = topics ? counts->held / topics : counts->held;
    long expected = publisher.accepted * streams;
    wait_for_events(expected);
    cpu_t after = cpu_of(server_pid);
    double seconds = counts->events ? (counts->last_event_ns - start) / 1e9 : 0;
    double user = after.user - before.user, system = after.system - before.system;
    printf("publish accepted=%ld rejected=%ld seconds=%.3f per_second=%.0f\n", publisher.accepted,
           publisher.rejected, publish_seconds, publisher.accepted / publish_seconds);
    printf("deliver events=%ld expected=%ld lost=%ld duplicates=%ld gaps=%ld closed=%ld "
           "seconds=%.3f events_per_second=%.0f latency_us_p50=%lu latency_us_p90=%lu "
           "latency_us_p99=%lu latency_us_p999=%lu latency_us_max=%lu\n",
           counts->events, expected, expected - counts->events, counts->duplicates, counts->gaps,
           counts->closed, seconds, seconds > 0 ? counts->events / seconds : 0,
           percentile(counts->latency, .5), percentile(counts->latency, .9),
           percentile(counts->latency, .99), percentile(counts->latency, .999),
           percentile(counts->latency, 1));
    printf("server cpu_user_seconds=%.2f cpu_system_seconds=%.2f cpu_us_per_event=%.3f "
           "rss_kib=%ld\n",
           user, system, counts->events ? (user + system) * 1e6 / counts->events : 0,
           rss_of(server_pid));
}

static void hold_silently(void) {
    cpu_t before = cpu_of(server_pid);
    sleep(hold);
    cpu_t after = cpu_of(server_pid);
    printf("hold seconds=%d closed=%ld bytes=%ld server_cpu_seconds=%.2f rss_kib=%ld\n", hold,
           counts->closed, counts->bytes,
           after.user + after.system - before.user - before.system, rss_of(server_pid));
    fflush(stdout);
}

static char *append_header(const char *headers, const char *line) {
    char *all;
    if (asprintf(&all, "%s%s\r\n", headers, line) < 0) {
        exit(5);
    }
    return all;
}

static int parse(int argc, char **argv) {
    for (int c; (c = getopt_long(argc, argv, "", OPTIONS, 0)) != -1;) {
        switch (c) {
        case 'a': host = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'q': pub_port = atoi(optarg); break;
        case 'n': conns = atoi(optarg); break;
        case 'k': procs = atoi(optarg); break;
        case 'i': inflight = atoi(optarg); break;
        case 's': sub_path = optarg; break;
        case 'u': pub_path = optarg; break;
        case 'H': sub_headers = append_header(sub_headers, optarg); break;
        case 'h': pub_headers = append_header(pub_headers, optarg); break;
        case 'T': topics = atoi(optarg); break;
        case 'm': msgs = atoi(optarg); break;
        case 'r': rate = atoi(optarg); break;
        case 'z': size = atoi(optarg); break;
        case 'l': pipeline = atoi(optarg); break;
        case 'w': hold = atoi(optarg); break;
        case 'S': settle = atoi(optarg); break;
        case 'P': server_pid = atoi(optarg); break;
        case 'R': receive_buffer = atoi(optarg); break;
        case 'L': slow = 1; break;
        default: return -1;
        }
    }
    pub_port = pub_port ? pub_port : port;
    return size < MARKER || procs < 1 || procs > MAX_PROCESSES || pipeline < 1 ? -1 : 0;
}

int main(int argc, char **argv) {
    if (parse(argc, argv)) {
        fprintf(stderr, "%s", USAGE);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    counts = mmap(0, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long kib_before = rss_of(server_pid);
    cpu_t before = cpu_of(server_pid);
    uint64_t start = now_ns();
    pid_t children[MAX_PROCESSES];
    for (int i = 0; i < procs; i++) {
        children[i] = fork();
        if (!children[i]) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* a publisher that gives up leaves nobody behind */
            subscribe(i, conns / procs + (i < conns % procs));
        }
    }
    while (counts->ready < procs && now_ns() < start + 120 * SECOND) {
        usleep(2000);
    }
    double connect_seconds = (now_ns() - start) / 1e9;
    cpu_t after = cpu_of(server_pid);
    usleep(300000);
    report_connects(connect_seconds, after.user + after.system - before.user - before.system,
                    kib_before);
    if (hold) {
        hold_silently();
    }
    if (msgs) {
        measure_publishing();
    }
    counts->stop = 1;
    for (int i = 0; i < procs; i++) {
        waitpid(children[i], 0, 0);
    }
    return 0;
}
