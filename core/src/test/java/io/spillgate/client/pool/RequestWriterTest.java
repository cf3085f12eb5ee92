package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeaders;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

final class RequestWriterTest {
    private final PoolRequest request =
            new PoolRequest("GET", "/a?b", new DefaultHttpHeaders().set("Host", "test"), Body.NONE);

    private final List<ByteBuf> heads = new ArrayList<>();

    @AfterEach
    void release() {
        heads.forEach(ByteBuf::release);
    }

    @Test
    void beginsWithABufferAsLargeAsTheHint() {
        assertThat(head(4096).capacity()).isEqualTo(4096);
        assertThat(head(1000).capacity()).isEqualTo(1000);
    }

    @Test
    void growsBeyondTheHint() {
        assertThat(head(1).toString(StandardCharsets.US_ASCII))
                .isEqualTo("GET /a?b HTTP/1.1\r\nHost: test\r\nUser-Agent: me\r\n\r\n");
    }

    private ByteBuf head(int sizeHint) {
        ByteBuf head =
                RequestWriter.head(new UnpooledByteBufAllocator(false), request, "me", sizeHint);
        heads.add(head);
        return head;
    }
}
