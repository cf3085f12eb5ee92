package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spillgate.log.LogEntry;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Transport;
import io.spillgate.sse.LineMark;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Subscribers of two wires on one topic: each gets its own form, and nothing is laid out twice.
final class WireTest {
    private static final long SECOND = 1_000_000_000L;

    private final Logs logs = Rules.DEFAULT.logs(new LogLimits(Rules.MUCH, 100), System::nanoTime);
    private final Socket first = new Socket();
    private final Shard shard =
            new Shard(
                    first.channel().eventLoop(),
                    new LoopMeter(System::nanoTime),
                    Rules.clock(System::nanoTime),
                    Socket.FAULTS,
                    logs,
                    new Metrics(1).cells(0),
                    new StreamTimes(15 * SECOND, 60 * SECOND, 5 * SECOND, 1),
                    new WatchedTopics(1000));
    private final Lines lines = new Lines();
    private final Counted chunked = new Counted(SseWire.CHUNKED);
    private final List<Socket> sockets = new ArrayList<>(List.of(first));
    private final List<Subscriber> streams = new ArrayList<>();

    @Test
    void laysAnEventOutOnceForEachWireHoweverManySubscribersThereAre() {
        for (int i = 0; i < 20; i++) {
            join(i % 2 == 0 ? lines : chunked);
        }
        for (int i = 0; i < 10; i++) {
            publish("event " + i);
            offer();
        }
        assertThat(lines.laidOut).hasSize(10).allSatisfy((event, times) -> one(times));
        assertThat(chunked.laidOut).hasSize(10).allSatisfy((event, times) -> one(times));
        assertThat(sockets.get(0).text()).isEqualTo("[open][event 0]" + rest());
        assertThat(sockets.get(1).text()).contains("\r\ndata: event 0\nid: stestepoch01-1\n\n\r\n");
    }

    @Test
    void aSocketThatTakesAByteAtATimeGetsTheSameBytes() {
        join(lines, 0);
        join(chunked, 0);
        Socket whole = join(chunked);
        publish("hello");
        offer();
        for (int i = 0; i < 300; i++) {
            sockets.get(1).take(1);
            sockets.get(2).take(1);
        }
        assertThat(sockets.get(1).text()).isEqualTo("[open][hello]");
        assertThat(sockets.get(2).text()).isEqualTo(whole.text());
    }

    @ParameterizedTest
    @EnumSource(SseWire.class)
    void writesAnyPartOfAnEvent(SseWire wire) {
        join(lines);
        publish("a\nb");
        offer();
        LogEntry entry = streams.getLast().merge().cursors()[0].log().entry(0);
        ByteBuffer whole = ByteBuffer.allocate(wire.length(entry));
        wire.put(entry, 0, whole, new LineMark());
        assertThat(whole.hasRemaining()).isFalse();
        LineMark mark = new LineMark();
        for (int from = 0; from <= whole.capacity(); from++) {
            ByteBuffer part = ByteBuffer.allocate(7);
            wire.put(entry, from, part, mark);
            assertThat(part.flip())
                    .isEqualTo(
                            whole.duplicate()
                                    .position(from)
                                    .limit(Math.min(from + 7, whole.capacity())));
        }
    }

    @Test
    void saysTheTopicOfAnEventWhereThatIsAskedFor() {
        Socket named = join(SseWire.BARE_WITH_TOPIC);
        Socket chunked = join(SseWire.CHUNKED_WITH_TOPIC);
        logs.offer("t", Rules.event("x"), 0, Rules::nobody);
        first.channel().runPendingTasks();
        assertThat(named.text()).endsWith("\ntopic: t\ndata: x\nid: stestepoch01-1\n\n");
        assertThat(chunked.text()).endsWith("\ntopic: t\ndata: x\nid: stestepoch01-1\n\n\r\n");
    }

    private static void one(int times) {
        assertThat(times).isEqualTo(1);
    }

    private static String rest() {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < 10; i++) {
            text.append("[event ").append(i).append(']');
        }
        return text.toString();
    }

    private Socket join(Wire wire) {
        return join(wire, Long.MAX_VALUE / 2);
    }

    private Socket join(Wire wire, long room) {
        Socket socket = streams.isEmpty() && room > 0 ? first : new Socket();
        if (socket != first) {
            sockets.add(socket);
        }
        socket.take(room);
        streams.add(
                shard.open(
                        socket.place(Transport.NIO),
                        wire,
                        List.of("t"),
                        logs.join(shard.reader(), List.of("t"), null),
                        () -> {}));
        return socket;
    }

    private void publish(String data) {
        logs.offer("t", Rules.event(data), 0, Rules::nobody);
    }

    private void offer() {
        shard.topics().hearNews();
        long until = System.nanoTime() + 60 * SECOND;
        assertThat(Walks.walk(shard, streams.getFirst(), until)).isTrue();
    }

    /// Counts how often an event is laid out from its first byte.
    private static class Counted implements Wire {
        final Map<String, Integer> laidOut = new HashMap<>();
        private final Wire wire;

        Counted(Wire wire) {
            this.wire = wire;
        }

        @Override
        public int length(LogEntry entry) {
            return wire.length(entry);
        }

        @Override
        public void put(LogEntry entry, int from, ByteBuffer to, LineMark mark) {
            if (from == 0) {
                laidOut.merge(entry.id(), 1, Integer::sum);
            }
            wire.put(entry, from, to, mark);
        }

        @Override
        public byte[] notice(Notice notice) {
            return wire.notice(notice);
        }

        @Override
        public byte[] end() {
            return wire.end();
        }
    }

    /// A form of its own: data in brackets.
    private static final class Lines extends Counted {
        Lines() {
            super(
                    new Wire() {
                        @Override
                        public int length(LogEntry entry) {
                            return entry.event().data().length + 2;
                        }

                        @Override
                        public void put(LogEntry entry, int from, ByteBuffer to, LineMark mark) {
                            byte[] text =
                                    ("[" + new String(entry.event().data(), UTF_8) + "]")
                                            .getBytes(UTF_8);
                            to.put(text, from, Math.min(text.length - from, to.remaining()));
                        }

                        @Override
                        public byte[] notice(Notice notice) {
                            return (notice instanceof Notice.Opening ? "[open]" : "[notice]")
                                    .getBytes(UTF_8);
                        }

                        @Override
                        public byte[] end() {
                            return new byte[0];
                        }
                    });
        }
    }
}
