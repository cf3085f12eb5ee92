package io.spillgate.http.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.http.http1.Deadlines.Verdict;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicLong;

/// The clocks of a connection, turned by hand.
final class DeadlinesTest {
    private static final long KEEP_ALIVE = 100;
    private static final long HEAD = 30;
    private static final long REQUEST = 60;
    private static final long SILENCE = 200;
    private static final long ACCEPTED = 1000;

    private final ReceiveTimes times = times(KEEP_ALIVE, REQUEST, Long.MAX_VALUE);
    private final AtomicLong headStart = new AtomicLong();
    private final AtomicLong heard = new AtomicLong(ACCEPTED);
    private final Deadlines deadlines = new Deadlines(headStart::get, heard::get, ACCEPTED);

    @Test
    void aNewConnectionHasTheTimeOfAHeadForItsFirstByte() {
        assertThat(deadlines.head(ACCEPTED + HEAD - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.head(ACCEPTED + HEAD, times)).isEqualTo(Verdict.CLOSE);
    }

    @Test
    void aHeadCountsFromItsFirstByteHoweverOftenAByteFollows() {
        headStart.set(ACCEPTED + 20);
        heard.set(ACCEPTED + 20 + HEAD - 1);
        assertThat(deadlines.head(ACCEPTED + 20 + HEAD - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.head(ACCEPTED + 20 + HEAD, times)).isEqualTo(Verdict.HEAD_LATE);
    }

    @Test
    void betweenRequestsTheKeepAliveTimeHolds() {
        deadlines.answered(5000);
        assertThat(deadlines.head(5000 + KEEP_ALIVE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.head(5000 + KEEP_ALIVE, times)).isEqualTo(Verdict.CLOSE);
    }

    @Test
    void silenceEndsAlsoAnIdleConnectionThatMayBeKeptForLonger() {
        ReceiveTimes patient = times(10 * SILENCE, REQUEST, Long.MAX_VALUE);
        deadlines.answered(5000);
        assertThat(deadlines.head(5000 + SILENCE - 1, patient)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.head(5000 + SILENCE, patient)).isEqualTo(Verdict.CLOSE);
    }

    @Test
    void aBodyHasTheTimeOfTheRequest() {
        headStart.set(2000);
        heard.set(2000 + REQUEST);
        assertThat(deadlines.body(2000 + REQUEST - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(2000 + REQUEST, times)).isEqualTo(Verdict.REQUEST_LATE);
    }

    @Test
    void theClockOfABodyStandsStillWhileItIsNotRead() {
        headStart.set(2000);
        heard.set(2010);
        deadlines.reading(false, 2010);
        assertThat(deadlines.body(9000, times)).isEqualTo(Verdict.FINE);
        deadlines.reading(true, 9000);
        assertThat(deadlines.body(9000 + REQUEST - 10 - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(9000 + REQUEST - 10, times)).isEqualTo(Verdict.REQUEST_LATE);
    }

    @Test
    void pausingTwiceIsOnePause() {
        headStart.set(2000);
        deadlines.reading(false, 2010);
        deadlines.reading(false, 2500);
        deadlines.reading(true, 3010);
        deadlines.reading(true, 4000);
        heard.set(4000);
        assertThat(deadlines.body(3000 + REQUEST - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(3000 + REQUEST, times)).isEqualTo(Verdict.REQUEST_LATE);
    }

    @Test
    void anEndlessBodyOnlyMayNotFallSilent() {
        headStart.set(2000);
        heard.set(50_000);
        assertThat(deadlines.silence(50_000 + SILENCE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.silence(50_000 + SILENCE, times)).isEqualTo(Verdict.SILENT);
    }

    @Test
    void whoWasNotReadIsNotSilent() {
        headStart.set(2000);
        heard.set(2000);
        deadlines.reading(false, 2010);
        assertThat(deadlines.silence(9000, times)).isEqualTo(Verdict.FINE);
        deadlines.reading(true, 9000);
        assertThat(deadlines.silence(9000 + SILENCE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.silence(9000 + SILENCE, times)).isEqualTo(Verdict.SILENT);
    }

    @Test
    void anAnswerThatNobodyReadsEndsTheConnection() {
        deadlines.answered(7000);
        assertThat(deadlines.unread(7000 + SILENCE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.unread(7000 + SILENCE, times)).isEqualTo(Verdict.CLOSE);
    }

    @Test
    void theNextRequestBeginsWithoutThePausesOfTheOneBefore() {
        headStart.set(2000);
        deadlines.reading(false, 2010);
        deadlines.answered(3000);
        headStart.set(3010);
        heard.set(3010 + REQUEST);
        assertThat(deadlines.body(3010 + REQUEST - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(3010 + REQUEST, times)).isEqualTo(Verdict.REQUEST_LATE);
    }

    @Test
    void aBodyThatGoesOnHasNoTimeButForItsSilences() {
        ReceiveTimes unset = times(KEEP_ALIVE, Long.MAX_VALUE, REQUEST);
        headStart.set(2000);
        heard.set(9000);
        assertThat(deadlines.body(9000 + REQUEST - 1, unset)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(9000 + REQUEST, unset)).isEqualTo(Verdict.REQUEST_LATE);
        deadlines.reading(false, 9010);
        assertThat(deadlines.body(20_000, unset)).isEqualTo(Verdict.FINE);
        deadlines.reading(true, 20_000);
        assertThat(deadlines.body(20_000 + REQUEST - 1, unset)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(20_000 + REQUEST, unset)).isEqualTo(Verdict.REQUEST_LATE);
    }

    private static ReceiveTimes times(long keepAlive, long request, long bodySilence) {
        return new ReceiveTimes(keepAlive, HEAD, request, bodySilence, SILENCE, 0);
    }
}
