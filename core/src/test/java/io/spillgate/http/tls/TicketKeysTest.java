package io.spillgate.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.ssl.OpenSslSessionTicketKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

final class TicketKeysTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

    @TempDir private Path folder;

    @Test
    void eachOpensWhatTheNeighboursInTimeHaveSealed() {
        TicketKeys keys = new TicketKeys(SECRET);
        for (long slot = 40_000; slot < 40_010; slot++) {
            List<String> now = names(keys.of(slot));
            assertThat(now).hasSize(3).doesNotHaveDuplicates();
            assertThat(now).contains(names(keys.of(slot - 1)).getFirst());
            assertThat(now).contains(names(keys.of(slot + 1)).getFirst());
            assertThat(now).doesNotContain(names(keys.of(slot - 2)).getFirst());
        }
    }

    @Test
    void theSameSecretGivesTheSameKeysAndAnotherOneOthers() {
        OpenSslSessionTicketKey one = new TicketKeys(SECRET).of(7)[0];
        OpenSslSessionTicketKey same = new TicketKeys(SECRET.clone()).of(7)[0];
        byte[] changed = SECRET.clone();
        changed[31]++;
        OpenSslSessionTicketKey other = new TicketKeys(changed).of(7)[0];
        assertThat(same.aesKey()).isEqualTo(one.aesKey()).isNotEqualTo(other.aesKey());
        assertThat(same.hmacKey()).isEqualTo(one.hmacKey()).isNotEqualTo(other.hmacKey());
        assertThat(one.aesKey()).isNotEqualTo(one.hmacKey());
    }

    @Test
    void theyHoldForTwelveHours() {
        long twelve = TimeUnit.HOURS.toNanos(12);
        assertThat(TicketKeys.slot(0)).isZero();
        assertThat(TicketKeys.slot(twelve - 1)).isZero();
        assertThat(TicketKeys.slot(twelve)).isOne();
    }

    @Test
    void aSecretIsReadFromAFile() throws Exception {
        Path file = Files.write(folder.resolve("secret"), SECRET);
        assertThat(names(TicketKeys.read(file.toString()).of(7)))
                .isEqualTo(names(new TicketKeys(SECRET).of(7)));
        assertThat(names(TicketKeys.random().of(7))).isNotEqualTo(names(TicketKeys.random().of(7)));
    }

    @Test
    void aShortSecretIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("short"), new byte[31]);
        assertThatThrownBy(() -> TicketKeys.read(file.toString()))
                .isInstanceOf(CertificateFault.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("31 bytes")
                .hasMessageContaining("head -c 48 /dev/urandom");
    }

    private static List<String> names(OpenSslSessionTicketKey... keys) {
        return Arrays.stream(keys).map(key -> Arrays.toString(key.name())).toList();
    }
}
