package io.spillgate.listener;

import java.nio.charset.StandardCharsets;

/// The head of an event stream's response.
final class StreamHead {
    private StreamHead() {}

    /// @param chunked whether the body has chunked coding; without it the connection's end is the
    ///   body's
    /// @param cors header lines of the CORS policy
    static byte[] bytes(boolean chunked, byte[] cors) {
        String head =
                "HTTP/1.1 200 OK\r\nDate: "
                        + HttpDate.now()
                        + "\r\nContent-Type: text/event-stream\r\n"
                        + "Cache-Control: no-cache\r\n"
                        + (chunked ? "Connection: keep-alive\r\n" : "Connection: close\r\n")
                        + "X-Accel-Buffering: no\r\n"
                        + (chunked ? "Transfer-Encoding: chunked\r\n" : "")
                        + new String(cors, StandardCharsets.ISO_8859_1)
                        + "\r\n";
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }
}
