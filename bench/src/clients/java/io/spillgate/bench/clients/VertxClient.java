package io.spillgate.bench.clients;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.transport.Transport;

/// Vert.x with one event loop, on epoll.
final class VertxClient implements BenchClient {
    private final Vertx vertx =
            Vertx.builder()
                    .with(new VertxOptions().setEventLoopPoolSize(1))
                    .withTransport(Transport.EPOLL)
                    .build();
    private final Context context = vertx.getOrCreateContext();
    private final HttpClient client;
    private final Setup setup;

    VertxClient(Setup setup) {
        this.setup = setup;
        client =
                vertx.httpClientBuilder()
                        .with(
                                new PoolOptions()
                                        .setHttp1MaxSize(setup.connections())
                                        .setMaxWaitQueueSize(-1))
                        .build();
    }

    @Override
    public void get(Answer answer) {
        if (!Context.isOnEventLoopThread()) {
            context.runOnContext(now -> get(answer));
            return;
        }
        Exchange exchange = new Exchange(answer);
        client.request(HttpMethod.GET, setup.port(), setup.host(), "/")
                .onComplete(exchange::connected);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static final class Exchange {
        private final Answer answer;
        private long bytes;

        Exchange(Answer answer) {
            this.answer = answer;
        }

        void connected(AsyncResult<HttpClientRequest> request) {
            if (request.failed()) {
                answer.failed(request.cause());
                return;
            }
            request.result().send().onComplete(this::answered);
        }

        void answered(AsyncResult<HttpClientResponse> head) {
            if (head.failed()) {
                answer.failed(head.cause());
                return;
            }
            HttpClientResponse response = head.result();
            response.handler(this::received);
            response.exceptionHandler(answer::failed);
            response.endHandler(end -> answer.end(response.statusCode(), bytes));
        }

        void received(Buffer piece) {
            bytes += piece.length();
        }
    }
}
