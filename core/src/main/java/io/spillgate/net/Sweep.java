package io.spillgate.net;

import java.util.ArrayList;
import java.util.List;

/// Visits every member of a changing set once in a period, a few at each tick, so that many
/// connections need neither a timer each nor a burst of work. A round takes no longer when many
/// leave in the middle of it.
///
/// Not thread safe.
///
/// @param <M> what is visited
public final class Sweep<M extends Sweep.Member> {
    private final List<M> members = new ArrayList<>();
    private final long periodNanos;
    private int position;
    private int roundSize;
    private double due;

    /// A sweep without members.
    ///
    /// @param periodNanos time in which everyone is visited once
    public Sweep(long periodNanos) {
        this.periodNanos = periodNanos;
    }

    /// Adds a member; it is visited within a period.
    public void add(M member) {
        member.place(members.size());
        members.add(member);
    }

    /// Removes a member; may be called while it is visited.
    public void remove(M member) {
        int place = member.place();
        M last = members.removeLast();
        if (place < members.size()) {
            members.set(place, last);
            last.place(place);
        }
        member.place(-1);
    }

    /// How many members there are.
    public int size() {
        return members.size();
    }

    /// Those who are in the set now.
    public List<M> members() {
        return List.copyOf(members);
    }

    /// Visits those whose turn has come.
    ///
    /// @param elapsedNanos time since the last tick
    /// @param nowNanos the present, for the visited
    public void tick(long elapsedNanos, long nowNanos) {
        roundSize = members.isEmpty() ? 0 : roundSize;
        due += (double) Math.max(members.size(), roundSize) * elapsedNanos / periodNanos;
        int count = (int) Math.min(due, members.size());
        due = Math.min(due - count, 1);
        for (int i = 0; i < count && !members.isEmpty(); i++) {
            if (position <= 0 || position > members.size()) {
                position = members.size();
                roundSize = members.size();
            }
            position--;
            members.get(position).visit(nowNanos);
        }
    }

    /// Someone who is visited.
    public interface Member {
        /// The visit.
        ///
        /// @param nowNanos the present by the clock of whoever has the sweep
        void visit(long nowNanos);

        /// Remembers where the sweep holds this member.
        void place(int place);

        /// What [#place(int)] was given last.
        int place();
    }
}
