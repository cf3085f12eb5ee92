package io.spillgate.it.pool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A DNS server that knows what a test tells it (RFC 1035, RFC 2782); everything else does not
/// exist.
final class Names implements AutoCloseable {
    private static final int TYPE_A = 1;
    private static final int TYPE_SRV = 33;
    private static final int ANSWER_FLAGS = 0x8580;
    private static final int NO_SUCH_NAME = 3;
    private static final int POINTER_TO_QUESTION = 0xc00c;

    private final DatagramSocket socket;
    private final Map<String, List<String>> records = new ConcurrentHashMap<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();
    private volatile int ttlSeconds = 60;

    Names() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    /// The line of a configuration that makes `[client]` ask here.
    String key() {
        return "resolver = \"127.0.0.1:%d\"".formatted(socket.getLocalPort());
    }

    /// From now on a name has these IPv4 addresses.
    Names host(String name, String... addresses) {
        records.put(name + ".", List.of(addresses));
        return this;
    }

    /// From now on a service is at these places, each `host:port`.
    Names service(String name, String... places) {
        records.put(name + ".", List.of(places));
        return this;
    }

    /// From now on answers are valid that long.
    Names ttl(int seconds) {
        ttlSeconds = seconds;
        return this;
    }

    /// From now on a name does not exist.
    void forget(String name) {
        records.remove(name + ".");
    }

    /// How often a name was asked for.
    long asked(String name) {
        return questions.stream().filter((name + ".")::equals).count();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer query) {
        short id = query.getShort();
        query.position(12);
        int start = query.position();
        String name = name(query);
        int type = query.getShort();
        byte[] question = new byte[query.position() + 2 - start];
        query.get(start, question);
        questions.add(name);
        List<String> known = records.getOrDefault(name, List.of());
        boolean service = name.startsWith("_");
        List<String> fitting = type == (service ? TYPE_SRV : TYPE_A) ? known : List.of();
        ByteBuffer answer = ByteBuffer.allocate(4096).putShort(id);
        answer.putShort((short) (ANSWER_FLAGS | (known.isEmpty() ? NO_SUCH_NAME : 0)));
        answer.putShort((short) 1).putShort((short) fitting.size()).putInt(0).put(question);
        for (String value : fitting) {
            byte[] data = service ? place(value) : ip(value);
            answer.putShort((short) POINTER_TO_QUESTION).putShort((short) type).putShort((short) 1);
            answer.putInt(ttlSeconds).putShort((short) data.length).put(data);
        }
        byte[] bytes = new byte[answer.flip().remaining()];
        answer.get(bytes);
        return bytes;
    }

    private static String name(ByteBuffer query) {
        StringBuilder name = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(new String(label, StandardCharsets.US_ASCII)).append('.');
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private static byte[] ip(String address) {
        return InetAddress.ofLiteral(address).getAddress();
    }

    private static byte[] place(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        int port = Integer.parseInt(hostAndPort.substring(colon + 1));
        ByteBuffer head = ByteBuffer.allocate(6);
        head.putShort((short) 1).putShort((short) 1).putShort((short) port);
        data.writeBytes(head.array());
        for (String label : hostAndPort.substring(0, colon).split("\\.", -1)) {
            data.write(label.length());
            data.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        data.write(0);
        return data.toByteArray();
    }
}
