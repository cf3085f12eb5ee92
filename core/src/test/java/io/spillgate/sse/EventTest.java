package io.spillgate.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HexFormat;

final class EventTest {
    private static final byte[] DATA = "data".getBytes(UTF_8);

    @Test
    void keepsWhatWasPublished() throws InvalidEvent {
        Event event = Event.of(DATA, "trade", "mine-1", 2500);

        assertThat(event.data()).isSameAs(DATA);
        assertThat(event.type()).isEqualTo("trade");
        assertThat(event.id()).isEqualTo("mine-1");
        assertThat(event.retryMillis()).isEqualTo(2500);
    }

    @Test
    void takesAnEmptyTypeOrIdForNone() throws InvalidEvent {
        Event event = Event.of(DATA, "", "", -1);

        assertThat(event.type()).isNull();
        assertThat(event.id()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "41",
                "c3a4",
                "c280",
                "dfbf",
                "e0a080",
                "ed9fbf",
                "ee8080",
                "efbfbf",
                "f0908080",
                "f48fbfbf",
                "4142434445464748c3a44142434445464748",
            })
    void acceptsWellFormedUtf8(String hex) throws InvalidEvent {
        byte[] data = HexFormat.of().parseHex(hex);

        assertThat(Event.of(data, null, null, -1).data()).isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c0af",
                "c1bf",
                "c3",
                "c341",
                "e0809f",
                "e282",
                "e28241",
                "eda080",
                "f08fbfbf",
                "f4908080",
                "f5808080",
                "f09f98",
                "f09f9841",
                "ff",
                "4142434445464748ff",
                "41424344454647ff",
            })
    void refusesDataThatIsNotUtf8(String hex) {
        assertThatThrownBy(() -> Event.of(HexFormat.of().parseHex(hex), null, null, -1))
                .isInstanceOf(InvalidEvent.class)
                .hasMessage("data is not UTF-8");
    }

    @Test
    void agreesWithTheDecoderOfTheJdkOnEveryThreeBytes() {
        byte[] bytes = new byte[3];
        for (int value = 0; value < 1 << 24; value += 37) {
            bytes[0] = (byte) (value >> 16);
            bytes[1] = (byte) (value >> 8);
            bytes[2] = (byte) value;
            boolean valid =
                    new String(bytes, UTF_8).indexOf('\ufffd') < 0 || isReplacementCharacter(bytes);
            assertThat(Utf8.isValid(bytes, 0, 3)).as("%06x", value).isEqualTo(valid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r", "a\nb", "\0"})
    void refusesLineEndsAndNulInTypeAndId(String text) {
        assertThatThrownBy(() -> Event.of(DATA, text, null, -1))
                .hasMessageContaining("event holds CR, LF or NUL");
        assertThatThrownBy(() -> Event.of(DATA, null, text, -1))
                .hasMessageContaining("id holds CR, LF or NUL");
    }

    @Test
    void refusesHalfASurrogatePairInAnId() {
        assertThatThrownBy(() -> Event.of(DATA, null, "a\ud83d", -1))
                .isInstanceOf(InvalidEvent.class);
        assertThatThrownBy(() -> Event.of(DATA, null, "\ude00a", -1))
                .isInstanceOf(InvalidEvent.class);
    }

    @Test
    void countsTypeAndIdInBytesOfUtf8() throws InvalidEvent {
        Event.of(DATA, "é".repeat(512), "\ud83d\ude00".repeat(256), -1);

        assertThatThrownBy(() -> Event.of(DATA, "é".repeat(512) + "x", null, -1))
                .hasMessage("event has 1025 bytes, more than 1024");
        assertThatThrownBy(() -> Event.of(DATA, null, "\ud83d\ude00".repeat(256) + "x", -1))
                .hasMessage("id has 1025 bytes, more than 1024");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s0123456789a-7", "szzzzzzzzzzz-0", "s0123456789a-7 and more"})
    void refusesAnIdThatBeginsLikeOurs(String id) {
        assertThatThrownBy(() -> Event.of(DATA, null, id, -1))
                .hasMessageContaining("id begins like");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t0123456789a-7",
                "s0123456789A-7",
                "s0123456789a-",
                "s0123456789a-x",
                "s0123456789ab-7",
                "s012345678-7",
                "s0123456789a_7",
            })
    void acceptsAnIdThatOnlyResemblesOurs(String id) throws InvalidEvent {
        assertThat(Event.of(DATA, null, id, -1).id()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3000, 3000", "0007, 7", "9223372036854775807, 9223372036854775807"})
    void readsRetryAsDigits(String text, long millis) throws InvalidEvent {
        assertThat(Event.parseRetry(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "1 ", "+1", "-1", "1.5", "1s", "٣", "9223372036854775808"})
    void refusesARetryThatIsNotDigits(String text) {
        assertThatThrownBy(() -> Event.parseRetry(text)).isInstanceOf(InvalidEvent.class);
    }

    private static boolean isReplacementCharacter(byte[] bytes) {
        return bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbf && bytes[2] == (byte) 0xbd;
    }
}
