package io.spillgate.sse;

/// One event in its wire form, framed as one HTTP/1.1 chunk (RFC 9112 section 7.1).
///
/// ```
/// bytes:  hex length CRLF | id: ... LF  event: ... LF  retry: ... LF  data: ... LF  LF | CRLF
///                         ^ payloadStart                                 payloadEnd ^
/// ```
///
/// Made once by [EventEncoder] and shared by all subscribers. Not thread safe until [#stamp(long)]
/// is done; never changed afterwards. The reader must be handed the frame safely.
public final class Frame {
    private final byte[] bytes;
    private final int payloadStart;
    private final int payloadEnd;
    private final int seqStart;
    private final int seqDigits;

    Frame(byte[] bytes, int payloadStart, int payloadEnd, int seqStart, int seqDigits) {
        this.bytes = bytes;
        this.payloadStart = payloadStart;
        this.payloadEnd = payloadEnd;
        this.seqStart = seqStart;
        this.seqDigits = seqDigits;
    }

    /// How many decimal digits the sequence number must have.
    public int seqDigits() {
        return seqDigits;
    }

    /// Writes the sequence number into its place, in decimal, without leading zeros.
    ///
    /// @throws IllegalArgumentException when the number has not exactly [#seqDigits()] digits
    public void stamp(long seq) {
        if (seq < 0 || EventEncoder.digits(seq) != seqDigits) {
            throw new IllegalArgumentException(
                    "sequence " + seq + " does not have the " + seqDigits + " digits of its place");
        }
        EventEncoder.putDecimal(bytes, seqStart, seqDigits, seq);
    }

    /// The whole chunk; the array itself, not a copy.
    public byte[] bytes() {
        return bytes;
    }

    /// Where the event begins, behind the chunk's length line.
    public int payloadStart() {
        return payloadStart;
    }

    /// Where the event ends, before the chunk's closing CRLF.
    public int payloadEnd() {
        return payloadEnd;
    }

    /// Bytes of the whole chunk.
    public int length() {
        return bytes.length;
    }
}
