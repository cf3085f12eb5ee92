package io.spillgate.bench.clients;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;

import java.nio.ByteBuffer;

/// Jetty's client with one selector.
final class JettyClient implements BenchClient {
    private final HttpClient client;
    private final String url;

    JettyClient(Setup setup) throws Exception {
        url = setup.url();
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        client = new HttpClient(new HttpClientTransportOverHTTP(connector));
        client.setMaxConnectionsPerDestination(setup.connections());
        client.setMaxRequestsQueuedPerDestination(10_000);
        client.setUserAgentField(null);
        client.setFollowRedirects(false);
        client.start();
        client.getContentDecoderFactories().clear();
    }

    @Override
    public void get(Answer answer) {
        client.newRequest(url).send(new Counted(answer));
    }

    @Override
    public void close() throws Exception {
        client.stop();
    }

    private static final class Counted implements Response.Listener {
        private final Answer answer;
        private long bytes;

        Counted(Answer answer) {
            this.answer = answer;
        }

        @Override
        public void onContent(Response response, ByteBuffer piece) {
            bytes += piece.remaining();
        }

        @Override
        public void onComplete(Result result) {
            if (result.isFailed()) {
                answer.failed(result.getFailure());
            } else {
                answer.end(result.getResponse().getStatus(), bytes);
            }
        }
    }
}
