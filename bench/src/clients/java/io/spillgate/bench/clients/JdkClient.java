package io.spillgate.bench.clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// The JDK's own client. It has no limit of connections: it opens as many as there are requests.
final class JdkClient implements BenchClient {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRequest request;

    JdkClient(Setup setup) {
        request = HttpRequest.newBuilder(URI.create(setup.url())).build();
    }

    @Override
    public void get(Answer answer) {
        client.sendAsync(request, head -> new Counted())
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        answer.failed(failure);
                    } else {
                        answer.end(response.statusCode(), response.body());
                    }
                });
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private static final class Counted implements HttpResponse.BodySubscriber<Long> {
        private final CompletableFuture<Long> body = new CompletableFuture<>();
        private long bytes;

        @Override
        public CompletionStage<Long> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                bytes += piece.remaining();
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(bytes);
        }
    }
}
