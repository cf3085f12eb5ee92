package io.spillgate.client.connect;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Opens one connection to whichever of several addresses answers (Happy Eyeballs): one address
/// after the other, the next one at once after a failure and beside the first after 250 ms without
/// an outcome (RFC 8305 section 5).
///
/// An attempt that is overtaken goes on: it brings one more connection, or another failure.
/// Confined to its loop.
///
/// @param <A> an address
public final class ConnectRace<A> {
    private static final long STAGGER_MILLIS = 250;

    private final EventLoop loop;
    private final Course<A> course;
    private int running;
    private boolean over;

    /// @param loop where the connections will live
    public ConnectRace(EventLoop loop, Course<A> course) {
        this.loop = loop;
        this.course = course;
    }

    /// Begins with this address. Called once, on the loop.
    public void start(A first) {
        assert loop.inEventLoop();
        guarded(() -> attempt(first));
    }

    private void attempt(A address) {
        running++;
        Future<Channel> connecting = course.connect(address);
        connecting.addListener((Future<Channel> outcome) -> guarded(() -> done(address, outcome)));
        if (running > 0 && !over) {
            loop.schedule(() -> guarded(this::overtake), STAGGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void overtake() {
        if (!over && running > 0) {
            attemptNext();
        }
    }

    /// @return whether there is another address
    private boolean attemptNext() {
        A next = course.next();
        if (next != null) {
            attempt(next);
        }
        return next != null;
    }

    private void done(A address, Future<Channel> outcome) {
        running--;
        if (outcome.isSuccess()) {
            boolean first = !over;
            over = true;
            course.connected(address, outcome.getNow(), first);
            return;
        }
        course.failed(address, outcome.cause());
        if (!over && !attemptNext() && running == 0) {
            giveUp();
        }
    }

    /// A task that fails must not leave a race that never ends.
    private void guarded(Runnable work) {
        course.guard(work, _ -> giveUp());
    }

    private void giveUp() {
        if (!over) {
            over = true;
            course.lost();
        }
    }

    /// Who knows the addresses, and gets the connections. Everything is called on the race's loop.
    ///
    /// @param <A> an address
    public interface Course<A> {
        /// Another address, for an attempt that begins at once; null when there is none.
        @Nullable A next();

        /// Begins to connect.
        ///
        /// @return completes on the race's loop
        Future<Channel> connect(A address);

        /// A connection was opened.
        ///
        /// @param first whether it decides the race
        void connected(A address, Channel channel, boolean first);

        /// An attempt failed.
        void failed(A address, Throwable cause);

        /// The race is over without a connection.
        void lost();

        /// Runs work of the race.
        ///
        /// @param failed gets what the work throws
        void guard(Runnable work, Consumer<Throwable> failed);
    }
}
