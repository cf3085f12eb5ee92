package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.spillgate.routing.Route;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;

/// Something for operators, done off the loop; a body is read and ignored.
final class OperateExchange implements Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(OperateExchange.class);

    private final RequestHandler handler;
    private final Operations operations;
    private final Route.Command command;
    private final @Nullable String accept;

    OperateExchange(
            RequestHandler handler,
            Operations operations,
            Route.Command command,
            @Nullable String accept) {
        this.handler = handler;
        this.operations = operations;
        this.command = command;
        this.accept = accept;
    }

    @Override
    public void content(ByteBuf piece) {}

    @Override
    public void end() {
        operations
                .perform(command, accept)
                .exceptionally(OperateExchange::failed)
                .thenAccept(result -> handler.channel().eventLoop().execute(() -> answer(result)));
    }

    @Override
    public void abandon() {}

    @Override
    public boolean isEndless() {
        return false;
    }

    @Override
    public void visit(long nowNanos) {}

    private void answer(Operations.Result result) {
        handler.answer(
                new Answer(
                        result.status(),
                        Answer.phrase(result.status()),
                        "",
                        result.contentType(),
                        result.body()));
    }

    private static Operations.Result failed(Throwable cause) {
        LOG.error("operation_failed", cause);
        return new Operations.Result(
                500,
                Answer.TEXT,
                "The operation failed; see the log\n".getBytes(StandardCharsets.UTF_8));
    }
}
