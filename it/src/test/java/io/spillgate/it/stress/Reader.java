package io.spillgate.it.stress;

import io.spillgate.it.harness.Await;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A client of one topic that knows at every moment which event must come next: it keeps account of
/// sequence numbers and of the holes that it is told of, and fails at the first surprise.
///
/// Only for a topic that is alone in its gateway, so that the sequence rises by one. Confined to
/// the thread that reads.
final class Reader implements Feed.Sink, AutoCloseable {
    private static final Pattern GAP =
            Pattern.compile(
                    "\\{\"reason\":\"(\\w+)\",(?:\"dropped\":(\\d+),)?"
                            + "\"after\":(null|\"[^\"]*\"),\"next\":(null|\"[^\"]*\")\\}");

    private final InetSocketAddress address;
    private final String path;
    private final int receiveBufferBytes;
    private final byte[] buffer = new byte[8192];
    private final Witness witness;
    private Socket socket = new Socket();
    private Feed feed = new Feed(this);
    private @Nullable String lastId;
    private String awaitedId = "";
    private long lastSequence = -1;
    private long announcedDropped;
    private long awaitedSequence;
    private long events;
    private long eventsHere;
    private long dropped;
    private long evicted;
    private int shutdowns;
    private @Nullable String lastReason;
    private boolean sawEnd;

    Reader(InetSocketAddress address, String path, int receiveBufferBytes, Witness witness) {
        this.address = address;
        this.path = path;
        this.receiveBufferBytes = receiveBufferBytes;
        this.witness = witness;
    }

    /// Who sees every event that any client gets.
    interface Witness {
        void saw(long sequence, String data);
    }

    /// Connects, with the last id if there is one, and reads until the stream says where it begins.
    void connect() throws IOException {
        socket.close();
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(Math.toIntExact(6 * Await.PATIENCE.toMillis()));
        socket.connect(address);
        feed = new Feed(this);
        eventsHere = 0;
        String resume = lastId == null ? "" : "Last-Event-ID: " + lastId + "\r\n";
        String request = "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + resume + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads until an event with the data `end`, or until so many events came on this connection.
    ///
    /// @return whether the end was seen
    boolean read(long mostEvents) throws IOException {
        InputStream in = socket.getInputStream();
        while (!sawEnd && eventsHere < mostEvents) {
            int count = in.read(buffer);
            if (count < 0) {
                throw new IOException("the stream has ended");
            }
            feed.take(buffer, count);
        }
        return sawEnd;
    }

    /// Reads once and says whether the peer has ended the stream.
    boolean readToItsEnd() throws IOException {
        InputStream in = socket.getInputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            feed.take(buffer, count);
        }
        return feed.ended();
    }

    /// Reads until the client knows an id to come back with.
    void awaitId() throws IOException {
        while (lastId == null) {
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                throw new IOException("the stream has ended");
            }
            feed.take(buffer, count);
        }
    }

    long events() {
        return events;
    }

    long dropped() {
        return dropped;
    }

    long evicted() {
        return evicted;
    }

    int shutdowns() {
        return shutdowns;
    }

    @Nullable String lastReason() {
        return lastReason;
    }

    @Nullable String lastId() {
        return lastId;
    }

    @Override
    public void event(@Nullable String id, @Nullable String type, String data) {
        if (id == null) {
            notice(type, data);
            return;
        }
        long sequence = sequence(id);
        boolean known = lastSequence >= 0 && announcedDropped >= 0;
        long expected = awaitedSequence > 0 ? awaitedSequence : lastSequence + 1 + announcedDropped;
        if (known && sequence != expected) {
            throw new AssertionError(
                    "expected " + expected + " after " + lastSequence + ", but got " + sequence);
        }
        if (!awaitedId.isEmpty() && !awaitedId.equals(id)) {
            throw new AssertionError("announced was " + awaitedId + ", but got " + id);
        }
        awaitedId = "";
        awaitedSequence = 0;
        announcedDropped = 0;
        lastSequence = sequence;
        lastId = id;
        events++;
        eventsHere++;
        sawEnd = data.equals("end");
        witness.saw(sequence, data);
    }

    @Override
    public void id(String id) {
        lastId = id;
        lastSequence = sequence(id);
    }

    private void notice(@Nullable String type, String data) {
        if ("server-shutdown".equals(type)) {
            shutdowns++;
            return;
        }
        Matcher gap = GAP.matcher(data);
        if (!"stream-gap".equals(type) || !gap.matches()) {
            throw new AssertionError(type + " " + data);
        }
        lastReason = gap.group(1);
        String after = unquoted(gap.group(3));
        String next = unquoted(gap.group(4));
        if (lastReason.equals("restarted")) {
            lastSequence = -1;
            return;
        }
        if (!after.isEmpty() && !after.equals(lastId)) {
            throw new AssertionError("last id " + lastId + ", but told " + data);
        }
        if (lastReason.equals("overflow")) {
            announcedDropped += Long.parseLong(gap.group(2));
            dropped += Long.parseLong(gap.group(2));
        } else {
            awaitedSequence = sequence(next);
            evicted += awaitedSequence - lastSequence - 1;
        }
        awaitedId = next;
    }

    private static String unquoted(String json) {
        return json.equals("null") ? "" : json.substring(1, json.length() - 1);
    }

    static long sequence(String id) {
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
