package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

final class BoundedBytesTest {
    @Test
    void areTakenInTheirOrder() {
        BoundedBytes bytes = new BoundedBytes(1000);
        bytes.add(ascii("ab"));
        bytes.add(new byte[] {'x', 'c', 'd', 'x'}, 1, 2);

        assertThat(bytes.exactArray()).asString().isEqualTo("abcd");
        assertThat(bytes.array()).startsWith('a', 'b', 'c', 'd');
        assertThat(bytes.length()).isEqualTo(4);
        assertThat(bytes.remaining()).isEqualTo(996);
    }

    @Test
    void areTakenUpToTheBoundAndNotInPart() {
        BoundedBytes bytes = new BoundedBytes(5);
        ByteBuf tooMany = ascii("defg");

        assertThat(bytes.add(ascii("abc"))).isTrue();
        assertThat(bytes.add(tooMany)).isFalse();
        assertThat(bytes.add(new byte[3], 0, 3)).isFalse();
        assertThat(tooMany.readableBytes()).isEqualTo(4);
        assertThat(bytes.add(ascii("de"))).isTrue();
        assertThat(bytes.exactArray()).asString().isEqualTo("abcde");
        assertThat(bytes.remaining()).isZero();
    }

    @Test
    void areNotCopiedWhenTheyWereExpected() {
        BoundedBytes bytes = new BoundedBytes(100, 3);
        byte[] array = bytes.array();
        bytes.add(ascii("abc"));

        assertThat(bytes.exactArray()).isSameAs(array);
    }

    @Test
    void growByDoublingButNotBeyondTheBound() {
        BoundedBytes bytes = new BoundedBytes(300, 100);
        bytes.add(new byte[101], 0, 101);
        assertThat(bytes.capacity()).isEqualTo(200);
        bytes.add(new byte[100], 0, 100);
        assertThat(bytes.capacity()).isEqualTo(300);
        assertThat(bytes.exactArray()).hasSize(201);
    }

    @Test
    void leaveTheirArrayForTheNextOnesUnlessItIsLarge() {
        BoundedBytes bytes = new BoundedBytes(1000);
        bytes.add(ascii("abc"));
        bytes.clear(64);
        assertThat(bytes.length()).isZero();
        assertThat(bytes.capacity()).isEqualTo(64);
        bytes.add(new byte[65], 0, 65);
        bytes.clear(64);
        assertThat(bytes.capacity()).isZero();
        assertThat(bytes.exactArray()).isEmpty();
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
