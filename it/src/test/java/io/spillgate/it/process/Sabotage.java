package io.spillgate.it.process;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// An access log that harms its own process, on the event loop that answers a certain request.
///
/// `/health?exhaust` takes all direct memory, and gives it back when something comes from standard
/// input; `/health?hold` holds the loop until then.
public final class Sabotage extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /// What is printed when a harm is done.
    static final String DONE = "sabotaged";

    /// The options of the JVM that make it so, for a configuration of the log in this file.
    static List<String> options(String logbackFile, long directBytes) {
        return List.of(
                "-Dlogback.configurationFile=" + logbackFile,
                "-Dio.netty.maxDirectMemory=" + directBytes);
    }

    /// The configuration of a log that has this beside the usual lines.
    static String logback() {
        return """
        <configuration>
          <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
          <appender name="stderr" class="io.spillgate.app.StderrAppender"/>
          <appender name="sabotage" class="%s"/>
          <logger name="io.netty" level="OFF"/>
          <logger name="spillgate.access"><appender-ref ref="sabotage"/></logger>
          <root level="INFO"><appender-ref ref="stderr"/></root>
        </configuration>
        """
                .formatted(Sabotage.class.getName());
    }

    private final List<ByteBuf> taken = new ArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
        String line = event.getFormattedMessage();
        if (line.contains("/health?exhaust")) {
            exhaust();
        } else if (line.contains("/health?hold")) {
            hold();
        }
    }

    private void exhaust() {
        for (int bytes = 1 << 20; bytes >= 256; bytes /= 2) {
            take(bytes);
        }
        Thread.startVirtualThread(() -> {
            hold();
            taken.forEach(ByteBuf::release);
        });
    }

    private void take(int bytes) {
        try {
            while (true) {
                taken.add(UnpooledByteBufAllocator.DEFAULT.directBuffer(bytes));
            }
        } catch (OutOfMemoryError e) {
            // Nothing of this size is left, which was the aim.
        }
    }

    private static void hold() {
        System.err.println(DONE);
        try {
            int _ = System.in.read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
