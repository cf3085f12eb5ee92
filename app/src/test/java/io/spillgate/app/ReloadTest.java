package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.Gateway;
import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.ConfigReader;
import io.spillgate.app.config.Effective;
import io.spillgate.config.GatewayConfig;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ReloadTest {
    private final List<GatewayConfig> applied = new ArrayList<>();

    @Test
    void appliesWhatItReadsAndTellsWhatStayed() {
        Reload reload = new Reload(() -> new Effective(GatewayConfig.DEFAULT, List::of, List.of()));
        reload.target(this::apply);
        assertThat(reload.reload())
                .isEqualTo(new Gateway.Reloaded(true, List.of("the port stays 8080")));
        assertThat(applied).containsExactly(GatewayConfig.DEFAULT);
    }

    @Test
    void changesNothingWhenTheConfigurationIsBad() {
        Reload reload = new Reload(ReloadTest::bad);
        reload.target(this::apply);
        Gateway.Reloaded outcome = reload.reload();
        assertThat(outcome.applied()).isFalse();
        assertThat(outcome.messages()).singleElement().asString().contains("no_such_key");
        assertThat(applied).isEmpty();
    }

    @Test
    void readsAgainEachTime() {
        List<GatewayConfig> sources = new ArrayList<>(List.of(port(1), port(2)));
        Reload reload = new Reload(() -> new Effective(sources.removeFirst(), List::of, List.of()));
        reload.target(this::apply);
        reload.reload();
        reload.reload();
        assertThat(applied).extracting(c -> c.http().bindAddress().port()).containsExactly(1, 2);
    }

    private List<String> apply(GatewayConfig config) {
        applied.add(config);
        return List.of("the port stays 8080");
    }

    private static GatewayConfig port(int port) {
        try {
            List<String> sets = List.of("http.bind_address=127.0.0.1:" + port);
            return ConfigReader.read(Optional.empty(), sets, Map.of()).config();
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static Effective bad() throws ConfigException {
        return ConfigReader.read(Optional.empty(), List.of("http.no_such_key=1"), Map.of());
    }
}
