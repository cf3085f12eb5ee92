package io.spillgate.it.stress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Attackers of one kind: as many connections as may be, each replaced when it has ended.
///
/// They come from many addresses of this machine, 127.0.X.1 and further. Confined to the thread of
/// its swarm, but for what says otherwise.
final class Mob {
    private final Swarm swarm;
    private final InetSocketAddress target;
    private final Conduct conduct;
    private final int number;
    private final int size;
    private final List<Member> members = new ArrayList<>();
    private final Random random;
    private boolean raging;
    private long opened;

    /// @param number X in their addresses, 1 to 255
    /// @param size most connections at once
    Mob(Swarm swarm, InetSocketAddress target, int number, int size, Conduct conduct) {
        this.swarm = swarm;
        this.target = target;
        this.conduct = conduct;
        this.number = number;
        this.size = size;
        random = new Random(number);
        swarm.everyTick(_ -> tick());
    }

    /// What the members of a mob do; called on the thread of their swarm.
    interface Conduct {
        /// What it is called in reports.
        String name();

        /// The first thing that a member does on its new connection.
        void begin(Swarm.Link link, Random random);

        /// What it does later, again and again.
        void goOn(Swarm.Link link, Random random);

        /// How many come in a tick.
        default int hurry() {
            return 5;
        }

        /// The part of the members whose turn it is in one tick.
        default double zeal() {
            return 0.002;
        }

        /// How many addresses they have, 1 to 254.
        default int sources() {
            return 250;
        }

        /// 0 = as the system says.
        default int receiveBufferBytes() {
            return 0;
        }
    }

    /// Comes. Any thread.
    void rage() {
        swarm.call(() -> raging = true);
    }

    /// Goes, one half by reset. Any thread.
    void leave() {
        swarm.call(() -> {
            raging = false;
            for (Member member : members) {
                if (random.nextBoolean()) {
                    member.link.reset();
                } else {
                    member.link.close();
                }
            }
            members.clear();
        });
    }

    /// Everyone does the next thing at once. Any thread.
    void surge() {
        swarm.call(() -> List.copyOf(members).forEach(member -> member.goOn()));
    }

    /// How many connections there were in all. Any thread.
    long opened() {
        long[] count = new long[1];
        swarm.call(() -> count[0] = opened);
        return count[0];
    }

    @Override
    public String toString() {
        return conduct.name() + " " + opened();
    }

    private void tick() {
        if (!raging) {
            return;
        }
        for (int i = 0; i < conduct.hurry() && members.size() < size; i++) {
            members.add(new Member());
            opened++;
        }
        members.removeIf(member -> !member.link.isOpen());
        for (Member member : List.copyOf(members)) {
            if (random.nextDouble() < conduct.zeal()) {
                member.goOn();
            }
        }
    }

    private InetAddress source() {
        return Swarm.local(number, (int) (opened % conduct.sources()));
    }

    /// One connection.
    private final class Member implements Swarm.Client {
        private final Swarm.Link link =
                swarm.connect(target, source(), conduct.receiveBufferBytes(), this);
        private boolean begun;

        void goOn() {
            if (begun && link.isOpen()) {
                conduct.goOn(link, random);
            }
        }

        @Override
        public void connected(Swarm.Link connected) {
            begun = true;
            conduct.begin(connected, random);
        }

        @Override
        public void received(Swarm.Link from, byte[] bytes, int count) {}

        @Override
        public void ended(Swarm.Link from) {}
    }
}
