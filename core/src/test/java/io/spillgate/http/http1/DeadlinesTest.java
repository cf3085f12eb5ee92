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

    private final ReceiveTimes times = new ReceiveTimes(KEEP_ALIVE, HEAD, REQUEST, SILENCE);
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
        assertThat(deadlines.head(ACCEPTED + 20 + HEAD, times)).isEqualTo(Verdict.TIMED_OUT);
    }

    @Test
    void betweenRequestsTheKeepAliveTimeHolds() {
        deadlines.answered(5000);
        assertThat(deadlines.head(5000 + KEEP_ALIVE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.head(5000 + KEEP_ALIVE, times)).isEqualTo(Verdict.CLOSE);
    }

    @Test
    void silenceEndsAlsoAnIdleConnectionThatMayBeKeptForLonger() {
        ReceiveTimes patient = new ReceiveTimes(10 * SILENCE, HEAD, REQUEST, SILENCE);
        deadlines.answered(5000);
        assertThat(deadlines.head(5000 + SILENCE - 1, patient)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.head(5000 + SILENCE, patient)).isEqualTo(Verdict.CLOSE);
    }

    @Test
    void aBodyHasTheTimeOfTheRequest() {
        headStart.set(2000);
        heard.set(2000 + REQUEST);
        assertThat(deadlines.body(2000 + REQUEST - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(2000 + REQUEST, times)).isEqualTo(Verdict.TIMED_OUT);
    }

    @Test
    void theClockOfABodyStandsStillWhileItIsNotRead() {
        headStart.set(2000);
        heard.set(2010);
        deadlines.reading(false, 2010);
        assertThat(deadlines.body(9000, times)).isEqualTo(Verdict.FINE);
        deadlines.reading(true, 9000);
        assertThat(deadlines.body(9000 + REQUEST - 10 - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.body(9000 + REQUEST - 10, times)).isEqualTo(Verdict.TIMED_OUT);
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
        assertThat(deadlines.body(3000 + REQUEST, times)).isEqualTo(Verdict.TIMED_OUT);
    }

    @Test
    void anEndlessBodyOnlyMayNotFallSilent() {
        headStart.set(2000);
        heard.set(50_000);
        assertThat(deadlines.silence(50_000 + SILENCE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.silence(50_000 + SILENCE, times)).isEqualTo(Verdict.TIMED_OUT);
    }

    @Test
    void whoWasNotReadIsNotSilent() {
        headStart.set(2000);
        heard.set(2000);
        deadlines.reading(false, 2010);
        assertThat(deadlines.silence(9000, times)).isEqualTo(Verdict.FINE);
        deadlines.reading(true, 9000);
        assertThat(deadlines.silence(9000 + SILENCE - 1, times)).isEqualTo(Verdict.FINE);
        assertThat(deadlines.silence(9000 + SILENCE, times)).isEqualTo(Verdict.TIMED_OUT);
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
        assertThat(deadlines.body(3010 + REQUEST, times)).isEqualTo(Verdict.TIMED_OUT);
    }
}
