package io.spillgate.it.stress;

import static io.spillgate.it.stress.GoodStreams.bytes;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What clients can do to a gateway that must not care.
final class Attacks {
    /// Topics to which large events are published.
    static final int LARGE_TOPICS = 20;

    private static final int HEAD_BYTES = 60_000;
    private static final int LINE_BYTES = 8000;
    private static final int UNKNOWN_TOPICS = 100;
    private static final int NARROW = 4096;
    private static final byte[] BYTE = {'x'};

    private Attacks() {}

    /// Connects, and says nothing but a byte now and then.
    record Silent() implements Mob.Conduct {
        @Override
        public String name() {
            return "silent";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {}

        @Override
        public void goOn(Swarm.Link link, Random random) {
            link.send(BYTE);
        }

        @Override
        public double zeal() {
            return 0.0002;
        }

        @Override
        public int hurry() {
            return 20;
        }
    }

    /// Sends most of a head that is within all limits, and then a byte now and then.
    record HalfHeads() implements Mob.Conduct {
        private static final byte[] HEAD = halfHead();

        @Override
        public String name() {
            return "half-sent heads";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {
            link.send(HEAD);
        }

        @Override
        public void goOn(Swarm.Link link, Random random) {
            link.send(BYTE);
        }

        @Override
        public int hurry() {
            return 4;
        }
    }

    /// Asks for something that takes long, and sends small pieces of a next request all the time.
    record Pieces() implements Mob.Conduct {
        @Override
        public String name() {
            return "small pieces behind a request";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {
            link.send(bytes("GET /uploads/hang HTTP/1.1\r\nHost: test\r\n\r\nGET /reply"));
        }

        @Override
        public void goOn(Swarm.Link link, Random random) {
            for (int i = 0; i < 50 && link.isSent(); i++) {
                link.send(BYTE);
            }
        }

        @Override
        public double zeal() {
            return 1;
        }
    }

    /// Sends requests one behind the other, and never reads an answer.
    record Unread() implements Mob.Conduct {
        private static final byte[] REQUESTS =
                bytes("GET /large HTTP/1.1\r\nHost: test\r\n\r\n".repeat(50));

        @Override
        public String name() {
            return "answers never read";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {
            link.stall();
            link.send(REQUESTS);
        }

        @Override
        public void goOn(Swarm.Link link, Random random) {
            if (link.isSent()) {
                link.send(REQUESTS);
            }
        }

        @Override
        public double zeal() {
            return 0.02;
        }

        @Override
        public int receiveBufferBytes() {
            return NARROW;
        }
    }

    /// Subscribes to what large events are published to, and never reads.
    ///
    /// @param query behind the hub's path
    record Stalled(String name, String query) implements Mob.Conduct {
        @Override
        public void begin(Swarm.Link link, Random random) {
            link.stall();
            link.send(bytes("GET /events" + query + " HTTP/1.1\r\nHost: test\r\n\r\n"));
        }

        @Override
        public void goOn(Swarm.Link link, Random random) {
            link.send(BYTE);
        }

        @Override
        public int receiveBufferBytes() {
            return NARROW;
        }
    }

    /// Publishes large events, however that is answered; the ally of stalled readers.
    ///
    /// @param topics numbers of topics behind the prefix
    record Publishing(String name, String prefix, int topics, double zeal) implements Mob.Conduct {
        private static final byte[] DATA = bytes("x".repeat(200_000));

        @Override
        public void begin(Swarm.Link link, Random random) {}

        @Override
        public void goOn(Swarm.Link link, Random random) {
            String head =
                    "POST /events/%s%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                            .formatted(prefix, random.nextInt(topics), DATA.length);
            if (link.isSent()) {
                link.send(bytes(head));
                link.send(DATA);
            }
        }
    }

    /// Subscribes to many topics that nobody publishes to.
    record UnknownTopics() implements Mob.Conduct {
        @Override
        public String name() {
            return "unknown topics";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {
            String topics =
                    IntStream.range(0, UNKNOWN_TOPICS)
                            .mapToObj(i -> "topic=" + Long.toString(random.nextLong(), 36))
                            .collect(Collectors.joining("&"));
            link.send(bytes("GET /events?" + topics + " HTTP/1.1\r\nHost: test\r\n\r\n"));
        }

        @Override
        public void goOn(Swarm.Link link, Random random) {
            link.send(BYTE);
        }

        @Override
        public int hurry() {
            return 2;
        }
    }

    /// Does half of something, slowly or not at all, and resets.
    record Aborts() implements Mob.Conduct {
        private static final String[] BEGINNINGS = {
            "GET /api/x HTTP/1.1\r\nHost: test\r\n\r\n",
            "GET /events/large1?last_event_id=earliest HTTP/1.1\r\nHost: test\r\n\r\n",
            "GET /events/good HTTP/1.1\r\nHost: test\r\n\r\n",
            "GET /reply HTTP/1.1\r\nHost: test\r\n\r\nGET /reply HTTP/1.1\r\nHo",
            "POST /events/x HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n",
            "POST /uploads/x HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\nhalf",
            "POST /uploads/x HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST /uploads/x HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 10\r\n\r\n",
            "\r\n\r\nNOT HTTP\0 at all\r\n\r\n",
        };

        @Override
        public String name() {
            return "aborts";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {
            link.send(bytes(BEGINNINGS[random.nextInt(BEGINNINGS.length)]));
            if (random.nextInt(3) == 0) {
                link.reset();
            }
        }

        @Override
        public void goOn(Swarm.Link link, Random random) {
            link.send(bytes("1\r\nx\r\n"));
            int choice = random.nextInt(20);
            if (choice == 0) {
                link.reset();
            } else if (choice == 1) {
                link.close();
            }
        }

        @Override
        public int hurry() {
            return 2;
        }

        @Override
        public double zeal() {
            return 0.1;
        }
    }

    /// Asks as fast as it can in the name of another address each time.
    record Liars() implements Mob.Conduct {
        @Override
        public String name() {
            return "forwarding lies";
        }

        @Override
        public void begin(Swarm.Link link, Random random) {}

        @Override
        public void goOn(Swarm.Link link, Random random) {
            String liar = "10.%d.%d.1".formatted(random.nextInt(256), random.nextInt(256));
            String request =
                    "GET /reply HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: %s\r\nForwarded: for=%s\r\n\r\n"
                            .formatted(liar, liar);
            link.send(bytes(request));
        }

        @Override
        public double zeal() {
            return 1;
        }

        @Override
        public int sources() {
            return 1;
        }
    }

    /// The query of all topics with large events.
    static String largeTopics() {
        return IntStream.range(0, LARGE_TOPICS)
                .mapToObj(i -> "topic=large" + i)
                .collect(Collectors.joining("&", "?", ""));
    }

    private static byte[] halfHead() {
        StringBuilder text = new StringBuilder("GET /reply HTTP/1.1\r\nHost: test\r\n");
        while (text.length() < HEAD_BYTES - LINE_BYTES) {
            text.append("X: ").append("x".repeat(LINE_BYTES - 5)).append("\r\n");
        }
        text.append("X: ").append("x".repeat(HEAD_BYTES - text.length() - 3));
        return bytes(text.toString());
    }
}
