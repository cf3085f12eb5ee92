package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Transfers whose other side has stopped: they wait in the sockets, not in the gateway.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BackPressureTest {
    /// So many that what the allocator takes at a time, a megabyte or two, counts little for each.
    private static final int TRANSFERS = 60;

    private static final int NARROW = 16 * 1024;
    private static final long MOST_BYTES_EACH = 128 * 1024;
    private static final long STILL_NANOS = 400_000_000;
    private static final byte[] PIECE = new byte[64 * 1024];
    private static final long ENDLESS = 1L << 40;

    private final AtomicLong moved = new AtomicLong();
    private final List<Wire> wires = new ArrayList<>();

    @AfterEach
    void stop() {
        wires.forEach(Wire::close);
    }

    @Test
    void ofAnswersWaitAtTheBackendWhenTheClientsDoNotRead() {
        Backend backend =
                Backend.start(
                        Backend.Reading.AT_HEAD,
                        (request, reply) -> {
                            reply.sendLines("HTTP/1.1 200 OK\nContent-Length: " + ENDLESS + "\n\n");
                            while (!request.target().equals("/small") || moved.get() == 0) {
                                reply.send(PIECE);
                                moved.addAndGet(PIECE.length);
                            }
                        });
        try (ProxyGateway site = ProxyGateway.start(backend)) {
            for (int i = 0; i < TRANSFERS; i++) {
                wires.add(Wire.narrow(NARROW, site.gateway().address()));
            }
            warmUp(site);
            long before = memory();
            wires.forEach(wire -> wire.sendLines("GET /large HTTP/1.1\nHost: test\n\n"));
            expectLittle(before);
            String piece = wires.getFirst().take(1_000_000);
            assertThat(piece).contains("HTTP/1.1 200 OK").endsWith("\0\0");
        }
    }

    @Test
    void ofRequestsWaitAtTheClientsWhenTheBackendDoesNotRead() {
        Backend backend =
                Backend.start(
                        Backend.Reading.BY_HAND,
                        (request, reply) -> {
                            if (request.target().equals("/small")) {
                                reply.ok("");
                            } else {
                                LockSupport.parkNanos(60_000_000_000L);
                            }
                        });
        try (ProxyGateway site = ProxyGateway.start(backend)) {
            for (int i = 0; i < TRANSFERS; i++) {
                wires.add(site.connect());
            }
            warmUp(site);
            long before = memory();
            for (Wire wire : wires) {
                wire.sendLines("POST /large HTTP/1.1\nHost: test\nContent-Length: " + ENDLESS);
                wire.sendLines("\n\n");
                Thread.ofVirtual().start(() -> pour(wire));
            }
            expectLittle(before);
            assertThat(backend.requests()).hasSize(TRANSFERS + 1);
        }
    }

    private void pour(Wire wire) {
        try {
            while (true) {
                wire.send(PIECE);
                moved.addAndGet(PIECE.length);
            }
        } catch (UncheckedIOException closed) {
            assertThat(closed).hasCauseInstanceOf(IOException.class);
        }
    }

    /// Waits until nothing moves any more, and measures what the gateway holds then.
    private void expectLittle(long before) {
        long last = -1;
        while (moved.get() != last || last == 0) {
            last = moved.get();
            LockSupport.parkNanos(STILL_NANOS);
        }
        assertThat(moved.get()).isGreaterThan(TRANSFERS * MOST_BYTES_EACH);
        long each = (memory() - before) / TRANSFERS;
        System.out.printf(
                "%d stalled transfers, %d bytes of memory each, %d MB moved%n",
                TRANSFERS, each, moved.get() / 1_000_000);
        assertThat(each).isLessThanOrEqualTo(MOST_BYTES_EACH);
    }

    private static void warmUp(ProxyGateway site) {
        try (Wire wire = site.connect().sendLines("GET /small HTTP/1.1\nHost: test\n\n")) {
            assertThat(wire.head().status()).isEqualTo(200);
        }
    }

    /// What this process holds: on the heap, and of Netty's.
    private static long memory() {
        Runtime runtime = Runtime.getRuntime();
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            runtime.gc();
            heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
        }
        ByteBufAllocatorMetric netty =
                ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        return heap + netty.usedDirectMemory();
    }
}
