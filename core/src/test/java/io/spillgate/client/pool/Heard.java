package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Keeps what a receiver hears.
final class Heard implements Receiver {
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private final StringBuilder body = new StringBuilder();
    final List<Integer> interims = new ArrayList<>();
    private final Consumer<Boolean> onWritable;
    int status;
    @Nullable HttpHeaders headers;

    Heard() {
        this(_ -> {});
    }

    Heard(Consumer<Boolean> onWritable) {
        this.onWritable = onWritable;
    }

    /// Waits for the end: the body, or the failure's cause.
    String outcome() {
        try {
            return outcome.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("nothing was heard", e);
        }
    }

    @Override
    public void writable(boolean writable) {
        onWritable.accept(writable);
    }

    @Override
    public void interim(int interim, HttpHeaders of) {
        interims.add(interim);
    }

    @Override
    public void head(int answered, String reason, HttpHeaders of) {
        status = answered;
        headers = of;
    }

    @Override
    public void content(ByteBuf piece) {
        body.append(piece.toString(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void end(HttpHeaders trailers, boolean requestSent) {
        outcome.complete(status + " " + body);
    }

    @Override
    public void failed(Failure failure) {
        outcome.complete(failure.cause() + ": " + failure.message());
    }
}
