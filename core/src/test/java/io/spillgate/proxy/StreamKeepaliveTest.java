package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Random;

final class StreamKeepaliveTest {
    private static final long SECOND = 1_000_000_000;
    private static final String STREAM =
            "id: 1\ndata: a\ndata: ü\n\n: own\n\nevent: x\r\ndata: c\r\n\r\ndata: d\n\n";

    private final StreamKeepalive keepalive = of("GET", 200, "Content-Type: text/event-stream");
    private final StringBuilder out = new StringBuilder();
    private long now;

    /// 10,000 cuts of the stream, with a comment wherever one may be.
    @Test
    void changesNothingButForLinesThatClientsLeaveOut() {
        Random random = new Random(7);
        int comments = 0;
        for (int round = 0; round < 10_000; round++) {
            StreamKeepalive each = of("GET", 200, "Content-Type: text/event-stream");
            StringBuilder text = new StringBuilder();
            byte[] bytes = STREAM.getBytes(UTF_8);
            for (int at = 0; at < bytes.length; ) {
                int size = Math.min(1 + random.nextInt(12), bytes.length - at);
                text.append(latin(each.passing(Unpooled.wrappedBuffer(bytes, at, size), now)));
                at += size;
                now += random.nextInt(3) * SECOND;
                ByteBuf comment = each.due(now);
                comments += comment == null ? 0 : 1;
                text.append(comment == null ? "" : latin(comment));
            }
            assertThat(text.toString().replaceAll("(?<=\n): keepalive\n", ""))
                    .isEqualTo(latin(Unpooled.wrappedBuffer(bytes)));
        }
        assertThat(comments).isGreaterThan(1000);
    }

    @Test
    void waitsForTheWholeSilence() {
        pass("data: a\n\n");
        now += 2 * SECOND - 1;
        assertThat(keepalive.due(now)).isNull();
        now += 1;
        assertThat(latin(requireNonNull(keepalive.due(now)))).isEqualTo(": keepalive\n");
        assertThat(keepalive.due(now + SECOND)).isNull();
        assertThat(keepalive.due(now + 2 * SECOND)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: a", "data: a\r", "data: a\n\r"})
    void isSilentWhereALineMayGoOn(String end) {
        pass(end);
        assertThat(keepalive.due(now + 10 * SECOND)).isNull();
        pass("\n");
        assertThat(keepalive.due(now + 10 * SECOND)).isNotNull();
    }

    /// A byte order mark belongs before everything; behind a comment it would spoil a line.
    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "100"})
    void takesTheMarkOffAStreamThatBeganWithAComment(int pieceBytes) {
        keepalive.due(2 * SECOND);
        passInPieces("\ufeffdata: a\n\n", pieceBytes);
        assertThat(out).hasToString("data: a\n\n");
    }

    @Test
    void leavesTheMarkWhereItBelongs() {
        passInPieces("\ufeffdata: a\n\n", 2);
        assertThat(out).hasToString(latin(bytes("\ufeffdata: a\n\n")));
    }

    @Test
    void keepsWhatOnlyBeginsLikeAMark() {
        keepalive.due(2 * SECOND);
        passInPieces("\uff01x\n", 1);
        assertThat(out).hasToString(latin(bytes("\uff01x\n")));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, Content-Type: text/plain",
        "GET, 201, Content-Type: text/event-stream",
        "GET, 204, Content-Type: text/event-stream",
        "HEAD, 200, Content-Type: text/event-stream",
        "GET, 200, Content-Type: text/event-stream | Content-Length: 100",
        "GET, 200, Content-Type: text/event-stream | Content-Encoding: gzip",
    })
    void isForNothingElse(String method, int status, String head) {
        assertThat(optional(method, status, head)).isNull();
    }

    @Test
    void isForNobodyWhoDidNotAsk() {
        HttpHeaders head = head("Content-Type: text/event-stream");
        assertThat(StreamKeepalive.of(Duration.ZERO, "GET", 200, head, () -> 0)).isNull();
    }

    private void passInPieces(String text, int pieceBytes) {
        byte[] bytes = text.getBytes(UTF_8);
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            int size = Math.min(pieceBytes, bytes.length - at);
            out.append(latin(keepalive.passing(Unpooled.copiedBuffer(bytes, at, size), now)));
        }
    }

    private void pass(String text) {
        out.append(latin(keepalive.passing(bytes(text), now)));
    }

    private static StreamKeepalive of(String method, int status, String head) {
        return requireNonNull(optional(method, status, head));
    }

    private static @Nullable StreamKeepalive optional(String method, int status, String head) {
        return StreamKeepalive.of(Duration.ofSeconds(2), method, status, head(head), () -> 0);
    }

    private static HttpHeaders head(String lines) {
        HttpHeaders head = new DefaultHttpHeaders();
        for (String line : lines.split(" \\| ", -1)) {
            String[] parts = line.split(": ", 2);
            head.add(parts[0], parts[1]);
        }
        return head;
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    private static String latin(ByteBuf bytes) {
        String text = bytes.toString(ISO_8859_1);
        bytes.release();
        return text;
    }
}
