package io.spillgate.client.connect;

import io.spillgate.config.BindAddress;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A DNS server on loopback whose zone can be changed while it runs (RFC 1035).
final class NameServer implements AutoCloseable {
    static final int A = 1;
    static final int CNAME = 5;
    static final int AAAA = 28;
    static final int SRV = 33;

    static final int SERVFAIL = 2;
    static final int NXDOMAIN = 3;
    static final int REFUSED = 5;

    private static final byte[] POINTER_TO_QUESTION = {(byte) 0xc0, 12};
    private static final int TRUNCATED = 0x0200;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Map<String, List<Entry>> zone = new ConcurrentHashMap<>();
    private final Map<String, Integer> codes = new ConcurrentHashMap<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final Set<String> truncated = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

    NameServer() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        tcp = new ServerSocket(0, 50, loopback);
        udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()));
        Thread.startVirtualThread(this::serveUdp);
        Thread.startVirtualThread(this::serveTcp);
    }

    /// A record; its content is not changed after it was made.
    private static final class Entry {
        private final int type;
        private final int ttl;
        private final byte[] data;

        Entry(int type, int ttl, byte[] data) {
            this.type = type;
            this.ttl = ttl;
            this.data = data;
        }
    }

    Optional<BindAddress> address() {
        return Optional.of(new BindAddress("127.0.0.1", tcp.getLocalPort()));
    }

    /// What was asked so far, such as `a.test A`.
    List<String> asked() {
        return List.copyOf(asked);
    }

    /// The addresses of a name, in place of those it had in their family.
    NameServer ips(String name, int ttl, String... ips) {
        int type = ips[0].indexOf(':') >= 0 ? AAAA : A;
        remove(name, type);
        for (String ip : ips) {
            add(name, new Entry(type, ttl, InetAddress.ofLiteral(ip).getAddress()));
        }
        return this;
    }

    NameServer alias(String name, int ttl, String target) {
        add(name, new Entry(CNAME, ttl, encoded(target)));
        return this;
    }

    NameServer service(String name, int ttl, int priority, int port, String target) {
        byte[] host = encoded(target);
        ByteBuffer data = ByteBuffer.allocate(6 + host.length);
        data.putShort((short) priority).putShort((short) 10).putShort((short) port).put(host);
        add(name, new Entry(SRV, ttl, data.array()));
        return this;
    }

    /// A record of any content.
    NameServer raw(String name, int type, int ttl, byte... data) {
        add(name, new Entry(type, ttl, data));
        return this;
    }

    /// The name is answered with an error.
    NameServer code(String name, int code) {
        codes.put(name, code);
        return this;
    }

    /// Questions of this type for the name are not answered.
    NameServer silent(String name, int type) {
        silent.add(name + " " + type);
        return this;
    }

    /// Questions of this type for the name are answered by TCP only.
    NameServer truncated(String name, int type) {
        truncated.add(name + " " + type);
        return this;
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }

    private void remove(String name, int type) {
        zone.computeIfAbsent(name, _ -> new ArrayList<>()).removeIf(entry -> entry.type == type);
    }

    private void add(String name, Entry entry) {
        zone.computeIfAbsent(name, _ -> new ArrayList<>()).add(entry);
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()), true);
                if (answer.length > 0) {
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] question = in.readNBytes(in.readUnsignedShort());
                byte[] answer = answer(ByteBuffer.wrap(question), false);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
                in.read();
            } catch (IOException _) {
                // closed, by them or by us
            }
        }
    }

    /// @return nothing when there is to be silence
    private byte[] answer(ByteBuffer question, boolean datagram) {
        short id = question.getShort();
        question.position(12);
        String name = decoded(question);
        int type = question.getShort();
        byte[] asking = new byte[question.position() + 2 - 12];
        question.get(12, asking);
        asked.add(name + " " + word(type) + (datagram ? "" : " TCP"));
        String key = name + " " + type;
        if (silent.contains(key)) {
            return new byte[0];
        }
        boolean cut = datagram && truncated.contains(key);
        List<Entry> known = zone.getOrDefault(name, List.of());
        List<Entry> entries =
                known.stream()
                        .filter(entry -> entry.type == type || entry.type == CNAME)
                        .filter(_ -> !cut)
                        .toList();
        int code = codes.getOrDefault(name, known.isEmpty() ? NXDOMAIN : 0);
        return encoded(id, (cut ? TRUNCATED : 0) | code, asking, code == 0 ? entries : List.of());
    }

    private static byte[] encoded(short id, int flags, byte[] question, List<Entry> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeShort(id);
            out.writeShort(0x8180 | flags);
            out.writeShort(1);
            out.writeShort(entries.size());
            out.writeInt(0);
            out.write(question);
            for (Entry entry : entries) {
                out.write(POINTER_TO_QUESTION);
                out.writeShort(entry.type);
                out.writeShort(1);
                out.writeInt(entry.ttl);
                out.writeShort(entry.data.length);
                out.write(entry.data);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String decoded(ByteBuffer message) {
        List<String> labels = new ArrayList<>();
        for (int length = message.get(); length > 0; length = message.get()) {
            byte[] label = new byte[length];
            message.get(label);
            labels.add(new String(label, StandardCharsets.US_ASCII));
        }
        return String.join(".", labels);
    }

    private static byte[] encoded(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.isEmpty() ? new String[0] : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    private static String word(int type) {
        return switch (type) {
            case A -> "A";
            case AAAA -> "AAAA";
            case SRV -> "SRV";
            default -> "type " + type;
        };
    }
}
