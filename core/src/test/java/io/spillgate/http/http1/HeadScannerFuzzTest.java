package io.spillgate.http.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import io.spillgate.config.LimitStatus;

import java.util.Arrays;

/// With `JAZZER_FUZZ=1` these search; without it they replay what was found before.
final class HeadScannerFuzzTest {
    private static final HeadLimits SMALL = new HeadLimits(40, 30, 4, 100, LimitStatus.RFC);

    @FuzzTest(maxDuration = "5m")
    void givesTheSameVerdictHoweverTheHeadIsCut(FuzzedDataProvider input) {
        int pieceSize = input.consumeInt(1, 16);
        HeadLimits limits = input.consumeBoolean() ? SMALL : Heads.LIMITS;
        byte[] head = input.consumeRemainingAsBytes();

        assertThat(Heads.verdict(head, pieceSize, limits))
                .isEqualTo(Heads.verdict(head, Math.max(1, head.length), limits));
    }

    @FuzzTest(maxDuration = "5m")
    void passesOnlyWhatNettyDecodes(byte[] bytes) {
        String verdict = Heads.verdict(bytes, Math.max(1, bytes.length), Heads.LIMITS);
        if (verdict.startsWith("complete ")) {
            int length = Integer.parseInt(verdict.substring("complete ".length()));
            byte[] head = Arrays.copyOf(bytes, length);

            assertThat(Heads.isDecodable(head)).isTrue();
        }
    }
}
