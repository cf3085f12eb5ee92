package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.admission.AdmissionRefusal;
import io.spillgate.admission.Applicant;
import io.spillgate.admission.Permit;
import io.spillgate.admission.Waiter;
import io.spillgate.http.Exchange;
import io.spillgate.net.HeldPieces;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/// A request that waits for admission. What the decoder had already read of its body is held;
/// nothing more is read.
final class WaitingExchange implements Exchange, Applicant {
    private final RequestContext context;
    private final Consumer<Permit> admitted;
    private final Runnable refused;
    private final HeldPieces held = new HeldPieces();
    private @Nullable HttpHeaders trailers;
    private @Nullable Waiter waiter;

    WaitingExchange(RequestContext context, Consumer<Permit> admitted, Runnable refused) {
        this.context = context;
        this.admitted = admitted;
        this.refused = refused;
    }

    /// The place in the queue is found.
    void begin(Waiter place) {
        waiter = place;
        if (context.stream().isBodyPending()) {
            context.stream().read(false);
        }
    }

    @Override
    public EventLoop loop() {
        return context.stream().loop();
    }

    @Override
    public void content(ByteBuf piece) {
        held.add(piece);
    }

    @Override
    public int settle() {
        return held.settle();
    }

    @Override
    public void end(HttpHeaders received) {
        trailers = received;
    }

    @Override
    public void abandon() {
        held.release();
        if (waiter != null) {
            waiter.leave();
        }
    }

    /// A client that left is only noticed by itself while its socket is read.
    @Override
    public void visit(long nowNanos) {
        if (context.stream().hasPeerLeft()) {
            context.stream().drop();
        }
    }

    /// The body is read again, unless whoever takes over the request pauses it at once.
    @Override
    public void admitted(Permit permit) {
        context.stream().guard(() -> begin(permit));
    }

    private void begin(Permit permit) {
        context.stream().read(true);
        context.handOver(() -> admitted.accept(permit));
        for (ByteBuf piece = held.poll(); piece != null; piece = held.poll()) {
            context.content(piece);
            piece.release();
        }
        if (trailers != null) {
            context.end(trailers);
        }
        context.stream().account();
    }

    @Override
    public void refused(AdmissionRefusal reason) {
        context.stream()
                .guard(() -> {
                    held.release();
                    refused.run();
                });
    }
}
