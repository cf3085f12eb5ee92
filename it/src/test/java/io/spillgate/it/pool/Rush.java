package io.spillgate.it.pool;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// Many clients that are connected already and ask at the same moment, each in its own thread.
final class Rush {
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<Thread> clients = new ArrayList<>();
    private final List<Answer> answers = new CopyOnWriteArrayList<>();
    private final List<Throwable> problems = new CopyOnWriteArrayList<>();
    private volatile long slowestNanos;

    Rush(PoolGateway gateway, int count) {
        for (int i = 0; i < count; i++) {
            int number = i;
            Wire wire = gateway.connect();
            clients.add(Thread.ofVirtual().unstarted(() -> ask(wire, number)));
        }
    }

    void start() {
        clients.forEach(Thread::start);
        go.countDown();
    }

    /// Waits until that many have an answer.
    void awaitAnswers(int count) {
        Await.until(count + " are answered", () -> answers.size() >= count);
    }

    /// The longest time that one of those who have an answer waited for it.
    Duration slowestSoFar() {
        return Duration.ofNanos(slowestNanos);
    }

    List<Answer> answers() {
        return List.copyOf(answers);
    }

    List<Integer> statuses() {
        return answers.stream().map(Answer::status).toList();
    }

    /// Waits for everyone.
    void join() throws InterruptedException {
        for (Thread client : clients) {
            client.join();
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(problems.size() + " clients failed", problems.getFirst());
        }
    }

    private void ask(Wire wire, int number) {
        try {
            go.await();
            long start = System.nanoTime();
            wire.sendLines("GET /api/" + number + " HTTP/1.1\nHost: test\n\n");
            Answer answer = wire.answer();
            took(System.nanoTime() - start);
            if (answer.status() == 200 && !answer.body().equals("/api/" + number)) {
                throw new AssertionError(number + " got the answer of " + answer.body());
            }
            answers.add(answer);
        } catch (InterruptedException | RuntimeException | AssertionError e) {
            problems.add(e);
        }
    }

    private synchronized void took(long nanos) {
        slowestNanos = Math.max(slowestNanos, nanos);
    }
}
