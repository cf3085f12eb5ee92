package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.spillgate.http.Refusal;

import org.jspecify.annotations.Nullable;

/// Checks the head of one HTTP/1.1 request, byte by byte as it arrives, before any decoder sees it.
///
/// Stricter than RFC 9112 where leniency lets two parsers read one request differently: exactly one
/// space between the parts of the request line, CRLF and nothing else between lines, no folded
/// lines, no control bytes. Limits strike with the first byte too many. What passes is decodable by
/// Netty's `HttpRequestDecoder` with its strict defaults; [HeadRules] holds the rules that need
/// whole fields.
///
/// ```
/// START -> METHOD -> TARGET -> VERSION -> LINE_END -> FIELD_START -> NAME -> VALUE -> FIELD_END
///   one CRLF may precede                                   |  ^________________________|
///                                                          +-> HEAD_END -> complete
/// ```
///
/// The head must stay in the buffer from the reader index on until it is complete; nothing is
/// consumed. A minor version above 1 is overwritten with 1 in the buffer: such a request is treated
/// as HTTP/1.1 (RFC 9110 section 2.5), but Netty would not take a chunked body from it. Not thread
/// safe.
final class HeadScanner {
    private static final String VERSION_FORM = "HTTP/d.d";
    private static final int MAJOR = 5;
    private static final int MINOR = 7;

    private final HeadLimits limits;
    private final HeadRules rules = new HeadRules();
    private State state = State.START;
    private int scanned;
    private int headStart;
    private int lineStart;
    private int partStart;
    private int colon;
    private int lines;
    private @Nullable Refusal refusal;

    HeadScanner(HeadLimits limits) {
        this.limits = limits;
    }

    /// What is known about the head so far.
    enum Result {
        /// More bytes are needed.
        INCOMPLETE,
        /// The head is whole and allowed; [HeadScanner#length()] says where it ends.
        COMPLETE,
        /// [HeadScanner#refusal()] says why; final, whatever follows.
        REFUSED
    }

    private enum State {
        START,
        START_LF,
        METHOD,
        TARGET,
        VERSION,
        LINE_END,
        FIELD_START,
        NAME,
        VALUE,
        FIELD_END,
        HEAD_END,
        COMPLETE,
        REFUSED
    }

    /// Goes on where the last call stopped. Each byte is looked at once.
    ///
    /// @param in the bytes from the beginning of the head on; indices are not moved
    Result scan(ByteBuf in) {
        int base = in.readerIndex();
        int readable = in.readableBytes();
        int at = scanned;
        while (at < readable && isOpen()) {
            int cap = headStart + limits.headBytes();
            at =
                    at < cap
                            ? step(in, base, at, Math.min(readable, cap))
                            : refuse(limits.headTooLarge(), at);
        }
        scanned = at;
        return switch (state) {
            case COMPLETE -> Result.COMPLETE;
            case REFUSED -> Result.REFUSED;
            default -> Result.INCOMPLETE;
        };
    }

    /// Bytes of the complete head, from the reader index to behind its empty line.
    int length() {
        return scanned;
    }

    /// Why the head is refused; null unless the result is [Result#REFUSED].
    @Nullable Refusal refusal() {
        return refusal;
    }

    /// Whether a byte of a request line has come, so that silence means a slow request and not an
    /// idle connection.
    boolean hasBegun() {
        return scanned > headStart && state != State.START_LF;
    }

    /// Whether the method is known to be HEAD, so that an answer has no body.
    boolean isHead() {
        return rules.isHead();
    }

    /// The value of the Origin line, when a whole one was read; for the CORS headers of a refusal.
    ///
    /// @param in as in the last call of [#scan(ByteBuf)]
    @Nullable String origin(ByteBuf in) {
        return rules.origin(in, in.readerIndex());
    }

    /// Forgets everything; the next head begins at the reader index of the next call.
    void reset() {
        state = State.START;
        scanned = 0;
        headStart = 0;
        lineStart = 0;
        partStart = 0;
        colon = 0;
        lines = 0;
        refusal = null;
        rules.reset();
    }

    private boolean isOpen() {
        return state != State.COMPLETE && state != State.REFUSED;
    }

    /// Takes a run of bytes in the present state.
    ///
    /// @return where to go on, between `at` and `end`
    private int step(ByteBuf in, int base, int at, int end) {
        return switch (state) {
            case START -> start(in, base, at);
            case START_LF -> startLf(in, base, at);
            case METHOD -> method(in, base, at, end);
            case TARGET -> target(in, base, at, end);
            case VERSION -> version(in, base, at);
            case LINE_END -> lineEnd(in, base, at);
            case FIELD_START -> fieldStart(in, base, at);
            case NAME -> name(in, base, at, end);
            case VALUE -> value(in, base, at, end);
            case FIELD_END -> fieldEnd(in, base, at);
            case HEAD_END -> headEnd(in, base, at);
            case COMPLETE, REFUSED ->
                    throw new IllegalStateException("the head is decided: " + state);
        };
    }

    private int start(ByteBuf in, int base, int at) {
        if (in.getByte(base + at) == '\r') {
            return enter(State.START_LF, at + 1);
        }
        return enter(State.METHOD, at);
    }

    private int startLf(ByteBuf in, int base, int at) {
        byte b = in.getByte(base + at);
        if (b != '\n') {
            return illegal(b, "behind a CR", at);
        }
        headStart = at + 1;
        lineStart = headStart;
        partStart = headStart;
        return enter(State.METHOD, headStart);
    }

