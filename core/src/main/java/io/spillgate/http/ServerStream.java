package io.spillgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/// One request and its answer, whatever the version of HTTP. Called on the connection's loop.
///
/// ```
///   interim*  respond                     whole at once
///             begin  (write* flush)*  end, or reset
///             upgrade (write* flush)* end, or reset
///             becomeEventStream
/// ```
///
/// What comes of the request goes to a [StreamHandler], which is also told how far the answer is.
/// Where an answer has fields of its own and of a policy (as CORS), the policy's go behind.
public interface ServerStream {
    /// The head, judged to be sound.
    ///
    /// @throws IllegalStateException when it was refused, or has not come
    HttpRequest head();

    /// Whether there is a [#head].
    boolean hasHead();

    /// The value of Origin, also of a head that was refused; null when it has none.
    @Nullable String origin();

    /// The target in origin form: path and query.
    String target();

    /// The scheme by which the request came, as in its target's URI.
    String scheme();

    /// Whether it can't have interim answers, chunks, or upgrades (HTTP/1.0).
    boolean isHttp10();

    /// Bytes of the content as declared: 0 when there is none, -1 when its end will be told.
    long contentLength();

    /// Whether content of the request is still to come.
    boolean isBodyPending();

    /// When the request began, by the clock of its loop.
    long startNanos();

    /// The loop that all of this belongs to.
    EventLoop loop();

    /// The other end of the connection; null when it has no IP address.
    @Nullable Peer peer();

    /// Asks for the content, if the client waits to be asked (RFC 9110 section 10.1.1).
    void invite();

    /// Reads more of the content, or pauses; the clocks of receiving stand still meanwhile.
    void read(boolean more);

    /// Counts again what is held of the content.
    void account();

    /// What is held of the content from here on belongs to something that begins now.
    void renewInput();

    /// Closes the connection if too much is held because the client has left: then the transport
    /// reads all that is left, asked for or not.
    void endFlood(int heldBytes);

    /// Whether an answer can still begin or go on.
    boolean isOpen();

    /// Answers before the answer; nothing with HTTP/1.0.
    void interim(int status, HttpHeaders fields);

    /// Answers at once.
    ///
    /// @param last whether nothing else may follow on the connection, whatever the request was
    void respond(Response response, HttpHeaders policy, boolean last);

    /// Begins an answer whose content follows.
    ///
    /// @param fields end-to-end ones; a Content-Length is what is said of the content
    void begin(int status, String reason, HttpHeaders fields, HttpHeaders policy);

    /// Writes more of the content; raw bytes after [#upgrade].
    ///
    /// @param piece released here
    void write(ByteBuf piece);

    /// Sends what was written.
    void flush();

    /// The content is complete; after [#upgrade], the other side has closed.
    ///
    /// @param trailers sent where there is a place for them
    void end(HttpHeaders trailers);

    /// Ends an answer that will never be complete, and does not look as if it were.
    void reset();

    /// Closes the connection because something of ours has failed.
    void broken(Throwable cause);

    /// Closes the connection without a word.
    void drop();

    /// Content is raw bytes of another protocol from here on, both ways (status 101).
    ///
    /// @param fields without Connection and Upgrade
    /// @param protocol the value of Upgrade
    void upgrade(HttpHeaders fields, String protocol);

    /// The answer is an event stream; it is fed by others from here on.
    ///
    /// @param fields of the head, with its Content-Type
    /// @param join gets the place where the bytes of the stream go
    void becomeEventStream(
            HttpHeaders fields, HttpHeaders policy, Function<EventStreamPlace, EventStream> join);

    /// The head that an event stream would have, for HEAD.
    void respondEventStreamHead(HttpHeaders fields, HttpHeaders policy);

    /// Whether the client takes what it gets; while it does not, little more should be written.
    boolean isWritable();

    /// Time for which the client has taken nothing of what waits for it; 0 when nothing waits.
    long stalledNanos(long nowNanos);

    /// Whether the client is known to have left while nothing is read from it.
    boolean hasPeerLeft();

    /// Runs work for the stream that goes on in a task; whatever it throws closes the connection.
    void guard(Runnable work);
}
