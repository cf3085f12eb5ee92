package io.spillgate.bench.clients;

import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Apache HttpClient 5, asynchronous, without what a plain GET does not need.
final class ApacheClient implements BenchClient {
    private final CloseableHttpAsyncClient client;
    private final HttpHost host;

    ApacheClient(Setup setup) {
        host = new HttpHost("http", setup.host(), setup.port());
        client =
                HttpAsyncClients.custom()
                        .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
                        .setConnectionManager(
                                PoolingAsyncClientConnectionManagerBuilder.create()
                                        .setMaxConnPerRoute(setup.connections())
                                        .setMaxConnTotal(setup.connections())
                                        .setDefaultTlsConfig(
                                                TlsConfig.custom()
                                                        .setVersionPolicy(
                                                                HttpVersionPolicy.FORCE_HTTP_1)
                                                        .build())
                                        .setDefaultConnectionConfig(
                                                ConnectionConfig.custom()
                                                        .setValidateAfterInactivity(
                                                                TimeValue.NEG_ONE_MILLISECOND)
                                                        .build())
                                        .build())
                        .disableAutomaticRetries()
                        .disableRedirectHandling()
                        .disableCookieManagement()
                        .disableAuthCaching()
                        .build();
        client.start();
    }

    @Override
    public void get(Answer answer) {
        Counted body = new Counted();
        client.execute(
                new BasicRequestProducer(new BasicHttpRequest(Method.GET, host, "/"), null),
                body,
                new FutureCallback<>() {
                    @Override
                    public void completed(Long bytes) {
                        answer.end(body.status, bytes);
                    }

                    @Override
                    public void failed(Exception failure) {
                        answer.failed(failure);
                    }

                    @Override
                    public void cancelled() {
                        answer.failed(new IllegalStateException("cancelled"));
                    }
                });
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    private static final class Counted extends AbstractBinResponseConsumer<Long> {
        private int status;
        private long bytes;

        @Override
        protected void start(HttpResponse response, ContentType type) {
            status = response.getCode();
        }

        @Override
        protected int capacityIncrement() {
            return Integer.MAX_VALUE;
        }

        @Override
        protected void data(ByteBuffer piece, boolean last) {
            bytes += piece.remaining();
            piece.position(piece.limit());
        }

        @Override
        protected Long buildResult() {
            return bytes;
        }

        @Override
        public void releaseResources() {}
    }
}
