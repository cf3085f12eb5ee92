package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// All who wait for a connection of a pool: one line of those who take any address, and one for
/// each address that somebody wishes. So nobody who waits for one address is in the way of who may
/// have another one, and each line is served in its order; over all lines, who came first is first.
///
/// Who wishes an address stands in its line while it is well. When one becomes well or ill, goes or
/// comes, all with a wish choose again and keep their places in the order. Guarded by the pool's
/// lock, as [WaitQueue] asserts.
final class Lines {
    private final ReentrantLock lock;
    private final Endpoints endpoints;
    private final Races races;
    private final Line common;
    private final Map<Endpoint, Line> own = new HashMap<>();
    private int size;
    private int choosy;
    private long lastOrder;
    private long firstOrder;

    /// @param lock the pool's
    Lines(ReentrantLock lock, Endpoints endpoints, Races races) {
        this.lock = lock;
        this.endpoints = endpoints;
        this.races = races;
        common = new Line(lock, null);
    }

    /// The line of those who take any address.
    Line common() {
        return common;
    }

    /// How many wait, in all lines.
    int size() {
        assert lock.isHeldByCurrentThread();
        return size;
    }

    /// Whether somebody waits for an address of its own.
    boolean isSplit() {
        return size() > common.waiting().size();
    }

    /// Decides in which line a call belongs that stands in none.
    Line choose(Call call, long nowNanos) {
        Wish wish = call.wish();
        call.wanted = wish == null ? null : endpoints.wanted(wish, nowNanos);
        return line(call.wanted);
    }

    /// Puts a call at the end of the line that was chosen for it.
    void addLast(Call call) {
        call.order = ++lastOrder;
        line(call.wanted).waiting().addLast(call);
        added(call);
    }

    /// Puts a call before all others of the line that was chosen for it.
    void addFirst(Call call) {
        call.order = --firstOrder;
        line(call.wanted).waiting().addFirst(call);
        added(call);
    }

    /// Takes a call out.
    ///
    /// @return whether it was in a line
    boolean remove(Call call) {
        if (call.place != Call.Place.WAITING || !line(call.wanted).waiting().remove(call)) {
            return false;
        }
        size--;
        choosy -= call.wish() == null ? 0 : 1;
        return true;
    }

    /// Has a call take any address from now on.
    void forgetWish(Call call) {
        remove(call);
        call.anywhere = true;
        call.wanted = null;
        common.waiting().addBefore(behind(common.waiting().first(), call), call);
        added(call);
    }

    /// The line whose first came first, after those who came no later than this.
    ///
    /// @param order of a call; the lowest number for the first line
    /// @return null when there is none
    @Nullable Line next(long order) {
        Line next = comesAfter(common, order) ? common : null;
        if (!isSplit()) {
            return next;
        }
        for (Line one : own.values()) {
            if (comesAfter(one, order)
                    && (next == null || one.waiting().head().order < next.waiting().head().order)) {
                next = one;
            }
        }
        return next;
    }

    /// The line whose first came first of those who may have a connection to an address; null when
    /// nobody waits for one.
    @Nullable Line taker(Endpoint of) {
        Line mine = isSplit() ? own.get(of) : null;
        Call first = mine == null ? null : mine.waiting().first();
        Call any = common.waiting().first();
        if (first == null) {
            return any == null ? null : common;
        }
        return any == null || first.order < any.order ? mine : common;
    }

    /// How many wait, not counting those for which connections are being opened.
    ///
    /// @param depth requests on each connection
    int unserved(int depth) {
        int sum = common.unserved(common.opening(), depth);
        if (isSplit()) {
            for (Line one : own.values()) {
                sum += one.unserved(one.opening(), depth);
            }
        }
        return sum;
    }

    /// Tells each line.
    void forEach(Consumer<Line> action) {
        action.accept(common);
        own.values().forEach(action);
    }

    /// Lets those with a wish choose again, if other addresses are there or well than before.
    void settle(long nowNanos) {
        if (choosy == 0 || !endpoints.look(nowNanos)) {
            return;
        }
        List<Call> moving = takeChoosy();
        Call next = common.waiting().first();
        for (Call call : moving) {
            Endpoint before = call.wanted;
            Line line = choose(call, nowNanos);
            if (line.at() == null) {
                next = behind(next, call);
                line.waiting().addBefore(next, call);
            } else {
                line.waiting().addLast(call);
            }
            if (line.at() != null && !line.at().equals(before)) {
                races.disown(call);
            }
            added(call);
        }
    }

    /// Forgets the lines of addresses that are gone; nobody stands there any more.
    void forgetRetired() {
        own.keySet().removeIf(Endpoint::isRetired);
    }

    private Line line(@Nullable Endpoint at) {
        return at == null ? common : own.computeIfAbsent(at, one -> new Line(lock, one));
    }

    private void added(Call call) {
        size++;
        choosy += call.wish() == null ? 0 : 1;
    }

    /// Takes all out that have a wish.
    ///
    /// @return in their order
    private List<Call> takeChoosy() {
        List<Call> taken = new ArrayList<>(choosy);
        own.values().forEach(line -> collectChoosy(line, taken));
        if (taken.size() < choosy) {
            collectChoosy(common, taken);
        }
        taken.forEach(this::remove);
        taken.sort(Comparator.comparingLong(call -> call.order));
        return taken;
    }

    private static void collectChoosy(Line line, List<Call> to) {
        for (Call call = line.waiting().first(); call != null; call = call.behind) {
            if (call.wish() != null) {
                to.add(call);
            }
        }
    }

    private static boolean comesAfter(Line line, long order) {
        Call first = line.waiting().first();
        return first != null && first.order > order;
    }

    /// The one before which a call belongs in its line; null at the end.
    ///
    /// @param from one that stands no further back
    private static @Nullable Call behind(@Nullable Call from, Call call) {
        Call next = from;
        while (next != null && next.order < call.order) {
            next = next.behind;
        }
        return next;
    }
}
