package io.spillgate.bench.clients;

import io.netty.buffer.ByteBuf;

import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/// Reactor Netty with one event loop, on epoll.
final class ReactorNettyClient implements BenchClient {
    private final LoopResources loops = LoopResources.create("bench", 1, true);
    private final ConnectionProvider pool;
    private final HttpClient.ResponseReceiver<?> request;

    ReactorNettyClient(Setup setup) {
        pool =
                ConnectionProvider.builder("bench")
                        .maxConnections(setup.connections())
                        .pendingAcquireMaxCount(-1)
                        .build();
        request = HttpClient.create(pool).runOn(loops).get().uri(setup.url());
    }

    @Override
    public void get(Answer answer) {
        int[] status = new int[1];
        request.response(
                        (head, body) -> {
                            status[0] = head.status().code();
                            return body.map(ByteBuf::readableBytes);
                        })
                .reduce(0, Integer::sum)
                .subscribe(bytes -> answer.end(status[0], bytes), answer::failed);
    }

    @Override
    public void close() {
        pool.dispose();
        loops.dispose();
    }
}