    private int method(ByteBuf in, int base, int at, int end) {
        int fitting = Math.min(end, lineStart + limits.requestLineBytes());
        int i = at;
        while (i < fitting && HeadBytes.isToken(in.getByte(base + i))) {
            i++;
        }
        if (i == end) {
            return i;
        }
        byte b = in.getByte(base + i);
        if (b != ' ' && !HeadBytes.isToken(b)) {
            return illegal(b, "in the method", i);
        }
        if (i == fitting) {
            return refuse(limits.requestLineTooLong(), i);
        }
        if (i == lineStart) {
            return refuse(Refusal.badRequest("The request line begins with a space"), i);
        }
        rules.method(in, base + lineStart, base + i);
        partStart = i + 1;
        return enter(State.TARGET, i + 1);
    }

    private int target(ByteBuf in, int base, int at, int end) {
        int fitting = Math.min(end, lineStart + limits.requestLineBytes());
        int i = at;
        while (i < fitting && HeadBytes.isTarget(in.getByte(base + i))) {
            i++;
        }
        if (i == end) {
            return i;
        }
        byte b = in.getByte(base + i);
        if (b != ' ' && !HeadBytes.isTarget(b)) {
            return illegal(b, "in the request target", i);
        }
        if (i == fitting) {
            return refuse(limits.requestLineTooLong(), i);
        }
        if (i == partStart) {
            return refuse(Refusal.badRequest("More than one space behind the method"), i);
        }
        rules.target(partStart, i);
        partStart = i + 1;
        return enter(State.VERSION, i + 1);
    }

    private int version(ByteBuf in, int base, int at) {
        byte b = in.getByte(base + at);
        int place = at - partStart;
        if (place == VERSION_FORM.length() && b == '\r') {
            return enter(State.LINE_END, at + 1);
        }
        if (at - lineStart >= limits.requestLineBytes()) {
            return refuse(limits.requestLineTooLong(), at);
        }
        char expected = place < VERSION_FORM.length() ? VERSION_FORM.charAt(place) : '\r';
        boolean matches = expected == 'd' ? HeadBytes.isDigit(b) : b == expected;
        return matches ? at + 1 : illegal(b, "in the version, which must be " + VERSION_FORM, at);
    }

    private int lineEnd(ByteBuf in, int base, int at) {
        byte b = in.getByte(base + at);
        if (b != '\n') {
            return illegal(b, "behind a CR", at);
        }
        char major = (char) in.getByte(base + partStart + MAJOR);
        char minor = (char) in.getByte(base + partStart + MINOR);
        if (major != '1') {
            return refuse(
                    Refusal.versionNotSupported("HTTP/" + major + "." + minor + " is not served"),
                    at);
        }
        if (minor > '1') {
            in.setByte(base + partStart + MINOR, '1');
        }
        rules.version(minor == '0');
        return enter(State.FIELD_START, at + 1);
    }

    private int fieldStart(ByteBuf in, int base, int at) {
        byte b = in.getByte(base + at);
        if (b == '\r') {
            return enter(State.HEAD_END, at + 1);
        }
        if (HeadBytes.isBlank(b)) {
            return refuse(
                    Refusal.badRequest(
                            "A header line begins with a blank (folded lines are obsolete)"),
                    at);
        }
        if (lines == limits.headerLines()) {
            return refuse(limits.tooManyHeaders(), at);
        }
        lineStart = at;
        return enter(State.NAME, at);
    }

    private int name(ByteBuf in, int base, int at, int end) {
        int fitting = Math.min(end, lineStart + limits.headerLineBytes());
        int i = at;
        while (i < fitting && HeadBytes.isToken(in.getByte(base + i))) {
            i++;
        }
        if (i == end) {
            return i;
        }
        byte b = in.getByte(base + i);
        if (b != ':' && !HeadBytes.isToken(b)) {
            return illegal(b, "in a header name", i);
        }
        if (i == fitting) {
            return refuse(limits.headerLineTooLong(), i);
        }
        if (i == lineStart) {
            return refuse(Refusal.badRequest("A header line has no name"), i);
        }
        colon = i;
        return enter(State.VALUE, i + 1);
    }

    private int value(ByteBuf in, int base, int at, int end) {
        int fitting = Math.min(end, lineStart + limits.headerLineBytes());
        int i = at;
        while (i < fitting && HeadBytes.isValue(in.getByte(base + i))) {
            i++;
        }
        if (i == end) {
            return i;
        }
        byte b = in.getByte(base + i);
        if (b == '\r') {
            return enter(State.FIELD_END, i + 1);
        }
        return HeadBytes.isValue(b)
                ? refuse(limits.headerLineTooLong(), i)
                : illegal(b, "in a header value", i);
    }

    private int fieldEnd(ByteBuf in, int base, int at) {
        byte b = in.getByte(base + at);
        if (b != '\n') {
            return illegal(b, "behind a CR", at);
        }
        lines++;
        rules.field(in, base, lineStart, colon, at - 1);
        return enter(State.FIELD_START, at + 1);
    }

    private int headEnd(ByteBuf in, int base, int at) {
        byte b = in.getByte(base + at);
        if (b != '\n') {
            return illegal(b, "behind a CR", at);
        }
        Refusal verdict = rules.verdict(in, base);
        return verdict == null ? enter(State.COMPLETE, at + 1) : refuse(verdict, at);
    }

    private int enter(State next, int at) {
        state = next;
        return at;
    }

    private int illegal(byte b, String where, int at) {
        return refuse(
                Refusal.badRequest(String.format("Byte 0x%02x %s, at offset %d", b, where, at)),
                at);
    }

    private int refuse(Refusal refusal, int at) {
        this.refusal = refusal;
        return enter(State.REFUSED, at);
    }
}
