package io.spillgate.sse;

/// Where a line of an event's data begins that lies before everything which is still to be written,
/// so that whoever writes an event in many parts looks at its line ends once. Not thread safe.
public final class LineMark {
    /// The number of the line, from 1; 0 when nothing is marked.
    int line;

    /// Where it begins in the data.
    int dataOffset;

    /// Where it begins in the text.
    int textOffset;

    /// Nothing is marked.
    public LineMark() {}

    void at(int newLine, int newDataOffset, int newTextOffset) {
        line = newLine;
        dataOffset = newDataOffset;
        textOffset = newTextOffset;
    }
}
