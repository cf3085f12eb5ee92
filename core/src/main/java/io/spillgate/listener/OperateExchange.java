package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.Exchange;
import io.spillgate.http.Response;
import io.spillgate.net.Loops;
import io.spillgate.routing.Route;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;

/// Something for operators, done off the loop; a body is read and ignored.
final class OperateExchange implements Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(OperateExchange.class);

    private final RequestContext context;
    private final Operations operations;
    private final Route.Command command;
    private final @Nullable String accept;

    OperateExchange(
            RequestContext context,
            Operations operations,
            Route.Command command,
            @Nullable String accept) {
        this.context = context;
        this.operations = operations;
        this.command = command;
        this.accept = accept;
    }

    @Override
    public void content(ByteBuf piece) {}

    @Override
    public void end(HttpHeaders trailers) {
        operations
                .perform(command, accept)
                .exceptionally(OperateExchange::failed)
                .thenAccept(result ->
                        Loops.execute(
                                context.stream().loop(),
                                () -> context.stream().guard(() -> answer(result))));
    }

    @Override
    public void abandon() {}

    private void answer(Operations.Result result) {
        context.answer(Response.of(result.status(), result.contentType(), result.body()));
    }

    private static Operations.Result failed(Throwable cause) {
        LOG.error("operation_failed", cause);
        return new Operations.Result(
                500,
                Response.TEXT,
                "The operation failed; see the log\n".getBytes(StandardCharsets.UTF_8));
    }
}
