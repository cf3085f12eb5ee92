package io.spillgate.bench.clients;

import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.TimeValue;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Apache HttpClient 5, blocking: a platform thread for each outstanding request.
final class ApacheClassicClient implements BenchClient {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CloseableHttpClient client;
    private final HttpHost host;

    ApacheClassicClient(Setup setup) {
        host = new HttpHost("http", setup.host(), setup.port());
        client =
                HttpClients.custom()
                        .setConnectionManager(
                                PoolingHttpClientConnectionManagerBuilder.create()
                                        .setMaxConnPerRoute(setup.connections())
                                        .setMaxConnTotal(setup.connections())
                                        .setDefaultConnectionConfig(
                                                ConnectionConfig.custom()
                                                        .setValidateAfterInactivity(
                                                                TimeValue.NEG_ONE_MILLISECOND)
                                                        .build())
                                        .build())
                        .disableAutomaticRetries()
                        .disableRedirectHandling()
                        .disableCookieManagement()
                        .disableContentCompression()
                        .disableAuthCaching()
                        .build();
    }

    @Override
    public void get(Answer answer) {
        threads.execute(() -> ask(answer));
    }

    private void ask(Answer answer) {
        Result result;
        try {
            BasicClassicHttpRequest request = new BasicClassicHttpRequest(Method.GET, host, "/");
            result = client.execute(host, request, ApacheClassicClient::read);
        } catch (IOException failure) {
            answer.failed(failure);
            return;
        }
        answer.end(result.status, result.bytes);
    }

    private static Result read(ClassicHttpResponse response) throws IOException {
        byte[] body = EntityUtils.toByteArray(response.getEntity());
        return new Result(response.getCode(), body.length);
    }

    @Override
    public void close() throws IOException {
        client.close();
        threads.shutdownNow();
    }

    private record Result(int status, long bytes) {}
}
