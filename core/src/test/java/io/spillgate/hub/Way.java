package io.spillgate.hub;

import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.TestPlace;
import io.spillgate.net.Transport;

/// The ways that the bytes of an event stream can take to their client.
enum Way {
    /// The socket pulls, as with epoll and NIO.
    PULL {
        @Override
        Client open() {
            return new Connected(new Socket(), Transport.NIO);
        }
    },
    /// Small buffers whose writes complete later, as with io_uring.
    PUSH {
        @Override
        Client open() {
            return new Connected(new Socket(), Transport.IO_URING);
        }
    },
    /// Without a channel, as long as there is credit.
    CREDIT {
        @Override
        Client open() {
            return new Credited(new TestPlace());
        }
    };

    abstract Client open();

    /// Takes what a test has it take.
    interface Client {
        EventStreamPlace place();

        void take(long bytes);

        /// What was taken until now.
        String text();

        /// Whether the stream was not ended, once all that is due has happened.
        boolean isOpen();

        /// Breaks the connection; what is on its way is lost.
        void cut();
    }

    private record Connected(Socket socket, Transport transport) implements Client {
        @Override
        public EventStreamPlace place() {
            return socket.place(transport);
        }

        @Override
        public void take(long bytes) {
            socket.take(bytes);
        }

        @Override
        public String text() {
            return socket.text();
        }

        @Override
        public boolean isOpen() {
            socket.channel().runPendingTasks();
            return socket.isOpen();
        }

        @Override
        public void cut() {
            socket.cut();
        }
    }

    private record Credited(TestPlace place) implements Client {
        @Override
        public void take(long bytes) {
            place.take(bytes);
        }

        @Override
        public String text() {
            return place.text();
        }

        @Override
        public boolean isOpen() {
            return place.isOpen();
        }

        @Override
        public void cut() {
            place.cut();
        }
    }
}
