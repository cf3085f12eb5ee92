package io.spillgate.bench.clients;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Pools;
import io.spillgate.client.pool.Receiver;
import io.spillgate.client.pool.Target;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.IoMode;
import io.spillgate.config.PoolConfig;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import java.util.List;
import java.util.Map;

/// Ours, with one event loop.
final class SpillgateClient implements BenchClient {
    private final Loops loops =
            new Loops(Transport.of(IoMode.valueOf(System.getProperty("bench.io", "EPOLL"))), 1);
    private final EventLoop loop = loops.all().getFirst();
    private final Pools pools;
    private final Pool pool;
    private final String authority;

    SpillgateClient(Setup setup) {
        pools = new Pools(loops, hosts(setup.connections()), Map.of());
        Target target = new Target(false, setup.host(), setup.port());
        authority = target.authority();
        pool = pools.host(target).orElseThrow();
    }

    @Override
    public void get(Answer answer) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> get(answer));
            return;
        }
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HttpHeaderNames.HOST, authority);
        pool.send(loop, new PoolRequest("GET", "/", headers, Body.NONE), new Counted(answer));
    }

    @Override
    public void close() {
        pools.close();
        loops.close();
    }

    private static HostPoolConfig hosts(int connections) {
        PoolConfig usual = PoolConfig.DEFAULT;
        PoolConfig pool =
                new PoolConfig(
                        connections,
                        usual.maxStreams(),
                        0,
                        usual.maxRetries(),
                        10_000,
                        usual.maxConnectionLifetime(),
                        1,
                        usual.baseConnectionBackoff(),
                        usual.maxConnectionBackoff(),
                        usual.keepAliveTimeout(),
                        usual.responseEntitySubscriptionTimeout(),
                        usual.queueTimeout());
        HostPoolConfig hosts = HostPoolConfig.DEFAULT;
        return new HostPoolConfig(
                pool, hosts.idleTimeout(), hosts.maxPools(), hosts.client(), List.of());
    }

    private static final class Counted implements Receiver {
        private final Answer answer;
        private int status;
        private long bytes;

        Counted(Answer answer) {
            this.answer = answer;
        }

        @Override
        public void writable(boolean writable) {}

        @Override
        public void interim(int interimStatus, HttpHeaders headers) {}

        @Override
        public void head(int finalStatus, String reason, HttpHeaders headers) {
            status = finalStatus;
        }

        @Override
        public void content(ByteBuf piece) {
            bytes += piece.readableBytes();
        }

        @Override
        public void end(HttpHeaders trailers, boolean requestSent) {
            answer.end(status, bytes);
        }

        @Override
        public void failed(Failure failure) {
            answer.failed(new IllegalStateException(failure.toString()));
        }
    }
}
