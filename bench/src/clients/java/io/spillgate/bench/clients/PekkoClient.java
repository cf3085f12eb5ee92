package io.spillgate.bench.clients;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

import java.util.Map;

/// Pekko HTTP's pool by `singleRequest`.
final class PekkoClient implements BenchClient {
    private final ActorSystem system;
    private final Http http;
    private final HttpRequest request;

    PekkoClient(Setup setup) {
        Config own =
                ConfigFactory.parseMap(
                        Map.of(
                                "pekko.loglevel",
                                "WARNING",
                                "pekko.http.host-connection-pool.max-connections",
                                setup.connections(),
                                "pekko.http.host-connection-pool.max-open-requests",
                                1024));
        system = ActorSystem.create("bench", own.withFallback(ConfigFactory.load()));
        http = Http.get(system);
        request = HttpRequest.create(setup.url());
    }

    @Override
    public void get(Answer answer) {
        http.singleRequest(request)
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        answer.failed(failure);
                    } else {
                        read(response, answer);
                    }
                });
    }

    /// A small answer is there as a whole; its length is that of the header.
    private void read(HttpResponse response, Answer answer) {
        long bytes = response.entity().getContentLengthOption().orElse(0);
        response.discardEntityBytes(system)
                .completionStage()
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        answer.failed(failure);
                    } else {
                        answer.end(response.status().intValue(), bytes);
                    }
                });
    }

    @Override
    public void close() {
        system.terminate();
    }
}
