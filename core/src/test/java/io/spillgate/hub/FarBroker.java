package io.spillgate.hub;

import io.spillgate.broker.Broker;
import io.spillgate.log.Lineage;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.Publisher;
import io.spillgate.log.Reader;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.Rules;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.function.LongSupplier;

/// A broker whose events are ordered far away, by a centre that other nodes publish to as well. It
/// answers late and out of step with what it delivers, refuses, loses questions, answers and
/// events, and delivers again what it has delivered.
///
/// A test turns its wheels ([#step]); it has one thread.
final class FarBroker implements Broker {
    /// Positions that look like nobody else's.
    private static final class FarIds implements Lineage {
        private static final String PREFIX = "far/";

        @Override
        public int mostBytes() {
            return 24;
        }

        @Override
        public String format(long sequence, @Nullable String publisherId) {
            return PREFIX + sequence + (publisherId == null ? "" : "/" + publisherId);
        }

        @Override
        public long sequence(String id) {
            return id.startsWith(PREFIX) ? sequenceOf(id) : NO_POSITION;
        }
    }

    /// An event with its place in the order.
    record Ordered(String topic, Event event, long sequence) {}

    private record Question(String topic, Event event, Publisher publisher) {}

    private final FarIds ids = new FarIds();
    private final Logs logs;
    private final Random random;
    private final LongSupplier nanoTime;
    private final List<Ordered> order = new ArrayList<>();
    private final Map<String, Long> byPublisherId = new HashMap<>();
    private final Queue<Question> questions = new ArrayDeque<>();
    private final Queue<Runnable> answers = new ArrayDeque<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private int delivered;
    private int started;
    private boolean knowsPositions = true;

    FarBroker(Rules rules, LogLimits limits, LongSupplier nanoTime, Random random) {
        this.random = random;
        this.nanoTime = nanoTime;
        logs = new Logs(ids, rules.topicRules(), limits, Rules.clock(nanoTime));
    }

    static long sequenceOf(String id) {
        int from = FarIds.PREFIX.length();
        int end = id.indexOf('/', from);
        return Long.parseLong(id.substring(from, end < 0 ? id.length() : end));
    }

    @Override
    public Logs logs() {
        return logs;
    }

    @Override
    public Publication publish(String topic, Event event, long waitNanos, Publisher publisher) {
        questions.add(new Question(topic, event, publisher));
        return Publication.PENDING;
    }

    /// What was sent to the centre can't be taken back.
    @Override
    public void withdraw(String topic, Publisher publisher) {
        questions.removeIf(question -> question.publisher.equals(publisher));
    }

    @Override
    public @Nullable ResumePoint join(
            Reader reader, List<String> topics, @Nullable String lastEventId, Runnable ready) {
        boolean beyond = lastEventId != null && sequenceOf(lastEventId) > lastDelivered();
        if (beyond || !knowsPositions) {
            waiting.add(ready);
            return null;
        }
        knowsPositions = random.nextInt(3) > 0;
        return logs.join(reader, topics, lastEventId);
    }

    /// All events, in their order, wherever they are.
    List<Ordered> order() {
        return order;
    }

    /// The place up to which this node has heard of the order.
    long lastDelivered() {
        return delivered == 0 ? 0 : order.get(delivered - 1).sequence;
    }

    /// This node begins, and has nothing of what is there already.
    ///
    /// @return the id of an event that a client may have got elsewhere; null when there is none
    @Nullable String startsNow() {
        delivered = order.size();
        started = delivered;
        logs.startAfter(lastDelivered());
        return delivered == 0 || random.nextBoolean()
                ? null
                : ids.format(order.get(random.nextInt(delivered)).sequence, null);
    }

    /// Another node publishes.
    void publishElsewhere(String topic, Event event) {
        append(topic, event);
    }

    /// Something happens: a question arrives at the centre, an answer here, or events do.
    ///
    /// @param loses whether events may be lost on their way
    void step(boolean loses) {
        switch (random.nextInt(5)) {
            case 0 -> ask();
            case 1 -> answer();
            case 2 -> wake();
            case 3 -> deliver(random.nextInt(4));
            default -> {
                if (loses && random.nextInt(8) == 0) {
                    lose(1 + random.nextInt(3));
                }
            }
        }
    }

    /// All that is under way arrives.
    void settle() {
        while (!questions.isEmpty()) {
            ask();
        }
        while (!answers.isEmpty()) {
            answer();
        }
        deliver(Integer.MAX_VALUE);
        wake();
    }

    private void ask() {
        Question question = questions.poll();
        if (question == null) {
            return;
        }
        Publication outcome =
                switch (random.nextInt(8)) {
                    case 0 -> new Publication.Refused("the centre does not like it");
                    case 1 -> new Publication.Unconfirmed("the question was lost");
                    case 2 -> {
                        append(question.topic, question.event);
                        yield new Publication.Unconfirmed("the answer was lost");
                    }
                    default -> accepted(question);
                };
        answers.add(() -> question.publisher.settled(outcome));
    }

    private Publication accepted(Question question) {
        int before = order.size();
        long sequence = append(question.topic, question.event);
        String id = ids.format(sequence, question.event.id());
        return new Publication.Accepted(id, order.size() > before);
    }

    /// Once for each id of a publisher. Sequences have holes, as those of a shared counter do.
    private long append(String topic, Event event) {
        Long known = event.id() == null ? null : byPublisherId.get(event.id());
        if (known != null) {
            return known;
        }
        long last = order.isEmpty() ? 0 : order.getLast().sequence;
        long sequence = last + 1 + random.nextInt(3);
        order.add(new Ordered(topic, event, sequence));
        if (event.id() != null) {
            byPublisherId.put(event.id(), sequence);
        }
        return sequence;
    }

    private void answer() {
        Runnable answer = answers.poll();
        if (answer != null) {
            answer.run();
        }
    }

    private void deliver(int most) {
        int repeated = Math.min(delivered - started, random.nextInt(3));
        delivered -= repeated;
        for (int i = 0; i < most + (long) repeated && delivered < order.size(); i++) {
            Ordered next = order.get(delivered++);
            logs.deliver(next.topic, next.event, next.sequence, nanoTime.getAsLong());
        }
    }

    /// The connection to the centre broke, and meanwhile it has forgotten these events.
    private void lose(int most) {
        for (int i = 0; i < most && delivered < order.size(); i++) {
            Ordered lost = order.get(delivered++);
            logs.lose(lost.topic, lost.sequence);
        }
    }

    private void wake() {
        knowsPositions = true;
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }
}
