package io.spillgate.it.browser;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;

import io.spillgate.it.harness.Await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// A connection to a browser that speaks the Chrome DevTools Protocol: commands and their answers.
///
/// JSON is read and written by the library that reads HOCON, of which JSON is a part.
final class DevTools implements AutoCloseable {
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Config>> awaited = new ConcurrentHashMap<>();
    private final WebSocket socket;

    DevTools(HttpClient client, URI address) {
        socket = client.newWebSocketBuilder().buildAsync(address, new Listener()).join();
    }

    /// Sends a command to the browser itself and waits for its result.
    Config call(String method, Map<String, ?> parameters) {
        return await(method, send(method, parameters, Map.of()));
    }

    /// Sends a command to one page and waits for its result.
    ///
    /// @param session what the browser calls the connection to that page
    Config call(String session, String method, Map<String, ?> parameters) {
        return await(method, send(method, parameters, Map.of("sessionId", session)));
    }

    /// Sends a command to one page without waiting.
    CompletableFuture<Config> post(String session, String method, Map<String, ?> parameters) {
        return send(method, parameters, Map.of("sessionId", session));
    }

    @Override
    public void close() {
        socket.abort();
    }

    private CompletableFuture<Config> send(
            String method, Map<String, ?> parameters, Map<String, String> more) {
        int id = lastId.incrementAndGet();
        CompletableFuture<Config> answer = new CompletableFuture<>();
        awaited.put(id, answer);
        Map<String, Object> command = new HashMap<>(more);
        command.putAll(Map.of("id", id, "method", method, "params", parameters));
        String json = ConfigValueFactory.fromMap(command).render(ConfigRenderOptions.concise());
        socket.sendText(json, true).join();
        return answer;
    }

    private static Config await(String method, CompletableFuture<Config> answer) {
        try {
            return answer.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer to " + method, e);
        }
    }

    private void receive(String json) {
        ConfigParseOptions strict = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);
        Config message = ConfigFactory.parseString(json, strict);
        if (!message.hasPath("id")) {
            return;
        }
        CompletableFuture<Config> answer = awaited.remove(message.getInt("id"));
        if (answer == null) {
            return;
        }
        if (message.hasPath("error")) {
            answer.completeExceptionally(new AssertionError(message.getConfig("error").toString()));
        } else {
            answer.complete(message.getConfig("result"));
        }
    }

    /// Puts the pieces of each message together.
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence piece, boolean last) {
            message.append(piece);
            if (last) {
                String json = message.toString();
                message.setLength(0);
                receive(json);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            awaited.values().forEach(answer -> answer.completeExceptionally(error));
        }
    }
}
