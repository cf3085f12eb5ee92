package io.spillgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A stream without a socket: says what a test has it say, and remembers what was answered.
public final class TestStream implements ServerStream {
    /// What was answered, in order: `200`, `begin 200`, `write x`, `flush`, `end`, `reset`, `drop`.
    public final List<String> told = new ArrayList<>();

    /// What the answer's head said last.
    public @Nullable HttpHeaders fields;

    /// The fields of the policy, last.
    public @Nullable HttpHeaders policy;

    /// The content of a whole answer.
    public String content = "";

    /// Completes with the last of what is told: an end, a cut, a whole answer.
    public final CompletableFuture<String> over = new CompletableFuture<>();

    /// Where the bytes of an event stream go; takes everything.
    public final TestPlace place = new TestPlace().take(Long.MAX_VALUE);

    /// Who feeds the event stream.
    public @Nullable EventStream feed;

    public @Nullable Peer peer;
    public boolean http10;
    public boolean last;
    public boolean writable = true;
    public boolean reading = true;
    public boolean invited;
    public boolean peerHasLeft;
    public boolean bodyReceived;
    public long contentLength;
    public long stalledNanos;

    private final EventLoop loop;
    private final @Nullable HttpRequest head;
    private @Nullable StreamHandler handler;
    private boolean answered;

    /// @param head null when it was refused, or did not come
    public TestStream(EventLoop loop, @Nullable HttpRequest head) {
        this.loop = loop;
        this.head = head;
    }

    /// A request.
    ///
    /// @param fields name and value in turn
    public static TestStream of(EventLoop loop, String method, String target, String... fields) {
        HttpRequest head =
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), target);
        for (int i = 0; i < fields.length; i += 2) {
            head.headers().add(fields[i], fields[i + 1]);
        }
        return new TestStream(loop, head);
    }

    /// Who hears of the answer.
    public TestStream heardBy(StreamHandler by) {
        handler = by;
        return this;
    }

    /// The value of a field of the answer, of its own or of the policy; null when it has none.
    public @Nullable String field(String name) {
        String own = fields == null ? null : fields.get(name);
        return own != null || policy == null ? own : policy.get(name);
    }

    @Override
    public HttpRequest head() {
        if (head == null) {
            throw new IllegalStateException("no head");
        }
        return head;
    }

    @Override
    public boolean hasHead() {
        return head != null;
    }

    @Override
    public @Nullable String origin() {
        return head == null ? null : head.headers().get("Origin");
    }

    @Override
    public String target() {
        return head().uri();
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public boolean isHttp10() {
        return http10;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public boolean isBodyPending() {
        return !bodyReceived && contentLength != 0;
    }

    @Override
    public long startNanos() {
        return System.nanoTime();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public @Nullable Peer peer() {
        return peer;
    }

    @Override
    public void invite() {
        invited = true;
    }

    @Override
    public void read(boolean more) {
        reading = more;
    }

    @Override
    public void account() {}

    @Override
    public void renewInput() {}

    @Override
    public void endFlood(int heldBytes) {}

    @Override
    public boolean isOpen() {
        return !answered;
    }

    @Override
    public void interim(int code, HttpHeaders lines) {
        told.add("interim " + code);
    }

    @Override
    public void respond(Response response, HttpHeaders added, boolean ends) {
        begun(response.status(), response.fields(), added);
        told.add(response.status() + " " + response.phrase());
        content = new String(response.body(), StandardCharsets.UTF_8);
        finish(ends);
    }

    @Override
    public void begin(int code, String reason, HttpHeaders own, HttpHeaders added) {
        begun(code, own, added);
        told.add("begin " + code);
    }

    @Override
    public void write(ByteBuf piece) {
        told.add("write " + piece.toString(StandardCharsets.UTF_8));
        piece.release();
    }

    @Override
    public void flush() {
        told.add("flush");
    }

    @Override
    public void end(HttpHeaders trailers) {
        told.add("end");
        finish(false);
    }

    @Override
    public void reset() {
        told.add("reset");
        over.complete("reset");
        if (handler != null) {
            handler.gone();
        }
    }

    @Override
    public void broken(Throwable cause) {
        told.add("broken " + cause.getMessage());
    }

    @Override
    public void drop() {
        told.add("drop");
        over.complete("drop");
    }

    @Override
    public void upgrade(HttpHeaders own, String protocol) {
        begun(101, own, own);
        told.add("upgrade " + protocol);
    }

    @Override
    public void becomeEventStream(
            HttpHeaders own, HttpHeaders added, Function<EventStreamPlace, EventStream> join) {
        begun(200, own, added);
        told.add("event stream");
        feed = join.apply(place);
    }

    @Override
    public void respondEventStreamHead(HttpHeaders own, HttpHeaders added) {
        begun(200, own, added);
        told.add("event stream head");
        finish(false);
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public long stalledNanos(long nowNanos) {
        return stalledNanos;
    }

    @Override
    public boolean hasPeerLeft() {
        return peerHasLeft;
    }

    @Override
    public void guard(Runnable work) {
        work.run();
    }

    private void begun(int code, HttpHeaders own, HttpHeaders added) {
        fields = own;
        policy = added;
        if (handler != null) {
            handler.begun(code, own);
        }
    }

    private void finish(boolean ends) {
        answered = true;
        last = ends;
        if (handler != null) {
            handler.ending();
        }
        over.complete(told.getLast());
        if (handler != null) {
            handler.left();
            handler.answered(ends);
        }
    }
}
