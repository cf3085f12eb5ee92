package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;

import java.util.ArrayList;
import java.util.List;

/// Many subscribers of the same topics.
final class Crowd implements AutoCloseable {
    private final List<EventStream> streams = new ArrayList<>();

    private Crowd() {}

    static Crowd of(TestGateway gateway, String target, int size) {
        Crowd crowd = new Crowd();
        for (int i = 0; i < size; i++) {
            crowd.streams.add(gateway.subscribe(target));
        }
        return crowd;
    }

    /// Requires that everyone receives the numbers from 0, in order, without a gap.
    void expectNumbersUpTo(int end) {
        for (EventStream stream : streams) {
            for (int i = 0; i < end; i++) {
                assertThat(stream.event().data()).isEqualTo(String.valueOf(i));
            }
        }
    }

    @Override
    public void close() {
        streams.forEach(EventStream::close);
    }
}
