package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.app.config.ConfigReader;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class DemoPageTest {
    @Test
    void isAtTheRootWhenThereIsNoFile() throws Exception {
        ConfigSource source = new ConfigSource(Optional.empty(), List.of(), Map.of());
        RouteConfig route = source.read().config().routes().getLast();
        assertThat(route.path()).isEqualTo("/");
        assertThat(route.reply().orElseThrow().status()).isEqualTo(200);
        assertThat(route.reply().orElseThrow().contentType()).isEqualTo("text/html; charset=utf-8");
    }

    @Test
    void isNotThereWhenThereIsAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("gate.toml"), "[http]\nmax_connections = 5\n");
        ConfigSource source = new ConfigSource(Optional.of(file), List.of(), Map.of());
        assertThat(source.read().config().routes()).isEmpty();
    }

    @Test
    void showsWhereThisGatewaySubscribesAndPublishes() throws Exception {
        assertThat(page("hub.path=/my-hub", "admin.bind_address=127.0.0.1:9000"))
                .contains("data-hub-path=\"/my-hub\"")
                .contains("data-url=\"http://127.0.0.1:9000/my-hub\"")
                .doesNotContain("{{");
    }

    @Test
    void doesNotShowAnAddressThatIsNotKnown() throws Exception {
        String expected = "data-url=\"http://ADMIN-ADDRESS/events\"";
        assertThat(page("admin.bind_address=127.0.0.1:0")).contains(expected);
        assertThat(page("admin.bind_address=off")).contains(expected);
    }

    @Test
    void loadsNothingFromElsewhere() throws Exception {
        assertThat(page())
                .doesNotContain("https://")
                .doesNotContainPattern("(src|href)=\"(?!data:)");
    }

    private static String page(String... sets) throws Exception {
        GatewayConfig config =
                ConfigReader.read(Optional.empty(), List.of(sets), Map.of()).config();
        return DemoPage.route(config).reply().map(ReplyConfig::body).orElseThrow();
    }
}
